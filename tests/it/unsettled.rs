//! Calls in doubt at their edges: another tag key meanwhile, a policy that may not conclude, records that are lost,
//! answers that ask for patience.

use crate::support::{CREATE, Cloud, World, until};
use crate::torture::world::{begin, send};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const CREATES: &str = "/v3/{project_id}/cloudvolumes";
const LIST: &str = "/v2/{project_id}/cloudvolumes/detail";
const LISTS: &str = "GET /v2/{project_id}/cloudvolumes/detail";

fn create(times: u64, then: Value) -> Value {
    json!({"method": "POST", "path": CREATES, "times": times, "then": then})
}

fn list(then: Value) -> Value {
    json!({"method": "GET", "path": LIST, "then": then})
}

fn without_tokens(volumes: &str) -> World {
    World::in_cloud(Cloud::with(&["--job-duration", "40ms", "--client-tokens", "off"]).with_control(), volumes)
}

/// A stack with a call in doubt that was done, and whose tag the manifest then changes.
fn retagged(field: &str) {
    let world = World::in_cloud(Cloud::start().with_control(), "  web: { count: 2, size: 10 }");
    world.cloud.faults(json!([
        create(1, json!({"cut": "after"})),
        create(9, json!({"status": 503})),
        list(json!({"list_lag_ms": 600_000}))
    ]));
    world.run(&["apply", "--yes", "--in-doubt", "fail"]).exits(7);
    world.cloud.faults(json!([]));
    world.cloud_field("settle: 1s");
    world.cloud_field(field);
    world.run(&["apply", "--yes", "--in-doubt", "wait"]).exits(0);
    assert_eq!(world.cloud.names(), ["web-0001", "web-0002"], "{field}");
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn a_call_is_found_by_the_tag_it_was_sent_with() {
    retagged("ownership_tag: owner");
    retagged("ownership_tag: false");
}

#[test]
fn a_call_that_is_sent_again_is_the_same_whatever_the_tag_is_called_now() {
    let world = World::in_cloud(Cloud::start().with_control(), "  web: { count: 2, size: 10 }");
    world.cloud.faults(json!([create(1, json!({"cut": "before"})), create(9, json!({"status": 503}))]));
    world.run(&["apply", "--yes", "--in-doubt", "fail"]).exits(7);
    world.cloud.faults(json!([]));
    world.cloud_field("ownership_tag: owner");
    world.converge();
    for volume in world.cloud.volumes() {
        assert!(volume["tags"]["evsctl"].is_string() && volume["tags"]["owner"].is_null(), "{volume}");
    }
}

#[test]
fn volumes_under_an_earlier_key_are_nobodys_surprise() {
    let world = World::in_cloud(Cloud::start().with_control(), "  web: { count: 2, size: 10 }");
    world.converge();
    std::fs::remove_dir_all(world.dir.path().join("state")).unwrap();
    world.cloud_field("ownership_tag: owner");
    world.run(&["apply", "--yes"]).exits(4).says("tagged as this stack's");
    world.run(&["orphans"]).says("web-0001");
    world.run(&["state", "rebuild"]).exits(0);
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
    assert_eq!(world.cloud.requests(CREATE), 1);
}

#[test]
fn who_holds_concludes_nothing() {
    for policy in [&["--in-doubt", "hold"][..], &[]] {
        let world = without_tokens("  web: { count: 2, size: 10 }");
        world.cloud_field("settle: 1s");
        // Refused for its token, then taken in long after everybody believes it lost.
        let mut rules = vec![create(1, json!({"late_ms": 12_000}))];
        rules[0]["skip"] = json!(1);
        world.cloud.faults(json!(rules));
        let words = [&["apply", "--yes", "--timeout", "6s"], policy].concat();
        world.run(&words).exits(7).says("may or may not have been done");
        assert_eq!(world.cloud.requests(CREATE), 2, "{policy:?}");
        world.run(&["plan"]).says("answer lost");
    }
}

#[test]
fn a_forgotten_call_is_looked_for_and_never_sent_again() {
    let world = World::in_cloud(Cloud::start().with_control(), "  web: { count: 3, size: 10 }");
    world.cloud_field("settle: 1s");
    world.run(&["init"]).exits(0);
    let committed = std::fs::read(world.snapshot()).unwrap();
    let failure = json!({"job": "fail", "error_code": "EVS.2024", "sub_jobs": [2], "volume": "none"});
    world.cloud.faults(json!([create(1, failure)]));
    world.run(&["apply", "--yes"]).exits(3);
    world.back_to(&committed);
    // Two of its three show. Its token may be older than the service remembers: only looking is safe.
    let finished = world.run(&["apply", "--yes", "--in-doubt", "wait", "--format", "json"]).exits(0).finished();
    assert_eq!(finished["failed"], 0, "what is made anew has not failed: {finished}");
    assert_eq!(world.cloud.names(), ["web-0001", "web-0002", "web-0003"]);
    // The first, and another one for what is missing.
    assert_eq!(world.cloud.requests(CREATE), 2);
}

#[test]
fn a_retry_from_the_committed_state_counts_as_what_was_approved() {
    let world = World::in_cloud(Cloud::start().with_control(), "  web: { count: 2, size: 10 }");
    world.run(&["init"]).exits(0);
    let committed = std::fs::read(world.snapshot()).unwrap();
    let file = world.dir.path().join("plan.json");
    let file = file.to_str().unwrap();
    let plan = world.run(&["plan", "--format", "json", "--out", file]).exits(0).json();
    let digest = plan["changes"].as_str().unwrap().to_owned();
    for words in [["apply", "--approve", &digest], ["apply", "--approve", &digest], ["apply", "--plan", file]] {
        world.back_to(&committed);
        world.run(&words).exits(0);
        assert_eq!(world.cloud.names(), ["web-0001", "web-0002"]);
    }
    assert_eq!(world.cloud.requests(CREATE), 1);
}

#[test]
fn lists_that_are_throttled_hold_up_nobody_beyond_the_time_that_was_given() {
    let world = World::in_cloud(Cloud::start().with_control(), "  web: { count: 2, size: 10 }");
    let mut throttled = list(json!({"status": 429, "headers": {"retry-after": "20"}}));
    throttled["skip"] = json!(2);
    world.cloud.faults(json!([create(1, json!({"cut": "after"})), create(9, json!({"status": 503})), throttled]));
    let began = Instant::now();
    world.run(&["apply", "--yes", "--in-doubt", "wait", "--timeout", "3s"]).exits(7);
    assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
}

#[test]
fn what_was_made_is_looked_for_before_any_pause_that_an_answer_asks_for() {
    let world = World::in_cloud(Cloud::start().with_control(), "  web: { count: 2, size: 10 }");
    // Done and lost; the lists do not show it at first; then the service asks for three minutes.
    let mut busy = create(1, json!({"status": 503, "headers": {"retry-after": "180"}}));
    busy["skip"] = json!(2);
    let mut lagging = list(json!({"list_lag_ms": 600_000}));
    // The plan's list is two requests, the second of which finds nothing more.
    lagging["skip"] = json!(2);
    lagging["times"] = json!(1);
    world.cloud.faults(json!([create(1, json!({"cut": "after"})), busy, lagging]));
    let began = Instant::now();
    world.run(&["apply", "--yes"]).exits(0);
    assert!(began.elapsed() < Duration::from_secs(60), "{:?}", began.elapsed());
    assert_eq!(world.cloud.names(), ["web-0001", "web-0002"]);
}

/// The first call is refused for its token; the second makes all but one of its volumes, and its answer is lost.
fn made_in_part() -> Value {
    let then = json!({"job": "fail", "error_code": "EVS.2024", "sub_jobs": [2], "volume": "none", "cut": "after"});
    let mut rule = create(1, then);
    rule["skip"] = json!(1);
    rule
}

#[test]
fn a_call_that_was_done_in_part_is_completed_and_nothing_has_failed() {
    let world = without_tokens("  web: { count: 3, size: 10 }");
    world.cloud_field("settle: 1s");
    let partly = made_in_part();
    world.cloud.faults(json!([partly]));
    let finished = world.run(&["apply", "--yes", "--in-doubt", "wait", "--format", "json"]).exits(0).finished();
    assert_eq!((&finished["failed"], &finished["converged"]), (&json!(0), &json!(true)), "{finished}");
    assert_eq!(world.cloud.names(), ["web-0001", "web-0002", "web-0003"]);
}

#[test]
fn a_volume_that_shows_after_the_conclusion_is_as_good_as_it_looks() {
    let world = without_tokens("  web: { count: 2, size: 10 }");
    world.cloud_field("settle: 1s");
    let partly = made_in_part();
    let mut slow = list(json!({"delay_ms": 800}));
    slow["skip"] = json!(2);
    world.cloud.faults(json!([partly, slow]));
    let mut command = world.command(&["apply", "--yes", "--in-doubt", "wait"]);
    let run = std::thread::spawn(move || command.output().unwrap());
    // One list for the plan, two that prove that nothing more will show, and one to see what there is: two requests each.
    let began = Instant::now();
    while world.cloud.requests(LISTS) < 7 {
        assert!(began.elapsed() < Duration::from_secs(30), "the run does not look");
        std::thread::sleep(Duration::from_millis(10));
    }
    let state = std::fs::read_to_string(world.snapshot()).unwrap();
    let journal = std::fs::read_to_string(world.snapshot().with_extension("journal")).unwrap();
    let lineage = between(&state, "\"lineage\": \"", "\"");
    let call = between(&journal, "\"call\":\"", "\"");
    let volume = json!({"volume": {
        "availability_zone": "az-dc-1", "volume_type": "SSD", "size": 10, "name": "web-0002", "count": 1,
        "tags": {"evsctl": format!("test_{lineage}_{call}")}
    }});
    assert_eq!(world.cloud.call("POST", CREATES, Some(volume)).0, 200);
    run.join().unwrap();
    world.cloud.faults(json!([]));
    world.converge();
    assert_eq!(world.cloud.names(), ["web-0001", "web-0002"]);
    assert!(!std::fs::read_to_string(world.snapshot()).unwrap().contains("tainted"), "a good volume stays good");
}

fn between<'t>(text: &'t str, before: &str, after: &str) -> &'t str {
    let rest = text.split_once(before).unwrap().1;
    rest.split_once(after).unwrap().0
}

#[test]
fn a_call_that_nothing_can_settle_is_given_up_on_somebodys_word() {
    let world = without_tokens("  web: { count: 2, size: 10 }");
    world.cloud_field("ownership_tag: false");
    let mut lost = create(1, json!({"cut": "before"}));
    lost["skip"] = json!(1);
    world.cloud.faults(json!([lost]));
    let ran =
        world.run(&["apply", "--yes"]).exits(7).says("without an ownership tag").says("evsctl state rm PATH --call");
    let call = between(&ran.stderr, "--call ", "`").trim().to_owned();
    world.run(&["apply", "--yes"]).exits(7);
    world.run(&["plan"]).exits(0).says("cannot be looked for");
    world.run(&["state", "rm", "--call", "aaaaaaaaaa"]).exits(1).says(&format!("open are: {call}"));
    world.run(&["state", "rm", "--call", &call]).exits(0).says("gave up create call");
    world.run(&["state", "rm", "--call", &call]).exits(1).says("no call of this stack is open");
    world.converge();
    assert_eq!(world.cloud.names(), ["web-0001", "web-0002"]);
}

#[test]
fn what_is_left_out_of_a_run_is_not_sent_by_it() {
    let world = World::in_cloud(Cloud::start().with_control(), "  web: { count: 2, size: 10 }\n  x: { size: 10 }");
    world.cloud.faults(json!([create(99, json!({"cut": "before"}))]));
    world.run(&["apply", "--yes", "--in-doubt", "fail", "--target", "web"]).exits(7);
    world.cloud.faults(json!([]));
    world.run(&["apply", "--yes", "--in-doubt", "fail", "--exclude", "web[2]"]).exits(7);
    assert_eq!(world.cloud.names(), ["x"]);
    world.converge();
    assert_eq!(world.cloud.names(), ["web-0001", "web-0002", "x"]);
}

#[test]
fn a_volume_that_was_deleted_before_it_was_recorded_keeps_no_run_from_its_end() {
    let world = World::in_cloud(Cloud::with(&["--job-duration", "600ms"]), "  web: { count: 2, size: 10 }");
    world.cloud_field("settle: 1s");
    world.run(&["apply", "--yes", "--timeout", "50ms"]).exits(7);
    crate::support::until("the volumes are there", || {
        world.cloud.volumes().iter().filter(|volume| volume["status"] == "available").count() == 2
    });
    let id = world.cloud.volumes()[0]["id"].as_str().unwrap().to_owned();
    world.cloud.delete(&id);
    // Recorded by its id all the same: the next plan asks for it again, and nothing is bought unasked.
    world.run(&["apply", "--yes", "--timeout", "20s"]).exits(7);
    world.run(&["plan"]).exits(0).says("recreate");
    world.run(&["apply", "--yes", "--allow-recreate", "1"]).exits(0);
    assert_eq!(world.cloud.names(), ["web-0001", "web-0002"]);
}

#[test]
fn what_was_usable_once_is_never_cleaned_away() {
    let world = World::in_cloud(Cloud::start().with_control(), "  web: { count: 1, size: 10 }");
    let failure = json!({"job": "fail", "error_code": "EVS.2024", "volume": "error"});
    world.cloud.faults(json!([create(1, failure)]));
    world.run(&["apply", "--yes"]).exits(3);
    // The cloud repaired it, somebody uses it, and then it breaks.
    let mut repaired = world.cloud.volumes();
    repaired[0]["status"] = json!("available");
    world.cloud.faults(json!([list(json!({"status": 200, "body": {"volumes": repaired}}))]));
    world.volumes("  web: { count: 1, size: 10 }\n  other: { size: 10 }");
    world.run(&["apply", "--yes", "--skip-refused"]).says("the cloud now shows it as available");
    world.cloud.faults(json!([]));
    world.run(&["plan"]).exits(4).says("it may hold data");
    world.run(&["apply", "--yes"]).exits(4);
    assert_eq!(world.cloud.requests(crate::support::DELETE), 0);
}

#[test]
fn a_batch_that_failed_as_a_whole_may_have_been_made_all_the_same() {
    let world = World::in_cloud(Cloud::start().with_control(), "  web: { count: 2, size: 10 }");
    world.cloud_field("settle: 4s");
    let failed = json!({"status": "FAIL", "fail_reason": "lost its way", "entities": {}});
    let mut jobs = list(json!({"status": 200, "body": failed}));
    jobs["path"] = json!("/v1/{project_id}/jobs/{job_id}");
    world.cloud.faults(json!([jobs, list(json!({"list_lag_ms": 2500}))]));
    world.run(&["apply", "--yes"]).exits(0);
    assert_eq!(world.cloud.names(), ["web-0001", "web-0002"]);
    assert_eq!(world.cloud.requests(CREATE), 1);
}

#[test]
fn a_forgotten_call_keeps_the_tag_that_its_volumes_carry() {
    let world = World::in_cloud(Cloud::with(&["--job-duration", "600ms"]), "  web: { count: 2, size: 10 }");
    world.run(&["init"]).exits(0);
    let committed = std::fs::read(world.snapshot()).unwrap();
    world.run(&["apply", "--yes", "--timeout", "50ms"]).exits(7);
    world.back_to(&committed);
    world.cloud_field("ownership_tag: false");
    world.run(&["apply", "--yes"]).exits(0);
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
    assert_eq!(world.cloud.names(), ["web-0001", "web-0002"]);
}

/// A stack whose lost call is concluded never to have happened, and happens after that.
fn late(volumes: &str, skip: u64, words: &[&str]) -> World {
    let world = without_tokens(volumes);
    world.cloud_field("settle: 1s");
    if skip == 0 {
        world.converge();
        let id = world.cloud.volumes()[0]["id"].as_str().unwrap().to_owned();
        world.cloud.delete(&id);
    }
    let rule = |skip: u64, then: Value| json!({"method": "POST", "path": CREATES, "skip": skip, "then": then});
    let mut lost = rule(skip, json!({"late_ms": 7000}));
    lost["times"] = json!(1);
    world.cloud.faults(json!([lost, rule(skip + 1, json!({"status": 400}))]));
    let _ = world.run(&[&["apply", "--yes", "--in-doubt", "wait"], words].concat());
    world.cloud.faults(json!([]));
    crate::support::until("the late volumes show", || {
        let volumes = world.cloud.volumes();
        !volumes.is_empty() && volumes.iter().all(|volume| volume["status"] == "available")
    });
    world
}

#[test]
fn late_volumes_are_adopted_though_their_name_was_edited() {
    let world = late("  web: { count: 2, size: 10 }", 1, &[]);
    world.volumes("  web: { name: site, count: 2, size: 10 }");
    world.run(&["plan"]).exits(0).says("adopt");
    world.converge();
    assert_eq!(world.cloud.names(), ["site-0001", "site-0002"]);
}

#[test]
fn a_late_volume_takes_the_place_of_the_lost_one_that_it_was_bought_for() {
    let world = late("  web: { count: 1, size: 10 }", 0, &["--allow-recreate", "1"]);
    world.run(&["plan"]).exits(0).says("adopt").says("in place of").says("recreating needs --allow-recreate 1");
    // It takes the place of a recorded volume, as one that is bought again does.
    world.run(&["apply", "--yes"]).exits(4).says("--allow-recreate 1");
    world.run(&["apply", "--yes", "--allow-recreate", "1"]).exits(0);
    world.run(&["plan", "--detailed-exitcode"]).exits(0).says("nothing to do");
    assert_eq!(world.cloud.names(), ["web"]);
}

#[test]
fn a_tag_that_reads_as_an_ownership_tag_is_refused_before_anything_is_sent() {
    let asked = "  web: { count: 2, size: 10, tags: { group: my_internal_kubernetes } }";
    let world = World::in_cloud(Cloud::start().with_control(), asked);
    world.cloud_field("ownership_tag: false");
    world.run(&["apply", "--yes"]).exits(1).says("the value of the tag \"group\" is that of an ownership tag");
    assert_eq!(world.cloud.requests(CREATE), 0);
    world.volumes(&asked.replace('_', "-"));
    world.converge();
    assert_eq!(world.cloud.names(), ["web-0001", "web-0002"]);
}

/// A stack whose first call never happened, and whose second attempt did, in one run; and the state that was committed
/// before that.
fn made_at_the_second_attempt(job: &str) -> (World, Vec<u8>) {
    let cloud = Cloud::with(&["--job-duration", job, "--client-tokens", "off"]).with_control();
    let world = World::in_cloud(cloud, "  web: { count: 2, size: 10 }");
    world.cloud_field("settle: 1s");
    world.run(&["init"]).exits(0);
    let committed = std::fs::read(world.snapshot()).unwrap();
    // Refused for its token, then lost, then made.
    let mut lost = create(1, json!({"cut": "before"}));
    lost["skip"] = json!(1);
    world.cloud.faults(json!([lost]));
    (world, committed)
}

#[test]
fn what_never_happened_is_made_anew_in_the_same_run() {
    let (world, committed) = made_at_the_second_attempt("40ms");
    let finished = world.run(&["apply", "--yes", "--in-doubt", "wait", "--format", "json"]).exits(0).finished();
    assert_eq!(
        (&finished["created"], &finished["failed"], &finished["converged"]),
        (&json!(2), &json!(0), &json!(true))
    );
    assert_eq!(world.cloud.names(), ["web-0001", "web-0002"]);
    assert_eq!(world.cloud.requests(CREATE), 3);
    // A runner that begins from the committed state derives the second attempt as well as the first.
    world.back_to(&committed);
    world.run(&["apply", "--yes"]).exits(0);
    assert_eq!((world.cloud.names().len(), world.cloud.requests(CREATE)), (2, 3));
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn an_attempt_whose_record_is_lost_is_in_doubt_and_buys_nothing_twice() {
    let (world, _) = made_at_the_second_attempt("400ms");
    let mut child = begin(&world, &["apply", "--yes", "--in-doubt", "wait"], "killed.log");
    until("the second attempt has arrived", || world.cloud.requests(CREATE) >= 3);
    send(&child, "KILL");
    child.wait().unwrap();
    std::fs::remove_file(world.dir.path().join("state/test.journal")).unwrap();
    // Nothing shows of it for longer than the next run looks.
    world.cloud.faults(json!([list(json!({"list_lag_ms": 60_000}))]));
    world.run(&["apply", "--yes", "--in-doubt", "fail"]).exits(7).says("may or may not have been done");
    assert_eq!(world.cloud.requests(CREATE), 3);
    world.cloud.faults(json!([]));
    world.run(&["apply", "--yes", "--in-doubt", "wait"]).exits(0);
    assert_eq!((world.cloud.names(), world.cloud.requests(CREATE)), (vec!["web-0001".into(), "web-0002".into()], 3));
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn a_cloud_that_loses_every_call_is_asked_four_times_and_then_left() {
    let world = without_tokens("  web: { count: 2, size: 10 }");
    world.cloud_field("settle: 1s");
    world.cloud.faults(json!([create(99, json!({"cut": "before"}))]));
    world.run(&["apply", "--yes", "--in-doubt", "wait"]).exits(7);
    let state: Value = serde_json::from_slice(&std::fs::read(world.snapshot()).unwrap()).unwrap();
    assert_eq!((state["ended"].as_object().unwrap().len(), world.cloud.names().len()), (4, 0), "{state}");
    world.cloud.faults(json!([]));
    world.converge();
    assert_eq!(world.cloud.names(), ["web-0001", "web-0002"]);
}

#[test]
fn a_yes_to_an_open_call_has_it_made_anew_whatever_was_approved_in_between() {
    let world = without_tokens("  web: { count: 2, size: 10 }");
    world.cloud_field("settle: 1s");
    let mut lost = create(1, json!({"cut": "before"}));
    lost["skip"] = json!(1);
    world.cloud.faults(json!([lost]));
    world.run(&["apply", "--yes", "--in-doubt", "fail"]).exits(7);
    world.volumes("  web: { count: 2, size: 10 }\n  db: { size: 10 }");
    world.cloud_field("settle: 1s");
    world.run(&["apply", "--yes", "--target", "db"]).exits(0);
    let ran = world.run(&["apply", "--yes", "--in-doubt", "wait"]).exits(0);
    ran.says("surely never happened; its volumes are made anew by call");
    assert_eq!(world.cloud.names(), ["db", "web-0001", "web-0002"]);
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
}
