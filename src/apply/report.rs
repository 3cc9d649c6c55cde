//! What a run did, counted.

use crate::evs::{Error, Meaning};
use crate::volume::{OrderId, VolumeId};
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// What a run did. Whether it converged is for the last look to say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Volumes created.
    pub created: u64,
    /// Volumes changed in place.
    pub updated: u64,
    /// Volumes deleted: those that failed creations had left.
    pub deleted: u64,
    /// Volumes recorded that an ended call had made after all.
    pub adopted: u64,
    /// Volumes taken over.
    pub imported: u64,
    /// Records dropped.
    pub forgotten: u64,
    /// Volumes of calls that an earlier run had begun.
    pub resumed: u64,
    /// Volumes or steps that failed.
    pub failed: u64,
    /// Calls or jobs whose end was not seen.
    pub unfinished: u64,
    /// The orders among them.
    pub orders: BTreeSet<OrderId>,
    /// Calls that were seen never to have happened, at least in part, and that were not made anew: the next run does that.
    pub closed: u64,
    /// Whether credentials or rights were the trouble.
    pub denied: bool,
    /// Whether a signal ended the run.
    pub interrupted: bool,
    /// Whether it was given up before its end, since nothing more could surely be recorded.
    pub halted: bool,
}

impl Report {
    /// Whether everything was done that was to be done.
    pub fn is_clean(&self) -> bool {
        self.failed == 0 && self.unfinished == 0 && !self.denied && !self.interrupted && !self.halted
    }
}

/// The report in the making, shared by the tasks.
#[derive(Debug, Default)]
pub(super) struct Tally {
    report: Mutex<Report>,
    /// The volumes that were changed in place: one that was renamed and retagged counts once.
    changed: Mutex<BTreeSet<VolumeId>>,
    /// The volumes that were taken over.
    imported: Mutex<BTreeSet<VolumeId>>,
}

impl Tally {
    pub(super) fn change(&self, change: impl FnOnce(&mut Report)) {
        change(&mut self.report.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Counts a volume that was changed in place.
    pub(super) fn changed(&self, id: &VolumeId) {
        let is_first = self.changed.lock().unwrap_or_else(PoisonError::into_inner).insert(id.clone());
        let was_imported = is_first && self.is_imported(id);
        self.change(|report| {
            report.updated += u64::from(is_first);
            report.imported -= u64::from(was_imported);
        });
    }

    /// Counts a volume that was taken over: one that is changed besides counts as changed.
    pub(super) fn imported(&self, id: &VolumeId) {
        self.imported.lock().unwrap_or_else(PoisonError::into_inner).insert(id.clone());
        self.change(|report| report.imported += 1);
    }

    /// Whether this run took the volume over.
    pub(super) fn is_imported(&self, id: &VolumeId) -> bool {
        self.imported.lock().unwrap_or_else(PoisonError::into_inner).contains(id)
    }

    /// Counts a failure of so many volumes.
    pub(super) fn failed(&self, volumes: u64, error: &Error) {
        self.change(|report| {
            report.failed += volumes;
            report.denied |= error.meaning() == Some(Meaning::Denied);
        });
    }

    pub(super) fn report(&self) -> Report {
        self.report.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
