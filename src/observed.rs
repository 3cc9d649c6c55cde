//! What the cloud reported: volumes as they are, and which recorded ones are gone.

use crate::volume::VolumeId;
use std::collections::{BTreeMap, BTreeSet};

/// The cloud's own word for how a volume is doing (EVS API reference, "EVS disk status").
///
/// An unknown word is kept and counts as transient: waiting is right until the deadline.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Status(Box<str>);

impl Status {
    /// Takes the word as it came.
    pub fn new(word: impl Into<String>) -> Status {
        Status(word.into().into_boxed_str())
    }

    /// The word.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the volume can be used: `available` or `in-use`.
    pub fn is_usable(&self) -> bool {
        matches!(&*self.0, "available" | "in-use")
    }

    /// Whether the service gave up on it: `error` and its relatives.
    pub fn is_error(&self) -> bool {
        self.0.starts_with("error")
    }
}

impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// One volume as the cloud describes it. Texts are the cloud's and not trusted: whoever prints one
/// takes the control characters out first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObservedVolume {
    /// Identity; names are not unique.
    pub id: VolumeId,
    /// Empty where the cloud left it out.
    pub name: String,
    /// Absent where it was never set, or is empty.
    pub description: Option<String>,
    /// The cloud's word.
    pub status: Status,
    /// GB.
    pub size: u32,
    /// Empty where the cloud left it out.
    pub volume_type: String,
    /// Zone.
    pub availability_zone: String,
    /// When it was made; `None` where the cloud did not say so, or nobody asked.
    pub created_at: Option<jiff::Timestamp>,
    /// Whether it was paid in advance, by an order.
    pub prepaid: bool,
    /// All tags, foreign ones and the ownership tag included.
    pub tags: BTreeMap<String, String>,
}

/// One look at a project.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Observed {
    /// Every volume that was seen, by id.
    pub volumes: BTreeMap<VolumeId, ObservedVolume>,
    /// Recorded volumes whose reads by id answered 404, each time: only these are gone.
    pub gone: BTreeSet<VolumeId>,
}
