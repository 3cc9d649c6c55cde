//! What a doctor found, a line for each check, and as JSON.

use super::line::Line;
use super::state::json;
use crate::cli::style::{CYAN, DIM, GREEN, Look, PLAIN, RED, YELLOW};
use crate::doctor::{Finding, Verdict};
use crate::volume::CreateApi;
use crate::words::doctor as words;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::time::Duration;

/// As people read it.
pub fn checks(findings: &[Finding], calls: &BTreeMap<String, u64>, look: Look) -> String {
    let mut text = String::new();
    let widest = findings.iter().map(|finding| finding.check().name().len()).max().unwrap_or_default();
    // What is left out for one reason is one line.
    let alike = |one: &&Finding, other: &&Finding| {
        let both = [one, other].map(|finding| (finding.verdict(), words::seen(finding), words::next(finding)));
        both[0].0 == Verdict::Skipped && both[0] == both[1]
    };
    for group in findings.iter().collect::<Vec<_>>().chunk_by(alike) {
        let [finding, more @ ..] = group else { continue };
        let verdict = finding.verdict();
        if !more.is_empty() {
            let mut head = Line::new();
            head.push(DIM, verdict.code()).pad(9).push(PLAIN, &words::several(group.len())).pad(9 + widest + 2);
            columns(&head, &words::seen(finding), look, &mut text);
            continue;
        }
        let style = match verdict {
            Verdict::Ok => GREEN,
            Verdict::Warn => YELLOW,
            Verdict::Fail(_) => RED,
            Verdict::Skipped => DIM,
        };
        let mut head = Line::new();
        head.push(style, verdict.code()).pad(9).push(PLAIN, finding.check().name()).pad(9 + widest + 2);
        columns(&head, &words::seen(finding), look, &mut text);
        if let Some(next) = words::next(finding) {
            let mut head = Line::new();
            head.pad(9).push(CYAN, words::NEXT).push(PLAIN, " ");
            columns(&head, &next, look, &mut text);
        }
    }
    let verdicts: Vec<Verdict> = findings.iter().map(Finding::verdict).collect();
    let mut sum = Line::new();
    text.push('\n');
    sum.push(PLAIN, &words::sum(&verdicts, calls.values().sum())).write(look, &mut text);
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
pub fn checks_json(findings: &[Finding], calls: &BTreeMap<String, u64>) -> String {
    json(&Document::of(findings, calls))
}

#[derive(serde::Serialize)]
struct Document<'a> {
    checks: Vec<Row>,
    calls: &'a BTreeMap<String, u64>,
}

impl Document<'_> {
    fn of<'a>(findings: &[Finding], calls: &'a BTreeMap<String, u64>) -> Document<'a> {
        Document { checks: findings.iter().map(Row::of).collect(), calls }
    }
}

/// One check.
#[derive(serde::Serialize)]
struct Row {
    /// What was looked at.
    name: &'static str,
    /// How it came out.
    result: &'static str,
    /// What was found, as a word that stays.
    code: &'static str,
    /// The same in a sentence.
    seen: String,
    /// What to do about it.
    next: Option<String>,
    /// The time that it measured, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds: Option<f64>,
}

impl Row {
    fn of(finding: &Finding) -> Row {
        // Milliseconds: no look at a network is more exact.
        let seconds = |time: Duration| (time.as_secs_f64() * 1000.0).round() / 1000.0;
        Row {
            name: finding.check().name(),
            result: finding.verdict().code(),
            code: finding.code(),
            seen: words::seen(finding),
            next: words::next(finding),
            seconds: finding.took().map(seconds),
        }
    }
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
pub fn report_json(head: Circumstances<'_>, findings: &[Finding], calls: &BTreeMap<String, u64>) -> String {
    #[derive(serde::Serialize)]
    struct Report<'a> {
        #[serde(flatten)]
        head: Circumstances<'a>,
        #[serde(flatten)]
        document: Document<'a>,
    }
    json(&Report { head, document: Document::of(findings, calls) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::{Stack, Supply};
    use crate::supply::ZoneTrouble;
    use crate::volume::StackName;

    #[test]
    fn each_check_is_a_line_and_what_to_do_another() {
        let troubles = BTreeMap::from([(ZoneTrouble::Unknown("az-9\u{1b}[2J".to_owned()), vec!["web".to_owned()])]);
        let instead = ["az-1".to_owned()].into();
        let found = [
            Finding::Stack(Stack { name: StackName::new("test").unwrap(), volumes: 1 }),
            Finding::Zones(Supply::Missing { troubles, needed: true, instead }),
        ];
        let look = Look { width: 80, color: false };
        let calls = BTreeMap::from([("GET /".to_owned(), 2)]);
        assert_eq!(
            checks(&found, &calls, look),
            "ok       manifest  stack test asks for 1 volume\nfail     zones     az-9\\u{1b}[2J is no zone of this region: web\n         next: the zones to choose from are az-1\n\n1 ok, 0 to look at, 1 failed, 0 skipped; 2 requests\n"
        );
        let value: serde_json::Value = serde_json::from_str(&checks_json(&found, &calls)).unwrap();
        assert_eq!(
            (&value["checks"][1]["result"], &value["checks"][1]["code"], &value["checks"][0]["next"]),
            (&"fail".into(), &"zones-missing".into(), &serde_json::Value::Null)
        );
    }
}
