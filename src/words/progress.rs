//! What an apply says while it works, an event a line, and what it came to in the end.

mod again;
mod cause;
mod open;
mod report;
mod short;
mod verb;

pub use again::again;
pub use cause::cause;
pub use open::open;
pub use report::report;
pub use short::short;
pub use verb::verb_word;

use super::evidence::not_ours;
use super::failure::coded;
use super::number::count;
use crate::apply::event::Event;
use crate::apply::why::Again;
use crate::plan::Verb;
use crate::volume::Field;
use std::time::Duration;
use verb::past;

/// The line for an event; `None` where it is not worth one.
pub fn line(event: &Event) -> Option<String> {
    Some(match event {
        Event::FormatChanged { from, to } => format_changed(*from, *to),
        Event::Started { stack, volumes, .. } => format!("applying {stack}: {}", count(*volumes, "volume")),
        Event::Accepted { verb, job_id, key, slots, .. } => {
            format!("accepted: {} {key}[{slots}], job {job_id}", verb_word(*verb))
        }
        Event::Ordered { verb, order_id, key, slots, auto_pay, .. } => {
            let who = if *auto_pay { "it pays itself" } else { "pay it in the billing console" };
            format!("ordered: {} {key}[{slots}], order {order_id}: {who}", verb_word(*verb))
        }
        Event::Created { address, id, name, wanted: None } => format!("created: {address} {name:?}, id {id}"),
        // The service numbers each call from 1: its name for the volume may be another volume's in the end.
        Event::Created { address, id, name: _, wanted: Some(wanted) } => {
            format!("created: {address} id {id}, to be named {wanted:?}")
        }
        Event::Done { verb, address, id, fields } => {
            let fields = if *verb == Verb::Update { changed(fields) } else { String::new() };
            let id = id.as_ref().map(|id| format!(", id {id}")).unwrap_or_default();
            format!("{}: {address}{fields}{id}", past(*verb))
        }
        Event::Failed { verb, key, slots, id, cause } => {
            let left = match (verb, id) {
                (_, None) => String::new(),
                (Verb::Create | Verb::Clean, Some(id)) => format!("; volume {id} was left behind"),
                (_, Some(id)) => format!("; volume {id}"),
            };
            let request = cause.request_id().map(|id| format!(" (request {id})")).unwrap_or_default();
            let reason = coded(&cause.code(), self::cause(cause));
            format!("failed: {} {key}[{slots}]: {reason}{request}{left}", verb_word(*verb))
        }
        Event::Unfinished { receipt, key, slots, why } => {
            let receipt = receipt.as_ref().map(|receipt| format!(", {receipt}")).unwrap_or_default();
            format!("unfinished: {key}[{slots}]{receipt}: {}", open(why))
        }
        Event::NotOurs { call, id, why } => {
            let why = not_ours(why, 1);
            format!("left alone: volume {id}, which the job of create call {call} names: {why}")
        }
        Event::Retrying { request, why: why @ Again::Met(_), after } => {
            format!("repeating {request} in {}: {}", seconds(*after), again(why))
        }
        Event::Retrying { why: why @ Again::InDoubt { .. }, after, .. } if !after.is_zero() => {
            format!("{}; the next look is in {}", again(why), seconds(*after))
        }
        Event::Retrying { why, .. } => again(why),
        // The looks are too many for lines; the end is told by the report.
        Event::Job { .. } | Event::Finished(_) => return None,
    })
}

/// That the state is going to be written in a later format, which every command that writes says before it does.
pub fn format_changed(from: u64, to: u64) -> String {
    format!("state format {from} -> {to}: evsctl before this version cannot read it")
}

/// The line below a failure: what to do about its code.
pub fn next(next: &str) -> String {
    format!("next: {next}")
}

/// As in ` description`, behind an address.
fn changed(fields: &[Field]) -> String {
    let fields: Vec<&str> = fields.iter().map(|field| field.word()).collect();
    if fields.is_empty() { String::new() } else { format!(" {}", fields.join(" and ")) }
}

/// What is still waited for: so many jobs and orders, with so many of all volumes done after that time.
pub fn still_waiting(jobs: u64, orders: u64, done: u64, volumes: u64, elapsed: Duration) -> String {
    let of = [(jobs, "job"), (orders, "order")];
    let of: Vec<String> = of.iter().filter(|(n, _)| *n > 0).map(|(n, word)| count(*n, word)).collect();
    let waited = of.join(" and ");
    format!("still waiting for {waited}, {done} of {volumes} volumes done, {}", seconds(elapsed))
}

/// What stands beside a bar: the jobs under way, and what has failed so far.
pub fn bar(jobs: u64, failed: u64) -> String {
    let failed = if failed > 0 { format!(", {failed} failed") } else { String::new() };
    format!("{}{failed}", count(jobs, "job"))
}

/// What a bar counts.
pub const BAR_NOUN: &str = "volumes";

/// A duration as in `30 s` or `2 min 05 s`; parts of a second only below one.
fn seconds(duration: Duration) -> String {
    if duration < Duration::from_secs(1) {
        return format!("{} ms", duration.as_millis());
    }
    let whole = (duration + Duration::from_millis(500)).as_secs();
    match (whole / 60, whole % 60) {
        (0, seconds) => format!("{seconds} s"),
        (minutes, seconds) => format!("{minutes} min {seconds:02} s"),
    }
}
