//! What is not edited, and why.

use super::*;
use crate::edit::{ByHand, NotWritten};
use crate::manifest;
use crate::plan::{Drift, Drifted, Value};
use crate::volume::{Address, Field, VolumeId};

#[track_caller]
fn by_hand(text: &str, setting: Setting) -> ByHand {
    match edit(&format!("{HEAD}{text}"), setting) {
        Err(NotEdited::ByHand(by_hand)) => *by_hand,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_would_change_another_volume_is_left_to_people() {
    let shared = by_hand("volumes:\n  web: &w\n    size: &s 40\n  db:\n    size: *s\n", size(80));
    assert_eq!(shared.why, NotWritten::Shared(vec![Key::new("db").unwrap()]));
    assert_eq!((shared.line.as_str(), shared.place.line), ("size: 80", 5));
    let merged = by_hand("volumes:\n  web: &w {size: 40}\n  db: {<<: *w}\n", size(80));
    assert_eq!(merged.why, NotWritten::Shared(vec![Key::new("db").unwrap()]));
}

#[test]
fn what_is_not_written_out_is_left_to_people() {
    for text in
        ["x-v: &v {web: {size: 40}}\nvolumes: *v\n", "x-v: &v {web: {size: 40}}\nvolumes: {<<: *v, db: {size: 40}}\n"]
    {
        assert_eq!(by_hand(text, size(80)).why, NotWritten::NotWrittenOut, "{text}");
    }
}

#[test]
fn what_would_be_wrong_is_left_to_people() {
    let wrong = by_hand("volumes:\n  web: {size: 40}\n  db: {size: 40}\n", name("db"));
    assert!(matches!(&wrong.why, NotWritten::Wrong(problems) if problems.0.len() == 1), "{wrong:?}");
    let tag = by_hand("volumes:\n  web: {size: 40, tags: {a: b}}\n", tag("evsctl", Some("x")));
    assert!(matches!(tag.why, NotWritten::Wrong(_)) && tag.line == "tags: {evsctl: x}", "{tag:?}");
}

#[test]
fn volumes_of_one_key_are_edited_together_or_not_at_all() {
    let text =
        format!("{HEAD}volumes:\n  web: {{size: 40, count: 3, lifecycle: {{retire: [2]}}}}\n  db: {{size: 40}}\n");
    let manifest = manifest::parse(&[file("m.yaml", &text)]).unwrap();
    let drift = |address: &str, field, observed: Option<Value>| Drift {
        address: address.parse::<Address>().unwrap(),
        id: VolumeId::new("id").unwrap(),
        change: Drifted::Field { field, recorded: None, observed },
    };
    let sizes = |sizes: &[(&str, u32)]| -> Vec<Drift> {
        sizes.iter().map(|(address, gb)| drift(address, Field::Size, Some(Value::Number(*gb)))).collect()
    };
    let of = |drift: &[Drift]| Change::of(drift, &manifest);
    let both = of(&sizes(&[("web[1]", 80), ("web[3]", 80)])).unwrap();
    assert_eq!(both, [change("web", size(80))]);
    let web = Key::new("web").unwrap();
    let one = of(&sizes(&[("web[1]", 80)])).unwrap_err();
    assert!(
        matches!(&one[..], [NotEdited::SomeSlots { drifted, all, .. }]
            if (drifted.to_string().as_str(), all.to_string().as_str()) == ("1", "1,3")),
        "{one:?}"
    );
    let differ = of(&sizes(&[("web[1]", 80), ("web[3]", 90)])).unwrap_err();
    assert_eq!(differ, [NotEdited::SlotsDiffer { key: web.clone(), field: Field::Size, tag: None }]);
    let names = of(&[drift("web[1]", Field::Name, Some("x".into())), drift("web[3]", Field::Name, Some("x".into()))]);
    assert_eq!(names.unwrap_err(), [NotEdited::NameOfSeveral { key: web, count: 3 }]);
    let gone = Drift { change: Drifted::Gone, ..drift("db[1]", Field::Size, None) };
    assert_eq!(of(&[gone]).unwrap_err(), [NotEdited::Gone { address: "db[1]".parse().unwrap() }]);
    let not_known = of(&[drift("db[1]", Field::Iops, None)]).unwrap_err();
    assert_eq!(not_known, [NotEdited::NoValue { address: "db[1]".parse().unwrap(), field: Field::Iops }]);
    let other = of(&sizes(&[("no[1]", 80)])).unwrap_err();
    assert_eq!(other, [NotEdited::NotDesired { key: Key::new("no").unwrap() }]);
    let illegal = of(&sizes(&[("db[1]", 99_999)])).unwrap_err();
    assert!(matches!(&illegal[..], [NotEdited::Illegal { .. }]), "{illegal:?}");
}

#[test]
fn each_tag_that_drifted_is_a_change_of_its_own() {
    let manifest =
        manifest::parse(&[file("m.yaml", &format!("{HEAD}volumes:\n  db: {{size: 40, tags: {{a: b, c: d}}}}\n"))])
            .unwrap();
    let pairs = |pairs: &[(&str, &str)]| {
        Some(Value::Pairs(pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()))
    };
    let change_of = Drifted::Field {
        field: Field::Tags,
        recorded: pairs(&[("a", "b"), ("c", "d")]),
        observed: pairs(&[("c", "e")]),
    };
    let drift = Drift { address: "db[1]".parse().unwrap(), id: VolumeId::new("id").unwrap(), change: change_of };
    let changes = Change::of(&[drift], &manifest).unwrap();
    assert_eq!(changes, [change("db", tag("a", None)), change("db", tag("c", Some("e")))]);
}
