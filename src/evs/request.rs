//! One request as it is handed to be sent, what comes back of it, and what is told meanwhile.

use super::error::Kind;
use crate::signing::encoded;
use jiff::SignedDuration;
use reqwest::header::HeaderMap;
use std::pin::Pin;
use std::time::Duration;

/// The largest answer that is read, a page of the whole list aside.
pub(super) const MAX_ANSWER: usize = 1 << 20;
/// What may be repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Repeat {
    /// Reads, and writes that are harmless to repeat.
    Always,
    /// Calls that start a job, which their caller repeats if at all, and looks that come round again anyway.
    Never,
}

/// The answer to a request that was done.
pub(super) struct Answer {
    pub(super) body: Vec<u8>,
    /// The service's `Date`.
    pub(super) dated: Option<jiff::Timestamp>,
}

/// Runs right before a request leaves, after all waiting for its turn. Gives the time by the service's clock at which
/// the sending was recorded, which its signature then carries; `None` keeps the request from leaving.
pub(crate) type BeforeSend<'a> =
    &'a (dyn Fn() -> Pin<Box<dyn Future<Output = Option<jiff::Timestamp>> + Send + 'a>> + Send + Sync);

/// A pause before a request is repeated, as a run shows it.
#[derive(Debug, Clone)]
pub struct Notice {
    /// Method and path template.
    pub request: &'static str,
    /// What the last try came to.
    pub reason: Kind,
    /// How long.
    pub pause: Duration,
}

/// One request, ready to be made as often as needed.
pub(super) struct Request<'a> {
    pub(super) template: &'static str,
    pub(super) method: reqwest::Method,
    pub(super) url: url::Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Option<Vec<u8>>,
    pub(super) repeat: Repeat,
    /// Whether it gets a connection of its own, so that no half-dead one eats it.
    pub(super) fresh: bool,
    pub(super) before_send: Option<BeforeSend<'a>>,
    /// How long one sending and its answer may take.
    pub(super) within: Duration,
    /// By how much its signature is dated off the service's time: nothing, but where just that is tried out.
    pub(super) dated_off: SignedDuration,
    /// How many bytes its answer may have.
    pub(super) most: usize,
}

impl<'a> Request<'a> {
    /// The same as a call that is sent once: without any repeat, and on a connection of its own, so that no half-dead one
    /// eats it. It may take `within`, where that is less than a request may take anyway.
    pub(super) fn once(
        self,
        body: Option<Vec<u8>>,
        within: Duration,
        before_send: Option<BeforeSend<'a>>,
    ) -> Request<'a> {
        let within = within.min(self.within);
        Request { body, repeat: Repeat::Never, fresh: true, within, before_send, ..self }
    }

    /// Gives it these parameters, as a signature wants them: sorted, and encoded in one way only.
    pub(super) fn set_query(&mut self, query: &[(&str, &str)]) {
        let mut pairs: Vec<_> = query.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        pairs.sort_unstable();
        self.url.set_query(Some(&pairs.join("&")));
    }
}
