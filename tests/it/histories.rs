//! Histories of a hostile service and unlucky runners, with time handed in: hours and days pass between two runs in
//! no time, since the embedded cloud's clock is set ahead and evsctl follows its `Date`.
//!
//! What `crash` plays from seeds is a service in trouble. Here it lies too, about lists, jobs and volumes; states are
//! put back, copied and lose their journals; tag keys change; hands attach, break, repair and clone volumes; and what
//! must hold is looked at after each run, past everything that the service says.

#![expect(clippy::print_stdout, reason = "the figures are what the full proofs are for")]

mod end;
mod hands;
mod lies;
mod play;
mod script;
mod seeds;
mod watch;
mod wishes;

/// Seeds that the planted mistakes in `tests/mutants` are found with.
#[test]
fn some_histories() {
    seeds::run(0..100);
}

#[test]
#[ignore = "takes minutes: EVSCTL_SEEDS=2000 cargo test --release --test it histories::seeds -- --ignored --nocapture"]
fn seeds() {
    seeds::run(crate::crash::seeds::asked(2000));
}
