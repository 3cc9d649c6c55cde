//! Protection that outlives its block: set and taken off by steps of their own, without a call, and remembered by the state.

use crate::support::{Cloud, World, until};
use serde_json::{Value, json};
use std::process::Stdio;

const ON: &str = ", lifecycle: { prevent_destroy: true }";
const OFF: &str = ", lifecycle: { prevent_destroy: false }";

fn manifest(count: u32, lifecycle: &str) -> String {
    format!("  web: {{ count: {count}, size: 10{lifecycle} }}")
}

/// The addresses that the state protects.
fn protected(world: &World) -> Vec<String> {
    let state: Value = serde_json::from_slice(&std::fs::read(world.snapshot()).unwrap()).unwrap();
    let list = state["protected"].as_array().cloned().unwrap_or_default();
    list.iter().map(|address| address.as_str().unwrap().to_owned()).collect()
}

fn plan(world: &World) -> Value {
    world.run(&["plan", "--format", "json"]).exits(0).json()
}

/// The steps of a plan, as in `protect web[1]`.
fn steps(plan: &Value) -> Vec<String> {
    let of = |step: &Value| format!("{} {}", step["action"], step["address"]).replace('"', "");
    plan["plan"]["steps"].as_array().unwrap().iter().map(of).collect()
}

fn is_settled(world: &World) {
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
    world.run(&["plan", "--offline", "--detailed-exitcode"]).exits(0);
}

#[test]
fn what_is_made_protected_is_so_after_the_first_apply() {
    let world = World::new(&manifest(3, ON));
    let planned = plan(&world);
    assert_eq!(planned["summary"]["create"], 3, "{planned}");
    assert_eq!(planned["summary"]["update"], 0, "a new volume counts once");
    world.run(&["plan"]).exits(0).says("web[1..3]  protect  nothing deletes them from now on");
    let ran = world.run(&["apply", "--yes", "--format", "json"]).exits(0);
    assert_eq!((&ran.finished()["created"], &ran.finished()["updated"]), (&json!(3), &json!(0)));
    assert_eq!(protected(&world), ["web[1]", "web[2]", "web[3]"]);
    is_settled(&world);
}

#[test]
fn it_is_set_and_taken_off_without_a_call() {
    let world = World::new(&manifest(2, ""));
    world.converge();
    for (lifecycle, verb, past, left) in [
        (ON, "protect", "protected", &["web[1]", "web[2]"][..]),
        (OFF, "unprotect", "unprotected", &[]),
        (ON, "protect", "protected", &["web[1]", "web[2]"]),
        // Gone while its key stays.
        ("", "unprotect", "unprotected", &[]),
    ] {
        world.volumes(&manifest(2, lifecycle));
        let planned = plan(&world);
        assert_eq!(steps(&planned), [1, 2].map(|slot| format!("{verb} web[{slot}]")));
        assert!(planned["plan"]["steps"][0]["id"].is_string(), "{planned}");
        assert_eq!((&planned["summary"]["update"], &planned["summary"]["unchanged"]), (&json!(2), &json!(0)));
        world.run(&["plan", "--detailed-exitcode"]).exits(2).says(&format!("~ web[1..2]  {verb}  "));
        world.run(&["apply"]).exits(4);
        let ran = world.run(&["apply", "--yes", "--format", "json"]).exits(0);
        let end = ran.finished();
        assert_eq!(end["updated"], 2, "{end}");
        let calls = end["calls"].as_object().unwrap();
        assert!(calls.keys().all(|call| call.starts_with("GET ")), "only the looks: {end}");
        assert!(ran.stdout.contains(&format!(r#"{{"event":"done","action":"{verb}","address":"web[1]","id":"#)));
        assert_eq!(protected(&world), left, "{past}");
        is_settled(&world);
    }
    world.volumes(&manifest(2, ON));
    world.run(&["apply", "--yes"]).exits(0).says("protected: web[2], id ");
}

#[test]
fn a_key_that_is_gone_stays_protected_until_it_is_put_back_with_false() {
    let others = "  db: { size: 10 }\n";
    let world = World::new(&format!("{others}{}", manifest(1, ON)));
    world.converge();
    world.volumes(others);
    // Deleting is refused; nothing is said of its protection, also where the rest is carried out.
    let planned = world.run(&["plan", "--format", "json"]).exits(4).json();
    assert!(steps(&planned).is_empty(), "{planned}");
    world.run(&["apply", "--yes", "--skip-refused"]).exits(4);
    assert_eq!(protected(&world), ["web[1]"]);
    world.run(&["state", "show", "web"]).exits(0).says("  protected    yes\n");
    assert_eq!(world.run(&["state", "show", "web", "--format", "json"]).exits(0).json()[0]["protected"], true);
    let other = world.run(&["state", "show", "db"]).exits(0);
    assert!(!other.stdout.contains("protected"), "{}", other.stdout);
    let listed = world.run(&["state", "list", "--format", "json"]).exits(0).json();
    assert_eq!(listed[1].as_object().unwrap().len(), 7, "what the list promises stays as it is: {listed}");
    // Put back as it was.
    world.volumes(&format!("{others}{}", manifest(1, ON)));
    is_settled(&world);
    world.volumes(&format!("{others}{}", manifest(1, OFF)));
    assert_eq!(steps(&plan(&world)), ["unprotect web[1]"]);
    world.run(&["apply", "--yes"]).exits(0).says("unprotected: web[1], id ");
    assert!(protected(&world).is_empty());
    is_settled(&world);
}

#[test]
fn a_slot_that_its_key_gave_up_is_unprotected_with_the_rest() {
    let world = World::new(&manifest(3, ON));
    world.converge();
    // What is still protected by its key stays so.
    world.volumes(&manifest(2, ON));
    assert!(steps(&world.run(&["plan", "--format", "json"]).exits(4).json()).is_empty());
    world.volumes(&manifest(2, ""));
    let planned = world.run(&["plan", "--format", "json"]).exits(4).json();
    assert_eq!(steps(&planned), ["unprotect web[1]", "unprotect web[2]", "unprotect web[3]"]);
    assert_eq!((&planned["summary"]["update"], &planned["summary"]["refused"]), (&json!(2), &json!(1)));
    world.run(&["apply", "--yes", "--skip-refused"]).exits(4);
    assert!(protected(&world).is_empty());
    // Deleted by hand: its record goes, and its protection with it.
    world.volumes(&manifest(3, ON));
    world.converge();
    let third = world.recorded()[2]["id"].as_str().unwrap().to_owned();
    world.cloud.delete(&third);
    world.volumes(&manifest(2, ON));
    world.run(&["apply", "--yes"]).exits(0).says("forgotten: web[3]");
    assert_eq!(protected(&world), ["web[1]", "web[2]"]);
}

#[test]
fn only_the_targets_are_protected() {
    let world = World::new(&manifest(3, ""));
    world.converge();
    world.volumes(&manifest(3, ON));
    world.run(&["apply", "--yes", "--target", "web[2]"]).exits(0);
    assert_eq!(protected(&world), ["web[2]"]);
    world.run(&["apply", "--yes", "--exclude", "web[1]"]).exits(0);
    assert_eq!(protected(&world), ["web[2]", "web[3]"]);
    world.volumes(&manifest(3, OFF));
    world.run(&["apply", "--yes", "--target", "web[1..2]"]).exits(0);
    assert_eq!(protected(&world), ["web[3]"]);
}

#[test]
fn what_a_failed_creation_left_is_cleaned_away_and_its_address_stays_protected() {
    let world = World::new(&manifest(2, ON));
    let fails = json!({"job": "fail", "error_code": "EVS.2024", "sub_jobs": [2], "volume": "error"});
    world.cloud.faults(json!([{"method": "POST", "path": "/v3/{project_id}/cloudvolumes", "times": 1, "then": fails}]));
    world.run(&["apply", "--yes"]).exits(3);
    assert_eq!(protected(&world), ["web[1]", "web[2]"]);
    let planned = plan(&world);
    assert!(!steps(&planned).iter().any(|step| step.starts_with("protect")), "{planned}");
    world.run(&["apply", "--yes"]).exits(0);
    assert_eq!(protected(&world), ["web[1]", "web[2]"]);
    is_settled(&world);
}

#[test]
fn a_plan_file_and_its_digest_are_what_is_carried_out() {
    let world = World::new(&manifest(2, ""));
    world.converge();
    world.volumes(&manifest(2, ON));
    let other = plan(&world)["changes"].as_str().unwrap().to_owned();
    world.volumes(&manifest(2, &ON.replace("prevent_destroy: true", "prevent_destroy: true, retire: []")));
    assert_eq!(plan(&world)["changes"], json!(other), "the wishes are the same");
    let file = world.dir.path().join("plan.json");
    let file = file.to_str().unwrap();
    world.run(&["plan", "--out", file]).exits(0);
    world.run(&["apply", "--plan", file]).exits(0);
    assert_eq!(protected(&world), ["web[1]", "web[2]"]);
    // What was reached and is wished for again is a new wish.
    world.volumes(&manifest(2, OFF));
    world.run(&["apply", "--approve", &other]).exits(4).says("not the approved");
    assert_eq!(protected(&world).len(), 2);
}

#[test]
fn an_approved_run_that_was_cut_short_is_finished_under_its_digest() {
    let volumes = |lifecycle: &str, more: &str| format!("{}\n{more}", manifest(20, lifecycle));
    let new = "  data: { count: 30, size: 10, lifecycle: { prevent_destroy: true } }\n";
    for (from_committed, before, after) in [(false, "", ON), (true, "", ON), (false, ON, OFF), (true, ON, OFF)] {
        let world = World::in_cloud(Cloud::with(&["--job-duration", "2s"]), &volumes(before, ""));
        world.converge();
        let committed = std::fs::read(world.snapshot()).unwrap();
        world.volumes(&volumes(after, new));
        let changes = plan(&world)["changes"].as_str().unwrap().to_owned();
        let creates = world.cloud.requests(crate::support::CREATE);
        let mut running = world.command(&["apply", "--approve", &changes]);
        let mut running = running.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        until("the new ones are asked for", || world.cloud.requests(crate::support::CREATE) > creates);
        running.kill().unwrap();
        running.wait().unwrap();
        if from_committed {
            world.back_to(&committed);
            assert_eq!(plan(&world)["changes"], json!(changes), "what is reached counts like what is left");
        }
        world.run(&["apply", "--approve", &changes]).exits(0);
        let web = if after == ON { 20 } else { 0 };
        assert_eq!(protected(&world).len(), 30 + web);
        is_settled(&world);
    }
}

#[test]
fn a_state_without_the_list_has_none_protected() {
    let world = World::new(&manifest(2, ""));
    world.converge();
    assert!(!std::fs::read_to_string(world.snapshot()).unwrap().contains("protected"), "as earlier versions wrote it");
    world.volumes(&manifest(2, ON));
    assert_eq!(steps(&plan(&world)), ["protect web[1]", "protect web[2]"]);
    world.run(&["plan", "--offline"]).exits(0).says("web[1..2]  protect  ");
    world.run(&["apply", "--yes"]).exits(0);
    is_settled(&world);
}
