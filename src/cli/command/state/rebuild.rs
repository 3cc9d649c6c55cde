//! `evsctl state rebuild`: a lost or outdated state put together from tags and names.

use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::holder::lock;
use crate::cli::options::{Format, LockWait, value};
use crate::cli::planning::{Listed, list, tag_of};
use crate::cli::render::orphans as render;
use crate::cli::stack::Stack;
use crate::cli::ui::Ui;
use crate::plan::{Former, Rebuilt, Remains, Unclear, former, rebuild};
use crate::state::format::SnapshotError;
use crate::state::journal::JournalError;
use crate::store::StoreError;
use crate::volume::Lineage;
use crate::words::command::{next_plan, rebuild as words};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// `evsctl state rebuild`
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Exits with 0 where every tagged volume is recorded after it, and with 4 where some were left.")]
pub(in crate::cli) struct RebuildArgs {
    /// The manifest: a YAML file, or a folder of them.
    #[arg(value_name = "PATH", default_value = ".")]
    pub(in crate::cli) path: PathBuf,
    /// Whose volumes to take, where several states have written this stack.
    #[arg(long, value_name = "LINEAGE", value_parser = value::lineage)]
    pub(in crate::cli) lineage: Option<Lineage>,
    /// How long it waits for another run.
    #[command(flatten)]
    pub(in crate::cli) lock: LockWait,
    /// How to write it.
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(in crate::cli) format: Format,
}

pub(super) fn run(ui: &Arc<Ui>, args: &RebuildArgs) -> Result<Exit, CliError> {
    let stack = Stack::load(ui, &args.path)?;
    tag_of(&stack.manifest)?;
    let cloud = stack.cloud()?;
    let locked = lock(ui, &stack.store, "state rebuild", args.lock);
    let mut lease = locked.map_err(|error| unusable(error, &stack, &args.path))?;
    cloud.check_state(lease.state())?;
    let Listed { volumes, calls } = list(ui, (&stack.manifest, &stack.store), &cloud)?;
    let now = jiff::Timestamp::now();
    let remains = Remains {
        desired: &stack.manifest,
        cloud: &cloud.id,
        recorded: lease.state(),
        volumes: &volumes,
        lineage: args.lineage.as_ref(),
        at: now,
    };
    let mut rebuilt = rebuild(remains).map_err(|unclear| refused(unclear, &args.path))?;
    // A lineage that a state beside this one's records is not lost.
    let beside = stack.states_beside(&cloud.id, lease.state());
    if let Some(other) = beside.iter().find(|other| rebuilt.lineage.as_ref() == Some(&other.lineage)) {
        let told = words::recorded_beside(&stack.manifest.stack, &other.stack);
        return Err(CliError::new(Exit::Refused, told).hint(words::rename_it(&other.stack, &args.path)));
    }
    // Under its own name nothing is there: it may have been renamed.
    if rebuilt.lineage.is_none()
        && rebuilt.left.is_empty()
        && let Some(Former { stack: from, lineage, volumes }) = former(&stack.manifest, &volumes)
    {
        let told = words::of_another_stack(&stack.manifest.stack, &from, volumes.len() as u64);
        return Err(CliError::new(Exit::Refused, told).hint(words::take_lineage(&args.path, &lineage)));
    }
    // Where nothing was missing, nothing is written.
    let mut format = None;
    if let Some(state) = rebuilt.state.take_if(|_| !rebuilt.restored.is_empty()) {
        format = Stack::tell_format(ui, &lease);
        lease.rebuild(state)?;
        lease.commit(now)?;
    }
    let serial = lease.state().map(|state| state.serial);
    match args.format {
        Format::Human => {
            ui.data(&render::rebuilt(&rebuilt, &stack.manifest.stack, serial, &calls));
            advise(ui, &rebuilt, args);
        }
        Format::Json => ui.json(&render::rebuilt_json(&rebuilt, serial, format, &calls)),
    }
    Ok(if rebuilt.left.is_empty() { Exit::Success } else { Exit::Refused })
}

/// What to do about what is left.
fn advise(ui: &Ui, rebuilt: &Rebuilt, args: &RebuildArgs) {
    let advice = if rebuilt.left.is_empty() { next_plan(&args.path) } else { words::name_what_was_left(&args.path) };
    ui.talk(&advice);
}

/// Files that cannot be read are never overwritten: they may hold what no tag tells.
fn unusable(error: StoreError, stack: &Stack, path: &Path) -> CliError {
    let is_unreadable = match &error {
        StoreError::Snapshot { source, .. } => !matches!(**source, SnapshotError::Newer { .. }),
        StoreError::Journal { source, .. } => !matches!(**source, JournalError::Newer { .. }),
        StoreError::JournalAlone { .. } => true,
        _ => false,
    };
    let told = CliError::from(error);
    if !is_unreadable {
        return told;
    }
    let files = [stack.store.snapshot_path(), stack.store.journal_path()];
    let there: Vec<PathBuf> = files.into_iter().filter(|file| file.symlink_metadata().is_ok()).collect();
    told.hint(words::without_files(&there, path))
}

fn refused(unclear: Unclear, path: &Path) -> CliError {
    let hint = words::way_out(&unclear, path);
    CliError::of(Exit::Refused, unclear).hint(hint)
}
