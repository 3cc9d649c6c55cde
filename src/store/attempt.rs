//! What is tried with a file, and what holds where that fails.

/// What was tried with a file or a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attempt {
    /// To find out what stands there.
    LookAt,
    /// To open it.
    Open,
    /// To read it.
    Read,
    /// To make it.
    Make,
    /// To write it.
    Write,
    /// To make durable what was written.
    Sync,
    /// To lock it.
    Lock,
    /// To put another file in its place.
    Replace,
    /// To remove it.
    Remove,
    /// To begin it, as a journal is.
    Begin,
    /// To keep a generation of it.
    Keep,
    /// To make the text of a record for it.
    Spell,
}

/// What holds though an attempt failed. What the run did before is not said by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Safe {
    /// The file: it was not written yet.
    Untouched,
    /// Everything: nothing depends on that file, and a person can write it.
    Unneeded,
    /// The folder that was made, in which nothing is yet.
    FolderMade,
    /// The snapshot, of which a generation was to be kept.
    SnapshotItself,
    /// Snapshot and journal as they were: a new snapshot gets its name only when it is whole.
    OldFiles,
    /// The snapshot: a journal could not be begun beside it.
    Snapshot,
    /// The snapshot that was just written.
    NewSnapshot,
    /// One of both snapshots, the old or the new.
    OneOfBoth,
    /// The snapshot, into which the journal is folded that could not be removed.
    JournalSkipped,
    /// What was recorded before; what was to be recorded may have happened.
    Records,
    /// What a probe recorded before.
    Recorded,
    /// The state: something beside it failed.
    State,
    /// Not known: the lock could not be looked at.
    LockUnknown,
}
