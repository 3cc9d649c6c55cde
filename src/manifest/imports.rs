//! `import`: volumes that exist and that the stack takes over at the next apply.

use super::addresses;
use super::found::Subject;
use super::node::Node;
use super::remark::Remark;
use super::report::Report;
use super::source::At;
use super::values::{checked, mapping, text};
use super::wrong::ImportFault;
use super::{DesiredVolume, Import};
use crate::volume::{Address, Key, KeyOrAddress, Slot, VolumeId};
use std::collections::{BTreeMap, HashMap};

/// What a line says, and where it stands.
#[derive(Debug)]
pub(super) struct Line {
    to: KeyOrAddress,
    id: VolumeId,
    at: At,
    id_at: At,
}

/// Reads the section.
pub(super) fn decode(node: Option<Node<'_>>, report: &mut Report<'_>) -> Vec<Line> {
    let lines = node.and_then(|node| mapping(node, Subject::Field("import"), report)).unwrap_or_default();
    let line = |(name, node): (super::node::Name<'_>, Node<'_>), report: &mut Report<'_>| {
        let (at, id_at) = (name.at, node.at);
        let to = addresses::parsed(name.text, at, report);
        let id = checked(text(node, Subject::VolumeId, report)?, id_at, Subject::VolumeId, VolumeId::new, report)?;
        Some(Line { to: to?, id, at, id_at })
    };
    lines.into_iter().filter_map(|entry| line(entry, report)).collect()
}

/// Holds the lines against what the manifest asks for, and against one another.
pub(super) fn check(
    lines: Vec<Line>,
    volumes: &BTreeMap<Key, DesiredVolume>,
    report: &mut Report<'_>,
) -> BTreeMap<Address, Import> {
    let mut imports: BTreeMap<Address, Import> = BTreeMap::new();
    let mut taken: HashMap<VolumeId, At> = HashMap::with_capacity(lines.len());
    for Line { to, id, at, id_at } in lines {
        let Some(address) = address(&to, at, volumes, report) else { continue };
        if let Some(first) = taken.insert(id.clone(), id_at) {
            let first = report.place(first);
            report.error(id_at, ImportFault::VolumeTwice { id: id.clone(), first });
        }
        if let Some(first) = imports.get(&address) {
            let first = first.place.clone();
            report.error(at, ImportFault::AddressTwice { address, first });
            continue;
        }
        imports.insert(address, Import { id, place: report.place(at) });
    }
    imports
}

/// The one address that a line means.
fn address(
    to: &KeyOrAddress,
    at: At,
    volumes: &BTreeMap<Key, DesiredVolume>,
    report: &mut Report<'_>,
) -> Option<Address> {
    let volume = volumes.get(to.key());
    let address = match (to, volume) {
        (KeyOrAddress::Key(key), Some(volume)) if volume.count > 1 => {
            report.error(at, ImportFault::SeveralSlots { key: key.clone(), count: volume.count });
            return None;
        }
        (KeyOrAddress::Address(address), _) => address.clone(),
        (KeyOrAddress::Key(key), _) => Address { key: key.clone(), slot: Slot::FIRST },
    };
    if !volume.is_some_and(|volume| volume.has(address.slot)) {
        // A line that has done its work stays without harm when its volume is not wanted any more.
        report.warn(at, Remark::ImportNotDesired { to: to.clone() });
    }
    Some(address)
}
