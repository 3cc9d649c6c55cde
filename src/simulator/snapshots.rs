//! The calls about snapshots (evs-api 11): those that calls took, of the project that asks, and those of the catalogue,
//! which every project sees and none can change.
//!
//! The reference has no codes for most of what can be wrong with taking one; they are a choice.

use super::body::{object, object_of, text, texts};
use super::call::{Call, uuid};
use super::catalogue;
use super::event::Change;
use super::fault::JobTrouble;
use super::filter::page;
use super::model::Cloud;
use super::quota::Usage;
use super::render;
use super::reply::{Refusal, Reply};
use super::snapshot::{Snapshot, State};
use super::task::Effect;
use super::time::volume_time;
use super::volume::{Stage, Volume};
use crate::volume::{Metadata, VolumeName};
use serde_json::{Map, Value, json};

/// The most snapshots of one volume (evs-api 19: of the calls below `cloudsnapshots`).
const MOST: usize = 7;

/// `POST /v2/{project_id}/cloudsnapshots`: 202 and the snapshot; there is no job.
pub(super) fn create(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let whole = object(&call.body)?;
    let fields = object_of(&whole, "snapshot")?.ok_or_else(|| Refusal::of("EVS.1070"))?;
    let (name, description) = words(fields)?;
    let metadata = texts(fields, "metadata")?;
    if metadata.iter().any(|(key, value)| key.len().max(value.len()) > VolumeName::MAX) {
        return Err(Refusal::of("EVS.1070"));
    }
    let volume = source(cloud, call, fields)?;
    let (id_of, size, volume_type) = (volume.id, volume.size, volume.spec.volume_type.clone());
    let id = cloud.next_id();
    let snapshot = Snapshot {
        number: cloud.counter(),
        id,
        volume: id_of,
        name: name.unwrap_or_default(),
        description,
        metadata,
        size,
        volume_type,
        created: 0,
        updated: 0,
        state: State::Creating,
    };
    let number = snapshot.number;
    let (end, failed) = outcome(cloud, call.trouble.as_ref());
    cloud.record(Change::Snapshotted { project: call.project.clone(), snapshot, end, failed });
    let shown = cloud.project(&call.project).and_then(|it| it.snapshots.get(&number)).and_then(|it| {
        let volume = cloud.volume(&call.project, it.volume)?;
        Some(Shown::Taken(it, volume).show(cloud, call))
    });
    Ok(Reply::json(202, &json!({ "snapshot": shown })))
}

/// The volume that shall be taken a snapshot of, where it may be.
fn source<'a>(cloud: &'a Cloud, call: &Call, fields: &Map<String, Value>) -> Result<&'a Volume, Refusal> {
    let id = text(fields, "volume_id")?.and_then(|id| uuid(&id)).ok_or_else(|| Refusal::of("EVS.1002"))?;
    let forced = match fields.get("force") {
        None | Some(Value::Null) => false,
        Some(Value::Bool(forced)) => *forced,
        Some(_) => return Err(Refusal::of("EVS.1018")),
    };
    let missing = || Refusal::no_volume(id);
    let volume = cloud.volume(&call.project, id).ok_or_else(missing)?;
    match volume.status() {
        "available" => {}
        "in-use" if forced => {}
        _ => {
            let message = "Invalid volume: its status must be available, or in-use with force.";
            return Err(Refusal::saying("EVS.1031", message));
        }
    }
    if cloud.is_snapshotted(volume) {
        return Err(Refusal::of("EVS.2068"));
    }
    let none = Usage::default();
    let share = cloud.project(&call.project);
    if share.is_some_and(|it| it.snapshots_of(id).count() >= MOST) {
        return Err(Refusal::saying("EVS.5413", format!("A volume has {MOST} snapshots at the most.")));
    }
    let usage = share.map_or(&none, |it| &it.usage);
    usage.check_snapshot(&cloud.catalogue, &volume.spec.volume_type, volume.size)?;
    Ok(volume)
}

/// When work ends that takes as long as a job and has none, and whether badly.
pub(super) fn outcome(cloud: &Cloud, trouble: Option<&JobTrouble>) -> (Option<i64>, bool) {
    let hangs = trouble.is_some_and(|it| it.hangs(1));
    let end = Some(cloud.now() + cloud.job_duration).filter(|_| !hangs);
    (end, trouble.is_some_and(|it| it.failure(1).is_some()))
}

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

/// `PUT /v2/{project_id}/cloudsnapshots/{snapshot_id}`.
pub(super) fn update(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let number = own(cloud, call)?.number;
    let whole = object(&call.body)?;
    let fields = object_of(&whole, "snapshot")?.ok_or_else(|| Refusal::of("EVS.1070"))?;
    let (name, description) = words(fields)?;
    cloud.record(Change::SnapshotUpdated { project: call.project.clone(), number, name, description });
    one(cloud, call)
}

/// `DELETE /v2/{project_id}/cloudsnapshots/{snapshot_id}`: 202 and nothing.
pub(super) fn delete(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let snapshot = own(cloud, call)?;
    match Shown::find(cloud, call).map(|it| it.status()) {
        Some("available" | "error") => {}
        Some("error_deleting") => return Err(Refusal::of("EVS.2019")),
        _ => return Err(Refusal::of("EVS.1047")),
    }
    let number = snapshot.number;
    let (end, failed) = outcome(cloud, call.trouble.as_ref());
    cloud.record(Change::SnapshotDeleting { project: call.project.clone(), number, end, failed });
    Ok(Reply::empty(202))
}

/// The snapshot of the path, where a call took it.
fn own<'a>(cloud: &'a Cloud, call: &'a Call) -> Result<&'a Snapshot, Refusal> {
    match Shown::find(cloud, call) {
        Some(Shown::Taken(snapshot, _)) => Ok(snapshot),
        // That those of the catalogue stay is a choice.
        Some(Shown::There(_)) => Err(Refusal::of("EVS.5403")),
        None => Err(Refusal::of("EVS.5404")),
    }
}

/// `GET /v2/{project_id}/cloudsnapshots/{snapshot_id}`.
pub(super) fn one(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let found = Shown::find(cloud, call).ok_or_else(|| Refusal::of("EVS.5404"))?;
    Ok(Reply::json(200, &json!({"snapshot": found.show(cloud, call)})))
}

/// `GET /v2/{project_id}/cloudsnapshots/detail`: the newest first, as volumes are listed (a choice).
pub(super) fn list(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let (limit, offset) = page(call.query("limit"), call.query("offset"))?;
    let limit = limit.min(call.page.unwrap_or(limit));
    let found: Vec<Shown> = Shown::all(cloud, call).filter(|it| it.is_wanted(cloud, call)).collect();
    let rows: Vec<Value> = found.iter().skip(offset).take(limit).map(|it| it.show(cloud, call)).collect();
    let mut answer = json!({"count": found.len(), "snapshots": rows});
    if offset.saturating_add(limit) < found.len() {
        let next = call.next_page(("offset", &(offset + limit).to_string()));
        answer["snapshots_links"] = json!([next]);
    }
    Ok(Reply::json(200, &answer))
}

/// The snapshot of that id that a call took, as a source of new volumes.
pub(super) fn as_source(cloud: &Cloud, project: &str, id: &str) -> Option<catalogue::Snapshot> {
    let found = cloud.project(project)?.snapshots.values().find(|it| it.id.to_string() == id)?;
    let volume = cloud.volume(project, found.volume)?;
    let inherited = [Metadata::ENCRYPTED, Metadata::CMK_ID, Metadata::PASSTHROUGH];
    let metadata = volume.spec.metadata.iter().filter(|(key, _)| inherited.contains(&key.as_str()));
    Some(catalogue::Snapshot {
        id: id.to_owned(),
        name: found.name.clone(),
        status: Shown::Taken(found, volume).status().to_owned(),
        size: found.size,
        volume_id: volume.id.to_string(),
        volume_type: volume.spec.volume_type.clone(),
        availability_zone: volume.spec.zone.clone(),
        metadata: metadata.map(|(key, value)| (key.clone(), value.clone())).collect(),
    })
}

/// A snapshot that can be looked at.
#[derive(Clone, Copy)]
enum Shown<'a> {
    /// One that a call took of this volume.
    Taken(&'a Snapshot, &'a Volume),
    /// One of the catalogue.
    There(&'a catalogue::Snapshot),
}

impl<'a> Shown<'a> {
    fn all(cloud: &'a Cloud, call: &'a Call) -> impl Iterator<Item = Shown<'a>> {
        let taken = cloud.project(&call.project).into_iter().flat_map(|it| it.snapshots.values().rev());
        let taken = taken.filter_map(|it| Some(Shown::Taken(it, cloud.volume(&call.project, it.volume)?)));
        taken.chain(cloud.catalogue.snapshots.iter().map(Shown::There))
    }

    fn find(cloud: &'a Cloud, call: &'a Call) -> Option<Shown<'a>> {
        Shown::all(cloud, call).find(|it| it.id() == call.value("snapshot_id"))
    }

    fn id(self) -> String {
        match self {
            Shown::Taken(snapshot, _) => snapshot.id.to_string(),
            Shown::There(snapshot) => snapshot.id.clone(),
        }
    }

    /// Its status word: while its volume is being deleted, it is too.
    fn status(self) -> &'a str {
        match self {
            Shown::Taken(_, volume) if volume.stage == Stage::UnderWay(Effect::Remove) => State::Deleting.word(),
            Shown::Taken(snapshot, _) => snapshot.state.word(),
            Shown::There(snapshot) => &snapshot.status,
        }
    }

    fn name(self) -> &'a str {
        match self {
            Shown::Taken(snapshot, _) => &snapshot.name,
            Shown::There(snapshot) => &snapshot.name,
        }
    }

    /// Whether the query of a list wants it. A parameter that is empty, or not known, asks for nothing; the name is
    /// looked for within names, as in lists of volumes.
    fn is_wanted(self, cloud: &Cloud, call: &Call) -> bool {
        let (volume_id, zone, project, service, pool) = match self {
            Shown::Taken(it, of) => (
                it.volume.to_string(),
                of.spec.zone.as_str(),
                of.spec.enterprise_project_id.as_str(),
                render::service_type(of),
                of.spec.dedicated_storage_id.as_deref(),
            ),
            Shown::There(it) => (it.volume_id.clone(), it.availability_zone.as_str(), "0", "EVS", None),
        };
        let pool_name = pool.and_then(|id| render::pool_name(cloud, id));
        let ids: Vec<&str> = call.query.iter().filter(|(key, _)| key == "id").map(|(_, id)| id.as_str()).collect();
        let young = matches!(self, Shown::Taken(it, _) if call.list_lag.hides(it.created, cloud.now()));
        let holds = |(key, value): &(String, String)| match key.as_str() {
            _ if value.is_empty() => true,
            "name" => self.name().contains(value.as_str()),
            "status" => self.status() == value,
            "volume_id" => volume_id == *value,
            "availability_zone" => zone == value,
            "service_type" => service == value,
            "enterprise_project_id" => value == "all_granted_eps" || project == value,
            "dedicated_storage_id" => pool == Some(value),
            "dedicated_storage_name" => pool_name.is_some_and(|name| name.contains(value.as_str())),
            _ => true,
        };
        !young && (ids.is_empty() || ids.contains(&self.id().as_str())) && call.query.iter().all(holds)
    }

    fn show(self, cloud: &Cloud, call: &Call) -> Value {
        let available = self.status() == State::Available.word();
        let mut shown = json!({
            "id": self.id(), "name": self.name(), "status": self.status(),
            "os-extended-snapshot-attributes:progress": if available { "100%" } else { "0%" },
            "os-extended-snapshot-attributes:project_id": call.project,
        });
        let more = match self {
            Shown::Taken(it, volume) => {
                let pool = volume.spec.dedicated_storage_id.as_deref();
                json!({
                    "size": it.size, "volume_id": it.volume, "metadata": it.metadata, "description": it.description,
                    "created_at": volume_time(it.created), "updated_at": volume_time(it.updated),
                    "service_type": render::service_type(volume), "dedicated_storage_id": pool,
                    "dedicated_storage_name": pool.and_then(|id| render::pool_name(cloud, id)),
                })
            }
            Shown::There(it) => json!({
                "size": it.size, "volume_id": it.volume_id, "metadata": it.metadata, "service_type": "EVS",
                // The catalogue holds no times; all its snapshots are equally old.
                "created_at": "2024-01-02T03:04:05.000000", "updated_at": "2024-01-02T03:04:05.000000",
            }),
        };
        if let (Value::Object(shown), Value::Object(more)) = (&mut shown, more) {
            // What is null is left out, as in the answers about volumes.
            shown.extend(more.into_iter().filter(|(_, value)| !value.is_null()));
        }
        shown
    }
}
