//! Over real sockets: tokens for passwords, and projects by name.

use super::PROJECT;
use super::credentials::{LIST, OTHER, Signed, bearing, elsewhere, guarded, password, token, told, unauthorized};
use super::http::start;
use crate::simulator::Config;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

#[tokio::test]
async fn a_password_gives_a_token_for_one_project() {
    let cloud = start(guarded()).await;
    let body = password("open sesame", json!({"name": "cn-north-4"}));
    let answer = cloud.send(Method::POST, "/v3/auth/tokens", Some(body)).await.unwrap();
    assert_eq!(answer.status(), 201);
    let token = answer.headers()["x-subject-token"].to_str().unwrap().to_owned();
    let mut body: Value = answer.json().await.unwrap();
    let time = |text: &Value| {
        jiff::Timestamp::strptime("%Y-%m-%dT%H:%M:%S%.6f%:z", text.as_str().unwrap().replace('Z', "+00:00")).unwrap()
    };
    let (issued, expires) = (time(&body["token"]["issued_at"]), time(&body["token"]["expires_at"]));
    assert_eq!(body["token"]["expires_at"].as_str().unwrap().len(), "2019-02-13T06:52:13.855000Z".len());
    assert_eq!(expires.duration_since(issued).as_hours(), 24);
    assert!(!body.to_string().contains(&token), "it is in the header alone");
    body["token"]["issued_at"] = json!("NOW");
    body["token"]["expires_at"] = json!("THEN");
    let (id, user) = (body["token"]["user"]["domain"]["id"].clone(), body["token"]["user"]["id"].clone());
    assert!(id.as_str().unwrap().len() == 32 && user.as_str().unwrap().len() == 32);
    let domain = json!({"id": id, "name": "example"});
    let catalogue = body["token"]["catalog"].take();
    assert_eq!(
        body,
        json!({"token": {
            "expires_at": "THEN", "issued_at": "NOW", "methods": ["password"],
            "catalog": null,
            "project": {"domain": domain, "id": PROJECT, "name": "cn-north-4"},
            "user": {"domain": domain, "id": user, "name": "ops", "password_expires_at": ""},
            "roles": [{"id": "0", "name": "te_admin"}],
        }})
    );
    let host = format!("http://{}", cloud.simulator.address());
    let services: Vec<String> = catalogue
        .as_array()
        .unwrap()
        .iter()
        .map(|service| {
            let endpoint = &service["endpoints"][0];
            assert_eq!((&endpoint["interface"], &endpoint["region"]), (&json!("public"), &json!("cn-north-4")));
            format!("{} {}", service["type"].as_str().unwrap(), endpoint["url"].as_str().unwrap())
        })
        .collect();
    assert_eq!(
        services,
        [
            format!("identity {host}/identity/v3"),
            format!("volume {host}/v2/{PROJECT}"),
            format!("volumev2 {host}/v2/{PROJECT}"),
            format!("volumev3 {host}/v3/{PROJECT}"),
            format!("evs {host}/v2/{PROJECT}"),
            format!("evsv2.1 {host}/v2.1/{PROJECT}"),
        ]
    );
    assert_eq!(bearing(&cloud, &token, LIST).await.0, 200);
    // The token of another project.
    let jobs = format!("/v1/{OTHER}/jobs/70a599e0-31e7-49b7-b260-868f441e862b");
    let wrong = r#"{"error":{"message":"Invalid token in the header","code":"Common.0018"}}"#;
    assert_eq!(bearing(&cloud, &token, &jobs).await, (400, wrong.to_owned()));
    assert_eq!(bearing(&cloud, &token, &format!("/v3/{OTHER}/volumes")).await, elsewhere());
    let by_id = self::token(&cloud, json!({"id": OTHER})).await;
    assert_ne!(by_id, token);
    assert_eq!(bearing(&cloud, &by_id, &format!("/v3/{OTHER}/volumes")).await.0, 200);
    assert_eq!(bearing(&cloud, &token, LIST).await.0, 200, "a second token leaves the first alone");
}

#[tokio::test]
async fn a_token_ends_with_its_life_and_with_its_cloud() {
    let cloud = start(Config { token_life: Duration::ZERO, ..guarded() }).await;
    let expired = token(&cloud, json!({"id": PROJECT})).await;
    assert_eq!(bearing(&cloud, &expired, LIST).await, unauthorized("decrypt token fail"));
    let cloud = start(Config { token_life: Duration::from_millis(300), ..guarded() }).await;
    let fresh = token(&cloud, json!({"id": PROJECT})).await;
    assert_eq!(bearing(&cloud, &fresh, LIST).await.0, 200);
    tokio::time::sleep(Duration::from_millis(320)).await;
    assert_eq!(bearing(&cloud, &fresh, LIST).await.0, 401);
    let next = start(guarded()).await;
    assert_eq!(bearing(&next, &fresh, LIST).await, unauthorized("decrypt token fail"));
}

#[tokio::test]
async fn iam_refuses_in_its_own_words() {
    let cloud = start(guarded()).await;
    let refused = |status: u16, title: &str, message: &str| json!({"error": {"code": status, "message": message, "title": title}});
    let wrong = refused(401, "Unauthorized", "The username or password is wrong, or there is no such domain");
    let name = json!({"name": "cn-north-4"});
    let mut nobody = password("open sesame", name.clone());
    nobody["auth"]["identity"]["password"]["user"]["domain"]["name"] = json!("neighbour");
    for (body, expected) in [
        (password("sesame", name.clone()), wrong.clone()),
        (nobody, wrong),
        (
            password("open sesame", json!({"name": "cn-south-1"})),
            refused(401, "Unauthorized", "The project of the scope could not be found"),
        ),
        (
            password("open sesame", json!({})),
            refused(400, "Bad Request", "The scope must name a project, by id or name: EVS takes no other tokens"),
        ),
        (json!([]), refused(400, "Bad Request", "Of the methods of auth.identity, this cloud knows password alone")),
    ] {
        let answer = cloud.send(Method::POST, "/v3/auth/tokens", Some(body)).await.unwrap();
        assert!(answer.headers().get("x-subject-token").is_none());
        let told: Value = answer.json().await.unwrap();
        assert_eq!(told, expected);
    }
    let nobody = refused(401, "Unauthorized", "The request you have made requires authentication.");
    assert_eq!(cloud.get("/v3/projects?name=cn-north-4").await, (401, nobody));
    let unsigned = Signed { sk: "wrong", ..Signed::get("/v3/projects") }.to(&cloud).await;
    assert_eq!(told(unsigned).await, unauthorized("verify aksk signature fail"));
    let (status, old) = told(Signed { dated: -1000, ..Signed::get("/v3/projects") }.to(&cloud).await).await;
    assert!(status == 401 && old.contains("APIGW.0303"), "{old}");
    assert_eq!(cloud.get("/v3/auth/tokens").await.0, 405);
    let (_, stats) = cloud.get("/_sim/stats").await;
    assert_eq!((&stats["unauthorized"], &stats["requests"]["POST /v3/auth/tokens"]), (&json!(6), &json!(5)));
}

#[tokio::test]
async fn projects_are_found_by_name_with_a_token_or_a_signature() {
    let cloud = start(guarded()).await;
    let token = token(&cloud, json!({"name": "cn-east-3"})).await;
    let (status, text) = bearing(&cloud, &token, "/v3/projects?name=cn-north-4").await;
    let body: Value = serde_json::from_str(&text).unwrap();
    let domain = &body["projects"][0]["domain_id"];
    assert_eq!(domain.as_str().unwrap().len(), 32);
    let host = format!("http://{}", cloud.simulator.address());
    assert_eq!(
        (status, &body),
        (
            200,
            &json!({
                "projects": [{
                    "domain_id": domain, "is_domain": false, "parent_id": domain, "name": "cn-north-4", "description": "",
                    "links": {"self": format!("{host}/v3/projects/{PROJECT}")}, "id": PROJECT, "enabled": true,
                }],
                "links": {"next": null, "previous": null, "self": format!("{host}/v3/projects")},
            })
        )
    );
    let signed: Value = Signed::get("/v3/projects?name=cn-north-4").to(&cloud).await.json().await.unwrap();
    assert_eq!(signed, body);
    let ids = async |ak, query: &str| {
        let found: Value =
            Signed { ak, ..Signed::get(&format!("/v3/projects{query}")) }.to(&cloud).await.json().await.unwrap();
        found["projects"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(ids("AK", "").await, [PROJECT, OTHER]);
    assert_eq!(ids("NARROW", "").await, [OTHER]);
    assert_eq!(ids("STRANGER", "?name=cn-north-4").await, ["00000000000000000000000000000001"]);
    assert!(ids("AK", "?name=cn").await.is_empty(), "a name is the whole name");
}

#[tokio::test]
async fn a_project_is_shown_and_another_accounts_is_not() {
    let cloud = start(guarded()).await;
    let token = token(&cloud, json!({"name": "cn-north-4"})).await;
    for prefix in ["", "/identity"] {
        let (status, text) = bearing(&cloud, &token, &format!("{prefix}/v3/projects/{OTHER}")).await;
        let body: Value = serde_json::from_str(&text).unwrap();
        assert_eq!((status, &body["project"]["id"]), (200, &json!(OTHER)));
        let foreign = "00000000000000000000000000000001";
        let (status, text) = bearing(&cloud, &token, &format!("{prefix}/v3/projects/{foreign}")).await;
        let told: Value = serde_json::from_str(&text).unwrap();
        let message = format!("Could not find project: {foreign}.");
        assert_eq!((status, told), (404, json!({"error": {"code": 404, "message": message, "title": "Not Found"}})));
    }
}

#[test]
fn a_project_below_a_region_has_the_services_of_its_region() {
    let file = r#"{"accounts": [{"domain": "d", "projects": [{"id": "0123456789abcdef0123456789abcdef", "name": "cn-north-4_web"}]}]}"#;
    let accounts = crate::simulator::accounts::Accounts::read(file).unwrap();
    let project = &accounts.account("d").unwrap().projects[0];
    for service in crate::simulator::identity::catalogue::of("http://cloud", project) {
        assert_eq!(service["endpoints"][0]["region"], "cn-north-4", "{service}");
    }
}

#[tokio::test]
async fn iam_has_versions_of_its_own() {
    let cloud = start(guarded()).await;
    let host = "http://cloud";
    let (status, all) = cloud.get("/identity/").await;
    let (_, one) = cloud.get("/identity/v3").await;
    assert_eq!((status, &all["versions"]["values"][0]), (300, &one["version"]));
    assert_eq!(one["version"]["links"][0]["href"], format!("{host}/identity/v3/"));
    let (_, of_evs) = cloud.get("/v3").await;
    assert_eq!(of_evs["versions"][0]["id"], "v3.0");
    assert_eq!(of_evs["versions"][0]["links"][0]["href"], format!("{host}/v3/"));
}

#[tokio::test]
async fn a_user_may_be_named_by_ids_and_a_scope_by_its_domain() {
    let cloud = start(guarded()).await;
    let body = password("open sesame", json!({"name": "cn-north-4"}));
    let answer = cloud.send(Method::POST, "/v3/auth/tokens", Some(body)).await.unwrap();
    let user: Value = answer.json::<Value>().await.unwrap()["token"]["user"].take();
    let status = async |who: Value, domain: Value| {
        let mut body = password("open sesame", json!({"name": "cn-north-4", "domain": domain}));
        let user = &mut body["auth"]["identity"]["password"]["user"];
        *user = who;
        user["password"] = json!("open sesame");
        cloud.send(Method::POST, "/identity/v3/auth/tokens", Some(body)).await.unwrap().status().as_u16()
    };
    let domain = json!({"id": user["domain"]["id"]});
    assert_eq!(status(json!({"id": user["id"]}), domain.clone()).await, 201);
    assert_eq!(status(json!({"name": "ops", "domain": domain}), json!({"name": "example"})).await, 201);
    assert_eq!(status(json!({"name": "ops", "domain": {"name": "example"}}), json!({"name": "neighbour"})).await, 401);
    assert_eq!(status(json!({"id": "0"}), domain.clone()).await, 401);
    assert_eq!(status(json!({"name": "ops"}), domain).await, 401, "a name alone is nobody's");
}
