//! The embedded cloud as other people's clients meet it: it asks for credentials, and they know its IAM alone.

use crate::auth::{ACCESS, DOMAIN, PASSWORD, SECRET, USER};
use crate::support::{Cloud, PROJECT, Ran, put, run};
use serde_json::{Value, json};
use snapbox::data::DataFormat;
use snapbox::{Assert, Data, IntoData as _};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// Another project of the account.
pub(super) const OTHER: &str = "fedcba9876543210fedcba9876543210";
const REGION: &str = "cn-north-4";

/// A program below the project's folder, where it is there.
#[expect(clippy::print_stdout, reason = "a test that proves nothing says so")]
pub(super) fn interpreter(path: &str) -> Option<PathBuf> {
    let found = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if found.exists() {
        return Some(found);
    }
    #[expect(clippy::disallowed_methods, reason = "a test's own switch")]
    let required = std::env::var("EVSCTL_CLIENTS").is_ok_and(|value| value == "required");
    assert!(!required, "there is no {path}, and it is required");
    println!("skipped: there is no {path}; `.ci/clients` installs it where it can");
    None
}

/// Python with the clients that it has, where there is one.
pub(super) fn python() -> Option<PathBuf> {
    interpreter("target/clients/bin/python")
}

/// A file of `tests/clients`, run by that program in an environment that holds nothing of the machine's.
pub(super) fn client(program: &Path, name: &str) -> Command {
    let mut command = Command::new(program);
    command.env_clear().arg(folder().join(name));
    command
}

/// Where the clients' files are.
pub(super) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients")
}

pub(super) struct Stage {
    pub(super) cloud: Cloud,
    pub(super) dir: tempfile::TempDir,
}

impl Stage {
    pub(super) fn new(flags: &[&str]) -> Stage {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("accounts.json");
        let projects = json!([{"id": PROJECT, "name": REGION}, {"id": OTHER, "name": "cn-north-4_other"}]);
        let accounts = json!({"accounts": [{
            "domain": DOMAIN, "projects": projects, "users": [{"name": USER, "password": PASSWORD}],
            "access_keys": [{"ak": ACCESS, "sk": SECRET}],
        }]});
        put(&path, accounts.to_string());
        let credentials = ["--job-duration", "40ms", "--credentials", path.to_str().unwrap()];
        let mut cloud = Cloud::with(&[&credentials[..], flags].concat());
        cloud.log_in(DOMAIN, USER, PASSWORD);
        Stage { cloud, dir }
    }

    /// Makes so many volumes of one name, and waits for them.
    pub(super) fn make(&self, name: &str, count: u32) {
        let zone = json!({"availability_zone": "az-dc-1", "volume_type": "SSD", "size": 10});
        let mut volume = zone;
        volume["name"] = json!(name);
        volume["count"] = json!(count);
        let (status, answer) =
            self.cloud.call("POST", "/v3/{project_id}/cloudvolumes", Some(json!({ "volume": volume })));
        assert_eq!(status, 200, "{answer}");
        self.settle();
    }

    /// Lets everything end that is under way.
    pub(super) fn settle(&self) {
        std::thread::sleep(Duration::from_millis(60));
    }

    /// Runs a client to its last step.
    #[track_caller]
    pub(super) fn runs(&self, mut command: Command) -> Ran {
        let auth_url = format!("{}/identity/v3", self.cloud.endpoint);
        command.envs([
            ("OS_AUTH_URL", auth_url.as_str()),
            ("OS_USERNAME", USER),
            ("OS_PASSWORD", PASSWORD),
            ("OS_USER_DOMAIN_NAME", DOMAIN),
            ("OS_PROJECT_NAME", REGION),
            ("OS_PROJECT_ID", PROJECT),
            ("OS_REGION_NAME", REGION),
            ("OS_IDENTITY_API_VERSION", "3"),
            ("ANSIBLE_HWC_IDENTITY_ENDPOINT", &auth_url),
            ("ANSIBLE_HWC_USER", USER),
            ("ANSIBLE_HWC_PASSWORD", PASSWORD),
            ("ANSIBLE_HWC_DOMAIN", DOMAIN),
            ("ANSIBLE_HWC_PROJECT", REGION),
            ("ANSIBLE_HWC_REGION", REGION),
            ("LANG", "C.UTF-8"),
            ("PYTHONDONTWRITEBYTECODE", "1"),
        ]);
        let ran = run(command).exits(0);
        if ran.stdout.contains("PLAY RECAP") { ran } else { ran.says("all steps done") }
    }

    /// Runs a client, and holds the calls that it made with success against those that it proved before.
    #[track_caller]
    pub(super) fn proves(&self, title: &str, name: &str, command: Command) {
        let before = self.succeeded();
        self.runs(command);
        let mut text = format!("{title}\n");
        for (call, count) in self.succeeded() {
            if before.get(&call).is_none_or(|earlier| *earlier < count) {
                text.push_str(&format!("{call}\n"));
            }
        }
        let path = folder().join(format!("proved/{name}.txt"));
        let expected = Data::read_from(&path, Some(DataFormat::Text)).raw();
        Assert::new().action_env("SNAPSHOTS").normalize_paths(false).eq(text.into_data().raw(), expected);
    }

    /// The calls that were answered with a success, each with how often.
    fn succeeded(&self) -> BTreeMap<String, u64> {
        let stats = self.cloud.stats();
        let good = |statuses: &Value| -> u64 {
            let statuses = statuses.as_object().unwrap().iter().filter(|(status, _)| status.as_str() < "400");
            statuses.filter_map(|(_, count)| count.as_u64()).sum()
        };
        let answers = stats["answers"].as_object().unwrap().iter();
        answers.map(|(call, statuses)| (call.clone(), good(statuses))).filter(|(_, count)| *count > 0).collect()
    }
}
