//! Every example is planned, applied and planned again, from a copy of its folder.

use crate::support::{Ran, copy_folder, evsctl, run};
use std::path::{Path, PathBuf};

fn carries_out(stack: &str, volumes: usize) {
    let dir = tempfile::tempdir().unwrap();
    copy_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples"), &dir.path().join("examples"));
    let stack: PathBuf = dir.path().join("examples").join(stack);
    let go = |words: &[&str]| -> Ran {
        let mut command = evsctl();
        let verbs = if words[0] == "state" { 2 } else { 1 };
        command.args(&words[..verbs]).arg(&stack).args(&words[verbs..]);
        run(command)
    };
    go(&["validate"]).exits(0);
    go(&["plan", "--detailed-exitcode"]).exits(2);
    go(&["apply", "--yes"]).exits(0);
    go(&["plan", "--detailed-exitcode"]).exits(0);
    assert_eq!(go(&["state", "list", "--format", "json"]).exits(0).json().as_array().unwrap().len(), volumes);
}

#[test]
fn quickstart() {
    carries_out("quickstart", 5);
}

#[test]
fn sources() {
    carries_out("sources", 8);
}

#[test]
fn gitops() {
    carries_out("gitops/stack", 8);
}

#[test]
fn the_plan_in_the_readme_is_the_real_one() {
    let readme = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let shown = readme.split("```\n").find(|block| block.starts_with("stack quickstart")).unwrap();
    let dir = tempfile::tempdir().unwrap();
    copy_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples"), &dir.path().join("examples"));
    let mut command = evsctl();
    // As a terminal of that width shows it.
    command.current_dir(&dir).env("COLUMNS", "80").args(["plan", "examples/quickstart"]);
    assert_eq!(run(command).exits(0).stdout, shown);
}
