//! What happens when the cloud, the disk or somebody else does not play along.

use crate::support::{CREATE, Cloud, DELETE, PROJECT, World, evsctl, run, until};
use serde_json::{Value, json};

#[test]
fn two_sub_jobs_fail_and_the_next_apply_completes_the_set() {
    let world = World::new("  data: { count: 6, size: 10 }");
    world.cloud.faults(json!([{"method": "POST", "path": "/v3/{project_id}/cloudvolumes", "times": 1,
        "then": {"job": "fail", "error_code": "EVS.2024", "sub_jobs": [2, 5], "volume": "error"}}]));
    let failed = world.run(&["apply", "--yes", "--format", "json"]).exits(3);
    let finished = failed.finished();
    assert_eq!((finished["created"].as_u64(), finished["failed"].as_u64()), (Some(4), Some(2)));
    let failures: Vec<Value> = failed
        .stdout
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .filter(|event| event["event"] == "failed")
        .collect();
    assert_eq!(failures.len(), 2);
    for failure in &failures {
        assert_eq!(failure["code"], "EVS.2024");
        assert!(failure["reason"].as_str().unwrap().contains("volume is error"), "{failure}");
    }
    let recorded = world.recorded();
    let kept: Vec<&Value> =
        recorded.iter().filter(|volume| volume["status"] == "available").map(|volume| &volume["id"]).collect();
    assert_eq!((recorded.len(), kept.len()), (6, 4));

    world.run(&["plan", "--detailed-exitcode"]).exits(2).says("clean").says("EVS.2024");
    let finished = world.run(&["apply", "--yes", "--format", "json"]).exits(0).finished();
    assert_eq!((finished["created"].as_u64(), finished["deleted"].as_u64()), (Some(2), Some(2)));
    assert_eq!(world.cloud.names(), (1..=6).map(|n| format!("data-{n:04}")).collect::<Vec<_>>());
    let now = world.recorded();
    assert!(kept.iter().all(|id| now.iter().any(|volume| &volume["id"] == *id)), "the good ones were kept");
    assert_eq!((world.cloud.requests(CREATE), world.cloud.requests(DELETE)), (2, 2));
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn a_job_that_leaves_no_volume_is_simply_tried_again() {
    let world = World::new("  data: { count: 3, size: 10 }");
    world.cloud.faults(json!([{"method": "POST", "path": "/v3/{project_id}/cloudvolumes", "times": 1,
        "then": {"job": "fail", "error_code": "EVS.2024", "volume": "none"}}]));
    world.run(&["apply", "--yes"]).exits(3).says("EVS.2024");
    assert_eq!(world.recorded().len(), 0);
    world.converge();
    assert_eq!(world.cloud.names(), ["data-0001", "data-0002", "data-0003"]);
    assert_eq!(world.cloud.requests(DELETE), 0);
}

#[test]
fn a_failed_volume_that_shows_late_is_recorded_all_the_same() {
    let world = World::new("  data: { count: 3, size: 10 }");
    world.cloud.faults(json!([
        {"method": "POST", "path": "/v3/{project_id}/cloudvolumes", "times": 1,
            "then": {"job": "fail", "error_code": "EVS.2024", "sub_jobs": [2], "volume": "error"}},
        {"method": "GET", "path": "/v2/{project_id}/cloudvolumes/detail", "skip": 1, "times": 1, "then": {"list_lag_ms": 60000}},
        {"method": "GET", "path": "/v2/{project_id}/cloudvolumes/{volume_id}", "times": 3, "then": {"status": 404, "body": {}}},
    ]));
    world.run(&["apply", "--yes"]).exits(3).says("EVS.2024");
    assert_eq!(world.recorded().len(), 3);
    world.run(&["plan"]).exits(0).says("1 to clean");
    world.converge();
}

#[test]
fn what_cannot_be_cleaned_holds_back_only_its_own_slot() {
    let world = World::new("  data: { size: 10 }");
    world.cloud.faults(json!([{"method": "POST", "path": "/v3/{project_id}/cloudvolumes", "times": 1,
        "then": {"job": "fail", "error_code": "EVS.2024", "volume": "error"}}]));
    world.run(&["apply", "--yes"]).exits(3);
    let no = json!({"status": 400, "body": {"error": {"code": "EVS.1035", "message": "periodic"}}});
    world.cloud.faults(json!([{"method": "DELETE", "then": no}]));
    world.volumes("  data: { size: 10 }\n  other: { size: 10 }");
    world.run(&["apply", "--yes"]).exits(3).says("EVS.1035");
    let recorded: Vec<String> = world.recorded().iter().map(|v| v["address"].as_str().unwrap().to_owned()).collect();
    assert_eq!(recorded, ["data[1]", "other[1]"]);
    assert_eq!(world.cloud.requests(CREATE), 2, "nothing was made beside what could not be cleaned");
    world.cloud.faults(json!([]));
    world.converge();
}

#[test]
fn what_is_not_supported_yet_is_refused_and_never_ignored() {
    let world = World::new("  data: { count: 2, size: 10 }\n  web: { size: 10, tags: { a: b } }");
    world.converge();
    let before = world.cloud.requests(CREATE);
    for (volumes, words) in [
        ("  data: { count: 2, size: 10 }\n  web: { size: 10, tags: { a: b }, volume_type: SAS }", "retype"),
        ("  data: { count: 2, size: 10 }\n  web: { size: 10, tags: { a: b }, availability_zone: az-dc-2 }", "replace"),
    ] {
        world.volumes(volumes);
        world.run(&["plan"]).exits(4).says(words).says("not supported yet");
        world.run(&["apply", "--yes"]).exits(4).says("nothing was done");
    }
    // The rest can be carried out, and the exit code still says that not all was.
    world.volumes(
        "  data: { count: 2, size: 10, volume_type: SAS }\n  new: { size: 10 }\n  web: { size: 10, tags: { a: b } }",
    );
    world.run(&["apply", "--yes", "--skip-refused"]).exits(4);
    assert_eq!(world.cloud.names(), ["data-0001", "data-0002", "new", "web"]);
    assert_eq!(world.cloud.requests(CREATE), before + 1);
}

#[test]
fn a_tag_taken_off_outside_is_not_overlooked() {
    let world = World::new("  web: { size: 10, tags: { a: b } }");
    world.converge();
    let id = world.recorded()[0]["id"].as_str().unwrap().to_owned();
    let path = format!("/v2/{PROJECT}/cloudvolumes/{id}/tags/action");
    assert_eq!(world.cloud.call("POST", &path, Some(json!({"action": "delete", "tags": [{"key": "a"}]}))).0, 204);
    world.run(&["plan", "--detailed-exitcode"]).exits(2).says("tags  \"a=b\" -> (none)").says("a back to \"b\"");
    world.volumes("  web: { size: 10, tags: { a: c } }");
    world.run(&["apply", "--yes"]).exits(0).says("retagged: web[1]");
    assert_eq!(world.cloud.volumes()[0]["tags"]["a"], "c");
}

#[test]
fn a_lost_state_does_not_buy_everything_again() {
    let world = World::new("  data: { count: 3, size: 10 }");
    world.converge();
    std::fs::remove_file(world.snapshot()).unwrap();
    world.run(&["plan"]).exits(4).says("there is no recorded state").says("evsctl state rebuild PATH");
    world.run(&["apply", "--yes"]).exits(4);
    assert_eq!(world.cloud.requests(CREATE), 1);
}

#[test]
fn a_job_that_hangs_is_left_to_the_next_run() {
    let world = World::new("  data: { count: 2, size: 10 }");
    world.cloud.faults(
        json!([{"method": "POST", "path": "/v3/{project_id}/cloudvolumes", "times": 1, "then": {"job": "hang"}}]),
    );
    world.run(&["apply", "--yes", "--timeout", "500ms"]).exits(7).says("run the same command again to resume");
    world.run(&["plan", "--detailed-exitcode"]).exits(2).says("resume");
    world.run(&["apply", "--yes", "--timeout", "500ms"]).exits(7);
    assert_eq!(world.cloud.requests(CREATE), 1, "a pending call is never made again");
}

#[test]
fn a_deadline_holds_whatever_the_cloud_says() {
    for then in [
        json!({"status": 503, "body": {}}),
        json!({"status": 429, "headers": {"Retry-After": "4"}, "body": {}}),
        json!({"delay_ms": 20000}),
    ] {
        let world = World::new("  data: { size: 10 }");
        let path = "/v1/{project_id}/jobs/{job_id}";
        world.cloud.faults(json!([{"method": "GET", "path": path, "then": then}]));
        let mut command = world.command(&["apply", "--yes", "--timeout", "1s"]);
        let since = std::time::Instant::now();
        let child = command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap();
        until("the deadline is over and the fault can end", || since.elapsed().as_secs() >= 2);
        world.cloud.faults(json!([]));
        assert_eq!(child.wait_with_output().unwrap().status.code(), Some(7), "{then}");
        world.converge();
        assert_eq!(world.cloud.requests(CREATE), 1);
    }
}

#[test]
fn an_interrupted_wait_resumes_where_it_was() {
    let world = World::in_cloud(Cloud::with(&["--job-duration", "1500ms"]), "  data: { count: 120, size: 10 }");
    world.run(&["apply", "--yes", "--timeout", "200ms"]).exits(7);
    until("the jobs are over", || world.cloud.stats()["jobs"]["SUCCESS"] == 2);
    let finished = world.run(&["apply", "--yes", "--format", "json"]).exits(0).finished();
    assert_eq!((finished["resumed"].as_u64(), finished["created"].as_u64()), (Some(120), Some(0)));
    assert_eq!(world.cloud.requests(CREATE), 2);
    assert_eq!(world.cloud.names(), (1..=120).map(|n| format!("data-{n:04}")).collect::<Vec<_>>());
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn throttling_and_trouble_are_borne() {
    let world = World::new("  data: { count: 2, size: 10 }");
    world.cloud.faults(json!([
        {"method": "POST", "path": "/v3/{project_id}/cloudvolumes", "times": 2, "then": {"status": 429, "headers": {"Retry-After": "0"},
            "body": {"error_msg": "The throttling threshold has been reached", "error_code": "APIGW.0308"}}},
        {"method": "GET", "path": "/v1/{project_id}/jobs/{job_id}", "every": 2, "times": 3, "then": {"status": 503, "body": {}}},
        {"method": "GET", "path": "/v2/{project_id}/cloudvolumes/detail", "times": 1, "then": {"cut": "before"}},
    ]));
    world.converge();
    assert_eq!(world.cloud.requests(CREATE), 3, "two were throttled, and none was made twice");
    assert_eq!(world.cloud.names(), ["data-0001", "data-0002"]);
}

#[test]
fn a_throttled_request_waits_as_long_as_it_is_told_to() {
    let world = World::new("  data: { size: 10 }");
    let told = |headers: Value, text: &str| {
        let body = json!({"error_msg": text, "error_code": "APIGW.0308"});
        world.cloud.faults(json!([{"method": "GET", "path": "/v2/{project_id}/cloudvolumes/detail", "times": 1,
            "then": {"status": 429, "headers": headers, "body": body}}]));
        let since = std::time::Instant::now();
        // At the rate that it is told, what a pre-flight asks would take minutes.
        let ran = world.run(&["plan", "--no-preflight"]).exits(0).says("repeating").says("APIGW.0308");
        (ran, since.elapsed())
    };
    let (ran, took) = told(json!({}), "policy user over ratelimit,limit:5,time:1 second");
    assert!(took >= std::time::Duration::from_secs(1), "{took:?}");
    ran.says("in 1.0 s");
    let (ran, took) = told(json!({"Retry-After": "2"}), "policy user over ratelimit,limit:5,time:5 minute");
    assert!(took >= std::time::Duration::from_secs(2), "{took:?}");
    ran.says("in 2.0 s");
    let date = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(4);
    let date = jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&date).unwrap();
    let (_, took) = told(json!({"Retry-After": date}), "policy user over ratelimit,limit:5,time:5 minute");
    assert!(took >= std::time::Duration::from_millis(1500) && took.as_secs() < 30, "{took:?}");
}

#[test]
fn a_failure_says_what_to_do_next() {
    let world = World::new("  data: { size: 10, availability_zone: nowhere }");
    // What the service says where nobody asked before.
    let ran = world.run(&["apply", "--yes", "--no-preflight"]).exits(3).says("EVS.2053").says("(request ");
    assert!(
        ran.stderr.contains("\n  next: correct `availability_zone`; `evsctl doctor PATH` names the zones"),
        "{ran:?}"
    );
    world.cloud.faults(json!([{"method": "GET", "path": "/v2/{project_id}/cloudvolumes/detail",
        "then": {"status": 400, "body": {"error": {"code": "EVS.1023", "message": "no"}}}}]));
    world.run(&["plan"]).exits(1).says("EVS.1023").says("(request ").says("hint: no manifest leads here");
}

#[test]
fn codes_are_explained_without_a_cloud() {
    let explain = |words: &[&str]| {
        let mut command = evsctl();
        command.arg("explain").args(words);
        run(command)
    };
    explain(&["evs.2221"]).exits(0).says("EVS.2221 token, HTTP 400").says("evsctl: waits");
    let all = explain(&[]).exits(0);
    assert!(all.stdout.lines().count() > 170 && all.stdout.contains("\nAPIGW.0308   retry"), "{}", all.stdout);
    assert_eq!(explain(&["EVS.1042", "--format", "json"]).exits(0).json()["class"], "quota");
    let unknown = explain(&["EVS.10422"]).exits(1).says("near it: ").says("EVS.1042");
    assert_eq!(unknown.stdout, "");
}

#[test]
fn a_refused_call_says_which_code_and_which_request() {
    let world = World::new("  data: { size: 10, availability_zone: nowhere }\n  web: { size: 10 }");
    let ran = world.run(&["apply", "--yes", "--no-preflight", "--format", "json"]).exits(3);
    let failed: Value = ran
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .find(|event: &Value| event["event"] == "failed")
        .unwrap();
    assert!(failed["code"].as_str().unwrap().starts_with("EVS."), "{failed}");
    assert!(failed["request_id"].is_string(), "{failed}");
    assert_eq!(world.cloud.names(), ["web"], "one failure does not stop its neighbours");
    world.volumes("  data: { size: 10 }\n  web: { size: 10 }");
    world.converge();
}

#[test]
fn a_list_that_lags_hides_nothing() {
    let world = World::new("  data: { count: 3, size: 10 }");
    world.cloud.faults(
        json!([{"method": "GET", "path": "/v2/{project_id}/cloudvolumes/detail", "then": {"list_lag_ms": 60000}}]),
    );
    world.converge();
    assert_eq!(world.cloud.requests(CREATE), 1);
    assert_eq!(world.recorded().len(), 3);
}

#[test]
fn refused_credentials_have_a_code_of_their_own() {
    let world = World::new("  data: { size: 10 }");
    world.cloud.faults(json!([{"then": {"token": "expired"}}]));
    world.run(&["plan"]).exits(6).says("APIGW.0301");
    world.run(&["apply", "--yes"]).exits(6);
}

#[test]
fn two_applies_at_once_one_works_and_the_other_is_told_who() {
    let world = World::in_cloud(Cloud::with(&["--job-duration", "1s"]), "  data: { size: 10 }");
    let mut first = world.command(&["apply", "--yes"]);
    let first = std::thread::spawn(move || {
        first.env("USER", "the-first");
        run(first)
    });
    until("the first has begun", || world.cloud.requests(CREATE) == 1);
    world.run(&["apply", "--yes"]).exits(5).says("the-first").says("process");
    world.run(&["plan"]).says("the-first");
    first.join().unwrap().exits(0);
    world.run(&["apply", "--yes", "--lock-timeout", "5s"]).exits(0);
    assert_eq!(world.cloud.requests(CREATE), 1);
}

#[test]
fn no_secret_reaches_any_output() {
    let world = World::new("  data: { size: 10 }");
    let canary = "canary-7f3a9c";
    world.cloud.faults(json!([{"method": "POST", "then": {"status": 500, "body": {}}}]));
    for words in [
        &["plan"][..],
        &["apply", "--yes", "--in-doubt", "fail", "--format", "json"],
        &["plan", "--format", "json"],
        &["state", "list"],
    ] {
        let mut command = world.command(words);
        command.env("EVSCTL_AUTH_TOKEN", canary).env("RUST_LOG", "trace");
        let ran = run(command);
        assert!(!format!("{}{}", ran.stdout, ran.stderr).contains(canary));
    }
    for entry in std::fs::read_dir(world.dir.path().join("state")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            assert!(!String::from_utf8_lossy(&std::fs::read(&path).unwrap()).contains(canary), "{}", path.display());
        }
    }
}
