//! Which volumes share an entry.

use super::candidate::{Candidate, Shown};
use crate::volume::{Slot, VolumeId, VolumeName, Zone, slot_of_service_name};
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
    /// The zones in which they lie: at least one.
    pub(super) zones: BTreeSet<Zone>,
    pub(super) shown: Shown,
    /// Whether another volume is called as one of them too.
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

/// Volumes of one entry, by slot.
type Slots<'c> = BTreeMap<Slot, &'c Candidate>;

/// Volumes that are alike in all but the zone and whose names begin alike. A name may be there more than once.
#[derive(Default)]
struct Alike<'c> {
    slots: BTreeMap<Slot, Vec<&'c Candidate>>,
}

impl<'c> Alike<'c> {
    fn push(&mut self, slot: Slot, candidate: &'c Candidate) {
        self.slots.entry(slot).or_default().push(candidate);
    }

    /// Those that can share an entry: all of them where each name is there once; else those of a zone, and those of a name
    /// in the same zone in as many entries as there are.
    fn shared(mut self) -> Vec<Slots<'c>> {
        self.slots.values_mut().for_each(|it| it.sort_by(|a, b| a.id.cmp(&b.id)));
        let is_once = self.slots.values().all(|it| it.len() == 1);
        let whole = self.layer(0);
        if is_once && is_dense(&whole) {
            return vec![whole];
        }
        let zones: BTreeSet<&Zone> = self.slots.values().flatten().map(|it| &it.zone).collect();
        let mut shared = Vec::new();
        for zone in zones {
            let here = self.slots.iter().map(|(slot, all)| {
                (*slot, all.iter().copied().filter(|it| it.zone == *zone).collect::<Vec<&Candidate>>())
            });
            let here = Alike { slots: here.collect() };
            let deep = here.slots.values().map(Vec::len).max().unwrap_or_default();
            shared.extend((0..deep).map(|number| here.layer(number)).filter(is_dense));
        }
        shared
    }

    /// Of each slot the volume of that number.
    fn layer(&self, number: usize) -> Slots<'c> {
        let one = |(slot, all): (&Slot, &Vec<&'c Candidate>)| Some((*slot, *all.get(number)?));
        self.slots.iter().filter_map(one).collect()
    }
}

/// Whether at most half of the slots are gaps: beyond that the list of retired slots tells more than the volumes.
fn is_dense(slots: &Slots<'_>) -> bool {
    let count = slots.keys().next_back().map_or(0, |slot| slot.number() as usize);
    slots.len() > 1 && count.saturating_sub(slots.len()) <= slots.len()
}

/// Puts volumes together whose names are those of the slots of one entry and that are alike in all else but the zone. Those
/// that are to stand `alone` get an entry each.
pub(super) fn groups(candidates: &[Candidate], alone: &BTreeSet<VolumeId>) -> Vec<Group> {
    let mut names: HashMap<&VolumeName, usize> = HashMap::new();
    for Candidate { name, repeats, .. } in candidates {
        *names.entry(name).or_default() += 1 + usize::from(*repeats);
    }
    let repeats = |name: &VolumeName| names.get(name).is_some_and(|times| *times > 1);
    let mut alike: HashMap<(VolumeName, &Shown), Alike<'_>> = HashMap::new();
    for candidate in candidates.iter().filter(|it| !alone.contains(&it.id)) {
        if let Some(Numbered { base, slot }) = Numbered::of(&candidate.name) {
            alike.entry((base, &candidate.shown)).or_default().push(slot, candidate);
        }
    }
    let mut groups = Vec::new();
    let mut grouped: BTreeSet<VolumeId> = BTreeSet::new();
    for ((name, shown), alike) in alike {
        for slots in alike.shared() {
            let Some(count) = slots.keys().next_back().map(|slot| slot.number()) else { continue };
            let repeats = slots.values().any(|it| repeats(&it.name));
            let zones = slots.values().map(|it| it.zone.clone()).collect();
            let volumes: BTreeMap<Slot, VolumeId> = slots.into_iter().map(|(slot, it)| (slot, it.id.clone())).collect();
            grouped.extend(volumes.values().cloned());
            groups.push(Group { name: name.clone(), count, volumes, zones, shown: shown.clone(), repeats });
        }
    }
    for Candidate { id, name, zone, shown, .. } in candidates {
        if !grouped.contains(id) {
            let (name, shown, repeats) = (name.clone(), shown.clone(), repeats(name));
            let (volumes, zones) = (BTreeMap::from([(Slot::FIRST, id.clone())]), BTreeSet::from([zone.clone()]));
            groups.push(Group { name, count: 1, volumes, zones, shown, repeats });
        }
    }
    // The same list gives the same entries, whatever order they were found in.
    groups.sort_by(|a, b| (&a.name, &a.volumes).cmp(&(&b.name, &b.volumes)));
    groups
}
