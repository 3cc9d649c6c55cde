//! What the services of images and of backups show of the sources of volumes. The embedded cloud answers for them at its own
//! address.

use super::call::Call;
use super::catalogue::{Backup, Image};
use super::model::Cloud;
use super::reply::{Refusal, Reply};
use serde_json::{Value, json};

/// `GET /v2/cloudimages` of the image service, with `?id=`. An image that is not there leaves an empty list.
/// The path has no project: the images that volumes were exported to are those of all, each with its owner (a choice).
pub(super) fn images(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let wanted = call.query("id").filter(|id| !id.is_empty());
    let there = cloud.catalogue.images.iter().map(image);
    let exported = cloud.exported().into_iter().map(|(owner, it)| {
        let mut shown = image(&it.as_image());
        shown["owner"] = json!(owner);
        shown
    });
    let shown: Vec<Value> = there.chain(exported).filter(|it| wanted.is_none_or(|id| it["id"] == id)).collect();
    Ok(Reply::json(200, &json!({ "images": shown })))
}

/// `GET /v3/{project_id}/backups/{backup_id}` of the backup service. That its refusal has a code of EVS is a choice.
pub(super) fn backup(cloud: &mut Cloud, call: &Call) -> Result<Reply, Refusal> {
    let found = cloud.catalogue.backups.iter().find(|backup| backup.id == call.value("backup_id"));
    let found = found.ok_or_else(|| Refusal::of("EVS.5404"))?;
    Ok(Reply::json(200, &json!({"backup": shown(found, &call.project)})))
}

fn image(of: &Image) -> Value {
    json!({
        "id": of.id, "name": of.name, "status": of.status, "min_disk": of.min_disk, "min_ram": of.min_ram,
        "disk_format": of.disk_format, "container_format": of.container_format, "visibility": "private", "size": of.size,
        "__imagetype": "private", "__os_type": of.os_type, "__os_version": of.os_version,
    })
}

fn shown(of: &Backup, project: &str) -> Value {
    json!({
        "id": of.id, "name": of.name, "status": of.status, "resource_type": "OS::Cinder::Volume",
        "resource_size": of.size, "resource_az": of.availability_zone, "project_id": project, "image_type": "backup",
        "extend_info": {"bootable": false, "encrypted": false, "system_disk": false, "snapshot_id": null},
    })
}
