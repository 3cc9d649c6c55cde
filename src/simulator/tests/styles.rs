//! How volumes look where accounts differ, and what only some volumes have.

use super::World;
use crate::simulator::account::AccountStyle;
use serde_json::{Value, json};

const SERVER: &str = "5b02a32d-5355-4279-9015-355000000001";

fn world(style: AccountStyle) -> World {
    let mut world = World::new();
    world.cloud.style = style;
    world
}

#[test]
fn a_plain_volume_looks_as_it_was_recorded() {
    for (style, no, metadata) in [
        (AccountStyle::A, "false", json!({"__system__encrypted": "0", "hw:passthrough": "false"})),
        (AccountStyle::B, "False", json!({"__system__encrypted": "0", "hw:passthrough": "False"})),
        (AccountStyle::C, "False", json!({"__system__encrypted": "0", "hw:passthrough": "False", "readonly": "False"})),
    ] {
        let mut world = world(style);
        let id = world.made_with(json!({}));
        let shown = world.shown(&id);
        assert_eq!((&shown["bootable"], &shown["shareable"]), (&json!(no), &json!(no)), "{style:?}");
        assert_eq!(shown["metadata"], metadata, "{style:?}");
        // In the recorded order.
        let keys: Vec<&str> = shown.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(
            keys,
            [
                "id",
                "links",
                "name",
                "status",
                "attachments",
                "availability_zone",
                "os-vol-host-attr:host",
                "created_at",
                "os-vol-tenant-attr:tenant_id",
                "volume_image_metadata",
                "volume_type",
                "size",
                "bootable",
                "metadata",
                "updated_at",
                "encrypted",
                "replication_status",
                "shareable",
                "user_id",
                "service_type",
                "multiattach",
                "tags",
                "wwn",
                "enterprise_project_id",
            ]
        );
        assert_eq!(world.volumes()[0], shown, "a list has the same object");
        let (_, updated) =
            world.send("PUT", &format!("/v2/{{p}}/cloudvolumes/{id}"), br#"{"volume":{"description":"d"}}"#);
        assert_eq!((&updated["bootable"], &updated["shareable"]), (&json!(no), &json!(false)), "{style:?}");
    }
}

#[test]
fn a_scsi_volume_has_a_serial_number_and_no_other_has() {
    for (style, yes) in [(AccountStyle::A, "true"), (AccountStyle::B, "True"), (AccountStyle::C, "True")] {
        let mut world = world(style);
        let scsi = world.made_with(json!({"metadata": {"hw:passthrough": "true"}, "multiattach": true}));
        let plain = world.made_with(json!({}));
        let shown = world.shown(&scsi);
        let serial = shown["serial_number"].as_str().unwrap();
        assert!(serial.len() == 20 && scsi.replace('-', "").starts_with(serial), "{serial}");
        assert_eq!((&shown["metadata"]["hw:passthrough"], &shown["shareable"]), (&json!(yes), &json!(yes)));
        assert!(world.shown(&plain).get("serial_number").is_none());
    }
}

#[test]
fn an_attached_volume_names_the_host_and_its_mode() {
    let mut world = world(AccountStyle::C);
    let [one, two] = [0; 2].map(|_| world.made(false));
    assert!(world.shown(&one)["metadata"].get("attached_mode").is_none());
    for id in [&one, &two] {
        world.edit(id, json!({"attached_to": SERVER}));
    }
    let hosts: Vec<Value> =
        [&one, &two].map(|id| world.shown(id)["attachments"][0]["host_name"].clone()).into_iter().collect();
    assert!(hosts[0].as_str().unwrap().starts_with("host-") && hosts[0] == hosts[1], "{hosts:?}");
    assert_eq!(world.shown(&one)["metadata"]["attached_mode"], "rw");
    world.edit(&one, json!({"attached_to": null}));
    assert!(world.shown(&one)["metadata"].get("attached_mode").is_none());
}

#[test]
fn what_is_shown_is_found_in_any_case() {
    for style in [AccountStyle::A, AccountStyle::B, AccountStyle::C] {
        let mut world = world(style);
        world.made_with(json!({"name": "scsi", "metadata": {"hw:passthrough": "true"}}));
        world.made_with(json!({"name": "plain"}));
        for (filter, pairs, expected) in [
            ("metadata", r#"{"hw:passthrough":"true"}"#, &["scsi"][..]),
            ("metadata", r#"{"hw:passthrough":"True"}"#, &["scsi"]),
            ("metadata", r#"{"hw:passthrough":"FALSE"}"#, &["plain"]),
            ("metadata", r#"{"hw:passthrough":false}"#, &["plain"]),
            ("not_metadata", r#"{"hw:passthrough":true}"#, &["plain"]),
            ("not_metadata", r#"{"__system__encrypted":1}"#, &["plain", "scsi"]),
        ] {
            let query: String = url::form_urlencoded::byte_serialize(pairs.as_bytes()).collect();
            assert_eq!(world.names(&format!("{filter}={query}")), expected, "{style:?} {filter} {pairs}");
        }
        let readonly = world.names("metadata=%7B%22readonly%22:%22false%22%7D").len();
        assert_eq!(readonly, if style == AccountStyle::C { 2 } else { 0 });
    }
}

#[test]
fn the_calls_about_metadata_show_them_as_the_volume_does_and_take_them_back() {
    for style in [AccountStyle::A, AccountStyle::B, AccountStyle::C] {
        let mut world = world(style);
        let id = world.made_with(json!({"size": 20}));
        let shown = world.shown(&id)["metadata"].clone();
        let path = format!("/v3/{{p}}/volumes/{id}/metadata");
        assert_eq!(world.get(&path), (200, json!({ "metadata": shown })), "{style:?}");
        let one = world.get(&format!("{path}/hw:passthrough"));
        assert_eq!(one, (200, json!({"meta": {"hw:passthrough": shown["hw:passthrough"]}})), "{style:?}");
        let back = json!({ "metadata": shown }).to_string();
        assert_eq!(world.send("PUT", &path, back.as_bytes()).0, 200, "{style:?}");
        assert_eq!(world.shown(&id)["metadata"], shown, "{style:?}");
        let other = json!({"metadata": {"hw:passthrough": "TRUE"}}).to_string();
        assert_eq!(world.send("PUT", &path, other.as_bytes()).0, 400, "{style:?}");
    }
}
