//! What the service says that is not so: scripted answers, and lists that leave out.

use crate::crash::cloud::Cloud;
use crate::crash::scenario::LIST;
use crate::crash::script::{JOB, VOLUME};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Longer than any history takes, by the service's clock.
const ALWAYS: u64 = 40 * 24 * 3600 * 1000;
/// How old a volume is surely that was there before the history began.
const OLD: u64 = 3600 * 1000;

/// One lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lie {
    /// No volume at all is in lists.
    Hidden,
    /// No volume in lists has tags.
    Untagged,
    /// Pages are short, with no more than one volume, and nothing says that more follow.
    ShortPages,
    /// A list of the oldest volumes alone, whose total is the true one.
    Short,
    /// Jobs name volumes of others as what they made.
    ForeignMade,
    /// The same of what they failed to make.
    ForeignFailed,
    /// Jobs name one volume for all that they made.
    Twice,
    /// Jobs name fewer volumes than they made.
    Fewer,
    /// Jobs name none.
    Nameless,
    /// A look at any volume shows another.
    AnotherShown,
}

impl Lie {
    /// Whether lists hide what they must show.
    pub(super) fn hides(self) -> bool {
        matches!(self, Lie::Hidden | Lie::Untagged | Lie::ShortPages | Lie::Short)
    }

    /// The fault rules that tell it.
    pub(super) fn rules(self, cloud: &Cloud, foreign: &BTreeSet<String>, recorded: &BTreeSet<String>) -> Vec<Value> {
        let rule = |path: &str, then: Value| vec![json!({"method": "GET", "path": path, "then": then})];
        let answer = |path: &str, body: Value| rule(path, json!({"status": 200, "body": body}));
        let whole = cloud.whole();
        // What was made and is not recorded is what an open call has made.
        let made: Vec<&String> = whole.keys().filter(|id| !foreign.contains(*id) && !recorded.contains(*id)).collect();
        let job = |status: &str, volumes: Vec<Option<&String>>| ended(cloud, status, volumes);
        // Those without anybody's tag first: a tag would tell.
        let tagged = |id: &&String| whole.get(*id).is_some_and(|volume| !volume["tags"]["evsctl"].is_null());
        let (with, without): (Vec<&String>, Vec<&String>) = foreign.iter().partition(tagged);
        let named = || without.iter().chain(&with).take(made.len().max(1)).copied().map(Some).collect();
        match self {
            Lie::Hidden => rule(LIST, json!({"list_lag_ms": ALWAYS})),
            Lie::Untagged => rule(LIST, json!({"tag_lag_ms": ALWAYS})),
            Lie::ShortPages => rule(LIST, json!({"page": 1})),
            Lie::Short => {
                let now = cloud.now();
                let shown = cloud.list();
                let made = cloud.volumes();
                let old = |volume: &&Value| {
                    let id = volume["id"].as_str().unwrap_or_default();
                    made.get(id).is_some_and(|seen| now.duration_since(seen.made).as_millis() > i128::from(OLD))
                };
                let volumes: Vec<&Value> = shown.iter().filter(old).collect();
                answer(LIST, json!({"count": shown.len() + 1, "volumes": volumes}))
            }
            Lie::ForeignMade => answer(JOB, job("SUCCESS", named())),
            Lie::ForeignFailed => answer(JOB, job("FAIL", named())),
            Lie::Twice if made.is_empty() => answer(JOB, job("SUCCESS", Vec::new())),
            Lie::Twice => answer(JOB, job("SUCCESS", vec![Some(made[0]); made.len().max(2)])),
            Lie::Fewer => answer(JOB, job("SUCCESS", made.iter().skip(1).map(|id| Some(*id)).collect())),
            Lie::Nameless => answer(JOB, job("SUCCESS", vec![None; made.len()])),
            Lie::AnotherShown => {
                let other = foreign.iter().next().and_then(|id| whole.get(id)).cloned().unwrap_or_default();
                answer(VOLUME, json!({ "volume": other }))
            }
        }
    }
}

/// A job that has just ended, whose sub-jobs name these volumes.
fn ended(cloud: &Cloud, status: &str, volumes: Vec<Option<&String>>) -> Value {
    let now = cloud.now().strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string();
    let (code, reason) = match status {
        "FAIL" => (json!("EVS.2024"), json!("volume is error!")),
        _ => (Value::Null, Value::Null),
    };
    let of = |kind: &str, entities: Value| {
        json!({
            "status": status, "entities": entities, "job_type": kind,
            "begin_time": now, "end_time": now, "error_code": code,
            "fail_reason": reason,
        })
    };
    let subs: Vec<Value> = volumes
        .into_iter()
        .map(|id| of("createVolume", id.map_or(json!({}), |id| json!({ "volume_id": id }))))
        .collect();
    of("batchCreateVolume", json!({ "sub_jobs": subs }))
}
