//! What a request shows of who sends it: a token or a signature, got anew where it runs out.

use super::error::{Error, Kind, Unsent};
use super::meaning::Meaning;
use super::no_credentials::Part;
use super::redact;
use crate::signing;
use jiff::{SignedDuration, Timestamp};
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret as _, SecretString};
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use tokio::sync::Mutex;

/// How long before its end a token is got anew; of one that lives shortly, a quarter of its life.
const RENEWED_BEFORE: SignedDuration = SignedDuration::from_secs(60);

/// An access key.
#[derive(Clone)]
pub struct Keys {
    /// Its id.
    pub access: String,
    /// Its secret.
    pub secret: SecretString,
    /// The session's token, where it is a temporary one.
    pub security_token: Option<SecretString>,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys")
    }
}

/// What is shown with a request.
#[derive(Debug, Clone)]
pub enum Secret {
    /// `X-Auth-Token`.
    Token(SecretString),
    /// A signature.
    Keys(Keys),
}

/// A secret, and until when it is good.
#[derive(Debug, Clone)]
pub struct Held {
    /// What is shown.
    pub secret: Secret,
    /// By the service's clock; `None` where nobody knows.
    pub until: Option<Timestamp>,
}

/// Gets a secret; asked again when the last one runs out or is refused.
pub type Fetch = Arc<dyn Fn() -> Pin<Box<dyn Future<Output = Result<Held, Error>> + Send>> + Send + Sync>;

/// Where a client has its secrets from.
#[derive(Clone)]
pub enum Credentials {
    /// Nothing is shown: on loopback nobody may ask.
    None,
    /// Always the same.
    Fixed(Secret),
    /// From somewhere else, in time.
    Fetched(Fetch),
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Credentials::None => "None",
            Credentials::Fixed(_) => "Fixed",
            Credentials::Fetched(_) => "Fetched",
        })
    }
}

impl Credentials {
    /// What one request outside the client is to show.
    ///
    /// # Errors
    /// What kept it from being got.
    pub async fn once(&self) -> Result<Option<Secret>, Error> {
        Ok(match self {
            Credentials::None => None,
            Credentials::Fixed(secret) => Some(secret.clone()),
            Credentials::Fetched(fetch) => Some(fetch().await?.secret),
        })
    }
}

/// Hands out what requests show, and one new secret for all who need one.
#[derive(Debug)]
pub(super) struct Authority {
    credentials: Credentials,
    held: Mutex<Option<Lent>>,
}

/// A fetched secret: which one it is, and from when on another is better.
#[derive(Debug, Clone)]
struct Lent {
    number: u64,
    secret: Secret,
    better_from: Option<Timestamp>,
    /// `None` where nobody knows, and where the service would not have it any more.
    good_until: Option<Timestamp>,
}

/// What one request shows.
#[derive(Debug)]
pub(super) struct Shown {
    pub(super) secret: Secret,
    /// Which of the fetched ones it is.
    number: Option<u64>,
}

impl Authority {
    pub(super) fn new(credentials: Credentials) -> Authority {
        Authority { credentials, held: Mutex::new(None) }
    }

    /// What to show now; `None` where nothing is shown at all.
    pub(super) async fn show(&self, now: Timestamp) -> Result<Option<Shown>, Error> {
        let fetch = match &self.credentials {
            Credentials::None => return Ok(None),
            Credentials::Fixed(secret) => return Ok(Some(Shown { secret: secret.clone(), number: None })),
            Credentials::Fetched(fetch) => fetch,
        };
        let mut held = self.held.lock().await;
        let number = match held.as_ref() {
            Some(Lent { better_from: Some(from), number, .. }) if now >= *from => number + 1,
            Some(lent) => return Ok(Some(Shown { secret: lent.secret.clone(), number: Some(lent.number) })),
            None => 0,
        };
        let Held { secret, until } = match fetch().await {
            Ok(fetched) => fetched,
            Err(error) => {
                // It was early: what is there may do until whoever gives another is well again.
                let Some(lent) = held.as_mut().filter(|lent| lent.good_until.is_some_and(|until| now < until)) else {
                    return Err(unsent(error));
                };
                lent.better_from = lent.good_until.map(|until| again(now, until));
                tracing::debug!(number, "credentials could not be got anew, and those that are there are good yet");
                return Ok(Some(Shown { secret: lent.secret.clone(), number: Some(lent.number) }));
            }
        };
        let better_from = until.map(|until| {
            let margin = RENEWED_BEFORE.min(until.duration_since(now) / 4).max(SignedDuration::ZERO);
            until.checked_sub(margin).unwrap_or(until)
        });
        tracing::debug!(number, until = until.map(tracing::field::display), "credentials were got");
        *held = Some(Lent { number, secret: secret.clone(), better_from, good_until: until });
        Ok(Some(Shown { secret, number: Some(number) }))
    }

    /// Takes in that the service would not have it. Says whether another can be had.
    pub(super) async fn refused(&self, shown: &Shown) -> bool {
        let Some(number) = shown.number else { return false };
        let mut held = self.held.lock().await;
        // Whoever comes second finds the new one there already.
        if let Some(lent) = held.as_mut().filter(|lent| lent.number == number) {
            tracing::debug!(number, "credentials were refused, and are got anew");
            (lent.better_from, lent.good_until) = (Some(Timestamp::MIN), None);
        }
        true
    }
}

/// When to try again for another than one that is good until then.
fn again(now: Timestamp, until: Timestamp) -> Timestamp {
    let pause = (until.duration_since(now) / 4).max(SignedDuration::from_secs(1));
    now.checked_add(pause).unwrap_or(until).min(until)
}

/// What kept a secret from being got, seen from the request that would have shown it: it was not sent.
fn unsent(error: Error) -> Error {
    match error.meaning() {
        Some(Meaning::Denied) => error,
        _ if matches!(error.kind, Kind::Untrusted(_)) => error,
        _ => {
            let (request, pause) = (error.request, error.pause);
            Error { request, kind: Kind::NotSent(Unsent::Credentials(Box::new(error))), pause }
        }
    }
}

/// A request as far as a signature covers it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Signable<'a> {
    pub(super) method: &'a str,
    pub(super) url: &'a url::Url,
    pub(super) project_id: Option<&'a str>,
    pub(super) body: &'a [u8],
}

impl Secret {
    /// Whether what it shows depends on the time.
    pub(super) fn is_dated(&self) -> bool {
        matches!(self, Secret::Keys(_))
    }

    /// Adds the headers that show it.
    ///
    /// # Errors
    /// When a part of it can stand in no header.
    pub(super) fn show(&self, on: Signable<'_>, at: Timestamp, headers: &mut HeaderMap) -> Result<(), Unsent> {
        let keys = match self {
            Secret::Token(token) => {
                redact::hold(token.expose_secret());
                headers.insert(HeaderName::from_static("x-auth-token"), hidden(Part::Token, token.expose_secret())?);
                return Ok(());
            }
            Secret::Keys(keys) => keys,
        };
        redact::hold(&keys.access);
        redact::hold(keys.secret.expose_secret());
        let date = at.strftime(signing::DATE_FORMAT).to_string();
        headers.insert(HeaderName::from_static(signing::DATE), hidden(Part::Date, &date)?);
        if let Some(project_id) = on.project_id {
            headers.insert(HeaderName::from_static("x-project-id"), hidden(Part::Project, project_id)?);
        }
        if let Some(token) = &keys.security_token {
            redact::hold(token.expose_secret());
            let value = hidden(Part::SecurityToken, token.expose_secret())?;
            headers.insert(HeaderName::from_static("x-security-token"), value);
        }
        let host = match on.url.port() {
            Some(port) => format!("{}:{port}", on.url.host_str().unwrap_or_default()),
            None => on.url.host_str().unwrap_or_default().to_owned(),
        };
        let mut signed: Vec<(&str, &str)> = vec![("host", &host)];
        for (name, value) in headers.iter() {
            signed.push((name.as_str(), value.to_str().map_err(|_| Unsent::NotText(name.to_string()))?));
        }
        let request = signing::Request {
            method: on.method,
            path: on.url.path(),
            query: on.url.query().unwrap_or_default(),
            headers: &signed,
            body: on.body,
        };
        let authorization = request.authorization(&keys.access, keys.secret.expose_secret().as_bytes());
        headers.insert(AUTHORIZATION, hidden(Part::AccessKey, &authorization)?);
        Ok(())
    }
}

/// A header's value that is shown to nobody.
pub(super) fn hidden(part: Part, value: &str) -> Result<HeaderValue, Unsent> {
    let mut value = HeaderValue::from_str(value).map_err(|_| Unsent::NoHeader(part))?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU64, Ordering};

    fn token_of(shown: &Shown) -> String {
        match &shown.secret {
            Secret::Token(token) => token.expose_secret().to_owned(),
            Secret::Keys(_) => panic!("a token"),
        }
    }

    /// Tokens numbered from 1, each good for so long.
    fn numbered(now: Timestamp, life: SignedDuration) -> Authority {
        let count = Arc::new(AtomicU64::new(0));
        Authority::new(Credentials::Fetched(Arc::new(move || {
            let number = count.fetch_add(1, Ordering::Relaxed) + 1;
            let until = now + life * i32::try_from(number).unwrap();
            Box::pin(async move {
                Ok(Held { secret: Secret::Token(SecretString::from(format!("t{number}"))), until: Some(until) })
            })
        })))
    }

    #[tokio::test]
    async fn a_token_is_got_once_and_anew_before_its_end() {
        let now = Timestamp::now();
        let authority = numbered(now, SignedDuration::from_secs(3));
        let at = async |millis: i64| {
            let shown = authority.show(now + SignedDuration::from_millis(millis)).await.unwrap().unwrap();
            token_of(&shown)
        };
        assert_eq!(at(0).await, "t1");
        assert_eq!(at(2000).await, "t1");
        assert_eq!(at(2400).await, "t2");
        assert_eq!(at(4000).await, "t2");
    }

    #[tokio::test]
    async fn a_token_that_is_refused_is_replaced_once_for_all() {
        let now = Timestamp::now();
        let authority = numbered(now, SignedDuration::from_hours(24));
        let (first, same) = (authority.show(now).await.unwrap().unwrap(), authority.show(now).await.unwrap().unwrap());
        assert!(authority.refused(&first).await);
        assert_eq!(token_of(&authority.show(now).await.unwrap().unwrap()), "t2");
        assert!(authority.refused(&same).await);
        assert_eq!(token_of(&authority.show(now).await.unwrap().unwrap()), "t2", "the new one is not thrown away");
    }

    #[tokio::test]
    async fn one_that_cannot_be_renewed_serves_to_its_end() {
        let now = Timestamp::now();
        let count = Arc::new(AtomicU64::new(0));
        let tried = count.clone();
        let authority = Authority::new(Credentials::Fetched(Arc::new(move || {
            let number = tried.fetch_add(1, Ordering::Relaxed) + 1;
            let until = now + SignedDuration::from_secs(100);
            let held = Held { secret: Secret::Token(SecretString::from(format!("t{number}"))), until: Some(until) };
            Box::pin(async move { if number == 1 { Ok(held) } else { Err(Error::refused("POST /", 401, None, b"")) } })
        })));
        let at = async |seconds: i64| authority.show(now + SignedDuration::from_secs(seconds)).await;
        for (seconds, tries) in [(0, 1), (74, 1), (75, 2), (80, 2), (82, 3), (98, 4), (99, 5)] {
            assert_eq!(token_of(&at(seconds).await.unwrap().unwrap()), "t1");
            assert_eq!(count.load(Ordering::Relaxed), tries, "{seconds}");
        }
        assert_eq!(at(100).await.unwrap_err().meaning(), Some(Meaning::Denied));
        // The service's own word counts more than its end.
        let shown = at(99).await.unwrap().unwrap();
        assert!(authority.refused(&shown).await);
        assert!(at(99).await.is_err());
    }

    #[tokio::test]
    async fn a_fixed_token_cannot_be_renewed() {
        let authority = Authority::new(Credentials::Fixed(Secret::Token(SecretString::from("t"))));
        let shown = authority.show(Timestamp::now()).await.unwrap().unwrap();
        assert!(!authority.refused(&shown).await);
    }

    #[test]
    fn a_signed_request_verifies_and_shows_no_secret() {
        let keys = Keys {
            access: "AK".to_owned(),
            secret: SecretString::from("canary-secret"),
            security_token: Some(SecretString::from("canary-session")),
        };
        let url: url::Url = "http://127.0.0.1:81/v2/p/cloudvolumes/detail?limit=1000&name=%2A".parse().unwrap();
        let on = Signable { method: "GET", url: &url, project_id: Some("p"), body: b"" };
        let mut headers = HeaderMap::new();
        headers.insert("content-type", HeaderValue::from_static("application/json"));
        let secret = Secret::Keys(keys);
        secret.show(on, "2026-11-24T07:00:00Z".parse().unwrap(), &mut headers).unwrap();
        assert_eq!(headers["x-sdk-date"], "20261124T070000Z");
        let mut sent: Vec<(&str, &str)> = vec![("host", "127.0.0.1:81")];
        sent.extend(headers.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())));
        let request = signing::Request {
            method: "GET",
            path: url.path(),
            query: url.query().unwrap(),
            headers: &sent,
            body: b"",
        };
        let claim = signing::Claim::read(headers["authorization"].to_str().unwrap()).unwrap();
        assert!(claim.holds(&request, b"canary-secret"));
        let shown = format!("{secret:?} {headers:?}");
        assert!(!shown.contains("canary"), "{shown}");
    }
}
