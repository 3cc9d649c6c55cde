//! Pieces of foreign text that are told.

/// A piece of foreign text for a message, kept no longer than people read. What of it a terminal must not be shown, the
/// words escape.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Excerpt(Box<str>);

impl Excerpt {
    /// The most characters that are told of it.
    pub const LONGEST: usize = 400;

    /// As much of the text as is told, and one character more where there is more, by which that is known.
    pub fn of(text: &str) -> Excerpt {
        let end = text.char_indices().nth(Excerpt::LONGEST + 1).map_or(text.len(), |(end, _)| end);
        Excerpt(text[..end].into())
    }

    /// The first so many characters, and whether there are more.
    pub fn first(&self, most: usize) -> (&str, bool) {
        match self.0.char_indices().nth(most) {
            None => (&self.0, false),
            Some((end, _)) => (&self.0[..end], true),
        }
    }
}

impl From<String> for Excerpt {
    fn from(text: String) -> Excerpt {
        Excerpt::of(&text)
    }
}

impl From<Excerpt> for String {
    fn from(excerpt: Excerpt) -> String {
        excerpt.0.into_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_cut_and_knows_that() {
        let longest = "卷".repeat(Excerpt::LONGEST);
        assert_eq!(Excerpt::of(&longest).first(Excerpt::LONGEST), (longest.as_str(), false));
        let cut = Excerpt::of(&longest.repeat(2));
        assert_eq!(cut.first(Excerpt::LONGEST), (longest.as_str(), true));
        assert_eq!(Excerpt::of(&String::from(cut.clone())), cut);
    }
}
