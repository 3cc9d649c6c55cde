//! Sets of slots.

use super::{Excerpt, Form, Invalid, Slot};
use std::fmt;

/// Slots in order, written shortly: `1..12` for a run, `1..3,7` for more. Kept so, too: what a file claims in a few
/// bytes takes a few.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SlotSet(Vec<(Slot, Slot)>);

impl SlotSet {
    /// More than any stack has: whoever goes through a set comes to its end.
    pub const MOST: usize = 1_000_000;

    /// How many.
    pub fn len(&self) -> usize {
        self.0.iter().map(|run| length(*run)).sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Reads what [`SlotSet`]'s `Display` writes, in order and without overlaps; `None` for anything else, and for more
    /// than [`SlotSet::MOST`].
    pub fn parse(text: &str) -> Option<SlotSet> {
        let number = |text: &str| text.parse().ok().and_then(Slot::new);
        let (mut set, mut slots) = (SlotSet::default(), 0);
        for run in text.split(',').filter(|run| !run.is_empty()) {
            let (first, last) = run.split_once("..").unwrap_or((run, run));
            let (first, last) = (number(first)?, number(last)?);
            if last < first || set.0.last().is_some_and(|(_, before)| *before >= first) {
                return None;
            }
            slots += length((first, last));
            if slots > SlotSet::MOST {
                return None;
            }
            set.push(first, last);
        }
        Some(set)
    }

    /// Whether a slot is one of them.
    pub fn contains(&self, slot: Slot) -> bool {
        let run = self.0.partition_point(|(_, last)| *last < slot);
        self.0.get(run).is_some_and(|(first, _)| *first <= slot)
    }

    /// The slots, in order.
    pub fn iter(&self) -> impl Iterator<Item = Slot> + '_ {
        self.0.iter().flat_map(|(first, last)| (first.number()..=last.number()).filter_map(Slot::new))
    }

    /// All slots of these sets, each once.
    pub fn union<'a>(sets: impl IntoIterator<Item = &'a SlotSet>) -> SlotSet {
        let mut runs: Vec<(Slot, Slot)> = sets.into_iter().flat_map(|set| set.0.iter().copied()).collect();
        runs.sort_unstable();
        let mut all = SlotSet::default();
        for (first, last) in runs {
            match all.0.last_mut() {
                Some((_, before)) if first.number() <= before.number().saturating_add(1) => *before = last.max(*before),
                _ => all.0.push((first, last)),
            }
        }
        all
    }

    /// Adds a run behind all others.
    fn push(&mut self, first: Slot, last: Slot) {
        match self.0.last_mut() {
            Some((_, before)) if before.number().checked_add(1) == Some(first.number()) => *before = last,
            _ => self.0.push((first, last)),
        }
    }
}

/// How many slots a run has.
fn length((first, last): (Slot, Slot)) -> usize {
    usize::try_from(last.number() - first.number()).unwrap_or(usize::MAX).saturating_add(1)
}

impl FromIterator<Slot> for SlotSet {
    fn from_iter<I: IntoIterator<Item = Slot>>(slots: I) -> SlotSet {
        let mut slots: Vec<Slot> = slots.into_iter().collect();
        slots.sort_unstable();
        slots.dedup();
        let mut set = SlotSet::default();
        slots.into_iter().for_each(|slot| set.push(slot, slot));
        set
    }
}

impl TryFrom<String> for SlotSet {
    type Error = Invalid;

    fn try_from(text: String) -> Result<SlotSet, Invalid> {
        SlotSet::parse(&text).ok_or_else(|| Invalid::NoSuch(Form::SlotSet, Excerpt::of(&text)))
    }
}

impl From<SlotSet> for String {
    fn from(slots: SlotSet) -> String {
        slots.to_string()
    }
}

impl fmt::Display for SlotSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, (first, last)) in self.0.iter().enumerate() {
            f.write_str(if place > 0 { "," } else { "" })?;
            if first == last { write!(f, "{first}")? } else { write!(f, "{first}..{last}")? }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_bytes_never_mean_more_slots_than_a_stack_has() {
        let read = |text: &str| SlotSet::parse(text).map(|set| set.len());
        assert_eq!(read("1..1000000"), Some(SlotSet::MOST));
        assert_eq!(read("1..1000000,1000001"), None);
        assert_eq!(read("1..900000,2000000..2900000"), None);
        assert_eq!(read("1,4294967295"), Some(2));
        assert_eq!(read("1..4294967295"), None);
    }

    #[test]
    fn a_slot_is_found_in_its_run() {
        let set = SlotSet::parse("2..3,7").unwrap();
        let found: Vec<u32> = (1..=9).filter(|number| set.contains(Slot::new(*number).unwrap())).collect();
        assert_eq!(found, [2, 3, 7]);
    }

    #[test]
    fn a_slot_of_several_sets_counts_once() {
        let union = |sets: &[&str]| {
            let sets: Vec<SlotSet> = sets.iter().map(|set| SlotSet::parse(set).unwrap()).collect();
            SlotSet::union(&sets)
        };
        for (sets, all, len) in [
            (&["1..3", "2"][..], "1..3", 3),
            (&["2..5", "1..3,9", "6"], "1..6,9", 7),
            (&["1..1000000", "5..1000000", "4294967295"], "1..1000000,4294967295", 1_000_001),
            (&[], "", 0),
        ] {
            let union = union(sets);
            assert_eq!((union.to_string().as_str(), union.len()), (all, len), "{sets:?}");
        }
    }

    #[test]
    fn slots_are_written_as_runs() {
        let set = |numbers: &[u32]| numbers.iter().filter_map(|&n| Slot::new(n)).collect::<SlotSet>().to_string();
        assert_eq!(set(&[]), "");
        assert_eq!(set(&[3]), "3");
        assert_eq!(set(&[2, 1, 3, 7, 9, 10]), "1..3,7,9..10");
        for text in ["", "3", "1..3,7,9..10"] {
            assert_eq!(SlotSet::parse(text).unwrap().to_string(), text);
            assert_eq!(SlotSet::parse(text).unwrap().iter().collect::<SlotSet>().to_string(), text);
        }
        assert_eq!(SlotSet::parse("1..2,3").unwrap(), SlotSet::parse("1..3").unwrap());
        for text in ["0", "3..1", "5,4", "1..3,3", "x"] {
            assert_eq!(SlotSet::parse(text), None, "{text}");
        }
    }
}
