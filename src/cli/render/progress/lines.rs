//! Events as plain lines, and the report at the end.

use super::tally::Tally;
use crate::apply::event::Event;
use crate::cli::safe::plain;
use crate::evs::codes::{self, Code};
use crate::plan::Scope;
use crate::words::count;
use std::time::Duration;

/// The line for an event; `None` where it is not worth one.
pub(super) fn line(event: &Event) -> Option<String> {
    let text = match event {
        Event::FormatChanged { from, to } => format_changed(*from, *to),
        Event::Started { stack, volumes, .. } => format!("applying {stack}: {}", count(*volumes, "volume")),
        Event::Accepted { job_id, key, slots, .. } => format!("accepted: create {key}[{slots}], job {job_id}"),
        Event::Ordered { order_id, key, slots, auto_pay, .. } => {
            let who = if *auto_pay { "it pays itself" } else { "pay it in the billing console" };
            format!("ordered: create {key}[{slots}], order {order_id}: {who}")
        }
        Event::Created { address, id, name, wanted: None } => format!("created: {address} {name:?}, id {id}"),
        // The service numbers each call from 1: its name for the volume may be another volume's in the end.
        Event::Created { address, id, name: _, wanted: Some(wanted) } => {
            format!("created: {address} id {id}, to be named {wanted:?}")
        }
        Event::Done { action, address, id } => format!("{}: {address}, id {id}", past(*action)),
        Event::Failed { action, key, slots, id, failure, request_id } => {
            let code = if failure.code.is_empty() { "" } else { " " };
            let left = id.as_ref().map(|id| format!("; volume {id} was left behind")).unwrap_or_default();
            let request = request_id.as_ref().map(|id| format!(" (request {id})")).unwrap_or_default();
            let action = action.word();
            format!("failed: {action} {key}[{slots}]: {}{code}{}{request}{left}", failure.code, failure.reason)
        }
        Event::Unfinished { receipt, key, slots, reason } => {
            let receipt = receipt.as_ref().map(|receipt| format!(", {receipt}")).unwrap_or_default();
            format!("unfinished: {key}[{slots}]{receipt}: {reason}")
        }
        Event::NotOurs { call, id, reason } => {
            format!("left alone: volume {id}, which the job of create call {call} names: {reason}")
        }
        Event::Retrying { request, reason, after_ms } => {
            let pause = seconds(Duration::from_millis(*after_ms));
            format!("repeating {request} in {pause}: {reason}")
        }
        // The looks are too many for lines; the end is told by the report.
        Event::Job { .. } | Event::Finished { .. } => return None,
    };
    Some(plain(&text).into_owned())
}

/// That the state is going to be written in a later format, which every command that writes says before it does.
pub fn format_changed(from: u64, to: u64) -> String {
    format!("state format {from} -> {to}: evsctl before this version cannot read it")
}

/// The code that a failure came with, where it is a documented one.
pub(super) fn explained(event: &Event) -> Option<&'static Code> {
    match event {
        Event::Failed { failure, .. } => codes::find(&failure.code),
        _ => None,
    }
}

fn past(action: crate::plan::Action) -> &'static str {
    use crate::plan::Action;
    match action {
        Action::Adopt => "adopted",
        Action::Clean => "cleaned",
        Action::Recreate => "recreated",
        Action::Rename => "renamed",
        Action::Create => "created",
        Action::Forget => "forgotten",
        Action::Resume => "resumed",
    }
}

/// A duration as in `30 s` or `2 m 05 s`; parts of a second only below one.
fn seconds(duration: Duration) -> String {
    let whole = duration.as_secs();
    match (whole / 60, whole % 60) {
        (0, 0) => format!("{} ms", duration.as_millis()),
        (0, seconds) => format!("{seconds} s"),
        (minutes, seconds) => format!("{minutes} m {seconds:02} s"),
    }
}

pub(super) fn still_waiting(seen: &Tally, elapsed: Duration) -> String {
    let of = [(seen.jobs.len(), "job"), (seen.orders.len(), "order")];
    let of: Vec<String> = of.iter().filter(|(n, _)| *n > 0).map(|(n, word)| count(*n as u64, word)).collect();
    let waited = of.join(" and ");
    format!("still waiting for {waited}, {} of {} volumes done, {}", seen.done.len(), seen.volumes, seconds(elapsed))
}

/// What a finished run comes to, for people: what was done, whether it is all, and what to do next.
/// Empty for any event but the last.
pub fn report(finished: &Event) -> Vec<String> {
    // Taken apart in full: a new number has to be told or left out on purpose.
    let Event::Finished {
        exit,
        reason,
        converged,
        scope,
        created,
        updated,
        replaced,
        deleted,
        adopted,
        forgotten,
        resumed,
        failed,
        calls,
        unfinished,
        orders,
        next,
    } = finished
    else {
        return Vec::new();
    };
    let done = [
        (created, "created"),
        (updated, "changed"),
        (replaced, "replaced"),
        (deleted, "deleted"),
        (adopted, "adopted"),
        (forgotten, "forgotten"),
        (resumed, "resumed"),
        (failed, "failed"),
    ];
    let mut done: Vec<String> = done.iter().filter(|(n, _)| **n > 0).map(|(n, word)| format!("{n} {word}")).collect();
    if *unfinished > 0 {
        done.push(format!("{} still open", count(*unfinished, "call")));
    }
    let only_looked = calls.keys().all(|call| call.starts_with("GET "));
    let done = match done.is_empty() {
        true if only_looked => "nothing was changed in the cloud".to_owned(),
        true => "nothing is known to be done yet".to_owned(),
        false => done.join(", "),
    };
    let mut lines = vec![format!("{done}; {}", count(calls.values().sum(), "request"))];
    if !orders.is_empty() {
        let orders: Vec<&str> = orders.iter().map(|order| order.as_str()).collect();
        lines.push(format!("open in the billing console: {}", orders.join(", ")));
    }
    if let Some(reason) = reason {
        lines.push(plain(reason).into_owned());
    }
    let targets = if *scope == Scope::Targeted { ", as far as the targets go" } else { "" };
    let again = next.as_ref().map_or("run the same command again".to_owned(), |next| format!("run `{}`", plain(next)));
    lines.push(match (converged, exit) {
        (true, 0) => format!("converged: planning again finds nothing to do{targets}"),
        (true, _) => format!("what was done holds: planning again finds nothing else to do{targets}"),
        (false, 7) => format!("not converged yet: {again} to resume"),
        (false, 130 | 143) => format!("interrupted: everything is recorded; {again} to resume"),
        (false, 3) => format!("some steps failed: fix the causes named above, then {again}"),
        (false, 6) => format!("not converged: put credentials and permissions right, then {again}"),
        (false, _) => "not converged: run `evsctl plan` to see what is left".to_owned(),
    });
    lines
}
