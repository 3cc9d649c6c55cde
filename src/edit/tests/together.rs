//! Several values accepted at once.

use super::*;
use crate::edit::{ByHand, NotWritten};
use std::time::{Duration, Instant};

/// The text with all of these changes.
#[track_caller]
fn edited(text: &str, changes: &[Change]) -> Result<(String, Vec<u32>), Vec<NotEdited>> {
    let mut editor = Editor::new(vec![file("a.yaml", text)]).unwrap_or_else(|problems| panic!("{problems}\n{text}"));
    let places = editor.set(changes)?;
    let text = String::from_utf8(editor.edited().next().unwrap().bytes.clone()).unwrap();
    Ok((text, places.into_iter().map(|place| place.line).collect()))
}

#[test]
fn volumes_that_share_a_value_get_the_new_one_together() {
    let both = [change("db", size(80)), change("web", size(80))];
    for (before, after) in [
        ("volumes:\n  web: {size: &s 40}\n  db: {size: *s}\n", "volumes:\n  web: {size: &s 80}\n  db: {size: 80}\n"),
        (
            "volumes:\n  web: &w\n    size: 40\n  db: *w\n",
            "volumes:\n  web: &w\n    size: 80\n  db: {<<: *w, size: 80}\n",
        ),
        (
            "volumes:\n  web: &w {size: 40}\n  db: {<<: *w}\n",
            "volumes:\n  web: &w {size: 80}\n  db: {<<: *w, size: 80}\n",
        ),
    ] {
        let before = format!("{HEAD}{before}");
        assert_eq!(edited(&before, &both).unwrap().0, format!("{HEAD}{after}"));
    }
    // Several fields of each, and the one is the first of `db` and the second of `web`.
    let text =
        format!("{HEAD}volumes:\n  web: &w {{size: 40, description: a, tags: &t {{a: b, c: d}}}}\n  db: {{<<: *w}}\n");
    let mixed = [
        change("db", size(80)),
        change("db", tag("a", None)),
        change("db", tag("c", Some("e"))),
        change("web", description("b c")),
        change("web", size(80)),
        change("web", tag("c", Some("e"))),
        change("web", tag("a", None)),
        change("db", description("b c")),
    ];
    let (after, lines) = edited(&text, &mixed).unwrap();
    assert!(after.contains("web: &w {size: 80, description: b c, tags: &t {c: e}}\n"), "{after}");
    assert_eq!(lines, [6, 6, 6, 5, 5, 5, 5, 6]);
}

#[test]
fn who_else_has_a_shared_value_keeps_it_and_only_the_culprit_is_told() {
    let text = format!(
        "{HEAD}volumes:\n  web: {{size: &s 40}}\n  db: {{size: *s}}\n  cc: {{size: &c 40}}\n  dd: {{size: *c}}\n"
    );
    let accepted = [change("web", size(80)), change("db", size(80)), change("cc", size(80))];
    let all = edited(&text, &accepted).unwrap_err();
    let [NotEdited::ByHand(why)] = &all[..] else { panic!("{all:?}") };
    let ByHand { key, why, .. } = &**why;
    assert_eq!((key.as_str(), why), ("cc", &NotWritten::Shared(vec![Key::new("dd").unwrap()])));
    // Different new values of one shared value: each is written at its own volume, or told.
    let differ = edited(&text, &[change("web", size(80)), change("db", size(90))]).unwrap();
    assert!(differ.0.contains("web: {size: &s 80}\n  db: {size: 90}\n"), "{}", differ.0);
}

#[test]
fn places_are_those_of_the_text_as_it_is_written() {
    let text = format!("{HEAD}volumes:\n  web:\n    size: 40\n  db:\n    size: 40\n");
    let changes = [change("db", size(80)), change("web", description("x")), change("web", name("y"))];
    let (after, lines) = edited(&text, &changes).unwrap();
    let line = |of: &str| after.lines().skip(4).position(|line| line.trim() == of).unwrap() as u32 + 5;
    assert_eq!(lines, [line("size: 80"), line("description: x"), line("name: \"y\"")], "{after}");
}

/// A few changes of few volumes are not enough to tell a pass over the stack from one for each change.
#[test]
fn many_fields_of_a_large_stack_are_accepted_in_seconds() {
    let mut text = format!("{HEAD}volumes:\n");
    for number in 0..1000 {
        text += &format!("  v{number}: # one of many\n    size: 40\n    tags: {{team: a, env: x}}\n");
    }
    let changes: Vec<Change> = (0..300)
        .map(|number| {
            let setting = if number % 2 == 0 { size(80) } else { tag("team", Some("b")) };
            change(&format!("v{}", number * 3), setting)
        })
        .collect();
    let before = Instant::now();
    let (after, _) = edited(&text, &changes).unwrap();
    let took = before.elapsed();
    assert!(took < Duration::from_secs(20), "{took:?}");
    assert_eq!(after.matches("size: 80").count(), 150);
    assert_eq!(after.matches("team: b").count(), 150);
}

/// A list of zones says where new volumes go. Once every volume of the key lies in another zone, that one takes its place.
#[test]
fn the_zone_in_which_all_volumes_of_a_key_lie_takes_the_place_of_a_list() {
    let zone = Setting::Zone(crate::volume::Zone::new("c").unwrap());
    let text = format!("{HEAD}volumes:\n  web: {{size: 40, count: 2, availability_zone: [az, b]}} # ours\n");
    let (after, _) = edit(&text, zone).unwrap();
    assert_eq!(after, text.replace("[az, b]", "c"));
}
