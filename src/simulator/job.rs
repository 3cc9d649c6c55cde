//! Jobs, whose life is a function of time.
//!
//! A job has tasks, each about one volume. With D the job duration: the parent is INIT for D/10, then RUNNING; its tasks
//! begin one after another until D/5 and end one after another between 2D/5 and 9D/10; the parent ends at D. That a
//! parent of failed tasks is FAIL with the first error is a choice, as is the order of sub-jobs: the reference gives none,
//! so they stand in an order that is not that of the names, or of the request.

use super::fault::JobTrouble;
use super::task::{Effect, Phase, Task};
use super::time::job_time;
use crate::evs::wire;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A job, with everything that will become of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Job {
    pub(super) id: String,
    pub(super) project: String,
    pub(super) kind: Kind,
    pub(super) accepted: i64,
    /// When INIT ends.
    running: i64,
    /// `None` is never.
    end: Option<i64>,
    pub(super) tasks: Vec<Task>,
    /// Whether those who ask for it are told that there is no such job.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    vanished: bool,
}

/// What a job was begun as; in the data file, and as a `job_type`, spelt as the API does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Kind {
    #[serde(rename = "createVolume")]
    Create,
    #[serde(rename = "batchCreateVolume")]
    BatchCreate,
    #[serde(rename = "extendVolume")]
    Extend,
    /// The reference has no word for it; this one, after that of the creation, is a choice.
    #[serde(rename = "batchExtendVolume")]
    BatchExtend,
    #[serde(rename = "deleteVolume")]
    Delete,
    #[serde(rename = "retypeVolume")]
    Retype,
    /// A choice too, after the name that the vendor's SDK has for the call.
    #[serde(rename = "modifyVolumeQoS")]
    ModifyQos,
    /// The reference has no words for the jobs about snapshots; these are a choice.
    #[serde(rename = "createSnapshot")]
    TakeSnapshot,
    #[serde(rename = "deleteSnapshot")]
    DropSnapshot,
    #[serde(rename = "rollbackSnapshot")]
    RollBack,
    #[serde(rename = "createSnapshotGroup")]
    TakeGroup,
    #[serde(rename = "deleteSnapshotGroup")]
    DropGroup,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Kind::Create => "createVolume",
            Kind::BatchCreate => "batchCreateVolume",
            Kind::Extend => "extendVolume",
            Kind::BatchExtend => "batchExtendVolume",
            Kind::Delete => "deleteVolume",
            Kind::Retype => "retypeVolume",
            Kind::ModifyQos => "modifyVolumeQoS",
            Kind::TakeSnapshot => "createSnapshot",
            Kind::DropSnapshot => "deleteSnapshot",
            Kind::RollBack => "rollbackSnapshot",
            Kind::TakeGroup => "createSnapshotGroup",
            Kind::DropGroup => "deleteSnapshotGroup",
        }
    }

    /// Whether its tasks show as sub-jobs, also where there is only one.
    fn has_sub_jobs(self) -> bool {
        matches!(self, Kind::BatchCreate | Kind::BatchExtend | Kind::TakeGroup | Kind::DropGroup)
    }
}

/// What a job is to work on.
pub(super) struct Work {
    /// Id of the sub-job.
    pub(super) id: String,
    pub(super) volume: Uuid,
    pub(super) number: u64,
    /// From 1, in the order of names or of the request: what a fault rule's `sub_jobs` counts.
    pub(super) ordinal: u32,
    pub(super) effect: Effect,
}

impl Job {
    /// Plans a job over that work, in that order, with the trouble that was ordered for it.
    pub(super) fn plan(
        id: String,
        project: &str,
        kind: Kind,
        accepted: i64,
        duration: i64,
        work: Vec<Work>,
        trouble: Option<&JobTrouble>,
    ) -> Job {
        let count = i64::try_from(work.len()).unwrap_or(1).max(1);
        let hangs = |work: &Work| trouble.is_some_and(|it| it.hangs(work.ordinal));
        let never = work.iter().any(hangs);
        let delay = |work: &Work| trouble.map_or(0, |it| it.delay(work.ordinal));
        let slowest = work.iter().map(delay).max().unwrap_or_default();
        let share = |percent: i64| duration / 100 * percent + duration % 100 * percent / 100;
        let tasks = work.into_iter().zip(0_i64..).map(|(work, place)| {
            let failure = trouble.and_then(|it| it.failure(work.ordinal));
            let (hangs, delay) = (hangs(&work), delay(&work));
            // What fails on a volume that exists leaves it, whatever the rule says of volumes.
            let none = work.effect == Effect::Make && failure.is_some_and(|it| !it.leaves_volume);
            let code = |of: &Option<String>| of.clone().unwrap_or_else(|| work.effect.error_code().to_owned());
            Task {
                volume: Some(work.volume).filter(|_| !none),
                error: failure.map(|it| code(&it.error_code)),
                id: work.id,
                number: work.number,
                effect: work.effect,
                begin: accepted + share(10) + share(10) * place / count,
                end: Some(accepted + share(40) + share(50) * (place + 1) / count + delay).filter(|_| !hangs),
            }
        });
        let tasks = tasks.collect();
        let end = Some(accepted + duration + slowest).filter(|_| !never);
        let vanished = matches!(trouble, Some(JobTrouble::Vanish));
        Job { id, project: project.to_owned(), kind, accepted, running: accepted + share(10), end, tasks, vanished }
    }

    /// The same job with tasks that all do this: for one that an earlier version wrote, without their effects.
    pub(super) fn doing(&self, effect: &Effect) -> Job {
        let tasks = self.tasks.iter().map(|task| Task { effect: effect.clone(), ..task.clone() }).collect();
        Job { tasks, ..self.clone() }
    }

    /// When it ends, where it ever does.
    pub(super) fn end(&self) -> Option<i64> {
        self.end
    }

    /// Whether it is shown to those who ask for it.
    pub(super) fn is_shown(&self) -> bool {
        !self.vanished
    }

    /// The parent's status at that time.
    pub(super) fn phase(&self, now: i64) -> Phase {
        let failed = self.tasks.iter().any(|it| it.error.is_some());
        Phase::at(now, self.running, self.end, failed)
    }

    /// The answer of the job call at that time.
    pub(super) fn show(&self, now: i64) -> wire::Job {
        let phase = self.phase(now);
        let entities = match (phase, self.tasks.as_slice()) {
            (Phase::Init, _) => wire::Entities::default(),
            (_, [task]) if !self.kind.has_sub_jobs() => task.entities(now),
            (_, tasks) => {
                let sub_jobs = tasks.iter().map(|it| it.show(self.accepted, now)).collect();
                wire::Entities { sub_jobs: Some(sub_jobs), ..wire::Entities::default() }
            }
        };
        let failed = self.tasks.iter().find_map(|it| Some((&it.effect, it.error.as_deref()?)));
        let failed = failed.filter(|_| phase == Phase::Fail);
        wire::Job {
            status: phase.word().to_owned(),
            entities,
            job_id: self.id.clone(),
            job_type: self.kind.word().to_owned(),
            begin_time: job_time(self.accepted),
            end_time: self.end.filter(|&it| it <= now).map(job_time).unwrap_or_default(),
            error_code: failed.map(|(_, code)| code.to_owned()),
            fail_reason: failed.map(|(effect, code)| effect.reason(code)),
        }
    }
}
