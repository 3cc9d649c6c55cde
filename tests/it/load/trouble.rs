//! A service that is down, or takes no writes for a while.

use super::{kinds, seconds};
use crate::support::{CREATE, Cloud, World, until};
use crate::torture::world::{begin, ends, said};
use serde_json::json;
use std::time::{Duration, Instant};

/// After the plan is made everything is 503, and the cloud counts what comes all the same.
fn down_hard(volumes: usize, flags: &[&str], within: Duration) {
    let world = World::new(&kinds(volumes));
    // One look at everything makes the plan.
    world.cloud.faults(json!([{"skip": 1, "then": {"status": 503}}]));
    let begun = Instant::now();
    let _ = world.run(&[&["apply", "--yes"], flags].concat());
    let (all, took) = (world.cloud.all_requests(), begun.elapsed());
    let (posts, seconds) = (world.cloud.requests(CREATE), took.as_secs());
    println!("down hard: {all} requests, {posts} of them creations, for {volumes} volumes in {seconds} s");
    assert!(took < within, "{took:?}");
    // Of reads and writes alike: 20 that fail, those that were under way with the last of them, one a second.
    let most = 2 * (20 + 16 + seconds + 1) + 1;
    assert!(all <= most, "{all} requests, and {most} were allowed");
    assert!(all >= 20, "it was tried: {all}");
    // What may have been done is gone on with, and nothing is made twice.
    world.cloud.faults(json!([]));
}

#[test]
fn a_service_that_is_down_is_not_given_more_to_bear_by_a_large_run() {
    down_hard(300, &["--timeout", "3s"], seconds(60));
}

#[test]
#[ignore = "takes minutes; see the head of load.rs"]
fn a_service_that_is_down_bears_no_more_of_a_thousand_volumes() {
    down_hard(1000, &[], seconds(1200));
}

/// No write is taken for a while in the middle of an apply.
fn read_only(volumes: usize, outage: Duration) {
    let world = World::in_cloud(Cloud::with(&["--job-duration", "300ms", "--latency", "20ms"]), &kinds(volumes));
    let begun = Instant::now();
    let child = begin(&world, &["apply", "--yes"], "apply.log");
    let before = volumes as u64 / 4;
    until("a quarter of it has left", || world.cloud.requests(CREATE) >= before);
    let down = json!({"status": 503, "body": {"error": {"code": "EVS.5503", "message": "read only"}}});
    world.cloud.faults(json!(["POST", "PUT", "DELETE"].map(|method| json!({"method": method, "then": down}))));
    std::thread::sleep(outage);
    let left = world.cloud.requests(CREATE);
    world.cloud.faults(json!([]));
    let ended = Instant::now();
    assert_eq!(ends(child), Some(0), "{}", said(&world, "apply.log"));
    let (after, posts, took) = (ended.elapsed(), world.cloud.requests(CREATE), begun.elapsed());
    println!(
        "read only for {outage:?} within {volumes} volumes: converged {after:.1?} after its end ({took:.1?} in all), {posts} creations sent, {left} until its end"
    );
    assert_eq!(world.cloud.names().len(), volumes, "none is missing and none is there twice");
    assert_eq!(world.recorded().len(), volumes);
    world.run(&["plan", "--detailed-exitcode"]).exits(0).says("nothing to do");
}

#[test]
fn an_outage_of_writes_is_outlived() {
    read_only(60, seconds(3));
}

#[test]
#[ignore = "takes a minute; see the head of load.rs"]
fn an_outage_of_writes_of_twenty_seconds_is_outlived() {
    read_only(200, seconds(20));
}
