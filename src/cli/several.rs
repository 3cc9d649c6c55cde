//! One command about several stacks, each named by a PATH: one of them that fails does not keep the others from being looked at.

use super::error::CliError;
use super::exit::Exit;
use super::render::markdown::Stack;
use super::safe::plain;
use super::style::BOLD;
use super::ui::Ui;
use crate::plan::Plan;
use crate::volume::KeyOrAddress;
use crate::words;
use serde_json::json;
use std::path::{Path, PathBuf};

/// What one of the stacks came to.
pub(super) struct One<T> {
    /// The PATH as it is typed.
    pub(super) path: PathBuf,
    /// What was found, or why nothing was; that is told already.
    pub(super) ended: Result<T, CliError>,
}

/// Works on each PATH in turn. `not_volumes` is told where a PATH looks like a volume, and is none that exists.
///
/// # Errors
/// That of the only PATH. Where there are several, the error of each is told and stands beside it.
pub(super) fn each<T>(
    ui: &Ui,
    paths: &[PathBuf],
    not_volumes: &str,
    mut work: impl FnMut(&Path) -> Result<T, CliError>,
) -> Result<Vec<One<T>>, CliError> {
    if let [path] = paths {
        return Ok(vec![One { path: path.clone(), ended: Ok(work(path)?) }]);
    }
    let all = paths.iter().map(|path| {
        let ended = work(path).map_err(|error| {
            let error = error.behind(words::stack::of_path(path));
            // Volumes come behind PATH in other commands.
            let is_volume = path.to_str().is_some_and(|text| text.parse::<KeyOrAddress>().is_ok());
            if is_volume && !path.exists() { error.hint(not_volumes) } else { error }
        });
        if let Err(error) = &ended {
            ui.error(error);
        }
        One { path: path.clone(), ended }
    });
    Ok(all.collect())
}

/// The exit of all of them: the strongest.
pub(super) fn exit<T>(all: &[One<T>], exit_of: impl Fn(&T) -> Exit) -> Exit {
    let exits = all.iter().map(|one| one.ended.as_ref().map_or_else(|error| error.exit, &exit_of));
    exits.max().unwrap_or(Exit::Success)
}

/// Shows each of them under its PATH, where there are several; those that failed are told already.
pub(super) fn human<T>(ui: &Ui, all: &[One<T>], text_of: impl Fn(&T) -> String) {
    for (number, One { path, ended }) in all.iter().enumerate() {
        let Ok(found) = ended else { continue };
        if all.len() > 1 {
            let gap = if number > 0 { "\n" } else { "" };
            ui.data(&format!("{gap}{BOLD}{}{BOLD:#}\n", plain(&path.display().to_string())));
        }
        ui.data(&text_of(found));
    }
}

/// Shows all of them as one page: that of the only one, or one about all.
pub(super) fn markdown<T>(
    ui: &Ui,
    all: &[One<T>],
    plan_of: impl Fn(&T) -> &Plan,
    page: fn(&Plan) -> String,
    pages: fn(&[Stack<'_>]) -> String,
) {
    if let [One { ended: Ok(found), .. }] = all {
        return ui.data(&page(plan_of(found)));
    }
    let told: Vec<(String, Result<&Plan, String>)> = all
        .iter()
        .map(|One { path, ended }| {
            let plan = ended.as_ref().map(&plan_of).map_err(CliError::line);
            (path.display().to_string(), plan)
        })
        .collect();
    let stacks: Vec<Stack<'_>> = told
        .iter()
        .map(|(path, plan)| (path.as_str(), plan.as_ref().map(|plan| *plan).map_err(String::as_str)))
        .collect();
    ui.data(&pages(&stacks));
}

/// One JSON document of all of them: that of the only one, or a list with each one's PATH and exit code.
pub(super) fn document<T>(all: &[One<T>], exit_of: impl Fn(&T) -> Exit, json_of: impl Fn(&T) -> String) -> String {
    if let [One { ended: Ok(found), .. }] = all {
        return json_of(found);
    }
    let parts = all.iter().map(|One { path, ended }| {
        let path = json!(path.display().to_string());
        match ended {
            Ok(found) => {
                let code = exit_of(found).code();
                format!("{{\"path\":{path},\"exit\":{code},\"document\":{}}}", json_of(found).trim_end())
            }
            Err(error) => {
                let told = json!({ "message": error.message, "causes": error.causes(), "hints": error.hints });
                format!("{{\"path\":{path},\"exit\":{},\"error\":{told}}}", error.exit.code())
            }
        }
    });
    format!("{{\"stacks\":[{}]}}\n", parts.collect::<Vec<_>>().join(",\n"))
}
