"""The extensions of OpenStack's SDK for Open Telekom Cloud, as they are, against the embedded cloud of that partition.

The environment has the variables of OpenStack's clients. The first thing that is wrong ends it.
"""

import time

import openstack
from otcextensions import sdk


def steps(storage):
    volume = storage.create_volume(name="otc", size=10, volume_type="SSD", availability_zone="az-dc-1")
    for _ in range(200):
        if storage.get_volume(volume.id).status == "available":
            break
        time.sleep(0.05)
    storage.extend_volume(volume.id, 20)
    for _ in range(200):
        shown = storage.get_volume(volume.id)
        if (shown.status, shown.size) == ("available", 20):
            break
        time.sleep(0.05)
    assert storage.get_volume(volume.id).size == 20
    assert [it.id for it in storage.volumes(details=True)] == [volume.id]
    storage.set_volume_metadata(volume.id, team="data")
    # The vendor's own calls stand beside Cinder's, under the same endpoint.
    shown = storage.get(f"/os-vendor-volumes/{volume.id}").json()["volume"]
    assert (shown["id"], shown["metadata"]["team"]) == (volume.id, "data"), shown
    tags = {"action": "create", "tags": [{"key": "stage", "value": "test"}]}
    assert storage.post(f"/os-vendor-volumes/{volume.id}/tags/action", json=tags).status_code == 204
    tags = storage.get(f"/os-vendor-volumes/{volume.id}/tags").json()["tags"]
    assert tags == [{"key": "stage", "value": "test"}], tags
    storage.delete_volume(volume.id)
    storage.wait_for_delete(volume, interval=0.1, wait=10)


def main():
    cloud = openstack.connect()
    sdk.register_otc_extensions(cloud)
    steps(cloud.block_storage)
    # IAM of this cloud exchanges a token for temporary keys.
    keys = cloud.identity.create_security_token(duration=900)
    assert keys.access and keys.secret and keys.security_token
    print("all steps done")


if __name__ == "__main__":
    main()
