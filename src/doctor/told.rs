//! Errors of other parts of the program, which have words of their own.

use super::check::Check;
use super::verdict::{Fault, Verdict};

/// An error that the catalogue has told already, where it is an error: what went wrong with its causes, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The message and its causes in one line.
    pub line: String,
    /// What to do; none where it does not say.
    pub hints: Vec<String>,
}

/// What kept a probe from recording what it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unrecorded {
    /// What it was about to do.
    pub step: Step,
    /// The store's error.
    pub error: Told,
    /// Whether another probe has the record.
    pub locked: bool,
}

/// What a probe records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// It takes the record.
    Begin,
    /// It is about to make its volume.
    Create,
    /// It has removed it.
    Delete,
}

impl Step {
    pub(super) fn check(self) -> Check {
        match self {
            Step::Begin => Check::ProbeLeftovers,
            Step::Create => Check::ProbeCreate,
            Step::Delete => Check::ProbeDelete,
        }
    }
}

impl Unrecorded {
    pub(super) fn graded(&self) -> (Verdict, &'static str) {
        match self.locked {
            true => (Verdict::Fail(Fault::Locked), "probe-runs"),
            false => (Verdict::Fail(Fault::Wrong), "probe-unrecorded"),
        }
    }
}
