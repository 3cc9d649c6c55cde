//! A word of the cloud that is not among the documented ones.

/// A word that is not documented, kept as it came, also in its case. It is made where a word is read and found among no
/// documented ones, and nowhere else: so no documented word has two forms.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnknownWord(Box<str>);

impl UnknownWord {
    pub(super) fn new(word: String) -> UnknownWord {
        UnknownWord(word.into_boxed_str())
    }

    /// The word.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
