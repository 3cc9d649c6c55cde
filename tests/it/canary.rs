//! The canary run: every kind of credentials, every command that uses them, well and badly, with all that can be
//! logged. No secret comes out anywhere, and the log is there all the same.

use crate::auth::{ACCESS, AGENCY_URN, DOMAIN, ID_TOKENS, IDP, PASSWORD, PROVIDER_URN, SECRET, SESSION, USER, asking};
use crate::support::{Ran, World, put, run};
use serde_json::{Value, json};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;

const LIST: &str = "/v2/{project_id}/cloudvolumes/detail";
const CREATE: &str = "/v3/{project_id}/cloudvolumes";
const LOGS: [&str; 2] = ["text", "json"];

/// Variables of one kind of credentials.
type Variables = Vec<(&'static str, String)>;

/// A stack whose cloud keeps a file, and what must not be found anywhere.
struct Run {
    world: World,
    /// Where the cloud keeps its file and credentials lie: not in the stack's folder.
    aside: tempfile::TempDir,
    canaries: Vec<String>,
    variables: Variables,
    runs: usize,
}

impl Run {
    fn new(volumes: &str) -> Run {
        let aside = tempfile::tempdir().unwrap();
        let data = aside.path().join("cloud.jsonl");
        let world = asking(&["--data", data.to_str().unwrap()], volumes);
        let canaries = vec!["canary".to_owned(), ACCESS.to_owned()];
        // The runner says that IAM and STS are the embedded cloud's.
        let variables = ["HW_AUTH_URL", "HUAWEICLOUD_SDK_IAM_ENDPOINT", "HUAWEICLOUD_SDK_STS_ENDPOINT"]
            .map(|name| (name, world.cloud.endpoint.clone()))
            .to_vec();
        Run { world, aside, canaries, variables, runs: 0 }
    }

    fn with(mut self, variables: &[(&'static str, &str)]) -> Run {
        self.variables.extend(variables.iter().map(|(name, value)| (*name, (*value).to_owned())));
        self
    }

    /// Runs with everything logged, in the one form and the other by turns.
    #[track_caller]
    fn go(&mut self, words: &[&str]) -> Ran {
        let log = LOGS[self.runs % 2];
        self.runs += 1;
        let mut command = self.world.command(words);
        command.args(["-vvv", "--log-format", log]).envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.env("RUST_LOG", "trace").env("PATH", "/usr/bin:/bin");
        let ran = run(command);
        assert!(!ran.stdout.contains("\"level\"") && !ran.stdout.contains(" trace "), "{}", ran.stdout);
        self.shown(&ran);
        ran
    }

    #[track_caller]
    fn shown(&self, ran: &Ran) {
        for canary in &self.canaries {
            assert!(!ran.stdout.contains(canary) && !ran.stderr.contains(canary), "{canary} is shown: {ran:?}");
        }
    }

    /// Nothing of a secret lies in any file that was written.
    fn kept(&self) {
        nowhere(self.world.dir.path(), &self.canaries);
        nowhere(&self.aside.path().join("cloud.jsonl"), &self.canaries);
    }
}

fn nowhere(path: &Path, canaries: &[String]) {
    if path.is_dir() {
        std::fs::read_dir(path).unwrap().for_each(|entry| nowhere(&entry.unwrap().path(), canaries));
        return;
    }
    let text = String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned();
    for canary in canaries {
        assert!(!text.contains(canary), "{} holds {canary}", path.display());
    }
}

/// Whether the log tells of a request to that path that was answered so.
#[track_caller]
fn logged(ran: &Ran, path: &str, status: u16) {
    let text = |line: &str| {
        line.contains(&format!(" path={path} status={status} ms="))
            && line.contains(" method=")
            && line.split_once(" request_id=").is_some_and(|(_, id)| id.len() > 10)
    };
    let json = |line: &str| {
        serde_json::from_str::<Value>(line).is_ok_and(|line| {
            (&line["path"], &line["status"], &line["level"]) == (&path.into(), &status.into(), &"info".into())
                && line["ms"].is_u64()
                && line["attempt"].is_u64()
                && line["request_id"].as_str().is_some_and(|id| id.len() > 10)
        })
    };
    assert!(ran.stderr.lines().any(|line| text(line) || json(line)), "{path} {status} is not in the log: {ran:?}");
}

/// A token as IAM gives it, asked for without the client.
fn token(world: &World) -> String {
    let host = world.cloud.endpoint.strip_prefix("http://").unwrap();
    let user = json!({"name": USER, "password": PASSWORD, "domain": {"name": DOMAIN}});
    let body = json!({"auth": {"identity": {"methods": ["password"], "password": {"user": user}},
        "scope": {"project": {"id": crate::support::PROJECT}}}})
    .to_string();
    let mut stream = TcpStream::connect(host).unwrap();
    write!(
        stream,
        "POST /v3/auth/tokens HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\nconnection: close\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let header = answer.lines().find_map(|line| line.strip_prefix("x-subject-token: ")).unwrap();
    assert!(header.len() > 10, "{answer}");
    header.to_owned()
}

const THREE: &str = "  web: { count: 3, size: 10 }";
const FOUR: &str = "  web: { count: 4, size: 10 }";

fn every_kind() -> Vec<Run> {
    let mut given = Run::new(THREE);
    let token = token(&given.world);
    given.canaries.push(token.clone());
    let mut command = Run::new(THREE);
    let file = command.aside.path().join("keys.json");
    put(&file, json!({"access_key": ACCESS, "secret_key": SECRET}).to_string());
    command.variables.push(("EVSCTL_CREDENTIAL_COMMAND", format!("cat {}", file.display())));
    let (mut agency, mut provider) = (Run::new(THREE), Run::new(THREE));
    for (run, variable) in
        [(&mut agency, "HUAWEICLOUD_OIDC_TOKEN_FILE"), (&mut provider, "HUAWEICLOUD_SDK_ID_TOKEN_FILE")]
    {
        let file = run.aside.path().join("id-token");
        put(&file, ID_TOKENS[0]);
        run.variables.push((variable, file.display().to_string()));
    }
    vec![
        agency.with(&[("HUAWEICLOUD_OIDC_PROVIDER_URN", PROVIDER_URN), ("HUAWEICLOUD_OIDC_AGENCY_URN", AGENCY_URN)]),
        provider.with(&[("HUAWEICLOUD_SDK_IDP_ID", IDP)]),
        Run::new(THREE).with(&[("HW_ACCESS_KEY", ACCESS), ("HW_SECRET_KEY", SECRET)]),
        Run::new(THREE).with(&[
            ("HUAWEICLOUD_SDK_AK", "TEMPORARY"),
            ("HUAWEICLOUD_SDK_SK", SECRET),
            ("HUAWEICLOUD_SDK_SECURITY_TOKEN", SESSION),
        ]),
        Run::new(THREE).with(&[("HW_USER_NAME", USER), ("HW_USER_PASSWORD", PASSWORD), ("HW_DOMAIN_NAME", DOMAIN)]),
        given.with(&[("HW_AUTH_TOKEN", &token)]),
        command,
    ]
}

#[test]
fn no_secret_comes_out_whatever_is_logged() {
    for (number, mut run) in every_kind().into_iter().enumerate() {
        // The other form for the same command of the next kind.
        run.runs = number;
        let plan = run.world.dir.path().join("plan.json");
        let planned = run.go(&["plan", "--out", plan.to_str().unwrap(), "--format", "json"]).exits(0);
        assert!(planned.json().is_object() && plan.exists());
        logged(&planned, LIST, 200);
        let applied = run.go(&["apply", "--yes", "--format", "json"]).exits(0);
        assert_eq!(applied.finished()["created"], 3);
        logged(&applied, CREATE, 200);
        logged(&run.go(&["plan", "--format", "markdown"]).exits(0), LIST, 200);
        logged(&run.go(&["orphans"]).exits(0), LIST, 200);
        for words in [&["state", "list"][..], &["auth", "status"], &["auth", "status", "--format", "json"]] {
            run.go(words).exits(0);
        }
        // Answers that say what was sent: its headers by their names, and what signed it.
        run.world.volumes(FOUR);
        for (status, exit) in [(401, 6), (403, 6), (500, 7)] {
            let words = "x-auth-token, x-security-token, authorization: SDK-HMAC-SHA256 \u{1b}[31m";
            let body = json!({"error": {"code": "EVS.0001", "message": words}});
            let rule = json!({"method": "POST", "path": CREATE, "then": {"status": status, "body": body}});
            run.world.cloud.faults(json!([rule]));
            logged(&run.go(&["apply", "--yes", "--in-doubt", "fail"]).exits(exit), CREATE, status);
            let rule = json!({"method": "GET", "path": LIST, "then": {"status": status, "body": body}});
            if status != 500 {
                run.world.cloud.faults(json!([rule]));
                logged(&run.go(&["plan"]).exits(exit), LIST, status);
            }
            run.world.cloud.faults(json!([]));
        }
        run.go(&["apply", "--yes"]).exits(0);
        assert_eq!(run.world.cloud.stats()["volumes"], 4);
        run.kept();
    }
}

#[test]
fn no_wrong_secret_comes_out_either() {
    for variables in [
        &[("HW_ACCESS_KEY", ACCESS), ("HW_SECRET_KEY", "canary-wrong")][..],
        &[("HW_ACCESS_KEY", "UNKNOWN"), ("HW_SECRET_KEY", "canary\u{1b}[31m"), ("HW_SECURITY_TOKEN", "canary-odd")],
        &[("HW_AUTH_TOKEN", "canary-no-token")],
        &[("HW_AUTH_TOKEN", "canary\nx-other: y")],
        &[("HW_USER_NAME", USER), ("HW_USER_PASSWORD", "canary-wrong"), ("HW_DOMAIN_NAME", DOMAIN)],
        &[("EVSCTL_CREDENTIAL_COMMAND", "echo canary")],
        &[
            ("HUAWEICLOUD_OIDC_PROVIDER_URN", PROVIDER_URN),
            ("HUAWEICLOUD_OIDC_AGENCY_URN", AGENCY_URN),
            ("HUAWEICLOUD_OIDC_ID_TOKEN", "canary-wrong"),
        ],
    ] {
        let mut run = Run::new(THREE).with(variables);
        let mut codes = Vec::new();
        for words in [&["plan"][..], &["apply", "--yes"], &["orphans"], &["auth", "status"], &["state", "list"]] {
            // What cannot be sent at all is tried again for a while; the first seconds of that show enough.
            let mut command = std::process::Command::new("timeout");
            let inner = run.world.command(&[words, &["-vvv", "--log-format", LOGS[run.runs % 2]]].concat());
            run.runs += 1;
            command.arg("3").arg(inner.get_program()).args(inner.get_args()).env_clear();
            command.envs(run.variables.iter().map(|(name, value)| (name, value))).env("PATH", "/usr/bin:/bin");
            let ran = crate::support::run(command);
            run.shown(&ran);
            codes.push(ran.code);
        }
        assert!(codes[..2].iter().all(|code| *code != 0), "{codes:?}");
        run.kept();
        assert_eq!(run.world.cloud.stats()["volumes"], 0);
    }
}

#[test]
fn no_secret_of_a_profile_comes_out() {
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(home.path().join(".hcloud")).unwrap();
    std::fs::create_dir_all(home.path().join(".huaweicloud")).unwrap();
    let profile = json!({"name": "default", "accessKeyId": "CANARYAK", "secretAccessKey": "canary-secret",
        "securityToken": "canary-session"});
    let hcloud = home.path().join(".hcloud/config.json");
    let texts = [
        (hcloud.clone(), json!({"current": "default", "profiles": [profile]}).to_string(), true),
        (hcloud.clone(), "{\"current\": \"default\", \"profiles\": [\"canary-secret\"]}".to_owned(), false),
        (
            home.path().join(".huaweicloud/credentials"),
            "[basic]\nak = CANARYAK\nsk = canary-secret\nsecurity_token = canary-session\n".to_owned(),
            true,
        ),
    ];
    let world = World::new(THREE);
    // Nothing answers there: a name that no resolver knows.
    let manifest = world.dir.path().join("evsctl.yaml");
    let text = std::fs::read_to_string(&manifest).unwrap();
    put(&manifest, text.replace(&world.cloud.endpoint, "https://evs.canaries.invalid"));
    for (path, text, good) in texts {
        put(&path, text);
        for (words, log) in
            [(&["auth", "status"][..], "text"), (&["auth", "status", "--format", "json"], "json"), (&["plan"], "text")]
        {
            let mut command = std::process::Command::new("timeout");
            let inner = world.command(&[words, &["-vvv", "--log-format", log]].concat());
            command.arg("2").arg(inner.get_program()).args(inner.get_args()).env_clear();
            command.env("HOME", home.path()).env("EVSCTL_ALLOWED_ENDPOINTS", "evs.canaries.invalid");
            let ran = run(command);
            let said = format!("{}{}", ran.stdout, ran.stderr);
            assert!(!said.contains("canary") && !said.contains("CANARYAK"), "{said}");
            assert_eq!(ran.code == 0, good && words[0] == "auth", "{ran:?}");
        }
        std::fs::remove_file(&path).unwrap();
    }
    nowhere(world.dir.path(), &["canary-".to_owned(), "CANARYAK".to_owned()]);
}

#[test]
fn without_the_flag_nothing_is_logged_whatever_the_environment_says() {
    let world = World::new(THREE);
    let mut command = world.command(&["plan", "--log-format", "json"]);
    command.env("RUST_LOG", "trace").env("EVSCTL_LOG", "trace").env("RUST_TRACE", "1");
    assert_eq!(run(command).exits(0).stderr, "");
    let one = world.run(&["plan", "-v"]).exits(0);
    // The list, and what the pre-flight asks: zones, volume types, quotas.
    assert_eq!(one.stderr.lines().count(), 4, "one line for each request: {}", one.stderr);
    logged(&one, LIST, 200);
    let more = world.run(&["plan", "-vv"]).exits(0);
    assert!(more.stderr.contains(" debug evs: a page of the list page=1 volumes=0"), "{}", more.stderr);
    let all = world.run(&["plan", "-vvv"]).exits(0);
    assert!(all.stderr.contains("headers=content-type") && !all.stderr.contains("application/json"), "{}", all.stderr);
}

#[test]
fn the_log_tells_what_an_apply_decides() {
    let world = World::new(THREE);
    world.cloud.faults(json!([{"method": "POST", "path": CREATE, "times": 1, "then": {"cut": "after"}}]));
    let ran = world.run(&["apply", "--yes", "-vv"]).exits(0);
    for said in [
        "debug store: locked stack=test",
        "debug store: a run begins serial=1",
        "info  evs: no answer method=POST path=/v3/{project_id}/cloudvolumes",
        "outcome=\"in doubt\"",
        "debug apply: a doubt was looked into",
        "debug store: committed serial=1",
    ] {
        assert!(ran.stderr.contains(said), "{said} is not in {}", ran.stderr);
    }
}

#[test]
fn a_token_is_renewed_by_its_number_in_the_log() {
    let run =
        Run::new(THREE).with(&[("HW_USER_NAME", USER), ("HW_USER_PASSWORD", PASSWORD), ("HW_DOMAIN_NAME", DOMAIN)]);
    run.world.cloud.faults(json!([{"method": "GET", "path": LIST, "times": 1, "then": {"token": "expired"}}]));
    let mut command = run.world.command(&["plan", "-vv", "--log-format", "json"]);
    command.envs(run.variables.iter().map(|(name, value)| (name, value)));
    let ran = crate::support::run(command).exits(0);
    let lines: Vec<Value> = ran.stderr.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let got: Vec<&Value> = lines.iter().filter(|line| line["message"] == "credentials were got").collect();
    assert_eq!(got.iter().map(|line| line["number"].as_u64().unwrap()).collect::<Vec<_>>(), [0, 1], "{lines:?}");
    logged(&ran, "/v3/auth/tokens", 201);
    run.shown(&ran);
}

/// Everything that anybody on the machine may read of a process and of those that it has started.
#[cfg(target_os = "linux")]
fn listed(process: u32) -> String {
    let read = |path: String| String::from_utf8_lossy(&std::fs::read(path).unwrap_or_default()).into_owned();
    let mut said = read(format!("/proc/{process}/cmdline"));
    for task in std::fs::read_dir(format!("/proc/{process}/task")).unwrap().flatten() {
        let task = task.path().display().to_string();
        said += &read(format!("{task}/comm"));
        let children = read(format!("{task}/children"));
        said.extend(children.split_whitespace().map(|child| listed(child.parse().unwrap())));
    }
    said
}

#[cfg(target_os = "linux")]
#[test]
fn no_list_of_processes_shows_a_secret() {
    let aside = tempfile::tempdir().unwrap();
    let (script, keys, go) = (aside.path().join("find"), aside.path().join("keys.json"), aside.path().join("go"));
    put(&keys, json!({"access_key": ACCESS, "secret_key": SECRET}).to_string());
    let wait = format!("n=0; until [ -e {} ] || [ $n = 300 ]; do sleep 0.1; n=$((n+1)); done", go.display());
    put(&script, format!("{wait}\ncat {}\n", keys.display()));
    let command = format!("sh {}", script.display());
    let password = [("HW_USER_NAME", USER), ("HW_USER_PASSWORD", PASSWORD), ("HW_DOMAIN_NAME", DOMAIN)];
    for (variables, shows) in [(&[("EVSCTL_CREDENTIAL_COMMAND", command.as_str())][..], "find"), (&password, "evsctl")]
    {
        let world = asking(&[], THREE);
        let near = format!("{}/v3", world.cloud.endpoint);
        world.cloud.faults(json!([{"path": "/v3/auth/tokens", "then": {"delay_ms": 1500}}]));
        let mut command = world.command(&["plan", "-vvv"]);
        command.envs(variables.iter().copied()).env("HW_AUTH_URL", near).env("PATH", "/usr/bin:/bin");
        command.env("OTEL_EXPORTER_OTLP_HEADERS", "authorization=canary-collector");
        command.env("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9");
        let mut child =
            command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().unwrap();
        let process = child.id();
        let (mut all, begun) = (String::new(), std::time::Instant::now());
        while begun.elapsed() < std::time::Duration::from_secs(1) {
            all += &listed(process);
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        put(&go, "");
        assert_eq!(child.wait().unwrap().code(), Some(0), "{shows}");
        assert!(all.contains("plan") && all.contains(shows), "{all}");
        // In full: a process that is just being started is still called like this test.
        let secrets = [ACCESS, SECRET, PASSWORD, "canary-collector"];
        assert!(secrets.iter().all(|secret| !all.contains(secret)), "{all}");
        std::fs::remove_file(&go).unwrap();
    }
}
