//! What one call made, as far as seen.

use super::following::Following;
use super::why::Incomplete;
use crate::observed::ObservedVolume;
use crate::operation::goal::Shortfall;
use crate::operation::{Failure, Leftover, NotOurs, Reason, Taint, Unlike};
use crate::volume::VolumeId;
use std::collections::{BTreeMap, BTreeSet};

/// What one call made, as far as seen.
#[derive(Default)]
pub(super) struct Collected {
    /// Volumes that are there, good or not, as last seen; and those that do not show, as asked for.
    pub(super) volumes: BTreeMap<VolumeId, ObservedVolume>,
    /// Those that the job called made and that no read shows. They are recorded, so that the next plan
    /// asks about them by id.
    pub(super) absent: BTreeSet<VolumeId>,
    /// Why some of them failed. These are recorded even if they do not show, for the same reason.
    pub(super) failures: BTreeMap<VolumeId, Failure>,
    /// When some of them failed, by the word of their own sub-jobs.
    pub(super) failed_at: BTreeMap<VolumeId, jiff::Timestamp>,
    /// Those that its job says were made well.
    pub(super) made: BTreeSet<VolumeId>,
    /// Failures that left no volume.
    pub(super) empty: Vec<Failure>,
    /// Whether some of them have not shown by now and never will, and nothing tells why.
    pub(super) never_showed: bool,
    /// In what those fall short of what was asked for that do.
    pub(super) short: BTreeMap<VolumeId, Shortfall>,
    /// Those that were seen usable or attached at any look.
    pub(super) used: BTreeSet<VolumeId>,
    /// Volumes that the job names and that are not the call's own, and why.
    pub(super) foreign: BTreeMap<VolumeId, NotOurs>,
    /// When its job ended, by the service's word.
    pub(super) ended: Option<jiff::Timestamp>,
    /// What the service's clock showed when its volumes were looked at.
    pub(super) looked_at: Option<jiff::Timestamp>,
    /// Why there may be more than was found: then the call stays open, and nothing is made for its slots
    /// while they may still show.
    pub(super) incomplete: Option<Incomplete>,
}

impl Collected {
    /// Why a volume does not count as what was asked for, if it does not: its sub-job failed, or it came out as
    /// `error`, or it is not as asked.
    pub(super) fn taint(&self, volume: &ObservedVolume, call: &Following) -> Option<Taint> {
        let short = self.short.get(&volume.id);
        let came_out = || Failure { code: String::new(), reason: Reason::Broken };
        let broken = short == Some(&Shortfall::Broken);
        let failed = self.failures.get(&volume.id).cloned().or_else(|| broken.then(came_out));
        match (failed, short) {
            (Some(failure), _) => Some(Taint::Failed(Leftover::of(failure, self.failed_at(volume, call)))),
            (None, Some(Shortfall::Unlike(unlike))) => Some(Taint::Unlike(Unlike { unlike: unlike.clone() })),
            (None, Some(Shortfall::Broken) | None) => None,
        }
    }

    /// When a volume of the call failed, or a time before that; `None` where nothing tells.
    fn failed_at(&self, volume: &ObservedVolume, call: &Following) -> Option<jiff::Timestamp> {
        // Where its job says that it was made well, nothing tells when it broke, nor what it was until then.
        if self.made.contains(&volume.id) {
            return None;
        }
        // A time that its sub-job does not tell, or cannot have ended at, is taken for no later than the call was accepted,
        // and than the volume was made.
        let told = self.failed_at.get(&volume.id).copied();
        let told = told.filter(|ended| *ended >= call.since && *ended <= self.looked_at.unwrap_or(*ended));
        // When an earlier run's call was accepted may be lost with that run's record.
        let before = match (volume.created_at, call.resumed) {
            (Some(made), _) => Some(made.min(call.since)),
            (None, true) => None,
            (None, false) => Some(call.since),
        };
        told.or(before)
    }
}
