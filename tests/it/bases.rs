//! `base`: which files a manifest may be based on, what comes of them, and what is never shown of any other file.

use crate::support::{Ran, evsctl, put, run};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

const SECRET: &str = "hunter2";

const COMMON: &str = "cloud: { simulator: true }
defaults: { availability_zone: az-dc-1, volume_type: SAS }
limits: { max_create: 2 }
";

/// A folder with a base and, below `stacks/prod`, a stack on it.
struct Repository(tempfile::TempDir);

impl Repository {
    fn new() -> Repository {
        let repository = Repository(tempfile::tempdir().unwrap());
        fs::create_dir_all(repository.stack()).unwrap();
        put(&repository.path("stacks/common.yaml"), COMMON);
        repository.names("../common.yaml");
        repository
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn stack(&self) -> PathBuf {
        self.path("stacks/prod")
    }

    /// Lets the stack name that base.
    fn names(&self, base: &str) {
        let text = format!("stack: prod\nbase: [{base:?}]\nvolumes: {{ data: {{ count: 2, size: 10 }} }}\n");
        put(&self.path("stacks/prod/evsctl.yaml"), text);
    }

    #[track_caller]
    fn run(&self, words: &[&str]) -> Ran {
        let mut command = evsctl();
        let verbs = if words[0] == "state" { 2 } else { 1 };
        command.args(&words[..verbs]).arg(self.stack()).args(&words[verbs..]);
        let ran = run(command);
        assert!(!format!("{}{}", ran.stdout, ran.stderr).contains(SECRET), "{ran:?}");
        ran
    }

    /// No command reads that base, and each says why.
    #[track_caller]
    fn refuses(&self, base: &str, why: &str) {
        self.names(base);
        for words in [&["validate"][..], &["plan"], &["apply", "--yes"], &["state", "list"]] {
            self.run(words).exits(1).says(why);
        }
    }
}

#[test]
fn a_stack_is_planned_on_its_base() {
    let repository = Repository::new();
    repository.run(&["apply", "--yes"]).exits(0);
    repository.run(&["plan", "--detailed-exitcode"]).exits(0).says("nothing to do");
    repository.run(&["state", "list"]).exits(0).says("data[2]");
    let saved = repository.path("saved.json");
    put(&repository.path("stacks/common.yaml"), COMMON.replace("SAS }", "SAS, tags: { team: a } }"));
    repository.run(&["plan", "--out", saved.to_str().unwrap()]).exits(0).says("2 to change");
    // A plan that was saved is of the base as it was.
    put(&repository.path("stacks/common.yaml"), COMMON.replace("SAS }", "SAS, tags: { team: b } }"));
    repository.run(&["apply", "--plan", saved.to_str().unwrap()]).exits(4);
    repository.run(&["apply", "--yes"]).exits(0);
    // A base's limits hold, and a problem names the base.
    put(&repository.path("stacks/common.yaml"), COMMON.replace("max_create: 2", "max_create: 2, max_destroy: 1"));
    let held = repository.run(&["destroy", "--yes", "--allow-destroy", "2"]).exits(4);
    assert!(held.stdout.split_whitespace().collect::<String>().contains("../common.yaml:3:39"), "{held:?}");
    put(&repository.path("stacks/common.yaml"), COMMON.replace("volume_type", "volume_typ"));
    let wrong = repository.run(&["validate"]).exits(1);
    assert!(wrong.stderr.contains("common.yaml:2:41") && wrong.stderr.contains("volume_typ: SAS"), "{wrong:?}");
}

#[test]
fn nothing_is_written_over_a_base() {
    let repository = Repository::new();
    let base = repository.path("stacks/common.yaml");
    repository.run(&["plan", "--out", base.to_str().unwrap()]).exits(1).says("it is the manifest");
    assert_eq!(fs::read_to_string(&base).unwrap(), COMMON);
}

#[test]
fn a_base_lies_below_the_folder_that_holds_the_stacks_where_there_is_no_work_tree() {
    let repository = Repository::new();
    put(&repository.path("above.yaml"), COMMON);
    repository.refuses("../../above.yaml", "it lies outside the folder that holds the stack's");
    fs::create_dir(repository.path("stacks/shared")).unwrap();
    put(&repository.path("stacks/shared/base.yml"), COMMON);
    repository.names("../shared/base.yml");
    repository.run(&["validate"]).exits(0);
}

#[test]
fn a_base_lies_in_the_work_tree_of_the_stack_and_not_in_a_hidden_folder() {
    let repository = Repository::new();
    put(&repository.path("above.yaml"), COMMON);
    fs::create_dir(repository.path(".git")).unwrap();
    repository.names("../../above.yaml");
    repository.run(&["validate"]).exits(0);
    let outside = tempfile::tempdir().unwrap();
    put(&outside.path().join("secret.yaml"), format!("token: {SECRET}\n"));
    put(&outside.path().join("base.yaml"), COMMON);
    for name in ["secret.yaml", "base.yaml"] {
        symlink(outside.path().join(name), repository.path("stacks").join(name)).unwrap();
        repository.refuses(&format!("../{name}"), "it lies outside the Git work tree of the stack");
    }
    for hidden in [".git/base.yaml", ".kube/config.yaml", ".env.yaml"] {
        let path = repository.path(hidden);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        put(&path, COMMON);
        repository.refuses(&format!("../../{hidden}"), "it lies in a hidden folder, or is hidden");
    }
    // What hides both hides neither from the other.
    fs::create_dir_all(repository.path(".stacks/prod")).unwrap();
    put(&repository.path(".stacks/common.yaml"), COMMON);
    let text = fs::read_to_string(repository.path("stacks/prod/evsctl.yaml")).unwrap();
    put(&repository.path(".stacks/prod/evsctl.yaml"), text.replace("../../.env.yaml", "../common.yaml"));
    let mut command = evsctl();
    command.arg("validate").arg(repository.path(".stacks/prod"));
    run(command).exits(0);
}

#[test]
fn no_other_file_is_shown() {
    let repository = Repository::new();
    put(&repository.path("stacks/token"), format!("token: {SECRET}\n"));
    symlink("token", repository.path("stacks/token.yaml")).unwrap();
    repository.refuses("../token.yaml", "it is a link to a file that is not called *.yaml or *.yml");
    for (name, text) in [
        ("kube.yaml", format!("apiVersion: v1\nusers: [{{ token: {SECRET} }}]\n")),
        ("password.yaml", SECRET.to_owned()),
        ("broken.yaml", format!("token: [{SECRET}\n")),
        ("sealed.yaml", format!("token: !vault {SECRET}\n")),
    ] {
        put(&repository.path("stacks").join(name), text);
        let base = format!("../{name}");
        repository.names(&base);
        for words in [&["validate"][..], &["validate", "--format", "json"], &["plan"], &["state", "list"]] {
            let ran = repository.run(words).exits(1);
            assert!(format!("{}{}", ran.stdout, ran.stderr).contains(name), "{ran:?}");
        }
    }
    repository.refuses("../nowhere.yaml", "cannot read the base");
    fs::create_dir(repository.path("stacks/folder.yaml")).unwrap();
    repository.refuses("../folder.yaml", "it is not a regular file");
    assert!(std::process::Command::new("mkfifo").arg(repository.path("stacks/pipe.yaml")).status().unwrap().success());
    repository.refuses("../pipe.yaml", "it is not a regular file");
    fs::File::create(repository.path("stacks/large.yaml")).unwrap().set_len(100 << 30).unwrap();
    repository.refuses("../large.yaml", "it makes the manifest larger than 64 MiB");
    for (path, why) in [("/etc/passwd.yaml", "relative to this file"), ("../token", "is a *.yaml or *.yml file")] {
        repository.refuses(path, why);
    }
}

#[test]
fn a_stream_may_have_a_base_in_the_working_directory() {
    let repository = Repository::new();
    let mut command = evsctl();
    let manifest = fs::File::open(repository.stack().join("evsctl.yaml")).unwrap();
    command.current_dir(repository.stack()).args(["validate", "-"]).stdin(manifest);
    run(command).exits(0);
}
