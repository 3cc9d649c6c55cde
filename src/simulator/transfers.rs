//! The calls by which a volume goes over to another project (evs-api 7.7).
//!
//! The sources say which volumes cannot be transferred, and that such a request is 400; the codes are a choice, and so is
//! that the same rules hold when the offer is accepted. What goes over is the volume with its name, tags and metadata; the
//! enterprise project becomes the default one (a choice: those of one account mean nothing to another).

use super::body::{object, object_of, text};
use super::call::{Call, uuid};
use super::delete::check_locks;
use super::event::Change;
use super::filter::page;
use super::grow::is_prepaid;
use super::model::Cloud;
use super::project::Project;
use super::reply::{Refusal, Reply};
use super::time::volume_time;
use super::transfer::Transfer;
use super::volume::{Stage, Volume};
use crate::evs::wire::Link;
use crate::volume::{Metadata, VolumeName};
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// How many hexadecimal digits a key has, as in the published sample `9266c59563c84664`.
const KEY: usize = 16;

/// `POST /v2|v3/{project_id}/os-volume-transfer`: 202 and the offer, with the key that no other answer shows.
pub(super) fn create(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let whole = object(&call.body)?;
    let fields = object_of(&whole, "transfer")?.ok_or_else(|| Refusal::of("EVS.1070"))?;
    let name = text(fields, "name")?;
    if name.as_ref().is_some_and(|it| it.len() > VolumeName::MAX) {
        return Err(Refusal::saying(
            "EVS.1070",
            format!("Invalid input: name has {} bytes at the most.", VolumeName::MAX),
        ));
    }
    let volume = source(cloud, call, fields)?.id;
    let id = cloud.next_id();
    let number = cloud.counter();
    // A secret: it follows from no seed, and only its digest is kept.
    let key: String = Uuid::new_v4().simple().to_string().chars().take(KEY).collect();
    let digest = Transfer::digest_of(id, &key);
    let transfer = Transfer { number, id, volume, name, digest, created: cloud.now() };
    let mut shown = details(call, &transfer);
    shown["auth_key"] = json!(key);
    cloud.record(Change::Offered { project: call.project.clone(), transfer });
    Ok(Reply::json(202, &json!({ "transfer": shown })))
}

/// The volume that shall be offered, where it may be.
fn source<'a>(cloud: &'a Cloud, call: &Call, fields: &Map<String, Value>) -> Result<&'a Volume, Refusal> {
    let id = text(fields, "volume_id")?.and_then(|id| uuid(&id)).ok_or_else(|| Refusal::of("EVS.1002"))?;
    let missing = || Refusal::no_volume(id);
    let volume = cloud.volume(&call.project, id).ok_or_else(missing)?;
    if volume.status() != "available" {
        return Err(Refusal::saying("EVS.1031", "Invalid volume: its status must be available."));
    }
    // An edit from outside may have changed the status of one that is offered.
    let offered = |share: &Project| share.transfers.values().any(|it| it.volume == id);
    if cloud.project(&call.project).is_some_and(offered) {
        return Err(Refusal::saying("EVS.1031", "Invalid volume: there is a transfer of it."));
    }
    check(cloud, volume)?;
    Ok(volume)
}

/// Whether a volume may go over, its status aside.
fn check(cloud: &Cloud, volume: &Volume) -> Result<(), Refusal> {
    check_locks(volume)?;
    let spec = &volume.spec;
    let snapshots = cloud.project(&volume.project).is_some_and(|it| {
        it.snapshots_of(volume.id).next().is_some() || it.standard.of_volume(volume.id).next().is_some()
    });
    let cannot = [
        (!volume.attached().is_empty(), "it is attached"),
        (is_prepaid(volume), "it was paid in advance"),
        (spec.metadata.get(Metadata::ENCRYPTED).is_some_and(|it| it == "1"), "it is encrypted"),
        (spec.image_id.is_some(), "it is a system disk"),
        (spec.dedicated_storage_id.is_some(), "it lies in a dedicated pool"),
        (snapshots, "it has snapshots"),
    ];
    match cannot.iter().find(|(holds, _)| *holds) {
        Some((_, why)) => {
            Err(Refusal::saying("EVS.1070", format!("Invalid volume: {why}, and so cannot be transferred.")))
        }
        None => Ok(()),
    }
}

/// `GET /v2|v3/{project_id}/os-volume-transfer`.
pub(super) fn list(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    several(cloud, call, summary)
}

/// `GET /v2|v3/{project_id}/os-volume-transfer/detail`.
pub(super) fn list_in_detail(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    several(cloud, call, details)
}

/// The project's own offers, the newest first.
fn several(cloud: &Cloud, call: &Call, show: fn(&Call, &Transfer) -> Value) -> Result<Reply, Refusal> {
    let (limit, offset) = page(call)?;
    let all = cloud.project(&call.project).into_iter().flat_map(|it| it.transfers.values().rev());
    let rows: Vec<Value> = all.skip(offset).take(limit).map(|it| show(call, it)).collect();
    Ok(Reply::json(200, &json!({ "transfers": rows })))
}

/// `GET /v2|v3/{project_id}/os-volume-transfer/{transfer_id}`.
pub(super) fn one(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    Ok(Reply::json(200, &json!({ "transfer": details(call, own(cloud, call)?) })))
}

/// `DELETE /v2|v3/{project_id}/os-volume-transfer/{transfer_id}`: 202 and nothing; the volume is `available` again.
pub(super) fn delete(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let number = own(cloud, call)?.number;
    cloud.record(Change::Withdrawn { project: call.project.clone(), number });
    Ok(Reply::empty(202))
}

/// The offer of the path, where the project made it itself.
fn own<'a>(cloud: &'a Cloud, call: &Call) -> Result<&'a Transfer, Refusal> {
    let found = uuid(call.value("transfer_id")).and_then(|id| {
        let share = cloud.project(&call.project)?;
        share.transfers.values().find(|it| it.id == id)
    });
    found.ok_or_else(|| missing(call))
}

fn missing(call: &Call) -> Refusal {
    Refusal::saying("EVS.5404", format!("Transfer {} could not be found.", call.value("transfer_id")))
}

/// `POST /v2|v3/{project_id}/os-volume-transfer/{transfer_id}/accept`: 202 and the offer, which is gone by then. The project
/// of the path takes the volume; that it may be the one that has it is a choice.
pub(super) fn accept(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let whole = object(&call.body)?;
    let fields = object_of(&whole, "accept")?.ok_or_else(|| Refusal::of("EVS.1070"))?;
    let key = text(fields, "auth_key")?.ok_or_else(|| Refusal::of("EVS.1070"))?;
    let found = uuid(call.value("transfer_id")).and_then(|id| cloud.transfer_of_any(id));
    let (transfer, volume) = found.ok_or_else(|| missing(call))?;
    if !transfer.opens_with(&key) {
        let message = format!("Invalid auth key: that is not the key of transfer {}.", transfer.id);
        return Err(Refusal::saying("EVS.1070", message));
    }
    if volume.stage != Stage::Offered || volume.status() != "awaiting-transfer" {
        return Err(Refusal::saying("EVS.1031", "Invalid volume: its status must be awaiting-transfer."));
    }
    check(cloud, volume)?;
    if *volume.project != *call.project {
        let usage = cloud.usage(&call.project);
        let fits = usage.check(&cloud.catalogue, &volume.spec.volume_type, 1, volume.size);
        fits.map_err(Refusal::over_limit)?;
    }
    let shown = summary(call, transfer);
    let (project, number) = (volume.project.to_string(), transfer.number);
    cloud.record(Change::Accepted { project, number, by: call.project.clone() });
    Ok(Reply::json(202, &json!({ "transfer": shown })))
}

fn summary(call: &Call, of: &Transfer) -> Value {
    json!({"id": of.id, "links": links(call, of), "name": of.name, "volume_id": of.volume})
}

fn details(call: &Call, of: &Transfer) -> Value {
    let mut shown = summary(call, of);
    shown["created_at"] = json!(volume_time(of.created));
    shown
}

/// The links of an offer, with the host and the version that were asked.
fn links(call: &Call, of: &Transfer) -> Vec<Link> {
    let version = call.target.split('/').nth(1).unwrap_or_default();
    let link = |prefix: &str, rel: &str| Link {
        href: format!("{}{prefix}/{}/os-volume-transfer/{}", call.base, call.project, of.id),
        rel: rel.to_owned(),
    };
    vec![link(&format!("/{version}"), "self"), link("", "bookmark")]
}
