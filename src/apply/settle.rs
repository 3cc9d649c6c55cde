//! Settles a doubt: looks as [`Settling`] asks for it, and does nothing else about the call.

use super::context::Context;
use super::event::Event;
use super::record::Halted;
use super::sending::Sending;
use super::why::{Again, Doubt};
use crate::evs::{Error, Meaning};
use crate::observed::Listed;
use crate::operation::settle::{End, Look, Next, Now, Settling, Why};
use crate::operation::{Delete, Kind};
use crate::plan;
use crate::volume::VolumeId;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// How a doubt ended.
pub(super) enum Settled {
    /// All of its volumes are there.
    Found,
    /// Nothing shows, and it may be sent again with its token.
    Again,
    /// Only so many volumes are there, and no more will ever be.
    Only(usize),
    /// It stays open, for this reason; `None` where the run is stopping.
    Open(Option<Doubt>),
}

impl Settled {
    /// In a word or two, for a log.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Settled::Found => "all of it is there",
            Settled::Again => "may go again",
            Settled::Only(0) => "it never happened",
            Settled::Only(_) => "a part is there, and no more will be",
            Settled::Open(_) => "stays open",
        }
    }
}

/// A look, with the list that it is about.
enum Looked {
    Listed(Arc<Listed>, usize),
    Other(Look<'static, Error>),
}

impl Looked {
    fn as_look(&self) -> Look<'_, Error> {
        match self {
            Looked::Listed(listed, found) => Look::Listed { listed, found: *found },
            Looked::Other(look) => look.clone(),
        }
    }
}

/// Settles a doubt, as far as that can be done before the deadline. Every sending of the call is recorded.
pub(super) async fn settle(cx: &Context, call: &Sending, deadline: Instant) -> Result<Settled, Halted> {
    let mut settling = Settling::new(&call.recorded, call.sent, call.wanted, call.replay, cx.doubts);
    let began = Instant::now();
    let now = || Now {
        service: cx.client.service_now(),
        elapsed: began.elapsed(),
        watched: call.left_at.unwrap_or(cx.began).elapsed(),
        left: deadline.saturating_duration_since(Instant::now()),
    };
    let (mut since, mut told) = (began, false);
    loop {
        let mut trusted = cx.tokens.trusted_so_far();
        let looked = if settling.can_find() {
            let until = Instant::now() + settling.patience(now(), trusted);
            look(cx, call, since, until).await
        } else {
            Looked::Other(Look::Blind)
        };
        let next = loop {
            match settling.next(&looked.as_look(), now(), trusted) {
                Next::AskTokens => trusted = Some(cx.tokens.are_trusted(&cx.client, &cx.recorder).await?),
                next => break next,
            }
        };
        let pause = match next {
            Next::Found => return Ok(Settled::Found),
            Next::SendAgain => return Ok(Settled::Again),
            Next::NoMore(found) => return Ok(Settled::Only(found)),
            Next::Leave(Why::NotShown { end: End::OutOfTime(_), .. }) if cx.stop.is_cancelled() => {
                return Ok(Settled::Open(None));
            }
            Next::Leave(why) => {
                cx.tally.change(|report| report.denied |= matches!(why, Why::Denied(_)));
                let (targets, ends_by_time) = (call.recorded.targets(), call.recorded.ends_by_time());
                return Ok(Settled::Open(Some(Doubt::Unsettled { why, targets, ends_by_time })));
            }
            Next::Wait(pause) => pause,
            // It was answered above.
            Next::AskTokens => continue,
        };
        if !told {
            told = true;
            tell_waiting(cx, call, &settling, trusted);
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = cx.stop.cancelled() => return Ok(Settled::Open(None)),
        }
        since = Instant::now();
    }
}

/// How many of the volumes of the call a list that is no older than that shows: those that carry its tag, or, where it
/// changes volumes, all of them once any has begun to change, since such a call is taken as a whole.
async fn found(cx: &Context, call: &Sending, since: Instant) -> Result<(Arc<Listed>, usize), Error> {
    let listed = cx.sight.list_since(since).await?;
    // What a list leaves out may be there all the same.
    let looked = async |id: &VolumeId| match listed.volumes.get(id) {
        Some(volume) => Ok(Some(volume.clone())),
        None => cx.client.look_for(id).await,
    };
    let found = match &call.recorded.kind {
        Kind::Create(_) => {
            let owner = cx.owner(&call.id);
            listed.volumes.values().filter(|volume| owner.marks(&volume.tags)).count()
        }
        Kind::Extend(extend) => {
            let mut has_begun = false;
            for growth in extend.volumes.values() {
                has_begun |= looked(&growth.id).await?.is_none_or(|volume| growth.has_begun(&volume));
            }
            if has_begun { extend.volumes.len() } else { 0 }
        }
        Kind::Delete(delete) => usize::from(looked(&delete.id).await?.is_none_or(|volume| Delete::has_begun(&volume))),
    };
    Ok((listed, found))
}

/// Looks for the volumes of the call in a list that is no older than that.
async fn look(cx: &Context, call: &Sending, since: Instant, until: Instant) -> Looked {
    match tokio::time::timeout_at(until, found(cx, call, since)).await {
        Ok(Ok((listed, found))) => Looked::Listed(listed, found),
        Ok(Err(error)) if error.meaning() == Some(Meaning::Denied) => Looked::Other(Look::Denied(error)),
        Ok(Err(error)) => Looked::Other(Look::Failed(error)),
        Err(_) => Looked::Other(Look::TooLate),
    }
}

fn tell_waiting(cx: &Context, call: &Sending, settling: &Settling<Error>, trusted: Option<bool>) {
    let why = Again::InDoubt {
        call: call.id.clone(),
        verb: call.verb(),
        shown: settling.last().cloned(),
        targets: call.recorded.targets(),
        waits: settling.waits(trusted),
    };
    cx.recorder.tell(Event::Retrying { request: plan::summary::LIST.to_owned(), why, after: Duration::ZERO });
}
