//! What people do to volumes in the console, at their servers, and with copies.

use super::watch::Watch;
use crate::crash::bench::World;
use crate::crash::cloud::Seen;
use serde_json::{Value, json};

/// What a hand does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hand {
    Rename,
    Describe,
    /// Deletes a recorded volume that is nobody's business else.
    Delete,
    Attach,
    Detach,
    /// What could be used shows an error.
    Break,
    /// What showed an error can be used.
    Repair,
    /// A copy of a volume, its tags included.
    Clone,
}

/// Does it to one of the volumes that it can be done to.
pub(super) fn touch(world: &mut World, watch: &mut Watch, hand: Hand, nth: usize) {
    let volumes = world.cloud.volumes();
    let ours = |(id, _): &(&String, &Seen)| !watch.foreign.contains_key(*id);
    let fits = |(_, seen): &(&String, &Seen)| match hand {
        Hand::Attach => seen.status == "available",
        Hand::Detach => seen.attached,
        Hand::Repair => seen.status == "error",
        Hand::Rename | Hand::Describe | Hand::Delete | Hand::Break | Hand::Clone => seen.is_good(),
    };
    let mut ids: Vec<String> = volumes.iter().filter(ours).filter(fits).map(|(id, _)| id.clone()).collect();
    if hand == Hand::Delete {
        let alone = recorded_alone(world);
        ids.retain(|id| alone.contains(id));
    }
    // What failed and was repaired breaks again, rather than anything.
    if hand == Hand::Break && ids.iter().any(|id| watch.mended.contains(id)) {
        ids.retain(|id| watch.mended.contains(id));
    }
    let Some(id) = ids.get(nth % ids.len().max(1)).cloned() else { return };
    match hand {
        Hand::Rename => relabel(world, &id, json!({"name": "by hand"})),
        Hand::Describe => relabel(world, &id, json!({"description": "by hand"})),
        Hand::Delete => {
            watch.gone.insert(id.clone());
            world.cloud.edit(&id, &json!({"attached_to": []}));
            world.delete(&id);
        }
        Hand::Attach => world.cloud.edit(&id, &json!({"attached_to": ["5b02a32d-5355-4279-9015-355000000001"]})),
        Hand::Detach => world.cloud.edit(&id, &json!({"attached_to": []})),
        Hand::Break => {
            world.broken(&id);
            world.cloud.edit(&id, &json!({"status": "error"}));
        }
        Hand::Repair => {
            watch.mended.insert(id.clone());
            world.cloud.edit(&id, &json!({"status": "available"}));
        }
        Hand::Clone => {
            let tags = world.cloud.whole()[&id]["tags"].clone();
            let seen = &volumes[&id];
            let clone = make(world, &seen.name, seen.size, &seen.place, tags);
            watch.leave_alone(world, &clone);
        }
    }
}

/// Makes a volume past evsctl, and waits until it is there.
pub(super) fn make(world: &World, name: &str, size: u64, place: &(String, String), tags: Value) -> String {
    let id = world.cloud.make(&json!({
        "name": name, "size": size, "availability_zone": place.0, "volume_type": place.1,
    }));
    crate::support::until("the volume is there", || world.cloud.volumes()[&id].status == "available");
    world.cloud.edit(&id, &json!({ "tags": tags }));
    id
}

fn relabel(world: &mut World, id: &str, fields: Value) {
    world.touched = true;
    world.cloud.relabel(id, fields);
}

/// The recorded volumes that are whole and that no open call stands for.
fn recorded_alone(world: &World) -> Vec<String> {
    let Ok(Some(state)) = world.store.read() else { return Vec::new() };
    let alone = state.volumes.iter().filter(|(address, volume)| volume.tainted.is_none() && !state.is_covered(address));
    alone.map(|(_, volume)| volume.id.to_string()).collect()
}
