use super::*;
use crate::state::samples::*;
use proptest::prelude::*;

fn lease() -> LeaseId {
    LeaseId::new("0123abcd").unwrap()
}

fn base() -> State {
    let mut state = empty();
    state.serial = 7;
    state.lease = Some(lease());
    state.journal_sequence = 42;
    state
}

fn head() -> Header {
    Header { lineage: empty().lineage, serial: 7, lease: lease(), after: 42 }
}

/// A journal of groups of changes, a line each.
fn grouped<'a>(head: &Header, groups: impl IntoIterator<Item = &'a [Change]>) -> Vec<u8> {
    let (mut bytes, mut sum) = header(head);
    let mut next = head.after + 1;
    for group in groups {
        let (line, after) = record(sum, next, group).unwrap();
        bytes.extend_from_slice(&line);
        (sum, next) = (after, next + group.len() as u64);
    }
    bytes
}

fn lines(changes: &[Change]) -> Vec<u8> {
    grouped(&head(), changes.chunks(1))
}

/// The lines of a journal, each with its line end.
fn split(bytes: &[u8]) -> Vec<&[u8]> {
    bytes.split_inclusive(|byte| *byte == b'\n').collect()
}

#[test]
fn a_replay_is_the_fold_of_its_changes() {
    let end = folded(base(), &changes());
    assert_eq!(replay(&lines(&changes()), base()), Ok(end.clone()));
    assert_eq!(replay(&grouped(&head(), changes().chunks(5)), base()), Ok(end));
}

#[test]
fn only_a_torn_last_line_is_dropped() {
    let all = changes();
    let whole = lines(&all);
    let before = lines(&all[..all.len() - 1]);
    let without = folded(base(), &all[..all.len() - 1]);
    for length in before.len()..whole.len() - 1 {
        assert_eq!(replay(&whole[..length], base()), Ok(without.clone()), "cut at {length}");
    }
    // It lacks its end alone, and may have been synced.
    assert_eq!(replay(&whole[..whole.len() - 1], base()), Ok(folded(base(), &all)));
    let (first, _) = header(&head());
    for length in 0..first.len() {
        assert_eq!(replay(&whole[..length], base()), Err(JournalError::Header), "cut at {length}");
    }
}

#[test]
fn no_byte_can_change_unnoticed() {
    let whole = lines(&changes());
    for room in [0, 700] {
        for at in 0..whole.len() {
            let mut bytes = [&whole[..], &vec![0; room]].concat();
            bytes[at] ^= 1 << (at % 8);
            assert!(replay(&bytes, base()).is_err(), "byte {at}");
        }
    }
}

#[test]
fn no_record_can_be_taken_out_or_swapped() {
    let whole = lines(&changes());
    let lines = split(&whole);
    for at in 1..lines.len() - 1 {
        let without: Vec<u8> = [&lines[..at], &lines[at + 1..]].concat().concat();
        assert!(replay(&without, base()).is_err(), "without line {}", at + 1);
        let mut swapped = lines.clone();
        swapped.swap(at, at + 1);
        assert!(replay(&swapped.concat(), base()).is_err(), "line {} swapped with the next", at + 1);
    }
}

#[test]
fn no_record_can_come_from_another_journal() {
    // The same changes, and the same sequence: only the lease is another.
    let other = grouped(&Header { lease: LeaseId::new("00000000").unwrap(), ..head() }, changes().chunks(1));
    let own = lines(&changes());
    for at in 1..split(&own).len() {
        let mixed = [&split(&own)[..at], &split(&other)[at..]].concat().concat();
        assert!(matches!(replay(&mixed, base()), Err(JournalError::Line { .. })), "from line {} on", at + 1);
    }
}

#[test]
fn room_after_the_last_line_is_nothing() {
    let whole = lines(&changes());
    let end = folded(base(), &changes());
    for room in [1, 100, 70_000] {
        assert_eq!(replay(&[&whole[..], &vec![0; room]].concat(), base()), Ok(end.clone()), "{room}");
    }
    let last = split(&whole).last().unwrap().len();
    let before = folded(base(), &changes()[..changes().len() - 1]);
    for length in 0..last {
        let torn = [&whole[..whole.len() - last + length], &[0; 500]].concat();
        let counts = if length == last - 1 { &end } else { &before };
        assert_eq!(replay(&torn, base()), Ok(counts.clone()), "torn after {length}");
    }
}

#[test]
fn a_line_end_that_became_something_else_is_damage() {
    let all = changes();
    let whole = lines(&all);
    let end = whole.len() - 1;
    let (line, _) = record(Sum([b'0'; 8]), 99, &all[..1]).unwrap();
    for byte in (0..=255).filter(|byte| !matches!(byte, 0 | b'\n')) {
        for behind in [&[][..], &[0; 600], &line, &line[..line.len() - 1], &line[..20]] {
            let damaged = [&whole[..end], &[byte], behind].concat();
            assert!(replay(&damaged, base()).is_err(), "{byte} before {} bytes", behind.len());
        }
    }
}

#[test]
fn a_last_line_with_a_hole_never_counted() {
    let all = changes();
    let whole = grouped(&head(), [&all[..4], &all[4..]]);
    let lines = split(&whole);
    let [start, end] = [lines[0].len() + lines[1].len(), whole.len() - 1];
    let before = folded(base(), &all[..4]);
    // Sectors that never reached the disk, all but the last; and parts of them, which no crash takes out.
    let sectors = start / SECTOR..end / SECTOR;
    assert!(sectors.len() >= 2, "{sectors:?} of {start} to {end}");
    for (sector, room) in sectors.flat_map(|sector| [(sector, 0), (sector, 700)]) {
        let mut bytes = [&whole[..], &vec![0; room]].concat();
        let hole = (sector * SECTOR).max(start)..(sector + 1) * SECTOR;
        bytes[hole.clone()].fill(0);
        assert_eq!(replay(&bytes, base()), Ok(before.clone()), "{hole:?}");
        for part in [hole.start..hole.end - 1, hole.start + 1..hole.end, hole.start..hole.start + 1] {
            let mut bytes = [&whole[..], &vec![0; room]].concat();
            bytes[part.clone()].fill(0);
            assert!(replay(&bytes, base()).is_err(), "{part:?} of {hole:?}");
        }
    }
    // Any other line was synced before the next was written, its line end too; the first before the journal got
    // its name.
    for at in 0..start {
        let mut bytes = whole.clone();
        bytes[at] = 0;
        assert!(replay(&bytes, base()).is_err(), "byte {at}");
    }
    let mut alone = lines[0].to_vec();
    alone[20] = 0;
    assert_eq!(replay(&alone, base()), Err(JournalError::Header));
}

#[test]
fn damage_names_its_line() {
    let mut bytes = lines(&changes());
    let third = split(&bytes).iter().take(2).map(|line| line.len()).sum::<usize>();
    bytes[third + 40] ^= 1;
    assert!(matches!(replay(&bytes, base()), Err(JournalError::Line { line: 3, .. })));
    let (mut bytes, sum) = header(&head());
    let (line, sum) = record(sum, 43, &changes()[..1]).unwrap();
    bytes.extend_from_slice(&line);
    bytes.extend_from_slice(&record(sum, 45, &changes()[1..2]).unwrap().0);
    assert_eq!(replay(&bytes, base()), Err(JournalError::Gap { line: 3, found: 45, wanted: 44 }));
    assert!(matches!(replay(&lines(&changes()[2..3]), base()), Err(JournalError::Fold { line: 2, .. })));
}

#[test]
fn a_journal_that_was_folded_in_is_skipped() {
    let done = folded(base(), &changes());
    let bytes = lines(&changes());
    assert_eq!(replay(&bytes, done.clone()), Ok(done.clone()));
    // Folded in by the next run, which crashed before it began its own.
    let mut next = done;
    next.serial = 8;
    next.lease = Some(LeaseId::new("00000008").unwrap());
    assert_eq!(replay(&bytes, next.clone()), Ok(next.clone()));
    // Its last record was read and folded in, and the disk never had it.
    let fewer = lines(&changes()[..5]);
    assert_eq!(replay(&fewer, next.clone()), Ok(next));
}

#[test]
fn a_snapshot_of_the_middle_of_a_run_believes_a_journal_that_reaches_it() {
    let middle = State { begun: Some(begun(&[9])), ..folded(base(), &changes()[..12]) };
    for length in 0..=changes().len() {
        let read = replay(&lines(&changes()[..length]), middle.clone()).unwrap();
        // A shorter one is a copy from before: it does not tell what the run did later.
        assert_eq!(read.operations.contains_key(&call_id(9)), length < 12, "{length}");
        assert_eq!(read.begun, None);
        if length >= 12 {
            assert_eq!(read, folded(base(), &changes()[..length]));
        }
    }
}

#[test]
fn a_journal_of_another_snapshot_is_refused() {
    let bytes = lines(&changes());
    let mut other = base();
    other.lineage = Lineage::from_random(*b"other");
    assert!(matches!(replay(&bytes, other), Err(JournalError::OtherLineage { .. })));
    for (serial, sequence) in [(9, 52), (8, 51), (8, 53), (5, 42), (6, 41), (7, 41)] {
        let mut other = base();
        (other.serial, other.journal_sequence) = (serial, sequence);
        let error = replay(&bytes, other).unwrap_err();
        assert!(matches!(error, JournalError::OtherSnapshot { .. }), "{serial}, {sequence}: {error}");
    }
}

#[test]
fn a_journal_of_another_run_with_the_same_serial_is_refused() {
    for (wanted, words) in
        [(None, "before the first run"), (Some(LeaseId::new("00000007").unwrap()), "under lock 00000007")]
    {
        let other = State { lease: wanted.clone(), ..base() };
        let error = replay(&lines(&changes()), other).unwrap_err();
        assert_eq!(error, JournalError::OtherLease { found: lease(), wanted, serial: 7 });
        assert!(error.to_string().ends_with(words), "{error}");
    }
}

#[test]
fn the_generation_before_may_be_put_back() {
    let before = State { serial: 6, lease: Some(LeaseId::new("00000006").unwrap()), ..base() };
    // With the journal come its serial and its lease.
    assert_eq!(replay(&lines(&changes()), before), Ok(folded(base(), &changes())));
}

#[test]
fn the_journal_of_the_run_that_was_begun_tells_what_it_sent() {
    let begun = State { begun: Some(begun(&[1, 9])), ..base() };
    assert_eq!(replay(&lines(&changes()), begun.clone()), Ok(folded(base(), &changes())));
    assert_eq!(replay(&lines(&[]), begun), Ok(base()), "it sent nothing");
}

#[test]
fn the_journal_of_another_run_does_not_tell_what_the_one_that_was_begun_has_sent() {
    let lost = |state: State| {
        let mut lost = state;
        lost.record_lost();
        lost
    };
    // The one before it, as an old commit holds it: all of it is folded in.
    let mut next = State { serial: 8, lease: Some(LeaseId::new("00000008").unwrap()), ..folded(base(), &changes()) };
    next.begun = Some(begun(&[9]));
    let read = replay(&lines(&changes()), next.clone()).unwrap();
    assert_eq!(read, lost(next));
    assert!(matches!(
        read.operations[&call_id(9)].progress,
        crate::operation::Progress::Sent(crate::operation::Sendings { undated: true, .. })
    ));
    // The one after it, which took the calls over and settled one of them.
    let before = State { serial: 6, begun: Some(begun(&[8, 9])), ..base() };
    let settled = [sent(call_id(8), 200), Change::Closed { call: call_id(8), at: at(300) }];
    let read = replay(&lines(&settled), before.clone()).unwrap();
    assert_eq!(read, State { serial: 7, ..folded(lost(before), &settled) });
    assert_eq!(read.operations.keys().collect::<Vec<_>>(), [&call_id(9)]);
}

#[test]
fn a_newer_journal_and_an_unknown_record_are_refused() {
    assert_eq!(replay(b"{\"journal\":3,\"x\":1}\n", base()), Err(JournalError::Newer { format: 3 }));
    let (mut bytes, before) = header(&head());
    let changes = br#"[{"moved":{}}]"#;
    let sum = Sum::of(&[&before.0, b"\"seq\":43", changes]);
    let sum = str::from_utf8(&sum.0).unwrap();
    bytes.extend_from_slice(format!("{{\"seq\":43,\"sum\":\"{sum}\",\"changes\":").as_bytes());
    bytes.extend_from_slice(changes);
    bytes.extend_from_slice(b"}\n");
    let error = replay(&bytes, base()).unwrap_err();
    assert!(matches!(&error, JournalError::Line { line: 2, damage: Damage::Changes(_) }), "{error}");
}

proptest! {
    #[test]
    fn any_run_replays(changes in any_changes(), group in 1usize..5, folded_in in any::<prop::sample::Index>()) {
        let bytes = grouped(&head(), changes.chunks(group));
        let end = folded(base(), &changes);
        prop_assert_eq!(replay(&bytes, base()), Ok(end.clone()));
        let half = folded(base(), &changes[..folded_in.index(changes.len() + 1)]);
        prop_assert_eq!(replay(&bytes, half), Ok(end));
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), line in "\\PC*") {
        let _ = replay(&bytes, base());
        let _ = replay(&[lines(&[]), bytes].concat(), base());
        let _ = replay(format!("{line}\n").as_bytes(), base());
    }
}
