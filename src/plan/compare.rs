//! One field, three values: what manifest and cloud last agreed on, what is desired, and what the cloud shows.

/// What becomes of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Nothing is to be done or told.
    AsAgreed,
    /// The cloud shows what is desired, and something else was agreed on before.
    Agreement,
    /// The cloud shows something else than was agreed on and is desired.
    Drift,
    /// Something else is desired than was agreed on.
    Wish,
    /// Something else is desired than was agreed on, and the cloud shows neither.
    WishBesideDrift,
}

/// Compares. `None` is a value that is not known: a field that the manifest leaves open, that the cloud never shows, or that
/// its answer lacks.
pub(super) fn compare<T: PartialEq>(base: Option<&T>, desired: Option<&T>, observed: Option<&T>) -> Outcome {
    let Some(desired) = desired else { return Outcome::AsAgreed };
    match (base, observed) {
        // What the cloud never shows forces nothing on a guess.
        (None, None) => Outcome::AsAgreed,
        (Some(base), None) if base == desired => Outcome::AsAgreed,
        (Some(_), None) => Outcome::Wish,
        (None, Some(observed)) if observed == desired => Outcome::Agreement,
        (None, Some(_)) => Outcome::Wish,
        (Some(base), Some(observed)) => match (base == desired, observed == desired) {
            (true, true) => Outcome::AsAgreed,
            (false, true) => Outcome::Agreement,
            (true, false) => Outcome::Drift,
            (false, false) if base == observed => Outcome::Wish,
            (false, false) => Outcome::WishBesideDrift,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_case_of_the_three() {
        use Outcome::*;
        let (none, one, two, three) = (None, Some(&1), Some(&2), Some(&3));
        for (base, desired, observed, outcome) in [
            // Left open by the manifest.
            (one, none, two, AsAgreed),
            (none, none, two, AsAgreed),
            // All known.
            (one, one, one, AsAgreed),
            (one, one, two, Drift),
            (one, two, one, Wish),
            (one, two, two, Agreement),
            (one, two, three, WishBesideDrift),
            // The answer lacks it.
            (one, one, none, AsAgreed),
            (one, two, none, Wish),
            // Nothing was agreed on.
            (none, one, one, Agreement),
            (none, one, two, Wish),
            (none, one, none, AsAgreed),
        ] {
            assert_eq!(compare(base, desired, observed), outcome, "{base:?} {desired:?} {observed:?}");
        }
    }

    /// What is agreed on after an apply.
    fn after(base: Option<u8>, desired: Option<u8>, observed: Option<u8>) -> Option<u8> {
        match compare(base.as_ref(), desired.as_ref(), observed.as_ref()) {
            Outcome::Agreement => desired,
            _ => base,
        }
    }

    proptest! {
        #[test]
        fn an_agreement_is_a_fixed_point(base: Option<u8>, desired: u8) {
            let base = after(base.map(|it| it % 3), Some(desired % 3), Some(desired % 3));
            prop_assert_eq!(compare(base.as_ref(), Some(&(desired % 3)), Some(&(desired % 3))), Outcome::AsAgreed);
            // And it is what a plan without a look at the cloud finds.
            prop_assert_eq!(compare(base.as_ref(), Some(&(desired % 3)), None), Outcome::AsAgreed);
        }

        #[test]
        fn drift_and_a_wish_are_both_told_only_where_all_three_differ(base in 0..3u8, desired in 0..3u8, observed in 0..3u8) {
            let outcome = compare(Some(&base), Some(&desired), Some(&observed));
            let all_differ = base != desired && desired != observed && base != observed;
            prop_assert_eq!(outcome == Outcome::WishBesideDrift, all_differ);
            prop_assert_eq!(outcome == Outcome::Drift, base == desired && base != observed);
            prop_assert_eq!(outcome == Outcome::Wish, base == observed && base != desired);
        }

        #[test]
        fn what_is_not_known_is_no_drift(base: Option<u8>, desired: Option<u8>) {
            let outcome = compare(base.as_ref(), desired.as_ref(), None);
            prop_assert!(matches!(outcome, Outcome::AsAgreed | Outcome::Wish));
        }
    }
}
