//! The pre-flight of a plan: what its steps need is asked once, and what the project lacks is refused before anything is sent.

use crate::doctor::offering;
use crate::support::{CREATE, World, until};
use serde_json::{Value, json};

const ZONES: &str = "GET /v2/{project_id}/os-availability-zone";
const TYPES: &str = "GET /v2/{project_id}/types";
const QUOTAS: &str = "GET /v2/{project_id}/os-quota-sets/{target_id}";
const SNAPSHOT: &str = "GET /v2/{project_id}/cloudsnapshots/{snapshot_id}";
const IMAGES: &str = "GET /v2/cloudimages";
const BACKUP: &str = "GET /v3/{project_id}/backups/{backup_id}";
const ASKED: [&str; 6] = [ZONES, TYPES, QUOTAS, SNAPSHOT, IMAGES, BACKUP];

const IMAGE: &str = "c6db9a3b-6bd1-4d3c-9d3b-0c0f6b5f5a10";
const BACKED_UP: &str = "1f2e3d4c-5b6a-4978-8695-a4b3c2d1e0f1";
const NOWHERE: &str = "00000000-0000-4000-8000-000000000000";

/// A cloud in which not everything can be had everywhere.
fn catalogue(quotas: &Value) -> Value {
    let zones = ["az-dc-1", "az-dc-2", "az-dc-3"];
    json!({
        "zones": zones, "unavailable_zones": ["az-dc-3"],
        "types": [
            {"id": "6f2dee9e-82f0-4be3-ad89-bae605a3d24f", "name": "SSD", "zones": zones},
            {"id": "6c81c680-df58-4512-81e7-ecf66d160638", "name": "SAS", "zones": zones, "sold_out": ["az-dc-2"]},
            {"id": "2b7c55d4-0b4e-4f37-8c1f-0b0f4f9a7d22", "name": "ESSD", "zones": ["az-dc-2"]},
        ],
        "quotas": quotas,
        "images": [{"id": IMAGE, "name": "server", "min_disk": 40, "min_ram": 0, "disk_format": "zvhd2", "size": 1, "os_type": "Linux", "os_version": "12"}],
        "backups": [{"id": BACKED_UP, "name": "nightly", "size": 40, "availability_zone": "az-dc-1"}],
    })
}

/// A world in that cloud.
fn world(quotas: &Value, volumes: &str) -> World {
    offering(&catalogue(quotas), volumes)
}

/// A snapshot of 40 GB of a volume in az-dc-1, which nothing records.
fn snapshot(world: &World) -> String {
    let volume = json!({"name": "source", "size": 40, "availability_zone": "az-dc-1", "volume_type": "SSD"});
    let (status, made) = world.cloud.call("POST", "/v3/{project_id}/volumes", Some(json!({ "volume": volume })));
    assert_eq!(status, 202, "{made}");
    let id = made["volume"]["id"].as_str().unwrap();
    let is = |path: &str, key: &str| world.cloud.call("GET", path, None).1[key]["status"] == "available";
    until("the volume is there", || is(&format!("/v2/{{project_id}}/cloudvolumes/{id}"), "volume"));
    let taken = json!({"snapshot": {"volume_id": id, "name": "base"}});
    let (status, taken) = world.cloud.call("POST", "/v2/{project_id}/cloudsnapshots", Some(taken));
    assert_eq!(status, 202, "{taken}");
    let id = taken["snapshot"]["id"].as_str().unwrap().to_owned();
    until("the snapshot is there", || is(&format!("/v2/{{project_id}}/cloudsnapshots/{id}"), "snapshot"));
    id
}

/// How often each of the calls of a pre-flight was made so far.
fn asked(world: &World) -> [u64; 6] {
    ASKED.map(|call| world.cloud.requests(call))
}

/// An answer of the quota call that allows nothing more.
fn exhausted() -> Value {
    let full = json!({"limit": 0, "in_use": 0, "reserved": 0});
    json!({"method": "GET", "path": "/v2/{project_id}/os-quota-sets/{target_id}",
        "then": {"status": 200, "body": {"quota_set": {"volumes": full, "gigabytes": full}}}})
}

/// What a plan finds unmet, each with the line of the manifest.
fn unmet(plan: &Value) -> Vec<(String, u32)> {
    let refusals = plan["plan"]["refusals"].as_array().unwrap().iter().filter(|it| it["code"] == "preflight");
    let mut found: Vec<(String, u32)> = refusals
        .map(|refusal| {
            let place = refusal["place"].as_str().unwrap();
            let line = place.split(':').rev().nth(1).unwrap().parse().unwrap();
            assert!(refusal["reason"].as_str().unwrap().starts_with(place), "{refusal}");
            (refusal["problem"].as_str().unwrap().to_owned(), line)
        })
        .collect();
    found.sort_by_key(|(problem, line)| (*line, problem.clone()));
    found
}

#[test]
fn every_problem_is_told_at_once_with_its_line_and_nothing_is_sent() {
    let world = world(&json!({"volumes": 22, "gigabytes_SSD": 700}), "  x: { size: 10 }");
    let taken = snapshot(&world);
    world.volumes(&format!(
        "  a: {{ size: 10, availability_zone: az-dc-9 }}
  b: {{ size: 10, availability_zone: az-dc-3 }}
  c: {{ size: 10, volume_type: ESSD }}
  d: {{ size: 10, volume_type: SAS, availability_zone: az-dc-2 }}
  e: {{ count: 12, size: 60 }}
  f: {{ size: 20, snapshot_id: {taken} }}
  g: {{ size: 40, snapshot_id: {taken}, availability_zone: az-dc-2 }}
  h: {{ size: 40, snapshot_id: {NOWHERE} }}
  i: {{ size: 40, imageRef: {NOWHERE} }}
  j: {{ size: 20, imageRef: {IMAGE} }}
  k: {{ size: 20, backup_id: {BACKED_UP} }}
  l: {{ size: 40, backup_id: {BACKED_UP}, availability_zone: az-dc-2 }}
  m: {{ size: 10, volume_type: SSDD }}"
    ));
    let plan = world.run(&["plan", "--format", "json"]).exits(4).json();
    let one = |problem: &str, line| (problem.to_owned(), line);
    assert_eq!(
        unmet(&plan),
        [
            one("zone-unknown", 5),
            one("zone-unavailable", 6),
            one("type-elsewhere", 7),
            one("type-sold-out", 8),
            one("quota-short", 9),
            one("quota-short", 9),
            one("source-larger", 10),
            one("source-elsewhere", 11),
            one("source-missing", 12),
            one("source-missing", 13),
            one("source-larger", 14),
            one("source-larger", 15),
            one("source-elsewhere", 16),
            one("type-unknown", 17),
        ],
        "{plan:#}"
    );
    assert_eq!(plan["plan"]["preflight"], "checked");
    assert_eq!(plan["summary"]["create"], 0, "each of them is refused");
    let told = world.run(&["plan"]).exits(4);
    let told = told.says("volume type ESSD does not exist in zone az-dc-1").says("did you mean SSD?");
    let told = told.says("the plan needs 24 of quota volumes, most of it for e, and 21 of 22 are left");
    let _ = told.says("quota gigabytes_SSD").says("name a zone that is there: az-dc-1, az-dc-2");
    let _ = world.run(&["apply", "--yes"]).exits(4).says("zone az-dc-3 is not available");
    assert_eq!(world.cloud.requests(CREATE), 0);
    assert!(!world.snapshot().exists(), "no run has begun");
}

#[test]
fn what_may_not_be_asked_is_a_warning() {
    let world =
        world(&json!({}), &format!("  a: {{ size: 40, imageRef: {IMAGE} }}\n  b: {{ size: 40, imageRef: {NOWHERE} }}"));
    let denied = |path: &str| json!({"path": path, "then": {"status": 403, "body": {"error": {"code": "EVS.5403", "message": "no right"}}}});
    world.cloud.faults(json!([denied("/v2/cloudimages")]));
    let plan = world.run(&["plan", "--format", "json"]).exits(0).json();
    let warnings = plan["plan"]["warnings"].as_array().unwrap();
    assert_eq!(warnings.len(), 1, "what one thing keeps from being asked is told once: {plan:#}");
    assert_eq!((&warnings[0]["code"], &warnings[0]["unchecked"]), (&json!("unchecked"), &json!("sources")));
    assert!(warnings[0]["cause"].as_str().unwrap().contains("EVS.5403"), "{plan:#}");
    let _ = world.run(&["plan"]).exits(0).says("could not be read, so they are not checked");
    let not_served = json!({"error_code": "APIGW.0101", "error_msg": "The API does not exist", "request_id": "0"});
    let quotas =
        json!({"path": "/v2/{project_id}/os-quota-sets/{target_id}", "then": {"status": 404, "body": not_served}});
    world.cloud.faults(json!([
        denied("/v2/cloudimages"),
        denied("/v2/{project_id}/os-availability-zone"),
        denied("/v2/{project_id}/types"),
        quotas
    ]));
    let plan = world.run(&["plan", "--format", "json"]).exits(0).json();
    let warnings = plan["plan"]["warnings"].as_array().unwrap().iter();
    let unchecked: Vec<&str> = warnings.map(|warning| warning["unchecked"].as_str().unwrap()).collect();
    assert_eq!(unchecked, ["zones", "types", "quotas", "sources"]);
    // What is asked after all is checked, also by the run itself.
    world.cloud.faults(json!([]));
    assert_eq!(unmet(&world.run(&["plan", "--format", "json"]).exits(4).json()), [("source-missing".to_owned(), 6)]);
}

#[test]
fn a_snapshot_whose_volume_is_gone_is_checked_as_far_as_it_can_be() {
    let base = "b836dc3d-4e10-4ea4-a34c-8f6b0460a583";
    let world = World::new(&format!(
        "  a: {{ size: 10, snapshot_id: {base} }}\n  b: {{ size: 10, snapshot_id: {base}, availability_zone: az-dc-2 }}"
    ));
    let plan = world.run(&["plan", "--format", "json"]).exits(0).json();
    assert_eq!(plan["plan"]["warnings"][0]["unchecked"], "placements", "{plan:#}");
    assert_eq!(asked(&world)[3], 1, "one snapshot is asked about once");
}

#[test]
fn only_what_steps_need_is_asked_and_once() {
    let world = world(&json!({}), "  web: { count: 2, size: 10 }\n  db: { size: 10 }");
    let _ = world.converge();
    assert_eq!(
        asked(&world),
        [1, 1, 1, 0, 0, 0],
        "an apply asks before its work, and the empty plan after it asks nothing"
    );
    world.volumes("  web: { count: 1, size: 10, name: other }\n  db: { size: 10, tags: { team: data } }");
    let plan = world.run(&["plan", "--format", "json"]).exits(0).json();
    assert_eq!((&plan["summary"]["delete"], plan["plan"].get("preflight")), (&json!(1), None));
    world.cloud.faults(json!([exhausted()]));
    let _ = world.run(&["apply", "--yes", "--allow-destroy", "1"]).exits(0);
    assert_eq!(asked(&world), [1, 1, 1, 0, 0, 0]);
    // What becomes larger needs a quota, and no zone.
    world.volumes("  web: { count: 1, size: 20, name: other }\n  db: { size: 10, tags: { team: data } }");
    let plan = world.run(&["plan", "--format", "json"]).exits(4).json();
    assert_eq!((asked(&world), unmet(&plan)), ([1, 1, 2, 0, 0, 0], vec![("quota-short".to_owned(), 5)]));
    assert_eq!((&plan["plan"]["refusals"][0]["wish"], &plan["summary"]["update"]), (&json!("extend"), &json!(0)));
    let _ = world.run(&["destroy", "--yes", "--allow-destroy", "2"]).exits(0);
    assert_eq!(asked(&world), [1, 1, 2, 0, 0, 0], "a destroy creates nothing");
}

#[test]
fn a_plan_that_was_not_checked_says_so() {
    let world = world(&json!({"volumes": 1}), "  web: { count: 2, size: 10 }");
    let _ =
        world.run(&["plan", "--no-preflight"]).exits(0).says("pre-flight: not made, since --no-preflight was given");
    let _ = world.run(&["plan", "--offline"]).exits(0).says("pre-flight: not made, since the cloud was not asked");
    let _ = world.run(&["plan", "--no-preflight", "--format", "markdown"]).exits(0).says("Pre-flight: not made");
    for (flag, says) in [("--no-preflight", "declined"), ("--offline", "offline")] {
        let plan = world.run(&["plan", flag, "--format", "json"]).exits(0).json();
        assert_eq!(plan["plan"]["preflight"], says);
    }
    assert_eq!(asked(&world), [0; 6]);
    let _ = world.run(&["apply", "--yes"]).exits(4);
    assert_eq!(world.cloud.requests(CREATE), 0);
    // The service itself says no then.
    let _ = world.run(&["apply", "--yes", "--no-preflight"]).exits(3).says("EVS.1034");
    assert_eq!(world.cloud.requests(CREATE), 1);
}

#[test]
fn a_resume_is_never_held_up() {
    let world = world(&json!({}), "  web: { count: 3, size: 10 }");
    let slow = json!({"method": "POST", "path": "/v3/{project_id}/cloudvolumes", "times": 1, "then": {"job": "slow", "by_ms": 3000}});
    world.cloud.faults(json!([slow]));
    let _ = world.run(&["apply", "--yes", "--timeout", "500ms"]).exits(7);
    let before = asked(&world);
    world.cloud.faults(json!([exhausted()]));
    let plan = world.run(&["plan", "--format", "json"]).exits(0).json();
    assert_eq!((&plan["summary"]["resume"], plan["plan"].get("preflight")), (&json!(3), None));
    let _ = world.run(&["apply", "--yes"]).exits(0);
    assert_eq!((asked(&world), world.cloud.requests(CREATE)), (before, 1));
}

#[test]
fn the_rest_is_carried_out_without_what_cannot_be_had() {
    let world =
        world(&json!({"gigabytes_SAS": 15}), "  web: { count: 2, size: 10 }\n  slow: { size: 10, volume_type: SAS }");
    let _ = world.converge();
    world.volumes("  web: { count: 3, size: 20 }\n  slow: { count: 2, size: 20, volume_type: SAS }\n  far: { size: 10, availability_zone: az-dc-9 }");
    let plan = world.run(&["plan", "--format", "json"]).exits(4).json();
    // 10 GB more of slow[1], and 20 GB of slow[2].
    let short = plan["plan"]["refusals"].as_array().unwrap().iter().find(|it| it["problem"] == "quota-short").unwrap();
    assert_eq!([&short["entry"], &short["need"], &short["left"]], [&json!("gigabytes_SAS"), &json!(30), &json!(5)]);
    let ran = world.run(&["apply", "--yes", "--skip-refused", "--format", "json"]).exits(4);
    assert_eq!((&ran.finished()["created"], &ran.finished()["failed"]), (&json!(1), &json!(0)));
    let sizes: Vec<u64> = world.cloud.volumes().iter().map(|volume| volume["size"].as_u64().unwrap()).collect();
    assert_eq!(sizes, [10, 20, 20, 20], "slow stays as it is");
}

#[test]
fn a_quota_moves_no_digest() {
    let world = world(&json!({}), "  web: { count: 2, size: 10 }");
    let file = world.dir.path().join("plan.json");
    let file = file.to_str().unwrap();
    let good = world.run(&["plan", "--format", "json", "--out", file]).exits(0).json();
    assert_eq!(good["plan"]["preflight"], "checked");
    world.cloud.faults(json!([exhausted()]));
    let bad = world.run(&["plan", "--format", "json"]).exits(4).json();
    assert_eq!(good["changes"], bad["changes"]);
    let digest = good["changes"].as_str().unwrap();
    for way in [["apply", "--plan", file], ["apply", "--approve", digest]] {
        let _ = world.run(&way).exits(4).says("of quota volumes");
    }
    assert_eq!(world.cloud.requests(CREATE), 0);
    world.cloud.faults(json!([]));
    let _ = world.run(&["apply", "--plan", file]).exits(0);
    assert_eq!(world.cloud.names().len(), 2);
}

#[test]
fn a_plan_file_that_was_refused_is_carried_out_once_the_quota_is_there() {
    let world = world(&json!({}), "  web: { count: 2, size: 10 }");
    world.cloud.faults(json!([exhausted()]));
    let file = world.dir.path().join("plan.json");
    let _ = world.run(&["plan", "--out", file.to_str().unwrap()]).exits(4);
    world.cloud.faults(json!([]));
    let _ = world.run(&["apply", "--plan", file.to_str().unwrap()]).exits(0);
    assert_eq!(world.cloud.names().len(), 2);
}
