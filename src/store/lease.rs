//! The right to write, and all writing.

use super::error::{At, StoreError, UNTOUCHED};
use super::lock::{Fence, Held};
use super::{Store, file};
use crate::state::{Approved, Change, State, format, journal};
use crate::volume::Digest;
use std::fs::{self, File};
use std::io::{BufWriter, Write};

/// How many former snapshots are kept.
const GENERATIONS: usize = 3;
/// For how long a finished call is remembered.
const REMEMBERED: jiff::SignedDuration = jiff::SignedDuration::from_hours(30 * 24);
/// What holds when a snapshot could not be written: it gets its name only when it is whole.
const OLD_STANDS: &str = "the snapshot and the journal before it stand as they were";
/// What holds when the journal could not be written.
const JOURNAL_STANDS: &str = "what was recorded before it is kept, and the next run looks for what may have happened";

/// The lock, and with it the right to write one stack's state. Dropping it gives the lock back.
///
/// A run goes [`begin`](Lease::begin), [`append`](Lease::append) as often as there is something to record,
/// [`commit`](Lease::commit). A run that dies in between loses nothing that `append` has returned for.
#[derive(Debug)]
pub struct Lease {
    store: Store,
    held: Held,
    state: Option<State>,
    /// Whether this lease has written a snapshot that its records can extend.
    begun: bool,
    journal: Option<File>,
    health: Health,
}

/// What is known of the last write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Health {
    /// The disk holds what the memory holds.
    Sound,
    /// The journal could not be written. The memory holds the truth, and a new snapshot can still save it.
    JournalFailed,
    /// The memory may hold what never happened.
    Unusable,
}

impl Lease {
    pub(super) fn new(store: Store, held: Held, state: Option<State>) -> Lease {
        Lease { store, held, state, begun: false, journal: None, health: Health::Sound }
    }

    /// The state as read under the lock, with all that was appended since; `None` where there is none yet.
    pub fn state(&self) -> Option<&State> {
        self.state.as_ref()
    }

    /// Makes sure that the lock is still ours: to be called just before anything that cannot be undone.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] when somebody broke it.
    pub fn check(&self) -> Result<(), StoreError> {
        self.held.check()
    }

    /// The same question for those who do not hold the lease.
    pub fn fence(&self) -> Fence {
        self.held.fence()
    }

    /// Writes the first snapshot, as it is given.
    ///
    /// # Errors
    /// [`StoreError::Exists`] when there is recorded state, and whatever the system says.
    pub fn create(&mut self, state: State) -> Result<(), StoreError> {
        let path = self.store.snapshot_path();
        if self.state.is_some() {
            return Err(StoreError::Exists { path });
        }
        self.sound()?;
        self.write_snapshot(&state, false)?;
        self.state = Some(state);
        Ok(())
    }

    /// Begins a run that will change something: writes a snapshot with the next serial and what the run may
    /// do, with all that an unfinished run has left in its journal, and begins a new journal.
    ///
    /// # Errors
    /// [`StoreError::Missing`] without recorded state, [`StoreError::Fenced`], and whatever the system says;
    /// after those, this lease writes nothing more.
    pub fn begin(&mut self, approved: Approved) -> Result<&State, StoreError> {
        self.sound()?;
        let Some(mut state) = self.state.take() else {
            return Err(StoreError::Missing { path: self.store.snapshot_path() });
        };
        state.serial = state.serial.saturating_add(1);
        state.approved = Some(approved);
        self.health = Health::Unusable;
        let written = self.write_snapshot(&state, true).and_then(|()| self.new_journal(&state));
        let state = self.state.insert(state);
        self.journal = Some(written?);
        self.begun = true;
        self.health = Health::Sound;
        Ok(state)
    }

    /// Begins a run with a state that was put together anew: it takes the place of what is recorded, which stays
    /// as a former generation. What was approved before stays approved.
    ///
    /// # Errors
    /// [`StoreError::Exists`] when what is recorded is of another lineage or younger, and those of
    /// [`Lease::begin`].
    pub fn rebuild(&mut self, state: State) -> Result<&State, StoreError> {
        self.sound()?;
        let recorded = self.state.as_ref();
        if recorded.is_some_and(|recorded| recorded.lineage != state.lineage || recorded.serial > state.serial) {
            return Err(StoreError::Exists { path: self.store.snapshot_path() });
        }
        let nothing = || Approved { changes: Digest::of(b"state rebuild"), recreate: 0, steps: Vec::new() };
        let approved = state.approved.clone().unwrap_or_else(nothing);
        self.state = Some(state);
        self.begin(approved)
    }

    /// Records changes: when it returns, they are on the disk. All in one write and one sync, so it is worth
    /// giving together what is there at once.
    ///
    /// # Errors
    /// A change that does not fit the state: then nothing was written, and all that was given with it is lost
    /// from the journal too, also what would have fitted. [`StoreError::Fenced`]. Whatever the system says: then
    /// it is not known whether the changes are on the disk. After each of them further calls are refused.
    pub fn append(&mut self, changes: Vec<Change>) -> Result<(), StoreError> {
        self.sound()?;
        let path = self.store.journal_path();
        let Some(state) = self.state.as_mut().filter(|_| self.begun) else {
            return Err(StoreError::NotBegun { path });
        };
        self.held.check()?;
        if self.journal.is_none() {
            self.journal = Some(new_journal(&self.store, state)?);
        }
        let mut lines = Vec::with_capacity(changes.len() * 256);
        // A change that is taken in half way leaves a state that never was.
        self.health = Health::Unusable;
        for change in changes {
            state.journal_sequence = state.journal_sequence.saturating_add(1);
            journal::record(state.journal_sequence, &change, &mut lines).map_err(std::io::Error::from).at(
                "cannot spell a record for",
                &path,
                UNTOUCHED,
            )?;
            state.fold(change)?;
        }
        self.health = Health::JournalFailed;
        if let Some(file) = &mut self.journal {
            file.write_all(&lines).at("cannot write", &path, JOURNAL_STANDS)?;
            // Never tried twice: after a failed sync the system may have dropped the very pages.
            file.sync_data().at("cannot sync", &path, JOURNAL_STANDS)?;
        }
        self.health = Health::Sound;
        Ok(())
    }

    /// The run did all that it was approved to do: nothing of it is left for a later one.
    pub fn spend_approval(&mut self) {
        if let Some(approved) = self.state.as_mut().and_then(|state| state.approved.as_mut()) {
            approved.steps.clear();
            approved.recreate = 0;
        }
    }

    /// Ends a run: writes all that was recorded into a snapshot of the same serial, without the calls that
    /// were finished more than 30 days before `now`, and removes the journal.
    ///
    /// It may also be tried after a failed [`append`](Lease::append): it writes a new file, and what happened
    /// is saved after all if that succeeds.
    ///
    /// # Errors
    /// [`StoreError::Fenced`], and whatever the system says: the journal then still holds everything.
    pub fn commit(&mut self, now: jiff::Timestamp) -> Result<(), StoreError> {
        if self.health == Health::Unusable {
            return Err(StoreError::Poisoned { path: self.store.journal_path() });
        }
        let Some(mut state) = self.state.take_if(|_| self.begun) else {
            return Err(StoreError::NotBegun { path: self.store.journal_path() });
        };
        // A clock that is far off forgets nothing.
        if let Ok(before) = now.checked_sub(REMEMBERED) {
            state.forget_calls(before);
        }
        let written = self.write_snapshot(&state, false);
        self.state = Some(state);
        written?;
        let path = self.store.journal_path();
        self.journal = None;
        file::remove(&path).and_then(|()| file::sync_dir(&self.store.dir)).at(
            "cannot remove",
            &path,
            "the snapshot is whole, and the journal is skipped when it is read",
        )?;
        self.health = Health::Sound;
        Ok(())
    }

    /// Keeps the manifest's text beside the state, so that a later plan can show how it changed since.
    ///
    /// # Errors
    /// [`StoreError::Fenced`], and whatever the system says.
    pub fn keep_manifest(&self, text: &str) -> Result<(), StoreError> {
        let path = self.store.manifest_path();
        self.held.check()?;
        file::refuse_special(&path)?;
        let beside = file::beside(&path);
        let write = || {
            let mut out = file::create(&beside)?;
            out.write_all(text.as_bytes())?;
            out.sync_all()?;
            fs::rename(&beside, &path)
        };
        write().at("cannot write", &path, "the state itself is untouched by this")
    }

    fn sound(&self) -> Result<(), StoreError> {
        if self.health == Health::Sound {
            Ok(())
        } else {
            Err(StoreError::Poisoned { path: self.store.journal_path() })
        }
    }

    /// Writes beside, syncs, renames, syncs the directory. The snapshot before it is kept where the serial is
    /// a new one: each generation is then the end of another run.
    fn write_snapshot(&self, state: &State, keep: bool) -> Result<(), StoreError> {
        let path = self.store.snapshot_path();
        let beside = file::beside(&path);
        self.held.check()?;
        file::refuse_special(&path)?;
        let write = || {
            let mut out = BufWriter::with_capacity(1 << 18, file::create(&beside)?);
            format::write(state, &mut out)?;
            out.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()
        };
        if let Err(error) = write() {
            // Its room may be what the next try needs.
            let _ = file::remove(&beside);
            return Err(error).at("cannot write", &beside, OLD_STANDS);
        }
        if keep {
            file::keep(&path, |number| self.store.generation_path(number), GENERATIONS).at(
                "cannot keep a generation of",
                &path,
                OLD_STANDS,
            )?;
        }
        // Writing took its time; a lock that was broken meanwhile has another writer.
        self.held.check()?;
        fs::rename(&beside, &path).at("cannot replace", &path, OLD_STANDS)?;
        file::sync_dir(&self.store.dir).at("cannot sync", &self.store.dir, "one of both snapshots stands, whole")
    }

    fn new_journal(&self, state: &State) -> Result<File, StoreError> {
        self.held.check()?;
        new_journal(&self.store, state)
    }
}

/// Begins a journal that extends that state. It replaces the one before it whole: a writer whose lock was
/// broken goes on writing to a file without a name.
fn new_journal(store: &Store, state: &State) -> Result<File, StoreError> {
    let path = store.journal_path();
    file::refuse_special(&path)?;
    let beside = file::beside(&path);
    let header =
        journal::Header { lineage: state.lineage.clone(), serial: state.serial, after: state.journal_sequence };
    let make = || {
        let mut file = file::create(&beside)?;
        file.write_all(&journal::header(&header))?;
        file.sync_all()?;
        fs::rename(&beside, &path)?;
        file::sync_dir(&store.dir)?;
        Ok(file)
    };
    make().at("cannot begin", &path, OLD_STANDS)
}

#[cfg(test)]
mod tests;
