//! What a plan will not do, and why, as values. The sentences about them are made where somebody reads them.

use super::unwanted::Unwanted;
use super::why::Why;
use crate::volume::{Address, Key, SlotSet, VolumeId};
use std::collections::BTreeMap;

/// A wish that will not be carried out.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Refusal {
    /// What it is about.
    pub about: About,
    /// The volume, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<VolumeId>,
    /// Why it is not carried out, by a code, with what that rests on.
    #[serde(flatten)]
    pub why: Why,
    /// Why the volume is not asked for, where it would have to be deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unwanted: Option<Unwanted>,
}

/// What a refusal is about. The order is the one in which refusals are told.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum About {
    /// The stack as a whole.
    Stack {
        /// The slots that are not created on its account; there may be none.
        withheld: BTreeMap<Key, SlotSet>,
    },
    /// Slots of one key that would be created by one call.
    Slots {
        /// The key.
        key: Key,
        /// Its slots.
        slots: SlotSet,
    },
    /// One address.
    Address(Address),
}

impl About {
    /// The key of which it is a part; `None` for the stack.
    pub fn key(&self) -> Option<&Key> {
        match self {
            About::Stack { .. } => None,
            About::Slots { key, .. } | About::Address(Address { key, .. }) => Some(key),
        }
    }

    /// The slots that it stands for, by key.
    fn slots(&self) -> Vec<(&Key, SlotSet)> {
        match self {
            About::Stack { withheld } => withheld.iter().map(|(key, slots)| (key, slots.clone())).collect(),
            About::Slots { key, slots } => vec![(key, slots.clone())],
            About::Address(Address { key, slot }) => vec![(key, std::iter::once(*slot).collect())],
        }
    }
}

/// Puts refusals in the order in which they are told.
pub(super) fn sort(refusals: &mut [Refusal]) {
    refusals.sort_by(|a, b| (&a.about, a.why.wanted()).cmp(&(&b.about, b.why.wanted())));
}

/// All slots that refusals are about, by key: each once, however many refusals name it.
pub fn refused<'a>(about: impl IntoIterator<Item = &'a About>) -> BTreeMap<&'a Key, SlotSet> {
    by_key(about.into_iter().flat_map(About::slots))
}

/// Slots by their keys, each once.
pub(super) fn by_key<'a>(all: impl IntoIterator<Item = (&'a Key, SlotSet)>) -> BTreeMap<&'a Key, SlotSet> {
    let mut named: BTreeMap<&Key, Vec<SlotSet>> = BTreeMap::new();
    for (key, slots) in all {
        named.entry(key).or_default().push(slots);
    }
    named.into_iter().map(|(key, sets)| (key, SlotSet::union(&sets))).collect()
}

/// How many slots these are.
pub(super) fn count(slots: &BTreeMap<&Key, SlotSet>) -> u64 {
    slots.values().fold(0, |sum, slots| sum.saturating_add(slots.len() as u64))
}

/// How many addresses these refusals are about; each counts once.
pub fn addresses<'a>(about: impl IntoIterator<Item = &'a About>) -> u64 {
    count(&refused(about))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_counts_once_however_many_refusals_name_it() {
        let key = |text: &str| Key::new(text).unwrap();
        let slots = |text: &str| SlotSet::parse(text).unwrap();
        let about = [
            About::Address("data[2]".parse().unwrap()),
            About::Address("data[2]".parse().unwrap()),
            About::Slots { key: key("data"), slots: slots("2..4") },
            About::Stack { withheld: [(key("data"), slots("4..5")), (key("web"), slots("1"))].into() },
        ];
        assert_eq!(addresses(&about), 5);
        assert_eq!(addresses([&About::Stack { withheld: BTreeMap::new() }]), 0);
    }
}
