//! The words of consent.

use super::is_kept;
use evsctl::volume::Digest;
use evsctl::words::consent::{self, Number, Stale};
use std::fmt::Write as _;

#[test]
fn every_refusal_for_want_of_consent_is_told() {
    let digest = Digest::of(b"x");
    let mut told = vec![consent::QUESTION.to_owned(), consent::NO.to_owned(), consent::STATE_MISSING.to_owned()];
    told.push(consent::NOT_THE_NUMBER.to_owned());
    told.extend([1, 2].map(consent::agreed));
    told.extend(consent::NOBODY.map(str::to_owned));
    let stale = samples!(Stale:
        Stale::OtherPlace => [Stale::OtherPlace],
        Stale::Manifest => [Stale::Manifest],
        Stale::State => [Stale::State],
        Stale::Refusals => [Stale::Refusals],
        Stale::Changes => [Stale::Changes],
    );
    told.extend(stale.into_iter().map(consent::stale));
    told.extend([consent::STALE_HINT.to_owned(), consent::begun_hint(&digest)]);
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
            told.extend([consent::other_number(of, listed, given), consent::other_number_hint(of, listed)]);
        }
    }
    let mut text = String::new();
    told.iter().for_each(|line| writeln!(text, "{line}").unwrap());
    is_kept("consent.txt", &text);
}
