//! Volumes that are exported to images.

use super::{PROJECT, World, blank_with, failing, refused};
use crate::simulator::fault::JobTrouble;
use serde_json::{Value, json};

const FOREIGN: &str = "00000000000000000000000000000000";

impl World {
    fn export(&mut self, id: &str, fields: Value) -> (u16, Value) {
        self.post(&format!("/v3/{{p}}/volumes/{id}/action"), json!({ "os-volume_upload_image": fields }))
    }

    fn images(&mut self, query: &str) -> Vec<Value> {
        let (status, body) = self.get(&format!("/v2/cloudimages{query}"));
        assert_eq!(status, 200);
        body["images"].as_array().unwrap().clone()
    }
}

fn keys(of: &Value) -> Vec<&str> {
    of.as_object().unwrap().keys().map(String::as_str).collect()
}

/// Exports a volume of 40 GB and gives the id of the image.
fn exported(world: &mut World, id: &str) -> String {
    let (status, body) = world.export(id, json!({"image_name": "golden"}));
    assert_eq!(status, 202, "{body}");
    body["os-volume_upload_image"]["image_id"].as_str().unwrap().to_owned()
}

#[test]
fn the_answer_is_that_of_the_reference() {
    let mut world = World::new();
    let id = world.made(false);
    let fields = json!({
        "image_name": "sxmatch2", "force": true, "container_format": "bare", "disk_format": "vhd", "__os_type": "linux",
    });
    let (status, body) = world.export(&id, fields);
    let answer = &body["os-volume_upload_image"];
    assert_eq!((status, keys(&body)), (202, vec!["os-volume_upload_image"]));
    let mut names = keys(answer);
    names.sort_unstable();
    let mut expected = vec![
        "status",
        "size",
        "id",
        "image_id",
        "image_name",
        "volume_type",
        "container_format",
        "disk_format",
        "display_description",
        "updated_at",
    ];
    expected.sort_unstable();
    assert_eq!(names, expected);
    for (key, value) in [
        ("status", json!("uploading")),
        ("size", json!(40)),
        ("id", json!(id)),
        ("image_name", json!("sxmatch2")),
        ("container_format", json!("bare")),
        ("disk_format", json!("vhd")),
        ("display_description", json!("")),
        ("updated_at", json!("2024-01-02T03:04:15.000000")),
    ] {
        assert_eq!(answer[key], value, "{key}");
    }
    let of = &answer["volume_type"];
    let mut names = keys(of);
    names.sort_unstable();
    let mut expected = vec![
        "description",
        "deleted",
        "created_at",
        "updated_at",
        "extra_specs",
        "is_public",
        "deleted_at",
        "id",
        "name",
    ];
    expected.sort_unstable();
    assert_eq!((names, &of["name"], &of["deleted"]), (expected, &json!("SSD"), &json!(false)));
}

#[test]
fn it_takes_the_time_of_a_job_and_holds_the_volume_until_then() {
    let mut world = World::new();
    let id = world.made(false);
    let image = exported(&mut world, &id);
    for percent in [0, 50, 49] {
        world.pass(percent);
        assert_eq!(world.shown(&id)["status"], "uploading");
        let listed = world.images(&format!("?id={image}"));
        assert_eq!((listed.len(), &listed[0]["status"]), (1, &json!("queued")));
    }
    assert_eq!(world.export(&id, json!({"image_name": "again", "force": true})).0, 400);
    assert_eq!(refused(world.send("DELETE", &format!("/v2/{{p}}/cloudvolumes/{id}"), b"")).1, "EVS.1046");
    assert_eq!(world.edit(&id, json!({"gone": true})).0, 400, "work is under way");
    let from = json!({"imageRef": image});
    let early = world.post("/v3/{p}/cloudvolumes", json!({ "volume": blank_with(from.clone()) }));
    assert_eq!(refused(early), (400, "EVS.2046".to_owned()));
    world.pass(1);
    assert_eq!(world.shown(&id)["status"], "available");
    let listed = world.images("");
    let found = listed.iter().find(|it| it["id"] == image).unwrap();
    for (key, value) in [
        ("name", json!("golden")),
        ("status", json!("active")),
        ("min_disk", json!(40)),
        ("min_ram", json!(0)),
        ("disk_format", json!("vhd")),
        ("container_format", json!("bare")),
        ("__os_type", json!("linux")),
        ("owner", json!(PROJECT)),
        ("size", json!(40_u64 << 30)),
    ] {
        assert_eq!(found[key], value, "{key}");
    }
    assert_eq!(world.images(&format!("?id={image}")), std::slice::from_ref(found));
    assert_eq!(keys(&listed[0]), keys(&listed[1]), "those of the catalogue are as they were");

    // The image outlives its volume.
    assert_eq!(world.send("DELETE", &format!("/v2/{{p}}/cloudvolumes/{id}"), b"").0, 200);
    world.pass(100);
    let made = world.made_with(from);
    let shown = world.shown(&made);
    assert_eq!((&shown["status"], &shown["bootable"]), (&json!("available"), &json!("true")));
    assert_eq!(shown["volume_image_metadata"]["image_id"], image);
    assert_eq!(shown["volume_image_metadata"]["image_name"], "golden");
    let small =
        world.post("/v3/{p}/cloudvolumes", json!({ "volume": blank_with(json!({"imageRef": image, "size": 39})) }));
    assert_eq!(refused(small), (400, "EVS.1010".to_owned()));
}

#[test]
fn what_was_asked_for_is_shown_and_handed_on() {
    let mut world = World::new();
    let key = "37b0d52e-c249-40d6-83cb-2b93f22445bd";
    let secret = json!({"__system__encrypted": "1", "__system__cmkid": key, "hw:passthrough": "true"});
    let id = world.made_with(json!({ "metadata": secret }));
    let fields = json!({
        "image_name": "卷 1.0_a-b", "disk_format": "qcow2", "container_format": "ovf", "__os_type": "windows",
        "visibility": "private", "protected": true,
    });
    let (status, body) = world.export(&id, fields);
    let answer = &body["os-volume_upload_image"];
    assert_eq!((status, &answer["visibility"], &answer["protected"]), (202, &json!("private"), &json!(true)));
    assert_eq!((&answer["disk_format"], &answer["container_format"]), (&json!("qcow2"), &json!("ovf")));
    world.pass(100);
    let image = answer["image_id"].as_str().unwrap();
    let listed = &world.images(&format!("?id={image}"))[0];
    assert_eq!((&listed["__os_type"], &listed["container_format"]), (&json!("windows"), &json!("ovf")));
    let made = world.made_with(json!({ "imageRef": image }));
    let shown = world.shown(&made);
    let metadata = json!({"__system__encrypted": "1", "__system__cmkid": key, "hw:passthrough": "false"});
    assert_eq!((&shown["metadata"], &shown["volume_image_metadata"]["container_format"]), (&metadata, &json!("ovf")));
    assert_eq!(shown["volume_image_metadata"]["__os_type"], "windows");

    // The image that a volume was made from tells more of its content than the caller.
    let (_, body) = world.export(&made, json!({"image_name": "b", "__os_type": "linux"}));
    world.pass(100);
    let image = body["os-volume_upload_image"]["image_id"].as_str().unwrap();
    assert_eq!(world.images(&format!("?id={image}"))[0]["__os_type"], "windows");
}

#[test]
fn a_volume_in_use_is_exported_by_force_and_stays_attached() {
    let mut world = World::new();
    let id = world.made(false);
    world.edit(&id, json!({"attached_to": "s"}));
    let fields = |force: Value| json!({"image_name": "n", "force": force, "__os_type": "windows"});
    for force in [json!(false), json!(null), json!("false")] {
        assert_eq!(world.export(&id, fields(force)).0, 400);
    }
    let (status, body) = world.export(&id, fields(json!(true)));
    assert_eq!(status, 202);
    assert_eq!(world.shown(&id)["status"], "uploading");
    world.pass(100);
    assert_eq!(
        (&world.shown(&id)["status"], &world.shown(&id)["attachments"][0]["server_id"]),
        (&json!("in-use"), &json!("s"))
    );
    let image = body["os-volume_upload_image"]["image_id"].as_str().unwrap();
    assert_eq!(world.images(&format!("?id={image}"))[0]["__os_type"], "linux", "said of an available volume alone");
    for status in ["error", "extending", "attaching"] {
        world.edit(&id, json!({ "status": status }));
        assert_eq!(world.export(&id, fields(json!(true))).0, 400, "{status}");
    }
}

#[test]
fn what_is_wrong_is_refused() {
    let mut world = World::new();
    let id = world.made(false);
    for (field, value) in [
        ("image_name", json!(null)),
        ("image_name", json!("")),
        ("image_name", json!(1)),
        ("image_name", json!(" n")),
        ("image_name", json!("n ")),
        ("image_name", json!("a/b")),
        ("image_name", json!("n".repeat(129))),
        ("disk_format", json!("iso")),
        ("disk_format", json!({})),
        ("container_format", json!("docker")),
        ("__os_type", json!("bsd")),
        ("force", json!("perhaps")),
        ("force", json!(1)),
        ("protected", json!("x")),
        ("visibility", json!("secret")),
    ] {
        let mut fields = json!({"image_name": "n"});
        fields[field] = value;
        let (status, body) = world.export(&id, fields.clone());
        assert_eq!((status, &body["badRequest"]["code"]), (400, &json!(400)), "{fields}");
    }
    assert_eq!(world.export(&id, json!(null)).0, 400);
    let (status, body) = world.export(&id, json!({"image_name": "n", "visibility": "public"}));
    assert_eq!((status, &body["forbidden"]["code"]), (403, &json!(403)));
    world.post("/v2/{p}/cloudsnapshots", json!({"snapshot": {"volume_id": id}}));
    assert_eq!(world.export(&id, json!({"image_name": "n"})).0, 400, "a snapshot is being taken");
    world.pass(100);
    let longest = json!({"image_name": "n".repeat(128)});
    assert_eq!(world.export(&id, longest).0, 202);
    let large = world.made_with(json!({"size": 1025}));
    assert_eq!(world.export(&large, json!({"image_name": "n"})).0, 400);
    let path = "/v3/{p}/volumes/8dd7c486-8e9f-49fe-bceb-26aa7e312b66/action";
    assert_eq!(world.post(path, json!({"os-volume_upload_image": {"image_name": "n"}})).0, 404);
    let path = format!("/v3/{FOREIGN}/volumes/{id}/action");
    assert_eq!(world.post(&path, json!({"os-volume_upload_image": {"image_name": "n"}})).0, 404);
    world.pass(100);
    assert_eq!(world.images("").len(), 3);
}

#[test]
fn an_image_is_of_its_project() {
    let mut world = World::new();
    let id = world.made(false);
    let image = exported(&mut world, &id);
    world.pass(100);
    let volume = json!({ "volume": blank_with(json!({ "imageRef": image })) });
    assert_eq!(refused(world.post(&format!("/v3/{FOREIGN}/cloudvolumes"), volume.clone())).1, "EVS.2046");
    assert_eq!(world.post("/v3/{p}/cloudvolumes", volume).0, 200);
}

#[test]
fn what_fails_leaves_no_image_and_the_volume_as_it_was() {
    let mut world = World::new();
    let id = world.made(false);
    world.trouble = failing(None);
    let image = exported(&mut world, &id);
    world.trouble = None;
    assert_eq!(world.images(&format!("?id={image}")).len(), 1);
    world.pass(100);
    assert_eq!(world.shown(&id)["status"], "available");
    assert_eq!(world.images(&format!("?id={image}")), Vec::<Value>::new());
    world.trouble = Some(JobTrouble::Hang);
    let image = exported(&mut world, &id);
    world.pass(1000);
    assert_eq!(world.shown(&id)["status"], "uploading");
    assert_eq!(world.images(&format!("?id={image}"))[0]["status"], "queued");
}

#[test]
fn a_restart_in_the_middle_goes_on_and_one_after_it_finds_the_image() {
    let mut world = World::new();
    let id = world.made(false);
    let image = exported(&mut world, &id);
    world.pass(40);
    let mut again = world.again();
    for world in [&mut world, &mut again] {
        assert_eq!(world.shown(&id)["status"], "uploading");
        world.pass(60);
        assert_eq!(world.shown(&id)["status"], "available");
        assert_eq!(world.images(&format!("?id={image}"))[0]["status"], "active");
        world.made_with(json!({ "imageRef": image }));
    }
    assert_eq!(world.volumes(), again.volumes());
    assert_eq!(world.images(""), again.images(""));
}

#[test]
fn exports_take_nothing_of_the_quota() {
    let mut world = World::new();
    let id = world.made(false);
    let before = world.get(&format!("/v2/{PROJECT}/os-quota-sets/x?usage=true"));
    exported(&mut world, &id);
    assert_eq!(world.get(&format!("/v2/{PROJECT}/os-quota-sets/x?usage=true")), before);
    world.pass(100);
    assert_eq!(world.get(&format!("/v2/{PROJECT}/os-quota-sets/x?usage=true")), before);
}
