//! `evsctl state …`

use super::{Format, LockWait, ReportArgs, value};
use crate::plan::Pattern;
use crate::volume::{CallId, Lineage};
use clap::Subcommand;
use std::path::PathBuf;

/// `evsctl state …`
#[derive(Debug, Clone, Subcommand)]
pub enum StateCommand {
    /// Lists the recorded volumes, sorted by address.
    List(ReportArgs),
    /// Shows everything recorded of the volumes named, or of all.
    Show(StateShowArgs),
    /// Restores a lost or outdated state from the tags and names of the volumes in the cloud.
    ///
    /// Changes nothing in the cloud. What is not certain is listed, never guessed.
    Rebuild(StateRebuildArgs),
    /// Gives up a create call whose answer was lost and that nothing else can settle.
    ///
    /// Changes nothing in the cloud. Look there first: its slots are free after this, and the next apply creates
    /// their volumes.
    Rm(StateRmArgs),
}

/// `evsctl state rm`
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Example:\n  evsctl state rm prod --call k3q7x2mfa5")]
pub struct StateRmArgs {
    /// The manifest: a YAML file, or a folder of them.
    #[arg(value_name = "PATH", default_value = ".")]
    pub path: PathBuf,
    /// The call that surely made nothing, or whose volumes have been deleted, as `evsctl apply` names it.
    #[arg(long, value_name = "CALL", value_parser = value::call)]
    pub call: CallId,
    /// How long it waits for another run.
    #[command(flatten)]
    pub lock: LockWait,
}

/// `evsctl state show`
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Examples:\n  evsctl state show . 'web[1]'\n  evsctl state show prod web 'db[1..3]' --format json"
)]
pub struct StateShowArgs {
    /// The manifest: a YAML file, or a folder of them.
    #[arg(value_name = "PATH", default_value = ".")]
    pub path: PathBuf,
    /// Which volumes: `key`, `key[3]`, `key[1..3,7]`, or with `*`.
    #[arg(value_name = "ADDR")]
    pub addresses: Vec<Pattern>,
    /// How to write it.
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: Format,
}

/// `evsctl state rebuild`
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Exits with 0 where every tagged volume is recorded after it, and with 4 where some were left.")]
pub struct StateRebuildArgs {
    /// The manifest: a YAML file, or a folder of them.
    #[arg(value_name = "PATH", default_value = ".")]
    pub path: PathBuf,
    /// Whose volumes to take, where several states have written this stack.
    #[arg(long, value_name = "LINEAGE", value_parser = value::lineage)]
    pub lineage: Option<Lineage>,
    /// How long it waits for another run.
    #[command(flatten)]
    pub lock: LockWait,
    /// How to write it.
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: Format,
}
