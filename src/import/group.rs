//! Which volumes share an entry.

use super::candidate::{Candidate, Shown};
use crate::volume::{Slot, VolumeId, VolumeName, slot_of_service_name};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The highest slot of an entry.
const HIGHEST: u32 = 100_000;

/// The volumes of one entry.
#[derive(Debug, Clone)]
pub(super) struct Group {
    /// The name of its one volume, or what the names of its volumes begin with.
    pub(super) name: VolumeName,
    /// 1, or the highest of its slots.
    pub(super) count: u32,
    pub(super) volumes: BTreeMap<Slot, VolumeId>,
    pub(super) shown: Shown,
    /// Whether another volume is called so too.
    pub(super) repeats: bool,
}

impl Group {
    /// The slots up to the highest that no volume has.
    pub(super) fn gaps(&self) -> impl Iterator<Item = Slot> + '_ {
        (1..=self.count).filter_map(Slot::new).filter(|slot| !self.volumes.contains_key(slot))
    }
}

/// A name that the service gives to one of several, and its parts.
struct Numbered {
    base: VolumeName,
    slot: Slot,
}

impl Numbered {
    fn of(name: &VolumeName) -> Option<Numbered> {
        let (base, _) = name.as_str().rsplit_once('-')?;
        let number = slot_of_service_name(base, name.as_str()).filter(|number| *number <= HIGHEST)?;
        let base = VolumeName::new(base).ok().filter(|base| base.as_str().len() <= VolumeName::MAX_BASE)?;
        Some(Numbered { base, slot: Slot::new(number)? })
    }
}

/// Puts volumes together whose names are those of the slots of one entry and that are alike in all else. At most half of the
/// slots of an entry are gaps: beyond that its list of retired slots tells more than its volumes. Those that are to stand
/// `alone` get an entry each.
pub(super) fn groups(candidates: &[Candidate], alone: &BTreeSet<VolumeId>) -> Vec<Group> {
    let mut names: HashMap<VolumeName, usize> = HashMap::new();
    for candidate in candidates {
        *names.entry(candidate.name.clone()).or_default() += 1 + usize::from(candidate.repeats);
    }
    let repeats = |name: &VolumeName| names.get(name).is_some_and(|times| *times > 1);
    let mut alike: HashMap<(VolumeName, Shown), BTreeMap<Slot, VolumeId>> = HashMap::new();
    for Candidate { id, name, shown, .. } in candidates.iter().filter(|it| !alone.contains(&it.id)) {
        if let Some(Numbered { base, slot }) = Numbered::of(name).filter(|_| !repeats(name)) {
            alike.entry((base, shown.clone())).or_default().insert(slot, id.clone());
        }
    }
    let mut groups = Vec::new();
    let mut grouped: BTreeSet<VolumeId> = BTreeSet::new();
    for ((name, shown), volumes) in alike {
        let Some(count) = volumes.keys().next_back().map(|slot| slot.number()) else { continue };
        let gaps = (count as usize).saturating_sub(volumes.len());
        if volumes.len() > 1 && gaps <= volumes.len() {
            grouped.extend(volumes.values().cloned());
            groups.push(Group { name, count, volumes, shown, repeats: false });
        }
    }
    for Candidate { id, name, shown, .. } in candidates {
        if !grouped.contains(id) {
            let (name, shown, repeats) = (name.clone(), shown.clone(), repeats(name));
            let volumes = BTreeMap::from([(Slot::FIRST, id.clone())]);
            groups.push(Group { name, count: 1, volumes, shown, repeats });
        }
    }
    // The same list gives the same entries, whatever order they were found in.
    groups.sort_by(|a, b| (&a.name, &a.volumes).cmp(&(&b.name, &b.volumes)));
    groups
}
