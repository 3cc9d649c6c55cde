//! Open calls as format 2 and a journal of format 2 hold them.

use crate::operation::{self, Create, CreateCall, Kind, Sendings};
use crate::volume::{
    self, Address, CreateApi, JobId, Key, OrderId, Receipt, SizeGb, Slot, SnapshotId, VolumeId, VolumeName, VolumeSpec,
};
use std::collections::{BTreeMap, BTreeSet};
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

/// An open call that creates. Its specification stands in a journal whole, and in a snapshot by its short digest.
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
    spec: S,
}

/// An open call that extends.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::state) struct ExtendCall {
    extend: BTreeMap<Address, Growth>,
    way: Way,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    first_sent: Option<jiff::Timestamp>,
    progress: Progress,
    at: jiff::Timestamp,
}

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Growth {
    id: VolumeId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    agreed: Option<SizeGb>,
    from: u32,
    to: SizeGb,
}

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum Way {
    Single,
    Batch,
    Order { auto_pay: bool },
}

/// An open call that deletes.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::state) struct DeleteCall {
    delete: Address,
    id: VolumeId,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    snapshots: BTreeSet<SnapshotId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    first_sent: Option<jiff::Timestamp>,
    progress: Progress,
    at: jiff::Timestamp,
}

/// An open call: one that creates has no word of its own.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
pub(in crate::state) enum OpenCall<S> {
    Extend(ExtendCall),
    Delete(DeleteCall),
    Create(Box<Call<S>>),
}

impl<S> OpenCall<S> {
    /// `saved` gives what stands for a specification.
    pub(in crate::state) fn of(call: &operation::Operation, saved: impl FnOnce(&Arc<VolumeSpec>) -> S) -> OpenCall<S> {
        let operation::Operation { kind, first_sent, progress, at } = call.clone();
        let progress = progress.into();
        match kind {
            Kind::Create(CreateCall { create, tag, token }) => {
                let Create { key, slots, name, spec, api, gone } = create;
                let (tag, spec) = (tag.into(), saved(&spec));
                OpenCall::Create(Box::new(Call {
                    key,
                    slots,
                    name,
                    api,
                    gone,
                    tag,
                    token,
                    first_sent,
                    progress,
                    at,
                    spec,
                }))
            }
            Kind::Extend(operation::Extend { volumes, way }) => {
                let growth = |(address, growth)| {
                    let operation::Growth { id, agreed, from, to } = growth;
                    (address, Growth { id, agreed, from, to })
                };
                let way = match way {
                    operation::Way::Single => Way::Single,
                    operation::Way::Batch => Way::Batch,
                    operation::Way::Order { auto_pay } => Way::Order { auto_pay },
                };
                let extend = volumes.into_iter().map(growth).collect();
                OpenCall::Extend(ExtendCall { extend, way, first_sent, progress, at })
            }
            Kind::Delete(operation::Delete { address, id, snapshots }) => {
                OpenCall::Delete(DeleteCall { delete: address, id, snapshots, first_sent, progress, at })
            }
        }
    }

    /// `spec` gives the specification that something stands for.
    ///
    /// # Errors
    /// Those of `spec`.
    pub(in crate::state) fn with<E>(
        self,
        spec: impl FnOnce(S) -> Result<Arc<VolumeSpec>, E>,
    ) -> Result<operation::Operation, E> {
        let (kind, first_sent, progress, at) = match self {
            OpenCall::Create(call) => {
                let Call { key, slots, name, api, gone, tag, token, first_sent, progress, at, spec: saved } = *call;
                let create = Create { key, slots, name, spec: spec(saved)?, api, gone };
                (Kind::Create(CreateCall { create, tag: tag.into(), token }), first_sent, progress, at)
            }
            OpenCall::Extend(ExtendCall { extend, way, first_sent, progress, at }) => {
                let growth = |(address, growth)| {
                    let Growth { id, agreed, from, to } = growth;
                    (address, operation::Growth { id, agreed, from, to })
                };
                let way = match way {
                    Way::Single => operation::Way::Single,
                    Way::Batch => operation::Way::Batch,
                    Way::Order { auto_pay } => operation::Way::Order { auto_pay },
                };
                let volumes = extend.into_iter().map(growth).collect();
                (Kind::Extend(operation::Extend { volumes, way }), first_sent, progress, at)
            }
            OpenCall::Delete(DeleteCall { delete, id, snapshots, first_sent, progress, at }) => {
                let delete = operation::Delete { address: delete, id, snapshots };
                (Kind::Delete(delete), first_sent, progress, at)
            }
        };
        Ok(operation::Operation { kind, first_sent, progress: progress.into(), at })
    }
}
