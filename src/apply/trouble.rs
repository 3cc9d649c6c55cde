//! What a call meets when it is sent, and what is to be done about it: alike for every kind of call.

use super::context::Context;
use super::event::Event;
use super::record::Halted;
use super::sending::{Kept, Sending};
use super::why::Again;
use crate::evs::{self, Error, Kind, Outcome, Refused, Unsent, backoff};
use tokio::time::Instant;

/// The trouble that a call has met so far.
#[derive(Default)]
pub(super) struct Trouble {
    attempts: u32,
    since: Option<Instant>,
    /// What it met last, and when it may leave again.
    last: Option<(Error, Instant)>,
}

impl Trouble {
    pub(super) fn met(&mut self, error: Error) {
        let pause = error.pause.unwrap_or_else(|| backoff(self.attempts));
        self.attempts += 1;
        self.since.get_or_insert_with(Instant::now);
        self.last = Some((error, Instant::now() + pause));
    }

    /// Waits until the call may leave again after what it met.
    ///
    /// # Errors
    /// What it met, where that has gone on for too long or the run is stopping.
    pub(super) async fn wait_out(&mut self, cx: &Context, deadline: Option<Instant>) -> Result<(), Error> {
        let Some((error, until)) = self.last.take() else { return Ok(()) };
        let begun = *self.since.get_or_insert_with(Instant::now);
        if until > begun + cx.client.patience(&error) || deadline.is_some_and(|deadline| until >= deadline) {
            return Err(error);
        }
        let pause = until.saturating_duration_since(Instant::now());
        let request = error.request.to_owned();
        cx.recorder.tell(Event::Retrying { request, why: Again::Met(error.kind.clone()), after: pause });
        tokio::select! {
            () = tokio::time::sleep_until(until) => Ok(()),
            () = cx.stop.cancelled() => Err(Error { kind: Kind::Stopped, ..error }),
        }
    }
}

/// What is to be done after a sending that brought no acceptance.
pub(super) enum After {
    /// Nothing: the disk has no room for what must follow, and the record itself tells it in the end.
    NoRoom,
    /// The same again at once: without its token, or after another look.
    AtOnce,
    /// The same again, after a pause: this sending did nothing.
    Again(Error),
    /// It may have been done.
    Settle(Error),
    /// No more of it.
    GiveUp(Error),
}

/// Judges what a sending met.
pub(super) async fn after(cx: &Context, call: &mut Sending, error: Error, outcome: Outcome) -> Result<After, Halted> {
    match call.kept {
        Some(Kept::NoRoom) => return Ok(After::NoRoom),
        Some(Kept::Stale) => return Ok(After::AtOnce),
        Some(Kept::Stalled) => {
            return Ok(After::Again(Error { kind: Kind::NotSent(Unsent::Stalled), ..error }));
        }
        None => {}
    }
    // Nothing may be recorded any more, so nothing more may be done.
    if error.kind == Kind::Fenced {
        return Err(Halted);
    }
    if let Some(honours) = evs::shows_tokens(&error) {
        cx.tokens.note(&cx.recorder, honours).await?;
    }
    Ok(match outcome {
        Outcome::InDoubt(doubt) => {
            call.replay &= doubt != evs::Doubt::TokenUsed;
            After::Settle(error)
        }
        Outcome::NothingSent if error.kind != Kind::Stopped => After::Again(error),
        Outcome::Refused(Refused::Throttled) => After::Again(error),
        Outcome::Refused(Refused::TokensOff) if call.doubt => After::Settle(error),
        // Refused for its token alone: it goes again without one, but only if none before it can have been done.
        Outcome::Refused(Refused::TokensOff) if call.with_token => After::AtOnce,
        Outcome::Accepted(_) | Outcome::NothingSent | Outcome::Refused(Refused::ForGood | Refused::TokensOff) => {
            After::GiveUp(error)
        }
    })
}
