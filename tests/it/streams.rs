//! A manifest that comes by a pipe, and what is said where a file is none or is missing.

use crate::support::{World, evsctl};
use std::io::Write as _;
use std::process::{Command, Stdio};

const TEXT: &str = "stack: piped\ncloud: { simulator: true }\nvolumes:\n  web: { size: 10, availability_zone: az-dc-1, volume_type: SSD }\n";

/// Runs a shell in the folder; `evsctl` is the binary there.
fn shell(dir: &std::path::Path, script: &str) -> (i32, String) {
    let mut command = Command::new("bash");
    command.env_clear().env("PATH", "/usr/bin:/bin").current_dir(dir).arg("-c");
    let out = command
        .arg(format!("evsctl() {{ {} \"$@\"; }}\n{script} 2>&1", env!("CARGO_BIN_EXE_evsctl")))
        .output()
        .unwrap();
    (out.status.code().unwrap(), String::from_utf8(out.stdout).unwrap())
}

#[test]
fn a_stream_that_is_named_as_path_is_read() {
    let dir = tempfile::tempdir().unwrap();
    crate::support::put(&dir.path().join("x"), TEXT);
    for script in ["evsctl plan <(cat x)", "evsctl plan /dev/stdin < x", "cat x | evsctl plan -", "evsctl plan - < x"] {
        let (code, said) = shell(dir.path(), script);
        assert!(code == 0 && said.contains("+ web[1]") && said.contains("stack piped"), "{script}: {said}");
    }
    // The state lies relative to the working directory, and the next run finds it whichever way the manifest comes.
    let (code, said) = shell(dir.path(), "evsctl apply --yes <(cat x)");
    assert!(code == 0 && dir.path().join("state/piped.json").exists(), "{said}");
    let (code, said) = shell(
        dir.path(),
        "cat x | evsctl plan - --detailed-exitcode --out p.json && cat x | evsctl apply - --plan p.json",
    );
    assert!(code == 0, "{said}");
    // What the stack rests on is guarded all the same.
    let (code, said) = shell(dir.path(), "cat x | evsctl plan - --out state/piped.json");
    assert!(code == 1 && said.contains("state"), "{said}");
    // A problem has its line.
    let (code, said) = shell(dir.path(), "sed 's/10/9/' x | evsctl validate -");
    assert!(code == 1 && said.contains("<stdin>:4"), "{said}");
}

#[test]
fn a_link_to_a_stream_is_none() {
    let dir = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink("/dev/stdin", dir.path().join("evsctl.yaml")).unwrap();
    let mut child = evsctl().arg("plan").arg(dir.path()).stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdin.take().unwrap().write_all(TEXT.as_bytes()));
    let out = child.wait_with_output().unwrap();
    assert_eq!(out.status.code(), Some(1), "{out:?}");
}

#[test]
fn what_is_no_manifest_is_told_with_what_was_meant() {
    let dir = tempfile::tempdir().unwrap();
    let said = |script: &str| shell(dir.path(), script);
    assert!(said("evsctl plan /dev/null").1.contains("volumes: {}"));
    for script in ["evsctl apply nosuch.plan", "evsctl apply --plan nosuch.plan", "evsctl apply . --plan nosuch.plan"] {
        let (code, said) = said(script);
        assert!(code == 1 && said.contains("cannot read") && said.contains("nosuch.plan"), "{script}: {said}");
        assert!(!said.contains("terminal"), "{script}: {said}");
    }
    for (script, line) in [
        ("evsctl state show 'key[1]'", "evsctl state show . 'key[1]'"),
        ("evsctl state rm key", "evsctl state rm . key"),
        ("evsctl state rm 'key[2]'", "evsctl state rm . 'key[2]'"),
    ] {
        let (code, said) = said(script);
        assert!(code == 1 && said.contains(line), "{script}: {said}");
    }
    let (code, said) = said("evsctl state rm .");
    assert!(code == 1 && said.contains("--call CALL"), "{said}");
}

#[test]
fn a_manifest_that_was_applied_elsewhere_cannot_be_compared_with() {
    let world = World::new("  web: { size: 10 }");
    world.run(&["plan", "--manifest-diff"]).exits(0).says("+++ now");
    world.converge();
    std::fs::remove_file(world.dir.path().join("state/test.manifest")).unwrap();
    let ran = world.run(&["plan", "--manifest-diff"]).exits(0).says("is not here: there is nothing to compare with");
    assert!(!ran.stdout.contains("+++"), "{}", ran.stdout);
}
