//! The recorded state as a value: owned volumes, calls, and what a run was allowed.

use super::approved::Approved;
use super::base::Base;
use super::seen::Seen;
use crate::operation::{Failure, Operation, Taint};
use crate::volume::{
    Address, CallId, Digest, Key, LeaseId, Lineage, Partition, Slot, SlotSet, StackName, VolumeId, VolumeName,
};
use std::collections::{BTreeMap, BTreeSet};

/// Which cloud, and which project in it, a state belongs to. A state is never used with another.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CloudId {
    /// The region, where the manifest names one; only shown.
    pub region: Option<String>,
    /// Scheme, host and port of the EVS endpoint without a trailing slash, or `simulator`.
    pub endpoint: String,
    /// The project's id.
    pub project_id: String,
}

impl CloudId {
    /// The endpoint's word for the embedded cloud, whose port is another each time.
    pub const SIMULATOR: &'static str = "simulator";

    /// Whether both mean the same project of the same cloud.
    pub fn is_same(&self, other: &CloudId) -> bool {
        self.endpoint == other.endpoint && self.project_id == other.project_id
    }

    /// Whether the service documents `X-Client-Token` on create, so that a call whose answer was lost
    /// may be sent again: Huawei Cloud's own domains, and the embedded cloud.
    pub fn documents_tokens(&self) -> bool {
        let host = self.endpoint.rsplit('/').next().unwrap_or_default();
        let host = host.split(':').next().unwrap_or_default();
        self.endpoint == CloudId::SIMULATOR || Partition::of_host(host) == Some(Partition::HuaweiCloud)
    }
}

/// Everything recorded of one stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// The stack.
    pub stack: StackName,
    /// Which state this is, however often written.
    pub lineage: Lineage,
    /// How many runs have written it.
    pub serial: u64,
    /// Which hold of the lock wrote it last; `None` before the first run.
    pub lease: Option<LeaseId>,
    /// Where the volumes are.
    pub cloud: CloudId,
    /// What the service has shown of client tokens, where it has.
    pub tokens: Option<TokenSupport>,
    /// Owned volumes.
    pub volumes: BTreeMap<Address, Recorded>,
    /// Operations that are not over: they may still change volumes, or have done so unrecorded.
    pub operations: BTreeMap<CallId, Operation>,
    /// Create calls that are over, of the last 30 days.
    pub ended: BTreeMap<CallId, EndedCreate>,
    /// Volumes that a run saw used while they were not recorded as good: tainted ones, and those of a call that is
    /// open or over. They may hold data whatever they look like later, so none of them is ever cleaned away.
    pub used: BTreeSet<VolumeId>,
    /// Addresses whose volume nothing deletes, also once the manifest no longer says so: only a step of its own takes the
    /// protection off. It is of the address, and may stand here before there is a volume.
    pub protected: BTreeSet<Address>,
    /// Volumes that were given up: the stack made them, and has nothing to do with them any more.
    pub released: BTreeSet<VolumeId>,
    /// What the latest run was allowed to do.
    pub approved: Option<Approved>,
    /// The run that wrote this snapshot and has not ended: only in a snapshot as it is saved. Reading it with
    /// the run's journal, or without, settles what it says.
    pub begun: Option<Begun>,
    /// The sequence number of the last journal record that is folded in.
    pub journal_sequence: u64,
}

/// What a service does with the client tokens of create calls, as it has shown itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenSupport {
    /// It judges them, so a call that is sent again with its token is not done twice.
    Honoured,
    /// They are switched off (`EVS.2223`).
    Off,
}

/// One owned volume.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Identity in the cloud.
    pub id: VolumeId,
    /// The call that made it.
    pub call: Option<CallId>,
    /// Set where it does not count as what was asked for.
    pub tainted: Option<Taint>,
    /// What it looked like when last seen.
    pub seen: Seen,
    /// What manifest and cloud last agreed on; of a tainted one, what was asked for.
    pub base: Base,
}

/// A run that was begun: which create calls it may send.
///
/// It stands in every snapshot that a run writes before it ends: in the first, and in each by which it names further
/// calls before it sends them. Beside it lies the run's journal, which tells what
/// became of each call; a reader that finds both believes the journal. Where the journal is missing, as after a commit
/// that left it out, every one of these calls may have been sent, and so may every open call that had no answer yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Begun {
    /// When it began, by the service's clock: it sent nothing before.
    pub at: jiff::Timestamp,
    /// The operations that it may send, as it would intend them.
    pub operations: BTreeMap<CallId, Operation>,
}

/// What is remembered of a create call that is over: enough to know its tag again, and to keep its id
/// from being used twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndedCreate {
    /// The volumes' key.
    pub key: Key,
    /// The slots that it was made for.
    pub slots: SlotSet,
    /// The addresses of those of its slots that have another one by now.
    pub moved: BTreeMap<Slot, Address>,
    /// The name in the call: the service numbers the volumes' names from it.
    pub name: VolumeName,
    /// SHA-256 of zone, type and source: what a volume that shows late must agree with.
    pub made: Digest,
    /// See [`Operation::first_sent`].
    pub first_sent: Option<jiff::Timestamp>,
    /// When it was over, RFC 3339.
    pub at: jiff::Timestamp,
    /// How it ended.
    pub end: End,
}

/// How a create call ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// Its job ended, and what it made is recorded.
    Done,
    /// The cloud said no, or it surely never arrived.
    Refused(Failure),
    /// Its answer was lost, and nothing of it showed for so long that it never happened.
    Absent,
    /// Somebody gave it up: its job or its order may go on all the same.
    GivenUp,
}

impl EndedCreate {
    /// The address that a slot of it has by now.
    pub fn address(&self, slot: Slot) -> Address {
        self.moved.get(&slot).cloned().unwrap_or_else(|| Address { key: self.key.clone(), slot })
    }

    /// The addresses that its slots have by now, in the order of the slots.
    pub fn addresses(&self) -> impl Iterator<Item = Address> + '_ {
        self.slots.iter().map(|slot| self.address(slot))
    }

    /// When it was over; `None` where only somebody's word says so, and it may make volumes at any later time.
    pub fn over(&self) -> Option<jiff::Timestamp> {
        match self.end {
            End::Done | End::Refused(_) | End::Absent => Some(self.at),
            End::GivenUp => None,
        }
    }
}

impl State {
    /// A state that owns nothing yet.
    pub fn new(stack: StackName, lineage: Lineage, cloud: CloudId) -> State {
        State {
            stack,
            lineage,
            serial: 0,
            lease: None,
            cloud,
            tokens: None,
            volumes: BTreeMap::new(),
            operations: BTreeMap::new(),
            ended: BTreeMap::new(),
            used: BTreeSet::new(),
            protected: BTreeSet::new(),
            released: BTreeSet::new(),
            approved: None,
            begun: None,
            journal_sequence: 0,
        }
    }

    /// Whether no volume is recorded and no operation open.
    pub fn records_nothing(&self) -> bool {
        self.volumes.is_empty() && self.operations.is_empty()
    }

    /// Whether nothing is recorded that any cloud holds, or may still come to hold: no volume, no operation that is not over, and
    /// no create call of the last 30 days.
    pub fn owns_nothing(&self) -> bool {
        self.records_nothing() && self.ended.is_empty()
    }

    /// What the next run may do that only mends the record: what was approved before, else nothing. `by` names it.
    pub fn approved_so_far(&self, by: &str) -> Approved {
        self.approved.clone().unwrap_or_else(|| Approved::nothing(Digest::of(by.as_bytes())))
    }

    /// Whether an operation that is not over is about that address: what becomes of it is that one's business.
    pub fn is_covered(&self, address: &Address) -> bool {
        self.operations.values().any(|operation| operation.covers(address))
    }
}
