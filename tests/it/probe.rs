//! `evsctl doctor --probe`: what it measures, and that it loses its volume at no time and deletes nobody else's.

use crate::auth::{ACCESS, SECRET, asking};
use crate::between;
use crate::support::{CREATE, Cloud, DELETE, PROJECT, Ran, World, put, run, until};
use crate::wire::server::{Answer, Request, Server};
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

const KEYS: [(&str, &str); 2] = [("HW_ACCESS_KEY", ACCESS), ("HW_SECRET_KEY", SECRET)];
const CREATES: &str = "/v3/{project_id}/cloudvolumes";
const LISTS: &str = "/v2/{project_id}/cloudvolumes/detail";
const VOLUME: &str = "/v2/{project_id}/cloudvolumes/{volume_id}";

/// A stack of one volume, in a cloud whose jobs take a moment and where nothing stays invisible for long.
fn world(flags: &[&str]) -> World {
    slow_world("150ms", flags)
}

/// The same where they take so long.
fn slow_world(job: &str, flags: &[&str]) -> World {
    let world = World::in_cloud(Cloud::with(&[&["--job-duration", job], flags].concat()), "  web: { size: 10 }");
    world.cloud_field("settle: 1s");
    world
}

fn record(world: &World) -> PathBuf {
    world.dir.path().join("state/test.json.probe")
}

fn probe(world: &World, words: &[&str]) -> Ran {
    world.run(&[&["doctor", "--probe", "--yes", "--format", "json"], words].concat())
}

#[track_caller]
fn check(ran: &Ran, name: &str) -> Value {
    let document = ran.json();
    document["checks"].as_array().unwrap().iter().find(|check| check["name"] == name).unwrap().clone()
}

#[track_caller]
fn is(ran: &Ran, name: &str, result: &str, seen: &str) {
    let check = check(ran, name);
    assert_eq!(check["result"], result, "{check}");
    assert!(check["seen"].as_str().unwrap().contains(seen), "{check}");
    assert_eq!(check["next"].is_string(), matches!(result, "warn" | "fail"), "{check}");
}

/// Nothing of a probe is left, here or in the cloud.
#[track_caller]
fn leaves_nothing(world: &World) {
    world.cloud.faults(json!([]));
    assert_eq!(world.cloud.volumes(), [] as [Value; 0]);
    assert!(!record(world).exists());
}

fn begin(world: &World) -> Child {
    let mut command = world.command(&["doctor", "--probe", "--yes"]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn kill(child: &Child, signal: &str) {
    assert!(Command::new("kill").args([&format!("-{signal}"), &child.id().to_string()]).status().unwrap().success());
}

fn ended(child: Child) -> Ran {
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran { code: output.status.code().unwrap_or(-1), stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// A probe that was killed as soon as its record says this.
fn killed_at(world: &World, what: &str) {
    let mut child = begin(world);
    until("the record says so", || std::fs::read_to_string(record(world)).is_ok_and(|text| text.contains(what)));
    kill(&child, "KILL");
    child.wait().unwrap();
    assert!(record(world).exists());
}

#[test]
fn everything_is_measured_and_nothing_is_left() {
    let world = asking(&[], "  web: { size: 10 }");
    let out = world.dir.path().join("probe.json");
    let mut command =
        world.command(&["doctor", "--probe", "--yes", "--format", "json", "--out", out.to_str().unwrap()]);
    command.envs(KEYS);
    let ran =
        run(command).exits(0).says("10 GB SSD in az-dc-1, in project 0123456789abcdef0123456789abcdef at http://");
    for (name, result, seen) in [
        ("client-tokens", "ok", "the service judges them"),
        ("write-volumes", "ok", "evs:volumes:create"),
        ("probe-leftovers", "ok", "none"),
        (
            "probe-date-window",
            "ok",
            "16 min in the past refused, 14 min in the past taken, 14 min in the future taken, 16 min in the future refused",
        ),
        ("probe-create", "ok", "available after "),
        ("probe-listed", "ok", "in look 1"),
        ("probe-creating", "ok", ""),
        ("probe-tag", "ok", "never listed without its tag"),
        ("probe-name", "ok", "no suffix"),
        ("probe-metadata", "ok", "EVS.1009"),
        ("probe-volume-ids", "skipped", "create_api: v2.1"),
        ("probe-same-token", "ok", "the same job"),
        ("probe-other-body", "ok", "EVS.2219"),
        ("probe-delete", "ok", "404 after"),
        ("probe-job-kept", "ok", "still says SUCCESS"),
        ("probe-recycle-bin", "ok", "not in it"),
    ] {
        is(&ran, name, result, seen);
    }
    for name in ["probe-create", "probe-listed", "probe-tag", "probe-delete"] {
        assert!(check(&ran, name)["seconds"].as_f64().is_some_and(|it| it < 30.0), "{}", check(&ran, name));
    }
    // One that says whether tokens are judged, one that is refused for its metadata, the one, and it twice again.
    assert_eq!((world.cloud.requests(CREATE), world.cloud.requests(DELETE)), (5, 1));
    assert!(!record(&world).exists());
    assert_eq!(std::fs::metadata(&out).unwrap().permissions().mode() & 0o777, 0o600);
    let text = std::fs::read_to_string(&out).unwrap();
    assert!(!text.contains("canary") && !text.contains(ACCESS), "{text}");
    let report: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(report["checks"], ran.json()["checks"]);
    assert_eq!((&report["evsctl"], &report["create_api"]), (&json!(env!("CARGO_PKG_VERSION")), &json!("v3")));
    assert_eq!(report["endpoint"], world.cloud.endpoint);
    assert!(report["time"].as_str().unwrap().parse::<jiff::Timestamp>().is_ok());
    // To the stack nothing has happened.
    let mut command = world.command(&["plan", "--detailed-exitcode"]);
    command.envs(KEYS);
    let _ = run(command).exits(2).says("1 to create, 0 to change");
}

#[test]
fn without_consent_nothing_is_sent() {
    let world = world(&[]);
    for words in [&["doctor", "--probe"][..], &["doctor", "--probe", "--format", "json"]] {
        let _ = world.run(words).exits(4).says("nothing was sent").says("--yes");
    }
    assert_eq!(world.cloud.all_requests(), 0);
    // A flag of a probe's means nothing without one.
    for flag in [&["--yes"][..], &["--zone", "az-dc-1"], &["--out", "x.json"]] {
        let _ = world.run(&[&["doctor"], flag].concat()).exits(1).says("--probe");
    }
    assert_eq!(world.cloud.all_requests(), 0);
    let missing = world.dir.path().join("none/probe.json");
    let _ = probe(&world, &["--out", missing.to_str().unwrap()]).exits(1).says("cannot write the report");
    assert_eq!(world.cloud.requests(CREATE), 0);
}

#[test]
fn zone_and_type_are_the_manifests_or_the_flags() {
    let world = world(&[]);
    world.volumes(
        "  fast: { size: 20, volume_type: GPSSD2, iops: 3000, throughput: 125 }\n  \
         web: { size: 10, volume_type: SAS, availability_zone: az-dc-2 }",
    );
    world.cloud_field("settle: 1s");
    let ran = probe(&world, &[]).exits(0);
    is(&ran, "probe-create", "ok", "10 GB SAS in az-dc-2");
    let ran = probe(&world, &["--zone", "az-dc-3", "--volume-type", "SSD"]).exits(0);
    is(&ran, "probe-create", "ok", "10 GB SSD in az-dc-3");
    let _ = probe(&world, &["--volume-type", "GPSSD2"]).exits(1).says("another type");
    world.volumes("  fast: { size: 20, volume_type: GPSSD2, iops: 3000, throughput: 125 }");
    let _ = probe(&world, &[]).exits(1).says("--zone");
    leaves_nothing(&world);
}

#[test]
fn the_newer_form_names_its_volume() {
    let world = world(&[]);
    world.cloud_field("create_api: v2.1");
    let ran = probe(&world, &[]).exits(0);
    is(&ran, "probe-volume-ids", "ok", "named the volume that was made");
    is(&ran, "probe-same-token", "ok", "");
    assert_eq!(world.cloud.requests(CREATE), 0);
    leaves_nothing(&world);
}

#[test]
fn a_lost_answer_is_asked_for_again_with_its_token() {
    let world = world(&[]);
    world.cloud.faults(json!([{"method": "POST", "path": CREATES, "skip": 2, "times": 1, "then": {"cut": "after"}}]));
    let ran = probe(&world, &[]).exits(0).says("sent again with its token");
    is(&ran, "probe-create", "ok", "available");
    is(&ran, "probe-same-token", "ok", "");
    assert_eq!((world.cloud.requests(CREATE), world.cloud.requests(DELETE)), (6, 1));
    leaves_nothing(&world);
}

#[test]
fn without_tokens_a_lost_answer_is_looked_for_and_never_sent_again() {
    let world = world(&["--client-tokens", "off"]);
    world.cloud.faults(json!([{"method": "POST", "path": CREATES, "skip": 2, "times": 1, "then": {"cut": "after"}}]));
    let ran = probe(&world, &[]).exits(0).says("its volume is looked for");
    is(&ran, "client-tokens", "warn", "switched off");
    is(&ran, "probe-create", "ok", "its answer was lost");
    is(&ran, "probe-same-token", "skipped", "");
    is(&ran, "probe-job-kept", "skipped", "");
    assert_eq!((world.cloud.requests(CREATE), world.cloud.requests(DELETE)), (3, 1));
    leaves_nothing(&world);
}

#[test]
fn what_never_arrived_is_not_there_once_time_has_proved_it() {
    let world = world(&["--client-tokens", "off"]);
    world.cloud.make_control();
    world.cloud.faults(json!([{"method": "POST", "path": CREATES, "skip": 2, "times": 1, "then": {"cut": "before"}}]));
    let ran = probe(&world, &[]).exits(7);
    is(&ran, "probe-create", "fail", "not seen to be made");
    is(&ran, "probe-delete", "ok", "never made");
    assert_eq!(world.cloud.requests(CREATE), 3);
    leaves_nothing(&world);
}

#[test]
fn what_cannot_be_proved_in_time_stays_recorded_and_the_next_probe_settles_it() {
    let world = world(&["--client-tokens", "off"]);
    world.cloud.make_control();
    let manifest = world.dir.path().join("evsctl.yaml");
    put(&manifest, std::fs::read_to_string(&manifest).unwrap().replace("settle: 1s", "settle: 4s"));
    world.cloud.faults(json!([{"method": "POST", "path": CREATES, "skip": 2, "times": 1, "then": {"late_ms": 2500}}]));
    let ran = probe(&world, &["--timeout", "300ms"]).exits(7);
    is(&ran, "probe-delete", "fail", "nothing shows");
    assert!(record(&world).exists());
    // It is made now, after all.
    until("it is there", || world.cloud.volumes().iter().any(|volume| volume["status"] == "available"));
    let ran = probe(&world, &[]).exits(0).says("removing what an earlier probe left");
    is(&ran, "probe-leftovers", "ok", "404 after");
    leaves_nothing(&world);
}

#[test]
fn a_killed_probe_is_gone_on_with() {
    for what in ["\"sent\"", "\"job\"", "\"met\""] {
        let world = slow_world("700ms", &[]);
        world.cloud.make_control();
        killed_at(&world, what);
        // To the stack it is nothing, in whatever state it was left.
        let _ = world.run(&["plan", "--detailed-exitcode"]).exits(2).says("1 to create, 0 to change");
        let _ = world.run(&["orphans"]).exits(0);
        let ran = probe(&world, &[]).exits(0);
        is(&ran, "probe-leftovers", "ok", "of an earlier probe");
        is(&ran, "probe-create", "ok", "");
        leaves_nothing(&world);
    }
}

#[test]
fn a_signal_removes_what_was_made() {
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let world = slow_world("700ms", &[]);
        let child = begin(&world);
        until("the call is taken", || std::fs::read_to_string(record(&world)).is_ok_and(|it| it.contains("\"job\"")));
        kill(&child, signal);
        let ran = ended(child).exits(code).says("interrupted: removing").says("404 after");
        assert!(ran.stdout.contains("probe-create"), "{ran:?}");
        leaves_nothing(&world);
    }
}

#[test]
fn a_signal_before_anything_was_made_makes_nothing() {
    let world = world(&["--latency", "150ms"]);
    let child = begin(&world);
    until("it reads", || world.cloud.requests("GET /v2/{project_id}/types") == 1);
    kill(&child, "INT");
    let _ = ended(child).exits(130).says("interrupted");
    assert_eq!(world.cloud.requests(CREATE), 0);
    leaves_nothing(&world);
}

#[test]
fn a_second_signal_leaves_it_to_the_next_probe() {
    let world = slow_world("20s", &[]);
    let child = begin(&world);
    until("the call is taken", || std::fs::read_to_string(record(&world)).is_ok_and(|it| it.contains("\"job\"")));
    kill(&child, "INT");
    std::thread::sleep(std::time::Duration::from_millis(300));
    kill(&child, "INT");
    let _ = ended(child).exits(130).says("the next `evsctl doctor --probe` goes on with it");
    assert!(record(&world).exists());
    let _ = probe(&world, &["--timeout", "400ms"]).exits(7).says("run `evsctl doctor --probe` again").says("creating");
    assert_eq!((world.cloud.requests(DELETE), world.cloud.volumes().len()), (0, 1));
}

#[test]
fn what_only_looks_like_a_probes_volume_is_never_deleted() {
    // The name, and no tag.
    let lookalike = |name: &str, size: u32, tags: Value| json!({"volume": {"availability_zone": "az-dc-1", "volume_type": "SSD", "size": size, "name": name, "count": 1, "tags": tags}});
    for (size, tagged, why) in [(10, false, "it has no tag evsctl-probe"), (20, true, "it has 20 GB")] {
        let world = world(&["--client-tokens", "off"]);
        world
            .cloud
            .faults(json!([{"method": "POST", "path": CREATES, "skip": 2, "times": 1, "then": {"delay_ms": 60000}}]));
        killed_at(&world, "\"sent\"");
        world.cloud.faults(json!([]));
        let text = std::fs::read_to_string(record(&world)).unwrap();
        let first: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
        let id = first["intent"]["id"].as_str().unwrap().to_owned();
        let tags = if tagged { json!({ "evsctl-probe": id }) } else { json!({}) };
        let body = lookalike(&format!("evsctl-probe-{id}"), size, tags);
        assert_eq!(world.cloud.call("POST", CREATES, Some(body)).0, 200);
        until("it is there", || world.cloud.volumes().len() == 1);
        let creates = world.cloud.requests(CREATE);
        let ran = probe(&world, &[]).exits(7);
        is(&ran, "probe-leftovers", "fail", why);
        is(&ran, "probe-create", "skipped", "an earlier probe is not over");
        assert_eq!((world.cloud.requests(DELETE), world.cloud.requests(CREATE)), (0, creates));
        assert!(check(&ran, "probe-leftovers")["next"].as_str().unwrap().contains("test.json.probe"));
    }
    // Somebody else's probe, and a volume with the name of any.
    let world = world(&[]);
    for (name, tags) in
        [("evsctl-probe-0123456789abcdef", json!({})), ("theirs", json!({"evsctl-probe": "0123456789abcdef"}))]
    {
        assert_eq!(world.cloud.call("POST", CREATES, Some(lookalike(name, 10, tags))).0, 200);
    }
    let ran = probe(&world, &[]).exits(0);
    is(&ran, "probe-leftovers", "warn", "(\"theirs\")");
    assert_eq!(world.cloud.names(), ["evsctl-probe-0123456789abcdef", "theirs"]);
}

#[test]
fn a_volume_that_a_server_has_is_never_deleted() {
    let world = slow_world("300ms", &[]);
    killed_at(&world, "\"met\"");
    until("it is made", || world.cloud.volumes().iter().any(|volume| volume["status"] == "available"));
    let mut volume = world.cloud.volumes()[0].clone();
    volume["attachments"] = json!([{"server_id": "s", "volume_id": volume["id"]}]);
    world.cloud.faults(json!([{"method": "GET", "path": VOLUME, "then": {"status": 200, "body": {"volume": volume}}}]));
    let ran = probe(&world, &[]).exits(7);
    is(&ran, "probe-leftovers", "fail", "a server has or had it");
    assert_eq!((world.cloud.requests(DELETE), world.cloud.volumes().len()), (0, 1));
}

#[test]
fn lists_and_tags_that_lag_are_told() {
    let world = world(&[]);
    world.cloud.faults(json!([{"method": "GET", "path": LISTS, "then": {"list_lag_ms": 600}}]));
    let ran = probe(&world, &[]).exits(0);
    is(&ran, "probe-listed", "warn", "cloud.settle");
    assert!(check(&ran, "probe-listed")["seconds"].as_f64().unwrap() > 0.3, "{}", check(&ran, "probe-listed"));
    is(&ran, "probe-creating", "ok", "not seen while it was being made");
    world.cloud.faults(json!([{"method": "GET", "then": {"tag_lag_ms": 600}}]));
    let ran = probe(&world, &[]).exits(0);
    is(&ran, "probe-tag", "warn", "listed without its tag");
    // Tags that never come: the volume is known by its job, and is deleted all the same.
    world.cloud.faults(json!([{"method": "GET", "then": {"tag_lag_ms": 600000}}]));
    let ran = probe(&world, &[]).exits(1);
    is(&ran, "probe-tag", "fail", "never with its tag");
    leaves_nothing(&world);
}

#[test]
fn a_job_that_fails_leaves_nothing() {
    for (leaves, deletes) in [("error", 1), ("none", 0)] {
        let world = world(&[]);
        let fails = json!({"job": "fail", "error_code": "EVS.2024", "volume": leaves});
        world.cloud.faults(json!([{"method": "POST", "path": CREATES, "skip": 2, "times": 1, "then": fails}]));
        let ran = probe(&world, &[]).exits(1);
        is(&ran, "probe-create", "fail", "EVS.2024");
        is(&ran, "probe-same-token", "skipped", "the volume was not made");
        assert_eq!(world.cloud.requests(DELETE), deletes);
        leaves_nothing(&world);
    }
}

#[test]
fn a_job_that_nobody_knows_any_more_is_no_obstacle() {
    let world = world(&[]);
    let gone = json!({"job": "vanish"});
    world.cloud.faults(json!([{"method": "POST", "path": CREATES, "skip": 2, "times": 1, "then": gone}]));
    let ran = probe(&world, &[]).exits(0);
    is(&ran, "probe-create", "ok", "available");
    is(&ran, "probe-job-kept", "ok", "not known any more");
    leaves_nothing(&world);
}

#[test]
fn a_permission_that_lacks_is_named_and_what_was_made_is_told() {
    let refused = json!({"status": 403, "body": {"error": {"code": "EVS.5403", "message": "Policy check failed."}}});
    let world = world(&[]);
    world.cloud.faults(json!([{"method": "POST", "path": CREATES, "skip": 1, "then": refused}]));
    let ran = probe(&world, &[]).exits(6);
    is(&ran, "probe-create", "fail", "evs:volumes:create");
    assert_eq!(check(&ran, "probe-create")["next"], "grant evs:volumes:create to whose credentials these are");
    leaves_nothing(&world);
    world.cloud.faults(json!([{"method": "DELETE", "path": VOLUME, "then": refused}]));
    let ran = probe(&world, &[]).exits(6);
    is(&ran, "probe-delete", "fail", world.cloud.volumes()[0]["id"].as_str().unwrap());
    assert!(check(&ran, "probe-delete")["next"].as_str().unwrap().contains("grant evs:volumes:delete"));
    assert!(record(&world).exists());
    world.cloud.faults(json!([]));
    let _ = probe(&world, &[]).exits(0);
    leaves_nothing(&world);
}

#[test]
fn trouble_on_the_way_out_is_borne() {
    let world = world(&[]);
    let trouble = json!({"status": 503});
    world.cloud.faults(json!([
        {"method": "DELETE", "path": VOLUME, "times": 1, "then": {"cut": "after"}},
        {"method": "GET", "path": VOLUME, "every": 2, "times": 6, "then": trouble},
        {"method": "GET", "path": LISTS, "skip": 4, "every": 3, "times": 4, "then": trouble},
    ]));
    let _ = probe(&world, &[]).exits(0);
    leaves_nothing(&world);
}

#[test]
fn one_probe_of_a_stack_runs_at_a_time_and_each_record_is_of_one_cloud() {
    let world = slow_world("20s", &[]);
    let mut child = begin(&world);
    until("the call is taken", || std::fs::read_to_string(record(&world)).is_ok_and(|it| it.contains("\"job\"")));
    let ran = probe(&world, &[]).exits(5);
    is(&ran, "probe-leftovers", "fail", "another probe of this stack is running");
    // What needs no probe is not kept from anything.
    let _ = world.run(&["doctor"]).exits(0);
    kill(&child, "KILL");
    child.wait().unwrap();
    let manifest = world.dir.path().join("evsctl.yaml");
    let text = std::fs::read_to_string(&manifest).unwrap();
    put(&manifest, text.replace(PROJECT, "fedcba9876543210fedcba9876543210"));
    let ran = probe(&world, &[]).exits(4);
    is(&ran, "probe-leftovers", "fail", PROJECT);
    put(&record(&world), "{\"sent\":\"2026-11-24T07:00:00Z\"}\n");
    let ran = probe(&world, &[]).exits(1);
    is(&ran, "probe-leftovers", "fail", "line 1");
    assert_eq!(world.cloud.requests(DELETE), 0);
}

/// A stack whose cloud lies behind a server that changes what passes.
fn between(
    change: impl Fn(&mut Request) + Send + Sync + 'static,
    answer: impl Fn(&Request, Answer) -> Answer + Send + Sync + 'static,
) -> (World, Server) {
    let world = world(&[]);
    let server = between::stand(&world, change, answer);
    (world, server)
}

#[test]
fn a_service_that_forgets_its_tokens_is_found_out_and_both_volumes_go() {
    let (world, _server) = between(
        |request| {
            // A malformed one is still judged; a good one never reaches the service.
            let is_good = |value: &str| value.len() == 36;
            request.headers.retain(|(name, value)| !(name == "x-client-token" && is_good(value)));
        },
        |_, answer| answer,
    );
    let ran = probe(&world, &[]).exits(1);
    is(&ran, "probe-same-token", "fail", "another volume, which is deleted as well");
    is(&ran, "probe-other-body", "skipped", "");
    assert_eq!(world.cloud.requests(DELETE), 2);
    leaves_nothing(&world);
}

#[test]
fn a_service_that_takes_metadata_and_names_as_it_likes_is_described() {
    let (world, _server) = between(
        |request| {
            let mut body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
            if let Some(metadata) = body["volume"]["metadata"].as_object_mut() {
                metadata.remove("evsctl_probe");
                request.body = body.to_string().into_bytes();
                let length = request.body.len().to_string();
                request
                    .headers
                    .iter_mut()
                    .filter(|(name, _)| name == "content-length")
                    .for_each(|it| it.1.clone_from(&length));
            }
        },
        |request, answer| {
            let mut body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
            if request.method == "GET" {
                let change = |volume: &mut Value| {
                    let name = volume["name"].as_str().unwrap_or_default().to_owned();
                    volume["name"] = json!(format!("{name}-0001"));
                    volume["metadata"]["evsctl_probe"] = json!(name.trim_start_matches("evsctl-probe-"));
                };
                body["volumes"].as_array_mut().into_iter().flatten().for_each(change);
                body.get_mut("volume").into_iter().for_each(change);
            }
            if body.is_null() { answer } else { Answer::json(answer.status, &body) }
        },
    );
    let ran = probe(&world, &[]).exits(0);
    is(&ran, "probe-name", "warn", "-0001");
    is(&ran, "probe-metadata", "ok", "is kept as it was given");
    assert_eq!(world.cloud.requests(CREATE), 4);
    leaves_nothing(&world);
}

#[test]
fn a_volume_in_the_recycle_bin_is_told() {
    let (world, _server) = between(
        |_| {},
        |request, answer| match request.path.contains("/recycle-bin-volumes/") {
            true => Answer::json(200, &json!({"volume": {"id": "v", "tags": {"evsctl-probe": "x"}}})),
            false => answer,
        },
    );
    let ran = probe(&world, &[]).exits(0);
    is(&ran, "probe-recycle-bin", "warn", "with its tag");
    leaves_nothing(&world);
}
