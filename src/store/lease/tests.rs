use super::*;
use crate::state::samples::{address, any_changes, approved, at, call_id, changes, created, empty, folded, intent};
use crate::store::tests::{lock, place};
use proptest::prelude::*;
use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt;

fn begun() -> (tempfile::TempDir, Store, Lease) {
    let (dir, store) = place();
    let mut lease = lock(&store);
    lease.create(empty()).unwrap();
    lease.begin(approved(1)).unwrap();
    (dir, store, lease)
}

/// The journal without its room.
fn lines(store: &Store) -> Vec<u8> {
    let mut bytes = fs::read(store.journal_path()).unwrap();
    bytes.truncate(bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1));
    bytes
}

/// A file that takes no byte: the disk is full.
fn full() -> File {
    OpenOptions::new().write(true).open("/dev/full").unwrap()
}

#[test]
fn a_run_is_recorded_as_it_goes() {
    let (_dir, store, mut lease) = begun();
    for change in changes() {
        lease.append(vec![change]).unwrap();
        assert_eq!(store.read().unwrap().as_ref(), lease.state());
    }
    lease.commit(at(0)).unwrap();
    assert!(!store.journal_path().exists());
    let state = store.read().unwrap().unwrap();
    assert_eq!(Some(&state), lease.state());
    assert_eq!((state.serial, state.journal_sequence), (1, 18));
    assert!(state.volumes.contains_key(&address("web[1]")));
}

#[test]
fn what_a_dead_run_appended_is_there_for_the_next() {
    let (_dir, store, mut lease) = begun();
    lease.append(changes()).unwrap();
    drop(lease);
    let mut next = lock(&store);
    assert_eq!(next.begin(approved(2)).unwrap().serial, 2);
    assert_eq!(next.state().unwrap().volumes, folded(empty(), &changes()).volumes);
    assert_eq!(store.read().unwrap().as_ref(), next.state());
}

#[test]
fn a_crash_between_snapshot_and_journal_is_harmless() {
    let (_dir, store, mut lease) = begun();
    lease.append(changes()).unwrap();
    let journal = fs::read(store.journal_path()).unwrap();
    // The end of a run: its snapshot is there, its journal not yet gone.
    lease.commit(at(0)).unwrap();
    let end = store.read().unwrap();
    file::create_if_missing(&store.journal_path(), &journal).unwrap();
    assert_eq!(store.read().unwrap(), end);
    // The begin of the next: its snapshot is there, the journal is still the old one.
    drop(lease);
    let mut next = lock(&store);
    next.begin(approved(2)).unwrap();
    fs::remove_file(store.journal_path()).unwrap();
    file::create_if_missing(&store.journal_path(), &journal).unwrap();
    assert_eq!(store.read().unwrap().as_ref(), next.state());
    drop(next);
    assert_eq!(lock(&store).begin(approved(3)).unwrap().serial, 3);
}

#[test]
fn files_that_a_crash_left_half_written_are_ignored() {
    let (_dir, store, mut lease) = begun();
    for path in [store.snapshot_path(), store.journal_path()] {
        file::create_if_missing(&file::beside(&path), b"{half").unwrap();
    }
    assert_eq!(store.read().unwrap().as_ref(), lease.state());
    lease.commit(at(0)).unwrap();
    lease.begin(approved(1)).unwrap();
    assert_eq!(store.read().unwrap().as_ref(), lease.state());
    assert!(!file::beside(&store.snapshot_path()).exists());
}

#[test]
fn the_last_three_runs_are_kept() {
    let (_dir, store, mut lease) = begun();
    for _ in 2..=5 {
        lease.commit(at(0)).unwrap();
        lease.begin(approved(1)).unwrap();
    }
    let serial = |number| {
        let text = fs::read(store.generation_path(number)).unwrap();
        format::read(&text, &empty().stack).unwrap().serial
    };
    assert_eq!((1..=3).map(serial).collect::<Vec<_>>(), [4, 3, 2]);
    assert!(!store.generation_path(4).exists());
}

#[test]
fn a_change_that_does_not_fit_writes_nothing() {
    let (_dir, store, mut lease) = begun();
    let before = lines(&store);
    let error = lease.append(vec![changes()[0].clone(), created(call_id(9), "web", 1..=1)]).unwrap_err();
    assert!(matches!(error, StoreError::Fold(_)));
    assert_eq!(lines(&store), before);
    // The first of the two is in memory, where it must not stay for anybody.
    assert!(matches!(lease.append(Vec::new()), Err(StoreError::Poisoned { .. })));
    assert!(matches!(lease.commit(at(0)), Err(StoreError::Poisoned { .. })));
}

#[test]
fn after_a_full_disk_nothing_is_appended_but_a_snapshot_may_save_it() {
    let (_dir, store, mut lease) = begun();
    lease.append(changes()[..7].to_vec()).unwrap();
    lease.log.as_mut().unwrap().file = full();
    let error = lease.append(changes()[7..10].to_vec()).unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("what was recorded before it is kept, and the next run looks for what may have happened")
    );
    assert_eq!(error.hint().as_deref(), Some("make room on that disk, then run again"));
    assert!(matches!(lease.append(changes()), Err(StoreError::Poisoned { .. })));
    assert!(matches!(lease.begin(approved(1)), Err(StoreError::Poisoned { .. })));
    assert!(store.read().unwrap().unwrap().volumes.is_empty());
    lease.commit(at(0)).unwrap();
    assert_eq!(store.read().unwrap().unwrap().volumes.len(), 3);
}

#[test]
fn nothing_is_recorded_before_a_run_begins() {
    let (_dir, store) = place();
    let mut lease = lock(&store);
    assert!(matches!(lease.begin(approved(1)), Err(StoreError::Missing { .. })));
    lease.create(empty()).unwrap();
    assert!(matches!(lease.append(changes()), Err(StoreError::NotBegun { .. })));
    assert!(matches!(lease.commit(at(0)), Err(StoreError::NotBegun { .. })));
    assert_eq!(lease.state(), Some(&empty()));
    assert!(!store.journal_path().exists());
}

#[test]
fn finished_calls_are_forgotten_after_a_month() {
    let (_dir, _store, mut lease) = begun();
    lease.append(changes()).unwrap();
    let day = 24 * 3600;
    lease.commit(at(29 * day)).unwrap();
    assert_eq!((lease.state().unwrap().calls.len(), lease.state().unwrap().ended.len()), (1, 3));
    lease.commit(at(31 * day)).unwrap();
    assert_eq!((lease.state().unwrap().calls.len(), lease.state().unwrap().ended.len()), (1, 0));
}

#[test]
fn what_a_run_writes_grows_with_what_it_makes() {
    let (_dir, store, mut lease) = begun();
    let first = fs::metadata(store.snapshot_path()).unwrap().len();
    for call in 0..20u8 {
        let key = format!("k{call}");
        lease.append(vec![intent(call_id(call), &key, 1..=100, 40)]).unwrap();
        lease.append(vec![created(call_id(call), &key, 1..=100)]).unwrap();
    }
    let (journal, room) = (lines(&store).len() as u64, fs::metadata(store.journal_path()).unwrap().len());
    lease.commit(at(0)).unwrap();
    let last = fs::metadata(store.snapshot_path()).unwrap().len();
    assert!(first + journal + last < 3 * last, "{first} + {journal} + {last}");
    assert!(room < 4 * last, "{room} with {last}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn any_run_survives_its_death(changes in any_changes(), group in 1usize..5, torn in 0usize..400) {
        let (_dir, store, mut lease) = begun();
        for changes in changes.chunks(group) {
            lease.append(changes.to_vec()).unwrap();
        }
        let (state, sum) = (lease.state().cloned(), lease.log.as_ref().unwrap().sum());
        drop(lease);
        prop_assert_eq!(store.read().unwrap(), state.clone());
        // Half a line that was never synced.
        let whole = lines(&store);
        let next = changes.len() as u64 + 1;
        let (line, _) = journal::record(sum, next, &[intent(call_id(200), "z", 1..=1, 10)]).unwrap();
        let file = OpenOptions::new().write(true).open(store.journal_path()).unwrap();
        file.write_all_at(&line[..torn.min(line.len() - 1)], whole.len() as u64).unwrap();
        let next = lock(&store);
        prop_assert_eq!(next.state(), state.as_ref());
    }
}
