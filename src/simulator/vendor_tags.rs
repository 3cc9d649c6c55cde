//! The deprecated calls below `os-vendor-tags` (evs-api 9.4, 19.1), for the tags of volumes: those of all volumes, and those of
//! one as an object or by their keys.

use super::body::{object, texts};
use super::call::Call;
use super::change::named;
use super::check::check_tags;
use super::event::Change;
use super::model::Cloud;
use super::render;
use super::reply::{Refusal, Reply};
use serde_json::json;
use std::collections::BTreeMap;

/// `GET /v2/{project_id}/os-vendor-tags/volumes/{volume_id}`: an object.
pub(super) fn all(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let volume = named(cloud, call)?;
    Ok(Reply::json(200, &json!({"tags": render::tags(cloud, call, volume)})))
}

/// `POST` of the same: adds tags, and changes those that are there. It answers with all of them (a choice).
pub(super) fn add(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    set(cloud, call, false)
}

/// `PUT` of the same: these tags take the place of all others.
pub(super) fn replace(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    set(cloud, call, true)
}

fn set(cloud: &mut Cloud, call: &Call, alone: bool) -> Result<Reply, Refusal> {
    let volume = named(cloud, call)?;
    let (id, before) = (volume.id, volume.tags.clone());
    let whole = object(&call.body)?;
    if !whole.get("tags").is_some_and(serde_json::Value::is_object) {
        return Err(Refusal::of("EVS.2108"));
    }
    let given = texts(&whole, "tags")?;
    check_tags(&given)?;
    let mut tags = if alone { BTreeMap::new() } else { before };
    tags.extend(given);
    check_tags(&tags)?;
    cloud.partition.check_tags(&tags)?;
    cloud.record(Change::Tagged { volume: id, tags });
    all(cloud, call)
}

/// `GET /v2/{project_id}/os-vendor-tags/volumes/{volume_id}/{key}`.
pub(super) fn one(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let volume = named(cloud, call)?;
    let key = call.value("key");
    let value = render::tags(cloud, call, volume).get(key);
    let value = value.ok_or_else(|| Refusal::saying("EVS.5404", format!("Tag {key} could not be found.")))?;
    Ok(Reply::json(200, &json!({"tag": {key: value}})))
}

/// `DELETE` of the same: 200 and nothing, also where the volume has no such tag.
pub(super) fn remove(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let volume = named(cloud, call)?;
    let (id, mut tags) = (volume.id, volume.tags.clone());
    tags.remove(call.value("key"));
    cloud.record(Change::Tagged { volume: id, tags });
    Ok(Reply::empty(200))
}
