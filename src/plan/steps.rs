//! The steps of a plan: one unit of doing each.

use super::resume::{Resume, addresses_by_key, one};
use super::retag::Retag;
use super::unwanted::Unwanted;
use super::value::FieldChange;
use crate::operation::{Create, Delete, Extend, Failure, Misfit, NamedBy};
use crate::state::Seen;
use crate::volume::{Address, CallId, Description, Key, SlotSet, SnapshotId, VolumeId, VolumeName, VolumeSpec};
use jiff::civil::Date;
use std::collections::BTreeSet;
use std::sync::Arc;

/// One unit of doing: a call, or the calls about one volume.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(tag = "action", rename_all = "snake_case", deny_unknown_fields)]
pub enum Step {
    /// One create call. Where it takes the place of volumes that are gone, its action is another, which needs consent.
    #[serde(alias = "recreate")]
    Create(Create),
    /// A new name or description for one volume.
    Rename(Rename),
    /// New tags for one volume.
    Retag(Retag),
    /// One extend call.
    Extend(Extend),
    /// Deletes a volume that is not wanted any more.
    Delete(Removal),
    /// From now on nothing deletes the volume of that address.
    Protect(Protection),
    /// The volume of that address may be deleted again.
    Unprotect(Protection),
    /// Deletes a volume that a failed create job left.
    Clean(Clean),
    /// Drops a volume from the state that is gone and not wanted.
    Forget(Forget),
    /// Records a volume that an ended call made after all.
    Adopt(Adopt),
    /// Takes over a volume that exists.
    Import(Import),
    /// Gives what is recorded another address.
    Move(Move),
    /// Gives a volume up: the cloud keeps it.
    Release(Release),
    /// Follows a call of an earlier run.
    Resume(Resume),
}

/// The verb of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// See [`Step::Adopt`].
    Adopt,
    /// See [`Step::Clean`].
    Clean,
    /// A create that takes the place of volumes that are gone.
    Recreate,
    /// See [`Step::Rename`].
    Rename,
    /// See [`Step::Retag`].
    Retag,
    /// See [`Step::Extend`].
    Extend,
    /// See [`Step::Delete`].
    Delete,
    /// See [`Step::Protect`].
    Protect,
    /// See [`Step::Unprotect`].
    Unprotect,
    /// See [`Step::Create`].
    Create,
    /// See [`Step::Forget`].
    Forget,
    /// See [`Step::Resume`].
    Resume,
    /// See [`Step::Move`].
    Move,
    /// See [`Step::Release`].
    Release,
    /// See [`Step::Import`].
    Import,
}

impl Action {
    /// The word, as in plans and records.
    pub fn word(self) -> &'static str {
        match self {
            Action::Adopt => "adopt",
            Action::Clean => "clean",
            Action::Recreate => "recreate",
            Action::Rename => "rename",
            Action::Retag => "retag",
            Action::Extend => "extend",
            Action::Delete => "delete",
            Action::Protect => "protect",
            Action::Unprotect => "unprotect",
            Action::Create => "create",
            Action::Forget => "forget",
            Action::Resume => "resume",
            Action::Move => "move",
            Action::Release => "release",
            Action::Import => "import",
        }
    }
}

/// What a step does, as people and events call it: a rename that renames nothing is an update. In JSON it is a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    /// See [`Action::Adopt`].
    Adopt,
    /// See [`Action::Clean`].
    Clean,
    /// See [`Action::Recreate`].
    Recreate,
    /// A rename that gives another name.
    Rename,
    /// A rename that changes the description alone.
    Update,
    /// See [`Action::Retag`].
    Retag,
    /// See [`Action::Extend`].
    Extend,
    /// See [`Action::Delete`].
    Delete,
    /// See [`Action::Protect`].
    Protect,
    /// See [`Action::Unprotect`].
    Unprotect,
    /// See [`Action::Create`].
    Create,
    /// See [`Action::Forget`].
    Forget,
    /// See [`Action::Resume`].
    Resume,
    /// See [`Action::Move`].
    Move,
    /// See [`Action::Release`].
    Release,
    /// See [`Action::Import`].
    Import,
}

/// A new name or description.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rename {
    /// Which volume.
    pub address: Address,
    /// Its id.
    pub id: VolumeId,
    /// What it is called now, by the cloud's last word.
    pub before: Label<String>,
    /// What it shall be called.
    pub after: Label<VolumeName>,
    /// The fields that are changed, from what was agreed on to what is desired: where both are the same, drift is put back.
    pub changes: Vec<FieldChange>,
}

impl Rename {
    /// Whether it renames, or changes the description alone.
    pub fn verb(&self) -> Verb {
        if self.before.name == self.after.name.as_str() { Verb::Update } else { Verb::Rename }
    }
}

/// A name and a description.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Label<N> {
    /// Name.
    pub name: N,
    /// Description; `None` and the empty text are the same to the cloud.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Description>,
}

/// The end of a volume that is not wanted any more.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Removal {
    /// Where it is recorded.
    pub address: Address,
    /// Its id.
    pub id: VolumeId,
    /// Its snapshots, which go with it.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub snapshots: BTreeSet<SnapshotId>,
    /// How it looks: what is given up.
    pub seen: Seen,
    /// The day on which its key expired, where that is why it is not wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expired: Option<Date>,
}

impl From<&Removal> for Delete {
    fn from(removal: &Removal) -> Delete {
        let Removal { address, id, snapshots, seen: _, expired: _ } = removal.clone();
        Delete { address, id, snapshots }
    }
}

/// A change of what nothing deletes: of the record alone, without a call.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Protection {
    /// Which slot.
    pub address: Address,
    /// The volume that is recorded there; none where it is still to come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<VolumeId>,
}

/// The end of a volume that was never usable.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clean {
    /// Which slot it was made for.
    pub address: Address,
    /// Its id.
    pub id: VolumeId,
    /// The call that made it, whose tag it must carry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<CallId>,
    /// Why it is no good.
    pub failure: Fault,
    /// When it failed, by the service's clock, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed_at: Option<jiff::Timestamp>,
    /// When the service showed what the plan rests on, by the same clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<jiff::Timestamp>,
    /// Whether that is so long after the failure that cleaning needs consent by number.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub late: bool,
    /// Whether it was seen gone: then its record is dropped, and nothing is deleted, whatever shows by then.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub gone: bool,
}

/// Why a volume that is cleaned away is no good.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
pub enum Fault {
    /// It is not as its call asked for it.
    NotAsAsked {
        /// In what.
        unlike: Vec<Misfit>,
    },
    /// It was named, and never showed.
    Unseen {
        /// By what it was named.
        unseen: NamedBy,
    },
    /// Its creation failed.
    Failed(Failure),
}

/// The end of a record.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Forget {
    /// Which.
    pub address: Address,
    /// The volume that is gone.
    pub id: VolumeId,
    /// Why it is not asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unwanted: Option<Unwanted>,
}

/// The beginning of a record: no call is needed, since the volume is there.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Adopt {
    /// The slot that it takes.
    pub address: Address,
    /// Its id.
    pub id: VolumeId,
    /// The ended call whose tag it carries.
    pub call: CallId,
    /// The recorded volume that is gone and whose place it takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gone: Option<VolumeId>,
    /// How it looks.
    pub seen: Seen,
    /// What is asked for there, as far as the volume is that already.
    pub asked: Arc<VolumeSpec>,
}

/// The beginning of a record of a volume that evsctl did not make. The run records it by its beginning; no call is needed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Import {
    /// The slot that it takes.
    pub address: Address,
    /// Its id.
    pub id: VolumeId,
    /// The id by which it is marked, as a volume of a create call is.
    pub call: CallId,
    /// How it looks.
    pub seen: Seen,
    /// What manifest and cloud agree on from then on, name aside.
    pub agreed: Arc<VolumeSpec>,
}

/// Another address for what is recorded: a volume, an operation that is not over, or both. No call is made for it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Move {
    /// The address that it has from now on.
    pub address: Address,
    /// The one that it had.
    pub from: Address,
    /// The volume that is recorded there; none where one is still being made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<VolumeId>,
}

/// The end of a record whose volume stays: evsctl has nothing to do with it any more.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// Which.
    pub address: Address,
    /// The volume.
    pub id: VolumeId,
    /// The key of the ownership tag that is taken off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub untag: Option<String>,
}

/// The action's word, and then the fields of what it is about.
impl serde::Serialize for Step {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(serde::Serialize)]
        struct Worded<'a, T> {
            action: Action,
            #[serde(flatten)]
            step: &'a T,
        }
        let action = self.action();
        match self {
            Step::Create(step) => Worded { action, step }.serialize(serializer),
            Step::Rename(step) => Worded { action, step }.serialize(serializer),
            Step::Retag(step) => Worded { action, step }.serialize(serializer),
            Step::Extend(step) => Worded { action, step }.serialize(serializer),
            Step::Delete(step) => Worded { action, step }.serialize(serializer),
            Step::Protect(step) | Step::Unprotect(step) => Worded { action, step }.serialize(serializer),
            Step::Clean(step) => Worded { action, step }.serialize(serializer),
            Step::Forget(step) => Worded { action, step }.serialize(serializer),
            Step::Adopt(step) => Worded { action, step }.serialize(serializer),
            Step::Import(step) => Worded { action, step }.serialize(serializer),
            Step::Move(step) => Worded { action, step }.serialize(serializer),
            Step::Release(step) => Worded { action, step }.serialize(serializer),
            Step::Resume(step) => Worded { action, step }.serialize(serializer),
        }
    }
}

impl Step {
    /// The verb.
    pub fn action(&self) -> Action {
        match self {
            Step::Create(create) if create.is_again() => Action::Recreate,
            Step::Create(_) => Action::Create,
            Step::Rename(_) => Action::Rename,
            Step::Retag(_) => Action::Retag,
            Step::Extend(_) => Action::Extend,
            Step::Delete(_) => Action::Delete,
            Step::Protect(_) => Action::Protect,
            Step::Unprotect(_) => Action::Unprotect,
            Step::Clean(_) => Action::Clean,
            Step::Forget(_) => Action::Forget,
            Step::Adopt(_) => Action::Adopt,
            Step::Resume(_) => Action::Resume,
            Step::Move(_) => Action::Move,
            Step::Release(_) => Action::Release,
            Step::Import(_) => Action::Import,
        }
    }

    /// The verb, as people and events call it.
    pub fn verb(&self) -> Verb {
        match self {
            Step::Create(create) if create.is_again() => Verb::Recreate,
            Step::Create(_) => Verb::Create,
            Step::Rename(rename) => rename.verb(),
            Step::Retag(_) => Verb::Retag,
            Step::Extend(_) => Verb::Extend,
            Step::Delete(_) => Verb::Delete,
            Step::Protect(_) => Verb::Protect,
            Step::Unprotect(_) => Verb::Unprotect,
            Step::Clean(_) => Verb::Clean,
            Step::Forget(_) => Verb::Forget,
            Step::Adopt(_) => Verb::Adopt,
            Step::Resume(_) => Verb::Resume,
            Step::Move(_) => Verb::Move,
            Step::Release(_) => Verb::Release,
            Step::Import(_) => Verb::Import,
        }
    }

    /// The import, where it is one.
    pub fn as_import(&self) -> Option<&Import> {
        match self {
            Step::Import(import) => Some(import),
            _ => None,
        }
    }

    /// The slots that it concerns, by their keys, which are sorted. An extension alone may be about several keys.
    pub fn by_key(&self) -> Vec<(&Key, SlotSet)> {
        match self {
            Step::Create(create) => vec![(&create.key, create.slot_set())],
            Step::Resume(resume) => resume.work.by_key(),
            Step::Extend(extend) => addresses_by_key(extend.volumes.keys()),
            Step::Delete(Removal { address, .. })
            | Step::Rename(Rename { address, .. })
            | Step::Retag(Retag { address, .. })
            | Step::Protect(Protection { address, .. })
            | Step::Unprotect(Protection { address, .. })
            | Step::Clean(Clean { address, .. })
            | Step::Forget(Forget { address, .. })
            | Step::Move(Move { address, .. })
            | Step::Release(Release { address, .. })
            | Step::Import(Import { address, .. })
            | Step::Adopt(Adopt { address, .. }) => vec![(&address.key, one(address))],
        }
    }
}
