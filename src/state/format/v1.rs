//! Format 1: read, and never written any more.
//!
//! ```text
//! {
//!   "digest": "sha256:…",          SHA-256 of every byte after this line
//!   "format": 1,
//!   "stack": "kafka",
//!   "lineage": "abcdefgh",
//!   "serial": 7,
//!   "lease": "0123abcd",
//!   "cloud": {…},
//!   "tokens": null,
//!   "journal_sequence": 42,
//!   "used": […],                   only where there are any
//!   "approved": null,
//!   "begun": "2026-11-28T13:00:00Z",   these two only while a run is under way
//!   "may_send": {
//!     "abcdefghij": {…}
//!   },
//!   "calls": {
//!     "abcdefghij": {…}
//!   },
//!   "ended": {
//!     "abcdefghij": {…}
//!   },
//!   "volumes": {
//!     "web[1]": {…},
//!     "web[2]": {…}
//!   }
//! }
//! ```

mod saved;
mod spec;

pub(in crate::state) use saved::{CloudId, Failure, OwnershipTag, Progress, Seen, Taint, TokenSupport};
pub(in crate::state) use spec::VolumeSpec;

use super::lines::Lines;
use super::{Malformed, SnapshotError};
use crate::operation::Operation;
use crate::state::{Begun, Recorded, State};
use crate::volume::{self, Address, CallId, InvalidAddress, SlotSet, StackName, VolumeId};
use saved::{Approved, CallHead, EndedCall, VolumeHead};
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// Before the specification, which comes last in the line of a volume and of a call. No field before it has
/// that name, and inside a JSON string its quotes would be escaped: the first place with these bytes is it.
const ASKED: &[u8] = b",\"asked\":";
/// The same in the line of a call.
const SPEC: &[u8] = b",\"spec\":";

/// Reads what stands behind the stack's name.
pub(super) fn read(mut lines: Lines<'_>, stack: StackName) -> Result<State, SnapshotError> {
    let lineage = lines.field("lineage")?;
    let serial = lines.field("serial")?;
    let lease = lines.field("lease")?;
    let cloud: CloudId = lines.field("cloud")?;
    let tokens: Option<TokenSupport> = lines.field("tokens")?;
    let journal_sequence = lines.field("journal_sequence")?;
    let used: BTreeSet<VolumeId> = lines.optional("used")?.unwrap_or_default();
    let approved = lines.approved::<Approved>()?;
    let mut entries = Entries::default();
    let begun = match lines.is_next("begun") {
        true => Some(Begun { at: lines.field("begun")?, operations: calls(&mut lines, "may_send", &mut entries)? }),
        false => None,
    };
    let operations = calls(&mut lines, "calls", &mut entries)?;
    let mut ended: Vec<(CallId, crate::state::EndedCreate)> = Vec::new();
    let mut room = SlotSet::MOST;
    lines.map("ended", |name, text| {
        let id = CallId::new(name).map_err(Malformed::unread)?;
        let call: EndedCall = serde_json::from_slice(text).map_err(Malformed::unread)?;
        let call = crate::state::EndedCreate::from(call);
        room = room.checked_sub(call.slots.len()).ok_or(Malformed::MostEnded)?;
        ended.push((id, call));
        Ok(())
    })?;
    let mut volumes: Vec<(Address, Recorded)> = Vec::new();
    lines.map("volumes", |name, text| {
        let address: Address = name.parse().map_err(|invalid: InvalidAddress| Malformed::unread(invalid))?;
        volumes.push((address, entries.volume(text)?));
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
        // This format has no word for it.
        protected: BTreeSet::new(),
        released: BTreeSet::new(),
        approved,
        begun,
        journal_sequence,
    })
}

/// Reads a map of calls.
fn calls<'a>(
    lines: &mut Lines<'a>,
    name: &str,
    entries: &mut Entries<'a>,
) -> Result<BTreeMap<CallId, Operation>, SnapshotError> {
    let mut calls = Vec::new();
    lines.map(name, |id, text| {
        let id = CallId::new(id).map_err(Malformed::unread)?;
        calls.push((id, entries.call(text)?));
        Ok(())
    })?;
    Ok(calls.into_iter().collect())
}

/// Reads lines that end in a specification. Equal ones are read once and shared: a stack of many volumes
/// asks for few different things, and specifications would else be most of its memory.
#[derive(Default)]
struct Entries<'a> {
    /// By their text, in no order; only looked up.
    known: HashMap<&'a [u8], Arc<volume::VolumeSpec>>,
    head: Vec<u8>,
}

impl<'a> Entries<'a> {
    /// Beyond that many different ones, sharing is not worth its own memory.
    const KNOWN: usize = 4096;

    fn volume(&mut self, line: &'a [u8]) -> Result<Recorded, Malformed> {
        let (head, asked): (VolumeHead, _) = self.entry(line, ASKED)?;
        Ok(head.asked(asked))
    }

    fn call(&mut self, line: &'a [u8]) -> Result<Operation, Malformed> {
        let (head, spec): (CallHead, _) = self.entry(line, SPEC)?;
        Ok(head.of(spec))
    }

    fn entry<T: DeserializeOwned>(
        &mut self,
        line: &'a [u8],
        mark: &[u8],
    ) -> Result<(T, Arc<volume::VolumeSpec>), Malformed> {
        let text = line.strip_suffix(b"}").ok_or(Malformed::NoBrace)?;
        // The first one: a tag may be called like the mark.
        let end = text.windows(mark.len()).position(|bytes| bytes == mark).ok_or(Malformed::NoSpec)?;
        let (head, spec) = (&text[..end], &text[end + mark.len()..]);
        self.head.clear();
        self.head.extend_from_slice(head);
        self.head.push(b'}');
        let head = serde_json::from_slice(&self.head).map_err(Malformed::unread)?;
        if let Some(known) = self.known.get(spec) {
            return Ok((head, known.clone()));
        }
        let VolumeSpec(read) = serde_json::from_slice(spec).map_err(Malformed::unread)?;
        let read = Arc::new(read);
        if self.known.len() < Entries::KNOWN {
            self.known.insert(spec, read.clone());
        }
        Ok((head, read))
    }
}
