//! A field with the value that it is to get.

use super::quotes::{Quotes, text};
use crate::manifest::DesiredVolume;
use crate::plan::Value;
use crate::volume::{
    Description, EnterpriseProjectId, Field, Invalid, Metadata, SizeGb, Tags, VolumeName, VolumeSpec, VolumeType, Zone,
};
use std::collections::{BTreeMap, BTreeSet};

/// A field that a cloud can show otherwise than a manifest says, with the value that the manifest is to say. Each tag and each
/// entry of the metadata is a field of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Setting {
    /// The name in the cloud.
    Name(VolumeName),
    /// The free text; `None` where there is none.
    Description(Option<Description>),
    /// The availability zone.
    Zone(Zone),
    /// The type.
    VolumeType(VolumeType),
    /// The size.
    Size(SizeGb),
    /// Operations a second.
    Iops(u32),
    /// MiB a second.
    Throughput(u32),
    /// Whether several servers may attach it at once.
    Multiattach(bool),
    /// The enterprise project.
    EnterpriseProjectId(EnterpriseProjectId),
    /// One tag; `None` where the volume does not have it.
    Tag {
        /// Its key.
        key: String,
        /// Its value.
        value: Option<String>,
    },
    /// One entry of the metadata.
    Metadata {
        /// Its key.
        key: String,
        /// Its value.
        value: String,
    },
}

/// Why a field gets no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NoSetting {
    /// The field never changes, or the cloud does not show what it is now.
    NoValue,
    /// No manifest may have the value.
    Illegal(Invalid),
}

impl From<Invalid> for NoSetting {
    fn from(why: Invalid) -> NoSetting {
        NoSetting::Illegal(why)
    }
}

impl Setting {
    /// What a manifest has to say so that it says what the cloud shows: one setting, or one for each tag.
    pub(super) fn all(
        field: Field,
        recorded: Option<&Value>,
        observed: Option<&Value>,
    ) -> Result<Vec<Setting>, NoSetting> {
        let one = match (field, observed) {
            (Field::Name, Some(Value::Text(name))) => Setting::Name(VolumeName::new(name.as_str())?),
            (Field::Description, Some(Value::Text(text))) => {
                let given = Some(text.as_str()).filter(|text| !text.is_empty());
                Setting::Description(given.map(Description::new).transpose()?)
            }
            (Field::AvailabilityZone, Some(Value::Text(zone))) => Setting::Zone(Zone::new(zone.as_str())?),
            (Field::VolumeType, Some(Value::Text(word))) => Setting::VolumeType(VolumeType::new(word.as_str())?),
            (Field::Size, Some(Value::Number(gb))) => Setting::Size(SizeGb::new(*gb)?),
            (Field::Iops, Some(Value::Number(rate))) => Setting::Iops(*rate),
            (Field::Throughput, Some(Value::Number(rate))) => Setting::Throughput(*rate),
            (Field::Multiattach, Some(Value::Flag(flag))) => Setting::Multiattach(*flag),
            (Field::EnterpriseProjectId, Some(Value::Text(id))) => {
                Setting::EnterpriseProjectId(EnterpriseProjectId::new(id.as_str())?)
            }
            (Field::Tags, Some(Value::Pairs(observed))) => return tags(pairs(recorded), observed),
            (Field::Metadata, Some(Value::Pairs(observed))) => {
                let all = observed.iter().map(|(key, value)| {
                    Metadata::check_pair(key, value)?;
                    Ok(Setting::Metadata { key: key.clone(), value: value.clone() })
                });
                return all.collect();
            }
            _ => return Err(NoSetting::NoValue),
        };
        Ok(vec![one])
    }

    /// The field.
    pub fn field(&self) -> Field {
        match self {
            Setting::Name(_) => Field::Name,
            Setting::Description(_) => Field::Description,
            Setting::Zone(_) => Field::AvailabilityZone,
            Setting::VolumeType(_) => Field::VolumeType,
            Setting::Size(_) => Field::Size,
            Setting::Iops(_) => Field::Iops,
            Setting::Throughput(_) => Field::Throughput,
            Setting::Multiattach(_) => Field::Multiattach,
            Setting::EnterpriseProjectId(_) => Field::EnterpriseProjectId,
            Setting::Tag { .. } => Field::Tags,
            Setting::Metadata { .. } => Field::Metadata,
        }
    }

    /// The tag, or the entry of the metadata, that is set.
    pub fn pair(&self) -> Option<(&str, Option<&str>)> {
        match self {
            Setting::Tag { key, value } => Some((key, value.as_deref())),
            Setting::Metadata { key, value } => Some((key, Some(value))),
            _ => None,
        }
    }

    /// The value as YAML, in these quotes where it is a text; `None` where there is to be none.
    pub(super) fn yaml(&self, quotes: Quotes) -> Option<String> {
        let quoted = |value: &str| text(value, quotes);
        match self {
            Setting::Name(name) => Some(quoted(name.as_str())),
            Setting::Description(given) => given.as_ref().map(|given| quoted(given.as_str())),
            Setting::Zone(zone) => Some(quoted(zone.as_str())),
            Setting::VolumeType(word) => Some(quoted(word.as_str())),
            Setting::EnterpriseProjectId(id) => Some(quoted(id.as_str())),
            Setting::Size(size) => Some(size.gb().to_string()),
            Setting::Iops(rate) | Setting::Throughput(rate) => Some(rate.to_string()),
            Setting::Multiattach(flag) => Some(flag.to_string()),
            Setting::Tag { value, .. } => value.as_deref().map(quoted),
            Setting::Metadata { value, .. } => Some(quoted(value)),
        }
    }

    /// Gives the value to a volume: what the manifest is to say once its text is edited.
    pub(super) fn apply(&self, volume: &mut DesiredVolume) -> Result<(), Invalid> {
        let mut spec = VolumeSpec::clone(volume.specs.common());
        match self {
            Setting::Name(name) => volume.name = name.clone(),
            Setting::Description(given) => spec.description.clone_from(given),
            Setting::Zone(zone) => spec.zone = zone.clone(),
            Setting::VolumeType(word) => spec.volume_type = word.clone(),
            Setting::Size(size) => spec.size = Some(*size),
            Setting::Iops(rate) => spec.iops = Some(*rate),
            Setting::Throughput(rate) => spec.throughput = Some(*rate),
            Setting::Multiattach(flag) => spec.multiattach = *flag,
            Setting::EnterpriseProjectId(id) => spec.enterprise_project_id = Some(id.clone()),
            Setting::Tag { key, value } => {
                let mut tags = spec.tags.pairs().clone();
                set(&mut tags, key, value.as_deref());
                spec.tags = Tags::new(tags)?;
            }
            Setting::Metadata { key, value } => {
                let mut metadata = spec.metadata.pairs().clone();
                set(&mut metadata, key, Some(value));
                spec.metadata = Metadata::new(metadata)?;
            }
        }
        volume.specs = volume.specs.with_common(spec);
        Ok(())
    }
}

fn pairs(value: Option<&Value>) -> Option<&BTreeMap<String, String>> {
    match value {
        Some(Value::Pairs(pairs)) => Some(pairs),
        _ => None,
    }
}

fn set(pairs: &mut BTreeMap<String, String>, key: &str, value: Option<&str>) {
    match value {
        Some(value) => drop(pairs.insert(key.to_owned(), value.to_owned())),
        None => drop(pairs.remove(key)),
    }
}

fn tags(
    recorded: Option<&BTreeMap<String, String>>,
    observed: &BTreeMap<String, String>,
) -> Result<Vec<Setting>, NoSetting> {
    let keys: BTreeSet<&String> = recorded.into_iter().flat_map(BTreeMap::keys).chain(observed.keys()).collect();
    let setting = |key: &String| {
        let value = observed.get(key);
        Tags::check_key(key)?;
        value.map(|value| Tags::check_value(key, value)).transpose()?;
        Ok(Setting::Tag { key: key.clone(), value: value.cloned() })
    };
    keys.into_iter().map(setting).collect()
}
