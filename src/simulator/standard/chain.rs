//! A chain: the line of a volume's standard snapshots, full and incremental ones.

use super::row::Row;
use uuid::Uuid;

/// The chain of one volume, which it may outlive. A volume has one, and it is there as long as a snapshot is on it.
#[derive(Debug, Clone)]
pub(in crate::simulator) struct Chain {
    pub(super) id: Uuid,
    pub(super) volume: Uuid,
    pub(super) zone: String,
    pub(super) created: i64,
    /// When a snapshot came or went last.
    pub(super) updated: i64,
    /// The ids of its snapshots, oldest first.
    pub(super) snapshots: Vec<Uuid>,
}

impl Row for Chain {
    fn id(&self) -> Uuid {
        self.id
    }

    fn created(&self) -> i64 {
        self.created
    }
}
