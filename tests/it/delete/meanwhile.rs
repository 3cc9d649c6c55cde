//! What changes between the plan and the call: the look right before the call sees it, and nothing is sent.

use super::{id_of, nothing_is_deleted, unwanted};
use crate::support::{DELETE, Ran, World, until};
use serde_json::json;
use std::process::Stdio;

const SHOW: &str = "GET /v2/{project_id}/cloudvolumes/{volume_id}";

/// Runs an apply and does that while it looks for the first time at the volume that it deletes.
#[track_caller]
pub(crate) fn edited(world: &World, flags: &[&str], edit: impl FnOnce(&World)) -> Ran {
    let path = "/v2/{project_id}/cloudvolumes/{volume_id}";
    world.cloud.faults(json!([{"method": "GET", "path": path, "times": 1, "then": {"delay_ms": 2000}}]));
    let before = world.cloud.requests(SHOW);
    let mut command = world.command(&[&["apply"], flags].concat());
    let running = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    until("it looks", || world.cloud.requests(SHOW) > before);
    edit(world);
    let out = running.wait_with_output().unwrap();
    world.cloud.faults(json!([]));
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran { code: out.status.code().unwrap_or(-1), stdout: text(out.stdout), stderr: text(out.stderr) }
}

#[test]
fn what_the_volume_has_become_is_seen_right_before_the_call() {
    for (fields, words) in [
        (json!({"attached_to": "s-1"}), "attached to server s-1"),
        (json!({"status": "backing-up"}), "as backing-up"),
        (json!({"status": "awaiting-transfer"}), "as awaiting-transfer"),
        (json!({"status": "in-use"}), "attached to a server"),
        (json!({"tags": {}}), "tag"),
        (json!({"tags": {"evsctl": "other_aaaaaaaa_bbbbbbbbbb"}}), "tag"),
    ] {
        let (world, id) = unwanted();
        edited(&world, &["--yes", "--allow-destroy", "1"], |world| world.cloud.edit(&id, fields.clone()))
            .exits(3)
            .says(words);
        nothing_is_deleted(&world, &["db", "web"]);
        assert_eq!(world.recorded().len(), 2, "{fields}");
        // Nothing is left open by that.
        world.run(&["plan"]).exits(4).says("refused: web[1]");
    }
}

#[test]
fn a_reviewed_plan_is_held_against_what_the_cloud_shows() {
    for fields in [json!({"status": "backing-up"}), json!({"attached_to": "s-1"}), json!({"tags": {}})] {
        let (world, id) = unwanted();
        let file = world.dir.path().join("plan.json");
        let file = file.to_str().unwrap();
        let plan = world.run(&["plan", "--out", file, "--format", "json"]).exits(0).json();
        let changes = plan["changes"].as_str().unwrap();
        world.cloud.edit(&id, fields);
        world.run(&["apply", "--plan", file, "--allow-destroy", "1"]).exits(4).says("stale");
        world.run(&["apply", "--approve", changes, "--allow-destroy", "1"]).exits(4);
        nothing_is_deleted(&world, &["db", "web"]);
    }
}

#[test]
fn a_volume_that_a_person_deletes_meanwhile_is_forgotten() {
    let (world, id) = unwanted();
    let ran = edited(&world, &["--yes", "--allow-destroy", "1", "--format", "json"], |world| {
        world.cloud.edit(&id, json!({"gone": true}));
    });
    let end = ran.exits(0).finished();
    assert_eq!((&end["forgotten"], &end["failed"], &end["converged"]), (&json!(1), &json!(0), &json!(true)), "{end}");
    assert_eq!((world.cloud.requests(DELETE), world.recorded().len()), (0, 1));
    // The person's own deletion is waited for, and not sent once more.
    let (world, id) = unwanted();
    let ran = edited(&world, &["--yes", "--allow-destroy", "1"], |world| {
        let path = format!("/v2/{{project_id}}/cloudvolumes/{id}");
        assert_eq!(world.cloud.call("DELETE", &path, None).0, 200);
    });
    drop(ran.exits(0));
    assert_eq!((world.cloud.requests(DELETE), world.recorded().len()), (1, 1));
    let _ = id_of(&world, "db");
}
