//! Standard snapshots: taken, kept, rolled back to, deleted; their tags, chains and the volumes that are made from them.

use super::{PROJECT, World, blank_with, failing, refused};
use crate::simulator::fault::JobTrouble;
use serde_json::{Value, json};

pub(super) const PATH: &str = "/v5/{p}/snapshots";
/// A catalogue of one zone and two types, without snapshots.
pub(super) const EMPTY: &str = r#"{"zones":["az-dc-1"],"types":[{"id":"t","name":"SSD","zones":["az-dc-1"]},
    {"id":"u","name":"SAS","zones":["az-dc-1"]}]}"#;
/// A day, in microseconds.
pub(super) const DAY: i64 = 24 * 3600 * 1_000_000;

pub(super) fn empty() -> World {
    World::with(Some(EMPTY))
}

pub(super) fn take(world: &mut World, volume: &str, fields: Value) -> (u16, Value) {
    let mut snapshot = json!({ "volume_id": volume });
    fields.as_object().unwrap().iter().for_each(|(key, value)| snapshot[key] = value.clone());
    world.post(PATH, json!({ "snapshot": snapshot }))
}

/// Takes one and waits for it.
pub(super) fn taken(world: &mut World, volume: &str, fields: Value) -> String {
    let (status, body) = take(world, volume, fields);
    assert_eq!(status, 202, "{body}");
    world.pass(100);
    body["snapshot_id"].as_str().unwrap().to_owned()
}

pub(super) fn show(world: &mut World, id: &str) -> Value {
    world.get(&format!("{PATH}/{id}")).1["snapshot"].clone()
}

pub(super) fn names(world: &mut World, query: &str) -> Vec<String> {
    let (status, body) = world.get(&format!("{PATH}/detail?{query}"));
    assert_eq!(status, 200, "{body}");
    body["snapshots"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap().to_owned()).collect()
}

pub(super) fn count(world: &mut World, query: &str) -> Value {
    world.get(&format!("{PATH}/count?{query}")).1["count"].clone()
}

fn put(world: &mut World, id: &str, fields: Value) -> (u16, Value) {
    world.send("PUT", &format!("{PATH}/{id}"), json!({ "snapshot": fields }).to_string().as_bytes())
}

pub(super) fn delete(world: &mut World, id: &str) -> (u16, Value) {
    world.send("DELETE", &format!("{PATH}/{id}"), b"")
}

fn roll_back(world: &mut World, id: &str, volume: &str) -> (u16, Value) {
    world.post(&format!("{PATH}/{id}/rollback"), json!({"rollback": {"volume_id": volume, "name": "v"}}))
}

#[test]
fn a_snapshot_is_creating_then_available_and_takes_its_share_of_the_quota() {
    let mut world = empty();
    let volume = world.made(false);
    let fields =
        json!({"name": "s", "description": "d", "tags": {"k": "v"}, "retention_days": 2, "instant_access": true});
    let (status, answer) = take(&mut world, &volume, fields);
    assert_eq!(status, 202, "{answer}");
    let id = answer["snapshot_id"].as_str().unwrap().to_owned();
    let begun = show(&mut world, &id);
    assert_eq!((&begun["status"], &begun["progress"]), (&json!("creating"), &json!("0%")));
    assert_eq!(world.shown(&volume)["status"], "available", "the volume goes on as it is");
    assert_eq!([world.in_use("snapshots"), world.in_use("gigabytes")], [1, 80], "the quota counts it from the start");
    world.pass(100);
    let job = world.job(answer["job_id"].as_str().unwrap());
    assert_eq!(
        (&job["status"], &job["job_type"], &job["entities"]["volume_id"]),
        (&json!("SUCCESS"), &json!("createSnapshot"), &json!(volume))
    );
    let shown = show(&mut world, &id);
    let chain = &shown["snapshot_chains"][0];
    assert_eq!(
        shown,
        json!({
            "id": id, "name": "s", "description": "d", "created_at": "2024-01-02T03:04:15.000000",
            "updated_at": "2024-01-02T03:04:24.000000", "volume_id": volume, "size": 40, "status": "available",
            "project_id": PROJECT, "enterprise_project_id": "0", "encrypted": false, "cmk_id": null,
            "category": "standard", "availability_zone": "az-dc-1", "tags": {"k": "v"}, "instant_access": true,
            "retention_at": "2024-01-04T03:04:15.000000", "instant_access_retention_at": "2024-01-04T03:04:15.000000",
            "incremental": false, "snapshot_type": "user", "progress": "100%", "encrypt_algorithm": null,
            "snapshot_chains": [{
                "id": chain["id"], "availability_zone": "az-dc-1", "snapshot_count": 1, "capacity": 40,
                "project_id": PROJECT, "volume_id": volume, "category": "standard",
                "created_at": "2024-01-02T03:04:15.000000", "updated_at": "2024-01-02T03:04:15.000000",
            }],
            "snapshot_group_id": null,
        })
    );
    let (status, answer) = put(&mut world, &id, json!({"name": "new", "description": "", "instant_access": false}));
    let changed = &answer["snapshot"];
    assert_eq!(
        (status, &changed["name"], &changed["description"], &changed["instant_access"]),
        (200, &json!("new"), &json!(""), &json!(false))
    );
    assert_eq!(changed["instant_access_retention_at"], Value::Null);
    let (status, answer) = delete(&mut world, &id);
    assert_eq!((status, show(&mut world, &id)["status"].clone()), (202, json!("deleting")));
    world.pass(100);
    assert_eq!(world.job(answer["job_id"].as_str().unwrap())["status"], "SUCCESS");
    assert_eq!(refused(world.get(&format!("{PATH}/{id}"))), (404, "EVS.5404".to_owned()));
    assert_eq!([world.in_use("snapshots"), world.in_use("gigabytes")], [0, 40]);
}

#[test]
fn what_cannot_be_taken_is_refused() {
    let mut world = empty();
    let volume = world.made(false);
    for (fields, status, code) in [
        (json!({"volume_id": "none"}), 400, "EVS.1002"),
        (json!({"volume_id": null}), 400, "EVS.1002"),
        (json!({"volume_id": "3f8c9a10-6b27-4d15-8a0e-94d2c7b1e833"}), 404, "EVS.5404"),
        (json!({"name": "卷".repeat(65)}), 400, "EVS.1003"),
        (json!({"description": "卷".repeat(86)}), 400, "EVS.1004"),
        (json!({"name": 1}), 400, "EVS.1018"),
        (json!({"instant_access": "true"}), 400, "EVS.1018"),
        (json!({"incremental": 1}), 400, "EVS.1018"),
        (json!({"tags": {"k": 1}}), 400, "EVS.1018"),
        (json!({"tags": {"k!": "v"}}), 400, "EVS.1062"),
        (json!({"enterprise_project_id": "x"}), 400, "EVS.2059"),
        (json!({"retention_days": 0}), 400, "EVS.1070"),
        (json!({"retention_days": 65_537}), 400, "EVS.1070"),
        (json!({"retention_days": "1"}), 400, "EVS.1018"),
    ] {
        assert_eq!(refused(take(&mut world, &volume, fields.clone())), (status, code.to_owned()), "{fields}");
    }
    for (body, code) in [("{", "EVS.1052"), ("[]", "EVS.2108"), ("{}", "EVS.1070"), (r#"{"snapshot":[]}"#, "EVS.1018")]
    {
        assert_eq!(refused(world.send("POST", PATH, body.as_bytes())).1, code, "{body}");
    }
    let longest = json!({"name": "卷".repeat(64), "description": "卷".repeat(85), "retention_days": 65_536});
    assert_eq!(take(&mut world, &volume, longest).0, 202);
    let second = take(&mut world, &volume, json!({}));
    assert_eq!(second.1["error"]["message"], "snapshot is busy");
    assert_eq!(refused(second), (409, "EVS.2409".to_owned()), "one at a time");
    let elsewhere = format!("/v5/{}/snapshots", "f".repeat(32));
    let body = json!({"snapshot": {"volume_id": volume}});
    assert_eq!(refused(world.post(&elsewhere, body)).0, 404, "the volume is of another project");
    let failed = world.made(true);
    assert_eq!(refused(take(&mut world, &failed, json!({}))).1, "EVS.1031");
    world.edit(&failed, json!({"status": "in-use"}));
    assert_eq!(take(&mut world, &failed, json!({})).0, 202);
}

#[test]
fn a_volume_has_256_of_them_and_7_with_instant_access() {
    let mut world = empty();
    let volume = world.made(false);
    let plain = taken(&mut world, &volume, json!({}));
    let instant: Vec<String> = (0..7).map(|_| taken(&mut world, &volume, json!({"instant_access": true}))).collect();
    assert_eq!(refused(take(&mut world, &volume, json!({"instant_access": true}))), (413, "EVS.5413".to_owned()));
    assert_eq!(refused(put(&mut world, &plain, json!({"instant_access": true}))).1, "EVS.5413");
    assert_eq!(put(&mut world, &instant[0], json!({"instant_access": true})).0, 200, "it has it already");
    assert_eq!(put(&mut world, &instant[0], json!({"instant_access": false})).0, 200);
    assert_eq!(put(&mut world, &plain, json!({"instant_access": true})).0, 200);
    for _ in 8..256 {
        taken(&mut world, &volume, json!({}));
    }
    assert_eq!(refused(take(&mut world, &volume, json!({}))), (413, "EVS.5413".to_owned()));
    assert_eq!(count(&mut world, ""), 256);
    delete(&mut world, &plain);
    world.pass(100);
    assert_eq!(take(&mut world, &volume, json!({})).0, 202);
    let slow = world.made_with(json!({"volume_type": "SAS"}));
    assert_eq!(refused(take(&mut world, &slow, json!({"instant_access": true}))).1, "EVS.2070", "SSD types alone");
}

#[test]
fn quotas_hold_for_them_too() {
    for (quotas, expected) in [
        (r#""snapshots":1"#, (413, "EVS.5413")),
        (r#""snapshots_SSD":1"#, (413, "EVS.5413")),
        (r#""gigabytes":119"#, (400, "EVS.1042")),
    ] {
        let mut world = World::with(Some(&EMPTY.replace("\"types\"", &format!(r#""quotas":{{{quotas}}},"types""#))));
        let volume = world.made(false);
        taken(&mut world, &volume, json!({}));
        assert_eq!(refused(take(&mut world, &volume, json!({}))), (expected.0, expected.1.to_owned()), "{quotas}");
        let legacy = world.post("/v2/{p}/cloudsnapshots", json!({"snapshot": {"volume_id": volume}}));
        assert_eq!(refused(legacy), (expected.0, expected.1.to_owned()), "both kinds share {quotas}");
    }
}

#[test]
fn a_list_is_filtered_sorted_and_paged() {
    let mut world = empty();
    let one = world.made(false);
    let other = world.made_with(json!({"size": 50}));
    let project = "3f8c9a10-6b27-4d15-8a0e-94d2c7b1e833";
    let first = taken(&mut world, &one, json!({"name": "first", "tags": {"k": "v", "l": "w"}}));
    let second = taken(&mut world, &other, json!({"name": "second", "enterprise_project_id": project}));
    take(&mut world, &one, json!({"name": "third", "tags": {"k": "x"}}));
    let chain = show(&mut world, &first)["snapshot_chains"][0]["id"].as_str().unwrap().to_owned();
    let tags =
        |text: &str| format!("tags={}", url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>());
    for (query, expected) in [
        (String::new(), &["third", "second", "first"][..]),
        ("name=ir".to_owned(), &["third", "first"]),
        ("status=available".to_owned(), &["second", "first"]),
        ("status=creating".to_owned(), &["third"]),
        (format!("volume_id={other}"), &["second"]),
        ("availability_zone=az-dc-1".to_owned(), &["third", "second", "first"]),
        ("availability_zone=az-dc-2".to_owned(), &[]),
        (format!("id={first}"), &["first"]),
        ("id=none".to_owned(), &[]),
        (format!("ids={first},none,{second}&id=none"), &["second", "first"]),
        ("snapshot_type=user".to_owned(), &["third", "second", "first"]),
        ("snapshot_type=auto".to_owned(), &[]),
        ("enterprise_project_id=0".to_owned(), &["third", "first"]),
        ("enterprise_project_id=all_granted_eps&name=sec".to_owned(), &["second"]),
        ("tag_key=k".to_owned(), &["third", "first"]),
        (tags(r#"[{"key":"k","value":"v"}]"#), &["first"]),
        (tags(r#"[{"k":"v"},{"key":"l","value":"w"}]"#), &["first"]),
        (tags(r#"[{"key":"k","value":"w"}]"#), &[]),
        (format!("snapshot_chain_id={chain}"), &["third", "first"]),
        (format!("snapshot_group_id={chain}"), &[]),
        ("name=".to_owned(), &["third", "second", "first"]),
    ] {
        assert_eq!(names(&mut world, &query), expected, "{query}");
        assert_eq!(count(&mut world, &query), expected.len(), "{query}");
    }
    let mut by_id = [(first.clone(), "first"), (second.clone(), "second")];
    by_id.sort();
    for (query, expected) in [
        ("sort_dir=asc".to_owned(), &["first", "second", "third"][..]),
        ("sort_key=size".to_owned(), &["second", "third", "first"]),
        ("sort_key=status&sort_dir=asc".to_owned(), &["first", "second", "third"]),
        (format!("sort_key=id&sort_dir=asc&ids={first},{second}"), &[by_id[0].1, by_id[1].1]),
        ("limit=2".to_owned(), &["third", "second"]),
        ("limit=2&offset=2".to_owned(), &["first"]),
        (format!("marker={second}"), &["first"]),
        (format!("marker={second}&sort_dir=asc"), &["third"]),
        ("offset=7".to_owned(), &[]),
    ] {
        assert_eq!(names(&mut world, &query), expected, "{query}");
    }
    let (_, page) = world.get(&format!("{PATH}/detail?limit=1&name=ir"));
    let third = page["snapshots"][0]["id"].as_str().unwrap().to_owned();
    let next = page["snapshots_links"][0]["href"].as_str().unwrap().to_owned();
    assert!(
        next.starts_with("http://cloud/v5/") && next.ends_with(&format!("limit=1&name=ir&marker={third}")),
        "{next}"
    );
    let (_, page) = world.get(next.strip_prefix("http://cloud").unwrap());
    assert_eq!((&page["snapshots"][0]["name"], page.get("snapshots_links")), (&json!("first"), None));
    for (query, code) in [
        ("limit=0", "EVS.1023"),
        ("limit=1001", "EVS.2142"),
        ("limit=x", "EVS.5400"),
        ("offset=x", "EVS.5400"),
        ("marker=x", "EVS.1024"),
        ("marker=3f8c9a10-6b27-4d15-8a0e-94d2c7b1e833", "EVS.1024"),
        ("sort_key=name", "EVS.1039"),
        ("sort_dir=up", "EVS.1040"),
        ("tags=x", "EVS.1062"),
    ] {
        assert_eq!(refused(world.get(&format!("{PATH}/detail?{query}"))).1, code, "{query}");
    }
    assert_eq!(refused(world.get(&format!("{PATH}/count?ids={}", "x,".repeat(60)))).1, "EVS.1070");
    let elsewhere = format!("/v5/{}/snapshots", "f".repeat(32));
    assert_eq!(world.get(&format!("{elsewhere}/detail")).1, json!({"snapshots": []}), "another project's");
    assert_eq!(refused(world.get(&format!("{elsewhere}/{first}"))).0, 404);
}

#[test]
fn retention_ends_a_snapshot() {
    let mut world = empty();
    let volume = world.made(false);
    let id = taken(&mut world, &volume, json!({"retention_days": 1}));
    world.now += DAY - super::DURATION - 1;
    assert_eq!(show(&mut world, &id)["status"], "available");
    world.now += 1;
    assert_eq!(refused(delete(&mut world, &id)), (404, "EVS.5404".to_owned()));
    assert_eq!([world.in_use("snapshots"), world.in_use("gigabytes")], [0, 40]);
    // While its volume is being rolled back to it, it is needed.
    let id = taken(&mut world, &volume, json!({"retention_days": 1}));
    world.now += DAY - 2 * super::DURATION;
    world.trouble = Some(JobTrouble::Slow { sub_jobs: None, by_ms: 60_000 });
    assert_eq!(roll_back(&mut world, &id, &volume).0, 202);
    world.trouble = None;
    world.pass(200);
    assert_eq!(show(&mut world, &id)["status"], "rollbacking");
    world.pass(1000);
    assert_eq!((names(&mut world, "").len(), world.shown(&volume)["status"].clone()), (0, json!("available")));
}

#[test]
fn a_volume_is_rolled_back_to_its_own_snapshot() {
    let mut world = empty();
    let volume = world.made(false);
    let other = world.made(false);
    let id = taken(&mut world, &volume, json!({}));
    for (body, code) in [
        (json!({}), "EVS.1070"),
        (json!({"rollback": {}}), "EVS.1002"),
        (json!({"rollback": {"volume_id": 1}}), "EVS.1018"),
        (json!({"rollback": {"volume_id": volume, "name": 1}}), "EVS.1018"),
        (json!({"rollback": {"volume_id": other}}), "EVS.1032"),
        (json!({"rollback": {"volume_id": "3f8c9a10-6b27-4d15-8a0e-94d2c7b1e833"}}), "EVS.5404"),
    ] {
        assert_eq!(refused(world.post(&format!("{PATH}/{id}/rollback"), body.clone())).1, code, "{body}");
    }
    assert_eq!(refused(roll_back(&mut world, "none", &volume)).0, 404);
    for (edit, code) in [
        (json!({"status": "in-use"}), "EVS.1031"),
        (json!({"status": "available", "attached_to": ["s"]}), "EVS.2068"),
        (json!({"attached_to": [], "locked_by": "CBR"}), "EVS.2068"),
    ] {
        world.edit(&volume, edit.clone());
        assert_eq!(refused(roll_back(&mut world, &id, &volume)).1, code, "{edit}");
    }
    world.edit(&volume, json!({"locked_by": null}));
    let (_, next) = take(&mut world, &volume, json!({}));
    assert_eq!(refused(roll_back(&mut world, &id, &volume)).1, "EVS.2409", "one is being taken");
    let next = next["snapshot_id"].as_str().unwrap().to_owned();
    assert_eq!(refused(roll_back(&mut world, &next, &volume)).1, "EVS.2043", "it is not made yet");
    world.pass(100);
    world.trouble = failing(None);
    let (status, answer) = roll_back(&mut world, &id, &volume);
    world.trouble = None;
    assert_eq!(status, 202, "{answer}");
    let both = |world: &mut World| [world.shown(&volume)["status"].clone(), show(world, &id)["status"].clone()];
    assert_eq!(both(&mut world), ["rollbacking", "rollbacking"]);
    assert_eq!(refused(roll_back(&mut world, &next, &volume)).1, "EVS.1031");
    assert_eq!(refused(delete(&mut world, &id)).1, "EVS.1047");
    assert_eq!(refused(take(&mut world, &volume, json!({}))).1, "EVS.1031");
    let path = format!("/v2/{{p}}/cloudvolumes/{volume}");
    assert_eq!(refused(world.send("DELETE", &path, b"")).1, "EVS.1046");
    world.pass(100);
    let job = world.job(answer["job_id"].as_str().unwrap());
    assert_eq!((&job["status"], &job["error_code"]), (&json!("FAIL"), &json!("EVS.2025")));
    assert_eq!(both(&mut world), ["error_rollbacking", "available"]);
    let (status, answer) = roll_back(&mut world, &id, &volume);
    assert_eq!(status, 202, "again from error_rollbacking");
    world.pass(100);
    let job = world.job(answer["job_id"].as_str().unwrap());
    assert_eq!((&job["status"], &job["job_type"]), (&json!("SUCCESS"), &json!("rollbackSnapshot")));
    assert_eq!(both(&mut world), ["available", "available"]);
}

#[test]
fn only_what_is_available_or_failed_is_deleted() {
    let mut world = empty();
    let volume = world.made(false);
    world.trouble = failing(None);
    let (_, answer) = take(&mut world, &volume, json!({"name": "failed"}));
    world.pass(100);
    let failed = answer["snapshot_id"].as_str().unwrap();
    assert_eq!(world.job(answer["job_id"].as_str().unwrap())["status"], "FAIL");
    let shown = show(&mut world, failed);
    assert_eq!((&shown["status"], &shown["snapshot_chains"][0]["snapshot_count"]), (&json!("error"), &json!(0)));
    assert_eq!(delete(&mut world, failed).0, 202);
    assert_eq!(refused(delete(&mut world, failed)).1, "EVS.1047");
    world.pass(100);
    assert_eq!(show(&mut world, failed)["status"], "error_deleting");
    assert_eq!(refused(delete(&mut world, failed)), (500, "EVS.2019".to_owned()));
    world.trouble = Some(JobTrouble::Hang);
    let (_, answer) = take(&mut world, &volume, json!({"name": "hung"}));
    world.trouble = None;
    world.pass(1000);
    assert_eq!(refused(delete(&mut world, answer["snapshot_id"].as_str().unwrap())), (400, "EVS.1047".to_owned()));
    for id in ["none", "3f8c9a10-6b27-4d15-8a0e-94d2c7b1e833"] {
        assert_eq!(refused(delete(&mut world, id)), (404, "EVS.5404".to_owned()), "{id}");
    }
}

#[test]
fn a_snapshot_outlives_its_volume_also_while_it_is_taken() {
    let mut world = empty();
    let volume = world.made(false);
    let made = taken(&mut world, &volume, json!({"name": "made"}));
    take(&mut world, &volume, json!({"name": "begun"}));
    assert_eq!(world.send("DELETE", &format!("/v3/{{p}}/volumes/{volume}"), b"").0, 202, "Cinder asks for no cascade");
    world.pass(100);
    assert_eq!(
        (world.volumes().len(), names(&mut world, "status=available")),
        (0, vec!["begun".into(), "made".into()])
    );
    assert_eq!([world.in_use("snapshots"), world.in_use("gigabytes"), world.in_use("volumes")], [2, 80, 0]);
    assert_eq!(show(&mut world, &made)["snapshot_chains"][0]["snapshot_count"], 2);
    assert_eq!(refused(roll_back(&mut world, &made, &volume)).0, 404);
    assert_eq!(delete(&mut world, &made).0, 202);
    world.pass(100);
    let again = world.made(false);
    taken(&mut world, &again, json!({}));
    world.edit(&again, json!({"gone": true}));
    assert_eq!(count(&mut world, ""), 2);
}

#[test]
fn a_volume_is_made_from_one() {
    let mut world = World::new();
    let key = "37b0d52e-c249-40d6-83cb-2b93f22445bd";
    let encrypted = json!({"metadata": {"__system__encrypted": "1", "__system__cmkid": key}});
    let source = world.made_with(encrypted);
    let (_, answer) = take(&mut world, &source, json!({}));
    let id = answer["snapshot_id"].as_str().unwrap();
    let from = |fields: Value| {
        let mut volume = blank_with(fields);
        volume["snapshot_id"] = json!(id);
        json!({ "volume": volume })
    };
    let create = "/v3/{p}/cloudvolumes";
    assert_eq!(refused(world.post(create, from(json!({})))), (400, "EVS.2043".to_owned()), "not available yet");
    world.pass(100);
    let shown = show(&mut world, id);
    assert_eq!(
        [&shown["encrypted"], &shown["cmk_id"], &shown["encrypt_algorithm"]],
        [&json!(true), &json!(key), &json!("AES_256")]
    );
    world.edit(&source, json!({"gone": true}));
    assert_eq!(refused(world.post(create, from(json!({"availability_zone": "az-dc-2"})))).1, "EVS.2054");
    assert_eq!(refused(world.post(create, from(json!({"volume_type": "SAS"})))).1, "EVS.2096");
    assert_eq!(refused(world.post(create, from(json!({"size": 39})))).1, "EVS.1010");
    let elsewhere = format!("/v3/{}/cloudvolumes", "f".repeat(32));
    assert_eq!(refused(world.post(&elsewhere, from(json!({})))).1, "EVS.2045", "of another project");
    assert_eq!(world.post(create, from(json!({}))).0, 200, "its volume is gone, and it is not");
    let made = world.volumes()[0].clone();
    assert_eq!((&made["snapshot_id"], &made["metadata"]["__system__cmkid"]), (&json!(id), &json!(key)));
}

#[test]
fn tags_are_set_and_removed_by_the_rules_of_volumes() {
    let mut world = empty();
    let volume = world.made(false);
    let id = taken(&mut world, &volume, json!({"tags": {"a": "1"}}));
    let other = taken(&mut world, &volume, json!({"tags": {"a": "0", "b": ""}}));
    let path = |action: &str| format!("{PATH}/{id}/tags/{action}");
    let tags = json!({"tags": [{"key": "a", "value": "2"}, {"key": "c", "value": "3"}]});
    assert_eq!(world.post(&path("create"), tags), (204, Value::Null));
    assert_eq!(show(&mut world, &id)["tags"], json!({"a": "2", "c": "3"}));
    let all = json!({"tags": [
        {"key": "a", "value": ["0", "2"]}, {"key": "b", "value": [""]}, {"key": "c", "value": ["3"]},
    ]});
    assert_eq!(world.get(&format!("{PATH}/tags")), (200, all));
    assert_eq!(world.post(&path("delete"), json!({"tags": [{"key": "a", "value": "9"}, {"key": "none"}]})).0, 204);
    assert_eq!(show(&mut world, &id)["tags"], json!({"c": "3"}));
    let many = |from: usize, to: usize| json!({"tags": (from..to).map(|n| json!({"key": n.to_string(), "value": ""})).collect::<Vec<_>>()});
    for (action, body, code) in [
        ("create", json!({}), "EVS.2108"),
        ("create", json!({"tags": {"a": "b"}}), "EVS.2108"),
        ("create", json!({"tags": ["a"]}), "EVS.1062"),
        ("create", json!({"tags": [{"key": "a"}]}), "EVS.1062"),
        ("create", json!({"tags": [{"value": "a"}]}), "EVS.1062"),
        ("create", json!({"tags": [{"key": "a", "value": "1"}, {"key": "a", "value": "2"}]}), "EVS.1062"),
        ("create", json!({"tags": [{"key": "a b", "value": "1"}]}), "EVS.1062"),
        ("create", json!({"tags": [{"key": "a", "value": "x".repeat(44)}]}), "EVS.1062"),
        ("create", many(0, 10), "EVS.1061"),
        ("delete", json!({"tags": [{"key": 1}]}), "EVS.1018"),
    ] {
        assert_eq!(refused(world.post(&path(action), body.clone())).1, code, "{action} {body}");
    }
    assert_eq!(world.post(&path("create"), many(0, 9)).0, 204, "ten of them");
    assert_eq!(refused(world.post(&format!("{PATH}/none/tags/create"), many(0, 1))).0, 404);
    let elsewhere = format!("/v5/{}/snapshots/{other}/tags/create", "f".repeat(32));
    assert_eq!(refused(world.post(&elsewhere, many(0, 1))).0, 404);
}

#[test]
fn a_volume_has_one_chain_which_begins_with_a_full_snapshot() {
    let mut world = empty();
    let [one, two] = [0; 2].map(|_| world.made(false));
    let chains = |world: &mut World, query: &str| -> Vec<Value> {
        let (status, body) = world.get(&format!("/v5/{{p}}/snapshot-chains?{query}"));
        assert_eq!(status, 200, "{body}");
        body["snapshot_chains"].as_array().unwrap().clone()
    };
    assert_eq!(chains(&mut world, ""), [] as [Value; 0]);
    let first = taken(&mut world, &one, json!({}));
    let second = taken(&mut world, &one, json!({"incremental": true}));
    let third = taken(&mut world, &one, json!({"incremental": false}));
    let fourth = taken(&mut world, &two, json!({}));
    let full = |world: &mut World, id: &str| show(world, id)["incremental"] == false;
    assert_eq!([&first, &second, &third, &fourth].map(|id| full(&mut world, id)), [true, false, true, true]);
    let [newest, oldest] = chains(&mut world, "").try_into().unwrap();
    assert_eq!(show(&mut world, &third)["snapshot_chains"], json!([oldest]));
    assert_eq!(
        (&oldest["snapshot_count"], &oldest["capacity"], &oldest["volume_id"]),
        (&json!(3), &json!(80), &json!(one)),
        "two full ones"
    );
    assert_eq!((&newest["snapshot_count"], &newest["capacity"]), (&json!(1), &json!(40)));
    for (query, expected) in [
        (format!("volume_id={two}"), 1),
        (format!("id={}", oldest["id"].as_str().unwrap()), 1),
        ("category=standard".to_owned(), 2),
        ("category=backup".to_owned(), 0),
        ("availability_zone=az-dc-1".to_owned(), 2),
        ("availability_zone=az-dc-2".to_owned(), 0),
    ] {
        assert_eq!(chains(&mut world, &query).len(), expected, "{query}");
        assert_eq!(world.get(&format!("/v5/{{p}}/snapshot-chains/count?{query}")).1["count"], expected, "{query}");
    }
    let (_, page) = world.get("/v5/{p}/snapshot-chains?limit=1");
    assert_eq!(page["snapshot_chains"], json!([newest]));
    let next =
        page["snapshot_chains_links"][0]["href"].as_str().unwrap().strip_prefix("http://cloud").unwrap().to_owned();
    assert_eq!(world.get(&next).1, json!({"snapshot_chains": [oldest]}));
    delete(&mut world, &first);
    world.pass(100);
    let [_, left] = chains(&mut world, "").try_into().unwrap();
    assert_eq!((&left["id"], &left["snapshot_count"], &left["capacity"]), (&oldest["id"], &json!(2), &json!(80)));
    for id in [&second, &third] {
        delete(&mut world, id);
    }
    world.pass(100);
    assert_eq!(chains(&mut world, "").len(), 1, "a chain ends with its last snapshot");
    taken(&mut world, &one, json!({}));
    assert_ne!(chains(&mut world, "")[0]["id"], oldest["id"], "and another one begins");
}

#[test]
fn snapshots_come_back_from_the_data_file_in_the_middle_of_everything() {
    let mut world = World::new();
    let [one, two] = [0; 2].map(|_| world.made(false));
    let first = taken(&mut world, &one, json!({"name": "first", "retention_days": 1, "tags": {"k": "v"}}));
    let second = taken(&mut world, &one, json!({"name": "second"}));
    let third = taken(&mut world, &two, json!({"name": "third"}));
    put(&mut world, &second, json!({"name": "renamed", "description": "d", "instant_access": true}));
    world.post(&format!("{PATH}/{second}/tags/create"), json!({"tags": [{"key": "a", "value": "b"}]}));
    assert_eq!(roll_back(&mut world, &third, &two).0, 202);
    assert_eq!(delete(&mut world, &first).0, 202);
    world.trouble = failing(None);
    assert_eq!(take(&mut world, &one, json!({"name": "failing"})).0, 202);
    world.trouble = None;
    let mut again = world.again();
    for passed in [0, 50, 50] {
        for world in [&mut world, &mut again] {
            world.pass(passed);
        }
        let look = |world: &mut World| {
            let paths = ["/v5/{p}/snapshots/detail", "/v5/{p}/snapshot-chains", "/v5/{p}/snapshots/tags"];
            (paths.map(|path| world.get(path).1), world.volumes(), world.in_use("gigabytes"))
        };
        assert_eq!(look(&mut world), look(&mut again), "{passed}");
    }
    assert_eq!(names(&mut again, "status=available&sort_dir=asc"), ["renamed", "third"]);
    assert_eq!(names(&mut again, "status=error"), ["failing"]);
    assert_eq!(again.shown(&two)["status"], "available");
}
