//! What is wrong with a snapshot or a journal, and why a change does not fit.

use super::is_kept;
use evsctl::state::FoldError;
use evsctl::state::format::{Malformed, SnapshotError};
use evsctl::state::journal::{Damage, JournalError};
use evsctl::volume::{Address, CallId, LeaseId, Lineage, StackName, VolumeId};
use std::fmt::Write as _;

fn stack(name: &str) -> StackName {
    StackName::new(name).unwrap()
}

fn folds() -> Vec<FoldError> {
    let call = || CallId::new("nbswy3dpeb").unwrap();
    let address = || -> Address { "data[2]".parse().unwrap() };
    let id = |name: &str| VolumeId::new(name).unwrap();
    samples!(FoldError:
        FoldError::IntendedTwice { .. } => [FoldError::IntendedTwice { call: call() }],
        FoldError::SentAfterAccepted { .. } => [FoldError::SentAfterAccepted { call: call() }],
        FoldError::NotOpen { .. } => [FoldError::NotOpen { call: call() }],
        FoldError::Taken { .. } => [FoldError::Taken { address: address(), recorded: id("id-1"), id: id("id-2") }],
        FoldError::NotThere { .. } => [FoldError::NotThere { address: address(), id: id("id-1") }],
        FoldError::NotRecorded { .. } => [FoldError::NotRecorded { address: address() }],
    )
}

fn damages() -> Vec<Damage> {
    samples!(Damage:
        Damage::LineEnd => [Damage::LineEnd],
        Damage::Holes => [Damage::Holes],
        Damage::NoRecord => [Damage::NoRecord],
        Damage::Sum => [Damage::Sum],
        Damage::NoSequence => [Damage::NoSequence],
        Damage::Changes(_) => [Damage::Changes("(the JSON reader's words)".to_owned())],
    )
}

fn journals() -> Vec<JournalError> {
    let lease = |id: &str| LeaseId::new(id).unwrap();
    let lineage = |text: &str| Lineage::new(text).unwrap();
    let other = |wanted| JournalError::OtherLease { found: lease("0123abcd"), wanted, serial: 7 };
    let line = |damage| JournalError::Line { line: 3, damage };
    samples!(JournalError:
        JournalError::Header => [JournalError::Header],
        JournalError::Newer { .. } => [JournalError::Newer { format: 9 }],
        JournalError::OlderSnapshot { .. } => [JournalError::OlderSnapshot { format: 2, snapshot: 1 }],
        JournalError::OtherLineage { .. } => {
            [JournalError::OtherLineage { found: lineage("abcd2345"), wanted: lineage("zyxw7654") }]
        },
        JournalError::OtherSnapshot { .. } => {
            [JournalError::OtherSnapshot { found: 7, after: 42, serial: 9, folded: 40 }]
        },
        JournalError::OtherLease { .. } => [other(None), other(Some(lease("4567cdef")))],
        JournalError::Line { .. } => damages().into_iter().map(line).collect::<Vec<_>>(),
        JournalError::Gap { .. } => [JournalError::Gap { line: 3, found: 44, wanted: 43 }],
        JournalError::Fold { .. } => [JournalError::Fold { line: 3, source: folds().remove(0) }],
    )
}

fn malformed() -> Vec<Malformed> {
    let name = || "ended".to_owned();
    samples!(Malformed:
        Malformed::UnknownFormat(_) => [Malformed::UnknownFormat(0)],
        Malformed::Missing => [Malformed::Missing],
        Malformed::TooMuch => [Malformed::TooMuch],
        Malformed::NotField(_) => [Malformed::NotField(name())],
        Malformed::NoComma => [Malformed::NoComma],
        Malformed::NotList(_) => [Malformed::NotList(name())],
        Malformed::NotMap(_) => [Malformed::NotMap(name())],
        Malformed::NotEntry => [Malformed::NotEntry],
        Malformed::Later(_) => [Malformed::Later(name())],
        Malformed::Unread(_) => [Malformed::Unread("(the JSON reader's words)".to_owned())],
        Malformed::MostApproved => [Malformed::MostApproved],
        Malformed::MostEnded => [Malformed::MostEnded],
        Malformed::NoBrace => [Malformed::NoBrace],
        Malformed::NoSpec => [Malformed::NoSpec],
        Malformed::UnknownSpec(_) => [Malformed::UnknownSpec("3f2a9c81d004".to_owned())],
        Malformed::UnknownOrigin(_) => [Malformed::UnknownOrigin("3f2a9c81d004".to_owned())],
        Malformed::NoSize => [Malformed::NoSize],
    )
}

fn snapshots() -> Vec<SnapshotError> {
    samples!(SnapshotError:
        SnapshotError::Empty => [SnapshotError::Empty],
        SnapshotError::Conflict { .. } => [SnapshotError::Conflict { line: 3 }],
        SnapshotError::LineEnds => [SnapshotError::LineEnds],
        SnapshotError::Torn { .. } => [SnapshotError::Torn { line: 3, column: 14 }],
        SnapshotError::Digest => [SnapshotError::Digest],
        SnapshotError::Newer { .. } => [SnapshotError::Newer { format: 9 }],
        SnapshotError::OtherStack { .. } => {
            [SnapshotError::OtherStack { found: stack("shop"), wanted: stack("kafka") }]
        },
        SnapshotError::Malformed { .. } => {
            malformed().into_iter().map(|flaw| SnapshotError::Malformed { line: 3, flaw }).collect::<Vec<_>>()
        },
    )
}

#[test]
fn everything_wrong_with_recorded_state_is_told() {
    let mut text = String::new();
    for error in snapshots() {
        writeln!(text, "snapshot: {error}\n  {}", error.hint()).unwrap();
    }
    for error in journals() {
        writeln!(text, "journal: {error}\n  {}", error.hint()).unwrap();
    }
    for error in folds() {
        writeln!(text, "change: {error}").unwrap();
    }
    is_kept("state.txt", &text);
}
