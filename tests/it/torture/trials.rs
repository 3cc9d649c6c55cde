//! Many trials of one kind, on several threads, each with chance of its own that comes out the same from the
//! same seed.

pub(super) use crate::chance::Chance;
use crate::support::World;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::Stdio;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// After so many failed trials no more are made.
const ENOUGH: usize = 5;

/// What the environment says, if anything.
#[expect(clippy::disallowed_methods, reason = "the size of a proof is its caller's to set")]
pub(crate) fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

pub(crate) fn number(name: &str, otherwise: u64) -> u64 {
    setting(name).map_or(otherwise, |text| text.parse().unwrap())
}

/// Applies a stack again and again, each time killed at some moment within that time, until it is through or was killed four
/// times. Gives how often it was.
pub(crate) fn killed_until_through(world: &World, flags: &[&str], within: Duration, chance: &mut Chance) -> u32 {
    for times in 0..4 {
        let mut running = world.command(&[&["apply", "--yes"], flags].concat());
        let mut running = running.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(chance.within(within));
        let over = running.try_wait().unwrap().is_some();
        let _ = running.kill();
        let ended = running.wait().unwrap();
        if over && ended.code() == Some(0) {
            return times;
        }
    }
    4
}

/// Makes that many trials, each given its number and its chance and giving the word under which it counts.
/// Prints the figures in one line; panics if any trial did, and says how to see it again.
pub(crate) fn run(what: &str, trials: u64, trial: impl Fn(u64, &mut Chance) -> String + Sync) {
    let (seed, workers) = (number("EVSCTL_SEED", 1), number("EVSCTL_WORKERS", 2));
    let only: Option<u64> = setting("EVSCTL_TRIAL").map(|text| text.parse().unwrap());
    let since = Instant::now();
    let next = AtomicU64::new(only.unwrap_or(0));
    let end = only.map_or(trials, |only| only + 1);
    let counted: Mutex<BTreeMap<String, u64>> = Mutex::default();
    let failed: Mutex<Vec<String>> = Mutex::default();
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while failed.lock().unwrap().len() < ENOUGH {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= end {
                        break;
                    }
                    let tried = catch_unwind(AssertUnwindSafe(|| trial(number, &mut Chance::of_trial(seed, number))));
                    match tried {
                        Ok(word) => *counted.lock().unwrap().entry(word).or_default() += 1,
                        Err(panic) => failed.lock().unwrap().push(format!(
                            "--- EVSCTL_SEED={seed} EVSCTL_TRIAL={number}\n{}",
                            panic.downcast_ref::<String>().cloned().unwrap_or_else(|| "no words".to_owned())
                        )),
                    }
                }
            });
        }
    });
    let (counted, failed) = (counted.into_inner().unwrap(), failed.into_inner().unwrap());
    let done: u64 = counted.values().sum::<u64>() + failed.len() as u64;
    let words: Vec<String> = counted.iter().map(|(word, count)| format!("{count} {word}")).collect();
    let took = since.elapsed().as_secs_f64();
    println!(
        "{what}: {done} trials in {took:.0} s, seed {seed}: {}; {} failed{}",
        words.join(", "),
        failed.len(),
        if failed.is_empty() { ", 0 orphans, 0 duplicates" } else { "" }
    );
    assert!(failed.is_empty(), "{} of {done} trials of {what} failed:\n{}", failed.len(), failed.join("\n"));
}
