//! The fields of a volume that a manifest can ask for, by name.

/// A field of a volume. Its word in messages and in JSON is the manifest's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// The availability zone.
    AvailabilityZone,
    /// The backup, snapshot or image that the content comes from.
    Source,
    /// The name in the cloud.
    Name,
    /// The free text.
    Description,
    /// GB.
    Size,
    /// The type, as in `SSD`.
    VolumeType,
    /// Operations a second.
    Iops,
    /// MiB a second.
    Throughput,
    /// The tags, the ownership tag apart.
    Tags,
    /// Whether several servers may attach it at once.
    Multiattach,
    /// Encryption and device type.
    Metadata,
    /// The enterprise project.
    EnterpriseProjectId,
    /// How it is paid in advance.
    Prepaid,
    /// The server that it is made for.
    ServerId,
    /// The dedicated storage pool that it lies in.
    DedicatedStorageId,
}

impl Field {
    /// Every field.
    pub const ALL: [Field; 15] = [
        Field::AvailabilityZone,
        Field::Source,
        Field::Name,
        Field::Description,
        Field::Size,
        Field::VolumeType,
        Field::Iops,
        Field::Throughput,
        Field::Tags,
        Field::Multiattach,
        Field::Metadata,
        Field::EnterpriseProjectId,
        Field::Prepaid,
        Field::ServerId,
        Field::DedicatedStorageId,
    ];

    /// The word, as the manifest spells it; `source` stands for the three fields of [`Field::SOURCES`].
    pub fn word(self) -> &'static str {
        match self {
            Field::AvailabilityZone => "availability_zone",
            Field::Source => "source",
            Field::Name => "name",
            Field::Description => "description",
            Field::Size => "size",
            Field::VolumeType => "volume_type",
            Field::Iops => "iops",
            Field::Throughput => "throughput",
            Field::Tags => "tags",
            Field::Multiattach => "multiattach",
            Field::Metadata => "metadata",
            Field::EnterpriseProjectId => "enterprise_project_id",
            Field::Prepaid => "prepaid",
            Field::ServerId => "server_id",
            Field::DedicatedStorageId => "dedicated_storage_id",
        }
    }

    /// How a manifest spells a source.
    pub const SOURCES: [&'static str; 3] = ["backup_id", "snapshot_id", "imageRef"];

    /// The field that a manifest means by a word.
    pub fn of(word: &str) -> Option<Field> {
        if Field::SOURCES.contains(&word) {
            return Some(Field::Source);
        }
        Field::ALL.into_iter().find(|field| *field != Field::Source && field.word() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_of_a_manifest_means_one_field_and_its_own_word_is_that_of_json() {
        for field in Field::ALL {
            assert_eq!(serde_json::to_string(&field).unwrap(), format!("{:?}", field.word()));
            let words = if field == Field::Source { &Field::SOURCES[..] } else { &[field.word()] };
            for word in words {
                assert_eq!(Field::of(word), Some(field));
            }
        }
        assert_eq!((Field::of("source"), Field::of("count"), Field::of("")), (None, None, None));
    }
}
