//! The calls about standard snapshots.

use super::asked::{Page, Paging, Wanted};
use super::body::{boolean, characters, enterprise_project, listed, retention, tags, within, words};
use super::chains;
use super::deed::Deed;
use super::kept::Kept;
use super::reach::{kept, record, snapshot};
use super::rules;
use super::snapshot::{Of, Origin, Snapshot};
use super::work;
use crate::evs::wire::JobReply;
use crate::simulator::body::text;
use crate::simulator::call::{Call, uuid};
use crate::simulator::job::Kind;
use crate::simulator::model::Cloud;
use crate::simulator::reply::{Refusal, Reply};
use crate::simulator::snapshot::State;
use crate::simulator::task::Effect;
use crate::simulator::time::volume_time;
use serde_json::{Value, json};

/// The most characters of a name and of a description.
const LONGEST: (usize, usize) = (64, 85);

/// `POST /v5/{project_id}/snapshots`: 202, a job and the snapshot's id.
pub(in crate::simulator) fn create(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let fields = within(&call.body, "snapshot")?;
    let (name, description) = words(&fields, characters, LONGEST)?;
    let (tags, enterprise_project_id) = (tags(&fields)?, enterprise_project(&fields)?);
    let instant_access = boolean(&fields, "instant_access")?.unwrap_or_default();
    let incremental = boolean(&fields, "incremental")?.unwrap_or(true);
    let retention_days = retention(&fields)?;
    let id = text(&fields, "volume_id")?.and_then(|id| uuid(&id)).ok_or_else(|| Refusal::of("EVS.1002"))?;
    let volume = cloud.volume(&call.project, id).ok_or_else(|| Refusal::no_volume(id))?;
    let usage = cloud.usage(&call.project);
    rules::check(&cloud.catalogue, kept(cloud, call), usage, volume, instant_access)?;
    let of = Of::volume(volume);
    let snapshot = Snapshot {
        id: cloud.next_id(),
        of,
        name: name.unwrap_or_default(),
        description,
        tags,
        enterprise_project_id,
        instant_access,
        incremental,
        retention_days,
        group: None,
        origin: Origin::User,
        created: 0,
        updated: 0,
        state: State::Creating,
        rolling_back: false,
    };
    let snapshot_id = snapshot.id;
    let effect = Effect::Snapshot { removal: false };
    let (job, snapshots) = work::plan(cloud, call, Kind::TakeSnapshot, effect, [(id, snapshot)]);
    let job_id = job.id.clone();
    record(cloud, call, Deed::Take { job, snapshots, group: None });
    Ok(Reply::json(202, &json!({"job_id": job_id, "snapshot_id": snapshot_id})))
}

/// `GET /v5/{project_id}/snapshots/detail`.
pub(in crate::simulator) fn list(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let page = Page::read(call, &["id", "status", "size", "created_at"], Paging::Marker)?;
    let wanted = Wanted::read(call, cloud.now())?;
    let kept = kept(cloud, call);
    let (rows, links) = page.cut(kept.snapshots.iter(), |it| wanted.wants(it) && is_wanted(kept, call, it))?;
    let rows = rows.into_iter().map(|it| show(kept, &call.project, it)).collect();
    Ok(listed("snapshots", rows, &links))
}

/// `GET /v5/{project_id}/snapshots/count`.
pub(in crate::simulator) fn count(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let wanted = Wanted::read(call, cloud.now())?;
    let kept = kept(cloud, call);
    let count = kept.snapshots.iter().filter(|it| wanted.wants(*it) && is_wanted(kept, call, it)).count();
    Ok(Reply::json(200, &json!({ "count": count })))
}

/// The filters that only snapshots have.
fn is_wanted(kept: &Kept, call: &Call, snapshot: &Snapshot) -> bool {
    let holds = |name: &str, is: Option<&str>| call.given(name).is_none_or(|it| is == Some(it));
    let chain = kept.chain(snapshot.of.volume).map(|it| it.id.to_string());
    let group = snapshot.group.map(|it| it.to_string());
    holds("volume_id", Some(&snapshot.of.volume.to_string()))
        && holds("availability_zone", Some(&snapshot.of.zone))
        && holds("snapshot_type", Some(snapshot.origin.word()))
        && holds("snapshot_chain_id", chain.as_deref())
        && holds("snapshot_group_id", group.as_deref())
}

/// `GET /v5/{project_id}/snapshots/{snapshot_id}`.
pub(in crate::simulator) fn one(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let shown = show(kept(cloud, call), &call.project, snapshot(cloud, call)?);
    Ok(Reply::json(200, &json!({ "snapshot": shown })))
}

/// `PUT /v5/{project_id}/snapshots/{snapshot_id}`.
pub(in crate::simulator) fn update(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let of = snapshot(cloud, call)?;
    let fields = within(&call.body, "snapshot")?;
    let (name, description) = words(&fields, characters, LONGEST)?;
    let instant_access = boolean(&fields, "instant_access")?;
    if instant_access == Some(true) && !of.instant_access {
        rules::check_instant(kept(cloud, call), of.of.volume, &of.of.volume_type)?;
    }
    let snapshot = of.id;
    record(cloud, call, Deed::Change { snapshot, name, description, instant_access });
    one(cloud, call)
}

/// `DELETE /v5/{project_id}/snapshots/{snapshot_id}`: 202 and a job.
pub(in crate::simulator) fn delete(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let of = snapshot(cloud, call)?;
    check_deletion(of)?;
    let part = (of.of.volume, of.id);
    let effect = Effect::Snapshot { removal: true };
    let (job, snapshots) = work::plan(cloud, call, Kind::DropSnapshot, effect, [part]);
    let job_id = job.id.clone();
    record(cloud, call, Deed::Drop { job, snapshots, group: None });
    Ok(Reply::json(202, &JobReply { job_id }))
}

/// Whether a snapshot may be deleted, by its status.
///
/// # Errors
/// EVS.2019 where that has failed before, EVS.1047 for any other status but those of a snapshot at rest.
pub(super) fn check_deletion(snapshot: &Snapshot) -> Result<(), Refusal> {
    match snapshot.word() {
        "available" | "error" => Ok(()),
        "error_deleting" => Err(Refusal::of("EVS.2019")),
        _ => Err(Refusal::of("EVS.1047")),
    }
}

/// `POST /v5/{project_id}/snapshots/{snapshot_id}/rollback`: 202 and a job. The volume's name is read and says nothing, as
/// its id does already; a volume that has grown since keeps its size.
pub(in crate::simulator) fn roll_back(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let of = snapshot(cloud, call)?;
    let fields = within(&call.body, "rollback")?;
    text(&fields, "name")?;
    let id = text(&fields, "volume_id")?.and_then(|id| uuid(&id)).ok_or_else(|| Refusal::of("EVS.1002"))?;
    let volume = cloud.volume(&call.project, id).ok_or_else(|| Refusal::no_volume(id))?;
    if id != of.of.volume {
        let message = "A snapshot can be rolled back to the volume that it was taken of alone.";
        return Err(Refusal::saying("EVS.1032", message));
    }
    if of.word() != "available" {
        return Err(Refusal::of("EVS.2043"));
    }
    if !matches!(volume.status(), "available" | "error_rollbacking") {
        let message = "Invalid volume: its status must be available or error_rollbacking.";
        return Err(Refusal::saying("EVS.1031", message));
    }
    if volume.locked_by.is_some() || !volume.attached().is_empty() {
        return Err(Refusal::of("EVS.2068"));
    }
    rules::check_busy(kept(cloud, call), id)?;
    let snapshot = of.id;
    let (job, _) = work::plan(cloud, call, Kind::RollBack, Effect::RollBack { snapshot: None }, [(id, ())]);
    let job_id = job.id.clone();
    record(cloud, call, Deed::RollBack { job, snapshot });
    Ok(Reply::json(202, &JobReply { job_id }))
}

/// A snapshot as the SDK's model has it. What it does not have is null, so that every attribute is there.
fn show(kept: &Kept, project: &str, of: &Snapshot) -> Value {
    let key = of.of.key();
    let retention = of.retention_end().map(volume_time);
    let chain = kept.chain(of.of.volume).map(|it| chains::show(kept, project, it));
    let made = !matches!(of.state, State::Creating | State::Error);
    json!({
        "id": of.id, "name": of.name, "description": of.description, "created_at": volume_time(of.created),
        "updated_at": volume_time(of.updated), "volume_id": of.of.volume, "size": of.of.size, "status": of.word(),
        "project_id": project, "enterprise_project_id": of.enterprise_project_id, "encrypted": key.is_some(),
        "cmk_id": key, "category": "standard", "availability_zone": of.of.zone, "tags": of.tags,
        "instant_access": of.instant_access, "retention_at": retention,
        "instant_access_retention_at": retention.filter(|_| of.instant_access), "incremental": of.incremental,
        "snapshot_type": of.origin.word(), "progress": if made { "100%" } else { "0%" },
        "encrypt_algorithm": key.map(|_| "AES_256"), "snapshot_chains": chain.into_iter().collect::<Vec<_>>(),
        "snapshot_group_id": of.group,
    })
}
