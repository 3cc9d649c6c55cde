//! `evsctl state rm`: gives up volumes, or a call. The cloud keeps what there is.

use super::record::record;
use crate::cli::cloud::Cloud;
use crate::cli::command::no_path;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::holder::lock;
use crate::cli::options::{LockWait, PlaceArgs, value};
use crate::cli::planning::EFFORT;
use crate::cli::runtime::block_on;
use crate::cli::stack::Records;
use crate::cli::ui::Ui;
use crate::evs::Client;
use crate::evs::wire::TagsAction;
use crate::operation::Owner;
use crate::plan::{Pattern, open_call};
use crate::state::{Change, State};
use crate::volume::{Address, CallId, Lineage, VolumeId};
use crate::words::command::{rm as words, state};
use std::path::PathBuf;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// `evsctl state rm`
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Examples:\n  evsctl state rm prod web\n  evsctl state rm prod 'web[3]' --untag\n  evsctl state rm prod --call k3q7x2mfa5"
)]
pub(in crate::cli) struct RmArgs {
    /// The manifest: a YAML file, or a folder of them.
    #[arg(value_name = "PATH", default_value = ".")]
    pub(in crate::cli) path: PathBuf,
    /// The volumes that are given up: `key`, `key[3]`, `key[1..3,7]`, or with `*`. They stay in the cloud.
    #[arg(value_name = "ADDR")]
    pub(in crate::cli) addresses: Vec<Pattern>,
    /// Takes the ownership tag off them too.
    #[arg(long, requires = "addresses")]
    pub(in crate::cli) untag: bool,
    /// The call, as `evsctl apply` names it: one that surely did nothing, or a create call whose volumes have been deleted.
    #[arg(long, value_name = "CALL", value_parser = value::call, conflicts_with = "addresses")]
    pub(in crate::cli) call: Option<CallId>,
    /// How to find the state without the manifest.
    #[command(flatten)]
    pub(in crate::cli) place: PlaceArgs,
    /// How long it waits for another run.
    #[command(flatten)]
    pub(in crate::cli) lock: LockWait,
}

pub(super) fn run(ui: &Arc<Ui>, args: &RmArgs) -> Result<Exit, CliError> {
    if args.addresses.is_empty() && args.call.is_none() {
        let error = CliError::new(Exit::Error, words::NOTHING_NAMED).hint(words::NAME_IT);
        return Err(no_path::hinted(error, "state rm", &args.path, &[]));
    }
    let records = Records::load(ui, &args.path, &args.place)
        .map_err(|error| no_path::hinted(error, "state rm", &args.path, &args.addresses))?;
    let cloud = if args.untag { Some(records.cloud()?) } else { None };
    let mut lease = lock(ui, &records.store, "state rm", args.lock)?;
    let Some(state) = lease.state() else {
        return Err(CliError::new(Exit::Error, state::NO_STATE));
    };
    match &args.call {
        Some(call) => {
            let told = given_up(state, call)?;
            let at = jiff::Timestamp::now();
            record(ui, &mut lease, "state rm", vec![Change::GivenUp { call: call.clone(), at }])?;
            ui.talk(&told);
        }
        None => {
            let volumes = chosen(state, &args.addresses)?;
            if let Some(cloud) = cloud {
                cloud.check_state(Some(state))?;
                untag(ui, &records, &cloud, state, &volumes)?;
            }
            let released =
                |(address, id): &(Address, VolumeId)| Change::Released { address: address.clone(), id: id.clone() };
            record(ui, &mut lease, "state rm", volumes.iter().map(released).collect())?;
            for (address, id) in &volumes {
                ui.talk(&words::released(address, id));
                if records.asks_for(address) == Some(true) {
                    ui.warn(&words::released_and_asked_for(address));
                }
            }
        }
    }
    Ok(Exit::Success)
}

/// What is said of a call that is given up, on somebody's word.
fn given_up(state: &State, id: &CallId) -> Result<String, CliError> {
    let Some(call) = state.operations.get(id) else {
        let open: Vec<&CallId> = state.operations.keys().collect();
        return Err(CliError::new(Exit::Error, words::not_open(id)).hint(words::open(&open)));
    };
    let taken = call.progress.taken().map(|(receipt, _)| receipt);
    Ok(words::gave_up(id, &call.kind, taken))
}

/// The recorded volumes that these mean, none of which an open call is about.
fn chosen(state: &State, patterns: &[Pattern]) -> Result<Vec<(Address, VolumeId)>, CliError> {
    for pattern in patterns {
        if !state.volumes.keys().any(|address| pattern.matches(address)) {
            return Err(CliError::new(Exit::Error, state::nothing_there(pattern)).hint(state::WHICH_ARE));
        }
    }
    let is_meant = |address: &Address| patterns.iter().any(|pattern| pattern.matches(address));
    let volumes = state.volumes.iter().filter(|(address, _)| is_meant(address));
    let volumes: Vec<_> = volumes.map(|(address, volume)| (address.clone(), volume.id.clone())).collect();
    for (address, _) in &volumes {
        if let Some(call) = open_call(state, address) {
            let told = words::not_released(address, call);
            return Err(CliError::new(Exit::Refused, told).hint(state::over_first(call)));
        }
    }
    Ok(volumes)
}

/// Takes the tags off by which they are known as this state's. Nothing is recorded before all are.
fn untag(
    ui: &Arc<Ui>,
    records: &Records,
    cloud: &Cloud,
    state: &State,
    volumes: &[(Address, VolumeId)],
) -> Result<(), CliError> {
    let head = records.head()?;
    block_on(async {
        let link = cloud.connect(ui, head, &records.store, EFFORT, CancellationToken::new()).await?;
        for (address, id) in volumes {
            let taken = untag_one(&link.client, &state.lineage, id).await;
            taken.map_err(|error| CliError::from(error).behind(words::cannot_untag(address)))?;
        }
        Ok(())
    })
}

async fn untag_one(client: &Client, lineage: &Lineage, id: &VolumeId) -> Result<(), crate::evs::Error> {
    let Some(volume) = client.look_for(id).await? else { return Ok(()) };
    match Owner::of_lineage(&volume.tags, lineage) {
        Some((key, _)) => client.edit_tags(id, &TagsAction::remove(&[key.to_owned()].into())).await,
        None => Ok(()),
    }
}
