//! Several volumes in one call: judged one by one, and one by one where the service does not take them together.

use super::{BATCH, BATCHES, SINGLE, amid, id_of, of_size, recorded, sizes, web};
use crate::support::{Cloud, World, until};
use serde_json::{Value, json};
use std::process::Stdio;

fn batch(then: Value) -> Value {
    json!([{"method": "POST", "path": BATCHES, "times": 1, "then": then}])
}

#[test]
fn many_grow_in_few_calls_and_one_plan_line() {
    let world = World::new(&web(150, 20));
    world.converge();
    world.volumes(&web(150, 40));
    let plan = world.run(&["plan", "--detailed-exitcode"]).exits(2);
    plan.says("web[1..150]  extend  150 x 20 -> 40 GB").says("2 batch-extend");
    world.run(&["apply", "--yes"]).exits(0).says("150 changed");
    assert_eq!(sizes(&world), vec![40; 150]);
    assert_eq!((world.cloud.requests(BATCH), world.cloud.requests(SINGLE)), (2, 0));
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
    world.run(&["plan", "--offline", "--detailed-exitcode"]).exits(0);
}

#[test]
fn a_volume_that_hangs_holds_up_no_other() {
    let world = World::in_cloud(Cloud::with(&["--job-duration", "100ms"]), &web(150, 20));
    world.converge();
    // For an hour.
    world.cloud.faults(batch(json!({"job": "slow", "by_ms": 3_600_000, "sub_jobs": [7]})));
    world.volumes(&web(150, 40));
    let ran = world.run(&["apply", "--yes", "--timeout", "4s"]).exits(7);
    assert_eq!((of_size(&world, 40), of_size(&world, 20)), (149, 1));
    let small: Vec<String> = recorded(&world).into_iter().filter(|(_, gb)| *gb == 20).map(|(at, _)| at).collect();
    assert_eq!(small.len(), 1, "all others are recorded: {small:?}");
    ran.says(&small[0]).says("its job had not ended in time").says("149 changed, 1 call still open");
    world.run(&["plan", "--detailed-exitcode"]).exits(2).says("1 to resume");
    world.run(&["apply", "--yes", "--timeout", "2s"]).exits(7).says(&small[0]);
    // Over, that one alone is left.
    world.cloud.is_ahead(61);
    world.run(&["apply", "--yes"]).exits(0).says("1 resumed");
    assert_eq!((world.cloud.requests(BATCH), world.cloud.requests(SINGLE)), (2, 0));
    assert!(sizes(&world) == vec![40; 150] && recorded(&world).values().all(|gb| *gb == 40));
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
    world.run(&["plan", "--offline", "--detailed-exitcode"]).exits(0);
}

#[test]
fn what_has_grown_is_recorded_while_another_hangs() {
    let world = World::in_cloud(Cloud::with(&["--job-duration", "100ms"]), &web(5, 20));
    world.converge();
    world.cloud.faults(batch(json!({"job": "hang", "sub_jobs": [2]})));
    world.volumes(&web(5, 40));
    let mut running = world.command(&["apply", "--yes"]);
    let mut running = running.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let journal = world.dir.path().join("state/test.journal");
    let recorded_by_now = || std::fs::read_to_string(&journal).unwrap_or_default().matches("\"extended\"").count();
    until("four are recorded", || recorded_by_now() == 4);
    running.kill().unwrap();
    running.wait().unwrap();
    assert_eq!(recorded(&world)["web[2]"], 20);
}

#[test]
fn what_fails_in_a_job_that_was_resumed_is_told_with_its_code() {
    let world = World::in_cloud(Cloud::with(&["--job-duration", "100ms"]), &web(5, 20));
    world.converge();
    world.cloud.faults(batch(json!({"job": "slow", "by_ms": 3_600_000, "sub_jobs": [1]})));
    world.volumes(&web(5, 40));
    world.run(&["apply", "--yes", "--timeout", "2s"]).exits(7);
    let hung = id_of(&world, "web-0001");
    // Its job fails with that one in the end, and names all that it was about.
    let jobs = world.dir.path().join("state/test.json");
    let state: Value = serde_json::from_slice(&std::fs::read(jobs).unwrap()).unwrap();
    let call = state["calls"].as_object().unwrap().values().next().unwrap();
    let job_id = call["progress"]["job_id"].as_str().unwrap().to_owned();
    let path = format!("/v1/{{project_id}}/jobs/{job_id}");
    let mut job = world.cloud.call("GET", &path, None).1;
    job["status"] = json!("FAIL");
    for sub in job["entities"]["sub_jobs"].as_array_mut().unwrap() {
        if sub["entities"]["volume_id"] == *hung {
            sub["status"] = json!("FAIL");
            sub["error_code"] = json!("EVS.2026");
            sub["fail_reason"] = json!("volume is error_extending!");
        }
    }
    world.cloud.edit(&hung, json!({"status": "error_extending"}));
    let answer = json!({"status": 200, "body": job});
    world.cloud.faults(json!([{"method": "GET", "path": "/v1/{project_id}/jobs/{job_id}", "then": answer}]));
    world.run(&["apply", "--yes"]).exits(3).says("web[1]").says("EVS.2026").says("some steps failed");
    world.cloud.faults(json!([]));
    assert_eq!(of_size(&world, 40), 4);
    world.run(&["plan"]).exits(4).says("error_extending");
}

#[test]
fn where_no_call_extends_several_one_call_finds_that_out_for_all() {
    let world = World::new(&web(150, 20));
    world.converge();
    let body = json!({"error_code": "APIGW.0101", "error_msg": "The API does not exist"});
    world.cloud.faults(json!([{"method": "POST", "path": BATCHES, "then": {"status": 404, "body": body}}]));
    world.volumes(&web(150, 40));
    world.run(&["apply", "--yes"]).exits(0).says("150 changed");
    assert_eq!(sizes(&world), vec![40; 150]);
    assert_eq!((world.cloud.requests(BATCH), world.cloud.requests(SINGLE)), (1, 150));
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn one_that_cannot_grow_keeps_no_other_from_it() {
    let world = World::new(&web(150, 20));
    world.converge();
    world.volumes(&web(150, 40));
    let bad = id_of(&world, "web-0003");
    let ran = amid(&world, &["--format", "json"], || world.cloud.edit(&bad, json!({"status": "backing-up"}))).exits(3);
    let failed: Vec<Value> = ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let failed: Vec<&Value> = failed.iter().filter(|event| event["event"] == "failed").collect();
    assert!(failed.len() == 1 && failed[0]["slots"] == "3" && failed[0]["code"] == "EVS.1064", "{failed:?}");
    assert_eq!((&ran.finished()["updated"], &ran.finished()["failed"]), (&json!(149), &json!(1)));
    assert_eq!((of_size(&world, 40), of_size(&world, 20)), (149, 1));
    // The hundred of its call, and no more.
    assert_eq!((world.cloud.requests(BATCH), world.cloud.requests(SINGLE)), (2, 100));
    assert_eq!(recorded(&world).values().filter(|gb| **gb == 40).count(), 149);
    world.run(&["plan"]).exits(4).says("web[3]").says("backing-up");
    world.cloud.edit(&bad, json!({"status": "available"}));
    world.run(&["apply", "--yes"]).exits(0).says("1 changed");
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn one_that_cannot_grow_at_plan_time_is_refused_alone() {
    let world = World::new(&web(150, 20));
    world.converge();
    world.volumes(&web(150, 40));
    world.cloud.edit(&id_of(&world, "web-0003"), json!({"status": "backing-up"}));
    let plan = world.run(&["plan"]).exits(4);
    plan.says("refused: web[3] extend: the cloud shows it as backing-up").says("149 x 20 -> 40 GB");
    world.run(&["apply", "--yes"]).exits(4);
    assert_eq!((of_size(&world, 20), world.cloud.requests(BATCH)), (150, 0));
    world.run(&["apply", "--yes", "--skip-refused"]).exits(4).says("149 changed");
    assert_eq!((of_size(&world, 40), world.cloud.requests(BATCH), world.cloud.requests(SINGLE)), (149, 2, 0));
}

#[test]
fn a_sub_job_that_fails_is_told_alone_and_left_to_people() {
    let world = World::new(&web(5, 20));
    world.converge();
    world.cloud.faults(batch(json!({"job": "fail", "error_code": "EVS.2026", "sub_jobs": [2]})));
    world.volumes(&web(5, 40));
    let ran = world.run(&["apply", "--yes"]).exits(3).says("web[2]").says("EVS.2026").says("4 changed, 1 failed");
    assert!(!ran.stderr.contains("left behind"), "{}", ran.stderr);
    ran.says("next: look at the volume in the console");
    let sizes = recorded(&world);
    assert!(sizes.iter().all(|(at, gb)| *gb == if at == "web[2]" { 20 } else { 40 }), "{sizes:?}");
    let plan = world.run(&["plan"]).exits(4).says("refused: web[2]").says("error_extending");
    plan.says("4 unchanged");
    world.run(&["apply", "--yes"]).exits(4);
    assert_eq!((world.cloud.requests(BATCH), world.cloud.requests(SINGLE)), (1, 0));
    // Put right by the service, it is extended by itself.
    world.cloud.edit(&id_of(&world, "web-0002"), json!({"status": "available"}));
    world.run(&["apply", "--yes"]).exits(0).says("1 changed");
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn a_hand_that_grows_one_of_a_lost_batch_does_not_keep_the_others() {
    let world = World::new(&web(3, 20));
    world.cloud_field("settle: 1s");
    world.converge();
    world.volumes(&web(3, 40));
    world.cloud_field("settle: 1s");
    world.cloud.faults(json!([{"method": "POST", "path": BATCHES, "then": {"cut": "before"}}]));
    world.run(&["apply", "--yes", "--timeout", "1s"]).exits(7).says("may or may not have been done");
    world.cloud.faults(json!([]));
    world.cloud.edit(&id_of(&world, "web-0002"), json!({"size": 40}));
    world.run(&["apply", "--yes", "--timeout", "20s"]).exits(0);
    assert_eq!(sizes(&world), [40; 3]);
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn a_batch_in_doubt_that_the_service_refuses_is_tried_one_by_one() {
    let world = World::new(&web(3, 20));
    world.cloud_field("settle: 1s");
    world.converge();
    world.volumes(&web(3, 40));
    world.cloud_field("settle: 1s");
    world.cloud.faults(json!([{"method": "POST", "path": BATCHES, "then": {"cut": "before"}}]));
    world.run(&["apply", "--yes", "--timeout", "1s"]).exits(7);
    world.cloud.faults(json!([]));
    world.cloud.edit(&id_of(&world, "web-0002"), json!({"status": "backing-up"}));
    // Nothing of the lost one can begin any more.
    std::thread::sleep(std::time::Duration::from_millis(2100));
    world.run(&["apply", "--yes", "--timeout", "20s"]).exits(3).says("web[2]").says("EVS.1064");
    assert_eq!((of_size(&world, 40), of_size(&world, 20)), (2, 1));
    world.run(&["plan"]).exits(4).says("refused: web[2] extend");
    world.cloud.edit(&id_of(&world, "web-0002"), json!({"status": "available"}));
    world.run(&["apply", "--yes"]).exits(0);
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
}
