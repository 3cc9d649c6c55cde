//! `moved` and `removed`: volumes that get another address, and volumes that the stack gives up without deleting them.

use super::addresses::{desired, key_or_address};
use super::fields::{MOVED, REMOVED};
use super::found::Subject;
use super::node::{Node, Value};
use super::report::Report;
use super::source::At;
use super::unknown::unknown;
use super::values::{boolean, list, mapping};
use super::wrong::MoveFault;
use super::{DesiredVolume, Move, Release};
use crate::volume::{Key, KeyOrAddress};
use std::collections::BTreeMap;

/// What a line says, and where each part of it stands.
#[derive(Debug)]
pub(super) struct Lines {
    moved: Vec<(Move, At, At)>,
    removed: Vec<(Release, At)>,
}

/// Reads both sections.
pub(super) fn decode(moved: Option<Node<'_>>, removed: Option<Node<'_>>, report: &mut Report<'_>) -> Lines {
    let moved = moved.and_then(|node| list(node, Subject::Field("moved"), report)).unwrap_or_default();
    let removed = removed.and_then(|node| list(node, Subject::Field("removed"), report)).unwrap_or_default();
    Lines {
        moved: moved.into_iter().filter_map(|node| one_move(node, report)).collect(),
        removed: removed.into_iter().filter_map(|node| one_release(node, report)).collect(),
    }
}

fn one_move(node: Node<'_>, report: &mut Report<'_>) -> Option<(Move, At, At)> {
    let (at, mut from, mut to) = (node.at, None, None);
    for (name, node) in mapping(node, Subject::Field("moved"), report)? {
        let part = match name.text.as_ref() {
            "from" => &mut from,
            "to" => &mut to,
            _ => {
                let _ = unknown(&name, &node, Subject::Field("moved"), &MOVED, report);
                continue;
            }
        };
        let at = node.at;
        *part = Some((key_or_address(node, report)?, at));
    }
    for (part, field) in [(&from, MOVED[0]), (&to, MOVED[1])] {
        if part.is_none() {
            report.error(at, MoveFault::Incomplete { field });
        }
    }
    let ((from, from_at), (to, to_at)) = (from?, to?);
    if matches!(from, KeyOrAddress::Key(_)) != matches!(to, KeyOrAddress::Key(_)) {
        report.error(to_at, MoveFault::Mixed);
        return None;
    }
    if from == to {
        report.error(to_at, MoveFault::Nowhere);
        return None;
    }
    Some((Move { from, to }, from_at, to_at))
}

fn one_release(node: Node<'_>, report: &mut Report<'_>) -> Option<(Release, At)> {
    let at = node.at;
    if !matches!(node.value, Value::Map(_)) {
        return Some((Release { what: key_or_address(node, report)?, untag: false }, at));
    }
    let (mut what, mut untag) = (None, false);
    for (name, node) in mapping(node, Subject::Field("removed"), report)? {
        match name.text.as_ref() {
            "key" => what = Some((node.at, key_or_address(node, report)?)),
            "untag" => untag = boolean(&node, Subject::Field("untag"), report)?,
            _ => {
                let _ = unknown(&name, &node, Subject::Field("removed"), &REMOVED, report);
            }
        }
    }
    let Some((at, what)) = what else {
        report.error(at, MoveFault::Incomplete { field: REMOVED[0] });
        return None;
    };
    Some((Release { what, untag }, at))
}

impl Lines {
    /// Holds the lines against what the manifest asks for, and against one another. What is moved or given up may not be asked
    /// for, so that a line which has done its work never takes a volume from a key that is new.
    pub(super) fn check(
        self,
        volumes: &BTreeMap<Key, DesiredVolume>,
        report: &mut Report<'_>,
    ) -> (Vec<Move>, Vec<Release>) {
        let (mut sources, mut ends) = (Vec::new(), Vec::new());
        for (one, from_at, to_at) in &self.moved {
            if let Some(volume) = desired(volumes, &one.from) {
                let (from, volume) = (one.from.clone(), volume.place.clone());
                report.error(*from_at, MoveFault::StillDesired { section: "moved", from, volume });
            }
            if desired(volumes, &one.to).is_none() {
                report.error(*to_at, MoveFault::NotDesired { to: one.to.clone() });
            }
            once(&mut sources, &one.from, *from_at, report);
            once(&mut ends, &one.to, *to_at, report);
        }
        for (one, at) in &self.removed {
            if let Some(volume) = desired(volumes, &one.what) {
                let (from, volume) = (one.what.clone(), volume.place.clone());
                report.error(*at, MoveFault::StillDesired { section: "removed", from, volume });
            }
            once(&mut sources, &one.what, *at, report);
        }
        let moved = self.moved.into_iter().map(|(one, ..)| one).collect();
        (moved, self.removed.into_iter().map(|(one, _)| one).collect())
    }
}

/// Makes sure that no other line is about any of these addresses.
fn once<'k>(before: &mut Vec<(&'k KeyOrAddress, At)>, what: &'k KeyOrAddress, at: At, report: &mut Report<'_>) {
    match before.iter().find(|(other, _)| other.overlaps(what)) {
        Some((_, first)) => {
            let first = report.place(*first);
            report.error(at, MoveFault::Twice { what: what.clone(), first });
        }
        None => before.push((what, at)),
    }
}
