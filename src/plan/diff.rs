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
    /// What it shall be, in the zone that is its own.
    pub(super) spec: &'a VolumeSpec,
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

/// A value while it is compared: most are the same, and are never copied.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Borrowed<'a> {
    Number(u32),
    Flag(bool),
    Text(&'a str),
    Pair(&'a str, &'a str),
    Prepaid(Prepaid),
}

impl From<Borrowed<'_>> for Value {
    fn from(value: Borrowed<'_>) -> Value {
        match value {
            Borrowed::Number(number) => Value::Number(number),
            Borrowed::Flag(flag) => Value::Flag(flag),
            Borrowed::Text(text) => text.into(),
            Borrowed::Pair(key, value) => Value::Pairs(BTreeMap::from([(key.to_owned(), value.to_owned())])),
            Borrowed::Prepaid(prepaid) => Value::Prepaid(prepaid),
        }
    }
}

/// A value that is known, be it that there is none.
type Known<'a> = Option<Borrowed<'a>>;

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
struct Three<'a> {
    field: Field,
    base: Option<Known<'a>>,
    desired: Option<Known<'a>>,
    observed: Option<Known<'a>>,
}

/// Compares every field, but those that the manifest leaves open or ignores.
pub(super) fn find(wanted: &Wanted<'_>, base: &Base, observed: Option<&ObservedVolume>) -> Found {
    let ignores = |field| wanted.volume.lifecycle.ignores(field);
    let mut found = Found::default();
    let all = fields(wanted, base, observed).into_iter().chain(metadata(wanted, base, observed));
    for three in all.filter(|three| !ignores(three.field)) {
        found.take(three);
    }
    if wanted.volume.stated.tags && !ignores(Field::Tags) {
        found.take_tags(&base.spec.tags, &wanted.spec.tags, observed.map(|volume| &volume.tags));
    }
    found
}

/// Every field but metadata and tags, whose keys are fields of their own.
fn fields<'a>(wanted: &'a Wanted<'_>, base: &'a Base, observed: Option<&'a ObservedVolume>) -> [Three<'a>; 13] {
    // Taken apart in full, so that a new field does not compile until it is compared here.
    let VolumeSpec {
        zone,
        volume_type,
        size,
        source,
        description,
        multiattach,
        metadata: _,
        tags: _,
        enterprise_project_id,
        iops,
        throughput,
        prepaid,
        server_id,
        dedicated_storage_id,
    } = wanted.spec;
    let Base { name, spec: agreed } = base;
    let flag = |flag: bool| Some(Some(Borrowed::Flag(flag)));
    let number = |number: u32| Some(Borrowed::Number(number));
    // Case tells no two zones and no two types apart.
    let like = |word: &'a str, other: &'a str| text(same_in_any_case(word, other));
    let shown = |word: &'a str, other: &'a str| if word.is_empty() { None } else { like(word, other) };
    let three = |field, base, desired, observed| Three { field, base, desired, observed };
    [
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
    ]
}

/// What the manifest says of encryption and device type.
fn metadata<'a>(
    wanted: &'a Wanted<'_>,
    base: &'a Base,
    observed: Option<&'a ObservedVolume>,
) -> impl Iterator<Item = Three<'a>> {
    let is_blank = base.spec.source == Source::Blank;
    wanted.spec.metadata.pairs().iter().map(move |(key, desired)| {
        let pair = |value: &'a str| Some(Some(Borrowed::Pair(key, same_in_any_case(value, desired))));
        let agreed = base.spec.metadata.pairs().get(key).map(String::as_str);
        let agreed = agreed.or_else(|| metadata_default(key).filter(|_| is_blank));
        let observed = observed.and_then(|seen| seen.metadata.get(key));
        Three {
            field: Field::Metadata,
            base: agreed.and_then(pair),
            desired: pair(desired),
            observed: observed.and_then(|value| pair(value)),
        }
    })
}

/// The other word where both differ in case alone.
pub(super) fn same_in_any_case<'a>(word: &'a str, other: &'a str) -> &'a str {
    if word.eq_ignore_ascii_case(other) { other } else { word }
}

fn text(text: &str) -> Option<Known<'_>> {
    Some(Some(Borrowed::Text(text)))
}

fn none_or(text: Option<&str>) -> Option<Known<'_>> {
    Some(text.map(Borrowed::Text))
}

fn described(text: Option<&Description>) -> &str {
    text.map_or("", |text| text.as_str())
}

/// What a volume has that is made without the key; what one from a source inherits is not known.
pub(super) fn metadata_default(key: &str) -> Option<&'static str> {
    match key {
        Metadata::ENCRYPTED => Some("0"),
        Metadata::PASSTHROUGH => Some("false"),
        _ => None,
    }
}

/// A source by the name of its field.
fn source_of(source: &Source) -> Known<'_> {
    source.kind_and_id().map(|(kind, id)| Borrowed::Pair(kind.field(), id.as_str()))
}

/// How a volume is paid. Whether its order paid itself is over and done with.
fn paid<'a>(prepaid: Prepaid) -> Borrowed<'a> {
    Borrowed::Prepaid(Prepaid { auto_pay: false, ..prepaid })
}

impl Found {
    fn take(&mut self, three: Three<'_>) {
        let Three { field, base, desired, observed } = three;
        let value = |known: Option<Known<'_>>| known.flatten().map(Value::from);
        let change = |from, to| FieldChange { field, from: value(from), to: value(to) };
        let outcome = compare(base.as_ref(), desired.as_ref(), observed.as_ref());
        if let Outcome::Drift | Outcome::WishBesideDrift = outcome {
            self.drift.push(change(base, observed));
        }
        match outcome {
            Outcome::AsAgreed | Outcome::Drift => {}
            Outcome::Agreement => self.agreed.push(change(base, desired)),
            Outcome::Wish | Outcome::WishBesideDrift => {
                let now = if observed.is_some() { observed } else { base };
                self.wishes.push(Wish { now: change(now, desired), base: value(base) });
            }
        }
    }

    /// Each tag is a field of its own; what is told of them stands together. Tags that neither the manifest asks for nor ever
    /// did are other people's.
    fn take_tags(&mut self, base: &Tags, desired: &Tags, observed: Option<&BTreeMap<String, String>>) {
        let (base, desired) = (base.pairs(), desired.pairs());
        let shows =
            |observed: &BTreeMap<String, String>| desired.iter().all(|(key, value)| observed.get(key) == Some(value));
        // Almost always.
        if base == desired && observed.is_none_or(shows) {
            return;
        }
        let keys: BTreeSet<&String> = base.keys().chain(desired.keys()).collect();
        let (mut drift, mut wish, mut agreed) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for key in keys {
            let of = |pairs: &BTreeMap<String, String>| Some(pairs.get(key).cloned());
            let outcome = compare(of(base).as_ref(), of(desired).as_ref(), observed.and_then(of).as_ref());
            let sets: &mut [&mut BTreeSet<&String>] = match outcome {
                Outcome::AsAgreed => &mut [],
                Outcome::Agreement => &mut [&mut agreed],
                Outcome::Drift => &mut [&mut drift],
                Outcome::Wish => &mut [&mut wish],
                Outcome::WishBesideDrift => &mut [&mut drift, &mut wish],
            };
            for set in sets {
                set.insert(key);
            }
        }
        let of = |pairs: &BTreeMap<String, String>, keys: &BTreeSet<&String>| {
            Some(Value::of_keys(pairs, keys.iter().copied()))
        };
        let change = |from, to| FieldChange { field: Field::Tags, from, to };
        let now = observed.unwrap_or(base);
        if !drift.is_empty() {
            self.drift.push(change(of(base, &drift), of(now, &drift)));
        }
        if !wish.is_empty() {
            self.wishes.push(Wish { now: change(of(now, &wish), of(desired, &wish)), base: of(base, &wish) });
        }
        if !agreed.is_empty() {
            self.agreed.push(change(of(base, &agreed), of(desired, &agreed)));
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
