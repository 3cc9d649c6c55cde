//! The refusals about volumes that nothing records and that `adopt` finds no slot for.

use super::orphans::{Origin, Orphan, Unplaced};
use super::planner::Planner;
use super::refusal::{About, Refusal};
use super::steps::Step;
use super::why::{Cause, Why};
use crate::operation::Create;
use crate::volume::{Address, Key, SlotSet, VolumeId};
use std::collections::{BTreeMap, BTreeSet};

impl Planner<'_> {
    /// Says of each orphan why nothing is done about it. Creating beside them could buy twice, so what they may
    /// stand for is not created either.
    pub(super) fn unrecorded(&mut self) {
        for (unplaced, mut orphans) in std::mem::take(&mut self.orphans) {
            // A call that is gone on with all the same has its volumes for itself.
            orphans.retain(|orphan| !self.resumed.contains(&orphan.call));
            let Some(first) = orphans.first() else { continue };
            let (id, tag) = (first.volume.id.clone(), first.key.to_owned());
            // What the call did not make is not what would be made again.
            let withheld = if unplaced == Unplaced::Copied { BTreeMap::new() } else { self.hold_back(&orphans) };
            let volumes = orphans.iter().map(|orphan| orphan.volume.id.clone()).collect();
            let why = self.why(unplaced, volumes, tag);
            self.refusals.push(Refusal { about: About::Stack { withheld }, id: Some(id), why, unwanted: None });
        }
    }

    /// Takes the creations out of the plan that could buy these again; gives their slots.
    fn hold_back(&mut self, orphans: &[Orphan<'_>]) -> BTreeMap<Key, SlotSet> {
        // Of a call that is remembered it is known what it was for; of any other it could be anything.
        let mut anything = false;
        let mut known: BTreeSet<Address> = BTreeSet::new();
        for orphan in orphans {
            match orphan.origin {
                Origin::Ended(call) => known.extend(call.addresses()),
                _ => anything = true,
            }
        }
        let may_be =
            |create: &Create| anything || create.slots.keys().any(|slot| known.contains(&create.address(*slot)));
        let mut withheld: BTreeMap<Key, Vec<SlotSet>> = BTreeMap::new();
        self.second.retain(|step| match step {
            Step::Create(create) if may_be(create) => {
                withheld.entry(create.key.clone()).or_default().push(create.slot_set());
                false
            }
            _ => true,
        });
        withheld.into_iter().map(|(key, sets)| (key, SlotSet::union(&sets))).collect()
    }

    fn why(&self, unplaced: Unplaced, volumes: Vec<VolumeId>, tag: String) -> Why {
        let surplus = |cause, volumes, tag| Why::Surplus { cause, volumes, tag };
        match (unplaced, self.inputs.recorded) {
            (Unplaced::Foreign(there), Some(state)) => {
                Why::TwoStates { here: state.lineage.clone(), there, volumes, tag }
            }
            // Where nothing is recorded, no state is another one.
            (Unplaced::Stateless | Unplaced::Foreign(_), _) => Why::StateLost { volumes, tag },
            (Unplaced::Unknown, _) => Why::StateOlder { volumes, tag },
            (Unplaced::NotYet, _) => Why::LateNotUsable { volumes },
            (Unplaced::Unnamed, _) => Why::LateUnnamed { volumes },
            (Unplaced::Taken, _) => surplus(Cause::Taken, volumes, tag),
            (Unplaced::Unwanted, _) => surplus(Cause::Unwanted, volumes, tag),
            (Unplaced::Unlike, _) => surplus(Cause::Unlike, volumes, tag),
            (Unplaced::Broken, _) => surplus(Cause::Broken, volumes, tag),
            (Unplaced::Copied, _) => surplus(Cause::Copied, volumes, tag),
        }
    }
}
