//! What a plan comes to: addresses by action, calls by endpoint, destruction that needs consent.

use super::refusal::{addresses, by_key, count, refused};
use super::why::Loss;
use super::withhold::loss;
use super::{Adopt, Calls, Clean, Move, Plan, Protection, Rename, Resume, Retag, Step, Summary, Work};
use crate::operation::{Create, Extend, Way};
use crate::volume::{Key, Slot};
use std::collections::BTreeSet;

/// The call that extends one volume.
pub const EXTEND: &str = "POST /v2.1/{project_id}/cloudvolumes/{volume_id}/action";
/// The call that extends several volumes.
pub const BATCH_EXTEND: &str = "POST /v5/{project_id}/volumes/batch-extend";
/// The update call.
pub const UPDATE: &str = "PUT /v2/{project_id}/cloudvolumes/{volume_id}";
/// The call that sets tags, or takes them off.
pub const RETAG: &str = "POST /v2/{project_id}/cloudvolumes/{volume_id}/tags/action";
/// The call that lists snapshots.
pub const SNAPSHOTS: &str = "GET /v2/{project_id}/cloudsnapshots/detail";
/// The delete call.
pub const DELETE: &str = "DELETE /v2/{project_id}/cloudvolumes/{volume_id}";
/// The list call.
pub const LIST: &str = "GET /v2/{project_id}/cloudvolumes/detail";
/// The show call.
pub const SHOW: &str = "GET /v2/{project_id}/cloudvolumes/{volume_id}";
/// The job call.
pub const JOB: &str = "GET /v1/{project_id}/jobs/{job_id}";

/// The calls of a pre-flight.
pub const ZONES: &str = "GET /v2/{project_id}/os-availability-zone";
/// See [`ZONES`].
pub const TYPES: &str = "GET /v2/{project_id}/types";
/// See [`ZONES`].
pub const QUOTAS: &str = "GET /v2/{project_id}/os-quota-sets/{project_id}";
/// See [`ZONES`].
pub const SNAPSHOT: &str = "GET /v2/{project_id}/cloudsnapshots/{snapshot_id}";
/// See [`ZONES`].
pub const IMAGES: &str = "GET /v2/cloudimages";
/// See [`ZONES`].
pub const BACKUP: &str = "GET /v3/{project_id}/backups/{backup_id}";

/// How many looks one wave of jobs costs until one has ended, for the estimate. Polling is quick at
/// first and then in proportion, so the number hardly grows with the time that a job takes.
const POLLS_PER_WAVE: u64 = 14;
/// Up to so many jobs each is followed by itself; more are looked at by lists, which show their volumes as well.
pub const FEW_JOBS: usize = 4;
/// How many lists a wave of many jobs costs.
const LISTS_PER_WAVE: u64 = 4;

/// How many lists an order costs that is paid soon.
const LISTS_PER_ORDER: u64 = 4;

/// How many ids one filtered list may name (EVS API reference, parameter `ids`).
pub const IDS_PER_LIST: usize = 60;

impl Plan {
    /// How many addresses each action concerns.
    pub fn summary(&self) -> Summary {
        let mut sum = Summary { unchanged: self.unchanged, ..Summary::default() };
        // A slot that is cleaned is created in the same plan, and one that is adopted may be renamed; each counts
        // once, by what comes first.
        let first: BTreeSet<(&Key, Slot)> = self
            .steps
            .iter()
            .filter_map(|step| match step {
                Step::Clean(Clean { address, .. }) | Step::Adopt(Adopt { address, .. }) => {
                    Some((&address.key, address.slot))
                }
                _ => None,
            })
            .collect();
        // So does one whose name can be changed while something else of it is refused: by what is refused.
        let refused = refused(self.refusals.iter().map(|refusal| &refusal.about));
        let is_refused = |key, slot| refused.get(key).is_some_and(|slots| slots.contains(slot));
        let imports = self.steps.iter().filter_map(Step::as_import);
        let imported: BTreeSet<(&Key, Slot)> =
            imports.map(|import| (&import.address.key, import.address.slot)).collect();
        let (mut changed, mut beside) = (BTreeSet::new(), Vec::new());
        for step in &self.steps {
            match step {
                Step::Clean(_) => sum.clean += 1,
                Step::Adopt(_) => sum.adopt += 1,
                Step::Import(_) => {}
                // A mark alone changes nothing of what is imported.
                Step::Retag(Retag { address, after: None, .. }) if imported.contains(&(&address.key, address.slot)) => {
                }
                Step::Rename(Rename { address, .. }) | Step::Retag(Retag { address, .. }) => {
                    let (key, slot) = (&address.key, address.slot);
                    if !first.contains(&(key, slot)) && !is_refused(key, slot) {
                        changed.insert((key, slot));
                    }
                }
                Step::Extend(extend) => {
                    let slots = extend.volumes.keys().map(|address| (&address.key, address.slot));
                    changed.extend(slots.filter(|(key, slot)| !is_refused(key, *slot)));
                }
                Step::Delete(_) => sum.delete += 1,
                Step::Protect(Protection { address, .. })
                | Step::Unprotect(Protection { address, .. })
                | Step::Move(Move { address, .. }) => beside.push((&address.key, address.slot)),
                Step::Forget(_) | Step::Release(_) => sum.forget += 1,
                Step::Resume(Resume { renewed: true, .. }) => sum.delete += 1,
                Step::Resume(_) => sum.resume += step.by_key().iter().map(|(_, slots)| slots.len() as u64).sum::<u64>(),
                Step::Create(create) => {
                    let made = create.slots.keys().filter(|slot| !is_refused(&create.key, **slot));
                    let fresh = |slot: &&Slot| create.is_again() || !first.contains(&(&create.key, **slot));
                    let number = made.filter(fresh).count() as u64;
                    *(if create.is_again() { &mut sum.recreate } else { &mut sum.create }) += number;
                }
            }
        }
        // One that is changed as well counts as that.
        sum.import = imported.difference(&changed).count() as u64;
        if !beside.is_empty() {
            // Whatever else is done about an address counts before its protection, and before its having moved.
            let is_other = |step: &&Step| !matches!(step, Step::Protect(_) | Step::Unprotect(_) | Step::Move(_));
            let others = by_key(self.steps.iter().filter(is_other).flat_map(Step::by_key));
            let is_alone = |key, slot| others.get(key).is_none_or(|slots| !slots.contains(slot));
            changed.extend(beside.into_iter().filter(|&(key, slot)| is_alone(key, slot) && !is_refused(key, slot)));
        }
        sum.update = changed.len() as u64;
        sum.refused = addresses(self.refusals.iter().map(|refusal| &refusal.about));
        sum
    }

    /// How many addresses its steps are about; one that is renamed and retagged is one.
    pub fn concerned(&self) -> u64 {
        count(&by_key(self.steps.iter().flat_map(Step::by_key)))
    }

    /// The calls that carrying it out will cost, by endpoint; polls and last looks are estimates.
    pub fn calls(&self) -> Calls {
        let mut calls = Calls::new();
        let mut add = |endpoint, n: u64| {
            if n > 0 {
                *calls.entry(endpoint).or_default() += n;
            }
        };
        let mut jobs: u64 = 0;
        let (mut shows, mut lists) = (0, 0);
        // The reads that match names to slots once a job has ended.
        let mut read = |volumes: usize| match volumes {
            1 => shows += 1,
            _ => lists += volumes.div_ceil(IDS_PER_LIST) as u64,
        };
        for step in &self.steps {
            match step {
                Step::Create(create) => {
                    add(create.api.template(), 1);
                    add(UPDATE, create.renames().count() as u64);
                    jobs += wait(create, &mut add);
                    read(create.slots.len());
                }
                Step::Resume(resume) => {
                    let sent = u64::from(resume.may_be_sent());
                    match &resume.work {
                        Work::Create { create, .. } => {
                            add(create.api.template(), sent);
                            add(UPDATE, create.renames().count() as u64);
                            jobs += wait(create, &mut add);
                            read(create.slots.len());
                        }
                        Work::Extend(extend) => {
                            add(extend_call(extend), sent);
                            jobs += wait_for_growth(extend, &mut add);
                            read(extend.volumes.len());
                        }
                        Work::Delete(_) => {
                            add(DELETE, sent);
                            add(SHOW, 2);
                            jobs += 1;
                        }
                    }
                }
                Step::Extend(extend) => {
                    add(extend_call(extend), 1);
                    jobs += wait_for_growth(extend, &mut add);
                    read(extend.volumes.len());
                }
                Step::Delete(_) => {
                    // It is looked at right before, and seen gone after.
                    add(SHOW, 2);
                    add(SNAPSHOTS, 1);
                    add(DELETE, 1);
                    jobs += 1;
                }
                Step::Rename(_) => add(UPDATE, 1),
                Step::Retag(retag) => add(RETAG, retag.calls()),
                Step::Clean(_) => {
                    add(DELETE, 1);
                    add(SHOW, 1);
                    add(SNAPSHOTS, 1);
                    jobs += 1;
                }
                Step::Release(release) => add(RETAG, u64::from(release.untag.is_some())),
                Step::Forget(_)
                | Step::Adopt(_)
                | Step::Import(_)
                | Step::Protect(_)
                | Step::Unprotect(_)
                | Step::Move(_) => {}
            }
        }
        // What waits for others waits for its jobs after them.
        let waves = if self.after.is_empty() { 1 } else { 2 };
        add(JOB, if jobs == 0 { 0 } else { jobs.saturating_sub(waves) + waves * POLLS_PER_WAVE });
        let Summary { create, adopt, import, .. } = self.summary();
        let pages = self.recorded.saturating_add(create + adopt + import) / 1000 + 1;
        if jobs > FEW_JOBS as u64 {
            add(LIST, waves * pages * LISTS_PER_WAVE);
        } else {
            add(SHOW, shows);
            add(LIST, lists);
        }
        add(LIST, if self.is_empty() { 0 } else { pages });
        calls
    }

    /// How many volumes take the place of recorded ones that are gone; `--allow-recreate` must name this number. To
    /// adopt one there needs the consent that to buy it again would need.
    pub fn recreations(&self) -> u64 {
        self.losses(Loss::Recreate)
    }

    /// How many volumes are destroyed: those that are deleted, and of what failed creations left those that may have been
    /// used unseen since. `--allow-destroy` must name this number.
    pub fn destructions(&self) -> u64 {
        self.losses(Loss::Destroy)
    }

    fn losses(&self, of: Loss) -> u64 {
        let lost = self.steps.iter().filter(|step| loss(step) == Some(of)).flat_map(Step::by_key);
        lost.map(|(_, slots)| slots.len() as u64).sum()
    }

    /// How many deletions of an earlier run may be sent again under the number that it had.
    pub fn deletions_going_on(&self) -> u64 {
        let goes_on = |step: &&Step| match step {
            Step::Resume(resume) => resume.as_delete().is_some() && resume.may_be_sent() && !resume.renewed,
            _ => false,
        };
        self.steps.iter().filter(goes_on).count() as u64
    }
}

/// The call that extends.
fn extend_call(extend: &Extend) -> &'static str {
    match extend.way {
        Way::Batch => BATCH_EXTEND,
        Way::Single | Way::Order { .. } => EXTEND,
    }
}

/// The same as below, of an extension.
fn wait_for_growth(extend: &Extend, add: &mut impl FnMut(&'static str, u64)) -> u64 {
    if !extend.way.is_order() {
        return 1;
    }
    add(SHOW, LISTS_PER_ORDER);
    0
}

/// What waiting for a call takes: how many jobs there are to look at. An order has none, and its volumes are listed.
fn wait(create: &Create, add: &mut impl FnMut(&'static str, u64)) -> u64 {
    if create.spec.prepaid.is_none() {
        return 1;
    }
    add(LIST, LISTS_PER_ORDER);
    0
}
