//! What was seen, judged: plain functions from answers to findings.

use crate::doctor::{Answers, Clock, Enough, Finding, Order, Pages, Quotas, Short, Supply, Tags, Tokens};
use crate::evs::{Client, Conformance, ListAudit};
use crate::manifest::{DesiredVolume, Manifest};
use crate::operation::Operation;
use crate::state::{CloudId, State, TokenSupport};
use crate::supply::{Demand, Quota, Stock, Type, Zone, type_trouble, zone_trouble};
use crate::volume::{Address, Key, OwnershipTag, VolumeSpec};
use jiff::SignedDuration;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What one key of the manifest asks for in one zone, and how much of it there is not yet.
#[derive(Debug, Clone)]
pub(super) struct Desired<'a> {
    pub(super) key: &'a str,
    pub(super) zone: &'a str,
    pub(super) volume_type: &'a str,
    /// GB; `None` where the source says it.
    pub(super) size: Option<u32>,
    /// How many volumes are neither recorded nor being made.
    pub(super) lacking: u32,
}

/// What the manifest asks for, key by key and zone by zone.
pub(super) fn desired<'a>(manifest: &'a Manifest, state: Option<&State>) -> Vec<Desired<'a>> {
    let there = |address: &Address| {
        state.is_some_and(|state| {
            let being_made = |operation: &Operation| operation.progress.taken().is_some() && operation.covers(address);
            state.volumes.contains_key(address) || state.operations.values().any(being_made)
        })
    };
    let of = |(key, volume): (&'a Key, &'a DesiredVolume)| {
        let missing: Vec<_> =
            volume.slots().filter(|slot| !there(&Address { key: key.clone(), slot: *slot })).collect();
        let in_zone = move |spec: &'a Arc<VolumeSpec>| {
            let lacking = missing.iter().filter(|slot| Arc::ptr_eq(volume.specs.of_new(**slot), spec)).count();
            Desired {
                key: key.as_str(),
                zone: spec.zone.as_str(),
                volume_type: spec.volume_type.as_str(),
                size: spec.size.map(|size| size.gb()),
                lacking: u32::try_from(lacking).unwrap_or(u32::MAX),
            }
        };
        volume.specs.iter().map(in_zone)
    };
    manifest.volumes.iter().flat_map(of).collect()
}

/// The troubles of what is desired, each with the keys that have it: those that lack something fail, the others are told.
fn supply<Trouble: Ord>(
    there: BTreeSet<String>,
    found: Vec<(&Desired<'_>, Trouble)>,
    instead: BTreeSet<String>,
) -> Supply<Trouble> {
    if found.is_empty() {
        return Supply::There(there);
    }
    let needed = found.iter().any(|(one, _)| one.lacking > 0);
    let mut troubles: BTreeMap<Trouble, Vec<String>> = BTreeMap::new();
    for (one, trouble) in found.into_iter().filter(|(one, _)| !needed || one.lacking > 0) {
        let keys = troubles.entry(trouble).or_default();
        // A type that is none has one trouble in all zones.
        if keys.last().is_none_or(|last| last != one.key) {
            keys.push(one.key.to_owned());
        }
    }
    Supply::Missing { troubles, needed, instead }
}

pub(super) fn zones(desired: &[Desired<'_>], zones: &[Zone]) -> Finding {
    let found = desired.iter().filter_map(|one| Some((one, zone_trouble(zones, one.zone)?))).collect();
    let usable = zones.iter().filter(|zone| zone.is_usable()).map(|zone| zone.name.clone());
    let there = desired.iter().map(|one| one.zone.to_owned()).collect();
    Finding::Zones(supply(there, found, usable.collect()))
}

pub(super) fn types(desired: &[Desired<'_>], types: &[Type], zones: Option<&[Zone]>) -> Finding {
    // What is wrong with a zone itself is told there.
    let known = |zone: &str| zones.is_none_or(|zones| zones.iter().any(|it| it.name == zone));
    let mut instead: BTreeSet<String> = BTreeSet::new();
    let found: Vec<_> = desired
        .iter()
        .filter(|one| known(one.zone))
        .filter_map(|one| {
            let trouble = type_trouble(types, one.volume_type, one.zone)?;
            let there = types.iter().filter(|it| it.stock(one.zone) == Stock::There);
            instead.extend(there.map(|it| it.name.clone()));
            Some((one, trouble))
        })
        .collect();
    let there = desired.iter().map(|one| one.volume_type.to_owned()).collect();
    Finding::Types(supply(there, found, instead))
}

pub(super) fn quota(desired: &[Desired<'_>], quotas: &BTreeMap<String, Quota>) -> Finding {
    let (mut demand, mut unsized_volumes) = (Demand::default(), 0);
    for one in desired.iter().filter(|one| one.lacking > 0) {
        demand.volumes(one.volume_type, one.lacking, one.size);
        unsized_volumes += if one.size.is_none() { u64::from(one.lacking) } else { 0 };
    }
    if demand.is_empty() {
        return Finding::Quotas(Quotas::NothingToMake);
    }
    if !quotas.contains_key("volumes") && !quotas.contains_key("gigabytes") {
        return Finding::Quotas(Quotas::NoLimits);
    }
    let (mut short, mut enough) = (Vec::new(), Vec::new());
    for held in demand.against(quotas) {
        let (is_short, entry, need, limit) = (held.is_short(), held.entry, held.need, held.limit);
        match held.left {
            Some(left) if is_short => short.push(Short { entry, need, left, limit }),
            Some(left) => enough.push(Enough { entry, need, left: Some(left) }),
            None if matches!(entry.as_str(), "volumes" | "gigabytes") => {
                enough.push(Enough { entry, need, left: None });
            }
            None => {}
        }
    }
    Finding::Quotas(match short.is_empty() {
        true => Quotas::Enough { limits: enough, unsized_volumes },
        false => Quotas::Short { limits: short, unsized_volumes },
    })
}

/// The gateway refuses a signature's date that is further off.
const REFUSED: SignedDuration = SignedDuration::from_secs(15 * 60);
/// No network and no cut second explains more.
const NOTABLE: SignedDuration = SignedDuration::from_secs(60);

/// Whether the service's clock is too far ahead of the local one for signatures.
pub(super) fn is_too_far(ahead: Option<SignedDuration>) -> bool {
    ahead.is_some_and(|ahead| ahead.abs() > REFUSED)
}

pub(super) fn clock(ahead: Option<SignedDuration>, signs: bool) -> Finding {
    let Some(ahead) = ahead else { return Finding::Clock(Clock::Untold) };
    let off = SignedDuration::from_secs(ahead.abs().as_secs());
    Finding::Clock(match () {
        () if is_too_far(Some(ahead)) && signs => Clock::TooFar(ahead),
        () if off > NOTABLE => Clock::Off(ahead),
        () if off.is_zero() => Clock::Agrees,
        () => Clock::Near(ahead),
    })
}

pub(super) fn tokens(state: Option<&State>, cloud: &CloudId) -> Finding {
    Finding::Tokens(match state.and_then(|state| state.tokens) {
        Some(TokenSupport::Honoured) => Tokens::Honoured,
        Some(TokenSupport::Off) => Tokens::RecordedOff,
        None if cloud.documents_tokens() => Tokens::Documented,
        None => Tokens::Unknown,
    })
}

pub(super) fn list_pages(audit: &ListAudit) -> Finding {
    let volumes = audit.volumes.len() as u64;
    Finding::Pages(match audit.behind {
        0 if audit.volumes.len() > Client::PAGE => Pages::Several { first: audit.first, volumes },
        0 => Pages::One(volumes),
        behind => Pages::Short { volumes, behind },
    })
}

pub(super) fn list_order(audit: &ListAudit) -> Finding {
    Finding::Order(match audit.misplaced {
        _ if audit.dated < 2 => Order::TooFew,
        0 => Order::Right,
        misplaced => Order::Misplaced(misplaced as u64),
    })
}

pub(super) fn list_tags(
    audit: &ListAudit,
    state: Option<&State>,
    own: &OwnershipTag,
    keys: Option<&[String]>,
) -> Finding {
    if audit.volumes.iter().any(|volume| !volume.tags.is_empty()) {
        return Finding::Tags(Tags::Shown);
    }
    let ours = state.into_iter().filter(|_| own.key().is_some()).flat_map(|state| state.volumes.values());
    let ids: BTreeSet<_> = ours.map(|recorded| &recorded.id).collect();
    let bare = audit.volumes.iter().filter(|volume| ids.contains(&volume.id)).count();
    Finding::Tags(match (bare, keys) {
        (0, Some([key, ..])) if !audit.volumes.is_empty() => Tags::NoneShown(key.clone()),
        (0, _) => Tags::Unknown,
        (bare, _) => Tags::Bare(bare as u64),
    })
}

pub(super) fn answers(conformance: Conformance) -> Finding {
    let Conformance { answers, undated, unnamed, .. } = conformance;
    Finding::Answers(match (undated, unnamed) {
        (0, 0) if answers == 0 => Answers::None,
        (0, 0) => Answers::Whole,
        _ => Answers::Lacking { answers, undated, unnamed },
    })
}

#[cfg(test)]
mod tests;
