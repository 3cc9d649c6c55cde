//! Events as plain lines, and the report at the end, made safe to show.

use super::tally::Tally;
use crate::apply::event::{Event, Total};
use crate::cli::safe::plain;
use crate::evs::codes::{self, Code};
use crate::words::progress;
use std::time::Duration;

/// The line for an event; `None` where it is not worth one.
pub(super) fn line(event: &Event) -> Option<String> {
    Some(plain(&progress::line(event)?).into_owned())
}

/// The code that a failure came with, where it is a documented one.
pub(super) fn explained(event: &Event) -> Option<&'static Code> {
    match event {
        Event::Failed { cause, .. } => codes::find(&cause.code()),
        _ => None,
    }
}

pub(super) fn still_waiting(seen: &Tally, elapsed: Duration) -> String {
    let (jobs, orders, done) = (seen.jobs.len() as u64, seen.orders.len() as u64, seen.done.len() as u64);
    progress::still_waiting(jobs, orders, done, seen.volumes, elapsed)
}

/// What a finished run comes to, for people.
pub fn report(total: &Total) -> Vec<String> {
    progress::report(total).iter().map(|line| plain(line).into_owned()).collect()
}
