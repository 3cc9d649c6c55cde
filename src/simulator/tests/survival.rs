//! A server that is killed in the middle of everything, and started again on the same port and file.

use super::{PROJECT, blank, blank_with};
use crate::simulator::{Config, Opening, Simulator};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, IsTerminal, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// What the server says before its address.
const HELLO: &str = "listening on ";

/// Serves from a process of its own, so that it can be killed: address and data file come by its input.
#[tokio::test]
#[ignore = "a part of the tests below, which start it"]
async fn serve_until_killed() {
    let mut order = String::new();
    if !std::io::stdin().is_terminal() {
        std::io::stdin().read_line(&mut order).unwrap();
    }
    let Some((listen, data)) = order.trim_end().split_once(' ') else { return };
    let config = Config {
        listen: listen.parse().unwrap(),
        data: Some(data.into()),
        opening: Opening::AtStart,
        job_duration: Duration::from_secs(3),
        ..Config::default()
    };
    let server = Simulator::start(config).await.unwrap();
    println!("\n{HELLO}{}", server.address());
    std::future::pending::<()>().await;
}

struct Server {
    process: Child,
    address: SocketAddr,
    client: reqwest::Client,
}

impl Server {
    fn start(listen: &str, data: &Path) -> Server {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", "--nocapture", "simulator::tests::survival::serve_until_killed"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        writeln!(process.stdin.as_mut().unwrap(), "{listen} {}", data.display()).unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let address = lines.map_while(Result::ok).find_map(|line| line.strip_prefix(HELLO)?.parse().ok());
        let address = address.expect("the server says where it listens");
        Server { process, address, client: reqwest::Client::builder().no_proxy().build().unwrap() }
    }

    /// SIGKILL, and a new one on the same port and file.
    fn killed_and_started_again(mut self, data: &Path) -> Server {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        Server::start(&self.address.to_string(), data)
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{}", self.address, path.replace("{p}", PROJECT))
    }

    async fn get(&self, path: &str) -> Value {
        self.client.get(self.url(path)).send().await.unwrap().json().await.unwrap()
    }

    async fn create(&self, token: &str, volume: Value) -> reqwest::Result<(u16, Value)> {
        let request = self.client.post(self.url("/v3/{p}/cloudvolumes")).header("X-Client-Token", token);
        let answer = request.json(&json!({ "volume": volume })).send().await?;
        Ok((answer.status().as_u16(), answer.json().await?))
    }

    async fn faults(&self, then: Value) {
        let rules = json!({"rules": [{"method": "POST", "times": 1, "then": then}]});
        assert!(self.client.post(self.url("/_sim/faults")).json(&rules).send().await.unwrap().status().is_success());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

const TOKENS: [&str; 3] = [
    "6f1c2d3e-4b5a-4678-9abc-def012345671",
    "6f1c2d3e-4b5a-4678-9abc-def012345672",
    "6f1c2d3e-4b5a-4678-9abc-def012345673",
];

#[tokio::test]
async fn tokens_jobs_and_volumes_go_on_after_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Server::start("127.0.0.1:0", &data);
    let batch = || blank_with(json!({"count": 3}));
    let first = server.create(TOKENS[0], batch()).await.unwrap();
    let job = format!("/v1/{{p}}/jobs/{}", first.1["job_id"].as_str().unwrap());
    // The reply of this one is lost, and that one's job.
    server.faults(json!({"cut": "after"})).await;
    server.create(TOKENS[1], blank("lost")).await.unwrap_err();
    server.faults(json!({"job": "vanish"})).await;
    let vanished = server.create(TOKENS[2], blank("vanished")).await.unwrap();

    let address = server.address;
    let server = server.killed_and_started_again(&data);
    assert_eq!(server.address, address);
    assert_eq!(server.get("/_sim/stats").await["jobs"]["SUCCESS"], 0, "all are still under way");
    assert!(matches!(server.get(&job).await["status"].as_str(), Some("INIT" | "RUNNING")));
    assert_eq!(server.create(TOKENS[0], batch()).await.unwrap(), first);
    assert_eq!(server.create(TOKENS[0], blank("v")).await.unwrap().1["error"]["code"], "EVS.2219");
    assert_eq!(server.create(TOKENS[1], blank("lost")).await.unwrap().0, 200);
    assert_eq!(server.create(TOKENS[2], blank("vanished")).await.unwrap(), vanished);
    let unknown = server.get(&format!("/v1/{{p}}/jobs/{}", vanished.1["job_id"].as_str().unwrap())).await;
    assert_eq!(unknown["error"]["code"], "Common.0011");

    while server.get(&job).await["status"] != "SUCCESS" {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let ended = server.get(&job).await;
    while server.get("/_sim/stats").await["jobs"]["SUCCESS"] != 3 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let volumes = server.get("/v2/{p}/cloudvolumes/detail").await;
    assert_eq!((&volumes["count"], &volumes["volumes"][0]["status"]), (&json!(5), &json!("available")));
    let server = server.killed_and_started_again(&data);
    assert_eq!(server.get(&job).await, ended);
    assert_eq!(server.get("/v2/{p}/cloudvolumes/detail").await, volumes);
    assert_eq!(server.create(TOKENS[0], batch()).await.unwrap(), first);
}

#[tokio::test]
async fn late_work_dies_with_its_server_and_leaves_the_token_unused() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Server::start("127.0.0.1:0", &data);
    server.faults(json!({"late_ms": 60_000})).await;
    server.create(TOKENS[0], blank("v")).await.unwrap_err();
    assert_eq!(server.create(TOKENS[0], blank("v")).await.unwrap().1["error"]["code"], "EVS.2221");
    let server = server.killed_and_started_again(&data);
    assert_eq!(server.create(TOKENS[0], blank("other")).await.unwrap().0, 200);
    assert_eq!(server.get("/_sim/stats").await["volumes"], 1);
}
