//! What anybody may have put into the repository: links, pipes, files without end. Nothing of it is shown,
//! nothing hangs, and nothing is written elsewhere.

use crate::support::{Ran, evsctl, put, run};
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::{Command, Stdio};

const SECRET: &str = "hunter2-is-no-secret";

/// Runs with a secret in the environment, which must not come out; a run that hangs is a failure.
#[track_caller]
fn go(path: &Path, words: &[&str]) -> Ran {
    let mut command = Command::new("timeout");
    command.env_clear().arg("20").arg(env!("CARGO_BIN_EXE_evsctl")).stdin(Stdio::null());
    let verbs = if words[0] == "state" { 2 } else { 1 };
    command.args(&words[..verbs]).arg(path).args(&words[verbs..]).env("SOME_TOKEN", SECRET);
    let ran = run(command);
    assert_ne!(ran.code, 124, "{words:?} hung");
    assert!(!format!("{}{}", ran.stdout, ran.stderr).contains(SECRET), "{ran:?}");
    ran
}

fn pipe(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

const MANIFEST: &str = "stack: test
cloud: { simulator: true }
defaults: { availability_zone: az-dc-1, volume_type: SAS }
volumes: { data: { size: 10 } }
";

/// A folder with a small stack on the embedded cloud.
fn stack() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    put(&dir.path().join("evsctl.yaml"), MANIFEST);
    dir
}

#[test]
fn a_manifest_is_read_from_its_own_folder_only() {
    let dir = stack();
    let outside = tempfile::tempdir().unwrap();
    put(&outside.path().join("more.yaml"), "volumes: { more: { size: 10 } }\n");
    let strange = dir.path().join("z.yaml");
    for target in [Path::new("/proc/self/environ"), &outside.path().join("more.yaml"), Path::new("/dev/zero")] {
        symlink(target, &strange).unwrap();
        for words in [&["validate"][..], &["plan"], &["apply", "--yes"], &["init"], &["state", "list"]] {
            go(dir.path(), words).exits(1).says("leads out of the stack's folder").says("hint:");
        }
        go(&strange, &["validate"]).exits(1).says("leads out of the stack's folder");
        fs::remove_file(&strange).unwrap();
    }
    symlink("nowhere", &strange).unwrap();
    go(dir.path(), &["plan"]).exits(1).says("cannot read").says("z.yaml");
    fs::remove_file(&strange).unwrap();
    pipe(&strange);
    go(dir.path(), &["plan"]).exits(1).says("is a named pipe, not a regular file");
    go(&strange, &["validate"]).exits(1).says("is a named pipe, not a regular file");
    go(Path::new("/dev/zero"), &["validate"]).exits(1).says("is a device, not a regular file");
    fs::remove_file(&strange).unwrap();
    // A folder of that name is none of the stack's business.
    fs::create_dir(&strange).unwrap();
    go(dir.path(), &["plan"]).exits(0);
}

#[test]
fn a_mounted_config_map_is_a_manifest() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("..2025_06_15")).unwrap();
    put(&dir.path().join("..2025_06_15/evsctl.yaml"), MANIFEST);
    symlink("..2025_06_15", dir.path().join("..data")).unwrap();
    symlink("..data/evsctl.yaml", dir.path().join("evsctl.yaml")).unwrap();
    go(dir.path(), &["validate"]).exits(0);
    go(&dir.path().join("evsctl.yaml"), &["validate"]).exits(0);
}

#[test]
fn state_is_read_from_regular_files_only() {
    let dir = stack();
    go(dir.path(), &["apply", "--yes"]).exits(0);
    let state = dir.path().join("state");
    for (name, words) in [
        ("test.json", &["plan"][..]),
        ("test.json", &["state", "list"]),
        ("test.json", &["apply", "--yes"]),
        ("test.journal", &["plan"]),
        ("test.manifest", &["plan", "--manifest-diff"]),
        ("test.lock", &["apply", "--yes"]),
    ] {
        let path = state.join(name);
        let aside = state.join("aside");
        let was_there = fs::rename(&path, &aside).is_ok();
        for target in ["/dev/zero", "/proc/self/environ", "aside", "nowhere"] {
            symlink(target, &path).unwrap();
            go(dir.path(), words).exits(1).says("is a symbolic link").says("hint:");
            fs::remove_file(&path).unwrap();
        }
        pipe(&path);
        go(dir.path(), words).exits(1).says("is not a regular file").says("hint:");
        fs::remove_file(&path).unwrap();
        // Of a lock only the holder's words are read, and a damaged one has none.
        if name != "test.lock" {
            fs::File::create(&path).unwrap().set_len(100 << 30).unwrap();
            go(dir.path(), words).exits(1).says("is larger than").says("hint:");
            fs::remove_file(&path).unwrap();
        }
        if was_there {
            fs::rename(&aside, &path).unwrap();
        }
    }
    go(dir.path(), &["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn a_strange_lock_names_no_holder() {
    let dir = stack();
    go(dir.path(), &["apply", "--yes"]).exits(0);
    let lock = dir.path().join("state/test.lock");
    let plans = || {
        let ran = go(dir.path(), &["plan", "--detailed-exitcode"]).exits(0);
        assert!(!ran.stderr.contains("is being changed"), "{}", ran.stderr);
        fs::remove_file(&lock).unwrap();
    };
    fs::remove_file(&lock).unwrap();
    for target in ["/dev/zero", "/proc/self/environ", "nowhere"] {
        symlink(target, &lock).unwrap();
        plans();
    }
    pipe(&lock);
    plans();
    fs::File::create(&lock).unwrap().set_len(100 << 30).unwrap();
    plans();
}

#[test]
fn the_embedded_cloud_keeps_to_its_folder() {
    let dir = stack();
    let outside = tempfile::tempdir().unwrap();
    let state = dir.path().join("state");
    fs::create_dir(&state).unwrap();
    let (own, data) = (state.join(".simulator"), state.join(".simulator/test.jsonl"));
    for target in [outside.path().to_owned(), outside.path().join("none")] {
        symlink(&target, &own).unwrap();
        for words in [&["plan"][..], &["apply", "--yes"]] {
            go(dir.path(), words).exits(1).says("cannot use the data file").says("is a symbolic link");
        }
        fs::remove_file(&own).unwrap();
    }
    fs::create_dir(&own).unwrap();
    for target in [Path::new("/proc/self/environ"), Path::new("/dev/zero"), &outside.path().join("none")] {
        symlink(target, &data).unwrap();
        go(dir.path(), &["apply", "--yes"]).exits(1).says("it is a symbolic link");
        fs::remove_file(&data).unwrap();
    }
    pipe(&data);
    go(dir.path(), &["apply", "--yes"]).exits(1).says("it is not a regular file");
    fs::remove_file(&data).unwrap();
    fs::File::create(&data).unwrap().set_len(100 << 30).unwrap();
    go(dir.path(), &["apply", "--yes"]).exits(1).says("longer than 128 MiB");
    fs::remove_dir_all(&own).unwrap();
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0);
    go(dir.path(), &["plan"]).exits(0);
    assert!(!own.exists(), "a plan writes nothing");
    go(dir.path(), &["apply", "--yes"]).exits(0);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&own), mode(&data)), (0o700, 0o600));
}

#[test]
fn one_file_has_one_simulator() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("cloud.jsonl");
    let serve = |data: &Path| {
        let mut command = Command::new("timeout");
        command.env_clear().args(["20", env!("CARGO_BIN_EXE_evsctl"), "simulator", "--listen", "127.0.0.1:0"]);
        command.arg("--data").arg(data);
        command
    };
    let first = crate::support::Cloud::with(&["--data", data.to_str().unwrap()]);
    run(serve(&data)).exits(1).says("cloud.jsonl").says("another simulator is writing it");
    drop(first);
    let second = crate::support::Cloud::with(&["--data", data.to_str().unwrap()]);
    assert!(second.volumes().is_empty());
    run(serve(&dir.path().join("missing/cloud.jsonl"))).exits(1).says("is not there; make it first");
    assert!(!dir.path().join("missing").exists());
    symlink(&data, dir.path().join("link")).unwrap();
    run(serve(&dir.path().join("link"))).exits(1).says("it is a symbolic link");
}

#[test]
fn a_simulator_that_others_can_reach_says_so() {
    let mut command = evsctl();
    command.args(["simulator", "--listen", "0.0.0.0:0"]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut line = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(child.stdout.take().unwrap()), &mut line).unwrap();
    child.kill().unwrap();
    let stderr = String::from_utf8(child.wait_with_output().unwrap().stderr).unwrap();
    assert!(line.starts_with("listening on ") && stderr.contains("asks for no credentials"), "{line}{stderr}");
}

#[test]
fn a_file_of_credentials_is_used_and_its_readers_are_told_of() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("accounts.json");
    let serve = |mode: u32, text: &str| {
        put(&file, text);
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
        let mut command = evsctl();
        command.args(["simulator", "--listen", "0.0.0.0:0", "--credentials"]).arg(&file);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        std::io::BufRead::read_line(&mut std::io::BufReader::new(child.stdout.take().unwrap()), &mut line).unwrap();
        // One that could not start has ended by itself.
        let _ = child.kill();
        (line, String::from_utf8(child.wait_with_output().unwrap().stderr).unwrap())
    };
    for (mode, told) in [(0o644, true), (0o640, true), (0o600, false)] {
        let (line, stderr) = serve(mode, r#"{"accounts":[]}"#);
        assert!(line.starts_with("listening on "), "{stderr}");
        assert_eq!(stderr.contains("can read the secrets"), told, "{mode:o}: {stderr}");
        assert!(stderr.contains("can use the controls") && !stderr.contains("asks for no"), "{stderr}");
    }
    let (line, stderr) = serve(0o600, r#"{"accounts":"hush"}"#);
    assert!(line.is_empty() && stderr.contains("the credentials do not read: line 1 column"), "{stderr}");
    assert!(stderr.contains("evsctl simulator --help") && !stderr.contains("hush"), "{stderr}");
}

#[test]
fn what_is_neither_a_file_nor_a_key_opens_nothing_and_is_not_repeated() {
    let dir = tempfile::tempdir().unwrap();
    let serve = |given: &str| {
        let mut command = evsctl();
        command.args(["simulator", "--credentials", given]).current_dir(dir.path());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        std::io::BufRead::read_line(&mut std::io::BufReader::new(child.stdout.take().unwrap()), &mut line).unwrap();
        // One that could not start has ended by itself.
        let _ = child.kill();
        (line, String::from_utf8(child.wait_with_output().unwrap().stderr).unwrap())
    };
    for given in ["A K:hush", "../keys/ak:hush", ":hush", "hush:"] {
        let (line, stderr) = serve(given);
        assert!(line.is_empty() && stderr.contains("names no file, and is no AK:SK"), "{stderr}");
        assert!(stderr.contains("evsctl simulator --help") && !stderr.contains("hush"), "{stderr}");
    }
    let (line, stderr) = serve("nowhere.json");
    assert!(line.is_empty() && stderr.contains("cannot read nowhere.json"), "{stderr}");
    let (line, stderr) = serve("AK:hush");
    assert!(line.starts_with("listening on ") && stderr.is_empty(), "{stderr}");
    // A file of that name counts first.
    put(&dir.path().join("AK:hush"), "no accounts");
    let (line, stderr) = serve("AK:hush");
    assert!(line.is_empty() && stderr.contains("the credentials do not read"), "{stderr}");
}

#[test]
fn the_state_s_place_is_relative() {
    let dir = stack();
    let elsewhere = tempfile::tempdir().unwrap();
    put(&dir.path().join("evsctl.yaml"), format!("state: {}/state\n{MANIFEST}", elsewhere.path().display()));
    for words in [&["init"][..], &["plan"], &["apply", "--yes"], &["state", "list"]] {
        go(dir.path(), words).exits(1).says("`state` is relative to this file").says("`state: ../state`");
    }
    assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 0);
    fs::create_dir(dir.path().join("stack")).unwrap();
    put(&dir.path().join("stack/evsctl.yaml"), format!("state: ../beside\n{MANIFEST}"));
    go(&dir.path().join("stack"), &["apply", "--yes"]).exits(0);
    assert!(dir.path().join("beside/test.json").exists());
}

#[test]
fn init_says_what_it_did_and_what_comes_next() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("Not a stack's name");
    let ran = go(&path, &["init"]).exits(0).says("the stack is named my-stack").says(".gitignore");
    assert!(ran.stderr.contains(&format!("next: evsctl plan {}", path.display())), "{}", ran.stderr);
    let path = dir.path().join("shop");
    let ran = go(&path, &["init"]).exits(0);
    assert!(!ran.stderr.contains("is named"), "{}", ran.stderr);
    let ran = go(&path, &["init"]).exits(0);
    assert!(!ran.stderr.contains(".gitignore"), "{}", ran.stderr);
}
