//! What a volume is made as: everything of the create call but name, count and the ownership tag.

use super::source::{Source, SourceId, check_word};
use super::{CreateApi, Description, Digest, Invalid, Metadata, Prepaid, SizeGb, Tags, checked_text};

checked_text! {
    /// An availability zone, an opaque word of the cloud.
    Zone, check_word
}

checked_text! {
    /// A volume type such as `SSD`, an opaque word of the cloud.
    VolumeType, check_word
}

checked_text! {
    /// The id of an enterprise project; `0` is the default one.
    EnterpriseProjectId, check_word
}

checked_text! {
    /// The id of a server (ECS) that a volume is made for.
    ServerId, check_word
}

checked_text! {
    /// The id of a dedicated storage pool.
    DedicatedStorageId, check_word
}

impl VolumeType {
    /// The types that the API documents (EVS API reference, "Volume types"). There are others, for special hardware.
    pub const DOCUMENTED: [&'static str; 7] = ["ESSD", "ESSD2", "GPSSD", "GPSSD2", "SAS", "SATA", "SSD"];

    /// The documented type that differs in the case of its letters alone.
    pub fn misspelt(&self) -> Option<&'static str> {
        let is_same = |known: &&str| known.eq_ignore_ascii_case(self.as_str()) && *known != self.as_str();
        VolumeType::DOCUMENTED.into_iter().find(is_same)
    }
}

/// What one volume is made as. Volumes with equal specifications and one key share a create call.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
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
    /// How it is paid in advance; `None` is by use, or as its server is. It cannot change later.
    pub prepaid: Option<Prepaid>,
    /// The server that it is made for and attached to. Where it is attached later is that server's business.
    pub server_id: Option<ServerId>,
    /// The dedicated storage pool that it lies in; it cannot change later.
    pub dedicated_storage_id: Option<DedicatedStorageId>,
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
        let beside = self.prepaid.is_some() || self.server_id.is_some() || self.dedicated_storage_id.is_some();
        let newer = chosen || beside || VolumeSpec::chosen_rates(&self.volume_type).0;
        if newer { CreateApi::V21 } else { usual }
    }

    /// The description as the cloud shows it: none is what an empty one shows as.
    pub fn shown_description(&self) -> Option<&str> {
        self.description.as_ref().map(|text| text.as_str()).filter(|text| !text.is_empty())
    }

    /// Whether the create call may answer with an order, which shows nowhere until it is paid: for a prepaid volume,
    /// and for one that is paid as its server is.
    pub fn may_be_ordered(&self) -> bool {
        self.prepaid.is_some() || self.server_id.is_some()
    }

    /// Whether an order for it pays itself.
    pub fn pays_itself(&self) -> bool {
        self.prepaid.is_some_and(|prepaid| prepaid.auto_pay)
    }

    /// SHA-256 of what a volume can never be given after it was made: its zone, its source, and its first type; and,
    /// where it has them, how long it was paid for, the server that it was made for, and its dedicated storage.
    pub fn made_as(&self) -> Digest {
        let (word, id) = match &self.source {
            Source::Blank => ("blank", ""),
            Source::Snapshot(id) => ("snapshot", id.as_str()),
            Source::Image(id) => ("image", id.as_str()),
            Source::Backup(id) => ("backup", id.as_str()),
        };
        // No word of the cloud holds a line end.
        let mut text = format!("{}\n{}\n{word}\n{id}", self.zone, self.volume_type);
        let beside = [
            ("prepaid", self.prepaid.map(|prepaid| prepaid.period.frozen())),
            ("server", self.server_id.as_ref().map(ToString::to_string)),
            ("dedicated", self.dedicated_storage_id.as_ref().map(ToString::to_string)),
        ];
        for (word, value) in beside {
            text.extend(value.map(|value| format!("\n{word} {value}")));
        }
        Digest::of(text.as_bytes())
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    prepaid: Option<Prepaid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    server_id: Option<ServerId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dedicated_storage_id: Option<DedicatedStorageId>,
}

impl TryFrom<SpecFields> for VolumeSpec {
    type Error = Invalid;

    fn try_from(fields: SpecFields) -> Result<VolumeSpec, Invalid> {
        let source = match (fields.backup_id, fields.snapshot_id, fields.image_ref) {
            (None, None, None) => Source::Blank,
            (Some(id), None, None) => Source::Backup(id),
            (None, Some(id), None) => Source::Snapshot(id),
            (None, None, Some(id)) => Source::Image(id),
            _ => return Err(Invalid::SeveralSources),
        };
        if fields.size.is_none() && !matches!(source, Source::Backup(_)) {
            return Err(Invalid::NoSize);
        }
        if fields.prepaid.is_some() && fields.server_id.is_some() {
            return Err(Invalid::PrepaidForServer);
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
            prepaid: fields.prepaid,
            server_id: fields.server_id,
            dedicated_storage_id: fields.dedicated_storage_id,
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
            prepaid: spec.prepaid,
            server_id: spec.server_id,
            dedicated_storage_id: spec.dedicated_storage_id,
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
            r#"{"availability_zone":"az","volume_type":"SSD","size":40,"server_id":"s","prepaid":{"period_type":"year","period_num":1}}"#,
        ] {
            assert!(serde_json::from_str::<VolumeSpec>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_only_the_newer_call_can_make_says_so() {
        let with = |more: &str| -> VolumeSpec {
            let text = format!(r#"{{"availability_zone":"az","volume_type":"SSD","size":40{more}}}"#);
            let spec: VolumeSpec = serde_json::from_str(&text).unwrap();
            assert_eq!(serde_json::to_string(&spec).unwrap(), text);
            spec
        };
        let plain = with("");
        assert_eq!((plain.create_api(CreateApi::V2), plain.may_be_ordered()), (CreateApi::V2, false));
        let mut digests = vec![plain.made_as()];
        for (more, ordered) in [
            (r#","prepaid":{"period_type":"month","period_num":3}"#, true),
            (r#","prepaid":{"period_type":"year","period_num":1}"#, true),
            (r#","server_id":"s""#, true),
            (r#","dedicated_storage_id":"d""#, false),
        ] {
            let spec = with(more);
            assert_eq!((spec.create_api(CreateApi::V2), spec.may_be_ordered()), (CreateApi::V21, ordered), "{more}");
            assert!(!digests.contains(&spec.made_as()), "{more}");
            digests.push(spec.made_as());
        }
        let paid = with(r#","prepaid":{"period_type":"month","period_num":3,"auto_renew":true,"auto_pay":true}"#);
        assert!(paid.pays_itself() && digests.contains(&paid.made_as()), "how it is paid and renewed can change");
    }
}
