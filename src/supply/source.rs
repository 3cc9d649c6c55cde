//! What new volumes can be made from, and what of it does not fit one (EVS API reference, "Source of the content" and "Reads
//! for pre-flight checks").

use super::fact::Fact;

/// Names of snapshots that belong to backups begin with these, and no volume is made from such a one.
const OF_BACKUPS: [&str; 3] = ["autobk_snapshot_", "manualbk_snapshot_vbs_", "manualbk_snapshot_csbs_"];
/// What a backup is of that a volume can be made from.
const OF_A_VOLUME: &str = "OS::Cinder::Volume";

/// A snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// Its name.
    pub name: String,
    /// Its status word.
    pub status: String,
    /// GB.
    pub size: u32,
    /// Where the volume is that it was taken of, and of which type.
    pub of: Fact<Placement>,
}

/// Zone and type of a volume. Either is empty where the service does not say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placement {
    /// The zone.
    pub zone: String,
    /// The type.
    pub volume_type: String,
}

/// An image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// Its status word.
    pub status: String,
    /// The least size of a volume from it, in GB; 0 is any.
    pub min_disk: u32,
}

/// A backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    /// Its status word.
    pub status: String,
    /// GB.
    pub size: u32,
    /// Its zone; empty where the service does not say.
    pub zone: String,
    /// What it is of; empty where the service does not say.
    pub resource_type: String,
}

/// Why a volume cannot be made from a source that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourceTrouble {
    /// Nothing is made from it in this status.
    Status(String),
    /// It needs a larger volume: at least so many GB.
    Larger(u32),
    /// It is in this zone, and so must be the volume.
    Elsewhere(String),
    /// Its volume is of this type, and so must be the new one.
    OtherType(String),
    /// It is a snapshot that belongs to a backup.
    OfBackup,
    /// It is a backup of this, and not of a volume.
    NotOfVolume(String),
}

impl Snapshot {
    /// What keeps a volume of that zone, type and size from being made from it.
    pub fn troubles(&self, zone: &str, volume_type: &str, size: Option<u32>) -> Vec<SourceTrouble> {
        let mut troubles = Vec::new();
        if OF_BACKUPS.iter().any(|prefix| self.name.starts_with(prefix)) {
            troubles.push(SourceTrouble::OfBackup);
        }
        // The service makes volumes from a snapshot while it is copied into a backup.
        troubles.extend(status(&self.status, &["available", "backing-up"]));
        troubles.extend(larger(self.size, size));
        if let Fact::Known(of) = &self.of {
            troubles.extend(elsewhere(&of.zone, zone));
            if !of.volume_type.is_empty() && of.volume_type != volume_type {
                troubles.push(SourceTrouble::OtherType(of.volume_type.clone()));
            }
        }
        troubles
    }
}

impl Image {
    /// What keeps a volume of that size from being made from it.
    pub fn troubles(&self, size: Option<u32>) -> Vec<SourceTrouble> {
        status(&self.status, &["active"]).into_iter().chain(larger(self.min_disk, size)).collect()
    }
}

impl Backup {
    /// What keeps a volume of that zone and size from being made from it. Without a size the volume takes the backup's.
    pub fn troubles(&self, zone: &str, size: Option<u32>) -> Vec<SourceTrouble> {
        let mut troubles = Vec::new();
        if !self.resource_type.is_empty() && self.resource_type != OF_A_VOLUME {
            troubles.push(SourceTrouble::NotOfVolume(self.resource_type.clone()));
        }
        troubles.extend(status(&self.status, &["available"]));
        troubles.extend(larger(self.size, size));
        troubles.extend(elsewhere(&self.zone, zone));
        troubles
    }
}

/// A status that is not one of the usable ones; one that the service leaves out says nothing.
fn status(status: &str, usable: &[&str]) -> Option<SourceTrouble> {
    (!status.is_empty() && !usable.contains(&status)).then(|| SourceTrouble::Status(status.to_owned()))
}

/// A size that is less than the least one.
fn larger(least: u32, size: Option<u32>) -> Option<SourceTrouble> {
    size.filter(|size| *size < least).map(|_| SourceTrouble::Larger(least))
}

/// A zone of the source that is not the one that is wanted; one that the service leaves out says nothing.
fn elsewhere(zone: &str, wanted: &str) -> Option<SourceTrouble> {
    (!zone.is_empty() && zone != wanted).then(|| SourceTrouble::Elsewhere(zone.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn snapshot(name: &str, status: &str, of: Fact<Placement>) -> Snapshot {
        Snapshot { name: name.to_owned(), status: status.to_owned(), size: 40, of }
    }

    #[test]
    fn a_snapshot_fits_in_status_size_zone_and_type() {
        let of = || Fact::Known(Placement { zone: "a".to_owned(), volume_type: "SSD".to_owned() });
        for status in ["available", "backing-up", ""] {
            assert_eq!(snapshot("base", status, of()).troubles("a", "SSD", Some(40)), []);
        }
        let bad = snapshot("autobk_snapshot_1", "creating", of()).troubles("b", "SAS", Some(39));
        assert_eq!(
            bad,
            [
                SourceTrouble::OfBackup,
                SourceTrouble::Status("creating".to_owned()),
                SourceTrouble::Larger(40),
                SourceTrouble::Elsewhere("a".to_owned()),
                SourceTrouble::OtherType("SSD".to_owned()),
            ]
        );
        let unknown = snapshot("base", "available", Fact::Unasked { cause: "no right".to_owned() });
        assert_eq!(unknown.troubles("b", "SAS", Some(40)), [], "what is not known speaks against nothing");
        let blank = Fact::Known(Placement { zone: String::new(), volume_type: String::new() });
        assert_eq!(snapshot("base", "available", blank).troubles("b", "SAS", Some(40)), []);
    }

    #[test]
    fn an_image_is_active_and_has_a_least_size() {
        let image = |status: &str, min_disk| Image { status: status.to_owned(), min_disk };
        assert_eq!(image("active", 0).troubles(Some(1)), []);
        let bad = image("queued", 40).troubles(Some(39));
        assert_eq!(bad, [SourceTrouble::Status("queued".to_owned()), SourceTrouble::Larger(40)]);
    }

    #[test]
    fn a_backup_is_of_a_volume_in_the_same_zone() {
        let backup = |status: &str, resource_type: &str| Backup {
            status: status.to_owned(),
            size: 40,
            zone: "a".to_owned(),
            resource_type: resource_type.to_owned(),
        };
        assert_eq!(backup("available", OF_A_VOLUME).troubles("a", None), [], "it gives the volume its size");
        assert_eq!(backup("available", "").troubles("a", Some(40)), []);
        assert_eq!(
            backup("protecting", "OS::Nova::Server").troubles("b", Some(10)),
            [
                SourceTrouble::NotOfVolume("OS::Nova::Server".to_owned()),
                SourceTrouble::Status("protecting".to_owned()),
                SourceTrouble::Larger(40),
                SourceTrouble::Elsewhere("a".to_owned()),
            ]
        );
    }
}
