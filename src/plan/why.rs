//! Why a wish is not carried out: one case for each kind of refusal, with the values that it rests on.

use super::unmet::Unmet;
use super::value::FieldChange;
use crate::observed::Status;
use crate::operation::{Failure, Misfit, NotOurs, Owner};
use crate::volume::{Address, CallId, Key, Lineage, SnapshotId, StackName, VolumeId};
use std::collections::BTreeSet;

/// Why a wish is not carried out. In JSON the case is `code`, which stays as it is where sentences change; a field of a
/// case must not have the name of one that stands beside it there (see `document`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum Why {
    /// The manifest wishes for another value of a field, and no step of this version gives it.
    Field {
        /// From what it is to what it shall be.
        #[serde(flatten)]
        change: FieldChange,
        /// What would have to be done.
        wanted: Wanted,
        /// Whether it cannot change in place.
        fixed: bool,
    },
    /// The volume carries the ownership tag of another call.
    AnothersTag {
        /// What the tag says.
        owner: Owner,
    },
    /// The cloud shows a status in which nothing is changed.
    UnusableStatus {
        /// The status.
        status: Status,
    },
    /// The volume was recorded as good, and is not what was asked for.
    NotAsAsked {
        /// In what.
        misfits: Vec<Misfit>,
    },
    /// The description differs, and the name in the cloud, which is kept, is not a legal one.
    NameNotLegal,
    /// The declared tags have no room beside other people's: a volume carries ten at the most.
    TagsHaveNoRoom {
        /// How many the manifest does not name, the ownership tag included.
        foreign: usize,
    },
    /// It shall become larger, and the service extends none in that status.
    NotExtendable {
        /// The status.
        status: Status,
    },
    /// It shall become larger, and the service extends no shared volume that is attached.
    SharedInUse,
    /// It is no longer wanted, and protected.
    Protected {
        /// Whether the very plan takes the protection off.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        freed: bool,
    },
    /// It is no longer wanted, and paid in advance.
    DeletePrepaid,
    /// It is no longer wanted, and attached.
    DeleteAttached {
        /// The servers, as far as they are named.
        servers: Vec<String>,
    },
    /// It is no longer wanted, and the service deletes none in that status.
    NotDeletable {
        /// The status.
        status: Status,
    },
    /// It is no longer wanted, and does not carry the tag of the call that made it.
    Unmarked {
        /// The key of the ownership tag.
        tag: String,
        /// The value that it had.
        value: String,
    },
    /// It is no longer wanted, and has snapshots, which the service would delete with it.
    HasSnapshots {
        /// Which.
        snapshots: BTreeSet<SnapshotId>,
    },
    /// It is no longer wanted, and its snapshots could not be listed.
    SnapshotsUnknown {
        /// What kept them from it; empty where it is not known.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        cause: String,
    },
    /// A key is gone, and a new one asks for the same: that looks as if it had been renamed.
    LooksRenamed {
        /// Whether this is the key that is gone; else it is the new one.
        gone: bool,
        /// The keys on the other side.
        others: Vec<Key>,
        /// Whether there is no other pair that either of the two could be one of.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        unique: bool,
    },
    /// Nobody has given the number that it needs, and the rest is carried out without it.
    NeedsNumber {
        /// For what.
        of: Loss,
        /// The number.
        number: u64,
    },
    /// The plan does more of that than the manifest allows a plan to do.
    LimitExceeded {
        /// Which limit.
        limit: Limited,
        /// How much the plan would do.
        found: u64,
        /// How much it may.
        most: u64,
        /// The file, line and column, from 1, where the manifest says so.
        place: String,
    },
    /// `moved` gives it another address, and that one has something of its own.
    MoveTaken {
        /// That address.
        to: Address,
    },
    /// `moved` gives it another address, and it is one of several volumes of an open call, which cannot be taken apart.
    MoveSplits {
        /// That address.
        to: Address,
        /// The call.
        call: CallId,
    },
    /// `removed` gives it up, and an open call is about it.
    ReleaseOpen {
        /// The call.
        call: CallId,
    },
    /// `import` gives it to an address that has another volume.
    ImportTaken {
        /// The volume that is recorded there.
        recorded: VolumeId,
    },
    /// `import` names a volume that is recorded under another address.
    ImportRecorded {
        /// That address.
        at: Address,
    },
    /// An open call is about the address of an import, or about its volume.
    ImportOpen {
        /// The call.
        call: CallId,
    },
    /// `import` names an address that is not asked for, and a volume that is there.
    ImportNotDesired,
    /// `import` names a volume, and the cloud was not asked.
    ImportNotLookedAt,
    /// `import` names a volume that the cloud does not have.
    ImportAbsent,
    /// `import` names a volume that cannot be used.
    ImportNotUsable {
        /// Its status.
        status: Status,
    },
    /// `import` names a volume that carries the tag of another state.
    ImportOwned {
        /// Of which stack that is, by the tag.
        of: StackName,
        /// Its lineage.
        lineage: Lineage,
    },
    /// `import` names a volume that is not what the manifest asks for, in what no step changes.
    ImportUnlike {
        /// From what it is to what is asked for.
        changes: Vec<FieldChange>,
    },
    /// The project does not have what it needs.
    Preflight {
        /// The file, line and column, from 1, of the field or key in the manifest.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        place: Option<String>,
        /// What would have to be done.
        wanted: Wanted,
        /// What it needs.
        #[serde(flatten)]
        unmet: Box<Unmet>,
    },
    /// A name with its suffix would be longer than the service allows.
    NameTooLong,
    /// What is no good is prepaid.
    PrepaidLeftover {
        /// What is wrong with it.
        flaw: Flaw,
    },
    /// What is not as asked is not what its call made either.
    NotMadeByCall {
        /// In what it is not as asked.
        misfits: Vec<Misfit>,
        /// What speaks against the call.
        evidence: NotOwn,
    },
    /// What is no good may be of use.
    MayBeUsed {
        /// What is wrong with it.
        flaw: Flaw,
        /// What speaks for its being used.
        sign: Sign,
    },
    /// What a failed creation seems to have left is not what its call left.
    NotLeftByCall {
        /// What speaks against it.
        evidence: NotOwn,
    },
    /// The job of the create call names it, and it is not the call's own.
    NamedNotOwn {
        /// What speaks against it.
        evidence: NotOurs,
    },
    /// The job of the create call names it, and it cannot be used.
    NamedNotUsable {
        /// The status that the cloud shows.
        status: Status,
    },
    /// The job of the create call names it, and it is not what was asked for.
    NamedNotAsAsked {
        /// In what.
        misfits: Vec<Misfit>,
    },
    /// The project holds volumes of the stack, and nothing is recorded.
    StateLost {
        /// The volumes that nothing records.
        volumes: Vec<VolumeId>,
        /// The key of the ownership tag.
        tag: String,
    },
    /// The stack records nothing and asks for what another one has: it looks as if that one had been renamed.
    StackRenamed {
        /// The other one.
        from: StackName,
        /// The lineage of its state.
        lineage: Lineage,
        /// Whether that lies beside this one's; else the tags of its volumes tell of it.
        beside: bool,
        /// Its volumes.
        volumes: Vec<VolumeId>,
    },
    /// Two states have written the stack.
    TwoStates {
        /// The lineage of the recorded state.
        here: Lineage,
        /// The lineage of the other one.
        there: Lineage,
        /// The volumes of the other one.
        volumes: Vec<VolumeId>,
        /// The key of the ownership tag.
        tag: String,
    },
    /// The recorded state does not know calls of its own lineage.
    StateOlder {
        /// The volumes of those calls.
        volumes: Vec<VolumeId>,
        /// The key of the ownership tag.
        tag: String,
    },
    /// Late volumes cannot be used yet.
    LateNotUsable {
        /// The volumes that nothing records.
        volumes: Vec<VolumeId>,
    },
    /// The names of late volumes tell none of the free slots.
    LateUnnamed {
        /// The volumes that nothing records.
        volumes: Vec<VolumeId>,
    },
    /// There is no place for late volumes.
    Surplus {
        /// Why not.
        cause: Cause,
        /// The volumes that nothing records.
        volumes: Vec<VolumeId>,
        /// The key of the ownership tag.
        tag: String,
    },
}

/// What would have to be done. Refusals of one address are told in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wanted {
    /// To record a volume.
    Adopt,
    /// To attach it to another server.
    Attach,
    /// To give it another address.
    MoveAddress,
    /// To change how it is paid.
    Rebill,
    /// To delete what a failed creation left.
    Clean,
    /// To create it.
    Create,
    /// To delete it.
    Delete,
    /// To enlarge it.
    Extend,
    /// To take it over.
    Import,
    /// To change its rates.
    Qos,
    /// To give it up.
    Release,
    /// To give it another name or description.
    Rename,
    /// To move it to another enterprise project.
    Move,
    /// To make it good again.
    Repair,
    /// To create another one in its place.
    Replace,
    /// To change its tags.
    Retag,
    /// To change its type.
    Retype,
    /// To make it smaller.
    Shrink,
    /// To find a place for it.
    Surplus,
}

/// What is wrong with a volume that is recorded as no good.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Flaw {
    /// Its creation failed.
    Failed(Failure),
    /// It is not as its call asked for it.
    NotAsAsked(Vec<Misfit>),
}

/// What speaks for it that a volume is used, or was.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sign {
    /// It is attached to these servers; the id of one may be empty.
    Attached(Vec<String>),
    /// The cloud shows this status.
    Shown(Status),
    /// The cloud was not asked.
    NotLookedAt,
    /// The cloud has shown this status since.
    WasUsable(Status),
    /// An earlier run saw it usable or attached.
    WasUsed,
    /// It has these snapshots, which the service would delete with it: none is taken of what never was usable.
    HasSnapshots(BTreeSet<SnapshotId>),
    /// Whether it has some could not be asked, since this kept the list from it.
    SnapshotsUnknown(String),
}

/// Why a recorded volume is not what its call made or left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NotOwn {
    /// Nothing records which call made it.
    NoCall,
    /// Nothing is known of its call any more, and it carries no tag.
    LongAgo,
    /// It carries no tag, and its size or zone is another than the recorded one.
    OtherSizeOrZone,
    /// It is not the call's own.
    Evidence(NotOurs),
}

/// Why there is no place for a late volume.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// No slot of its call is free.
    Taken,
    /// The manifest no longer asks for what its call made.
    Unwanted,
    /// It is not what the manifest asks for.
    Unlike,
    /// The cloud shows an error status.
    Broken,
    /// It was made at another time than its call.
    Copied,
}

/// What needs a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Loss {
    /// A volume is destroyed.
    Destroy,
    /// A volume is made again that is gone.
    Recreate,
    /// It waits for one of these.
    Waits,
}

/// What `limits` of a manifest limits in each plan, by the names of its fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limited {
    /// Volumes that are created, those that are created again included.
    MaxCreate,
    /// Gigabytes by which volumes grow.
    MaxGrowGb,
    /// Volumes that are deleted, those that a failed creation left included.
    MaxDestroy,
}

impl Limited {
    /// The field of the manifest.
    pub fn field(self) -> &'static str {
        match self {
            Limited::MaxCreate => "max_create",
            Limited::MaxGrowGb => "max_grow_gb",
            Limited::MaxDestroy => "max_destroy",
        }
    }
}

impl Why {
    /// The volumes that nothing records, where it is about such.
    pub fn unrecorded(&self) -> Option<&[VolumeId]> {
        match self {
            Why::StateLost { volumes, .. }
            | Why::TwoStates { volumes, .. }
            | Why::StateOlder { volumes, .. }
            | Why::LateNotUsable { volumes }
            | Why::LateUnnamed { volumes }
            | Why::Surplus { volumes, .. } => Some(volumes),
            _ => None,
        }
    }

    /// Whether it says that what is recorded is not all that there is to know of the stack.
    pub fn is_of_records(&self) -> bool {
        matches!(
            self,
            Why::StateLost { .. } | Why::TwoStates { .. } | Why::StateOlder { .. } | Why::StackRenamed { .. }
        )
    }

    /// Whether it is what the project lacks, as it was asked: that may be another thing an hour later.
    pub fn is_of_preflight(&self) -> bool {
        matches!(self, Why::Preflight { .. })
    }

    /// What would have to be done.
    pub fn wanted(&self) -> Wanted {
        match self {
            Why::Field { wanted, .. } | Why::Preflight { wanted, .. } => *wanted,
            Why::AnothersTag { .. } | Why::UnusableStatus { .. } | Why::NotAsAsked { .. } => Wanted::Repair,
            Why::NameNotLegal => Wanted::Rename,
            Why::TagsHaveNoRoom { .. } => Wanted::Retag,
            Why::NotExtendable { .. } | Why::SharedInUse => Wanted::Extend,
            Why::Protected { .. }
            | Why::DeletePrepaid
            | Why::DeleteAttached { .. }
            | Why::NotDeletable { .. }
            | Why::Unmarked { .. }
            | Why::HasSnapshots { .. }
            | Why::SnapshotsUnknown { .. } => Wanted::Delete,
            Why::LooksRenamed { gone: true, .. } | Why::NeedsNumber { of: Loss::Destroy, .. } => Wanted::Delete,
            Why::NeedsNumber { of: Loss::Recreate | Loss::Waits, .. } => Wanted::Create,
            Why::LooksRenamed { gone: false, .. } => Wanted::Create,
            Why::NameTooLong | Why::StackRenamed { .. } => Wanted::Create,
            Why::LimitExceeded { limit, .. } => match limit {
                Limited::MaxCreate => Wanted::Create,
                Limited::MaxGrowGb => Wanted::Extend,
                Limited::MaxDestroy => Wanted::Delete,
            },
            Why::MoveTaken { .. } | Why::MoveSplits { .. } => Wanted::MoveAddress,
            Why::ReleaseOpen { .. } => Wanted::Release,
            Why::ImportTaken { .. }
            | Why::ImportRecorded { .. }
            | Why::ImportOpen { .. }
            | Why::ImportNotDesired
            | Why::ImportNotLookedAt
            | Why::ImportAbsent
            | Why::ImportNotUsable { .. }
            | Why::ImportOwned { .. }
            | Why::ImportUnlike { .. } => Wanted::Import,
            Why::PrepaidLeftover { .. } | Why::MayBeUsed { .. } | Why::NotLeftByCall { .. } => Wanted::Clean,
            Why::NotMadeByCall { .. }
            | Why::NamedNotOwn { .. }
            | Why::NamedNotUsable { .. }
            | Why::NamedNotAsAsked { .. }
            | Why::StateLost { .. }
            | Why::TwoStates { .. }
            | Why::StateOlder { .. }
            | Why::LateNotUsable { .. }
            | Why::LateUnnamed { .. } => Wanted::Adopt,
            Why::Surplus { .. } => Wanted::Surplus,
        }
    }
}
