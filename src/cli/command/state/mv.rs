//! `evsctl state mv`: another address for what is recorded, by hand and without network.

use super::record::record;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::options::{LockWait, PlaceArgs, value};
use crate::cli::stack::Records;
use crate::cli::ui::Ui;
use crate::manifest::Move;
use crate::plan::{About, Places, Refusal, open_call, places};
use crate::state::Change;
use crate::volume::KeyOrAddress;
use crate::words::command::{mv as words, state};
use crate::words::refusal;
use std::path::PathBuf;

/// `evsctl state mv`
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Examples:\n  evsctl state mv prod old new\n  evsctl state mv prod 'old[3]' 'new[1]'\n\nThe same \
                        in the manifest, for everybody who applies it: moved: [{from: old, to: new}]"
)]
pub(in crate::cli) struct MvArgs {
    /// The manifest: a YAML file, or a folder of them. With --state-dir it is not read.
    #[arg(value_name = "PATH")]
    pub(in crate::cli) path: PathBuf,
    /// What has another address from now on: a key, or one slot of it as `key[3]`.
    #[arg(value_name = "FROM", value_parser = value::key_or_address)]
    pub(in crate::cli) from: KeyOrAddress,
    /// That address.
    #[arg(value_name = "TO", value_parser = value::key_or_address)]
    pub(in crate::cli) to: KeyOrAddress,
    /// How to find the state without the manifest.
    #[command(flatten)]
    pub(in crate::cli) place: PlaceArgs,
    /// How long it waits for another run.
    #[command(flatten)]
    pub(in crate::cli) lock: LockWait,
}

/// Records the other addresses of all that is recorded there, or of nothing.
pub(super) fn run(ui: &Ui, args: &MvArgs) -> Result<Exit, CliError> {
    let MvArgs { path, from, to, place, lock } = args;
    if matches!(from, KeyOrAddress::Key(_)) != matches!(to, KeyOrAddress::Key(_)) {
        return Err(CliError::new(Exit::Error, words::MIXED).hint(words::MIXED_HINT));
    }
    let records = Records::load(ui, path, place)?;
    let mut lease = crate::cli::holder::lock(ui, &records.store, "state mv", *lock)?;
    let Some(state) = lease.state() else {
        return Err(CliError::new(Exit::Error, state::NO_STATE));
    };
    let line = Move { from: from.clone(), to: to.clone() };
    let Places { to: addresses, steps, refusals, left: _ } = places(state, &[line], |_, _| true);
    if let Some((step, why)) = refusals.into_iter().next() {
        let refusal = Refusal { about: About::Address(step.from.clone()), id: step.id, why, unwanted: None };
        let told = words::not_moved(&step.from, &refusal::reason(&refusal, 1));
        return Err(CliError::new(Exit::Refused, told).hint(words::way_to_move(&refusal.why)));
    }
    if addresses.is_empty() {
        return Err(CliError::new(Exit::Error, state::nothing_there(from)).hint(state::WHICH_ARE));
    }
    // Where late volumes of calls that are over belong moves too.
    let late = addresses.len() - steps.len();
    let is_under_way: Vec<bool> = steps.iter().map(|step| open_call(state, &step.from).is_some()).collect();
    record(ui, &mut lease, "state mv", vec![Change::Moved { addresses }])?;
    if late > 0 {
        ui.talk(&words::moved_late(from, to, late as u64));
    }
    for (step, is_under_way) in steps.iter().zip(is_under_way) {
        ui.talk(&words::moved(step));
        // What the manifest asks for cannot always be said.
        if let (Some(before), Some(after)) = (records.asks_for(&step.from), records.asks_for(&step.address))
            && (before || !after)
            && !is_under_way
        {
            ui.warn(&words::moved_against_manifest(step, before));
        }
    }
    Ok(Exit::Success)
}
