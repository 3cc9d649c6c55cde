//! The limits that the manifest sets for every plan.
//!
//! A step of an earlier run that is gone on with is not held up: that run was within the limits of its own plan.

use super::why::{Limited, Why};
use super::{Clean, Plan, Resume, Step};
use crate::manifest::{Limit, Limits};
use crate::operation::{Extend, Growth};

/// Which limit a step counts against, and by how much.
fn counted(step: &Step) -> Option<(Limited, u64)> {
    match step {
        Step::Create(create) => Some((Limited::MaxCreate, create.slots.len() as u64)),
        Step::Extend(extend) => Some((Limited::MaxGrowGb, grown(extend))),
        // Of a volume that is gone only the record is dropped.
        Step::Clean(Clean { gone: true, .. }) => None,
        // A deletion that no approval covers any more is one like those that this plan begins.
        Step::Delete(_) | Step::Clean(_) | Step::Resume(Resume { renewed: true, .. }) => Some((Limited::MaxDestroy, 1)),
        _ => None,
    }
}

/// By how many GB the volumes of a call grow.
fn grown(extend: &Extend) -> u64 {
    let by = |growth: &Growth| u64::from(growth.to.gb().saturating_sub(growth.from));
    extend.volumes.values().map(by).sum()
}

impl Plan {
    /// Takes out all steps of a kind of which the plan has more than the manifest allows, and what waits for these.
    #[must_use]
    pub(super) fn within(self, limits: &Limits) -> Plan {
        let Limits { max_create, max_grow_gb, max_destroy } = limits;
        let exceeded = |limited: Limited, limit: &Option<Limit>| {
            let limit = limit.as_ref()?;
            let of_kind = self.steps.iter().filter_map(counted).filter(|(of, _)| *of == limited);
            let found = of_kind.map(|(_, by)| by).sum::<u64>();
            let most = u64::from(limit.most);
            let place = limit.place.to_string();
            (found > most).then_some(Why::LimitExceeded { limit: limited, found, most, place })
        };
        let exceeded: Vec<Why> = [
            exceeded(Limited::MaxCreate, max_create),
            exceeded(Limited::MaxGrowGb, max_grow_gb),
            exceeded(Limited::MaxDestroy, max_destroy),
        ]
        .into_iter()
        .flatten()
        .collect();
        if exceeded.is_empty() {
            return self;
        }
        let is_of = |why: &&Why, limited| matches!(why, Why::LimitExceeded { limit, .. } if *limit == limited);
        self.without(
            |step| counted(step).and_then(|(limited, _)| exceeded.iter().find(|why| is_of(why, limited))),
            |why| *why,
            |why| (*why).clone(),
        )
    }
}
