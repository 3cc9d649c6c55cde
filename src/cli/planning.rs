//! What commands share that look at the cloud: choosing, looking, deciding.

use super::cloud::{Cloud, Effort};
use super::error::CliError;
use super::exit::Exit;
use super::options::ScopeArgs;
use super::runtime::block_on;
use super::stack::Stack;
use super::ui::Ui;
use crate::evs::Client;
use crate::manifest::Manifest;
use crate::observed::{Observed, ObservedVolume};
use crate::operation::Operation;
use crate::plan::{self, Inputs, Pattern, Plan, Selection};
use crate::state::{CloudId, State};
use crate::store::Store;
use crate::volume::{Address, Key, Slot, SlotSet, SnapshotId, VolumeId};
use crate::words;
use crate::words::cloud::{Deed, cannot};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// A look has somebody waiting for it, and is easily taken again.
pub(super) const EFFORT: Effort = Effort { parallelism: 16, patience: Duration::from_secs(20) };

/// What is typed as `--target` and `--exclude`; one that means nothing is surely a slip.
pub(super) fn select(scope: &ScopeArgs, stack: &Stack, state: Option<&State>) -> Result<Selection, CliError> {
    let selection = Selection::new(scope.target.clone(), scope.exclude.clone()).of_new_stack(scope.new_stack);
    chosen(selection, &stack.manifest, state)
}

/// Makes sure that each pattern means something that the manifest asks for, or that is recorded or under way.
pub(super) fn chosen(selection: Selection, manifest: &Manifest, state: Option<&State>) -> Result<Selection, CliError> {
    if !selection.is_all() {
        let desired = manifest
            .volumes
            .iter()
            .flat_map(|(key, volume)| volume.slots().map(|slot| Address { key: key.clone(), slot }));
        let recorded = state.into_iter().flat_map(|state| state.volumes.keys().cloned());
        let open = state.into_iter().flat_map(|state| state.operations.values().flat_map(Operation::addresses));
        let all: Vec<Address> = desired.chain(recorded).chain(open).collect();
        if let Some(idle) = selection.idle(&all) {
            let nearest = nearest(idle, &all);
            let told = words::stack::means_none(&idle.to_string(), &manifest.stack, nearest.as_deref());
            return Err(CliError::told(Exit::Error, told));
        }
    }
    Ok(selection)
}

/// What was probably meant: all slots of the key that is spelt most like it.
fn nearest(typed: &Pattern, all: &[Address]) -> Option<String> {
    let keys: BTreeSet<&Key> = all.iter().map(|address| &address.key).collect();
    let far = |key: &Key| strsim::damerau_levenshtein(key.as_str(), typed.key());
    let near = |far: usize| far <= 1 + typed.key().len() / 4;
    let (_, key) = keys.into_iter().map(|key| (far(key), key)).filter(|(far, _)| near(*far)).min()?;
    let slots: BTreeSet<Slot> = all.iter().filter(|it| it.key == *key).map(|it| it.slot).collect();
    Some(format!("{key}[{}]", slots.into_iter().collect::<SlotSet>()))
}

/// Looks at the cloud: at all volumes of the project, at each recorded one by itself that the list does not show, and, where
/// one of these is gone, into the recycle bin.
pub(super) async fn look(client: &Client, stack: &Stack, state: Option<&State>) -> Result<Observed, CliError> {
    let recorded = state.into_iter().flat_map(|state| state.volumes.values()).map(|volume| &volume.id);
    let imported = stack.manifest.imports.values().map(|import| &import.id);
    let known: BTreeSet<&VolumeId> = recorded.clone().chain(imported).collect();
    let failed = |error| CliError::from(error).behind(cannot(Deed::LookAt));
    let mut observed = client.observe(known.into_iter(), state.is_none()).await.map_err(failed)?;
    let lost: BTreeSet<&VolumeId> = recorded.filter(|id| observed.gone.contains(*id)).collect();
    if !lost.is_empty() {
        observed.recycled = client.find_recycled(&lost).await.map_err(failed)?;
    }
    Ok(observed)
}

/// Looks at the cloud, as a plan of that part of the stack needs it.
pub(super) async fn observe(
    client: &Client,
    stack: &Stack,
    cloud: &CloudId,
    state: Option<&State>,
    selection: &Selection,
) -> Result<Observed, CliError> {
    let mut observed = look(client, stack, state).await?;
    let inputs = Inputs {
        desired: &stack.manifest,
        cloud,
        recorded: state,
        observed: Some(&observed),
        selection,
        as_of: stack.as_of,
    };
    if plan::takes_away(inputs) {
        // Where they cannot be listed, the plan refuses to delete, and does all else.
        let listed = client.list_snapshots(None).await.map(|snapshots| {
            let mut known: BTreeMap<VolumeId, BTreeSet<SnapshotId>> = BTreeMap::new();
            for snapshot in snapshots {
                known.entry(snapshot.volume_id).or_default().insert(snapshot.id);
            }
            known
        });
        observed.snapshots = Some(listed.map_err(|error| CliError::from(error).line()));
    }
    Ok(observed)
}

/// One look at a whole project.
pub(super) struct Listed {
    /// Its volumes.
    pub(super) volumes: BTreeMap<VolumeId, ObservedVolume>,
    /// The requests that this took, by method and path template.
    pub(super) calls: BTreeMap<String, u64>,
}

/// Every volume of the project.
pub(super) fn list(ui: &Arc<Ui>, (head, store): (&Manifest, &Store), cloud: &Cloud) -> Result<Listed, CliError> {
    block_on(async {
        let link = cloud.connect(ui, head, store, EFFORT, CancellationToken::new()).await?;
        let looked = link.client.observe(std::iter::empty(), true).await;
        let observed = looked.map_err(|error| CliError::from(error).behind(cannot(Deed::List)))?;
        Ok(Listed { volumes: observed.volumes, calls: link.client.counts() })
    })
}

/// Makes sure that volumes carry a tag that says whose they are.
pub(super) fn tag_of(manifest: &Manifest) -> Result<(), CliError> {
    if manifest.cloud.ownership_tag.key().is_some() {
        return Ok(());
    }
    Err(CliError::told(Exit::Error, words::stack::untagged()))
}

/// Makes the plan of what was read and seen.
pub(super) fn make(
    stack: &Stack,
    cloud: &CloudId,
    recorded: Option<&State>,
    observed: Option<&Observed>,
    selection: &Selection,
) -> Plan {
    let inputs = Inputs { desired: &stack.manifest, cloud, recorded, observed, selection, as_of: stack.as_of };
    plan::make(inputs).unless_renamed(inputs, &stack.states_beside(cloud, recorded))
}
