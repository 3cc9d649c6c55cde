//! From a manifest's `cloud` to a client: which endpoint, which project, which credentials, and whether
//! the manifest may name that endpoint at all.

use super::error::CliError;
use super::exit::Exit;
use super::settings::environment;
use super::ui::{Ui, plain};
use crate::apply::{Doubts, InDoubt};
use crate::boundary::Boundaries;
use crate::evs::{Client, Connection, Error, Meaning, Notice, is_loopback};
use crate::manifest::{Manifest, Project, Target};
use crate::simulator::{self, Simulator};
use crate::state::{CloudId, State};
use crate::store::Store;
use crate::volume::Digest;
use secrecy::SecretString;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// The domains that a manifest may name without the runner's say-so (EVS API reference, "Endpoints").
const KNOWN_DOMAINS: [&str; 3] = ["myhuaweicloud.com", "myhuaweicloud.eu", "otc.t-systems.com"];
/// The project of every embedded cloud.
const SIMULATOR_PROJECT: &str = "0123456789abcdef0123456789abcdef";
/// How long a job of the embedded cloud takes: long enough to be seen, short enough to be borne.
const SIMULATOR_JOB: Duration = Duration::from_secs(1);

/// Which cloud a manifest means. Nothing is sent to find out.
pub(super) fn identify(manifest: &Manifest) -> Result<CloudId, CliError> {
    match &manifest.cloud.target {
        Target::Simulator => Ok(CloudId {
            region: None,
            endpoint: CloudId::SIMULATOR.to_owned(),
            project_id: SIMULATOR_PROJECT.to_owned(),
        }),
        Target::Endpoint { region, project, endpoint } => {
            let project_id = match project {
                Project::Id(id) => id.clone(),
                Project::Name(name) => {
                    let message = format!("looking up the project named {name:?} is not supported yet");
                    return Err(CliError::new(Exit::Error, message).hint("write its `project_id` into the manifest"));
                }
            };
            let url = address(region.as_deref(), endpoint.as_ref())?;
            let endpoint = url.as_str().trim_end_matches('/').to_owned();
            Ok(CloudId { region: region.clone(), endpoint, project_id })
        }
    }
}

/// Makes sure that a state and a manifest mean the same cloud.
pub(super) fn same(state: Option<&State>, cloud: &CloudId) -> Result<(), CliError> {
    let Some(state) = state.filter(|state| !state.cloud.is_same(cloud)) else { return Ok(()) };
    let text = |cloud: &CloudId| format!("project {} at {}", cloud.project_id, cloud.endpoint);
    let message = format!(
        "stack {} is recorded in {}, but the manifest now means {}",
        state.stack,
        text(&state.cloud),
        text(cloud)
    );
    Err(CliError::new(Exit::Refused, message)
        .hint("a state belongs to one project of one cloud for good: undo the edit, or begin another stack"))
}

/// A client, and the embedded cloud behind it where there is one.
pub(super) struct Link {
    pub(super) client: Arc<Client>,
    /// Serves for as long as it is held.
    _simulator: Option<Simulator>,
}

impl Link {
    /// Tells every pause before a request is repeated, until an apply takes that over: silence would look
    /// like a hang. On a thread of its own, since printing may block and the work does not wait for it.
    pub(super) fn tell(&self, ui: Arc<Ui>) {
        let (notices, mut told) = tokio::sync::mpsc::unbounded_channel::<Notice>();
        self.client.tell(notices);
        std::thread::spawn(move || {
            while let Some(Notice { request, reason, pause }) = told.blocking_recv() {
                ui.talk(&format!("repeating {request} in {:.1} s: {}", pause.as_secs_f64(), plain(&reason)));
            }
        });
    }
}

/// How hard to try.
#[derive(Debug, Clone, Copy)]
pub(super) struct Effort {
    /// How many requests may be under way at once.
    pub(super) parallelism: u16,
    /// How long trouble is borne before it is told.
    pub(super) patience: Duration,
}

/// How long a request that carries a session's token may still be taken in: as long as the token lives.
const SESSION: Duration = Duration::from_secs(24 * 60 * 60);

/// How calls in doubt are settled at the manifest's cloud.
///
/// A request to the embedded cloud ends with its process, and on loopback nothing lies in between that could keep one
/// back; anywhere else it counts until its session's token has expired.
pub(super) fn doubts(manifest: &Manifest, policy: Option<InDoubt>) -> Result<Doubts, CliError> {
    let near = match &manifest.cloud.target {
        Target::Simulator => true,
        Target::Endpoint { region, endpoint, .. } => {
            let url = address(region.as_deref(), endpoint.as_ref())?;
            is_loopback(&url) && token(&url)?.is_none()
        }
    };
    let validity = if near { Duration::ZERO } else { SESSION };
    Ok(Doubts { policy, validity, settle: manifest.cloud.settle })
}

/// Connects to the manifest's cloud. No request is sent yet.
pub(super) async fn connect(
    manifest: &Manifest,
    cloud: &CloudId,
    store: &Store,
    effort: Effort,
    stop: CancellationToken,
) -> Result<Link, CliError> {
    let (endpoint, simulator) = match &manifest.cloud.target {
        Target::Simulator => {
            let data = store.dir().join(".simulator").join(format!("{}.jsonl", manifest.stack));
            let config = simulator::Config {
                data: Some(data),
                seed: seed(manifest.stack.as_str()),
                job_duration: SIMULATOR_JOB,
                project_id: Some(SIMULATOR_PROJECT.to_owned()),
                ..simulator::Config::default()
            };
            let running = Simulator::start(config).await.map_err(|error| {
                CliError::of(Exit::Error, &error).hint("the embedded cloud's data lies in .simulator beside the state")
            })?;
            let url = url::Url::parse(&format!("http://{}", running.address()));
            (url.map_err(|error| CliError::of(Exit::Error, &error))?, Some(running))
        }
        Target::Endpoint { region, endpoint, .. } => (address(region.as_deref(), endpoint.as_ref())?, None),
    };
    let token = if simulator.is_some() { None } else { token(&endpoint)? };
    let connection = Connection {
        endpoint,
        project_id: cloud.project_id.clone(),
        token,
        parallelism: u32::from(effort.parallelism),
        patience: effort.patience,
        boundaries: Boundaries::default(),
    };
    let client = Client::new(connection, stop)
        .map_err(|reason| CliError::new(Exit::Error, format!("cannot connect: {reason}")))?;
    Ok(Link { client: Arc::new(client), _simulator: simulator })
}

/// The endpoint's address, checked against what the runner allows: a pull request can edit a manifest,
/// and whoever names the endpoint gets the credentials.
///
/// Under a known domain only the service's own name is taken, since customers' servers have names there too.
fn address(region: Option<&str>, endpoint: Option<&url::Url>) -> Result<url::Url, CliError> {
    let set = |name: &str| environment(name).filter(|value| !value.is_empty());
    let runners = set("HW_CLOUD");
    let url = match (endpoint, region) {
        (Some(url), _) => url.clone(),
        (None, Some(region)) => {
            let domain = runners.as_deref().unwrap_or(KNOWN_DOMAINS[0]);
            let text = format!("https://evs.{region}.{domain}");
            url::Url::parse(&text).map_err(|error| {
                CliError::new(Exit::Error, format!("{text:?} is no address")).because_of(Some(&error))
            })?
        }
        (None, None) => return Err(CliError::new(Exit::Error, "the manifest names neither a region nor an endpoint")),
    };
    if is_loopback(&url) {
        return Ok(url);
    }
    let host = url.host_str().unwrap_or_default();
    let service_of = |domain: &str| {
        let label = host.strip_suffix(domain)?.strip_suffix('.')?.strip_prefix("evs.")?;
        (!label.is_empty() && !label.contains('.')).then_some(label)
    };
    let known = KNOWN_DOMAINS.into_iter().chain(runners.as_deref()).find_map(service_of);
    let fits = known.is_some_and(|label| region.is_none_or(|region| region == label)) && url.port().is_none();
    let within = |domain: &str| host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'));
    let allowed = set("EVSCTL_ALLOWED_ENDPOINTS").unwrap_or_default();
    let mut allowed =
        allowed.split([',', ' ']).map(|entry| entry.trim().trim_start_matches("*.")).filter(|entry| !entry.is_empty());
    if !fits && !allowed.any(within) {
        let message = format!(
            "the manifest's endpoint {url} is neither loopback nor the EVS service of its region under a known cloud domain"
        );
        return Err(CliError::new(Exit::Refused, message)
            .hint("if it is meant, allow its host in the runner's environment: EVSCTL_ALLOWED_ENDPOINTS=HOST"));
    }
    if url.scheme() != "https" {
        let message = format!("the endpoint {url} is not https, and credentials would cross the network in the clear");
        return Err(CliError::new(Exit::Refused, message).hint("write https://, or use a loopback address"));
    }
    Ok(url)
}

/// The token to send, out of the runner's environment. To a loopback endpoint none is needed.
fn token(endpoint: &url::Url) -> Result<Option<SecretString>, CliError> {
    let set = |name: &str| environment(name).filter(|value| !value.is_empty());
    if let Some(token) = ["EVSCTL_AUTH_TOKEN", "HW_AUTH_TOKEN", "OS_AUTH_TOKEN"].into_iter().find_map(set) {
        return Ok(Some(SecretString::from(token)));
    }
    if is_loopback(endpoint) {
        return Ok(None);
    }
    let keys = ["HW_ACCESS_KEY", "HUAWEICLOUD_SDK_AK"].into_iter().find(|name| set(name).is_some());
    let message = match keys {
        Some(name) => format!("{name} is set, but signing requests with an access key is not supported yet"),
        None => "no credentials: none of EVSCTL_AUTH_TOKEN, HW_AUTH_TOKEN and OS_AUTH_TOKEN is set".to_owned(),
    };
    Err(CliError::new(Exit::Denied, message).hint("set EVSCTL_AUTH_TOKEN to a project-scoped token of IAM"))
}

/// The same ids for the same stack, and others for another.
fn seed(stack: &str) -> u64 {
    Digest::of(stack.as_bytes())
        .as_str()
        .bytes()
        .skip(7)
        .take(16)
        .fold(0, |seed, byte| seed.wrapping_mul(31).wrapping_add(u64::from(byte)))
}

/// An error of the API as the command's own, with the next step where its code is known.
pub(super) fn api_error(doing: &str, error: &Error) -> CliError {
    let denied = error.meaning() == Some(Meaning::Denied);
    let told = CliError::new(if denied { Exit::Denied } else { Exit::Error }, format!("cannot {doing}"))
        .because_of(Some(error));
    match error.explained() {
        Some(code) => told.hint(code.next),
        None if denied => told.hint("check the token and its project; reading needs evs:volumes:get and :list"),
        None => told,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_of_the_api_names_its_request_and_the_next_step() {
        for (status, code, exit, hint) in [
            (401, "APIGW.0301", Exit::Denied, Some("get a new project-scoped token")),
            (403, "EVS.1027", Exit::Denied, Some("have evs:volumes:get")),
            (403, "EVS.9999", Exit::Denied, Some("check the token and its project")),
            (503, "EVS.5503", Exit::Error, Some("run the same command again")),
            (503, "EVS.9999", Exit::Error, None),
        ] {
            let body = format!(r#"{{"error_code":"{code}","error_msg":"no","request_id":"r-1"}}"#);
            let error = api_error("look", &Error::refused("GET /", status, None, body.as_bytes()));
            assert_eq!(error.exit, exit, "{code}");
            assert!(error.causes[0].contains(code) && error.causes[0].ends_with("(request r-1)"), "{error:?}");
            assert_eq!(error.hints.len(), usize::from(hint.is_some()), "{error:?}");
            assert!(error.hints.iter().zip(hint).all(|(told, hint)| told.starts_with(hint)), "{error:?}");
            assert!(error.render().lines().all(|line| anstream::adapter::strip_str(line).to_string().len() <= 80));
        }
    }
}
