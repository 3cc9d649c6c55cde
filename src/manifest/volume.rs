//! One volume's fields as written, each checked by itself; `rules` looks at them together.

use super::defaults::Defaults;
use super::fields::{LIFECYCLE_FIELD, NAME_MAY_REPEAT, NOT_IN_DEFAULTS, VOLUME};
use super::found::Subject;
use super::lifecycle::{self, LifecycleFields};
use super::model::MAX_SLOTS;
use super::node::{Name, Node, Value};
use super::prepaid;
use super::remark::Remark;
use super::report::Report;
use super::source::At;
use super::unknown::{Meant, unknown};
use super::values::{Given, boolean, checked, integer, kind, mapping, nearest, shown, text, word};
use super::wrong::VolumeFault;
use super::zones::{self, Zones};
use crate::volume::{
    DedicatedStorageId, Description, EnterpriseProjectId, Excerpt, Invalid, Metadata, Prepaid, ServerId, SizeGb,
    SourceId, TagFault, Tags, VolumeName, VolumeType,
};
use std::borrow::Cow;

/// What any rate may be: which of them a type takes is for the cloud to say.
const RATES: std::ops::RangeInclusive<u32> = 1..=10_000_000;

/// The fields of a volume, or of `defaults`.
#[derive(Debug, Default)]
pub(super) struct Fields<'s> {
    pub(super) name: Given<VolumeName>,
    pub(super) description: Given<Description>,
    pub(super) zones: Given<Zones>,
    pub(super) volume_type: Given<VolumeType>,
    pub(super) size: Given<SizeGb>,
    pub(super) count: Given<u32>,
    pub(super) backup_id: Given<SourceId>,
    pub(super) snapshot_id: Given<SourceId>,
    pub(super) image_ref: Given<SourceId>,
    /// `multiattach`, or `shareable` in its place.
    pub(super) multiattach: Given<bool>,
    pub(super) metadata: Given<Vec<Pair<'s>>>,
    pub(super) tags: Given<Vec<Pair<'s>>>,
    /// Tags that are `null`, each with the place of its value: they take a tag of `defaults` off the volume.
    pub(super) cancelled_tags: Vec<(Cow<'s, str>, At)>,
    pub(super) enterprise_project_id: Given<EnterpriseProjectId>,
    pub(super) iops: Given<u32>,
    pub(super) throughput: Given<u32>,
    pub(super) prepaid: Given<Prepaid>,
    pub(super) server_id: Given<ServerId>,
    pub(super) dedicated_storage_id: Given<DedicatedStorageId>,
    pub(super) lifecycle: Given<LifecycleFields>,
    pub(super) name_may_repeat: Given<bool>,
}

/// A tag, or an entry of `metadata`.
#[derive(Debug, Clone)]
pub(super) struct Pair<'s> {
    pub(super) key: Cow<'s, str>,
    pub(super) key_at: At,
    pub(super) value: Cow<'s, str>,
}

impl Fields<'_> {
    /// The values that are there, as the `defaults` of a manifest.
    pub(super) fn stated(self) -> Defaults {
        let texts = |pairs: Given<Vec<Pair<'_>>>| {
            let pairs = pairs.into_value()?.into_iter();
            Some(pairs.map(|pair| (pair.key.into_owned(), pair.value.into_owned())).collect())
        };
        Defaults {
            zone: self
                .zones
                .into_value()
                .map(Zones::split)
                .filter(|(_, others)| others.is_empty())
                .map(|(zone, _)| zone),
            volume_type: self.volume_type.into_value(),
            size: self.size.into_value(),
            description: self.description.into_value(),
            multiattach: self.multiattach.into_value(),
            metadata: texts(self.metadata),
            tags: texts(self.tags),
            enterprise_project_id: self.enterprise_project_id.into_value(),
            iops: self.iops.into_value(),
            throughput: self.throughput.into_value(),
            prepaid: self.prepaid.into_value(),
            server_id: self.server_id.into_value(),
            dedicated_storage_id: self.dedicated_storage_id.into_value(),
        }
    }

    /// Once a wrong name has been reported, the field that it stands for is not missing as well.
    pub(super) fn excuse(&mut self, meant: Meant) {
        let is = |field: &'static str| matches!(meant, Meant::Volume) || meant == Meant::Field(field);
        if matches!(self.size, Given::Absent) && is("size") {
            self.size = Given::Bad;
        }
        if matches!(self.zones, Given::Absent) && is("availability_zone") {
            self.zones = Given::Bad;
        }
        if matches!(self.volume_type, Given::Absent) && is("volume_type") {
            self.volume_type = Given::Bad;
        }
    }
}

/// Reads the fields.
pub(super) fn decode<'s>(node: Node<'s>, in_defaults: bool, report: &mut Report<'_>) -> Option<Fields<'s>> {
    let what = if in_defaults { Subject::Field("defaults") } else { Subject::Volume };
    let mut fields = Fields::default();
    let mut shareable = Given::Absent;
    for (name, node) in mapping(node, what, report)? {
        let field = name.text.as_ref();
        if let Some(field) = NOT_IN_DEFAULTS.into_iter().find(|it| in_defaults && *it == field) {
            report.error(name.at, VolumeFault::NoDefault { field });
            continue;
        }
        match field {
            "name" => fields.name = checked_text(node, Subject::Field("name"), VolumeName::new, report),
            "description" => {
                fields.description = checked_text(node, Subject::Field("description"), Description::new, report);
            }
            "availability_zone" => {
                fields.zones = Given::read(node, |node| zones::decode(node, report));
            }
            "volume_type" => {
                fields.volume_type = checked_text(node, Subject::Field("volume_type"), VolumeType::new, report);
            }
            "size" => fields.size = Given::read(node, |node| size(&node, report)),
            "count" => {
                fields.count =
                    Given::read(node, |node| integer(&node, Subject::Field("count"), 1..=MAX_SLOTS, true, report));
            }
            "backup_id" => fields.backup_id = checked_text(node, Subject::Field("backup_id"), SourceId::new, report),
            "snapshot_id" => {
                fields.snapshot_id = checked_text(node, Subject::Field("snapshot_id"), SourceId::new, report);
            }
            "imageRef" => fields.image_ref = checked_text(node, Subject::Field("imageRef"), SourceId::new, report),
            "multiattach" => {
                fields.multiattach = Given::read(node, |node| boolean(&node, Subject::Field("multiattach"), report));
            }
            "shareable" => {
                shareable = Given::read(node, |node| old_boolean(&node, report));
                if !matches!(shareable, Given::Null) {
                    report.warn(name.at, Remark::ShareableDeprecated);
                }
            }
            "metadata" => fields.metadata = Given::read(node, |node| metadata(node, report)),
            "tags" => {
                let cancelled = &mut fields.cancelled_tags;
                fields.tags = Given::read(node, |node| tags(node, (!in_defaults).then_some(cancelled), report));
            }
            "enterprise_project_id" => {
                fields.enterprise_project_id = Given::read(node, |node| {
                    let (at, what) = (node.at, Subject::Field("enterprise_project_id"));
                    checked(word(node, what, report)?, at, what, EnterpriseProjectId::new, report)
                });
            }
            "iops" => {
                fields.iops = Given::read(node, |node| integer(&node, Subject::Field("iops"), RATES, false, report));
            }
            "throughput" => {
                fields.throughput =
                    Given::read(node, |node| integer(&node, Subject::Field("throughput"), RATES, false, report));
            }
            "prepaid" => fields.prepaid = Given::read(node, |node| prepaid::decode(node, report)),
            "server_id" => fields.server_id = checked_text(node, Subject::Field("server_id"), ServerId::new, report),
            "dedicated_storage_id" => {
                fields.dedicated_storage_id =
                    checked_text(node, Subject::Field("dedicated_storage_id"), DedicatedStorageId::new, report);
            }
            LIFECYCLE_FIELD => {
                fields.lifecycle = Given::read(node, |node| lifecycle::decode(node, in_defaults, report));
            }
            NAME_MAY_REPEAT => {
                fields.name_may_repeat =
                    Given::read(node, |node| boolean(&node, Subject::Field(NAME_MAY_REPEAT), report));
            }
            _ => {
                let mut legal = VOLUME.to_vec();
                legal.extend([LIFECYCLE_FIELD, NAME_MAY_REPEAT]);
                if in_defaults {
                    legal.retain(|field| !NOT_IN_DEFAULTS.contains(field));
                }
                let meant = unknown(&name, &node, what, &legal, report);
                fields.excuse(meant);
            }
        }
    }
    if let (Some((&multiattach, _)), Some((&shareable, at))) = (fields.multiattach.get(), shareable.get())
        && multiattach != shareable
    {
        report.error(at, VolumeFault::SharedOtherwise { shareable, multiattach });
    }
    if matches!(fields.multiattach, Given::Absent | Given::Null) && !matches!(shareable, Given::Absent) {
        fields.multiattach = shareable;
    }
    Some(fields)
}

fn checked_text<T>(
    node: Node<'_>,
    what: Subject,
    make: impl FnOnce(String) -> Result<T, Invalid>,
    report: &mut Report<'_>,
) -> Given<T> {
    let at = node.at;
    Given::read(node, |node| checked(text(node, what, report)?, at, what, make, report))
}

fn size(node: &Node<'_>, report: &mut Report<'_>) -> Option<SizeGb> {
    let legal = SizeGb::SYSTEM.0..=SizeGb::DATA.1;
    SizeGb::new(integer(node, Subject::Size, legal, true, report)?).ok()
}

/// `shareable` is text in the API, and a boolean in what people write.
fn old_boolean(node: &Node<'_>, report: &mut Report<'_>) -> Option<bool> {
    match &node.value {
        Value::Text(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Value::Text(text) if text.eq_ignore_ascii_case("false") => Some(false),
        _ => boolean(node, Subject::Field("shareable"), report),
    }
}

fn metadata<'s>(node: Node<'s>, report: &mut Report<'_>) -> Option<Vec<Pair<'s>>> {
    let mut pairs = Vec::new();
    let mut sound = true;
    for (name, node) in mapping(node, Subject::Field("metadata"), report)? {
        let value_at = node.at;
        if let Value::Null = node.value {
            report.error(value_at, VolumeFault::MetadataNull { key: Excerpt::of(&name.text) });
            sound = false;
            continue;
        }
        if !Metadata::KEYS.contains(&name.text.as_ref()) {
            let near = nearest(&name.text, &Metadata::KEYS);
            report.error(name.at, VolumeFault::MetadataKey { key: Excerpt::of(&name.text), near });
            sound = false;
            continue;
        }
        let Some(value) = text(node, Subject::MetadataValue, report) else {
            sound = false;
            continue;
        };
        if let Err(invalid) = Metadata::check_pair(&name.text, &value) {
            report.error(value_at, invalid);
            sound = false;
            continue;
        }
        pairs.push(Pair { key: name.text, key_at: name.at, value });
    }
    sound.then_some(pairs)
}

/// Reads tags. Those that are `null` go to `cancelled`; without it, in `defaults`, they are wrong.
fn tags<'s>(
    node: Node<'s>,
    mut cancelled: Option<&mut Vec<(Cow<'s, str>, At)>>,
    report: &mut Report<'_>,
) -> Option<Vec<Pair<'s>>> {
    if let Value::List(_) = node.value {
        report.error(node.at, VolumeFault::TagsList);
        return None;
    }
    let at = node.at;
    let entries = mapping(node, Subject::Field("tags"), report)?;
    let given = entries.iter().filter(|(_, node)| !matches!(node.value, Value::Null)).count();
    if given > Tags::MAX {
        report.error(at, Invalid::Tags(TagFault::TooMany(given)));
        return None;
    }
    let mut pairs = Vec::new();
    let mut sound = true;
    for (name, node) in entries {
        if let Err(invalid) = Tags::check_key(&name.text) {
            report.error(name.at, invalid);
            sound = false;
        }
        let value_at = node.at;
        // A tag's value is text whatever it looks like: `1.10` and `007` are kept as written.
        let value = match node.value {
            Value::Text(text) => text,
            Value::Number(raw) | Value::Bool(_, raw) => Cow::Borrowed(raw),
            Value::Null => {
                match &mut cancelled {
                    Some(cancelled) => cancelled.push((name.text, value_at)),
                    None => {
                        report.error(value_at, VolumeFault::TagNull { key: Excerpt::of(&name.text) });
                        sound = false;
                    }
                }
                continue;
            }
            other => {
                report.error(value_at, VolumeFault::TagNotText { found: kind(&other) });
                sound = false;
                continue;
            }
        };
        if let Err(invalid) = Tags::check_value(&name.text, &value) {
            report.error(value_at, invalid);
            sound = false;
        }
        pairs.push(Pair { key: name.text, key_at: name.at, value });
    }
    sound.then_some(pairs)
}

/// Refuses a volume that is not a mapping, with what to write instead.
pub(super) fn refuse(key: &Name<'_>, node: &Node<'_>, report: &mut Report<'_>) {
    // Nothing has no place of its own.
    let at = if matches!(node.value, Value::Null) { key.at } else { node.at };
    report.error(at, VolumeFault::NotMapping { key: Excerpt::of(&key.text), found: shown(&node.value) });
}
