//! What may cost data in a form so short that it fits where not all of it does in full: how much of which key.

use super::super::items::{self, Item};
use super::super::rows;
use super::span::code;
use crate::plan::{Action, Plan, Step};
use crate::volume::{Address, Key, SlotSet};
use crate::words::heading::{self, Amount};
use crate::words::progress::verb_word;
use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// How much is told of each key.
#[derive(Debug, Clone, Copy)]
struct Form {
    /// The most characters of a key.
    key: usize,
    /// The most characters of its slots; without any, all keys of an action stand on one line.
    slots: usize,
}

/// From the longest to the shortest.
const FORMS: [Form; 4] =
    [Form { key: 255, slots: 40 }, Form { key: 60, slots: 40 }, Form { key: 30, slots: 20 }, SHORTEST];
const SHORTEST: Form = Form { key: 12, slots: 0 };

/// What is kept free for the line about keys that have no room even so.
const LAST_LINE: usize = 200;

/// How much each item is about: its size, where that is known, and its snapshots.
pub(super) struct Sizes(BTreeMap<(Action, Address), Amount>);

impl Sizes {
    pub(super) fn of(plan: &Plan) -> Sizes {
        let mut sizes = BTreeMap::new();
        for step in &plan.steps {
            match step {
                Step::Delete(removal) => {
                    let gb = Some(u64::from(removal.seen.size));
                    let amount = Amount { volumes: 1, gb, snapshots: removal.snapshots.len() as u64 };
                    sizes.insert((step.action(), removal.address.clone()), amount);
                }
                Step::Create(create) if create.is_again() => {
                    let gb = create.spec.size.map(|size| u64::from(size.gb()));
                    for slot in create.slots.keys() {
                        let address = Address { key: create.key.clone(), slot: *slot };
                        sizes.insert((step.action(), address), Amount { volumes: 1, gb, snapshots: 0 });
                    }
                }
                _ => {}
            }
        }
        Sizes(sizes)
    }

    fn amount(&self, item: &Item) -> Amount {
        let of = |slot| {
            let address = Address { key: item.key.clone(), slot };
            self.0.get(&(item.action, address)).copied().unwrap_or(Amount { volumes: 1, gb: None, snapshots: 0 })
        };
        item.slots.iter().map(|slot| of(*slot)).fold(Amount::NONE, Amount::and)
    }
}

/// Items of one action and one key.
struct Group<'a> {
    item: &'a Item,
    slots: SlotSet,
    amount: Amount,
}

/// How many of the items stand in full where this much room is for all of them, and the short form of the rest.
pub(super) fn fit(items: &[Item], full: &[String], sizes: &Sizes, room: usize) -> (usize, String) {
    let length: Vec<usize> = std::iter::once(0)
        .chain(full.iter().scan(0, |sum, entry| {
            *sum += entry.len();
            Some(*sum)
        }))
        .collect();
    let told = |items, form| {
        let groups = groups(items, sizes);
        told(&groups.iter().collect::<Vec<_>>(), form)
    };
    let Some(form) = FORMS.into_iter().find(|form| told(items, *form).len() <= room) else {
        return (0, cut_off(groups(items, sizes), room));
    };
    // The more stand in full the shorter is the rest, by less: the last number that fits.
    let rest = |shown: usize| told(items.get(shown..).unwrap_or_default(), form);
    let (mut fits, mut too_many) = (0, items.len());
    while too_many - fits > 1 {
        let middle = usize::midpoint(fits, too_many);
        let in_full = length.get(middle).copied().unwrap_or(usize::MAX);
        if in_full.saturating_add(rest(middle).len()) <= room { fits = middle } else { too_many = middle }
    }
    (fits, rest(fits))
}

/// Items are sorted by action and key.
fn groups<'a>(items: &'a [Item], sizes: &Sizes) -> Vec<Group<'a>> {
    let alike = items.chunk_by(|a, b| (a.action, &a.key) == (b.action, &b.key));
    let group = |alike: &'a [Item]| {
        Some(Group {
            item: alike.first()?,
            slots: alike.iter().flat_map(|item| item.slots.iter().copied()).collect(),
            amount: alike.iter().map(|item| sizes.amount(item)).fold(Amount::NONE, Amount::and),
        })
    };
    alike.filter_map(group).collect()
}

fn told(groups: &[&Group<'_>], form: Form) -> String {
    let keys = cut(groups, form.key);
    let mut text = format!("\n{}\n\n", heading::IN_SHORT);
    let mut before = None;
    for (group, key) in groups.iter().zip(keys) {
        let Group { item, slots, amount } = group;
        let (sign, verb) = (code(rows::sign(item.action).0), verb_word(item.verb));
        let amount = heading::amount(*amount);
        let _ = if form.slots > 0 {
            let address = code(&format!("{key}[{}]", items::slots(slots, form.slots)));
            writeln!(text, "- {sign} {address} {verb}: {amount}")
        } else if before == Some(item.action) {
            write!(text, "; {} {amount}", code(&key))
        } else {
            let end = if before.is_some() { "\n" } else { "" };
            write!(text, "{end}- {sign} {verb}: {} {amount}", code(&key))
        };
        before = Some(item.action);
    }
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

/// The largest, where there are more keys than have room in any form, and how much the others are.
fn cut_off(groups: Vec<Group<'_>>, room: usize) -> String {
    let mut largest: Vec<(usize, Group<'_>)> = groups.into_iter().enumerate().collect();
    largest.sort_by_key(|(at, group)| (Reverse((group.amount.gb, group.amount.volumes)), *at));
    let mut rest = Vec::new();
    loop {
        rest.extend(largest.split_off(largest.len() * 9 / 10).into_iter().map(|(_, group)| group.amount));
        let mut shown: Vec<&(usize, Group<'_>)> = largest.iter().collect();
        shown.sort_by_key(|(at, _)| *at);
        let shown: Vec<&Group<'_>> = shown.into_iter().map(|(_, group)| group).collect();
        let mut text = told(&shown, SHORTEST);
        if shown.is_empty() || text.len() + LAST_LINE <= room {
            let amount = rest.iter().copied().fold(Amount::NONE, Amount::and);
            let _ = writeln!(text, "- {}", heading::more_keys(rest.len() as u64, amount));
            return text;
        }
    }
}

/// Keys of at most so many characters: of a longer one its two ends, with a number where these are those of another too.
fn cut<'a>(groups: &[&Group<'a>], most: usize) -> Vec<Cow<'a, str>> {
    let ends = |key: &'a Key| {
        let text = key.as_str();
        let last = most / 4;
        let parts = (text.len() > most).then(|| (text.get(..most - last - 1), text.get(text.len() - last..)));
        match parts {
            Some((Some(first), Some(last))) => Cow::Owned(format!("{first}…{last}")),
            _ => Cow::Borrowed(text),
        }
    };
    let keys: BTreeSet<&Key> = groups.iter().map(|group| &group.item.key).collect();
    let mut alike: BTreeMap<Cow<'_, str>, Vec<&Key>> = BTreeMap::new();
    keys.into_iter().for_each(|key| alike.entry(ends(key)).or_default().push(key));
    let told = groups.iter().map(|group| {
        let text = ends(&group.item.key);
        match alike.get(&text).map_or(&[][..], Vec::as_slice) {
            [] | [_] => text,
            several => {
                let number = several.iter().take_while(|key| **key < &group.item.key).count() + 1;
                Cow::Owned(format!("{text}#{number}"))
            }
        }
    });
    told.collect()
}
