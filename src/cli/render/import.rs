//! What `import` takes over, what it leaves, and what Terraform is to forget.

use super::state::json;
use super::table::{cut, table};
use crate::import::terraform::Removal;
use crate::import::{Draft, Entry, Left, Reason, Unmatched};
use crate::volume::{Address, SlotSet, VolumeId, Zone};
use crate::words::command::import as words;
use std::collections::BTreeMap;

/// The entries, and all that was left.
pub fn human(draft: &Draft) -> String {
    let mut text = String::new();
    if !draft.entries.is_empty() {
        let rows = draft.entries.iter().map(|entry| {
            [
                slots(entry),
                entry.volume_type.to_string(),
                entry.size.to_string(),
                entry.zones.iter().map(Zone::to_string).collect::<Vec<_>>().join(", "),
                cut(&names(entry)),
            ]
        });
        text.push_str(&table(words::HEADS, 2, rows));
    }
    let is_recorded = |left: &&Left| matches!(left.reason, Reason::Recorded { .. });
    let (recorded, left): (Vec<&Left>, Vec<&Left>) = draft.left.iter().partition(is_recorded);
    if !left.is_empty() {
        let gap = if text.is_empty() { "" } else { "\n" };
        text.push_str(&format!("{gap}{}\n\n", words::left(left.len() as u64)));
        let rows = left.iter().map(|left| {
            [
                left_name(left),
                left.id.clone().unwrap_or_default(),
                left.reason.code().to_owned(),
                words::reason(&left.reason),
            ]
        });
        text.push_str(&table(words::LEFT_HEADS, usize::MAX, rows));
    }
    if !recorded.is_empty() {
        text.push_str(&format!("{}\n", words::recorded(recorded.len() as u64)));
    }
    text
}

/// The addresses of the volumes of an entry, as in `web[1..3]`.
pub fn slots(entry: &Entry) -> String {
    format!("{}[{}]", entry.key, entry.volumes.keys().copied().collect::<SlotSet>())
}

/// A volume that is left: its address in a Terraform state, which is there for copying, or its name.
fn left_name(left: &Left) -> String {
    if left.terraform.is_some() { words::name_of(left).to_owned() } else { cut(words::name_of(left)) }
}

/// The name of the volume of an entry, or of its first and its last.
fn names(entry: &Entry) -> String {
    let mut slots = entry.volumes.keys();
    match (slots.next(), slots.next_back()) {
        (Some(first), Some(last)) => format!("{}..{}", entry.name_of(*first), entry.name_of(*last)),
        _ => entry.name.to_string(),
    }
}

/// The blocks by which Terraform forgets whole resources, and the commands for the rest.
pub fn removed(removal: &Removal) -> String {
    let mut text = format!("# {}\n", words::REMOVED);
    for resource in &removal.whole {
        text.push_str(&format!("\nremoved {{\n  from = {resource}\n\n  lifecycle {{\n    destroy = false\n  }}\n}}\n"));
    }
    for partly in &removal.partly {
        text.push_str(&format!("\n# {}\n", words::partly(partly)));
        for address in &partly.taken {
            text.push_str(&format!("#   {}\n", words::forget(address)));
        }
    }
    text
}

/// The same as a JSON document with a final newline. `files` are those that were written.
/// `unmatched` is what was asked for and no volume has.
pub fn document(
    draft: &Draft,
    files: &[String],
    unmatched: &[Unmatched],
    removal: Option<&Removal>,
    calls: &BTreeMap<String, u64>,
) -> String {
    #[derive(serde::Serialize)]
    struct Taken<'a> {
        address: Address,
        id: &'a VolumeId,
        name: String,
    }
    #[derive(serde::Serialize)]
    struct LeftOut<'a> {
        id: Option<&'a str>,
        name: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        terraform: Option<&'a str>,
        code: &'static str,
        reason: String,
    }
    #[derive(serde::Serialize)]
    struct Kept<'a> {
        resource: &'a str,
        left: usize,
        taken: &'a [String],
    }
    #[derive(serde::Serialize)]
    struct Forgotten<'a> {
        whole: &'a [String],
        partly: Vec<Kept<'a>>,
    }
    #[derive(serde::Serialize)]
    struct Asked<'a> {
        flag: &'static str,
        value: &'a str,
    }
    #[derive(serde::Serialize)]
    struct Document<'a> {
        files: &'a [String],
        entries: usize,
        taken: Vec<Taken<'a>>,
        left: Vec<LeftOut<'a>>,
        unmatched: Vec<Asked<'a>>,
        unmarked: Vec<Address>,
        #[serde(skip_serializing_if = "Option::is_none")]
        removed: Option<Forgotten<'a>>,
        calls: &'a BTreeMap<String, u64>,
    }
    let taken = draft.entries.iter().flat_map(|entry| {
        entry.addresses().map(|(address, id)| {
            let name = entry.name_of(address.slot);
            Taken { address, id, name }
        })
    });
    let left = draft.left.iter().map(|left| LeftOut {
        id: left.id.as_deref(),
        name: &left.name,
        terraform: left.terraform.as_deref(),
        code: left.reason.code(),
        reason: words::reason(&left.reason),
    });
    let removed = removal.map(|Removal { whole, partly }| Forgotten {
        whole,
        partly: partly.iter().map(|it| Kept { resource: &it.resource, left: it.left, taken: &it.taken }).collect(),
    });
    json(&Document {
        files,
        entries: draft.entries.len(),
        taken: taken.collect(),
        left: left.collect(),
        unmarked: draft.unmarked().flat_map(Entry::addresses).map(|(address, _)| address).collect(),
        unmatched: unmatched.iter().map(|it| Asked { flag: words::flag(it.by), value: &it.value }).collect(),
        removed,
        calls,
    })
}
