//! The cloud as a whole: most of it without a socket and with a clock of its own, the rest over HTTP.

mod actions;
mod attaching;
mod batch;
mod billing;
mod cinder;
mod cinder_snapshots;
mod creating;
mod credentials;
mod deleting;
mod described;
mod edits;
mod exporting;
mod extending;
mod federation;
mod http;
mod iam;
mod jobs;
mod lists;
mod logs;
mod metadata;
mod middle;
mod native;
mod orders;
mod otc;
mod overtaken;
mod overview;
mod rating;
mod recycle;
mod restart;
mod retyping;
mod rollback;
mod snapshot_fields;
mod snapshots;
mod standard;
mod standard_groups;
mod standard_policies;
mod styles;
mod survival;
mod transfers;
mod transport;
mod trouble;
mod vendor;
mod volumes;

use super::call::{Call, Lag};
use super::catalogue::Catalogue;
use super::fault::{Failure, JobTrouble};
use super::model::Cloud;
use super::route;
use serde_json::{Value, json};

/// The project of most tests.
const PROJECT: &str = "0123456789abcdef0123456789abcdef";
/// A job's duration in the tests without a socket: 10 s.
const DURATION: i64 = 10_000_000;
/// When their clock begins: 2024-01-02T03:04:05Z.
const START: i64 = 1_704_164_645_000_000;

/// A cloud and its clock.
struct World {
    cloud: Cloud,
    now: i64,
    trouble: Option<JobTrouble>,
    token: Option<String>,
    list_lag: Lag,
    tag_lag: Lag,
    hide: Lag,
}

impl World {
    fn new() -> World {
        World::with(None)
    }

    fn with(catalogue: Option<&str>) -> World {
        let cloud = Cloud::new(Catalogue::read(catalogue).unwrap(), 1, DURATION);
        World {
            cloud,
            now: START,
            trouble: None,
            token: None,
            list_lag: Lag::default(),
            tag_lag: Lag::default(),
            hide: Lag::default(),
        }
    }

    /// Lets so many percent of a job's duration pass.
    fn pass(&mut self, percent: i64) {
        self.now += DURATION / 100 * percent;
    }

    /// Sends a request to the endpoint table; `{p}` stands for the project.
    fn send(&mut self, method: &str, target: &str, body: &[u8]) -> (u16, Value) {
        let target = target.replace("{p}", PROJECT);
        let url = url::Url::parse(&format!("http://cloud{target}")).unwrap();
        let found = route::find(method, url.path()).expect("a known path");
        let route = found.route.expect("a known method");
        let mut call = Call {
            method: method.to_owned(),
            target: target.clone(),
            base: "http://cloud".to_owned(),
            values: found.values,
            query: url.query_pairs().into_owned().collect(),
            client_token: self.token.clone(),
            body: body.to_vec(),
            trouble: self.trouble.clone(),
            list_lag: self.list_lag,
            tag_lag: self.tag_lag,
            hide: self.hide,
            ..Call::default()
        };
        call.project = call.value("project_id").to_owned();
        self.cloud.advance(self.now);
        let reply = match (route.operation.endpoint)(&mut self.cloud, &call) {
            Ok(reply) => reply,
            Err(refusal) => refusal.reply(route.operation.family),
        };
        let body = if reply.body.is_empty() { Value::Null } else { serde_json::from_slice(&reply.body).unwrap() };
        (reply.status, body)
    }

    fn get(&mut self, target: &str) -> (u16, Value) {
        self.send("GET", target, b"")
    }

    fn post(&mut self, target: &str, body: Value) -> (u16, Value) {
        self.send("POST", target, body.to_string().as_bytes())
    }

    /// Creates over v3 and gives the job's id.
    fn create(&mut self, volume: Value) -> String {
        let (status, body) = self.post("/v3/{p}/cloudvolumes", json!({ "volume": volume }));
        assert_eq!(status, 200, "{body}");
        body["job_id"].as_str().unwrap().to_owned()
    }

    fn job(&mut self, id: &str) -> Value {
        let (status, body) = self.get(&format!("/v1/{{p}}/jobs/{id}"));
        assert_eq!(status, 200, "{body}");
        body
    }

    /// The same cloud, made from its events after a restart.
    fn again(&mut self) -> World {
        let mut again = World::new();
        for event in self.cloud.take_events() {
            let line = serde_json::to_string(&event).unwrap();
            again.cloud.apply(&serde_json::from_str(&line).unwrap());
        }
        again.now = self.now;
        again
    }

    /// All volumes, in the default order.
    fn volumes(&mut self) -> Vec<Value> {
        self.get("/v2/{p}/cloudvolumes/detail").1["volumes"].as_array().unwrap().clone()
    }

    fn names(&mut self, query: &str) -> Vec<String> {
        let (status, body) = self.get(&format!("/v2/{{p}}/cloudvolumes/detail?{query}"));
        assert_eq!(status, 200, "{body}");
        body["volumes"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap().to_owned()).collect()
    }
}

/// Trouble for these sub-jobs, or all: they fail with the code that such work has.
fn failing(sub_jobs: Option<Vec<u32>>) -> Option<JobTrouble> {
    Some(JobTrouble::Fail { sub_jobs, failure: Failure { error_code: None, leaves_volume: true } })
}

/// Status and code of a refusal in the custom envelope.
fn refused(answer: (u16, Value)) -> (u16, String) {
    (answer.0, answer.1["error"]["code"].as_str().unwrap_or_default().to_owned())
}

/// The least that a create call needs.
fn blank(name: &str) -> Value {
    json!({"availability_zone": "az-dc-1", "volume_type": "SSD", "size": 40, "name": name})
}

/// [`blank`] with other fields; a null takes one away.
fn blank_with(fields: Value) -> Value {
    let mut volume = blank("v");
    for (key, value) in fields.as_object().unwrap() {
        volume[key] = value.clone();
    }
    volume
}
