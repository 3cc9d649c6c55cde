//! What Cinder tells of a project as a whole: the sum of its volumes, its limits, and which extensions the API has.

use super::call::Call;
use super::metadata::is_of_service;
use super::model::Cloud;
use super::reply::{Refusal, Reply};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// Those that the reference lists. Not all of them are served here; clients look a name up and ask no further.
static EXTENSIONS: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("extensions.json")).unwrap_or_default());

/// `GET /v2|v3/{project_id}/extensions`.
pub(super) fn extensions(_: &mut Cloud, _: &Call) -> Result<Reply, Refusal> {
    Ok(Reply::json(200, &json!({"extensions": *EXTENSIONS})))
}

/// `GET /v3/{project_id}/volumes/summary`: of metadata, each key that callers have set, with all its values.
pub(super) fn summary(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let (mut size, mut count) = (0_u64, 0_u64);
    let mut metadata: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for volume in cloud.volumes(&call.project).filter(|it| !call.list_lag.hides(it.created, cloud.now())) {
        size += u64::from(volume.size);
        count += 1;
        for (key, value) in volume.spec.metadata.iter().filter(|(key, _)| !is_of_service(key)) {
            metadata.entry(key).or_default().insert(value);
        }
    }
    let shown = json!({"total_size": size, "total_count": count, "metadata": metadata});
    Ok(Reply::json(200, &json!({ "volume-summary": shown })))
}

/// `GET /v2|v3/{project_id}/limits`: the quotas under the names that they have there, and no limits of rates.
pub(super) fn limits(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    const NAMES: [(&str, &str, &str); 5] = [
        ("volumes", "maxTotalVolumes", "totalVolumesUsed"),
        ("gigabytes", "maxTotalVolumeGigabytes", "totalGigabytesUsed"),
        ("snapshots", "maxTotalSnapshots", "totalSnapshotsUsed"),
        ("backups", "maxTotalBackups", "totalBackupsUsed"),
        ("backup_gigabytes", "maxTotalBackupGigabytes", "totalBackupGigabytesUsed"),
    ];
    let usage = cloud.usage(&call.project);
    let quotas = usage.show(&cloud.catalogue, &call.project, true);
    let mut absolute = Map::new();
    for (entry, most, used) in NAMES {
        let quota = &quotas["quota_set"][entry];
        absolute.insert(most.to_owned(), quota["limit"].clone());
        absolute.insert(used.to_owned(), quota["in_use"].clone());
    }
    Ok(Reply::json(200, &json!({"limits": {"rate": [], "absolute": absolute}})))
}
