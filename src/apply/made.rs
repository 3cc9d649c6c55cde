//! Pure: what is recorded of the volumes that a call made, as far as they were collected, and what is told of it.

use super::collected::Collected;
use super::event::Event;
use super::following::Following;
use super::matching;
use super::why::Cause;
use crate::observed::ObservedVolume;
use crate::operation::{Create, NamedBy, NotOurs, Taint, Unlike, Unseen, misnamed};
use crate::plan::Verb;
use crate::state::{Change, CreatedVolume, Seen, State};
use crate::volume::{SizeGb, Slot, SlotSet, VolumeId, VolumeSpec};
use std::collections::{BTreeMap, BTreeSet};

/// What is recorded at once of a call's volumes.
#[derive(Default)]
pub(super) struct Made {
    created: Vec<CreatedVolume>,
    used: Vec<VolumeId>,
    pub(super) events: Vec<Event>,
    /// How many of them are as asked.
    pub(super) good: usize,
    /// How many of them do not show.
    pub(super) absent: usize,
    /// How many of them are no good.
    pub(super) failed: usize,
    /// Those that are good, and whose name the service could not give.
    pub(super) misnamed: BTreeMap<Slot, VolumeId>,
    /// The slots that have no volume.
    pub(super) unfilled: BTreeSet<Slot>,
}

impl Made {
    /// Of the volumes that are not recorded yet. `state` is the one that the run began with; `all` is whether nothing more
    /// is to come.
    pub(super) fn of(state: &State, call: &Following, collected: &Collected, all: bool) -> Made {
        let slots = slots(state, call, collected, all);
        let mut made = Made::default();
        for (slot, id) in &slots {
            if let Some(volume) = collected.volumes.get(id) {
                made.take(state, call, collected, *slot, volume);
            }
        }
        let create = &call.create;
        let filled: BTreeSet<Slot> = slots.keys().chain(call.kept.values()).copied().collect();
        let is_empty = |slot: &&Slot| !filled.contains(slot) && recorded(state, call, **slot).is_none();
        made.unfilled = create.slots.keys().filter(is_empty).copied().collect();
        // What was proved absent is no failure: it is made anew.
        if all && !made.unfilled.is_empty() && collected.incomplete.is_none() && call.only.is_none() {
            let cause = match (collected.empty.first(), collected.failures.values().next()) {
                (Some(failure), _) => Cause::Failed(failure.clone()),
                (None, _) if collected.never_showed => Cause::NeverShowed,
                (None, Some(failure)) => Cause::Failed(failure.clone()),
                (None, None) => Cause::Unmade,
            };
            made.events.push(failed(create, made.unfilled.iter().copied(), None, cause));
        }
        let foreign =
            |(id, why): (&VolumeId, &NotOurs)| Event::NotOurs { call: call.id.clone(), id: id.clone(), why: *why };
        made.events.extend(collected.foreign.iter().map(foreign));
        // What was seen used once is remembered with the failure that would else have it cleaned away.
        let is_tainted = |id: &&VolumeId| made.created.iter().any(|it| it.id == **id && it.tainted.is_some());
        made.used = collected.used.iter().filter(is_tainted).cloned().collect();
        made
    }

    /// Takes in the volume of one slot.
    fn take(&mut self, state: &State, call: &Following, collected: &Collected, slot: Slot, volume: &ObservedVolume) {
        let (create, id) = (&call.create, &volume.id);
        // A volume that was recorded as good may have been used since: it is never given up.
        let was = state.volumes.get(&create.address(slot)).filter(|was| was.id == *id);
        let was_good = was.is_some_and(|was| was.tainted.is_none());
        let is_absent = collected.absent.contains(id);
        let tainted = match (was_good, is_absent) {
            (true, _) => None,
            (false, true) => Some(Taint::Unseen(Unseen { unseen: NamedBy::Job })),
            (false, false) => collected.taint(volume, call),
        };
        let cause = match &tainted {
            None | Some(Taint::Unseen(_)) => None,
            Some(Taint::Failed(leftover)) => Some(Cause::Failed(leftover.failure())),
            Some(Taint::Unlike(Unlike { unlike })) => Some(Cause::NotAsAsked(unlike.clone())),
        };
        match cause {
            _ if is_absent => self.absent += 1,
            Some(cause) => {
                self.failed += 1;
                self.events.push(failed(create, std::iter::once(slot), Some(id.clone()), cause));
            }
            None => {
                self.good += 1;
                let wanted = create.slots.get(&slot).filter(|wanted| *wanted.as_str() != volume.name);
                // A recorded volume that was renamed since is what the next plan tells; this one says nothing of it.
                let is_drift = was.is_some()
                    && misnamed(&create.name, create.slots.len() > 1, create.slots.values(), volume).is_some();
                // While the job goes on another volume may get the name, by the service, that this one would be given.
                if wanted.is_some() && volume.unreadable_name.is_none() && !is_drift {
                    self.misnamed.insert(slot, id.clone());
                }
                self.events.push(Event::Created {
                    address: create.address(slot),
                    id: id.clone(),
                    wanted: wanted.map(ToString::to_string),
                    name: volume.shown_name().to_owned(),
                });
            }
        }
        self.created.push(CreatedVolume { slot, id: id.clone(), seen: seen_of(volume, &create.spec), tainted });
    }

    /// Whether there is any.
    pub(super) fn is_empty(&self) -> bool {
        self.created.is_empty()
    }

    /// Which slot each volume takes.
    pub(super) fn slots(&self) -> impl Iterator<Item = (VolumeId, Slot)> + '_ {
        self.created.iter().map(|created| (created.id.clone(), created.slot))
    }

    /// What is recorded, and what is told.
    pub(super) fn into_record(self, call: &Following) -> (Vec<Change>, Vec<Event>) {
        let mut changes = vec![Change::Created { call: call.id.clone(), volumes: self.created }];
        if !self.used.is_empty() {
            changes.push(Change::Used { ids: self.used });
        }
        (changes, self.events)
    }
}

/// The volume that an earlier run recorded of this call there.
fn recorded<'s>(state: &'s State, call: &Following, slot: Slot) -> Option<&'s VolumeId> {
    let recorded = state.volumes.get(&call.create.address(slot))?;
    (recorded.call.as_ref() == Some(&call.id)).then_some(&recorded.id)
}

/// Which slot each volume takes that is not recorded yet. Slots that were recorded of this call keep their volumes,
/// whatever was seen of those.
fn slots(state: &State, call: &Following, collected: &Collected, all: bool) -> BTreeMap<Slot, VolumeId> {
    let create = &call.create;
    let (mut known, mut free) = (BTreeMap::new(), create.slots.clone());
    for slot in call.kept.values() {
        free.remove(slot);
    }
    for slot in create.slots.keys() {
        match recorded(state, call, *slot) {
            Some(id) if collected.volumes.contains_key(id) => drop(known.insert(id.clone(), *slot)),
            Some(_) => drop(free.remove(slot)),
            None => {}
        }
    }
    let new = collected.volumes.iter().filter(|(id, _)| !call.kept.contains_key(*id));
    let names = new.map(|(id, volume)| (id.clone(), volume.name.clone())).collect();
    matching::assign(&create.slots, &free, &create.name, &known, &names, all)
}

/// How a new volume looks. What an answer leaves out is as it was asked for: else it would be news once it is told.
fn seen_of(volume: &ObservedVolume, spec: &VolumeSpec) -> Seen {
    let mut seen = Seen::from(volume);
    if seen.size == 0 {
        seen.size = spec.size.map_or(0, SizeGb::gb);
    }
    if seen.volume_type.is_empty() {
        seen.volume_type = spec.volume_type.to_string();
    }
    if seen.availability_zone.is_empty() {
        seen.availability_zone = spec.zone.to_string();
    }
    seen
}

fn failed(create: &Create, slots: impl Iterator<Item = Slot>, id: Option<VolumeId>, cause: Cause) -> Event {
    let slots: SlotSet = slots.collect();
    Event::Failed { verb: Verb::Create, key: create.key.clone(), slots: slots.to_string(), id, cause }
}

#[cfg(test)]
mod tests {
    use super::super::following::samples::following;
    use super::*;
    use crate::observed::Status;
    use crate::operation::goal::Shortfall;
    use crate::operation::{Aspect, Failure, Misfit, Reason};
    use crate::state::samples::{at, empty};
    use crate::state::{Recorded, Seen};
    use crate::volume::service_name;
    use proptest::prelude::*;

    fn id(number: u8) -> VolumeId {
        VolumeId::new(format!("v-{number}")).unwrap()
    }

    fn slot(number: u32) -> Slot {
        Slot::new(number).unwrap()
    }

    fn collected(volumes: &[(u8, &str)]) -> Collected {
        let volume = |(number, name): &(u8, &str)| {
            let volume = ObservedVolume {
                name: (*name).to_owned(),
                status: Status::Available,
                ..ObservedVolume::of(id(*number))
            };
            (id(*number), volume)
        };
        Collected { volumes: volumes.iter().map(volume).collect(), ..Collected::default() }
    }

    fn failures(events: &[Event]) -> Vec<(String, Option<VolumeId>)> {
        let failed = |event: &Event| match event {
            Event::Failed { slots, id, .. } => Some((slots.clone(), id.clone())),
            _ => None,
        };
        events.iter().filter_map(failed).collect()
    }

    #[test]
    fn each_volume_is_recorded_with_what_it_came_to() {
        let mut collected = collected(&[(1, "web-0001"), (2, "web-0002"), (3, "web-0003"), (4, "web-0004")]);
        collected
            .failures
            .insert(id(2), Failure { code: "EVS.2024".to_owned(), reason: Reason::Told("no room".to_owned()) });
        let misfit = Misfit { field: Aspect::Size, wanted: "40 GB".to_owned(), seen: "10 GB".to_owned() };
        collected.short.insert(id(3), Shortfall::Unlike(vec![misfit]));
        collected.absent.insert(id(4));
        collected.used.extend([id(1), id(2)]);
        let call = following(5);
        let made = Made::of(&empty(), &call, &collected, true);
        assert_eq!((made.good, made.failed, made.absent), (1, 2, 1));
        assert_eq!(made.unfilled, [slot(5)].into());
        let two = [("2".to_owned(), Some(id(2))), ("3".to_owned(), Some(id(3))), ("5".to_owned(), None)];
        assert_eq!(failures(&made.events), two);
        let (changes, _) = made.into_record(&call);
        let [Change::Created { volumes, .. }, Change::Used { ids }] = &changes[..] else { panic!("{changes:?}") };
        let taints: Vec<_> = volumes.iter().map(|volume| volume.tainted.as_ref()).collect();
        assert!(
            matches!(taints[..], [None, Some(Taint::Failed(_)), Some(Taint::Unlike(_)), Some(Taint::Unseen(_))]),
            "{taints:?}"
        );
        // What an answer leaves out is as it was asked for.
        assert!(volumes.iter().all(|volume| (volume.seen.size, &*volume.seen.volume_type) == (40, "SSD")));
        assert_eq!(ids, &[id(2)], "a good one may be used");
    }

    #[test]
    fn what_is_kept_already_is_not_recorded_again_and_what_is_proved_absent_is_no_failure() {
        let mut call = following(3);
        call.kept.insert(id(1), slot(1));
        call.only = Some(2);
        let made = Made::of(&empty(), &call, &collected(&[(1, "web-0001"), (2, "x")]), true);
        assert_eq!(made.slots().collect::<Vec<_>>(), [(id(2), slot(2))]);
        assert_eq!((&made.misnamed, &made.unfilled), (&[(slot(2), id(2))].into(), &[slot(3)].into()));
        assert_eq!(failures(&made.events), []);
    }

    /// A call of two volumes, and a state in which the first of them is recorded in the second slot.
    fn recorded_as_good() -> (Following, State) {
        let (call, mut state) = (following(2), empty());
        let seen = Seen::from(&ObservedVolume::of(id(1)));
        let base = crate::state::Base::of(call.create.spec.clone(), &seen);
        let recorded = Recorded { id: id(1), call: Some(call.id.clone()), tainted: None, seen, base };
        state.volumes.insert(call.create.address(slot(2)), recorded);
        (call, state)
    }

    #[test]
    fn what_an_earlier_run_recorded_as_good_stays_good_and_its_slot_is_not_made_anew() {
        let (call, state) = recorded_as_good();
        let mut broken = collected(&[(1, "web-0001")]);
        broken.short.insert(id(1), Shortfall::Broken);
        let made = Made::of(&state, &call, &broken, true);
        assert_eq!((made.slots().collect::<Vec<_>>(), made.good), (vec![(id(1), slot(2))], 1));
        // It does not show at all: its slot is its own all the same.
        let made = Made::of(&state, &call, &Collected::default(), true);
        assert_eq!(made.unfilled, [slot(1)].into());
    }

    #[test]
    fn a_recorded_volume_gets_its_name_unless_it_was_renamed_since() {
        let (call, state) = recorded_as_good();
        let misnamed = |name| Made::of(&state, &call, &collected(&[(1, name)]), true).misnamed;
        assert_eq!(misnamed("web-0001"), [(slot(2), id(1))].into());
        assert_eq!(misnamed("by hand"), [].into());
        let first = Made::of(&empty(), &call, &collected(&[(1, "by hand")]), true).misnamed;
        assert_eq!(first, [(slot(1), id(1))].into(), "nothing is recorded of it that it could differ from");
    }

    proptest! {
        /// Whatever was collected, in parts or at the end: no volume and no slot is recorded twice, each of them is counted
        /// once, and a slot is called empty only where no volume was recorded for it.
        #[test]
        fn no_volume_and_no_slot_counts_twice(
            names in proptest::collection::btree_map(1u8..9, proptest::option::of(1u32..6), 0..6),
            kept in proptest::collection::btree_map(10u8..12, 1u32..4, 0..2),
            absent in proptest::collection::btree_set(1u8..9, 0..3),
            failed in proptest::collection::btree_set(1u8..9, 0..3),
            all in any::<bool>(),
        ) {
            let mut call = following(4);
            let mut taken = BTreeSet::new();
            call.kept = kept.into_iter().filter(|(_, n)| taken.insert(*n)).map(|(it, n)| (id(it), slot(n))).collect();
            let named: Vec<(u8, String)> = names.iter()
                .map(|(it, n)| (*it, n.map_or_else(|| "odd".to_owned(), |n| service_name("web", n)))).collect();
            let pairs: Vec<(u8, &str)> = named.iter().map(|(it, name)| (*it, name.as_str())).collect();
            let mut collected = collected(&pairs);
            let there = |it: &u8| names.contains_key(it);
            collected.absent = absent.iter().filter(|it| there(it)).map(|it| id(*it)).collect();
            for it in failed.iter().filter(|it| there(it)) {
                collected.failures.insert(id(*it), Failure { code: String::new(), reason: Reason::Told("no".to_owned()) });
            }
            collected.looked_at = Some(at(0));
            let made = Made::of(&empty(), &call, &collected, all);
            let slots: Vec<(VolumeId, Slot)> = made.slots().collect();
            let unique: BTreeSet<Slot> = slots.iter().map(|(_, slot)| *slot).collect();
            prop_assert_eq!(unique.len(), slots.len());
            prop_assert!(unique.is_disjoint(&call.kept.values().copied().collect()));
            prop_assert_eq!(slots.len(), made.good + made.failed + made.absent);
            let filled: BTreeSet<Slot> = unique.iter().chain(call.kept.values()).copied().collect();
            prop_assert!(made.unfilled.is_disjoint(&filled));
            prop_assert_eq!(made.unfilled.len() + filled.len(), 4);
            if all {
                prop_assert_eq!(slots.len(), names.len().min(4 - call.kept.len()));
            }
        }
    }
}
