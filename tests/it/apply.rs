//! From YAML to converged volumes.

use crate::support::{CREATE, Cloud, PROJECT, UPDATE, World};
use serde_json::{Value, json};

fn numbered(base: &str, numbers: std::ops::RangeInclusive<u32>) -> Vec<String> {
    numbers.map(|n| format!("{base}-{n:04}")).collect()
}

#[test]
fn volumes_become_real_and_planning_again_finds_nothing() {
    let world = World::new("  data: { count: 3, size: 40, tags: { app: kafka } }\n  web: { size: 10, name: front }");
    world.run(&["plan", "--detailed-exitcode"]).exits(2).says("4 to create");
    assert!(!world.snapshot().exists(), "planning writes nothing");
    let finished = world.converge().finished();
    assert_eq!((finished["created"].as_u64(), finished["failed"].as_u64()), (Some(4), Some(0)));
    assert_eq!(world.cloud.names(), ["data-0001", "data-0002", "data-0003", "front"]);
    assert_eq!(world.cloud.requests(CREATE), 2);
    for volume in world.cloud.volumes() {
        assert_eq!(volume["status"], "available");
        let owner = volume["tags"]["evsctl"].as_str().unwrap();
        assert!(owner.starts_with("test_") && owner.len() <= 42, "{owner}");
    }
    let listed: Vec<String> = world.recorded().iter().map(|v| v["address"].as_str().unwrap().to_owned()).collect();
    assert_eq!(listed, ["data[1]", "data[2]", "data[3]", "web[1]"]);
}

#[test]
fn a_second_apply_changes_and_writes_nothing() {
    let world = World::new("  data: { size: 40 }");
    world.converge();
    let before = std::fs::read(world.snapshot()).unwrap();
    let creates = world.cloud.requests(CREATE);
    let finished = world.run(&["apply", "--yes", "--format", "json"]).exits(0).finished();
    assert_eq!(finished["converged"], true);
    assert_eq!(std::fs::read(world.snapshot()).unwrap(), before);
    assert_eq!(world.cloud.requests(CREATE), creates);
}

#[test]
fn the_sample_of_the_api_reference_becomes_that_call_and_that_volume() {
    let sample = r#"{"backup_id":null,"count":1,"availability_zone":"az-dc-1","description":"test_volume_1",
      "size":120,"name":"test_volume_1","volume_type":"SSD",
      "metadata":{"__system__encrypted":"1","__system__cmkid":"37b0d52e-c249-40d6-83cb-2b93f22445bd"}}"#;
    let world = World::new(&format!("  sample: {sample}"));
    let plan = world.run(&["plan", "--format", "json"]).exits(0).json();
    let step = &plan["plan"]["steps"][0];
    assert_eq!(step["name"], "test_volume_1");
    assert_eq!(step["spec"]["size"], 120);
    world.converge();
    let volumes = world.cloud.volumes();
    assert_eq!(volumes.len(), 1);
    for (field, value) in [
        ("name", json!("test_volume_1")),
        ("description", json!("test_volume_1")),
        ("size", json!(120)),
        ("volume_type", json!("SSD")),
        ("availability_zone", json!("az-dc-1")),
    ] {
        assert_eq!(volumes[0][field], value, "{field}");
    }
    assert_eq!(volumes[0]["metadata"]["__system__encrypted"], "1");
    assert_eq!(volumes[0]["metadata"]["__system__cmkid"], "37b0d52e-c249-40d6-83cb-2b93f22445bd");
}

#[test]
fn more_than_a_hundred_become_several_calls_with_right_names() {
    let world = World::new("  data: { count: 250, size: 10 }");
    world.converge();
    assert_eq!(world.cloud.requests(CREATE), 3);
    assert_eq!(world.cloud.requests(UPDATE), 150, "the first call's names are right by themselves");
    assert_eq!(world.cloud.names(), numbered("data", 1..=250));
    let slots_are_names = |volume: &Value| {
        let number: u32 = volume["address"].as_str().unwrap()[5..].trim_end_matches(']').parse().unwrap();
        volume["name"] == format!("data-{number:04}")
    };
    assert!(world.recorded().iter().all(slots_are_names));

    world.volumes("  data: { count: 260, size: 10 }");
    world.run(&["plan"]).exits(0).says("10 to create");
    world.converge();
    assert_eq!(world.cloud.requests(CREATE), 4);
    assert_eq!(world.cloud.names(), numbered("data", 1..=260));
}

#[test]
fn naming_by_the_service_saves_the_renames() {
    let world = World::new("  data: { count: 120, size: 10 }\nnaming: service");
    world.converge();
    assert_eq!((world.cloud.requests(CREATE), world.cloud.requests(UPDATE)), (2, 0));
    let mut names = [numbered("data", 1..=100), numbered("data", 1..=20)].concat();
    names.sort();
    assert_eq!(world.cloud.names(), names);
}

#[test]
fn a_retired_slot_leaves_a_hole_and_a_later_one_fills_it() {
    let world = World::new("  data: { count: 4, size: 10, lifecycle: { retire: [2] } }");
    world.converge();
    assert_eq!(world.cloud.names(), ["data-0001", "data-0003", "data-0004"]);
    world.volumes("  data: { count: 4, size: 10 }");
    world.converge();
    assert_eq!(world.cloud.names(), numbered("data", 1..=4));
    assert_eq!(world.cloud.requests(CREATE), 2);
}

#[test]
fn from_one_to_several_renames_the_first() {
    let world = World::new("  web: { size: 10 }");
    world.converge();
    world.volumes("  web: { size: 10, count: 2 }");
    world.run(&["plan"]).exits(0).says("rename");
    world.converge();
    assert_eq!(world.cloud.names(), ["web-0001", "web-0002"]);
}

#[test]
fn names_and_descriptions_change_in_place() {
    let world = World::new("  web: { size: 10, description: the first one }");
    world.converge();
    let id = world.recorded()[0]["id"].clone();
    world.volumes("  web: { size: 10, name: front, description: the second one }");
    let renamed = world.converge().stdout;
    assert!(renamed.contains(r#""action":"rename","address":"web[1]""#), "{renamed}");
    let volume = &world.cloud.volumes()[0];
    assert_eq!(
        (&volume["id"], &volume["name"], &volume["description"]),
        (&id, &json!("front"), &json!("the second one"))
    );
    // Nothing is renamed then, and nothing is told as that.
    world.volumes("  web: { size: 10, name: front, description: the third one }");
    let line = format!("updated: web[1] description, id {}\n", id.as_str().unwrap());
    world.run(&["apply", "--yes"]).exits(0).says(&line);
    world.volumes("  web: { size: 10, name: front }");
    let updated = world.converge().stdout;
    assert!(updated.contains(r#""action":"update","address":"web[1]""#), "{updated}");
    assert!(updated.contains(r#""fields":["description"]"#), "{updated}");
    let cleared = &world.cloud.volumes()[0]["description"];
    assert!(cleared.is_null() || cleared == "", "{cleared}");
}

#[test]
fn a_name_changed_outside_is_drift_and_is_put_back() {
    let world = World::new("  web: { size: 10 }");
    world.converge();
    let id = world.recorded()[0]["id"].as_str().unwrap().to_owned();
    let path = format!("/v2/{PROJECT}/cloudvolumes/{id}");
    world.cloud.call("PUT", &path, Some(json!({"volume": {"name": "someone else's"}})));
    world.run(&["plan", "--detailed-exitcode"]).exits(2).says("someone else's");
    world.run(&["plan", "--detailed-exitcode", "--offline"]).exits(0);
    world.converge();
    assert_eq!(world.cloud.names(), ["web"]);
}

#[test]
fn a_target_leaves_the_rest_alone() {
    let world = World::new("  a: { size: 10 }\n  b: { size: 10, count: 2 }");
    let finished =
        world.run(&["apply", "--yes", "--target", "b", "--exclude", "b[2]", "--format", "json"]).exits(0).finished();
    assert_eq!(finished["scope"], "targeted");
    assert_eq!(world.cloud.names(), ["b-0001"]);
    world.run(&["plan", "--target", "nobody"]).exits(1).says("nobody means no volume");
    world.converge();
    assert_eq!(world.cloud.names(), ["a", "b-0001", "b-0002"]);
}

#[test]
fn a_plan_file_is_carried_out_exactly_once() {
    let world = World::new("  a: { size: 10 }");
    let file = world.dir.path().join("plan.json");
    let file = file.to_str().unwrap();
    world.run(&["plan", "--out", file]).exits(0);
    world.run(&["apply", "--plan", file]).exits(0);
    assert_eq!(world.cloud.names(), ["a"]);
    world.run(&["apply", "--plan", file]).exits(4).says("the plan file has been carried out already; nothing was done");
    assert_eq!(world.cloud.requests(CREATE), 1);
    // What was not approved by that file makes it stale.
    world.volumes("  a: { size: 20 }");
    world.converge();
    world.run(&["apply", "--plan", file]).exits(4).says("stale");
}

#[test]
fn an_edited_plan_file_is_refused() {
    let world = World::new("  a: { size: 10 }");
    let path = world.dir.path().join("plan.json");
    world.run(&["plan", "--out", path.to_str().unwrap()]).exits(0);
    let text = std::fs::read_to_string(&path).unwrap();
    crate::support::put(&path, text.replace("\"size\": 10", "\"size\": 11"));
    world.run(&["apply", "--plan", path.to_str().unwrap()]).exits(4).says("changed after it was made");
    crate::support::put(&path, text.replace(&format!("\"format\": {}", evsctl::plan::FORMAT), "\"format\": 1"));
    world.run(&["apply", "--plan", path.to_str().unwrap()]).exits(4).says("format 1");
    assert_eq!(world.cloud.requests(CREATE), 0);
}

#[test]
fn approval_by_digest_holds_for_these_changes_only() {
    let world = World::new("  a: { size: 10 }");
    let changes = world.run(&["plan", "--format", "json"]).exits(0).json()["changes"].as_str().unwrap().to_owned();
    world.volumes("  a: { size: 20 }");
    world.run(&["apply", "--approve", &changes]).exits(4).says("not the approved");
    world.volumes("  a: { size: 10 }");
    world.run(&["apply", "--approve", &changes]).exits(0);
    // Nothing is left of what was approved, and that is fine too.
    world.run(&["apply", "--approve", &changes]).exits(0);
    assert_eq!(world.cloud.names(), ["a"]);
}

#[test]
fn without_a_terminal_somebody_must_have_said_yes() {
    let world = World::new("  a: { size: 10 }");
    world.run(&["apply"]).exits(4).says("--yes").says("1 to create");
    assert_eq!(world.cloud.requests(CREATE), 0);
    // What has no steps needs nobody.
    world.converge();
    world.run(&["apply"]).exits(0).says("converged");
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let world = World::new("  a: { size: 10, count: 130 }\n  b: { size: 20, tags: { z: z, a: a } }");
    for format in ["json", "human", "markdown"] {
        let once = world.run(&["plan", "--format", format]).exits(0).stdout;
        assert_eq!(once, world.run(&["plan", "--format", format]).exits(0).stdout);
    }
}

#[test]
fn a_thousand_volumes_cost_ten_calls_and_few_looks() {
    let cloud = Cloud::with(&["--job-duration", "2s", "--latency", "50ms"]);
    let world = World::in_cloud(cloud, "  data: { count: 1000, size: 10 }");
    world.run(&["apply", "--yes"]).exits(0);
    let (all, renames) = (world.cloud.all_requests(), world.cloud.requests(UPDATE));
    assert_eq!((world.cloud.requests(CREATE), renames), (10, 900));
    assert!(all - renames <= 80, "{} calls beside renames", all - renames);
    assert_eq!(world.cloud.stats()["volumes"], 1000);
}

#[test]
fn the_manifest_shows_how_it_changed_since_the_last_apply() {
    let world = World::new("  a: { size: 10 }");
    world.converge();
    world.volumes("  a: { size: 10 }\n  b: { size: 30 }");
    world.run(&["plan", "--manifest-diff"]).exits(0).says("+ b: { size: 30 }");
}

#[test]
fn a_run_that_writes_brings_the_record_up_to_date() {
    let world = World::new("  web: { size: 10 }");
    world.converge();
    // As after a run that gave the name and died before recording it.
    let id = world.recorded()[0]["id"].as_str().unwrap().to_owned();
    let path = format!("/v2/{PROJECT}/cloudvolumes/{id}");
    world.cloud.call("PUT", &path, Some(json!({"volume": {"name": "front"}})));
    world.volumes("  web: { size: 10, name: front }");
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
    assert_eq!(world.recorded()[0]["name"], "web", "a run that changes nothing writes nothing");
    world.volumes("  new: { size: 10 }\n  web: { size: 10, name: front }");
    world.converge();
    assert_eq!(world.recorded()[1]["name"], "front");
}
