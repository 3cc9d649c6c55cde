//! The calls that give a volume another type (evs-api 7.3), and the rules that they share with the payment of orders.
//!
//! The sources name two codes, EVS.2087 for a pair of types that no retype leads from and to, and EVS.2088 for what is
//! found out of the volume before its retype. Which of them a rule has is a choice where they do not say it, as are the
//! order of the checks, the codes of the fields of the body, and that ten retypes at a time are counted by project.

use super::auto_pay;
use super::body::{object, text};
use super::call::Call;
use super::catalogue::Type;
use super::change::named;
use super::delete::check_locks;
use super::event::Change;
use super::grow::is_prepaid;
use super::model::Cloud;
use super::order::Goods;
use super::rates;
use super::reply::{Refusal, Reply};
use super::task::Effect;
use super::tier::Tier;
use super::volume::{Stage, Volume};
use super::work;
use crate::evs::wire::JobReply;
use serde_json::{Map, Value, json};

/// How many volumes of a project may be on their way to another type.
const MOST: usize = 10;
/// The type from which any other can be reached, and to which none leads back.
const SAS: &str = "SAS";
/// The type that the vendor no longer sells: no source names it as one end of a retype.
const SATA: &str = "SATA";

/// `POST /v2/{project_id}/volumes/{volume_id}/retype`: 202 and a job, or the order of a prepaid volume. The OpenAPI
/// definition says 200, newer pages of the reference and that of Open Telekom Cloud 202, as the other calls that start
/// work on a volume answer.
pub(super) fn custom(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let whole = object(&call.body)?;
    let volume = named(cloud, call)?;
    let fields = fields(&whole)?;
    let of = wanted(fields, |name| cloud.catalogue.volume_type(name))?;
    let to = Tier { volume_type: of.name.clone(), rates: rates::read(fields, of)? };
    let pays_itself = auto_pay::in_words(&whole)?;
    check(cloud, volume, &to)?;
    let id = volume.id;
    if is_prepaid(volume) {
        let order_id = work::order(cloud, call, Goods::Retype { volume: id, to }, pays_itself);
        return Ok(Reply::json(202, &json!({ "order_id": order_id })));
    }
    let job = work::effect(cloud, &call.project, id, Effect::Retype { to }, call.trouble.as_ref());
    let job_id = job.id.clone();
    cloud.record(Change::Working { job });
    Ok(Reply::json(202, &JobReply { job_id }))
}

/// The action `os-retype` of `POST /v2|v3/{project_id}/volumes/{volume_id}/action`: 202 and nothing, pay-per-use alone. Only
/// OpenStack describes it: it names the type, or its id, and what Cinder may do to get there, which changes nothing here.
pub(super) fn cinder(cloud: &mut Cloud, call: &Call, whole: &Map<String, Value>) -> Result<Reply, Refusal> {
    let volume = named(cloud, call)?;
    let fields = fields(whole)?;
    if !matches!(text(fields, "migration_policy")?.as_deref(), None | Some("never" | "on-demand")) {
        return Err(Refusal::saying("EVS.1070", "Invalid input: migration_policy is never or on-demand."));
    }
    let types = &cloud.catalogue.types;
    let of = wanted(fields, |name| types.iter().find(|it| it.name == name || it.id == name))?;
    let to = Tier { volume_type: of.name.clone(), rates: rates::read(fields, of)? };
    check(cloud, volume, &to).map_err(Refusal::over_limit)?;
    if is_prepaid(volume) {
        return Err(cannot("a volume that was paid in advance gets another type by an order"));
    }
    let job = work::effect(cloud, &call.project, volume.id, Effect::Retype { to }, call.trouble.as_ref());
    cloud.record(Change::Working { job });
    Ok(Reply::empty(202))
}

fn fields(whole: &Map<String, Value>) -> Result<&Map<String, Value>, Refusal> {
    match whole.get("os-retype") {
        Some(Value::Object(fields)) => Ok(fields),
        _ => Err(Refusal::of("EVS.2108")),
    }
}

/// The type that the body names.
fn wanted<'a>(fields: &Map<String, Value>, find: impl FnOnce(&str) -> Option<&'a Type>) -> Result<&'a Type, Refusal> {
    let name = text(fields, "new_type")?.filter(|it| !it.is_empty()).ok_or_else(|| Refusal::of("EVS.1020"))?;
    find(&name).ok_or_else(|| Refusal::of("EVS.2070"))
}

/// The refusal of a retype that is not possible now, or not there, for that reason.
fn cannot(why: impl std::fmt::Display) -> Refusal {
    let published = Refusal::of("EVS.2088");
    Refusal { message: format!("{} ({why})", published.message), ..published }
}

/// Whether a volume may get that type, with those rates, by now.
///
/// # Errors
/// The first rule that it breaks.
pub(super) fn check(cloud: &Cloud, volume: &Volume, to: &Tier) -> Result<(), Refusal> {
    let status = volume.status();
    if !matches!(status, "available" | "in-use") {
        return Err(cannot(format_args!("its status is {status}, and must be available or in-use")));
    }
    check_locks(volume)?;
    if cloud.is_snapshotted(volume) {
        return Err(cannot("a snapshot of it is being taken"));
    }
    let (from, name) = (&volume.spec.volume_type, &to.volume_type);
    if !leads(from, name) {
        return Err(Refusal::of("EVS.2087"));
    }
    let zone = &volume.spec.zone;
    let of = cloud.catalogue.volume_type(name).filter(|it| it.zones.contains(zone));
    let of = of.ok_or_else(|| cannot(format_args!("availability zone {zone} does not have volume type {name}")))?;
    if of.sold_out.contains(zone) {
        return Err(cannot(format_args!("volume type {name} is sold out in availability zone {zone}")));
    }
    // Types whose rates are chosen are pay-per-use only.
    if is_prepaid(volume) && (of.iops.is_some() || of.throughput.is_some()) {
        return Err(Refusal::of("EVS.2147"));
    }
    let retyped = |it: &&Volume| matches!(it.stage, Stage::UnderWay(Effect::Retype { .. }));
    if cloud.volumes(&volume.project).filter(retyped).count() >= MOST {
        return Err(cannot(format_args!("{MOST} volumes at the most get another type at a time")));
    }
    let usage = cloud.usage(&volume.project);
    usage.check_move(&cloud.catalogue, name, volume.size)
}

/// Whether a retype leads from one type to the other: from SAS to any, and between those with SSDs.
fn leads(from: &str, to: &str) -> bool {
    from != to && from != SATA && to != SATA && to != SAS
}
