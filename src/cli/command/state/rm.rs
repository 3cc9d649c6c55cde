//! `evsctl state rm`: gives up a call, without network.

use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::holder::holder;
use crate::cli::options::{LockWait, value};
use crate::cli::stack::Stack;
use crate::cli::ui::Ui;
use crate::state::Change;
use crate::volume::CallId;
use crate::words::command::state as words;
use std::path::PathBuf;

/// `evsctl state rm`
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Example:\n  evsctl state rm prod --call k3q7x2mfa5")]
pub(in crate::cli) struct RmArgs {
    /// The manifest: a YAML file, or a folder of them.
    #[arg(value_name = "PATH", default_value = ".")]
    pub(in crate::cli) path: PathBuf,
    /// The call, as `evsctl apply` names it: one that surely did nothing, or a create call whose volumes have been deleted.
    #[arg(long, value_name = "CALL", value_parser = value::call)]
    pub(in crate::cli) call: CallId,
    /// How long it waits for another run.
    #[command(flatten)]
    pub(in crate::cli) lock: LockWait,
}

/// Closes a call as one that never happened, on somebody's word.
pub(super) fn run(ui: &Ui, args: &RmArgs) -> Result<Exit, CliError> {
    let stack = Stack::load(ui, &args.path)?;
    let mut lease = stack.store.lock(holder("state rm"), args.lock.lock_timeout)?;
    let Some(state) = lease.state() else {
        return Err(CliError::new(Exit::Error, words::NO_STATE));
    };
    let Some(call) = state.operations.get(&args.call) else {
        let open: Vec<&CallId> = state.operations.keys().collect();
        return Err(CliError::new(Exit::Error, words::not_open(&args.call)).hint(words::open(&open)));
    };
    let taken = call.progress.taken().map(|(receipt, _)| receipt);
    let told = words::gave_up(&args.call, &call.kind, taken);
    let approved = state.approved_so_far("state rm");
    let at = jiff::Timestamp::now();
    let closed = Change::GivenUp { call: args.call.clone(), at };
    Stack::tell_format(ui, &lease);
    lease.begin(approved)?;
    lease.append(vec![closed])?;
    lease.commit(at)?;
    ui.talk(&told);
    Ok(Exit::Success)
}
