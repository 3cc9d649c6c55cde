//! What a volume is made as: everything of the create call but name, count and the ownership tag.

use super::{CreateApi, Description, Digest, Invalid, SizeGb, Tags, checked_text};
use std::collections::BTreeMap;

checked_text! {
    /// An availability zone, an opaque word of the cloud.
    Zone, check_word
}

checked_text! {
    /// A volume type such as `SSD`, an opaque word of the cloud.
    VolumeType, check_word
}

checked_text! {
    /// The id of a snapshot, a backup or an image.
    SourceId, check_word
}

checked_text! {
    /// The id of an enterprise project; `0` is the default one.
    EnterpriseProjectId, check_word
}

checked_text! {
    /// The id of a key of the key service: 36 bytes.
    KeyId, check_key_id
}

fn check_word(text: &str) -> Result<(), Invalid> {
    if text.is_empty() {
        return Err(Invalid::new("may not be empty"));
    }
    if text.len() > 255 {
        return Err(Invalid::new(format!("has {} bytes, which no id or name of the cloud has", text.len())));
    }
    match text.chars().find(|c| c.is_control() || c.is_whitespace()) {
        None => Ok(()),
        Some(c) => Err(Invalid::new(format!("may not hold {c:?}"))),
    }
}

fn check_key_id(text: &str) -> Result<(), Invalid> {
    if text.len() == 36 {
        Ok(())
    } else {
        Err(Invalid::new(format!("a key id has 36 bytes, this one has {}", text.len())))
    }
}

/// Where a new volume's content comes from: at most one source.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// Nothing: an empty volume.
    Blank,
    /// A snapshot, of the same volume type and zone.
    Snapshot(SourceId),
    /// An image: the volume is a system disk.
    Image(SourceId),
    /// A backup: one volume a call, and the size may be left to it.
    Backup(SourceId),
}

/// The metadata that the create call allows: four keys, all values strings.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "BTreeMap<String, String>", into = "BTreeMap<String, String>")]
pub struct Metadata(BTreeMap<String, String>);

impl Metadata {
    /// `"0"` or `"1"`: encryption.
    pub const ENCRYPTED: &'static str = "__system__encrypted";
    /// The key id, 36 bytes.
    pub const CMK_ID: &'static str = "__system__cmkid";
    /// `"true"` for SCSI, `"false"` for VBD.
    pub const PASSTHROUGH: &'static str = "hw:passthrough";
    /// `"0"`: a linked clone of a snapshot.
    pub const FULL_CLONE: &'static str = "full_clone";
    /// Every key that the create call allows.
    pub const KEYS: [&'static str; 4] =
        [Metadata::CMK_ID, Metadata::ENCRYPTED, Metadata::FULL_CLONE, Metadata::PASSTHROUGH];

    /// Checks every pair; what the source forbids is checked by [`Metadata::check_source`].
    ///
    /// # Errors
    /// The first pair that breaks a rule.
    pub fn new(pairs: BTreeMap<String, String>) -> Result<Metadata, Invalid> {
        for (key, value) in &pairs {
            Metadata::check_pair(key, value)?;
        }
        Ok(Metadata(pairs))
    }

    /// Checks one pair by itself.
    ///
    /// # Errors
    /// An unknown key, or a value that the key does not allow.
    pub fn check_pair(key: &str, value: &str) -> Result<(), Invalid> {
        let one_of = |legal: &[&str]| {
            if legal.contains(&value) {
                Ok(())
            } else {
                let legal: Vec<String> = legal.iter().map(|word| format!("{word:?}")).collect();
                Err(Invalid::new(format!("{key} is {}, not {value:?}", legal.join(" or "))))
            }
        };
        match key {
            Metadata::ENCRYPTED => one_of(&["0", "1"]),
            Metadata::CMK_ID => KeyId::new(value).map(drop),
            Metadata::PASSTHROUGH => one_of(&["true", "false"]),
            Metadata::FULL_CLONE => one_of(&["0"]),
            _ => Err(Invalid::new(format!("the create call does not know the metadata key {key:?}"))
                .hint(format!("it knows {}", Metadata::KEYS.join(", ")))),
        }
    }

    /// Says why this source forbids this key, if it does.
    ///
    /// # Errors
    /// From a snapshot or an image, encryption and device type are inherited; only a snapshot can be
    /// cloned (EVS API reference, `metadata`).
    pub fn check_source(key: &str, source: &Source) -> Result<(), Invalid> {
        let inherited = matches!(key, Metadata::ENCRYPTED | Metadata::CMK_ID | Metadata::PASSTHROUGH);
        match source {
            Source::Snapshot(_) if inherited => {
                Err(Invalid::new(format!("a volume from a snapshot inherits {key}")).hint("leave it out"))
            }
            Source::Image(_) if inherited => {
                Err(Invalid::new(format!("a volume from an image cannot choose {key}")).hint("leave it out"))
            }
            Source::Blank | Source::Image(_) | Source::Backup(_) if key == Metadata::FULL_CLONE => {
                Err(Invalid::new("full_clone goes with a snapshot only").hint("leave it out, or name a snapshot_id"))
            }
            _ => Ok(()),
        }
    }

    /// The pairs, sorted by key.
    pub fn pairs(&self) -> &BTreeMap<String, String> {
        &self.0
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl TryFrom<BTreeMap<String, String>> for Metadata {
    type Error = Invalid;

    fn try_from(pairs: BTreeMap<String, String>) -> Result<Metadata, Invalid> {
        Metadata::new(pairs)
    }
}

impl From<Metadata> for BTreeMap<String, String> {
    fn from(metadata: Metadata) -> BTreeMap<String, String> {
        metadata.0
    }
}

/// What one volume is made as. Volumes with equal specifications and one key share a create call.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "SpecFields", into = "SpecFields")]
pub struct VolumeSpec {
    /// Zone; it cannot change later.
    pub zone: Zone,
    /// Type, as in `SSD`.
    pub volume_type: VolumeType,
    /// Size in GB; `None` only from a backup, whose size is then taken.
    pub size: Option<SizeGb>,
    /// Where the content comes from; it cannot change later.
    pub source: Source,
    /// Free text, changed in place.
    pub description: Option<Description>,
    /// Whether several servers may attach it at once; it cannot change later.
    pub multiattach: bool,
    /// Encryption, device type, cloning; they cannot change later.
    pub metadata: Metadata,
    /// Declared tags, without the ownership tag.
    pub tags: Tags,
    /// Enterprise project; `None` is the default one.
    pub enterprise_project_id: Option<EnterpriseProjectId>,
    /// Operations a second, where the type lets them be chosen.
    pub iops: Option<u32>,
    /// MiB a second, where the type lets it be chosen.
    pub throughput: Option<u32>,
}

impl VolumeSpec {
    /// Which of its rates a type lets be chosen, and asks for: operations and throughput (EVS API reference,
    /// "Differences of the other create calls").
    pub fn chosen_rates(volume_type: &VolumeType) -> (bool, bool) {
        match volume_type.as_str() {
            "GPSSD2" => (true, true),
            "ESSD2" => (true, false),
            _ => (false, false),
        }
    }

    /// The form of the create call that makes it: the usual one, unless only v2.1 can.
    pub fn create_api(&self, usual: CreateApi) -> CreateApi {
        let chosen = self.iops.is_some() || self.throughput.is_some();
        if chosen || VolumeSpec::chosen_rates(&self.volume_type).0 { CreateApi::V21 } else { usual }
    }

    /// SHA-256 of what a volume can never be given after it was made: its zone, its source, and its first type.
    pub fn origin(&self) -> Digest {
        let (word, id) = match &self.source {
            Source::Blank => ("blank", ""),
            Source::Snapshot(id) => ("snapshot", id.as_str()),
            Source::Image(id) => ("image", id.as_str()),
            Source::Backup(id) => ("backup", id.as_str()),
        };
        // No word of the cloud holds a line end.
        Digest::of(format!("{}\n{}\n{word}\n{id}", self.zone, self.volume_type).as_bytes())
    }
}

/// The saved form of a [`VolumeSpec`]: the create call's own field names.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct SpecFields {
    availability_zone: Zone,
    volume_type: VolumeType,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    size: Option<SizeGb>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    description: Option<Description>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    backup_id: Option<SourceId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    snapshot_id: Option<SourceId>,
    #[serde(default, rename = "imageRef", skip_serializing_if = "Option::is_none")]
    image_ref: Option<SourceId>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    multiattach: bool,
    #[serde(default, skip_serializing_if = "Metadata::is_empty")]
    metadata: Metadata,
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    tags: Tags,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    enterprise_project_id: Option<EnterpriseProjectId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    iops: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    throughput: Option<u32>,
}

impl TryFrom<SpecFields> for VolumeSpec {
    type Error = Invalid;

    fn try_from(fields: SpecFields) -> Result<VolumeSpec, Invalid> {
        let source = match (fields.backup_id, fields.snapshot_id, fields.image_ref) {
            (None, None, None) => Source::Blank,
            (Some(id), None, None) => Source::Backup(id),
            (None, Some(id), None) => Source::Snapshot(id),
            (None, None, Some(id)) => Source::Image(id),
            _ => return Err(Invalid::new("more than one of backup_id, snapshot_id and imageRef")),
        };
        if fields.size.is_none() && !matches!(source, Source::Backup(_)) {
            return Err(Invalid::new("no size, which only a backup can supply"));
        }
        Ok(VolumeSpec {
            zone: fields.availability_zone,
            volume_type: fields.volume_type,
            size: fields.size,
            source,
            description: fields.description,
            multiattach: fields.multiattach,
            metadata: fields.metadata,
            tags: fields.tags,
            enterprise_project_id: fields.enterprise_project_id,
            iops: fields.iops,
            throughput: fields.throughput,
        })
    }
}

impl From<VolumeSpec> for SpecFields {
    fn from(spec: VolumeSpec) -> SpecFields {
        let (mut backup_id, mut snapshot_id, mut image_ref) = (None, None, None);
        match spec.source {
            Source::Blank => {}
            Source::Backup(id) => backup_id = Some(id),
            Source::Snapshot(id) => snapshot_id = Some(id),
            Source::Image(id) => image_ref = Some(id),
        }
        SpecFields {
            availability_zone: spec.zone,
            volume_type: spec.volume_type,
            size: spec.size,
            description: spec.description,
            backup_id,
            snapshot_id,
            image_ref,
            multiattach: spec.multiattach,
            metadata: spec.metadata,
            tags: spec.tags,
            enterprise_project_id: spec.enterprise_project_id,
            iops: spec.iops,
            throughput: spec.throughput,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_saved_form_reads_back() {
        let text = r#"{"availability_zone":"az-dc-1","volume_type":"SSD","size":40,"snapshot_id":"s-1","metadata":{"full_clone":"0"},"tags":{"a":"b"}}"#;
        let spec: VolumeSpec = serde_json::from_str(text).unwrap();
        assert_eq!(spec.source, Source::Snapshot(SourceId::new("s-1").unwrap()));
        assert_eq!(serde_json::to_string(&spec).unwrap(), text);
    }

    #[test]
    fn nonsense_does_not_read() {
        for text in [
            r#"{"availability_zone":"az","volume_type":"SSD"}"#,
            r#"{"availability_zone":"az","volume_type":"SSD","size":40,"backup_id":"b","imageRef":"i"}"#,
            r#"{"availability_zone":"","volume_type":"SSD","size":40}"#,
            r#"{"availability_zone":"az","volume_type":"SSD","size":40000}"#,
        ] {
            assert!(serde_json::from_str::<VolumeSpec>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_source_forbids_what_it_passes_on() {
        let id = || SourceId::new("x").unwrap();
        assert!(Metadata::check_source(Metadata::ENCRYPTED, &Source::Snapshot(id())).is_err());
        assert!(Metadata::check_source(Metadata::PASSTHROUGH, &Source::Image(id())).is_err());
        assert!(Metadata::check_source(Metadata::ENCRYPTED, &Source::Backup(id())).is_ok());
        assert!(Metadata::check_source(Metadata::FULL_CLONE, &Source::Blank).is_err());
        assert!(Metadata::check_source(Metadata::FULL_CLONE, &Source::Snapshot(id())).is_ok());
    }
}
