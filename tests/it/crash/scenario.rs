//! What a run goes through before it is ended: each a small history of its own.

use super::hands::Hand;
use serde_json::{Value, json};
use std::time::Duration;

pub(crate) const PATH: &str = "/v3/{project_id}/cloudvolumes";
const NEWER: &str = "/v2.1/{project_id}/cloudvolumes";
pub(crate) const LIST: &str = "/v2/{project_id}/cloudvolumes/detail";

/// One of them.
#[derive(Debug)]
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    /// The manifest that was applied before.
    pub(crate) before: Option<&'static str>,
    /// Whether a hand has deleted one of those volumes since.
    pub(crate) deleted: bool,
    /// The manifest that is applied.
    pub(crate) volumes: &'static str,
    /// The cloud's trouble meanwhile.
    pub(crate) rules: fn() -> Vec<Value>,
    /// Whether the cloud honours client tokens, and is known to.
    pub(crate) tokens: bool,
    pub(crate) documented: bool,
    /// Whether every run has to keep to one approval.
    pub(crate) approved: bool,
    /// How long the cloud's jobs take.
    pub(crate) job: Duration,
    /// Whether runs are given the number of what they destroy.
    pub(crate) destroys: bool,
    /// The manifest that counts once the first run has crashed, until all is tried again in the end.
    pub(crate) reverted: Option<&'static str>,
    /// What a hand does to the second volume once the first run has crashed.
    pub(crate) hand: Option<Hand>,
    /// Whether a hand puts right at last what failed jobs have left.
    pub(crate) mended: bool,
    /// Whether a person gives up at last what time cannot end: an order that nothing shows of.
    pub(crate) given_up: bool,
    /// How many volumes a job that never ends keeps covered.
    pub(crate) hung: usize,
    /// How long one step may take.
    pub(crate) timeout: Duration,
    /// Of how many boundaries of the second run one is tried.
    pub(crate) every: usize,
    /// About how many boundaries of the first run are tried in the short form.
    pub(crate) gate: usize,
}

pub(super) const ONE: &str = "  a: { size: 10 }";
pub(super) const THREE: &str = "  a: { count: 3, size: 10 }";

const ORDER: &str = "  a: { count: 3, size: 10, prepaid: { period_type: month, period_num: 1, auto_pay: true } }";

pub(super) const PLAIN: Scenario = Scenario {
    name: "",
    before: None,
    deleted: false,
    volumes: THREE,
    rules: Vec::new,
    tokens: true,
    documented: true,
    approved: false,
    job: Duration::from_millis(10),
    destroys: false,
    reverted: None,
    hand: None,
    mended: false,
    given_up: false,
    hung: 0,
    timeout: Duration::from_secs(20),
    every: 3,
    gate: 6,
};

fn create(then: Value) -> Value {
    json!({"method": "POST", "path": PATH, "times": 1, "then": then})
}

/// All of them.
pub(crate) const ALL: &[Scenario] = &[
    Scenario { name: "one volume", volumes: ONE, every: 1, ..PLAIN },
    Scenario { name: "three volumes", every: 1, ..PLAIN },
    Scenario { name: "two calls of one key", volumes: "  a: { count: 130, size: 10 }", every: 11, ..PLAIN },
    Scenario {
        name: "three keys at once",
        volumes: "  a: { count: 2, size: 10 }\n  b: { size: 20 }\n  c: { count: 3, size: 30 }",
        every: 5,
        ..PLAIN
    },
    Scenario {
        name: "a sub-job fails and leaves a volume",
        rules: || vec![create(json!({"job": "fail", "error_code": "EVS.2024", "sub_jobs": [2], "volume": "error"}))],
        ..PLAIN
    },
    Scenario {
        name: "a sub-job fails and leaves nothing",
        rules: || vec![create(json!({"job": "fail", "error_code": "EVS.2024", "sub_jobs": [1, 3], "volume": "none"}))],
        ..PLAIN
    },
    Scenario {
        name: "names are put right",
        before: Some("  a: { count: 4, size: 10, description: x, lifecycle: { retire: [1, 3] } }"),
        volumes: "  a: { count: 4, size: 10, description: y }",
        ..PLAIN
    },
    Scenario {
        name: "protected and no longer",
        before: Some("  a: { count: 2, size: 10, lifecycle: { prevent_destroy: true } }\n  b: { size: 10 }"),
        volumes: "  a: { count: 3, size: 10 }\n  b: { count: 2, size: 10, lifecycle: { prevent_destroy: true } }",
        ..PLAIN
    },
    Scenario { name: "the answer is lost", rules: || vec![create(json!({"cut": "after"}))], every: 1, ..PLAIN },
    Scenario { name: "nothing was done", rules: || vec![create(json!({"cut": "before"}))], every: 1, ..PLAIN },
    Scenario { name: "the job vanishes", rules: || vec![create(json!({"job": "vanish"}))], every: 9, ..PLAIN },
    Scenario { name: "the call is done late", rules: || vec![create(json!({"late_ms": 250}))], ..PLAIN },
    Scenario {
        name: "no tokens, the answer is lost",
        rules: || vec![json!({"method": "POST", "path": PATH, "skip": 1, "times": 1, "then": {"cut": "after"}})],
        tokens: false,
        every: 7,
        ..PLAIN
    },
    Scenario {
        name: "no tokens, nothing was done",
        rules: || vec![json!({"method": "POST", "path": PATH, "skip": 1, "times": 1, "then": {"cut": "before"}})],
        tokens: false,
        every: 7,
        ..PLAIN
    },
    Scenario {
        name: "no tokens, done late",
        rules: || vec![json!({"method": "POST", "path": PATH, "skip": 1, "times": 1, "then": {"late_ms": 250}})],
        tokens: false,
        every: 11,
        ..PLAIN
    },
    Scenario {
        name: "tokens are asked about",
        rules: || vec![create(json!({"cut": "before"}))],
        documented: false,
        every: 5,
        ..PLAIN
    },
    Scenario {
        name: "lists lag",
        rules: || {
            vec![create(json!({"cut": "after"})), json!({"method": "GET", "path": LIST, "then": {"list_lag_ms": 400}})]
        },
        ..PLAIN
    },
    Scenario { name: "under one approval", approved: true, rules: || vec![create(json!({"cut": "after"}))], ..PLAIN },
    Scenario {
        name: "the stack grows",
        before: Some(THREE),
        volumes: "  a: { count: 5, size: 10 }\n  b: { size: 20 }",
        ..PLAIN
    },
    Scenario { name: "a deleted volume is made again", before: Some(THREE), deleted: true, ..PLAIN },
    Scenario { name: "an order that pays itself", volumes: ORDER, ..PLAIN },
    Scenario {
        name: "the answer with an order is lost",
        volumes: ORDER,
        rules: || vec![json!({"method": "POST", "path": NEWER, "times": 1, "then": {"cut": "after"}})],
        ..PLAIN
    },
    Scenario { name: "a slow job", job: Duration::from_millis(300), every: 5, ..PLAIN },
];
