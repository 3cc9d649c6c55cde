//! How much room an operation takes in the journal after its intent.

use crate::operation::{Create, Kind, Operation};
use crate::state::{Change, State};
use crate::volume::Address;

/// For the frames of its lines, all its ids, times and progress, and 1 KiB of the cloud's words.
const PER_CALL: u64 = 512 + 1024;
/// For the frames around one volume, in lines of its own where it is recorded while its job goes on: the slot twice, the id
/// three times, size and status, when it failed, and 256 bytes of the cloud's words.
const PER_VOLUME: u64 = 424 + 192 + 128 + 256;

/// For the frames of the line about what an extension or a deletion did to one volume: call, slot, id, size.
const PER_CHANGE: u64 = 256;

/// The room for everything that must follow the intent of a call until it is over: `accepted` with its job and volumes, what
/// it showed of tokens, `created` with all its volumes, a `renamed` for each, `done`; or `refused` in their place.
///
/// Names, description, type and zone count as long as they are spelt. The words of a refusal may have 1 KiB; if all
/// volumes fail, each has 256 bytes for why, and they share that KiB. What is longer than all this, or shows a longer
/// description than was asked for, still goes into the journal where the disk has room for it.
///
/// Of an extension: `accepted`, an `extended` for each volume, `done`. Of a deletion: `accepted`, `removed`, `done`.
pub(super) fn room(operation: &Operation) -> u64 {
    match &operation.kind {
        Kind::Create(call) => of_create(&call.create),
        Kind::Extend(extend) => PER_CALL + extend.volumes.keys().map(of_extension).sum::<u64>(),
        Kind::Delete(delete) => PER_CALL + PER_CHANGE + spelt(delete.address.key.as_str()),
    }
}

/// That a volume was extended, in a line of its own.
fn of_extension(address: &Address) -> u64 {
    PER_CHANGE + spelt(address.key.as_str())
}

fn of_create(create: &Create) -> u64 {
    let spec = &create.spec;
    let description = spec.description.as_ref().map_or(0, |text| spelt(text.as_str()));
    let base = spelt(create.name.as_str()) + "-0001".len() as u64;
    let shown = description + spelt(spec.volume_type.as_str()) + spelt(spec.zone.as_str());
    let renamed = description + spelt(create.key.as_str());
    let volume = |name: u64| PER_VOLUME + name.max(base) + shown + name + renamed;
    PER_CALL + create.slots.values().map(|name| volume(spelt(name.as_str()))).sum::<u64>()
}

/// How many bytes a text takes in JSON.
fn spelt(text: &str) -> u64 {
    serde_json::to_string(text).map_or(0, |text| text.len() as u64)
}

/// The room that the open calls of a state still take, kept up to date change by change.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Owed(u64);

impl Owed {
    /// For all open calls. What is recorded of one already is counted as if it were to come.
    pub fn of(state: &State) -> Owed {
        Owed(state.operations.values().map(room).sum())
    }

    /// In bytes.
    pub fn bytes(self) -> u64 {
        self.0
    }

    /// With a change that is about to be folded into the state.
    #[must_use]
    pub fn with(self, change: &Change, state: &State) -> Owed {
        let of = |call| state.operations.get(call).map_or(0, room);
        match change {
            Change::Intent(intended) => Owed(self.0.saturating_add(room(&intended.body))),
            // What is reached is no target of its operation any more.
            Change::Extended { call, address, .. }
                if state.operations.get(call).is_some_and(|it| it.covers(address)) =>
            {
                Owed(self.0.saturating_sub(of_extension(address)))
            }
            change if change.ends() => Owed(self.0.saturating_sub(change.call().map_or(0, of))),
            _ => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::{CreateCall, Failure};
    use crate::state::journal::{Header, header, record};
    use crate::state::samples::*;
    use crate::state::{CreatedVolume, Intended};
    use crate::volume::*;
    use std::sync::Arc;

    /// A text of that many bytes that takes twice as many in JSON.
    fn quotes(bytes: usize) -> String {
        "\"".repeat(bytes)
    }

    /// What a call may come to, at its longest: every volume fails, and none has its name yet.
    fn after(call: CallId, body: &Operation, words: usize) -> Vec<Change> {
        let create = &body.as_create().unwrap().create;
        let spec = &create.spec;
        let volume = |slot: &Slot| CreatedVolume {
            slot: *slot,
            id: VolumeId::new("f".repeat(64)).unwrap(),
            seen: crate::state::Seen {
                name: quotes(250) + "-4294967295",
                description: spec.description.clone().map(String::from),
                status: crate::observed::Status::ErrorRollbacking,
                size: 32_768,
                volume_type: spec.volume_type.to_string(),
                availability_zone: spec.zone.to_string(),
            },
            tainted: Some(failed("EVS.2024", &"w".repeat(words))),
        };
        let renamed = |(slot, name): (&Slot, &VolumeName)| Change::Renamed {
            address: create.address(*slot),
            name: name.clone(),
            description: spec.description.clone(),
        };
        let ids = create.slots.keys().map(|slot| VolumeId::new(format!("{:036}", slot.number())).unwrap()).collect();
        // An order takes as much as a job, and its record is the longer by its name.
        let order = Receipt::Order(OrderId::new("f".repeat(64)).unwrap());
        let accepted = Change::Accepted { call: call.clone(), receipt: order, named: ids, at: at(1) };
        let mut all = vec![accepted, Change::Tokens(crate::state::TokenSupport::Honoured)];
        // At worst each is recorded by itself.
        for slot in create.slots.keys() {
            all.push(Change::Used { ids: vec![VolumeId::new("f".repeat(64)).unwrap()] });
            all.push(Change::Created { call: call.clone(), volumes: vec![volume(slot)] });
        }
        all.extend(create.slots.iter().map(renamed));
        all.push(Change::Done { call, at: at(2) });
        all
    }

    fn spelt(changes: &[Change]) -> u64 {
        let head = Header { lineage: empty().lineage, serial: 1, lease: LeaseId::new("00000000").unwrap(), after: 0 };
        let (_, mut sum) = header(&head);
        let mut length = 0;
        for (number, change) in (u64::MAX / 2..).zip(changes) {
            let (line, next) = record(sum, number, std::slice::from_ref(change)).unwrap();
            (length, sum) = (length + line.len() as u64, next);
        }
        length
    }

    #[test]
    fn it_is_enough_for_the_longest_that_a_call_may_come_to() {
        for slots in [1, 2, 100] {
            let Change::Intent(Intended { call, mut body }) = intent(call_id(1), "k", 1..=slots, 40) else { panic!() };
            let Kind::Create(CreateCall { create, .. }) = &mut body.kind else { panic!() };
            create.key = Key::new("k".repeat(255)).unwrap();
            create.name = VolumeName::new(quotes(250)).unwrap();
            let spec = Arc::make_mut(&mut create.spec);
            spec.description = Some(Description::new("\u{1}".repeat(255)).unwrap());
            spec.zone = Zone::new("z".repeat(60)).unwrap();
            for name in create.slots.values_mut() {
                *name = VolumeName::new(quotes(255)).unwrap();
            }
            let needed = spelt(&after(call.clone(), &body, 240));
            assert!(needed <= room(&body), "{slots}: {needed} in {}", room(&body));
            let failure = Failure { code: "EVS.1042".to_owned(), reason: "w".repeat(1024).into() };
            assert!(spelt(&[Change::Refused { call, failure, at: at(1) }]) <= room(&body));
        }
    }

    #[test]
    fn it_is_not_lavish() {
        let Change::Intent(Intended { call, body }) = intent(call_id(1), "web", 1..=100, 40) else { panic!() };
        let needed = spelt(&after(call, &body, 20));
        assert!(room(&body) < 3 * needed, "{needed} in {}", room(&body));
    }

    #[test]
    fn what_is_owed_is_kept_up_to_date() {
        let (mut state, mut owed) = (empty(), Owed::default());
        for change in changes() {
            owed = owed.with(&change, &state);
            state.fold(change).unwrap();
            assert_eq!(owed, Owed::of(&state));
        }
        assert_eq!(state.operations.len(), 2);
    }
}
