//! A specification as format 1 holds it: the create call's own field names. It has landed, as `saved.rs` has.

use crate::volume::{
    self, DedicatedStorageId, Description, EnterpriseProjectId, Invalid, Metadata, Period, PeriodUnit, ServerId,
    SizeGb, Source, SourceId, Tags, VolumeType, Zone,
};

#[derive(serde::Deserialize)]
#[serde(try_from = "SpecFields")]
pub(in crate::state) struct VolumeSpec(pub(in crate::state) volume::VolumeSpec);

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct SpecFields {
    availability_zone: Zone,
    volume_type: VolumeType,
    #[serde(default)]
    size: Option<SizeGb>,
    #[serde(default)]
    description: Option<Description>,
    #[serde(default)]
    backup_id: Option<SourceId>,
    #[serde(default)]
    snapshot_id: Option<SourceId>,
    #[serde(default, rename = "imageRef")]
    image_ref: Option<SourceId>,
    #[serde(default)]
    multiattach: bool,
    #[serde(default)]
    metadata: Metadata,
    #[serde(default)]
    tags: Tags,
    #[serde(default)]
    enterprise_project_id: Option<EnterpriseProjectId>,
    #[serde(default)]
    iops: Option<u32>,
    #[serde(default)]
    throughput: Option<u32>,
    #[serde(default)]
    prepaid: Option<Prepaid>,
    #[serde(default)]
    server_id: Option<ServerId>,
    #[serde(default)]
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

#[derive(serde::Deserialize)]
#[serde(try_from = "PrepaidFields")]
struct Prepaid(volume::Prepaid);

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct PrepaidFields {
    period_type: PeriodUnit,
    period_num: u32,
    #[serde(default)]
    auto_renew: bool,
    #[serde(default)]
    auto_pay: bool,
}

impl TryFrom<PrepaidFields> for Prepaid {
    type Error = Invalid;

    fn try_from(fields: PrepaidFields) -> Result<Prepaid, Invalid> {
        let PrepaidFields { period_type, period_num, auto_renew, auto_pay } = fields;
        Ok(Prepaid(volume::Prepaid { period: Period::new(period_type, period_num)?, auto_renew, auto_pay }))
    }
}
