//! Figures that take minutes: a gateway that lets ten requests a second through, and tokens that live three seconds.

use super::kinds;
use crate::auth::{LOGIN, asking};
use crate::retag::RETAG;
use crate::support::{CREATE, Cloud, World, put, run, until};
use std::process::Stdio;
use std::time::{Duration, Instant};

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

/// A thousand volumes of three keys, in a cloud that lets ten requests a second through.
struct Thousand {
    world: World,
    _data: tempfile::TempDir,
}

const KEYS: &str = "  a: { count: 400, size: 10 }\n  b: { count: 300, size: 20 }\n  c: { count: 300, size: 30 }";

impl Thousand {
    fn tagged(tags: &str) -> Thousand {
        let data = tempfile::tempdir().unwrap();
        let file = data.path().join("cloud").display().to_string();
        let world = World::in_cloud(Cloud::with(&["--data", &file, "--job-duration", "50ms"]), KEYS);
        let mut thousand = Thousand { world, _data: data };
        thousand.tags(tags);
        thousand.world.run(&["apply", "--yes"]).exits(0);
        thousand.world.cloud.dies_for(Duration::ZERO, &["--data", &file, "--rate-limit", "10/s"]);
        thousand
    }

    /// What all volumes carry from now on, by `defaults`.
    fn tags(&self, tags: &str) {
        self.world.volumes(KEYS);
        let path = self.world.dir.path().join("evsctl.yaml");
        let text = std::fs::read_to_string(&path).unwrap();
        put(&path, text.replacen("volume_type: SSD }", &format!("volume_type: SSD, tags: {{ {tags} }} }}"), 1));
    }

    /// How many lines of the plan begin a step.
    fn lines(&self) -> usize {
        let plan = self.world.run(&["plan"]).exits(0).stdout;
        plan.lines().filter(|line| line.contains("  retag  ")).count()
    }

    fn throttled(&self) -> u64 {
        self.world.cloud.stats()["throttled"].as_u64().unwrap()
    }

    /// Applies, and gives the calls that changed tags; says by how much it took longer than it had to.
    fn apply(&self, what: &str) -> u64 {
        let (calls, before) = (self.world.cloud.requests(RETAG), self.world.cloud.all_requests());
        let throttled = self.throttled();
        let begun = Instant::now();
        self.world.run(&["apply", "--yes"]).exits(0);
        let took = begun.elapsed().as_secs_f64();
        // One that is throttled changes nothing, and is sent again.
        let throttled = self.throttled() - throttled;
        let calls = self.world.cloud.requests(RETAG) - calls - throttled;
        let all = self.world.cloud.all_requests() - before;
        let floor = all as f64 / 10.0;
        println!(
            "{what} at 10/s: {calls} calls of {all} requests, {throttled} throttled, {took:.1} s, {:.2} of the floor {floor:.1} s",
            took / floor
        );
        assert!(took <= 1.2 * floor, "{took} s, and {floor} s are needed");
        calls
    }
}

#[test]
#[ignore = "takes minutes; see the head of load.rs"]
fn tags_of_all_under_a_thousand_volumes_at_ten_requests_a_second() {
    let stack = Thousand::tagged("team: a, stage: x");
    stack.tags("team: b, stage: x, cost: z");
    assert_eq!(stack.lines(), 3);
    assert_eq!(stack.apply("a value changed and a key added"), 1000);
    stack.tags("group: b, stage: x");
    assert_eq!(stack.lines(), 3);
    assert_eq!(stack.apply("a key added and two gone"), 2000);
    stack.world.run(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
#[ignore = "takes minutes; see the head of load.rs"]
fn what_is_left_of_a_thousand_tags_is_set_after_a_kill() {
    let stack = Thousand::tagged("team: a");
    stack.tags("team: b");
    let cloud = &stack.world.cloud;
    let mut running = stack.world.command(&["apply", "--yes"]);
    let mut running = running.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    until("some of them are set", || cloud.requests(RETAG) >= 150);
    running.kill().unwrap();
    running.wait().unwrap();
    let set = cloud.requests(RETAG) - stack.throttled();
    let left = stack.apply("what a kill left");
    println!("killed after {set} calls: {left} more");
    // What was on its way when it was killed may have come to nothing.
    assert!((1000..=1000 + 64).contains(&(set + left)), "{set} and {left}");
    stack.world.run(&["plan", "--detailed-exitcode"]).exits(0);
}
