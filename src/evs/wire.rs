//! Bodies of requests and answers, exactly as the EVS API reference documents them, and the only
//! types that the client and the embedded cloud share.
//!
//! Reading is tolerant: a key that is missing, null or of an unexpected type in a field that is not
//! needed never spoils the rest. Fields that only the embedded cloud writes are not read at all. Nothing is held that is
//! not kept, so that an answer takes little more memory than it has bytes.

mod create;
mod extend;
mod rate;
mod recycle;
mod snapshot;
mod source;
mod tags;
mod tolerant;

pub use create::{BssParam, CreateReply, CreateRequest, CreateVolume, SchedulerHints};
pub use extend::{BatchExtendRequest, ExtendPayment, ExtendRequest, NewSize, StartedReply, VolumeSize};
pub use rate::Rate;
pub use recycle::{RecycleList, RecycledVolume};
pub use snapshot::{Snapshot, SnapshotList};
pub use source::{Backup, BackupReply, Image, ImageList, SnapshotReply};
pub use tags::{Tag, TagKey, TagsAction};

use rate::maybe_rate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tolerant::{
    boolean, few, image_id, keys, maybe_boolean, maybe_few, maybe_number, maybe_text, number, or_default, readable,
    servers, text, text_map,
};

/// The key of a volume's metadata that names its order: present and not empty where the volume is prepaid.
pub const ORDER_ID: &str = "orderID";

/// Answer of a call that starts a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobReply {
    /// The job to follow.
    pub job_id: String,
}

/// Answer of `GET /v1/{project_id}/jobs/{job_id}`, and each item of `sub_jobs`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// `INIT`, `RUNNING`, `SUCCESS`, `FAIL`.
    #[serde(default, deserialize_with = "text")]
    pub status: String,
    /// What the job works on.
    #[serde(default, deserialize_with = "or_default")]
    pub entities: Entities,
    /// Its id.
    #[serde(default, deserialize_with = "text")]
    pub job_id: String,
    /// As in `createVolume`; never branched on.
    #[serde(default, deserialize_with = "text")]
    pub job_type: String,
    /// `YYYY-MM-DDTHH:MM:SS.SSSZ`.
    #[serde(default, deserialize_with = "text")]
    pub begin_time: String,
    /// The same, or empty while unfinished.
    #[serde(default, deserialize_with = "text")]
    pub end_time: String,
    /// As in `EVS.2024`, when failed.
    #[serde(default, deserialize_with = "maybe_text")]
    pub error_code: Option<String>,
    /// Why it failed.
    #[serde(default, deserialize_with = "maybe_text")]
    pub fail_reason: Option<String>,
}

/// What a job works on: one volume, or sub-jobs that each do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entities {
    /// The volume, once there is one.
    #[serde(default, deserialize_with = "maybe_text", skip_serializing_if = "Option::is_none")]
    pub volume_id: Option<String>,
    /// Its name, which many answers leave out.
    #[serde(default, deserialize_with = "maybe_text", skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its type, which many answers leave out.
    #[serde(default, deserialize_with = "maybe_text", skip_serializing_if = "Option::is_none")]
    pub volume_type: Option<String>,
    /// Its size in GB, which many answers leave out; not read.
    #[serde(default, skip_deserializing, skip_serializing_if = "Option::is_none")]
    pub size: Option<u32>,
    /// One job a volume, for a create call with `count` above 1; may be missing, short or late.
    #[serde(default, deserialize_with = "maybe_few", skip_serializing_if = "Option::is_none")]
    pub sub_jobs: Option<Vec<Job>>,
}

/// Answer of `GET /v2/{project_id}/cloudvolumes/{volume_id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VolumeReply {
    /// The volume.
    pub volume: Volume,
}

/// Answer of `GET /v2/{project_id}/cloudvolumes/detail`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VolumeList {
    /// How many match in all. A published sample has the length of its page there: so a number that is too small says
    /// nothing, and one that is larger than what was read says that something is missing.
    #[serde(default, deserialize_with = "maybe_number")]
    pub count: Option<u64>,
    /// This page.
    #[serde(deserialize_with = "few")]
    pub volumes: Vec<Volume>,
    /// A link with an internal host where more results remain; never followed.
    #[serde(default, skip_deserializing, skip_serializing_if = "Vec::is_empty")]
    pub volumes_links: Vec<Link>,
}

/// A link in an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Link {
    /// Address, with an internal host in real answers.
    pub href: String,
    /// `self`, `bookmark` or `next`.
    pub rel: String,
}

/// A volume as show and list describe it. Keys whose value is null are left out, as the service does.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Volume {
    /// Identity.
    #[serde(deserialize_with = "text")]
    pub id: String,
    /// Links to itself.
    #[serde(skip_deserializing)]
    pub links: Vec<Link>,
    /// May be absent or empty.
    #[serde(deserialize_with = "text")]
    pub name: String,
    /// Whether the name was no text, and was mended.
    #[serde(rename = "evsctl:name_is_unreadable", deserialize_with = "boolean", skip_serializing)]
    pub name_is_unreadable: bool,
    /// Absent when never set.
    #[serde(deserialize_with = "maybe_text", skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The status word.
    #[serde(deserialize_with = "text")]
    pub status: String,
    /// Servers that use it; of what is read only the id of each is kept.
    #[serde(deserialize_with = "servers")]
    pub attachments: Vec<serde_json::Value>,
    /// Zone.
    #[serde(deserialize_with = "text")]
    pub availability_zone: String,
    /// `YYYY-MM-DDTHH:MM:SS.ffffff`, UTC without a zone suffix.
    #[serde(deserialize_with = "text")]
    pub created_at: String,
    /// The project.
    #[serde(rename = "os-vol-tenant-attr:tenant_id", skip_deserializing)]
    pub tenant_id: String,
    /// Where an image was the source; of what is read only `image_id` is kept.
    #[serde(deserialize_with = "image_id")]
    pub volume_image_metadata: BTreeMap<String, String>,
    /// Type.
    #[serde(deserialize_with = "text")]
    pub volume_type: String,
    /// GB.
    #[serde(deserialize_with = "number")]
    pub size: u32,
    /// `"true"` or `"false"`, a text.
    #[serde(skip_deserializing)]
    pub bootable: String,
    /// The caller's keys and the service's own.
    #[serde(deserialize_with = "text_map")]
    pub metadata: BTreeMap<String, String>,
    /// As `created_at`.
    #[serde(skip_deserializing)]
    pub updated_at: String,
    /// Always false, even for an encrypted volume.
    #[serde(skip_deserializing)]
    pub encrypted: bool,
    /// `disabled`.
    #[serde(skip_deserializing)]
    pub replication_status: String,
    /// Deprecated; a text, and unreliable.
    #[serde(skip_deserializing)]
    pub shareable: String,
    /// `EVS`, or `DSS` in a dedicated pool.
    #[serde(skip_deserializing)]
    pub service_type: String,
    /// Shared volume; a text in some answers.
    #[serde(deserialize_with = "maybe_boolean", skip_serializing_if = "Option::is_none")]
    pub multiattach: Option<bool>,
    /// A map here, a list elsewhere.
    #[serde(deserialize_with = "text_map")]
    pub tags: BTreeMap<String, String>,
    /// Source snapshot.
    #[serde(deserialize_with = "maybe_text", skip_serializing_if = "Option::is_none")]
    pub snapshot_id: Option<String>,
    /// Identifier at attachment; a sample has a space in front.
    #[serde(skip_deserializing, skip_serializing_if = "String::is_empty")]
    pub wwn: String,
    /// `"0"` for the default one.
    #[serde(deserialize_with = "maybe_text", skip_serializing_if = "Option::is_none")]
    pub enterprise_project_id: Option<String>,
    /// Only for types whose IOPS the caller chooses.
    #[serde(deserialize_with = "maybe_rate", skip_serializing_if = "Option::is_none")]
    pub iops: Option<Rate>,
    /// The same of the throughput in MiB/s.
    #[serde(deserialize_with = "maybe_rate", skip_serializing_if = "Option::is_none")]
    pub throughput: Option<Rate>,
    /// The dedicated storage pool that it lies in.
    #[serde(deserialize_with = "maybe_text", skip_serializing_if = "Option::is_none")]
    pub dedicated_storage_id: Option<String>,
    /// The name of that pool.
    #[serde(skip_deserializing, skip_serializing_if = "Option::is_none")]
    pub dedicated_storage_name: Option<String>,
}

/// Body of `PUT /v2/{project_id}/cloudvolumes/{volume_id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpdateRequest {
    /// The new words.
    pub volume: UpdateVolume,
}

/// Name and description; one of them must be there. An empty description clears it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpdateVolume {
    /// New name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// New description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// The error envelope of the EVS API itself: `{"error":{"message","code"}}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ErrorReply {
    /// What went wrong.
    pub error: ErrorBody,
}

/// Message and code of an [`ErrorReply`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ErrorBody {
    /// For people.
    pub message: String,
    /// As in `EVS.1016`.
    pub code: String,
}

/// Answer of `GET /v2/{project_id}/os-availability-zone`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ZonesReply {
    /// The zones.
    #[serde(rename = "availabilityZoneInfo", deserialize_with = "few")]
    pub zones: Vec<Zone>,
}

/// One zone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Zone {
    /// Its name, an opaque text.
    #[serde(rename = "zoneName", deserialize_with = "text")]
    pub name: String,
    /// How it is doing.
    #[serde(rename = "zoneState", deserialize_with = "or_default")]
    pub state: ZoneState,
}

/// How a zone is doing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ZoneState {
    /// Whether volumes can be made there; `None` where the answer does not say.
    #[serde(deserialize_with = "maybe_boolean")]
    pub available: Option<bool>,
}

/// Answer of `GET /v2/{project_id}/types`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct TypesReply {
    /// The volume types.
    #[serde(deserialize_with = "few")]
    pub volume_types: Vec<Type>,
}

/// One volume type.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Type {
    /// Its name, as in a create call.
    #[serde(deserialize_with = "text")]
    pub name: String,
    /// Where it is to be had, under keys of the service's own.
    #[serde(deserialize_with = "text_map")]
    pub extra_specs: BTreeMap<String, String>,
}

/// Answer of `GET /v2/{project_id}/os-quota-sets/{project_id}?usage=True`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct QuotaReply {
    /// Limit and use by entry, as in `volumes` or `gigabytes_SSD`. What is neither, such as the id, is left out.
    #[serde(deserialize_with = "readable")]
    pub quota_set: BTreeMap<String, Quota>,
}

/// Limit and use of one entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Quota {
    /// -1 is unlimited.
    pub limit: i64,
    /// What there is.
    pub in_use: i64,
    /// What is being made.
    #[serde(default)]
    pub reserved: i64,
}

/// Answer of `GET /v2/{project_id}/cloudvolumes/tags`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct TagsReply {
    /// The keys of all tags. Their values, which are not read, are those of all volumes.
    #[serde(deserialize_with = "keys")]
    pub tags: Vec<String>,
}

/// Reads a time as the service writes it: UTC, with a zone's letter or without one.
pub(super) fn instant(text: &str) -> Option<jiff::Timestamp> {
    format!("{}Z", text.trim_end_matches('Z')).parse().ok()
}
