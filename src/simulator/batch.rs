//! The call that makes several volumes larger (evs-api 7.2).
//!
//! Choices, where the reference is silent: every volume is looked at before anything begins, and the call is refused as
//! a whole with the first refusal; it takes 100 volumes at the most, each once; volumes that are paid by use grow in one
//! job, those that are prepaid in one order, and the answer has both where there are both kinds.

use super::auto_pay;
use super::body::{integer, object, text};
use super::call::{Call, uuid};
use super::event::Change;
use super::grow;
use super::model::Cloud;
use super::order::Growth;
use super::reply::{Refusal, Reply};
use super::volume::Volume;
use super::work;
use serde_json::{Map, Value, json};

/// The most volumes of one call.
const MOST: usize = 100;

/// `POST /v5/{project_id}/volumes/batch-extend`: 202 and a job, an order, or both.
pub(super) fn extend(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let whole = object(&call.body)?;
    let pays_itself = auto_pay::of_several(&whole)?;
    let wanted = check(cloud, call, &whole)?;
    let prepaid = |growth: &Growth| cloud.volume(&call.project, growth.volume).is_some_and(grow::is_prepaid);
    let (prepaid, by_use): (Vec<Growth>, Vec<Growth>) = wanted.into_iter().partition(prepaid);
    let mut answer = Map::new();
    if !by_use.is_empty() {
        let job = work::batch_growth(cloud, &call.project, &by_use, call.trouble.as_ref());
        answer.insert("job_id".to_owned(), json!(job.id));
        cloud.record(Change::Working { job });
    }
    if !prepaid.is_empty() {
        let order_id = work::order_growth(cloud, call, prepaid, pays_itself);
        answer.insert("order_id".to_owned(), json!(order_id));
    }
    Ok(Reply::json(202, &answer))
}

/// Reads the volumes and checks each of them, and the quota for all.
fn check(cloud: &Cloud, call: &Call, whole: &Map<String, Value>) -> Result<Vec<Growth>, Refusal> {
    let items = match whole.get("volumes") {
        None | Some(Value::Null) => return Err(Refusal::of("EVS.1011")),
        Some(Value::Array(items)) if items.is_empty() => return Err(Refusal::of("EVS.1011")),
        Some(Value::Array(items)) if items.len() > MOST => return Err(Refusal::of("EVS.1021")),
        Some(Value::Array(items)) => items,
        Some(_) => return Err(Refusal::of("EVS.1018")),
    };
    let mut found: Vec<(&Volume, u32)> = Vec::new();
    for item in items {
        let (volume, size) = one(cloud, call, item)?;
        if found.iter().any(|(other, _)| other.id == volume.id) {
            return Err(Refusal::saying("EVS.1032", format!("Volume {} is named twice.", volume.id)));
        }
        found.push((volume, size));
    }
    grow::check_quota(cloud, &call.project, &found)?;
    let growth = |((volume, size), ordinal): ((&Volume, u32), u32)| Growth { volume: volume.id, size, ordinal };
    Ok(found.into_iter().zip(1..).map(growth).collect())
}

fn one<'a>(cloud: &'a Cloud, call: &Call, item: &Value) -> Result<(&'a Volume, u32), Refusal> {
    let fields = item.as_object().ok_or_else(|| Refusal::of("EVS.1018"))?;
    let id = text(fields, "id")?.and_then(|id| uuid(&id)).ok_or_else(|| Refusal::of("EVS.1002"))?;
    let wanted = integer(fields, "new_size")?.ok_or_else(|| Refusal::of("EVS.1011"))?;
    let missing = || Refusal::no_volume(id);
    let volume = cloud.volume(&call.project, id).ok_or_else(missing)?;
    // Which of them it is, the published message does not say.
    let of_it = |refusal: Refusal| Refusal { message: format!("{} (volume {id})", refusal.message), ..refusal };
    let size = grow::check(cloud, volume, wanted).map_err(of_it)?;
    Ok((volume, size))
}
