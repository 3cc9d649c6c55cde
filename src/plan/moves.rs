//! Other addresses, and volumes that are given up: what `moved` and `removed` say, held against what is recorded.
//!
//! A plan is made from the state as it is once everything has moved. The run that carries it out records that in the same
//! write by which it begins, so nothing is ever done between.

use super::Plan;
use super::planner::{Inputs, Planner};
use super::refusal::{About, Refusal};
use super::steps::{Move, Release, Step};
use super::why::Why;
use crate::manifest::{self, Manifest};
use crate::operation::{Operation, Owner};
use crate::state::{Change, State};
use crate::volume::{Address, CallId, KeyOrAddress, VolumeId};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// The state with the moves of a manifest made, and what they come to.
pub(super) struct Moved<'a> {
    /// The state as the plan is made from it.
    pub(super) state: Option<Cow<'a, State>>,
    /// What has another address by that.
    pub(super) steps: Vec<Move>,
    /// What keeps its address, and why.
    pub(super) refusals: Vec<(Move, Why)>,
    /// The addresses, former and new, of what this plan is not about.
    pub(super) left: Vec<Address>,
}

impl<'a> Moved<'a> {
    /// Makes the moves that the selection holds, by either of their addresses.
    pub(super) fn of(inputs: Inputs<'a>) -> Moved<'a> {
        let state = inputs.recorded.map(Cow::Borrowed);
        let moved = Moved { state, steps: Vec::new(), refusals: Vec::new(), left: Vec::new() };
        let Some(state) = inputs.recorded.filter(|_| !inputs.desired.moved.is_empty()) else { return moved };
        let held = |from: &Address, to: &Address| inputs.selection.holds_move(from, to);
        let Places { to, steps, refusals, left } = places(state, &inputs.desired.moved, held);
        // Nothing is recorded where they move to, so they do.
        let after = (!to.is_empty()).then(|| state.clone()).and_then(|mut state| {
            state.fold(Change::Moved { addresses: to }).ok()?;
            Some(Cow::Owned(state))
        });
        Moved { state: after.or(moved.state), steps, refusals, left }
    }
}

/// What lines of `moved` come to for one state.
#[derive(Debug)]
pub struct Places {
    /// From where to where: what is recorded or under way, and where late volumes of calls that are over belong.
    pub to: BTreeMap<Address, Address>,
    /// What of that is recorded or under way.
    pub steps: Vec<Move>,
    /// What keeps its address, and why.
    pub refusals: Vec<(Move, Why)>,
    /// The addresses, former and new, of what would move and is not held.
    pub left: Vec<Address>,
}

/// What these lines move of a state, where that is held.
pub fn places(state: &State, lines: &[manifest::Move], held: impl Fn(&Address, &Address) -> bool) -> Places {
    let asked = |from: Address| {
        let line = lines.iter().find(|line| line.from.means(&from))?;
        let to = match &line.to {
            KeyOrAddress::Key(key) => Address { key: key.clone(), slot: from.slot },
            KeyOrAddress::Address(address) => address.clone(),
        };
        Some((from, to))
    };
    let (mut to, mut left) = (BTreeMap::new(), Vec::new());
    for (from, place) in state.known_addresses().into_iter().filter_map(asked) {
        if held(&from, &place) {
            to.insert(from, place);
        } else {
            left.extend([from, place]);
        }
    }
    let is_there = |address: &Address| state.volumes.contains_key(address) || state.is_covered(address);
    let taken: BTreeSet<Address> = to.values().filter(|place| is_there(place)).cloned().collect();
    let split = taken_apart(state, &to, &taken);
    let (mut steps, mut refusals) = (Vec::new(), Vec::new());
    // Where only a call that is over was once for it, there is nothing to tell.
    for (from, place) in to.iter().filter(|(from, _)| is_there(from)) {
        let id = state.volumes.get(from).map(|volume| volume.id.clone());
        let step = Move { address: place.clone(), from: from.clone(), id };
        match split.get(from) {
            _ if taken.contains(place) => refusals.push((step, Why::MoveTaken { to: place.clone() })),
            Some(call) => refusals.push((step, Why::MoveSplits { to: place.clone(), call: call.clone() })),
            None => steps.push(step),
        }
    }
    to.retain(|from, place| !taken.contains(place) && !split.contains_key(from));
    Places { to, steps, refusals, left }
}

/// What would be taken out of an open call that stays for the rest, with that call.
fn taken_apart(
    state: &State,
    places: &BTreeMap<Address, Address>,
    taken: &BTreeSet<Address>,
) -> BTreeMap<Address, CallId> {
    let free: BTreeMap<Address, Address> =
        places.iter().filter(|(_, to)| !taken.contains(*to)).map(|(from, to)| (from.clone(), to.clone())).collect();
    let mut split = BTreeMap::new();
    for (id, operation) in &state.operations {
        if operation.moved(&free).is_none() {
            let moving = operation.addresses().into_iter().filter(|address| free.contains_key(address));
            split.extend(moving.map(|address| (address, id.clone())));
        }
    }
    split
}

/// Whether the manifest gives that address up.
pub(super) fn is_released(desired: &Manifest, address: &Address) -> bool {
    desired.removed.iter().any(|line| line.what.means(address))
}

impl Planner<'_> {
    /// Takes in what has moved, and sees to it that nothing else is done about what could not.
    pub(super) fn moved(&mut self, steps: Vec<Move>, refusals: Vec<(Move, Why)>, left: Vec<Address>) {
        // What does not move now is not deleted either, nor is another one made where it moves to.
        self.covered.extend(left);
        self.readdressed.extend(steps.iter().map(|step| step.address.clone()));
        self.first.extend(steps.into_iter().map(Step::Move));
        for (Move { address, from, id }, why) in refusals {
            self.refusals.push(Refusal { about: About::Address(from.clone()), id, why, unwanted: None });
            // Where it was to move to is not filled by another one.
            self.covered.extend([from, address]);
        }
    }

    /// Gives up what the manifest says.
    pub(super) fn released(&mut self) {
        let Some(state) = self.inputs.recorded.filter(|_| !self.inputs.desired.removed.is_empty()) else { return };
        for (address, volume) in &state.volumes {
            let line = self.inputs.desired.removed.iter().find(|line| line.what.means(address));
            let Some(line) = line.filter(|_| self.inputs.selection.holds(&address.key, address.slot)) else { continue };
            self.covered.insert(address.clone());
            match open_call(state, address) {
                Some(call) => self.refuse(address, volume, Why::ReleaseOpen { call: call.clone() }),
                None => {
                    let untag = self.mark(&volume.id).filter(|_| line.untag);
                    let (address, id) = (address.clone(), volume.id.clone());
                    self.first.push(Step::Release(Release { address, id, untag }));
                }
            }
        }
    }

    /// The key of the tag by which a volume is marked as one of this state, as far as it shows.
    fn mark(&self, id: &VolumeId) -> Option<String> {
        let state = self.inputs.recorded?;
        let seen = self.inputs.observed?.volumes.get(id)?;
        Owner::of_lineage(&seen.tags, &state.lineage).map(|(key, _)| key.to_owned())
    }
}

impl Plan {
    /// What has another address from the beginning of its run on.
    pub(super) fn moves(&self) -> BTreeMap<Address, Address> {
        let moved = |step: &Step| match step {
            Step::Move(Move { address, from, id: _ }) => Some((from.clone(), address.clone())),
            _ => None,
        };
        self.steps.iter().filter_map(moved).collect()
    }
}

/// The operation that is not over and is about that address.
pub fn open_call<'s>(state: &'s State, address: &Address) -> Option<&'s CallId> {
    let mut open = state.operations.iter();
    open.find(|(_, operation): &(&CallId, &Operation)| operation.covers(address)).map(|(id, _)| id)
}
