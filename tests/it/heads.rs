//! Commands that need no more of a manifest than its head: they work while volumes are wrong.

use crate::support::{CREATE, Cloud, PROJECT, World, evsctl, put, run};
use serde_json::json;

const GOOD: &str = "  web: { size: 20, count: 2 }\n  db: { size: 30 }";
const WRONG: &str = "  web: { size: 9, count: 2 }\n  db: { colour: red }";

fn wrong() -> World {
    let world = World::new(GOOD);
    world.converge();
    world.volumes(WRONG);
    world
}

#[test]
fn a_volume_that_is_wrong_shuts_none_of_them() {
    let world = wrong();
    world.run(&["plan"]).exits(1).says("size");
    let note = "problems, which `evsctl validate";
    let listed = world.run(&["state", "list", "--format", "json"]).exits(0).says(note).json();
    assert_eq!(listed.as_array().unwrap().len(), 3);
    world.run(&["state", "show", "web[1]"]).exits(0).says("web-0001");
    world.run(&["lock", "status"]).exits(0).says(note);
    assert_eq!(world.run(&["orphans", "--format", "json"]).exits(0).json(), json!([]));
    world.run(&["auth", "status"]).exits(0);
    let mut unlock = evsctl();
    unlock.arg("unlock").arg(world.dir.path()).arg("01234567");
    run(unlock).exits(1).says("free");
    world.run(&["state", "mv", "db", "data"]).exits(0).says("moved db[1] to data[1]");
    world.run(&["state", "rm", "data"]).exits(0).says("gave up data[1]");
    assert_eq!(world.recorded().len(), 2);
    // What plans still needs all of it.
    for words in [&["apply", "--yes"][..], &["state", "rebuild"], &["destroy"]] {
        world.run(words).exits(1);
    }
}

#[test]
fn a_head_that_is_wrong_is_told_alone() {
    let world = wrong();
    let path = world.dir.path().join("evsctl.yaml");
    let text = std::fs::read_to_string(&path).unwrap();
    put(&path, text.replace("stack: test", "stack: Test"));
    let ran = world.run(&["state", "list"]).exits(1).says("a stack's name").says("--state-dir DIR --stack NAME");
    assert!(!ran.stderr.contains("size"), "{}", ran.stderr);
}

#[test]
fn a_manifest_that_cannot_be_read_is_done_without() {
    let world = wrong();
    put(&world.dir.path().join("evsctl.yaml"), "stack: [test\n");
    let state = world.dir.path().join("state");
    world.run(&["state", "list"]).exits(1).says("--state-dir DIR --stack NAME");
    let named = |words: &[&str]| {
        let mut command = evsctl();
        command.args(words).args(["--state-dir", state.to_str().unwrap(), "--stack", "test"]);
        run(command)
    };
    let listed = named(&["state", "list", "--format", "json"]).exits(0).json();
    assert_eq!(listed.as_array().unwrap().len(), 3);
    named(&["state", "show", ".", "db"]).exits(0).says("db");
    named(&["lock", "status"]).exits(0);
    named(&["unlock", "01234567"]).exits(1).says("free");
    named(&["state", "mv", ".", "db", "data"]).exits(0);
    named(&["state", "rm", ".", "data"]).exits(0);
    // In which cloud the volumes are, nothing but the manifest says.
    named(&["state", "rm", ".", "web", "--untag"]).exits(1).says("this needs the manifest");
    let mut slip = evsctl();
    slip.args(["state", "list", "--state-dir", state.to_str().unwrap(), "--stack", "tset"]);
    run(slip).exits(1).says("no state of a stack tset");
    let mut half = evsctl();
    half.args(["state", "list", "--stack", "test"]);
    run(half).exits(1).says("--state-dir");
}

#[test]
fn a_state_that_owns_nothing_follows_its_manifest_to_another_cloud() {
    let dir = tempfile::tempdir().unwrap();
    let go = |words: &[&str]| {
        let mut command = evsctl();
        command.arg(words[0]).arg(dir.path()).args(&words[1..]);
        run(command)
    };
    go(&["init"]).exits(0);
    let cloud = Cloud::start();
    let text = |project: &str| {
        format!(
            "stack: shop\ncloud: {{ endpoint: \"{}\", project_id: {project} }}\nvolumes:\n  web: {{ size: 10, availability_zone: \
             az-dc-1, volume_type: SSD }}\n",
            cloud.endpoint
        )
    };
    let path = dir.path().join("evsctl.yaml");
    assert!(path.exists());
    let stack = std::fs::read_to_string(&path).unwrap();
    let name = stack.lines().find_map(|line| line.strip_prefix("stack: ")).unwrap().split_whitespace().next().unwrap();
    put(&path, text(PROJECT).replace("stack: shop", &format!("stack: {name}")));
    go(&["plan"]).exits(0).says("1 to create");
    go(&["apply", "--yes"]).exits(0).says("1 created");
    assert_eq!((cloud.names(), cloud.requests(CREATE)), (vec!["web".to_owned()], 1));
    go(&["plan", "--detailed-exitcode"]).exits(0);
    // From now on it is bound.
    put(&path, text(&"a".repeat(32)).replace("stack: shop", &format!("stack: {name}")));
    go(&["plan"]).exits(4);
}

/// An empty list may mean the wrong folder: then it is said that there is no state.
#[test]
fn where_nothing_was_ever_recorded_that_is_said() {
    let world = World::new(GOOD);
    let says = "there is no recorded state of stack test";
    assert_eq!(world.run(&["state", "list", "--format", "json"]).exits(0).says(says).json(), json!([]));
    drop(world.run(&["state", "show"]).exits(0).says(says));
    world.converge();
    let listed = world.run(&["state", "list"]).exits(0);
    assert!(!listed.stderr.contains("no recorded state"), "{}", listed.stderr);
}
