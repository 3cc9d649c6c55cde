//! `evsctl auth …`

use super::Format;
use std::path::PathBuf;

/// `evsctl auth …`
#[derive(Debug, Clone, clap::Subcommand)]
pub enum AuthCommand {
    /// Says which credentials are used for a stack and where they were found. Sends nothing and shows no secret.
    Status(AuthStatusArgs),
}

/// `evsctl auth status`
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Exits with 6 where there are none, or a part of them is missing.")]
pub struct AuthStatusArgs {
    /// The manifest: a YAML file, or a folder of them.
    #[arg(value_name = "PATH", default_value = ".")]
    pub path: PathBuf,
    /// How to write it.
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: Format,
}
