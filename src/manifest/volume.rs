//! One volume's fields as written, each checked by itself; `rules` looks at them together.

use super::fields::{LIFECYCLE_FIELD, NOT_IN_DEFAULTS, VOLUME};
use super::lifecycle::{self, LifecycleFields};
use super::model::MAX_SLOTS;
use super::node::{Name, Node, Value};
use super::prepaid;
use super::report::Report;
use super::source::At;
use super::unknown::{Meant, unknown};
use super::values::{Given, boolean, checked, integer, kind, mapping, nearest, quoted, shown, text, word};
use crate::volume::{
    DedicatedStorageId, Description, EnterpriseProjectId, Invalid, Metadata, Prepaid, ServerId, SizeGb, SourceId, Tags,
    VolumeName, VolumeType, Zone,
};
use std::borrow::Cow;

/// What any rate may be: which of them a type takes is for the cloud to say.
const RATES: std::ops::RangeInclusive<u32> = 1..=10_000_000;

/// The fields of a volume, or of `defaults`.
#[derive(Debug, Default)]
pub(super) struct Fields<'s> {
    pub(super) name: Given<VolumeName>,
    pub(super) description: Given<Description>,
    pub(super) zone: Given<Zone>,
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
    pub(super) enterprise_project_id: Given<EnterpriseProjectId>,
    pub(super) iops: Given<u32>,
    pub(super) throughput: Given<u32>,
    pub(super) prepaid: Given<Prepaid>,
    pub(super) server_id: Given<ServerId>,
    pub(super) dedicated_storage_id: Given<DedicatedStorageId>,
    pub(super) lifecycle: Given<LifecycleFields>,
}

/// A tag, or an entry of `metadata`.
#[derive(Debug, Clone)]
pub(super) struct Pair<'s> {
    pub(super) key: Cow<'s, str>,
    pub(super) key_at: At,
    pub(super) value: Cow<'s, str>,
}

impl Fields<'_> {
    /// Once a wrong name has been reported, the field that it stands for is not missing as well.
    fn excuse(&mut self, meant: Meant<'_>) {
        let is = |field: &str| matches!(meant, Meant::Volume) || meant == Meant::Field(field);
        if matches!(self.size, Given::Absent) && is("size") {
            self.size = Given::Bad;
        }
        if matches!(self.zone, Given::Absent) && is("availability_zone") {
            self.zone = Given::Bad;
        }
        if matches!(self.volume_type, Given::Absent) && is("volume_type") {
            self.volume_type = Given::Bad;
        }
    }
}

/// Reads the fields. `what` names the volume in messages.
pub(super) fn decode<'s>(node: Node<'s>, what: &str, in_defaults: bool, report: &mut Report<'_>) -> Option<Fields<'s>> {
    let mut fields = Fields::default();
    let mut shareable = Given::Absent;
    for (name, node) in mapping(node, what, report)? {
        let field = name.text.as_ref();
        if in_defaults && NOT_IN_DEFAULTS.contains(&field) {
            let reason = format!("`{field}` belongs to one volume and has no default");
            report.error(name.at, Invalid::new(reason).hint("write it in the volume itself"));
            continue;
        }
        match field {
            "name" => fields.name = checked_text(node, "`name`", VolumeName::new, report),
            "description" => fields.description = checked_text(node, "`description`", Description::new, report),
            "availability_zone" => fields.zone = checked_text(node, "`availability_zone`", Zone::new, report),
            "volume_type" => fields.volume_type = checked_text(node, "`volume_type`", VolumeType::new, report),
            "size" => fields.size = Given::read(node, |node| size(&node, report)),
            "count" => {
                fields.count = Given::read(node, |node| integer(&node, "`count`", 1..=MAX_SLOTS, true, report));
            }
            "backup_id" => fields.backup_id = checked_text(node, "`backup_id`", SourceId::new, report),
            "snapshot_id" => fields.snapshot_id = checked_text(node, "`snapshot_id`", SourceId::new, report),
            "imageRef" => fields.image_ref = checked_text(node, "`imageRef`", SourceId::new, report),
            "multiattach" => {
                fields.multiattach = Given::read(node, |node| boolean(&node, "`multiattach`", report));
            }
            "shareable" => {
                shareable = Given::read(node, |node| old_boolean(&node, report));
                if !matches!(shareable, Given::Null) {
                    let invalid = Invalid::new("`shareable` is deprecated by the API and read as `multiattach`");
                    report.warn(name.at, invalid.hint("write multiattach: true or false"));
                }
            }
            "metadata" => fields.metadata = Given::read(node, |node| metadata(node, report)),
            "tags" => fields.tags = Given::read(node, |node| tags(node, report)),
            "enterprise_project_id" => {
                fields.enterprise_project_id = Given::read(node, |node| {
                    let (at, what) = (node.at, "`enterprise_project_id`");
                    checked(word(node, what, report)?, at, what, EnterpriseProjectId::new, report)
                });
            }
            "iops" => fields.iops = Given::read(node, |node| integer(&node, "`iops`", RATES, false, report)),
            "throughput" => {
                fields.throughput = Given::read(node, |node| integer(&node, "`throughput`", RATES, false, report));
            }
            "prepaid" => fields.prepaid = Given::read(node, |node| prepaid::decode(node, report)),
            "server_id" => fields.server_id = checked_text(node, "`server_id`", ServerId::new, report),
            "dedicated_storage_id" => {
                fields.dedicated_storage_id =
                    checked_text(node, "`dedicated_storage_id`", DedicatedStorageId::new, report);
            }
            LIFECYCLE_FIELD => {
                fields.lifecycle = Given::read(node, |node| lifecycle::decode(node, in_defaults, report));
            }
            _ => {
                let mut legal = VOLUME.to_vec();
                legal.push(LIFECYCLE_FIELD);
                if in_defaults {
                    legal.retain(|field| !NOT_IN_DEFAULTS.contains(field));
                }
                let meant = unknown(&name, &node, what_is(in_defaults), &legal, report);
                fields.excuse(meant);
            }
        }
    }
    if let (Some((new, _)), Some((old, at))) = (fields.multiattach.get(), shareable.get())
        && new != old
    {
        let reason = format!("`shareable` is {old} and `multiattach` is {new}, which are one thing");
        report.error(at, Invalid::new(reason).hint("keep `multiattach` alone"));
    }
    if matches!(fields.multiattach, Given::Absent | Given::Null) && !matches!(shareable, Given::Absent) {
        fields.multiattach = shareable;
    }
    Some(fields)
}

fn what_is(in_defaults: bool) -> &'static str {
    if in_defaults { "`defaults`" } else { "a volume" }
}

fn checked_text<T>(
    node: Node<'_>,
    what: &str,
    make: impl FnOnce(String) -> Result<T, Invalid>,
    report: &mut Report<'_>,
) -> Given<T> {
    let at = node.at;
    Given::read(node, |node| checked(text(node, what, report)?, at, what, make, report))
}

fn size(node: &Node<'_>, report: &mut Report<'_>) -> Option<SizeGb> {
    let legal = SizeGb::SYSTEM.0..=SizeGb::DATA.1;
    SizeGb::new(integer(node, "`size`, in GB,", legal, true, report)?).ok()
}

/// `shareable` is text in the API, and a boolean in what people write.
fn old_boolean(node: &Node<'_>, report: &mut Report<'_>) -> Option<bool> {
    match &node.value {
        Value::Text(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Value::Text(text) if text.eq_ignore_ascii_case("false") => Some(false),
        _ => boolean(node, "`shareable`", report),
    }
}

fn metadata<'s>(node: Node<'s>, report: &mut Report<'_>) -> Option<Vec<Pair<'s>>> {
    let mut pairs = Vec::new();
    let mut sound = true;
    for (name, node) in mapping(node, "`metadata`", report)? {
        let value_at = node.at;
        if let Value::Null = node.value {
            let reason = format!("the metadata {} may not be null", quoted(&name.text));
            report.error(value_at, Invalid::new(reason).hint("leave the key out"));
            sound = false;
            continue;
        }
        if !Metadata::KEYS.contains(&name.text.as_ref()) {
            let invalid = Metadata::check_pair(&name.text, "").err().unwrap_or_else(|| Invalid::new("unknown key"));
            report.error(
                name.at,
                match nearest(&name.text, &Metadata::KEYS) {
                    Some(key) => invalid.hint(format!("did you mean `{key}`?")),
                    None => invalid,
                },
            );
            sound = false;
            continue;
        }
        let Some(value) = text(node, "a metadata value", report) else {
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

fn tags<'s>(node: Node<'s>, report: &mut Report<'_>) -> Option<Vec<Pair<'s>>> {
    if let Value::List(_) = node.value {
        let invalid = Invalid::new("`tags` is a mapping, not a list");
        report.error(node.at, invalid.hint("write tags: {key: value}"));
        return None;
    }
    let at = node.at;
    let entries = mapping(node, "`tags`", report)?;
    if entries.len() > Tags::MAX {
        report.error(at, format!("a volume has at most {} tags, these are {}", Tags::MAX, entries.len()));
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
                let invalid = Invalid::new(format!("the tag {} has no value", quoted(&name.text)));
                report.error(value_at, invalid.hint("write \"\" for an empty one, or leave the tag out"));
                sound = false;
                continue;
            }
            other => {
                report.error(value_at, format!("a tag's value is text, not {}", kind(&other)));
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
    let reason = format!("the volume {} is a mapping of fields, not {}", quoted(&key.text), shown(&node.value));
    let invalid = Invalid::new(reason);
    match node.value {
        // Nothing has no place of its own.
        Value::Null => report.error(key.at, invalid.hint("write {} if the defaults say all")),
        _ => report.error(node.at, invalid.hint("write its fields below it, as in `size: 40`")),
    }
}
