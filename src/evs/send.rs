//! One request: sent, answered, read, judged, and repeated where that is safe.

use super::Client;
use super::auth::Signable;
use super::clock::date_of;
use super::error::{Error, Kind, Meaning};
use super::{log, pause};
use jiff::SignedDuration;
use reqwest::header::HeaderMap;
use std::error::Error as _;
use std::pin::Pin;
use std::time::{Duration, Instant};

/// The largest answer that is read, a page of the whole list aside.
pub(super) const MAX_ANSWER: usize = 1 << 20;
/// The most that is read of a refusal.
const MAX_REFUSAL: usize = 64 << 10;

/// The most characters that are kept of the service's id of a request.
const MOST_ID: usize = 100;
/// From when on two clocks show another time, and not only a slow answer.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_secs(60);

/// What may be repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Repeat {
    /// Reads, and writes that are harmless to repeat.
    Always,
    /// Create calls, which their caller repeats if at all, and looks that come round again anyway.
    Never,
}

/// One sending that gave no answer to go on with.
struct Failed {
    error: Error,
    /// How long it took.
    took: Duration,
    /// Whether it was refused for what it showed, and can show something else.
    renewable: bool,
}

/// The answer to a request that was done.
pub(super) struct Answer {
    pub(super) body: Vec<u8>,
    /// The service's `Date`.
    pub(super) dated: Option<jiff::Timestamp>,
}

/// Run right before a request leaves, after all waiting for its turn; `false` keeps it from leaving.
pub(super) type Fence<'a> = &'a (dyn Fn() -> Pin<Box<dyn Future<Output = bool> + Send + 'a>> + Send + Sync);

/// A pause before a request is repeated, told to whoever shows the work.
#[derive(Debug, Clone)]
pub struct Notice {
    /// Method and path template.
    pub request: &'static str,
    /// Why.
    pub reason: String,
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
    pub(super) fence: Option<Fence<'a>>,
    /// How long one sending and its answer may take.
    pub(super) within: Duration,
    /// How many bytes its answer may have.
    pub(super) most: usize,
}

impl Client {
    /// Sends until there is an answer to give: that of a success, or an error that repeating would not mend.
    pub(super) async fn send(&self, request: Request<'_>) -> Result<Answer, Error> {
        // Time spent on this request itself; waiting for its turn is nobody's trouble.
        let (mut spent, mut attempt) = (Duration::ZERO, 0u32);
        let mut renewed = false;
        loop {
            let sending = attempt + 1 + u32::from(renewed);
            let Failed { error, took, renewable } = match self.once(&request, sending).await {
                Ok(answer) => return Ok(answer),
                Err(failed) => failed,
            };
            log::failed(sending, &error, took);
            // Nothing was done for want of a good token: once, another is tried, whatever the request does.
            if renewable && !renewed {
                renewed = true;
                continue;
            }
            let pause = error.pause.unwrap_or_else(|| backoff(attempt));
            if error.meaning() == Some(Meaning::Throttled) {
                self.gate.throttled(pause, pause::said(&error));
            }
            spent += took + pause;
            if request.repeat == Repeat::Never || !may_repeat(&error.kind) || spent > self.patience(&error) {
                return Err(error);
            }
            log::pauses(request.template, sending, pause);
            self.notify(Notice { request: request.template, reason: error.kind.to_string(), pause });
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = self.stop.cancelled() => return Err(Error { kind: Kind::Stopped, ..error }),
            }
            attempt += 1;
        }
    }

    /// Sends once.
    async fn once(&self, request: &Request<'_>, sending: u32) -> Result<Answer, Failed> {
        let entered = tokio::select! {
            biased;
            () = self.stop.cancelled() => None,
            permit = self.gate.enter() => Some(permit),
        };
        let since = Instant::now();
        let failed = |error| Failed { error, took: since.elapsed(), renewable: false };
        let fail = |kind| failed(Error::new(request.template, kind));
        let Some(_permit) = entered else { return Err(fail(Kind::Stopped)) };
        // Before the fence, since it may take a while.
        let shown = self.authority.show(self.clock.now()).await.map_err(failed)?;
        if let Some(fence) = request.fence
            && !fence().await
        {
            return Err(fail(Kind::Fenced));
        }
        let boundaries = &self.connection.boundaries;
        boundaries.pass(request.template).map_err(|_| fail(Kind::Fenced))?;
        self.count(request.template);
        let http = if request.fresh { &self.fresh } else { &self.http };
        let timeout = request.within;
        let mut headers = request.headers.clone();
        let at = self.clock.now();
        if let Some(shown) = &shown {
            let on = Signable {
                method: request.method.as_str(),
                url: &request.url,
                project_id: Some(&self.connection.project_id),
                body: request.body.as_deref().unwrap_or_default(),
            };
            shown.secret.show(on, at, &mut headers).map_err(|why| fail(Kind::NotSent(why)))?;
        }
        log::leaves(request.template, sending, &headers, request.body.as_ref().map_or(0, Vec::len));
        let left = Instant::now();
        let mut builder = http.request(request.method.clone(), request.url.clone()).headers(headers).timeout(timeout);
        if let Some(body) = &request.body {
            builder = builder.body(body.clone());
        }
        let sent = jiff::Timestamp::now();
        let mut answer = match builder.send().await {
            Ok(answer) => answer,
            Err(error) if error.is_connect() || error.is_builder() => return Err(fail(Kind::NotSent(chain(&error)))),
            Err(error) => return Err(fail(Kind::Unanswered(chain(&error)))),
        };
        let (status, headers) = (answer.status(), answer.headers().clone());
        self.note(&headers, sent);
        let dated = date_of(&headers).filter(|date| self.clock.answered(*date));
        let most = if status.is_success() { request.most } else { MAX_REFUSAL };
        let read = read_body(&mut answer, most).await;
        let Body { body, whole } = read.map_err(|error| fail(Kind::Unanswered(chain(&error))))?;
        // Of a refusal the beginning says enough.
        if status.is_success() && !whole {
            return Err(fail(Kind::Unreadable(format!("it has more than {most} bytes"))));
        }
        // A run that dies here never learns of its answer.
        boundaries.pass("answered").map_err(|_| fail(Kind::Fenced))?;
        if status != reqwest::StatusCode::TOO_MANY_REQUESTS {
            self.gate.answered();
        }
        if status.is_success() {
            log::answered(request.template, sending, status, left.elapsed(), &headers, body.len());
            return Ok(Answer { body, dated });
        }
        let mut error = Error::refused(request.template, status.as_u16(), request_id(&headers), &body);
        // A date that was asked for is the service's, and is counted from its own time.
        let now = dated.unwrap_or_else(|| self.clock.now());
        error.pause = pause::asked(&error, text(&headers, "retry-after"), now);
        let renewable = match &shown {
            Some(shown) if status == reqwest::StatusCode::UNAUTHORIZED => {
                // A signature that was dated by a clock that is off is made anew by the service's, known by now.
                let off = dated.is_some_and(|dated| dated.duration_since(at).abs() > CLOCKS_DIFFER);
                (off && shown.secret.is_dated()) || self.authority.refused(shown).await
            }
            _ => false,
        };
        Err(Failed { renewable, ..failed(error) })
    }
}

/// As much of an answer's body as was to be read.
pub(super) struct Body {
    pub(super) body: Vec<u8>,
    /// Whether that is all of it.
    pub(super) whole: bool,
}

/// Reads a body, and no more than that many bytes of it.
///
/// # Errors
/// When the connection broke before its end.
pub(super) async fn read_body(answer: &mut reqwest::Response, most: usize) -> Result<Body, reqwest::Error> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        if body.len() + chunk.len() > most {
            return Ok(Body { body, whole: false });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Body { body, whole: true })
}

/// A header's value, where it is text.
pub(super) fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

/// The service's id of a request, for its support.
pub(super) fn request_id(headers: &HeaderMap) -> Option<String> {
    text(headers, "x-request-id").map(|id| id.chars().take(MOST_ID).collect())
}

/// Whether sending again can help.
fn may_repeat(kind: &Kind) -> bool {
    match kind {
        Kind::NotSent(_) | Kind::Unanswered(_) => true,
        Kind::Refused { meaning, .. } => matches!(meaning, Meaning::Throttled | Meaning::Trouble),
        // What came once too large or without sense comes so again.
        Kind::Stopped | Kind::Fenced | Kind::Unreadable(_) => false,
    }
}

/// Exponential from 200 ms to 20 s, with half of it left to chance so that callers do not march in step.
pub(crate) fn backoff(attempt: u32) -> Duration {
    let full = Duration::from_millis(200).saturating_mul(1 << attempt.min(7)).min(Duration::from_secs(20));
    jitter(full, 0.5)
}

/// Takes a random share off: between `1 - share` and the whole of the duration.
pub(crate) fn jitter(full: Duration, share: f64) -> Duration {
    let random = f64::from(u32::from_le_bytes(random_bytes())) / f64::from(u32::MAX);
    full.mul_f64(1.0 - share * random)
}

fn random_bytes() -> [u8; 4] {
    let [a, b, c, d, ..] = *uuid::Uuid::new_v4().as_bytes();
    [a, b, c, d]
}

/// An error with everything behind it: reqwest's own text says only that sending failed.
pub(super) fn chain(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let words = cause.to_string();
        if !text.contains(&words) {
            text.push_str(": ");
            text.push_str(&words);
        }
        next = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_repeating_cannot_mend_is_not_repeated() {
        let refused = |status| may_repeat(&Error::refused("GET /", status, None, b"").kind);
        assert!(refused(429) && refused(500) && refused(503) && refused(408));
        assert!(!refused(400) && !refused(401) && !refused(404) && !refused(302));
        assert!(may_repeat(&Kind::Unanswered(String::new())) && may_repeat(&Kind::NotSent(String::new())));
        assert!(!may_repeat(&Kind::Unreadable(String::new())) && !may_repeat(&Kind::Fenced));
    }

    #[test]
    fn pauses_grow_to_a_bound() {
        for attempt in 0..40 {
            let pause = backoff(attempt);
            assert!(pause >= Duration::from_millis(100) && pause <= Duration::from_secs(20));
        }
    }
}
