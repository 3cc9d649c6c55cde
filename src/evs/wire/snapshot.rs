//! What the list of snapshots answers.

use super::{few, maybe_number, number, text};
use serde::Deserialize;

/// Answer of `GET /v2/{project_id}/cloudsnapshots/detail`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct SnapshotList {
    /// How many match in all, on whichever pages.
    #[serde(default, deserialize_with = "maybe_number")]
    pub count: Option<u64>,
    /// This page.
    #[serde(deserialize_with = "few")]
    pub snapshots: Vec<Snapshot>,
}

/// A snapshot, as far as it is read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Snapshot {
    /// Identity.
    #[serde(deserialize_with = "text")]
    pub id: String,
    /// The volume that it was taken of.
    #[serde(deserialize_with = "text")]
    pub volume_id: String,
    /// May be absent or empty.
    #[serde(deserialize_with = "text")]
    pub name: String,
    /// The status word.
    #[serde(deserialize_with = "text")]
    pub status: String,
    /// GB.
    #[serde(deserialize_with = "number")]
    pub size: u32,
    /// As in an answer about a volume.
    #[serde(deserialize_with = "text")]
    pub created_at: String,
}
