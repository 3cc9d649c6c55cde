//! A change of the recorded state by hand, which the commands that make one have in common.

use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::stack::Stack;
use crate::cli::ui::Ui;
use crate::state::Change;
use crate::store::Lease;
use crate::words::command::state as words;

/// Records what somebody changes by hand, as a run of its own: nothing of what an earlier run was approved to do is lost.
pub(super) fn record(ui: &Ui, lease: &mut Lease, by: &str, changes: Vec<Change>) -> Result<(), CliError> {
    let Some(approved) = lease.state().map(|state| state.approved_so_far(by)) else {
        return Err(CliError::new(Exit::Error, words::NO_STATE));
    };
    Stack::tell_format(ui, lease);
    lease.begin(approved)?;
    lease.append(changes)?;
    lease.commit(jiff::Timestamp::now())?;
    Ok(())
}
