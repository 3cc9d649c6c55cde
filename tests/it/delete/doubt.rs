//! A deletion whose answer was lost, in a run that ended then: sent again only while it is wanted.

use crate::chance::Chance;
use crate::support::{CREATE, Cloud, DELETE, World, until};
use crate::torture::trials;
use crate::torture::world::send;
use serde_json::json;
use std::process::Stdio;

const BEFORE: &str = "  web: { size: 20 }\n  db: { size: 30 }";
const AFTER: &str = "  db: { size: 30 }";

/// Edits the manifest, and begins an apply that deletes one volume: its request is lost (`before`) or its answer (`after`), and
/// the run ended by that signal before it has looked.
pub(crate) fn begin(world: &World, lost: &str, edit: impl FnOnce(), signal: &str) {
    edit();
    world.cloud_field("settle: 1s");
    let (delete, list) = ("/v2/{project_id}/cloudvolumes/{volume_id}", "/v2/{project_id}/cloudvolumes/detail");
    world.cloud.faults(json!([
        {"method": "DELETE", "path": delete, "times": 1, "then": {"cut": lost}},
        {"method": "GET", "path": list, "skip": 1, "then": {"delay_ms": 20000}},
    ]));
    let mut running = world.command(&["apply", "--yes", "--allow-destroy", "1"]);
    let mut running = running.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    until("it is sent", || world.cloud.requests(DELETE) == 1 || running.try_wait().unwrap().is_some());
    send(&running, signal);
    let ended = running.wait().unwrap().code();
    assert!(signal == "KILL" || ended == Some(130), "{ended:?}");
    world.cloud.faults(json!([]));
}

fn stack() -> World {
    let world = World::in_cloud(Cloud::start(), BEFORE);
    world.converge();
    world
}

fn back(world: &World) {
    world.volumes(BEFORE);
    world.cloud_field("settle: 1s");
}

/// The pull request is taken back while the request is lost: the volume stays.
fn reverted_before(signal: &str) {
    let world = stack();
    begin(&world, "before", || world.volumes(AFTER), signal);
    back(&world);
    world.run(&["plan"]).exits(0).says("not wanted now: looked at, and not sent again");
    world.run(&["apply", "--yes", "--in-doubt", "fail"]).exits(7);
    world.run(&["apply", "--yes", "--in-doubt", "wait"]).exits(0);
    assert_eq!((world.cloud.requests(DELETE), world.cloud.requests(CREATE)), (1, 2));
    assert_eq!(world.cloud.names(), ["db", "web"]);
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
}

/// The same while the answer is lost: the volume is gone, and to make it again needs a number.
fn reverted_after(signal: &str) {
    let world = stack();
    begin(&world, "after", || world.volumes(AFTER), signal);
    back(&world);
    world.run(&["apply", "--yes", "--in-doubt", "wait"]).exits(7);
    world.run(&["plan", "--detailed-exitcode"]).exits(2).says("recreate").says("1 to recreate");
    world.run(&["apply", "--yes"]).exits(4).says("give --allow-recreate 1");
    assert_eq!((world.cloud.requests(DELETE), world.cloud.requests(CREATE)), (1, 2));
    world.run(&["apply", "--yes", "--allow-recreate", "1"]).exits(0);
    assert_eq!((world.cloud.requests(DELETE), world.cloud.requests(CREATE)), (1, 3));
    assert_eq!(world.cloud.names(), ["db", "web"]);
}

/// The manifest stays as it is: it is deleted once, and needs no further consent.
fn goes_on(lost: &str, signal: &str, number: &[&str]) {
    let world = stack();
    begin(&world, lost, || world.volumes(AFTER), signal);
    world.run(&[&["apply", "--yes"], number].concat()).exits(0);
    assert_eq!((world.cloud.names(), world.recorded().len()), (vec!["db".to_owned()], 1));
    assert_eq!(world.cloud.requests(DELETE), if lost == "before" { 2 } else { 1 });
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
}

fn trial(number: u64, chance: &mut Chance) -> String {
    let signal = chance.one_of(&["KILL", "INT"]);
    match number % 3 {
        0 => reverted_before(signal),
        1 => reverted_after(signal),
        _ => {
            let numbers: [&[&str]; 2] = [&[], &["--allow-destroy", "1"]];
            goes_on(chance.one_of(&["before", "after"]), signal, chance.one_of(&numbers));
        }
    }
    ["reverted, request lost", "reverted, answer lost", "gone on with"][(number % 3) as usize].to_owned()
}

#[test]
fn a_lost_request_is_not_sent_again_once_the_manifest_was_reverted() {
    ["KILL", "INT"].into_iter().for_each(reverted_before);
}

#[test]
fn a_lost_answer_is_a_volume_that_is_gone() {
    ["KILL", "INT"].into_iter().for_each(reverted_after);
}

#[test]
fn what_is_still_wanted_is_done_once_under_the_same_consent() {
    goes_on("before", "KILL", &[]);
    goes_on("after", "INT", &["--allow-destroy", "1"]);
    goes_on("before", "INT", &["--allow-destroy", "1"]);
    goes_on("after", "KILL", &[]);
}

#[test]
fn in_one_run_a_lost_request_is_sent_again_and_a_lost_answer_is_not() {
    for (lost, deletes) in [("before", 2), ("after", 1)] {
        let world = stack();
        let path = "/v2/{project_id}/cloudvolumes/{volume_id}";
        world.volumes(AFTER);
        world.cloud.faults(json!([{"method": "DELETE", "path": path, "times": 1, "then": {"cut": lost}}]));
        world.run(&["apply", "--yes", "--allow-destroy", "1"]).exits(0).says("1 deleted");
        assert_eq!((world.cloud.requests(DELETE), world.cloud.names()), (deletes, vec!["db".to_owned()]));
    }
}

/// What keeps a plan from deleting keeps a deletion in doubt from being sent again.
#[test]
fn what_was_attached_since_is_only_looked_for() {
    let world = stack();
    let id = super::id_of(&world, "web");
    begin(&world, "before", || world.volumes(AFTER), "KILL");
    world.cloud.edit(&id, json!({"attached_to": "s-1"}));
    world.run(&["plan"]).exits(0).says("not wanted now");
    let _ = world.run(&["apply", "--yes", "--in-doubt", "wait"]);
    assert_eq!((world.cloud.requests(DELETE), world.cloud.names()), (1, vec!["db".to_owned(), "web".to_owned()]));
    world.run(&["plan"]).exits(4).says("evsctl detaches nothing");
}

#[test]
#[ignore = "takes minutes; cargo test --release --test it delete::doubt:: -- --ignored --nocapture"]
fn lost_deletes() {
    trials::run("lost deletes", trials::number("EVSCTL_DELETES", 300), trial);
}

/// Nobody's number holds any more once a run was approved that was not about the deletion.
#[test]
fn what_was_taken_back_needs_the_number_again() {
    let world = stack();
    begin(&world, "before", || world.volumes(AFTER), "KILL");
    world.volumes(&format!("{BEFORE}\n  other: {{ size: 40 }}"));
    world.run(&["apply", "--yes", "--in-doubt", "hold"]).exits(7);
    let third = "  db: { size: 30 }\n  other: { size: 40 }";
    world.volumes(third);
    let plan = world.run(&["plan"]).exits(0);
    plan.says("- web[1]  resume").says("1 to destroy").says("destroying needs --allow-destroy 1").says("1 delete");
    let json = world.run(&["plan", "--format", "json"]).exits(0).json();
    assert_eq!((&json["summary"]["delete"], &json["summary"]["resume"]), (&json!(1), &json!(0)), "{json}");
    for number in [&[][..], &["--allow-destroy", "0"], &["--allow-destroy", "2"]] {
        world.run(&[&["apply", "--yes"], number].concat()).exits(4).says("--allow-destroy");
    }
    assert_eq!((world.cloud.requests(DELETE), world.cloud.names().len()), (1, 3));
    world.run(&["apply", "--yes", "--allow-destroy", "1"]).exits(0);
    assert_eq!(world.cloud.names(), ["db", "other"]);
}

/// A digest is of what its plan said would be sent.
#[test]
fn a_digest_that_was_not_of_the_deletion_does_not_become_it() {
    let world = stack();
    begin(&world, "before", || world.volumes(AFTER), "KILL");
    world.volumes(&format!("{BEFORE}\n  other: {{ size: 40 }}"));
    let digest = world.run(&["plan", "--format", "json"]).exits(0).json()["changes"].as_str().unwrap().to_owned();
    world.cloud.faults(json!([{"method": "POST", "path": "/v3/{project_id}/cloudvolumes", "then": {"job": "hang"}}]));
    world.run(&["apply", "--approve", &digest, "--in-doubt", "fail", "--timeout", "1s"]).exits(7);
    world.volumes("  db: { size: 30 }\n  other: { size: 40 }");
    world.run(&["apply", "--approve", &digest, "--timeout", "1s"]).exits(4).says("not the approved");
    assert_eq!(world.cloud.requests(DELETE), 1);
}

/// While its number holds, the plan shows the deletion first, and says that it needs no other.
#[test]
fn what_goes_on_under_its_number_is_shown_as_a_deletion() {
    let world = stack();
    begin(&world, "before", || world.volumes(AFTER), "KILL");
    let plan = world.run(&["plan"]).exits(0);
    plan.says("- web[1]  resume").says("1 delete,").says("may be sent again under the number that it had");
    world.run(&["apply", "--yes"]).exits(0);
    assert_eq!(world.cloud.names(), ["db"]);
}
