//! One method per call that is used, named after the API's own operations; and reading what they answer.

use super::client::Client;
use super::error::{Error, Kind, Unsent};
use super::meaning::Meaning;
use super::mend::mended;
use super::nonsense::{Nonsense, foreign};
use super::outcome::{receipt, shows_tokens};
use super::redact::redacted;
use super::request::{Answer, BeforeSend, Repeat, Request};
use super::wire::{
    CreateReply, CreateRequest, Job, JobReply, TagsAction, UpdateRequest, UpdateVolume, Volume, VolumeList, VolumeReply,
};
use crate::observed::ObservedJob;
use crate::volume::{CreateApi, JobId, Receipt, VolumeId};
use jiff::Timestamp;
use reqwest::Method;
use reqwest::header::{HeaderName, HeaderValue};
use serde::de::DeserializeOwned;
use std::time::Duration;

/// How long a look and its answer may take that comes round again anyway: a slow one must not hold up the others.
const LOOK_TIMEOUT: Duration = Duration::from_secs(10);
/// The call that shows one volume.
pub(super) const SHOW: &str = "GET /v2/{project_id}/cloudvolumes/{volume_id}";
/// The call that shows one volume where there is no usual one, as on Open Telekom Cloud.
const SHOW_OLDER: &str = "GET /v2/{project_id}/os-vendor-volumes/{volume_id}";
/// The call that lists volumes.
pub(crate) const LIST: &str = "GET /v2/{project_id}/cloudvolumes/detail";

/// The call that deletes one volume.
pub(super) const DELETE: &str = "DELETE /v2/{project_id}/cloudvolumes/{volume_id}";

/// A call that the cloud took: one that creates, extends or deletes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// The job that does it, or the order that has to be paid before.
    pub receipt: Receipt,
    /// The volumes that a create call is going to make, where the answer says so.
    pub volumes: Vec<VolumeId>,
}

/// One page of the list.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub(super) volumes: Vec<Volume>,
    /// How many the whole list has, where the answer says so.
    pub(super) count: Option<u64>,
    /// When it was answered, by the service's own clock.
    pub(super) dated: Option<Timestamp>,
}

impl Client {
    /// `POST /v3/{project_id}/cloudvolumes`, or the same of v2.1: asks for one to a hundred equal volumes, once: on a
    /// connection of its own, without any repeat. It may take `within`, from the moment on when its turn comes.
    /// `before_send` runs right before it leaves, after all waiting for its turn: it gives the recorded time of this
    /// sending, which a signature carries, or keeps it from leaving by `None`.
    ///
    /// # Errors
    /// See [`Error`]; what it means for the call is for [`Outcome::of`](super::Outcome::of) to say.
    pub async fn create_volumes(
        &self,
        api: CreateApi,
        body: &CreateRequest,
        token: Option<uuid::Uuid>,
        within: Duration,
        before_send: BeforeSend<'_>,
    ) -> Result<Taken, Error> {
        let encoded = encode(api.template(), body)?;
        let token = token.map(|token| token.hyphenated().to_string());
        let answer = self.send(self.create(api, encoded, token.as_deref(), within, Some(before_send))?).await?;
        taken(api, &answer)
    }

    /// Finds out whether this form of the create call judges client tokens, by a call that can make nothing: it has no
    /// volume in it, and its token is no UUID. `None` where the answer says nothing about tokens.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn probe_tokens(&self, api: CreateApi) -> Result<Option<bool>, Error> {
        match self.send(self.create(api, b"{}".to_vec(), Some("evsctl"), Duration::from_secs(10), None)?).await {
            Ok(_) => Ok(None),
            Err(error) => match (&error.kind, shows_tokens(&error)) {
                (_, Some(shown)) => Ok(Some(shown)),
                (Kind::Refused { meaning: Meaning::Invalid, .. }, None) => Ok(None),
                _ => Err(error),
            },
        }
    }

    /// A create call; by its nature never repeated in here.
    fn create<'a>(
        &self,
        api: CreateApi,
        body: Vec<u8>,
        token: Option<&str>,
        within: Duration,
        before_send: Option<BeforeSend<'a>>,
    ) -> Result<Request<'a>, Error> {
        let mut request = self.request(api.template(), Method::POST, &[api.version(), "{project_id}", "cloudvolumes"]);
        if let Some(token) = token {
            let value = HeaderValue::from_str(token)
                .map_err(|error| Error::new(api.template(), Kind::NotSent(Unsent::words(error.to_string()))))?;
            request.headers.insert(HeaderName::from_static("x-client-token"), value);
        }
        Ok(request.once(Some(body), within, before_send))
    }

    /// `GET /v1/{project_id}/jobs/{job_id}`: how a job is doing. Tried once: whoever follows a job looks again
    /// anyway.
    ///
    /// # Errors
    /// See [`Error`]; an answer without a status is unreadable.
    pub async fn show_job(&self, id: &JobId) -> Result<ObservedJob, Error> {
        const TEMPLATE: &str = "GET /v1/{project_id}/jobs/{job_id}";
        let mut request = self.request(TEMPLATE, Method::GET, &["v1", "{project_id}", "jobs", id.as_str()]);
        request.repeat = Repeat::Never;
        request.within = LOOK_TIMEOUT;
        let job = job(TEMPLATE, &self.send(request).await?)?;
        if JobId::new(&*job.job_id).is_ok_and(|answered| answered != *id) {
            return Err(Error::unreadable(
                TEMPLATE,
                Nonsense::OtherJob { found: foreign(&job.job_id), asked: id.clone() },
            ));
        }
        Ok(job.into())
    }

    /// `GET /v2/{project_id}/cloudvolumes/{volume_id}`: one volume. Where the service has no such call, as Open Telekom
    /// Cloud, by the older path.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn show_volume(&self, id: &VolumeId) -> Result<Volume, Error> {
        let by = |template| {
            let family = if template == SHOW { "cloudvolumes" } else { "os-vendor-volumes" };
            self.request(template, Method::GET, &["v2", "{project_id}", family, id.as_str()])
        };
        let (template, answer) = self.send_either(SHOW, SHOW_OLDER, by).await?;
        let reply: VolumeReply = decode(template, &answer)?;
        // Whoever asks about one volume concludes things about that one.
        if VolumeId::new(&*reply.volume.id).is_ok_and(|answered| answered != *id) {
            return Err(Error::unreadable(
                template,
                Nonsense::OtherVolume { found: foreign(&reply.volume.id), asked: id.clone() },
            ));
        }
        Ok(reply.volume)
    }

    /// One page of `GET /v2/{project_id}/cloudvolumes/detail`. Such a page may have so many bytes.
    pub(super) async fn list_page(&self, query: &[(&str, &str)], most: usize) -> Result<Page, Error> {
        let mut request = self.request(LIST, Method::GET, &["v2", "{project_id}", "cloudvolumes", "detail"]);
        request.most = most;
        request.set_query(query);
        let answer = self.send(request).await?;
        let VolumeList { volumes, count, .. } = decode(LIST, &answer)?;
        Ok(Page { volumes, count, dated: answer.dated })
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

    /// `POST /v2/{project_id}/cloudvolumes/{volume_id}/tags/action`: sets tags, or takes some off. Harmless to repeat, since
    /// it says which tags there are afterwards. Where the service has no such call, as Open Telekom Cloud, by the older path.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn edit_tags(&self, id: &VolumeId, action: &TagsAction) -> Result<(), Error> {
        const USUAL: &str = "POST /v2/{project_id}/cloudvolumes/{volume_id}/tags/action";
        const OLDER: &str = "POST /v2/{project_id}/os-vendor-volumes/{volume_id}/tags/action";
        let body = encode(USUAL, action)?;
        let by = |template| {
            let family = if template == USUAL { "cloudvolumes" } else { "os-vendor-volumes" };
            let path = ["v2", "{project_id}", family, id.as_str(), "tags", "action"];
            Request { body: Some(body.clone()), ..self.request(template, Method::POST, &path) }
        };
        self.send_either(USUAL, OLDER, by).await.map(drop)
    }

    /// `DELETE /v2/{project_id}/cloudvolumes/{volume_id}`: starts the end of what a failed creation left. It is repeated,
    /// which is harmless since it names one volume by its id; [`Client::start_deletion`] sends it once.
    ///
    /// # Errors
    /// See [`Error`]; not found means that it is gone already.
    pub async fn delete_volume(&self, id: &VolumeId) -> Result<JobReply, Error> {
        let request = self.request(DELETE, Method::DELETE, &["v2", "{project_id}", "cloudvolumes", id.as_str()]);
        decode(DELETE, &self.send(request).await?)
    }
}

pub(super) fn encode(request: &'static str, body: &impl serde::Serialize) -> Result<Vec<u8>, Error> {
    serde_json::to_vec(body).map_err(|error| Error::new(request, Kind::NotSent(Unsent::words(error.to_string()))))
}

/// Reads the answer to a create call.
pub(super) fn taken(api: CreateApi, answer: &Answer) -> Result<Taken, Error> {
    let reply: CreateReply = decode(api.template(), answer)?;
    let receipt = receipt(reply.job_id, reply.order_id);
    let receipt = receipt.map_err(|why| Error::unreadable(api.template(), why))?;
    // An id that makes no sense is no reason to doubt the job: the job names them too.
    let volumes = reply.volume_ids.into_iter().filter_map(|id| VolumeId::new(id).ok()).collect();
    Ok(Taken { receipt, volumes })
}

/// Reads how a job is doing.
pub(super) fn job(request: &'static str, answer: &Answer) -> Result<Job, Error> {
    let mut job: Job = decode(request, answer)?;
    words_only(&mut job);
    if job.status.is_empty() {
        return Err(Error::unreadable(request, Nonsense::NoStatus));
    }
    Ok(job)
}

/// Why a job failed is read by people, so that no secret stays in it, whatever it is a word of beside.
fn words_only(job: &mut Job) {
    for words in [&mut job.fail_reason, &mut job.error_code].into_iter().flatten() {
        *words = redacted(words).into_owned();
    }
    job.entities.sub_jobs.iter_mut().flatten().for_each(words_only);
}

pub(super) fn decode<T: DeserializeOwned>(request: &'static str, answer: &Answer) -> Result<T, Error> {
    serde_json::from_slice(&answer.body).or_else(|error| {
        let mended = mended(&answer.body).and_then(|body| serde_json::from_slice(&body).ok());
        mended.ok_or_else(|| Error::unreadable(request, Nonsense::unread(error)))
    })
}
