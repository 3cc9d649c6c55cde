//! A run that ends at each of its boundaries, and the run after it at each of its own.

use super::image::Tear;
use super::play::{Cuts, Played, play};
use super::pool;
use super::scenario::{ALL, Scenario};
use super::scenario_changes::CHANGES;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// How much of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Depth {
    /// Some boundaries of the first run.
    Sampled,
    /// All of them, and those of the second.
    Full,
}

/// What survives a crash matters only where something was written and not synced.
const TORN: [&str; 5] =
    ["half a record written", "a record written", "the snapshot named", "the journal named", "the journal removed"];

/// The figures of one scenario.
#[derive(Debug, Default, Clone)]
struct Figures {
    boundaries: usize,
    histories: u64,
    crashes: u64,
    wrong: Vec<String>,
    /// Summed over histories that were played at once.
    seconds: f64,
}

/// Plays all scenarios and insists that nothing was wrong.
pub(super) fn run(depth: Depth) {
    let since = Instant::now();
    let all: Mutex<BTreeMap<&str, Figures>> = Mutex::default();
    let workers = if depth == Depth::Full { 96 } else { 24 };
    #[expect(clippy::disallowed_methods, reason = "a test's own switch")]
    let only = std::env::var("EVSCTL_SCENARIO").unwrap_or_default();
    let scenarios = ALL.iter().chain(CHANGES).filter(|scenario| scenario.name.contains(&only));
    pool::work(workers, scenarios.map(|scenario| (scenario, Cuts::default())), |(scenario, cuts)| {
        let begun = Instant::now();
        let played = play(scenario, cuts);
        let more = next(depth, scenario, cuts, &played);
        let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
        let figures = all.entry(scenario.name).or_default();
        figures.histories += 1;
        figures.crashes += played.crashes;
        figures.seconds += begun.elapsed().as_secs_f64();
        if cuts.first.is_none() {
            figures.boundaries = played.first.len();
        }
        let place = |cut: Option<(usize, Tear)>, names: &[&str]| match cut {
            Some((number, tear)) => format!("{number} ({}, {tear:?})", names.get(number - 1).unwrap_or(&"not reached")),
            None => "none".to_owned(),
        };
        let (first, second) = (place(cuts.first, &played.first), place(cuts.second, &played.second));
        figures.wrong.extend(
            played.wrong.into_iter().map(|why| format!("{}, ended at {first}, then at {second}: {why}", scenario.name)),
        );
        more.into_iter().map(|cuts| (scenario, cuts)).collect()
    });
    let all = all.into_inner().unwrap_or_else(PoisonError::into_inner);
    report(&all, since.elapsed().as_secs_f64());
}

/// The histories that follow from one: it tells how many boundaries there are.
fn next(depth: Depth, scenario: &Scenario, cuts: Cuts, played: &Played) -> Vec<Cuts> {
    let tear = |number: usize| Tear::ALL[number % Tear::ALL.len()];
    match (cuts.first, cuts.second) {
        (None, _) => {
            // How often a job is looked at varies, and with it the count: some more are tried.
            let count = played.first.len() + 3;
            let step = if depth == Depth::Full { 1 } else { 3 + count / scenario.gate };
            let first = |number: usize, tear| Cuts { first: Some((number, tear)), second: None };
            let offset = scenario.name.len() % step;
            let mut all: Vec<Cuts> = (1 + offset..=count).step_by(step).map(|n| first(n, tear(n))).collect();
            if depth == Depth::Full {
                for (number, _) in (1..).zip(&played.first).filter(|(_, name)| TORN.contains(name)) {
                    let others = Tear::ALL.into_iter().filter(|other| *other != tear(number));
                    all.extend(others.map(|tear| first(number, tear)));
                }
            }
            all
        }
        (Some((n, torn)), None) if depth == Depth::Full && played.crashes > 0 && torn == tear(n) => {
            let second = |m: usize| Cuts { first: cuts.first, second: Some((m, tear(n + m))) };
            (1..=played.second.len()).filter(|m| (n + m).is_multiple_of(scenario.every)).map(second).collect()
        }
        _ => Vec::new(),
    }
}

fn report(all: &BTreeMap<&str, Figures>, seconds: f64) {
    let (mut sum, mut shown) = (Figures::default(), Vec::new());
    for (name, figures) in all {
        println!(
            "{name:55} {:4} boundaries {:6} histories {:6} crashes {:4} violations {:7.1} s in all",
            figures.boundaries,
            figures.histories,
            figures.crashes,
            figures.wrong.len(),
            figures.seconds
        );
        sum.boundaries += figures.boundaries;
        sum.histories += figures.histories;
        sum.crashes += figures.crashes;
        sum.wrong.extend(figures.wrong.iter().cloned());
        // Some of each.
        shown.extend(figures.wrong.iter().take(6).map(String::as_str));
    }
    println!(
        "{} scenarios, {} boundaries, {} histories, {} crashes, {} violations, {seconds:.1} seconds",
        all.len(),
        sum.boundaries,
        sum.histories,
        sum.crashes,
        sum.wrong.len()
    );
    assert!(sum.wrong.is_empty(), "{} violations:\n{}", sum.wrong.len(), shown.join("\n"));
}
