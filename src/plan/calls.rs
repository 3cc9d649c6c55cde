//! What earlier runs left: calls whose end was not seen.

use super::make::{Inputs, Making};
use super::steps::{Create, Resume, Stage, Step};
use super::{derive, ownership};
use crate::manifest::DesiredVolume;
use crate::observed::ObservedVolume;
use crate::state::{Call, Progress, State};
use crate::volume::{CallId, Key};
use std::collections::{BTreeMap, BTreeSet};

/// The calls that may still make volumes, by key.
pub(super) fn open(recorded: Option<&State>) -> Vec<(&Key, Vec<(&CallId, &Call)>)> {
    let mut by_key: BTreeMap<&Key, Vec<(&CallId, &Call)>> = BTreeMap::new();
    for (id, call) in recorded.into_iter().flat_map(|state| &state.calls) {
        by_key.entry(&call.key).or_default().push((id, call));
    }
    by_key.into_iter().collect()
}

/// Whether the manifest still asks for what the call asked for. Its name may differ: that is put right
/// once the volumes are there.
fn is_wanted(call: &Call, wish: Option<&DesiredVolume>) -> bool {
    let same = wish.filter(|wish| wish.spec == call.spec);
    same.is_some_and(|wish| call.slots.keys().all(|slot| wish.has(*slot)))
}

/// The calls of this state whose tag an observed volume carries.
fn tagged(inputs: Inputs<'_>) -> BTreeSet<CallId> {
    let mut found = BTreeSet::new();
    let (Some(state), Some(observed)) = (inputs.recorded, inputs.observed) else { return found };
    let Some(key) = inputs.desired.cloud.ownership_tag.key() else { return found };
    for value in observed.volumes.values().filter_map(|volume| volume.tags.get(key)) {
        if let Some((stack, lineage, call)) = ownership::owner_of(value)
            && stack == inputs.desired.stack
            && lineage == state.lineage
        {
            found.insert(call);
        }
    }
    found
}

impl Making<'_> {
    /// A call of an earlier run: it is gone on with, whatever became of it.
    pub(super) fn open_call(&mut self, id: &CallId, call: &Call, wish: Option<&DesiredVolume>) {
        let create = Create {
            key: call.key.clone(),
            slots: call.slots.clone(),
            name: call.name.clone(),
            spec: call.spec.clone(),
            gone: call.gone.clone(),
        };
        let stage = match &call.progress {
            Progress::Intended => Stage::Intended,
            Progress::Sent { .. } => Stage::Sent,
            Progress::Accepted { job_id } => Stage::Job(job_id.clone()),
        };
        let wanted = is_wanted(call, wish);
        self.first.steps.push(Step::Resume(Resume { call: id.clone(), stage, wanted, create }));
    }

    /// A create step of whose very call volumes are there already: a run from this state sent it, and its record
    /// is lost. Then it is not sent afresh but gone on with.
    pub(super) fn forgotten(&mut self) {
        let Some(state) = self.inputs.recorded else { return };
        // Only what would be created asks for a look at every tag.
        if !self.second.steps.iter().any(|step| matches!(step, Step::Create(_) | Step::Recreate(_))) {
            return;
        }
        let tagged = tagged(self.inputs);
        for step in std::mem::take(&mut self.second.steps) {
            let found = match &step {
                Step::Create(create) | Step::Recreate(create) => {
                    Some(derive::call_id(state, state.serial, create)).filter(|id| tagged.contains(id))
                }
                _ => None,
            };
            match (found, step) {
                (Some(call), Step::Create(create) | Step::Recreate(create)) => {
                    self.resumed.insert(call.clone());
                    let resume = Resume { call, stage: Stage::Forgotten, wanted: true, create };
                    // In its place: what must make room for it does so before.
                    self.second.steps.push(Step::Resume(resume));
                }
                (_, step) => self.second.steps.push(step),
            }
        }
    }

    /// Whether a volume carries the tag of this call of this state.
    pub(super) fn is_tagged(&self, volume: &ObservedVolume, key: &str, id: &CallId) -> bool {
        let owner = volume.tags.get(key).and_then(|value| ownership::owner_of(value));
        owner.is_some_and(|(stack, lineage, call)| {
            let ours = self.inputs.recorded.is_some_and(|state| state.lineage == lineage);
            ours && stack == self.inputs.desired.stack && call == *id
        })
    }
}
