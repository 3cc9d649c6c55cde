//! Who holds the lock, how it is broken, and what the one who held it can still do: nothing.

use crate::support::{CREATE, Cloud, PROJECT, World, put, until};
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// An apply whose job takes a while, right after its call was accepted; ended when dropped.
struct Running {
    world: World,
    child: Child,
}

impl Running {
    fn start() -> Running {
        let world = World::in_cloud(Cloud::with(&["--job-duration", "2s"]), "  data: { count: 3, size: 10 }");
        let child = world.command(&["apply", "--yes"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let running = Running { world, child };
        let journal = running.world.dir.path().join("state/test.journal");
        until("the acceptance is recorded", || {
            String::from_utf8_lossy(&std::fs::read(&journal).unwrap_or_default()).contains("\"accepted\"")
        });
        running
    }

    fn signal(&self, signal: &str) {
        let sent = Command::new("kill").args([&format!("-{signal}"), &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    fn status(&self) -> Value {
        self.world.run(&["lock", "status", "--format", "json"]).exits(0).json()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn names(folder: &Path) -> Vec<std::ffi::OsString> {
    let mut names: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    names
}

#[test]
fn a_free_lock_is_said_to_be_free_and_nothing_is_written() {
    let world = World::new("  a: { size: 10 }");
    let before = names(world.dir.path());
    world.run(&["lock", "status"]).exits(0).says("lock free").says("open calls none");
    let status = world.run(&["lock", "status", "--format", "json"]).exits(0).json();
    assert_eq!((&status["held"], &status["id"], &status["alive"]), (&json!(false), &Value::Null, &Value::Null));
    assert_eq!(status["open_calls"], 0);
    world.run(&["unlock", "0123abcd"]).exits(1).says("the lock is free, so there is nothing to break");
    assert_eq!(names(world.dir.path()), before);
    world.converge();
    world.run(&["lock", "status"]).exits(0).says("lock free");
    world.run(&["unlock", "0123abcd"]).exits(1).says("the lock is free");
}

#[test]
fn every_command_that_writes_waits_for_the_lock_as_long_as_it_is_told_to() {
    let mut running = Running::start();
    for words in [&["state", "rebuild"][..], &["state", "rm", "--call", "aaaaaaaaaa"]] {
        running.world.run(words).exits(5).says("--lock-timeout");
        let begun = std::time::Instant::now();
        running.world.run(&[words, &["--lock-timeout", "600ms"]].concat()).exits(5);
        assert!(begun.elapsed() >= std::time::Duration::from_millis(600), "{words:?}: {:?}", begun.elapsed());
    }
    let mut waiting = running.world.command(&["state", "rebuild", "--lock-timeout", "30s"]).spawn().unwrap();
    running.signal("TERM");
    running.child.wait().unwrap();
    assert_eq!(waiting.wait().unwrap().code(), Some(0));
}

#[test]
fn a_held_lock_shows_its_holder_even_where_nothing_may_be_written() {
    let running = Running::start();
    let state = running.world.dir.path().join("state");
    let before = names(&state);
    std::fs::set_permissions(&state, std::fs::Permissions::from_mode(0o500)).unwrap();
    let (status, shown) = (running.status(), running.world.run(&["lock", "status"]));
    std::fs::set_permissions(&state, std::fs::Permissions::from_mode(0o700)).unwrap();
    assert_eq!(names(&state), before);
    assert_eq!((&status["held"], &status["alive"], &status["open_calls"]), (&json!(true), &json!(true), &json!(1)));
    assert_eq!((&status["pid"], &status["operation"]), (&json!(running.child.id()), &json!("apply")));
    let id = status["id"].as_str().unwrap();
    let break_it = format!("evsctl unlock {} {id}", running.world.dir.path().display());
    shown.exits(0).says("which is there").says("open calls 1").says(&break_it);
    let second = running.world.run(&["apply", "--yes"]).exits(5);
    second.says("--lock-timeout").says(&format!("`evsctl unlock PATH {id}`")).says("can then record nothing more");
}

#[test]
fn a_broken_lock_stops_its_holder_and_the_next_run_goes_on() {
    let mut running = Running::start();
    let id = running.status()["id"].as_str().unwrap().to_owned();
    let pid = running.child.id();
    let wrong = running.world.run(&["unlock", "00000000"]).exits(4);
    wrong.says("not held under the id 00000000").says(&format!("process {pid}")).says(&format!("unlock PATH {id}"));
    assert_eq!(running.status()["held"], true);

    running.signal("STOP");
    let broken = running.world.run(&["unlock", &id]).exits(0);
    broken
        .says(&format!("process {pid} (apply)"))
        .says("still there")
        .says("it can write nothing more; 1 open call that it had begun");
    assert_eq!(running.status()["held"], false);
    // The next run resumes its call and ends; then the first wakes, and changes nothing.
    let finished = running.world.converge().finished();
    assert_eq!(finished["resumed"], 3);
    let state = running.world.dir.path().join("state");
    let files = || -> Vec<_> { names(&state).iter().map(|name| std::fs::read(state.join(name)).unwrap()).collect() };
    let before = files();
    running.signal("CONT");
    assert_eq!(running.child.wait().unwrap().code(), Some(7));
    assert_eq!(files(), before);
    assert_eq!(running.world.cloud.requests(CREATE), 1);
}

#[test]
fn a_killed_holders_lock_is_free() {
    let mut running = Running::start();
    let id = running.status()["id"].as_str().unwrap().to_owned();
    running.signal("KILL");
    running.child.wait().unwrap();
    let status = running.status();
    assert_eq!((&status["held"], &status["alive"]), (&json!(false), &json!(false)));
    assert_eq!((&status["id"], &status["open_calls"]), (&json!(id), &json!(1)));
    running.world.run(&["lock", "status"]).exits(0).says("its process is gone").says("open calls 1");
    running.world.run(&["unlock", &id]).exits(1).says("the lock is free").says("it ended with");
    running.world.converge();
}

#[test]
fn a_holder_that_was_stopped_in_the_middle_of_a_write_is_named() {
    let running = Running::start();
    let id = running.status()["id"].as_str().unwrap().to_owned();
    // This test stands for it: the guard is held as for one write.
    let guard = std::fs::File::open(running.world.dir.path().join("state/test.lock.guard")).unwrap();
    guard.lock().unwrap();
    let stuck = running.world.run(&["unlock", &id]).exits(5);
    let own = std::process::id();
    stuck
        .says(&format!("process {own} on this machine does not end its write"))
        .says(&format!("end it (`kill -9 {own}`); its lock ends with it"));
    drop(guard);
}

#[test]
fn a_lock_needs_a_manifest_and_no_network() {
    let world = World::new("  a: { size: 10 }");
    let text =
        format!("stack: test\ncloud: {{ endpoint: \"http://127.0.0.1:9\", project_id: {PROJECT} }}\nvolumes: {{}}\n");
    put(&world.dir.path().join("evsctl.yaml"), text);
    world.run(&["lock", "status"]).exits(0);
    put(&world.dir.path().join("evsctl.yaml"), "stack: [");
    world.run(&["lock", "status"]).exits(1);
}

#[test]
fn without_room_for_what_follows_no_call_is_sent() {
    let world = World::new("  data: { count: 3, size: 10 }");
    let limited = |kib: u32| {
        // Files may not grow beyond that: writing more fails as on a full disk.
        let script = format!("trap '' XFSZ; ulimit -f {kib}; exec \"$0\" \"$@\"");
        let mut command = Command::new("bash");
        command.env_clear().stdin(Stdio::null()).args(["-c", &script, env!("CARGO_BIN_EXE_evsctl"), "apply"]);
        command.arg(world.dir.path()).arg("--yes");
        crate::support::run(command)
    };
    let ran = limited(16).exits(7);
    ran.says("there is no room to record another create call, so none was begun").says("ulimit -f");
    assert_eq!(world.cloud.requests(CREATE), 0);
    // What was never sent is new in the next run, and not in doubt.
    assert_eq!(world.run(&["lock", "status", "--format", "json"]).exits(0).json()["open_calls"], 0);
    let finished = world.converge().finished();
    assert_eq!((&finished["created"], &finished["resumed"]), (&json!(3), &json!(0)));
}
