//! The saved form of the changes of a run in progress: a line that binds them to a snapshot, then a line
//! for each.
//!
//! ```text
//! {"journal":1,"lineage":"abcdefgh","serial":7,"after":42,"sum":"8 hex"}
//! {"seq":43,"sum":"8 hex","change":{"accepted":{…}}}
//! ```
//!
//! A sum is the start of the SHA-256 of the line without it. A line counts once its line end is there;
//! what a crash left of the last one never did, because nothing that it announces was done, and nothing was built
//! on what it reports, before it was whole and synced.

use super::{Change, FoldError, State};
use crate::volume::Lineage;
use sha2::Digest as _;
use std::io::Write as _;

/// The number of the format that is written.
pub const FORMAT: u64 = 1;

/// Which snapshot a journal extends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The snapshot's lineage.
    pub lineage: Lineage,
    /// The snapshot's serial.
    pub serial: u64,
    /// The last record that the snapshot had folded in when the journal began; the first line is one more.
    pub after: u64,
}

/// Why a journal cannot be replayed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JournalError {
    /// The first line is missing or damaged.
    #[error("its first line is not whole")]
    Header,
    /// A later version wrote it.
    #[error("it has format {format}, and this version reads formats up to {FORMAT}")]
    Newer {
        /// The number that it names.
        format: u64,
    },
    /// It belongs to another recorded state.
    #[error("it belongs to lineage {found}, and the snapshot is of lineage {wanted}")]
    OtherLineage {
        /// Whose it is.
        found: Lineage,
        /// The snapshot's.
        wanted: Lineage,
    },
    /// It belongs to another snapshot of the same state, and may hold records that this one lacks.
    #[error("it extends serial {found} after record {after}, and the snapshot has serial {serial} and record {folded}")]
    OtherSnapshot {
        /// The serial that it extends.
        found: u64,
        /// The record after which it begins, or its last one where it is the older of the two.
        after: u64,
        /// The snapshot's serial.
        serial: u64,
        /// The last record that the snapshot has folded in.
        folded: u64,
    },
    /// A line in the midst of it is damaged.
    #[error("line {line} is damaged: {reason}")]
    Line {
        /// From 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// A record is missing, or stands twice.
    #[error("line {line} has record {found} where {wanted} belongs")]
    Gap {
        /// From 1.
        line: usize,
        /// The sequence number there.
        found: u64,
        /// The one that follows from the line before.
        wanted: u64,
    },
    /// A record does not fit what is recorded before it.
    #[error("line {line} does not fit what is recorded before it")]
    Fold {
        /// From 1.
        line: usize,
        /// Why.
        source: FoldError,
    },
}

impl JournalError {
    /// What to do next.
    pub fn hint(&self) -> &'static str {
        match self {
            JournalError::Newer { .. } => "use the version of evsctl that wrote it, or a later one",
            JournalError::OtherLineage { .. } | JournalError::OtherSnapshot { .. } => {
                "the snapshot was replaced while a run was unfinished: put back the snapshot that the journal extends \
                 (STACK.json.1 to STACK.json.3 beside it, or Git); moving the journal away gives up what only it \
                 knows; `evsctl state rebuild PATH` then adds what the volumes' tags and names tell of it"
            }
            JournalError::Header | JournalError::Line { .. } | JournalError::Gap { .. } | JournalError::Fold { .. } => {
                "put a whole copy of it back if there is one; it may hold volumes that nothing else records, so keep it \
                 even when moving it away: a plan refuses while the cloud has volumes of this stack that are not \
                 recorded, and `evsctl state rebuild PATH` records them by their tags and names"
            }
        }
    }
}

/// The first line of a journal, with its line end.
pub fn header(header: &Header) -> Vec<u8> {
    let Header { lineage, serial, after } = header;
    let text = format!("\"journal\":{FORMAT},\"lineage\":\"{lineage}\",\"serial\":{serial},\"after\":{after}");
    format!("{{{text},\"sum\":\"{}\"}}\n", sum(text.as_bytes(), b"")).into_bytes()
}

/// Adds the line of one record to `out`.
///
/// # Errors
/// When the change has no JSON form, which no change that exists is known to do; `out` is then as before.
pub fn record(sequence: u64, change: &Change, out: &mut Vec<u8>) -> Result<(), serde_json::Error> {
    let change = serde_json::to_vec(change)?;
    let sequence = format!("\"seq\":{sequence}");
    // Writing to memory does not fail.
    let _ = write!(out, "{{{sequence},\"sum\":\"{}\",\"change\":", sum(sequence.as_bytes(), &change));
    out.extend_from_slice(&change);
    out.extend_from_slice(b"}\n");
    Ok(())
}

/// The first 4 bytes of a SHA-256, in hex: enough to see damage, which is all it is for.
fn sum(first: &[u8], second: &[u8]) -> String {
    let hash = sha2::Sha256::new().chain_update(first).chain_update(second).finalize();
    hash.iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}

/// Folds a journal into the snapshot that it extends. Records that the snapshot has folded in are skipped:
/// a crash between writing a snapshot and removing its journal leaves that.
///
/// # Errors
/// Everything but a last line without its line end; see [`JournalError`].
pub fn replay(bytes: &[u8], mut state: State) -> Result<State, JournalError> {
    // What follows the last line end is what a crash left of a line.
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(&[][..], |end| &bytes[..end]);
    let mut lines = whole.split(|byte| *byte == b'\n').enumerate().map(|(index, line)| (index + 1, line));
    let first = lines.next().map_or(&[][..], |(_, line)| line);
    let Header { lineage, serial, after } = read_header(first)?;
    if lineage != state.lineage {
        return Err(JournalError::OtherLineage { found: lineage, wanted: state.lineage });
    }
    let folded = state.journal_sequence;
    let base = state.serial;
    let other = |after| JournalError::OtherSnapshot { found: serial, after, serial: base, folded };
    // A run's first snapshot says the same as the one before it but for serial and approval, so its journal
    // also extends that one, as long as no record lies between: this is how a generation is put back.
    let put_back = base.checked_add(1) == Some(serial) && after == folded;
    // Left over from a run that crashed, by the run that folded it in and crashed in its turn.
    let left_over = serial.checked_add(1) == Some(base);
    if !(serial == base || put_back || left_over) || after > folded {
        return Err(other(after));
    }
    let mut last = after;
    for (line, text) in lines {
        let (sequence, change) = read_record(text).map_err(|reason| JournalError::Line { line, reason })?;
        let wanted = last.saturating_add(1);
        if sequence != wanted {
            return Err(JournalError::Gap { line, found: sequence, wanted });
        }
        last = sequence;
        if sequence > folded && !left_over {
            state.fold(change).map_err(|source| JournalError::Fold { line, source })?;
        }
    }
    if left_over && last != folded {
        return Err(other(last));
    }
    state.serial = base.max(serial);
    state.journal_sequence = state.journal_sequence.max(last);
    Ok(state)
}

fn read_header(line: &[u8]) -> Result<Header, JournalError> {
    #[derive(serde::Deserialize)]
    struct Probe {
        journal: u64,
    }
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Line {
        journal: u64,
        lineage: Lineage,
        serial: u64,
        after: u64,
        sum: String,
    }
    if let Ok(Probe { journal }) = serde_json::from_slice(line)
        && journal > FORMAT
    {
        return Err(JournalError::Newer { format: journal });
    }
    let read: Line = serde_json::from_slice(line).map_err(|_| JournalError::Header)?;
    let Line { journal, lineage, serial, after, sum } = read;
    let head = Header { lineage, serial, after };
    let written = header(&head);
    // The same bytes, and thereby the same sum: nothing else was ever written.
    if journal != FORMAT || sum.len() != 8 || written.strip_suffix(b"\n") != Some(line) {
        return Err(JournalError::Header);
    }
    Ok(head)
}

fn read_record(line: &[u8]) -> Result<(u64, Change), String> {
    let parts = || {
        let sequence = line.strip_prefix(b"{")?;
        let end = sequence.iter().position(|byte| *byte == b',')?;
        let (sequence, rest) = sequence.split_at(end);
        let (sum, rest) = rest.strip_prefix(b",\"sum\":\"")?.split_at_checked(8)?;
        let change = rest.strip_prefix(b"\",\"change\":")?.strip_suffix(b"}")?;
        Some((sequence, sum, change))
    };
    let (sequence, found, change) = parts().ok_or("it is not a record")?;
    if sum(sequence, change).as_bytes() != found {
        return Err("its sum does not fit".to_owned());
    }
    let number = sequence.strip_prefix(b"\"seq\":").and_then(|digits| str::from_utf8(digits).ok()?.parse().ok());
    let number = number.ok_or("it has no sequence number")?;
    let change = serde_json::from_slice(change).map_err(|error| format!("its change is not known: {error}"))?;
    Ok((number, change))
}

#[cfg(test)]
mod tests;
