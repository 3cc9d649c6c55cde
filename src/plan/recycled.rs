//! Volumes that are not there any more, and those of them that lie in the recycle bin.

use super::drift::Drifted;
use super::planner::Planner;
use super::warning::Warning;
use crate::volume::{Key, Slot, SlotSet, VolumeId};
use std::collections::BTreeMap;

impl Planner<'_> {
    /// What has happened to a volume that is not there any more.
    pub(super) fn lost(&self, id: &VolumeId) -> Drifted {
        let kept_until = self.inputs.observed.and_then(|seen| seen.recycled.get(id));
        kept_until.map_or(Drifted::Gone, |kept_until| Drifted::Recycled { kept_until: *kept_until })
    }

    /// Tells which of the volumes in whose place others are put can be restored instead.
    pub(super) fn restorable(&mut self, key: &Key, gone: &BTreeMap<Slot, VolumeId>) {
        let can_be_restored = |id: &VolumeId| matches!(self.lost(id), Drifted::Recycled { .. });
        let slots: SlotSet = gone.iter().filter(|(_, id)| can_be_restored(id)).map(|(slot, _)| *slot).collect();
        if !slots.is_empty() {
            self.warnings.push(Warning::Recycled { key: key.clone(), slots });
        }
    }
}
