//! What came of removing the volume of a probe.

use super::created::ProbeVolume;
use super::verdict::{Fault, Verdict};
use crate::evs::Error;
use crate::operation::Unproved;
use crate::volume::VolumeId;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

/// What came of removing the volume of a probe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Removal {
    /// Nothing is left.
    Gone {
        /// The name that was asked for.
        name: String,
        /// The volumes that were there and are gone, each with how long that took from the answer on.
        volumes: BTreeMap<VolumeId, Option<Duration>>,
    },
    /// Something is left, or may be.
    Left(Box<Left>),
}

/// What is left, or may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// What was asked for.
    pub volume: ProbeVolume,
    /// The volumes that are still there, each with how it shows.
    pub there: BTreeMap<VolumeId, Lingering>,
    /// Those that are not certainly the probe's own, and what speaks against it.
    pub doubtful: BTreeMap<VolumeId, Vec<Doubt>>,
    /// Why no more was done.
    pub why: Why,
    /// The file of its record.
    pub record: PathBuf,
}

/// How a volume shows that is still there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lingering {
    /// With this status, the cloud's own word.
    Status(String),
    /// It is found by some reads, and not by others.
    AtTimes,
}

/// What speaks against a volume's being a probe's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doubt {
    /// Its name.
    Name(String),
    /// The value of its tag.
    Tag {
        /// The tag's key.
        key: &'static str,
        /// Its value.
        value: String,
    },
    /// It has none, and no answer named it.
    NoTag {
        /// The tag's key.
        key: &'static str,
    },
    /// Its size in GB.
    Size(u32),
    /// Its type.
    VolumeType(String),
    /// A server has or had it.
    Attached,
}

/// Why no more was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// It is denied.
    Denied(Error),
    /// A call failed up to the end.
    Failed(Error),
    /// Time was over.
    Time,
    /// It is not certainly the probe's own.
    NotCertain,
    /// Nothing of its create call shows, and something may yet.
    Open(Open),
}

/// Why nothing proves that nothing will come of a create call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Open {
    /// No time is late enough for a proof.
    Ever,
    /// A list lacks this to prove it.
    Lacking(Unproved),
    /// From then on a list can.
    Until(Timestamp),
}

impl Removal {
    /// Whether nothing is left.
    pub fn is_gone(&self) -> bool {
        matches!(self, Removal::Gone { .. })
    }

    pub(super) fn graded(&self) -> (Verdict, &'static str) {
        match self {
            Removal::Gone { volumes, .. } if volumes.is_empty() => (Verdict::Ok, "never-made"),
            Removal::Gone { .. } => (Verdict::Ok, "deleted"),
            Removal::Left(left) => match left.why {
                Why::Denied(_) => (Verdict::Fail(Fault::Denied), "delete-denied"),
                Why::NotCertain => (Verdict::Fail(Fault::Unfinished), "not-certainly-own"),
                Why::Open(_) => (Verdict::Fail(Fault::Unfinished), "create-open"),
                Why::Failed(_) | Why::Time => (Verdict::Fail(Fault::Unfinished), "not-deleted"),
            },
        }
    }

    /// How long the slowest took.
    pub(super) fn took(&self) -> Option<Duration> {
        match self {
            Removal::Gone { volumes, .. } => volumes.values().flatten().max().copied(),
            Removal::Left(_) => None,
        }
    }
}
