//! New tags: exactly the edits that are needed, in an order that never leaves a volume with more than ten tags, and the mark of
//! its owner always on it.

use crate::support::{Cloud, World};
use serde_json::{Value, json};

pub(crate) const RETAG: &str = "POST /v2/{project_id}/cloudvolumes/{volume_id}/tags/action";

fn manifest(tags: &str) -> String {
    format!("  web: {{ size: 10, tags: {{ {tags} }} }}")
}

fn id(world: &World) -> String {
    world.recorded()[0]["id"].as_str().unwrap().to_owned()
}

fn tags(world: &World) -> Value {
    world.cloud.volumes()[0]["tags"].clone()
}

/// The tags that somebody else has put on the volume, beside the mark that it has.
fn edit(world: &World, more: &Value) {
    let mut all = json!({"evsctl": tags(world)["evsctl"]});
    all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    world.cloud.edit(&id(world), json!({ "tags": all }));
}

fn step(world: &World) -> Value {
    world.run(&["plan", "--format", "json"]).exits(0).json()["plan"]["steps"][0].take()
}

#[test]
fn only_what_differs_is_edited() {
    for (before, after, set, remove, calls) in [
        ("a: x, b: x, c: x", "b: y, c: x, d: x", json!({"b": "y", "d": "x"}), json!(["a"]), 2),
        ("a: x", "a: x, b: \"\"", json!({"b": ""}), Value::Null, 1),
        ("a: x, b: x", "a: x", Value::Null, json!(["b"]), 1),
    ] {
        let world = World::new(&manifest(before));
        world.converge();
        world.volumes(&manifest(after));
        let planned = step(&world);
        assert_eq!((&planned["set"], &planned["remove"]), (&set, &remove), "{before} -> {after}");
        let edits = world.cloud.requests(RETAG);
        world.run(&["plan", "--detailed-exitcode"]).exits(2).says("web[1]  retag");
        world.run(&["apply", "--yes"]).exits(0).says("retagged: web[1]");
        assert_eq!(world.cloud.requests(RETAG) - edits, calls);
        let carried = tags(&world);
        assert!(carried["evsctl"].is_string(), "{carried}");
        world.run(&["plan", "--detailed-exitcode"]).exits(0);
        world.run(&["plan", "--offline", "--detailed-exitcode"]).exits(0);
    }
}

#[test]
fn a_volume_that_is_renamed_and_retagged_is_one() {
    let world = World::new("  web: { size: 10, name: old, tags: { a: x } }");
    world.converge();
    world.volumes("  web: { size: 10, name: new, tags: { a: y } }");
    let summary = world.run(&["plan", "--format", "json"]).exits(0).json()["summary"].take();
    assert_eq!(summary["update"], 1);
    let ran = world.run(&["apply", "--yes", "--format", "json"]).exits(0);
    let started: Value = serde_json::from_str(ran.stdout.lines().next().unwrap()).unwrap();
    assert_eq!((&started["volumes"], &ran.finished()["updated"]), (&json!(1), &json!(1)), "{}", ran.stdout);
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
    world.run(&["plan", "--offline", "--detailed-exitcode"]).exits(0);
}

#[test]
fn a_full_volume_makes_room_first_and_keeps_its_mark() {
    let all = |letters: &str| letters.chars().map(|c| format!("{c}: x")).collect::<Vec<_>>().join(", ");
    let world = World::new(&manifest(&all("abcdefghi")));
    world.converge();
    world.volumes(&manifest(&all("bcdefghij")));
    let planned = step(&world);
    assert_eq!((&planned["set"], &planned["remove"]), (&json!({"j": "x"}), &json!(["a"])));
    assert_eq!(planned["remove_first"], true);
    world.run(&["apply", "--yes"]).exits(0);
    let carried = tags(&world);
    assert_eq!(carried.as_object().unwrap().len(), 10, "{carried}");
    assert!(carried["evsctl"].is_string() && carried["j"] == "x" && carried["a"].is_null(), "{carried}");
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn other_peoples_tags_are_left_alone_and_may_take_the_room() {
    let world = World::new(&manifest("a: x, b: x"));
    world.converge();
    let foreign =
        json!({"a": "x", "b": "x", "o1": "1", "o2": "1", "o3": "1", "o4": "1", "o5": "1", "o6": "1", "o7": "1"});
    edit(&world, &foreign);
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
    // As many in all as before.
    world.volumes(&manifest("a: y, c: x"));
    world.run(&["apply", "--yes"]).exits(0);
    let carried = tags(&world);
    assert_eq!(carried.as_object().unwrap().len(), 10, "{carried}");
    assert!(carried["a"] == "y" && carried["c"] == "x" && carried["o7"] == "1" && carried["evsctl"].is_string());
    // One more than fits.
    world.volumes(&manifest("a: y, c: x, d: x"));
    let edits = world.cloud.requests(RETAG);
    let refused = world.run(&["plan", "--format", "json"]).exits(4).json()["plan"]["refusals"][0].take();
    assert_eq!((&refused["code"], &refused["foreign"]), (&json!("tags-have-no-room"), &json!(8)), "{refused}");
    world.run(&["apply", "--yes"]).exits(4).says("that the manifest does not name");
    assert_eq!(world.cloud.requests(RETAG), edits);
}

#[test]
fn drift_and_a_lost_mark_are_put_back() {
    let world = World::new(&manifest("a: x, b: x"));
    world.converge();
    let own = tags(&world);
    world.cloud.edit(&id(&world), json!({"tags": {"a": "by-hand", "z": "1"}}));
    let plan = world.run(&["plan", "--detailed-exitcode"]).exits(2);
    plan.says("drift: changed from outside").says("a back to \"x\"").says("the ownership tag evsctl is set");
    world.run(&["apply", "--yes"]).exits(0);
    let carried = tags(&world);
    assert_eq!((&carried["a"], &carried["b"], &carried["evsctl"]), (&json!("x"), &json!("x"), &own["evsctl"]));
    assert_eq!(carried["z"], "1");
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
    // Where others have left no room for the mark, that is said, and nothing else is held back.
    let full: serde_json::Map<String, Value> = (0..8).map(|n| (format!("o{n}"), json!("1"))).collect();
    let mut all = json!({"a": "x", "b": "x"});
    all.as_object_mut().unwrap().extend(full);
    world.cloud.edit(&id(&world), json!({ "tags": all }));
    world.run(&["plan", "--detailed-exitcode"]).exits(0).says("does not carry the ownership tag \"evsctl\"");
}

#[test]
fn the_mark_stays_where_its_key_and_that_of_a_declared_tag_change_places() {
    let world = World::new(&manifest("a: x"));
    world.cloud_field("ownership_tag: owner");
    world.converge();
    let own = tags(&world)["owner"].clone();
    world.volumes(&manifest("a: x, owner: y"));
    world.converge();
    assert_eq!(tags(&world), json!({"a": "x", "owner": "y", "evsctl": own}));
    // The mark goes by a hand, and its new key is the one that a declared tag has given up.
    world.cloud.edit(&id(&world), json!({"tags": {"a": "x", "owner": "y"}}));
    world.volumes(&manifest("a: x"));
    world.cloud_field("ownership_tag: owner");
    world.converge();
    assert_eq!(tags(&world), json!({"a": "x", "owner": own}));
}

#[test]
fn tags_that_the_manifest_leaves_open_or_ignores_are_not_touched() {
    let world = World::new(&manifest("a: x"));
    world.converge();
    edit(&world, &json!({"a": "by-hand"}));
    for volume in ["  web: { size: 10 }", "  web: { size: 10, tags: { a: y, b: y }, lifecycle: { ignore: [tags] } }"] {
        world.volumes(volume);
        world.run(&["plan", "--detailed-exitcode"]).exits(0).says("nothing to do");
    }
}

#[test]
fn an_approved_change_of_many_is_a_line_a_key_and_only_the_rest_is_sent_after_a_kill() {
    let volumes = |tags: &str| {
        ["a", "b", "c"].map(|key| format!("  {key}: {{ count: 20, size: 10, tags: {{ {tags} }} }}\n")).concat()
    };
    let world = World::in_cloud(Cloud::with(&["--latency", "10ms"]), &volumes("cost: old, gone: x"));
    world.converge();
    let committed = std::fs::read(world.snapshot()).unwrap();
    world.volumes(&volumes("cost: new"));
    let plan = world.run(&["plan"]).exits(0);
    assert_eq!(plan.stdout.lines().filter(|line| line.contains("  retag  ")).count(), 3, "{}", plan.stdout);
    plan.says("20 x cost \"old\" -> \"new\", -gone").says("120 retag");
    let changes = world.run(&["plan", "--format", "json"]).exits(0).json()["changes"].as_str().unwrap().to_owned();
    let before = world.cloud.requests(RETAG);
    let mut running = world.command(&["apply", "--approve", &changes, "--parallelism", "2"]);
    let mut running = running.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().unwrap();
    crate::support::until("some are done", || world.cloud.requests(RETAG) >= before + 50);
    running.kill().unwrap();
    running.wait().unwrap();
    let sent = world.cloud.requests(RETAG) - before;
    assert!(sent < 120, "it ended before it was killed");
    // Put back to the committed state, it is still the same digest; and the same one finishes it.
    world.back_to(&committed);
    let now = world.run(&["plan", "--format", "json"]).exits(0).json()["changes"].as_str().unwrap().to_owned();
    assert_eq!(now, changes, "what is reached counts like what is left");
    world.run(&["apply", "--approve", &changes]).exits(0);
    let all = world.cloud.requests(RETAG) - before;
    assert!((120..=124).contains(&all), "{all} calls for 120 edits, of which a kill may lose a few answers");
    for volume in world.cloud.volumes() {
        let carried = &volume["tags"];
        assert!(carried["cost"] == "new" && carried["gone"].is_null() && carried["evsctl"].is_string(), "{carried}");
    }
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
}
