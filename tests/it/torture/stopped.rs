//! A holder that was stopped at a random instant, whose lock was broken and whose work another run has done:
//! when it wakes, it ends with an error and has written nothing.

use super::trials::{self, Chance};
use super::world::{begin, ends, holds, numbered, said, send};
use crate::support::{Cloud, World};
use serde_json::Value;
use std::process::Child;
use std::time::{Duration, Instant};

const VOLUMES: &str = "  data: { count: 12, size: 10 }\n  solo: { size: 10 }\n  trio: { count: 3, size: 10 }";
const JOBS: &str = "150ms";
const LATENCIES: [&str; 2] = ["0ms", "30ms"];

fn world(latency: &str) -> World {
    World::in_cloud(Cloud::with(&["--job-duration", JOBS, "--latency", latency]), VOLUMES)
}

/// What came of breaking the lock.
pub(super) enum Unlocked {
    /// It is free now.
    Broken,
    /// Nobody holds it by name: nothing to break.
    Nobody,
    /// The holder was stopped while it wrote.
    Busy,
}

pub(super) fn unlock(world: &World) -> Unlocked {
    let status = world.run(&["lock", "status", "--format", "json"]).exits(0).json();
    let Value::String(id) = &status["id"] else { return Unlocked::Nobody };
    let since = Instant::now();
    let ran = world.run(&["unlock", id]);
    if ran.code == 0 {
        return Unlocked::Broken;
    }
    assert!(since.elapsed() < Duration::from_secs(20), "it took too long to refuse");
    assert!(!ran.stderr.is_empty(), "a refusal says why");
    Unlocked::Busy
}

/// The bytes of snapshot and journal, where they are.
pub(super) fn bytes(world: &World) -> [Option<Vec<u8>>; 2] {
    let state = world.dir.path().join("state");
    ["test.json", "test.journal"].map(|name| std::fs::read(state.join(name)).ok())
}

/// The holder is killed after all, and the next run goes on.
fn killed(world: &World, mut holder: Child, wanted: &[String], word: &str) -> String {
    send(&holder, "KILL");
    holder.wait().unwrap();
    super::world::converges(world, wanted);
    word.to_owned()
}

fn trial(latency: &str, whole: Duration, chance: &mut Chance) -> String {
    let wanted = [numbered("data", 12), vec!["solo".to_owned()], numbered("trio", 3)].concat();
    let world = world(latency);
    let mut holder = begin(&world, &["apply", "--yes"], "holder.log");
    std::thread::sleep(chance.within(whole.mul_f64(1.1)));
    send(&holder, "STOP");
    if holder.try_wait().unwrap().is_some() {
        holds(&world, &wanted);
        return "after the end".to_owned();
    }
    match unlock(&world) {
        Unlocked::Busy => return killed(&world, holder, &wanted, "while it wrote, so that unlock refused"),
        // It may not have taken the lock yet, or have it and not have said so.
        Unlocked::Nobody => return killed(&world, holder, &wanted, "without a holder's name"),
        Unlocked::Broken => {}
    }
    let ran = world.run(&["apply", "--yes", "--format", "json"]);
    assert_eq!(ran.code, 0, "the other run\n{}\n{}", ran.stdout, ran.stderr);
    let had_work = ran.stdout.contains("\"event\":\"started\"");
    holds(&world, &wanted);
    let before = bytes(&world);
    send(&holder, "CONT");
    let code = ends(holder);
    let told = said(&world, "holder.log");
    assert!(before == bytes(&world), "the holder that woke wrote something:\n{told}");
    holds(&world, &wanted);
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
    // Where the other run found nothing to do, the holder had done all, and its last look was right.
    assert!(!had_work || code != Some(0), "the holder that woke said that all was well:\n{told}");
    format!("broken, exit {}", code.unwrap_or(-1))
}

fn proof(trials: u64) {
    let wholes = LATENCIES.map(|latency| {
        let world = world(latency);
        let since = Instant::now();
        world.run(&["apply", "--yes"]).exits(0);
        (latency, since.elapsed())
    });
    trials::run("stopped holders", trials, |_, chance| {
        let (latency, whole) = chance.one_of(&wholes);
        trial(latency, whole, chance)
    });
}

#[test]
fn a_few_stopped_holders() {
    proof(4);
}

#[test]
#[ignore = "takes minutes; cargo test --release --test it torture:: -- --ignored --nocapture"]
fn stopped_holders() {
    proof(trials::number("EVSCTL_STOPS", 200));
}
