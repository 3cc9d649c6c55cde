//! The bodies of snapshots beside those that the sources show, field by field.

use super::World;
use super::snapshots::taken;
use serde_json::{Value, json};

/// What is wrong with ours, and what differs in the fields that are there.
fn compare(documented: &Value, ours: &Value) -> (Vec<String>, Vec<String>) {
    let (documented, ours) = (documented.as_object().unwrap(), ours.as_object().unwrap());
    let kind = |value: &Value| match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "text",
        Value::Array(_) => "list",
        Value::Object(_) => "object",
    };
    let mut wrong = Vec::new();
    for (field, value) in documented {
        match ours.get(field) {
            None => wrong.push(format!("{field} is missing")),
            // A null says nothing about the type.
            Some(_) if value.is_null() => {}
            Some(it) if it.is_null() => wrong.push(format!("{field} is null")),
            Some(it) if kind(it) != kind(value) => wrong.push(format!("{field} is a {}", kind(it))),
            Some(_) => {}
        }
    }
    (wrong, ours.keys().filter(|it| !documented.contains_key(*it)).cloned().collect())
}

/// The list of the API reference of EVS; that of its scenario has the same fields.
fn listed() -> Value {
    json!({
        "status": "available", "description": null, "updated_at": "2018-06-06T10:58:47.349051",
        "volume_id": "f687bd70-37b3-4f00-a900-0ba1cfaa5196", "id": "fc05d5d7-7e99-42fb-b6f2-9ddd1b990e67", "size": 1,
        "os-extended-snapshot-attributes:progress": "100%", "name": "test03",
        "os-extended-snapshot-attributes:project_id": "20a68d6b7a124ae2b6b8a22046ee5966", "service_type": "EVS",
        "created_at": "2018-05-30T03:14:44.457975", "metadata": {},
    })
}

/// The answer to a creation in the API reference of EVS.
fn created() -> Value {
    json!({
        "status": "creating", "description": "Daily backup", "created_at": "2013-02-25T03:56:53.081642", "metadata": {},
        "volume_id": "5aa119a8-d25b-45a7-8d1b-88e127885635", "size": 1, "id": "ffa9bc5e-1172-4021-acaf-cdcd78a9584d",
        "name": "snap-001", "updated_at": "2013-02-25T03:56:53.081642",
    })
}

/// What OpenStack's API reference shows of one: in short answers, and in full ones.
fn cinder(full: bool) -> Value {
    let mut shown = json!({
        "created_at": "2019-03-11T16:24:36.464445", "description": "Daily backup",
        "id": "d0083dc5-8795-4c1a-bc9c-74f70006c205", "metadata": {"key": "v3"}, "name": "snap-001", "size": 10,
        "status": "creating", "updated_at": null, "volume_id": "7acd675e-4e06-4653-af9f-2ecd546342d6",
    });
    if full {
        shown["os-extended-snapshot-attributes:progress"] = json!("0%");
        shown["os-extended-snapshot-attributes:project_id"] = json!("89afd400-b646-4bbc-b12b-c0a4d63e5bd3");
    }
    shown
}

#[test]
fn no_field_is_missing_and_none_has_another_type() {
    let mut world = World::new();
    let volume = world.made(false);
    let body = json!({"snapshot": {"volume_id": volume, "name": "s", "description": "d", "metadata": {"k": "v"}}});
    let (_, made) = world.post("/v2/{p}/cloudsnapshots", body.clone());
    world.pass(100);
    let (_, made_by_cinder) = world.post("/v3/{p}/snapshots", body);
    world.pass(100);
    let id = made["snapshot"]["id"].as_str().unwrap().to_owned();
    let one = |world: &mut World, path: &str| world.get(&format!("{path}/{id}")).1["snapshot"].clone();
    let page = |world: &mut World, path: &str| world.get(path).1["snapshots"][0].clone();
    let progress = ["os-extended-snapshot-attributes:progress", "os-extended-snapshot-attributes:project_id"];
    let both = [&progress[..], &["service_type"]].concat();
    let renamed = world.send("PUT", &format!("/v3/{{p}}/snapshots/{id}"), br#"{"snapshot":{"name":"t"}}"#).1;
    for (what, documented, ours, more) in [
        ("custom list", listed(), page(&mut world, "/v2/{p}/cloudsnapshots/detail"), &[][..]),
        // The vendor's SDK has the first two in its model of this answer; the third is as in lists (a choice).
        ("custom creation", created(), made["snapshot"].clone(), &both),
        ("custom show", listed(), one(&mut world, "/v2/{p}/cloudsnapshots"), &[]),
        ("Cinder's creation", cinder(false), made_by_cinder["snapshot"].clone(), &[]),
        ("Cinder's short list", cinder(false), page(&mut world, "/v3/{p}/snapshots"), &[]),
        ("Cinder's full list", cinder(true), page(&mut world, "/v3/{p}/snapshots/detail"), &[]),
        ("Cinder's show", cinder(true), one(&mut world, "/v2/{p}/snapshots"), &[]),
        ("Cinder's update", cinder(false), renamed["snapshot"].clone(), &[]),
    ] {
        let (wrong, beside) = compare(&documented, &ours);
        assert_eq!((wrong, beside), (Vec::new(), more.iter().map(|&it| it.to_owned()).collect()), "{what}");
    }
}

#[test]
fn what_nobody_gave_is_null_or_empty_as_in_the_samples() {
    let mut world = World::new();
    let volume = world.made(false);
    let id = taken(&mut world, &volume, "s");
    for (target, pointer) in [
        ("/v2/{p}/cloudsnapshots/detail".to_owned(), "/snapshots/0"),
        (format!("/v2/{{p}}/cloudsnapshots/{id}"), "/snapshot"),
        // One of the catalogue has the same fields.
        ("/v2/{p}/cloudsnapshots/b836dc3d-4e10-4ea4-a34c-8f6b0460a583".to_owned(), "/snapshot"),
    ] {
        let (_, body) = world.get(&target);
        let ours = body.pointer(pointer).unwrap();
        assert_eq!(compare(&listed(), ours), (Vec::new(), Vec::new()), "{target}");
        assert_eq!(ours["description"], Value::Null, "{target}");
    }
}

#[test]
fn a_comparison_finds_what_is_wrong() {
    let (wrong, beside) = compare(
        &json!({"a": 1, "b": "", "c": {}, "d": null, "e": []}),
        &json!({"b": 1, "c": null, "d": {}, "e": [], "f": true}),
    );
    assert_eq!(wrong, ["a is missing", "b is a number", "c is null"]);
    assert_eq!(beside, ["f"]);
}
