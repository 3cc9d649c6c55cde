//! One stretch of a text replaced by another: the only way in which a manifest is edited.

use super::document::{Entry, Kind, Map, Text};
use super::quotes;
use std::ops::Range;

/// One stretch of bytes, and what is to stand there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Splice {
    /// The bytes that go.
    pub(super) range: Range<usize>,
    /// The text that comes.
    pub(super) with: String,
}

impl Splice {
    /// The text once all of these are carried out; `None` where some of them overlap.
    pub(super) fn apply_all(splices: &[&Splice], text: &str) -> Option<String> {
        let mut splices = splices.to_vec();
        splices.sort_by_key(|splice| splice.range.start);
        let mut edited = String::with_capacity(text.len());
        let mut at = 0;
        for splice in splices {
            edited.push_str(text.get(at..splice.range.start)?);
            edited.push_str(&splice.with);
            at = splice.range.end;
        }
        edited.push_str(text.get(at..)?);
        Some(edited)
    }

    /// Where a byte stands once these are carried out that begin before it.
    pub(super) fn moved(splices: &[&Splice], at: usize) -> usize {
        let before = || splices.iter().filter(|splice| splice.range.start < at);
        let (more, less): (usize, usize) =
            before().fold((0, 0), |(more, less), splice| (more + splice.with.len(), less + splice.range.len()));
        (at + more).saturating_sub(less)
    }

    /// How many bytes of what comes are line ends before its own text.
    pub(super) fn line_ends_ahead(&self) -> usize {
        self.with.len() - self.with.trim_start_matches(['\r', '\n']).len()
    }

    /// Puts another value in the place of an entry's. Anchors, and the comment of a block's first line, stay.
    pub(super) fn replace(entry: &Entry, value: &str, text: Text<'_>) -> Splice {
        let Range { start, end } = entry.value.range.clone();
        match entry.value.kind {
            Kind::Nothing => {
                let colon = if entry.has_colon { "" } else { ":" };
                Splice { range: start..end, with: format!("{colon} {value}") }
            }
            Kind::Block => {
                let first = text.part(start..text.end_of_line(start));
                let header = first.find(" #").and_then(|at| first.get(..at)).unwrap_or(first).trim_end();
                let comment = first.get(header.len()..).unwrap_or_default();
                Splice { range: start..end, with: format!("{value}{comment}") }
            }
            _ => Splice { range: start..end, with: value.to_owned() },
        }
    }

    /// Puts one more entry into a mapping: last in braces; else behind the last entry that is no block, indented as the
    /// others are.
    pub(super) fn insert(map: &Map, range: &Range<usize>, key: &str, value: &str, text: Text<'_>) -> Splice {
        let entries = map.entries(text);
        let here = |at: usize, with: String| Splice { range: at..at, with };
        let key = quotes::text(key, map.quotes(text));
        if map.is_flow() {
            return match entries.last() {
                Some(last) => here(last.end(), format!(", {key}: {value}")),
                None => here(range.start + 1, format!("{key}: {value}")),
            };
        }
        let Some(first) = entries.first() else { return here(range.end, format!("{key}: {value}")) };
        let indent = indent(first, text);
        let is_short = |entry: &&Entry| match &entry.value.kind {
            Kind::Nothing | Kind::Scalar | Kind::Alias => true,
            Kind::Map(map) => map.is_flow(),
            Kind::List(list) => list.is_flow(),
            Kind::Block => false,
        };
        match entries.iter().rfind(is_short) {
            Some(before) => {
                let at = text.end_of_line(before.end());
                here(at, format!("{}{indent}{key}: {value}", text.line_end(at)))
            }
            None => here(first.start, format!("{key}: {value}{}{indent}", text.line_end(first.start))),
        }
    }

    /// Takes an entry out of a mapping, with its lines where the mapping has a line for each. Comments on lines of their own stay.
    pub(super) fn remove(map: &Map, key: &str, text: Text<'_>) -> Option<Splice> {
        let entries = map.entries(text);
        let at = entries.iter().position(|entry| entry.key == key)?;
        let entry = entries.get(at)?;
        if map.is_flow() {
            let next = entries.get(at + 1);
            let before = at.checked_sub(1).and_then(|before| entries.get(before));
            let is_bare = |range: Range<usize>| !text.part(range).contains('#');
            let range = match (next, before) {
                (Some(next), _) if is_bare(entry.end()..next.start) => entry.start..next.start,
                (None, Some(before)) if is_bare(before.end()..entry.start) => before.end()..entry.end(),
                // A comment stands between them, and stays.
                _ => entry.start..behind_comma(entry.end(), text),
            };
            return Some(Splice { range, with: String::new() });
        }
        let (start, end) = (text.start_of_line(entry.start), text.next_line(entry.end()));
        // Something else on its first line, or its last one.
        if !text.part(start..entry.start).trim_matches(' ').is_empty() || !text.is_end(entry.end()) {
            return None;
        }
        // Without a line end behind it, the one before it goes.
        let has_end = end > text.end_of_line(entry.end());
        let start = if has_end { start } else { text.part(0..start).trim_end_matches(['\r', '\n']).len() };
        Some(Splice { range: start..end, with: String::new() })
    }
}

/// The first byte behind the comma that follows on the same line, and behind the spaces after it; `from` where there is none.
fn behind_comma(from: usize, text: Text<'_>) -> usize {
    let rest = text.part(from..text.end_of_line(from));
    let comma = rest.trim_start_matches([' ', '\t']).strip_prefix(',');
    comma.map_or(from, |behind| from + rest.len() - behind.trim_start_matches(' ').len())
}

/// The white space before each key of a block.
fn indent(first: &Entry, text: Text<'_>) -> String {
    let before = text.part(text.start_of_line(first.start)..first.start);
    " ".repeat(before.chars().count())
}
