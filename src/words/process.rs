//! The process itself: its streams, its descriptors, its signals, and what it asks.

use super::told::Told;
use crate::store::Holder;
use std::time::Duration;

/// It may not open as many files as it needs; the cause follows.
pub fn no_descriptors() -> Told {
    Told::new("this process may not open as many files as it needs")
        .hint("raise the limit on open files: `ulimit -n 1024`")
}

/// A part of the process that the system does not let it have; the cause follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// To hear signals.
    Signals,
    /// To begin to work.
    Runtime,
    /// To write to its output.
    Stdout,
}

/// What cannot be done; the cause follows.
pub fn cannot(part: Part) -> &'static str {
    match part {
        Part::Signals => "cannot listen for signals",
        Part::Runtime => "cannot start",
        Part::Stdout => "cannot write to standard output",
    }
}

/// The cause where the library below ends in a panic for want of descriptors.
pub fn none_for_signals() -> &'static str {
    "the system gives this process no descriptors for its signals"
}

/// A question, with what counts as a yes; the answer is typed behind it.
pub fn question(question: &str) -> String {
    format!("{question} Only 'yes' is taken as yes: ")
}

/// That an answer which is nearly the word counts as a no.
pub fn only_yes() -> &'static str {
    "only the whole word 'yes' is taken as yes"
}

/// What stands for a user that has no name.
pub fn somebody() -> &'static str {
    "somebody"
}

/// What stands for a machine that has no name.
pub fn some_machine() -> &'static str {
    "some machine"
}

/// Who is waited for, and for how long at most.
pub fn waits_for(holder: &Holder, at_most: Duration) -> String {
    format!("waiting for {holder}, {} s at the most", at_most.as_secs())
}
