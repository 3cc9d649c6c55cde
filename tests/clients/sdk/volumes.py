"""What becomes of volumes: made, shown, listed, changed, made larger, tagged, deleted."""

import huaweicloudsdkevs.v2 as sdk


def run(evs, project):
    zones = evs("cinder_list_availability_zones", sdk.CinderListAvailabilityZonesRequest()).availability_zone_info
    assert [zone.zone_name for zone in zones if zone.zone_state.available] == ["az-dc-1", "az-dc-2", "az-dc-3"], zones
    kinds = [kind.name for kind in evs("cinder_list_volume_types", sdk.CinderListVolumeTypesRequest()).volume_types]
    assert "SSD" in kinds, kinds
    quotas = sdk.CinderListQuotasRequest(target_project_id=project, usage="True")
    before = evs("cinder_list_quotas", quotas).quota_set.volumes.in_use
    versions = [version.id for version in evs("list_versions", sdk.ListVersionsRequest()).versions]
    assert versions == ["v1.0", "v2.0", "v3.0"], versions
    versions = [version.id for version in evs("show_version", sdk.ShowVersionRequest(version="v3")).versions]
    assert versions == ["v3.0"], versions

    (single,) = evs.create("one", tags={"team": "data"})
    batch = evs.create("many", count=3, tags={"team": "data"})
    volume = evs.volume(single)
    assert (volume.name, volume.size, volume.status, volume.tags) == ("one", 10, "available", {"team": "data"}), volume
    listed = evs("list_volumes", sdk.ListVolumesRequest(limit=100)).volumes
    names = sorted(volume.name for volume in listed if volume.id in batch)
    assert names == ["many-0001", "many-0002", "many-0003"], names
    found = evs("list_volumes", sdk.ListVolumesRequest(name="one")).volumes
    assert [volume.id for volume in found] == [single], found

    option = sdk.UpdateVolumeOption(name="renamed", description="卷 * ~ 1")
    evs(
        "update_volume",
        sdk.UpdateVolumeRequest(volume_id=single, body=sdk.UpdateVolumeRequestBody(volume=option)),
    )
    volume = evs.volume(single)
    assert (volume.name, volume.description) == ("renamed", "卷 * ~ 1"), volume

    body = sdk.ResizeVolumeRequestBody(os_extend=sdk.OsExtend(new_size=20))
    evs.job(evs("resize_volume", sdk.ResizeVolumeRequest(volume_id=single, body=body)).job_id)
    assert evs.volume(single).size == 20
    body = sdk.BatchResizeVolumeRequestBody(
        volumes=[sdk.VolumesForBatchResizeVolume(id=volume_id, new_size=11) for volume_id in batch]
    )
    evs.job(evs("batch_resize_volumes", sdk.BatchResizeVolumesRequest(body=body)).job_id)
    assert [evs.volume(volume_id).size for volume_id in batch] == [11, 11, 11]

    tags(evs, single)

    quota = evs("cinder_list_quotas", quotas).quota_set.volumes
    assert quota.in_use == before + 4, quota
    for volume_id in [single, *batch]:
        evs.delete(volume_id)
    missing = evs.refusal("show_volume", sdk.ShowVolumeRequest(volume_id=single))
    assert missing == (404, "EVS.5404"), missing


def tags(evs, volume_id):
    tag = sdk.Tag(key="stage", value="test")
    body = sdk.BatchCreateVolumeTagsRequestBody(action="create", tags=[tag])
    evs("batch_create_volume_tags", sdk.BatchCreateVolumeTagsRequest(volume_id=volume_id, body=body))
    shown = evs("show_volume_tags", sdk.ShowVolumeTagsRequest(volume_id=volume_id)).tags
    assert {tag.key: tag.value for tag in shown} == {"team": "data", "stage": "test"}, shown
    every = evs("list_volume_tags", sdk.ListVolumeTagsRequest()).tags
    assert every["stage"] == ["test"] and every["team"] == ["data"], every
    wanted = [sdk.TagsForListVolumes(key="stage", values=["test"])]
    body = sdk.ListVolumesByTagsRequestBody(action="filter", tags=wanted)
    matched = evs("list_volumes_by_tags", sdk.ListVolumesByTagsRequest(body=body)).resources
    assert [resource.resource_id for resource in matched] == [volume_id], matched
    body = sdk.BatchDeleteVolumeTagsRequestBody(action="delete", tags=[sdk.DeleteTagsOption(key="stage")])
    evs("batch_delete_volume_tags", sdk.BatchDeleteVolumeTagsRequest(volume_id=volume_id, body=body))
