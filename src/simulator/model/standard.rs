//! What calls about standard snapshots change in the model, and what becomes true of them later.

use super::Cloud;
use crate::simulator::due::Due;
use crate::simulator::job::Job;
use crate::simulator::project::Project;
use crate::simulator::snapshot::State;
use crate::simulator::standard::deed::Deed;
use crate::simulator::standard::moment::Moment;
use crate::simulator::standard::policy::{MOST_TIMES, Policy};
use crate::simulator::standard::rules;
use crate::simulator::standard::snapshot::Snapshot;
use std::sync::Arc;
use uuid::Uuid;

impl Cloud {
    /// Does what a call did.
    pub(super) fn standard(&mut self, at: i64, project: &str, deed: &Deed) {
        let project: Arc<str> = project.into();
        match deed {
            Deed::Take { job, snapshots, group } => {
                for (task, snapshot) in job.tasks.iter().zip(snapshots) {
                    self.take_standard(at, &project, snapshot);
                    let moment = Moment::Taken { snapshot: snapshot.id, failed: task.error.is_some() };
                    self.plan_standard(task.end, &project, moment);
                }
                if let Some(group) = group {
                    let mut begun = group.clone();
                    (begun.created, begun.updated) = (at, at);
                    self.share(&project).standard.groups.put(group.id, begun);
                    self.plan_standard(job.end(), &project, Moment::GroupTaken { group: group.id, failed: fails(job) });
                }
                self.jobs.insert(job.id.clone(), job.clone());
            }
            Deed::Drop { job, snapshots, group } => {
                for (task, snapshot) in job.tasks.iter().zip(snapshots) {
                    self.set_snapshot(at, &project, *snapshot, |it| it.state = State::Deleting);
                    let moment = Moment::Dropped { snapshot: *snapshot, failed: task.error.is_some() };
                    self.plan_standard(task.end, &project, moment);
                }
                if let Some(group) = group {
                    self.set_group(at, &project, *group, State::Deleting);
                    self.plan_standard(job.end(), &project, Moment::GroupDropped { group: *group, failed: fails(job) });
                }
                self.jobs.insert(job.id.clone(), job.clone());
            }
            Deed::RollBack { job, snapshot } => {
                self.set_snapshot(at, &project, *snapshot, |it| it.rolling_back = true);
                self.begin(at, job);
                for task in &job.tasks {
                    self.plan_standard(task.end, &project, Moment::RolledBack { snapshot: *snapshot });
                }
            }
            Deed::Change { snapshot, name, description, instant_access } => {
                self.set_snapshot(at, &project, *snapshot, |it| {
                    if let Some(name) = name {
                        it.name.clone_from(name);
                    }
                    if let Some(description) = description {
                        it.description = Some(description.clone());
                    }
                    it.instant_access = instant_access.unwrap_or(it.instant_access);
                });
            }
            Deed::ChangeGroup { group, name, description } => {
                if let Some(group) = self.share(&project).standard.groups.get_mut(*group) {
                    group.reword(at, name.as_ref(), description.as_ref());
                }
            }
            Deed::Tag { snapshot, tags } => {
                self.set_snapshot(at, &project, *snapshot, |it| it.tags.clone_from(tags));
            }
            Deed::TagGroup { group, tags } => {
                if let Some(group) = self.share(&project).standard.groups.get_mut(*group) {
                    group.tags.clone_from(tags);
                    group.updated = at;
                }
            }
            Deed::MakePolicy { policy } => {
                let mut made = policy.clone();
                (made.created, made.updated, made.left) = (at, at, MOST_TIMES);
                self.share(&project).standard.policies.put(policy.id, made);
            }
            Deed::ChangePolicy { policy, name, schedule, retention_days } => {
                self.set_policy(at, &project, *policy, |it| {
                    it.name.clone_from(name);
                    it.schedule.clone_from(schedule);
                    it.retention_days = *retention_days;
                    (it.updated, it.left) = (at, MOST_TIMES);
                });
            }
            Deed::DropPolicy { policy } => {
                self.share(&project).standard.policies.take(*policy);
            }
            Deed::Associate { policy, volumes } => {
                self.set_policy(at, &project, *policy, |it| {
                    it.volumes.clone_from(volumes);
                    it.left = MOST_TIMES;
                });
            }
        }
    }

    /// Does what is due.
    pub(super) fn standard_due(&mut self, at: i64, project: &Arc<str>, moment: Moment) {
        match moment {
            Moment::Taken { snapshot, failed } => {
                let state = if failed { State::Error } else { State::Available };
                self.set_snapshot(at, project, snapshot, |it| it.state = state);
            }
            Moment::Dropped { snapshot, failed: true } => {
                self.set_snapshot(at, project, snapshot, |it| it.state = State::ErrorDeleting);
            }
            Moment::Dropped { snapshot, failed: false } => self.drop_standard(at, project, snapshot),
            Moment::RolledBack { snapshot } => {
                self.set_snapshot(at, project, snapshot, |it| it.rolling_back = false);
                // It may have been kept for as long as it should be meanwhile.
                let over = self.share(project).standard.snapshots.get(snapshot).and_then(Snapshot::retention_end);
                if over.is_some_and(|end| end <= at) {
                    self.drop_standard(at, project, snapshot);
                }
            }
            Moment::Expired { snapshot } => {
                // A volume that is being rolled back to it needs it until that is over.
                let needed = self.share(project).standard.snapshots.get(snapshot).is_some_and(|it| it.rolling_back);
                if !needed {
                    self.drop_standard(at, project, snapshot);
                }
            }
            Moment::GroupTaken { group, failed } => {
                self.set_group(at, project, group, if failed { State::Error } else { State::Available });
            }
            Moment::GroupDropped { group, failed: true } => self.set_group(at, project, group, State::ErrorDeleting),
            Moment::GroupDropped { group, failed: false } => {
                self.share(project).standard.groups.take(group);
            }
            Moment::Due { policy } => self.take_by_policy(at, project, policy),
        }
    }

    /// Takes the snapshots of a policy whose time has come. What cannot be taken of a volume then is left out: a volume of
    /// which one is being taken, one with as many as it may have, one without room in the quota. So a volume never has more
    /// than that number, however far the clock was moved ahead.
    fn take_by_policy(&mut self, at: i64, project: &Arc<str>, id: Uuid) {
        let Some(policy) = self.share(project).standard.policies.get(id) else { return };
        // It may have another time by now.
        if policy.next != Some(at) {
            return;
        }
        let policy = policy.clone();
        for id in &policy.volumes {
            let Some(volume) = self.volume(project, *id) else { continue };
            let Some(share) = self.project(project) else { continue };
            if rules::check(&self.catalogue, &share.standard, &share.usage, volume, false).is_err() {
                continue;
            }
            let snapshot = policy.snapshot(at, volume);
            self.take_standard(at, project, &snapshot);
            let moment = Moment::Taken { snapshot: snapshot.id, failed: false };
            self.plan_standard(Some(at.saturating_add(policy.duration)), project, moment);
        }
        // Volumes that are gone are no longer its own.
        let there = policy.volumes.iter().copied().filter(|it| self.volume(project, *it).is_some()).collect();
        self.set_policy(at, project, id, |it| {
            it.volumes = there;
            it.left = it.left.saturating_sub(1);
        });
    }

    /// Begins to take a snapshot: the quota counts it from now on.
    fn take_standard(&mut self, at: i64, project: &Arc<str>, snapshot: &Snapshot) {
        let share = self.share(project);
        share.usage.take_snapshot(&snapshot.of.volume_type, snapshot.of.size);
        share.standard.add(at, snapshot);
        let end = share.standard.snapshots.get(snapshot.id).and_then(Snapshot::retention_end);
        self.plan_standard(end, project, Moment::Expired { snapshot: snapshot.id });
    }

    /// Removes a snapshot, where it is still there.
    fn drop_standard(&mut self, at: i64, project: &Arc<str>, id: Uuid) {
        let share = self.share(project);
        if let Some(gone) = share.standard.remove(at, id) {
            share.usage.free_snapshot(&gone.of.volume_type, gone.of.size);
        }
    }

    fn set_snapshot(&mut self, at: i64, project: &Arc<str>, id: Uuid, set: impl FnOnce(&mut Snapshot)) {
        if let Some(snapshot) = self.share(project).standard.snapshots.get_mut(id) {
            set(snapshot);
            snapshot.updated = at;
        }
    }

    fn set_group(&mut self, at: i64, project: &Arc<str>, id: Uuid, state: State) {
        if let Some(group) = self.share(project).standard.groups.get_mut(id) {
            (group.state, group.updated) = (state, at);
        }
    }

    /// Changes a policy, and plans when it takes snapshots next.
    fn set_policy(&mut self, at: i64, project: &Arc<str>, id: Uuid, set: impl FnOnce(&mut Policy)) {
        let Some(policy) = self.share(project).standard.policies.get_mut(id) else { return };
        set(policy);
        policy.next = policy.after(at);
        let next = policy.next;
        self.plan_standard(next, project, Moment::Due { policy: id });
    }

    fn plan_standard(&mut self, at: Option<i64>, project: &Arc<str>, moment: Moment) {
        self.plan(at, Due::Standard { project: project.clone(), moment });
    }

    fn share(&mut self, project: &Arc<str>) -> &mut Project {
        self.projects.entry(project.clone()).or_default()
    }
}

/// Whether a part of the job fails.
fn fails(job: &Job) -> bool {
    job.tasks.iter().any(|it| it.error.is_some())
}
