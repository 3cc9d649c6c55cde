//! The calls about the tags of standard snapshots and of their groups: the rules are those of volumes' tags.

use super::deed::Deed;
use super::reach::{group, kept, record, snapshot};
use super::row::Named;
use crate::simulator::body::{object, text};
use crate::simulator::call::Call;
use crate::simulator::check::check_tags;
use crate::simulator::model::Cloud;
use crate::simulator::reply::{Refusal, Reply};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

type Tags = BTreeMap<String, String>;

/// `POST /v5/{project_id}/snapshots/{snapshot_id}/tags/create`: 204.
pub(in crate::simulator) fn add(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let of = snapshot(cloud, call)?;
    let deed = Deed::Tag { snapshot: of.id, tags: with(&of.tags, &call.body)? };
    Ok(done(cloud, call, deed))
}

/// `POST /v5/{project_id}/snapshots/{snapshot_id}/tags/delete`: 204.
pub(in crate::simulator) fn remove(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let of = snapshot(cloud, call)?;
    let deed = Deed::Tag { snapshot: of.id, tags: without(&of.tags, &call.body)? };
    Ok(done(cloud, call, deed))
}

/// `GET /v5/{project_id}/snapshots/tags`.
pub(in crate::simulator) fn list(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    Ok(all(kept(cloud, call).snapshots.iter()))
}

/// `POST /v5/{project_id}/snapshot-groups/{snapshot_group_id}/tags/create`: 204.
pub(in crate::simulator) fn add_to_group(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let of = group(cloud, call)?;
    let deed = Deed::TagGroup { group: of.id, tags: with(&of.tags, &call.body)? };
    Ok(done(cloud, call, deed))
}

/// `POST /v5/{project_id}/snapshot-groups/{snapshot_group_id}/tags/delete`: 204.
pub(in crate::simulator) fn remove_from_group(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let of = group(cloud, call)?;
    let deed = Deed::TagGroup { group: of.id, tags: without(&of.tags, &call.body)? };
    Ok(done(cloud, call, deed))
}

/// `GET /v5/{project_id}/snapshot-groups/tags`.
pub(in crate::simulator) fn list_of_groups(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    Ok(all(kept(cloud, call).groups.iter()))
}

fn done(cloud: &mut Cloud, call: &Call, deed: Deed) -> Reply {
    record(cloud, call, deed);
    Reply::empty(204)
}

/// The tags with those of the body, which take the place of others with their keys.
fn with(tags: &Tags, body: &[u8]) -> Result<Tags, Refusal> {
    let mut added = Tags::new();
    for (key, value) in entries(body)? {
        let value = value.ok_or_else(|| Refusal::of("EVS.1062"))?;
        // One thing has a key once.
        if added.insert(key, value).is_some() {
            return Err(Refusal::of("EVS.1062"));
        }
    }
    check_tags(&added)?;
    let mut tags = tags.clone();
    tags.extend(added);
    check_tags(&tags)?;
    Ok(tags)
}

/// The tags without those whose keys the body names, whatever values it gives.
fn without(tags: &Tags, body: &[u8]) -> Result<Tags, Refusal> {
    let gone: BTreeSet<String> = entries(body)?.into_iter().map(|(key, _)| key).collect();
    Ok(tags.iter().filter(|(key, _)| !gone.contains(*key)).map(|(key, value)| (key.clone(), value.clone())).collect())
}

fn entries(body: &[u8]) -> Result<Vec<(String, Option<String>)>, Refusal> {
    let body = object(body)?;
    let Some(Value::Array(items)) = body.get("tags") else { return Err(Refusal::of("EVS.2108")) };
    let entry = |item: &Value| {
        let fields = item.as_object().ok_or_else(|| Refusal::of("EVS.1062"))?;
        let key = text(fields, "key")?.ok_or_else(|| Refusal::of("EVS.1062"))?;
        Ok((key, text(fields, "value")?))
    };
    items.iter().map(entry).collect()
}

/// Every key with its values.
fn all<'a, T: Named + 'a>(things: impl Iterator<Item = &'a T>) -> Reply {
    let mut tags: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (key, value) in things.flat_map(Named::tags) {
        tags.entry(key).or_default().insert(value);
    }
    let tags: Vec<Value> = tags.into_iter().map(|(key, value)| json!({"key": key, "value": value})).collect();
    Reply::json(200, &json!({ "tags": tags }))
}
