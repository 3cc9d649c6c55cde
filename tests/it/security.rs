//! What somebody hostile may try, row by row, and where it is shown that it comes to nothing.
//!
//! | threat | shown by |
//! |---|---|
//! | YAML: bombs of aliases, depth, size, keys twice, odd scalars | `manifest::hostile_texts_are_refused`, `manifest::tests::robust` in the library, `properties::noise` |
//! | a manifest that is a link, a pipe, a device, without end | `files::a_manifest_is_read_from_its_own_folder_only` |
//! | a hostile answer of the API | `properties::noise`, here `no_list_is_too_hostile` |
//! | pages without end | here `no_list_is_too_hostile`, for one that repeats; `memory` for one that always brings new ones |
//! | paths out of the state's folder | `files::the_state_s_place_is_relative`, here `a_stack_s_name_is_no_path` |
//! | state, journal, lock that are links | `files::state_is_read_from_regular_files_only`, `files::a_strange_lock_names_no_holder` |
//! | escapes for a terminal in a name, a description, a tag, an error, a request's id | here `texts::nothing_from_outside_steers_whoever_reads_it`; in the log `cli::log::tests` in the library |
//! | commands for a CI runner | the same, and `cli::safe` in the library |
//! | HTML, links and mentions in Markdown | the same, and `cli::render::markdown::tests` in the library |
//! | secrets in arguments | here `no_flag_takes_a_secret`, `a_command_that_finds_secrets_is_given_none` |
//! | secrets in a log, an error, a panic | `canary`; where a service says them back, `echo` |
//! | core dumps | here `no_core_is_dumped` |
//! | secrets in state, plan, journal | `canary`; modes: here `what_is_written_is_its_owner_s_whatever_the_umask` |
//! | a folder that others may write | not done: a folder that is there already is taken as it is |
//! | TLS | `tls`; that no flag weakens it, here `no_flag_takes_a_secret` |
//! | an endpoint that leads credentials away | `consent::an_endpoint_that_a_pull_request_could_have_edited_is_refused`, `auth::a_redirect_leads_nowhere`, `cli::cloud::address` in the library |
//! | a proxy | here `no_proxy_stands_before_loopback`; `tls` for the others; `--proxy-from-env` is not done, HTTPS_PROXY counts without it |
//! | a lock that is stolen or outlived | `locks`, `torture::stopped` |
//! | a plan file that was changed, swapped, used twice | `plan_file` |
//! | a state or journal that was changed | `state::format` and `state::journal` in the library: sums are against accidents |
//! | destruction by mistake | `consent`; nothing is deleted yet but what a failed call left, and a probe's own volume: `probe` |
//! | more bought than was meant | not done: no bound but the consent to a plan |
//! | the supply of dependencies | no test here: `Cargo.lock` is kept, and CI's |
//! | `unsafe` | forbidden by `[lints.rust]` in `Cargo.toml` |
//! | a race of links, TMPDIR | `torture`; files are made beside the state, here `what_is_written_is_its_owner_s_whatever_the_umask` |
//! | a cache that CI shares | `store::tests::git_sees_the_snapshots_alone` in the library |

mod texts;

use crate::support::{PROJECT, Ran, World, evsctl, put, run};
use crate::wire::server::{Answer, Server};
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use texts::steers_nothing;

/// A stack of one volume at that server.
fn stack(server: &Server) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let text = format!(
        "stack: test\ncloud: {{ endpoint: \"{}\", project_id: {PROJECT} }}\nvolumes: {{ v: {{ availability_zone: az-dc-1, volume_type: SSD, size: 10 }} }}\n",
        server.endpoint
    );
    put(&dir.path().join("evsctl.yaml"), text);
    dir
}

fn go(dir: &Path, words: &[&str]) -> Ran {
    let mut command = evsctl();
    let verbs = if matches!(words[0], "state" | "auth") { 2 } else { 1 };
    command.args(&words[..verbs]).arg(dir).args(&words[verbs..]);
    run(command)
}

/// The same with a gigabyte and a half of addresses, and 30 seconds.
fn go_bounded(dir: &Path, words: &[&str]) -> Ran {
    let mut command = Command::new("sh");
    command.env_clear().stdin(Stdio::null());
    command.args(["-c", "ulimit -v 1500000; exec timeout 30 \"$@\"", "sh", env!("CARGO_BIN_EXE_evsctl")]);
    command.arg(words[0]).arg(dir).args(&words[1..]);
    command.env("PATH", "/usr/bin:/bin");
    run(command)
}

#[test]
fn no_list_is_too_hostile() {
    let long = "x".repeat(10 << 20);
    let deep = format!("{{\"volumes\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000));
    let full: Vec<Value> =
        (0..1000).map(|n| json!({"id": format!("v-{n}"), "size": 1, "status": "available"})).collect();
    for (what, body) in [
        ("a long string", json!(long).to_string()),
        ("a long string for the volumes", json!({ "volumes": long }).to_string()),
        ("a long string for a volume", json!({ "volumes": [long] }).to_string()),
        ("a long id", json!({ "volumes": [{"id": long}] }).to_string()),
        ("depth", deep),
        ("depth and no end", "{\"volumes\":".repeat(10_000)),
        ("a number for the volumes", json!({ "volumes": 7 }).to_string()),
        ("numbers for volumes", json!({ "volumes": [1, 2] }).to_string()),
        ("a page that repeats", json!({ "volumes": full }).to_string()),
        ("more than is read", json!({ "volumes": ["x".repeat(40 << 20)] }).to_string()),
    ] {
        let server = Server::start(move |_| Answer::new(200, body.clone()));
        let dir = stack(&server);
        for words in [&["plan"][..], &["apply", "--yes"], &["orphans"]] {
            let since = Instant::now();
            let ran = go_bounded(dir.path(), words);
            assert_eq!(ran.code, 1, "{what} {words:?}: {}", &ran.stderr[..ran.stderr.len().min(2000)]);
            assert!(since.elapsed() < Duration::from_secs(20), "{what} {words:?} took {:?}", since.elapsed());
            let said = ran.stdout.len() + ran.stderr.len();
            assert!(said < 4096, "{what} {words:?}: {said} bytes are shown");
        }
        assert!(server.seen().iter().all(|request| request.method == "GET"), "{what}: nothing may be made of it");
        assert!(server.seen().len() <= 6, "{what}: {} requests", server.seen().len());
    }
}

#[test]
fn a_stack_s_name_is_no_path() {
    let outside = tempfile::tempdir().unwrap();
    let dir = outside.path().join("stack");
    std::fs::create_dir(&dir).unwrap();
    let long = "a".repeat(300);
    for name in ["../x", "..", ".", "/tmp/x", "a/b", "a\\\\b", "a\\0b", "a\\u001b", "A", "a b", "", &long, "a\\u202eb"]
    {
        let text = format!(
            "stack: \"{name}\"\ncloud: {{ simulator: true }}\nvolumes: {{ v: {{ availability_zone: az-dc-1, volume_type: SSD, size: 10 }} }}\n"
        );
        put(&dir.join("evsctl.yaml"), text);
        for words in [&["validate"][..], &["plan"], &["apply", "--yes"], &["state", "list"]] {
            let ran = go(&dir, words).exits(1);
            steers_nothing(&format!("{}{}", ran.stdout, ran.stderr), name);
        }
    }
    let left: Vec<_> = files(outside.path()).into_iter().filter(|path| path.is_file()).collect();
    assert_eq!(left, [dir.join("evsctl.yaml")], "nothing was written");
}

/// Everything below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        all.push(path.clone());
        if path.is_dir() {
            all.extend(files(&path));
        }
    }
    all
}

#[test]
fn what_is_written_is_its_owner_s_whatever_the_umask() {
    for umask in ["000", "022", "077"] {
        let world = World::new("  web: { count: 3, size: 10 }");
        let simulated = tempfile::tempdir().unwrap();
        put(
            &simulated.path().join("evsctl.yaml"),
            "stack: test\ncloud: { simulator: true }\nvolumes: { v: { availability_zone: az-dc-1, volume_type: SAS, size: 10 } }\n",
        );
        let plan = world.dir.path().join("plan.json");
        let others = world.dir.path().join("not-a-tmpdir");
        for (dir, words) in [
            (world.dir.path(), &["plan", "--out", plan.to_str().unwrap()][..]),
            (world.dir.path(), &["apply", "--yes"]),
            (world.dir.path(), &["state", "list"]),
            (simulated.path(), &["apply", "--yes"]),
        ] {
            let verbs = if words[0] == "state" { 2 } else { 1 };
            let mut command = Command::new("sh");
            command.env_clear().stdin(Stdio::null()).env("TMPDIR", &others);
            command.args(["-c", &format!("umask {umask}; exec \"$@\""), "sh", env!("CARGO_BIN_EXE_evsctl")]);
            command.args(&words[..verbs]).arg(dir).args(&words[verbs..]);
            run(command).exits(0);
        }
        for dir in [world.dir.path(), simulated.path()] {
            for path in files(dir) {
                let mode = path.metadata().unwrap().permissions().mode() & 0o777;
                let own = if path.is_dir() { 0o700 } else { 0o600 };
                // The manifest is the test's own, and what Git shall ignore is no secret.
                let open = path.ends_with("evsctl.yaml") || path.ends_with(".gitignore");
                assert!(open || mode == own, "umask {umask}: {} has {mode:o}", path.display());
                assert!(!path.ends_with(".gitignore") || mode & 0o022 == 0, "umask {umask}: {mode:o}");
            }
        }
    }
}

#[test]
fn no_flag_takes_a_secret() {
    for words in [
        "",
        "init",
        "validate",
        "plan",
        "apply",
        "orphans",
        "state list",
        "state show",
        "state rebuild",
        "state rm",
        "lock status",
        "unlock",
        "auth status",
        "explain",
        "schema",
        "simulator",
    ] {
        let mut command = evsctl();
        command.args(words.split_whitespace()).arg("--help");
        let help = run(command).exits(0).stdout;
        // Two of the embedded cloud's own: for how long its tokens live, and whether it knows those of clients.
        let flags = help.split_whitespace().filter(|word| word.starts_with("--"));
        let bad = ["secret", "password", "token", "key", "insecure", "skip-verify"];
        for flag in flags.filter(|flag| !flag.starts_with("--token-life") && !flag.starts_with("--client-tokens")) {
            assert!(!bad.iter().any(|word| flag.contains(word)), "{words}: {flag}");
        }
    }
}

#[test]
fn a_command_that_finds_secrets_is_given_none() {
    let world = crate::auth::asking(&[], "  web: { size: 10 }");
    let aside = tempfile::tempdir().unwrap();
    let (script, seen) = (aside.path().join("find"), aside.path().join("environment"));
    let keys = json!({"access_key": crate::auth::ACCESS, "secret_key": crate::auth::SECRET});
    put(&script, format!("#!/bin/sh\nenv > {}\necho '{keys}'\n", seen.display()));
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o700)).unwrap();
    let mut command = world.command(&["plan"]);
    command.env("EVSCTL_CREDENTIAL_COMMAND", &script).env("PATH", "/usr/bin:/bin").env("VAULT_ADDR", "kept");
    command.env("AWS_SECRET_ACCESS_KEY", "canary-other");
    run(command).exits(0);
    let environment = std::fs::read_to_string(&seen).unwrap();
    assert!(environment.contains("VAULT_ADDR=kept") && !environment.contains("canary"), "{environment}");
}

#[test]
fn no_proxy_stands_before_loopback() {
    let world = World::new("  web: { size: 10 }");
    let spy = Server::start(|_| Answer::json(200, &json!({ "volumes": [] })));
    let mut command = world.command(&["apply", "--yes"]);
    for name in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"] {
        command.env(name, &spy.endpoint);
    }
    run(command).exits(0);
    assert_eq!((world.cloud.stats()["volumes"].as_u64(), spy.seen().len()), (Some(1), 0));
}

#[cfg(target_os = "linux")]
#[test]
fn no_core_is_dumped() {
    let mut command = evsctl();
    command.arg("simulator").stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut line = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(child.stdout.as_mut().unwrap()), &mut line).unwrap();
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", child.id())).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().skip(4).take(2).collect::<Vec<_>>(), ["0", "0"], "{core}");
}
