//! What a run that writes anyway brings up to date in the record.

use super::Plan;
use crate::manifest::Manifest;
use crate::observed::{Observed, ObservedVolume};
use crate::operation::{Operation, Owner};
use crate::state::{Change, Recorded, Seen, State};
use crate::volume::{Address, Source, VolumeId, VolumeSpec};
use std::collections::BTreeMap;

/// The volumes that are seen used, and that may be taken for the leftovers of failed creations later: those that are
/// recorded as no good, and those of calls whose volumes are not recorded. What is known already is left out.
pub fn sightings(state: &State, observed: &Observed) -> Vec<VolumeId> {
    let recorded: BTreeMap<&VolumeId, &Recorded> = state.volumes.values().map(|volume| (&volume.id, volume)).collect();
    let from_backup = |spec: &VolumeSpec| matches!(spec.source, Source::Backup(_));
    let makes_from_backup =
        |operation: &Operation| operation.as_create().is_some_and(|call| from_backup(&call.create.spec));
    let named = |id: &VolumeId| {
        state.operations.values().find(|call| call.progress.taken().is_some_and(|(_, volumes)| volumes.contains(id)))
    };
    let is_sighting = |volume: &&ObservedVolume| {
        if state.used.contains(&volume.id) || !volume.is_used(true) {
            return false;
        }
        if let Some(recorded) = recorded.get(&volume.id) {
            return recorded.tainted.is_some() && volume.is_used(from_backup(&recorded.base.spec));
        }
        let owners = volume.tags.values().filter_map(|value| Owner::read(value));
        let call = owners.filter(|owner| owner.lineage == state.lineage).map(|owner| owner.call).next();
        match call {
            Some(call) => {
                let open = state.operations.get(&call).is_some_and(makes_from_backup);
                volume.is_used(open)
            }
            None => named(&volume.id).is_some_and(|call| volume.is_used(makes_from_backup(call))),
        }
    };
    observed.volumes.values().filter(is_sighting).map(|volume| volume.id.clone()).collect()
}

/// What manifest and cloud have come to agree on.
pub fn agreements(plan: &Plan, state: &State) -> Vec<Change> {
    let agreed = plan.agreed.iter().filter_map(|agreed| {
        let volume = state.volumes.get(&agreed.address).filter(|volume| volume.id == agreed.id)?;
        Some(Change::Agreed { address: agreed.address.clone(), base: agreed.base_after(&volume.base) })
    });
    agreed.collect()
}

/// How recorded volumes look now, where that differs from their record.
///
/// Only volumes that the plan compared are looked at: the others are not of this run.
pub fn refreshed(plan: &Plan, desired: &Manifest, state: &State, observed: &Observed) -> Vec<Change> {
    let compared = |address: &Address| {
        let wanted = desired.volumes.get(&address.key).is_some_and(|wish| wish.has(address.slot));
        wanted && plan.selection.holds(&address.key, address.slot)
    };
    let volumes = state.volumes.iter().filter(|(address, _)| compared(address));
    volumes.filter_map(|(address, volume)| news(address, volume, observed)).collect()
}

/// How a recorded volume looks, where that differs from its record.
fn news(address: &Address, volume: &Recorded, observed: &Observed) -> Option<Change> {
    let (was, shown) = (&volume.seen, observed.volumes.get(&volume.id)?);
    let mut seen = Seen::from(shown);
    // What a failed create left stays what it was, but for this: once it was usable it may hold data, for good.
    let became_usable = seen.status.is_usable() && !was.status.is_usable();
    if volume.tainted.is_some() && !became_usable {
        return None;
    }
    // What an answer leaves out, or makes no text of, is no news.
    if shown.unreadable_name.is_some() {
        seen.name.clone_from(&was.name);
    }
    if seen.size == 0 {
        seen.size = was.size;
    }
    if seen.volume_type.is_empty() {
        seen.volume_type.clone_from(&was.volume_type);
    }
    if seen.availability_zone.is_empty() {
        seen.availability_zone.clone_from(&was.availability_zone);
    }
    (seen != *was).then(|| Change::Seen { address: address.clone(), seen })
}
