//! How much of each quota is needed, and whether that much is left.

use super::quota::Quota;
use std::collections::BTreeMap;

/// How much is needed of each entry of the quota call (EVS API reference, "Reads for pre-flight checks").
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Demand(BTreeMap<String, i64>);

/// How much is needed of an entry, held against what there is. Numbers are of volumes or of GB.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Its name in the API.
    pub entry: String,
    /// How much is needed.
    pub need: i64,
    /// How much is left; `None` where it is unlimited.
    pub left: Option<i64>,
    /// How much there is in all.
    pub limit: i64,
}

impl Held {
    /// Whether it is not enough.
    pub fn is_short(&self) -> bool {
        self.left.is_some_and(|left| left < self.need)
    }
}

impl Demand {
    /// The entry that limits the size of one volume: of it nothing is used up.
    pub const LARGEST: &'static str = "per_volume_gigabytes";

    /// Needs so many new volumes of a type; what takes its size from its source counts no GB.
    pub fn volumes(&mut self, volume_type: &str, count: u32, size: Option<u32>) {
        let (count, size) = (i64::from(count), size.map_or(0, i64::from));
        self.add("volumes", volume_type, count);
        self.add("gigabytes", volume_type, count * size);
        self.largest(size);
    }

    /// Needs that a volume of a type grows: what it has already is counted by the service.
    pub fn growth(&mut self, volume_type: Option<&str>, from: u32, to: u32) {
        let more = i64::from(to.saturating_sub(from));
        match volume_type {
            Some(volume_type) => self.add("gigabytes", volume_type, more),
            None => *self.0.entry("gigabytes".to_owned()).or_default() += more,
        }
        self.largest(i64::from(to));
    }

    /// Needs what another one needs as well.
    pub fn add_all(&mut self, other: &Demand) {
        for (entry, need) in &other.0 {
            let own = self.0.entry(entry.clone()).or_default();
            *own = if entry == Demand::LARGEST { (*own).max(*need) } else { *own + need };
        }
    }

    /// Whether nothing is needed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How much of an entry is needed.
    pub fn of(&self, entry: &str) -> i64 {
        self.0.get(entry).copied().unwrap_or_default()
    }

    /// What is needed, held against what there is. An entry that the service does not tell limits nothing.
    pub fn against<'a>(&'a self, quotas: &'a BTreeMap<String, Quota>) -> impl Iterator<Item = Held> + 'a {
        self.0.iter().filter_map(|(entry, need)| {
            let quota = quotas.get(entry)?;
            // Of one volume's size nothing is used up.
            let left = if entry == Demand::LARGEST { (quota.limit >= 0).then_some(quota.limit) } else { quota.left() };
            Some(Held { entry: entry.clone(), need: *need, left, limit: quota.limit })
        })
    }

    fn add(&mut self, entry: &str, volume_type: &str, need: i64) {
        *self.0.entry(entry.to_owned()).or_default() += need;
        *self.0.entry(format!("{entry}_{volume_type}")).or_default() += need;
    }

    fn largest(&mut self, size: i64) {
        let largest = self.0.entry(Demand::LARGEST.to_owned()).or_default();
        *largest = (*largest).max(size);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_volumes_and_growth_are_counted_in_all_and_by_type() {
        let mut demand = Demand::default();
        assert!(demand.is_empty());
        demand.volumes("SSD", 3, Some(40));
        demand.volumes("SAS", 2, None);
        demand.growth(Some("SSD"), 100, 150);
        demand.growth(None, 10, 30);
        let needs =
            ["volumes", "volumes_SSD", "volumes_SAS", "gigabytes", "gigabytes_SSD", "gigabytes_SAS", Demand::LARGEST];
        assert_eq!(needs.map(|entry| demand.of(entry)), [5, 3, 2, 190, 170, 0, 150]);
    }

    #[test]
    fn only_an_entry_that_the_service_tells_can_be_short() {
        let mut demand = Demand::default();
        demand.volumes("SSD", 3, Some(40));
        let quota = |limit, in_use, reserved| Quota { limit, in_use, reserved };
        let quotas = BTreeMap::from([
            ("volumes".to_owned(), quota(6, 2, 1)),
            ("gigabytes".to_owned(), quota(-1, 900, 0)),
            ("gigabytes_SSD".to_owned(), quota(200, 80, 1)),
            (Demand::LARGEST.to_owned(), quota(40, 7, 0)),
        ]);
        let held: Vec<(String, Option<i64>, bool)> = demand
            .against(&quotas)
            .map(|held| {
                let short = held.is_short();
                (held.entry, held.left, short)
            })
            .collect();
        let one = |entry: &str, left, short| (entry.to_owned(), left, short);
        assert_eq!(
            held,
            [
                one("gigabytes", None, false),
                one("gigabytes_SSD", Some(119), true),
                one(Demand::LARGEST, Some(40), false),
                one("volumes", Some(3), false),
            ]
        );
    }
}
