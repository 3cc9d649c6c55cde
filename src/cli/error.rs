//! An error as people see it: what went wrong, why, and what to do.

use super::exit::Exit;
use super::safe::plain;
use super::style::{CYAN, RED};
use crate::evs::{self, Kind, Meaning, NoConnection, Unsent, iam};
use crate::store::StoreError;
use crate::words::cloud::{Next, next, nobody_listens};
use crate::words::{Told, codes, label};
use std::error::Error;
use std::fmt::{self, Write as _};
use std::sync::Arc;

/// Why a command ends early. Printed as `error: …`, one `caused by: …` for each cause, and the hints.
#[derive(Debug, Clone)]
pub struct CliError {
    /// How the process ends.
    pub exit: Exit,
    /// A lower-case fragment.
    pub message: String,
    /// What lies behind it.
    behind: Behind,
    /// What to do instead.
    pub hints: Vec<String>,
}

/// Where an error comes from.
#[derive(Debug, Clone)]
enum Behind {
    /// The command itself found it.
    Nothing,
    /// This is the error, whose own text is the message.
    Itself(Arc<dyn Error + Send + Sync>),
    /// This is the nearest cause.
    Cause(Arc<dyn Error + Send + Sync>),
}

impl CliError {
    /// Makes one without causes and hints.
    pub fn new(exit: Exit, message: impl Into<String>) -> CliError {
        CliError { exit, message: short(message.into()), behind: Behind::Nothing, hints: Vec::new() }
    }

    /// Makes one of a message and what to do next.
    pub fn told(exit: Exit, told: Told) -> CliError {
        told.hint.into_iter().fold(CliError::new(exit, told.message), CliError::hint)
    }

    /// Makes one of an error and everything behind it.
    pub fn of(exit: Exit, error: impl Error + Send + Sync + 'static) -> CliError {
        let told = CliError::new(exit, error.to_string());
        CliError { behind: Behind::Itself(Arc::new(error)), ..told }
    }

    /// Sets an error, and everything behind it, as the cause.
    #[must_use]
    pub fn because_of(self, cause: impl Error + Send + Sync + 'static) -> CliError {
        CliError { behind: Behind::Cause(Arc::new(cause)), ..self }
    }

    /// Says what could not be done; what went wrong becomes the cause. Exit and hints stay.
    #[must_use]
    pub fn behind(self, message: impl Into<String>) -> CliError {
        let CliError { exit, hints, .. } = self.clone();
        CliError { hints, ..CliError::new(exit, message).because_of(self) }
    }

    /// What lies behind it, nearest first. What the text before has said already is left out: some libraries repeat
    /// their cause in their own words.
    pub fn causes(&self) -> Vec<String> {
        let mut causes: Vec<String> = Vec::new();
        let mut next = self.source();
        while let Some(error) = next {
            let text = error.to_string();
            if !causes.last().unwrap_or(&self.message).ends_with(&text) {
                causes.push(short(text));
            }
            next = error.source();
        }
        causes
    }

    /// The message and its causes in one line.
    pub fn line(&self) -> String {
        let causes = self.causes();
        std::iter::once(&self.message).chain(&causes).map(String::as_str).collect::<Vec<_>>().join(": ")
    }

    /// Adds what to do instead.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> CliError {
        self.hints.push(short(hint.into()));
        self
    }

    /// The lines for stderr; styled, which the stream takes out again where colours are not wanted.
    pub fn render(&self) -> String {
        let mut text = String::new();
        let _ = writeln!(text, "{RED}{}{RED:#} {}", label::ERROR, plain(&self.message));
        for cause in self.causes() {
            let _ = writeln!(text, "  {} {}", label::CAUSED_BY, plain(&cause));
        }
        for hint in &self.hints {
            let _ = writeln!(text, "{CYAN}{}{CYAN:#} {}", label::HINT, plain(hint));
        }
        text
    }
}

impl fmt::Display for CliError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for CliError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.behind {
            Behind::Nothing => None,
            Behind::Itself(error) => error.source(),
            Behind::Cause(cause) => Some(&**cause),
        }
    }
}

/// Two are equal that are printed alike and end the process alike.
impl PartialEq for CliError {
    fn eq(&self, other: &CliError) -> bool {
        let told = |error: &CliError| (error.exit, error.causes());
        self.message == other.message && self.hints == other.hints && told(self) == told(other)
    }
}

impl Eq for CliError {}

/// With the exit and the hint that the store's errors have.
impl From<StoreError> for CliError {
    fn from(error: StoreError) -> CliError {
        let exit = match &error {
            StoreError::Locked { .. } | StoreError::ProbeRuns { .. } | StoreError::Stuck { .. } => Exit::Locked,
            _ => Exit::Error,
        };
        let hint = error.hint();
        hint.into_iter().fold(CliError::of(exit, error), CliError::hint)
    }
}

/// With the next step, where the code of the answer is known.
impl From<evs::Error> for CliError {
    fn from(error: evs::Error) -> CliError {
        let denied = error.meaning() == Some(Meaning::Denied);
        let hint = match error.explained() {
            Some(code) => Some(codes::next(code)),
            None if denied && iam::exchanges(error.request) => Some(next(Next::Exchange)),
            None if matches!(error.kind, Kind::Untrusted(_)) => Some(next(Next::Certificate)),
            None if denied => Some(next(Next::Rights)),
            None => None,
        };
        let slower = (error.meaning() == Some(Meaning::Throttled)).then_some(next(Next::Slower));
        let near = match &error.kind {
            Kind::NotSent(Unsent::NoConnection(NoConnection { near: Some(near), .. })) => Some(nobody_listens(near)),
            _ => None,
        };
        let exit = if denied { Exit::Denied } else { Exit::Error };
        let hints = hint.into_iter().chain(slower).map(str::to_owned).chain(near);
        hints.fold(CliError::of(exit, error), CliError::hint)
    }
}

/// The most characters of one text: some quote a file or an answer, and those may be of any length.
const MOST: usize = 4000;

/// The text's beginning, where it is long.
fn short(mut text: String) -> String {
    if let Some((end, _)) = text.char_indices().nth(MOST) {
        text.truncate(end);
        text.push_str("...");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("cannot read the state")]
    struct Outer(#[source] Inner);

    #[derive(Debug, thiserror::Error)]
    #[error("it is torn")]
    struct Inner;

    #[test]
    fn causes_and_hints_follow_the_message() {
        let error = CliError::of(Exit::Error, Outer(Inner)).hint("take the copy\u{1b}[2J beside it");
        let text = anstream::adapter::strip_str(&error.render()).to_string();
        assert_eq!(
            text,
            "error: cannot read the state\n  caused by: it is torn\nhint: take the copy\\u{1b}[2J beside it\n"
        );
    }

    #[test]
    fn who_is_throttled_is_told_of_the_manifests_own_limit() {
        let error =
            evs::Error::refused("GET /", 429, None, br#"{"error_code":"APIGW.0308","error_msg":"over ratelimit"}"#);
        let told = CliError::from(error);
        assert!(told.hints.iter().any(|hint| hint.contains("`rate_limit: N/s` below `cloud`")), "{:?}", told.hints);
    }

    #[test]
    fn no_text_is_endless() {
        let long = "卷".repeat(100_000);
        let error = CliError::new(Exit::Error, &long).because_of(std::io::Error::other(long.clone())).hint(&long);
        for text in [&error.message, &error.causes()[0], &error.hints[0]] {
            assert!(text.chars().count() == 4003 && text.ends_with("卷..."));
        }
    }

    #[test]
    fn a_cause_that_was_said_is_not_said_again() {
        let error = CliError::new(Exit::Error, "cannot read: it is torn").because_of(Inner);
        assert!(error.causes().is_empty());
    }

    #[test]
    fn an_error_of_the_api_names_its_request_and_the_next_step() {
        for (status, code, exit, hint) in [
            (401, "APIGW.0301", Exit::Denied, Some("`evsctl auth status` says")),
            (403, "EVS.1027", Exit::Denied, Some("have evs:volumes:get")),
            (403, "EVS.9999", Exit::Denied, Some("check the token and its project")),
            (503, "EVS.5503", Exit::Error, Some("try again")),
            (503, "EVS.9999", Exit::Error, None),
        ] {
            let body = format!(r#"{{"error_code":"{code}","error_msg":"no","request_id":"r-1"}}"#);
            let error =
                CliError::from(evs::Error::refused("GET /", status, None, body.as_bytes())).behind("cannot look");
            assert_eq!(error.exit, exit, "{code}");
            assert!(error.causes()[0].contains(code) && error.causes()[0].ends_with("(request r-1)"), "{error:?}");
            assert_eq!(error.hints.len(), usize::from(hint.is_some()), "{error:?}");
            assert!(error.hints.iter().zip(hint).all(|(told, hint)| told.starts_with(hint)), "{error:?}");
            assert!(error.render().lines().all(|line| anstream::adapter::strip_str(line).to_string().len() <= 80));
        }
    }
}
