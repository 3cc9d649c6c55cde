//! A run cut short in the middle of its deletes: the same consent finishes it.

use crate::support::{Cloud, DELETE, World, until};
use std::process::Stdio;

const BEFORE: &str = "  web: { size: 20, count: 5 }";
const AFTER: &str = "  web: { size: 20, count: 5, lifecycle: { retire: [1, 2, 4, 5] } }";

/// A stack of which four volumes are to go, the state that was committed before, and the digest of the changes.
fn approved() -> (World, Vec<u8>, String) {
    let world = World::in_cloud(Cloud::with(&["--job-duration", "150ms", "--latency", "5ms"]), BEFORE);
    world.converge();
    let committed = std::fs::read(world.snapshot()).unwrap();
    world.volumes(AFTER);
    let changes = world.run(&["plan", "--format", "json"]).exits(0).json()["changes"].as_str().unwrap().to_owned();
    (world, committed, changes)
}

/// Begins a run and kills it once so many deletes were sent.
fn cut(world: &World, flags: &[&str], deletes: u64) {
    let mut running = world.command(&[&["apply", "--allow-destroy", "4", "--parallelism", "1"], flags].concat());
    let mut running = running.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    until("so many are sent", || world.cloud.requests(DELETE) >= deletes || running.try_wait().unwrap().is_some());
    let _ = running.kill();
    running.wait().unwrap();
}

#[track_caller]
fn is_done(world: &World) {
    assert_eq!(world.cloud.names(), ["web-0003"]);
    assert_eq!(world.recorded().len(), 1);
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn the_same_number_finishes_it() {
    for deletes in 1..=4 {
        let (world, ..) = approved();
        cut(&world, &["--yes"], deletes);
        world.run(&["apply", "--yes", "--allow-destroy", "4"]).exits(0);
        is_done(&world);
    }
}

#[test]
fn a_number_beyond_what_was_approved_is_wrong() {
    let (world, ..) = approved();
    cut(&world, &["--yes"], 2);
    world.run(&["apply", "--yes", "--allow-destroy", "5"]).exits(4);
}

#[test]
fn the_same_digest_and_number_finish_it_from_its_own_state_and_from_the_committed_one() {
    for deletes in [1, 2, 4] {
        for from_committed in [false, true] {
            let (world, committed, changes) = approved();
            cut(&world, &["--approve", &changes], deletes);
            if from_committed {
                world.back_to(&committed);
                let plan = world.run(&["plan", "--format", "json"]).exits(0).json();
                assert_eq!(plan["changes"], changes.as_str(), "what is gone counts like what is left");
            }
            world.run(&["apply", "--approve", &changes, "--allow-destroy", "4"]).exits(0);
            is_done(&world);
        }
    }
}
