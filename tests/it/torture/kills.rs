//! An apply ended at a random instant, by a kill or by a signal that it may answer, and one apply after it.

use super::trials::{self, Chance};
use super::world::{begin, converges_with, numbered, said, send};
use crate::support::{CREATE, Cloud, World};
use std::os::unix::process::ExitStatusExt as _;
use std::time::{Duration, Instant};

const VOLUMES: &str = "  data: { count: 130, size: 10 }\n  solo: { size: 10 }\n  trio: { count: 3, size: 10 }";

fn wanted() -> Vec<String> {
    [numbered("data", 130), vec!["solo".to_owned()], numbered("trio", 3)].concat()
}

/// What cloud it is. An answer that is held back after the work was done is lost by a kill meanwhile; without tokens
/// only tags and time can tell what such a call did, and another volume that shows that tags are shown.
const CLOUDS: [&[&str]; 3] =
    [&["--latency", "0ms"], &["--latency", "40ms"], &["--latency", "40ms", "--client-tokens", "off"]];
const WAIT: &[&str] = &["--in-doubt", "wait"];

fn world(jobs: &str, cloud: &[&str]) -> World {
    let world = World::in_cloud(Cloud::with(&[&["--job-duration", jobs], cloud].concat()).with_control(), VOLUMES);
    world.cloud_field("settle: 1s");
    world
}

/// How long a whole run takes, the best of two: the first one warms the disk.
fn whole(jobs: &str, cloud: &[&str]) -> Duration {
    let took = || {
        let world = world(jobs, cloud);
        let since = Instant::now();
        world.run(&["apply", "--yes"]).exits(0);
        since.elapsed()
    };
    took().min(took())
}

/// Ends an apply within 1.3 times what a whole run takes; says when that was.
fn ended(world: &World, signals: &[&str], whole: Duration, chance: &mut Chance) -> String {
    let (signal, wait) = (chance.one_of(signals), chance.within(whole.mul_f64(1.3)));
    let mut child = begin(world, &["apply", "--yes"], "ended.log");
    std::thread::sleep(wait);
    let since = Instant::now();
    send(&child, signal);
    let status = child.wait().unwrap();
    let took = since.elapsed();
    assert!(took < Duration::from_secs(5), "it took {took:?} to leave");
    match (signal, status.code(), status.signal()) {
        // It was over, or nearly.
        (_, Some(0), None) => {
            world.run(&["plan", "--detailed-exitcode"]).exits(0);
            return "after the end".to_owned();
        }
        ("KILL", None, Some(9)) | ("INT", Some(130), None) | ("TERM", Some(143), None) => {}
        // It had not begun to listen, so it had not begun anything; a shell gives it the same code.
        ("INT", None, Some(2)) | ("TERM", None, Some(15)) if world.cloud.requests(CREATE) == 0 => {}
        (signal, code, by) => {
            panic!("SIG{signal} after {wait:?} gave code {code:?}, signal {by:?}:\n{}", said(world, "ended.log"))
        }
    }
    match world.cloud.requests(CREATE) {
        0 => "before the first POST".to_owned(),
        _ => "during".to_owned(),
    }
}

fn proof(what: &str, signals: &[&str], trials: u64, jobs: &str) {
    let wholes = CLOUDS.map(|cloud| (cloud, whole(jobs, cloud)));
    trials::run(what, trials, |_, chance| {
        let (cloud, whole) = chance.one_of(&wholes);
        let world = world(jobs, cloud);
        let when = ended(&world, signals, whole, chance);
        converges_with(&world, &wanted(), if cloud.contains(&"off") { WAIT } else { &[] });
        when
    });
}

#[test]
fn a_few_kills() {
    proof("kills", &["KILL"], 6, "60ms");
}

#[test]
fn a_few_signals() {
    proof("signals", &["INT", "TERM"], 4, "60ms");
}

#[test]
#[ignore = "takes minutes; cargo test --release --test it torture:: -- --ignored --nocapture"]
fn kills() {
    proof("kills", &["KILL"], trials::number("EVSCTL_KILLS", 1000), "400ms");
}

#[test]
#[ignore = "takes minutes; cargo test --release --test it torture:: -- --ignored --nocapture"]
fn signals() {
    proof("signals", &["INT", "TERM"], trials::number("EVSCTL_SIGNALS", 1000), "400ms");
}
