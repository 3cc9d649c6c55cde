//! What a manifest still asks for of what a plan takes away, and which change of it keeps that from being created again.

use super::{Plan, Step, Work, refused};
use crate::manifest::{Manifest, Place};
use crate::volume::{Key, Slot, SlotSet};
use std::collections::BTreeSet;

/// Volumes of one key that a plan takes away and that the manifest asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedStill {
    /// The key.
    pub key: Key,
    /// Where it stands.
    pub place: Place,
    /// The slots.
    pub slots: SlotSet,
    /// What keeps them away.
    pub keeps_away: KeepsAway,
}

/// A change of a manifest that keeps volumes from being created again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeepsAway {
    /// The key is taken out.
    Key,
    /// `count` is lowered to this.
    Count(u32),
    /// `lifecycle.retire` is this.
    Retire(BTreeSet<Slot>),
}

/// What the manifest asks for of what the plan takes away, by key.
pub fn asked_still(plan: &Plan, manifest: &Manifest) -> Vec<AskedStill> {
    let mut taken: BTreeSet<&Key> = BTreeSet::new();
    for step in &plan.steps {
        let address = match step {
            Step::Delete(removal) => &removal.address,
            Step::Clean(clean) => &clean.address,
            Step::Forget(forget) => &forget.address,
            Step::Resume(resume) => match &resume.work {
                Work::Delete(delete) => &delete.address,
                Work::Create { .. } | Work::Extend(_) => continue,
            },
            _ => continue,
        };
        taken.insert(&address.key);
    }
    let mut still = Vec::new();
    let refused = refused(plan.refusals.iter().map(|refusal| &refusal.about));
    for key in taken {
        let Some(volume) = manifest.volumes.get(key) else { continue };
        // What was chosen and was never made is not wanted either.
        let is_taken = |slot: &Slot| {
            plan.selection.holds(key, *slot) && !refused.get(key).is_some_and(|slots| slots.contains(*slot))
        };
        let (again, stays): (BTreeSet<Slot>, BTreeSet<Slot>) = volume.slots().partition(is_taken);
        if again.is_empty() {
            continue;
        }
        let retire = || KeepsAway::Retire(volume.lifecycle.retire.union(&again).copied().collect());
        let keeps_away = match (stays.last(), again.first()) {
            (None, _) => KeepsAway::Key,
            // A count of one would rename the volume that stays.
            (Some(last), Some(first)) if last < first && last.number() > 1 => KeepsAway::Count(last.number()),
            _ => retire(),
        };
        let slots = again.iter().copied().collect();
        still.push(AskedStill { key: key.clone(), place: volume.place.clone(), slots, keeps_away });
    }
    still
}
