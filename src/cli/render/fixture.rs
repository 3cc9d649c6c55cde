//! Small plans and states for tests.

use crate::observed::Status;
use crate::operation::{Create, Failure};
use crate::plan::{
    About, Basis, Clean, Drift, Drifted, FORMAT, Fault, FieldChange, Label, Plan, Refusal, Removal, Rename, Scope,
    Step, Value, Wanted, Warning, Why,
};
use crate::state::{Base, CloudId, Recorded, Seen};
use crate::volume::*;
use std::collections::BTreeMap;
use std::sync::Arc;

pub(super) fn key(text: &str) -> Key {
    Key::new(text).unwrap()
}

pub(super) fn name(text: impl Into<String>) -> VolumeName {
    VolumeName::new(text).unwrap()
}

pub(super) fn spec(volume_type: &str, size: u32, zone: &str) -> Arc<VolumeSpec> {
    Arc::new(VolumeSpec {
        zone: Zone::new(zone).unwrap(),
        volume_type: VolumeType::new(volume_type).unwrap(),
        size: Some(SizeGb::new(size).unwrap()),
        source: Source::Blank,
        description: None,
        multiattach: false,
        metadata: Metadata::default(),
        tags: Tags::default(),
        enterprise_project_id: None,
        iops: None,
        throughput: None,
        prepaid: None,
        server_id: None,
        dedicated_storage_id: None,
    })
}

/// A create call for these slots, named by slot after `base`.
pub(super) fn create(text: &str, base: &str, slots: impl IntoIterator<Item = u32>, spec: Arc<VolumeSpec>) -> Create {
    let slots: BTreeMap<Slot, VolumeName> =
        slots.into_iter().map(|n| (Slot::new(n).unwrap(), name(service_name(base, n)))).collect();
    let call_name = if slots.len() == 1 { slots.values().next().unwrap().clone() } else { name(base) };
    Create { key: key(text), slots, name: call_name, spec, api: Default::default(), gone: BTreeMap::new() }
}

pub(super) fn recreate(text: &str, slots: &[(u32, &str)], spec: Arc<VolumeSpec>) -> Step {
    let mut create = create(text, text, slots.iter().map(|(n, _)| *n), spec);
    create.gone = slots.iter().map(|(n, id)| (Slot::new(*n).unwrap(), VolumeId::new(*id).unwrap())).collect();
    Step::Create(create)
}

pub(super) fn rename(address: &str, from: (&str, Option<&str>), to: (&str, Option<&str>)) -> Step {
    let description = |text: Option<&str>| text.map(|text| Description::new(text).unwrap());
    Step::Rename(Rename {
        address: address.parse().unwrap(),
        id: VolumeId::new("b104b8db-0000-4000-8000-000000000001").unwrap(),
        before: Label { name: from.0.to_owned(), description: description(from.1) },
        after: Label { name: name(to.0), description: description(to.1) },
        changes: Vec::new(),
    })
}

pub(super) fn clean(address: &str, id: &str, reason: &str) -> Step {
    let failure = Fault::Failed(Failure { code: "EVS.2024".to_owned(), reason: reason.to_owned().into() });
    let (address, id) = (address.parse().unwrap(), VolumeId::new(id).unwrap());
    Step::Clean(Clean { address, id, call: None, failure, failed_at: None, as_of: None, late: false, gone: false })
}

pub(super) fn delete(address: &str, size: u32) -> Step {
    let seen = Seen {
        name: "v".to_owned(),
        description: None,
        status: Status::Available,
        size,
        volume_type: "SSD".to_owned(),
        availability_zone: "cn-north-4a".to_owned(),
    };
    let (address, id) = (address.parse().unwrap(), VolumeId::new("b104b8db-0000-4000-8000-000000000001").unwrap());
    Step::Delete(Removal { address, id, snapshots: Default::default(), seen, expired: None })
}

pub(super) fn refusal(address: &str, why: Why) -> Refusal {
    Refusal { about: About::Address(address.parse().unwrap()), id: None, why, unwanted: None }
}

/// A size that was lowered, or shall grow.
pub(super) fn resized(address: &str, wanted: Wanted, from: u32, to: u32) -> Refusal {
    let (from, to) = (Some(Value::Number(from)), Some(Value::Number(to)));
    let change = FieldChange { field: Field::Size, from, to };
    refusal(address, Why::Field { change, wanted, fixed: wanted != Wanted::Extend })
}

pub(super) fn drift(address: &str, field: Field, recorded: impl Into<Value>, observed: impl Into<Value>) -> Drift {
    let (recorded, observed) = (Some(recorded.into()), Some(observed.into()));
    drifted(address, Drifted::Field { field, recorded, observed })
}

pub(super) fn drifted(address: &str, change: Drifted) -> Drift {
    Drift { address: address.parse().unwrap(), id: VolumeId::new("b104b8db-31e6").unwrap(), change }
}

pub(super) fn mark_lost(address: &str, tag: &str) -> Warning {
    let (address, id) = (address.parse().unwrap(), VolumeId::new("b104b8db").unwrap());
    Warning::MarkLost { address, id, tag: tag.to_owned() }
}

pub(super) fn plan(steps: Vec<Step>) -> Plan {
    Plan {
        format: FORMAT,
        stack: StackName::new("kafka-prod").unwrap(),
        cloud: CloudId {
            region: Some("cn-north-4".to_owned()),
            endpoint: "https://evs.cn-north-4.myhuaweicloud.com".to_owned(),
            project_id: "0123456789abcdef0123456789abcdef".to_owned(),
        },
        basis: Basis {
            lineage: Some(Lineage::new("abcdefgh").unwrap()),
            serial: 17,
            manifest: Digest::of(b"manifest"),
        },
        naming: crate::manifest::Naming::Slot,
        ownership_tag: OwnershipTag::default(),
        scope: Scope::All,
        selection: Default::default(),
        as_of: None,
        drift: Vec::new(),
        known_drift: Vec::new(),
        agreed: Vec::new(),
        steps,
        after: Default::default(),
        refusals: Vec::new(),
        warnings: Vec::new(),
        preflight: Default::default(),
        unchanged: 27,
        recorded: 41,
        observed: Some(41),
    }
}

pub(super) fn recorded(id: &str, name: &str, size: u32) -> Recorded {
    Recorded {
        id: VolumeId::new(id).unwrap(),
        call: Some(CallId::new("abcdefghij").unwrap()),
        tainted: None,
        seen: Seen {
            name: name.to_owned(),
            description: None,
            status: Status::Available,
            size,
            volume_type: "SSD".to_owned(),
            availability_zone: "cn-north-4a".to_owned(),
        },
        base: Base { name: name.to_owned(), spec: spec("SSD", size, "cn-north-4a") },
    }
}
