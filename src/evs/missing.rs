//! What a run has learnt of the calls that a cloud does not have.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// The calls that the gateway does not know, by their templates.
#[derive(Debug, Default)]
pub(super) struct Missing(Mutex<BTreeSet<&'static str>>);

impl Missing {
    /// Whether it was noted.
    pub(super) fn has(&self, call: &'static str) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(call)
    }

    /// Holds from now on.
    pub(super) fn note(&self, call: &'static str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(call);
    }
}
