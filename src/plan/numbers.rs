//! How many losses somebody has consented to before, of what a plan still lists.

use super::{Adopt, Clean, Forget, Plan, Resume, Step, Work};
use crate::state::Approved;
use crate::volume::{Key, Slot};
use std::collections::BTreeSet;

/// What of the losses that an approval was given a number for is not listed by a plan that is a part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settled {
    /// How many go on: calls that an earlier run began, under the number that it had.
    pub going_on: u64,
    /// How many are done, or gone by themselves.
    pub done: u64,
}

/// Of the volumes that the approval destroys.
pub fn destroyed(plan: &Plan, approved: &Approved) -> Settled {
    let deletions = approved.steps.iter().filter(|step| step.action == "delete");
    let left: BTreeSet<(&Key, Slot)> =
        deletions.flat_map(|step| step.slots.iter().map(|slot| (&step.key, slot))).collect();
    let is_late = |step: &&Step| matches!(step, Step::Clean(Clean { late: true, .. }));
    let is_gone = |step: &&Step| match step {
        Step::Forget(Forget { address, .. }) => left.contains(&(&address.key, address.slot)),
        _ => false,
    };
    let [late, gone] = [of(plan, is_late), of(plan, is_gone)];
    let is_resumed = |step: &&Step| match step {
        Step::Resume(resume) => resume.wanted && !resume.renewed && resume.as_delete().is_some(),
        _ => false,
    };
    Settled { going_on: of(plan, is_resumed), done: approved.destroy.saturating_sub(left.len() as u64 + late) + gone }
}

/// Of the volumes that the approval makes again.
pub fn recreated(plan: &Plan, approved: &Approved) -> Settled {
    let left: usize = approved.steps.iter().map(|step| step.gone.len()).sum();
    let is_adopted = |step: &&Step| matches!(step, Step::Adopt(Adopt { gone: Some(_), .. }));
    let resumed = plan.steps.iter().map(|step| match step {
        Step::Resume(Resume { wanted: true, work: Work::Create { create, .. }, .. }) => create.gone.len() as u64,
        _ => 0,
    });
    Settled { going_on: resumed.sum(), done: approved.recreate.saturating_sub(left as u64 + of(plan, is_adopted)) }
}

fn of(plan: &Plan, is: impl Fn(&&Step) -> bool) -> u64 {
    plan.steps.iter().filter(is).count() as u64
}
