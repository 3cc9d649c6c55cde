//! The table: every lie, told at every time at which it makes a difference.

use super::lies::{LIES, Lie};
use super::play::{ALL, Played, When, play};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

/// One line of it.
#[derive(Clone, Copy)]
pub(super) struct Scenario {
    pub(super) lie: &'static Lie,
    pub(super) when: When,
}

/// All of them.
pub(super) fn table() -> Vec<Scenario> {
    let with = |when: When| move |lie: &'static Lie| Scenario { lie, when };
    ALL.into_iter().flat_map(|when| LIES.iter().filter(move |lie| makes_sense(lie, when)).map(with(when))).collect()
}

/// Whether the service says anything that the lie is about.
fn makes_sense(lie: &Lie, when: When) -> bool {
    let creates = matches!(when, When::Fresh | When::Lost | When::AfterFailure | When::Prepaid);
    match lie.about {
        "job" | "sub-jobs" => matches!(when, When::Fresh | When::Resumed | When::Lost | When::AfterFailure),
        "work" => creates,
        _ => true,
    }
}

/// Some of them: every time, and every kind of lie, twice at least.
pub(super) fn few(all: &[Scenario]) -> Vec<Scenario> {
    // Neighbours are alike: it goes through them in long strides.
    let stride = (all.len() / 3..).find(|stride| coprime(*stride, all.len())).unwrap_or(1);
    let mut chosen: Vec<Scenario> = Vec::new();
    for scenario in (0..all.len()).map(|n| all[n * stride % all.len()]) {
        let twice = |alike: &dyn Fn(&Scenario) -> bool| chosen.iter().filter(|it| alike(it)).count() >= 2;
        if !twice(&|it| it.when == scenario.when) || !twice(&|it| it.lie.about == scenario.lie.about) {
            chosen.push(scenario);
        }
    }
    chosen
}

fn coprime(one: usize, other: usize) -> bool {
    if other == 0 { one == 1 } else { coprime(other, one % other) }
}

/// Plays these, a few at once, prints a line for each and gives those that went wrong.
pub(super) fn play_all(scenarios: &[Scenario], workers: usize) -> Vec<String> {
    let (next, wrong) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let began = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(scenario) = scenarios.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let started = Instant::now();
                    let played = play(scenario.lie, scenario.when);
                    let line = scenario.line(&played, started);
                    println!("{line}");
                    if crate::lying::variable("EVSCTL_TELL").is_some() {
                        println!("{}", played.told.join("\n"));
                    }
                    if !played.wrong.is_empty() {
                        wrong.lock().unwrap().push(format!("{line}\n  {}", played.wrong.join("\n  ")));
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    println!(
        "{} scenarios of a lying service, {} of them wrong, in {:.1} s",
        scenarios.len(),
        wrong.len(),
        began.elapsed().as_secs_f64()
    );
    wrong
}

impl Scenario {
    fn line(&self, played: &Played, started: Instant) -> String {
        let Scenario { lie, when } = self;
        let codes: Vec<String> = played.codes.iter().map(ToString::to_string).collect();
        let end = if played.wrong.is_empty() { "holds" } else { "WRONG" };
        format!(
            "{:<12} | {:<11} | {:<48} | exits {:<9} | {:>3} lies | {:>4} ms | {end}",
            format!("{when:?}"),
            lie.about,
            lie.name,
            codes.join(" "),
            played.lied,
            started.elapsed().as_millis()
        )
    }
}
