//! What a failed creation left, and the hour within which it is cleaned away without consent: the plan that somebody
//! reviewed holds for an hour, and what it judged is not judged again in that time.

use crate::delete::meanwhile::edited;
use crate::delete::snapshots::taken;
use crate::support::{Cloud, DELETE, PROJECT, World};
use serde_json::json;

const CREATES: &str = "/v3/{project_id}/cloudvolumes";

/// A stack whose only volume failed to be made, and left a volume in error.
fn broken() -> World {
    let world = World::in_cloud(Cloud::start(), "  web: { size: 10 }");
    let fails = json!({"job": "fail", "error_code": "EVS.2024", "volume": "error"});
    world.cloud.faults(json!([{"method": "POST", "path": CREATES, "times": 1, "then": fails}]));
    world.run(&["apply", "--yes"]).exits(3);
    world.cloud.faults(json!([]));
    world
}

fn is_made_anew(world: &World) {
    let volumes = world.cloud.volumes();
    assert!(volumes.len() == 1 && volumes[0]["status"] == "available", "{volumes:?}");
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn a_reviewed_plan_is_not_judged_again_for_an_hour() {
    let world = broken();
    let plan = world.dir.path().join("plan.json");
    let plan = plan.to_str().unwrap();
    world.cloud.is_ahead(20);
    world.run(&["plan", "--out", plan]).exits(0).says("1 to clean");
    // The leftover is older than an hour by now, and the plan is not.
    world.cloud.is_ahead(75);
    world.run(&["apply", "--yes"]).exits(4).says("give --allow-destroy 1; what a failed creation left");
    world.run(&["apply", "--plan", plan]).exits(0);
    is_made_anew(&world);
}

#[test]
fn a_reviewed_plan_that_is_older_than_an_hour_names_the_number() {
    let world = broken();
    let plan = world.dir.path().join("plan.json");
    let plan = plan.to_str().unwrap();
    world.cloud.is_ahead(20);
    world.run(&["plan", "--out", plan]).exits(0);
    world.cloud.is_ahead(85);
    world.run(&["apply", "--plan", plan]).exits(4).says("give --allow-destroy 1");
    assert_eq!(world.cloud.volumes()[0]["status"], "error");
    world.run(&["apply", "--plan", plan, "--allow-destroy", "1"]).exits(0);
    is_made_anew(&world);
}

#[test]
fn an_approved_run_that_was_cut_short_finishes_within_its_hour() {
    let world = broken();
    world.cloud.is_ahead(20);
    let changes = world.run(&["plan", "--format", "json"]).exits(0).json()["changes"].as_str().unwrap().to_owned();
    // The run begins, and the deletion is refused for a while.
    let busy = json!({"status": 409, "body": {"error": {"code": "EVS.1030", "message": "busy"}}});
    let path = "/v2/{project_id}/cloudvolumes/{volume_id}";
    world.cloud.faults(json!([{"method": "DELETE", "path": path, "then": busy}]));
    world.run(&["apply", "--approve", &changes]).exits(3);
    world.cloud.faults(json!([]));
    world.cloud.is_ahead(75);
    world.run(&["apply", "--approve", &changes]).exits(0);
    is_made_anew(&world);
    let world = broken();
    world.cloud.is_ahead(20);
    world.cloud.faults(json!([{"method": "DELETE", "path": path, "then": busy}]));
    world.run(&["apply", "--approve", &changes]).exits(4).says("not the approved");
    let changes = world.run(&["plan", "--format", "json"]).exits(0).json()["changes"].as_str().unwrap().to_owned();
    world.run(&["apply", "--approve", &changes]).exits(3);
    world.cloud.faults(json!([]));
    world.cloud.is_ahead(85);
    world.run(&["apply", "--approve", &changes]).exits(4).says("give --allow-destroy 1");
    world.run(&["apply", "--approve", &changes, "--allow-destroy", "1"]).exits(0);
    is_made_anew(&world);
}

#[test]
fn a_number_that_was_enough_for_less_is_not_enough_for_more() {
    let world = broken();
    world.cloud.is_ahead(75);
    world.run(&["apply", "--yes", "--allow-destroy", "0"]).exits(4).says("give --allow-destroy 1");
    assert_eq!(world.cloud.requests(DELETE), 0);
}

#[test]
fn what_was_used_once_is_not_deleted_because_it_did_not_show_for_a_moment() {
    let world = broken();
    let id = world.cloud.volumes()[0]["id"].as_str().unwrap().to_owned();
    let shows = |status: &str| {
        let (code, body) = world.cloud.call("POST", &format!("/_sim/volumes/{id}"), Some(json!({ "status": status })));
        assert_eq!(code, 200, "{body}");
    };
    shows("available");
    world.run(&["apply", "--yes"]).exits(4);
    shows("error");
    let path = "/v2/{project_id}/cloudvolumes/{volume_id}";
    world.cloud.faults(json!([
        {"method": "GET", "path": "/v2/{project_id}/cloudvolumes/detail", "times": 1, "then": {"list_lag_ms": 600_000}},
        {"method": "GET", "path": path, "times": 3, "then": {"status": 404}},
    ]));
    // It seems to be gone: to buy it again needs consent, and deletes nothing.
    world.run(&["apply", "--yes"]).exits(4).says("--allow-recreate 1");
    assert_eq!((world.cloud.requests(DELETE), world.cloud.volumes().len()), (0, 1));
}

/// Whoever takes a snapshot of a volume has used it.
#[test]
fn what_has_a_snapshot_is_never_cleaned_away() {
    let world = broken();
    let id = world.cloud.volumes()[0]["id"].as_str().unwrap().to_owned();
    world.cloud.edit(&id, json!({"status": "available"}));
    let snapshot = taken(&world, &id);
    world.cloud.edit(&id, json!({"status": "error"}));
    let refused = world.run(&["plan", "--format", "json"]).exits(4).json()["plan"]["refusals"][0].take();
    assert!(refused["code"] == "may-be-used" && refused["sign"].to_string().contains(&snapshot), "{refused}");
    world.run(&["apply", "--yes", "--allow-destroy", "1"]).exits(4).says(&snapshot);
    assert_eq!((world.cloud.requests(DELETE), world.cloud.volumes().len()), (0, 1));
}

#[test]
fn a_snapshot_taken_between_the_plan_and_the_call_keeps_what_it_is_of() {
    let world = broken();
    let id = world.cloud.volumes()[0]["id"].as_str().unwrap().to_owned();
    let ran = edited(&world, &["--yes"], |world| {
        world.cloud.edit(&id, json!({"status": "available"}));
        drop(taken(world, &id));
        world.cloud.edit(&id, json!({"status": "error"}));
    });
    drop(ran.exits(3).says("by now"));
    assert_eq!((world.cloud.requests(DELETE), world.cloud.volumes().len()), (0, 1));
}

/// The key whose leftover is gone is not a new name of the key that goes in the same approved run.
#[test]
fn what_is_cleaned_away_before_its_slot_is_filled_is_no_new_name_for_a_key_that_is_gone() {
    let world = World::in_cloud(Cloud::start(), "  old: { size: 10 }");
    world.converge();
    world.volumes("  old: { size: 10 }\n  web: { size: 10 }");
    let fails = json!({"job": "fail", "error_code": "EVS.2024", "volume": "error"});
    world.cloud.faults(json!([{"method": "POST", "path": CREATES, "times": 1, "then": fails}]));
    world.run(&["apply", "--yes"]).exits(3);
    world.volumes("  web: { size: 10 }");
    let old = world.cloud.volumes().iter().find(|it| it["name"] == "old").unwrap()["id"].clone();
    let busy = json!({"status": 409, "body": {"error": {"code": "EVS.1030", "message": "busy"}}});
    let full = json!({"status": 403, "body": {"error": {"code": "EVS.1042", "message": "full"}}});
    let delete = format!("/v2/{PROJECT}/cloudvolumes/{}", old.as_str().unwrap());
    world.cloud.faults(json!([
        {"method": "DELETE", "path": delete, "then": busy},
        {"method": "POST", "path": CREATES, "then": full},
    ]));
    let changes = world.run(&["plan", "--format", "json"]).exits(0).json()["changes"].as_str().unwrap().to_owned();
    world.run(&["apply", "--approve", &changes, "--allow-destroy", "1"]).exits(3);
    world.cloud.faults(json!([]));
    assert_eq!(world.cloud.names(), ["old"], "the leftover is gone, and the rest is still to be done");
    world.run(&["apply", "--approve", &changes, "--allow-destroy", "1"]).exits(0);
    assert_eq!(world.cloud.names(), ["web"]);
}

#[test]
fn what_waits_for_a_late_one_waits_for_its_number_too() {
    let world = broken();
    world.cloud.is_ahead(75);
    world.volumes("  web: { size: 10 }\n  other: { size: 20 }");
    let ran = world.run(&["apply", "--yes", "--skip-refused"]).exits(4).says("give --allow-destroy 1");
    drop(ran.says("web[1] create").says("1 created"));
    assert_eq!((world.cloud.requests(DELETE), world.cloud.volumes().len()), (0, 2));
    world.run(&["apply", "--yes", "--allow-destroy", "1"]).exits(0);
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
    assert_eq!(world.cloud.names(), ["other", "web"]);
}
