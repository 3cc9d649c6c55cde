//! What work does in the model: when it begins, and when it is over.

use super::Cloud;
use crate::simulator::due::Due;
use crate::simulator::job::Job;
use crate::simulator::order::{Goods, Paid, Payment, Purchase};
use crate::simulator::project::Project;
use crate::simulator::snapshot::Snapshots;
use crate::simulator::task::Effect;
use crate::simulator::volume::{ACTIVE, Age, Spec, Stage, Volume};
use std::sync::Arc;
use uuid::Uuid;

impl Cloud {
    /// Ends an open order; gives it where it was open.
    pub(super) fn settle(&mut self, order: &str, payment: Payment) -> Option<Purchase> {
        let kept = self.orders.iter_mut().find(|it| it.purchase.id == order && it.payment == Payment::Open)?;
        kept.payment = payment;
        Some(kept.purchase.clone())
    }

    /// Begins what an order was for.
    pub(super) fn deliver(&mut self, at: i64, purchase: &Purchase, paid: &Paid) {
        match (&purchase.goods, &paid.job) {
            (Goods::Volumes { spec, .. }, Some(job)) => self.create(at, job, spec, &paid.names),
            (Goods::Growth(growths), Some(job)) => match growths.volumes.as_slice() {
                // Earlier versions wrote the job of one volume without its effect.
                [one] => self.begin(at, &job.doing(&Effect::Grow { to: one.size })),
                _ => self.begin(at, job),
            },
            (Goods::Retype { .. } | Goods::Unsubscription { .. }, Some(job)) => self.begin(at, job),
            (Goods::ChargeMode { volumes, .. }, _) => self.pay_in_advance(at, volumes, &purchase.id),
            // All work has a job.
            (_, None) => {}
        }
    }

    /// Begins to make volumes, with these names by task of the job.
    pub(super) fn create(&mut self, at: i64, job: &Job, spec: &Arc<Spec>, names: &[String]) {
        let project: Arc<str> = job.project.as_str().into();
        for (place, (task, name)) in job.tasks.iter().zip(names).enumerate() {
            let share = self.projects.entry(project.clone()).or_default();
            share.usage.reserve(&spec.volume_type, spec.size);
            let failed = task.error.is_some();
            let Some(id) = task.volume else {
                let (volume_type, size) = (spec.volume_type.clone(), spec.size);
                self.plan(task.end, Due::Lapsed { project: project.clone(), volume_type, size });
                continue;
            };
            // One microsecond apart, so that the order of creation is total, as in the real service.
            let created = at + i64::try_from(place).unwrap_or_default();
            let volume = Volume {
                number: task.number,
                id,
                project: project.clone(),
                name: name.clone(),
                description: spec.description.clone(),
                tags: spec.tags.clone(),
                spec: spec.clone(),
                size: spec.size,
                created,
                updated: created,
                stage: Stage::UnderWay(Effect::Make),
                task: Some(task.id.clone()),
                shown: None,
                attachments: None,
                server_status: Some(ACTIVE.to_owned()),
                locked_by: None,
                bootable: None,
            };
            let age = volume.age();
            share.volumes.insert(age, volume);
            self.places.insert(id, (project.clone(), age));
            self.plan(task.end, Due::Over { volume: id, task: task.id.clone(), effect: Effect::Make, failed });
        }
        self.jobs.insert(job.id.clone(), job.clone());
    }

    /// Begins to work on volumes that exist. Each is held from now on until its task is over.
    pub(super) fn begin(&mut self, at: i64, job: &Job) {
        for task in &job.tasks {
            let Some(id) = task.volume else { continue };
            let Some((share, age)) = self.share_of(id) else { continue };
            // An edit from outside may have let this begin beside other work, whose place it takes.
            share.interrupt(age);
            let Some(volume) = share.volumes.get_mut(&age) else { continue };
            match &task.effect {
                Effect::Grow { to } => {
                    share.usage.reserve_growth(&volume.spec.volume_type, to.saturating_sub(volume.size));
                }
                Effect::Retype { to } => share.usage.reserve_move(&to.volume_type, volume.size),
                Effect::Make
                | Effect::Remove
                | Effect::Rate { .. }
                | Effect::RollBack { .. }
                | Effect::Snapshot { .. } => {}
            }
            if let Effect::RollBack { snapshot: Some(snapshot) } = task.effect {
                touch(&mut share.snapshots, snapshot, at);
            }
            (volume.stage, volume.shown) = (Stage::UnderWay(task.effect.clone()), None);
            volume.task = Some(task.id.clone());
            volume.updated = at;
            self.plan(
                task.end,
                Due::Over {
                    volume: id,
                    task: task.id.clone(),
                    effect: task.effect.clone(),
                    failed: task.error.is_some(),
                },
            );
        }
        self.jobs.insert(job.id.clone(), job.clone());
    }

    /// Plans it for that time, where it ever comes.
    pub(super) fn plan(&mut self, at: Option<i64>, due: Due) {
        if let Some(at) = at {
            self.agenda.at(at, due);
        }
    }

    /// Does what is due.
    pub(super) fn happen(&mut self, at: i64, due: Due) {
        match due {
            Due::Over { volume, task, effect, failed } => self.over(at, volume, &task, effect, failed),
            Due::Lapsed { project, volume_type, size } => {
                self.projects.entry(project).or_default().usage.lapse(&volume_type, size);
            }
            Due::Exported { project, number, failed } => self.export_over(at, &project, number, failed),
            Due::Snapshot { project, number, removal, failed } => {
                self.snapshot_over(at, &project, number, removal, failed);
            }
            Due::Purge { project, volume } => self.keep_no_longer(at, &project, volume),
            Due::Standard { project, moment } => self.standard_due(at, &project, moment),
        }
    }

    fn over(&mut self, at: i64, id: Uuid, task: &str, effect: Effect, failed: bool) {
        let Some((share, age)) = self.share_of(id) else { return };
        let Some(volume) = share.volumes.get_mut(&age).filter(|it| it.task.as_deref() == Some(task)) else { return };
        volume.task = None;
        if effect == Effect::Remove && !failed {
            self.discard(at, id);
            return;
        }
        let Some((share, age)) = self.share_of(id) else { return };
        let Some(volume) = share.volumes.get_mut(&age) else { return };
        let volume_type = &volume.spec.volume_type;
        match &effect {
            // A volume that is made badly counts as in use too.
            Effect::Make => share.usage.settle(volume_type, volume.size),
            Effect::Grow { to } if failed => share.usage.lapse_growth(volume_type, to.saturating_sub(volume.size)),
            Effect::Grow { to } => {
                share.usage.settle_growth(volume_type, to.saturating_sub(volume.size));
                volume.size = *to;
            }
            Effect::Retype { to } if failed => share.usage.lapse_move(&to.volume_type, volume.size),
            Effect::Retype { to } => {
                share.usage.settle_move(volume_type, &to.volume_type, volume.size);
                let spec = Arc::make_mut(&mut volume.spec);
                spec.volume_type.clone_from(&to.volume_type);
                (spec.iops, spec.throughput) = (to.rates.iops, to.rates.throughput);
            }
            Effect::Rate { to } if !failed => {
                let spec = Arc::make_mut(&mut volume.spec);
                (spec.iops, spec.throughput) = (to.iops, to.throughput);
            }
            // Whether it went well or not, the snapshot is what it was, and so is the size of the volume.
            Effect::RollBack { snapshot: Some(snapshot) } => touch(&mut share.snapshots, *snapshot, at),
            Effect::RollBack { snapshot: None } | Effect::Remove | Effect::Rate { .. } | Effect::Snapshot { .. } => {}
        }
        let made = effect == Effect::Make && !failed;
        volume.stage = if failed { Stage::Failed(effect) } else { Stage::Settled };
        volume.updated = volume.updated.max(at);
        // An edit may have attached it, or not, meanwhile: then that counts.
        if made && volume.attachments.is_none() {
            let server = volume.spec.server_id.clone();
            share.devices.attach(volume, server.as_slice(), at);
        }
    }

    /// The share that a volume belongs to, and its place there.
    pub(super) fn share_of(&mut self, id: Uuid) -> Option<(&mut Project, Age)> {
        let (project, age) = self.places.get(&id)?;
        Some((self.projects.get_mut(project)?, *age))
    }
}

/// A snapshot has changed, in its status.
fn touch(snapshots: &mut Snapshots, number: u64, at: i64) {
    if let Some(snapshot) = snapshots.get_mut(number) {
        snapshot.updated = snapshot.updated.max(at);
    }
}
