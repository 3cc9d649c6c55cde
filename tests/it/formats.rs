//! A state of an earlier format: what is told, when it is written anew, and the way back.

use crate::scenarios::with_digest;
use crate::support::{World, put};
use std::path::PathBuf;

const TOLD: &str = "state format 1 -> 2: evsctl before this version cannot read it";

/// A stack whose state is empty, as a version that wrote format 1 left it; and its bytes.
fn world(volumes: &str) -> (World, Vec<u8>) {
    let world = World::new(volumes);
    world.run(&["init"]).exits(0);
    let text = std::fs::read_to_string(world.snapshot()).unwrap();
    let fields: Vec<&str> = text.lines().collect();
    let kept = fields.iter().filter(|line| !["digest", "specs", "origins"].iter().any(|name| line.contains(name)));
    let body = kept.map(|line| format!("{line}\n")).collect::<String>().replace("\"format\": 2", "\"format\": 1");
    let bytes = with_digest(&body);
    put(&world.snapshot(), &bytes);
    (world, bytes)
}

fn generation(world: &World, number: usize) -> PathBuf {
    world.snapshot().with_extension(format!("json.{number}"))
}

#[test]
fn what_writes_nothing_leaves_the_format_as_it_is() {
    let (world, bytes) = world("  a: { size: 10 }");
    for words in [&["plan"][..], &["state", "list"], &["init"], &["apply"], &["state", "rebuild"]] {
        let ran = world.run(words);
        assert!(!ran.stderr.contains("state format"), "{}", ran.stderr);
        assert_eq!(std::fs::read(world.snapshot()).unwrap(), bytes, "{words:?}");
    }
    world.volumes("  {}");
    let ran = world.run(&["apply", "--yes"]).exits(0);
    assert!(!ran.stderr.contains("state format"), "{}", ran.stderr);
    assert_eq!(std::fs::read(world.snapshot()).unwrap(), bytes);
}

#[test]
fn the_first_run_that_writes_says_so_once_and_there_is_a_way_back() {
    let (world, bytes) = world("  a: { size: 10 }");
    let ran = world.run(&["apply", "--yes"]).exits(0).says(TOLD);
    assert_eq!(ran.stderr.matches("state format").count(), 1, "{}", ran.stderr);
    assert!(std::fs::read_to_string(world.snapshot()).unwrap().contains("\n  \"format\": 2,\n"));
    assert_eq!(std::fs::read(generation(&world, 2)).unwrap(), bytes);
    world.volumes("  a: { size: 10 }\n  b: { size: 10 }");
    let ran = world.run(&["apply", "--yes"]).exits(0);
    assert!(!ran.stderr.contains("state format"), "{}", ran.stderr);
    assert_eq!(std::fs::read(generation(&world, 3)).unwrap(), bytes);
    // The way back: what was done since is not recorded there. It is noticed, and what tags tell is restored.
    put(&world.snapshot(), &bytes);
    world.run(&["plan"]).exits(4).says("state rebuild");
    world.run(&["state", "rebuild"]).exits(0).says(TOLD);
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
    assert_eq!(world.cloud.names(), ["a", "b"]);
}

#[test]
fn json_has_it_as_an_event_and_as_a_field() {
    let (world, bytes) = world("  a: { size: 10 }");
    let ran = world.run(&["apply", "--yes", "--format", "json"]).exits(0);
    let told = |line: &&str| line.contains("format_changed");
    assert_eq!(ran.stdout.lines().filter(told).collect::<Vec<_>>(), [r#"{"event":"format_changed","from":1,"to":2}"#]);
    put(&world.snapshot(), &bytes);
    let rebuilt = world.run(&["state", "rebuild", "--format", "json"]).exits(0).json();
    assert_eq!(rebuilt["format_changed"], serde_json::json!({"from": 1, "to": 2}));
    let again = world.run(&["state", "rebuild", "--format", "json"]).exits(0).json();
    assert!(again.get("format_changed").is_none(), "{again}");
}
