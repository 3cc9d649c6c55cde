//! The errors of recorded state on disk, with what to do next.

use super::is_kept;
use evsctl::boundary::Died;
use evsctl::state::FoldError;
use evsctl::state::format::SnapshotError;
use evsctl::state::journal::JournalError;
use evsctl::store::{Attempt, Holder, Safe, StoreError};
use evsctl::volume::{CallId, LeaseId};
use std::fmt::Write as _;
use std::io::{self, ErrorKind};
use std::path::PathBuf;

fn holder(run: Option<&str>) -> Box<Holder> {
    Box::new(Holder {
        who: "ada".to_owned(),
        host: "runner".to_owned(),
        pid: 4711,
        since: "2026-11-28T10:00:00Z".parse().unwrap(),
        run: run.map(str::to_owned),
        operation: "apply".to_owned(),
    })
}

fn path() -> PathBuf {
    PathBuf::from("state/kafka.json")
}

/// As the system gives them, without its own words.
fn sources() -> Vec<io::Error> {
    let kinds = [
        ErrorKind::StorageFull,
        ErrorKind::QuotaExceeded,
        ErrorKind::FileTooLarge,
        ErrorKind::IsADirectory,
        ErrorKind::NotADirectory,
        ErrorKind::ReadOnlyFilesystem,
        ErrorKind::PermissionDenied,
        ErrorKind::NotFound,
    ];
    kinds.map(io::Error::from).into_iter().chain([io::Error::from_raw_os_error(24)]).collect()
}

fn attempts() -> Vec<Attempt> {
    samples!(Attempt:
        Attempt::LookAt => [Attempt::LookAt],
        Attempt::Open => [Attempt::Open],
        Attempt::Read => [Attempt::Read],
        Attempt::Make => [Attempt::Make],
        Attempt::Write => [Attempt::Write],
        Attempt::Sync => [Attempt::Sync],
        Attempt::Lock => [Attempt::Lock],
        Attempt::Replace => [Attempt::Replace],
        Attempt::Remove => [Attempt::Remove],
        Attempt::Begin => [Attempt::Begin],
        Attempt::Keep => [Attempt::Keep],
        Attempt::Spell => [Attempt::Spell],
    )
}

fn what_holds() -> Vec<Safe> {
    samples!(Safe:
        Safe::Untouched => [Safe::Untouched],
        Safe::Unneeded => [Safe::Unneeded],
        Safe::FolderMade => [Safe::FolderMade],
        Safe::SnapshotItself => [Safe::SnapshotItself],
        Safe::OldFiles => [Safe::OldFiles],
        Safe::Snapshot => [Safe::Snapshot],
        Safe::NewSnapshot => [Safe::NewSnapshot],
        Safe::OneOfBoth => [Safe::OneOfBoth],
        Safe::JournalSkipped => [Safe::JournalSkipped],
        Safe::Records => [Safe::Records],
        Safe::Recorded => [Safe::Recorded],
        Safe::State => [Safe::State],
        Safe::LockUnknown => [Safe::LockUnknown],
    )
}

fn stuck() -> Vec<StoreError> {
    let who = [(None, None), (Some(17), None), (None, Some(())), (Some(17), Some(())), (Some(4711), Some(()))];
    let stuck = |(process, known): (Option<u32>, Option<()>)| StoreError::Stuck {
        path: PathBuf::from("state/kafka.lock.guard"),
        process,
        holder: known.map(|()| holder(None)),
    };
    who.into_iter().map(stuck).collect()
}

fn failures() -> Vec<StoreError> {
    let failed = |attempt, safe, source| StoreError::Io { attempt, path: path(), safe, source };
    let not_found = || io::Error::from(ErrorKind::NotFound);
    let of_attempt = attempts().into_iter().map(|attempt| failed(attempt, Safe::Untouched, not_found()));
    let of_safe = what_holds().into_iter().map(|safe| failed(Attempt::Write, safe, not_found()));
    let of_system = sources().into_iter().map(|source| failed(Attempt::Open, Safe::Untouched, source));
    of_attempt.chain(of_safe).chain(of_system).collect()
}

fn errors() -> Vec<StoreError> {
    let id = || LeaseId::new("0123abcd").unwrap();
    let ends = || [None, Some(holder(None)), Some(holder(Some("https://ci/7")))];
    let call = CallId::new("nbswy3dpeb").unwrap();
    let too_large = |most| StoreError::TooLarge { path: path(), most };
    samples!(StoreError:
        StoreError::Locked { .. } => ends().map(|holder| StoreError::Locked { holder }),
        StoreError::ProbeRuns { .. } => [StoreError::ProbeRuns { path: path() }],
        StoreError::NotHeld { .. } => ends().map(|holder| StoreError::NotHeld { id: id(), holder }),
        StoreError::Free { .. } => ends().map(|gone| StoreError::Free { gone }),
        StoreError::Fenced { .. } => [StoreError::Fenced { path: path() }],
        StoreError::Stuck { .. } => stuck(),
        StoreError::Snapshot { .. } => [StoreError::Snapshot { path: path(), source: Box::new(SnapshotError::Empty) }],
        StoreError::Journal { .. } => [StoreError::Journal { path: path(), source: Box::new(JournalError::Header) }],
        StoreError::JournalAlone { .. } => [StoreError::JournalAlone { path: path() }],
        StoreError::Symlink { .. } => [StoreError::Symlink { path: path() }],
        StoreError::Dangling { .. } => [StoreError::Dangling { path: path(), to: PathBuf::from("/mnt/state") }],
        StoreError::NotAFile { .. } => [StoreError::NotAFile { path: path() }],
        StoreError::TooLarge { .. } => [64 << 10, 65 << 20, 1 << 30].map(too_large),
        StoreError::Exists { .. } => [StoreError::Exists { path: path() }],
        StoreError::Missing { .. } => [StoreError::Missing { path: path() }],
        StoreError::NotBegun { .. } => [StoreError::NotBegun { path: path() }],
        StoreError::Poisoned { .. } => [StoreError::Poisoned { path: path() }],
        StoreError::NoRoom { .. } => [StoreError::NoRoom { path: path(), source: ErrorKind::StorageFull.into() }],
        StoreError::Fold(_) => [StoreError::Fold(FoldError::NotOpen { call })],
        StoreError::Died(_) => [StoreError::Died(Died)],
        StoreError::Io { .. } => failures(),
    )
}

#[test]
fn every_error_of_recorded_state_is_told_with_its_next_step() {
    let mut text = String::new();
    for error in errors() {
        writeln!(text, "{error}").unwrap();
        if let Some(hint) = error.hint() {
            writeln!(text, "  {hint}").unwrap();
        }
    }
    is_kept("store.txt", &text);
}
