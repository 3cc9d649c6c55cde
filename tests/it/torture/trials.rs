//! Many trials of one kind, on several threads, each with chance of its own that comes out the same from the
//! same seed.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// After so many failed trials no more are made.
const ENOUGH: usize = 5;

/// Chance that can be had again: splitmix64.
pub(super) struct Chance(u64);

impl Chance {
    fn of(seed: u64, trial: u64) -> Chance {
        let mut chance = Chance(seed ^ trial.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        chance.next();
        chance
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below this one, which is not 0.
    pub(super) fn below(&mut self, most: u64) -> u64 {
        self.next() % most
    }

    /// Any instant up to this one.
    pub(super) fn within(&mut self, most: Duration) -> Duration {
        Duration::from_micros(self.below(u64::try_from(most.as_micros()).unwrap().max(1)))
    }

    pub(super) fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[usize::try_from(self.below(all.len() as u64)).unwrap()]
    }
}

/// What the environment says, if anything.
#[expect(clippy::disallowed_methods, reason = "the size of a proof is its caller's to set")]
pub(super) fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

pub(super) fn number(name: &str, otherwise: u64) -> u64 {
    setting(name).map_or(otherwise, |text| text.parse().unwrap())
}

/// Makes that many trials, each given its number and its chance and giving the word under which it counts.
/// Prints the figures in one line; panics if any trial did, and says how to see it again.
pub(super) fn run(what: &str, trials: u64, trial: impl Fn(u64, &mut Chance) -> String + Sync) {
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
                    let tried = catch_unwind(AssertUnwindSafe(|| trial(number, &mut Chance::of(seed, number))));
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
