//! `evsctl lock status` and `unlock`: who holds the lock, and breaking it. Both need no network.

use crate::cli::args::{Format, ReportArgs, UnlockArgs};
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::render::lock as render;
use crate::cli::stack::{Stack, store_error};
use crate::cli::ui::Ui;
use crate::store::{Store, StoreError};

pub(in crate::cli) fn status(ui: &Ui, args: &ReportArgs) -> Result<Exit, CliError> {
    let store = Stack::load(ui, &args.path)?.store;
    let claimant = store.claimant();
    let open = open_calls(ui, &store);
    match args.format {
        Format::Human => ui.data(&render::status(claimant.as_ref(), open, &args.path)),
        Format::Json => ui.json(&render::status_json(claimant.as_ref(), open)),
    }
    Ok(Exit::Success)
}

pub(in crate::cli) fn unlock(ui: &Ui, args: &UnlockArgs) -> Result<Exit, CliError> {
    let store = Stack::load(ui, &args.path)?.store;
    // Looked at before: afterwards its words are gone.
    let alive = store.claimant().and_then(|claimant| claimant.alive);
    let holder = store.break_lock(&args.id).map_err(|error| {
        let told = store_error(&error);
        match error {
            // Another run came meanwhile, and nobody has consented to breaking that one's lock.
            StoreError::NotHeld { .. } => CliError { exit: Exit::Refused, ..told },
            _ => told,
        }
    })?;
    ui.talk(&render::broken(&holder, alive, open_calls(ui, &store)));
    Ok(Exit::Success)
}

/// How many create calls were not seen to end. A state that cannot be read is no reason to keep the rest to oneself.
fn open_calls(ui: &Ui, store: &Store) -> Option<u64> {
    match store.read() {
        Ok(state) => Some(state.map_or(0, |state| state.calls.len() as u64)),
        Err(error) => {
            ui.warn(&format!("the state cannot be read, so it is not known how many calls are open: {error}"));
            None
        }
    }
}
