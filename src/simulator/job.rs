//! Jobs, whose life is a function of time.
//!
//! With D the job duration: the parent is INIT for D/10, then RUNNING; its tasks begin one after another
//! until D/5 and end one after another between 2D/5 and 9D/10; the parent ends at D. That a parent of
//! failed tasks is FAIL with the first error is a choice, as is the order of sub-jobs: the reference gives none,
//! so they stand in an order that is not that of the names.

use super::fault::JobTrouble;
use super::time::job_time;
use crate::evs::wire;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A job, with everything that will become of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Job {
    pub(super) id: String,
    pub(super) project: String,
    /// `createVolume`, `batchCreateVolume`, `deleteVolume`, `extendVolume`.
    pub(super) kind: String,
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

/// The work on one volume: a sub-job, or a job without sub-jobs.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Task {
    pub(super) id: String,
    /// `None` where creation fails before there is a volume.
    pub(super) volume: Option<Uuid>,
    /// Orders volumes that were created at the same time.
    pub(super) number: u64,
    begin: i64,
    /// `None` is never.
    pub(super) end: Option<i64>,
    /// The error code that it ends with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<String>,
}

/// The status words of jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Init,
    Running,
    Success,
    Fail,
}

impl Phase {
    /// As the API spells it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Phase::Init => "INIT",
            Phase::Running => "RUNNING",
            Phase::Success => "SUCCESS",
            Phase::Fail => "FAIL",
        }
    }
}

/// What a job is to work on.
pub(super) struct Work {
    /// Id of the sub-job.
    pub(super) id: String,
    pub(super) volume: Uuid,
    pub(super) number: u64,
    /// From 1, in the order of names: what a fault rule's `sub_jobs` counts.
    pub(super) ordinal: u32,
}

impl Job {
    /// Plans a job over that work, in that order, with the trouble that was ordered for it.
    pub(super) fn plan(
        id: String,
        project: &str,
        kind: &str,
        accepted: i64,
        duration: i64,
        work: Vec<Work>,
        trouble: Option<&JobTrouble>,
    ) -> Job {
        let count = i64::try_from(work.len()).unwrap_or(1).max(1);
        let hangs = |work: &Work| trouble.is_some_and(|it| it.hangs(work.ordinal));
        let never = work.iter().any(hangs);
        let share = |percent: i64| duration / 100 * percent + duration % 100 * percent / 100;
        let tasks = work.into_iter().zip(0_i64..).map(|(work, place)| {
            let failure = trouble.and_then(|it| it.failure(work.ordinal));
            let hangs = hangs(&work);
            Task {
                volume: Some(work.volume).filter(|_| failure.is_none_or(|it| it.leaves_volume)),
                id: work.id,
                number: work.number,
                begin: accepted + share(10) + share(10) * place / count,
                end: Some(accepted + share(40) + share(50) * (place + 1) / count).filter(|_| !hangs),
                error: failure.map(|it| it.error_code.clone()),
            }
        });
        let tasks = tasks.collect();
        let end = Some(accepted + duration).filter(|_| !never);
        let vanished = matches!(trouble, Some(JobTrouble::Vanish));
        Job {
            id,
            project: project.to_owned(),
            kind: kind.to_owned(),
            accepted,
            running: accepted + share(10),
            end,
            tasks,
            vanished,
        }
    }

    /// Whether it is shown to those who ask for it.
    pub(super) fn is_shown(&self) -> bool {
        !self.vanished
    }

    /// The parent's status at that time.
    pub(super) fn phase(&self, now: i64) -> Phase {
        let failed = self.tasks.iter().any(|it| it.error.is_some());
        phase(now, self.running, self.end, failed)
    }

    /// The answer of the job call at that time.
    pub(super) fn show(&self, now: i64) -> wire::Job {
        let phase = self.phase(now);
        let entities = match (phase, self.tasks.as_slice()) {
            (Phase::Init, _) => wire::Entities::default(),
            (_, [task]) if self.kind != BATCH => task.entities(now),
            (_, tasks) => {
                let sub_jobs = tasks.iter().map(|it| it.show(self.accepted, now)).collect();
                wire::Entities { sub_jobs: Some(sub_jobs), ..wire::Entities::default() }
            }
        };
        let error = self.tasks.iter().find_map(|it| it.error.as_deref()).filter(|_| phase == Phase::Fail);
        wire::Job {
            status: phase.word().to_owned(),
            entities,
            job_id: self.id.clone(),
            job_type: self.kind.clone(),
            begin_time: job_time(self.accepted),
            end_time: self.end.filter(|&it| it <= now).map(job_time).unwrap_or_default(),
            error_code: error.map(str::to_owned),
            fail_reason: error.map(|it| reason(&self.kind, it)),
        }
    }
}

/// The type of a job with sub-jobs.
pub(super) const BATCH: &str = "batchCreateVolume";
/// The type of a job that makes one volume.
pub(super) const CREATE: &str = "createVolume";
/// The type of a job that makes one volume larger.
pub(super) const EXTEND: &str = "extendVolume";
/// The type of a job that deletes one volume.
pub(super) const DELETE: &str = "deleteVolume";

impl Task {
    fn entities(&self, now: i64) -> wire::Entities {
        let volume_id = self.volume.filter(|_| self.begin <= now).map(|it| it.to_string());
        wire::Entities { volume_id, ..wire::Entities::default() }
    }

    fn show(&self, accepted: i64, now: i64) -> wire::Job {
        let phase = phase(now, self.begin, self.end, self.error.is_some());
        let error = self.error.as_deref().filter(|_| phase == Phase::Fail);
        wire::Job {
            status: phase.word().to_owned(),
            entities: self.entities(now),
            job_id: self.id.clone(),
            job_type: CREATE.to_owned(),
            begin_time: job_time(if self.begin <= now { self.begin } else { accepted }),
            end_time: self.end.filter(|&it| it <= now).map(job_time).unwrap_or_default(),
            error_code: error.map(str::to_owned),
            fail_reason: error.map(|it| reason(CREATE, it)),
        }
    }
}

fn phase(now: i64, running: i64, end: Option<i64>, failed: bool) -> Phase {
    match end {
        Some(end) if end <= now => {
            if failed {
                Phase::Fail
            } else {
                Phase::Success
            }
        }
        _ if now < running => Phase::Init,
        _ => Phase::Running,
    }
}

/// As in the recorded sample `EbsCreateVolumeTask-fail:volume is error!`.
fn reason(kind: &str, code: &str) -> String {
    let task = match kind {
        DELETE => "EbsDeleteVolumeTask",
        EXTEND => "EbsExtendVolumeTask",
        _ => "EbsCreateVolumeTask",
    };
    let text = match code {
        "EVS.2024" => "volume is error!",
        "EVS.2026" => "volume is error_extending!",
        "EVS.2020" => "volume is error_deleting!",
        _ => "the task failed",
    };
    format!("{task}-fail:{text}")
}
