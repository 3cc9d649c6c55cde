//! What a doctor needs before it asks the service for anything.

use crate::doctor::{Endpoint, Project, Recorded, Shown, Stack, Stage, Unready, Unrecorded};
use crate::words::number::count;

/// What an error says is to be done, or else this.
fn hints_or(hints: &[String], otherwise: &str) -> String {
    if hints.is_empty() { otherwise.to_owned() } else { hints.join("; ") }
}

pub(super) fn unready_next(unready: &Unready) -> String {
    let otherwise = match unready.stage {
        Stage::Manifest => "evsctl validate tells every problem with its line",
        Stage::Endpoint => "name the endpoint of the region's EVS service",
        Stage::Credentials => "set credentials in the environment",
        Stage::Iam | Stage::Project => "evsctl auth status says which credentials are used",
        Stage::OneProject => "make both mean one project",
        Stage::State => "put the recorded state back, from Git or from the copies beside it",
        Stage::Connection => "run the same command again",
    };
    hints_or(&unready.error.hints, otherwise)
}

pub(super) fn unrecorded_next(unrecorded: &Unrecorded) -> String {
    hints_or(&unrecorded.error.hints, "put that right: nothing is made that is not recorded first")
}

pub(super) fn stack(stack: &Stack) -> String {
    format!("stack {} asks for {}", stack.name, count(stack.volumes as u64, "volume"))
}

pub(super) fn endpoint(endpoint: &Endpoint) -> String {
    match endpoint {
        Endpoint::Embedded => "the embedded cloud".to_owned(),
        Endpoint::Allowed(address) => format!("{address} is allowed"),
    }
}

pub(super) fn project(project: &Project) -> String {
    match project {
        Project::Embedded => "the embedded cloud's only one".to_owned(),
        Project::Given(id) => format!("{id}, as the manifest gives it"),
        Project::Named { id, name } => format!("{id}, looked up by its name {name}"),
        Project::Refused(error) => error.to_string(),
    }
}

pub(super) fn project_next(project: &Project) -> Option<&'static str> {
    match project {
        Project::Refused(_) => Some("put `project_id` right; the console shows it"),
        Project::Embedded | Project::Given(_) | Project::Named { .. } => None,
    }
}

pub(super) fn recorded(recorded: &Recorded) -> String {
    match recorded {
        Recorded::Nothing => "nothing is recorded yet".to_owned(),
        Recorded::State { serial, volumes } => {
            format!("serial {serial}, {} recorded", count(*volumes as u64, "volume"))
        }
    }
}

/// By what requests are signed.
pub(super) fn shown(shown: &Shown) -> String {
    match shown {
        Shown::NoneEmbedded => "none, and none are needed for the embedded cloud".to_owned(),
        Shown::NoneOnLoopback => "none, and none are needed on loopback".to_owned(),
        Shown::Some { what, place } => format!("{what} from {place}"),
    }
}
