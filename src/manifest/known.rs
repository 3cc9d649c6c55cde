//! `known_drift`: what differs from the manifest, is known to, and is left so until a day.

use super::addresses::{desired, key_or_address};
use super::fields::KNOWN_DRIFT;
use super::found::Subject;
use super::node::{Node, Value};
use super::place::Place;
use super::remark::Remark;
use super::report::Report;
use super::source::At;
use super::unknown::unknown;
use super::values::{choice, day_of, integer, kind, list, mapping, text, word};
use super::wrong::KnownFault;
use super::{DesiredVolume, KnownDrift, KnownField, KnownValue};
use crate::volume::{Key, KeyOrAddress, Slot};
use std::collections::{BTreeMap, HashMap};

/// What a field of an item may be: what a field of a volume may be, the cloud's own values included.
const NUMBERS: std::ops::RangeInclusive<u32> = 0..=u32::MAX;

/// Reads the section.
pub(super) fn decode(node: Option<Node<'_>>, report: &mut Report<'_>) -> Vec<(KnownDrift, At)> {
    let items = node.and_then(|node| list(node, Subject::Field("known_drift"), report)).unwrap_or_default();
    items.into_iter().filter_map(|node| item(node, report)).collect()
}

fn item(node: Node<'_>, report: &mut Report<'_>) -> Option<(KnownDrift, At)> {
    let at = node.at;
    let (mut what, mut field, mut written, mut reason, mut until) = (None, None, None, None, None);
    let mut given = [false; KNOWN_DRIFT.len()];
    for (name, node) in mapping(node, Subject::Field("known_drift"), report)? {
        if let Some(number) = KNOWN_DRIFT.iter().position(|field| *field == name.text) {
            given[number] = true;
        }
        match name.text.as_ref() {
            "address" => what = key_or_address(node, report),
            "field" => field = choice(&node, Subject::Field("field"), &KnownField::ALL, report),
            "value" => written = Some(node),
            "reason" => reason = self::reason(node, report),
            "until" => until = day_of(node, Subject::Field("until"), report),
            _ => {
                let _ = unknown(&name, &node, Subject::Field("known_drift"), &KNOWN_DRIFT, report);
            }
        }
    }
    for (field, _) in KNOWN_DRIFT.into_iter().zip(given).filter(|(_, given)| !given) {
        report.error(at, KnownFault::Incomplete { field });
    }
    let field = field?;
    let value = value(field, written?, report);
    let known =
        KnownDrift { what: what?, field, value: value?, reason: reason?, until: until?, place: report.place(at) };
    Some((known, at))
}

fn reason(node: Node<'_>, report: &mut Report<'_>) -> Option<String> {
    let at = node.at;
    let reason = text(node, Subject::Field("reason"), report)?;
    if reason.trim().is_empty() {
        report.error(at, KnownFault::NoReason);
        return None;
    }
    Some(reason.into_owned())
}

fn value(field: KnownField, node: Node<'_>, report: &mut Report<'_>) -> Option<KnownValue> {
    const WHAT: Subject = Subject::Field("value");
    if let Value::Null = node.value {
        return Some(KnownValue::None);
    }
    match field {
        KnownField::Size | KnownField::Iops | KnownField::Throughput => {
            integer(&node, WHAT, NUMBERS, false, report).map(KnownValue::Number)
        }
        KnownField::Tags => tags(node, report).map(KnownValue::Tags),
        KnownField::EnterpriseProjectId => word(node, WHAT, report).map(|text| KnownValue::Text(text.into_owned())),
        KnownField::Name | KnownField::Description | KnownField::VolumeType | KnownField::Status => {
            text(node, WHAT, report).map(|text| KnownValue::Text(text.into_owned()))
        }
    }
}

/// Tags by key; `null` stands for one that the volume does not carry.
fn tags(node: Node<'_>, report: &mut Report<'_>) -> Option<BTreeMap<String, Option<String>>> {
    let mut tags = BTreeMap::new();
    for (name, node) in mapping(node, Subject::Field("value"), report)? {
        let value = match node.value {
            Value::Null => None,
            Value::Text(text) => Some(text.into_owned()),
            // As the tags of a volume: text whatever it looks like.
            Value::Number(raw) | Value::Bool(_, raw) => Some(raw.to_owned()),
            other => {
                report.error(node.at, KnownFault::TagNotText { found: kind(&other) });
                return None;
            }
        };
        tags.insert(name.text.into_owned(), value);
    }
    Some(tags)
}

/// What items were about one field of one key.
#[derive(Default)]
struct Seen {
    any: Option<Place>,
    key: Option<Place>,
    slots: HashMap<Slot, Place>,
}

impl Seen {
    /// Where an earlier item stands that is about the same; takes this one in where there is none.
    fn before(&mut self, item: &KnownDrift) -> Option<Place> {
        let before = match &item.what {
            KeyOrAddress::Key(_) => self.any.clone(),
            KeyOrAddress::Address(address) => self.key.as_ref().or_else(|| self.slots.get(&address.slot)).cloned(),
        };
        if before.is_none() {
            self.any.get_or_insert_with(|| item.place.clone());
            match &item.what {
                KeyOrAddress::Key(_) => self.key = Some(item.place.clone()),
                KeyOrAddress::Address(address) => drop(self.slots.insert(address.slot, item.place.clone())),
            }
        }
        before
    }
}

/// Holds the items against what the manifest asks for, and against one another.
pub(super) fn check(
    items: Vec<(KnownDrift, At)>,
    volumes: &BTreeMap<Key, DesiredVolume>,
    report: &mut Report<'_>,
) -> Vec<KnownDrift> {
    let mut checked: Vec<KnownDrift> = Vec::with_capacity(items.len());
    let mut seen: HashMap<(Key, KnownField), Seen> = HashMap::new();
    for (item, at) in items {
        if desired(volumes, &item.what).is_none() {
            report.warn(at, Remark::KnownDriftOfNothing { address: item.what.clone() });
        }
        if let Some(first) = seen.entry((item.what.key().clone(), item.field)).or_default().before(&item) {
            let (what, field) = (item.what, item.field.word());
            report.error(at, KnownFault::Twice { what, field, first });
            continue;
        }
        checked.push(item);
    }
    checked
}
