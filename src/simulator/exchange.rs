//! From a request to its answer: count it, let the faults at it, do the work, make it durable, answer.

use super::call::{Call, Lag};
use super::fault::{Faults, Then};
use super::ids;
use super::log::{self, Log};
use super::model::Cloud;
use super::reply::{Family, Refusal, Reply, gateway};
use super::route::{self, Found};
use super::stats::Stats;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{HeaderName, HeaderValue};
use hyper::{Request, Response};
use serde_json::Value;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The most bytes of a body (evs-api, throttling and quotas).
const MAX_BODY: usize = 12 * 1024 * 1024;

/// What all connections share.
#[derive(Debug)]
pub(super) struct Shared {
    state: Mutex<State>,
    latency: Duration,
    project: Option<String>,
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
}

/// Why a connection ends without an answer: a fault rule wants it, or the client is gone.
#[derive(Debug, thiserror::Error)]
#[error("the connection is cut")]
pub(super) struct Cut;

/// An answer with what only the gateway adds.
struct Answer {
    reply: Reply,
    headers: BTreeMap<String, String>,
    json: bool,
}

impl From<Reply> for Answer {
    fn from(reply: Reply) -> Answer {
        Answer { reply, headers: BTreeMap::new(), json: true }
    }
}

/// Microseconds since 1970.
pub(super) fn wall_clock() -> i64 {
    jiff::Timestamp::now().as_microsecond()
}

impl Shared {
    pub(super) fn new(
        cloud: Cloud,
        log: Option<Log>,
        faults: Faults,
        latency: Duration,
        project: Option<String>,
    ) -> Shared {
        Shared {
            state: Mutex::new(State { cloud, log, faults, stats: Stats::default() }),
            latency,
            project,
            started: wall_clock().unsigned_abs(),
            requests: AtomicU64::new(0),
        }
    }

    /// The state; a panic of another request does not spoil it for this one.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers a request, or cuts its connection.
    pub(super) async fn answer(&self, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Cut> {
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        let request_id = ids::uuid(self.started, number).simple().to_string();
        let answer = if request.uri().path().starts_with("/_sim/") {
            self.control(request, &request_id).await?.into()
        } else {
            self.serve(request, &request_id).await?
        };
        Ok(respond(answer, &request_id))
    }

    async fn serve(&self, request: Request<Incoming>, request_id: &str) -> Result<Answer, Cut> {
        let method = request.method().as_str().to_owned();
        let path = request.uri().path().to_owned();
        let found = route::find(&method, &path);
        let template = found.as_ref().map(|it| it.template);
        let then = {
            let mut state = self.state();
            state.stats.arrival(&method, template);
            state.faults.arrival(&method, template, &path)
        };
        let (parts, body) = request.into_parts();
        let body = Limited::new(body, MAX_BODY).collect().await;
        if !self.latency.is_zero() {
            tokio::time::sleep(self.latency).await;
        }
        match &then {
            Some(Then::Delay(milliseconds)) => tokio::time::sleep(Duration::from_millis(*milliseconds)).await,
            Some(Then::CutBefore) => return Err(Cut),
            Some(Then::Answer { status, headers, body }) => {
                return Ok(self.scripted(*status, headers.clone(), body.as_ref(), request_id));
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
            Err(_) => return Err(Cut),
        };
        let call = Call {
            target: parts.uri.path_and_query().map_or_else(String::new, ToString::to_string),
            query: url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()).into_owned().collect(),
            // A header that is no text is no UUID either, and is refused as such.
            client_token: parts.headers.get("x-client-token").map(|it| it.to_str().unwrap_or("?").trim().to_owned()),
            method,
            body,
            ..Call::default()
        };
        let (reply, position) = self.work(found, call, then.as_ref(), request_id);
        if let Some((position, written)) = position
            && let Err(why) = log::durable(position, written).await
        {
            return Ok(Refusal::saying("EVS.5500", why).reply(Family::Custom).into());
        }
        if then.is_some_and(|it| it.loses_the_reply()) {
            return Err(Cut);
        }
        Ok(reply.into())
    }

    /// Does the work under the lock. The second part is what must be durable before the answer leaves.
    fn work(
        &self,
        found: Option<Found>,
        mut call: Call,
        then: Option<&Then>,
        request_id: &str,
    ) -> (Reply, Option<(u64, tokio::sync::watch::Receiver<log::Written>)>) {
        let Some(found) = found else {
            let message = "The API does not exist or has not been published in the environment";
            return (gateway(404, "APIGW.0101", message, request_id), None);
        };
        let Some(route) = found.route else {
            return (gateway(405, "APIGW.0101", "The method is not allowed for this API", request_id), None);
        };
        match then {
            Some(Then::Job { trouble, .. }) => call.trouble = Some(trouble.clone()),
            Some(Then::ListLag(milliseconds)) => call.list_lag = Lag::of_millis(*milliseconds),
            Some(Then::TagLag(milliseconds)) => call.tag_lag = Lag::of_millis(*milliseconds),
            Some(Then::Hide(milliseconds)) => call.hide = Lag::of_millis(*milliseconds),
            _ => {}
        }
        call.values = found.values;
        call.project = call.value("project_id").to_owned();
        if let Err(refusal) = self.check_project(&call, found.template) {
            return (refusal.reply(route.family), None);
        }
        let mut state = self.state();
        let cloud = &mut state.cloud;
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            cloud.advance(wall_clock());
            (route.endpoint)(cloud, &call)
        }));
        let reply = match outcome {
            Ok(Ok(reply)) => reply,
            Ok(Err(refusal)) => refusal.reply(route.family),
            Err(_) => Refusal::of("EVS.5500").reply(route.family),
        };
        let events = state.cloud.take_events();
        let position = state.log.as_mut().map(|log| {
            log.send(&events);
            log.position()
        });
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

    /// The answer of a fault rule.
    fn scripted(
        &self,
        status: u16,
        headers: BTreeMap<String, String>,
        body: Option<&Value>,
        request_id: &str,
    ) -> Answer {
        if status == 429 {
            self.state().stats.throttled += 1;
        }
        let (reply, json) = match body {
            Some(Value::String(text)) => (Reply { status, body: text.clone().into_bytes() }, false),
            Some(body) => (Reply::json(status, body), true),
            None => (default_body(status, request_id), true),
        };
        Answer { reply, headers, json }
    }

    /// `/_sim/..`: looked at from outside, so neither counted nor slowed down nor faulted.
    async fn control(&self, request: Request<Incoming>, request_id: &str) -> Result<Reply, Cut> {
        let (parts, body) = request.into_parts();
        let body = Limited::new(body, MAX_BODY).collect().await.map_err(|_| Cut)?.to_bytes();
        let mut state = self.state();
        Ok(match (parts.method.as_str(), parts.uri.path()) {
            ("GET", "/_sim/stats") => {
                state.cloud.advance(wall_clock());
                Reply::json(200, &state.stats.show(&state.cloud))
            }
            ("GET", "/_sim/faults") => Reply::json(200, &state.faults.show()),
            ("POST", "/_sim/faults") => match Faults::read(&body) {
                Ok(faults) => {
                    state.faults = faults;
                    Reply::json(200, &state.faults.show())
                }
                Err(why) => Refusal::saying("EVS.1070", why).reply(Family::Custom),
            },
            _ => gateway(404, "APIGW.0101", "No such control endpoint", request_id),
        })
    }
}

/// A body that goes with the status, where a rule gives none.
fn default_body(status: u16, request_id: &str) -> Reply {
    match status {
        429 => {
            let message =
                "The throttling threshold has been reached: policy user over ratelimit,limit:200,time:5 minute";
            gateway(429, "APIGW.0308", message, request_id)
        }
        401 => gateway(401, "APIGW.0301", "Incorrect IAM authentication information: Unauthorized", request_id),
        500 | 503 => {
            let (code, message) = if status == 500 {
                ("EVS.5500", "Internal server error.")
            } else {
                ("EVS.5503", "Service unavailable.")
            };
            Reply::json(status, &serde_json::json!({"error": {"message": message, "code": code}}))
        }
        _ => Reply::empty(status),
    }
}

fn respond(answer: Answer, request_id: &str) -> Response<Full<Bytes>> {
    let has_body = !answer.reply.body.is_empty();
    let mut response = Response::new(Full::new(Bytes::from(answer.reply.body)));
    *response.status_mut() = hyper::StatusCode::from_u16(answer.reply.status).unwrap_or_default();
    let headers = response.headers_mut();
    if has_body {
        let kind = if answer.json { "application/json" } else { "text/html" };
        headers.insert(hyper::header::CONTENT_TYPE, HeaderValue::from_static(kind));
    }
    headers.insert(hyper::header::SERVER, HeaderValue::from_static("api-gateway"));
    if let Ok(value) = HeaderValue::from_str(request_id) {
        headers.insert("x-request-id", value);
    }
    for (name, value) in &answer.headers {
        // Both were checked when the rule was read.
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            headers.insert(name, value);
        }
    }
    response
}
