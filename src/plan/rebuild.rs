//! A recorded state put together from tags and names, where its files are lost or older than the cloud.

use super::adopt::{asked_of, seen_as};
use super::orphans::{Origin, Orphan, orphans_of};
use crate::manifest::{DesiredVolume, Manifest};
use crate::observed::ObservedVolume;
use crate::state::{Change, CloudId, End, EndedCreate, FoldError, State};
use crate::volume::{Address, CallId, Lineage, VolumeId, VolumeSpec, VolumeType, Zone, slot_name};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Everything that a state is put together from.
#[derive(Debug, Clone, Copy)]
pub struct Remains<'a> {
    /// What shall be: it says which name is which address.
    pub desired: &'a Manifest,
    /// Which cloud the manifest means.
    pub cloud: &'a CloudId,
    /// What is recorded all the same; nothing of it is given up.
    pub recorded: Option<&'a State>,
    /// Every volume of the project.
    pub volumes: &'a BTreeMap<VolumeId, ObservedVolume>,
    /// Whose volumes to take, where several states have written the stack.
    pub lineage: Option<&'a Lineage>,
    /// When this happens.
    pub at: jiff::Timestamp,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rebuilt {
    /// The state with all that was restored; `None` where there is neither anything recorded nor anything to restore.
    pub state: Option<State>,
    /// Whose volumes were looked for; `None` where no volume carries the tag.
    pub lineage: Option<Lineage>,
    /// What it has that it did not have before, sorted by address.
    pub restored: Vec<Restored>,
    /// Tagged volumes that are recorded nowhere, sorted by id.
    pub left: Vec<Left>,
    /// Tagged volumes of calls that are not over: the next apply records them.
    pub in_doubt: u64,
}

/// A volume that is recorded now.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Restored {
    /// Where.
    pub address: Address,
    /// Its id.
    pub id: VolumeId,
    /// Its name in the cloud.
    pub name: String,
}

/// A tagged volume of which it is not certain what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// The volume.
    pub volume: ObservedVolume,
    /// The call whose tag it carries.
    pub call: CallId,
    /// Why it is not recorded.
    pub reason: Unplaced,
}

/// Why a tagged volume is not recorded. In JSON the case is `code`, which stays as it is where sentences change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unplaced {
    /// It is of another state.
    OtherState {
        /// The lineage of that.
        lineage: Lineage,
    },
    /// Its name is no text that can be compared.
    NameUnreadable {
        /// As the cloud gave it.
        name: String,
    },
    /// Its name is that of several addresses.
    NameOfSeveral {
        /// The first of them.
        first: Address,
    },
    /// Its name is that of no address.
    NameOfNone,
    /// Its address is recorded already.
    Recorded {
        /// The address.
        address: Address,
        /// As which volume.
        id: VolumeId,
    },
    /// A call that is not over has to do with its address.
    UnderWay {
        /// The address.
        address: Address,
    },
    /// Others have the same name.
    Claimed {
        /// The address that they would take.
        address: Address,
        /// How many there are.
        volumes: usize,
    },
    /// Its zone is another.
    OtherZone {
        /// The address that its name is of.
        address: Address,
        /// The zones of which that one shall be in one.
        zones: Vec<Zone>,
    },
    /// Its type is another.
    OtherType {
        /// The address that its name is of.
        address: Address,
        /// The type that this one shall be of.
        volume_type: VolumeType,
    },
    /// It is paid by use, and shall be prepaid.
    NotPrepaid {
        /// The address that its name is of.
        address: Address,
    },
    /// The state does not take it.
    Unfit {
        /// Why.
        error: FoldError,
    },
}

impl Unplaced {
    /// What it is called in JSON.
    pub fn code(&self) -> &'static str {
        match self {
            Unplaced::OtherState { .. } => "other-state",
            Unplaced::NameUnreadable { .. } => "name-unreadable",
            Unplaced::NameOfSeveral { .. } => "name-of-several",
            Unplaced::NameOfNone => "name-of-none",
            Unplaced::Recorded { .. } => "recorded",
            Unplaced::UnderWay { .. } => "under-way",
            Unplaced::Claimed { .. } => "claimed",
            Unplaced::OtherZone { .. } => "other-zone",
            Unplaced::OtherType { .. } => "other-type",
            Unplaced::NotPrepaid { .. } => "not-prepaid",
            Unplaced::Unfit { .. } => "unfit",
        }
    }
}

/// Why nothing was put together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unclear {
    /// The tags are of several states.
    Lineages {
        /// The stack.
        stack: String,
        /// How many volumes there are of each.
        found: BTreeMap<Lineage, u64>,
    },
    /// No volume is of the lineage that was asked for.
    NoSuch {
        /// The stack.
        stack: String,
        /// What was asked for.
        lineage: Lineage,
        /// How many volumes there are of others.
        found: BTreeMap<Lineage, u64>,
    },
    /// What is recorded is of another lineage than was asked for.
    Recorded {
        /// What is recorded.
        recorded: Lineage,
        /// What was asked for.
        lineage: Lineage,
    },
}

/// Restores what tags and names tell without a doubt, and lists the rest. Pure.
///
/// A volume is restored where its name is the one that exactly one address shall have, where its zone and type
/// agree, and where nothing else lays claim to that address.
///
/// # Errors
/// When it is not clear which state is to be restored.
pub fn rebuild(remains: Remains<'_>) -> Result<Rebuilt, Unclear> {
    let Remains { desired, cloud, recorded, volumes, .. } = remains;
    let here = recorded.map(|state| &state.lineage).or(remains.lineage);
    let found = orphans_of(desired, recorded, here, volumes);
    let Some(lineage) = lineage_of(remains, &found)? else {
        return Ok(Rebuilt { state: None, lineage: None, restored: Vec::new(), left: Vec::new(), in_doubt: 0 });
    };
    // The stack may have had another name when some of them were made.
    let found = orphans_of(desired, recorded, Some(&lineage), volumes);
    let mut state = recorded.cloned().unwrap_or_else(|| {
        let mut fresh = State::new(desired.stack.clone(), lineage.clone(), cloud.clone());
        let calls: BTreeSet<&CallId> =
            found.iter().filter(|orphan| orphan.lineage == lineage).map(|orphan| &orphan.call).collect();
        // At least as many runs as there can have been, if each made one call.
        fresh.serial = calls.len() as u64;
        fresh
    });
    let names = wanted_names(desired);
    let claims = claims(&found, &lineage, &names);
    let (mut restored, mut left, mut in_doubt) = (Vec::new(), Vec::new(), 0);
    for orphan in &found {
        if matches!(orphan.origin, Origin::Open(_)) {
            in_doubt += 1;
            continue;
        }
        let (volume, call) = (orphan.volume, orphan.call.clone());
        let placed = if orphan.lineage == lineage {
            place(volume, desired, &state, &names, &claims)
        } else {
            Err(Unplaced::OtherState { lineage: orphan.lineage.clone() })
        };
        let taken = placed.and_then(|(address, wish, spec)| {
            let (seen, asked) = (seen_as(volume, spec), asked_of(volume, spec));
            let (id, name) = (volume.id.clone(), volume.name.clone());
            let change = Change::Adopted { address: address.clone(), call, gone: None, id: id.clone(), seen, asked };
            state.fold(change).map_err(|error| Unplaced::Unfit { error })?;
            if wish.lifecycle.prevent_destroy {
                // What was lost knew that, as far as the manifest can tell.
                state.protected.insert(address.clone());
            }
            restored.push(Restored { address, id, name });
            Ok(())
        });
        if let Err(reason) = taken {
            left.push(Left { volume: volume.clone(), call: orphan.call.clone(), reason });
        }
    }
    restored.sort_by(|a, b| a.address.cmp(&b.address));
    remember_calls(desired, &mut state, &restored, &left, remains.at);
    let state = (recorded.is_some() || !restored.is_empty()).then_some(state);
    Ok(Rebuilt { state, lineage: Some(lineage), restored, left, in_doubt })
}

/// Whose state it is.
fn lineage_of(remains: Remains<'_>, found: &[Orphan<'_>]) -> Result<Option<Lineage>, Unclear> {
    let stack = remains.desired.stack.to_string();
    if let Some(state) = remains.recorded {
        return match remains.lineage.filter(|asked| **asked != state.lineage) {
            None => Ok(Some(state.lineage.clone())),
            Some(asked) => Err(Unclear::Recorded { recorded: state.lineage.clone(), lineage: asked.clone() }),
        };
    }
    let mut counts: BTreeMap<Lineage, u64> = BTreeMap::new();
    for orphan in found {
        *counts.entry(orphan.lineage.clone()).or_default() += 1;
    }
    match (remains.lineage, counts.len()) {
        (Some(asked), _) if counts.contains_key(asked) => Ok(Some(asked.clone())),
        (Some(asked), _) => Err(Unclear::NoSuch { stack, lineage: asked.clone(), found: counts }),
        (None, 0 | 1) => Ok(counts.into_keys().next()),
        (None, _) => Err(Unclear::Lineages { stack, found: counts }),
    }
}

/// Which address shall have which name.
fn wanted_names(desired: &Manifest) -> BTreeMap<String, Vec<Address>> {
    let mut names: BTreeMap<String, Vec<Address>> = BTreeMap::new();
    for (key, wish) in &desired.volumes {
        for slot in wish.slots() {
            let name = slot_name(wish.name.as_str(), wish.count, slot);
            names.entry(name).or_default().push(Address { key: key.clone(), slot });
        }
    }
    names
}

/// How many volumes go by each of these names.
fn claims<'n>(
    found: &[Orphan<'_>],
    lineage: &Lineage,
    names: &'n BTreeMap<String, Vec<Address>>,
) -> BTreeMap<&'n str, usize> {
    let mut claims: BTreeMap<&'n str, usize> = BTreeMap::new();
    for orphan in found.iter().filter(|orphan| orphan.lineage == *lineage) {
        if let Some((name, _)) = names.get_key_value(&orphan.volume.name) {
            *claims.entry(name).or_default() += 1;
        }
    }
    claims
}

/// The address of a volume and what it shall be there, or why it has none.
fn place<'m>(
    volume: &ObservedVolume,
    desired: &'m Manifest,
    state: &State,
    names: &BTreeMap<String, Vec<Address>>,
    claims: &BTreeMap<&str, usize>,
) -> Result<(Address, &'m DesiredVolume, &'m Arc<VolumeSpec>), Unplaced> {
    if let Some(name) = &volume.unreadable_name {
        return Err(Unplaced::NameUnreadable { name: name.clone() });
    }
    let address = match names.get(&volume.name).map(Vec::as_slice) {
        Some([address]) => address,
        Some([first, ..]) => return Err(Unplaced::NameOfSeveral { first: first.clone() }),
        Some([]) | None => return Err(Unplaced::NameOfNone),
    };
    let wish = desired.volumes.get(&address.key).ok_or(Unplaced::NameOfNone)?;
    if let Some(other) = state.volumes.get(address) {
        return Err(Unplaced::Recorded { address: address.clone(), id: other.id.clone() });
    }
    if state.is_covered(address) {
        return Err(Unplaced::UnderWay { address: address.clone() });
    }
    match claims.get(volume.name.as_str()) {
        Some(n) if *n > 1 => return Err(Unplaced::Claimed { address: address.clone(), volumes: *n }),
        _ => {}
    }
    let Some(spec) = wish.specs.iter().find(|spec| volume.availability_zone == spec.zone.as_str()) else {
        let zones = wish.specs.iter().map(|spec| spec.zone.clone()).collect();
        return Err(Unplaced::OtherZone { address: address.clone(), zones });
    };
    if !volume.volume_type.is_empty() && volume.volume_type != spec.volume_type.as_str() {
        let volume_type = spec.volume_type.clone();
        return Err(Unplaced::OtherType { address: address.clone(), volume_type });
    }
    if spec.prepaid.is_some() && !volume.prepaid {
        return Err(Unplaced::NotPrepaid { address: address.clone() });
    }
    Ok((address.clone(), wish, spec))
}

/// Remembers the calls of which every volume found its place, so that their ids are never used again. A call of
/// which some did not stays unknown: while they are there, a plan creates nothing beside them.
fn remember_calls(desired: &Manifest, state: &mut State, restored: &[Restored], left: &[Left], at: jiff::Timestamp) {
    let mut calls: BTreeMap<CallId, EndedCreate> = BTreeMap::new();
    let unsettled: BTreeSet<&CallId> = left.iter().map(|left| &left.call).collect();
    let new: BTreeSet<CallId> = restored
        .iter()
        .filter_map(|volume| state.volumes.get(&volume.address)?.call.clone())
        .filter(|call| !state.ended.contains_key(call) && !unsettled.contains(call))
        .collect();
    for (address, volume) in &state.volumes {
        let Some(id) = volume.call.as_ref().filter(|id| new.contains(*id)) else { continue };
        // What the call itself was named can be read nowhere any more.
        let Some(name) = desired.volumes.get(&address.key).map(|wish| wish.name.clone()) else { continue };
        let call = calls.entry(id.clone()).or_insert_with(|| EndedCreate {
            key: address.key.clone(),
            slots: Default::default(),
            moved: BTreeMap::new(),
            name,
            made: volume.base.spec.made_as(),
            // When it was sent can be read nowhere any more.
            first_sent: None,
            at,
            end: End::Done,
        });
        // A call is for one key; a name that was exchanged for one of another key changes nothing about its id.
        if call.key == address.key {
            call.slots = call.slots.iter().chain([address.slot]).collect();
        }
    }
    state.ended.extend(calls);
}

#[cfg(test)]
mod tests;
