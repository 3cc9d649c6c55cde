//! The layout that every format of a snapshot has: a field a line, and maps with a line for each entry.

use super::error::{Malformed, SnapshotError};
use crate::state::Approved;
use crate::volume::SlotSet;
use serde::de::DeserializeOwned;
use std::io::BufRead as _;

/// The lines that are still to be read.
pub(super) struct Lines<'a> {
    pub(super) rest: &'a [u8],
    /// Of the line read last, from 1.
    number: usize,
}

impl<'a> Lines<'a> {
    /// All that the digest covers.
    pub(super) fn of(body: &'a [u8]) -> Lines<'a> {
        Lines { rest: body, number: 2 }
    }

    /// Makes sure that all was read.
    pub(super) fn end(&self) -> Result<(), SnapshotError> {
        if self.rest == b"}\n" { Ok(()) } else { Err(self.malformed(Malformed::TooMuch)) }
    }

    fn next(&mut self) -> Result<&'a [u8], SnapshotError> {
        let mut rest = self.rest;
        // Looks for many bytes at once, which a search by iterator does not.
        let taken = rest.skip_until(b'\n').unwrap_or_default();
        self.number += 1;
        let line = self.rest[..taken].strip_suffix(b"\n");
        let line = line.ok_or_else(|| self.malformed(Malformed::Missing))?;
        self.rest = rest;
        Ok(line)
    }

    pub(super) fn malformed(&self, flaw: Malformed) -> SnapshotError {
        SnapshotError::Malformed { line: self.number, flaw }
    }

    /// The next line's text after `  "name": `.
    fn named(&mut self, name: &str) -> Result<&'a [u8], SnapshotError> {
        let line = self.next()?;
        let text = line.strip_prefix(b"  \"").and_then(|text| text.strip_prefix(name.as_bytes()));
        text.and_then(|text| text.strip_prefix(b"\": "))
            .ok_or_else(|| self.malformed(Malformed::NotField(name.to_owned())))
    }

    pub(super) fn field<T: DeserializeOwned>(&mut self, name: &str) -> Result<T, SnapshotError> {
        let text = self.named(name)?;
        let text = text.strip_suffix(b",").ok_or_else(|| self.malformed(Malformed::NoComma))?;
        serde_json::from_slice(text).map_err(|error| self.malformed(Malformed::unread(error)))
    }

    /// A line that is written only where there is something to say.
    pub(super) fn optional<T: DeserializeOwned>(&mut self, name: &str) -> Result<Option<T>, SnapshotError> {
        if self.is_next(name) { self.field(name).map(Some) } else { Ok(None) }
    }

    /// What was approved, which takes a line a step; in whichever form it is saved.
    pub(super) fn approved<T: DeserializeOwned + Into<Approved>>(&mut self) -> Result<Option<Approved>, SnapshotError> {
        let mut text = self.named("approved")?.to_vec();
        while text.last() != Some(&b',') || text.ends_with(b"},") && !text.ends_with(b"]},") {
            text.extend_from_slice(self.next()?);
        }
        text.pop();
        let saved: Option<T> =
            serde_json::from_slice(&text).map_err(|error| self.malformed(Malformed::unread(error)))?;
        let approved = saved.map(Into::into);
        let slots = approved.iter().flat_map(|approved| approved.steps.iter()).map(|step| step.slots.len());
        if slots.sum::<usize>() > SlotSet::MOST {
            return Err(self.malformed(Malformed::MostApproved));
        }
        Ok(approved)
    }

    /// A list with a line for each entry.
    pub(super) fn list<T: DeserializeOwned>(&mut self, name: &str) -> Result<Vec<T>, SnapshotError> {
        if self.named(name)? != b"[" {
            return Err(self.malformed(Malformed::NotList(name.to_owned())));
        }
        let mut list = Vec::new();
        loop {
            let line = self.next()?;
            if line == b"  ]," {
                return Ok(list);
            }
            let text = line.strip_suffix(b",").unwrap_or(line);
            list.push(serde_json::from_slice(text).map_err(|error| self.malformed(Malformed::unread(error)))?);
        }
    }

    /// Makes sure that the next line is not that field, which no version up to this one writes.
    pub(super) fn refuse(&mut self, name: &str) -> Result<(), SnapshotError> {
        if !self.is_next(name) {
            return Ok(());
        }
        self.next()?;
        Err(self.malformed(Malformed::Later(name.to_owned())))
    }

    /// Whether the next line is the field of that name: one that is not always there.
    pub(super) fn is_next(&self, name: &str) -> bool {
        let text = self.rest.strip_prefix(b"  \"").and_then(|text| text.strip_prefix(name.as_bytes()));
        text.is_some_and(|text| text.starts_with(b"\": "))
    }

    /// Reads one of the maps, and gives each line's name and JSON text away.
    pub(super) fn map(
        &mut self,
        name: &str,
        mut take: impl FnMut(&'a str, &'a [u8]) -> Result<(), Malformed>,
    ) -> Result<(), SnapshotError> {
        match self.named(name)? {
            b"{" => {}
            b"{}" | b"{}," => return Ok(()),
            _ => return Err(self.malformed(Malformed::NotMap(name.to_owned()))),
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
            let (name, text) = named().ok_or_else(|| self.malformed(Malformed::NotEntry))?;
            take(name, text).map_err(|flaw| self.malformed(flaw))?;
        }
    }
}
