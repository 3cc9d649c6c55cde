//! Which call a create step is: derived, so that a retry from the same state is the same call, with the same token
//! and the same tag, even where nothing but that state is left of the first try.

mod canonical;

use crate::operation::{Create, Kind};
use crate::state::State;
use crate::volume::{CallId, Lineage};
use sha2::Digest as _;

/// How many calls at the most are made of one create in a run: each one more answers a cloud that lost another one.
pub const ATTEMPTS: usize = 4;

/// The id of the call that carries out a create step of a plan with that basis serial: of lineage, serial, key,
/// slots, body and attempt. The attempt counts on over the calls that the state holds: one that has ended without
/// filling these slots is over, and the next is another call.
pub fn call_id(state: &State, serial: u64, create: &Create) -> CallId {
    call_id_after(&[], state, serial, create)
}

/// The same where these attempts were made since, and surely never happened.
pub fn call_id_after(attempts: &[CallId], state: &State, serial: u64, create: &Create) -> CallId {
    let body = canonical::body(create);
    let slots = create.slot_set().to_string();
    let derived = |attempt: u32| {
        let (serial, attempt) = (serial.to_string(), attempt.to_string());
        let mut hash = sha2::Sha256::new();
        for part in [state.lineage.as_str(), &serial, create.key.as_str(), &slots, &attempt] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        hash.update(&body);
        CallId::from_hash(&hash.finalize().into())
    };
    let free =
        |id: &CallId| !state.operations.contains_key(id) && !state.ended.contains_key(id) && !attempts.contains(id);
    (0..).map(derived).find(free).unwrap_or_else(|| derived(u32::MAX))
}

/// The id of the call that changes volumes by their ids: of lineage, serial, what it does and attempt. It stands in the record
/// alone, and tells it from the others that are open.
pub fn change_id(state: &State, serial: u64, kind: &Kind) -> CallId {
    let what = match kind {
        Kind::Create(call) => return call_id(state, serial, &call.create),
        Kind::Extend(extend) => serde_json::to_vec(&("extend", &extend.volumes, extend.way)),
        Kind::Delete(delete) => serde_json::to_vec(&("delete", delete)),
    };
    let what = what.unwrap_or_default();
    let derived = |attempt: u32| {
        let mut hash = sha2::Sha256::new();
        for part in [state.lineage.as_str().as_bytes(), serial.to_string().as_bytes(), attempt.to_string().as_bytes()] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        hash.update(&what);
        CallId::from_hash(&hash.finalize().into())
    };
    let is_open = |id: &CallId| state.operations.contains_key(id);
    (0..).map(derived).find(|id| !is_open(id)).unwrap_or_else(|| derived(u32::MAX))
}

/// The calls that a run from that state may have made of a create: one after another, where each before it surely never
/// happened.
pub(super) fn attempts(state: &State, create: &Create) -> Vec<CallId> {
    let mut attempts = Vec::new();
    for _ in 0..ATTEMPTS {
        attempts.push(call_id_after(&attempts, state, state.serial, create));
    }
    attempts
}

/// The client token of a call: a UUID derived from its id, with the bits of version 4.
pub fn token(lineage: &Lineage, call: &CallId) -> uuid::Uuid {
    let hash: [u8; 32] = sha2::Sha256::digest(format!("token {lineage} {call}")).into();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::samples::{at, empty, folded, intent};
    use crate::state::{Change, CloudId};
    use crate::volume::SlotSet;
    use crate::volume::{CreateApi, Key, Slot, VolumeName, VolumeSpec};
    use std::collections::BTreeSet;

    fn create(slots: std::ops::RangeInclusive<u32>) -> Create {
        let spec = serde_json::from_str(r#"{"availability_zone":"az","volume_type":"SSD","size":40}"#).unwrap();
        let name = |n| VolumeName::new(format!("web-{n:04}")).unwrap();
        Create {
            key: Key::new("web").unwrap(),
            slots: slots.map(|n| (Slot::new(n).unwrap(), name(n))).collect(),
            name: VolumeName::new("web").unwrap(),
            spec: std::sync::Arc::new(spec),
            api: Default::default(),
            gone: Default::default(),
        }
    }

    #[test]
    fn the_same_wish_from_the_same_state_is_the_same_call() {
        let state = empty();
        let id = call_id(&state, 3, &create(1..=2));
        assert_eq!(id, call_id(&state, 3, &create(1..=2)));
        assert_ne!(id, call_id(&state, 4, &create(1..=2)));
        assert_ne!(id, call_id(&state, 3, &create(1..=3)));
        let mut other = create(1..=2);
        other.spec = serde_json::from_str(r#"{"availability_zone":"az","volume_type":"SSD","size":41}"#).unwrap();
        assert_ne!(id, call_id(&state, 3, &other));
        let elsewhere = State::new(state.stack.clone(), Lineage::from_random([9; 5]), CloudId::clone(&state.cloud));
        assert_ne!(id, call_id(&elsewhere, 3, &create(1..=2)));
    }

    #[test]
    fn the_attempts_of_one_run_are_calls_of_their_own_that_its_state_derives_again() {
        let (state, create) = (empty(), create(1..=2));
        let all = attempts(&state, &create);
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), ATTEMPTS);
        assert_eq!(all[0], call_id(&state, state.serial, &create));
        assert_eq!(all[1], call_id_after(&all[..1], &state, state.serial, &create));
    }

    #[test]
    fn an_attempt_that_is_known_is_another_call() {
        let first = call_id(&empty(), 3, &create(1..=2));
        let open = folded(empty(), &[intent(first.clone(), "web", 1..=2, 40)]);
        let second = call_id(&open, 3, &create(1..=2));
        assert_ne!(first, second);
        let ended = folded(open, &[Change::Closed { call: first.clone(), at: at(1) }]);
        assert_eq!(second, call_id(&ended, 3, &create(1..=2)));
    }

    /// A create, the state that it is planned from, and the call that the first versions made of it.
    #[derive(serde::Serialize, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Landed {
        lineage: Lineage,
        serial: u64,
        key: Key,
        slots: String,
        name: VolumeName,
        api: CreateApi,
        /// How many attempts at it the state holds already.
        known: u32,
        spec: std::sync::Arc<VolumeSpec>,
        call: CallId,
        token: uuid::Uuid,
    }

    /// They are never changed: a retry from a state of that time has to be the same call, with the same token.
    const LANDED: &str = include_str!("../../tests/landed/calls.jsonl");

    #[test]
    fn calls_and_tokens_are_those_of_the_versions_that_landed() {
        let mut calls = BTreeSet::new();
        for line in LANDED.lines() {
            let landed: Landed = serde_json::from_str(line).unwrap();
            let slots = SlotSet::parse(&landed.slots).unwrap();
            let create = Create {
                key: landed.key,
                slots: slots.iter().map(|slot| (slot, VolumeName::new(format!("x-{slot}")).unwrap())).collect(),
                name: landed.name,
                spec: landed.spec,
                api: landed.api,
                gone: Default::default(),
            };
            let mut state = State::new(empty().stack, landed.lineage, empty().cloud);
            for _ in 0..landed.known {
                let known = call_id(&state, landed.serial, &create);
                state = folded(state, &[intent(known, "web", 1..=2, 40)]);
            }
            let call = call_id(&state, landed.serial, &create);
            assert_eq!((&call, token(&state.lineage, &call)), (&landed.call, landed.token), "{line}");
            calls.insert(call);
        }
        assert_eq!((LANDED.lines().count(), calls.len()), (35, 35));
    }

    #[test]
    fn the_token_is_a_version_4_uuid() {
        let lineage = Lineage::from_random([1, 2, 3, 4, 5]);
        let token = token(&lineage, &CallId::from_hash(&[9; 32]));
        assert_eq!(token.get_version_num(), 4);
        assert_eq!(token.hyphenated().to_string().len(), 36);
    }
}
