//! What is told of requests, in the log and in spans: which they were, how they ended, how long they took. Of headers
//! only the names, of bodies only the sizes: a value that is told nowhere is found nowhere.

use super::error::{Error, Kind};
use super::redact::request_id;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use std::time::Duration;
use tracing::Span;
use tracing::field::Empty;

/// The span of one sending and its answer, by the names that OpenTelemetry has for requests of clients. It ends when
/// it is dropped.
pub(super) fn span(template: &'static str, attempt: u32, url: &url::Url) -> Span {
    let (method, path) = parted(template);
    tracing::info_span!(
        "request",
        otel.name = template,
        otel.kind = "client",
        otel.status_code = Empty,
        http.request.method = method,
        url.template = path,
        url.scheme = url.scheme(),
        server.address = url.host_str(),
        server.port = url.port_or_known_default().map(i64::from),
        http.request.resend_count = (attempt > 1).then(|| i64::from(attempt) - 1),
        http.response.status_code = Empty,
        error.r#type = Empty,
        evsctl.request.id = Empty,
        evsctl.error.code = Empty,
    )
}

/// A request leaves.
pub(super) fn leaves(template: &'static str, attempt: u32, headers: &HeaderMap, bytes: usize) {
    let (method, path) = parted(template);
    tracing::trace!(method, path, attempt, headers = names(headers), bytes, "leaves");
}

/// It was done.
pub(super) fn answered(
    template: &'static str,
    attempt: u32,
    status: StatusCode,
    took: Duration,
    headers: &HeaderMap,
    bytes: usize,
    span: &Span,
) {
    let (method, path) = parted(template);
    let (status, request_id) = (status.as_u16(), request_id(headers));
    span.record("http.response.status_code", i64::from(status));
    span.record("evsctl.request.id", request_id.as_deref());
    tracing::info!(method, path, status, ms = millis(took), request_id = request_id.as_deref(), attempt, "answered");
    tracing::trace!(method, path, status, headers = names(headers), bytes, "the answer");
}

/// It was not. The words of the answer are left out: they may repeat what was sent.
pub(super) fn failed(attempt: u32, error: &Error, took: Duration, span: &Span) {
    span.record("otel.status_code", "error");
    let record = |word: &str| {
        span.record("error.type", word);
    };
    match &error.kind {
        Kind::Refused { status, code, request_id, .. } => {
            span.record("http.response.status_code", i64::from(*status));
            span.record("error.type", tracing::field::display(status));
            span.record("evsctl.request.id", request_id.as_deref());
            span.record("evsctl.error.code", Some(code.as_str()).filter(|code| !code.is_empty()));
        }
        Kind::NotSent(_) => record("not_sent"),
        Kind::Untrusted(_) => record("untrusted"),
        Kind::Unanswered(_) => record("no_answer"),
        Kind::Unreadable(_) => record("unreadable"),
        Kind::Stopped | Kind::Fenced | Kind::Held => record("cancelled"),
    }
    let ((method, path), ms) = (parted(error.request), millis(took));
    match &error.kind {
        Kind::Refused { status, code, request_id, .. } => {
            let request_id = request_id.as_deref();
            tracing::info!(method, path, status, ms, request_id, attempt, code, "refused");
        }
        Kind::NotSent(why) => {
            tracing::info!(method, path, ms, attempt, why = without_query(&why.to_string()), "not sent");
        }
        Kind::Untrusted(why) => {
            tracing::info!(method, path, ms, attempt, why = without_query(&why.to_string()), "not sent");
        }
        Kind::Unanswered(why) => tracing::info!(method, path, ms, attempt, why = without_query(why), "no answer"),
        Kind::Unreadable(_) => tracing::info!(method, path, ms, attempt, "the answer cannot be read"),
        Kind::Stopped | Kind::Fenced | Kind::Held => {
            tracing::debug!(method, path, ms, attempt, "kept from leaving");
        }
    }
}

/// It will be repeated.
pub(super) fn pauses(template: &'static str, attempt: u32, pause: Duration) {
    let (method, path) = parted(template);
    tracing::debug!(method, path, attempt, pause_ms = millis(pause), "pauses before it is repeated");
}

/// A duration in whole milliseconds.
pub(super) fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

fn parted(template: &'static str) -> (&'static str, &'static str) {
    template.split_once(' ').unwrap_or(("", template))
}

fn names(headers: &HeaderMap) -> String {
    headers.keys().map(reqwest::header::HeaderName::as_str).collect::<Vec<_>>().join(",")
}

/// A text without the queries of the addresses in it: they hold names.
fn without_query(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('?') {
        kept.push_str(before);
        rest = after.trim_start_matches(|c: char| !c.is_whitespace() && c != ')');
    }
    kept + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderValue;

    #[test]
    fn an_address_in_a_text_loses_its_query() {
        let text = "error sending request for url (http://h/p?name=a&b=c): refused, http://h?x y";
        assert_eq!(without_query(text), "error sending request for url (http://h/p): refused, http://h y");
        assert_eq!(without_query("none"), "none");
    }

    #[test]
    fn of_headers_only_the_names_are_told() {
        let mut headers = HeaderMap::new();
        headers.insert("x-auth-token", HeaderValue::from_static("canary"));
        headers.insert("content-type", HeaderValue::from_static("application/json"));
        assert_eq!(names(&headers), "x-auth-token,content-type");
    }

    #[test]
    fn a_template_is_a_method_and_a_path() {
        assert_eq!(parted("GET /v2/{project_id}"), ("GET", "/v2/{project_id}"));
        assert_eq!(parted("the credential command"), ("the", "credential command"));
    }
}
