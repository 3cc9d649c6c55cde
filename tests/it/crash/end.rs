//! What must hold when a history has ended: exactly the volumes that were asked for, each of them recorded.

use super::bench::{Options, World};
use evsctl::boundary::Boundaries;
use evsctl::volume::{Address, slot_name};
use std::collections::{BTreeMap, BTreeSet};

/// How many runs recovery may take.
const RUNS: usize = 4;

/// Runs until nothing is left, and says how many runs that took.
pub(super) fn recover(world: &mut World) -> Result<usize, String> {
    let mut ended = Vec::new();
    for run in 1..=RUNS {
        let outcome = world.run(&Boundaries::counted(None), &Options::default());
        if outcome.converged() {
            return Ok(run);
        }
        ended.push(outcome.to_string());
    }
    Err(format!("{RUNS} runs did not bring it to rest:\n    {}", ended.join("\n    ")))
}

/// Everything that is not as it must be.
pub(super) fn faults_of(world: &World) -> Vec<String> {
    let mut wrong = world.wrong.clone();
    wrong.extend(world.ledger.wrong());
    let mut say = |what: String| wrong.push(what);
    let state = match world.store.read() {
        Ok(Some(state)) => state,
        other => {
            say(format!("there is no state: {other:?}"));
            return wrong;
        }
    };
    let mut wanted: BTreeMap<Address, (String, String)> = BTreeMap::new();
    for (key, wish) in &world.manifest.volumes {
        let text = wish.spec.description.as_ref().map(ToString::to_string).unwrap_or_default();
        for slot in wish.slots() {
            let name = slot_name(wish.name.as_str(), wish.count, slot);
            wanted.insert(Address { key: key.clone(), slot }, (name, text.clone()));
        }
    }
    let volumes = world.cloud.volumes();
    let recorded: BTreeSet<&str> = state.volumes.values().map(|volume| volume.id.as_str()).collect();
    for (id, volume) in &volumes {
        if !recorded.contains(id.as_str()) {
            say(format!("volume {id} ({}, {}) is recorded nowhere", volume.name, volume.status));
        }
        if volume.owner.is_none() {
            say(format!("volume {id} carries no tag"));
        }
    }
    if volumes.len() != wanted.len() {
        say(format!("{} volumes are there and {} were asked for", volumes.len(), wanted.len()));
    }
    if recorded.len() != state.volumes.len() {
        say("one volume is recorded in two slots".to_owned());
    }
    for (address, recorded) in &state.volumes {
        let Some((name, text)) = wanted.remove(address) else {
            say(format!("{address} is recorded and was not asked for"));
            continue;
        };
        match volumes.get(recorded.id.as_str()) {
            None => say(format!("{address} is recorded as {}, which is not there", recorded.id)),
            Some(volume) if volume.status != "available" || recorded.tainted.is_some() => {
                say(format!("{address} is {} and recorded as failed: {:?}", volume.status, recorded.tainted));
            }
            Some(volume) if (&volume.name, &volume.description) != (&name, &text) => {
                say(format!(
                    "{address} is called {:?} {:?} in place of {name:?} {text:?}",
                    volume.name, volume.description
                ));
            }
            Some(_) => {}
        }
    }
    for address in wanted.keys() {
        say(format!("{address} was asked for and is not recorded"));
    }
    for (id, call) in &state.calls {
        say(format!("call {id} of {} is still open", call.key));
    }
    let deletions = world.cloud.requests().get(crate::support::DELETE).copied().unwrap_or_default();
    if world.cleanings == 0 && deletions > 0 {
        say(format!("{deletions} volumes were deleted, and no plan says so"));
    }
    wrong
}
