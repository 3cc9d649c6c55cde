//! Whether one plan is a part of what was approved before.

use super::document::digest_of;
use super::{Plan, Step};
use crate::state::{AllowedStep, Approved};
use crate::volume::{Digest, Key, Slot};
use std::collections::{BTreeMap, BTreeSet};

/// The plan's steps in the least form that a later plan can be held against.
pub fn allowed_steps(plan: &Plan) -> Vec<AllowedStep> {
    plan.steps()
        .filter_map(|step| {
            let after = becomes(step)?;
            Some(AllowedStep {
                action: step.action().word().to_owned(),
                key: step.key().clone(),
                slots: step.slots(),
                after,
            })
        })
        .collect()
}

/// Whether every step of `plan` was approved before, or needs no approval: going on with an unfinished
/// call, and cleaning what a failed one left.
pub fn is_part_of(plan: &Plan, approved: &Approved) -> bool {
    let mut allowed: BTreeMap<(&str, &Key, &Digest), BTreeSet<Slot>> = BTreeMap::new();
    for step in &approved.steps {
        allowed.entry((&step.action, &step.key, &step.after)).or_default().extend(step.slots.iter());
    }
    plan.steps().all(|step| match becomes(step) {
        None => true,
        Some(after) => {
            let slots_for = |action| allowed.get(&(action, step.key(), &after));
            let mut ways = vec![slots_for(step.action().word())];
            // A recreation that got as far as its call has dropped the old record: what is left is a create.
            if matches!(step, Step::Create(_)) {
                ways.push(slots_for("recreate"));
            }
            step.slots().iter().all(|slot| ways.iter().flatten().any(|slots| slots.contains(&slot)))
        }
    })
}

/// What a step's volumes become; `None` for steps that need no approval.
fn becomes(step: &Step) -> Option<Digest> {
    match step {
        Step::Create(create) | Step::Recreate(create) => Some(digest_of(&create.spec)),
        Step::Rename(rename) => Some(digest_of(&(&rename.id, &rename.after))),
        Step::Forget(forget) => Some(digest_of(&forget.id)),
        Step::Clean(_) | Step::Resume(_) => None,
    }
}
