//! Volumes that are edited from outside: `POST /_sim/volumes/{volume_id}`.

use super::http::{quick, start};
use super::{DURATION, PROJECT, World, blank, blank_with};
use crate::simulator::edit::edit;
use crate::simulator::fault::{Failure, JobTrouble};
use crate::simulator::{Config, Credentials};
use reqwest::Method;
use serde_json::{Value, json};

impl World {
    pub(super) fn edit(&mut self, id: &str, fields: Value) -> (u16, Value) {
        self.cloud.advance(self.now);
        let answered = edit(&mut self.cloud, "http://cloud", id, fields.to_string().as_bytes());
        let reply = answered.unwrap_or_else(|refusal| refusal.reply(crate::simulator::reply::Family::Custom));
        (reply.status, serde_json::from_slice(&reply.body).unwrap_or_default())
    }

    /// A volume that is made, or made badly.
    pub(super) fn made(&mut self, failed: bool) -> String {
        let failure = || Failure { error_code: Some("EVS.2024".to_owned()), leaves_volume: true };
        self.trouble = failed.then(|| JobTrouble::Fail { sub_jobs: None, failure: failure() });
        self.create(blank("v"));
        self.trouble = None;
        self.pass(100);
        self.volumes()[0]["id"].as_str().unwrap().to_owned()
    }

    pub(super) fn made_with(&mut self, fields: Value) -> String {
        self.create(blank_with(fields));
        self.pass(100);
        self.volumes()[0]["id"].as_str().unwrap().to_owned()
    }

    pub(super) fn shown(&mut self, id: &str) -> Value {
        self.get(&format!("/v2/{{p}}/cloudvolumes/{id}")).1["volume"].clone()
    }

    pub(super) fn in_use(&mut self, entry: &str) -> Value {
        self.get(&format!("/v2/{PROJECT}/os-quota-sets/x?usage=true")).1["quota_set"][entry]["in_use"].clone()
    }
}

#[test]
fn every_field_is_shown_as_it_was_edited_and_the_others_stay() {
    for (field, value) in [
        ("name", json!("other")),
        ("name", json!("")),
        ("description", json!("words")),
        ("size", json!(30)),
        ("size", json!(32_768)),
        ("volume_type", json!("SAS")),
        ("enterprise_project_id", json!("3f8c9a10-6b27-4d15-8a0e-94d2c7b1e833")),
        ("tags", json!({"evsctl": "s_aebagbaf_bnx34y2tft", "a": "b"})),
        ("tags", json!({})),
        ("status", json!("backing-up")),
        ("status", json!("reserved")),
        ("created_at", json!("2020-01-02T03:04:05.000006")),
    ] {
        let mut world = World::new();
        let id = world.made_with(json!({"size": 20, "description": "before", "tags": {"evsctl": "x"}}));
        let before = world.shown(&id);
        let (status, answer) = world.edit(&id, json!({ field: value }));
        let after = world.shown(&id);
        assert_eq!((status, &answer["volume"], &after[field]), (200, &after, &value), "{field}");
        assert_eq!((world.volumes().len(), &world.volumes()[0]), (1, &after), "{field}");
        let keys = |of: &Value| of.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(keys(&before), keys(&after), "{field}");
        for key in keys(&before) {
            // A volume of another type lies elsewhere.
            let moved = field == "volume_type" && key == "os-vol-host-attr:host";
            assert!(key == field || key == "updated_at" || moved || after[&key] == before[&key], "{field}: {key}");
        }
    }
}

#[test]
fn words_are_taken_away_by_null_and_by_an_empty_text() {
    let mut world = World::new();
    for nothing in [json!(null), json!("")] {
        let id = world.made_with(json!({"description": "before"}));
        assert_eq!(world.edit(&id, json!({ "description": nothing })).0, 200);
        assert_eq!(world.shown(&id).get("description"), None, "{nothing}");
        assert_eq!(world.edit(&id, json!({ "name": nothing })).1["volume"]["name"], "", "{nothing}");
    }
}

#[test]
fn a_time_may_have_a_zone() {
    let mut world = World::new();
    let id = world.made(false);
    for time in ["2020-01-02T03:04:05Z", "2020-01-02T05:04:05+02:00", "2020-01-02T03:04:05"] {
        world.edit(&id, json!({"created_at": "2001-01-01T00:00:00"}));
        let (status, answer) = world.edit(&id, json!({ "created_at": time }));
        let shown = &answer["volume"]["created_at"];
        assert_eq!((status, shown), (200, &json!("2020-01-02T03:04:05.000000")), "{time}");
    }
}

#[test]
fn iops_and_throughput_are_those_of_the_type_or_as_they_were_edited() {
    let mut world = World::new();
    let id = world.made(false);
    let shown = |world: &mut World, fields: Value| {
        let (status, answer) = world.edit(&id, fields);
        assert_eq!(status, 200, "{answer}");
        let volume = world.shown(&id);
        assert_eq!((world.volumes().len(), &world.volumes()[0]), (1, &volume));
        ["iops", "throughput"].map(|rate| {
            let total = volume.get(rate)?["total_val"].clone();
            // The whole form (evs-api, volume object).
            assert_eq!(volume[rate], json!({"frozened": false, "id": id, "total_val": total}));
            total.as_u64()
        })
    };
    assert_eq!(shown(&mut world, json!({"volume_type": "GPSSD2"})), [Some(3000), Some(125)], "the least that it has");
    assert_eq!(shown(&mut world, json!({"iops": 7000})), [Some(7000), Some(125)]);
    assert_eq!(shown(&mut world, json!({"throughput": 300})), [Some(7000), Some(300)]);
    assert_eq!(shown(&mut world, json!({"volume_type": "ESSD2"})), [Some(7000), None], "what fits stays");
    assert_eq!(shown(&mut world, json!({"iops": 200_000})), [Some(200_000), None]);
    assert_eq!(shown(&mut world, json!({"volume_type": "GPSSD2"})), [Some(3000), Some(125)], "what does not fit goes");
    let both = json!({"volume_type": "GPSSD2", "iops": 4000, "throughput": 200});
    assert_eq!(shown(&mut world, both), [Some(4000), Some(200)]);
    assert_eq!(shown(&mut world, json!({"volume_type": "SSD"})), [None, None]);
}

#[test]
fn what_an_edit_takes_of_the_quota_is_counted_and_given_back() {
    let mut world = World::new();
    let id = world.made(false);
    world.edit(&id, json!({"size": 50, "volume_type": "SAS"}));
    assert_eq!([world.in_use("gigabytes_SSD"), world.in_use("gigabytes_SAS")], [0, 50]);
    assert_eq!([world.in_use("volumes"), world.in_use("volumes_SSD")], [1, 0]);
    assert_eq!(world.edit(&id, json!({"gone": false})).0, 200);
    assert_eq!(world.edit(&id, json!({"gone": true})), (200, json!({})));
    assert_eq!(world.get(&format!("/v2/{{p}}/cloudvolumes/{id}")).0, 404);
    assert!(world.volumes().is_empty());
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
    assert_eq!(world.shown(&id)["status"], "extending", "what an edit said is over");
    world.pass(100);
    world.edit(&id, json!({"status": "available"}));
    assert_eq!(world.send("DELETE", &format!("/v2/{{p}}/cloudvolumes/{id}"), b"").0, 200);
    assert_eq!(world.shown(&id)["status"], "deleting");
}

#[test]
fn servers_are_shown_whatever_the_status_is() {
    let mut world = World::new();
    let id = world.made_with(json!({"multiattach": true}));
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
    for (fields, named) in [
        (json!({"colour": "red"}), "colour: "),
        (json!({"multiattach": true}), "multiattach: "),
        (json!({"size": 39}), "size: a volume never shrinks; it has 40 GB"),
        (json!({"size": 0}), "size: "),
        (json!({"size": 32_769}), "size: "),
        (json!({"size": "50"}), "size: "),
        (json!({"size": 50.5}), "size: "),
        (json!({"size": null}), "size: "),
        (json!({"volume_type": "HDD"}), "volume_type: the catalogue has no type HDD"),
        (json!({"volume_type": 7}), "volume_type: "),
        (json!({"iops": 3000}), "iops: a volume of type SSD has none"),
        (json!({"throughput": 125}), "throughput: a volume of type SSD has none"),
        (json!({"volume_type": "ESSD2", "throughput": 125}), "throughput: "),
        (json!({"volume_type": "GPSSD2", "iops": 2999}), "iops: a volume of type GPSSD2 has 3000 to 128000"),
        (json!({"volume_type": "GPSSD2", "throughput": -1}), "throughput: "),
        (json!({"volume_type": "GPSSD2", "iops": null}), "iops: "),
        (json!({"name": 7}), "name: "),
        (json!({"name": "n".repeat(256)}), "name: "),
        (json!({"description": ["d"]}), "description: "),
        (json!({"description": "d".repeat(256)}), "description: "),
        (json!({"enterprise_project_id": "e"}), "enterprise_project_id: "),
        (json!({"status": ""}), "status: "),
        (json!({"status": null}), "status: "),
        (json!({"attached_to": 7}), "attached_to: "),
        (json!({"attached_to": ""}), "attached_to: "),
        (json!({"attached_to": ["one", "two"]}), "attached_to: such a volume has 1 at the most"),
        (json!({"server_status": ""}), "server_status: "),
        (json!({"server_status": true}), "server_status: "),
        (json!({"locked_by": 1}), "locked_by: "),
        (json!({"created_at": 7}), "created_at: "),
        (json!({"created_at": "yesterday"}), "created_at: "),
        (json!({"tags": {"": "x"}}), "tags: "),
        (json!({"tags": {"a": 1}}), "tags: "),
        (json!({"tags": null}), "tags: "),
        (json!({"gone": "yes"}), "gone: "),
        (json!({"gone": true, "name": "x"}), "gone: "),
        (json!({"name": "good", "size": 1}), "size: "),
    ] {
        let (status, answer) = world.edit(&id, fields.clone());
        let message = answer["error"]["message"].as_str().unwrap();
        assert!(status == 400 && message.starts_with(named), "{fields} {answer}");
    }
    for (body, code) in [("[\"name\"]", "EVS.2108"), ("{\"name\":", "EVS.1052"), ("", "EVS.1052")] {
        let refusal = edit(&mut world.cloud, "http://cloud", &id, body.as_bytes()).unwrap_err();
        assert_eq!((refusal.status, refusal.code), (400, code), "{body}");
    }
    let unknown = "8dd7c486-8e9f-49fe-bceb-26aa7e312b66";
    assert_eq!(world.edit(unknown, json!({"name": "x"})).0, 404);
    assert_eq!(world.edit("x", json!({})).0, 404);
    assert_eq!(world.shown(&id), before);
    world.create(blank("w"));
    let young = world.volumes()[0]["id"].as_str().unwrap().to_owned();
    for fields in [json!({"size": 50}), json!({"volume_type": "SAS"}), json!({"gone": true})] {
        let (status, answer) = world.edit(&young, fields);
        assert_eq!((status, &answer["error"]["code"]), (400, &json!("EVS.1046")));
        assert!(answer["error"]["message"].as_str().unwrap().contains("under way"), "{answer}");
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
    let fast = world.made_with(json!({"description": "before"}));
    let iops = json!({"volume_type": "GPSSD2", "iops": 4000, "name": "", "description": null, "tags": {"a": "b"}});
    world.edit(&fast, iops);
    let slow = world.made_with(json!({"volume_type": "SAS"}));
    world.edit(&slow, json!({"volume_type": "GPSSD2"}));
    world.edit(&slow, json!({"volume_type": "SAS"}));
    let mut again = World::new();
    for event in world.cloud.take_events() {
        again.cloud.apply(&serde_json::from_str(&serde_json::to_string(&event).unwrap()).unwrap());
    }
    again.now = world.now + DURATION;
    world.now = again.now;
    assert_eq!(again.volumes(), world.volumes());
    assert_eq!((again.volumes().len(), again.in_use("gigabytes_SSD")), (3, json!(70)));
    let shown = again.shown(&fast);
    assert_eq!((&shown["iops"]["total_val"], shown.get("description")), (&json!(4000), None));
    assert_eq!(again.shown(&slow).get("iops"), None);
}

#[test]
fn an_edit_of_an_earlier_version_does_what_it_did_then() {
    let mut world = World::new();
    let id = world.made_with(json!({"description": "before"}));
    let line = |edit: Value| json!({"at": 1, "counter": 0, "change": {"edited": {"volume": id, "edit": edit}}});
    let mut happens = |edit: Value| {
        world.cloud.apply(&serde_json::from_value(line(edit)).unwrap());
        world.shown(&id)
    };
    let shown = happens(json!({"size": 7, "volume_type": "X", "iops": 9, "throughput": 8}));
    assert_eq!(
        (&shown["size"], &shown["volume_type"], &shown["description"]),
        (&json!(7), &json!("X"), &json!("before"))
    );
    assert_eq!((&shown["iops"]["total_val"], &shown["throughput"]["total_val"]), (&json!(9), &json!(8)));
    let shown = happens(json!({"volume_type": "SAS", "description": "", "enterprise_project_id": "e"}));
    assert_eq!((&shown["iops"]["total_val"], &shown["description"]), (&json!(9), &json!("")));
    assert_eq!(shown["enterprise_project_id"], "e");
}

#[tokio::test]
async fn it_is_a_control_over_http_that_a_restart_does_not_undo() {
    let folder = tempfile::tempdir().unwrap();
    let accounts = Credentials::Key { access: "AK".to_owned(), secret: "a secret".to_owned().into() };
    let config = Config { data: Some(folder.path().join("data")), ..quick() };
    let cloud = start(config.clone()).await;
    assert_eq!(cloud.create(blank_with(json!({"count": 2}))).await.unwrap().status(), 200);
    let volumes = cloud.get("/v2/{p}/cloudvolumes/detail").await.1;
    let paths = [0, 1].map(|n| format!("/_sim/volumes/{}", volumes["volumes"][n]["id"].as_str().unwrap()));
    let stats = cloud.get("/_sim/stats").await.1;
    cloud.simulator.stop().await;

    // It asks for no credentials, as the other controls.
    let cloud = start(Config { credentials: Some(accounts), ..config.clone() }).await;
    let fields = json!({"attached_to": ["s"], "volume_type": "GPSSD2", "tags": {"a": "b"}});
    let (status, edited) = cloud.json(Method::POST, &paths[0], Some(fields)).await;
    assert_eq!((status, &edited["volume"]["status"]), (200, &json!("in-use")));
    assert_eq!(cloud.json(Method::POST, &paths[1], Some(json!({"gone": true}))).await, (200, json!({})));
    assert_eq!(cloud.json(Method::POST, &paths[1], Some(json!({}))).await.0, 404);
    assert_eq!(cloud.json(Method::POST, &paths[0], Some(json!({"size": 1}))).await.0, 400);
    assert_eq!(cloud.json(Method::GET, &paths[0], None).await.0, 404);
    let after = cloud.get("/_sim/stats").await.1;
    assert_eq!((&after["requests"], &after["volumes"]), (&json!({}), &json!(1)), "no request of the API");
    assert_eq!(after["jobs"], stats["jobs"]);
    cloud.simulator.stop().await;

    let cloud = start(config).await;
    let shown = cloud.get("/v2/{p}/cloudvolumes/detail").await.1;
    assert_eq!(shown["volumes"], json!([edited["volume"]]));
    cloud.simulator.stop().await;
}
