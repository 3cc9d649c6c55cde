//! What every part of a probe works with: its terms, its record, and how it waits and talks.

use super::choice::Choice;
use super::record::{Entry, Known};
use crate::cli::command::doctor::findings::told;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::safe::plain;
use crate::cli::ui::Ui;
use crate::doctor::{Finding, Step, Unrecorded};
use crate::evs::Client;
use crate::operation::settle::Doubts;
use crate::state::CloudId;
use crate::store::{ProbeLog, StoreError};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// The longest pause between two looks.
const PAUSE: Duration = Duration::from_secs(2);

/// What a probe needs to know.
pub(in super::super) struct Terms<'a> {
    pub(in super::super) ui: &'a Arc<Ui>,
    pub(in super::super) client: &'a Client,
    pub(in super::super) cloud: &'a CloudId,
    pub(in super::super) choice: &'a Choice,
    pub(in super::super) doubts: Doubts,
    pub(in super::super) timeout: Duration,
    /// Cancelled by the first signal: from then on nothing is measured, and what was made is removed.
    pub(in super::super) stop: CancellationToken,
}

/// One probe on its way.
pub(super) struct Probe<'a> {
    pub(super) terms: Terms<'a>,
    pub(super) log: ProbeLog,
    pub(super) known: Known,
    /// Whether there is anything in the record that is not over.
    pub(super) begun: bool,
}

impl Probe<'_> {
    /// Makes entries durable, and takes them in.
    fn record(&mut self, entries: Vec<Entry>) -> Result<(), StoreError> {
        append(&mut self.log, &entries)?;
        self.begun = true;
        entries.into_iter().for_each(|entry| self.known.fold(entry));
        Ok(())
    }

    /// Notes what the cloud told, as far as the disk takes it: what was made is found by its tag as well.
    pub(super) fn note(&mut self, entry: Entry) {
        if let Err(error) = self.record(vec![entry.clone()]) {
            self.terms.ui.warn(&plain(&CliError::from(error).message));
            self.known.fold(entry);
        }
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.terms.stop.is_cancelled()
    }

    pub(super) fn say(&self, text: &str) {
        self.terms.ui.talk(&plain(text));
    }

    /// Waits a little longer each time. Says whether to look again.
    pub(super) async fn pause(&self, pause: &mut Duration, deadline: Instant, stoppable: bool) -> bool {
        let until = Instant::now() + *pause;
        *pause = pause.mul_f64(1.3).min(PAUSE);
        if until >= deadline {
            return false;
        }
        tokio::select! {
            () = tokio::time::sleep_until(until) => true,
            () = self.terms.stop.cancelled(), if stoppable => false,
        }
    }
}

pub(super) fn append(log: &mut ProbeLog, entries: &[Entry]) -> Result<(), StoreError> {
    // Texts and numbers always have a form in JSON.
    let lines: Vec<String> = entries.iter().filter_map(|entry| entry.line().ok()).collect();
    log.append(&lines)
}

/// What kept the record from being written.
pub(super) fn unrecorded(step: Step, error: StoreError) -> Finding {
    let error = CliError::from(error);
    Finding::Unrecorded(Unrecorded { step, error: told(&error), locked: error.exit == Exit::Locked })
}
