"""OpenStack's Python SDK, as it is, against the embedded cloud, which it finds by OS_AUTH_URL alone.

The environment has the variables of OpenStack's clients (OS_AUTH_URL, OS_USERNAME and so on). Arguments: the id of another
project of the account, and the names of the volumes that are there, separated by commas. Prints a line a topic; the first
thing that is wrong ends it.
"""

import os
import sys
import time

import openstack
from openstack import exceptions


def until(what, look):
    for _ in range(200):
        found = look()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"{what} does not come")


def lists(storage, names):
    volumes = sorted(volume.name for volume in storage.volumes(details=True))
    assert volumes == names, volumes
    brief = sorted(volume.name for volume in storage.volumes(details=False))
    assert brief == volumes, brief
    for volume in storage.volumes(details=True):
        shown = storage.get_volume(volume.id)
        assert (shown.name, shown.size, shown.status) == (volume.name, volume.size, "available"), shown
    types = [kind.name for kind in storage.types()]
    assert "SSD" in types, types
    one = storage.find_type("SSD")
    assert storage.get_type(one.id).name == "SSD"
    zones = [zone.name for zone in storage.availability_zones()]
    assert zones == ["az-dc-1", "az-dc-2", "az-dc-3"], zones
    assert list(storage.extensions())
    assert storage.get_limits().absolute.total_volumes_used == len(names)
    summary = storage.summary(all_projects=False)
    assert summary.total_count == len(names), summary
    quota = storage.get_quota_set(os.environ["OS_PROJECT_ID"], usage=True)
    assert quota.usage["volumes"] == len(names), quota


def volumes(storage):
    def settled(status="available"):
        shown = storage.get_volume(volume.id)
        return shown if shown.status == status else None

    volume = storage.create_volume(name="first", size=10, volume_type="SSD", availability_zone="az-dc-1")
    until("the volume", settled)
    storage.update_volume(volume.id, name="renamed", description="卷")
    shown = storage.get_volume(volume.id)
    assert (shown.name, shown.description) == ("renamed", "卷"), shown
    assert storage.find_volume("renamed").id == volume.id
    storage.extend_volume(volume.id, 20)
    until("the end of the extension", lambda: settled() and settled().size == 20)
    storage.set_volume_metadata(volume.id, team="data", stage="test")
    metadata = storage.get_volume_metadata(volume.id).metadata
    assert metadata["team"] == "data" and metadata["stage"] == "test", metadata
    storage.delete_volume_metadata(volume.id, keys=["stage"])
    assert "stage" not in storage.get_volume(volume.id).metadata
    storage.set_volume_bootable_status(volume.id, True)
    assert storage.get_volume(volume.id).is_bootable
    storage.set_volume_readonly(volume.id, True)
    assert storage.get_volume(volume.id).metadata["readonly"] == "True"
    storage.upload_volume_to_image(volume.id, "made-of-it")
    until("the end of the upload", settled)
    try:
        storage.reset_volume_status(volume.id, "error", None, None)
    except exceptions.HttpException as error:
        assert error.status_code == 403, error
    else:
        raise AssertionError("a user resets a status")
    return volume


def snapshots(storage, volume):
    snapshot = storage.create_snapshot(volume_id=volume.id, name="before", description="of it")
    until("the snapshot", lambda: storage.get_snapshot(snapshot.id).status == "available")
    assert [it.id for it in storage.snapshots(details=True)] [:1] == [snapshot.id]
    assert storage.find_snapshot("before").id == snapshot.id
    storage.update_snapshot(snapshot.id, name="after")
    storage.set_snapshot_metadata(snapshot.id, team="data")
    assert storage.get_snapshot_metadata(snapshot.id).metadata == {"team": "data"}
    storage.delete_snapshot_metadata(snapshot.id, keys=["team"])
    copy = storage.create_volume(name="copy", size=20, snapshot_id=snapshot.id)
    until("the copy", lambda: storage.get_volume(copy.id).status == "available")
    assert storage.get_volume(copy.id).snapshot_id == snapshot.id
    storage.delete_volume(copy.id)
    storage.wait_for_delete(copy, interval=0.1, wait=10)
    storage.delete_snapshot(snapshot.id)
    storage.wait_for_delete(snapshot, interval=0.1, wait=10)


def transfers(storage, other):
    given = storage.create_volume(name="given", size=10, volume_type="SSD", availability_zone="az-dc-1")
    until("the volume", lambda: storage.get_volume(given.id).status == "available")
    offered = storage.create_transfer(volume_id=given.id, name="gift")
    assert [it.id for it in storage.transfers(details=True)] == [offered.id]
    assert storage.get_transfer(offered.id).volume_id == given.id
    storage.delete_transfer(offered.id)
    offered = storage.create_transfer(volume_id=given.id, name="gift")
    other.accept_transfer(offered.id, offered.auth_key)
    assert storage.find_volume("given") is None
    taken = other.get_volume(given.id)
    assert taken.status == "available", taken
    other.delete_volume(given.id)
    other.wait_for_delete(taken, interval=0.1, wait=10)


def main(other_project, names):
    cloud = openstack.connect()
    storage = cloud.block_storage
    lists(storage, sorted(name for name in names.split(",") if name))
    print("done: lists")
    volume = volumes(storage)
    print("done: a volume")
    snapshots(storage, volume)
    print("done: snapshots")
    transfers(storage, cloud.connect_as(project_id=other_project, project_name=None).block_storage)
    print("done: transfers")
    storage.retype_volume(volume.id, "GPSSD")
    until("the end of the retype", lambda: storage.get_volume(volume.id).volume_type == "GPSSD")
    until("the volume", lambda: storage.get_volume(volume.id).status == "available")
    storage.set_volume_readonly(volume.id, False)
    storage.delete_volume(volume.id)
    storage.wait_for_delete(volume, interval=0.1, wait=10)
    assert storage.find_volume("renamed") is None
    print("all steps done")


if __name__ == "__main__":
    main(*sys.argv[1:])
