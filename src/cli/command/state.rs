//! `evsctl state list`, `state show` and `state rm`: what is recorded, without network.

use crate::cli::args::{Format, ReportArgs, StateRmArgs, StateShowArgs};
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::holder::holder;
use crate::cli::render::state as render;
use crate::cli::stack::{Stack, store_error};
use crate::cli::ui::Ui;
use crate::state::{Change, State};
use crate::volume::{CallId, Receipt, SlotSet};

pub(in crate::cli) fn list(ui: &Ui, args: &ReportArgs) -> Result<Exit, CliError> {
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
        Format::Human => ui.data(&render::show(&volumes, ui.look())),
        Format::Json => ui.json(&render::show_json(&volumes)),
    }
    Ok(Exit::Success)
}

/// Closes a call as one that never happened, on somebody's word.
pub(in crate::cli) fn rm(ui: &Ui, args: &StateRmArgs) -> Result<Exit, CliError> {
    let stack = Stack::load(ui, &args.path)?;
    let mut lease =
        stack.store.lock(holder("state rm"), args.lock.lock_timeout).map_err(|error| store_error(&error))?;
    let Some(state) = lease.state() else {
        return Err(CliError::new(Exit::Error, "nothing is recorded of this stack"));
    };
    let Some(call) = state.calls.get(&args.call) else {
        let open: Vec<&str> = state.calls.keys().map(CallId::as_str).collect();
        let hint = match open.as_slice() {
            [] => "no call of this stack is open: there is nothing to give up".to_owned(),
            open => format!("open are: {}", open.join(", ")),
        };
        return Err(CliError::new(Exit::Error, format!("create call {} is not open", args.call)).hint(hint));
    };
    let slots: SlotSet = call.slots.keys().copied().collect();
    let job = match call.progress.taken() {
        Some((Receipt::Job(id), _)) => format!("; its job {id} may still make them, so look at that first"),
        Some((Receipt::Order(id), _)) => {
            format!("; its order {id} still makes them once it is paid, so cancel that in the billing console first")
        }
        None => String::new(),
    };
    let told = format!(
        "gave up create call {} of {}[{slots}]{job}: the next apply creates what is missing there; a volume of it that \
         shows later is adopted where its slot is free, and reported where not",
        args.call, call.key
    );
    let approved = state.approved_so_far("state rm");
    let at = jiff::Timestamp::now();
    let closed = Change::GivenUp { call: args.call.clone(), at };
    lease.begin(approved).map_err(|error| store_error(&error))?;
    lease.append(vec![closed]).map_err(|error| store_error(&error))?;
    lease.commit(at).map_err(|error| store_error(&error))?;
    ui.talk(&told);
    Ok(Exit::Success)
}

fn read(ui: &Ui, path: &std::path::Path) -> Result<Option<State>, CliError> {
    Stack::load(ui, path)?.read_state(ui)
}
