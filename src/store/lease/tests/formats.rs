//! What becomes of a state of an earlier format when something is written.

use super::*;
use crate::state::journal::JournalError;
use crate::state::samples::everything::{before, before_in_format_1, every_change};

/// What a version that wrote format 1 left: a snapshot, and the journal of a run that died where that is asked for.
fn left(is_unfinished: bool) -> (tempfile::TempDir, Store, State) {
    let (dir, store) = place();
    fs::create_dir_all(store.dir()).unwrap();
    put_in(&store.snapshot_path(), &before_in_format_1());
    if !is_unfinished {
        return (dir, store, before());
    }
    let journal = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/landed/v1/run.journal");
    put_in(&store.journal_path(), &fs::read(journal).unwrap());
    (dir, store, folded(before(), &every_change()))
}

pub(super) fn put_in(path: &std::path::Path, bytes: &[u8]) {
    let _ = fs::remove_file(path);
    file::create_if_missing(path, bytes).unwrap();
}

fn number(path: &std::path::Path) -> Option<u64> {
    format::number(&fs::read(path).ok()?)
}

/// The number that a journal's first line names.
fn journal_number(store: &Store) -> Option<u64> {
    let text = String::from_utf8(fs::read(store.journal_path()).ok()?).unwrap();
    text.strip_prefix("{\"journal\":")?.split(',').next()?.parse().ok()
}

#[test]
fn the_first_write_brings_the_present_format_and_keeps_the_one_before() {
    for is_unfinished in [false, true] {
        let (_dir, store, state) = left(is_unfinished);
        assert_eq!(store.read().unwrap().as_ref(), Some(&state));
        let mut lease = lock(&store);
        assert_eq!(lease.changes_format(), Some((1, 2)));
        assert_eq!(number(&store.snapshot_path()), Some(1), "nothing was written so far");
        let begun = lease.begin(approved(1)).unwrap().clone();
        assert_eq!(begun.volumes, state.volumes);
        assert_eq!(lease.changes_format(), None);
        let generation = |number| store.generation_path(number);
        assert_eq!((number(&store.snapshot_path()), journal_number(&store)), (Some(2), Some(2)));
        assert_eq!(fs::read(generation(2)).unwrap(), before_in_format_1());
        // Between the two stands what they said together: the one that the journal of this run extends.
        let between = format::read(&fs::read(generation(1)).unwrap(), &state.stack).unwrap();
        assert_eq!((number(&generation(1)), between), (Some(2), state));
        assert!(!generation(3).exists());
        lease.append(vec![changes()[0].clone()]).unwrap();
        assert_eq!(store.read().unwrap().as_ref(), lease.state());
        lease.commit(at(0)).unwrap();
        assert_eq!(store.read().unwrap().as_ref(), lease.state());
    }
}

#[test]
fn what_a_run_learns_keeps_the_generation_before_too() {
    let (_dir, store, state) = left(true);
    let mut lease = lock(&store);
    let used = Change::Used { ids: vec![crate::volume::VolumeId::new("late_9").unwrap()] };
    lease.note(vec![used.clone()]).unwrap();
    assert_eq!((number(&store.snapshot_path()), journal_number(&store)), (Some(2), Some(1)));
    assert_eq!(fs::read(store.generation_path(1)).unwrap(), before_in_format_1());
    let mut noted = state;
    noted.fold(used).unwrap();
    assert_eq!(store.read().unwrap(), Some(noted));
    assert!(!lease.has_written());
}

#[test]
fn a_run_that_changes_the_format_may_die_at_any_boundary() {
    for is_unfinished in [false, true] {
        let run = |store: &Store| {
            let mut lease = store.lock(holder(), std::time::Duration::ZERO)?;
            lease.begin_run(approved(1), may_send(&[9]), Vec::new())?;
            lease.append(vec![sent_anew()])?;
            lease.commit(at(0))
        };
        let counted = Boundaries::counted(None);
        let (_dir, store, _) = left(is_unfinished);
        run(&store.clone().with_boundaries(counted.clone())).unwrap();
        for n in 1..=counted.passed().len() {
            let (_dir, store, state) = left(is_unfinished);
            let killed = Boundaries::counted(Some(n));
            let _ = run(&store.clone().with_boundaries(killed.clone()));
            let last = *killed.passed().last().unwrap();
            let formats = (number(&store.snapshot_path()).unwrap(), journal_number(&store));
            assert!(formats.1.is_none_or(|journal| journal <= formats.0), "{n}, {last}: {formats:?}");
            let read = store.read().unwrap().unwrap();
            assert_eq!(read.volumes, state.volumes, "{n}, {last}");
            let mut next = lock(&store);
            next.begin(approved(2)).unwrap();
            next.commit(at(0)).unwrap();
            assert_eq!(number(&store.snapshot_path()), Some(2));
        }
    }
}

/// A change that fits both states.
fn sent_anew() -> Change {
    intent(call_id(9), "k9", 1..=2, 40)
}

#[test]
fn a_generation_of_an_earlier_format_is_refused_beside_a_younger_journal() {
    for is_unfinished in [false, true] {
        let (_dir, store, _) = left(is_unfinished);
        let mut lease = lock(&store);
        lease.begin(approved(1)).unwrap();
        lease.append(vec![sent_anew()]).unwrap();
        let state = lease.state().cloned();
        drop(lease);
        put_in(&store.snapshot_path(), &fs::read(store.generation_path(2)).unwrap());
        let Err(StoreError::Journal { source, .. }) = store.read() else { panic!("it was read") };
        assert_eq!(*source, JournalError::OlderSnapshot { format: 2, snapshot: 1 });
        assert!(source.hint().contains("STACK.json.1"), "{}", source.hint());
        assert!(matches!(store.lock(holder(), std::time::Duration::ZERO), Err(StoreError::Journal { .. })));
        // The latest one of the journal's own format is what it extends.
        put_in(&store.snapshot_path(), &fs::read(store.generation_path(1)).unwrap());
        let read = store.read().unwrap().unwrap();
        let state = state.unwrap();
        assert_eq!(
            (&read.operations, read.serial, read.journal_sequence),
            (&state.operations, 8, state.journal_sequence)
        );
        // Without the journal the earlier version's own snapshot is whole, and what only the journal knew is lost.
        put_in(&store.snapshot_path(), &fs::read(store.generation_path(2)).unwrap());
        fs::remove_file(store.journal_path()).unwrap();
        assert_eq!(store.read().unwrap(), Some(before()));
    }
}
