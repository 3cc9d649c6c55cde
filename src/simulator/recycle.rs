//! The calls about the recycle bin (evs-api 8). It is off until a project switches it on.
//!
//! Choices, where the sources are silent: a deletion is judged when its job ends, by the policy of that moment; what the
//! policy becomes later changes nothing for the volumes that lie in the bin; a policy keeps what a change of it leaves out;
//! a restored volume has the name, the tags and the age that it had.

use super::bin::{Act, Policy, Recycled};
use super::body::{integer, object};
use super::call::Call;
use super::event::Change;
use super::filter::page;
use super::model::Cloud;
use super::render;
use super::reply::{Refusal, Reply};
use super::time::volume_time;
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// The fields of a volume that the bin shows too.
const FIELDS: [&str; 18] = [
    "id",
    "name",
    "description",
    "multiattach",
    "size",
    "metadata",
    "bootable",
    "tags",
    "availability_zone",
    "created_at",
    "service_type",
    "updated_at",
    "volume_type",
    "enterprise_project_id",
    "dedicated_storage_id",
    "dedicated_storage_name",
    "volume_image_metadata",
    "wwn",
];

/// The status of everything in the bin.
const STATUS: &str = "restorable";

/// `GET /v3/{project_id}/recycle-bin-volumes/detail`: with the total that matches, and without links.
pub(super) fn list(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let (limit, offset) = page(call)?;
    if call.given("availability_zone").is_some_and(|zone| !cloud.catalogue.zones.iter().any(|it| it == zone)) {
        return Err(Refusal::of("EVS.1041"));
    }
    let wanted = |it: &&Recycled| {
        let of = &it.volume;
        call.given("name").is_none_or(|part| of.name.contains(part))
            && call.given("status").is_none_or(|status| status == STATUS)
            && call.given("availability_zone").is_none_or(|zone| of.spec.zone == zone)
            && call.given("service_type").is_none_or(|word| render::service_type(of) == word)
            && !call.list_lag.hides(it.since, cloud.now())
    };
    let all = cloud.project(&call.project).map(|it| it.bin.newest_first()).unwrap_or_default();
    let all: Vec<&Recycled> = all.into_iter().filter(wanted).collect();
    let volumes: Vec<Value> = all.iter().skip(offset).take(limit).map(|it| show(cloud, call, it)).collect();
    Ok(Reply::json(200, &json!({"count": all.len(), "volumes": volumes})))
}

/// `GET /v3/{project_id}/recycle-bin-volumes/{volume_id}`.
pub(super) fn one(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let found = recycled(cloud, call)?;
    Ok(Reply::json(200, &json!({"volume": show(cloud, call, found)})))
}

/// `DELETE /v3/{project_id}/recycle-bin-volumes/{volume_id}`: 204, and it is gone for good.
pub(super) fn purge(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    act(cloud, call, Act::Purge)
}

/// `POST /v3/{project_id}/recycle-bin-volumes/{volume_id}/revert`: 204, and it is there again.
pub(super) fn revert(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    act(cloud, call, Act::Revert)
}

fn act(cloud: &mut Cloud, call: &Call, act: fn(Uuid) -> Act) -> Result<Reply, Refusal> {
    let id = recycled(cloud, call)?.volume.id;
    cloud.record(Change::Recycling { project: call.project.clone(), act: act(id) });
    Ok(Reply::empty(204))
}

/// The volume of the path, where it lies in the bin.
///
/// # Errors
/// EVS.1002 for an id that is none, EVS.5404 where there is no such volume in the bin.
fn recycled<'a>(cloud: &'a Cloud, call: &Call) -> Result<&'a Recycled, Refusal> {
    let id = call.volume_id()?;
    let found = cloud.project(&call.project).and_then(|it| it.bin.find(id));
    found.ok_or_else(|| Refusal::no_volume(id))
}

/// `GET /v3/{project_id}/recycle-bin-volumes/policy`.
pub(super) fn policy(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    Ok(Reply::json(200, &policy_of(cloud, call)))
}

/// `PUT /v3/{project_id}/recycle-bin-volumes/policy`: 204.
pub(super) fn decide(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let before = policy_of(cloud, call);
    let body = object(&call.body)?;
    let switch = match body.get("switch") {
        None | Some(Value::Null) => before.switch,
        Some(Value::Bool(on)) => *on,
        Some(_) => return Err(Refusal::of("EVS.1018")),
    };
    let threshold_time = days(&body, "threshold_time", 1000)?.unwrap_or(before.threshold_time);
    let keep_time = days(&body, "keep_time", 365)?.unwrap_or(before.keep_time);
    let act = Act::Decide(Policy { switch, threshold_time, keep_time });
    cloud.record(Change::Recycling { project: call.project.clone(), act });
    Ok(Reply::empty(204))
}

fn policy_of(cloud: &Cloud, call: &Call) -> Policy {
    cloud.project(&call.project).map(|it| it.bin.policy).unwrap_or_default()
}

/// A number of days, from 1 to the most that it may be. No code of the table is about them: this one is a choice.
fn days(body: &Map<String, Value>, key: &str, most: u16) -> Result<Option<u16>, Refusal> {
    let Some(asked) = integer(body, key)? else { return Ok(None) };
    let days = u16::try_from(asked).ok().filter(|it| (1..=most).contains(it));
    days.map(Some).ok_or_else(|| {
        Refusal::saying("EVS.2108", format!("Request body is invalid. {key} must be from 1 to {most}, not {asked}."))
    })
}

/// A volume as the bin shows it: the fields that it has in common with the others, its status, and its two times.
fn show(cloud: &Cloud, call: &Call, of: &Recycled) -> Value {
    let mut value = serde_json::to_value(render::volume(cloud, &call.base, &of.volume)).unwrap_or_default();
    if let Value::Object(fields) = &mut value {
        fields.retain(|key, _| FIELDS.contains(&key.as_str()));
        fields.insert("status".to_owned(), json!(STATUS));
        fields.insert("pre_deleted_at".to_owned(), json!(volume_time(of.since)));
        fields.insert("plan_delete_at".to_owned(), json!(volume_time(of.until)));
    }
    value
}
