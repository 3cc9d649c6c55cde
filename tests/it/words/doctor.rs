//! What a doctor finds, and what its probe says.

mod called;
mod measured;
mod read;

use super::is_kept;
use evsctl::doctor::{Check, Fault, Finding, ProbeVolume, Skipped, Verdict};
use evsctl::evs::Error;
use evsctl::volume::{JobId, VolumeId, VolumeType};
use evsctl::words::doctor::{self as words, talk};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::time::Duration;

fn text(text: &str) -> String {
    text.to_owned()
}

fn id(text: &str) -> VolumeId {
    VolumeId::new(text).unwrap()
}

fn job() -> JobId {
    JobId::new("70a599e0").unwrap()
}

/// What a cloud answers that says no with this code.
fn refused(status: u16, code: &str) -> Error {
    let body = format!(r#"{{"error":{{"code":"{code}","message":"no"}}}}"#);
    Error::refused("GET /v2/{project_id}/cloudvolumes/detail", status, None, body.as_bytes())
}

fn volume() -> ProbeVolume {
    ProbeVolume { name: text("evsctl-probe-00c0ffee"), gb: 10, volume_type: text("SSD"), zone: text("az-dc-1") }
}

fn skipped() -> Vec<Skipped> {
    samples!(Skipped:
        Skipped::NoManifest => [Skipped::NoManifest],
        Skipped::NoEndpoint => [Skipped::NoEndpoint],
        Skipped::NoCredentials => [Skipped::NoCredentials],
        Skipped::CredentialsRefused => [Skipped::CredentialsRefused],
        Skipped::NoProject => [Skipped::NoProject],
        Skipped::TwoProjects => [Skipped::TwoProjects],
        Skipped::ProjectRefused => [Skipped::ProjectRefused],
        Skipped::NoConnection => [Skipped::NoConnection],
        Skipped::NotTheService => [Skipped::NotTheService],
        Skipped::CallFailed => [Skipped::CallFailed],
        Skipped::NoState => [Skipped::NoState],
        Skipped::NothingToAskFor => [Skipped::NothingToAskFor],
        Skipped::Interrupted => [Skipped::Interrupted],
        Skipped::NoProbe => [Skipped::NoProbe],
        Skipped::NoList => [Skipped::NoList],
        Skipped::ProbeUnrecorded => [Skipped::ProbeUnrecorded],
        Skipped::RecordUnreadable => [Skipped::RecordUnreadable],
        Skipped::LeftoversUnknown => [Skipped::LeftoversUnknown],
        Skipped::EarlierProbe => [Skipped::EarlierProbe],
        Skipped::ProbeInterrupted => [Skipped::ProbeInterrupted],
        Skipped::NotMade => [Skipped::NotMade],
        Skipped::AnswerLost => [Skipped::AnswerLost],
        Skipped::TokensNotJudged => [Skipped::TokensNotJudged],
        Skipped::NotTheSameAnswer => [Skipped::NotTheSameAnswer],
    )
}

fn all<T>(samples: Vec<T>, finding: impl Fn(T) -> Finding) -> Vec<Finding> {
    samples.into_iter().map(finding).collect()
}

fn findings() -> Vec<Finding> {
    samples!(Finding:
        Finding::Unready(_) => all(read::unready(), Finding::Unready),
        Finding::Stack(_) => all(read::stacks(), Finding::Stack),
        Finding::Endpoint(_) => all(read::endpoints(), Finding::Endpoint),
        Finding::Project(_) => all(read::projects(), Finding::Project),
        Finding::Recorded(_) => all(read::recorded(), Finding::Recorded),
        Finding::Connection(_) => all(called::connections(), Finding::Connection),
        Finding::Credentials(_) => all(called::credentials(), Finding::Credentials),
        Finding::Called(_) => all(called::called(), Finding::Called),
        Finding::Writes(_) => all(called::writes(), Finding::Writes),
        Finding::Clock(_) => all(called::clocks(), Finding::Clock),
        Finding::Zones(_) => all(read::zones(), Finding::Zones),
        Finding::Types(_) => all(read::types(), Finding::Types),
        Finding::Quotas(_) => all(read::quotas(), Finding::Quotas),
        Finding::Tokens(_) => all(called::tokens(), Finding::Tokens),
        Finding::Pages(_) => all(called::pages(), Finding::Pages),
        Finding::Order(_) => all(called::orders(), Finding::Order),
        Finding::Tags(_) => all(called::tags(), Finding::Tags),
        Finding::Answers(_) => all(called::answers(), Finding::Answers),
        Finding::Unrecorded(_) => all(measured::unrecorded(), Finding::Unrecorded),
        Finding::Leftovers(_) => all(measured::leftovers(), Finding::Leftovers),
        Finding::Window(_) => all(measured::windows(), Finding::Window),
        Finding::Created(_) => all(measured::created(), Finding::Created),
        Finding::Listed(_) => all(measured::listed(), Finding::Listed),
        Finding::Creating(_) => all(measured::creating(), Finding::Creating),
        Finding::Tag(_) => all(measured::tags(), Finding::Tag),
        Finding::Name(_) => all(measured::names(), Finding::Name),
        Finding::Metadata(_) => all(measured::metadata(), Finding::Metadata),
        Finding::VolumeIds(_) => all(measured::volume_ids(), Finding::VolumeIds),
        Finding::SameToken(_) => all(measured::same_tokens(), Finding::SameToken),
        Finding::OtherBody(_) => all(measured::other_bodies(), Finding::OtherBody),
        Finding::Deleted(_) => all(measured::removals(), Finding::Deleted),
        Finding::JobKept(_) => all(measured::jobs_kept(), Finding::JobKept),
        Finding::RecycleBin(_) => all(measured::recycle_bins(), Finding::RecycleBin),
        Finding::Skipped(..) => all(skipped(), |why| Finding::Skipped(Check::Quota, why)),
    )
}

#[test]
fn every_finding_is_told_with_its_code_and_what_to_do() {
    let mut told = String::new();
    for finding in findings() {
        let (check, verdict) = (finding.check().name(), finding.verdict());
        let fault = match verdict {
            Verdict::Fail(fault) => format!(" {fault:?}").to_lowercase(),
            Verdict::Ok | Verdict::Warn | Verdict::Skipped => String::new(),
        };
        writeln!(told, "{check} {}{fault} {}: {}", verdict.code(), finding.code(), words::seen(&finding)).unwrap();
        let next = words::next(&finding);
        let is_amiss = matches!(verdict, Verdict::Warn | Verdict::Fail(_));
        assert_eq!(next.is_some(), is_amiss, "{finding:?}");
        if let Some(next) = next {
            writeln!(told, "    {next}").unwrap();
        }
        let code = finding.code();
        assert!(code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{code}");
    }
    is_kept("doctor.txt", &told);
}

/// A code that came with two results would say nothing by itself, but for what a manifest asks for, which may be there
/// already.
#[test]
fn a_code_has_one_result() {
    let results = |code: &str| {
        let found = findings().into_iter().filter(|finding| finding.code() == code);
        found.map(|finding| finding.verdict().code()).collect::<BTreeSet<_>>()
    };
    for code in findings().iter().map(Finding::code) {
        let many = if matches!(code, "zones-missing" | "types-missing") { 2 } else { 1 };
        assert_eq!(results(code).len(), many, "{code}");
    }
}

#[test]
fn each_check_is_of_one_list_and_has_a_name_of_its_own() {
    let all: Vec<Check> = Check::READING.into_iter().chain(Check::PROBING).collect();
    let names: BTreeSet<&str> = all.iter().map(|check| check.name()).collect();
    assert_eq!(names.len(), all.len());
    for finding in findings() {
        assert!(all.contains(&finding.check()), "{finding:?}");
    }
}

#[test]
fn a_probe_says_what_it_is_about() {
    let terms = |embedded| talk::Terms {
        project_id: "0123456789abcdef0123456789abcdef",
        endpoint: if embedded { "simulator" } else { "https://evs.cn-north-4.myhuaweicloud.com" },
        embedded,
        timeout: Duration::from_secs(900),
    };
    let lost = refused(500, "");
    let told = [
        talk::announcement(&volume(), terms(false)),
        talk::announcement(&volume(), terms(true)),
        text(talk::question()),
        text(talk::declined()),
        text(talk::nobody_to_ask()),
        text(talk::nobody_to_ask_hint()),
        text(talk::no_model()),
        talk::no_model_hint("--zone"),
        talk::rate_to_choose(&VolumeType::new("GPSSD2").unwrap()),
        text(talk::rate_to_choose_hint()),
        talk::removing_leftovers(&volume().name),
        talk::removing(&volume().name, false),
        talk::removing(&volume().name, true),
        text(talk::nothing_shows()),
        talk::sent_again(&lost),
        talk::looked_for(&lost),
        text(words::NEXT),
        words::sum(&[Verdict::Ok, Verdict::Ok, Verdict::Warn, Verdict::Fail(Fault::Wrong), Verdict::Skipped], 1),
        words::sum(&[], 2),
    ];
    is_kept("probe.txt", &(told.join("\n") + "\n"));
}
