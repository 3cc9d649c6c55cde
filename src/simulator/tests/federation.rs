//! Over real sockets: identity tokens exchanged for temporary keys.

use super::credentials::{LIST, Signed, bearing, elsewhere, guarded, told, unauthorized};
use super::http::{Cloud, start};
use crate::simulator::Config;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

const ASSUME: &str = "/v5/agencies/assume-with-oidc";
const UNSCOPED: &str = "/v3.0/OS-AUTH/id-token/tokens";
const TEMPORARY: &str = "/v3.0/OS-CREDENTIAL/securitytokens";

fn agency(token: &str) -> Value {
    json!({"provider_urn": "iam::example:oidcProvider:ci", "agency_urn": "iam::example:agency:deploy",
        "agency_session_name": "run-7", "id_token": token, "duration_seconds": 900})
}

fn of_token(token: &str) -> Value {
    json!({"auth": {"identity": {"methods": ["token"], "token": {"id": token, "duration_seconds": 900}}}})
}

async fn post(cloud: &Cloud, path: &str, body: Value) -> (u16, Value) {
    let answer = cloud.send(Method::POST, path, Some(body)).await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

async fn unscoped(cloud: &Cloud, idp: &str, token: &str) -> (u16, Option<String>, Value) {
    let url = format!("http://{}{UNSCOPED}", cloud.simulator.address());
    let body = json!({"auth": {"id_token": {"id": token}}}).to_string();
    let answer = cloud.client.post(url).header("X-Idp-Id", idp).body(body).send().await.unwrap();
    let issued = answer.headers().get("x-subject-token").map(|it| it.to_str().unwrap().to_owned());
    (answer.status().as_u16(), issued, answer.json().await.unwrap())
}

/// A signed look with keys that were issued.
async fn look(cloud: &Cloud, ak: &Value, sk: &Value, session: &Value) -> (u16, String) {
    let text = |value: &Value| -> &'static str { value.as_str().unwrap().to_owned().leak() };
    let headers = vec![("x-security-token", text(session).to_owned())];
    told(Signed { ak: text(ak), sk: text(sk), headers, ..Signed::get(LIST) }.to(cloud).await).await
}

fn seconds_left(time: &Value) -> i64 {
    let until: jiff::Timestamp = time.as_str().unwrap().parse().unwrap();
    until.duration_since(jiff::Timestamp::now()).as_secs()
}

#[tokio::test]
async fn sts_gives_keys_for_an_identity_token() {
    let cloud = start(guarded()).await;
    let (status, body) = post(&cloud, ASSUME, agency("an.identity.token")).await;
    assert_eq!((status, &body["source_identity"]), (200, &Value::Null));
    let agency_of = body["assumed_agency"].as_object().unwrap();
    assert!(agency_of["urn"].as_str().unwrap().ends_with(":assumed-agency:deploy/run-7"), "{agency_of:?}");
    let keys = &body["credentials"];
    let (ak, sk) = (&keys["access_key_id"], &keys["secret_access_key"]);
    assert_eq!(keys["expiration"].as_str().unwrap().len(), "2022-09-07T03:27:51.158Z".len());
    assert!((890..=900).contains(&seconds_left(&keys["expiration"])), "{keys}");
    assert_eq!(look(&cloud, ak, sk, &keys["security_token"]).await.0, 200);
    let wrong = unauthorized("verify aksk signature fail");
    assert_eq!(look(&cloud, ak, sk, &json!("another")).await, wrong, "they are good only with their token");
    assert_eq!(look(&cloud, ak, &json!("another"), &keys["security_token"]).await, wrong);
}

#[tokio::test]
async fn iam_gives_an_unscoped_token_and_keys_for_that() {
    let cloud = start(guarded()).await;
    let (status, token, body) = unscoped(&cloud, "ci", "an.identity.token").await;
    let token = token.unwrap();
    assert_eq!((status, &body["token"]["methods"]), (201, &json!(["mapped"])));
    assert!(!body.to_string().contains(&token), "it is in the header alone");
    assert_eq!(bearing(&cloud, &token, LIST).await, elsewhere(), "it opens no project");
    let (status, body) = post(&cloud, TEMPORARY, of_token(&token)).await;
    let keys = &body["credential"];
    assert_eq!((status, keys["expires_at"].as_str().unwrap().len()), (201, "2020-01-08T02:56:19.587000Z".len()));
    assert!((890..=900).contains(&seconds_left(&keys["expires_at"])), "{keys}");
    assert_eq!(look(&cloud, &keys["access"], &keys["secret"], &keys["securitytoken"]).await.0, 200);
    let (status, body) = post(&cloud, TEMPORARY, of_token("another")).await;
    assert_eq!((status, &body["error"]["title"]), (401, &json!("Unauthorized")));
}

#[tokio::test]
async fn what_was_issued_ends_with_its_life() {
    let cloud = start(Config { token_life: Duration::from_millis(300), ..guarded() }).await;
    let (_, body) = post(&cloud, ASSUME, agency("an.identity.token")).await;
    let keys = &body["credentials"];
    let shown = (&keys["access_key_id"], &keys["secret_access_key"], &keys["security_token"]);
    assert_eq!(look(&cloud, shown.0, shown.1, shown.2).await.0, 200);
    tokio::time::sleep(Duration::from_millis(320)).await;
    assert_eq!(look(&cloud, shown.0, shown.1, shown.2).await, unauthorized("verify aksk signature fail"));
}

#[tokio::test]
async fn what_is_not_vouched_for_is_refused() {
    let cloud = start(guarded()).await;
    let with = |name: &str, value: Value| {
        let mut body = agency("an.identity.token");
        body[name] = value;
        body
    };
    for (body, expected, says) in [
        (agency("another"), 401, "the identity token is not accepted"),
        (with("provider_urn", json!("iam::example:oidcProvider:other")), 401, "the identity token is not accepted"),
        (with("agency_urn", json!("iam::example:agency:other")), 404, "cannot be found"),
        (with("id_token", json!("")), 400, "id_token is missing"),
        (with("agency_session_name", Value::Null), 400, "agency_session_name is missing"),
        (with("duration_seconds", json!(60)), 400, "from 900 to 43200"),
        (json!([]), 400, "provider_urn is missing"),
    ] {
        let (status, told) = post(&cloud, ASSUME, body).await;
        assert!(status == expected && told.to_string().contains(says), "{status} {told}");
    }
    for (idp, token, expected) in [("ci", "another", 401), ("other", "an.identity.token", 401), ("ci", "", 401)] {
        let (status, issued, _) = unscoped(&cloud, idp, token).await;
        assert_eq!((status, issued), (expected, None));
    }
    assert_eq!(post(&cloud, UNSCOPED, json!({})).await.0, 400);
    assert_eq!(cloud.get(ASSUME).await.0, 405);
    let (_, stats) = cloud.get("/_sim/stats").await;
    assert_eq!(stats["requests"][format!("POST {ASSUME}")], 7);
}
