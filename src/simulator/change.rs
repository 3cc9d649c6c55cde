//! Words and tags of a volume: what changes at once, without a job.

use super::body::{object, text};
use super::call::Call;
use super::check::check_tags;
use super::event::Change;
use super::model::Cloud;
use super::render;
use super::reply::{Refusal, Reply};
use super::volume::Volume;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The volume that the path names.
///
/// # Errors
/// EVS.1002 for an id that is none, EVS.5404 where there is no such volume.
pub(super) fn named<'a>(cloud: &'a Cloud, call: &Call) -> Result<&'a Volume, Refusal> {
    let id = call.volume_id()?;
    let missing = || Refusal::no_volume(id);
    // Only looks miss it: who already knows a volume can work on it.
    let hidden = |of: &Volume| call.method == "GET" && call.hide.hides(of.created, cloud.now());
    cloud.volume(&call.project, id).filter(|it| !hidden(it)).ok_or_else(missing)
}

/// `PUT /v2/{project_id}/cloudvolumes/{volume_id}`: the reply is not wrapped.
pub(super) fn update(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let words = reworded(cloud, call, false)?.ok_or_else(|| Refusal::of("EVS.1007"))?;
    cloud.record(words);
    Ok(Reply::json(200, &render::reduced(cloud, &call.base, named(cloud, call)?)))
}

/// The new words that an update asks for, of Cinder under their other names too; `None` where it names none.
pub(super) fn reworded(cloud: &Cloud, call: &Call, cinder: bool) -> Result<Option<Change>, Refusal> {
    let volume = named(cloud, call)?.id;
    let body = object(&call.body)?;
    let Some(Value::Object(fields)) = body.get("volume") else { return Err(Refusal::of("EVS.1001")) };
    let word = |key: &str, other: &str| -> Result<Option<String>, Refusal> {
        let first = text(fields, key)?;
        if cinder && first.is_none() { text(fields, other) } else { Ok(first) }
    };
    let name = word("name", "display_name")?;
    let description = word("description", "display_description")?;
    if name.as_ref().is_some_and(|it| it.len() > 255) {
        return Err(Refusal::of("EVS.1003"));
    }
    if description.as_ref().is_some_and(|it| it.len() > 255) {
        return Err(Refusal::of("EVS.1004"));
    }
    let named = name.is_some() || description.is_some();
    Ok(named.then_some(Change::Updated { volume, name, description }))
}

/// `POST /v2/{project_id}/cloudvolumes/{volume_id}/tags/action`: 204.
pub(super) fn tags_action(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let volume = named(cloud, call)?;
    let (id, mut tags) = (volume.id, volume.tags.clone());
    let body = object(&call.body)?;
    let Some(Value::Array(items)) = body.get("tags") else { return Err(Refusal::of("EVS.2108")) };
    let pairs = items.iter().map(tag).collect::<Result<Vec<_>, _>>()?;
    match text(&body, "action")?.as_deref() {
        Some("create") => {
            let added: BTreeMap<String, String> =
                pairs.into_iter().map(|(key, value)| (key, value.unwrap_or_default())).collect();
            check_tags(&added)?;
            cloud.partition.check_tags(&added)?;
            tags.extend(added);
            check_tags(&tags)?;
        }
        Some("delete") => {
            for (key, _) in pairs {
                tags.remove(&key);
            }
        }
        _ => return Err(Refusal::of("EVS.2108")),
    }
    cloud.record(Change::Tagged { volume: id, tags });
    Ok(Reply::empty(204))
}

fn tag(item: &Value) -> Result<(String, Option<String>), Refusal> {
    let none = Map::new();
    let fields = item.as_object().unwrap_or(&none);
    let key = text(fields, "key")?.ok_or_else(|| Refusal::of("EVS.1062"))?;
    Ok((key, text(fields, "value")?))
}

/// `GET /v2/{project_id}/cloudvolumes/{volume_id}/tags`: a list.
pub(super) fn tags(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let volume = named(cloud, call)?;
    Ok(Reply::json(200, &json!({"tags": tag_list(render::tags(cloud, call, volume))})))
}

/// Tags as the tag calls list them.
pub(super) fn tag_list(tags: &BTreeMap<String, String>) -> Vec<Value> {
    tags.iter().map(|(key, value)| json!({"key": key, "value": value})).collect()
}

/// `GET /v2/{project_id}/cloudvolumes/tags`: every key of the project with its values.
pub(super) fn project_tags(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let mut tags: BTreeMap<&str, std::collections::BTreeSet<&str>> = BTreeMap::new();
    for (key, value) in cloud.volumes(&call.project).flat_map(|it| render::tags(cloud, call, it)) {
        tags.entry(key).or_default().insert(value);
    }
    Ok(Reply::json(200, &json!({ "tags": tags })))
}
