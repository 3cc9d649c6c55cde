//! Orders of what is paid in advance (evs-api 3.8, 7.2). Nothing is made or grown before its order is paid: by itself
//! where the call says so, else by `POST /_sim/orders/{order_id}/pay`, which stands for the billing console.

use super::create;
use super::event::Change;
use super::extend;
use super::fault::JobTrouble;
use super::job::Job;
use super::model::{Cloud, Spec};
use super::quota::Usage;
use super::reply::Refusal;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::sync::Arc;
use uuid::Uuid;

/// An order.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Purchase {
    pub(super) id: String,
    pub(super) project: String,
    pub(super) goods: Goods,
    /// What shall become of its job.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) trouble: Option<JobTrouble>,
}

/// What is bought.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Goods {
    /// New volumes, whose ids are known from the beginning.
    Volumes { spec: Arc<Spec>, name: String, ids: Vec<Uuid> },
    /// A volume that shall grow to that many GB.
    Growth { volume: Uuid, size: u32 },
}

/// The work that a payment starts.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Paid {
    pub(super) job: Job,
    /// The names of new volumes, by task of the job.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) names: Vec<String>,
}

/// An order as the cloud keeps it.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) purchase: Purchase,
    pub(super) paid: bool,
}

/// An id in the form of the published sample, `CS1711152257C60TL`.
pub(super) fn id(cloud: &mut Cloud) -> String {
    let digits = cloud.next_id().simple().to_string().to_uppercase();
    format!("CS{}", &digits[..15])
}

/// Plans what the payment of an order starts.
pub(super) fn work(cloud: &mut Cloud, purchase: &Purchase) -> Paid {
    let Purchase { project, goods, trouble, .. } = purchase;
    match goods {
        Goods::Volumes { name, ids, .. } => {
            let (job, names) = create::plan(cloud, project, name, Some(ids), ids.len(), trouble.as_ref());
            Paid { job, names }
        }
        Goods::Growth { volume, .. } => {
            Paid { job: extend::plan(cloud, project, *volume, trouble.as_ref()), names: Vec::new() }
        }
    }
}

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
        let paid = work(cloud, &purchase);
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
