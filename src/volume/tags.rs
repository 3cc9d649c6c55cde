//! Tags, and the one tag that evsctl keeps for itself.

use super::{Excerpt, Invalid, TagFault};
use std::collections::BTreeMap;

/// A volume's declared tags, without the ownership tag.
///
/// At most 10; keys of 1 to 36 and values of 0 to 43 characters out of letters, digits, `_`, `-` and
/// U+4E00 to U+9FFF, values also `.` (EVS API reference, field `tags`).
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "BTreeMap<String, String>", into = "BTreeMap<String, String>")]
pub struct Tags(BTreeMap<String, String>);

impl Tags {
    /// The most tags that a volume may carry, the ownership tag included.
    pub const MAX: usize = 10;

    /// Checks every pair and their number.
    ///
    /// # Errors
    /// The first pair that breaks a rule, or too many of them.
    pub fn new(pairs: BTreeMap<String, String>) -> Result<Tags, Invalid> {
        for (key, value) in &pairs {
            Tags::check_key(key)?;
            Tags::check_value(key, value)?;
        }
        if pairs.len() > Tags::MAX {
            return Err(Invalid::Tags(TagFault::TooMany(pairs.len())));
        }
        Ok(Tags(pairs))
    }

    /// Checks a key alone.
    ///
    /// # Errors
    /// When it is empty, too long, or holds an illegal character.
    pub fn check_key(key: &str) -> Result<(), Invalid> {
        let length = key.chars().count();
        if !(1..=36).contains(&length) {
            return Err(Invalid::Tags(TagFault::KeyLength(length)));
        }
        first_illegal(key, |_| false).map_or(Ok(()), |c| Err(Invalid::Tags(TagFault::KeyCharacter(c))))
    }

    /// Checks a value alone; `key` is only named in the message.
    ///
    /// # Errors
    /// When it is too long or holds an illegal character.
    pub fn check_value(key: &str, value: &str) -> Result<(), Invalid> {
        let length = value.chars().count();
        if length > 43 {
            return Err(Invalid::Tags(TagFault::ValueLength { key: Excerpt::of(key), length }));
        }
        first_illegal(value, |c| c == '.').map_or(Ok(()), |c| Err(Invalid::Tags(TagFault::ValueCharacter(c))))
    }

    /// The pairs, sorted by key.
    pub fn pairs(&self) -> &BTreeMap<String, String> {
        &self.0
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn first_illegal(text: &str, also: impl Fn(char) -> bool) -> Option<char> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '\u{4e00}'..='\u{9fff}') || also(c);
    text.chars().find(|&c| !allowed(c))
}

impl TryFrom<BTreeMap<String, String>> for Tags {
    type Error = Invalid;

    fn try_from(pairs: BTreeMap<String, String>) -> Result<Tags, Invalid> {
        Tags::new(pairs)
    }
}

impl From<Tags> for BTreeMap<String, String> {
    fn from(tags: Tags) -> BTreeMap<String, String> {
        tags.0
    }
}

/// Under which key the ownership tag is written, or that it is not written at all.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OwnershipTag {
    /// Every volume that evsctl creates carries this key with the value `STACK_LINEAGE_CALL`.
    Key(String),
    /// No volume carries it: a lost state cannot be rebuilt, and a call in doubt cannot be looked up.
    Off,
}

impl OwnershipTag {
    /// How many tags remain for the manifest.
    pub fn room(&self) -> usize {
        match self {
            OwnershipTag::Key(_) => Tags::MAX - 1,
            OwnershipTag::Off => Tags::MAX,
        }
    }

    /// The key, where there is one.
    pub fn key(&self) -> Option<&str> {
        match self {
            OwnershipTag::Key(key) => Some(key),
            OwnershipTag::Off => None,
        }
    }
}

impl Default for OwnershipTag {
    fn default() -> OwnershipTag {
        OwnershipTag::Key("evsctl".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_values_are_measured_in_characters() {
        assert!(Tags::check_key(&"环".repeat(36)).is_ok());
        assert!(Tags::check_key(&"k".repeat(37)).is_err());
        assert!(Tags::check_value("k", &"v".repeat(43)).is_ok());
        assert!(Tags::check_value("k", &"v".repeat(44)).is_err());
        assert!(Tags::check_value("k", "").is_ok());
        assert!(Tags::check_key("").is_err());
    }

    #[test]
    fn a_dot_is_legal_in_a_value_only() {
        assert!(Tags::check_value("k", "1.10").is_ok());
        assert_eq!(Tags::check_key("a.b"), Err(Invalid::Tags(TagFault::KeyCharacter('.'))));
        assert_eq!(Tags::check_key("a b"), Err(Invalid::Tags(TagFault::KeyCharacter(' '))));
    }

    #[test]
    fn eleven_are_too_many() {
        let of = |n: usize| Tags::new((0..n).map(|i| (format!("k{i}"), String::new())).collect());
        assert!(of(10).is_ok());
        assert!(of(11).is_err());
    }
}
