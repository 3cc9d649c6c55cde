//! `POST /_sim/volumes/{volume_id}`: a volume edited from outside, as a console, a server or an accident would.
//!
//! A field that is missing stays. `size`, `volume_type` and `gone` are for volumes on which no work is under way. Quotas
//! and the zones of a type are not looked at, and `status` may be any word: a test must be able to show what no call of
//! the API leads to. But what the service itself never shows is refused: a volume that became smaller, a type that the
//! catalogue does not have, IOPS on a type without them.

use super::body::object;
use super::catalogue::{Catalogue, Type};
use super::check::{check_enterprise_project, check_tags};
use super::event::{Change, Edit};
use super::model::Cloud;
use super::render;
use super::reply::{Refusal, Reply};
use super::time;
use super::volume::Volume;
use crate::volume::{SizeGb, VolumeName};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

/// Edits a volume of any project and answers with what it is then, its links below that address; with an empty object where it is gone.
///
/// # Errors
/// EVS.5404 where there is no such volume, EVS.1070 for fields that no edit has and values that a field cannot have,
/// EVS.1061 and EVS.1062 for tags, and EVS.1046 while work is under way that the edit would disagree with.
pub(super) fn edit(cloud: &mut Cloud, base: &str, id: &str, body: &[u8]) -> Result<Reply, Refusal> {
    let missing = || Refusal::no_volume(id);
    let volume = super::call::uuid(id).and_then(|id| cloud.volume_of_any(id)).ok_or_else(missing)?;
    let edit = read(object(body)?, volume, &cloud.catalogue)?;
    if edit.moves_quota() && volume.is_worked_on() {
        let message = "size, volume_type and gone: work on this volume is under way; \
            send the edit when its job is over, which POST /_sim/clock can bring about";
        return Err(Refusal::saying("EVS.1046", message));
    }
    let id = volume.id;
    cloud.record(Change::Edited { volume: id, edit });
    Ok(match cloud.volume_of_any(id) {
        Some(volume) => Reply::json(200, &json!({ "volume": render::volume(cloud, base, volume) })),
        None => Reply::json(200, &json!({})),
    })
}

/// The refusal of a field, which it names.
fn wrong(field: &str, why: impl std::fmt::Display) -> Refusal {
    Refusal::saying("EVS.1070", format!("{field}: {why}"))
}

fn read(fields: Map<String, Value>, volume: &Volume, catalogue: &Catalogue) -> Result<Edit, Refusal> {
    let mut edit = Edit::default();
    let count = fields.len();
    for (field, value) in fields {
        set(&mut edit, &field, value).map_err(|why| wrong(&field, why))?;
    }
    if edit.gone && count > 1 {
        return Err(wrong("gone", "a volume that goes has nothing else to change; send {\"gone\": true} alone"));
    }
    if let Some(tags) = &edit.tags {
        check_tags(tags).map_err(|it| Refusal { message: format!("tags: {}", it.message), ..it })?;
    }
    if let Some(id) = &edit.enterprise_project_id {
        let why = "expected \"0\", which is the default one, or a UUID";
        check_enterprise_project(Some(id)).map_err(|_| wrong("enterprise_project_id", why))?;
    }
    if let Some(size) = edit.size {
        check_size(size, volume)?;
    }
    if let Some(servers) = &edit.attached_to {
        check_servers(servers, volume)?;
    }
    let moves = edit.volume_type.is_some();
    if moves || edit.iops.is_some() || edit.throughput.is_some() {
        let name = edit.volume_type.as_ref().unwrap_or(&volume.spec.volume_type);
        let of = catalogue.volume_type(name).ok_or_else(|| wrong("volume_type", unknown(name, catalogue)))?;
        let rate = |field, range, asked: Option<Option<u32>>, now| rate(field, of, range, asked.flatten(), now, moves);
        edit.iops = rate("iops", of.iops, edit.iops, volume.spec.iops)?;
        edit.throughput = rate("throughput", of.throughput, edit.throughput, volume.spec.throughput)?;
    }
    Ok(edit)
}

fn set(edit: &mut Edit, field: &str, value: Value) -> Result<(), String> {
    match field {
        "name" => edit.name = Some(words(value)?.unwrap_or_default()),
        "description" => edit.description = Some(words(value)?),
        "size" => edit.size = Some(get(value, "a whole number of GB, such as 40")?),
        "volume_type" => edit.volume_type = Some(get(value, "the name of a type, such as \"SSD\"")?),
        "iops" => edit.iops = Some(get(value, "a whole number, such as 3000").map(Some)?),
        "throughput" => edit.throughput = Some(get(value, "a whole number of MiB/s, such as 125").map(Some)?),
        "enterprise_project_id" => {
            edit.enterprise_project_id = Some(get(value, "\"0\", which is the default one, or a UUID")?);
        }
        "tags" => edit.tags = Some(get(value, "an object of texts that holds all tags, such as {\"env\": \"prod\"}")?),
        "status" => {
            let expected = "a word, such as \"available\"";
            let word: String = get(value, expected)?;
            if word.is_empty() {
                return Err(format!("expected {expected}"));
            }
            edit.status = Some(word);
        }
        "attached_to" => edit.attached_to = Some(servers(value)?),
        "server_status" => {
            let expected = "the status of a server, such as \"ACTIVE\", or null, which the service cannot learn";
            edit.server_status = Some(word(value, expected)?);
        }
        "locked_by" => {
            let expected = "the name of a service, such as \"SDRS\", or null, which unlocks it";
            edit.locked_by = Some(word(value, expected)?);
        }
        "created_at" => {
            let expected = "a time, such as \"2024-01-02T03:04:05.000000\" or \"2024-01-02T03:04:05Z\"";
            let text: String = get(value, expected)?;
            let time = time::read(&text).map_err(|why| format!("expected {expected}: {why}"))?;
            edit.created_at = Some(time.as_microsecond());
        }
        "gone" => edit.gone = get(value, "true or false")?,
        _ => {
            let fields = "size, volume_type, iops, throughput, name, description, tags, status, \
                enterprise_project_id, attached_to, server_status, locked_by, created_at and gone";
            return Err(format!("an edit has no such field; it has {fields}"));
        }
    }
    Ok(())
}

/// The id of a server, a list of them, or null for none.
fn servers(value: Value) -> Result<Vec<String>, String> {
    match value {
        Value::Null => Ok(Vec::new()),
        Value::String(server) => Ok(vec![server]),
        value => get(value, "the id of a server, a list of them for a shared volume, or null"),
    }
}

/// A word that is not empty, or null.
fn word(value: Value, expected: &str) -> Result<Option<String>, String> {
    let word: Option<String> = get(value, expected)?;
    if word.as_deref() == Some("") { Err(format!("expected {expected}")) } else { Ok(word) }
}

fn get<T: DeserializeOwned>(value: Value, expected: &str) -> Result<T, String> {
    serde_json::from_value(value).map_err(|_| format!("expected {expected}"))
}

/// A name or a description; null and an empty text take it away.
fn words(value: Value) -> Result<Option<String>, String> {
    let text: Option<String> = get(value, "a text, or null, which takes it away")?;
    match text {
        Some(text) if text.len() > VolumeName::MAX => {
            Err(format!("expected {} bytes at the most, these are {}", VolumeName::MAX, text.len()))
        }
        text => Ok(text.filter(|it| !it.is_empty())),
    }
}

/// A volume never shrinks in the real service, and so not here: a client that saw it would learn to handle what cannot be.
fn check_size(size: u32, volume: &Volume) -> Result<(), Refusal> {
    let (_, most) = if volume.spec.image_id.is_some() { SizeGb::SYSTEM } else { SizeGb::DATA };
    if size < volume.size {
        let now = volume.size;
        return Err(wrong("size", format!("a volume never shrinks; it has {now} GB, so send {now} or more")));
    }
    if size > most {
        return Err(wrong("size", format!("such a volume has {most} GB at the most, not {size}")));
    }
    Ok(())
}

/// Only a shared volume has more servers than one, and never more than 16 (evs-api 7.7).
fn check_servers(servers: &[String], volume: &Volume) -> Result<(), Refusal> {
    let most = if volume.spec.multiattach { 16 } else { 1 };
    if servers.len() > most {
        let why = format!("such a volume has {most} at the most, and only a shared one more than 1");
        return Err(wrong("attached_to", why));
    }
    if servers.iter().enumerate().any(|(place, server)| server.is_empty() || servers[..place].contains(server)) {
        return Err(wrong("attached_to", "each server has an id and stands here once"));
    }
    Ok(())
}

fn unknown(name: &str, catalogue: &Catalogue) -> String {
    let types: Vec<&str> = catalogue.types.iter().map(|it| it.name.as_str()).collect();
    format!("the catalogue has no type {name}; it has {}", types.join(", "))
}

/// What becomes of the IOPS or the throughput of a volume: a move to a type without them takes them away, and one to
/// a type with them keeps what fits and else gives the least that the type has (a choice).
fn rate(
    field: &str,
    of: &Type,
    range: Option<(u32, u32)>,
    asked: Option<u32>,
    now: Option<u32>,
    moves: bool,
) -> Result<Option<Option<u32>>, Refusal> {
    let name = &of.name;
    let Some((least, most)) = range else {
        return match asked {
            Some(_) => Err(wrong(field, format!("a volume of type {name} has none to choose; leave the field out"))),
            None => Ok(moves.then_some(None)),
        };
    };
    match asked {
        Some(asked) if (least..=most).contains(&asked) => Ok(Some(Some(asked))),
        Some(asked) => Err(wrong(field, format!("a volume of type {name} has {least} to {most}, not {asked}"))),
        None if moves => Ok(Some(Some(now.filter(|it| (least..=most).contains(it)).unwrap_or(least)))),
        None => Ok(None),
    }
}
