//! `evsctl doctor`

use super::Format;
use std::path::PathBuf;

/// `evsctl doctor`
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:
  evsctl doctor prod
  evsctl doctor prod --format json

Exits with 0 where nothing failed, with 6 where credentials or a permission did, else with 1.")]
pub struct DoctorArgs {
    /// The manifest: a YAML file, or a folder of them.
    #[arg(value_name = "PATH", default_value = ".")]
    pub path: PathBuf,
    /// How to write it.
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: Format,
}
