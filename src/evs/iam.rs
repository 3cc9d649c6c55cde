//! IAM: tokens for a user's password, and projects by name (EVS API reference, "Token", "Project id"); keys for an
//! identity token.

mod exchange;

#[cfg(any(test, fuzzing))]
pub(super) use exchange::assumed;
pub use exchange::{Agency, exchanges, provided};

use super::auth::{Held, Secret, Signable};
use super::error::{Error, Kind, Unsent};
use super::no_credentials::Part;
use super::nonsense::Nonsense;
use super::send::unsent;
use super::{log, redact};
use crate::http::{Body, builder, chain, header, read_body};
use jiff::Timestamp;
use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use secrecy::{ExposeSecret as _, SecretString};
use std::time::{Duration, Instant};

const LOGIN: &str = "POST /v3/auth/tokens";
const PROJECTS: &str = "GET /v3/projects";
/// How long one request to IAM may take.
const WITHIN: Duration = Duration::from_secs(30);
/// The most that is read of an answer.
const MAX_ANSWER: usize = 1 << 20;

/// Which project a token is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// By its id.
    Id(String),
    /// By its name; the default project of a region is called like the region.
    Name(String),
}

/// A user who logs in with a password.
#[derive(Debug, Clone)]
pub struct Login {
    /// The user's name.
    pub user: String,
    /// The password.
    pub password: SecretString,
    /// The account that the user belongs to.
    pub domain: String,
    /// What the token is for.
    pub scope: Scope,
}

/// A client of IAM.
#[derive(Debug, Clone)]
pub struct Iam {
    http: reqwest::Client,
    /// Scheme, host and port.
    address: url::Url,
}

impl Iam {
    /// Prepares a client; nothing is sent yet.
    ///
    /// # Errors
    /// When the platform's certificates cannot be loaded.
    pub fn new(address: url::Url) -> Result<Iam, String> {
        Ok(Iam { http: builder(&address).build().map_err(|error| chain(&error))?, address })
    }

    /// A token for a password.
    ///
    /// # Errors
    /// See [`Error`]; denied where IAM does not know the user, or not with that password.
    pub async fn login(&self, login: &Login) -> Result<Held, Error> {
        let Login { user, password, domain, scope } = login;
        let scope = match scope {
            Scope::Id(id) => serde_json::json!({ "id": id }),
            Scope::Name(name) => serde_json::json!({ "name": name }),
        };
        let user = serde_json::json!({
            "name": user, "password": password.expose_secret(), "domain": { "name": domain }
        });
        let body = serde_json::json!({ "auth": {
            "identity": { "methods": ["password"], "password": { "user": user } },
            "scope": { "project": scope }
        }});
        let request = self.http.post(self.at(&["v3", "auth", "tokens"], "")).body(body.to_string());
        let (headers, body) = self.send(LOGIN, request.header(CONTENT_TYPE, "application/json")).await?;
        held(header(&headers, "x-subject-token"), &body)
    }

    /// The ids of the projects of that name.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn projects(&self, name: &str, secret: &Secret, now: Timestamp) -> Result<Vec<String>, Error> {
        let url = self.at(&["v3", "projects"], &format!("name={}", crate::signing::encoded(name)));
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let on = Signable { method: "GET", url: &url, project_id: None, body: b"" };
        secret.show(on, now, &mut headers).map_err(|why| Error::new(PROJECTS, Kind::NotSent(why)))?;
        let (_, body) = self.send(PROJECTS, self.http.get(url.clone()).headers(headers)).await?;
        redact::familiar(name.to_owned());
        let body = redact::taken(body);
        ids(name, &body)
    }

    fn at(&self, path: &[&str], query: &str) -> url::Url {
        let mut url = self.address.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.clear().extend(path);
        }
        url.set_query(Some(query).filter(|query| !query.is_empty()));
        url
    }

    async fn send(&self, what: &'static str, request: reqwest::RequestBuilder) -> Result<(HeaderMap, Vec<u8>), Error> {
        let (since, span) = (Instant::now(), log::span(what, 1, &self.address));
        match self.once(what, request).await {
            Ok((status, headers, body)) => {
                log::answered(what, 1, status, since.elapsed(), &headers, body.len(), &span);
                Ok((headers, body))
            }
            Err(error) => {
                log::failed(1, &error, since.elapsed(), &span);
                Err(error)
            }
        }
    }

    async fn once(
        &self,
        what: &'static str,
        request: reqwest::RequestBuilder,
    ) -> Result<(StatusCode, HeaderMap, Vec<u8>), Error> {
        let fail = |kind| Error::new(what, kind);
        let request =
            request.timeout(WITHIN).build().map_err(|error| fail(Kind::NotSent(Unsent::words(chain(&error)))))?;
        redact::hold_body(request.body().and_then(reqwest::Body::as_bytes).unwrap_or_default());
        let mut answer = self.http.execute(request).await.map_err(|error| fail(unsent(&error, Some(&self.address))))?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let read = read_body(&mut answer, MAX_ANSWER).await;
        let Body { body, whole } = read.map_err(|error| fail(Kind::Unanswered(error.to_string())))?;
        if !whole {
            return Err(fail(Kind::Unreadable(Nonsense::TooLong(MAX_ANSWER))));
        }
        if status.is_success() {
            return Ok((status, headers, body));
        }
        Err(Error::refused(what, status.as_u16(), redact::request_id(&headers), &body))
    }
}

/// Reads the answer to a login: the token of its header, and when that ends.
pub(super) fn held(token: Option<&str>, body: &[u8]) -> Result<Held, Error> {
    #[derive(serde::Deserialize)]
    struct Reply {
        token: Token,
    }
    #[derive(serde::Deserialize)]
    struct Token {
        expires_at: String,
    }
    let unreadable = |why| Error::unreadable(LOGIN, why);
    let token = token.ok_or_else(|| unreadable(Nonsense::NoToken))?;
    super::auth::hidden(Part::Token, token).map_err(|_| unreadable(Nonsense::OddToken))?;
    let reply: Reply = serde_json::from_slice(body).map_err(|error| unreadable(Nonsense::unread(error)))?;
    let until: Timestamp = reply.token.expires_at.parse().map_err(|_| unreadable(Nonsense::NoEnd))?;
    Ok(Held { secret: Secret::Token(SecretString::from(token)), until: Some(until) })
}

/// Reads a list of projects: the ids of those of that name. A service that does not know the filter answers with
/// others too.
pub(super) fn ids(name: &str, body: &[u8]) -> Result<Vec<String>, Error> {
    #[derive(serde::Deserialize)]
    struct Reply {
        projects: Vec<Project>,
    }
    #[derive(serde::Deserialize)]
    struct Project {
        id: String,
        name: String,
    }
    let reply: Reply =
        serde_json::from_slice(body).map_err(|error| Error::unreadable(PROJECTS, Nonsense::unread(error)))?;
    Ok(reply.projects.into_iter().filter(|project| project.name == name).map(|project| project.id).collect())
}
