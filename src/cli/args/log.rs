//! The arguments about the log, the same for every command.

use crate::cli::options::GLOBAL;
use clap::ValueEnum;

/// What is logged, and how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::Args)]
pub(in crate::cli) struct LogArgs {
    /// Logs each request to stderr; -vv and -vvv log more.
    ///
    /// -vv also logs pauses, renewals and decisions, -vvv also names of headers, and sizes.
    ///
    /// No value of a header and no body is ever logged. Only this flag turns the log on: RUST_LOG and its like are
    /// not obeyed, so that no environment makes a run say more than was asked for.
    #[arg(short = 'v', long, global = true, action = clap::ArgAction::Count)]
    #[arg(help_heading = GLOBAL, display_order = 901)]
    pub(in crate::cli) verbose: u8,

    /// How the log is written: lines to read, or one JSON object a line.
    #[arg(long, global = true, value_name = "FORMAT", default_value = "text")]
    #[arg(help_heading = GLOBAL, display_order = 903, hide_short_help = true)]
    pub(in crate::cli) log_format: LogFormat,
}

/// How the log is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum LogFormat {
    /// Lines to read.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}
