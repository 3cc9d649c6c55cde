//! Bodies of the calls that extend, and what the calls answer that start a job on volumes that are there.

use super::maybe_text;
use serde::{Deserialize, Serialize};

/// Body of `POST /v2.1/{project_id}/cloudvolumes/{volume_id}/action`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExtendRequest {
    /// The action, by its name.
    #[serde(rename = "os-extend")]
    pub extend: NewSize,
    /// How the order of a prepaid volume is paid.
    #[serde(default, rename = "bssParam", skip_serializing_if = "Option::is_none")]
    pub bss_param: Option<ExtendPayment>,
}

/// To which size a volume is extended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewSize {
    /// GB.
    pub new_size: u32,
}

/// How the order is paid by which a prepaid volume is extended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExtendPayment {
    /// `"true"` or `"false"`, a text.
    pub is_auto_pay: String,
}

/// Body of `POST /v5/{project_id}/volumes/batch-extend`. Its `bss_param` is left out on purpose: nothing must be ordered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchExtendRequest {
    /// The volumes.
    pub volumes: Vec<VolumeSize>,
}

/// To which size one of several volumes is extended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VolumeSize {
    /// The volume.
    pub id: String,
    /// GB.
    pub new_size: u32,
}

/// Answer of the calls that extend or delete: a job, an order in its place, or both.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StartedReply {
    /// The job to follow.
    #[serde(default, deserialize_with = "maybe_text", skip_serializing_if = "Option::is_none")]
    pub job_id: Option<String>,
    /// The order that has to be paid.
    #[serde(default, deserialize_with = "maybe_text", skip_serializing_if = "Option::is_none")]
    pub order_id: Option<String>,
}

impl ExtendRequest {
    /// To so many GB; `auto_pay` where an order is made, which then pays itself or waits.
    pub fn new(new_size: u32, auto_pay: Option<bool>) -> ExtendRequest {
        let bss_param = auto_pay.map(|auto_pay| ExtendPayment { is_auto_pay: auto_pay.to_string() });
        ExtendRequest { extend: NewSize { new_size }, bss_param }
    }
}

impl BatchExtendRequest {
    /// Each of these volumes, by its id, to so many GB.
    pub fn new<'a>(volumes: impl Iterator<Item = (&'a str, u32)>) -> BatchExtendRequest {
        let volume = |(id, new_size): (&str, u32)| VolumeSize { id: id.to_owned(), new_size };
        BatchExtendRequest { volumes: volumes.map(volume).collect() }
    }
}
