//! A plan without what nobody has given a number for.

use super::why::{Loss, Why};
use super::{Adopt, Clean, Plan, Resume, Step};

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
