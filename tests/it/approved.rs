//! A run that was approved by its digest and cut short: the same digest finishes it, and nothing else.

mod cut;

use crate::support::{CREATE, Cloud, UPDATE, World, until};
use serde_json::json;
use std::process::Stdio;

const RENAMED: u32 = 20;
const MADE: u32 = 130;

fn manifest(prefix: &str, made: bool) -> String {
    let renamed: String =
        (1..=RENAMED).map(|n| format!("  key-{n:02}: {{ name: {prefix}-{n:02}, size: 10 }}\n")).collect();
    let new = if made {
        format!("  data: {{ count: {MADE}, size: 10, lifecycle: {{ prevent_destroy: true }} }}\n")
    } else {
        String::new()
    };
    format!("{renamed}{new}")
}

/// A stack with volumes to rename and to create, the state that it was committed with, and the digest of its changes.
fn approved() -> (World, Vec<u8>, String) {
    let world = World::in_cloud(Cloud::with(&["--job-duration", "300ms", "--latency", "5ms"]), &manifest("old", false));
    world.converge();
    let committed = std::fs::read(world.snapshot()).unwrap();
    world.volumes(&manifest("new", true));
    let changes = changes(&world);
    (world, committed, changes)
}

fn changes(world: &World) -> String {
    world.run(&["plan", "--format", "json"]).exits(0).json()["changes"].as_str().unwrap().to_owned()
}

/// Begins the approved run, and kills it once the cloud was asked for so much.
fn cut(world: &World, changes: &str, updates: u64, creates: u64) {
    let mut running = world.command(&["apply", "--approve", changes, "--parallelism", "2"]);
    let mut running = running.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    until("it has come so far", || {
        world.cloud.requests(UPDATE) >= updates && world.cloud.requests(CREATE) >= creates
            || running.try_wait().unwrap().is_some()
    });
    let _ = running.kill();
    running.wait().unwrap();
}

fn is_whole(world: &World) {
    let names: Vec<String> = (1..=RENAMED).map(|n| format!("new-{n:02}")).collect();
    let mut wanted: Vec<String> = (1..=MADE).map(|n| format!("data-{n:04}")).chain(names).collect();
    wanted.sort();
    assert_eq!(world.cloud.names(), wanted);
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn the_same_digest_finishes_it_from_its_own_state_and_from_the_committed_one() {
    let before = RENAMED.into();
    for (updates, creates) in [(0, before + 1), (1, before), (12, before + 2), (35, before + 2)] {
        for from_committed in [false, true] {
            let (world, committed, changes) = approved();
            cut(&world, &changes, updates, creates);
            if from_committed {
                world.back_to(&committed);
                assert_eq!(self::changes(&world), changes, "what is reached counts like what is left");
            }
            world.run(&["apply", "--approve", &changes]).exits(0);
            is_whole(&world);
        }
    }
}

#[test]
fn a_later_change_of_what_was_reached_is_not_taken_back_under_it() {
    let (world, _, changes) = approved();
    // All renames are done, and the first job has not ended.
    world.cloud.faults(json!([{"method": "POST", "path": "/v3/{project_id}/cloudvolumes", "then": {"job": "hang"}}]));
    let ran = world.run(&["apply", "--approve", &changes, "--timeout", "2s"]).exits(7);
    drop(ran);
    let reached = world.recorded().iter().find(|volume| volume["name"] == "new-07").unwrap()["id"].clone();
    world.cloud.edit(reached.as_str().unwrap(), json!({"name": "by-hand"}));
    let updates = world.cloud.requests(UPDATE);
    world.run(&["apply", "--approve", &changes, "--timeout", "2s"]).exits(4).says("not the approved");
    assert_eq!(world.cloud.requests(UPDATE), updates);
    assert!(world.cloud.names().contains(&"by-hand".to_owned()));
}

#[test]
fn what_it_made_and_shows_its_tags_late_is_no_other_change() {
    let manifest = "  a: { size: 10, tags: { team: x } }\n  b: { size: 20, tags: { team: x } }\n";
    let world = World::in_cloud(Cloud::with(&["--job-duration", "50ms"]), manifest);
    let changes = changes(&world);
    world.cloud.faults(json!([{"method": "POST", "path": "/v3/{project_id}/cloudvolumes", "skip": 1, "times": 1, "then": {"job": "hang"}}]));
    world.run(&["apply", "--approve", &changes, "--timeout", "2s"]).exits(7);
    let made = world.recorded();
    assert_eq!(made.len(), 1, "{made:?}");
    world.cloud.faults(json!([{"method": "GET", "then": {"tag_lag_ms": 600_000}}]));
    let plan = world.run(&["plan", "--format", "json"]).exits(0).json();
    let steps = plan["plan"]["steps"].as_array().unwrap();
    assert!(steps.iter().any(|step| step["action"] == "retag"), "{steps:#?}");
    world.run(&["apply", "--approve", &changes, "--timeout", "2s"]).exits(7);

    // What was set by another since is not taken back under it.
    world.cloud.faults(json!([]));
    let id = made[0]["id"].as_str().unwrap();
    world.cloud.edit(id, json!({"tags": {"team": "other"}}));
    world.run(&["apply", "--approve", &changes, "--timeout", "2s"]).exits(4).says("not the approved");
}

#[test]
fn a_name_is_given_as_it_was_approved_and_no_other_one() {
    let path = "/v3/{project_id}/cloudvolumes";
    let world = World::in_cloud(Cloud::with(&["--job-duration", "50ms"]), "  a: { size: 10 }\n  b: { size: 20 }\n");
    let changes = changes(&world);
    world.cloud.faults(json!([{"method": "POST", "path": path, "skip": 1, "times": 1, "then": {"job": "hang"}}]));
    world.run(&["apply", "--approve", &changes, "--timeout", "2s"]).exits(7);
    let made = world.recorded();
    assert_eq!(made.len(), 1, "{made:?}");
    // A person renames what is made: to put that back is a new wish.
    world.cloud.edit(made[0]["id"].as_str().unwrap(), json!({"name": "by-hand"}));
    world.run(&["apply", "--approve", &changes, "--timeout", "1s"]).exits(4).says("not the approved");
    world.cloud.edit(made[0]["id"].as_str().unwrap(), json!({"name": made[0]["name"]}));
    // A pull request gives another name to what is still being made.
    let other = if made[0]["address"] == "a[1]" { "b" } else { "a" };
    world.volumes(
        &"  a: { size: 10 }\n  b: { size: 20 }\n".replace(&format!("{other}: {{"), &format!("{other}: {{ name: evil,")),
    );
    world.run(&["plan"]).exits(0).says("named \"evil\"");
    world.run(&["apply", "--approve", &changes, "--timeout", "1s"]).exits(4).says("not the approved");
    assert!(!world.cloud.names().contains(&"evil".to_owned()));
}
