//! What calls do to standard snapshots, as the data file keeps it.

use super::group::Group;
use super::policy::Policy;
use super::schedule::Schedule;
use super::snapshot::Snapshot;
use crate::simulator::job::Job;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// What a call did. Additions only: every data file that was ever written must still be read.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::simulator) enum Deed {
    /// Snapshots are being taken, in the order of the job's tasks.
    Take {
        job: Job,
        snapshots: Vec<Snapshot>,
        /// The group that they are taken for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        group: Option<Group>,
    },
    /// Snapshots are being deleted, in the order of the job's tasks.
    Drop {
        job: Job,
        snapshots: Vec<Uuid>,
        /// The group that goes with them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        group: Option<Uuid>,
    },
    /// A volume is being rolled back to a snapshot.
    RollBack { job: Job, snapshot: Uuid },
    /// New words for a snapshot, or another access; what is missing stays.
    Change {
        snapshot: Uuid,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        description: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        instant_access: Option<bool>,
    },
    /// New words for a group; what is missing stays.
    ChangeGroup {
        group: Uuid,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        description: Option<String>,
    },
    /// All tags of a snapshot as they are from now on.
    Tag { snapshot: Uuid, tags: BTreeMap<String, String> },
    /// The same of a group.
    TagGroup { group: Uuid, tags: BTreeMap<String, String> },
    /// A policy was made.
    MakePolicy { policy: Policy },
    /// A policy is this from now on.
    ChangePolicy {
        policy: Uuid,
        name: String,
        schedule: Schedule,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retention_days: Option<u32>,
    },
    /// A policy is gone. What it took stays.
    DropPolicy { policy: Uuid },
    /// All volumes of a policy from now on.
    Associate { policy: Uuid, volumes: BTreeSet<Uuid> },
}
