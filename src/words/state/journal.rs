//! What is wrong with a journal, and what to do next.

use crate::state::journal::{Damage, FORMAT, JournalError};
use crate::volume::LeaseId;
use std::fmt;

impl fmt::Display for JournalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            JournalError::Header => f.write_str("its first line is not whole"),
            JournalError::Newer { format } => {
                write!(f, "it has format {format}, and this version reads formats up to {FORMAT}")
            }
            JournalError::OlderSnapshot { format, snapshot } => write!(
                f,
                "it has format {format}, and the snapshot beside it has format {snapshot}, which no journal of that \
                 format extends"
            ),
            JournalError::OtherLineage { found, wanted } => {
                write!(f, "it belongs to lineage {found}, and the snapshot is of lineage {wanted}")
            }
            JournalError::OtherSnapshot { found, after, serial, folded } => write!(
                f,
                "it extends serial {found} after record {after}, and the snapshot has serial {serial} and record {folded}"
            ),
            JournalError::OtherLease { found, wanted, serial } => write!(
                f,
                "it was written under lock {found}, and the snapshot of the same serial {serial} {}",
                under(wanted.as_ref())
            ),
            JournalError::Line { line, damage } => write!(f, "line {line} is damaged: {}", damaged(damage)),
            JournalError::Gap { line, found, wanted } => {
                write!(f, "line {line} has record {found} where {wanted} belongs")
            }
            JournalError::Fold { line, .. } => write!(f, "line {line} does not fit what is recorded before it"),
        }
    }
}

fn under(lease: Option<&LeaseId>) -> String {
    lease.map_or_else(|| "before the first run".to_owned(), |lease| format!("under lock {lease}"))
}

fn damaged(damage: &Damage) -> String {
    let text = match damage {
        Damage::LineEnd => "its line end is damaged",
        Damage::Holes => "it has holes that no crash makes",
        Damage::NoRecord => "it is not a record",
        Damage::Sum => "its sum does not fit it and the line before it",
        Damage::NoSequence => "it has no sequence number",
        Damage::Changes(words) => return format!("its changes are not known: {words}"),
    };
    text.to_owned()
}

impl JournalError {
    /// What to do next.
    pub fn hint(&self) -> &'static str {
        match self {
            JournalError::Newer { .. } => "use the version of evsctl that wrote it, or a later one",
            JournalError::OlderSnapshot { .. } => {
                "a generation from before the format changed was put back: put back the latest one of the journal's own \
                 format instead (`\"format\":` in its third line; STACK.json.1 to STACK.json.3, or Git), which the journal \
                 extends; to go back to an earlier version of evsctl, move the journal away and keep it: that gives up \
                 what only it knows"
            }
            JournalError::OtherLineage { .. }
            | JournalError::OtherSnapshot { .. }
            | JournalError::OtherLease { .. } => {
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
