//! The create calls: what they ask for, and what they answer.

use super::{few, maybe_text};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Body of `POST /v3/{project_id}/cloudvolumes`, and of v2.1, which alone knows what stands beside `volume`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateRequest {
    /// What to create.
    pub volume: CreateVolume,
    /// How it is paid.
    #[serde(default, rename = "bssParam", skip_serializing_if = "Option::is_none")]
    pub bss_param: Option<BssParam>,
    /// The server to attach it to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_id: Option<String>,
    /// Where to place it.
    #[serde(default, rename = "OS-SCH-HNT:scheduler_hints", skip_serializing_if = "Option::is_none")]
    pub scheduler_hints: Option<SchedulerHints>,
}

/// How the volumes of a create call are paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BssParam {
    /// `prePaid` or `postPaid`.
    pub charging_mode: String,
    /// `month` or `year`.
    pub period_type: String,
    /// 1 to 9 months, or 1 year.
    pub period_num: u32,
    /// `"true"` or `"false"`, a text.
    pub is_auto_renew: String,
    /// `"true"` or `"false"`, a text.
    pub is_auto_pay: String,
}

/// Where the volumes of a create call are placed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SchedulerHints {
    /// The dedicated storage pool.
    pub dedicated_storage_id: String,
}

/// The `volume` object of a create call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateVolume {
    /// Zone.
    pub availability_zone: String,
    /// Type.
    pub volume_type: String,
    /// GB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<u32>,
    /// Name, or base name where `count` is above 1.
    pub name: String,
    /// Free text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// How many, 1 to 100.
    pub count: u32,
    /// Source backup.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backup_id: Option<String>,
    /// Source snapshot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snapshot_id: Option<String>,
    /// Source image; the reference spells it so.
    #[serde(rename = "imageRef", skip_serializing_if = "Option::is_none")]
    pub image_ref: Option<String>,
    /// Shared volume.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub multiattach: Option<bool>,
    /// The four metadata keys of the create call.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata: BTreeMap<String, String>,
    /// Tags, the ownership tag included.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
    /// Enterprise project.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enterprise_project_id: Option<String>,
    /// Operations a second; v2.1 alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iops: Option<u32>,
    /// MiB a second; v2.1 alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub throughput: Option<u32>,
}

/// Answer of the create calls: a job, or of v2.1 an order in its place.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateReply {
    /// The job to follow.
    #[serde(default, deserialize_with = "maybe_text", skip_serializing_if = "Option::is_none")]
    pub job_id: Option<String>,
    /// The order that has to be paid.
    #[serde(default, deserialize_with = "maybe_text", skip_serializing_if = "Option::is_none")]
    pub order_id: Option<String>,
    /// The volumes that a v2.1 create call is going to make, where it was asked for them.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "few")]
    pub volume_ids: Vec<String>,
}
