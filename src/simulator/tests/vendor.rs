//! The older paths of the vendor's own calls, which Open Telekom Cloud documents.

use super::{World, blank_with};
use serde_json::{Value, json};

#[test]
fn lists_and_looks_are_those_of_the_other_paths() {
    let mut world = World::new();
    for name in ["one", "two"] {
        world.made_with(json!({"name": name, "tags": {"k": "v"}}));
    }
    let id = world.volumes()[0]["id"].as_str().unwrap().to_owned();
    for version in ["v2", "v3"] {
        let older = |below: &str| format!("/{version}/{{p}}/os-vendor-volumes/{below}");
        let (status, listed) = world.get(&older("detail?limit=1"));
        assert_eq!((status, &listed["volumes"]), (200, &world.get("/v3/{p}/volumes/detail?limit=1").1["volumes"]));
        let next = listed["volumes_links"][0]["href"].as_str().unwrap().split("/os-vendor-volumes/").nth(1).unwrap();
        assert_eq!(world.get(&older(next)).1["volumes"][0]["name"], "one");
        assert_eq!(listed["volumes"][0], world.get(&older(&id)).1["volume"]);
        assert_eq!(world.get(&older("tags")).1, json!({"tags": {"k": ["v"]}}));
        assert_eq!(world.get(&older(&format!("{id}/tags"))).1, json!({"tags": [{"key": "k", "value": "v"}]}));
        let query = json!({"action": "count", "tags": [{"key": "k", "values": []}]});
        assert_eq!(world.post(&older("resource_instances/action"), query).1, json!({"total_count": 2}));
    }
    for version in ["v2", "v3"] {
        let (_, one) = world.get(&format!("/{version}/{{p}}/os-vendor-volumes/detail?ids=['{id}']"));
        assert_eq!((&one["count"], &one["volumes"][0]["id"]), (&json!(1), &json!(id)));
        let (_, none) = world.get(&format!("/{version}/{{p}}/os-vendor-volumes/detail?multiattach=true"));
        assert_eq!(none, json!({"count": 0, "volumes": []}));
    }
    let (status, brief) = world.get("/v2/{p}/cloudvolumes");
    assert_eq!((status, &brief), (200, &world.get("/v2/{p}/volumes").1));
    let keys: Vec<&String> = brief["volumes"][0].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["id", "links", "name"]);
}

#[test]
fn tags_are_set_and_removed() {
    let mut world = World::new();
    world.create(blank_with(json!({"tags": {"a": "1", "b": "2"}})));
    let id = world.volumes()[0]["id"].as_str().unwrap().to_owned();
    let add = json!({"action": "create", "tags": [{"key": "c", "value": "3"}]});
    assert_eq!(world.post(&format!("/v3/{{p}}/os-vendor-volumes/{id}/tags/action"), add).0, 204);
    for key in ["a", "c", "never"] {
        let path = format!("/v2/{{p}}/os-vendor-tags/volumes/{id}/{key}");
        assert_eq!(world.send("DELETE", &path, b""), (200, Value::Null));
    }
    assert_eq!(world.volumes()[0]["tags"], json!({"b": "2"}));
    let none = "/v2/{p}/os-vendor-tags/volumes/8dd7c486-8e9f-49fe-bceb-26aa7e312b66/a";
    assert_eq!(world.send("DELETE", none, b"").0, 404);
}

#[test]
fn the_deprecated_calls_about_tags_have_an_object() {
    let mut world = World::new();
    world.create(blank_with(json!({"tags": {"a": "1"}})));
    let id = world.volumes()[0]["id"].as_str().unwrap().to_owned();
    let path = format!("/v2/{{p}}/os-vendor-tags/volumes/{id}");
    assert_eq!(world.get(&path), (200, json!({"tags": {"a": "1"}})));
    assert_eq!(world.post(&path, json!({"tags": {"b": "2"}})), (200, json!({"tags": {"a": "1", "b": "2"}})));
    assert_eq!(world.get(&format!("{path}/b")), (200, json!({"tag": {"b": "2"}})));
    assert_eq!(world.get(&format!("{path}/c")).0, 404);
    let put = json!({"tags": {"c": "3"}}).to_string();
    assert_eq!(world.send("PUT", &path, put.as_bytes()), (200, json!({"tags": {"c": "3"}})));
    assert_eq!(world.get("/v2/{p}/os-vendor-tags/volumes").1, json!({"tags": {"c": ["3"]}}));
    for body in [json!({}), json!({"tags": []}), json!({"tags": {"a b": "c"}})] {
        assert_eq!(world.post(&path, body.clone()).0, 400, "{body}");
    }
    let many: serde_json::Map<String, Value> = (0..10).map(|n| (format!("k{n}"), json!("v"))).collect();
    assert_eq!(world.post(&path, json!({ "tags": many })).1["error"]["code"], "EVS.1061");
    assert_eq!(world.volumes()[0]["tags"], json!({"c": "3"}), "a refusal changes nothing");
}
