//! Format 2: what is written.
//!
//! ```text
//! {
//!   "digest": "sha256:…",              SHA-256 of every byte after this line
//!   "format": 2,
//!   "stack": "kafka",
//!   "lineage": "abcdefgh",
//!   "serial": 7,
//!   "lease": "0123abcd",
//!   "cloud": {…},
//!   "tokens": null,
//!   "journal_sequence": 42,
//!   "used": [                          only where there are any; a line each
//!     "7c1f…"
//!   ],
//!   "protected": [                     only where there are any; a line each
//!     "web[1]"
//!   ],
//!   "released": [                      only where there are any; a line each
//!     "7c1f…"
//!   ],
//!   "replaced": […],                   reserved: see below
//!   "approved": {…, "steps":[          a line a step
//!   ]},
//!   "specs": {                         each specification once
//!     "3f2a9c81d004": {"availability_zone":"az-1","volume_type":"SSD","size":40}
//!   },
//!   "origins": {                       what ended calls made, each once
//!     "eeeccd676478": "sha256:eeeccd676478…"
//!   },
//!   "begun": "2026-11-28T13:00:00Z",   these two only while a run is under way
//!   "may_send": {
//!     "abcdefghij": {…,"spec":"3f2a9c81d004"}
//!   },
//!   "calls": {                         an extend call has "extend" in place of "spec", a delete call "delete"
//!     "abcdefghij": {…,"spec":"3f2a9c81d004"}
//!   },
//!   "ended": {                         create calls alone
//!     "abcdefghij": {"key":"web","slots":"1..2","made":"eeeccd676478","first_sent":"…","at":"…"}
//!   },
//!   "volumes": {
//!     "web[1]": {"id":"7c1f…","call":"abcdefghij","seen":{"name":"web-0001"},"asked":"3f2a9c81d004"},
//!     "web[2]": {"id":"8d20…","call":"abcdefghij","asked":"3f2a9c81d004"}
//!   }
//! }
//! ```
//!
//! Why so. A state is mostly volumes and ended calls, and in format 1 most of each line said again what other lines said:
//! 538 bytes a volume where each has a key of its own. Here, with a key of 10 bytes, the two lines below take 111 bytes for
//! the volume and 146 for its ended call, and what they share is divided among all that share it (`tests.rs` measures it).
//!
//! ```text
//!     "vol-000123[1]": {"id":"b104b8db-241d-4f23-a0b1-03f72f5ec6a4","call":"abcdefghij","asked":"3f2a9c81d004"},
//!     "abcdefghij": {"key":"vol-000123","made":"eeeccd676478","first_sent":"2026-11-28T13:00:00.123456789Z","at":"2026-11-28T13:00:07.234567891Z"},
//! ```
//!
//! - A specification stands once, under the first 12 digits of the SHA-256 of its text, or more where two begin alike. A
//!   running number would be shorter, and would change in the lines of all volumes whenever one is added before it.
//! - What was seen of a volume is written where it differs from what follows from the rest: from the specification, and
//!   from the address for the name (the key for slot 1, `key-0002` for slot 2); `available` is left out too.
//! - An ended call leaves out the slots where that is the first alone, the name where it is the key, and the end where it
//!   is done. What it made is a digest that stands once. Its times keep all their digits, since rules compare them with
//!   times of volumes; as numbers of seconds they would be 12 bytes shorter each, and say nothing to a reader of a diff.
//!
//! - What manifest and cloud last agreed on is the specification, with the name, description, size and type that were seen.
//!   Where it is not, as while there is drift, `base` says which of the four are other: `"base":{"size":40}`.
//!
//! - An ended call says which of its slots have another address by now: `"moved":{"2":"db[1]"}`.
//!
//! Reserved is the word `replaced` (ids). No version writes it yet, and the domain has no place for what it says, so that a
//! text that has it is refused: it is never dropped.

mod call;
mod open;
mod saved;
mod short;
mod spec;
mod table;
mod volume;
mod write;

pub(in crate::state) use open::OpenCall;
pub(in crate::state) use saved::{CloudId, Failure, Seen, Taint, TokenSupport};
pub(in crate::state) use spec::VolumeSpec as Spec;
pub(super) use write::write_body;

use super::lines::Lines;
use super::{FORMAT, Malformed, SnapshotError};
use crate::operation::Operation;
use crate::state::{self, Begun, Recorded, State};
use crate::volume::{Address, CallId, Digest, InvalidAddress, SlotSet, StackName, VolumeId, VolumeSpec};
use call::{Approved, EndedCall};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use volume::Volume;

/// A list that no version writes yet.
const RESERVED: &str = "replaced";

/// Reads what stands behind the stack's name.
pub(super) fn read(mut lines: Lines<'_>, stack: StackName) -> Result<State, SnapshotError> {
    let lineage = lines.field("lineage")?;
    let serial = lines.field("serial")?;
    let lease = lines.field("lease")?;
    let cloud: CloudId = lines.field("cloud")?;
    let tokens: Option<TokenSupport> = lines.field("tokens")?;
    let journal_sequence = lines.field("journal_sequence")?;
    let used: BTreeSet<VolumeId> = match lines.is_next("used") {
        true => lines.list("used")?.into_iter().collect(),
        false => BTreeSet::new(),
    };
    let protected: BTreeSet<Address> = match lines.is_next("protected") {
        true => lines.list("protected")?.into_iter().collect(),
        false => BTreeSet::new(),
    };
    let released: BTreeSet<VolumeId> = match lines.is_next("released") {
        true => lines.list("released")?.into_iter().collect(),
        false => BTreeSet::new(),
    };
    lines.refuse(RESERVED)?;
    let approved = lines.approved::<Approved>()?;
    let specs = Specs::read(&mut lines)?;
    let mut origins: HashMap<&str, Digest> = HashMap::new();
    lines.map("origins", |short, text| {
        origins.insert(short, parsed(text)?);
        Ok(())
    })?;
    let begun = match lines.is_next("begun") {
        true => Some(Begun { at: lines.field("begun")?, operations: specs.calls(&mut lines, "may_send")? }),
        false => None,
    };
    let operations = specs.calls(&mut lines, "calls")?;
    let mut ended: Vec<(CallId, state::EndedCreate)> = Vec::new();
    let mut room = SlotSet::MOST;
    lines.map("ended", |name, text| {
        let id = CallId::new(name).map_err(Malformed::unread)?;
        let saved: EndedCall<'_> = parsed(text)?;
        let made =
            origins.get(&*saved.made).ok_or_else(|| Malformed::UnknownOrigin(saved.made.clone().into_owned()))?.clone();
        let call = saved.with(made)?;
        room = room.checked_sub(call.slots.len()).ok_or(Malformed::MostEnded)?;
        ended.push((id, call));
        Ok(())
    })?;
    let mut volumes: Vec<(Address, Recorded)> = Vec::new();
    lines.map("volumes", |name, text| {
        let address: Address = name.parse().map_err(|invalid: InvalidAddress| Malformed::unread(invalid))?;
        let saved: Volume<'_> = parsed(text)?;
        let asked = specs.named(&saved.asked)?;
        let volume = saved.with(&address, asked)?;
        volumes.push((address, volume));
        Ok(())
    })?;
    lines.end()?;
    Ok(State {
        stack,
        lineage,
        serial,
        lease,
        cloud: cloud.into(),
        tokens: tokens.map(Into::into),
        // The lines are sorted, so building the maps takes one pass.
        volumes: volumes.into_iter().collect(),
        operations,
        ended: ended.into_iter().collect(),
        used,
        protected,
        released,
        approved,
        begun,
        journal_sequence,
    })
}

fn parsed<'t, T: serde::Deserialize<'t>>(text: &'t [u8]) -> Result<T, Malformed> {
    serde_json::from_slice(text).map_err(Malformed::unread)
}

/// The table of specifications, by what stands for each. All lines that name one share it.
struct Specs<'a>(HashMap<&'a str, Arc<VolumeSpec>>);

impl<'a> Specs<'a> {
    fn read(lines: &mut Lines<'a>) -> Result<Specs<'a>, SnapshotError> {
        let mut specs = HashMap::new();
        lines.map("specs", |short, text| {
            let Spec(spec) = parsed(text)?;
            specs.insert(short, Arc::new(spec));
            Ok(())
        })?;
        Ok(Specs(specs))
    }

    fn named(&self, short: &str) -> Result<Arc<VolumeSpec>, Malformed> {
        self.0.get(short).cloned().ok_or_else(|| Malformed::UnknownSpec(short.to_owned()))
    }

    /// Reads a map of calls.
    fn calls(&self, lines: &mut Lines<'_>, name: &str) -> Result<BTreeMap<CallId, Operation>, SnapshotError> {
        let mut calls = Vec::new();
        lines.map(name, |id, text| {
            let id = CallId::new(id).map_err(Malformed::unread)?;
            let saved: OpenCall<String> = parsed(text)?;
            calls.push((id, saved.with(|short| self.named(&short))?));
            Ok(())
        })?;
        Ok(calls.into_iter().collect())
    }
}

#[cfg(test)]
mod tests;
