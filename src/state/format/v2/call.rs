//! Create calls as format 2 and a journal of format 2 hold them: open, ended, and approved.

use super::super::Malformed;
use super::saved::Failure;
use crate::operation::{self, Create, Kind, Sendings};
use crate::state;
use crate::volume::{
    self, CreateApi, Digest, JobId, Key, OrderId, Receipt, Slot, SlotSet, VolumeId, VolumeName, VolumeSpec,
};
use std::collections::BTreeMap;
use std::sync::Arc;

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum OwnershipTag {
    Key(String),
    Off,
}

impl From<OwnershipTag> for volume::OwnershipTag {
    fn from(saved: OwnershipTag) -> volume::OwnershipTag {
        match saved {
            OwnershipTag::Key(key) => volume::OwnershipTag::Key(key),
            OwnershipTag::Off => volume::OwnershipTag::Off,
        }
    }
}

impl From<volume::OwnershipTag> for OwnershipTag {
    fn from(tag: volume::OwnershipTag) -> OwnershipTag {
        match tag {
            volume::OwnershipTag::Key(key) => OwnershipTag::Key(key),
            volume::OwnershipTag::Off => OwnershipTag::Off,
        }
    }
}

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(tag = "state", rename_all = "snake_case", deny_unknown_fields)]
enum Progress {
    Intended,
    Sent {
        first: jiff::Timestamp,
        last: jiff::Timestamp,
        token: bool,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        undated: bool,
    },
    Accepted {
        job_id: JobId,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        volumes: Vec<VolumeId>,
    },
    Ordered {
        order_id: OrderId,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        volumes: Vec<VolumeId>,
    },
}

impl From<Progress> for operation::Progress {
    fn from(saved: Progress) -> operation::Progress {
        match saved {
            Progress::Intended => operation::Progress::Intended,
            Progress::Sent { first, last, token, undated } => {
                operation::Progress::Sent(Sendings { first, last, token, undated })
            }
            Progress::Accepted { job_id, volumes } => {
                operation::Progress::Accepted { receipt: Receipt::Job(job_id), named: volumes }
            }
            Progress::Ordered { order_id, volumes } => {
                operation::Progress::Accepted { receipt: Receipt::Order(order_id), named: volumes }
            }
        }
    }
}

impl From<operation::Progress> for Progress {
    fn from(progress: operation::Progress) -> Progress {
        match progress {
            operation::Progress::Intended => Progress::Intended,
            operation::Progress::Sent(Sendings { first, last, token, undated }) => {
                Progress::Sent { first, last, token, undated }
            }
            operation::Progress::Accepted { receipt: Receipt::Job(job_id), named } => {
                Progress::Accepted { job_id, volumes: named }
            }
            operation::Progress::Accepted { receipt: Receipt::Order(order_id), named } => {
                Progress::Ordered { order_id, volumes: named }
            }
        }
    }
}

/// An open call. Its specification stands in a journal whole, and in a snapshot by its short digest.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::state) struct Call<S> {
    key: Key,
    slots: BTreeMap<Slot, VolumeName>,
    name: VolumeName,
    #[serde(default, skip_serializing_if = "CreateApi::is_usual")]
    api: CreateApi,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    gone: BTreeMap<Slot, VolumeId>,
    tag: OwnershipTag,
    token: uuid::Uuid,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    first_sent: Option<jiff::Timestamp>,
    progress: Progress,
    at: jiff::Timestamp,
    pub(in crate::state) spec: S,
}

impl<S> Call<S> {
    pub(in crate::state) fn of(call: &operation::Operation, saved: S) -> Call<S> {
        let operation::Operation { kind, tag, token, first_sent, progress, at } = call.clone();
        let Kind::Create(Create { key, slots, name, spec: _, api, gone }) = kind;
        let (tag, progress) = (tag.into(), progress.into());
        Call { key, slots, name, api, gone, tag, token, first_sent, progress, at, spec: saved }
    }

    pub(in crate::state) fn with(self, spec: impl FnOnce(S) -> Arc<VolumeSpec>) -> operation::Operation {
        let Call { key, slots, name, api, gone, tag, token, first_sent, progress, at, spec: saved } = self;
        let (spec, tag, progress) = (spec(saved), tag.into(), progress.into());
        let kind = Kind::Create(Create { key, slots, name, spec, api, gone });
        operation::Operation { kind, tag, token, first_sent, progress, at }
    }
}

/// An ended call, packed: what follows from the rest is left out.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EndedCall<'a> {
    key: Key,
    /// Left out where it is the first one alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    slots: Option<SlotSet>,
    /// Left out where it is the key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<VolumeName>,
    /// What stands for the digest in the table of origins.
    #[serde(borrow)]
    pub(super) made: std::borrow::Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    first_sent: Option<jiff::Timestamp>,
    at: jiff::Timestamp,
    /// Left out where it is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    end: Option<End>,
}

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum End {
    Refused(Failure),
    Absent,
    GivenUp,
}

impl<'a> EndedCall<'a> {
    pub(super) fn of(call: &state::EndedCreate, short: &'a str) -> EndedCall<'a> {
        let state::EndedCreate { key, slots, name, made: _, first_sent, at, end } = call;
        let end = match end {
            state::End::Done => None,
            state::End::Refused(failure) => Some(End::Refused(failure.into())),
            state::End::Absent => Some(End::Absent),
            state::End::GivenUp => Some(End::GivenUp),
        };
        EndedCall {
            key: key.clone(),
            slots: (slots != &first_alone()).then(|| slots.clone()),
            name: (name.as_str() != key.as_str()).then(|| name.clone()),
            made: short.into(),
            first_sent: *first_sent,
            at: *at,
            end,
        }
    }

    pub(super) fn with(self, made: Digest) -> Result<state::EndedCreate, Malformed> {
        let EndedCall { key, slots, name, made: _, first_sent, at, end } = self;
        let name = match name {
            Some(name) => name,
            None => VolumeName::new(key.as_str()).map_err(Malformed::unread)?,
        };
        let end = match end {
            None => state::End::Done,
            Some(End::Refused(failure)) => state::End::Refused(failure.into()),
            Some(End::Absent) => state::End::Absent,
            Some(End::GivenUp) => state::End::GivenUp,
        };
        Ok(state::EndedCreate { key, slots: slots.unwrap_or_else(first_alone), name, made, first_sent, at, end })
    }
}

fn first_alone() -> SlotSet {
    std::iter::once(Slot::FIRST).collect()
}

/// What was approved; its steps are written a line each.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Approved {
    changes: Digest,
    recreate: u64,
    #[serde(default)]
    destroy: u64,
    #[serde(default)]
    as_of: Option<jiff::Timestamp>,
    steps: Vec<AllowedStep>,
}

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AllowedStep {
    action: String,
    key: Key,
    slots: SlotSet,
    after: Digest,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    gone: BTreeMap<Slot, VolumeId>,
}

impl From<Approved> for state::Approved {
    fn from(saved: Approved) -> state::Approved {
        let Approved { changes, recreate, destroy, as_of, steps } = saved;
        state::Approved { changes, recreate, destroy, as_of, steps: steps.into_iter().map(Into::into).collect() }
    }
}

impl From<AllowedStep> for state::AllowedStep {
    fn from(saved: AllowedStep) -> state::AllowedStep {
        let AllowedStep { action, key, slots, after, name, gone } = saved;
        state::AllowedStep { action, key, slots, after, name, gone }
    }
}

impl From<&state::AllowedStep> for AllowedStep {
    fn from(step: &state::AllowedStep) -> AllowedStep {
        let state::AllowedStep { action, key, slots, after, name, gone } = step.clone();
        AllowedStep { action, key, slots, after, name, gone }
    }
}
