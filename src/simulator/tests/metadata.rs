//! The metadata of volumes that exist, and Cinder's update of them.

use super::{World, blank, blank_with, refused};
use serde_json::{Value, json};

const UNKNOWN: &str = "8dd7c486-8e9f-49fe-bceb-26aa7e312b66";

/// A volume with metadata of the caller beside those of the service.
fn volume(world: &mut World, metadata: Value) -> String {
    let volume = json!({ "volume": blank_with(json!({ "metadata": metadata })) });
    let (status, body) = world.post("/v3/{p}/volumes", volume);
    assert_eq!(status, 202, "{body}");
    world.pass(100);
    body["volume"]["id"].as_str().unwrap().to_owned()
}

fn path(id: &str, key: &str) -> String {
    format!("/v3/{{p}}/volumes/{id}/metadata{key}")
}

/// With what the service adds to every volume.
fn with_service(pairs: Value) -> Value {
    let mut all = json!({"__system__encrypted": "0", "hw:passthrough": "false"});
    all.as_object_mut().unwrap().extend(pairs.as_object().unwrap().clone());
    all
}

fn put(world: &mut World, path: &str, body: Value) -> (u16, Value) {
    world.send("PUT", path, body.to_string().as_bytes())
}

/// Status and message of a refusal in Cinder's envelope.
fn words(answer: &(u16, Value)) -> (u16, &str, &str) {
    let (envelope, inner) = answer.1.as_object().unwrap().iter().next().unwrap();
    assert_eq!(inner["code"], answer.0, "{answer:?}");
    (answer.0, envelope, inner["message"].as_str().unwrap())
}

#[test]
fn pairs_are_added_changed_replaced_and_removed_over_both_versions() {
    for version in ["v2", "v3"] {
        let mut world = World::new();
        let id = volume(&mut world, json!({"owner": "me"}));
        let at = |key: &str| path(&id, key).replace("v3", version);
        assert_eq!(world.get(&at("")), (200, json!({"metadata": with_service(json!({"owner": "me"}))})));
        let added = world.post(&at(""), json!({"metadata": {"key1": "value1", "owner": "you"}}));
        assert_eq!(added, (200, json!({"metadata": with_service(json!({"key1": "value1", "owner": "you"}))})));
        assert_eq!(world.shown(&id)["metadata"], added.1["metadata"]);
        assert_eq!(world.volumes()[0]["metadata"], added.1["metadata"]);

        let one = json!({"meta": {"key1": "value2"}});
        assert_eq!(put(&mut world, &at("/key1"), one.clone()), (200, one.clone()));
        assert_eq!(world.get(&at("/key1")), (200, one));
        let new = json!({"meta": {"new": ""}});
        assert_eq!(put(&mut world, &at("/new"), new.clone()), (200, new), "a key that was not there");

        let set = json!({"metadata": {"key2": "value2"}});
        let all = (200, json!({"metadata": with_service(json!({"key2": "value2"}))}));
        assert_eq!(put(&mut world, &at(""), set), all, "what the service added stays");
        assert_eq!(world.send("DELETE", &at("/key2"), b""), (200, Value::Null));
        assert_eq!(world.get(&at("")).1["metadata"], with_service(json!({})));
    }
}

#[test]
fn a_key_comes_encoded() {
    let mut world = World::new();
    let id = volume(&mut world, json!({"hw:custom/1": "a", "卷": "b"}));
    assert_eq!(world.get(&path(&id, "/hw%3Acustom%2F1")).1, json!({"meta": {"hw:custom/1": "a"}}));
    assert_eq!(world.get(&path(&id, "/hw%3Apassthrough")).1, json!({"meta": {"hw:passthrough": "false"}}));
    assert_eq!(put(&mut world, &path(&id, "/%E5%8D%B7"), json!({"meta": {"卷": "c"}})).0, 200);
    assert_eq!(world.send("DELETE", &path(&id, "/hw%3Acustom%2F1"), b"").0, 200);
    assert_eq!(world.get(&path(&id, "")).1["metadata"], with_service(json!({"卷": "c"})));
}

#[test]
fn the_keys_of_the_service_stay_as_they_are() {
    let mut world = World::new();
    let id = volume(&mut world, json!({}));
    let not_updated = (400, "badRequest", "the metadata Param is not allowed to be updated!");
    let service =
        ["__system__encrypted", "__system__cmkid", "__system__any", "hw:passthrough", "full_clone", "orderID"];
    for key in service.into_iter().chain(["readonly", "attached_mode", "policy"]) {
        for (method, body) in [("POST", json!({"metadata": {key: "1"}})), ("PUT", json!({"metadata": {key: "1"}}))] {
            let answer = world.send(method, &path(&id, ""), body.to_string().as_bytes());
            assert_eq!(words(&answer), not_updated, "{method} {key}");
        }
        let answer = put(&mut world, &path(&id, &format!("/{key}")), json!({"meta": {key: "1"}}));
        assert_eq!(words(&answer), not_updated, "{key}");
        let update = json!({"volume": {"name": "other", "metadata": {key: "1"}}});
        let answer = put(&mut world, &format!("/v3/{{p}}/volumes/{id}"), update);
        assert_eq!(words(&answer), not_updated, "{key}");
    }
    let answer = world.send("DELETE", &path(&id, "/__system__encrypted"), b"");
    assert_eq!(words(&answer), (403, "forbidden", "metadata can not be operated."));
    assert_eq!(world.shown(&id)["name"], "v");
    assert_eq!(world.shown(&id)["metadata"], with_service(json!({})));
    // Whoever sends back what it has read changes nothing.
    let all = with_service(json!({"mine": "1"}));
    assert_eq!(put(&mut world, &path(&id, ""), json!({ "metadata": all })), (200, json!({ "metadata": all })));
}

#[test]
fn what_is_wrong_is_refused_and_changes_nothing() {
    let mut world = World::new();
    let id = volume(&mut world, json!({"owner": "me"}));
    let before = world.shown(&id);
    let long = |bytes: usize| "卷".repeat(bytes / 3) + &"x".repeat(bytes % 3);
    for body in [
        json!({}),
        json!({"metadata": null}),
        json!({"metadata": []}),
        json!({"metadata": {"k": null}}),
        json!({"metadata": {"k": 1}}),
        json!({"metadata": {"k": {}}}),
        json!({"metadata": {"": "v"}}),
        json!({"metadata": {long(256): "v"}}),
        json!({"metadata": {"k": long(256)}}),
        json!([]),
    ] {
        for method in ["POST", "PUT"] {
            let answer = world.send(method, &path(&id, ""), body.to_string().as_bytes());
            assert_eq!((words(&answer).0, words(&answer).1), (400, "badRequest"), "{method} {body}");
        }
    }
    for (body, message) in [
        (json!({"meta": {"other": "1"}}), "Request body and URI mismatch."),
        (json!({"meta": {}}), "Request body and URI mismatch."),
        (json!({"meta": {"k": "1", "other": "1"}}), "Request body contains too many items."),
        (json!({"metadata": {"k": "1"}}), "Malformed request body."),
    ] {
        let answer = put(&mut world, &path(&id, "/k"), body);
        assert_eq!(words(&answer), (400, "badRequest", message));
    }
    assert_eq!(words(&world.send("POST", &path(&id, ""), b"{")).0, 400);
    let none = (404, "itemNotFound", "Metadata item was not found.");
    assert_eq!(words(&world.get(&path(&id, "/none"))), none);
    assert_eq!(words(&world.send("DELETE", &path(&id, "/none"), b"")), none);
    assert_eq!(world.shown(&id), before);
    let longest = json!({"metadata": {long(255): long(255)}});
    assert_eq!(world.post(&path(&id, ""), longest).0, 200);
}

#[test]
fn all_metadata_together_are_not_without_end() {
    let mut world = World::new();
    let id = volume(&mut world, json!({}));
    let pairs = |from: usize| -> Value {
        (from..from + 2000)
            .map(|n| (format!("{n:0>255}"), json!("x".repeat(255))))
            .collect::<serde_json::Map<_, _>>()
            .into()
    };
    assert_eq!(world.post(&path(&id, ""), json!({ "metadata": pairs(0) })).0, 200);
    let answer = world.post(&path(&id, ""), json!({ "metadata": pairs(2000) }));
    assert_eq!(words(&answer), (400, "badRequest", "size of metadata is too large!"));
    assert_eq!(put(&mut world, &path(&id, ""), json!({ "metadata": pairs(2000) })).0, 200);
}

#[test]
fn a_foreign_volume_and_an_unknown_one_are_not_found() {
    let mut world = World::new();
    let id = volume(&mut world, json!({"k": "v"}));
    let foreign = |id: &str, key: &str| path(id, key).replace("{p}", "00000000000000000000000000000000");
    for at in [foreign(&id, ""), path(UNKNOWN, "")] {
        for (method, below, body) in [
            ("GET", "", json!(null)),
            ("POST", "", json!({"metadata": {"k": "w"}})),
            ("PUT", "", json!({"metadata": {"k": "w"}})),
            ("GET", "/k", json!(null)),
            ("PUT", "/k", json!({"meta": {"k": "w"}})),
            ("DELETE", "/k", json!(null)),
        ] {
            let answer = world.send(method, &format!("{at}{below}"), body.to_string().as_bytes());
            assert_eq!((words(&answer).0, words(&answer).1), (404, "itemNotFound"), "{method} {at}{below}");
        }
    }
    assert_eq!(words(&world.get(&path("me", ""))).0, 400);
    assert_eq!(world.get(&path(&id, "/k")).1, json!({"meta": {"k": "v"}}));
}

#[test]
fn lists_filter_by_what_they_are_now_and_siblings_keep_theirs() {
    let mut world = World::new();
    world.create(blank_with(json!({"count": 2})));
    world.pass(100);
    let ids: Vec<String> = world.volumes().iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect();
    world.post(&path(&ids[0], ""), json!({"metadata": {"role": "db"}}));
    let found = |world: &mut World| -> Vec<String> {
        let (_, body) = world.get("/v2/{p}/cloudvolumes/detail?metadata=%7B%22role%22%3A%22db%22%7D");
        body["volumes"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(found(&mut world), ids[..1]);
    assert_eq!(world.shown(&ids[1])["metadata"], with_service(json!({})), "made by the same call");
    world.send("DELETE", &path(&ids[0], "/role"), b"");
    assert!(found(&mut world).is_empty());
}

#[test]
fn they_come_back_from_the_data_file_also_from_the_middle_of_work() {
    let mut world = World::new();
    let id = volume(&mut world, json!({"a": "1"}));
    world.post(&format!("/v3/{{p}}/volumes/{id}/action"), json!({"os-extend": {"new_size": 60}}));
    world.pass(30);
    world.post(&path(&id, ""), json!({"metadata": {"b": "2"}}));
    world.send("DELETE", &path(&id, "/a"), b"");
    let mut again = world.again();
    for world in [&mut world, &mut again] {
        assert_eq!(world.shown(&id)["status"], "extending");
        world.pass(100);
        assert_eq!(world.shown(&id)["metadata"], with_service(json!({"b": "2"})));
    }
    assert_eq!(world.volumes(), again.volumes());
}

#[test]
fn an_update_of_cinder_takes_metadata_beside_words_or_alone() {
    let mut world = World::new();
    let id = volume(&mut world, json!({"a": "1"}));
    for version in ["v2", "v3"] {
        let at = format!("/{version}/{{p}}/volumes/{id}");
        let both = json!({"volume": {"display_name": "n", "description": "d", "metadata": {"b": version}}});
        let (status, body) = put(&mut world, &at, both);
        assert_eq!((status, &body["volume"]["name"], &body["volume"]["description"]), (200, &json!("n"), &json!("d")));
        assert_eq!(body["volume"]["metadata"], with_service(json!({ "b": version })));
        let (status, body) = put(&mut world, &at, json!({"volume": {"metadata": {}}}));
        assert_eq!((status, &body["volume"]["metadata"]), (200, &with_service(json!({}))));
        assert_eq!(world.shown(&id)["name"], "n");
        let (_, body) = put(&mut world, &at, json!({"volume": {"name": "m", "metadata": null}}));
        assert_eq!((&body["volume"]["name"], body["volume"].get("tags")), (&json!("m"), None));
        for wrong in [
            json!({}),
            json!({"volume": null}),
            json!({"volume": {}}),
            json!({"volume": {"metadata": "x"}}),
            json!({"volume": {"metadata": {"k": 1}}}),
            json!({"volume": {"name": "x".repeat(256), "metadata": {"k": "1"}}}),
        ] {
            assert_eq!(words(&put(&mut world, &at, wrong.clone())).0, 400, "{wrong}");
        }
    }
    assert_eq!(world.shown(&id)["metadata"], with_service(json!({})), "a wrong name leaves metadata as they were");
    // EVS's own call knows no metadata.
    let at = format!("/v2/{{p}}/cloudvolumes/{id}");
    assert_eq!(
        refused(put(&mut world, &at, json!({"volume": {"metadata": {"k": "1"}}}))),
        (400, "EVS.1007".to_owned())
    );
    world.create(blank("other"));
    assert_eq!(world.shown(&id)["metadata"], with_service(json!({})));
}
