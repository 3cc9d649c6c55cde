//! `evsctl plan`: what would be done, without doing or locking anything.

use crate::cli::args::{PlanArgs, PlanFormat};
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::planning::{EFFORT, make, observe, select};
use crate::cli::runtime::block_on;
use crate::cli::save::{self, Saving};
use crate::cli::stack::{Stack, store_error};
use crate::cli::ui::Ui;
use crate::cli::{cloud, render};
use crate::plan::{self, Plan};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

pub(in crate::cli) fn run(ui: &Arc<Ui>, args: &PlanArgs) -> Result<Exit, CliError> {
    const SAVED: &str = "the plan";
    let stack = Stack::load(ui, &args.path)?;
    // Told before anything is asked.
    args.out.iter().try_for_each(|path| save::check(path, SAVED, &args.path))?;
    let state = stack.read_state(ui)?;
    let cloud = stack.cloud(ui)?;
    cloud::same(state.as_ref(), &cloud)?;
    let selection = select(&args.scope, &stack, state.as_ref())?;
    let observed = if args.offline {
        None
    } else {
        Some(block_on(async {
            let link = cloud::connect(&stack.manifest, &cloud, &stack.store, EFFORT, CancellationToken::new()).await?;
            link.tell(ui.clone());
            observe(&link.client, state.as_ref()).await
        })?)
    };
    let plan = make(&stack, &cloud, state.as_ref(), observed.as_ref(), &selection);
    if args.manifest_diff {
        let before = stack.store.applied_manifest().map_err(|error| store_error(&error))?.unwrap_or_default();
        let text = render::textdiff::unified(&before, &stack.text, ui.look().color);
        if args.format == PlanFormat::Human { ui.data(&text) } else { ui.talk(&text) }
    }
    match args.format {
        PlanFormat::Human => ui.data(&render::human::plan(&plan, ui.look())),
        PlanFormat::Markdown => ui.data(&render::markdown::plan(&plan)),
        PlanFormat::Json => ui.json(&plan::to_json(&plan)),
    }
    if let Some(path) = &args.out {
        Saving::begin(path, SAVED, &args.path)?.end(&plan::to_json(&plan))?;
    }
    Ok(exit_of(&plan, args.detailed_exitcode))
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
