//! A plan's steps, drift and refusals as the items that people read: alike ones folded into one.

use crate::operation::{Create, Extend};
use crate::plan::{
    About, Action, Drift, Drifted, Known, Plan, Refusal, Resume, Step, Unwanted, Verb, Why, Work, refused,
};
use crate::volume::{Address, Key, SizeGb, Slot, SlotSet, StackName, VolumeId, service_name};
use crate::words;
use crate::words::item::{self, Part};
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// How much of a list of slots is shown; the count stands beside it anyway.
const SLOTS_SHOWN: usize = 40;

/// One item.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) action: Action,
    pub(super) key: Key,
    pub(super) slots: Vec<Slot>,
    /// How the action is called.
    pub(super) verb: Verb,
    pub(super) what: Vec<Part>,
    /// The rest of what is bought, where there is more than every volume has.
    pub(super) more: Vec<Part>,
    /// The volume, where the item is one that exists and `what` does not name it.
    pub(super) id: Option<VolumeId>,
    /// How many create calls.
    pub(super) calls: u64,
    /// How many renames after them.
    pub(super) renames: u64,
}

/// All items of a plan.
pub(super) struct Items {
    /// What may cost data or means that some was lost: one volume each, never folded.
    pub(super) destructive: Vec<Item>,
    /// The rest.
    pub(super) rest: Vec<Item>,
}

/// The order in which people shall read: what may hurt first.
fn rank(action: Action) -> u8 {
    match action {
        Action::Delete => 0,
        Action::Recreate => 1,
        Action::Clean => 2,
        Action::Resume => 3,
        Action::Adopt => 4,
        Action::Import => 5,
        Action::Extend => 6,
        Action::Rename => 7,
        Action::Retag => 8,
        Action::Unprotect => 9,
        Action::Create => 10,
        Action::Protect => 11,
        Action::Move => 12,
        Action::Forget => 13,
        Action::Release => 14,
    }
}

impl Items {
    pub(super) fn of(plan: &Plan) -> Items {
        let mut destructive = Vec::new();
        let lost = Lost::of(plan);
        // Alike are steps of one action and key that say the same.
        type Alike = (u8, Key, [Vec<Part>; 2]);
        let mut rest: BTreeMap<Alike, Item> = BTreeMap::new();
        for step in plan.steps.iter() {
            match step {
                Step::Create(create) if create.is_again() => destructive.extend(recreations(create, &lost)),
                Step::Clean(clean) => {
                    destructive.push(Item::one(Action::Clean, Verb::Clean, &clean.address, item::cleaning(clean)));
                }
                Step::Delete(removal) => {
                    let what = item::deleting(removal);
                    destructive.push(Item::one(Action::Delete, Verb::Delete, &removal.address, what));
                }
                Step::Resume(resume @ Resume { wanted: true, work: Work::Delete(delete), .. }) => {
                    let what = item::resuming(resume);
                    destructive.push(Item::one(Action::Delete, Verb::Resume, &delete.address, what));
                }
                step => {
                    for part in parts(step, &lost) {
                        let alike = (rank(part.action), part.key.clone(), [part.what.clone(), part.more.clone()]);
                        match rest.entry(alike) {
                            Entry::Vacant(empty) => drop(empty.insert(part)),
                            Entry::Occupied(mut item) => item.get_mut().take(part),
                        }
                    }
                }
            }
        }
        destructive.sort_by(|a, b| (rank(a.action), &a.key, &a.slots).cmp(&(rank(b.action), &b.key, &b.slots)));
        let mut rest: Vec<Item> = rest.into_values().collect();
        rest.sort_by(|a, b| (rank(a.action), &a.key, &a.slots).cmp(&(rank(b.action), &b.key, &b.slots)));
        Items { destructive, rest }
    }
}

/// How volumes got lost that a plan has found missing.
struct Lost<'a>(BTreeMap<&'a VolumeId, &'a Drifted>);

impl<'a> Lost<'a> {
    fn of(plan: &'a Plan) -> Lost<'a> {
        Lost(plan.drift.iter().map(|drift| (&drift.id, &drift.change)).collect())
    }

    fn how(&self, id: &VolumeId) -> &'a Drifted {
        self.0.get(id).copied().unwrap_or(&Drifted::Gone)
    }
}

/// What a step that is folded with its like says: an item for each key, and for each pair of sizes, that it is about.
fn parts(step: &Step, lost: &Lost<'_>) -> Vec<Item> {
    let (mut more, mut id, mut calls, mut renames) = (Vec::new(), None, 0, 0);
    let what = match step {
        Step::Extend(extend) => return extensions(extend),
        Step::Create(create) => {
            more = item::more(&create.spec);
            (calls, renames) = (1, create.renames().count() as u64);
            item::bought(create)
        }
        Step::Rename(rename) => {
            id = Some(rename.id.clone());
            item::renaming(rename)
        }
        Step::Retag(retag) => {
            (id, calls) = (Some(retag.id.clone()), retag.calls());
            item::retagging(retag)
        }
        Step::Protect(step) => {
            id = step.id.clone();
            item::protecting()
        }
        Step::Unprotect(step) => {
            id = step.id.clone();
            item::unprotecting()
        }
        Step::Adopt(adopt) => {
            id = Some(adopt.id.clone());
            item::adopting(adopt)
        }
        Step::Forget(forget) => item::forgetting(forget.unwanted, lost.how(&forget.id)),
        Step::Move(step) => {
            id = step.id.clone();
            item::moving(step)
        }
        Step::Import(import) => {
            id = Some(import.id.clone());
            item::importing(import)
        }
        Step::Release(release) => {
            id = Some(release.id.clone());
            item::releasing(release)
        }
        Step::Resume(resume) => {
            more = resume.work.as_create().map(|create| item::more(&create.spec)).unwrap_or_default();
            item::resuming(resume)
        }
        // Never folded.
        Step::Clean(_) | Step::Delete(_) => return Vec::new(),
    };
    let (action, verb) = (step.action(), step.verb());
    let item = |(key, slots): (&Key, SlotSet)| Item {
        action,
        key: key.clone(),
        slots: slots.iter().collect(),
        verb,
        what: what.clone(),
        more: more.clone(),
        id: id.clone(),
        calls,
        renames,
    };
    step.by_key().into_iter().map(item).collect()
}

/// Volumes that grow alike: of one key, from one size to one.
type Alike<'a> = (&'a Key, u32, SizeGb);

/// A call may be about volumes of several keys and sizes: then it is no call of any of them alone.
fn extensions(extend: &Extend) -> Vec<Item> {
    let mut alike: BTreeMap<Alike<'_>, Vec<(Slot, &VolumeId)>> = BTreeMap::new();
    for (address, growth) in &extend.volumes {
        alike.entry((&address.key, growth.from, growth.to)).or_default().push((address.slot, &growth.id));
    }
    let calls = u64::from(alike.len() == 1);
    let item = |((key, from, to), slots): (Alike<'_>, Vec<(Slot, &VolumeId)>)| Item {
        action: Action::Extend,
        key: key.clone(),
        verb: Verb::Extend,
        what: item::extending(from, to, extend.way),
        more: Vec::new(),
        id: slots.first().filter(|_| slots.len() == 1).map(|(_, id)| (*id).clone()),
        slots: slots.into_iter().map(|(slot, _)| slot).collect(),
        calls,
        renames: 0,
    };
    alike.into_iter().map(item).collect()
}

impl Item {
    /// Takes in another one that says the same.
    fn take(&mut self, other: Item) {
        self.slots.extend(other.slots);
        self.id = None;
        self.calls += other.calls;
        self.renames += other.renames;
    }

    fn one(action: Action, verb: Verb, address: &Address, what: Vec<Part>) -> Item {
        Item {
            action,
            key: address.key.clone(),
            slots: vec![address.slot],
            verb,
            what,
            more: Vec::new(),
            id: None,
            calls: 0,
            renames: 0,
        }
    }

    pub(super) fn address(&self) -> String {
        address(&self.key, &self.slots.iter().copied().collect())
    }

    /// A [`Part::Numbered`] as it is shown: with its number, or with `NNNN` where it stands for several.
    pub(super) fn numbered(&self, base: &str) -> String {
        match self.slots.as_slice() {
            [slot] => service_name(base, slot.number()),
            _ => format!("{base}-NNNN"),
        }
    }
}

/// `key[1..3,7]`, cut where it would be long.
fn address(key: &Key, slots: &SlotSet) -> String {
    format!("{key}[{}]", self::slots(slots, SLOTS_SHOWN))
}

/// `1..3,7`, cut to so many characters where it would be longer.
pub(super) fn slots(slots: &SlotSet, most: usize) -> String {
    let mut text = slots.to_string();
    if text.len() > most {
        let cut = text[..most].rfind(',').unwrap_or(most);
        text.truncate(cut);
        text.push_str(",...");
    }
    text
}

fn recreations<'a>(create: &'a Create, lost: &'a Lost<'_>) -> impl Iterator<Item = Item> + 'a {
    create.slots.keys().map(|slot| {
        let mut what = item::bought(create);
        if let Some(id) = create.gone.get(slot) {
            what.extend(item::gone(id, lost.how(id)));
        }
        let address = Address { key: create.key.clone(), slot: *slot };
        Item { more: item::more(&create.spec), ..Item::one(Action::Recreate, Verb::Recreate, &address, what) }
    })
}

/// Drift of several volumes of one key alike.
pub(super) struct DriftItem<'a> {
    pub(super) address: String,
    pub(super) change: &'a Drifted,
    pub(super) volumes: usize,
    /// Until when it is known, and why it is left as it is.
    pub(super) known: Option<(Date, &'a str)>,
}

/// Drift, alike ones of one key folded.
pub(super) fn drifts(drift: &[Drift]) -> Vec<DriftItem<'_>> {
    folded(drift.iter().map(|drift| (drift, None)))
}

/// Known drift, alike ones of one key folded.
pub(super) fn known(known: &[Known]) -> Vec<DriftItem<'_>> {
    folded(known.iter().map(|known| (&known.drift, Some((known.until, known.reason.as_str())))))
}

type WhenKnown<'a> = Option<(Date, &'a str)>;

fn folded<'a>(drift: impl Iterator<Item = (&'a Drift, WhenKnown<'a>)>) -> Vec<DriftItem<'a>> {
    let mut alike: BTreeMap<(&Key, &Drifted, WhenKnown<'_>), Vec<Slot>> = BTreeMap::new();
    for (Drift { address, id: _, change }, known) in drift {
        alike.entry((&address.key, change, known)).or_default().push(address.slot);
    }
    let mut folded: Vec<_> = alike.into_iter().collect();
    folded.sort_by(|((key, change, _), slots), ((other, another, _), others)| {
        (key, slots, change).cmp(&(other, others, another))
    });
    let told = folded.into_iter().map(|((key, change, known), slots)| {
        let volumes = slots.len();
        DriftItem { address: address(key, &slots.into_iter().collect()), change, volumes, known }
    });
    told.collect()
}

/// Refusals for one reason.
pub(super) struct Refused {
    pub(super) subjects: Vec<String>,
    pub(super) wish: &'static str,
    pub(super) reason: String,
    pub(super) lift: String,
    /// How many addresses they stand for.
    pub(super) addresses: u64,
}

/// Refusals, those that are told in the same words folded.
pub(super) fn refusals(plan: &Plan) -> Vec<Refused> {
    type Alike<'a> = (&'a Why, Option<Unwanted>, Option<&'a Key>, bool);
    let mut alike: BTreeMap<Alike<'_>, Vec<&Refusal>> = BTreeMap::new();
    for refusal in &plan.refusals {
        let key = refusal.about.key().filter(|_| words::refusal::names_key(&refusal.why));
        let of_stack = matches!(refusal.about, About::Stack { .. });
        alike.entry((&refusal.why, refusal.unwanted, key, of_stack)).or_default().push(refusal);
    }
    let mut folded: Vec<Vec<&Refusal>> = alike.into_values().collect();
    // In the order of the first of each.
    folded.sort_by(|a, b| {
        let first = |all: &[&Refusal]| all.first().map(|first| (first.about.clone(), first.why.wanted()));
        first(a).cmp(&first(b))
    });
    folded.iter().filter_map(|alike| told(alike, &plan.stack)).collect()
}

/// Refusals that are told in the same words.
fn told(alike: &[&Refusal], stack: &StackName) -> Option<Refused> {
    let first = alike.first()?;
    let named = refused(alike.iter().map(|refusal| &refusal.about));
    let volumes = named.values().map(SlotSet::len).sum::<usize>();
    let subjects = match &first.about {
        About::Stack { .. } => vec![words::refusal::subject(&first.about, stack)],
        About::Slots { .. } | About::Address(_) => named.iter().map(|(key, slots)| address(key, slots)).collect(),
    };
    Some(Refused {
        subjects,
        wish: words::refusal::wish(first.why.wanted()),
        reason: words::refusal::reason(first, volumes.max(1)),
        lift: words::refusal::lift(first, volumes.max(1)),
        addresses: volumes as u64,
    })
}
