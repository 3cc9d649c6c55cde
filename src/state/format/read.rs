//! From a file to a state, or to what is wrong with it.

use super::{AFTER_DIGEST, ASKED, BEFORE_DIGEST, DIGEST_LENGTH, FORMAT, SPEC, SnapshotError};
use crate::state::{Approved, Begun, Call, CloudId, EndedCall, Progress, Recorded, Seen, State, Taint};
use crate::volume::{
    Address, CallId, CreateApi, Digest, InvalidAddress, Key, LeaseId, Lineage, OwnershipTag, Slot, SlotSet, StackName,
    VolumeId, VolumeName, VolumeSpec,
};
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::BufRead as _;
use std::sync::Arc;

/// Reads a state, of that stack and no other.
///
/// # Errors
/// Any text but exactly what [`write`](super::write()) writes; see [`SnapshotError`].
pub fn read(bytes: &[u8], stack: &StackName) -> Result<State, SnapshotError> {
    let Some((digest, body)) = split_head(bytes) else { return Err(diagnose(bytes)) };
    if Digest::of(body).as_str().as_bytes() != digest {
        return Err(diagnose(bytes));
    }
    let mut lines = Lines { rest: body, number: 2 };
    let format: u64 = lines.field("format")?;
    if format > FORMAT {
        return Err(SnapshotError::Newer { format });
    }
    if format != FORMAT {
        return Err(lines.malformed(format!("no version has written format {format}")));
    }
    let found: StackName = lines.field("stack")?;
    if found != *stack {
        return Err(SnapshotError::OtherStack { found, wanted: stack.clone() });
    }
    let lineage = lines.field("lineage")?;
    let serial = lines.field("serial")?;
    let lease = lines.field("lease")?;
    let cloud = lines.field("cloud")?;
    let tokens = lines.field("tokens")?;
    let journal_sequence = lines.field("journal_sequence")?;
    let used: BTreeSet<VolumeId> = lines.optional("used")?.unwrap_or_default();
    let approved = lines.approved()?;
    let mut entries = Entries::default();
    let begun = match lines.is_next("begun") {
        true => Some(Begun { at: lines.field("begun")?, calls: lines.calls("may_send", &mut entries)? }),
        false => None,
    };
    let calls = lines.calls("calls", &mut entries)?;
    let mut ended: Vec<(CallId, EndedCall)> = Vec::new();
    let mut room = SlotSet::MOST;
    lines.map("ended", |name, text| {
        let id = CallId::new(name).map_err(|invalid| invalid.reason)?;
        let call: EndedCall = serde_json::from_slice(text).map_err(|error| error.to_string())?;
        room = room.checked_sub(call.slots.len()).ok_or("with this one, the calls had more slots than a stack has")?;
        ended.push((id, call));
        Ok(())
    })?;
    let mut volumes: Vec<(Address, Recorded)> = Vec::new();
    lines.map("volumes", |name, text| {
        let address: Address = name.parse().map_err(|invalid: InvalidAddress| invalid.to_string())?;
        volumes.push((address, entries.volume(text)?));
        Ok(())
    })?;
    if lines.rest != b"}\n" {
        return Err(lines.malformed("something follows the volumes".to_owned()));
    }
    // The lines are sorted, so building the maps takes one pass.
    let (ended, volumes) = (ended.into_iter().collect(), volumes.into_iter().collect());
    Ok(State {
        stack: found,
        lineage,
        serial,
        lease,
        cloud,
        tokens,
        volumes,
        calls,
        ended,
        used,
        approved,
        begun,
        journal_sequence,
    })
}

/// Whose state it is and of which cloud, from its first lines alone. The rest may be missing or damaged.
pub fn peek(head: &[u8]) -> Option<(StackName, CloudId)> {
    let (_, body) = split_head(head)?;
    let mut lines = Lines { rest: body, number: 2 };
    let _: u64 = lines.field("format").ok()?;
    let stack = lines.field("stack").ok()?;
    let _: Lineage = lines.field("lineage").ok()?;
    let _: u64 = lines.field("serial").ok()?;
    let _: Option<LeaseId> = lines.field("lease").ok()?;
    Some((stack, lines.field("cloud").ok()?))
}

/// A volume's line without what was asked for.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct VolumeHead {
    id: VolumeId,
    #[serde(default)]
    call: Option<CallId>,
    #[serde(default)]
    tainted: Option<Taint>,
    seen: Seen,
}

/// A call's line without its specification.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct CallHead {
    key: Key,
    slots: BTreeMap<Slot, VolumeName>,
    name: VolumeName,
    #[serde(default)]
    gone: BTreeMap<Slot, VolumeId>,
    #[serde(default)]
    api: CreateApi,
    tag: OwnershipTag,
    token: uuid::Uuid,
    #[serde(default)]
    first_sent: Option<jiff::Timestamp>,
    progress: Progress,
    at: jiff::Timestamp,
}

/// Reads lines that end in a specification. Equal ones are read once and shared: a stack of many volumes
/// asks for few different things, and specifications would else be most of its memory.
#[derive(Default)]
struct Entries<'a> {
    /// By their text, in no order; only looked up.
    known: HashMap<&'a [u8], Arc<VolumeSpec>>,
    head: Vec<u8>,
}

impl<'a> Entries<'a> {
    /// Beyond that many different ones, sharing is not worth its own memory.
    const KNOWN: usize = 4096;

    fn volume(&mut self, line: &'a [u8]) -> Result<Recorded, String> {
        let (VolumeHead { id, call, tainted, seen }, asked) = self.entry(line, ASKED)?;
        Ok(Recorded { id, call, tainted, seen, asked })
    }

    fn call(&mut self, line: &'a [u8]) -> Result<Call, String> {
        let (CallHead { key, slots, name, api, gone, tag, token, first_sent, progress, at }, spec) =
            self.entry(line, SPEC)?;
        Ok(Call { key, slots, name, spec, api, gone, tag, token, first_sent, progress, at })
    }

    fn entry<T: DeserializeOwned>(&mut self, line: &'a [u8], mark: &[u8]) -> Result<(T, Arc<VolumeSpec>), String> {
        let text = line.strip_suffix(b"}").ok_or("the line does not end in }")?;
        // The first one: a tag may be called like the mark.
        let end = text.windows(mark.len()).position(|bytes| bytes == mark).ok_or("there is no specification")?;
        let (head, spec) = (&text[..end], &text[end + mark.len()..]);
        self.head.clear();
        self.head.extend_from_slice(head);
        self.head.push(b'}');
        let head = serde_json::from_slice(&self.head).map_err(|error| error.to_string())?;
        if let Some(known) = self.known.get(spec) {
            return Ok((head, known.clone()));
        }
        let read: Arc<VolumeSpec> = serde_json::from_slice(spec).map_err(|error| error.to_string())?;
        if self.known.len() < Entries::KNOWN {
            self.known.insert(spec, read.clone());
        }
        Ok((head, read))
    }
}

fn split_head(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let rest = bytes.strip_prefix(BEFORE_DIGEST)?;
    let (digest, rest) = rest.split_at_checked(DIGEST_LENGTH)?;
    Some((digest, rest.strip_prefix(AFTER_DIGEST)?))
}

/// Says what is wrong with bytes that are not a snapshot.
fn diagnose(bytes: &[u8]) -> SnapshotError {
    #[derive(serde::Deserialize)]
    struct Probe {
        format: Option<u64>,
    }
    if bytes.trim_ascii().is_empty() {
        return SnapshotError::Empty;
    }
    let mut lines = bytes.split(|byte| *byte == b'\n');
    // No line of a state begins like that, whatever the texts in it are.
    if let Some(index) = lines.position(|line| line.starts_with(b"<<<<<<<") || line.starts_with(b">>>>>>>")) {
        return SnapshotError::Conflict { line: index + 1 };
    }
    if bytes.starts_with(b"{\r\n") {
        return SnapshotError::LineEnds;
    }
    match serde_json::from_slice::<Probe>(bytes) {
        Ok(Probe { format: Some(format) }) if format > FORMAT => SnapshotError::Newer { format },
        Err(error) if !error.is_data() => SnapshotError::Torn { line: error.line(), column: error.column() },
        _ => SnapshotError::Digest,
    }
}

/// The lines that are still to be read.
struct Lines<'a> {
    rest: &'a [u8],
    /// Of the line read last, from 1.
    number: usize,
}

impl<'a> Lines<'a> {
    fn next(&mut self) -> Result<&'a [u8], SnapshotError> {
        let mut rest = self.rest;
        // Looks for many bytes at once, which a search by iterator does not.
        let taken = rest.skip_until(b'\n').unwrap_or_default();
        self.number += 1;
        let line = self.rest[..taken].strip_suffix(b"\n");
        let line = line.ok_or_else(|| self.malformed("a line is missing".to_owned()))?;
        self.rest = rest;
        Ok(line)
    }

    fn malformed(&self, reason: String) -> SnapshotError {
        SnapshotError::Malformed { line: self.number, reason }
    }

    /// The next line's text after `  "name": `.
    fn named(&mut self, name: &str) -> Result<&'a [u8], SnapshotError> {
        let line = self.next()?;
        let text = line.strip_prefix(b"  \"").and_then(|text| text.strip_prefix(name.as_bytes()));
        text.and_then(|text| text.strip_prefix(b"\": ")).ok_or_else(|| self.malformed(format!("no {name:?} here")))
    }

    fn field<T: DeserializeOwned>(&mut self, name: &str) -> Result<T, SnapshotError> {
        let text = self.named(name)?;
        let text = text.strip_suffix(b",").ok_or_else(|| self.malformed("no comma at the end".to_owned()))?;
        serde_json::from_slice(text).map_err(|error| self.malformed(error.to_string()))
    }

    /// A line that is written only where there is something to say.
    fn optional<T: DeserializeOwned>(&mut self, name: &str) -> Result<Option<T>, SnapshotError> {
        let is_next = self
            .rest
            .strip_prefix(b"  \"")
            .is_some_and(|text| text.strip_prefix(name.as_bytes()).is_some_and(|text| text.starts_with(b"\": ")));
        if is_next { self.field(name).map(Some) } else { Ok(None) }
    }

    fn approved(&mut self) -> Result<Option<Approved>, SnapshotError> {
        let mut text = self.named("approved")?.to_vec();
        while text.last() != Some(&b',') || text.ends_with(b"},") && !text.ends_with(b"]},") {
            text.extend_from_slice(self.next()?);
        }
        text.pop();
        let approved: Option<Approved> =
            serde_json::from_slice(&text).map_err(|error| self.malformed(error.to_string()))?;
        let slots = approved.iter().flat_map(|approved| &approved.steps).map(|step| step.slots.len());
        if slots.sum::<usize>() > SlotSet::MOST {
            return Err(self.malformed("more slots were approved than a stack has".to_owned()));
        }
        Ok(approved)
    }

    /// Whether the next line is the field of that name: one that is not always there.
    fn is_next(&self, name: &str) -> bool {
        let text = self.rest.strip_prefix(b"  \"").and_then(|text| text.strip_prefix(name.as_bytes()));
        text.is_some_and(|text| text.starts_with(b"\": "))
    }

    /// Reads a map of calls.
    fn calls(&mut self, name: &str, entries: &mut Entries<'a>) -> Result<BTreeMap<CallId, Call>, SnapshotError> {
        let mut calls = Vec::new();
        self.map(name, |id, text| {
            let id = CallId::new(id).map_err(|invalid| invalid.reason)?;
            calls.push((id, entries.call(text)?));
            Ok(())
        })?;
        Ok(calls.into_iter().collect())
    }

    /// Reads one of the maps, and gives each line's name and JSON text away.
    fn map(
        &mut self,
        name: &str,
        mut take: impl FnMut(&'a str, &'a [u8]) -> Result<(), String>,
    ) -> Result<(), SnapshotError> {
        match self.named(name)? {
            b"{" => {}
            b"{}" | b"{}," => return Ok(()),
            _ => return Err(self.malformed(format!("{name:?} does not open a map"))),
        }
        loop {
            let line = self.next()?;
            if matches!(line, b"  }" | b"  },") {
                return Ok(());
            }
            let named = || {
                let text = line.strip_prefix(b"    \"")?;
                let end = text.iter().position(|byte| *byte == b'"')?;
                let value = text[end..].strip_prefix(b"\": ")?;
                Some((str::from_utf8(&text[..end]).ok()?, value.strip_suffix(b",").unwrap_or(value)))
            };
            let (name, text) = named().ok_or_else(|| self.malformed("neither an entry nor an end".to_owned()))?;
            take(name, text).map_err(|reason| self.malformed(reason))?;
        }
    }
}
