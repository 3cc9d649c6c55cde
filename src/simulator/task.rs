//! The work on one volume: a sub-job, or a job without sub-jobs.

use super::tier::{Rates, Tier};
use super::time::job_time;
use crate::evs::wire;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What a task does to its volume.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Effect {
    #[default]
    Make,
    /// It has that many GB afterwards.
    Grow {
        to: u32,
    },
    Remove,
    /// It has that type and those rates afterwards.
    Retype {
        to: Tier,
    },
    /// It has those rates afterwards.
    Rate {
        to: Rates,
    },
    /// It has the content of one of its snapshots afterwards: of the one of that number below `cloudsnapshots`, or of a standard
    /// snapshot.
    RollBack {
        snapshot: Option<u64>,
    },
    /// A standard snapshot of it is taken, or deleted. It is no stage of the volume, which goes on as it is.
    Snapshot {
        removal: bool,
    },
}

impl Effect {
    fn is_make(&self) -> bool {
        *self == Effect::Make
    }

    /// The `job_type` of a job that does this to one volume.
    pub(super) fn job_type(&self) -> &'static str {
        match self {
            Effect::Make => "createVolume",
            Effect::Grow { .. } => "extendVolume",
            Effect::Remove => "deleteVolume",
            Effect::Retype { .. } => "retypeVolume",
            // A choice, after the name that the vendor's SDK has for the call.
            Effect::Rate { .. } => "modifyVolumeQoS",
            Effect::RollBack { .. } => "rollbackSnapshot",
            Effect::Snapshot { removal: false } => "createSnapshot",
            Effect::Snapshot { removal: true } => "deleteSnapshot",
        }
    }

    /// The error code that such work ends with where a fault rule names none.
    pub(super) fn error_code(&self) -> &'static str {
        match self {
            Effect::Make => "EVS.2024",
            Effect::Grow { .. } => "EVS.2026",
            Effect::Remove => "EVS.2020",
            // A choice: the reference has this one for a retype that is refused, and none for one that fails.
            Effect::Retype { .. } => "EVS.2087",
            Effect::Rate { .. } => "EVS.2050",
            // No source has a code for these but the last one.
            Effect::RollBack { .. } => "EVS.2025",
            Effect::Snapshot { removal: false } => "EVS.2002",
            Effect::Snapshot { removal: true } => "EVS.2019",
        }
    }

    /// The `fail_reason` to a code, as in the recorded sample `EbsCreateVolumeTask-fail:volume is error!`.
    pub(super) fn reason(&self, code: &str) -> String {
        let task = match self {
            Effect::Make => "EbsCreateVolumeTask",
            Effect::Grow { .. } => "EbsExtendVolumeTask",
            Effect::Remove => "EbsDeleteVolumeTask",
            Effect::Retype { .. } => "EbsRetypeVolumeTask",
            Effect::Rate { .. } => "EbsModifyVolumeQosTask",
            Effect::RollBack { .. } => "EbsRollbackSnapshotTask",
            Effect::Snapshot { removal: false } => "EbsCreateSnapshotTask",
            Effect::Snapshot { removal: true } => "EbsDeleteSnapshotTask",
        };
        let text = match code {
            "EVS.2024" => "volume is error!",
            "EVS.2026" => "volume is error_extending!",
            "EVS.2020" => "volume is error_deleting!",
            "EVS.2087" => {
                "retype failed. please make sure that type is supported and the new one is higher then origin"
            }
            "EVS.2050" => "set volume Qos failed!",
            "EVS.2025" => "volume is error_restoring!",
            "EVS.2002" => "internal error!",
            "EVS.2019" => "snapshot is error_deleting!",
            _ => "the task failed",
        };
        format!("{task}-fail:{text}")
    }
}

/// The work on one volume.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Task {
    pub(super) id: String,
    /// `None` where creation fails before there is a volume.
    pub(super) volume: Option<Uuid>,
    /// Orders volumes that were created at the same time.
    pub(super) number: u64,
    /// Earlier versions did not write it; what it was then follows from the change that the job stands in.
    #[serde(default, skip_serializing_if = "Effect::is_make")]
    pub(super) effect: Effect,
    pub(super) begin: i64,
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
    /// The phase of work that runs from one time to another, where that is ever.
    pub(super) fn at(now: i64, running: i64, end: Option<i64>, failed: bool) -> Phase {
        match end {
            Some(end) if end <= now && failed => Phase::Fail,
            Some(end) if end <= now => Phase::Success,
            _ if now < running => Phase::Init,
            _ => Phase::Running,
        }
    }

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

impl Task {
    /// What it works on, as far as it has begun.
    pub(super) fn entities(&self, now: i64) -> wire::Entities {
        let volume_id = self.volume.filter(|_| self.begin <= now).map(|it| it.to_string());
        wire::Entities { volume_id, ..wire::Entities::default() }
    }

    /// As a sub-job of a job that was accepted then.
    pub(super) fn show(&self, accepted: i64, now: i64) -> wire::Job {
        let phase = Phase::at(now, self.begin, self.end, self.error.is_some());
        let error = self.error.as_deref().filter(|_| phase == Phase::Fail);
        wire::Job {
            status: phase.word().to_owned(),
            entities: self.entities(now),
            job_id: self.id.clone(),
            job_type: self.effect.job_type().to_owned(),
            begin_time: job_time(if self.begin <= now { self.begin } else { accepted }),
            end_time: self.end.filter(|&it| it <= now).map(job_time).unwrap_or_default(),
            error_code: error.map(str::to_owned),
            fail_reason: error.map(|it| self.effect.reason(it)),
        }
    }
}
