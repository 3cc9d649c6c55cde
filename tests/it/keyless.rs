//! Keyless: an identity token of a CI exchanged for keys, end to end.

use crate::auth::{AGENCY_URN, ID_TOKENS, IDP, PROVIDER_URN, asking, keeps_no_secret, with};
use crate::support::{CREATE, Ran, World, put};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::time::Duration;

const ASSUME: &str = "POST /v5/agencies/assume-with-oidc";
const UNSCOPED: &str = "POST /v3.0/OS-AUTH/id-token/tokens";
const TEMPORARY: &str = "POST /v3.0/OS-CREDENTIAL/securitytokens";

/// The two ways of exchanging, each with the calls that it takes.
const WAYS: [(Way, &[&str]); 2] = [(Way::Agency, &[ASSUME]), (Way::Provider, &[UNSCOPED, TEMPORARY])];

#[derive(Debug, Clone, Copy)]
enum Way {
    Agency,
    Provider,
}

/// A stack, and the file that its CI writes the identity token to: not in the stack's folder.
struct Job {
    world: World,
    ci: tempfile::TempDir,
    way: Way,
}

impl Job {
    fn new(way: Way, flags: &[&str], volumes: &str) -> Job {
        let job = Job { world: asking(flags, volumes), ci: tempfile::tempdir().unwrap(), way };
        job.writes(&format!("{}\n", ID_TOKENS[0]));
        job
    }

    fn file(&self) -> PathBuf {
        self.ci.path().join("id-token")
    }

    /// As a CI rotates it: in one step.
    fn writes(&self, token: &str) {
        let beside = self.ci.path().join("beside");
        put(&beside, token);
        std::fs::rename(beside, self.file()).unwrap();
    }

    #[track_caller]
    fn go(&self, words: &[&str]) -> Ran {
        self.go_with(words, &[])
    }

    #[track_caller]
    fn go_with(&self, words: &[&str], more: &[(&str, &str)]) -> Ran {
        let file = self.file();
        let file = file.to_str().unwrap();
        let variables = match self.way {
            Way::Agency => vec![
                ("HUAWEICLOUD_OIDC_PROVIDER_URN", PROVIDER_URN),
                ("HUAWEICLOUD_OIDC_AGENCY_URN", AGENCY_URN),
                ("HUAWEICLOUD_OIDC_TOKEN_FILE", file),
            ],
            Way::Provider => vec![("HUAWEICLOUD_SDK_IDP_ID", IDP), ("HUAWEICLOUD_SDK_ID_TOKEN_FILE", file)],
        };
        with(&self.world, words, &[&variables, more].concat())
    }
}

#[test]
fn an_identity_token_opens_the_cloud() {
    for (way, calls) in WAYS {
        let job = Job::new(way, &[], "  web: { count: 3, size: 10 }");
        job.go(&["apply", "--yes"]).exits(0);
        let stats = job.world.cloud.stats();
        assert_eq!((&stats["volumes"], &stats["unauthorized"]), (&json!(3), &json!(0)), "{way:?}");
        for call in calls {
            assert_eq!(job.world.cloud.requests(call), 1, "one exchange serves the whole run");
        }
        job.go(&["plan", "--detailed-exitcode"]).exits(0);
        let status = job.go(&["auth", "status", "--format", "json"]).exits(0).json();
        assert_eq!(status["kind"], "identity token");
        assert!(status["source"].as_str().unwrap().contains("TOKEN_FILE"), "{status}");
        job.go(&["doctor"]).exits(0).says("identity token from the environment");
        keeps_no_secret(job.world.dir.path());
    }
}

#[test]
fn keys_that_expire_in_the_middle_are_got_anew_by_the_token_that_is_there_then() {
    for (way, calls) in WAYS {
        let job = Job::new(way, &["--token-life", "1s", "--latency", "40ms"], "  web: { count: 150, size: 10 }");
        // Its CI goes on rotating: what was good at first is replaced while evsctl runs.
        let finished = std::thread::scope(|scope| {
            scope.spawn(|| {
                crate::support::until("the first exchange", || job.world.cloud.requests(calls[0]) > 0);
                job.writes(ID_TOKENS[1]);
            });
            job.go(&["apply", "--yes", "--format", "json"]).exits(0).finished()
        });
        assert_eq!((&finished["created"], &finished["failed"]), (&json!(150), &json!(0)), "{finished}");
        for call in calls {
            assert!(job.world.cloud.requests(call) > 1, "{call}");
        }
        assert_eq!(job.world.cloud.requests(CREATE), 2);
    }
}

#[test]
fn keys_that_are_refused_early_are_replaced_once() {
    for (way, calls) in WAYS {
        let job = Job::new(way, &[], "  web: { size: 10 }");
        job.world.cloud.faults(json!([{"method": "POST", "path": "/v3/{project_id}/cloudvolumes", "times": 1,
            "then": {"token": "expired"}}]));
        job.go(&["apply", "--yes"]).exits(0);
        assert_eq!((job.world.cloud.requests(calls[0]), &job.world.cloud.stats()["volumes"]), (2, &json!(1)));
        job.world.cloud.faults(json!([{"method": "GET", "then": {"token": "expired"}}]));
        job.go(&["plan"]).exits(6).says("APIGW.0301");
        assert_eq!(job.world.cloud.requests(calls[0]), 4, "once, and once more");
    }
}

#[test]
fn what_is_wrong_with_the_token_is_denied_at_once() {
    for (way, calls) in WAYS {
        let job = Job::new(way, &[], "  web: { size: 10 }");
        job.writes("canary-of-another-issuer");
        let begun = std::time::Instant::now();
        for words in [&["plan"][..], &["apply", "--yes"], &["doctor"]] {
            job.go(words).exits(6).says(calls[0]);
        }
        assert!(begun.elapsed() < Duration::from_secs(10), "nothing is repeated that repeating cannot mend");
        assert_eq!(job.world.cloud.requests(calls[0]), 3);
        for (text, says) in [("", "it is empty"), ("\n", "it is empty"), (&"c".repeat(70_000), "more than 65536 bytes")]
        {
            job.writes(text);
            job.go(&["plan"]).exits(6).says(says).says(job.file().to_str().unwrap());
        }
        std::fs::remove_file(job.file()).unwrap();
        for words in [&["plan"][..], &["apply", "--yes"], &["auth", "status"]] {
            job.go(words).exits(6).says("No such file").says(job.file().to_str().unwrap());
        }
        assert_eq!(job.world.cloud.requests(calls[0]), 3, "what cannot be read is not sent");
        assert_eq!(job.world.cloud.stats()["volumes"], 0);
    }
    let job = Job::new(Way::Agency, &[], "  web: { size: 10 }");
    let other = ("HUAWEICLOUD_OIDC_AGENCY_URN", "iam::example:agency:other");
    job.go_with(&["plan"], &[other]).exits(6).says("STS5.1106").says("trust policy");
    job.go_with(&["plan"], &[("HUAWEICLOUD_OIDC_PROVIDER_URN", "")])
        .exits(6)
        .says("HUAWEICLOUD_OIDC_AGENCY_URN is set, and HUAWEICLOUD_OIDC_PROVIDER_URN is not");
    job.go_with(&["plan"], &[("HUAWEICLOUD_OIDC_DURATION_SECONDS", "60")]).exits(6).says("from 900 to 43200");
    job.go_with(&["plan"], &[("HUAWEICLOUD_OIDC_DURATION_SECONDS", "900")]).exits(0);
}

#[test]
fn sts_that_is_out_for_a_moment_is_asked_again() {
    for (way, calls) in WAYS {
        let job = Job::new(way, &[], "  web: { size: 10 }");
        let path = calls[0].strip_prefix("POST ").unwrap();
        job.world.cloud.faults(json!([{"path": path, "times": 2, "then": {"status": 503}}]));
        job.go(&["apply", "--yes"]).exits(0);
        assert_eq!((job.world.cloud.requests(calls[0]), &job.world.cloud.stats()["volumes"]), (3, &json!(1)));
    }
}

#[test]
fn a_token_goes_to_no_listener_that_only_a_manifest_names() {
    for (way, variable) in
        [(Way::Agency, "HUAWEICLOUD_SDK_STS_ENDPOINT"), (Way::Provider, "HUAWEICLOUD_SDK_IAM_ENDPOINT")]
    {
        let job = Job::new(way, &[], "  web: { size: 10 }");
        for words in [&["plan"][..], &["apply", "--yes"], &["doctor"], &["auth", "status"]] {
            let ran = job.go_with(words, &[(variable, "")]).exits(6);
            ran.says(&format!("{variable}={}", job.world.cloud.endpoint));
        }
        for (address, says) in [("http://sts.example", "is not https"), ("nowhere", "is no address")] {
            job.go_with(&["plan"], &[(variable, address)]).exits(6).says(says);
        }
        assert_eq!(job.world.cloud.all_requests(), 0);
        assert!(!Path::new(&job.world.snapshot()).exists());
    }
}
