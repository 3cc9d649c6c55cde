//! Rolling a volume back to a snapshot (evs-api 11): the work of a job that nobody is told of. The volume and the snapshot
//! are `rollbacking` until it is over; where it fails, the volume is `error_rollbacking` and the snapshot what it was.
//!
//! A volume that has grown since keeps its size, as no volume ever shrinks (a choice).

use super::own;
use super::shown::Shown;
use crate::simulator::body::{object, object_of, text};
use crate::simulator::call::{Call, uuid};
use crate::simulator::event::Change;
use crate::simulator::model::Cloud;
use crate::simulator::reply::{Refusal, Reply};
use crate::simulator::snapshot::{OF_BACKUPS, Snapshot};
use crate::simulator::task::Effect;
use crate::simulator::work;
use crate::volume::VolumeName;
use serde_json::json;
use uuid::Uuid;

/// `POST /v2/{project_id}/cloudsnapshots/{snapshot_id}/rollback` and its older paths: 202 and the volume's id.
pub(in crate::simulator) fn start(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let snapshot = own(cloud, call)?;
    let number = snapshot.number;
    let volume = check(cloud, call, snapshot)?;
    let effect = Effect::RollBack { snapshot: Some(number) };
    let job = work::effect(cloud, &call.project, volume, effect, call.trouble.as_ref());
    cloud.record(Change::Working { job });
    Ok(Reply::json(202, &json!({"rollback": {"volume_id": volume}})))
}

/// Whether the volume of the body may be rolled back to this snapshot. The order of the checks, and all codes but those for
/// what is not there, are a choice.
fn check(cloud: &Cloud, call: &Call, snapshot: &Snapshot) -> Result<Uuid, Refusal> {
    let whole = object(&call.body)?;
    let fields = object_of(&whole, "rollback")?.ok_or_else(|| Refusal::of("EVS.1070"))?;
    // What else the name is for is not documented: it is not compared with that of the volume.
    if text(fields, "name")?.is_some_and(|it| it.len() > VolumeName::MAX) {
        return Err(Refusal::of("EVS.1003"));
    }
    let id = text(fields, "volume_id")?.and_then(|id| uuid(&id)).ok_or_else(|| Refusal::of("EVS.1002"))?;
    let volume = cloud.volume(&call.project, id).ok_or_else(|| Refusal::no_volume(id))?;
    if id != snapshot.volume {
        let message =
            format!("A volume is rolled back to its own snapshots alone; this one is of {}.", snapshot.volume);
        return Err(Refusal::saying("EVS.1032", message));
    }
    if OF_BACKUPS.iter().any(|prefix| snapshot.name.starts_with(prefix)) {
        return Err(Refusal::of("EVS.2045"));
    }
    if !matches!(volume.status(), "available" | "error_rollbacking") {
        let message = "Invalid volume: its status must be available or error_rollbacking.";
        return Err(Refusal::saying("EVS.1031", message));
    }
    if Shown::find(cloud, &call.project, &snapshot.id.to_string()).is_none_or(|it| it.status() != "available") {
        return Err(Refusal::saying("EVS.1031", "Invalid snapshot: its status must be available."));
    }
    // That a snapshot which is being taken counts as a lock is a choice here too.
    if volume.locked_by.is_some() || volume.is_worked_on() || cloud.is_snapshotted(volume) {
        return Err(Refusal::of("EVS.2068"));
    }
    Ok(id)
}
