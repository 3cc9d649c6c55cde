//! `evsctl doctor`

use super::{ReportArgs, value};
use std::path::PathBuf;
use std::time::Duration;

/// `evsctl doctor`
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:
  evsctl doctor prod
  evsctl doctor prod --format json
  evsctl doctor prod --probe --out probe.json

Exits with 0 where nothing failed, with 6 where credentials or a permission did, else with 1. With --probe also with 4
where nobody consented, and with 7 where its volume could not be seen to be gone.")]
pub struct DoctorArgs {
    /// Which stack, and how to write it.
    #[command(flatten)]
    pub report: ReportArgs,
    /// Also makes one volume of 10 GB and deletes it, and measures what no document tells.
    ///
    /// It costs what such a volume costs for some minutes. It asks first; without a terminal --yes is needed, else
    /// exit 4, and nothing is sent. What an earlier probe left is removed first.
    #[arg(long)]
    pub probe: bool,
    /// Does not ask.
    #[arg(long, requires = "probe")]
    pub yes: bool,
    /// Makes the volume in this zone; without it, where the manifest's first volume is.
    #[arg(long, value_name = "ZONE", requires = "probe")]
    pub zone: Option<String>,
    /// Makes a volume of this type; without it, of that of the manifest's first volume.
    #[arg(long, value_name = "TYPE", requires = "probe")]
    pub volume_type: Option<String>,
    /// Waits that long for the volume to be made, and as long for it to be gone.
    #[arg(long, value_name = "DUR", value_parser = value::duration, default_value = "15m", requires = "probe")]
    pub timeout: Duration,
    /// Writes the report to FILE as well, as JSON. It holds no secret.
    #[arg(long, value_name = "FILE", requires = "probe")]
    pub out: Option<PathBuf>,
}
