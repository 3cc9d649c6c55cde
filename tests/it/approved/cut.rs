//! The same run, ended at each of its boundaries.

#![expect(clippy::print_stdout, reason = "the figures are what the full proof is for")]

use super::manifest;
use crate::crash::bench::{Options, Outcome, World};
use crate::crash::cloud::Nature;
use crate::crash::end;
use crate::crash::image::Tear;
use crate::crash::play::guarded;
use crate::crash::pool;
use evsctl::boundary::Boundaries;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// How many runs may take what is left to its end.
const RUNS: usize = 3;

/// A history: where its first run ends, and whether its state is put back to the committed one after that.
#[derive(Debug, Clone, Copy)]
struct Cut {
    boundary: Option<usize>,
    from_committed: bool,
}

/// Plays it; gives how many boundaries its first run passed.
fn play(cut: Cut) -> Result<usize, String> {
    let nature = Nature { tokens: true, job: Duration::from_millis(10), control: true };
    let mut world = World::new(&nature, &manifest("old", false), true, false);
    end::recover(&mut world)?;
    world.wish(&manifest("new", true));
    let committed = world.copy("committed");
    let approved = world.digest()?.0;
    let boundaries = Boundaries::counted(cut.boundary);
    let tear = cut.boundary.map(|number| Tear::ALL[number % Tear::ALL.len()]);
    let first = world.run(&boundaries, &Options { approve: Some(approved.clone()), tear });
    if cut.from_committed {
        world.put_back(&committed, false);
        let changes = world.digest()?.0;
        if changes != approved && !matches!(first, Outcome::Done { .. }) {
            return Err(format!("what is reached counts otherwise than what is left: {changes} after {first}"));
        }
    }
    for run in 1.. {
        let outcome = world.run(&Boundaries::counted(None), &Options { approve: Some(approved.clone()), tear: None });
        if outcome.converged() {
            break;
        }
        if run == RUNS || matches!(outcome, Outcome::NotApproved) {
            return Err(format!("run {run} after the first: {outcome}"));
        }
    }
    let wrong = end::faults_of(&world);
    if wrong.is_empty() { Ok(boundaries.passed().len()) } else { Err(wrong.join("; ")) }
}

/// Plays the histories that end at every so-many-th boundary.
fn sweep(step: usize) {
    let whole = play(Cut { boundary: None, from_committed: false }).unwrap();
    let (wrong, played) = (Mutex::new(Vec::new()), AtomicUsize::new(0));
    let cuts = (1..=whole)
        .step_by(step)
        .flat_map(|number| [false, true].map(|from_committed| Cut { boundary: Some(number), from_committed }));
    pool::work(8, cuts, |cut| {
        played.fetch_add(1, Ordering::Relaxed);
        if let Err(why) = guarded(|| play(cut)).and_then(|played| played) {
            wrong.lock().unwrap().push(format!("{cut:?}: {why}"));
        }
        Vec::new()
    });
    let wrong = wrong.into_inner().unwrap();
    println!("{whole} boundaries, {} histories, {} violations", played.into_inner(), wrong.len());
    assert!(whole > 200, "only {whole} boundaries: the run does less than it should");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_same_digest_finishes_it_from_some_boundaries() {
    sweep(31);
}

#[test]
#[ignore = "takes minutes: cargo test --release --test it approved::cut:: -- --ignored --nocapture"]
fn the_same_digest_finishes_it_from_every_boundary() {
    sweep(1);
}
