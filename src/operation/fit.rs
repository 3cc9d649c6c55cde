//! Whether a volume is what was asked for, as far as it shows that.

use super::taint::{Aspect, Misfit};
use crate::observed::ObservedVolume;
use crate::volume::{SizeGb, Source, VolumeName, VolumeSpec, slot_of_service_name};

/// In what a volume differs from what its call asked for. What an answer leaves out is no difference.
pub fn misfits(spec: &VolumeSpec, volume: &ObservedVolume) -> Vec<Misfit> {
    let mut found = Vec::new();
    let mut differ = |field, wanted: String, seen: String| {
        if !seen.is_empty() && !wanted.eq_ignore_ascii_case(&seen) {
            found.push(Misfit { field, wanted, seen });
        }
    };
    differ(Aspect::AvailabilityZone, spec.zone.to_string(), volume.availability_zone.clone());
    differ(Aspect::VolumeType, spec.volume_type.to_string(), volume.volume_type.clone());
    if let Some(size) = spec.size
        && volume.size != 0
    {
        let gb = |gb: u32| format!("{gb} GB");
        differ(Aspect::Size, gb(SizeGb::gb(size)), gb(volume.size));
    }
    let snapshot = |id: &str| format!("snapshot {id}");
    let image = |id: &str| format!("image {id}");
    let shown = match (&volume.snapshot_id, &volume.image_id) {
        (Some(id), _) => snapshot(id),
        (None, Some(id)) => image(id),
        (None, None) => String::new(),
    };
    let asked = match &spec.source {
        Source::Blank => "none".to_owned(),
        Source::Snapshot(id) => snapshot(id.as_str()),
        Source::Image(id) => image(id.as_str()),
        // No answer tells which backup a volume is from, and a backup may be of a volume that had a source itself.
        Source::Backup(_) => shown.clone(),
    };
    differ(Aspect::Source, asked, shown);
    found
}

/// How the name of a volume that carries no tag differs from the names that the service can have given it: without the
/// tag, its name is a part of what tells that it is the call's.
pub fn misnamed<'n>(
    name: &VolumeName,
    many: bool,
    mut given: impl Iterator<Item = &'n VolumeName>,
    volume: &ObservedVolume,
) -> Option<Misfit> {
    let seen = volume.name.as_str();
    let by_service = if many { slot_of_service_name(name.as_str(), seen).is_some() } else { seen == name.as_str() };
    // An earlier run may have given it the name that it gets in the end.
    let fits = seen.is_empty() || by_service || given.any(|given| given.as_str() == seen);
    let wanted = || if many { format!("\"{name}-NNNN\"") } else { format!("\"{name}\"") };
    (!fits).then(|| Misfit { field: Aspect::Name, wanted: wanted(), seen: format!("\"{seen}\"") })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::volume::VolumeId;

    fn bare() -> ObservedVolume {
        ObservedVolume::of(VolumeId::new("v").unwrap())
    }

    #[test]
    fn each_field_that_differs_is_told_and_what_is_left_out_is_not() {
        let spec: VolumeSpec =
            serde_json::from_str(r#"{"availability_zone":"az-1","volume_type":"SSD","size":20}"#).unwrap();
        let fits =
            ObservedVolume { availability_zone: "az-1".to_owned(), volume_type: "SSD".to_owned(), size: 20, ..bare() };
        assert!(misfits(&spec, &fits).is_empty() && misfits(&spec, &bare()).is_empty());
        let odd = ObservedVolume {
            availability_zone: "az-2".to_owned(),
            volume_type: "SAS".to_owned(),
            size: 10,
            snapshot_id: Some("s".to_owned()),
            ..bare()
        };
        let words: Vec<String> = misfits(&spec, &odd).iter().map(Misfit::to_string).collect();
        let expected = [
            "availability_zone is az-2, not az-1",
            "volume_type is SAS, not SSD",
            "size is 10 GB, not 20 GB",
            "source is snapshot s, not none",
        ];
        assert_eq!(words, expected);
        assert_eq!(misfits(&spec, &ObservedVolume { size: 30, ..fits.clone() }).len(), 1, "larger is not as asked");
        let image: VolumeSpec =
            serde_json::from_str(r#"{"availability_zone":"az-1","volume_type":"SSD","size":20,"imageRef":"i"}"#)
                .unwrap();
        let from = |id: &str| ObservedVolume { image_id: Some(id.to_owned()), ..fits.clone() };
        assert!(misfits(&image, &fits).is_empty() && misfits(&image, &from("i")).is_empty());
        assert_eq!(misfits(&image, &from("j")).len(), 1);
    }

    #[test]
    fn a_name_is_one_that_the_service_gives_or_the_one_of_a_slot() {
        let name = |text: &str| VolumeName::new(text).unwrap();
        let called = |text: &str| ObservedVolume { name: text.to_owned(), ..bare() };
        let given = [name("web-0007")];
        let odd = |many, text: &str| misnamed(&name("web"), many, given.iter(), &called(text)).is_some();
        for (many, text, is_odd) in [
            (true, "web-0001", false),
            (true, "web-0007", false),
            (true, "", false),
            (true, "web", true),
            (true, "db-0001", true),
            (false, "web", false),
            (false, "web-0007", false),
            (false, "web-0001", true),
        ] {
            assert_eq!(odd(many, text), is_odd, "{many} {text:?}");
        }
    }
}
