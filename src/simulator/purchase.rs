//! Orders of what is paid in advance (evs-api 3.8, 7.2). Nothing is made or grown before its order is paid: by itself
//! where the call says so, else by `POST /_sim/orders/{order_id}/pay`, which stands for the billing console.

use super::event::Change;
use super::extend;
use super::model::Cloud;
use super::order::{Goods, Kept, Purchase};
use super::quota::Usage;
use super::reply::Refusal;
use super::work;
use serde_json::{Value, json};

/// `POST /_sim/orders/{order_id}/pay`. Paying twice pays once.
///
/// # Errors
/// EVS.5404 where there is no such order; what keeps its work from being done, as the quota, by now.
pub(super) fn pay(cloud: &mut Cloud, id: &str) -> Result<Value, Refusal> {
    let missing = || Refusal::saying("EVS.5404", format!("Order {id} could not be found."));
    let kept = cloud.order(id).ok_or_else(missing)?;
    if !kept.paid {
        let purchase = kept.purchase.clone();
        let none = Usage::default();
        let usage = cloud.project(&purchase.project).map_or(&none, |it| &it.usage);
        match &purchase.goods {
            Goods::Volumes { spec, ids, .. } => {
                let count = u32::try_from(ids.len()).unwrap_or(u32::MAX);
                usage.check(&cloud.catalogue, &spec.volume_type, count, spec.size)?;
            }
            Goods::Growth { volume, size } => {
                let volume = cloud.volume(&purchase.project, *volume).ok_or_else(missing)?;
                extend::check(cloud, volume, i64::from(*size))?;
            }
        }
        let paid = work::paid(cloud, &purchase);
        cloud.record(Change::Paid { order: id.to_owned(), paid });
    }
    cloud.order(id).map(show).ok_or_else(missing)
}

/// `GET /_sim/orders`: all of them, oldest first.
pub(super) fn list(cloud: &Cloud) -> Value {
    json!({ "orders": cloud.orders().map(show).collect::<Vec<_>>() })
}

fn show(kept: &Kept) -> Value {
    let Purchase { id, project, goods, .. } = &kept.purchase;
    let (what, volumes) = match goods {
        Goods::Volumes { ids, .. } => ("create", ids.clone()),
        Goods::Growth { volume, .. } => ("extend", vec![*volume]),
    };
    json!({ "order_id": id, "project_id": project, "what": what, "paid": kept.paid, "volume_ids": volumes })
}
