//! Volumes that become larger: several in one call, each judged by itself, and never twice.

mod batch;
mod beside;
mod cut;
pub(crate) mod doubt;
pub(crate) mod orders;

use crate::support::{Ran, World, until};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::process::Stdio;

pub(crate) const BATCH: &str = "POST /v5/{project_id}/volumes/batch-extend";
pub(crate) const SINGLE: &str = "POST /v2.1/{project_id}/cloudvolumes/{volume_id}/action";
pub(crate) const BATCHES: &str = "/v5/{project_id}/volumes/batch-extend";
pub(crate) const ACTIONS: &str = "/v2.1/{project_id}/cloudvolumes/{volume_id}/action";

fn size(volume: &Value) -> u64 {
    volume["size"].as_u64().unwrap()
}

/// The sizes of the cloud's volumes, in rising order.
pub(crate) fn sizes(world: &World) -> Vec<u64> {
    let mut sizes: Vec<u64> = world.cloud.volumes().iter().map(size).collect();
    sizes.sort_unstable();
    sizes
}

/// The recorded sizes, by address.
pub(crate) fn recorded(world: &World) -> BTreeMap<String, u64> {
    let all = world.recorded();
    all.iter().map(|volume| (volume["address"].as_str().unwrap().to_owned(), size(volume))).collect()
}

/// How many volumes are of that size.
fn of_size(world: &World, gb: u64) -> usize {
    sizes(world).into_iter().filter(|size| *size == gb).count()
}

fn web(count: u32, gb: u32) -> String {
    format!("  web: {{ size: {gb}, count: {count} }}")
}

/// The id of the volume of that name.
fn id_of(world: &World, name: &str) -> String {
    let all = world.cloud.volumes();
    let found = all.iter().find(|volume| volume["name"] == name).unwrap();
    found["id"].as_str().unwrap().to_owned()
}

/// How many calls have extended.
pub(crate) fn sent(world: &World) -> u64 {
    world.cloud.requests(BATCH) + world.cloud.requests(SINGLE)
}

/// Applies, and does something between the plan's last look and the first call.
#[must_use = "what came of it is to be looked at"]
fn amid(world: &World, more: &[&str], edit: impl FnOnce()) -> Ran {
    let wait = |path: &str| json!({"method": "POST", "path": path, "times": 1, "then": {"delay_ms": 700}});
    world.cloud.faults(json!([wait(BATCHES), wait(ACTIONS)]));
    let before = sent(world);
    let mut command = world.command(&[&["apply", "--yes"], more].concat());
    let running = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    until("a call has left", || sent(world) > before);
    edit();
    let ended = running.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran { code: ended.status.code().unwrap(), stdout: text(ended.stdout), stderr: text(ended.stderr) }
}

/// Waits until no volume is being extended.
pub(crate) fn at_rest(world: &World) {
    until("nothing grows", || world.cloud.volumes().iter().all(|volume| volume["status"] != "extending"));
}
