//! How volumes and times look on the wire.

use super::attach;
use super::call::Call;
use super::ids;
use super::model::Cloud;
use super::time::volume_time;
use super::volume::Volume;
use crate::evs::wire::{Link, Rate};
use crate::volume::Metadata;
use serde::Serialize;
use serde_json::{Value, json};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The links of a volume, as the live service writes them: with the host that was asked.
pub(super) fn links(base: &str, project: &str, id: &str) -> Vec<Link> {
    let link = |version: &str, rel: &str| Link {
        href: format!("{base}{version}/{project}/os-vendor-volumes/{id}"),
        rel: rel.to_owned(),
    };
    vec![link("/v2", "self"), link("", "bookmark")]
}

/// A volume as this call may see it.
pub(super) fn seen<'a>(cloud: &'a Cloud, call: &Call, of: &'a Volume) -> Shown<'a> {
    Shown { tags: tags(cloud, call, of), ..volume(cloud, &call.base, of) }
}

/// The tags of a volume, as far as this call may see them.
pub(super) fn tags<'a>(cloud: &Cloud, call: &Call, volume: &'a Volume) -> &'a BTreeMap<String, String> {
    static NONE: BTreeMap<String, String> = BTreeMap::new();
    if call.tag_lag.hides(volume.created, cloud.now()) { &NONE } else { &volume.tags }
}

/// A volume as show and list have it (evs-api 5.2): sparse, without nulls.
#[derive(Debug, Serialize)]
pub(super) struct Shown<'a> {
    id: String,
    links: Vec<Link>,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    status: &'a str,
    attachments: Vec<Attached<'a>>,
    availability_zone: &'a str,
    #[serde(rename = "os-vol-host-attr:host")]
    host: String,
    created_at: String,
    #[serde(rename = "os-vol-tenant-attr:tenant_id")]
    tenant_id: &'a str,
    volume_image_metadata: &'a BTreeMap<String, String>,
    volume_type: &'a str,
    /// GB.
    size: u32,
    /// A text.
    bootable: &'static str,
    metadata: Cow<'a, BTreeMap<String, String>>,
    updated_at: String,
    /// Always false, even for an encrypted volume.
    encrypted: bool,
    replication_status: &'static str,
    /// A text.
    shareable: &'static str,
    user_id: String,
    service_type: &'static str,
    multiattach: bool,
    /// A map here, a list elsewhere.
    tags: &'a BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    snapshot_id: Option<&'a str>,
    wwn: String,
    enterprise_project_id: &'a str,
    /// SCSI volumes alone have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    serial_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    iops: Option<Rate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    throughput: Option<Rate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dedicated_storage_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dedicated_storage_name: Option<&'a str>,
}

/// A volume as show and list have it, its links below that address.
pub(super) fn volume<'a>(cloud: &'a Cloud, base: &str, of: &'a Volume) -> Shown<'a> {
    let id = of.id.to_string();
    let spec = &of.spec;
    let pool = spec.dedicated_storage_id.as_deref();
    Shown {
        links: links(base, &of.project, &id),
        name: &of.name,
        description: of.description.as_deref(),
        status: of.status(),
        attachments: attachments(of),
        availability_zone: &spec.zone,
        host: format!("cinder-kvm001@{}#0", spec.volume_type),
        created_at: volume_time(of.created),
        tenant_id: &of.project,
        volume_image_metadata: &spec.image,
        volume_type: &spec.volume_type,
        size: of.size,
        bootable: cloud.style.boolean(of.is_bootable()),
        metadata: metadata(cloud, of),
        updated_at: volume_time(of.updated),
        encrypted: false,
        replication_status: "disabled",
        shareable: cloud.style.boolean(spec.multiattach),
        user_id: user_id(&of.project),
        service_type: service_type(of),
        multiattach: spec.multiattach,
        tags: &of.tags,
        snapshot_id: spec.snapshot_id.as_deref(),
        wwn: wwn(&id),
        enterprise_project_id: &spec.enterprise_project_id,
        serial_number: is_scsi(of).then(|| serial_number(&id)),
        iops: spec.iops.map(|total| performance(&id, total)),
        throughput: spec.throughput.map(|total| performance(&id, total)),
        dedicated_storage_id: pool,
        dedicated_storage_name: pool.and_then(|id| pool_name(cloud, id)),
        id,
    }
}

/// The metadata of a volume as this account shows them: with what the service itself writes.
pub(super) fn metadata<'a>(cloud: &Cloud, of: &'a Volume) -> Cow<'a, BTreeMap<String, String>> {
    let style = cloud.style;
    let mut shown = Cow::Borrowed(&of.spec.metadata);
    if style.rewrites() {
        let device = of.spec.metadata.get(Metadata::PASSTHROUGH).and_then(|it| it.to_ascii_lowercase().parse().ok());
        if let Some(device) = device {
            shown.to_mut().insert(Metadata::PASSTHROUGH.to_owned(), style.boolean(device).to_owned());
        }
        if style.tells_readonly() {
            shown.to_mut().entry("readonly".to_owned()).or_insert_with(|| "False".to_owned());
        }
    }
    if !of.attached().is_empty() {
        // That a read-only volume is attached with another word is a choice: only `rw` is documented.
        let readonly = shown.get("readonly").is_some_and(|it| it.eq_ignore_ascii_case("true"));
        let mode = if readonly { "ro" } else { "rw" };
        shown.to_mut().entry("attached_mode".to_owned()).or_insert_with(|| mode.to_owned());
    }
    shown
}

fn is_scsi(volume: &Volume) -> bool {
    volume.spec.metadata.get(Metadata::PASSTHROUGH).is_some_and(|it| it.eq_ignore_ascii_case("true"))
}

/// The digits of the id that a server shows of a disk, which are 20 signs (a choice: no document shows one).
fn serial_number(id: &str) -> String {
    id.chars().filter(char::is_ascii_hexdigit).take(20).collect()
}

/// Who made it: 32 hexadecimal digits, the same for all volumes of a project (a choice).
fn user_id(project: &str) -> String {
    ids::fingerprint(&[b"user of", project.as_bytes()]).chars().take(32).collect()
}

/// In a dedicated pool the word of that service.
pub(super) fn service_type(volume: &Volume) -> &'static str {
    if volume.spec.dedicated_storage_id.is_some() { "DSS" } else { "EVS" }
}

/// The name of a dedicated pool.
pub(super) fn pool_name<'a>(cloud: &'a Cloud, id: &str) -> Option<&'a str> {
    cloud.catalogue.dedicated_storages.iter().find(|it| it.id == id).map(|it| it.name.as_str())
}

/// A server that a volume is attached to. Its `id` is the volume's own, as in all samples.
#[derive(Debug, Serialize)]
struct Attached<'a> {
    server_id: &'a str,
    attachment_id: uuid::Uuid,
    attached_at: String,
    /// The machine that the server runs on.
    host_name: Cow<'a, str>,
    volume_id: uuid::Uuid,
    device: String,
    id: uuid::Uuid,
}

/// The servers that it is attached to.
fn attachments(volume: &Volume) -> Vec<Attached<'_>> {
    let attached = volume.attached().iter().map(|of| Attached {
        server_id: &of.server,
        attachment_id: attach::id(volume.id, of),
        attached_at: volume_time(of.at),
        // Who attaches it may say; where a server was attached otherwise, a name is made of its id.
        host_name: of.host_name.as_deref().map_or_else(|| host_name(&of.server).into(), Cow::Borrowed),
        volume_id: volume.id,
        device: attach::device(of),
        id: volume.id,
    });
    attached.collect()
}

/// The name of the machine that a server runs on: one for each server (a choice).
fn host_name(server: &str) -> String {
    let digits: String = ids::fingerprint(&[b"host of", server.as_bytes()]).chars().take(8).collect();
    format!("host-{digits}")
}

/// 32 hexadecimal digits that begin as all recorded ones do.
fn wwn(id: &str) -> String {
    let digits: String = id.chars().filter(char::is_ascii_hexdigit).take(16).collect();
    format!("6888603000000000{digits}")
}

fn performance(id: &str, total_val: u32) -> Rate {
    Rate { frozened: false, id: id.to_owned(), total_val }
}

/// The reply of Cinder's update, which is that of the other with `encrypted`.
pub(super) fn reduced_of_cinder(cloud: &Cloud, base: &str, of: &Volume) -> Value {
    let mut value = reduced(cloud, base, of);
    value["encrypted"] = json!(false);
    value
}

/// The reply of an update: the volume without tags and without `encrypted`, its `shareable` a boolean.
pub(super) fn reduced(cloud: &Cloud, base: &str, of: &Volume) -> Value {
    let mut value = serde_json::to_value(volume(cloud, base, of)).unwrap_or_default();
    if let Value::Object(fields) = &mut value {
        fields.retain(|key, _| !matches!(key.as_str(), "tags" | "encrypted" | "wwn" | "enterprise_project_id"));
        fields.insert("shareable".to_owned(), json!(of.spec.multiattach));
    }
    value
}
