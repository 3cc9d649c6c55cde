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

use super::calls::judged;
use super::findings::Findings;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::render::doctor::Check;
use crate::cli::safe::plain;
use crate::state::CloudId;
use crate::store::Store;
use crate::volume::JobId;
use context::{Probe, STOPPED, Why, unrecorded};
use jiff::SignedDuration;
use record::Known;
use remove::End;

/// What a probe looks at, in the order in which it is told.
pub(super) const NAMES: [&str; 14] = [
    "probe-leftovers",
    "probe-date-window",
    "probe-create",
    "probe-listed",
    "probe-creating",
    "probe-tag",
    "probe-name",
    "probe-metadata",
    "probe-volume-ids",
    "probe-same-token",
    "probe-other-body",
    "probe-delete",
    "probe-job-kept",
    "probe-recycle-bin",
];

/// Within and beyond the quarter of an hour that a signature's date may be off (EVS API reference, "AK/SK request
/// signing").
const WITHIN: SignedDuration = SignedDuration::from_mins(14);
const BEYOND: SignedDuration = SignedDuration::from_mins(16);

/// Looks, makes, measures and removes. Says why what was not looked at was not.
pub(super) async fn run(terms: Terms<'_>, store: &Store, found: &mut Findings) -> Why {
    let (log, lines) = match store.hold_probe() {
        Ok(held) => held,
        Err(error) => {
            found.put(unrecorded("probe-leftovers", error));
            return "the probe cannot be recorded";
        }
    };
    let left = match Known::read(&lines) {
        Ok(left) => left,
        Err(why) => {
            let path = store.probe_path();
            let seen = format!("{}: {why}", path.display());
            let next =
                "look in the console for a volume whose name begins with evsctl-probe-, delete it, then the file";
            found.put(Check::fail("probe-leftovers", seen, next, Exit::Error));
            return "what an earlier probe left is not known";
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
    async fn run(&mut self, found: &mut Findings) -> Why {
        if let Err(why) = self.leftovers(found).await {
            return why;
        }
        found.put(self.window().await);
        let tokens = self.terms.client.probe_tokens(self.known.intent.api).await;
        let judged = tokens.as_ref().is_ok_and(|shown| *shown == Some(true));
        found.put(judge::tokens(&tokens));
        if self.is_stopped() {
            return STOPPED;
        }
        let with_token = !tokens.as_ref().is_ok_and(|shown| *shown == Some(false));
        let made = self.make(with_token, judged, found).await;
        let why = match &made {
            Ok(made) if !self.is_stopped() => {
                self.repeat(made, judged, found).await;
                "the call that would show it failed"
            }
            Ok(_) => STOPPED,
            Err(why) => why,
        };
        if !self.begun {
            return why;
        }
        let told = if self.is_stopped() { "interrupted: removing" } else { "removing" };
        self.say(&format!(
            "{told} {}; should this be ended before it is done, the next `evsctl doctor --probe` goes on with it",
            self.known.intent.name()
        ));
        let end = self.remove().await;
        self.after(made.ok().and_then(|made| made.job), &end, found).await;
        found.put(judge::removed("probe-delete", &self.known, &end));
        if let End::Gone { volumes } = &end
            && !volumes.is_empty()
        {
            found.put(judge::writes());
        }
        self.close(&end, found);
        why
    }

    /// Removes what an earlier probe left, and looks for what others left.
    async fn leftovers(&mut self, found: &mut Findings) -> Result<(), Why> {
        const NAME: &str = "probe-leftovers";
        let mut ours = None;
        if self.begun {
            if !self.known.intent.cloud.is_same(self.terms.cloud) {
                let CloudId { endpoint, project_id, .. } = &self.known.intent.cloud;
                let seen = format!("an earlier probe of this stack is not over, in project {project_id} at {endpoint}");
                let next = "let the manifest mean that project again, and run this once more: it removes what is left";
                found.put(Check::fail(NAME, seen, next, Exit::Refused));
                return Err("an earlier probe is not over");
            }
            self.say(&format!("removing what an earlier probe left: {}", self.known.intent.name()));
            let end = self.remove().await;
            let check = judge::removed(NAME, &self.known, &end);
            let over = matches!(end, End::Gone { .. });
            self.close(&end, found);
            found.put(check.clone());
            if !over || self.begun {
                return Err(if self.is_stopped() { STOPPED } else { "an earlier probe is not over" });
            }
            ours = Some(check);
            self.known = Known::new(self.terms.choice.intent(self.terms.cloud));
        }
        if self.is_stopped() {
            return Err(STOPPED);
        }
        match self.terms.client.list_volumes().await {
            Ok(listed) => {
                found.put(judge::leftovers(ours, listed.volumes.values()));
                Ok(())
            }
            Err(error) => {
                found.put(judged(NAME, "evs:volumes:list", Err(&error)));
                Err("what earlier probes left is not known")
            }
        }
    }

    /// How far off a signature may be dated, by reads.
    async fn window(&self) -> Check {
        let mut taken = Vec::new();
        for off in [-BEYOND, -WITHIN, WITHIN, BEYOND] {
            match self.terms.client.takes_date(off).await {
                Ok(Some(yes)) => taken.push((off, yes)),
                Ok(None) => {
                    return Check::skipped("probe-date-window", "requests are not signed here, so nothing dates them");
                }
                Err(error) => return judged("probe-date-window", "evs:volumes:list", Err(&error)),
            }
        }
        judge::window(&taken)
    }

    /// What only shows when the volume is gone.
    async fn after(&self, job: Option<JobId>, end: &End, found: &mut Findings) {
        let End::Gone { volumes } = end else { return };
        if let Some(job) = job {
            found.put(judge::job_kept(&job, &self.terms.client.show_job(&job).await));
        }
        if let Some(id) = volumes.keys().next() {
            found.put(judge::recycled(id, &self.terms.client.show_recycled(id).await));
        }
    }

    /// Ends the record where nothing is left.
    fn close(&mut self, end: &End, found: &mut Findings) {
        if let End::Gone { .. } = end {
            // The file goes when the probe ends; until then an empty one says that nothing is left.
            match self.log.clear() {
                Ok(()) => self.begun = false,
                Err(error) => found.put(unrecorded("probe-delete", error)),
            }
        }
    }
}
