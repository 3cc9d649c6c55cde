//! What arrived and what it was answered, counted.

use super::model::Cloud;
use super::task::Phase;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Counters since the start.
#[derive(Debug, Default)]
pub(super) struct Stats {
    requests: BTreeMap<String, u64>,
    /// The same by the status of their answers; those that got none are missing.
    answers: BTreeMap<String, BTreeMap<String, u64>>,
    /// How many answers were 429.
    throttled: u64,
    /// How many were 401.
    unauthorized: u64,
}

impl Stats {
    /// Counts an arrival.
    pub(super) fn arrival(&mut self, method: &str, template: Option<&str>) {
        *self.requests.entry(line(method, template)).or_default() += 1;
    }

    /// Counts an answer.
    pub(super) fn answered(&mut self, method: &str, template: Option<&str>, status: u16) {
        *self.answers.entry(line(method, template)).or_default().entry(status.to_string()).or_default() += 1;
        match status {
            401 => self.unauthorized += 1,
            429 => self.throttled += 1,
            _ => {}
        }
    }

    /// The body of `GET /_sim/stats`.
    pub(super) fn show(&self, cloud: &Cloud) -> Value {
        let jobs: serde_json::Map<String, Value> = [Phase::Init, Phase::Running, Phase::Success, Phase::Fail]
            .into_iter()
            .map(|phase| (phase.word().to_owned(), json!(cloud.jobs_in(phase))))
            .collect();
        json!({
            "requests": self.requests, "answers": self.answers, "throttled": self.throttled, "unauthorized": self.unauthorized,
            "volumes": cloud.count(), "jobs": jobs,
        })
    }
}

/// What a request is counted under. Paths outside the table share one line, so that strangers cannot fill the memory.
fn line(method: &str, template: Option<&str>) -> String {
    let method = match method {
        "GET" | "POST" | "PUT" | "DELETE" | "HEAD" | "PATCH" | "OPTIONS" => method,
        _ => "OTHER",
    };
    format!("{method} {}", template.unwrap_or("(unknown path)"))
}
