//! What the list of the recycle bin answers.

use super::{few, maybe_number, text};
use serde::Deserialize;

/// Answer of `GET /v3/{project_id}/recycle-bin-volumes/detail`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct RecycleList {
    /// How many match in all, on whichever pages.
    #[serde(default, deserialize_with = "maybe_number")]
    pub count: Option<u64>,
    /// This page.
    #[serde(deserialize_with = "few")]
    pub volumes: Vec<RecycledVolume>,
}

/// A volume that lies in the bin, as far as it is read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct RecycledVolume {
    /// Identity: the id that it had before it was deleted.
    #[serde(deserialize_with = "text")]
    pub id: String,
    /// The status word; `restorable` of one that can be restored.
    #[serde(deserialize_with = "text")]
    pub status: String,
    /// When it is deleted for good; as in an answer about a volume.
    #[serde(deserialize_with = "text")]
    pub plan_delete_at: String,
}
