//! The eight kinds of run, each prepared up to the command whose calls fail.

use crate::support::{Cloud, World, until};
use serde_json::{Value, json};
use std::process::Command;

const CREATES: &str = "/v3/{project_id}/cloudvolumes";
/// A stack of somebody else: its volumes show that tags can be seen, and are nobody's here.
const FOREIGN: &str = "other_aaaaaaaa_bbbbbbbbbb";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Fresh,
    Resumed,
    InDoubt,
    Adopting,
    Cleaning,
    Rebuild,
    Prepaid,
    StateRm,
}

pub(super) const KINDS: [Kind; 8] = [
    Kind::Fresh,
    Kind::Resumed,
    Kind::InDoubt,
    Kind::Adopting,
    Kind::Cleaning,
    Kind::Rebuild,
    Kind::Prepaid,
    Kind::StateRm,
];

/// A world right before the run whose calls fail.
pub(super) struct Scene {
    pub(super) kind: Kind,
    pub(super) world: World,
    /// The words of that run.
    pub(super) words: Vec<String>,
    /// The names of what the manifest asks for.
    pub(super) wanted: Vec<String>,
    /// The ids of volumes that are somebody else's.
    pub(super) foreign: Vec<Value>,
    /// For `state rm`: the call that it gives up.
    pub(super) call: Option<String>,
}

const APPLY: [&str; 5] = ["apply", "--yes", "--in-doubt", "wait", "--timeout"];

/// An apply as each kind makes it; half of the kinds tell their events as JSON.
fn apply(kind: Kind) -> Vec<String> {
    let mut words: Vec<String> = APPLY.iter().map(|word| (*word).to_owned()).collect();
    // Only an order is waited for that long, and it is not paid meanwhile.
    words.push(if kind == Kind::Prepaid { "3s".to_owned() } else { "25s".to_owned() });
    if tells_json(kind) {
        words.extend(["--format".to_owned(), "json".to_owned()]);
    }
    words
}

pub(super) fn tells_json(kind: Kind) -> bool {
    matches!(kind, Kind::Fresh | Kind::InDoubt | Kind::Cleaning | Kind::Prepaid)
}

const SOLO: &str = "  solo: { size: 10 }";
const BOTH: &str = "  solo: { size: 10 }\n  trio: { count: 3, size: 10 }";
const TRIO: &str = "  trio: { count: 3, size: 10 }";

fn names(all: &[&str]) -> Vec<String> {
    all.iter().map(|name| (*name).to_owned()).collect()
}

const FOUR: [&str; 4] = ["solo", "trio-0001", "trio-0002", "trio-0003"];

impl Scene {
    pub(super) fn new(kind: Kind) -> Scene {
        let (world, wanted) = match kind {
            Kind::Fresh => (world("40ms", &[], BOTH), names(&FOUR)),
            Kind::Resumed => (resumed(), names(&FOUR)),
            Kind::InDoubt | Kind::StateRm => {
                (in_doubt(), names(&["first", "solo", "trio-0001", "trio-0002", "trio-0003"]))
            }
            Kind::Adopting => (adopting(), names(&FOUR)),
            Kind::Cleaning => (cleaning(), names(&FOUR)),
            Kind::Rebuild => (lost(), names(&FOUR)),
            Kind::Prepaid => (world("40ms", &[], PREPAID), names(&["auto-0001", "auto-0002", "mine"])),
        };
        // Whatever differs afterwards is what the run did.
        until("the jobs are over", || {
            let jobs = &world.cloud.stats()["jobs"];
            ["INIT", "RUNNING"].iter().all(|still| jobs[still].as_u64().unwrap_or_default() == 0)
        });
        let foreign = world.cloud.volumes().into_iter().filter(is_foreign).collect();
        let call = (kind == Kind::StateRm).then(|| call_of(&world, "trio"));
        let words = match (&kind, &call) {
            (Kind::Rebuild, _) => names(&["state", "rebuild"]),
            (Kind::StateRm, Some(call)) => names(&["state", "rm", "--call", call]),
            _ => apply(kind),
        };
        Scene { kind, world, words, wanted, foreign, call }
    }

    pub(super) fn command(&self) -> Command {
        let words: Vec<&str> = self.words.iter().map(String::as_str).collect();
        self.world.command(&words)
    }

    /// The volumes that are not somebody else's.
    pub(super) fn ours(&self) -> Vec<Value> {
        self.world.cloud.volumes().into_iter().filter(|volume| !is_foreign(volume)).collect()
    }
}

fn is_foreign(volume: &Value) -> bool {
    volume["tags"]["evsctl"] == FOREIGN || volume["name"] == "somebody's"
}

const PREPAID: &str = "  auto: { count: 2, size: 10, prepaid: { period_type: year, period_num: 1, auto_pay: true } }\n  \
                       mine: { size: 10, prepaid: { period_type: month, period_num: 3 } }";

fn make(cloud: &Cloud, name: &str, tag: Option<&str>) {
    let mut volume =
        json!({"availability_zone": "az-dc-1", "volume_type": "SSD", "size": 10, "name": name, "count": 1});
    if let Some(tag) = tag {
        volume["tags"] = json!({ "evsctl": tag });
    }
    let (status, answer) = cloud.call("POST", CREATES, Some(json!({ "volume": volume })));
    assert!((200..300).contains(&status), "{answer}");
    until("it can be used", || {
        cloud.volumes().iter().any(|volume| volume["name"] == name && volume["status"] == "available")
    });
}

/// A cloud with two volumes that are somebody else's, and a stack of which nothing is made yet.
pub(super) fn world(jobs: &str, flags: &[&str], volumes: &str) -> World {
    let cloud = Cloud::with(&[&["--job-duration", jobs], flags].concat());
    make(&cloud, "somebody's", None);
    make(&cloud, "of another stack", Some(FOREIGN));
    let world = World::in_cloud(cloud, volumes);
    world.cloud_field("settle: 1s");
    world
}

fn fault(then: Value) -> Value {
    json!({"method": "POST", "path": CREATES, "times": 1, "then": then})
}

/// A run left its jobs to the next one; they are over by now.
fn resumed() -> World {
    let world = world("400ms", &[], BOTH);
    world.run(&["apply", "--yes", "--timeout", "50ms"]).exits(7);
    world
}

/// Of two calls whose answers were lost the one was done, the other was not. The service knows no tokens.
fn in_doubt() -> World {
    let world = world("40ms", &["--client-tokens", "off"], "  first: { size: 10 }");
    world.run(&["apply", "--yes"]).exits(0);
    world.volumes(&format!("  first: {{ size: 10 }}\n{SOLO}"));
    world.cloud_field("settle: 1s");
    let lag =
        json!({"method": "GET", "path": "/v2/{project_id}/cloudvolumes/detail", "then": {"list_lag_ms": 600_000}});
    world.cloud.faults(json!([fault(json!({"cut": "after"})), lag]));
    world.run(&["apply", "--yes", "--in-doubt", "fail"]).exits(7);
    world.volumes(&format!("  first: {{ size: 10 }}\n{SOLO}\n{TRIO}"));
    world.cloud_field("settle: 1s");
    world.cloud.faults(json!([fault(json!({"cut": "before"})), lag]));
    world.run(&["apply", "--yes", "--in-doubt", "fail"]).exits(7);
    world.cloud.faults(json!([]));
    world
}

/// One volume of three failed without a trace, and shows late, under another name; and one is yet to be made.
fn adopting() -> World {
    let world = world("40ms", &[], TRIO);
    let failure = json!({"job": "fail", "error_code": "EVS.2024", "sub_jobs": [2], "volume": "none"});
    world.cloud.faults(json!([fault(failure)]));
    world.run(&["apply", "--yes"]).exits(3);
    world.cloud.faults(json!([]));
    let volumes = world.cloud.volumes();
    let of_the_call = volumes.iter().find(|volume| volume["name"] == "trio-0001").unwrap();
    make(&world.cloud, "nonsense", of_the_call["tags"]["evsctl"].as_str());
    world.volumes(BOTH);
    world.cloud_field("settle: 1s");
    world
}

/// One volume of three failed and is still there; and one is yet to be made.
fn cleaning() -> World {
    let world = world("40ms", &[], TRIO);
    let failure = json!({"job": "fail", "error_code": "EVS.2024", "sub_jobs": [2], "volume": "error"});
    world.cloud.faults(json!([fault(failure)]));
    world.run(&["apply", "--yes"]).exits(3);
    world.cloud.faults(json!([]));
    world.volumes(BOTH);
    world.cloud_field("settle: 1s");
    world
}

fn lost() -> World {
    let world = world("40ms", &[], BOTH);
    world.run(&["apply", "--yes"]).exits(0);
    std::fs::remove_dir_all(world.dir.path().join("state")).unwrap();
    world
}

/// The id of the open call that makes the volumes of that key.
pub(super) fn call_of(world: &World, key: &str) -> String {
    let snapshot: Value = serde_json::from_slice(&std::fs::read(world.snapshot()).unwrap()).unwrap();
    let calls = snapshot["calls"].as_object().unwrap();
    calls.iter().find(|(_, call)| call["key"] == key).unwrap().0.clone()
}
