//! The embedded cloud inside this process, and the hands that reach into it past every fault rule.

use super::ledger::{BY_HAND, Ledger, owner_in};
use crate::support::{CONTROL, PROJECT, put};
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
pub(crate) struct Nature {
    /// Whether it honours client tokens.
    pub(crate) tokens: bool,
    /// How long its jobs take.
    pub(crate) job: Duration,
    /// Whether a volume of another stack shows that lists show tags.
    pub(crate) control: bool,
}

/// A volume as a hand sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) status: String,
    /// The ownership tag's value.
    pub(crate) owner: Option<String>,
    /// Its tags, the ownership tag aside.
    pub(crate) tags: BTreeMap<String, String>,
    /// GB.
    pub(crate) size: u64,
    /// Its zone, and its type.
    pub(crate) place: (String, String),
    /// When, by the cloud's clock.
    pub(crate) made: jiff::Timestamp,
    /// Whether it is attached to a server.
    pub(crate) attached: bool,
}

impl Seen {
    /// Whether it can be used, or is.
    pub(crate) fn is_good(&self) -> bool {
        matches!(self.status.as_str(), "available" | "in-use")
    }
}

/// Starts a server on data that another has just let go of.
///
/// A process that another test starts at this moment holds a copy of each open file, and so the lock, until it becomes
/// its own program: the lock then outlives the server by that long.
async fn start_again(config: &Config) -> Simulator {
    const PAUSE: Duration = Duration::from_millis(50);
    for _ in 0..200 {
        match Simulator::start(config.clone()).await {
            Err(error) if format!("{error:?}").contains("another simulator is writing it") => {
                tokio::time::sleep(PAUSE).await;
            }
            started => return started.unwrap(),
        }
    }
    panic!("the former server's data stayed locked")
}

/// One cloud.
pub(crate) struct Cloud {
    simulator: Option<Simulator>,
    config: Config,
    /// Deletions by hand so far.
    pub(crate) deleted: u64,
    /// How many rules have hit, by kind, over all restarts and rules.
    pub(crate) hits: BTreeMap<String, u64>,
    /// Requests that servers before this one have had.
    before: BTreeMap<String, u64>,
    /// How far ahead of this machine's clock its own is.
    ahead: Duration,
}

impl Cloud {
    pub(crate) fn start(nature: &Nature, data: Option<PathBuf>, ledger: Arc<Ledger>) -> Cloud {
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
        let cloud = Cloud { simulator: Some(simulator), config, deleted: 0, hits, before, ahead: Duration::ZERO };
        if nature.control {
            cloud.make_control();
        }
        cloud
    }

    /// Makes a volume of another stack: what shows no tag at all proves nothing.
    fn make_control(&self) {
        let volume = json!({"volume": {
            "name": CONTROL, "size": 10, "availability_zone": "az-dc-1", "volume_type": "SSD",
        }});
        let (status, body) = self.call("POST", "/v3/{project_id}/volumes", Some(&volume));
        assert_eq!(status, 202, "{body}");
        let tags = json!({"tags": {"evsctl": "other_aaaaaaaa_bbbbbbbbbb"}});
        self.edit(body["volume"]["id"].as_str().unwrap(), &tags);
    }

    /// Ends the server and starts another on the same data, at another port.
    pub(crate) fn restart(&mut self) {
        self.count();
        self.before = self.requests();
        let simulator = self.simulator.take().unwrap();
        self.simulator = Some(runtime().block_on(async {
            simulator.stop().await;
            start_again(&self.config).await
        }));
        self.pass(Duration::ZERO);
    }

    /// Another server reads whatever file lies in the place of its own by now.
    pub(crate) fn reopen(&mut self) {
        let simulator = self.simulator.take().unwrap();
        let file = self.config.data.clone().unwrap();
        let kept = std::fs::read(&file).unwrap();
        self.simulator = Some(runtime().block_on(async {
            simulator.stop().await;
            // Its own end may have written.
            put(&file, kept);
            start_again(&self.config).await
        }));
    }

    /// Lets time pass for it.
    pub(crate) fn pass(&mut self, time: Duration) {
        self.ahead += time;
        if !self.ahead.is_zero() {
            let ahead = json!({ "ahead_ms": self.ahead.as_millis() as u64 });
            let (status, body) = self.call("POST", "/_sim/clock", Some(&ahead));
            assert_eq!(status, 200, "{body}");
        }
    }

    /// Lets its clock leap in a while.
    pub(crate) fn leap(&mut self, after: Duration, by: Duration) -> Leap {
        self.ahead += by;
        let url = format!("{}/_sim/clock", self.endpoint());
        let body = json!({ "ahead_ms": self.ahead.as_millis() as u64 }).to_string();
        Leap(runtime().spawn(async move {
            tokio::time::sleep(after).await;
            let request = http().post(url).header("content-type", "application/json").body(body);
            assert_eq!(request.send().await.unwrap().status(), 200);
        }))
    }

    /// The volumes as the list that evsctl reads shows them; past the fault rules only where there are none.
    pub(crate) fn list(&self) -> Vec<Value> {
        let path = "/v2/{project_id}/cloudvolumes/detail?limit=1000&sort_key=created_at&sort_dir=asc";
        let (status, body) = self.call("GET", path, None);
        assert_eq!(status, 200, "{body}");
        body["volumes"].as_array().unwrap().clone()
    }

    /// What its clock shows.
    pub(crate) fn now(&self) -> jiff::Timestamp {
        jiff::Timestamp::now() + self.ahead
    }

    /// Changes a volume past every rule of the API.
    pub(crate) fn edit(&self, id: &str, fields: &Value) {
        let (status, body) = self.call("POST", &format!("/_sim/volumes/{id}"), Some(fields));
        assert_eq!(status, 200, "{fields}: {body}");
    }

    /// Lets a hand do something in a while, which the service may refuse by then.
    pub(crate) fn later(&self, after: Duration, (method, path, body): (&str, String, Value)) -> Leap {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let url = format!("{}{}", self.endpoint(), path.replace("{project_id}", PROJECT));
        Leap(runtime().spawn(async move {
            tokio::time::sleep(after).await;
            let mut request = http().request(method, url);
            if !body.is_null() {
                request = request.header("content-type", "application/json").body(body.to_string());
            }
            let _ = request.send().await;
        }))
    }

    /// Makes a volume by hand and gives its id.
    pub(crate) fn make(&self, volume: &Value) -> String {
        let (status, body) = self.call("POST", BY_HAND, Some(&json!({ "volume": volume })));
        assert_eq!(status, 202, "{volume}: {body}");
        body["volume"]["id"].as_str().unwrap().to_owned()
    }

    pub(crate) fn endpoint(&self) -> String {
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
    pub(crate) fn faults(&mut self, rules: &[Value]) {
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
    pub(crate) fn requests(&self) -> BTreeMap<String, u64> {
        let (_, stats) = self.call("GET", "/_sim/stats", None);
        let mut all = self.before.clone();
        for (template, count) in stats["requests"].as_object().into_iter().flatten() {
            *all.entry(template.clone()).or_default() += count.as_u64().unwrap_or_default();
        }
        all
    }

    /// Every volume, by id, past the fault rules: they are about the paths that evsctl uses.
    pub(crate) fn volumes(&self) -> BTreeMap<String, Seen> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let seen = |volume: &Value| Seen {
            name: text(&volume["name"]),
            description: text(&volume["description"]),
            status: text(&volume["status"]),
            owner: owner_in(&volume["tags"]).map(str::to_owned),
            tags: others_in(&volume["tags"]),
            size: volume["size"].as_u64().unwrap_or_default(),
            place: (text(&volume["availability_zone"]), text(&volume["volume_type"])),
            made: format!("{}Z", text(&volume["created_at"])).parse().unwrap(),
            attached: volume["attachments"].as_array().is_some_and(|all| !all.is_empty()),
        };
        let whole = self.whole();
        let ours = whole.iter().filter(|(_, volume)| volume["name"] != CONTROL);
        ours.map(|(id, volume)| (id.clone(), seen(volume))).collect()
    }

    /// The same as they are shown.
    pub(crate) fn whole(&self) -> BTreeMap<String, Value> {
        let (status, body) = self.call("GET", "/v3/{project_id}/volumes/detail?limit=1000", None);
        assert_eq!(status, 200, "{body}");
        let all = body["volumes"].as_array().unwrap();
        all.iter().map(|volume| (volume["id"].as_str().unwrap().to_owned(), volume.clone())).collect()
    }

    /// Gives a volume another name and description.
    pub(crate) fn relabel(&self, id: &str, fields: Value) {
        let (status, body) =
            self.call("PUT", &format!("/v3/{{project_id}}/volumes/{id}"), Some(&json!({ "volume": fields })));
        assert_eq!(status, 200, "{body}");
    }

    /// Deletes a volume by hand and waits until it is gone.
    pub(crate) fn delete(&mut self, id: &str) {
        let path = format!("/v3/{{project_id}}/volumes/{id}");
        // Its snapshots keep no hand from it.
        let (status, body) = self.call("DELETE", &format!("{path}?cascade=true"), None);
        assert_eq!(status, 202, "{body}");
        self.deleted += 1;
        let since = Instant::now();
        while self.call("GET", &path, None).0 != 404 {
            assert!(since.elapsed() < Duration::from_secs(30), "volume {id} does not go");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

/// A leap of a cloud's clock, or an edit by a hand, that is to come.
pub(crate) struct Leap(tokio::task::JoinHandle<()>);

impl Leap {
    /// Waits until it is done.
    pub(crate) fn wait(self) {
        runtime().block_on(self.0).unwrap();
    }
}

impl Drop for Cloud {
    fn drop(&mut self) {
        if let Some(simulator) = self.simulator.take() {
            runtime().block_on(simulator.stop());
        }
    }
}

/// The tags that are no ownership tags.
fn others_in(tags: &Value) -> BTreeMap<String, String> {
    let pair = |(key, value): (&String, &Value)| Some((key.clone(), value.as_str()?.to_owned()));
    let pairs = tags.as_object().into_iter().flatten().filter_map(pair);
    pairs.filter(|(_, value)| owner_in(&json!({ "it": value })).is_none()).collect()
}

/// A rule's kind, as it is counted.
fn kind(then: &Value) -> String {
    let word = |key: &str| then[key].as_str().map(|word| format!("{key} {word}"));
    let status = then["status"].as_u64().map(|status| format!("status {status}"));
    let first = || then.as_object().and_then(|keys| keys.keys().next().cloned()).unwrap_or_default();
    status.or_else(|| word("job")).or_else(|| word("cut")).unwrap_or_else(first)
}
