//! The volumes of one call that are looked for, and what is left of that when some of them show.

use super::collected::Collected;
use super::following::Following;
use crate::observed::ObservedVolume;
use crate::operation::settle::EMPTY_LISTS;
use crate::operation::verdict::Verdict;
use crate::operation::{Failure, Unproved};
use crate::volume::VolumeId;
use std::collections::BTreeSet;

/// The volumes of a call that are looked for.
#[derive(Default)]
pub(super) struct Expected {
    pub(super) ids: BTreeSet<VolumeId>,
    /// Those of them that show by tag and for which no place was left.
    more: BTreeSet<VolumeId>,
    /// Those that its job, its order or its answer names, and that an earlier run recorded as its own.
    pub(super) named: BTreeSet<VolumeId>,
    /// How many nothing names: only the tag can tell which they are.
    pub(super) unnamed: usize,
    /// Whether to look by tag at all: always but where the job names every volume.
    pub(super) by_tag: bool,
    /// Volumes that it was said to have made, and that no read shows: the tag may tell of others in their place.
    pub(super) missing: BTreeSet<VolumeId>,
    /// Whether its job or its answer says that it made a volume which is not its own, or such a volume carries its tag: then
    /// something was made, and that no list shows it proves nothing.
    pub(super) contested: bool,
    /// How many lists in a row proved that they show all that the call can have made.
    pub(super) late: u32,
    /// How many lists have been looked through since something was looked for by tag.
    pub(super) lists: u32,
    /// Why the last list proved nothing, where waiting does not help.
    pub(super) unproved: Option<Unproved>,
    /// Why what does not show in the end was not made, where the job says so.
    pub(super) reason: Option<Failure>,
}

impl Expected {
    /// What the job names, and what is `recorded` of the same call.
    pub(super) fn of(
        call: &Following,
        recorded: impl Iterator<Item = VolumeId>,
        items: Vec<Verdict>,
        collected: &mut Collected,
    ) -> Expected {
        let mut expected = Expected::default();
        for item in items {
            expected.expect(item, collected);
        }
        for id in recorded.chain(call.kept.keys().cloned()) {
            if expected.ids.insert(id) {
                expected.unnamed = expected.unnamed.saturating_sub(1);
            }
        }
        expected.named = expected.ids.iter().chain(&call.named).cloned().collect();
        expected.by_tag = expected.unnamed > 0 || !collected.empty.is_empty();
        expected
    }

    /// Takes in what a job says of one volume.
    pub(super) fn expect(&mut self, item: Verdict, collected: &mut Collected) {
        match item {
            Verdict::Done(id) => {
                collected.made.insert(id.clone());
                self.ids.insert(id);
            }
            Verdict::Failed { id: Some(id), failure, at } => {
                collected.failed_at.extend(at.map(|at| (id.clone(), at)));
                collected.failures.insert(id.clone(), failure);
                self.ids.insert(id);
            }
            Verdict::Failed { id: None, failure, .. } => collected.empty.push(failure),
            Verdict::Unsaid(failure) => {
                self.unnamed += 1;
                self.reason = self.reason.take().or(failure);
            }
        }
    }

    /// Some of what was said to have been made does not show: its tag may tell of others that were. Says whether
    /// lists have been looked through for those, or need not be.
    pub(super) fn has_looked_for(&mut self, missing: &[VolumeId]) -> bool {
        if missing.iter().any(|id| !self.missing.contains(id)) {
            self.missing = missing.iter().cloned().collect();
            (self.by_tag, self.lists) = (true, 0);
        }
        missing.is_empty() || self.lists >= EMPTY_LISTS
    }

    /// Takes in what a list shows by tag.
    pub(super) fn take(&mut self, volumes: impl Iterator<Item = ObservedVolume>, collected: &mut Collected) {
        for volume in volumes.filter(|volume| !collected.foreign.contains_key(&volume.id)) {
            if !self.ids.insert(volume.id.clone()) {
                continue;
            }
            let broken = volume.status.is_error();
            if let Some(failure) = collected.empty.pop_if(|_| broken) {
                // A sub-job failed without naming its volume; here it is.
                collected.failures.insert(volume.id.clone(), failure);
            } else if self.unnamed > 0 {
                self.unnamed -= 1;
            } else if let Some(id) = self.missing.pop_first() {
                // What it was said to have made in the place of this one is not there.
                self.ids.remove(&id);
            } else {
                self.more.insert(volume.id.clone());
            }
        }
    }

    /// Leaves out a volume that is not the call's own, whatever names it: the call's own are looked for by tag.
    pub(super) fn disown(&mut self, id: &VolumeId, collected: &mut Collected) {
        self.ids.remove(id);
        if self.more.remove(id) {
            return;
        }
        match collected.failures.remove(id) {
            Some(failure) => collected.empty.push(failure),
            // Another takes its place, where one was left over.
            None if self.more.pop_first().is_some() => {}
            None => {
                self.contested |= self.named.contains(id);
                self.unnamed += 1;
            }
        }
        (self.by_tag, self.lists) = (true, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::super::following::samples::following;
    use super::*;
    use crate::observed::Status;
    use proptest::prelude::*;

    fn id(number: u8) -> VolumeId {
        VolumeId::new(format!("v-{number}")).unwrap()
    }

    fn shown(number: u8, status: &str) -> ObservedVolume {
        ObservedVolume { status: Status::new(status), ..ObservedVolume::of(id(number)) }
    }

    fn no() -> Failure {
        Failure { code: "EVS.2024".to_owned(), reason: crate::operation::Reason::Told("no room".to_owned()) }
    }

    fn failed(volume: Option<u8>) -> Verdict {
        Verdict::Failed { id: volume.map(id), failure: no(), at: None }
    }

    #[test]
    fn what_is_recorded_already_is_no_other_volume() {
        let mut collected = Collected::default();
        let said = vec![Verdict::Done(id(1)), Verdict::Unsaid(None), Verdict::Unsaid(Some(no()))];
        let expected = Expected::of(&following(3), [id(1), id(2)].into_iter(), said, &mut collected);
        assert_eq!((expected.ids.len(), expected.unnamed, expected.by_tag), (2, 1, true));
        assert_eq!(expected.reason, Some(no()), "the job failed as a whole");
    }

    #[test]
    fn a_failure_that_names_no_volume_takes_the_broken_one_that_shows() {
        let mut collected = Collected::default();
        let said = vec![Verdict::Done(id(1)), failed(None)];
        let mut expected = Expected::of(&following(2), std::iter::empty(), said, &mut collected);
        assert!(expected.by_tag, "it may have left one");
        expected.take([shown(1, "available"), shown(2, "error")].into_iter(), &mut collected);
        assert_eq!((collected.failures.get(&id(2)), collected.empty.len()), (Some(&no()), 0));
        assert_eq!((expected.unnamed, expected.ids.len()), (0, 2));
    }

    #[test]
    fn what_turns_out_to_be_anothers_is_looked_for_by_tag() {
        let mut collected = Collected::default();
        let mut expected = Expected::of(&following(1), std::iter::empty(), vec![Verdict::Done(id(1))], &mut collected);
        assert!(!expected.by_tag);
        expected.disown(&id(1), &mut collected);
        assert_eq!((expected.unnamed, expected.by_tag, expected.contested), (1, true, true));
        // The one that shows by tag takes the place that it left.
        expected.take([shown(2, "available")].into_iter(), &mut collected);
        assert_eq!((expected.unnamed, expected.ids.contains(&id(2))), (0, true));
    }

    #[test]
    fn another_may_be_there_in_the_place_of_one_that_does_not_show() {
        let mut collected = Collected::default();
        let mut expected = Expected::of(&following(1), std::iter::empty(), vec![Verdict::Done(id(1))], &mut collected);
        assert!(expected.has_looked_for(&[]));
        assert!(!expected.has_looked_for(&[id(1)]) && expected.by_tag);
        expected.lists = EMPTY_LISTS;
        assert!(expected.has_looked_for(&[id(1)]));
        expected.take([shown(2, "available")].into_iter(), &mut collected);
        assert_eq!(expected.ids, [id(2)].into());
    }

    proptest! {
        /// Whatever a job says and lists show: as many are looked for as were asked for, until more of them show.
        #[test]
        fn none_is_given_up_and_none_counts_twice(
            said in proptest::collection::vec(
                prop_oneof![
                    (1u8..9).prop_map(|n| Verdict::Done(id(n))),
                    proptest::option::of(1u8..9).prop_map(failed),
                    Just(Verdict::Unsaid(None)),
                ],
                1..6,
            ),
            lists in proptest::collection::vec(proptest::collection::btree_set((1u8..12, any::<bool>()), 0..6), 0..4),
        ) {
            let wanted = said.len();
            // As the verdict has it: of the second that is named alike the job says nothing.
            let mut known = BTreeSet::new();
            let said: Vec<Verdict> = said.into_iter().map(|verdict| match &verdict {
                Verdict::Done(id) | Verdict::Failed { id: Some(id), .. } if !known.insert(id.clone()) => Verdict::Unsaid(None),
                _ => verdict,
            }).collect();
            let mut collected = Collected::default();
            let call = following(u32::try_from(wanted).unwrap());
            let mut expected = Expected::of(&call, std::iter::empty(), said, &mut collected);
            prop_assert_eq!(expected.ids.len() + expected.unnamed + collected.empty.len(), wanted);
            for list in lists {
                let volumes: Vec<ObservedVolume> =
                    list.iter().map(|(n, broken)| shown(*n, if *broken { "error" } else { "available" })).collect();
                expected.take(volumes.into_iter(), &mut collected);
                let looked_for = expected.ids.len() + expected.unnamed + collected.empty.len();
                prop_assert!(looked_for >= wanted, "{} of {wanted}", looked_for);
                prop_assert_eq!(looked_for, wanted + expected.more.len());
            }
        }
    }
}
