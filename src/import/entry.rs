//! One entry of `volumes`: the fields that it has to say where `defaults` say the rest.

use super::candidate::{Note, Shown};
use super::group::Group;
use super::left::Reason;
use super::yaml::{Value, inline, text};
use crate::manifest::Defaults;
use crate::volume::{Address, Field, Key, Metadata, SizeGb, Slot, VolumeId, VolumeName, VolumeType, Zone, slot_name};
use std::collections::{BTreeMap, BTreeSet};

/// One entry of `volumes`, and the volumes that it takes over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its key.
    pub key: Key,
    /// The name of its one volume, or what the names of its volumes begin with.
    pub name: VolumeName,
    /// 1, or the highest of its slots.
    pub count: u32,
    /// The volumes, by slot; a slot that is not here is retired.
    pub volumes: BTreeMap<Slot, VolumeId>,
    /// The zones in which they lie: at least one.
    pub zones: BTreeSet<Zone>,
    /// Type.
    pub volume_type: VolumeType,
    /// GB of each.
    pub size: SizeGb,
    /// What is worth a comment.
    pub notes: Vec<Note>,
    fields: Vec<(String, Value)>,
}

/// How far lines stand in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Indent {
    /// The keys of a section.
    pub(super) key: String,
    /// What is added below each.
    pub(super) step: String,
}

impl Default for Indent {
    fn default() -> Indent {
        Indent { key: "  ".to_owned(), step: "  ".to_owned() }
    }
}

impl Value {
    /// One zone, or the list of several.
    pub(super) fn of_zones(zones: &BTreeSet<Zone>) -> Value {
        let mut words: Vec<String> = zones.iter().map(Zone::to_string).collect();
        if words.len() == 1 { Value::Text(words.remove(0)) } else { Value::Texts(words) }
    }
}

impl Entry {
    /// Makes the entry of a group.
    ///
    /// # Errors
    /// Where `defaults` say something of the volumes that no field of an entry takes back.
    pub(super) fn new(key: Key, group: Group, defaults: &Defaults) -> Result<Entry, Reason> {
        let notes = group.shown.notes.clone();
        let fields = fields(&key, &group, defaults)?;
        let Group { name, count, volumes, zones, shown, repeats: _ } = group;
        let Shown { volume_type, size, .. } = shown;
        Ok(Entry { key, name, count, volumes, zones, volume_type, size, notes, fields })
    }

    /// The address of each of its volumes.
    pub fn addresses(&self) -> impl Iterator<Item = (Address, &VolumeId)> {
        self.volumes.iter().map(|(slot, id)| (Address { key: self.key.clone(), slot: *slot }, id))
    }

    /// The name that the cloud shows of the volume in that slot.
    pub fn name_of(&self, slot: Slot) -> String {
        slot_name(self.name.as_str(), self.count, slot)
    }

    /// The entry as lines of their own, with its comments in the words of `told`.
    pub(super) fn lines(&self, indent: &Indent, told: &dyn Fn(Note) -> String) -> String {
        let Indent { key, step } = indent;
        let mut lines = format!("{key}{}:", text(self.key.as_str()));
        lines.push_str(if self.fields.is_empty() { " {}\n" } else { "\n" });
        for note in &self.notes {
            lines.push_str(&format!("{key}{step}# {}\n", told(*note)));
        }
        for (field, value) in &self.fields {
            lines.push_str(&format!("{key}{step}{field}: {}\n", inline(value)));
        }
        lines
    }

    /// The entry as a member of a mapping in braces.
    pub(super) fn member(&self) -> (String, Value) {
        (self.key.to_string(), Value::Pairs(self.fields.clone()))
    }
}

/// Fields in the order in which they are written.
struct Fields(Vec<(String, Value)>);

impl Fields {
    fn push(&mut self, field: &str, value: Value) {
        self.0.push((field.to_owned(), value));
    }

    /// Says what is wanted where the default is something else, and `null` where nothing is.
    fn say(&mut self, field: &str, wanted: Option<Value>, default: Option<Value>) {
        if wanted != default {
            self.push(field, wanted.unwrap_or(Value::Null));
        }
    }
}

fn fields(key: &Key, group: &Group, defaults: &Defaults) -> Result<Vec<(String, Value)>, Reason> {
    let word = |word: &str| Value::Text(word.to_owned());
    let Shown {
        volume_type,
        size,
        source,
        description,
        multiattach,
        metadata,
        tags,
        enterprise_project_id,
        iops,
        throughput,
        dedicated_storage_id,
        prepaid,
        notes: _,
    } = &group.shown;
    let mut fields = Fields(Vec::new());
    if group.name.as_str() != key.as_str() {
        fields.push("name", word(group.name.as_str()));
    }
    if group.repeats {
        fields.push("name_may_repeat", Value::Flag(true));
    }
    if group.count > 1 {
        fields.push("count", Value::Number(group.count));
    }
    let gb = |size: &SizeGb| Value::Number(size.gb());
    fields.say("size", Some(gb(size)), defaults.size.as_ref().map(gb));
    fields.say(
        "availability_zone",
        Some(Value::of_zones(&group.zones)),
        defaults.zone.as_ref().map(|it| word(it.as_str())),
    );
    let default_type = defaults.volume_type.as_ref().map(|it| word(it.as_str()));
    fields.say("volume_type", Some(word(volume_type.as_str())), default_type);
    fields.say("iops", iops.map(Value::Number), defaults.iops.map(Value::Number));
    fields.say("throughput", throughput.map(Value::Number), defaults.throughput.map(Value::Number));
    if let Some((kind, id)) = source.kind_and_id() {
        fields.push(kind.field(), word(id.as_str()));
    }
    let of = |text: &crate::volume::Description| word(text.as_str());
    fields.say("description", description.as_ref().map(of), defaults.description.as_ref().map(of));
    // What is not shared is so without a word.
    let shared = multiattach.filter(|shared| *shared || defaults.multiattach.is_some());
    fields.say("multiattach", shared.map(Value::Flag), defaults.multiattach.map(Value::Flag));
    fields.0.extend(own_metadata(metadata, defaults)?.map(|value| ("metadata".to_owned(), value)));
    fields.0.extend(own_tags(tags.as_ref(), defaults).map(|value| ("tags".to_owned(), value)));
    let id = |id: &crate::volume::EnterpriseProjectId| word(id.as_str());
    let default_project = defaults.enterprise_project_id.as_ref().map(id);
    fields.say("enterprise_project_id", enterprise_project_id.as_ref().map(id), default_project);
    let pool = |id: &crate::volume::DedicatedStorageId| word(id.as_str());
    let default_pool = defaults.dedicated_storage_id.as_ref().map(pool);
    fields.say("dedicated_storage_id", dedicated_storage_id.as_ref().map(pool), default_pool);
    if defaults.prepaid.is_some() && !prepaid {
        fields.push("prepaid", Value::Null);
    }
    if defaults.server_id.is_some() {
        fields.push("server_id", Value::Null);
    }
    let gaps: Vec<u32> = group.gaps().map(Slot::number).collect();
    if !gaps.is_empty() {
        fields.push("lifecycle", Value::Pairs(vec![("retire".to_owned(), Value::Numbers(gaps))]));
    }
    Ok(fields.0)
}

fn pairs(pairs: BTreeMap<String, String>) -> Value {
    Value::Pairs(pairs.into_iter().map(|(key, value)| (key, Value::Text(value))).collect())
}

/// The pairs of `wanted` that the defaults do not have.
fn beside(wanted: &BTreeMap<String, String>, default: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let own = wanted.iter().filter(|(key, value)| default.get(*key) != Some(*value));
    own.map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// What an entry says of `metadata`, whose pairs join those of the defaults.
fn own_metadata(wanted: &BTreeMap<String, String>, defaults: &Defaults) -> Result<Option<Value>, Reason> {
    let none = BTreeMap::new();
    let default = defaults.metadata.as_ref().unwrap_or(&none);
    if wanted.is_empty() {
        return Ok((!default.is_empty()).then_some(Value::Null));
    }
    let mut own = beside(wanted, default);
    for key in default.keys().filter(|key| !wanted.contains_key(*key)) {
        let off = match key.as_str() {
            Metadata::ENCRYPTED => "0",
            Metadata::PASSTHROUGH => "false",
            // Neither a key nor a kind of clone can be taken back by another value.
            _ => return Err(Reason::DefaultInTheWay { field: Field::Metadata }),
        };
        own.insert(key.clone(), off.to_owned());
    }
    Ok((!own.is_empty()).then(|| pairs(own)))
}

/// What an entry says of `tags`, which join those of the defaults: `null` takes one of them off.
fn own_tags(wanted: Option<&BTreeMap<String, String>>, defaults: &Defaults) -> Option<Value> {
    let none = BTreeMap::new();
    let default = defaults.tags.as_ref().unwrap_or(&none);
    let Some(wanted) = wanted else { return defaults.tags.is_some().then_some(Value::Null) };
    let own = beside(wanted, default).into_iter().map(|(key, value)| (key, Value::Text(value)));
    let off = default.keys().filter(|key| !wanted.contains_key(*key)).map(|key| (key.clone(), Value::Null));
    let tags: Vec<(String, Value)> = own.chain(off).collect();
    (!tags.is_empty()).then_some(Value::Pairs(tags))
}
