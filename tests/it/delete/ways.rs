//! The ways out that a refusal of a deletion names, each followed to the letter.

use super::snapshots::taken;
use super::{id_of, nothing_is_deleted};
use crate::support::World;
use serde_json::json;

const ON: &str = "lifecycle: { prevent_destroy: true }";
const OFF: &str = "lifecycle: { prevent_destroy: false }";

fn web(rest: &str) -> String {
    format!("  web: {{ size: 20, {rest} }}\n  db: {{ size: 30 }}")
}

fn protected(rest: &str) -> World {
    let world = World::new(&web(rest));
    world.converge();
    world
}

/// What nothing keeps from being deleted any more goes with its number.
fn goes(world: &World, command: &[&str]) {
    world.run(&[command, &["--yes", "--allow-destroy", "1"]].concat()).exits(0).says("1 deleted");
    assert!(!world.cloud.names().contains(&"web".to_owned()));
}

#[test]
fn a_protected_key_that_is_gone_is_put_back_first() {
    let world = protected(ON);
    world.volumes("  db: { size: 30 }");
    let ran = world.run(&["plan"]).exits(4).says("its key is gone from the manifest, and it is protected");
    drop(ran.says("put web back in the manifest as it was, with").says("take it out again"));
    world.volumes(&web(OFF));
    world.converge();
    world.volumes("  db: { size: 30 }");
    goes(&world, &["apply"]);
}

#[test]
fn a_protected_slot_is_freed_by_the_rest_of_the_plan() {
    for (before, after, why) in [
        ("count: 1, lifecycle: { prevent_destroy: true }", "count: 1, lifecycle: { retire: [1]", "its slot is retired"),
        (
            "name: a, count: 2, lifecycle: { prevent_destroy: true }",
            "name: a, count: 1, lifecycle: { ",
            "`count` is 1 now",
        ),
    ] {
        let world = protected(before);
        world.volumes(&web(&format!("{after}, prevent_destroy: true }}").replace("{ ,", "{")));
        let ran = world.run(&["plan"]).exits(4).says(why).says("set `lifecycle: {prevent_destroy: false}` at web");
        drop(ran.says("evsctl apply PATH --skip-refused"));
        world.volumes(&web(&format!("{after}, prevent_destroy: false }}").replace("{ ,", "{")));
        world.run(&["plan"]).exits(4).says("this plan takes the protection off: `evsctl apply PATH --skip-refused`");
        let ran = world.run(&["apply", "--yes", "--skip-refused"]).exits(4);
        drop(ran.says("not converged: lift the refusals above, then plan again"));
        goes(&world, &["apply"]);
    }
}

#[test]
fn what_is_destroyed_by_command_is_told_as_that() {
    let world = protected(ON);
    let ran = world.run(&["destroy", "web"]).exits(4).says("`evsctl destroy` takes it away, and it is protected");
    let ran = ran.says("at web and apply, then destroy it again");
    assert!(!ran.stdout.contains("let the manifest ask for it again"), "{}", ran.stdout);
    world.volumes(&web(OFF));
    let ran = world.run(&["destroy", "web"]).exits(4);
    drop(ran.says("this plan takes the protection off: give --skip-refused, then run the same command again"));
    world.run(&["destroy", "web", "--yes", "--allow-destroy", "1"]).exits(4);
    let ran = world.run(&["destroy", "web", "--yes", "--skip-refused"]).exits(4);
    drop(ran.says("not converged: lift the refusals above, then run the same command again"));
    nothing_is_deleted(&world, &["db", "web"]);
    goes(&world, &["destroy", "web"]);
    // Or by an apply.
    let world = protected(ON);
    world.volumes(&web(OFF));
    world.converge();
    goes(&world, &["destroy", "web"]);
    // And where the key is gone.
    let world = protected(ON);
    world.volumes("  db: { size: 30 }");
    world.run(&["destroy", "web"]).exits(4).says("put web back in the manifest as it was");
    world.volumes(&web(OFF));
    world.converge();
    world.volumes("  db: { size: 30 }");
    goes(&world, &["destroy", "web"]);
}

#[test]
fn an_apply_puts_the_ownership_tag_back() {
    let world = protected("count: 1");
    world.cloud.edit(&id_of(&world, "web"), json!({"tags": {}}));
    let ran = world.run(&["destroy", "web"]).exits(4);
    drop(ran.says("put its tag back by an `evsctl apply` of a manifest that asks for it"));
    world.converge();
    goes(&world, &["destroy", "web"]);
}

#[test]
fn a_line_at_its_key_lets_snapshots_go_along_with_what_is_destroyed() {
    for (before, after) in [
        ("count: 1", "lifecycle: { delete_snapshots: true }"),
        ("lifecycle: { retire: [1] }", "lifecycle: { retire: [1], delete_snapshots: true }"),
    ] {
        let world = protected("count: 1");
        let _ = taken(&world, &id_of(&world, "web"));
        world.volumes(&web(before));
        let destroys = before == "count: 1";
        let command: &[&str] = if destroys { &["destroy", "web"] } else { &["apply"] };
        let ran = world.run(command).exits(4).says("`lifecycle: {delete_snapshots: true}` at web in the manifest");
        assert!(!ran.stdout.contains("`retire`"), "{}", ran.stdout);
        world.volumes(&web(after));
        goes(&world, command);
    }
}

#[test]
fn a_size_may_be_written_as_the_cloud_shows_it() {
    let world = protected("count: 1");
    world.cloud.edit(&id_of(&world, "web"), json!({"size": 50}));
    world.volumes("  web: { size: 10 }\n  db: { size: 30 }");
    world.run(&["plan"]).exits(4).says("write `size: 50`, as the cloud shows it");
    world.volumes("  web: { size: 50 }\n  db: { size: 30 }");
    world.converge();
}

#[test]
fn what_is_gone_is_forgotten_on_true_grounds() {
    for (rest, command, why) in [
        ("count: 1", &["destroy", "web"][..], "`evsctl destroy` takes it away"),
        ("lifecycle: { retire: [1] }", &["apply"], "its slot is retired"),
    ] {
        let world = protected("count: 1");
        world.cloud.delete(&id_of(&world, "web"));
        world.volumes(&web(rest));
        world.run(&[command, &["--yes"]].concat()).exits(0).says(&format!("gone from the cloud, and {why}"));
    }
}
