//! What a deletion asks for: the end of one volume, and of its snapshots with it.

use crate::observed::{ObservedVolume, Status};
use crate::volume::{Address, SnapshotId, VolumeId};
use std::collections::BTreeSet;

/// One delete call.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delete {
    /// Where it is recorded.
    pub address: Address,
    /// Which volume.
    pub id: VolumeId,
    /// Its snapshots, which the service deletes with it.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub snapshots: BTreeSet<SnapshotId>,
}

impl Delete {
    /// Whether a volume shows that its deletion has begun, whatever became of it.
    pub fn has_begun(volume: &ObservedVolume) -> bool {
        matches!(volume.status, Status::Deleting | Status::ErrorDeleting)
    }
}
