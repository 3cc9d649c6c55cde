//! The texts that evsctl says and reads itself. What stands in one of them is no secret, whatever password holds it too.

use crate::evs::codes;
use crate::volume::CreateApi;

/// The words of the API: fields, states, kinds of jobs, paths (EVS API reference), and of the envelopes around errors.
const API: &str = "
availability_zone availability_zones availabilityZoneInfo os-availability-zone available attachments attachment_id
attached_at attached_mode auto_trigger backup_id backups backup_gigabytes badRequest badrequest computeFault itemNotFound
overLimit begin_time end_time bootable bssParam bss_param chargingMode periodNum periodType isAutoPay isAutoRenew
is_auto_pay prePaid postPaid cloudvolumes volumes volumes_links volume_id volume_ids volume_type volume_types volume_image_metadata
volume_backend_name consistencygroup_id created_at updated_at create_for_volume_id createVolume batchCreateVolume deleteVolume
dedicated_storage_id dedicated_storage_name description encrypted encrypted_algorithm enterprise_project_id entities
error_code error_msg errorCode errorMsg fail_reason extra_specs extend_info full_clone gigabytes hw:passthrough host_name
imageRef image_id job_id job_type order_id sub_jobs status message metadata __system__cmkid __system__encrypted multiattach
os-vol-host-attr:host os-vol-mig-status-attr:migstat os-vol-mig-status-attr:name_id os-vol-tenant-attr:tenant_id
os-volume-replication:driver_data os-volume-replication:extended_status os-extend os-retype os-vendor-extended:sold_out_availability_zones
RESKEY:availability_zones OS-SCH-HNT:scheduler_hints dec.xen.availability project_id projects quota_set in_use reserved
replication_status request_id server_id service_type shareable snapshot_id snapshots source_volid user_id zoneName zoneState
storage_type iops throughput wwn_uuid resource_type tag_keys tags values
creating downloading restoring-backup restoring backing-up attaching detaching deleting error_deleting error_extending
error_restoring error_rollbacking extending uploading in-use maintenance awaiting-transfer retyping reserved
SUCCESS RUNNING INIT FAIL SATA GPSSD GPSSD2 ESSD ESSD2 gigabytes_ESSD gigabytes_SAS gigabytes_SATA gigabytes_SSD
gigabytes_GPSSD snapshots_ESSD snapshots_SAS snapshots_SATA snapshots_SSD volumes_ESSD volumes_SAS volumes_SATA volumes_SSD
X-Client-Token X-Project-Id X-Sdk-Date X-Security-Token X-Auth-Token X-Subject-Token Content-Type application/json
SDK-HMAC-SHA256 Access SignedHeaders Signature authorization password identity security_token expires_at credential
myhuaweicloud otc.t-systems
OS::Cinder::Volume OS::Nova::Server bookmark VolumeLimitExceeded VolumeSizeExceedsAvailableQuota EbsCreateVolumeTask-fail
";

/// What evsctl and the reader of JSON say of answers.
const SAYINGS: &str = "
no reason given (HTTP
the answer is an HTML page, not the API's
the answer makes no sense
the job has no status
the volume does not exist, the job cannot be found, could not be found, not found
invalid type: map, invalid type: sequence, invalid type: string, invalid type: integer, invalid value: integer, invalid length
expected a string, expected a list, expected a map, expected struct VolumeReply, expected struct VolumeList, expected value
missing field `volume`, unknown field, unknown variant, duplicate field, trailing characters, trailing comma
EOF while parsing a value, EOF while parsing a string, EOF while parsing an object, EOF while parsing a list
key must be a string, control character (\\u0000-\\u001F) found while parsing a string, recursion limit exceeded
a list has more than items, there is no token in it, its end is no time, there are no keys in it
line column
";

/// All of them, a line each or more.
pub(super) fn own() -> String {
    let codes = codes::all().map(|code| format!("{}\n", code.code));
    let calls = CreateApi::ALL.map(|api| format!("{}\n", api.template()));
    let name = concat!("evsctl/", env!("CARGO_PKG_VERSION"), "\n");
    [API, SAYINGS, name].into_iter().map(str::to_owned).chain(codes).chain(calls).collect()
}
