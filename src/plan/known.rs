//! Drift that the manifest knows of: it is told apart, is left as it is, and counts for no exit code until its day.

use super::diff::Found;
use super::drift::{Drift, Drifted, Known};
use super::planner::Planner;
use super::value::{FieldChange, Value};
use super::warning::Warning;
use crate::manifest::{KnownDrift, KnownField, KnownValue};
use crate::observed::Status;
use crate::state::Recorded;
use crate::volume::{Address, Field, Slot};
use std::collections::{BTreeMap, BTreeSet};

impl Planner<'_> {
    /// Takes what is known out of the drift of one volume, and gives it back.
    pub(super) fn take_known(&mut self, address: &Address, volume: &Recorded, found: &mut Found) -> Vec<FieldChange> {
        if self.inputs.desired.known_drift.is_empty() {
            return Vec::new();
        }
        self.compared.insert(address.clone());
        let mut known = Vec::new();
        let mut left = Vec::with_capacity(found.drift.len());
        for change in std::mem::take(&mut found.drift) {
            // What the very plan changes is not left as it is.
            let is_wished = found.wishes.iter().any(|wish| wish.now.field == change.field);
            let item = self.item(address, known_field(change.field));
            self.shown_items.extend(item.filter(|_| is_wished).map(|item| (&item.what, item.field)));
            let Some(item) = item.filter(|_| !is_wished) else {
                left.push(change);
                continue;
            };
            let (is, is_not) = split(change, &item.value);
            left.extend(is_not);
            let Some(change) = is else { continue };
            self.shown_items.insert((&item.what, item.field));
            if self.is_in_time(item) {
                let drift = Drift { address: address.clone(), id: volume.id.clone(), change: change.clone().into() };
                self.known.push(Known { drift, reason: item.reason.clone(), until: item.until });
                known.push(change);
            } else {
                left.push(change);
            }
        }
        found.drift = left;
        known
    }

    /// Tells that a volume cannot be used; gives whether that is known.
    pub(super) fn unusable(&mut self, address: &Address, volume: &Recorded, status: &Status) -> bool {
        let change = Drifted::Status { status: status.clone() };
        let item = self.item(address, Some(KnownField::Status));
        let item = item.filter(|item| matches!(&item.value, KnownValue::Text(word) if status.as_str() == word));
        self.shown_items.extend(item.map(|item| (&item.what, item.field)));
        match item {
            Some(item) if self.is_in_time(item) => {
                let drift = Drift { address: address.clone(), id: volume.id.clone(), change };
                self.known.push(Known { drift, reason: item.reason.clone(), until: item.until });
                true
            }
            _ => {
                self.drift(address, volume, change);
                false
            }
        }
    }
}

impl<'a> Planner<'a> {
    fn item(&self, address: &Address, field: Option<KnownField>) -> Option<&'a KnownDrift> {
        let field = field?;
        self.known_items.about(address, field)
    }

    /// Tells of items that are of no use any more: their day is past, or no volume shows what they know of.
    pub(super) fn useless_items(&mut self) {
        let as_of = self.inputs.as_of;
        for item in &self.inputs.desired.known_drift {
            let first = Address { key: item.what.key().clone(), slot: Slot::FIRST };
            let recorded = self.inputs.recorded.into_iter().flat_map(|state| state.volumes.range(first.clone()..));
            let of_key = recorded.map(|(address, _)| address).take_while(|address| address.key == first.key);
            let volumes: Vec<&Address> = of_key.filter(|address| item.what.means(address)).collect();
            let (place, address, field) = (item.place.to_string(), item.what.clone(), item.field);
            let is_compared = |address: &&Address| self.compared.contains(*address);
            if as_of >= item.until && volumes.iter().any(is_compared) {
                self.as_of = Some(as_of);
                self.warnings.push(Warning::KnownDriftPast { place, address, field, until: item.until });
            } else if !volumes.is_empty()
                && volumes.iter().all(is_compared)
                && !self.shown_items.contains(&(&item.what, item.field))
            {
                self.warnings.push(Warning::KnownDriftIdle { place, address, field });
            }
        }
    }

    /// Whether its day is still to come. From here on the plan depends on the day that it is made for.
    fn is_in_time(&mut self, item: &KnownDrift) -> bool {
        self.as_of = Some(self.inputs.as_of);
        self.inputs.as_of < item.until
    }
}

/// The keys of the tags among known drift.
pub(super) fn known_tags(known: &[FieldChange]) -> BTreeSet<String> {
    let tags = known.iter().filter(|change| change.field == Field::Tags);
    let pairs = tags.flat_map(|change| [&change.from, &change.to]).flatten();
    let keys = pairs.filter_map(|value| match value {
        Value::Pairs(pairs) => Some(pairs.keys().cloned()),
        _ => None,
    });
    keys.flatten().collect()
}

fn known_field(field: Field) -> Option<KnownField> {
    Some(match field {
        Field::Name => KnownField::Name,
        Field::Description => KnownField::Description,
        Field::Size => KnownField::Size,
        Field::VolumeType => KnownField::VolumeType,
        Field::Iops => KnownField::Iops,
        Field::Throughput => KnownField::Throughput,
        Field::Tags => KnownField::Tags,
        Field::EnterpriseProjectId => KnownField::EnterpriseProjectId,
        Field::AvailabilityZone
        | Field::Source
        | Field::Multiattach
        | Field::Metadata
        | Field::Prepaid
        | Field::ServerId
        | Field::DedicatedStorageId => return None,
    })
}

/// What of a change shows a known value, and what shows another one: tags are taken one by one.
fn split(change: FieldChange, known: &KnownValue) -> (Option<FieldChange>, Option<FieldChange>) {
    let KnownValue::Tags(known) = known else {
        return if shows(&change, known) { (Some(change), None) } else { (None, Some(change)) };
    };
    let pairs = |value: &Option<Value>| match value {
        Some(Value::Pairs(pairs)) => pairs.clone(),
        _ => BTreeMap::new(),
    };
    let (from, to) = (pairs(&change.from), pairs(&change.to));
    let keys: BTreeSet<&String> = from.keys().chain(to.keys()).collect();
    let (is, is_not): (Vec<&String>, Vec<&String>) =
        keys.into_iter().partition(|key| known.get(*key).is_some_and(|value| value.as_ref() == to.get(*key)));
    let of = |keys: Vec<&String>| {
        let part = |pairs: &BTreeMap<String, String>| Some(Value::of_keys(pairs, keys.iter().copied()));
        (!keys.is_empty()).then(|| FieldChange { field: Field::Tags, from: part(&from), to: part(&to) })
    };
    (of(is), of(is_not))
}

/// Whether the cloud shows that value.
fn shows(change: &FieldChange, known: &KnownValue) -> bool {
    match (known, &change.to) {
        (KnownValue::None, None) => true,
        (KnownValue::None, Some(Value::Text(text))) => text.is_empty() || text == "0",
        (KnownValue::Number(known), Some(Value::Number(observed))) => known == observed,
        // Case tells no two types apart.
        (KnownValue::Text(known), Some(Value::Text(observed))) if change.field == Field::VolumeType => {
            known.eq_ignore_ascii_case(observed)
        }
        (KnownValue::Text(known), Some(Value::Text(observed))) => known == observed,
        (KnownValue::Text(known), None) => known.is_empty(),
        _ => false,
    }
}
