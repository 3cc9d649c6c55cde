//! One method per call that is used, named after the API's own operations.

use super::error::{Error, Kind, Meaning};
use super::gate::Gate;
use super::send::{Fence, Notice, Repeat, Request, secret_header};
use super::wire::{CreateRequest, Job, JobReply, UpdateRequest, UpdateVolume, Volume, VolumeList, VolumeReply};
use crate::volume::{JobId, VolumeId};
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc::UnboundedSender;
use tokio_util::sync::CancellationToken;

/// The call that shows one volume.
pub(super) const SHOW: &str = "GET /v2/{project_id}/cloudvolumes/{volume_id}";
/// The call that lists volumes.
pub(super) const LIST: &str = "GET /v2/{project_id}/cloudvolumes/detail";

/// Where and how to connect.
#[derive(Debug, Clone)]
pub struct Connection {
    /// Scheme, host and port of the EVS endpoint.
    pub endpoint: url::Url,
    /// The project's id, as in the paths.
    pub project_id: String,
    /// The value of `X-Auth-Token`; `None` only to a loopback endpoint.
    pub token: Option<SecretString>,
    /// How many requests may be under way at once.
    pub parallelism: u32,
    /// How long one request bears trouble by repeating before the caller hears of it.
    pub patience: Duration,
    /// Whether the service is known to honour `X-Client-Token`.
    pub trusts_token: bool,
}

/// A client of one project. Cheap to share, safe to use from many tasks.
#[derive(Debug)]
pub struct Client {
    pub(super) http: reqwest::Client,
    /// For create calls: a fresh connection each, so that no half-dead one eats a request.
    pub(super) fresh: reqwest::Client,
    pub(super) gate: Gate,
    pub(super) stop: CancellationToken,
    pub(super) connection: Connection,
    headers: HeaderMap,
    counts: Mutex<BTreeMap<&'static str, u64>>,
    notices: Mutex<Option<UnboundedSender<Notice>>>,
}

impl Client {
    /// Prepares a client; nothing is sent yet. When `stop` is cancelled, no further request is begun.
    ///
    /// # Errors
    /// When the platform's certificates cannot be loaded, or the token cannot stand in a header.
    pub fn new(connection: Connection, stop: CancellationToken) -> Result<Client, String> {
        // Ignored: it fails only where a provider is installed already, and that one serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let loopback = is_loopback(&connection.endpoint);
        let build = |pooled: bool| {
            let mut builder = reqwest::Client::builder()
                .user_agent(concat!("evsctl/", env!("CARGO_PKG_VERSION")))
                .connect_timeout(Duration::from_secs(10))
                .redirect(reqwest::redirect::Policy::none())
                .retry(reqwest::retry::never())
                .pool_max_idle_per_host(if pooled { 32 } else { 0 });
            if loopback {
                builder = builder.no_proxy();
            }
            builder.build().map_err(|error| error.to_string())
        };
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(token) = &connection.token {
            let value =
                secret_header(token.expose_secret()).ok_or("the token holds characters that no header may hold")?;
            headers.insert(HeaderName::from_static("x-auth-token"), value);
        }
        Ok(Client {
            http: build(true)?,
            fresh: build(false)?,
            gate: Gate::new(connection.parallelism),
            stop,
            connection,
            headers,
            counts: Mutex::default(),
            notices: Mutex::default(),
        })
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

    /// `POST /v3/{project_id}/cloudvolumes`: asks for one to a hundred equal volumes. `fresh` says that no
    /// earlier run can have sent it. It may take `budget`, from the moment on when its turn comes. `fence` is run right
    /// before each sending, after all waiting for its turn, and keeps the request from leaving by `false`.
    ///
    /// # Errors
    /// See [`Error`]; only where [`Error::surely_not_done`] says so was nothing made.
    pub async fn create_volumes(
        &self,
        body: &CreateRequest,
        token: uuid::Uuid,
        fresh: bool,
        budget: Duration,
        fence: Fence<'_>,
    ) -> Result<JobReply, Error> {
        const TEMPLATE: &str = "POST /v3/{project_id}/cloudvolumes";
        const TOKEN: HeaderName = HeaderName::from_static("x-client-token");
        let encoded = encode(TEMPLATE, body)?;
        let value = HeaderValue::from_str(&token.hyphenated().to_string())
            .map_err(|error| Error::new(TEMPLATE, Kind::NotSent(error.to_string())))?;
        let post = |repeat| {
            let mut request = self.request(TEMPLATE, Method::POST, &["v3", "{project_id}", "cloudvolumes"]);
            request.body = Some(encoded.clone());
            request.fence = Some(fence);
            request.budget = Some(budget);
            request.repeat = repeat;
            request
        };
        let mut first = post(if self.connection.trusts_token { Repeat::ByToken } else { Repeat::IfNotDone });
        first.headers.insert(TOKEN, value);
        let answered = match self.send(first).await {
            // Refused for its token alone, and surely never done: it goes again without one, and then once.
            Err(error) if fresh && error.meaning() == Some(Meaning::TokenUnknown) && error.surely_not_done() => {
                self.send(post(Repeat::IfNotDone)).await
            }
            answered => answered,
        };
        decode(TEMPLATE, &answered?)
    }

    /// `GET /v1/{project_id}/jobs/{job_id}`: how a job is doing. Tried once: whoever follows a job looks again
    /// anyway.
    ///
    /// # Errors
    /// See [`Error`]; an answer without a status is unreadable.
    pub async fn show_job(&self, id: &JobId) -> Result<Job, Error> {
        const TEMPLATE: &str = "GET /v1/{project_id}/jobs/{job_id}";
        let mut request = self.request(TEMPLATE, Method::GET, &["v1", "{project_id}", "jobs", id.as_str()]);
        request.repeat = Repeat::Never;
        let job: Job = decode(TEMPLATE, &self.send(request).await?)?;
        if job.status.is_empty() {
            return Err(Error::new(TEMPLATE, Kind::Unreadable("the job has no status".to_owned())));
        }
        Ok(job)
    }

    /// `GET /v2/{project_id}/cloudvolumes/{volume_id}`: one volume.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn show_volume(&self, id: &VolumeId) -> Result<Volume, Error> {
        let request = self.request(SHOW, Method::GET, &["v2", "{project_id}", "cloudvolumes", id.as_str()]);
        let reply: VolumeReply = decode(SHOW, &self.send(request).await?)?;
        Ok(reply.volume)
    }

    /// One page of `GET /v2/{project_id}/cloudvolumes/detail`.
    pub(super) async fn list_page(&self, query: &[(&str, &str)]) -> Result<Vec<Volume>, Error> {
        let mut request = self.request(LIST, Method::GET, &["v2", "{project_id}", "cloudvolumes", "detail"]);
        request.url.query_pairs_mut().extend_pairs(query);
        let reply: VolumeList = decode(LIST, &self.send(request).await?)?;
        Ok(reply.volumes)
    }

    /// `PUT /v2/{project_id}/cloudvolumes/{volume_id}`: a new name or description. Harmless to repeat.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn update_volume(&self, id: &VolumeId, volume: UpdateVolume) -> Result<(), Error> {
        const TEMPLATE: &str = "PUT /v2/{project_id}/cloudvolumes/{volume_id}";
        let mut request = self.request(TEMPLATE, Method::PUT, &["v2", "{project_id}", "cloudvolumes", id.as_str()]);
        request.body = Some(encode(TEMPLATE, &UpdateRequest { volume })?);
        self.send(request).await.map(drop)
    }

    /// `DELETE /v2/{project_id}/cloudvolumes/{volume_id}`: starts the end of a volume. Harmless to repeat,
    /// since it names one volume by its id.
    ///
    /// # Errors
    /// See [`Error`]; not found means that it is gone already.
    pub async fn delete_volume(&self, id: &VolumeId) -> Result<JobReply, Error> {
        const TEMPLATE: &str = "DELETE /v2/{project_id}/cloudvolumes/{volume_id}";
        let request = self.request(TEMPLATE, Method::DELETE, &["v2", "{project_id}", "cloudvolumes", id.as_str()]);
        decode(TEMPLATE, &self.send(request).await?)
    }

    fn request<'a>(&self, template: &'static str, method: Method, path: &[&str]) -> Request<'a> {
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
            fence: None,
            budget: None,
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

/// Whether an address stays on this machine.
pub fn is_loopback(url: &url::Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn encode(request: &'static str, body: &impl serde::Serialize) -> Result<Vec<u8>, Error> {
    serde_json::to_vec(body).map_err(|error| Error::new(request, Kind::NotSent(error.to_string())))
}

fn decode<T: DeserializeOwned>(request: &'static str, body: &[u8]) -> Result<T, Error> {
    serde_json::from_slice(body).map_err(|error| Error::new(request, Kind::Unreadable(error.to_string())))
}
