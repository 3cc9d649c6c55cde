//! A killed job whose state is committed by `git add -A` and gone on with in a fresh clone. The journal may be hidden
//! from Git; then the snapshot alone tells that a run was begun and which calls it may have sent, while the lists do
//! not show yet what it bought.

use super::trials::{self, Chance};
use super::world::{begin, holds, numbered, send};
use crate::support::{Cloud, Ran, World, put, until};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

const LAG: u64 = 3000;
const FIRST: &str = "  first: { size: 10 }";
const BY_USE: &str = "  data: { count: 5, size: 10 }\n  solo: { size: 10 }";
const PREPAID: &str = "  data: { count: 5, size: 10, prepaid: { period_type: month, period_num: 1 } }\n  \
    solo: { size: 10, prepaid: { period_type: month, period_num: 1 } }";
const LIST: &str = "/v2/{project_id}/cloudvolumes/detail";

/// What world a trial is made in.
#[derive(Debug, Clone, Copy)]
struct Nature {
    /// Whether the service honours client tokens.
    tokens: bool,
    prepaid: bool,
    /// Whether Git takes the journal along.
    journal: bool,
}

impl Nature {
    fn numbered(number: u64) -> Nature {
        Nature {
            tokens: number.is_multiple_of(2),
            prepaid: !(number / 2).is_multiple_of(2),
            journal: !(number / 4).is_multiple_of(2),
        }
    }

    fn creates(self) -> &'static str {
        if self.prepaid { "/v2.1/{project_id}/cloudvolumes" } else { "/v3/{project_id}/cloudvolumes" }
    }

    fn arrived(self, world: &World) -> u64 {
        world.cloud.requests(&format!("POST {}", self.creates()))
    }

    /// How the state is gone on with: nobody waits for a conclusion that is never drawn.
    fn flags(self) -> &'static [&'static str] {
        match (self.tokens, self.prepaid) {
            (true, false) => &[],
            (false, false) => &["--in-doubt", "wait"],
            (true, true) => &["--timeout", "2s"],
            (false, true) => &["--timeout", "2s", "--in-doubt", "fail"],
        }
    }
}

fn git(at: &Path, words: &[&str]) {
    let mut command = Command::new("git");
    let identity = ["-c", "user.name=test", "-c", "user.email=test@example.invalid", "-c", "init.defaultBranch=main"];
    command.args(identity).args(words).current_dir(at);
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
    let output = command.output().unwrap();
    assert!(output.status.success(), "git {words:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn commit(world: &World, message: &str) {
    git(world.dir.path(), &["add", "-A"]);
    git(world.dir.path(), &["commit", "--quiet", "--allow-empty", "-m", message]);
}

/// Goes on in a fresh clone of what was committed; the folder before it is gone.
fn clone(world: &mut World) {
    let fresh = tempfile::tempdir().unwrap();
    git(fresh.path(), &["clone", "--quiet", "--no-hardlinks", world.dir.path().to_str().unwrap(), "."]);
    world.dir = fresh;
}

fn apply(world: &World, nature: Nature) -> Ran {
    world.run(&[&["apply", "--yes"], nature.flags()].concat())
}

/// A committed stack with one volume, and a cloud whose lists lag.
fn world(nature: Nature) -> World {
    let tokens = if nature.tokens { "on" } else { "off" };
    let cloud = Cloud::with(&["--job-duration", "200ms", "--latency", "10ms", "--client-tokens", tokens]);
    // What is asked for first is the control by which lists are known to show tags.
    let world = World::in_cloud(cloud, FIRST);
    world.cloud_field("settle: 4s");
    if !nature.journal {
        put(&world.dir.path().join(".gitignore"), "*.journal\n");
    }
    git(world.dir.path(), &["init", "--quiet"]);
    world.converge();
    commit(&world, "the first volume");
    world.cloud.faults(json!([{"method": "GET", "path": LIST, "then": {"list_lag_ms": LAG}}]));
    let wish = if nature.prepaid { PREPAID } else { BY_USE };
    world.volumes(&format!("{FIRST}\n{wish}"));
    world.cloud_field("settle: 4s");
    world
}

/// Kills an apply at some instant from its beginning on, most often after a call has arrived; commits what is there.
fn killed(world: &World, nature: Nature, chance: &mut Chance) -> String {
    let before = nature.arrived(world);
    let mut child = begin(world, &[&["apply", "--yes"], nature.flags()].concat(), "killed.log");
    if chance.below(4) == 0 {
        std::thread::sleep(chance.within(Duration::from_millis(400)));
    } else {
        until("a call has arrived", || nature.arrived(world) > before);
        std::thread::sleep(chance.within(Duration::from_millis(300)));
    }
    send(&child, "KILL");
    child.wait().unwrap();
    std::fs::remove_file(world.dir.path().join("killed.log")).unwrap();
    commit(world, "what the killed job left");
    if nature.arrived(world) == before { "before the first call".to_owned() } else { "with calls sent".to_owned() }
}

/// The orders of the cloud, and that no two are for the same volumes.
fn orders(world: &World) -> Vec<String> {
    let (status, body) = world.cloud.call("GET", "/_sim/orders", None);
    assert_eq!(status, 200, "{body}");
    let orders = body["orders"].as_array().unwrap();
    let ids = orders.iter().map(|order: &Value| order["order_id"].as_str().unwrap().to_owned()).collect();
    assert!(orders.len() <= 2, "ordered twice: {body}");
    ids
}

fn trial(number: u64, chance: &mut Chance) -> String {
    let nature = Nature::numbered(number);
    let mut world = world(nature);
    let when = killed(&world, nature, chance);
    clone(&mut world);
    if nature.prepaid {
        prepaid(&mut world, nature);
    } else {
        by_use(&world, nature);
    }
    let journal = if nature.journal { "journal committed" } else { "journal lost" };
    format!("{when}, {journal}")
}

/// It converges in two applies at the most, with each volume bought once.
fn by_use(world: &World, nature: Nature) {
    let mut last = apply(world, nature);
    if last.code != 0 {
        assert_eq!(last.code, 7, "{nature:?}: {last:?}");
        last = apply(world, nature);
    }
    assert_eq!(last.code, 0, "{nature:?}\nstdout:\n{}\nstderr:\n{}", last.stdout, last.stderr);
    world.cloud.faults(json!([]));
    let mut wanted = [numbered("data", 5), vec!["first".to_owned(), "solo".to_owned()]].concat();
    wanted.sort();
    holds(world, &wanted);
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
}

/// Nothing is ordered twice, whoever comes after whom, and each run names the orders, or the calls that may have made
/// one.
fn prepaid(world: &mut World, nature: Nature) {
    for again in [false, true] {
        if again {
            commit(world, "what the second job left");
            clone(world);
        }
        let ran = apply(world, nature);
        assert_eq!(ran.code, 7, "{nature:?}: {ran:?}");
        let orders = orders(world);
        let told = format!("{}{}", ran.stdout, ran.stderr);
        let named: BTreeSet<&String> = orders.iter().filter(|order| told.contains(*order)).collect();
        let calls = told.matches("may or may not have been done").count();
        assert!(named.len() + calls >= 2, "{nature:?}: {orders:?}: {ran:?}");
        // With its token each call is sent again, and brings the order that it made.
        assert!(!nature.tokens || named.len() == 2, "{nature:?}: {orders:?}: {ran:?}");
    }
}

#[test]
fn a_few_killed_jobs_are_committed_and_cloned() {
    trials::run("killed jobs, committed", 8, trial);
}

#[test]
#[ignore = "takes minutes; cargo test --release --test it torture:: -- --ignored --nocapture"]
fn killed_jobs_are_committed_and_cloned() {
    trials::run("killed jobs, committed", trials::number("EVSCTL_COMMITTED", 200), trial);
}
