//! A process that may open only a few files.

use crate::support::{World, put, run};
use std::fs;
use std::path::Path;
use std::process::Command;

#[test]
fn few_descriptors_are_an_error_and_no_panic() {
    let world = World::new("  data: { count: 3, size: 10 }");
    let embedded = tempfile::tempdir().unwrap();
    let text = fs::read_to_string(world.dir.path().join("evsctl.yaml")).unwrap();
    let cloud = text.lines().find(|line| line.starts_with("cloud:")).unwrap();
    put(&embedded.path().join("evsctl.yaml"), text.replace(cloud, "cloud: { simulator: true }"));
    let limited = |limit: u64, words: &[&str], path: &Path| {
        let mut command = Command::new("timeout");
        command.env_clear().env("PATH", "/usr/bin:/bin").stdin(std::process::Stdio::null());
        command.args(["20", "prlimit", "--core=0", &format!("--nofile={limit}:{limit}")]);
        command.arg(env!("CARGO_BIN_EXE_evsctl")).args(words).arg(path);
        run(command)
    };
    let commands: [&[&str]; 9] = [
        &["apply", "--yes"],
        &["plan"],
        &["doctor"],
        &["init"],
        &["validate"],
        &["state", "list"],
        &["state", "rebuild"],
        &["orphans"],
        &["apply", "--yes", "-vv"],
    ];
    let mut told = 0;
    // Below that the system's loader ends the process before it begins.
    for limit in (5..24).chain([28, 36, 48]) {
        for path in [world.dir.path(), embedded.path()] {
            for words in commands {
                let ran = limited(limit, words, path);
                let is_told = ran.stderr.contains("error:") && ran.stderr.contains("ulimit -n");
                assert!(ran.code == 0 || words[0] == "doctor" || is_told, "{limit} {words:?}: {ran:?}");
                assert!(matches!(ran.code, 0 | 1 | 6 | 7), "{limit} {words:?}: {ran:?}");
                told += u64::from(is_told);
            }
        }
    }
    assert!(told > 50, "{told}");
    assert!(world.cloud.names().len() <= 3, "{:?}", world.cloud.names());
    world.converge();
}
