//! Operations that are found by their volumes.

use super::*;
use crate::operation::{Extend, Growth, Way};
use crate::volume::{Address, SizeGb};

/// An extension of two volumes that was sent at second 0, or an order for one.
fn extension(way: Way) -> Operation {
    let growth = |n: u32| {
        let (id, size) = (VolumeId::new(format!("v-{n}")).unwrap(), |gb| SizeGb::new(gb).unwrap());
        let address = Address { key: Key::new("web").unwrap(), slot: Slot::new(n).unwrap() };
        (address, Growth { id, agreed: Some(size(20)), from: 20, to: size(40) })
    };
    let volumes = (1..=if way.is_order() { 1 } else { 2 }).map(growth).collect();
    let progress = Progress::Sent(Sendings::once(at(0), false));
    Operation { kind: Kind::Extend(Extend { volumes, way }), first_sent: None, progress, at: at(0) }
}

fn extending(way: Way, wanted: bool, policy: Option<InDoubt>) -> Settling {
    let operation = extension(way);
    assert_eq!(operation.found_by(), FoundBy::Volumes);
    Settling::new(&operation, Some(Sendings::once(at(0), false)), wanted, true, doubts(policy))
}

/// A list that shows no tag, and not to its end.
fn bare_list(seconds: i64) -> Listed {
    Listed { volumes: Default::default(), whole: false, ..listed(seconds) }
}

#[test]
fn an_extension_is_sent_again_without_a_token_for_as_long_as_it_is_wanted() {
    for trusted in [None, Some(false), Some(true)] {
        let mut wanted = extending(Way::Batch, true, None);
        assert!(wanted.can_find());
        assert_eq!(shows(&mut wanted, 100_000, 0, trusted), Next::SendAgain, "no age forbids that");
        assert_eq!(shows(&mut extending(Way::Batch, true, None), 1, 2, trusted), Next::Found);
        let failed = Look::Failed("reset".to_owned());
        let unread = extending(Way::Single, true, None).next(&failed, now(1), trusted);
        assert_eq!(unread, Next::Wait(FIRST_PAUSE), "what cannot be looked at is not sent again");
        let mut unwanted = extending(Way::Batch, false, None);
        assert_eq!(shows(&mut unwanted, 1, 0, trusted), Next::Wait(FIRST_PAUSE));
        assert_eq!(shows(&mut unwanted, 2, 2, trusted), Next::Found);
    }
}

#[test]
fn an_extension_that_is_not_wanted_ends_by_two_lists_whose_date_is_late_enough() {
    let mut unwanted = extending(Way::Batch, false, Some(InDoubt::Wait));
    let mut next = |second: i64| {
        let listed = bare_list(second);
        let now = Now { service: at(second), elapsed: Duration::ZERO, watched: Duration::ZERO, ..now(0) };
        unwanted.next(&Look::Listed { listed: &listed, found: 0 }, now, Some(true))
    };
    for second in [1, 30, 31] {
        assert!(matches!(next(second), Next::Wait(_)), "{second}");
    }
    assert_eq!(next(32), Next::NoMore(0));
}

#[test]
fn an_extension_by_an_order_is_never_sent_again_and_never_concluded() {
    for (auto_pay, wanted, policy) in [(true, true, None), (false, true, Some(InDoubt::Wait)), (true, false, None)] {
        let mut order = extending(Way::Order { auto_pay }, wanted, policy);
        assert_eq!(order.ends(), None);
        for second in [1, 31, 59] {
            assert!(matches!(shows(&mut order, second, 0, Some(true)), Next::Wait(_)), "{auto_pay} {wanted}");
        }
        let Next::Leave(Why::NotShown { end, .. }) = shows(&mut order, 100_000, 0, Some(true)) else { panic!() };
        assert_eq!(end, End::NeverProved);
        assert_eq!(shows(&mut extending(Way::Order { auto_pay }, wanted, policy), 100_000, 1, None), Next::Found);
    }
}
