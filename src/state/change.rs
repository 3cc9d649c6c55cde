//! What can happen to a state, and how it is taken in.

use super::base::Base;
use super::model::{End, EndedCreate, Recorded, State, TokenSupport};
use super::seen::Seen;
use crate::operation::{CreateCall, Failure, Kind, Operation, Progress, Sendings, Taint};
use crate::volume::{Address, CallId, Description, Receipt, SizeGb, Slot, Tags, VolumeId, VolumeName, VolumeSpec};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Something that happened and must not be forgotten: a line of the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A call is going to be sent.
    Intent(Intended),
    /// It leaves now: from here on it may have happened.
    Sent(Sent),
    /// The cloud took the call.
    Accepted {
        /// Which.
        call: CallId,
        /// The job that carries it out, or the order, which makes nothing before it is paid.
        receipt: Receipt,
        /// The volumes that it is going to make, where the service has said so.
        named: Vec<VolumeId>,
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
    /// A volume got other declared tags, and is asked to keep them.
    Retagged {
        /// Which.
        address: Address,
        /// All its declared tags now.
        tags: Tags,
    },
    /// A volume became larger, and is asked to stay so. It is no target of its call any more.
    Extended {
        /// The call that did it.
        call: CallId,
        /// Which.
        address: Address,
        /// Its size now.
        size: SizeGb,
    },
    /// The manifest and the cloud agree on something else than they did.
    Agreed {
        /// Of which volume.
        address: Address,
        /// On what.
        base: Base,
    },
    /// A recorded volume was seen to look different.
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
    /// Nothing deletes the volume of that address from now on.
    Protected {
        /// Which.
        address: Address,
    },
    /// The volume of that address may be deleted again.
    Unprotected {
        /// Which.
        address: Address,
    },
    /// Volumes, open operations and ended create calls have other addresses from now on, all at once.
    Moved {
        /// From which to which.
        addresses: BTreeMap<Address, Address>,
    },
    /// Volumes that evsctl did not make are taken over, all at once.
    Imported {
        /// By the addresses that they get.
        volumes: BTreeMap<Address, Imported>,
    },
    /// A volume is given up: the cloud keeps it, and nothing here is about it any more.
    Released {
        /// Which.
        address: Address,
        /// The volume that was recorded there.
        id: VolumeId,
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
    /// The operation that it is about, where it tells how far one has come or what it made.
    pub fn call(&self) -> Option<&CallId> {
        match self {
            Change::Intent(Intended { call, .. })
            | Change::Sent(Sent { call, .. })
            | Change::Accepted { call, .. }
            | Change::Refused { call, .. }
            | Change::Closed { call, .. }
            | Change::GivenUp { call, .. }
            | Change::Created { call, .. }
            | Change::Extended { call, .. }
            | Change::Done { call, .. } => Some(call),
            // An adopted volume was made by a call that is over.
            Change::Adopted { .. }
            | Change::Tokens(_)
            | Change::Renamed { .. }
            | Change::Retagged { .. }
            | Change::Agreed { .. }
            | Change::Seen { .. }
            | Change::Used { .. }
            | Change::Protected { .. }
            | Change::Unprotected { .. }
            | Change::Moved { .. }
            | Change::Imported { .. }
            | Change::Released { .. }
            | Change::Removed { .. } => None,
        }
    }

    /// Whether that operation is over with it.
    pub fn ends(&self) -> bool {
        match self {
            Change::Refused { .. } | Change::Closed { .. } | Change::GivenUp { .. } | Change::Done { .. } => true,
            Change::Intent(_)
            | Change::Sent(_)
            | Change::Accepted { .. }
            | Change::Created { .. }
            | Change::Adopted { .. }
            | Change::Tokens(_)
            | Change::Renamed { .. }
            | Change::Retagged { .. }
            | Change::Extended { .. }
            | Change::Agreed { .. }
            | Change::Seen { .. }
            | Change::Used { .. }
            | Change::Protected { .. }
            | Change::Unprotected { .. }
            | Change::Moved { .. }
            | Change::Imported { .. }
            | Change::Released { .. }
            | Change::Removed { .. } => false,
        }
    }

    /// Whether a call may happen once this is recorded.
    pub fn begins(&self) -> bool {
        matches!(self, Change::Intent(_) | Change::Sent(_))
    }
}

/// A call that is going to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intended {
    /// Its id.
    pub call: CallId,
    /// Everything about it; `progress` is [`Progress::Intended`].
    pub body: Operation,
}

/// One sending of a call, recorded before it.
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

/// A volume that is taken over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// Identity.
    pub id: VolumeId,
    /// The id by which it is marked, as a volume of a create call is.
    pub call: CallId,
    /// How it looks.
    pub seen: Seen,
    /// What manifest and cloud agree on.
    pub base: Base,
}

impl Imported {
    /// Its record.
    pub fn recorded(self) -> Recorded {
        let Imported { id, call, seen, base } = self;
        Recorded { id, call: Some(call), tainted: None, seen, base }
    }
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

/// Why a change does not fit the state before it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FoldError {
    /// The call is intended, and was before.
    IntendedTwice {
        /// Which.
        call: CallId,
    },
    /// The call is sent, and was accepted before.
    SentAfterAccepted {
        /// Which.
        call: CallId,
    },
    /// Something happens to a call that is not open.
    NotOpen {
        /// Which.
        call: CallId,
    },
    /// Another volume is recorded there.
    Taken {
        /// Where.
        address: Address,
        /// The volume that is recorded.
        recorded: VolumeId,
        /// The volume that was to be recorded.
        id: VolumeId,
    },
    /// That volume is to be removed from where it is not recorded.
    NotThere {
        /// Where.
        address: Address,
        /// Which.
        id: VolumeId,
    },
    /// No volume is recorded there.
    NotRecorded {
        /// Where.
        address: Address,
    },
}

impl State {
    /// Takes one change in.
    ///
    /// # Errors
    /// When the change names a call or a volume that is not there, or would overwrite another volume:
    /// then the journal and the snapshot are not of one piece.
    pub fn fold(&mut self, change: Change) -> Result<(), FoldError> {
        self.strike(&change);
        match change {
            Change::Intent(Intended { call, body }) => {
                if self.operations.contains_key(&call) || self.ended.contains_key(&call) {
                    return Err(FoldError::IntendedTwice { call });
                }
                self.operations.insert(call, body);
            }
            Change::Sent(Sent { call, at, token, own }) => {
                let open = self.operations.get_mut(&call).ok_or_else(|| unknown(&call))?;
                let sendings = match &open.progress {
                    Progress::Intended => Sendings::once(at, token),
                    Progress::Sent(before) => before.and(at, token),
                    Progress::Accepted { .. } => {
                        return Err(FoldError::SentAfterAccepted { call });
                    }
                };
                open.first_sent = [open.first_sent, Some(sendings.first), own].into_iter().flatten().min();
                (open.progress, open.at) = (Progress::Sent(sendings), at);
            }
            Change::Accepted { call, receipt, named, at } => {
                let open = self.operations.get_mut(&call).ok_or_else(|| unknown(&call))?;
                (open.progress, open.at) = (Progress::Accepted { receipt, named }, at);
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
                    let recorded = other.id.clone();
                    return Err(FoldError::Taken { address, recorded, id });
                }
                self.used.remove(&id);
                self.released.remove(&id);
                let base = Base::of(asked, &seen);
                self.volumes.insert(address, Recorded { id, call: Some(call), tainted: None, seen, base });
            }
            Change::Created { call, volumes } => {
                let made_by = self.operations.get(&call).and_then(Operation::as_create);
                let made_by = &made_by.ok_or_else(|| unknown(&call))?.create;
                let (key, spec, gone) = (made_by.key.clone(), made_by.spec.clone(), made_by.gone.clone());
                for volume in volumes {
                    let address = Address { key: key.clone(), slot: volume.slot };
                    let foreign =
                        |other: &&Recorded| other.id != volume.id && gone.get(&volume.slot) != Some(&other.id);
                    if let Some(other) = self.volumes.get(&address).filter(foreign) {
                        let recorded = other.id.clone();
                        return Err(FoldError::Taken { address, recorded, id: volume.id });
                    }
                    if volume.tainted.is_none() {
                        self.used.remove(&volume.id);
                    }
                    let CreatedVolume { slot: _, id, seen, tainted } = volume;
                    let base = Base::first(spec.clone(), &seen, tainted.is_some());
                    self.volumes.insert(address, Recorded { id, call: Some(call.clone()), tainted, seen, base });
                }
            }
            Change::Renamed { address, name, description } => {
                let volume = self.recorded(&address)?;
                volume.seen.name = name.clone().into();
                volume.base.name = name.into();
                volume.seen.description = description.clone().map(String::from).filter(|text| !text.is_empty());
                if volume.base.spec.description != description {
                    Arc::make_mut(&mut volume.base.spec).description = description;
                }
            }
            Change::Retagged { address, tags } => {
                let volume = self.recorded(&address)?;
                if volume.base.spec.tags != tags {
                    Arc::make_mut(&mut volume.base.spec).tags = tags;
                }
            }
            Change::Extended { call, address, size } => {
                let operation = self.operations.get_mut(&call).ok_or_else(|| unknown(&call))?;
                if let Kind::Extend(extend) = &mut operation.kind {
                    extend.volumes.remove(&address);
                }
                let volume = self.recorded(&address)?;
                volume.seen.size = volume.seen.size.max(size.gb());
                if volume.base.spec.size != Some(size) {
                    Arc::make_mut(&mut volume.base.spec).size = Some(size);
                }
            }
            Change::Agreed { address, base } => self.recorded(&address)?.base = base,
            Change::Seen { address, seen } => self.recorded(&address)?.seen = seen,
            Change::Used { ids } => {
                let good = |volume: &&Recorded| volume.tainted.is_none();
                let good: BTreeSet<&VolumeId> = self.volumes.values().filter(good).map(|volume| &volume.id).collect();
                self.used.extend(ids.into_iter().filter(|id| !good.contains(id)));
            }
            Change::Protected { address } => drop(self.protected.insert(address)),
            Change::Unprotected { address } => drop(self.protected.remove(&address)),
            Change::Moved { addresses } => self.move_all(&addresses)?,
            Change::Imported { volumes } => {
                for (address, volume) in volumes {
                    if let Some(other) = self.volumes.get(&address).filter(|other| other.id != volume.id) {
                        let recorded = other.id.clone();
                        return Err(FoldError::Taken { address, recorded, id: volume.id });
                    }
                    self.used.remove(&volume.id);
                    self.released.remove(&volume.id);
                    self.volumes.insert(address, volume.recorded());
                }
            }
            Change::Released { address, id } => {
                if self.volumes.get(&address).is_none_or(|volume| volume.id != id) {
                    return Err(FoldError::NotThere { address, id });
                }
                self.volumes.remove(&address);
                self.used.remove(&id);
                self.protected.remove(&address);
                self.released.insert(id);
            }
            Change::Removed { address, id } => match self.volumes.get(&address) {
                Some(volume) if volume.id == id => {
                    self.used.remove(&id);
                    // What a failed creation left was never what is protected: that is still to come.
                    if volume.tainted.is_none() {
                        self.protected.remove(&address);
                    }
                    self.volumes.remove(&address);
                }
                _ => return Err(FoldError::NotThere { address, id }),
            },
        }
        Ok(())
    }

    /// An effect that reaches what was approved leaves nothing of that: a later plan back to it is a new wish.
    fn strike(&mut self, change: &Change) {
        let Some(approved) = &mut self.approved else { return };
        match change {
            Change::Created { call, volumes } => {
                // What is no good is still to be cleaned away and made anew.
                let good = volumes.iter().filter(|volume| volume.tainted.is_none()).map(|volume| volume.slot).collect();
                if let Some(call) = self.operations.get(call).and_then(Operation::as_create) {
                    approved.made(&call.create.key, &good);
                }
            }
            Change::Adopted { address, .. } => approved.adopted(address),
            Change::Renamed { address, .. } => approved.renamed(address),
            Change::Retagged { address, .. } => approved.retagged(address),
            Change::Extended { address, .. } => approved.extended(address),
            // What else is agreed on is reached by no step.
            Change::Agreed { address, base } => {
                let label = |base: &Base| (base.name.clone(), base.spec.description.clone());
                let before = self.volumes.get(address).map(|volume| &volume.base);
                if before.is_some_and(|before| label(before) != label(base)) {
                    approved.renamed(address);
                }
                // Where some of its tags alone are agreed on, the rest is still to be changed.
                if let Some(volume) = self.volumes.get(address) {
                    approved.agreed_on_tags(address, &volume.id, &base.spec.tags);
                    if let Some(size) = base.spec.size {
                        approved.agreed_on_size(address, &volume.id, size);
                    }
                }
            }
            Change::Protected { address } => approved.protected(address),
            Change::Unprotected { address } => approved.unprotected(address),
            Change::Moved { addresses } => addresses.values().for_each(|to| approved.moved(to)),
            Change::Imported { volumes } => volumes.keys().for_each(|address| approved.imported(address)),
            Change::Released { address, .. } => approved.released(address),
            Change::Removed { address, .. } => approved.removed(address),
            Change::Intent(_)
            | Change::Sent(_)
            | Change::Accepted { .. }
            | Change::Refused { .. }
            | Change::Closed { .. }
            | Change::GivenUp { .. }
            | Change::Tokens(_)
            | Change::Done { .. }
            | Change::Seen { .. }
            | Change::Used { .. } => {}
        }
    }

    /// Forgets the calls that are finished and were last touched before that time; open ones stay for ever.
    pub fn forget_calls(&mut self, before: jiff::Timestamp) {
        self.ended.retain(|_, call| call.at >= before);
    }

    fn recorded(&mut self, address: &Address) -> Result<&mut Recorded, FoldError> {
        self.volumes.get_mut(address).ok_or_else(|| FoldError::NotRecorded { address: address.clone() })
    }

    fn end(&mut self, id: CallId, end: End, at: jiff::Timestamp) -> Result<(), FoldError> {
        let Operation { kind, first_sent, .. } = self.operations.remove(&id).ok_or_else(|| unknown(&id))?;
        match kind {
            // Its tag may show on a volume later, and its id is never used again.
            Kind::Create(CreateCall { create, .. }) => {
                let (slots, made) = (create.slot_set(), create.spec.made_as());
                let (key, name, moved) = (create.key, create.name, BTreeMap::new());
                let ended = EndedCreate { key, slots, moved, name, made, first_sent, at, end };
                self.ended.insert(id, ended);
            }
            // What they came to shows on the volumes, which are known by their ids.
            Kind::Extend(_) | Kind::Delete(_) => {}
        }
        Ok(())
    }
}

fn unknown(call: &CallId) -> FoldError {
    FoldError::NotOpen { call: call.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::samples::{address, approved, at, call_id, created, empty, folded, intent, sent};
    use crate::state::{AllowedStep, Approved};
    use crate::volume::{Digest, Key, SizeGb, SlotSet};

    #[test]
    fn only_an_agreement_on_name_or_description_reaches_an_approved_renaming() {
        let call = call_id(1);
        let changes = [intent(call.clone(), "web", 1..=1, 40), created(call, "web", 1..=1)];
        let mut state = folded(empty(), &changes);
        let rename = AllowedStep {
            action: "rename".to_owned(),
            key: Key::new("web").unwrap(),
            slots: SlotSet::parse("1").unwrap(),
            after: Digest::of(b"after"),
            name: None,
            gone: Default::default(),
        };
        state.approved = Some(Approved { steps: std::iter::once(rename).collect(), ..approved(0) });
        let agree = |state: &mut State, base: Base| {
            state.fold(Change::Agreed { address: address("web[1]"), base }).unwrap();
            state.approved.as_ref().unwrap().steps.iter().count()
        };
        let mut base = state.volumes[&address("web[1]")].base.clone();
        Arc::make_mut(&mut base.spec).size = Some(SizeGb::new(80).unwrap());
        assert_eq!(agree(&mut state, base.clone()), 1);
        assert_eq!(agree(&mut state, Base { name: "other".to_owned(), ..base }), 0);
    }

    #[test]
    fn protection_ends_with_its_volume_and_not_with_what_a_failed_creation_left() {
        let mut state = folded(empty(), &[intent(call_id(1), "web", 1..=2, 40), created(call_id(1), "web", 1..=2)]);
        assert!(state.volumes[&address("web[1]")].tainted.is_none());
        assert!(state.volumes[&address("web[2]")].tainted.is_some());
        for slot in ["web[1]", "web[2]", "to-come[1]"] {
            let address = address(slot);
            state.fold(Change::Protected { address: address.clone() }).unwrap();
            if let Some(Recorded { id, .. }) = state.volumes.get(&address).cloned() {
                state.fold(Change::Removed { address, id }).unwrap();
            }
        }
        assert_eq!(state.protected, ["to-come[1]", "web[2]"].map(address).into());
        state.fold(Change::Unprotected { address: address("web[2]") }).unwrap();
        assert_eq!(state.protected, [address("to-come[1]")].into());
    }

    #[test]
    fn a_protection_that_is_recorded_strikes_itself_alone_from_what_was_approved() {
        let allowed = |action: &str, slots: &str| AllowedStep {
            action: action.to_owned(),
            key: Key::new("web").unwrap(),
            slots: SlotSet::parse(slots).unwrap(),
            after: Digest::of(b"after"),
            name: None,
            gone: Default::default(),
        };
        let steps = [allowed("create", "1..2"), allowed("protect", "1..2"), allowed("unprotect", "3")];
        let approved = Approved { steps: steps.into_iter().collect(), ..approved(0) };
        let mut state = State { approved: Some(approved), ..empty() };
        let mut left = |change: Change| {
            state.fold(change).unwrap();
            let steps = state.approved.iter().flat_map(|approved| approved.steps.iter());
            steps.map(|step| format!("{} {}", step.action, step.slots)).collect::<Vec<_>>().join(", ")
        };
        let after = left(Change::Protected { address: address("web[1]") });
        assert_eq!(after, "create 1..2, protect 2, unprotect 3");
        assert_eq!(left(Change::Unprotected { address: address("web[3]") }), "create 1..2, protect 2");
    }

    #[test]
    fn the_earliest_and_the_latest_sending_count_in_whatever_order() {
        let call = call_id(1);
        let changes = [intent(call.clone(), "web", 1..=2, 40), sent(call.clone(), 50), sent(call.clone(), -9000)];
        let state = folded(empty(), &changes);
        let Progress::Sent(sendings) = &state.operations[&call].progress else { panic!("it was sent") };
        assert_eq!((sendings.first, sendings.last), (at(-9000), at(50)));
    }
}
