//! Recorded state as a user meets it.

use crate::support::{World, evsctl, put, run};
use std::os::unix::fs::PermissionsExt as _;

#[test]
fn a_damaged_state_is_refused_and_nothing_is_sent() {
    let world = World::new("  data: { count: 2, size: 10 }");
    world.converge();
    let whole = std::fs::read(world.snapshot()).unwrap();
    let mut changed = whole.clone();
    let middle = changed.len() / 2;
    // Inside a word, where the JSON stays whole.
    let middle = middle + changed[middle..].iter().position(u8::is_ascii_lowercase).unwrap();
    changed[middle] = if changed[middle] == b'a' { b'b' } else { b'a' };
    let before = world.cloud.all_requests();
    for (damage, words) in [
        (Vec::new(), "empty"),
        (whole[..whole.len() / 2].to_vec(), "not whole"),
        (changed, "digest"),
        (b"<<<<<<< HEAD\n".iter().copied().chain(whole.clone()).collect(), "merge"),
    ] {
        put(&world.snapshot(), damage);
        for command in [&["plan"][..], &["apply", "--yes"], &["state", "list"]] {
            let ran = world.run(command).exits(1).says(words);
            assert!(ran.stderr.contains("hint:"), "{}", ran.stderr);
        }
    }
    assert_eq!(world.cloud.all_requests(), before);
    put(&world.snapshot(), whole);
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn a_plan_works_where_nothing_may_be_written() {
    let world = World::new("  data: { size: 10 }");
    world.converge();
    let state = world.dir.path().join("state");
    let inode_before = std::fs::read_dir(&state).unwrap().count();
    std::fs::set_permissions(&state, std::fs::Permissions::from_mode(0o500)).unwrap();
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
    world.run(&["state", "list"]).exits(0);
    std::fs::set_permissions(&state, std::fs::Permissions::from_mode(0o700)).unwrap();
    assert_eq!(std::fs::read_dir(&state).unwrap().count(), inode_before);
}

#[test]
fn files_are_for_their_owner_alone_and_git_gets_the_snapshot() {
    let world = World::new("  data: { size: 10 }");
    world.converge();
    let state = world.dir.path().join("state");
    for entry in std::fs::read_dir(&state).unwrap() {
        let entry = entry.unwrap();
        if entry.file_name() != ".gitignore" && entry.path().is_file() {
            assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", entry.file_name());
        }
    }
    let ignored = std::fs::read_to_string(state.join(".gitignore")).unwrap();
    // A journal that a killed run left is committed like the snapshot.
    assert!(!ignored.lines().any(|line| line == "*.journal") && ignored.lines().any(|line| line == "*.lock"));
}

#[test]
fn former_generations_are_kept() {
    let world = World::new("  a: { size: 10 }");
    world.converge();
    let first = std::fs::read(world.snapshot()).unwrap();
    world.volumes("  a: { size: 10 }\n  b: { size: 10 }");
    world.converge();
    assert_eq!(std::fs::read(world.dir.path().join("state/test.json.1")).unwrap(), first);
    let snapshot: serde_json::Value = serde_json::from_slice(&std::fs::read(world.snapshot()).unwrap()).unwrap();
    assert_eq!(snapshot["serial"], 2);
}

#[test]
fn init_begins_a_stack_that_the_embedded_cloud_carries_out() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("first");
    let go = |words: &[&str]| {
        let mut command = evsctl();
        command.arg(words[0]).arg(&path).args(&words[1..]);
        run(command)
    };
    go(&["init"]).exits(0).says("lineage");
    assert!(path.join("state/.gitignore").exists());
    let written = std::fs::read(path.join("evsctl.yaml")).unwrap();
    go(&["init"]).exits(0).says("recorded already");
    assert_eq!(std::fs::read(path.join("evsctl.yaml")).unwrap(), written);
    go(&["apply", "--yes"]).exits(0);
    go(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn show_tells_everything_of_a_volume() {
    let world = World::new("  data: { count: 2, size: 10, tags: { app: kafka } }");
    world.converge();
    world.run(&["state", "show", "data[2]"]).exits(0).says("data-0002").says("kafka");
    let shown = world.run(&["state", "show", "data[2]", "--format", "json"]).exits(0).json();
    assert_eq!(shown.as_array().map(Vec::len), Some(1), "{shown}");
    world.run(&["state", "show", "nobody"]).exits(1).says("none of these volumes is recorded");
}
