//! What exists before anything is created: zones, types, quotas, and the snapshots, images and backups
//! that volumes can be made from; and the servers and dedicated storage pools that they can be made for.
//!
//! The text form is JSON. `zones` lists names, and `unavailable_zones` those of them that are down. A type has `id`, `name`, the `zones` it exists in, the
//! zones where it is `sold_out`, and, where the caller chooses them, the ranges of `iops` and `throughput`.
//! `quotas` holds limits under the names of the quota call, per type as in `volumes_SSD`; -1 or a missing
//! key is unlimited. Snapshots, images, backups, servers and pools have the fields of the structs below.

use serde::Deserialize;
use std::collections::BTreeMap;

/// Everything that a cloud of this kind begins with. Every project sees the same.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Catalogue {
    /// Zone names.
    pub(super) zones: Vec<String>,
    /// Those of them where nothing can be made at present.
    #[serde(default)]
    pub(super) unavailable_zones: Vec<String>,
    /// Volume types.
    pub(super) types: Vec<Type>,
    /// Limits by entry of the quota call; -1 or missing is unlimited.
    #[serde(default)]
    pub(super) quotas: BTreeMap<String, i64>,
    /// Snapshots to create from.
    #[serde(default)]
    pub(super) snapshots: Vec<Snapshot>,
    /// Images to create from.
    #[serde(default)]
    pub(super) images: Vec<Image>,
    /// Backups to create from.
    #[serde(default)]
    pub(super) backups: Vec<Backup>,
    /// Servers to attach to.
    #[serde(default)]
    pub(super) servers: Vec<Server>,
    /// Pools to place volumes in.
    #[serde(default)]
    pub(super) dedicated_storages: Vec<DedicatedStorage>,
}

/// A server of the compute service.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Server {
    pub(super) id: String,
    /// For the reader of the catalogue; no EVS call shows it.
    #[serde(rename = "name", default)]
    _name: String,
    /// Whether it, and what is bought for it, is paid in advance.
    #[serde(default)]
    pub(super) prepaid: bool,
}

/// A dedicated storage pool.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DedicatedStorage {
    pub(super) id: String,
    pub(super) name: String,
}

/// A volume type.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Type {
    pub(super) id: String,
    pub(super) name: String,
    /// Where it exists.
    pub(super) zones: Vec<String>,
    /// Where it exists and cannot be had.
    #[serde(default)]
    pub(super) sold_out: Vec<String>,
    /// The range that the caller must choose from; other types forbid the field.
    #[serde(default)]
    pub(super) iops: Option<(u32, u32)>,
    /// The same, in MiB/s.
    #[serde(default)]
    pub(super) throughput: Option<(u32, u32)>,
}

/// A snapshot; its zone and type are those of its source volume, which need not exist.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Snapshot {
    pub(super) id: String,
    pub(super) name: String,
    #[serde(default = "available")]
    pub(super) status: String,
    /// GB.
    pub(super) size: u32,
    pub(super) volume_id: String,
    pub(super) volume_type: String,
    pub(super) availability_zone: String,
    /// What a volume made from it inherits.
    #[serde(default)]
    pub(super) metadata: BTreeMap<String, String>,
}

/// An image of the image service.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Image {
    pub(super) id: String,
    pub(super) name: String,
    #[serde(default = "active")]
    pub(super) status: String,
    /// GB; 0 is no limit.
    pub(super) min_disk: u32,
    /// MB.
    pub(super) min_ram: u32,
    pub(super) disk_format: String,
    #[serde(default = "bare")]
    pub(super) container_format: String,
    /// Bytes.
    pub(super) size: u64,
    pub(super) os_type: String,
    pub(super) os_version: String,
    /// What a volume made from it inherits.
    #[serde(default)]
    pub(super) metadata: BTreeMap<String, String>,
}

/// A backup of the backup service.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Backup {
    pub(super) id: String,
    #[serde(default)]
    pub(super) name: String,
    #[serde(default = "available")]
    pub(super) status: String,
    /// GB.
    pub(super) size: u32,
    pub(super) availability_zone: String,
}

fn available() -> String {
    "available".to_owned()
}

fn active() -> String {
    "active".to_owned()
}

fn bare() -> String {
    "bare".to_owned()
}

impl Catalogue {
    /// Reads the text form; without one, the built-in catalogue.
    ///
    /// # Errors
    /// When the text is not JSON of that form.
    pub(super) fn read(text: Option<&str>) -> Result<Catalogue, serde_json::Error> {
        serde_json::from_str(text.unwrap_or(include_str!("catalogue.json")))
    }

    /// The type of that name.
    pub(super) fn volume_type(&self, name: &str) -> Option<&Type> {
        self.types.iter().find(|it| it.name == name)
    }

    /// The limit of an entry of the quota call; -1 is unlimited.
    pub(super) fn limit(&self, entry: &str) -> i64 {
        self.quotas.get(entry).copied().unwrap_or(-1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_one_reads_and_fits_together() {
        let catalogue = Catalogue::read(None).unwrap();
        let known = |zone: &String| catalogue.zones.contains(zone);
        assert_eq!(catalogue.zones, ["az-dc-1", "az-dc-2", "az-dc-3"]);
        assert!(catalogue.types.iter().all(|it| it.zones.iter().all(known) && it.sold_out.iter().all(known)));
        assert!(catalogue.types.iter().any(|it| !it.sold_out.is_empty()));
        for snapshot in &catalogue.snapshots {
            assert!(known(&snapshot.availability_zone) && catalogue.volume_type(&snapshot.volume_type).is_some());
        }
    }

    #[test]
    fn a_misspelt_key_is_an_error() {
        assert!(Catalogue::read(Some(r#"{"zones":[],"types":[],"snapshot":[]}"#)).is_err());
    }
}
