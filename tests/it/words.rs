//! The catalogue of words: each sentence of it, for one volume and for several, beside a sample of the value that it is
//! made from. `SNAPSHOTS=overwrite` rewrites `tests/words`.

#[macro_use]
mod samples;

mod api;
mod codes;
mod command;
mod consent;
mod doctor;
mod edges;
mod edit;
mod habit;
mod invalid;
mod item;
mod outside;
mod problem;
mod progress;
mod rebuild;
mod state;
mod store;
mod surroundings;

use evsctl::plan::{self, About, Drift, Drifted, Inputs, Known, Refusal, Selection, Wanted, Warning, Why};
use evsctl::volume::{StackName, VolumeId};
use evsctl::words;
use snapbox::{Assert, Data, IntoData as _};
use std::fmt::Write as _;
use std::path::Path;

fn is_kept(file: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/words").join(file);
    let assert = Assert::new().action_env("SNAPSHOTS").normalize_paths(false);
    let expected = Data::read_from(&path, Some(snapbox::data::DataFormat::Text)).raw();
    if let Err(error) = assert.try_eq(None, text.to_owned().into_data().raw(), expected) {
        panic!("{file}: {error}");
    }
}

fn code_of(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).unwrap()["code"].as_str().unwrap().to_owned()
}

#[test]
fn every_refusal_is_told_of_one_volume_and_of_several() {
    let stack = StackName::new("shop").unwrap();
    let mut text = String::new();
    for refusal in samples::reasons().into_iter().flat_map(refusals) {
        let subject = words::refusal::subject(&refusal.about, &stack);
        let wish = words::refusal::wish(refusal.why.wanted());
        let unwanted = refusal.unwanted.map(|unwanted| format!(" ({unwanted:?})")).unwrap_or_default();
        writeln!(text, "{}: {subject} {wish}{unwanted}", code_of(&refusal)).unwrap();
        for volumes in [1, 2] {
            let (reason, lift) = (words::refusal::reason(&refusal, volumes), words::refusal::lift(&refusal, volumes));
            assert!(!reason.is_empty() && !lift.is_empty(), "{refusal:?}");
            writeln!(text, "  {volumes}: {reason}\n     {lift}").unwrap();
            if refusal.why.unrecorded().is_some() {
                // They are counted by themselves.
                break;
            }
        }
    }
    is_kept("refusals.txt", &text);
}

/// Refusals for that reason: what is not deleted may not be asked for on several grounds.
fn refusals(why: Why) -> Vec<Refusal> {
    let is_kept =
        why.wanted() == Wanted::Delete && !matches!(why, Why::LooksRenamed { .. } | Why::LimitExceeded { .. });
    let grounds = if is_kept { samples::unwanted() } else { vec![None] };
    let of = |unwanted| Refusal { about: about(&why), id: None, why: why.clone(), unwanted };
    grounds.into_iter().map(of).collect()
}

/// What such a refusal is about.
fn about(why: &Why) -> About {
    match why {
        why if why.unrecorded().is_some() => About::Stack { withheld: samples::withheld() },
        Why::NameTooLong => samples::slots(),
        _ => About::Address("data[2]".parse().unwrap()),
    }
}

#[test]
fn every_warning_is_told() {
    let mut text = String::new();
    for warning in samples::warnings() {
        writeln!(text, "{}: {}", code_of(&warning), words::warning::text(&warning)).unwrap();
    }
    is_kept("warnings.txt", &text);
}

#[test]
fn every_drift_is_told_of_one_volume_and_of_several() {
    let mut text = String::new();
    for change in samples::drifts() {
        match words::drift::cells(&change) {
            Some(cells) => {
                let [recorded, observed] = cells.written(|value| format!("{value:?}"));
                writeln!(text, "{}: {} {recorded} -> {observed}", code_of(&change), cells.field).unwrap();
            }
            None => {
                let (one, two) = (words::drift::gone(&change, 1), words::drift::gone(&change, 2));
                writeln!(text, "{}: {one:?} {two:?}", code_of(&change)).unwrap();
            }
        }
    }
    let desired = crate::support::parsed("  web: { size: 10 }");
    let mut plan = plan::make(Inputs {
        desired: &desired,
        cloud: &crate::scenarios::cloud_of(&desired),
        recorded: None,
        observed: None,
        selection: &Selection::default(),
        as_of: crate::support::TODAY,
    });
    let address = |slot: &str| slot.parse().unwrap();
    let drift =
        |slot: &str| Drift { address: address(slot), id: VolumeId::new("id-1").unwrap(), change: Drifted::Gone };
    let until = jiff::civil::date(2027, 1, 31);
    for (drifted, known, recorded) in [(0, 0, 0), (0, 0, 1), (0, 2, 5), (2, 0, 5), (1, 1, 5)] {
        let slots = |n: usize| (1..=n).map(|n| drift(&format!("web[{n}]"))).collect::<Vec<_>>();
        let known = slots(known).into_iter().map(|drift| Known { drift, reason: "ticket 7".to_owned(), until });
        (plan.drift, plan.known_drift, plan.recorded) = (slots(drifted), known.collect(), recorded);
        writeln!(text, "{}", words::drift::sum(&plan)).unwrap();
    }
    let many: Vec<String> = (1..=10).map(|n| format!("web[{n}]")).collect();
    for addresses in [&many[..1], &many[..2], &many] {
        writeln!(text, "{}", words::drift::not_compared(addresses)).unwrap();
    }
    writeln!(text, "{}", words::drift::known(until, "ticket 7")).unwrap();
    writeln!(text, "{} | {}", words::drift::HEADS.join(" | "), words::drift::NOT_SHOWN).unwrap();
    is_kept("drift.txt", &text);
}

/// What would have to be done is one word or a few, and refusals are sorted by it as they are by its value.
#[test]
fn every_wish_has_a_word_of_its_own_in_the_order_of_the_words() {
    let words: Vec<&str> = samples::wanted().into_iter().map(words::refusal::wish).collect();
    assert!(words.is_sorted_by(|a, b| a < b), "{words:?}");
}

#[test]
fn values_are_read_as_they_are_written() {
    for refusal in samples::reasons().into_iter().flat_map(refusals) {
        let text = serde_json::to_string(&refusal).unwrap();
        assert_eq!(serde_json::from_str::<Refusal>(&text).unwrap(), refusal, "{text}");
    }
}

#[test]
fn warnings_are_read_as_they_are_written() {
    for warning in samples::warnings() {
        let text = serde_json::to_string(&warning).unwrap();
        assert_eq!(serde_json::from_str::<Warning>(&text).unwrap(), warning, "{text}");
    }
    let newer = r#"{"code":"manifest","problem":"not_known_yet","reason":"r","hint":"h"}"#;
    assert!(serde_json::from_str::<Warning>(newer).is_err());
}

/// Where words stand beside the values in a plan's JSON, no value may go by the name of one of them.
#[test]
fn no_value_has_the_name_of_what_stands_beside_it() {
    for why in samples::reasons() {
        let value = serde_json::to_value(&why).unwrap();
        for name in ["subject", "about", "id", "unwanted", "wish", "reason", "lift", "addresses"] {
            assert!(value.get(name).is_none(), "{value}");
        }
    }
    for warning in samples::warnings() {
        let value = serde_json::to_value(&warning).unwrap();
        assert!(["text", "reason", "hint"].iter().all(|name| value.get(name).is_none()), "{warning:?}");
    }
}
