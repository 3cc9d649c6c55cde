//! Where credentials come from: the first place that has any. No flag takes a secret, and none is ever shown.

mod address;
mod files;
mod found;
mod guard;
mod identity;
mod source;

pub(super) use address::{Named, Service};
pub(super) use found::{Found, What};
pub(super) use guard::guard;
pub(super) use source::{Around, find};

use super::error::CliError;
use super::exit::Exit;
use super::settings::set;
use crate::evs::iam::{self, Iam, Login, Scope};
use crate::evs::{CommandFlaw, Credentials, Error, Fetch, Held, Keys, Kind, NoCredentials, Secret, Unsent};
use crate::words;
use identity::{Exchange, Identity};
use secrecy::SecretString;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long a command may take to give credentials.
const COMMAND_WITHIN: Duration = Duration::from_secs(60);
/// The service inside a server that gives its agency's keys (crates: ECS agency).
const METADATA: &str = "http://169.254.169.254";
/// How long it may take.
const METADATA_WITHIN: Duration = Duration::from_secs(3);

/// Makes what a client needs of what was found. Nothing is sent yet.
///
/// # Errors
/// When the address of IAM makes no sense.
pub(super) fn credentials(found: Found, endpoint: &url::Url, scope: Scope) -> Result<Credentials, CliError> {
    Ok(match found.what {
        What::Token(token) => Credentials::Fixed(Secret::Token(token)),
        What::Keys(keys) => Credentials::Fixed(Secret::Keys(keys)),
        What::Password { user, password, domain, address } => {
            let iam = service(Service::Iam, &address, endpoint)?;
            let login = Login { user, password, domain, scope };
            let fetch: Fetch = Arc::new(move || {
                let (iam, login) = (iam.clone(), login.clone());
                Box::pin(async move { iam.login(&login).await })
            });
            Credentials::Fetched(fetch)
        }
        What::Identity(identity) => {
            let iam = service(identity.by.service(), &identity.address, endpoint)?;
            let fetch: Fetch = Arc::new(move || Box::pin(by_identity(iam.clone(), identity.clone())));
            Credentials::Fetched(fetch)
        }
        What::Command(command) => {
            let fetch: Fetch = Arc::new(move || {
                let command = command.clone();
                Box::pin(async move { from_command(command).await })
            });
            Credentials::Fetched(fetch)
        }
        What::Agency => Credentials::Fetched(Arc::new(|| Box::pin(from_agency()))),
    })
}

/// A client of a service beside EVS.
///
/// # Errors
/// When its address makes no sense.
pub(super) fn service(service: Service, named: &Named, endpoint: &url::Url) -> Result<Iam, CliError> {
    let address = service.address(named, endpoint)?;
    authorities(&address)?;
    Iam::new(address).map_err(|why| unconnectable(&why))
}

/// Makes sure that the file of authorities which the surroundings name is one. The library below takes what is missing or is no
/// certificate for nothing said, where `SSL_CERT_DIR` names others.
///
/// # Errors
/// When it cannot be read, or holds no certificate.
pub(super) fn authorities(endpoint: &url::Url) -> Result<(), CliError> {
    let Some(path) = set("SSL_CERT_FILE").filter(|_| endpoint.scheme() == "https") else { return Ok(()) };
    let file = std::path::Path::new(&path);
    let unusable = |why: &str| CliError::told(Exit::Error, words::credentials::no_authorities(file, why));
    let bytes = std::fs::read(file).map_err(|error| unusable(&error.to_string()))?;
    let mark = b"-----BEGIN CERTIFICATE-----";
    match bytes.windows(mark.len()).any(|window| window == mark) {
        true => Ok(()),
        false => Err(unusable(words::credentials::NO_CERTIFICATE)),
    }
}

/// No connection can be prepared: the certificates of those who are trusted are what it takes.
pub(super) fn unconnectable(why: &str) -> CliError {
    CliError::told(Exit::Error, words::credentials::unconnectable(why))
}

/// A source of credentials gave none.
fn none(source: &'static str, why: NoCredentials) -> Error {
    Error::new(source, Kind::NotSent(Unsent::Source(why)))
}

/// Exchanges an identity token, which is read anew: whoever gave it may have replaced it by now.
async fn by_identity(iam: Iam, identity: Identity) -> Result<Held, Error> {
    let token = identity.token.read();
    let token = token.map_err(|flaw| none("the identity token's file", NoCredentials::Token(flaw)))?;
    match &identity.by {
        Exchange::Agency(agency) => iam.assume(agency, &token).await,
        Exchange::Provider(provider) => iam.exchange(provider, &token).await,
    }
}

/// What a command says on its stdout.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    access_key: Option<String>,
    secret_key: Option<SecretString>,
    security_token: Option<SecretString>,
    token: Option<SecretString>,
    expires_at: Option<jiff::Timestamp>,
}

async fn from_command(command: Vec<String>) -> Result<Held, Error> {
    const WHAT: &str = "the credential command";
    let (name, arguments) = command.split_first().ok_or_else(|| none(WHAT, NoCredentials::NoCommand))?;
    let fail = |flaw| none(WHAT, NoCredentials::Command { name: name.clone(), flaw });
    let mut child = tokio::process::Command::new(name);
    child.args(arguments).stdin(std::process::Stdio::null()).stderr(std::process::Stdio::inherit()).kill_on_drop(true);
    // It is to find secrets, and needs none of ours for that.
    for variable in source::SECRETS {
        child.env_remove(variable);
    }
    let output = tokio::time::timeout(COMMAND_WITHIN, child.output())
        .await
        .map_err(|_| fail(CommandFlaw::NotEnded(COMMAND_WITHIN.as_secs())))?
        .map_err(|error| fail(CommandFlaw::NotRun(error.to_string())))?;
    if !output.status.success() {
        return Err(fail(CommandFlaw::Failed(output.status.to_string())));
    }
    said(&output.stdout).map_err(fail)
}

/// Reads what a command wrote. It is told to nobody, whatever is wrong with it.
fn said(output: &[u8]) -> Result<Held, CommandFlaw> {
    let said: Said = serde_json::from_slice(output).map_err(|_| CommandFlaw::NotJson)?;
    let secret = match (said.token, said.access_key, said.secret_key) {
        (Some(token), None, None) => Secret::Token(token),
        (None, Some(access), Some(secret)) => {
            Secret::Keys(Keys { access, secret, security_token: said.security_token })
        }
        _ => return Err(CommandFlaw::NoSecret),
    };
    Ok(Held { secret, until: said.expires_at })
}

async fn from_agency() -> Result<Held, Error> {
    const WHAT: &str = "GET /openstack/latest/securitykey";
    let fail = |error: reqwest::Error| none(WHAT, NoCredentials::Metadata(error.to_string()));
    let http = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .tls_certs_only(std::iter::empty())
        .timeout(METADATA_WITHIN)
        .build()
        .map_err(fail)?;
    let (since, path) = (Instant::now(), "/openstack/latest/securitykey");
    let session = http
        .put(format!("{METADATA}/meta-data/latest/api/token"))
        .header("x-metadata-token-ttl-seconds", "21600")
        .send()
        .await
        .map_err(|error| none(WHAT, NoCredentials::NoMetadata(error.to_string())))?;
    // Where sessions are not known the keys are given without one.
    let session = if session.status().is_success() { session.text().await.ok() } else { None };
    let mut request = http.get(format!("{METADATA}/openstack/latest/securitykey"));
    if let Some(session) = session {
        request = request.header("x-metadata-token", session.trim());
    }
    let answer = request.send().await.map_err(fail)?;
    let (status, ms) = (answer.status().as_u16(), u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX));
    tracing::info!(method = "GET", path, status, ms, attempt = 1, "the metadata service answered");
    if !answer.status().is_success() {
        return Err(none(WHAT, NoCredentials::NoKeys(answer.status().to_string())));
    }
    let body = answer.bytes().await.map_err(fail)?;
    agencys(&body).map_err(|why| none(WHAT, why))
}

/// Reads the metadata service's answer.
fn agencys(body: &[u8]) -> Result<Held, NoCredentials> {
    iam::provided(body).map_err(|_| NoCredentials::OddKeys)
}

#[cfg(any(test, fuzzing))]
pub(super) mod fuzzing {
    //! What is read here, for the proof in `fuzzing`.

    use super::{Held, Keys, files};

    pub(crate) fn command(output: &[u8]) -> Result<Held, String> {
        super::said(output).map_err(|flaw| super::NoCredentials::Command { name: String::new(), flaw }.to_string())
    }

    pub(crate) fn metadata(body: &[u8]) -> Result<Held, String> {
        super::agencys(body).map_err(|why| why.to_string())
    }

    pub(crate) fn hcloud(text: &str, profile: Option<&str>) -> Result<(String, Keys), String> {
        files::hcloud(text, profile, jiff::Timestamp::UNIX_EPOCH).map_err(|flaw| crate::words::credentials::flaw(&flaw))
    }

    pub(crate) fn sdk(text: &str) -> Result<Keys, String> {
        files::sdk(text).map_err(|flaw| crate::words::credentials::flaw(&flaw))
    }
}
