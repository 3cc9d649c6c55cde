"""OpenStack's own client against the embedded cloud: volumes, types and zones, by the Cinder paths.

Arguments: the cloud's address, a user, the password, the account, a project's id, the names of the volumes that are
there, separated by commas. The first thing that is wrong ends it.
"""

import sys

import openstack
from keystoneauth1 import session
from keystoneauth1.identity.v3 import Password


def main(address, user, password, domain, project, names):
    auth = Password(
        auth_url=f"{address}/v3", username=user, password=password, user_domain_name=domain, project_id=project
    )
    cloud = openstack.connection.Connection(
        session=session.Session(auth=auth),
        region_name="any",
        block_storage_api_version="3",
        block_storage_endpoint_override=f"{address}/v3/{project}",
    )
    volumes = sorted(volume.name for volume in cloud.block_storage.volumes(details=True))
    assert volumes == sorted(name for name in names.split(",") if name), volumes
    brief = sorted(volume.name for volume in cloud.block_storage.volumes(details=False))
    assert brief == volumes, brief
    for volume in cloud.block_storage.volumes(details=True):
        shown = cloud.block_storage.get_volume(volume.id)
        assert (shown.name, shown.size, shown.status) == (volume.name, volume.size, "available"), shown
    types = [kind.name for kind in cloud.block_storage.types()]
    assert "SSD" in types, types
    zones = [zone.name for zone in cloud.block_storage.availability_zones()]
    assert zones, zones
    print("volumes:", len(volumes), "types:", len(types), "zones:", len(zones))


if __name__ == "__main__":
    main(*sys.argv[1:])
