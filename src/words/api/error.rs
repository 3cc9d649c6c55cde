//! Errors of calls.

use crate::evs::{ClockOff, Error, Kind, NoConnection, Said, Unsent};
use jiff::SignedDuration;
use std::fmt;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.request, self.kind)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Kind::Refused { status, code, message, request_id, clock, .. } => {
                let reason = reason(message, *status, clock.as_deref());
                match code.as_str() {
                    "" => write!(f, "HTTP {status}: {reason}")?,
                    code => write!(f, "{code}: {reason}")?,
                }
                match request_id {
                    Some(id) => write!(f, " (request {id})"),
                    None => Ok(()),
                }
            }
            Kind::NotSent(why) => why.fmt(f),
            Kind::Untrusted(why) => write!(f, "no trusted connection: {why}"),
            Kind::Unanswered(words) => write!(f, "no answer: {words}"),
            Kind::Unreadable(why) => write!(f, "the answer makes no sense: {why}"),
            Kind::Stopped => f.write_str("not sent, because the run is stopping"),
            Kind::Fenced => f.write_str("not sent, because it may not be recorded any more"),
            Kind::Held => {
                f.write_str("not sent, because the service is in trouble and was not seen to come back in time")
            }
        }
    }
}

/// Why a call was refused: the cloud's own words, where it gave any, and what is known of the cause.
fn reason(said: &Said, status: u16, clock: Option<&ClockOff>) -> String {
    let said = match said {
        Said::Words(words) => words.clone(),
        Said::Nothing => format!("no reason given (HTTP {status})"),
        Said::Page => "the answer is an HTML page, not the API's".to_owned(),
        Said::JobFailed => "the job failed without a reason".to_owned(),
    };
    match clock {
        Some(off) => format!("{said}; {off}"),
        None => said,
    }
}

impl Error {
    /// The code and the words, as a state records a failure.
    pub fn code_and_reason(&self) -> (String, String) {
        match &self.kind {
            Kind::Refused { code, message, status, clock, .. } => {
                let code = if code.is_empty() { format!("HTTP {status}") } else { code.clone() };
                (code, reason(message, *status, clock.as_deref()))
            }
            other => (String::new(), other.to_string()),
        }
    }
}

impl fmt::Display for Unsent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unsent::NoConnection(why) => write!(f, "no connection: {why}"),
            Unsent::NoHeader(part) => write!(f, "not sent, because {part} holds characters that no header may hold"),
            Unsent::NotText(name) => write!(f, "not sent, because header {name} is not plain text"),
            // Whoever was asked for them is named before this.
            Unsent::Credentials(error) => write!(f, "no credentials: {}", error.kind),
            Unsent::Source(why) => why.fmt(f),
            Unsent::Stalled => f.write_str("not sent, because the disk takes too long to record that it leaves"),
        }
    }
}

impl fmt::Display for NoConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let NoConnection { iam, near: _, words } = self;
        iam.as_ref().map_or(Ok(()), |address| write!(f, "IAM at {address}: "))?;
        f.write_str(words)
    }
}

impl fmt::Display for ClockOff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let off = SignedDuration::from_secs(self.ahead.abs().as_secs());
        let side = if self.ahead.is_positive() { "behind" } else { "ahead of" };
        write!(f, "the local clock is {off:#} {side} the service's")
    }
}
