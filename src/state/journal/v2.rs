//! The changes in a line of a journal of format 2, apart from the domain's, with the conversions both ways.

use crate::state;
use crate::state::format::v2::{Failure, OpenCall, Seen, Spec, Taint, TokenSupport};
use crate::volume::{
    Address, CallId, Description, JobId, OrderId, Receipt, SizeGb, Slot, Tags, VolumeId, VolumeName, VolumeSpec,
};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The number of the format that is written; older ones are read, newer ones are refused.
pub const FORMAT: u64 = 2;

/// The changes of one line, as text.
pub(super) fn write(changes: &[state::Change]) -> Result<Vec<u8>, serde_json::Error> {
    serde_json::to_vec(&changes.iter().map(Change::from).collect::<Vec<_>>())
}

/// The changes of one line.
pub(super) fn read(text: &[u8]) -> Result<Vec<state::Change>, serde_json::Error> {
    let saved: Vec<Change> = serde_json::from_slice(text)?;
    Ok(saved.into_iter().map(Into::into).collect())
}

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Change {
    Intent(Intended),
    Sent(Sent),
    Accepted {
        call: CallId,
        job_id: JobId,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        volumes: Vec<VolumeId>,
        at: jiff::Timestamp,
    },
    Ordered {
        call: CallId,
        order_id: OrderId,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
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
        #[serde(default, skip_serializing_if = "Option::is_none")]
        gone: Option<VolumeId>,
        id: VolumeId,
        seen: Seen,
        asked: Spec,
    },
    Renamed {
        address: Address,
        name: VolumeName,
        description: Option<Description>,
    },
    Retagged {
        address: Address,
        tags: Tags,
    },
    Extended {
        call: CallId,
        address: Address,
        size: SizeGb,
    },
    Agreed {
        address: Address,
        name: String,
        spec: Spec,
    },
    Seen {
        address: Address,
        seen: Seen,
    },
    Used {
        ids: Vec<VolumeId>,
    },
    Protected {
        address: Address,
    },
    Unprotected {
        address: Address,
    },
    Moved {
        addresses: BTreeMap<Address, Address>,
    },
    Imported {
        volumes: Vec<Imported>,
    },
    Released {
        address: Address,
        id: VolumeId,
    },
    Removed {
        address: Address,
        id: VolumeId,
    },
}

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Imported {
    address: Address,
    id: VolumeId,
    call: CallId,
    seen: Seen,
    name: String,
    spec: Spec,
}

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Intended {
    call: CallId,
    body: OpenCall<Spec>,
}

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Sent {
    call: CallId,
    at: jiff::Timestamp,
    token: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    own: Option<jiff::Timestamp>,
}

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct CreatedVolume {
    slot: Slot,
    id: VolumeId,
    seen: Seen,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tainted: Option<Taint>,
}

impl From<Change> for state::Change {
    fn from(saved: Change) -> state::Change {
        match saved {
            Change::Intent(Intended { call, body }) => {
                let spec = |Spec(spec)| Ok::<_, std::convert::Infallible>(Arc::new(spec));
                let Ok(body) = body.with(spec);
                state::Change::Intent(state::Intended { call, body })
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
            Change::Adopted { address, call, gone, id, seen, asked: Spec(asked) } => {
                state::Change::Adopted { address, call, gone, id, seen: seen.into(), asked: Arc::new(asked) }
            }
            Change::Renamed { address, name, description } => state::Change::Renamed { address, name, description },
            Change::Retagged { address, tags } => state::Change::Retagged { address, tags },
            Change::Extended { call, address, size } => state::Change::Extended { call, address, size },
            Change::Agreed { address, name, spec: Spec(spec) } => {
                state::Change::Agreed { address, base: state::Base { name, spec: Arc::new(spec) } }
            }
            Change::Seen { address, seen } => state::Change::Seen { address, seen: seen.into() },
            Change::Used { ids } => state::Change::Used { ids },
            Change::Protected { address } => state::Change::Protected { address },
            Change::Unprotected { address } => state::Change::Unprotected { address },
            Change::Moved { addresses } => state::Change::Moved { addresses },
            Change::Imported { volumes } => {
                let volumes = volumes.into_iter().map(|saved| {
                    let Imported { address, id, call, seen, name, spec: Spec(spec) } = saved;
                    let base = state::Base { name, spec: Arc::new(spec) };
                    (address, state::Imported { id, call, seen: seen.into(), base })
                });
                state::Change::Imported { volumes: volumes.collect() }
            }
            Change::Released { address, id } => state::Change::Released { address, id },
            Change::Removed { address, id } => state::Change::Removed { address, id },
        }
    }
}

impl From<CreatedVolume> for state::CreatedVolume {
    fn from(saved: CreatedVolume) -> state::CreatedVolume {
        let CreatedVolume { slot, id, seen, tainted } = saved;
        state::CreatedVolume { slot, id, seen: seen.into(), tainted: tainted.map(Into::into) }
    }
}

impl From<&state::Change> for Change {
    fn from(change: &state::Change) -> Change {
        let spec = |spec: &Arc<VolumeSpec>| Spec(VolumeSpec::clone(spec));
        match change.clone() {
            state::Change::Intent(state::Intended { call, body }) => {
                Change::Intent(Intended { call, body: OpenCall::of(&body, spec) })
            }
            state::Change::Sent(state::Sent { call, at, token, own }) => Change::Sent(Sent { call, at, token, own }),
            state::Change::Accepted { call, receipt: Receipt::Job(job_id), named, at } => {
                Change::Accepted { call, job_id, volumes: named, at }
            }
            state::Change::Accepted { call, receipt: Receipt::Order(order_id), named, at } => {
                Change::Ordered { call, order_id, volumes: named, at }
            }
            state::Change::Refused { call, failure, at } => Change::Refused { call, failure: (&failure).into(), at },
            state::Change::Closed { call, at } => Change::Closed { call, at },
            state::Change::GivenUp { call, at } => Change::GivenUp { call, at },
            state::Change::Tokens(support) => Change::Tokens(support.into()),
            state::Change::Created { call, volumes } => {
                Change::Created { call, volumes: volumes.iter().map(Into::into).collect() }
            }
            state::Change::Done { call, at } => Change::Done { call, at },
            state::Change::Adopted { address, call, gone, id, seen, asked } => {
                Change::Adopted { address, call, gone, id, seen: (&seen).into(), asked: spec(&asked) }
            }
            state::Change::Renamed { address, name, description } => Change::Renamed { address, name, description },
            state::Change::Retagged { address, tags } => Change::Retagged { address, tags },
            state::Change::Extended { call, address, size } => Change::Extended { call, address, size },
            state::Change::Agreed { address, base: state::Base { name, spec: agreed } } => {
                Change::Agreed { address, name, spec: spec(&agreed) }
            }
            state::Change::Seen { address, seen } => Change::Seen { address, seen: (&seen).into() },
            state::Change::Used { ids } => Change::Used { ids },
            state::Change::Protected { address } => Change::Protected { address },
            state::Change::Unprotected { address } => Change::Unprotected { address },
            state::Change::Moved { addresses } => Change::Moved { addresses },
            state::Change::Imported { volumes } => {
                let volumes = volumes.into_iter().map(|(address, volume)| {
                    let state::Imported { id, call, seen, base: state::Base { name, spec: agreed } } = volume;
                    Imported { address, id, call, seen: (&seen).into(), name, spec: spec(&agreed) }
                });
                Change::Imported { volumes: volumes.collect() }
            }
            state::Change::Released { address, id } => Change::Released { address, id },
            state::Change::Removed { address, id } => Change::Removed { address, id },
        }
    }
}

impl From<&state::CreatedVolume> for CreatedVolume {
    fn from(volume: &state::CreatedVolume) -> CreatedVolume {
        let state::CreatedVolume { slot, id, seen, tainted } = volume;
        CreatedVolume { slot: *slot, id: id.clone(), seen: seen.into(), tainted: tainted.as_ref().map(Into::into) }
    }
}
