use super::*;
use crate::state::samples::*;
use proptest::prelude::*;

fn base() -> State {
    let mut state = empty();
    state.serial = 7;
    state.journal_sequence = 42;
    state
}

fn lines(serial: u64, after: u64, changes: &[Change]) -> Vec<u8> {
    let mut bytes = header(&Header { lineage: empty().lineage, serial, after });
    for (sequence, change) in (after + 1..).zip(changes) {
        record(sequence, change, &mut bytes).unwrap();
    }
    bytes
}

#[test]
fn a_replay_is_the_fold_of_its_changes() {
    let bytes = lines(7, 42, &changes());
    assert_eq!(replay(&bytes, base()), Ok(folded(base(), &changes())));
}

#[test]
fn only_a_torn_last_line_is_dropped() {
    let all = changes();
    let whole = lines(7, 42, &all);
    let before = lines(7, 42, &all[..all.len() - 1]);
    for length in before.len()..whole.len() {
        assert_eq!(replay(&whole[..length], base()), Ok(folded(base(), &all[..all.len() - 1])), "cut at {length}");
    }
    for at in 0..before.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        assert!(replay(&bytes, base()).is_err(), "byte {at}");
    }
    for length in 0..header(&Header { lineage: base().lineage, serial: 7, after: 42 }).len() {
        assert_eq!(replay(&whole[..length], base()), Err(JournalError::Header), "cut at {length}");
    }
}

#[test]
fn damage_names_its_line() {
    let mut bytes = lines(7, 42, &changes());
    let third = bytes.split_inclusive(|byte| *byte == b'\n').take(2).map(<[u8]>::len).sum::<usize>();
    bytes[third + 40] ^= 1;
    assert!(matches!(replay(&bytes, base()), Err(JournalError::Line { line: 3, .. })));
    let mut bytes = lines(7, 42, &changes()[..1]);
    record(45, &changes()[1], &mut bytes).unwrap();
    assert_eq!(replay(&bytes, base()), Err(JournalError::Gap { line: 3, found: 45, wanted: 44 }));
    let bytes = lines(7, 42, &changes()[2..3]);
    assert!(matches!(replay(&bytes, base()), Err(JournalError::Fold { line: 2, .. })));
}

#[test]
fn a_journal_that_was_folded_in_is_skipped() {
    let done = folded(base(), &changes());
    let bytes = lines(7, 42, &changes());
    assert_eq!(replay(&bytes, done.clone()), Ok(done.clone()));
    // Folded in by the next run, which crashed before it began its own.
    let mut next = done;
    next.serial = 8;
    assert_eq!(replay(&bytes, next.clone()), Ok(next));
}

#[test]
fn a_journal_of_another_snapshot_is_refused() {
    let bytes = lines(7, 42, &changes());
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
fn the_generation_before_may_be_put_back() {
    let mut before = base();
    before.serial = 6;
    assert_eq!(replay(&lines(7, 42, &changes()), before), Ok(folded(base(), &changes())));
}

#[test]
fn a_newer_journal_and_an_unknown_record_are_refused() {
    assert_eq!(replay(b"{\"journal\":2,\"x\":1}\n", base()), Err(JournalError::Newer { format: 2 }));
    let mut bytes = lines(7, 42, &[]);
    let change = br#"{"moved":{}}"#;
    bytes.extend_from_slice(format!("{{\"seq\":43,\"sum\":\"{}\",\"change\":", sum(b"\"seq\":43", change)).as_bytes());
    bytes.extend_from_slice(change);
    bytes.extend_from_slice(b"}\n");
    assert!(matches!(replay(&bytes, base()), Err(JournalError::Line { line: 2, .. })));
}

proptest! {
    #[test]
    fn any_run_replays(changes in any_changes(), folded_in in any::<prop::sample::Index>()) {
        let bytes = lines(7, 42, &changes);
        let end = folded(base(), &changes);
        prop_assert_eq!(replay(&bytes, base()), Ok(end.clone()));
        let half = folded(base(), &changes[..folded_in.index(changes.len() + 1)]);
        prop_assert_eq!(replay(&bytes, half), Ok(end));
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), line in "\\PC*") {
        let _ = replay(&bytes, base());
        let _ = replay(&[lines(7, 42, &[]), bytes].concat(), base());
        let _ = replay(format!("{line}\n").as_bytes(), base());
    }
}
