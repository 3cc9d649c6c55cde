//! What the steps of a plan do, in pieces: the renderers decide how each looks.

mod bought;
mod part;

pub use bought::{more, what as bought};
pub use part::Part;

use super::drift;
use super::failure;
use super::number::count;
use super::unwanted::{expired, lowered, of_one_and_several};
use crate::operation::{Create, Failure, Way};
use crate::plan::{
    Adopt, Clean, Drifted, Fault, Import, Mark, Move, Release, Removal, Rename, Resume, Retag, Stage, Unwanted, Value,
    Work,
};
use crate::state::Seen;
use crate::volume::{Description, OwnershipTag, SizeGb, SnapshotId, VolumeId, service_name};
use crate::words::number::second;
use std::collections::BTreeSet;

/// What a failed creation left, and why it failed.
pub fn cleaning(clean: &Clean) -> Vec<Part> {
    let mut what = vec![Part::Word(clean.id.to_string()), Part::Text(" was left by a failed create: ")];
    if let Fault::Failed(Failure { code, reason: _ }) = &clean.failure
        && !code.is_empty()
    {
        what.extend([Part::Word(code.clone()), Part::Text(" ")]);
    }
    what.push(Part::Words(failure::fault(&clean.failure)));
    if let (Some(failed_at), true) = (clean.failed_at, clean.late) {
        let failed_at = second(failed_at);
        what.extend([Part::Text("; failed at "), Part::Word(failed_at.to_string())]);
    }
    what
}

/// Which volume is gone in whose place another one is created, behind what is created.
pub fn gone(id: &VolumeId, lost: &Drifted) -> [Part; 4] {
    [Part::Text("  "), Part::Id(id.to_string()), Part::Text(" "), Part::Words(drift::gone(lost, 1))]
}

/// From which size to which, and how it is paid where that is by an order.
pub fn extending(from: u32, to: SizeGb, way: Way) -> Vec<Part> {
    let mut what = vec![Part::Word(format!("{from} -> {to}"))];
    match way {
        Way::Single | Way::Batch => {}
        Way::Order { auto_pay: true } => what.push(Part::Text("  by an order that pays itself")),
        Way::Order { auto_pay: false } => what.push(Part::Text("  by an order that you pay")),
    }
    what
}

/// What is given up with a volume.
pub fn deleting(removal: &Removal) -> Vec<Part> {
    let Removal { address: _, id, snapshots, seen, expired: day } = removal;
    let mut what = vec![
        Part::Word(format!("{} {} GB", seen.volume_type, seen.size)),
        Part::Text("  "),
        Part::Word(seen.availability_zone.clone()),
        Part::Text("  "),
        Part::Id(id.to_string()),
    ];
    if !snapshots.is_empty() {
        let ids: Vec<&str> = snapshots.iter().map(SnapshotId::as_str).collect();
        let go = if ids.len() == 1 { " goes with it: " } else { " go with it: " };
        what.extend([
            Part::Text("  "),
            Part::Words(count(ids.len() as u64, "snapshot")),
            Part::Text(go),
            Part::Words(ids.join(", ")),
        ]);
    }
    if let Some(day) = day {
        what.extend([Part::Text("  "), Part::Words(expired(*day))]);
    }
    what
}

/// Which address it had before.
pub fn moving(step: &Move) -> Vec<Part> {
    let Move { address, from, id: _ } = step;
    // Of a key that moves as a whole, the slots are those of the item.
    let from = if from.slot == address.slot { from.key.to_string() } else { from.to_string() };
    vec![Part::Text("from "), Part::Word(from)]
}

/// What becomes of a volume that is given up.
pub fn releasing(release: &Release) -> Vec<Part> {
    match &release.untag {
        Some(tag) => vec![Part::Text("given up: stays in the cloud, without the tag "), Part::Word(tag.clone())],
        None => vec![Part::Text("given up: stays in the cloud")],
    }
}

/// Why a record is dropped, and what happened to its volume.
pub fn forgetting(unwanted: Option<Unwanted>, lost: &Drifted) -> Vec<Part> {
    let why = match unwanted {
        Some(Unwanted::Count(count)) => Part::Words(lowered(count)),
        Some(Unwanted::Expired(day)) => Part::Words(expired(day)),
        why => {
            let [one, several] = of_one_and_several(why);
            Part::Of { one, several }
        }
    };
    match lost {
        Drifted::Recycled { .. } => vec![Part::Words(drift::place_of(lost)), Part::Text(", and "), why],
        _ => vec![Part::Text("gone from the cloud, and "), why],
    }
}

/// How a call of an earlier run is gone on with.
pub fn resuming(resume: &Resume) -> Vec<Part> {
    match &resume.work {
        Work::Create { tag, create } => {
            let what = bought(create).into_iter().chain([Part::Text("  ")]);
            what.chain(creating_on(resume, tag, create)).collect()
        }
        Work::Extend(extend) => {
            let to: BTreeSet<SizeGb> = extend.volumes.values().map(|growth| growth.to).collect();
            let to: Vec<String> = to.iter().map(ToString::to_string).collect();
            let what = vec![Part::Text("extend to "), Part::Words(to.join(", ")), Part::Text(": ")];
            what.into_iter().chain(changing_on(resume, extend.way)).collect()
        }
        Work::Delete(delete) => {
            let what = vec![Part::Text("delete "), Part::Id(delete.id.to_string()), Part::Text(": ")];
            what.into_iter().chain(changing_on(resume, Way::Single)).collect()
        }
    }
}

/// How a run goes on with a call that changes volumes.
fn changing_on(resume: &Resume, way: Way) -> Vec<Part> {
    let words = match (&resume.stage, resume.wanted) {
        (Stage::Job(job_id), _) => return vec![Part::Text("job "), Part::Word(job_id.to_string())],
        (Stage::Order(order_id), _) => {
            let then = match way {
                Way::Order { auto_pay: true } => " pays itself and is waited for",
                _ => " is to be paid by you",
            };
            return vec![Part::Text("order "), Part::Word(order_id.to_string()), Part::Text(then)];
        }
        (Stage::Intended, true) => "never sent: is sent",
        (Stage::Intended, false) => "never sent, and not wanted now: is dropped",
        (_, _) if way.is_order() => "answer lost, and it may have made an order: is looked for, and never sent again",
        (Stage::Sent, true) => "answer lost: looked at, and sent again where it was not done",
        (Stage::Sent, false) => "answer lost, and not wanted now: looked at, and not sent again",
        (_, true) => {
            "may have been sent by a run whose record is lost: looked at, and sent again where it was not done"
        }
        (_, false) => {
            "may have been sent by a run whose record is lost, and not wanted now: looked at, and not sent again"
        }
    };
    known_by_its_call(resume, words)
}

fn creating_on(resume: &Resume, tag: &OwnershipTag, create: &Create) -> Vec<Part> {
    let is_tagged = tag.key().is_some();
    let words = match &resume.stage {
        Stage::Job(job_id) => return vec![Part::Text("job "), Part::Word(job_id.to_string())],
        Stage::Order(order_id) => {
            let then = match (resume.wanted, create.spec.pays_itself()) {
                (false, _) => ": not what is asked for now; followed until it is given up",
                (true, true) => ": pays itself, its volumes are waited for",
                (true, false) => ": you pay it, its volumes are waited for",
            };
            return vec![Part::Text("order "), Part::Word(order_id.to_string()), Part::Text(then)];
        }
        Stage::Intended if resume.wanted => "never sent: is sent",
        Stage::Intended => "never sent, and not wanted now: is dropped",
        Stage::Sent if !is_tagged => "answer lost, and sent without a tag: cannot be looked for",
        Stage::Sent if resume.wanted => "answer lost: looked for by tag, then settled",
        Stage::Sent => "answer lost, and not wanted now: looked for by tag",
        Stage::Lost if !is_tagged => {
            "may have been sent by a run whose record is lost, without a tag: cannot be looked for"
        }
        Stage::Lost if resume.wanted => {
            "may have been sent by a run whose record is lost: looked for by tag, then settled"
        }
        Stage::Lost => "may have been sent by a run whose record is lost, and not wanted now: looked for by tag",
        Stage::Forgotten => "made by a run whose record is lost: found by tag",
    };
    known_by_its_call(resume, words)
}

/// Nothing but the id of the call names it: `evsctl state rm PATH --call CALL` takes it.
fn known_by_its_call(resume: &Resume, words: &'static str) -> Vec<Part> {
    vec![Part::Text("call "), Part::Word(resume.call.to_string()), Part::Text(": "), Part::Text(words)]
}

/// Which tags get which value, a key after the other: alike for all volumes of which the same is wished.
pub fn retagging(retag: &Retag) -> Vec<Part> {
    let mut what: Vec<Part> = Vec::new();
    let mut declared = BTreeSet::new();
    let value = |value: &Option<Value>, key: &str| match value {
        Some(Value::Pairs(pairs)) => pairs.get(key).cloned(),
        _ => None,
    };
    for change in &retag.changes {
        let Some(key) = [&change.from, &change.to].into_iter().find_map(only_key) else { continue };
        declared.insert(key);
        if !what.is_empty() {
            what.push(Part::Text(", "));
        }
        match (value(&change.from, key), value(&change.to, key)) {
            (from, Some(to)) if from.as_ref() == Some(&to) => {
                what.extend([Part::Word(key.to_owned()), Part::Text(" back to "), Part::Quote(to)]);
            }
            (Some(from), Some(to)) => {
                what.extend([
                    Part::Word(key.to_owned()),
                    Part::Text(" "),
                    Part::Quote(from),
                    Part::Text(" -> "),
                    Part::Quote(to),
                ]);
            }
            (None, Some(to)) => {
                what.extend([Part::Text("+"), Part::Word(key.to_owned()), Part::Text(" "), Part::Quote(to)]);
            }
            (_, None) => what.extend([Part::Text("-"), Part::Word(key.to_owned())]),
        }
    }
    if let Some(Mark { key, .. }) = &retag.mark {
        if !what.is_empty() {
            what.push(Part::Text(", "));
        }
        what.extend([Part::Text("the ownership tag "), Part::Word(key.clone()), Part::Text(" is set")]);
    }
    for key in retag.set.keys().filter(|key| !declared.contains(key.as_str())) {
        if !what.is_empty() {
            what.push(Part::Text(", "));
        }
        what.extend([Part::Text("the ownership tag "), Part::Word(key.clone()), Part::Text(" is set")]);
    }
    what
}

/// What a protection means.
pub fn protecting() -> Vec<Part> {
    vec![Part::Of { one: "nothing deletes it from now on", several: "nothing deletes them from now on" }]
}

/// What it means that a protection is taken off.
pub fn unprotecting() -> Vec<Part> {
    vec![Part::Of { one: "it may be deleted again", several: "they may be deleted again" }]
}

/// The key of a value that is one pair.
fn only_key(value: &Option<Value>) -> Option<&str> {
    match value {
        Some(Value::Pairs(pairs)) => pairs.keys().next().map(String::as_str),
        _ => None,
    }
}

/// What is there already. Its name is told by the renaming, where it is not the wanted one.
pub fn adopting(adopt: &Adopt) -> Vec<Part> {
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

/// What is there and is taken over.
pub fn importing(import: &Import) -> Vec<Part> {
    let Seen { size, volume_type, availability_zone, .. } = &import.seen;
    vec![
        Part::Word(format!("{volume_type} {size} GB")),
        Part::Text("  "),
        Part::Word(availability_zone.clone()),
        Part::Text("  is there"),
    ]
}

/// The old and the new name and description.
pub fn renaming(rename: &Rename) -> Vec<Part> {
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
    let text = |description: &Option<Description>| {
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
