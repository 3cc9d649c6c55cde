//! Pure: a create step as a call. Its id and its token come out the same whenever the same thing is asked for from
//! the same state, and its body is always the same bytes.

use crate::evs::wire::{CreateRequest, CreateVolume};
use crate::plan::{self, Create};
use crate::state::{Call, Progress};
use crate::volume::{CallId, Lineage, OwnershipTag, Source, StackName, VolumeSpec};

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

/// The record of a call that is going to be sent.
pub(super) fn intended(owner: &Owner, id: &CallId, create: &Create, at: jiff::Timestamp) -> Call {
    Call {
        key: create.key.clone(),
        slots: create.slots.clone(),
        name: create.name.clone(),
        spec: create.spec.clone(),
        gone: create.gone.clone(),
        token: plan::token(&owner.lineage, id),
        progress: Progress::Intended,
        at,
    }
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
    use crate::volume::{Key, Slot, VolumeName};

    #[test]
    fn the_body_carries_the_ownership_tag() {
        let spec = serde_json::from_str(r#"{"availability_zone":"az","volume_type":"SSD","size":40}"#).unwrap();
        let name = |n| VolumeName::new(format!("web-{n:04}")).unwrap();
        let create = Create {
            key: Key::new("web").unwrap(),
            slots: (1..=2).map(|n| (Slot::new(n).unwrap(), name(n))).collect(),
            name: VolumeName::new("web").unwrap(),
            spec: std::sync::Arc::new(spec),
            gone: Default::default(),
        };
        let lineage = Lineage::from_random([1, 2, 3, 4, 5]);
        let owner = Owner { stack: StackName::new("s").unwrap(), lineage, tag: OwnershipTag::default() };
        let id = CallId::from_hash(&[9; 32]);
        let body = body(&owner, &id, &create);
        assert_eq!(body.volume.count, 2);
        assert_eq!(plan::owner_of(&body.volume.tags["evsctl"]).unwrap().2, id);
    }
}
