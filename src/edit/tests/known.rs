//! Items of `known_drift` in each form that the section can have.

use super::*;
use crate::edit::known;
use crate::manifest::{self, KnownDrift, KnownField, KnownValue};
use crate::plan::{Drift, Drifted, Value};
use crate::volume::{Field, VolumeId};

fn item(what: &str, value: KnownValue) -> KnownDrift {
    KnownDrift {
        what: what.parse().unwrap(),
        field: if matches!(value, KnownValue::Tags(_)) { KnownField::Tags } else { KnownField::Size },
        value,
        reason: "ticket #7".to_owned(),
        until: "2027-02-01".parse().unwrap(),
        place: Place { file: "".into(), line: 0, column: 0 },
    }
}

#[track_caller]
fn becomes(before: &str, item: &KnownDrift, after: &str) {
    for end in ["\n", "\r\n"] {
        let [before, after] = [before, after].map(|text| text.replace('\n', end));
        let mut editor = Editor::new(vec![file("a.yaml", &before)]).unwrap_or_else(|problems| panic!("{problems}"));
        editor.know(std::slice::from_ref(item)).unwrap_or_else(|why| panic!("{why:?}\n{before}"));
        let edited: Vec<&SourceFile> = editor.edited().collect();
        assert_eq!(std::str::from_utf8(&edited[0].bytes).unwrap(), after);
    }
}

const VOLUMES: &str = "volumes: {web: {size: 40}, db: {size: 40, count: 2}}";

#[test]
fn an_item_is_added_in_each_form_of_the_section() {
    let size = item("web", KnownValue::Number(80));
    let flow = "{address: web, field: size, value: 80, reason: \"ticket #7\", until: 2027-02-01}";
    let block = |indent: &str| {
        ["- address: web", "  field: size", "  value: 80", "  reason: \"ticket #7\"", "  until: 2027-02-01"]
            .map(|line| format!("{indent}{line}"))
            .join("\n")
    };
    let other = "{address: db, field: size, value: 90, reason: r, until: 2027-01-01}";
    for (before, after) in [
        ("\n".to_owned(), format!("\nknown_drift:\n{}\n", block("  "))),
        (String::new(), format!("\nknown_drift:\n{}", block("  "))),
        ("\n# end\n...\n".to_owned(), format!("\n# end\nknown_drift:\n{}\n...\n", block("  "))),
        ("\nknown_drift: # none\n# end\n".to_owned(), format!("\nknown_drift: # none\n{}\n# end\n", block("  "))),
        ("\nknown_drift: []\n".to_owned(), format!("\nknown_drift: [{flow}]\n")),
        (format!("\nknown_drift: [{other}] # x\n"), format!("\nknown_drift: [{other}, {flow}] # x\n")),
        (format!("\nknown_drift:\n- {other} # x\n# end\n"), format!("\nknown_drift:\n- {other} # x\n{}\n# end\n", block(""))),
        (
            "\nknown_drift:\n    - address: db # all\n      field: size\n      value: 90\n      reason: r\n      until: 2027-01-01".to_owned(),
            format!(
                "\nknown_drift:\n    - address: db # all\n      field: size\n      value: 90\n      reason: r\n      until: 2027-01-01\n{}",
                block("    ")
            ),
        ),
    ] {
        becomes(&format!("{HEAD}{VOLUMES}{before}"), &size, &format!("{HEAD}{VOLUMES}{after}"));
    }
    let json = "{\"stack\": \"s\", \"cloud\": {\"simulator\": true}, \"defaults\": {\"availability_zone\": \"az\", \"volume_type\": \"SSD\"}, \"volumes\": {\"web\": {\"size\": 40}}}\n";
    let known = ", \"known_drift\": [{\"address\": \"web\", \"field\": \"size\", \"value\": 80, \"reason\": \"ticket #7\", \"until\": \"2027-02-01\"}]}\n";
    becomes(json, &size, &json.replace("}}}\n", &format!("}}}}{known}")));
}

#[test]
fn an_item_of_the_same_field_and_volumes_is_replaced() {
    let before = "known_drift:\n  - {address: 'web[1]', field: size, value: 70, reason: 'old', until: \"2027-01-01\"} # why\n  - address: db[2]\n    field: size\n    reason: |\n      long\n      ago\n    value: 90\n    until: 2027-01-01\n";
    let text = |known: &str| format!("{HEAD}{VOLUMES}\n{known}# end\n");
    let after = before.replace(
        "value: 70, reason: 'old', until: \"2027-01-01\"",
        "value: 80, reason: 'ticket #7', until: \"2027-02-01\"",
    );
    becomes(&text(before), &item("web[1]", KnownValue::Number(80)), &text(&after));
    // An item of the key whose only volume this is comes to be about this volume.
    let of_key = before.replace("address: 'web[1]'", "address: web");
    let of_volume = after.replace("address: 'web[1]'", "address: \"web[1]\"");
    becomes(&text(&of_key), &item("web[1]", KnownValue::Number(80)), &text(&of_volume));
    let after = before
        .replace("reason: |\n      long\n      ago\n", "reason: \"ticket #7\"\n")
        .replace("value: 90\n    until: 2027-01-01", "value: 80\n    until: 2027-02-01");
    becomes(&text(before), &item("db[2]", KnownValue::Number(80)), &text(&after));
}

#[test]
fn tags_and_what_is_absent_are_written_as_such() {
    let tags = [("team".to_owned(), Some("1.10".to_owned())), ("env".to_owned(), None)].into();
    becomes(
        &format!("{HEAD}{VOLUMES}\nknown_drift: []\n"),
        &item("db[1]", KnownValue::Tags(tags)),
        &format!(
            "{HEAD}{VOLUMES}\nknown_drift: [{{address: \"db[1]\", field: tags, value: {{env: null, team: \"1.10\"}}, reason: \"ticket #7\", until: 2027-02-01}}]\n"
        ),
    );
}

#[test]
fn volumes_of_a_key_that_is_named_with_one_value_are_one_item() {
    let manifest = manifest::parse(&[file("a.yaml", &format!("{HEAD}{VOLUMES}\n"))]).unwrap();
    let drift = |address: &str, field, observed: u32| Drift {
        address: address.parse().unwrap(),
        id: VolumeId::new("id").unwrap(),
        change: Drifted::Field { field, recorded: Some(Value::Number(40)), observed: Some(Value::Number(observed)) },
    };
    let of_named = |named: &str, drift: &[Drift]| {
        known(drift, ("ticket #7", "2027-02-01".parse().unwrap()), &manifest, |key| key.as_str() == named)
            .map(|items| items.into_iter().map(|item| item.what.to_string()).collect::<Vec<_>>())
    };
    let [one, two, other] = [("db[1]", 50), ("db[2]", 50), ("db[2]", 60)].map(|(at, gb)| drift(at, Field::Size, gb));
    let of = |drift: &[Drift]| of_named("db", drift);
    assert_eq!(of(&[one.clone(), two.clone()]).unwrap(), ["db"]);
    assert_eq!(of_named("", &[one.clone(), two]).unwrap(), ["db[1]", "db[2]"]);
    // Of the only volume of a key it is never the key, which may get more volumes.
    assert_eq!(of_named("web", &[drift("web[1]", Field::Size, 50)]).unwrap(), ["web[1]"]);
    assert_eq!(of(&[one.clone(), other]).unwrap(), ["db[1]", "db[2]"]);
    assert_eq!(of(std::slice::from_ref(&one)).unwrap(), ["db[1]"]);
    let sharing = Drift {
        change: Drifted::Field { field: Field::Multiattach, recorded: None, observed: Some(Value::Flag(true)) },
        ..one.clone()
    };
    let gone = Drift { change: Drifted::Gone, ..one };
    assert_eq!(
        of(&[sharing, gone]).unwrap_err(),
        [
            NotEdited::NotKnowable { address: "db[1]".parse().unwrap(), field: Field::Multiattach },
            NotEdited::Gone { address: "db[1]".parse().unwrap() }
        ]
    );
}

#[test]
fn several_items_are_written_at_once_each_with_its_line() {
    let old = "{address: \"db[1]\", field: size, value: 70, reason: old, until: 2027-01-01}";
    let new = |what: &str, gb: u32| {
        format!("{{address: \"{what}\", field: size, value: {gb}, reason: \"ticket #7\", until: 2027-02-01}}")
    };
    let items = [("web[1]", 50), ("db[1]", 60), ("db[2]", 80)].map(|(what, gb)| item(what, KnownValue::Number(gb)));
    let [web, db1, db2] = [("web[1]", 50), ("db[1]", 60), ("db[2]", 80)].map(|(what, gb)| new(what, gb));
    let block = |what: &str, gb: u32| {
        format!(
            "  - address: \"{what}\"\n    field: size\n    value: {gb}\n    reason: \"ticket #7\"\n    until: 2027-02-01\n"
        )
    };
    for (before, after, lines) in [
        (format!("known_drift: [{old}]\n"), format!("known_drift: [{db1}, {web}, {db2}]\n"), [5, 5, 5]),
        (
            format!("known_drift:\n  - {old}\n"),
            format!("known_drift:\n  - {db1}\n{}{}", block("web[1]", 50), block("db[2]", 80)),
            [7, 6, 12],
        ),
        (
            "# end\n".to_owned(),
            format!("# end\nknown_drift:\n{}{}{}", block("web[1]", 50), block("db[1]", 60), block("db[2]", 80)),
            [7, 12, 17],
        ),
    ] {
        let text = |below: &str| format!("{HEAD}{VOLUMES}\n{below}");
        let mut editor = Editor::new(vec![file("a.yaml", &text(&before))]).unwrap();
        let places = editor.know(&items).unwrap_or_else(|why| panic!("{why:?}\n{before}"));
        let edited = editor.edited().next().unwrap();
        assert_eq!(std::str::from_utf8(&edited.bytes).unwrap(), text(&after));
        assert_eq!(places.iter().map(|place| place.line).collect::<Vec<_>>(), lines);
    }
}
