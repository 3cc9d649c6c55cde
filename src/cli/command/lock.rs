//! `evsctl lock status`: who holds the lock. Needs no network.

use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::options::{Format, RecordsArgs};
use crate::cli::render::lock as render;
use crate::cli::stack::Records;
use crate::cli::ui::Ui;
use crate::store::Store;
use crate::words::command::lock as words;
use clap::Subcommand;

/// `evsctl lock …`
#[derive(Debug, Clone, Subcommand)]
pub(in crate::cli) enum LockCommand {
    /// Shows who holds the lock, and whether that process is still there.
    Status(StatusArgs),
}

/// `evsctl lock status`
#[derive(Debug, Clone, clap::Args)]
pub(in crate::cli) struct StatusArgs {
    /// Which stack.
    #[command(flatten)]
    pub(in crate::cli) of: RecordsArgs,
    /// How to write it.
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(in crate::cli) format: Format,
}

pub(in crate::cli) fn status(ui: &Ui, args: &StatusArgs) -> Result<Exit, CliError> {
    let store = Records::load(ui, &args.of.path, &args.of.place)?.store;
    let claimant = store.claimant();
    let open = open_calls(ui, &store);
    match args.format {
        Format::Human => ui.data(&render::status(claimant.as_ref(), open, &args.of.path)),
        Format::Json => ui.json(&render::status_json(claimant.as_ref(), open)),
    }
    Ok(Exit::Success)
}

/// How many create calls were not seen to end. A state that cannot be read is no reason to keep the rest to oneself.
pub(super) fn open_calls(ui: &Ui, store: &Store) -> Option<u64> {
    match store.read() {
        Ok(state) => Some(state.map_or(0, |state| state.operations.len() as u64)),
        Err(error) => {
            ui.warn(&words::calls_unknown(&error));
            None
        }
    }
}
