//! One snapshot of a volume, as the cloud describes it.

use crate::volume::{SnapshotId, VolumeId};
use jiff::Timestamp;

/// One snapshot of a volume. Texts are the cloud's and not trusted, as those of a volume.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObservedSnapshot {
    /// Identity; names are not unique.
    pub id: SnapshotId,
    /// The volume that it was taken of, and that takes it along when it is deleted.
    pub volume_id: VolumeId,
    /// Empty where the cloud left it out, or where what it gave is no text.
    pub name: String,
    /// How it is doing, in the cloud's word: as in `creating`, `available`, `error`.
    pub status: String,
    /// GB.
    pub size: u32,
    /// When it was made; `None` where the cloud did not say so.
    pub created_at: Option<Timestamp>,
}
