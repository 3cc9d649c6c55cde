//! One create call: sent, and what came of that, until it has an end or has to be left.

use super::context::{Context, failure_of};
use super::event::Event;
use super::follow::follow;
use super::leaving::post;
use super::record::Halted;
use super::sending::Making;
use super::settle::{Settled, settle};
use super::span::{self, came_to, went_wrong};
use super::trouble::{After, Trouble, after};
use super::why::{Cause, Doubt, Open};
use crate::evs::{Error, Kind, Meaning, Outcome, Taken};
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
    /// What else follows of an error.
    Then(After),
}

/// Carries one call.
pub(super) struct Carry<'a> {
    pub(super) cx: &'a Context,
}

impl Carry<'_> {
    /// Sends, and settles what may have been done, until the call has an end or has to be left. Gives the slots for which it
    /// surely never happened.
    pub(super) async fn carry(&self, mut call: Making) -> Result<Unmade, Halted> {
        let (mut trouble, mut deadline) = (Trouble::default(), None);
        loop {
            if call.sending.doubt {
                let deadline = *deadline.get_or_insert_with(|| Instant::now() + self.cx.timeout);
                let settled = settle(self.cx, &call.sending, deadline).await?;
                tracing::debug!(call = %call.sending.id, settled = settled.word(), "a doubt was looked into");
                match settled {
                    Settled::Again => call.sending.cleared = Some(self.cx.client.service_now()),
                    Settled::Found => return follow(self.cx, call.following(None, None)).await,
                    Settled::Only(0) => {
                        came_to("never happened");
                        let closed = Change::Closed { call: call.sending.id.clone(), at: self.cx.client.service_now() };
                        self.close(&call, closed, Vec::new()).await?;
                        return Ok(call.create.slots.into_keys().collect());
                    }
                    Settled::Only(found) => return follow(self.cx, call.following(None, Some(found))).await,
                    Settled::Open(doubt) => return self.leave(&call, doubt).map(|()| Unmade::new()),
                }
            }
            // Only now: what was asked to be waited for is no reason to look later for what it made.
            if let Err(error) = trouble.wait_out(self.cx, deadline).await {
                return self.give_up(&call, &error).await.map(|()| Unmade::new());
            }
            let answered = post(self.cx, &mut call.sending).await;
            deadline.get_or_insert_with(|| Instant::now() + self.cx.timeout);
            let error = match self.next(&mut call, answered).await? {
                Next::Over | Next::Then(After::NoRoom) => return Ok(Unmade::new()),
                Next::Follow(taken) => return follow(self.cx, call.following(Some(taken), None)).await,
                Next::Then(After::AtOnce) => continue,
                Next::Then(After::Again(error)) => error,
                Next::Then(After::Settle(error)) => {
                    call.sending.doubt = true;
                    error
                }
                Next::Then(After::GiveUp(error)) => {
                    return self.give_up(&call, &error).await.map(|()| Unmade::new());
                }
            };
            trouble.met(error);
        }
    }

    /// Records what a sending came to, and says what is next.
    async fn next(&self, call: &mut Making, answered: Result<Taken, Error>) -> Result<Next, Halted> {
        let outcome = Outcome::of(answered.as_ref().map(|taken| &taken.receipt).map_err(|error| &error.kind));
        let (id, slots) = (&call.sending.id, call.create.slots.len());
        let receipt = answered.as_ref().ok().map(|taken| tracing::field::display(&taken.receipt));
        tracing::debug!(call = %id, slots, token = call.sending.with_token, outcome = outcome.word(), receipt, "a create call");
        let error = match (answered, &outcome) {
            (Ok(taken), Outcome::Accepted(_)) => {
                let Taken { receipt, volumes } = taken.clone();
                span::accepted(&receipt);
                let at = self.cx.client.service_now();
                let (id, key, slots) =
                    (call.sending.id.clone(), call.create.key.clone(), call.create.slot_set().to_string());
                let event = match receipt.clone() {
                    Receipt::Job(job_id) => Event::Accepted { verb: Verb::Create, call: id, job_id, key, slots },
                    Receipt::Order(order_id) => Event::Ordered {
                        verb: Verb::Create,
                        call: id,
                        order_id,
                        key,
                        slots,
                        auto_pay: call.create.spec.pays_itself(),
                    },
                };
                let accepted = Change::Accepted { call: call.sending.id.clone(), receipt, named: volumes, at };
                self.cx.recorder.record(vec![accepted], vec![event]).await?;
                return Ok(Next::Follow(taken));
            }
            (Ok(_), _) => return Ok(Next::Over),
            (Err(error), _) => error,
        };
        after(self.cx, &mut call.sending, error, outcome).await.map(Next::Then)
    }

    /// Ends the trying. A call that surely was not done is closed; one that may have been stays open, whatever its
    /// last sending came to.
    async fn give_up(&self, call: &Making, error: &Error) -> Result<(), Halted> {
        self.cx.tally.change(|report| report.denied |= error.meaning() == Some(Meaning::Denied));
        if call.sending.doubt {
            let stopping = error.kind == Kind::Stopped;
            return self.leave(call, (!stopping).then(|| Doubt::Met(error.kind.clone())));
        }
        let (failure, at) = (failure_of(error), self.cx.client.service_now());
        let refused = Change::Refused { call: call.sending.id.clone(), failure, at };
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
    pub(super) async fn close(&self, call: &Making, closed: Change, events: Vec<Event>) -> Result<(), Halted> {
        let changes = if call.sending.intended { vec![closed] } else { Vec::new() };
        self.cx.recorder.record(changes, events).await
    }

    /// The call may or may not have been done: it stays open, and the next run begins with it.
    pub(super) fn leave(&self, call: &Making, doubt: Option<Doubt>) -> Result<(), Halted> {
        went_wrong("in doubt");
        // A run that is stopping says that by itself.
        if let Some(doubt) = doubt {
            let why = Open::InDoubt { call: call.sending.id.clone(), verb: Verb::Create, doubt };
            self.cx.unfinished(None, &call.create.key, call.create.slot_set(), why);
        }
        Ok(())
    }
}
