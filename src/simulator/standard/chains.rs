//! The calls about chains of standard snapshots.

use super::asked::{Page, Paging};
use super::body::listed;
use super::chain::Chain;
use super::kept::Kept;
use super::reach::kept;
use super::snapshot::Snapshot;
use crate::simulator::call::Call;
use crate::simulator::model::Cloud;
use crate::simulator::reply::{Refusal, Reply};
use crate::simulator::time::volume_time;
use serde_json::{Value, json};

/// The only kind of chain that there is here: of the other words of the SDK, one is for copies, and two for backups.
const CATEGORY: &str = "standard";

/// `GET /v5/{project_id}/snapshot-chains`.
pub(in crate::simulator) fn list(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let page = Page::read(call, &[], Paging::Marker)?;
    let kept = kept(cloud, call);
    let (rows, links) = page.cut(kept.chains(), |it| is_wanted(call, it))?;
    let rows: Vec<Value> = rows.into_iter().map(|it| show(kept, &call.project, it)).collect();
    Ok(listed("snapshot_chains", rows, &links))
}

/// `GET /v5/{project_id}/snapshot-chains/count`.
pub(in crate::simulator) fn count(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let count = kept(cloud, call).chains().into_iter().filter(|it| is_wanted(call, it)).count();
    Ok(Reply::json(200, &json!({ "count": count })))
}

fn is_wanted(call: &Call, chain: &Chain) -> bool {
    let holds = |name: &str, is: &str| call.given(name).is_none_or(|it| it == is);
    holds("id", &chain.id.to_string())
        && holds("volume_id", &chain.volume.to_string())
        && holds("availability_zone", &chain.zone)
        && holds("category", CATEGORY)
}

/// A chain as lists and snapshots show it. Its capacity is a choice, since nobody writes into a volume here: the oldest
/// snapshot holds all GB of the volume, each further full one holds them again, and an incremental one adds nothing.
pub(super) fn show(kept: &Kept, project: &str, chain: &Chain) -> Value {
    let sound: Vec<&Snapshot> = kept.sound(chain.volume).collect();
    let full = sound.iter().enumerate().filter(|(place, it)| *place == 0 || !it.incremental);
    let capacity: u64 = full.map(|(_, it)| u64::from(it.of.size)).sum();
    json!({
        "id": chain.id, "availability_zone": chain.zone, "snapshot_count": sound.len(), "capacity": capacity,
        "project_id": project, "volume_id": chain.volume, "category": CATEGORY,
        "created_at": volume_time(chain.created), "updated_at": volume_time(chain.updated),
    })
}
