//! Whether the volume of an address may be deleted. The state remembers the protection by the address, so that it outlives its
//! block in the manifest: a key that is gone says nothing, and what it protected stays protected.

use super::planner::Planner;
use super::steps::{Protection, Step};
use crate::manifest::DesiredVolume;
use crate::state::Recorded;
use crate::volume::{Address, Key, Slot, VolumeId};
use std::collections::{BTreeMap, BTreeSet};

impl Planner<'_> {
    /// Whether its protection is other than the manifest asks for.
    pub(super) fn is_guarded_otherwise(&self, address: &Address, wish: &DesiredVolume) -> bool {
        wish.lifecycle.prevent_destroy != self.protected().is_some_and(|protected| protected.contains(address))
    }

    /// Sets and takes off the protection of a key that is in the manifest. What is there already is recorded in `owned`.
    pub(super) fn protect(
        &mut self,
        key: &Key,
        wish: &DesiredVolume,
        desired: &BTreeSet<Slot>,
        owned: &[(&Address, &Recorded)],
    ) {
        let is_gone = |id: &VolumeId| self.inputs.observed.is_some_and(|seen| seen.gone.contains(id));
        let there = owned.iter().filter(|(_, volume)| volume.tainted.is_none() && !is_gone(&volume.id));
        let ids: BTreeMap<Slot, &VolumeId> = there.map(|(address, volume)| (address.slot, &volume.id)).collect();
        let protection = |slot: Slot| Protection {
            address: Address { key: key.clone(), slot },
            id: ids.get(&slot).map(|id| (*id).clone()),
        };
        let steps: Vec<Step> = if wish.lifecycle.prevent_destroy {
            let new = desired.iter().map(|slot| protection(*slot));
            new.filter(|it| self.is_guarded_otherwise(&it.address, wish)).map(Step::Protect).collect()
        } else {
            // Also of slots that the key no longer has.
            let first = Address { key: key.clone(), slot: Slot::FIRST };
            let all = self.protected().map(|protected| protected.range(first..)).into_iter().flatten();
            let slots = all.take_while(|address| address.key == *key).map(|address| address.slot);
            let held = slots.filter(|slot| self.inputs.selection.holds(key, *slot));
            held.map(|slot| Step::Unprotect(protection(slot))).collect()
        };
        self.second.extend(steps);
    }

    fn protected(&self) -> Option<&BTreeSet<Address>> {
        self.inputs.recorded.map(|state| &state.protected)
    }
}
