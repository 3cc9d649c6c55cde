//! Which volumes a text means, as typed for `--target`, `--exclude` and `state show`.

use crate::volume::{Address, Slot, fits};
use std::str::FromStr;

/// A pattern over addresses: `key`, `key[3]`, `key[1..3,7]` as plans write it; `*` stands for any text
/// in the key, and for any number as a slot.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Pattern {
    key: String,
    /// Ranges, both ends included; empty means every slot.
    slots: Vec<(u32, u32)>,
}

/// A text that is no pattern over addresses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct InvalidPattern;

impl Pattern {
    /// The key, or what stands for several.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Whether it means this volume.
    pub fn matches(&self, address: &Address) -> bool {
        let number = address.slot.number();
        let slot = self.slots.is_empty() || self.slots.iter().any(|(from, to)| (*from..=*to).contains(&number));
        slot && fits(&self.key, address.key.as_str())
    }
}

impl std::fmt::Display for Pattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.key)?;
        for (place, (from, to)) in self.slots.iter().enumerate() {
            f.write_str(if place == 0 { "[" } else { "," })?;
            if from == to { write!(f, "{from}")? } else { write!(f, "{from}..{to}")? }
        }
        if self.slots.is_empty() { Ok(()) } else { f.write_str("]") }
    }
}

impl TryFrom<String> for Pattern {
    type Error = InvalidPattern;

    fn try_from(text: String) -> Result<Pattern, InvalidPattern> {
        text.parse()
    }
}

impl From<Pattern> for String {
    fn from(pattern: Pattern) -> String {
        pattern.to_string()
    }
}

impl FromStr for Pattern {
    type Err = InvalidPattern;

    fn from_str(text: &str) -> Result<Pattern, InvalidPattern> {
        let (key, slots) = match text.split_once('[') {
            None => (text, Vec::new()),
            Some((key, slots)) => (key, ranges(slots.strip_suffix(']').ok_or(InvalidPattern)?)?),
        };
        let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '*');
        if key.is_empty() || !key.chars().all(legal) {
            return Err(InvalidPattern);
        }
        Ok(Pattern { key: key.to_owned(), slots })
    }
}

fn ranges(text: &str) -> Result<Vec<(u32, u32)>, InvalidPattern> {
    if text == "*" {
        return Ok(Vec::new());
    }
    let number = |text: &str| {
        let canonical = text.bytes().all(|b| b.is_ascii_digit());
        canonical.then(|| text.parse().ok()).flatten().and_then(Slot::new).map(Slot::number).ok_or(InvalidPattern)
    };
    let range = |text: &str| match text.split_once("..") {
        None => number(text).map(|n| (n, n)),
        Some((from, to)) => {
            Ok((number(from)?, number(to)?)).and_then(|r| if r.0 <= r.1 { Ok(r) } else { Err(InvalidPattern) })
        }
    };
    text.split(',').map(range).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_means_what_it_says() {
        for (pattern, address, means) in [
            ("web", "web[7]", true),
            ("web", "web2[7]", false),
            ("web[7]", "web[7]", true),
            ("web[7]", "web[8]", false),
            ("web[1..3,7]", "web[2]", true),
            ("web[1..3,7]", "web[4]", false),
            ("web[*]", "web[9]", true),
            ("w*", "web[1]", true),
            ("*b", "web[1]", true),
            ("w*e*b", "web[1]", true),
            ("*a*a", "xa[1]", false),
            ("aa*a", "aa[1]", false),
            ("*[2]", "any-thing[2]", true),
            ("*", "web[1]", true),
        ] {
            let parsed: Pattern = pattern.parse().unwrap();
            assert_eq!(parsed.matches(&address.parse().unwrap()), means, "{pattern} {address}");
        }
    }

    #[test]
    fn nonsense_is_no_pattern() {
        for text in ["", "[1]", "web[", "web[]", "web[0]", "web[3..1]", "web[1]x", "we b", "web[-1]", "web[1..]"] {
            assert_eq!(text.parse::<Pattern>(), Err(InvalidPattern), "{text}");
        }
    }
}
