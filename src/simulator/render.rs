//! How volumes and times look on the wire.

use super::attach::device;
use super::call::Call;
use super::model::Cloud;
use super::time::volume_time;
use super::volume::{Attachment, Volume};
use crate::evs::wire::{self, Rate};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The host in links: an internal one, as real answers have, so that nobody follows them.
pub(super) const HOST: &str = "https://volume.localdomain.com:8776";

/// The links of a volume, as the live service writes them.
pub(super) fn links(project: &str, id: &str) -> Vec<wire::Link> {
    let link = |version: &str, rel: &str| wire::Link {
        href: format!("{HOST}{version}/{project}/os-vendor-volumes/{id}"),
        rel: rel.to_owned(),
    };
    vec![link("/v2", "self"), link("", "bookmark")]
}

/// A volume as this call may see it.
pub(super) fn seen(cloud: &Cloud, call: &Call, of: &Volume) -> wire::Volume {
    wire::Volume { tags: tags(cloud, call, of).clone(), ..volume(cloud, of) }
}

/// The tags of a volume, as far as this call may see them.
pub(super) fn tags<'a>(cloud: &Cloud, call: &Call, volume: &'a Volume) -> &'a BTreeMap<String, String> {
    static NONE: BTreeMap<String, String> = BTreeMap::new();
    if call.tag_lag.hides(volume.created, cloud.now()) { &NONE } else { &volume.tags }
}

/// A volume as show and list have it: sparse, without nulls.
pub(super) fn volume(cloud: &Cloud, volume: &Volume) -> wire::Volume {
    let id = volume.id.to_string();
    let spec = &volume.spec;
    wire::Volume {
        links: links(&volume.project, &id),
        name: volume.name.clone(),
        name_is_unreadable: false,
        description: volume.description.clone(),
        status: volume.status().to_owned(),
        attachments: attachments(volume),
        availability_zone: spec.zone.clone(),
        created_at: volume_time(volume.created),
        tenant_id: volume.project.to_string(),
        volume_image_metadata: spec.image.clone(),
        volume_type: spec.volume_type.clone(),
        size: volume.size,
        bootable: spec.image_id.is_some().to_string(),
        metadata: spec.metadata.clone(),
        updated_at: volume_time(volume.updated),
        encrypted: false,
        replication_status: "disabled".to_owned(),
        shareable: spec.multiattach.to_string(),
        service_type: service_type(volume).to_owned(),
        multiattach: Some(spec.multiattach),
        tags: volume.tags.clone(),
        snapshot_id: spec.snapshot_id.clone(),
        wwn: wwn(&id),
        enterprise_project_id: Some(spec.enterprise_project_id.clone()),
        iops: spec.iops.map(|total| performance(&id, total)),
        throughput: spec.throughput.map(|total| performance(&id, total)),
        dedicated_storage_id: spec.dedicated_storage_id.clone(),
        dedicated_storage_name: spec
            .dedicated_storage_id
            .as_deref()
            .and_then(|id| pool_name(cloud, id))
            .map(str::to_owned),
        id,
    }
}

/// In a dedicated pool the word of that service.
pub(super) fn service_type(volume: &Volume) -> &'static str {
    if volume.spec.dedicated_storage_id.is_some() { "DSS" } else { "EVS" }
}

/// The name of a dedicated pool.
pub(super) fn pool_name<'a>(cloud: &'a Cloud, id: &str) -> Option<&'a str> {
    cloud.catalogue.dedicated_storages.iter().find(|it| it.id == id).map(|it| it.name.as_str())
}

/// The servers that it is attached to. The `id` of an attachment is the volume's own, as in all samples.
fn attachments(volume: &Volume) -> Vec<Value> {
    let id = volume.id.to_string();
    let attached = volume.attached().iter().enumerate().map(|(place, Attachment { server, at, slot })| {
        // Like an id, and another for each volume and server.
        let attachment = uuid::Uuid::from_u128(volume.id.as_u128() ^ (0xffff_ffff_ffff - place as u128));
        json!({
            "server_id": server, "attachment_id": attachment, "attached_at": volume_time(*at),
            "volume_id": id, "device": device(*slot), "id": id,
        })
    });
    attached.collect()
}

/// 32 hexadecimal digits that begin as all recorded ones do.
fn wwn(id: &str) -> String {
    let digits: String = id.chars().filter(char::is_ascii_hexdigit).take(16).collect();
    format!("6888603000000000{digits}")
}

fn performance(id: &str, total_val: u32) -> Rate {
    Rate { frozened: false, id: id.to_owned(), total_val }
}

/// The reply of an update: the volume without tags and without `encrypted`, its `shareable` a boolean.
pub(super) fn reduced(cloud: &Cloud, of: &Volume) -> Value {
    let mut value = serde_json::to_value(volume(cloud, of)).unwrap_or_default();
    if let Value::Object(fields) = &mut value {
        fields.retain(|key, _| !matches!(key.as_str(), "tags" | "encrypted" | "wwn" | "enterprise_project_id"));
        fields.insert("shareable".to_owned(), json!(of.spec.multiattach));
    }
    value
}
