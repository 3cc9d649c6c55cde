//! Items of `known_drift`: what they say of drift, and where they are written.

use super::document::{Entry, Kind, Map, Node, Text};
use super::not_edited::NotEdited;
use super::quotes::{self, Quotes};
use super::splice::Splice;
use crate::manifest::{KnownDrift, KnownField, KnownValue, Manifest, Place, SourceFile};
use crate::plan::{Drift, Drifted, Value};
use crate::volume::{Address, Key, KeyOrAddress, Slot};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

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

/// The splices that write an item: in the place of that number, or as one more. Gives the file's number too; `None` where the
/// text has no place for it.
pub(super) fn edits(files: &[SourceFile], item: &KnownDrift, number: Option<usize>) -> Option<(usize, Vec<Splice>)> {
    let has = |section: &str| {
        files.iter().enumerate().find_map(|(file, source)| {
            let text = Text::of(source)?;
            let root = text.text.contains(section).then(|| text.root())??;
            let entry = root.entry(section, text)?;
            Some((file, text, root, entry))
        })
    };
    let Some((file, text, _, section)) = has(SECTION) else {
        let (file, text, root, _) = has(HEAD)?;
        return Some((file, vec![section_added(&root, item, text)]));
    };
    let splices = match (number, &section.value.kind) {
        (Some(number), Kind::List(list)) => changed(list.items(text).get(number)?, item, text)?,
        (None, Kind::List(list)) => {
            let items = list.items(text);
            let is_flow = list.is_flow();
            vec![if is_flow {
                in_brackets(&section, items.last(), item, text)
            } else {
                in_lines(&section, items.last()?, item, text)?
            }]
        }
        (None, Kind::Nothing) if text.is_end(section.behind_colon) => {
            let at = text.end_of_line(section.behind_colon);
            let end = text.line_end(at);
            vec![Splice { range: at..at, with: format!("{end}{}", lines(item, "  ", end)) }]
        }
        _ => return None,
    };
    Some((file, splices))
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

fn section_added(root: &Map, item: &KnownDrift, text: Text<'_>) -> Splice {
    let whole = 0..text.text.len();
    if root.is_flow() {
        let list = format!("[{}]", in_braces(item, root.quotes(text)));
        let start = text.text.find('{').unwrap_or_default();
        return Splice::insert(root, &(start..whole.end), SECTION, &list, text);
    }
    // Behind all that the file says; an end mark stays behind it.
    let at = text.end_of_document();
    let end = text.line_end(whole.end);
    let section = format!("{SECTION}:{end}{}", lines(item, "  ", end));
    let begins_line = at == text.start_of_line(at);
    let with = if begins_line { format!("{section}{end}") } else { format!("{end}{section}") };
    Splice { range: at..at, with }
}

fn in_brackets(section: &Entry, last: Option<&Node>, item: &KnownDrift, text: Text<'_>) -> Splice {
    let quotes = Quotes::of(text.part(section.start..section.start + 1));
    let item = in_braces(item, quotes);
    let (at, with) = match last {
        Some(last) => (last.range.end, format!(", {item}")),
        None => (section.value.range.start + 1, item),
    };
    Splice { range: at..at, with }
}

fn in_lines(section: &Entry, last: &Node, item: &KnownDrift, text: Text<'_>) -> Option<Splice> {
    let start = section.value.range.start;
    let indent = " ".repeat(text.part(text.start_of_line(start)..start).chars().count());
    let at = text.is_end(last.range.end).then(|| text.end_of_line(last.range.end))?;
    let end = text.line_end(at);
    Some(Splice { range: at..at, with: format!("{end}{}", lines(item, &indent, end)) })
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
