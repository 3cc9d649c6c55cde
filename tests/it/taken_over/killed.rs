//! Kills while volumes are taken over: each of them is recorded in the end, none is bought, and what another stack has is not
//! touched.

use super::{RETAG, is_settled, plain};
use crate::support::World;
use crate::torture::trials;
use serde_json::{Value, json};
use std::time::Duration;

/// How many volumes are taken over.
const VOLUMES: usize = 12;

fn world() -> World {
    let world = World::new("");
    let volumes: Vec<Value> = (1..=VOLUMES).map(|n| plain(&format!("web-{n:04}"))).collect();
    let ids = world.by_hand(&volumes);
    let lines: Vec<String> = (1..).zip(&ids).map(|(n, id)| format!("  \"web[{n}]\": {id}\n")).collect();
    world.volumes(&format!("  web: {{ size: 20, count: {VOLUMES} }}\nimport:\n{}", lines.concat()));
    world.cloud.faults(json!([{
        "method": "POST", "path": "/v2/{project_id}/cloudvolumes/{volume_id}/tags/action", "then": {"delay_ms": 15}
    }]));
    world
}

fn killed(kills: u64) {
    trials::run("kills while volumes are taken over", kills, |_, chance| {
        let world = world();
        let foreign = world.by_hand(&[plain("foreign")]).remove(0);
        let theirs = json!({"evsctl": "other_aaaaaaaa_bbbbbbbbbb", "team": "x"});
        world.cloud.edit(&foreign, json!({ "tags": theirs }));
        let times = trials::killed_until_through(&world, &["--parallelism", "2"], Duration::from_millis(220), chance);
        let marked = world.cloud.requests(RETAG);
        world.run(&["apply", "--yes"]).exits(0);
        assert_eq!(world.recorded().len(), VOLUMES, "no record is lost");
        let volumes = world.cloud.volumes();
        let (others, ours): (Vec<Value>, Vec<Value>) =
            volumes.into_iter().partition(|volume| volume["id"] == foreign.as_str());
        assert_eq!((others[0]["tags"].clone(), ours.len()), (theirs, VOLUMES));
        world.cloud.delete(&foreign);
        is_settled(&world, VOLUMES);
        format!("killed {times} times, {marked} marks by then")
    });
}

#[test]
fn a_few_kills_while_volumes_are_taken_over() {
    killed(3);
}

#[test]
#[ignore = "takes minutes; cargo test --release --test it taken_over:: -- --ignored --nocapture"]
fn kills_while_volumes_are_taken_over() {
    killed(trials::number("EVSCTL_KILLS", 200));
}
