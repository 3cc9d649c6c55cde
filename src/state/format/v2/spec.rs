//! A specification as format 2 holds it: the create call's own field names.

use crate::volume::{
    self, DedicatedStorageId, Description, EnterpriseProjectId, Invalid, Metadata, Period, PeriodUnit, ServerId,
    SizeGb, Source, SourceId, Tags, VolumeType, Zone,
};

#[derive(Clone, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "SpecFields", into = "SpecFields")]
pub(in crate::state) struct VolumeSpec(pub(in crate::state) volume::VolumeSpec);

/// A specification as it stands in the table.
pub(super) fn text(spec: &volume::VolumeSpec) -> Result<String, serde_json::Error> {
    serde_json::to_string(&SpecFields::from(VolumeSpec(spec.clone())))
}

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
        Ok(VolumeSpec(volume::VolumeSpec {
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
            prepaid: fields.prepaid.map(|Prepaid(prepaid)| prepaid),
            server_id: fields.server_id,
            dedicated_storage_id: fields.dedicated_storage_id,
        }))
    }
}

impl From<VolumeSpec> for SpecFields {
    fn from(VolumeSpec(spec): VolumeSpec) -> SpecFields {
        // Taken apart in full: a field that is added and not saved would be lost in silence.
        let volume::VolumeSpec {
            zone,
            volume_type,
            size,
            source,
            description,
            multiattach,
            metadata,
            tags,
            enterprise_project_id,
            iops,
            throughput,
            prepaid,
            server_id,
            dedicated_storage_id,
        } = spec;
        let (backup_id, snapshot_id, image_ref) = match source {
            Source::Blank => (None, None, None),
            Source::Backup(id) => (Some(id), None, None),
            Source::Snapshot(id) => (None, Some(id), None),
            Source::Image(id) => (None, None, Some(id)),
        };
        SpecFields {
            availability_zone: zone,
            volume_type,
            size,
            description,
            backup_id,
            snapshot_id,
            image_ref,
            multiattach,
            metadata,
            tags,
            enterprise_project_id,
            iops,
            throughput,
            prepaid: prepaid.map(Prepaid),
            server_id,
            dedicated_storage_id,
        }
    }
}

#[derive(Clone, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "PrepaidFields", into = "PrepaidFields")]
struct Prepaid(volume::Prepaid);

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct PrepaidFields {
    period_type: PeriodUnit,
    period_num: u32,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    auto_renew: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    auto_pay: bool,
}

impl TryFrom<PrepaidFields> for Prepaid {
    type Error = Invalid;

    fn try_from(fields: PrepaidFields) -> Result<Prepaid, Invalid> {
        let PrepaidFields { period_type, period_num, auto_renew, auto_pay } = fields;
        Ok(Prepaid(volume::Prepaid { period: Period::new(period_type, period_num)?, auto_renew, auto_pay }))
    }
}

impl From<Prepaid> for PrepaidFields {
    fn from(Prepaid(prepaid): Prepaid) -> PrepaidFields {
        let volume::Prepaid { period, auto_renew, auto_pay } = prepaid;
        PrepaidFields { period_type: period.unit(), period_num: period.number(), auto_renew, auto_pay }
    }
}
