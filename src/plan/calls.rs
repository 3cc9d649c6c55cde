//! What earlier runs left: calls whose end was not seen.

use super::make::{Inputs, Making};
use super::steps::{Create, Resume, Step};
use super::{Refusal, ownership};
use crate::manifest::DesiredVolume;
use crate::observed::ObservedVolume;
use crate::state::{Call, Progress, State};
use crate::volume::{CallId, Key, SlotSet};
use std::collections::BTreeMap;

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

/// How many of the observed volumes carry the tag of each call that is in doubt; nothing is counted where
/// none is.
pub(super) fn tagged(inputs: Inputs<'_>) -> BTreeMap<CallId, usize> {
    let mut found = BTreeMap::new();
    let (Some(state), Some(observed)) = (inputs.recorded, inputs.observed) else { return found };
    let Some(key) = inputs.desired.cloud.ownership_tag.key() else { return found };
    if !state.calls.values().any(|call| !matches!(call.progress, Progress::Accepted { .. })) {
        return found;
    }
    for value in observed.volumes.values().filter_map(|volume| volume.tags.get(key)) {
        if let Some((stack, lineage, call)) = ownership::owner_of(value)
            && stack == inputs.desired.stack
            && lineage == state.lineage
        {
            *found.entry(call).or_default() += 1;
        }
    }
    found
}

impl Making<'_> {
    /// A call of an earlier run: go on with it, or say why that cannot be done.
    pub(super) fn open_call(&mut self, id: &CallId, call: &Call, wish: Option<&DesiredVolume>) {
        let create = Create {
            key: call.key.clone(),
            slots: call.slots.clone(),
            name: call.name.clone(),
            spec: call.spec.clone(),
            gone: call.gone.clone(),
        };
        let (trusted, wanted) = (self.inputs.recorded.is_some_and(State::trusts_tokens), is_wanted(call, wish));
        let may_send = trusted && wanted;
        let job_id = match &call.progress {
            Progress::Accepted { job_id } => Some(job_id.clone()),
            // Every volume is there, so what the lost answer would have said can be read off their tags; or
            // the service gives its answer again.
            Progress::Intended | Progress::Sent { .. }
                if may_send || self.tagged.get(id).is_some_and(|found| *found >= call.slots.len()) =>
            {
                None
            }
            Progress::Intended | Progress::Sent { .. } if !trusted => {
                let lift = "plan again once volumes that carry its tag appear; that it never happened cannot be proved yet at this endpoint";
                return self.in_doubt(id, call, "it may or may not have made its volumes", lift);
            }
            // Sending it again could make now what nobody wants any more.
            Progress::Intended | Progress::Sent { .. } => {
                let lift = format!("put {} back in the manifest as it was, until the call is settled", call.key);
                return self.in_doubt(id, call, "the manifest no longer asks for what it would make", &lift);
            }
        };
        let may_send = may_send && job_id.is_none();
        self.first.steps.push(Step::Resume(Resume { call: id.clone(), job_id, may_send, create }));
    }

    /// Whether a volume carries the tag of this call of this state.
    pub(super) fn is_tagged(&self, volume: &ObservedVolume, key: &str, id: &CallId) -> bool {
        let owner = volume.tags.get(key).and_then(|value| ownership::owner_of(value));
        owner.is_some_and(|(stack, lineage, call)| {
            let ours = self.inputs.recorded.is_some_and(|state| state.lineage == lineage);
            ours && stack == self.inputs.desired.stack && call == *id
        })
    }

    fn in_doubt(&mut self, id: &CallId, call: &Call, why: &str, lift: &str) {
        let slots: SlotSet = call.slots.keys().copied().collect();
        self.refusals.push(Refusal {
            subject: format!("{}[{slots}]", call.key),
            id: None,
            wish: "resolve".to_owned(),
            reason: format!("create call {id} was sent and its answer was lost: {why}"),
            lift: lift.to_owned(),
            addresses: call.slots.len() as u64,
        });
    }
}
