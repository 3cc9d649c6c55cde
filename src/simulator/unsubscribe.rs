//! The call that gives back volumes that were paid in advance (evs-api 7.6).
//!
//! Choices, where the sources are silent: a volume that is given back goes as a deleted one does, under the rules of a
//! deletion, with a job whose id nobody is told; each has an order of its own, which is paid; why one stays is told in the
//! words of the refusal that a call for it alone would get; those that go stand first, as in the published sample.

use super::body::object;
use super::call::{Call, uuid};
use super::delete;
use super::grow::is_prepaid;
use super::listed::volume_ids;
use super::model::Cloud;
use super::order::Goods;
use super::reply::{Refusal, Reply};
use super::work;
use serde_json::{Value, json};

/// `POST /v2/{project_id}/cloudvolumes/unsubscribe`: 202, and of each volume whether it goes.
pub(super) fn several(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let ids = volume_ids(&object(&call.body)?)?;
    let (mut gone, mut kept): (Vec<Value>, Vec<Value>) = (Vec::new(), Vec::new());
    for (id, ordinal) in ids.iter().zip(1..) {
        match one(cloud, call, id, ordinal) {
            Ok(order_id) => gone.push(json!({"order_id": order_id, "result": "SUCCESS", "volume_id": id})),
            Err(why) => kept.push(json!({"fail_reason": why.message, "result": "FAIL", "volume_id": id})),
        }
    }
    gone.extend(kept);
    Ok(Reply::json(202, &json!({ "results": gone })))
}

/// Gives one back, and gives the id of its order.
fn one(cloud: &mut Cloud, call: &Call, id: &str, ordinal: u32) -> Result<String, Refusal> {
    let id = uuid(id).ok_or_else(|| Refusal::of("EVS.1002"))?;
    let missing = || Refusal::no_volume(id);
    let volume = cloud.volume(&call.project, id).ok_or_else(missing)?;
    let invalid = |why: &str| Err(Refusal::saying("EVS.1070", format!("invalid request. {why}")));
    if !is_prepaid(volume) {
        return invalid("The volume is paid by use; delete it.");
    }
    if volume.spec.image_id.is_some() {
        return invalid("The volume is a system disk; it is unsubscribed from with its server.");
    }
    delete::check(cloud, volume)?;
    Ok(work::order(cloud, call, Goods::Unsubscription { volume: id, ordinal }, true))
}
