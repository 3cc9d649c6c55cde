//! Where the state lies, and on what: a place that is not as it must be is an error that says what to do, and what is
//! written there lasts.

use crate::support::{CREATE, Ran, World, put, run};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A library that notes the path of everything that is synced.
#[cfg(target_os = "linux")]
const SHIM: &str = r#"
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void note(int fd) {
    char link[64], path[4097];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    const char *to = getenv("NOTES");
    if (length < 0 || !to) return;
    path[length] = '\n';
    int notes = open(to, O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (notes < 0 || write(notes, path, length + 1) < 0) abort();
    close(notes);
}

int fsync(int fd) {
    note(fd);
    return ((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(fd);
}

int fdatasync(int fd) {
    note(fd);
    return ((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(fd);
}
"#;

/// Runs a command and gives what it synced, in order.
#[cfg(target_os = "linux")]
fn synced(mut command: Command) -> Vec<PathBuf> {
    let dir = tempfile::tempdir().unwrap();
    let [source, library, notes] = ["shim.c", "shim.so", "notes"].map(|name| dir.path().join(name));
    put(&source, SHIM);
    let mut cc = Command::new("cc");
    cc.args(["-shared", "-fPIC", "-o"]).args([&library, &source]).arg("-ldl");
    assert!(cc.status().unwrap().success());
    command.env("LD_PRELOAD", &library).env("NOTES", &notes);
    run(command).exits(0);
    fs::read_to_string(&notes).unwrap().lines().map(PathBuf::from).collect()
}

#[test]
#[cfg(target_os = "linux")]
fn a_state_s_folder_is_on_the_disk_before_its_state_is() {
    let world = World::new("  data: { size: 10 }");
    let manifest = world.dir.path().join("evsctl.yaml");
    let text = fs::read_to_string(&manifest).unwrap();
    put(&manifest, format!("state: kept/of/all\n{text}"));
    let root = world.dir.path().canonicalize().unwrap();
    let before = |synced: &[PathBuf], folder: &str| {
        let at = |wanted: &Path| synced.iter().position(|path| path == wanted);
        let named = synced.iter().position(|path| path.starts_with(root.join("kept/of/all"))).unwrap();
        assert!(at(&root.join(folder)).is_some_and(|at| at < named), "{folder:?} in {synced:?}");
    };
    let paths = synced(world.command(&["apply", "--yes"]));
    for folder in ["", "kept", "kept/of"] {
        before(&paths, folder);
    }
    // A run that died right after it had made the folder did not sync it.
    fs::remove_dir_all(root.join("kept/of/all")).unwrap();
    fs::create_dir(root.join("kept/of/all")).unwrap();
    before(&synced(world.command(&["init"])), "kept/of");
}

#[test]
fn a_state_s_folder_that_is_none_is_told_with_what_to_do() {
    let world = World::new("  data: { size: 10 }");
    let state = world.dir.path().join("state");
    let each = |told: &dyn Fn(Ran)| {
        for words in [&["plan"][..], &["plan", "--offline"], &["apply", "--yes"], &["state", "list"], &["init"]] {
            told(world.run(words).exits(1).says("hint:"));
        }
    };
    symlink("../not/mounted", &state).unwrap();
    each(&|ran| {
        ran.says("is a symbolic link to ../not/mounted, where nothing is").says("make that folder");
    });
    fs::remove_file(&state).unwrap();
    put(&state, "a file");
    each(&|ran| {
        ran.says("a file stands where a folder belongs");
    });
    fs::remove_file(&state).unwrap();
    assert_eq!(world.cloud.requests(CREATE), 0);
    world.converge();
}

#[test]
fn a_folder_where_a_file_is_written_is_told_with_what_to_do() {
    let world = World::new("  data: { size: 10 }");
    world.converge();
    world.volumes("  data: { size: 10 }\n  more: { size: 10 }");
    for name in ["test.json.new", "test.journal.new", "test.manifest.new", "test.json", "test.lock"] {
        let path = world.dir.path().join("state").join(name);
        let aside = path.with_extension("aside");
        let _ = fs::rename(&path, &aside);
        fs::create_dir_all(path.join("something")).unwrap();
        let ran = world.run(&["apply", "--yes"]).says(name).says("hint: ").says("remove it");
        assert!(ran.code == 1 || ran.code == 7, "{name}: {ran:?}");
        fs::remove_dir_all(&path).unwrap();
        let _ = fs::rename(&aside, &path);
    }
    assert_eq!(world.cloud.requests(CREATE), 1);
    world.converge();
}
