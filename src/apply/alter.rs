//! An extension or a deletion from its turn to its end, and from any later point where an earlier run began it.
//!
//! Both change volumes that are known by their ids, so that a look at these tells whether a call happened whose answer was
//! lost, and to do it twice is the same as once. So it is sent again for as long as it is wanted. An extension that makes an
//! order never is.

mod altering;
mod carry;
mod check;
mod collect;
mod follow;
mod told;

use super::context::Context;
use super::leaving::begin;
use super::record::Halted;
use super::sending::Sending;
use super::span;
use crate::evs::Error;
use crate::operation::{Delete, Extend, Kind, Operation, Progress, Reason};
use crate::plan::{self, Stage};
use crate::volume::{CallId, Receipt};
use altering::Altering;
use carry::End;
use jiff::Timestamp;
use tokio::time::Instant;
use tracing::Instrument as _;

/// Carries extensions and deletions.
pub(super) struct Alter<'a> {
    pub(super) cx: &'a Context,
}

/// The operation that a step asks for.
pub(super) fn intended(kind: Kind, at: Timestamp) -> Operation {
    Operation { kind, first_sent: None, progress: Progress::Intended, at }
}

impl Alter<'_> {
    /// Extends volumes, by the call that the step names; or each by a call of its own, where the batch is refused as a whole
    /// and nothing has grown: so one volume does not keep the others from it.
    pub(super) async fn extend(&self, extend: Extend) -> Result<(), Halted> {
        match self.begin(Kind::Extend(extend)).await? {
            End::Over => Ok(()),
            End::RefusedWhole(extend) => self.each(extend).await,
        }
    }

    /// Deletes a volume.
    pub(super) async fn delete(&self, delete: Delete) -> Result<(), Halted> {
        self.begin(Kind::Delete(delete)).await.map(drop)
    }

    /// Extends each of the volumes by a call of its own.
    async fn each(&self, extend: Extend) -> Result<(), Halted> {
        let single = |(address, growth)| self.begin(Kind::Extend(Extend::single(address, growth)));
        for ended in futures_util::future::join_all(extend.volumes.into_iter().map(single)).await {
            ended?;
        }
        Ok(())
    }

    async fn begin(&self, kind: Kind) -> Result<End, Halted> {
        let id = plan::change_id(&[], &self.cx.state, self.cx.serial, &kind);
        let span = span::of_change(&id, &kind, false);
        let sending = Sending::new(id, intended(kind, Timestamp::now()));
        let call = Altering { sending, resumed: false, doubted: None };
        self.carry(call).instrument(span).await
    }

    /// Goes on with a call of an earlier run. It is sent again only where it is still `wanted`.
    pub(super) async fn resume(&self, id: CallId, stage: Stage, wanted: bool) -> Result<(), Halted> {
        let Some(recorded) = self.cx.state.operations.get(&id).cloned() else { return Ok(()) };
        let span = span::of_change(&id, &recorded.kind, true);
        let sending = Sending { intended: true, wanted, ..Sending::new(id, recorded) };
        match self.go_on(Altering { sending, resumed: true, doubted: None }, stage).instrument(span).await? {
            End::Over => Ok(()),
            End::RefusedWhole(extend) => self.each(extend).await,
        }
    }

    async fn go_on(&self, mut call: Altering, stage: Stage) -> Result<End, Halted> {
        let receipt = match stage {
            Stage::Job(job_id) => Some(Receipt::Job(job_id)),
            Stage::Order(order_id) => Some(Receipt::Order(order_id)),
            Stage::Intended | Stage::Sent | Stage::Lost | Stage::Forgotten => None,
        };
        if receipt.is_some() {
            let deadline = Instant::now() + self.cx.timeout;
            return self.follow(call, receipt, deadline).await.map(|_| End::Over);
        }
        match call.sending.recorded.progress {
            Progress::Sent(sent) => {
                (call.sending.sent, call.sending.doubt) = (Some(sent), true);
                // When it left last is not known: now at the latest. Time is counted from there.
                if sent.undated && !self.counts_as_sent(&mut call).await? {
                    return Ok(End::Over);
                }
                call.doubted = call.sending.sent.map(|sent| sent.last);
            }
            _ if !call.sending.wanted => {
                return self.never_sent(&call, Reason::Unwanted).await.map(|()| End::Over);
            }
            _ => {}
        }
        self.carry(call).await
    }

    /// Records that a call left now, which an earlier run may have sent at a time that is not known. `false` where the disk
    /// has no room for that.
    async fn counts_as_sent(&self, call: &mut Altering) -> Result<bool, Halted> {
        let at = self.cx.client.service_now();
        let changes = begin(true, &call.sending.id, &call.sending.recorded, at, false);
        let durable = self.cx.recorder.begin(changes, Vec::new()).await?;
        if durable {
            call.sending.left(at, false);
        }
        Ok(durable)
    }
}

/// Whether an answer says that a volume has that size already, or a larger one.
fn says_not_larger(error: &Error) -> bool {
    error.code_and_reason().0 == "EVS.1015"
}
