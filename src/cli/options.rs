//! Arguments that several commands have, and the values that they take.

pub(super) mod value;

use crate::plan::Pattern;
use crate::volume::StackName;
use clap::ValueEnum;
use std::path::PathBuf;
use std::time::Duration;

/// The heading of what every command takes.
pub(in crate::cli) const GLOBAL: &str = "Global options";

/// For a person or for a program.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Format {
    /// Text to read.
    #[default]
    Human,
    /// JSON, on stdout and alone there.
    Json,
}

/// How a plan is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum PlanFormat {
    /// Text to read.
    #[default]
    Human,
    /// One JSON document: the plan file itself.
    Json,
    /// Markdown for a pull request, at most 60,000 bytes.
    Markdown,
}

/// The arguments of a command that reports on a stack and has no others.
#[derive(Debug, Clone, clap::Args)]
pub(in crate::cli) struct ReportArgs {
    /// The manifest: a YAML file, or a folder of them.
    #[arg(value_name = "PATH", default_value = ".")]
    pub(in crate::cli) path: PathBuf,
    /// How to write it.
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(in crate::cli) format: Format,
}

/// Whose recorded state a command is about, where it needs no more of the manifest than its head.
#[derive(Debug, Clone, clap::Args)]
pub(in crate::cli) struct RecordsArgs {
    /// The manifest: a YAML file, or a folder of them. Only its head (`stack`, `state`, `cloud`) has to be right.
    #[arg(value_name = "PATH", default_value = ".")]
    pub(in crate::cli) path: PathBuf,
    /// How to find the state without the manifest.
    #[command(flatten)]
    pub(in crate::cli) place: PlaceArgs,
}

/// Where recorded state lies, said without a manifest.
#[derive(Debug, Clone, Default, clap::Args)]
pub(in crate::cli) struct PlaceArgs {
    /// The folder of the recorded state, where the manifest cannot be read.
    #[arg(long, value_name = "DIR", requires = "stack")]
    pub(in crate::cli) state_dir: Option<PathBuf>,
    /// The name of the stack whose state that is.
    #[arg(long, value_name = "NAME", requires = "state_dir", value_parser = value::stack)]
    pub(in crate::cli) stack: Option<StackName>,
}

/// Which part of a stack.
#[derive(Debug, Clone, Default, clap::Args)]
pub(in crate::cli) struct ScopeArgs {
    /// Plans these volumes only.
    ///
    /// May be given several times. ADDR is `key` for all volumes of a key, `key[3]`, `key[1..3,7]`, or either with `*` in it.
    #[arg(long, value_name = "ADDR")]
    pub(in crate::cli) target: Vec<Pattern>,
    /// Plans all volumes but these.
    ///
    /// May be given several times. Spelt as for --target, and stronger than it.
    #[arg(long, value_name = "ADDR")]
    pub(in crate::cli) exclude: Vec<Pattern>,
    /// Takes the stack for a new one, not for a renamed one.
    ///
    /// For a stack that records nothing and asks for what another one has.
    #[arg(long)]
    pub(in crate::cli) new_stack: bool,
}

impl ScopeArgs {
    /// Whether nothing is chosen.
    pub(in crate::cli) fn is_whole(&self) -> bool {
        self.target.is_empty() && self.exclude.is_empty() && !self.new_stack
    }
}

/// Whether a plan is held against what the project has.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub(in crate::cli) struct PreflightArgs {
    /// Does not ask whether the project has what the steps need.
    ///
    /// That is: zones, volume types, quotas, and the snapshots, images and backups that volumes are made from.
    #[arg(long)]
    pub(in crate::cli) no_preflight: bool,
}

/// How long a writing command waits for the lock.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(in crate::cli) struct LockWait {
    /// Waits that long for the lock.
    ///
    /// Another run may hold it; which one is said.
    #[arg(long, value_name = "DUR", value_parser = value::duration, default_value = "0s")]
    pub(in crate::cli) lock_timeout: Duration,
}
