//! `moved` and `removed`.

use super::*;
use crate::manifest::{Move, Release};

const VOLUMES: &str = "  new: {count: 2, size: 10, lifecycle: {retire: [1]}}\n  other: {size: 10}\n";

#[track_caller]
fn check_lines(lines: &str, expected: &[&str]) {
    check(format!("{HEAD}{VOLUMES}{lines}"), expected);
}

#[test]
fn what_moves_and_what_is_given_up() {
    let text = format!(
        "{VOLUMES}moved:\n  - {{from: old, to: new}}\n  - {{from: 'new[1]', to: 'other[1]'}}\n\
         removed: [gone, 'new[3]', {{key: left, untag: true}}]\n"
    );
    let manifest = good(&text);
    let line = |from: &str, to: &str| Move { from: from.parse().unwrap(), to: to.parse().unwrap() };
    assert_eq!(manifest.moved, [line("old", "new"), line("new[1]", "other[1]")]);
    let release = |what: &str, untag| Release { what: what.parse().unwrap(), untag };
    assert_eq!(manifest.removed, [release("gone", false), release("new[3]", false), release("left", true)]);
    assert_eq!(good(&format!("{VOLUMES}moved: null\nremoved: []\n")).moved, []);
}

#[test]
fn what_is_moved_or_given_up_is_not_asked_for_and_where_it_moves_is() {
    check_lines(
        "moved: [{from: other, to: new}]",
        &["7:16 other is still asked for at v.yaml:6:3, so its volumes do not move"],
    );
    check_lines(
        "moved: [{from: 'new[2]', to: 'other[1]'}]",
        &["7:16 new[2] is still asked for at v.yaml:5:3, so its volumes do not move"],
    );
    check_lines("removed: [other]", &["7:11 other is still asked for at v.yaml:6:3, so its volumes are not given up"]);
    for to in ["nowhere", "'new[1]'", "'new[3]'"] {
        let from = if to == "nowhere" { "old" } else { "'old[1]'" };
        let found = read(format!("{HEAD}{VOLUMES}moved: [{{from: {from}, to: {to}}}]")).unwrap_err();
        let reason = format!("{} is not asked for, so nothing moves there", to.trim_matches('\''));
        assert_eq!(found.0.iter().map(Problem::reason).collect::<Vec<_>>(), [reason]);
    }
}

#[test]
fn no_two_lines_are_about_one_address() {
    check_lines(
        "moved: [{from: old, to: new}, {from: old, to: other}]",
        &["7:38 another line, at v.yaml:7:16, is about old already"],
    );
    check_lines(
        "moved: [{from: old, to: new}, {from: older, to: new}]",
        &["7:49 another line, at v.yaml:7:25, is about new already"],
    );
    check_lines(
        "moved: [{from: 'old[2]', to: 'new[2]'}]\nremoved: [old]",
        &["8:11 another line, at v.yaml:7:16, is about old already"],
    );
    good(&format!("{VOLUMES}moved: [{{from: 'old[2]', to: 'new[2]'}}, {{from: 'old[1]', to: 'other[1]'}}]\n"));
}

#[test]
fn a_line_that_does_not_read_says_what_it_lacks() {
    check_lines("moved: [{from: old}]", &["7:9 this item needs `to`"]);
    check_lines("moved: [{}]", &["7:9 this item needs `from`", "7:9 this item needs `to`"]);
    check_lines("removed: [{untag: true}]", &["7:11 this item needs `key`"]);
    check_lines("moved: [{from: old, to: 'new[2]'}]", &["7:25 a key moves to a key, and one slot to one slot"]);
    check_lines("moved: [{from: 'old[0]', to: new}]", &["7:16 \"old[0]\" is neither a key nor an address"]);
    check_lines("moved: [{from: 'old[*]', to: new}]", &["7:16 \"old[*]\" is neither a key nor an address"]);
    check_lines("moved: [{from: other, to: other}]", &["7:27 this line moves nothing: both are the same"]);
    check_lines("moved: {old: new}", &["7:8 `moved` is a list, not a mapping"]);
    check_lines("moved: [old]", &["7:9 `moved` is a mapping, not \"old\""]);
    check_lines("removed: web", &["7:10 `removed` is a list, not \"web\""]);
    check_lines("moved: [{form: old, to: new}]", &["7:9 this item needs `from`", "7:10 `moved` has no field \"form\""]);
}
