//! Who may have what done: consent, approval, and where things may go at all.

use crate::support::{CREATE, Cloud, DELETE, PROJECT, World, put, until};
use serde_json::{Value, json};
use std::process::Stdio;

#[test]
fn a_volume_deleted_behind_our_back_needs_consent_to_be_created_again() {
    let world = World::new("  data: { count: 3, size: 10 }");
    world.converge();
    world.cloud.delete(world.recorded()[1]["id"].as_str().unwrap());
    world.run(&["plan", "--detailed-exitcode"]).exits(2).says("recreate").says("--allow-recreate 1");
    let creates = world.cloud.requests(CREATE);
    for consent in [&[][..], &["--allow-recreate", "2"], &["--allow-recreate", "0"]] {
        world.run(&[&["apply", "--yes"], consent].concat()).exits(4).says("nothing was done");
    }
    assert_eq!(world.cloud.requests(CREATE), creates);
    world.run(&["apply", "--yes", "--allow-recreate", "1"]).exits(0);
    assert_eq!(world.cloud.names(), ["data-0001", "data-0002", "data-0003"]);
    world.run(&["apply", "--yes", "--allow-recreate", "1"]).exits(0);
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn consent_to_create_again_is_asked_for_until_it_is_done() {
    let world = World::in_cloud(Cloud::with(&["--job-duration", "400ms"]), "  data: { count: 2, size: 10 }");
    world.converge();
    world.cloud.delete(world.recorded()[0]["id"].as_str().unwrap());
    // Refused by the cloud: what is gone is still gone, and still needs consent.
    let quota = json!({"status": 400, "body": {"error": {"code": "EVS.1042", "message": "quota"}}});
    world.cloud.faults(json!([{"method": "POST", "path": "/v3/{project_id}/cloudvolumes", "times": 1, "then": quota}]));
    world.run(&["apply", "--yes", "--allow-recreate", "1"]).exits(3).says("EVS.1042");
    world.run(&["apply", "--yes"]).exits(4).says("--allow-recreate 1");
    // Not seen to end: the same command goes on with it.
    world.run(&["apply", "--yes", "--allow-recreate", "1", "--timeout", "50ms"]).exits(7);
    world.run(&["apply", "--yes", "--allow-recreate", "1"]).exits(0);
    assert_eq!(world.cloud.names(), ["data-0001", "data-0002"]);
    assert_eq!(world.recorded().len(), 2);
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn what_another_version_approved_is_to_be_planned_again() {
    let world = World::new("  data: { count: 3, size: 10 }");
    let plan = world.run(&["plan", "--format", "json"]).exits(0);
    let plan = evsctl::document::from_json(plan.stdout.as_bytes()).unwrap();
    for older in plan.changes_in_older_forms() {
        let refused = world.run(&["apply", "--approve", older.as_str()]).exits(4);
        refused.says("another version").says("plan again").says(plan.changes().as_str());
    }
    assert_eq!(world.cloud.requests(CREATE), 0);
}

#[test]
fn an_approval_holds_for_all_that_is_left_of_it_and_for_nothing_else() {
    let world = World::new("  a: { size: 10 }\n  b: { count: 2, size: 10 }");
    let changes = world.run(&["plan", "--format", "json"]).exits(0).json()["changes"].as_str().unwrap().to_owned();
    let fails = json!({"job": "fail", "error_code": "EVS.2024", "volume": "none"});
    world.cloud.faults(
        json!([{"method": "POST", "path": "/v3/{project_id}/cloudvolumes", "skip": 1, "times": 2, "then": fails}]),
    );
    world.run(&["apply", "--approve", &changes, "--parallelism", "1"]).exits(3);
    world.run(&["apply", "--approve", &changes]).exits(3);
    world.volumes("  a: { size: 10 }\n  b: { count: 2, size: 10, name: other }");
    world.run(&["apply", "--approve", &changes]).exits(4).says("not the approved");
    world.volumes("  a: { size: 10 }\n  b: { count: 2, size: 10 }");
    world.run(&["apply", "--approve", &changes]).exits(0);
    // It is used up: what goes missing later was not approved.
    world.cloud.delete(world.recorded()[0]["id"].as_str().unwrap());
    world.run(&["apply", "--approve", &changes, "--allow-recreate", "1"]).exits(4);
}

#[test]
fn an_approval_covers_what_its_own_failures_leave() {
    let world = World::new("  data: { count: 103, size: 10 }");
    let changes = world.run(&["plan", "--format", "json"]).exits(0).json()["changes"].as_str().unwrap().to_owned();
    let no = json!({"status": 400, "body": {"error": {"code": "EVS.1003", "message": "no"}}});
    world.cloud.faults(json!([
        {"method": "POST", "path": "/v3/{project_id}/cloudvolumes", "times": 1,
            "then": {"job": "fail", "error_code": "EVS.2024", "sub_jobs": [2], "volume": "error"}},
        {"method": "PUT", "path": "/v2/{project_id}/cloudvolumes/{volume_id}", "times": 1, "then": no},
    ]));
    world.run(&["apply", "--approve", &changes]).exits(3).says("EVS.2024").says("EVS.1003");
    world.run(&["apply", "--approve", &changes]).exits(0);
    assert_eq!(world.cloud.names(), (1..=103).map(|n| format!("data-{n:04}")).collect::<Vec<_>>());
    assert_eq!(world.cloud.requests(CREATE), 3);
}

#[test]
fn another_project_is_refused_before_anything_is_sent() {
    let world = World::new("  data: { size: 10 }");
    world.converge();
    let before = world.cloud.all_requests();
    world.manifest("ffffffffffffffffffffffffffffffff", "  data: { size: 10 }");
    for command in [&["plan"][..], &["apply", "--yes"]] {
        world.run(command).exits(4).says(PROJECT).says("ffffffffffffffffffffffffffffffff");
    }
    assert_eq!(world.cloud.all_requests(), before);
}

#[test]
fn an_endpoint_that_a_pull_request_could_have_edited_is_refused() {
    let world = World::new("  data: { size: 10 }");
    for (endpoint, code, words) in [
        ("https://evs.example.com", 4, "EVSCTL_ALLOWED_ENDPOINTS"),
        ("https://evilmyhuaweicloud.com", 4, "EVSCTL_ALLOWED_ENDPOINTS"),
        ("https://evs.evilmyhuaweicloud.com", 4, "EVSCTL_ALLOWED_ENDPOINTS"),
        ("https://0123.apic.eu-de.otc.t-systems.com", 4, "EVSCTL_ALLOWED_ENDPOINTS"),
        ("https://bucket.obs.cn-north-4.myhuaweicloud.com", 4, "EVSCTL_ALLOWED_ENDPOINTS"),
        ("https://evs.cn-north-4.myhuaweicloud.com:8443", 4, "EVSCTL_ALLOWED_ENDPOINTS"),
        ("http://evs.cn-north-4.myhuaweicloud.com", 4, "not https"),
        ("https://evs.cn-north-4.myhuaweicloud.com", 6, "EVSCTL_AUTH_TOKEN"),
    ] {
        let text =
            format!("stack: test\ncloud: {{ endpoint: \"{endpoint}\", project_id: {PROJECT} }}\nvolumes: {{}}\n");
        put(&world.dir.path().join("evsctl.yaml"), text);
        world.run(&["plan"]).exits(code).says(words);
    }
}

/// The manifest of 130 single volumes in the embedded cloud; the last of them may be of another size.
fn of_130(world: &World, last: u32) {
    let mut text = "stack: test\ncloud: { simulator: true }\n\
                    defaults: { availability_zone: az-dc-1, volume_type: SSD, size: 10 }\nvolumes:\n"
        .to_owned();
    for n in 1..130 {
        text.push_str(&format!("  v{n:03}: {{}}\n"));
    }
    put(&world.dir.path().join("evsctl.yaml"), format!("{text}  v130: {{ size: {last} }}\n"));
}

/// What the embedded cloud holds by now.
fn names(world: &World) -> Vec<String> {
    let data = world.dir.path().join("copy.jsonl");
    std::fs::copy(world.dir.path().join("state/.simulator/test.jsonl"), &data).unwrap();
    Cloud::with(&["--data", data.to_str().unwrap()]).names()
}

/// An approved run of 130 calls, killed when about 60 of them were accepted, and its cloud with it: what was on
/// its way got lost, before it was done or after.
fn cut() -> (World, String) {
    let world = World::new("");
    of_130(&world, 10);
    let changes = world.run(&["plan", "--format", "json"]).exits(0).json()["changes"].as_str().unwrap().to_owned();
    let mut command = world.command(&["apply", "--approve", &changes, "--parallelism", "4"]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let journal = world.dir.path().join("state/test.journal");
    let accepted = || std::fs::read_to_string(&journal).unwrap_or_default().matches("\"accepted\"").count();
    until("60 calls are accepted", || accepted() >= 60);
    child.kill().unwrap();
    assert_eq!(child.wait().unwrap().code(), None);
    assert!(accepted() < 120, "{} of 130 calls were accepted", accepted());
    (world, changes)
}

fn is_whole(world: &World) {
    assert_eq!(names(world), (1..=130).map(|n| format!("v{n:03}")).collect::<Vec<_>>(), "all of them, and none twice");
    assert_eq!(world.recorded().len(), 130);
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn an_approved_run_that_was_killed_is_finished_by_the_same_command() {
    let (world, changes) = cut();
    world.run(&["apply", "--approve", &changes]).exits(0);
    is_whole(&world);
}

#[test]
fn an_approved_run_that_was_killed_is_not_finished_as_something_else() {
    let (world, changes) = cut();
    let made = names(&world);
    of_130(&world, 20);
    world.run(&["apply", "--approve", &changes]).exits(4).says("and not the approved").says("nothing was done");
    assert_eq!(names(&world), made);
    // The edit undone, what is left is a part of what was approved again.
    of_130(&world, 10);
    world.run(&["apply", "--approve", &changes]).exits(0);
    is_whole(&world);
}

#[test]
fn an_approved_run_that_was_killed_is_finished_where_the_cloud_lives_on() {
    let volumes: String = (1..=130).map(|n| format!("  v{n:03}: {{ size: 10 }}\n")).collect();
    let world = World::in_cloud(Cloud::with(&["--job-duration", "40ms", "--latency", "20ms"]), &volumes);
    let changes = world.run(&["plan", "--format", "json"]).exits(0).json()["changes"].as_str().unwrap().to_owned();
    let mut command = world.command(&["apply", "--approve", &changes, "--parallelism", "4"]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    until("60 calls are accepted", || {
        let jobs = &world.cloud.stats()["jobs"];
        jobs.as_object().unwrap().values().filter_map(Value::as_u64).sum::<u64>() >= 60
    });
    child.kill().unwrap();
    assert_eq!(child.wait().unwrap().code(), None);
    let made = world.cloud.requests(CREATE);
    assert!((60..120).contains(&made), "{made} of 130 calls were made");
    world.run(&["apply", "--approve", &changes]).exits(0);
    assert_eq!(world.cloud.names(), (1..=130).map(|n| format!("v{n:03}")).collect::<Vec<_>>());
    assert_eq!(world.recorded().len(), 130);
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
}

/// Without the number the rest is carried out, where that is asked for, and what needs it is refused with the number.
#[test]
fn what_needs_a_number_keeps_nothing_else_from_being_done() {
    let world = World::new("  web: { size: 20 }\n  db: { size: 30 }\n  lost: { size: 40 }");
    world.converge();
    let volumes = world.cloud.volumes();
    let lost = volumes.iter().find(|volume| volume["name"] == "lost").unwrap();
    world.cloud.delete(lost["id"].as_str().unwrap());
    world.volumes("  db: { size: 30, description: logs }\n  lost: { size: 40 }\n  new: { size: 50 }");
    world.run(&["apply", "--yes"]).exits(4).says("nothing was done");
    let ran = world.run(&["apply", "--yes", "--skip-refused"]).exits(4);
    let ran =
        ran.says("refused: web[1]").says("give --allow-destroy 1").says("refused: lost[1]").says("--allow-recreate 1");
    drop(ran.says("1 created, 1 changed"));
    // The one was by hand.
    assert_eq!((world.cloud.names(), world.cloud.requests(DELETE)), (vec!["db".into(), "new".into(), "web".into()], 1));
    // One of the numbers is one.
    world.run(&["apply", "--yes", "--skip-refused", "--allow-recreate", "1"]).exits(4).says("1 created");
    world.run(&["apply", "--yes", "--skip-refused", "--allow-destroy", "1"]).exits(0).says("1 deleted");
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
}
