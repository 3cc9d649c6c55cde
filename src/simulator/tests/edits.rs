//! Volumes that are edited from outside: `POST /_sim/volumes/{volume_id}`.

use super::http::{quick, start};
use super::{DURATION, PROJECT, World, blank, blank_with};
use crate::simulator::edit::edit;
use crate::simulator::fault::{Failure, JobTrouble};
use reqwest::Method;
use serde_json::{Value, json};

impl World {
    fn edit(&mut self, id: &str, fields: Value) -> (u16, Value) {
        self.cloud.advance(self.now);
        let answered = edit(&mut self.cloud, id, fields.to_string().as_bytes());
        let reply = answered.unwrap_or_else(|refusal| refusal.reply(crate::simulator::reply::Family::Custom));
        (reply.status, serde_json::from_slice(&reply.body).unwrap_or_default())
    }

    /// A volume that is made, or made badly.
    fn made(&mut self, failed: bool) -> String {
        let failure = || Failure { error_code: "EVS.2024".to_owned(), leaves_volume: true };
        self.trouble = failed.then(|| JobTrouble::Fail { sub_jobs: None, failure: failure() });
        self.create(blank("v"));
        self.trouble = None;
        self.pass(100);
        self.volumes()[0]["id"].as_str().unwrap().to_owned()
    }

    fn shown(&mut self, id: &str) -> Value {
        self.get(&format!("/v2/{{p}}/cloudvolumes/{id}")).1["volume"].clone()
    }

    fn in_use(&mut self, entry: &str) -> Value {
        self.get(&format!("/v2/{PROJECT}/os-quota-sets/x?usage=true")).1["quota_set"][entry]["in_use"].clone()
    }
}

#[test]
fn every_field_is_shown_as_it_was_edited_and_the_others_stay() {
    let mut world = World::new();
    let id = world.made(false);
    let before = world.shown(&id);
    let edits = json!({"name": "other", "description": "words", "size": 30, "volume_type": "SAS",
        "enterprise_project_id": "e", "tags": {"a": "b"}, "created_at": "2020-01-02T03:04:05.000006"});
    let (status, answer) = world.edit(&id, edits.clone());
    let after = world.shown(&id);
    assert_eq!((status, &answer["volume"]), (200, &after));
    for (field, value) in edits.as_object().unwrap() {
        assert_eq!(after[field], *value, "{field}");
    }
    for (field, value) in before.as_object().unwrap() {
        assert!(edits.get(field).is_some() || field == "updated_at" || after[field] == *value, "{field}");
    }
    world.edit(&id, json!({"iops": 3000, "throughput": 150, "name": null}));
    let after = world.shown(&id);
    assert_eq!((&after["iops"]["total_val"], &after["name"]), (&json!(3000), &json!("other")));
    let (status, _) = world.edit(&id, json!({"created_at": "2020-01-02T03:04:05Z", "tags": {}}));
    assert_eq!((status, &world.shown(&id)["created_at"]), (200, &json!("2020-01-02T03:04:05.000000")));
}

#[test]
fn what_an_edit_takes_of_the_quota_is_counted_and_given_back() {
    let mut world = World::new();
    let id = world.made(false);
    world.edit(&id, json!({"size": 30, "volume_type": "SAS"}));
    assert_eq!([world.in_use("gigabytes_SSD"), world.in_use("gigabytes_SAS")], [0, 30]);
    assert_eq!([world.in_use("volumes"), world.in_use("volumes_SSD")], [1, 0]);
    assert_eq!(world.edit(&id, json!({"gone": true})).0, 204);
    assert_eq!(world.get(&format!("/v2/{{p}}/cloudvolumes/{id}")).0, 404);
    assert_eq!([world.in_use("gigabytes_SAS"), world.in_use("volumes")], [0, 0]);
    assert_eq!(world.edit(&id, json!({"name": "x"})).0, 404);
}

#[test]
fn a_status_is_shown_until_other_work_begins() {
    let mut world = World::new();
    let id = world.made(true);
    assert_eq!(world.shown(&id)["status"], "error");
    world.edit(&id, json!({"status": "available"}));
    assert_eq!(world.shown(&id)["status"], "available");
    world.edit(&id, json!({"status": "rollbacking"}));
    assert_eq!(world.send("DELETE", &format!("/v2/{{p}}/cloudvolumes/{id}"), b"").0, 400, "not in that status");
    world.edit(&id, json!({"status": "available"}));
    let grow = json!({"os-extend": {"new_size": 50}});
    assert_eq!(world.post(&format!("/v2/{{p}}/cloudvolumes/{id}/action"), grow).0, 200);
    assert_eq!(world.shown(&id)["status"], "error", "what an edit said is over");
    world.pass(100);
    world.edit(&id, json!({"status": "available"}));
    assert_eq!(world.send("DELETE", &format!("/v2/{{p}}/cloudvolumes/{id}"), b"").0, 200);
    assert_eq!(world.shown(&id)["status"], "deleting");
}

#[test]
fn servers_are_shown_whatever_the_status_is() {
    let mut world = World::new();
    let id = world.made(false);
    world.edit(&id, json!({"attached_to": ["one", "two"]}));
    let shown = world.shown(&id);
    let servers: Vec<&Value> = shown["attachments"].as_array().unwrap().iter().map(|it| &it["server_id"]).collect();
    assert_eq!((servers, &shown["status"]), (vec![&json!("one"), &json!("two")], &json!("in-use")));
    assert_ne!(shown["attachments"][0]["attachment_id"], shown["attachments"][1]["attachment_id"]);
    assert_eq!(world.names("server_id=two"), ["v"]);
    world.edit(&id, json!({"status": "error"}));
    let shown = world.shown(&id);
    assert_eq!((&shown["attachments"][1]["server_id"], &shown["status"]), (&json!("two"), &json!("error")));
    world.edit(&id, json!({"attached_to": [], "status": "available"}));
    assert_eq!(world.shown(&id)["attachments"], json!([]));
}

#[test]
fn another_age_is_another_place_in_the_lists() {
    let mut world = World::new();
    for name in ["first", "second", "third"] {
        world.create(blank_with(json!({ "name": name })));
        world.pass(100);
    }
    assert_eq!(world.names(""), ["third", "second", "first"]);
    let id = world.volumes()[0]["id"].as_str().unwrap().to_owned();
    world.edit(&id, json!({"created_at": "2001-01-01T00:00:00"}));
    assert_eq!(world.names(""), ["second", "first", "third"]);
    let marker = world.volumes()[1]["id"].as_str().unwrap().to_owned();
    assert_eq!(world.names(&format!("limit=1&marker={marker}")), ["third"]);
}

#[test]
fn what_cannot_be_meant_is_refused_and_changes_nothing() {
    let mut world = World::new();
    let id = world.made(false);
    let before = world.shown(&id);
    for (fields, code) in [
        (json!({"colour": "red"}), "EVS.1070"),
        (json!({"size": 0}), "EVS.1070"),
        (json!({"size": "10"}), "EVS.1070"),
        (json!({"status": ""}), "EVS.1070"),
        (json!({"created_at": 7}), "EVS.1070"),
        (json!({"created_at": "yesterday"}), "EVS.1070"),
        (json!(["name"]), "EVS.2108"),
        (json!({"tags": {"": "x"}}), "EVS.1062"),
    ] {
        let (status, answer) = world.edit(&id, fields.clone());
        assert_eq!((status, answer["error"]["code"].as_str()), (400, Some(code)), "{fields} {answer}");
    }
    assert_eq!(world.edit("x", json!({})).0, 404);
    assert_eq!(world.shown(&id), before);
    world.create(blank("w"));
    let young = world.volumes()[0]["id"].as_str().unwrap().to_owned();
    for fields in [json!({"size": 50}), json!({"volume_type": "SAS"}), json!({"gone": true})] {
        assert_eq!(world.edit(&young, fields).1["error"]["code"], "EVS.1046");
    }
    assert_eq!(world.edit(&young, json!({"name": "early"})).0, 200);
    world.pass(100);
    assert_eq!(world.shown(&young)["name"], "early");
}

#[test]
fn an_edit_is_there_again_after_a_restart() {
    let mut world = World::new();
    let id = world.made(true);
    world.edit(
        &id,
        json!({"status": "available", "attached_to": ["s"], "size": 70, "created_at": "2001-01-01T00:00:00"}),
    );
    let other = world.made(false);
    world.edit(&other, json!({"gone": true}));
    let mut again = World::new();
    for event in world.cloud.take_events() {
        again.cloud.apply(&serde_json::from_str(&serde_json::to_string(&event).unwrap()).unwrap());
    }
    again.now = world.now + DURATION;
    world.now = again.now;
    assert_eq!(again.volumes(), world.volumes());
    assert_eq!((again.volumes().len(), again.in_use("gigabytes_SSD")), (1, json!(70)));
}

#[tokio::test]
async fn it_is_a_control_over_http() {
    let cloud = start(quick()).await;
    assert_eq!(cloud.create(blank("v")).await.unwrap().status(), 200);
    let volumes = cloud.get("/v2/{p}/cloudvolumes/detail").await.1;
    let path = format!("/_sim/volumes/{}", volumes["volumes"][0]["id"].as_str().unwrap());
    let (status, answer) = cloud.json(Method::POST, &path, Some(json!({"attached_to": ["s"]}))).await;
    assert_eq!((status, &answer["volume"]["status"]), (200, &json!("in-use")));
    assert_eq!(cloud.send(Method::POST, &path, Some(json!({"gone": true}))).await.unwrap().status(), 204);
    assert_eq!(cloud.count().await, 0);
    assert_eq!(cloud.json(Method::POST, &path, Some(json!({}))).await.0, 404);
    assert_eq!(cloud.json(Method::GET, &path, None).await.0, 404);
}
