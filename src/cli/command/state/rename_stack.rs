//! `evsctl state rename-stack`: the recorded state of a stack goes on under the name that its manifest has now.

use crate::cli::cloud::embedded_cloud;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::holder::lock;
use crate::cli::options::{LockWait, value};
use crate::cli::stack::Stack;
use crate::cli::ui::Ui;
use crate::manifest::Target;
use crate::state::State;
use crate::store::{Lease, Store};
use crate::volume::{Address, CallId, StackName, VolumeId};
use crate::words::command::{next_plan, rename_stack as words};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// `evsctl state rename-stack`
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Example: the manifest in prod says `stack: shop` where it said `stack: store`\n  \
                        evsctl state rename-stack prod store")]
pub(in crate::cli) struct RenameStackArgs {
    /// The manifest with the new name: a YAML file, or a folder of them.
    #[arg(value_name = "PATH")]
    pub(in crate::cli) path: PathBuf,
    /// The name that the stack had before.
    #[arg(value_name = "OLD", value_parser = value::stack)]
    pub(in crate::cli) old: StackName,
    /// How long it waits for another run.
    #[command(flatten)]
    pub(in crate::cli) lock: LockWait,
}

/// Writes the state under its new name, and then takes the files of the old one away. Given again after a crash between, it
/// goes on.
pub(super) fn run(ui: &Ui, args: &RenameStackArgs) -> Result<Exit, CliError> {
    let stack = Stack::load(ui, &args.path)?;
    let new = &stack.manifest.stack;
    if *new == args.old {
        return Err(CliError::new(Exit::Error, words::same(new)).hint(words::SAME_HINT));
    }
    let cloud = stack.cloud()?;
    let former = Store::new(stack.store.dir().to_owned(), args.old.clone());
    let no_state =
        || CliError::new(Exit::Error, words::no_state(&args.old, stack.store.dir())).hint(words::NO_STATE_HINT);
    if former.snapshot_path().symlink_metadata().is_err() {
        return Err(no_state());
    }
    let (before, mut lease) = both(ui, (&former, &args.old), (&stack.store, new), args.lock)?;
    let Some(state) = before.state().cloned() else {
        return Err(no_state());
    };
    cloud.check_state(Some(&state))?;
    let embedded = Embedded::of(&stack, &args.old)?;
    if !state.operations.is_empty() {
        let calls: Vec<_> = state.operations.keys().collect();
        return Err(CliError::new(Exit::Refused, words::open(&args.old, &calls)).hint(words::open_hint(&args.old)));
    }
    // A run before this one may have come so far. The old files go only where the new state lacks nothing that they record.
    match lease.state().filter(|there| there.lineage == state.lineage) {
        Some(there) => {
            if let Some(lacking) = lacking(&state, there) {
                let told = words::two(&args.old, new, &lacking);
                return Err(
                    CliError::new(Exit::Refused, told).hint(words::two_hint(&args.old, &stack.store.snapshot_path()))
                );
            }
            embedded.map_or(Ok(()), Embedded::moves)?;
        }
        None if lease.state().is_some_and(|there| !there.records_nothing()) => {
            return Err(CliError::new(Exit::Refused, words::taken(new)).hint(words::taken_hint(new)));
        }
        None => {
            // The cloud first: a state that records what its cloud does not have would have it made again.
            embedded.map_or(Ok(()), Embedded::moves)?;
            Stack::tell_format(ui, &lease);
            lease.take_over(state)?;
            lease.commit(jiff::Timestamp::now())?;
        }
    }
    let volumes = lease.state().map_or(0, |state| state.volumes.len() as u64);
    if let Some(text) = former.applied_manifest()? {
        lease.keep_manifest(&text)?;
    }
    before.retire()?;
    ui.talk(&words::renamed(&args.old, new, volumes, &stack.store.snapshot_path()));
    ui.talk(&next_plan(&args.path));
    Ok(Exit::Success)
}

/// Locks both, in the order of their names, so that two of these never wait for each other. Gives them as they were named.
fn both(
    ui: &Ui,
    (one, first): (&Store, &StackName),
    (other, second): (&Store, &StackName),
    wait: LockWait,
) -> Result<(Lease, Lease), CliError> {
    let locked = |store| lock(ui, store, "state rename-stack", wait);
    if first < second {
        let one = locked(one)?;
        return Ok((one, locked(other)?));
    }
    let other = locked(other)?;
    Ok((locked(one)?, other))
}

/// The embedded cloud of the former name, which is the stack's own and goes with the name.
struct Embedded {
    from: PathBuf,
    to: PathBuf,
}

impl Embedded {
    /// Where there is one that has to move.
    fn of(stack: &Stack, old: &StackName) -> Result<Option<Embedded>, CliError> {
        let [from, to] = [old, &stack.manifest.stack].map(|name| embedded_cloud(&stack.store, name));
        if stack.manifest.cloud.target != Target::Simulator || !from.exists() {
            return Ok(None);
        }
        if to.exists() {
            return Err(CliError::new(Exit::Refused, words::two_clouds(&from, &to)).hint(words::TWO_CLOUDS_HINT));
        }
        Ok(Some(Embedded { from, to }))
    }

    /// Gives it the new name. After a crash in the middle of the command, given again, there is nothing left to move.
    fn moves(self) -> Result<(), CliError> {
        let Embedded { from, to } = self;
        std::fs::rename(&from, &to).map_err(|error| CliError::new(Exit::Error, words::not_moved(&from, &to, &error)))
    }
}

/// What the state under the former name holds that the one under the new name does not: the volumes, and there may be calls
/// besides. `None` where that is nothing.
fn lacking(old: &State, new: &State) -> Option<Vec<Address>> {
    let known: BTreeSet<&VolumeId> = new.volumes.values().map(|volume| &volume.id).chain(&new.released).collect();
    let is_known = |call: &CallId| new.ended.contains_key(call) || new.operations.contains_key(call);
    let volumes = old.volumes.iter().filter(|(_, volume)| !known.contains(&volume.id));
    let volumes: Vec<Address> = volumes.map(|(address, _)| address.clone()).collect();
    (!volumes.is_empty() || !old.ended.keys().all(is_known)).then_some(volumes)
}
