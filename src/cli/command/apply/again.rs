//! The command that goes on with a run that has begun.

use super::consent::ConsentArgs;
use crate::cli::shell::quoted;
use crate::plan::Selection;
use crate::volume::Digest;
use std::fmt::Write as _;
use std::path::Path;

/// The command, where it is another than the one that was given: a plan file is used up by the run that it began, and
/// what is left of that counts as approved by the digest of its changes.
pub(super) fn command(path: &Path, given: &ConsentArgs, selection: &Selection, approved: &Digest) -> Option<String> {
    given.plan.as_ref()?;
    let mut words = format!("evsctl apply {} --approve {approved}", quoted(&path.to_string_lossy()));
    for (flag, patterns) in [("--target", selection.targets()), ("--exclude", selection.excludes())] {
        for pattern in patterns {
            let _ = write!(words, " {flag} {}", quoted(&pattern.to_string()));
        }
    }
    if selection.is_of_new_stack() {
        words.push_str(" --new-stack");
    }
    for (flag, number) in [("--allow-destroy", given.allow_destroy), ("--allow-recreate", given.allow_recreate)] {
        if let Some(number) = number {
            let _ = write!(words, " {flag} {number}");
        }
    }
    if given.skip_refused {
        words.push_str(" --skip-refused");
    }
    if given.preflight.no_preflight {
        words.push_str(" --no-preflight");
    }
    Some(words)
}
