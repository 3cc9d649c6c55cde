//! Snapshots, which the service deletes with their volume: only those that the plan listed.

use super::{id_of, nothing_is_deleted, refusals, unwanted};
use crate::support::{DELETE, World, until};
use serde_json::{Value, json};

/// Takes a snapshot, and waits until it is there; gives its id.
pub(crate) fn taken(world: &World, volume: &str) -> String {
    let body = json!({"snapshot": {"volume_id": volume, "name": "kept"}});
    let (status, body) = world.cloud.call("POST", "/v2/{project_id}/cloudsnapshots", Some(body));
    assert_eq!(status, 202, "{body}");
    let id = body["snapshot"]["id"].as_str().unwrap().to_owned();
    until("the snapshot is there", || shown(world, &id)["snapshot"]["status"] == "available");
    id
}

fn shown(world: &World, id: &str) -> Value {
    world.cloud.call("GET", &format!("/v2/{{project_id}}/cloudsnapshots/{id}"), None).1
}

const KEPT: &str = "  web: { size: 20 }\n  db: { size: 30 }";
const GIVEN_UP: &str = "  web: { size: 20, lifecycle: { retire: [1], delete_snapshots: true } }\n  db: { size: 30 }";

#[test]
fn one_that_nobody_allowed_to_be_deleted_refuses_the_delete() {
    let (world, id) = unwanted();
    let snapshot = taken(&world, &id);
    let refused = refusals(&world);
    assert!(refused.len() == 1 && refused[0]["code"] == "has-snapshots", "{refused:?}");
    assert_eq!(refused[0]["snapshots"], json!([snapshot]));
    world.run(&["apply", "--yes", "--allow-destroy", "1"]).exits(4).says(&snapshot).says("delete_snapshots: true");
    nothing_is_deleted(&world, &["db", "web"]);
}

#[test]
fn what_is_allowed_is_listed_and_goes_along() {
    let world = World::new(KEPT);
    world.converge();
    let id = id_of(&world, "web");
    let both = [taken(&world, &id), taken(&world, &id)];
    world.volumes(GIVEN_UP);
    let human = world.run(&["plan"]).exits(0).says("2 snapshots go with it");
    let markdown = world.run(&["plan", "--format", "markdown"]).exits(0);
    let json = world.run(&["plan", "--format", "json"]).exits(0);
    for snapshot in &both {
        let flat = |text: &str| text.split_whitespace().collect::<String>();
        assert!(flat(&human.stdout).contains(snapshot), "{}", human.stdout);
        assert!(markdown.stdout.contains(snapshot), "{}", markdown.stdout);
        let steps = json.json()["plan"]["steps"].to_string();
        assert!(steps.contains(snapshot), "{steps}");
    }
    world.run(&["apply", "--yes", "--allow-destroy", "1"]).exits(0);
    assert_eq!(world.cloud.names(), ["db"]);
    for snapshot in &both {
        let (status, body) = world.cloud.call("GET", &format!("/v2/{{project_id}}/cloudsnapshots/{snapshot}"), None);
        assert_eq!(status, 404, "{body}");
    }
}

#[test]
fn defaults_speak_for_a_key_that_is_gone() {
    let (world, id) = unwanted();
    let _ = taken(&world, &id);
    let path = world.dir.path().join("evsctl.yaml");
    let text = std::fs::read_to_string(&path).unwrap();
    crate::support::put(
        &path,
        text.replace("volume_type: SSD }", "volume_type: SSD, lifecycle: { delete_snapshots: true } }"),
    );
    world.run(&["apply", "--yes", "--allow-destroy", "1"]).exits(0);
    assert_eq!(world.cloud.names(), ["db"]);
}

#[test]
fn one_more_since_the_plan_makes_the_plan_stale() {
    let world = World::new(KEPT);
    world.converge();
    let id = id_of(&world, "web");
    let _ = taken(&world, &id);
    world.volumes(GIVEN_UP);
    let file = world.dir.path().join("plan.json");
    let file = file.to_str().unwrap();
    let plan = world.run(&["plan", "--out", file, "--format", "json"]).exits(0).json();
    let changes = plan["changes"].as_str().unwrap();
    let _ = taken(&world, &id);
    world.run(&["apply", "--plan", file, "--allow-destroy", "1"]).exits(4).says("the plan file is stale");
    world.run(&["apply", "--approve", changes, "--allow-destroy", "1"]).exits(4).says("not the approved");
    nothing_is_deleted(&world, &["db", "web"]);
}

#[test]
fn one_taken_between_the_plan_and_the_call_stays() {
    for manifest in ["  db: { size: 30 }", GIVEN_UP] {
        let world = World::new(KEPT);
        world.converge();
        let id = id_of(&world, "web");
        world.volumes(manifest);
        super::meanwhile::edited(&world, &["--yes", "--allow-destroy", "1"], |world| drop(taken(world, &id)))
            .exits(3)
            .says("snapshot");
        nothing_is_deleted(&world, &["db", "web"]);
        assert_eq!((world.recorded().len(), world.cloud.requests(DELETE)), (2, 0));
    }
}
