//! One create call: sent, and what came of that, until it has an end or has to be left.

use super::context::{Context, failure_of};
use super::event::Event;
use super::follow::follow;
use super::leaving::post;
use super::record::Halted;
use super::sending::{Kept, Sending};
use super::settle::{Settled, settle};
use super::span::{self, came_to, went_wrong};
use super::why::{Again, Cause, Doubt, Open};
use crate::evs::{self, Error, Kind, Meaning, Outcome, Refused, Taken, Unsent, backoff};
use crate::plan::Verb;
use crate::state::Change;
use crate::volume::{Receipt, Slot};
use std::collections::BTreeSet;
use tokio::time::Instant;

/// The slots of a call for which it surely never happened.
pub(super) type Unmade = BTreeSet<Slot>;

/// What is to be done after one sending.
enum Next {
    /// Nothing more.
    Over,
    /// It goes on from its job.
    Follow(Taken),
    /// The same again at once: without its token, or after another look.
    AtOnce,
    /// The same again, after a pause: this sending did nothing.
    Again(Error),
    /// It may have been done.
    Settle(Error),
}

/// The trouble that a call has met so far.
#[derive(Default)]
struct Trouble {
    attempts: u32,
    since: Option<Instant>,
    /// What it met last, and when it may leave again.
    last: Option<(Error, Instant)>,
}

impl Trouble {
    fn met(&mut self, error: Error) {
        let pause = error.pause.unwrap_or_else(|| backoff(self.attempts));
        self.attempts += 1;
        self.since.get_or_insert_with(Instant::now);
        self.last = Some((error, Instant::now() + pause));
    }
}

/// Carries one call.
pub(super) struct Carry<'a> {
    pub(super) cx: &'a Context,
}

impl Carry<'_> {
    /// Sends, and settles what may have been done, until the call has an end or has to be left. Gives the slots for which it
    /// surely never happened.
    pub(super) async fn carry(&self, mut call: Sending) -> Result<Unmade, Halted> {
        let (mut trouble, mut deadline) = (Trouble::default(), None);
        loop {
            if call.doubt {
                let deadline = *deadline.get_or_insert_with(|| Instant::now() + self.cx.timeout);
                let settled = settle(self.cx, &call, deadline).await?;
                tracing::debug!(call = %call.id, settled = settled.word(), "a doubt was looked into");
                match settled {
                    Settled::Again => call.cleared = Some(self.cx.client.service_now()),
                    Settled::Found => return follow(self.cx, call.following(None, None)).await,
                    Settled::Only(0) => {
                        came_to("never happened");
                        let closed = Change::Closed { call: call.id.clone(), at: self.cx.client.service_now() };
                        self.close(&call, closed, Vec::new()).await?;
                        return Ok(call.create.slots.into_keys().collect());
                    }
                    Settled::Only(found) => return follow(self.cx, call.following(None, Some(found))).await,
                    Settled::Open(doubt) => return self.leave(&call, doubt).map(|()| Unmade::new()),
                }
            }
            // Only now: what was asked to be waited for is no reason to look later for what it made.
            if let Err(error) = self.wait_out(&mut trouble, deadline).await {
                return self.give_up(&call, &error).await.map(|()| Unmade::new());
            }
            let answered = post(self.cx, &mut call).await;
            deadline.get_or_insert_with(|| Instant::now() + self.cx.timeout);
            let error = match self.next(&mut call, answered).await? {
                Next::Over => return Ok(Unmade::new()),
                Next::Follow(taken) => return follow(self.cx, call.following(Some(taken), None)).await,
                Next::AtOnce => continue,
                Next::Again(error) => error,
                Next::Settle(error) => {
                    call.doubt = true;
                    error
                }
            };
            trouble.met(error);
        }
    }

    /// Waits until the call may leave again after what it met.
    ///
    /// # Errors
    /// What it met, where that has gone on for too long or the run is stopping.
    async fn wait_out(&self, trouble: &mut Trouble, deadline: Option<Instant>) -> Result<(), Error> {
        let Some((error, until)) = trouble.last.take() else { return Ok(()) };
        let begun = *trouble.since.get_or_insert_with(Instant::now);
        if until > begun + self.cx.client.patience(&error) || deadline.is_some_and(|deadline| until >= deadline) {
            return Err(error);
        }
        let pause = until.saturating_duration_since(Instant::now());
        let request = error.request.to_owned();
        self.cx.recorder.tell(Event::Retrying { request, why: Again::Met(error.kind.clone()), after: pause });
        tokio::select! {
            () = tokio::time::sleep_until(until) => Ok(()),
            () = self.cx.stop.cancelled() => Err(Error { kind: Kind::Stopped, ..error }),
        }
    }

    /// Records what a sending came to, and says what is next.
    async fn next(&self, call: &mut Sending, answered: Result<Taken, Error>) -> Result<Next, Halted> {
        let outcome = Outcome::of(answered.as_ref().map(|taken| &taken.receipt).map_err(|error| &error.kind));
        let (id, slots) = (&call.id, call.create.slots.len());
        let receipt = answered.as_ref().ok().map(|taken| tracing::field::display(&taken.receipt));
        tracing::debug!(call = %id, slots, token = call.with_token, outcome = outcome.word(), receipt, "a create call");
        let error = match (answered, &outcome) {
            (Ok(taken), Outcome::Accepted(_)) => {
                let Taken { receipt, volumes } = taken.clone();
                span::accepted(&receipt);
                let at = self.cx.client.service_now();
                let (id, key, slots) = (call.id.clone(), call.create.key.clone(), call.create.slot_set().to_string());
                let event = match receipt.clone() {
                    Receipt::Job(job_id) => Event::Accepted { call: id, job_id, key, slots },
                    Receipt::Order(order_id) => {
                        Event::Ordered { call: id, order_id, key, slots, auto_pay: call.create.spec.pays_itself() }
                    }
                };
                let accepted = Change::Accepted { call: call.id.clone(), receipt, named: volumes, at };
                self.cx.recorder.record(vec![accepted], vec![event]).await?;
                return Ok(Next::Follow(taken));
            }
            (Ok(_), _) => return Ok(Next::Over),
            (Err(error), _) => error,
        };
        match call.kept {
            // The record itself tells it in the end.
            Some(Kept::NoRoom) => return Ok(Next::Over),
            Some(Kept::Stale) => return Ok(Next::AtOnce),
            Some(Kept::Stalled) => {
                return Ok(Next::Again(Error { kind: Kind::NotSent(Unsent::Stalled), ..error }));
            }
            None => {}
        }
        // Nothing may be recorded any more, so nothing more may be done.
        if error.kind == Kind::Fenced {
            return Err(Halted);
        }
        if let Some(honours) = evs::shows_tokens(&error) {
            self.cx.tokens.note(&self.cx.recorder, honours).await?;
        }
        match outcome {
            Outcome::InDoubt(doubt) => {
                call.replay &= doubt != evs::Doubt::TokenUsed;
                Ok(Next::Settle(error))
            }
            Outcome::NothingSent if error.kind != Kind::Stopped => Ok(Next::Again(error)),
            Outcome::Refused(Refused::Throttled) => Ok(Next::Again(error)),
            Outcome::Refused(Refused::TokensOff) if call.doubt => Ok(Next::Settle(error)),
            // Refused for its token alone: it goes again without one, but only if none before it can have been done.
            Outcome::Refused(Refused::TokensOff) if call.with_token => Ok(Next::AtOnce),
            Outcome::Accepted(_) | Outcome::NothingSent | Outcome::Refused(Refused::ForGood | Refused::TokensOff) => {
                self.give_up(call, &error).await.map(|()| Next::Over)
            }
        }
    }

    /// Ends the trying. A call that surely was not done is closed; one that may have been stays open, whatever its
    /// last sending came to.
    async fn give_up(&self, call: &Sending, error: &Error) -> Result<(), Halted> {
        self.cx.tally.change(|report| report.denied |= error.meaning() == Some(Meaning::Denied));
        if call.doubt {
            let stopping = error.kind == Kind::Stopped;
            return self.leave(call, (!stopping).then(|| Doubt::Met(error.kind.clone())));
        }
        let (failure, at) = (failure_of(error), self.cx.client.service_now());
        let refused = Change::Refused { call: call.id.clone(), failure, at };
        if error.kind == Kind::Stopped {
            came_to("not sent");
            return self.close(call, refused, Vec::new()).await;
        }
        went_wrong("refused");
        self.cx.tally.failed(call.create.slots.len() as u64, error);
        let event = Event::Failed {
            verb: Verb::Create,
            key: call.create.key.clone(),
            slots: call.create.slot_set().to_string(),
            id: None,
            cause: Cause::Call(error.clone()),
        };
        self.close(call, refused, vec![event]).await
    }

    /// Records how a call ended, where its beginning is recorded.
    pub(super) async fn close(&self, call: &Sending, closed: Change, events: Vec<Event>) -> Result<(), Halted> {
        let changes = if call.intended { vec![closed] } else { Vec::new() };
        self.cx.recorder.record(changes, events).await
    }

    /// The call may or may not have been done: it stays open, and the next run begins with it.
    pub(super) fn leave(&self, call: &Sending, doubt: Option<Doubt>) -> Result<(), Halted> {
        went_wrong("in doubt");
        // A run that is stopping says that by itself.
        if let Some(doubt) = doubt {
            let why = Open::InDoubt { call: call.id.clone(), doubt };
            self.cx.unfinished(None, &call.create.key, call.create.slot_set(), why);
        }
        Ok(())
    }
}
