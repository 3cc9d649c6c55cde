//! What the proofs do with a world: begin runs, end them, and insist that it holds exactly what was asked for.

use crate::support::World;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// The names that the service gives to a batch.
pub(crate) fn numbered(key: &str, count: u32) -> Vec<String> {
    (1..=count).map(|n| format!("{key}-{n:04}")).collect()
}

/// A run in the background; what it says goes to a file of that name, for when it fails.
pub(crate) fn begin(world: &World, words: &[&str], log: &str) -> Child {
    spawn(world.command(words), world, log)
}

pub(crate) fn spawn(mut command: Command, world: &World, log: &str) -> Child {
    let log = File::create(world.dir.path().join(log)).unwrap();
    command.stdout(Stdio::from(log.try_clone().unwrap())).stderr(Stdio::from(log)).spawn().unwrap()
}

/// What a run in the background has said.
pub(crate) fn said(world: &World, log: &str) -> String {
    std::fs::read_to_string(world.dir.path().join(log)).unwrap_or_default()
}

pub(crate) fn send(child: &Child, signal: &str) {
    // It may have ended meanwhile: then there is nobody to tell.
    let _ = Command::new("kill").args([&format!("-{signal}"), &child.id().to_string()]).stderr(Stdio::null()).status();
}

/// The exit code of a run that is to end by itself within a minute or two; `None` where a signal ended it.
#[track_caller]
pub(crate) fn ends(mut child: Child) -> Option<i32> {
    for _ in 0..12_000 {
        if let Some(status) = child.try_wait().unwrap() {
            return status.code();
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    let _ = child.kill();
    let _ = child.wait();
    panic!("it did not end");
}

/// Insists that the cloud holds volumes of exactly these names, and that exactly those are recorded, each once.
#[track_caller]
pub(crate) fn holds(world: &World, wanted: &[String]) {
    holds_beside(world, wanted, &BTreeSet::new());
}

/// The same, volumes of others aside.
#[track_caller]
pub(crate) fn holds_beside(world: &World, wanted: &[String], others: &BTreeSet<String>) {
    let text = |volume: &Value, field: &str| volume[field].as_str().unwrap_or_default().to_owned();
    let mut names: BTreeMap<String, u32> = BTreeMap::new();
    let (mut cloud, recorded) = (world.cloud.volumes(), world.recorded());
    cloud.retain(|volume| !others.contains(&text(volume, "id")));
    for volume in &cloud {
        *names.entry(text(volume, "name")).or_default() += 1;
    }
    let there: BTreeSet<(String, String)> = cloud.iter().map(|v| (text(v, "id"), text(v, "name"))).collect();
    let known: BTreeSet<(String, String)> = recorded.iter().map(|v| (text(v, "id"), text(v, "name"))).collect();
    let missing: Vec<&String> = wanted.iter().filter(|name| !names.contains_key(*name)).collect();
    let duplicates: Vec<&String> = names.iter().filter(|(_, count)| **count > 1).map(|(name, _)| name).collect();
    let orphans: Vec<&(String, String)> = there.difference(&known).collect();
    let ghosts: Vec<&(String, String)> = known.difference(&there).collect();
    assert!(
        missing.is_empty()
            && duplicates.is_empty()
            && orphans.is_empty()
            && ghosts.is_empty()
            && cloud.len() == wanted.len()
            && recorded.len() == wanted.len(),
        "{} wanted, {} there, {} recorded; missing {missing:?}, duplicates {duplicates:?}, orphans {orphans:?}, \
         recorded and not there {ghosts:?}",
        wanted.len(),
        cloud.len(),
        recorded.len()
    );
}

/// One apply, which is to do all that is left; then everything is as asked for and nothing is left to do.
#[track_caller]
pub(crate) fn converges(world: &World, wanted: &[String]) {
    converges_with(world, wanted, &[]);
}

#[track_caller]
pub(crate) fn converges_with(world: &World, wanted: &[String], flags: &[&str]) {
    let found = files(world);
    let ran = world.run(&[&["apply", "--yes"], flags].concat());
    assert_eq!(ran.code, 0, "it found {found:?}\nstdout:\n{}\nstderr:\n{}", ran.stdout, ran.stderr);
    holds(world, wanted);
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
}

/// What stands in the state directory.
pub(crate) fn files(world: &World) -> Vec<(String, u64)> {
    let Ok(entries) = std::fs::read_dir(world.dir.path().join("state")) else { return Vec::new() };
    let of = |entry: std::io::Result<std::fs::DirEntry>| {
        let entry = entry.ok()?;
        Some((entry.file_name().to_string_lossy().into_owned(), entry.metadata().ok()?.len()))
    };
    let mut all: Vec<(String, u64)> = entries.filter_map(of).collect();
    all.sort();
    all
}
