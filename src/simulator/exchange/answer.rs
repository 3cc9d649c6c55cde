//! What only the gateway adds to an answer, and the answers that are its own.

use super::microversion;
use super::streamed::Streamed;
use crate::simulator::ids;
use crate::simulator::reply::{Family, Refusal, Reply, gateway};
use hyper::Response;
use hyper::header::{HeaderName, HeaderValue};
use serde_json::Value;
use std::collections::BTreeMap;

/// An answer with what only the gateway adds.
pub(super) struct Answer {
    reply: Reply,
    headers: BTreeMap<String, String>,
    json: bool,
}

impl From<Reply> for Answer {
    fn from(reply: Reply) -> Answer {
        Answer { reply, headers: BTreeMap::new(), json: true }
    }
}

impl Answer {
    /// One with headers of its own.
    pub(super) fn with(reply: Reply, headers: BTreeMap<String, String>) -> Answer {
        Answer { reply, headers, json: true }
    }

    /// Its HTTP status.
    pub(super) fn status(&self) -> u16 {
        self.reply.status
    }

    /// The answer of a fault rule.
    pub(super) fn scripted(
        status: u16,
        headers: BTreeMap<String, String>,
        body: Option<&Value>,
        family: Family,
        request_id: &str,
    ) -> Answer {
        let (reply, json) = match body {
            Some(Value::String(text)) => (Reply { status, body: text.clone().into_bytes() }, false),
            Some(body) => (Reply::json(status, body), true),
            None => (default_body(status, family, request_id), true),
        };
        Answer { reply, headers, json }
    }

    /// The same, of that microversion.
    pub(super) fn of_version(mut self, version: &str) -> Answer {
        self.headers.insert(microversion::HEADER.to_owned(), format!("volume {version}"));
        self.headers.insert("vary".to_owned(), "OpenStack-API-Version".to_owned());
        self
    }

    /// As HTTP, made at that time. Without a `date`, the server adds its own.
    pub(super) fn respond(self, request_id: &str, now: i64, date: Option<HeaderValue>) -> Response<Streamed> {
        let has_body = !self.reply.body.is_empty();
        let mut response = Response::new(Streamed::new(self.reply.body));
        *response.status_mut() = hyper::StatusCode::from_u16(self.reply.status).unwrap_or_default();
        let headers = response.headers_mut();
        if has_body {
            let kind = if self.json { "application/json" } else { "text/html" };
            headers.insert(hyper::header::CONTENT_TYPE, HeaderValue::from_static(kind));
        }
        headers.insert(hyper::header::SERVER, HeaderValue::from_static("api-gateway"));
        if let Some(date) = date {
            headers.insert(hyper::header::DATE, date);
        }
        if let Ok(value) = HeaderValue::from_str(request_id) {
            headers.insert("x-request-id", value);
        }
        // What the firewall before the gateway adds to every answer. The names are recorded; the values are a choice.
        let policy = HeaderValue::from_static("max-age=31536000; includeSubdomains;");
        headers.insert(hyper::header::STRICT_TRANSPORT_SECURITY, policy);
        for cookie in cookies(request_id, now) {
            if let Ok(value) = HeaderValue::try_from(cookie) {
                headers.append(hyper::header::SET_COOKIE, value);
            }
        }
        for (name, value) in &self.headers {
            // Both were checked when the rule was read.
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                headers.insert(name, value);
            }
        }
        response
    }
}

/// The cookies of the firewall: made up, no secret, and never asked for again.
fn cookies(request_id: &str, now: i64) -> [String; 2] {
    let session = ids::fingerprint(&[b"session of", request_id.as_bytes()]);
    [format!("HWWAFSESID={}; path=/", &session[..18]), format!("HWWAFSESTIME={}; path=/", now / 1000)]
}

/// A body that goes with the status, where a rule gives none.
fn default_body(status: u16, family: Family, request_id: &str) -> Reply {
    match status {
        429 => {
            let message =
                "The throttling threshold has been reached: policy user over ratelimit,limit:200,time:5 minute";
            gateway(429, "APIGW.0308", message, request_id)
        }
        401 => gateway(401, "APIGW.0301", "Incorrect IAM authentication information: Unauthorized", request_id),
        500 => Refusal::of("EVS.5500").reply(family),
        503 => Refusal::of("EVS.5503").reply(family),
        _ => Reply::empty(status),
    }
}
