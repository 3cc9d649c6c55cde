//! One sending of a call: what is durable right before it leaves, and what keeps it from leaving.

use super::call;
use super::context::Context;
use super::record::Halted;
use super::sending::{Kept, Sending};
use crate::evs::{BeforeSend, Error, Taken};
use crate::operation::settle::is_remembered;
use crate::operation::{Extend, Kind, Operation, Progress, Repeated, Way};
use crate::state::{Change, Intended, Sent, TokenSupport};
use crate::volume::CallId;
use jiff::{SignedDuration, Timestamp};
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};

/// How long after it was recorded a call may leave, and how often that is recorded anew until it does in time: a
/// process may be stopped in between, or wait for its disk.
const LEAVES_WITHIN: SignedDuration = SignedDuration::from_secs(10);
const STALLS: u32 = 3;
/// For how long it counts that a call in doubt may go again: a little longer than the longest pause before it.
const CLEARED_FOR: SignedDuration = SignedDuration::from_secs(150);

/// What came of recording that a call leaves.
#[derive(Default, Clone, Copy)]
struct Departure {
    /// When that was, by the service's clock, where it is durable.
    left: Option<Timestamp>,
    /// What kept it from leaving.
    kept: Option<Kept>,
}

/// Sends once. Its intent, and that it leaves now, are durable before it does.
pub(super) async fn post(cx: &Context, call: &mut Sending) -> Result<Taken, Error> {
    // What may have been done never goes without its token, whatever others have found out meanwhile.
    let judged = call.doubt || cx.tokens.shown() != Some(TokenSupport::Off);
    let with_token = match call.recorded.repeated() {
        Repeated::ByToken => judged,
        Repeated::WhileWanted | Repeated::Never => false,
    };
    // A call is intended when its turn has come and not before: one that never left is simply new.
    let departure: Mutex<Departure> = Mutex::default();
    let (id, recorded) = (&call.id, &call.recorded);
    let intended = call.intended;
    let (doubt, cleared, sent) = (call.doubt, call.cleared, call.sent);
    let by_token = call.recorded.repeated() == Repeated::ByToken;
    let may_leave = || -> Pin<Box<dyn Future<Output = Option<Timestamp>> + Send + '_>> {
        Box::pin(async {
            for _ in 0..STALLS {
                let at = cx.client.service_now();
                // The process may have been stopped, or the machine asleep, since that was settled.
                let note = || departure.lock().unwrap_or_else(PoisonError::into_inner);
                if doubt && !is_cleared(at, cleared, sent.map(|sent| sent.first), by_token) {
                    note().kept = Some(Kept::Stale);
                    return None;
                }
                let again = note().left.is_some();
                let changes = begin(intended || again, id, recorded, at, with_token);
                let durable = cx.recorder.begin(changes, Vec::new()).await;
                match durable {
                    Ok(true) => note().left = Some(at),
                    Ok(false) => note().kept = Some(Kept::NoRoom),
                    Err(Halted) => {}
                }
                if durable != Ok(true) {
                    return None;
                }
                // What is recorded must not be much older than the sending: time is counted from it.
                if cx.client.service_now().duration_since(at) <= LEAVES_WITHIN {
                    return cx.fence.holds().then_some(at);
                }
            }
            departure.lock().unwrap_or_else(PoisonError::into_inner).kept = Some(Kept::Stalled);
            None
        })
    };
    let answered = match &call.recorded.kind {
        Kind::Create(made) => {
            let body = call::body(&cx.owner(&call.id), made);
            let token = with_token.then_some(made.token);
            cx.client.create_volumes(made.create.api, &body, token, cx.timeout, &may_leave).await
        }
        Kind::Extend(extend) => extension(cx, extend, &may_leave).await,
        Kind::Delete(delete) => cx.client.start_deletion(&delete.id, cx.timeout, &may_leave).await,
    };
    let departure = departure.into_inner().unwrap_or_else(PoisonError::into_inner);
    if let Some(at) = departure.left {
        call.left(at, with_token);
    }
    (call.kept, call.with_token) = (departure.kept, with_token);
    answered
}

async fn extension(cx: &Context, extend: &Extend, may_leave: BeforeSend<'_>) -> Result<Taken, Error> {
    let one = extend.volumes.values().next();
    match (extend.way, one) {
        (Way::Single | Way::Order { .. }, Some(growth)) => {
            cx.client.extend_volume(&growth.id, growth.to, extend.way.pays_itself(), cx.timeout, may_leave).await
        }
        (Way::Batch, _) | (_, None) => {
            let volumes: Vec<_> = extend.volumes.values().map(|growth| (growth.id.clone(), growth.to)).collect();
            cx.client.extend_volumes(&volumes, cx.timeout, may_leave).await
        }
    }
}

/// Whether a call in doubt may still leave again at that time: it was `cleared` for that shortly before, and, where it goes
/// by its token, the service remembers the one that it left with at `first`.
fn is_cleared(at: Timestamp, cleared: Option<Timestamp>, first: Option<Timestamp>, by_token: bool) -> bool {
    cleared.is_some_and(|cleared| at.duration_since(cleared) < CLEARED_FOR)
        && (!by_token || first.is_some_and(|first| is_remembered(at.duration_since(first))))
}

/// What becomes durable right before a call leaves.
pub(super) fn begin(intended: bool, id: &CallId, recorded: &Operation, at: Timestamp, token: bool) -> Vec<Change> {
    let own = Some(Timestamp::now()).filter(|own| *own < at);
    let sent = Change::Sent(Sent { call: id.clone(), at, token, own });
    if intended {
        return vec![sent];
    }
    let body = Operation { progress: Progress::Intended, ..recorded.clone() };
    vec![Change::Intent(Intended { call: id.clone(), body }), sent]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_that_slept_clears_the_call_anew_and_a_token_of_seven_hours_goes_nowhere() {
        let first: Timestamp = "2026-11-24T07:00:00Z".parse().unwrap();
        let after = |hours: i64, seconds: i64| first + SignedDuration::from_secs(hours * 3600 + seconds);
        let clear = |at, cleared| is_cleared(at, Some(cleared), Some(first), true);
        assert!(clear(after(0, 20), after(0, 10)));
        // It slept between the look and the sending.
        assert!(clear(after(1, 149), after(1, 0)));
        assert!(!clear(after(1, 150), after(1, 0)));
        assert!(!clear(after(5, 0), after(1, 0)));
        // The token got old, though it was looked just now.
        assert!(clear(after(6, 3599), after(6, 3599)));
        assert!(!clear(after(7, 0), after(7, 0)) && !clear(after(7, 0), after(6, 3599)));
        // A record from far ahead of the clock proves nothing of its age.
        assert!(!clear(after(-7, 0), after(-7, 0)));
        assert!(!is_cleared(first, None, Some(first), true) && !is_cleared(first, Some(first), None, true));
    }
}
