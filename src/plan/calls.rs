//! What earlier runs left: calls whose end was not seen.

use super::derive;
use super::planner::{Inputs, Planner};
use super::steps::{Resume, Stage, Step};
use crate::manifest::{DesiredVolume, Naming};
use crate::observed::ObservedVolume;
use crate::operation::{Create, Kind, Operation, Owner, Progress, Sendings};
use crate::state::{Recorded, State};
use crate::volume::{Address, CallId, Key, OwnershipTag, Receipt, Slot, VolumeName, slot_name};
use std::collections::BTreeMap;

/// The operations that are not over, by key.
pub(super) fn open(recorded: Option<&State>) -> Vec<(&Key, Vec<(&CallId, &Operation)>)> {
    let mut by_key: BTreeMap<&Key, Vec<(&CallId, &Operation)>> = BTreeMap::new();
    for (id, operation) in recorded.into_iter().flat_map(|state| &state.operations) {
        let Kind::Create(create) = &operation.kind;
        by_key.entry(&create.key).or_default().push((id, operation));
    }
    by_key.into_iter().collect()
}

/// Whether the manifest still asks for what the call asked for. Its name may differ: that is put right
/// once the volumes are there.
fn is_wanted(create: &Create, wish: Option<&DesiredVolume>) -> bool {
    let same = wish.filter(|wish| wish.spec == create.spec);
    same.is_some_and(|wish| create.slots.keys().all(|slot| wish.has(*slot)))
}

/// The calls of this state that it does not know, and whose tag an observed volume carries, with the tag's key.
fn tagged<'a>(inputs: Inputs<'a>) -> BTreeMap<CallId, &'a str> {
    let mut found = BTreeMap::new();
    let (Some(state), Some(observed)) = (inputs.recorded, inputs.observed) else { return found };
    let owner = |volume: &'a ObservedVolume| {
        let (key, owner) = Owner::in_stack(&volume.tags, &inputs.desired.stack, Some(&state.lineage))?;
        let is_unknown = !state.operations.contains_key(&owner.call) && !state.ended.contains_key(&owner.call);
        (owner.lineage == state.lineage && is_unknown).then_some((owner.call, key))
    };
    found.extend(observed.volumes.values().filter_map(owner));
    found
}

impl Planner<'_> {
    /// Makes room for a call that a lost run may have sent in the place of a volume that a failed job left. Says whether
    /// nothing is in its way: then it is gone on with.
    pub(super) fn make_room(
        &mut self,
        id: &CallId,
        call: &Operation,
        wish: Option<&DesiredVolume>,
        owned: &[(&Address, &Recorded)],
    ) -> bool {
        if !matches!(call.progress, Progress::Sent(Sendings { undated: true, .. })) {
            return true;
        }
        let Kind::Create(create) = &call.kind;
        let others = owned.iter().filter_map(|(address, volume)| {
            let taint = volume.tainted.as_ref()?;
            let own = volume.call.as_ref() == Some(id) || create.gone.get(&address.slot) == Some(&volume.id);
            (!own && create.slots.contains_key(&address.slot)).then_some((*address, *volume, taint))
        });
        others.fold(true, |free, (address, volume, taint)| {
            // What this plan is not about is not cleaned by it.
            let is_meant = self.inputs.selection.holds(&create.key, address.slot);
            let cleaned = is_meant && self.tainted(address, volume, taint, wish.filter(|wish| wish.has(address.slot)));
            free && cleaned
        })
    }

    /// A call of an earlier run: it is gone on with, whatever became of it.
    pub(super) fn open_call(&mut self, id: &CallId, call: &Operation, wish: Option<&DesiredVolume>) {
        // Which names they get in the end is for the manifest to say, as it is now.
        let name_now = |slot: Slot, then: &VolumeName| {
            let wish = wish.filter(|wish| wish.has(slot) && self.inputs.desired.naming == Naming::Slot)?;
            VolumeName::new(slot_name(wish.name.as_str(), wish.count, slot)).ok().filter(|now| now != then)
        };
        let named = |(slot, then): (&Slot, &VolumeName)| (*slot, name_now(*slot, then).unwrap_or_else(|| then.clone()));
        let Kind::Create(create) = &call.kind;
        let create = Create { slots: create.slots.iter().map(named).collect(), ..create.clone() };
        let stage = match &call.progress {
            Progress::Intended => Stage::Intended,
            Progress::Sent(Sendings { undated: true, .. }) => Stage::Lost,
            Progress::Sent(_) => Stage::Sent,
            Progress::Accepted { receipt: Receipt::Job(job_id), .. } => Stage::Job(job_id.clone()),
            Progress::Accepted { receipt: Receipt::Order(order_id), .. } => Stage::Order(order_id.clone()),
        };
        // What is left out of this run is not sent either.
        let selected = create.slots.keys().all(|slot| self.inputs.selection.holds(&create.key, *slot));
        let tag = call.tag.clone();
        let wanted = selected && is_wanted(&create, wish);
        // The run whose record is lost had what must make room for it done before, or not yet.
        let steps = if stage == Stage::Lost { &mut self.second } else { &mut self.first };
        steps.push(Step::Resume(Resume { call: id.clone(), stage, wanted, tag, create }));
    }

    /// A create step of whose very call volumes are there already: a run from this state sent it, and its record
    /// is lost. Then it is not sent afresh but gone on with.
    pub(super) fn forgotten(&mut self) {
        let Some(state) = self.inputs.recorded else { return };
        // Only what would be created asks for a look at every tag.
        if !self.second.iter().any(|step| matches!(step, Step::Create(_))) {
            return;
        }
        let tagged = tagged(self.inputs);
        for step in std::mem::take(&mut self.second) {
            let found = match &step {
                Step::Create(create) if !tagged.is_empty() => {
                    derive::attempts(state, create).iter().find_map(|id| tagged.get_key_value(id))
                }
                _ => None,
            };
            match (found, step) {
                (Some((call, tag)), Step::Create(create)) => {
                    let (call, tag) = (call.clone(), OwnershipTag::Key((*tag).to_owned()));
                    self.resumed.insert(call.clone());
                    let resume = Resume { call, stage: Stage::Forgotten, wanted: true, tag, create };
                    // In its place: what must make room for it does so before.
                    self.second.push(Step::Resume(resume));
                }
                (_, step) => self.second.push(step),
            }
        }
    }

    /// What a volume of this call of this state is marked with.
    pub(super) fn owner(&self, id: &CallId) -> Option<Owner> {
        let lineage = self.inputs.recorded?.lineage.clone();
        Some(Owner { stack: self.inputs.desired.stack.clone(), lineage, call: id.clone() })
    }
}
