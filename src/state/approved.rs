//! What a run was allowed, and what of that is left.

use crate::volume::{Address, Digest, Key, SizeGb, Slot, SlotSet, Tags, VolumeId};
use std::collections::BTreeMap;

/// What a run was allowed to do, so that the next one may do what is left of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approved {
    /// The approved `changes` digest.
    pub changes: Digest,
    /// How many recreations were approved.
    pub recreate: u64,
    /// How many volumes that need consent were to be destroyed.
    pub destroy: u64,
    /// When the service showed what the plan rests on, by its clock, where the plan judged an age by that. RFC 3339.
    pub as_of: Option<jiff::Timestamp>,
    /// What of it was not reached yet.
    pub steps: AllowedSteps,
}

/// The action by which tags are changed.
const RETAG: &str = "retag";

/// SHA-256 of what a retagging makes of a volume: the declared tags that it carries then; nothing where its mark alone is put
/// back.
pub fn retagged_to(id: &VolumeId, tags: Option<&Tags>) -> Digest {
    // Neither can fail to be written; if one did, the digest would match nothing that is asked for.
    Digest::of(&serde_json::to_vec(&(id, tags)).unwrap_or_default())
}

/// The action by which a volume becomes larger.
const EXTEND: &str = "extend";

/// SHA-256 of what an extension makes of a volume, and of whether the order pays itself, where it is one.
pub fn extended_to(id: &VolumeId, size: SizeGb, auto_pay: Option<bool>) -> Digest {
    let json = match auto_pay {
        None => serde_json::to_vec(&(id, size)),
        Some(auto_pay) => serde_json::to_vec(&(id, size, auto_pay)),
    };
    Digest::of(&json.unwrap_or_default())
}

/// The action of a volume that was made as approved: of what was approved, only its name is still to be given.
pub const MADE: &str = "made";
/// The actions by which a volume is made.
const MAKES: [&str; 3] = ["create", "recreate", "resume"];

impl AllowedStep {
    /// Whether a volume is made by it.
    pub fn makes(&self) -> bool {
        MAKES.contains(&self.action.as_str())
    }
}

impl Approved {
    /// A renaming reached what was approved for that address.
    pub(super) fn renamed(&mut self, address: &Address) {
        drop(self.steps.take(&address.key, &one(address), &["rename", MADE]));
    }

    /// A retagging reached what was approved for that address.
    pub(super) fn retagged(&mut self, address: &Address) {
        drop(self.steps.take(&address.key, &one(address), &[RETAG]));
    }

    /// An extension reached what was approved for that address.
    pub(super) fn extended(&mut self, address: &Address) {
        drop(self.steps.take(&address.key, &one(address), &[EXTEND]));
    }

    /// The declared tags of the volume there are agreed on: where they are all that was approved, that is reached.
    pub(super) fn agreed_on_tags(&mut self, address: &Address, id: &VolumeId, tags: &Tags) {
        if self.becomes(address, RETAG, || retagged_to(id, Some(tags))) {
            self.retagged(address);
        }
    }

    /// The size of the volume there is agreed on: where that is what was approved, it is reached.
    pub(super) fn agreed_on_size(&mut self, address: &Address, id: &VolumeId, size: SizeGb) {
        let ways = [None, Some(false), Some(true)];
        if ways.into_iter().any(|way| self.becomes(address, EXTEND, || extended_to(id, size, way))) {
            self.extended(address);
        }
    }

    /// Whether a step of that action was approved that makes this of the volume there.
    pub fn becomes(&self, address: &Address, action: &str, after: impl Fn() -> Digest) -> bool {
        let of_key = self.steps.0.get(&address.key).into_iter().flatten();
        let mut here = of_key.filter(|step| step.action == action && step.slots.contains(address.slot));
        here.any(|step| step.after == after())
    }

    /// A volume took that address.
    pub(super) fn adopted(&mut self, address: &Address) {
        drop(self.steps.take(&address.key, &one(address), &["adopt"]));
        self.made(&address.key, &one(address));
    }

    /// What another address had has that one.
    pub(super) fn moved(&mut self, to: &Address) {
        drop(self.steps.take(&to.key, &one(to), &["move"]));
    }

    /// A volume was taken over into that address.
    pub(super) fn imported(&mut self, address: &Address) {
        drop(self.steps.take(&address.key, &one(address), &["import"]));
    }

    /// The volume of that address was given up.
    pub(super) fn released(&mut self, address: &Address) {
        drop(self.steps.take(&address.key, &one(address), &["release"]));
    }

    /// The volume of that address is protected.
    pub(super) fn protected(&mut self, address: &Address) {
        drop(self.steps.take(&address.key, &one(address), &["protect"]));
    }

    /// It is protected no more.
    pub(super) fn unprotected(&mut self, address: &Address) {
        drop(self.steps.take(&address.key, &one(address), &["unprotect"]));
    }

    /// A volume that was given up left that address.
    pub(super) fn removed(&mut self, address: &Address) {
        drop(self.steps.take(&address.key, &one(address), &["clean", "delete", "forget"]));
    }

    /// Volumes were made that are good: of what was approved for them only their names are still to be given.
    pub(super) fn made(&mut self, key: &Key, slots: &SlotSet) {
        let made = self.steps.take(key, slots, &MAKES);
        if !made.is_empty() {
            let made = made.into_iter().map(|step| AllowedStep { action: MADE.to_owned(), ..step });
            self.steps.0.entry(key.clone()).or_default().extend(made);
        }
    }

    /// No step at all.
    pub fn nothing(changes: Digest) -> Approved {
        Approved { changes, recreate: 0, destroy: 0, as_of: None, steps: AllowedSteps::default() }
    }
}

/// The approved steps, one a slot range: action, key, slots and what they become.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AllowedSteps(BTreeMap<Key, Vec<AllowedStep>>);

impl AllowedSteps {
    /// The steps, by their keys.
    pub fn iter(&self) -> impl Iterator<Item = &AllowedStep> {
        self.0.values().flatten()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Forgets all of them.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Takes slots out of the steps of a key that have one of these actions; gives what was taken.
    fn take(&mut self, key: &Key, slots: &SlotSet, actions: &[&str]) -> Vec<AllowedStep> {
        let Some(steps) = self.0.get_mut(key) else { return Vec::new() };
        let mut taken = Vec::new();
        for step in steps.iter_mut().filter(|step| actions.contains(&step.action.as_str())) {
            if !slots.iter().any(|slot| step.slots.contains(slot)) {
                continue;
            }
            let (out, left): (Vec<Slot>, Vec<Slot>) = step.slots.iter().partition(|slot| slots.contains(*slot));
            taken.push(AllowedStep { slots: out.iter().copied().collect(), gone: BTreeMap::new(), ..step.clone() });
            step.slots = left.into_iter().collect();
            step.gone.retain(|slot, _| !out.contains(slot));
        }
        if !taken.is_empty() {
            steps.retain(|step| !step.slots.is_empty());
        }
        if steps.is_empty() {
            self.0.remove(key);
        }
        taken
    }
}

impl FromIterator<AllowedStep> for AllowedSteps {
    fn from_iter<I: IntoIterator<Item = AllowedStep>>(steps: I) -> AllowedSteps {
        let mut by_key: BTreeMap<Key, Vec<AllowedStep>> = BTreeMap::new();
        for step in steps {
            by_key.entry(step.key.clone()).or_default().push(step);
        }
        AllowedSteps(by_key)
    }
}

fn one(address: &Address) -> SlotSet {
    std::iter::once(address.slot).collect()
}

/// One approved step, in the least form that tells whether another is a part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowedStep {
    /// The action's word.
    pub action: String,
    /// The volumes' key.
    pub key: Key,
    /// The slots.
    pub slots: SlotSet,
    /// SHA-256 of what they become.
    pub after: Digest,
    /// The name that new volumes get, without their numbers.
    pub name: Option<String>,
    /// The volumes that are gone and may be created again.
    pub gone: BTreeMap<Slot, VolumeId>,
}
