//! Orders of what is paid in advance (evs-api 3.8, 7.2, 7.3, 7.6). Nothing is made or changed before its order is paid:
//! by itself where the call says so, else by `POST /_sim/orders/{order_id}/pay`, which stands for the billing console, as
//! does `POST /_sim/orders/{order_id}/cancel`, after which it never will be.

use super::charge_mode;
use super::event::Change;
use super::grow;
use super::model::Cloud;
use super::order::{Goods, Growth, Kept, Payment, Purchase};
use super::reply::Refusal;
use super::retype;
use super::volume::Volume;
use super::work;
use serde_json::{Value, json};
use uuid::Uuid;

/// `POST /_sim/orders/{order_id}/pay`. Paying twice pays once.
///
/// # Errors
/// EVS.5404 where there is no such order; EVS.1070 where it was cancelled; what keeps its work from being done, as the
/// quota, by now.
pub(super) fn pay(cloud: &mut Cloud, id: &str) -> Result<Value, Refusal> {
    let kept = find(cloud, id)?;
    match kept.payment {
        Payment::Paid => {}
        Payment::Cancelled => return Err(Refusal::saying("EVS.1070", format!("Order {id} was cancelled."))),
        Payment::Open => {
            let purchase = kept.purchase.clone();
            check(cloud, &purchase)?;
            let paid = work::paid(cloud, &purchase);
            cloud.record(Change::Paid { order: id.to_owned(), paid });
        }
    }
    find(cloud, id).map(show)
}

/// `POST /_sim/orders/{order_id}/cancel`. Cancelling twice cancels once.
///
/// # Errors
/// EVS.5404 where there is no such order, EVS.1070 where it is paid.
pub(super) fn cancel(cloud: &mut Cloud, id: &str) -> Result<Value, Refusal> {
    match find(cloud, id)?.payment {
        Payment::Cancelled => {}
        Payment::Paid => return Err(Refusal::saying("EVS.1070", format!("Order {id} is paid."))),
        Payment::Open => cloud.record(Change::Cancelled { order: id.to_owned() }),
    }
    find(cloud, id).map(show)
}

fn find<'a>(cloud: &'a Cloud, id: &str) -> Result<&'a Kept, Refusal> {
    cloud.order(id).ok_or_else(|| Refusal::saying("EVS.5404", format!("Order {id} could not be found.")))
}

/// Whether the work of an order can be done by now.
fn check(cloud: &Cloud, purchase: &Purchase) -> Result<(), Refusal> {
    let usage = cloud.usage(&purchase.project);
    match &purchase.goods {
        Goods::Volumes { spec, ids, .. } => {
            let count = u32::try_from(ids.len()).unwrap_or(u32::MAX);
            usage.check(&cloud.catalogue, &spec.volume_type, count, spec.size)
        }
        Goods::Growth(growths) => {
            let mut volumes: Vec<(&Volume, u32)> = Vec::new();
            for Growth { volume: id, size, .. } in &growths.volumes {
                let missing = || Refusal::no_volume(id);
                let volume = cloud.volume(&purchase.project, *id).ok_or_else(missing)?;
                volumes.push((volume, grow::check(cloud, volume, i64::from(*size))?));
            }
            grow::check_quota(cloud, &purchase.project, &volumes)
        }
        Goods::Retype { volume: id, to } => {
            let missing = || Refusal::no_volume(id);
            retype::check(cloud, cloud.volume(&purchase.project, *id).ok_or_else(missing)?, to)
        }
        Goods::ChargeMode { volumes, server } => {
            charge_mode::check(cloud, &purchase.project, volumes, Some(server.clone())).map(drop)
        }
        // Such an order is paid from the beginning.
        Goods::Unsubscription { .. } => Ok(()),
    }
}

/// `GET /_sim/orders`: all of them, oldest first.
pub(super) fn list(cloud: &Cloud) -> Value {
    json!({ "orders": cloud.orders().map(show).collect::<Vec<_>>() })
}

fn show(kept: &Kept) -> Value {
    let Purchase { id, project, goods, .. } = &kept.purchase;
    let mut shown = json!({ "order_id": id, "project_id": project, "paid": kept.payment == Payment::Paid });
    match goods {
        Goods::Volumes { ids, .. } => {
            shown["what"] = json!("create");
            shown["volume_ids"] = json!(ids);
        }
        Goods::Growth(growths) => {
            let (ids, sizes): (Vec<Uuid>, Vec<u32>) = growths.volumes.iter().map(|it| (it.volume, it.size)).unzip();
            shown["what"] = json!("extend");
            shown["volume_ids"] = json!(ids);
            shown["new_sizes"] = json!(sizes);
        }
        Goods::Retype { volume, to } => {
            shown["what"] = json!("retype");
            shown["volume_ids"] = json!([volume]);
            shown["new_type"] = json!(to.volume_type);
        }
        Goods::ChargeMode { volumes, server } => {
            shown["what"] = json!("change_charge_mode");
            shown["volume_ids"] = json!(volumes);
            shown["server_id"] = json!(server);
        }
        Goods::Unsubscription { volume, .. } => {
            shown["what"] = json!("unsubscribe");
            shown["volume_ids"] = json!([volume]);
        }
    }
    if kept.payment == Payment::Cancelled {
        shown["cancelled"] = json!(true);
    }
    shown
}
