//! What the service and its gateway answer.

use super::{files, told};
use crate::cli::fuzzing::api_error;
use crate::evs::{Error, Kind, Outcome, Taken, fuzzing as evs, shows_tokens};
use crate::volume::VolumeId;
use std::time::Duration;

/// What was read, or an error that is told.
fn read<T>(answer: Result<T, Error>) -> Option<T> {
    answer.map_err(|error| failed(&error)).ok()
}

fn failed(error: &Error) {
    told::error(error);
    told::told(&api_error(error));
    let (code, reason) = error.code_and_reason();
    told::text(&format!("{code}: {reason}"));
    let (outcome, tokens) = (Outcome::of(Err(&error.kind)), shows_tokens(error));
    // What was read but made no sense may have been done; nothing that is shown of tokens comes from elsewhere.
    match &error.kind {
        Kind::Unreadable(_) => assert!(matches!(outcome, Outcome::InDoubt(_)) && tokens.is_none(), "{error:?}"),
        Kind::Refused { status: 500.., .. } => assert!(matches!(outcome, Outcome::InDoubt(_)), "{error:?}"),
        _ => {}
    }
}

pub(super) fn created(bytes: &[u8]) {
    took(evs::created(bytes));
}

pub(super) fn started(bytes: &[u8]) {
    took(evs::started(bytes));
}

fn took(answer: Result<Taken, Error>) {
    if let Some(taken) = read(answer) {
        let job = taken.receipt.job();
        assert!(job.is_none_or(|job| VolumeId::new(job.as_str()).is_ok()), "it is put into a path: {}", taken.receipt);
    }
}

pub(super) fn job(bytes: &[u8]) {
    if let Some(job) = read(evs::job(bytes)) {
        assert!(!job.status.as_str().is_empty());
    }
}

pub(super) fn volume(bytes: &[u8]) {
    if let Some(volume) = read(evs::volume(bytes)) {
        files::seen(vec![volume]);
    }
}

pub(super) fn volumes(bytes: &[u8]) {
    if let Some(volumes) = read(evs::volumes(bytes)) {
        files::seen(volumes);
    }
}

pub(super) fn snapshots(bytes: &[u8]) {
    for snapshot in read(evs::snapshots(bytes)).unwrap_or_default() {
        assert!(VolumeId::new(snapshot.id.as_str()).is_ok(), "it is put into a path: {}", snapshot.id);
    }
}

pub(super) fn recycled(bytes: &[u8]) {
    for (_, until) in read(evs::recycled(bytes)).unwrap_or_default() {
        assert!(until.is_none_or(|until| until.subsec_nanosecond() == 0), "it is told to the second: {until:?}");
    }
}

pub(super) fn one_snapshot(bytes: &[u8]) {
    if let Some(snapshot) = read(evs::one_snapshot(bytes)) {
        assert_eq!(snapshot.id.as_str(), evs::ASKED, "an answer about another one is no answer");
    }
}

pub(super) fn images(bytes: &[u8]) {
    drop(read(evs::images(bytes)));
}

pub(super) fn backup(bytes: &[u8]) {
    drop(read(evs::backup(bytes)));
}

pub(super) fn zones(bytes: &[u8]) {
    drop(read(evs::zones(bytes)));
}

pub(super) fn types(bytes: &[u8]) {
    for found in read(evs::types(bytes)).unwrap_or_default() {
        let _ = found.stock("az-dc-1");
    }
}

pub(super) fn quotas(bytes: &[u8]) {
    for quota in read(evs::quotas(bytes)).unwrap_or_default().values() {
        assert!(quota.left().is_none_or(|_| quota.limit >= 0));
    }
}

pub(super) fn tag_keys(bytes: &[u8]) {
    drop(read(evs::tag_keys(bytes)));
}

/// Two bytes for the status, and the body.
pub(super) fn refusal(bytes: &[u8]) {
    let [high, low, body @ ..] = bytes else { return };
    let status = 300 + (u16::from(*high) << 8 | u16::from(*low)) % 300;
    let error = Error::refused("GET /", status, None, body);
    failed(&error);
    pause_is_borne(&error, None);
}

/// A value of `Date` and of `Retry-After`, and the text of a gateway that throttles.
pub(super) fn headers(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let body = serde_json::json!({ "error_code": "APIGW.0308", "error_msg": text }).to_string();
    let error = Error::refused("GET /", 429, Some(text.clone().into_owned()), body.as_bytes());
    failed(&error);
    pause_is_borne(&error, None);
    pause_is_borne(&error, Some(&text));
    evs::dated(&text);
}

fn pause_is_borne(error: &Error, retry_after: Option<&str>) {
    if let Some(pause) = evs::pause(error, retry_after) {
        assert!(pause >= Duration::from_millis(100) && pause <= Duration::from_secs(600), "{pause:?}");
    }
}

/// The token of the header, a line end, and the body.
pub(super) fn iam_token(bytes: &[u8]) {
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
    let (token, body) = bytes.split_at(end);
    if let Some(held) = read(evs::iam_token(str::from_utf8(token).ok(), body)) {
        assert!(held.until.is_some());
    }
}

pub(super) fn iam_projects(bytes: &[u8]) {
    drop(read(evs::iam_projects("cn-north-4", bytes)));
}

pub(super) fn sts_keys(bytes: &[u8]) {
    if let Some(held) = read(evs::sts_keys(bytes)) {
        assert!(held.until.is_some());
    }
}

pub(super) fn iam_keys(bytes: &[u8]) {
    if let Some(held) = read(evs::iam_keys(bytes)) {
        assert!(held.until.is_some());
    }
}

/// A secret that the seeds know.
const SHOWN: &str = "a-secret/of+readers=1";

/// What repeats a secret or a part of it is kept without that, and what was a document still is one.
pub(super) fn echo(bytes: &[u8]) {
    let (body, text) = evs::redacted(SHOWN, bytes);
    let backwards: String = SHOWN.chars().rev().collect();
    let tells_of = |text: &str| {
        let text = text.to_ascii_lowercase();
        [SHOWN, &backwards].iter().any(|secret| (8..=secret.len()).any(|end| text.contains(&secret[end - 8..end])))
    };
    assert!(!tells_of(&text), "{text}");
    assert!(!tells_of(&String::from_utf8_lossy(&body)));
    let document = |bytes: &[u8]| serde_json::from_slice::<serde_json::Value>(bytes);
    if document(bytes).is_ok() {
        let kept = document(&body);
        assert!(kept.as_ref().is_ok_and(|kept| !tells_of(&kept.to_string())), "{kept:?}");
        assert_eq!(evs::redacted(SHOWN, &body).0, body, "once is enough");
    }
}
