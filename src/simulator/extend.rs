//! Making a volume larger (evs-api 7.2).
//!
//! The order of the checks is a choice, as is the code of a size beyond the largest: the reference has none for it.

use super::body::{integer, object, text};
use super::call::Call;
use super::change::named;
use super::event::Change;
use super::model::Cloud;
use super::order::{Goods, Purchase};
use super::quota::Usage;
use super::reply::{Refusal, Reply};
use super::volume::Volume;
use super::work;
use crate::evs::wire::{JobReply, ORDER_ID};
use crate::volume::SizeGb;
use serde_json::{Map, Value, json};

/// `POST /v2.1/{project_id}/cloudvolumes/{volume_id}/action`: 202 and a job, or the order of a prepaid volume.
pub(super) fn v21(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    custom(cloud, call, 202)
}

/// `POST /v2/{project_id}/cloudvolumes/{volume_id}/action`: the same with 200.
pub(super) fn v2(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    custom(cloud, call, 200)
}

/// `POST /v3/{project_id}/volumes/{volume_id}/action`: 202 and nothing, pay-per-use alone.
pub(super) fn cinder(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let (whole, size) = larger(cloud, call)?;
    if prepaid(cloud, call)? || whole.contains_key("bssParam") {
        return Err(Refusal::of("EVS.1014"));
    }
    start(cloud, call, size)?;
    Ok(Reply::empty(202))
}

fn custom(cloud: &mut Cloud, call: &Call, status: u16) -> Result<Reply, Refusal> {
    let (whole, size) = larger(cloud, call)?;
    let pays_itself = pays_itself(&whole)?;
    if !prepaid(cloud, call)? {
        let job_id = start(cloud, call, size)?;
        return Ok(Reply::json(status, &JobReply { job_id }));
    }
    let volume = named(cloud, call)?.id;
    let id = cloud.next_order_id();
    let goods = Goods::Growth { volume, size };
    let purchase = Purchase { id: id.clone(), project: call.project.clone(), goods, trouble: call.trouble.clone() };
    let paid = pays_itself.then(|| work::paid(cloud, &purchase));
    cloud.record(Change::Ordered { purchase, paid, token: None });
    Ok(Reply::json(status, &json!({"order_id": id})))
}

/// Reads the body and checks it against the volume; the second part is the size that it shall have.
fn larger(cloud: &Cloud, call: &Call) -> Result<(Map<String, Value>, u32), Refusal> {
    let volume = named(cloud, call)?;
    let whole = object(&call.body)?;
    let Some(Value::Object(fields)) = whole.get("os-extend") else { return Err(Refusal::of("EVS.1011")) };
    let wanted = integer(fields, "new_size")?.ok_or_else(|| Refusal::of("EVS.1011"))?;
    let size = check(cloud, volume, wanted)?;
    Ok((whole, size))
}

/// Whether a volume may grow to so many GB; gives that size.
pub(super) fn check(cloud: &Cloud, volume: &Volume, wanted: i64) -> Result<u32, Refusal> {
    match volume.status(cloud.now()) {
        "available" => {}
        "in-use" if volume.spec.multiattach => return Err(Refusal::of("EVS.1065")),
        "in-use" => {}
        _ => return Err(Refusal::of("EVS.1064")),
    }
    if wanted <= i64::from(volume.size) {
        return Err(Refusal::of("EVS.1015"));
    }
    let (_, most) = if volume.spec.image_id.is_some() { SizeGb::SYSTEM } else { SizeGb::DATA };
    let size = u32::try_from(wanted).ok().filter(|size| *size <= most).ok_or_else(|| Refusal::of("EVS.1010"))?;
    let none = Usage::default();
    let usage = cloud.project(&volume.project).map_or(&none, |it| &it.usage);
    usage.check_growth(&cloud.catalogue, &volume.spec.volume_type, volume.size, size)?;
    Ok(size)
}

fn pays_itself(whole: &Map<String, Value>) -> Result<bool, Refusal> {
    let fields = match whole.get("bssParam") {
        None | Some(Value::Null) => return Ok(false),
        Some(Value::Object(fields)) => fields,
        Some(_) => return Err(Refusal::of("EVS.2147")),
    };
    match text(fields, "isAutoPay")?.as_deref() {
        Some("true") => Ok(true),
        None | Some("false") => Ok(false),
        Some(_) => Err(Refusal::of("EVS.2147")),
    }
}

fn prepaid(cloud: &Cloud, call: &Call) -> Result<bool, Refusal> {
    Ok(named(cloud, call)?.spec.metadata.contains_key(ORDER_ID))
}

fn start(cloud: &mut Cloud, call: &Call, size: u32) -> Result<String, Refusal> {
    let id = named(cloud, call)?.id;
    let job = work::growth(cloud, &call.project, id, call.trouble.as_ref());
    let job_id = job.id.clone();
    cloud.record(Change::Extending { job, size });
    Ok(job_id)
}
