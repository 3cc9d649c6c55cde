//! What a run that writes anyway brings up to date in the record.

use super::{Drift, Plan};
use crate::manifest::Manifest;
use crate::observed::Observed;
use crate::state::{Change, Seen, State};
use crate::volume::Address;
use std::collections::BTreeMap;

/// How recorded volumes look now, where that differs from their record and is no drift: their status
/// above all, and names that an earlier run gave and died before recording. What drifted stays as it was
/// recorded, so that every plan goes on saying so.
///
/// Only volumes that the plan compared are looked at: of the others it is not known what drifted.
pub fn refreshed(plan: &Plan, desired: &Manifest, state: &State, observed: &Observed) -> Vec<Change> {
    let compared = |address: &Address| {
        let wanted = desired.volumes.get(&address.key).is_some_and(|wish| wish.has(address.slot));
        wanted && plan.selection.holds(&address.key, address.slot)
    };
    let mut drifted: BTreeMap<&Address, Vec<&Drift>> = BTreeMap::new();
    for drift in &plan.drift {
        drifted.entry(&drift.address).or_default().push(drift);
    }
    let outdated = state.volumes.iter().filter(|(address, _)| compared(address)).filter_map(|(address, volume)| {
        let was = &volume.seen;
        let mut seen = Seen::from(observed.volumes.get(&volume.id)?);
        // What a failed create left stays what it was, but for this: once it was usable it may hold data, for good.
        let became_usable = seen.status.is_usable() && !was.status.is_usable();
        if volume.tainted.is_some() && !became_usable {
            return None;
        }
        // What an answer leaves out is no news.
        if seen.size == 0 {
            seen.size = was.size;
        }
        if seen.volume_type.is_empty() {
            seen.volume_type = was.volume_type.clone();
        }
        if seen.availability_zone.is_empty() {
            seen.availability_zone = was.availability_zone.clone();
        }
        for drift in drifted.get(address).into_iter().flatten() {
            match drift.field.as_str() {
                "name" => seen.name = was.name.clone(),
                "description" => seen.description = was.description.clone(),
                "size" => seen.size = was.size,
                "volume_type" => seen.volume_type = was.volume_type.clone(),
                _ => {}
            }
        }
        (seen != *was).then(|| Change::Seen { address: address.clone(), seen })
    });
    outdated.collect()
}
