//! A key that is gone beside a new one that asks for the same: nothing of the pair is done.

use super::nothing_is_deleted;
use crate::support::{CREATE, DELETE, World, until};
use serde_json::json;
use std::process::Stdio;

const PATH: &str = "/v3/{project_id}/cloudvolumes";

fn renamed() -> World {
    let world = World::new("  old: { size: 20, count: 2 }\n  db: { size: 30 }");
    world.converge();
    world.volumes("  new: { size: 20, count: 2 }\n  db: { size: 30 }\n  more: { size: 70 }");
    world
}

#[test]
fn both_sides_are_refused_and_the_ways_out_are_named() {
    let world = renamed();
    let creates = world.cloud.requests(CREATE);
    let ran = world.run(&["apply", "--allow-destroy", "2", "--yes"]).exits(4);
    let ran = ran.says("old[1..2]").says("new[1..2]").says("so it looks renamed");
    drop(ran.says("write `moved: [{from: old, to: new}]`").says("`--target old`").says("`removed: [old]`"));
    let codes: Vec<_> = super::refusals(&world).iter().map(|it| it["code"].clone()).collect();
    assert!(!codes.is_empty() && codes.iter().all(|code| code == "looks-renamed"), "{codes:?}");
    assert_eq!(world.cloud.requests(CREATE), creates);
    nothing_is_deleted(&world, &["db", "old-0001", "old-0002"]);
    // The rest can be done, and nothing of the pair.
    world.run(&["apply", "--skip-refused", "--yes"]).exits(4).says("1 created");
    nothing_is_deleted(&world, &["db", "more", "old-0001", "old-0002"]);
}

#[test]
fn two_meant_changes_are_two_applies() {
    let world = renamed();
    world.run(&["apply", "--target", "old", "--yes"]).exits(4).says("give --allow-destroy 2");
    world.run(&["apply", "--target", "old", "--yes", "--allow-destroy", "2"]).exits(0).says("2 deleted");
    assert_eq!(world.cloud.names(), ["db"]);
    world.converge();
    assert_eq!(world.cloud.names(), ["db", "more", "new-0001", "new-0002"]);
}

#[test]
fn another_specification_is_no_rename() {
    let world = World::new("  old: { size: 20 }");
    world.converge();
    world.volumes("  new: { size: 21 }");
    world.run(&["apply", "--yes", "--allow-destroy", "1"]).exits(0).says("1 created, 1 deleted");
    assert_eq!(world.cloud.names(), ["new"]);
}

#[test]
fn a_creation_that_is_under_way_counts_like_a_volume() {
    let world = World::new("  old: { size: 20 }");
    world.cloud.faults(json!([{"method": "POST", "path": PATH, "then": {"job": "hang"}}]));
    world.run(&["apply", "--yes", "--timeout", "300ms"]).exits(7);
    world.volumes("  new: { size: 20 }");
    let refused = super::refusals(&world);
    assert!(refused.len() == 1 && refused[0]["code"] == "looks-renamed", "{refused:?}");
    world.run(&["apply", "--yes", "--skip-refused", "--timeout", "300ms"]).exits(4);
    assert_eq!(world.cloud.requests(CREATE), 1);
}

#[test]
fn a_deletion_in_doubt_counts_like_a_volume() {
    let world = World::new("  old: { size: 20 }\n  db: { size: 30 }");
    world.converge();
    super::doubt::begin(&world, "before", || world.volumes("  db: { size: 30 }"), "KILL");
    world.volumes("  new: { size: 20 }\n  db: { size: 30 }");
    world.cloud_field("settle: 1s");
    let creates = world.cloud.requests(CREATE);
    world.run(&["apply", "--yes", "--skip-refused", "--in-doubt", "wait"]).exits(4).says("new[1]");
    assert_eq!((world.cloud.requests(CREATE), world.cloud.requests(DELETE)), (creates, 1));
    assert_eq!(world.cloud.names(), ["db", "old"]);
    world.run(&["apply", "--yes", "--allow-destroy", "1"]).exits(4).says("so it looks renamed");
}

#[test]
fn an_interrupted_look_is_no_failure() {
    let (world, _) = super::unwanted();
    let path = "/v2/{project_id}/cloudvolumes/{volume_id}";
    world.cloud.faults(json!([{"method": "GET", "path": path, "then": {"delay_ms": 20000}}]));
    let show = "GET /v2/{project_id}/cloudvolumes/{volume_id}";
    let before = world.cloud.requests(show);
    let mut running = world.command(&["apply", "--yes", "--allow-destroy", "1"]);
    let mut running = running.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    until("it looks", || world.cloud.requests(show) > before);
    crate::torture::world::send(&running, "INT");
    assert_eq!(running.wait().unwrap().code(), Some(130));
    world.cloud.faults(json!([]));
    nothing_is_deleted(&world, &["db", "web"]);
    world.run(&["apply", "--yes", "--allow-destroy", "1"]).exits(0);
}
