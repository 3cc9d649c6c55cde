//! What plan and apply share: choosing, looking, deciding.

use super::args::ScopeArgs;
use super::cloud::api_error;
use super::error::CliError;
use super::exit::Exit;
use super::stack::Stack;
use crate::evs::Client;
use crate::observed::Observed;
use crate::plan::{self, Inputs, Plan, Selection};
use crate::state::{CloudId, State};
use crate::volume::Address;

/// What is typed as `--target` and `--exclude`; one that means nothing is surely a slip.
pub(super) fn select(scope: &ScopeArgs, stack: &Stack, state: Option<&State>) -> Result<Selection, CliError> {
    let selection = Selection::new(scope.target.clone(), scope.exclude.clone());
    if !selection.is_all() {
        let desired = stack
            .manifest
            .volumes
            .iter()
            .flat_map(|(key, volume)| volume.slots().map(|slot| Address { key: key.clone(), slot }));
        let recorded = state.into_iter().flat_map(|state| state.volumes.keys().cloned());
        let all: Vec<Address> = desired.chain(recorded).collect();
        if let Some(idle) = selection.idle(&all) {
            return Err(CliError::new(
                Exit::Error,
                format!("{idle} means no volume of stack {}", stack.manifest.stack),
            )
            .hint("an address is written key or key[slot]; `*` stands for any text"));
        }
    }
    Ok(selection)
}

/// Looks at the cloud.
pub(super) async fn observe(client: &Client, state: Option<&State>) -> Result<Observed, CliError> {
    let known = state.into_iter().flat_map(|state| state.volumes.values()).map(|volume| &volume.id);
    client.observe(known).await.map_err(|error| api_error("look at the cloud", &error))
}

/// Makes the plan of what was read and seen.
pub(super) fn make(
    stack: &Stack,
    cloud: &CloudId,
    recorded: Option<&State>,
    observed: Option<&Observed>,
    selection: &Selection,
) -> Plan {
    plan::make(Inputs { desired: &stack.manifest, cloud, recorded, observed, selection })
}
