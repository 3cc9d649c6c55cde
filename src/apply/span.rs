//! The span of a call, from its turn to its last rename. What it tells is what the log tells.

use crate::operation::Kind;
use crate::volume::{CallId, Receipt};
use tracing::Span;
use tracing::field::{Empty, display};

/// The span of this call; what it came to is told while it is entered, by the functions below.
pub(super) fn of(call: &CallId, slots: usize, resumed: bool) -> Span {
    tracing::info_span!(
        "create call",
        otel.status_code = Empty,
        evsctl.call.id = %call,
        // At most a hundred.
        evsctl.call.slots = i64::try_from(slots).ok(),
        evsctl.call.resumed = resumed,
        evsctl.call.outcome = Empty,
        evsctl.job.id = Empty,
        evsctl.order.id = Empty,
    )
}

/// The same of a call that changes volumes.
pub(super) fn of_change(call: &CallId, kind: &Kind, resumed: bool) -> Span {
    let (verb, volumes) = match kind {
        Kind::Extend(extend) => ("extend", extend.volumes.len()),
        Kind::Delete(_) => ("delete", 1),
        Kind::Create(made) => ("create", made.create.slots.len()),
    };
    tracing::info_span!(
        "change call",
        otel.status_code = Empty,
        evsctl.call.id = %call,
        evsctl.call.verb = verb,
        evsctl.call.slots = i64::try_from(volumes).ok(),
        evsctl.call.resumed = resumed,
        evsctl.call.outcome = Empty,
        evsctl.job.id = Empty,
        evsctl.order.id = Empty,
    )
}

/// The cloud took it.
pub(super) fn accepted(receipt: &Receipt) {
    match receipt {
        Receipt::Job(id) => Span::current().record("evsctl.job.id", display(id)),
        Receipt::Order(id) => Span::current().record("evsctl.order.id", display(id)),
    };
}

/// How it ended; told once.
pub(super) fn came_to(outcome: &'static str) {
    Span::current().record("evsctl.call.outcome", outcome);
}

/// How it ended, where that is not what it was for; told once.
pub(super) fn went_wrong(outcome: &'static str) {
    came_to(outcome);
    Span::current().record("otel.status_code", "error");
}
