//! What the job of a call that changes volumes has said of them.

use crate::operation::Failure;
use crate::volume::VolumeId;
use std::collections::BTreeMap;

/// What its job has said so far.
#[derive(Default)]
pub(super) struct Said {
    /// Whether it is over.
    pub(super) is_over: bool,
    /// The volumes with which it failed, and why.
    pub(super) failed: BTreeMap<VolumeId, Failure>,
    /// Why it failed as a whole, where it did.
    pub(super) all: Option<Failure>,
}

impl Said {
    /// Why it failed with that volume, where it did.
    pub(super) fn failure(&self, id: &VolumeId) -> Option<&Failure> {
        self.failed.get(id).or(self.all.as_ref())
    }
}
