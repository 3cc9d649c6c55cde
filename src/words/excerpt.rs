//! Foreign text within a sentence.

use crate::volume::Excerpt;

/// As a program would write it: escaped, in quotes.
pub(super) fn spelt(text: &Excerpt) -> String {
    match text.first(Excerpt::LONGEST) {
        (text, false) => format!("{text:?}"),
        (text, true) => format!("{text:?}..."),
    }
}

/// The same where only its beginning is of interest.
pub(super) fn quoted(text: &Excerpt) -> String {
    const SHORT: usize = 60;
    match text.first(SHORT) {
        (text, false) => format!("{text:?}"),
        (text, true) => format!("{text:?} and more"),
    }
}

/// As it stands. The sentence that it is put into is to be made harmless.
pub(super) fn bare(text: &Excerpt) -> String {
    match text.first(Excerpt::LONGEST) {
        (text, false) => text.to_owned(),
        (text, true) => format!("{text}..."),
    }
}
