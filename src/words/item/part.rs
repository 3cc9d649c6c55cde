//! The pieces that the words of an item are made of.

/// A piece of what an item says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Our own words.
    Text(&'static str),
    /// Our own words, of one volume and of several: alike for all that fold.
    Of {
        /// Of one.
        one: &'static str,
        /// Of several.
        several: &'static str,
    },
    /// A word from the cloud or a file.
    Word(String),
    /// A sentence from the cloud.
    Words(String),
    /// A volume's id that is there to be told from others: its beginning will do where room is scarce.
    Id(String),
    /// A text from the cloud or a file, to be quoted.
    Quote(String),
    /// A name that ends in the slot's own number, without it: so renames that are alike but for the
    /// number fold.
    Numbered(String),
    /// An old and a new text, to be compared.
    Diff(String, String),
}
