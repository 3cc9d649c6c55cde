//! The edits by which a volume may get another value of a field, the best one first.

use super::document::{Entry, Kind, Node, Text};
use super::quotes::Quotes;
use super::setting::Setting;
use super::splice::Splice;
use crate::volume::Field;

/// What stands for no value, and cancels one that `defaults`, an alias or a merge key gives.
pub(super) const NULL: &str = "null";

/// How a manifest may spell a field: the first one is written where none stands there.
fn spellings(field: Field) -> &'static [&'static str] {
    match field {
        Field::Multiattach => &["multiattach", "shareable"],
        Field::Name => &["name"],
        Field::Description => &["description"],
        Field::AvailabilityZone => &["availability_zone"],
        Field::VolumeType => &["volume_type"],
        Field::Size => &["size"],
        Field::Iops => &["iops"],
        Field::Throughput => &["throughput"],
        Field::EnterpriseProjectId => &["enterprise_project_id"],
        _ => &[],
    }
}

/// The edits of a volume's fields, at `node`.
pub(super) fn edits(node: &Node, setting: &Setting, text: Text<'_>) -> Vec<Splice> {
    let [word, ..] = spellings(setting.field()) else { return Vec::new() };
    let yaml = |quotes| setting.yaml(quotes);
    let Kind::Map(map) = &node.kind else {
        // An alias of a whole volume becomes a volume that merges it in.
        let value = yaml(Quotes::Plain).unwrap_or_else(|| NULL.to_owned());
        let with = format!("{{<<: {}, {word}: {value}}}", text.part(node.range.clone()));
        return vec![Splice { range: node.range.clone(), with }];
    };
    let written: Option<Entry> = spellings(setting.field()).iter().find_map(|word| map.entry(word, text));
    let Some(entry) = written else {
        let value = yaml(map.quotes(text)).unwrap_or_else(|| NULL.to_owned());
        return vec![Splice::insert(map, &node.range, word, &value, text)];
    };
    match yaml(Quotes::of(text.part(entry.value.range.clone()))) {
        Some(value) => vec![Splice::replace(&entry, &value, text)],
        None => {
            let removed = Splice::remove(map, &entry.key, text);
            removed.into_iter().chain([Splice::replace(&entry, NULL, text)]).collect()
        }
    }
}
