//! Quota: reserved on acceptance, in use once made (badly made included), free when deleted
//! (evs-api, what a simulator must reproduce).

use super::catalogue::Catalogue;
use super::reply::Refusal;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// What a project's volumes take, by type.
#[derive(Debug, Default, Clone)]
pub(super) struct Usage(BTreeMap<String, Share>);

#[derive(Debug, Default, Clone, Copy)]
struct Share {
    reserved: Amount,
    in_use: Amount,
}

/// Volumes and their GB.
#[derive(Debug, Default, Clone, Copy)]
struct Amount {
    volumes: i64,
    gigabytes: i64,
}

impl Amount {
    fn add(&mut self, volumes: i64, size: u32) {
        self.volumes += volumes;
        self.gigabytes += volumes * i64::from(size);
    }
}

impl Usage {
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
        let both = |share: &Share| {
            (share.reserved.volumes + share.in_use.volumes, share.reserved.gigabytes + share.in_use.gigabytes)
        };
        if !fits("volumes", both(&all).0, count) || !fits(&format!("volumes_{volume_type}"), both(&of_type).0, count) {
            return Err(Refusal::of("EVS.1034"));
        }
        let snapshots: i64 = catalogue.snapshots.iter().map(|it| i64::from(it.size)).sum();
        if !fits("gigabytes", both(&all).1 + snapshots, gigabytes)
            || !fits(&format!("gigabytes_{volume_type}"), both(&of_type).1, gigabytes)
            || !fits("per_volume_gigabytes", 0, i64::from(size))
        {
            return Err(Refusal::of("EVS.1042"));
        }
        Ok(())
    }

    fn total(&self) -> Share {
        self.0.values().fold(Share::default(), |mut sum, share| {
            sum.reserved.volumes += share.reserved.volumes;
            sum.reserved.gigabytes += share.reserved.gigabytes;
            sum.in_use.volumes += share.in_use.volumes;
            sum.in_use.gigabytes += share.in_use.gigabytes;
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
        let snapshots = |of: Option<&str>| {
            let matching = catalogue.snapshots.iter().filter(|it| of.is_none_or(|name| it.volume_type == name));
            matching.fold((0, 0), |sum, it| (sum.0 + 1, sum.1 + i64::from(it.size)))
        };
        entry("volumes".to_owned(), all.reserved.volumes, all.in_use.volumes);
        entry("snapshots".to_owned(), 0, snapshots(None).0);
        entry("gigabytes".to_owned(), all.reserved.gigabytes, all.in_use.gigabytes + snapshots(None).1);
        entry("backups".to_owned(), 0, catalogue.backups.len().try_into().unwrap_or_default());
        entry("backup_gigabytes".to_owned(), 0, catalogue.backups.iter().map(|it| i64::from(it.size)).sum());
        entry("per_volume_gigabytes".to_owned(), 0, 0);
        for volume_type in &catalogue.types {
            let name = &volume_type.name;
            let share = self.0.get(name).copied().unwrap_or_default();
            entry(format!("volumes_{name}"), share.reserved.volumes, share.in_use.volumes);
            entry(format!("gigabytes_{name}"), share.reserved.gigabytes, share.in_use.gigabytes);
            entry(format!("snapshots_{name}"), 0, snapshots(Some(name)).0);
        }
        set.insert("id".to_owned(), json!(project));
        json!({ "quota_set": set })
    }
}
