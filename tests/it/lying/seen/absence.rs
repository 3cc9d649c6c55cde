//! Absence by control; and what a job does not say is unknown.

use crate::lying::lies::{Others, clock_off, pages_of};
use crate::lying::oracle::holds;
use crate::lying::script::{About, Rule};
use crate::lying::stage::{CREATES, Stage, id};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const UNTRUSTED: [&str; 2] = ["--client-tokens", "off"];
const WAIT: [&str; 4] = ["--in-doubt", "wait", "--timeout", "6s"];

/// The second create call, behind the one that is refused for its token, goes wrong like this.
fn second(stage: &Stage, then: Value) {
    let rule = json!([{"method": "POST", "path": CREATES, "skip": 1, "times": 1, "then": then}]);
    stage.world.cloud.faults(rule);
}

#[test]
fn a_service_that_never_shows_tags_is_never_believed_that_nothing_was_made() {
    let stage = Stage::alone(&UNTRUSTED, "  web: { count: 4, size: 20 }\n  one: { size: 20 }");
    stage.world.cloud_field("settle: 500ms");
    stage.proxy.lies(Others::new(&[]).show(|volume| volume["tags"] = json!({})));
    second(&stage, json!({"cut": "after"}));
    for _ in 0..2 {
        let words = [&["--target", "web"], &WAIT[..]].concat();
        let ran = stage.apply(&words).exits(7).says("console").says("evsctl state rm").says("--call").says("--target");
        assert!(!ran.stdout.contains("converged\""), "{ran:?}");
        assert_eq!(stage.ours().len(), 4, "nothing is bought again");
    }
    // Another key is no control either while its tags do not show.
    let _ = stage.apply(&[&["--target", "one"], &WAIT[..]].concat());
    let _ = stage.apply(&WAIT);
    assert_eq!(stage.ours().len(), 5);
    stage.proxy.tells_the_truth();
    stage.apply(&WAIT).exits(0);
    assert_eq!((stage.ours().len(), stage.world.recorded().len()), (5, 5));
}

#[test]
fn an_empty_project_proves_nothing_until_another_key_was_applied() {
    let stage = Stage::alone(&UNTRUSTED, "  web: { count: 2, size: 20 }\n  one: { size: 20 }");
    stage.world.cloud_field("settle: 500ms");
    second(&stage, json!({"cut": "before"}));
    stage.apply(&[&["--target", "web"], &WAIT[..]].concat()).exits(7).says("--target").says("console");
    assert_eq!(stage.ours().len(), 0);
    // The way out that the message names.
    stage.apply(&[&["--target", "one"], &WAIT[..]].concat()).exits(0);
    let concluded = stage.apply(&WAIT);
    assert!(matches!(concluded.code, 0 | 7), "{concluded:?}");
    stage.apply(&WAIT).exits(0);
    assert_eq!((stage.ours().len(), stage.world.recorded().len()), (3, 3));
}

#[test]
fn pages_that_are_shorter_than_they_were_asked_for_hide_nothing() {
    let mut stage = Stage::alone(&UNTRUSTED, "  web: { count: 3, size: 20 }");
    stage.world.cloud_field("settle: 500ms");
    stage.strangers(json!([
        {"name": "vm", "size": 10, "count": 100, "tags": {"evsctl": "other_abcdefgh_abcdefghij"}},
        {"name": "db", "size": 10, "count": 50, "tags": {}},
    ]));
    assert_eq!(stage.foreign.len(), 150);
    stage.proxy.lies(pages_of(100));
    second(&stage, json!({"cut": "after"}));
    stage.apply(&WAIT).exits(0);
    for _ in 0..2 {
        assert_eq!(stage.ours().len(), 3, "found on the second page, and not bought again");
        stage.apply(&WAIT).exits(0);
    }
    let listed = stage.world.run(&["orphans"]);
    assert!(!listed.stdout.contains("web-000"), "{listed:?}");
    holds(&stage);
}

#[test]
fn a_count_that_agrees_with_pages_that_are_cut_hides_nothing_from_who_knows_nothing() {
    let stage = Stage::new(&[], "  web: { count: 3, size: 20 }");
    stage.apply(&[]).exits(0);
    std::fs::remove_dir_all(stage.world.snapshot().parent().unwrap()).unwrap();
    // Oldest first: the first pages show nothing of this stack.
    stage.proxy.lies(Others::new(&[]).list(|_, list| list.truncate(2)));
    stage.world.run(&["plan"]).exits(4).says("there is no recorded state");
    stage.apply(&[]).exits(4);
    stage.world.run(&["orphans"]).exits(0).says("web-0003");
    stage.world.run(&["state", "rebuild"]).exits(0);
    assert_eq!(stage.world.recorded().len(), 3);
    holds(&stage);
}

#[test]
fn a_count_that_the_pages_do_not_reach_proves_nothing() {
    let stage = Stage::new(&UNTRUSTED, "  web: { count: 3, size: 20 }");
    stage.world.cloud_field("settle: 500ms");
    let hidden = Others::new(&stage.foreign);
    // It leaves out this stack's volumes, and counts them.
    let listed = Rule::answers(About::List, move |_, answer, _| {
        if let Some(list) = answer.list() {
            list.retain(|volume| hidden.volumes.iter().any(|other| id(other) == id(volume)));
        }
    });
    stage.proxy.lies([listed]);
    second(&stage, json!({"cut": "after"}));
    let ran = stage.apply(&WAIT);
    assert_ne!(ran.code, 0, "{ran:?}");
    assert_eq!(stage.ours().len(), 3);
    stage.proxy.tells_the_truth();
    stage.apply(&WAIT).exits(0);
    holds(&stage);
}

#[test]
fn a_clock_that_is_ahead_concludes_nothing_before_its_time() {
    let stage = Stage::new(&UNTRUSTED, "  web: { count: 3, size: 20 }");
    stage.world.cloud_field("settle: 3s");
    stage.proxy.lies(clock_off(20 * 60).into_iter().map(|rule| rule.after(3)));
    // What was lost arrives within the time that the manifest says it may take.
    second(&stage, json!({"late_ms": 1800}));
    let began = Instant::now();
    stage.apply(&["--in-doubt", "wait", "--timeout", "12s"]).exits(0);
    assert!(began.elapsed() >= Duration::from_millis(1800), "{:?}", began.elapsed());
    holds(&stage);
    assert_eq!(stage.ours().len(), 3);
}

#[test]
fn sub_jobs_of_one_id_are_not_all_that_was_made() {
    let stage = Stage::new(&[], "  web: { count: 3, size: 20 }");
    stage.world.cloud_field("settle: 4s");
    let same = Rule::answers(About::Job, |_, answer, _| {
        let mut sub_jobs = answer.sub_jobs().into_iter().flatten();
        let Some(first) = sub_jobs.next().map(|first| first["entities"].clone()) else { return };
        sub_jobs.for_each(|sub_job| sub_job["entities"] = first.clone());
    });
    stage.proxy.lies([same]);
    let lag = json!([{"method": "GET", "path": "/v2/{project_id}/cloudvolumes/detail", "then": {"list_lag_ms": 1500}}]);
    stage.world.cloud.faults(lag);
    stage.apply(&[]).exits(0);
    assert_eq!((stage.ours().len(), stage.world.recorded().len()), (3, 3));
    holds(&stage);
    assert_eq!(stage.proxy.memory(crate::lying::script::Memory::bought), 3);
}

#[test]
fn a_job_that_names_fewer_than_were_asked_for_leaves_nothing_behind() {
    for shorten in [|all: &mut Vec<Value>| drop(all.pop()), |all: &mut Vec<Value>| all[1]["entities"] = json!({})] {
        let stage = Stage::new(&[], "  web: { count: 3, size: 20 }");
        stage.world.cloud_field("settle: 4s");
        stage.proxy.lies([Rule::answers(About::Job, move |_, answer, _| {
            if answer.body["status"] == "SUCCESS" {
                answer.sub_jobs().into_iter().for_each(shorten);
            }
        })]);
        let lag =
            json!([{"method": "GET", "path": "/v2/{project_id}/cloudvolumes/detail", "then": {"list_lag_ms": 1500}}]);
        stage.world.cloud.faults(lag);
        stage.apply(&[]).exits(0);
        assert_eq!((stage.ours().len(), stage.world.recorded().len()), (3, 3));
        holds(&stage);
    }
}
