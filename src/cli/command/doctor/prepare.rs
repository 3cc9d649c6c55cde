//! What a doctor needs before it asks EVS for anything, and the checks that this makes.

use super::findings::Findings;
use crate::cli::cloud::{Access, Address, Cloud};
use crate::cli::credentials::What;
use crate::cli::exit::Exit;
use crate::cli::stack::Stack;
use crate::cli::ui::Ui;
use crate::doctor::{self, Endpoint, Finding, Recorded, Shown, Skipped, Stage};
use crate::manifest::Project;
use crate::state::State;
use std::path::Path;

/// What a visit of the cloud needs.
pub(super) struct Ready {
    pub(super) stack: Stack,
    pub(super) cloud: Cloud,
    /// The credentials, and whether requests are signed with them.
    pub(super) shown: Shown,
    pub(super) signs: bool,
    pub(super) state: Option<State>,
    /// Whether the state reads and is this cloud's.
    pub(super) checked: bool,
}

/// Everything that needs no request to EVS. Where it cannot go on, says why.
pub(super) fn prepare(ui: &Ui, path: &Path, found: &mut Findings) -> Result<Ready, Skipped> {
    let stack = Stack::load(ui, path).map_err(|error| {
        found.error(Stage::Manifest, &error);
        Skipped::NoManifest
    })?;
    let manifest = &stack.manifest;
    let volumes: usize = manifest.volumes.values().map(|volume| volume.slots().count()).sum();
    found.add(Finding::Stack(doctor::Stack { name: manifest.stack.clone(), volumes }));
    let access = Access::of(manifest).map_err(|error| {
        found.error(Stage::Endpoint, &error);
        Skipped::NoEndpoint
    })?;
    let (shown, signs) = show(&access, found)?;
    let project_id = access.project_id().map_err(|error| {
        // Only IAM was asked: whom it turns away has no good credentials.
        let denied = error.exit == Exit::Denied;
        found.error(if denied { Stage::Iam } else { Stage::Project }, &error);
        if denied { Skipped::CredentialsRefused } else { Skipped::NoProject }
    })?;
    let project = match &access.address {
        Address::Embedded => doctor::Project::Embedded,
        Address::Service { project: Project::Id(id), .. } => doctor::Project::Given(id.clone()),
        Address::Service { project: Project::Name(name), .. } => {
            doctor::Project::Named { id: project_id.clone(), name: name.clone() }
        }
    };
    let cloud = Cloud::of_project(access, project_id).map_err(|error| {
        found.error(Stage::OneProject, &error);
        Skipped::TwoProjects
    })?;
    found.add(Finding::Project(project));
    let read = stack.read_state(ui).and_then(|state| cloud.check_state(state.as_ref()).map(|()| state));
    let (state, checked) = match read {
        Ok(state) => {
            found.add(Finding::Recorded(match &state {
                None => Recorded::Nothing,
                Some(state) => Recorded::State { serial: state.serial, volumes: state.volumes.len() },
            }));
            (state, true)
        }
        Err(error) => {
            found.error(Stage::State, &error);
            (None, false)
        }
    };
    Ok(Ready { stack, cloud, shown, signs, state, checked })
}

/// The endpoint, and what is shown there. Gives the credentials, and whether requests are signed with them.
fn show(access: &Access, found: &mut Findings) -> Result<(Shown, bool), Skipped> {
    let Address::Service { url, .. } = &access.address else {
        found.add(Finding::Endpoint(Endpoint::Embedded));
        return Ok((Shown::NoneEmbedded, false));
    };
    found.add(Finding::Endpoint(Endpoint::Allowed(url.as_str().trim_end_matches('/').to_owned())));
    let credentials = access.credentials().map_err(|error| {
        found.error(Stage::Credentials, &error);
        Skipped::NoCredentials
    })?;
    let signs = matches!(
        credentials.map(|it| &it.what),
        Some(What::Keys(_) | What::Agency | What::Command(_) | What::Identity(_))
    );
    let shown = credentials.map_or(Shown::NoneOnLoopback, |it| Shown::Some {
        what: it.what.word().to_owned(),
        place: it.place.to_string(),
    });
    Ok((shown, signs))
}
