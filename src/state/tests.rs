//! The golden files of each saved form, in `tests/landed/v1` and so on: a snapshot and a journal that hold everything
//! that the form can hold. Those of a form that has landed are never changed.

use super::samples::everything::{
    before, every_change, every_change_by_now, every_change_with_base, every_change_with_verbs, everything,
    everything_by_now, everything_with_base, everything_with_verbs,
};
use super::samples::{folded, stack};
use super::{State, format, journal};
use std::path::{Path, PathBuf};

/// How many changes stand in one line of the golden journals.
const TOGETHER: usize = 3;

/// The forms that landed, and that are read.
const LANDED: [&str; 2] = ["v1", "v2"];
/// Format 2 with what is agreed on, where that does not follow from the rest; it landed too.
const WITH_BASE: &str = "v2-base";
/// The same with tags that were changed, addresses that are protected or were others before, calls that extend and delete, and
/// volumes that were given up; it landed too.
const WITH_VERBS: &str = "v2-verbs";
/// The form that is written: the same with volumes that were taken over.
const PRESENT: &str = "v2-imports";

fn folder(form: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/landed").join(form)
}

fn golden(form: &str, name: &str) -> Vec<u8> {
    let path = folder(form).join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn run() -> Vec<u8> {
    let State { lineage, serial, lease, journal_sequence, .. } = before();
    let head = journal::Header { lineage, serial, lease: lease.unwrap(), after: journal_sequence };
    let (mut bytes, mut sum) = journal::header(&head);
    let mut next = journal_sequence + 1;
    for group in every_change_by_now().chunks(TOGETHER) {
        let (line, after) = journal::record(sum, next, group).unwrap();
        bytes.extend_from_slice(&line);
        (sum, next) = (after, next + group.len() as u64);
    }
    bytes
}

#[test]
#[ignore = "writes the golden files of this version's form: cargo test --lib state::tests::keep -- --ignored"]
fn keep() {
    use std::io::Write as _;
    std::fs::create_dir_all(folder(PRESENT)).unwrap();
    for (name, bytes) in [("snapshot.json", format::to_bytes(&everything_by_now())), ("run.journal", run())] {
        let mut file = std::fs::File::create(folder(PRESENT).join(name)).unwrap();
        file.write_all(&bytes).unwrap();
    }
}

#[test]
fn every_form_reads_to_what_it_was_written_from() {
    let all = LANDED.map(|form| (form, everything(), every_change()));
    let later = [
        (WITH_BASE, everything_with_base(), every_change_with_base()),
        (WITH_VERBS, everything_with_verbs(), every_change_with_verbs()),
        (PRESENT, everything_by_now(), every_change_by_now()),
    ];
    for (form, state, changes) in all.into_iter().chain(later) {
        assert_eq!(format::read(&golden(form, "snapshot.json"), &stack()), Ok(state), "{form}");
        let end = folded(before(), &changes);
        assert_eq!(journal::replay(&golden(form, "run.journal"), before()), Ok(end), "{form}");
    }
}

#[test]
fn the_present_form_is_written_to_the_byte_as_it_landed() {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let snapshot = golden(PRESENT, "snapshot.json");
    let read = format::read(&snapshot, &stack()).unwrap();
    assert_eq!(text(format::to_bytes(&read)), text(snapshot));
    assert_eq!(text(run()), text(golden(PRESENT, "run.journal")));
}
