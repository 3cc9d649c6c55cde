//! The events of an apply as JSON, one a line. Beside each English `reason` stands a code that stays as it is: `why`, since
//! the `code` of a failure is the cloud's.

use super::why::{again, cause, not_ours, open, short};
use crate::apply::event::{Event, Total};
use crate::observed::JobStatus;
use crate::plan::{Scope, Verb};
use crate::volume::{Address, CallId, Field, JobId, Key, OrderId, Receipt, VolumeId};
use crate::words;
use std::collections::{BTreeMap, BTreeSet};

/// An event as it is written; told apart by `event`. The fields are those of [`Event`].
#[derive(serde::Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
enum Written<'a> {
    FormatChanged {
        from: u64,
        to: u64,
    },
    Started {
        stack: &'a str,
        serial: u64,
        changes: &'a str,
        volumes: u64,
    },
    Accepted {
        action: Verb,
        call: &'a CallId,
        job_id: &'a JobId,
        key: &'a Key,
        slots: &'a str,
    },
    Ordered {
        action: Verb,
        call: &'a CallId,
        order_id: &'a OrderId,
        key: &'a Key,
        slots: &'a str,
        auto_pay: bool,
    },
    Job {
        job_id: &'a JobId,
        status: &'a JobStatus,
        ended: u64,
        of: u64,
        seconds: f64,
    },
    Created {
        address: &'a Address,
        id: &'a VolumeId,
        name: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        wanted: Option<&'a str>,
    },
    Done {
        action: Verb,
        address: &'a Address,
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<&'a VolumeId>,
        /// The fields that were changed.
        #[serde(skip_serializing_if = "<[Field]>::is_empty")]
        fields: &'a [Field],
    },
    Failed {
        action: Verb,
        key: &'a Key,
        slots: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<&'a VolumeId>,
        /// The cloud's.
        code: String,
        reason: String,
        why: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        request_id: Option<&'a str>,
    },
    Unfinished {
        #[serde(flatten)]
        receipt: &'a Option<Receipt>,
        key: &'a Key,
        slots: &'a str,
        reason: String,
        why: &'static str,
    },
    NotOurs {
        call: &'a CallId,
        id: &'a VolumeId,
        reason: String,
        why: &'static str,
    },
    Retrying {
        request: &'a str,
        reason: String,
        why: &'static str,
        after_ms: u64,
    },
    Finished(Finished<'a>),
}

#[derive(serde::Serialize)]
struct Finished<'a> {
    exit: u8,
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'static str>,
    converged: bool,
    scope: Scope,
    created: u64,
    updated: u64,
    replaced: u64,
    deleted: u64,
    adopted: u64,
    imported: u64,
    forgotten: u64,
    resumed: u64,
    failed: u64,
    calls: &'a BTreeMap<String, u64>,
    seconds: f64,
    unfinished: u64,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    orders: &'a BTreeSet<OrderId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<&'a str>,
}

/// An event as one line of JSON, with a newline.
pub fn line(event: &Event) -> String {
    let mut line = serde_json::to_string(&written(event)).unwrap_or_default();
    line.push('\n');
    line
}

fn written(event: &Event) -> Written<'_> {
    // Taken apart in full, so that a new field does not compile until it is written here.
    match event {
        Event::FormatChanged { from, to } => Written::FormatChanged { from: *from, to: *to },
        Event::Started { stack, serial, changes, volumes } => {
            Written::Started { stack, serial: *serial, changes, volumes: *volumes }
        }
        Event::Accepted { verb, call, job_id, key, slots } => {
            Written::Accepted { action: *verb, call, job_id, key, slots }
        }
        Event::Ordered { verb, call, order_id, key, slots, auto_pay } => {
            Written::Ordered { action: *verb, call, order_id, key, slots, auto_pay: *auto_pay }
        }
        Event::Job { job_id, status, ended, of, seconds } => {
            Written::Job { job_id, status, ended: *ended, of: *of, seconds: milliseconds(*seconds) }
        }
        Event::Created { address, id, name, wanted } => {
            Written::Created { address, id, name, wanted: wanted.as_deref() }
        }
        Event::Done { verb, address, id, fields } => Written::Done { action: *verb, address, id: id.as_ref(), fields },
        Event::Failed { verb, key, slots, id, cause: why } => Written::Failed {
            action: *verb,
            key,
            slots,
            id: id.as_ref(),
            code: why.code(),
            reason: words::progress::cause(why),
            why: cause(why),
            request_id: why.request_id(),
        },
        Event::Unfinished { receipt, key, slots, why } => {
            Written::Unfinished { receipt, key, slots, reason: words::progress::open(why), why: open(why) }
        }
        Event::NotOurs { call, id, why } => {
            Written::NotOurs { call, id, reason: words::evidence::not_ours(why, 1), why: not_ours(why) }
        }
        Event::Retrying { request, why, after } => Written::Retrying {
            request,
            reason: words::progress::again(why),
            why: again(why),
            after_ms: u64::try_from(after.as_millis()).unwrap_or(u64::MAX),
        },
        Event::Finished(total) => Written::Finished(finished(total)),
    }
}

fn finished(total: &Total) -> Finished<'_> {
    let Total {
        exit,
        destroys: _,
        why,
        converged,
        scope,
        created,
        updated,
        replaced,
        deleted,
        adopted,
        imported,
        forgotten,
        resumed,
        failed,
        calls,
        seconds,
        unfinished,
        orders,
        next,
    } = total;
    Finished {
        exit: *exit,
        reason: why.as_ref().map(words::progress::short),
        why: why.as_ref().map(short),
        converged: *converged,
        scope: *scope,
        created: *created,
        updated: *updated,
        replaced: *replaced,
        deleted: *deleted,
        adopted: *adopted,
        imported: *imported,
        forgotten: *forgotten,
        resumed: *resumed,
        failed: *failed,
        calls,
        seconds: milliseconds(*seconds),
        unfinished: *unfinished,
        orders,
        next: next.as_deref(),
    }
}

/// Seconds to the millisecond: no look at a network is more exact.
fn milliseconds(seconds: f64) -> f64 {
    (seconds * 1000.0).round() / 1000.0
}
