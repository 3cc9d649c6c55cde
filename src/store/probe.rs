//! The record of a probe: what it is about to make, on the disk before it asks for it.
//!
//! `STACK.json.probe` holds a line for each thing that happened, and is removed when nothing is left of it. Whoever
//! has it open holds the kernel's lock on it, so one probe of a stack runs at a time; the lock of the state is not
//! touched, since a probe has nothing to do with what is recorded.

use super::attempt::{Attempt, Safe};
use super::error::{At, StoreError};
use super::file::{self, Stamp};
use super::{Store, write_gitignore};
use crate::boundary::Boundaries;
use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// The most bytes of a record that are read. One has a few hundred.
const MOST: u64 = 64 << 10;
/// How often a record is opened again that was removed in between.
const OPENINGS: usize = 20;

/// The record, held as long as this lives.
#[derive(Debug)]
pub struct ProbeLog {
    dir: PathBuf,
    path: PathBuf,
    file: File,
    /// Where the next line goes.
    end: u64,
    boundaries: Boundaries,
}

impl Store {
    /// The record of a probe that is not over: `STACK.json.probe`. Git is told to ignore it, as everything of that form.
    pub fn probe_path(&self) -> PathBuf {
        self.dir.join(format!("{}.json.probe", self.stack))
    }

    /// Takes the record and gives the lines that an earlier probe left in it. A last line that a crash tore counts as
    /// not written: what it was to say had not happened yet. Makes the directory (mode 0700) where it is missing.
    ///
    /// # Errors
    /// [`StoreError::ProbeRuns`] where another probe of this stack has it, and when it cannot be read or made.
    pub fn hold_probe(&self) -> Result<(ProbeLog, Vec<String>), StoreError> {
        file::make_dir(&self.dir)?;
        write_gitignore(&self.dir)?;
        let path = self.probe_path();
        for _ in 0..OPENINGS {
            file::refuse_special(&path)?;
            let mut options = OpenOptions::new();
            options.read(true).write(true).create(true).truncate(false).mode(0o600);
            let opened = options.open(&path).at(Attempt::Open, &path, Safe::Untouched)?;
            match opened.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Err(StoreError::ProbeRuns { path }),
                Err(TryLockError::Error(error)) => return Err(error).at(Attempt::Lock, &path, Safe::Untouched),
            }
            let mut log = ProbeLog {
                dir: self.dir.clone(),
                path: path.clone(),
                file: opened,
                end: 0,
                boundaries: self.boundaries.clone(),
            };
            // One that ended removed the file before it gave up the lock.
            if !log.stands()? {
                continue;
            }
            let text = file::read(&path, MOST)?.unwrap_or_default();
            let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
            log.end = whole as u64;
            let lines = String::from_utf8_lossy(&text[..whole]).lines().map(str::to_owned).collect();
            return Ok((log, lines));
        }
        Err(StoreError::ProbeRuns { path })
    }
}

impl ProbeLog {
    /// Adds lines, and returns when they are on the disk.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] where the file at the path is another one by now, and when it cannot be written.
    pub fn append(&mut self, lines: &[String]) -> Result<(), StoreError> {
        if !self.stands()? {
            return Err(StoreError::Fenced { path: self.path.clone() });
        }
        let mut text = lines.join("\n").into_bytes();
        text.push(b'\n');
        self.boundaries.pass("a probe's record is written")?;
        self.file.set_len(self.end).at(Attempt::Write, &self.path, Safe::Recorded)?;
        self.file.write_all_at(&text, self.end).at(Attempt::Write, &self.path, Safe::Recorded)?;
        self.file.sync_all().at(Attempt::Write, &self.path, Safe::Recorded)?;
        if self.end == 0 {
            file::sync_dir(&self.dir).at(Attempt::Write, &self.dir, Safe::Recorded)?;
        }
        self.boundaries.pass("a probe's record synced")?;
        self.end += text.len() as u64;
        Ok(())
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Takes all lines out: nothing is left of what they are about. The record stays held.
    ///
    /// # Errors
    /// As [`ProbeLog::append`].
    pub fn clear(&mut self) -> Result<(), StoreError> {
        if !self.stands()? {
            return Err(StoreError::Fenced { path: self.path.clone() });
        }
        self.boundaries.pass("a probe's record is cleared")?;
        self.file.set_len(0).at(Attempt::Write, &self.path, Safe::Recorded)?;
        self.file.sync_all().at(Attempt::Write, &self.path, Safe::Recorded)?;
        self.end = 0;
        Ok(())
    }

    /// Removes the record: nothing is left of what it is about.
    ///
    /// # Errors
    /// When it cannot be removed; it then says what the next probe finds done.
    pub fn remove(self) -> Result<(), StoreError> {
        if self.stands()? {
            self.boundaries.pass("a probe's record is removed")?;
            file::remove(&self.path).at(Attempt::Remove, &self.path, Safe::Recorded)?;
            file::sync_dir(&self.dir).at(Attempt::Write, &self.dir, Safe::Recorded)?;
        }
        Ok(())
    }

    /// Whether the file at the path is the one that is held.
    fn stands(&self) -> Result<bool, StoreError> {
        let held = Stamp::from(&self.file.metadata().at(Attempt::LookAt, &self.path, Safe::Untouched)?);
        let standing = file::stamp(&self.path).at(Attempt::LookAt, &self.path, Safe::Untouched)?;
        Ok(standing.is_some_and(|standing| standing.is_same_file(held)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::volume::StackName;
    use std::os::unix::fs::PermissionsExt as _;

    fn store() -> (tempfile::TempDir, Store) {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::new(dir.path().join("state"), StackName::new("test").unwrap());
        (dir, store)
    }

    #[test]
    fn lines_are_found_again_and_a_torn_one_is_not() {
        let (_dir, store) = store();
        let (mut log, lines) = store.hold_probe().unwrap();
        assert!(lines.is_empty());
        log.append(&["one".to_owned(), "two".to_owned()]).unwrap();
        assert_eq!(std::fs::metadata(store.probe_path()).unwrap().permissions().mode() & 0o777, 0o600);
        log.file.write_all_at(b"thr", log.end).unwrap();
        drop(log);
        let (mut log, lines) = store.hold_probe().unwrap();
        assert_eq!(lines, ["one", "two"]);
        log.append(&["four".to_owned()]).unwrap();
        drop(log);
        let (log, lines) = store.hold_probe().unwrap();
        assert_eq!(lines, ["one", "two", "four"]);
        log.remove().unwrap();
        assert!(!store.probe_path().exists());
        assert!(store.hold_probe().unwrap().1.is_empty());
    }

    #[test]
    fn one_probe_has_it_at_a_time() {
        let (_dir, store) = store();
        let (log, _) = store.hold_probe().unwrap();
        assert!(matches!(store.hold_probe(), Err(StoreError::ProbeRuns { .. })));
        drop(log);
        assert!(store.hold_probe().is_ok());
    }

    #[test]
    fn nothing_is_written_to_a_record_that_was_taken_away() {
        let (_dir, store) = store();
        let (mut log, _) = store.hold_probe().unwrap();
        std::fs::remove_file(store.probe_path()).unwrap();
        assert!(matches!(log.append(&["one".to_owned()]), Err(StoreError::Fenced { .. })));
    }
}
