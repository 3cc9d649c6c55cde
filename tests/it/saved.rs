//! Files that a flag names: what stands there is written, never replaced by something else, and what the run itself
//! rests on is never written over.

use crate::support::{PROJECT, Ran, World, put, run, until};
use serde_json::json;
use std::fs;
use std::io::Read as _;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

fn world() -> World {
    World::new("  data: { size: 10 }")
}

fn plans(world: &World, out: &Path) -> Ran {
    let mut command = world.command(&["plan", "--out"]);
    command.arg(out);
    run(command)
}

fn pipe(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

fn kind(path: &Path) -> fs::FileType {
    fs::symlink_metadata(path).unwrap().file_type()
}

#[test]
fn a_link_stays_and_what_it_leads_to_is_written() {
    let world = world();
    let elsewhere = tempfile::tempdir().unwrap();
    let [plain, link, target] =
        [world.dir.path().join("plain"), world.dir.path().join("link"), elsewhere.path().join("target")];
    plans(&world, &plain).exits(0);
    let text = fs::read(&plain).unwrap();
    symlink(&target, &link).unwrap();
    // Where there is nothing yet, where there is more than is written, and through two links.
    plans(&world, &link).exits(0);
    assert_eq!(fs::read(&target).unwrap(), text);
    assert_eq!(fs::metadata(&target).unwrap().permissions().mode() & 0o777, 0o600);
    put(&target, vec![b'x'; 100_000]);
    let inode = fs::metadata(&target).unwrap().ino();
    symlink("link", world.dir.path().join("link-2")).unwrap();
    plans(&world, &world.dir.path().join("link-2")).exits(0);
    assert_eq!((fs::read(&target).unwrap(), fs::metadata(&target).unwrap().ino()), (text, inode));
    assert!(kind(&link).is_symlink() && kind(&world.dir.path().join("link-2")).is_symlink());
    assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 1);
    // Nothing can be made there.
    symlink("/nowhere/at/all", world.dir.path().join("lost")).unwrap();
    plans(&world, &world.dir.path().join("lost")).exits(1).says("cannot write the plan").says("lost");
    assert!(kind(&world.dir.path().join("lost")).is_symlink());
    // A folder is none.
    plans(&world, elsewhere.path()).exits(1).says("is a folder");
}

#[test]
fn a_pipe_is_written_to() {
    let world = world();
    let [plain, fifo] = ["plain", "fifo"].map(|name| world.dir.path().join(name));
    plans(&world, &plain).exits(0);
    pipe(&fifo);
    let mut reader = Command::new("timeout");
    reader.args(["10", "cat"]).arg(&fifo).stdout(Stdio::piped());
    let mut reader = reader.spawn().unwrap();
    plans(&world, &fifo).exits(0);
    let mut text = Vec::new();
    reader.stdout.take().unwrap().read_to_end(&mut text).unwrap();
    reader.wait().unwrap();
    assert!(kind(&fifo).is_fifo(), "{:?}", kind(&fifo));
    assert_eq!(text, fs::read(&plain).unwrap());
    // What nobody reads on is an error as on a disk.
    let mut reader = Command::new("timeout");
    reader.args(["10", "head", "-c", "1"]).arg(&fifo).stdout(Stdio::null());
    let mut reader = reader.spawn().unwrap();
    let many: String = (0..400).map(|n| format!("  v{n}: {{ size: 10 }}\n")).collect();
    world.volumes(&many);
    plans(&world, &fifo).exits(1).says("cannot write the plan").says("Broken pipe");
    reader.wait().unwrap();
    assert!(kind(&fifo).is_fifo());
}

#[test]
fn a_device_is_written_to() {
    let world = world();
    // Never the device's own path: what is wrong here would replace it.
    let full = world.dir.path().join("full");
    let no_room = |path: &Path| plans(&world, path).exits(1).says("cannot write the plan").says("No space left");
    symlink("/dev/full", &full).unwrap();
    no_room(&full);
    assert!(kind(&full).is_symlink() && kind(Path::new("/dev/full")).is_char_device());
    let null = world.dir.path().join("null");
    symlink("/dev/null", &null).unwrap();
    plans(&world, &null).exits(0);
    assert!(kind(&null).is_symlink() && kind(Path::new("/dev/null")).is_char_device());
    // A node of its own, where this user may make one and the file system has such.
    let node = world.dir.path().join("node");
    let made = Command::new("mknod").arg(&node).args(["c", "1", "7"]).stderr(Stdio::null()).status();
    if made.is_ok_and(|made| made.success()) && fs::OpenOptions::new().write(true).open(&node).is_ok() {
        no_room(&node);
        assert!(kind(&node).is_char_device());
    }
}

#[test]
fn what_the_stack_rests_on_is_never_written_over() {
    let world = world();
    world.converge();
    world.volumes("  data: { size: 10 }\n  more: { size: 10 }");
    world.converge();
    let dir = world.dir.path();
    let in_state = |name: &str| dir.join("state").join(name);
    let [hard, soft] = ["hard", "soft"].map(|name| dir.join(name));
    fs::hard_link(dir.join("evsctl.yaml"), &hard).unwrap();
    symlink("state/test.json", &soft).unwrap();
    // The state of another stack in the same place, and a place beside it.
    let other = tempfile::tempdir().unwrap();
    put(&other.path().join("evsctl.yaml"), {
        let text = fs::read_to_string(dir.join("evsctl.yaml")).unwrap();
        text.replace("stack: test", &format!("stack: other\nstate: {}", "st"))
    });
    let mut apply = crate::support::evsctl();
    apply.args(["apply", "--yes", "--new-stack"]).arg(other.path());
    run(apply).exits(0);
    fs::copy(other.path().join("st/other.json"), in_state("other.json")).unwrap();
    put(&in_state("other.lock"), "");
    let mut targets: Vec<PathBuf> = vec![dir.join("evsctl.yaml"), hard, soft, other.path().join("st/other.json")];
    targets.extend(
        [
            "test.json",
            "test.json.1",
            "test.json.7",
            "test.json.new",
            "test.journal",
            "test.lock",
            "test.lock.guard",
            "test.manifest",
            "test.json.probe",
            ".gitignore",
            "other.json",
            "other.lock",
            ".simulator/test.jsonl",
        ]
        .map(in_state),
    );
    // It would be read as a part of the manifest.
    targets.extend([dir.join("plan.yaml"), dir.join("plan.yml")]);
    fs::create_dir_all(in_state(".simulator")).unwrap();
    let seen = || {
        let mut all: Vec<(PathBuf, Option<Vec<u8>>)> = Vec::new();
        for folder in [dir.to_owned(), dir.join("state"), other.path().join("st")] {
            let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
            all.extend(entries.map(|path| (path.clone(), fs::read(path).ok())));
        }
        all.sort();
        all
    };
    let before = seen();
    let requests = world.cloud.all_requests();
    for target in &targets {
        for command in [&["plan"][..], &["doctor", "--probe", "--yes"]] {
            let mut words = world.command(&[command, &["--out"]].concat());
            words.arg(target);
            run(words).exits(1).says("cannot write").says("hint: name another file");
        }
        let relative = target.strip_prefix(dir).unwrap_or(target);
        let mut words = crate::support::evsctl();
        words.args(["plan", ".", "--out"]).arg(relative).current_dir(dir);
        run(words).exits(1).says("hint: name another file");
    }
    assert_eq!(world.cloud.all_requests(), requests, "it is known before anything is asked");
    assert!(seen() == before, "nothing was written");
    // What is called as a state's file, and is none, is anybody's.
    for free in [dir.join("test.json"), in_state("plan.out"), dir.join("journal.json")] {
        plans(&world, &free).exits(0);
        plans(&world, &free).exits(0);
    }
}

#[test]
fn a_plan_that_is_being_carried_out_is_not_written_over() {
    let world = world();
    let file = world.dir.path().join("plan.out");
    plans(&world, &file).exits(0);
    world.cloud.faults(json!([{"method": "POST", "path": "/v3/{project_id}/cloudvolumes", "then": {"job": "hang"}}]));
    let mut apply = world.command(&["apply", "--plan"]);
    apply.arg(&file).stderr(Stdio::null()).stdout(Stdio::null());
    let mut apply = apply.spawn().unwrap();
    until("it has begun", || world.cloud.requests("POST /v3/{project_id}/cloudvolumes") > 0);
    let before = fs::read(&file).unwrap();
    plans(&world, &file).exits(1).says("an apply is carrying it out").says("hint: name another file");
    assert_eq!(fs::read(&file).unwrap(), before);
    apply.kill().unwrap();
    apply.wait().unwrap();
    plans(&world, &file).exits(0);
    assert_ne!(fs::read(&file).unwrap(), before);
}

#[test]
fn a_plan_that_does_not_end_is_not_read_to_its_end() {
    let world = world();
    let limited = |plan: &Path| {
        let mut command = Command::new("timeout");
        command.env_clear().env("PATH", "/usr/bin:/bin").stdin(Stdio::null());
        command.args(["30", "prlimit", "--as=2000000000", "--core=0", env!("CARGO_BIN_EXE_evsctl"), "apply"]);
        command.arg(world.dir.path()).arg("--plan").arg(plan);
        run(command)
    };
    let link = world.dir.path().join("link");
    symlink("/dev/zero", &link).unwrap();
    for path in [Path::new("/dev/zero"), &link] {
        limited(path).exits(1).says("cannot read the plan").says("is a device");
    }
    let large = world.dir.path().join("large");
    fs::File::create(&large).unwrap().set_len(100 << 30).unwrap();
    limited(&large).exits(1).says("is larger than 256 MiB");
    let fifo = world.dir.path().join("fifo");
    pipe(&fifo);
    let mut writer = Command::new("timeout");
    writer.args(["30", "sh", "-c", "exec cat /dev/zero > \"$0\""]).arg(&fifo).stderr(Stdio::null());
    let mut writer = writer.spawn().unwrap();
    limited(&fifo).exits(1).says("is larger than 256 MiB");
    writer.wait().unwrap();
    // A plan comes through a pipe as well as from a file.
    let file = world.dir.path().join("plan.out");
    plans(&world, &file).exits(0);
    let mut command = Command::new("sh");
    command.args(["-c", "cat \"$1\" > \"$2\" & exec \"$0\" apply \"$3\" --plan \"$2\""]);
    command.arg(env!("CARGO_BIN_EXE_evsctl")).args([&file, &fifo]).arg(world.dir.path());
    command.env_clear().env("PATH", "/usr/bin:/bin").stdin(Stdio::null());
    run(command).exits(0);
    assert_eq!(world.cloud.names().len(), 1, "in project {PROJECT}");
}
