//! Exactly once, proved in one process: the library against the embedded cloud over real HTTP, with runs that end
//! at a chosen boundary and leave what a disk would have kept.
//!
//! `every_boundary` ends a run at each of its boundaries, and the run after it at each of its own. `seeds` lets
//! crashes, faults, restarts and hands meet at random. Both have a short form that every `cargo test` runs.

#![expect(clippy::print_stdout, reason = "the figures are what the full proofs are for")]

pub(crate) mod bench;
mod changes;
pub(crate) mod cloud;
pub(crate) mod end;
mod hands;
pub(crate) mod image;
pub(crate) mod ledger;
mod look;
mod mandate;
pub(crate) mod play;
pub(crate) mod pool;
pub(crate) mod scenario;
pub(crate) mod scenario_changes;
pub(crate) mod script;
pub(crate) mod seeds;
mod sweep;
mod wishes;

use std::time::Duration;

#[test]
fn some_boundaries() {
    sweep::run(sweep::Depth::Sampled);
}

#[test]
#[ignore = "takes minutes: cargo test --release --test it crash::every_boundary -- --ignored --nocapture"]
fn every_boundary() {
    sweep::run(sweep::Depth::Full);
}

#[test]
fn some_seeds() {
    seeds::run(0..100);
}

#[test]
#[ignore = "takes minutes: EVSCTL_SEEDS=10000 cargo test --release --test it crash::seeds -- --ignored --nocapture"]
fn seeds() {
    seeds::run(seeds::asked(1000));
}

/// How long nothing may be seen of a call that was done, in every world here.
const SETTLE: Duration = Duration::from_secs(1);
