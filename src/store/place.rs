//! The place of one stack's recorded state: which files it has, and what they say together.

use super::attempt::{Attempt, Safe};
use super::claim::{self, Claimant};
use super::error::{At, StoreError};
use super::file::{self, Stamp};
use super::holder::Holder;
use super::lock;
use crate::boundary::Boundaries;
use crate::state::{CloudId, State, format, journal};
use crate::volume::{LeaseId, StackName};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The most bytes of a snapshot and of a journal that are read: a volume takes some 250 in the one
/// and less than 1000 in the other, so this is a million volumes, and still fits into a runner's memory.
const MOST_STATE: u64 = 1 << 30;
/// The most bytes of a manifest's text that are read, as for the manifest itself.
const MOST_MANIFEST: u64 = 65 << 20;

/// Among how many files other stacks are looked for, and how much of each is read: the names and the cloud come first.
const MOST_OTHERS: usize = 1000;
const MOST_HEAD: u64 = 4096;

/// How often a reader looks again when a writer moves the files under its eyes.
const READS: usize = 20;
/// How often, and after which pause, it looks again at a journal that does not read: a writer may be in the middle of a line.
const JOURNAL_READS: usize = 5;
const BETWEEN_JOURNAL_READS: Duration = Duration::from_millis(1);

/// What was found on the disk.
pub(super) struct Found {
    /// The snapshot with its journal replayed over it.
    pub(super) state: State,
    /// The snapshot's format.
    pub(super) format: u64,
}

/// The place of one stack's recorded state: a directory, which several stacks may share.
#[derive(Debug, Clone)]
pub struct Store {
    pub(super) dir: PathBuf,
    pub(super) stack: StackName,
    pub(super) boundaries: Boundaries,
}

impl Store {
    /// Names a place; nothing is touched.
    pub fn new(dir: PathBuf, stack: StackName) -> Store {
        Store { dir, stack, boundaries: Boundaries::default() }
    }

    /// Passes these boundaries before and after everything that it or a lease of it writes.
    #[must_use]
    pub fn with_boundaries(self, boundaries: Boundaries) -> Store {
        Store { boundaries, ..self }
    }

    /// The directory.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The snapshot: `STACK.json`.
    pub fn snapshot_path(&self) -> PathBuf {
        self.dir.join(format!("{}.json", self.stack))
    }

    /// The journal of the run in progress: `STACK.journal`.
    pub fn journal_path(&self) -> PathBuf {
        self.dir.join(format!("{}.journal", self.stack))
    }

    /// The lock: `STACK.lock`.
    pub fn lock_path(&self) -> PathBuf {
        self.dir.join(format!("{}.lock", self.stack))
    }

    /// The manifest's text as of the latest run that changed something: `STACK.manifest`.
    pub fn manifest_path(&self) -> PathBuf {
        self.dir.join(format!("{}.manifest", self.stack))
    }

    /// The text at [`Store::manifest_path`], where there is one.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn applied_manifest(&self) -> Result<Option<String>, StoreError> {
        let path = self.manifest_path();
        let bytes = file::read(&path, MOST_MANIFEST)?;
        Ok(bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
    }

    /// A former snapshot, from 1 (the latest) to 3: `STACK.json.1`.
    pub fn generation_path(&self, number: usize) -> PathBuf {
        self.dir.join(format!("{}.json.{number}", self.stack))
    }

    /// Reads snapshot and journal. It takes no lock and writes nothing, so it also works where it may only
    /// read and while another process writes: what it gives was the state at one moment.
    ///
    /// `None` only when neither file is there.
    ///
    /// # Errors
    /// A file that cannot be read or does not hold what was written, and a journal without its snapshot.
    pub fn read(&self) -> Result<Option<State>, StoreError> {
        Ok(self.read_stamped()?.0.map(|found| found.state))
    }

    /// The same, with the format and the stamp of the snapshot that was read.
    pub(super) fn read_stamped(&self) -> Result<(Option<Found>, Option<Stamp>), StoreError> {
        let (snapshot, journal) = (self.snapshot_path(), self.journal_path());
        let stamp = || file::stamp(&snapshot).at(Attempt::LookAt, &snapshot, Safe::Untouched);
        let mut before = stamp()?;
        let mut reads = 0;
        loop {
            let found = self.read_once(&snapshot, &journal);
            // A run that ends replaces the snapshot first and removes the journal after it; one that begins names its
            // journal first, which extends the snapshot that is there; one that replaces its snapshot in its middle goes
            // on with its journal, which extends both. So where the snapshot is still the same file,
            // what was found belongs together.
            let after = stamp()?;
            reads += 1;
            // A journal that grows meanwhile may be read with its end and without what stands before that.
            let may_be_growing = matches!(found, Err(StoreError::Journal { .. })) && reads < JOURNAL_READS;
            if (before == after && !may_be_growing) || reads == READS {
                return found.map(|found| (found, before));
            }
            if may_be_growing {
                std::thread::sleep(BETWEEN_JOURNAL_READS);
            }
            before = after;
        }
    }

    fn read_once(&self, snapshot: &Path, journal: &Path) -> Result<Option<Found>, StoreError> {
        let text = file::read(snapshot, MOST_STATE)?;
        if text.is_none() {
            file::refuse_dangling(&self.dir)?;
        }
        let found = match text {
            None => None,
            Some(text) => {
                let state = format::read(&text, &self.stack)
                    .map_err(|source| StoreError::Snapshot { path: snapshot.to_owned(), source: Box::new(source) })?;
                Some(Found { state, format: format::number(&text).unwrap_or(format::FORMAT) })
            }
        };
        match (found, file::read(journal, MOST_STATE)?) {
            (None, None) => Ok(None),
            (Some(mut found), None) => {
                found.state.record_lost();
                Ok(Some(found))
            }
            (None, Some(_)) => Err(StoreError::JournalAlone { path: journal.to_owned() }),
            (Some(Found { state, format }), Some(text)) => journal::fits(&text, format)
                .and_then(|()| journal::replay(&text, state))
                .map(|state| Some(Found { state, format }))
                .map_err(|source| StoreError::Journal { path: journal.to_owned(), source: Box::new(source) }),
        }
    }

    /// Who seems to hold the lock, found out without taking it: for those who only read and want to say so.
    ///
    /// `None` also where nothing can be known, as with a lock file that cannot be read.
    pub fn running(&self) -> Option<Holder> {
        self.claimant().filter(Claimant::holds).map(|claimant| claimant.holder)
    }

    /// Whose words the lock file holds, and what can be seen of its process from here; takes and touches nothing.
    pub fn claimant(&self) -> Option<Claimant> {
        claim::claimant(&self.lock_path())
    }

    /// Whether a file in this directory, whose path has no links, is kept here: one of this stack, of another stack
    /// whose state is here too, or of the directory itself.
    pub fn keeps(&self, path: &Path) -> bool {
        let Ok(dir) = self.dir.canonicalize() else { return false };
        let Ok(within) = path.strip_prefix(&dir) else { return false };
        let Some(name) = within.to_str() else { return false };
        if name == ".gitignore" || within.starts_with(".simulator") {
            return true;
        }
        let Some((stack, form)) = name.split_once('.') else { return false };
        let form = form.split_once('.').map_or(form, |(form, _)| form);
        let is_form = matches!(form, "json" | "journal" | "lock" | "manifest");
        is_form && (stack == self.stack.as_str() || is_of_a_state(&dir.join(format!("{stack}.json"))))
    }

    /// The other stacks whose state is in the same directory and belongs to that cloud, sorted. Only the head of
    /// each file is read, and what does not read is left out.
    pub fn others(&self, cloud: &CloudId) -> Vec<StackName> {
        let Ok(entries) = std::fs::read_dir(&self.dir) else { return Vec::new() };
        let mut names: Vec<StackName> = entries
            .take(MOST_OTHERS)
            .filter_map(|entry| {
                let name = entry.ok()?.file_name();
                let name = StackName::new(name.to_str()?.strip_suffix(".json")?).ok()?;
                let head = file::head(&self.dir.join(format!("{name}.json")), MOST_HEAD)?;
                let (stack, found) = format::peek(&head)?;
                (name != self.stack && stack == name && found.is_same(cloud)).then_some(name)
            })
            .collect();
        names.sort();
        names
    }

    /// Breaks the lock of the holder with that [`Holder::id`]: puts a new lock file in the place of the one
    /// that it holds, so that the lock is free and the former holder can write nothing more. A write that it is in
    /// the middle of is waited for.
    ///
    /// # Errors
    /// [`StoreError::NotHeld`] when somebody else holds the lock, [`StoreError::Free`] when nobody does, and
    /// [`StoreError::Stuck`] when the holder was stopped in the middle of a write.
    pub fn break_lock(&self, id: &LeaseId) -> Result<Holder, StoreError> {
        lock::replace(&self.lock_path(), id)
    }
}

/// Whether a file holds a snapshot or a journal, wherever it is and however it is named.
pub fn is_of_a_state(path: &Path) -> bool {
    let head = file::head(path, MOST_HEAD);
    head.is_some_and(|head| format::peek(&head).is_some() || journal::serial_of(&head).is_some())
}
