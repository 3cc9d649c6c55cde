//! Volumes that a stack gives up: they stay in the cloud, and nothing is told of them any more.

use super::{addresses, recorded};
use crate::support::{CREATE, DELETE, World};
use serde_json::json;

fn tags(world: &World, name: &str) -> serde_json::Value {
    world.cloud.volumes().iter().find(|volume| volume["name"] == name).unwrap()["tags"].clone()
}

fn stack() -> World {
    let world = World::new("  web: { size: 20, count: 2 }\n  db: { size: 30 }");
    world.converge();
    world
}

/// Neither a plan, nor a list of orphans, nor a state that is put together anew knows it.
#[track_caller]
fn is_nobodys(world: &World, left: &[&str]) {
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
    assert_eq!(world.run(&["orphans", "--format", "json"]).exits(0).json(), json!([]));
    world.run(&["state", "rebuild"]).exits(0);
    assert_eq!(addresses(world), left);
    assert_eq!(world.cloud.requests(DELETE), 0);
    assert_eq!(world.cloud.names(), ["db", "web-0001", "web-0002"]);
}

#[test]
fn a_key_is_given_up_and_its_volumes_stay() {
    let world = stack();
    world.volumes("  db: { size: 30 }\nremoved: [web]");
    let ran = world.run(&["plan"]).exits(0).says(". web[1..2] release given up: stays in the cloud");
    drop(ran.says("0 to destroy"));
    // No number is needed: nothing is lost.
    world.run(&["apply", "--yes"]).exits(0).says("2 forgotten");
    assert!(tags(&world, "web-0001").get("evsctl").is_some());
    is_nobodys(&world, &["db[1]"]);
    // No list has them, and that they are there is said.
    world.run(&["orphans"]).exits(0).says("2 volumes that were given up and kept their tag were left out");
    // The line is of no effect any more, and may go.
    world.volumes("  db: { size: 30 }");
    is_nobodys(&world, &["db[1]"]);
    // The address is free for another volume, and what was given up is still not known.
    world.volumes("  db: { size: 30 }\n  web: { size: 20 }");
    world.run(&["apply", "--yes"]).exits(0);
    assert_eq!((world.cloud.names().len(), world.cloud.requests(CREATE)), (4, 3));
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn the_tag_goes_too_where_that_is_asked_for() {
    let world = stack();
    world.volumes(
        "  web: { size: 20, count: 1, name: web-0001 }\n  db: { size: 30 }\nremoved: [{ key: 'web[2]', untag: true }]",
    );
    world.run(&["plan"]).exits(0).says("web[2] release given up: stays in the cloud, without the tag evsctl");
    // Where the tag cannot be taken off, the volume is still recorded.
    let busy = json!({"status": 409, "body": {"error": {"code": "EVS.1030", "message": "busy"}}});
    let path = "/v2/{project_id}/cloudvolumes/{volume_id}/tags/action";
    world.cloud.faults(json!([{"method": "POST", "path": path, "then": busy}]));
    world.run(&["apply", "--yes"]).exits(3);
    assert_eq!(addresses(&world), ["db[1]", "web[1]", "web[2]"]);
    world.cloud.faults(json!([]));
    world.run(&["apply", "--yes"]).exits(0);
    let told = world.run(&["orphans"]).exits(0);
    assert!(!told.stderr.contains("given up"), "{}", told.stderr);
    assert!(tags(&world, "web-0002").get("evsctl").is_none() && tags(&world, "web-0001").get("evsctl").is_some());
    is_nobodys(&world, &["db[1]", "web[1]"]);
}

#[test]
fn anothers_tag_is_left_alone() {
    let world = stack();
    let id = recorded(&world)[1].1.clone();
    world.cloud.edit(&id, json!({"tags": {"evsctl": "other_aaaaaaaa_bbbbbbbbbb"}}));
    world.volumes("  db: { size: 30 }\nremoved: [{ key: web, untag: true }]");
    world.run(&["apply", "--yes"]).exits(0);
    assert_eq!(tags(&world, "web-0001")["evsctl"], "other_aaaaaaaa_bbbbbbbbbb");
    assert!(tags(&world, "web-0002").get("evsctl").is_none());
}

#[test]
fn by_hand_it_is_the_same() {
    let world = stack();
    world.run(&["state", "rm"]).exits(1).says("evsctl state rm");
    world.run(&["state", "rm", "wbe"]).exits(1).says("nothing is recorded of wbe");
    world.run(&["state", "rm", "web"]).exits(0).says("gave up web[1]").says("the manifest still asks for web[2]");
    world.volumes("  db: { size: 30 }");
    is_nobodys(&world, &["db[1]"]);
    let world = stack();
    world.volumes("  web: { size: 20, name: web-0001 }\n  db: { size: 30 }");
    world.run(&["state", "rm", "web[2]", "--untag"]).exits(0);
    assert!(tags(&world, "web-0002").get("evsctl").is_none());
    is_nobodys(&world, &["db[1]", "web[1]"]);
}

#[test]
fn what_a_call_is_about_is_not_given_up_before_that_is_over() {
    let world = stack();
    world.cloud.faults(json!([{"method": "POST", "then": {"job": "hang"}}]));
    world.volumes("  web: { size: 40, count: 2 }\n  db: { size: 30 }");
    world.run(&["apply", "--yes", "--timeout", "300ms"]).exits(7);
    world.volumes("  db: { size: 30 }\nremoved: [web]");
    let refused = world.run(&["plan", "--format", "json"]).exits(4).json()["plan"]["refusals"].take();
    let codes: Vec<_> = refused.as_array().unwrap().iter().map(|it| it["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["release-open", "release-open"]);
    world.run(&["state", "rm", "web"]).exits(4).says("is not given up: call");
    assert_eq!(addresses(&world).len(), 3);
}
