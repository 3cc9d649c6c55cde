//! What the create call of a probe came to.

use super::verdict::{Fault, Verdict};
use crate::evs::Error;
use crate::observed::Status;
use crate::operation::Failure;
use crate::volume::{CreateApi, JobId, VolumeId};
use std::time::Duration;

/// The volume of a probe, as it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProbeVolume {
    /// Its name.
    pub name: String,
    /// Its size in GB.
    pub gb: u32,
    /// Its type.
    pub volume_type: String,
    /// Its zone.
    pub zone: String,
}

/// What the create call came to. The job is `None` where the answer was lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Created {
    /// Its job failed.
    Failed {
        /// The volume.
        volume: ProbeVolume,
        /// The job.
        job: Option<JobId>,
        /// Why.
        failure: Failure,
    },
    /// The volume came out, well or not.
    CameOut {
        /// The volume.
        volume: ProbeVolume,
        /// The job.
        job: Option<JobId>,
        /// How it is doing.
        status: Status,
        /// How long that took, from the answer on.
        after: Duration,
    },
    /// It was not seen to be made in time.
    Unseen {
        /// The volume.
        volume: ProbeVolume,
        /// The job.
        job: Option<JobId>,
    },
}

impl Created {
    pub(super) fn graded(&self) -> (Verdict, &'static str) {
        match self {
            Created::Failed { .. } => (Verdict::Fail(Fault::Wrong), "job-failed"),
            Created::CameOut { status, .. } if status.is_usable() => (Verdict::Ok, "volume-made"),
            Created::CameOut { .. } => (Verdict::Fail(Fault::Wrong), "volume-broken"),
            Created::Unseen { .. } => (Verdict::Fail(Fault::Unfinished), "volume-not-seen"),
        }
    }

    pub(super) fn took(&self) -> Option<Duration> {
        match self {
            Created::CameOut { status, after, .. } if status.is_usable() => Some(*after),
            _ => None,
        }
    }
}

/// What became of metadata that no document knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Metadata {
    /// It is kept.
    Kept,
    /// Its key is, and this became of its value.
    Changed(String),
    /// It is left out without a word.
    LeftOut,
    /// The call was refused for it, and taken without.
    Refused(Error),
}

impl Metadata {
    pub(super) fn graded(&self) -> (Verdict, &'static str) {
        let code = match self {
            Metadata::Kept => "metadata-kept",
            Metadata::Changed(_) => "metadata-changed",
            Metadata::LeftOut => "metadata-left-out",
            Metadata::Refused(_) => "metadata-refused",
        };
        (Verdict::Ok, code)
    }
}

/// Whether the answer to the create call named the volume.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VolumeIds {
    /// This form of the call names none.
    OtherForm(CreateApi),
    /// It named none.
    NoneNamed,
    /// It named the one that was made.
    Same,
    /// No volume was seen.
    NoneSeen,
    /// It named others.
    Others {
        /// Those that it named.
        named: Vec<VolumeId>,
        /// The one that was made.
        made: VolumeId,
    },
}

impl VolumeIds {
    pub(super) fn graded(&self) -> (Verdict, &'static str) {
        match self {
            VolumeIds::OtherForm(_) => (Verdict::Skipped, "ids-not-asked-for"),
            VolumeIds::NoneNamed => (Verdict::Warn, "no-id-named"),
            VolumeIds::Same => (Verdict::Ok, "id-named"),
            VolumeIds::NoneSeen => (Verdict::Skipped, "no-volume-to-compare"),
            VolumeIds::Others { .. } => (Verdict::Warn, "other-id-named"),
        }
    }
}
