//! Deletions that fail or do not end.

use super::unwanted;
use crate::support::{Cloud, DELETE, World};
use serde_json::{Value, json};

const PATH: &str = "/v2/{project_id}/cloudvolumes/{volume_id}";

fn faults(world: &World, then: Value) {
    world.cloud.faults(json!([{"method": "DELETE", "path": PATH, "times": 1, "then": then}]));
}

#[test]
fn a_job_that_fails_is_told_and_the_record_kept() {
    let (world, _) = unwanted();
    faults(&world, json!({"job": "fail", "error_code": "EVS.2020"}));
    let ran = world.run(&["apply", "--yes", "--allow-destroy", "1"]).exits(3).says("web[1]").says("EVS.2020");
    drop(ran.says("some steps failed"));
    assert_eq!(world.recorded().len(), 2);
    let failed = world.cloud.volumes().iter().find(|volume| volume["name"] == "web").unwrap().clone();
    assert_eq!(failed["status"], "error_deleting");
    let refused = super::refusals(&world);
    assert!(refused.len() == 1 && refused[0]["code"] == "not-deletable", "{refused:?}");
    world.run(&["apply", "--yes", "--allow-destroy", "1"]).exits(4).says("EVS.2020");
    assert_eq!(world.cloud.requests(DELETE), 1);
    // The service's support deletes it.
    world.cloud.edit(failed["id"].as_str().unwrap(), json!({"gone": true}));
    world.run(&["apply", "--yes"]).exits(0).says("1 forgotten");
}

#[test]
fn a_refused_call_is_told_and_nothing_stays_open() {
    let (world, _) = unwanted();
    faults(&world, json!({"status": 400, "body": {"error": {"code": "EVS.2068", "message": "attached"}}}));
    let ran = world.run(&["apply", "--yes", "--allow-destroy", "1", "--format", "json"]).exits(3);
    assert_eq!((&ran.finished()["failed"], &ran.finished()["unfinished"]), (&json!(1), &json!(0)));
    assert!(ran.stdout.contains("EVS.2068"), "{}", ran.stdout);
    world.run(&["apply", "--yes", "--allow-destroy", "1"]).exits(0).says("1 deleted");
    assert_eq!(world.cloud.names(), ["db"]);
}

#[test]
fn one_that_hangs_is_gone_on_with() {
    let (world, id) = unwanted();
    faults(&world, json!({"job": "hang"}));
    world.run(&["apply", "--yes", "--allow-destroy", "1", "--timeout", "400ms"]).exits(7);
    world.run(&["plan", "--detailed-exitcode"]).exits(2).says("resume");
    // No number is needed to go on with it, and the number of the run is right too.
    world.run(&["apply", "--yes", "--timeout", "400ms"]).exits(7);
    world.run(&["apply", "--yes", "--allow-destroy", "1", "--timeout", "400ms"]).exits(7);
    world.run(&["apply", "--yes", "--allow-destroy", "2", "--timeout", "400ms"]).exits(4);
    assert_eq!((world.cloud.requests(DELETE), world.recorded().len()), (1, 2));
    let _ = id;
}

#[test]
fn one_whose_job_nobody_knows_is_seen_by_the_volume() {
    let (world, _) = unwanted();
    world.cloud_field("settle: 1s");
    faults(&world, json!({"job": "vanish"}));
    world.run(&["apply", "--yes", "--allow-destroy", "1"]).exits(0).says("1 deleted");
    assert_eq!((world.cloud.requests(DELETE), world.cloud.names()), (1, vec!["db".to_owned()]));
}

#[test]
fn one_failure_keeps_no_other_from_going() {
    let world = World::in_cloud(Cloud::start(), "  web: { size: 20, count: 6 }");
    world.converge();
    world.volumes("  web: { size: 20, count: 2 }");
    faults(&world, json!({"job": "fail"}));
    world.run(&["apply", "--yes", "--allow-destroy", "4"]).exits(3).says("3 deleted, 1 failed");
    assert_eq!(world.cloud.volumes().len(), 3);
    assert_eq!(world.recorded().len(), 3);
}
