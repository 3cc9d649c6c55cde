//! The steps of a plan: one unit of doing each.

use super::retag::Retag;
use super::unwanted::Unwanted;
use super::value::FieldChange;
use crate::operation::{Create, Delete, Extend, Failure, Misfit, NamedBy};
use crate::state::Seen;
use crate::volume::{
    Address, CallId, Description, JobId, Key, OrderId, OwnershipTag, Slot, SlotSet, SnapshotId, VolumeId, VolumeName,
    VolumeSpec,
};
use std::collections::{BTreeMap, BTreeSet};
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
}

impl From<&Removal> for Delete {
    fn from(removal: &Removal) -> Delete {
        let Removal { address, id, snapshots, seen: _ } = removal.clone();
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

/// From where on a call is gone on with.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// It never left.
    Intended,
    /// Its answer was lost: what it made is looked for by tag, and what else can be done follows from the service.
    Sent,
    /// A run that was begun may have sent it, and the record of that run is lost.
    Lost,
    /// The state does not know it, but volumes carry the tag of the call that it would derive now: a run from the
    /// same state sent it, and its record is lost.
    Forgotten,
    /// The cloud took it; this is its job.
    Job(JobId),
    /// The cloud took it as this order, which makes nothing before it is paid.
    Order(OrderId),
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

/// A call of an earlier run whose end was not seen.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resume {
    /// Which call.
    pub call: CallId,
    /// How far it has come.
    pub stage: Stage,
    /// Whether all that it does is still asked for, and is a part of this run: else it is not sent by it.
    pub wanted: bool,
    /// Whether it deletes, may be sent by this run, and is in no approval that still holds: then the number is needed again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub renewed: bool,
    /// What it does.
    pub work: Work,
}

impl Resume {
    /// Whether this run may send it, once more or for the first time.
    pub fn may_be_sent(&self) -> bool {
        let is_order = matches!(&self.work, Work::Extend(extend) if extend.way.is_order());
        self.wanted
            && match self.stage {
                Stage::Intended => true,
                Stage::Sent | Stage::Lost => !is_order,
                Stage::Forgotten | Stage::Job(_) | Stage::Order(_) => false,
            }
    }

    /// The deletion that it goes on with, if it does.
    pub fn as_delete(&self) -> Option<&Delete> {
        match &self.work {
            Work::Delete(delete) => Some(delete),
            Work::Create { .. } | Work::Extend(_) => None,
        }
    }
}

/// What a call of an earlier run does.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Work {
    /// It makes volumes.
    Create {
        /// Under which key its volumes carry its tag: without one nothing can be looked for.
        tag: OwnershipTag,
        /// Which.
        create: Create,
    },
    /// It makes volumes larger.
    Extend(Extend),
    /// It deletes a volume.
    Delete(Delete),
}

impl Work {
    /// The create that it is, if it is one.
    pub fn as_create(&self) -> Option<&Create> {
        match self {
            Work::Create { create, .. } => Some(create),
            Work::Extend(_) | Work::Delete(_) => None,
        }
    }

    fn by_key(&self) -> Vec<(&Key, SlotSet)> {
        match self {
            Work::Create { create, .. } => vec![(&create.key, create.slot_set())],
            Work::Extend(extend) => addresses_by_key(extend.volumes.keys()),
            Work::Delete(delete) => vec![(&delete.address.key, one(&delete.address))],
        }
    }
}

fn one(address: &Address) -> SlotSet {
    std::iter::once(address.slot).collect()
}

/// Addresses by their keys, as they are sorted.
pub fn addresses_by_key<'a>(addresses: impl Iterator<Item = &'a Address>) -> Vec<(&'a Key, SlotSet)> {
    let mut slots: BTreeMap<&Key, Vec<Slot>> = BTreeMap::new();
    for address in addresses {
        slots.entry(&address.key).or_default().push(address.slot);
    }
    slots.into_iter().map(|(key, slots)| (key, slots.into_iter().collect())).collect()
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
            | Step::Adopt(Adopt { address, .. }) => vec![(&address.key, one(address))],
        }
    }
}
