//! Other people's clients, unchanged, against the embedded cloud, and the vendor's signer as the judge of our signatures.
//!
//! They live in an environment of their own, `target/clients`, which `.ci/run` makes of `tests/clients/requirements.txt`.
//! Where it is not there these tests say so and prove nothing; with `EVSCTL_CLIENTS=required` that is a failure.

use crate::auth::{ACCESS, AGENCY_URN, DOMAIN, ID_TOKENS, IDP, PASSWORD, PROVIDER_URN, SECRET, USER, asking};
use crate::support::{PROJECT, World, run};
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The interpreter with the clients, where there is one.
#[expect(clippy::print_stdout, reason = "a test that proves nothing says so")]
fn python() -> Option<PathBuf> {
    let found = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/clients/bin/python");
    if found.exists() {
        return Some(found);
    }
    #[expect(clippy::disallowed_methods, reason = "a test's own switch")]
    let required = std::env::var("EVSCTL_CLIENTS").is_ok_and(|value| value == "required");
    assert!(!required, "there are no clients in target/clients, and they are required");
    println!("skipped: there are no clients in target/clients; `.ci/run` installs them where it can");
    None
}

fn script(python: &Path, name: &str) -> Command {
    let mut command = Command::new(python);
    command.env_clear().arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients").join(name));
    command
}

#[test]
fn the_vendors_sdk_does_every_step() {
    let Some(python) = python() else { return };
    let world = asking(&[], "  web: {size: 10}");
    let mut command = script(&python, "sdk.py");
    command.args([&world.cloud.endpoint, ACCESS, SECRET, PROJECT]);
    run(command).exits(0).says("all steps done");
}

#[test]
fn the_vendors_sdk_goes_through_standard_snapshots() {
    let Some(python) = python() else { return };
    let world = asking(&[], "  web: {size: 10}");
    let mut command = script(&python, "standard.py");
    command.args([&world.cloud.endpoint, ACCESS, SECRET, PROJECT]);
    run(command).exits(0).says("all steps done");
}

#[test]
fn the_vendors_sdk_comes_in_by_an_identity_token() {
    let Some(python) = python() else { return };
    let world = asking(&[], "  web: {count: 2, size: 10}");
    let mut apply = world.command(&["apply", "--yes"]);
    apply.envs([("HW_ACCESS_KEY", ACCESS), ("HW_SECRET_KEY", SECRET)]);
    let _ = run(apply).exits(0);
    let mut command = script(&python, "keyless.py");
    command.args([&world.cloud.endpoint, PROVIDER_URN, AGENCY_URN, IDP, ID_TOKENS[0], PROJECT, "web-0001,web-0002"]);
    run(command).exits(0).says("four ways in").says("all steps done");
    // Each way exchanged for itself, and then the two wrong ones.
    assert_eq!(world.cloud.requests("POST /v5/agencies/assume-with-oidc"), 3);
    assert_eq!(world.cloud.requests("POST /v3.0/OS-AUTH/id-token/tokens"), 3);
    assert_eq!(world.cloud.requests("POST /v3.0/OS-CREDENTIAL/securitytokens"), 2);
}

#[test]
fn an_openstack_client_sees_what_evsctl_made() {
    let Some(python) = python() else { return };
    let world = asking(&[], "  web: {count: 2, size: 10}");
    let mut apply = world.command(&["apply", "--yes"]);
    apply.envs([("HW_ACCESS_KEY", ACCESS), ("HW_SECRET_KEY", SECRET)]);
    let _ = run(apply).exits(0);
    let mut command = script(&python, "openstack_client.py");
    command.args([&world.cloud.endpoint, USER, PASSWORD, DOMAIN, PROJECT, "web-0001,web-0002"]);
    run(command).exits(0).says("volumes: 2");
}

#[test]
fn the_vendors_signer_signs_as_we_do() {
    let Some(python) = python() else { return };
    for session in [None, Some("gQpjbi1ub3J0aC00FAKETOKEN+/==")] {
        let mut judge = script(&python, "signer.py");
        judge.args([ACCESS, SECRET]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut judge = judge.spawn().unwrap();
        let mut told = BufReader::new(judge.stdout.take().unwrap());
        let mut port = String::new();
        told.read_line(&mut port).unwrap();
        let world = World::new("  web: { count: 2, size: 10, description: 卷 }");
        let manifest = world.dir.path().join("evsctl.yaml");
        let text = std::fs::read_to_string(&manifest).unwrap();
        let there = format!("http://127.0.0.1:{}", port.trim());
        crate::support::put(&manifest, text.replace(&world.cloud.endpoint, &there));
        let mut apply = world.command(&["apply", "--yes", "--timeout", "1s", "--in-doubt", "fail"]);
        apply.envs([("HW_ACCESS_KEY", ACCESS), ("HW_SECRET_KEY", SECRET)]);
        apply.envs(session.map(|token| ("HW_SECURITY_TOKEN", token)));
        // It answers nothing that an apply could use.
        let _ = run(apply).exits(7);
        drop(judge.stdin.take());
        let mut rest = String::new();
        told.read_to_string(&mut rest).unwrap();
        judge.wait().unwrap();
        let lines: Vec<&str> = rest.lines().collect();
        assert!(lines.iter().any(|line| line.starts_with("equal POST")), "{rest}");
        assert!(lines.iter().all(|line| line.starts_with("equal ")), "{rest}");
    }
}
