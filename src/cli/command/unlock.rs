//! `evsctl unlock`: breaks the lock. Needs no network.

use super::lock::open_calls;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::options::{PlaceArgs, value};
use crate::cli::render::lock as render;
use crate::cli::stack::Records;
use crate::cli::ui::Ui;
use crate::store::StoreError;
use crate::volume::LeaseId;
use std::path::PathBuf;

/// `evsctl unlock`
#[derive(Debug, Clone, clap::Args)]
#[command(
    allow_missing_positional = true,
    after_help = "A last resort: the lock ends with its process, however that ends, so rather end the process.
A lock that is free is left alone, and said to be so: exit 1, since there was nothing to break.
An ID that is not the holder's is refused: exit 4, since another run has come meanwhile.

Examples:
  evsctl lock status prod
  evsctl unlock prod 3f0c91d2"
)]
pub(in crate::cli) struct UnlockArgs {
    /// The manifest: a YAML file, or a folder of them.
    #[arg(value_name = "PATH", default_value = ".")]
    pub(in crate::cli) path: PathBuf,
    /// The id of the holder, as `lock status` shows it.
    #[arg(value_name = "ID", required = true, value_parser = value::lease)]
    pub(in crate::cli) id: LeaseId,
    /// How to find the lock without the manifest.
    #[command(flatten)]
    pub(in crate::cli) place: PlaceArgs,
}

pub(in crate::cli) fn run(ui: &Ui, args: &UnlockArgs) -> Result<Exit, CliError> {
    let store = Records::load(ui, &args.path, &args.place)?.store;
    // Looked at before: afterwards its words are gone.
    let alive = store.claimant().and_then(|claimant| claimant.alive);
    let holder = store.break_lock(&args.id).map_err(|error| {
        // Another run came meanwhile, and nobody has consented to breaking that one's lock.
        let is_anothers = matches!(error, StoreError::NotHeld { .. });
        let mut told = CliError::from(error);
        if is_anothers {
            told.exit = Exit::Refused;
        }
        told
    })?;
    ui.talk(&render::broken(&holder, alive, open_calls(ui, &store)));
    Ok(Exit::Success)
}
