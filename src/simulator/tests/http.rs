//! Over real sockets: headers, connections that are cut, latency, counters.

use super::{PROJECT, blank, blank_with};
use crate::simulator::{Config, Simulator, StartError};
use reqwest::{Client, Method, Response};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

pub(super) struct Cloud {
    pub(super) simulator: Simulator,
    pub(super) client: Client,
}

pub(super) async fn start(config: Config) -> Cloud {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let simulator = Simulator::start(config).await.unwrap();
    Cloud { simulator, client: Client::builder().no_proxy().build().unwrap() }
}

pub(super) fn quick() -> Config {
    Config { job_duration: Duration::ZERO, ..Config::default() }
}

impl Cloud {
    pub(super) async fn send(&self, method: Method, path: &str, body: Option<Value>) -> reqwest::Result<Response> {
        let url = format!("http://{}{}", self.simulator.address(), path.replace("{p}", PROJECT));
        let request = self.client.request(method, url);
        match body {
            Some(body) => request.json(&body).send().await,
            None => request.send().await,
        }
    }

    /// Status and body; in the links of the body `http://cloud` stands for this cloud's address, so that answers of two
    /// runs can be compared.
    pub(super) async fn json(&self, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
        let answer = self.send(method, path, body).await.unwrap();
        let status = answer.status().as_u16();
        let text = answer.text().await.unwrap_or_default();
        let text = text.replace(&format!("http://{}/", self.simulator.address()), "http://cloud/");
        (status, serde_json::from_str(&text).unwrap_or_default())
    }

    pub(super) async fn get(&self, path: &str) -> (u16, Value) {
        self.json(Method::GET, path, None).await
    }

    pub(super) async fn create(&self, volume: Value) -> reqwest::Result<Response> {
        self.send(Method::POST, "/v3/{p}/cloudvolumes", Some(json!({ "volume": volume }))).await
    }

    pub(super) async fn faults(&self, rules: Value) {
        let (status, body) = self.json(Method::POST, "/_sim/faults", Some(json!({ "rules": rules }))).await;
        assert_eq!(status, 200, "{body}");
    }

    pub(super) async fn count(&self) -> Value {
        self.get("/_sim/stats").await.1["volumes"].clone()
    }
}

#[tokio::test]
async fn a_volume_is_created_shown_and_deleted() {
    let cloud = start(quick()).await;
    let answer = cloud.create(blank("v")).await.unwrap();
    assert_eq!(answer.headers()["content-type"], "application/json");
    assert_eq!(answer.headers()["x-request-id"].len(), 32);
    let job: Value = answer.json().await.unwrap();
    let (_, job) = cloud.get(&format!("/v1/{{p}}/jobs/{}", job["job_id"].as_str().unwrap())).await;
    assert_eq!(job["status"], "SUCCESS");
    let path = format!("/v2/{{p}}/cloudvolumes/{}", job["entities"]["volume_id"].as_str().unwrap());
    assert_eq!(cloud.get(&path).await.1["volume"]["status"], "available");
    assert_eq!(cloud.json(Method::DELETE, &path, None).await.0, 200);
    assert_eq!(cloud.get(&path).await.0, 404);
    let (_, stats) = cloud.get("/_sim/stats").await;
    assert_eq!(
        stats,
        json!({
            "requests": {
                "DELETE /v2/{project_id}/cloudvolumes/{volume_id}": 1,
                "GET /v1/{project_id}/jobs/{job_id}": 1,
                "GET /v2/{project_id}/cloudvolumes/{volume_id}": 2,
                "POST /v3/{project_id}/cloudvolumes": 1,
            },
            "answers": {
                "DELETE /v2/{project_id}/cloudvolumes/{volume_id}": {"200": 1},
                "GET /v1/{project_id}/jobs/{job_id}": {"200": 1},
                "GET /v2/{project_id}/cloudvolumes/{volume_id}": {"200": 1, "404": 1},
                "POST /v3/{project_id}/cloudvolumes": {"200": 1},
            },
            "throttled": 0, "unauthorized": 0, "volumes": 0, "jobs": {"INIT": 0, "RUNNING": 0, "SUCCESS": 2, "FAIL": 0},
        })
    );
    cloud.simulator.stop().await;
}

#[tokio::test]
async fn every_answer_is_dated_the_refusals_too() {
    let cloud = start(quick()).await;
    let list = "/v2/{p}/cloudvolumes/detail";
    let rule = |then: Value| json!({"path": "/v2/{project_id}/cloudvolumes/detail", "times": 1, "then": then});
    cloud
        .faults(json!([rule(json!({"status": 503})), rule(json!({"status": 429})), rule(json!({"token": "expired"}))]))
        .await;
    for (method, path, expected) in [
        (Method::GET, list, 503),
        (Method::GET, list, 429),
        (Method::GET, list, 401),
        (Method::GET, list, 200),
        (Method::GET, "/v9/nothing", 404),
        (Method::PATCH, "/v3/{p}/cloudvolumes", 405),
        (Method::POST, "/v3/{p}/cloudvolumes", 400),
        (Method::GET, "/v2/{p}/cloudvolumes/8dd7c486-8e9f-49fe-bceb-26aa7e312b66", 404),
    ] {
        let answer = cloud.send(method, path, None).await.unwrap();
        assert_eq!(answer.status(), expected, "{path}");
        let date = answer.headers()["date"].to_str().unwrap();
        let date = jiff::fmt::rfc2822::parse(date).unwrap().timestamp();
        // It has whole seconds.
        let age = jiff::Timestamp::now().duration_since(date).as_secs_f64();
        assert!((0.0..10.0).contains(&age), "{path}: {age}");
    }
}

#[tokio::test]
async fn a_clock_that_is_set_ahead_dates_answers_and_volumes_and_ends_jobs() {
    let cloud = start(Config { job_duration: Duration::from_secs(3600), ..Config::default() }).await;
    assert_eq!(cloud.create(blank("v")).await.unwrap().status(), 200);
    let list = "/v2/{p}/cloudvolumes/detail";
    assert_eq!(cloud.get(list).await.1["volumes"][0]["status"], "creating");
    let day = json!({ "ahead_ms": 24 * 3600 * 1000 });
    assert_eq!(cloud.json(Method::POST, "/_sim/clock", Some(day.clone())).await, (200, day));
    assert_eq!(cloud.get(list).await.1["volumes"][0]["status"], "available");
    assert_eq!(cloud.create(blank("w")).await.unwrap().status(), 200);
    let answer = cloud.send(Method::GET, list, None).await.unwrap();
    let date = jiff::fmt::rfc2822::parse(answer.headers()["date"].to_str().unwrap()).unwrap().timestamp();
    let ahead = date.duration_since(jiff::Timestamp::now()).as_secs_f64();
    assert!((86_390.0..86_401.0).contains(&ahead), "{ahead}");
    let made = answer.json::<Value>().await.unwrap()["volumes"][0]["created_at"].as_str().unwrap().to_owned();
    let made: jiff::Timestamp = format!("{made}Z").parse().unwrap();
    assert!(date.duration_since(made).as_secs_f64().abs() < 10.0, "{made}");
    // It is refused where it cannot be meant, and never makes the volumes' time go back.
    assert_eq!(cloud.json(Method::POST, "/_sim/clock", Some(json!({"ahead_ms": -1}))).await.0, 400);
    assert_eq!(cloud.json(Method::POST, "/_sim/clock", Some(json!({"ahead_ms": 0}))).await.0, 200);
    assert_eq!(cloud.get(list).await.1["volumes"][1]["status"], "available");
}

#[tokio::test]
async fn a_page_may_be_shorter_than_asked_for() {
    let cloud = start(quick()).await;
    for _ in 0..3 {
        cloud.create(blank("v")).await.unwrap();
    }
    cloud.faults(json!([{"path": "/v2/{project_id}/cloudvolumes/detail", "then": {"page": 2}}])).await;
    let (_, page) = cloud.get("/v2/{p}/cloudvolumes/detail?limit=1000").await;
    assert_eq!((page["count"].as_u64(), page["volumes"].as_array().map(Vec::len)), (Some(3), Some(2)));
    assert!(page["volumes_links"][0]["rel"] == "next", "{page}");
    let marker = page["volumes"][1]["id"].as_str().unwrap();
    let (_, page) = cloud.get(&format!("/v2/{{p}}/cloudvolumes/detail?limit=1000&marker={marker}")).await;
    assert_eq!(page["volumes"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn what_is_not_an_address_is_refused() {
    let cloud = start(Config { project_id: Some(PROJECT.to_owned()), ..quick() }).await;
    let (status, body) = cloud.get("/v9/nothing").await;
    assert_eq!((status, body["error_code"].as_str()), (404, Some("APIGW.0101")));
    assert!(body["request_id"].is_string());
    assert_eq!(cloud.json(Method::PATCH, "/v3/{p}/cloudvolumes", None).await.0, 405);
    let (status, body) = cloud.get("/v2/me/cloudvolumes/detail").await;
    assert_eq!((status, body["error"]["code"].as_str()), (400, Some("EVS.0001")));
    let other = "f".repeat(32);
    assert_eq!(cloud.get(&format!("/v2/{other}/cloudvolumes/detail")).await.1["error"]["code"], "EVS.0001");
    assert_eq!(cloud.get(&format!("/v1/{other}/jobs/x")).await.1["error"]["code"], "Common.0018");
}

#[tokio::test]
async fn a_connection_is_cut_before_or_after_the_work() {
    let cloud = start(quick()).await;
    let post = |cut: &str| json!([{"method": "POST", "times": 1, "then": {"cut": cut}}]);
    cloud.faults(post("before")).await;
    assert!(cloud.create(blank("v")).await.is_err());
    assert_eq!(cloud.count().await, 0);
    cloud.faults(post("after")).await;
    assert!(cloud.create(blank("v")).await.is_err());
    assert_eq!(cloud.count().await, 1);
    assert!(cloud.create(blank("v")).await.is_ok());
    assert_eq!(cloud.get("/_sim/faults").await.1["rules"][0]["hits"], 1);
}

#[tokio::test]
async fn rules_answer_delay_and_lose_tokens() {
    let cloud = start(quick()).await;
    let path = "/v2/{project_id}/cloudvolumes/detail";
    cloud
        .faults(json!([
            {"path": path, "times": 1, "then": {"status": 429, "headers": {"Retry-After": "7"}}},
            {"path": path, "times": 1, "then": {"status": 503, "body": "<html>busy</html>"}},
            {"path": path, "times": 1, "then": {"token": "expired"}},
            {"path": path, "times": 1, "then": {"delay_ms": 60}},
        ]))
        .await;
    let list = "/v2/{p}/cloudvolumes/detail";
    let throttled = cloud.send(Method::GET, list, None).await.unwrap();
    assert_eq!(throttled.headers()["retry-after"], "7");
    assert_eq!(throttled.json::<Value>().await.unwrap()["error_code"], "APIGW.0308");
    let busy = cloud.send(Method::GET, list, None).await.unwrap();
    assert_eq!(busy.headers()["content-type"], "text/html");
    assert_eq!((busy.status().as_u16(), busy.text().await.unwrap()), (503, "<html>busy</html>".to_owned()));
    let (status, body) = cloud.get(list).await;
    assert_eq!((status, body["error_code"].as_str()), (401, Some("APIGW.0301")));
    let before = Instant::now();
    assert_eq!(cloud.get(list).await.0, 200);
    assert!(before.elapsed() >= Duration::from_millis(60));
    let (_, stats) = cloud.get("/_sim/stats").await;
    assert_eq!((&stats["throttled"], &stats["requests"][format!("GET {path}")]), (&json!(1), &json!(4)));
    let bad = json!({"rules": [{"then": {"cut": "now"}}]});
    let (status, body) = cloud.json(Method::POST, "/_sim/faults", Some(bad)).await;
    assert_eq!((status, body["error"]["message"].as_str()), (400, Some(r#"rule 1: cut is "before" or "after""#)));
}

#[tokio::test]
async fn rules_from_the_start_make_jobs_fail() {
    let rules = r#"{"rules":[{"then":{"job":"fail","sub_jobs":[2]}}]}"#;
    let cloud = start(Config { faults: Some(rules.to_owned()), ..quick() }).await;
    cloud.create(blank_with(json!({"count": 2}))).await.unwrap();
    assert_eq!(cloud.get("/v2/{p}/cloudvolumes/detail?status=error").await.1["volumes"][0]["name"], "v-0002");
    assert_eq!(cloud.get("/_sim/stats").await.1["jobs"]["FAIL"], 1);
}

#[tokio::test]
async fn one_token_used_at_once_creates_once() {
    let folder = tempfile::tempdir().unwrap();
    let cloud = start(Config { data: Some(folder.path().join("data")), ..quick() }).await;
    let url = format!("http://{}/v3/{PROJECT}/cloudvolumes", cloud.simulator.address());
    let send = || {
        let request = cloud.client.post(&url).header("X-Client-Token", "6f1c2d3e-4b5a-4678-9abc-def012345678");
        let request = request.json(&json!({"volume": blank_with(json!({"count": 4}))}));
        async move { request.send().await.unwrap().text().await.unwrap() }
    };
    let (a, b, c) = tokio::join!(send(), send(), send());
    let first = send().await;
    assert!(first.contains("job_id"));
    // Whoever came while another was at work was sent away.
    assert!([a, b, c].iter().all(|it| *it == first || it.contains("EVS.2221")));
    assert_eq!(cloud.count().await, 4);
}

#[tokio::test]
async fn a_second_run_goes_on_where_the_first_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let config = || Config { data: Some(folder.path().join("data")), ..quick() };
    let cloud = start(config()).await;
    cloud.create(blank("v")).await.unwrap();
    let (_, before) = cloud.get("/v2/{p}/cloudvolumes/detail").await;
    cloud.simulator.stop().await;
    let cloud = start(config()).await;
    assert_eq!(cloud.get("/v2/{p}/cloudvolumes/detail").await.1, before);
    cloud.create(blank("w")).await.unwrap();
    assert_eq!(cloud.count().await, 2);
}

#[tokio::test]
async fn the_control_is_not_for_pages_of_other_hosts() {
    let cloud = start(quick()).await;
    let here = format!("http://{}", cloud.simulator.address());
    for (origin, status) in [("http://evil.example", 403), ("null", 403), (here.as_str(), 200)] {
        let request = cloud.client.post(format!("{here}/_sim/faults")).header("origin", origin).body(r#"{"rules":[]}"#);
        assert_eq!(request.send().await.unwrap().status(), status, "{origin}");
    }
}

#[tokio::test]
async fn a_clock_that_was_ahead_is_so_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let config = || Config {
        data: Some(folder.path().join("data")),
        job_duration: Duration::from_secs(60),
        ..Config::default()
    };
    let cloud = start(config()).await;
    cloud.create(blank("v")).await.unwrap();
    assert_eq!(cloud.json(Method::POST, "/_sim/clock", Some(json!({"ahead_ms": 120_000}))).await.0, 200);
    let status = async |cloud: &Cloud| cloud.get("/v2/{p}/cloudvolumes/detail").await.1["volumes"][0]["status"].clone();
    assert_eq!(status(&cloud).await, "available");
    cloud.simulator.stop().await;
    let cloud = start(config()).await;
    assert_eq!(status(&cloud).await, "available", "it was so before");
}

#[tokio::test]
async fn latency_holds_back_every_answer_but_the_control() {
    let cloud = start(Config { latency: Duration::from_millis(50), ..quick() }).await;
    let before = Instant::now();
    cloud.get("/_sim/stats").await;
    assert!(before.elapsed() < Duration::from_millis(50));
    cloud.get("/v2/{p}/cloudvolumes/detail").await;
    assert!(before.elapsed() >= Duration::from_millis(50));
}

#[tokio::test]
async fn what_cannot_be_read_does_not_start() {
    let start = |config| async { Simulator::start(config).await.map(|_| ()).unwrap_err() };
    let error = start(Config { catalogue: Some("{".to_owned()), ..quick() }).await;
    assert!(matches!(error, StartError::Catalogue(_)));
    let error = start(Config { faults: Some("{}".to_owned()), ..quick() }).await;
    assert!(matches!(error, StartError::Faults(_)));
    let error = start(Config { data: Some("/".into()), ..quick() }).await;
    assert!(matches!(error, StartError::Data { .. }));
}

/// Measures a full cloud; run by hand, in release: `cargo test --release --lib -- --ignored --nocapture`.
#[tokio::test]
#[ignore = "measures, takes long"]
async fn a_hundred_thousand_volumes() {
    let folder = tempfile::tempdir().unwrap();
    let config = || Config { data: Some(folder.path().join("data")), ..quick() };
    let cloud = start(config()).await;
    let before = Instant::now();
    for n in 0..1000 {
        cloud.create(blank_with(json!({"name": format!("n{n}"), "count": 100, "tags": {"a": "b"}}))).await.unwrap();
    }
    println!("1,000 creates of 100, synced: {:?}", before.elapsed());
    cloud.simulator.stop().await;
    let before = Instant::now();
    let cloud = start(config()).await;
    println!("start from the file: {:?}", before.elapsed());
    for query in ["limit=1000", "limit=1000&offset=99000", "limit=1000&name=n999-", "limit=1000&sort_key=size"] {
        let mut times = Vec::new();
        for _ in 0..9 {
            let before = Instant::now();
            let answer =
                cloud.send(Method::GET, &format!("/v2/{{p}}/cloudvolumes/detail?{query}"), None).await.unwrap();
            let length = answer.bytes().await.unwrap().len();
            times.push((before.elapsed(), length));
        }
        times.sort();
        println!("{query}: median {:?}, worst {:?}, {} bytes", times[4].0, times[8].0, times[4].1);
    }
}
