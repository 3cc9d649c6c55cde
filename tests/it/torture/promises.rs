//! What rests on one instant or one answer, shown without chance.

use super::world::{begin, ends, said};
use crate::support::{CREATE, Cloud, PROJECT, World, until};
use serde_json::{Value, json};

const POST: &str = "/v3/{project_id}/cloudvolumes";
const LIST: &str = "/v2/{project_id}/cloudvolumes/detail";
const SHOW: &str = "/v2/{project_id}/cloudvolumes/{volume_id}";

fn journal(world: &World) -> String {
    let bytes = std::fs::read(world.dir.path().join("state/test.journal")).unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

#[test]
fn a_call_is_recorded_before_it_leaves_and_its_job_before_the_waiting() {
    let world = World::in_cloud(Cloud::with(&["--job-duration", "700ms"]), "  data: { count: 3, size: 10 }");
    world.cloud.faults(json!([{"method": "POST", "path": POST, "then": {"delay_ms": 600}}]));
    let child = begin(&world, &["apply", "--yes"], "run.log");
    until("the call has arrived", || world.cloud.requests(CREATE) == 1);
    let text = journal(&world);
    assert!(text.contains("\"intent\"") && text.contains("\"sent\""), "it left before it was recorded: {text}");
    // The job is looked at for the first time when its acceptance is durable.
    until("the job is looked at", || world.cloud.requests("GET /v1/{project_id}/jobs/{job_id}") > 0);
    assert!(journal(&world).contains("\"accepted\""), "it waited for a job that it had not recorded");
    assert_eq!(ends(child), Some(0), "{}", said(&world, "run.log"));
}

#[test]
fn a_call_sent_again_has_its_first_token() {
    let world = World::new("  data: { count: 3, size: 10 }");
    // The answer is lost, and what it made shows in no list for a while: only the token can tell.
    world.cloud.faults(json!([
        {"method": "POST", "path": POST, "times": 1, "then": {"cut": "after"}},
        {"method": "GET", "path": LIST, "skip": 1, "times": 2, "then": {"list_lag_ms": 60000}},
    ]));
    world.converge();
    assert_eq!(world.cloud.names(), ["data-0001", "data-0002", "data-0003"]);
}

#[test]
fn trouble_after_the_work_buys_nothing_twice() {
    let world = World::new("  data: { count: 3, size: 10 }");
    world.cloud.faults(json!([{"method": "POST", "path": POST, "times": 1, "then": {"status": 503}}]));
    world.run(&["apply", "--yes"]).exits(0);
    assert_eq!(world.cloud.names(), ["data-0001", "data-0002", "data-0003"]);
}

#[test]
fn one_404_is_not_gone() {
    let world = World::new("  web: { size: 10 }");
    world.converge();
    world.cloud.faults(json!([
        {"method": "GET", "path": LIST, "times": 1, "then": {"list_lag_ms": 60000}},
        {"method": "GET", "path": SHOW, "times": 1, "then": {"status": 404}},
    ]));
    world.run(&["plan", "--detailed-exitcode"]).exits(0).says("nothing to do");
}

#[test]
fn a_list_that_cannot_be_read_is_not_empty() {
    let world = World::new("  web: { size: 10 }");
    world.cloud.faults(json!([{"method": "GET", "path": LIST, "times": 1, "then": {"status": 400}}]));
    world.run(&["apply", "--yes"]).exits(1);
    assert_eq!(world.cloud.requests(CREATE), 0);
}

#[test]
fn a_name_makes_nobodys_volume_ours() {
    let world = World::new("  web: { size: 10 }");
    let body = json!({"volume": {"name": "web", "size": 10, "availability_zone": "az-dc-1", "volume_type": "SSD"}});
    assert_eq!(world.cloud.call("POST", POST, Some(body)).0, 200);
    until("somebody's volume is there", || world.cloud.volumes().iter().any(|v| v["status"] == "available"));
    let foreign = world.cloud.volumes()[0]["id"].clone();
    // Our own call is lost before it was done, so that something has to be looked for.
    world.cloud.faults(json!([{"method": "POST", "path": POST, "times": 1, "then": {"cut": "before"}}]));
    world.converge();
    let recorded: Vec<Value> = world.recorded().iter().map(|volume| volume["id"].clone()).collect();
    assert_eq!((recorded.len(), world.cloud.volumes().len()), (1, 2));
    assert!(!recorded.contains(&foreign), "somebody's volume was taken, in project {PROJECT}");
}
