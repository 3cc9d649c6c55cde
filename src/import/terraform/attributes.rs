//! What a state says of a volume, in the words of the providers.

use crate::observed::{ObservedVolume, Status};
use crate::volume::{Metadata, VolumeId};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The volume that the attributes of an instance describe; `None` where they have no id of one.
pub(super) fn volume(instance: &Map<String, Value>) -> Option<ObservedVolume> {
    let of = Attributes(instance.get("attributes").or_else(|| instance.get("attributes_flat"))?.as_object()?);
    let id = VolumeId::new(of.text("id")?).ok()?;
    let mut metadata = of.texts("metadata");
    metadata.retain(|key, _| Metadata::KEYS.contains(&key.as_str()));
    if let Some(key) = of.text("kms_id") {
        metadata.insert(Metadata::ENCRYPTED.to_owned(), "1".to_owned());
        metadata.insert(Metadata::CMK_ID.to_owned(), key);
    }
    if of.text("device_type").is_some_and(|kind| kind.eq_ignore_ascii_case("SCSI")) {
        metadata.insert(Metadata::PASSTHROUGH.to_owned(), "true".to_owned());
    }
    Some(ObservedVolume {
        name: of.text("name").unwrap_or_default(),
        description: of.text("description"),
        status: of.text("status").map_or(Status::Available, Status::new),
        size: of.number("size").unwrap_or_default(),
        volume_type: of.text("volume_type").unwrap_or_default(),
        availability_zone: of.text("availability_zone").unwrap_or_default(),
        prepaid: of.text("charging_mode").is_some_and(|mode| mode == "prePaid"),
        tags: of.texts("tags"),
        snapshot_id: of.text("snapshot_id"),
        image_id: of.text("image_id"),
        multiattach: of.flag("multiattach"),
        enterprise_project_id: of.text("enterprise_project_id"),
        iops: of.number("iops").filter(|rate| *rate > 0),
        throughput: of.number("throughput").filter(|rate| *rate > 0),
        metadata,
        dedicated_storage_id: of.text("dedicated_storage_id"),
        ..ObservedVolume::of(id)
    })
}

/// Attributes as they are saved, or as old states have them: all texts, a map by keys such as `tags.team`.
struct Attributes<'v>(&'v Map<String, Value>);

impl Attributes<'_> {
    /// A text that is there and not empty.
    fn text(&self, name: &str) -> Option<String> {
        self.0.get(name)?.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
    }

    fn number(&self, name: &str) -> Option<u32> {
        match self.0.get(name)? {
            Value::Number(number) => number.as_u64().and_then(|number| u32::try_from(number).ok()),
            Value::String(text) => text.parse().ok(),
            _ => None,
        }
    }

    fn flag(&self, name: &str) -> Option<bool> {
        match self.0.get(name)? {
            Value::Bool(flag) => Some(*flag),
            Value::String(text) => text.parse().ok(),
            _ => None,
        }
    }

    fn texts(&self, name: &str) -> BTreeMap<String, String> {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        if let Some(map) = self.0.get(name).and_then(Value::as_object) {
            return map.iter().filter_map(|(key, value)| Some((key.clone(), text(value)?))).collect();
        }
        let flat = self.0.iter().filter_map(|(key, value)| {
            let key = key.strip_prefix(name)?.strip_prefix('.').filter(|key| *key != "%")?;
            Some((key.to_owned(), text(value)?))
        });
        flat.collect()
    }
}
