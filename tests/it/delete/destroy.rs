//! `evsctl destroy`: what is named, or all, without a change of the manifest.

use super::{id_of, nothing_is_deleted};
use crate::support::{CREATE, DELETE, UPDATE, World, evsctl, run};
use serde_json::json;

const VOLUMES: &str = "  web: { size: 20, count: 5 }\n  db: { size: 30 }";

fn stack() -> World {
    let world = World::new(VOLUMES);
    world.converge();
    world
}

/// What takes the rest away needs the right number.
fn destroys(world: &World, addresses: &[&str], number: &str) -> crate::support::Ran {
    world.run(&[&["destroy"], addresses, &["--yes", "--allow-destroy", number]].concat())
}

#[test]
fn a_whole_stack() {
    let world = stack();
    world.run(&["destroy"]).exits(4).says("6 to destroy").says("nobody can be asked");
    let ran = world.run(&["destroy", "--yes"]).exits(4).says("give --allow-destroy 6");
    assert!(!ran.stderr.contains("failed creation"), "there is none: {}", ran.stderr);
    // A wrong number is told before it is told that nobody can be asked.
    world
        .run(&["destroy", "--allow-destroy", "2"])
        .exits(4)
        .says("--allow-destroy says 2")
        .says("give --allow-destroy 6");
    world.run(&["destroy", "--allow-destroy", "6"]).exits(4).says("nobody can be asked");
    destroys(&world, &[], "5").exits(4);
    nothing_is_deleted(&world, &["db", "web-0001", "web-0002", "web-0003", "web-0004", "web-0005"]);
    let ran = destroys(&world, &[], "6").exits(0).says("6 deleted").says("of what was to be destroyed nothing is left");
    let ran = ran.says("the manifest still asks for web[1..5], so the next `evsctl apply` would create them again");
    let ran = ran.says("take the key web out (");
    drop(ran.says("evsctl.yaml:5)").says("take the key db out ("));
    assert!(world.cloud.volumes().is_empty() && world.recorded().is_empty());
    // Nothing is left to destroy, and an apply makes all of it again.
    world.run(&["destroy", "--yes"]).exits(0);
    assert_eq!(world.cloud.requests(DELETE), 6);
    world.converge();
    assert_eq!(world.cloud.volumes().len(), 6);
}

#[test]
fn a_key_and_nothing_else() {
    let world = stack();
    // What else the manifest asks for is left for an apply.
    world.volumes("  web: { size: 20, count: 6 }\n  db: { size: 40, name: other }");
    let (creates, updates) = (world.cloud.requests(CREATE), world.cloud.requests(UPDATE));
    destroys(&world, &["web"], "5").exits(0).says("take the key web out");
    assert_eq!(world.cloud.names(), ["db"]);
    assert_eq!((world.cloud.requests(CREATE), world.cloud.requests(UPDATE)), (creates, updates));
}

#[test]
fn slots_with_the_line_that_keeps_them_away() {
    let world = stack();
    destroys(&world, &["web[2]"], "1").exits(0).says("write `lifecycle: {retire: [2]}` at web (");
    destroys(&world, &["web[4..5]"], "2").exits(0).says("lower `count` of web to 3 (");
    assert_eq!(world.cloud.names(), ["db", "web-0001", "web-0003"]);
    assert_eq!(world.cloud.requests(UPDATE), 0);
    world.volumes("  web: { size: 20, count: 3, lifecycle: { retire: [2] } }\n  db: { size: 30 }");
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
    // A count of one would rename what stays.
    let world = World::new("  web: { size: 20, count: 2 }");
    world.converge();
    destroys(&world, &["web[2]"], "1").exits(0).says("write `lifecycle: {retire: [2]}` at web (");
    world.volumes("  web: { size: 20, count: 2, lifecycle: { retire: [2] } }");
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn a_key_that_is_gone_from_the_manifest() {
    let world = stack();
    world.volumes("  web: { size: 20, count: 5 }\n  fresh: { size: 30 }");
    // Beside a new key that asks for the same it is no doubt what is meant.
    let ran = destroys(&world, &["db"], "1").exits(0).says("1 deleted");
    assert!(!ran.stderr.contains("still asks"), "{}", ran.stderr);
    assert_eq!(world.cloud.volumes().len(), 5);
}

#[test]
fn what_is_not_there_is_named_with_what_is_near() {
    let world = stack();
    world
        .run(&["destroy", "wbe", "--yes"])
        .exits(1)
        .says("wbe means no volume of stack test")
        .says("the nearest is web[1..5]");
    world.run(&["destroy", "web[9]", "--yes"]).exits(1).says("the nearest is web[1..5]");
    world.run(&["destroy", "web", "kafka-data", "--yes"]).exits(1).says("an address is written key or key[slot]");
    nothing_is_deleted(&world, &["db", "web-0001", "web-0002", "web-0003", "web-0004", "web-0005"]);
}

#[test]
fn what_lifecycle_says_of_a_key_still_holds() {
    let world = World::new("  web: { size: 20, lifecycle: { prevent_destroy: true } }\n  db: { size: 30 }");
    world.converge();
    destroys(&world, &[], "2").exits(4).says("protected by `prevent_destroy`");
    nothing_is_deleted(&world, &["db", "web"]);
    let ran = world.run(&["destroy", "--yes", "--allow-destroy", "1", "--skip-refused", "--format", "json"]).exits(4);
    let end = ran.finished();
    assert_eq!((&end["deleted"], &end["exit"], &end["scope"]), (&json!(1), &json!(4), &json!("all")));
    assert_eq!(world.cloud.names(), ["web"]);
}

#[test]
fn an_approved_digest_and_events() {
    let world = stack();
    let shown = world.run(&["destroy", "db"]).exits(4).stdout;
    let changes = shown.lines().find_map(|line| line.strip_prefix("changes ")).unwrap().to_owned();
    world.run(&["destroy", "web[1]", "--approve", &changes, "--allow-destroy", "1"]).exits(4).says("not the approved");
    world.run(&["destroy", "db", "--approve", &changes]).exits(4).says("give --allow-destroy 1");
    let ran = world.run(&["destroy", "db", "--approve", &changes, "--allow-destroy", "1", "--format", "json"]).exits(0);
    let end = ran.finished();
    assert_eq!((&end["deleted"], &end["converged"], &end["scope"]), (&json!(1), &json!(true), &json!("targeted")));
    assert!(ran.stderr.contains("still asks for db[1]"), "{}", ran.stderr);
    let _ = id_of(&world, "web-0001");
    let ran = world.run(&["destroy", "nothing", "--yes", "--format", "json"]).exits(1);
    assert_eq!(ran.finished()["exit"], 1);
}

#[test]
fn what_is_gone_meanwhile_counts_in_the_number_that_was_read() {
    let world = World::new("  web: { size: 20 }\n  db: { size: 30 }");
    world.converge();
    world.cloud.delete(super::id_of(&world, "web").as_str());
    let number = |number: &str| world.run(&["destroy", "web", "db", "--yes", "--allow-destroy", number]);
    number("3").exits(4).says("destroys 1 volume and --allow-destroy says 3");
    number("2").exits(0).says("1 deleted, 1 forgotten");
    assert_eq!(world.recorded().len(), 0);
}

#[test]
fn an_address_in_the_place_of_path() {
    let world = stack();
    for (words, meant) in [
        (&["destroy", "web"][..], "evsctl destroy . web"),
        (&["destroy", "web[1]", "db", "--format", "json"], "evsctl destroy . 'web[1]' db"),
        (&["state", "show", "web[1]"], "evsctl state show . 'web[1]'"),
    ] {
        let mut command = evsctl();
        command.args(words).current_dir(world.dir.path());
        run(command).exits(1).says(&format!("PATH comes first: where that is an address, `{meant}`"));
    }
    let mut command = evsctl();
    command.args(["destroy", "stacks/web"]).current_dir(world.dir.path());
    let ran = run(command).exits(1);
    assert!(!ran.stderr.contains("PATH comes first"), "{}", ran.stderr);
}
