//! From a request to its answer: count it, let the faults at it, do the work, make it durable, answer.

mod answer;
mod clock;
mod control;
mod door;
mod microversion;
mod streamed;

use super::call::{Call, Lag, uuid};
use super::config::Config;
use super::fault::{Faults, Then};
use super::identity::{self, Identity};
use super::ids;
use super::log::{self, Log};
use super::model::Cloud;
use super::operation::Kind;
use super::partition::Partition;
use super::reply::{Family, Refusal, Reply, gateway};
use super::route::{self, Found};
use super::stats::Stats;
use super::throttle::Throttle;
use super::under_way::{Mark, UnderWay};
use super::witness::{Arrival, Witness};
use answer::Answer;
use clock::{Clock, wall_clock};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::http::request::Parts;
use hyper::http::uri::Authority;
use hyper::{Request, Response};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use streamed::Streamed;

/// The most bytes of a body (evs-api, throttling and quotas).
const MAX_BODY: usize = 12 * 1024 * 1024;

/// What all connections share.
#[derive(Debug)]
pub(super) struct Shared {
    state: Mutex<State>,
    under_way: UnderWay,
    latency: Duration,
    clock: Clock,
    project: Option<String>,
    partition: Partition,
    client_tokens: bool,
    witness: Option<Witness>,
    /// Who may come in; without it, everybody.
    identity: Option<Identity>,
    /// Makes request ids differ from run to run.
    started: u64,
    requests: AtomicU64,
}

#[derive(Debug)]
struct State {
    cloud: Cloud,
    log: Option<Log>,
    faults: Faults,
    stats: Stats,
    throttle: Option<Throttle>,
}

/// How far the data file must have come, and how far it has.
type Position = (u64, tokio::sync::watch::Receiver<log::Written>);

impl State {
    /// Sends what has happened to the data file, where there is one.
    fn keep(&mut self) -> Option<Position> {
        let events = self.cloud.take_events();
        let log = self.log.as_mut()?;
        log.send(&events);
        Some(log.position())
    }

    /// What a request is told that comes too soon after the others; `None` lets it pass.
    fn throttled(&mut self) -> Option<String> {
        let throttle = self.throttle.as_mut()?;
        if throttle.passes(wall_clock()) { None } else { Some(throttle.message()) }
    }
}

/// Why a connection ends without an answer: a fault rule wants it, or the client is gone.
#[derive(Debug, thiserror::Error)]
#[error("the connection is cut")]
pub(super) struct Cut {
    /// What is to be done when the connection is closed.
    pub(super) late: Option<Box<Late>>,
}

/// Work that is done only after its connection was cut.
#[derive(Debug)]
pub(super) struct Late {
    pub(super) after: Duration,
    ready: Ready,
}

/// A request that has been read. While it lives, its client token is under way.
#[derive(Debug)]
struct Ready {
    found: Option<Found>,
    call: Call,
    then: Option<Then>,
    admission: Result<Option<Mark>, Refusal>,
    /// The microversion that it asks for.
    version: Option<String>,
    request_id: String,
}

/// The address that was asked, as the client wrote it: `http://127.0.0.1:8080`.
fn base(parts: &Parts) -> String {
    let header = |name: &str| parts.headers.get(name).and_then(|it| it.to_str().ok());
    let plain = |it: &&str| !it.contains('@') && it.parse::<Authority>().is_ok();
    let host = header("host").filter(plain).unwrap_or("localhost");
    // Whoever ends TLS before us says so.
    let scheme = header("x-forwarded-proto").filter(|it| *it == "https").unwrap_or("http");
    format!("{scheme}://{host}")
}

/// Cuts, with nothing to be done any more.
fn cut() -> Cut {
    Cut { late: None }
}

impl Shared {
    pub(super) fn new(
        cloud: Cloud,
        log: Option<Log>,
        faults: Faults,
        identity: Option<Identity>,
        config: &Config,
    ) -> Shared {
        let throttle = config.rate_limit.map(Throttle::new);
        Shared {
            state: Mutex::new(State { cloud, log, faults, stats: Stats::default(), throttle }),
            under_way: UnderWay::default(),
            latency: config.latency,
            clock: Clock::default(),
            project: config.project_id.clone(),
            partition: config.partition,
            client_tokens: config.client_tokens,
            witness: config.witness.clone(),
            identity,
            started: wall_clock().unsigned_abs(),
            requests: AtomicU64::new(0),
        }
    }

    /// The state; a panic of another request does not spoil it for this one.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers a request, or cuts its connection.
    pub(super) async fn answer(&self, request: Request<Incoming>) -> Result<Response<Streamed>, Cut> {
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        let request_id = ids::uuid(self.started, number).simple().to_string();
        if request.uri().path().starts_with("/_sim/") {
            let answer = Answer::from(self.control(request, &request_id).await?);
            return Ok(answer.respond(&request_id, self.clock.now(), self.clock.date()));
        }
        let answer = self.serve(request, &request_id).await?;
        Ok(answer.respond(&request_id, self.clock.now(), self.clock.date()))
    }

    /// Does the work of a request whose connection was cut, its answer lost.
    pub(super) async fn catch_up(&self, late: Late) {
        // Nobody is left to be told how it went.
        let _ = self.finish(late.ready).await;
    }

    async fn serve(&self, request: Request<Incoming>, request_id: &str) -> Result<Answer, Cut> {
        let method = request.method().as_str().to_owned();
        let path = request.uri().path().to_owned();
        let iam = self.identity.as_ref().and_then(|_| identity::find(&path));
        let found = if iam.is_some() { None } else { route::find(&method, &path) };
        let template = iam.or(found.as_ref().map(|it| it.template));
        let answer = self.attend(request, &path, found, iam, request_id).await?;
        self.state().stats.answered(&method, template, answer.status());
        Ok(answer)
    }

    async fn attend(
        &self,
        request: Request<Incoming>,
        path: &str,
        found: Option<Found>,
        iam: Option<&'static str>,
        request_id: &str,
    ) -> Result<Answer, Cut> {
        let method = request.method().as_str().to_owned();
        let template = iam.or(found.as_ref().map(|it| it.template));
        // A header that is no text is no UUID either, and is refused as such.
        let token = request.headers().get("x-client-token").map(|it| it.to_str().unwrap_or("?").trim().to_owned());
        let (throttled, then, admission) = {
            let mut state = self.state();
            state.stats.arrival(&method, template);
            match state.throttled() {
                // It comes no further, so no rule counts it.
                Some(message) => (Some(message), None, Ok(None)),
                None => {
                    let then = state.faults.arrival(&method, template, path);
                    let admission = self.admit(&state.cloud, found.as_ref(), token.as_deref(), then.as_ref());
                    (None, then, admission)
                }
            }
        };
        let (parts, body) = request.into_parts();
        let body = Limited::new(body, MAX_BODY).collect().await;
        let late = match then {
            Some(Then::Late(milliseconds)) => Some(Duration::from_millis(milliseconds)),
            _ => None,
        };
        // Work that comes late has its own wait, and what is cut at once has no answer to hold back.
        if !self.latency.is_zero() && late.is_none() {
            tokio::time::sleep(self.latency).await;
        }
        if let Some(message) = throttled {
            return Ok(gateway(429, "APIGW.0308", &message, request_id).into());
        }
        match &then {
            Some(Then::Delay(milliseconds)) => tokio::time::sleep(Duration::from_millis(*milliseconds)).await,
            Some(Then::CutBefore) => return Err(cut()),
            Some(Then::Answer { status, headers, body }) => {
                let route = found.as_ref().and_then(|it| it.route);
                let family = route.map_or(Family::Custom, |it| it.operation.family);
                return Ok(Answer::scripted(*status, headers.clone(), body.as_ref(), family, request_id));
            }
            Some(Then::TokenExpired) => {
                let message = "Incorrect IAM authentication information: decrypt token fail";
                return Ok(gateway(401, "APIGW.0301", message, request_id).into());
            }
            _ => {}
        }
        let body = match body {
            Ok(body) => body.to_bytes().to_vec(),
            Err(error) if error.is::<http_body_util::LengthLimitError>() => {
                return Ok(gateway(413, "APIGW.0201", "Request entity too large", request_id).into());
            }
            Err(_) => return Err(cut()),
        };
        let call = Call {
            target: parts.uri.path_and_query().map_or_else(String::new, ToString::to_string),
            query: url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()).into_owned().collect(),
            client_token: token,
            signed: parts.headers.get("x-sdk-date").and_then(|it| Some(it.to_str().ok()?.to_owned())),
            base: base(&parts),
            method,
            body,
            ..Call::default()
        };
        if let Some(answer) = self.at_the_door(&parts, &call, found.as_ref(), iam.is_some(), request_id) {
            let lost = late.is_some() || then.as_ref().is_some_and(Then::loses_the_reply);
            return if lost { Err(cut()) } else { Ok(answer) };
        }
        let version = match microversion::asked(&parts.headers, found.as_ref()) {
            Ok(version) => version,
            Err(_) if late.is_some() || then.as_ref().is_some_and(Then::loses_the_reply) => return Err(cut()),
            Err(reply) => return Ok(reply.into()),
        };
        let ready = Ready { found, call, then, admission, version, request_id: request_id.to_owned() };
        match late {
            Some(after) => Err(Cut { late: Some(Box::new(Late { after, ready })) }),
            None => self.finish(ready).await,
        }
    }

    /// Decides at its arrival what the client token of a create call means: a mark to hold while the call is worked
    /// on, or the refusal that it will be answered.
    fn admit(
        &self,
        cloud: &Cloud,
        found: Option<&Found>,
        token: Option<&str>,
        then: Option<&Then>,
    ) -> Result<Option<Mark>, Refusal> {
        let kind = found.and_then(|it| it.route).map(|it| it.operation.kind);
        let Some(text) = token.filter(|_| kind == Some(Kind::Idempotent)) else { return Ok(None) };
        if then.is_some_and(Then::stays_outside) {
            return Ok(None);
        }
        if !self.client_tokens || then == Some(&Then::ClientTokenOff) {
            return Err(Refusal::of("EVS.2223"));
        }
        // What is no UUID is refused by the work.
        let Some(token) = uuid(text) else { return Ok(None) };
        let mark = self.under_way.enter(token).ok_or_else(|| Refusal::of("EVS.2221"))?;
        // An answer that is there may be given again to any number at once.
        Ok(Some(mark).filter(|_| cloud.used(token).is_none()))
    }

    /// Does the work and makes it durable. The client token is under way until then.
    async fn finish(&self, ready: Ready) -> Result<Answer, Cut> {
        let Ready { found, call, then, admission, version, request_id } = ready;
        let (refusal, _mark) = match admission {
            Ok(mark) => (None, mark),
            Err(refusal) => (Some(refusal), None),
        };
        let (reply, position) = self.work(found, call, then.as_ref(), refusal, &request_id);
        if let Some((position, written)) = position
            && let Err(why) = log::durable(position, written).await
        {
            return Ok(Refusal::saying("EVS.5500", why).reply(Family::Custom).into());
        }
        if then.is_some_and(|it| it.loses_the_reply()) {
            return Err(cut());
        }
        let answer = Answer::from(reply);
        Ok(match version {
            Some(version) => answer.of_version(&version),
            None => answer,
        })
    }

    /// Does the work under the lock. The second part is what must be durable before the answer leaves.
    fn work(
        &self,
        found: Option<Found>,
        mut call: Call,
        then: Option<&Then>,
        refusal: Option<Refusal>,
        request_id: &str,
    ) -> (Reply, Option<Position>) {
        let Some(found) = found.filter(|it| it.is_served_by(self.partition)) else {
            let message = "The API does not exist or has not been published in the environment";
            return (gateway(404, "APIGW.0101", message, request_id), None);
        };
        let Some(route) = found.route else {
            return (gateway(405, "APIGW.0101", "The method is not allowed for this API", request_id), None);
        };
        let family = route.operation.family;
        match then {
            Some(Then::Job { trouble, .. }) => call.trouble = Some(trouble.clone()),
            Some(Then::Page(most)) => call.page = Some(*most),
            Some(Then::ListLag(milliseconds)) => call.list_lag = Lag::of_millis(*milliseconds),
            Some(Then::TagLag(milliseconds)) => call.tag_lag = Lag::of_millis(*milliseconds),
            Some(Then::Hide(milliseconds)) => call.hide = Lag::of_millis(*milliseconds),
            // An internal one, as documents show it.
            Some(Then::ForeignLinks) => "https://volume.localdomain.com:8776".clone_into(&mut call.base),
            _ => {}
        }
        call.values = found.values;
        call.project = call.value("project_id").to_owned();
        if let Some(refusal) = self.check_project(&call, found.template).err().or(refusal) {
            return (refusal.reply(family), None);
        }
        if let Some(witness) = self.witness.as_ref().filter(|_| route.changes()) {
            let (client_token, signed, body) = (call.client_token.clone(), call.signed.clone(), call.body.clone());
            let volume = Some(call.value("volume_id").to_owned()).filter(|id| !id.is_empty());
            let (method, template) = (route.operation.method, found.template);
            witness.tell(&Arrival { method, template, volume, client_token, signed, body });
        }
        let mut state = self.state();
        let cloud = &mut state.cloud;
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            cloud.advance(self.clock.now());
            (route.operation.endpoint)(cloud, &call)
        }));
        let reply = match outcome {
            Ok(Ok(reply)) => reply,
            Ok(Err(refusal)) => refusal.reply(family),
            Err(_) => Refusal::of("EVS.5500").reply(family),
        };
        let position = state.keep();
        (reply, position)
    }

    /// A project id is 32 hexadecimal digits; another project than the only one is refused as the reference
    /// has it for jobs, and elsewhere as an invalid one (a choice).
    fn check_project(&self, call: &Call, template: &str) -> Result<(), Refusal> {
        if !template.contains("{project_id}") {
            return Ok(());
        }
        let id = &call.project;
        if id.len() != 32 || !id.bytes().all(|it| it.is_ascii_hexdigit()) {
            return Err(Refusal::of("EVS.0001"));
        }
        match &self.project {
            Some(only) if only != id && template.contains("/jobs/") => Err(Refusal::of("Common.0018")),
            Some(only) if only != id => Err(Refusal::of("EVS.0001")),
            _ => Ok(()),
        }
    }
}
