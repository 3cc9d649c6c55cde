//! What services answer about the sources of volumes.

use super::{Snapshot, few, number, or_default, text};
use serde::Deserialize;

/// Answer of `GET /v2/{project_id}/cloudsnapshots/{snapshot_id}`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct SnapshotReply {
    /// The snapshot.
    pub snapshot: Snapshot,
}

/// Answer of `GET /v2/cloudimages` of the image service.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ImageList {
    /// The images that match.
    #[serde(deserialize_with = "few")]
    pub images: Vec<Image>,
}

/// An image, as far as it is read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Image {
    /// Identity.
    #[serde(deserialize_with = "text")]
    pub id: String,
    /// The status word.
    #[serde(deserialize_with = "text")]
    pub status: String,
    /// The least size of a volume from it, in GB; 0 is any.
    #[serde(deserialize_with = "number")]
    pub min_disk: u32,
}

/// Answer of `GET /v3/{project_id}/backups/{backup_id}` of the backup service.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct BackupReply {
    /// The backup.
    #[serde(deserialize_with = "or_default")]
    pub backup: Backup,
}

/// A backup, as far as it is read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Backup {
    /// Identity.
    #[serde(deserialize_with = "text")]
    pub id: String,
    /// The status word.
    #[serde(deserialize_with = "text")]
    pub status: String,
    /// GB.
    #[serde(deserialize_with = "number")]
    pub resource_size: u32,
    /// The zone of what it is of.
    #[serde(deserialize_with = "text")]
    pub resource_az: String,
    /// What it is of.
    #[serde(deserialize_with = "text")]
    pub resource_type: String,
}
