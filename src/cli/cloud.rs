//! From a manifest's `cloud` to a client: which endpoint, which project, which credentials, and whether
//! the manifest may name that endpoint at all.

mod address;
mod familiar;

use super::credentials::{self, Around, Found, Named, Service, What, credentials};
use super::error::CliError;
use super::exit::Exit;
use super::runtime::block_on;
use super::safe::plain;
use super::settings::set;
use super::ui::Ui;
use crate::apply::{Doubts, InDoubt};
use crate::boundary::Boundaries;
use crate::evs::iam::{self, Scope};
use crate::evs::{self, Client, Connection, Credentials, Error, Kind, Meaning, Notice, Rate};
use crate::http::is_loopback;
use crate::manifest::{Manifest, Project, Target};
use crate::simulator::{self, Simulator};
use crate::state::{CloudId, State};
use crate::store::Store;
use crate::volume::Digest;
use address::address;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// The project of every embedded cloud.
const SIMULATOR_PROJECT: &str = "0123456789abcdef0123456789abcdef";
/// How long a job of the embedded cloud takes: long enough to be seen, short enough to be borne.
const SIMULATOR_JOB: Duration = Duration::from_secs(1);

/// Which cloud a manifest means. Only a project that is given by its name is asked about.
pub(super) fn identify(manifest: &Manifest) -> Result<CloudId, CliError> {
    match &manifest.cloud.target {
        Target::Simulator => Ok(CloudId {
            region: None,
            endpoint: CloudId::SIMULATOR.to_owned(),
            project_id: SIMULATOR_PROJECT.to_owned(),
        }),
        Target::Endpoint { region, project, endpoint } => {
            let url = address(region.as_deref(), endpoint.as_ref())?;
            let project_id = match project {
                Project::Id(id) => id.clone(),
                Project::Name(name) => project_named(name, &url)?,
            };
            same_project(&project_id)?;
            Ok(named(region.clone(), &url, project_id))
        }
    }
}

/// The cloud of an endpoint and a project.
pub(super) fn named(region: Option<String>, url: &url::Url, project_id: String) -> CloudId {
    CloudId { region, endpoint: url.as_str().trim_end_matches('/').to_owned(), project_id }
}

/// Where a manifest's requests go.
pub(super) enum Address {
    /// To the cloud inside this process.
    Embedded,
    /// There.
    At(url::Url),
}

/// Where a manifest's requests go. Nothing is sent to find out.
pub(super) fn address_of(manifest: &Manifest) -> Result<Address, CliError> {
    match &manifest.cloud.target {
        Target::Simulator => Ok(Address::Embedded),
        Target::Endpoint { region, endpoint, .. } => address(region.as_deref(), endpoint.as_ref()).map(Address::At),
    }
}

/// The id of a project by its name, as IAM knows it.
pub(super) fn project_named(name: &str, endpoint: &url::Url) -> Result<String, CliError> {
    let unknown = |message: String| {
        CliError::new(Exit::Error, message).hint("write its `project_id` into the manifest; the console shows it")
    };
    let Some(found) = found(endpoint)? else {
        return Err(unknown(format!("the project named {name:?} cannot be looked up without credentials")));
    };
    let named = match &found.what {
        What::Password { address, .. } => address.clone(),
        What::Identity(identity) if identity.is_of_iam() => identity.address.clone(),
        _ => Named { variable: "HW_AUTH_URL", address: set("HW_AUTH_URL") },
    };
    let iam = credentials::service(Service::Iam, &named, endpoint)?;
    let shown = credentials(found, endpoint, Scope::Name(name.to_owned()))?;
    let ids = block_on(async {
        let failed = |error: Error| api_error(&format!("look up the project named {name:?}"), &error);
        let secret = shown.once().await.map_err(failed)?;
        match secret {
            Some(secret) => iam.projects(name, &secret, jiff::Timestamp::now()).await.map_err(failed),
            None => Ok(Vec::new()),
        }
    })?;
    match ids.as_slice() {
        [id] => Ok(id.clone()),
        [] => Err(unknown(format!("IAM knows no project named {name:?} for these credentials"))),
        several => Err(unknown(format!("{} projects are named {name:?}", several.len()))),
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

/// How long a signed request may still be taken in: the gateway refuses a date that is more than 15 minutes off (EVS API
/// reference, "AK/SK request signing"), and the signature may be dated a little later than the record of its sending.
const SIGNED: Duration = Duration::from_secs(16 * 60);
/// How long a request that carries a session's token may still be taken in: as long as the token lives.
const SESSION: Duration = Duration::from_secs(24 * 60 * 60);

/// How calls in doubt are settled at the manifest's cloud.
///
/// A request to the embedded cloud ends with its process, and on loopback nothing lies in between that could keep one
/// back; anywhere else it counts until its session's token has expired.
pub(super) fn doubts(manifest: &Manifest, policy: Option<InDoubt>) -> Result<Doubts, CliError> {
    let (validity, dated) = match address_of(manifest)? {
        Address::Embedded => (Duration::ZERO, false),
        Address::At(url) => match found(&url)?.map(|found| found.what) {
            // None are needed on loopback alone.
            None => (Duration::ZERO, false),
            Some(What::Keys(_) | What::Agency | What::Identity(_)) => (SIGNED, true),
            Some(What::Token(_) | What::Password { .. } | What::Command(_)) => (SESSION, false),
        },
    };
    Ok(Doubts { policy, dated, validity, settle: manifest.cloud.settle })
}

/// Connects to the manifest's cloud. No request is sent yet.
pub(super) async fn connect(
    manifest: &Manifest,
    cloud: &CloudId,
    store: &Store,
    effort: Effort,
    stop: CancellationToken,
) -> Result<Link, CliError> {
    let (endpoint, shown, simulator) = match address_of(manifest)? {
        Address::Embedded => {
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
            (url.map_err(|error| CliError::of(Exit::Error, &error))?, Credentials::None, Some(running))
        }
        Address::At(url) => {
            let shown = match found(&url)? {
                Some(found) => credentials(found, &url, Scope::Id(cloud.project_id.clone()))?,
                None => Credentials::None,
            };
            (url, shown, None)
        }
    };
    if !matches!(shown, Credentials::None) {
        evs::familiar(familiar::of_manifest(manifest, cloud, &endpoint));
        familiar::of_state(store).for_each(evs::familiar);
    }
    let connection = Connection {
        endpoint,
        project_id: cloud.project_id.clone(),
        credentials: shown,
        parallelism: u32::from(effort.parallelism),
        rate: manifest.cloud.rate_limit.map(|limit| Rate { requests: limit.requests.get(), window: limit.window }),
        patience: effort.patience,
        boundaries: Boundaries::default(),
    };
    let client = Client::new(connection, stop).map_err(|reason| credentials::unconnectable(&reason))?;
    Ok(Link { client: Arc::new(client), _simulator: simulator })
}

/// The credentials for an endpoint, out of the runner's surroundings. A loopback endpoint needs none, and gets none but
/// those that the environment itself holds.
///
/// # Errors
/// When there are none and some are needed, a part of them is missing, or they may not be told there.
pub(super) fn found(endpoint: &url::Url) -> Result<Option<Found>, CliError> {
    let near = is_loopback(endpoint);
    let found = credentials::find(&Around { set: &set, beyond: !near })?;
    if found.is_none() && !near {
        return Err(CliError::new(Exit::Denied, "there are no credentials").hint(credentials::PLACES));
    }
    if let Some(found) = &found {
        credentials::guard(found, endpoint)?;
    }
    Ok(found)
}

/// Makes sure that the surroundings mean no other project than the manifest does.
pub(super) fn same_project(id: &str) -> Result<(), CliError> {
    let others = ["HW_PROJECT_ID", "HUAWEICLOUD_SDK_PROJECT_ID", "OS_PROJECT_ID"];
    let Some((name, other)) = others.into_iter().find_map(|name| Some((name, set(name)?))).filter(|(_, it)| it != id)
    else {
        return Ok(());
    };
    Err(CliError::new(Exit::Denied, format!("{name} says project {other}, and the manifest says {id}"))
        .hint(format!("unset {name}, or put right which project the manifest means")))
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
        None if denied && iam::exchanges(error.request) => told.hint(
            "the identity token must be signed by that provider, not be expired, and say what the agency's trust policy or the \
             provider's rules ask for; `evsctl auth status` says where it comes from",
        ),
        Some(code) => told.hint(code.next),
        None if matches!(error.kind, Kind::Untrusted(_)) => told.hint(
            "who answered must have a certificate for that host, by an authority that this machine trusts; SSL_CERT_FILE names a \
             file with other authorities than the system's",
        ),
        None if denied => told.hint("check the token and its project; reading needs evs:volumes:get and :list"),
        None => told,
    }
}

#[cfg(any(test, fuzzing))]
/// The endpoint's address where no variable is set, for the proof in `readers`.
pub(super) fn address_without_variables(
    region: Option<&str>,
    endpoint: Option<&url::Url>,
) -> Result<url::Url, CliError> {
    address::judged(region, endpoint, &|_| None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_of_the_api_names_its_request_and_the_next_step() {
        for (status, code, exit, hint) in [
            (401, "APIGW.0301", Exit::Denied, Some("`evsctl auth status` says")),
            (403, "EVS.1027", Exit::Denied, Some("have evs:volumes:get")),
            (403, "EVS.9999", Exit::Denied, Some("check the token and its project")),
            (503, "EVS.5503", Exit::Error, Some("try again")),
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
