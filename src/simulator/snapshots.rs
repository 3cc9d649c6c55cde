//! The custom calls about snapshots (evs-api 11): those that calls took, of the project that asks, and those of the catalogue,
//! which every project sees and none can change.
//!
//! The reference has no codes for most of what can be wrong with taking one; they are a choice.

pub(super) mod cinder;
pub(super) mod metadata;
mod order;
pub(super) mod rollback;
mod shown;
mod wanted;

use super::body::{MAX_METADATA, boolean, metadata_size, object, object_of, text, texts};
use super::call::{Call, uuid};
use super::catalogue;
use super::event::Change;
use super::fault::JobTrouble;
use super::model::Cloud;
use super::reply::{Refusal, Reply};
use super::snapshot::{Snapshot, State};
use super::volume::Volume;
use crate::volume::{Metadata, VolumeName};
use serde_json::{Map, Value, json};
use shown::Shown;
use std::collections::BTreeMap;
use uuid::Uuid;
use wanted::Wanted;

/// The most snapshots of one volume (evs-api 19: of the calls below `cloudsnapshots`).
const MOST: usize = 7;

/// A snapshot that shall be taken.
struct New {
    /// As it was sent.
    volume: Option<String>,
    name: Option<String>,
    description: Option<String>,
    metadata: BTreeMap<String, String>,
    /// Whether a volume that is attached may be taken one of.
    forced: bool,
}

/// `POST /v2/{project_id}/cloudsnapshots`: 202 and the snapshot; there is no job.
pub(super) fn create(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let whole = object(&call.body)?;
    let fields = object_of(&whole, "snapshot")?.ok_or_else(|| Refusal::of("EVS.1070"))?;
    let (name, description) = words(fields)?;
    let metadata = texts(fields, "metadata")?;
    let forced = boolean(fields, "force")?.unwrap_or(false);
    let new = New { volume: text(fields, "volume_id")?, name, description, metadata, forced };
    let id = take(cloud, call, new)?;
    let shown = Shown::find(cloud, &call.project, &id.to_string()).map(|it| it.custom(&call.project));
    Ok(Reply::json(202, &json!({ "snapshot": shown })))
}

/// Begins to take a snapshot; gives its id.
fn take(cloud: &mut Cloud, call: &Call, new: New) -> Result<Uuid, Refusal> {
    check_metadata(&new.metadata)?;
    let volume = source(cloud, call, &new)?;
    let (of, size, volume_type) = (volume.id, volume.size, volume.spec.volume_type.clone());
    let id = cloud.next_id();
    let snapshot = Snapshot {
        number: cloud.counter(),
        id,
        volume: of,
        name: new.name.unwrap_or_default(),
        description: new.description,
        metadata: new.metadata,
        size,
        volume_type,
        created: 0,
        updated: 0,
        state: State::Creating,
    };
    let (end, failed) = outcome(cloud, call.trouble.as_ref());
    cloud.record(Change::Snapshotted { project: call.project.clone(), snapshot, end, failed });
    Ok(id)
}

/// The volume that shall be taken a snapshot of, where it may be.
fn source<'a>(cloud: &'a Cloud, call: &Call, new: &New) -> Result<&'a Volume, Refusal> {
    let id = new.volume.as_deref().and_then(uuid).ok_or_else(|| Refusal::of("EVS.1002"))?;
    let missing = || Refusal::no_volume(id);
    let volume = cloud.volume(&call.project, id).ok_or_else(missing)?;
    match volume.status() {
        "available" => {}
        "in-use" if new.forced => {}
        _ => {
            let message = "Invalid volume: its status must be available, or in-use with force.";
            return Err(Refusal::saying("EVS.1031", message));
        }
    }
    if cloud.is_snapshotted(volume) {
        return Err(Refusal::of("EVS.2068"));
    }
    let share = cloud.project(&call.project);
    if share.is_some_and(|it| it.snapshots_of(id).count() >= MOST) {
        return Err(Refusal::saying("EVS.5413", format!("A volume has {MOST} snapshots at the most.")));
    }
    cloud.usage(&call.project).check_snapshot(&cloud.catalogue, &volume.spec.volume_type, volume.size)?;
    Ok(volume)
}

/// When work ends that takes as long as a job and has none, and whether badly.
pub(super) fn outcome(cloud: &Cloud, trouble: Option<&JobTrouble>) -> (Option<i64>, bool) {
    let hangs = trouble.is_some_and(|it| it.hangs(1));
    let delay = trouble.map_or(0, |it| it.delay(1));
    let end = Some(cloud.now() + cloud.job_duration + delay).filter(|_| !hangs);
    (end, trouble.is_some_and(|it| it.failure(1).is_some()))
}

/// Name and description.
fn words(fields: &Map<String, Value>) -> Result<(Option<String>, Option<String>), Refusal> {
    let (name, description) = (text(fields, "name")?, text(fields, "description")?);
    let too_long = |of: &Option<String>| of.as_ref().is_some_and(|it| it.len() > VolumeName::MAX);
    if too_long(&name) {
        return Err(Refusal::of("EVS.1003"));
    }
    if too_long(&description) {
        return Err(Refusal::of("EVS.1004"));
    }
    Ok((name, description))
}

/// Keys of 1 to 255 bytes, values of 255 at the most, and all of them together no more than those of a volume.
fn check_metadata(pairs: &BTreeMap<String, String>) -> Result<(), Refusal> {
    let fits = |(key, value): (&String, &String)| !key.is_empty() && key.len().max(value.len()) <= VolumeName::MAX;
    if !pairs.iter().all(fits) {
        return Err(Refusal::of("EVS.1070"));
    }
    if metadata_size(pairs) >= MAX_METADATA { Err(Refusal::of("EVS.1005")) } else { Ok(()) }
}

/// `PUT /v2/{project_id}/cloudsnapshots/{snapshot_id}`.
pub(super) fn update(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let number = own(cloud, call)?.number;
    let whole = object(&call.body)?;
    let fields = object_of(&whole, "snapshot")?.ok_or_else(|| Refusal::of("EVS.1070"))?;
    let (name, description) = words(fields)?;
    let project = call.project.clone();
    cloud.record(Change::SnapshotUpdated { project, number, name, description, metadata: None });
    one(cloud, call)
}

/// `DELETE /v2/{project_id}/cloudsnapshots/{snapshot_id}`, and the same of Cinder: 202 and nothing.
pub(super) fn delete(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let snapshot = own(cloud, call)?;
    match found(cloud, call)?.status() {
        "available" | "error" => {}
        "error_deleting" => return Err(Refusal::of("EVS.2019")),
        _ => return Err(Refusal::of("EVS.1047")),
    }
    let number = snapshot.number;
    let (end, failed) = outcome(cloud, call.trouble.as_ref());
    cloud.record(Change::SnapshotDeleting { project: call.project.clone(), number, end, failed });
    Ok(Reply::empty(202))
}

/// The snapshot of the path.
fn found<'a>(cloud: &'a Cloud, call: &Call) -> Result<Shown<'a>, Refusal> {
    Shown::find(cloud, &call.project, call.value("snapshot_id")).ok_or_else(|| Refusal::of("EVS.5404"))
}

/// The snapshot of the path, where a call took it. That those of the catalogue stay is a choice.
fn own<'a>(cloud: &'a Cloud, call: &Call) -> Result<&'a Snapshot, Refusal> {
    found(cloud, call)?.taken().ok_or_else(|| Refusal::of("EVS.5403"))
}

/// `GET /v2/{project_id}/cloudsnapshots/{snapshot_id}`.
pub(super) fn one(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    Ok(Reply::json(200, &json!({"snapshot": found(cloud, call)?.custom(&call.project)})))
}

/// `GET /v2/{project_id}/cloudsnapshots/detail`: with the total that matches.
pub(super) fn list(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let wanted = Wanted::read(cloud, call, true)?;
    let found: Vec<Shown> = Shown::all(cloud, &call.project).filter(|it| wanted.wants(cloud, *it)).collect();
    let page = found.iter().skip(wanted.offset).take(wanted.limit);
    let rows: Vec<Map<String, Value>> = page.map(|it| it.custom(&call.project)).collect();
    let mut answer = json!({"count": found.len(), "snapshots": rows});
    let next = wanted.offset.saturating_add(wanted.limit);
    if next < found.len() {
        answer["snapshots_links"] = json!([call.next_page(("offset", &next.to_string()))]);
    }
    Ok(Reply::json(200, &answer))
}

/// The snapshot of that id that a call took, as a source of new volumes.
pub(super) fn as_source(cloud: &Cloud, project: &str, id: &str) -> Option<catalogue::Snapshot> {
    let shown = Shown::find(cloud, project, id)?;
    let (snapshot, volume) = (shown.taken()?, shown.volume()?);
    let inherited = [Metadata::ENCRYPTED, Metadata::CMK_ID, Metadata::PASSTHROUGH];
    let metadata = volume.spec.metadata.iter().filter(|(key, _)| inherited.contains(&key.as_str()));
    Some(catalogue::Snapshot {
        id: id.to_owned(),
        name: snapshot.name.clone(),
        status: shown.status().to_owned(),
        size: snapshot.size,
        volume_id: volume.id.to_string(),
        volume_type: volume.spec.volume_type.clone(),
        availability_zone: volume.spec.zone.clone(),
        metadata: metadata.map(|(key, value)| (key.clone(), value.clone())).collect(),
    })
}
