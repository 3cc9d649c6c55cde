//! The arguments about the lock.

use super::ReportArgs;
use crate::volume::LeaseId;
use clap::Subcommand;
use std::path::PathBuf;
use std::time::Duration;

/// How long a writing command waits for the lock.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct LockWait {
    /// Waits that long for another run to give up the lock.
    #[arg(long, value_name = "DUR", value_parser = super::value::duration, default_value = "0s")]
    pub lock_timeout: Duration,
}

/// `evsctl lock …`
#[derive(Debug, Clone, Subcommand)]
pub enum LockCommand {
    /// Shows who holds the lock, and whether that process is still there.
    Status(ReportArgs),
}

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
pub struct UnlockArgs {
    /// The manifest: a YAML file, or a folder of them.
    #[arg(value_name = "PATH", default_value = ".")]
    pub path: PathBuf,
    /// The id of the holder, as `lock status` shows it.
    #[arg(value_name = "ID", required = true, value_parser = super::value::lease)]
    pub id: LeaseId,
}
