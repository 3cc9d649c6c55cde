//! Pure: a create step as a call, with an id and a token that come out the same whenever the same
//! thing is asked for from the same state.

use crate::evs::wire::{CreateRequest, CreateVolume};
use crate::plan::{self, Create};
use crate::state::{Call, Progress, State};
use crate::volume::{CallId, Lineage, OwnershipTag, SlotSet, Source, StackName, VolumeSpec};
use sha2::Digest as _;

/// Whose call it is: what goes into the ownership tag beside the call's id.
#[derive(Debug, Clone)]
pub(super) struct Owner {
    /// The stack.
    pub(super) stack: StackName,
    /// The state.
    pub(super) lineage: Lineage,
    /// Under which key, if any.
    pub(super) tag: OwnershipTag,
}

/// Makes a call of a step. The id comes from lineage, basis serial, key, slots, body and attempt, so a
/// retry from the same state is the same call.
pub(super) fn prepare(
    owner: &Owner,
    state: &State,
    serial: u64,
    create: &Create,
    at: jiff::Timestamp,
) -> (CallId, Call) {
    let bare = serde_json::to_vec(&volume(&create.spec, create)).unwrap_or_default();
    let slots: SlotSet = create.slots.keys().copied().collect();
    let id = (0u32..)
        .map(|attempt| {
            let mut hash = sha2::Sha256::new();
            for part in [
                owner.lineage.as_str(),
                &serial.to_string(),
                create.key.as_str(),
                &slots.to_string(),
                &attempt.to_string(),
            ] {
                hash.update((part.len() as u64).to_be_bytes());
                hash.update(part);
            }
            hash.update(&bare);
            CallId::from_hash(&hash.finalize().into())
        })
        // An attempt that ended without these slots being filled is over: the next is another call.
        .find(|id| !state.calls.contains_key(id) && !state.ended.contains_key(id))
        .unwrap_or_else(|| CallId::from_hash(&[0; 32]));
    let token = token(&owner.lineage, &id);
    let call = Call {
        key: create.key.clone(),
        slots: create.slots.clone(),
        name: create.name.clone(),
        spec: create.spec.clone(),
        gone: create.gone.clone(),
        token,
        progress: Progress::Intended,
        at,
    };
    (id, call)
}

/// The client token of a call: a UUID derived from its id, with the bits of version 4.
fn token(lineage: &Lineage, call: &CallId) -> uuid::Uuid {
    let hash: [u8; 32] = sha2::Sha256::digest(format!("token {lineage} {call}")).into();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}

/// The request's body: always the same bytes for the same call.
pub(super) fn body(owner: &Owner, id: &CallId, create: &Create) -> CreateRequest {
    let mut volume = volume(&create.spec, create);
    if let Some(key) = owner.tag.key() {
        volume.tags.insert(key.to_owned(), plan::tag_value(&owner.stack, &owner.lineage, id));
    }
    CreateRequest { volume }
}

fn volume(spec: &VolumeSpec, create: &Create) -> CreateVolume {
    let (mut backup_id, mut snapshot_id, mut image_ref) = (None, None, None);
    match &spec.source {
        Source::Blank => {}
        Source::Backup(id) => backup_id = Some(id.to_string()),
        Source::Snapshot(id) => snapshot_id = Some(id.to_string()),
        Source::Image(id) => image_ref = Some(id.to_string()),
    }
    CreateVolume {
        availability_zone: spec.zone.to_string(),
        volume_type: spec.volume_type.to_string(),
        size: spec.size.map(crate::volume::SizeGb::gb),
        name: create.name.to_string(),
        description: spec.description.as_ref().map(ToString::to_string),
        // At most 100 slots make a step.
        count: u32::try_from(create.slots.len()).unwrap_or(u32::MAX),
        backup_id,
        snapshot_id,
        image_ref,
        multiattach: spec.multiattach.then_some(true),
        metadata: spec.metadata.pairs().clone(),
        tags: spec.tags.pairs().clone(),
        enterprise_project_id: spec.enterprise_project_id.as_ref().map(ToString::to_string),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::volume::{Slot, VolumeName};

    fn create(slots: std::ops::RangeInclusive<u32>) -> Create {
        let spec = serde_json::from_str(r#"{"availability_zone":"az","volume_type":"SSD","size":40}"#).unwrap();
        let name = |n| VolumeName::new(format!("web-{n:04}")).unwrap();
        Create {
            key: crate::volume::Key::new("web").unwrap(),
            slots: slots.map(|n| (Slot::new(n).unwrap(), name(n))).collect(),
            name: VolumeName::new("web").unwrap(),
            spec: std::sync::Arc::new(spec),
            gone: Default::default(),
        }
    }

    fn owner() -> Owner {
        let lineage = Lineage::from_random([1, 2, 3, 4, 5]);
        Owner { stack: StackName::new("s").unwrap(), lineage, tag: OwnershipTag::default() }
    }

    #[test]
    fn the_same_wish_from_the_same_state_is_the_same_call() {
        let owner = owner();
        let cloud = crate::state::CloudId { region: None, endpoint: "simulator".into(), project_id: "p".into() };
        let mut state = State::new(owner.stack.clone(), owner.lineage.clone(), cloud);
        let at = jiff::Timestamp::UNIX_EPOCH;
        let (id, call) = prepare(&owner, &state, 3, &create(1..=2), at);
        assert_eq!((id.clone(), call.clone()), prepare(&owner, &state, 3, &create(1..=2), at));
        assert_ne!(id, prepare(&owner, &state, 4, &create(1..=2), at).0);
        assert_ne!(id, prepare(&owner, &state, 3, &create(1..=3), at).0);
        state.calls.insert(id.clone(), call);
        assert_ne!(id, prepare(&owner, &state, 3, &create(1..=2), at).0, "an ended attempt is another call");
    }

    #[test]
    fn the_token_is_a_version_4_uuid() {
        let owner = owner();
        let token = token(&owner.lineage, &CallId::from_hash(&[9; 32]));
        assert_eq!(token.get_version_num(), 4);
        assert_eq!(token.hyphenated().to_string().len(), 36);
    }

    #[test]
    fn the_body_carries_the_ownership_tag() {
        let (owner, id) = (owner(), CallId::from_hash(&[9; 32]));
        let body = body(&owner, &id, &create(1..=2));
        assert_eq!(body.volume.count, 2);
        assert_eq!(plan::owner_of(&body.volume.tags["evsctl"]).unwrap().2, id);
    }
}
