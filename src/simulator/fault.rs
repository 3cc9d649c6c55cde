//! Scripted trouble: rules that make matching requests go wrong.
//!
//! `{"rules":[{"method":"POST","path":"/v3/{project_id}/cloudvolumes","skip":0,"every":1,"times":10,"then":{..}}]}`.
//! `method` and `path` may be left out and then match any; `path` is a template of the routes or a literal path.
//! Of the requests that match a rule, numbered from 1, it hits where the number less `skip` is positive and
//! divisible by `every`, `times` times at most. The first rule that hits wins; the others count the request
//! all the same, and spend none of their `times`.
//!
//! `then` is one of:
//!
//! | `then` | what happens |
//! |---|---|
//! | `{"status":503,"headers":{},"body":{}}` | this is answered and nothing done; `headers` and `body` may be left out |
//! | `{"token":"expired"}` | the gateway refuses the credentials, nothing done |
//! | `{"delay_ms":900}` | the request waits first |
//! | `{"cut":"before"}` | the connection is cut, nothing done |
//! | `{"cut":"after"}` | the work is done, and the connection cut without an answer |
//! | `{"late_ms":900}` | the connection is cut at once, and the work done so much later; a server that ends before forgets it |
//! | `{"job":"fail","error_code":"EVS.2024","sub_jobs":[2,5],"volume":"error"}` | the job that the request starts fails, in all sub-jobs where they are left out; `"volume":"none"` leaves no volume of a creation |
//! | `{"job":"hang","sub_jobs":[2,5]}` | that job never ends: where `sub_jobs` is left out no part of it does, else all others do |
//! | `{"job":"slow","by_ms":60000,"sub_jobs":[2,5]}` | those parts, or all, end so much later, and so does the job |
//! | `{"job":"vanish"}` | that job is not known to anyone who asks, and its work is done |
//! | `{"list_lag_ms":5000}` | younger volumes are missing from this list |
//! | `{"page":100}` | this list gives at most so many volumes a page, whatever was asked for; its total is the true one |
//! | `{"tag_lag_ms":5000}` | younger volumes have no tags in this answer, and are not found by them |
//! | `{"hide_ms":5000}` | a `GET` of one younger volume is 404 |
//! | `{"links":"foreign"}` | the links of this answer have a host that nobody can reach, as in published samples |
//! | `{"client_token":"off"}` | a create call that carries a client token, and may, is refused; others are served |
//!
//! `"cut":"after"` may stand beside `job`. Nothing else can be combined.
//!
//! The rules about jobs are for creations, extensions, deletions, rollbacks and changes of type and rates alike, and for
//! snapshots: those below `cloudsnapshots` have no job to ask for, and it is the snapshot that fails, or never ends. Of an
//! order they are for the job that its payment starts, and of a call that unsubscribes for the deletions that it starts,
//! whose ids it does not tell. Where `error_code` is left out it is EVS.2024, EVS.2026, EVS.2020, EVS.2087 for a type, EVS.2050
//! for rates, EVS.2025 for a rollback, and of standard snapshots EVS.2002 where one is taken and EVS.2019 where one is deleted;
//! a volume whose type or rates were not changed is as it was. `sub_jobs` are counted in the order of names, and for a batch
//! that extends and a call that unsubscribes in that of the request.
//!
//! A service without the v5 calls is a rule too: `{"path":"/v5/{project_id}/volumes/batch-extend","then":{"status":404,
//! "body":{"error_msg":"The API does not exist or has not been published in the environment",
//! "error_code":"APIGW.0101","request_id":"0"}}}`.

mod then;

#[cfg(test)]
pub(super) use then::Failure;
pub(super) use then::{JobTrouble, Then};

use serde::Deserialize;
use serde_json::{Map, Value, json};

/// The rules in force, with how often each has matched and hit.
#[derive(Debug, Default)]
pub(super) struct Faults(Vec<Rule>);

#[derive(Debug)]
struct Rule {
    source: Value,
    method: Option<String>,
    path: Option<String>,
    skip: u64,
    every: u64,
    times: Option<u64>,
    then: Then,
    matched: u64,
    hits: u64,
}

impl Faults {
    /// Reads `{"rules":[..]}`.
    ///
    /// # Errors
    /// A sentence that says what is wrong, and in which rule.
    pub(super) fn read(text: &[u8]) -> Result<Faults, String> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Document {
            rules: Vec<Value>,
        }
        let document: Document = serde_json::from_slice(text).map_err(|error| error.to_string())?;
        let rules = document.rules.into_iter().enumerate();
        rules
            .map(|(place, source)| Rule::read(source).map_err(|why| format!("rule {}: {why}", place + 1)))
            .collect::<Result<_, _>>()
            .map(Faults)
    }

    /// The rules as they were given, each with `matched` and `hits`.
    pub(super) fn show(&self) -> Value {
        let rules = self.0.iter().map(|rule| {
            let mut shown = rule.source.clone();
            if let Value::Object(fields) = &mut shown {
                fields.insert("matched".to_owned(), json!(rule.matched));
                fields.insert("hits".to_owned(), json!(rule.hits));
            }
            shown
        });
        json!({ "rules": rules.collect::<Vec<_>>() })
    }

    /// Counts a request and says what shall happen to it, if anything.
    pub(super) fn arrival(&mut self, method: &str, template: Option<&str>, path: &str) -> Option<Then> {
        let mut winner = None;
        for rule in &mut self.0 {
            let right_path = rule.path.as_deref().is_none_or(|it| Some(it) == template || it == path);
            let right_method = rule.method.as_deref().is_none_or(|it| it.eq_ignore_ascii_case(method));
            if !(right_path && right_method) {
                continue;
            }
            rule.matched += 1;
            let number = rule.matched.saturating_sub(rule.skip);
            let left = rule.times.is_none_or(|times| rule.hits < times);
            if winner.is_none() && left && number > 0 && number.is_multiple_of(rule.every) {
                rule.hits += 1;
                winner = Some(rule.then.clone());
            }
        }
        winner
    }
}

impl Rule {
    fn read(source: Value) -> Result<Rule, String> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Fields {
            method: Option<String>,
            path: Option<String>,
            #[serde(default)]
            skip: u64,
            every: Option<u64>,
            times: Option<u64>,
            then: Map<String, Value>,
            // Written by `show`: what it prints may be posted again.
            #[serde(default, rename = "matched")]
            _matched: u64,
            #[serde(default, rename = "hits")]
            _hits: u64,
        }
        let fields: Fields = then::read(source.clone())?;
        let every = fields.every.unwrap_or(1);
        if every == 0 {
            return Err("every is 1 or more".to_owned());
        }
        Ok(Rule {
            source,
            method: fields.method,
            path: fields.path,
            skip: fields.skip,
            every,
            times: fields.times,
            then: Then::read(fields.then)?,
            matched: 0,
            hits: 0,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(rules: Value) -> Faults {
        Faults::read(json!({ "rules": rules }).to_string().as_bytes()).unwrap()
    }

    fn hits(rule: Value, arrivals: u32) -> Vec<u32> {
        let mut faults = faults(json!([rule]));
        (1..=arrivals).filter(|_| faults.arrival("POST", Some("/v3/{project_id}/x"), "/v3/1/x").is_some()).collect()
    }

    #[test]
    fn skip_every_and_times_count_the_matching_requests() {
        let then = json!({"delay_ms": 1});
        assert_eq!(hits(json!({"then": then}), 3), [1, 2, 3]);
        assert_eq!(hits(json!({"skip": 2, "then": then}), 4), [3, 4]);
        assert_eq!(hits(json!({"every": 3, "then": then}), 7), [3, 6]);
        assert_eq!(hits(json!({"skip": 1, "every": 2, "times": 2, "then": then}), 9), [3, 5]);
        assert_eq!(hits(json!({"times": 0, "then": then}), 3), [] as [u32; 0]);
        assert_eq!(hits(json!({"method": "post", "path": "/v3/{project_id}/x", "then": then}), 1), [1]);
        assert_eq!(hits(json!({"path": "/v3/1/x", "then": then}), 1), [1]);
        assert_eq!(hits(json!({"method": "GET", "then": then}), 2), [] as [u32; 0]);
    }

    #[test]
    fn the_first_rule_that_hits_wins_and_the_others_count_all_the_same() {
        let mut faults = faults(json!([
            {"times": 1, "then": {"cut": "before"}},
            {"skip": 1, "times": 1, "then": {"cut": "after"}},
        ]));
        let mut arrive = || faults.arrival("GET", None, "/");
        assert_eq!([arrive(), arrive(), arrive()], [Some(Then::CutBefore), Some(Then::CutAfter), None]);
    }

    #[test]
    fn every_kind_reads() {
        for then in [
            json!({"status": 503}),
            json!({"status": 429, "headers": {"Retry-After": "1"}, "body": {"a": 1}}),
            json!({"late_ms": 900}),
            json!({"job": "hang"}),
            json!({"job": "vanish", "cut": "after"}),
            json!({"job": "fail", "cut": "after"}),
            json!({"job": "fail", "error_code": "EVS.2024", "sub_jobs": [2, 5], "volume": "error"}),
            json!({"job": "hang", "sub_jobs": [2, 5]}),
            json!({"job": "slow", "by_ms": 900, "sub_jobs": [2, 5]}),
            json!({"list_lag_ms": 5000}),
            json!({"page": 100}),
            json!({"tag_lag_ms": 5000}),
            json!({"hide_ms": 5000}),
            json!({"client_token": "off"}),
            json!({"token": "expired"}),
        ] {
            faults(json!([{ "then": then }]));
        }
    }

    #[test]
    fn what_cannot_be_meant_is_refused_with_a_reason() {
        for (rules, reason) in [
            (json!([{"then": {"cut": "now"}}]), "rule 1: cut is \"before\" or \"after\""),
            (json!([{"every": 0, "then": {"delay_ms": 1}}]), "rule 1: every is 1 or more"),
            (json!([{"then": {"status": 99}}]), "rule 1: status is 200 to 599"),
            (
                json!([{"then": {"job": "hang", "volume": "none"}}]),
                "rule 1: a job that hangs takes no other keys than sub_jobs and cut",
            ),
            (
                json!([{"then": {"job": "vanish", "cut": "before"}}]),
                "rule 1: beside a job, cut is \"after\": before the work there is no job",
            ),
            (json!([{"then": {"page": 0}}]), "rule 1: page is 1 or more"),
            (json!([{"then": {"client_token": "on"}}]), "rule 1: client_token is \"off\""),
        ] {
            assert_eq!(Faults::read(json!({ "rules": rules }).to_string().as_bytes()).unwrap_err(), reason);
        }
        for text in [
            r#"{}"#,
            r#"[]"#,
            r#"{"rules":[{"then":{}}]}"#,
            r#"{"rules":[{"thn":{"delay_ms":1}}]}"#,
            r#"{"rules":[{"then":{"late_ms":1,"job":"hang"}}]}"#,
            r#"{"rules":[{"then":{"by_ms":1,"job":"hang"}}]}"#,
            r#"{"rules":[{"then":{"job":"slow"}}]}"#,
            r#"{"rules":[{"then":{"cut":"after","delay_ms":1}}]}"#,
        ] {
            assert!(Faults::read(text.as_bytes()).is_err(), "{text}");
        }
    }
}
