//! What Cinder's create call, and the v2 one, take beside what all create calls do.

use super::{World, blank_with, refused};
use serde_json::{Value, json};

const POOL: &str = "e3a1b2c4-6d5f-4a7b-9c8d-0e1f2a3b4c05";
const SNAPSHOT: &str = "b836dc3d-4e10-4ea4-a34c-8f6b0460a583";
const ANY: &str = "8dd7c486-8e9f-49fe-bceb-26aa7e312b66";

fn create(world: &mut World, version: &str, fields: Value) -> (u16, Value) {
    world.post(&format!("/{version}/{{p}}/volumes"), json!({ "volume": blank_with(fields) }))
}

fn message(answer: &(u16, Value)) -> (u16, &str) {
    (answer.0, answer.1["badRequest"]["message"].as_str().unwrap_or_default())
}

#[test]
fn no_volume_comes_of_a_source_that_is_not_supported() {
    let mut world = World::new();
    for version in ["v2", "v3"] {
        for field in ["source_volid", "source_replica", "consistencygroup_id", "group_id", "backup_id"] {
            let answer = create(&mut world, version, json!({ field: ANY }));
            assert_eq!(message(&answer), (400, format!("{field} is not supported.").as_str()));
            assert_eq!(create(&mut world, version, json!({ field: 1 })).0, 400);
            assert_eq!(create(&mut world, version, json!({ field: null })).0, 202, "as clients send it");
            assert_eq!(create(&mut world, version, json!({ field: "" })).0, 202);
        }
        for other in ["snapshot_id", "imageRef"] {
            let answer = create(&mut world, version, json!({"source_volid": ANY, other: SNAPSHOT}));
            assert!(message(&answer).1.starts_with("Invalid input received: May specify only one of"), "{answer:?}");
        }
    }
    assert_eq!(world.volumes().len(), 20);
}

#[test]
fn a_pool_is_named_over_cinder_and_v2_and_not_over_v3() {
    let hints = |id: Value| json!({"volume": blank_with(json!({})), "OS-SCH-HNT:scheduler_hints": {"dedicated_storage_id": id}});
    for (path, status) in [("/v2/{p}/volumes", 202), ("/v3/{p}/volumes", 202), ("/v2/{p}/cloudvolumes", 200)] {
        let mut world = World::new();
        for none in [json!(null), json!("")] {
            assert_eq!(world.post(path, hints(none)).0, status);
            assert_eq!(world.volumes()[0].get("dedicated_storage_id"), None, "{path}");
            world.pass(1);
        }
        let (refused, body) = world.post(path, hints(json!(ANY)));
        assert_eq!(refused, 400, "{path} {body}");
        assert_eq!(world.post(path, hints(json!(7))).0, 400);
        assert_eq!(world.volumes().len(), 2);
        let (answered, body) = world.post(path, hints(json!(POOL)));
        assert_eq!(answered, status);
        let of_answer = if status == 202 { body["volume"]["dedicated_storage_id"].clone() } else { json!(POOL) };
        let shown = &world.volumes()[0];
        assert_eq!((&shown["dedicated_storage_id"], &of_answer), (&json!(POOL), &json!(POOL)), "{path}");
        assert_eq!((&shown["dedicated_storage_name"], &shown["service_type"]), (&json!("dss-pool-1"), &json!("DSS")));
        assert_eq!(world.again().volumes(), world.volumes());
    }
    let mut world = World::new();
    assert_eq!(world.post("/v3/{p}/cloudvolumes", hints(json!(POOL))).0, 200);
    assert_eq!(world.volumes()[0].get("dedicated_storage_id"), None);
    // The code, where the envelope has one.
    assert_eq!(refused(world.post("/v2/{p}/cloudvolumes", hints(json!(ANY)))), (400, "EVS.1032".to_owned()));
}

#[test]
fn zones_of_a_disaster_recovery_stand_for_the_zone_over_v3() {
    let mut world = World::new();
    let several = |zones: Value| json!({"availability_zone": null, "disaster_recovery_azs": zones});
    let (status, body) = create(&mut world, "v3", several(json!(["az-dc-2", "az-dc-1"])));
    assert_eq!((status, &body["volume"]["availability_zone"]), (202, &json!("az-dc-2")));
    assert_eq!(world.again().volumes()[0]["availability_zone"], "az-dc-2");
    for none in [json!([]), json!(null)] {
        let (status, body) = create(&mut world, "v3", several(none));
        assert_eq!((status, &body["volume"]["availability_zone"]), (202, &json!("az-dc-1")), "the default");
    }
    for wrong in [json!("az-dc-1"), json!([1]), json!(["az-dc-1", "none"]), json!(["none"]), json!([""])] {
        assert_eq!(create(&mut world, "v3", several(wrong.clone())).0, 400, "{wrong}");
    }
    let both = create(&mut world, "v3", json!({"disaster_recovery_azs": ["az-dc-2"]}));
    assert!(message(&both).1.starts_with("invalid availability zone!"), "{both:?}");
    // A type that one of the zones does not have, or has no more.
    for (of, zones) in [("ESSD", ["az-dc-1", "az-dc-2"]), ("SATA", ["az-dc-1", "az-dc-3"])] {
        let fields = json!({"availability_zone": null, "disaster_recovery_azs": zones, "volume_type": of});
        assert_eq!(create(&mut world, "v3", fields).0, 400, "{of}");
    }
    assert_eq!(world.volumes().len(), 3);
    let (status, body) = create(&mut world, "v2", json!({"disaster_recovery_azs": ["az-dc-2"]}));
    assert_eq!((status, &body["volume"]["availability_zone"]), (202, &json!("az-dc-1")), "v2 knows no such field");
}
