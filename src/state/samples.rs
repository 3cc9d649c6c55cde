//! States and changes for tests.

pub(crate) mod everything;

use super::{
    AllowedStep, Approved, Begun, Change, CloudId, CreatedVolume, Intended, Recorded, Seen, Sent, State, TokenSupport,
};
use crate::observed::Status;
use crate::operation::{
    Aspect, Create, CreateCall, Failure, Kind, Leftover, Misfit, NamedBy, Operation, Progress, Taint, Unlike, Unseen,
};
use crate::volume::*;
use proptest::prelude::*;
use std::sync::Arc;

pub(crate) fn stack() -> StackName {
    StackName::new("kafka").unwrap()
}

pub(crate) fn at(second: i64) -> jiff::Timestamp {
    jiff::Timestamp::from_second(1_750_000_000 + second).unwrap()
}

pub(crate) fn call_id(number: u8) -> CallId {
    CallId::from_hash(&[number; 32])
}

pub(crate) fn slot(number: u32) -> Slot {
    Slot::new(number).unwrap()
}

pub(crate) fn address(text: &str) -> Address {
    text.parse().unwrap()
}

pub(crate) fn empty() -> State {
    let cloud = CloudId {
        region: Some("eu-west-101".to_owned()),
        endpoint: "https://evs.example.invalid".to_owned(),
        project_id: "0a1b".to_owned(),
    };
    State::new(stack(), Lineage::from_random(*b"lines"), cloud)
}

pub(crate) fn approved(steps: usize) -> Approved {
    let step = |number| AllowedStep {
        action: "create".to_owned(),
        key: Key::new(format!("web{number}")).unwrap(),
        slots: SlotSet::parse("1..100,104").unwrap(),
        after: Digest::of(b"after"),
        name: Some("web-#".to_owned()),
        gone: Default::default(),
    };
    Approved { steps: (0..steps).map(step).collect(), ..Approved::nothing(Digest::of(b"changes")) }
}

pub(crate) fn spec(size: u32) -> Arc<VolumeSpec> {
    let text = format!(
        r#"{{"availability_zone":"az-1","volume_type":"SSD","size":{size},"description":"data","tags":{{"asked":"x","spec":"y","team":"z"}}}}"#
    );
    serde_json::from_str(&text).unwrap()
}

pub(crate) fn intent(call: CallId, key: &str, slots: std::ops::RangeInclusive<u32>, size: u32) -> Change {
    let name = |number| VolumeName::new(format!("{key}-{number:04}")).unwrap();
    let create = Create {
        key: Key::new(key).unwrap(),
        slots: slots.map(|number| (slot(number), name(number))).collect(),
        name: VolumeName::new(key).unwrap(),
        spec: spec(size),
        api: Default::default(),
        gone: Default::default(),
    };
    let body = Operation {
        kind: Kind::Create(CreateCall { create, tag: OwnershipTag::default(), token: uuid::Uuid::from_bytes([7; 16]) }),
        first_sent: None,
        progress: Progress::Intended,
        at: at(0),
    };
    Change::Intent(Intended { call, body })
}

/// A run that may send the calls of these numbers, for two volumes each.
pub(crate) fn begun(calls: &[u8]) -> Begun {
    let planned = |number: &u8| match intent(call_id(*number), &format!("k{number}"), 1..=2, 40) {
        Change::Intent(Intended { call, body }) => Some((call, body)),
        _ => None,
    };
    Begun { at: at(100), operations: calls.iter().filter_map(planned).collect() }
}

pub(crate) fn sent(call: CallId, second: i64) -> Change {
    Change::Sent(Sent { call, at: at(second), token: true, own: (second % 2 == 0).then(|| at(second - 1)) })
}

pub(crate) fn seen(name: &str) -> Seen {
    Seen {
        name: name.to_owned(),
        description: Some("quote \" backslash \\ line\nend, \"asked\":{ 卷".to_owned()),
        status: Status::Available,
        size: 40,
        volume_type: "SSD".to_owned(),
        availability_zone: "az-1".to_owned(),
    }
}

pub(crate) fn failed(code: &str, reason: &str) -> Taint {
    Taint::Failed(Leftover { code: code.to_owned(), reason: reason.to_owned().into(), at: Some(at(2)) })
}

pub(crate) fn unlike() -> Taint {
    let misfit = |field| Misfit { field, wanted: "40, \"asked\":".to_owned(), seen: "10 GB".to_owned() };
    Taint::Unlike(Unlike { unlike: vec![misfit(Aspect::Size), misfit(Aspect::Name)] })
}

pub(crate) fn created(call: CallId, key: &str, slots: std::ops::RangeInclusive<u32>) -> Change {
    let volume = |number| CreatedVolume {
        slot: slot(number),
        id: VolumeId::new(format!("{key}_{number}")).unwrap(),
        seen: seen(&format!("{key}-{number:04}")),
        tainted: match number {
            2 => Some(failed("EVS.2024", "no room")),
            3 => Some(unlike()),
            4 => Some(Taint::Unseen(Unseen { unseen: NamedBy::Job })),
            _ => None,
        },
    };
    Change::Created { call, volumes: slots.map(volume).collect() }
}

/// A run that makes three volumes, one of them tainted, and has a call refused and another open.
pub(crate) fn changes() -> Vec<Change> {
    vec![
        intent(call_id(1), "web", 1..=3, 40),
        intent(call_id(2), "db.x", 1..=1, 50),
        sent(call_id(1), 1),
        sent(call_id(2), 1),
        Change::Accepted {
            call: call_id(1),
            receipt: Receipt::Job(JobId::new("job1").unwrap()),
            named: Vec::new(),
            at: at(1),
        },
        Change::Tokens(TokenSupport::Honoured),
        Change::Refused {
            call: call_id(2),
            failure: Failure { code: "EVS.1034".to_owned(), reason: "quota".to_owned().into() },
            at: at(2),
        },
        created(call_id(1), "web", 1..=3),
        Change::Renamed { address: address("web[1]"), name: VolumeName::new("w").unwrap(), description: None },
        Change::Done { call: call_id(1), at: at(3) },
        intent(call_id(3), "web", 4..=4, 60),
        sent(call_id(3), 4),
        intent(call_id(4), "late", 1..=2, 70),
        sent(call_id(4), 5),
        Change::Closed { call: call_id(4), at: at(6) },
        intent(call_id(5), "paid", 1..=1, 80),
        sent(call_id(5), 7),
        Change::Accepted {
            call: call_id(5),
            receipt: Receipt::Order(OrderId::new("CS1711152257C60TL").unwrap()),
            named: vec![VolumeId::new("paid_1").unwrap()],
            at: at(8),
        },
        Change::Adopted {
            address: address("late[2]"),
            call: call_id(4),
            gone: None,
            id: VolumeId::new("late_2").unwrap(),
            seen: seen("late-0002"),
            asked: spec(70),
        },
        Change::Used { ids: vec![VolumeId::new("web_1").unwrap(), VolumeId::new("paid_1").unwrap()] },
        Change::Renamed { address: address("web[3]"), name: VolumeName::new("other").unwrap(), description: None },
        Change::Removed { address: address("web[2]"), id: VolumeId::new("web_2").unwrap() },
    ]
}

/// Folds, and counts as the journal does.
pub(crate) fn folded(mut state: State, changes: &[Change]) -> State {
    for change in changes {
        state.fold(change.clone()).unwrap();
        state.journal_sequence += 1;
    }
    state
}

/// Changes that fit one another, from the empty state on.
pub(crate) fn any_changes() -> impl Strategy<Value = Vec<Change>> {
    prop::collection::vec((0u8..14, any::<prop::sample::Index>(), 1u32..5, "\\PC{0,12}"), 0..40).prop_map(|picks| {
        let (mut state, mut changes) = (empty(), Vec::new());
        for (number, (kind, which, count, text)) in picks.into_iter().enumerate() {
            let new = call_id(u8::try_from(number).unwrap());
            let calls: Vec<_> = state.operations.keys().cloned().collect();
            let volumes: Vec<_> = state.volumes.keys().cloned().collect();
            let call = (!calls.is_empty()).then(|| calls[which.index(calls.len())].clone());
            let volume = (!volumes.is_empty()).then(|| volumes[which.index(volumes.len())].clone());
            let change = match (kind, call, volume) {
                (7, Some(call), _) if state.operations[&call].progress.taken().is_none() => {
                    sent(call, i64::from(count))
                }
                (8, Some(call), _) => Change::Closed { call, at: at(11) },
                (11, Some(call), _) => Change::GivenUp { call, at: at(11) },
                (1, Some(call), _) => Change::Accepted {
                    call,
                    receipt: Receipt::Job(JobId::new("j").unwrap()),
                    named: Vec::new(),
                    at: at(9),
                },
                (9, Some(call), _) => {
                    let volumes = vec![VolumeId::new("v").unwrap()];
                    Change::Accepted {
                        call,
                        receipt: Receipt::Order(OrderId::new("CS1").unwrap()),
                        named: volumes,
                        at: at(9),
                    }
                }
                (2, Some(call), _) => {
                    Change::Refused { call, failure: Failure { code: String::new(), reason: text.into() }, at: at(9) }
                }
                (3, Some(call), _) => {
                    let key = state.operations[&call].as_create().unwrap().create.key.as_str().to_owned();
                    created(call, &key, 1..=count)
                }
                (4, Some(call), _) => Change::Done { call, at: at(10) },
                (5, _, Some(address)) => {
                    let description = Some(Description::new(text).unwrap());
                    Change::Renamed { address, name: VolumeName::new("n").unwrap(), description }
                }
                (6, _, Some(address)) => {
                    let id = state.volumes[&address].id.clone();
                    Change::Removed { address, id }
                }
                (10, _, Some(address)) => Change::Used { ids: vec![state.volumes[&address].id.clone()] },
                (12, _, Some(address)) => Change::Protected { address },
                (13, _, Some(address)) => Change::Unprotected { address },
                _ => intent(new, &format!("k{}", number % 3), 1..=count, 10 + count),
            };
            state.fold(change.clone()).unwrap();
            changes.push(change);
        }
        changes
    })
}
