//! The right to write, and all writing.

mod begin;

use super::attempt::{Attempt, Safe};
use super::error::{At, StoreError};
use super::file;
use super::gitignore::write_gitignore;
use super::holder::Holder;
use super::lock::{self, Fence, Held};
use super::log::Log;
use super::place::{Found, Store};
use crate::state::journal::{self, Owed};
use crate::state::{Begun, Change, CloudId, Intended, State, format};
use std::fs;
use std::io::{BufWriter, Write};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// How many former snapshots are kept.
const GENERATIONS: usize = 3;
/// For how long a finished call is remembered.
const REMEMBERED: jiff::SignedDuration = jiff::SignedDuration::from_hours(30 * 24);

/// The lock, and with it the right to write one stack's state. Dropping it gives the lock back.
///
/// A run goes [`begin_run`](Lease::begin_run), or [`begin`](Lease::begin) where it sends no create call,
/// [`append`](Lease::append) as often as there is something to record, [`also_sends`](Lease::also_sends) before it sends
/// a create call that it did not begin with, [`commit`](Lease::commit). A run that dies in between loses nothing that `append` has returned for.
#[derive(Debug)]
pub struct Lease {
    store: Store,
    held: Held,
    state: Option<State>,
    /// Whether this lease has written a snapshot that its records can extend.
    begun: bool,
    /// What the snapshot of the run under way says that it may send; `state.begun` is set only while one is written.
    sends: Option<Begun>,
    log: Option<Log>,
    /// The room in the journal that the open calls still take.
    owed: Owed,
    health: Health,
    /// Whether a snapshot of this lease has got its name.
    written: AtomicBool,
    /// The format of the snapshot on the disk; that which is written, where there is none.
    format: AtomicU64,
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

impl Store {
    /// Takes the lock, waiting up to `timeout` for its holder to leave; then reads the state under it.
    /// Makes the directory (mode 0700) and its `.gitignore` where they are missing.
    ///
    /// # Errors
    /// [`StoreError::Locked`] when the time is over, and those of [`Store::read`].
    pub fn lock(&self, holder: Holder, timeout: Duration) -> Result<Lease, StoreError> {
        self.boundaries.pass("a run comes")?;
        file::make_dir(&self.dir)?;
        self.boundaries.pass("the directory made")?;
        if file::stamp(&self.snapshot_path()).ok().flatten().is_none() {
            // Whoever made the directory may have died before its name was synced.
            file::sync_name(&self.dir)?;
        }
        write_gitignore(&self.dir)?;
        self.boundaries.pass("the .gitignore written")?;
        let held = lock::take(&self.lock_path(), self.snapshot_path(), holder, timeout, &self.boundaries)?;
        let (found, stamp) = self.read_stamped()?;
        held.knows(stamp);
        let serial = found.as_ref().map(|found| found.state.serial);
        tracing::debug!(stack = %self.stack, lease = %held.id(), serial, "locked");
        Ok(Lease::new(self.clone(), held, found))
    }
}

impl Lease {
    fn new(store: Store, held: Held, found: Option<Found>) -> Lease {
        let format = found.as_ref().map_or(format::FORMAT, |found| found.format);
        let state = found.map(|found| found.state);
        let owed = state.as_ref().map_or_else(Owed::default, Owed::of);
        Lease {
            store,
            held,
            state,
            begun: false,
            sends: None,
            log: None,
            owed,
            health: Health::Sound,
            written: AtomicBool::new(false),
            format: AtomicU64::new(format),
        }
    }

    /// The state as read under the lock, with all that was appended since; `None` where there is none yet.
    pub fn state(&self) -> Option<&State> {
        self.state.as_ref()
    }

    /// Makes sure that the lock is still ours, and the snapshot still the one that was read or written under it: to
    /// be called just before anything that cannot be undone.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] when somebody broke the lock or wrote without it.
    pub fn check(&self) -> Result<(), StoreError> {
        self.held.check()
    }

    /// The same question for those who do not hold the lease.
    pub fn fence(&self) -> Fence {
        self.held.fence()
    }

    /// Whether it has written a snapshot, other than by [`Lease::note`]: whatever fails after that, the state has moved.
    pub fn has_written(&self) -> bool {
        self.written.load(Ordering::Relaxed)
    }

    /// The change of format that the next write brings, from and to; `None` where the snapshot on the disk is in the
    /// present one. An earlier version of evsctl cannot read what is written then.
    pub fn changes_format(&self) -> Option<(u64, u64)> {
        let format = self.format.load(Ordering::Relaxed);
        (format < format::FORMAT).then_some((format, format::FORMAT))
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

    /// Binds a state that owns nothing to that cloud, where it is bound to another one: the next snapshot says so.
    pub fn bind(&mut self, cloud: &CloudId) {
        if let Some(state) = self.state.as_mut().filter(|state| state.owns_nothing() && !state.cloud.is_same(cloud)) {
            (state.cloud, state.tokens) = (cloud.clone(), None);
            state.used.clear();
        }
    }

    /// Takes away what is kept of a stack that goes on under another name, once that has its own: the snapshot last, so that
    /// what is left after a crash is still found.
    ///
    /// # Errors
    /// [`StoreError::Fenced`], and whatever the system says.
    pub fn retire(self) -> Result<(), StoreError> {
        let mut paths = vec![self.store.manifest_path(), self.store.journal_path()];
        paths.extend((1..=GENERATIONS).map(|number| self.store.generation_path(number)));
        paths.push(self.store.snapshot_path());
        let _entered = self.held.enter()?;
        for path in paths {
            file::remove(&path).at(Attempt::Remove, &path, Safe::OldFiles)?;
            self.store.boundaries.pass("a file of a renamed stack removed")?;
        }
        file::sync_dir(&self.store.dir).at(Attempt::Remove, &self.store.dir, Safe::OldFiles)
    }

    /// Records changes: when it returns, they are on the disk. All in one write and one sync, so it is worth
    /// giving together what is there at once.
    ///
    /// Before a call is intended or sent, the journal gets the room for all that must follow of it and of every
    /// other open call: a full disk shows before the call is done, and not when its volumes are to be recorded.
    ///
    /// # Errors
    /// [`StoreError::NoRoom`] when there is none: then no call of these was intended or sent, everything else of
    /// them is recorded, and the lease goes on: what calls under way come to still has its room.
    ///
    /// A change that does not fit the state: then nothing was written, and all that was given with it is lost
    /// from the journal too, also what would have fitted. [`StoreError::Fenced`]. Whatever the system says: then
    /// it is not known whether the changes are on the disk. After each of these further calls are refused.
    pub fn append(&mut self, mut changes: Vec<Change>) -> Result<(), StoreError> {
        self.sound()?;
        let path = self.store.journal_path();
        let Some(state) = self.state.as_mut().filter(|_| self.begun) else {
            return Err(StoreError::NotBegun { path });
        };
        let _entered = self.held.enter()?;
        let log = match &mut self.log {
            Some(log) => log,
            none => none.insert(begin_log(&self.store, &self.held, state)?),
        };
        log.check()?;
        let spell = |log: &Log, changes: &[Change]| {
            let line = journal::record(log.sum(), state.journal_sequence.saturating_add(1), changes);
            line.map_err(std::io::Error::from).at(Attempt::Spell, &path, Safe::Untouched)
        };
        let (mut line, mut sum) = spell(log, &changes)?;
        let mut full = None;
        if changes.iter().any(Change::begins) {
            let owed = changes.iter().fold(self.owed, |owed, change| owed.with(change, state));
            match log.reserve((line.len() as u64).saturating_add(owed.bytes())) {
                Ok(()) => {}
                Err(error @ StoreError::NoRoom { .. }) => {
                    full = Some(error);
                    leave_out_beginnings(&mut changes);
                    (line, sum) = spell(log, &changes)?;
                }
                Err(error) => {
                    self.health = Health::JournalFailed;
                    return Err(error);
                }
            }
        }
        if !changes.is_empty() {
            // A change that is taken in half way leaves a state that never was.
            self.health = Health::Unusable;
            for change in changes {
                state.journal_sequence = state.journal_sequence.saturating_add(1);
                self.owed = self.owed.with(&change, state);
                state.fold(change)?;
            }
            self.health = Health::JournalFailed;
            log.append(&line, sum)?;
            tracing::trace!(sequence = state.journal_sequence, bytes = line.len(), "recorded");
            self.health = Health::Sound;
        }
        full.map_or(Ok(()), Err)
    }

    /// Takes in what a run learnt that begins nothing, at the serial that the state has: what is saved and approved
    /// stays valid, since no step rests on it. A journal that an unfinished run left is folded in and stays.
    ///
    /// # Errors
    /// Those of [`Lease::begin`].
    pub fn note(&mut self, changes: Vec<Change>) -> Result<(), StoreError> {
        self.sound()?;
        let Some(mut state) = self.state.take() else {
            return Err(StoreError::Missing { path: self.store.snapshot_path() });
        };
        self.health = Health::Unusable;
        for change in changes {
            state.fold(change)?;
        }
        let before = self.has_written();
        let written = self.write_snapshot(&state, false);
        // No step and no plan rests on it.
        self.written.store(before, Ordering::Relaxed);
        self.state = Some(state);
        written?;
        self.health = Health::Sound;
        Ok(())
    }

    /// The run did all that it was approved to do: nothing of it is left for a later one.
    pub fn spend_approval(&mut self) {
        if let Some(approved) = self.state.as_mut().and_then(|state| state.approved.as_mut()) {
            approved.steps.clear();
            (approved.recreate, approved.destroy) = (0, 0);
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
        let skipped = Safe::JournalSkipped;
        (self.log, self.sends) = (None, None);
        // Of a run that began meanwhile it would be the journal.
        let _entered = self.held.enter()?;
        file::remove(&path).at(Attempt::Remove, &path, skipped)?;
        self.store.boundaries.synced(0);
        self.store.boundaries.pass("the journal removed")?;
        file::sync_dir(&self.store.dir).at(Attempt::Remove, &path, skipped)?;
        self.store.boundaries.pass("the journal's removal synced")?;
        self.health = Health::Sound;
        tracing::debug!(serial = self.state.as_ref().map(|state| state.serial), "committed");
        Ok(())
    }

    /// Keeps the manifest's text beside the state, so that a later plan can show how it changed since.
    ///
    /// # Errors
    /// [`StoreError::Fenced`], and whatever the system says.
    pub fn keep_manifest(&self, text: &str) -> Result<(), StoreError> {
        let path = self.store.manifest_path();
        let _entered = self.held.enter()?;
        file::refuse_special(&path)?;
        let beside = file::beside(&path);
        let pass = |name| self.store.boundaries.pass(name);
        let failed = |result: std::io::Result<()>| result.at(Attempt::Write, &path, Safe::State);
        pass("the manifest is kept")?;
        let mut out = file::create(&beside).at(Attempt::Make, &beside, Safe::State)?;
        failed(out.write_all(text.as_bytes()))?;
        pass("the manifest written")?;
        failed(out.sync_all())?;
        pass("the manifest synced")?;
        failed(fs::rename(&beside, &path))?;
        pass("the manifest named")?;
        Ok(())
    }

    fn sound(&self) -> Result<(), StoreError> {
        if self.health == Health::Sound {
            Ok(())
        } else {
            Err(StoreError::Poisoned { path: self.store.journal_path() })
        }
    }

    /// Writes beside, syncs, renames, syncs the directory. The snapshot before it is kept where the serial is
    /// a new one: each generation is then the end of another run. One of an earlier format is kept too, whichever write
    /// replaces it: no later one is of use to the version that wrote it.
    fn write_snapshot(&self, state: &State, keep: bool) -> Result<(), StoreError> {
        let path = self.store.snapshot_path();
        let beside = file::beside(&path);
        let pass = |name| self.store.boundaries.pass(name);
        pass("a snapshot is due")?;
        let _entered = self.held.enter()?;
        file::refuse_special(&path)?;
        let write = || {
            let failed = |result: std::io::Result<()>| result.at(Attempt::Write, &beside, Safe::OldFiles);
            let out = file::create(&beside).at(Attempt::Write, &beside, Safe::OldFiles)?;
            pass("the snapshot's file made")?;
            let mut out = BufWriter::with_capacity(1 << 18, out);
            failed(format::write(state, &mut out))?;
            let out = out.into_inner().map_err(std::io::IntoInnerError::into_error);
            let out = out.at(Attempt::Write, &beside, Safe::OldFiles)?;
            pass("the snapshot written")?;
            failed(out.sync_all())?;
            pass("the snapshot synced")?;
            Ok(())
        };
        if let Err(error) = write() {
            if !self.store.boundaries.died() {
                // Its room may be what the next try needs.
                let _ = file::remove(&beside);
            }
            return Err(error);
        }
        if keep || self.changes_format().is_some() {
            file::keep(&path, |number| self.store.generation_path(number), GENERATIONS, &self.store.boundaries)?;
        }
        // Writing took its time, and whoever deletes a lock file by hand does not wait for the guard.
        self.held.check()?;
        self.held.replaces(|| {
            fs::rename(&beside, &path).at(Attempt::Replace, &path, Safe::OldFiles)?;
            self.written.store(true, Ordering::Relaxed);
            self.format.store(format::FORMAT, Ordering::Relaxed);
            Ok(())
        })?;
        pass("the snapshot named")?;
        file::sync_dir(&self.store.dir).at(Attempt::Sync, &self.store.dir, Safe::OneOfBoth)?;
        pass("the snapshot's name synced")?;
        Ok(())
    }
}

/// Begins a journal that extends that state.
fn begin_log(store: &Store, held: &Held, state: &State) -> Result<Log, StoreError> {
    let header = journal::Header {
        lineage: state.lineage.clone(),
        serial: state.serial,
        lease: held.id().clone(),
        after: state.journal_sequence,
    };
    Log::begin(&store.dir, store.journal_path(), &header, &store.boundaries)
}

/// Takes out what would begin a call or send one again, with all that rests on the calls that are not begun.
fn leave_out_beginnings(changes: &mut Vec<Change>) {
    let intended = |change: &Change| match change {
        Change::Intent(Intended { call, .. }) => Some(call.clone()),
        _ => None,
    };
    let new: Vec<_> = changes.iter().filter_map(intended).collect();
    changes.retain(|change| !change.begins() && !change.call().is_some_and(|call| new.contains(call)));
}

#[cfg(test)]
mod tests;
