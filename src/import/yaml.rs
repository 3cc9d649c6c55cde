//! Values as YAML that reads back as the same.

use std::fmt::Write as _;

/// The value of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Null,
    Flag(bool),
    Number(u32),
    Text(String),
    Numbers(Vec<u32>),
    Pairs(Vec<(String, Value)>),
}

/// Words that a reader of YAML may take for something else than text, in lower case.
const NO_TEXTS: [&str; 8] = ["true", "false", "yes", "no", "on", "off", "null", "y"];

/// A text, plain where no reader can take it for anything else.
pub(super) fn text(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let begins = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let is_word = text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'));
    let is_plain = begins && is_word && lower != "n" && !NO_TEXTS.contains(&lower.as_str());
    if is_plain || is_uuid(text) { text.to_owned() } else { quoted(text) }
}

/// An id that begins with a digit is no number: it has hyphens between its digits.
fn is_uuid(text: &str) -> bool {
    let has_hyphen = |at: usize| matches!(at, 8 | 13 | 18 | 23);
    let fits = |(at, c): (usize, char)| if has_hyphen(at) { c == '-' } else { c.is_ascii_hexdigit() };
    text.len() == 36 && text.chars().enumerate().all(fits)
}

/// In double quotes, with escapes for what does not show.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            c if c.is_control() => drop(write!(quoted, "\\x{:02x}", u32::from(c))),
            '\u{2028}'
            | '\u{2029}'
            | '\u{feff}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}' => drop(write!(quoted, "\\u{:04x}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// A value on one line.
pub(super) fn inline(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Flag(flag) => flag.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Text(it) => text(it),
        Value::Numbers(numbers) => {
            format!("[{}]", numbers.iter().map(u32::to_string).collect::<Vec<_>>().join(", "))
        }
        Value::Pairs(pairs) if pairs.is_empty() => "{}".to_owned(),
        Value::Pairs(pairs) => format!("{{ {} }}", members(pairs)),
    }
}

/// Pairs as they stand between the braces of a mapping.
pub(super) fn members(pairs: &[(String, Value)]) -> String {
    let pair = |(key, value): &(String, Value)| format!("{}: {}", text(key), inline(value));
    pairs.iter().map(pair).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_quoted_where_it_could_be_read_as_something_else() {
        for (value, written) in [
            ("kafka-data", "kafka-data"),
            ("cn-north-4a", "cn-north-4a"),
            ("_sys", "_sys"),
            ("1f2e3d4c-0000-4000-8000-0123456789ab", "1f2e3d4c-0000-4000-8000-0123456789ab"),
            ("yes", "\"yes\""),
            ("Null", "\"Null\""),
            ("N", "\"N\""),
            ("1.10", "\"1.10\""),
            ("007", "\"007\""),
            ("1e5", "\"1e5\""),
            ("", "\"\""),
            ("a: b", "\"a: b\""),
            ("#x", "\"#x\""),
            ("-", "\"-\""),
            ("say \"hi\"\n\u{7}\u{202e}", "\"say \\\"hi\\\"\\n\\x07\\u202e\""),
            ("数据", "\"数据\""),
        ] {
            assert_eq!(text(value), written);
        }
    }

    #[test]
    fn each_text_reads_back_as_itself() {
        for value in
            ["a", "yes", "~", "1_000", "0x1f", ".inf", "\u{85}\u{2028}é", "---", "a\\b", " a ", "!x", "*a", "&a"]
        {
            let read: std::collections::BTreeMap<String, String> =
                serde_yaml::from_str(&format!("{}: {}\n", text(value), text(value))).unwrap();
            assert_eq!(read.into_iter().next(), Some((value.to_owned(), value.to_owned())));
        }
    }
}
