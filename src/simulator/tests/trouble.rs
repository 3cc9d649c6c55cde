//! What a client that must not create twice has to live with: tokens under way, late work, lost answers.

use super::http::{Cloud, quick, start};
use super::{PROJECT, blank, blank_with};
use crate::simulator::{Arrival, Config, Witness};
use reqwest::Method;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const TOKEN: &str = "6f1c2d3e-4b5a-4678-9abc-def012345678";
const OTHER: &str = "7a2d3e4f-5b6c-4789-8bcd-ef0123456789";

impl Cloud {
    /// Creates over v3 with that token: status and body, or nothing where the connection was cut.
    async fn create_as(&self, token: &str, volume: Value) -> Option<(u16, Value)> {
        self.create_at("/v3/{p}/cloudvolumes", token, volume).await
    }

    async fn create_at(&self, path: &str, token: &str, volume: Value) -> Option<(u16, Value)> {
        let url = format!("http://{}{}", self.simulator.address(), path.replace("{p}", PROJECT));
        let request = self.client.post(url).header("X-Client-Token", token).json(&json!({ "volume": volume }));
        let answer = request.send().await.ok()?;
        Some((answer.status().as_u16(), answer.json().await.unwrap()))
    }

    /// Waits until so many create calls over v3 have arrived.
    async fn arrivals(&self, wanted: u64) {
        while self.get("/_sim/stats").await.1["requests"]["POST /v3/{project_id}/cloudvolumes"] != wanted {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
}

/// The code of an answer that is a refusal.
fn code(answer: &Option<(u16, Value)>) -> &str {
    let (status, body) = answer.as_ref().unwrap();
    assert_eq!(*status, 400, "{body}");
    body["error"]["code"].as_str().unwrap()
}

fn once(then: Value) -> Value {
    json!([{"method": "POST", "times": 1, "then": then}])
}

#[tokio::test]
async fn a_token_is_under_way_until_its_work_is_done() {
    let cloud = start(Config { latency: Duration::from_millis(30), ..quick() }).await;
    cloud.faults(once(json!({"delay_ms": 1000}))).await;
    let second = async {
        cloud.arrivals(1).await;
        let before = Instant::now();
        assert_eq!(code(&cloud.create_as(TOKEN, blank("v")).await), "EVS.2221");
        assert!(before.elapsed() >= Duration::from_millis(30));
        // Nobody has looked yet whether it would be the same call, and other tokens are free.
        assert_eq!(code(&cloud.create_as(&TOKEN.to_uppercase(), blank("w")).await), "EVS.2221");
        assert_eq!(cloud.create_as(OTHER, blank("w")).await.unwrap().0, 200);
        assert_eq!(cloud.count().await, 1);
    };
    let (first, ()) = tokio::join!(cloud.create_as(TOKEN, blank("v")), second);
    assert_eq!(first.as_ref().unwrap().0, 200);
    assert_eq!(cloud.create_as(TOKEN, blank("v")).await, first);
    // What is only answered again is nobody's way.
    let (one, other) = tokio::join!(cloud.create_as(TOKEN, blank("v")), cloud.create_as(TOKEN, blank("v")));
    assert!(one == first && other == first);
    assert_eq!(cloud.count().await, 2);
}

#[tokio::test]
async fn late_work_is_done_by_itself_and_its_token_is_under_way_until_then() {
    let folder = tempfile::tempdir().unwrap();
    let config = || Config { data: Some(folder.path().join("data")), ..quick() };
    let cloud = start(config()).await;
    cloud.faults(once(json!({"late_ms": 3000}))).await;
    let before = Instant::now();
    assert!(cloud.create_as(TOKEN, blank("v")).await.is_none());
    assert!(before.elapsed() < Duration::from_millis(700), "cut at once");
    assert_eq!(cloud.count().await, 0);
    assert_eq!(code(&cloud.create_as(TOKEN, blank("v")).await), "EVS.2221");
    while cloud.count().await == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(before.elapsed() >= Duration::from_millis(800));
    let mut again = cloud.create_as(TOKEN, blank("v")).await.unwrap();
    while again.0 == 400 {
        again = cloud.create_as(TOKEN, blank("v")).await.unwrap();
    }
    assert!(again.1["job_id"].is_string());
    assert_eq!(cloud.count().await, 1);
    cloud.simulator.stop().await;
    let cloud = start(config()).await;
    assert_eq!(cloud.create_as(TOKEN, blank("v")).await, Some(again));
    assert_eq!(cloud.count().await, 1);
}

#[tokio::test]
async fn late_work_is_never_done_by_a_server_that_stopped_before() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data");
    let cloud = start(Config { data: Some(path.clone()), ..quick() }).await;
    cloud.faults(once(json!({"late_ms": 500}))).await;
    assert!(cloud.create_as(TOKEN, blank("v")).await.is_none());
    cloud.simulator.stop().await;
    tokio::time::sleep(Duration::from_millis(550)).await;
    assert!(!path.exists());
}

#[tokio::test]
async fn a_deletion_can_be_late_too() {
    let cloud = start(quick()).await;
    cloud.create(blank("v")).await.unwrap();
    let id = cloud.get("/v2/{p}/cloudvolumes/detail").await.1["volumes"][0]["id"].as_str().unwrap().to_owned();
    cloud.faults(json!([{"method": "DELETE", "then": {"late_ms": 300}}])).await;
    let path = format!("/v2/{{p}}/cloudvolumes/{id}");
    assert!(cloud.send(Method::DELETE, &path, None).await.is_err());
    assert_eq!(cloud.get(&path).await.0, 200);
    while cloud.get(&path).await.0 == 200 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_token_is_free_again_when_its_client_is_gone() {
    let mut cloud = start(quick()).await;
    cloud.faults(once(json!({"delay_ms": 60_000}))).await;
    let patient = cloud.client.clone();
    cloud.client = reqwest::Client::builder().no_proxy().timeout(Duration::from_millis(100)).build().unwrap();
    assert!(cloud.create_as(TOKEN, blank("v")).await.is_none());
    cloud.client = patient;
    let mut again = cloud.create_as(TOKEN, blank("other")).await.unwrap();
    while again.0 == 400 {
        assert_eq!(again.1["error"]["code"], "EVS.2221");
        tokio::time::sleep(Duration::from_millis(5)).await;
        again = cloud.create_as(TOKEN, blank("other")).await.unwrap();
    }
    assert_eq!((again.0, cloud.count().await), (200, json!(1)));
}

#[tokio::test]
async fn what_never_reached_the_service_leaves_its_token_unused() {
    for then in [json!({"cut": "before"}), json!({"status": 503}), json!({"token": "expired"})] {
        let cloud = start(quick()).await;
        cloud.faults(once(then)).await;
        cloud.create_as(TOKEN, blank("v")).await;
        assert_eq!(cloud.count().await, 0);
        assert_eq!(cloud.create_as(TOKEN, blank("other")).await.unwrap().0, 200);
    }
}

#[tokio::test]
async fn a_server_without_client_tokens_refuses_those_who_bring_one() {
    let cloud = start(Config { client_tokens: false, ..quick() }).await;
    for path in ["/v3/{p}/cloudvolumes", "/v2.1/{p}/cloudvolumes"] {
        assert_eq!(code(&cloud.create_at(path, TOKEN, blank("v")).await), "EVS.2223");
        assert_eq!(code(&cloud.create_at(path, "no-uuid", blank("v")).await), "EVS.2223");
    }
    assert_eq!(cloud.count().await, 0);
    // Two that do not know the header, and one without.
    assert_eq!(cloud.create_at("/v2/{p}/cloudvolumes", TOKEN, blank("v")).await.unwrap().0, 200);
    assert_eq!(cloud.create_at("/v3/{p}/volumes", TOKEN, blank("v")).await.unwrap().0, 202);
    assert_eq!(cloud.create(blank("v")).await.unwrap().status(), 200);
    assert_eq!(cloud.count().await, 3);
}

#[tokio::test]
async fn a_rule_switches_client_tokens_off() {
    let cloud = start(quick()).await;
    cloud.faults(json!([{"method": "POST", "times": 2, "then": {"client_token": "off"}}])).await;
    assert_eq!(code(&cloud.create_as(TOKEN, blank("v")).await), "EVS.2223");
    assert_eq!(cloud.create(blank("v")).await.unwrap().status(), 200);
    assert_eq!(cloud.get("/_sim/faults").await.1["rules"][0]["hits"], 2);
    assert_eq!(cloud.create_as(TOKEN, blank("w")).await.unwrap().0, 200);
    assert_eq!(cloud.count().await, 2);
}

#[tokio::test]
async fn a_job_vanishes_with_the_answer_and_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let config = || Config { data: Some(folder.path().join("data")), ..quick() };
    let cloud = start(config()).await;
    cloud.faults(once(json!({"job": "vanish", "cut": "after"}))).await;
    let volume = || blank_with(json!({"count": 2}));
    assert!(cloud.create_as(TOKEN, volume()).await.is_none());
    assert_eq!(cloud.count().await, 2);
    let (_, first) = cloud.create_as(TOKEN, volume()).await.unwrap();
    let path = format!("/v1/{{p}}/jobs/{}", first["job_id"].as_str().unwrap());
    assert_eq!(cloud.get(&path).await.1["error"]["code"], "Common.0011");
    cloud.simulator.stop().await;
    let cloud = start(config()).await;
    assert_eq!(cloud.create_as(TOKEN, volume()).await.unwrap().1, first);
    let (status, body) = cloud.get(&path).await;
    assert_eq!((status, body["error"]["code"].as_str()), (400, Some("Common.0011")));
    assert_eq!(cloud.get("/v2/{p}/cloudvolumes/detail?status=available").await.1["count"], 2);
}

#[tokio::test]
async fn rules_lag_tags_and_hide_volumes_over_http() {
    let cloud = start(quick()).await;
    cloud.create(blank_with(json!({"tags": {"k": "v"}}))).await.unwrap();
    let id = cloud.get("/v2/{p}/cloudvolumes/detail").await.1["volumes"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("/v2/{{p}}/cloudvolumes/{id}");
    cloud
        .faults(json!([{"times": 1, "then": {"hide_ms": 60_000}}, {"times": 1, "then": {"tag_lag_ms": 60_000}}]))
        .await;
    assert_eq!(cloud.get(&path).await.0, 404);
    assert_eq!(cloud.get(&path).await.1["volume"]["tags"], json!({}));
    assert_eq!(cloud.get(&path).await.1["volume"]["tags"], json!({"k": "v"}));
}

/// A witness that remembers.
fn witness() -> (Witness, Arc<Mutex<Vec<Arrival>>>) {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let memory = heard.clone();
    (Witness::new(move |arrival: &Arrival| memory.lock().unwrap().push(arrival.clone())), heard)
}

#[tokio::test]
async fn a_witness_hears_of_every_call_that_changes_something_and_is_worked_on() {
    let (witness, heard) = witness();
    let cloud = start(Config { witness: Some(witness), ..quick() }).await;
    let take = || std::mem::take(&mut *heard.lock().unwrap());
    cloud.create_as(TOKEN, blank("v")).await;
    let body = json!({"volume": blank("v")}).to_string().into_bytes();
    let arrival = Arrival {
        method: "POST",
        template: "/v3/{project_id}/cloudvolumes",
        volume: None,
        client_token: Some(TOKEN.to_owned()),
        signed: None,
        body: body.clone(),
    };
    assert_eq!(take(), std::slice::from_ref(&arrival));
    // Answered again.
    cloud.create_as(TOKEN, blank("v")).await;
    assert_eq!(take(), std::slice::from_ref(&arrival));
    // Without a token, over the other calls.
    for path in ["/v2/{p}/cloudvolumes", "/v3/{p}/volumes"] {
        cloud.json(Method::POST, path, Some(json!({"volume": blank("v")}))).await;
        let template = path.replace("{p}", "{project_id}");
        let heard = take();
        assert_eq!((heard.len(), heard[0].template, &heard[0].client_token), (1, &*template, &None));
    }
    // A call about one volume names it; one that only lists is not heard of.
    let id = cloud.get("/v2/{p}/cloudvolumes/detail").await.1["volumes"][0]["id"].as_str().unwrap().to_owned();
    let extend = json!({"os-extend": {"new_size": 50}});
    cloud.json(Method::POST, &format!("/v2.1/{{p}}/cloudvolumes/{id}/action"), Some(extend)).await;
    cloud.json(Method::DELETE, &format!("/v2/{{p}}/cloudvolumes/{id}"), None).await;
    cloud.json(Method::POST, "/v2/{p}/cloudvolumes/resource_instances/action", Some(json!({"action": "count"}))).await;
    let changes = take();
    let told = changes.iter().map(|it| (it.method, it.volume.as_deref()));
    assert_eq!(told.collect::<Vec<_>>(), [("POST", Some(&*id)), ("DELETE", Some(&*id))]);
    // Done and lost.
    cloud.faults(once(json!({"cut": "after"}))).await;
    cloud.create_as(OTHER, blank("v")).await;
    assert_eq!(take().len(), 1);
    // Never worked on.
    for then in [json!({"cut": "before"}), json!({"status": 503}), json!({"client_token": "off"})] {
        cloud.faults(once(then)).await;
        cloud.create_as(TOKEN, blank("v")).await;
    }
    cloud.get("/v2/{p}/cloudvolumes/detail").await;
    assert_eq!(take(), []);
    // Late: only when it is worked on.
    cloud.faults(once(json!({"late_ms": 300}))).await;
    cloud.create_as(TOKEN, blank("v")).await;
    assert_eq!(take(), []);
    let mut late = take();
    while late.is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
        late = take();
    }
    assert_eq!(late, [arrival]);
}

#[tokio::test]
async fn a_witness_that_panics_stops_the_work_and_frees_the_token() {
    let calm = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let seen = calm.clone();
    let witness = Witness::new(move |_: &Arrival| assert!(seen.load(std::sync::atomic::Ordering::SeqCst), "not yet"));
    let cloud = start(Config { witness: Some(witness), ..quick() }).await;
    assert!(cloud.create_as(TOKEN, blank("v")).await.is_none());
    assert_eq!(cloud.count().await, 0);
    calm.store(true, std::sync::atomic::Ordering::SeqCst);
    assert_eq!(cloud.create_as(TOKEN, blank("v")).await.unwrap().0, 200);
}
