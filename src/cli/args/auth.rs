//! `evsctl auth …`

use super::ReportArgs;

/// `evsctl auth …`
#[derive(Debug, Clone, clap::Subcommand)]
pub enum AuthCommand {
    /// Says which credentials are used for a stack and where they were found. Sends nothing and shows no secret.
    #[command(after_help = "Exits with 6 where there are none, or a part of them is missing.")]
    Status(ReportArgs),
}
