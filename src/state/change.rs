//! What can happen to a state, and how it is taken in.

use super::failure::Failure;
use super::model::{Call, End, EndedCall, Progress, Recorded, Seen, State, TokenSupport};
use super::taint::Taint;
use crate::volume::{Address, CallId, Description, JobId, OrderId, Receipt, Slot, VolumeId, VolumeName, VolumeSpec};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Something that happened and must not be forgotten: a line of the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A create call is going to be sent.
    Intent(Intended),
    /// It leaves now: from here on it may have happened.
    Sent(Sent),
    /// The cloud took the call.
    Accepted {
        /// Which.
        call: CallId,
        /// The job that does it.
        job_id: JobId,
        /// The volumes that it is going to make, where the service has said so.
        volumes: Vec<VolumeId>,
        /// When.
        at: jiff::Timestamp,
    },
    /// The cloud took the call as an order: nothing is made before that is paid.
    Ordered {
        /// Which.
        call: CallId,
        /// The order.
        order_id: OrderId,
        /// The volumes that it is going to make, where the service has said so.
        volumes: Vec<VolumeId>,
        /// When.
        at: jiff::Timestamp,
    },
    /// The cloud refused the call, or it surely never arrived: nothing was made.
    Refused {
        /// Which.
        call: CallId,
        /// Its code and words.
        failure: Failure,
        /// When.
        at: jiff::Timestamp,
    },
    /// The call was in doubt, and it was seen that it never happened.
    Closed {
        /// Which.
        call: CallId,
        /// When.
        at: jiff::Timestamp,
    },
    /// Somebody gave the call up: nothing follows it any more, and what it makes all the same is adopted or told.
    GivenUp {
        /// Which.
        call: CallId,
        /// When.
        at: jiff::Timestamp,
    },
    /// The service has shown what it does with client tokens.
    Tokens(TokenSupport),
    /// What a call's job made, the failed volumes included.
    Created {
        /// Which call.
        call: CallId,
        /// The volumes.
        volumes: Vec<CreatedVolume>,
    },
    /// The job of a call ended and all it made is recorded.
    Done {
        /// Which.
        call: CallId,
        /// When.
        at: jiff::Timestamp,
    },
    /// A volume that an ended call made after all takes its slot.
    Adopted {
        /// Which slot.
        address: Address,
        /// The call whose tag it carries.
        call: CallId,
        /// The recorded volume that is gone and whose place it takes.
        gone: Option<VolumeId>,
        /// Identity.
        id: VolumeId,
        /// How it looks.
        seen: Seen,
        /// What is asked for there.
        asked: Arc<VolumeSpec>,
    },
    /// A volume got another name or description, and is asked to keep it.
    Renamed {
        /// Which.
        address: Address,
        /// The name now.
        name: VolumeName,
        /// The description now.
        description: Option<Description>,
    },
    /// A recorded volume was seen to look different, in a way that is nobody's drift.
    Seen {
        /// Which.
        address: Address,
        /// How it looks now.
        seen: Seen,
    },
    /// Volumes that are not recorded as good were seen used: none of them is ever cleaned away.
    Used {
        /// Which.
        ids: Vec<VolumeId>,
    },
    /// A volume is no longer there, or no longer ours: cleaned or forgotten.
    Removed {
        /// Which.
        address: Address,
        /// The volume that was recorded there.
        id: VolumeId,
    },
}

impl Change {
    /// That the cloud took a call.
    pub fn taken(call: CallId, receipt: Receipt, volumes: Vec<VolumeId>, at: jiff::Timestamp) -> Change {
        match receipt {
            Receipt::Job(job_id) => Change::Accepted { call, job_id, volumes, at },
            Receipt::Order(order_id) => Change::Ordered { call, order_id, volumes, at },
        }
    }

    /// Whether a create call may happen once this is recorded.
    pub fn begins(&self) -> bool {
        matches!(self, Change::Intent(_) | Change::Sent(_))
    }
}

/// A create call that is going to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intended {
    /// Its id.
    pub call: CallId,
    /// Everything about it; `progress` is [`Progress::Intended`].
    pub body: Call,
}

/// One sending of a create call, recorded before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// Which.
    pub call: CallId,
    /// When, by the service's clock as far as known.
    pub at: jiff::Timestamp,
    /// Whether with its client token.
    pub token: bool,
    /// When, by the run's own clock, where that is earlier: what the call made is not older than both clocks say. Of a
    /// call whose record was lost, when its first volume was made.
    pub own: Option<jiff::Timestamp>,
}

/// One volume that a call made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreatedVolume {
    /// The slot of the call's key that it is.
    pub slot: Slot,
    /// Identity.
    pub id: VolumeId,
    /// How it looked right after.
    pub seen: Seen,
    /// Set where its sub-job failed, or it is not as asked.
    pub tainted: Option<Taint>,
}

/// A journal record that does not fit the state before it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct FoldError(pub String);

impl State {
    /// Takes one change in.
    ///
    /// # Errors
    /// When the change names a call or a volume that is not there, or would overwrite another volume:
    /// then the journal and the snapshot are not of one piece.
    pub fn fold(&mut self, change: Change) -> Result<(), FoldError> {
        match change {
            Change::Intent(Intended { call, body }) => {
                if self.calls.contains_key(&call) || self.ended.contains_key(&call) {
                    return Err(FoldError(format!("call {call} is intended twice")));
                }
                self.calls.insert(call, body);
            }
            Change::Sent(Sent { call, at, token, own }) => {
                let open = self.calls.get_mut(&call).ok_or_else(|| unknown(&call))?;
                // Clocks may differ: the earliest and the latest count, whichever was recorded when.
                let (first, last, token) = match open.progress {
                    Progress::Intended => (at, at, token),
                    Progress::Sent { first, last, token: all, .. } => (first.min(at), last.max(at), all && token),
                    Progress::Accepted { .. } | Progress::Ordered { .. } => {
                        return Err(FoldError(format!("call {call} is sent again after it was accepted")));
                    }
                };
                open.first_sent = [open.first_sent, Some(first), own].into_iter().flatten().min();
                (open.progress, open.at) = (Progress::Sent { first, last, token, undated: false }, at);
            }
            Change::Accepted { call, job_id, volumes, at } => {
                let open = self.calls.get_mut(&call).ok_or_else(|| unknown(&call))?;
                (open.progress, open.at) = (Progress::Accepted { job_id, volumes }, at);
            }
            Change::Ordered { call, order_id, volumes, at } => {
                let open = self.calls.get_mut(&call).ok_or_else(|| unknown(&call))?;
                (open.progress, open.at) = (Progress::Ordered { order_id, volumes }, at);
            }
            Change::Refused { call, failure, at } => self.end(call, End::Refused(failure), at)?,
            Change::Closed { call, at } => self.end(call, End::Absent, at)?,
            Change::GivenUp { call, at } => self.end(call, End::GivenUp, at)?,
            Change::Done { call, at } => self.end(call, End::Done, at)?,
            Change::Tokens(support) => self.tokens = Some(support),
            Change::Adopted { address, call, gone, id, seen, asked } => {
                // What is not as asked, and turns out to be what is asked for now, takes its own slot.
                let foreign = |other: &&Recorded| gone.as_ref() != Some(&other.id) && other.id != id;
                if let Some(other) = self.volumes.get(&address).filter(foreign) {
                    return Err(FoldError(format!("{address} is already volume {}, not {id}", other.id)));
                }
                self.used.remove(&id);
                self.volumes.insert(address, Recorded { id, call: Some(call), tainted: None, seen, asked });
            }
            Change::Created { call, volumes } => {
                let made_by = self.calls.get(&call).ok_or_else(|| unknown(&call))?;
                let (key, spec, gone) = (made_by.key.clone(), made_by.spec.clone(), made_by.gone.clone());
                for volume in volumes {
                    let address = Address { key: key.clone(), slot: volume.slot };
                    let foreign =
                        |other: &&Recorded| other.id != volume.id && gone.get(&volume.slot) != Some(&other.id);
                    if let Some(other) = self.volumes.get(&address).filter(foreign) {
                        return Err(FoldError(format!("{address} is already volume {}, not {}", other.id, volume.id)));
                    }
                    if volume.tainted.is_none() {
                        self.used.remove(&volume.id);
                    }
                    let recorded = Recorded {
                        id: volume.id,
                        call: Some(call.clone()),
                        tainted: volume.tainted,
                        seen: volume.seen,
                        asked: spec.clone(),
                    };
                    self.volumes.insert(address, recorded);
                }
            }
            Change::Renamed { address, name, description } => {
                let volume = self.recorded(&address)?;
                volume.seen.name = name.into();
                volume.seen.description = description.clone().map(String::from).filter(|text| !text.is_empty());
                if volume.asked.description != description {
                    Arc::make_mut(&mut volume.asked).description = description;
                }
            }
            Change::Seen { address, seen } => self.recorded(&address)?.seen = seen,
            Change::Used { ids } => {
                let good = |volume: &&Recorded| volume.tainted.is_none();
                let good: BTreeSet<&VolumeId> = self.volumes.values().filter(good).map(|volume| &volume.id).collect();
                self.used.extend(ids.into_iter().filter(|id| !good.contains(id)));
            }
            Change::Removed { address, id } => match self.volumes.get(&address) {
                Some(volume) if volume.id == id => {
                    self.used.remove(&id);
                    self.volumes.remove(&address);
                }
                _ => return Err(FoldError(format!("{address} is not volume {id}"))),
            },
        }
        Ok(())
    }

    /// Forgets the calls that are finished and were last touched before that time; open ones stay for ever.
    pub fn forget_calls(&mut self, before: jiff::Timestamp) {
        self.ended.retain(|_, call| call.at >= before);
    }

    fn recorded(&mut self, address: &Address) -> Result<&mut Recorded, FoldError> {
        self.volumes.get_mut(address).ok_or_else(|| FoldError(format!("{address} is not recorded")))
    }

    fn end(&mut self, id: CallId, end: End, at: jiff::Timestamp) -> Result<(), FoldError> {
        let call = self.calls.remove(&id).ok_or_else(|| unknown(&id))?;
        let slots = call.slots.into_keys().collect();
        let (made, first_sent) = (call.spec.origin(), call.first_sent);
        self.ended.insert(id, EndedCall { key: call.key, slots, name: call.name, made, first_sent, at, end });
        Ok(())
    }
}

fn unknown(call: &CallId) -> FoldError {
    FoldError(format!("call {call} is not open"))
}

#[cfg(test)]
mod tests {
    use crate::state::Progress;
    use crate::state::samples::{at, call_id, empty, folded, intent, sent};

    #[test]
    fn the_earliest_and_the_latest_sending_count_in_whatever_order() {
        let call = call_id(1);
        let changes = [intent(call.clone(), "web", 1..=2, 40), sent(call.clone(), 50), sent(call.clone(), -9000)];
        let state = folded(empty(), &changes);
        let Progress::Sent { first, last, .. } = state.calls[&call].progress else { panic!("it was sent") };
        assert_eq!((first, last), (at(-9000), at(50)));
    }
}
