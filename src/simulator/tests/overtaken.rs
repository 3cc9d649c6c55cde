//! Work whose place other work takes, which an edit of the status from outside makes possible: nothing stays reserved, and what
//! the first would have come to does not come. And time that is told to go back.

use super::retyping::prepaid;
use super::{World, blank, blank_with};
use crate::simulator::fault::JobTrouble;
use serde_json::{Value, json};

fn quotas(world: &mut World) -> Value {
    world.get("/v2/{p}/os-quota-sets/{p}?usage=True").1
}

fn begin(world: &mut World, id: &str, what: &str) {
    let (path, body) = match what {
        "extend" => (format!("/v2.1/{{p}}/cloudvolumes/{id}/action"), json!({"os-extend": {"new_size": 60}})),
        "extend less" => (format!("/v2.1/{{p}}/cloudvolumes/{id}/action"), json!({"os-extend": {"new_size": 50}})),
        "retype" => (format!("/v2/{{p}}/volumes/{id}/retype"), json!({"os-retype": {"new_type": "GPSSD"}})),
        "offer" => ("/v2/{p}/os-volume-transfer".to_owned(), json!({"transfer": {"volume_id": id, "name": "t"}})),
        "reserve" => (format!("/v3/{{p}}/volumes/{id}/action"), json!({"os-reserve": {}})),
        _ => panic!("{what}"),
    };
    let (status, answer) = world.post(&path, body);
    assert!((200..300).contains(&status), "{what}: {answer}");
}

fn delete(world: &mut World, id: &str) {
    assert_eq!(world.send("DELETE", &format!("/v2/{{p}}/cloudvolumes/{id}"), b"").0, 200);
    world.pass(200);
}

#[test]
fn whatever_hangs_and_is_deleted_leaves_no_quota_behind() {
    for (work, shown) in [("create", "error"), ("extend", "error_extending"), ("retype", "available")] {
        let mut world = World::new();
        let before = quotas(&mut world);
        if work == "create" {
            world.trouble = Some(JobTrouble::Hang);
            world.create(blank("v"));
        } else {
            world.create(blank("v"));
            world.pass(100);
            world.trouble = Some(JobTrouble::Hang);
        }
        let id = world.volumes()[0]["id"].as_str().unwrap().to_owned();
        if work != "create" {
            begin(&mut world, &id, work);
        }
        world.trouble = None;
        world.pass(50);
        world.edit(&id, json!({ "status": shown }));
        delete(&mut world, &id);
        assert_eq!((world.volumes().len(), quotas(&mut world)), (0, before.clone()), "{work}");
        assert_eq!(quotas(&mut world.again()), before, "{work}, after a restart");
    }
}

#[test]
fn the_later_work_counts_and_the_earlier_comes_to_nothing() {
    for first in ["extend", "retype"] {
        for second in ["extend less", "retype", "offer", "reserve"] {
            let mut world = World::new();
            let before = quotas(&mut world);
            world.create(blank("v"));
            world.pass(100);
            let id = world.volumes()[0]["id"].as_str().unwrap().to_owned();
            begin(&mut world, &id, first);
            world.edit(&id, json!({"status": "available"}));
            if (first, second) == ("retype", "retype") {
                continue;
            }
            begin(&mut world, &id, second);
            world.pass(300);
            let volume = world.shown(&id);
            let expected = match second {
                "extend less" => (50, "SSD", "available"),
                "retype" => (40, "GPSSD", "available"),
                "offer" => (40, "SSD", "awaiting-transfer"),
                _ => (40, "SSD", "attaching"),
            };
            let shown = (
                volume["size"].as_i64().unwrap(),
                volume["volume_type"].as_str().unwrap(),
                volume["status"].as_str().unwrap(),
            );
            assert_eq!(shown, expected, "{first}, then {second}");
            world.edit(&id, json!({"status": "available"}));
            delete(&mut world, &id);
            assert_eq!(quotas(&mut world), before, "{first}, then {second}");
            assert_eq!(quotas(&mut world.again()), before, "{first}, then {second}, after a restart");
        }
    }
}

#[test]
fn a_cloud_that_is_ahead_of_the_clock_goes_on_from_where_it_was() {
    let mut world = World::new();
    world.now += 86_400_000_000;
    world.create(blank("v"));
    world.pass(100);
    let created = world.volumes()[0]["created_at"].clone();
    let mut again = world.again();
    // The machine knows nothing of the day that the clock was ahead.
    again.now -= 86_400_000_000;
    again.create(blank("w"));
    again.pass(100);
    let volumes = again.volumes();
    assert_eq!((&volumes[0]["name"], &volumes[0]["status"]), (&json!("w"), &json!("available")));
    assert_eq!((&volumes[1]["created_at"], &volumes[1]["status"]), (&created, &json!("available")));
    // It is set back while it runs.
    again.now -= 3_600_000_000;
    let job = again.create(blank("x"));
    assert_eq!(again.job(&job)["status"], "INIT");
    again.pass(100);
    assert_eq!(again.job(&job)["status"], "SUCCESS");
}

#[test]
fn what_comes_back_from_the_recycle_bin_is_paid_by_use() {
    let mut world = World::new();
    let policy = json!({"switch": true, "threshold_time": 1, "keep_time": 7}).to_string();
    assert_eq!(world.send("PUT", "/v3/{p}/recycle-bin-volumes/policy", policy.as_bytes()).0, 204);
    let id = prepaid(&mut world, "SSD");
    world.edit(&id, json!({"created_at": "2020-01-01T00:00:00.000000"}));
    let (status, answer) = world.post("/v2/{p}/cloudvolumes/unsubscribe", json!({"volume_ids": [id]}));
    assert_eq!((status, &answer["results"][0]["result"]), (202, &json!("SUCCESS")));
    world.pass(100);
    assert_eq!(world.post(&format!("/v3/{{p}}/recycle-bin-volumes/{id}/revert"), json!({})).0, 204);
    assert_eq!(world.shown(&id)["metadata"].get("orderID"), None);
    delete(&mut world, &id);
}

#[test]
fn metadata_of_a_snapshot_have_a_limit_as_those_of_a_volume_have() {
    let mut world = World::new();
    world.create(blank_with(json!({"size": 20})));
    world.pass(100);
    let id = world.volumes()[0]["id"].as_str().unwrap().to_owned();
    let metadata: serde_json::Map<String, Value> =
        (0..2500).map(|n| (format!("{n:0250}"), json!("v".repeat(250)))).collect();
    let body = json!({"snapshot": {"volume_id": id, "metadata": metadata}});
    assert_eq!(world.post("/v2/{p}/cloudsnapshots", body).1["error"]["code"], "EVS.1005");
}
