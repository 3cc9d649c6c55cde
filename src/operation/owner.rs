//! The ownership tag's value: which stack, which state and which call a volume comes from.
//!
//! State and call identify it. The stack's name is for people: a stack that is renamed keeps the tags of its volumes.
//!
//! The value alone says whose a volume is, under whatever key it stands: the key may be renamed, or the tag turned
//! off, while volumes and calls under the earlier key are still there.

use crate::volume::{CallId, Excerpt, Form, Invalid, Lineage, StackName};
use std::collections::BTreeMap;

/// Where a volume comes from. In JSON it is its [`Owner::value`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Owner {
    /// The stack.
    pub stack: StackName,
    /// Its state.
    pub lineage: Lineage,
    /// The call of that state.
    pub call: CallId,
}

impl Owner {
    /// The value that the volumes of a call carry: `STACK_LINEAGE_CALL`, at most 42 characters, legal as
    /// a tag value everywhere, since none of the three parts holds an underscore.
    pub fn value(&self) -> String {
        format!("{}_{}_{}", self.stack, self.lineage, self.call)
    }

    /// Reads such a value; `None` for any other text.
    pub fn read(value: &str) -> Option<Owner> {
        let (rest, call) = value.rsplit_once('_')?;
        let (stack, lineage) = rest.rsplit_once('_')?;
        let (stack, lineage) = (StackName::new(stack).ok()?, Lineage::new(lineage).ok()?);
        Some(Owner { stack, lineage, call: CallId::new(call).ok()? })
    }

    /// What a volume's tags say of its owner, as far as that state or, where there is none, a stack of that name is concerned;
    /// the key where it says so comes first. One of `lineage` counts before any other.
    pub fn in_stack<'t>(
        tags: &'t BTreeMap<String, String>,
        stack: &StackName,
        lineage: Option<&Lineage>,
    ) -> Option<(&'t str, Owner)> {
        let ours = lineage.and_then(|lineage| Owner::of_lineage(tags, lineage));
        ours.or_else(|| Owner::all(tags).find(|(_, owner)| owner.stack == *stack))
    }

    /// The tag that says that a volume is of a state of that lineage, whatever its stack was called; its key comes first.
    pub fn of_lineage<'t>(tags: &'t BTreeMap<String, String>, lineage: &Lineage) -> Option<(&'t str, Owner)> {
        Owner::all(tags).find(|(_, owner)| owner.lineage == *lineage)
    }

    /// Every tag that says an owner, with its key.
    fn all(tags: &BTreeMap<String, String>) -> impl Iterator<Item = (&str, Owner)> {
        tags.iter().filter_map(|(key, value)| Some((key.as_str(), Owner::read(value)?)))
    }

    /// Whether both are of the same call.
    pub fn is_same(&self, other: &Owner) -> bool {
        (&self.lineage, &self.call) == (&other.lineage, &other.call)
    }

    /// Whether a tag's value says that it is of this very call.
    pub fn is_value(&self, value: &str) -> bool {
        Owner::read(value).is_some_and(|owner| owner.is_same(self))
    }

    /// Whether a volume carries the tag of this very call.
    pub fn marks(&self, tags: &BTreeMap<String, String>) -> bool {
        tags.values().any(|value| self.is_value(value))
    }
}

impl TryFrom<String> for Owner {
    type Error = Invalid;

    fn try_from(value: String) -> Result<Owner, Invalid> {
        Owner::read(&value).ok_or_else(|| Invalid::NoSuch(Form::OwnershipTag, Excerpt::of(&value)))
    }
}

impl From<Owner> for String {
    fn from(owner: Owner) -> String {
        owner.value()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::volume::Tags;

    fn owner(stack: &str, lineage: u8, call: u8) -> Owner {
        Owner {
            stack: StackName::new(stack).unwrap(),
            lineage: Lineage::from_random([lineage; 5]),
            call: CallId::from_hash(&[call; 32]),
        }
    }

    #[test]
    fn the_longest_value_is_a_legal_tag_and_reads_back() {
        let owner = owner(&"s".repeat(22), 0xff, 7);
        let value = owner.value();
        assert_eq!(value.len(), 42);
        Tags::check_value("evsctl", &value).unwrap();
        assert_eq!(Owner::read(&value), Some(owner));
    }

    #[test]
    fn other_texts_have_no_owner() {
        for text in ["", "kafka", "a_b_c", "kafka_aaaaaaaa_bbbbbbbbb1", "Kafka_aaaaaaaa_bbbbbbbbbb"] {
            assert_eq!(Owner::read(text), None, "{text}");
        }
    }

    #[test]
    fn the_key_is_of_no_account_and_the_own_lineage_comes_first() {
        let (ours, other, foreign) = (owner("kafka", 1, 1), owner("kafka", 2, 1), owner("web", 3, 1));
        let tags = |owners: &[(&str, &Owner)]| -> BTreeMap<String, String> {
            let team = ("team".to_owned(), "a_b".to_owned());
            owners.iter().map(|(key, owner)| ((*key).to_owned(), owner.value())).chain([team]).collect()
        };
        let found = |tags: &BTreeMap<String, String>| {
            Owner::in_stack(tags, &ours.stack, Some(&ours.lineage)).map(|(key, owner)| (key.to_owned(), owner))
        };
        assert_eq!(found(&tags(&[("evsctl", &ours)])), Some(("evsctl".to_owned(), ours.clone())));
        assert_eq!(found(&tags(&[("a", &other), ("b", &ours)])), Some(("b".to_owned(), ours.clone())));
        assert_eq!(found(&tags(&[("a", &other)])), Some(("a".to_owned(), other.clone())));
        assert_eq!(found(&tags(&[("a", &foreign)])), None);
        assert!(ours.marks(&tags(&[("z", &foreign), ("x", &ours)])));
        assert!(!ours.marks(&tags(&[("x", &other)])));
        // The stack was called otherwise when the volume was made.
        let before = Owner { stack: StackName::new("old").unwrap(), ..ours.clone() };
        assert_eq!(found(&tags(&[("a", &other), ("b", &before)])), Some(("b".to_owned(), before.clone())));
        assert!(ours.marks(&tags(&[("x", &before)])));
    }
}
