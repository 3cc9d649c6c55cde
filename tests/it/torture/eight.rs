//! Eight applies of one state, started together.

use super::trials;
use super::world::{holds, said, spawn};
use crate::support::{Cloud, World};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Child;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const RUNS: usize = 8;

/// A manifest that asks for one batch and some single volumes, and the names that it gives.
fn manifest(count: u32, singles: u32) -> (String, Vec<String>) {
    let mut text = format!("  data: {{ count: {count}, size: 10 }}\n");
    let mut names: Vec<String> = (1..=count).map(|n| format!("data-{n:04}")).collect();
    for n in 1..=singles {
        text.push_str(&format!("  v{n:02}: {{ size: 10 }}\n"));
        names.push(format!("v{n:02}"));
    }
    (text, names)
}

/// Every snapshot seen: serial, and what was in it.
type Seen = BTreeMap<u64, BTreeSet<String>>;

fn look(state: &Path, seen: &mut Seen) {
    for name in ["test.json", "test.json.1", "test.json.2", "test.json.3"] {
        let Ok(text) = std::fs::read_to_string(state.join(name)) else { continue };
        let value: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name} is torn: {error}"));
        let serial = value["serial"].as_u64().unwrap();
        seen.entry(serial).or_default().insert(text);
    }
}

/// Starts eight, looking at every snapshot meanwhile; gives their codes and how many of them changed something.
fn together(world: &World, flags: &[&str], seen: &mut Seen) -> (Vec<Option<i32>>, u64) {
    let over = AtomicBool::new(false);
    let state = world.dir.path().join("state");
    let logs: Vec<String> = (0..RUNS).map(|n| format!("run-{n}.log")).collect();
    let codes = std::thread::scope(|scope| {
        let watch = scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                look(&state, seen);
                std::thread::sleep(Duration::from_millis(2));
            }
            look(&state, seen);
        });
        let words = [&["apply", "--yes", "--format", "json"], flags].concat();
        let children: Vec<Child> = logs.iter().map(|log| spawn(world.command(&words), world, log)).collect();
        let codes: Vec<Option<i32>> = children.into_iter().map(super::world::ends).collect();
        over.store(true, Ordering::Relaxed);
        watch.join().unwrap();
        codes
    });
    // Only a run that has something to do tells that it has started.
    let changed = logs.iter().filter(|log| said(world, log).contains("\"event\":\"started\"")).count();
    (codes, changed as u64)
}

fn serial(world: &World) -> u64 {
    let text = std::fs::read(world.snapshot()).unwrap_or_default();
    serde_json::from_slice(&text).map_or(0, |value: Value| value["serial"].as_u64().unwrap())
}

fn proof(rounds: u64) {
    let since = Instant::now();
    let new_world = || World::in_cloud(Cloud::with(&["--job-duration", "60ms"]), "");
    let (mut world, mut count, mut singles, mut seen) = (new_world(), 2, 0, Seen::new());
    let (mut changes, mut refused) = (0, 0);
    for round in 0..rounds {
        if round % 10 == 0 {
            (world, count, singles, seen) = (new_world(), 2, 0, Seen::new());
        }
        // Now more of the batch, now another single volume, now nothing new at all.
        match round % 3 {
            0 => count += 4,
            1 => singles += 1,
            _ => {}
        }
        let (text, mut names) = manifest(count, singles);
        world.volumes(&text);
        names.sort();
        let waits = round % 2 == 1;
        let flags: &[&str] = if waits { &["--lock-timeout", "60s"] } else { &[] };
        let before = serial(&world);
        let (codes, changed) = together(&world, flags, &mut seen);
        let logs = || (0..RUNS).map(|n| said(&world, &format!("run-{n}.log"))).collect::<Vec<_>>().join("\n---\n");
        let right = |code: &Option<i32>| *code == Some(0) || (!waits && *code == Some(5));
        assert!(codes.iter().all(right), "round {round}: {codes:?}\n{}", logs());
        assert!(codes.contains(&Some(0)), "round {round}: {codes:?}");
        assert_eq!(serial(&world), before + changed, "round {round}: {changed} changed something\n{}", logs());
        assert_eq!(changed, u64::from(round % 3 != 2 || round % 10 == 0), "round {round}\n{}", logs());
        holds(&world, &names);
        world.run(&["plan", "--detailed-exitcode"]).exits(0);
        // A serial has the snapshot of its beginning and that of its end, and no third.
        for (serial, texts) in &seen {
            assert!(texts.len() <= 2, "round {round}: serial {serial} was written {} times", texts.len());
        }
        let serials: Vec<u64> = seen.keys().copied().collect();
        assert!(serials.windows(2).all(|two| two[0] + 1 == two[1]), "round {round}: {serials:?}");
        changes += changed;
        refused += codes.iter().filter(|code| **code == Some(5)).count();
    }
    println!(
        "eight at once: {rounds} rounds in {:.0} s: {changes} runs changed something, {refused} found the lock held; \
         one chain of serials, 0 orphans, 0 duplicates",
        since.elapsed().as_secs_f64()
    );
}

#[test]
fn eight_at_once_a_few_times() {
    proof(3);
}

#[test]
#[ignore = "takes minutes; cargo test --release --test it torture:: -- --ignored --nocapture"]
fn eight_at_once() {
    proof(trials::number("EVSCTL_ROUNDS", 50));
}
