//! Figures that take minutes: a gateway that lets ten requests a second through, and tokens that live three seconds.

use super::kinds;
use crate::auth::{LOGIN, asking};
use crate::support::{CREATE, Cloud, World, run};
use std::time::Instant;

/// A thousand volumes at ten requests a second: what share was throttled, and how much longer it took than it had to.
fn ten_a_second(what: &str, volumes: &str, field: Option<&str>) {
    let world = World::in_cloud(Cloud::with(&["--rate-limit", "10/s", "--job-duration", "2s"]), volumes);
    if let Some(field) = field {
        world.cloud_field(field);
    }
    let begun = Instant::now();
    world.run(&["apply", "--yes"]).exits(0);
    let took = begun.elapsed().as_secs_f64();
    let stats = world.cloud.stats();
    let (throttled, all) = (stats["throttled"].as_u64().unwrap() as f64, world.cloud.all_requests() as f64);
    let (share, ideal) = (throttled / all * 100.0, all / 10.0);
    println!(
        "{what} at 10/s: {all} requests, {throttled} throttled ({share:.2} %), {took:.1} s, {:.2} of the ideal {ideal:.1} s",
        took / ideal
    );
    assert_eq!(stats["volumes"], 1000);
    assert!(share <= 1.0, "{share} % were throttled");
    assert!(took <= 1.2 * ideal + 2.0, "{took} s, and {ideal} s are needed");
}

#[test]
#[ignore = "takes minutes; see the head of load.rs"]
fn a_thousand_kinds_at_ten_requests_a_second() {
    ten_a_second("1,000 calls of one volume", &kinds(1000), None);
}

#[test]
#[ignore = "takes minutes; see the head of load.rs"]
fn a_thousand_of_a_kind_at_ten_requests_a_second_that_the_manifest_names() {
    let of_a_kind = "  data: { count: 1000, size: 10 }";
    ten_a_second("10 calls of 100 volumes, with rate_limit", of_a_kind, Some("rate_limit: 10/s"));
}

#[test]
#[ignore = "takes a minute; see the head of load.rs"]
fn five_hundred_volumes_with_tokens_that_live_three_seconds() {
    let world = asking(&["--token-life", "3s", "--latency", "100ms"], &kinds(500));
    let mut command = world.command(&["apply", "--yes", "--format", "json"]);
    command.envs(LOGIN).env("HW_AUTH_URL", &world.cloud.endpoint);
    let begun = Instant::now();
    let finished = run(command).exits(0).finished();
    let (stats, logins) = (world.cloud.stats(), world.cloud.requests("POST /v3/auth/tokens"));
    println!(
        "500 volumes, token life 3 s: {} created, {} failed, {logins} logins, {} requests answered 401, {:.1} s",
        finished["created"],
        finished["failed"],
        stats["unauthorized"],
        begun.elapsed().as_secs_f64()
    );
    assert_eq!((finished["created"].as_u64(), finished["failed"].as_u64()), (Some(500), Some(0)), "{finished}");
    assert_eq!((finished["converged"].as_bool(), world.cloud.requests(CREATE)), (Some(true), 500));
    assert!(logins >= 3, "they did not expire: {logins} logins");
}
