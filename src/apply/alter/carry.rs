//! One call that changes volumes: sent, and what came of that, until it has an end or has to be left.

use super::altering::{Alter, Altering, intended};
use super::check::Checked;
use crate::apply::batches::Turn;
use crate::apply::context::failure_of;
use crate::apply::event::Event;
use crate::apply::leaving::post;
use crate::apply::record::Halted;
use crate::apply::sending::Sending;
use crate::apply::settle::{Settled, settle};
use crate::apply::span::{self, came_to, went_wrong};
use crate::apply::trouble::{After, Trouble, after};
use crate::apply::why::{Cause, Doubt};
use crate::evs::{Error, Kind as ErrorKind, Meaning, Outcome, Refused, Taken};
use crate::operation::{Extend, Failure, Kind, Reason, Way};
use crate::plan;
use crate::state::Change;
use crate::volume::VolumeId;
use jiff::Timestamp;
use std::time::Duration;
use tokio::time::Instant;
use tracing::Instrument as _;

/// How it ended.
pub(super) enum End {
    /// Nothing more is to be done about it in this run.
    Over,
    /// The batch was refused as a whole, and each of its volumes may grow by itself.
    RefusedWhole(Extend),
}

impl Alter<'_> {
    /// Extends each of the volumes by a call of its own.
    pub(super) async fn each(&self, extend: Extend) -> Result<(), Halted> {
        let single = |(address, growth)| self.begin(Kind::Extend(Extend::single(address, growth)));
        for ended in futures_util::future::join_all(extend.volumes.into_iter().map(single)).await {
            ended?;
        }
        Ok(())
    }

    pub(super) async fn begin(&self, kind: Kind) -> Result<End, Halted> {
        let id = plan::change_id(&self.cx.state, self.cx.serial, &kind);
        let span = span::of_change(&id, &kind, false);
        let sending = Sending::new(id, intended(kind, Timestamp::now()));
        let call = Altering { sending, resumed: false, doubted: None };
        self.carry(call).instrument(span).await
    }

    /// Sends, and settles what may have been done, until the call has an end or has to be left.
    pub(super) async fn carry(&self, mut call: Altering) -> Result<End, Halted> {
        let (mut trouble, mut deadline) = (Trouble::default(), None);
        loop {
            if call.sending.doubt {
                let deadline = *deadline.get_or_insert_with(|| Instant::now() + self.cx.timeout);
                let settled = settle(self.cx, &call.sending, deadline).await?;
                tracing::debug!(call = %call.sending.id, settled = settled.word(), "doubt settled");
                match settled {
                    Settled::Found => {
                        let Some(rest) = self.follow(call, None, deadline).await? else { return Ok(End::Over) };
                        call = rest;
                        continue;
                    }
                    Settled::Again => {
                        if self.keep_reached(&mut call).await? {
                            return Ok(End::Over);
                        }
                        call.sending.cleared = Some(self.cx.client.service_now());
                    }
                    Settled::Only(_) => return self.never_happened(call).await.map(|()| End::Over),
                    Settled::Open(doubt) => {
                        if !self.keep_reached(&mut call).await? {
                            self.leave(&call, doubt);
                        }
                        return Ok(End::Over);
                    }
                }
            }
            // Only now: what was asked to be waited for is no reason to look later for what it did.
            if let Err(error) = trouble.wait_out(self.cx, deadline).await {
                return self.give_up(call, error).await;
            }
            match self.check(&call).await {
                Checked::Fine => {}
                Checked::Begun => {
                    let deadline = *deadline.get_or_insert_with(|| Instant::now() + self.cx.timeout);
                    return self.follow(call, None, deadline).await.map(|_| End::Over);
                }
                Checked::No(why) => return self.hold_back(&call, Cause::NotDeleted(why)).await.map(|()| End::Over),
                Checked::Unread(error) => return self.give_up(call, error).await,
            }
            let turn = match call.as_batch() {
                Some(_) => self.cx.batches.turn().await,
                None => Turn::Free,
            };
            if let (Turn::Unserved, false, Some(extend)) = (&turn, call.sending.doubt, call.as_batch()) {
                came_to("unserved");
                let extend = extend.clone();
                self.never_sent(&call).await?;
                return Ok(End::RefusedWhole(extend));
            }
            let answered = post(self.cx, &mut call.sending).await;
            turn.over(is_served(&answered));
            let deadline = *deadline.get_or_insert_with(|| Instant::now() + self.cx.timeout);
            let outcome = Outcome::of(answered.as_ref().map(|taken| &taken.receipt).map_err(|error| &error.kind));
            tracing::debug!(call = %call.sending.id, outcome = outcome.word(), "change call");
            let error = match answered {
                Ok(taken) => return self.accepted(call, taken, deadline).await.map(|()| End::Over),
                Err(error) => error,
            };
            match after(self.cx, &mut call.sending, error, outcome).await? {
                After::NoRoom => return Ok(End::Over),
                After::AtOnce => {}
                After::Again(error) => trouble.met(error),
                After::Settle(error) => {
                    call.sending.doubt = true;
                    call.doubted = call.sending.sent.map(|sent| sent.last);
                    trouble.met(error);
                }
                After::GiveUp(error) if self.is_there_already(&call, &error).await => {
                    let Some(rest) = self.follow(call, None, deadline).await? else { return Ok(End::Over) };
                    call = rest;
                }
                After::GiveUp(error) => return self.give_up(call, error).await,
            }
        }
    }

    /// The cloud took it.
    async fn accepted(&self, mut call: Altering, taken: Taken, deadline: Instant) -> Result<(), Halted> {
        let Taken { receipt, volumes } = taken;
        span::accepted(&receipt);
        let at = self.cx.client.service_now();
        let events = self.taken_events(&call, &receipt);
        let accepted = Change::Accepted { call: call.sending.id.clone(), receipt: receipt.clone(), named: volumes, at };
        self.cx.recorder.record(vec![accepted], events).await?;
        call.sending.doubt = false;
        self.follow(call, Some(receipt), deadline).await.map(drop)
    }

    /// Whether what an answer refuses is there already, or has begun: the volume has the size, or is gone. What an earlier
    /// sending of the same call has begun is refused for that very reason.
    async fn is_there_already(&self, call: &Altering, error: &Error) -> bool {
        match &call.sending.recorded.kind {
            Kind::Extend(extend) if call.sending.doubt && is_final(error) => self.has_begun(extend).await,
            Kind::Extend(extend) if extend.way != Way::Batch && says_not_larger(error) => self.has_begun(extend).await,
            Kind::Delete(_) => error.says_absent(),
            Kind::Extend(_) | Kind::Create(_) => false,
        }
    }

    /// Whether a volume of an extension shows that it has begun.
    async fn has_begun(&self, extend: &Extend) -> bool {
        let ids: Vec<VolumeId> = extend.volumes.values().map(|growth| growth.id.clone()).collect();
        let Ok(volumes) = self.cx.sight.read(&ids, Instant::now()).await else { return false };
        extend.volumes.values().any(|growth| volumes.get(&growth.id).is_some_and(|volume| growth.has_begun(volume)))
    }

    /// Whether nothing of what a call left behind can begin any more, by the service's clock.
    fn has_aged(&self, call: &Altering) -> bool {
        let lasts = self.cx.doubts.validity.saturating_add(self.cx.doubts.settle);
        let age = call.doubted.map(|doubted| self.cx.client.service_now().duration_since(doubted));
        let age = age.and_then(|age| Duration::try_from(age).ok());
        call.sending.recorded.ends_by_time() && age.is_some_and(|age| age > lasts)
    }

    /// Ends the trying. A call that surely was not done is closed; one that may have been stays open, whatever its last
    /// sending came to.
    async fn give_up(&self, mut call: Altering, error: Error) -> Result<End, Halted> {
        let is_denied = error.meaning() == Some(Meaning::Denied);
        self.cx.tally.change(|report| report.denied |= is_denied);
        let stopping = error.kind == ErrorKind::Stopped;
        let is_refused = is_final(&error);
        let batch = call.as_batch().filter(|_| is_refused).cloned();
        // A no to a repeat says nothing of what went before, unless that is too long ago.
        if call.sending.doubt && !(is_refused && self.has_aged(&call)) {
            // What of it has grown is recorded, and the rest may go by itself.
            if self.keep_reached(&mut call).await? {
                return Ok(End::Over);
            }
            if let (Some(_), true, Kind::Extend(rest)) = (&batch, call.sending.wanted, &call.sending.recorded.kind) {
                self.each(rest.clone()).await?;
                if self.keep_reached(&mut call).await? {
                    return Ok(End::Over);
                }
            }
            self.leave(&call, (!stopping).then(|| Doubt::Met(error.kind.clone())));
            return Ok(End::Over);
        }
        let refused = Change::Refused {
            call: call.sending.id.clone(),
            failure: failure_of(&error),
            at: self.cx.client.service_now(),
        };
        if let Some(extend) = batch {
            came_to("refused whole");
            self.close(&call, refused, Vec::new()).await?;
            return Ok(End::RefusedWhole(extend));
        }
        if stopping {
            came_to("not sent");
            return self.close(&call, refused, Vec::new()).await.map(|()| End::Over);
        }
        went_wrong("refused");
        self.cx.tally.failed(call.sending.recorded.targets() as u64, &error);
        let events = self.failed_events(&call, &Cause::Call(error));
        self.close(&call, refused, events).await.map(|()| End::Over)
    }

    /// A look right before the call speaks against it: nothing is sent.
    async fn hold_back(&self, call: &Altering, cause: Cause) -> Result<(), Halted> {
        if call.sending.doubt {
            self.tell_failed(call, &cause);
            self.leave(call, None);
            self.cx.tally.change(|report| report.unfinished += 1);
            return Ok(());
        }
        went_wrong("held back");
        self.tell_failed(call, &cause);
        self.never_sent(call).await
    }

    /// Closes a call that never left.
    pub(super) async fn never_sent(&self, call: &Altering) -> Result<(), Halted> {
        let failure = Failure { code: String::new(), reason: Reason::Unwanted };
        let at = self.cx.client.service_now();
        let refused = Change::Refused { call: call.sending.id.clone(), failure, at };
        self.close(call, refused, Vec::new()).await
    }

    /// What did not happen by now never will.
    async fn never_happened(&self, mut call: Altering) -> Result<(), Halted> {
        if self.keep_reached(&mut call).await? {
            return Ok(());
        }
        came_to("never happened");
        self.cx.tally.change(|report| report.closed += u64::from(call.sending.wanted));
        let closed = Change::Closed { call: call.sending.id.clone(), at: self.cx.client.service_now() };
        self.close(&call, closed, Vec::new()).await
    }

    /// Records how a call ended, where its beginning is recorded.
    async fn close(&self, call: &Altering, closed: Change, events: Vec<Event>) -> Result<(), Halted> {
        let changes = if call.sending.intended { vec![closed] } else { Vec::new() };
        self.cx.recorder.record(changes, events).await
    }
}

/// Whether an answer is a no that stays one.
fn is_final(error: &Error) -> bool {
    let outcome = Outcome::of(Err(&error.kind));
    outcome == Outcome::Refused(Refused::ForGood) && error.meaning() != Some(Meaning::Denied)
}

/// Whether an answer shows that there is a call that extends several volumes, where it shows anything: the gateway, which
/// knows no such call, says so itself.
fn is_served(answered: &Result<Taken, Error>) -> Option<bool> {
    match answered {
        Ok(_) => Some(true),
        Err(error) if !matches!(error.kind, ErrorKind::Refused { .. }) => None,
        Err(error) if !error.is_of_the_gateway() => Some(true),
        Err(error) => (error.meaning() == Some(Meaning::NotFound)).then_some(false),
    }
}

/// Whether an answer says that a volume has that size already, or a larger one.
fn says_not_larger(error: &Error) -> bool {
    error.code_and_reason().0 == "EVS.1015"
}
