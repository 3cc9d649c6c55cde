//! The create calls, and their idempotency by `X-Client-Token`.

use super::body::{Body, object};
use super::call::{Call, uuid};
use super::check::{Order, Version, check};
use super::ids;
use super::job::{self, Job, Work};
use super::model::{Change, Cloud, Used};
use super::quota::Usage;
use super::render;
use super::reply::{Refusal, Reply};
use crate::evs::wire;
use crate::volume::service_name;
use serde_json::json;
use uuid::Uuid;

/// How long a client token stands for its first answer, in microseconds (evs-api 3.9).
const TOKEN_LIFE: i64 = 8 * 3600 * 1_000_000;

/// `POST /v3/{project_id}/cloudvolumes`: 200 and a job.
pub(super) fn v3(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    idempotent(cloud, call, Version::V3, 200)
}

/// `POST /v2/{project_id}/cloudvolumes`: the same; `X-Client-Token` is not documented for it and ignored.
pub(super) fn v2(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let order = order(cloud, call, Version::V3)?;
    let (reply, change) = accept(cloud, call, order, 200)?;
    cloud.record(change);
    Ok(reply)
}

/// `POST /v2.1/{project_id}/cloudvolumes`: 202 and a job, with the volume ids where they are asked for.
pub(super) fn v21(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    idempotent(cloud, call, Version::V21, 202)
}

/// `POST /v3/{project_id}/volumes`: 202 and the volume, `creating`.
pub(super) fn cinder(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let order = order(cloud, call, Version::Cinder)?;
    let (_, change) = accept(cloud, call, order, 202)?;
    let created = match &change {
        Change::Created { job, .. } => job.tasks.first().and_then(|it| it.volume),
        _ => None,
    };
    cloud.record(change);
    let volume = created.and_then(|id| cloud.volume(&call.project, id)).ok_or_else(|| Refusal::of("EVS.5500"))?;
    Ok(Reply::json(202, &wire::VolumeReply { volume: render::volume(cloud, volume) }))
}

fn idempotent(cloud: &mut Cloud, call: &Call, version: Version, status: u16) -> Result<Reply, Refusal> {
    let token = match &call.client_token {
        None => None,
        Some(text) => Some(uuid(text).ok_or_else(|| Refusal::of("EVS.2218"))?),
    };
    let digest = ids::fingerprint(&[call.method.as_bytes(), call.target.as_bytes(), &call.body]);
    if let Some(used) = token.and_then(|it| cloud.used(it)) {
        if used.call != digest {
            return Err(Refusal::of("EVS.2219"));
        }
        if cloud.now() - used.at > TOKEN_LIFE {
            return Err(Refusal::of("EVS.2220"));
        }
        return Ok(Reply { status: used.status, body: used.reply.clone().into_bytes() });
    }
    let order = order(cloud, call, version)?;
    let (reply, mut change) = accept(cloud, call, order, status)?;
    // A refusal does not use up its token: only what was created must not be created again (a choice).
    if let (Some(value), Change::Created { token, .. }) = (token, &mut change) {
        let text = String::from_utf8_lossy(&reply.body).into_owned();
        *token = Some(Used { token: value, call: digest, status, reply: text, at: 0 });
    }
    cloud.record(change);
    Ok(reply)
}

/// Reads and checks the body, quota included.
fn order(cloud: &Cloud, call: &Call, version: Version) -> Result<Order, Refusal> {
    let whole = object(&call.body)?;
    if version == Version::V21 {
        check_extras(&whole)?;
    }
    let order = check(Body::read(&whole)?, version, &cloud.catalogue)?;
    let none = Usage::default();
    let usage = cloud.project(&call.project).map_or(&none, |it| &it.usage);
    usage.check(&cloud.catalogue, &order.spec.volume_type, order.count, order.spec.size)?;
    Ok(order)
}

/// What v2.1 has beside `volume`: this cloud has no servers to attach to and sells nothing in advance.
fn check_extras(whole: &serde_json::Map<String, serde_json::Value>) -> Result<(), Refusal> {
    if super::body::text(whole, "server_id")?.is_some_and(|it| !it.is_empty()) {
        return Err(Refusal::of("EVS.2134"));
    }
    match whole.get("bssParam") {
        None | Some(serde_json::Value::Null) => Ok(()),
        Some(serde_json::Value::Object(fields)) => match super::body::text(fields, "chargingMode")?.as_deref() {
            None | Some("postPaid") => Ok(()),
            Some(_) => Err(Refusal::of("EVS.2147")),
        },
        Some(_) => Err(Refusal::of("EVS.2147")),
    }
}

/// Gives ids and plans the job; nothing has happened until the change is recorded.
fn accept(cloud: &mut Cloud, call: &Call, order: Order, status: u16) -> Result<(Reply, Change), Refusal> {
    let job_id = cloud.next_id().simple().to_string();
    let batch = order.count > 1;
    let mut work: Vec<(String, Work)> = (1..=order.count)
        .map(|ordinal| {
            let name = if batch { service_name(&order.name, ordinal) } else { order.name.clone() };
            let id = cloud.next_id().simple().to_string();
            let volume = cloud.next_id();
            (name, Work { id, volume, number: cloud.counter(), ordinal })
        })
        .collect();
    let volume_ids: Vec<Uuid> = work.iter().map(|(_, it)| it.volume).collect();
    shuffle(&mut work);
    let (names, work) = work.into_iter().unzip();
    let kind = if batch { job::BATCH } else { job::CREATE };
    let (now, duration) = (cloud.now(), cloud.job_duration);
    let job = Job::plan(job_id, &call.project, kind, now, duration, work, call.trouble.as_ref());
    let reply = if order.wants_ids {
        Reply::json(status, &json!({"job_id": job.id, "volume_ids": volume_ids}))
    } else {
        Reply::json(status, &wire::JobReply { job_id: job.id.clone() })
    };
    Ok((reply, Change::Created { job, spec: order.spec.into(), names, token: None }))
}

/// Puts the work of a batch into an order that is never that of the names: clients must read those.
fn shuffle(work: &mut [(String, Work)]) {
    work.sort_by(|(_, one), (_, other)| one.id.cmp(&other.id));
    if work.is_sorted_by_key(|(_, it)| it.ordinal) {
        work.reverse();
    }
}
