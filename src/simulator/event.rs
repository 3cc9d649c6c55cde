//! What can happen to the cloud, as the data file keeps it.

use super::act;
use super::bin;
use super::image::Exported;
use super::job::Job;
use super::order::{Paid, Purchase};
use super::snapshot::Snapshot;
use super::standard::deed::Deed;
use super::transfer::Transfer;
use super::volume::Spec;
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use uuid::Uuid;

/// The first use of a client token, and what it was answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Used {
    pub(super) token: Uuid,
    /// Digest of method, address and body.
    pub(super) call: String,
    pub(super) status: u16,
    pub(super) reply: String,
    /// When; filled in from the event.
    #[serde(skip)]
    pub(super) at: i64,
}

/// A change, and when it happened. The data file holds one a line.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Event {
    /// Microseconds since 1970.
    pub(super) at: i64,
    /// The last id given until then.
    pub(super) counter: u64,
    pub(super) change: Change,
}

impl Event {
    /// Whether it can be gone on from: time, and the numbers that ids follow from, must not come to their ends.
    pub(super) fn is_possible(&self) -> bool {
        jiff::Timestamp::from_microsecond(self.at).is_ok() && self.counter < u64::MAX / 2
    }
}

/// What can happen.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Change {
    /// A create call was accepted.
    Created {
        job: Job,
        spec: Arc<Spec>,
        /// The names, by task of the job.
        names: Vec<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        token: Option<Used>,
    },
    /// An order was made, and paid at once where it pays itself.
    Ordered {
        purchase: Purchase,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        paid: Option<Paid>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        token: Option<Used>,
    },
    /// An order was paid.
    Paid { order: String, paid: Paid },
    /// An order will never be paid.
    Cancelled { order: String },
    /// New words; what is missing stays.
    Updated {
        volume: Uuid,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        description: Option<String>,
    },
    /// All tags as they are from now on.
    Tagged { volume: Uuid, tags: BTreeMap<String, String> },
    /// A volume was changed at once, by a call.
    Acted { volume: Uuid, act: act::Act },
    /// The content of a volume is being written into an image, until then; without a time, for ever.
    Exporting {
        project: String,
        image: Exported,
        end: Option<i64>,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        failed: bool,
    },
    /// Work on volumes that exist was accepted; each task of the job says what.
    Working { job: Job },
    /// A deletion, as earlier versions wrote it.
    Deleting { job: Job },
    /// Growing to that many GB, as earlier versions wrote it.
    Extending { job: Job, size: u32 },
    /// A volume was offered to other projects.
    Offered { project: String, transfer: Transfer },
    /// The offer of that number was taken back.
    Withdrawn { project: String, number: u64 },
    /// The offer of that number was accepted by another project, or by its own.
    Accepted { project: String, number: u64, by: String },
    /// The clock was set: the cloud has come to that time.
    Reached,
    /// Somebody changed it from outside.
    Edited { volume: Uuid, edit: Edit },
    /// A snapshot is being taken, until then; without a time, for ever.
    Snapshotted {
        project: String,
        snapshot: Snapshot,
        end: Option<i64>,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        failed: bool,
    },
    /// New words or other metadata, all of it, for the snapshot of that number; what is missing stays.
    SnapshotUpdated {
        project: String,
        number: u64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        description: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        metadata: Option<BTreeMap<String, String>>,
    },
    /// The snapshot of that number is being deleted, until then.
    SnapshotDeleting {
        project: String,
        number: u64,
        end: Option<i64>,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        failed: bool,
    },
    /// A call about the recycle bin.
    Recycling { project: String, act: bin::Act },
    /// A call about standard snapshots did this.
    Standard { project: String, deed: Box<Deed> },
}

/// What shall be different of a volume that is edited from outside.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Edit {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<String>,
    /// `Some(None)`, which is null, takes it away.
    #[serde(default, deserialize_with = "there", skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<Option<String>>,
    /// GB; may be less than it was in what earlier versions wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) size: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) volume_type: Option<String>,
    /// `Some(None)`, which is null, takes it away, as a move to a type that has none does.
    #[serde(default, deserialize_with = "there", skip_serializing_if = "Option::is_none")]
    pub(super) iops: Option<Option<u32>>,
    /// The same.
    #[serde(default, deserialize_with = "there", skip_serializing_if = "Option::is_none")]
    pub(super) throughput: Option<Option<u32>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) enterprise_project_id: Option<String>,
    /// All of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) tags: Option<BTreeMap<String, String>>,
    /// Any word. It is shown until other work on the volume begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) status: Option<String>,
    /// Ids of servers; an empty list detaches it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) attached_to: Option<Vec<String>>,
    /// The status of its servers, as the service learns it; `Some(None)`, which is null, keeps the service from learning it.
    #[serde(default, deserialize_with = "there", skip_serializing_if = "Option::is_none")]
    pub(super) server_status: Option<Option<String>>,
    /// The service that has locked it; `Some(None)`, which is null, unlocks it.
    #[serde(default, deserialize_with = "there", skip_serializing_if = "Option::is_none")]
    pub(super) locked_by: Option<Option<String>>,
    /// Microseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) created_at: Option<i64>,
    /// It is there no more, whatever its status was and whoever used it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) gone: bool,
}

/// Reads a field that is there: serde alone takes null for a field that is missing.
fn there<'de, T: Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(from).map(Some)
}

impl Edit {
    /// Whether work that is under way would disagree with it about what the volume takes of the quota.
    pub(super) fn moves_quota(&self) -> bool {
        self.size.is_some() || self.volume_type.is_some() || self.gone
    }
}
