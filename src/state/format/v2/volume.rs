//! A volume's line in format 2.

use super::super::Malformed;
use super::saved::Taint;
use crate::observed::Status;
use crate::state;
use crate::volume::{Address, CallId, Description, SizeGb, VolumeId, VolumeSpec, VolumeType, slot_name};
use serde::{Deserialize, Deserializer};
use std::borrow::Cow;
use std::sync::Arc;

/// The status that most volumes have, and that is left out.
const USUAL_STATUS: Status = Status::Available;

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Volume<'a> {
    id: VolumeId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    call: Option<CallId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tainted: Option<Taint>,
    #[serde(default, skip_serializing_if = "Seen::is_as_asked")]
    seen: Seen,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    base: Option<Base>,
    /// What stands for the specification in the table.
    #[serde(borrow)]
    pub(super) asked: Cow<'a, str>,
}

/// What manifest and cloud last agreed on, where it is neither what the specification says nor what was seen: name,
/// description, size and type are else those that were seen, and all other fields those of the specification.
#[derive(Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Base {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// `null` where none was agreed on and one was seen.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "even_null")]
    description: Option<Option<Description>>,
    /// `null` where none is known.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "even_null")]
    size: Option<Option<SizeGb>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    volume_type: Option<VolumeType>,
}

impl Base {
    /// In what a base differs from that which its own specification gives with what was seen.
    fn of(volume: &state::Recorded) -> Option<Base> {
        let state::Base { name, spec } = &volume.base;
        let usual = state::Base::first(spec.clone(), &volume.seen, volume.tainted.is_some());
        let base = Base {
            name: (*name != usual.name).then(|| name.clone()),
            description: (spec.description != usual.spec.description).then(|| spec.description.clone()),
            size: (spec.size != usual.spec.size).then_some(spec.size),
            volume_type: (spec.volume_type != usual.spec.volume_type).then(|| spec.volume_type.clone()),
        };
        (base != Base::default()).then_some(base)
    }

    fn with(self, usual: state::Base) -> state::Base {
        let Base { name, description, size, volume_type } = self;
        let (mut base, mut spec) = (usual.clone(), VolumeSpec::clone(&usual.spec));
        base.name = name.unwrap_or(base.name);
        spec.description = description.unwrap_or(spec.description);
        spec.size = size.unwrap_or(spec.size);
        spec.volume_type = volume_type.unwrap_or(spec.volume_type);
        base.spec = Arc::new(spec);
        base
    }
}

/// What of a volume looked otherwise than was asked for, or than is usual.
#[derive(Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Seen {
    /// Usual is the key for the first slot, and the service's numbered name for any other.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// `null` where one was asked for and there is none.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "even_null")]
    description: Option<Option<String>>,
    /// Usual is `available`.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Status>,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    volume_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    availability_zone: Option<String>,
}

fn even_null<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(deserializer).map(Some)
}

impl Seen {
    fn is_as_asked(&self) -> bool {
        *self == Seen::default()
    }

    fn of(seen: &state::Seen, address: &Address, asked: &VolumeSpec) -> Seen {
        let state::Seen { name, description, status, size, volume_type, availability_zone } = seen;
        Seen {
            name: (*name != usual_name(address)).then(|| name.clone()),
            description: (description.as_deref() != asked.shown_description()).then(|| description.clone()),
            status: (*status != USUAL_STATUS).then(|| status.clone()),
            size: (Some(*size) != usual_size(asked)).then_some(*size),
            volume_type: (volume_type != asked.volume_type.as_str()).then(|| volume_type.clone()),
            availability_zone: (availability_zone != asked.zone.as_str()).then(|| availability_zone.clone()),
        }
    }

    fn with(self, address: &Address, asked: &VolumeSpec) -> Result<state::Seen, Malformed> {
        let Seen { name, description, status, size, volume_type, availability_zone } = self;
        Ok(state::Seen {
            name: name.unwrap_or_else(|| usual_name(address)),
            description: description.unwrap_or_else(|| asked.shown_description().map(str::to_owned)),
            status: status.unwrap_or(USUAL_STATUS),
            size: size.or_else(|| usual_size(asked)).ok_or(Malformed::NoSize)?,
            volume_type: volume_type.unwrap_or_else(|| asked.volume_type.as_str().to_owned()),
            availability_zone: availability_zone.unwrap_or_else(|| asked.zone.as_str().to_owned()),
        })
    }
}

/// The name by the address alone, since nothing else of a volume is there for ever: the key for the first slot. Where a
/// key has several, the name of its first one is written out.
fn usual_name(Address { key, slot }: &Address) -> String {
    slot_name(key.as_str(), slot.number(), *slot)
}

fn usual_size(asked: &VolumeSpec) -> Option<u32> {
    asked.size.map(|size| size.gb())
}

impl<'a> Volume<'a> {
    pub(super) fn of(volume: &state::Recorded, address: &Address, short: &'a str) -> Volume<'a> {
        let state::Recorded { id, call, tainted, seen, base } = volume;
        Volume {
            id: id.clone(),
            call: call.clone(),
            tainted: tainted.as_ref().map(Into::into),
            seen: Seen::of(seen, address, &base.spec),
            base: Base::of(volume),
            asked: short.into(),
        }
    }

    pub(super) fn with(self, address: &Address, spec: Arc<VolumeSpec>) -> Result<state::Recorded, Malformed> {
        let Volume { id, call, tainted, seen, base, asked: _ } = self;
        let seen = seen.with(address, &spec)?;
        let usual = state::Base::first(spec, &seen, tainted.is_some());
        let base = match base {
            None => usual,
            Some(base) => base.with(usual),
        };
        Ok(state::Recorded { id, call, tainted: tainted.map(Into::into), seen, base })
    }
}
