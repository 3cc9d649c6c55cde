//! The data file: what was answered is there again, whatever happened in between.

use super::{DURATION, PROJECT, START, World, blank_with};
use crate::simulator::Opening;
use crate::simulator::catalogue::Catalogue;
use crate::simulator::log::{Log, durable};
use crate::simulator::model::Cloud;
use serde_json::json;
use std::fs;
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

fn reopen(path: &Path) -> (World, std::io::Result<Log>) {
    let mut world = World::new();
    let log = Log::open(path, Opening::AtChange, &mut world.cloud);
    (world, log)
}

/// Sends what has happened to the file and waits for it.
async fn keep(world: &mut World, log: &mut Log) -> Result<(), String> {
    log.send(&world.cloud.take_events());
    let (position, written) = log.position();
    durable(position, written).await
}

/// A file with three volumes, one renamed, one going.
async fn lived(path: &Path) -> World {
    let (mut world, log) = reopen(path);
    let mut log = log.unwrap();
    world.token = Some("6f1c2d3e-4b5a-4678-9abc-def012345678".to_owned());
    let job = world.create(blank_with(json!({"count": 3, "tags": {"k": "v"}})));
    world.pass(100);
    let sub_jobs = world.job(&job)["entities"]["sub_jobs"].clone();
    let id = |n: usize| sub_jobs[n]["entities"]["volume_id"].as_str().unwrap();
    world.send("PUT", &format!("/v2/{{p}}/cloudvolumes/{}", id(0)), br#"{"volume":{"name":"renamed"}}"#);
    world.send("DELETE", &format!("/v2/{{p}}/cloudvolumes/{}", id(1)), b"");
    keep(&mut world, &mut log).await.unwrap();
    world
}

#[tokio::test]
async fn a_cloud_comes_back_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(".simulator/stack.jsonl");
    let mut before = lived(&path).await;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
    let (mut after, log) = reopen(&path);
    log.unwrap();
    after.now = before.now;
    assert_eq!(after.volumes(), before.volumes());
    assert_eq!(after.cloud.next_id(), before.cloud.next_id());
    after.token.clone_from(&before.token);
    let again = after.create(blank_with(json!({"count": 3, "tags": {"k": "v"}})));
    assert_eq!(after.volumes().len(), 3);
    assert_eq!(after.job(&again)["status"], "SUCCESS");
    after.pass(100);
    assert_eq!(after.volumes().len(), 2);
    assert_eq!(after.get(&format!("/v2/{PROJECT}/os-quota-sets/x?usage=true")).1["quota_set"]["volumes"]["in_use"], 2);
}

#[tokio::test]
async fn a_torn_last_line_is_dropped_and_a_broken_one_before_it_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data");
    lived(&path).await;
    let whole = fs::read(&path).unwrap();
    for torn in [&b"{\"at\":17"[..], b"\0\0\0\n"] {
        fs::OpenOptions::new().append(true).open(&path).unwrap().write_all(torn).unwrap();
        let (mut world, log) = reopen(&path);
        let mut log = log.unwrap();
        world.now = START + 10 * DURATION;
        assert_eq!(world.volumes().len(), 2);
        let id = world.volumes()[0]["id"].as_str().unwrap().to_owned();
        world.send("DELETE", &format!("/v2/{{p}}/cloudvolumes/{id}"), b"");
        keep(&mut world, &mut log).await.unwrap();
        drop(log);
        assert!(fs::read(&path).unwrap().starts_with(&whole));
        assert!(reopen(&path).1.is_ok());
        fs::remove_file(&path).unwrap();
        fs::File::create(&path).unwrap().write_all(&whole).unwrap();
    }
    let text = String::from_utf8(whole).unwrap().replacen("\"created\"", "\"cre", 1);
    fs::File::create(&path).unwrap().write_all(text.as_bytes()).unwrap();
    assert!(reopen(&path).1.unwrap_err().to_string().starts_with("line 2: "));
    fs::File::create(&path).unwrap().write_all(b"stack: x\n").unwrap();
    assert!(reopen(&path).1.unwrap_err().to_string().starts_with("line 1: "));
}

#[tokio::test]
async fn looking_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("none/data");
    let (mut world, log) = reopen(&path);
    let mut log = log.unwrap();
    world.volumes();
    keep(&mut world, &mut log).await.unwrap();
    drop(log);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn a_file_that_another_one_wrote_is_not_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data");
    let (mut late, log) = reopen(&path);
    let mut late_log = log.unwrap();
    lived(&path).await;
    late.create(super::blank("v"));
    let why = keep(&mut late, &mut late_log).await.unwrap_err();
    assert!(why.ends_with("it has changed since it was read"), "{why}");
}

#[tokio::test]
async fn no_link_is_followed_and_no_folder_made_above_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let outside = folder.path().join("outside");
    let own = folder.path().join(".simulator");
    let path = own.join("stack.jsonl");
    let why = |path: &Path| reopen(path).1.unwrap_err().to_string();
    // Links that lead somewhere, and such that would make something.
    for made in [false, true] {
        if made {
            fs::create_dir(&outside).unwrap();
        }
        symlink(&outside, &own).unwrap();
        assert!(why(&path).ends_with("is a symbolic link; remove it"));
        fs::remove_file(&own).unwrap();
    }
    fs::create_dir(&own).unwrap();
    for target in [outside.join("none"), lived_in(&outside).await] {
        symlink(&target, &path).unwrap();
        assert!(why(&path).contains("symbolic link"));
        fs::remove_file(&path).unwrap();
    }
    // One that comes while the cloud runs.
    let (mut world, log) = reopen(&path);
    let mut log = log.unwrap();
    symlink(outside.join("none"), &path).unwrap();
    world.create(super::blank("v"));
    assert!(keep(&mut world, &mut log).await.unwrap_err().contains("symbolic link"));
    assert!(!outside.join("none").exists());
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    assert_eq!(why(&path), "it is not a regular file");

    let path = folder.path().join("missing/.simulator/stack.jsonl");
    let (mut world, log) = reopen(&path);
    let mut log = log.unwrap();
    world.create(super::blank("v"));
    keep(&mut world, &mut log).await.unwrap_err();
    assert!(!folder.path().join("missing").exists());
}

/// A data file in that folder.
async fn lived_in(folder: &Path) -> PathBuf {
    let path = folder.join("data");
    lived(&path).await;
    path
}

#[tokio::test]
async fn a_server_locks_its_file_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data");
    let serve = |path: &Path| Log::open(path, Opening::AtStart, &mut World::new().cloud);
    let first = serve(&path).unwrap();
    assert_eq!(serve(&path).unwrap_err().to_string(), "another simulator is writing it");
    // Looking needs no lock.
    assert!(reopen(&path).1.is_ok());
    drop(first);
    lived(&path).await;
    let mut world = World::new();
    let mut log = Log::open(&path, Opening::AtStart, &mut world.cloud).unwrap();
    world.now = START + 10 * DURATION;
    assert_eq!(world.volumes().len(), 2);
    world.create(super::blank("v"));
    keep(&mut world, &mut log).await.unwrap();
    drop(log);
    let (mut world, log) = reopen(&path);
    log.unwrap();
    world.now = START + 20 * DURATION;
    assert_eq!(world.volumes().len(), 3);
    let why = serve(&folder.path().join("none/data")).unwrap_err().to_string();
    assert!(why.ends_with("is not there; make it first"), "{why}");
    assert!(!folder.path().join("none").exists());
}

#[test]
fn a_file_without_line_ends_is_not_read_to_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data");
    let mut file = fs::File::create(&path).unwrap();
    for head in [&b""[..], b"{\"evsctl_simulator\":1}\n"] {
        file.set_len(0).unwrap();
        file.write_all(head).unwrap();
        file.set_len(100 << 30).unwrap();
        let why = reopen(&path).1.unwrap_err().to_string();
        assert!(why.ends_with("it is longer than 128 MiB, which no event is"), "{why}");
    }
}

#[test]
fn an_event_reads_back_as_it_was_written() {
    let mut world = World::new();
    world.create(blank_with(json!({"count": 2, "description": "x"})));
    let events = world.cloud.take_events();
    let text = serde_json::to_string(&events).unwrap();
    let mut again = Cloud::new(Catalogue::read(None).unwrap(), 1, DURATION);
    for event in serde_json::from_str::<Vec<_>>(&text).unwrap() {
        again.apply(&event);
    }
    assert_eq!((again.count(), again.counter()), (2, world.cloud.counter()));
}
