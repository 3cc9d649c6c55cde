use super::super::record::tests::intent;
use super::*;
use crate::doctor::{Fault, Left, Verdict, Why};
use crate::observed::Status;
use crate::volume::Receipt;
use crate::words::doctor as words;
use std::collections::BTreeMap;

const WRONG: Verdict = Verdict::Fail(Fault::Wrong);
const UNFINISHED: Verdict = Verdict::Fail(Fault::Unfinished);

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

#[track_caller]
fn is(finding: &Finding, verdict: Verdict, seen: &str) {
    assert!(finding.verdict() == verdict && words::seen(finding).contains(seen), "{finding:?}");
    let is_amiss = matches!(verdict, Verdict::Warn | Verdict::Fail(_));
    assert_eq!(words::next(finding).is_some(), is_amiss, "{finding:?}");
}

fn job(id: &str) -> JobId {
    JobId::new(id).unwrap()
}

#[test]
fn a_window_that_is_wider_than_documented_is_worse_than_a_narrower_one() {
    let taken = |answers: [bool; 4]| window([-16, -14, 14, 16].map(|n| MINUTE * n).into_iter().zip(answers).collect());
    let check = taken([false, true, true, false]);
    is(&check, Verdict::Ok, "dated 16 min in the past refused, 14 min in the past taken");
    is(&taken([true, true, true, false]), WRONG, "16 min in the past taken");
    is(&taken([false, true, true, true]), WRONG, "16 min in the future taken");
    is(&taken([false, false, true, false]), Verdict::Warn, "14 min in the past refused");
}

#[test]
fn a_list_is_late_where_a_quarter_of_settle_is_over() {
    let volume = |name: String, tags: BTreeMap<String, String>| ObservedVolume {
        name,
        status: Status::Available,
        size: 10,
        volume_type: "SSD".to_owned(),
        availability_zone: "az".to_owned(),
        tags,
        ..ObservedVolume::of(VolumeId::new("v").unwrap())
    };
    let tags = BTreeMap::from([(TAG.to_owned(), intent().id)]);
    let mut seen = Seen { looks: 3, ..Seen::default() };
    is(&shown_in_lists(&seen, &intent(), Duration::MAX)[0], UNFINISHED, "not in 3 looks");
    seen.listed(&volume(intent().name(), tags.clone()), &intent(), Duration::from_secs(5));
    let all = shown_in_lists(&seen, &intent(), Duration::from_secs(20));
    assert!(all.iter().all(|check| check.verdict() == Verdict::Ok), "{all:?}");
    assert_eq!(all[0].took(), Some(Duration::from_secs(5)));
    is(&shown_in_lists(&seen, &intent(), Duration::from_secs(19))[0], Verdict::Warn, "5.00 s after the answer");
    let mut bare = Seen { looks: 1, ..Seen::default() };
    bare.listed(&volume("evsctl-probe-other".to_owned(), BTreeMap::new()), &intent(), Duration::from_secs(1));
    let all = shown_in_lists(&bare, &intent(), Duration::from_secs(20));
    is(&all[2], WRONG, "never with its tag");
    is(&all[3], Verdict::Warn, "evsctl-probe-other");
    bare.listed(&volume(intent().name(), tags), &intent(), Duration::from_secs(2));
    is(&shown_in_lists(&bare, &intent(), Duration::from_secs(20))[2], Verdict::Warn, "at 1.00 s, with it at 2.00 s");
}

fn refused(code: &str) -> Unsent {
    let body = format!(r#"{{"error":{{"code":"{code}","message":"no"}}}}"#);
    Unsent::Failed(Error::refused("POST /", 400, None, body.as_bytes()))
}

#[test]
fn a_token_that_is_not_remembered_is_a_failure() {
    let taken = |id: &str| Taken { receipt: Receipt::Job(job(id)), volumes: Vec::new() };
    is(&same_token(Some(&job("a")), Ok(&taken("a"))), Verdict::Ok, "same job");
    is(&same_token(Some(&job("a")), Ok(&taken("b"))), WRONG, "another job b");
    is(&same_token(Some(&job("a")), Err(refused("EVS.2221").why())), Verdict::Warn, "EVS.2221");
    is(&other_body(Ok(&taken("b"))), WRONG, "taken");
    is(&other_body(Err(&refused("EVS.2219"))), Verdict::Ok, "EVS.2219");
    is(&other_body(Err(&refused("EVS.1009"))), Verdict::Warn, "EVS.1009");
}

#[test]
fn the_volume_that_an_answer_named_is_held_against_the_one_that_was_made() {
    let id = |text: &str| VolumeId::new(text).unwrap();
    let of = |named: &[&str], made: Option<&str>| {
        let named: Vec<VolumeId> = named.iter().map(|it| id(it)).collect();
        volume_ids(CreateApi::V21, &named, made.map(id).as_ref())
    };
    is(&of(&["v"], Some("v")), Verdict::Ok, "that was made");
    is(&of(&[], Some("v")), Verdict::Warn, "named none");
    is(&of(&["w"], Some("v")), Verdict::Warn, "named w, and v was made");
    is(&of(&["v"], None), Verdict::Skipped, "");
    is(&volume_ids(CreateApi::V3, &[], Some(&id("v"))), Verdict::Skipped, "v3");
}

#[test]
fn what_is_left_is_not_over_and_without_a_permission_it_is_denied() {
    let Unsent::Failed(denied) = refused("EVS.5403") else { unreachable!() };
    let left = |why| {
        let (volume, record) = (intent().volume(), "test.json.probe".into());
        let left = Left { volume, there: [].into(), doubtful: [].into(), why, record };
        Finding::Deleted(Removal::Left(Box::new(left)))
    };
    let finding = left(Why::Time);
    is(&finding, UNFINISHED, "not seen to be gone in time");
    assert!(words::next(&finding).unwrap().starts_with("run `evsctl doctor --probe` again"));
    let finding = left(Why::Denied(denied));
    is(&finding, Verdict::Fail(Fault::Denied), "EVS.5403");
    assert!(words::next(&finding).unwrap().starts_with("grant evs:volumes:delete"));
    let gone = Removal::Gone { name: intent().name(), volumes: BTreeMap::new() };
    is(&Finding::Deleted(gone), Verdict::Ok, "never made");
}
