//! `os-volume_upload_image`: the content of a volume becomes an image of the project, which the list of images shows and
//! volumes can be made from.
//!
//! Names, formats and sizes follow the reference, and the status that a volume needs follows Cinder. That a size beyond the
//! largest is refused here, that the image of an encrypted volume is encrypted, and the words of the refusals are choices.

use super::body::text;
use super::call::Call;
use super::catalogue;
use super::change::named;
use super::event::Change;
use super::image::Exported;
use super::look;
use super::model::Cloud;
use super::reply::{Refusal, Reply};
use super::snapshots::outcome;
use super::time::volume_time;
use super::volume::Volume;
use crate::volume::{Metadata, SizeGb};
use serde_json::{Map, Value, json};

const DISK_FORMATS: [&str; 5] = ["vhd", "zvhd", "zvhd2", "raw", "qcow2"];
const CONTAINER_FORMATS: [&str; 5] = ["bare", "ami", "ari", "aki", "ovf"];
const OS_TYPES: [&str; 2] = ["linux", "windows"];
/// The most characters of an image's name.
const MAX_NAME: usize = 128;

/// 202 and what Cinder says of the volume and its image; there is no job.
pub(super) fn upload(cloud: &mut Cloud, call: &Call, fields: &Map<String, Value>) -> Result<Reply, Refusal> {
    let volume = named(cloud, call)?;
    let asked = Asked::read(fields)?;
    check(cloud, volume, asked.force)?;
    let Asked { name, disk_format, container_format, visibility, protected, .. } = &asked;
    let taken_over = |key: &str| volume.spec.image.get(key).cloned();
    let inherited = [Metadata::ENCRYPTED, Metadata::CMK_ID];
    let metadata = volume.spec.metadata.iter().filter(|(key, _)| inherited.contains(&key.as_str()));
    let metadata = metadata.map(|(key, value)| (key.clone(), value.clone())).collect();
    // What was said counts only where nothing is known, and not of a volume that is in use.
    let said = asked.os_type.filter(|_| volume.status() == "available").unwrap_or(OS_TYPES[0]);
    let mut image = Exported {
        number: 0,
        id: uuid::Uuid::nil(),
        volume: volume.id,
        name: name.clone(),
        disk_format: (*disk_format).to_owned(),
        container_format: (*container_format).to_owned(),
        min_disk: volume.size,
        min_ram: taken_over("min_ram").and_then(|it| it.parse().ok()).unwrap_or_default(),
        os_type: taken_over("__os_type").unwrap_or_else(|| said.to_owned()),
        os_version: taken_over("__os_version").unwrap_or_default(),
        metadata,
        active: false,
    };
    image.id = cloud.next_id();
    image.number = cloud.counter();
    let mut answer = json!({
        "image_id": image.id, "image_name": name, "disk_format": disk_format, "container_format": container_format,
    });
    for (key, value) in [("visibility", json!(visibility)), ("protected", json!(protected))] {
        // Only who names them is told of them, as with the micro-versions of Cinder.
        if !value.is_null() {
            answer[key] = value;
        }
    }
    let (end, failed) = outcome(cloud, call.trouble.as_ref());
    cloud.record(Change::Exporting { project: call.project.clone(), image, end, failed });
    let volume = named(cloud, call)?;
    let of = cloud.catalogue.volume_type(&volume.spec.volume_type);
    let shown = json!({
        "id": volume.id, "status": "uploading", "size": volume.size, "updated_at": volume_time(volume.updated),
        "display_description": volume.description.as_deref().unwrap_or_default(),
        "volume_type": of.map(look::volume_type_at_length),
    });
    if let (Value::Object(answer), Value::Object(shown)) = (&mut answer, shown) {
        answer.extend(shown);
    }
    Ok(Reply::json(202, &json!({ "os-volume_upload_image": answer })))
}

fn check(cloud: &Cloud, volume: &Volume, force: bool) -> Result<(), Refusal> {
    match volume.status() {
        "available" => {}
        "in-use" if force => {}
        status => {
            let message =
                format!("Invalid volume: its status must be available, or in-use with force; it is {status}.");
            return Err(Refusal::saying("EVS.1031", message));
        }
    }
    // No status of the volume tells of it; that it counts as a lock is a choice.
    if cloud.is_snapshotted(volume) {
        return Err(Refusal::of("EVS.2068"));
    }
    if volume.size > SizeGb::SYSTEM.1 {
        return Err(wrong("size: the capacity of the volume must be 1 TiB at the most."));
    }
    Ok(())
}

/// What a call asks for.
struct Asked {
    name: String,
    disk_format: &'static str,
    container_format: &'static str,
    force: bool,
    os_type: Option<&'static str>,
    visibility: Option<String>,
    protected: Option<bool>,
}

impl Asked {
    fn read(fields: &Map<String, Value>) -> Result<Asked, Refusal> {
        let name = text(fields, "image_name")?.filter(|it| !it.is_empty());
        let name = name.ok_or_else(|| wrong("No image_name was specified in request."))?;
        let legal = |sign: char| sign.is_alphanumeric() || matches!(sign, '-' | '.' | '_' | ' ');
        if name.chars().count() > MAX_NAME || name.trim() != name || !name.chars().all(legal) {
            return Err(wrong(
                "image_name: it has 1 to 128 letters, digits, hyphens, periods, underscores and spaces, \
                    and neither begins nor ends with a space.",
            ));
        }
        let visibility = text(fields, "visibility")?;
        match visibility.as_deref() {
            None | Some("private" | "shared") => {}
            Some("public") => {
                let rule = "volume_extension:volume_actions:upload_public";
                return Err(Refusal::saying("EVS.5403", format!("Policy doesn't allow {rule} to be performed.")));
            }
            Some(_) => return Err(wrong("visibility: private or shared is expected.")),
        }
        Ok(Asked {
            name,
            disk_format: one_of(fields, "disk_format", &DISK_FORMATS)?.unwrap_or(DISK_FORMATS[0]),
            container_format: one_of(fields, "container_format", &CONTAINER_FORMATS)?.unwrap_or(CONTAINER_FORMATS[0]),
            force: boolean(fields, "force")?.unwrap_or_default(),
            os_type: one_of(fields, "__os_type", &OS_TYPES)?,
            visibility,
            protected: boolean(fields, "protected")?,
        })
    }
}

fn wrong(why: &str) -> Refusal {
    Refusal::saying("EVS.5400", why)
}

fn one_of(fields: &Map<String, Value>, key: &str, all: &[&'static str]) -> Result<Option<&'static str>, Refusal> {
    let Some(asked) = text(fields, key)? else { return Ok(None) };
    match all.iter().find(|it| **it == asked) {
        Some(found) => Ok(Some(found)),
        None => Err(wrong(&format!("{key}: one of {} is expected.", all.join(", ")))),
    }
}

fn boolean(fields: &Map<String, Value>, key: &str) -> Result<Option<bool>, Refusal> {
    match fields.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Bool(flag)) => Ok(Some(*flag)),
        Some(Value::String(word)) if word.eq_ignore_ascii_case("true") => Ok(Some(true)),
        Some(Value::String(word)) if word.eq_ignore_ascii_case("false") => Ok(Some(false)),
        Some(_) => Err(wrong(&format!("{key}: true or false is expected."))),
    }
}

/// The image of that id that a volume of the project was exported to, as a source of new volumes.
pub(super) fn as_source(cloud: &Cloud, project: &str, id: &str) -> Option<catalogue::Image> {
    let found = cloud.project(project)?.images.values().find(|it| it.id.to_string() == id)?;
    Some(found.as_image())
}
