//! What is said at moments that need a word: nobody listens, somebody else holds the lock, a manifest does not read.

use crate::support::{Cloud, PROJECT, World, evsctl, put, run, until};
use std::process::Stdio;
use std::time::{Duration, Instant};

#[test]
fn where_nobody_listens_on_this_machine_it_is_said_soon() {
    let dir = tempfile::tempdir().unwrap();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let text =
        format!("stack: s\ncloud: {{ endpoint: 'http://127.0.0.1:{port}', project_id: {PROJECT} }}\nvolumes: {{}}\n");
    put(&dir.path().join("evsctl.yaml"), text);
    for words in [&["plan"][..], &["apply", "--yes"]] {
        let since = Instant::now();
        let mut command = evsctl();
        command.arg(words[0]).arg(dir.path()).args(&words[1..]);
        let ran = run(command).exits(1).says(&format!("start `evsctl simulator --listen 127.0.0.1:{port}`"));
        assert!(since.elapsed() < Duration::from_secs(10), "{:?}: {}", since.elapsed(), ran.stderr);
    }
}

#[test]
fn whoever_is_waited_for_is_named() {
    let world = World::in_cloud(Cloud::with(&["--job-duration", "2s"]), "  web: { size: 10 }");
    let mut first = world.command(&["apply", "--yes"]);
    let mut first = first.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    until("it has begun", || world.snapshot().exists());
    world.run(&["apply", "--yes", "--lock-timeout", "20s"]).exits(0).says("waiting for").says("20 s at the most");
    assert!(first.wait().unwrap().success());
}

#[test]
fn a_manifest_that_does_not_read_is_one_line_of_a_doctor() {
    let dir = tempfile::tempdir().unwrap();
    put(&dir.path().join("evsctl.yaml"), "stack: [s\n");
    let mut command = evsctl();
    command.arg("doctor").arg(dir.path());
    let ran = run(command).exits(1).says("skipped 22 checks the manifest does not read");
    assert_eq!(ran.stdout.lines().count(), 5, "{}", ran.stdout);
}
