mod volumes;

use super::*;
use crate::observed::ObservedVolume;
use crate::operation::CreateCall;
use crate::operation::{Create, Kind, Progress};
use crate::volume::{CreateApi, Key, OwnershipTag, Slot, VolumeId, VolumeName};
use proptest::prelude::*;

/// A look tells in a word why it failed.
type Settling = super::Settling<String>;
type Next = super::Next<String>;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + seconds).unwrap()
}

/// A create of two volumes that was sent first and last at second 0.
fn operation(spec: &str, api: CreateApi, tag: OwnershipTag) -> Operation {
    let name = |n: u32| VolumeName::new(format!("web-{n:04}")).unwrap();
    let create = Create {
        key: Key::new("web").unwrap(),
        slots: (1..=2).map(|n| (Slot::new(n).unwrap(), name(n))).collect(),
        name: VolumeName::new("web").unwrap(),
        spec: std::sync::Arc::new(serde_json::from_str(spec).unwrap()),
        api,
        gone: Default::default(),
    };
    let progress = Progress::Sent(Sendings::once(at(0), true));
    let call = CreateCall { create, tag, token: uuid::Uuid::nil() };
    Operation { kind: Kind::Create(call), first_sent: None, progress, at: at(0) }
}

const PLAIN: &str = r#"{"availability_zone":"az-1","volume_type":"SSD","size":40}"#;
const PREPAID: &str =
    r#"{"availability_zone":"az-1","volume_type":"SSD","size":40,"prepaid":{"period_type":"month","period_num":1}}"#;

fn doubts(policy: Option<InDoubt>) -> Doubts {
    Doubts { policy, dated: true, validity: Duration::from_secs(20), settle: Duration::from_secs(10) }
}

fn settling(doubts: Doubts) -> Settling {
    let operation = operation(PLAIN, CreateApi::V3, OwnershipTag::default());
    Settling::new(&operation, Some(Sendings::once(at(0), true)), true, true, doubts)
}

/// So long after the sending, by both clocks, with an hour left.
fn now(seconds: u64) -> Now {
    let elapsed = Duration::from_secs(seconds);
    let service = at(0) + SignedDuration::try_from(elapsed).unwrap();
    Now { service, elapsed, watched: elapsed, left: Duration::from_secs(3600) }
}

/// A list of that second, which shows another stack's volume and so proves that it shows tags.
fn listed(seconds: i64) -> Listed {
    let tags = [("any".to_owned(), "shop_aaaaaaaa_bbbbbbbbbb".to_owned())].into();
    let volume = ObservedVolume { tags, ..ObservedVolume::of(VolumeId::new("other").unwrap()) };
    Listed { volumes: [(volume.id.clone(), volume)].into(), dated: Some(at(seconds)), whole: true, missing_of: None }
}

fn shows(settling: &mut Settling, seconds: u64, found: usize, trusted: Option<bool>) -> Next {
    let listed = listed(i64::try_from(seconds).unwrap());
    settling.next(&Look::Listed { listed: &listed, found }, now(seconds), trusted)
}

#[test]
fn all_volumes_end_the_doubt_before_anything_else_is_asked() {
    assert_eq!(shows(&mut settling(doubts(None)), 1, 2, None), Next::Found);
    assert_eq!(shows(&mut settling(doubts(Some(InDoubt::Fail))), 1, 3, Some(false)), Next::Found);
}

#[test]
fn it_goes_again_with_its_token_where_that_is_trusted_and_remembered() {
    let fresh = || settling(doubts(None));
    assert_eq!(shows(&mut fresh(), 1, 1, Some(true)), Next::SendAgain);
    assert_eq!(shows(&mut fresh(), 1, 1, None), Next::AskTokens);
    // Seven hours after its first sending nothing says that the service still knows the token.
    assert_eq!(shows(&mut fresh(), 7 * 3600 - 1, 1, Some(true)), Next::SendAgain);
    assert_ne!(shows(&mut fresh(), 7 * 3600, 1, Some(true)), Next::SendAgain);
    let plain = operation(PLAIN, CreateApi::V3, OwnershipTag::default());
    let sent = |token| Some(Sendings::once(at(0), token));
    for (sent, wanted, replay) in
        [(sent(false), true, true), (sent(true), false, true), (sent(true), true, false), (None, true, true)]
    {
        let mut settling = Settling::new(&plain, sent, wanted, replay, doubts(None));
        assert_eq!(shows(&mut settling, 1, 0, Some(true)), Next::Wait(FIRST_PAUSE), "{sent:?} {wanted} {replay}");
    }
    // A list that is not there says nothing of what it would show.
    let failed = Look::Failed("reset".to_owned());
    assert_eq!(fresh().next(&failed, now(1), Some(true)), Next::Wait(FIRST_PAUSE));
}

#[test]
fn that_it_never_happened_takes_two_lists_in_a_row_that_prove_it() {
    let mut settling = settling(doubts(Some(InDoubt::Wait)));
    let again = |next: &Next| matches!(next, Next::Wait(_));
    // The sending, its validity and the time that it may stay invisible: 30 s.
    for second in [1, 29, 30] {
        assert!(again(&shows(&mut settling, second, 1, Some(false))), "{second}");
    }
    assert!(again(&shows(&mut settling, 31, 1, Some(false))));
    // One that proves nothing breaks the row.
    let part = Listed { whole: false, ..listed(32) };
    assert!(again(&settling.next(&Look::Listed { listed: &part, found: 1 }, now(32), Some(false))));
    assert!(again(&shows(&mut settling, 33, 1, Some(false))));
    // One that could not be read does not.
    assert!(again(&settling.next(&Look::Failed("reset".to_owned()), now(34), Some(false))));
    assert_eq!(shows(&mut settling, 35, 1, Some(false)), Next::NoMore(1));
}

#[test]
fn who_does_not_wait_for_a_proof_gets_none() {
    for (policy, dated, trusted, end) in [
        (Some(InDoubt::Hold), true, true, Some(End::Held)),
        (None, false, false, Some(End::Held)),
        (None, false, true, None),
        (None, true, false, None),
    ] {
        let mut settling = settling(Doubts { dated, ..doubts(policy) });
        settling.may_repeat = false;
        let mut next = Next::Wait(Duration::ZERO);
        for second in (1..=59).chain([100, 101]) {
            if matches!(next, Next::Wait(_)) {
                next = shows(&mut settling, second, 0, Some(trusted));
            }
        }
        match (end, next) {
            (None, Next::NoMore(0)) => {}
            (Some(end), Next::Leave(Why::NotShown { end: got, .. })) => assert_eq!(got, end),
            (_, next) => panic!("{policy:?} {dated} {trusted}: {next:?}"),
        }
    }
    let mut once = settling(doubts(Some(InDoubt::Fail)));
    once.may_repeat = false;
    assert!(matches!(shows(&mut once, 1, 1, Some(true)), Next::Leave(Why::NotShown { end: End::Failed, .. })));
}

#[test]
fn an_order_that_may_wait_to_be_paid_is_never_concluded() {
    let paid = operation(PREPAID, CreateApi::V21, OwnershipTag::default());
    let mut settling =
        Settling::new(&paid, Some(Sendings::once(at(0), false)), true, true, doubts(Some(InDoubt::Wait)));
    for second in [31, 40, 59] {
        assert!(matches!(shows(&mut settling, second, 0, Some(true)), Next::Wait(_)));
    }
    let Next::Leave(Why::NotShown { end, .. }) = shows(&mut settling, 100_000, 0, Some(true)) else { panic!() };
    assert_eq!(end, End::NeverProved);
}

#[test]
fn nothing_is_looked_for_without_a_tag() {
    let untagged = operation(PLAIN, CreateApi::V3, OwnershipTag::Off);
    let fresh = || Settling::new(&untagged, Some(Sendings::once(at(0), true)), true, true, doubts(None));
    assert!(!fresh().can_find());
    assert_eq!(fresh().next(&Look::Blind, now(1), None), Next::AskTokens);
    assert_eq!(fresh().next(&Look::Blind, now(1), Some(true)), Next::SendAgain);
    assert_eq!(fresh().next(&Look::Blind, now(1), Some(false)), Next::Leave(Why::Untagged));
}

#[test]
fn what_cannot_be_proved_in_this_run_is_left_after_a_minute() {
    let mut settling = settling(Doubts { validity: Duration::from_secs(7200), ..doubts(Some(InDoubt::Wait)) });
    assert!(matches!(shows(&mut settling, 59, 0, Some(false)), Next::Wait(_)));
    let Next::Leave(Why::NotShown { evidence, end }) = shows(&mut settling, 60, 0, Some(false)) else { panic!() };
    assert_eq!(evidence, Evidence { seen: Seen::Some(0), unproved: None });
    assert_eq!(end, End::ProvedLater(Some(at(7210)), Duration::from_secs(10)));
}

#[test]
fn the_end_of_the_time_tells_what_was_seen_last() {
    let mut settling = settling(doubts(Some(InDoubt::Wait)));
    let bare = Listed { volumes: Default::default(), ..listed(1) };
    let look = Look::Listed { listed: &bare, found: 0 };
    assert_eq!(settling.next(&look, now(1), Some(false)), Next::Wait(FIRST_PAUSE));
    assert_eq!(settling.last().and_then(|last| last.unproved), Some(Unproved::NoControl));
    let left = Now { left: Duration::from_millis(100), ..now(2) };
    let Next::Leave(Why::NotShown { evidence, end }) = settling.next(&Look::TooLate, left, Some(false)) else {
        panic!()
    };
    assert_eq!(evidence, Evidence { seen: Seen::Some(0), unproved: Some(Unproved::NoControl) });
    assert_eq!(end, End::OutOfTime(false), "more time would not help");
    let denied = settling.next(&Look::Denied("no right".to_owned()), now(3), None);
    assert_eq!(denied, Next::Leave(Why::Denied("no right".to_owned())));
}

/// A call of one volume that belongs to no operation, sent at second 0.
fn bare(proof: Proof) -> Subject {
    Subject {
        targets: 1,
        found_by: FoundBy::Tag,
        repeated: Repeated::ByToken,
        ends_by_time: true,
        sent: Some(Sendings::once(at(0), true)),
        since: at(0),
        proof,
        looks: Duration::from_secs(5),
    }
}

#[test]
fn a_date_alone_proves_the_absence_where_no_more_is_asked_for() {
    for (proof, whole, ends) in [(Proof::Date, false, true), (Proof::Full, true, false), (Proof::Full, false, false)] {
        let mut settling = Settling::of(bare(proof), false, doubts(Some(InDoubt::Wait)));
        // No tag shows, and the run's own clock has seen nothing pass.
        let mut next = |second: i64| {
            let listed = Listed { volumes: Default::default(), whole, ..listed(second) };
            let now = Now { service: at(second), elapsed: Duration::ZERO, watched: Duration::ZERO, ..now(0) };
            settling.next(&Look::Listed { listed: &listed, found: 0 }, now, Some(true))
        };
        assert!(matches!(next(30), Next::Wait(_)) && matches!(next(31), Next::Wait(_)), "{proof:?}");
        assert_eq!(next(32) == Next::NoMore(0), ends, "{proof:?} {whole}");
    }
    // It can still come in 2 s of the service's, however long the run's own clock would have to look on.
    let short =
        Now { service: at(29), elapsed: Duration::from_secs(6), watched: Duration::ZERO, left: Duration::from_secs(2) };
    for (proof, left) in [(Proof::Date, false), (Proof::Full, true)] {
        let mut settling = Settling::of(bare(proof), false, doubts(Some(InDoubt::Wait)));
        let next = settling.next(&Look::Listed { listed: &listed(29), found: 0 }, short, Some(true));
        assert_eq!(matches!(next, Next::Leave(_)), left, "{proof:?}");
    }
}

#[test]
fn what_is_learnt_between_two_looks_counts_from_then_on() {
    // While its job runs time proves nothing.
    let running = Subject { ends_by_time: false, ..bare(Proof::Full) };
    let mut settling = Settling::of(running, false, doubts(Some(InDoubt::Wait)));
    assert_eq!(settling.ends(), None);
    assert!(matches!(shows(&mut settling, 4, 0, Some(true)), Next::Wait(_)));
    assert!(matches!(shows(&mut settling, 5, 0, Some(true)), Next::Leave(_)), "its own time to look");
    let over = Subject { since: at(10), ..bare(Proof::Full) };
    settling.learn(over);
    assert_eq!(settling.ends(), Some(at(40)));
    assert!(matches!(shows(&mut settling, 40, 0, Some(true)), Next::Wait(_)));
    assert!(matches!(shows(&mut settling, 41, 0, Some(true)), Next::Wait(_)));
    // The row goes on where the same is said again.
    settling.learn(over);
    assert_eq!(shows(&mut settling, 42, 0, Some(true)), Next::NoMore(0));
    settling.learn(Subject { targets: 0, ..over });
    assert_eq!(shows(&mut settling, 43, 0, Some(true)), Next::Found);
}

#[test]
fn whether_it_may_go_again_can_be_asked_without_a_look() {
    let asked = |again, seconds, trusted| {
        Settling::of(bare(Proof::Full), again, doubts(None)).may_go_again(now(seconds).service, trusted)
    };
    assert_eq!(asked(true, 1, Some(true)), Some(true));
    assert_eq!(asked(true, 1, None), None);
    for (again, seconds, trusted) in [(false, 1, true), (true, 7 * 3600, true), (true, 1, false)] {
        assert_eq!(asked(again, seconds, Some(trusted)), Some(false), "{again} {seconds} {trusted}");
    }
}

#[derive(Debug, Clone)]
enum Shown {
    Listed { found: usize, whole: bool, dated: bool, control: bool },
    Failed,
    TooLate,
}

fn any_look() -> impl Strategy<Value = Shown> {
    prop_oneof![
        4 => (0usize..3, any::<bool>(), any::<bool>(), any::<bool>())
            .prop_map(|(found, whole, dated, control)| Shown::Listed { found, whole, dated, control }),
        1 => Just(Shown::Failed),
        1 => Just(Shown::TooLate),
    ]
}

proptest! {
    /// Whatever a service shows, at whatever times: an operation is sent again only with a token that the service honours
    /// and remembers, and while it is wanted; and it is concluded that it never happened only by somebody who waits for
    /// that, from two lists in a row which prove it by both clocks, or by the service's where no more is asked for.
    #[test]
    fn no_history_of_looks_buys_twice(
        looks in proptest::collection::vec((any_look(), 0u64..40_000, 0u64..40_000, 0u64..100), 1..30),
        (wanted, replay, token, trusted) in (any::<bool>(), any::<bool>(), any::<bool>(), proptest::option::of(any::<bool>())),
        policy in proptest::option::of(prop_oneof![Just(InDoubt::Wait), Just(InDoubt::Hold), Just(InDoubt::Fail)]),
        dated_requests in any::<bool>(), prepaid in any::<bool>(), by_date in any::<bool>(),
    ) {
        let spec = if prepaid { PREPAID } else { PLAIN };
        let api = if prepaid { CreateApi::V21 } else { CreateApi::V3 };
        let operation = operation(spec, api, OwnershipTag::default());
        let sent = Sendings::once(at(0), token);
        let mut settling = Settling::new(&operation, Some(sent), wanted, replay, Doubts { dated: dated_requests, ..doubts(policy) });
        if by_date {
            settling.learn(Subject { proof: Proof::Date, ..settling.subject });
        }
        let (mut service, mut watched, mut proofs) = (0u64, 0u64, 0u32);
        for (look, passed, seen, left) in looks {
            (service, watched) = (service + passed, watched + seen);
            let now = Now {
                service: at(i64::try_from(service).unwrap()),
                elapsed: Duration::from_secs(watched),
                watched: Duration::from_secs(watched),
                left: Duration::from_secs(left),
            };
            let list = |whole, dated: bool, control: bool| {
                let volumes = if control { listed(0).volumes } else { Default::default() };
                Listed { volumes, dated: dated.then_some(now.service), whole, missing_of: None }
            };
            let (next, proof, found) = match &look {
                Shown::Listed { found, whole, dated, control } => {
                    let listed = list(*whole, *dated, *control);
                    let next = settling.next(&Look::Listed { listed: &listed, found: *found }, now, trusted);
                    (next, Some(*dated && service > 30 && (by_date || *whole && *control && watched >= 10)), Some(*found))
                }
                Shown::Failed => (settling.next(&Look::Failed("reset".to_owned()), now, trusted), None, None),
                Shown::TooLate => (settling.next(&Look::TooLate, now, trusted), None, None),
            };
            proofs = match proof { Some(true) => proofs + 1, Some(false) => 0, None => proofs };
            match next {
                Next::Found => prop_assert_eq!(found, Some(2)),
                Next::SendAgain => {
                    prop_assert!(wanted && replay && token && trusted == Some(true) && service < 7 * 3600);
                }
                Next::NoMore(n) => {
                    prop_assert!(proofs >= 2 && found == Some(n) && n < 2 && !prepaid);
                    prop_assert!(matches!(policy, None | Some(InDoubt::Wait)));
                }
                Next::AskTokens => prop_assert_eq!(trusted, None),
                Next::Wait(pause) => {
                    prop_assert!(pause <= LONGEST_PAUSE && pause < now.left);
                    continue;
                }
                Next::Leave(Why::NotShown { .. }) => {}
                Next::Leave(why) => prop_assert!(false, "{:?}", why),
            }
            break;
        }
    }
}
