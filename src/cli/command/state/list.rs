//! `evsctl state list`: the recorded volumes, without network.

use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::options::{Format, RecordsArgs};
use crate::cli::render::state as render;
use crate::cli::stack::Records;
use crate::cli::ui::Ui;
use crate::words::command::state as words;

/// `evsctl state list`
#[derive(Debug, Clone, clap::Args)]
pub(in crate::cli) struct ListArgs {
    /// Which stack.
    #[command(flatten)]
    pub(in crate::cli) of: RecordsArgs,
    /// How to write it.
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(in crate::cli) format: Format,
}

pub(super) fn run(ui: &Ui, args: &ListArgs) -> Result<Exit, CliError> {
    let records = Records::load(ui, &args.of.path, &args.of.place)?;
    let state = records.read_state(ui)?;
    if state.is_none() {
        ui.talk(&words::no_state(&records.stack, &records.store.snapshot_path()));
    }
    if let Some(state) = state.as_ref().filter(|state| !state.operations.is_empty()) {
        ui.talk(&words::open_calls(state.operations.len() as u64));
    }
    let volumes = state.as_ref().map(|state| render::select(state, |_| true)).unwrap_or_default();
    match args.format {
        Format::Human => ui.data(&render::list(&volumes)),
        Format::Json => ui.json(&render::list_json(&volumes)),
    }
    Ok(Exit::Success)
}
