//! Quota: reserved on acceptance, in use once made (badly made included), free when deleted
//! (evs-api, what a simulator must reproduce).

use super::catalogue::Catalogue;
use super::reply::Refusal;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// What a project's volumes and snapshots take, by type.
#[derive(Debug, Default, Clone)]
pub(super) struct Usage(BTreeMap<String, Share>);

#[derive(Debug, Default, Clone, Copy)]
struct Share {
    reserved: Amount,
    in_use: Amount,
    /// Volumes of another type that shall have this one: the project has them already, so they count here alone.
    coming: Amount,
    /// Taken by calls; those of the catalogue are counted beside them. They count from the start (a choice).
    snapshots: Amount,
}

/// Volumes, or snapshots, and their GB.
#[derive(Debug, Default, Clone, Copy)]
struct Amount {
    /// How many.
    count: i64,
    gigabytes: i64,
}

impl Amount {
    fn add(&mut self, count: i64, size: u32) {
        self.count += count;
        self.gigabytes += count * i64::from(size);
    }
}

impl Share {
    /// What its volumes take, those included that shall be there.
    fn taken(&self) -> Amount {
        let parts = [self.reserved, self.in_use, self.coming];
        parts.iter().fold(Amount::default(), |sum, it| Amount {
            count: sum.count + it.count,
            gigabytes: sum.gigabytes + it.gigabytes,
        })
    }
}

impl Usage {
    /// That of a project which has never done anything.
    pub(super) const fn none() -> Usage {
        Usage(BTreeMap::new())
    }

    fn share(&mut self, volume_type: &str) -> &mut Share {
        self.0.entry(volume_type.to_owned()).or_default()
    }

    /// A volume was accepted.
    pub(super) fn reserve(&mut self, volume_type: &str, size: u32) {
        self.share(volume_type).reserved.add(1, size);
    }

    /// A reserved volume is made.
    pub(super) fn settle(&mut self, volume_type: &str, size: u32) {
        self.lapse(volume_type, size);
        self.share(volume_type).in_use.add(1, size);
    }

    /// A reserved volume is not made.
    pub(super) fn lapse(&mut self, volume_type: &str, size: u32) {
        self.share(volume_type).reserved.add(-1, size);
    }

    /// A volume is gone.
    pub(super) fn free(&mut self, volume_type: &str, size: u32) {
        self.share(volume_type).in_use.add(-1, size);
    }

    /// A volume shall grow by so many GB.
    pub(super) fn reserve_growth(&mut self, volume_type: &str, gigabytes: u32) {
        self.share(volume_type).reserved.gigabytes += i64::from(gigabytes);
    }

    /// It does not grow.
    pub(super) fn lapse_growth(&mut self, volume_type: &str, gigabytes: u32) {
        self.share(volume_type).reserved.gigabytes -= i64::from(gigabytes);
    }

    /// It has grown.
    pub(super) fn settle_growth(&mut self, volume_type: &str, gigabytes: u32) {
        self.lapse_growth(volume_type, gigabytes);
        self.share(volume_type).in_use.gigabytes += i64::from(gigabytes);
    }

    /// A volume of another type shall have this one.
    pub(super) fn reserve_move(&mut self, to: &str, size: u32) {
        self.share(to).coming.add(1, size);
    }

    /// It keeps the type that it has.
    pub(super) fn lapse_move(&mut self, to: &str, size: u32) {
        self.share(to).coming.add(-1, size);
    }

    /// It has the other type.
    pub(super) fn settle_move(&mut self, from: &str, to: &str, size: u32) {
        self.lapse_move(to, size);
        self.free(from, size);
        self.share(to).in_use.add(1, size);
    }

    /// A snapshot is taken.
    pub(super) fn take_snapshot(&mut self, volume_type: &str, size: u32) {
        self.share(volume_type).snapshots.add(1, size);
    }

    /// A snapshot is gone.
    pub(super) fn free_snapshot(&mut self, volume_type: &str, size: u32) {
        self.share(volume_type).snapshots.add(-1, size);
    }

    /// Whether volumes may grow, all of them: the type of each, the size that it has, and the one that it shall have.
    ///
    /// # Errors
    /// EVS.1042 for the GB, in all, of a type, or of one volume.
    pub(super) fn check_growth<'a>(
        &self,
        catalogue: &Catalogue,
        growths: impl IntoIterator<Item = (&'a str, u32, u32)>,
    ) -> Result<(), Refusal> {
        let mut planned = self.clone();
        for (of, from, to) in growths {
            let more = to.saturating_sub(from);
            planned.fits(catalogue, of, 0, i64::from(more), to)?;
            planned.reserve_growth(of, more);
        }
        Ok(())
    }

    /// Whether a volume of another type may have this one.
    ///
    /// # Errors
    /// EVS.1034 for the number of volumes of the type, EVS.1042 for their GB.
    pub(super) fn check_move(&self, catalogue: &Catalogue, to: &str, size: u32) -> Result<(), Refusal> {
        let taken = self.0.get(to).copied().unwrap_or_default().taken();
        let within = |entry: String, taken: i64| {
            let limit = catalogue.limit(&entry);
            limit < 0 || taken <= limit
        };
        if !within(format!("volumes_{to}"), taken.count + 1) {
            return Err(Refusal::of("EVS.1034"));
        }
        let gigabytes = taken.gigabytes + i64::from(size);
        if within(format!("gigabytes_{to}"), gigabytes) { Ok(()) } else { Err(Refusal::of("EVS.1042")) }
    }

    /// Whether one more snapshot fits. The codes are a choice, the reference has none for snapshots.
    ///
    /// # Errors
    /// EVS.5413 for the number, in all or of the type; EVS.1042 for the GB, which volumes and snapshots share.
    pub(super) fn check_snapshot(&self, catalogue: &Catalogue, of: &str, size: u32) -> Result<(), Refusal> {
        let within = |entry: &str, taken: i64| {
            let limit = catalogue.limit(entry);
            limit < 0 || taken <= limit
        };
        let (all, of_type) = (self.snapshots(catalogue, None), self.snapshots(catalogue, Some(of)));
        if !within("snapshots", all.count + 1) || !within(&format!("snapshots_{of}"), of_type.count + 1) {
            return Err(Refusal::of("EVS.5413"));
        }
        let total = self.total();
        let taken = total.reserved.gigabytes + total.in_use.gigabytes + all.gigabytes;
        if within("gigabytes", taken + i64::from(size)) { Ok(()) } else { Err(Refusal::of("EVS.1042")) }
    }

    /// The snapshots of a type, or all, those of the catalogue included.
    fn snapshots(&self, catalogue: &Catalogue, of: Option<&str>) -> Amount {
        let taken = match of {
            Some(name) => self.0.get(name).copied().unwrap_or_default().snapshots,
            None => self.total().snapshots,
        };
        let there = catalogue.snapshots.iter().filter(|it| of.is_none_or(|name| it.volume_type == name));
        there.fold(taken, |mut sum, it| {
            sum.add(1, it.size);
            sum
        })
    }

    /// Whether so many more volumes fit.
    ///
    /// # Errors
    /// EVS.1034 for their number, EVS.1042 for their GB, in all or of their type.
    pub(super) fn check(&self, catalogue: &Catalogue, volume_type: &str, count: u32, size: u32) -> Result<(), Refusal> {
        self.fits(catalogue, volume_type, i64::from(count), i64::from(count) * i64::from(size), size)
    }

    /// Whether so many volumes and GB more fit, with volumes of that size.
    fn fits(
        &self,
        catalogue: &Catalogue,
        volume_type: &str,
        count: i64,
        gigabytes: i64,
        size: u32,
    ) -> Result<(), Refusal> {
        let fits = |entry: &str, taken: i64, more: i64| {
            let limit = catalogue.limit(entry);
            limit < 0 || taken + more <= limit
        };
        let of_type = self.0.get(volume_type).copied().unwrap_or_default();
        let all = self.total();
        let both = |share: &Share| (share.taken().count, share.taken().gigabytes);
        if !fits("volumes", both(&all).0, count) || !fits(&format!("volumes_{volume_type}"), both(&of_type).0, count) {
            return Err(Refusal::of("EVS.1034"));
        }
        let snapshots = self.snapshots(catalogue, None);
        if !fits("gigabytes", both(&all).1 + snapshots.gigabytes, gigabytes)
            || !fits(&format!("gigabytes_{volume_type}"), both(&of_type).1, gigabytes)
            || !fits("per_volume_gigabytes", 0, i64::from(size))
        {
            return Err(Refusal::of("EVS.1042"));
        }
        Ok(())
    }

    fn total(&self) -> Share {
        self.0.values().fold(Share::default(), |mut sum, share| {
            sum.reserved.count += share.reserved.count;
            sum.reserved.gigabytes += share.reserved.gigabytes;
            sum.in_use.count += share.in_use.count;
            sum.in_use.gigabytes += share.in_use.gigabytes;
            sum.snapshots.count += share.snapshots.count;
            sum.snapshots.gigabytes += share.snapshots.gigabytes;
            sum
        })
    }

    /// The `quota_set` of the quota call; without `usage`, plain limits (the Cinder convention).
    pub(super) fn show(&self, catalogue: &Catalogue, project: &str, usage: bool) -> Value {
        let mut set = Map::new();
        let mut entry = |name: String, reserved: i64, in_use: i64| {
            let limit = catalogue.limit(&name);
            let value =
                if usage { json!({"reserved": reserved, "limit": limit, "in_use": in_use}) } else { json!(limit) };
            set.insert(name, value);
        };
        let all = self.total();
        let snapshots = self.snapshots(catalogue, None);
        entry("volumes".to_owned(), all.reserved.count, all.in_use.count);
        entry("snapshots".to_owned(), 0, snapshots.count);
        entry("gigabytes".to_owned(), all.reserved.gigabytes, all.in_use.gigabytes + snapshots.gigabytes);
        entry("backups".to_owned(), 0, catalogue.backups.len().try_into().unwrap_or_default());
        entry("backup_gigabytes".to_owned(), 0, catalogue.backups.iter().map(|it| i64::from(it.size)).sum());
        entry("per_volume_gigabytes".to_owned(), 0, 0);
        for volume_type in &catalogue.types {
            let name = &volume_type.name;
            let share = self.0.get(name).copied().unwrap_or_default();
            let (reserved, coming) = (share.reserved, share.coming);
            entry(format!("volumes_{name}"), reserved.count + coming.count, share.in_use.count);
            entry(format!("gigabytes_{name}"), reserved.gigabytes + coming.gigabytes, share.in_use.gigabytes);
            entry(format!("snapshots_{name}"), 0, self.snapshots(catalogue, Some(name)).count);
        }
        set.insert("id".to_owned(), json!(project));
        json!({ "quota_set": set })
    }
}
