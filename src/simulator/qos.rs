//! The call that changes the rates of a volume (evs-api 7.4). The order of the checks and the codes of its refusals are a
//! choice; the reference has EVS.2050 for a change that was begun and failed.

use super::body::{object, object_of};
use super::call::Call;
use super::change::named;
use super::delete::check_locks;
use super::event::Change;
use super::model::Cloud;
use super::rates;
use super::reply::{Refusal, Reply};
use super::task::Effect;
use super::work;
use crate::evs::wire::JobReply;

/// `PUT /v5/{project_id}/cloudvolumes/{volume_id}/qos`: 202 and a job.
pub(super) fn modify(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let whole = object(&call.body)?;
    let volume = named(cloud, call)?;
    let fields = object_of(&whole, "qos_modify")?.ok_or_else(|| Refusal::of("EVS.2108"))?;
    if !matches!(volume.status(), "available" | "in-use") {
        return Err(Refusal::of("EVS.1031"));
    }
    check_locks(volume)?;
    let of = cloud.catalogue.volume_type(&volume.spec.volume_type);
    let of = of.filter(|it| it.iops.is_some()).ok_or_else(|| Refusal::of("EVS.2070"))?;
    let to = rates::read(fields, of)?;
    let job = work::effect(cloud, &call.project, volume.id, Effect::Rate { to }, call.trouble.as_ref());
    let job_id = job.id.clone();
    cloud.record(Change::Working { job });
    Ok(Reply::json(202, &JobReply { job_id }))
}
