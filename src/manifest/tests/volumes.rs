//! The rules of one volume.

use super::*;
use crate::manifest::OnShrink;
use crate::volume::{Key, Slot, Source};

const KEY_ID: &str = "37b0d52e-c249-40d6-83cb-2b93f22445bd";

#[test]
fn sources_are_exclusive() {
    check_volumes(
        "  a: {size: 40, imageRef: i, backup_id: b}\n",
        &["5:41 a volume has one source, and `backup_id` is given beside `imageRef`"],
    );
    check_volumes(
        "  a: {size: 40, snapshot_id: s, imageRef: i, backup_id: b}\n",
        &[
            "5:43 a volume has one source, and `imageRef` is given beside `snapshot_id`",
            "5:57 a volume has one source, and `backup_id` is given beside `imageRef`",
        ],
    );
    check_volumes("  a: {size: 40, snapshot_id: null, imageRef: i, backup_id: ~}\n", &[]);
}

#[test]
fn a_backup_makes_one_volume() {
    check_volumes("  a: {backup_id: b}\n", &[]);
    check_volumes("  a: {backup_id: b, count: 1}\n", &[]);
    check_volumes("  a: {backup_id: b, count: 2}\n", &["5:28 one backup makes one volume, and `count` is 2"]);
}

#[test]
fn sizes() {
    let range = "`size`, in GB, is 1 to 32768";
    for (fields, expected) in [
        ("{}", "5:3 \"a\" has no `size`"),
        ("{size: null}", "5:3 \"a\" has no `size`"),
        ("{size: 9}", "5:13 a data disk has 10 to 32768 GB, not 9"),
        ("{size: 32769}", &format!("5:13 {range}, not 32769")),
        ("{size: -1}", &format!("5:13 {range}, not -1")),
        ("{size: 99999999999999999999}", &format!("5:13 {range}, not 99999999999999999999")),
        ("{size: 1025, imageRef: i}", "5:13 a system disk (from an image) has 1 to 1024 GB, not 1025"),
        ("{size: 9, backup_id: b}", "5:13 a data disk has 10 to 32768 GB, not 9"),
        ("{size: big}", "5:13 `size`, in GB, is a number, not \"big\""),
        ("{size: \"10\"}", "5:13 `size`, in GB, is a number, not \"10\""),
        ("{size: 1_000}", "5:13 `size`, in GB, is a number, not \"1_000\""),
        ("{size: 1e3}", "5:13 `size`, in GB, is a number in plain digits, not 1e3"),
        ("{size: 0x10}", "5:13 `size`, in GB, is a number in plain digits, not 0x10"),
        ("{size: 010}", "5:13 `size`, in GB, is a number in plain digits, not 010"),
        ("{size: .inf}", "5:13 `size`, in GB, is a number in plain digits, not .inf"),
        ("{size: [10]}", "5:13 `size`, in GB, is a number, not a list"),
        ("{size: 10.9}", "5:13 warning: `size`, in GB, 10.9 is cut to 10, as the API does"),
    ] {
        check_volumes(&format!("  a: {fields}\n"), &[expected]);
    }
    for fields in ["{size: 10}", "{size: 32768}", "{size: 1, imageRef: i}", "{size: 1024, imageRef: i}"] {
        check_volumes(&format!("  a: {fields}\n"), &[]);
    }
    assert_eq!(hints("  a: {size: \"10\"}\n"), ["write 10, without quotes"]);
    assert_eq!(hints("  a: {size: 1_000}\n"), ["write 1000, in plain digits"]);
}

#[test]
fn counts() {
    check_volumes("  a: {size: 10, count: 0}\n", &["5:24 `count` is 1 to 1000000, not 0"]);
    check_volumes("  a: {size: 10, count: 2.5}\n", &["5:24 warning: `count` 2.5 is cut to 2, as the API does"]);
    check_volumes("  a: {size: 10, count: 0.5}\n", &["5:24 `count` is 1 to 1000000, not 0.5"]);
    check_volumes("  a: {size: 10, count: 101}\n", &[]);
    check_volumes(
        "  a: {size: 10, count: 1000000}\n  b: {size: 10}\n",
        &["6:3 with this one, the stack holds 1000001 volumes, more than 1000000"],
    );
}

#[test]
fn names_are_measured_in_bytes_and_warned_about_in_characters() {
    let name = |name: &str, rest: &str| format!("  a: {{size: 10, name: {name}{rest}}}\n");
    let chinese = format!("{}a", "卷".repeat(85));
    check_volumes(&name(&chinese, ""), &["5:23 a name has at most 255 bytes, this one has 256"]);
    check_volumes(
        &name(&"n".repeat(251), ", count: 2"),
        &["5:23 the name of 2 volumes has at most 250 bytes, this one has 251"],
    );
    check_volumes(
        &name(&"n".repeat(250), ", count: 10000"),
        &["5:23 the name of 10000 volumes has at most 249 bytes, this one has 250"],
    );
    check_volumes(&name(&"n".repeat(64), ""), &[]);
    let newer = "warning: newer documents of the API allow this name";
    check_volumes(&name(&"n".repeat(65), ""), &[&format!("5:23 {newer} 64 characters, it has 65")]);
    check_volumes(&name(&"n".repeat(60), ", count: 2"), &[&format!("5:23 {newer} 59 characters, it has 60")]);
    let key = "k".repeat(65);
    check_volumes(&format!("  {key}: {{size: 10}}\n"), &[&format!("5:3 {newer} 64 characters, it has 65")]);
    check_volumes(&name("''", ""), &["5:23 a volume's name may not be empty"]);
    check_volumes(&name("12", ""), &["5:23 `name` is text, and 12 without quotes is a number"]);
    assert_eq!(hints(&name("12", "")), ["write \"12\""]);
    let description = |text: &str| format!("  a: {{size: 10, description: {text}}}\n");
    check_volumes(&description(&"卷".repeat(85)), &[]);
    check_volumes(
        &description(&"d".repeat(86)),
        &["5:30 warning: newer documents of the API allow a description 85 characters, this one has 86"],
    );
    check_volumes(
        &description(&format!("{}a", "卷".repeat(85))),
        &["5:30 a description has at most 255 bytes, this one has 256"],
    );
}

#[test]
fn no_two_volumes_get_one_cloud_name() {
    check_volumes(
        "  a: {size: 10, count: 3}\n  a-0002: {size: 10}\n",
        &["6:3 \"a-0002\" is also the cloud name of \"a\" at v.yaml:5:3"],
    );
    check_volumes(
        "  b: {size: 10, name: a-0003}\n  c: {size: 10, name: a, count: 3}\n",
        &["6:23 \"a-0003\" is also the cloud name of \"b\" at v.yaml:5:23"],
    );
    check_volumes(
        "  a: {size: 10}\n  b: {size: 10, name: a}\n",
        &["6:23 \"a\" is also the cloud name of \"a\" at v.yaml:5:3"],
    );
    check_volumes(
        "  a: {size: 10, count: 3}\n  b: {size: 10, name: a, count: 2}\n",
        &["6:23 \"a-0001\" is also the cloud name of \"a\" at v.yaml:5:3"],
    );
    for apart in [
        "  a: {size: 10, count: 3}\n  a-0004: {size: 10}\n  a-2: {size: 10}\n  b: {size: 10, name: a}\n",
        "  a: {size: 10, count: 3, lifecycle: {retire: [2]}}\n  a-0002: {size: 10}\n",
        "  a: {size: 10, count: 2, lifecycle: {retire: [1]}}\n  b: {size: 10, name: a, count: 2, lifecycle: {retire: [2]}}\n",
        "  a: {size: 10, lifecycle: {retire: [1]}}\n  b: {size: 10, name: a}\n",
    ] {
        check_volumes(apart, &[]);
    }
}

#[test]
fn metadata_rules() {
    let m = |pairs: &str, rest: &str| format!("  a: {{size: 40, metadata: {{{pairs}}}{rest}}}\n");
    let at = "5:28 the create call does not know the metadata key";
    for (pairs, rest, expected) in [
        ("__system__encrypted: null", "", "5:49 the metadata \"__system__encrypted\" may not be null"),
        ("__system__encrypted:", "", "5:47 the metadata \"__system__encrypted\" may not be null"),
        ("encrypted: \"1\"", "", &format!("{at} \"encrypted\"")),
        ("__system__encrypted: 1", "", "5:49 a metadata value is text, and 1 without quotes is a number"),
        ("\"hw:passthrough\": true", "", "5:46 a metadata value is text, and true without quotes is a boolean"),
        ("__system__encrypted: \"2\"", "", "5:49 __system__encrypted is \"0\" or \"1\", not \"2\""),
        ("__system__encrypted: \"1\", __system__cmkid: abc", "", "5:71 a key id has 36 bytes, this one has 3"),
        (
            "__system__encrypted: \"1\"",
            ", snapshot_id: s",
            "5:28 \"a\": a volume from a snapshot inherits __system__encrypted",
        ),
        (
            "\"hw:passthrough\": \"true\"",
            ", imageRef: i",
            "5:28 \"a\": a volume from an image cannot choose hw:passthrough",
        ),
        ("full_clone: \"0\"", "", "5:28 \"a\": full_clone goes with a snapshot only"),
        (&format!("__system__cmkid: {KEY_ID}"), "", "5:28 __system__cmkid needs __system__encrypted \"1\" beside it"),
        (
            &format!("__system__cmkid: {KEY_ID}, __system__encrypted: \"0\""),
            "",
            "5:28 __system__cmkid needs __system__encrypted \"1\" beside it",
        ),
    ] {
        check_volumes(&m(pairs, rest), &[expected]);
    }
    check_volumes(&m("full_clone: \"0\"", ", snapshot_id: s"), &[]);
    check_volumes(&m(&format!("__system__encrypted: '1', __system__cmkid: {KEY_ID}"), ", backup_id: b"), &[]);
    assert_eq!(hints(&m("__system__encrypted: 1", "")), ["write \"1\""]);
    assert_eq!(hints(&m("__system_encrypted: '1'", "")), ["did you mean `__system__encrypted`?"]);
}

#[test]
fn tag_rules() {
    let t = |pairs: &str| format!("  a: {{size: 40, tags: {{{pairs}}}}}\n");
    let many = |n: usize| (0..n).map(|i| format!("k{i}: v")).collect::<Vec<_>>().join(", ");
    let long = |n: usize| "k".repeat(n);
    for (pairs, expected) in [
        ("a b: x", "5:24 a tag's key may not hold ' '"),
        (&format!("{}: x", long(37)), "5:24 a tag's key has 1 to 36 characters, this one has 37"),
        (&format!("k: {}", long(44)), "5:27 the value of tag \"k\" has at most 43 characters, this one has 44"),
        ("k: a b", "5:27 a tag's value may not hold ' '"),
        ("k: null", "5:27 the tag \"k\" has no value"),
        ("k: [a]", "5:27 a tag's value is text, not a list"),
        (&many(10), "5:23 a volume has at most 9 tags here, one more being evsctl's own, and these are 10"),
        (&many(11), "5:23 a volume has at most 10 tags, these are 11"),
        ("evsctl: x", "5:24 the tag \"evsctl\" is evsctl's own: it says which call made the volume"),
    ] {
        check_volumes(&t(pairs), &[expected]);
    }
    check_volumes(&t(&many(9)), &[]);
    let off = HEAD.replace("simulator: true", "simulator: true, ownership_tag: false");
    check(format!("{off}{}", t(&many(10))), &[]);
    check(format!("{off}{}", t("evsctl: x")), &[]);
    let manifest = good(&t("version: 1.10, build: 007, on: true, empty: '', 环境: 生产, exp: 1e3"));
    let tags = manifest.volumes[&Key::new("a").unwrap()].specs.common().tags.pairs().clone();
    let tags: Vec<(&str, &str)> = tags.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    assert_eq!(
        tags,
        [("build", "007"), ("empty", ""), ("exp", "1e3"), ("on", "true"), ("version", "1.10"), ("环境", "生产")]
    );
}

#[test]
fn shareable_is_multiattach_of_old() {
    let warning = "warning: `shareable` is deprecated by the API and read as `multiattach`";
    for value in ["true", "True", "\"true\"", "'TRUE'"] {
        let text = format!("  a: {{size: 40, shareable: {value}}}\n");
        check_volumes(&text, &[&format!("5:17 {warning}")]);
        assert!(good(&text).volumes[&Key::new("a").unwrap()].specs.common().multiattach);
    }
    check_volumes(
        "  a: {size: 40, shareable: 'true', multiattach: false}\n",
        &[&format!("5:17 {warning}"), "5:28 `shareable` is true and `multiattach` is false, which are one thing"],
    );
    check_volumes("  a: {size: 40, multiattach: yes}\n", &["5:30 `multiattach` is true or false, not \"yes\""]);
    check_volumes("  a: {size: 40, multiattach: 'true'}\n", &["5:30 `multiattach` is true or false, not \"true\""]);
    check_volumes(
        "  a: {size: 40, imageRef: i, multiattach: true}\n",
        &["5:43 \"a\" comes from an image, and a system disk cannot be shared (EVS.2094)"],
    );
}

#[test]
fn unknown_fields_name_the_nearest() {
    check_volumes("  a: {sise: 40}\n", &["5:7 a volume has no field \"sise\""]);
    for (fields, hint) in [
        ("sise: 40", "did you mean `size`?"),
        ("volumeType: SSD, size: 40", "did you mean `volume_type`?"),
        ("image_ref: i, size: 40", "it is `imageRef` here, as in the API"),
        ("prevent_destroy: true, size: 40", "write lifecycle: {prevent_destroy: true}"),
        ("delete_snapshots: true, size: 40", "write lifecycle: {delete_snapshots: true}"),
        ("volume: {size: 40}", "paste what stands inside \"volume\": {...}, without this wrapper"),
    ] {
        assert_eq!(hints(&format!("  a: {{{fields}}}\n")), [hint], "{fields}");
    }
}

#[test]
fn five_bad_volumes_are_five_problems() {
    check_volumes(
        "  a: {size: 9}\n  b: {sise: 40}\n  c: {size: big}\n  d: {size: 40, count: 0}\n  e: {size: 40, backup_id: b, imageRef: i}\n",
        &[
            "5:13 a data disk has 10 to 32768 GB, not 9",
            "6:7 a volume has no field \"sise\"",
            "7:13 `size`, in GB, is a number, not \"big\"",
            "8:24 `count` is 1 to 1000000, not 0",
            "9:41 a volume has one source, and `imageRef` is given beside `backup_id`",
        ],
    );
}

#[test]
fn lifecycle_rules() {
    let manifest = good(
        "  a: {size: 40, count: 3, lifecycle: {prevent_destroy: true, retire: [2], on_shrink: replace, ignore: [tags, size], delete_snapshots: true}}\n",
    );
    let volume = &manifest.volumes[&Key::new("a").unwrap()];
    assert_eq!(volume.slots().map(Slot::number).collect::<Vec<_>>(), [1, 3]);
    assert!(volume.lifecycle.prevent_destroy && volume.lifecycle.ignores(crate::volume::Field::Size));
    assert_eq!(volume.lifecycle.on_shrink, OnShrink::Replace);
    assert!(volume.lifecycle.delete_snapshots && !manifest.default_lifecycle.delete_snapshots);
    let l = |section: &str| format!("  a: {{size: 40, lifecycle: {{{section}}}}}\n");
    for (section, expected) in [
        ("retire: [2]", "5:38 warning: slot 2 is retired, but `count` makes no such slot"),
        ("retire: [0]", "5:38 a slot is 1 to 1000000, not 0"),
        ("retire: 2", "5:37 `retire` is a list, not 2"),
        ("retire: [1, 1]", "5:41 warning: slot 1 is retired twice"),
        ("on_shrink: refus", "5:40 `on_shrink` is refuse or replace, not \"refus\""),
        ("ignore: [count]", "5:38 a change of \"count\" cannot be ignored"),
        ("delete_snapshots: yes", "5:47 `delete_snapshots` is true or false, not \"yes\""),
        ("prevent_destroy: 1", "5:46 `prevent_destroy` is true or false, not 1"),
        ("prevent_destory: true", "5:29 `lifecycle` has no field \"prevent_destory\""),
    ] {
        check_volumes(&l(section), &[expected]);
    }
}

#[test]
fn a_body_of_the_api_reads_as_it_is() {
    let body = format!(
        r#"{{"backup_id":null,"count":1,"availability_zone":"az-dc-1","description":"test_volume_1",
 "size":120,"name":"test_volume_1","volume_type":"SSD",
 "metadata":{{"__system__encrypted":"1","__system__cmkid":"{KEY_ID}"}}}}"#
    );
    let manifest = good(&format!("  a: {body}\n"));
    let volume = &manifest.volumes[&Key::new("a").unwrap()];
    assert_eq!((volume.name.as_str(), volume.specs.common().zone.as_str()), ("test_volume_1", "az-dc-1"));
    assert_eq!(volume.specs.common().source, Source::Blank);
    assert_eq!(volume.specs.common().metadata.pairs().len(), 2);
}

#[test]
fn what_is_prepaid_is_said_in_full() {
    for (prepaid, expected) in [
        ("{period_type: month, period_num: 3}", &[][..]),
        ("{period_type: year, period_num: 1, auto_renew: true, auto_pay: true}", &[]),
        ("null", &[]),
        ("true", &["5:26 `prepaid` is a mapping, not true"]),
        ("{}", &["5:26 `prepaid` has no `period_type`", "5:26 `prepaid` has no `period_num`"]),
        ("{period_type: month}", &["5:26 `prepaid` has no `period_num`"]),
        ("{period_num: 2, auto_pay: true}", &["5:26 `prepaid` has no `period_type`"]),
        ("{period_type: week, period_num: 1}", &["5:40 `period_type` is month or year, not \"week\""]),
        ("{period_type: month, period_num: 10}", &["5:59 `period_num` is 1 to 9, not 10"]),
        ("{period_type: year, period_num: 2}", &["5:58 a volume is prepaid for 1 year, not 2"]),
        // All of it at once.
        (
            "{period_type: 1, period_num: x, auto_pay: \"true\", pay: 1}",
            &[
                "5:40 `period_type` is month or year, not 1",
                "5:55 `period_num` is a number, not \"x\"",
                "5:68 `auto_pay` is true or false, not \"true\"",
                "5:76 `prepaid` has no field \"pay\"",
            ],
        ),
    ] {
        check_volumes(&format!("  a: {{size: 40, prepaid: {prepaid}}}\n"), expected);
    }
}

#[test]
fn not_everything_can_be_prepaid() {
    let paid = "prepaid: {period_type: month, period_num: 1}";
    check_volumes(
        &format!("  a: {{size: 40, volume_type: ESSD2, iops: 500, {paid}}}\n"),
        &["5:57 \"a\": the type ESSD2 is pay-per-use only and cannot be prepaid"],
    );
    check_volumes(
        &format!("  a: {{size: 40, server_id: s, {paid}}}\n"),
        &["5:40 \"a\": a volume for the server s is paid as that is, so `prepaid` says nothing"],
    );
    check_volumes(&format!("  a: {{size: 40, dedicated_storage_id: d, count: 3, {paid}}}\n"), &[]);
    check_volumes("  a: {size: 40, server_id: \"\"}\n", &["5:28 `server_id` may not be empty"]);
    check_volumes("  a: {size: 40, dedicated_storage_id: a b}\n", &["5:39 `dedicated_storage_id` may not hold ' '"]);
}

#[test]
fn defaults_may_be_prepaid_and_a_volume_may_not() {
    let text = "stack: s\ncloud: {simulator: true}\ndefaults:\n  availability_zone: az\n  volume_type: SSD\n  \
                dedicated_storage_id: d\n  prepaid: {period_type: month, period_num: 3, auto_renew: true}\nvolumes:\n  \
                a: {size: 40}\n  b: {size: 40, prepaid: null, dedicated_storage_id: null}\n  \
                c: {size: 40, prepaid: {period_type: year, period_num: 1}}\n";
    let manifest = read(text).unwrap();
    let spec = |key: &str| manifest.volumes[&Key::new(key).unwrap()].specs.common().clone();
    assert_eq!(spec("a").prepaid.map(|it| (it.period.to_string(), it.auto_renew)), Some(("3 months".to_owned(), true)));
    assert_eq!(spec("a").dedicated_storage_id.as_ref().map(|id| id.as_str().to_owned()), Some("d".to_owned()));
    assert!(spec("b").prepaid.is_none() && spec("b").dedicated_storage_id.is_none());
    // No part of the default is left in it.
    assert_eq!(spec("c").prepaid.map(|it| (it.period.to_string(), it.auto_renew)), Some(("1 year".to_owned(), false)));
}

#[test]
fn a_list_of_zones_is_taken_in_turn() {
    let manifest = good(
        "  a: {size: 10, count: 4, availability_zone: [az-1, az-2, az-3]}\n  b: {size: 10, availability_zone: [az-2, az-1]}\n  c: {size: 10}\n",
    );
    let zones = |key: &str| {
        let volume = &manifest.volumes[&Key::new(key).unwrap()];
        volume.slots().map(|slot| volume.specs.of_new(slot).zone.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(zones("a"), ["az-1", "az-2", "az-3", "az-1"]);
    assert_eq!(zones("b"), ["az-2"]);
    assert_eq!(zones("c"), ["az"]);
    let inherited = read(
        "stack: s\ncloud: {simulator: true}\ndefaults: {availability_zone: [x, y], volume_type: SSD}\nvolumes:\n  a: {size: 10, count: 2}\n  b: {size: 10, availability_zone: z}\n",
    );
    let inherited = inherited.unwrap();
    let zones = |key: &str| {
        let specs = &inherited.volumes[&Key::new(key).unwrap()].specs;
        specs.iter().map(|spec| spec.zone.to_string()).collect::<Vec<_>>()
    };
    assert_eq!((zones("a"), zones("b")), (vec!["x".to_owned(), "y".to_owned()], vec!["z".to_owned()]));
}

#[test]
fn what_is_wrong_with_a_list_of_zones() {
    check_volumes("  a: {size: 10, availability_zone: []}\n", &["5:36 `availability_zone` lists no zone"]);
    check_volumes(
        "  a: {size: 10, availability_zone: [az-1, AZ-1, az-2, az-1]}\n",
        &["5:43 duplicate zone \"AZ-1\", first at v.yaml:5:37", "5:55 duplicate zone \"az-1\", first at v.yaml:5:37"],
    );
    check_volumes(
        "  a: {size: 10, availability_zone: [az-1, null, 4]}\n",
        &[
            "5:43 `availability_zone` is text, not nothing",
            "5:49 `availability_zone` is text, and 4 without quotes is a number",
        ],
    );
    let many: Vec<String> = (0..17).map(|zone| format!("az-{zone}")).collect();
    check_volumes(
        &format!("  a: {{size: 10, availability_zone: [{}]}}\n", many.join(", ")),
        &["5:36 `availability_zone` lists 17 zones, and may list 16 at most"],
    );
}

#[test]
fn a_key_expires_on_its_day() {
    use jiff::civil::date;
    let manifest = good(
        "  a: {size: 10, count: 2, lifecycle: {expires: 2027-01-31}}\n  b: {size: 10, lifecycle: {expires: null}}\n",
    );
    let slots = |manifest: &Manifest, key: &str| manifest.volumes[&Key::new(key).unwrap()].slots().count();
    assert_eq!(slots(&manifest, "a"), 2, "without a day nothing has expired");
    let before = manifest.as_of(date(2027, 1, 30));
    assert_eq!((slots(&before, "a"), slots(&before, "b")), (2, 1));
    let after = manifest.as_of(date(2027, 1, 31));
    let a = &after.volumes[&Key::new("a").unwrap()];
    assert_eq!((slots(&after, "a"), slots(&after, "b"), a.has(Slot::FIRST)), (0, 1, false));
    assert_eq!(a.expired(), Some(date(2027, 1, 31)));
    // One that was taken for a day is as it is on another one.
    let again = after.as_of(date(2027, 1, 1));
    assert_eq!((slots(&again, "a"), slots(&again.as_of(date(2030, 1, 1)), "a")), (2, 0));
    check_volumes(
        "  a: {size: 10, lifecycle: {expires: 31.1.2027}}\n  b: {size: 10, lifecycle: {expires: 2027-02-29}}\n  c: {size: 10, lifecycle: {expires: 2027-01-31T00:00}}\n",
        &["5:38 \"31.1.2027\" is no day", "6:38 \"2027-02-29\" is no day", "7:38 \"2027-01-31T00:00\" is no day"],
    );
    check(
        "stack: s\ncloud: {simulator: true}\ndefaults: {lifecycle: {expires: 2027-01-31}}\nvolumes: {}\n",
        &["3:24 `expires` gives up the volumes of one key, and under `defaults` it would give up all"],
    );
}
