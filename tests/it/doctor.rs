//! `evsctl doctor` at clouds that are well, and at clouds that lack one thing each.

use crate::auth::{ACCESS, DOMAIN, PASSWORD, SECRET, USER, asking};
use crate::between;
use crate::support::{Cloud, PROJECT, Ran, World, evsctl, put, run};
use serde_json::{Value, json};

const KEYS: [(&str, &str); 2] = [("HW_ACCESS_KEY", ACCESS), ("HW_SECRET_KEY", SECRET)];

fn doctor(world: &World, variables: &[(&str, &str)]) -> (Ran, Value) {
    let examined = |words: &[&str]| {
        let mut command = world.command(words);
        command.envs(variables.iter().copied());
        let ran = run(command);
        let said = format!("{}{}", ran.stdout, ran.stderr);
        assert!(!said.contains(SECRET) && !said.contains(PASSWORD) && !said.contains("canary"), "{said}");
        ran
    };
    let people = examined(&["doctor"]);
    let ran = examined(&["doctor", "--format", "json"]);
    assert_eq!(people.code, ran.code, "{people:?}");
    let document = ran.json();
    (people, document)
}

#[track_caller]
fn check<'a>(document: &'a Value, name: &str) -> &'a Value {
    document["checks"].as_array().unwrap().iter().find(|check| check["name"] == name).unwrap()
}

#[track_caller]
fn is(document: &Value, name: &str, result: &str, seen: &str) {
    let check = check(document, name);
    assert_eq!(check["result"], result, "{check}");
    assert!(check["seen"].as_str().unwrap().contains(seen), "{check}");
    assert_eq!(check["next"].is_string(), matches!(result, "warn" | "fail"), "{check}");
}

/// The checks of that result.
fn of(document: &Value, result: &str) -> Vec<String> {
    let checks = document["checks"].as_array().unwrap();
    checks.iter().filter(|it| it["result"] == result).map(|it| it["name"].as_str().unwrap().to_owned()).collect()
}

/// A cloud with that catalogue.
pub(crate) fn offering(catalogue: &Value, volumes: &str) -> World {
    let file = tempfile::NamedTempFile::new().unwrap();
    put(file.path(), catalogue.to_string());
    World::in_cloud(Cloud::with(&["--job-duration", "40ms", "--catalogue", file.path().to_str().unwrap()]), volumes)
}

fn catalogue() -> Value {
    json!({"zones": ["az-dc-1", "az-dc-2"], "types": [
        {"id": "6f2dee9e-82f0-4be3-ad89-bae605a3d24f", "name": "SSD", "zones": ["az-dc-1", "az-dc-2"]},
        {"id": "6c81c680-df58-4512-81e7-ecf66d160638", "name": "SAS", "zones": ["az-dc-1", "az-dc-2"], "sold_out": ["az-dc-2"]},
        {"id": "2b7c55d4-0b4e-4f37-8c1f-0b0f4f9a7d22", "name": "ESSD", "zones": ["az-dc-2"]},
    ]})
}

#[test]
fn a_healthy_cloud_passes_and_nothing_is_written() {
    let world = asking(&[], "  web: { count: 3, size: 10 }");
    let (ran, document) = doctor(&world, &KEYS);
    let _ = ran.exits(0).says("access key from the environment: HW_ACCESS_KEY, HW_SECRET_KEY");
    assert_eq!(of(&document, "fail"), [] as [&str; 0], "{document}");
    is(&document, "quota", "ok", "volumes: 3");
    is(&document, "read-types", "ok", "evs:types:get");
    is(&document, "list-pages", "skipped", "0 volumes");
    assert!(document["calls"]["GET /v2/{project_id}/types"].as_u64() == Some(1), "{document}");
    let stats = world.cloud.stats();
    let reads = stats["requests"].as_object().unwrap().keys().all(|key| key.starts_with("GET "));
    assert!(reads, "{stats}");
    let mut apply = world.command(&["apply", "--yes"]);
    apply.envs(KEYS);
    let _ = run(apply).exits(0);
    let (_, document) = doctor(&world, &KEYS);
    is(&document, "state", "ok", "3 volumes recorded");
    is(&document, "quota", "ok", "nothing is left to make");
    is(&document, "list-order", "ok", "oldest first");
    is(&document, "list-tags", "ok", "");
    is(&document, "show-volume", "ok", "evs:volumes:get");
    assert_eq!(of(&document, "warn"), [] as [&str; 0], "{document}");
}

#[test]
fn the_embedded_cloud_passes() {
    let dir = tempfile::tempdir().unwrap();
    let text = "stack: demo\ncloud: { simulator: true }\nvolumes:\n  web: { size: 10, availability_zone: az-dc-1, volume_type: SSD }\n";
    put(&dir.path().join("evsctl.yaml"), text);
    let mut command = evsctl();
    command.arg("doctor").arg(dir.path()).args(["--format", "json"]);
    let document = run(command).exits(0).json();
    is(&document, "endpoint", "ok", "embedded");
    is(&document, "client-tokens", "ok", "documents");
    assert_eq!(of(&document, "fail"), [] as [&str; 0], "{document}");
}

#[test]
fn a_wrong_secret_fails_alone() {
    let world = asking(&[], "  web: { size: 10 }");
    let (ran, document) = doctor(&world, &[KEYS[0], ("HW_SECRET_KEY", "canary-wrong")]);
    let _ = ran.exits(6);
    assert_eq!(of(&document, "fail"), ["credentials"], "{document}");
    is(&document, "clock", "ok", "");
    for name in ["list-volumes", "read-types", "zones", "quota", "list-pages"] {
        is(&document, name, "skipped", "the credentials are not accepted");
    }
    let (ran, document) = doctor(&world, &KEYS[..1]);
    let _ = ran.exits(6).says("HW_SECRET_KEY is not");
    assert_eq!(of(&document, "fail"), ["credentials"], "{document}");
}

#[test]
fn a_project_by_its_name_is_looked_up() {
    let world = asking(&[], "  web: { size: 10 }");
    let manifest = world.dir.path().join("evsctl.yaml");
    let text = std::fs::read_to_string(&manifest).unwrap();
    let by_name = |name: &str| put(&manifest, text.replace(&format!("project_id: {PROJECT}"), name));
    by_name("project: cn-north-4");
    let (_, document) = doctor(&world, &KEYS);
    is(&document, "project", "ok", PROJECT);
    by_name("project: elsewhere");
    let (ran, document) = doctor(&world, &KEYS);
    let _ = ran.exits(1);
    is(&document, "project", "fail", "elsewhere");
    let (ran, document) = doctor(&world, &[KEYS[0], ("HW_SECRET_KEY", "canary-wrong")]);
    let _ = ran.exits(6);
    is(&document, "credentials", "fail", "");
}

#[test]
fn zones_types_and_quotas_that_do_not_fit_name_their_keys() {
    let world = offering(
        &catalogue(),
        "  good: { size: 10 }
  lost: { size: 10, availability_zone: az-dc-9 }
  away: { size: 10, volume_type: ESSD }
  sold: { size: 10, volume_type: SAS, availability_zone: az-dc-2 }",
    );
    let (ran, document) = doctor(&world, &[]);
    let _ = ran.exits(1);
    is(&document, "zones", "fail", "az-dc-9 is no zone of this region: lost");
    is(&document, "types", "fail", "ESSD does not exist in az-dc-1: away; SAS is sold out in az-dc-2: sold");
    is(&document, "quota", "ok", "volumes: 4");
    let mut small = catalogue();
    small["quotas"] = json!({"volumes": 10, "gigabytes": 100, "volumes_SSD": 2});
    let world = offering(&small, "  web: { count: 3, size: 40 }");
    let (ran, document) = doctor(&world, &[]);
    let _ = ran.exits(1).says("ask for a higher quota");
    assert_eq!(of(&document, "fail"), ["quota"], "{document}");
    is(&document, "quota", "fail", "gigabytes: 120 needed, 100 left of 100; volumes_SSD: 3 needed, 2 left of 2");
}

#[test]
fn a_permission_that_lacks_is_named() {
    let world = World::new("  web: { size: 10 }");
    let refused = json!({"status": 403, "body": {"error": {"code": "EVS.5403", "message": "Policy check failed."}}});
    world.cloud.faults(json!([{"method": "GET", "path": "/v2/{project_id}/types", "then": refused}]));
    let (ran, document) = doctor(&world, &[]);
    let _ = ran.exits(6).says("grant evs:types:get");
    assert_eq!(of(&document, "fail"), ["read-types"], "{document}");
    is(&document, "types", "skipped", "");
    is(&document, "quota", "ok", "");
    world.cloud.faults(json!([{"method": "GET", "path": "/v2/{project_id}/cloudvolumes/detail", "then": refused}]));
    let (ran, document) = doctor(&world, &[]);
    let _ = ran.exits(6);
    assert_eq!(of(&document, "fail"), ["list-volumes"], "{document}");
}

#[test]
fn a_clock_that_is_off_is_told() {
    let world = World::new("  web: { size: 10 }");
    let then = |headers: Value| json!({"status": 200, "headers": headers, "body": {"availabilityZoneInfo": [{"zoneName": "az-dc-1"}]}});
    let off = |headers: Value| json!([{"method": "GET", "path": "/v2/{project_id}/os-availability-zone", "then": then(headers)}]);
    world.cloud.faults(off(json!({"date": "Tue, 24 Nov 2020 07:00:00 GMT", "x-request-id": ""})));
    let (ran, document) = doctor(&world, &[]);
    let _ = ran.exits(0);
    is(&document, "clock", "warn", "ahead of the service's");
    is(&document, "answers", "warn", "have no X-Request-Id");
    let (ran, document) = doctor(&world, &KEYS);
    let _ = ran.exits(1);
    is(&document, "clock", "fail", "ahead of the service's");
    world.cloud.faults(
        json!([{"method": "GET", "then": {"status": 401, "headers": {"date": "Tue, 24 Nov 2020 07:00:00 GMT"}}}]),
    );
    let (ran, document) = doctor(&world, &KEYS);
    let _ = ran.exits(6).says("set the local clock first");
    assert_eq!(of(&document, "fail"), ["credentials", "clock"], "{document}");
}

#[test]
fn a_manifest_that_does_not_read_and_a_cloud_that_is_not_there() {
    let world = World::new("  web: { size: 9 }");
    let (ran, document) = doctor(&world, &[]);
    let _ = ran.exits(1);
    assert_eq!(of(&document, "fail"), ["manifest"], "{document}");
    let text =
        format!("stack: test\ncloud: {{ endpoint: \"https://example.com\", project_id: {PROJECT} }}\nvolumes: {{}}\n");
    put(&world.dir.path().join("evsctl.yaml"), text);
    let (ran, document) = doctor(&world, &[]);
    let _ = ran.exits(1);
    assert_eq!(of(&document, "fail"), ["endpoint"], "{document}");
    assert_eq!(world.cloud.all_requests(), 0, "nobody was asked");
    let text =
        format!("stack: test\ncloud: {{ endpoint: \"http://127.0.0.1:1\", project_id: {PROJECT} }}\nvolumes: {{}}\n");
    put(&world.dir.path().join("evsctl.yaml"), text);
    let (ran, document) = doctor(&world, &[]);
    let _ = ran.exits(1);
    assert_eq!(of(&document, "fail"), ["connection"], "{document}");
}

/// Makes so many volumes of nobody's.
fn fill(world: &World, volumes: u64) {
    let (mut left, path) = (volumes, "/v3/{project_id}/cloudvolumes");
    while left > 0 {
        let count = left.min(100);
        let volume =
            json!({"availability_zone": "az-dc-1", "volume_type": "SSD", "size": 10, "name": "n", "count": count});
        assert_eq!(world.cloud.call("POST", path, Some(json!({ "volume": volume }))).0, 200);
        left -= count;
    }
}

#[test]
fn more_volumes_than_a_page_has_are_listed_whole() {
    let world = World::new("  web: { size: 10 }");
    fill(&world, 1000);
    let (ran, document) = doctor(&world, &[]);
    let _ = ran.exits(0);
    // A full page is not known to be the last before the next one is empty.
    is(&document, "list-pages", "skipped", "1000 volumes");
    is(&document, "list-volumes", "ok", "1000 volumes");
    fill(&world, 130);
    let (ran, document) = doctor(&world, &[]);
    let _ = ran.exits(0);
    is(&document, "list-pages", "ok", "pages of 1000 are honoured: 1130 volumes");
    is(&document, "list-order", "ok", "oldest first");
    is(&document, "list-volumes", "ok", "1130 volumes");
    assert_eq!(of(&document, "warn"), [] as [&str; 0], "{document}");
    // The second page is read, and one behind it.
    assert_eq!(document["calls"]["GET /v2/{project_id}/cloudvolumes/detail"], 3);
}

#[test]
fn a_service_with_smaller_pages_is_found_out() {
    for (volumes, found_out) in [(100, false), (101, true), (250, true)] {
        let world = World::new("  web: { size: 10 }");
        fill(&world, volumes);
        let _server = between::stand(
            &world,
            |request| request.path = request.path.replace("limit=1000", "limit=100"),
            |_, answer| answer,
        );
        let (ran, document) = doctor(&world, &[]);
        let _ = ran.exits(i32::from(found_out));
        if found_out {
            is(
                &document,
                "list-pages",
                "fail",
                &format!("ends after 100 volumes, with {} behind", (volumes - 100).min(100)),
            );
            let next = check(&document, "list-pages")["next"].as_str().unwrap().to_owned();
            assert!(next.starts_with("apply nothing here"), "{next}");
        } else {
            is(&document, "list-pages", "skipped", "100 volumes");
        }
    }
}

#[test]
fn each_permission_that_lacks_is_named_by_its_own_call() {
    let world = World::new("  web: { size: 10 }");
    fill(&world, 1);
    for code in ["EVS.5403", "EVS.1027", "APIGW.0302"] {
        let body = match code {
            "APIGW.0302" => json!({"error_code": code, "error_msg": "no", "request_id": "r"}),
            _ => json!({"error": {"code": code, "message": "no"}}),
        };
        for (name, path, action) in [
            ("list-volumes", "/v2/{project_id}/cloudvolumes/detail", Some("evs:volumes:list")),
            ("show-volume", "/v2/{project_id}/cloudvolumes/{volume_id}", Some("evs:volumes:get")),
            ("read-types", "/v2/{project_id}/types", Some("evs:types:get")),
            ("read-quotas", "/v2/{project_id}/os-quota-sets/{target_id}", Some("evs:quotas:get")),
            ("read-tags", "/v2/{project_id}/cloudvolumes/tags", Some("evs:volumeTags:*")),
            ("query-job", "/v1/{project_id}/jobs/{job_id}", None),
            ("read-zones", "/v2/{project_id}/os-availability-zone", None),
        ] {
            world.cloud.faults(json!([{"method": "GET", "path": path, "then": {"status": 403, "body": body}}]));
            let (ran, document) = doctor(&world, &[]);
            let _ = ran.exits(6).says(code);
            assert_eq!(of(&document, "fail"), [name], "{code}: {document}");
            is(&document, name, "fail", action.unwrap_or("IAM action"));
            if let Some(action) = action {
                let next = check(&document, name)["next"].clone();
                assert_eq!(next, format!("grant {action} to whose credentials these are"), "{code}");
            }
        }
    }
}

#[test]
fn a_project_by_its_name_is_looked_up_with_a_password_too() {
    let world = asking(&[], "  web: { size: 10 }");
    let manifest = world.dir.path().join("evsctl.yaml");
    let text = std::fs::read_to_string(&manifest).unwrap();
    put(&manifest, text.replace(&format!("project_id: {PROJECT}"), "project: cn-north-4"));
    let near = format!("{}/v3", world.cloud.endpoint);
    let login =
        [("HW_USER_NAME", USER), ("HW_USER_PASSWORD", PASSWORD), ("HW_DOMAIN_NAME", DOMAIN), ("HW_AUTH_URL", &*near)];
    let (ran, document) = doctor(&world, &login);
    let _ = ran.exits(0).says("looked up by its name cn-north-4");
    is(&document, "project", "ok", PROJECT);
    is(&document, "credentials", "ok", "");
    // IAM that is not there is no fault of the credentials.
    let (ran, document) = doctor(&world, &[&login[..], &[("HW_AUTH_URL", "http://127.0.0.1:1/v3")]].concat());
    let _ = ran.exits(1);
    assert_eq!(of(&document, "fail"), ["project"], "{document}");
    // Without credentials nothing can be looked up.
    let (ran, document) = doctor(&world, &[]);
    let _ = ran.exits(1);
    is(&document, "project", "fail", "without credentials");
    is(&document, "list-volumes", "skipped", "the project is not known");
}
