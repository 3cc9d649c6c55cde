//! Why a recorded volume does not count as what was asked for.

use super::failure::{Failure, Reason};
use jiff::Timestamp;

/// Why a recorded volume does not count as what was asked for. Its slot is not free for another while it is there.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(untagged)]
pub enum Taint {
    /// Its creation failed.
    Failed(Leftover),
    /// It was made, and is not as the call asked for it.
    Unlike(Unlike),
    /// Its job said that it was made, and no read has shown it yet: nothing but the job's word makes it ours.
    Unseen(Unseen),
}

/// See [`Taint::Unseen`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Unseen {
    /// By which job, order or answer it is named; not kept otherwise, since its call is over.
    pub unseen: NamedBy,
}

/// Whose word a volume rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NamedBy {
    /// The job of the call.
    Job,
}

/// What the failed creation of a volume left.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Leftover {
    /// As in `EVS.2024`; empty where the cloud named none.
    pub code: String,
    /// Why.
    pub reason: Reason,
    /// When it failed, by the service's clock, or a time before that; RFC 3339. States of earlier versions lack it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
}

/// In what a volume differs from what its call asked for.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Unlike {
    /// At least one.
    pub unlike: Vec<Misfit>,
}

/// One field that is not as asked.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct Misfit {
    /// Which.
    pub field: Aspect,
    /// What was asked for. Its name is not `asked`: in a line of a state, that one begins the specification.
    pub wanted: String,
    /// What the cloud shows.
    pub seen: String,
}

/// A field by which a volume is known to be what was asked for, spelt as in the manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aspect {
    /// The zone.
    AvailabilityZone,
    /// The type.
    VolumeType,
    /// The size in GB.
    Size,
    /// Snapshot or image, or neither.
    Source,
    /// The name that the service gave, for a volume that carries no tag.
    Name,
}

impl Aspect {
    /// The field's name.
    pub fn word(self) -> &'static str {
        match self {
            Aspect::AvailabilityZone => "availability_zone",
            Aspect::VolumeType => "volume_type",
            Aspect::Size => "size",
            Aspect::Source => "source",
            Aspect::Name => "name",
        }
    }
}

impl Leftover {
    /// Of that failure, at that time.
    pub fn of(failure: Failure, at: Option<Timestamp>) -> Leftover {
        Leftover { code: failure.code, reason: failure.reason, at }
    }

    /// Code and reason.
    pub fn failure(&self) -> Failure {
        Failure { code: self.code.clone(), reason: self.reason.clone() }
    }
}
