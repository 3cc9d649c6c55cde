//! The create calls, and their idempotency by `X-Client-Token`.

use super::body::{Body, object, text};
use super::call::{Call, uuid};
use super::check::{Billing, Order, Version, check};
use super::event::{Change, Used};
use super::ids;
use super::job::{self, Job, Work};
use super::model::Cloud;
use super::quota::Usage;
use super::render;
use super::reply::{Refusal, Reply};
use crate::evs::wire;
use crate::volume::service_name;
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// How long a client token stands for its first answer, in microseconds (evs-api 3.9).
const TOKEN_LIFE: i64 = 8 * 3600 * 1_000_000;

/// The metadata key that names the order of a prepaid volume.
pub(super) const ORDER_ID: &str = "orderID";

/// `POST /v3/{project_id}/cloudvolumes`: 200 and a job.
pub(super) fn v3(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    idempotent(cloud, call, Version::V3, 200)
}

/// `POST /v2/{project_id}/cloudvolumes`: the same; `X-Client-Token` is not documented for it and ignored.
pub(super) fn v2(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let order = order(cloud, call, Version::V3)?;
    let (reply, change) = accept(cloud, call, order, 200);
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
    let (_, change) = accept(cloud, call, order, 202);
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
    if order.billing == Billing::Unpaid {
        return Ok(Reply::json(status, &json!({"order_id": order_id(cloud)})));
    }
    let (reply, mut change) = accept(cloud, call, order, status);
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
    let billing = if version == Version::V21 { check_extras(&whole)? } else { Billing::PerUse };
    let order = Order { billing, ..check(Body::read(&whole)?, version, &cloud.catalogue)? };
    let none = Usage::default();
    let usage = cloud.project(&call.project).map_or(&none, |it| &it.usage);
    usage.check(&cloud.catalogue, &order.spec.volume_type, order.count, order.spec.size)?;
    Ok(order)
}

/// What v2.1 has beside `volume`. This cloud has no servers to attach to; billing is that of evs-api 3.8.
fn check_extras(whole: &Map<String, Value>) -> Result<Billing, Refusal> {
    if text(whole, "server_id")?.is_some_and(|it| !it.is_empty()) {
        return Err(Refusal::of("EVS.2134"));
    }
    let invalid = || Refusal::of("EVS.2147");
    let fields = match whole.get("bssParam") {
        None | Some(Value::Null) => return Ok(Billing::PerUse),
        Some(Value::Object(fields)) => fields,
        Some(_) => return Err(invalid()),
    };
    match text(fields, "chargingMode")?.as_deref() {
        None | Some("postPaid") => return Ok(Billing::PerUse),
        Some("prePaid") => {}
        Some(_) => return Err(invalid()),
    }
    let number = fields.get("periodNum").and_then(Value::as_u64).unwrap_or_default();
    match (text(fields, "periodType")?.as_deref(), number) {
        (Some("month"), 1..=9) | (Some("year"), 1) => {}
        _ => return Err(invalid()),
    }
    match text(fields, "isAutoPay")?.as_deref() {
        Some("true") => Ok(Billing::Paid),
        None | Some("false") => Ok(Billing::Unpaid),
        Some(_) => Err(invalid()),
    }
}

/// An id in the form of the published sample, `CS1711152257C60TL`.
pub(super) fn order_id(cloud: &mut Cloud) -> String {
    let digits = cloud.next_id().simple().to_string().to_uppercase();
    format!("CS{}", &digits[..15])
}

/// Gives ids and plans the job; nothing has happened until the change is recorded.
fn accept(cloud: &mut Cloud, call: &Call, mut order: Order, status: u16) -> (Reply, Change) {
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
    let mut reply = Map::new();
    if order.billing == Billing::PerUse {
        reply.insert("job_id".to_owned(), json!(job.id));
    } else {
        let id = order_id(cloud);
        // Present and not empty: that is how a reader knows a prepaid volume.
        order.spec.metadata.insert(ORDER_ID.to_owned(), id.clone());
        reply.insert("order_id".to_owned(), json!(id));
    }
    if order.wants_ids {
        reply.insert("volume_ids".to_owned(), json!(volume_ids));
    }
    (Reply::json(status, &reply), Change::Created { job, spec: order.spec.into(), names, token: None })
}

/// Puts the work of a batch into an order that is never that of the names: clients must read those.
fn shuffle(work: &mut [(String, Work)]) {
    work.sort_by(|(_, one), (_, other)| one.id.cmp(&other.id));
    if work.is_sorted_by_key(|(_, it)| it.ordinal) {
        work.reverse();
    }
}
