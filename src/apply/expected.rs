//! The volumes of one call that are looked for, and what is left of that when some of them show.

use super::collected::Collected;
use super::following::Following;
use crate::observed::ObservedVolume;
use crate::operation::settle::EMPTY_LISTS;
use crate::operation::verdict::Verdict;
use crate::operation::{Failure, Unproved};
use crate::volume::VolumeId;
use std::collections::BTreeSet;

/// The volumes of a call that are looked for.
#[derive(Default)]
pub(super) struct Expected {
    pub(super) ids: BTreeSet<VolumeId>,
    /// Those of them that show by tag and for which no place was left.
    more: BTreeSet<VolumeId>,
    /// Those that its job, its order or its answer names, and that an earlier run recorded as its own.
    pub(super) named: BTreeSet<VolumeId>,
    /// How many nothing names: only the tag can tell which they are.
    pub(super) unnamed: usize,
    /// Whether to look by tag at all: always but where the job names every volume.
    pub(super) by_tag: bool,
    /// Volumes that it was said to have made, and that no read shows: the tag may tell of others in their place.
    pub(super) missing: BTreeSet<VolumeId>,
    /// Whether its job or its answer says that it made a volume which is not its own, or such a volume carries its tag: then
    /// something was made, and that no list shows it proves nothing.
    pub(super) contested: bool,
    /// How many lists in a row proved that they show all that the call can have made.
    pub(super) late: u32,
    /// How many lists have been looked through since something was looked for by tag.
    pub(super) lists: u32,
    /// Why the last list proved nothing, where waiting does not help.
    pub(super) unproved: Option<Unproved>,
    /// Why what does not show in the end was not made, where the job says so.
    pub(super) reason: Option<Failure>,
}

impl Expected {
    /// What the job names, and what is `recorded` of the same call.
    pub(super) fn of(
        call: &Following,
        recorded: impl Iterator<Item = VolumeId>,
        items: Vec<Verdict>,
        collected: &mut Collected,
    ) -> Expected {
        let mut expected = Expected::default();
        for item in items {
            expected.expect(item, collected);
        }
        for id in recorded.chain(call.kept.keys().cloned()) {
            if expected.ids.insert(id) {
                expected.unnamed = expected.unnamed.saturating_sub(1);
            }
        }
        expected.named = expected.ids.iter().chain(&call.named).cloned().collect();
        expected.by_tag = expected.unnamed > 0 || !collected.empty.is_empty();
        expected
    }

    /// Takes in what a job says of one volume.
    pub(super) fn expect(&mut self, item: Verdict, collected: &mut Collected) {
        match item {
            Verdict::Done(id) => {
                collected.made.insert(id.clone());
                self.ids.insert(id);
            }
            Verdict::Failed { id: Some(id), failure, at } => {
                collected.failed_at.extend(at.map(|at| (id.clone(), at)));
                collected.failures.insert(id.clone(), failure);
                self.ids.insert(id);
            }
            Verdict::Failed { id: None, failure, .. } => collected.empty.push(failure),
            Verdict::Unsaid(failure) => {
                self.unnamed += 1;
                self.reason = self.reason.take().or(failure);
            }
        }
    }

    /// Some of what was said to have been made does not show: its tag may tell of others that were. Says whether
    /// lists have been looked through for those, or need not be.
    pub(super) fn has_looked_for(&mut self, missing: &[VolumeId]) -> bool {
        if missing.iter().any(|id| !self.missing.contains(id)) {
            self.missing = missing.iter().cloned().collect();
            (self.by_tag, self.lists) = (true, 0);
        }
        missing.is_empty() || self.lists >= EMPTY_LISTS
    }

    /// Takes in what a list shows by tag.
    pub(super) fn take(&mut self, volumes: impl Iterator<Item = ObservedVolume>, collected: &mut Collected) {
        for volume in volumes.filter(|volume| !collected.foreign.contains_key(&volume.id)) {
            if !self.ids.insert(volume.id.clone()) {
                continue;
            }
            let broken = volume.status.is_error();
            if let Some(failure) = collected.empty.pop_if(|_| broken) {
                // A sub-job failed without naming its volume; here it is.
                collected.failures.insert(volume.id.clone(), failure);
            } else if self.unnamed > 0 {
                self.unnamed -= 1;
            } else if let Some(id) = self.missing.pop_first() {
                // What it was said to have made in the place of this one is not there.
                self.ids.remove(&id);
            } else {
                self.more.insert(volume.id.clone());
            }
        }
    }

    /// Leaves out a volume that is not the call's own, whatever names it: the call's own are looked for by tag.
    pub(super) fn disown(&mut self, id: &VolumeId, collected: &mut Collected) {
        self.ids.remove(id);
        if self.more.remove(id) {
            return;
        }
        match collected.failures.remove(id) {
            Some(failure) => collected.empty.push(failure),
            // Another takes its place, where one was left over.
            None if self.more.pop_first().is_some() => {}
            None => {
                self.contested |= self.named.contains(id);
                self.unnamed += 1;
            }
        }
        (self.by_tag, self.lists) = (true, 0);
    }
}
