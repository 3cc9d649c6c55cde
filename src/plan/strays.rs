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
pub struct Stray<'a> {
    /// The volume.
    pub volume: &'a ObservedVolume,
    /// The tag's key.
    pub key: &'a str,
    /// Which state made it, by its tag.
    pub lineage: Lineage,
    /// Which call made it, by its tag.
    pub call: CallId,
    /// What is known of that call.
    pub kin: Kin<'a>,
}

/// What is known of the call whose tag a stray carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kin<'a> {
    /// Nothing: there is no recorded state.
    Stateless,
    /// Nothing: it is a call of another state.
    Foreign,
    /// Nothing, though it is a call of this very state.
    Unknown,
    /// It is not over: its volumes are its own business.
    Open(&'a Operation),
    /// It is over.
    Ended(&'a EndedCreate),
}

/// The volumes that carry the stack's tag, under whatever key, and that nothing records, by id. What is being deleted
/// is nobody's any more.
pub fn strays<'a>(
    desired: &Manifest,
    recorded: Option<&'a State>,
    volumes: &'a BTreeMap<VolumeId, ObservedVolume>,
) -> Vec<Stray<'a>> {
    let known: BTreeSet<&VolumeId> =
        recorded.into_iter().flat_map(|state| state.volumes.values()).map(|volume| &volume.id).collect();
    let stray = |volume: &'a ObservedVolume| {
        let here = recorded.map(|state| &state.lineage);
        let (key, Owner { lineage, call, .. }) = Owner::in_stack(&volume.tags, &desired.stack, here)?;
        if known.contains(&volume.id) || volume.status == Status::Deleting {
            return None;
        }
        let kin = match recorded {
            None => Kin::Stateless,
            Some(state) if state.lineage != lineage => Kin::Foreign,
            Some(state) => match (state.operations.get(&call), state.ended.get(&call)) {
                (Some(call), _) => Kin::Open(call),
                (None, Some(call)) => Kin::Ended(call),
                (None, None) => Kin::Unknown,
            },
        };
        Some(Stray { volume, key, lineage, call, kin })
    };
    volumes.values().filter_map(stray).collect()
}

/// Why nothing is done about a stray. The first three may be anything that the stack wants.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Why {
    /// See [`Kin::Stateless`].
    Stateless,
    /// See [`Kin::Foreign`].
    Foreign(Lineage),
    /// See [`Kin::Unknown`].
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
