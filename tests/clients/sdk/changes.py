"""Types, rates, owners and billing."""

import huaweicloudsdkevs.v2 as sdk


def run(evs, other):
    """`other` is a caller for another project of the account."""
    rates(evs)
    billing(evs)
    transfers(evs, other)


def rates(evs):
    (volume_id,) = evs.create("changed", kind="SAS")
    body = sdk.RetypeVolumeRequestBody(os_retype=sdk.RetypeVolume(new_type="GPSSD2", iops=3000, throughput=125))
    evs.job(evs("retype_volume", sdk.RetypeVolumeRequest(volume_id=volume_id, body=body)).job_id)
    volume = evs.volume(volume_id)
    assert (volume.volume_type, volume.iops.total_val, volume.throughput.total_val) == ("GPSSD2", 3000, 125), volume
    body = sdk.ModifyVolumeQoSRequestBody(qos_modify=sdk.ModifyVolumeQoSOption(iops=10000, throughput=200))
    evs.job(evs("modify_volume_qo_s", sdk.ModifyVolumeQoSRequest(volume_id=volume_id, body=body)).job_id)
    volume = evs.volume(volume_id)
    assert (volume.iops.total_val, volume.throughput.total_val) == (10000, 200), volume
    evs.delete(volume_id)


def billing(evs):
    (by_use,) = evs.create("by-use")
    body = sdk.UnsubscribeVolumeRequestBody(volume_ids=[by_use])
    evs("unsubscribe_postpaid_volume", sdk.UnsubscribePostpaidVolumeRequest(body=body))
    assert evs.volume(by_use).status == "available", "what is paid by use is not unsubscribed"
    # It is attached to no server that is paid in advance.
    body = sdk.ChangeVolumeChargeModeRequestBody(volume_ids=[by_use], bss_param=sdk.BssParam2(is_auto_pay=True))
    status, code = evs.refusal("change_volume_charge_mode", sdk.ChangeVolumeChargeModeRequest(body=body))
    assert status == 400 and code.startswith("EVS.222"), (status, code)
    evs.delete(by_use)


def transfers(evs, other):
    (volume_id,) = evs.create("given")
    option = sdk.CreateVolumeTransferOption(name="gift", volume_id=volume_id)
    body = sdk.CinderCreateVolumeTransferRequestBody(transfer=option)
    offered = [
        evs("cinder_create_volume_transfer", sdk.CinderCreateVolumeTransferRequest(body=body)).transfer,
    ]
    listed = evs("cinder_list_volume_transfers", sdk.CinderListVolumeTransfersRequest()).transfers
    assert [transfer.id for transfer in listed] == [offered[0].id], listed
    shown = evs("cinder_show_volume_transfer", sdk.CinderShowVolumeTransferRequest(transfer_id=offered[0].id)).transfer
    assert shown.volume_id == volume_id, shown
    evs("cinder_delete_volume_transfer", sdk.CinderDeleteVolumeTransferRequest(transfer_id=offered[0].id))
    assert evs.volume(volume_id).status == "available"
    offered = evs("cinder_create_volume_transfer", sdk.CinderCreateVolumeTransferRequest(body=body)).transfer
    accept = sdk.CinderAcceptVolumeTransferRequestBody(
        accept=sdk.CinderAcceptVolumeTransferOption(auth_key=offered.auth_key)
    )
    taken = sdk.CinderAcceptVolumeTransferRequest(transfer_id=offered.id, body=accept)
    assert other("cinder_accept_volume_transfer", taken).transfer.volume_id == volume_id
    assert evs.refusal("show_volume", sdk.ShowVolumeRequest(volume_id=volume_id)) == (404, "EVS.5404")
    assert other.volume(volume_id).name == "given"
    other.delete(volume_id)
