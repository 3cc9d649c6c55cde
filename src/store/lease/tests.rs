mod formats;
mod further;

use super::*;
use crate::boundary::Boundaries;
use crate::operation::{Progress, Sendings};
use crate::state::TokenSupport;
use crate::state::samples::{
    address, any_changes, approved, at, begun as may_send, call_id, changes, created, empty, folded, intent, sent,
};
use crate::store::tests::{holder, lock, place};
use crate::volume::{JobId, Receipt, VolumeName};
use proptest::prelude::*;
use std::collections::BTreeMap;
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
    assert_eq!((state.serial, state.journal_sequence), (1, changes().len() as u64));
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
    // The begin of the next, as earlier versions did it: its snapshot is there, the journal is still the old one.
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
    assert_eq!(error.hint().as_deref(), Some("make room on that disk, then go on"));
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
    assert_eq!((lease.state().unwrap().operations.len(), lease.state().unwrap().ended.len()), (2, 3));
    lease.commit(at(31 * day)).unwrap();
    assert_eq!((lease.state().unwrap().operations.len(), lease.state().unwrap().ended.len()), (2, 0));
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
    assert!(first + journal + last < 4 * last, "{first} + {journal} + {last}");
    assert!(room < 7 * journal, "{room} with {journal}");
}

/// What a call that is intended may come to.
fn rest(number: u8, key: &str, slots: u32) -> Vec<Change> {
    let call = call_id(number);
    let renamed = |slot: u32| Change::Renamed {
        address: address(&format!("{key}[{slot}]")),
        name: VolumeName::new(format!("{key}-{slot:04}")).unwrap(),
        description: None,
    };
    let job_id = JobId::new("ff808082739334d80173943ec9b42130").unwrap();
    let mut all =
        vec![Change::Accepted { call: call.clone(), receipt: Receipt::Job(job_id), named: Vec::new(), at: at(1) }];
    all.push(created(call.clone(), key, 1..=slots));
    all.extend((1..=slots).map(renamed));
    all.push(Change::Done { call, at: at(3) });
    all
}

#[test]
fn after_an_intent_nothing_needs_more_room() {
    let (_dir, store, mut lease) = begun();
    let size = || fs::metadata(store.journal_path()).unwrap().len();
    for number in 1..=5 {
        lease
            .append(vec![intent(call_id(number), &format!("k{number}"), 1..=100, 40), sent(call_id(number), 1)])
            .unwrap();
    }
    let before = size();
    assert!(before > lines(&store).len() as u64);
    for number in 1..=5 {
        for change in rest(number, &format!("k{number}"), 100) {
            lease.append(vec![change]).unwrap();
            assert_eq!(size(), before);
        }
    }
    assert_eq!(store.read().unwrap().as_ref(), lease.state());
}

#[test]
fn a_resumed_call_has_its_room_before_it_is_sent_again() {
    let (_dir, store, mut lease) = begun();
    lease.append(vec![intent(call_id(1), "k", 1..=100, 40), sent(call_id(1), 1)]).unwrap();
    drop(lease);
    let mut next = lock(&store);
    next.begin(approved(1)).unwrap();
    next.append(vec![sent(call_id(1), 2)]).unwrap();
    let size = || fs::metadata(store.journal_path()).unwrap().len();
    let before = size();
    rest(1, "k", 100).into_iter().for_each(|change| next.append(vec![change]).unwrap());
    assert_eq!(size(), before);
}

#[test]
fn a_state_that_begins_with_open_calls_has_their_room() {
    let (_dir, store) = place();
    let mut lease = lock(&store);
    let intents = [1, 2, 3].map(|number| intent(call_id(number), &format!("k{number}"), 1..=100, 40));
    lease.create(folded(empty(), &intents)).unwrap();
    lease.begin(approved(1)).unwrap();
    lease.append(vec![sent(call_id(1), 2)]).unwrap();
    let size = || fs::metadata(store.journal_path()).unwrap().len();
    let before = size();
    for number in [1, 2, 3] {
        let all = rest(number, &format!("k{number}"), 100);
        all.into_iter().for_each(|change| lease.append(vec![change]).unwrap());
    }
    assert_eq!(size(), before);
}

#[test]
fn without_room_no_call_begins_and_what_happened_is_recorded() {
    let (_dir, store, mut lease) = begun();
    lease.append(vec![intent(call_id(1), "a", 1..=3, 40), sent(call_id(1), 1)]).unwrap();
    // Growing fails where the file cannot be written any more, while the room that there is stays.
    let log = lease.log.as_mut().unwrap();
    let whole = std::mem::replace(&mut log.file, full());
    let [accepted, created, ..] = &rest(1, "a", 3)[..] else { panic!() };
    let big = intent(call_id(2), "b", 1..=100, 40);
    let error = lease.append(vec![big.clone(), sent(call_id(2), 2)]).unwrap_err();
    assert!(matches!(error, StoreError::NoRoom { .. }), "{error}");
    assert_eq!(error.hint().as_deref(), Some("make room on that disk, then go on"));
    assert_eq!(lease.state().unwrap().operations.len(), 1);
    assert_eq!(store.read().unwrap().as_ref(), lease.state());

    // With what happened in between: only that is recorded, and the lease goes on.
    lease.log.as_mut().unwrap().file = whole;
    let limit = fs::metadata(store.journal_path()).unwrap().len();
    lease.log.as_mut().unwrap().most = Some(limit);
    let group = vec![accepted.clone(), big, sent(call_id(2), 2), Change::Tokens(TokenSupport::Honoured)];
    assert!(matches!(lease.append(group), Err(StoreError::NoRoom { .. })));
    lease.append(vec![created.clone()]).unwrap();
    let state = store.read().unwrap().unwrap();
    assert_eq!(Some(&state), lease.state());
    assert_eq!((state.operations.len(), state.volumes.len(), state.journal_sequence), (1, 3, 5));
    assert_eq!(state.tokens, Some(TokenSupport::Honoured));
    lease.commit(at(0)).unwrap();
}

/// A whole run, from the lock to its return.
fn whole_run(store: &Store) -> Result<(), StoreError> {
    let mut lease = store.lock(crate::store::tests::holder(), std::time::Duration::ZERO)?;
    if lease.state().is_none() {
        lease.create(empty())?;
    }
    lease.begin(approved(1))?;
    lease.keep_manifest("volumes: {}")?;
    for changes in changes().chunks(4) {
        lease.append(changes.to_vec())?;
    }
    lease.commit(at(0))
}

#[test]
fn a_run_may_die_at_any_boundary() {
    let (_dir, store) = place();
    let counted = Boundaries::counted(None);
    whole_run(&store.clone().with_boundaries(counted.clone())).unwrap();
    let count = counted.passed().len();
    assert!(count > 40, "{:?}", counted.passed());
    let groups: Vec<State> = (0..=changes().len())
        .filter(|length| length % 4 == 0 || *length == changes().len())
        .map(|length| folded(empty(), &changes()[..length]))
        .collect();
    for at in 1..=count {
        let (_dir, store) = place();
        let killed = Boundaries::counted(Some(at));
        let ended = whole_run(&store.clone().with_boundaries(killed.clone()));
        let last = *killed.passed().last().unwrap();
        // The lock is given back after all is said.
        let over = matches!(last, "the lock is given back" | "the lock's words cleared");
        assert_eq!(ended.is_err(), !over, "{at}, {last}: {ended:?}");
        assert!(killed.died());
        // What was never synced may be gone, or never have been written.
        if let Ok(journal) = fs::read(store.journal_path()) {
            let durable = usize::try_from(killed.durable()).unwrap();
            assert!(durable <= journal.len());
            let read = |bytes: &[u8]| {
                fs::remove_file(store.journal_path()).unwrap();
                file::create_if_missing(&store.journal_path(), bytes).unwrap();
                store.read().unwrap().map(|state| state.journal_sequence)
            };
            let (least, most) = (read(&journal[..durable]), read(&journal));
            assert!(least <= most, "{at}, {last}");
        }
        let Some(state) = store.read().unwrap() else { continue };
        assert!(
            groups.iter().any(|group| group.volumes == state.volumes && group.operations == state.operations),
            "{at}, {last}"
        );
        // The next run finds nothing in its way.
        let mut next = lock(&store);
        next.begin(approved(2)).unwrap();
        next.commit(crate::state::samples::at(0)).unwrap();
    }
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
        file.write_all_at(&line[..torn.min(line.len() - 2)], whole.len() as u64).unwrap();
        let next = lock(&store);
        prop_assert_eq!(next.state(), state.as_ref());
    }
}

/// The calls that may have been sent at a time that nothing tells.
fn undated(store: &Store) -> Vec<crate::volume::CallId> {
    let state = store.read().unwrap().unwrap();
    let undated = |progress: &Progress| matches!(progress, Progress::Sent(Sendings { undated: true, .. }));
    state.operations.into_iter().filter(|(_, call)| undated(&call.progress)).map(|(id, _)| id).collect()
}

/// A commit that leaves the journal out.
fn lose_journal(store: &Store) {
    fs::remove_file(store.journal_path()).unwrap();
}

#[test]
fn a_run_that_was_begun_and_whose_journal_is_lost_may_have_sent_its_calls() {
    let (_dir, store) = place();
    let mut lease = lock(&store);
    lease.create(empty()).unwrap();
    lease.begin_run(approved(1), may_send(&[8, 9]), Vec::new()).unwrap();
    assert_eq!(store.read().unwrap().as_ref(), lease.state(), "with its journal nothing is in doubt");
    lease.append(vec![intent(call_id(8), "k8", 1..=2, 40), sent(call_id(8), 1)]).unwrap();
    drop(lease);
    assert_eq!(undated(&store), []);
    lose_journal(&store);
    assert_eq!(undated(&store), [call_id(8), call_id(9)]);
    // The next run holds them as its own, whatever it is about; what becomes of it changes nothing about that.
    let mut next = lock(&store);
    next.begin_run(approved(1), may_send(&[7]), Vec::new()).unwrap();
    next.append(vec![sent(call_id(8), 200)]).unwrap();
    assert_eq!(undated(&store), [call_id(9)]);
    drop(next);
    lose_journal(&store);
    assert_eq!(undated(&store), [call_id(7), call_id(8), call_id(9)]);
    // One that sends nothing settles one of them.
    let mut mending = lock(&store);
    mending.begin(approved(0)).unwrap();
    mending.append(vec![Change::Closed { call: call_id(8), at: at(300) }]).unwrap();
    mending.commit(at(300)).unwrap();
    assert_eq!(undated(&store), [call_id(7), call_id(9)]);
}

#[test]
fn a_run_that_ended_has_nothing_in_doubt() {
    let (_dir, store) = place();
    let mut lease = lock(&store);
    lease.create(empty()).unwrap();
    lease.begin_run(approved(1), may_send(&[8]), Vec::new()).unwrap();
    lease.commit(at(0)).unwrap();
    assert_eq!(undated(&store), []);
    // One that sends nothing leaves nothing in doubt, with its journal or without.
    lease.begin(approved(1)).unwrap();
    drop(lease);
    lose_journal(&store);
    assert_eq!(undated(&store), []);
}

#[test]
fn no_moment_of_dying_leaves_a_run_without_its_journal() {
    let changed = |state: &State| (state.volumes.clone(), state.operations.clone());
    for unfinished in [false, true] {
        let prepare = || {
            let (dir, store) = place();
            let mut lease = lock(&store);
            lease.create(empty()).unwrap();
            lease.begin_run(approved(1), may_send(&[8]), Vec::new()).unwrap();
            lease.append(changes()).unwrap();
            if !unfinished {
                lease.commit(at(0)).unwrap();
            }
            (dir, store)
        };
        let run = |store: &Store, boundaries: &Boundaries| -> Result<(), StoreError> {
            let mut lease =
                store.clone().with_boundaries(boundaries.clone()).lock(holder(), std::time::Duration::ZERO)?;
            lease.begin_run(approved(1), may_send(&[9]), Vec::new()).map(drop)
        };
        let counted = Boundaries::counted(None);
        run(&prepare().1, &counted).unwrap();
        let passed = counted.passed();
        assert!(passed.contains(&"its removal synced") == unfinished && passed.contains(&"the journal's name synced"));
        for number in 1..=passed.len() {
            let (_dir, store) = prepare();
            let before = store.read().unwrap().unwrap();
            let _ = run(&store, &Boundaries::counted(Some(number)));
            let after = store.read().unwrap().unwrap();
            assert_eq!(changed(&after), changed(&before), "{number}: {}", passed[number - 1]);
            assert!((before.serial..=before.serial + 1).contains(&after.serial), "{number}");
            // And that run goes on.
            let mut next = lock(&store);
            next.begin_run(approved(1), may_send(&[9]), Vec::new()).unwrap();
            next.commit(at(0)).unwrap();
            assert_eq!(changed(&store.read().unwrap().unwrap()), changed(&before), "{number}");
        }
    }
}

#[test]
fn a_state_that_was_put_together_anew_takes_the_place_of_the_old_one() {
    let (_dir, store, mut lease) = begun();
    lease.append(changes()).unwrap();
    lease.commit(at(0)).unwrap();
    let (old, mut anew) = (store.read().unwrap().unwrap(), lease.state().unwrap().clone());
    anew.volumes.remove(&address("web[1]"));
    assert_eq!(lease.rebuild(anew.clone()).unwrap().serial, old.serial + 1);
    lease.commit(at(0)).unwrap();
    let now = store.read().unwrap().unwrap();
    assert_eq!((&now.volumes, &now.approved), (&anew.volumes, &old.approved));
    assert!(store.generation_path(1).exists(), "the old one is kept");
    let mut other = empty();
    other.serial = 100;
    other.lineage = crate::volume::Lineage::from_random(*b"other");
    assert!(matches!(lease.rebuild(other), Err(StoreError::Exists { .. })));
    assert!(
        matches!(lease.rebuild(empty()), Err(StoreError::Exists { .. })),
        "an older one would lose what was recorded"
    );
    assert_eq!(store.read().unwrap().unwrap(), now);
}

#[test]
fn a_state_may_be_put_together_where_there_is_none() {
    let (_dir, store) = place();
    let mut lease = lock(&store);
    lease.rebuild(folded(empty(), &changes())).unwrap();
    lease.commit(at(0)).unwrap();
    assert_eq!(store.read().unwrap().as_ref(), lease.state());
    assert_eq!(lease.state().unwrap().serial, 1);
}

#[test]
fn two_beginnings_that_die_at_the_same_place_lose_nothing() {
    for number in 1..60 {
        let (_dir, store) = place();
        let mut lease = lock(&store);
        lease.create(empty()).unwrap();
        lease.begin(approved(1)).unwrap();
        lease.append(changes()).unwrap();
        let recorded = lease.state().unwrap().volumes.clone();
        drop(lease);
        for _ in 0..3 {
            let dying = store.clone().with_boundaries(Boundaries::counted(Some(number)));
            let Ok(mut lease) = dying.lock(holder(), std::time::Duration::ZERO) else { continue };
            let _ = lease.begin(approved(1));
        }
        let state = store.read().unwrap_or_else(|error| panic!("boundary {number}: {error:?}")).unwrap();
        assert_eq!(state.volumes, recorded, "boundary {number}");
    }
}
