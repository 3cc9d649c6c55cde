//! Other addresses: `moved`, `removed`, `state mv`, `state rm`. Nothing is bought twice by them, and nothing is deleted.

mod doubt;
mod released;

use crate::support::{CREATE, Cloud, DELETE, UPDATE, World};
use serde_json::{Value, json};

/// The addresses that are recorded, with the ids of their volumes.
pub(crate) fn recorded(world: &World) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    world.recorded().iter().map(|volume| (text(&volume["address"]), text(&volume["id"]))).collect()
}

fn ids(of: &[(String, String)]) -> Vec<String> {
    let mut ids: Vec<String> = of.iter().map(|(_, id)| id.clone()).collect();
    ids.sort();
    ids
}

fn addresses(world: &World) -> Vec<String> {
    recorded(world).into_iter().map(|(address, _)| address).collect()
}

#[test]
fn a_key_that_is_renamed_keeps_its_volumes() {
    let world = World::new("  old: { size: 20, count: 3 }\n  db: { size: 30 }");
    world.converge();
    let before = recorded(&world);
    world.volumes("  new: { size: 20, count: 3 }\n  db: { size: 30 }\nmoved: [{ from: old, to: new }]");
    let ran = world.run(&["plan"]).exits(0).says("> new[1..3] move from old");
    drop(ran.says("0 to create, 3 to change, 0 to destroy"));
    world.run(&["plan", "--detailed-exitcode"]).exits(2);
    world.run(&["apply", "--yes"]).exits(0).says("3 changed");
    assert_eq!(addresses(&world), ["db[1]", "new[1]", "new[2]", "new[3]"]);
    assert_eq!(ids(&recorded(&world)), ids(&before));
    // The names follow, and that is all that was asked for.
    assert_eq!(world.cloud.names(), ["db", "new-0001", "new-0002", "new-0003"]);
    assert_eq!([CREATE, DELETE, UPDATE].map(|call| world.cloud.requests(call)), [2, 0, 3]);
    // The line has done its work, and may stay.
    world.run(&["plan", "--detailed-exitcode"]).exits(0).says("nothing to do");
    world.volumes("  new: { size: 20, count: 3 }\n  db: { size: 30 }");
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn names_that_stay_cost_no_call() {
    let world = World::new("  old: { name: data, size: 20, count: 2 }");
    world.converge();
    world.volumes("  new: { name: data, size: 20, count: 2 }\nmoved: [{ from: old, to: new }]");
    let events = world.run(&["apply", "--yes", "--format", "json"]).exits(0);
    let moved: Vec<Value> = events.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let moved: Vec<&Value> = moved.iter().filter(|event| event["action"] == "move").collect();
    let all =
        ["new[1]", "new[2]"].map(|address| moved.iter().any(|it| it["address"] == address && it["id"].is_string()));
    assert!(moved.len() == 2 && all == [true; 2], "{moved:?}");
    assert_eq!([CREATE, DELETE, UPDATE].map(|call| world.cloud.requests(call)), [1, 0, 0]);
    assert_eq!(addresses(&world), ["new[1]", "new[2]"]);
}

#[test]
fn one_slot_moves_and_the_others_stay() {
    let world = World::new("  old: { name: disk, size: 20, count: 3 }");
    world.converge();
    let third = recorded(&world)[2].1.clone();
    world.volumes(
        "  old: { name: disk, size: 20, count: 2 }\n  solo: { size: 20 }\nmoved: [{ from: 'old[3]', to: 'solo[1]' }]",
    );
    world.run(&["plan"]).exits(0).says("> solo[1] move from old[3]");
    world.run(&["apply", "--yes"]).exits(0);
    assert_eq!(addresses(&world), ["old[1]", "old[2]", "solo[1]"]);
    assert_eq!(recorded(&world)[2].1, third);
    assert_eq!(world.cloud.names(), ["disk-0001", "disk-0002", "solo"]);
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn a_line_that_has_done_its_work_takes_nothing_from_a_key_that_is_new() {
    let world = World::new("  old: { size: 20 }");
    world.converge();
    world.volumes("  new: { size: 20 }\nmoved: [{ from: old, to: new }]");
    world.converge();
    let before = recorded(&world);
    world.volumes("  new: { size: 20 }\n  old: { size: 20 }\nmoved: [{ from: old, to: new }]");
    let ran = world.run(&["apply", "--yes"]).exits(1).says("old is still asked for");
    drop(ran.says("where this line has done its work, take it out instead"));
    world.volumes("  new: { size: 20 }\n  old: { size: 20 }");
    assert_eq!(recorded(&world), before);
    world.converge();
    assert_eq!(addresses(&world), ["new[1]", "old[1]"]);
}

#[test]
fn what_has_a_volume_of_its_own_is_not_moved_onto() {
    let world = World::new("  old: { size: 20 }\n  new: { size: 20 }");
    world.converge();
    let before = recorded(&world);
    world.volumes("  new: { size: 20 }\nmoved: [{ from: old, to: new }]");
    let plan = world.run(&["plan", "--format", "json"]).exits(4).json();
    let refused = &plan["plan"]["refusals"];
    assert!(refused.as_array().unwrap().len() == 1 && refused[0]["code"] == "move-taken", "{refused}");
    let ran =
        world.run(&["apply", "--yes", "--allow-destroy", "1"]).exits(4).says("refused: old[1] change the address");
    drop(ran.says("evsctl state rm PATH 'new[1]'"));
    world.run(&["apply", "--yes", "--skip-refused"]).exits(4);
    assert_eq!((recorded(&world), world.cloud.requests(DELETE)), (before, 0));
    // The way out that it names.
    world.run(&["state", "rm", "new[1]"]).exits(0);
    world.converge();
    assert_eq!((addresses(&world), world.cloud.names().len()), (vec!["new[1]".to_owned()], 2));
}

#[test]
fn what_moves_to_a_slot_that_is_too_many_is_deleted_with_consent_alone() {
    let world = World::new("  old: { size: 20, count: 3 }");
    world.converge();
    world.volumes("  new: { size: 20, count: 2 }\nmoved: [{ from: old, to: new }]");
    world.run(&["apply", "--yes"]).exits(4).says("give --allow-destroy 1");
    assert_eq!(addresses(&world), ["old[1]", "old[2]", "old[3]"], "a refused apply moves nothing");
    world.run(&["apply", "--yes", "--allow-destroy", "1"]).exits(0);
    assert_eq!(world.cloud.names(), ["new-0001", "new-0002"]);
}

#[test]
fn protection_and_late_volumes_move_along() {
    let world = World::new("  old: { size: 20, lifecycle: { prevent_destroy: true } }");
    world.converge();
    world.volumes("  new: { size: 20, lifecycle: { prevent_destroy: true } }\nmoved: [{ from: old, to: new }]");
    world.converge();
    world.volumes("  {}");
    world.run(&["plan"]).exits(4).says("new[1]").says("protected");
    // A call that was given up made its volume after all.
    let cloud = Cloud::with(&["--job-duration", "40ms", "--client-tokens", "off"]).with_control();
    let world = World::in_cloud(cloud, "  old: { name: disk, size: 20 }");
    let create = "/v3/{project_id}/cloudvolumes";
    world.cloud.faults(json!([{"method": "POST", "path": create, "skip": 1, "times": 1, "then": {"late_ms": 3000}}]));
    world.run(&["apply", "--yes", "--in-doubt", "fail"]).exits(7);
    let call = world.run(&["plan", "--format", "json"]).json()["plan"]["steps"][0]["call"].as_str().unwrap().to_owned();
    world.run(&["state", "rm", "--call", &call]).exits(0);
    crate::support::until("it is there", || world.cloud.volumes().iter().any(|volume| volume["status"] == "available"));
    world.volumes("  new: { name: disk, size: 20 }\nmoved: [{ from: old, to: new }]");
    world.run(&["plan"]).exits(0).says("= new[1]");
    world.converge();
    assert_eq!((addresses(&world), world.cloud.names()), (vec!["new[1]".to_owned()], vec!["disk".to_owned()]));
}

#[test]
fn a_target_moves_what_it_names_by_either_address() {
    for target in ["old", "new"] {
        let world = World::new("  old: { size: 20 }\n  db: { size: 30 }");
        world.converge();
        world.volumes("  new: { size: 20 }\n  db: { size: 31 }\nmoved: [{ from: old, to: new }]");
        world.run(&["apply", "--yes", "--target", "db"]).exits(0);
        assert_eq!(addresses(&world), ["db[1]", "old[1]"]);
        world.run(&["apply", "--yes", "--target", target]).exits(0);
        assert_eq!(addresses(&world), ["db[1]", "new[1]"], "{target}");
    }
}

#[test]
fn what_is_left_out_neither_moves_nor_goes_nor_is_made() {
    for exclude in ["old", "new"] {
        let world = World::new("  old: { size: 20, count: 2 }\n  db: { size: 30 }");
        world.converge();
        world.volumes("  new: { size: 20, count: 2 }\n  db: { size: 31 }\nmoved: [{ from: old, to: new }]");
        world.run(&["apply", "--yes", "--exclude", exclude, "--allow-destroy", "0"]).exits(0);
        assert_eq!(addresses(&world), ["db[1]", "old[1]", "old[2]"], "{exclude}");
        assert_eq!((world.cloud.requests(CREATE), world.cloud.requests(DELETE)), (2, 0));
    }
}

#[test]
fn a_key_whose_volumes_all_grow_is_still_there() {
    for (before, during, after) in [
        (
            "  old: { size: 20, count: 3 }",
            "  new: { size: 30, count: 3 }\nmoved: [{ from: old, to: new }]",
            "  old: { size: 20, count: 3 }",
        ),
        ("  old: { size: 20 }", "  old: { size: 30 }", "  new: { size: 30 }"),
        ("  old: { size: 20 }", "  old: { size: 30 }", "  new: { size: 20 }"),
    ] {
        let world = World::new(before);
        world.converge();
        world.cloud.faults(json!([{"method": "POST", "then": {"job": "hang"}}]));
        world.volumes(during);
        world.run(&["apply", "--yes", "--timeout", "300ms"]).exits(7);
        world.volumes(after);
        world.run(&["apply", "--yes", "--timeout", "300ms"]).exits(4).says("so it looks renamed");
        assert_eq!(world.cloud.requests(CREATE), 1, "{after}");
    }
}

#[test]
fn where_late_volumes_belong_moves_by_hand_too() {
    let world = World::new("  old: { size: 20 }");
    world.converge();
    world.run(&["state", "rm", "old"]).exits(0);
    world.run(&["state", "mv", "old", "new"]).exits(0).says("belongs to new from now on (1 slot)");
    world.run(&["state", "mv", "old", "new"]).exits(1).says("nothing is recorded of old");
}

#[test]
fn the_digest_covers_where_from_and_finishes_what_was_cut_short() {
    let world = World::new("  old: { size: 20, count: 3 }");
    world.converge();
    let committed = std::fs::read(world.snapshot()).unwrap();
    let changes = |world: &World| {
        world.run(&["plan", "--format", "json"]).exits(0).json()["changes"].as_str().unwrap().to_owned()
    };
    world.volumes("  new: { size: 20, count: 5 }\nmoved: [{ from: old, to: new }]");
    let approved = changes(&world);
    // The names cannot be changed for a while.
    let busy = json!({"status": 409, "body": {"error": {"code": "EVS.1030", "message": "busy"}}});
    world.cloud.faults(json!([{"method": "PUT", "then": busy}]));
    world.run(&["apply", "--approve", &approved]).exits(3);
    world.cloud.faults(json!([]));
    assert_eq!(addresses(&world), ["new[1]", "new[2]", "new[3]", "new[4]", "new[5]"]);
    world.run(&["apply", "--approve", &approved]).exits(0);
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
    // From the committed state the same call is found again, and nothing is made twice.
    world.back_to(&committed);
    assert_eq!(changes(&world), approved);
    world.run(&["apply", "--approve", &approved]).exits(0);
    assert_eq!((world.cloud.names().len(), world.cloud.requests(CREATE)), (5, 2));
    // What moves from elsewhere is another change.
    let plan_from = |from: &str| {
        let world = World::new("  old: { size: 20 }");
        world.converge();
        world.run(&["state", "mv", "old", from]).exits(0);
        world.volumes(&format!("  new: {{ size: 20 }}\nmoved: [{{ from: {from}, to: new }}]"));
        let plan = world.run(&["plan", "--format", "json"]).exits(0).json();
        plan["changes"].as_str().unwrap().replace(&world.cloud.endpoint, "")
    };
    assert_ne!(plan_from("older"), plan_from("oldest"));
}

#[test]
fn by_hand_it_is_the_same() {
    let world = World::new("  old: { size: 20, count: 2 }");
    world.run(&["state", "mv", "old", "new"]).exits(1).says("nothing is recorded of this stack");
    world.converge();
    let before = recorded(&world);
    world.run(&["state", "mv", "odl", "new"]).exits(1).says("nothing is recorded of odl");
    world.run(&["state", "mv", "old", "new[1]"]).exits(1).says("a key moves to a key");
    world.run(&["state", "mv", "old[1]", "old[2]"]).exits(4).says("old[1] does not move");
    assert_eq!(recorded(&world), before);
    world.volumes("  new: { name: old, size: 20, count: 2 }");
    world.run(&["state", "mv", "old", "new"]).exits(0).says("moved old[1] to new[1]").says("moved old[2] to new[2]");
    assert_eq!(
        (addresses(&world), ids(&recorded(&world))),
        (vec!["new[1]".to_owned(), "new[2]".to_owned()], ids(&before))
    );
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
    // Against the manifest it is done, and said.
    world.run(&["state", "mv", "new[2]", "x[1]"]).exits(0).says("the manifest still asks for new[2]");
    let sent = world.cloud.requests(CREATE);
    world.run(&["plan"]).exits(0).says("+ new[2]").says("- x[1]");
    world.run(&["state", "mv", "x[1]", "new[2]"]).exits(0);
    assert_eq!(world.cloud.requests(CREATE), sent);
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
}
