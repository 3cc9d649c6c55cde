use super::*;
use crate::doctor::{Fault, Verdict};
use crate::words::doctor::{next, seen};

const WRONG: Verdict = Verdict::Fail(Fault::Wrong);

fn wish<'a>(key: &'a str, zone: &'a str, volume_type: &'a str, size: Option<u32>, lacking: u32) -> Desired<'a> {
    Desired { key, zone, volume_type, size, lacking }
}

fn stock() -> (Vec<Zone>, Vec<Type>) {
    let names = |names: &str| names.split_whitespace().map(str::to_owned).collect();
    let zone = |name: &str, available| Zone { name: name.to_owned(), available };
    let of = |name: &str, zones: &str, sold_out: &str| Type {
        name: name.to_owned(),
        zones: names(zones),
        sold_out: names(sold_out),
    };
    let zones = vec![zone("a", None), zone("b", Some(false))];
    (zones, vec![of("SSD", "a b", ""), of("SAS", "b", ""), of("SATA", "a", "a")])
}

#[test]
fn a_clock_is_judged_by_how_far_it_is_off() {
    let of = |seconds: i64, signs| clock(Some(SignedDuration::from_secs(seconds)), signs).verdict();
    assert_eq!(of(0, true), Verdict::Ok);
    assert_eq!(of(-60, true), Verdict::Ok);
    assert_eq!(of(61, true), Verdict::Warn);
    assert_eq!(of(900, true), Verdict::Warn);
    assert_eq!(of(-901, true), WRONG);
    assert_eq!(of(901, false), Verdict::Warn);
    assert_eq!(clock(None, true).verdict(), Verdict::Skipped);
    let seen = seen(&clock(Some(SignedDuration::from_secs(-3661)), true));
    assert!(seen.contains("1h 1m 1s ahead of"), "{seen}");
}

#[test]
fn keys_are_named_where_zones_and_types_do_not_fit() {
    let (zones_of, types_of) = stock();
    let lacking =
        [wish("one", "a", "SSD", None, 1), wish("two", "x", "SSD", None, 1), wish("three", "b", "SSD", None, 1)];
    let check = zones(&lacking, &zones_of);
    assert_eq!(check.verdict(), WRONG);
    assert_eq!(seen(&check), "x is no zone of this region: two; zone b is not available: three");
    let made = [wish("one", "x", "SSD", None, 0)];
    assert_eq!(zones(&made, &zones_of).verdict(), Verdict::Warn);
    let lacking = [
        wish("one", "a", "SAS", None, 1),
        wish("two", "a", "SATA", None, 1),
        wish("three", "a", "NVME", None, 1),
        wish("four", "x", "SSD", None, 1),
    ];
    let check = types(&lacking, &types_of, Some(&zones_of));
    assert_eq!(check.verdict(), WRONG);
    assert_eq!(
        seen(&check),
        "NVME is no volume type here: three; SAS does not exist in a: one; SATA is sold out in a: two"
    );
    assert!(next(&check).unwrap().ends_with("there are SSD"));
    assert_eq!(types(&[wish("one", "a", "SSD", None, 1)], &types_of, None).verdict(), Verdict::Ok);
}

#[test]
fn a_quota_is_held_against_what_is_left_to_make() {
    let limits = |volumes: i64, gigabytes: i64, of_type: i64| {
        let quota = |limit, in_use, reserved| Quota { limit, in_use, reserved };
        BTreeMap::from([
            ("volumes".to_owned(), quota(volumes, 2, 1)),
            ("gigabytes".to_owned(), quota(gigabytes, 100, 0)),
            ("volumes_SSD".to_owned(), quota(of_type, 0, 0)),
            ("per_volume_gigabytes".to_owned(), quota(50, 0, 0)),
        ])
    };
    let asked =
        [wish("a", "z", "SSD", Some(40), 3), wish("b", "z", "SAS", None, 2), wish("c", "z", "SAS", Some(40), 0)];
    let check = quota(&asked, &limits(8, 220, 3));
    assert_eq!(check.verdict(), Verdict::Ok, "{check:?}");
    assert!(seen(&check).contains("the sizes of 2 volumes are their sources'"), "{check:?}");
    assert!(seen(&quota(&asked, &limits(7, -1, -1))).starts_with("volumes: 5 needed, 4 left of 7"));
    assert!(seen(&quota(&asked, &limits(-1, 219, -1))).starts_with("gigabytes: 120 needed, 119 left of 219"));
    assert_eq!(quota(&asked, &limits(-1, -1, 2)).verdict(), WRONG);
    assert_eq!(quota(&[wish("a", "z", "SSD", Some(51), 1)], &limits(-1, -1, -1)).verdict(), WRONG);
    assert_eq!(quota(&asked[2..], &limits(0, 0, 0)).verdict(), Verdict::Ok);
    assert_eq!(quota(&asked, &BTreeMap::new()).verdict(), Verdict::Warn);
}

#[test]
fn a_list_that_ends_too_early_fails_and_one_out_of_order_is_told() {
    let short = ListAudit { first: 50, behind: 3, ..ListAudit::default() };
    assert_eq!(list_pages(&short).verdict(), WRONG);
    assert_eq!(list_pages(&ListAudit::default()).verdict(), Verdict::Skipped);
    let of = |misplaced| list_order(&ListAudit { dated: 3, misplaced, ..ListAudit::default() }).verdict();
    assert_eq!((of(0), of(1)), (Verdict::Ok, Verdict::Warn));
}

#[test]
fn what_answers_lack_is_counted() {
    let lacking = Conformance { answers: 9, undated: 1, unnamed: 2, ahead: None };
    let check = answers(lacking);
    assert_eq!(check.verdict(), Verdict::Warn);
    assert_eq!(seen(&check), "1 of 9 have no Date; 2 of 9 have no X-Request-Id");
    assert_eq!(answers(Conformance { answers: 9, ..Conformance::default() }).verdict(), Verdict::Ok);
}
