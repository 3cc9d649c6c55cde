//! Recorded volumes that lie in the recycle bin: told where they are, never made anew in silence, and unchanged once they are
//! restored.

use crate::support::{CREATE, Cloud, Ran, World};
use serde_json::{Value, json};

const BIN: &str = "GET /v3/{project_id}/recycle-bin-volumes/detail";
const PATH: &str = "/v3/{project_id}/recycle-bin-volumes";
const SENTENCE: &str =
    "restore it in the console or by the API and plan again, or let apply put a new volume in its place";
const FORMATS: [&str; 3] = ["human", "json", "markdown"];

/// Three volumes, the second of which was deleted from outside; its id comes second.
fn lost(policy: Value) -> (World, String) {
    let world = World::new("  data: { count: 3, size: 10 }");
    world.converge();
    assert_eq!(world.cloud.call("PUT", &format!("{PATH}/policy"), Some(policy)).0, 204);
    let ids: Vec<String> = world.recorded().iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect();
    for id in &ids {
        world.cloud.edit(id, json!({"created_at": "2020-01-02T03:04:05.000000"}));
    }
    world.cloud.delete(&ids[1]);
    (world, ids[1].clone())
}

/// The bin is on.
fn recycled() -> (World, String) {
    lost(json!({"switch": true}))
}

/// When the bin gives a volume up, to the second.
fn kept_until(cloud: &Cloud, id: &str) -> String {
    let (status, body) = cloud.call("GET", &format!("{PATH}/{id}"), None);
    assert_eq!(status, 200, "{body}");
    format!("{}Z", body["volume"]["plan_delete_at"].as_str().unwrap().split('.').next().unwrap())
}

fn in_format(world: &World, command: &str, format: &str, exit: i32) -> Ran {
    world.run(&[command, "--format", format]).exits(exit)
}

/// What is told of a volume that is gone for good, or of which nothing more is known.
fn is_told_as_gone(world: &World) {
    for (command, exit) in [("plan", 0), ("drift", 2)] {
        let plain = in_format(world, command, "human", exit).says("data[2] is gone");
        let json = in_format(world, command, "json", exit);
        let told = if command == "plan" { json.json()["plan"].clone() } else { json.json() };
        assert_eq!(told["drift"][0]["code"], "gone");
        assert!(told["drift"][0].get("kept_until").is_none() && told["warnings"] == json!([]), "{told}");
        let markdown = in_format(world, command, "markdown", exit).says("`data[2]` is gone");
        for ran in [plain, json, markdown] {
            assert!(!ran.stdout.contains("recycle"), "{}", ran.stdout);
        }
    }
}

#[test]
fn drift_and_plan_say_where_it_is_and_what_to_do() {
    let (world, id) = recycled();
    let until = kept_until(&world.cloud, &id);
    for (command, exit) in [("plan", 0), ("drift", 2)] {
        let place = format!("data[2] is in the recycle bin until {until}");
        in_format(&world, command, "human", exit).says(&place).says(SENTENCE);
        let place = format!("`data[2]` is in the recycle bin until {until}");
        in_format(&world, command, "markdown", exit).says(&place).says(SENTENCE);
        let json = in_format(&world, command, "json", exit).json();
        let told = if command == "plan" { &json["plan"] } else { &json };
        let drift = json!([{"address": "data[2]", "id": id, "code": "recycled", "kept_until": until,
            "field": "gone", "recorded": "present", "observed": "in the recycle bin"}]);
        assert_eq!(told["drift"], drift);
        let warning = &told["warnings"][0];
        assert_eq!(
            (&warning["code"], &warning["key"], &warning["slots"]),
            (&json!("recycled"), &json!("data"), &json!("2"))
        );
        assert!(warning["text"].as_str().unwrap().contains(SENTENCE), "{warning}");
    }
    // The step says it too, in place of that the volume is gone.
    let ran = world.run(&["plan"]).exits(0).says(&format!("{} is in the recycle bin until {until}", &id[..8]));
    assert!(ran.stdout.contains("recreate") && !ran.stdout.contains("gone"), "{}", ran.stdout);
    // It is bought again with consent alone.
    let creates = world.cloud.requests(CREATE);
    world.run(&["apply", "--yes"]).exits(4).says("--allow-recreate 1");
    assert_eq!(world.cloud.requests(CREATE), creates);
    let plan = world.dir.path().join("p.json");
    world.run(&["plan", "--out", plan.to_str().unwrap()]).exits(0);
    // A saved plan stays the one that it was when the volume is deleted for good meanwhile.
    assert_eq!(world.cloud.call("DELETE", &format!("{PATH}/{id}"), None).0, 204);
    world.run(&["apply", "--plan", plan.to_str().unwrap(), "--allow-recreate", "1"]).exits(0);
    assert_eq!(world.cloud.names(), ["data-0001", "data-0002", "data-0003"]);
    world.run(&["plan", "--detailed-exitcode"]).exits(0).says("nothing to do");
}

#[test]
fn what_is_restored_is_as_it_was_recorded() {
    let (world, id) = recycled();
    assert_eq!(world.cloud.call("POST", &format!("{PATH}/{id}/revert"), None).0, 204);
    world.run(&["plan", "--detailed-exitcode"]).exits(0).says("nothing to do");
    world.run(&["drift"]).exits(0);
    world.converge();
    assert_eq!((world.cloud.requests(BIN), world.cloud.volumes().len()), (0, 3), "nothing was missing");
}

#[test]
fn a_new_one_in_its_place_leaves_the_old_one_in_the_bin() {
    let (world, id) = recycled();
    world.run(&["apply", "--yes", "--allow-recreate", "1"]).exits(0).says("in the recycle bin");
    assert_eq!(world.cloud.names(), ["data-0001", "data-0002", "data-0003"]);
    world.run(&["plan", "--detailed-exitcode"]).exits(0).says("nothing to do");
    kept_until(&world.cloud, &id);
}

#[test]
fn what_is_deleted_for_good_is_gone() {
    let (world, id) = recycled();
    assert_eq!(world.cloud.call("DELETE", &format!("{PATH}/{id}"), None).0, 204);
    is_told_as_gone(&world);
    let (world, id) = recycled();
    // Its time is over.
    world.cloud.is_ahead(8 * 24 * 60);
    assert_eq!(world.cloud.call("GET", &format!("{PATH}/{id}"), None).0, 404);
    is_told_as_gone(&world);
    let (world, _) = lost(json!({"switch": false}));
    is_told_as_gone(&world);
}

#[test]
fn a_service_that_does_not_show_a_bin_leaves_the_plan_as_it_was() {
    let (world, _) = recycled();
    let no_call = json!({"status": 404, "body": {"error_code": "APIGW.0101", "error_msg": "The API does not exist"}});
    let no_right = json!({"status": 403, "body": {"error": {"code": "EVS.5403", "message": "Policy check failed."}}});
    let no_role = json!({"status": 403, "body": {"error_code": "APIGW.0302", "error_msg": "not authorized"}});
    let no_page = json!({"status": 200, "body": {"volumes": "none"}});
    for then in [no_call, no_right, no_role, no_page] {
        world.cloud.faults(json!([{"method": "GET", "path": PATH.to_owned() + "/detail", "then": then}]));
        is_told_as_gone(&world);
    }
    world.cloud.faults(json!([]));
    world.run(&["drift"]).exits(2).says("in the recycle bin");
}

#[test]
fn it_costs_one_call_and_only_where_something_is_missing() {
    let (world, _) = recycled();
    assert_eq!(world.cloud.requests(BIN), 0, "nothing was missing so far");
    world.run(&["plan", "--no-preflight"]).exits(0);
    assert_eq!(world.cloud.requests(BIN), 1);
    world.run(&["drift"]).exits(2);
    assert_eq!(world.cloud.requests(BIN), 2);
    // Trouble is borne as that of other reads.
    for then in
        [json!({"status": 503}), json!({"status": 429, "headers": {"Retry-After": "0"}}), json!({"cut": "before"})]
    {
        world.cloud.faults(json!([{"method": "GET", "path": PATH.to_owned() + "/detail", "times": 1, "then": then}]));
        world.run(&["drift"]).exits(2).says("in the recycle bin until");
    }
    assert_eq!(world.cloud.requests(BIN), 8);
}

#[test]
fn what_is_not_asked_for_any_more_is_forgotten_and_said_to_be_there() {
    let (world, id) = recycled();
    world.volumes("  data: { count: 1, size: 10 }");
    let until = kept_until(&world.cloud, &id);
    let ran = world
        .run(&["plan"])
        .exits(0)
        .says("forget")
        .says(&format!("in the recycle bin until {until}, and `count` is 1"));
    assert!(!ran.stdout.contains("restore"), "nothing is put in its place: {}", ran.stdout);
    world.run(&["apply", "--yes", "--allow-destroy", "1"]).exits(0).says("1 deleted").says("1 forgotten");
    // What evsctl deletes may lie in the bin as well.
    let (_, bin) = world.cloud.call("GET", &format!("{PATH}/detail"), None);
    assert_eq!((&bin["count"], world.recorded().len()), (&json!(2), 1));
    world.run(&["plan", "--detailed-exitcode"]).exits(0).says("nothing to do");
}

#[test]
fn the_formats_are_those_of_every_plan() {
    let (world, _) = recycled();
    world
        .run(&["drift", "--accept", "data[2]"])
        .exits(4)
        .says("is in the recycle bin")
        .says("restore it in the console");
    world.run(&["plan", "--offline"]).exits(0).says("nothing to do");
    for format in FORMATS {
        in_format(&world, "plan", format, 0);
    }
    let saved = in_format(&world, "plan", "json", 0);
    let plan = evsctl::document::from_json(saved.stdout.as_bytes()).unwrap();
    assert_eq!((evsctl::document::to_json(&plan), plan.format), (saved.stdout.clone(), 7), "{}", saved.stdout);
}
