//! Volumes that are deleted: only what was approved by number, and what nothing speaks against.

mod cut;
mod destroy;
pub(crate) mod doubt;
mod failed;
pub(crate) mod meanwhile;
mod refused;
mod renamed;
pub(crate) mod snapshots;
mod ways;

use crate::support::{CREATE, Cloud, DELETE, UPDATE, World};
use serde_json::{Value, json};

/// The id of the volume of that name.
fn id_of(world: &World, name: &str) -> String {
    let volumes = world.cloud.volumes();
    let volume = volumes.iter().find(|volume| volume["name"] == name).unwrap_or_else(|| panic!("{name}: {volumes:?}"));
    volume["id"].as_str().unwrap().to_owned()
}

/// A stack of one volume, `web`, which the manifest no longer asks for.
fn unwanted() -> (World, String) {
    let world = World::new("  web: { size: 20 }\n  db: { size: 30 }");
    world.converge();
    let id = id_of(&world, "web");
    world.volumes("  db: { size: 30 }");
    (world, id)
}

/// The refusals of a plan, which exits with that.
#[track_caller]
fn refusals(world: &World) -> Vec<Value> {
    world.run(&["plan", "--format", "json"]).exits(4).json()["plan"]["refusals"].as_array().unwrap().clone()
}

/// Insists that nothing was sent to delete anything, and that all of them are there.
#[track_caller]
fn nothing_is_deleted(world: &World, names: &[&str]) {
    assert_eq!(
        (world.cloud.requests(DELETE), world.cloud.names()),
        (0, names.iter().map(ToString::to_string).collect())
    );
}

#[test]
fn a_key_that_is_gone_is_deleted_with_consent() {
    let world = World::new("  web: { size: 20, count: 2 }\n  db: { size: 30 }");
    world.converge();
    world.volumes("  web: { size: 20, count: 2 }");
    world.run(&["plan", "--detailed-exitcode"]).exits(2).says("db[1]").says("delete").says("--allow-destroy 1");
    for flags in [&["--yes"][..], &["--yes", "--allow-destroy", "2"], &["--yes", "--allow-destroy", "0"], &[]] {
        world.run(&[&["apply"], flags].concat()).exits(4);
    }
    nothing_is_deleted(&world, &["db", "web-0001", "web-0002"]);
    let ran = world.run(&["apply", "--yes", "--allow-destroy", "1"]).exits(0).says("1 deleted");
    drop(ran.says("converged"));
    assert_eq!((world.cloud.requests(DELETE), world.cloud.volumes().len()), (1, 2));
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn a_retired_slot_is_one_delete_and_no_other_change() {
    let world = World::new("  web: { size: 20, count: 5 }");
    world.converge();
    let (updates, creates) = (world.cloud.requests(UPDATE), world.cloud.requests(CREATE));
    world.volumes("  web: { size: 20, count: 5, lifecycle: { retire: [2] } }");
    let plan = world.run(&["plan", "--format", "json"]).exits(0).json();
    assert_eq!((&plan["summary"]["delete"], &plan["summary"]["unchanged"]), (&json!(1), &json!(4)), "{plan}");
    let ran = world.run(&["apply", "--yes", "--allow-destroy", "1", "--format", "json"]).exits(0);
    assert_eq!((&ran.finished()["deleted"], &ran.finished()["converged"]), (&json!(1), &json!(true)));
    assert_eq!(world.cloud.names(), ["web-0001", "web-0003", "web-0004", "web-0005"]);
    assert_eq!((world.cloud.requests(UPDATE), world.cloud.requests(CREATE)), (updates, creates));
    assert_eq!(world.cloud.requests(DELETE), 1);
    // Taken out of the list again, the slot is made anew.
    world.volumes("  web: { size: 20, count: 5 }");
    world.converge();
    assert_eq!(world.cloud.names().len(), 5);
}

#[test]
fn a_lower_count_gives_up_the_last_slots_and_renames_nothing() {
    let world = World::new("  web: { size: 20, count: 5 }");
    world.converge();
    let updates = world.cloud.requests(UPDATE);
    world.volumes("  web: { size: 20, count: 3 }");
    world.run(&["plan"]).exits(0).says("web[4]").says("web[5]").says("2 to destroy").says("--allow-destroy 2");
    world.run(&["apply", "--yes", "--allow-destroy", "1"]).exits(4).says("--allow-destroy says 1");
    world.run(&["apply", "--yes", "--allow-destroy", "2"]).exits(0).says("2 deleted");
    assert_eq!(world.cloud.names(), ["web-0001", "web-0002", "web-0003"]);
    assert_eq!(world.cloud.requests(UPDATE), updates);
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn a_saved_plan_and_an_approved_digest_need_the_number_too() {
    let (world, _) = unwanted();
    let file = world.dir.path().join("plan.json");
    let file = file.to_str().unwrap();
    let plan = world.run(&["plan", "--out", file, "--format", "json"]).exits(0).json();
    let changes = plan["changes"].as_str().unwrap();
    for given in [&["--plan", file][..], &["--approve", changes]] {
        world.run(&[&["apply"], given].concat()).exits(4).says("give --allow-destroy 1");
        world.run(&[&["apply"], given, &["--allow-destroy", "2"]].concat()).exits(4).says("--allow-destroy says 2");
    }
    nothing_is_deleted(&world, &["db", "web"]);
    world.run(&["apply", "--plan", file, "--allow-destroy", "1"]).exits(0);
    assert_eq!(world.cloud.names(), ["db"]);
    let (world, _) = unwanted();
    let changes = world.run(&["plan", "--format", "json"]).exits(0).json()["changes"].as_str().unwrap().to_owned();
    world.run(&["apply", "--approve", &changes, "--allow-destroy", "1"]).exits(0);
    assert_eq!(world.cloud.names(), ["db"]);
}

#[test]
fn what_is_gone_is_forgotten_without_a_number() {
    let (world, id) = unwanted();
    world.cloud.edit(&id, json!({"gone": true}));
    world.run(&["plan"]).exits(0).says("forget").says("0 to destroy");
    world.run(&["apply", "--yes"]).exits(0).says("1 forgotten");
    assert_eq!((world.cloud.requests(DELETE), world.recorded().len()), (0, 1));
}

#[test]
fn the_name_and_the_key_are_free_again() {
    let (world, _) = unwanted();
    world.run(&["apply", "--yes", "--allow-destroy", "1"]).exits(0);
    world.volumes("  db: { size: 30 }\n  other: { size: 50, name: web }");
    world.converge();
    world.volumes("  db: { size: 30 }\n  web: { size: 20 }");
    world.run(&["apply", "--yes", "--allow-destroy", "1"]).exits(0).says("1 created, 1 deleted");
    assert_eq!(world.cloud.names(), ["db", "web"]);
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn many_deletes_and_a_creation_are_one_run() {
    let world =
        World::in_cloud(Cloud::with(&["--job-duration", "40ms"]), "  web: { size: 20, count: 30 }\n  a: { size: 10 }");
    world.converge();
    world.volumes("  web: { size: 20, count: 2 }\n  b: { size: 40 }");
    world.run(&["apply", "--yes", "--allow-destroy", "29"]).exits(0).says("1 created, 29 deleted");
    assert_eq!(
        (world.cloud.names(), world.cloud.requests(DELETE)),
        (["b", "web-0001", "web-0002"].map(str::to_owned).to_vec(), 29)
    );
}
