//! From a value of the file to a value of a type, or a problem: the small readers that every
//! section uses. None of them guesses.

use super::found::{Found, Kind, Subject};
use super::node::{Name, Node, Value};
use super::remark::Remark;
use super::report::Report;
use super::source::At;
use super::wrong::{Unfit, ValueFault, Written};
use crate::volume::Excerpt;
use jiff::civil::Date;
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

/// What a value is.
pub(super) fn kind(value: &Value<'_>) -> Kind {
    match value {
        Value::Null => Kind::Nothing,
        Value::Bool(..) => Kind::Boolean,
        Value::Number(_) => Kind::Number,
        Value::Text(_) => Kind::Text,
        Value::List(_) => Kind::List,
        Value::Map(_) => Kind::Mapping,
    }
}

/// A value as a message shows it.
pub(super) fn shown(value: &Value<'_>) -> Found {
    match value {
        Value::Text(text) => Found::Text(Excerpt::of(text)),
        Value::Number(raw) => Found::Number(Excerpt::of(raw)),
        Value::Bool(_, raw) => Found::Boolean(Excerpt::of(raw)),
        other => Found::Kind(kind(other)),
    }
}

/// Text, quoted or not, that could not be read as anything else.
pub(super) fn text<'s>(node: Node<'s>, what: Subject, report: &mut Report<'_>) -> Option<Cow<'s, str>> {
    let kind = kind(&node.value);
    match node.value {
        Value::Text(text) => return Some(text),
        Value::Number(raw) | Value::Bool(_, raw) => {
            report.error(node.at, ValueFault::Unquoted { what, written: Excerpt::of(raw), kind });
        }
        _ => report.error(node.at, ValueFault::NotText { what, found: kind }),
    }
    None
}

/// Text where digits alone are natural: a number counts as the text that stands there.
pub(super) fn word<'s>(node: Node<'s>, what: Subject, report: &mut Report<'_>) -> Option<Cow<'s, str>> {
    match node.value {
        Value::Number(raw) => Some(Cow::Borrowed(raw)),
        _ => text(node, what, report),
    }
}

/// Reads a day as it is written: `2027-01-31`.
pub fn day(text: &str) -> Option<Date> {
    // The library reads a time behind the day, too, and drops it.
    (text.len() == 10).then(|| text.parse().ok()).flatten()
}

/// A day, as it is written in a file.
pub(super) fn day_of(node: Node<'_>, what: Subject, report: &mut Report<'_>) -> Option<Date> {
    let at = node.at;
    let read = |text: String| self::day(&text).ok_or_else(|| Unfit::Day(Excerpt::of(&text)));
    checked(text(node, what, report)?, at, what, read, report)
}

/// Whether a text was written for a tool that has variables.
fn is_variable(text: &str) -> bool {
    text.split_once("${").is_some_and(|(_, rest)| rest.contains('}'))
}

/// Checks a text with the constructor of its type.
pub(super) fn checked<T, E: Into<Unfit>>(
    text: Cow<'_, str>,
    at: At,
    what: Subject,
    make: impl FnOnce(String) -> Result<T, E>,
    report: &mut Report<'_>,
) -> Option<T> {
    let variable = is_variable(&text) && what != Subject::Field("description");
    match make(text.into_owned()) {
        Ok(value) => {
            if variable {
                report.warn(at, Remark::VariableKept { what });
            }
            Some(value)
        }
        Err(why) => {
            report.error(at, ValueFault::Unfit { what, why: why.into(), variable });
            None
        }
    }
}

/// `true` or `false`.
pub(super) fn boolean(node: &Node<'_>, what: Subject, report: &mut Report<'_>) -> Option<bool> {
    if let Value::Bool(value, _) = node.value {
        return Some(value);
    }
    let meant = match &node.value {
        Value::Text(text) => match text.to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" | "y" => Some(Written::Boolean(true)),
            "false" | "no" | "off" | "n" => Some(Written::Boolean(false)),
            _ => is_variable(text).then_some(Written::Variable),
        },
        _ => None,
    };
    report.error(node.at, ValueFault::NotBoolean { what, found: shown(&node.value), meant });
    None
}

/// The number that somebody meant who wrote a text.
fn meant_number(text: &str) -> Option<Written> {
    if let Some(digits) = with_unit(text) {
        return Some(Written::WithUnit { digits });
    }
    let digits: String = text.chars().filter(|c| !matches!(c, '_' | ',' | ' ')).collect();
    match !digits.is_empty() && digits.len() < 12 && digits.bytes().all(|b| b.is_ascii_digit()) {
        true if digits == text => Some(Written::Quoted { digits }),
        true => Some(Written::Grouped { digits }),
        false => is_variable(text).then_some(Written::Variable),
    }
}

/// A number of GB in a text that has a unit.
fn with_unit(text: &str) -> Option<String> {
    let end = text.find(|c: char| !c.is_ascii_digit())?;
    let (digits, unit) = text.split_at(end);
    let number: u32 = digits.parse().ok()?;
    let gb = match unit.trim().to_ascii_lowercase().as_str() {
        "g" | "gb" | "gi" | "gib" => number,
        "t" | "tb" | "ti" | "tib" => number.checked_mul(1024)?,
        _ => return None,
    };
    Some(gb.to_string())
}

/// A number that is written in another base, as `0x28` and `0o50`.
fn in_another_base(raw: &str) -> Option<u32> {
    let (digits, base) = raw.strip_prefix("0x").map(|it| (it, 16)).or_else(|| Some((raw.strip_prefix("0o")?, 8)))?;
    u32::from_str_radix(digits, base).ok()
}

/// A whole number. With `cut`, a fraction is cut off with a warning, as the API does.
pub(super) fn integer(
    node: &Node<'_>,
    what: Subject,
    legal: RangeInclusive<u32>,
    cut: bool,
    report: &mut Report<'_>,
) -> Option<u32> {
    let raw = match &node.value {
        Value::Number(raw) => *raw,
        Value::Text(text) => {
            let (found, meant) = (shown(&node.value), meant_number(text));
            report.error(node.at, ValueFault::NotNumber { what, found, meant });
            return None;
        }
        other => {
            report.error(node.at, ValueFault::NotNumber { what, found: Found::Kind(kind(other)), meant: None });
            return None;
        }
    };
    let written = || Excerpt::of(raw);
    let (negative, unsigned) = raw.strip_prefix('-').map_or((false, raw), |rest| (true, rest));
    let (whole, fraction) = unsigned.split_once('.').map_or((unsigned, None), |(whole, rest)| (whole, Some(rest)));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let leading_zero = whole.len() > 1 && whole.starts_with('0');
    if whole.is_empty() || leading_zero || !digits(whole) || !digits(fraction.unwrap_or("")) {
        report.error(
            node.at,
            ValueFault::NotPlainDigits { what, written: written(), leading_zero, decimal: in_another_base(raw) },
        );
        return None;
    }
    if fraction.is_some() && !cut {
        report.error(node.at, ValueFault::NotWhole { what, written: written() });
        return None;
    }
    let number = whole.parse().ok().filter(|number| !negative && legal.contains(number));
    let Some(taken) = number else {
        let (least, most) = (*legal.start(), *legal.end());
        report.error(node.at, ValueFault::OutOfRange { what, least, most, written: written() });
        return None;
    };
    if fraction.is_some() {
        report.warn(node.at, Remark::NumberCut { what, written: written(), taken });
    }
    Some(taken)
}

/// One of a few words.
pub(super) fn choice<T: Copy>(
    node: &Node<'_>,
    what: Subject,
    words: &[(&'static str, T)],
    report: &mut Report<'_>,
) -> Option<T> {
    let legal: Vec<&'static str> = words.iter().map(|(word, _)| *word).collect();
    let near = match &node.value {
        Value::Text(text) => {
            if let Some((_, value)) = words.iter().find(|(word, _)| word == text) {
                return Some(*value);
            }
            nearest(text, &legal)
        }
        _ => None,
    };
    report.error(node.at, ValueFault::NotOneOf { what, legal, found: shown(&node.value), near });
    None
}

/// The entries of a mapping.
pub(super) fn mapping<'s>(node: Node<'s>, what: Subject, report: &mut Report<'_>) -> Option<Vec<(Name<'s>, Node<'s>)>> {
    match node.value {
        Value::Map(entries) => Some(entries),
        other => {
            report.error(node.at, ValueFault::NotMapping { what, found: shown(&other) });
            None
        }
    }
}

/// The items of a list.
pub(super) fn list<'s>(node: Node<'s>, what: Subject, report: &mut Report<'_>) -> Option<Vec<Node<'s>>> {
    match node.value {
        Value::List(nodes) => Some(nodes),
        other => {
            report.error(node.at, ValueFault::NotList { what, found: shown(&other) });
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
