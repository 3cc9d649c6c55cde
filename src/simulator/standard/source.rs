//! A standard snapshot as what a new volume is made from.

use crate::simulator::call::uuid;
use crate::simulator::catalogue;
use crate::simulator::model::Cloud;

/// The standard snapshot of that id, as a source of new volumes.
pub(in crate::simulator) fn find(cloud: &Cloud, project: &str, id: &str) -> Option<catalogue::Snapshot> {
    let found = cloud.project(project)?.standard.snapshots.get(uuid(id)?)?;
    Some(catalogue::Snapshot {
        id: id.to_owned(),
        name: found.name.clone(),
        status: found.word().to_owned(),
        size: found.of.size,
        volume_id: found.of.volume.to_string(),
        volume_type: found.of.volume_type.clone(),
        availability_zone: found.of.zone.clone(),
        metadata: found.of.metadata.clone(),
    })
}
