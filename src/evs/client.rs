//! The client of one project: how it is connected, what it has seen of the service, and what requests it makes begin as.

use super::auth::{Authority, Credentials};
use super::budget::Budget;
use super::clock::ServiceClock;
use super::conformance::Conformance;
use super::error::Error;
use super::gate::{Gate, Rate};
use super::meaning::Meaning;
use super::missing::Missing;
use super::request::{MAX_ANSWER, Notice, Repeat, Request};
use crate::boundary::Boundaries;
use crate::http::{builder, chain};
use jiff::Timestamp;
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc::UnboundedSender;
use tokio_util::sync::CancellationToken;

/// How long one request and its answer may take.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(60);
/// How long throttling is borne: it is no trouble and always ends.
const THROTTLE_PATIENCE: Duration = Duration::from_secs(900);

/// How long it is borne that nobody listens on this machine, where nobody has yet.
pub(super) const NOBODY_LISTENS: Duration = Duration::from_secs(2);

/// Where and how to connect.
#[derive(Debug, Clone)]
pub struct Connection {
    /// Scheme, host and port of the EVS endpoint.
    pub endpoint: url::Url,
    /// The project's id, as in the paths.
    pub project_id: String,
    /// What its requests show.
    pub credentials: Credentials,
    /// How many requests may be under way at once.
    pub parallelism: u32,
    /// How fast requests may follow one another from the beginning.
    pub rate: Option<Rate>,
    /// How long one request bears trouble by repeating before the caller hears of it.
    pub patience: Duration,
    /// What every request and every answer passes; the default does nothing.
    pub boundaries: Boundaries,
}

/// A client of one project. Cheap to share, safe to use from many tasks.
#[derive(Debug)]
pub struct Client {
    pub(super) http: reqwest::Client,
    /// For create calls: a fresh connection each, so that no half-dead one eats a request.
    pub(super) fresh: reqwest::Client,
    pub(super) gate: Gate,
    pub(super) reads: Budget,
    pub(super) writes: Budget,
    pub(super) stop: CancellationToken,
    pub(super) connection: Connection,
    pub(super) authority: Arc<Authority>,
    pub(super) clock: ServiceClock,
    pub(super) conformance: Mutex<Conformance>,
    /// Whether any request was answered yet.
    pub(super) answered: AtomicBool,
    /// Calls that the gateway does not know.
    pub(super) missing: Missing,
    headers: HeaderMap,
    counts: Arc<Mutex<BTreeMap<&'static str, u64>>>,
    notices: Mutex<Option<UnboundedSender<Notice>>>,
}

impl Client {
    /// Prepares a client; nothing is sent yet. When `stop` is cancelled, no further request is begun.
    ///
    /// # Errors
    /// When the platform's certificates cannot be loaded.
    pub fn new(connection: Connection, stop: CancellationToken) -> Result<Client, String> {
        let build = |pooled: usize| {
            let builder = builder(&connection.endpoint).pool_max_idle_per_host(pooled);
            builder.build().map_err(|error| chain(&error))
        };
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        Ok(Client {
            http: build(32)?,
            fresh: build(0)?,
            gate: Gate::new(connection.parallelism, connection.rate),
            reads: Budget::new(),
            writes: Budget::new(),
            stop,
            authority: Arc::new(Authority::new(connection.credentials.clone())),
            connection,
            clock: ServiceClock::default(),
            conformance: Mutex::default(),
            missing: Missing::default(),
            headers,
            answered: AtomicBool::new(false),
            counts: Arc::default(),
            notices: Mutex::default(),
        })
    }

    /// A client of another service of the same project, which shows the same credentials there. What it sends counts with what
    /// this one sends; its trouble is its own, and is borne for so long.
    ///
    /// # Errors
    /// When the platform's certificates cannot be loaded.
    pub fn beside(&self, endpoint: url::Url, patience: Duration) -> Result<Client, String> {
        let connection = Connection { endpoint, patience, ..self.connection.clone() };
        let client = Client::new(connection, self.stop.clone())?;
        Ok(Client { authority: Arc::clone(&self.authority), counts: Arc::clone(&self.counts), ..client })
    }

    /// Sends every pause before a repeat to this channel from now on.
    pub fn tell(&self, notices: UnboundedSender<Notice>) {
        *self.notices.lock().unwrap_or_else(PoisonError::into_inner) = Some(notices);
    }

    /// Sends no pause to anybody any more.
    pub fn hush(&self) {
        *self.notices.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// How many requests were sent so far, by method and path template.
    pub fn counts(&self) -> BTreeMap<String, u64> {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.iter().map(|(template, n)| ((*template).to_owned(), *n)).collect()
    }

    /// What the service's clock shows, by its latest answer; never less than that.
    pub fn service_now(&self) -> Timestamp {
        self.clock.now()
    }

    /// How long this trouble is borne by repeating.
    pub fn patience(&self, error: &Error) -> Duration {
        match error.meaning() {
            Some(Meaning::Throttled) => THROTTLE_PATIENCE,
            _ => self.connection.patience,
        }
    }

    /// What the answers so far carried. Those of IAM are not among them.
    pub fn conformance(&self) -> Conformance {
        *self.conformance.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes in the headers of an answer that has just come.
    pub(super) fn note(&self, headers: &HeaderMap, sent: Timestamp) {
        self.conformance.lock().unwrap_or_else(PoisonError::into_inner).note(headers, sent, Timestamp::now());
    }

    pub(super) fn request<'a>(&self, template: &'static str, method: Method, path: &[&str]) -> Request<'a> {
        let mut url = self.connection.endpoint.clone();
        let project = self.connection.project_id.as_str();
        // Fails only for addresses that cannot have a path, which http and https always can.
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.clear().extend(path.iter().map(|part| if *part == "{project_id}" { project } else { part }));
        }
        Request {
            template,
            method,
            url,
            headers: self.headers.clone(),
            body: None,
            repeat: Repeat::Always,
            fresh: false,
            before_send: None,
            within: REQUEST_TIMEOUT,
            dated_off: jiff::SignedDuration::ZERO,
            most: MAX_ANSWER,
        }
    }

    pub(super) fn count(&self, template: &'static str) {
        *self.counts.lock().unwrap_or_else(PoisonError::into_inner).entry(template).or_default() += 1;
    }

    pub(super) fn notify(&self, notice: Notice) {
        if let Some(notices) = &*self.notices.lock().unwrap_or_else(PoisonError::into_inner) {
            // Nobody listens any more: then nobody misses it either.
            let _ = notices.send(notice);
        }
    }
}
