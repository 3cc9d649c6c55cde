//! A create call from its intent to its acceptance, and the same from any later point for a call that an earlier
//! run began.

use super::call;
use super::context::{Context, failure_of};
use super::event::Event;
use super::follow::follow;
use super::leaving::{begin, post};
use super::record::Halted;
use super::sending::{Kept, Sending};
use super::settle::{Settled, settle};
use super::span::{self, came_to, went_wrong};
use crate::evs::{self, Doubt, Error, Kind, Meaning, Outcome, Refused, Taken, backoff};
use crate::operation::{Create, Failure, Operation, Progress};
use crate::plan::{self, Action, Resume, Stage};
use crate::state::Change;
use crate::volume::{CallId, Receipt, Slot};
use jiff::Timestamp;
use std::collections::BTreeSet;
use tokio::time::Instant;
use tracing::Instrument as _;

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

/// The slots of a call for which it surely never happened.
type Unmade = BTreeSet<Slot>;

/// Carries create calls.
pub(super) struct Drive<'a> {
    pub(super) cx: &'a Context,
}

impl Drive<'_> {
    /// Sends a new call and follows it, and makes it anew as often as it surely never happened.
    pub(super) async fn create(&self, create: Create) -> Result<(), Halted> {
        // A slot that could not be cleaned is not free: the next run sees to both.
        if self.cx.is_held(&create) {
            return Ok(());
        }
        let call = self.fresh(&[], &create);
        let (id, span) = (call.id.clone(), span::of(&call.id, create.slots.len(), false));
        let unmade = self.carry(call).instrument(span).await?;
        self.anew(create, vec![id], unmade).await
    }

    /// Goes on with a call of an earlier run, and makes it anew as often as it surely never happened, where it is wanted.
    pub(super) async fn resume(&self, resume: Resume) -> Result<(), Halted> {
        let span = span::of(&resume.call, resume.create.slots.len(), true);
        let (id, create, wanted) = (resume.call.clone(), resume.create.clone(), resume.wanted);
        let unmade = self.go_on(resume).instrument(span).await?;
        // To take the place of volumes that are gone needs a number, and this plan asked for none.
        if wanted && !create.is_again() {
            return self.anew(create, vec![id], unmade).await;
        }
        self.cx.tally.change(|report| report.closed += u64::from(!unmade.is_empty()));
        Ok(())
    }

    /// Makes anew, as another call each time, what of a create surely never happened. What these attempts made is recorded.
    async fn anew(&self, mut create: Create, mut attempts: Vec<CallId>, mut unmade: Unmade) -> Result<(), Halted> {
        while !unmade.is_empty() {
            create = create.again(&unmade, self.cx.by_service);
            let stops = self.cx.stop.is_cancelled() || self.cx.tally.report().denied;
            let call = self.fresh(&attempts, &create);
            let named = Operation {
                first_sent: Some(call.recorded.at.min(self.cx.client.service_now())),
                ..call.recorded.clone()
            };
            // A reader that finds no journal of this run has to know the call before it is sent.
            if stops || attempts.len() >= plan::ATTEMPTS || !self.cx.recorder.also_sends(call.id.clone(), named).await?
            {
                self.cx.tally.change(|report| report.closed += 1);
                return Ok(());
            }
            attempts.push(call.id.clone());
            let span = span::of(&call.id, create.slots.len(), false);
            unmade = self.carry(call).instrument(span).await?;
        }
        Ok(())
    }

    /// A call for that create, another one than these attempts at it.
    fn fresh(&self, attempts: &[CallId], create: &Create) -> Sending {
        let id = plan::call_id_after(attempts, &self.cx.state, self.cx.serial, create);
        let recorded = call::intended(&self.cx.owner(&id), &self.cx.tag, create, Timestamp::now());
        Sending::new(id, create.clone(), recorded)
    }

    async fn go_on(&self, resume: Resume) -> Result<Unmade, Halted> {
        let Resume { call: id, stage, wanted, tag, create } = resume;
        if matches!(stage, Stage::Forgotten | Stage::Lost) && self.cx.is_held(&create) {
            return Ok(Unmade::new());
        }
        let known = self.cx.state.operations.get(&id);
        let intended = known.is_some();
        let fresh = || call::intended(&self.cx.owner(&id), &tag, &create, Timestamp::now());
        let recorded = known.cloned().unwrap_or_else(fresh);
        let mut call = Sending { intended, wanted, resumed: true, ..Sending::new(id, create, recorded) };
        let receipt = match &stage {
            Stage::Job(job_id) => Some(Receipt::Job(job_id.clone())),
            Stage::Order(order_id) => Some(Receipt::Order(order_id.clone())),
            Stage::Intended | Stage::Sent | Stage::Lost | Stage::Forgotten => None,
        };
        if let Some(receipt) = receipt {
            span::accepted(&receipt);
            let volumes = call.recorded.progress.taken().map(|(_, named)| named.to_vec()).unwrap_or_default();
            return follow(self.cx, call.following(Some(Taken { receipt, volumes }), None)).await;
        }
        match call.recorded.progress {
            Progress::Sent(sent) => {
                (call.sent, call.doubt) = (Some(sent), true);
                // When it left last is not known: now at the latest. Time is counted from there.
                if sent.undated && !self.counts_as_sent(&mut call, sent.token).await? {
                    return Ok(Unmade::new());
                }
            }
            // Its volumes say that it was sent. When is not known: now at the latest, and too long ago for its token
            // to be trusted still.
            _ if stage == Stage::Forgotten => {
                if !self.counts_as_sent(&mut call, false).await? {
                    return Ok(Unmade::new());
                }
                call.doubt = true;
            }
            _ if !wanted => {
                let reason = "it was never sent, and is not wanted now".to_owned();
                let failure = Failure { code: String::new(), reason };
                let refused = Change::Refused { call: call.id.clone(), failure, at: self.cx.client.service_now() };
                came_to("not wanted");
                return self.close(&call, refused, Vec::new()).await.map(|()| Unmade::new());
            }
            _ => {}
        }
        self.carry(call).await
    }

    /// Records that a call left now, which an earlier run sent at a time that is not known. `false` where that
    /// cannot be recorded: its volumes could not be listed, or the disk has no room, which the record itself tells in the
    /// end.
    async fn counts_as_sent(&self, call: &mut Sending, token: bool) -> Result<bool, Halted> {
        let made = match self.first_made(call).await {
            Ok(made) => made,
            Err(error) => return self.leave(call, Some(&error.to_string())).map(|()| false),
        };
        let at = self.cx.client.service_now();
        let mut changes = begin(call.intended, &call.id, &call.recorded, at, token);
        if let Some(Change::Sent(sent)) = changes.last_mut() {
            sent.own = sent.own.into_iter().chain(made).min();
            call.own_first = sent.own;
        }
        let durable = self.cx.recorder.begin(changes, Vec::new()).await?;
        if durable {
            call.left(at, token);
        }
        Ok(durable)
    }

    /// Sends, and settles what may have been done, until the call has an end or has to be left. Gives the slots for which it
    /// surely never happened.
    async fn carry(&self, mut call: Sending) -> Result<Unmade, Halted> {
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
                    Settled::Open(why) => return self.leave(&call, why.as_deref()).map(|()| Unmade::new()),
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
        self.cx.recorder.tell(Event::retrying(error.request, error.kind.to_string(), pause));
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
                let why = "the disk takes too long to record that it leaves".to_owned();
                return Ok(Next::Again(Error { kind: Kind::NotSent(why), ..error }));
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
                call.replay &= doubt != Doubt::TokenUsed;
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
            return self.leave(call, (!stopping).then(|| error.kind.to_string()).as_deref());
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
            action: Action::Create,
            key: call.create.key.clone(),
            slots: call.create.slot_set().to_string(),
            id: None,
            failure: failure_of(error),
            request_id: error.request_id().map(str::to_owned),
        };
        self.close(call, refused, vec![event]).await
    }

    /// When the first of the volumes was made that carry the call's tag: it was sent before that.
    async fn first_made(&self, call: &Sending) -> Result<Option<Timestamp>, Error> {
        let (owner, listed) = (self.cx.owner(&call.id), self.cx.client.list_to_its_end().await?);
        let ours = listed.volumes.values().filter(|volume| owner.marks(&volume.tags));
        Ok(ours.filter_map(|volume| volume.created_at).min())
    }

    /// Records how a call ended, where its beginning is recorded.
    async fn close(&self, call: &Sending, closed: Change, events: Vec<Event>) -> Result<(), Halted> {
        let changes = if call.intended { vec![closed] } else { Vec::new() };
        self.cx.recorder.record(changes, events).await
    }

    /// The call may or may not have been done: it stays open, and the next run begins with it.
    fn leave(&self, call: &Sending, why: Option<&str>) -> Result<(), Halted> {
        went_wrong("in doubt");
        // A run that is stopping says that by itself.
        if let Some(why) = why {
            let reason = format!("create call {} may or may not have been done ({why})", call.id);
            self.cx.unfinished(None, &call.create.key, call.create.slot_set(), &reason);
        }
        Ok(())
    }
}
