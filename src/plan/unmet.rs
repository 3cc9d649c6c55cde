//! What a step needs and a project does not have, as the pre-flight of a plan finds it.

use crate::volume::{Key, SourceId, SourceKind};
use std::collections::BTreeSet;

/// What a step needs and the project does not have. In JSON the case is `problem`, which stays as it is where sentences change.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(tag = "problem", rename_all = "kebab-case")]
pub enum Unmet {
    /// The region has no such zone.
    ZoneUnknown {
        /// The zone.
        zone: String,
        /// What was probably meant.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        near: Option<String>,
        /// The zones that can be used.
        zones: BTreeSet<String>,
    },
    /// The zone is not available at present.
    ZoneUnavailable {
        /// The zone.
        zone: String,
        /// The zones that can be used.
        zones: BTreeSet<String>,
    },
    /// There is no such volume type.
    TypeUnknown {
        /// The type.
        volume_type: String,
        /// What was probably meant.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        near: Option<String>,
        /// The types that can be had in the zone.
        types: BTreeSet<String>,
    },
    /// The type does not exist in the zone.
    TypeElsewhere {
        /// The type.
        volume_type: String,
        /// The zone.
        zone: String,
        /// The types that can be had there.
        types: BTreeSet<String>,
        /// The zones where the type can be had.
        zones: BTreeSet<String>,
    },
    /// The type is sold out in the zone.
    TypeSoldOut {
        /// The type.
        volume_type: String,
        /// The zone.
        zone: String,
        /// The types that can be had there.
        types: BTreeSet<String>,
        /// The zones where the type can be had.
        zones: BTreeSet<String>,
    },
    /// A quota is not enough for all that the plan makes and enlarges. Numbers are of volumes or of GB.
    QuotaShort {
        /// Its name in the API.
        entry: String,
        /// How much the plan needs.
        need: i64,
        /// How much is left.
        left: i64,
        /// How much there is in all.
        limit: i64,
        /// The key that needs most of it.
        most: Key,
    },
    /// The source is not there.
    SourceMissing {
        /// What it is.
        source: SourceKind,
        /// Which.
        source_id: SourceId,
    },
    /// Nothing can be made from the source in this status.
    SourceStatus {
        /// What it is.
        source: SourceKind,
        /// Which.
        source_id: SourceId,
        /// The status.
        status: String,
    },
    /// The source needs a larger volume.
    SourceLarger {
        /// What it is.
        source: SourceKind,
        /// Which.
        source_id: SourceId,
        /// At least so many GB.
        least: u32,
        /// So many are asked for.
        size: u32,
    },
    /// The source is in another zone.
    SourceElsewhere {
        /// What it is.
        source: SourceKind,
        /// Which.
        source_id: SourceId,
        /// Its zone.
        zone: String,
    },
    /// The snapshot is of a volume of another type.
    SourceOtherType {
        /// The snapshot.
        source_id: SourceId,
        /// The type of its volume.
        volume_type: String,
    },
    /// The snapshot belongs to a backup.
    SnapshotOfBackup {
        /// The snapshot.
        source_id: SourceId,
    },
    /// The backup is not one of a volume.
    BackupNotOfVolume {
        /// The backup.
        source_id: SourceId,
        /// What it is of.
        resource_type: String,
    },
}

/// What of a plan's needs was not checked, since it could not be asked.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(tag = "unchecked", rename_all = "kebab-case")]
pub enum Unchecked {
    /// The zones.
    Zones,
    /// The volume types.
    Types,
    /// The quotas.
    Quotas,
    /// Sources.
    Sources {
        /// What they are.
        source: SourceKind,
        /// Which.
        source_ids: BTreeSet<SourceId>,
    },
    /// Zone and type of the volumes that snapshots were taken of.
    Placements {
        /// The snapshots.
        source_ids: BTreeSet<SourceId>,
    },
}

/// Whether a plan was held against what the project has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Preflight {
    /// No step needs anything that is asked for.
    #[default]
    Unneeded,
    /// It was.
    Checked,
    /// It was not: the plan was made without asking the cloud.
    Offline,
    /// It was not: somebody said that it shall not be.
    Declined,
}

impl Preflight {
    /// Whether there was nothing to check.
    pub fn is_unneeded(&self) -> bool {
        *self == Preflight::Unneeded
    }
}
