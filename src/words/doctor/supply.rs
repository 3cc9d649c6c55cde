//! Whether the cloud has what the manifest asks for.

use crate::doctor::{Quotas, Supply};
use crate::supply::{TypeTrouble, ZoneTrouble};
use std::collections::BTreeSet;

fn listed(names: &BTreeSet<String>) -> String {
    names.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
}

/// Each trouble with the keys that have it.
fn troubles<'a, Trouble: 'a>(
    troubles: impl IntoIterator<Item = (&'a Trouble, &'a Vec<String>)>,
    told: impl Fn(&Trouble) -> String,
) -> String {
    let told = troubles.into_iter().map(|(trouble, keys)| format!("{}: {}", told(trouble), keys.join(", ")));
    told.collect::<Vec<_>>().join("; ")
}

/// What to do about a trouble, now or later.
fn when(needed: bool, next: String) -> String {
    if needed { next } else { format!("nothing for now, since all of them are made; {next}") }
}

pub(super) fn zones(zones: &Supply<ZoneTrouble>) -> String {
    match zones {
        Supply::There(names) => format!("the manifest's are there: {}", listed(names)),
        Supply::Missing { troubles: found, .. } => troubles(found, |trouble| match trouble {
            ZoneTrouble::Unknown(zone) => format!("{zone} is no zone of this region"),
            ZoneTrouble::Unavailable(zone) => format!("zone {zone} is not available"),
        }),
    }
}

pub(super) fn zones_next(zones: &Supply<ZoneTrouble>) -> Option<String> {
    match zones {
        Supply::There(_) => None,
        Supply::Missing { needed, instead, .. } => {
            Some(when(*needed, format!("the zones to choose from are {}", listed(instead))))
        }
    }
}

pub(super) fn types(types: &Supply<TypeTrouble>) -> String {
    match types {
        Supply::There(names) => format!("the manifest's are to be had: {}", listed(names)),
        Supply::Missing { troubles: found, .. } => troubles(found, |trouble| match trouble {
            TypeTrouble::Unknown(name) => format!("{name} is no volume type here"),
            TypeTrouble::Elsewhere { volume_type, zone } => format!("{volume_type} does not exist in {zone}"),
            TypeTrouble::SoldOut { volume_type, zone } => format!("{volume_type} is sold out in {zone}"),
        }),
    }
}

pub(super) fn types_next(types: &Supply<TypeTrouble>) -> Option<String> {
    match types {
        Supply::There(_) => None,
        Supply::Missing { needed, instead, .. } => {
            Some(when(*needed, format!("name another zone or type; in those zones there are {}", listed(instead))))
        }
    }
}

pub(super) fn quotas(quotas: &Quotas) -> String {
    let note = |unsized_volumes: u64| match unsized_volumes {
        0 => String::new(),
        1 => "; the size of 1 volume is its source's and not counted".to_owned(),
        n => format!("; the sizes of {n} volumes are their sources' and not counted"),
    };
    match quotas {
        Quotas::NothingToMake => "nothing is left to make".to_owned(),
        Quotas::NoLimits => "the answer tells no limits".to_owned(),
        Quotas::Enough { limits, unsized_volumes } => {
            let told = limits.iter().map(|limit| match limit.left {
                Some(left) => format!("{}: {} of {left} left", limit.entry, limit.need),
                None => format!("{}: {}, unlimited", limit.entry, limit.need),
            });
            format!("{}{}", told.collect::<Vec<_>>().join("; "), note(*unsized_volumes))
        }
        Quotas::Short { limits, unsized_volumes } => {
            let told =
                limits.iter().map(|it| format!("{}: {} needed, {} left of {}", it.entry, it.need, it.left, it.limit));
            format!("{}{}", told.collect::<Vec<_>>().join("; "), note(*unsized_volumes))
        }
    }
}

pub(super) fn quotas_next(quotas: &Quotas) -> Option<&'static str> {
    match quotas {
        Quotas::NothingToMake | Quotas::Enough { .. } => None,
        Quotas::NoLimits => Some("look at the quotas in the console before an apply"),
        Quotas::Short { .. } => Some("ask for a higher quota in the console, or for less in the manifest"),
    }
}
