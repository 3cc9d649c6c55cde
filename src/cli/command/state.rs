//! `evsctl state list` and `state show`: what is recorded, without network and without a lock.

use crate::cli::args::{Format, StateListArgs, StateShowArgs};
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::look;
use crate::cli::render::state as render;
use crate::cli::stack::Stack;
use crate::cli::ui::Ui;
use crate::state::State;

pub(in crate::cli) fn list(ui: &Ui, args: &StateListArgs) -> Result<Exit, CliError> {
    let state = read(ui, &args.path)?;
    if let Some(state) = state.as_ref().filter(|state| !state.calls.is_empty()) {
        ui.talk(&render::open_calls(state.calls.len() as u64));
    }
    let volumes = state.as_ref().map(|state| render::select(state, |_| true)).unwrap_or_default();
    match args.format {
        Format::Human => ui.data(&render::list(&volumes)),
        Format::Json => ui.json(&render::list_json(&volumes)),
    }
    Ok(Exit::Success)
}

pub(in crate::cli) fn show(ui: &Ui, args: &StateShowArgs) -> Result<Exit, CliError> {
    let state = read(ui, &args.path)?;
    let means =
        |address: &_| args.addresses.is_empty() || args.addresses.iter().any(|pattern| pattern.matches(address));
    let volumes = state.as_ref().map(|state| render::select(state, means)).unwrap_or_default();
    if volumes.is_empty() && !args.addresses.is_empty() {
        return Err(CliError::new(Exit::Error, "none of these volumes is recorded")
            .hint("`evsctl state list` shows which are; an address is written key[slot]"));
    }
    match args.format {
        Format::Human => ui.data(&render::show(&volumes, look(ui))),
        Format::Json => ui.json(&render::show_json(&volumes)),
    }
    Ok(Exit::Success)
}

fn read(ui: &Ui, path: &std::path::Path) -> Result<Option<State>, CliError> {
    Stack::load(ui, path)?.read_state(ui)
}
