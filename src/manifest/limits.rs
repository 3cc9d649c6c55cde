//! `limits`: what no plan of the stack may exceed, and which zones and types its volumes may have.

use super::fields::LIMITS;
use super::found::Subject;
use super::model::{Limit, Limits, MAX_SLOTS};
use super::node::Node;
use super::place::Place;
use super::report::Report;
use super::source::At;
use super::unknown::unknown;
use super::values::{Given, checked, integer, list, mapping, text};
use super::wrong::{RuleFault, StackFault, Unfit};
use crate::volume::{Excerpt, Invalid, VolumeType, Zone};
use std::collections::BTreeMap;

/// The most gigabytes that may be written: more than a region has.
const MOST_GB: u32 = 1_000_000_000;

/// The zones and the volume types that the section allows, where it names any.
#[derive(Debug, Default)]
pub(super) struct Allowed {
    zones: Option<Words>,
    types: Option<Words>,
}

/// The words that are allowed, by their lower-case forms: case tells no two zones and no two types apart.
#[derive(Debug)]
struct Words {
    legal: BTreeMap<String, String>,
    place: Place,
}

/// Reads the section.
pub(super) fn decode(node: Node<'_>, report: &mut Report<'_>) -> (Limits, Allowed) {
    let (mut limits, mut allowed) = (Limits::default(), Allowed::default());
    for (name, node) in mapping(node, Subject::Field("limits"), report).unwrap_or_default() {
        match name.text.as_ref() {
            "max_create" => limits.max_create = limit(node, "max_create", MAX_SLOTS, report),
            "max_grow_gb" => limits.max_grow_gb = limit(node, "max_grow_gb", MOST_GB, report),
            "max_destroy" => limits.max_destroy = limit(node, "max_destroy", MAX_SLOTS, report),
            "zones" => allowed.zones = words(node, "zones", |text| Zone::new(text).map(drop), report),
            "volume_types" => {
                allowed.types = words(node, "volume_types", |text| VolumeType::new(text).map(drop), report);
            }
            _ => {
                let _ = unknown(&name, &node, Subject::Field("limits"), &LIMITS, report);
            }
        }
    }
    (limits, allowed)
}

fn limit(node: Node<'_>, field: &'static str, most: u32, report: &mut Report<'_>) -> Option<Limit> {
    let place = report.place(node.at);
    let read = Given::read(node, |node| integer(&node, Subject::Field(field), 0..=most, false, report));
    Some(Limit { most: read.into_value()?, place })
}

fn words(
    node: Node<'_>,
    field: &'static str,
    check: impl Fn(String) -> Result<(), Invalid>,
    report: &mut Report<'_>,
) -> Option<Words> {
    let (at, what) = (node.at, Subject::Field(field));
    let items = Given::read(node, |node| list(node, what, report)).into_value()?;
    if items.is_empty() {
        report.error(at, StackFault::AllowsNothing { field });
        return None;
    }
    let mut legal = BTreeMap::new();
    let mut sound = true;
    for item in items {
        let at = item.at;
        let word = text(item, what, report).and_then(|text| {
            checked(text, at, what, |text| check(text.clone()).map(|()| text).map_err(Unfit::from), report)
        });
        match word {
            Some(word) => drop(legal.insert(word.to_ascii_lowercase(), word)),
            None => sound = false,
        }
    }
    sound.then(|| Words { legal, place: report.place(at) })
}

impl Words {
    /// What is allowed in place of a word that is not, and where that is said.
    fn refuses(&self, word: &str) -> Option<(Vec<String>, Place)> {
        let is_legal = self.legal.contains_key(&word.to_ascii_lowercase());
        (!is_legal).then(|| (self.legal.values().cloned().collect(), self.place.clone()))
    }
}

impl Allowed {
    /// Reports a zone that is not among the allowed ones.
    pub(super) fn check_zone(&self, zone: &Zone, at: At, report: &mut Report<'_>) {
        if let Some((allowed, place)) = self.zones.as_ref().and_then(|words| words.refuses(zone.as_str())) {
            report.error(at, RuleFault::ZoneNotAllowed { zone: Excerpt::of(zone.as_str()), allowed, place });
        }
    }

    /// Reports a volume type that is not among the allowed ones.
    pub(super) fn check_type(&self, volume_type: &VolumeType, at: At, report: &mut Report<'_>) {
        let refused = self.types.as_ref().and_then(|words| words.refuses(volume_type.as_str()));
        if let Some((allowed, place)) = refused {
            let volume_type = Excerpt::of(volume_type.as_str());
            report.error(at, RuleFault::TypeNotAllowed { volume_type, allowed, place });
        }
    }
}
