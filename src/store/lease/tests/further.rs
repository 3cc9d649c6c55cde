//! Calls that a run names in its middle, before it sends them.

use super::formats::put_in;
use super::*;
use crate::volume::{Address, CallId, VolumeId};
use std::collections::BTreeSet;
use std::sync::atomic::AtomicBool;

/// Calls that a run may send besides.
fn further(numbers: &[u8]) -> BTreeMap<CallId, crate::operation::Operation> {
    may_send(numbers).operations
}

fn ids(numbers: &[u8]) -> BTreeSet<CallId> {
    numbers.iter().map(|number| call_id(*number)).collect()
}

/// A run that was begun and may send these calls.
fn running(numbers: &[u8]) -> (tempfile::TempDir, Store, Lease) {
    let (dir, store) = place();
    let mut lease = lock(&store);
    lease.create(empty()).unwrap();
    lease.begin_run(approved(1), may_send(numbers), Vec::new()).unwrap();
    (dir, store, lease)
}

/// What the snapshot says by itself.
fn snapshot(store: &Store) -> State {
    format::read(&fs::read(store.snapshot_path()).unwrap(), &empty().stack).unwrap()
}

/// Which calls the snapshot says that the run may send; `None` where it says of no run.
fn named(store: &Store) -> Option<BTreeSet<CallId>> {
    snapshot(store).begun.map(|begun| begun.operations.into_keys().collect())
}

/// What is read where the journal was left out.
fn without_journal(store: &Store) -> (State, BTreeSet<CallId>) {
    let aside = store.dir().join("aside");
    let had_one = fs::rename(store.journal_path(), &aside).is_ok();
    let read = (store.read().unwrap().unwrap(), undated(store).into_iter().collect());
    if had_one {
        fs::rename(&aside, store.journal_path()).unwrap();
    }
    read
}

#[test]
fn a_snapshot_of_the_middle_names_what_is_not_over_and_what_is_new() {
    // Of these, 1 will be done, 2 refused, 3 sent, 5 taken by the cloud, and 8 not be intended.
    let (_dir, store, mut lease) = running(&[1, 2, 3, 4, 5, 8]);
    lease.append(changes()).unwrap();
    let begun = file::stamp(&store.snapshot_path()).unwrap();
    let (header, serial) = (lines(&store), lease.state().unwrap().serial);
    lease.also_sends(further(&[9])).unwrap();
    assert_ne!(file::stamp(&store.snapshot_path()).unwrap(), begun);
    assert_eq!(lines(&store), header, "the journal goes on");
    assert_eq!(named(&store), Some(ids(&[3, 5, 8, 9])));
    let said = snapshot(&store);
    assert_eq!((said.serial, said.journal_sequence), (serial, changes().len() as u64));
    assert_eq!(said.begun.unwrap().at, may_send(&[]).at, "nothing was sent before the run began");
    assert_eq!(store.read().unwrap().as_ref(), lease.state(), "with its journal nothing is in doubt");
    assert_eq!(undated(&store), []);
    let (lost, in_doubt) = without_journal(&store);
    assert_eq!(in_doubt, ids(&[3, 8, 9]));
    let recorded = lease.state().unwrap();
    assert_eq!((&lost.ended, &lost.volumes), (&recorded.ended, &recorded.volumes));
    assert_eq!(lost.operations[&call_id(5)], recorded.operations[&call_id(5)], "what the cloud took stays taken");

    // Both go on: what is recorded, and what is named.
    lease.append(vec![intent(call_id(9), "k9", 1..=2, 40), sent(call_id(9), 9)]).unwrap();
    lease.append(vec![Change::Closed { call: call_id(9), at: at(10) }]).unwrap();
    lease.also_sends(further(&[10])).unwrap();
    assert_eq!(named(&store), Some(ids(&[3, 5, 8, 10])));
    assert_eq!(store.read().unwrap().as_ref(), lease.state());
    assert_eq!(without_journal(&store).1, ids(&[3, 8, 10]));
    lease.commit(at(0)).unwrap();
    assert_eq!(named(&store), None);
    assert_eq!(undated(&store), []);
    assert_eq!(store.read().unwrap().as_ref(), lease.state());
}

#[test]
fn the_snapshot_before_it_fits_the_journal_too() {
    let (_dir, store, mut lease) = running(&[1]);
    let mut former = vec![fs::read(store.snapshot_path()).unwrap(), fs::read(store.generation_path(1)).unwrap()];
    lease.append(changes()[..7].to_vec()).unwrap();
    lease.also_sends(further(&[9])).unwrap();
    former.push(fs::read(store.snapshot_path()).unwrap());
    lease.append(changes()[7..].to_vec()).unwrap();
    lease.also_sends(further(&[10])).unwrap();
    lease.append(vec![intent(call_id(10), "k10", 1..=2, 40)]).unwrap();
    let state = lease.state().cloned();
    drop(lease);
    // The machine went down before the disk had the new name, or a generation was put back.
    for former in former {
        put_in(&store.snapshot_path(), &former);
        let read = store.read().unwrap().unwrap();
        assert_eq!((&read.operations, read.serial), (&state.as_ref().unwrap().operations, 1));
        assert_eq!(undated(&store), []);
    }
}

#[test]
fn it_takes_no_generations_place() {
    let (_dir, store, mut lease) = running(&[1]);
    for _ in 0..2 {
        lease.commit(at(0)).unwrap();
        lease.begin_run(approved(1), may_send(&[1]), Vec::new()).unwrap();
    }
    let kept = || [1, 2, 3].map(|number| fs::read(store.generation_path(number)).unwrap());
    let before = kept();
    (0..5).for_each(|number| lease.also_sends(further(&[20 + number])).unwrap());
    assert_eq!(kept(), before);
}

#[test]
fn only_a_run_that_sends_calls_names_further_ones() {
    let (_dir, store) = place();
    let mut lease = lock(&store);
    let not_begun = |lease: &mut Lease| matches!(lease.also_sends(further(&[9])), Err(StoreError::NotBegun { .. }));
    assert!(not_begun(&mut lease));
    lease.create(empty()).unwrap();
    assert!(not_begun(&mut lease));
    lease.begin(approved(1)).unwrap();
    assert!(not_begun(&mut lease));
    lease.commit(at(0)).unwrap();
    // One that has only others' calls to go on with may come to send some.
    lease.begin_run(approved(1), may_send(&[]), Vec::new()).unwrap();
    lease.also_sends(further(&[9])).unwrap();
    assert_eq!(named(&store), Some(ids(&[9])));
    lease.commit(at(0)).unwrap();
    assert!(not_begun(&mut lease), "its journal is gone");
    assert_eq!(named(&store), None);
}

#[test]
fn a_snapshot_that_cannot_be_written_leaves_the_run_as_it_was() {
    let (_dir, store, mut lease) = running(&[1]);
    lease.append(vec![intent(call_id(1), "k", 1..=100, 40), sent(call_id(1), 1)]).unwrap();
    let files = || [store.snapshot_path(), store.journal_path()].map(|path| fs::read(path).unwrap());
    let (before, beside) = (files(), file::beside(&store.snapshot_path()));
    fs::create_dir(&beside).unwrap();
    assert!(matches!(lease.also_sends(further(&[9])), Err(StoreError::Io { .. })));
    assert_eq!(files(), before);
    assert!(lease.fence().holds());
    assert_eq!(without_journal(&store).1, ids(&[1]));
    // What the calls under way come to is recorded, and the room for that is still there.
    let room = fs::metadata(store.journal_path()).unwrap().len();
    let [first, others @ ..] = &rest(1, "k", 100)[..] else { panic!() };
    lease.append(vec![first.clone()]).unwrap();
    fs::remove_dir(&beside).unwrap();
    lease.also_sends(further(&[10])).unwrap();
    assert_eq!(named(&store), Some(ids(&[1, 10])), "what could not be named was not sent");
    others.iter().for_each(|change| lease.append(vec![change.clone()]).unwrap());
    assert_eq!(fs::metadata(store.journal_path()).unwrap().len(), room);
    lease.commit(at(0)).unwrap();
    assert_eq!(store.read().unwrap().unwrap().volumes.len(), 100);
}

#[test]
fn after_a_record_that_failed_nothing_is_named() {
    let (_dir, store, mut lease) = running(&[1]);
    lease.append(changes()[..7].to_vec()).unwrap();
    let before = named(&store);
    lease.log.as_mut().unwrap().file = full();
    lease.append(changes()[7..10].to_vec()).unwrap_err();
    assert!(matches!(lease.also_sends(further(&[9])), Err(StoreError::Poisoned { .. })));
    assert_eq!(named(&store), before);
    lease.commit(at(0)).unwrap();
    assert_eq!(store.read().unwrap().unwrap().volumes.len(), 3);
}

#[test]
fn a_fenced_run_names_nothing() {
    let journal_gone = |store: &Store| fs::remove_file(store.journal_path()).unwrap();
    let lock_broken = |store: &Store| drop(store.break_lock(&holder().id()).unwrap());
    let written_by_hand = |store: &Store| {
        put_in(&store.snapshot_path(), &fs::read(store.snapshot_path()).unwrap());
    };
    for outside in [journal_gone, lock_broken, written_by_hand] {
        let (_dir, store, mut lease) = running(&[1]);
        lease.append(changes()[..2].to_vec()).unwrap();
        lease.also_sends(further(&[8])).unwrap();
        outside(&store);
        let before = fs::read(store.snapshot_path()).unwrap();
        assert!(matches!(lease.also_sends(further(&[9])), Err(StoreError::Fenced { .. })));
        assert_eq!(fs::read(store.snapshot_path()).unwrap(), before);
        assert!(matches!(lease.append(changes()[2..3].to_vec()), Err(StoreError::Fenced { .. })));
    }
}

#[test]
fn a_call_that_is_about_to_leave_is_not_fenced_by_its_own_run() {
    let (_dir, store, mut lease) = running(&[1]);
    let is_over = AtomicBool::new(false);
    let asked = std::thread::scope(|scope| {
        let ask = || {
            let fence = lease.fence();
            scope.spawn(|| {
                let fence = fence;
                let mut asked = 0u64;
                while !is_over.load(Ordering::Relaxed) {
                    assert!(fence.holds(), "after {asked} times");
                    asked += 1;
                }
                asked
            })
        };
        let askers = [(); 3].map(|()| ask());
        let fence = lease.fence();
        for number in 0..300u32 {
            lease.also_sends(further(&[u8::try_from(number % 200).unwrap()])).unwrap();
            assert!(fence.holds());
        }
        is_over.store(true, Ordering::Relaxed);
        askers.map(|asker| asker.join().unwrap())
    });
    assert!(asked.into_iter().all(|times| times > 0), "{asked:?}");
    // What another writes is noticed as before.
    put_in(&store.snapshot_path(), &fs::read(store.snapshot_path()).unwrap());
    assert!(!lease.fence().holds());
}

/// A run that names further calls twice. Of those of its beginning, 1 is done, 2 refused and 8 never intended.
fn whole_run(store: &Store) -> Result<(), StoreError> {
    let mut lease = store.lock(holder(), std::time::Duration::ZERO)?;
    if lease.state().is_none() {
        lease.create(empty())?;
    }
    lease.begin_run(approved(1), may_send(&[1, 2, 8]), Vec::new())?;
    lease.append(changes()[..5].to_vec())?;
    lease.append(changes()[5..10].to_vec())?;
    lease.also_sends(further(&[3, 4]))?;
    lease.append(changes()[10..14].to_vec())?;
    lease.append(changes()[14..15].to_vec())?;
    lease.also_sends(further(&[5]))?;
    lease.append(changes()[15..].to_vec())?;
    lease.commit(at(0))
}

#[test]
fn a_run_that_names_further_calls_may_die_at_any_boundary() {
    let (_dir, store) = place();
    let counted = Boundaries::counted(None);
    whole_run(&store.clone().with_boundaries(counted.clone())).unwrap();
    let passed = counted.passed();
    assert_eq!(passed.iter().filter(|name| **name == "the snapshot named").count(), 5, "{passed:?}");
    let groups = [0, 5, 10, 14, 15, changes().len()].map(|length| folded(empty(), &changes()[..length]));
    // Each snapshot that may stand: up to which record, what it names, and what is in doubt where it stands alone.
    let all = changes().len() as u64;
    let snapshots = [
        (0, None, ids(&[])),
        (0, Some(ids(&[1, 2, 8])), ids(&[1, 2, 8])),
        (10, Some(ids(&[3, 4, 8])), ids(&[3, 4, 8])),
        (15, Some(ids(&[3, 5, 8])), ids(&[3, 5, 8])),
        (all, None, ids(&[])),
    ];
    let mut seen = BTreeSet::new();
    for number in 1..=passed.len() {
        let (_dir, store) = place();
        let killed = Boundaries::counted(Some(number));
        let _ = whole_run(&store.clone().with_boundaries(killed.clone()));
        let what = format!("{number}, {}", passed[number - 1]);
        assert!(killed.died());
        let Some(state) = store.read().unwrap() else { continue };
        let is_group = |group: &State| group.volumes == state.volumes && group.operations == state.operations;
        assert!(groups.iter().any(is_group), "{what}");
        let said = snapshot(&store);
        let stands = (said.journal_sequence, named(&store));
        let place = snapshots.iter().position(|(sequence, named, _)| (sequence, named) == (&stands.0, &stands.1));
        let place = place.unwrap_or_else(|| panic!("{what}: {stands:?}"));
        seen.insert(place);
        let (lost, in_doubt) = without_journal(&store);
        assert_eq!(in_doubt, snapshots[place].2, "{what}");
        for id in state.operations.keys().chain(state.ended.keys()) {
            assert!(lost.operations.contains_key(id) || lost.ended.contains_key(id), "{what}: {id} may have been sent");
        }
        // Only what was synced of the journal is there after the machine went down.
        if let Ok(journal) = fs::read(store.journal_path()) {
            let durable = usize::try_from(killed.durable()).unwrap();
            put_in(&store.journal_path(), &journal[..durable]);
            let least = store.read().unwrap().unwrap();
            assert!((said.journal_sequence..=state.journal_sequence).contains(&least.journal_sequence), "{what}");
            assert_eq!(undated(&store), [], "{what}");
            put_in(&store.journal_path(), &journal);
        }
        // The next run goes on from there.
        let mut next = lock(&store);
        next.begin_run(approved(2), may_send(&[7]), Vec::new()).unwrap();
        next.also_sends(further(&[6])).unwrap();
        next.commit(at(0)).unwrap();
        let end = store.read().unwrap().unwrap();
        assert_eq!((end.volumes, end.operations), (state.volumes, state.operations), "{what}");
    }
    assert_eq!(seen.len(), snapshots.len());
}

/// A run that takes a volume over and gives another one another address, after one that was approved for other things.
fn run_that_records_at_once(store: &Store) -> Result<(), StoreError> {
    let mut lease = store.lock(holder(), std::time::Duration::ZERO)?;
    if lease.state().is_none() {
        let address: Address = "old[1]".parse().unwrap();
        let volumes = [(address, taken("id-1"))].into();
        lease.create(folded(empty(), &[Change::Imported { volumes }]))?;
        lease.begin_run(approved(1), may_send(&[]), Vec::new())?;
        lease.commit(at(0))?;
    }
    let (from, to): (Address, Address) = ("old[1]".parse().unwrap(), "new[1]".parse().unwrap());
    let imported = [("web[1]".parse().unwrap(), taken("id-2"))].into();
    let at_once = vec![Change::Moved { addresses: [(from, to)].into() }, Change::Imported { volumes: imported }];
    lease.begin_run(approved(2), may_send(&[7]), at_once)?;
    lease.append(vec![Change::Used { ids: vec![VolumeId::new("id-3").unwrap()] }])?;
    lease.commit(at(0))
}

fn taken(id: &str) -> crate::state::Imported {
    let seen = crate::state::samples::seen(id);
    let spec = serde_json::from_str(r#"{"availability_zone":"az","volume_type":"SSD","size":40}"#).unwrap();
    let base = crate::state::Base { name: id.to_owned(), spec: std::sync::Arc::new(spec) };
    crate::state::Imported { id: VolumeId::new(id).unwrap(), call: call_id(9), seen, base }
}

#[test]
fn what_a_run_records_as_it_begins_is_there_with_its_approval_or_not_at_all() {
    let (_dir, store) = place();
    let counted = Boundaries::counted(None);
    run_that_records_at_once(&store.clone().with_boundaries(counted.clone())).unwrap();
    let passed = counted.passed();
    let mut seen = BTreeSet::new();
    for number in 1..=passed.len() {
        let (_dir, store) = place();
        let killed = Boundaries::counted(Some(number));
        let _ = run_that_records_at_once(&store.clone().with_boundaries(killed.clone()));
        let Some(state) = store.read().unwrap() else { continue };
        let addresses: Vec<String> = state.volumes.keys().map(ToString::to_string).collect();
        let is_begun = addresses == ["new[1]", "web[1]"];
        assert!(is_begun || addresses == ["old[1]"], "{number}, {}: {addresses:?}", passed[number - 1]);
        let is_approved = state.approved == Some(super::approved(2));
        assert_eq!(is_approved, is_begun, "{number}, {}", passed[number - 1]);
        seen.insert(is_begun);
        // The next run goes on from there.
        let mut next = lock(&store);
        next.begin_run(super::approved(3), may_send(&[]), Vec::new()).unwrap();
        next.append(vec![Change::Used { ids: vec![VolumeId::new("id-4").unwrap()] }]).unwrap();
        next.commit(at(0)).unwrap();
        let end: Vec<String> = store.read().unwrap().unwrap().volumes.keys().map(ToString::to_string).collect();
        assert_eq!(end, addresses);
    }
    assert_eq!(seen.len(), 2, "{passed:?}");
}
