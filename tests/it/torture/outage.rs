//! The cloud itself is killed while an apply works with it, and comes back with all that it had answered.

use super::trials::{self, Chance};
use super::world::{begin, converges, ends, numbered, said};
use crate::support::{CREATE, Cloud, World};
use std::time::{Duration, Instant};

const VOLUMES: &str = "  data: { count: 130, size: 10 }\n  solo: { size: 10 }\n  trio: { count: 3, size: 10 }";

/// One cloud that is killed within what a whole run takes; says how the apply ended.
fn trial(jobs: &str, whole: Duration, chance: &mut Chance) -> String {
    let data = tempfile::tempdir().unwrap();
    let file = data.path().join("cloud.jsonl");
    let flags = ["--job-duration", jobs, "--data", file.to_str().unwrap()];
    let mut world = World::in_cloud(Cloud::with(&flags), VOLUMES);
    let (wait, dead) = (chance.within(whole), chance.within(Duration::from_millis(500)));
    let child = begin(&world, &["apply", "--yes"], "first.log");
    std::thread::sleep(wait);
    let sent = world.cloud.requests(CREATE);
    world.cloud.dies_for(dead, &flags);
    let code = ends(child);
    // It may have seen to the end, been unable to look, found calls in doubt, or lost some for good.
    let documented = [Some(0), Some(1), Some(3), Some(4), Some(7)];
    assert!(documented.contains(&code), "{code:?} after {wait:?}: {}", said(&world, "first.log"));
    let wanted = [numbered("data", 130), vec!["solo".to_owned()], numbered("trio", 3)].concat();
    converges(&world, &wanted);
    format!("exit {} after {}", code.unwrap(), if sent == 0 { "no POST" } else { "some POSTs" })
}

fn proof(trials: u64, jobs: &str) {
    let world = World::in_cloud(Cloud::with(&["--job-duration", jobs]), VOLUMES);
    let since = Instant::now();
    world.run(&["apply", "--yes"]).exits(0);
    let whole = since.elapsed();
    trials::run("outages", trials, |_, chance| trial(jobs, whole, chance));
}

#[test]
fn a_few_outages() {
    proof(3, "60ms");
}

#[test]
#[ignore = "takes minutes; cargo test --release --test it torture:: -- --ignored --nocapture"]
fn outages() {
    proof(trials::number("EVSCTL_OUTAGES", 200), "400ms");
}
