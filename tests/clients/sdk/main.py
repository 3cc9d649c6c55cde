"""The vendor's Python SDK, as it is, against the embedded cloud: every one of its operations.

Arguments: the cloud's address, an access key, its secret, the ids of two projects. Two volumes named `aged-…`, older than a
day, must be there. Prints a line a topic; the first thing that is wrong ends it.
"""

import sys

import changes
import huaweicloudsdkevs.v2 as sdk
import snapshots
import standard
import volumes
from caller import ABSENT, Caller
from huaweicloudsdkcore.auth.credentials import BasicCredentials

# Operations that are refused here, with the reason; each is called, and its refusal is checked where it is called.
REFUSED = {
    "change_volume_charge_mode": "no volume here is attached to a server that is paid in advance",
}


def client(address, access, secret, project):
    credentials = BasicCredentials(access, secret, project)
    return sdk.EvsClient.new_builder().with_credentials(credentials).with_endpoint(address).build()


def operations():
    """The names of all operations, which are the public methods that have a variant that tells of HTTP."""
    names = [name for name in dir(sdk.EvsClient) if name.endswith("_http_info")]
    return {name.removeprefix("_").removesuffix("_http_info") for name in names}


def main(address, access, secret, project, other_project):
    evs = Caller(client(address, access, secret, project))
    other = Caller(client(address, access, secret, other_project))
    for topic, run in (
        ("volumes", lambda: volumes.run(evs, project)),
        ("snapshots and recycle bin", lambda: snapshots.run(evs)),
        ("types, rates, billing, owners", lambda: changes.run(evs, other)),
        ("standard snapshots", lambda: standard.run(evs, address)),
    ):
        run()
        print("done:", topic)
    wrong = Caller(client(address, access, secret + "x", project))
    assert wrong.refusal("list_volumes", sdk.ListVolumesRequest()) == (401, "APIGW.0301"), wrong.refused
    answered = evs.called | other.called
    for name in sorted(REFUSED):
        print("refused:", name, *evs.refused[name])
    left = operations() - answered - set(REFUSED)
    assert not left, f"not called: {sorted(left)}"
    unneeded = set(ABSENT) - evs.absent - other.absent
    assert not unneeded, f"never absent: {sorted(unneeded)}"
    print("operations:", len(operations()), "answered:", len(answered), "refused:", len(REFUSED))
    print("all steps done")


if __name__ == "__main__":
    main(*sys.argv[1:])
