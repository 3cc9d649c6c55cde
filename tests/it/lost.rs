//! Lost answers, seen from outside: the real binary at a cloud that keeps its promises or does not.

use crate::support::{CREATE, Cloud, World};
use serde_json::json;

const CREATES: &str = "/v3/{project_id}/cloudvolumes";

#[test]
fn a_create_call_whose_answer_was_lost_is_found_by_its_tag() {
    let world = World::new("  data: { count: 2, size: 10 }");
    world.cloud.faults(json!([{"method": "POST", "path": CREATES, "times": 1, "then": {"cut": "after"}}]));
    let finished = world.run(&["apply", "--yes", "--format", "json"]).exits(0).finished();
    assert_eq!((finished["created"].as_u64(), finished["unfinished"].as_u64()), (Some(2), Some(0)));
    assert_eq!(world.cloud.requests(CREATE), 1);
    assert_eq!(world.cloud.names(), ["data-0001", "data-0002"]);
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn a_service_that_judges_tokens_is_sent_a_lost_call_again() {
    let world = World::new("  data: { count: 2, size: 10 }");
    world.cloud.faults(json!([{"method": "POST", "path": CREATES, "times": 1, "then": {"cut": "before"}}]));
    world.converge();
    // The lost one, the question whether tokens are judged, which can make nothing, and the call again.
    assert_eq!(world.cloud.requests(CREATE), 3);
    assert_eq!(world.cloud.names(), ["data-0001", "data-0002"]);
    let state = std::fs::read_to_string(world.dir.path().join("state/test.json")).unwrap();
    assert!(state.contains("\"tokens\": \"honoured\""), "{state}");
}

/// A world whose service knows no tokens, and whose first create call is lost before anything is done.
fn without_tokens(volumes: &str) -> World {
    let world =
        World::in_cloud(Cloud::with(&["--job-duration", "40ms", "--client-tokens", "off"]).with_control(), volumes);
    // The first is refused for its token; the second is lost.
    world.cloud.faults(json!([{"method": "POST", "path": CREATES, "skip": 1, "times": 1, "then": {"cut": "before"}}]));
    world
}

#[test]
fn a_lost_call_that_shows_nothing_is_never_made_again_on_a_guess() {
    let world = without_tokens("  data: { count: 2, size: 10 }");
    // Nothing was done; but nobody on this side of the wire can know.
    world.run(&["apply", "--yes", "--in-doubt", "fail"]).exits(7).says("may or may not have been done");
    world.run(&["plan"]).says("answer lost: looked for by tag");
    world.run(&["apply", "--yes", "--in-doubt", "fail"]).exits(7);
    assert_eq!(world.cloud.requests(CREATE), 2);
    assert!(world.cloud.volumes().is_empty());
}

#[test]
fn time_proves_that_a_lost_call_never_happened() {
    let world = without_tokens("  data: { count: 2, size: 10 }");
    world.cloud_field("settle: 1s");
    let finished = world.run(&["apply", "--yes", "--in-doubt", "wait", "--format", "json"]).exits(0).finished();
    assert_eq!(finished["created"].as_u64(), Some(2));
    assert_eq!(world.cloud.names(), ["data-0001", "data-0002"]);
    assert_eq!(world.cloud.requests(CREATE), 3);
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn a_lost_call_that_is_done_late_is_waited_for() {
    let world = World::in_cloud(
        Cloud::with(&["--job-duration", "40ms", "--client-tokens", "off"]).with_control(),
        "  data: { count: 2, size: 10 }",
    );
    world.cloud_field("settle: 6s");
    world.cloud.faults(json!([{"method": "POST", "path": CREATES, "skip": 1, "times": 1, "then": {"late_ms": 4500}}]));
    world.run(&["apply", "--yes", "--in-doubt", "wait"]).exits(0);
    assert_eq!(world.cloud.requests(CREATE), 2);
    assert_eq!(world.cloud.names(), ["data-0001", "data-0002"]);
}

#[test]
fn a_run_from_the_same_state_sends_the_same_call() {
    let world = World::in_cloud(Cloud::with(&["--job-duration", "400ms"]), "  data: { count: 2, size: 10 }");
    world.run(&["init"]).exits(0);
    world.run(&["apply", "--yes", "--timeout", "50ms"]).exits(7);
    let state = world.dir.path().join("state/test.json");
    let first = std::fs::read(state.with_extension("json.1")).unwrap();
    for hidden in [false, true] {
        world.back_to(&first);
        if hidden {
            let list = "/v2/{project_id}/cloudvolumes/detail";
            world.cloud.faults(json!([{"method": "GET", "path": list, "times": 1, "then": {"list_lag_ms": 60000}}]));
        } else {
            world.run(&["plan"]).exits(0).says("made by a run whose record is lost");
        }
        world.converge();
        assert_eq!(world.cloud.names(), ["data-0001", "data-0002"], "hidden: {hidden}");
    }
}
