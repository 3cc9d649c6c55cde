//! Data files of earlier versions: what they hold does what it did.

use super::{START, World};
use serde_json::{Value, json};

const VOLUME: &str = "5a98d1e5-09b1-4d2c-8f57-2d5a0d7b8e01";
/// The seconds of a job of ten.
const SECOND: i64 = 1_000_000;

fn job(kind: &str, at: i64, error: Option<&str>) -> Value {
    let mut task = json!({"id": kind, "volume": VOLUME, "number": 2, "begin": at + SECOND, "end": at + 9 * SECOND});
    if let Some(code) = error {
        task["error"] = json!(code);
    }
    json!({"id": kind, "project": super::PROJECT, "kind": kind, "accepted": at, "running": at + SECOND,
        "end": at + 10 * SECOND, "tasks": [task]})
}

fn happens(world: &mut World, at: i64, change: Value) {
    let event = json!({"at": at, "counter": 4, "change": change});
    world.cloud.apply(&serde_json::from_value(event).unwrap());
    world.now = at;
}

/// A volume that an earlier version made.
fn made(order: Option<&str>) -> World {
    let mut world = World::new();
    let metadata = order.map_or(json!({}), |id| json!({ "orderID": id }));
    let spec = json!({"zone": "az-dc-1", "volume_type": "SSD", "size": 40, "description": null, "snapshot_id": null,
        "image_id": null, "multiattach": false, "metadata": metadata, "tags": {}, "enterprise_project_id": "0",
        "image": {}, "iops": null, "throughput": null});
    let created = json!({"created": {"job": job("createVolume", START, None), "spec": spec, "names": ["v"]}});
    happens(&mut world, START, created);
    world
}

#[test]
fn jobs_without_effects_grow_and_delete_as_their_change_says() {
    let mut world = made(None);
    let at = START + 20 * SECOND;
    happens(&mut world, at, json!({"extending": {"job": job("extendVolume", at, None), "size": 50}}));
    assert_eq!(world.shown(VOLUME)["status"], "extending");
    world.pass(100);
    assert_eq!((&world.shown(VOLUME)["status"], &world.shown(VOLUME)["size"]), (&json!("available"), &json!(50)));
    assert_eq!(world.job("extendVolume")["status"], "SUCCESS");
    let at = START + 40 * SECOND;
    happens(&mut world, at, json!({"extending": {"job": job("extendVolume", at, Some("EVS.2026")), "size": 60}}));
    world.pass(100);
    assert_eq!((&world.shown(VOLUME)["status"], &world.shown(VOLUME)["size"]), (&json!("error_extending"), &json!(50)));
    assert_eq!(world.job("extendVolume")["fail_reason"], "EbsExtendVolumeTask-fail:volume is error_extending!");
    let at = START + 60 * SECOND;
    happens(&mut world, at, json!({"deleting": {"job": job("deleteVolume", at, None)}}));
    assert_eq!(world.shown(VOLUME)["status"], "deleting");
    world.pass(100);
    assert_eq!((world.in_use("gigabytes_SSD"), world.cloud.count()), (json!(0), 0));
}

#[test]
fn orders_for_one_volume_are_paid_as_they_were_written() {
    let goods = json!({"growth": {"volume": VOLUME, "size": 50}});
    let purchase = |id: &str| json!({"id": id, "project": super::PROJECT, "goods": goods});
    let at = START + 20 * SECOND;
    let paid = json!({"job": job("extendVolume", at, None)});
    let mut world = made(Some("CS1"));
    happens(&mut world, at, json!({"ordered": {"purchase": purchase("CS2"), "paid": paid}}));
    world.pass(100);
    assert_eq!(world.shown(VOLUME)["size"], 50);
    // One that was open, and is paid by this version.
    let mut world = made(Some("CS1"));
    happens(&mut world, at, json!({"ordered": {"purchase": purchase("CS3")}}));
    assert_eq!(world.shown(VOLUME)["size"], 40);
    assert_eq!(crate::simulator::purchase::pay(&mut world.cloud, "CS3").unwrap()["new_sizes"], json!([50]));
    world.pass(100);
    assert_eq!(world.shown(VOLUME)["size"], 50);
}
