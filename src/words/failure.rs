//! Why something failed.

use super::evidence::misfits;
use crate::operation::{Failure, Reason};
use crate::plan::Fault;
use std::fmt;

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Reason::Told(text) => text,
            Reason::Unexplained => "the job failed without a reason",
            Reason::Broken => "it came out in status error",
            Reason::Unwanted => "it was never sent, and is not wanted now",
        })
    }
}

/// A code and why, as in `EVS.2024 volume is error!`; the code is empty where there is none.
pub(super) fn coded(code: &str, why: impl fmt::Display) -> String {
    if code.is_empty() { why.to_string() } else { format!("{code} {why}") }
}

/// Why a volume that is cleaned away is no good, without the code of its failure.
pub fn fault(fault: &Fault) -> String {
    match fault {
        Fault::Failed(Failure { code: _, reason }) => reason.to_string(),
        Fault::NotAsAsked { unlike } => format!("not as asked: {}", misfits(unlike)),
        Fault::Unseen { .. } => NEVER_SHOWED.to_owned(),
    }
}

/// That a volume has not shown by now, and never will.
pub(super) const NEVER_SHOWED: &str = "it never showed";
