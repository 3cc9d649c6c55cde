//! `evsctl drift`: what was changed from outside.

mod write;

use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::options::{PlanFormat, value};
use crate::cli::planning::{EFFORT, look, make};
use crate::cli::render::drift as render;
use crate::cli::render::markdown;
use crate::cli::runtime::block_on;
use crate::cli::several;
use crate::cli::stack::{Stack, read_files, today};
use crate::cli::ui::Ui;
use crate::document;
use crate::observed::Observed;
use crate::plan::{Plan, Selection, Step};
use crate::state::State;
use crate::words;
use jiff::civil::Date;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use write::{Read, WriteArgs};

/// `evsctl drift`
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:
  evsctl drift prod
  evsctl drift stacks/* --format markdown > drift.md
  evsctl drift prod --detail
  evsctl drift prod --accept 'web[1]'
  evsctl drift prod --know db --until 2027-01-31 --reason 'ticket 7'")]
pub(in crate::cli) struct DriftArgs {
    /// The manifests: YAML files, or folders of them.
    #[arg(value_name = "PATH", default_value = ".")]
    pub(in crate::cli) paths: Vec<PathBuf>,
    /// How to write it.
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(in crate::cli) format: PlanFormat,
    /// Looks as if it were that day (UTC), as in 2027-01-31: `known_drift` holds until its day.
    #[arg(long, value_name = "DAY", value_parser = value::day)]
    pub(in crate::cli) as_of: Option<Date>,
    /// Shows the status and the servers of every recorded volume, too.
    #[arg(long)]
    pub(in crate::cli) detail: bool,
    /// What is written into the manifest.
    #[command(flatten)]
    write: WriteArgs,
}

/// What was found of one stack.
struct Found {
    /// The addresses of calls that are not over.
    open: Vec<String>,
    /// The drift alone, as a plan that does nothing.
    plan: Plan,
    recorded: Option<State>,
    observed: Observed,
}

pub(in crate::cli) fn run(ui: &Arc<Ui>, args: &DriftArgs) -> Result<Exit, CliError> {
    let mut looked = None;
    if args.write.is_asked() {
        let path = write::only_path(&args.paths)?;
        args.write.check(args.as_of.unwrap_or_else(today))?;
        let (folder, files) = read_files(path)?;
        let found = find(ui, args, path)?;
        // A state that is not the whole one cannot tell what was changed.
        if found.plan.refusals.is_empty() {
            let read = Read { path, folder, files };
            return write::run(ui, &args.write, args.format, read, (&found.plan, found.recorded.as_ref()));
        }
        looked = Some(found);
    }
    let all = several::each(ui, &args.paths, words::stack::NO_VOLUMES, |path| {
        looked.take().map_or_else(|| find(ui, args, path), Ok)
    })?;
    match args.format {
        PlanFormat::Human => several::human(ui, &all, |found| {
            let mut text = render::human(&found.plan, ui.look());
            if let Some(state) = found.recorded.as_ref().filter(|_| args.detail) {
                text.push_str(&render::detail(state, &found.observed));
            }
            text
        }),
        PlanFormat::Json => ui.json(&several::document(&all, exit_of, |found| {
            let state = found.recorded.as_ref().filter(|_| args.detail);
            document::drift::to_json(&found.plan, &found.open, state.map(|state| (state, &found.observed)))
        })),
        PlanFormat::Markdown => {
            several::markdown(ui, &all, |found| &found.plan, markdown::drift, markdown::drifts);
        }
    }
    Ok(several::exit(&all, exit_of))
}

fn find(ui: &Arc<Ui>, args: &DriftArgs, path: &Path) -> Result<Found, CliError> {
    let stack = Stack::load(ui, path)?.for_day(args.as_of);
    let recorded = stack.read_state(ui)?;
    let cloud = stack.cloud()?;
    cloud.check_state(recorded.as_ref())?;
    let observed = block_on(async {
        let link = cloud.connect(ui, &stack.manifest, &stack.store, EFFORT, CancellationToken::new()).await?;
        look(&link.client, &stack, recorded.as_ref()).await
    })?;
    let plan = make(&stack, &cloud.id, recorded.as_ref(), Some(&observed), &Selection::default());
    let open = open(&plan);
    if !open.is_empty() {
        ui.warn(&words::drift::not_compared(&open));
    }
    Ok(Found { open, plan: plan.drift_alone(), recorded, observed })
}

/// The addresses of calls that are not over: nothing else is decided about their volumes.
fn open(plan: &Plan) -> Vec<String> {
    let resumed = plan.steps.iter().filter(|step| matches!(step, Step::Resume(_)));
    resumed.flat_map(Step::by_key).map(|(key, slots)| format!("{key}[{slots}]")).collect()
}

fn exit_of(found: &Found) -> Exit {
    if !found.plan.refusals.is_empty() {
        Exit::Refused
    } else if found.plan.drift.is_empty() {
        Exit::Success
    } else {
        Exit::Changes
    }
}
