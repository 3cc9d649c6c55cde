//! Where in the text of a file something can be added to a section.

use super::entry::Indent;
use std::ops::Range;
use std::str::FromStr as _;
use yaml_edit::{Document, Mapping, YamlNode};

/// What stands in a file under the name of a section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Spot {
    /// The section is not there, and the file is written in lines, up to that byte.
    Absent { end: usize },
    /// The section is not there, and the whole file stands in braces.
    AbsentInBraces(InBraces),
    /// The section is there without members: what stands in their place, from its first byte to its last.
    Empty(Range<usize>),
    /// Its members stand on lines of their own.
    Lines {
        /// Behind the lines of its last member.
        end: usize,
        /// Behind all that may belong to its last member, comments and empty lines too.
        far_end: usize,
        indent: Indent,
    },
    /// Its members stand in braces.
    Braces(InBraces),
    /// It is an alias or no mapping at all.
    NoMapping,
}

/// Where one more member stands in a mapping in braces. Comments may stand behind either place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum InBraces {
    /// It is the first, behind the opening brace.
    First(usize),
    /// It stands behind the value of the last one.
    Behind(usize),
}

/// Looks for a section; `None` where the text cannot be taken apart.
pub(super) fn spot(text: &str, section: &str) -> Option<Spot> {
    // Whatever stands behind the mark that ends the document is none of it.
    let text = text.get(..end_of_document(text))?;
    let document = Document::from_str(text).ok()?;
    let root = document.as_mapping()?;
    let Some(entry) = root.find_entry_by_key(section) else {
        return Some(match root.is_flow_style() {
            true => Spot::AbsentInBraces(in_braces(text, &root)?),
            false => Spot::Absent { end: text.len() },
        });
    };
    let key_end = range(&entry.key_node()?).end;
    let value = entry.value_node();
    let Some(value) = value.filter(|value| !text.get(range(value)).unwrap_or_default().trim().is_empty()) else {
        let colon = text.get(key_end..)?.find(':')? + key_end + 1;
        return Some(Spot::Empty(colon..colon));
    };
    let place = range(&value);
    let written = text.get(place.clone())?.trim();
    // Within braces no member stands on a line of its own.
    let is_nothing = matches!(written, "null" | "~" | "{}") && !root.is_flow_style();
    if is_nothing {
        let start = place.start + text.get(place.clone())?.find(written)?;
        return Some(Spot::Empty(start..start + written.len()));
    }
    let Some(mapping) = value.as_mapping() else { return Some(Spot::NoMapping) };
    if mapping.is_flow_style() {
        return Some(Spot::Braces(in_braces(text, mapping)?));
    }
    lines(text, mapping, place)
}

fn range(node: &YamlNode) -> Range<usize> {
    let position = node.byte_range();
    position.start as usize..position.end as usize
}

fn in_braces(text: &str, mapping: &Mapping) -> Option<InBraces> {
    let Some(last) = mapping.entries().last() else {
        let place = range(&YamlNode::Mapping(mapping.clone()));
        return Some(InBraces::First(place.start + text.get(place)?.find('{')? + 1));
    };
    let place = range(&last.value_node()?);
    Some(InBraces::Behind(place.start + text.get(place)?.trim_end().len()))
}

/// Where the document ends: before the mark that ends it, or at the end of the text.
fn end_of_document(text: &str) -> usize {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if line.trim_end() == "..." || line.starts_with("... ") {
            return at;
        }
        at += line.len();
    }
    at
}

fn lines(text: &str, mapping: &Mapping, place: Range<usize>) -> Option<Spot> {
    let first = mapping.entries().next()?;
    let start = range(&first.key_node()?).start;
    let line = text.get(..start)?.rfind('\n').map_or(0, |at| at + 1);
    let key = text.get(line..start)?.to_owned();
    if !key.chars().all(|c| c == ' ') {
        return None;
    }
    let step = first.value_node().and_then(|value| step(text, &value, key.len())).unwrap_or(2);
    let content = place.start + text.get(place.clone())?.trim_end().len();
    let line_end =
        |from: usize| text.get(from..).and_then(|rest| rest.find('\n')).map_or(text.len(), |at| from + at + 1);
    let far_end = if text.get(..place.end)?.ends_with('\n') { place.end } else { line_end(place.end) };
    Some(Spot::Lines { end: line_end(content), far_end, indent: Indent { key, step: " ".repeat(step) } })
}

/// How far the fields of a member stand further in than its key, where they stand on lines of their own.
fn step(text: &str, value: &YamlNode, key: usize) -> Option<usize> {
    let fields = value.as_mapping().filter(|fields| !fields.is_flow_style())?;
    let start = range(&fields.entries().next()?.key_node()?).start;
    let line = text.get(..start)?.rfind('\n').map_or(0, |at| at + 1);
    (start - line).checked_sub(key).filter(|step| (1..=8).contains(step))
}
