//! Whether a project has what the steps of a plan need: what has to be asked to find out, and what is refused by the answers.
//! Steps stay in the plan beside the refusals, since what people approve are wishes: quotas differ from day to day.

use super::refusal::{About, Refusal, sort};
use super::unmet::{Preflight, Unchecked, Unmet};
use super::warning::Warning;
use super::why::{Wanted, Why};
use super::{Plan, Step};
use crate::manifest::{Manifest, Place};
use crate::observed::Observed;
use crate::operation::{Create, Extend, Growth};
use crate::supply::{
    Demand, Fact, Facts, Held, Needs, SourceTrouble, Stock, Type, TypeTrouble, Zone, ZoneTrouble, near, type_trouble,
    zone_trouble,
};
use crate::volume::{Address, Key, SlotSet, Source, SourceId, SourceKind};
use std::collections::{BTreeMap, BTreeSet};

impl Plan {
    /// What has to be asked about its steps. A call that an earlier run began is gone on with whatever there is.
    pub fn needs(&self) -> Needs {
        let mut needs = Needs::default();
        for step in &self.steps {
            match step {
                Step::Create(create) => {
                    (needs.placement, needs.quotas) = (true, true);
                    needs.sources.extend(create.spec.source.kind_and_id().map(|(kind, id)| (kind, id.clone())));
                }
                Step::Extend(_) => needs.quotas = true,
                _ => {}
            }
        }
        needs
    }

    /// The same plan, of which nothing was asked, for that reason. A plan that needs nothing stays as it is.
    #[must_use]
    pub fn unchecked(self, why: Preflight) -> Plan {
        let preflight = if self.needs().is_empty() { Preflight::Unneeded } else { why };
        Plan { preflight, ..self }
    }

    /// The same plan, held against what the project has: what it lacks is refused, and what could not be asked is a warning.
    #[must_use]
    pub fn checked(self, desired: &Manifest, observed: &Observed, facts: &Facts) -> Plan {
        let mut plan = self.unchecked(Preflight::Checked);
        let mut found = Found { desired, facts, unmet: BTreeMap::new() };
        let mut demands = Vec::new();
        for step in &plan.steps {
            match step {
                Step::Create(create) => {
                    found.create(create);
                    demands.push(creation(create, facts));
                }
                Step::Extend(extend) => demands.extend(growth(extend, observed)),
                _ => {}
            }
        }
        plan.refusals.extend(found.refusals());
        plan.refusals.extend(short(facts, &demands, desired));
        plan.warnings.extend(warnings(facts));
        sort(&mut plan.refusals);
        plan
    }
}

/// What is unmet, with the slots that need it. What several calls of a key lack is told once.
struct Found<'a> {
    desired: &'a Manifest,
    facts: &'a Facts,
    unmet: BTreeMap<(Key, Why), Vec<SlotSet>>,
}

/// The field that something is said about.
#[derive(Clone, Copy)]
enum Field {
    Zone,
    Type,
    Size,
    Source,
}

impl Found<'_> {
    fn add(&mut self, create: &Create, field: Field, unmet: Unmet) {
        let place = self.desired.volumes.get(&create.key).map(|wish| {
            let (size, source) = (wish.places.size.as_ref(), wish.places.source.as_ref());
            match field {
                Field::Zone => &wish.places.zone,
                Field::Type => &wish.places.volume_type,
                Field::Size => size.or(source).unwrap_or(&wish.place),
                Field::Source => source.unwrap_or(&wish.place),
            }
        });
        let why = Why::Preflight { place: place.map(Place::to_string), wanted: Wanted::Create, unmet: Box::new(unmet) };
        self.unmet.entry((create.key.clone(), why)).or_default().push(create.slot_set());
    }

    fn create(&mut self, create: &Create) {
        let facts = self.facts;
        let (zone, volume_type) = (create.spec.zone.as_str(), create.spec.volume_type.as_str());
        let lost = facts.zones.known().and_then(|zones| Some((zone_trouble(zones, zone)?, zones)));
        if let Some((trouble, zones)) = &lost {
            self.add(create, Field::Zone, no_zone(trouble, zones));
        }
        // Which types there are in a zone that is not there says nothing.
        if let Some(types) = facts.types.known().filter(|_| lost.is_none())
            && let Some(trouble) = type_trouble(types, volume_type, zone)
        {
            self.add(create, Field::Type, no_type(trouble, zone, types));
        }
        let Some((kind, id)) = create.spec.source.kind_and_id() else { return };
        let size = create.spec.size.map(|size| size.gb());
        let troubles = match kind {
            SourceKind::Snapshot => {
                there(facts.snapshots.get(id)).map(|found| found.map(|it| it.troubles(zone, volume_type, size)))
            }
            SourceKind::Image => there(facts.images.get(id)).map(|found| found.map(|it| it.troubles(size))),
            SourceKind::Backup => there(facts.backups.get(id)).map(|found| found.map(|it| it.troubles(zone, size))),
        };
        match troubles {
            None => {}
            Some(None) => {
                self.add(create, Field::Source, Unmet::SourceMissing { source: kind, source_id: id.clone() });
            }
            Some(Some(troubles)) => {
                for trouble in troubles {
                    let (field, unmet) = no_source(trouble, (kind, id), size.unwrap_or_default());
                    self.add(create, field, unmet);
                }
            }
        }
    }

    fn refusals(self) -> impl Iterator<Item = Refusal> {
        self.unmet.into_iter().map(|((key, why), slots)| Refusal {
            about: About::Slots { key, slots: SlotSet::union(&slots) },
            id: None,
            why,
            unwanted: None,
        })
    }
}

/// What is known of a source: nothing, that it is not there, or what it is.
fn there<T>(fact: Option<&Fact<Option<T>>>) -> Option<Option<&T>> {
    fact?.known().map(Option::as_ref)
}

fn no_zone(trouble: &ZoneTrouble, all: &[Zone]) -> Unmet {
    let zones: BTreeSet<String> = all.iter().filter(|it| it.is_usable()).map(|it| it.name.clone()).collect();
    match trouble {
        ZoneTrouble::Unknown(zone) => {
            let near = near(zone, zones.iter().map(String::as_str)).map(str::to_owned);
            Unmet::ZoneUnknown { zone: zone.clone(), near, zones }
        }
        ZoneTrouble::Unavailable(zone) => Unmet::ZoneUnavailable { zone: zone.clone(), zones },
    }
}

fn no_type(trouble: TypeTrouble, zone: &str, all: &[Type]) -> Unmet {
    let types: BTreeSet<String> =
        all.iter().filter(|it| it.stock(zone) == Stock::There).map(|it| it.name.clone()).collect();
    // A type that names no zones is had in each but those where it is sold out, and these are not listed then.
    let zones = |name: &str| -> BTreeSet<String> {
        let of = all.iter().filter(|it| it.name == name);
        of.flat_map(|it| it.zones.iter().filter(|zone| it.stock(zone) == Stock::There).cloned()).collect()
    };
    match trouble {
        TypeTrouble::Unknown(volume_type) => {
            let near = near(&volume_type, types.iter().map(String::as_str)).map(str::to_owned);
            Unmet::TypeUnknown { volume_type, near, types }
        }
        TypeTrouble::Elsewhere { volume_type, zone } => {
            Unmet::TypeElsewhere { zones: zones(&volume_type), volume_type, zone, types }
        }
        TypeTrouble::SoldOut { volume_type, zone } => {
            Unmet::TypeSoldOut { zones: zones(&volume_type), volume_type, zone, types }
        }
    }
}

fn no_source(trouble: SourceTrouble, (source, id): (SourceKind, &SourceId), size: u32) -> (Field, Unmet) {
    let source_id = id.clone();
    match trouble {
        SourceTrouble::Status(status) => (Field::Source, Unmet::SourceStatus { source, source_id, status }),
        SourceTrouble::Larger(least) => (Field::Size, Unmet::SourceLarger { source, source_id, least, size }),
        SourceTrouble::Elsewhere(zone) => (Field::Zone, Unmet::SourceElsewhere { source, source_id, zone }),
        SourceTrouble::OtherType(volume_type) => (Field::Type, Unmet::SourceOtherType { source_id, volume_type }),
        SourceTrouble::OfBackup => (Field::Source, Unmet::SnapshotOfBackup { source_id }),
        SourceTrouble::NotOfVolume(resource_type) => {
            (Field::Source, Unmet::BackupNotOfVolume { source_id, resource_type })
        }
    }
}

/// What some slots of a key need of the quotas.
struct Share<'a> {
    key: &'a Key,
    slots: SlotSet,
    demand: Demand,
    wanted: Wanted,
}

/// What a create needs of the quotas. The size of a backup counts where the manifest says none.
fn creation<'a>(create: &'a Create, facts: &Facts) -> Share<'a> {
    let of_backup = || match &create.spec.source {
        Source::Backup(id) => there(facts.backups.get(id)).flatten().map(|backup| backup.size),
        _ => None,
    };
    let size = create.spec.size.map(|size| size.gb()).or_else(of_backup);
    let count = u32::try_from(create.slots.len()).unwrap_or(u32::MAX);
    let mut demand = Demand::default();
    demand.volumes(create.spec.volume_type.as_str(), count, size);
    Share { key: &create.key, slots: create.slot_set(), demand, wanted: Wanted::Create }
}

/// What an extension needs of the quotas, volume by volume: each may be of another type.
fn growth<'a>(extend: &'a Extend, observed: &Observed) -> Vec<Share<'a>> {
    let share = |(address, growth): (&'a Address, &Growth)| {
        let seen = observed.volumes.get(&growth.id).map(|seen| seen.volume_type.as_str());
        let mut demand = Demand::default();
        demand.growth(seen.filter(|volume_type| !volume_type.is_empty()), growth.from, growth.to.gb());
        let slots = std::iter::once(address.slot).collect();
        Share { key: &address.key, slots, demand, wanted: Wanted::Extend }
    };
    extend.volumes.iter().map(share).collect()
}

/// The quotas that are not enough for all of it together. What a plan deletes frees nothing: it may be deleted late, or never.
fn short(facts: &Facts, shares: &[Share<'_>], desired: &Manifest) -> Vec<Refusal> {
    let Some(quotas) = facts.quotas.known() else { return Vec::new() };
    let mut total = Demand::default();
    shares.iter().for_each(|share| total.add_all(&share.demand));
    let refusal = |held: Held| {
        let left = held.left?;
        // Of the size of one volume nothing is used up: only those that are too large are concerned.
        let least = if held.entry == Demand::LARGEST { left } else { 0 };
        let concerned: Vec<&Share<'_>> = shares.iter().filter(|it| it.demand.of(&held.entry) > least).collect();
        let (mut slots, mut needs): (BTreeMap<&Key, Vec<SlotSet>>, BTreeMap<&Key, i64>) = Default::default();
        for share in &concerned {
            slots.entry(share.key).or_default().push(share.slots.clone());
            *needs.entry(share.key).or_default() += share.demand.of(&held.entry);
        }
        // The first of those that need most.
        let most = needs.into_iter().rev().max_by_key(|(_, need)| *need).map(|(key, _)| key.clone())?;
        let creates = concerned.iter().any(|share| share.wanted == Wanted::Create);
        let unmet =
            Unmet::QuotaShort { entry: held.entry, need: held.need, left, limit: held.limit, most: most.clone() };
        let withheld = slots.into_iter().map(|(key, slots)| (key.clone(), SlotSet::union(&slots))).collect();
        let place = desired.volumes.get(&most).map(|wish| wish.place.to_string());
        let wanted = if creates { Wanted::Create } else { Wanted::Extend };
        let why = Why::Preflight { place, wanted, unmet: Box::new(unmet) };
        Some(Refusal { about: About::Stack { withheld }, id: None, why, unwanted: None })
    };
    total.against(quotas).filter(Held::is_short).filter_map(refusal).collect()
}

/// What could not be asked, once for all sources that the same thing kept from it.
fn warnings(facts: &Facts) -> Vec<Warning> {
    let whole = [
        (Unchecked::Zones, facts.zones.cause()),
        (Unchecked::Types, facts.types.cause()),
        (Unchecked::Quotas, facts.quotas.cause()),
    ];
    let whole =
        whole.into_iter().filter_map(|(what, cause)| Some(Warning::Unchecked { what, cause: cause?.to_owned() }));
    let placements = facts.snapshots.iter().filter_map(|(id, fact)| {
        let snapshot = fact.known()?.as_ref()?;
        Some((id, snapshot.of.cause()?))
    });
    let kinds = [
        (SourceKind::Snapshot, by_cause(facts.snapshots.iter().filter_map(|(id, fact)| Some((id, fact.cause()?))))),
        (SourceKind::Image, by_cause(facts.images.iter().filter_map(|(id, fact)| Some((id, fact.cause()?))))),
        (SourceKind::Backup, by_cause(facts.backups.iter().filter_map(|(id, fact)| Some((id, fact.cause()?))))),
    ];
    let sources = kinds.into_iter().flat_map(|(source, causes)| {
        let told =
            move |(cause, source_ids)| Warning::Unchecked { what: Unchecked::Sources { source, source_ids }, cause };
        causes.into_iter().map(told)
    });
    let told = |(cause, source_ids)| Warning::Unchecked { what: Unchecked::Placements { source_ids }, cause };
    whole.chain(sources).chain(by_cause(placements).into_iter().map(told)).collect()
}

fn by_cause<'a>(all: impl Iterator<Item = (&'a SourceId, &'a str)>) -> BTreeMap<String, BTreeSet<SourceId>> {
    let mut causes: BTreeMap<String, BTreeSet<SourceId>> = BTreeMap::new();
    for (id, cause) in all {
        causes.entry(cause.to_owned()).or_default().insert(id.clone());
    }
    causes
}

#[cfg(test)]
mod tests;
