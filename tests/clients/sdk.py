"""The vendor's SDK, as it is, against the embedded cloud: every step that a volume goes through.

Arguments: the cloud's address, an access key, its secret, a project's id. Prints a line a step; the first that goes
wrong ends it.
"""

import sys
import time

from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException
from huaweicloudsdkevs.v2 import (
    BatchCreateVolumeTagsRequest,
    BatchCreateVolumeTagsRequestBody,
    BatchDeleteVolumeTagsRequest,
    BatchDeleteVolumeTagsRequestBody,
    CinderListAvailabilityZonesRequest,
    CinderListQuotasRequest,
    CinderListVolumeTypesRequest,
    CreateVolumeOption,
    CreateVolumeRequest,
    CreateVolumeRequestBody,
    DeleteTagsOption,
    DeleteVolumeRequest,
    EvsClient,
    ListVolumesByTagsRequest,
    ListVolumesByTagsRequestBody,
    ListVolumesRequest,
    OsExtend,
    ResizeVolumeRequest,
    ResizeVolumeRequestBody,
    ShowJobRequest,
    ShowVolumeRequest,
    ShowVolumeTagsRequest,
    Tag,
    TagsForListVolumes,
    UpdateVolumeOption,
    UpdateVolumeRequest,
    UpdateVolumeRequestBody,
)


def client(address, access, secret, project):
    credentials = BasicCredentials(access, secret, project)
    return EvsClient.new_builder().with_credentials(credentials).with_endpoint(address).build()


def wait(evs, job_id):
    for _ in range(200):
        job = evs.show_job(ShowJobRequest(job_id=job_id))
        if job.status in ("SUCCESS", "FAIL"):
            return job
        time.sleep(0.05)
    raise AssertionError(f"job {job_id} does not end")


def create(evs, zone, kind, name, count):
    option = CreateVolumeOption(
        availability_zone=zone, volume_type=kind, size=10, name=name, count=count, tags={"team": "data"}
    )
    answer = evs.create_volume(CreateVolumeRequest(body=CreateVolumeRequestBody(volume=option)))
    job = wait(evs, answer.job_id)
    assert job.status == "SUCCESS", job
    parts = job.entities.sub_jobs or [job]
    ids = [part.entities.volume_id for part in parts]
    assert len(ids) == count and all(ids), job
    if answer.volume_ids:
        assert sorted(answer.volume_ids) == sorted(ids), (answer.volume_ids, ids)
    return ids


def status_of(call):
    try:
        call()
    except ClientRequestException as error:
        return error.status_code, error.error_code
    return None


def main(address, access, secret, project):
    evs = client(address, access, secret, project)

    zones = evs.cinder_list_availability_zones(CinderListAvailabilityZonesRequest()).availability_zone_info
    zone = next(zone.zone_name for zone in zones if zone.zone_state.available)
    kinds = [kind.name for kind in evs.cinder_list_volume_types(CinderListVolumeTypesRequest()).volume_types]
    assert "SSD" in kinds, kinds
    print("zones and types:", zone, len(kinds))
    quotas = evs.cinder_list_quotas(CinderListQuotasRequest(target_project_id=project, usage="True")).quota_set
    before = quotas.volumes.in_use
    print("quotas:", quotas.volumes.limit)

    (single,) = create(evs, zone, "SSD", "one", 1)
    batch = create(evs, zone, "SSD", "many", 3)
    print("created:", 1 + len(batch))

    volume = evs.show_volume(ShowVolumeRequest(volume_id=single)).volume
    assert (volume.name, volume.size, volume.status, volume.tags) == ("one", 10, "available", {"team": "data"}), volume
    listed = evs.list_volumes(ListVolumesRequest(limit=100)).volumes
    names = sorted(volume.name for volume in listed if volume.id in batch)
    assert names == ["many-0001", "many-0002", "many-0003"], names
    found = evs.list_volumes(ListVolumesRequest(name="one")).volumes
    assert [volume.id for volume in found] == [single], found
    print("shown and listed")

    option = UpdateVolumeOption(name="renamed", description="卷 * ~ 1")
    evs.update_volume(UpdateVolumeRequest(volume_id=single, body=UpdateVolumeRequestBody(volume=option)))
    volume = evs.show_volume(ShowVolumeRequest(volume_id=single)).volume
    assert (volume.name, volume.description) == ("renamed", "卷 * ~ 1"), volume
    print("updated")

    body = ResizeVolumeRequestBody(os_extend=OsExtend(new_size=20))
    answer = evs.resize_volume(ResizeVolumeRequest(volume_id=single, body=body))
    assert wait(evs, answer.job_id).status == "SUCCESS"
    assert evs.show_volume(ShowVolumeRequest(volume_id=single)).volume.size == 20
    print("extended")

    tags = BatchCreateVolumeTagsRequestBody(action="create", tags=[Tag(key="stage", value="test")])
    evs.batch_create_volume_tags(BatchCreateVolumeTagsRequest(volume_id=single, body=tags))
    shown = {tag.key: tag.value for tag in evs.show_volume_tags(ShowVolumeTagsRequest(volume_id=single)).tags}
    assert shown == {"team": "data", "stage": "test"}, shown
    query = ListVolumesByTagsRequestBody(action="filter", tags=[TagsForListVolumes(key="stage", values=["test"])])
    matched = evs.list_volumes_by_tags(ListVolumesByTagsRequest(body=query)).resources
    assert [resource.resource_id for resource in matched] == [single], matched
    gone = BatchDeleteVolumeTagsRequestBody(action="delete", tags=[DeleteTagsOption(key="stage")])
    evs.batch_delete_volume_tags(BatchDeleteVolumeTagsRequest(volume_id=single, body=gone))
    print("tagged")

    quotas = evs.cinder_list_quotas(CinderListQuotasRequest(target_project_id=project, usage="True")).quota_set
    assert quotas.volumes.in_use == before + 4, quotas.volumes
    for volume_id in [single, *batch]:
        assert wait(evs, evs.delete_volume(DeleteVolumeRequest(volume_id=volume_id)).job_id).status == "SUCCESS"
    status = status_of(lambda: evs.show_volume(ShowVolumeRequest(volume_id=single)))
    assert status and status[0] == 404, status
    print("deleted")

    wrong = client(address, access, secret + "x", project)
    status = status_of(lambda: wrong.list_volumes(ListVolumesRequest()))
    assert status == (401, "APIGW.0301"), status
    print("a wrong secret is refused")
    print("all steps done")


if __name__ == "__main__":
    main(*sys.argv[1:])
