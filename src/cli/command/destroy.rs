//! `evsctl destroy`: an apply to which a part of the manifest, or all of it, counts as retired.

use super::apply::{self, Aim, ApplyArgs, ConsentArgs, RunArgs};
use super::no_path;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::options::{PreflightArgs, ScopeArgs, value};
use crate::cli::ui::Ui;
use crate::plan::Pattern;
use crate::volume::Digest;
use std::path::PathBuf;
use std::sync::Arc;

/// `evsctl destroy`
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Examples:
  evsctl destroy prod
  evsctl destroy prod scratch 'web[2..4]' --allow-destroy 5 --yes
  evsctl destroy prod old-key --approve sha256:3f0c... --allow-destroy 1

Without a terminal, one of --yes and --approve is needed, and --allow-destroy: else exit 4, and nothing is sent.",
    after_long_help = "The manifest stays as it is: take out what is destroyed, or the next apply creates it again.
There is no plan file of a destroy; without consent it shows its plan and the digest that --approve takes."
)]
pub(in crate::cli) struct DestroyArgs {
    /// The manifest: a YAML file, or a folder of them.
    #[arg(value_name = "PATH", default_value = ".")]
    path: PathBuf,
    /// Which volumes; all of the stack where none is named.
    ///
    /// ADDR is `key` for all volumes of a key, `key[3]`, `key[1..3,7]`, or either with `*` in it. A key that is gone from the
    /// manifest and still recorded counts too.
    #[arg(value_name = "ADDR")]
    addresses: Vec<Pattern>,
    /// Does not ask.
    ///
    /// Consent to destroy is given by number only.
    #[arg(long)]
    yes: bool,
    /// Plans again, and does the approved changes only.
    ///
    /// What is left of them, after a run that was cut short, counts as approved. Any other change is refused.
    #[arg(long, value_name = "DIGEST", value_parser = value::digest, conflicts_with = "yes")]
    approve: Option<Digest>,
    /// Consents to destroying exactly N volumes.
    ///
    /// On a terminal that number is asked for where it is not given, but not with --yes or --approve.
    #[arg(long, value_name = "N", value_parser = value::volumes)]
    allow_destroy: Option<u64>,
    /// Does the rest where a part is refused; exits with 4.
    #[arg(long)]
    skip_refused: bool,
    /// How it goes.
    #[command(flatten)]
    run: RunArgs,
}

pub(in crate::cli) fn run(ui: &Arc<Ui>, args: DestroyArgs) -> Result<Exit, CliError> {
    let DestroyArgs { path, addresses, yes, approve, allow_destroy, skip_refused, run } = args;
    // Nothing that is retired is created again.
    let preflight = PreflightArgs::default();
    let consent =
        ConsentArgs { yes, plan: None, approve, allow_destroy, allow_recreate: None, skip_refused, preflight };
    let scope = ScopeArgs::default();
    let args = ApplyArgs { path, consent, run, scope };
    apply::run_as(ui, &args, Aim::Without(&addresses))
        .map_err(|error| no_path::hinted(error, "destroy", &args.path, &addresses))
}
