//! `base`: files that are read first, and whose `cloud`, `defaults` and `limits` this stack's own are merged over.

use super::SourceFile;
use super::fields::TOP;
use super::found::Subject;
use super::model::{Base, Role};
use super::node::{Node, Value};
use super::report::Report;
use super::source::{At, Text};
use super::tree;
use super::values::{list, shown, text};
use super::wrong::{BaseFault, FileFault, ValueFault, Wrong};
use crate::volume::Excerpt;
use std::borrow::Cow;
use std::collections::HashMap;

/// The most bases that a stack may name.
pub(super) const MOST: usize = 16;

/// The sections that a base may hold, beside keys that begin with `x-`.
pub(super) const SECTIONS: [&str; 3] = ["cloud", "limits", "defaults"];

/// The mappings of `defaults` that are merged key by key themselves.
const INNER: [&str; 3] = ["tags", "metadata", "lifecycle"];

/// The bases that a stack's files name, in their order. What is wrong with one is for [`parse`](super::parse) to say.
pub fn bases(files: &[SourceFile]) -> Vec<Base> {
    let mut found = Vec::new();
    for file in files {
        // Most manifests name none, and are not read twice on this account.
        if file.role != Role::Own || !has_word(&file.bytes, b"base") {
            continue;
        }
        let (text, trouble) = Text::new(file);
        let (None, Ok((node, _))) = (trouble, tree::read(0, &text)) else { continue };
        let Value::Map(entries) = node.value else { continue };
        let mut report = Report::new(vec![text]);
        for (name, node) in entries {
            if name.text == "base" && !matches!(node.value, Value::Null) {
                let named = decode(node, &mut report);
                found.extend(named.into_iter().map(|(path, at)| Base { path, place: report.place(at) }));
            }
        }
    }
    found
}

/// Whether a word stands in a text by itself, and not only within other words.
fn has_word(text: &[u8], word: &[u8]) -> bool {
    let is_inner = |at: Option<usize>| {
        at.and_then(|at| text.get(at)).is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
    };
    let found = text.windows(word.len()).enumerate().filter(|(_, bytes)| *bytes == word);
    found.into_iter().any(|(at, _)| !is_inner(at.checked_sub(1)) && !is_inner(Some(at + word.len())))
}

/// Reads the list: the paths that may be read, each once.
pub(super) fn decode(node: Node<'_>, report: &mut Report<'_>) -> Vec<(String, At)> {
    let (at, what) = (node.at, Subject::Field("base"));
    let Some(items) = list(node, what, report) else { return Vec::new() };
    if items.len() > MOST {
        report.error(at, BaseFault::TooMany { bases: items.len(), most: MOST });
        return Vec::new();
    }
    let mut paths: Vec<(String, At)> = Vec::new();
    for item in items {
        let at = item.at;
        let Some(path) = text(item, what, report).map(Cow::into_owned) else { continue };
        if let Err(fault) = check(&path) {
            report.error(at, fault);
        } else if let Some((_, first)) = paths.iter().find(|(other, _)| *other == path) {
            let first = report.place(*first);
            report.error(at, BaseFault::Twice { path: Excerpt::of(&path), first });
        } else {
            paths.push((path, at));
        }
    }
    paths
}

/// A base is a YAML file by its name, at a place that every machine has which has the manifest.
fn check(path: &str) -> Result<(), BaseFault> {
    if path.starts_with(['/', '\\', '~']) || path.chars().any(char::is_control) {
        return Err(BaseFault::NotRelative(Excerpt::of(path)));
    }
    let name = path.rsplit('/').next().unwrap_or_default();
    let is_yaml = [".yaml", ".yml"].into_iter().any(|ending| name.len() > ending.len() && name.ends_with(ending));
    if is_yaml { Ok(()) } else { Err(BaseFault::NotYamlFile(Excerpt::of(path))) }
}

/// What is said of a base that is not read: where it lies tells nothing of what it is, so nothing of its content is said.
pub(super) fn unreadable(wrong: Wrong) -> Wrong {
    let Wrong::File { fault, merge_marks } = wrong else { return wrong };
    match fault {
        FileFault::NotManifest(_) => BaseFault::NotMapping.into(),
        FileFault::NotYaml { cause, .. } => BaseFault::NotYaml { cause }.into(),
        FileFault::Tag(_) => BaseFault::Tag.into(),
        fault => Wrong::File { fault, merge_marks },
    }
}

/// The sections of a base. A file that holds anything else is none: it is reported by its place alone, and nothing of it is
/// used.
pub(super) fn sections<'s>(node: Node<'s>, report: &mut Report<'_>) -> Option<Vec<(&'static str, At, Node<'s>)>> {
    let Value::Map(entries) = node.value else { return None };
    let is_known = |name: &str| SECTIONS.contains(&name) || name.starts_with("x-");
    if let Some((name, _)) = entries.iter().find(|(name, _)| !is_known(&name.text)) {
        let section = TOP.into_iter().find(|section| *section == name.text);
        report.conceal(name.at.file);
        report.error(name.at, BaseFault::Holds { section });
        return None;
    }
    let section = |(name, node): (super::node::Name<'s>, Node<'s>)| {
        let section = SECTIONS.into_iter().find(|section| *section == name.text)?;
        Some((section, name.at, node))
    };
    Some(entries.into_iter().filter_map(section).collect())
}

/// A section of a file merged over the same of a base: key by key, and `null` is a value too. In `defaults` some mappings are
/// merged key by key themselves.
pub(super) fn merge<'s>(section: &'static str, over: Node<'s>, under: Node<'s>, report: &mut Report<'_>) -> Node<'s> {
    match (&over.value, &under.value) {
        (Value::Null, _) => return under,
        (_, Value::Null) => return over,
        (_, Value::Map(_)) => {}
        (_, other) => {
            report.error(under.at, ValueFault::NotMapping { what: Subject::Field(section), found: shown(other) });
            return over;
        }
    }
    let inner: &[&str] = if section == "defaults" { &INNER } else { &[] };
    merge_keys(over, under, inner)
}

fn merge_keys<'s>(over: Node<'s>, under: Node<'s>, inner: &[&str]) -> Node<'s> {
    let at = over.at;
    let (mut own, base) = match (over.value, under.value) {
        (Value::Map(own), Value::Map(base)) => (own, base),
        (value, _) => return Node { value, at },
    };
    let places: HashMap<String, usize> =
        own.iter().enumerate().map(|(place, (name, _))| (name.text.clone().into_owned(), place)).collect();
    for (name, node) in base {
        let Some(place) = places.get(name.text.as_ref()) else {
            own.push((name, node));
            continue;
        };
        if let Some((_, value)) = own.get_mut(*place).filter(|(name, _)| inner.contains(&name.text.as_ref())) {
            let nothing = Node { value: Value::Null, at: value.at };
            *value = merge_keys(std::mem::replace(value, nothing), node, &[]);
        }
    }
    Node { value: Value::Map(own), at }
}
