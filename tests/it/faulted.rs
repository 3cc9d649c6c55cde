//! A fault at every file and socket call of eight kinds of run.
//!
//! The program under test is the real binary with `tests/shim/faults.c` loaded into it; the cloud runs without. Each
//! run has one fault, and its end is judged by what the cloud and the disk hold. A wrong end is a panic, a run that is
//! not over after 60 s, a duplicate, an orphan, somebody else's volume touched, or a code or words that are not true;
//! and after each of them runs without faults must converge, or name the way out that is then taken.
//!
//! ```sh
//! cargo test --test it faulted:: -- --ignored --nocapture
//! ```
//!
//! | variable | what | when not set |
//! |---|---|---|
//! | `EVSCTL_KIND` | the kinds to try, with commas between: `Fresh`, `InDoubt`, ... | all of them |
//! | `EVSCTL_POINT` | the calls that fail: `fsync state#2` or `fsync state#1..9`; with `second`, `part` or `lasting` behind | all of them |
//! | `EVSCTL_HOW` | `second`: another error; `lasting`: the call fails for ever from then on | the first error, and what is done in part |
//! | `EVSCTL_WORKERS` | how many runs are made at once | 6 |
//! | `EVSCTL_SHOWN` | how many examples of each mistake are printed | 3 |
//! | `EVSCTL_SHIM` | `required`: without a C compiler or a filter the test fails instead of being skipped | |
//!
//! A filter of the kernel's (seccomp) hands the calls over, so it is of no importance who makes them: libc, code inside
//! libc, or `rustix`, which speaks to the kernel without libc. Left out, with reasons:
//!
//! - `epoll_wait` and `poll`: they move nothing. Only a signal interrupts them, and `signals.rs` sends signals.
//! - Reading and writing what the event loop wakes itself with (an eventfd, and a pair of sockets whose both ends are
//!   its own): the kernel fails that only where it is full or closed.
//! - `fcntl` with `F_GETFD`, `F_SETFD`, `F_GETFL`, `F_SETFL`: the kernel fails these only for a descriptor that is not
//!   open. A build with debug assertions asks `F_GETFD` before each close.
//! - Closing anything but a file that was opened for writing: the kernel tells of an error where something was still to
//!   be written. (The standard library panics where a folder cannot be closed.)
//! - Memory, threads, signals, clocks, chance: neither files nor sockets. Nothing maps a file once the program has begun.
//! - What happens before `main` in the dynamic loader: nothing of ours has begun.
//!
//! The shim lists both, the calls that are counted and those that are left out, and a call that stands in neither list
//! ends the run: none is overlooked.
//!
//! Names of hosts are not resolved here: the cloud's address is a number.

#![expect(clippy::print_stdout, reason = "the figures are what the full proof is for")]

mod judge;
mod kinds;
mod mended;
mod shim;
mod sweep;

use sweep::Extent;

/// Says why, where no call can be made to fail here.
fn is_skipped() -> bool {
    match shim::shim() {
        Ok(_) => false,
        Err(why) => {
            println!("skipped: no call can be made to fail here: {why}");
            true
        }
    }
}

#[test]
fn a_few_calls_fail() {
    sweep::proof(&Extent::Few(10));
}

#[test]
#[ignore = "takes a quarter of an hour; cargo test --test it faulted:: -- --ignored --nocapture"]
fn every_call_fails() {
    sweep::proof(&Extent::All);
}
