//! What must hold when a history has ended: exactly the volumes that were asked for, each of them recorded.

use super::bench::{Options, World};
use evsctl::boundary::Boundaries;
use evsctl::manifest::DesiredVolume;
use evsctl::volume::{Address, VolumeId, slot_name};
use std::collections::{BTreeMap, BTreeSet};

/// How the keys of tags begin that hands set.
pub(crate) const BY_HAND: &str = "hand";

/// How many runs recovery may take.
const RUNS: usize = 4;

/// Runs until nothing is left, and says how many runs that took.
pub(crate) fn recover(world: &mut World) -> Result<usize, String> {
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

/// What is wrong where a job never ends for so many volumes: one call stays open for them, and all others are done.
pub(crate) fn hangs(world: &mut World, hung: usize) -> Result<Vec<String>, String> {
    let outcome = world.run(&Boundaries::counted(None), &Options::default());
    let state = world.store.read().map_err(|error| error.to_string())?.ok_or("there is no state")?;
    let mut wrong = world.wrong.clone();
    wrong.extend(world.ledger.wrong());
    let volumes = world.cloud.volumes();
    let mut covered = 0;
    for (address, recorded) in &state.volumes {
        if state.is_covered(address) {
            covered += 1;
            continue;
        }
        let asked = world.manifest.volumes.get(&address.key).and_then(|wish| wish.specs.common().size);
        let size = volumes.get(recorded.id.as_str()).map(|volume| volume.size);
        if recorded.base.spec.size != asked || size != asked.map(|size| u64::from(size.gb())) {
            wrong.push(format!("{address} is of {size:?} GB and recorded as {:?}", recorded.base.spec.size));
        }
    }
    if (covered, state.operations.len()) != (hung, 1) {
        wrong.push(format!("{covered} are covered by {} calls: {outcome}", state.operations.len()));
    }
    Ok(wrong)
}

/// Everything that is not as it must be.
pub(crate) fn faults_of(world: &World) -> Vec<String> {
    let mut wrong = world.wrong.clone();
    wrong.extend(world.ledger.wrong());
    wrong.extend(unlike_the_manifest(world, &BTreeSet::new(), Looked::Well));
    wrong
}

/// How well a run could look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Looked {
    /// The service showed all as it is.
    Well,
    /// It may have hidden volumes, and shown former names.
    Lied,
}

/// Whether a volume has the size that is asked for, or a larger one that a hand gave it: no volume shrinks.
fn is_of(world: &World, id: &VolumeId, asked: u64, size: u64) -> bool {
    let by_hand = world.sizes_by_hand.get(id.as_str()).is_some_and(|sizes| sizes.contains(&size));
    size == asked || size > asked && by_hand
}

/// Whether a volume carries the tags that are asked for, and of others only those that hands have set.
fn has_tags(world: &World, asked: &BTreeMap<String, String>, carried: &BTreeMap<String, String>) -> bool {
    let is_foreign = |key: &String| key.starts_with(BY_HAND) || world.tags_by_hand.contains(key);
    asked.iter().all(|(key, value)| carried.get(key) == Some(value))
        && carried.keys().all(|key| asked.contains_key(key) || is_foreign(key))
}

/// In what the cloud and the recorded state are not what the manifest says; volumes that are `beside` are not looked
/// at.
pub(crate) fn unlike_the_manifest(world: &World, beside: &BTreeSet<String>, looked: Looked) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut say = |what: String| wrong.push(what);
    let state = match world.store.read() {
        Ok(Some(state)) => state,
        Ok(None) if world.manifest.volumes.is_empty() => return wrong,
        other => {
            say(format!("there is no state: {other:?}"));
            return wrong;
        }
    };
    let mut wanted: BTreeMap<Address, (String, &DesiredVolume)> = BTreeMap::new();
    for (key, wish) in &world.manifest.volumes {
        for slot in wish.slots() {
            let name = slot_name(wish.name.as_str(), wish.count, slot);
            wanted.insert(Address { key: key.clone(), slot }, (name, wish));
        }
    }
    let mut volumes = world.cloud.volumes();
    volumes.retain(|id, _| !beside.contains(id));
    let recorded: BTreeSet<&str> = state.volumes.values().map(|volume| volume.id.as_str()).collect();
    let well = looked == Looked::Well;
    for (id, volume) in volumes.iter().filter(|_| well) {
        if !recorded.contains(id.as_str()) {
            say(format!("volume {id} ({}, {}) is recorded nowhere", volume.name, volume.status));
        }
        if volume.owner.is_none() && !world.untagged.contains(id) {
            say(format!("volume {id} carries no tag"));
        }
    }
    if well && volumes.len() != wanted.len() {
        say(format!("{} volumes are there and {} were asked for", volumes.len(), wanted.len()));
    }
    if recorded.len() != state.volumes.len() {
        say("one volume is recorded in two slots".to_owned());
    }
    for (address, recorded) in &state.volumes {
        let Some((name, wish)) = wanted.remove(address) else {
            say(format!("{address} is recorded and was not asked for"));
            continue;
        };
        let spec = wish.specs.common();
        let text = spec.description.as_ref().map(ToString::to_string).unwrap_or_default();
        let place = (spec.zone.to_string(), spec.volume_type.to_string());
        let size = spec.size.map(|size| u64::from(size.gb()));
        match volumes.get(recorded.id.as_str()) {
            None => say(format!("{address} is recorded as {}, which is not there", recorded.id)),
            Some(volume) if !volume.is_good() || recorded.tainted.is_some() => {
                say(format!("{address} is {} and recorded as failed: {:?}", volume.status, recorded.tainted));
            }
            Some(volume) if well && (&volume.name, &volume.description) != (&name, &text) => {
                say(format!(
                    "{address} is called {:?} {:?} in place of {name:?} {text:?}",
                    volume.name, volume.description
                ));
            }
            Some(volume) if well && wish.stated.tags && !has_tags(world, spec.tags.pairs(), &volume.tags) => {
                say(format!("{address} carries {:?} in place of {:?}", volume.tags, spec.tags.pairs()));
            }
            Some(volume)
                if volume.place != place || size.is_some_and(|size| !is_of(world, &recorded.id, size, volume.size)) =>
            {
                say(format!("{address} is {} GB in {:?} in place of {size:?} in {place:?}", volume.size, volume.place));
            }
            Some(_) => {}
        }
    }
    for address in wanted.keys() {
        say(format!("{address} was asked for and is not recorded"));
    }
    for (id, call) in &state.operations {
        say(format!("call {id} of {:?} is still open", call.addresses()));
    }
    wrong
}
