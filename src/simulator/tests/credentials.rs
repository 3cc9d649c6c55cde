//! Over real sockets: who may come in, who may not, and how each is told.

use super::http::{Cloud, quick, start};
use super::{PROJECT, blank};
use crate::signing;
use crate::simulator::{Config, Credentials, StartError};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use std::num::NonZeroU32;
use std::time::Duration;

pub(super) const OTHER: &str = "fedcba9876543210fedcba9876543210";
pub(super) const LIST: &str = "/v2/0123456789abcdef0123456789abcdef/cloudvolumes/detail";
const CREATE: &str = "/v3/0123456789abcdef0123456789abcdef/cloudvolumes";
const ACCOUNTS: &str = r#"{"accounts": [
    {"domain": "example",
     "projects": [{"id": "0123456789abcdef0123456789abcdef", "name": "cn-north-4"},
                  {"id": "fedcba9876543210fedcba9876543210", "name": "cn-east-3"}],
     "users": [{"name": "ops", "password": "open sesame"}],
     "access_keys": [{"ak": "AK", "sk": "SK"}, {"ak": "TEMPORARY", "sk": "SK", "security_token": "a/token+=="},
                     {"ak": "NARROW", "sk": "SK", "projects": ["fedcba9876543210fedcba9876543210"]}],
     "identity_providers": [{"idp_id": "ci", "provider_urn": "iam::example:oidcProvider:ci",
                             "agency_urn": "iam::example:agency:deploy", "id_tokens": ["an.identity.token"]}]},
    {"domain": "neighbour", "projects": [{"id": "00000000000000000000000000000001", "name": "cn-north-4"}],
     "access_keys": [{"ak": "STRANGER", "sk": "SK"}]}]}"#;

pub(super) fn guarded() -> Config {
    Config { credentials: Some(Credentials::Accounts(ACCOUNTS.into())), ..quick() }
}

/// A request that is signed, and may then be changed.
pub(super) struct Signed {
    pub(super) method: Method,
    pub(super) target: String,
    pub(super) ak: &'static str,
    pub(super) sk: &'static str,
    /// Seconds from now.
    pub(super) dated: i64,
    pub(super) body: String,
    /// Signed, beside host and date.
    pub(super) headers: Vec<(&'static str, String)>,
    /// Added afterwards.
    pub(super) unsigned: Vec<(&'static str, String)>,
    /// What is sent in place of what was signed.
    pub(super) sent: Option<(Method, String, String)>,
}

impl Signed {
    pub(super) fn get(target: &str) -> Signed {
        Signed {
            method: Method::GET,
            target: target.to_owned(),
            ak: "AK",
            sk: "SK",
            dated: 0,
            body: String::new(),
            headers: Vec::new(),
            unsigned: Vec::new(),
            sent: None,
        }
    }

    fn post(target: &str, body: Value) -> Signed {
        let headers = vec![("content-type", "application/json".to_owned())];
        Signed { method: Method::POST, body: body.to_string(), headers, ..Signed::get(target) }
    }

    pub(super) async fn to(self, cloud: &Cloud) -> Response {
        let address = cloud.simulator.address().to_string();
        let date = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(self.dated);
        let date = date.strftime("%Y%m%dT%H%M%SZ").to_string();
        let mut headers = vec![("host", address.as_str()), ("x-sdk-date", date.as_str())];
        headers.extend(self.headers.iter().map(|(name, value)| (*name, value.as_str())));
        let (path, query) = self.target.split_once('?').unwrap_or((&self.target, ""));
        let request = signing::Request {
            method: self.method.as_str(),
            path,
            query,
            headers: &headers,
            body: self.body.as_bytes(),
        };
        let authorization = request.authorization(self.ak, self.sk.as_bytes());
        let (method, target, body) =
            self.sent.clone().unwrap_or((self.method.clone(), self.target.clone(), self.body.clone()));
        let mut request = cloud.client.request(method, format!("http://{address}{target}")).body(body);
        for (name, value) in headers.iter().skip(1) {
            request = request.header(*name, *value);
        }
        for (name, value) in &self.unsigned {
            request = request.header(*name, value);
        }
        request.header("authorization", authorization).send().await.unwrap()
    }
}

/// Status and body, the request id taken out.
pub(super) async fn told(answer: Response) -> (u16, String) {
    let id = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
    (answer.status().as_u16(), answer.text().await.unwrap().replace(&id, "ID"))
}

pub(super) fn unauthorized(text: &str) -> (u16, String) {
    let message = format!("Incorrect IAM authentication information: {text}");
    (401, format!(r#"{{"error_msg":"{message}","error_code":"APIGW.0301","request_id":"ID"}}"#))
}

pub(super) fn elsewhere() -> (u16, String) {
    let message = "The IAM user is not authorized: the project does not match the credentials";
    (403, format!(r#"{{"error_msg":"{message}","error_code":"APIGW.0302","request_id":"ID"}}"#))
}

/// The body of the reference.
pub(super) fn password(word: &str, project: Value) -> Value {
    json!({"auth": {"identity": {"methods": ["password"],
        "password": {"user": {"name": "ops", "password": word, "domain": {"name": "example"}}}},
        "scope": {"project": project}}})
}

pub(super) async fn token(cloud: &Cloud, project: Value) -> String {
    let answer = cloud.send(Method::POST, "/v3/auth/tokens", Some(password("open sesame", project))).await.unwrap();
    assert_eq!(answer.status(), 201);
    answer.headers()["x-subject-token"].to_str().unwrap().to_owned()
}

pub(super) async fn bearing(cloud: &Cloud, token: &str, path: &str) -> (u16, String) {
    let url = format!("http://{}{path}", cloud.simulator.address());
    told(cloud.client.get(url).header("X-Auth-Token", token).send().await.unwrap()).await
}

#[tokio::test]
async fn a_signature_opens_and_so_does_one_that_leaves_headers_out() {
    let cloud = start(guarded()).await;
    let created = Signed::post(CREATE, json!({"volume": blank("v")})).to(&cloud).await;
    assert_eq!(created.status(), 200);
    let job: Value = created.json().await.unwrap();
    let path = format!("/v1/{PROJECT}/jobs/{}", job["job_id"].as_str().unwrap());
    assert_eq!(Signed::get(&path).to(&cloud).await.status(), 200);
    let id = || ("x-project-id", PROJECT.to_owned());
    assert_eq!(Signed { headers: vec![id()], ..Signed::get(LIST) }.to(&cloud).await.status(), 200);
    assert_eq!(Signed { unsigned: vec![id()], ..Signed::get(LIST) }.to(&cloud).await.status(), 200);
    for dated in [-890, 890] {
        assert_eq!(Signed { dated, ..Signed::get(LIST) }.to(&cloud).await.status(), 200, "{dated}");
    }
    // What is verified is the request's own text, however it is escaped, and in whatever order.
    for query in ["?limit=5&name=my%20vol%2B1", "?name=%E7%9B%98%2A~%2F&Z=1&a=2", "?", "?limit=5&name="] {
        assert_eq!(Signed::get(&format!("{LIST}{query}")).to(&cloud).await.status(), 200, "{query}");
    }
    let odd = format!("/v2/{PROJECT}/cloudvolumes/5aa119a8%2Dd25b-45a7-8d1b-88e127885635");
    assert_ne!(Signed::get(&odd).to(&cloud).await.status(), 401);
    assert_eq!(cloud.get("/_sim/stats").await.1["unauthorized"], 0);
}

#[tokio::test]
async fn a_signature_that_is_wrong_in_any_way_does_not_open() {
    let cloud = start(guarded()).await;
    let create = || Signed::post(CREATE, json!({"volume": blank("v")}));
    let other_body = json!({"volume": blank("w")}).to_string();
    let digest = "f7b8dcfbb5c2b1e93bf5ea52f3db35a015e7ae43e2147073eae099564073116e".to_owned();
    for (what, request) in [
        ("another key", Signed { ak: "NOBODY", ..create() }),
        ("another secret", Signed { sk: "sk", ..create() }),
        ("a changed body", Signed { sent: Some((Method::POST, CREATE.to_owned(), other_body.clone())), ..create() }),
        (
            "another query",
            Signed { sent: Some((Method::GET, format!("{LIST}?limit=2"), String::new())), ..Signed::get(LIST) },
        ),
        (
            "another path",
            Signed { sent: Some((Method::GET, format!("/v3/{PROJECT}/volumes"), String::new())), ..Signed::get(LIST) },
        ),
        ("a digest of another body", Signed { headers: vec![("x-sdk-content-sha256", digest)], ..create() }),
    ] {
        let answer = told(request.to(&cloud).await).await;
        assert_eq!(answer, unauthorized("verify aksk signature fail"), "{what}");
    }
    assert_eq!(cloud.count().await, 0);
    assert_eq!(cloud.get("/_sim/stats").await.1["unauthorized"], 6);
}

#[tokio::test]
async fn an_old_date_is_told_with_both_times() {
    let cloud = start(guarded()).await;
    for dated in [-910, 910] {
        let (status, body) = told(Signed { dated, ..Signed::get(LIST) }.to(&cloud).await).await;
        let body: Value = serde_json::from_str(&body).unwrap();
        assert_eq!((status, body["error_code"].as_str()), (401, Some("APIGW.0303")));
        let text = body["error_msg"].as_str().unwrap();
        let rest = text.strip_prefix("Incorrect app authentication information: signature expired, signature time:");
        let (signed, server) = rest.unwrap().split_once(",server time:").unwrap();
        assert!(signed.len() == 16 && server.len() == 16 && signed != server, "{text}");
    }
    let no_date = Signed { unsigned: vec![("x-sdk-date", "soon".to_owned())], ..Signed::get(LIST) };
    // The first of the two headers is the signed one.
    assert_eq!(no_date.to(&cloud).await.status(), 200);
}

#[tokio::test]
async fn a_temporary_key_needs_its_security_token() {
    let cloud = start(guarded()).await;
    let with = |headers, unsigned| Signed { ak: "TEMPORARY", headers, unsigned, ..Signed::get(LIST) };
    let token = |text: &str| vec![("x-security-token", text.to_owned())];
    assert_eq!(with(token("a/token+=="), vec![]).to(&cloud).await.status(), 200);
    assert_eq!(with(vec![], token("a/token+==")).to(&cloud).await.status(), 200, "signed or not");
    for wrong in [with(vec![], vec![]), with(token("another"), vec![]), with(vec![], token(""))] {
        assert_eq!(told(wrong.to(&cloud).await).await, unauthorized("verify aksk signature fail"));
    }
}

#[tokio::test]
async fn a_key_reaches_its_projects_alone() {
    let cloud = start(guarded()).await;
    let there = format!("/v2/{OTHER}/cloudvolumes/detail");
    assert_eq!(Signed { ak: "NARROW", ..Signed::get(&there) }.to(&cloud).await.status(), 200);
    assert_eq!(told(Signed { ak: "NARROW", ..Signed::get(LIST) }.to(&cloud).await).await, elsewhere());
    assert_eq!(told(Signed { ak: "STRANGER", ..Signed::get(LIST) }.to(&cloud).await).await, elsewhere());
    let headers = vec![("x-project-id", OTHER.to_owned())];
    assert_eq!(told(Signed { headers, ..Signed::get(LIST) }.to(&cloud).await).await, elsewhere());
    let (status, body) = told(Signed::get("/v2/me/cloudvolumes/detail").to(&cloud).await).await;
    assert_eq!((status, body.contains("EVS.0001")), (400, true));
}

#[tokio::test]
async fn who_shows_nothing_is_turned_away() {
    let cloud = start(guarded()).await;
    let answer = cloud.send(Method::GET, LIST, None).await.unwrap();
    assert_eq!(answer.headers()["server"], "api-gateway");
    assert_eq!(told(answer).await, unauthorized("x-auth-token not found"));
    assert_eq!(told(cloud.create(blank("v")).await.unwrap()).await, unauthorized("x-auth-token not found"));
    assert_eq!(bearing(&cloud, "a guess", LIST).await, unauthorized("decrypt token fail"));
    let url = format!("http://{}{LIST}", cloud.simulator.address());
    for (authorization, text) in
        [("Basic b3BzOm9wcw==", "Unauthorized"), ("SDK-HMAC-SHA256 Access=AK", "verify aksk signature fail")]
    {
        let answer = cloud.client.get(&url).header("authorization", authorization).send().await.unwrap();
        assert_eq!(told(answer).await, unauthorized(text));
    }
    // Images and backups, which no project is in the path of, are for those who have an account.
    assert_eq!(cloud.get("/v2/cloudimages").await.0, 401);
    let large = serde_json::json!({"auth": "x".repeat(65_536)});
    assert_eq!(cloud.json(Method::POST, "/v3/auth/tokens", Some(large)).await.0, 413);
    // Versions need none, and what is not there is not there for anybody.
    for (path, status) in [("/", 300), ("/v3", 200), ("/v9/nothing", 404), ("/v3/projects/x/y", 404)] {
        assert_eq!(cloud.get(path).await.0, status, "{path}");
    }
    assert_eq!((cloud.count().await, &cloud.get("/_sim/stats").await.1["unauthorized"]), (json!(0), &json!(6)));
}

#[tokio::test]
async fn without_accounts_there_is_no_iam_and_everybody_comes_in() {
    let cloud = start(quick()).await;
    assert_eq!(cloud.get("/v3/projects").await.0, 404);
    assert_eq!(cloud.json(Method::POST, "/v3/auth/tokens", Some(password("x", json!({})))).await.0, 404);
    assert_eq!(cloud.get(LIST).await.0, 200);
    assert_eq!(Signed { sk: "wrong", ..Signed::get(LIST) }.to(&cloud).await.status(), 200);
    let bad =
        Config { credentials: Some(Credentials::Accounts(r#"{"accounts":[{"domain":"SK"}]}"#.into())), ..quick() };
    assert!(!format!("{bad:?}").contains("SK"));
    let error = crate::simulator::Simulator::start(bad).await.map(|_| ()).unwrap_err();
    assert!(matches!(&error, StartError::Credentials(why) if why.starts_with("missing field `projects`")), "{error}");
}

#[tokio::test]
async fn too_many_a_second_are_throttled() {
    let cloud = start(Config { rate_limit: NonZeroU32::new(2), ..guarded() }).await;
    let mut throttled = 0;
    for _ in 0..8 {
        let (status, body) = told(Signed::get(LIST).to(&cloud).await).await;
        if status == 429 {
            throttled += 1;
            let message = "The throttling threshold has been reached: policy user over ratelimit,limit:2,time:1 second";
            assert_eq!(body, format!(r#"{{"error_msg":"{message}","error_code":"APIGW.0308","request_id":"ID"}}"#));
        }
    }
    assert!((1..=6).contains(&throttled), "{throttled}");
    for _ in 0..9 {
        assert_eq!(cloud.get("/_sim/stats").await.1["throttled"], throttled, "control is exempt");
    }
    tokio::time::sleep(Duration::from_millis(520)).await;
    assert_eq!(Signed::get(LIST).to(&cloud).await.status(), 200);
}

#[tokio::test]
async fn what_a_rule_scripts_comes_before_the_credentials() {
    let cloud = start(guarded()).await;
    cloud
        .faults(json!([{"path": "/v3/auth/tokens", "times": 1, "then": {"status": 503}},
            {"path": "/v2/{project_id}/cloudvolumes/detail", "times": 1, "then": {"token": "expired"}},
            {"path": "/v3/auth/tokens", "times": 1, "then": {"cut": "after"}}]))
        .await;
    let ask = || cloud.send(Method::POST, "/v3/auth/tokens", Some(password("open sesame", json!({"id": PROJECT}))));
    assert_eq!(ask().await.unwrap().status(), 503);
    assert!(ask().await.is_err());
    let token = token(&cloud, json!({"id": PROJECT})).await;
    assert_eq!(bearing(&cloud, &token, LIST).await, unauthorized("decrypt token fail"));
    assert_eq!(bearing(&cloud, &token, LIST).await.0, 200);
    assert_eq!(cloud.get("/_sim/stats").await.1["unauthorized"], 1);
}
