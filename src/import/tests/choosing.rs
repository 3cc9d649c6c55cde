//! Which volumes of a project are meant.

use super::{pairs, volume, volume_in};
use crate::import::choice::NoTag;
use crate::import::{By, Choice, TagPattern};
use crate::observed::ObservedVolume;

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
    assert_eq!("=x".parse::<TagPattern>(), Err(NoTag));
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
