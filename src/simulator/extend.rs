//! The calls that make one volume larger (evs-api 7.2).

use super::auto_pay;
use super::body::{integer, object};
use super::call::Call;
use super::change::named;
use super::event::Change;
use super::grow;
use super::model::Cloud;
use super::order::Growth;
use super::reply::{Refusal, Reply};
use super::work;
use crate::evs::wire::JobReply;
use serde_json::{Map, Value, json};

/// `POST /v2.1/{project_id}/cloudvolumes/{volume_id}/action`: 202 and a job, or the order of a prepaid volume.
pub(super) fn v21(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    custom(cloud, call, 202)
}

/// `POST /v2/{project_id}/cloudvolumes/{volume_id}/action`: the same with 200.
pub(super) fn v2(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    custom(cloud, call, 200)
}

/// `os-extend` of `POST /v3/{project_id}/volumes/{volume_id}/action`: 202 and nothing, pay-per-use alone.
pub(super) fn cinder(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let whole = object(&call.body)?;
    let growth = larger(cloud, call, &whole).map_err(Refusal::over_limit)?;
    if grow::is_prepaid(named(cloud, call)?) || whole.contains_key("bssParam") {
        return Err(Refusal::of("EVS.1014"));
    }
    start(cloud, call, growth);
    Ok(Reply::empty(202))
}

fn custom(cloud: &mut Cloud, call: &Call, status: u16) -> Result<Reply, Refusal> {
    // An empty body and one that does not read have codes of their own here (evs-api 7.2).
    let code = if call.body.is_empty() { "EVS.1011" } else { "EVS.2108" };
    let whole = object(&call.body).map_err(|_| Refusal::of(code))?;
    let growth = larger(cloud, call, &whole)?;
    let pays_itself = auto_pay::in_words(&whole)?;
    if grow::is_prepaid(named(cloud, call)?) {
        let order_id = work::order_growth(cloud, call, vec![growth], pays_itself);
        return Ok(Reply::json(status, &json!({ "order_id": order_id })));
    }
    let job_id = start(cloud, call, growth);
    Ok(Reply::json(status, &JobReply { job_id }))
}

/// Reads the body and checks it against the volume and the quota.
fn larger(cloud: &Cloud, call: &Call, whole: &Map<String, Value>) -> Result<Growth, Refusal> {
    let volume = named(cloud, call)?;
    let Some(Value::Object(fields)) = whole.get("os-extend") else { return Err(Refusal::of("EVS.1011")) };
    let wanted = integer(fields, "new_size")?.ok_or_else(|| Refusal::of("EVS.1011"))?;
    let size = grow::check(cloud, volume, wanted)?;
    grow::check_quota(cloud, &call.project, &[(volume, size)])?;
    Ok(Growth { volume: volume.id, size, ordinal: 1 })
}

fn start(cloud: &mut Cloud, call: &Call, growth: Growth) -> String {
    let job = work::growth(cloud, &call.project, &[growth], call.trouble.as_ref());
    let job_id = job.id.clone();
    cloud.record(Change::Working { job });
    job_id
}
