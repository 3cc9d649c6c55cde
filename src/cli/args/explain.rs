//! The arguments about error codes.

use super::Format;

/// `evsctl explain`
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:
  evsctl explain EVS.1034
  evsctl explain apigw.0308 --format json
  evsctl explain | grep quota")]
pub struct ExplainArgs {
    /// The code, as in EVS.1034; its letters may be of either case. Without it all codes are listed.
    #[arg(value_name = "CODE")]
    pub code: Option<String>,
    /// How to write it.
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: Format,
}
