//! The create calls: what they accept, what they refuse and with which code, and their tokens.

use super::{PROJECT, START, World, blank, blank_with};
use proptest::prelude::*;
use serde_json::{Value, json};

const SNAPSHOT: &str = "b836dc3d-4e10-4ea4-a34c-8f6b0460a583";
const SNAPSHOT_SAS: &str = "fc05d5d7-7e99-42fb-b6f2-9ddd1b990e67";
const SNAPSHOT_CREATING: &str = "1f6b9d52-58c1-4a2c-9c0c-2d3c6f7e8a01";
const IMAGE: &str = "c6db9a3b-6bd1-4d3c-9d3b-0c0f6b5f5a10";
const BACKUP: &str = "1f2e3d4c-5b6a-4978-8695-a4b3c2d1e0f1";
const BACKUP_BUSY: &str = "2a3b4c5d-6e7f-4809-91a2-b3c4d5e6f708";
const KEY: &str = "37b0d52e-c249-40d6-83cb-2b93f22445bd";

fn code(body: &Value) -> &str {
    body["error"]["code"].as_str().unwrap_or_default()
}

#[test]
fn the_sample_of_the_reference_creates_a_volume() {
    let mut world = World::new();
    let job = world.create(json!({"backup_id": null, "count": 1, "availability_zone": "az-dc-1",
        "description": "test_volume_1", "size": 120, "name": "test_volume_1", "volume_type": "SSD",
        "metadata": {"__system__encrypted": "1", "__system__cmkid": KEY}}));
    world.pass(100);
    let job = world.job(&job);
    assert_eq!(job["status"], "SUCCESS");
    let id = job["entities"]["volume_id"].as_str().unwrap();
    let (status, body) = world.get(&format!("/v2/{{p}}/cloudvolumes/{id}"));
    assert_eq!(status, 200);
    let volume = &body["volume"];
    assert_eq!(volume["status"], "available");
    assert_eq!(volume["size"], 120);
    assert_eq!(volume["description"], "test_volume_1");
    assert_eq!(volume["encrypted"], false);
    assert_eq!(
        volume["metadata"],
        json!({"__system__cmkid": KEY, "__system__encrypted": "1", "hw:passthrough": "false"})
    );
    assert_eq!(volume["created_at"], "2024-01-02T03:04:05.000000");
    assert_eq!(volume["os-vol-tenant-attr:tenant_id"], PROJECT);
    assert!(volume.as_object().unwrap().values().all(|it| !it.is_null()), "{volume}");
}

#[test]
fn what_the_reference_tolerates_is_accepted() {
    for fields in [
        json!({"size": 10.9}),
        json!({"count": 2.7}),
        json!({"size": 32768}),
        json!({"name": "n".repeat(255)}),
        json!({"name": "n".repeat(250), "count": 2}),
        json!({"name": null, "description": null, "metadata": null, "tags": null, "shareable": null}),
        json!({"shareable": "true"}),
        json!({"enterprise_project_id": "0"}),
        json!({"metadata": {"hw:passthrough": "true"}}),
        json!({"snapshot_id": SNAPSHOT, "metadata": {"full_clone": "0"}}),
        json!({"imageRef": IMAGE}),
        json!({"backup_id": BACKUP, "size": null}),
        json!({"tags": {"k": "", "键": "1.0"}}),
        json!({"something_new": {"x": 1}}),
    ] {
        let (status, body) = World::new().post("/v3/{p}/cloudvolumes", json!({"volume": blank_with(fields.clone())}));
        assert_eq!(status, 200, "{fields}: {body}");
    }
    let mut world = World::new();
    world.create(blank_with(json!({"size": 10.9, "count": 2.7})));
    let sizes: Vec<Value> = world.volumes().iter().map(|it| it["size"].clone()).collect();
    assert_eq!(sizes, [10, 10]);
}

#[test]
fn each_defect_has_its_code() {
    let eleven: serde_json::Map<String, Value> = (0..11).map(|i| (format!("k{i}"), json!("v"))).collect();
    for (fields, expected) in [
        (json!({"availability_zone": null}), "EVS.2083"),
        (json!({"availability_zone": ""}), "EVS.2083"),
        (json!({"volume_type": null}), "EVS.2083"),
        (json!({"size": null}), "EVS.1010"),
        (json!({"size": "40"}), "EVS.1018"),
        (json!({"count": "2"}), "EVS.1018"),
        (json!({"name": 7}), "EVS.1018"),
        (json!({"multiattach": "true"}), "EVS.1018"),
        (json!({"metadata": []}), "EVS.1018"),
        (json!({"metadata": {"hw:passthrough": true}}), "EVS.1018"),
        (json!({"metadata": {"hw:passthrough": null}}), "EVS.1018"),
        (json!({"tags": {"k": 1}}), "EVS.1018"),
        (json!({"shareable": "maybe"}), "EVS.1054"),
        (json!({"snapshot_id": SNAPSHOT, "imageRef": IMAGE}), "EVS.1016"),
        (json!({"backup_id": BACKUP, "imageRef": IMAGE}), "EVS.1016"),
        (json!({"count": 0}), "EVS.1021"),
        (json!({"count": -1}), "EVS.1021"),
        (json!({"count": 101}), "EVS.1021"),
        (json!({"count": 1e300}), "EVS.1021"),
        (json!({"backup_id": BACKUP, "count": 2}), "EVS.1051"),
        (json!({"name": "n".repeat(256)}), "EVS.1003"),
        (json!({"name": "n".repeat(251), "count": 2}), "EVS.1003"),
        (json!({"name": "环".repeat(86)}), "EVS.1003"),
        (json!({"description": "d".repeat(256)}), "EVS.1004"),
        (json!({"availability_zone": "az-dc-9"}), "EVS.2053"),
        (json!({"volume_type": "FLOPPY"}), "EVS.2070"),
        (json!({"volume_type": "ESSD", "availability_zone": "az-dc-2"}), "EVS.2071"),
        (json!({"volume_type": "SATA", "availability_zone": "az-dc-3"}), "EVS.2072"),
        (json!({"size": 0}), "EVS.2084"),
        (json!({"size": 0.9}), "EVS.2084"),
        (json!({"size": -3}), "EVS.2084"),
        (json!({"size": 9}), "EVS.1010"),
        (json!({"size": 32769}), "EVS.1010"),
        (json!({"size": 1025, "imageRef": IMAGE}), "EVS.1010"),
        (json!({"metadata": {"owner": "me"}}), "EVS.1009"),
        (json!({"snapshot_id": SNAPSHOT, "metadata": {"hw:passthrough": "true"}}), "EVS.1043"),
        (json!({"imageRef": IMAGE, "metadata": {"__system__encrypted": "0"}}), "EVS.1043"),
        (json!({"metadata": {"hw:passthrough": "yes"}}), "EVS.1057"),
        (json!({"snapshot_id": SNAPSHOT, "metadata": {"full_clone": "1"}}), "EVS.1063"),
        (json!({"metadata": {"full_clone": "0"}}), "EVS.1063"),
        (json!({"metadata": {"__system__encrypted": "2"}}), "EVS.2041"),
        (json!({"metadata": {"__system__encrypted": "1"}}), "EVS.2041"),
        (json!({"metadata": {"__system__encrypted": "1", "__system__cmkid": "short"}}), "EVS.2041"),
        (json!({"tags": eleven}), "EVS.1061"),
        (json!({"tags": {"": "v"}}), "EVS.1062"),
        (json!({"tags": {"a b": "v"}}), "EVS.1062"),
        (json!({"enterprise_project_id": "mine"}), "EVS.2059"),
        (json!({"snapshot_id": KEY}), "EVS.2045"),
        (json!({"snapshot_id": SNAPSHOT_CREATING}), "EVS.2043"),
        (json!({"snapshot_id": SNAPSHOT, "availability_zone": "az-dc-2"}), "EVS.2054"),
        (json!({"snapshot_id": SNAPSHOT_SAS, "availability_zone": "az-dc-2", "size": 200}), "EVS.2096"),
        (json!({"snapshot_id": SNAPSHOT_SAS, "availability_zone": "az-dc-2", "volume_type": "SAS"}), "EVS.1010"),
        (json!({"imageRef": KEY}), "EVS.2046"),
        (json!({"imageRef": IMAGE, "multiattach": true}), "EVS.2094"),
        (json!({"imageRef": IMAGE, "size": 39}), "EVS.1010"),
        (json!({"backup_id": ""}), "EVS.1006"),
        (json!({"backup_id": KEY}), "EVS.1045"),
        (json!({"backup_id": BACKUP_BUSY}), "EVS.1044"),
        (json!({"backup_id": BACKUP, "availability_zone": "az-dc-2"}), "EVS.1049"),
        (json!({"backup_id": BACKUP, "size": 39}), "EVS.1022"),
    ] {
        let mut world = World::new();
        let (status, body) = world.post("/v3/{p}/cloudvolumes", json!({"volume": blank_with(fields.clone())}));
        assert_eq!((status, code(&body)), (400, expected), "{fields}: {body}");
        assert_eq!(world.cloud.count(), 0, "{fields}");
    }
    for (body, expected) in [
        (&b""[..], "EVS.1052"),
        (b"{", "EVS.1052"),
        (b"[]", "EVS.2108"),
        (b"{}", "EVS.1008"),
        (b"{\"volume\":null}", "EVS.1008"),
        (b"{\"volume\":\"x\"}", "EVS.1009"),
    ] {
        let (status, answer) = World::new().send("POST", "/v3/{p}/cloudvolumes", body);
        assert_eq!((status, code(&answer)), (400, expected));
    }
    let deep = format!("{{\"volume\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(code(&World::new().send("POST", "/v3/{p}/cloudvolumes", deep.as_bytes()).1), "EVS.1052");
}

#[test]
fn a_batch_is_numbered_from_0001_and_not_listed_in_that_order() {
    for count in [2, 12, 100] {
        let mut world = World::new();
        let job = world.create(blank_with(json!({"name": "volume", "count": count})));
        world.pass(100);
        let job = world.job(&job);
        assert_eq!(job["job_type"], "batchCreateVolume");
        let mut names = Vec::new();
        for sub_job in job["entities"]["sub_jobs"].as_array().unwrap() {
            let id = sub_job["entities"]["volume_id"].as_str().unwrap();
            let (_, body) = world.get(&format!("/v2/{{p}}/cloudvolumes/{id}"));
            names.push(body["volume"]["name"].as_str().unwrap().to_owned());
        }
        assert!(!names.is_sorted());
        names.sort();
        let expected: Vec<String> = (1..=count).map(|i| format!("volume-{i:04}")).collect();
        assert_eq!(names, expected);
    }
}

#[test]
fn the_versions_answer_differently() {
    let mut world = World::new();
    let body = || json!({"volume": blank("v")});
    assert_eq!(world.post("/v2/{p}/cloudvolumes", body()).0, 200);
    let (status, answer) = world.post("/v2.1/{p}/cloudvolumes", body());
    assert_eq!((status, answer.as_object().unwrap().len()), (202, 1));
    let asking = json!({"volume": blank_with(json!({"count": 3, "metadata": {"create_for_volume_id": "true"}}))});
    let (status, answer) = world.post("/v2.1/{p}/cloudvolumes", asking.clone());
    assert_eq!((status, answer["volume_ids"].as_array().unwrap().len()), (202, 3));
    assert_eq!(code(&world.post("/v3/{p}/cloudvolumes", asking).1), "EVS.1009");
    let cinder =
        json!({"volume": {"size": 40, "availability_zone": "az-dc-1", "metadata": {"volume_owner": "openapi"}}});
    let (status, answer) = world.post("/v3/{p}/volumes", cinder);
    assert_eq!((status, &answer["volume"]["status"]), (202, &json!("creating")), "{answer}");
    assert_eq!(world.post("/v3/{p}/volumes", json!({"volume": {"size": 1}})).1["badRequest"]["code"], 400);
    let fast = json!({"volume": blank_with(json!({"volume_type": "GPSSD2", "iops": 3000, "throughput": 125}))});
    assert_eq!(world.post("/v2.1/{p}/cloudvolumes", fast).0, 202);
    let slow = json!({"volume": blank_with(json!({"volume_type": "GPSSD2"}))});
    assert_eq!(code(&world.post("/v2.1/{p}/cloudvolumes", slow).1), "EVS.1009");
}

#[test]
fn a_prepaid_volume_comes_with_an_order_and_cannot_be_deleted() {
    let mut world = World::new();
    let mut body = json!({"volume": blank("v"),
        "bssParam": {"chargingMode": "prePaid", "periodType": "year", "periodNum": 1, "isAutoPay": "true"}});
    let (status, answer) = world.post("/v2.1/{p}/cloudvolumes", body.clone());
    assert_eq!((status, answer.as_object().unwrap().len()), (202, 1));
    world.pass(100);
    let volume = world.volumes()[0].clone();
    assert_eq!(volume["metadata"]["orderID"], answer["order_id"]);
    let path = format!("/v2/{{p}}/cloudvolumes/{}", volume["id"].as_str().unwrap());
    assert_eq!(code(&world.send("DELETE", &path, b"").1), "EVS.1035");
    body["bssParam"]["isAutoPay"] = json!("false");
    assert!(world.post("/v2.1/{p}/cloudvolumes", body.clone()).1["order_id"].is_string());
    assert_eq!(world.cloud.count(), 1);
    body["bssParam"]["periodNum"] = json!(2);
    assert_eq!(code(&world.post("/v2.1/{p}/cloudvolumes", body).1), "EVS.2147");
}

#[test]
fn a_token_gives_the_first_answer_again_for_eight_hours() {
    let mut world = World::new();
    world.token = Some("6f1c2d3e-4b5a-4678-9abc-def012345678".to_owned());
    let first = world.create(blank("v"));
    assert_eq!(world.create(blank("v")), first);
    assert_eq!(world.cloud.count(), 1);
    let (status, body) = world.post("/v3/{p}/cloudvolumes", json!({"volume": blank("other")}));
    assert_eq!((status, code(&body)), (400, "EVS.2219"));
    let (_, body) = world.post("/v2.1/{p}/cloudvolumes", json!({"volume": blank("v")}));
    assert_eq!(code(&body), "EVS.2219");
    world.now = START + 8 * 3600 * 1_000_000;
    assert_eq!(world.create(blank("v")), first);
    world.now += 1;
    let (_, body) = world.post("/v3/{p}/cloudvolumes", json!({"volume": blank("v")}));
    assert_eq!(code(&body), "EVS.2220");
    world.token = Some("not-a-uuid".to_owned());
    let (_, body) = world.post("/v3/{p}/cloudvolumes", json!({"volume": blank("v")}));
    assert_eq!(code(&body), "EVS.2218");
    assert_eq!(world.cloud.count(), 1);
}

#[test]
fn a_refusal_does_not_use_up_its_token() {
    let mut world = World::new();
    world.token = Some("6f1c2d3e-4b5a-4678-9abc-def012345678".to_owned());
    assert_eq!(world.post("/v3/{p}/cloudvolumes", json!({"volume": {}})).0, 400);
    world.create(blank("v"));
}

#[test]
fn quota_is_reserved_then_in_use_then_free() {
    let catalogue = r#"{"zones": ["az-dc-1"], "types": [{"id": "t", "name": "SSD", "zones": ["az-dc-1"]}],
        "quotas": {"volumes": 3, "gigabytes_SSD": 130}}"#;
    let mut world = World::with(Some(catalogue));
    let entry =
        |world: &mut World, name: &str| world.get("/v2/{p}/os-quota-sets/x?usage=True").1["quota_set"][name].clone();
    let job = world.create(blank_with(json!({"count": 2})));
    assert_eq!(entry(&mut world, "volumes"), json!({"reserved": 2, "limit": 3, "in_use": 0}));
    let (status, body) = world.post("/v3/{p}/cloudvolumes", json!({"volume": blank_with(json!({"count": 2}))}));
    assert_eq!((status, code(&body)), (400, "EVS.1034"));
    let (_, body) = world.post("/v3/{p}/cloudvolumes", json!({"volume": blank_with(json!({"size": 51}))}));
    assert_eq!(code(&body), "EVS.1042");
    world.pass(100);
    assert_eq!(entry(&mut world, "gigabytes_SSD"), json!({"reserved": 0, "limit": 130, "in_use": 80}));
    let id = world.job(&job)["entities"]["sub_jobs"][0]["entities"]["volume_id"].as_str().unwrap().to_owned();
    assert_eq!(world.send("DELETE", &format!("/v2/{{p}}/cloudvolumes/{id}"), b"").0, 200);
    assert_eq!(entry(&mut world, "volumes")["in_use"], 2);
    world.pass(100);
    assert_eq!(entry(&mut world, "volumes"), json!({"reserved": 0, "limit": 3, "in_use": 1}));
}

/// Any JSON, more often than not with the field names of the create call.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        prop_oneof![Just("az-dc-1"), Just("SSD"), Just("true"), Just(IMAGE), Just("")].prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    let key = prop_oneof![
        Just("volume"),
        Just("availability_zone"),
        Just("volume_type"),
        Just("size"),
        Just("name"),
        Just("count"),
        Just("backup_id"),
        Just("snapshot_id"),
        Just("imageRef"),
        Just("metadata"),
        Just("tags"),
        Just("shareable"),
        Just("bssParam"),
        Just("server_id"),
        Just("iops"),
        Just("multiattach"),
        Just("hw:passthrough"),
    ];
    leaf.prop_recursive(4, 48, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((key.clone(), inner), 0..8)
                .prop_map(|pairs| pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()),
        ]
    })
}

proptest! {
    #[test]
    fn no_other_body_or_query_makes_it_stumble(body in any_json(), key in "limit|offset|marker|ids?|name|metadata", value in ".{0,9}") {
        let mut world = World::new();
        world.create(blank("v"));
        let id = world.volumes()[0]["id"].as_str().unwrap().to_owned();
        let text = body.to_string();
        for (method, path) in [
            ("PUT", format!("/v2/{{p}}/cloudvolumes/{id}")),
            ("PUT", format!("/v3/{{p}}/volumes/{id}")),
            ("POST", format!("/v2/{{p}}/cloudvolumes/{id}/tags/action")),
            ("POST", "/v2/{p}/cloudvolumes/resource_instances/action".to_owned()),
        ] {
            prop_assert!(world.send(method, &path, text.as_bytes()).0 < 500);
        }
        let query = url::form_urlencoded::Serializer::new(String::new()).append_pair(&key, &value).finish();
        for path in ["/v2/{p}/cloudvolumes/detail", "/v3/{p}/volumes"] {
            let (status, _) = world.get(&format!("{path}?{query}"));
            prop_assert!(status < 500);
        }
    }

    #[test]
    fn no_body_makes_it_stumble(fields in any_json(), whole in any_json()) {
        let mut volume = blank("v");
        if let Value::Object(fields) = fields {
            volume.as_object_mut().unwrap().extend(fields);
        }
        for path in ["/v3/{p}/cloudvolumes", "/v2.1/{p}/cloudvolumes", "/v3/{p}/volumes"] {
            for body in [json!({"volume": volume.clone()}), whole.clone()] {
                let (status, answer) = World::new().post(path, body);
                prop_assert!(matches!(status, 200 | 202 | 400), "{status} {answer}");
            }
        }
    }
}
