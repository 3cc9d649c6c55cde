//! Drafts and what is written of them, by volumes made up here.

mod inserting;
mod random;
mod terraform;

use super::*;
use crate::manifest::{self, Manifest, SourceFile};
use crate::observed::{ObservedVolume, Status};
use crate::volume::{Metadata, VolumeId};
use std::collections::BTreeMap;

const HEAD: &str = "stack: shop\ncloud: { region: cn-north-4, project_id: 0123456789abcdef0123456789abcdef }\n";

/// A volume that can be taken over, with an id made of a number.
fn volume(number: u32, name: &str) -> ObservedVolume {
    ObservedVolume {
        name: name.to_owned(),
        status: Status::Available,
        size: 40,
        volume_type: "SSD".to_owned(),
        availability_zone: "cn-north-4a".to_owned(),
        multiattach: Some(false),
        metadata: pairs(&[(Metadata::ENCRYPTED, "0"), (Metadata::PASSTHROUGH, "False")]),
        ..ObservedVolume::of(VolumeId::new(format!("00000000-0000-4000-8000-{number:012}")).unwrap())
    }
}

fn pairs(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

fn files(texts: &[&str]) -> Vec<SourceFile> {
    let file = |(number, text): (usize, &&str)| SourceFile::own(format!("{number}.yaml"), *text);
    texts.iter().enumerate().map(file).collect()
}

fn parsed(files: &[SourceFile]) -> Manifest {
    manifest::parse(files).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

/// A stand-in for the catalogue.
fn told(note: Note) -> String {
    format!("{note:?}")
}

/// What the files of a stack are with these volumes taken over, and what is left.
fn taken_over(texts: &[&str], volumes: &[ObservedVolume]) -> (Vec<String>, Vec<Left>) {
    let mut files = files(texts);
    let manifest = parsed(&files);
    let known = Known { files: &files, manifest: &manifest, state: None };
    let draft = draft(known, volumes.iter());
    let inserted = insert(known, &draft, &told).unwrap();
    for file in &mut files {
        file.bytes = inserted.iter().find(|it| it.name == file.name).map_or(file.bytes.clone(), |it| it.bytes.clone());
    }
    parsed(&files);
    (files.into_iter().map(|file| String::from_utf8(file.bytes).unwrap()).collect(), draft.left)
}

/// The same for a manifest that asks for nothing yet: what was added to its head.
fn entries(volumes: &[ObservedVolume]) -> String {
    let (files, left) = taken_over(&[&format!("{HEAD}volumes: {{}}\n")], volumes);
    assert_eq!(left, []);
    files[0].strip_prefix(HEAD).unwrap().to_owned()
}

fn codes(left: &[Left]) -> Vec<(String, &'static str)> {
    left.iter().map(|left| (left.name.clone(), left.reason.code())).collect()
}

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

/// A volume as `volume` makes it, in a zone of cn-north-4.
fn volume_in(zone: &str, number: u32, name: &str) -> ObservedVolume {
    ObservedVolume { availability_zone: format!("cn-north-4{zone}"), ..volume(number, name) }
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
fn every_field_that_the_cloud_shows_is_said() {
    let encrypted = ObservedVolume {
        metadata: pairs(&[
            (Metadata::ENCRYPTED, "1"),
            (Metadata::CMK_ID, "37b0d52e-c249-40d6-83cb-2b93f22445bd"),
            (Metadata::PASSTHROUGH, "True"),
        ]),
        description: Some("Ann's: \"old\"".to_owned()),
        multiattach: Some(true),
        tags: pairs(&[("team", "data"), ("_sys_enterprise_project_id", "0")]),
        enterprise_project_id: Some("e-1".to_owned()),
        dedicated_storage_id: Some("pool-1".to_owned()),
        prepaid: true,
        ..volume(1, "a")
    };
    let fast = ObservedVolume {
        volume_type: "GPSSD2".to_owned(),
        iops: Some(5000),
        throughput: Some(250),
        snapshot_id: Some("snap-1".to_owned()),
        // What a snapshot hands on cannot be said.
        metadata: pairs(&[(Metadata::ENCRYPTED, "1"), (Metadata::CMK_ID, "k"), (Metadata::FULL_CLONE, "0")]),
        ..volume(2, "b")
    };
    let fast = ObservedVolume {
        metadata: pairs(&[(Metadata::CMK_ID, "37b0d52e-c249-40d6-83cb-2b93f22445bd"), (Metadata::FULL_CLONE, "0")]),
        ..fast
    };
    let system = ObservedVolume { size: 8, image_id: Some("image-1".to_owned()), ..volume(3, "c") };
    assert_eq!(
        entries(&[encrypted, fast, system]),
        "defaults:
  availability_zone: cn-north-4a
  volume_type: SSD
volumes:
  a:
    # Prepaid
    size: 40
    description: \"Ann's: \\\"old\\\"\"
    multiattach: true
    metadata: { __system__cmkid: 37b0d52e-c249-40d6-83cb-2b93f22445bd, __system__encrypted: \"1\", \"hw:passthrough\": \"true\" }
    tags: { team: data }
    enterprise_project_id: e-1
    dedicated_storage_id: pool-1
  b:
    size: 40
    volume_type: GPSSD2
    iops: 5000
    throughput: 250
    snapshot_id: snap-1
    metadata: { full_clone: \"0\" }
  c:
    size: 8
    imageRef: image-1
import:
  a[1]: 00000000-0000-4000-8000-000000000001
  b[1]: 00000000-0000-4000-8000-000000000002
  c[1]: 00000000-0000-4000-8000-000000000003
"
    );
}

#[test]
fn defaults_that_are_there_are_counted_in_and_taken_back() {
    let head = format!(
        "{HEAD}defaults:
  availability_zone: cn-north-4a
  volume_type: SAS
  description: ours
  tags: {{ team: data }}
  multiattach: true
  metadata: {{ \"hw:passthrough\": \"true\" }}
  enterprise_project_id: e-1
  prepaid: {{ period_type: month, period_num: 1 }}
volumes:
  own: {{ size: 10 }}
"
    );
    let fits = ObservedVolume {
        volume_type: "SAS".to_owned(),
        description: Some("ours".to_owned()),
        tags: pairs(&[("team", "data"), ("env", "prod")]),
        multiattach: Some(true),
        metadata: pairs(&[(Metadata::PASSTHROUGH, "true")]),
        enterprise_project_id: Some("e-1".to_owned()),
        prepaid: true,
        ..volume(1, "a")
    };
    let differs = ObservedVolume {
        metadata: pairs(&[
            (Metadata::ENCRYPTED, "1"),
            (Metadata::CMK_ID, "37b0d52e-c249-40d6-83cb-2b93f22445bd"),
            (Metadata::PASSTHROUGH, "false"),
        ]),
        ..volume(2, "b")
    };
    let plain = ObservedVolume { multiattach: None, ..volume(3, "c") };
    let (files, left) = taken_over(&[&head], &[fits, differs, plain]);
    assert_eq!(left, []);
    let (added, _) = files[0].strip_prefix(&head).unwrap().split_once("import:").unwrap();
    assert_eq!(
        added,
        "  a:
    # Prepaid
    size: 40
    tags: { env: prod }
  b:
    size: 40
    volume_type: SSD
    description: null
    multiattach: false
    metadata: { __system__cmkid: 37b0d52e-c249-40d6-83cb-2b93f22445bd, __system__encrypted: \"1\", \"hw:passthrough\": \"false\" }
    tags: { team: null }
    enterprise_project_id: null
    prepaid: null
  c:
    size: 40
    volume_type: SSD
    description: null
    multiattach: null
    metadata: null
    tags: { team: null }
    enterprise_project_id: null
    prepaid: null
"
    );
}

#[test]
fn the_default_enterprise_project_is_said_where_the_cloud_shows_it() {
    let shown = |number: u32, name: &str| ObservedVolume {
        enterprise_project_id: Some("0".to_owned()),
        ..volume(number, name)
    };
    let text = entries(&[shown(1, "a"), shown(2, "b")]);
    assert!(
        text.starts_with(
            "defaults:\n  availability_zone: cn-north-4a\n  volume_type: SSD\n  enterprise_project_id: \"0\"\n"
        ),
        "{text}"
    );
    let text = entries(&[shown(1, "a"), volume(2, "b")]);
    assert!(text.contains("  a:\n    size: 40\n    enterprise_project_id: \"0\"\n  b:\n    size: 40\n"), "{text}");
    let (files, _) =
        taken_over(&[&format!("{HEAD}defaults: {{ enterprise_project_id: e-1 }}\nvolumes: {{}}\n")], &[shown(1, "a")]);
    assert!(files[0].contains("    enterprise_project_id: \"0\"\n"), "{}", files[0]);
}

#[test]
fn tags_are_declared_where_they_and_the_ownership_tag_fit() {
    let many = |number: u32, tags: usize| ObservedVolume {
        tags: (0..tags).map(|tag| (format!("k{tag}"), "v".to_owned())).collect(),
        ..volume(number, &format!("disk{number}"))
    };
    let odd = ObservedVolume { tags: pairs(&[("a b", "c")]), ..volume(3, "disk3") };
    let text = entries(&[many(1, 9), many(2, 10), odd]);
    assert_eq!(text.matches("tags: {").count(), 1, "{text}");
    assert!(text.contains("  disk2:\n    # TagsFull\n    size") && text.contains("# TagsIllegal"), "{text}");
}

#[test]
fn what_cannot_be_taken_over_is_left_with_the_reason() {
    let with = |number: u32, name: &str, change: fn(&mut ObservedVolume)| {
        let mut volume = volume(number, name);
        change(&mut volume);
        volume
    };
    let volumes = [
        with(1, "a", |it| it.kubernetes_key = Some("csi.storage.k8s.io/pvc/name".to_owned())),
        with(2, "b", |it| it.tags = pairs(&[("CCE-Cluster-ID", "x")])),
        with(3, "c", |it| it.tags = pairs(&[("evsctl", "other_aaaaaaaa_bbbbbbbbbb")])),
        with(4, "d", |it| it.status = Status::Deleting),
        with(5, "e", |it| it.status = Status::ErrorExtending),
        with(6, "f", |it| it.status = Status::Creating),
        with(7, "", |_| {}),
        with(8, "h", |it| it.unreadable_name = Some("?".to_owned())),
        with(9, "i", |it| it.size = 9),
        with(10, "j", |it| it.metadata = pairs(&[(Metadata::PASSTHROUGH, "maybe")])),
        with(11, "k", |it| it.volume_type = "GPSSD2".to_owned()),
        with(12, "l\u{7}", |_| {}),
        with(13, "m", |it| it.description = Some("d".repeat(256))),
        // A rule of the manifest that looks at two fields.
        with(14, "n", |it| (it.image_id, it.multiattach) = (Some("i".to_owned()), Some(true))),
        with(15, "web-0002", |_| {}),
        with(16, "fine", |_| {}),
    ];
    let (files, left) = taken_over(
        &[&format!("{HEAD}volumes:\n  web: {{ count: 2, size: 10, availability_zone: a, volume_type: SSD }}\n")],
        &volumes,
    );
    let (names, codes): (Vec<String>, Vec<&str>) = codes(&left).into_iter().unzip();
    assert_eq!(
        codes,
        [
            "busy",
            "deleting",
            "failed",
            "illegal",
            "illegal",
            "illegal",
            "kubernetes",
            "kubernetes",
            "name-taken",
            "name-unreadable",
            "nameless",
            "other-stack",
            "rates-unknown",
            "refused",
            "too-small"
        ]
    );
    assert_eq!(names, ["f", "d", "e", "j", "l\u{7}", "m", "a", "b", "web-0002", "?", "", "c", "k", "n", "i"]);
    assert!(files[0].contains("fine[1]"));
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
    let manifest = parsed(&super::tests::files(&[&files[0]]));
    let keys: Vec<&str> = manifest.volumes.keys().map(|key| key.as_str()).collect();
    assert_eq!(keys, ["own", "twin", "twin-2", "twin-3"]);
    assert_eq!(files[0].matches("name_may_repeat: true").count(), 2, "{}", files[0]);
    assert_eq!(manifest.imports.len(), 5);
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

#[test]
fn a_choice_narrows_by_fields_and_widens_by_values() {
    let tagged = ObservedVolume { tags: pairs(&[("env", "prod")]), ..volume(2, "kafka-2") };
    let far = ObservedVolume { availability_zone: "cn-north-4b".to_owned(), ..volume(3, "kafka-3") };
    let all = [volume(1, "kafka-1"), tagged, far, volume(4, "web")];
    let meant = |choice: Choice| -> Vec<usize> {
        all.iter().enumerate().filter(|(_, volume)| choice.means(volume)).map(|(at, _)| at + 1).collect()
    };
    let names =
        |names: &[&str]| Choice { names: names.iter().map(|it| (*it).to_owned()).collect(), ..Choice::default() };
    assert_eq!(meant(Choice::default()), [1, 2, 3, 4]);
    assert_eq!(meant(names(&["kafka-*"])), [1, 2, 3]);
    assert_eq!(meant(names(&["kafka-1", "web"])), [1, 4]);
    assert_eq!(meant(Choice { zones: vec!["CN-NORTH-4b".to_owned()], ..names(&["kafka-*"]) }), [3]);
    for (tag, found) in [("env", vec![2]), ("env=prod", vec![2]), ("e*=p*", vec![2]), ("env=test", vec![])] {
        assert_eq!(meant(Choice { tags: vec![tag.parse().unwrap()], ..Choice::default() }), found, "{tag}");
    }
    assert_eq!(meant(Choice { ids: [all[3].id.clone()].into(), ..Choice::default() }), [4]);
    assert_eq!("=x".parse::<TagPattern>(), Err(choice::NoTag));
}

#[test]
fn the_mark_of_a_stack_is_no_tag_that_a_star_stands_for() {
    let marked = ObservedVolume { tags: pairs(&[("evsctl", "other_aaaaaaaa_bbbbbbbbbb")]), ..volume(1, "a") };
    let by_hand = ObservedVolume { tags: pairs(&[("evsctl", "by hand")]), ..volume(2, "b") };
    let means = |tag: &str, volume: &ObservedVolume| {
        Choice { tags: vec![tag.parse().unwrap()], ..Choice::default() }.means(volume)
    };
    for (tag, marks, words) in
        [("*", false, true), ("evs*", false, true), ("evsctl", true, true), ("evsctl=*", true, true)]
    {
        assert_eq!((means(tag, &marked), means(tag, &by_hand)), (marks, words), "{tag}");
    }
}

#[test]
fn what_no_volume_has_is_told_value_by_value() {
    let all = [volume(1, "kafka-1"), volume_in("b", 2, "web")];
    let choice = Choice {
        names: vec!["kafka-*".to_owned(), "db".to_owned()],
        zones: vec!["cn-north-4b".to_owned()],
        tags: vec!["team=x*".parse().unwrap()],
        ..Choice::default()
    };
    let unmatched: Vec<(By, String)> = choice.unmatched(all.iter()).into_iter().map(|it| (it.by, it.value)).collect();
    assert_eq!(unmatched, [(By::Name, "db".to_owned()), (By::Tag, "team=x*".to_owned())]);
}
