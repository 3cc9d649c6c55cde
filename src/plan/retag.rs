//! Which tags of a volume are set and which are taken off, so that it carries what the manifest asks for and the mark of its
//! owner. Tags that neither asks for are other people's.

use super::value::{FieldChange, Value};
use crate::volume::{Address, CallId, Field, Tags, VolumeId};
use std::collections::{BTreeMap, BTreeSet};

/// New tags for one volume.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retag {
    /// Which slot.
    pub address: Address,
    /// Its id.
    pub id: VolumeId,
    /// The tags that are added or get another value.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub set: BTreeMap<String, String>,
    /// Under which key it is marked as a volume of this state, and by which id, where the state is still to be made: what is set
    /// there is known once that is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<Mark>,
    /// The keys that are taken off.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub remove: BTreeSet<String>,
    /// Whether keys are taken off before others are set: the volume has no room for all of them at once.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub remove_first: bool,
    /// The declared tags that it carries after that; nothing where only its mark is put back.
    pub after: Option<Tags>,
    /// The declared tags that are changed, a key each, from what was agreed on to what is desired: where both are the same,
    /// drift is put back.
    pub changes: Vec<FieldChange>,
}

/// The mark of a volume whose state has no lineage yet.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mark {
    /// The key of the ownership tag.
    pub key: String,
    /// The call that is named in it.
    pub call: CallId,
}

/// What a volume shall carry.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tagged<'a> {
    /// The declared tags that were agreed on, and those that are desired; nothing where the manifest leaves them open.
    pub(super) declared: Option<(&'a Tags, &'a Tags)>,
    /// The ownership tag, key and value, where it is missing.
    pub(super) mark: Option<(&'a str, &'a str)>,
}

/// The edits that bring a volume there.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Edits {
    pub(super) set: BTreeMap<String, String>,
    pub(super) remove: BTreeSet<String>,
    pub(super) remove_first: bool,
    pub(super) changes: Vec<FieldChange>,
    /// Whether the ownership tag has no room beside what others have put there.
    pub(super) unmarked: bool,
}

/// Why a volume cannot carry what the manifest asks for: so many tags are other people's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NoRoom {
    pub(super) foreign: usize,
}

impl Edits {
    /// From the tags that it carries now.
    ///
    /// # Errors
    /// Where the declared tags have no room beside other people's: a volume has ten at the most.
    pub(super) fn of(wanted: Tagged<'_>, now: &BTreeMap<String, String>) -> Result<Edits, NoRoom> {
        let mut edits = Edits::default();
        if let Some((base, desired)) = wanted.declared {
            let (base, desired) = (base.pairs(), desired.pairs());
            for (key, value) in desired.iter().filter(|(key, value)| now.get(*key) != Some(value)) {
                edits.set.insert(key.clone(), value.clone());
            }
            edits
                .remove
                .extend(base.keys().filter(|key| !desired.contains_key(*key) && now.contains_key(*key)).cloned());
            let keys: BTreeSet<&String> = edits.set.keys().chain(&edits.remove).collect();
            edits.changes = keys.into_iter().map(|key| change_of(key, base, desired)).collect();
        }
        // Almost always: nothing is counted then.
        if edits.is_empty() && wanted.mark.is_none() && now.len() <= Tags::MAX {
            return Ok(edits);
        }
        let carried = |edits: &Edits| now.keys().chain(edits.set.keys()).collect::<BTreeSet<_>>().len();
        let most = Tags::MAX + edits.remove.len();
        let declared = carried(&edits);
        if declared > most {
            let named = wanted.declared.map_or(0, |(_, desired)| desired.pairs().len());
            return Err(NoRoom { foreign: declared - edits.remove.len() - named });
        }
        if let Some((key, value)) = wanted.mark {
            if now.contains_key(key) || declared < most {
                // A declared tag that is gone may have had that key before.
                edits.remove.remove(key);
                edits.set.insert(key.to_owned(), value.to_owned());
            } else {
                edits.unmarked = true;
            }
        }
        edits.remove_first = carried(&edits) > Tags::MAX;
        Ok(edits)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.set.is_empty() && self.remove.is_empty()
    }
}

/// The change of one tag, from what was agreed on to what is desired.
pub(super) fn change_of(
    key: &String,
    base: &BTreeMap<String, String>,
    desired: &BTreeMap<String, String>,
) -> FieldChange {
    let of = |pairs| Some(Value::of_keys(pairs, [key]));
    FieldChange { field: Field::Tags, from: of(base), to: of(desired) }
}

impl Retag {
    /// How many calls it takes.
    pub fn calls(&self) -> u64 {
        u64::from(!self.set.is_empty() || self.mark.is_some()) + u64::from(!self.remove.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pairs(text: &str) -> BTreeMap<String, String> {
        let pair = |word: &str| {
            word.split_once('=').map_or((word.to_owned(), "1".to_owned()), |(k, v)| (k.to_owned(), v.to_owned()))
        };
        text.split_whitespace().map(pair).collect()
    }

    fn tags(text: &str) -> Tags {
        Tags::new(pairs(text)).unwrap()
    }

    fn edits(base: &str, desired: &str, now: &str) -> Result<Edits, NoRoom> {
        let (base, desired) = (tags(base), tags(desired));
        Edits::of(Tagged { declared: Some((&base, &desired)), mark: None }, &pairs(now))
    }

    fn shown(edits: &Edits) -> (String, String, bool) {
        let set: Vec<String> = edits.set.iter().map(|(key, value)| format!("{key}={value}")).collect();
        let remove: Vec<&str> = edits.remove.iter().map(String::as_str).collect();
        (set.join(" "), remove.join(" "), edits.remove_first)
    }

    #[test]
    fn only_what_differs_is_edited_and_what_is_taken_off_makes_room_first_where_there_is_none() {
        for (base, desired, now, set, remove, first) in [
            ("a b c", "b=2 c d", "a b c m", "b=2 d=1", "a", false),
            ("a b", "a b", "a b m", "", "", false),
            // Drift is put back, other people's tags are left alone.
            ("a b", "a b", "a=9 x y", "a=1 b=1", "", false),
            // Nine of ten, and the mark.
            ("a b c d e f g h i", "b c d e f g h i j", "a b c d e f g h i m", "j=1", "a", true),
            // What others took off already.
            ("a b", "b", "b m", "", "", false),
        ] {
            let found = edits(base, desired, now).unwrap();
            assert_eq!(shown(&found), (set.to_owned(), remove.to_owned(), first), "{base} -> {desired} at {now}");
        }
        assert_eq!(edits("a", "b c", "a m o p q r s t u v"), Err(NoRoom { foreign: 9 }));
    }

    #[test]
    fn a_mark_has_no_room_where_others_have_taken_it() {
        let marked = |now: &str| Edits::of(Tagged { declared: None, mark: Some(("m", "own")) }, &pairs(now)).unwrap();
        assert_eq!(shown(&marked("a b")).0, "m=own");
        assert_eq!(shown(&marked("m=other")).0, "m=own", "a value that is nobody's is overwritten");
        let full = marked("a b c d e f g h i j");
        assert!(full.unmarked && full.is_empty());
    }

    #[test]
    fn a_mark_is_never_taken_off_where_a_declared_tag_had_its_key() {
        let (base, desired) = (tags("m a"), tags("a"));
        let wanted = Tagged { declared: Some((&base, &desired)), mark: Some(("m", "own")) };
        let edits = Edits::of(wanted, &pairs("m a")).unwrap();
        assert_eq!((shown(&edits).0, edits.remove.len()), ("m=own".to_owned(), 0));
    }

    #[test]
    fn each_key_is_a_wish_of_its_own() {
        let found = edits("a b", "b=2 c", "a b=7").unwrap();
        let change = |from: &str, to: &str| FieldChange {
            field: Field::Tags,
            from: Some(Value::Pairs(pairs(from))),
            to: Some(Value::Pairs(pairs(to))),
        };
        assert_eq!(found.changes, [change("a", ""), change("b", "b=2"), change("", "c")]);
    }

    proptest! {
        /// Whatever a volume carries: after the edits it carries what is desired, other people's tags as they were, and never
        /// more than ten on the way.
        #[test]
        fn a_volume_never_carries_more_than_ten(
            base in "[abcd ]{0,6}", desired in "([abcde]=[12] ){0,5}", now in "([abcdexyzuvw]=[12] ){0,9}",
        ) {
            let (base, desired) = (tags(&base.split("").collect::<Vec<_>>().join(" ")), tags(&desired));
            let mut carried = pairs(&now);
            let before = carried.clone();
            let Ok(edits) = Edits::of(Tagged { declared: Some((&base, &desired)), mark: None }, &carried) else {
                return Ok(());
            };
            let set = |carried: &mut BTreeMap<String, String>| carried.extend(edits.set.clone());
            if edits.remove_first {
                carried.retain(|key, _| !edits.remove.contains(key));
                set(&mut carried);
            } else {
                set(&mut carried);
                prop_assert!(carried.len() <= Tags::MAX.max(before.len()), "on the way");
                carried.retain(|key, _| !edits.remove.contains(key));
            }
            prop_assert!(carried.len() <= Tags::MAX.max(before.len()));
            for (key, value) in desired.pairs() {
                prop_assert_eq!(carried.get(key), Some(value));
            }
            for (key, value) in before.iter().filter(|(key, _)| !base.pairs().contains_key(*key) && !desired.pairs().contains_key(*key)) {
                prop_assert_eq!(carried.get(key), Some(value), "other people's");
            }
            prop_assert!(base.pairs().keys().all(|key| desired.pairs().contains_key(key) || !carried.contains_key(key)));
        }
    }
}
