//! Whether one plan is a part of what was approved before.

use super::changes::base_name;
use super::digest::digest_of;
use super::{Drift, Drifted, Plan, Removal, Rename, Resume, Retag, Step, Value, Work};
use crate::operation::{Create, Delete, Extend, Growth};
use crate::state::{AllowedStep, AllowedSteps, Approved, MADE, extended_to, retagged_to};
use crate::volume::{Address, Digest, Field, Key, Slot, SnapshotId, VolumeId, VolumeSpec, slot_of_service_name};
use std::collections::{BTreeMap, BTreeSet};

/// What a run that carries this plan out is allowed, and a later one may finish.
pub fn approval_of(plan: &Plan) -> Approved {
    // Only where the plan judged an age does its date matter.
    let as_of = plan.steps.iter().find_map(|step| match step {
        Step::Clean(clean) => clean.as_of,
        _ => None,
    });
    Approved {
        changes: plan.changes(),
        recreate: plan.recreations(),
        destroy: plan.destructions(),
        as_of,
        steps: allowed_steps(plan),
    }
}

/// The plan's steps in the least form that a later plan can be held against.
fn allowed_steps(plan: &Plan) -> AllowedSteps {
    // What is only looked for is not approved to be done.
    let is_only_looked_for = |step: &&Step| matches!(step, Step::Resume(Resume { wanted: false, .. }));
    plan.steps.iter().filter(|step| !is_only_looked_for(step)).flat_map(allowed).collect()
}

fn allowed(step: &Step) -> Vec<AllowedStep> {
    let action = step.action().word().to_owned();
    let becomes = |action: &str, address: &Address, after| AllowedStep {
        action: action.to_owned(),
        key: address.key.clone(),
        slots: std::iter::once(address.slot).collect(),
        after,
        name: None,
        gone: BTreeMap::new(),
    };
    let made = |action: &str, create: &Create| AllowedStep {
        action: action.to_owned(),
        key: create.key.clone(),
        slots: create.slot_set(),
        after: made(create),
        name: Some(base_of(create)),
        gone: create.gone.clone(),
    };
    let extended = |extend: &Extend| {
        let auto_pay = extend.way.pays_itself();
        let grown = |(address, growth): (&Address, &Growth)| {
            becomes("extend", address, extended_to(&growth.id, growth.to, auto_pay))
        };
        extend.volumes.iter().map(grown).collect()
    };
    let deleted = |address: &Address, id: &VolumeId, snapshots: &BTreeSet<SnapshotId>| {
        vec![becomes("delete", address, given_up(id, snapshots))]
    };
    match step {
        // A call that is seen never to have happened is made afresh, as another one.
        Step::Create(create) | Step::Resume(Resume { work: Work::Create { create, .. }, .. }) => {
            vec![made(&action, create)]
        }
        Step::Extend(extend) | Step::Resume(Resume { work: Work::Extend(extend), .. }) => extended(extend),
        Step::Delete(Removal { address, id, snapshots, .. })
        | Step::Resume(Resume { work: Work::Delete(Delete { address, id, snapshots }), .. }) => {
            deleted(address, id, snapshots)
        }
        Step::Rename(rename) => vec![becomes(&action, &rename.address, digest_of(&(&rename.id, &rename.after)))],
        Step::Retag(retag) => vec![becomes(&action, &retag.address, retagged_to(&retag.id, retag.after.as_ref()))],
        Step::Protect(step) => vec![becomes(&action, &step.address, protected())],
        Step::Unprotect(step) => vec![becomes(&action, &step.address, digest_of(&step.id))],
        Step::Forget(forget) => vec![becomes(&action, &forget.address, digest_of(&forget.id))],
        Step::Clean(clean) => vec![becomes(&action, &clean.address, digest_of(&clean.id))],
        Step::Adopt(adopt) => vec![becomes(&action, &adopt.address, digest_of(&adopt.id))],
        Step::Move(step) => vec![becomes(&action, &step.address, digest_of(step))],
        Step::Release(step) => vec![becomes(&action, &step.address, digest_of(step))],
        Step::Import(step) => vec![becomes(&action, &step.address, digest_of(&step.id))],
    }
}

/// What a deletion gives up.
fn given_up(id: &VolumeId, snapshots: &BTreeSet<SnapshotId>) -> Digest {
    digest_of(&(id, snapshots))
}

/// Whether an approval that holds is of that very deletion.
pub(super) fn deletes(approved: &Approved, delete: &Delete) -> bool {
    approved.becomes(&delete.address, "delete", || given_up(&delete.id, &delete.snapshots))
}

/// Whether every step of `plan` was approved before, or is what is left of a step that was: going on with
/// its call, giving its names, cleaning what it left and making that anew, or taking what it made after all.
///
/// A volume that is gone counts by its id: one that was created again and is gone again was not approved.
pub fn is_part_of(plan: &Plan, approved: &Approved) -> bool {
    let allowed = Allowed::of(approved);
    plan.steps.iter().all(|step| match step {
        Step::Resume(resume) => allowed.goes_on(resume),
        Step::Create(create) => allowed.makes_anew(create),
        Step::Clean(clean) => {
            let slot = (&clean.address.key, clean.address.slot);
            // One that needs a number needs it for itself.
            (allowed.made.contains_key(&slot) && !clean.late)
                || allowed.others.contains(&("clean", slot.0, slot.1, digest_of(&clean.id)))
        }
        // Whoever approved that a slot is filled gets it filled, by a volume that was bought for it.
        Step::Adopt(adopt) => {
            let slot = (&adopt.address.key, adopt.address.slot);
            allowed.made.contains_key(&slot)
                || allowed.others.contains(&("adopt", slot.0, slot.1, digest_of(&adopt.id)))
        }
        Step::Move(step) => allowed.others.contains(&("move", &step.address.key, step.address.slot, digest_of(step))),
        Step::Import(step) => {
            let (key, slot) = (&step.address.key, step.address.slot);
            allowed.others.contains(&("import", key, slot, digest_of(&step.id)))
        }
        Step::Release(step) => {
            allowed.others.contains(&("release", &step.address.key, step.address.slot, digest_of(step)))
        }
        Step::Rename(rename) => {
            let (key, slot) = (&rename.address.key, rename.address.slot);
            let itself = digest_of(&(&rename.id, &rename.after));
            allowed.names(rename) || allowed.others.contains(&("rename", key, slot, itself))
        }
        Step::Retag(retag) => {
            let (key, slot) = (&retag.address.key, retag.address.slot);
            let after = retagged_to(&retag.id, retag.after.as_ref());
            allowed.tags(retag, &plan.drift) || allowed.others.contains(&("retag", key, slot, after))
        }
        Step::Extend(extend) => allowed.extends(extend),
        Step::Delete(Removal { address, id, snapshots, .. }) => allowed.deletes(address, id, snapshots),
        Step::Protect(step) => {
            let (key, slot) = (&step.address.key, step.address.slot);
            allowed.others.contains(&("protect", key, slot, protected()))
        }
        Step::Unprotect(step) => {
            let (key, slot) = (&step.address.key, step.address.slot);
            allowed.others.contains(&("unprotect", key, slot, digest_of(&step.id)))
        }
        // What was to be deleted and is gone is what was approved, whoever did it.
        Step::Forget(forget) => {
            let (key, slot) = (&forget.address.key, forget.address.slot);
            allowed.others.contains(&("forget", key, slot, digest_of(&forget.id)))
                || allowed.others.iter().any(|(action, of, at, _)| (*action, *of, *at) == ("delete", key, slot))
        }
    })
}

/// Whether an approval is to make this, or to make it anew.
pub fn makes(approved: &Approved, create: &Create) -> bool {
    Allowed::of(approved).makes_anew(create)
}

/// Whether an approval covers what the plan's open calls were to make, should it turn out that one never happened.
pub fn covers_resumed(plan: &Plan, approved: &Approved) -> bool {
    let allowed = Allowed::of(approved);
    plan.steps.iter().all(|step| match step {
        Step::Resume(Resume { wanted: true, work: Work::Create { create, .. }, .. }) => allowed.makes_anew(create),
        _ => true,
    })
}

/// What was approved, to be looked up.
#[derive(Default)]
struct Allowed<'a> {
    /// What each slot becomes, and by which name.
    made: BTreeMap<(&'a Key, Slot), (&'a Digest, Option<&'a str>)>,
    /// The same of what was made as approved: its name is still to be given.
    named: BTreeMap<(&'a Key, Slot), (&'a Digest, Option<&'a str>)>,
    /// Which lost volumes may be made again.
    gone: BTreeSet<(&'a Key, Slot, &'a VolumeId)>,
    /// Every other step.
    others: BTreeSet<(&'a str, &'a Key, Slot, Digest)>,
}

impl<'a> Allowed<'a> {
    fn of(approved: &'a Approved) -> Allowed<'a> {
        let mut allowed = Allowed::default();
        for step in approved.steps.iter() {
            for slot in step.slots.iter() {
                if step.makes() {
                    allowed.made.insert((&step.key, slot), (&step.after, step.name.as_deref()));
                } else if step.action == MADE {
                    allowed.named.insert((&step.key, slot), (&step.after, step.name.as_deref()));
                } else {
                    allowed.others.insert((&step.action, &step.key, slot, step.after.clone()));
                }
            }
            allowed.gone.extend(step.gone.iter().map(|(slot, id)| (&step.key, *slot, id)));
        }
        allowed
    }

    /// Whether every slot of a call was to become this, by whichever way.
    fn makes(&self, create: &Create) -> bool {
        let made = made(create);
        let same = |slot: &Slot| self.made.get(&(&create.key, *slot)).is_some_and(|(after, _)| **after == made);
        create.slots.keys().all(same)
    }

    /// The same, and that volumes which are gone and whose place it takes may be made again.
    fn makes_anew(&self, create: &Create) -> bool {
        self.makes(create) && self.loses_the_same(create)
    }

    /// Whether the volumes that are gone and whose place a call takes may be made again, as far as that is not done.
    fn loses_the_same(&self, create: &Create) -> bool {
        let mut gone = create.gone.iter().map(|(slot, id)| (&create.key, *slot, id));
        gone.all(|loss| self.gone.contains(&loss) || self.named.contains_key(&(loss.0, loss.1)))
    }

    /// Whether a call of an earlier run does nothing but what was approved: where it is only looked for, that is so.
    fn goes_on(&self, resume: &Resume) -> bool {
        match &resume.work {
            _ if !resume.wanted => true,
            // It gives the names that the manifest says now. What is reached is no part of the approval any more.
            Work::Create { create, .. } => {
                let after = made(create);
                let mut slots = create.slots.keys();
                slots.all(|slot| match self.of_slot(&create.key, *slot) {
                    Some((approved, _)) => *approved == after,
                    None => !resume.may_be_sent(),
                }) && (!resume.may_be_sent() || self.loses_the_same(create))
            }
            _ if !resume.may_be_sent() => true,
            Work::Extend(extend) => self.extends(extend),
            Work::Delete(Delete { address, id, snapshots }) => self.deletes(address, id, snapshots),
        }
    }

    fn deletes(&self, address: &Address, id: &VolumeId, snapshots: &BTreeSet<SnapshotId>) -> bool {
        self.others.contains(&("delete", &address.key, address.slot, given_up(id, snapshots)))
    }

    /// What a slot was approved to become, whether or not that is made by now, and by which name.
    fn of_slot(&self, key: &Key, slot: Slot) -> Option<(&'a Digest, Option<&'a str>)> {
        self.made.get(&(key, slot)).or_else(|| self.named.get(&(key, slot))).copied()
    }

    fn extends(&self, extend: &Extend) -> bool {
        extend.volumes.iter().all(|(address, growth)| {
            let after = extended_to(&growth.id, growth.to, extend.way.pays_itself());
            self.others.contains(&("extend", &address.key, address.slot, after))
        })
    }

    /// Whether a rename only gives a volume the name that it was approved to be made with, in place of one that the service
    /// gave: a name by hand is put right only where a plan says so.
    fn names(&self, rename: &Rename) -> bool {
        let name = self.of_slot(&rename.address.key, rename.address.slot).and_then(|(_, name)| name);
        let base = base_name(&rename.after.name, &[rename.address.slot.number()]);
        let stem = base.strip_suffix("-#").unwrap_or(&base);
        let before = rename.before.name.as_str();
        let is_by_service = before.is_empty() || before == stem || slot_of_service_name(stem, before).is_some();
        rename.before.description == rename.after.description && is_by_service && name == Some(base.as_str())
    }

    /// Whether a retagging only sets tags that a volume was approved to be made with and does not carry: where tags show late,
    /// it seems to lack them. A value that another gave is not among them.
    fn tags(&self, retag: &Retag, drift: &[Drift]) -> bool {
        let is_made = self.of_slot(&retag.address.key, retag.address.slot).is_some();
        let is_lack = |drift: &Drift| match &drift.change {
            Drifted::Field { field: Field::Tags, observed, .. } => {
                observed.as_ref().is_none_or(|value| matches!(value, Value::Pairs(pairs) if pairs.is_empty()))
            }
            _ => true,
        };
        let mut drift = drift.iter().filter(|it| it.address == retag.address);
        let changes_none = retag.remove.is_empty() && retag.changes.iter().all(|it| it.from == it.to);
        is_made && changes_none && drift.all(is_lack)
    }
}

/// What a protection comes to: the same for whichever volume the address has by then.
fn protected() -> Digest {
    digest_of(&None::<VolumeId>)
}

/// What each volume of a call is made as, whichever slots are still in it: what is left of a set of
/// twelve may be one, and then carries its whole name into the call.
fn made(create: &Create) -> Digest {
    let spec: &VolumeSpec = &create.spec;
    digest_of(&(spec, base_of(create)))
}

/// The name of a call's volumes without their numbers.
fn base_of(create: &Create) -> String {
    let first = create.slots.iter().next();
    first.map(|(slot, name)| base_name(name, &[slot.number(), 1])).unwrap_or_default()
}
