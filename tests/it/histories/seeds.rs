//! Histories from seeds: one seed, one history.

use super::play::{Played, play};
use super::script::Script;
use crate::crash::play::guarded;
use crate::crash::pool;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// The figures of all histories.
#[derive(Debug, Default)]
struct Totals {
    all: Played,
    histories: u64,
    longest: (f64, u64),
    seconds: f64,
}

/// Plays them all and insists that nothing was wrong.
pub(super) fn run(seeds: Range<u64>) {
    let since = Instant::now();
    let totals: Mutex<Totals> = Mutex::default();
    let (first, last) = (seeds.start, seeds.end - 1);
    let alone = first == last;
    pool::work(96, seeds, |seed| {
        let begun = Instant::now();
        let script = Script::of(seed);
        let mut played = Played::default();
        match guarded(|| play(&script, &mut played, alone)) {
            Ok(Ok(())) => {}
            Ok(Err(why)) | Err(why) => played.wrong.push(why),
        }
        let mut totals = totals.lock().unwrap_or_else(PoisonError::into_inner);
        if !played.wrong.is_empty() {
            println!("EVSCTL_SEED={seed}:\n  {}\n  {script:?}", played.wrong.join("\n  "));
        }
        let took = begun.elapsed().as_secs_f64();
        totals.add(seed, took, played);
        Vec::new()
    });
    let totals = totals.into_inner().unwrap_or_else(PoisonError::into_inner);
    let Totals { all, histories, longest, seconds } = totals;
    let counted = |all: &BTreeMap<String, u64>| {
        all.iter().map(|(kind, count)| format!("{kind}: {count}")).collect::<Vec<_>>().join(", ")
    };
    println!(
        "{histories} histories (seeds {first} to {last}), {} runs, {} crashes, {} create calls, {} violations, {:.1} \
         seconds, {:.2} for each (the longest {:.1}, seed {}); trouble and lies: {}; ways out: {}",
        all.runs,
        all.crashes,
        all.calls,
        all.wrong.len(),
        since.elapsed().as_secs_f64(),
        seconds / histories as f64,
        longest.0,
        longest.1,
        counted(&all.hits),
        counted(&all.ways),
    );
    let wrong = &all.wrong;
    assert!(wrong.is_empty(), "{} violations:\n{}", wrong.len(), wrong[..wrong.len().min(30)].join("\n"));
}

impl Totals {
    fn add(&mut self, seed: u64, took: f64, played: Played) {
        self.histories += 1;
        self.seconds += took;
        if took > self.longest.0 {
            self.longest = (took, seed);
        }
        self.all.runs += played.runs;
        self.all.crashes += played.crashes;
        self.all.calls += played.calls;
        for (sum, part) in [(&mut self.all.hits, played.hits), (&mut self.all.ways, played.ways)] {
            for (kind, count) in part {
                *sum.entry(kind).or_default() += count;
            }
        }
        self.all.wrong.extend(played.wrong.into_iter().map(|why| format!("EVSCTL_SEED={seed}: {why}")));
    }
}
