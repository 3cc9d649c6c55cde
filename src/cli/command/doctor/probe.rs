//! `evsctl doctor --probe`: one volume, made and deleted, to measure what no document tells.
//!
//! It loses its volume as little as an apply does: what it is about to make is on the disk before it asks for it; a
//! lost answer is looked for by the tag, and sent again only with its token, where those are judged; and whatever ends
//! it, the next probe begins by removing what this one left. Of the stack it touches nothing, and nothing that it
//! cannot prove to be its own is deleted.

mod choice;
mod context;
mod judge;
mod lost;
mod make;
mod proof;
mod record;
mod remove;
mod repeat;
mod seen;
mod unsent;

pub(super) use choice::{Choice, asks, consent};
pub(super) use context::Terms;
#[cfg(any(test, fuzzing))]
pub(in crate::cli) use record::read_again;

use super::calls::failed;
use super::findings::Findings;
use crate::cli::error::CliError;
use crate::cli::safe::plain;
use crate::doctor::{Call, Finding, Leftovers, Removal, Skipped, Step, Window, Writes};
use crate::state::CloudId;
use crate::store::Store;
use crate::volume::JobId;
use crate::words::doctor::talk;
use context::{Probe, unrecorded};
use jiff::SignedDuration;
use record::Known;

/// Within and beyond the quarter of an hour that a signature's date may be off (EVS API reference, "AK/SK request
/// signing").
const WITHIN: SignedDuration = SignedDuration::from_mins(14);
const BEYOND: SignedDuration = SignedDuration::from_mins(16);

/// Looks, makes, measures and removes. Says why what was not looked at was not.
pub(super) async fn run(terms: Terms<'_>, store: &Store, found: &mut Findings) -> Skipped {
    let (log, lines) = match store.hold_probe() {
        Ok(held) => held,
        Err(error) => {
            found.put(unrecorded(Step::Begin, error));
            return Skipped::ProbeUnrecorded;
        }
    };
    let left = match Known::read(&lines) {
        Ok(left) => left,
        Err(flaw) => {
            found.put(Finding::Leftovers(Leftovers::Unreadable { path: store.probe_path(), flaw }));
            return Skipped::RecordUnreadable;
        }
    };
    let begun = left.is_some();
    let new = Known::new(terms.choice.intent(terms.cloud));
    let mut probe = Probe { terms, log, known: left.unwrap_or(new), begun };
    let why = probe.run(found).await;
    if !probe.begun
        && let Err(error) = probe.log.remove()
    {
        probe.terms.ui.warn(&plain(&CliError::from(error).message));
    }
    why
}

impl Probe<'_> {
    async fn run(&mut self, found: &mut Findings) -> Skipped {
        if let Err(why) = self.leftovers(found).await {
            return why;
        }
        found.put(self.window().await);
        let tokens = self.terms.client.probe_tokens(self.known.intent.api).await;
        let judged = tokens.as_ref().is_ok_and(|shown| *shown == Some(true));
        let with_token = !tokens.as_ref().is_ok_and(|shown| *shown == Some(false));
        found.put(judge::tokens(tokens));
        if self.is_stopped() {
            return Skipped::ProbeInterrupted;
        }
        let made = self.make(with_token, judged, found).await;
        let why = match &made {
            Ok(made) if !self.is_stopped() => {
                self.repeat(made, judged, found).await;
                Skipped::CallFailed
            }
            Ok(_) => Skipped::ProbeInterrupted,
            Err(why) => *why,
        };
        if !self.begun {
            return why;
        }
        self.say(&talk::removing(&self.known.intent.name(), self.is_stopped()));
        let end = self.remove().await;
        self.after(made.ok().and_then(|made| made.job), &end, found).await;
        found.put(Finding::Deleted(end.clone()));
        if let Removal::Gone { volumes, .. } = &end
            && !volumes.is_empty()
        {
            found.put(Finding::Writes(Writes::Done));
        }
        self.close(&end, found);
        why
    }

    /// Removes what an earlier probe left, and looks for what others left.
    async fn leftovers(&mut self, found: &mut Findings) -> Result<(), Skipped> {
        let mut own = None;
        if self.begun {
            if !self.known.intent.cloud.is_same(self.terms.cloud) {
                let CloudId { endpoint, project_id, .. } = self.known.intent.cloud.clone();
                found.put(Finding::Leftovers(Leftovers::OtherCloud { project_id, endpoint }));
                return Err(Skipped::EarlierProbe);
            }
            self.say(&talk::removing_leftovers(&self.known.intent.name()));
            let end = self.remove().await;
            self.close(&end, found);
            found.put(Finding::Leftovers(Leftovers::Removal(end.clone())));
            if !end.is_gone() || self.begun {
                return Err(if self.is_stopped() { Skipped::ProbeInterrupted } else { Skipped::EarlierProbe });
            }
            own = Some(end);
            self.known = Known::new(self.terms.choice.intent(self.terms.cloud));
        }
        if self.is_stopped() {
            return Err(Skipped::ProbeInterrupted);
        }
        match self.terms.client.list_volumes().await {
            Ok(listed) => {
                found.put(judge::leftovers(own, listed.volumes.values()));
                Ok(())
            }
            Err(error) => {
                found.put(failed(Call::Leftovers, error));
                Err(Skipped::LeftoversUnknown)
            }
        }
    }

    /// How far off a signature may be dated, by reads.
    async fn window(&self) -> Finding {
        let mut taken = Vec::new();
        for off in [-BEYOND, -WITHIN, WITHIN, BEYOND] {
            match self.terms.client.takes_date(off).await {
                Ok(Some(yes)) => taken.push((off, yes)),
                Ok(None) => return Finding::Window(Window::Unsigned),
                Err(error) => return failed(Call::DateWindow, error),
            }
        }
        judge::window(taken)
    }

    /// What only shows when the volume is gone.
    async fn after(&self, job: Option<JobId>, end: &Removal, found: &mut Findings) {
        let Removal::Gone { volumes, .. } = end else { return };
        if let Some(job) = job {
            found.put(judge::job_kept(&job, self.terms.client.show_job(&job).await));
        }
        if let Some(id) = volumes.keys().next() {
            found.put(judge::recycled(id, self.terms.client.show_recycled(id).await));
        }
    }

    /// Ends the record where nothing is left.
    fn close(&mut self, end: &Removal, found: &mut Findings) {
        if end.is_gone() {
            // The file goes when the probe ends; until then an empty one says that nothing is left.
            match self.log.clear() {
                Ok(()) => self.begun = false,
                Err(error) => found.put(unrecorded(Step::Delete, error)),
            }
        }
    }
}
