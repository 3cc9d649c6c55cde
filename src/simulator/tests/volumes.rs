//! Update, delete, tags, and what only looks.

use super::{World, blank, blank_with};
use crate::simulator::fault::{Failure, JobTrouble};
use serde_json::{Value, json};

/// A world with one available volume.
fn world() -> (World, String) {
    let mut world = World::new();
    let job = world.create(blank_with(json!({"description": "d", "tags": {"a": "1"}})));
    world.pass(100);
    let id = world.job(&job)["entities"]["volume_id"].as_str().unwrap().to_owned();
    (world, id)
}

fn code(answer: &(u16, Value)) -> (u16, &str) {
    (answer.0, answer.1["error"]["code"].as_str().unwrap_or_default())
}

#[test]
fn an_update_answers_unwrapped_and_reduced() {
    let (mut world, id) = world();
    let path = format!("/v2/{{p}}/cloudvolumes/{id}");
    world.pass(10);
    let (status, body) = world.send("PUT", &path, br#"{"volume":{"name":"new","description":""}}"#);
    assert_eq!((status, &body["name"], &body["shareable"]), (200, &json!("new"), &json!(false)));
    assert!(body.get("tags").is_none() && body.get("encrypted").is_none());
    let (_, shown) = world.get(&path);
    assert_eq!((&shown["volume"]["name"], &shown["volume"]["description"]), (&json!("new"), &json!("")));
    assert_eq!(shown["volume"]["updated_at"], "2024-01-02T03:04:16.000000");
    let cinder = format!("/v3/{{p}}/volumes/{id}");
    let (_, body) = world.send("PUT", &cinder, br#"{"volume":{"display_name":"shown"}}"#);
    assert_eq!(body["volume"]["name"], "shown");
}

#[test]
fn an_update_that_says_nothing_is_refused() {
    let (mut world, id) = world();
    let long = json!({"volume": {"name": "n".repeat(256)}}).to_string();
    let wordy = json!({"volume": {"description": "n".repeat(256)}}).to_string();
    for (body, expected) in [
        ("{}", "EVS.1001"),
        (r#"{"volume":null}"#, "EVS.1001"),
        (r#"{"volume":{}}"#, "EVS.1007"),
        (r#"{"volume":{"name":null,"description":null}}"#, "EVS.1007"),
        (long.as_str(), "EVS.1003"),
        (wordy.as_str(), "EVS.1004"),
    ] {
        let answer = world.send("PUT", &format!("/v2/{{p}}/cloudvolumes/{id}"), body.as_bytes());
        assert_eq!(code(&answer), (400, expected));
    }
}

#[test]
fn a_deletion_ends_in_404() {
    let (mut world, id) = world();
    let path = format!("/v2/{{p}}/cloudvolumes/{id}");
    let (status, body) = world.send("DELETE", &path, b"");
    assert_eq!(status, 200);
    let job = body["job_id"].as_str().unwrap().to_owned();
    assert_eq!(world.get(&path).1["volume"]["status"], "deleting");
    assert_eq!(code(&world.send("DELETE", &path, b"")), (400, "EVS.1046"));
    world.pass(100);
    assert_eq!(world.job(&job)["status"], "SUCCESS");
    assert_eq!(world.job(&job)["job_type"], "deleteVolume");
    assert_eq!(code(&world.get(&path)), (404, "EVS.5404"));
    assert_eq!(code(&world.send("DELETE", &path, b"")), (404, "EVS.5404"));
    let (status, body) = world.get(&format!("/v3/{{p}}/volumes/{id}"));
    assert_eq!((status, &body["itemNotFound"]["code"]), (404, &json!(404)));
    assert_eq!(body["itemNotFound"]["message"], format!("Volume {id} could not be found."));
}

#[test]
fn what_is_being_made_cannot_be_deleted_and_what_failed_can() {
    let mut world = World::new();
    let failure = Failure { error_code: Some("EVS.2024".to_owned()), leaves_volume: true };
    world.trouble = Some(JobTrouble::Fail { sub_jobs: None, failure });
    world.create(blank("v"));
    world.trouble = None;
    let id = world.volumes()[0]["id"].as_str().unwrap().to_owned();
    let path = format!("/v3/{{p}}/volumes/{id}");
    assert_eq!(world.send("DELETE", &path, b"").0, 400);
    world.pass(100);
    assert_eq!(world.send("DELETE", &path, b""), (202, Value::Null));
    world.pass(100);
    assert_eq!(world.get(&path).0, 404);
}

#[test]
fn a_deletion_that_fails_leaves_what_nothing_can_be_done_with() {
    let (mut world, id) = world();
    let failure = Failure { error_code: Some("EVS.2020".to_owned()), leaves_volume: true };
    world.trouble = Some(JobTrouble::Fail { sub_jobs: None, failure });
    let path = format!("/v2/{{p}}/cloudvolumes/{id}");
    let job = world.send("DELETE", &path, b"").1["job_id"].as_str().unwrap().to_owned();
    world.pass(100);
    assert_eq!(world.job(&job)["status"], "FAIL");
    assert_eq!(world.get(&path).1["volume"]["status"], "error_deleting");
    assert_eq!(code(&world.send("DELETE", &path, b"")), (500, "EVS.2020"));
}

#[test]
fn an_id_that_is_none_is_400() {
    let (mut world, _) = world();
    assert_eq!(code(&world.get("/v2/{p}/cloudvolumes/xyz")), (400, "EVS.1002"));
    assert_eq!(code(&world.get("/v2/{p}/cloudvolumes/8dd7c486-8e9f-49fe-bceb-26aa7e312b66")), (404, "EVS.5404"));
}

#[test]
fn a_volume_of_another_project_is_not_there() {
    let (mut world, id) = world();
    let other = "f".repeat(32);
    assert_eq!(world.get(&format!("/v2/{other}/cloudvolumes/{id}")).0, 404);
    assert_eq!(world.get(&format!("/v2/{other}/cloudvolumes/detail")).1["count"], 0);
}

#[test]
fn tags_are_added_overwritten_and_removed() {
    let (mut world, id) = world();
    let path = format!("/v2/{{p}}/cloudvolumes/{id}/tags");
    let action = format!("{path}/action");
    let add = json!({"action": "create", "tags": [{"key": "a", "value": "2"}, {"key": "b", "value": ""}]});
    assert_eq!(world.post(&action, add), (204, Value::Null));
    assert_eq!(world.get(&path).1, json!({"tags": [{"key": "a", "value": "2"}, {"key": "b", "value": ""}]}));
    let remove = json!({"action": "delete", "tags": [{"key": "a"}, {"key": "never"}]});
    assert_eq!(world.post(&action, remove).0, 204);
    assert_eq!(world.volumes()[0]["tags"], json!({"b": ""}));
    let many: Vec<Value> = (0..10).map(|i| json!({"key": format!("k{i}"), "value": "v"})).collect();
    assert_eq!(code(&world.post(&action, json!({"action": "create", "tags": many}))), (400, "EVS.1061"));
    let bad = json!({"action": "create", "tags": [{"key": "a b", "value": "v"}]});
    assert_eq!(code(&world.post(&action, bad)), (400, "EVS.1062"));
    assert_eq!(world.get("/v2/{p}/cloudvolumes/tags").1, json!({"tags": {"b": [""]}}));
}

#[test]
fn volumes_are_found_by_tag() {
    let mut world = World::new();
    for (name, team) in [("one", "x"), ("two", "x"), ("three", "y")] {
        world.create(json!({"availability_zone": "az-dc-1", "volume_type": "SSD", "size": 40, "name": name, "tags": {"team": team}}));
    }
    let path = "/v2/{p}/cloudvolumes/resource_instances/action";
    let query =
        json!({"action": "filter", "limit": "1", "offset": "1", "tags": [{"key": "team", "values": ["x", "z"]}]});
    let (status, body) = world.post(path, query);
    assert_eq!((status, &body["total_count"]), (200, &json!(2)));
    assert_eq!(body["resources"][0]["resource_name"], "one");
    assert_eq!(body["resources"][0]["tags"], json!([{"key": "team", "value": "x"}]));
    assert_eq!(body["resources"][0]["resource_detail"]["shareable"], false);
    let any = json!({"action": "filter", "tags": [{"key": "team", "values": []}], "matches": [{"key": "resource_name", "value": "t"}]});
    assert_eq!(world.post(path, any).1["total_count"], 2);
    assert_eq!(world.post(path, json!({"action": "guess"})).1["badRequest"]["code"], 400);
}

#[test]
fn the_catalogue_is_shown() {
    let mut world = World::new();
    let (_, zones) = world.get("/v2/{p}/os-availability-zone");
    assert_eq!(zones["availabilityZoneInfo"][0], json!({"zoneName": "az-dc-1", "zoneState": {"available": true}}));
    let (_, types) = world.get("/v3/{p}/types");
    let sata = types["volume_types"].as_array().unwrap().iter().find(|it| it["name"] == "SATA").unwrap().clone();
    assert_eq!(sata["extra_specs"]["os-vendor-extended:sold_out_availability_zones"], "az-dc-3");
    let (status, one) = world.get(&format!("/v2/{{p}}/types/{}", sata["id"].as_str().unwrap()));
    assert_eq!((status, &one["volume_type"]), (200, &sata));
    assert_eq!(world.get("/v2/{p}/types/none").0, 404);
    let (_, snapshots) = world.get("/v2/{p}/cloudsnapshots/detail?name=base");
    assert_eq!(snapshots["count"], 1);
    let id = snapshots["snapshots"][0]["id"].as_str().unwrap();
    assert_eq!(world.get(&format!("/v2/{{p}}/cloudsnapshots/{id}")).1["snapshot"]["name"], "base");
    assert_eq!(world.get("/v2/{p}/cloudsnapshots/none").0, 404);
    assert_eq!(world.get("/").0, 300);
    assert_eq!(world.get("/v3").1["versions"][0]["status"], "CURRENT");
}

#[test]
fn a_volume_from_an_image_is_bootable() {
    let mut world = World::new();
    world.create(blank_with(json!({"imageRef": "c6db9a3b-6bd1-4d3c-9d3b-0c0f6b5f5a10"})));
    let volume = &world.volumes()[0];
    assert_eq!((&volume["bootable"], &volume["volume_image_metadata"]["min_disk"]), (&json!("true"), &json!("40")));
}

#[test]
fn a_volume_from_a_snapshot_inherits() {
    let mut world = World::new();
    let snapshot = "fc05d5d7-7e99-42fb-b6f2-9ddd1b990e67";
    world.create(blank_with(
        json!({"snapshot_id": snapshot, "availability_zone": "az-dc-2", "volume_type": "SAS", "size": 200}),
    ));
    let volume = &world.volumes()[0];
    assert_eq!((&volume["snapshot_id"], &volume["metadata"]["__system__encrypted"]), (&json!(snapshot), &json!("1")));
}

#[test]
fn images_and_backups_are_shown_as_their_services_show_them() {
    let mut world = World::new();
    let (status, all) = world.get("/v2/cloudimages");
    assert_eq!((status, all["images"].as_array().unwrap().len()), (200, 2));
    let (_, one) = world.get("/v2/cloudimages?id=0d5f4c1e-7b0a-4b55-8f6a-9d1f2a3b4c20");
    assert_eq!((&one["images"][0]["status"], &one["images"][0]["min_disk"]), (&json!("queued"), &json!(40)));
    assert_eq!(world.get("/v2/cloudimages?id=nothing").1, json!({"images": []}));
    let (status, shown) = world.get("/v3/{p}/backups/1f2e3d4c-5b6a-4978-8695-a4b3c2d1e0f1");
    let backup = &shown["backup"];
    assert_eq!((status, &backup["resource_size"], &backup["resource_az"]), (200, &json!(40), &json!("az-dc-1")));
    assert_eq!(code(&world.get("/v3/{p}/backups/nothing")), (404, "EVS.5404"));
}

#[test]
fn a_zone_that_is_down_is_shown_so_and_makes_nothing() {
    let mut world = World::with(Some(
        r#"{"zones":["a","b"],"unavailable_zones":["b"],"types":[{"id":"1","name":"SSD","zones":["a","b"]}]}"#,
    ));
    let (_, zones) = world.get("/v2/{p}/os-availability-zone");
    let available = |place: usize| &zones["availabilityZoneInfo"][place]["zoneState"]["available"];
    assert_eq!((available(0), available(1)), (&json!(true), &json!(false)));
    let volume = blank_with(json!({"availability_zone": "b"}));
    assert_eq!(code(&world.post("/v3/{p}/cloudvolumes", json!({ "volume": volume }))), (400, "EVS.2053"));
}
