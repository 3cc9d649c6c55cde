//! Histories from seeds: one seed, one history.

use super::bench::{Options, Outcome, Terms, World};
use super::cloud::Nature;
use super::end;
use super::hands;
use super::play::guarded;
use super::pool;
use super::script::{Cut, Script, Step};
use super::wishes::Wishes;
use evsctl::boundary::Boundaries;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How many runs recovery may take.
const RUNS: usize = 6;

/// The figures of all histories.
#[derive(Debug, Default)]
struct Totals {
    seeds: u64,
    runs: u64,
    crashes: u64,
    calls: u64,
    changes: u64,
    hits: BTreeMap<String, u64>,
    wrong: Vec<String>,
    longest: (f64, u64),
}

/// The seeds that the environment asks for, as `EVSCTL_SEED=7`, `EVSCTL_SEEDS=2000` or `EVSCTL_SEEDS=100..200`; else
/// so many.
pub(crate) fn asked(usual: u64) -> Range<u64> {
    #[expect(clippy::disallowed_methods, reason = "a test's own switch")]
    let text = |name: &str| std::env::var(name).ok();
    let number = |text: &str| text.parse::<u64>().unwrap();
    match (text("EVSCTL_SEED"), text("EVSCTL_SEEDS")) {
        (Some(seed), _) => number(&seed)..number(&seed) + 1,
        (None, Some(seeds)) => match seeds.split_once("..") {
            Some((first, end)) => number(first)..number(end),
            None => 0..number(&seeds),
        },
        (None, None) => 0..usual,
    }
}

/// Plays them all and insists that nothing was wrong.
pub(crate) fn run(seeds: Range<u64>) {
    let since = Instant::now();
    let totals: Mutex<Totals> = Mutex::default();
    let alone = seeds.end - seeds.start == 1;
    pool::work(96, seeds, |seed| {
        let begun = Instant::now();
        let script = Script::of(seed);
        let mut played = Totals::default();
        match guarded(|| play(&script, &mut played, alone)) {
            Ok(Ok(())) => {}
            Ok(Err(why)) | Err(why) => played.wrong.push(why),
        }
        let mut totals = totals.lock().unwrap_or_else(PoisonError::into_inner);
        if !played.wrong.is_empty() {
            println!("EVSCTL_SEED={seed}:\n  {}\n  {script:#?}", played.wrong.join("\n  "));
        }
        totals.seeds += 1;
        totals.runs += played.runs;
        totals.crashes += played.crashes;
        totals.calls += played.calls;
        totals.changes += played.changes;
        for (kind, hits) in played.hits {
            *totals.hits.entry(kind).or_default() += hits;
        }
        let took = begun.elapsed().as_secs_f64();
        if took > totals.longest.0 {
            totals.longest = (took, seed);
        }
        totals.wrong.extend(played.wrong.into_iter().map(|why| format!("EVSCTL_SEED={seed}: {why}")));
        Vec::new()
    });
    let Totals { seeds, runs, crashes, calls, changes, hits, wrong, longest } =
        totals.into_inner().unwrap_or_else(PoisonError::into_inner);
    let hits: Vec<String> = hits.iter().map(|(kind, count)| format!("{kind}: {count}")).collect();
    println!(
        "{seeds} seeds, {runs} runs, {crashes} crashes, {calls} create calls, {changes} that extend or delete, {} violations, {:.1} seconds (the \
         longest {:.1}, seed {}); faults: {}",
        wrong.len(),
        since.elapsed().as_secs_f64(),
        longest.0,
        longest.1,
        hits.join(", ")
    );
    assert!(wrong.is_empty(), "{} violations:\n{}", wrong.len(), wrong[..wrong.len().min(30)].join("\n"));
}

fn play(script: &Script, played: &mut Totals, aloud: bool) -> Result<(), String> {
    let nature = Nature { tokens: script.tokens, job: Duration::from_millis(script.job), control: true };
    let mut world = World::with(&nature, script.volumes.parsed(), script.documented, true, Terms::default());
    // Late calls and those that a restart holds up come in when another run writes.
    world.ledger.expect_late();
    for step in &script.steps {
        if aloud {
            println!("{step:?}");
        }
        take(&mut world, step, played, aloud)?;
    }
    world.cloud.faults(&[]);
    // What is late is done by then.
    std::thread::sleep(Duration::from_millis(250));
    let recovered = recover(&mut world, script.last.clone());
    (played.calls, played.changes) = (world.ledger.calls(), world.ledger.changes());
    played.hits = std::mem::take(&mut world.cloud.hits);
    played.runs += recovered? as u64;
    played.wrong.extend(end::faults_of(&world));
    Ok(())
}

/// Runs until nothing is left of what is asked for in the end, and says how many runs that took. Before each, hands undo
/// what would be refused for ever.
fn recover(world: &mut World, mut last: Wishes) -> Result<usize, String> {
    (world.destroys, world.skips_refused) = (true, false);
    let mut ended = Vec::new();
    for run in 1..=RUNS {
        hands::undo(world);
        last.follow(world);
        world.manifest = last.text().parsed();
        let outcome = world.run(&Boundaries::counted(None), &Options::default());
        if outcome.converged() {
            return Ok(run);
        }
        ended.push(outcome.to_string());
    }
    Err(format!("{RUNS} runs did not bring it to rest:\n    {}", ended.join("\n    ")))
}

fn take(world: &mut World, step: &Step, played: &mut Totals, aloud: bool) -> Result<(), String> {
    match step {
        Step::Apply(cut) => {
            ran(world, *cut, Options::default(), played, aloud);
        }
        Step::Approved(cut) => {
            // A cloud in trouble may not let itself be looked at.
            let Ok((digest, is_all)) = world.digest() else { return Ok(()) };
            let options = Options { approve: Some(digest.clone()), tear: None };
            let first = ran(world, *cut, options.clone(), played, aloud);
            // Before it has begun, what a plan read may be lost with the disk's unsynced bytes: it is approved anew.
            let state = world.store.read().map_err(|error| error.to_string())?;
            let begun = state.and_then(|state| state.approved).is_some_and(|approved| approved.changes == digest);
            let again = ran(world, None, options, played, aloud);
            // What a hand did to a volume shows as a step of its own once the volume is recorded, and was not approved. So does
            // what late tags kept from the plan, or seem to lack.
            if is_all
                && begun
                && !world.touched
                && !world.tags_lag
                && let (Outcome::Crashed, Outcome::NotApproved) = (first, again)
            {
                return Err("what was approved and cut is refused as something else".to_owned());
            }
        }
        Step::Faults(rules) => {
            world.tags_lag |= rules.iter().any(|rule| !rule["then"]["tag_lag_ms"].is_null());
            world.lied_to |=
                rules.iter().any(|rule| ["list_lag_ms", "hide_ms"].iter().any(|it| !rule["then"][it].is_null()));
            world.cloud.faults(rules);
        }
        Step::Restart => world.cloud.restart(),
        Step::Hand(hand, nth) => {
            if let Some(edit) = hands::touch(world, *hand, *nth, Duration::ZERO) {
                edit.wait();
            }
        }
        Step::During(hand, nth, after, cut) => {
            let edit = hands::touch(world, *hand, *nth, Duration::from_millis(*after));
            ran(world, *cut, Options::default(), played, aloud);
            if let Some(edit) = edit {
                edit.wait();
            }
        }
        Step::Consent(number, skips) => (world.destroys, world.skips_refused) = (*number, *skips),
        Step::Wish(text) => world.manifest = text.parsed(),
    }
    Ok(())
}

fn ran(world: &mut World, cut: Cut, options: Options, played: &mut Totals, aloud: bool) -> Outcome {
    let boundaries = Boundaries::counted(cut.map(|(number, _)| number));
    let outcome = world.run(&boundaries, &Options { tear: cut.map(|(_, tear)| tear), ..options });
    played.runs += 1;
    played.crashes += u64::from(matches!(outcome, Outcome::Crashed));
    if aloud {
        println!("  {} at {:?}: {outcome}", boundaries.passed().len(), boundaries.passed().last());
    }
    outcome
}
