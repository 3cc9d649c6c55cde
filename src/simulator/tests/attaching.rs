//! Volumes that an edit attaches and detaches, and what their servers' status means for growing.

use super::{World, refused};
use serde_json::{Value, json};

const SERVER: &str = "5b02a32d-5355-4279-9015-355000000001";
const OTHER: &str = "5b02a32d-5355-4279-9015-355000000002";

fn devices(of: &Value) -> Vec<(&str, &str)> {
    let attachments = of["attachments"].as_array().unwrap().iter();
    attachments.map(|it| (it["server_id"].as_str().unwrap(), it["device"].as_str().unwrap())).collect()
}

fn grow(world: &mut World, id: &str, size: u32) -> (u16, Value) {
    world.post(&format!("/v2.1/{{p}}/cloudvolumes/{id}/action"), json!({"os-extend": {"new_size": size}}))
}

#[test]
fn a_server_is_a_text_a_list_or_null() {
    let mut world = World::new();
    let id = world.made(false);
    for (servers, status) in [(json!(SERVER), "in-use"), (json!([OTHER]), "in-use"), (json!(null), "available")] {
        assert_eq!(world.edit(&id, json!({ "attached_to": servers })).0, 200);
        assert_eq!(world.shown(&id)["status"], status, "{servers}");
    }
    assert_eq!(world.shown(&id)["attachments"], json!([]));
    world.edit(&id, json!({"attached_to": SERVER}));
    let attachment = world.shown(&id)["attachments"][0].clone();
    let keys: Vec<&str> = attachment.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, ["server_id", "attachment_id", "attached_at", "host_name", "volume_id", "device", "id"]);
    assert_eq!((&attachment["id"], &attachment["volume_id"]), (&json!(id), &json!(id)));
    assert_eq!(attachment["attached_at"], "2024-01-02T03:04:15.000000");
}

#[test]
fn each_volume_is_a_device_of_its_own_until_it_is_detached() {
    let mut world = World::new();
    let [one, two, three] = [0; 3].map(|_| world.made(false));
    for id in [&one, &two] {
        world.edit(id, json!({"attached_to": SERVER}));
    }
    assert_eq!(devices(&world.shown(&one)), [(SERVER, "/dev/vdb")]);
    assert_eq!(devices(&world.shown(&two)), [(SERVER, "/dev/vdc")]);
    world.edit(&one, json!({"attached_to": []}));
    assert_eq!(devices(&world.shown(&two)), [(SERVER, "/dev/vdc")], "it stays as it is");
    world.edit(&three, json!({"attached_to": SERVER}));
    assert_eq!(devices(&world.shown(&three)), [(SERVER, "/dev/vdb")], "the first that is free");
    world.edit(&three, json!({"gone": true}));
    world.edit(&one, json!({"attached_to": SERVER}));
    assert_eq!(devices(&world.shown(&one)), [(SERVER, "/dev/vdb")]);
}

#[test]
fn a_shared_volume_has_up_to_16_servers_and_keeps_those_that_stay() {
    let mut world = World::new();
    let id = world.made_with(json!({"multiattach": true}));
    let servers: Vec<String> = (0..17).map(|n| format!("server-{n}")).collect();
    assert_eq!(world.edit(&id, json!({"attached_to": servers})).0, 400);
    assert_eq!(world.edit(&id, json!({"attached_to": servers[..16]})).0, 200);
    assert_eq!(world.edit(&id, json!({"attached_to": ["a", "a"]})).0, 400);
    world.edit(&id, json!({"attached_to": SERVER}));
    world.pass(10);
    world.edit(&id, json!({"attached_to": [OTHER, SERVER]}));
    let shown = world.shown(&id);
    assert_eq!(devices(&shown), [(OTHER, "/dev/vdb"), (SERVER, "/dev/vdb")]);
    let at = |n: usize| shown["attachments"][n]["attached_at"].as_str().unwrap();
    assert!(at(1) < at(0), "{shown}");
}

#[test]
fn the_status_of_the_server_decides_whether_a_volume_grows_in_use() {
    let mut world = World::new();
    let id = world.made(false);
    world.edit(&id, json!({"attached_to": SERVER, "server_status": "BUILD"}));
    assert_eq!(refused(grow(&mut world, &id, 50)), (400, "EVS.1066".to_owned()));
    world.edit(&id, json!({"server_status": null}));
    assert_eq!(refused(grow(&mut world, &id, 50)), (400, "EVS.2131".to_owned()));
    // What its server does says nothing of a volume that has none.
    world.edit(&id, json!({"attached_to": null, "server_status": "ERROR"}));
    assert_eq!(grow(&mut world, &id, 41).0, 202);
    world.pass(100);
    for (size, status) in (50..).zip(["ACTIVE", "PAUSED", "SUSPENDED", "SHUTOFF"]) {
        world.edit(&id, json!({"attached_to": SERVER, "server_status": status}));
        assert_eq!(grow(&mut world, &id, size).0, 202, "{status}");
        assert_eq!(world.shown(&id)["status"], "extending");
        assert_eq!(world.shown(&id)["attachments"][0]["server_id"], SERVER, "it stays attached");
        world.pass(100);
        assert_eq!((&world.shown(&id)["status"], &world.shown(&id)["size"]), (&json!("in-use"), &json!(size)));
    }
    world.edit(&id, json!({"server_status": "BUILD"}));
    world.edit(&id, json!({"attached_to": OTHER}));
    assert_eq!(grow(&mut world, &id, 60).0, 202, "another server is ACTIVE where nothing else was said");
}

#[test]
fn servers_come_back_from_the_data_file() {
    let mut world = World::new();
    let [one, two] = [0; 2].map(|_| world.made(false));
    world.edit(&one, json!({"attached_to": SERVER, "server_status": null}));
    world.edit(&two, json!({"attached_to": SERVER, "locked_by": "CBR"}));
    world.edit(&one, json!({"attached_to": null}));
    world.edit(&one, json!({"attached_to": OTHER, "server_status": "ERROR"}));
    let mut again = world.again();
    for world in [&mut world, &mut again] {
        assert_eq!(devices(&world.shown(&two)), [(SERVER, "/dev/vdc")]);
        assert_eq!(refused(grow(world, &one, 50)).1, "EVS.1066");
        world.edit(&two, json!({"attached_to": null}));
        assert_eq!(refused(world.send("DELETE", &format!("/v2/{{p}}/cloudvolumes/{two}"), b"")).1, "EVS.2068");
    }
    assert_eq!(world.volumes(), again.volumes());
}
