//! The forms of the create call: v3 as a rule, v2.1 where it is asked for or nothing else will do.

use crate::support::{CREATE, Cloud, World};
use serde_json::{Value, json};

const NEWER: &str = "POST /v2.1/{project_id}/cloudvolumes";
const CREATES: &str = "/v2.1/{project_id}/cloudvolumes";

#[test]
fn what_only_the_newer_form_can_make_takes_it() {
    let world = World::new(
        "  fast: { count: 3, size: 20, volume_type: GPSSD2, iops: 3000, throughput: 125 }\n  \
         plain: { count: 2, size: 10 }\n  odd: { size: 10, volume_type: ESSD2, iops: 500 }",
    );
    let plan = world.run(&["plan"]).exits(0).says("iops 3000, throughput 125 MiB/s");
    drop(plan);
    world.converge();
    assert_eq!((world.cloud.requests(NEWER), world.cloud.requests(CREATE)), (2, 1));
    let fast: Vec<Value> = world.cloud.volumes().into_iter().filter(|it| it["volume_type"] == "GPSSD2").collect();
    assert_eq!(fast.len(), 3);
    // Another rate is a change that is not made yet, and is not overlooked.
    world.volumes(
        "  fast: { count: 3, size: 20, volume_type: GPSSD2, iops: 4000, throughput: 125 }\n  \
                   plain: { count: 2, size: 10 }\n  odd: { size: 10, volume_type: ESSD2, iops: 500 }",
    );
    world.run(&["plan"]).exits(4).says("iops: 3000 -> 4000");
}

#[test]
fn a_stack_may_ask_for_the_newer_form() {
    let world = World::new("  web: { count: 2, size: 10 }");
    world.cloud_field("create_api: v2.1");
    world.converge();
    assert_eq!((world.cloud.requests(NEWER), world.cloud.requests(CREATE)), (1, 0));
    assert_eq!(world.cloud.names(), ["web-0001", "web-0002"]);
    for volume in world.cloud.volumes() {
        let tag = volume["tags"]["evsctl"].as_str().unwrap();
        assert!(tag.starts_with("test_"), "{volume}");
    }
}

#[test]
fn a_call_in_doubt_is_sent_again_in_the_form_that_it_had() {
    let world = World::new("  web: { count: 2, size: 10 }");
    world.cloud_field("create_api: v2.1");
    let lost = json!({"method": "POST", "path": CREATES, "times": 1, "then": {"cut": "before"}});
    let busy = json!({"method": "POST", "path": CREATES, "times": 99, "then": {"status": 503}});
    world.cloud.faults(json!([lost, busy]));
    world.run(&["apply", "--yes", "--in-doubt", "fail", "--timeout", "2s"]).exits(7);
    world.cloud.faults(json!([]));
    // Whatever the manifest asks for by now: its token is bound to its path.
    world.volumes("  web: { count: 2, size: 10 }");
    world.converge();
    assert_eq!(world.cloud.names(), ["web-0001", "web-0002"]);
    // The other form was only asked whether tokens are judged, by a call that can make nothing.
    assert!(world.cloud.requests(CREATE) <= 1);
}

#[test]
fn the_volumes_that_an_answer_named_are_found_where_their_job_is_lost_and_their_tags_lag() {
    let world = World::in_cloud(Cloud::with(&["--job-duration", "40ms"]), "  web: { count: 2, size: 10 }");
    world.cloud_field("create_api: v2.1, settle: 3s");
    world.cloud.faults(json!([
        {"method": "POST", "path": CREATES, "times": 1, "then": {"job": "vanish"}},
        {"method": "GET", "path": "/v2/{project_id}/cloudvolumes/detail", "then": {"tag_lag_ms": 600_000}},
    ]));
    let finished = world.run(&["apply", "--yes", "--format", "json"]).finished();
    assert_eq!(finished["created"], 2, "{finished}");
    assert_eq!(world.recorded().len(), 2);
    assert_eq!(world.cloud.requests(NEWER), 1);
}

#[test]
fn a_rate_goes_with_its_types_alone() {
    for (fields, says) in [
        ("size: 20, volume_type: GPSSD2, iops: 3000", "the type GPSSD2 needs `throughput`"),
        ("size: 20, volume_type: GPSSD2", "the type GPSSD2 needs `iops`"),
        (
            "size: 20, volume_type: ESSD2, iops: 3000, throughput: 125",
            "`throughput` cannot be chosen for the type ESSD2",
        ),
        ("size: 20, iops: 3000", "`iops` cannot be chosen for the type SSD"),
        ("size: 20, volume_type: ESSD2, iops: 0", "`iops`"),
    ] {
        let world = World::new(&format!("  web: {{ {fields} }}"));
        world.run(&["validate"]).exits(1).says(says);
    }
}

/// The older form knows no client token: it carries none, and what may have been done is never sent again.
#[test]
fn the_form_without_tokens_is_never_sent_again() {
    const OLDER: &str = "POST /v2/{project_id}/cloudvolumes";
    let world = World::in_cloud(Cloud::start().with_control(), "  web: { count: 2, size: 10 }");
    world.cloud_field("create_api: v2, settle: 1s");
    let lost =
        json!({"method": "POST", "path": "/v2/{project_id}/cloudvolumes", "times": 1, "then": {"cut": "before"}});
    world.cloud.faults(json!([lost]));
    world.run(&["apply", "--yes", "--in-doubt", "fail"]).exits(7);
    world.run(&["apply", "--yes", "--in-doubt", "fail"]).exits(7);
    assert_eq!((world.cloud.requests(OLDER), world.cloud.requests(CREATE)), (1, 0));
    // Time proves that it made nothing; what is made then is another call.
    world.run(&["apply", "--yes", "--in-doubt", "wait"]).exits(0);
    assert_eq!((world.cloud.requests(OLDER), world.cloud.requests(CREATE)), (2, 0));
    assert_eq!(world.cloud.names(), ["web-0001", "web-0002"]);
}
