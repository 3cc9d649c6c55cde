//! `availability_zone`: a zone, or a list of zones that the slots of a volume take in turn.

use super::found::Subject;
use super::node::{Node, Value};
use super::report::Report;
use super::source::At;
use super::values::{checked, list, text};
use super::wrong::VolumeFault;
use crate::volume::{Excerpt, Zone};

/// The most zones that one volume may list: far more than a region has, and few enough that a list which every volume
/// inherits costs little.
pub(super) const MOST: usize = 16;

/// The zones of a volume, at least one, each once, with their places.
#[derive(Debug, Clone)]
pub(super) struct Zones {
    first: (Zone, At),
    others: Vec<(Zone, At)>,
}

impl Zones {
    /// Each zone and where it stands.
    pub(super) fn iter(&self) -> impl Iterator<Item = &(Zone, At)> {
        std::iter::once(&self.first).chain(&self.others)
    }

    /// The first zone and the others.
    pub(super) fn split(self) -> (Zone, Vec<Zone>) {
        (self.first.0, self.others.into_iter().map(|(zone, _)| zone).collect())
    }
}

/// Reads the field.
pub(super) fn decode(node: Node<'_>, report: &mut Report<'_>) -> Option<Zones> {
    if !matches!(node.value, Value::List(_)) {
        return Some(Zones { first: zone(node, report)?, others: Vec::new() });
    }
    let at = node.at;
    let items = list(node, Subject::Field("availability_zone"), report)?;
    if items.len() > MOST {
        report.error(at, VolumeFault::TooManyZones { zones: items.len(), most: MOST });
        return None;
    }
    let before = report.errors();
    let mut zones: Vec<(Zone, At)> = Vec::with_capacity(items.len());
    for item in items {
        let Some((zone, at)) = zone(item, report) else { continue };
        // Case tells no two zones apart.
        let is_same = |(other, _): &&(Zone, At)| other.as_str().eq_ignore_ascii_case(zone.as_str());
        if let Some((_, first)) = zones.iter().find(is_same) {
            let first = report.place(*first);
            report.error(at, VolumeFault::ZoneTwice { zone: Excerpt::of(zone.as_str()), first });
            continue;
        }
        zones.push((zone, at));
    }
    if report.errors() > before {
        return None;
    }
    let mut zones = zones.into_iter();
    let Some(first) = zones.next() else {
        report.error(at, VolumeFault::NoZones);
        return None;
    };
    Some(Zones { first, others: zones.collect() })
}

fn zone(node: Node<'_>, report: &mut Report<'_>) -> Option<(Zone, At)> {
    let (at, what) = (node.at, Subject::Field("availability_zone"));
    let zone = checked(text(node, what, report)?, at, what, Zone::new, report)?;
    Some((zone, at))
}
