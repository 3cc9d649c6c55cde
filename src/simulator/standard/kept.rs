//! What a project has of standard snapshots.

use super::chain::Chain;
use super::group::Group;
use super::policy::Policy;
use super::shelf::Shelf;
use super::snapshot::Snapshot;
use crate::simulator::ids;
use crate::simulator::snapshot::State;
use std::collections::BTreeMap;
use uuid::Uuid;

/// A project's standard snapshots and what belongs to them.
#[derive(Debug, Default)]
pub(in crate::simulator) struct Kept {
    pub(in crate::simulator) snapshots: Shelf<Snapshot>,
    pub(in crate::simulator) groups: Shelf<Group>,
    pub(in crate::simulator) policies: Shelf<Policy>,
    /// By volume.
    chains: BTreeMap<Uuid, Chain>,
}

impl Kept {
    /// Adds a snapshot at the end of its volume's chain, which begins with it where there is none.
    pub(in crate::simulator) fn add(&mut self, at: i64, snapshot: &Snapshot) {
        let incremental = snapshot.incremental && self.sound(snapshot.of.volume).next().is_some();
        let begin = || Chain {
            id: ids::derived(&[b"chain", snapshot.id.as_bytes()]),
            volume: snapshot.of.volume,
            zone: snapshot.of.zone.clone(),
            created: at,
            updated: at,
            snapshots: Vec::new(),
        };
        let chain = self.chains.entry(snapshot.of.volume).or_insert_with(begin);
        chain.snapshots.push(snapshot.id);
        chain.updated = at;
        let taken = Snapshot { incremental, created: at, updated: at, state: State::Creating, ..snapshot.clone() };
        self.snapshots.put(snapshot.id, taken);
    }

    /// The volume is not rolled back to any of its snapshots any more.
    pub(in crate::simulator) fn end_rollback(&mut self, volume: Uuid) {
        let of: Vec<Uuid> = self.of_volume(volume).map(|it| it.id).collect();
        for id in of {
            if let Some(snapshot) = self.snapshots.get_mut(id) {
                snapshot.rolling_back = false;
            }
        }
    }

    /// Takes a snapshot away, and the chain with the last one.
    pub(in crate::simulator) fn remove(&mut self, at: i64, id: Uuid) -> Option<Snapshot> {
        let gone = self.snapshots.take(id)?;
        if let Some(chain) = self.chains.get_mut(&gone.of.volume) {
            chain.snapshots.retain(|it| *it != id);
            chain.updated = at;
            if chain.snapshots.is_empty() {
                self.chains.remove(&gone.of.volume);
            }
        }
        Some(gone)
    }

    /// The chain of a volume.
    pub(in crate::simulator) fn chain(&self, volume: Uuid) -> Option<&Chain> {
        self.chains.get(&volume)
    }

    /// All chains, oldest first.
    pub(super) fn chains(&self) -> Vec<&Chain> {
        let mut chains: Vec<&Chain> = self.chains.values().collect();
        chains.sort_by_key(|it| (it.created, it.id));
        chains
    }

    /// How many snapshots a volume has, whatever became of them.
    pub(in crate::simulator) fn count(&self, volume: Uuid) -> usize {
        self.chain(volume).map_or(0, |it| it.snapshots.len())
    }

    /// The snapshots of a volume, oldest first.
    pub(in crate::simulator) fn of_volume(&self, volume: Uuid) -> impl Iterator<Item = &Snapshot> {
        let ids = self.chain(volume).into_iter().flat_map(|it| it.snapshots.iter());
        ids.filter_map(|id| self.snapshots.get(*id))
    }

    /// Those of them that hold data, or will: all but the ones whose making failed.
    pub(super) fn sound(&self, volume: Uuid) -> impl Iterator<Item = &Snapshot> {
        self.of_volume(volume).filter(|it| it.state != State::Error)
    }

    /// The snapshots of a group, oldest first.
    pub(super) fn of_group(&self, group: Uuid) -> impl Iterator<Item = &Snapshot> {
        self.snapshots.iter().filter(move |it| it.group == Some(group))
    }
}
