//! One volume: what drifted, what is wished, and what manifest and cloud agree on by now.

use super::compare::{Outcome, compare};
use super::steps::Label;
use super::value::{FieldChange, Value};
use crate::manifest::DesiredVolume;
use crate::observed::ObservedVolume;
use crate::state::Base;
use crate::volume::{
    DedicatedStorageId, Description, Field, Metadata, Prepaid, ServerId, Source, Tags, VolumeName, VolumeSpec,
};
use std::collections::{BTreeMap, BTreeSet};

/// Whether a field is changed by renaming.
pub(super) fn is_label(field: Field) -> bool {
    matches!(field, Field::Name | Field::Description)
}

/// What a renaming changes, where what the cloud shows is what is agreed on.
pub(super) fn label_changes(before: &Label<String>, after: &Label<VolumeName>) -> Vec<FieldChange> {
    let texts = [
        (Field::Name, before.name.as_str(), after.name.as_str()),
        (Field::Description, described(before.description.as_ref()), described(after.description.as_ref())),
    ];
    let changed = texts.into_iter().filter(|(_, from, to)| from != to);
    changed.map(|(field, from, to)| FieldChange { field, from: Some(from.into()), to: Some(to.into()) }).collect()
}

/// What a manifest wants a volume that is there to be.
pub(super) struct Wanted<'a> {
    pub(super) volume: &'a DesiredVolume,
    /// The name of its slot.
    pub(super) name: &'a str,
}

/// A wish: a field that shall have another value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wish {
    /// From the value that it has now, as far as that is known, to the one that is desired.
    pub(super) now: FieldChange,
    /// What manifest and cloud agreed on before.
    pub(super) base: Option<Value>,
}

/// A value that is known, be it that there is none.
type Known = Option<Value>;

/// What a comparison finds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    /// From what was agreed on to what the cloud shows.
    pub(super) drift: Vec<FieldChange>,
    pub(super) wishes: Vec<Wish>,
    /// From what was agreed on before to what is agreed on by now.
    pub(super) agreed: Vec<FieldChange>,
}

/// The three values of a field, in a form in which what means the same is the same.
struct Three {
    field: Field,
    base: Option<Known>,
    desired: Option<Known>,
    observed: Option<Known>,
}

/// Compares every field, but those that the manifest leaves open or ignores.
pub(super) fn find(wanted: &Wanted<'_>, base: &Base, observed: Option<&ObservedVolume>) -> Found {
    let ignores = |field| wanted.volume.lifecycle.ignores(field);
    let mut found = Found::default();
    for three in fields(wanted, base, observed).into_iter().filter(|three| !ignores(three.field)) {
        found.take(three);
    }
    if wanted.volume.stated.tags && !ignores(Field::Tags) {
        found.take_tags(&base.spec.tags, &wanted.volume.spec.tags, observed.map(|volume| &volume.tags));
    }
    found
}

/// Every field but the tags, which are compared one by one.
fn fields(wanted: &Wanted<'_>, base: &Base, observed: Option<&ObservedVolume>) -> Vec<Three> {
    // Taken apart in full, so that a new field does not compile until it is compared here.
    let VolumeSpec {
        zone,
        volume_type,
        size,
        source,
        description,
        multiattach,
        metadata,
        tags: _,
        enterprise_project_id,
        iops,
        throughput,
        prepaid,
        server_id,
        dedicated_storage_id,
    } = &*wanted.volume.spec;
    let Base { name, spec: agreed } = base;
    let text = |text: &str| Some(Some(Value::from(text)));
    let none_or = |text: Option<&str>| Some(text.map(Value::from));
    let flag = |flag: bool| Some(Some(Value::Flag(flag)));
    let number = |number: u32| Some(Value::Number(number));
    // Case tells no two zones and no two types apart.
    let like = |word: &str, other: &str| text(if word.eq_ignore_ascii_case(other) { other } else { word });
    let shown = |word: &str, other: &str| if word.is_empty() { None } else { like(word, other) };
    let three = |field, base, desired, observed| Three { field, base, desired, observed };
    let mut all = vec![
        three(
            Field::AvailabilityZone,
            like(agreed.zone.as_str(), zone.as_str()),
            text(zone.as_str()),
            observed.and_then(|seen| shown(&seen.availability_zone, zone.as_str())),
        ),
        three(
            Field::VolumeType,
            like(agreed.volume_type.as_str(), volume_type.as_str()),
            text(volume_type.as_str()),
            observed.and_then(|seen| shown(&seen.volume_type, volume_type.as_str())),
        ),
        three(
            Field::Name,
            text(name),
            text(wanted.name),
            // A name that is no text is no name to go by.
            observed.filter(|seen| seen.unreadable_name.is_none()).and_then(|seen| text(&seen.name)),
        ),
        three(
            Field::Description,
            text(described(agreed.description.as_ref())),
            text(described(description.as_ref())),
            observed.and_then(|seen| text(seen.description.as_deref().unwrap_or_default())),
        ),
        three(
            Field::Size,
            agreed.size.map(|size| number(size.gb())),
            size.map(|size| number(size.gb())),
            // What an answer leaves out reads as 0, which no volume has.
            observed.map(|seen| seen.size).filter(|size| *size != 0).map(number),
        ),
        // No list tells all sources, and none of them changes.
        three(Field::Source, Some(source_of(&agreed.source)), Some(source_of(source)).filter(Option::is_some), None),
        three(
            Field::Multiattach,
            flag(agreed.multiattach),
            flag(*multiattach).filter(|_| wanted.volume.stated.multiattach),
            observed.and_then(|seen| seen.multiattach).and_then(flag),
        ),
        three(
            Field::EnterpriseProjectId,
            text(agreed.enterprise_project_id.as_ref().map_or("0", |id| id.as_str())),
            enterprise_project_id.as_ref().and_then(|id| text(id.as_str())),
            observed.and_then(|seen| seen.enterprise_project_id.as_deref()).and_then(text),
        ),
        three(Field::Iops, agreed.iops.map(number), iops.map(number), observed.and_then(|seen| seen.iops).map(number)),
        three(
            Field::Throughput,
            agreed.throughput.map(number),
            throughput.map(number),
            observed.and_then(|seen| seen.throughput).map(number),
        ),
        three(Field::Prepaid, Some(agreed.prepaid.map(paid)), prepaid.map(|prepaid| Some(paid(prepaid))), None),
        three(
            Field::ServerId,
            none_or(agreed.server_id.as_ref().map(ServerId::as_str)),
            server_id.as_ref().and_then(|id| text(id.as_str())),
            None,
        ),
        three(
            Field::DedicatedStorageId,
            none_or(agreed.dedicated_storage_id.as_ref().map(DedicatedStorageId::as_str)),
            dedicated_storage_id.as_ref().and_then(|id| text(id.as_str())),
            None,
        ),
    ];
    let observed_metadata = observed.map(|seen| &seen.metadata);
    for key in metadata.pairs().keys() {
        let usual = metadata_default(key).filter(|_| agreed.source == Source::Blank);
        let value = |pairs: &BTreeMap<String, String>| {
            let value = pairs.get(key).map(|value| value.to_ascii_lowercase());
            value.map(|value| Some(Value::Pairs(BTreeMap::from([(key.clone(), value)]))))
        };
        let usual = usual.map(|usual| Some(Value::Pairs(BTreeMap::from([(key.clone(), usual.to_owned())]))));
        let (base, desired) = (value(agreed.metadata.pairs()).or(usual), value(metadata.pairs()));
        all.push(three(Field::Metadata, base, desired, observed_metadata.and_then(value)));
    }
    all
}

fn described(text: Option<&Description>) -> &str {
    text.map_or("", |text| text.as_str())
}

/// What a volume has that is made without the key; what one from a source inherits is not known.
fn metadata_default(key: &str) -> Option<&'static str> {
    match key {
        Metadata::ENCRYPTED => Some("0"),
        Metadata::PASSTHROUGH => Some("false"),
        _ => None,
    }
}

/// A source by the name of its field.
fn source_of(source: &Source) -> Known {
    let (field, id) = match source {
        Source::Blank => return None,
        Source::Snapshot(id) => ("snapshot_id", id),
        Source::Image(id) => ("imageRef", id),
        Source::Backup(id) => ("backup_id", id),
    };
    Some(Value::Pairs(BTreeMap::from([(field.to_owned(), id.to_string())])))
}

/// How a volume is paid. Whether its order paid itself is over and done with.
fn paid(prepaid: Prepaid) -> Value {
    Value::Prepaid(Prepaid { auto_pay: false, ..prepaid })
}

impl Found {
    fn take(&mut self, three: Three) {
        let Three { field, base, desired, observed } = three;
        let change = |from: &Option<Known>, to: &Option<Known>| {
            let value = |known: &Option<Known>| known.clone().flatten();
            FieldChange { field, from: value(from), to: value(to) }
        };
        let outcome = compare(base.as_ref(), desired.as_ref(), observed.as_ref());
        if let Outcome::Drift | Outcome::WishBesideDrift = outcome {
            self.drift.push(change(&base, &observed));
        }
        match outcome {
            Outcome::AsAgreed | Outcome::Drift => {}
            Outcome::Agreement => self.agreed.push(change(&base, &desired)),
            Outcome::Wish | Outcome::WishBesideDrift => {
                let now = if observed.is_some() { &observed } else { &base };
                self.wishes.push(Wish { now: change(now, &desired), base: base.clone().flatten() });
            }
        }
    }

    /// Each tag is a field of its own; what is told of them stands together. Tags that neither the manifest asks for nor ever
    /// did are other people's.
    fn take_tags(&mut self, base: &Tags, desired: &Tags, observed: Option<&BTreeMap<String, String>>) {
        let (base, desired) = (base.pairs(), desired.pairs());
        let keys: BTreeSet<&String> = base.keys().chain(desired.keys()).collect();
        let mut by_outcome: BTreeMap<u8, BTreeSet<&String>> = BTreeMap::new();
        let (drift, wish, agreed) = (0, 1, 2);
        for key in keys {
            let of = |pairs: &BTreeMap<String, String>| Some(pairs.get(key).cloned());
            let mut put = |kind| {
                let _ = by_outcome.entry(kind).or_default().insert(key);
            };
            let observed = observed.and_then(of);
            match compare(of(base).as_ref(), of(desired).as_ref(), observed.as_ref()) {
                Outcome::AsAgreed => {}
                Outcome::Agreement => put(agreed),
                Outcome::Drift => put(drift),
                Outcome::Wish => put(wish),
                Outcome::WishBesideDrift => {
                    put(drift);
                    put(wish);
                }
            }
        }
        let mut take = |kind| by_outcome.remove(&kind);
        let of = |pairs: &BTreeMap<String, String>, keys: &BTreeSet<&String>| {
            let pairs = pairs.iter().filter(|(key, _)| keys.contains(key));
            Some(Value::Pairs(pairs.map(|(key, value)| (key.clone(), value.clone())).collect()))
        };
        let change = |from, to| FieldChange { field: Field::Tags, from, to };
        let now = observed.unwrap_or(base);
        if let Some(keys) = take(drift) {
            self.drift.push(change(of(base, &keys), of(now, &keys)));
        }
        if let Some(keys) = take(wish) {
            self.wishes.push(Wish { now: change(of(now, &keys), of(desired, &keys)), base: of(base, &keys) });
        }
        if let Some(keys) = take(agreed) {
            self.agreed.push(change(of(base, &keys), of(desired, &keys)));
        }
    }

    /// What of the name and the description is changed by a renaming, from what was agreed on to what is desired: wishes, and
    /// drift that is put back.
    pub(super) fn labels(&self) -> Vec<FieldChange> {
        let of_wishes = self.wishes.iter().map(|wish| FieldChange { from: wish.base.clone(), ..wish.now.clone() });
        let is_wished = |field| self.wishes.iter().any(|wish| wish.now.field == field);
        let put_back = self.drift.iter().filter(|drift| !is_wished(drift.field));
        let put_back = put_back.map(|drift| FieldChange { to: drift.from.clone(), ..drift.clone() });
        let mut changes: Vec<FieldChange> = of_wishes.chain(put_back).filter(|change| is_label(change.field)).collect();
        changes.sort();
        changes
    }
}
