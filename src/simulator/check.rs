//! Is this create call acceptable? Every rule that does not need the volumes that exist.
//!
//! The order of the checks is not documented; it is a choice: JSON types, sources, count, name and
//! description, zone, type, size, metadata, tags, source object. The codes are those of evs-api 3.7.

use super::body::Body;
use super::catalogue::{Backup, Catalogue, Image, Snapshot, Type};
use super::reply::Refusal;
use super::snapshot::OF_BACKUPS;
use super::volume::Spec;
use crate::volume::{MAX_BULK, Metadata, SizeGb, Tags, VolumeName};
use std::collections::BTreeMap;

/// A create call that was found acceptable.
#[derive(Debug, Clone)]
pub(super) struct Order {
    /// What each volume is.
    pub(super) spec: Spec,
    /// The name, or the base of the names; may be empty.
    pub(super) name: String,
    /// How many.
    pub(super) count: u32,
    /// Whether the answer shall list the ids (v2.1 only).
    pub(super) wants_ids: bool,
    /// How it is paid.
    pub(super) billing: Billing,
}

/// How volumes are paid (v2.1 only; the other calls are pay-per-use).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Billing {
    PerUse,
    /// In advance, and the order pays itself.
    Paid,
    /// In advance, and nothing is made before somebody pays.
    Unpaid,
}

/// The versions of the create call, which share nearly all rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    /// The v3 and v2 custom calls.
    V3,
    /// The v2.1 custom call: also IOPS, throughput and `create_for_volume_id`.
    V21,
    /// The Cinder call: one volume, any metadata, type optional.
    Cinder,
}

/// A source object of the catalogue.
enum Source<'a> {
    Blank,
    Snapshot(&'a Snapshot),
    Image(&'a Image),
    Backup(&'a Backup),
}

/// The most bytes of a key or a value of metadata, of a name and of a description.
const MAX_TEXT: usize = VolumeName::MAX;

/// Checks a body against the rules and the catalogue. The snapshot that it names may be one that a call has `taken`,
/// and the image one that a volume was `exported` to.
///
/// # Errors
/// The first rule that it breaks.
pub(super) fn check(
    mut body: Body,
    version: Version,
    catalogue: &Catalogue,
    taken: Option<&Snapshot>,
    exported: Option<&Image>,
) -> Result<Order, Refusal> {
    if version == Version::Cinder {
        // What comes from a snapshot can have its zone and its type alone.
        let id = body.snapshot_id.as_ref();
        let from = taken.or_else(|| catalogue.snapshots.iter().find(|it| Some(&it.id) == id));
        let zone = || from.map(|it| &it.availability_zone).or(catalogue.zones.first()).cloned();
        let volume_type = || from.map(|it| &it.volume_type).or(catalogue.types.first().map(|it| &it.name)).cloned();
        body.availability_zone = body.availability_zone.or_else(zone);
        body.volume_type = body.volume_type.or_else(volume_type);
    }
    let zone = body.availability_zone.clone().filter(|it| !it.is_empty()).ok_or_else(|| Refusal::of("EVS.2083"))?;
    let wanted = body.volume_type.clone().filter(|it| !it.is_empty()).ok_or_else(|| Refusal::of("EVS.2083"))?;
    if body.size.is_none() && body.backup_id.is_none() {
        return Err(Refusal::of("EVS.1010"));
    }
    let multiattach = match body.shareable {
        Some(None) => return Err(Refusal::of("EVS.1054")),
        Some(Some(value)) => body.multiattach.unwrap_or(value),
        None => body.multiattach.unwrap_or(false),
    };
    if [&body.backup_id, &body.snapshot_id, &body.image_ref].into_iter().flatten().count() > 1 {
        return Err(Refusal::of("EVS.1016"));
    }
    let count = check_count(&body)?;
    check_words(&body, count)?;
    let volume_type = check_placement(catalogue, &zone, &wanted)?;
    let size = check_size(&body)?;
    let wants_ids = version == Version::V21
        && body.metadata.remove("create_for_volume_id").is_some_and(|it| it.eq_ignore_ascii_case("true"));
    check_metadata(&body, version)?;
    check_tags(&body.tags)?;
    check_enterprise_project(body.enterprise_project_id.as_deref())?;
    let (iops, throughput) = check_performance(&body, volume_type, version)?;
    let source = find_source(&body, catalogue, taken, exported)?;
    let size = check_source(&source, &zone, volume_type, size, multiattach)?;
    Ok(Order {
        spec: Spec {
            zone,
            volume_type: wanted,
            size,
            description: body.description,
            snapshot_id: body.snapshot_id,
            image_id: body.image_ref,
            multiattach,
            metadata: service_metadata(body.metadata, &source),
            tags: body.tags,
            enterprise_project_id: body.enterprise_project_id.unwrap_or_else(|| "0".to_owned()),
            image: image_metadata(&source),
            iops,
            throughput,
            server_id: None,
            dedicated_storage_id: None,
        },
        name: body.name.unwrap_or_default(),
        count,
        wants_ids,
        billing: Billing::PerUse,
    })
}

fn check_count(body: &Body) -> Result<u32, Refusal> {
    let count = body.count.unwrap_or(1);
    let count = u32::try_from(count)
        .ok()
        .filter(|&it| it >= 1 && it as usize <= MAX_BULK)
        .ok_or_else(|| Refusal::of("EVS.1021"))?;
    if count > 1 && body.backup_id.is_some() {
        return Err(Refusal::of("EVS.1051"));
    }
    Ok(count)
}

fn check_words(body: &Body, count: u32) -> Result<(), Refusal> {
    let most = if count > 1 { VolumeName::MAX_BASE } else { VolumeName::MAX };
    if body.name.as_ref().is_some_and(|it| it.len() > most) {
        return Err(Refusal::of("EVS.1003"));
    }
    if body.description.as_ref().is_some_and(|it| it.len() > MAX_TEXT) {
        return Err(Refusal::of("EVS.1004"));
    }
    Ok(())
}

/// Zone, type, and whether the one has the other.
pub(super) fn check_placement<'a>(catalogue: &'a Catalogue, zone: &str, wanted: &str) -> Result<&'a Type, Refusal> {
    // That a zone which is down is refused as one that is not there is a choice.
    if !catalogue.zones.iter().any(|it| it == zone) || catalogue.unavailable_zones.iter().any(|it| it == zone) {
        return Err(Refusal::of("EVS.2053"));
    }
    let volume_type = catalogue.volume_type(wanted).ok_or_else(|| Refusal::of("EVS.2070"))?;
    if volume_type.sold_out.iter().any(|it| it == zone) {
        let message = format!("Volume type [{wanted}] in availability zone [{zone}] is sold out !");
        return Err(Refusal::saying("EVS.2072", message));
    }
    if !volume_type.zones.iter().any(|it| it == zone) {
        let message = format!("Invalid input received: Availability zone [{zone}] do not have volume type [{wanted}]");
        return Err(Refusal::saying("EVS.2071", message));
    }
    Ok(volume_type)
}

/// A volume from an image is a system disk of 1 to 1024 GB, any other a data disk of 10 to 32768 GB
/// (which limits apply is a choice, the API has no field for it).
fn check_size(body: &Body) -> Result<Option<u32>, Refusal> {
    let Some(size) = body.size else { return Ok(None) };
    if size <= 0 {
        return Err(Refusal::of("EVS.2084"));
    }
    let (least, most) = if body.image_ref.is_some() { SizeGb::SYSTEM } else { SizeGb::DATA };
    match u32::try_from(size) {
        Ok(size) if (least..=most).contains(&size) => Ok(Some(size)),
        _ => Err(Refusal::of("EVS.1010")),
    }
}

fn check_metadata(body: &Body, version: Version) -> Result<(), Refusal> {
    let pairs = &body.metadata;
    if pairs.iter().map(|(key, value)| key.len() + value.len()).sum::<usize>() >= 1_048_576 {
        return Err(Refusal::of("EVS.1005"));
    }
    let too_long = |(key, value): (&String, &String)| key.len() > MAX_TEXT || value.len() > MAX_TEXT;
    // That an unknown key is refused, and with this code, is a choice: the reference only says "not supported".
    let unknown = |key: &String| version != Version::Cinder && !Metadata::KEYS.contains(&key.as_str());
    if pairs.iter().any(too_long) || pairs.keys().any(unknown) {
        return Err(Refusal::of("EVS.1009"));
    }
    let inherited = [Metadata::ENCRYPTED, Metadata::CMK_ID, Metadata::PASSTHROUGH];
    let inherits = body.snapshot_id.is_some() || body.image_ref.is_some();
    if inherits && inherited.iter().any(|key| pairs.contains_key(*key)) {
        return Err(Refusal::of("EVS.1043"));
    }
    let value = |key: &str| pairs.get(key).map(String::as_str);
    if !matches!(value(Metadata::PASSTHROUGH), None | Some("true" | "false")) {
        return Err(Refusal::of("EVS.1057"));
    }
    if !(value(Metadata::FULL_CLONE).is_none()
        || value(Metadata::FULL_CLONE) == Some("0") && body.snapshot_id.is_some())
    {
        return Err(Refusal::of("EVS.1063"));
    }
    // "Used together" is all that the reference says; that one without the other is refused is a choice.
    match (value(Metadata::ENCRYPTED), value(Metadata::CMK_ID)) {
        (None | Some("0"), None) => Ok(()),
        (Some("0" | "1"), Some(key)) if key.len() == 36 => Ok(()),
        _ => Err(Refusal::of("EVS.2041")),
    }
}

/// Number, then each pair.
pub(super) fn check_tags(tags: &BTreeMap<String, String>) -> Result<(), Refusal> {
    if tags.len() > Tags::MAX {
        return Err(Refusal::of("EVS.1061"));
    }
    let legal =
        |(key, value): (&String, &String)| Tags::check_key(key).is_ok() && Tags::check_value(key, value).is_ok();
    if tags.iter().all(legal) { Ok(()) } else { Err(Refusal::of("EVS.1062")) }
}

/// `"0"` or a UUID: which enterprise projects exist, EVS does not know here.
pub(super) fn check_enterprise_project(id: Option<&str>) -> Result<(), Refusal> {
    match id {
        None | Some("0") => Ok(()),
        Some(id) if uuid::Uuid::try_parse(id).is_ok() => Ok(()),
        Some(_) => Err(Refusal::of("EVS.2059")),
    }
}

/// IOPS and throughput: required where the type has a range for them, else forbidden; the code is a choice.
fn check_performance(body: &Body, of: &Type, version: Version) -> Result<(Option<u32>, Option<u32>), Refusal> {
    if version == Version::V3 && of.iops.is_none() {
        return Ok((None, None));
    }
    let one = |range: Option<(u32, u32)>, value: Option<i64>| match (range, value) {
        (None, None) => Ok(None),
        (Some((least, most)), Some(value)) => match u32::try_from(value) {
            Ok(value) if (least..=most).contains(&value) => Ok(Some(value)),
            _ => Err(Refusal::of("EVS.1009")),
        },
        _ => Err(Refusal::of("EVS.1009")),
    };
    Ok((one(of.iops, body.iops)?, one(of.throughput, body.throughput)?))
}

fn find_source<'a>(
    body: &Body,
    catalogue: &'a Catalogue,
    taken: Option<&'a Snapshot>,
    exported: Option<&'a Image>,
) -> Result<Source<'a>, Refusal> {
    if let Some(id) = &body.snapshot_id {
        let found = taken.or_else(|| catalogue.snapshots.iter().find(|it| it.id == *id));
        return found.map(Source::Snapshot).ok_or_else(|| Refusal::of("EVS.2045"));
    }
    if let Some(id) = &body.image_ref {
        let found = exported.or_else(|| catalogue.images.iter().find(|it| it.id == *id));
        return found.map(Source::Image).ok_or_else(|| Refusal::of("EVS.2046"));
    }
    if let Some(id) = &body.backup_id {
        if id.is_empty() || id.len() > 36 {
            return Err(Refusal::of("EVS.1006"));
        }
        let found = catalogue.backups.iter().find(|it| it.id == *id);
        return found.map(Source::Backup).ok_or_else(|| Refusal::of("EVS.1045"));
    }
    Ok(Source::Blank)
}

/// Checks the order against its source, and gives the size, which a backup may supply.
fn check_source(source: &Source<'_>, zone: &str, of: &Type, size: Option<u32>, shared: bool) -> Result<u32, Refusal> {
    let least = match source {
        Source::Blank => 0,
        Source::Snapshot(snapshot) => {
            if OF_BACKUPS.iter().any(|prefix| snapshot.name.starts_with(prefix)) {
                return Err(Refusal::of("EVS.2045"));
            }
            if !matches!(snapshot.status.as_str(), "available" | "backing-up") {
                return Err(Refusal::of("EVS.2043"));
            }
            if snapshot.availability_zone != zone {
                return Err(Refusal::of("EVS.2054"));
            }
            if snapshot.volume_type != of.name {
                let message =
                    format!("Target volumeType[{}] is not matched with snapshot[{}] !", of.name, snapshot.volume_type);
                return Err(Refusal::saying("EVS.2096", message));
            }
            snapshot.size
        }
        Source::Image(image) => {
            if image.status != "active" {
                return Err(Refusal::of("EVS.2046"));
            }
            if shared {
                return Err(Refusal::of("EVS.2094"));
            }
            image.min_disk
        }
        Source::Backup(backup) => {
            if backup.status != "available" {
                return Err(Refusal::of("EVS.1044"));
            }
            if backup.availability_zone != zone {
                return Err(Refusal::of("EVS.1049"));
            }
            if size.is_some_and(|it| it < backup.size) {
                return Err(Refusal::of("EVS.1022"));
            }
            return Ok(size.unwrap_or(backup.size));
        }
    };
    match size {
        Some(size) if size >= least => Ok(size),
        _ => Err(Refusal::of("EVS.1010")),
    }
}

/// The metadata that reads show: what was asked for, what the source hands on, what the service adds.
fn service_metadata(mut asked: BTreeMap<String, String>, source: &Source<'_>) -> BTreeMap<String, String> {
    let inherited = match source {
        Source::Snapshot(snapshot) => &snapshot.metadata,
        Source::Image(image) => &image.metadata,
        Source::Blank | Source::Backup(_) => &BTreeMap::new(),
    };
    asked.extend(inherited.iter().map(|(key, value)| (key.clone(), value.clone())));
    asked.entry(Metadata::ENCRYPTED.to_owned()).or_insert_with(|| "0".to_owned());
    asked.entry(Metadata::PASSTHROUGH.to_owned()).or_insert_with(|| "false".to_owned());
    asked
}

fn image_metadata(source: &Source<'_>) -> BTreeMap<String, String> {
    let Source::Image(image) = source else { return BTreeMap::new() };
    [
        ("image_id", image.id.clone()),
        ("image_name", image.name.clone()),
        ("min_disk", image.min_disk.to_string()),
        ("min_ram", image.min_ram.to_string()),
        ("size", image.size.to_string()),
        ("disk_format", image.disk_format.clone()),
        ("container_format", image.container_format.clone()),
        ("__os_type", image.os_type.clone()),
        ("__os_version", image.os_version.clone()),
    ]
    .map(|(key, value)| (key.to_owned(), value))
    .into()
}
