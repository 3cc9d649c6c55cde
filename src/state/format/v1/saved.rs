//! What stands in the lines of format 1. These forms have landed: nothing in this file changes any more but the
//! conversions, which follow the domain's types.
//!
//! Each form is called like what it is a form of, since the names stand in the words of errors.

use crate::observed::Status;
use crate::operation::{self, Create, CreateCall, Kind, Sendings};
use crate::state;
use crate::volume::{
    self, CallId, CreateApi, Digest, JobId, Key, OrderId, Receipt, Slot, SlotSet, VolumeId, VolumeName,
};
use std::collections::BTreeMap;
use std::sync::Arc;

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::state) struct CloudId {
    region: Option<String>,
    endpoint: String,
    project_id: String,
}

impl From<CloudId> for state::CloudId {
    fn from(saved: CloudId) -> state::CloudId {
        let CloudId { region, endpoint, project_id } = saved;
        state::CloudId { region, endpoint, project_id }
    }
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::state) enum TokenSupport {
    Honoured,
    Off,
}

impl From<TokenSupport> for state::TokenSupport {
    fn from(saved: TokenSupport) -> state::TokenSupport {
        match saved {
            TokenSupport::Honoured => state::TokenSupport::Honoured,
            TokenSupport::Off => state::TokenSupport::Off,
        }
    }
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::state) struct Seen {
    name: String,
    #[serde(default)]
    description: Option<String>,
    status: Status,
    size: u32,
    volume_type: String,
    availability_zone: String,
}

impl From<Seen> for state::Seen {
    fn from(saved: Seen) -> state::Seen {
        let Seen { name, description, status, size, volume_type, availability_zone } = saved;
        state::Seen { name, description, status, size, volume_type, availability_zone }
    }
}

#[derive(serde::Deserialize)]
#[serde(untagged)]
pub(in crate::state) enum Taint {
    Failed(Leftover),
    Unlike(Unlike),
    Unseen(Unseen),
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::state) struct Leftover {
    code: String,
    reason: String,
    #[serde(default)]
    at: Option<jiff::Timestamp>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::state) struct Unlike {
    unlike: Vec<Misfit>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Misfit {
    field: Aspect,
    wanted: String,
    seen: String,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum Aspect {
    AvailabilityZone,
    VolumeType,
    Size,
    Source,
    Name,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::state) struct Unseen {
    unseen: NamedBy,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum NamedBy {
    Job,
}

impl From<Taint> for operation::Taint {
    fn from(saved: Taint) -> operation::Taint {
        match saved {
            Taint::Failed(Leftover { code, reason, at }) => {
                operation::Taint::Failed(operation::Leftover { code, reason: reason.into(), at })
            }
            Taint::Unlike(Unlike { unlike }) => {
                operation::Taint::Unlike(operation::Unlike { unlike: unlike.into_iter().map(Into::into).collect() })
            }
            Taint::Unseen(Unseen { unseen: NamedBy::Job }) => {
                operation::Taint::Unseen(operation::Unseen { unseen: operation::NamedBy::Job })
            }
        }
    }
}

impl From<Misfit> for operation::Misfit {
    fn from(saved: Misfit) -> operation::Misfit {
        let Misfit { field, wanted, seen } = saved;
        let field = match field {
            Aspect::AvailabilityZone => operation::Aspect::AvailabilityZone,
            Aspect::VolumeType => operation::Aspect::VolumeType,
            Aspect::Size => operation::Aspect::Size,
            Aspect::Source => operation::Aspect::Source,
            Aspect::Name => operation::Aspect::Name,
        };
        operation::Misfit { field, wanted, seen }
    }
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::state) struct Failure {
    code: String,
    reason: String,
}

impl From<Failure> for operation::Failure {
    fn from(saved: Failure) -> operation::Failure {
        let Failure { code, reason } = saved;
        operation::Failure { code, reason: reason.into() }
    }
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::state) enum OwnershipTag {
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

#[derive(serde::Deserialize)]
#[serde(tag = "state", rename_all = "snake_case", deny_unknown_fields)]
pub(in crate::state) enum Progress {
    Intended,
    Sent {
        first: jiff::Timestamp,
        last: jiff::Timestamp,
        token: bool,
        #[serde(default)]
        undated: bool,
    },
    Accepted {
        job_id: JobId,
        #[serde(default)]
        volumes: Vec<VolumeId>,
    },
    Ordered {
        order_id: OrderId,
        #[serde(default)]
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

/// A volume's line without what was asked for.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct VolumeHead {
    id: VolumeId,
    #[serde(default)]
    call: Option<CallId>,
    #[serde(default)]
    tainted: Option<Taint>,
    seen: Seen,
}

impl VolumeHead {
    pub(super) fn asked(self, asked: Arc<volume::VolumeSpec>) -> state::Recorded {
        let VolumeHead { id, call, tainted, seen } = self;
        let seen = seen.into();
        let base = state::Base::first(asked, &seen, tainted.is_some());
        state::Recorded { id, call, tainted: tainted.map(Into::into), seen, base }
    }
}

/// A call's line without its specification.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CallHead {
    key: Key,
    slots: BTreeMap<Slot, VolumeName>,
    name: VolumeName,
    #[serde(default)]
    gone: BTreeMap<Slot, VolumeId>,
    #[serde(default)]
    api: CreateApi,
    tag: OwnershipTag,
    token: uuid::Uuid,
    #[serde(default)]
    first_sent: Option<jiff::Timestamp>,
    progress: Progress,
    at: jiff::Timestamp,
}

impl CallHead {
    pub(super) fn of(self, spec: Arc<volume::VolumeSpec>) -> operation::Operation {
        let CallHead { key, slots, name, gone, api, tag, token, first_sent, progress, at } = self;
        let (tag, progress) = (tag.into(), progress.into());
        let kind = Kind::Create(CreateCall { create: Create { key, slots, name, spec, api, gone }, tag, token });
        operation::Operation { kind, first_sent, progress, at }
    }
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EndedCall {
    key: Key,
    slots: SlotSet,
    name: VolumeName,
    made: Digest,
    #[serde(default)]
    first_sent: Option<jiff::Timestamp>,
    at: jiff::Timestamp,
    end: End,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum End {
    Done,
    Refused(Failure),
    Absent,
    GivenUp,
}

impl From<EndedCall> for state::EndedCreate {
    fn from(saved: EndedCall) -> state::EndedCreate {
        let EndedCall { key, slots, name, made, first_sent, at, end } = saved;
        let end = match end {
            End::Done => state::End::Done,
            End::Refused(failure) => state::End::Refused(failure.into()),
            End::Absent => state::End::Absent,
            End::GivenUp => state::End::GivenUp,
        };
        state::EndedCreate { key, slots, moved: Default::default(), name, made, first_sent, at, end }
    }
}

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

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct AllowedStep {
    action: String,
    key: Key,
    slots: SlotSet,
    after: Digest,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
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

#[cfg(test)]
mod tests {
    use crate::operation::{Aspect, Leftover, Taint};

    #[test]
    fn what_earlier_versions_recorded_still_reads() {
        let read = |text: &str| serde_json::from_str::<super::Taint>(text).map(Taint::from);
        let before = read(r#"{"code":"EVS.2024","reason":"volume is error!"}"#).unwrap();
        assert!(matches!(&before, Taint::Failed(Leftover { at: None, code, .. }) if code == "EVS.2024"));
        let unlike = read(r#"{"unlike":[{"field":"size","wanted":"20 GB","seen":"10 GB"}]}"#).unwrap();
        let Taint::Unlike(unlike) = unlike else { panic!("it is not as asked") };
        let [misfit] = &unlike.unlike[..] else { panic!("{unlike:?}") };
        assert_eq!((misfit.field, &*misfit.wanted, &*misfit.seen), (Aspect::Size, "20 GB", "10 GB"));
        assert!(matches!(read(r#"{"unseen":"job"}"#), Ok(Taint::Unseen(_))));
        assert!(read(r#"{"code":"","reason":"","more":1}"#).is_err());
    }
}
