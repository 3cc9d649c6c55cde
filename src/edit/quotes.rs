//! Texts as YAML scalars: plain where that reads as the same text, quoted where not.

use crate::text::misleads;
use std::fmt::Write as _;

/// How a scalar is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quotes {
    /// Without quotes.
    Plain,
    /// `'as here'`
    Single,
    /// `"as here"`
    Double,
}

impl Quotes {
    /// Those of a scalar as it stands in the text.
    pub(super) fn of(written: &str) -> Quotes {
        match written.as_bytes().first() {
            Some(b'\'') => Quotes::Single,
            Some(b'"') => Quotes::Double,
            _ => Quotes::Plain,
        }
    }
}

/// A text as a scalar of one line, in these quotes where they can hold it.
pub(super) fn text(text: &str, quotes: Quotes) -> String {
    match quotes {
        Quotes::Plain if is_plain(text) => text.to_owned(),
        Quotes::Single if !text.chars().any(needs_escape) => format!("'{}'", text.replace('\'', "''")),
        _ => double(text),
    }
}

/// A text as a scalar of one line, without quotes where it reads as itself.
pub fn scalar(text: &str) -> String {
    self::text(text, Quotes::Plain)
}

/// Words that a reader of YAML 1.1 or 1.2 takes for a boolean or for nothing.
const WORDS: [&str; 12] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null", "nil", "none", "nan"];

/// Whether a text reads as itself without quotes, in block and in flow, by readers of YAML 1.1 and of 1.2. Some texts get quotes
/// that no reader needs.
fn is_plain(text: &str) -> bool {
    let Some(first) = text.chars().next() else { return false };
    let is_inner = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '/' | ' ');
    let is_legal = text.chars().all(is_inner) && !text.ends_with(' ');
    let has_letter = text.chars().any(char::is_alphabetic);
    // Digits first: ids as `3f8c-9a10` are texts, while `1e5`, `0x1f`, `1.10` and dates are none for some reader.
    let is_id = || text.contains('-') && has_letter && !text.contains('.') && text.parse::<f64>().is_err();
    let begins_well = first.is_alphabetic() || matches!(first, '_' | '/') || (first.is_ascii_digit() && is_id());
    let is_text = is_legal && begins_well || is_uuid(text);
    is_text && !WORDS.contains(&text.to_ascii_lowercase().as_str())
}

/// An id that may have digits alone is no number: it has hyphens between them.
fn is_uuid(text: &str) -> bool {
    let has_hyphen = |at: usize| matches!(at, 8 | 13 | 18 | 23);
    let fits = |(at, c): (usize, char)| if has_hyphen(at) { c == '-' } else { c.is_ascii_hexdigit() };
    text.len() == 36 && text.chars().enumerate().all(fits)
}

fn double(text: &str) -> String {
    let mut quoted = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            c if needs_escape(c) && u32::from(c) <= 0xffff => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(c));
            }
            c if needs_escape(c) => {
                let _ = write!(quoted, "\\U{:08x}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// Whether a character must not stand as it is in a line of YAML: what no reader of the file would see, and what is no text.
fn needs_escape(c: char) -> bool {
    matches!(c, '\u{fffe}' | '\u{ffff}') || misleads(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_keeps_its_quotes_where_they_hold_it() {
        use Quotes::*;
        for (value, quotes, written) in [
            ("web", Plain, "web"),
            ("data of web", Plain, "data of web"),
            ("cn-north-4a", Plain, "cn-north-4a"),
            ("3f8c9a10-6b27-4d15-8a0e-94d2c7b1e833", Plain, "3f8c9a10-6b27-4d15-8a0e-94d2c7b1e833"),
            ("00000000-0000-4000-8000-000000000001", Plain, "00000000-0000-4000-8000-000000000001"),
            ("生产", Plain, "生产"),
            ("web", Single, "'web'"),
            ("it's", Single, "'it''s'"),
            ("web", Double, "\"web\""),
            ("a\nb", Single, "\"a\\nb\""),
            ("a\\b", Double, "\"a\\\\b\""),
            ("\u{202e}", Single, "\"\\u202e\""),
            ("a\u{200b}\u{ad}\u{e0041}", Plain, "\"a\\u200b\\u00ad\\U000e0041\""),
        ] {
            assert_eq!(text(value, quotes), written);
        }
    }

    #[test]
    fn what_reads_as_something_else_is_quoted() {
        for value in [
            "",
            " a",
            "a ",
            "yes",
            "No",
            "on",
            "null",
            "~",
            "1.10",
            "007",
            "1e5",
            "1e-5",
            "0x1f",
            "0o7",
            "1_000",
            ".inf",
            "-1",
            "+1",
            "2027-01-31",
            "12:30",
            "a: b",
            "#x",
            "a #x",
            "- a",
            "?",
            "[a]",
            "{a}",
            "a, b",
            "*a",
            "&a",
            "!a",
            "%a",
            "@a",
            "`a",
            "|",
            ">",
            "\"a",
            "'a",
            "<<",
            "=",
            "-",
            "--- a",
            "...",
            "a\tb",
        ] {
            assert!(text(value, Quotes::Plain).starts_with('"'), "{value}");
        }
    }
}
