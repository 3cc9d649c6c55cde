//! The changes in a line of a journal of format 1. They have landed: nothing here changes any more but the conversions,
//! which follow the domain's types.

use crate::operation::{self, Create, CreateCall, Kind};
use crate::state;
use crate::state::format::v1::{Failure, OwnershipTag, Progress, Seen, Taint, TokenSupport, VolumeSpec};
use crate::volume::{
    Address, CallId, CreateApi, Description, JobId, Key, OrderId, Receipt, Slot, VolumeId, VolumeName,
};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What the first line of a journal of this format says.
pub(super) const FORMAT: u64 = 1;

/// The changes of one line.
pub(super) fn read(text: &[u8]) -> Result<Vec<state::Change>, serde_json::Error> {
    let saved: Vec<Change> = serde_json::from_slice(text)?;
    Ok(saved.into_iter().map(Into::into).collect())
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Change {
    Intent(Intended),
    Sent(Sent),
    Accepted {
        call: CallId,
        job_id: JobId,
        #[serde(default)]
        volumes: Vec<VolumeId>,
        at: jiff::Timestamp,
    },
    Ordered {
        call: CallId,
        order_id: OrderId,
        #[serde(default)]
        volumes: Vec<VolumeId>,
        at: jiff::Timestamp,
    },
    Refused {
        call: CallId,
        failure: Failure,
        at: jiff::Timestamp,
    },
    Closed {
        call: CallId,
        at: jiff::Timestamp,
    },
    GivenUp {
        call: CallId,
        at: jiff::Timestamp,
    },
    Tokens(TokenSupport),
    Created {
        call: CallId,
        volumes: Vec<CreatedVolume>,
    },
    Done {
        call: CallId,
        at: jiff::Timestamp,
    },
    Adopted {
        address: Address,
        call: CallId,
        #[serde(default)]
        gone: Option<VolumeId>,
        id: VolumeId,
        seen: Seen,
        asked: VolumeSpec,
    },
    Renamed {
        address: Address,
        name: VolumeName,
        description: Option<Description>,
    },
    Seen {
        address: Address,
        seen: Seen,
    },
    Used {
        ids: Vec<VolumeId>,
    },
    Removed {
        address: Address,
        id: VolumeId,
    },
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Intended {
    call: CallId,
    body: Call,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Call {
    key: Key,
    slots: BTreeMap<Slot, VolumeName>,
    name: VolumeName,
    spec: VolumeSpec,
    #[serde(default)]
    api: CreateApi,
    #[serde(default)]
    gone: BTreeMap<Slot, VolumeId>,
    tag: OwnershipTag,
    token: uuid::Uuid,
    #[serde(default)]
    first_sent: Option<jiff::Timestamp>,
    progress: Progress,
    at: jiff::Timestamp,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Sent {
    call: CallId,
    at: jiff::Timestamp,
    token: bool,
    #[serde(default)]
    own: Option<jiff::Timestamp>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct CreatedVolume {
    slot: Slot,
    id: VolumeId,
    seen: Seen,
    #[serde(default)]
    tainted: Option<Taint>,
}

impl From<Change> for state::Change {
    fn from(saved: Change) -> state::Change {
        match saved {
            Change::Intent(Intended { call, body }) => {
                state::Change::Intent(state::Intended { call, body: body.into() })
            }
            Change::Sent(Sent { call, at, token, own }) => state::Change::Sent(state::Sent { call, at, token, own }),
            Change::Accepted { call, job_id, volumes, at } => {
                state::Change::Accepted { call, receipt: Receipt::Job(job_id), named: volumes, at }
            }
            Change::Ordered { call, order_id, volumes, at } => {
                state::Change::Accepted { call, receipt: Receipt::Order(order_id), named: volumes, at }
            }
            Change::Refused { call, failure, at } => state::Change::Refused { call, failure: failure.into(), at },
            Change::Closed { call, at } => state::Change::Closed { call, at },
            Change::GivenUp { call, at } => state::Change::GivenUp { call, at },
            Change::Tokens(support) => state::Change::Tokens(support.into()),
            Change::Created { call, volumes } => {
                state::Change::Created { call, volumes: volumes.into_iter().map(Into::into).collect() }
            }
            Change::Done { call, at } => state::Change::Done { call, at },
            Change::Adopted { address, call, gone, id, seen, asked: VolumeSpec(asked) } => {
                state::Change::Adopted { address, call, gone, id, seen: seen.into(), asked: Arc::new(asked) }
            }
            Change::Renamed { address, name, description } => state::Change::Renamed { address, name, description },
            Change::Seen { address, seen } => state::Change::Seen { address, seen: seen.into() },
            Change::Used { ids } => state::Change::Used { ids },
            Change::Removed { address, id } => state::Change::Removed { address, id },
        }
    }
}

impl From<Call> for operation::Operation {
    fn from(saved: Call) -> operation::Operation {
        let Call { key, slots, name, spec: VolumeSpec(spec), api, gone, tag, token, first_sent, progress, at } = saved;
        let (spec, tag, progress) = (Arc::new(spec), tag.into(), progress.into());
        let kind = Kind::Create(CreateCall { create: Create { key, slots, name, spec, api, gone }, tag, token });
        operation::Operation { kind, first_sent, progress, at }
    }
}

impl From<CreatedVolume> for state::CreatedVolume {
    fn from(saved: CreatedVolume) -> state::CreatedVolume {
        let CreatedVolume { slot, id, seen, tainted } = saved;
        state::CreatedVolume { slot, id, seen: seen.into(), tainted: tainted.map(Into::into) }
    }
}
