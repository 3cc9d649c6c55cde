//! The embedded cloud inside this process, and the hands that reach into it past every fault rule.

use super::ledger::Ledger;
use crate::support::{CONTROL, PROJECT};
use evsctl::simulator::{Config, Opening, Simulator, Witness};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

/// Where all clouds live, so that the end of a run's own runtime ends nothing of them.
fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap())
}

/// Everybody's hands: one client, outside of every run.
fn http() -> &'static reqwest::Client {
    static HTTP: OnceLock<reqwest::Client> = OnceLock::new();
    HTTP.get_or_init(|| {
        let _ = rustls::crypto::ring::default_provider().install_default();
        reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0).build().unwrap()
    })
}

/// How a cloud shall be.
#[derive(Debug, Clone)]
pub(super) struct Nature {
    /// Whether it honours client tokens.
    pub(super) tokens: bool,
    /// How long its jobs take.
    pub(super) job: Duration,
}

/// A volume as a hand sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) status: String,
    /// The ownership tag's value.
    pub(super) owner: Option<String>,
}

/// One cloud.
pub(super) struct Cloud {
    simulator: Option<Simulator>,
    config: Config,
    /// Deletions by hand so far.
    pub(super) deleted: u64,
    /// How many rules have hit, by kind, over all restarts and rules.
    pub(super) hits: BTreeMap<String, u64>,
    /// Requests that servers before this one have had.
    before: BTreeMap<String, u64>,
}

impl Cloud {
    pub(super) fn start(nature: &Nature, data: Option<PathBuf>, ledger: Arc<Ledger>) -> Cloud {
        let witness = Witness::new(move |arrival| ledger.hear(arrival));
        let config = Config {
            data,
            opening: Opening::AtStart,
            seed: 7,
            job_duration: nature.job,
            client_tokens: nature.tokens,
            witness: Some(witness),
            ..Config::default()
        };
        let simulator = runtime().block_on(Simulator::start(config.clone())).unwrap();
        let (hits, before) = Default::default();
        let cloud = Cloud { simulator: Some(simulator), config, deleted: 0, hits, before };
        cloud.make_control();
        cloud
    }

    /// Makes a volume of another stack: what shows no tag at all proves nothing.
    fn make_control(&self) {
        let volume = json!({"volume": {
            "name": CONTROL, "size": 10, "availability_zone": "az-dc-1", "volume_type": "SSD",
        }});
        let (status, body) = self.call("POST", "/v3/{project_id}/volumes", Some(&volume));
        assert_eq!(status, 202, "{body}");
        let path = format!("/v2/{{project_id}}/cloudvolumes/{}/tags/action", body["volume"]["id"].as_str().unwrap());
        let tags = json!({"action": "create", "tags": [{"key": "evsctl", "value": "other_aaaaaaaa_bbbbbbbbbb"}]});
        assert_eq!(self.call("POST", &path, Some(&tags)).0, 204);
    }

    /// Ends the server and starts another on the same data, at another port.
    pub(super) fn restart(&mut self) {
        self.count();
        self.before = self.requests();
        let simulator = self.simulator.take().unwrap();
        self.simulator = Some(runtime().block_on(async {
            simulator.stop().await;
            Simulator::start(self.config.clone()).await.unwrap()
        }));
    }

    pub(super) fn endpoint(&self) -> String {
        format!("http://{}", self.simulator.as_ref().unwrap().address())
    }

    fn call(&self, method: &str, path: &str, body: Option<&Value>) -> (u16, Value) {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let url = format!("{}{}", self.endpoint(), path.replace("{project_id}", PROJECT));
        runtime().block_on(async {
            let mut request = http().request(method, url);
            if let Some(body) = body {
                request = request.header("content-type", "application/json").body(body.to_string());
            }
            let answer = request.send().await.unwrap();
            let status = answer.status().as_u16();
            (status, serde_json::from_str(&answer.text().await.unwrap()).unwrap_or_default())
        })
    }

    /// Scripts trouble; an empty list ends it.
    pub(super) fn faults(&mut self, rules: &[Value]) {
        self.count();
        let (status, body) = self.call("POST", "/_sim/faults", Some(&json!({ "rules": rules })));
        assert_eq!(status, 200, "{body}");
    }

    /// Adds up what the rules in force have hit.
    fn count(&mut self) {
        let (_, shown) = self.call("GET", "/_sim/faults", None);
        for rule in shown["rules"].as_array().into_iter().flatten() {
            let hits = rule["hits"].as_u64().unwrap_or_default();
            if hits > 0 {
                *self.hits.entry(kind(&rule["then"])).or_default() += hits;
            }
        }
    }

    /// How many requests have come, by method and path template, over all restarts.
    pub(super) fn requests(&self) -> BTreeMap<String, u64> {
        let (_, stats) = self.call("GET", "/_sim/stats", None);
        let mut all = self.before.clone();
        for (template, count) in stats["requests"].as_object().into_iter().flatten() {
            *all.entry(template.clone()).or_default() += count.as_u64().unwrap_or_default();
        }
        all
    }

    /// Every volume, by id, past the fault rules: they are about the paths that evsctl uses.
    pub(super) fn volumes(&self) -> BTreeMap<String, Seen> {
        let (status, body) = self.call("GET", "/v3/{project_id}/volumes/detail?limit=1000", None);
        assert_eq!(status, 200, "{body}");
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let seen = |volume: &Value| Seen {
            name: text(&volume["name"]),
            description: text(&volume["description"]),
            status: text(&volume["status"]),
            owner: volume["tags"]["evsctl"].as_str().map(str::to_owned),
        };
        let ours = body["volumes"].as_array().unwrap().iter().filter(|volume| volume["name"] != CONTROL);
        ours.map(|volume| (text(&volume["id"]), seen(volume))).collect()
    }

    /// Gives a volume another name and description.
    pub(super) fn relabel(&self, id: &str, fields: Value) {
        let (status, body) =
            self.call("PUT", &format!("/v3/{{project_id}}/volumes/{id}"), Some(&json!({ "volume": fields })));
        assert_eq!(status, 200, "{body}");
    }

    /// Deletes a volume by hand and waits until it is gone.
    pub(super) fn delete(&mut self, id: &str) {
        let path = format!("/v3/{{project_id}}/volumes/{id}");
        assert_eq!(self.call("DELETE", &path, None).0, 202);
        self.deleted += 1;
        let since = Instant::now();
        while self.call("GET", &path, None).0 != 404 {
            assert!(since.elapsed() < Duration::from_secs(30), "volume {id} does not go");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Cloud {
    fn drop(&mut self) {
        if let Some(simulator) = self.simulator.take() {
            runtime().block_on(simulator.stop());
        }
    }
}

/// A rule's kind, as it is counted.
fn kind(then: &Value) -> String {
    let word = |key: &str| then[key].as_str().map(|word| format!("{key} {word}"));
    let status = then["status"].as_u64().map(|status| format!("status {status}"));
    let first = || then.as_object().and_then(|keys| keys.keys().next().cloned()).unwrap_or_default();
    status.or_else(|| word("job")).or_else(|| word("cut")).unwrap_or_else(first)
}
