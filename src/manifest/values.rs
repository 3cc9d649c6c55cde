//! From a value of the file to a value of a type, or a problem: the small readers that every
//! section uses. None of them guesses.

use super::fields::NO_VARIABLES;
use super::node::{Name, Node, Value};
use super::report::Report;
use super::source::At;
use crate::volume::Invalid;
use std::borrow::Cow;
use std::ops::RangeInclusive;

/// What a field says, after looking at it once.
#[derive(Debug, Clone, Default)]
pub(super) enum Given<T> {
    /// It is not there.
    #[default]
    Absent,
    /// It is `null`: as good as absent, and a default does not apply either.
    Null,
    /// It is there and wrong, which has been reported: nothing more shall be said about it.
    Bad,
    /// It is there.
    Set(T, At),
}

impl<T> Given<T> {
    /// Reads a field: `null` stays `null`, all else goes through `read`.
    pub(super) fn read<'s>(node: Node<'s>, read: impl FnOnce(Node<'s>) -> Option<T>) -> Given<T> {
        let at = node.at;
        match node.value {
            Value::Null => Given::Null,
            _ => read(node).map_or(Given::Bad, |value| Given::Set(value, at)),
        }
    }

    /// The value and its place.
    pub(super) fn get(&self) -> Option<(&T, At)> {
        match self {
            Given::Set(value, at) => Some((value, *at)),
            _ => None,
        }
    }

    /// The value itself.
    pub(super) fn into_value(self) -> Option<T> {
        match self {
            Given::Set(value, _) => Some(value),
            _ => None,
        }
    }

    /// Whether it is there and wrong.
    pub(super) fn is_bad(&self) -> bool {
        matches!(self, Given::Bad)
    }

    /// What counts where this field may be left to a default.
    pub(super) fn or_default(self, default: &Given<T>) -> Given<T>
    where
        T: Clone,
    {
        match self {
            Given::Absent => default.clone(),
            own => own,
        }
    }
}

/// A text of the file for a message: escaped, and not longer than people read.
pub(super) fn quoted(text: &str) -> String {
    const LONGEST: usize = 60;
    match text.char_indices().nth(LONGEST) {
        None => format!("{text:?}"),
        Some((end, _)) => format!("{:?} and more", &text[..end]),
    }
}

/// What a value is, for a message.
pub(super) fn kind(value: &Value<'_>) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(..) => "a boolean",
        Value::Number(_) => "a number",
        Value::Text(_) => "text",
        Value::List(_) => "a list",
        Value::Map(_) => "a mapping",
    }
}

/// Text, quoted or not, that could not be read as anything else.
pub(super) fn text<'s>(node: Node<'s>, what: &str, report: &mut Report<'_>) -> Option<Cow<'s, str>> {
    match node.value {
        Value::Text(text) => Some(text),
        Value::Number(raw) | Value::Bool(_, raw) => {
            let kind = if matches!(node.value, Value::Number(_)) { "a number" } else { "a boolean" };
            let reason = format!("{what} is text, and {raw} without quotes is {kind}");
            report.error(node.at, Invalid::new(reason).hint(format!("write {raw:?}")));
            None
        }
        other => {
            report.error(node.at, format!("{what} is text, not {}", kind(&other)));
            None
        }
    }
}

/// Text where digits alone are natural: a number counts as the text that stands there.
pub(super) fn word<'s>(node: Node<'s>, what: &str, report: &mut Report<'_>) -> Option<Cow<'s, str>> {
    match node.value {
        Value::Number(raw) => Some(Cow::Borrowed(raw)),
        _ => text(node, what, report),
    }
}

/// Whether a text was written for a tool that has variables.
fn is_variable(text: &str) -> bool {
    text.split_once("${").is_some_and(|(_, rest)| rest.contains('}'))
}

/// Checks a text with the constructor of its type.
pub(super) fn checked<T>(
    text: Cow<'_, str>,
    at: At,
    what: &str,
    make: impl FnOnce(String) -> Result<T, Invalid>,
    report: &mut Report<'_>,
) -> Option<T> {
    let variable = is_variable(&text) && what != "`description`";
    match make(text.into_owned()) {
        Ok(value) => {
            if variable {
                report.warn(at, Invalid::new(format!("{what} holds \"${{\", and keeps it")).hint(NO_VARIABLES));
            }
            Some(value)
        }
        Err(invalid) => {
            let mut invalid = invalid.of(what);
            if variable {
                invalid.hint = Some(NO_VARIABLES.to_owned());
            }
            report.error(at, invalid);
            None
        }
    }
}

/// `true` or `false`.
pub(super) fn boolean(node: &Node<'_>, what: &str, report: &mut Report<'_>) -> Option<bool> {
    if let Value::Bool(value, _) = node.value {
        return Some(value);
    }
    let invalid = Invalid::new(format!("{what} is true or false, not {}", shown(&node.value)));
    let hint = match &node.value {
        Value::Text(text) => match text.to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" | "y" => Some("write true, without quotes"),
            "false" | "no" | "off" | "n" => Some("write false, without quotes"),
            _ if is_variable(text) => Some(NO_VARIABLES),
            _ => None,
        },
        _ => None,
    };
    report.error(
        node.at,
        match hint {
            Some(hint) => invalid.hint(hint),
            None => invalid,
        },
    );
    None
}

/// A whole number. With `cut`, a fraction is cut off with a warning, as the API does.
pub(super) fn integer(
    node: &Node<'_>,
    what: &str,
    legal: RangeInclusive<u32>,
    cut: bool,
    report: &mut Report<'_>,
) -> Option<u32> {
    let raw = match &node.value {
        Value::Number(raw) => *raw,
        Value::Text(text) => {
            let digits: String = text.chars().filter(|c| !matches!(c, '_' | ',' | ' ')).collect();
            let number = !digits.is_empty() && digits.len() < 12 && digits.bytes().all(|b| b.is_ascii_digit());
            let mut invalid = Invalid::new(format!("{what} is a number, not {}", shown(&node.value)));
            if number {
                let how = if digits == *text { "without quotes" } else { "in plain digits" };
                invalid = invalid.hint(format!("write {digits}, {how}"));
            } else if is_variable(text) {
                invalid = invalid.hint(NO_VARIABLES);
            }
            report.error(node.at, invalid);
            return None;
        }
        other => {
            report.error(node.at, format!("{what} is a number, not {}", kind(other)));
            return None;
        }
    };
    let (negative, unsigned) = raw.strip_prefix('-').map_or((false, raw), |rest| (true, rest));
    let (whole, fraction) = unsigned.split_once('.').map_or((unsigned, None), |(whole, rest)| (whole, Some(rest)));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let zero_led = whole.len() > 1 && whole.starts_with('0');
    if whole.is_empty() || zero_led || !digits(whole) || !digits(fraction.unwrap_or("")) {
        let hint = if zero_led { "some readers take a leading zero as octal: drop it" } else { "write plain digits" };
        report.error(node.at, Invalid::new(format!("{what} is a number in plain digits, not {raw}")).hint(hint));
        return None;
    }
    if fraction.is_some() && !cut {
        report.error(node.at, format!("{what} is a whole number, not {raw}"));
        return None;
    }
    let number = whole.parse().ok().filter(|number| !negative && legal.contains(number));
    let Some(number) = number else {
        report.error(node.at, format!("{what} is {} to {}, not {raw}", legal.start(), legal.end()));
        return None;
    };
    if fraction.is_some() {
        report.warn(
            node.at,
            Invalid::new(format!("{what} {raw} is cut to {number}, as the API does"))
                .hint(format!("write {number}, or what was meant")),
        );
    }
    Some(number)
}

/// A value as a message shows it.
pub(super) fn shown(value: &Value<'_>) -> String {
    match value {
        Value::Text(text) => quoted(text),
        Value::Number(raw) | Value::Bool(_, raw) => (*raw).to_owned(),
        other => kind(other).to_owned(),
    }
}

/// One of a few words.
pub(super) fn choice<T: Copy>(node: &Node<'_>, what: &str, legal: &[(&str, T)], report: &mut Report<'_>) -> Option<T> {
    let words: Vec<&str> = legal.iter().map(|(word, _)| *word).collect();
    if let Value::Text(text) = &node.value {
        if let Some((_, value)) = legal.iter().find(|(word, _)| word == text) {
            return Some(*value);
        }
        let invalid = Invalid::new(format!("{what} is {}, not {}", words.join(" or "), quoted(text)));
        report.error(
            node.at,
            match nearest(text, &words) {
                Some(word) => invalid.hint(format!("did you mean `{word}`?")),
                None => invalid,
            },
        );
    } else {
        report.error(node.at, format!("{what} is {}, not {}", words.join(" or "), shown(&node.value)));
    }
    None
}

/// The entries of a mapping.
pub(super) fn mapping<'s>(node: Node<'s>, what: &str, report: &mut Report<'_>) -> Option<Vec<(Name<'s>, Node<'s>)>> {
    match node.value {
        Value::Map(entries) => Some(entries),
        other => {
            report.error(node.at, format!("{what} is a mapping, not {}", shown(&other)));
            None
        }
    }
}

/// The items of a list.
pub(super) fn list<'s>(node: Node<'s>, what: &str, report: &mut Report<'_>) -> Option<Vec<Node<'s>>> {
    match node.value {
        Value::List(nodes) => Some(nodes),
        other => {
            let invalid = Invalid::new(format!("{what} is a list, not {}", shown(&other)));
            let hint = format!("write [{}]", shown(&other));
            let scalar = matches!(other, Value::Text(_) | Value::Number(_));
            report.error(node.at, if scalar { invalid.hint(hint) } else { invalid });
            None
        }
    }
}

/// The legal word that a wrong one most likely stands for.
pub(super) fn nearest<'w>(wrong: &str, legal: &[&'w str]) -> Option<&'w str> {
    if wrong.len() > 64 {
        return None;
    }
    let plain = |text: &str| text.to_lowercase().replace(['-', '_', ' '], "");
    let wrong = plain(wrong);
    legal
        .iter()
        .map(|word| (strsim::damerau_levenshtein(&plain(word), &wrong), *word))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, word)| *distance <= word.len().max(3) / 3)
        .map(|(_, word)| word)
}
