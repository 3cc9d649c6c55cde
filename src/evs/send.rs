//! One request: sent, answered, read, judged, and repeated where that is safe.

use super::Client;
use super::error::{Error, Kind, Meaning};
use reqwest::header::{HeaderMap, HeaderValue};
use std::error::Error as _;
use std::pin::Pin;
use std::time::{Duration, Instant};

/// The largest answer that is read. A page of 1,000 volumes is about 2 MB.
const MAX_ANSWER: usize = 32 << 20;
/// The most that is read of a refusal.
const MAX_REFUSAL: usize = 64 << 10;
/// How long one request and its answer may take.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(60);
/// The same for a look that comes round again anyway: a slow one must not hold up the others.
const LOOK_TIMEOUT: Duration = Duration::from_secs(10);
/// How long throttling is borne by repeating: it is no trouble and always ends.
const THROTTLE_PATIENCE: Duration = Duration::from_secs(900);

/// What may be repeated after what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Repeat {
    /// Reads, and writes that are harmless to repeat.
    Always,
    /// A create call whose token the service is known to honour.
    ByToken,
    /// A create call without such a token: only if it surely was not done.
    IfNotDone,
    /// Looks that come round again anyway.
    Never,
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
    pub(super) fence: Option<Fence<'a>>,
    /// How long it may take in all, from the moment on when its turn first came.
    pub(super) budget: Option<Duration>,
}

impl Client {
    /// Sends until there is an answer to give: the body of a success, or an error that repeating
    /// would not mend. The error remembers whether any attempt may have been done.
    pub(super) async fn send(&self, request: Request<'_>) -> Result<Vec<u8>, Error> {
        // Time spent on this request itself; waiting for its turn is nobody's trouble.
        let (mut spent, mut attempt, mut doubt) = (Duration::ZERO, 0u32, false);
        let mut deadline = None;
        loop {
            let (mut error, asked, took) = match self.once(&request, &mut deadline).await {
                Ok(body) => return Ok(body),
                Err(failed) => failed,
            };
            doubt |= !error.kind.surely_not_done();
            error.doubt = doubt;
            let throttled = error.meaning() == Some(Meaning::Throttled);
            let patience = if throttled { THROTTLE_PATIENCE } else { self.connection.patience };
            let pause = asked.unwrap_or_else(|| backoff(attempt));
            if throttled {
                self.gate.throttled(pause);
            }
            spent += took + pause;
            let late = deadline.is_some_and(|deadline| Instant::now() + pause >= deadline);
            if late || !may_repeat(&error, request.repeat) || spent > patience {
                return Err(error);
            }
            self.notify(Notice { request: request.template, reason: error.kind.to_string(), pause });
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = self.stop.cancelled() => return Err(Error { kind: Kind::Stopped, ..error }),
            }
            attempt += 1;
        }
    }

    /// Sends once. Beside an error stand the pause that the answer asked for, and how long it took. The
    /// deadline of the whole is set when the first turn comes.
    async fn once(
        &self,
        request: &Request<'_>,
        deadline: &mut Option<Instant>,
    ) -> Result<Vec<u8>, (Error, Option<Duration>, Duration)> {
        let entered = tokio::select! {
            biased;
            () = self.stop.cancelled() => None,
            permit = self.gate.enter() => Some(permit),
        };
        let since = Instant::now();
        let fail = |kind| (Error::new(request.template, kind), None, since.elapsed());
        let Some(_permit) = entered else { return Err(fail(Kind::Stopped)) };
        if deadline.is_none() {
            *deadline = request.budget.map(|budget| since + budget);
        }
        if let Some(fence) = request.fence
            && !fence().await
        {
            return Err(fail(Kind::Fenced));
        }
        self.count(request.template);
        let once_only = matches!(request.repeat, Repeat::ByToken | Repeat::IfNotDone);
        let http = if once_only { &self.fresh } else { &self.http };
        let timeout = if request.repeat == Repeat::Never { LOOK_TIMEOUT } else { REQUEST_TIMEOUT };
        let left = deadline.map(|deadline| deadline.saturating_duration_since(since));
        let timeout = left.map_or(timeout, |left| left.min(timeout));
        let mut builder =
            http.request(request.method.clone(), request.url.clone()).headers(request.headers.clone()).timeout(timeout);
        if let Some(body) = &request.body {
            builder = builder.body(body.clone());
        }
        let mut answer = match builder.send().await {
            Ok(answer) => answer,
            Err(error) if error.is_connect() || error.is_builder() => return Err(fail(Kind::NotSent(chain(&error)))),
            Err(error) => return Err(fail(Kind::Unanswered(chain(&error)))),
        };
        let (status, headers) = (answer.status(), answer.headers().clone());
        let mut body = Vec::new();
        let most = if status.is_success() { MAX_ANSWER } else { MAX_REFUSAL };
        loop {
            match answer.chunk().await {
                Ok(Some(chunk)) if body.len() + chunk.len() <= most => body.extend_from_slice(&chunk),
                // Of a refusal the beginning says enough.
                Ok(Some(_)) if !status.is_success() => break,
                Ok(Some(_)) => return Err(fail(Kind::Unreadable(format!("it has more than {MAX_ANSWER} bytes")))),
                Ok(None) => break,
                Err(error) => return Err(fail(Kind::Unanswered(chain(&error)))),
            }
        }
        if status != reqwest::StatusCode::TOO_MANY_REQUESTS {
            self.gate.answered();
        }
        if status.is_success() {
            return Ok(body);
        }
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let error = Error::refused(request.template, status.as_u16(), text("x-request-id"), &body);
        let asked = asked_pause(&error, text("retry-after").as_deref());
        Err((error, asked, since.elapsed()))
    }
}

/// Whether sending again can help and cannot harm.
fn may_repeat(error: &Error, repeat: Repeat) -> bool {
    if repeat == Repeat::Never {
        return false;
    }
    match &error.kind {
        Kind::Stopped | Kind::Fenced => false,
        Kind::NotSent(_) => true,
        Kind::Unanswered(_) => repeat != Repeat::IfNotDone,
        // What came once too large or without sense comes so again; a token makes it worth a try.
        Kind::Unreadable(_) => repeat == Repeat::ByToken,
        Kind::Refused { meaning, .. } => match meaning {
            Meaning::Throttled => true,
            Meaning::Trouble => repeat != Repeat::IfNotDone,
            Meaning::InProgress => repeat == Repeat::ByToken,
            _ => false,
        },
    }
}

/// The pause that an answer asks for: `Retry-After` in seconds, or the window that the gateway's text
/// names, as in `limit:200,time:5 minute`; ten minutes at most.
fn asked_pause(error: &Error, retry_after: Option<&str>) -> Option<Duration> {
    const LONGEST: Duration = Duration::from_secs(600);
    if let Some(seconds) = retry_after.and_then(|text| text.trim().parse::<u64>().ok()) {
        return Some(Duration::from_secs(seconds).clamp(Duration::from_millis(100), LONGEST));
    }
    let Kind::Refused { meaning: Meaning::Throttled, message, .. } = &error.kind else { return None };
    let window = message.split_once("time:")?.1;
    let mut words = window.split_whitespace();
    let number: u64 = words.next()?.parse().ok()?;
    let unit = if words.next()?.starts_with("minute") { 60 } else { 1 };
    // A window slides: some room comes free long before its end, so a tenth of it is waited.
    Some((Duration::from_secs(number.saturating_mul(unit)) / 10).clamp(Duration::from_millis(200), LONGEST))
}

/// Exponential from 200 ms to 20 s, with half of it left to chance so that callers do not march in step.
fn backoff(attempt: u32) -> Duration {
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
fn chain(error: &reqwest::Error) -> String {
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

/// A header value out of a secret, marked so that no debug output shows it.
pub(super) fn secret_header(secret: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(secret).ok()?;
    value.set_sensitive(true);
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gateways_own_words_set_the_pause() {
        let error = |message: &str| {
            let body = format!(r#"{{"error_msg":"{message}","error_code":"APIGW.0308"}}"#);
            Error::refused("GET /", 429, None, body.as_bytes())
        };
        let five_minutes = error("policy user over ratelimit,limit:200,time:5 minute");
        assert_eq!(asked_pause(&five_minutes, None), Some(Duration::from_secs(30)));
        assert_eq!(asked_pause(&five_minutes, Some("7")), Some(Duration::from_secs(7)));
        assert_eq!(asked_pause(&error("limit:5,time:5 second"), None), Some(Duration::from_millis(500)));
        assert_eq!(asked_pause(&error("no window"), None), None);
        assert_eq!(asked_pause(&five_minutes, Some("999999999")), Some(Duration::from_secs(600)));
    }

    #[test]
    fn a_create_call_is_repeated_only_where_it_cannot_buy_twice() {
        let of = |kind| Error::new("POST /", kind);
        let lost = of(Kind::Unanswered(String::new()));
        let trouble = Error::refused("POST /", 503, None, b"");
        let throttled = Error::refused("POST /", 429, None, b"");
        let invalid = Error::refused("POST /", 400, None, b"");
        for (error, always, by_token, if_not_done) in [
            (&lost, true, true, false),
            (&trouble, true, true, false),
            (&throttled, true, true, true),
            (&invalid, false, false, false),
            (&of(Kind::NotSent(String::new())), true, true, true),
        ] {
            assert_eq!(may_repeat(error, Repeat::Always), always, "{error}");
            assert_eq!(may_repeat(error, Repeat::ByToken), by_token, "{error}");
            assert_eq!(may_repeat(error, Repeat::IfNotDone), if_not_done, "{error}");
            assert!(!may_repeat(error, Repeat::Never), "{error}");
        }
    }

    #[test]
    fn pauses_grow_to_a_bound() {
        for attempt in 0..40 {
            let pause = backoff(attempt);
            assert!(pause >= Duration::from_millis(100) && pause <= Duration::from_secs(20));
        }
    }
}
