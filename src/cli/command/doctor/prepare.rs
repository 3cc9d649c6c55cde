//! What a doctor needs before it asks EVS for anything, and the checks that this makes.

use super::findings::Findings;
use crate::cli::cloud::{Access, Address, Cloud};
use crate::cli::credentials::What;
use crate::cli::exit::Exit;
use crate::cli::render::doctor::Check;
use crate::cli::stack::Stack;
use crate::cli::ui::Ui;
use crate::manifest::Project;
use crate::state::State;
use crate::words::count;
use std::path::Path;

/// What a visit of the cloud needs.
pub(super) struct Ready {
    pub(super) stack: Stack,
    pub(super) cloud: Cloud,
    /// Words for the credentials, and whether requests are signed with them.
    pub(super) shown: String,
    pub(super) signs: bool,
    pub(super) state: Option<State>,
    /// Whether the state reads and is this cloud's.
    pub(super) checked: bool,
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
    let access = Access::of(manifest).map_err(|error| {
        found.error("endpoint", &error, "name the endpoint of the region's EVS service");
        "the endpoint is not allowed"
    })?;
    let (shown, signs) = show(&access, found)?;
    let project_id = access.project_id().map_err(|error| {
        // Only IAM was asked: whom it turns away has no good credentials.
        let denied = error.exit == Exit::Denied;
        let name = if denied { "credentials" } else { "project" };
        found.error(name, &error, "evsctl auth status says which credentials are used");
        if denied { "the credentials are not accepted" } else { "the project is not known" }
    })?;
    let seen = match &access.address {
        Address::Embedded => "the embedded cloud's only one".to_owned(),
        Address::Service { project: Project::Id(id), .. } => format!("{id}, as the manifest gives it"),
        Address::Service { project: Project::Name(name), .. } => format!("{project_id}, looked up by its name {name}"),
    };
    let cloud = Cloud::of_project(access, project_id).map_err(|error| {
        found.error("project", &error, "make both mean one project");
        "the project is not certain"
    })?;
    found.add(Check::ok("project", seen));
    stack.warn_of_others(ui, &cloud.id);
    let read = stack.read_state(ui).and_then(|state| cloud.check_state(state.as_ref()).map(|()| state));
    let (state, checked) = match read {
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
    Ok(Ready { stack, cloud, shown, signs, state, checked })
}

/// The endpoint, and what is shown there. Gives words for the credentials, and whether requests are signed with them.
fn show(access: &Access, found: &mut Findings) -> Result<(String, bool), &'static str> {
    let Address::Service { url, .. } = &access.address else {
        found.add(Check::ok("endpoint", "the embedded cloud"));
        return Ok(("none, and none are needed for the embedded cloud".to_owned(), false));
    };
    found.add(Check::ok("endpoint", format!("{} is allowed", url.as_str().trim_end_matches('/'))));
    let credentials = access.credentials().map_err(|error| {
        found.error("credentials", &error, "set credentials in the environment");
        "there are no credentials"
    })?;
    let signs = matches!(
        credentials.map(|it| &it.what),
        Some(What::Keys(_) | What::Agency | What::Command(_) | What::Identity(_))
    );
    let shown = credentials.map_or_else(
        || "none, and none are needed on loopback".to_owned(),
        |it| format!("{} from {}", it.what.word(), it.place),
    );
    Ok((shown, signs))
}
