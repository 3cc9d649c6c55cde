"""Standard snapshots, their tags, chains, groups and policies.

Of every answer each attribute that the SDK's model has is read, and must be in the body.
"""

import json
import re
import urllib.request

from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException
from huaweicloudsdkevs import v2 as evs

KEY = "37b0d52e-c249-40d6-83cb-2b93f22445bd"
SERVER = "5a0e6f0d-26c1-4f9e-8f6d-1c2b3a495867"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}")


def whole(model, body, empty=()):
    """Reads every attribute; those in `empty` are there and null."""
    for attribute, name in model.attribute_map.items():
        where = f"{type(model).__name__}.{attribute}"
        assert isinstance(body, dict) and name in body, f"{where} is missing in {body}"
        value = getattr(model, attribute)
        assert (value is None) == (attribute in empty), f"{where} is {value}"
        if attribute.endswith("_at") and value is not None:
            assert TIME.fullmatch(value), f"{where} is {value}"
        parts = value if isinstance(value, list) else [value]
        bodies = body[name] if isinstance(value, list) else [body[name]]
        assert len(parts) == len(bodies), where
        for part, inner in zip(parts, bodies):
            if hasattr(part, "attribute_map"):
                whole(part, inner, empty)


def read(answer, empty=()):
    """An answer, read as a whole."""
    body = json.loads(answer.raw_content) if answer.raw_content else {}
    whole(answer, body, empty)
    return answer


def nothing(answer):
    """An answer without a body."""
    assert answer.status_code == 204, answer.status_code
    assert not answer.raw_content, answer.raw_content


def control(address, path, fields):
    request = urllib.request.Request(address + path, json.dumps(fields).encode(), method="POST")
    urllib.request.urlopen(request).close()


def status_of(call):
    try:
        call()
    except ClientRequestException as error:
        return error.status_code, error.error_code
    return None


def take(cloud, **fields):
    body = evs.CreateStandardSnapshotRequestBody(snapshot=evs.CreateStandardSnapshot(**fields))
    answer = read(cloud.create_standard_snapshot(evs.CreateStandardSnapshotRequest(body=body)))
    cloud.job(answer.job_id)
    return answer.snapshot_id


def snapshots(cloud):
    source = cloud.create("source", metadata={"__system__encrypted": "1", "__system__cmkid": KEY})[0]
    first = take(
        cloud,
        volume_id=source,
        name="one",
        description="快照",
        tags={"team": "data"},
        instant_access=True,
        retention_days=7,
    )
    second = take(cloud, volume_id=source, name="two", description="", incremental=True)
    request = evs.ShowStandardSnapshotRequest(snapshot_id=first)
    shown = read(cloud.show_standard_snapshot(request), ("snapshot_group_id",)).snapshot
    assert (shown.status, shown.progress, shown.incremental) == ("available", "100%", False), shown
    assert (shown.encrypted, shown.cmk_id, shown.tags) == (True, KEY, {"team": "data"}), shown
    assert (shown.category, shown.snapshot_type, shown.size) == ("standard", "user", 10), shown
    assert shown.retention_at > shown.created_at and shown.instant_access_retention_at == shown.retention_at, shown

    kept = ("snapshot_group_id", "retention_at", "instant_access_retention_at")
    request = evs.ListSnapshotsDetailsRequest(volume_id=source, limit="1", sort_dir="desc")
    page = read(cloud.list_snapshots_details(request), kept).snapshots
    assert [it.id for it in page] == [second] and page[0].incremental, page
    request = evs.ListSnapshotsDetailsRequest(volume_id=source, limit="1", marker=second)
    assert [it.id for it in cloud.list_snapshots_details(request).snapshots] == [first]
    tags = json.dumps([{"key": "team", "value": "data"}])
    request = evs.ListSnapshotsDetailsRequest(tags=tags, snapshot_type="user", status="available")
    assert [it.id for it in cloud.list_snapshots_details(request).snapshots] == [first]
    assert read(cloud.count_snapshots(evs.CountSnapshotsRequest(volume_id=source))).count == 2

    option = evs.CinderUpdateSnapshotOptionV5(name="renamed", description="words", instant_access=True)
    body = evs.UpdateSnapshotRequestBodyV5(snapshot=option)
    request = evs.UpdateStandardSnapshotRequest(snapshot_id=second, body=body)
    changed = read(cloud.update_standard_snapshot(request), kept).snapshot
    assert (changed.name, changed.description, changed.instant_access) == ("renamed", "words", True), changed
    added = [evs.CreateResourceTag(key="stage", value="test"), evs.CreateResourceTag(key="team", value="ops")]
    body = evs.BatchCreateResourceTagsRequestBody(tags=added)
    nothing(cloud.batch_create_snapshot_tags(evs.BatchCreateSnapshotTagsRequest(snapshot_id=second, body=body)))
    listed = read(cloud.list_snapshot_tags(evs.ListSnapshotTagsRequest())).tags
    assert {it.key: it.value for it in listed} == {"stage": ["test"], "team": ["data", "ops"]}, listed
    body = evs.BatchDeleteResourceTagsRequestBody(tags=[evs.DeleteResourceTag(key="stage")])
    nothing(cloud.batch_delete_snapshot_tags(evs.BatchDeleteSnapshotTagsRequest(snapshot_id=second, body=body)))
    assert cloud.show_standard_snapshot(evs.ShowStandardSnapshotRequest(snapshot_id=second)).snapshot.tags == {
        "team": "ops"
    }

    (chain,) = read(cloud.list_snapshot_chains(evs.ListSnapshotChainsRequest(volume_id=source))).snapshot_chains
    assert (chain.snapshot_count, chain.capacity, chain.category) == (2, 10, "standard"), chain
    assert shown.snapshot_chains[0].id == chain.id, (shown, chain)
    assert read(cloud.count_snapshot_chains(evs.CountSnapshotChainsRequest(id=chain.id))).count == 1

    back = evs.RollbackSnapshotRequestBodyNew(volume_id=source, name="source")
    body = evs.RollbackSnapshotRequestBodyV5(rollback=back)
    request = evs.RollbackStandardSnapshotRequest(snapshot_id=first, body=body)
    answer = read(cloud.rollback_standard_snapshot(request))
    cloud.job(answer.job_id)
    assert cloud.show_volume(evs.ShowVolumeRequest(volume_id=source)).volume.status == "available"
    copy = cloud.create("copy", snapshot_id=first)[0]
    assert cloud.show_volume(evs.ShowVolumeRequest(volume_id=copy)).volume.snapshot_id == first

    cloud.job(cloud.delete_volume(evs.DeleteVolumeRequest(volume_id=source)).job_id)
    for snapshot in (first, second):
        request = evs.DeleteStandardSnapshotRequest(snapshot_id=snapshot)
        cloud.job(read(cloud.delete_standard_snapshot(request)).job_id)
    gone = status_of(lambda: cloud.show_standard_snapshot(evs.ShowStandardSnapshotRequest(snapshot_id=first)))
    assert gone == (404, "EVS.5404"), gone
    return copy


def groups(cloud, address, other):
    attached = cloud.create("attached")[0]
    control(address, f"/_sim/volumes/{attached}", {"attached_to": [SERVER]})
    option = evs.SnapshotGroup(server_id=SERVER, name="one", description="d", tags={"team": "data"})
    body = evs.CreateSnapshotGroupRequestBody(snapshot_group=option)
    answer = read(cloud.create_snapshot_group(evs.CreateSnapshotGroupRequest(body=body)))
    cloud.job(answer.job_id)
    one = answer.snapshot_group_id
    option = evs.SnapshotGroup(volume_ids=[attached, other], name="two", description="d")
    body = evs.CreateSnapshotGroupRequestBody(snapshot_group=option)
    answer = read(cloud.create_snapshot_group(evs.CreateSnapshotGroupRequest(body=body)))
    assert len(cloud.job(answer.job_id).entities.sub_jobs) == 2
    two = answer.snapshot_group_id
    group = read(cloud.show_snapshot_group(evs.ShowSnapshotGroupRequest(snapshot_group_id=one))).snapshot_group
    assert (group.status, group.server_id, group.tags) == ("available", SERVER, {"team": "data"}), group
    of = cloud.list_snapshots_details(evs.ListSnapshotsDetailsRequest(snapshot_group_id=two)).snapshots
    assert sorted(it.name for it in of) == ["two-0001", "two-0002"], of
    assert {it.snapshot_group_id for it in of} == {two}, of

    listed = read(cloud.list_snapshot_group(evs.ListSnapshotGroupRequest(server_id=SERVER))).snapshot_groups
    assert [it.id for it in listed] == [one], listed
    listed = cloud.list_snapshot_group(evs.ListSnapshotGroupRequest(limit=1, offset=1, sort_dir="asc"))
    assert [it.id for it in listed.snapshot_groups] == [two], listed
    assert read(cloud.count_snapshots_group(evs.CountSnapshotsGroupRequest(tag_key="team"))).count == 1
    option = evs.UpdateSnapshotGroupResponseBody(name="renamed", description="words")
    body = evs.UpdateSnapshotGroupRequestBody(snapshot_group=option)
    request = evs.UpdateSnapshotGroupRequest(snapshot_group_id=one, body=body)
    changed = read(cloud.update_snapshot_group(request)).snapshot_group
    assert (changed.name, changed.description) == ("renamed", "words"), changed
    body = evs.BatchCreateResourceTagsRequestBody(tags=[evs.CreateResourceTag(key="stage", value="test")])
    request = evs.BatchCreateSnapshotGroupTagRequest(snapshot_group_id=one, body=body)
    nothing(cloud.batch_create_snapshot_group_tag(request))
    tags = read(cloud.list_snapshot_group_tags(evs.ListSnapshotGroupTagsRequest())).tags
    assert {it.key: it.value for it in tags} == {"stage": ["test"], "team": ["data"]}, tags
    body = evs.BatchDeleteResourceTagsRequestBody(tags=[evs.DeleteResourceTag(key="stage", value="test")])
    request = evs.BatchDeleteSnapshotGroupTagRequest(snapshot_group_id=one, body=body)
    nothing(cloud.batch_delete_snapshot_group_tag(request))

    for group in (one, two):
        request = evs.DeleteSnapshotGroupRequest(snapshot_group_id=group)
        cloud.job(read(cloud.delete_snapshot_group(request)).job_id)
    assert cloud.count_snapshots(evs.CountSnapshotsRequest()).count == 0


def policies(cloud, address, target):
    option = evs.CreateSnapshotPolicy(
        name="daily", repeat_interval_days=1, time_points=["0", "12"], retention_days=30, tags={"team": "data"}
    )
    body = evs.CreateSnapshotPolicyRequestBody(snapshot_policy=option)
    request = evs.CreateAutoSnapshotPolicyRequest(body=body)
    policy = read(cloud.create_auto_snapshot_policy(request)).snapshot_policy
    assert (policy.repeat_interval_days, policy.time_points) == (1, ["0", "12"]), policy
    request = evs.ShowAutoSnapshotPolicyRequest(snapshot_policy_id=policy.id)
    assert read(cloud.show_auto_snapshot_policy(request)).snapshot_policy.tags == {"team": "data"}
    tags = json.dumps([{"team": "data"}])
    listed = read(cloud.list_auto_snapshot_policy(evs.ListAutoSnapshotPolicyRequest(tags=tags))).snapshot_policies
    assert [it.id for it in listed] == [policy.id], listed
    assert read(cloud.count_auto_snapshot_policies(evs.CountAutoSnapshotPoliciesRequest(name="dai"))).count == 1
    option = evs.UpdateSnapshotPolicy(name="weekly", repeat_weekdays=["1", "2", "3", "4", "5", "6", "7"])
    body = evs.UpdateSnapshotPolicyRequestBody(snapshot_policy=option)
    request = evs.UpdateAutoSnapshotPolicyRequest(snapshot_policy_id=policy.id, body=body)
    changed = read(cloud.update_auto_snapshot_policy(request), ("repeat_interval_days",)).snapshot_policy
    assert (changed.name, len(changed.repeat_weekdays), changed.retention_days) == ("weekly", 7, 30), changed

    other = cloud.create("other")[0]
    request = evs.AssociateAutoSnapshotPolicyRequest(snapshot_policy_id=policy.id, body=[target, other])
    nothing(cloud.associate_auto_snapshot_policy(request))
    request = evs.DisassociateAutoSnapshotPolicyRequest(snapshot_policy_id=policy.id, body=[other])
    nothing(cloud.disassociate_auto_snapshot_policy(request))
    # Two times of the policy lie in a day. The door wants the date of the clock, which goes on from where it was then.
    control(address, "/_sim/clock", {"ahead_ms": 24 * 3600 * 1000})
    control(address, "/_sim/clock", {"ahead_ms": 0})
    taken = cloud.list_snapshots_details(evs.ListSnapshotsDetailsRequest(snapshot_type="auto")).snapshots
    assert [it.volume_id for it in taken] == [target, target], taken
    assert all(it.retention_at and it.name.startswith("auto_snapshot_") for it in taken), taken
    request = evs.DeleteAutoSnapshotPolicyRequest(snapshot_policy_id=policy.id)
    answer = cloud.delete_auto_snapshot_policy(request)
    assert answer.status_code == 204, answer.status_code
    assert cloud.count_auto_snapshot_policies(evs.CountAutoSnapshotPoliciesRequest()).count == 0


def run(cloud, address):
    copy = snapshots(cloud)
    groups(cloud, address, copy)
    policies(cloud, address, copy)
