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
mod said;
mod told;

use super::leaving::begin;
use super::record::Halted;
use super::sending::Sending;
use super::span;
use crate::operation::{Delete, Extend, Kind, Progress};
use crate::plan::Stage;
use crate::volume::{CallId, Receipt};
use altering::Altering;
pub(super) use altering::{Alter, intended};
use carry::End;
use tokio::time::Instant;
use tracing::Instrument as _;

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
                return self.never_sent(&call).await.map(|()| End::Over);
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
