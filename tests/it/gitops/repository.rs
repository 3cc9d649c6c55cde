//! A repository that keeps volumes with the templates of `examples/gitops`: a bare one where a forge would have it, and fresh
//! clones for each job and for each person.

use super::forge::{Forge, Kind, Pull, TOKEN};
use crate::auth::{AGENCY_URN, ID_TOKENS, PROVIDER_URN};
use crate::support::{PROJECT, Ran, copy_folder, evsctl, put, run, search_path};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// The head of the stack; CLOUD and PROJECT are filled in.
pub(super) const HEAD: &str = "# cloud: { simulator: true }\nstack: shop\nstate: ../state\n\
    cloud: { endpoint: \"CLOUD\", project_id: PROJECT }\n\
    defaults: { availability_zone: az-dc-1, volume_type: SSD }\nvolumes: {}\n";

pub(super) struct Repository {
    pub(super) dir: tempfile::TempDir,
    pub(super) forge: Forge,
    cloud: String,
}

/// One job on a runner of its own, which is gone with it.
pub(super) struct Job {
    pub(super) dir: tempfile::TempDir,
    environment: Vec<(String, String)>,
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

/// Runs `git` there, as somebody.
pub(super) fn git(folder: &Path, words: &[&str]) -> String {
    let mut command = Command::new("git");
    command.current_dir(folder).args(["-c", "user.name=dev", "-c", "user.email=dev@localhost"]).args(words);
    let output = command.env("GIT_CONFIG_GLOBAL", "/dev/null").stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "git {words:?}: {}", text(output.stderr));
    text(output.stdout).trim().to_owned()
}

impl Repository {
    /// The templates as they are, with a stack in that cloud which asks for nothing yet.
    pub(super) fn new(kind: Kind, cloud: &str) -> Repository {
        let forge = Forge::start(kind, ID_TOKENS[0]);
        let repository = Repository { dir: tempfile::tempdir().unwrap(), forge, cloud: cloud.to_owned() };
        let first = repository.dir.path().join("first");
        let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/gitops");
        copy_folder(&examples, &first);
        std::fs::remove_dir_all(first.join("stack")).unwrap();
        std::fs::create_dir(first.join("stack")).unwrap();
        put(&first.join("stack/00-stack.yaml"), repository.filled(HEAD));
        git(repository.dir.path(), &["init", "--quiet", "--bare", "--initial-branch=main", "origin.git"]);
        // As GitLab does; a push that is recorded state begins no pipeline.
        git(&repository.origin(), &["config", "receive.advertisePushOptions", "true"]);
        git(&first, &["init", "--quiet", "--initial-branch=main"]);
        // Its lineage is there before anything is bought, so that no runner takes it along.
        let mut init = evsctl();
        init.current_dir(&first).args(["init", "stack"]);
        run(init).exits(0);
        git(&first, &["add", "--all"]);
        git(&first, &["commit", "--quiet", "-m", "begin"]);
        git(&first, &["push", "--quiet", repository.origin().to_str().unwrap(), "main"]);
        repository
    }

    pub(super) fn filled(&self, head: &str) -> String {
        head.replace("CLOUD", &self.cloud).replace("PROJECT", PROJECT)
    }

    fn origin(&self) -> PathBuf {
        self.dir.path().join("origin.git")
    }

    pub(super) fn clone(&self) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        git(dir.path(), &["clone", "--quiet", self.origin().to_str().unwrap(), "work"]);
        dir
    }

    /// Somebody proposes to write files (or, without a text, to take them out), with that message.
    pub(super) fn proposes(&self, files: &[(&str, Option<&str>)], message: &str) -> Pull {
        self.proposes_what(message, |work| {
            for (name, content) in files {
                match content {
                    Some(content) => put(&work.join(name), content),
                    None => std::fs::remove_file(work.join(name)).unwrap(),
                }
            }
        })
    }

    /// Somebody proposes symbolic links, in the place of what is there.
    pub(super) fn proposes_links(&self, links: &[(&str, &str)], message: &str) -> Pull {
        self.proposes_what(message, |work| {
            for (name, target) in links {
                if work.join(name).exists() {
                    std::fs::rename(work.join(name), work.join(target)).unwrap();
                }
                std::os::unix::fs::symlink(target, work.join(name)).unwrap();
            }
        })
    }

    fn proposes_what(&self, message: &str, edit: impl FnOnce(&Path)) -> Pull {
        let dir = self.clone();
        let work = dir.path().join("work");
        git(&work, &["checkout", "--quiet", "-b", "change"]);
        edit(&work);
        git(&work, &["add", "--all", "--force"]);
        git(&work, &["commit", "--quiet", "-m", message]);
        let pull = self.forge.opens(&git(&work, &["rev-parse", "HEAD"]));
        git(&work, &["push", "--quiet", "origin", &format!("HEAD:{}", self.forge.kind.head_ref(&pull))]);
        pull
    }

    /// Somebody proposes it, its plan is reviewed, and it is merged.
    pub(super) fn merges_reviewed(&self, files: &[(&str, Option<&str>)], message: &str) {
        let pull = self.proposes(files, message);
        self.plans(&pull).exits(0);
        self.merges(&pull);
    }

    /// Somebody merges it.
    pub(super) fn merges(&self, pull: &Pull) {
        self.merges_as(pull, &format!("merge {}", pull.number));
    }

    /// Somebody merges it over what is there, where both changed a file.
    pub(super) fn merges_over(&self, pull: &Pull) {
        self.merges_with(pull, &["-X", "theirs", "-m", "merge over"]);
    }

    /// Somebody merges it with that message.
    pub(super) fn merges_as(&self, pull: &Pull, message: &str) {
        self.merges_with(pull, &["-m", message]);
    }

    fn merges_with(&self, pull: &Pull, how: &[&str]) {
        let dir = self.clone();
        let work = dir.path().join("work");
        git(&work, &["fetch", "--quiet", "origin", &self.forge.kind.head_ref(pull)]);
        git(&work, &[&["merge", "--quiet", "--no-ff"], how, &[&pull.head]].concat());
        git(&work, &["push", "--quiet", "origin", "main"]);
        self.forge.merged(pull.number, &git(&work, &["rev-parse", "HEAD"]));
    }

    /// A runner with a checkout of the branch, whose agency opens the cloud.
    pub(super) fn job(&self) -> Job {
        let dir = self.clone();
        let mut environment: Vec<(String, String)> = vec![
            ("PATH".to_owned(), search_path()),
            ("HOME".to_owned(), dir.path().display().to_string()),
            ("RUNNER_TEMP".to_owned(), dir.path().display().to_string()),
            ("FORGE_TOKEN".to_owned(), TOKEN.to_owned()),
            ("HUAWEICLOUD_OIDC_PROVIDER_URN".to_owned(), PROVIDER_URN.to_owned()),
            ("HUAWEICLOUD_OIDC_AGENCY_URN".to_owned(), AGENCY_URN.to_owned()),
            // On loopback the runner has to say that a token may go there.
            ("HUAWEICLOUD_SDK_STS_ENDPOINT".to_owned(), self.cloud.clone()),
        ];
        environment.extend(self.forge.environment().into_iter().map(|(name, value)| (name.to_owned(), value)));
        Job { dir, environment }
    }

    /// The plan job of a pull request, and the step that comments.
    pub(super) fn plans(&self, pull: &Pull) -> Ran {
        let job = self.job();
        let ran = job.runs(&["ci/plan.sh", "main", &pull.number.to_string(), &pull.head]);
        self.forge.keeps(pull, ran.code == 0, &job.work().join("evsctl-out"));
        if job.work().join("evsctl-out/comment.md").exists() {
            job.runs(&["ci/comment.sh", &pull.number.to_string()]).exits(0);
        }
        ran
    }

    /// The apply job, with these variables by a person's hand.
    pub(super) fn applies(&self, by_hand: &[(&str, &str)]) -> Ran {
        let mut job = self.job();
        job.environment.extend(by_hand.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        job.runs(&["ci/apply.sh", "main"])
    }

    /// What a command says of the branch as it is now.
    pub(super) fn asks(&self, words: &[&str]) -> Ran {
        let script = r#". ci/common.sh; identity; exec "$@""#;
        self.job().runs(&[&["bash", "-c", script, "bash", "evsctl"], words].concat())
    }

    pub(super) fn recorded(&self) -> Vec<String> {
        let list = self.asks(&["state", "list", "stack", "--format", "json"]).exits(0).json();
        list.as_array().unwrap().iter().map(|volume| volume["address"].as_str().unwrap().to_owned()).collect()
    }
}

impl Job {
    pub(super) fn work(&self) -> PathBuf {
        self.dir.path().join("work")
    }

    /// Its variables, for a runner that hands them to its jobs itself; the process keeps what a machine has.
    pub(super) fn taken(&mut self) -> Vec<String> {
        let (machine, forge) = self.environment.drain(..).partition(|(name, _)| name == "PATH" || name == "HOME");
        self.environment = machine;
        let of_a_job = |name: &str| name != "FORGE_TOKEN" && !name.ends_with("_URN");
        let renamed = |(name, value): (String, String)| match name.as_str() {
            "HUAWEICLOUD_OIDC_PROVIDER_URN" => vec![format!("EVS_PROVIDER_URN={value}")],
            "HUAWEICLOUD_OIDC_AGENCY_URN" => {
                vec![format!("EVS_PLAN_AGENCY_URN={value}"), format!("EVS_APPLY_AGENCY_URN={value}")]
            }
            name if of_a_job(name) => vec![format!("{name}={value}")],
            _ => Vec::new(),
        };
        forge.into_iter().flat_map(renamed).collect()
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(words[0]);
        command.current_dir(self.work()).args(&words[1..]).env_clear().stdin(Stdio::null());
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    pub(super) fn runs(&self, words: &[&str]) -> Ran {
        let output = self.command(words).output().unwrap();
        let (stdout, stderr) = (text(output.stdout), text(output.stderr));
        let said = format!("{stdout}{stderr}");
        assert!(!said.contains("canary"), "a secret is shown: {said}");
        Ran { code: output.status.code().unwrap_or(-1), stdout, stderr }
    }

    /// Begins it as the leader of a group of its own, as a runner does, so that all of it can be killed at once.
    pub(super) fn begins(&self, words: &[&str]) -> Child {
        use std::os::unix::process::CommandExt as _;
        self.command(words).process_group(0).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }
}
