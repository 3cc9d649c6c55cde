//! A key that is renamed while a call for it is in doubt: the call moves with it, and nothing is bought twice.

use super::{addresses, recorded};
use crate::support::{CREATE, Cloud, World, until};
use crate::torture::trials;
use serde_json::json;
use std::process::Stdio;
use std::time::Duration;

const BEFORE: &str = "  old: { size: 20, count: 3 }\n  db: { size: 30 }";
const AFTER: &str = "  new: { size: 20, count: 3 }\n  db: { size: 30 }\nmoved: [{ from: old, to: new }]";

/// An apply that is killed while the answer to its call is held back: the call was done, or never arrived.
fn in_doubt(lost: &str) -> World {
    let world = World::in_cloud(Cloud::start().with_control(), BEFORE);
    world.cloud_field("settle: 1s");
    let create = "/v3/{project_id}/cloudvolumes";
    world.cloud.faults(json!([
        {"method": "POST", "path": create, "skip": 1, "times": 1, "then": {"cut": lost}},
        {"method": "POST", "path": create, "skip": 2, "then": {"delay_ms": 20000}},
    ]));
    let mut running = world.command(&["apply", "--yes", "--parallelism", "1"]);
    let mut running = running.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    until("both are sent", || world.cloud.requests(CREATE) >= 2 || running.try_wait().unwrap().is_some());
    running.kill().unwrap();
    running.wait().unwrap();
    world.cloud.faults(json!([]));
    world.volumes(AFTER);
    world.cloud_field("settle: 1s");
    world
}

#[track_caller]
fn is_whole(world: &World) {
    assert_eq!(addresses(world), ["db[1]", "new[1]", "new[2]", "new[3]"]);
    assert_eq!(world.cloud.names(), ["db", "new-0001", "new-0002", "new-0003"]);
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn the_call_moves_with_its_key() {
    for lost in ["before", "after"] {
        let world = in_doubt(lost);
        drop(world.run(&["plan"]).exits(0).says("new[1..3] move from old"));
        world.run(&["apply", "--yes"]).exits(0);
        is_whole(&world);
    }
}

#[test]
fn by_hand_it_moves_too() {
    let world = in_doubt("after");
    world.volumes("  new: { size: 20, count: 3 }\n  db: { size: 30 }");
    world.run(&["state", "mv", "old", "new"]).exits(0).says("moved old[1] to new[1], which is still being made");
    world.run(&["apply", "--yes"]).exits(0);
    is_whole(&world);
}

#[test]
fn a_call_for_several_is_not_taken_apart() {
    let world = in_doubt("after");
    world.volumes("  old: { size: 20, count: 2 }\n  new: { size: 20 }\n  db: { size: 30 }\nmoved: [{ from: 'old[3]', to: 'new[1]' }]");
    let refused = world.run(&["plan", "--format", "json"]).exits(4).json()["plan"]["refusals"][0].take();
    assert_eq!((&refused["code"], &refused["to"]), (&json!("move-splits"), &json!("new[1]")), "{refused}");
    let sent = world.cloud.requests(CREATE);
    world.run(&["apply", "--yes", "--skip-refused"]).exits(4);
    assert_eq!(world.cloud.requests(CREATE), sent, "nothing is created where it was to move to");
    // Now that the call is over, its volume moves.
    world.run(&["apply", "--yes"]).exits(0);
    assert_eq!(addresses(&world), ["db[1]", "new[1]", "old[1]", "old[2]"]);
    assert_eq!((recorded(&world).len(), world.cloud.names().len()), (4, 4));
}

/// Killed at any moment and given again, until it is through.
fn killed(kills: u64) {
    trials::run("kills while a key moves", kills, |_, chance| {
        let world = in_doubt(chance.one_of(&["before", "after"]));
        let times = trials::killed_until_through(&world, &[], Duration::from_millis(180), chance);
        world.run(&["apply", "--yes"]).exits(0);
        is_whole(&world);
        format!("killed {times} times")
    });
}

#[test]
fn a_few_kills_while_a_key_moves() {
    killed(3);
}

#[test]
#[ignore = "takes minutes; cargo test --release --test it moves:: -- --ignored --nocapture"]
fn kills_while_a_key_moves() {
    killed(trials::number("EVSCTL_KILLS", 100));
}
