//! A plan's steps, drift and refusals as the items that people read: alike ones folded into one.

mod bought;
mod part;

pub(super) use part::Part;

use crate::operation::{Create, Failure};
use crate::plan::{
    About, Action, Adopt, Drift, Drifted, Fault, Plan, Refusal, Rename, Stage, Step, Verb, Why, refused,
};
use crate::volume::{Address, Key, Slot, SlotSet, StackName, VolumeId, service_name};
use crate::words;
use std::collections::BTreeMap;

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
        Action::Recreate => 0,
        Action::Clean => 1,
        Action::Resume => 2,
        Action::Adopt => 3,
        Action::Rename => 4,
        Action::Create => 5,
        Action::Forget => 6,
    }
}

impl Items {
    pub(super) fn of(plan: &Plan) -> Items {
        let mut destructive = Vec::new();
        // Alike are steps of one action and key that say the same.
        type Alike<'a> = (u8, &'a Key, [Vec<Part>; 2]);
        let mut rest: BTreeMap<Alike<'_>, Item> = BTreeMap::new();
        for step in plan.steps.iter() {
            let mut more = Vec::new();
            let what = match step {
                Step::Create(create) if create.is_again() => {
                    destructive.extend(recreations(create));
                    continue;
                }
                Step::Clean(clean) => {
                    let mut what = vec![Part::Word(clean.id.to_string()), Part::Text(" was left by a failed create: ")];
                    if let Fault::Failed(Failure { code, reason: _ }) = &clean.failure
                        && !code.is_empty()
                    {
                        what.extend([Part::Word(code.clone()), Part::Text(" ")]);
                    }
                    what.push(Part::Words(words::failure::fault(&clean.failure)));
                    if let (Some(failed_at), true) = (clean.failed_at, clean.late) {
                        let failed_at = failed_at.round(jiff::Unit::Second).unwrap_or(failed_at);
                        what.extend([Part::Text("; failed at "), Part::Word(failed_at.to_string())]);
                    }
                    destructive.push(Item::one(Action::Clean, Verb::Clean, &clean.address, what));
                    continue;
                }
                Step::Create(create) => {
                    more = bought::more(&create.spec);
                    bought::what(create)
                }
                Step::Rename(rename) => renaming(rename),
                Step::Adopt(adopt) => adoption(adopt),
                Step::Forget(_) => vec![Part::Text("is gone, and no longer in the manifest")],
                Step::Resume(resume) => match &resume.stage {
                    Stage::Job(job_id) => vec![Part::Text("job "), Part::Word(job_id.to_string())],
                    Stage::Order(order_id) => {
                        let then = match (resume.wanted, resume.create.spec.pays_itself()) {
                            (false, _) => ": not what is asked for now; followed until it is given up",
                            (true, true) => ": pays itself, its volumes are waited for",
                            (true, false) => ": you pay it, its volumes are waited for",
                        };
                        vec![Part::Text("order "), Part::Word(order_id.to_string()), Part::Text(then)]
                    }
                    Stage::Intended if resume.wanted => vec![Part::Text("never sent: is sent")],
                    Stage::Intended => vec![Part::Text("never sent, and not wanted now: is dropped")],
                    Stage::Sent if resume.tag.key().is_none() => {
                        vec![Part::Text("answer lost, and sent without a tag: cannot be looked for")]
                    }
                    Stage::Sent if resume.wanted => vec![Part::Text("answer lost: looked for by tag, then settled")],
                    Stage::Sent => vec![Part::Text("answer lost, and not wanted now: looked for by tag")],
                    Stage::Lost if resume.tag.key().is_none() => {
                        vec![Part::Text(
                            "may have been sent by a run whose record is lost, without a tag: cannot be looked for",
                        )]
                    }
                    Stage::Lost if resume.wanted => {
                        vec![Part::Text(
                            "may have been sent by a run whose record is lost: looked for by tag, then settled",
                        )]
                    }
                    Stage::Lost => {
                        vec![Part::Text(
                            "may have been sent by a run whose record is lost, and not wanted now: looked for by tag",
                        )]
                    }
                    Stage::Forgotten => vec![Part::Text("made by a run whose record is lost: found by tag")],
                },
            };
            let alike = (rank(step.action()), step.key(), [what.clone(), more.clone()]);
            let item = rest.entry(alike).or_insert_with(|| Item {
                action: step.action(),
                key: step.key().clone(),
                slots: Vec::new(),
                verb: step.verb(),
                what,
                more,
                id: None,
                calls: 0,
                renames: 0,
            });
            item.slots.extend(step.slots().iter());
            if let Step::Rename(Rename { id, .. }) | Step::Adopt(Adopt { id, .. }) = step {
                item.id = (item.slots.len() == 1).then(|| id.clone());
            }
            if let Step::Create(create) = step {
                item.calls += 1;
                item.renames += create.renames().count() as u64;
            }
        }
        destructive.sort_by(|a, b| (rank(a.action), &a.key, &a.slots).cmp(&(rank(b.action), &b.key, &b.slots)));
        let mut rest: Vec<Item> = rest.into_values().collect();
        rest.sort_by(|a, b| (rank(a.action), &a.key, &a.slots).cmp(&(rank(b.action), &b.key, &b.slots)));
        Items { destructive, rest }
    }
}

impl Item {
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
    let mut text = slots.to_string();
    if text.len() > SLOTS_SHOWN {
        let cut = text[..SLOTS_SHOWN].rfind(',').unwrap_or(SLOTS_SHOWN);
        text.truncate(cut);
        text.push_str(",...");
    }
    format!("{key}[{text}]")
}

fn recreations(create: &Create) -> impl Iterator<Item = Item> + '_ {
    create.slots.keys().map(|slot| {
        let mut what = bought::what(create);
        if let Some(id) = create.gone.get(slot) {
            what.extend([Part::Text("  "), Part::Id(id.to_string()), Part::Text(" is gone")]);
        }
        let address = Address { key: create.key.clone(), slot: *slot };
        Item { more: bought::more(&create.spec), ..Item::one(Action::Recreate, Verb::Recreate, &address, what) }
    })
}

/// What is there already. Its name is told by the renaming, where it is not the wanted one.
fn adoption(adopt: &Adopt) -> Vec<Part> {
    let Adopt { address: _, id: _, call, gone, seen, asked: _ } = adopt;
    let mut what = vec![
        Part::Word(format!("{} {} GB", seen.volume_type, seen.size)),
        Part::Text("  "),
        Part::Word(seen.availability_zone.clone()),
        Part::Text("  late, of call "),
        Part::Word(call.to_string()),
    ];
    if let Some(gone) = gone {
        what.extend([Part::Text(", in place of "), Part::Word(gone.to_string())]);
    }
    what
}

fn renaming(rename: &Rename) -> Vec<Part> {
    let mut what = Vec::new();
    let (before, after) = (rename.before.name.as_str(), rename.after.name.as_str());
    let slot = rename.address.slot;
    if before != after {
        let suffix = service_name("", slot.number());
        let (before, after) = match (before.strip_suffix(&suffix), after.strip_suffix(&suffix)) {
            (Some(before), Some(after)) => (Part::Numbered(before.to_owned()), Part::Numbered(after.to_owned())),
            _ => (Part::Quote(before.to_owned()), Part::Quote(after.to_owned())),
        };
        what.extend([before, Part::Text(" -> "), after]);
    }
    let text = |description: &Option<crate::volume::Description>| {
        description.as_ref().map(|text| text.as_str().to_owned()).unwrap_or_default()
    };
    let (old, new) = (text(&rename.before.description), text(&rename.after.description));
    if old != new {
        if !what.is_empty() {
            what.push(Part::Text("; "));
        }
        what.extend([Part::Text("description "), Part::Diff(old, new)]);
    }
    what
}

/// Drift of several volumes of one key alike.
pub(super) struct DriftItem<'a> {
    pub(super) address: String,
    pub(super) change: &'a Drifted,
    pub(super) volumes: usize,
}

/// Drift, alike ones of one key folded.
pub(super) fn drifts(drift: &[Drift]) -> Vec<DriftItem<'_>> {
    let mut alike: BTreeMap<(&Key, &Drifted), Vec<Slot>> = BTreeMap::new();
    for Drift { address, id: _, change } in drift {
        alike.entry((&address.key, change)).or_default().push(address.slot);
    }
    let mut folded: Vec<_> = alike.into_iter().collect();
    folded.sort_by(|((key, change), slots), ((other, another), others)| {
        (key, slots, change).cmp(&(other, others, another))
    });
    let told = folded.into_iter().map(|((key, change), slots)| {
        let volumes = slots.len();
        DriftItem { address: address(key, &slots.into_iter().collect()), change, volumes }
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
    type Alike<'a> = (&'a Why, Option<&'a Key>, bool);
    let mut alike: BTreeMap<Alike<'_>, Vec<&Refusal>> = BTreeMap::new();
    for refusal in &plan.refusals {
        let key = refusal.about.key().filter(|_| words::refusal::names_key(&refusal.why));
        let of_stack = matches!(refusal.about, About::Stack { .. });
        alike.entry((&refusal.why, key, of_stack)).or_default().push(refusal);
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
