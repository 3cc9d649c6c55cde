//! What earlier runs left: calls whose end was not seen.

use super::allowed::deletes;
use super::derive;
use super::planner::{Inputs, Planner};
use super::resume::{Resume, Stage, Work};
use super::steps::Step;
use crate::manifest::{DesiredVolume, Naming};
use crate::observed::ObservedVolume;
use crate::operation::{Create, CreateCall, Kind, Operation, Owner, Progress, Sendings};
use crate::state::{Recorded, State};
use crate::volume::{Address, CallId, Field, Key, OwnershipTag, Receipt, Slot, VolumeName, slot_name};
use std::collections::BTreeMap;

/// A create call that is not over.
type OpenCreate<'a> = (&'a CallId, &'a Operation, &'a CreateCall);

/// The create calls that are not over, by key.
pub(super) fn open(recorded: Option<&State>) -> Vec<(&Key, Vec<OpenCreate<'_>>)> {
    let mut by_key: BTreeMap<&Key, Vec<_>> = BTreeMap::new();
    for (id, operation) in recorded.into_iter().flat_map(|state| &state.operations) {
        if let Some(call) = operation.as_create() {
            by_key.entry(&call.create.key).or_default().push((id, operation, call));
        }
    }
    by_key.into_iter().collect()
}

/// From where on a call that has come so far is gone on with.
fn stage(progress: &Progress) -> Stage {
    match progress {
        Progress::Intended => Stage::Intended,
        Progress::Sent(Sendings { undated: true, .. }) => Stage::Lost,
        Progress::Sent(_) => Stage::Sent,
        Progress::Accepted { receipt: Receipt::Job(job_id), .. } => Stage::Job(job_id.clone()),
        Progress::Accepted { receipt: Receipt::Order(order_id), .. } => Stage::Order(order_id.clone()),
    }
}

/// Whether the manifest still asks for what the call asked for. Its name may differ: that is put right
/// once the volumes are there.
fn is_wanted(create: &Create, wish: Option<&DesiredVolume>) -> bool {
    let same = wish.filter(|wish| wish.specs.iter().any(|spec| *spec == create.spec));
    same.is_some_and(|wish| create.slots.keys().all(|slot| wish.has(*slot)))
}

/// The calls of this state that it does not know, and whose tag an observed volume carries, with the tag's key.
fn tagged<'a>(inputs: Inputs<'a>) -> BTreeMap<CallId, &'a str> {
    let mut found = BTreeMap::new();
    let (Some(state), Some(observed)) = (inputs.recorded, inputs.observed) else { return found };
    let owner = |volume: &'a ObservedVolume| {
        let (key, owner) = Owner::of_lineage(&volume.tags, &state.lineage)?;
        let is_unknown = !state.operations.contains_key(&owner.call) && !state.ended.contains_key(&owner.call);
        let is_released = state.released.contains(&volume.id);
        (is_unknown && !is_released).then_some((owner.call, key))
    };
    found.extend(observed.volumes.values().filter_map(owner));
    found
}

impl Planner<'_> {
    /// Makes room for a call that a lost run may have sent in the place of a volume that a failed job left. Says whether
    /// nothing is in its way: then it is gone on with.
    pub(super) fn make_room(
        &mut self,
        (id, call, made): (&CallId, &Operation, &CreateCall),
        wish: Option<&DesiredVolume>,
        owned: &[(&Address, &Recorded)],
    ) -> bool {
        if !matches!(call.progress, Progress::Sent(Sendings { undated: true, .. })) {
            return true;
        }
        let create = &made.create;
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
    pub(super) fn open_call(
        &mut self,
        (id, call, made): (&CallId, &Operation, &CreateCall),
        wish: Option<&DesiredVolume>,
    ) {
        // Which names they get in the end is for the manifest to say, as it is now.
        let name_now = |slot: Slot, then: &VolumeName| {
            let wish = wish.filter(|wish| wish.has(slot) && self.inputs.desired.naming == Naming::Slot)?;
            VolumeName::new(slot_name(wish.name.as_str(), wish.count, slot)).ok().filter(|now| now != then)
        };
        let named = |(slot, then): (&Slot, &VolumeName)| (*slot, name_now(*slot, then).unwrap_or_else(|| then.clone()));
        let create = &made.create;
        let create = Create { slots: create.slots.iter().map(named).collect(), ..create.clone() };
        let stage = stage(&call.progress);
        // What is left out of this run is not sent either.
        let selected = create.slots.keys().all(|slot| self.inputs.selection.holds(&create.key, *slot));
        let tag = made.tag.clone();
        let wanted = selected && is_wanted(&create, wish);
        // The run whose record is lost had what must make room for it done before, or not yet.
        let steps = if stage == Stage::Lost { &mut self.second } else { &mut self.first };
        let work = Work::Create { tag, create };
        steps.push(Step::Resume(Resume { call: id.clone(), stage, wanted, renewed: false, work }));
    }

    /// The extensions and deletions of earlier runs: each is gone on with, whatever became of it, and covers its addresses
    /// until it is over.
    pub(super) fn open_changes(&mut self) {
        let Some(state) = self.inputs.recorded else { return };
        for (id, operation) in &state.operations {
            let work = match &operation.kind {
                Kind::Create(_) => continue,
                Kind::Extend(extend) => Work::Extend(extend.clone()),
                Kind::Delete(delete) => Work::Delete(delete.clone()),
            };
            let addresses = operation.addresses();
            let is_meant = |address: &Address| self.inputs.selection.holds(&address.key, address.slot);
            let wanted = addresses.iter().all(is_meant) && self.is_change_wanted(&work, state);
            // One all of whose volumes are recorded has only to be closed.
            let is_any_meant = addresses.is_empty() || addresses.iter().any(is_meant);
            let stage = stage(&operation.progress);
            match &work {
                Work::Delete(delete) if !matches!(stage, Stage::Job(_)) => {
                    self.standing.insert(delete.address.clone(), None);
                }
                Work::Extend(extend) => {
                    let grows = extend.volumes.iter().map(|(address, growth)| (address.clone(), Some(growth.to)));
                    self.standing.extend(grows);
                }
                _ => {}
            }
            self.covered.extend(addresses);
            if is_any_meant {
                let mut resume = Resume { call: id.clone(), stage, wanted, renewed: false, work };
                let approved = state.approved.as_ref();
                resume.renewed = resume.may_be_sent()
                    && resume.as_delete().is_some_and(|it| !approved.is_some_and(|before| deletes(before, it)));
                self.first.push(Step::Resume(resume));
            }
        }
    }

    /// Whether planning from the present manifest would give that very change.
    fn is_change_wanted(&self, work: &Work, state: &State) -> bool {
        let wish =
            |address: &Address| self.inputs.desired.volumes.get(&address.key).filter(|wish| wish.has(address.slot));
        let is_there = |address: &Address, id| state.volumes.get(address).is_some_and(|volume| &volume.id == id);
        match work {
            Work::Create { .. } => false,
            Work::Extend(extend) => extend.volumes.iter().all(|(address, growth)| {
                let asks = |wish: &DesiredVolume| {
                    wish.specs.common().size == Some(growth.to) && !wish.lifecycle.ignores(Field::Size)
                };
                is_there(address, &growth.id) && wish(address).is_some_and(asks)
            }),
            Work::Delete(delete) => {
                let recorded = state.volumes.get(&delete.address).filter(|volume| volume.id == delete.id);
                recorded.is_some_and(|volume| wish(&delete.address).is_none() && self.is_still_deleted(delete, volume))
            }
        }
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
                    let work = Work::Create { tag, create };
                    let resume = Resume { call, stage: Stage::Forgotten, wanted: true, renewed: false, work };
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
