//! Groups of standard snapshots.

use super::standard::{EMPTY, count, empty, names, show, take};
use super::{PROJECT, World, failing, refused};
use serde_json::{Value, json};

const PATH: &str = "/v5/{p}/snapshot-groups";

fn take_group(world: &mut World, fields: Value) -> (u16, Value) {
    world.post(PATH, json!({ "snapshot_group": fields }))
}

/// Takes one and waits for it.
fn taken(world: &mut World, fields: Value) -> String {
    let (status, body) = take_group(world, fields);
    assert_eq!(status, 202, "{body}");
    world.pass(100);
    body["snapshot_group_id"].as_str().unwrap().to_owned()
}

fn group(world: &mut World, id: &str) -> Value {
    world.get(&format!("{PATH}/{id}")).1["snapshot_group"].clone()
}

fn delete(world: &mut World, id: &str) -> (u16, Value) {
    world.send("DELETE", &format!("{PATH}/{id}"), b"")
}

fn group_names(world: &mut World, query: &str) -> Vec<String> {
    let (status, body) = world.get(&format!("{PATH}/detail?{query}"));
    assert_eq!(status, 200, "{body}");
    body["snapshot_groups"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_group_has_a_snapshot_of_each_volume_and_takes_them_along() {
    let mut world = empty();
    let volumes = [0; 3].map(|_| world.made(false));
    let fields = json!({
        "volume_ids": volumes, "name": "g", "description": "d", "tags": {"k": "v"}, "instant_access": true,
        "incremental": false,
    });
    let (status, answer) = take_group(&mut world, fields);
    assert_eq!(status, 202, "{answer}");
    let id = answer["snapshot_group_id"].as_str().unwrap().to_owned();
    assert_eq!(group(&mut world, &id)["status"], "creating");
    assert_eq!(names(&mut world, &format!("snapshot_group_id={id}&status=creating")).len(), 3);
    world.pass(100);
    let job = world.job(answer["job_id"].as_str().unwrap());
    let sub_jobs = job["entities"]["sub_jobs"].as_array().unwrap();
    assert_eq!(
        (&job["status"], &job["job_type"], sub_jobs.len()),
        (&json!("SUCCESS"), &json!("createSnapshotGroup"), 3)
    );
    assert!(sub_jobs.iter().all(|it| it["job_type"] == "createSnapshot"));
    assert_eq!(
        group(&mut world, &id),
        json!({
            "id": id, "project_id": PROJECT, "created_at": "2024-01-02T03:04:35.000000", "status": "available",
            "updated_at": "2024-01-02T03:04:45.000000", "name": "g", "description": "d", "enterprise_project_id": "0",
            "tags": {"k": "v"}, "server_id": null,
        })
    );
    let query = format!("snapshot_group_id={id}&sort_dir=asc");
    let mut of = names(&mut world, &query);
    of.sort();
    assert_eq!(of, ["g-0001", "g-0002", "g-0003"]);
    let (_, listed) = world.get("/v5/{p}/snapshots/detail?name=g-0002");
    let second = &listed["snapshots"][0];
    assert_eq!(
        (&second["volume_id"], &second["instant_access"], &second["incremental"], &second["tags"]),
        (&json!(volumes[1]), &json!(true), &json!(false), &json!({}))
    );
    assert_eq!([world.in_use("snapshots"), world.in_use("gigabytes")], [3, 240]);
    let (status, answer) = delete(&mut world, &id);
    assert_eq!((status, group(&mut world, &id)["status"].clone()), (202, json!("deleting")));
    assert_eq!(refused(delete(&mut world, &id)).1, "EVS.1047");
    world.pass(100);
    assert_eq!(world.job(answer["job_id"].as_str().unwrap())["job_type"], "deleteSnapshotGroup");
    assert_eq!(refused(world.get(&format!("{PATH}/{id}"))), (404, "EVS.5404".to_owned()));
    assert_eq!((count(&mut world, ""), world.in_use("gigabytes")), (json!(0), json!(120)));
}

#[test]
fn a_server_names_the_volumes() {
    let mut world = empty();
    let [one, two, other] = [0; 3].map(|_| world.made(false));
    for volume in [&one, &two] {
        world.edit(volume, json!({"attached_to": ["server"]}));
    }
    let id = taken(&mut world, json!({"server_id": "server", "name": "all"}));
    assert_eq!(group(&mut world, &id)["server_id"], "server");
    assert_eq!(count(&mut world, ""), 2);
    taken(&mut world, json!({"server_id": "server", "volume_ids": [one], "name": "some"}));
    assert_eq!(count(&mut world, ""), 3);
    let foreign = json!({"server_id": "server", "volume_ids": [one, other]});
    assert_eq!(refused(take_group(&mut world, foreign)), (400, "EVS.1032".to_owned()));
    assert_eq!(refused(take_group(&mut world, json!({"server_id": "none"}))), (400, "EVS.1032".to_owned()));
    assert_eq!(group_names(&mut world, "server_id=server"), ["some", "all"]);
    assert_eq!(group_names(&mut world, "server_id=none"), [] as [&str; 0]);
}

#[test]
fn what_cannot_be_taken_is_refused_as_a_whole() {
    let mut world = World::with(Some(&EMPTY.replace("\"types\"", r#""quotas":{"snapshots":3},"types""#)));
    let volumes = [0; 4].map(|_| world.made(false));
    let none = "3f8c9a10-6b27-4d15-8a0e-94d2c7b1e833";
    for (fields, status, code) in [
        (json!({}), 400, "EVS.1070"),
        (json!({"volume_ids": []}), 400, "EVS.1070"),
        (json!({"volume_ids": "x"}), 400, "EVS.1018"),
        (json!({"volume_ids": [1]}), 400, "EVS.1018"),
        (json!({"volume_ids": ["x"]}), 400, "EVS.1002"),
        (json!({"volume_ids": [volumes[0], none]}), 404, "EVS.5404"),
        (json!({"volume_ids": [volumes[0], volumes[0]]}), 400, "EVS.1070"),
        (json!({"volume_ids": [volumes[0]], "name": "x".repeat(256)}), 400, "EVS.1003"),
        (json!({"volume_ids": [volumes[0]], "description": "x".repeat(256)}), 400, "EVS.1004"),
        (json!({"volume_ids": [volumes[0]], "tags": {"": ""}}), 400, "EVS.1062"),
        (json!({"volume_ids": [volumes[0]], "enterprise_project_id": "x"}), 400, "EVS.2059"),
        (json!({"volume_ids": volumes}), 413, "EVS.5413"),
    ] {
        assert_eq!(refused(take_group(&mut world, fields.clone())), (status, code.to_owned()), "{fields}");
    }
    assert_eq!(refused(world.post(PATH, json!({}))).1, "EVS.1070");
    assert_eq!(world.in_use("snapshots"), 0, "nothing was begun");
    take(&mut world, &volumes[0], json!({}));
    assert_eq!(refused(take_group(&mut world, json!({"volume_ids": [volumes[1], volumes[0]]}))).0, 409);
    let elsewhere = format!("/v5/{}/snapshot-groups", "f".repeat(32));
    assert_eq!(refused(world.post(&elsewhere, json!({"snapshot_group": {"volume_ids": [volumes[0]]}}))).0, 404);
}

#[test]
fn a_group_of_which_a_part_fails_has_failed() {
    let mut world = empty();
    let volumes = [0; 2].map(|_| world.made(false));
    world.trouble = failing(Some(vec![2]));
    let id = taken(&mut world, json!({"volume_ids": volumes, "name": "g"}));
    assert_eq!(group(&mut world, &id)["status"], "error");
    assert_eq!(names(&mut world, "status=error"), ["g-0002"], "by the order of the request");
    assert_eq!(names(&mut world, "status=available"), ["g-0001"]);
    assert_eq!(delete(&mut world, &id).0, 202);
    world.trouble = None;
    world.pass(100);
    assert_eq!(group(&mut world, &id)["status"], "error_deleting");
    assert_eq!(names(&mut world, "").len(), 1);
    assert_eq!(refused(delete(&mut world, &id)), (500, "EVS.2019".to_owned()));
}

#[test]
fn groups_are_found_changed_and_tagged() {
    let mut world = empty();
    let volume = world.made(false);
    let project = "3f8c9a10-6b27-4d15-8a0e-94d2c7b1e833";
    let first = taken(&mut world, json!({"volume_ids": [volume], "name": "first", "tags": {"k": "v"}}));
    taken(&mut world, json!({"volume_ids": [volume], "name": "second", "enterprise_project_id": project}));
    take_group(&mut world, json!({"volume_ids": [volume], "name": "third"}));
    let tags = url::form_urlencoded::byte_serialize(br#"[{"key":"k","value":"v"}]"#).collect::<String>();
    for (query, expected) in [
        (String::new(), &["third", "second", "first"][..]),
        ("name=ir".to_owned(), &["third", "first"]),
        ("status=creating".to_owned(), &["third"]),
        (format!("id={first}"), &["first"]),
        ("tag_key=k".to_owned(), &["first"]),
        (format!("tags={tags}"), &["first"]),
        (format!("enterprise_project_id={project}"), &["second"]),
    ] {
        assert_eq!(group_names(&mut world, &query), expected, "{query}");
        assert_eq!(world.get(&format!("{PATH}/count?{query}")).1["count"], expected.len(), "{query}");
    }
    for (query, expected) in [
        ("sort_dir=asc", &["first", "second", "third"][..]),
        ("sort_key=status&sort_dir=asc", &["first", "second", "third"]),
        ("limit=1&offset=1", &["second"]),
    ] {
        assert_eq!(group_names(&mut world, query), expected, "{query}");
    }
    let (_, page) = world.get(&format!("{PATH}/detail?limit=2"));
    assert!(page["snapshot_groups_links"][0]["href"].as_str().unwrap().ends_with("limit=2&offset=2"));
    for (query, code) in [("sort_key=size", "EVS.1039"), ("limit=0", "EVS.1023"), ("offset=x", "EVS.5400")] {
        assert_eq!(refused(world.get(&format!("{PATH}/detail?{query}"))).1, code, "{query}");
    }
    let path = format!("{PATH}/{first}");
    let (status, answer) = world.send("PUT", &path, br#"{"snapshot_group":{"name":"new","description":"words"}}"#);
    let changed = &answer["snapshot_group"];
    assert_eq!((status, &changed["name"], &changed["description"]), (200, &json!("new"), &json!("words")));
    assert_eq!(refused(world.send("PUT", &path, b"{}")).1, "EVS.1070");
    let tags = json!({"tags": [{"key": "l", "value": "w"}]});
    assert_eq!(world.post(&format!("{path}/tags/create"), tags).0, 204);
    assert_eq!(group(&mut world, &first)["tags"], json!({"k": "v", "l": "w"}));
    let all = json!({"tags": [{"key": "k", "value": ["v"]}, {"key": "l", "value": ["w"]}]});
    assert_eq!(world.get(&format!("{PATH}/tags")).1, all);
    assert_eq!(world.post(&format!("{path}/tags/delete"), json!({"tags": [{"key": "k"}]})).0, 204);
    assert_eq!(group(&mut world, &first)["tags"], json!({"l": "w"}));
    for id in ["none", project] {
        assert_eq!(refused(world.get(&format!("{PATH}/{id}"))).0, 404);
        assert_eq!(refused(world.post(&format!("{PATH}/{id}/tags/create"), json!({"tags": []}))).0, 404);
        assert_eq!(refused(delete(&mut world, id)).0, 404);
    }
    assert_eq!(refused(world.get(&format!("/v5/{}/snapshot-groups/{first}", "f".repeat(32)))).0, 404);
}

#[test]
fn a_group_waits_for_its_snapshots_and_does_without_those_that_are_gone() {
    let mut world = empty();
    let [one, two] = [0; 2].map(|_| world.made(false));
    let id = taken(&mut world, json!({"volume_ids": [one, two], "name": "g"}));
    let (_, listed) = world.get("/v5/{p}/snapshots/detail?name=g-0001");
    let first = listed["snapshots"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(show(&mut world, &first)["snapshot_group_id"], json!(id));
    world.post(&format!("/v5/{{p}}/snapshots/{first}/rollback"), json!({"rollback": {"volume_id": one}}));
    assert_eq!(refused(delete(&mut world, &id)).1, "EVS.1047");
    world.pass(100);
    for name in ["g-0001", "g-0002"] {
        let (_, listed) = world.get(&format!("/v5/{{p}}/snapshots/detail?name={name}"));
        let snapshot = listed["snapshots"][0]["id"].as_str().unwrap().to_owned();
        assert_eq!(super::standard::delete(&mut world, &snapshot).0, 202);
    }
    world.pass(100);
    assert_eq!(group(&mut world, &id)["status"], "available");
    let (status, answer) = delete(&mut world, &id);
    assert_eq!(status, 202, "{answer}");
    world.pass(100);
    assert_eq!(world.job(answer["job_id"].as_str().unwrap())["status"], "SUCCESS");
    assert_eq!(refused(world.get(&format!("{PATH}/{id}"))).0, 404);
}

#[test]
fn groups_come_back_from_the_data_file_in_the_middle_of_everything() {
    let mut world = World::new();
    let volumes = [0; 2].map(|_| world.made(false));
    let going = taken(&mut world, json!({"volume_ids": volumes, "name": "going"}));
    let path = format!("{PATH}/{going}");
    world.send("PUT", &path, br#"{"snapshot_group":{"name":"renamed"}}"#);
    world.post(&format!("{path}/tags/create"), json!({"tags": [{"key": "k", "value": "v"}]}));
    delete(&mut world, &going);
    world.trouble = failing(Some(vec![1]));
    assert_eq!(take_group(&mut world, json!({"volume_ids": volumes, "name": "coming"})).0, 202);
    world.trouble = None;
    let mut again = world.again();
    for passed in [0, 60, 40] {
        for world in [&mut world, &mut again] {
            world.pass(passed);
        }
        let look = |world: &mut World| [PATH, "/v5/{p}/snapshots"].map(|path| world.get(&format!("{path}/detail")).1);
        assert_eq!(look(&mut world), look(&mut again), "{passed}");
    }
    assert_eq!(group_names(&mut again, "status=error"), ["coming"]);
    let mut left = names(&mut again, "");
    left.sort();
    assert_eq!(left, ["coming-0001", "coming-0002"]);
}
