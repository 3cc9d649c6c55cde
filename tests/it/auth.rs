//! Credentials, seen from outside: where they come from, what they open, and that nobody ever sees them.

use crate::support::{CREATE, Cloud, Ran, World, put, run};
use serde_json::json;
use std::path::Path;

pub(crate) const ACCESS: &str = "EVSCTLTESTAK00000001";
pub(crate) const SECRET: &str = "canary-secret-1f0a";
pub(crate) const USER: &str = "ops";
pub(crate) const PASSWORD: &str = "canary-password-77c2";
pub(crate) const DOMAIN: &str = "example";
pub(crate) const SESSION: &str = "canary-session-9b3e";
pub(crate) const IDP: &str = "ci";
pub(crate) const PROVIDER_URN: &str = "iam::example:oidcProvider:ci";
pub(crate) const AGENCY_URN: &str = "iam::example:agency:deploy";
pub(crate) const ID_TOKENS: [&str; 2] = ["canary-id-token-1", "canary-id-token-2"];

/// A stack at a cloud that asks who is there.
pub(crate) fn asking(flags: &[&str], volumes: &str) -> World {
    let accounts = json!({"accounts": [{
        "domain": DOMAIN,
        "projects": [{"id": crate::support::PROJECT, "name": "cn-north-4"}],
        "users": [{"name": USER, "password": PASSWORD}],
        "access_keys": [{"ak": ACCESS, "sk": SECRET}, {"ak": "TEMPORARY", "sk": SECRET, "security_token": SESSION}],
        "identity_providers": [
            {"idp_id": IDP, "provider_urn": PROVIDER_URN, "agency_urn": AGENCY_URN, "id_tokens": ID_TOKENS},
        ],
    }]});
    let file = tempfile::NamedTempFile::new().unwrap();
    put(file.path(), accounts.to_string());
    let path = file.path().to_str().unwrap().to_owned();
    World::in_cloud(Cloud::with(&[&["--job-duration", "40ms", "--credentials", &path], flags].concat()), volumes)
}

/// Runs with these variables, where the runner says that IAM and STS are the embedded cloud's.
#[track_caller]
pub(crate) fn with(world: &World, words: &[&str], variables: &[(&str, &str)]) -> Ran {
    let mut command = world.command(words);
    for name in ["HW_AUTH_URL", "OS_AUTH_URL", "HUAWEICLOUD_SDK_IAM_ENDPOINT", "HUAWEICLOUD_SDK_STS_ENDPOINT"] {
        command.env(name, &world.cloud.endpoint);
    }
    command.envs(variables.iter().copied());
    let ran = run(command);
    let said = format!("{}{}", ran.stdout, ran.stderr);
    assert!(!said.contains("canary"), "a secret is shown: {said}");
    ran
}

const KEYS: [(&str, &str); 2] = [("HW_ACCESS_KEY", ACCESS), ("HW_SECRET_KEY", SECRET)];
pub(crate) const LOGIN: [(&str, &str); 3] =
    [("HW_USER_NAME", USER), ("HW_USER_PASSWORD", PASSWORD), ("HW_DOMAIN_NAME", DOMAIN)];

/// Nothing of a secret lies in any file below a folder.
pub(crate) fn keeps_no_secret(folder: &Path) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            keeps_no_secret(&path);
        } else {
            let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
            assert!(!text.contains("canary"), "{} holds a secret", path.display());
        }
    }
}

#[test]
fn every_kind_of_credentials_opens_the_cloud() {
    let temporary = [
        ("HUAWEICLOUD_SDK_AK", "TEMPORARY"),
        ("HUAWEICLOUD_SDK_SK", SECRET),
        ("HUAWEICLOUD_SDK_SECURITY_TOKEN", SESSION),
    ];
    let own = [("EVSCTL_ACCESS_KEY", ACCESS), ("EVSCTL_SECRET_KEY", SECRET)];
    let openstack = [("OS_USERNAME", USER), ("OS_PASSWORD", PASSWORD), ("OS_USER_DOMAIN_NAME", DOMAIN)];
    for variables in [&KEYS[..], &temporary, &own, &LOGIN, &openstack] {
        let world = asking(&[], "  web: { count: 3, size: 10 }");
        with(&world, &["apply", "--yes"], variables).exits(0);
        with(&world, &["plan", "--detailed-exitcode"], variables).exits(0);
        let stats = world.cloud.stats();
        assert_eq!((&stats["volumes"], &stats["unauthorized"]), (&json!(3), &json!(0)), "{variables:?}");
        keeps_no_secret(world.dir.path());
    }
}

#[test]
fn what_is_wrong_or_missing_is_denied_before_anything_is_made() {
    let world = asking(&[], "  web: { size: 10 }");
    for (variables, says) in [
        (&[][..], "401"),
        (&[("HW_ACCESS_KEY", ACCESS), ("HW_SECRET_KEY", "canary-wrong")], "APIGW.0301"),
        (&[("HW_ACCESS_KEY", "UNKNOWN"), ("HW_SECRET_KEY", SECRET)], "APIGW.0301"),
        (&[("HW_ACCESS_KEY", ACCESS)], "HW_ACCESS_KEY is set, and HW_SECRET_KEY is not"),
        (&[("HW_AUTH_TOKEN", "canary-no-token")], "APIGW.0301"),
        (
            &[("HW_USER_NAME", USER), ("HW_USER_PASSWORD", "canary-wrong"), ("HW_DOMAIN_NAME", DOMAIN)],
            "POST /v3/auth/tokens",
        ),
        (&[KEYS[0], KEYS[1], ("HW_PROJECT_ID", "ffff")], "HW_PROJECT_ID says project ffff"),
    ] {
        let says = if says == "401" { "APIGW.0301" } else { says };
        with(&world, &["apply", "--yes"], variables).exits(6).says(says);
    }
    assert_eq!(world.cloud.stats()["volumes"], 0);
}

#[test]
fn tokens_that_expire_in_the_middle_are_got_anew() {
    let world = asking(&["--token-life", "1s", "--latency", "40ms"], "  web: { count: 150, size: 10 }");
    world.run(&["validate"]).exits(0);
    let finished = with(&world, &["apply", "--yes", "--format", "json"], &LOGIN).exits(0).finished();
    assert_eq!((&finished["created"], &finished["failed"]), (&json!(150), &json!(0)), "{finished}");
    assert!(world.cloud.requests("POST /v3/auth/tokens") > 1);
    assert_eq!(world.cloud.requests(CREATE), 2);
}

#[test]
fn a_token_that_is_refused_early_is_replaced_once() {
    let world = asking(&[], "  web: { count: 3, size: 10 }");
    let refused = json!({"method": "PUT", "times": 1, "then": {"token": "expired"}});
    let create =
        json!({"method": "POST", "path": "/v3/{project_id}/cloudvolumes", "times": 1, "then": {"token": "expired"}});
    world.cloud.faults(json!([refused, create]));
    with(&world, &["apply", "--yes"], &LOGIN).exits(0);
    assert_eq!(world.cloud.stats()["volumes"], 3);
    assert_eq!(world.cloud.requests("POST /v3/auth/tokens"), 2, "another was got, once");
    // What cannot be renewed is denied.
    let create = json!({"method": "GET", "then": {"token": "expired"}});
    world.cloud.faults(json!([create]));
    with(&world, &["plan"], &KEYS).exits(6);
}

#[test]
fn a_project_may_be_given_by_its_name() {
    for variables in [&KEYS[..], &LOGIN] {
        let world = asking(&[], "  web: { size: 10 }");
        let manifest = world.dir.path().join("evsctl.yaml");
        let text = std::fs::read_to_string(&manifest).unwrap();
        put(&manifest, text.replace(&format!("project_id: {}", crate::support::PROJECT), "project: cn-north-4"));
        with(&world, &["apply", "--yes"], variables).exits(0);
        assert_eq!(world.cloud.stats()["volumes"], 1);
        assert_eq!(world.cloud.requests("GET /v3/projects"), 1, "it is looked up once");
        with(&world, &["plan"], variables).exits(0);
        assert_eq!(world.cloud.requests("GET /v3/projects"), 2);
        let before = world.cloud.all_requests();
        with(&world, &["auth", "status"], variables).exits(0);
        with(&world, &["state", "list"], variables).exits(0);
        assert_eq!(world.cloud.all_requests(), before, "nobody who needs no project asks for one");
        put(&manifest, text.replace(&format!("project_id: {}", crate::support::PROJECT), "project: elsewhere"));
        let ran = with(&world, &["plan"], variables);
        assert_ne!(ran.code, 0);
        ran.says("elsewhere");
    }
}

#[test]
fn a_password_goes_to_no_listener_that_only_a_manifest_names() {
    for project in ["project_id: 0123456789abcdef0123456789abcdef", "project: cn-north-4"] {
        let world = asking(&[], "  web: { size: 10 }");
        let manifest = world.dir.path().join("evsctl.yaml");
        let text = std::fs::read_to_string(&manifest).unwrap();
        put(&manifest, text.replace(&format!("project_id: {}", crate::support::PROJECT), project));
        let far = "https://iam.cn-north-4.myhuaweicloud.com/v3";
        for words in [&["plan"][..], &["apply", "--yes"], &["doctor"], &["auth", "status"], &["orphans"]] {
            // Nobody said where IAM is: an empty variable counts as none.
            let ran = with(&world, words, &[LOGIN[0], LOGIN[1], LOGIN[2], ("HW_AUTH_URL", "")]).exits(6);
            ran.says(&format!("HW_AUTH_URL={}", world.cloud.endpoint));
            // What the cloud's own IAM gives is nothing for a listener here either.
            let ran = with(&world, words, &[LOGIN[0], LOGIN[1], LOGIN[2], ("HW_AUTH_URL", far)]).exits(6);
            ran.says("would be shown to whatever listens");
        }
        assert_eq!(world.cloud.all_requests(), 0);
    }
}

#[test]
fn a_rehearsal_may_have_one_key_and_no_file() {
    let key = format!("{ACCESS}:{SECRET}");
    let world = World::in_cloud(Cloud::with(&["--job-duration", "40ms", "--credentials", &key]), "  web: { size: 10 }");
    for (variables, exit) in [(&KEYS[..], 0), (&[KEYS[0], ("HW_SECRET_KEY", "canary")], 6), (&[], 6)] {
        with(&world, &["plan"], variables).exits(exit);
    }
    let other = "fedcba9876543210fedcba9876543210";
    world.manifest(other, "  web: { size: 10 }");
    with(&world, &["plan"], &KEYS).exits(0).says("1 to create");
    world.volumes("  web: { size: 10 }");
    with(&world, &["apply", "--yes"], &KEYS).exits(0);
    assert_eq!(world.cloud.stats()["volumes"], 1);
    // None of its projects has a name.
    let manifest = world.dir.path().join("evsctl.yaml");
    let text = std::fs::read_to_string(&manifest).unwrap();
    put(&manifest, text.replace(&format!("project_id: {}", crate::support::PROJECT), "project: cn-north-4"));
    with(&world, &["plan"], &KEYS).exits(1).says("IAM knows no project named").says("project_id");
}

#[test]
fn a_command_may_give_them() {
    let world = asking(&[], "  web: { size: 10 }");
    let file = world.dir.path().join("keys.json");
    put(&file, json!({"access_key": ACCESS, "secret_key": SECRET}).to_string());
    let command = format!("cat {}", file.display());
    let path = ("PATH", "/usr/bin:/bin");
    with(&world, &["apply", "--yes"], &[("EVSCTL_CREDENTIAL_COMMAND", &command), path]).exits(0);
    put(&file, "canary");
    with(&world, &["plan"], &[("EVSCTL_CREDENTIAL_COMMAND", &command), path]).says("did not write the JSON object");
    with(&world, &["plan"], &[("EVSCTL_CREDENTIAL_COMMAND", "false"), path]).says("false failed");
    with(&world, &["plan"], &[("EVSCTL_CREDENTIAL_COMMAND", "no-such-command-here"), path]).says("cannot run");
}

#[test]
fn who_asks_is_told_where_they_come_from_and_no_more() {
    let world = asking(&[], "  web: { size: 10 }");
    with(&world, &["auth", "status"], &KEYS).exits(0).says("access key for").says("HW_ACCESS_KEY, HW_SECRET_KEY");
    let status = with(&world, &["auth", "status", "--format", "json"], &LOGIN).exits(0).json();
    assert_eq!(status["kind"], "password");
    assert!(status["source"].as_str().unwrap().contains("HW_USER_NAME"), "{status}");
    with(&world, &["auth", "status"], &[]).exits(0).says("no credentials are needed");
    with(&world, &["auth", "status"], &[("OS_PASSWORD", "canary")]).exits(6).says("OS_USERNAME is not");
    assert_eq!(world.cloud.all_requests(), 0, "nobody was asked");
}

#[test]
fn a_redirect_leads_nowhere() {
    let world = asking(&[], "  web: { size: 10 }");
    let other = asking(&[], "  web: { size: 10 }");
    let there = format!("{}/v2/{}/cloudvolumes/detail", other.cloud.endpoint, crate::support::PROJECT);
    world.cloud.faults(json!([{"method": "GET", "then": {"status": 302, "headers": {"location": there}}}]));
    let ran = with(&world, &["plan"], &LOGIN);
    assert_ne!(ran.code, 0, "{ran:?}");
    assert_eq!(other.cloud.all_requests(), 0, "no credentials went elsewhere");
}

#[test]
fn a_slow_gateway_is_given_no_more_than_it_takes() {
    let world = asking(&["--rate-limit", "40/s"], "  web: { count: 150, size: 10 }");
    let begun = std::time::Instant::now();
    with(&world, &["apply", "--yes"], &KEYS).exits(0);
    let stats = world.cloud.stats();
    let (throttled, all) = (stats["throttled"].as_u64().unwrap(), world.cloud.all_requests());
    // The first that go together cannot know of the limit; whoever comes later does.
    assert!(throttled <= 16, "{throttled} of {all} were throttled, in {:?}", begun.elapsed());
    assert_eq!(stats["volumes"], 150);
}

#[test]
fn a_clock_that_is_off_is_put_right_by_the_services_own() {
    let world = asking(&[], "  web: { size: 10 }");
    let list = "GET /v2/{project_id}/cloudvolumes/detail";
    let later = jiff::Timestamp::now() + jiff::SignedDuration::from_mins(40);
    let date = jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&later).unwrap();
    let body = json!({"error_code": "APIGW.0303", "error_msg": "signature expired"});
    world.cloud.faults(json!([
        {"method": "GET", "times": 1, "then": {"status": 401, "headers": {"date": date}, "body": body}}
    ]));
    // Signed once more, by the time that the answer told; which here was a lie, and so is refused.
    with(&world, &["plan"], &KEYS)
        .exits(6)
        .says("APIGW.0303")
        .says("the local clock is 39m")
        .says("behind the service's");
    assert_eq!(world.cloud.requests(list), 2);
    // A token knows no time, and is not shown again.
    world.cloud.faults(json!([
        {"method": "GET", "times": 1, "then": {"status": 401, "headers": {"date": date}, "body": body}}
    ]));
    with(&world, &["plan"], &[("HW_AUTH_TOKEN", "canary")]).exits(6);
    assert_eq!(world.cloud.requests(list), 3);
}
