//! How answers travel: in chunks, with what the firewall adds, and with a microversion where one is asked for.

use super::http::{Cloud, quick, start};
use super::{PROJECT, blank, blank_with};
use reqwest::Method;
use serde_json::{Value, json};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

/// Head and body of an answer, as they came.
fn raw(cloud: &Cloud, method: &str, path: &str, body: &str) -> (String, Vec<u8>) {
    let mut stream = TcpStream::connect(cloud.simulator.address()).unwrap();
    let path = path.replace("{p}", PROJECT);
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nhost: cloud\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    let end = bytes.windows(4).position(|it| it == b"\r\n\r\n").unwrap();
    (String::from_utf8(bytes[..end].to_vec()).unwrap().to_lowercase(), bytes[end + 4..].to_vec())
}

async fn with_blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.unwrap()
}

#[tokio::test]
async fn a_body_comes_in_chunks_and_no_body_has_none() {
    let cloud = start(quick()).await;
    let id = created(&cloud).await;
    with_blocking(move || {
        let show = format!("/v2/{{p}}/cloudvolumes/{id}");
        for (path, status) in [(&*show, 200), ("/v2/{p}/cloudvolumes/xyz", 400), ("/v9/nothing", 404)] {
            let (head, body) = raw(&cloud, "GET", path, "");
            assert!(head.starts_with(&format!("http/1.1 {status}")), "{head}");
            assert!(head.contains("transfer-encoding: chunked") && !head.contains("content-length"), "{head}");
            let size = usize::from_str_radix(std::str::from_utf8(&body).unwrap().split("\r\n").next().unwrap(), 16);
            assert!(size.unwrap() > 20 && body.ends_with(b"\r\n0\r\n\r\n"), "{path}");
        }
        // A method that the path does not have is told so, and HEAD tells it without a body.
        let (head, body) = raw(&cloud, "HEAD", &show, "");
        assert!(head.starts_with("http/1.1 405") && body.is_empty(), "{head}");
        let (head, body) = raw(&cloud, "PUT", "/v3/{p}/recycle-bin-volumes/policy", r#"{"switch":false}"#);
        assert!(head.starts_with("http/1.1 204") && body.is_empty(), "{head}");
        assert!(!head.contains("transfer-encoding") && !head.contains("content-length"), "{head}");
        let (head, body) = raw(&cloud, "DELETE", &format!("/v3/{{p}}/volumes/{id}"), "");
        assert!(head.starts_with("http/1.1 202") && head.contains("content-length: 0") && body.is_empty(), "{head}");
    })
    .await;
}

async fn created(cloud: &Cloud) -> String {
    assert_eq!(cloud.create(blank("v")).await.unwrap().status(), 200);
    cloud.get("/v2/{p}/cloudvolumes/detail").await.1["volumes"][0]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_long_list_comes_whole() {
    let cloud = start(quick()).await;
    for n in 0..3 {
        cloud.create(blank_with(json!({"name": format!("n{n}"), "count": 100}))).await.unwrap();
    }
    let answer = cloud.send(Method::GET, "/v2/{p}/cloudvolumes/detail", None).await.unwrap();
    assert_eq!(answer.headers()["transfer-encoding"], "chunked");
    let list: Value = answer.json().await.unwrap();
    assert_eq!((&list["count"], list["volumes"].as_array().unwrap().len()), (&json!(300), 300));
}

#[tokio::test]
async fn every_answer_has_what_the_firewall_adds_the_refusals_too() {
    let cloud = start(quick()).await;
    let rule = |then: Value| json!({"path": "/v2/{project_id}/cloudvolumes/detail", "times": 1, "then": then});
    cloud.faults(json!([rule(json!({"status": 503})), rule(json!({"token": "expired"}))])).await;
    let mut sessions = std::collections::BTreeSet::new();
    for (path, expected) in [
        ("/v2/{p}/cloudvolumes/detail", 503),
        ("/v2/{p}/cloudvolumes/detail", 401),
        ("/v2/{p}/cloudvolumes/detail", 200),
        ("/v2/{p}/cloudvolumes/detail?limit=0", 400),
        ("/v9/nothing", 404),
    ] {
        let answer = cloud.send(Method::GET, path, None).await.unwrap();
        assert_eq!(answer.status(), expected);
        let headers = answer.headers();
        assert!(headers["strict-transport-security"].to_str().unwrap().starts_with("max-age="));
        assert_eq!((&headers["server"], headers["x-request-id"].len()), (&"api-gateway".parse().unwrap(), 32));
        let cookies: Vec<&str> = headers.get_all("set-cookie").iter().map(|it| it.to_str().unwrap()).collect();
        let value = |name: &str, of: &str| of.strip_prefix(name)?.strip_suffix("; path=/").map(str::to_owned);
        let session = value("HWWAFSESID=", cookies[0]).unwrap();
        assert!(session.len() == 18 && session.bytes().all(|it| it.is_ascii_hexdigit()), "{session}");
        assert_eq!(value("HWWAFSESTIME=", cookies[1]).unwrap().len(), 13);
        sessions.insert(session);
    }
    assert_eq!(sessions.len(), 5, "nobody sends them back, so each answer makes its own");
}

#[tokio::test]
async fn a_microversion_of_cinder_is_answered_with_itself() {
    let cloud = start(quick()).await;
    let id = created(&cloud).await;
    let ask = async |path: &str, version: &str| {
        let url = format!("http://{}{}", cloud.simulator.address(), path.replace("{p}", PROJECT));
        let answer = cloud.client.get(url).header("OpenStack-API-Version", version).send().await.unwrap();
        let header = |name: &str| answer.headers().get(name).map(|it| it.to_str().unwrap().to_owned());
        let (status, version, vary) = (answer.status().as_u16(), header("openstack-api-version"), header("vary"));
        (status, version, vary, answer.json::<Value>().await.unwrap())
    };
    let show = format!("/v3/{{p}}/volumes/{id}");
    for (asked, expected) in [
        ("volume 3.0", "volume 3.0"),
        ("volume 3.50", "volume 3.50"),
        ("compute 2.1, volume 3.27", "volume 3.27"),
        ("volume latest", "volume 3.50"),
    ] {
        let (status, version, vary, _) = ask(&show, asked).await;
        assert_eq!((status, version.as_deref(), vary.as_deref()), (200, Some(expected), Some("OpenStack-API-Version")));
    }
    let gone = ask("/v3/{p}/volumes/8dd7c486-8e9f-49fe-bceb-26aa7e312b66", "volume 3.8").await;
    assert_eq!((gone.0, gone.1.as_deref()), (404, Some("volume 3.8")));
    for asked in ["volume 3.51", "volume 2.0", "volume 4.1"] {
        let (status, version, _, body) = ask(&show, asked).await;
        let words = format!(
            "Version {} is not supported by the API. Minimum is 3.0 and maximum is 3.50.",
            asked.strip_prefix("volume ").unwrap()
        );
        assert_eq!((status, version), (406, None));
        assert_eq!(body, json!({"computeFault": {"message": words, "code": 406}}));
    }
    for asked in ["volume", "volume x", "volume 3", "volume 3.01", "volume 3.+1"] {
        let (status, _, _, body) = ask(&show, asked).await;
        assert_eq!((status, &body["badRequest"]["code"]), (400, &json!(400)), "{asked}");
    }
    // Nobody looks for it elsewhere.
    let v2 = format!("/v2/{{p}}/volumes/{id}");
    let custom = format!("/v3/{{p}}/os-vendor-volumes/{id}");
    for (path, asked) in [(&v2, "volume 9.9"), (&custom, "volume 9.9"), (&show, "compute 2.1")] {
        let (status, version, vary, _) = ask(path, asked).await;
        assert_eq!((status, version, vary), (200, None, None), "{path}");
    }
}

/// Measures a page; run by hand, in release: `cargo test --release --lib -- --ignored --nocapture a_page_of`.
#[tokio::test]
#[ignore = "measures"]
async fn a_page_of_a_thousand_in_chunks() {
    let cloud = start(quick()).await;
    for n in 0..10 {
        cloud.create(blank_with(json!({"name": format!("n{n}"), "count": 100}))).await.unwrap();
    }
    let mut times = Vec::new();
    for _ in 0..21 {
        let before = std::time::Instant::now();
        let answer = cloud.send(Method::GET, "/v2/{p}/cloudvolumes/detail", None).await.unwrap();
        let length = answer.bytes().await.unwrap().len();
        times.push((before.elapsed(), length));
    }
    times.sort();
    println!("median {:?}, worst {:?}, {} bytes", times[10].0, times[20].0, times[10].1);
}
