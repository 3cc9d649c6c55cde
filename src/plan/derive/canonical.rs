//! The canonical text of what a create call makes, from which its id is derived.
//!
//! It is frozen: a retry of a call from a state that an earlier version wrote has to be the same call, with the same
//! token. So it stands apart from the forms in which states and plans are saved, which may change, and
//! `tests/landed/calls.jsonl` holds what the versions that landed derived. A new property of a volume is added at the end
//! of [`Made`], and left out where a volume does not have it.

use crate::operation::Create;
use crate::volume::{CreateApi, Prepaid, Source, VolumeSpec};
use std::collections::BTreeMap;

/// Name, specification and form of the call, in this order. Slots, key and tag are not in it.
pub(super) fn body(create: &Create) -> Vec<u8> {
    let api = match create.api {
        CreateApi::V2 => "v2",
        CreateApi::V3 => "v3",
        CreateApi::V21 => "v2.1",
    };
    serde_json::to_vec(&(create.name.as_str(), Made::from(&*create.spec), api)).unwrap_or_default()
}

#[derive(serde::Serialize)]
struct Made<'a> {
    availability_zone: &'a str,
    volume_type: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    backup_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    snapshot_id: Option<&'a str>,
    #[serde(rename = "imageRef", skip_serializing_if = "Option::is_none")]
    image_ref: Option<&'a str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    multiattach: bool,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    metadata: &'a BTreeMap<String, String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    tags: &'a BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    enterprise_project_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    iops: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    throughput: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prepaid: Option<Paid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    server_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dedicated_storage_id: Option<&'a str>,
}

#[derive(serde::Serialize)]
struct Paid {
    period_type: &'static str,
    period_num: u32,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    auto_renew: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    auto_pay: bool,
}

impl<'a> From<&'a VolumeSpec> for Made<'a> {
    fn from(spec: &'a VolumeSpec) -> Made<'a> {
        // Every field is named, so that a new one cannot be forgotten here.
        let VolumeSpec {
            zone,
            volume_type,
            size,
            source,
            description,
            multiattach,
            metadata,
            tags,
            enterprise_project_id,
            iops,
            throughput,
            prepaid,
            server_id,
            dedicated_storage_id,
        } = spec;
        let (mut backup_id, mut snapshot_id, mut image_ref) = (None, None, None);
        match source {
            Source::Blank => {}
            Source::Backup(id) => backup_id = Some(id.as_str()),
            Source::Snapshot(id) => snapshot_id = Some(id.as_str()),
            Source::Image(id) => image_ref = Some(id.as_str()),
        }
        Made {
            availability_zone: zone.as_str(),
            volume_type: volume_type.as_str(),
            size: size.map(|size| size.gb()),
            description: description.as_ref().map(|text| text.as_str()),
            backup_id,
            snapshot_id,
            image_ref,
            multiattach: *multiattach,
            metadata: metadata.pairs(),
            tags: tags.pairs(),
            enterprise_project_id: enterprise_project_id.as_ref().map(|id| id.as_str()),
            iops: *iops,
            throughput: *throughput,
            prepaid: prepaid.map(Paid::from),
            server_id: server_id.as_ref().map(|id| id.as_str()),
            dedicated_storage_id: dedicated_storage_id.as_ref().map(|id| id.as_str()),
        }
    }
}

impl From<Prepaid> for Paid {
    fn from(prepaid: Prepaid) -> Paid {
        let Prepaid { period, auto_renew, auto_pay } = prepaid;
        Paid { period_type: period.unit().word(), period_num: period.number(), auto_renew, auto_pay }
    }
}
