//! An error as people see it: what went wrong, why, and what to do.

use super::exit::Exit;
use super::safe::plain;
use super::style::{CYAN, RED};
use std::fmt::Write as _;

/// Why a command ends early. Printed as `error: …`, one `caused by: …` for each cause, and the hints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CliError {
    /// How the process ends.
    pub exit: Exit,
    /// A lower-case fragment.
    pub message: String,
    /// What lies behind it, nearest first.
    pub causes: Vec<String>,
    /// What to do instead.
    pub hints: Vec<String>,
}

impl CliError {
    /// Makes one without causes and hints.
    pub fn new(exit: Exit, message: impl Into<String>) -> CliError {
        CliError { exit, message: short(message.into()), causes: Vec::new(), hints: Vec::new() }
    }

    /// Makes one of an error and everything behind it.
    pub fn of(exit: Exit, error: &dyn std::error::Error) -> CliError {
        CliError::new(exit, error.to_string()).because_of(error.source())
    }

    /// Adds an error and everything behind it as causes. What the text before has said already is
    /// left out: some libraries repeat their cause in their own words.
    #[must_use]
    pub fn because_of(mut self, mut cause: Option<&dyn std::error::Error>) -> CliError {
        while let Some(error) = cause {
            let text = error.to_string();
            let before = self.causes.last().unwrap_or(&self.message);
            if !before.ends_with(&text) {
                self.causes.push(short(text));
            }
            cause = error.source();
        }
        self
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
        let _ = writeln!(text, "{RED}error:{RED:#} {}", plain(&self.message));
        for cause in &self.causes {
            let _ = writeln!(text, "  caused by: {}", plain(cause));
        }
        for hint in &self.hints {
            let _ = writeln!(text, "{CYAN}hint:{CYAN:#} {}", plain(hint));
        }
        text
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
        let error = CliError::of(Exit::Error, &Outer(Inner)).hint("take the copy\u{1b}[2J beside it");
        let text = anstream::adapter::strip_str(&error.render()).to_string();
        assert_eq!(
            text,
            "error: cannot read the state\n  caused by: it is torn\nhint: take the copy\\u{1b}[2J beside it\n"
        );
    }

    #[test]
    fn no_text_is_endless() {
        let long = "卷".repeat(100_000);
        let error =
            CliError::new(Exit::Error, &long).because_of(Some(&std::io::Error::other(long.clone()))).hint(&long);
        for text in [&error.message, &error.causes[0], &error.hints[0]] {
            assert!(text.chars().count() == 4003 && text.ends_with("卷..."));
        }
    }

    #[test]
    fn a_cause_that_was_said_is_not_said_again() {
        let error = CliError::new(Exit::Error, "cannot read: it is torn").because_of(Some(&Inner));
        assert!(error.causes.is_empty());
    }
}
