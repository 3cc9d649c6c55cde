//! `evsctl plan`: what would be done, without doing or locking anything.

use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::options::{PlanFormat, PreflightArgs, ScopeArgs, value};
use crate::cli::planning::{EFFORT, make, observe, select};
use crate::cli::preflight::preflight;
use crate::cli::render;
use crate::cli::runtime::block_on;
use crate::cli::save::{self, Saving};
use crate::cli::several::{self, One};
use crate::cli::stack::Stack;
use crate::cli::ui::Ui;
use crate::document;
use crate::observed::Observed;
use crate::plan::{Plan, Preflight};
use crate::state::State;
use crate::words::command::plan::{no_manifest, of_one_stack};
use crate::words::files::Output;
use crate::words::stack::NOT_VOLUMES;
use jiff::civil::Date;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// `evsctl plan`
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:
  evsctl plan prod --detailed-exitcode
  evsctl plan stacks/* --format markdown > comment.md
  evsctl plan prod --target 'web[1..3]' --exclude 'web[2]'")]
pub(in crate::cli) struct PlanArgs {
    /// The manifests: YAML files, or folders of them.
    #[arg(value_name = "PATH", default_value = ".")]
    pub(in crate::cli) paths: Vec<PathBuf>,
    /// Exits with 2 where there is something to do, and with 0 only where there is not.
    #[arg(long)]
    pub(in crate::cli) detailed_exitcode: bool,
    /// Writes the plan to FILE as well, for `apply --plan FILE`. It holds no secret.
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) out: Option<PathBuf>,
    /// How to write it.
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(in crate::cli) format: PlanFormat,
    /// Plans as if it were that day (UTC), as in 2027-01-31: `known_drift` holds until its day.
    #[arg(long, value_name = "DAY", value_parser = value::day)]
    pub(in crate::cli) as_of: Option<Date>,
    /// Plans from what is recorded, without asking the cloud.
    #[arg(long)]
    pub(in crate::cli) offline: bool,
    /// Whether it is held against what the project has.
    #[command(flatten)]
    pub(in crate::cli) preflight: PreflightArgs,
    /// Shows how the manifest's text has changed since the last apply.
    #[arg(long)]
    pub(in crate::cli) manifest_diff: bool,
    /// Which part of the stack.
    #[command(flatten)]
    pub(in crate::cli) scope: ScopeArgs,
}

/// What was planned for one stack.
struct Planned {
    plan: Plan,
    /// How its manifest's text has changed, where that was asked for.
    diff: String,
}

pub(in crate::cli) fn run(ui: &Arc<Ui>, args: &PlanArgs) -> Result<Exit, CliError> {
    const SAVED: Output = Output::Plan;
    if args.paths.len() > 1 && (args.out.is_some() || !args.scope.is_whole()) {
        return Err(CliError::told(Exit::Error, of_one_stack()));
    }
    let all = several::each(ui, &args.paths, NOT_VOLUMES, |path| {
        // Told before anything is asked.
        args.out.iter().try_for_each(|out| save::check(out, SAVED, path))?;
        plan_of(ui, args, path)
    })?;
    match args.format {
        PlanFormat::Human => several::human(ui, &all, |planned| {
            format!("{}{}", planned.diff, render::human::plan(&planned.plan, ui.look()))
        }),
        format => {
            all.iter().filter_map(|one| one.ended.as_ref().ok()).for_each(|planned| {
                if !planned.diff.is_empty() {
                    ui.talk(&planned.diff);
                }
            });
            match format {
                PlanFormat::Json => {
                    ui.json(&several::document(
                        &all,
                        |it| exit_of(it, args),
                        |planned| document::to_json(&planned.plan),
                    ));
                }
                _ => several::markdown(ui, &all, |it| &it.plan, render::markdown::plan, render::markdown::plans),
            }
        }
    }
    if let (Some(out), [One { path, ended: Ok(planned) }]) = (&args.out, all.as_slice()) {
        Saving::begin(out, SAVED, path)?.end(&document::to_json(&planned.plan))?;
    }
    Ok(several::exit(&all, |planned| exit_of(planned, args)))
}

fn plan_of(ui: &Arc<Ui>, args: &PlanArgs, path: &Path) -> Result<Planned, CliError> {
    let stack = Stack::load(ui, path)?.for_day(args.as_of);
    let state = stack.read_state(ui)?;
    let cloud = stack.cloud()?;
    cloud.check_state(state.as_ref())?;
    let selection = select(&args.scope, &stack, state.as_ref())?;
    let made = |observed: Option<&Observed>| make(&stack, &cloud.id, state.as_ref(), observed, &selection);
    let plan = if args.offline {
        made(None).unchecked(Preflight::Offline)
    } else {
        block_on(async {
            let link = cloud.connect(ui, &stack.manifest, &stack.store, EFFORT, CancellationToken::new()).await?;
            let observed = observe(&link.client, &stack, &cloud.id, state.as_ref(), &selection).await?;
            Ok::<_, CliError>(match args.preflight.no_preflight {
                true => made(Some(&observed)).unchecked(Preflight::Declined),
                false => preflight(made(Some(&observed)), &link, &stack.manifest, &observed).await,
            })
        })?
    };
    let diff = if args.manifest_diff { manifest_diff(ui, &stack, state.as_ref())? } else { String::new() };
    Ok(Planned { plan, diff })
}

/// How the manifest's text has changed; or says why that cannot be told: its last text is kept beside the state, and is not
/// committed with it.
fn manifest_diff(ui: &Ui, stack: &Stack, state: Option<&State>) -> Result<String, CliError> {
    let before = match (stack.store.applied_manifest()?, state) {
        (Some(text), _) => text,
        (None, Some(state)) if !state.owns_nothing() => {
            ui.warn(&no_manifest(&stack.store.manifest_path()));
            return Ok(String::new());
        }
        (None, _) => String::new(),
    };
    Ok(render::textdiff::unified(&before, &stack.text, ui.look().color))
}

fn exit_of(Planned { plan, .. }: &Planned, args: &PlanArgs) -> Exit {
    if !plan.refusals.is_empty() {
        Exit::Refused
    } else if args.detailed_exitcode && !plan.is_empty() {
        Exit::Changes
    } else {
        Exit::Success
    }
}
