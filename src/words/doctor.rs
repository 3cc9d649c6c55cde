//! What a doctor found, and what to do about it; and what its probe says and asks meanwhile.

mod call;
mod probe;
mod ready;
mod removal;
mod service;
mod skipped;
mod supply;
pub mod talk;
mod time;

use super::number::count;
use crate::doctor::{Finding, Verdict};

/// What was seen.
pub fn seen(finding: &Finding) -> String {
    match finding {
        Finding::Skipped(_, why) => skipped::seen(*why).to_owned(),
        Finding::Unready(unready) => unready.error.line.clone(),
        Finding::Stack(stack) => ready::stack(stack),
        Finding::Endpoint(endpoint) => ready::endpoint(endpoint),
        Finding::Project(project) => ready::project(project),
        Finding::Recorded(recorded) => ready::recorded(recorded),
        Finding::Connection(connection) => call::connection(connection),
        Finding::Credentials(credentials) => call::credentials(credentials),
        Finding::Called(called) => call::called(called),
        Finding::Writes(writes) => call::writes(*writes).to_owned(),
        Finding::Clock(clock) => service::clock(clock),
        Finding::Zones(zones) => supply::zones(zones),
        Finding::Types(types) => supply::types(types),
        Finding::Quotas(quotas) => supply::quotas(quotas),
        Finding::Tokens(tokens) => service::tokens(tokens),
        Finding::Pages(pages) => service::pages(pages),
        Finding::Order(order) => service::order(order),
        Finding::Tags(tags) => service::tags(tags),
        Finding::Answers(answers) => service::answers(answers),
        Finding::Unrecorded(unrecorded) => unrecorded.error.line.clone(),
        Finding::Leftovers(leftovers) => removal::leftovers(leftovers),
        Finding::Window(window) => service::window(window),
        Finding::Created(created) => probe::created(created),
        Finding::Listed(listed) => probe::listed(listed),
        Finding::Creating(creating) => probe::creating(creating),
        Finding::Tag(tag) => probe::tag(tag),
        Finding::Name(name) => probe::name(name),
        Finding::Metadata(metadata) => probe::metadata(metadata),
        Finding::VolumeIds(ids) => probe::volume_ids(ids),
        Finding::SameToken(same) => probe::same_token(same),
        Finding::OtherBody(other) => probe::other_body(other),
        Finding::Deleted(removal) => removal::removal(removal),
        Finding::JobKept(kept) => service::job_kept(kept),
        Finding::RecycleBin(bin) => service::recycle_bin(bin),
    }
}

/// What to do about it, where there is something to be done.
pub fn next(finding: &Finding) -> Option<String> {
    let fixed = |text: Option<&str>| text.map(str::to_owned);
    match finding {
        Finding::Skipped(..)
        | Finding::Stack(_)
        | Finding::Endpoint(_)
        | Finding::Recorded(_)
        | Finding::Writes(_)
        | Finding::Creating(_)
        | Finding::Metadata(_) => None,
        Finding::Unready(unready) => Some(ready::unready_next(unready)),
        Finding::Project(project) => fixed(ready::project_next(project)),
        Finding::Connection(connection) => fixed(call::connection_next(connection)),
        Finding::Credentials(credentials) => fixed(call::credentials_next(credentials)),
        Finding::Called(called) => call::called_next(called),
        Finding::Clock(clock) => fixed(service::clock_next(clock)),
        Finding::Zones(zones) => supply::zones_next(zones),
        Finding::Types(types) => supply::types_next(types),
        Finding::Quotas(quotas) => fixed(supply::quotas_next(quotas)),
        Finding::Tokens(tokens) => fixed(service::tokens_next(tokens)),
        Finding::Pages(pages) => fixed(service::pages_next(pages)),
        Finding::Order(order) => fixed(service::order_next(order)),
        Finding::Tags(tags) => fixed(service::tags_next(tags)),
        Finding::Answers(answers) => service::answers_next(answers),
        Finding::Unrecorded(unrecorded) => Some(ready::unrecorded_next(unrecorded)),
        Finding::Leftovers(leftovers) => removal::leftovers_next(leftovers),
        Finding::Window(window) => fixed(service::window_next(window)),
        Finding::Created(created) => fixed(probe::created_next(created)),
        Finding::Listed(listed) => probe::listed_next(listed),
        Finding::Tag(tag) => probe::tag_next(tag),
        Finding::Name(name) => fixed(probe::name_next(name)),
        Finding::VolumeIds(ids) => fixed(probe::volume_ids_next(ids)),
        Finding::SameToken(same) => fixed(probe::same_token_next(same)),
        Finding::OtherBody(other) => fixed(probe::other_body_next(other)),
        Finding::Deleted(removal) => removal::removal_next(removal),
        Finding::JobKept(kept) => fixed(service::job_kept_next(kept)),
        Finding::RecycleBin(bin) => fixed(service::recycle_bin_next(bin)),
    }
}

/// So many checks that came out alike.
pub fn several(checks: usize) -> String {
    count(checks as u64, "check")
}

/// What stands before what to do about it.
pub const NEXT: &str = "next:";

/// How so many checks came out, and how many requests that took.
pub fn sum(verdicts: &[Verdict], requests: u64) -> String {
    let (mut ok, mut warn, mut fail, mut skipped) = (0, 0, 0, 0);
    for verdict in verdicts {
        match verdict {
            Verdict::Ok => ok += 1,
            Verdict::Warn => warn += 1,
            Verdict::Fail(_) => fail += 1,
            Verdict::Skipped => skipped += 1,
        }
    }
    format!("{ok} ok, {warn} to look at, {fail} failed, {skipped} skipped; {}", count(requests, "request"))
}
