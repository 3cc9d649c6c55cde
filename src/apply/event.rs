//! What an apply says while it works: one enum, read alike by the progress bars, the plain lines and
//! the JSON stream.

use crate::observed::JobStatus;
use crate::operation::Failure;
use crate::plan::{Action, Scope};
use crate::volume::{Address, CallId, JobId, Key, OrderId, Receipt, VolumeId};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// Something that happened. In JSON, one line each, told apart by `event`.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The state is going to be written in a later format than it has: an earlier version cannot read it then.
    FormatChanged {
        /// The format that it has.
        from: u64,
        /// The format that is written.
        to: u64,
    },
    /// The work begins.
    Started {
        /// The stack.
        stack: String,
        /// The serial that this run writes.
        serial: u64,
        /// The approved `changes` digest.
        changes: String,
        /// How many volumes its steps concern.
        volumes: u64,
    },
    /// The cloud took a create call.
    Accepted {
        /// Which call.
        call: CallId,
        /// The job that does it.
        job_id: JobId,
        /// The volumes' key.
        key: Key,
        /// The slots, as in `1..100`.
        slots: String,
    },
    /// The cloud took a create call as an order: nothing is made before that is paid.
    Ordered {
        /// Which call.
        call: CallId,
        /// The order.
        order_id: OrderId,
        /// The volumes' key.
        key: Key,
        /// The slots, as in `1..100`.
        slots: String,
        /// Whether it pays itself; else somebody pays it in the billing console.
        auto_pay: bool,
    },
    /// A job was looked at.
    Job {
        /// Which.
        job_id: JobId,
        /// How it is doing.
        status: JobStatus,
        /// Sub-jobs that have ended.
        ended: u64,
        /// Sub-jobs in all, as far as known.
        of: u64,
        /// Seconds since it was accepted.
        seconds: f64,
    },
    /// A volume exists and is recorded.
    Created {
        /// Which.
        address: Address,
        /// Its id.
        id: VolumeId,
        /// Its name so far.
        name: String,
        /// The name that it gets in the end, where the service could not give it.
        #[serde(skip_serializing_if = "Option::is_none")]
        wanted: Option<String>,
    },
    /// A step that concerns one volume is done: renamed, cleaned, forgotten, adopted.
    Done {
        /// What was done.
        action: Action,
        /// Which.
        address: Address,
        /// Its id.
        id: VolumeId,
    },
    /// A step failed, for one volume or for a whole call.
    Failed {
        /// What was tried.
        action: Action,
        /// The volumes' key.
        key: Key,
        /// The slots.
        slots: String,
        /// A volume that was left behind, where there is one.
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<VolumeId>,
        /// The cloud's code and words, or ours.
        #[serde(flatten)]
        failure: Failure,
        /// The cloud's id of the request that failed, where known.
        #[serde(skip_serializing_if = "Option::is_none")]
        request_id: Option<String>,
    },
    /// A job or an order was not seen to end before the deadline; the next run goes on waiting.
    Unfinished {
        /// As `job_id` or `order_id`, where the call was accepted.
        #[serde(flatten)]
        receipt: Option<Receipt>,
        /// The volumes' key.
        key: Key,
        /// The slots.
        slots: String,
        /// Why the waiting ended.
        reason: String,
    },
    /// A call's job names a volume that is not the call's own: nothing is done about that one.
    NotOurs {
        /// Which call.
        call: CallId,
        /// The volume.
        id: VolumeId,
        /// By what it is known.
        reason: String,
    },
    /// A request is repeated after a pause.
    Retrying {
        /// Method and path template.
        request: String,
        /// Why.
        reason: String,
        /// The pause in milliseconds.
        after_ms: u64,
    },
    /// The end, always the last one.
    Finished {
        /// The exit code.
        exit: u8,
        /// Why it is not 0.
        reason: Option<String>,
        /// Whether planning again found nothing.
        converged: bool,
        /// Of what.
        scope: Scope,
        /// Volumes created.
        created: u64,
        /// Volumes changed in place.
        updated: u64,
        /// Volumes replaced.
        replaced: u64,
        /// Volumes deleted, the cleaned ones included.
        deleted: u64,
        /// Volumes adopted.
        adopted: u64,
        /// Records dropped.
        forgotten: u64,
        /// Volumes of resumed calls.
        resumed: u64,
        /// Steps or volumes that failed.
        failed: u64,
        /// Requests sent, by method and path template.
        calls: BTreeMap<String, u64>,
        /// Calls and jobs whose end was not seen: the next run goes on with them.
        unfinished: u64,
        /// The orders among them: to be paid, or under way.
        #[serde(skip_serializing_if = "BTreeSet::is_empty")]
        orders: BTreeSet<OrderId>,
        /// The command that goes on with it, where the same one would not.
        #[serde(skip_serializing_if = "Option::is_none")]
        next: Option<String>,
    },
}

impl Event {
    /// That a request is repeated, or waited for, after a pause.
    pub(super) fn retrying(request: &str, reason: String, pause: Duration) -> Event {
        let after_ms = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX);
        Event::Retrying { request: request.to_owned(), reason, after_ms }
    }
}

/// Whoever shows the events: bars, lines, or a stream.
pub trait Listener: Send {
    /// Takes the next event.
    fn hear(&mut self, event: &Event);
    /// Is called several times a second while nothing happens.
    fn tick(&mut self);
}
