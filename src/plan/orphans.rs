//! Volumes that carry this stack's tag and that nothing records: which they are, and for which reasons nothing may be
//! done about them.

use crate::manifest::Manifest;
use crate::observed::{ObservedVolume, Status};
use crate::operation::{Operation, Owner};
use crate::state::{EndedCreate, State};
use crate::volume::{CallId, Lineage, VolumeId};
use std::collections::{BTreeMap, BTreeSet};

/// A volume that carries this stack's tag and that nothing records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Orphan<'a> {
    /// The volume.
    pub volume: &'a ObservedVolume,
    /// The tag's key.
    pub key: &'a str,
    /// Which state made it, by its tag.
    pub lineage: Lineage,
    /// Which call made it, by its tag.
    pub call: CallId,
    /// What is known of that call.
    pub origin: Origin<'a>,
}

/// What is known of the call whose tag an orphan carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin<'a> {
    /// Nothing: there is no recorded state.
    Stateless,
    /// Nothing: it is a call of another state.
    Foreign,
    /// Nothing, though it is a call of this very state.
    Unknown,
    /// It is not over: the plan decides about the call, and with it about its volumes.
    Open(&'a Operation),
    /// It is over.
    Ended(&'a EndedCreate),
}

/// The volumes that carry the stack's tag, under any key, and that nothing records, by id. A volume that is being deleted
/// is not one of them.
pub fn orphans<'a>(
    desired: &Manifest,
    recorded: Option<&'a State>,
    volumes: &'a BTreeMap<VolumeId, ObservedVolume>,
) -> Vec<Orphan<'a>> {
    orphans_of(desired, recorded, recorded.map(|state| &state.lineage), volumes)
}

/// The same where nothing is recorded, and it is known of which lineage the state was: its volumes count, whatever the stack
/// was called when they were made.
pub(super) fn orphans_of<'a>(
    desired: &Manifest,
    recorded: Option<&'a State>,
    here: Option<&Lineage>,
    volumes: &'a BTreeMap<VolumeId, ObservedVolume>,
) -> Vec<Orphan<'a>> {
    let known: BTreeSet<&VolumeId> =
        recorded.into_iter().flat_map(|state| state.volumes.values()).map(|volume| &volume.id).collect();
    let orphan = |volume: &'a ObservedVolume| {
        let (key, Owner { lineage, call, .. }) = Owner::in_stack(&volume.tags, &desired.stack, here)?;
        // One that carries the mark of another state too is not this one's to take.
        let marks = volume.tags.values().filter_map(|value| Owner::read(value));
        if marks.into_iter().any(|owner| owner.lineage != lineage) {
            return None;
        }
        let is_released = recorded.is_some_and(|state| state.released.contains(&volume.id));
        if known.contains(&volume.id) || is_released || volume.status == Status::Deleting {
            return None;
        }
        let origin = match recorded {
            None => Origin::Stateless,
            Some(state) if state.lineage != lineage => Origin::Foreign,
            Some(state) => match (state.operations.get(&call), state.ended.get(&call)) {
                (Some(call), _) => Origin::Open(call),
                (None, Some(call)) => Origin::Ended(call),
                (None, None) => Origin::Unknown,
            },
        };
        Some(Orphan { volume, key, lineage, call, origin })
    };
    volumes.values().filter_map(orphan).collect()
}

/// Why nothing is done about an orphan. The first three may be anything that the stack wants.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Unplaced {
    /// See [`Origin::Stateless`].
    Stateless,
    /// See [`Origin::Foreign`].
    Foreign(Lineage),
    /// See [`Origin::Unknown`].
    Unknown,
    /// It may be adopted once it is usable.
    NotYet,
    /// No slot is free for it.
    Taken,
    /// Several are, and its name tells none of them.
    Unnamed,
    /// The manifest does not want what its call made.
    Unwanted,
    /// It is not what the manifest wants there.
    Unlike,
    /// It is of no use.
    Broken,
    /// It was made at a time at which its call made nothing.
    Copied,
}
