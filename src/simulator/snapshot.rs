//! A snapshot that a call took of a volume. Those of the catalogue are others: they are there before any call.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// A snapshot as it was asked for, and how it is doing.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Snapshot {
    /// Grows with every id that the cloud gives: a stable order.
    pub(super) number: u64,
    pub(super) id: Uuid,
    /// The volume that it was taken of, which it never outlives.
    pub(super) volume: Uuid,
    pub(super) name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<String>,
    pub(super) metadata: BTreeMap<String, String>,
    /// GB of the volume, as it was then.
    pub(super) size: u32,
    /// Type of the volume, as it was then: the quota counts by it.
    pub(super) volume_type: String,
    /// When; filled in from the event.
    #[serde(skip)]
    pub(super) created: i64,
    #[serde(skip)]
    pub(super) updated: i64,
    #[serde(skip)]
    pub(super) state: State,
}

/// How a snapshot is doing. The others that the API has, `rollbacking` and `backing-up`, no call leads to here.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum State {
    #[default]
    Creating,
    Available,
    Error,
    Deleting,
    ErrorDeleting,
}

impl State {
    /// As the API spells it.
    pub(super) fn word(self) -> &'static str {
        match self {
            State::Creating => "creating",
            State::Available => "available",
            State::Error => "error",
            State::Deleting => "deleting",
            State::ErrorDeleting => "error_deleting",
        }
    }
}
