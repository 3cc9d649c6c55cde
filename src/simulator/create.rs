//! The create calls, and their idempotency by `X-Client-Token`.

use super::beside::{check_beside, check_hints};
use super::body::{Body, object};
use super::call::{Call, uuid};
use super::catalogue::Catalogue;
use super::check::{Billing, Order, Version, check};
use super::event::{Change, Used};
use super::export;
use super::ids;
use super::model::Cloud;
use super::native;
use super::order::{Goods, Purchase};
use super::render;
use super::reply::{Refusal, Reply};
use super::snapshots;
use super::standard;
use super::work;
use crate::evs::wire;
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// What reads and checks the part of a body that stands beside `volume`.
type Beside = fn(&Map<String, Value>, &Catalogue, &mut Order) -> Result<(), Refusal>;

/// How long a client token stands for its first answer, in microseconds (evs-api 3.9).
const TOKEN_LIFE: i64 = 8 * 3600 * 1_000_000;

/// `POST /v3/{project_id}/cloudvolumes`: 200 and a job.
pub(super) fn v3(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    idempotent(cloud, call, Version::V3, 200)
}

/// `POST /v2/{project_id}/cloudvolumes`: the same; `X-Client-Token` is not documented for it and ignored.
pub(super) fn v2(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let whole = object(&call.body)?;
    let order = order(cloud, call, &whole, Body::read(&whole)?, Version::V3, check_hints)?;
    let (reply, change) = accept(cloud, call, order, 200);
    cloud.record(change);
    Ok(reply)
}

/// `POST /v2.1/{project_id}/cloudvolumes`: 202 and a job or an order, with the volume ids where they are asked
/// for.
pub(super) fn v21(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    idempotent(cloud, call, Version::V21, 202)
}

/// `POST /v3/{project_id}/volumes`: 202 and the volume, `creating`.
pub(super) fn cinder_v3(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let whole = object(&call.body)?;
    native::check_unsupported(&whole)?;
    let whole = native::known(&whole);
    let mut body = Body::read(&whole)?;
    native::check_metadata(&body.metadata)?;
    body.availability_zone = native::zone(&whole)?.or(body.availability_zone);
    let order = order(cloud, call, &whole, body, Version::Cinder, |whole, catalogue, order| {
        native::check_zones(whole, catalogue, &order.spec.volume_type)?;
        check_hints(whole, catalogue, order)
    });
    let order = order.map_err(Refusal::over_limit)?;
    create_native(cloud, call, order)
}

/// `POST /v2/{project_id}/volumes`: the same, in one zone.
pub(super) fn cinder_v2(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let whole = object(&call.body)?;
    native::check_unsupported(&whole)?;
    let whole = native::known(&whole);
    let body = Body::read(&whole)?;
    native::check_metadata(&body.metadata)?;
    let order = order(cloud, call, &whole, body, Version::Cinder, check_hints).map_err(Refusal::over_limit)?;
    create_native(cloud, call, order)
}

fn create_native(cloud: &mut Cloud, call: &Call, order: Order) -> Result<Reply, Refusal> {
    let (_, change) = accept(cloud, call, order, 202);
    let created = match &change {
        Change::Created { job, .. } => job.tasks.first().and_then(|it| it.volume),
        _ => None,
    };
    cloud.record(change);
    let volume = created.and_then(|id| cloud.volume(&call.project, id)).ok_or_else(|| Refusal::of("EVS.5500"))?;
    Ok(Reply::json(202, &json!({"volume": render::volume(cloud, &call.base, volume)})))
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
    let whole = object(&call.body)?;
    let beside: Beside = if version == Version::V21 { check_beside } else { |_, _, _| Ok(()) };
    let order = order(cloud, call, &whole, Body::read(&whole)?, version, beside)?;
    let (reply, mut change) = if order.billing == Billing::PerUse {
        accept(cloud, call, order, status)
    } else {
        sell(cloud, call, order, status)
    };
    // A refusal does not use up its token: only what was created must not be created again (a choice).
    if let (Some(value), Change::Created { token, .. } | Change::Ordered { token, .. }) = (token, &mut change) {
        let text = String::from_utf8_lossy(&reply.body).into_owned();
        *token = Some(Used { token: value, call: digest, status, reply: text, at: 0 });
    }
    cloud.record(change);
    Ok(reply)
}

/// Checks the body, and by `beside` what it has beside `volume`; the quota comes last.
fn order(
    cloud: &Cloud,
    call: &Call,
    whole: &Map<String, Value>,
    body: Body,
    version: Version,
    beside: Beside,
) -> Result<Order, Refusal> {
    let taken = body.snapshot_id.as_deref().and_then(|id| {
        let taken = snapshots::as_source(cloud, &call.project, id);
        taken.or_else(|| standard::source::find(cloud, &call.project, id))
    });
    let exported = body.image_ref.as_deref().and_then(|id| export::as_source(cloud, &call.project, id));
    let mut order = check(body, version, &cloud.catalogue, taken.as_ref(), exported.as_ref())?;
    cloud.partition.check_tags(&order.spec.tags)?;
    beside(whole, &cloud.catalogue, &mut order)?;
    let usage = cloud.usage(&call.project);
    usage.check(&cloud.catalogue, &order.spec.volume_type, order.count, order.spec.size)?;
    Ok(order)
}

/// Gives ids and plans the job; nothing has happened until the change is recorded.
fn accept(cloud: &mut Cloud, call: &Call, order: Order, status: u16) -> (Reply, Change) {
    let count = order.count as usize;
    let (job, names) = work::volumes(cloud, &call.project, &order.name, None, count, call.trouble.as_ref());
    // In the order of names, which no job has.
    let mut volume_ids: Vec<(u64, Uuid)> = Vec::new();
    if order.wants_ids {
        volume_ids.extend(job.tasks.iter().filter_map(|task| Some((task.number, task.volume?))));
        volume_ids.sort_unstable();
    }
    let volume_ids = volume_ids.into_iter().map(|(_, id)| id.to_string()).collect();
    let reply = wire::CreateReply { job_id: Some(job.id.clone()), order_id: None, volume_ids };
    (Reply::json(status, &reply), Change::Created { job, spec: order.spec.into(), names, token: None })
}

/// Makes an order of it, which goes on at once where it pays itself.
fn sell(cloud: &mut Cloud, call: &Call, mut order: Order, status: u16) -> (Reply, Change) {
    let id = cloud.next_order_id();
    // Present and not empty: that is how a reader knows a prepaid volume.
    order.spec.metadata.insert(wire::ORDER_ID.to_owned(), id.clone());
    let ids: Vec<Uuid> = (0..order.count).map(|_| cloud.next_id()).collect();
    let volume_ids = if order.wants_ids { ids.iter().map(Uuid::to_string).collect() } else { Vec::new() };
    let reply = wire::CreateReply { job_id: None, order_id: Some(id.clone()), volume_ids };
    let goods = Goods::Volumes { spec: order.spec.into(), name: order.name, ids };
    let purchase = Purchase { id, project: call.project.clone(), goods, trouble: call.trouble.clone() };
    let paid = (order.billing == Billing::Paid).then(|| work::paid(cloud, &purchase));
    (Reply::json(status, &reply), Change::Ordered { purchase, paid, token: None })
}
