//! What a scalar of a YAML file is: the core schema of YAML 1.2, and nothing beyond it.

use super::node::{Trouble, Value, trouble};
use super::source::At;
use super::wrong::FileFault;
use crate::volume::Excerpt;
use serde_yaml::granit_parser::{ScalarStyle, Tag};
use std::borrow::Cow;

/// What a scalar is, by the core schema of YAML 1.2: only unquoted ones are anything but text, and
/// `yes`, `on` and `1_000` are text.
///
/// `written` is the text of the file at that place, by which a number keeps its spelling.
pub(super) fn scalar<'s>(
    text: Cow<'s, str>,
    written: &'s str,
    style: ScalarStyle,
    tag: Option<&Tag>,
    at: At,
) -> Result<Value<'s>, Trouble> {
    let implicit = match (style, text) {
        (ScalarStyle::Plain, Cow::Borrowed(text)) => plain(text),
        (ScalarStyle::Plain, Cow::Owned(text)) if text == written => plain(written),
        (ScalarStyle::Plain, Cow::Owned(text)) if text.is_empty() => Value::Null,
        // What is not written as it reads goes over several lines, or is quoted.
        (_, text) => Value::Text(text),
    };
    let Some(tag) = tag else { return Ok(implicit) };
    let plain_text = |value| match value {
        Value::Null => Value::Text(Cow::Borrowed("")),
        Value::Bool(_, text) | Value::Number(text) => Value::Text(Cow::Borrowed(text)),
        other => other,
    };
    match (tag.core_suffix(), &implicit) {
        (Some("str"), _) => Ok(plain_text(implicit)),
        (Some("int" | "float"), Value::Number(_)) | (Some("bool"), Value::Bool(..)) | (Some("null"), Value::Null) => {
            Ok(implicit)
        }
        (Some("merge"), Value::Text(text)) if text == "<<" => Ok(implicit),
        _ if is_plain_mark(tag) => Ok(plain_text(implicit)),
        _ => Err(unknown_tag(tag, at)),
    }
}

fn plain(text: &str) -> Value<'_> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true, text),
        "false" | "False" | "FALSE" => Value::Bool(false, text),
        _ if is_number(text) => Value::Number(text),
        _ => Value::Text(Cow::Borrowed(text)),
    }
}

fn is_number(text: &str) -> bool {
    if !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.')) {
        return false;
    }
    let all = |digits: &str, legal: fn(&u8) -> bool| !digits.is_empty() && digits.bytes().all(|b| legal(&b));
    if let Some(digits) = text.strip_prefix("0x") {
        return all(digits, u8::is_ascii_hexdigit);
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return all(digits, |b| matches!(b, b'0'..=b'7'));
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))),
        None => (unsigned, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    !(whole.is_empty() && fraction.is_empty())
        && digits(whole)
        && digits(fraction)
        && exponent.is_none_or(|exponent| all(exponent, u8::is_ascii_digit))
}

/// Whether a tag is the lone `!`, which only says that the value is not to be interpreted.
fn is_plain_mark(tag: &Tag) -> bool {
    tag.original() == "!"
}

/// Refuses a tag.
fn unknown_tag(tag: &Tag, at: At) -> Trouble {
    trouble(at, FileFault::Tag(Excerpt::of(&tag.original())))
}

/// Refuses a tag that says something else of a list or a mapping than what it is.
pub(super) fn check_container(tag: Option<&Tag>, kind: &str, at: At) -> Result<(), Trouble> {
    match tag {
        Some(tag) if !is_plain_mark(tag) && tag.core_suffix() != Some(kind) => Err(unknown_tag(tag, at)),
        _ => Ok(()),
    }
}
