//! What is answered, field by field against the recorded and documented bodies: `tests/described/bodies.json` has their fields
//! and types, and no values. A field that they have as null says nothing: the service leaves nulls out (evs-api 5.2).

use super::credentials::{guarded, password};
use super::http::start;
use super::{World, blank_with, failing};
use crate::simulator::account::AccountStyle;
use reqwest::Method;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// What is known to differ: the body, the field, and why.
const DIFFERENT: &[(&str, &str, &str)] = &[
    ("show, v3 of the vendor", "volume.backup_id", "one sample has it, as the text null; no other shows a backup"),
    ("update", "metadata.policy", "the backup service writes it, which is not here"),
    ("job, success", "entities.name", "the service's own documents show the id of the volume alone"),
    ("job, success", "entities.size", "the same"),
    ("job, success", "entities.volume_type", "the same"),
    ("types", "volume_types[].extra_specs.availability-zone", "reserved, and missing in another published sample"),
    ("type", "volume_type.extra_specs.availability-zone", "the same"),
    (
        "types",
        "volume_types[].extra_specs.os-vendor-extended:sold_out_availability_zones",
        "a type that is sold out nowhere has none, as in another published sample",
    ),
    ("error, Cinder, bad request", "badRequest.code", "a placeholder, which is a text; recorded ones have a number"),
];

fn kind(of: &Value) -> &'static str {
    match of {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "text",
        Value::Array(_) => "list",
        Value::Object(_) => "object",
    }
}

/// The fields in which ours is less than what is described, or another type.
fn compare(described: &Value, ours: &Value, path: &str, different: &mut BTreeSet<String>) {
    match (described, ours) {
        (Value::Null, _) => {}
        (Value::Object(described), Value::Object(ours)) => {
            for (key, value) in described {
                let below = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                match ours.get(key) {
                    Some(our) => compare(value, our, &below, different),
                    None if value.is_null() => {}
                    None => {
                        different.insert(below);
                    }
                }
            }
        }
        (Value::Array(described), Value::Array(ours)) => {
            let below = format!("{path}[]");
            if !described.is_empty() && ours.is_empty() {
                different.insert(below.clone());
            }
            for our in ours {
                described.iter().for_each(|it| compare(it, our, &below, different));
            }
        }
        _ if kind(described) == kind(ours) => {}
        _ => {
            different.insert(path.to_owned());
        }
    }
}

/// The answers about volumes, by the names of the bodies.
fn of_volumes(answers: &mut BTreeMap<&'static str, Value>) {
    let mut world = World::new();
    world.cloud.style = AccountStyle::C;
    let mut tell = |name, (status, body): (u16, Value)| {
        assert!((200..300).contains(&status), "{name}: {status} {body}");
        answers.insert(name, body);
    };
    let of = |path: &str, id: &str| path.replace("{id}", id);
    let first = world.made_with(json!({"tags": {"key_0": "a", "key_1": "b"}}));
    let tagged = world.made_with(json!({"tags": {"key1": "1", "key2": "2"}, "description": "d", "name": "n"}));
    tell("show, recorded", world.get(&of("/v2/{p}/cloudvolumes/{id}", &first)));
    tell("show, v2", world.get(&of("/v2/{p}/cloudvolumes/{id}", &tagged)));
    tell("show, Cinder", world.get(&of("/v3/{p}/volumes/{id}", &tagged)));
    tell("show, v3 of the vendor", world.get(&of("/v3/{p}/os-vendor-volumes/{id}", &tagged)));
    tell("list", world.get("/v2/{p}/cloudvolumes/detail?limit=1"));
    tell("list, Cinder", world.get("/v3/{p}/volumes/detail?limit=1"));
    tell("list, brief", world.get("/v2/{p}/volumes?limit=1"));
    tell("tags", world.get(&of("/v2/{p}/cloudvolumes/{id}/tags", &tagged)));
    tell("tags of a project", world.get("/v2/{p}/cloudvolumes/tags"));
    world.edit(&tagged, json!({"attached_to": "5b02a32d-5355-4279-9015-355000000001"}));
    let path = of("/v2/{p}/cloudvolumes/{id}", &tagged);
    tell("update", world.send("PUT", &path, br#"{"volume":{"name":"new","description":"d"}}"#));
    let metadata = json!({"volume_owner": "me", "foo": "bar"});
    let zone =
        json!({"size": 10, "name": "c", "description": "d", "availability_zone": "az-dc-1", "metadata": metadata});
    tell("create, Cinder", world.post("/v3/{p}/volumes", json!({ "volume": zone })));
    world.pass(100);
    let made = world.volumes()[0]["id"].as_str().unwrap().to_owned();
    world.edit(&made, json!({"attached_to": "5b02a32d-5355-4279-9015-355000000001"}));
    tell("list, attached", world.get("/v3/{p}/volumes/detail?limit=1"));
    let path = of("/v3/{p}/volumes/{id}", &made);
    tell("update, Cinder", world.send("PUT", &path, br#"{"volume":{"name":"new"}}"#));
    tell(
        "extend, job",
        world.post(&of("/v2.1/{p}/cloudvolumes/{id}/action", &first), json!({"os-extend": {"new_size": 80}})),
    );
    let snapshot = json!({"snapshot": {"volume_id": tagged, "name": "s", "description": "d", "force": true}});
    tell("snapshot, new", world.post("/v2/{p}/cloudsnapshots", snapshot));
    world.pass(100);
    tell("snapshots", world.get("/v2/{p}/cloudsnapshots/detail?limit=1"));
    tell("delete", world.send("DELETE", &of("/v2/{p}/cloudvolumes/{id}", &first), b""));
    tell("zones", world.get("/v2/{p}/os-availability-zone"));
    tell("types", world.get("/v3/{p}/types"));
    // SATA, which is sold out somewhere, as in the sample.
    tell("type", world.get("/v3/{p}/types/ea6e3c13-aac5-46e0-b280-745ed272e662"));
    tell("quotas", world.get("/v3/{p}/os-quota-sets/x?usage=True"));
    tell("images", world.get("/v2/cloudimages"));
}

/// The answers about jobs and orders, and refusals.
fn of_jobs(answers: &mut BTreeMap<&'static str, Value>) {
    let mut world = World::new();
    let volume = blank_with(json!({"metadata": {"create_for_volume_id": "true"}}));
    let prepaid = json!({"chargingMode": "prePaid", "periodType": "month", "periodNum": 1, "isAutoPay": "false"});
    let (_, sold) = world.post("/v2.1/{p}/cloudvolumes", json!({"volume": volume, "bssParam": prepaid}));
    answers.insert("create, order and ids", sold);
    let (_, made) = world.post("/v2.1/{p}/cloudvolumes", json!({ "volume": volume }));
    answers.insert("create, job and ids", made.clone());
    let (_, plain) = world.post("/v3/{p}/cloudvolumes", json!({"volume": blank_with(json!({"count": 2}))}));
    answers.insert("create, job", plain.clone());
    let id = |of: &Value| of["job_id"].as_str().unwrap().to_owned();
    world.pass(60);
    answers.insert("job, running", world.job(&id(&made)));
    world.pass(40);
    answers.insert("job, success", world.job(&id(&made)));
    answers.insert("job, batch", world.job(&id(&plain)));
    world.trouble = failing(None);
    let failed = world.create(blank_with(json!({})));
    world.trouble = None;
    world.pass(100);
    answers.insert("job, failed", world.job(&failed));
    let two = blank_with(json!({"snapshot_id": "a", "imageRef": "b"}));
    for (name, status, (told, body)) in [
        ("error", 400, world.post("/v3/{p}/cloudvolumes", json!({ "volume": two }))),
        ("error, job", 400, world.get("/v1/{p}/jobs/none")),
        ("error, Cinder, not found", 404, world.get("/v3/{p}/volumes/8dd7c486-8e9f-49fe-bceb-26aa7e312b66")),
        ("error, Cinder, bad request", 400, world.get("/v3/{p}/volumes/detail?limit=0")),
    ] {
        assert_eq!(told, status, "{name}: {body}");
        answers.insert(name, body);
    }
    let mut full = World::with(Some(
        r#"{"zones":["az-dc-1"],"types":[{"id":"1","name":"SSD","zones":["az-dc-1"]}],"quotas":{"gigabytes":50}}"#,
    ));
    let id = full.made(false);
    let (status, body) = full.post(&format!("/v3/{{p}}/volumes/{id}/action"), json!({"os-extend": {"new_size": 60}}));
    assert_eq!(status, 413);
    answers.insert("error, Cinder, quota", body);
}

/// What stands before the service.
async fn of_the_gateway(answers: &mut BTreeMap<&'static str, Value>) {
    let cloud = start(guarded()).await;
    let list = "/v2/{p}/cloudvolumes/detail";
    let (status, body) = cloud.get(list).await;
    assert_eq!(status, 401);
    answers.insert("error, gateway, signature", body);
    cloud.faults(json!([{"then": {"status": 429}, "times": 1}])).await;
    let (status, body) = cloud.get(list).await;
    assert_eq!(status, 429);
    answers.insert("error, gateway, throttled", body);
    let ask = password("open sesame", json!({"name": "cn-north-4"}));
    let answer = cloud.send(Method::POST, "/v3/auth/tokens", Some(ask)).await.unwrap();
    let token = answer.headers()["x-subject-token"].to_str().unwrap().to_owned();
    answers.insert("token", answer.json().await.unwrap());
    let projects = format!("http://{}/v3/projects", cloud.simulator.address());
    let projects = cloud.client.get(projects).header("X-Auth-Token", token).send().await.unwrap();
    answers.insert("projects", projects.json().await.unwrap());
}

#[tokio::test]
async fn every_field_that_is_described_is_there_and_of_its_type() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/described/bodies.json");
    let described: Map<String, Value> = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut answers = BTreeMap::new();
    of_volumes(&mut answers);
    of_jobs(&mut answers);
    of_the_gateway(&mut answers).await;
    let names = |all: &mut dyn Iterator<Item = &str>| all.map(str::to_owned).collect::<BTreeSet<_>>();
    assert_eq!(names(&mut described.keys().map(String::as_str)), names(&mut answers.keys().copied()));
    let mut found = BTreeSet::new();
    for (name, body) in &described {
        let mut different = BTreeSet::new();
        compare(body, &answers[name.as_str()], "", &mut different);
        found.extend(different.into_iter().map(|field| (name.clone(), field)));
    }
    let known: BTreeSet<(String, String)> =
        DIFFERENT.iter().map(|(name, field, _)| ((*name).to_owned(), (*field).to_owned())).collect();
    let new: Vec<_> = found.difference(&known).collect();
    let no_longer: Vec<_> = known.difference(&found).collect();
    assert!(new.is_empty() && no_longer.is_empty(), "new: {new:#?}\nno longer: {no_longer:#?}");
    assert!(DIFFERENT.iter().all(|(.., why)| !why.is_empty()));
}

#[test]
fn a_field_that_is_missing_or_another_type_is_found() {
    let described = json!({"a": {"b": 0, "none": null}, "c": [{"d": "", "e": false}], "f": [""]});
    for (ours, expected) in [
        (json!({"a": {"b": 1}, "c": [{"d": "x", "e": true}], "f": ["x"], "more": 1}), &[][..]),
        (json!({"a": {}, "c": [{"d": "x", "e": true}, {"d": 1}], "f": []}), &["a.b", "c[].d", "c[].e", "f[]"]),
        (json!({"a": [], "c": [{"d": null, "e": 0}]}), &["a", "c[].d", "c[].e", "f"]),
    ] {
        let mut different = BTreeSet::new();
        compare(&described, &ours, "", &mut different);
        assert_eq!(different.iter().map(String::as_str).collect::<Vec<_>>(), expected);
    }
}
