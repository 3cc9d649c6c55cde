//! Other people's clients, unchanged, against the embedded cloud, and the vendor's signer as the judge of our signatures.
//!
//! Python's live in an environment of their own, `target/clients`, which `.ci/clients` makes of
//! `tests/clients/requirements.txt`; those of Ansible and Go take longer to install, and only `.ci/clients all` runs them.
//! Where a client is not there its test says so and proves nothing; with `EVSCTL_CLIENTS=required` that is a failure.
//!
//! Each test compares the calls that its client made with success with a file of `tests/clients/proved`, of which the page
//! about fidelity is made; `SNAPSHOTS=overwrite` rewrites those files.

mod page;
mod stage;

use crate::auth::{ACCESS, AGENCY_URN, ID_TOKENS, IDP, PROVIDER_URN, SECRET, asking};
use crate::support::{PROJECT, World, run};
use serde_json::json;
use stage::{OTHER, Stage, client, interpreter, python};
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Command, Stdio};

/// How old the volumes are that a recycle bin takes.
const AGED: &str = "2020-01-01T00:00:00.000000";

#[test]
fn the_vendors_sdk_does_every_operation() {
    let Some(python) = python() else { return };
    let stage = Stage::new(&[]);
    stage.make("aged", 2);
    for volume in stage.cloud.volumes() {
        let path = format!("/_sim/volumes/{}", volume["id"].as_str().unwrap());
        assert_eq!(stage.cloud.call("POST", &path, Some(json!({"created_at": AGED}))).0, 200);
    }
    let mut command = client(&python, "sdk/main.py");
    command.args([&stage.cloud.endpoint, ACCESS, SECRET, PROJECT, OTHER]);
    stage.proves("the vendor's SDK", "sdk", command);
}

#[test]
fn the_vendors_sdk_comes_in_by_an_identity_token() {
    let Some(python) = python() else { return };
    let world = asking(&[], "  web: {count: 2, size: 10}");
    let mut apply = world.command(&["apply", "--yes"]);
    apply.envs([("HW_ACCESS_KEY", ACCESS), ("HW_SECRET_KEY", SECRET)]);
    let _ = run(apply).exits(0);
    let mut command = client(&python, "keyless.py");
    command.args([&world.cloud.endpoint, PROVIDER_URN, AGENCY_URN, IDP, ID_TOKENS[0], PROJECT, "web-0001,web-0002"]);
    run(command).exits(0).says("four ways in").says("all steps done");
    // Each way exchanged for itself, and then the two wrong ones.
    assert_eq!(world.cloud.requests("POST /v5/agencies/assume-with-oidc"), 3);
    assert_eq!(world.cloud.requests("POST /v3.0/OS-AUTH/id-token/tokens"), 3);
    assert_eq!(world.cloud.requests("POST /v3.0/OS-CREDENTIAL/securitytokens"), 2);
}

#[test]
fn openstacks_sdk_does_every_step() {
    let Some(python) = python() else { return };
    let stage = Stage::new(&[]);
    stage.make("web", 2);
    let mut command = client(&python, "openstacksdk.py");
    command.args([OTHER, "web-0001,web-0002"]);
    stage.proves("openstacksdk", "openstacksdk", command);
}

#[test]
fn openstacks_command_line_does_every_step() {
    let Some(python) = python() else { return };
    Stage::new(&[]).proves("the `openstack` command line", "openstack", script_of(&python, "openstack.sh"));
}

#[test]
fn cinders_command_line_does_every_step() {
    let Some(python) = python() else { return };
    Stage::new(&[]).proves("the `cinder` command line", "cinder", script_of(&python, "cinder.sh"));
}

/// A script whose commands lie beside that interpreter.
fn script_of(python: &Path, name: &str) -> Command {
    let mut command = client(Path::new("/bin/bash"), name);
    command.env("PATH", format!("{}:/usr/bin:/bin", python.parent().unwrap().display()));
    command
}

#[test]
fn the_extensions_for_open_telekom_cloud_do_every_step() {
    let Some(python) = python() else { return };
    Stage::new(&["--partition", "otc"]).proves("otcextensions", "otc", client(&python, "otc.py"));
}

#[test]
fn lists_of_more_than_one_page_are_read_to_their_end() {
    let Some(python) = python() else { return };
    let stage = Stage::new(&[]);
    for _ in 0..10 {
        stage.make("page", 100);
    }
    stage.make("last", 1);
    let volumes = stage.cloud.volumes();
    for number in 1..=3 {
        for volume in &volumes[..100] {
            let body = json!({"snapshot": {"volume_id": volume["id"], "name": format!("s{number}")}});
            let (status, answer) = stage.cloud.call("POST", "/v2/{project_id}/cloudsnapshots", Some(body));
            assert_eq!(status, 202, "{answer}");
        }
        stage.settle();
    }
    let (_, all) = stage.cloud.call("GET", "/v2/{project_id}/cloudsnapshots/detail?limit=1", None);
    // Those of the catalogue are there from the beginning.
    assert_eq!(all["count"], 303);
    let mut command = client(&python, "paging.py");
    command.args([&stage.cloud.endpoint, ACCESS, SECRET, PROJECT, "1001", "303"]);
    stage.runs(command);
}

#[test]
#[ignore = "installs 600 MB; `.ci/clients all` runs it"]
fn ansibles_modules_do_every_step() {
    let Some(python) = interpreter("target/ansible/bin/python") else { return };
    for (title, name) in [
        ("Ansible's `openstack.cloud`", "openstack"),
        ("the vendor's module of Ansible, `community.general.hwc_evs_disk`", "hwc"),
    ] {
        let stage = Stage::new(&[]);
        let mut command = Command::new(python.with_file_name("ansible-playbook"));
        command.env_clear().env("PATH", format!("{}:/usr/bin:/bin", python.parent().unwrap().display()));
        command.env("HOME", stage.dir.path()).env("LANG", "C.UTF-8");
        command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/clients/ansible/{name}.yml")));
        stage.proves(title, &format!("ansible-{name}"), command);
    }
}

#[test]
#[ignore = "needs Go; `.ci/clients all` runs it"]
fn gophercloud_does_every_step() {
    let Some(program) = interpreter("target/gophercloud") else { return };
    let mut command = Command::new(program);
    command.env_clear().env("OS_DOMAIN_NAME", crate::auth::DOMAIN);
    Stage::new(&[]).proves("gophercloud", "gophercloud", command);
}

#[test]
fn the_vendors_signer_signs_as_we_do() {
    let Some(python) = python() else { return };
    for session in [None, Some("gQpjbi1ub3J0aC00FAKETOKEN+/==")] {
        let mut judge = client(&python, "signer.py");
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
