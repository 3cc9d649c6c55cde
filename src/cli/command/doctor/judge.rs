//! What was seen, judged: plain functions from answers to checks.

use crate::cli::exit::Exit;
use crate::cli::render::doctor::Check;
use crate::evs::wire::{Quota, Type, Zone};
use crate::evs::{Client, Conformance, ListAudit, Stock, quota_left};
use crate::manifest::Manifest;
use crate::operation::Operation;
use crate::state::{CloudId, State, TokenSupport};
use crate::volume::{Address, OwnershipTag};
use crate::words::count;
use jiff::SignedDuration;
use std::collections::{BTreeMap, BTreeSet};

/// What one key of the manifest asks for, and how much of it there is not yet.
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

/// What the manifest asks for, key by key.
pub(super) fn desired<'a>(manifest: &'a Manifest, state: Option<&State>) -> Vec<Desired<'a>> {
    let there = |address: &Address| {
        state.is_some_and(|state| {
            let being_made = |operation: &Operation| operation.progress.taken().is_some() && operation.covers(address);
            state.volumes.contains_key(address) || state.operations.values().any(being_made)
        })
    };
    let of = |(key, volume): (&'a crate::volume::Key, &'a crate::manifest::DesiredVolume)| {
        let missing = volume.slots().filter(|slot| !there(&Address { key: key.clone(), slot: *slot })).count();
        Desired {
            key: key.as_str(),
            zone: volume.spec.zone.as_str(),
            volume_type: volume.spec.volume_type.as_str(),
            size: volume.spec.size.map(|size| size.gb()),
            lacking: u32::try_from(missing).unwrap_or(u32::MAX),
        }
    };
    manifest.volumes.iter().map(of).collect()
}

/// The troubles of what is desired, each with the keys that have it: those that lack something fail, the others are told.
fn troubles(name: &'static str, found: &[(&Desired<'_>, String)], fine: String, next: String) -> Check {
    let mut told: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let failing = found.iter().any(|(one, _)| one.lacking > 0);
    for (one, what) in found.iter().filter(|(one, _)| !failing || one.lacking > 0) {
        told.entry(what).or_default().push(one.key);
    }
    let seen: Vec<String> = told.iter().map(|(what, keys)| format!("{what}: {}", keys.join(", "))).collect();
    let seen = seen.join("; ");
    match (found.is_empty(), failing) {
        (true, _) => Check::ok(name, fine),
        (false, true) => Check::fail(name, seen, next, Exit::Error),
        (false, false) => Check::warn(name, seen, format!("nothing for now, since all of them are made; {next}")),
    }
}

fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: BTreeSet<&str> = names.collect();
    names.into_iter().collect::<Vec<_>>().join(", ")
}

pub(super) fn zones(desired: &[Desired<'_>], zones: &[Zone]) -> Check {
    let found: Vec<_> = desired
        .iter()
        .filter_map(|one| match zones.iter().find(|zone| zone.name == one.zone) {
            None => Some((one, format!("{} is no zone of this region", one.zone))),
            Some(zone) if zone.state.available == Some(false) => {
                Some((one, format!("zone {} is not available", one.zone)))
            }
            Some(_) => None,
        })
        .collect();
    let usable = zones.iter().filter(|zone| zone.state.available != Some(false)).map(|zone| zone.name.as_str());
    let fine = format!("the manifest's are there: {}", listed(desired.iter().map(|one| one.zone)));
    troubles("zones", &found, fine, format!("the zones to choose from are {}", listed(usable)))
}

pub(super) fn types(desired: &[Desired<'_>], types: &[Type], zones: Option<&[Zone]>) -> Check {
    // What is wrong with a zone itself is told there.
    let known = |zone: &str| zones.is_none_or(|zones| zones.iter().any(|it| it.name == zone));
    let mut instead: BTreeSet<&str> = BTreeSet::new();
    let found: Vec<_> = desired
        .iter()
        .filter(|one| known(one.zone))
        .filter_map(|one| {
            let stock = types.iter().find(|it| it.name == one.volume_type).map(|it| it.stock(one.zone));
            let what = match stock {
                Some(Stock::There) => return None,
                Some(Stock::SoldOut) => format!("{} is sold out in {}", one.volume_type, one.zone),
                Some(Stock::Elsewhere) => format!("{} does not exist in {}", one.volume_type, one.zone),
                None => format!("{} is no volume type here", one.volume_type),
            };
            let there = types.iter().filter(|it| it.stock(one.zone) == Stock::There);
            instead.extend(there.map(|it| it.name.as_str()));
            Some((one, what))
        })
        .collect();
    let fine = format!("the manifest's are to be had: {}", listed(desired.iter().map(|one| one.volume_type)));
    troubles(
        "types",
        &found,
        fine,
        format!("name another zone or type; in those zones there are {}", listed(instead.into_iter())),
    )
}

pub(super) fn quota(desired: &[Desired<'_>], quotas: &BTreeMap<String, Quota>) -> Check {
    const NAME: &str = "quota";
    let mut needs: BTreeMap<String, i64> = BTreeMap::new();
    let mut unsized_volumes = 0;
    for one in desired.iter().filter(|one| one.lacking > 0) {
        let lacking = i64::from(one.lacking);
        let gigabytes = lacking * i64::from(one.size.unwrap_or_default());
        for (entry, need) in [("volumes", lacking), ("gigabytes", gigabytes)] {
            *needs.entry(entry.to_owned()).or_default() += need;
            *needs.entry(format!("{entry}_{}", one.volume_type)).or_default() += need;
        }
        let largest = needs.entry("per_volume_gigabytes".to_owned()).or_default();
        *largest = (*largest).max(i64::from(one.size.unwrap_or_default()));
        unsized_volumes += if one.size.is_none() { u64::from(one.lacking) } else { 0 };
    }
    if needs.is_empty() {
        return Check::ok(NAME, "nothing is left to make");
    }
    if !quotas.contains_key("volumes") && !quotas.contains_key("gigabytes") {
        return Check::warn(NAME, "the answer tells no limits", "look at the quotas in the console before an apply");
    }
    let (mut short, mut enough) = (Vec::new(), Vec::new());
    for (entry, need) in &needs {
        let Some(quota) = quotas.get(entry) else { continue };
        match quota_left(quota) {
            Some(left) if left < *need => {
                short.push(format!("{entry}: {need} needed, {left} left of {}", quota.limit));
            }
            Some(left) => enough.push(format!("{entry}: {need} of {left} left")),
            None if matches!(entry.as_str(), "volumes" | "gigabytes") => {
                enough.push(format!("{entry}: {need}, unlimited"));
            }
            None => {}
        }
    }
    let note = match unsized_volumes {
        0 => String::new(),
        n => format!("; the size of {} is its source's and not counted", count(n, "volume")),
    };
    if short.is_empty() {
        return Check::ok(NAME, format!("{}{note}", enough.join("; ")));
    }
    let next = "ask for a higher quota in the console, or for less in the manifest";
    Check::fail(NAME, format!("{}{note}", short.join("; ")), next, Exit::Error)
}

/// The gateway refuses a signature's date that is further off.
const REFUSED: SignedDuration = SignedDuration::from_secs(15 * 60);
/// No network and no cut second explains more.
const NOTABLE: SignedDuration = SignedDuration::from_secs(60);

/// Whether the service's clock is too far ahead of the local one for signatures.
pub(super) fn is_too_far(ahead: Option<SignedDuration>) -> bool {
    ahead.is_some_and(|ahead| ahead.abs() > REFUSED)
}

pub(super) fn clock(ahead: Option<SignedDuration>, signs: bool) -> Check {
    const NAME: &str = "clock";
    let Some(ahead) = ahead else { return Check::skipped(NAME, "no answer told the service's time") };
    let off = SignedDuration::from_secs(ahead.abs().as_secs());
    let seen =
        format!("the local clock is {off:#} {} the service's", if ahead.is_positive() { "behind" } else { "ahead of" });
    if is_too_far(Some(ahead)) && signs {
        let next = "set the local clock, best by NTP: signatures that are more than 15 minutes off are refused";
        return Check::fail(NAME, seen, next, Exit::Error);
    }
    if off > NOTABLE {
        return Check::warn(NAME, seen, "set the local clock, best by NTP: 15 minutes off, signatures are refused");
    }
    Check::ok(NAME, if off.is_zero() { "it agrees with the service's".to_owned() } else { seen })
}

pub(super) fn tokens(state: Option<&State>, cloud: &CloudId) -> Check {
    const NAME: &str = "client-tokens";
    match state.and_then(|state| state.tokens) {
        Some(TokenSupport::Honoured) => Check::ok(NAME, "the service has shown that it judges them"),
        Some(TokenSupport::Off) => Check::warn(
            NAME,
            "the service has said that they are switched off",
            "nothing: a create call whose answer is lost is waited out, and not sent again",
        ),
        None if cloud.documents_tokens() => Check::ok(NAME, "the service documents them; none was needed yet"),
        None => Check::skipped(NAME, "nothing is recorded; only a create call can show it, and this only reads"),
    }
}

pub(super) fn list_pages(audit: &ListAudit) -> Check {
    const NAME: &str = "list-pages";
    let volumes = count(audit.volumes.len() as u64, "volume");
    if audit.behind > 0 {
        return Check::fail(
            NAME,
            format!("a page that is not full is not the last: it ends after {volumes}, with {} behind", audit.behind),
            "apply nothing here: evsctl would not see all volumes; tell its maintainers and the service's support",
            Exit::Error,
        );
    }
    if audit.volumes.len() > Client::PAGE {
        let seen = format!("pages of {} are honoured: {volumes}", audit.first);
        return Check::ok(NAME, seen);
    }
    Check::skipped(NAME, format!("{volumes}, which fit into one page; nothing is behind it"))
}

pub(super) fn list_order(audit: &ListAudit) -> Check {
    const NAME: &str = "list-order";
    match audit.misplaced {
        _ if audit.dated < 2 => Check::skipped(NAME, "fewer than two volumes tell when they were made"),
        0 => Check::ok(NAME, "oldest first, as asked for"),
        misplaced => Check::warn(
            NAME,
            format!(
                "{} after a younger one, though the oldest were asked for first",
                count(misplaced as u64, "volume")
            ),
            "run applies when nobody else makes volumes: one that is made meanwhile may be missed",
        ),
    }
}

pub(super) fn list_tags(
    audit: &ListAudit,
    state: Option<&State>,
    own: &OwnershipTag,
    keys: Option<&[String]>,
) -> Check {
    const NAME: &str = "list-tags";
    let next = "find out why before an apply: by their tag in the list evsctl knows its volumes";
    if audit.volumes.iter().any(|volume| !volume.tags.is_empty()) {
        return Check::ok(NAME, "volumes are listed with their tags");
    }
    let ours = state.into_iter().filter(|_| own.key().is_some()).flat_map(|state| state.volumes.values());
    let ids: BTreeSet<_> = ours.map(|recorded| &recorded.id).collect();
    let bare = audit.volumes.iter().filter(|volume| ids.contains(&volume.id)).count();
    if bare > 0 {
        return Check::warn(
            NAME,
            format!("{} in the list without any tag", count(bare as u64, "recorded volume")),
            next,
        );
    }
    match keys {
        Some([key, ..]) if !audit.volumes.is_empty() => {
            Check::warn(NAME, format!("the project has tags such as {key}, and no volume in the list shows one"), next)
        }
        _ => Check::skipped(NAME, "no volume is known to have one"),
    }
}

pub(super) fn answers(conformance: Conformance) -> Check {
    const NAME: &str = "answers";
    let Conformance { answers, undated, unnamed, .. } = conformance;
    let mut lacks = Vec::new();
    let mut next = Vec::new();
    if undated > 0 {
        lacks.push(format!("{undated} of {answers} have no Date"));
        next.push("without Date, a create call whose answer is lost may stay open: run applies from a steady place");
    }
    if unnamed > 0 {
        lacks.push(format!("{unnamed} of {answers} have no X-Request-Id"));
        next.push("without X-Request-Id, note the time of a failure for the service's support");
    }
    match lacks.is_empty() {
        true if answers == 0 => Check::skipped(NAME, "there were none"),
        true => Check::ok(NAME, "all carry Date and X-Request-Id"),
        false => Check::warn(NAME, lacks.join("; "), next.join("; ")),
    }
}

#[cfg(test)]
mod tests;
