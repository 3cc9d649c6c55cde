//! Keys for an identity token: nothing that lasts has to be kept anywhere.
//!
//! The calls, their bodies and their answers are those of the vendor's SDK and of the API references of STS
//! ("AssumeAgencyWithOIDC") and IAM ("Obtaining a Token with an OpenID Connect ID Token", "Obtaining a Temporary Access
//! Key").

use super::Iam;
use crate::evs::auth::{Held, Keys, Secret, hidden};
use crate::evs::error::{Error, Kind};
use crate::evs::meaning::Meaning;
use crate::evs::no_credentials::Part;
use crate::evs::nonsense::Nonsense;
use crate::http::header;
use jiff::Timestamp;
use reqwest::header::{CONTENT_TYPE, HeaderName};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};

const ASSUME: &str = "POST /v5/agencies/assume-with-oidc";
const UNSCOPED: &str = "POST /v3.0/OS-AUTH/id-token/tokens";
const TEMPORARY: &str = "POST /v3.0/OS-CREDENTIAL/securitytokens";
/// How long keys from an identity provider are good, in seconds: renewing them takes a fresh identity token, and by
/// then a CI may have none. IAM gives them for a day at most.
const PROVIDED_FOR: u32 = 6 * 60 * 60;

/// An agency that trusts an identity provider, and what is asked of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agency {
    /// The identity provider, as in `iam::ACCOUNT:oidcProvider:NAME`.
    pub provider_urn: String,
    /// The agency, as in `iam::ACCOUNT:agency:NAME`.
    pub agency_urn: String,
    /// What the session is called in the cloud's records.
    pub session: String,
    /// For how many seconds the keys are to be good; STS gives them for an hour where nothing is asked for.
    pub duration: Option<u32>,
    /// A policy that narrows what the keys may do.
    pub policy: Option<String>,
    /// The same by policies that are there already.
    pub policy_ids: Vec<String>,
}

/// Whether a request, by its method and path, is one that exchanges an identity token.
pub fn exchanges(request: &str) -> bool {
    [ASSUME, UNSCOPED, TEMPORARY].contains(&request)
}

impl Iam {
    /// Temporary keys of an agency, for an identity token. This client's address is that of STS.
    ///
    /// # Errors
    /// See [`Error`]; denied where the token is not accepted.
    pub async fn assume(&self, agency: &Agency, token: &SecretString) -> Result<Held, Error> {
        let mut body = json!({
            "provider_urn": agency.provider_urn,
            "agency_urn": agency.agency_urn,
            "agency_session_name": agency.session,
            "id_token": token.expose_secret(),
        });
        if let Some(seconds) = agency.duration {
            body["duration_seconds"] = json!(seconds);
        }
        if let Some(policy) = &agency.policy {
            body["policy"] = json!(policy);
        }
        if !agency.policy_ids.is_empty() {
            body["policy_ids"] = json!(agency.policy_ids);
        }
        let request = self.json(&["v5", "agencies", "assume-with-oidc"], &body);
        let (_, body) = self.send(ASSUME, request).await.map_err(about_the_token)?;
        assumed(&body)
    }

    /// Temporary keys of the user that an identity provider vouches for.
    ///
    /// # Errors
    /// See [`Error`]; denied where the token is not accepted.
    pub async fn exchange(&self, provider: &str, token: &SecretString) -> Result<Held, Error> {
        let body = json!({ "auth": { "id_token": { "id": token.expose_secret() } } });
        let idp = hidden(Part::Provider, provider).map_err(|why| Error::new(UNSCOPED, Kind::NotSent(why)))?;
        let request = self.json(&["v3.0", "OS-AUTH", "id-token", "tokens"], &body);
        let request = request.header(HeaderName::from_static("x-idp-id"), idp);
        let (headers, _) = self.send(UNSCOPED, request).await.map_err(about_the_token)?;
        let unscoped = header(&headers, "x-subject-token");
        let unscoped = unscoped.ok_or_else(|| Error::unreadable(UNSCOPED, Nonsense::NoToken))?;
        // It opens no project, so it is good for nothing but this.
        let identity = json!({ "methods": ["token"], "token": { "id": unscoped, "duration_seconds": PROVIDED_FOR } });
        let request =
            self.json(&["v3.0", "OS-CREDENTIAL", "securitytokens"], &json!({ "auth": { "identity": identity } }));
        let (_, body) = self.send(TEMPORARY, request).await.map_err(about_the_token)?;
        provided(&body)
    }

    fn json(&self, path: &[&str], body: &Value) -> reqwest::RequestBuilder {
        self.http.post(self.at(path, "")).header(CONTENT_TYPE, "application/json;charset=UTF-8").body(body.to_string())
    }
}

/// Whoever exchanges asks for nothing else: what is wrong with the request is wrong with the token, the provider or
/// the agency, and sending it again mends none of them.
fn about_the_token(mut error: Error) -> Error {
    if let Kind::Refused { meaning, .. } = &mut error.kind
        && !matches!(meaning, Meaning::Throttled | Meaning::Trouble)
    {
        *meaning = Meaning::Denied;
    }
    error
}

/// Reads the keys of an agency.
pub(in crate::evs) fn assumed(body: &[u8]) -> Result<Held, Error> {
    #[derive(serde::Deserialize)]
    struct Reply {
        credentials: Credentials,
    }
    #[derive(serde::Deserialize)]
    struct Credentials {
        access_key_id: String,
        secret_access_key: SecretString,
        security_token: SecretString,
        expiration: String,
    }
    let Reply { credentials: it } = read(ASSUME, body)?;
    held(ASSUME, it.access_key_id, it.secret_access_key, it.security_token, &it.expiration)
}

/// Reads temporary keys as IAM gives them, and the metadata service of a server too.
///
/// # Errors
/// See [`Error`]; it repeats nothing of what was read.
pub fn provided(body: &[u8]) -> Result<Held, Error> {
    #[derive(serde::Deserialize)]
    struct Reply {
        credential: Credential,
    }
    #[derive(serde::Deserialize)]
    struct Credential {
        access: String,
        secret: SecretString,
        securitytoken: SecretString,
        expires_at: String,
    }
    let Reply { credential: it } = read(TEMPORARY, body)?;
    held(TEMPORARY, it.access, it.secret, it.securitytoken, &it.expires_at)
}

fn read<T: serde::de::DeserializeOwned>(what: &'static str, body: &[u8]) -> Result<T, Error> {
    // The reader's own words may quote a value, and all of these are secrets.
    serde_json::from_slice(body).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        Error::unreadable(what, Nonsense::NoKeys { line, column })
    })
}

fn held(
    what: &'static str,
    access: String,
    secret: SecretString,
    security_token: SecretString,
    until: &str,
) -> Result<Held, Error> {
    let until: Timestamp = until.parse().map_err(|_| Error::unreadable(what, Nonsense::NoEnd))?;
    let keys = Keys { access, secret, security_token: Some(security_token) };
    Ok(Held { secret: Secret::Keys(keys), until: Some(until) })
}
