//! What may be shown of what others wrote.

use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use std::error::Error;
use std::fmt;

/// The most characters that one error, cause or hint may have, before what is odd in it is spelt out: a code, a message
/// and an id of a thousand each, and our own words.
const MOST: usize = 4003;

/// An error is told: in few words, and safely.
pub(super) fn error(error: &(dyn Error + 'static)) {
    told(&CliError::of(Exit::Error, Lent::of(error)));
}

/// The texts of an error that is only lent.
#[derive(Debug)]
struct Lent {
    text: String,
    source: Option<Box<Lent>>,
}

impl Lent {
    fn of(error: &(dyn Error + 'static)) -> Lent {
        Lent { text: error.to_string(), source: error.source().map(|source| Box::new(Lent::of(source))) }
    }
}

impl fmt::Display for Lent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Error for Lent {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as &dyn Error)
    }
}

/// The same with its hints.
pub(super) fn told(error: &CliError) {
    for text in [&error.message].into_iter().chain(&error.causes()).chain(&error.hints) {
        let length = text.chars().count();
        assert!(length <= MOST, "{length} characters: {}", text.chars().take(400).collect::<String>());
        assert!(!text.is_empty(), "an empty text in {error:?}");
    }
    lines(&anstream::adapter::strip_str(&error.render()).to_string());
}

/// One text that somebody else shows.
pub(super) fn text(text: &str) {
    told(&CliError::new(Exit::Error, text));
}

/// Lines as they go to a terminal: nothing in them steers it, turns the direction of writing or hides, and no line is a
/// command to a CI runner.
pub(super) fn lines(text: &str) {
    let odd = |c: char| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
    };
    assert!(!text.contains(odd), "{text:?}");
    assert!(!text.contains("##[") && !text.contains("##vso["), "{text:?}");
    for line in text.lines() {
        let behind = line.trim_start().strip_prefix("::");
        assert!(!behind.is_some_and(|it| it.starts_with(|c: char| c.is_ascii_alphabetic())), "{line:?}");
    }
}
