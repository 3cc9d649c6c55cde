"""Other people's ways through lists of more than one page, against the embedded cloud.

The environment has the variables of OpenStack's clients. Arguments: the cloud's address, an access key, its secret, a project's
id, how many volumes and how many snapshots there are. Every way finds each of them once.
"""

import sys

import openstack
from cinderclient import client as cinder
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkevs.v2 import EvsClient, ListSnapshotsRequest, ListVolumesRequest


def by_offset(page):
    found = []
    while True:
        items = page(len(found))
        if not items:
            return found
        found += items


def by_marker(evs):
    found, marker = [], None
    while True:
        volumes = evs.list_volumes(ListVolumesRequest(limit=1000, marker=marker)).volumes
        if not volumes:
            return found
        found += volumes
        marker = volumes[-1].id


def main(address, access, secret, project, volumes, snapshots):
    credentials = BasicCredentials(access, secret, project)
    evs = EvsClient.new_builder().with_credentials(credentials).with_endpoint(address).build()
    cloud = openstack.connect()
    storage = cloud.block_storage
    shell = cinder.Client("3", session=cloud.session, region_name=cloud.config.region_name)
    ways = {
        "openstacksdk": storage.volumes(details=True),
        "openstacksdk, briefly": storage.volumes(details=False),
        "openstacksdk, 100 a page": storage.volumes(details=True, limit=100),
        "cinderclient": shell.volumes.list(),
        "the vendor's SDK by marker": by_marker(evs),
        "the vendor's SDK by offset": by_offset(
            lambda offset: evs.list_volumes(ListVolumesRequest(limit=400, offset=offset)).volumes
        ),
    }
    for way, found in ways.items():
        ids = [volume.id for volume in found]
        assert len(ids) == len(set(ids)) == int(volumes), f"{way}: {len(ids)} volumes, {len(set(ids))} of them once"
        print(f"{way}: {len(ids)} volumes")
    ways = {
        "the vendor's SDK by offset": by_offset(
            lambda offset: evs.list_snapshots(ListSnapshotsRequest(limit=100, offset=offset)).snapshots
        ),
        "openstacksdk": storage.snapshots(details=True, limit=100),
        "cinderclient": shell.volume_snapshots.list(),
    }
    for way, found in ways.items():
        ids = [snapshot.id for snapshot in found]
        assert len(ids) == len(set(ids)) == int(snapshots), f"{way}: {len(ids)} snapshots, {len(set(ids))} of them once"
        print(f"{way}: {len(ids)} snapshots")
    print("all steps done")


if __name__ == "__main__":
    main(*sys.argv[1:])
