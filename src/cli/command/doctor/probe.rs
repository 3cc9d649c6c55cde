//! `evsctl doctor --probe`: one volume, made and deleted, to measure what no document tells.
//!
//! It loses its volume as little as an apply does: what it is about to make is on the disk before it asks for it; a
//! lost answer is looked for by the tag, and sent again only with its token, where those are judged; and whatever ends
//! it, the next probe begins by removing what this one left. Of the stack it touches nothing, and nothing that it
//! cannot prove to be its own is deleted.

mod choice;
mod judge;
mod make;
mod proof;
mod record;
mod remove;
mod repeat;
mod seen;

pub(super) use choice::{Choice, asks, consent};
#[cfg(any(test, fuzzing))]
pub(in crate::cli) use record::read_again;

use super::calls::judged;
use super::findings::Findings;
use crate::apply::Doubts;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::render::doctor::Check;
use crate::cli::safe::plain;
use crate::cli::stack::store_error;
use crate::cli::ui::Ui;
use crate::evs::Client;
use crate::state::CloudId;
use crate::store::{ProbeLog, Store, StoreError};
use crate::volume::JobId;
use jiff::SignedDuration;
use record::{Entry, Known};
use remove::End;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

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

/// The longest pause between two looks.
const PAUSE: Duration = Duration::from_secs(2);

/// What a probe needs to know.
pub(super) struct Terms<'a> {
    pub(super) ui: &'a Arc<Ui>,
    pub(super) client: &'a Client,
    pub(super) cloud: &'a CloudId,
    pub(super) choice: &'a Choice,
    pub(super) doubts: Doubts,
    pub(super) timeout: Duration,
    /// Cancelled by the first signal: from then on nothing is measured, and what was made is removed.
    pub(super) stop: CancellationToken,
}

/// Why the rest of a probe is not done.
type Why = &'static str;

const STOPPED: Why = "the probe was interrupted";

/// Looks, makes, measures and removes. Says why what was not looked at was not.
pub(super) async fn run(terms: Terms<'_>, store: &Store, found: &mut Findings) -> Why {
    let (log, lines) = match store.hold_probe() {
        Ok(held) => held,
        Err(error) => {
            let error = store_error(&error);
            found.put(unrecorded("probe-leftovers", &error));
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
        probe.terms.ui.warn(&plain(&store_error(&error).message));
    }
    why
}

/// One probe on its way.
struct Probe<'a> {
    terms: Terms<'a>,
    log: ProbeLog,
    known: Known,
    /// Whether there is anything in the record that is not over.
    begun: bool,
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
                Err(error) => found.put(unrecorded("probe-delete", &store_error(&error))),
            }
        }
    }

    /// Makes entries durable, and takes them in.
    fn record(&mut self, entries: Vec<Entry>) -> Result<(), StoreError> {
        append(&mut self.log, &entries)?;
        self.begun = true;
        entries.into_iter().for_each(|entry| self.known.fold(entry));
        Ok(())
    }

    /// Notes what the cloud told, as far as the disk takes it: what was made is found by its tag as well.
    fn note(&mut self, entry: Entry) {
        if let Err(error) = self.record(vec![entry.clone()]) {
            self.terms.ui.warn(&plain(&store_error(&error).message));
            self.known.fold(entry);
        }
    }

    fn is_stopped(&self) -> bool {
        self.terms.stop.is_cancelled()
    }

    fn say(&self, text: &str) {
        self.terms.ui.talk(&plain(text));
    }

    /// Waits a little longer each time. Says whether to look again.
    async fn pause(&self, pause: &mut Duration, deadline: Instant, stoppable: bool) -> bool {
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

fn append(log: &mut ProbeLog, entries: &[Entry]) -> Result<(), StoreError> {
    // Texts and numbers always have a form in JSON.
    let lines: Vec<String> = entries.iter().filter_map(|entry| entry.line().ok()).collect();
    log.append(&lines)
}

/// What kept the record from being written, as a check.
fn unrecorded(name: &'static str, error: &CliError) -> Check {
    let seen = std::iter::once(&error.message).chain(&error.causes).cloned().collect::<Vec<_>>().join(": ");
    let next = match error.hints.is_empty() {
        true => "put that right: nothing is made that is not recorded first".to_owned(),
        false => error.hints.join("; "),
    };
    Check::fail(name, seen, next, error.exit)
}
