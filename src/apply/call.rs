//! Pure: the operation that a create step asks for, and its request's body, which is always the same bytes, whatever the
//! manifest says by then.

use crate::evs::wire::{BssParam, CreateRequest, CreateVolume, SchedulerHints};
use crate::operation::{Create, CreateCall, Kind, Operation, Owner, Progress};
use crate::plan::{self};
use crate::volume::{CreateApi, OwnershipTag, Prepaid, Source};

/// A create that is going to be sent, its volumes marked under that key, if any.
pub(super) fn intended(owner: &Owner, tag: &OwnershipTag, create: &Create, at: jiff::Timestamp) -> Operation {
    Operation {
        kind: Kind::Create(CreateCall {
            create: create.clone(),
            tag: tag.clone(),
            token: plan::token(&owner.lineage, &owner.call),
        }),
        first_sent: None,
        progress: Progress::Intended,
        at,
    }
}

/// The same as a snapshot names it that says that a run may send it, from that time on by the service's clock: nothing that
/// it makes is older than both clocks say.
pub(super) fn named(operation: Operation, at: jiff::Timestamp) -> Operation {
    Operation { first_sent: Some(at.min(jiff::Timestamp::now())), ..operation }
}

/// The request's body: always the same bytes for the same call.
pub(super) fn body(owner: &Owner, call: &CreateCall) -> CreateRequest {
    let create = &call.create;
    let mut volume = volume(create);
    if let Some(key) = call.tag.key() {
        volume.tags.insert(key.to_owned(), owner.value());
    }
    let spec = &create.spec;
    CreateRequest {
        volume,
        bss_param: spec.prepaid.map(bss_param),
        server_id: spec.server_id.as_ref().map(ToString::to_string),
        scheduler_hints: spec
            .dedicated_storage_id
            .as_ref()
            .map(|id| SchedulerHints { dedicated_storage_id: id.to_string() }),
    }
}

/// Says in full what is left out of it otherwise: nothing pays itself but where that is asked for.
fn bss_param(prepaid: Prepaid) -> BssParam {
    let Prepaid { period, auto_renew, auto_pay } = prepaid;
    BssParam {
        charging_mode: "prePaid".to_owned(),
        period_type: period.unit().word().to_owned(),
        period_num: period.number(),
        is_auto_renew: auto_renew.to_string(),
        is_auto_pay: auto_pay.to_string(),
    }
}

fn volume(create: &Create) -> CreateVolume {
    let spec = &create.spec;
    let mut metadata = spec.metadata.pairs().clone();
    if create.api == CreateApi::V21 {
        // Then the answer names the volumes (EVS API reference, "Differences of the other create calls").
        metadata.insert("create_for_volume_id".to_owned(), "true".to_owned());
    }
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
        metadata,
        tags: spec.tags.pairs().clone(),
        enterprise_project_id: spec.enterprise_project_id.as_ref().map(ToString::to_string),
        iops: spec.iops,
        throughput: spec.throughput,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::volume::{CallId, Key, Lineage, Slot, StackName, VolumeName};

    #[test]
    fn the_body_carries_the_ownership_tag() {
        let spec = serde_json::from_str(r#"{"availability_zone":"az","volume_type":"SSD","size":40}"#).unwrap();
        let name = |n| VolumeName::new(format!("web-{n:04}")).unwrap();
        let create = Create {
            key: Key::new("web").unwrap(),
            slots: (1..=2).map(|n| (Slot::new(n).unwrap(), name(n))).collect(),
            name: VolumeName::new("web").unwrap(),
            spec: std::sync::Arc::new(spec),
            api: Default::default(),
            gone: Default::default(),
        };
        let lineage = Lineage::from_random([1, 2, 3, 4, 5]);
        let owner = Owner { stack: StackName::new("s").unwrap(), lineage, call: CallId::from_hash(&[9; 32]) };
        let call = intended(&owner, &OwnershipTag::default(), &create, jiff::Timestamp::UNIX_EPOCH);
        let body = body(&owner, call.as_create().unwrap());
        assert_eq!(body.volume.count, 2);
        assert_eq!(Owner::read(&body.volume.tags["evsctl"]), Some(owner));
    }
}
