//! The actions of Cinder: flags, reservations, attachments, and what is no action or not allowed.

use super::{World, blank_with};
use serde_json::{Value, json};

const SERVER: &str = "5b02a32d-5355-4279-9015-355000000001";
const OTHER: &str = "5b02a32d-5355-4279-9015-355000000002";
const UNKNOWN: &str = "8dd7c486-8e9f-49fe-bceb-26aa7e312b66";
const DONE: (u16, Value) = (202, Value::Null);

impl World {
    fn act(&mut self, id: &str, name: &str, fields: Value) -> (u16, Value) {
        self.post(&format!("/v3/{{p}}/volumes/{id}/action"), json!({ name: fields }))
    }

    fn status(&mut self, id: &str) -> String {
        self.shown(id)["status"].as_str().unwrap().to_owned()
    }

    fn attach(&mut self, id: &str, server: &str, device: &str) -> (u16, Value) {
        self.act(id, "os-attach", json!({"instance_uuid": server, "mountpoint": device}))
    }
}

fn message(answer: &(u16, Value)) -> (u16, &str) {
    let (_, inner) = answer.1.as_object().unwrap().iter().next().unwrap();
    assert_eq!(inner["code"], answer.0);
    (answer.0, inner["message"].as_str().unwrap())
}

fn devices(of: &Value) -> Vec<(&str, &str)> {
    let attachments = of["attachments"].as_array().unwrap().iter();
    attachments.map(|it| (it["server_id"].as_str().unwrap(), it["device"].as_str().unwrap())).collect()
}

#[test]
fn the_boot_flag_is_shown_over_both_versions_and_is_no_system_disk() {
    let mut world = World::new();
    let id = world.made(false);
    for (version, bootable, shown) in
        [("v2", json!(true), "true"), ("v3", json!(false), "false"), ("v3", json!("True"), "true")]
    {
        let path = format!("/{version}/{{p}}/volumes/{id}/action");
        assert_eq!(world.post(&path, json!({"os-set_bootable": {"bootable": bootable}})), (200, Value::Null));
        assert_eq!(world.shown(&id)["bootable"], shown);
        assert_eq!(world.volumes()[0]["bootable"], shown);
    }
    // More than a system disk can have.
    assert_eq!(world.act(&id, "os-extend", json!({"new_size": 2000})), DONE);
    world.pass(100);
    assert_eq!((&world.shown(&id)["size"], &world.shown(&id)["bootable"]), (&json!(2000), &json!("true")));
    let image = json!({"imageRef": "c6db9a3b-6bd1-4d3c-9d3b-0c0f6b5f5a10"});
    let id = world.made_with(image);
    assert_eq!(world.shown(&id)["bootable"], "true");
    world.act(&id, "os-set_bootable", json!({"bootable": false}));
    assert_eq!(world.shown(&id)["bootable"], "false");
    for wrong in [json!({}), json!(null), json!({"bootable": null}), json!({"bootable": 1}), json!({"bootable": "x"})] {
        assert_eq!(world.act(&id, "os-set_bootable", wrong.clone()).0, 400, "{wrong}");
    }
    assert_eq!(world.again().shown(&id), world.shown(&id));
}

#[test]
fn the_readonly_flag_stands_in_the_metadata() {
    let mut world = World::new();
    let id = world.made(false);
    assert_eq!(world.shown(&id)["metadata"].get("readonly"), None);
    for (readonly, shown) in [(json!(true), "True"), (json!(false), "False"), (json!("true"), "True")] {
        assert_eq!(world.act(&id, "os-update_readonly_flag", json!({ "readonly": readonly })), DONE);
        assert_eq!(world.shown(&id)["metadata"]["readonly"], shown);
    }
    let (_, found) = world.get("/v2/{p}/cloudvolumes/detail?metadata=%7B%22readonly%22%3A%22True%22%7D");
    assert_eq!(found["count"], 1);
    for wrong in [json!({}), json!({"readonly": 0}), json!({"readonly": "no"}), json!([])] {
        assert_eq!(world.act(&id, "os-update_readonly_flag", wrong.clone()).0, 400, "{wrong}");
    }
    assert_eq!(world.again().shown(&id), world.shown(&id));
    let refused = world.attach(&id, SERVER, "/dev/vdb");
    assert_eq!(
        message(&refused),
        (400, format!("Invalid volume: Invalid attaching mode 'rw' for volume {id}.").as_str())
    );
    let reading = json!({"instance_uuid": SERVER, "mountpoint": "/dev/vdb", "mode": "ro"});
    assert_eq!(world.act(&id, "os-attach", reading), DONE);
    assert_eq!(world.shown(&id)["metadata"]["attached_mode"], "ro");
    assert_eq!(world.act(&id, "os-update_readonly_flag", json!({"readonly": false})).0, 400, "in use");
}

#[test]
fn a_volume_is_reserved_attached_and_detached() {
    let mut world = World::new();
    let id = world.made(false);
    assert_eq!(world.act(&id, "os-reserve", json!(null)), DONE);
    assert_eq!(world.status(&id), "attaching");
    assert_eq!(world.act(&id, "os-reserve", json!({})).0, 400, "it is reserved");
    assert_eq!(world.act(&id, "os-extend", json!({"new_size": 60})).0, 400);
    assert_eq!(world.send("DELETE", &format!("/v2/{{p}}/cloudvolumes/{id}"), b"").0, 400);
    assert_eq!(world.act(&id, "os-unreserve", json!({})), DONE);
    assert_eq!(world.act(&id, "os-unreserve", json!({})), DONE, "what is not reserved stays as it is");
    assert_eq!(world.status(&id), "available");
    world.act(&id, "os-reserve", json!({}));

    world.pass(10);
    let fields = json!({"instance_uuid": SERVER, "mountpoint": "/dev/vdd", "mode": "rw", "host_name": "host-1"});
    assert_eq!(world.act(&id, "os-attach", fields), DONE);
    let shown = world.shown(&id);
    assert_eq!((shown["status"].as_str(), devices(&shown)), (Some("in-use"), vec![(SERVER, "/dev/vdd")]));
    assert_eq!((&shown["metadata"]["attached_mode"], &shown["metadata"]["readonly"]), (&json!("rw"), &json!("False")));
    assert_eq!(shown["attachments"][0]["host_name"], "host-1");
    assert_eq!(shown["attachments"][0]["attached_at"], shown["updated_at"]);
    assert_eq!(world.get(&format!("/v2/{{p}}/cloudvolumes/detail?server_id={SERVER}")).1["count"], 1);
    assert_eq!(world.attach(&id, SERVER, "/dev/vdd"), DONE, "it is attached there");
    assert_eq!(world.shown(&id), shown);
    let elsewhere = world.attach(&id, OTHER, "/dev/vdd");
    assert_eq!(message(&elsewhere).0, 400, "not shared");
    assert_eq!(world.act(&id, "os-reserve", json!({})).0, 400);
    assert_eq!(world.act(&id, "os-extend", json!({"new_size": 60})), DONE, "its server is ACTIVE");
    world.pass(100);

    assert_eq!(world.act(&id, "os-begin_detaching", json!(null)), DONE);
    assert_eq!(world.status(&id), "detaching");
    assert_eq!(world.act(&id, "os-begin_detaching", json!(null)).0, 400);
    assert_eq!(world.act(&id, "os-roll_detaching", json!(null)), DONE);
    assert_eq!(world.act(&id, "os-roll_detaching", json!(null)), DONE);
    assert_eq!(world.status(&id), "in-use");
    world.act(&id, "os-begin_detaching", json!({}));
    let attachment = shown["attachments"][0]["attachment_id"].clone();
    assert_eq!(world.act(&id, "os-detach", json!({"attachment_id": UNKNOWN})).0, 404);
    assert_eq!(world.act(&id, "os-detach", json!({ "attachment_id": attachment })), DONE);
    let shown = world.shown(&id);
    assert_eq!((shown["status"].as_str(), &shown["attachments"]), (Some("available"), &json!([])));
    assert_eq!((shown["metadata"].get("attached_mode"), &shown["metadata"]["readonly"]), (None, &json!("False")));
    assert_eq!(world.act(&id, "os-detach", json!({"attachment_id": null})), DONE, "as in Cinder");
    assert_eq!(world.act(&id, "os-begin_detaching", json!({})).0, 400);
    assert_eq!(world.again().shown(&id), shown);
}

#[test]
fn a_shared_volume_has_an_attachment_for_each_server() {
    let mut world = World::new();
    let id = world.made_with(json!({"multiattach": true}));
    let server = |n: usize| format!("5b02a32d-5355-4279-9015-3550000000{n:02}");
    world.attach(&id, &server(0), "/dev/vdb");
    assert_eq!(world.act(&id, "os-reserve", json!({})), DONE);
    assert_eq!(world.status(&id), "attaching");
    world.act(&id, "os-unreserve", json!({}));
    assert_eq!(world.status(&id), "in-use");
    for n in 1..16 {
        assert_eq!(world.attach(&id, &server(n), "/dev/vdb"), DONE, "{n}");
    }
    assert_eq!(world.attach(&id, &server(16), "/dev/vdb").0, 400, "16 are the most");
    let ids: Vec<Value> =
        world.shown(&id)["attachments"].as_array().unwrap().iter().map(|it| it["attachment_id"].clone()).collect();
    let refused = world.act(&id, "os-detach", json!({}));
    assert_eq!(
        message(&refused).1,
        "Invalid volume: Detach volume failed: More than one attachment, but no attachment_id provided."
    );
    assert_eq!(world.act(&id, "os-detach", json!({"attachment_id": ids[3]})), DONE);
    let left = world.shown(&id);
    let shown: Vec<&Value> = left["attachments"].as_array().unwrap().iter().map(|it| &it["attachment_id"]).collect();
    let kept: Vec<&Value> = ids.iter().enumerate().filter(|(n, _)| *n != 3).map(|(_, id)| id).collect();
    assert_eq!((left["status"].as_str(), shown), (Some("in-use"), kept), "the others keep their ids");
    assert_eq!(left["metadata"]["attached_mode"], "rw");
}

#[test]
fn devices_agree_with_those_that_an_edit_gives() {
    let mut world = World::new();
    let [one, two, three, four] = [0; 4].map(|_| world.made(false));
    assert_eq!(world.attach(&one, SERVER, "/dev/vdb"), DONE);
    assert_eq!(world.attach(&two, SERVER, "/dev/vdb").0, 400, "another volume is that");
    assert_eq!(world.attach(&two, SERVER, "/dev/sdb"), DONE);
    assert_eq!(world.attach(&three, SERVER, "/dev/sdb").0, 400);
    assert_eq!(devices(&world.shown(&two)), [(SERVER, "/dev/sdb")]);
    world.edit(&three, json!({"attached_to": SERVER}));
    assert_eq!(devices(&world.shown(&three)), [(SERVER, "/dev/vdd")], "/dev/sdb takes a place too");
    assert_eq!(world.attach(&four, OTHER, "/dev/vdb"), DONE, "on another server");
    world.edit(&four, json!({"attached_to": null}));
    assert_eq!(world.status(&four), "available");
    world.act(&one, "os-detach", json!({}));
    assert_eq!(world.attach(&four, SERVER, "/dev/vdb"), DONE, "it is free again");
    // A server that attaches by itself does not wait for what was announced.
    world.act(&one, "os-reserve", json!({}));
    world.edit(&one, json!({"attached_to": OTHER}));
    assert_eq!(world.status(&one), "in-use");
    assert_eq!(devices(&world.shown(&one)), [(OTHER, "/dev/vdb")]);
    assert_eq!(world.again().volumes(), world.volumes());
}

#[test]
fn what_an_attachment_needs_is_asked_for() {
    let mut world = World::new();
    let id = world.made(false);
    let good = json!({"instance_uuid": SERVER, "mountpoint": "/dev/vdb"});
    for (field, value) in [
        ("instance_uuid", json!(null)),
        ("instance_uuid", json!("")),
        ("instance_uuid", json!("me")),
        ("instance_uuid", json!(1)),
        ("mountpoint", json!(null)),
        ("mountpoint", json!("")),
        ("mountpoint", json!(2)),
        ("mode", json!("rwx")),
        ("mode", json!(true)),
        ("host_name", json!("h".repeat(65))),
        ("host_name", json!({})),
    ] {
        let mut fields = good.clone();
        fields[field] = value;
        assert_eq!(world.act(&id, "os-attach", fields.clone()).0, 400, "{fields}");
    }
    assert_eq!(world.act(&id, "os-attach", json!(null)).0, 400);
    assert_eq!(world.act(&id, "os-detach", json!({"attachment_id": 1})).0, 400);
    for status in ["error", "deleting", "backing-up", "extending"] {
        world.edit(&id, json!({ "status": status }));
        for (name, fields) in [("os-attach", good.clone()), ("os-reserve", json!({})), ("os-detach", json!({}))] {
            assert_eq!(world.act(&id, name, fields).0, 400, "{name} {status}");
        }
        assert_eq!(world.status(&id), status);
    }
    world.edit(&id, json!({"status": "available"}));
    assert_eq!(world.act(&id, "os-attach", good), DONE);
    world.edit(&id, json!({"status": "error"}));
    assert_eq!(world.act(&id, "os-detach", json!({})).0, 400);
}

#[test]
fn a_restart_in_the_middle_finds_what_was_announced() {
    let mut world = World::new();
    let [one, two] = [0; 2].map(|_| world.made(false));
    world.act(&one, "os-reserve", json!({}));
    world.attach(&two, SERVER, "/dev/vdc");
    world.act(&two, "os-begin_detaching", json!({}));
    let mut again = world.again();
    for world in [&mut world, &mut again] {
        assert_eq!([world.status(&one), world.status(&two)], ["attaching", "detaching"]);
        assert_eq!(world.attach(&one, SERVER, "/dev/vdb"), DONE);
        assert_eq!(world.act(&two, "os-detach", json!({})), DONE);
        assert_eq!([world.status(&one), world.status(&two)], ["in-use", "available"]);
    }
    assert_eq!(world.volumes(), again.volumes());
}

#[test]
fn the_actions_of_administrators_are_forbidden() {
    let mut world = World::new();
    let id = world.made(false);
    for (name, rule) in [
        ("os-reset_status", "volume_extension:volume_admin_actions:reset_status"),
        ("os-force_delete", "volume_extension:volume_admin_actions:force_delete"),
        ("os-force_detach", "volume_extension:volume_admin_actions:force_detach"),
        ("os-migrate_volume", "volume_extension:volume_admin_actions:migrate_volume"),
        ("os-migrate_volume_completion", "volume_extension:volume_admin_actions:migrate_volume_completion"),
        ("os-unmanage", "volume_extension:volume_unmanage"),
        ("os-initialize_connection", "volume_extension:volume_actions:initialize_connection"),
        ("os-terminate_connection", "volume_extension:volume_actions:terminate_connection"),
    ] {
        let answer = world.act(&id, name, json!({"status": "error"}));
        let message = format!("Policy doesn't allow {rule} to be performed.");
        assert_eq!(answer, (403, json!({"forbidden": {"message": message, "code": 403}})));
        assert_eq!(world.act(UNKNOWN, name, json!({})).0, 404);
    }
    assert_eq!(world.status(&id), "available");
}

#[test]
fn a_body_has_one_action_that_there_is() {
    let mut world = World::new();
    let id = world.made(false);
    let path = format!("/v2/{{p}}/volumes/{id}/action");
    for name in ["os-nothing", "os-reimage", "revert", ""] {
        let answer = world.post(&path, json!({ name: {} }));
        let message = format!("There is no such action: {name}.");
        assert_eq!(answer, (400, json!({"badRequest": {"message": message, "code": 400}})));
    }
    let malformed = (400, json!({"badRequest": {"message": "Malformed request body.", "code": 400}}));
    for body in [
        json!({}),
        json!({"bssParam": {}}),
        json!({"os-reserve": {}, "os-attach": {}}),
        json!({"os-extend": {"new_size": 60}, "os-reserve": {}}),
        json!({"os-set_bootable": {"bootable": true}, "bssParam": {}}),
    ] {
        assert_eq!(world.post(&path, body.clone()), malformed, "{body}");
    }
    for body in [&b""[..], b"{", b"[]", b"\"os-reserve\""] {
        assert_eq!(world.send("POST", &path, body).0, 400);
    }
    assert_eq!(world.status(&id), "available");
}

#[test]
fn a_foreign_volume_and_an_unknown_one_are_not_found() {
    let mut world = World::new();
    world.create(blank_with(json!({"multiattach": true})));
    world.pass(100);
    let id = world.volumes()[0]["id"].as_str().unwrap().to_owned();
    let foreign = "/v3/00000000000000000000000000000000";
    for path in [format!("{foreign}/volumes/{id}/action"), format!("/v3/{{p}}/volumes/{UNKNOWN}/action")] {
        for (name, fields) in [
            ("os-set_bootable", json!({"bootable": true})),
            ("os-update_readonly_flag", json!({"readonly": true})),
            ("os-reserve", json!({})),
            ("os-unreserve", json!({})),
            ("os-begin_detaching", json!({})),
            ("os-roll_detaching", json!({})),
            ("os-attach", json!({"instance_uuid": SERVER, "mountpoint": "/dev/vdb"})),
            ("os-detach", json!({})),
        ] {
            let answer = world.post(&path, json!({ name: fields }));
            assert!(answer.0 == 404 && answer.1["itemNotFound"].is_object(), "{name} {answer:?}");
        }
    }
    assert_eq!(world.post("/v3/{p}/volumes/me/action", json!({"os-reserve": {}})).0, 400);
    assert_eq!(world.status(&id), "available");
}
