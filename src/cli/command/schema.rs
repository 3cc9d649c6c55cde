//! `evsctl schema`: the JSON Schema of the manifest.

use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::ui::Ui;
use crate::manifest;

pub(in crate::cli) fn run(ui: &Ui) -> Result<Exit, CliError> {
    let text = serde_json::to_string_pretty(&manifest::schema()).map_err(|error| CliError::of(Exit::Error, error))?;
    ui.data(&format!("{text}\n"));
    Ok(Exit::Success)
}
