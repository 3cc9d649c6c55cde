//! An apply ended at a random instant, by a kill or by a signal that it may answer, and one apply after it; and one that
//! creates, extends, retags and deletes, killed and then given again under the same consent until it is through.

use super::trials::{self, Chance};
use super::world::{begin, converges_with, files, holds, numbered, said, send};
use crate::support::{CREATE, Cloud, DELETE, World};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
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

/// 46 volumes, and what becomes of them: 30 grow, 8 get other tags, 4 are deleted and 4 stay, and 3 are new.
const BEFORE: &str = "  data: { count: 30, size: 10 }\n  web: { count: 8, size: 11, tags: { one: x, two: x } }\n  \
    rest: { count: 4, size: 12 }\n  old: { count: 4, size: 13 }";
const AFTER: &str = "  data: { count: 30, size: 20 }\n  web: { count: 8, size: 11, tags: { two: y } }\n  \
    rest: { count: 4, size: 12 }\n  new: { count: 3, size: 14 }";
const CONSENTED: &[&str] = &["apply", "--yes", "--allow-destroy", "4"];
/// How often it may have to be given again.
const AGAIN: usize = 3;

/// The volumes that are there, by id: name, size and tags without those of the owner.
fn there(world: &World) -> BTreeMap<String, (String, u64, BTreeSet<String>)> {
    let of = |volume: &Value| {
        let text = |field: &str| volume[field].as_str().unwrap_or_default().to_owned();
        let tags = volume["tags"].as_object().into_iter().flatten();
        let tags = tags.filter(|(key, _)| *key != "evsctl").map(|(key, value)| format!("{key}={value}"));
        (text("id"), (text("name"), volume["size"].as_u64().unwrap_or_default(), tags.collect()))
    };
    world.cloud.volumes().iter().map(of).collect()
}

/// A stack of which everything changes at once, as it was before that.
fn changing(jobs: &str, cloud: &[&str]) -> World {
    let world = World::in_cloud(Cloud::with(&[&["--job-duration", jobs], cloud].concat()).with_control(), BEFORE);
    world.cloud_field("settle: 1s");
    world.run(&["apply", "--yes"]).exits(0);
    world.volumes(AFTER);
    world.cloud_field("settle: 1s");
    world
}

/// How many jobs the cloud has begun. A request that a kill cut off before its work was done began none, though it arrived.
fn begun_jobs(world: &World) -> u64 {
    world.cloud.stats()["jobs"].as_object().map_or(0, |all| all.values().filter_map(Value::as_u64).sum())
}

/// Insists that exactly what was approved was done, and once: `before` are the volumes that were there.
fn only_what_was_approved(world: &World, before: &BTreeMap<String, (String, u64, BTreeSet<String>)>, begun: u64) {
    let now = there(world);
    for (id, (name, size, tags)) in before {
        let found = now.get(id);
        let (size, tags) = match name.split('-').next() {
            Some("old") => {
                assert_eq!(found, None, "it was approved to go");
                continue;
            }
            Some("data") => (20, tags.clone()),
            Some("web") => (*size, BTreeSet::from(["two=\"y\"".to_owned()])),
            _ => (*size, tags.clone()),
        };
        assert_eq!(found, Some(&(name.clone(), size, tags)), "{id}");
    }
    let wanted = [numbered("data", 30), numbered("web", 8), numbered("rest", 4), numbered("new", 3)].concat();
    holds(world, &wanted);
    assert!(world.cloud.requests(DELETE) >= 4, "by the call that deletes");
    // One that creates three, one that extends thirty, and one for each that goes.
    assert_eq!(begun_jobs(world) - begun, 6, "each is done once");
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
}

fn proof_of_changes(trials: u64, jobs: &str) {
    let wholes = [CLOUDS[0], CLOUDS[1]].map(|cloud| {
        let world = changing(jobs, cloud);
        let since = Instant::now();
        world.run(CONSENTED).exits(0);
        (cloud, since.elapsed())
    });
    trials::run("kills amid changes", trials, |_, chance| {
        let (cloud, whole) = chance.one_of(&wholes);
        let world = changing(jobs, cloud);
        let (before, begun) = (there(&world), begun_jobs(&world));
        let mut child = begin(&world, CONSENTED, "ended.log");
        std::thread::sleep(chance.within(whole.mul_f64(1.2)));
        send(&child, "KILL");
        let killed = child.wait().unwrap().signal() == Some(9);
        let found = files(&world);
        let gone = before.len().saturating_sub(there(&world).keys().filter(|id| before.contains_key(*id)).count());
        for again in 1..=AGAIN {
            let ran = world.run(CONSENTED);
            if ran.code == 0 {
                break;
            }
            assert!(again < AGAIN, "it found {found:?}\nstdout:\n{}\nstderr:\n{}", ran.stdout, ran.stderr);
        }
        only_what_was_approved(&world, &before, begun);
        match (killed, gone) {
            (false, _) => "after the end",
            (true, 0) => "before the first was gone",
            (true, 4) => "when all four were gone",
            (true, _) => "when some were gone",
        }
        .to_owned()
    });
}

#[test]
fn a_few_kills_amid_changes() {
    proof_of_changes(3, "60ms");
}

#[test]
#[ignore = "takes minutes; cargo test --release --test it torture:: -- --ignored --nocapture"]
fn kills_amid_changes() {
    proof_of_changes(trials::number("EVSCTL_KILLS", 200), "400ms");
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
