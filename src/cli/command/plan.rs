//! `evsctl plan`: what would be done, without doing or locking anything.

use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::options::ScopeArgs;
use crate::cli::planning::{EFFORT, make, observe, select};
use crate::cli::render;
use crate::cli::runtime::block_on;
use crate::cli::save::{self, Saving};
use crate::cli::stack::Stack;
use crate::cli::ui::Ui;
use crate::document;
use crate::plan::Plan;
use crate::state::State;
use crate::words::command::plan::no_manifest;
use crate::words::files::Output;
use clap::ValueEnum;
use std::path::PathBuf;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

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

/// `evsctl plan`
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:
  evsctl plan prod --detailed-exitcode
  evsctl plan prod --format markdown > comment.md
  evsctl plan prod --target 'web[1..3]' --exclude 'web[2]'")]
pub(in crate::cli) struct PlanArgs {
    /// The manifest: a YAML file, or a folder of them.
    #[arg(value_name = "PATH", default_value = ".")]
    pub(in crate::cli) path: PathBuf,
    /// Exits with 2 where there is something to do, and with 0 only where there is not.
    #[arg(long)]
    pub(in crate::cli) detailed_exitcode: bool,
    /// Writes the plan to FILE as well, for `apply --plan FILE`. It holds no secret.
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) out: Option<PathBuf>,
    /// How to write it.
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(in crate::cli) format: PlanFormat,
    /// Plans from what is recorded, without asking the cloud.
    #[arg(long)]
    pub(in crate::cli) offline: bool,
    /// Shows how the manifest's text has changed since the last apply.
    #[arg(long)]
    pub(in crate::cli) manifest_diff: bool,
    /// Which part of the stack.
    #[command(flatten)]
    pub(in crate::cli) scope: ScopeArgs,
}

pub(in crate::cli) fn run(ui: &Arc<Ui>, args: &PlanArgs) -> Result<Exit, CliError> {
    const SAVED: Output = Output::Plan;
    let stack = Stack::load(ui, &args.path)?;
    // Told before anything is asked.
    args.out.iter().try_for_each(|path| save::check(path, SAVED, &args.path))?;
    let state = stack.read_state(ui)?;
    let cloud = stack.cloud()?;
    cloud.check_state(state.as_ref())?;
    let selection = select(&args.scope, &stack, state.as_ref())?;
    let observed = if args.offline {
        None
    } else {
        Some(block_on(async {
            let link = cloud.connect(ui, &stack.manifest, &stack.store, EFFORT, CancellationToken::new()).await?;
            observe(&link.client, &stack, &cloud.id, state.as_ref(), &selection).await
        })?)
    };
    let plan = make(&stack, &cloud.id, state.as_ref(), observed.as_ref(), &selection);
    if args.manifest_diff {
        show_manifest_diff(ui, args, &stack, state.as_ref())?;
    }
    match args.format {
        PlanFormat::Human => ui.data(&render::human::plan(&plan, ui.look())),
        PlanFormat::Markdown => ui.data(&render::markdown::plan(&plan)),
        PlanFormat::Json => ui.json(&document::to_json(&plan)),
    }
    if let Some(path) = &args.out {
        Saving::begin(path, SAVED, &args.path)?.end(&document::to_json(&plan))?;
    }
    Ok(exit_of(&plan, args.detailed_exitcode))
}

/// Shows how the manifest's text has changed, or says why that cannot be told: its last text is kept beside the state, and is
/// not committed with it.
fn show_manifest_diff(ui: &Ui, args: &PlanArgs, stack: &Stack, state: Option<&State>) -> Result<(), CliError> {
    let before = match (stack.store.applied_manifest()?, state) {
        (Some(text), _) => text,
        (None, Some(state)) if !state.owns_nothing() => {
            ui.warn(&no_manifest(&stack.store.manifest_path()));
            return Ok(());
        }
        (None, _) => String::new(),
    };
    let text = render::textdiff::unified(&before, &stack.text, ui.look().color);
    if args.format == PlanFormat::Human {
        ui.data(&text);
    } else {
        ui.talk(&text);
    }
    Ok(())
}

fn exit_of(plan: &Plan, detailed: bool) -> Exit {
    if !plan.refusals.is_empty() {
        Exit::Refused
    } else if detailed && !plan.is_empty() {
        Exit::Changes
    } else {
        Exit::Success
    }
}
