//! What a rule that hits does, and how it is read.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What a rule that hits does.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::simulator) enum Then {
    /// Answers this, and does nothing.
    Answer {
        status: u16,
        headers: BTreeMap<String, String>,
        /// A text is sent as it is, anything else as JSON; without one, a body that goes with the status.
        body: Option<Value>,
    },
    /// Waits so many milliseconds first.
    Delay(u64),
    /// Cuts the connection, nothing done.
    CutBefore,
    /// Does the work and cuts the connection.
    CutAfter,
    /// Cuts the connection and does the work so many milliseconds later.
    Late(u64),
    /// Lets the job that the request starts go wrong.
    Job {
        trouble: JobTrouble,
        /// Whether the connection is cut after the work.
        lost: bool,
    },
    /// Leaves volumes younger than so many milliseconds out of this list answer.
    ListLag(u64),
    /// Gives at most so many volumes a page of this list.
    Page(usize),
    /// Shows volumes younger than so many milliseconds without their tags.
    TagLag(u64),
    /// Answers a look at one volume younger than so many milliseconds as if it were not there.
    Hide(u64),
    /// Gives the links of this answer a host that nobody can reach.
    ForeignLinks,
    /// Answers that the token has expired.
    TokenExpired,
    /// Refuses a create call that carries a client token, as where those are not enabled.
    ClientTokenOff,
}

/// How a job goes wrong.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::simulator) enum JobTrouble {
    /// Some of its tasks fail.
    Fail {
        /// By number in the order of names, from 1; `None` is all.
        sub_jobs: Option<Vec<u32>>,
        failure: Failure,
    },
    /// It never ends.
    Hang,
    /// These of its tasks never end, and so it does not either: by number in the order of names, from 1.
    HangIn(Vec<u32>),
    /// Some of its tasks end so much later, and so does it.
    Slow {
        /// By number in the order of names, from 1; `None` is all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sub_jobs: Option<Vec<u32>>,
        /// Milliseconds.
        by_ms: u32,
    },
    /// Nobody who asks for it is told of it; its work is done.
    Vanish,
}

/// How a task fails.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(in crate::simulator) struct Failure {
    /// Without one, that of what the task does, as EVS.2024 for a creation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::simulator) error_code: Option<String>,
    /// Whether a creation leaves a volume in status `error`.
    pub(in crate::simulator) leaves_volume: bool,
}

impl JobTrouble {
    /// The failure of the task of that number, if it shall fail.
    pub(in crate::simulator) fn failure(&self, ordinal: u32) -> Option<&Failure> {
        match self {
            JobTrouble::Fail { sub_jobs, failure } => {
                Some(failure).filter(|_| sub_jobs.as_ref().is_none_or(|it| it.contains(&ordinal)))
            }
            JobTrouble::Hang | JobTrouble::HangIn(_) | JobTrouble::Slow { .. } | JobTrouble::Vanish => None,
        }
    }

    /// By how many microseconds the task of that number ends later.
    pub(in crate::simulator) fn delay(&self, ordinal: u32) -> i64 {
        match self {
            JobTrouble::Slow { sub_jobs, by_ms } if sub_jobs.as_ref().is_none_or(|it| it.contains(&ordinal)) => {
                i64::from(*by_ms) * 1000
            }
            _ => 0,
        }
    }

    /// Whether the task of that number never ends.
    pub(in crate::simulator) fn hangs(&self, ordinal: u32) -> bool {
        match self {
            JobTrouble::Hang => true,
            JobTrouble::HangIn(sub_jobs) => sub_jobs.contains(&ordinal),
            JobTrouble::Fail { .. } | JobTrouble::Slow { .. } | JobTrouble::Vanish => false,
        }
    }
}

/// The kinds that have one key; those with more are told by theirs.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
enum Single {
    DelayMs(u64),
    Cut(String),
    LateMs(u64),
    ListLagMs(u64),
    Page(usize),
    TagLagMs(u64),
    HideMs(u64),
    Links(String),
    Token(String),
    ClientToken(String),
}

/// The keys that `then` can begin with, for a reader whose rule has none of them.
const KEYS: &str =
    "status, delay_ms, cut, late_ms, job, list_lag_ms, page, tag_lag_ms, hide_ms, links, token, client_token";

impl Then {
    /// Reads the one kind that the keys name.
    pub(super) fn read(fields: Map<String, Value>) -> Result<Then, String> {
        if fields.contains_key("status") {
            return answer(fields);
        }
        if fields.contains_key("job") {
            return job(fields);
        }
        match read(Value::Object(fields)).map_err(|why| format!("then: {why}; one of {KEYS}"))? {
            Single::DelayMs(delay) => Ok(Then::Delay(delay)),
            Single::Cut(when) if when == "before" => Ok(Then::CutBefore),
            Single::Cut(when) if when == "after" => Ok(Then::CutAfter),
            Single::Cut(_) => Err("cut is \"before\" or \"after\"".to_owned()),
            Single::LateMs(delay) => Ok(Then::Late(delay)),
            Single::ListLagMs(lag) => Ok(Then::ListLag(lag)),
            Single::Page(0) => Err("page is 1 or more".to_owned()),
            Single::Page(most) => Ok(Then::Page(most)),
            Single::TagLagMs(lag) => Ok(Then::TagLag(lag)),
            Single::HideMs(lag) => Ok(Then::Hide(lag)),
            Single::Links(word) if word == "foreign" => Ok(Then::ForeignLinks),
            Single::Links(_) => Err("links is \"foreign\"".to_owned()),
            Single::Token(word) if word == "expired" => Ok(Then::TokenExpired),
            Single::Token(_) => Err("token is \"expired\"".to_owned()),
            Single::ClientToken(word) if word == "off" => Ok(Then::ClientTokenOff),
            Single::ClientToken(_) => Err("client_token is \"off\"".to_owned()),
        }
    }

    /// Whether the answer comes from before the service, which then never hears of the request.
    pub(in crate::simulator) fn stays_outside(&self) -> bool {
        matches!(self, Then::Answer { .. } | Then::CutBefore | Then::TokenExpired)
    }

    /// Whether the work is done and its reply lost.
    pub(in crate::simulator) fn loses_the_reply(&self) -> bool {
        matches!(self, Then::CutAfter | Then::Job { lost: true, .. })
    }
}

fn answer(fields: Map<String, Value>) -> Result<Then, String> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Answer {
        status: u16,
        #[serde(default)]
        headers: BTreeMap<String, String>,
        body: Option<Value>,
    }
    let answer: Answer = read(Value::Object(fields))?;
    if !(200..=599).contains(&answer.status) {
        return Err("status is 200 to 599".to_owned());
    }
    for (name, value) in &answer.headers {
        let legal =
            hyper::header::HeaderName::try_from(name).is_ok() && hyper::header::HeaderValue::try_from(value).is_ok();
        if !legal {
            return Err(format!("{name:?} is not a header that can be sent"));
        }
    }
    Ok(Then::Answer { status: answer.status, headers: answer.headers, body: answer.body })
}

fn job(fields: Map<String, Value>) -> Result<Then, String> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Job {
        job: String,
        error_code: Option<String>,
        sub_jobs: Option<Vec<u32>>,
        volume: Option<String>,
        by_ms: Option<u32>,
        cut: Option<String>,
    }
    let job: Job = read(Value::Object(fields))?;
    if job.error_code.as_ref().is_some_and(|it| it.len() > 64) {
        return Err("error_code has 64 bytes at the most".to_owned());
    }
    let whole = job.error_code.is_none() && job.volume.is_none();
    if job.by_ms.is_some() != (job.job == "slow") {
        return Err("a job that is slow, and no other, says by_ms".to_owned());
    }
    let trouble = match job.job.as_str() {
        "slow" if whole => JobTrouble::Slow { sub_jobs: job.sub_jobs, by_ms: job.by_ms.unwrap_or_default() },
        "hang" if whole => job.sub_jobs.map_or(JobTrouble::Hang, JobTrouble::HangIn),
        "vanish" if whole && job.sub_jobs.is_none() => JobTrouble::Vanish,
        "fail" => JobTrouble::Fail {
            sub_jobs: job.sub_jobs,
            failure: Failure {
                error_code: job.error_code,
                leaves_volume: match job.volume.as_deref() {
                    None | Some("error") => true,
                    Some("none") => false,
                    Some(_) => return Err("volume is \"error\" or \"none\"".to_owned()),
                },
            },
        },
        "hang" => return Err("a job that hangs takes no other keys than sub_jobs and cut".to_owned()),
        "vanish" => return Err("a job that vanishes takes no other key than cut".to_owned()),
        "slow" => return Err("a job that is slow takes no other keys than by_ms, sub_jobs and cut".to_owned()),
        _ => return Err("job is \"fail\", \"hang\", \"slow\" or \"vanish\"".to_owned()),
    };
    match job.cut.as_deref() {
        None => Ok(Then::Job { trouble, lost: false }),
        Some("after") => Ok(Then::Job { trouble, lost: true }),
        Some(_) => Err("beside a job, cut is \"after\": before the work there is no job".to_owned()),
    }
}

/// Reads a value, in words of its own where it does not fit.
pub(super) fn read<T: DeserializeOwned>(value: Value) -> Result<T, String> {
    serde_json::from_value(value).map_err(|error| error.to_string())
}
