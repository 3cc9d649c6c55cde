//! `evsctl state rebuild`: a lost or outdated state put together from tags and names.

use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::holder::holder;
use crate::cli::options::{Format, LockWait, value};
use crate::cli::planning::{Listed, list, tag_of};
use crate::cli::render::orphans as render;
use crate::cli::stack::Stack;
use crate::cli::ui::Ui;
use crate::plan::{Rebuilt, Remains, Unclear, rebuild};
use crate::state::format::SnapshotError;
use crate::state::journal::JournalError;
use crate::store::StoreError;
use crate::volume::Lineage;
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
    tag_of(&stack)?;
    let cloud = stack.cloud(ui)?;
    let locked = stack.store.lock(holder("state rebuild"), args.lock.lock_timeout);
    let mut lease = locked.map_err(|error| unusable(error, &stack, &args.path))?;
    cloud.check_state(lease.state())?;
    let Listed { volumes, calls } = list(ui, &stack, &cloud)?;
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
            ui.data(&render::rebuilt(&rebuilt, stack.manifest.stack.as_str(), serial, &calls));
            advise(ui, &rebuilt, args);
        }
        Format::Json => ui.json(&render::rebuilt_json(&rebuilt, serial, format, &calls)),
    }
    Ok(if rebuilt.left.is_empty() { Exit::Success } else { Exit::Refused })
}

/// What to do about what is left.
fn advise(ui: &Ui, rebuilt: &Rebuilt, args: &RebuildArgs) {
    let path = args.path.display();
    if rebuilt.left.is_empty() {
        ui.talk(&format!("next: evsctl plan {path}"));
        return;
    }
    let tag = "or take its tag off what does not belong to this stack";
    ui.talk(&format!(
        "in the console, give each volume that was left the name that it shall have and no other has, {tag}; then \
         run again: evsctl state rebuild {path}"
    ));
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
    let there = files.iter().filter(|file| file.symlink_metadata().is_ok()).map(|file| file.display().to_string());
    told.hint(format!(
        "to rebuild without it, move {} away first and keep it, since calls that were under way are in no tag; once \
         they are surely over: evsctl state rebuild {}",
        there.collect::<Vec<_>>().join(" and "),
        path.display()
    ))
}

fn refused(unclear: Unclear, path: &Path) -> CliError {
    let path = path.display();
    let hint = match &unclear {
        Unclear::Lineages { .. } => format!(
            "look which state is the right one, then restore that: evsctl state rebuild {path} --lineage LINEAGE; the \
             volumes of the other stay as they are"
        ),
        Unclear::NoSuch { .. } => format!("`evsctl orphans {path}` lists what there is"),
        Unclear::Recorded { .. } => {
            "leave --lineage out to add to what is recorded, or move the state's files away first".to_owned()
        }
    };
    CliError::of(Exit::Refused, unclear).hint(hint)
}
