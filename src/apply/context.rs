//! What the steps of one run share.

use super::batches::Batches;
use super::event::Event;
use super::poll::Poller;
use super::record::Recorder;
use super::report::Tally;
use super::sight::Sight;
use super::tokens::Tokens;
use super::why::{Cause, Open};
use crate::evs::{Client, Error, Kind};
use crate::operation::Silence;
use crate::operation::settle::Doubts;
use crate::operation::{Create, Failure, Owner, Reason};
use crate::plan::Verb;
use crate::state::State;
use crate::store::Fence;
use crate::volume::{Address, CallId, Key, OwnershipTag, Receipt, SlotSet, VolumeId};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// What the steps of a run work with.
pub(super) struct Context {
    pub(super) client: Arc<Client>,
    pub(super) recorder: Recorder,
    /// Follows the jobs that make volumes.
    pub(super) poller: Poller,
    /// Follows the jobs that change volumes: how long these take says nothing about the others.
    pub(super) changes: Poller,
    pub(super) tally: Tally,
    pub(super) stop: CancellationToken,
    pub(super) timeout: Duration,
    pub(super) doubts: Doubts,
    /// See [`Settings::before`](super::Settings::before).
    pub(super) before: Arc<BTreeSet<VolumeId>>,
    /// When this run began to look, by its own clock.
    pub(super) began: Instant,
    pub(super) sight: Arc<Sight>,
    pub(super) tokens: Tokens,
    /// Under which key new volumes are marked as ours.
    pub(super) tag: OwnershipTag,
    /// Whether the service's numbers count for the names of volumes that are made together.
    pub(super) by_service: bool,
    /// The serial that the plan was made from; call ids come from it.
    pub(super) serial: u64,
    /// Whether the lock is still ours; asked right before a create call leaves.
    pub(super) fence: Fence,
    /// What this run has made of its own.
    pub(super) calls: Calls,
    /// Volumes that were to make room and are still there.
    pub(super) in_the_way: Mutex<BTreeSet<Address>>,
    /// Whether the service has a call that extends several volumes.
    pub(super) batches: Batches,
    /// The state as it was when the work began.
    pub(super) state: State,
}

/// The calls that a run has made, and the volumes that it recorded of any.
#[derive(Debug, Default)]
pub(super) struct Calls(Mutex<(BTreeSet<CallId>, BTreeSet<VolumeId>)>);

impl Calls {
    fn all(&self) -> MutexGuard<'_, (BTreeSet<CallId>, BTreeSet<VolumeId>)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A call that the run may send.
    pub(super) fn add(&self, call: &CallId) {
        self.all().0.insert(call.clone());
    }

    /// Whether the call is one of them.
    pub(super) fn has(&self, call: &CallId) -> bool {
        self.all().0.contains(call)
    }

    /// Volumes that are recorded.
    pub(super) fn record(&self, volumes: impl Iterator<Item = VolumeId>) {
        self.all().1.extend(volumes);
    }

    /// All that were.
    pub(super) fn recorded(&self) -> BTreeSet<VolumeId> {
        self.all().1.clone()
    }
}

impl Context {
    /// Notes that a slot is not free, though it was to be.
    pub(super) fn hold(&self, address: &Address) {
        self.in_the_way.lock().unwrap_or_else(PoisonError::into_inner).insert(address.clone());
    }

    /// Whether one of the slots of a call is not free.
    pub(super) fn is_held(&self, create: &Create) -> bool {
        let held = self.in_the_way.lock().unwrap_or_else(PoisonError::into_inner);
        held.iter().any(|address| create.covers(address))
    }

    /// What the volumes of a call are marked with.
    pub(super) fn owner(&self, call: &CallId) -> Owner {
        Owner { stack: self.state.stack.clone(), lineage: self.state.lineage.clone(), call: call.clone() }
    }

    /// Tells and counts what was not seen to end: the next run goes on with it.
    pub(super) fn unfinished(&self, receipt: Option<Receipt>, key: &Key, slots: SlotSet, why: Open) {
        self.tally.change(|report| {
            report.unfinished += 1;
            if let Some(Receipt::Order(order_id)) = &receipt {
                report.orders.insert(order_id.clone());
            }
        });
        let (key, slots) = (key.clone(), slots.to_string());
        self.recorder.tell(Event::Unfinished { receipt, key, slots, why });
    }

    /// Tells and counts the failure of a step about one volume. Stopping is no failure.
    pub(super) fn step_failed(&self, verb: Verb, address: &Address, id: Option<&VolumeId>, error: &Error) {
        if matches!(error.kind, Kind::Stopped) {
            return;
        }
        self.tally.failed(1, error);
        self.tell_failed(verb, address, id.cloned(), Cause::Call(error.clone()));
    }

    pub(super) fn tell_failed(&self, verb: Verb, address: &Address, id: Option<VolumeId>, cause: Cause) {
        let slots: SlotSet = std::iter::once(address.slot).collect();
        let key = address.key.clone();
        self.recorder.tell(Event::Failed { verb, key, slots: slots.to_string(), id, cause });
    }

    /// Waits a little longer each time. Says whether to look again: not after the deadline, and not
    /// when the run is stopping.
    pub(super) async fn pause(&self, pause: &mut Duration, deadline: Instant) -> bool {
        let until = Instant::now() + *pause;
        *pause = pause.mul_f64(1.5).min(Duration::from_secs(5));
        if until >= deadline {
            return false;
        }
        tokio::select! {
            () = tokio::time::sleep_until(until) => true,
            () = self.stop.cancelled() => false,
        }
    }

    /// Whether a silence can have ended before the deadline, by both clocks.
    pub(super) fn can_end(&self, silence: &Silence, deadline: Instant) -> bool {
        silence.can_end_within(deadline.saturating_duration_since(Instant::now()), self.client.service_now())
    }
}

/// An error of the API as a state records it.
pub(super) fn failure_of(error: &Error) -> Failure {
    let (code, reason) = error.code_and_reason();
    Failure { code, reason: Reason::Told(reason) }
}
