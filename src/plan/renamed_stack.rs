//! A stack without volumes that asks for what another one has: it looks as if that one had been renamed, and nothing is bought
//! again.

use super::Plan;
use super::moves::places;
use super::planner::Inputs;
use super::refusal::{About, Refusal};
use super::steps::Step;
use super::why::Why;
use crate::manifest::Manifest;
use crate::observed::ObservedVolume;
use crate::operation::Owner;
use crate::state::State;
use crate::volume::{Address, Key, KeyOrAddress, Lineage, SlotSet, StackName, VolumeId, slot_name};
use std::collections::{BTreeMap, BTreeSet};

impl Plan {
    /// Takes every creation out where the stack looks like another one that was renamed. `others` are the states beside its
    /// own, of the same project.
    #[must_use]
    pub fn unless_renamed(mut self, inputs: Inputs<'_>, others: &[State]) -> Plan {
        let is_new = inputs.recorded.is_none_or(State::records_nothing) && !inputs.selection.is_of_new_stack();
        let creates = |step: &Step| matches!(step, Step::Create(_));
        let is_lost = |refusal: &Refusal| matches!(refusal.why, Why::StateLost { .. });
        if !is_new || !(self.steps.iter().any(creates) || self.refusals.iter().any(is_lost)) {
            return self;
        }
        let wished = wished(inputs.desired);
        let standing = || standing_elsewhere(&wished, inputs.desired, &inputs.observed?.volumes, others);
        let found = recorded_elsewhere(&wished, inputs, others).or_else(standing);
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

/// The addresses that the manifest asks for, with the names of their volumes in the cloud.
fn wished(desired: &Manifest) -> BTreeMap<Address, String> {
    let of_key = |(key, wish): (&Key, &crate::manifest::DesiredVolume)| {
        let name = |slot| (Address { key: key.clone(), slot }, slot_name(wish.name.as_str(), wish.count, slot));
        wish.slots().map(name).collect::<Vec<_>>()
    };
    desired.volumes.iter().flat_map(of_key).collect()
}

/// Of which other stack, by their tags, the volumes are that a stack without any asks for: its name before it was renamed, and
/// its lineage, with their number.
pub fn of_another_stack(
    desired: &Manifest,
    volumes: &BTreeMap<VolumeId, ObservedVolume>,
) -> Option<(StackName, Lineage, u64)> {
    match standing_elsewhere(&wished(desired), desired, volumes, &[])? {
        Why::StackRenamed { from, lineage, volumes, .. } => Some((from, lineage, volumes.len() as u64)),
        _ => None,
    }
}

/// Whether so many common ones make two sets look like one: half of either.
fn is_alike(common: usize, one: usize, other: usize) -> bool {
    common > 0 && (2 * common >= one || 2 * common >= other)
}

/// A state that records the same addresses under the same names, or is about to. What `moved` says is of its addresses too.
fn recorded_elsewhere(wished: &BTreeMap<Address, String>, inputs: Inputs<'_>, others: &[State]) -> Option<Why> {
    let looks_alike = |state: &&State| {
        let moved = places(state, &inputs.desired.moved, |_, _| true).to;
        let recorded = state.volumes.iter().map(|(address, volume)| (address.clone(), volume.seen.name.clone()));
        let open = state.operations.values().filter_map(|operation| operation.as_create()).flat_map(|call| {
            call.create.slots.iter().map(|(slot, name)| (call.create.address(*slot), name.to_string()))
        });
        let all: BTreeMap<Address, String> = open.chain(recorded).collect();
        let is_wished = |(address, name): &(&Address, &String)| match moved.get(*address) {
            Some(to) => wished.contains_key(to),
            None => wished.get(*address) == Some(*name),
        };
        let common = all.iter().filter(is_wished).count();
        is_alike(common, all.len(), wished.len())
    };
    others.iter().find(looks_alike).map(beside)
}

/// That a state beside this one's is that of the stack before it was renamed.
fn beside(state: &State) -> Why {
    let volumes = state.volumes.values().map(|volume| volume.id.clone()).collect();
    Why::StackRenamed { from: state.stack.clone(), lineage: state.lineage.clone(), beside: true, volumes }
}

/// Volumes of another stack, by their tags, that have the names which are asked for.
fn standing_elsewhere(
    wished: &BTreeMap<Address, String>,
    desired: &Manifest,
    volumes: &BTreeMap<VolumeId, ObservedVolume>,
    beside: &[State],
) -> Option<Why> {
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
    let names: BTreeSet<&str> = wished.values().chain(&before).map(String::as_str).collect();
    let mut others: BTreeMap<(StackName, Lineage), Vec<(&VolumeId, &str)>> = BTreeMap::new();
    for volume in volumes.values() {
        let owner = volume.tags.values().find_map(|value| Owner::read(value));
        if let Some(owner) = owner.filter(|owner| owner.stack != desired.stack) {
            others.entry((owner.stack, owner.lineage)).or_default().push((&volume.id, &volume.name));
        }
    }
    others.into_iter().find_map(|((from, lineage), volumes)| {
        let common = volumes.iter().filter(|(_, name)| names.contains(name)).count();
        // Names are not unique in a project: that one volume is called so says little.
        let theirs = if common > 1 { volumes.len() } else { usize::MAX / 2 };
        if !is_alike(common, theirs, wished.len()) {
            return None;
        }
        if let Some(state) = beside.iter().find(|state| state.lineage == lineage) {
            return Some(self::beside(state));
        }
        let volumes = volumes.into_iter().map(|(id, _)| id.clone()).collect();
        Some(Why::StackRenamed { from, lineage, beside: false, volumes })
    })
}
