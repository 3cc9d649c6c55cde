//! Which steps wait for others. All steps of a plan are begun at once, but for those that need what an earlier one makes
//! free: a slot that is cleaned before it is created anew, a volume that is recorded before it gets its name.

use super::Step;
use std::collections::{BTreeMap, BTreeSet};

/// What each of the `second` steps waits for: the `first` steps that concern a slot of its own. Places count over both,
/// from 0; each of them is sorted by key.
pub(super) fn after(first: &[Step], second: &[Step]) -> BTreeMap<usize, BTreeSet<usize>> {
    let mut of_slot: BTreeMap<_, BTreeSet<usize>> = BTreeMap::new();
    for (place, step) in first.iter().enumerate() {
        for (key, slots) in step.by_key() {
            for slot in slots.iter() {
                of_slot.entry((key, slot)).or_default().insert(place);
            }
        }
    }
    let mut after = BTreeMap::new();
    for (place, step) in (first.len()..).zip(second) {
        // A protection is of the address, whatever becomes of its volume meanwhile.
        if matches!(step, Step::Protect(_) | Step::Unprotect(_)) {
            continue;
        }
        let mut places = BTreeSet::new();
        for (key, slots) in step.by_key() {
            places.extend(slots.iter().filter_map(|slot| of_slot.get(&(key, slot))).flatten().copied());
        }
        if !places.is_empty() {
            after.insert(place, places);
        }
    }
    after
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Create;
    use crate::plan::Forget;
    use crate::volume::{Address, Key, Slot, VolumeId, VolumeName};

    fn forget(key: &str, slot: u32) -> Step {
        let address = Address { key: Key::new(key).unwrap(), slot: Slot::new(slot).unwrap() };
        Step::Forget(Forget { address, id: VolumeId::new("v").unwrap(), unwanted: None })
    }

    fn create(key: &str, slots: &[u32]) -> Step {
        let spec = serde_json::from_str(r#"{"availability_zone":"az","volume_type":"SSD","size":40}"#).unwrap();
        let name = VolumeName::new(key).unwrap();
        Step::Create(Create {
            key: Key::new(key).unwrap(),
            slots: slots.iter().map(|slot| (Slot::new(*slot).unwrap(), name.clone())).collect(),
            name,
            spec: std::sync::Arc::new(spec),
            api: Default::default(),
            gone: BTreeMap::new(),
        })
    }

    #[test]
    fn a_step_waits_for_its_own_slots_and_for_nothing_else() {
        let first = [forget("a", 2), forget("a", 3), forget("b", 1)];
        let second = [create("a", &[1]), create("a", &[2, 3, 4]), create("b", &[1, 2]), create("c", &[1])];
        assert_eq!(after(&first, &second), [(4, [0, 1].into()), (5, [2].into())].into());
        assert_eq!(after(&[], &second), BTreeMap::new());
    }
}
