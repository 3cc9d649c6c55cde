//! States of Terraform.

use crate::import::terraform::{Unreadable, read, removal};
use crate::observed::Status;
use serde_json::{Value, json};

fn state(resources: Value) -> Vec<u8> {
    json!({"version": 4, "terraform_version": "1.9.0", "serial": 3, "lineage": "l", "outputs": {}, "resources": resources})
        .to_string()
        .into_bytes()
}

fn resource(kind: &str, name: &str, instances: Value) -> Value {
    json!({"mode": "managed", "type": kind, "name": name, "provider": "provider[\"x\"]", "instances": instances})
}

#[test]
fn volumes_of_four_providers_are_found_with_their_addresses() {
    let mut inside = resource("openstack_blockstorage_volume_v3", "d", json!([{"attributes": {"id": "v-4"}}]));
    inside["module"] = json!("module.zone[\"a\"]");
    let read = read(&state(json!([
        resource("huaweicloud_evs_volume", "a", json!([{"index_key": 0, "attributes": {"id": "v-1"}}])),
        resource("opentelekomcloud_evs_volume_v3", "b", json!([{"index_key": "x", "attributes": {"id": "v-2"}}])),
        resource("flexibleengine_blockstorage_volume_v2", "c", json!([{"attributes": {"id": "v-3"}}])),
        inside,
        resource("huaweicloud_compute_instance", "e", json!([{"attributes": {"id": "s-1"}}])),
        json!({"mode": "data", "type": "huaweicloud_evs_volumes", "name": "f", "instances": [{"attributes": {"id": "q"}}]}),
    ])))
    .unwrap();
    let found: Vec<(&str, &str, &str)> =
        read.instances.iter().map(|it| (it.address.as_str(), it.resource.as_str(), it.volume.id.as_str())).collect();
    assert_eq!(
        found,
        [
            ("huaweicloud_evs_volume.a[0]", "huaweicloud_evs_volume.a", "v-1"),
            ("opentelekomcloud_evs_volume_v3.b[\"x\"]", "opentelekomcloud_evs_volume_v3.b", "v-2"),
            ("flexibleengine_blockstorage_volume_v2.c", "flexibleengine_blockstorage_volume_v2.c", "v-3"),
            (
                "module.zone[\"a\"].openstack_blockstorage_volume_v3.d",
                "module.zone.openstack_blockstorage_volume_v3.d",
                "v-4"
            ),
        ]
    );
    assert_eq!((read.data_sources, read.no_volumes, read.left.len()), (1, 1, 0));
}

#[test]
fn attributes_say_what_the_cloud_would() {
    let attributes = json!({
        "id": "v-1", "name": "n", "description": "", "size": 40, "volume_type": "GPSSD2", "availability_zone": "az",
        "iops": 3000, "throughput": 125, "multiattach": true, "device_type": "SCSI", "kms_id": "k", "snapshot_id": "s",
        "image_id": null, "tags": {"team": "data"}, "enterprise_project_id": "0", "charging_mode": "prePaid",
        "dedicated_storage_id": "p", "status": "in-use", "metadata": {"policy": "x"},
    });
    let read_one = |instance: Value| {
        read(&state(json!([resource("huaweicloud_evs_volume", "a", json!([instance]))])))
            .unwrap()
            .instances
            .remove(0)
            .volume
    };
    let volume = read_one(json!({ "attributes": attributes }));
    assert_eq!((volume.name.as_str(), volume.size, volume.volume_type.as_str()), ("n", 40, "GPSSD2"));
    assert_eq!(
        (volume.iops, volume.throughput, volume.multiattach, volume.prepaid),
        (Some(3000), Some(125), Some(true), true)
    );
    assert_eq!(volume.metadata.len(), 3, "{volume:?}");
    assert_eq!((volume.description, volume.image_id, volume.status), (None, None, Status::InUse));
    let flat = read_one(
        json!({"attributes_flat": {"id": "v-2", "size": "10", "tags.%": "1", "tags.team": "web", "multiattach": "false"}}),
    );
    assert_eq!(
        (flat.size, flat.tags.get("team").map(String::as_str), flat.multiattach),
        (10, Some("web"), Some(false))
    );
    assert_eq!(flat.status, Status::Available);
}

#[test]
fn what_terraform_will_destroy_is_left_and_a_resource_is_removed_as_a_whole() {
    let volumes = read(&state(json!([
        resource(
            "huaweicloud_evs_volume",
            "a",
            json!([
                {"index_key": 0, "attributes": {"id": "v-1"}},
                {"index_key": 1, "status": "tainted", "attributes": {"id": "v-2"}},
                {"index_key": 0, "deposed": "0123abcd", "attributes": {"id": "v-3"}},
                {"index_key": 2, "attributes": {}},
            ])
        ),
        resource("huaweicloud_evs_volume", "b", json!([{"attributes": {"id": "v-4"}}])),
    ])))
    .unwrap();
    let left: Vec<(&str, &str)> =
        volumes.left.iter().map(|it| (it.terraform.as_deref().unwrap_or_default(), it.reason.code())).collect();
    assert_eq!(
        left,
        [
            ("huaweicloud_evs_volume.a[1]", "tainted"),
            ("huaweicloud_evs_volume.a[0]", "deposed"),
            ("huaweicloud_evs_volume.a[2]", "no-id")
        ]
    );
    let taken = volumes.instances.iter().map(|it| &it.volume.id).collect();
    let removal = removal(&volumes, &taken);
    assert_eq!(removal.whole, ["huaweicloud_evs_volume.b"]);
    assert_eq!(
        (removal.partly[0].left, removal.partly[0].taken.as_slice()),
        (3, &["huaweicloud_evs_volume.a[0]".to_owned()][..])
    );
}

#[test]
fn what_is_no_state_is_told_apart() {
    for (text, why) in [
        ("resource \"a\"", Unreadable::NotJson { line: 1, column: 1 }),
        ("[]", Unreadable::NotState),
        ("{}", Unreadable::NotState),
        (r#"{"version": 3, "modules": []}"#, Unreadable::Format(3)),
        (r#"{"version": 5}"#, Unreadable::Format(5)),
        (r#"{"format_version": "1.2", "values": {}}"#, Unreadable::Shown),
        (r#"{"serial": 1, "meta": {}, "encrypted_data": "eA==", "encryption_version": "v0"}"#, Unreadable::Encrypted),
        (r#"{"version": 4, "resources": [1]}"#, Unreadable::NotState),
    ] {
        assert_eq!(read(text.as_bytes()), Err(why), "{text}");
    }
    assert_eq!(read(br#"{"version": 4}"#).unwrap(), Default::default());
}
