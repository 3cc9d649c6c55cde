//! Volumes that carry this stack's tag and that nothing records.

use super::make::Making;
use super::steps::Step;
use super::{Refusal, ownership};
use crate::observed::ObservedVolume;
use crate::state::EndedCall;
use crate::volume::{Key, Slot, VolumeId};
use std::collections::BTreeSet;

impl Making<'_> {
    /// Volumes that carry this stack's tag and that nothing records: creating beside them could buy twice, so
    /// what they may stand for is not created either.
    pub(super) fn unrecorded(&mut self) {
        let (Some(observed), Some(key)) = (self.inputs.observed, self.inputs.desired.cloud.ownership_tag.key()) else {
            return;
        };
        let state = self.inputs.recorded;
        let recorded: BTreeSet<&VolumeId> =
            state.iter().flat_map(|state| state.volumes.values()).map(|volume| &volume.id).collect();
        let stray = observed.volumes.values().filter_map(|volume| {
            let (stack, lineage, call) = ownership::owner_of(volume.tags.get(key)?)?;
            let ours = state.filter(|state| state.lineage == lineage);
            let open = ours.is_some_and(|state| state.calls.contains_key(&call) || self.resumed.contains(&call));
            let stray = stack == self.inputs.desired.stack
                && !recorded.contains(&volume.id)
                && !open
                && volume.status.as_str() != "deleting";
            // Of a call that is remembered it is known what it was for; of any other it could be anything.
            stray.then(|| (volume, ours.and_then(|state| state.ended.get(&call))))
        });
        let strays: Vec<(&ObservedVolume, Option<&EndedCall>)> = stray.collect();
        let Some((first, _)) = strays.first() else { return };
        let anything = strays.iter().any(|(_, call)| call.is_none());
        let known: BTreeSet<(&Key, Slot)> = strays
            .iter()
            .filter_map(|(_, call)| *call)
            .flat_map(|call| call.slots.iter().map(|slot| (&call.key, slot)))
            .collect();
        let may_be = |step: &Step| anything || step.slots().iter().any(|slot| known.contains(&(step.key(), slot)));
        let mut addresses = 0;
        self.second.steps.retain(|step| {
            let held = matches!(step, Step::Create(_) | Step::Recreate(_)) && may_be(step);
            addresses += if held { step.slots().len() as u64 } else { 0 };
            !held
        });
        self.refusals.push(Refusal {
            subject: format!("stack {}", self.inputs.desired.stack),
            id: Some(first.id.clone()),
            wish: "adopt".to_owned(),
            reason: format!(
                "the project holds {} volume{} tagged as this stack's that {} not recorded{}{}",
                strays.len(),
                if strays.len() == 1 { "" } else { "s" },
                if strays.len() == 1 { "is" } else { "are" },
                if state.is_none() { "; the recorded state seems to be lost" } else { "" },
                if addresses == 0 { "" } else { "; what they may be is not created" },
            ),
            lift: format!(
                "bring the recorded state back (`state rebuild` is not supported yet), or take the tag {key:?} off volumes that are not this stack's"
            ),
            addresses,
        });
    }
}
