//! Growing: what it answers, what becomes of the volume, and what is refused.

use super::{PROJECT, World, blank, blank_with};
use crate::simulator::event::Event;
use crate::simulator::fault::{Failure, JobTrouble};
use serde_json::{Value, json};

/// A world with one available volume of 40 GB.
fn world() -> (World, String) {
    grown(World::new(), blank("v"))
}

fn grown(mut world: World, volume: Value) -> (World, String) {
    let job = world.create(volume);
    world.pass(100);
    let id = world.job(&job)["entities"]["volume_id"].as_str().unwrap().to_owned();
    (world, id)
}

fn to(size: impl Into<Value>) -> Value {
    json!({"os-extend": {"new_size": size.into()}})
}

fn shown(world: &mut World, id: &str) -> (String, u64) {
    let (_, body) = world.get(&format!("/v2/{{p}}/cloudvolumes/{id}"));
    (body["volume"]["status"].as_str().unwrap().to_owned(), body["volume"]["size"].as_u64().unwrap())
}

fn gigabytes(world: &mut World) -> Value {
    world.get("/v2/{p}/os-quota-sets/{p}?usage=True").1["quota_set"]["gigabytes_SSD"].clone()
}

#[test]
fn a_volume_grows_while_its_job_runs() {
    for (path, status) in [("/v2.1/{p}/cloudvolumes/", 202), ("/v2/{p}/cloudvolumes/", 200)] {
        let (mut world, id) = world();
        let (answered, body) = world.post(&format!("{path}{id}/action"), to(100.9));
        assert_eq!((answered, body.as_object().unwrap().len()), (status, 1));
        assert_eq!(shown(&mut world, &id), ("extending".to_owned(), 40));
        assert_eq!(gigabytes(&mut world), json!({"reserved": 60, "limit": -1, "in_use": 40}));
        world.pass(50);
        let job = world.job(body["job_id"].as_str().unwrap());
        assert_eq!((&job["status"], &job["job_type"]), (&json!("RUNNING"), &json!("extendVolume")));
        assert_eq!(job["entities"], json!({"volume_id": id}));
        world.pass(50);
        assert_eq!(shown(&mut world, &id), ("available".to_owned(), 100));
        assert_eq!(gigabytes(&mut world), json!({"reserved": 0, "limit": -1, "in_use": 100}));
        assert_eq!(
            world.get(&format!("/v2/{{p}}/cloudvolumes/{id}")).1["volume"]["updated_at"],
            "2024-01-02T03:04:24.000000"
        );
        world.send("DELETE", &format!("/v2/{{p}}/cloudvolumes/{id}"), b"");
        world.pass(100);
        assert_eq!(gigabytes(&mut world), json!({"reserved": 0, "limit": -1, "in_use": 0}));
    }
}

#[test]
fn cinder_answers_with_nothing_and_refuses_in_its_envelope() {
    let (mut world, id) = world();
    for version in ["v2", "v3"] {
        let path = format!("/{version}/{{p}}/volumes/{id}/action");
        let (status, body) = world.post(&path, to(40));
        let message = "new volume Size must be greater than old Size!";
        assert_eq!((status, body), (400, json!({"badRequest": {"message": message, "code": 400}})));
    }
    let path = format!("/v3/{{p}}/volumes/{id}/action");
    assert_eq!(world.post(&path, to(41)), (202, Value::Null));
    world.pass(100);
    assert_eq!(shown(&mut world, &id), ("available".to_owned(), 41));
    let gone = "/v3/{p}/volumes/8dd7c486-8e9f-49fe-bceb-26aa7e312b66/action";
    assert_eq!(world.post(gone, to(41)).1["itemNotFound"]["code"], 404);
}

#[test]
fn each_defect_has_its_code() {
    let (mut world, id) = world();
    let path = format!("/v2.1/{{p}}/cloudvolumes/{id}/action");
    for (body, expected) in [
        (json!({}), "EVS.1011"),
        (json!({"os-extend": {}}), "EVS.1011"),
        (json!([]), "EVS.2108"),
        (to("100"), "EVS.1018"),
        (to(40), "EVS.1015"),
        (to(40.9), "EVS.1015"),
        (to(-1), "EVS.1015"),
        (to(32_769), "EVS.1010"),
        (to(u64::MAX), "EVS.1010"),
        (json!({"os-extend": {"new_size": 50}, "bssParam": {"isAutoPay": "yes"}}), "EVS.2147"),
    ] {
        let (status, answer) = world.post(&path, body.clone());
        assert_eq!((status, answer["error"]["code"].as_str()), (400, Some(expected)), "{body}");
    }
    assert_eq!(world.post(&path, to(50)).0, 202);
    assert_eq!(world.post(&path, to(60)).1["error"]["code"], "EVS.1064", "one after the other");
    let quotas =
        r#"{"zones":["az-dc-1"],"types":[{"id":"t","name":"SSD","zones":["az-dc-1"]}],"quotas":{"gigabytes":90}}"#;
    let (mut world, id) = grown(World::with(Some(quotas)), blank("v"));
    let path = format!("/v2.1/{{p}}/cloudvolumes/{id}/action");
    assert_eq!(world.post(&path, to(91)).1["error"]["code"], "EVS.1042");
    assert_eq!(world.post(&path, to(90)).0, 202);
}

#[test]
fn growing_that_fails_leaves_a_volume_that_can_only_be_deleted() {
    let (mut world, id) = world();
    let failure = Failure { error_code: Some("EVS.2026".to_owned()), leaves_volume: false };
    world.trouble = Some(JobTrouble::Fail { sub_jobs: None, failure });
    let path = format!("/v2.1/{{p}}/cloudvolumes/{id}/action");
    let (_, body) = world.post(&path, to(100));
    world.trouble = None;
    world.pass(100);
    let job = world.job(body["job_id"].as_str().unwrap());
    assert_eq!(
        (&job["status"], &job["error_code"], &job["fail_reason"]),
        (&json!("FAIL"), &json!("EVS.2026"), &json!("EbsExtendVolumeTask-fail:volume is error_extending!"))
    );
    assert_eq!(shown(&mut world, &id), ("error_extending".to_owned(), 40));
    assert_eq!(gigabytes(&mut world), json!({"reserved": 0, "limit": -1, "in_use": 40}));
    assert_eq!(world.post(&path, to(100)).1["error"]["code"], "EVS.1064");
    assert_eq!(world.send("DELETE", &format!("/v2/{{p}}/cloudvolumes/{id}"), b"").0, 200);
    world.pass(100);
    assert!(world.volumes().is_empty());
}

#[test]
fn a_prepaid_volume_grows_when_its_order_is_paid() {
    let mut world = World::new();
    let paid = json!({"chargingMode": "prePaid", "periodType": "month", "periodNum": 1, "isAutoPay": "true"});
    let (_, body) = world.post("/v2.1/{p}/cloudvolumes", json!({"volume": blank_with(json!({})), "bssParam": paid}));
    assert!(body["order_id"].is_string());
    world.pass(100);
    let id = world.volumes()[0]["id"].as_str().unwrap().to_owned();
    let path = format!("/v2.1/{{p}}/cloudvolumes/{id}/action");
    let (_, body) = world.post(&path, to(50));
    assert!(body["order_id"].is_string() && body.get("job_id").is_none());
    assert_eq!(shown(&mut world, &id), ("available".to_owned(), 40));
    world.post(&path, json!({"os-extend": {"new_size": 50}, "bssParam": {"isAutoPay": "true"}}));
    world.pass(100);
    assert_eq!(shown(&mut world, &id), ("available".to_owned(), 50));
    assert_eq!(world.post(&format!("/v3/{{p}}/volumes/{id}/action"), to(60)).1["badRequest"]["code"], 400);
}

#[test]
fn growth_comes_back_from_the_data_file() {
    let (mut world, id) = world();
    world.post(&format!("/v2.1/{{p}}/cloudvolumes/{id}/action"), to(100));
    let mut second = World::new();
    for event in world.cloud.take_events() {
        let line = serde_json::to_string(&event).unwrap();
        second.cloud.apply(&serde_json::from_str::<Event>(&line).unwrap());
    }
    second.now = world.now;
    for world in [&mut world, &mut second] {
        assert_eq!(shown(world, &id), ("extending".to_owned(), 40));
        world.pass(100);
        assert_eq!(shown(world, &id), ("available".to_owned(), 100));
    }
    assert_eq!(world.get("/v3/{p}/volumes/detail"), second.get("/v3/{p}/volumes/detail"));
    assert_eq!(second.cloud.volumes(PROJECT).count(), 1);
}
