//! The calls about groups of standard snapshots: one of each volume, taken at one time.

use super::asked::{Page, Paging, Wanted};
use super::body::{boolean, enterprise_project, listed, tags, texts, within, words};
use super::deed::Deed;
use super::group::Group;
use super::reach::{group, kept, record};
use super::rules;
use super::snapshot::{Of, Origin, Snapshot};
use super::snapshots::check_deletion;
use super::work;
use crate::evs::wire::JobReply;
use crate::simulator::body::text;
use crate::simulator::call::{Call, uuid};
use crate::simulator::job::Kind;
use crate::simulator::model::Cloud;
use crate::simulator::quota::Usage;
use crate::simulator::reply::{Refusal, Reply};
use crate::simulator::snapshot::State;
use crate::simulator::task::Effect;
use crate::simulator::time::volume_time;
use crate::simulator::volume::Volume;
use crate::volume::service_name;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The most bytes of a name and of a description.
const LONGEST: (usize, usize) = (255, 255);
/// The most volumes of one group (a choice, after the other calls about several volumes).
const MOST: usize = 60;
/// The most characters of the group's name that the names of its snapshots begin with.
const MOST_OF_NAME: usize = 59;

/// `POST /v5/{project_id}/snapshot-groups`: 202, a job and the group's id. All snapshots are taken or none.
pub(in crate::simulator) fn create(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let fields = within(&call.body, "snapshot_group")?;
    let (name, description) = words(&fields, str::len, LONGEST)?;
    let (tags, enterprise_project_id) = (tags(&fields)?, enterprise_project(&fields)?);
    let instant_access = boolean(&fields, "instant_access")?.unwrap_or_default();
    let incremental = boolean(&fields, "incremental")?.unwrap_or(true);
    let server_id = text(&fields, "server_id")?.filter(|it| !it.is_empty());
    let volumes = volumes(cloud, call, &fields, server_id.as_deref())?;
    let kept = kept(cloud, call);
    // Each of them takes of the quota what the ones before have left.
    let mut planned = cloud.project(&call.project).map_or_else(Usage::default, |it| it.usage.clone());
    for volume in &volumes {
        rules::check(&cloud.catalogue, kept, &planned, volume, instant_access)?;
        planned.take_snapshot(&volume.spec.volume_type, volume.size);
    }
    let of: Vec<Of> = volumes.into_iter().map(Of::volume).collect();
    let id = cloud.next_id();
    let name = name.unwrap_or_default();
    let base: String = name.chars().take(MOST_OF_NAME).collect();
    let snapshots = (1..).zip(of).map(|(ordinal, of)| {
        let snapshot = Snapshot {
            id: cloud.next_id(),
            name: service_name(&base, ordinal),
            description: None,
            tags: BTreeMap::new(),
            enterprise_project_id: enterprise_project_id.clone(),
            instant_access,
            incremental,
            retention_days: None,
            group: Some(id),
            origin: Origin::User,
            created: 0,
            updated: 0,
            state: State::Creating,
            rolling_back: false,
            of,
        };
        (snapshot.of.volume, snapshot)
    });
    let snapshots: Vec<(Uuid, Snapshot)> = snapshots.collect();
    let effect = Effect::Snapshot { removal: false };
    let (job, snapshots) = work::plan(cloud, call, Kind::TakeGroup, effect, snapshots);
    let state = State::Creating;
    let group = Group { id, name, description, tags, enterprise_project_id, server_id, created: 0, updated: 0, state };
    let job_id = job.id.clone();
    record(cloud, call, Deed::Take { job, snapshots, group: Some(group) });
    Ok(Reply::json(202, &json!({"job_id": job_id, "snapshot_group_id": id})))
}

/// The volumes that are asked for: those of the list, which must be the server's where one is named, or all of the server's.
fn volumes<'a>(
    cloud: &'a Cloud,
    call: &Call,
    fields: &Map<String, Value>,
    server: Option<&str>,
) -> Result<Vec<&'a Volume>, Refusal> {
    let listed = texts(fields, "volume_ids")?.filter(|it| !it.is_empty());
    let of_server = |volume: &Volume| server.is_none_or(|id| volume.attached().iter().any(|it| it.server == id));
    let found: Vec<&Volume> = match (listed, server) {
        (None, None) => return Err(Refusal::of("EVS.1070")),
        (None, Some(_)) => cloud.volumes(&call.project).filter(|it| of_server(it)).collect(),
        (Some(ids), _) => {
            let find = |id: &String| {
                let id = uuid(id).ok_or_else(|| Refusal::of("EVS.1002"))?;
                cloud.volume(&call.project, id).ok_or_else(|| Refusal::no_volume(id))
            };
            ids.iter().map(find).collect::<Result<_, _>>()?
        }
    };
    if found.is_empty() || !found.iter().all(|it| of_server(it)) {
        return Err(Refusal::saying("EVS.1032", "The volumes must be attached to the server."));
    }
    let different: BTreeSet<Uuid> = found.iter().map(|it| it.id).collect();
    if different.len() != found.len() || found.len() > MOST {
        let message = format!("A group has {MOST} volumes at the most, each of them once.");
        return Err(Refusal::saying("EVS.1070", message));
    }
    Ok(found)
}

/// `GET /v5/{project_id}/snapshot-groups/detail`.
pub(in crate::simulator) fn list(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let page = Page::read(call, &["id", "status", "created_at"], Paging::Offset)?;
    let wanted = Wanted::read(call, cloud.now())?;
    let groups = kept(cloud, call).groups.iter();
    let (rows, links) = page.cut(groups, |it| wanted.wants(it) && is_wanted(call, it))?;
    Ok(listed("snapshot_groups", rows.into_iter().map(|it| show(&call.project, it)).collect(), &links))
}

/// `GET /v5/{project_id}/snapshot-groups/count`.
pub(in crate::simulator) fn count(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let wanted = Wanted::read(call, cloud.now())?;
    let count = kept(cloud, call).groups.iter().filter(|it| wanted.wants(*it) && is_wanted(call, it)).count();
    Ok(Reply::json(200, &json!({ "count": count })))
}

fn is_wanted(call: &Call, group: &Group) -> bool {
    call.given("server_id").is_none_or(|it| group.server_id.as_deref() == Some(it))
}

/// `GET /v5/{project_id}/snapshot-groups/{snapshot_group_id}`.
pub(in crate::simulator) fn one(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let shown = show(&call.project, group(cloud, call)?);
    Ok(Reply::json(200, &json!({ "snapshot_group": shown })))
}

/// `PUT /v5/{project_id}/snapshot-groups/{snapshot_group_id}`.
pub(in crate::simulator) fn update(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let id = group(cloud, call)?.id;
    let fields = within(&call.body, "snapshot_group")?;
    let (name, description) = words(&fields, str::len, LONGEST)?;
    record(cloud, call, Deed::ChangeGroup { group: id, name, description });
    one(cloud, call)
}

/// `DELETE /v5/{project_id}/snapshot-groups/{snapshot_group_id}`: 202 and a job. Its snapshots go with it.
pub(in crate::simulator) fn delete(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let of = group(cloud, call)?;
    match of.state {
        State::Available | State::Error => {}
        State::ErrorDeleting => return Err(Refusal::of("EVS.2019")),
        _ => return Err(Refusal::of("EVS.1047")),
    }
    let id = of.id;
    let snapshots: Vec<&Snapshot> = kept(cloud, call).of_group(id).collect();
    snapshots.iter().try_for_each(|it| check_deletion(it))?;
    let parts: Vec<(Uuid, Uuid)> = snapshots.iter().map(|it| (it.of.volume, it.id)).collect();
    let effect = Effect::Snapshot { removal: true };
    let (job, snapshots) = work::plan(cloud, call, Kind::DropGroup, effect, parts);
    let job_id = job.id.clone();
    record(cloud, call, Deed::Drop { job, snapshots, group: Some(id) });
    Ok(Reply::json(202, &JobReply { job_id }))
}

/// A group as the SDK's model has it.
fn show(project: &str, of: &Group) -> Value {
    json!({
        "id": of.id, "project_id": project, "created_at": volume_time(of.created), "status": of.state.word(),
        "updated_at": volume_time(of.updated), "name": of.name, "description": of.description,
        "enterprise_project_id": of.enterprise_project_id, "tags": of.tags, "server_id": of.server_id,
    })
}
