//! What a doctor found, a line for each check, and as JSON.

use super::line::Line;
use super::state::json;
use crate::cli::exit::Exit;
use crate::cli::style::{CYAN, DIM, GREEN, Look, PLAIN, RED, YELLOW};
use crate::volume::CreateApi;
use crate::words::count;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::time::Duration;

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// As it must be.
    Ok,
    /// It works, and not as well as it could.
    Warn,
    /// It does not work.
    Fail,
    /// It was not looked at.
    Skipped,
}

/// One check.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Check {
    /// What was looked at.
    pub name: &'static str,
    /// How it came out.
    pub result: Verdict,
    /// What was seen.
    pub seen: String,
    /// What to do about it.
    pub next: Option<String>,
    /// The time that it measured, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds: Option<f64>,
    /// How the process ends for it alone.
    #[serde(skip)]
    pub exit: Exit,
}

impl Check {
    fn new(name: &'static str, result: Verdict, seen: impl Into<String>) -> Check {
        Check { name, result, seen: seen.into(), next: None, seconds: None, exit: Exit::Success }
    }

    /// One that is as it must be.
    pub fn ok(name: &'static str, seen: impl Into<String>) -> Check {
        Check::new(name, Verdict::Ok, seen)
    }

    /// One that was not looked at, and why.
    pub fn skipped(name: &'static str, why: impl Into<String>) -> Check {
        Check::new(name, Verdict::Skipped, why)
    }

    /// One that is worth a look.
    pub fn warn(name: &'static str, seen: impl Into<String>, next: impl Into<String>) -> Check {
        Check { next: Some(next.into()), ..Check::new(name, Verdict::Warn, seen) }
    }

    /// One that failed.
    pub fn fail(name: &'static str, seen: impl Into<String>, next: impl Into<String>, exit: Exit) -> Check {
        Check { next: Some(next.into()), exit, ..Check::new(name, Verdict::Fail, seen) }
    }

    /// The same with the time that it measured.
    #[must_use]
    pub fn taking(self, time: Duration) -> Check {
        // Milliseconds: no look at a network is more exact.
        Check { seconds: Some((time.as_secs_f64() * 1000.0).round() / 1000.0), ..self }
    }
}

/// As people read it.
pub fn checks(checks: &[Check], calls: &BTreeMap<String, u64>, look: Look) -> String {
    let mut text = String::new();
    let widest = checks.iter().map(|check| check.name.len()).max().unwrap_or_default();
    for check in checks {
        let (style, word) = match check.result {
            Verdict::Ok => (GREEN, "ok"),
            Verdict::Warn => (YELLOW, "warn"),
            Verdict::Fail => (RED, "fail"),
            Verdict::Skipped => (DIM, "skipped"),
        };
        let mut head = Line::new();
        head.push(style, word).pad(9).push(PLAIN, check.name).pad(9 + widest + 2);
        columns(&head, &check.seen, look, &mut text);
        if let Some(next) = &check.next {
            let mut head = Line::new();
            head.pad(9).push(CYAN, "next:").push(PLAIN, " ");
            columns(&head, next, look, &mut text);
        }
    }
    let of = |result| checks.iter().filter(|check| check.result == result).count();
    let mut sum = Line::new();
    let words = format!(
        "\n{} ok, {} to look at, {} failed, {} skipped; {}",
        of(Verdict::Ok),
        of(Verdict::Warn),
        of(Verdict::Fail),
        of(Verdict::Skipped),
        count(calls.values().sum(), "request")
    );
    text.push('\n');
    sum.push(PLAIN, words.trim_start()).write(look, &mut text);
    text
}

/// Writes words behind a head, their further lines below the first.
fn columns(head: &Line, words: &str, look: Look, text: &mut String) {
    let mut all = Line::new();
    all.push(PLAIN, words);
    for (number, part) in all.wrap(look.width.saturating_sub(head.width())).iter().enumerate() {
        let mut line = Line::new();
        if number == 0 {
            line.append(head)
        } else {
            line.pad(head.width())
        };
        line.append(part).write(look, text);
    }
}

/// As programs read it: `{"checks": [...], "calls": {...}}`.
pub fn checks_json(checks: &[Check], calls: &BTreeMap<String, u64>) -> String {
    json(&Document { checks, calls })
}

#[derive(serde::Serialize)]
struct Document<'a> {
    checks: &'a [Check],
    calls: &'a BTreeMap<String, u64>,
}

/// Under which circumstances a report was made.
#[derive(Debug, Clone, Copy, serde::Serialize)]
pub struct Circumstances<'a> {
    /// The version of evsctl.
    pub evsctl: &'static str,
    /// When, by the local clock.
    pub time: Timestamp,
    /// The region, where the manifest names one.
    pub region: Option<&'a str>,
    /// The endpoint, as far as it was known.
    pub endpoint: Option<&'a str>,
    /// Which form of the create call is the stack's.
    pub create_api: Option<CreateApi>,
}

/// The same with its circumstances, for a file that is read somewhere else and later.
pub fn report_json(head: Circumstances<'_>, checks: &[Check], calls: &BTreeMap<String, u64>) -> String {
    #[derive(serde::Serialize)]
    struct Report<'a> {
        #[serde(flatten)]
        head: Circumstances<'a>,
        #[serde(flatten)]
        document: Document<'a>,
    }
    json(&Report { head, document: Document { checks, calls } })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_check_is_a_line_and_what_to_do_another() {
        let found = [
            Check::ok("manifest", "stack test"),
            Check::fail("zones", "az-9 is no zone\u{1b}[2J: web", "name another zone", Exit::Error),
        ];
        let look = Look { width: 80, color: false };
        let calls = BTreeMap::from([("GET /".to_owned(), 2)]);
        assert_eq!(
            checks(&found, &calls, look),
            "ok       manifest  stack test\nfail     zones     az-9 is no zone\\u{1b}[2J: web\n         next: name another zone\n\n1 ok, 0 to look at, 1 failed, 0 skipped; 2 requests\n"
        );
        let value: serde_json::Value = serde_json::from_str(&checks_json(&found, &calls)).unwrap();
        assert_eq!(
            (&value["checks"][1]["result"], &value["checks"][0]["next"]),
            (&"fail".into(), &serde_json::Value::Null)
        );
    }
}
