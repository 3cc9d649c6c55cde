//! The embedded cloud as Open Telekom Cloud: what is served there, and what is legal.

use super::http::{Cloud, quick, start};
use super::{World, blank_with, refused};
use crate::simulator::Config;
use crate::simulator::partition::Partition;
use reqwest::Method;
use serde_json::{Value, json};

async fn otc() -> Cloud {
    start(Config { partition: Partition::Otc, ..quick() }).await
}

async fn made(cloud: &Cloud) -> String {
    let volume = blank_with(json!({"tags": {"team": "a"}}));
    let (status, _) = cloud.json(Method::POST, "/v2/{p}/cloudvolumes", Some(json!({ "volume": volume }))).await;
    assert_eq!(status, 200);
    cloud.get("/v2/{p}/cloudvolumes/detail").await.1["volumes"][0]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn what_is_not_documented_there_the_gateway_does_not_know() {
    let cloud = otc().await;
    let id = made(&cloud).await;
    let one = format!("/v2/{{p}}/cloudvolumes/{id}");
    for (method, path) in [
        (Method::GET, one.clone()),
        (Method::GET, "/v2/{p}/cloudvolumes/xyz".to_owned()),
        (Method::GET, format!("{one}/tags")),
        (Method::POST, format!("{one}/tags/action")),
        (Method::GET, "/v2/{p}/cloudvolumes/tags".to_owned()),
        (Method::POST, "/v2.1/{p}/cloudvolumes".to_owned()),
        (Method::POST, format!("/v2.1/{{p}}/cloudvolumes/{id}/action")),
        (Method::POST, "/v5/{p}/volumes/batch-extend".to_owned()),
        (Method::DELETE, "/v5/{p}/volumes/batch-extend".to_owned()),
    ] {
        let (status, body) = cloud.json(method, &path, Some(json!({}))).await;
        assert_eq!((status, &body["error_code"]), (404, &json!("APIGW.0101")), "{path}");
        assert!(body["request_id"].is_string());
    }
    for path in ["/v2/{p}/os-vendor-volumes/{id}", "/v3/{p}/os-vendor-volumes/{id}", "/v3/{p}/volumes/{id}"] {
        assert_eq!(cloud.get(&path.replace("{id}", &id)).await.1["volume"]["id"], id);
    }
    let tags = cloud.get(&format!("/v2/{{p}}/os-vendor-volumes/{id}/tags")).await;
    assert_eq!(tags, (200, json!({"tags": [{"key": "team", "value": "a"}]})));
    let grown = cloud.json(Method::POST, &format!("{one}/action"), Some(json!({"os-extend": {"new_size": 80}}))).await;
    assert_eq!(grown.0, 200, "{}", grown.1);
    assert_eq!(cloud.json(Method::PATCH, &one, None).await.0, 405, "the path is there, for other methods");
    assert_eq!(cloud.json(Method::DELETE, &one, None).await.0, 200);
    let gone = cloud.get(&format!("/v2/{{p}}/os-vendor-volumes/{id}")).await;
    assert_eq!((gone.0, &gone.1["error"]["code"]), (404, &json!("EVS.5404")), "the service knows the call");
}

#[tokio::test]
async fn every_operation_says_who_serves_it() {
    let cloud = otc().await;
    let (_, all) = cloud.get("/_sim/operations").await;
    let topics = all["topics"].as_array().unwrap();
    let operations: Vec<&Value> = topics.iter().flat_map(|it| it["operations"].as_array().unwrap()).collect();
    let of = |method: &str, path: &str| {
        let found = operations.iter().find(|it| it["method"] == method && it["path"] == path).unwrap();
        found["partitions"].clone()
    };
    assert_eq!(of("GET", "/v2/{project_id}/cloudvolumes/{volume_id}"), json!(["huawei"]));
    assert_eq!(of("PUT", "/v2/{project_id}/cloudvolumes/{volume_id}"), json!(["huawei", "otc"]));
    assert!(operations.iter().all(|it| it["partitions"].as_array().unwrap().contains(&json!("huawei"))));
}

#[tokio::test]
async fn a_type_that_its_documents_do_not_know_is_not_there() {
    let names = async |cloud: &Cloud| {
        let (_, types) = cloud.get("/v2/{p}/types").await;
        let names = types["volume_types"].as_array().unwrap().iter();
        names.map(|it| it["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let there = names(&otc().await).await;
    assert_eq!(there.len(), 6, "{there:?}");
    assert!(there.contains(&"GPSSD2".to_owned()) && !there.contains(&"ESSD2".to_owned()));
    let catalogue = r#"{"zones":["a"],"types":[{"id":"1","name":"GPSSD2","zones":["a"],"iops":[1,2]}]}"#;
    let own = Config { partition: Partition::Otc, catalogue: Some(catalogue.to_owned()), ..quick() };
    assert_eq!(names(&start(own).await).await, ["GPSSD2"], "a catalogue that is given says what there is");
}

#[test]
fn tags_have_fewer_characters() {
    let mut world = World::new();
    world.cloud.partition = Partition::Otc;
    let id = world.made_with(json!({"tags": {"a_B-9": "x-1"}}));
    for (key, value) in [("a", "1.0"), ("环", "x"), ("a", "境")] {
        let volume = blank_with(json!({"tags": {key: value}}));
        for path in ["/v2/{p}/cloudvolumes", "/v3/{p}/cloudvolumes"] {
            let answer = world.post(path, json!({ "volume": volume }));
            assert_eq!(refused(answer), (400, "EVS.1062".to_owned()), "{key}={value}");
        }
        let add = json!({"action": "create", "tags": [{"key": key, "value": value}]});
        let answer = world.post(&format!("/v2/{{p}}/os-vendor-volumes/{id}/tags/action"), add);
        assert_eq!(refused(answer), (400, "EVS.1062".to_owned()), "{key}={value}");
    }
    assert_eq!(world.volumes().len(), 1);
    world.cloud.partition = Partition::Huawei;
    world.made_with(json!({"tags": {"环": "1.0"}}));
}
