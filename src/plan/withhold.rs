//! A plan without what nobody has given a number for.

use super::refusal::{About, Refusal, sort};
use super::why::{Loss, Why};
use super::{Adopt, Clean, Plan, Resume, Step};
use crate::volume::{Address, Key, SlotSet, VolumeId};
use std::collections::{BTreeMap, BTreeSet};

impl Plan {
    /// Takes out what destroys, or what makes again what is gone, and all that waits for that: refusals take its place.
    #[must_use]
    pub fn withhold(mut self, destroys: bool, recreates: bool) -> Plan {
        let numbers = [(Loss::Destroy, destroys, self.destructions()), (Loss::Recreate, recreates, self.recreations())];
        let held = |step: &Step| {
            let loss = loss(step)?;
            numbers.into_iter().find(|(of, is_held, _)| *of == loss && *is_held).map(|(of, _, number)| (of, number))
        };
        let mut out: BTreeMap<usize, (Loss, u64)> = BTreeMap::new();
        for (place, step) in self.steps.iter().enumerate() {
            let mut waits = self.after.get(&place).into_iter().flatten();
            // What is waited for stands before what waits.
            let first = waits.find_map(|earlier| out.get(earlier)).map(|(_, number)| (Loss::Waits, *number));
            if let Some(why) = held(step).or(first) {
                out.insert(place, why);
            }
        }
        let mut places = BTreeMap::new();
        let mut steps = Vec::new();
        for (place, step) in std::mem::take(&mut self.steps).into_iter().enumerate() {
            match out.get(&place) {
                Some((of, number)) => self.refusals.extend(refusals(&step, *of, *number)),
                None => {
                    places.insert(place, steps.len());
                    steps.push(step);
                }
            }
        }
        let moved = |earlier: BTreeSet<usize>| earlier.iter().filter_map(|it| places.get(it)).copied().collect();
        let after = std::mem::take(&mut self.after).into_iter();
        self.after = after.filter_map(|(place, earlier)| Some((*places.get(&place)?, moved(earlier)))).collect();
        self.steps = steps;
        sort(&mut self.refusals);
        self
    }
}

/// What of a step needs a number.
pub(super) fn loss(step: &Step) -> Option<Loss> {
    match step {
        Step::Delete(_) | Step::Clean(Clean { late: true, .. }) | Step::Resume(Resume { renewed: true, .. }) => {
            Some(Loss::Destroy)
        }
        Step::Create(create) if create.is_again() => Some(Loss::Recreate),
        Step::Adopt(Adopt { gone: Some(_), .. }) => Some(Loss::Recreate),
        _ => None,
    }
}

fn refusals(step: &Step, of: Loss, number: u64) -> Vec<Refusal> {
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
    let refusal = |(key, slots)| Refusal {
        about: about(key, slots),
        id: id.clone(),
        unwanted: None,
        why: Why::NeedsNumber { of, number },
    };
    step.by_key().into_iter().map(refusal).collect()
}
