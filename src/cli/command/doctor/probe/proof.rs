//! Pure: whether a volume is a probe's own. What cannot be proved is never deleted.

use super::record::{Known, SIZE, TAG};
use crate::doctor::Doubt;
use crate::evs::wire::Volume;
use crate::observed::{ObservedVolume, Status};
use crate::volume::slot_of_service_name;

/// Whose a volume is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ownership {
    /// The probe's own, beyond doubt.
    Own,
    /// It has something of the probe, and this speaks against it.
    Doubtful(Vec<Doubt>),
}

/// Whether a volume of the list has anything of the probe: its name, its tag or an id that the cloud has told it.
pub(super) fn concerns(known: &Known, volume: &ObservedVolume) -> bool {
    is_named(known, &volume.name)
        || volume.tags.get(TAG) == Some(&known.intent.id)
        || known.volumes.contains(&volume.id)
}

fn is_named(known: &Known, name: &str) -> bool {
    let asked = known.intent.name();
    name == asked || slot_of_service_name(&asked, name).is_some()
}

/// Whose a volume is, as a read by id shows it. It must have the name, and carry the tag or be the one that the
/// cloud's own answer or job named; be of the size and type that were asked for; and be attached nowhere, now
/// or before.
pub(super) fn ownership(known: &Known, volume: &Volume) -> Ownership {
    let mut against = Vec::new();
    if !is_named(known, &volume.name) {
        against.push(Doubt::Name(volume.name.clone()));
    }
    let told = known.volumes.iter().any(|id| id.as_str() == volume.id);
    match volume.tags.get(TAG) {
        Some(id) if *id == known.intent.id => {}
        Some(id) => against.push(Doubt::Tag { key: TAG, value: id.clone() }),
        None if told => {}
        None => against.push(Doubt::NoTag { key: TAG }),
    }
    if volume.size != SIZE {
        against.push(Doubt::Size(volume.size));
    }
    if volume.volume_type != known.intent.volume_type {
        against.push(Doubt::VolumeType(volume.volume_type.clone()));
    }
    // A key of the service's own (EVS API reference, "Querying details about a disk"); new volumes have none.
    let was_attached = volume.metadata.contains_key("attached_mode");
    let is_attached = !volume.attachments.is_empty()
        || matches!(Status::new(&*volume.status), Status::InUse | Status::Attaching | Status::Detaching);
    if is_attached || was_attached {
        against.push(Doubt::Attached);
    }
    if against.is_empty() { Ownership::Own } else { Ownership::Doubtful(against) }
}

#[cfg(test)]
mod tests {
    use super::super::record::tests::intent;
    use super::*;
    use crate::volume::VolumeId;
    use std::collections::BTreeMap;

    fn own() -> Volume {
        Volume {
            id: "v-1".to_owned(),
            name: intent().name(),
            status: "available".to_owned(),
            size: 10,
            volume_type: "SSD".to_owned(),
            availability_zone: "az-dc-1".to_owned(),
            tags: BTreeMap::from([(TAG.to_owned(), intent().id)]),
            ..Volume::default()
        }
    }

    #[test]
    fn only_what_is_right_in_everything_is_its_own() {
        let known = Known::new(intent());
        assert_eq!(ownership(&known, &own()), Ownership::Own);
        assert_eq!(ownership(&known, &Volume { name: format!("{}-0001", intent().name()), ..own() }), Ownership::Own);
        let tag = |id: &str| BTreeMap::from([(TAG.to_owned(), id.to_owned())]);
        for other in [
            Volume { name: "web".to_owned(), ..own() },
            Volume { tags: BTreeMap::new(), ..own() },
            Volume { tags: tag("another"), ..own() },
            Volume { size: 20, ..own() },
            Volume { volume_type: "SAS".to_owned(), ..own() },
            Volume { status: "in-use".to_owned(), ..own() },
            Volume { attachments: vec![serde_json::json!({"server_id": "s"})], ..own() },
            Volume { metadata: BTreeMap::from([("attached_mode".to_owned(), "rw".to_owned())]), ..own() },
        ] {
            assert!(matches!(ownership(&known, &other), Ownership::Doubtful(_)), "{other:?}");
        }
    }

    #[test]
    fn a_volume_that_the_cloud_named_needs_no_tag_but_must_not_have_anothers() {
        let mut known = Known::new(intent());
        known.volumes.insert(VolumeId::new("v-1").unwrap());
        assert_eq!(ownership(&known, &Volume { tags: BTreeMap::new(), ..own() }), Ownership::Own);
        let tags = BTreeMap::from([(TAG.to_owned(), "another".to_owned())]);
        assert!(matches!(ownership(&known, &Volume { tags, ..own() }), Ownership::Doubtful(_)));
    }
}
