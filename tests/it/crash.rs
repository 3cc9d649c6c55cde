//! Exactly once, proved in one process: the library against the embedded cloud over real HTTP, with runs that end
//! at a chosen boundary and leave what a disk would have kept.
//!
//! `every_boundary` ends a run at each of its boundaries, and the run after it at each of its own. `seeds` lets
//! crashes, faults, restarts and hands meet at random. Both have a short form that every `cargo test` runs.

#![expect(clippy::print_stdout, reason = "the figures are what the full proofs are for")]

mod bench;
mod cloud;
mod end;
mod image;
mod ledger;
mod play;
mod pool;
mod scenario;
mod script;
mod seeds;
mod sweep;

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
    seeds::run(seeds::asked());
}

/// How long nothing may be seen of a call that was done, in every world here.
const SETTLE: Duration = Duration::from_secs(1);
