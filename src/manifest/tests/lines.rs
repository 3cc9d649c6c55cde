//! `import`, `known_drift`, and names that may repeat.

use super::*;
use crate::manifest::{KnownField, KnownValue};

const VOLUMES: &str = "  web: {count: 3, size: 10, lifecycle: {retire: [2]}}\n  db: {size: 10}\n";

#[track_caller]
fn check_lines(lines: &str, expected: &[&str]) {
    check(format!("{HEAD}{VOLUMES}{lines}"), expected);
}

#[test]
fn what_is_imported_and_where() {
    let manifest = good(&format!("{VOLUMES}import: {{db: id-1, 'web[3]': id-2}}\n"));
    let lines: Vec<String> =
        manifest.imports.iter().map(|(to, it)| format!("{to} {} {}", it.id, it.place.line)).collect();
    assert_eq!(lines, ["db[1] id-1 7", "web[3] id-2 7"]);
    assert!(good(&format!("{VOLUMES}import: null\n")).imports.is_empty());
}

#[test]
fn a_line_of_import_means_one_address_that_is_asked_for() {
    for (line, expected) in [
        ("import: {web: a}", "7:10 web has 3 slots, and this line does not say which one the volume is imported into"),
        ("import: {'web[2]': a}", "7:10 warning: web[2] is not asked for, so no volume is imported there"),
        ("import: {gone: a}", "7:10 warning: gone is not asked for, so no volume is imported there"),
        ("import: {'db[1]': a, db: b}", "7:22 another line, at v.yaml:7:10, is about db[1] already"),
        ("import: {db: a, 'web[1]': a}", "7:27 another line, at v.yaml:7:14, imports the volume a already"),
        ("import: {'web[': a}", "7:10 \"web[\" is neither a key nor an address"),
        ("import: {db: 7}", "7:14 a volume's id is text, and 7 without quotes is a number"),
        ("import: [db]", "7:9 `import` is a mapping, not a list"),
    ] {
        check_lines(line, &[expected]);
    }
}

#[test]
fn what_is_known_to_differ_and_until_when() {
    let text = "known_drift:\n\
        - {address: 'web[1]', field: size, value: 200, reason: by hand, until: 2027-01-31}\n\
        - {address: db, field: tags, value: {team: null, a: 1.10, b: x}, reason: r, until: '2027-02-01'}\n\
        - {address: db, field: description, value: null, reason: r, until: 2027-02-01}\n\
        - {address: db, field: status, value: error, reason: r, until: 2027-02-01}\n";
    let known = good(&format!("{VOLUMES}{text}")).known_drift;
    let tags = [("team", None), ("a", Some("1.10")), ("b", Some("x"))];
    let tags = tags.map(|(key, value)| (key.to_owned(), value.map(str::to_owned)));
    let values: Vec<(KnownField, &KnownValue)> = known.iter().map(|item| (item.field, &item.value)).collect();
    let error = KnownValue::Text("error".to_owned());
    assert_eq!(
        values,
        [
            (KnownField::Size, &KnownValue::Number(200)),
            (KnownField::Tags, &KnownValue::Tags(tags.into())),
            (KnownField::Description, &KnownValue::None),
            (KnownField::Status, &error),
        ]
    );
    assert_eq!(known[0].until, jiff::civil::date(2027, 1, 31));
    assert_eq!((known[0].what.to_string(), known[0].reason.as_str()), ("web[1]".to_owned(), "by hand"));
}

#[test]
fn an_item_of_known_drift_says_all_it_must() {
    let line = |item: &str| format!("known_drift: [{item}]");
    for (item, expected) in [
        (
            "{address: db, field: size}",
            &["7:15 this item needs `value`", "7:15 this item needs `reason`", "7:15 this item needs `until`"][..],
        ),
        ("{address: db, field: size, value: 20, reason: r, until: tomorrow}", &["7:71 \"tomorrow\" is no day"]),
        ("{address: db, field: size, value: 20, reason: r, until: 2027-02-30}", &["7:71 \"2027-02-30\" is no day"]),
        (
            "{address: db, field: size, value: 20, reason: r, until: 2027-02-03T10:00}",
            &["7:71 \"2027-02-03T10:00\" is no day"],
        ),
        (
            "{address: db, field: size, value: big, reason: r, until: 2027-02-03}",
            &["7:49 `value` is a number, not \"big\""],
        ),
        ("{address: db, field: size, value: 20, reason: '  ', until: 2027-02-03}", &["7:61 `reason` says nothing"]),
        (
            "{address: db, field: tags, value: {a: [1]}, reason: r, until: 2027-02-03}",
            &["7:53 the value of a tag is text or null, not a list"],
        ),
    ] {
        check_lines(&line(item), expected);
    }
    let two = "{address: db, field: size, value: 20, reason: r, until: 2027-02-03}, \
               {address: 'db[1]', field: size, value: 30, reason: r, until: 2027-02-03}";
    check_lines(&line(two), &["7:84 another item, at v.yaml:7:15, is about `size` of db[1] already"]);
    let found =
        read(format!("{HEAD}{VOLUMES}{}", line("{address: db, field: zone, value: a, reason: r, until: 2027-02-03}")));
    assert!(found.unwrap_err().0[0].reason().starts_with("`field` is name or description or size"), "a legal field");
}

#[test]
fn known_drift_of_what_is_not_asked_for_is_worth_a_look() {
    let item = "known_drift: [{address: 'web[2]', field: size, value: 20, reason: r, until: 2027-02-03}]\n";
    let manifest = good(&format!("{VOLUMES}{item}"));
    let warnings: Vec<String> = manifest.warnings.iter().map(Problem::reason).collect();
    assert_eq!(warnings, ["known drift is of web[2], which is not asked for"]);
}

#[test]
fn a_name_repeats_only_where_both_volumes_say_that_it_may() {
    let two =
        |first: &str, second: &str| format!("  a: {{size: 10, name: n{first}}}\n  b: {{size: 10, name: n{second}}}\n");
    let may = ", name_may_repeat: true";
    assert_eq!(good(&two(may, may)).volumes.len(), 2);
    for (first, second) in [(may, ""), ("", may), ("", ""), (may, ", name_may_repeat: false")] {
        let found = read(format!("{HEAD}{}", two(first, second))).unwrap_err();
        let reasons: Vec<String> = found.0.iter().map(Problem::reason).collect();
        assert_eq!(reasons, ["\"n\" is also the cloud name of \"a\" at v.yaml:5:23"], "{first} {second}");
    }
    check(
        format!("{HEAD}  a: {{size: 10}}\n").replace("defaults: {", "defaults: {name_may_repeat: true, "),
        &["3:12 `name_may_repeat` belongs to one volume and has no default"],
    );
}

#[test]
fn no_declared_tag_looks_like_the_mark_of_a_stack() {
    for (value, is_wrong) in [
        ("other_aaaaaaaa_bbbbbbbbbb", true),
        ("a-b_abcd2345_abcdefgh23", true),
        ("other_aaaaaaaa_bbbbbbbbb", false),
        ("other_aaaaaaa1_bbbbbbbbbb", false),
        ("_aaaaaaaa_bbbbbbbbbb", false),
        ("other-aaaaaaaa-bbbbbbbbbb", false),
    ] {
        let found = read(format!("{HEAD}  a: {{size: 10, tags: {{note: {value}}}}}\n"));
        let reasons = found.err().map(|problems| problems.0.iter().map(Problem::reason).collect::<Vec<_>>());
        let wrong = "the value of the tag \"note\" is that of an ownership tag: it says whose a volume is".to_owned();
        assert_eq!(reasons, is_wrong.then(|| vec![wrong]), "{value}");
    }
}
