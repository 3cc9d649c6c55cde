//! What a doctor needs before it asks EVS for anything, and the checks that this makes.

use super::findings::Findings;
use crate::cli::cloud::{self, Address};
use crate::cli::credentials::What;
use crate::cli::exit::Exit;
use crate::cli::render::count;
use crate::cli::render::doctor::Check;
use crate::cli::stack::Stack;
use crate::cli::ui::Ui;
use crate::manifest::{Project, Target};
use crate::state::{CloudId, State};
use std::path::Path;

/// What a visit of the cloud needs.
pub(super) struct Ready {
    pub(super) stack: Stack,
    pub(super) cloud: CloudId,
    /// Words for the credentials, and whether requests are signed with them.
    pub(super) shown: String,
    pub(super) signs: bool,
    pub(super) state: Option<State>,
    /// Whether the state reads and is this cloud's.
    pub(super) sound: bool,
}

/// Everything that needs no request to EVS. Where it cannot go on, says why.
pub(super) fn prepare(ui: &Ui, path: &Path, found: &mut Findings) -> Result<Ready, &'static str> {
    let stack = Stack::load(ui, path).map_err(|error| {
        found.error("manifest", &error, "evsctl validate tells every problem with its line");
        "the manifest does not read"
    })?;
    let manifest = &stack.manifest;
    let volumes: usize = manifest.volumes.values().map(|volume| volume.slots().count()).sum();
    found.add(Check::ok("manifest", format!("stack {} asks for {}", manifest.stack, count(volumes as u64, "volume"))));
    let address = cloud::address_of(manifest).map_err(|error| {
        found.error("endpoint", &error, "name the endpoint of the region's EVS service");
        "the endpoint is not allowed"
    })?;
    let (cloud, shown, signs) = match (address, &manifest.cloud.target) {
        (Address::At(url), Target::Endpoint { region, project, .. }) => {
            found.add(Check::ok("endpoint", format!("{} is allowed", url.as_str().trim_end_matches('/'))));
            let credentials = cloud::found(&url).map_err(|error| {
                found.error("credentials", &error, "set credentials in the environment");
                "there are no credentials"
            })?;
            let signs = matches!(
                credentials.as_ref().map(|it| &it.what),
                Some(What::Keys(_) | What::Agency | What::Command(_) | What::Identity(_))
            );
            let shown = credentials.map_or_else(
                || "none, and none are needed on loopback".to_owned(),
                |it| format!("{} from {}", it.what.word(), it.place),
            );
            let project_id = match project {
                Project::Id(id) => Ok(id.clone()),
                Project::Name(name) => cloud::project_named(name, &url),
            };
            let project_id = project_id.map_err(|error| {
                // Only IAM was asked: whom it turns away has no good credentials.
                let denied = error.exit == Exit::Denied;
                let name = if denied { "credentials" } else { "project" };
                found.error(name, &error, "evsctl auth status says which credentials are used");
                if denied { "the credentials are not accepted" } else { "the project is not known" }
            })?;
            cloud::same_project(&project_id).map_err(|error| {
                found.error("project", &error, "make both mean one project");
                "the project is not certain"
            })?;
            found.add(Check::ok(
                "project",
                match project {
                    Project::Id(id) => format!("{id}, as the manifest gives it"),
                    Project::Name(name) => format!("{project_id}, looked up by its name {name}"),
                },
            ));
            (cloud::named(region.clone(), &url, project_id), shown, signs)
        }
        _ => {
            found.add(Check::ok("endpoint", "the embedded cloud"));
            let cloud = cloud::identify(manifest).map_err(|error| {
                found.error("project", &error, "name the project by its id");
                "the project is not known"
            })?;
            found.add(Check::ok("project", "the embedded cloud's only one"));
            (cloud, "none, and none are needed for the embedded cloud".to_owned(), false)
        }
    };
    stack.warn_of_others(ui, &cloud);
    let read = stack.read_state(ui).and_then(|state| cloud::same(state.as_ref(), &cloud).map(|()| state));
    let (state, sound) = match read {
        Ok(state) => {
            let seen = match &state {
                None => "nothing is recorded yet".to_owned(),
                Some(state) => {
                    format!("serial {}, {} recorded", state.serial, count(state.volumes.len() as u64, "volume"))
                }
            };
            found.add(Check::ok("state", seen));
            (state, true)
        }
        Err(error) => {
            found.error("state", &error, "put the recorded state back, from Git or from the copies beside it");
            (None, false)
        }
    };
    Ok(Ready { stack, cloud, shown, signs, state, sound })
}
