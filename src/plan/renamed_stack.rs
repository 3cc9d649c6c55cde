//! A stack without volumes that asks for what another one has: it looks as if that one had been renamed, and nothing is bought
//! again.

use super::Plan;
use super::moves::places;
use super::planner::Inputs;
use super::refusal::{About, Refusal};
use super::steps::Step;
use super::why::{Limited, Why};
use crate::manifest::{DesiredVolume, Manifest};
use crate::observed::ObservedVolume;
use crate::operation::Owner;
use crate::state::{Seen, State};
use crate::volume::{
    Address, Key, KeyOrAddress, Lineage, SlotSet, StackName, VolumeId, VolumeName, VolumeSpec, slot_name,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

impl Plan {
    /// Takes every step out where the stack looks like another one that was renamed. `neighbours` are the states beside its
    /// own, of the same project.
    #[must_use]
    pub fn unless_renamed(mut self, inputs: Inputs<'_>, neighbours: &[State]) -> Plan {
        let desired = inputs.desired.as_of(inputs.as_of);
        let inputs = Inputs { desired: &desired, ..inputs };
        let is_new = inputs.recorded.is_none_or(State::records_nothing) && !inputs.selection.is_of_new_stack();
        let creates = |step: &Step| matches!(step, Step::Create(_));
        let is_lost = |refusal: &Refusal| matches!(refusal.why, Why::StateLost { .. });
        // What a limit keeps from being created is asked for all the same.
        let is_held = |refusal: &Refusal| {
            matches!(refusal.why, Why::LimitExceeded { limit: Limited::MaxCreate, .. }) || is_lost(refusal)
        };
        if !is_new || !(self.steps.iter().any(creates) || self.refusals.iter().any(is_held)) {
            return self;
        }
        let wished = wished(inputs.desired);
        let standing = || {
            let former = standing_elsewhere(&wished, inputs.desired, &inputs.observed?.volumes)?;
            let state = neighbours.iter().find(|state| state.lineage == former.lineage);
            Some(state.map_or_else(|| lost(former), neighbour))
        };
        let found = recorded_elsewhere(&wished, inputs, neighbours).or_else(standing);
        let Some(why) = found else { return self };
        // What the other stack records is not lost.
        if matches!(why, Why::StackRenamed { beside: true, .. }) {
            self.refusals.retain(|refusal| !is_lost(refusal));
        }
        let mut withheld: BTreeMap<Key, Vec<SlotSet>> = BTreeMap::new();
        // What would be protected is not made either, and no step of such a plan waits for another one.
        for step in std::mem::take(&mut self.steps) {
            if let Step::Create(create) = step {
                withheld.entry(create.key.clone()).or_default().push(create.slot_set());
            }
        }
        self.after.clear();
        let withheld = withheld.into_iter().map(|(key, sets)| (key, SlotSet::union(&sets))).collect();
        self.refusals.insert(0, Refusal { about: About::Stack { withheld }, id: None, why, unwanted: None });
        self
    }
}

/// What is asked for at an address, or stands there, as far as it tells one stack from another: the name in the cloud, and
/// zone and type, which evsctl does not change.
#[derive(Debug)]
struct Looks<'a> {
    name: String,
    /// Its zone, or those of which it may be in any.
    zones: Vec<&'a str>,
    volume_type: &'a str,
}

impl<'a> Looks<'a> {
    fn of(name: String, specs: impl IntoIterator<Item = &'a Arc<VolumeSpec>>) -> Looks<'a> {
        let mut looks = Looks { name, zones: Vec::new(), volume_type: "" };
        for spec in specs {
            looks.zones.push(spec.zone.as_str());
            looks.volume_type = spec.volume_type.as_str();
        }
        looks
    }

    /// A name may lag behind its address, and may be changed; either alone is no proof that it is another volume.
    fn is_like(&self, other: &Looks<'_>) -> bool {
        let is_in_one_zone = || self.zones.iter().any(|zone| other.zones.contains(zone));
        self.name == other.name || (self.volume_type == other.volume_type && is_in_one_zone())
    }
}

/// The addresses that the manifest asks for.
fn wished<'m>(desired: &'m Manifest) -> BTreeMap<Address, Looks<'m>> {
    let of_key = |(key, wish): (&'m Key, &'m DesiredVolume)| {
        let at = |slot| {
            let name = slot_name(wish.name.as_str(), wish.count, slot);
            (Address { key: key.clone(), slot }, Looks::of(name, wish.specs.iter()))
        };
        wish.slots().map(at).collect::<Vec<_>>()
    };
    desired.volumes.iter().flat_map(of_key).collect()
}

/// The stack that this one was before it was renamed, as tags in the cloud tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Former {
    /// Its name.
    pub stack: StackName,
    /// Its lineage.
    pub lineage: Lineage,
    /// Its volumes.
    pub volumes: Vec<VolumeId>,
}

/// Finds the stack whose tagged volumes have the names that this one asks for.
pub fn former(desired: &Manifest, volumes: &BTreeMap<VolumeId, ObservedVolume>) -> Option<Former> {
    standing_elsewhere(&wished(desired), desired, volumes)
}

/// Whether so many common ones make two sets look like one: half of either, as far as its number counts.
fn is_alike(common: usize, one: Option<usize>, other: usize) -> bool {
    common > 0 && (one.is_some_and(|one| 2 * common >= one) || 2 * common >= other)
}

/// A state that records, or is about to, what is asked for at the same addresses. What `moved` says is of its addresses too.
fn recorded_elsewhere(wished: &BTreeMap<Address, Looks<'_>>, inputs: Inputs<'_>, neighbours: &[State]) -> Option<Why> {
    let looks_alike = |state: &&State| {
        let moved = places(state, &inputs.desired.moved, |_, _| true).to;
        let recorded = state.volumes.iter().map(|(address, volume)| {
            let Seen { name, availability_zone: zone, volume_type, .. } = &volume.seen;
            (address.clone(), Looks { name: name.clone(), zones: vec![zone.as_str()], volume_type })
        });
        let open = state.operations.values().filter_map(|operation| operation.as_create()).flat_map(|call| {
            let looks = |name: &VolumeName| Looks::of(name.to_string(), [&call.create.spec]);
            call.create.slots.iter().map(move |(slot, name)| (call.create.address(*slot), looks(name)))
        });
        let all: BTreeMap<Address, Looks<'_>> = open.chain(recorded).collect();
        let is_wished = |(address, looks): &(&Address, &Looks<'_>)| match moved.get(*address) {
            Some(to) => wished.contains_key(to),
            None => wished.get(*address).is_some_and(|wish| wish.is_like(looks)),
        };
        let common = all.iter().filter(is_wished).count();
        is_alike(common, Some(all.len()), wished.len())
    };
    neighbours.iter().find(looks_alike).map(neighbour)
}

/// That a state beside this one's is that of the stack before it was renamed.
fn neighbour(state: &State) -> Why {
    let volumes = state.volumes.values().map(|volume| volume.id.clone()).collect();
    Why::StackRenamed { from: state.stack.clone(), lineage: state.lineage.clone(), beside: true, volumes }
}

/// That its volumes are there by their tags, and its state is not.
fn lost(former: Former) -> Why {
    let Former { stack, lineage, volumes } = former;
    Why::StackRenamed { from: stack, lineage, beside: false, volumes }
}

/// Finds the stack whose tagged volumes have the names that are asked for.
fn standing_elsewhere(
    wished: &BTreeMap<Address, Looks<'_>>,
    desired: &Manifest,
    volumes: &BTreeMap<VolumeId, ObservedVolume>,
) -> Option<Former> {
    // A key that is renamed too had volumes of other names, where they follow it.
    let before = desired.moved.iter().flat_map(|line| match (&line.from, &line.to) {
        (KeyOrAddress::Key(from), KeyOrAddress::Key(to)) => {
            let wish = desired.volumes.get(to);
            let name = |slot| slot_name(from.as_str(), wish.map_or(1, |wish| wish.count), slot);
            wish.into_iter().flat_map(|wish| wish.slots()).map(name).collect::<Vec<_>>()
        }
        _ => Vec::new(),
    });
    let before: Vec<String> = before.collect();
    let names: BTreeSet<&str> = wished.values().map(|wish| &wish.name).chain(&before).map(String::as_str).collect();
    let mut tagged: BTreeMap<(StackName, Lineage), Vec<(&VolumeId, &str)>> = BTreeMap::new();
    for volume in volumes.values() {
        let owner = volume.tags.values().find_map(|value| Owner::read(value));
        if let Some(owner) = owner.filter(|owner| owner.stack != desired.stack) {
            tagged.entry((owner.stack, owner.lineage)).or_default().push((&volume.id, &volume.name));
        }
    }
    tagged.into_iter().find_map(|((stack, lineage), volumes)| {
        let common = volumes.iter().filter(|(_, name)| names.contains(name)).count();
        // Names are not unique in a project: that the only volume of a stack is called so says little.
        let theirs = (common > 1).then_some(volumes.len());
        is_alike(common, theirs, wished.len()).then(|| {
            let volumes = volumes.into_iter().map(|(id, _)| id.clone()).collect();
            Former { stack, lineage, volumes }
        })
    })
}
