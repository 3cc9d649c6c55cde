//! How a run begins, and how it names calls that it did not begin with: what is on the disk, and in which order.

use super::super::attempt::{Attempt, Safe};
use super::super::error::{At, StoreError};
use super::super::file;
use super::super::log::Log;
use super::{Health, Lease, begin_log};
use crate::operation::Operation;
use crate::state::journal::{self, Owed, Sum};
use crate::state::{Approved, Begun, Change, State};
use crate::volume::CallId;
use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

/// The first line of a journal is shorter than that.
const HEAD: u64 = 4096;

impl Lease {
    /// Begins a run that changes something and sends no create call: see [`Lease::begin_run`].
    ///
    /// # Errors
    /// Those of [`Lease::begin_run`].
    pub fn begin(&mut self, approved: Approved) -> Result<&State, StoreError> {
        self.start(approved, None, Vec::new())
    }

    /// Begins a run that may send these calls: ends what an unfinished run has left in its journal, begins a new
    /// journal, and writes a snapshot with the next serial, what the run may do, and that it was begun. In the same write, the
    /// changes are recorded that the run begins with, as other addresses and volumes that are taken over: the calls are about
    /// those.
    ///
    /// The journal has its name before the snapshot that says so. So whatever moment a run dies at, a snapshot
    /// whose run was begun lies beside the journal of that run, unless somebody took the journal away.
    ///
    /// # Errors
    /// [`StoreError::Missing`] without recorded state, [`StoreError::Fenced`], and whatever the system says;
    /// after those, this lease writes nothing more.
    pub fn begin_run(&mut self, approved: Approved, begun: Begun, at_once: Vec<Change>) -> Result<&State, StoreError> {
        self.start(approved, Some(begun), at_once)
    }

    /// Makes durable, in the middle of a run, that it may send these calls too: none of them may be sent before this has
    /// returned. It writes a snapshot of the same serial, into which all is folded that was recorded so far, and which
    /// names these calls beside those of the run that are not over.
    ///
    /// The journal goes on: a reader skips the records that the new snapshot has folded in, and the snapshot before it
    /// fits the same journal. So whichever of both a crash leaves, it says the same together with the journal.
    ///
    /// # Errors
    /// [`StoreError::NotBegun`] outside of a run that [`Lease::begin_run`] began, [`StoreError::Poisoned`],
    /// [`StoreError::Fenced`], and whatever the system says: then none of these calls may be sent. The journal is as it
    /// was, and whichever snapshot stands fits it, so [`append`](Lease::append) still records what becomes of the calls
    /// under way, and the same calls may be named once more.
    pub fn also_sends(&mut self, operations: BTreeMap<CallId, Operation>) -> Result<(), StoreError> {
        self.sound()?;
        let not_begun = || StoreError::NotBegun { path: self.store.journal_path() };
        let (Some(Begun { at, operations: named }), Some(log)) = (&self.sends, &self.log) else {
            return Err(not_begun());
        };
        // Beside a snapshot that says that a run was begun, its journal must lie.
        log.check()?;
        let mut state = self.state.take().ok_or_else(not_begun)?;
        let all = named.clone().into_iter().chain(operations);
        let operations = all.filter(|(id, _)| !state.ended.contains_key(id)).collect();
        state.begun = Some(Begun { at: *at, operations });
        // It is no end of a run, so it takes no generation's place.
        let written = self.write_snapshot(&state, false);
        let sends = state.begun.take();
        self.state = Some(state);
        written?;
        tracing::debug!(
            operations = sends.as_ref().map(|begun| begun.operations.len()),
            "the run names further operations"
        );
        self.sends = sends;
        Ok(())
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
        // What is recorded stays as a generation: with all that belongs to it.
        if let Some(recorded) = recorded {
            self.end_unfinished(recorded)?;
        }
        let approved = state.approved_so_far("state rebuild");
        self.state = Some(state);
        self.begin(approved)
    }

    /// Begins a run with the state of a stack that had another name. Its lineage stays, and with it the tags of its volumes.
    ///
    /// # Errors
    /// [`StoreError::Exists`] when another state is recorded here that owns something, and those of [`Lease::begin`].
    pub fn take_over(&mut self, state: State) -> Result<&State, StoreError> {
        self.sound()?;
        if self.state.as_ref().is_some_and(|recorded| !recorded.records_nothing()) {
            return Err(StoreError::Exists { path: self.store.snapshot_path() });
        }
        if let Some(recorded) = &self.state {
            self.end_unfinished(recorded)?;
        }
        let approved = state.approved_so_far("state rename-stack");
        // What the stack of this name gave up before stays given up.
        let mut released = state.released.clone();
        released.extend(self.state.iter().flat_map(|recorded| recorded.released.iter().cloned()));
        self.state = Some(State { stack: self.store.stack.clone(), released, ..state });
        self.begin(approved)
    }

    fn start(&mut self, approved: Approved, begun: Option<Begun>, at_once: Vec<Change>) -> Result<&State, StoreError> {
        self.sound()?;
        let Some(mut state) = self.state.take() else {
            return Err(StoreError::Missing { path: self.store.snapshot_path() });
        };
        self.health = Health::Unusable;
        let ended = self.end_unfinished(&state);
        state.serial = state.serial.saturating_add(1);
        state.lease = Some(self.held.id().clone());
        state.approved = Some(approved);
        let begins = |state: &mut State| {
            let snapshot = self.store.snapshot_path();
            let before = file::stamp(&snapshot).at(Attempt::LookAt, &snapshot, Safe::Untouched)?;
            let mut log = self.begin_log(state)?;
            let record = if at_once.is_empty() { None } else { Some(self.fold_at_once(&log, state, at_once)?) };
            // With the journal the state has this serial.
            let wrote = self.written.swap(true, Ordering::Relaxed);
            state.begun = begun;
            let written = self.write_snapshot(state, true);
            // In the journal too, which extends the snapshot before it as well; but not before the snapshot that says what the
            // run may do: what was approved and what was reached of it are known together.
            let written = written.and_then(|()| match record {
                Some((line, sum)) => log.append(&line, sum),
                None => Ok(()),
            });
            // From here on the journal tells.
            let sends = state.begun.take();
            // Where the old snapshot stands and the new journal is gone again, nothing has been begun.
            let is_untouched = || file::stamp(&snapshot).is_ok_and(|now| now == before);
            if written.is_err() && is_untouched() && self.take_back_log() {
                self.written.store(wrote, Ordering::Relaxed);
            }
            written.map(|()| (log, sends))
        };
        let begun = ended.and_then(|()| begins(&mut state));
        self.owed = Owed::of(&state);
        let state = self.state.insert(state);
        let (log, sends) = begun?;
        (self.log, self.sends) = (Some(log), sends);
        tracing::debug!(serial = state.serial, lease = %self.held.id(), "a run begins");
        self.begun = true;
        self.health = Health::Sound;
        Ok(state)
    }

    /// Ends what an unfinished run has left: its journal is folded into a snapshot of its own serial, as it would
    /// have done itself, and removed. So the journal of one run never lies beside the first snapshot of another, where
    /// it would look as if nothing of that one's were missing.
    ///
    /// A snapshot of an earlier format is replaced by one of the present format that says the same, also where no run is
    /// unfinished. So no journal is ever younger than the snapshot beside it, and the generation before the first
    /// snapshot of this run is one that its journal extends.
    fn end_unfinished(&self, state: &State) -> Result<(), StoreError> {
        let path = self.store.journal_path();
        let journal = file::head(&path, HEAD).map(|head| journal::serial_of(&head));
        if journal.is_none() {
            // A journal without a snapshot would be nobody's.
            let snapshot = self.store.snapshot_path();
            if file::stamp(&snapshot).at(Attempt::LookAt, &snapshot, Safe::Untouched)?.is_none() {
                return self.write_snapshot(state, false);
            }
        }
        // One that was not read holds nothing to fold in, and an older one the snapshot has folded in.
        let unfinished = journal.flatten().is_some_and(|serial| serial >= state.serial);
        if unfinished || self.changes_format().is_some() {
            // It says the same as both files said together.
            let before = self.has_written();
            let written = self.write_snapshot(state, false);
            self.written.store(before, Ordering::Relaxed);
            written?;
        }
        if journal.flatten().is_none() {
            return Ok(());
        }
        let _guard = self.held.enter()?;
        file::remove(&path).at(Attempt::Remove, &path, Safe::Untouched)?;
        self.store.boundaries.pass("a journal left over removed")?;
        file::sync_dir(&self.store.dir).at(Attempt::Remove, &path, Safe::Untouched)?;
        self.store.boundaries.pass("its removal synced")?;
        Ok(())
    }

    /// Removes a journal that holds nothing but what the beginning records; says whether it is gone.
    fn take_back_log(&self) -> bool {
        let path = self.store.journal_path();
        let removed = || self.held.enter().is_ok_and(|_guard| file::remove(&path).is_ok());
        // A process that has died removes nothing.
        !self.store.boundaries.died() && removed() && file::sync_dir(&self.store.dir).is_ok()
    }

    fn begin_log(&self, state: &State) -> Result<Log, StoreError> {
        let _entered = self.held.enter()?;
        begin_log(&self.store, &self.held, state)
    }

    /// Folds what the run begins with into the state that is to be written; gives its line for the journal, with the sum after it.
    fn fold_at_once(&self, log: &Log, state: &mut State, changes: Vec<Change>) -> Result<(Vec<u8>, Sum), StoreError> {
        let next = state.journal_sequence.saturating_add(1);
        let line = journal::record(log.sum(), next, &changes).map_err(std::io::Error::from);
        let (line, sum) = line.at(Attempt::Spell, &self.store.journal_path(), Safe::Untouched)?;
        state.journal_sequence = state.journal_sequence.saturating_add(changes.len() as u64);
        for change in changes {
            state.fold(change)?;
        }
        Ok((line, sum))
    }
}
