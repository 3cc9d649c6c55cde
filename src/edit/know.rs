//! Items of `known_drift`: what they say of drift, and where they are written.

use super::document::{Entry, Kind, Map, Node, Text};
use super::not_edited::NotEdited;
use super::quotes::{self, Quotes};
use super::splice::Splice;
use crate::manifest::{KnownDrift, KnownField, KnownValue, Manifest, Place, SourceFile};
use crate::plan::{Drift, Drifted, Value};
use crate::volume::{Address, Key, KeyOrAddress, Slot};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// The section.
const SECTION: &str = "known_drift";
/// The key that stands in the file to which a section is added.
const HEAD: &str = "stack";

/// The items by which a manifest knows of drift until a day: one for each volume. Where a key itself is named, has several
/// volumes, and all of them drifted to one value, it is one for the key, which means those that are added later, too.
///
/// # Errors
/// All drift that no item can tell.
pub fn known<'d>(
    drift: impl IntoIterator<Item = &'d Drift>,
    (reason, until): (&str, Date),
    manifest: &Manifest,
    is_named: impl Fn(&Key) -> bool,
) -> Result<Vec<KnownDrift>, Vec<NotEdited>> {
    let mut fields: BTreeMap<(Key, KnownField), BTreeMap<Slot, KnownValue>> = BTreeMap::new();
    let mut not_edited = Vec::new();
    for Drift { address, id: _, change } in drift {
        match of(address, change) {
            Ok((field, value)) => {
                fields.entry((address.key.clone(), field)).or_default().insert(address.slot, value);
            }
            Err(why) => not_edited.push(why),
        }
    }
    let mut items = Vec::new();
    for ((key, field), slots) in fields {
        let item = |what, value| KnownDrift {
            what,
            field,
            value,
            reason: reason.to_owned(),
            until,
            place: Place { file: "".into(), line: 0, column: 0 },
        };
        let is_whole = slots.len() > 1
            && is_named(&key)
            && manifest.volumes.get(&key).is_some_and(|volume| volume.slots().all(|slot| slots.contains_key(&slot)));
        let mut values = slots.values();
        let shared = values.next().filter(|first| is_whole && values.all(|other| other == *first));
        match shared {
            Some(value) => items.push(item(KeyOrAddress::Key(key), value.clone())),
            None => items.extend(
                slots
                    .into_iter()
                    .map(|(slot, value)| item(KeyOrAddress::Address(Address { key: key.clone(), slot }), value)),
            ),
        }
    }
    if not_edited.is_empty() { Ok(items) } else { Err(not_edited) }
}

fn of(address: &Address, change: &Drifted) -> Result<(KnownField, KnownValue), NotEdited> {
    let (field, recorded, observed) = match change {
        Drifted::Unmarked { .. } | Drifted::MarkedOtherwise { .. } => {
            return Err(NotEdited::Mark { address: address.clone() });
        }
        Drifted::Gone => return Err(NotEdited::Gone { address: address.clone() }),
        Drifted::Recycled { .. } => return Err(NotEdited::Recycled { address: address.clone() }),
        Drifted::Status { status } => return Ok((KnownField::Status, KnownValue::Text(status.as_str().to_owned()))),
        Drifted::Field { field, recorded, observed } => (*field, recorded, observed),
    };
    let known = KnownField::ALL.into_iter().find(|(word, _)| *word == field.word());
    let Some((_, known)) = known else { return Err(NotEdited::NotKnowable { address: address.clone(), field }) };
    let value = match observed {
        None => KnownValue::None,
        Some(Value::Number(number)) => KnownValue::Number(*number),
        Some(Value::Text(text)) => KnownValue::Text(text.clone()),
        Some(Value::Pairs(observed)) => {
            let recorded = match recorded {
                Some(Value::Pairs(recorded)) => recorded.clone(),
                _ => BTreeMap::new(),
            };
            let keys: BTreeSet<&String> = recorded.keys().chain(observed.keys()).collect();
            KnownValue::Tags(keys.into_iter().map(|key| (key.clone(), observed.get(key).cloned())).collect())
        }
        Some(Value::Flag(_) | Value::Prepaid(_)) => {
            return Err(NotEdited::NotKnowable { address: address.clone(), field });
        }
    };
    Ok((known, value))
}

/// The number of the item that knows of the same field of the same volumes, if the manifest has one.
pub(super) fn same(item: &KnownDrift, manifest: &Manifest) -> Option<usize> {
    let slots = |what: &KeyOrAddress| -> BTreeSet<Slot> {
        match what {
            KeyOrAddress::Address(address) => [address.slot].into(),
            KeyOrAddress::Key(key) => manifest.volumes.get(key).into_iter().flat_map(|volume| volume.slots()).collect(),
        }
    };
    let is_same = |other: &KnownDrift| {
        other.field == item.field && other.what.key() == item.what.key() && slots(&other.what) == slots(&item.what)
    };
    manifest.known_drift.iter().position(is_same)
}

/// The splices that write items into a file.
pub(super) struct Edits {
    /// The number of the file.
    pub(super) file: usize,
    /// The splices, none of which overlap.
    pub(super) splices: Vec<Splice>,
    /// Where each item begins: the number of its splice, and how far behind the line ends with which that begins.
    pub(super) begins: Vec<(usize, usize)>,
}

/// The splices that write items, each in the place of that number, or as one more; `None` where the text has no place for one.
pub(super) fn edits(files: &[SourceFile], items: &[(&KnownDrift, Option<usize>)]) -> Option<Edits> {
    let has = |section: &str| {
        files.iter().enumerate().find_map(|(file, source)| {
            let text = Text::of(source)?;
            let root = text.text.contains(section).then(|| text.root())??;
            let entry = root.entry(section, text)?;
            Some((file, text, root, entry))
        })
    };
    let more: Vec<&KnownDrift> = items.iter().filter(|(_, number)| number.is_none()).map(|(item, _)| *item).collect();
    let (file, added, old, text) = match has(SECTION) {
        None => {
            let (file, text, root, _) = has(HEAD)?;
            (file, section_added(&root, &more, text), Vec::new(), text)
        }
        Some((file, text, _, section)) => match &section.value.kind {
            Kind::List(list) => {
                let old = list.items(text);
                let added = match (more.is_empty(), list.is_flow()) {
                    (true, _) => Added::default(),
                    (false, true) => in_brackets(&section, old.last(), &more, text),
                    (false, false) => in_lines(&section, old.last()?, &more, text)?,
                };
                (file, added, old, text)
            }
            Kind::Nothing if text.is_end(section.behind_colon) => {
                let at = text.end_of_line(section.behind_colon);
                let end = text.line_end(at);
                (file, Added::of(at, end, &all_lines(&more, "  ", end), end, ""), Vec::new(), text)
            }
            _ => return None,
        },
    };
    let Added { splice, begins: mut behind } = added;
    let mut splices: Vec<Splice> = splice.into_iter().collect();
    let mut begins = Vec::new();
    for (item, number) in items {
        match number {
            Some(number) => {
                begins.push((splices.len(), 0));
                splices.extend(changed(old.get(*number)?, item, text)?);
            }
            None => begins.push((0, behind.pop_front()?)),
        }
    }
    Some(Edits { file, splices, begins })
}

/// New items, in one splice.
#[derive(Default)]
struct Added {
    splice: Option<Splice>,
    /// Where each of them begins, counted from the first byte that is no line end.
    begins: VecDeque<usize>,
}

impl Added {
    /// Texts of items at one place, with what stands before, between and behind them.
    fn of(at: usize, before: &str, items: &[String], between: &str, behind: &str) -> Added {
        let mut begins = VecDeque::new();
        let mut with = before.to_owned();
        let ahead = before.len() - before.trim_start_matches(['\r', '\n']).len();
        for (number, item) in items.iter().enumerate() {
            with.push_str(if number > 0 { between } else { "" });
            begins.push_back(with.len() - ahead);
            with.push_str(item);
        }
        with.push_str(behind);
        Added { splice: Some(Splice { range: at..at, with }), begins }
    }
}

/// Each item as lines of a block.
fn all_lines(items: &[&KnownDrift], indent: &str, end: &str) -> Vec<String> {
    items.iter().map(|item| lines(item, indent, end)).collect()
}

/// Each item as one line of text.
fn all_in_braces(items: &[&KnownDrift], quotes: Quotes) -> Vec<String> {
    items.iter().map(|item| in_braces(item, quotes)).collect()
}

/// The entries of an item, in order.
fn entries(item: &KnownDrift, quotes: Quotes) -> [(&'static str, String); 5] {
    let text = |value: &str| quotes::text(value, quotes);
    let value = match &item.value {
        KnownValue::None => super::field::NULL.to_owned(),
        KnownValue::Number(number) => number.to_string(),
        KnownValue::Text(value) => text(value),
        KnownValue::Tags(tags) => {
            let pair = |(key, value): (&String, &Option<String>)| {
                let value = value.as_deref().map_or_else(|| super::field::NULL.to_owned(), text);
                format!("{}: {value}", text(key))
            };
            format!("{{{}}}", tags.iter().map(pair).collect::<Vec<_>>().join(", "))
        }
    };
    let until = item.until.to_string();
    // A day is no number and no word of YAML 1.2: it stands as people write it.
    let until = if quotes == Quotes::Plain { until } else { text(&until) };
    [
        ("address", text(&item.what.to_string())),
        ("field", text(item.field.word())),
        ("value", value),
        ("reason", text(&item.reason)),
        ("until", until),
    ]
}

/// An item as one line of text.
pub(super) fn in_braces(item: &KnownDrift, quotes: Quotes) -> String {
    let entry = |(key, value): (&str, String)| format!("{}: {value}", quotes::text(key, quotes));
    format!("{{{}}}", entries(item, quotes).map(entry).join(", "))
}

/// An item as lines of a block, indented so far.
fn lines(item: &KnownDrift, indent: &str, end: &str) -> String {
    let lines = entries(item, Quotes::Plain).map(|(key, value)| format!("{key}: {value}"));
    format!("{indent}- {}", lines.join(&format!("{end}{indent}  ")))
}

fn section_added(root: &Map, items: &[&KnownDrift], text: Text<'_>) -> Added {
    let whole = 0..text.text.len();
    if root.is_flow() {
        let list = format!("[{}]", all_in_braces(items, root.quotes(text)).join(", "));
        let start = text.text.find('{').unwrap_or_default();
        let splice = Splice::insert(root, &(start..whole.end), SECTION, &list, text);
        return Added { splice: Some(splice), begins: items.iter().map(|_| 0).collect() };
    }
    // Behind all that the file says; an end mark stays behind it.
    let at = text.end_of_document();
    let end = text.line_end(whole.end);
    let begins_line = at == text.start_of_line(at);
    let (before, behind) = if begins_line { ("", end) } else { (end, "") };
    Added::of(at, &format!("{before}{SECTION}:{end}"), &all_lines(items, "  ", end), end, behind)
}

fn in_brackets(section: &Entry, last: Option<&Node>, items: &[&KnownDrift], text: Text<'_>) -> Added {
    let quotes = Quotes::of(text.part(section.start..section.start + 1));
    let (at, before) = match last {
        Some(last) => (last.range.end, ", "),
        None => (section.value.range.start + 1, ""),
    };
    Added::of(at, before, &all_in_braces(items, quotes), ", ", "")
}

fn in_lines(section: &Entry, last: &Node, items: &[&KnownDrift], text: Text<'_>) -> Option<Added> {
    let start = section.value.range.start;
    let indent = " ".repeat(text.part(text.start_of_line(start)..start).chars().count());
    let at = text.is_end(last.range.end).then(|| text.end_of_line(last.range.end))?;
    let end = text.line_end(at);
    Some(Added::of(at, end, &all_lines(items, &indent, end), end, ""))
}

/// What an item that is there is about, its value, its reason and its day.
fn changed(node: &Node, item: &KnownDrift, text: Text<'_>) -> Option<Vec<Splice>> {
    let Kind::Map(map) = &node.kind else { return None };
    let address = map.entry("address", text)?;
    let is_same = text.part(address.value.range).trim_matches(['\'', '"']) == item.what.to_string();
    let splice = |(number, word): (usize, &str)| {
        let entry = map.entry(word, text)?;
        let quotes = Quotes::of(text.part(entry.value.range.clone()));
        let (_, value) = entries(item, quotes).into_iter().nth(number)?;
        Some(Splice::replace(&entry, &value, text))
    };
    let respelt = (!is_same).then_some((0, "address"));
    [(2, "value"), (3, "reason"), (4, "until")].into_iter().chain(respelt).map(splice).collect()
}
