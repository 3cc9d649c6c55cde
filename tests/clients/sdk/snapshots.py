"""The snapshots of volumes, and volumes in the recycle bin."""

import huaweicloudsdkevs.v2 as sdk


def run(evs):
    snapshots(evs)
    recycle_bin(evs)


def snapshots(evs):
    (volume_id,) = evs.create("source")
    option = sdk.CreateSnapshotOption(volume_id=volume_id, name="first", description="before", metadata={"k": "v"})
    body = sdk.CreateSnapshotRequestBody(snapshot=option)
    taken = evs("create_snapshot", sdk.CreateSnapshotRequest(body=body)).snapshot
    assert taken.status == "creating", taken

    def available():
        shown = evs("show_snapshot", sdk.ShowSnapshotRequest(snapshot_id=taken.id)).snapshot
        return shown if shown.status == "available" else None

    shown = evs.until("the snapshot", available)
    assert (shown.name, shown.volume_id, shown.size) == ("first", volume_id, 10), shown
    listed = evs("list_snapshots", sdk.ListSnapshotsRequest(volume_id=volume_id)).snapshots
    assert [snapshot.id for snapshot in listed] == [taken.id], listed
    body = sdk.UpdateSnapshotRequestBody(snapshot=sdk.UpdateSnapshotOption(name="second"))
    assert evs("update_snapshot", sdk.UpdateSnapshotRequest(snapshot_id=taken.id, body=body)).snapshot.name == "second"
    rollback = sdk.RollbackSnapshotRequestBody(rollback=sdk.RollbackSnapshotOption(volume_id=volume_id))
    rolled = evs("rollback_snapshot", sdk.RollbackSnapshotRequest(snapshot_id=taken.id, body=rollback)).rollback
    assert rolled.volume_id == volume_id, rolled
    evs.until("the end of the rollback", lambda: evs.volume(volume_id).status == "available")
    evs.until("the snapshot", available)
    evs("delete_snapshot", sdk.DeleteSnapshotRequest(snapshot_id=taken.id))

    def gone():
        return not evs("list_snapshots", sdk.ListSnapshotsRequest(volume_id=volume_id)).snapshots

    evs.until("the end of the snapshot", gone)
    evs.delete(volume_id)


def recycle_bin(evs):
    assert evs("show_recycle_policy", sdk.ShowRecyclePolicyRequest()).switch is False
    policy = sdk.ModifyRecycleBinPolicyRequestBody(switch=True, threshold_time=1, keep_time=7)
    evs("update_recycle_policy", sdk.UpdateRecyclePolicyRequest(body=policy))
    policy = evs("show_recycle_policy", sdk.ShowRecyclePolicyRequest())
    assert (policy.switch, policy.threshold_time, policy.keep_time) == (True, 1, 7), policy
    # Only what is older than a day goes there: the volumes that the test has made before, two days ago.
    old = [volume.id for volume in evs("list_volumes", sdk.ListVolumesRequest(name="aged")).volumes]
    assert len(old) == 2, old
    for volume_id in old:
        evs.delete(volume_id)
    binned = evs("list_volumes_in_recycle", sdk.ListVolumesInRecycleRequest()).volumes
    assert sorted(volume.id for volume in binned) == sorted(old), binned
    shown = evs("show_volume_in_recycle", sdk.ShowVolumeInRecycleRequest(volume_id=old[0])).volume
    assert shown.status == "restorable" and shown.plan_delete_at, shown
    evs("revert_volume_in_recycle", sdk.RevertVolumeInRecycleRequest(volume_id=old[0]))
    evs.until("the volume", lambda: evs.volume(old[0]).status == "available")
    evs("delete_volume_in_recycle", sdk.DeleteVolumeInRecycleRequest(volume_id=old[1]))
    assert not evs("list_volumes_in_recycle", sdk.ListVolumesInRecycleRequest()).volumes
    policy = sdk.ModifyRecycleBinPolicyRequestBody(switch=False)
    evs("update_recycle_policy", sdk.UpdateRecyclePolicyRequest(body=policy))
    evs.delete(old[0])
