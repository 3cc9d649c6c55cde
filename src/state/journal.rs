//! The saved form of the changes of a run in progress: a line that binds them to a snapshot, then a line
//! for each group that was written together.
//!
//! ```text
//! {"journal":2,"lineage":"abcdefgh","serial":7,"lease":"0123abcd","after":42,"sum":"8 hex"}
//! {"seq":43,"sum":"8 hex","changes":[{"accepted":{…}},{"done":{…}}]}
//! ```
//!
//! The lines are a chain: a sum is the start of the SHA-256 of the sum before it and of the line without its own,
//! so that no line can be taken out, swapped, or come from another journal.
//!
//! What is written together is one line, and only the last line may be less than whole: nothing that it announces
//! was done, and nothing was built on what it reports, before all of it was synced. The file is longer than its
//! lines: NUL bytes after the last line end are room for what must follow, and a last line with NUL bytes in it is
//! one of whose sectors some never reached the disk.
//!
//! A crash and damage are told apart, since a record that was synced must never be dropped. A crash leaves the
//! beginning of the last line, or whole sectors of it; all else is damage, and an error. A last line that is whole but
//! for its end counts: it may have been synced, and where it was not, counting it does no harm, since what it
//! announces is looked for before anything rests on it.

mod error;
mod room;
mod v1;
mod v2;

pub use error::{Damage, JournalError};
pub use room::Owed;
pub use v2::FORMAT;

use super::{Change, State};
use crate::volume::{LeaseId, Lineage};
use sha2::Digest as _;

/// Which snapshot a journal extends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The snapshot's lineage.
    pub lineage: Lineage,
    /// The snapshot's serial.
    pub serial: u64,
    /// Which hold of the lock writes it: the one that wrote the snapshot.
    pub lease: LeaseId,
    /// The last record that the snapshot had folded in when the journal began; the first line is one more.
    pub after: u64,
}

/// The sum of a line, in hex: the first 4 bytes of a SHA-256, enough to see damage, which is all it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sum([u8; 8]);

impl Sum {
    /// Of all that the parts hold, one after another.
    fn of(parts: &[&[u8]]) -> Sum {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let hash = parts.iter().fold(sha2::Sha256::new(), |hash, part| hash.chain_update(part)).finalize();
        let mut digits = [0; 8];
        for (pair, byte) in digits.chunks_exact_mut(2).zip(hash) {
            pair.copy_from_slice(&[DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
        }
        Sum(digits)
    }
}

/// The first line of a journal, with its line end, and its sum, which begins the chain.
pub fn header(header: &Header) -> (Vec<u8>, Sum) {
    header_of(FORMAT, header)
}

/// The same for each format: only its number differs.
pub(crate) fn header_of(format: u64, header: &Header) -> (Vec<u8>, Sum) {
    let Header { lineage, serial, lease, after } = header;
    let text = format!(
        "\"journal\":{format},\"lineage\":\"{lineage}\",\"serial\":{serial},\"lease\":\"{lease}\",\"after\":{after}"
    );
    let sum = Sum::of(&[text.as_bytes()]);
    let mut line = format!("{{{text},\"sum\":\"").into_bytes();
    line.extend_from_slice(&sum.0);
    line.extend_from_slice(b"\"}\n");
    (line, sum)
}

/// The line of changes that are written together, with its line end, and its sum. The first of them has that
/// sequence number; `before` is the sum of the line before it.
///
/// # Errors
/// When a change has no JSON form, which no change that exists is known to do.
pub fn record(before: Sum, first: u64, changes: &[Change]) -> Result<(Vec<u8>, Sum), serde_json::Error> {
    let changes = v2::write(changes)?;
    let sequence = format!("\"seq\":{first}");
    let sum = Sum::of(&[&before.0, sequence.as_bytes(), &changes]);
    let mut line = Vec::with_capacity(changes.len() + 64);
    for part in [b"{", sequence.as_bytes(), b",\"sum\":\"", &sum.0, b"\",\"changes\":", &changes, b"}\n"] {
        line.extend_from_slice(part);
    }
    Ok((line, sum))
}

/// Makes sure that a journal is not of a later format than the snapshot beside it, whose number that is. A journal whose
/// first line does not read passes: [`replay`] tells what is wrong with it.
///
/// # Errors
/// [`JournalError::OlderSnapshot`].
pub fn fits(bytes: &[u8], snapshot: u64) -> Result<(), JournalError> {
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    match read_header(line) {
        Ok((form, ..)) if form.number() > snapshot => {
            Err(JournalError::OlderSnapshot { format: form.number(), snapshot })
        }
        _ => Ok(()),
    }
}

/// Folds a journal into the snapshot that it extends. It tells what the run did that the snapshot says was begun, where
/// it is that run's and holds all that the snapshot has folded in. Records that the snapshot has folded in are skipped: a
/// snapshot that is written in the middle of a run leaves them, and so does a crash between writing the last one and
/// removing its journal.
///
/// # Errors
/// Everything but a last line that is not whole; see [`JournalError`].
pub fn replay(bytes: &[u8], mut state: State) -> Result<State, JournalError> {
    let (whole, torn) = whole_lines(bytes);
    let mut lines = whole.split(|byte| *byte == b'\n').enumerate().map(|(index, line)| (index + 1, line));
    let first = lines.next().map_or(&[][..], |(_, line)| line);
    let (form, Header { lineage, serial, lease, after }, mut sum) = read_header(first)?;
    if lineage != state.lineage {
        return Err(JournalError::OtherLineage { found: lineage, wanted: state.lineage });
    }
    let folded = state.journal_sequence;
    let base = state.serial;
    let other = |after| JournalError::OtherSnapshot { found: serial, after, serial: base, folded };
    // A run's first snapshot says the same as the one before it but for serial, lease and approval, so its journal
    // also extends that one, as long as no record lies between: this is how a generation is put back.
    let put_back = base.checked_add(1) == Some(serial) && after == folded;
    // Left over from a run that crashed, by the run that folded it in and crashed in its turn (earlier versions), or
    // put back by Git: all of it is folded in.
    let left_over = serial.checked_add(1) == Some(base);
    if !(serial == base || put_back || left_over) || after > folded {
        return Err(other(after));
    }
    if serial == base && state.lease.as_ref() != Some(&lease) {
        return Err(JournalError::OtherLease { found: lease, wanted: state.lease, serial });
    }
    if serial != base {
        // The record of the run that began this snapshot stood at this path, and is lost.
        state.record_lost();
    }
    let mut last = after;
    let behind = 1 + whole.split(|byte| *byte == b'\n').count();
    let mut torn = Some(torn);
    loop {
        let (line, (sequence, changes, next)) = match lines.next() {
            Some((line, text)) => {
                (line, read_record(form, sum, text).map_err(|damage| JournalError::Line { line, damage })?)
            }
            None => {
                let read = torn.take().map(|torn| last_record(form, sum, torn, bytes.len() - torn.len()));
                let read = read.transpose().map_err(|damage| JournalError::Line { line: behind, damage })?;
                let Some(record) = read.flatten() else { break };
                (behind, record)
            }
        };
        let wanted = last.saturating_add(1);
        if sequence != wanted {
            return Err(JournalError::Gap { line, found: sequence, wanted });
        }
        sum = next;
        for change in changes {
            last = last.saturating_add(1);
            if last > folded && !left_over {
                state.fold(change).map_err(|source| JournalError::Fold { line, source })?;
            }
        }
    }
    // It may hold fewer: a killed process wrote a record that the next one read and folded in, and the machine went
    // down before the disk had it.
    if left_over && last > folded {
        return Err(other(last));
    }
    // A snapshot of the middle of a run beside a copy of the journal from before it, as of an earlier commit: what the
    // run did after that is not in it.
    if serial == base && last < folded {
        state.record_lost();
    } else {
        state.record_found();
    }
    if put_back {
        state.lease = Some(lease);
    }
    state.serial = base.max(serial);
    state.journal_sequence = state.journal_sequence.max(last);
    Ok(state)
}

/// The lines that are whole, without the last line end; and all that comes after them: what a crash left of a line, and
/// room.
fn whole_lines(bytes: &[u8]) -> (&[u8], &[u8]) {
    let last_end = |bytes: &[u8]| bytes.iter().rposition(|byte| *byte == b'\n');
    let Some(end) = last_end(bytes) else { return (&[], bytes) };
    let whole = &bytes[..end];
    // The first line never has holes: it was synced before the journal got its name.
    match last_end(whole).filter(|before| whole[*before..].contains(&0)) {
        Some(before) => (&whole[..before], &bytes[before + 1..]),
        None => (whole, &bytes[end + 1..]),
    }
}

/// What the disk writes whole or not at all, and from which places in the file on.
const SECTOR: usize = 512;

/// The record that the last bytes hold, which are no whole line and stand `at` that place of the file; `None` where a
/// crash tore it before it was synced.
fn last_record(form: Form, before: Sum, bytes: &[u8], at: usize) -> Result<Option<Record>, Damage> {
    let length = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    let (line, _room) = bytes.split_at(length);
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    if line.is_empty() {
        return Ok(None);
    }
    if let Ok(record) = read_record(form, before, line) {
        return Ok(Some(record));
    }
    // Is it whole, and something else than its end or room comes behind it? Then it was synced, and was damaged since.
    let mut values = serde_json::Deserializer::from_slice(line).into_iter::<serde::de::IgnoredAny>();
    if matches!(values.next(), Some(Ok(_))) && read_record(form, before, &line[..values.byte_offset()]).is_ok() {
        return Err(Damage::LineEnd);
    }
    // A sector of it is there or is not.
    let sectors = (at / SECTOR..=(at + line.len()) / SECTOR).map(|sector| {
        let place = |at_sector: usize| (at_sector * SECTOR).saturating_sub(at).min(line.len());
        &line[place(sector)..place(sector + 1)]
    });
    let mut sectors = sectors.filter(|part| !part.is_empty());
    match sectors.all(|part| part.iter().all(|byte| *byte == 0) || !part.contains(&0)) {
        true => Ok(None),
        false => Err(Damage::Holes),
    }
}

/// The serial of the snapshot that a journal extends, by its first line alone.
pub fn serial_of(head: &[u8]) -> Option<u64> {
    let end = head.iter().position(|byte| *byte == b'\n')?;
    read_header(&head[..end]).ok().map(|(_, header, _)| header.serial)
}

fn read_header(line: &[u8]) -> Result<(Form, Header, Sum), JournalError> {
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
        lease: LeaseId,
        after: u64,
        sum: String,
    }
    if let Ok(Probe { journal }) = serde_json::from_slice(line)
        && journal > FORMAT
    {
        return Err(JournalError::Newer { format: journal });
    }
    let read: Line = serde_json::from_slice(line).map_err(|_| JournalError::Header)?;
    let Line { journal, lineage, serial, lease, after, sum } = read;
    let head = Header { lineage, serial, lease, after };
    let (written, written_sum) = header_of(journal, &head);
    let form = Form::ALL.into_iter().find(|form| form.number() == journal).ok_or(JournalError::Header)?;
    // The same bytes, and thereby the same sum: nothing else was ever written.
    if sum.len() != 8 || written.strip_suffix(b"\n") != Some(line) {
        return Err(JournalError::Header);
    }
    Ok((form, head, written_sum))
}

/// The form of a journal's records, which its first line names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    V1,
    V2,
}

impl Form {
    const ALL: [Form; 2] = [Form::V1, Form::V2];

    fn number(self) -> u64 {
        match self {
            Form::V1 => v1::FORMAT,
            Form::V2 => v2::FORMAT,
        }
    }

    /// The changes of one line.
    fn read(self, changes: &[u8]) -> Result<Vec<Change>, serde_json::Error> {
        match self {
            Form::V1 => v1::read(changes),
            Form::V2 => v2::read(changes),
        }
    }
}

/// A line's first sequence number, its changes and its sum.
type Record = (u64, Vec<Change>, Sum);

fn read_record(form: Form, before: Sum, line: &[u8]) -> Result<Record, Damage> {
    let parts = || {
        let sequence = line.strip_prefix(b"{")?;
        let end = sequence.iter().position(|byte| *byte == b',')?;
        let (sequence, rest) = sequence.split_at(end);
        let (sum, rest) = rest.strip_prefix(b",\"sum\":\"")?.split_at_checked(8)?;
        let changes = rest.strip_prefix(b"\",\"changes\":")?.strip_suffix(b"}")?;
        Some((sequence, sum, changes))
    };
    let (sequence, found, changes) = parts().ok_or(Damage::NoRecord)?;
    let sum = Sum::of(&[&before.0, sequence, changes]);
    if sum.0 != found {
        return Err(Damage::Sum);
    }
    let number = sequence.strip_prefix(b"\"seq\":").and_then(|digits| str::from_utf8(digits).ok()?.parse().ok());
    let number = number.ok_or(Damage::NoSequence)?;
    let changes = form.read(changes).map_err(|error| Damage::Changes(error.to_string()))?;
    Ok((number, changes, sum))
}

#[cfg(test)]
mod tests;
