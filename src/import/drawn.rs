//! What the entries of a new manifest have in common, drawn out into its `defaults`.

use super::group::Group;
use super::yaml::Value;
use crate::manifest::Defaults;
use crate::volume::Zone;
use std::collections::{BTreeMap, BTreeSet};

/// The defaults for these groups: the zone and the type of more than half of them, and what all of them have alike.
pub(super) fn drawn(groups: &[Group]) -> Defaults {
    if groups.len() < 2 {
        return Defaults::default();
    }
    Defaults {
        zone: of_most(groups, |group| group.zones.clone()).and_then(only),
        volume_type: of_most(groups, |group| group.shown.volume_type.clone()),
        tags: common_tags(groups),
        enterprise_project_id: of_all(groups, |group| group.shown.enterprise_project_id.clone()),
        dedicated_storage_id: of_all(groups, |group| group.shown.dedicated_storage_id.clone()),
        ..Defaults::default()
    }
}

/// A zone that is not one of several.
fn only(zones: BTreeSet<Zone>) -> Option<Zone> {
    let mut zones = zones.into_iter();
    zones.next().filter(|_| zones.next().is_none())
}

fn of_most<T: Ord>(groups: &[Group], of: impl Fn(&Group) -> T) -> Option<T> {
    let mut times: BTreeMap<T, usize> = BTreeMap::new();
    for group in groups {
        *times.entry(of(group)).or_default() += 1;
    }
    times.into_iter().find(|(_, times)| *times * 2 > groups.len()).map(|(value, _)| value)
}

fn of_all<T: PartialEq>(groups: &[Group], of: impl Fn(&Group) -> Option<T>) -> Option<T> {
    let first = of(groups.first()?)?;
    groups.iter().all(|group| of(group).as_ref() == Some(&first)).then_some(first)
}

/// The tags that all of them declare.
fn common_tags(groups: &[Group]) -> Option<BTreeMap<String, String>> {
    let mut common = groups.first()?.shown.tags.clone()?;
    for group in groups {
        let tags = group.shown.tags.as_ref()?;
        common.retain(|key, value| tags.get(key) == Some(value));
    }
    Some(common).filter(|common| !common.is_empty())
}

/// The fields of the section.
pub(super) fn fields(defaults: &Defaults) -> Vec<(String, Value)> {
    let Defaults { zone, volume_type, tags, enterprise_project_id, dedicated_storage_id, .. } = defaults;
    let word = |word: &str| Value::Text(word.to_owned());
    let tags =
        tags.as_ref().map(|tags| Value::Pairs(tags.iter().map(|(key, value)| (key.clone(), word(value))).collect()));
    let all = [
        ("availability_zone", zone.as_ref().map(|zone| word(zone.as_str()))),
        ("volume_type", volume_type.as_ref().map(|it| word(it.as_str()))),
        ("tags", tags),
        ("enterprise_project_id", enterprise_project_id.as_ref().map(|id| word(id.as_str()))),
        ("dedicated_storage_id", dedicated_storage_id.as_ref().map(|id| word(id.as_str()))),
    ];
    all.into_iter().filter_map(|(field, value)| Some((field.to_owned(), value?))).collect()
}
