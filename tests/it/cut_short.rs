//! A run that cannot go on after something was done: its code, its words, and the command that goes on.

use crate::between;
use crate::support::{CREATE, Cloud, Ran, World, put, run};
use crate::wire::server::{Request, Server};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

const VOLUMES: &str = "  data: { count: 3, size: 10 }\n  more: { size: 20 }";

/// Plans into a file, and gives its path.
fn planned(world: &World, words: &[&str]) -> PathBuf {
    let file = world.dir.path().join("plan.out");
    run_with(world, &[&["plan"], words, &["--out"]].concat(), &file).exits(0);
    file
}

fn run_with(world: &World, words: &[&str], last: &Path) -> Ran {
    let mut command = world.command(words);
    command.arg(last);
    run(command)
}

/// The command that the last words name, run as somebody would who copies it.
#[track_caller]
fn named(ran: &Ran) -> Ran {
    let all = ran.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    let (_, rest) = all.rsplit_once("run `").unwrap_or_else(|| panic!("no command is named in {}", ran.stderr));
    let (words, _) = rest.split_once('`').unwrap();
    copied(words)
}

fn copied(words: &str) -> Ran {
    let mut command = Command::new("sh");
    let bin = Path::new(env!("CARGO_BIN_EXE_evsctl")).parent().unwrap();
    command.env_clear().env("PATH", format!("{}:/usr/bin:/bin", bin.display())).args(["-c", words]);
    command.stdin(std::process::Stdio::null());
    run(command)
}

fn is_whole(world: &World) {
    let wanted = ["data-0001", "data-0002", "data-0003", "more"];
    assert_eq!(world.cloud.names(), wanted);
    assert_eq!(world.recorded().len(), wanted.len());
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
}

/// A server that does something to the state when the so-many-th job is looked at, or create call answered.
fn trouble(world: &World, method: &'static str, at: u64, make: impl Fn(&Path) + Send + Sync + 'static) -> Server {
    let state = world.dir.path().join("state");
    let seen = Arc::new(AtomicU64::new(0));
    let is_meant = move |request: &Request| match method {
        "POST" => request.method == "POST" && request.path.ends_with("/cloudvolumes"),
        _ => request.method == "GET" && request.path.contains("/jobs/"),
    };
    between::stand(
        world,
        |_| {},
        move |request, answer| {
            if is_meant(request) && seen.fetch_add(1, Ordering::SeqCst) + 1 == at {
                make(&state);
            }
            answer
        },
    )
}

fn lose_the_journal(state: &Path) {
    fs::remove_file(state.join("test.journal")).unwrap();
}

fn break_the_lock(state: &Path) {
    put(&state.join("new"), "");
    fs::rename(state.join("new"), state.join("test.lock")).unwrap();
}

#[test]
fn an_error_after_something_was_bought_says_so_and_names_what_goes_on() {
    for (method, at) in [("POST", 1), ("POST", 2), ("GET", 1), ("GET", 2)] {
        for (what, make) in [("the journal", lose_the_journal as fn(&Path)), ("the lock", break_the_lock)] {
            for approval in ["--yes", "--plan", "--approve"] {
                let what = format!("{what} at {method} {at}, {approval}");
                let world = World::new(VOLUMES);
                let server = trouble(&world, method, at, make);
                let file = planned(&world, &[]);
                let changes: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
                let file = file.to_str().unwrap();
                let words = match approval {
                    "--plan" => vec!["apply", "--plan", file],
                    "--approve" => vec!["apply", "--approve", changes["changes"].as_str().unwrap()],
                    _ => vec!["apply", "--yes"],
                };
                let ran = world.run(&[&words[..], &["--parallelism", "1"]].concat());
                assert_eq!(ran.code, 7, "{what}: {}", ran.stderr);
                let bought = world.cloud.requests(CREATE);
                assert!(bought >= 1, "{what}: {}", ran.stderr);
                assert!(!ran.stderr.contains("nothing was"), "{what}: {}", ran.stderr);
                let ran = ran.says("error: ").says("still open").says("not converged yet");
                let again = match approval {
                    "--plan" => named(&ran),
                    _ => {
                        ran.says("run the same command again to resume");
                        world.run(&words)
                    }
                };
                again.exits(0);
                is_whole(&world);
                drop(server);
            }
        }
    }
}

#[test]
fn an_error_before_the_run_was_recorded_is_one_before_anything_was_done() {
    let world = World::new(VOLUMES);
    world.run(&["init"]).exits(0);
    let file = planned(&world, &[]);
    let before = fs::read(world.snapshot()).unwrap();
    fs::create_dir(world.dir.path().join("state/test.json.new")).unwrap();
    let ran = run_with(&world, &["apply", "--plan"], &file).exits(1).says("error: ").says("test.json.new");
    assert!(!ran.stderr.contains("run `"), "{}", ran.stderr);
    assert_eq!((fs::read(world.snapshot()).unwrap(), world.cloud.requests(CREATE)), (before, 0));
    fs::remove_dir(world.dir.path().join("state/test.json.new")).unwrap();
    run_with(&world, &["apply", "--plan"], &file).exits(0);
    is_whole(&world);
}

#[test]
fn a_run_that_was_recorded_and_sent_nothing_has_used_its_plan() {
    for (name, begun) in [("test.journal.new", true), ("test.manifest.new", true), ("test.json.new", false)] {
        let world = World::new(VOLUMES);
        let file = planned(&world, &[]);
        // Without a state yet, the first snapshot is another write before the run's own.
        fs::create_dir_all(world.dir.path().join("state").join(name)).unwrap();
        let json = run_with(&world, &["apply", "--format", "json", "--plan"], &file);
        assert_eq!(json.code, if begun { 7 } else { 1 }, "{json:?}");
        assert_eq!((json.finished()["exit"].as_i64(), world.cloud.requests(CREATE)), (Some(json.code.into()), 0));
        fs::remove_dir(world.dir.path().join("state").join(name)).unwrap();
        let next = json.finished()["next"].clone();
        assert_eq!(next.is_string(), begun, "{}", json.stdout);
        match next.as_str() {
            Some(next) => copied(next).exits(0),
            None => run_with(&world, &["apply", "--plan"], &file).exits(0),
        };
        is_whole(&world);
        // Nothing is left to go on with.
        run_with(&world, &["apply", "--plan"], &file).exits(4).says("the plan file has been carried out already");
    }
}

#[test]
fn after_a_plan_file_the_command_that_works_is_named() {
    let fail = json!([{"method": "POST", "path": "/v3/{project_id}/cloudvolumes", "times": 1,
        "then": {"job": "fail", "error_code": "EVS.2024", "volume": "none"}}]);
    for (rules, code) in [(json!([]), 7), (fail, 3)] {
        for scope in [&[][..], &["--target", "data"], &["--exclude", "mo*", "--target", "*"]] {
            // Jobs take longer than the run waits for them.
            let world = World::in_cloud(Cloud::with(&["--job-duration", "1500ms"]), VOLUMES);
            let file = planned(&world, scope);
            world.cloud.faults(rules.clone());
            let timeout = if code == 7 { "300ms" } else { "30s" };
            let ran = run_with(&world, &["apply", "--timeout", timeout, "--plan"], &file);
            let ran = ran.exits(code);
            assert!(!ran.stderr.contains("same command") && !ran.stderr.contains("run again"), "{}", ran.stderr);
            world.cloud.faults(json!([]));
            if code == 7 {
                assert!(ran.stderr.contains("not converged yet: run `evsctl apply "), "{}", ran.stderr);
            }
            named(&ran).exits(0);
            let names = world.cloud.names();
            assert_eq!(names.len(), if scope.is_empty() { 4 } else { 3 }, "{names:?}");
        }
    }
}

#[test]
fn what_a_plan_file_was_allowed_to_create_again_is_named_too() {
    let world = World::new(VOLUMES);
    world.converge();
    for volume in world.cloud.volumes() {
        if volume["name"] != "more" {
            world.cloud.delete(volume["id"].as_str().unwrap());
        }
    }
    let file = planned(&world, &[]);
    world.cloud.faults(json!([{"method": "POST", "path": "/v3/{project_id}/cloudvolumes", "times": 1,
        "then": {"job": "fail", "error_code": "EVS.2024", "sub_jobs": [2], "volume": "none"}}]));
    let ran = run_with(&world, &["apply", "--allow-recreate", "3", "--plan"], &file).exits(3);
    named(&ran.says("--allow-recreate 3")).exits(0);
    is_whole(&world);
}

#[test]
fn a_path_that_a_shell_would_take_apart_is_quoted() {
    let world = World::new(VOLUMES);
    let odd = world.dir.path().join("it's a `stack` $HOME");
    fs::create_dir(&odd).unwrap();
    fs::rename(world.dir.path().join("evsctl.yaml"), odd.join("evsctl.yaml")).unwrap();
    let evsctl = |words: &[&str], last: &Path| {
        let mut command = crate::support::evsctl();
        command.arg(words[0]).arg(&odd).args(&words[1..]).arg(last);
        run(command)
    };
    let file = world.dir.path().join("plan.out");
    evsctl(&["plan", "--out"], &file).exits(0);
    fs::create_dir_all(odd.join("state/test.journal.new")).unwrap();
    let ran = evsctl(&["apply", "--format", "json", "--plan"], &file).exits(7);
    fs::remove_dir(odd.join("state/test.journal.new")).unwrap();
    copied(ran.finished()["next"].as_str().unwrap()).exits(0);
    assert_eq!(world.cloud.names().len(), 4);
}
