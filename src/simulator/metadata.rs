//! The metadata of volumes that exist (evs-api 10), and the update of Cinder, which takes metadata too.
//!
//! What reads show as `metadata` is partly the service's own: those keys no call can change. That setting one to the value
//! that it has is no change, that they outlive the replacement of all, and which of the two published codes is whose, are
//! choices: EVS.2047 for an update, EVS.5403 for a removal.

use super::act::Act;
use super::body::{MAX_METADATA, metadata_size, object, object_of, texts};
use super::call::Call;
use super::change::{named, reworded};
use super::event::Change;
use super::model::Cloud;
use super::render;
use super::reply::{Refusal, Reply};
use super::volume::Volume;
use crate::evs::wire::ORDER_ID;
use crate::volume::{Metadata, VolumeName};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The most bytes of a key and of a value.
const MAX_TEXT: usize = VolumeName::MAX;
/// Whether the volume may be written to: "True" or "False".
pub(super) const READONLY: &str = "readonly";
/// How it is attached.
pub(super) const ATTACHED_MODE: &str = "attached_mode";

type Pairs = BTreeMap<String, String>;

/// Whether a key is the service's own.
pub(super) fn is_of_service(key: &str) -> bool {
    let known = [Metadata::PASSTHROUGH, Metadata::FULL_CLONE, ORDER_ID, READONLY, ATTACHED_MODE, "policy"];
    key.starts_with("__system__") || known.contains(&key)
}

/// `GET …/metadata`.
pub(super) fn all(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let volume = named(cloud, call)?;
    Ok(Reply::json(200, &json!({"metadata": render::metadata(cloud, volume)})))
}

/// `POST …/metadata`: adds pairs, and changes those that are there. The answer has all of them, as Cinder's does.
pub(super) fn add(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let volume = named(cloud, call)?;
    let whole = object(&call.body)?;
    let after = changed(cloud, volume, pairs(&whole, "metadata")?, false)?;
    record(cloud, call, after)
}

/// `PUT …/metadata`: these pairs take the place of all others.
pub(super) fn replace(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let volume = named(cloud, call)?;
    let whole = object(&call.body)?;
    let after = changed(cloud, volume, pairs(&whole, "metadata")?, true)?;
    record(cloud, call, after)
}

fn record(cloud: &mut Cloud, call: &Call, metadata: Pairs) -> Result<Reply, Refusal> {
    let volume = named(cloud, call)?.id;
    cloud.record(Change::Acted { volume, act: Act::Metadata(metadata) });
    all(cloud, call)
}

/// `GET …/metadata/{key}`.
pub(super) fn one(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let key = call.value("key");
    let shown = render::metadata(cloud, named(cloud, call)?);
    let value = shown.get(key).ok_or_else(none)?;
    Ok(Reply::json(200, &json!({"meta": {key: value}})))
}

/// `PUT …/metadata/{key}`: the key of the path is the one of the body.
pub(super) fn set(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let volume = named(cloud, call)?;
    let id = volume.id;
    let whole = object(&call.body)?;
    let meta = pairs(&whole, "meta")?;
    if !meta.contains_key(call.value("key")) {
        return Err(Refusal::saying("EVS.5400", "Request body and URI mismatch."));
    }
    if meta.len() > 1 {
        return Err(Refusal::saying("EVS.5400", "Request body contains too many items."));
    }
    let after = changed(cloud, volume, meta.clone(), false)?;
    cloud.record(Change::Acted { volume: id, act: Act::Metadata(after) });
    Ok(Reply::json(200, &json!({ "meta": meta })))
}

/// `DELETE …/metadata/{key}`: 200 and nothing.
pub(super) fn remove(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let volume = named(cloud, call)?;
    let (id, mut metadata) = (volume.id, volume.spec.metadata.clone());
    metadata.remove(call.value("key")).ok_or_else(none)?;
    if is_of_service(call.value("key")) {
        return Err(Refusal::saying("EVS.5403", "metadata can not be operated."));
    }
    cloud.record(Change::Acted { volume: id, act: Act::Metadata(metadata) });
    Ok(Reply::empty(200))
}

/// `PUT /v3/{project_id}/volumes/{volume_id}`: also `display_name`, `display_description` and `metadata`, which take the
/// place of all that the caller has set, as Cinder does it; the reply is wrapped. That metadata alone are enough is a choice.
pub(super) fn update_cinder(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let volume = named(cloud, call)?;
    let id = volume.id;
    let words = reworded(cloud, call, true)?;
    let whole = object(&call.body)?;
    let metadata = match object_of(&whole, "volume")? {
        Some(fields) if fields.get("metadata").is_some_and(|it| !it.is_null()) => {
            Some(changed(cloud, volume, pairs(fields, "metadata")?, true)?)
        }
        _ => None,
    };
    if words.is_none() && metadata.is_none() {
        return Err(Refusal::of("EVS.1007"));
    }
    if let Some(metadata) = metadata {
        cloud.record(Change::Acted { volume: id, act: Act::Metadata(metadata) });
    }
    if let Some(words) = words {
        cloud.record(words);
    }
    Ok(Reply::json(200, &json!({"volume": render::reduced_of_cinder(cloud, &call.base, named(cloud, call)?)})))
}

fn none() -> Refusal {
    Refusal::saying("EVS.5404", "Metadata item was not found.")
}

/// The pairs of that field, which has to be there.
fn pairs(fields: &Map<String, Value>, key: &str) -> Result<Pairs, Refusal> {
    if object_of(fields, key)?.is_none() {
        return Err(Refusal::of("EVS.5400"));
    }
    texts(fields, key)
}

/// What metadata become by these pairs, alone or beside those that are there. What is sent back as it is shown is no change.
/// The code of a key or a value that is too long is a choice, as is that a key has at least one byte.
fn changed(cloud: &Cloud, volume: &Volume, pairs: Pairs, alone: bool) -> Result<Pairs, Refusal> {
    if pairs.iter().any(|(key, value)| key.is_empty() || key.len().max(value.len()) > MAX_TEXT) {
        let message = format!("Invalid metadata: a key has 1 to {MAX_TEXT} bytes, a value {MAX_TEXT} at the most.");
        return Err(Refusal::saying("EVS.5400", message));
    }
    let (before, shown) = (&volume.spec.metadata, render::metadata(cloud, volume));
    if pairs.iter().any(|(key, value)| is_of_service(key) && shown.get(key) != Some(value)) {
        return Err(Refusal::of("EVS.2047"));
    }
    let kept = before.iter().filter(|(key, _)| !alone || is_of_service(key));
    let mut after: Pairs = kept.map(|(key, value)| (key.clone(), value.clone())).collect();
    after.extend(pairs.into_iter().filter(|(key, _)| !is_of_service(key)));
    if metadata_size(&after) >= MAX_METADATA {
        return Err(Refusal::of("EVS.1005"));
    }
    Ok(after)
}
