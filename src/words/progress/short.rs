//! Why a run did not end as it should.

use crate::apply::why::Short;
use crate::words::number::count;

/// Why a run did not end as it should.
pub fn short(why: &Short) -> String {
    match why {
        Short::Error(told) => told.clone(),
        Short::InterruptedFirst => "interrupted before anything was done".to_owned(),
        Short::Interrupted => "the run was interrupted".to_owned(),
        Short::InterruptedLast => "interrupted before the last look".to_owned(),
        Short::Denied => "credentials or a permission are missing".to_owned(),
        Short::Refusals => "the plan holds refusals".to_owned(),
        Short::Failed(failed) => format!("{} failed", count(*failed, "volume")),
        Short::Unfinished { jobs, orders } => unfinished(*jobs, *orders),
        Short::LastRefused => "the last look found what is refused; `evsctl plan` tells it".to_owned(),
        Short::LastMore => "the last look found more to do".to_owned(),
        Short::LastFailed => "the last look failed, so nothing proves convergence".to_owned(),
    }
}

/// What was not seen to end. An order that somebody has to pay does not end by running again alone.
fn unfinished(jobs: u64, orders: u64) -> String {
    let (call, order) = (count(jobs, "call"), count(orders, "order"));
    match (jobs, orders) {
        (_, 0) => format!("{call} not seen to end"),
        (0, _) => format!("{order} not seen to be done; pay what is yours to pay"),
        (_, _) => format!("{call} and {order} not seen to end; pay what is yours to pay"),
    }
}
