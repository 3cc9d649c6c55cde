//! Used once, never cleaned.

use crate::lying::lies::clock_off;
use crate::lying::stage::{Stage, id};
use serde_json::json;

const WEB: &str = "  web: { count: 2, size: 20 }";

/// A stack whose job failed and left both of its volumes in error.
fn broken() -> Stage {
    let stage = Stage::new(&[], WEB);
    stage.create_fails(json!({"job": "fail", "error_code": "EVS.2024", "volume": "error"}));
    stage.apply(&[]).exits(3);
    assert_eq!(stage.ours().len(), 2);
    stage
}

fn edit_all(stage: &Stage, fields: &serde_json::Value) {
    for volume in stage.ours() {
        stage.edit(id(&volume), fields.clone());
    }
}

/// The cloud repairs them, somebody uses them, a run refuses; then they break, and the next run must not clean them away.
fn survives(words: &[&str]) {
    let stage = broken();
    edit_all(&stage, &json!({"status": "in-use", "attached_to": ["server"]}));
    let _ = stage.world.run(words).exits(4);
    edit_all(&stage, &json!({"status": "error", "attached_to": []}));
    for _ in 0..2 {
        let _ = stage.world.run(words).exits(4);
        assert_eq!((stage.deletions(), stage.ours().len()), (0, 2), "{words:?}");
    }
    // Nobody but a person who gives their number has them deleted.
    stage.apply(&["--skip-refused"]).exits(4);
    assert_eq!((stage.deletions(), stage.ours().len()), (0, 2), "{words:?}");
}

#[test]
fn what_a_refused_run_saw_used_is_never_cleaned() {
    survives(&["apply", "--yes"]);
}

#[test]
fn what_a_run_with_skip_refused_saw_used_is_never_cleaned() {
    survives(&["apply", "--yes", "--skip-refused"]);
}

#[test]
fn what_a_run_that_nobody_consented_to_saw_used_is_never_cleaned() {
    // Without a terminal and without consent, a plan that has steps ends with 4, nothing sent.
    survives(&["apply"]);
}

#[test]
fn a_status_that_no_way_of_a_create_has_counts_as_use() {
    for status in ["available", "rollbacking", "attaching", "reserved"] {
        let stage = broken();
        edit_all(&stage, &json!({ "status": status }));
        stage.apply(&[]).exits(4);
        edit_all(&stage, &json!({"status": "error"}));
        stage.apply(&[]).exits(4);
        assert_eq!((stage.deletions(), stage.ours().len()), (0, 2), "{status}");
    }
}

#[test]
fn a_volume_in_error_that_is_attached_is_never_deleted() {
    let stage = broken();
    edit_all(&stage, &json!({"attached_to": ["server"]}));
    assert!(stage.ours().iter().all(|volume| volume["status"] == "error"));
    stage.apply(&[]).exits(4);
    stage.apply(&["--skip-refused"]).exits(4);
    let _ = stage.apply(&["--allow-destroy", "2"]);
    assert_eq!((stage.deletions(), stage.ours().len()), (0, 2));
    // Detached, it may still hold what was written to it.
    edit_all(&stage, &json!({"attached_to": []}));
    stage.apply(&[]).exits(4);
    assert_eq!((stage.deletions(), stage.ours().len()), (0, 2));
}

#[test]
fn one_answer_that_shows_it_attached_is_enough() {
    let stage = broken();
    let others = crate::lying::lies::Others::new(&stage.foreign);
    // A single list says so, and everything after it does not.
    let attached = others.show(|volume| volume["attachments"] = json!([{"server_id": "s"}]));
    stage.proxy.lies(attached.into_iter().map(|rule| rule.times(1)));
    let _ = stage.apply(&[]);
    stage.proxy.tells_the_truth();
    let _ = stage.apply(&[]);
    assert_eq!((stage.deletions(), stage.ours().len()), (0, 2));
}

#[test]
fn what_failed_within_the_hour_is_cleaned_and_what_failed_before_it_needs_its_number() {
    broken().apply(&[]).exits(0);
    let stage = broken();
    stage.proxy.lies(clock_off(2 * 3600));
    stage.apply(&[]).exits(4).says("--allow-destroy 2");
    assert_eq!(stage.deletions(), 0);
    stage.apply(&["--allow-destroy", "2"]).exits(0);
    assert_eq!((stage.deletions(), stage.ours().len()), (2, 2));
}

#[test]
fn what_is_seen_used_leaves_approved_plans_as_they_were() {
    let stage = broken();
    let file = stage.world.dir.path().join("plan.json");
    let file = file.to_str().unwrap();
    stage.volumes("  web: { count: 2, size: 20 }\n  other: { size: 10 }");
    let one = stage.ours();
    stage.edit(id(&one[0]), json!({"status": "in-use", "attached_to": ["server"]}));
    let plan = stage.world.run(&["plan", "--target", "other", "--format", "json", "--out", file]).exits(0).json();
    let before = std::fs::read_to_string(stage.world.snapshot()).unwrap();
    stage.apply(&[]).exits(4);
    let after = std::fs::read_to_string(stage.world.snapshot()).unwrap();
    assert_ne!(before, after, "what was seen is recorded");
    assert_eq!(serial(&before), serial(&after), "and changes nothing that a plan rests on");
    assert!(plan["digest"].is_string());
    stage.world.run(&["apply", "--plan", file]).exits(0);
    assert_eq!(stage.deletions(), 0);
}

fn serial(snapshot: &str) -> serde_json::Value {
    serde_json::from_str::<serde_json::Value>(snapshot).unwrap()["serial"].clone()
}
