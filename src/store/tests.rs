use super::*;
use crate::state::samples::{approved, at, call_id, changes, created, empty, folded, intent, stack};
use crate::state::{Change, CloudId};
use crate::volume::StackName;
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::time::Duration;

pub(super) fn holder() -> Holder {
    Holder {
        who: "ci".to_owned(),
        host: "runner-1".to_owned(),
        pid: std::process::id(),
        since: at(0),
        run: Some("https://ci.example.invalid/7".to_owned()),
        operation: "apply".to_owned(),
    }
}

/// A store in a directory that does not exist yet.
pub(super) fn place() -> (tempfile::TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::new(dir.path().join("state"), stack());
    (dir, store)
}

pub(super) fn lock(store: &Store) -> Lease {
    store.lock(holder(), Duration::ZERO).unwrap()
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

#[test]
fn nothing_is_there_until_it_is_made() {
    let (_dir, store) = place();
    assert_eq!(store.read().unwrap(), None);
    assert!(!store.dir().exists());
    lock(&store).create(empty()).unwrap();
    assert_eq!(store.read().unwrap(), Some(empty()));
    assert!(matches!(lock(&store).create(empty()), Err(StoreError::Exists { .. })));
}

#[test]
fn only_the_owner_may_read() {
    let (_dir, store) = place();
    let mut lease = lock(&store);
    lease.create(empty()).unwrap();
    lease.begin(approved(1)).unwrap();
    assert_eq!(mode(store.dir()), 0o700);
    for path in [store.snapshot_path(), store.journal_path(), store.lock_path(), store.generation_path(1)] {
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
}

#[test]
fn nothing_is_written_through_a_link() {
    let (dir, store) = place();
    lock(&store).create(empty()).unwrap();
    let elsewhere = dir.path().join("elsewhere");
    for path in [store.snapshot_path(), store.lock_path()] {
        fs::rename(&path, &elsewhere).unwrap();
        symlink(&elsewhere, &path).unwrap();
        let before = fs::read(&elsewhere).unwrap();
        let written = store.lock(holder(), Duration::ZERO).and_then(|mut lease| lease.begin(approved(1)).map(drop));
        assert!(matches!(written, Err(StoreError::Symlink { .. })), "{written:?}");
        assert_eq!(fs::read(&elsewhere).unwrap(), before);
        fs::rename(&elsewhere, &path).unwrap();
    }
    let mut lease = lock(&store);
    symlink(&elsewhere, store.journal_path()).unwrap();
    assert!(matches!(lease.begin(approved(1)), Err(StoreError::Symlink { .. })));
}

#[test]
fn nothing_but_a_file_of_a_sane_size_is_read() {
    let (dir, store) = place();
    lock(&store).create(empty()).unwrap();
    let secret = dir.path().join("secret");
    file::create_if_missing(&secret, &fs::read(store.snapshot_path()).unwrap()).unwrap();
    let paths = [store.snapshot_path(), store.journal_path(), store.manifest_path(), store.lock_path()];
    for path in &paths {
        let read = || file::read(path, 1 << 20);
        file::remove(path).unwrap();
        symlink(&secret, path).unwrap();
        assert!(matches!(read(), Err(StoreError::Symlink { .. })));
        file::remove(path).unwrap();
        symlink(dir.path().join("nowhere"), path).unwrap();
        assert!(matches!(read(), Err(StoreError::Symlink { .. })));
        assert_eq!(store.running(), None);
        file::remove(path).unwrap();
        fs::create_dir(path).unwrap();
        assert!(matches!(read(), Err(StoreError::NotAFile { .. })));
        fs::remove_dir(path).unwrap();
        file::create(path).unwrap().set_len((1 << 20) + 1).unwrap();
        let error = read().unwrap_err();
        assert!(error.to_string().ends_with("is larger than 1 MiB, which no such file is"), "{error}");
        assert!(error.hint().is_some());
    }
    assert_eq!(store.running(), None);
    assert!(matches!(store.lock(holder(), Duration::ZERO), Err(StoreError::Snapshot { .. })));
}

#[test]
fn reading_needs_no_right_to_write() {
    let (_dir, store) = place();
    let mut lease = lock(&store);
    lease.create(empty()).unwrap();
    lease.begin(approved(1)).unwrap();
    lease.append(changes()).unwrap();
    let names = || fs::read_dir(store.dir()).unwrap().map(|entry| entry.unwrap().file_name()).collect::<Vec<_>>();
    let before = names();
    fs::set_permissions(store.dir(), Permissions::from_mode(0o500)).unwrap();
    let (read, running) = (store.read(), store.running());
    fs::set_permissions(store.dir(), Permissions::from_mode(0o700)).unwrap();
    assert_eq!(read.unwrap().as_ref(), lease.state());
    assert_eq!(running, Some(holder()));
    assert_eq!(names(), before);
}

#[test]
fn damage_is_never_nothing() {
    let (_dir, store) = place();
    let mut lease = lock(&store);
    lease.create(empty()).unwrap();
    lease.begin(approved(1)).unwrap();
    drop(lease);
    let whole = fs::read(store.snapshot_path()).unwrap();
    let put = |text: &[u8]| {
        fs::remove_file(store.snapshot_path()).unwrap();
        file::create_if_missing(&store.snapshot_path(), text).unwrap();
    };
    for text in [&b""[..], &whole[..whole.len() / 2]] {
        put(text);
        let error = store.read().unwrap_err();
        assert!(matches!(error, StoreError::Snapshot { .. }), "{error}");
        assert!(error.hint().unwrap().contains("STACK.json.1"));
        assert!(store.lock(holder(), Duration::ZERO).is_err());
    }
    fs::remove_file(store.snapshot_path()).unwrap();
    assert!(matches!(store.read(), Err(StoreError::JournalAlone { .. })));
    // The way back: the generation before, with the journal over it.
    fs::rename(store.generation_path(1), store.snapshot_path()).unwrap();
    assert_eq!(store.read().unwrap().unwrap().serial, 1);
}

#[test]
fn a_reader_sees_a_state_that_was() {
    let (_dir, store) = place();
    let mut lease = lock(&store);
    lease.create(empty()).unwrap();
    let writer = std::thread::spawn(move || {
        for run in 0..20 {
            let call = call_id(run);
            lease.begin(approved(1)).unwrap();
            lease.append(vec![intent(call.clone(), &format!("k{run}"), 1..=2, 10)]).unwrap();
            lease.append(vec![created(call.clone(), &format!("k{run}"), 1..=2)]).unwrap();
            lease.append(vec![Change::Done { call, at: at(1) }]).unwrap();
            lease.commit(at(0)).unwrap();
        }
    });
    let mut last = 0;
    while !writer.is_finished() {
        let state = store.read().unwrap().unwrap();
        assert!(state.journal_sequence >= last, "{} after {last}", state.journal_sequence);
        last = state.journal_sequence;
    }
    writer.join().unwrap();
    assert_eq!(store.read().unwrap().unwrap().journal_sequence, 60);
}

#[test]
fn stacks_share_a_directory() {
    let (_dir, store) = place();
    let other = Store::new(store.dir().to_owned(), StackName::new("other").unwrap());
    let mut lease = lock(&store);
    lease.create(empty()).unwrap();
    lease.begin(approved(1)).unwrap();
    lease.append(changes()).unwrap();
    assert_eq!(other.read().unwrap(), None);
    assert_eq!(other.others(&empty().cloud), [stack()]);
    assert_eq!(store.others(&empty().cloud), []);
    let elsewhere = CloudId { project_id: "another".to_owned(), ..empty().cloud };
    assert_eq!(other.others(&elsewhere), []);
    drop(lock(&other));
    let mut end = folded(empty(), &changes());
    (end.serial, end.lease, end.approved) = (1, Some(holder().id()), Some(approved(1)));
    assert_eq!(store.read().unwrap(), Some(end));
}
