//! What becomes true of standard snapshots at a time that is known in advance.

use uuid::Uuid;

/// What becomes true.
#[derive(Debug, Clone, Copy)]
pub(in crate::simulator) enum Moment {
    /// A snapshot is made.
    Taken { snapshot: Uuid, failed: bool },
    /// A snapshot is deleted.
    Dropped { snapshot: Uuid, failed: bool },
    /// A volume is rolled back to it, well or badly.
    RolledBack { snapshot: Uuid },
    /// A snapshot has been kept for as long as it should be.
    Expired { snapshot: Uuid },
    /// The snapshots of a group are all made.
    GroupTaken { group: Uuid, failed: bool },
    /// A group is deleted, and its snapshots are.
    GroupDropped { group: Uuid, failed: bool },
    /// The time of a policy has come.
    Due { policy: Uuid },
}
