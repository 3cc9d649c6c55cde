//! What the steps of a plan do, in pieces: the renderers decide how each looks.

mod bought;
mod part;

pub use bought::{more, what as bought};
pub use part::Part;

use super::failure;
use crate::operation::Failure;
use crate::plan::{Adopt, Clean, Fault, Rename, Resume, Retag, Stage, Value};
use crate::volume::{Description, VolumeId, service_name};
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
        let failed_at = failed_at.round(jiff::Unit::Second).unwrap_or(failed_at);
        what.extend([Part::Text("; failed at "), Part::Word(failed_at.to_string())]);
    }
    what
}

/// Which volume is gone in whose place another one is created, behind what is created.
pub fn gone(id: &VolumeId) -> [Part; 3] {
    [Part::Text("  "), Part::Id(id.to_string()), Part::Text(" is gone")]
}

/// Why a record is dropped.
pub fn forgetting() -> Vec<Part> {
    vec![Part::Text("is gone, and no longer in the manifest")]
}

/// How a call of an earlier run is gone on with.
pub fn resuming(resume: &Resume) -> Vec<Part> {
    let is_tagged = resume.tag.key().is_some();
    let words = match &resume.stage {
        Stage::Job(job_id) => return vec![Part::Text("job "), Part::Word(job_id.to_string())],
        Stage::Order(order_id) => {
            let then = match (resume.wanted, resume.create.spec.pays_itself()) {
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
    vec![Part::Text(words)]
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
    for key in retag.set.keys().filter(|key| !declared.contains(key.as_str())) {
        if !what.is_empty() {
            what.push(Part::Text(", "));
        }
        what.extend([Part::Text("the ownership tag "), Part::Word(key.clone()), Part::Text(" is put back")]);
    }
    what
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
