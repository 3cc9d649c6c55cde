//! A run that was begun and whose journal is lost: its calls are looked for and settled, whatever the next run is
//! about, and nothing is bought twice.

use crate::support::{CREATE, Cloud, DELETE, Ran, World, until};
use crate::torture::world::{begin, holds, send};
use serde_json::{Value, json};

const NEWER: &str = "POST /v2.1/{project_id}/cloudvolumes";
const LIST: &str = "/v2/{project_id}/cloudvolumes/detail";
const ORDER: &str = "prepaid: { period_type: month, period_num: 1 }";

fn world(tokens: &str, volumes: &str) -> World {
    let world = World::in_cloud(Cloud::with(&["--job-duration", "400ms", "--client-tokens", tokens]), volumes);
    world.cloud_field("settle: 2s");
    world
}

/// Other volumes in the manifest of that world.
fn wish(world: &World, volumes: &str) {
    world.volumes(volumes);
    world.cloud_field("settle: 2s");
}

/// Kills an apply once that many requests of this kind have come, and loses its journal.
fn killed(world: &World, kind: &str, arrivals: u64) {
    let mut child = begin(world, &["apply", "--yes"], "killed.log");
    until("they have arrived", || world.cloud.requests(kind) >= arrivals);
    send(&child, "KILL");
    child.wait().unwrap();
    std::fs::remove_file(world.dir.path().join("state/test.journal")).unwrap();
}

/// The lists do not show any volume that is younger than a minute.
fn lag(world: &World) {
    world.cloud.faults(json!([{"method": "GET", "path": LIST, "then": {"list_lag_ms": 60_000}}]));
}

fn open_calls(world: &World) -> Vec<(String, Value)> {
    let state: Value = serde_json::from_slice(&std::fs::read(world.snapshot()).unwrap()).unwrap();
    state["calls"].as_object().unwrap().iter().map(|(id, call)| (id.clone(), call.clone())).collect()
}

fn apply(world: &World, more: &[&str]) -> Ran {
    world.run(&[&["apply", "--yes"], more].concat())
}

#[test]
fn a_plan_says_what_a_lost_run_may_have_done_and_sends_nothing() {
    let world = world("on", "  a: { count: 2, size: 10 }\n  b: { size: 10 }");
    killed(&world, CREATE, 2);
    let plan = world.run(&["plan", "--detailed-exitcode"]).exits(2);
    plan.says("may have been sent by a run whose record is lost: looked for by tag, then settled").says("0 to create");
    let json = world.run(&["plan", "--format", "json"]).json();
    assert_eq!(json["summary"]["resume"], 3, "{json}");
    assert_eq!(world.cloud.requests(CREATE), 2);
    world.converge();
    assert_eq!(world.cloud.volumes().len(), 3);
}

#[test]
fn an_edit_of_the_manifest_buys_nothing_beside_what_a_lost_run_bought() {
    let world = world("on", "  a: { count: 2, size: 10 }");
    killed(&world, CREATE, 1);
    lag(&world);
    wish(&world, "  a: { count: 2, size: 10, description: other }\n  b: { size: 10 }");
    // Nothing shows, and it is not asked for as it was: it is neither sent again nor made anew.
    let ran = apply(&world, &["--in-doubt", "fail"]).exits(7).says("may or may not have been done");
    let (id, call) = open_calls(&world).remove(0);
    assert_eq!((call["key"].as_str(), &call["progress"]["undated"]), (Some("a"), &Value::Null), "{call}");
    let ran = ran.says(&format!("state rm PATH --call {id}"));
    assert!(!ran.stdout.contains("never happened"), "{ran:?}");
    assert_eq!(world.cloud.requests(CREATE), 2, "b alone was bought");
    world.cloud.faults(json!([]));
    // Then it shows, and is put right.
    apply(&world, &[]);
    world.converge();
    holds(&world, &["a-0001", "a-0002", "b"].map(str::to_owned));
}

#[test]
fn a_run_about_something_else_does_not_forget_what_a_lost_run_may_have_bought() {
    let world = world("on", "  a: { count: 2, size: 10 }\n  b: { size: 10 }");
    let both = || world.cloud.requests(CREATE);
    killed(&world, CREATE, 2);
    lag(&world);
    wish(&world, "  a: { count: 2, size: 10 }\n  b: { size: 10 }\n  c: { size: 10 }");
    apply(&world, &["--target", "c"]).exits(0);
    assert_eq!((both(), world.recorded().len()), (3, 1));
    assert_eq!(open_calls(&world).len(), 2);
    // What is sent again with its token brings what was made the first time.
    apply(&world, &[]).exits(0);
    world.cloud.faults(json!([]));
    holds(&world, &["a-0001", "a-0002", "b", "c"].map(str::to_owned));
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn an_order_that_a_lost_run_may_have_made_is_named_or_given_up_by_hand_and_never_made_twice() {
    let orders = |world: &World| {
        let (_, body) = world.cloud.call("GET", "/_sim/orders", None);
        body["orders"]
            .as_array()
            .unwrap()
            .iter()
            .map(|order| order["order_id"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let volumes = format!("  a: {{ count: 2, size: 10, {ORDER} }}");
    let known = world("on", &volumes);
    killed(&known, NEWER, 1);
    let ran = apply(&known, &["--timeout", "1s"]).exits(7);
    let made = orders(&known);
    assert_eq!(made.len(), 1, "{made:?}");
    ran.says(&made[0]);
    // Without tokens nothing can name it: it is held, with the way out, and that works.
    let held = world("off", &volumes);
    killed(&held, NEWER, 1);
    let made = orders(&held);
    for _ in 0..2 {
        let ran = apply(&held, &["--in-doubt", "fail"]).exits(7).says("may or may not have been done");
        let (id, _) = open_calls(&held).remove(0);
        ran.says(&format!("evsctl state rm PATH --call {id}"));
        assert_eq!(orders(&held), made);
    }
    let (id, _) = open_calls(&held).remove(0);
    held.run(&["state", "rm", "--call", &id]).exits(0).says("gave up create call");
    apply(&held, &["--timeout", "1s"]).exits(7);
    assert_eq!(orders(&held).len(), made.len() + 1, "it is made anew by whoever gave it up");
}

#[test]
fn a_call_of_a_lost_run_is_given_up_before_any_other_run_took_it_over() {
    let world = world("off", &format!("  a: {{ size: 10, {ORDER} }}"));
    killed(&world, NEWER, 1);
    let plan = world.run(&["plan", "--format", "json"]).json();
    let resume = &plan["plan"]["steps"][0];
    assert_eq!((&resume["action"], &resume["stage"]), (&json!("resume"), &json!("lost")), "{plan}");
    world.run(&["state", "rm", "--call", resume["call"].as_str().unwrap()]).exits(0);
    assert_eq!(open_calls(&world), []);
    world.run(&["plan"]).exits(0).says("1 to create");
}

#[test]
fn the_room_that_a_lost_run_made_or_had_still_to_make_is_made() {
    for arrived in [DELETE, CREATE] {
        let world = world("on", "  a: { count: 2, size: 10 }");
        let failed = json!({"job": "fail", "error_code": "EVS.2024", "sub_jobs": [2], "volume": "error"});
        let create = "/v3/{project_id}/cloudvolumes";
        world.cloud.faults(json!([{"method": "POST", "path": create, "times": 1, "then": failed}]));
        apply(&world, &[]).exits(3);
        let slow = json!({"method": "DELETE", "path": "/v2/{project_id}/cloudvolumes/{volume_id}", "times": 1,
            "then": {"delay_ms": 700}});
        world.cloud.faults(json!([slow]));
        let before = world.cloud.requests(arrived);
        killed(&world, arrived, before + 1);
        world.cloud.faults(json!([]));
        let plan = world.run(&["plan", "--format", "json"]).json();
        let actions: Vec<&Value> =
            plan["plan"]["steps"].as_array().unwrap().iter().map(|step| &step["action"]).collect();
        assert_eq!(actions, [&json!("clean"), &json!("resume")], "{arrived}: {plan}");
        assert_eq!(plan["plan"]["after"], json!({"1": [0]}), "{arrived}: {plan}");
        apply(&world, &[]).exits(0);
        holds(&world, &["a-0001", "a-0002"].map(str::to_owned));
    }
}

#[test]
fn what_was_approved_goes_on_though_the_record_of_its_run_is_lost() {
    let world = world("on", "  a: { count: 2, size: 10 }\n  b: { size: 10 }");
    let digest = || world.run(&["plan", "--format", "json"]).json()["changes"].as_str().unwrap().to_owned();
    let approved = digest();
    killed(&world, CREATE, 1);
    assert_eq!(digest(), approved, "what is asked for is the same");
    world.run(&["apply", "--approve", &approved]).exits(0);
    holds(&world, &["a-0001", "a-0002", "b"].map(str::to_owned));
}

#[test]
fn a_line_that_hides_the_journal_from_git_is_named() {
    let world = world("on", "  a: { size: 10 }");
    std::fs::create_dir(world.dir.path().join("state")).unwrap();
    crate::support::put(&world.dir.path().join("state/.gitignore"), "*.lock\n*.journal\n");
    world.run(&["apply", "--yes"]).exits(0).says("warning: line 2 of").says("hides test.journal from Git");
    crate::support::put(&world.dir.path().join("state/.gitignore"), "*.lock\n");
    let ran = world.run(&["apply", "--yes"]).exits(0);
    assert!(!ran.stderr.contains("warning"), "{}", ran.stderr);
}
