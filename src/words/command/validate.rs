//! What `validate` says, and every command of a manifest's problems.

use crate::manifest::Severity;
use crate::volume::StackName;
use crate::words::{count, label};

/// That a manifest is valid.
pub fn valid(stack: &StackName, volumes: u64, keys: u64) -> String {
    format!("stack {stack} is valid: {} under {}", count(volumes, "volume"), count(keys, "key"))
}

/// How bad a problem is, before its reason.
pub fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => label::ERROR,
        Severity::Warning => label::WARNING,
    }
}

/// Before what to do about a problem.
pub const HINT: &str = label::HINT;

/// How many problems there are, of which kind; empty where there are none.
pub fn counted(errors: u64, warnings: u64) -> String {
    let counted = [(errors, "error"), (warnings, "warning")].into_iter().filter(|(number, _)| *number > 0);
    counted.map(|(number, noun)| count(number, noun)).collect::<Vec<_>>().join(", ")
}
