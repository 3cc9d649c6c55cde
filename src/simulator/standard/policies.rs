//! The calls about policies, which take standard snapshots by themselves.

use super::asked::{Page, Paging, Wanted};
use super::body::{enterprise_project, listed, retention, tags, text_list, texts, within};
use super::deed::Deed;
use super::policy::{MOST_TIMES, Policy};
use super::reach::{kept, policy, record};
use super::schedule::{Days, Schedule, day_of};
use crate::simulator::body::{integer, text};
use crate::simulator::call::{Call, uuid};
use crate::simulator::model::Cloud;
use crate::simulator::reply::{Refusal, Reply};
use crate::simulator::time::volume_time;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use uuid::Uuid;

/// The most bytes of a name.
const LONGEST_NAME: usize = 255;

/// `POST /v5/{project_id}/snapshot-policies`: 200 and the policy.
pub(in crate::simulator) fn create(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let fields = within(&call.body, "snapshot_policy")?;
    let name = name(&fields)?.ok_or_else(|| Refusal::of("EVS.1070"))?;
    let hours = hours(&fields)?.ok_or_else(|| wrong("time_points must be given."))?;
    let days = days(&fields, day_of(cloud.now()))?
        .ok_or_else(|| wrong("one of repeat_weekdays and repeat_interval_days must be given."))?;
    let retention_days = kept_for(&fields)?.flatten();
    let (tags, enterprise_project_id) = (tags(&fields)?, enterprise_project(&fields)?);
    let id = cloud.next_id();
    let policy = Policy {
        id,
        name,
        schedule: Schedule { days, hours },
        retention_days,
        tags,
        enterprise_project_id,
        duration: cloud.job_duration,
        volumes: BTreeSet::new(),
        left: MOST_TIMES,
        next: None,
        created: 0,
        updated: 0,
    };
    record(cloud, call, Deed::MakePolicy { policy });
    let made = kept(cloud, call).policies.get(id).ok_or_else(|| Refusal::of("EVS.5500"))?;
    Ok(Reply::json(200, &json!({"snapshot_policy": show(made)})))
}

fn wrong(what: &str) -> Refusal {
    Refusal::saying("EVS.1070", format!("Invalid input received: {what}"))
}

fn name(fields: &Map<String, Value>) -> Result<Option<String>, Refusal> {
    let name = text(fields, "name")?;
    if name.as_ref().is_some_and(|it| it.len() > LONGEST_NAME) {
        return Err(wrong("name must have 255 bytes at the most."));
    }
    Ok(name)
}

/// The days, where either way to say them is there; both at once contradict each other.
fn days(fields: &Map<String, Value>, today: i64) -> Result<Option<Days>, Refusal> {
    // A list that is empty is how the answers show that there is none.
    let week = texts(fields, "repeat_weekdays")?.filter(|it| !it.is_empty());
    match (week, integer(fields, "repeat_interval_days")?) {
        (None, None) => Ok(None),
        (Some(week), None) => Ok(Some(Days::Week(numbers(&week, 1, 7, "repeat_weekdays")?))),
        (None, Some(every)) => match u8::try_from(every) {
            Ok(days @ 1..=30) => Ok(Some(Days::Every { days, from: today })),
            _ => Err(wrong("repeat_interval_days must be 1 to 30.")),
        },
        (Some(_), Some(_)) => Err(wrong("repeat_weekdays and repeat_interval_days exclude each other.")),
    }
}

fn hours(fields: &Map<String, Value>) -> Result<Option<BTreeSet<u8>>, Refusal> {
    texts(fields, "time_points")?.map(|it| numbers(&it, 0, 23, "time_points")).transpose()
}

/// Numbers that are written as texts, at least one of them and each once.
fn numbers(texts: &[String], least: u8, most: u8, of: &str) -> Result<BTreeSet<u8>, Refusal> {
    let wrong = || wrong(&format!("{of} must be numbers from {least} to {most}, each of them once."));
    let read = |text: &String| {
        let number: u8 = text.parse().ok()?;
        (least..=most).contains(&number).then_some(number)
    };
    let numbers = texts.iter().map(read).collect::<Option<BTreeSet<u8>>>().ok_or_else(wrong)?;
    if numbers.is_empty() || numbers.len() != texts.len() { Err(wrong()) } else { Ok(numbers) }
}

/// For how many days its snapshots are kept, where that is said; -1 is for ever.
fn kept_for(fields: &Map<String, Value>) -> Result<Option<Option<u32>>, Refusal> {
    match integer(fields, "retention_days")? {
        None => Ok(None),
        Some(-1) => Ok(Some(None)),
        Some(_) => retention(fields).map(Some),
    }
}

/// `GET /v5/{project_id}/snapshot-policies`.
pub(in crate::simulator) fn list(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let page = Page::read(call, &["id", "created_at"], Paging::Offset)?;
    let wanted = Wanted::read(call, cloud.now())?;
    let (rows, links) = page.cut(kept(cloud, call).policies.iter(), |it| wanted.wants(it))?;
    Ok(listed("snapshot_policies", rows.into_iter().map(show).collect(), &links))
}

/// `GET /v5/{project_id}/snapshot-policies/count`.
pub(in crate::simulator) fn count(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let wanted = Wanted::read(call, cloud.now())?;
    let count = kept(cloud, call).policies.iter().filter(|it| wanted.wants(*it)).count();
    Ok(Reply::json(200, &json!({ "count": count })))
}

/// `GET /v5/{project_id}/snapshot-policies/{snapshot_policy_id}`.
pub(in crate::simulator) fn one(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    Ok(Reply::json(200, &json!({"snapshot_policy": show(policy(cloud, call)?)})))
}

/// `PUT /v5/{project_id}/snapshot-policies/{snapshot_policy_id}`: what is missing stays.
pub(in crate::simulator) fn update(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let of = policy(cloud, call)?;
    let fields = within(&call.body, "snapshot_policy")?;
    let name = name(&fields)?.unwrap_or_else(|| of.name.clone());
    let hours = hours(&fields)?.unwrap_or_else(|| of.schedule.hours.clone());
    let days = days(&fields, day_of(cloud.now()))?.unwrap_or_else(|| of.schedule.days.clone());
    let retention_days = kept_for(&fields)?.unwrap_or(of.retention_days);
    let deed = Deed::ChangePolicy { policy: of.id, name, schedule: Schedule { days, hours }, retention_days };
    record(cloud, call, deed);
    one(cloud, call)
}

/// `DELETE /v5/{project_id}/snapshot-policies/{snapshot_policy_id}`: 204. What it took stays.
pub(in crate::simulator) fn delete(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let policy = policy(cloud, call)?.id;
    record(cloud, call, Deed::DropPolicy { policy });
    Ok(Reply::empty(204))
}

/// `POST /v5/{project_id}/snapshot-policies/{snapshot_policy_id}/associate`: 204. A volume may have several policies, and
/// one that it has already stays.
pub(in crate::simulator) fn associate(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let of = policy(cloud, call)?;
    let (policy, mut volumes) = (of.id, of.volumes.clone());
    for id in ids(&call.body)? {
        cloud.volume(&call.project, id).ok_or_else(|| Refusal::no_volume(id))?;
        volumes.insert(id);
    }
    record(cloud, call, Deed::Associate { policy, volumes });
    Ok(Reply::empty(204))
}

/// `POST /v5/{project_id}/snapshot-policies/{snapshot_policy_id}/disassociate`: 204, also for volumes that it has not.
pub(in crate::simulator) fn disassociate(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let of = policy(cloud, call)?;
    let (policy, mut volumes) = (of.id, of.volumes.clone());
    for id in ids(&call.body)? {
        volumes.remove(&id);
    }
    record(cloud, call, Deed::Associate { policy, volumes });
    Ok(Reply::empty(204))
}

/// The ids of a body that is a list of them and nothing else.
fn ids(body: &[u8]) -> Result<Vec<Uuid>, Refusal> {
    let list: Value = serde_json::from_slice(body).map_err(|_| Refusal::of("EVS.1052"))?;
    if !list.is_array() {
        return Err(Refusal::of("EVS.2108"));
    }
    let ids = text_list(&list)?;
    if ids.is_empty() {
        return Err(Refusal::of("EVS.1070"));
    }
    ids.iter().map(|id| uuid(id).ok_or_else(|| Refusal::of("EVS.1002"))).collect()
}

/// A policy as the SDK's model has it: of the two ways to say the days, the one that was not chosen is empty.
fn show(of: &Policy) -> Value {
    let texts = |numbers: &BTreeSet<u8>| numbers.iter().map(u8::to_string).collect::<Vec<_>>();
    let (week, every) = match &of.schedule.days {
        Days::Week(days) => (texts(days), None),
        Days::Every { days, .. } => (Vec::new(), Some(*days)),
    };
    json!({
        "id": of.id, "name": of.name, "repeat_weekdays": week, "repeat_interval_days": every,
        "time_points": texts(&of.schedule.hours), "retention_days": of.retention_days.map_or(-1, i64::from),
        "created_at": volume_time(of.created), "updated_at": volume_time(of.updated), "tags": of.tags,
        "enterprise_project_id": of.enterprise_project_id,
    })
}
