//! Drafts and what is written of them, by volumes made up here.

mod choosing;
mod grouping;
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

/// A volume as `volume` makes it, in a zone of cn-north-4.
fn volume_in(zone: &str, number: u32, name: &str) -> ObservedVolume {
    ObservedVolume { availability_zone: format!("cn-north-4{zone}"), ..volume(number, name) }
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
