//! What manifest and cloud have come to agree on.

use super::value::{FieldChange, Value};
use crate::state::Base;
use crate::volume::{
    Address, Description, EnterpriseProjectId, Field, Metadata, SizeGb, Tags, VolumeId, VolumeType, Zone,
};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Fields of one volume that the cloud shows as the manifest asks for them, while something else is recorded: the next apply
/// records it, without a call and without consent.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agreed {
    /// Which volume.
    pub address: Address,
    /// Its id.
    pub id: VolumeId,
    /// From what was agreed on before to what is agreed on by now.
    pub changes: Vec<FieldChange>,
    /// Whether an order for a size among them would have paid itself; `None` where there is no such order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auto_pay: Option<bool>,
}

impl Agreed {
    /// All that is agreed on once this is recorded.
    pub fn base_after(&self, before: &Base) -> Base {
        let mut base = before.clone();
        for change in &self.changes {
            agree(&mut base, change);
        }
        base
    }
}

/// Takes one field over. What a manifest asks for is legal, so that every value of these can be asked for.
fn agree(base: &mut Base, change: &FieldChange) {
    let Base { name, spec } = base;
    match (change.field, &change.to) {
        (Field::Name, Some(Value::Text(text))) => name.clone_from(text),
        (Field::Description, Some(Value::Text(text))) => {
            let text = Some(text).filter(|text| !text.is_empty()).cloned();
            Arc::make_mut(spec).description = text.and_then(|text| Description::new(text).ok());
        }
        (Field::AvailabilityZone, Some(Value::Text(text))) => {
            set(Zone::new(text.as_str()), |zone| Arc::make_mut(spec).zone = zone);
        }
        (Field::VolumeType, Some(Value::Text(text))) => {
            set(VolumeType::new(text.as_str()), |volume_type| Arc::make_mut(spec).volume_type = volume_type);
        }
        (Field::EnterpriseProjectId, Some(Value::Text(text))) => {
            let id = EnterpriseProjectId::new(text.as_str());
            set(id, |id| Arc::make_mut(spec).enterprise_project_id = Some(id));
        }
        (Field::Size, Some(Value::Number(gb))) => set(SizeGb::new(*gb), |size| Arc::make_mut(spec).size = Some(size)),
        (Field::Iops, Some(Value::Number(rate))) => Arc::make_mut(spec).iops = Some(*rate),
        (Field::Throughput, Some(Value::Number(rate))) => Arc::make_mut(spec).throughput = Some(*rate),
        (Field::Multiattach, Some(Value::Flag(flag))) => Arc::make_mut(spec).multiattach = *flag,
        (Field::Metadata, Some(Value::Pairs(pairs))) => {
            let metadata = Metadata::new(merged(spec.metadata.pairs(), change.from.as_ref(), pairs));
            set(metadata, |metadata| Arc::make_mut(spec).metadata = metadata);
        }
        (Field::Tags, Some(Value::Pairs(pairs))) => {
            set(Tags::new(merged(spec.tags.pairs(), change.from.as_ref(), pairs)), |tags| {
                Arc::make_mut(spec).tags = tags;
            });
        }
        // The cloud never shows source, payment, server and storage pool, so that nothing is agreed on anew.
        _ => {}
    }
}

/// What cannot be asked for is not agreed on.
fn set<T, E>(value: Result<T, E>, set: impl FnOnce(T)) {
    if let Ok(value) = value {
        set(value);
    }
}

/// The pairs after a change of some of them.
fn merged(
    before: &BTreeMap<String, String>,
    from: Option<&Value>,
    to: &BTreeMap<String, String>,
) -> BTreeMap<String, String> {
    let mut pairs = before.clone();
    if let Some(Value::Pairs(from)) = from {
        pairs.retain(|key, _| !from.contains_key(key));
    }
    pairs.extend(to.clone());
    pairs
}
