//! Which volumes share an entry, and what becomes of names that are there more than once.

use super::{HEAD, codes, entries, parsed, taken_over, volume, volume_in};
use crate::import::{Left, Reason};
use crate::observed::ObservedVolume;

#[test]
fn names_of_slots_are_one_entry_and_its_gaps_are_retired() {
    let volumes = [1, 2, 4].map(|number| volume(number, &format!("kafka-{number:04}")));
    assert_eq!(
        entries(&volumes),
        "volumes:
  kafka:
    count: 4
    size: 40
    availability_zone: cn-north-4a
    volume_type: SSD
    lifecycle: { retire: [3] }
import:
  kafka[1]: 00000000-0000-4000-8000-000000000001
  kafka[2]: 00000000-0000-4000-8000-000000000002
  kafka[4]: 00000000-0000-4000-8000-000000000004
"
    );
}

#[test]
fn numbers_that_are_there_once_share_an_entry_with_a_list_of_zones() {
    let zones = ["b", "a", "b", "c"].iter().zip(1..);
    let volumes: Vec<ObservedVolume> =
        zones.map(|(zone, number)| volume_in(zone, number, &format!("kafka-{number:04}"))).collect();
    let text = entries(&volumes);
    let expected = "volumes:\n  kafka:\n    count: 4\n    size: 40\n    \
                    availability_zone: [cn-north-4a, cn-north-4b, cn-north-4c]\n    volume_type: SSD\nimport:";
    assert!(text.starts_with(expected), "{text}");
    // Far apart as a whole, and near in one of the zones.
    let far = [("a", 1), ("a", 2), ("b", 90), ("b", 91)];
    let far = far.map(|(zone, number)| volume_in(zone, number, &format!("kafka-{number:04}")));
    let text = entries(&far);
    assert!(text.contains("  kafka:\n    count: 2\n") && text.contains("  kafka-0090:\n"), "{text}");
}

#[test]
fn names_that_are_there_in_each_of_several_zones_are_an_entry_in_each() {
    let mut volumes = Vec::new();
    for (zone, from) in [("a", 0), ("b", 20)] {
        volumes.extend((1..=20).map(|number| volume_in(zone, from + number, &format!("grp-{number:04}"))));
    }
    // Twice in one zone.
    volumes.extend([(50, "grp-0001"), (51, "grp-0002")].map(|(number, name)| volume_in("a", number, name)));
    let text = entries(&volumes);
    let (text, _) = text.split_once("import:").unwrap();
    let (_, text) = text.split_once("volumes:\n").unwrap();
    assert_eq!(
        text,
        "  grp:
    name_may_repeat: true
    count: 20
    size: 40
  grp-2:
    name: grp
    name_may_repeat: true
    count: 20
    size: 40
    availability_zone: cn-north-4b
  grp-3:
    name: grp
    name_may_repeat: true
    count: 2
    size: 40
"
    );
}

#[test]
fn what_is_not_alike_or_far_apart_has_an_entry_of_its_own() {
    let mut volumes: Vec<ObservedVolume> =
        [(1, "web-0001"), (2, "web-0002"), (3, "web-0003"), (4, "db-2024"), (5, "db-2025"), (6, "my disk")]
            .map(|(number, name)| volume(number, name))
            .into();
    volumes[1].size = 50;
    assert_eq!(
        entries(&volumes),
        "defaults:
  availability_zone: cn-north-4a
  volume_type: SSD
volumes:
  db-2024:
    size: 40
  db-2025:
    size: 40
  my-disk:
    name: my disk
    size: 40
  web:
    count: 3
    size: 40
    lifecycle: { retire: [2] }
  web-0002:
    size: 50
import:
  db-2024[1]: 00000000-0000-4000-8000-000000000004
  db-2025[1]: 00000000-0000-4000-8000-000000000005
  my-disk[1]: 00000000-0000-4000-8000-000000000006
  web[1]: 00000000-0000-4000-8000-000000000001
  web[3]: 00000000-0000-4000-8000-000000000003
  web-0002[1]: 00000000-0000-4000-8000-000000000002
"
    );
}

#[test]
fn two_of_one_name_say_so_and_what_is_imported_already_is_left() {
    let (files, left) = taken_over(
        &[&format!(
            "{HEAD}volumes:\n  own: {{ size: 40, availability_zone: a, volume_type: SSD }}\nimport:\n  own: 00000000-0000-4000-8000-000000000001\n"
        )],
        &[volume(1, "own"), volume(2, "twin"), volume(3, "twin"), volume(4, "twin-0001"), volume(5, "twin-0002")],
    );
    assert_eq!(codes(&left), [("own".to_owned(), "declared")]);
    let manifest = parsed(&super::files(&[&files[0]]));
    let keys: Vec<&str> = manifest.volumes.keys().map(|key| key.as_str()).collect();
    assert_eq!(keys, ["own", "twin", "twin-2", "twin-3"]);
    assert_eq!(files[0].matches("name_may_repeat: true").count(), 2, "{}", files[0]);
    assert_eq!(manifest.imports.len(), 5);
}

#[test]
fn a_line_of_import_that_nothing_asks_for_is_told_and_its_key_is_not_given_again() {
    let text = format!("{HEAD}volumes: {{}}\nimport:\n  disk: 00000000-0000-4000-8000-000000000001\n");
    let (files, left) = taken_over(&[&text], &[volume(1, "disk"), volume(2, "disk")]);
    let [Left { reason: Reason::NotAsked { address, place }, .. }] = &left[..] else { panic!("{left:?}") };
    assert_eq!((address.to_string().as_str(), place.line), ("disk[1]", 5));
    assert!(files[0].contains("  disk-2:\n    name: disk\n"), "{}", files[0]);
}

#[test]
fn a_name_that_the_manifest_has_is_taken_once_more_where_it_may_repeat() {
    let own = |more: &str| {
        format!(
            "{HEAD}volumes:\n  # the first\n  own: {{ name: disk, size: 10, availability_zone: a, volume_type: SSD{more} }}\n"
        )
    };
    let (files, left) = taken_over(&[&own(", name_may_repeat: true")], &[volume(1, "disk")]);
    assert_eq!(left, []);
    assert!(files[0].contains("  disk:\n    name_may_repeat: true\n    size: 40\n"), "{}", files[0]);
    let (_, left) = taken_over(&[&own("")], &[volume(1, "disk")]);
    let [Left { reason: Reason::NameTaken { key, place }, .. }] = &left[..] else { panic!("{left:?}") };
    assert_eq!((key.as_str(), &*place.file, place.line), ("own", "0.yaml", 5));
    let several = own(", count: 3, name_may_repeat: true");
    let (files, left) = taken_over(&[&several], &[volume(1, "disk-0002"), volume(2, "disk-0007")]);
    assert_eq!(left, []);
    assert_eq!(files[0].matches("name_may_repeat: true").count(), 2, "{}", files[0]);
}

#[test]
fn one_name_that_is_taken_leaves_the_others_of_its_group() {
    let volumes = [1, 2, 3].map(|number| volume(number, &format!("web-{number:04}")));
    let own = "volumes:\n  other: { name: web-0002, size: 10, availability_zone: a, volume_type: SSD }\n";
    let (files, left) = taken_over(&[&format!("{HEAD}{own}")], &volumes);
    assert_eq!(codes(&left), [("web-0002".to_owned(), "name-taken")]);
    assert!(files[0].contains("web[1]:") && files[0].contains("web[3]:"), "{}", files[0]);
}
