//! What people do to recorded volumes past evsctl, between runs and while one is under way.

use super::bench::World;
use super::cloud::Seen;
use super::end::BY_HAND;
use serde_json::{Value, json};
use std::time::Duration;

/// What a hand does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hand {
    Rename,
    Describe,
    /// Makes a volume larger.
    Grow,
    /// Sets a tag of its own, and another value of one that is declared.
    Retag,
    /// Takes all tags off but the ownership tag.
    Untag,
    Attach,
    Detach,
    /// Shows an error where nothing is wrong, until a hand repairs it.
    Break,
    Snapshot,
    /// Deletes one that no create is about.
    Delete,
}

impl Hand {
    pub(crate) const ALL: [Hand; 10] = [
        Hand::Rename,
        Hand::Describe,
        Hand::Grow,
        Hand::Retag,
        Hand::Untag,
        Hand::Attach,
        Hand::Detach,
        Hand::Break,
        Hand::Snapshot,
        Hand::Delete,
    ];
}

/// Does it to one of the recorded volumes that it can be done to, at once or in a while.
pub(crate) fn touch(world: &mut World, hand: Hand, nth: usize, after: Duration) -> Option<super::cloud::Leap> {
    let recorded = alone(world);
    let volumes = world.cloud.volumes();
    let fits = |seen: &Seen| match hand {
        Hand::Detach => seen.attached,
        Hand::Rename | Hand::Describe | Hand::Retag | Hand::Untag => seen.is_good(),
        Hand::Grow | Hand::Attach | Hand::Break | Hand::Snapshot | Hand::Delete => seen.status == "available",
    };
    let ids: Vec<&String> = recorded.iter().filter(|id| volumes.get(*id).is_some_and(fits)).collect();
    let id = (*ids.get(nth % ids.len().max(1))?).clone();
    world.touched = true;
    let edit = |fields: Value| ("POST", format!("/_sim/volumes/{id}"), fields);
    let relabel = |fields: Value| ("PUT", format!("/v3/{{project_id}}/volumes/{id}"), json!({ "volume": fields }));
    let request = match hand {
        Hand::Rename => relabel(json!({"name": "by hand"})),
        Hand::Describe => relabel(json!({"description": "by hand"})),
        Hand::Grow => {
            let size = volumes[&id].size + 10;
            world.sizes_by_hand.entry(id.clone()).or_default().insert(size);
            edit(json!({ "size": size }))
        }
        Hand::Retag | Hand::Untag => {
            let whole = world.cloud.whole();
            let mut tags = whole[&id]["tags"].as_object().cloned().unwrap_or_default();
            tags.retain(|_, value| super::ledger::owner_in(&json!({ "it": value })).is_some() || hand == Hand::Retag);
            if hand == Hand::Retag {
                tags.insert(BY_HAND.to_owned(), "1".into());
                tags.entry("one").and_modify(|value| *value = "other".into());
            }
            if !after.is_zero() {
                world.tags_by_hand.extend(tags.keys().cloned());
            }
            edit(json!({ "tags": tags }))
        }
        Hand::Attach => edit(json!({"attached_to": ["5b02a32d-5355-4279-9015-355000000001"]})),
        Hand::Detach => edit(json!({"attached_to": []})),
        Hand::Break => {
            world.broken(&id);
            world.broken_by_hand.insert(id.clone());
            edit(json!({"status": "error"}))
        }
        Hand::Snapshot => {
            let snapshot = json!({"snapshot": {"volume_id": id, "name": "by-hand"}});
            ("POST", "/v2/{project_id}/cloudsnapshots".to_owned(), snapshot)
        }
        Hand::Delete => {
            world.broken(&id);
            world.deleted.insert(id.clone());
            if after.is_zero() {
                world.delete(&id);
                return None;
            }
            ("DELETE", format!("/v3/{{project_id}}/volumes/{id}"), Value::Null)
        }
    };
    Some(world.cloud.later(after, request))
}

/// Undoes what would be refused for ever: what is attached, and what shows an error after a hand or a failed job.
pub(crate) fn undo(world: &World) {
    for (id, volume) in world.cloud.volumes() {
        if volume.attached {
            world.cloud.edit(&id, &json!({"attached_to": []}));
        }
        let is_broken = volume.status == "error" && world.broken_by_hand.contains(&id);
        // What never was usable does not become it.
        let status = if world.cleaned.contains(&id) { "error" } else { "available" };
        if is_broken || matches!(volume.status.as_str(), "error_extending" | "error_deleting") {
            world.cloud.edit(&id, &json!({ "status": status }));
        }
    }
}

/// The recorded volumes that are whole and that no open create is about.
fn alone(world: &World) -> Vec<String> {
    let Ok(Some(state)) = world.store.read() else { return Vec::new() };
    let creates = |address| state.operations.values().any(|it| it.as_create().is_some() && it.covers(address));
    let alone = state.volumes.iter().filter(|(address, volume)| volume.tainted.is_none() && !creates(address));
    alone.map(|(_, volume)| volume.id.to_string()).collect()
}
