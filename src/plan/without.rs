//! A plan without some of its steps, and without those that wait for them: refusals take their place.

use super::refusal::{About, Refusal, sort};
use super::why::Why;
use super::{Plan, Step};
use crate::volume::{Address, Key, SlotSet, VolumeId};
use std::collections::{BTreeMap, BTreeSet};

impl Plan {
    /// Takes out each step for which `held` gives a reason, and each that waits for such a step, for which `waits` makes the
    /// reason of that one's. The refusals say why.
    #[must_use]
    pub(super) fn without<R>(
        mut self,
        held: impl Fn(&Step) -> Option<R>,
        waits: impl Fn(&R) -> R,
        why: impl Fn(&R) -> Why,
    ) -> Plan {
        let mut out: BTreeMap<usize, R> = BTreeMap::new();
        for (place, step) in self.steps.iter().enumerate() {
            let mut earlier = self.after.get(&place).into_iter().flatten();
            // What is waited for stands before what waits.
            let first = || earlier.find_map(|earlier| out.get(earlier)).map(&waits);
            if let Some(reason) = held(step).or_else(first) {
                out.insert(place, reason);
            }
        }
        if out.is_empty() {
            return self;
        }
        let mut refused = Vec::new();
        self.keep(|place, step| match out.get(&place) {
            Some(reason) => {
                refused.extend(refusals(&step, &why(reason)));
                None
            }
            None => Some(step),
        });
        self.refusals.extend(refused);
        sort(&mut self.refusals);
        self
    }

    /// Keeps some of the steps, and what waits for what among them.
    pub(super) fn keep(&mut self, mut kept: impl FnMut(usize, Step) -> Option<Step>) {
        let mut places = BTreeMap::new();
        let mut steps = Vec::new();
        for (place, step) in std::mem::take(&mut self.steps).into_iter().enumerate() {
            if let Some(step) = kept(place, step) {
                places.insert(place, steps.len());
                steps.push(step);
            }
        }
        let moved = |earlier: BTreeSet<usize>| earlier.iter().filter_map(|it| places.get(it)).copied().collect();
        let after = std::mem::take(&mut self.after).into_iter();
        self.after = after.filter_map(|(place, earlier)| Some((*places.get(&place)?, moved(earlier)))).collect();
        self.steps = steps;
    }
}

fn refusals(step: &Step, why: &Why) -> Vec<Refusal> {
    let refusal = |about, id| Refusal { about, id, unwanted: None, why: why.clone() };
    if let Step::Extend(extend) = step {
        let volumes = extend.volumes.iter();
        return volumes
            .map(|(address, growth)| refusal(About::Address(address.clone()), Some(growth.id.clone())))
            .collect();
    }
    let id: Option<VolumeId> = match step {
        Step::Delete(removal) => Some(removal.id.clone()),
        Step::Clean(clean) => Some(clean.id.clone()),
        Step::Adopt(adopt) => Some(adopt.id.clone()),
        Step::Resume(resume) => resume.as_delete().map(|delete| delete.id.clone()),
        _ => None,
    };
    let about = |key: &Key, slots: SlotSet| {
        let slot = slots.iter().next().filter(|_| !matches!(step, Step::Create(_)));
        match slot {
            Some(slot) => About::Address(Address { key: key.clone(), slot }),
            None => About::Slots { key: key.clone(), slots },
        }
    };
    step.by_key().into_iter().map(|(key, slots)| refusal(about(key, slots), id.clone())).collect()
}
