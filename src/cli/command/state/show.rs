//! `evsctl state show`: everything recorded of some volumes, without network.

use crate::cli::command::no_path;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::options::{Format, PlaceArgs};
use crate::cli::render::state as render;
use crate::cli::stack::Records;
use crate::cli::ui::Ui;
use crate::plan::Pattern;
use crate::words::command::state as words;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// `evsctl state show`
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Examples:\n  evsctl state show . 'web[1]'\n  evsctl state show prod web 'db[1..3]' --format json"
)]
pub(in crate::cli) struct ShowArgs {
    /// The manifest: a YAML file, or a folder of them.
    #[arg(value_name = "PATH", default_value = ".")]
    pub(in crate::cli) path: PathBuf,
    /// Which volumes: `key`, `key[3]`, `key[1..3,7]`, or with `*`.
    #[arg(value_name = "ADDR")]
    pub(in crate::cli) addresses: Vec<Pattern>,
    /// How to find the state without the manifest.
    #[command(flatten)]
    pub(in crate::cli) place: PlaceArgs,
    /// How to write it.
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(in crate::cli) format: Format,
}

pub(super) fn run(ui: &Ui, args: &ShowArgs) -> Result<Exit, CliError> {
    let records = Records::load(ui, &args.path, &args.place)
        .map_err(|error| no_path::hinted(error, "state show", &args.path, &args.addresses))?;
    let state = records.read_state(ui)?;
    if state.is_none() {
        ui.talk(&words::no_state(&records.stack, &records.store.snapshot_path()));
    }
    let means =
        |address: &_| args.addresses.is_empty() || args.addresses.iter().any(|pattern| pattern.matches(address));
    let volumes = state.as_ref().map(|state| render::select(state, means)).unwrap_or_default();
    if volumes.is_empty() && !args.addresses.is_empty() {
        return Err(CliError::new(Exit::Error, words::NONE_OF_THESE).hint(words::WHICH_ARE));
    }
    let nothing = BTreeSet::new();
    let protected = state.as_ref().map_or(&nothing, |state| &state.protected);
    match args.format {
        Format::Human => ui.data(&render::show(&volumes, protected, ui.look())),
        Format::Json => ui.json(&render::show_json(&volumes, protected)),
    }
    Ok(Exit::Success)
}
