//! Errors by meaning: what to do about one is asked of data, never of its text.

use super::codes::{self, Code, meaning};
use super::conformance::ClockOff;
use super::meaning::Meaning;
use super::no_credentials::{NoCredentials, Part};
use super::nonsense::Nonsense;
use super::redact::redacted;
use serde_json::Value;
use std::time::Duration;

/// A call that did not give what it was for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// Method and path template of the call.
    pub request: &'static str,
    /// What happened in the end.
    pub kind: Kind,
    /// The pause that the answer asked for before the next try.
    pub pause: Option<Duration>,
}

/// What happened to a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// The cloud, or the gateway before it, answered and said no.
    Refused {
        /// What that means to a caller.
        meaning: Meaning,
        /// HTTP status.
        status: u16,
        /// As in `EVS.1016`; empty where the answer named none.
        code: String,
        /// What it says beside its code.
        message: Said,
        /// The cloud's id of the request, for its support.
        request_id: Option<String>,
        /// How far the clock is off that dated the signature which was refused, where that is known to matter.
        clock: Option<Box<ClockOff>>,
    },
    /// It was not sent: nothing was done.
    NotSent(Unsent),
    /// Whoever listens there has no certificate that is trusted for that host: nothing was done, nothing was shown, and
    /// repeating does not mend it.
    Untrusted(NoConnection),
    /// It was sent, at least in part, and no whole answer came: it may have been done. In the words of the
    /// library below.
    Unanswered(String),
    /// An answer came that is not what the API reference describes: it may have been done.
    Unreadable(Nonsense),
    /// The run was told to stop before it was sent.
    Stopped,
    /// It was kept from leaving: the right to send it was lost meanwhile.
    Fenced,
    /// It was not sent: the service asked to be left alone, or failed so often that nothing but a few tries is added
    /// to its load, for longer than this one may wait.
    Held,
}

impl Error {
    /// An error of a call that was tried once.
    pub fn new(request: &'static str, kind: Kind) -> Error {
        Error { request, kind, pause: None }
    }

    /// An answer that makes no sense, and why.
    pub(super) fn unreadable(request: &'static str, why: Nonsense) -> Error {
        Error::new(request, Kind::Unreadable(why))
    }

    /// Adds what is known of the cause.
    pub(super) fn blame(&mut self, off: Option<ClockOff>) {
        if let Kind::Refused { clock, .. } = &mut self.kind {
            *clock = off.map(Box::new);
        }
    }

    /// The refusal's meaning, where it was refused.
    pub fn meaning(&self) -> Option<Meaning> {
        match &self.kind {
            Kind::Refused { meaning, .. } => Some(*meaning),
            _ => None,
        }
    }

    /// What its code says, where it was refused with one that is documented.
    pub fn explained(&self) -> Option<&'static Code> {
        match &self.kind {
            Kind::Refused { code, .. } => codes::find(code),
            _ => None,
        }
    }

    /// Whether the gateway before the service refused it, which then never heard of it: its 404 says that there is no
    /// such call, and not that the thing is not there.
    pub fn is_of_the_gateway(&self) -> bool {
        matches!(&self.kind, Kind::Refused { code, .. } if code.starts_with("APIGW."))
    }

    /// Whether the service says that the thing is not there: a 404 of the gateway says that the call, or the service
    /// behind it, is not.
    pub fn says_absent(&self) -> bool {
        self.meaning() == Some(Meaning::NotFound) && !self.is_of_the_gateway()
    }

    /// The same of a job, which has a code of its own for that.
    pub fn says_job_absent(&self) -> bool {
        self.says_absent() || self.meaning() == Some(Meaning::JobUnknown)
    }

    /// The cloud's id of the request, where known.
    pub fn request_id(&self) -> Option<&str> {
        match &self.kind {
            Kind::Refused { request_id, .. } => request_id.as_deref(),
            _ => None,
        }
    }

    /// Makes sense of an answer that is not a success: any status, and whatever came as its body.
    pub fn refused(request: &'static str, status: u16, request_id: Option<String>, body: &[u8]) -> Error {
        let Envelope { code, message, request_id: of_body } = Envelope::read(body);
        let meaning = meaning(status, &code);
        let request_id = request_id.or(of_body);
        Error::new(request, Kind::Refused { meaning, status, code, message, request_id, clock: None })
    }
}

/// Why no connection came about, or no request could be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoConnection {
    /// The address of IAM, where the connection was to that.
    pub iam: Option<String>,
    /// Host and port, where that is an address of this machine at which nothing listens.
    pub near: Option<String>,
    /// The words of the library below.
    pub words: String,
}

/// Why a request was not sent, so that nothing was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unsent {
    /// No connection came about.
    NoConnection(NoConnection),
    /// A part of what it shows holds characters that no header may hold.
    NoHeader(Part),
    /// The header of that name, which is to be signed, is no plain text.
    NotText(String),
    /// What it was to show could not be got.
    Credentials(Box<Error>),
    /// A source of credentials gave none.
    Source(NoCredentials),
    /// The disk takes too long to record that it leaves.
    Stalled,
}

impl Unsent {
    /// In the words of a library.
    pub fn words(words: impl Into<String>) -> Unsent {
        Unsent::NoConnection(NoConnection { iam: None, near: None, words: words.into() })
    }
}

/// What a refusal says beside its code.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Said {
    /// The cloud's own words, without secrets.
    Words(String),
    /// Nothing at all.
    #[default]
    Nothing,
    /// An HTML page, which is not the API's.
    Page,
    /// That a job failed, and not why.
    JobFailed,
}

impl Said {
    fn of(words: String) -> Said {
        if words.is_empty() { Said::Nothing } else { Said::Words(words) }
    }

    /// The cloud's own words; empty where there are none.
    pub fn words(&self) -> &str {
        match self {
            Said::Words(words) => words,
            Said::Nothing | Said::Page | Said::JobFailed => "",
        }
    }
}

impl std::error::Error for Error {}

/// How many characters of a code or a message are kept.
const MAX_WORDS: usize = 1000;
/// The same of an answer that is none of the known ones.
const MAX_TEXT: usize = 400;

/// The code and message of an error body, whichever of the known envelopes it has.
#[derive(Debug, Default, PartialEq, Eq)]
struct Envelope {
    code: String,
    message: Said,
    request_id: Option<String>,
}

impl Envelope {
    /// Looks for a known pair at the top, then in the first object inside (EVS API reference,
    /// "Envelopes"). What is not JSON keeps its first words.
    fn read(body: &[u8]) -> Envelope {
        match serde_json::from_slice::<Value>(body) {
            Ok(Value::Object(top)) => Envelope::in_object(&top)
                .or_else(|| top.values().find_map(|value| Envelope::in_object(value.as_object()?)))
                .unwrap_or_else(|| Envelope::of_text(body)),
            _ => Envelope::of_text(body),
        }
    }

    fn in_object(object: &serde_json::Map<String, Value>) -> Option<Envelope> {
        let text = |key: &str| match object.get(key)? {
            Value::String(text) => Some(redacted(text.trim()).chars().take(MAX_WORDS).collect()),
            Value::Number(number) => Some(redacted(&number.to_string()).into_owned()),
            _ => None,
        };
        let pair = |code: &str, message: &str| Some((text(code), text(message)?));
        let (code, message) = pair("error_code", "error_msg")
            .or_else(|| pair("errorCode", "errorMsg"))
            .or_else(|| pair("code", "message"))?;
        // The Cinder envelope repeats the HTTP status as its code: that is no code.
        let code = code.filter(|code| !code.bytes().all(|b| b.is_ascii_digit())).unwrap_or_default();
        Some(Envelope { code, message: Said::of(message), request_id: text("request_id") })
    }

    fn of_text(body: &[u8]) -> Envelope {
        let text = String::from_utf8_lossy(body);
        // What a cut leaves of a secret would not be known any more.
        let words = redacted(&text).split_whitespace().collect::<Vec<_>>().join(" ");
        let words: String = words.chars().take(MAX_TEXT).collect();
        let message = if words.starts_with('<') { Said::Page } else { Said::of(words) };
        Envelope { message, ..Envelope::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> (String, Said) {
        let envelope = Envelope::read(body.as_bytes());
        (envelope.code, envelope.message)
    }

    #[test]
    fn every_envelope_is_understood() {
        let pair = |code: &str, message: &str| (code.to_owned(), Said::of(message.to_owned()));
        assert_eq!(read(r#"{"error":{"message":"two sources","code":"EVS.1016"}}"#), pair("EVS.1016", "two sources"));
        assert_eq!(read(r#"{"itemNotFound":{"message":"no such volume","code":404}}"#), pair("", "no such volume"));
        assert_eq!(read(r#"{"badrequest":{"message":"no","code":"EVS.5400"}}"#), pair("EVS.5400", "no"));
        assert_eq!(
            read("{\"error_msg\":\"slow down\",\"error_code\":\"APIGW.0308\",\"request_id\":\"r\"}\n"),
            pair("APIGW.0308", "slow down")
        );
        assert_eq!(read(r#"{"errorCode":"X.1","errorMsg":"other"}"#), pair("X.1", "other"));
        assert_eq!(read("<html>bad gateway</html>").1, Said::Page);
        assert_eq!(read(""), (String::new(), Said::Nothing));
        assert_eq!(read(r#"{"error":"just words"}"#).0, "");
    }
}
