use super::*;
use crate::boundary::Boundaries;
use crate::state::samples::{approved, at, changes, empty};
use crate::store::tests::{holder, lock, place};
use crate::store::{Lease, Store};
use std::fs;

#[test]
fn the_second_is_told_who_the_first_is() {
    let (_dir, store) = place();
    assert_eq!(store.running(), None);
    let lease = lock(&store);
    assert_eq!(store.running(), Some(holder()));
    let error = store.lock(holder(), Duration::from_millis(20)).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "the state is locked by ci on runner-1, process {} (apply), since 2025-06-15T15:06:40Z, run \
             https://ci.example.invalid/7",
            std::process::id()
        )
    );
    let hint = error.hint().unwrap();
    assert!(hint.contains(&format!("process {} on runner-1", std::process::id())), "{hint}");
    assert!(hint.contains(&format!("`evsctl unlock PATH {}`", holder().id())), "{hint}");
    drop(lease);
    assert_eq!(store.running(), None);
    assert_eq!(fs::read(store.lock_path()).unwrap(), b"");
    lock(&store);
}

#[test]
fn a_waiting_one_gets_the_lock_when_it_is_free() {
    let (_dir, store) = place();
    let lease = lock(&store);
    let waiting = std::thread::spawn(move || store.lock(holder(), Duration::from_secs(30)).map(drop));
    std::thread::sleep(Duration::from_millis(30));
    drop(lease);
    waiting.join().unwrap().unwrap();
}

#[test]
fn a_dead_holder_holds_nothing() {
    let (_dir, store) = place();
    let lease = lock(&store);
    let words = fs::read(store.lock_path()).unwrap();
    drop(lease);
    // What a killed process leaves: its words, without the kernel's lock.
    let stale = String::from_utf8(words).unwrap().replace("\"started\":", "\"started\":1");
    fs::remove_file(store.lock_path()).unwrap();
    file::create_if_missing(&store.lock_path(), stale.as_bytes()).unwrap();
    assert_eq!(store.running(), None);
    lock(&store);
    fs::remove_file(store.lock_path()).unwrap();
    file::create_if_missing(&store.lock_path(), b"{torn").unwrap();
    assert_eq!(store.running(), None);
    lock(&store);
}

#[test]
fn a_broken_lock_is_free_and_its_holder_fenced() {
    let (_dir, store) = place();
    let mut first = lock(&store);
    first.create(empty()).unwrap();
    first.begin(approved(1)).unwrap();
    first.append(changes()[..1].to_vec()).unwrap();
    assert!(matches!(
        store.break_lock(&LeaseId::new("00000000").unwrap()),
        Err(StoreError::NotHeld { holder: Some(_), .. })
    ));
    first.check().unwrap();
    assert_eq!(store.break_lock(&holder().id()).unwrap(), holder());
    assert!(matches!(store.break_lock(&holder().id()), Err(StoreError::Free { gone: None })));

    let mut second = lock(&store);
    second.begin(approved(2)).unwrap();
    assert!(matches!(first.check(), Err(StoreError::Fenced { .. })));
    assert!(matches!(first.append(changes()[1..2].to_vec()), Err(StoreError::Fenced { .. })));
    assert!(matches!(first.commit(at(0)), Err(StoreError::Fenced { .. })));
    assert!(matches!(first.begin(approved(1)), Err(StoreError::Fenced { .. })));
    drop(first);
    assert_eq!(store.running(), Some(holder()));
    assert_eq!(store.read().unwrap().as_ref(), second.state());
    assert_eq!(second.state().unwrap().serial, 2);
}

#[test]
fn a_dead_holders_lock_is_free_and_need_not_be_broken() {
    let (_dir, store) = place();
    assert!(matches!(store.break_lock(&holder().id()), Err(StoreError::Free { gone: None })));
    let lease = lock(&store);
    let words = fs::read(store.lock_path()).unwrap();
    drop(lease);
    fs::remove_file(store.lock_path()).unwrap();
    file::create_if_missing(&store.lock_path(), &words).unwrap();
    let inode = file::stamp(&store.lock_path()).unwrap();
    let Err(StoreError::Free { gone: Some(gone) }) = store.break_lock(&holder().id()) else { panic!() };
    assert_eq!(*gone, holder());
    assert_eq!(file::stamp(&store.lock_path()).unwrap(), inode);
    lock(&store);
}

#[test]
fn whoever_left_a_lock_is_known() {
    let (_dir, store) = place();
    assert_eq!(store.claimant(), None);
    let lease = lock(&store);
    let words = String::from_utf8(fs::read(store.lock_path()).unwrap()).unwrap();
    assert_eq!(store.claimant().map(|it| (it.holder, it.alive)), Some((holder(), Some(true))));
    drop(lease);
    assert_eq!(store.claimant(), None);
    for (from, to, alive) in
        [("\"started\":", "\"started\":1", Some(false)), ("\"machine\":\"", "\"machine\":\"not-", None)]
    {
        fs::remove_file(store.lock_path()).unwrap();
        file::create_if_missing(&store.lock_path(), words.replace(from, to).as_bytes()).unwrap();
        let claimant = store.claimant().unwrap();
        assert_eq!((claimant.alive, claimant.holds()), (alive, alive.is_none()));
    }
}

/// A run that has begun and recorded something.
fn running() -> (tempfile::TempDir, Store, Lease) {
    let (dir, store) = place();
    let mut lease = lock(&store);
    lease.create(empty()).unwrap();
    lease.begin(approved(1)).unwrap();
    lease.append(changes()[..1].to_vec()).unwrap();
    (dir, store, lease)
}

/// All files of the store's directory, by name.
fn files(store: &Store) -> std::collections::BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(store.dir()).unwrap().map(Result::unwrap);
    entries.map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap())).collect()
}

#[test]
fn while_another_is_in_the_middle_of_a_write_nobody_writes_or_breaks_a_lock() {
    let (_dir, store, mut lease) = running();
    let guard = Guard::of(&store.lock_path());
    let stopped = guard.enter().unwrap();
    let before = files(&store);
    let stuck = [
        lease.append(changes()[1..2].to_vec()).unwrap_err(),
        lease.keep_manifest("x").unwrap_err(),
        lease.commit(at(0)).unwrap_err(),
        store.break_lock(&holder().id()).unwrap_err(),
    ];
    for error in stuck {
        let StoreError::Stuck { process, .. } = &error else { panic!("{error}") };
        assert_eq!(*process, Some(std::process::id()));
        assert!(error.to_string().contains("does not end its write"), "{error}");
        assert!(error.hint().unwrap().contains(&format!("`kill -9 {}`", std::process::id())));
    }
    assert_eq!(files(&store), before);
    // It ended its write after all: nothing was lost by waiting in vain.
    drop(stopped);
    lease.append(changes()[1..2].to_vec()).unwrap();
    lease.commit(at(0)).unwrap();
    assert_eq!(store.read().unwrap().as_ref(), lease.state());
}

#[test]
fn a_guard_that_is_deleted_by_hand_is_made_again() {
    let (_dir, store, mut lease) = running();
    let path = store.dir().join("kafka.lock.guard");
    fs::remove_file(&path).unwrap();
    lease.append(changes()[1..2].to_vec()).unwrap();
    assert!(path.exists());
}

#[test]
fn a_lock_is_broken_between_two_writes_and_never_in_one() {
    let (_dir, store, mut lease) = running();
    let writer = std::thread::spawn(move || {
        let mut written = 1;
        for change in (0..).map(|second| crate::state::samples::sent(crate::state::samples::call_id(1), second)) {
            // A run does something between its records.
            std::thread::sleep(Duration::from_millis(1));
            match lease.append(vec![change]) {
                Ok(()) => written += 1,
                Err(error) => return (written, error, lease.commit(at(0)), lease.begin(approved(1)).map(drop)),
            }
        }
        unreachable!()
    });
    std::thread::sleep(Duration::from_millis(50));
    store.break_lock(&holder().id()).unwrap();
    let next = lock(&store);
    let seen = next.state().unwrap().journal_sequence;
    let before = files(&store);
    let (written, error, committed, begun) = writer.join().unwrap();
    assert_eq!(written, seen);
    for error in [Err(error), committed, begun] {
        assert!(matches!(error, Err(StoreError::Fenced { .. })), "{error:?}");
    }
    assert_eq!(files(&store), before);
}

#[test]
fn a_run_of_somebody_else_in_between_is_noticed_even_if_the_lock_is_back() {
    let (dir, store, mut lease) = running();
    let fence = lease.fence();
    assert!(fence.holds());
    // Somebody moved the lock away, ran, and moved it back.
    let aside = dir.path().join("aside");
    fs::rename(store.lock_path(), &aside).unwrap();
    assert!(!fence.holds());
    let mut other = lock(&store);
    other.begin(approved(2)).unwrap();
    other.commit(at(0)).unwrap();
    drop(other);
    fs::rename(&aside, store.lock_path()).unwrap();
    let before = files(&store);
    assert!(!fence.holds());
    for failed in [lease.check(), lease.append(changes()[1..2].to_vec()), lease.commit(at(0))] {
        assert!(matches!(failed, Err(StoreError::Fenced { .. })), "{failed:?}");
    }
    assert_eq!(files(&store), before);
}

#[test]
fn its_own_writes_do_not_fence_a_lease() {
    let (_dir, _store, mut lease) = running();
    let fence = lease.fence();
    lease.append(changes()[1..3].to_vec()).unwrap();
    lease.commit(at(0)).unwrap();
    lease.begin(approved(1)).unwrap();
    lease.keep_manifest("text").unwrap();
    assert!(fence.holds());
    lease.check().unwrap();
}

#[test]
fn what_is_written_to_a_journal_without_a_name_would_be_lost() {
    let (_dir, store, mut lease) = running();
    fs::remove_file(store.journal_path()).unwrap();
    assert!(matches!(lease.append(changes()[1..2].to_vec()), Err(StoreError::Fenced { .. })));
    // The memory still has all of it.
    lease.commit(at(0)).unwrap();
    assert_eq!(store.read().unwrap().unwrap().operations.len(), 1);
}

#[test]
fn a_killed_run_leaves_its_words_and_no_lock() {
    let (_dir, store) = place();
    // It dies as it gives the lock back.
    let counted = Boundaries::counted(None);
    drop(store.clone().with_boundaries(counted.clone()).lock(holder(), Duration::ZERO).unwrap());
    let last = counted.passed().iter().position(|name| *name == "the lock is given back").unwrap() + 1;
    let killed = Boundaries::counted(Some(last));
    drop(store.clone().with_boundaries(killed.clone()).lock(holder(), Duration::ZERO).unwrap());
    assert!(killed.died());
    assert_ne!(fs::read(store.lock_path()).unwrap(), b"");
    lock(&store);
}

#[test]
fn a_lock_that_cannot_be_looked_at_was_not_replaced_by_anybody() {
    let (dir, store) = place();
    let lease = lock(&store);
    // Where a folder was is a file now, so that no path through it can be looked at.
    fs::rename(store.dir(), dir.path().join("elsewhere")).unwrap();
    file::create_if_missing(store.dir(), b"").unwrap();
    let error = lease.check().unwrap_err();
    assert!(matches!(error, StoreError::Io { .. }), "{error:?}");
    assert!(error.to_string().starts_with("cannot look at "), "{error}");
    assert!(!lease.fence().holds());
}
