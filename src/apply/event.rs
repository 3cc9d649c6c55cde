//! What an apply says while it works: one enum, read alike by the progress bars, the plain lines and
//! the JSON stream (see `document`).

use super::why::{Again, Cause, Open, Short};
use crate::observed::JobStatus;
use crate::operation::NotOurs;
use crate::plan::{Scope, Verb};
use crate::volume::{Address, CallId, Field, JobId, Key, OrderId, Receipt, VolumeId};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
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
    /// The cloud took a call.
    Accepted {
        /// What it is for.
        verb: Verb,
        /// Which call.
        call: CallId,
        /// The job that does it.
        job_id: JobId,
        /// The volumes' key.
        key: Key,
        /// The slots, as in `1..100`.
        slots: String,
    },
    /// The cloud took a call as an order: nothing is done before that is paid.
    Ordered {
        /// What it is for.
        verb: Verb,
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
        wanted: Option<String>,
    },
    /// A step that concerns one volume is done: renamed, protected, extended, deleted, cleaned, forgotten, adopted.
    Done {
        /// What was done.
        verb: Verb,
        /// Which.
        address: Address,
        /// Its id; none where the step is about the address alone, which has no volume yet.
        id: Option<VolumeId>,
        /// The fields that were changed, where the step changes fields.
        fields: Vec<Field>,
    },
    /// A step failed, for one volume or for a whole call.
    Failed {
        /// What was tried.
        verb: Verb,
        /// The volumes' key.
        key: Key,
        /// The slots.
        slots: String,
        /// A volume that was left behind, where there is one.
        id: Option<VolumeId>,
        /// Why.
        cause: Cause,
    },
    /// A job or an order was not seen to end before the deadline; the next run goes on waiting.
    Unfinished {
        /// Its job or order, where the call was accepted.
        receipt: Option<Receipt>,
        /// The volumes' key.
        key: Key,
        /// The slots.
        slots: String,
        /// Why the waiting ended.
        why: Open,
    },
    /// A call's job names a volume that is not the call's own: nothing is done about that one.
    NotOurs {
        /// Which call.
        call: CallId,
        /// The volume.
        id: VolumeId,
        /// By what it is known.
        why: NotOurs,
    },
    /// A request is repeated after a pause.
    Retrying {
        /// Method and path template.
        request: String,
        /// Why.
        why: Again,
        /// The pause.
        after: Duration,
    },
    /// The end, always the last one.
    Finished(Total),
}

/// What a run came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Total {
    /// The exit code.
    pub exit: u8,
    /// Whether the command was to destroy, and not to make all equal to the manifest.
    pub destroys: bool,
    /// Why it is not 0.
    pub why: Option<Short>,
    /// Whether planning again found nothing.
    pub converged: bool,
    /// Of what.
    pub scope: Scope,
    /// Volumes created.
    pub created: u64,
    /// Volumes changed in place.
    pub updated: u64,
    /// Volumes replaced.
    pub replaced: u64,
    /// Volumes deleted, the cleaned ones included.
    pub deleted: u64,
    /// Volumes adopted.
    pub adopted: u64,
    /// Volumes taken over.
    pub imported: u64,
    /// Records dropped.
    pub forgotten: u64,
    /// Volumes of resumed calls.
    pub resumed: u64,
    /// Steps or volumes that failed.
    pub failed: u64,
    /// Requests sent, by method and path template.
    pub calls: BTreeMap<String, u64>,
    /// How long the command took.
    pub seconds: f64,
    /// Calls and jobs whose end was not seen: the next run goes on with them.
    pub unfinished: u64,
    /// The orders among them: to be paid, or under way.
    pub orders: BTreeSet<OrderId>,
    /// The command that goes on with it, where the same one would not.
    pub next: Option<String>,
}

/// Whoever shows the events: bars, lines, or a stream.
pub trait Listener: Send {
    /// Takes the next event.
    fn hear(&mut self, event: &Event);
    /// Is called several times a second while nothing happens.
    fn tick(&mut self);
}
