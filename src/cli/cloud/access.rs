//! How a manifest's cloud is reached: which endpoint, which project, which credentials, and whether the manifest may
//! name that endpoint at all.

use super::address::address;
use crate::cli::credentials::{self, Around, Found, Named, Service, What, credentials};
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::runtime::block_on;
use crate::cli::settings::set;
use crate::evs::Error;
use crate::evs::iam::Scope;
use crate::http::is_loopback;
use crate::manifest::{Manifest, Project, Target};
use crate::words;
use crate::words::cloud::{Deed, NoProject, cannot, no_project};
use std::sync::OnceLock;

/// The project of every embedded cloud.
pub(super) const SIMULATOR_PROJECT: &str = "0123456789abcdef0123456789abcdef";

/// Where a manifest's requests go, and the credentials that they show there. These are looked for when they are needed
/// first, and once.
pub(in crate::cli) struct Access {
    pub(in crate::cli) address: Address,
    found: OnceLock<Option<Found>>,
}

/// Where a manifest's requests go.
pub(in crate::cli) enum Address {
    /// To the cloud inside this process.
    Embedded,
    /// To a service.
    Service {
        /// Its endpoint, which the runner allows.
        url: url::Url,
        /// Its region, where the manifest names it.
        region: Option<String>,
        /// The project, as the manifest gives it.
        project: Project,
    },
}

impl Access {
    /// That to a manifest's cloud. Nothing is sent to find out.
    ///
    /// # Errors
    /// When the manifest names no address, or one that the runner does not allow.
    pub(in crate::cli) fn of(manifest: &Manifest) -> Result<Access, CliError> {
        let address = match &manifest.cloud.target {
            Target::Simulator => Address::Embedded,
            Target::Endpoint { region, project, endpoint } => Address::Service {
                url: address(region.as_deref(), endpoint.as_ref())?,
                region: region.clone(),
                project: project.clone(),
            },
        };
        Ok(Access { address, found: OnceLock::new() })
    }

    /// The credentials, out of the runner's surroundings. The embedded cloud gets none; a loopback endpoint needs none,
    /// and gets none but those that the environment itself holds.
    ///
    /// # Errors
    /// When there are none and some are needed, a part of them is missing, or they may not be told there.
    pub(in crate::cli) fn credentials(&self) -> Result<Option<&Found>, CliError> {
        let Address::Service { url, .. } = &self.address else { return Ok(None) };
        if let Some(found) = self.found.get() {
            return Ok(found.as_ref());
        }
        let found = found(url)?;
        Ok(self.found.get_or_init(|| found).as_ref())
    }

    /// The project's id. Only one that is given by its name is asked about.
    ///
    /// # Errors
    /// When IAM does not know it, or cannot be asked.
    pub(in crate::cli) fn project_id(&self) -> Result<String, CliError> {
        match &self.address {
            Address::Embedded => Ok(SIMULATOR_PROJECT.to_owned()),
            Address::Service { project: Project::Id(id), .. } => Ok(id.clone()),
            Address::Service { project: Project::Name(name), url, .. } => self.project_named(name, url),
        }
    }

    /// The id of a project by its name, as IAM knows it.
    fn project_named(&self, name: &str, endpoint: &url::Url) -> Result<String, CliError> {
        let unknown = |why| CliError::told(Exit::Error, no_project(name, why));
        let Some(found) = self.credentials()? else {
            return Err(unknown(NoProject::NotAsked));
        };
        let named = match &found.what {
            What::Password { address, .. } => address.clone(),
            What::Identity(identity) if identity.is_of_iam() => identity.address.clone(),
            _ => Named { variable: "HW_AUTH_URL", address: set("HW_AUTH_URL") },
        };
        let iam = credentials::service(Service::Iam, &named, endpoint)?;
        let shown = credentials(found.clone(), endpoint, Scope::Name(name.to_owned()))?;
        let ids = block_on(async {
            let failed = |error: Error| CliError::from(error).behind(cannot(Deed::LookUp(name)));
            let secret = shown.once().await.map_err(failed)?;
            match secret {
                Some(secret) => iam.projects(name, &secret, jiff::Timestamp::now()).await.map_err(failed),
                None => Ok(Vec::new()),
            }
        })?;
        match ids.as_slice() {
            [id] => Ok(id.clone()),
            [] => Err(unknown(NoProject::None)),
            several => Err(unknown(NoProject::Several(several.len()))),
        }
    }
}

/// The credentials for an endpoint.
fn found(endpoint: &url::Url) -> Result<Option<Found>, CliError> {
    let near = is_loopback(endpoint);
    let found = credentials::find(&Around { set: &set, beyond: !near })?;
    if found.is_none() && !near {
        return Err(CliError::told(Exit::Denied, words::credentials::none()));
    }
    if let Some(found) = &found {
        credentials::guard(found, endpoint)?;
    }
    Ok(found)
}
