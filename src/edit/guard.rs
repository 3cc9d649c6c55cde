//! Whether an edit does what it is for, and nothing else: the whole stack is read again.

use super::not_edited::NotWritten;
use crate::manifest::{self, Manifest, SourceFile};
use crate::volume::Key;
use std::collections::BTreeSet;

/// An edit that does not do what it is for.
pub(super) struct Otherwise {
    /// Why not.
    pub(super) why: NotWritten,
    /// What the files ask for with it, without places, where they are a manifest.
    pub(super) read: Option<Box<Manifest>>,
}

/// Reads a stack whose text was edited at these keys, and compares it with what it is to ask for, which has no places.
///
/// # Errors
/// Where it is wrong now, or asks for something else.
pub(super) fn check(files: &[SourceFile], expected: &Manifest, keys: &BTreeSet<&Key>) -> Result<Manifest, Otherwise> {
    let wrong = |problems| Otherwise { why: NotWritten::Wrong(problems), read: None };
    let read = manifest::parse(files).map_err(wrong)?;
    let bare = read.clone().without_places();
    if bare == *expected {
        return Ok(read);
    }
    let differs = |other: &&Key| !keys.contains(other) && bare.volumes.get(*other) != expected.volumes.get(*other);
    let others: Vec<Key> = expected.volumes.keys().filter(differs).cloned().collect();
    let why = if others.is_empty() { NotWritten::Unsafe } else { NotWritten::Shared(others) };
    Err(Otherwise { why, read: Some(Box::new(bare)) })
}
