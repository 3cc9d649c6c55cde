//! A create from its turn to its end: as one call, or as several, one after another, where each before surely never
//! happened; and the same from any later point for a call that an earlier run began.

use super::anew;
use super::call;
use super::carry::{Carry, Unmade};
use super::context::Context;
use super::event::Event;
use super::follow::follow;
use super::leaving::begin;
use super::record::Halted;
use super::sending::{Making, Sending};
use super::span::{self, came_to};
use super::why::{Again, Doubt};
use crate::evs::{Error, Taken};
use crate::operation::{Create, Failure, Progress, Reason};
use crate::plan::{self, Stage};
use crate::state::Change;
use crate::volume::{CallId, OwnershipTag, Receipt};
use jiff::Timestamp;
use std::time::Duration;
use tracing::Instrument as _;

/// A create call that an earlier run began.
pub(super) struct Resumed {
    pub(super) call: CallId,
    pub(super) stage: Stage,
    pub(super) wanted: bool,
    pub(super) tag: OwnershipTag,
    pub(super) create: Create,
}

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
        let (id, span) = (call.sending.id.clone(), span::of(&call.sending.id, create.slots.len(), false));
        let unmade = Carry { cx: self.cx }.carry(call).instrument(span).await?;
        self.anew(create, vec![id], unmade).await
    }

    /// Goes on with a call of an earlier run, and makes it anew as often as it surely never happened, where it is wanted.
    pub(super) async fn resume(&self, resumed: Resumed) -> Result<(), Halted> {
        let span = span::of(&resumed.call, resumed.create.slots.len(), true);
        let (id, create, wanted) = (resumed.call.clone(), resumed.create.clone(), resumed.wanted);
        let unmade = self.go_on(resumed).instrument(span).await?;
        // To take the place of volumes that are gone needs a number, and this plan asked for none. And which names the
        // service shall number is for the manifest to say, as it is now.
        if wanted && !create.is_again() && !self.cx.by_service {
            return self.anew(create, vec![id], unmade).await;
        }
        self.cx.tally.change(|report| report.closed += u64::from(!unmade.is_empty()));
        Ok(())
    }

    /// Makes anew, as another call each time, what of a create surely never happened. What these attempts made is recorded.
    async fn anew(&self, mut create: Create, mut attempts: Vec<CallId>, mut unmade: Unmade) -> Result<(), Halted> {
        while !unmade.is_empty() {
            create = create.again(&unmade, self.cx.by_service);
            let Some(call) = self.next_attempt(&attempts, &create).await? else {
                // The next run plans it.
                self.cx.tally.change(|report| report.closed += 1);
                return Ok(());
            };
            attempts.push(call.sending.id.clone());
            let span = span::of(&call.sending.id, create.slots.len(), false);
            unmade = Carry { cx: self.cx }.carry(call).instrument(span).await?;
        }
        Ok(())
    }

    /// The next call for a create of which these attempts did not happen; `None` where none may be made in this run.
    async fn next_attempt(&self, attempts: &[CallId], create: &Create) -> Result<Option<Making>, Halted> {
        let Some(before) = anew::ground(self.cx, attempts, create).await else { return Ok(None) };
        let call = Making { before, ..self.fresh(attempts, create) };
        let named = call::named(call.sending.recorded.clone(), self.cx.client.service_now());
        // A reader that finds no journal of this run has to know the call before it is sent.
        let is_named = self.cx.recorder.also_sends(call.sending.id.clone(), named).await?;
        if let Some(last) = attempts.last().filter(|_| is_named) {
            let why = Again::Anew { last: last.clone(), next: call.sending.id.clone() };
            let request = create.api.template().to_owned();
            self.cx.recorder.tell(Event::Retrying { request, why, after: Duration::ZERO });
        }
        Ok(is_named.then_some(call))
    }

    /// A call for that create, another one than these attempts at it.
    fn fresh(&self, attempts: &[CallId], create: &Create) -> Making {
        let id = plan::call_id_after(attempts, &self.cx.state, self.cx.serial, create);
        self.cx.calls.add(&id);
        let recorded = call::intended(&self.cx.owner(&id), &self.cx.tag, create, Timestamp::now());
        let sending = Sending::new(id, recorded);
        Making { sending, create: create.clone(), before: self.cx.before.clone(), resumed: false }
    }

    async fn go_on(&self, resumed: Resumed) -> Result<Unmade, Halted> {
        let Resumed { call: id, stage, wanted, tag, create } = resumed;
        if matches!(stage, Stage::Forgotten | Stage::Lost) && self.cx.is_held(&create) {
            return Ok(Unmade::new());
        }
        let known = self.cx.state.operations.get(&id);
        let intended = known.is_some();
        let fresh = || call::intended(&self.cx.owner(&id), &tag, &create, Timestamp::now());
        let recorded = known.cloned().unwrap_or_else(fresh);
        let mut call = Making {
            sending: Sending { intended, wanted, ..Sending::new(id, recorded) },
            create,
            before: self.cx.before.clone(),
            resumed: true,
        };
        let receipt = match &stage {
            Stage::Job(job_id) => Some(Receipt::Job(job_id.clone())),
            Stage::Order(order_id) => Some(Receipt::Order(order_id.clone())),
            Stage::Intended | Stage::Sent | Stage::Lost | Stage::Forgotten => None,
        };
        if let Some(receipt) = receipt {
            span::accepted(&receipt);
            let volumes = call.sending.recorded.progress.taken().map(|(_, named)| named.to_vec()).unwrap_or_default();
            return follow(self.cx, call.following(Some(Taken { receipt, volumes }), None)).await;
        }
        match call.sending.recorded.progress {
            Progress::Sent(sent) => {
                (call.sending.sent, call.sending.doubt) = (Some(sent), true);
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
                call.sending.doubt = true;
            }
            _ if !wanted => {
                let failure = Failure { code: String::new(), reason: Reason::Unwanted };
                let refused =
                    Change::Refused { call: call.sending.id.clone(), failure, at: self.cx.client.service_now() };
                came_to("not wanted");
                return Carry { cx: self.cx }.close(&call, refused, Vec::new()).await.map(|()| Unmade::new());
            }
            _ => {}
        }
        Carry { cx: self.cx }.carry(call).await
    }

    /// Records that a call left now, which an earlier run sent at a time that is not known. `false` where that
    /// cannot be recorded: its volumes could not be listed, or the disk has no room, which the record itself tells in the
    /// end.
    async fn counts_as_sent(&self, call: &mut Making, token: bool) -> Result<bool, Halted> {
        let made = match self.first_made(call).await {
            Ok(made) => made,
            Err(error) => return Carry { cx: self.cx }.leave(call, Some(Doubt::Unlisted(error))).map(|()| false),
        };
        let at = self.cx.client.service_now();
        let mut changes = begin(call.sending.intended, &call.sending.id, &call.sending.recorded, at, token);
        if let Some(Change::Sent(sent)) = changes.last_mut() {
            sent.own = sent.own.into_iter().chain(made).min();
            call.sending.own_first = sent.own;
        }
        let durable = self.cx.recorder.begin(changes, Vec::new()).await?;
        if durable {
            call.sending.left(at, token);
        }
        Ok(durable)
    }

    /// When the first of the volumes was made that carry the call's tag: it was sent before that.
    async fn first_made(&self, call: &Making) -> Result<Option<Timestamp>, Error> {
        let (owner, listed) = (self.cx.owner(&call.sending.id), self.cx.client.list_to_its_end().await?);
        let ours = listed.volumes.values().filter(|volume| owner.marks(&volume.tags));
        Ok(ours.filter_map(|volume| volume.created_at).min())
    }
}
