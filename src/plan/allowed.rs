//! Whether one plan is a part of what was approved before.

use super::document::digest_of;
use super::{Create, Plan, Step};
use crate::state::{AllowedStep, Approved};
use crate::volume::{Digest, Key, Slot, VolumeName, VolumeSpec};
use std::collections::{BTreeMap, BTreeSet};

/// The plan's steps in the least form that a later plan can be held against.
pub fn allowed_steps(plan: &Plan) -> Vec<AllowedStep> {
    plan.steps()
        .filter_map(|step| {
            let after = becomes(step)?;
            let gone = match step {
                Step::Recreate(create) => create.gone.clone(),
                _ => BTreeMap::new(),
            };
            let (action, key) = (step.action().word().to_owned(), step.key().clone());
            Some(AllowedStep { action, key, slots: step.slots(), after, gone })
        })
        .collect()
}

/// Whether every step of `plan` was approved before, or goes on with an unfinished call, which was. A volume that is gone counts by its id: one that was
/// created again and is gone again was not approved.
pub fn is_part_of(plan: &Plan, approved: &Approved) -> bool {
    let mut allowed: BTreeMap<(&str, &Key, &Digest), BTreeSet<Slot>> = BTreeMap::new();
    let mut gone = BTreeSet::new();
    for step in &approved.steps {
        allowed.entry((&step.action, &step.key, &step.after)).or_default().extend(step.slots.iter());
        gone.extend(step.gone.iter().map(|(slot, id)| (&step.key, *slot, id)));
    }
    plan.steps().all(|step| {
        let Some(after) = becomes(step) else { return true };
        let known = allowed.get(&(step.action().word(), step.key(), &after));
        let slots = known.is_some_and(|slots| step.slots().iter().all(|slot| slots.contains(&slot)));
        let same_loss = match step {
            Step::Recreate(create) => create.gone.iter().all(|(slot, id)| gone.contains(&(&create.key, *slot, id))),
            _ => true,
        };
        slots && same_loss
    })
}

/// What a step's volumes become; `None` for steps that need no approval.
fn becomes(step: &Step) -> Option<Digest> {
    match step {
        Step::Create(create) | Step::Recreate(create) => Some(made(create)),
        Step::Rename(rename) => Some(digest_of(&(&rename.id, &rename.after))),
        Step::Forget(forget) => Some(digest_of(&forget.id)),
        Step::Clean(clean) => Some(digest_of(&clean.id)),
        Step::Resume(_) => None,
    }
}

/// What each volume of a call is made as, whichever slots are still in it: what is left of a set of
/// twelve may be one, and then carries its whole name into the call.
fn made(create: &Create) -> Digest {
    let base = |name: &VolumeName| match name.as_str().rsplit_once('-') {
        Some((base, number)) if number.len() >= 4 && number.bytes().all(|b| b.is_ascii_digit()) => format!("{base}-#"),
        _ => name.to_string(),
    };
    let names: BTreeSet<String> = create.slots.values().map(base).collect();
    let spec: &VolumeSpec = &create.spec;
    digest_of(&(spec, names))
}
