//! A plan without what nobody has given a number for, or without what the project cannot give.

use super::refusal::refused;
use super::why::{Loss, Why};
use super::{Adopt, Clean, Plan, Resume, Step};
use crate::operation::{Extend, Way};
use crate::volume::{Key, Slot, SlotSet};
use std::collections::BTreeMap;

impl Plan {
    /// Takes out what destroys, or what makes again what is gone, and all that waits for that: refusals take its place.
    #[must_use]
    pub fn withhold(self, destroys: bool, recreates: bool) -> Plan {
        let numbers = [(Loss::Destroy, destroys, self.destructions()), (Loss::Recreate, recreates, self.recreations())];
        let held = |step: &Step| {
            let loss = loss(step)?;
            numbers.into_iter().find(|(of, is_held, _)| *of == loss && *is_held).map(|(of, _, number)| (of, number))
        };
        let waits = |(_, number): &(Loss, u64)| (Loss::Waits, *number);
        self.without(held, waits, |(of, number)| Why::NeedsNumber { of: *of, number: *number })
    }

    /// Takes out what the project does not have the room or the means for, as its refusals say. Nothing waits for such a step.
    #[must_use]
    pub fn without_unmet(mut self) -> Plan {
        let unmet = self.refusals.iter().filter(|refusal| refusal.why.is_of_preflight());
        let out: BTreeMap<Key, SlotSet> =
            refused(unmet.map(|refusal| &refusal.about)).into_iter().map(|(key, slots)| (key.clone(), slots)).collect();
        let is_out = |key: &Key, slot: Slot| out.get(key).is_some_and(|slots| slots.contains(slot));
        self.keep(|_, step| match step {
            Step::Create(create) => {
                // All slots of a call ask for the same, so that none of them is refused alone.
                let is_refused = create.slots.keys().any(|slot| is_out(&create.key, *slot));
                (!is_refused).then_some(Step::Create(create))
            }
            Step::Extend(Extend { mut volumes, way }) => {
                volumes.retain(|address, _| !is_out(&address.key, address.slot));
                let way = if way == Way::Batch && volumes.len() == 1 { Way::Single } else { way };
                (!volumes.is_empty()).then_some(Step::Extend(Extend { volumes, way }))
            }
            other => Some(other),
        });
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
