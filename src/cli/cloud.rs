//! A manifest's cloud: which one it is for the record, and a client for it.

mod access;
mod address;
mod familiar;

pub(super) use access::{Access, Address};

use super::credentials::{self, What, credentials};
use super::error::CliError;
use super::exit::Exit;
use super::safe::plain;
use super::settings::set;
use super::ui::Ui;
use crate::boundary::Boundaries;
use crate::evs::iam::Scope;
use crate::evs::{self, Client, Connection, Credentials, Notice, Rate};
use crate::manifest::Manifest;
use crate::operation::settle::{Doubts, InDoubt};
use crate::simulator::{self, Simulator};
use crate::state::{CloudId, State};
use crate::store::Store;
use crate::volume::{Digest, StackName};
use crate::words;
use access::SIMULATOR_PROJECT;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How long a job of the embedded cloud takes: long enough to be seen, short enough to be borne.
const SIMULATOR_JOB: Duration = Duration::from_secs(1);

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

/// A cloud, whose project is known, and the access to it.
pub(super) struct Cloud {
    /// As it is recorded.
    pub(super) id: CloudId,
    access: Access,
}

/// Where the embedded cloud of a stack is kept: beside the recorded states of that folder.
pub(super) fn embedded_cloud(store: &Store, stack: &StackName) -> PathBuf {
    store.dir().join(".simulator").join(format!("{stack}.jsonl"))
}

impl Cloud {
    /// That of a manifest. Only a project that is given by its name is asked about.
    ///
    /// # Errors
    /// When its address is not allowed, or its project not known or not certain.
    pub(super) fn of(manifest: &Manifest) -> Result<Cloud, CliError> {
        let access = Access::of(manifest)?;
        let project_id = access.project_id()?;
        Cloud::of_project(access, project_id)
    }

    /// That of a project.
    ///
    /// # Errors
    /// When the surroundings mean another project than the manifest does.
    pub(super) fn of_project(access: Access, project_id: String) -> Result<Cloud, CliError> {
        let id = match &access.address {
            Address::Embedded => CloudId { region: None, endpoint: CloudId::SIMULATOR.to_owned(), project_id },
            Address::Service { url, region, .. } => {
                same_project(&project_id)?;
                named(region.clone(), url, project_id)
            }
        };
        Ok(Cloud { id, access })
    }

    /// Makes sure that a state is of this cloud.
    ///
    /// # Errors
    /// When it is recorded in another one.
    pub(super) fn check_state(&self, state: Option<&State>) -> Result<(), CliError> {
        // One that owns nothing follows its manifest to another cloud.
        let is_bound = |state: &&State| !state.cloud.is_same(&self.id) && !state.owns_nothing();
        let Some(state) = state.filter(is_bound) else { return Ok(()) };
        Err(CliError::told(Exit::Refused, words::cloud::other_cloud(&state.stack, &state.cloud, &self.id)))
    }

    /// How calls in doubt are settled here; `settle` is how long lists may lag.
    ///
    /// A request to the embedded cloud ends with its process, and on loopback nothing lies in between that could keep one
    /// back; anywhere else it counts until its session's token has expired.
    ///
    /// # Errors
    /// When credentials are needed and cannot be had.
    pub(super) fn doubts(&self, settle: Duration, policy: Option<InDoubt>) -> Result<Doubts, CliError> {
        let (validity, dated) = match self.access.credentials()?.map(|found| &found.what) {
            // None are needed in the embedded cloud and on loopback alone.
            None => (Duration::ZERO, false),
            Some(What::Keys(_) | What::Agency | What::Identity(_)) => (SIGNED, true),
            Some(What::Token(_) | What::Password { .. } | What::Command(_)) => (SESSION, false),
        };
        Ok(Doubts { policy, dated, validity, settle })
    }

    /// Connects to it. No request is sent yet; every pause before a request is repeated is told from now on.
    ///
    /// # Errors
    /// When credentials are needed and cannot be had, when no connection can be prepared, or when the embedded cloud does
    /// not start.
    pub(super) async fn connect(
        &self,
        ui: &Arc<Ui>,
        manifest: &Manifest,
        store: &Store,
        effort: Effort,
        stop: CancellationToken,
    ) -> Result<Link, CliError> {
        let (endpoint, shown, simulator) = match &self.access.address {
            Address::Embedded => {
                let data = embedded_cloud(store, &manifest.stack);
                let config = simulator::Config {
                    data: Some(data),
                    seed: seed(manifest.stack.as_str()),
                    job_duration: SIMULATOR_JOB,
                    project_id: Some(SIMULATOR_PROJECT.to_owned()),
                    ..simulator::Config::default()
                };
                let running = Simulator::start(config)
                    .await
                    .map_err(|error| CliError::of(Exit::Error, error).hint(words::cloud::embedded()))?;
                let url = url::Url::parse(&format!("http://{}", running.address()));
                (url.map_err(|error| CliError::of(Exit::Error, error))?, Credentials::None, Some(running))
            }
            Address::Service { url, .. } => {
                let shown = match self.access.credentials()? {
                    Some(found) => credentials(found.clone(), url, Scope::Id(self.id.project_id.clone()))?,
                    None => Credentials::None,
                };
                (url.clone(), shown, None)
            }
        };
        if !matches!(shown, Credentials::None) {
            evs::familiar(familiar::of_manifest(manifest, &self.id, &endpoint));
            familiar::of_state(store).for_each(evs::familiar);
            evs::familiar(familiar::of_codes());
        }
        let connection = Connection {
            endpoint: endpoint.clone(),
            project_id: self.id.project_id.clone(),
            credentials: shown,
            parallelism: u32::from(effort.parallelism),
            rate: manifest.cloud.rate_limit.map(|limit| Rate { requests: limit.requests.get(), window: limit.window }),
            patience: effort.patience,
            boundaries: Boundaries::default(),
        };
        credentials::authorities(&connection.endpoint)?;
        let client = Client::new(connection, stop).map_err(|reason| credentials::unconnectable(&reason))?;
        let link = Link { client: Arc::new(client), endpoint, _simulator: simulator };
        link.tell(ui.clone());
        Ok(link)
    }
}

/// The cloud of an endpoint and a project.
fn named(region: Option<String>, url: &url::Url, project_id: String) -> CloudId {
    CloudId { region, endpoint: url.as_str().trim_end_matches('/').to_owned(), project_id }
}

/// Makes sure that the surroundings mean no other project than the manifest does.
fn same_project(id: &str) -> Result<(), CliError> {
    let others = ["HW_PROJECT_ID", "HUAWEICLOUD_SDK_PROJECT_ID", "OS_PROJECT_ID"];
    let Some((name, other)) = others.into_iter().find_map(|name| Some((name, set(name)?))).filter(|(_, it)| it != id)
    else {
        return Ok(());
    };
    Err(CliError::told(Exit::Denied, words::cloud::other_project(name, &other, id)))
}

/// Another service than EVS, which knows what volumes can be made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Service {
    /// Of images (IMS).
    Images,
    /// Of backups (CBR).
    Backups,
}

impl Service {
    /// Its word in host names (EVS API reference, "Hosts").
    fn word(self) -> &'static str {
        match self {
            Service::Images => "ims",
            Service::Backups => "cbr",
        }
    }
}

/// How long trouble of another service is borne: what it knows can be done without.
const PATIENCE_BESIDE: Duration = Duration::from_secs(3);

/// A client, and the embedded cloud behind it where there is one.
pub(super) struct Link {
    pub(super) client: Arc<Client>,
    /// Where it sends its requests.
    endpoint: url::Url,
    /// Serves for as long as it is held.
    _simulator: Option<Simulator>,
}

impl Link {
    /// A client of another service of the same region and project.
    ///
    /// # Errors
    /// What keeps it from being asked, in words.
    pub(super) fn beside(&self, service: Service) -> Result<Arc<Client>, String> {
        let address = address::beside(&self.endpoint, service.word());
        let address = address.ok_or_else(|| words::cloud::no_service(service.word(), self.endpoint.as_str()))?;
        if address == self.endpoint {
            return Ok(Arc::clone(&self.client));
        }
        self.client.beside(address, PATIENCE_BESIDE).map(Arc::new)
    }

    /// Tells every pause before a request is repeated, until an apply takes that over: silence would look
    /// like a hang. On a thread of its own, since printing may block and the work does not wait for it.
    fn tell(&self, ui: Arc<Ui>) {
        let (notices, mut told) = tokio::sync::mpsc::unbounded_channel::<Notice>();
        self.client.tell(notices);
        std::thread::spawn(move || {
            while let Some(Notice { request, reason, pause }) = told.blocking_recv() {
                ui.talk(&words::cloud::repeating(request, pause, &plain(&reason.to_string())));
            }
        });
    }
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

#[cfg(any(test, fuzzing))]
/// The endpoint's address where no variable is set, for the proof in `fuzzing`.
pub(super) fn address_without_variables(
    region: Option<&str>,
    endpoint: Option<&url::Url>,
) -> Result<url::Url, CliError> {
    address::judged(region, endpoint, &|_| None)
}
