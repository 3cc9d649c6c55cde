//! Ended in the middle, and run again.

use crate::support::{CREATE, Cloud, World, run, until};
use serde_json::json;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

fn start(world: &World) -> Child {
    let mut command = world.command(&["apply", "--yes"]);
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

fn kill(child: &Child, signal: &str) {
    let sent = Command::new("kill").args([&format!("-{signal}"), &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

/// Begins an apply of several calls whose jobs take a while, and ends it with this signal while they run.
fn ended_by(signal: &str) -> (World, Option<i32>) {
    let world = World::in_cloud(
        Cloud::with(&["--job-duration", "2s"]),
        "  data: { count: 230, size: 10 }\n  web: { size: 10 }",
    );
    let mut child = start(&world);
    until("every call is accepted", || {
        world.cloud.stats()["jobs"]["INIT"].as_u64().unwrap() + world.cloud.stats()["jobs"]["RUNNING"].as_u64().unwrap()
            == 4
    });
    // The answers are on their way: what was accepted is durable once the journal says so.
    let journal = world.dir.path().join("state/test.journal");
    until("every acceptance is recorded", || {
        std::fs::read_to_string(&journal).unwrap_or_default().matches("\"accepted\"").count() == 4
    });
    let since = Instant::now();
    kill(&child, signal);
    let code = child.wait().unwrap().code();
    assert!(since.elapsed() < Duration::from_secs(5), "it took {:?} to leave", since.elapsed());
    (world, code)
}

fn resumes(world: &World) {
    until("the jobs are over", || world.cloud.stats()["jobs"]["SUCCESS"] == 4);
    let finished = world.converge().finished();
    assert_eq!(finished["resumed"].as_u64(), Some(231));
    assert_eq!(world.cloud.requests(CREATE), 4);
    let mut names: Vec<String> = (1..=230).map(|n| format!("data-{n:04}")).collect();
    names.push("web".to_owned());
    assert_eq!(world.cloud.names(), names);
    assert_eq!(world.recorded().len(), 231);
}

#[test]
fn ctrl_c_leaves_quickly_and_loses_nothing() {
    let (world, code) = ended_by("INT");
    assert_eq!(code, Some(130));
    resumes(&world);
}

#[test]
fn a_termination_has_a_code_of_its_own() {
    let (world, code) = ended_by("TERM");
    assert_eq!(code, Some(143));
    resumes(&world);
}

#[test]
fn a_kill_loses_nothing_that_was_accepted() {
    let (world, code) = ended_by("KILL");
    assert_eq!(code, None);
    resumes(&world);
}

/// Begins an apply, ends it with Ctrl-C as soon as `ripe` holds, and insists that it leaves in time.
fn interrupted_when(world: &World, flags: &[&str], ripe: impl FnMut() -> bool) {
    let mut command = world.command(&[&["apply", "--yes"], flags].concat());
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    until("the moment has come", ripe);
    let since = Instant::now();
    kill(&child, "INT");
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(since.elapsed() < Duration::from_secs(5), "it took {:?} to leave", since.elapsed());
}

#[test]
fn ctrl_c_starts_nothing_new() {
    let cloud = Cloud::with(&["--job-duration", "1s", "--latency", "300ms"]);
    let volumes: String = (0..8).map(|n| format!("  v{n}: {{ size: 10 }}\n")).collect();
    let world = World::in_cloud(cloud, &volumes);
    interrupted_when(&world, &["--parallelism", "1"], || world.cloud.requests(CREATE) == 1);
    assert_eq!(world.cloud.requests(CREATE), 1, "what waited for its turn was not begun");
    // What never left is simply new, not a call in doubt.
    world.converge();
    assert_eq!(world.cloud.requests(CREATE), 8);
}

#[test]
fn ctrl_c_does_not_wait_for_a_cloud_that_says_nothing() {
    let world = World::in_cloud(Cloud::with(&["--job-duration", "1s"]), "  a: { size: 10 }");
    let path = "/v1/{project_id}/jobs/{job_id}";
    world.cloud.faults(json!([{"method": "GET", "path": path, "then": {"delay_ms": 30000}}]));
    interrupted_when(&world, &[], || world.cloud.requests("GET /v1/{project_id}/jobs/{job_id}") == 1);
    world.cloud.faults(json!([]));
    world.converge();
    assert_eq!(world.cloud.requests(CREATE), 1);
}

#[test]
fn a_run_whose_lock_was_broken_sends_nothing_more() {
    let cloud = Cloud::with(&["--job-duration", "1s", "--latency", "200ms"]);
    let volumes: String = (0..6).map(|n| format!("  v{n}: {{ size: 10 }}\n")).collect();
    let world = World::in_cloud(cloud, &volumes);
    let mut command = world.command(&["apply", "--yes", "--parallelism", "1"]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    until("two calls have left", || world.cloud.requests(CREATE) == 2);
    kill(&child, "STOP");
    let lock = world.dir.path().join("state/test.lock");
    std::fs::rename(&lock, lock.with_extension("away")).unwrap();
    kill(&child, "CONT");
    assert_eq!(child.wait().unwrap().code(), Some(7));
    assert!(world.cloud.requests(CREATE) <= 3, "one may have been on its way: {}", world.cloud.requests(CREATE));
}

#[test]
fn an_answer_that_comes_while_leaving_is_recorded() {
    let world = World::in_cloud(Cloud::with(&["--job-duration", "1s"]), "  a: { count: 3, size: 10 }");
    let path = "/v3/{project_id}/cloudvolumes";
    world.cloud.faults(json!([{"method": "POST", "path": path, "times": 1, "then": {"delay_ms": 3000}}]));
    let mut command = world.command(&["apply", "--yes"]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    until("the call is on its way", || world.cloud.requests(CREATE) == 1);
    let since = Instant::now();
    kill(&child, "TERM");
    assert_eq!(child.wait().unwrap().code(), Some(143));
    assert!(since.elapsed() > Duration::from_secs(2), "it left before the answer came");
    assert!(since.elapsed() < Duration::from_secs(5), "it took {:?} to leave", since.elapsed());
    // The answer was recorded: the next run knows the job, and sends nothing again.
    world.run(&["plan"]).exits(0).says("a[1..3] resume 3 x SSD 10 GB az-dc-1 job");
    let finished = world.converge().finished();
    assert_eq!(finished["resumed"].as_u64(), Some(3));
    assert_eq!(world.cloud.requests(CREATE), 1);
}

#[test]
fn a_terminal_that_is_closed_does_not_end_the_work() {
    let world = World::in_cloud(Cloud::with(&["--job-duration", "700ms"]), "  a: { count: 3, size: 10 }");
    let mut child = start(&world);
    until("the call is on its way", || world.cloud.requests(CREATE) == 1);
    kill(&child, "HUP");
    kill(&child, "HUP");
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert_eq!(world.recorded().len(), 3);
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn a_file_that_may_not_grow_is_an_error_and_no_end() {
    let world = World::new("  a: { count: 100, size: 10 }");
    let mut limited = Command::new("sh");
    // Blocks of 512 bytes: room for the intent, and not for what must follow it. That is found before the call leaves.
    limited.env_clear().args(["-c", "ulimit -f 24 && exec \"$@\"", "sh", env!("CARGO_BIN_EXE_evsctl")]);
    limited.args(["apply", "--yes"]).arg(world.dir.path());
    run(limited).exits(7).says("File too large");
    assert_eq!(world.cloud.requests(CREATE), 0);
    world.converge();
    assert_eq!(world.cloud.requests(CREATE), 1);
    assert_eq!(world.recorded().len(), 100);
}
