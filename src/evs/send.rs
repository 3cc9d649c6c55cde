//! One request: sent, answered, read, judged, and repeated where that is safe.

use super::auth::Signable;
use super::budget::Pass;
use super::client::{Client, NOBODY_LISTENS};
use super::clock::date_of;
use super::error::{Error, Kind, NoConnection, Unsent};
use super::gate::Permit;
use super::meaning::Meaning;
use super::nonsense::Nonsense;
use super::request::{Answer, Notice, Repeat, Request};
use super::{log, pause, redact};
use crate::http::{Body, chain, header, is_loopback, is_of_a_certificate, is_refused, read_body};
use jiff::SignedDuration;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// The most that is read of a refusal.
const MAX_REFUSAL: usize = 64 << 10;

/// From when on two clocks show another time, and not only a slow answer.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_secs(60);

/// One sending that gave no answer to go on with.
struct Failed {
    error: Error,
    /// How long it took, from the moment on when its turn came.
    took: Duration,
    /// How long it waited before that for a service in trouble.
    waited: Duration,
    /// How long to leave the service alone before the next.
    pause: Duration,
    /// Whether it was refused for what it showed, and can show something else.
    renewable: bool,
}

impl Client {
    /// Sends until there is an answer to give: that of a success, or an error that repeating would not mend.
    pub(super) async fn send(&self, request: Request<'_>) -> Result<Answer, Error> {
        // Time spent on this request itself, and on a service in trouble; waiting for its turn is nobody's trouble.
        let (mut spent, mut attempt) = (Duration::ZERO, 0u32);
        let mut renewed = false;
        // What a request comes to that finds no turn: what the one before it came to.
        let mut last: Option<Error> = None;
        loop {
            let sending = attempt + 1 + u32::from(renewed);
            let mut patience = self.connection.patience.saturating_sub(spent);
            if request.repeat == Repeat::Never {
                patience = patience.min(request.within);
            }
            let mut span = tracing::Span::none();
            let Failed { error, took, waited, pause, renewable } =
                match self.once(&request, sending, patience, attempt, &mut span).await {
                    Ok(answer) => {
                        self.answered.store(true, Ordering::Relaxed);
                        return Ok(answer);
                    }
                    Err(failed) => failed,
                };
            log::failed(sending, &error, took, &span);
            // Whatever is waited for from here on is not the request.
            drop(span);
            // Nothing was done for want of a good token: once, another is tried, whatever the request does.
            if renewable && !renewed {
                renewed = true;
                let off = self.conformance().off();
                tracing::debug!(off = off.map(tracing::field::display), "shows something else");
                continue;
            }
            if matches!(error.kind, Kind::Held) {
                return Err(last.unwrap_or(error));
            }
            spent += waited + took + pause;
            if request.repeat == Repeat::Never
                || !may_repeat(&error.kind)
                || spent > self.patience(&error).min(self.bears(&error))
            {
                return Err(error);
            }
            log::pauses(request.template, sending, pause);
            self.notify(Notice { request: request.template, reason: error.kind.clone(), pause });
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = self.stop.cancelled() => return Err(Error { kind: Kind::Stopped, ..error }),
            }
            last = Some(error);
            attempt += 1;
        }
    }

    /// How long nobody listening is borne: where nobody ever has on this machine, nobody is about to.
    fn bears(&self, error: &Error) -> Duration {
        match &error.kind {
            Kind::NotSent(Unsent::NoConnection(NoConnection { near: Some(_), .. }))
                if !self.answered.load(Ordering::Relaxed) =>
            {
                NOBODY_LISTENS
            }
            _ => Duration::MAX,
        }
    }

    /// Waits until a request's turn comes, `patience` at most where it waits for a service in trouble. Says how long
    /// it waited for that.
    async fn turn(&self, request: &Request<'_>, patience: Duration) -> (Duration, Result<Permit<'_>, Kind>) {
        let budget = self.budget(&request.method);
        let mut waited = Duration::ZERO;
        let turn = async {
            loop {
                let since = Instant::now();
                let pass = budget.pass(patience.saturating_sub(waited)).await;
                waited += since.elapsed();
                let Some(pass) = pass else { return Err(Kind::Held) };
                let permit = self.gate.enter().await;
                // While it waited for room the trouble may have begun: who waits for its end takes up no room.
                if pass == Pass::Probe || !budget.is_closed() {
                    return Ok(permit);
                }
            }
        };
        let turn = tokio::select! {
            biased;
            () = self.stop.cancelled() => Err(Kind::Stopped),
            turn = turn => turn,
        };
        (waited, turn)
    }

    /// Sends once; `span` becomes that of the sending when it leaves.
    async fn once(
        &self,
        request: &Request<'_>,
        sending: u32,
        patience: Duration,
        attempt: u32,
        span: &mut tracing::Span,
    ) -> Result<Answer, Failed> {
        let (waited, turn) = self.turn(request, patience).await;
        let since = Instant::now();
        let failed = |error: Error| {
            let pause = error.pause.unwrap_or_else(|| backoff(attempt));
            Failed { error, took: since.elapsed(), waited, pause, renewable: false }
        };
        let fail = |kind| failed(Error::new(request.template, kind));
        let _permit = turn.map_err(fail)?;
        // Gets the credentials first, since that may take a while, and `before_send` records when the request leaves.
        let shown = self.authority.show(self.clock.now()).await.map_err(failed)?;
        let recorded = loop {
            // Meanwhile a pause may have begun, in which no request leaves.
            tokio::select! {
                biased;
                () = self.stop.cancelled() => return Err(fail(Kind::Stopped)),
                () = self.reopens(request) => {}
            }
            let Some(before_send) = request.before_send else { break None };
            let Some(recorded) = before_send().await else { return Err(fail(Kind::Fenced)) };
            if self.closed_for(request).is_none() {
                break Some(recorded);
            }
        };
        let boundaries = &self.connection.boundaries;
        boundaries.pass(request.template).map_err(|_| fail(Kind::Fenced))?;
        self.count(request.template);
        let http = if request.fresh { &self.fresh } else { &self.http };
        let timeout = request.within;
        let mut headers = request.headers.clone();
        // A process that is stopped right here and goes on an hour later sends what the service refuses as too old:
        // a signature that is made from a record carries the record's time, and not the time of its making.
        let at = recorded.unwrap_or_else(|| {
            let now = self.clock.now();
            now.checked_add(request.dated_off).unwrap_or(now)
        });
        if let Some(shown) = &shown {
            let on = Signable {
                method: request.method.as_str(),
                url: &request.url,
                project_id: Some(&self.connection.project_id),
                body: request.body.as_deref().unwrap_or_default(),
            };
            shown.secret.show(on, at, &mut headers).map_err(|why| fail(Kind::NotSent(why)))?;
        }
        *span = log::span(request.template, sending, &request.url);
        log::leaves(request.template, sending, &headers, request.body.as_ref().map_or(0, Vec::len));
        let left = Instant::now();
        let mut builder = http.request(request.method.clone(), request.url.clone()).headers(headers).timeout(timeout);
        if let Some(body) = &request.body {
            builder = builder.body(body.clone());
        }
        let sent = jiff::Timestamp::now();
        let lost = |kind| {
            self.budget(&request.method).failed(None);
            self.gate.troubled();
            fail(kind)
        };
        let mut answer = match builder.send().await {
            Ok(answer) => answer,
            Err(error) if error.is_builder() => return Err(fail(Kind::NotSent(Unsent::words(chain(&error))))),
            Err(error) if error.is_connect() => return Err(lost(unsent(&error, None))),
            Err(error) => return Err(lost(Kind::Unanswered(chain(&error)))),
        };
        let (status, headers) = (answer.status(), answer.headers().clone());
        self.note(&headers, sent);
        let dated = date_of(&headers).filter(|date| self.clock.answered(*date));
        let most = if status.is_success() { request.most } else { MAX_REFUSAL };
        let read = read_body(&mut answer, most).await;
        let Body { body, whole } = read.map_err(|error| lost(Kind::Unanswered(chain(&error))))?;
        // Of a refusal the beginning says enough.
        if status.is_success() && !whole {
            return Err(fail(Kind::Unreadable(Nonsense::TooLong(most))));
        }
        let mut error = None;
        if !status.is_success() {
            let mut refused = Error::refused(request.template, status.as_u16(), redact::request_id(&headers), &body);
            // A date that was asked for is the service's, and is counted from its own time.
            let now = dated.unwrap_or_else(|| self.clock.now());
            refused.pause = pause::asked(&refused, header(&headers, "retry-after"), now);
            let dates = shown.as_ref().is_some_and(|shown| shown.secret.is_dated());
            if dates && status == reqwest::StatusCode::UNAUTHORIZED {
                refused.blame(self.conformance().off());
            }
            error = Some(failed(refused));
        }
        // At once, so that nobody leaves in a pause that was asked for.
        self.adapt(request, error.as_ref());
        // A run that dies here never learns of its answer.
        boundaries.pass("answered").map_err(|_| fail(Kind::Fenced))?;
        let Some(failed) = error else {
            log::answered(request.template, sending, status, left.elapsed(), &headers, body.len(), span);
            return Ok(Answer { body: redact::taken(body), dated });
        };
        let renewable = match &shown {
            Some(shown) if status == reqwest::StatusCode::UNAUTHORIZED && request.dated_off.is_zero() => {
                // A signature that was dated by a clock that is off is made anew by the service's, known by now.
                let off = dated.is_some_and(|dated| dated.duration_since(at).abs() > CLOCKS_DIFFER);
                (off && shown.secret.is_dated()) || self.authority.refused(shown).await
            }
            _ => false,
        };
        Err(Failed { renewable, ..failed })
    }

    /// Takes in what an answer says of how the service is doing, for all requests that follow.
    fn adapt(&self, request: &Request<'_>, failed: Option<&Failed>) {
        match failed.map(|Failed { error, pause, .. }| (error, error.meaning(), *pause)) {
            Some((error, Some(Meaning::Throttled), pause)) => self.gate.throttled(pause, pause::said(error)),
            Some((error, Some(Meaning::Trouble), _)) => {
                self.budget(&request.method).failed(error.pause);
                self.gate.troubled();
            }
            _ => {
                self.budget(&request.method).answered();
                self.gate.answered();
            }
        }
    }

    /// For how long a request that has had its turn may not leave all the same.
    fn closed_for(&self, request: &Request<'_>) -> Option<Duration> {
        self.gate.closed_for().max(self.budget(&request.method).held_for())
    }

    async fn reopens(&self, request: &Request<'_>) {
        while let Some(pause) = self.closed_for(request) {
            tokio::time::sleep(pause).await;
            // Those that waited together do not leave together.
            self.gate.turn().await;
        }
    }

    /// How much reads may fail, or all others: they fail apart, as where a service takes no more writes for a while, and
    /// what such a write may have done is looked for meanwhile.
    fn budget(&self, method: &reqwest::Method) -> &super::budget::Budget {
        if method.is_safe() { &self.reads } else { &self.writes }
    }
}

/// Whether sending again can help.
fn may_repeat(kind: &Kind) -> bool {
    match kind {
        Kind::NotSent(_) | Kind::Unanswered(_) => true,
        Kind::Refused { meaning, .. } => matches!(meaning, Meaning::Throttled | Meaning::Trouble),
        // What came once too large or without sense comes so again.
        Kind::Stopped | Kind::Fenced | Kind::Held | Kind::Unreadable(_) | Kind::Untrusted(_) => false,
    }
}

/// The shortest pause before a repeat: whatever chance gives, requests do not follow each other at once.
const SHORTEST: Duration = Duration::from_millis(50);

/// Any pause up to a bound that doubles from 200 ms to 20 s: all of it is left to chance, so that callers who failed
/// together do not come together again.
pub(crate) fn backoff(attempt: u32) -> Duration {
    backoff_by(attempt, random())
}

/// The same, of a chance from 0 to 1.
fn backoff_by(attempt: u32, chance: f64) -> Duration {
    let full = Duration::from_millis(200).saturating_mul(1 << attempt.min(7)).min(Duration::from_secs(20));
    full.mul_f64(chance).max(SHORTEST)
}

/// Takes a random share off: between `1 - share` and the whole of the duration.
pub(crate) fn jitter(full: Duration, share: f64) -> Duration {
    full.mul_f64(1.0 - share * random())
}

/// Any number from 0 to 1.
fn random() -> f64 {
    let [a, b, c, d, ..] = *uuid::Uuid::new_v4().as_bytes();
    f64::from(u32::from_le_bytes([a, b, c, d])) / f64::from(u32::MAX)
}

/// What kept a request from being sent, to IAM where its address is given.
pub(super) fn unsent(error: &reqwest::Error, iam: Option<&url::Url>) -> Kind {
    let near = error.url().filter(|url| iam.is_none() && is_loopback(url) && is_refused(error));
    let near = near.map(|url| url.authority().to_owned());
    let why = NoConnection { iam: iam.map(ToString::to_string), near, words: chain(error) };
    if is_of_a_certificate(error) { Kind::Untrusted(why) } else { Kind::NotSent(Unsent::NoConnection(why)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_repeating_cannot_mend_is_not_repeated() {
        let refused = |status| may_repeat(&Error::refused("GET /", status, None, b"").kind);
        assert!(refused(429) && refused(500) && refused(503) && refused(408));
        assert!(!refused(400) && !refused(401) && !refused(404) && !refused(302));
        assert!(may_repeat(&Kind::Unanswered(String::new())) && may_repeat(&Kind::NotSent(Unsent::words(""))));
        assert!(!may_repeat(&Kind::Unreadable(Nonsense::NoStatus)) && !may_repeat(&Kind::Fenced));
        assert!(!may_repeat(&Kind::Untrusted(NoConnection { iam: None, near: None, words: String::new() })));
    }

    #[test]
    fn pauses_grow_to_a_bound_and_are_all_chance_below_it() {
        let millis = |attempt, chance| backoff_by(attempt, chance).as_millis();
        assert_eq!(
            (0..9).map(|attempt| millis(attempt, 1.0)).collect::<Vec<_>>(),
            [200, 400, 800, 1600, 3200, 6400, 12800, 20000, 20000]
        );
        assert_eq!((millis(u32::MAX, 0.5), millis(4, 0.25), millis(4, 0.0)), (10000, 800, 50));
        let drawn: Vec<Duration> = (0..200).map(|_| backoff(4)).collect();
        // Of 200 that are evenly spread, some lie in each quarter but once in 10^24.
        for quarter in 0..4 {
            let of = Duration::from_millis(800 * quarter)..=Duration::from_millis(800 * (quarter + 1));
            assert!(drawn.iter().any(|pause| of.contains(pause)), "none in {of:?}");
        }
    }
}
