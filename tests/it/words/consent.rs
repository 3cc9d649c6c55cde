//! The words of consent.

use super::is_kept;
use evsctl::manifest::Place;
use evsctl::plan::{AskedStill, KeepsAway};
use evsctl::volume::{Digest, Key, Slot};
use evsctl::words::consent::{self, Number, Stale};
use evsctl::words::destroy;
use std::fmt::Write as _;

/// Each way to keep what is destroyed away, and more keys than are named.
fn asked_still() -> Vec<AskedStill> {
    let slots = |numbers: &[u32]| numbers.iter().filter_map(|number| Slot::new(*number)).collect::<Vec<_>>();
    let ways = samples!(KeepsAway:
        KeepsAway::Key => [KeepsAway::Key],
        KeepsAway::Count(_) => [KeepsAway::Count(2)],
        KeepsAway::Retire(_) => [KeepsAway::Retire(slots(&[2, 3]).into_iter().collect())],
    );
    let one = |(number, keeps_away): (usize, KeepsAway)| {
        let numbers: &[u32] = if keeps_away == KeepsAway::Key { &[1] } else { &[3, 4] };
        let place = Place { file: "shop/evsctl.yaml".into(), line: 7, column: 3 };
        let key = Key::new(format!("data-{number}")).unwrap();
        AskedStill { key, place, slots: slots(numbers).into_iter().collect(), keeps_away }
    };
    let many = std::iter::repeat_n(KeepsAway::Key, 8);
    ways.into_iter().chain(many).enumerate().map(one).collect()
}

#[test]
fn every_refusal_for_want_of_consent_is_told() {
    let digest = Digest::of(b"x");
    let mut told = vec![consent::QUESTION.to_owned(), consent::NO.to_owned(), consent::STATE_MISSING.to_owned()];
    told.push(consent::NOT_THE_NUMBER.to_owned());
    told.extend([1, 2].map(consent::agreed));
    told.extend(consent::NOBODY.map(str::to_owned));
    told.extend(consent::NOBODY_DESTROYS.map(str::to_owned));
    told.extend(destroy::asked_still(&asked_still()));
    let stale = samples!(Stale:
        Stale::OtherPlace => [Stale::OtherPlace],
        Stale::Manifest => [Stale::Manifest],
        Stale::State => [Stale::State],
        Stale::Refusals => [Stale::Refusals],
        Stale::Changes => [Stale::Changes],
        Stale::Day(_) => [Stale::Day(jiff::civil::date(2027, 1, 31))],
        Stale::Done => [Stale::Done],
    );
    told.extend(stale.into_iter().map(consent::stale));
    told.extend([consent::STALE_HINT.to_owned(), consent::begun_hint(&digest), consent::DONE_HINT.to_owned()]);
    told.extend([consent::older_changes(&digest), consent::older_changes_hint(&digest)]);
    told.extend([consent::other_changes(&digest, &digest), consent::OTHER_CHANGES_HINT.to_owned()]);
    told.push(consent::REFUSALS_HINT.to_owned());
    let numbers = samples!(Number:
        Number::Destroy => [Number::Destroy],
        Number::Recreate => [Number::Recreate],
    );
    for of in numbers {
        told.extend([1, 2].map(|listed| consent::number_question(of, listed)));
        for (listed, given) in [(1, None), (2, Some(1)), (0, Some(1))] {
            told.push(consent::other_number(of, listed, given));
            told.extend([false, true].map(|cleans| consent::other_number_hint(of, listed, cleans)));
        }
    }
    let mut text = String::new();
    told.iter().for_each(|line| writeln!(text, "{line}").unwrap());
    is_kept("consent.txt", &text);
}
