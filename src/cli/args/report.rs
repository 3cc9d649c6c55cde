//! What the commands that report on a stack are asked.

use super::Format;
use std::path::PathBuf;

/// Of a command that reports on a stack, and asks for nothing beside it.
#[derive(Debug, Clone, clap::Args)]
pub struct ReportArgs {
    /// The manifest: a YAML file, or a folder of them.
    #[arg(value_name = "PATH", default_value = ".")]
    pub path: PathBuf,
    /// How to write it.
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: Format,
}
