//! `evsctl state ...`: what is recorded, shown or restored.

mod list;
mod mv;
mod rebuild;
mod record;
mod rename_stack;
mod rm;
mod show;

use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::ui::Ui;
use clap::Subcommand;
use list::ListArgs;
use mv::MvArgs;
use rebuild::RebuildArgs;
use rename_stack::RenameStackArgs;
use rm::RmArgs;
use show::ShowArgs;
use std::sync::Arc;

/// `evsctl state …`
#[derive(Debug, Clone, Subcommand)]
pub(in crate::cli) enum StateCommand {
    /// Lists the recorded volumes, sorted by address.
    List(ListArgs),
    /// Shows everything recorded of the volumes named, or of all.
    Show(ShowArgs),
    /// Restores a lost or outdated state from the tags and names of the volumes in the cloud.
    ///
    /// Changes nothing in the cloud. What is not certain is listed, never guessed.
    Rebuild(RebuildArgs),
    /// Gives recorded volumes another address, as a key that was renamed needs it.
    ///
    /// Changes nothing in the cloud. `moved:` in the manifest does the same for everybody who applies it.
    Mv(MvArgs),
    /// Lets the state of a stack go on under the name that its manifest has now.
    ///
    /// Changes nothing in the cloud: the tags of the volumes stay valid.
    RenameStack(RenameStackArgs),
    /// Gives up volumes, or a call whose answer was lost and that nothing else can settle.
    ///
    /// Deletes nothing. A volume that is given up stays in the cloud, and evsctl has nothing to do with it any more; `removed:` in
    /// the manifest does the same. Before a call is given up, look in the cloud: the slots of a create call are free after this,
    /// and the next apply creates their volumes. After an extend or delete call the next plan takes the volumes as the cloud
    /// shows them.
    Rm(RmArgs),
}

pub(in crate::cli) fn run(ui: &Arc<Ui>, command: &StateCommand) -> Result<Exit, CliError> {
    match command {
        StateCommand::List(args) => list::run(ui, args),
        StateCommand::Show(args) => show::run(ui, args),
        StateCommand::Rebuild(args) => rebuild::run(ui, args),
        StateCommand::Mv(args) => mv::run(ui, args),
        StateCommand::RenameStack(args) => rename_stack::run(ui, args),
        StateCommand::Rm(args) => rm::run(ui, args),
    }
}
