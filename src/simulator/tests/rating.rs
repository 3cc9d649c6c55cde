//! IOPS and throughput that are changed: what it answers, what becomes of the volume, and what is refused.

use super::{World, failing, refused};
use crate::simulator::fault::JobTrouble;
use serde_json::{Value, json};

fn modify(world: &mut World, id: &str, fields: Value) -> (u16, Value) {
    let body = json!({ "qos_modify": fields }).to_string();
    world.send("PUT", &format!("/v5/{{p}}/cloudvolumes/{id}/qos"), body.as_bytes())
}

fn gpssd2(world: &mut World) -> String {
    world.made_with(json!({"volume_type": "GPSSD2", "iops": 3000, "throughput": 125}))
}

/// Status, IOPS and throughput.
fn state(world: &mut World, id: &str) -> (Value, Value, Value) {
    let shown = world.shown(id);
    (shown["status"].clone(), shown["iops"]["total_val"].clone(), shown["throughput"]["total_val"].clone())
}

fn is(status: &str, iops: u32, throughput: u32) -> (Value, Value, Value) {
    (json!(status), json!(iops), json!(throughput))
}

#[test]
fn a_volume_has_its_new_rates_when_the_job_is_over() {
    let mut world = World::new();
    let id = gpssd2(&mut world);
    let (status, body) = modify(&mut world, &id, json!({"iops": 10000, "throughput": 200}));
    assert_eq!((status, &body), (202, &json!({"job_id": body["job_id"]})));
    assert_eq!(state(&mut world, &id), is("retyping", 3000, 125));
    world.pass(50);
    let job = world.job(body["job_id"].as_str().unwrap());
    assert_eq!((&job["status"], &job["job_type"]), (&json!("RUNNING"), &json!("modifyVolumeQoS")));
    assert_eq!(job["entities"], json!({"volume_id": id}));
    assert_eq!(refused(modify(&mut world, &id, json!({"iops": 10000, "throughput": 200}))).1, "EVS.1031");
    let action = format!("/v2.1/{{p}}/cloudvolumes/{id}/action");
    assert_eq!(refused(world.post(&action, json!({"os-extend": {"new_size": 50}}))).1, "EVS.1064");
    world.pass(50);
    assert_eq!(world.job(body["job_id"].as_str().unwrap())["status"], "SUCCESS");
    assert_eq!(state(&mut world, &id), is("available", 10000, 200));

    let id = world.made_with(json!({"volume_type": "ESSD2", "iops": 500}));
    world.edit(&id, json!({"attached_to": "server-1"}));
    assert_eq!(modify(&mut world, &id, json!({"iops": 256_000})).0, 202);
    world.pass(100);
    assert_eq!(state(&mut world, &id), (json!("in-use"), json!(256_000), Value::Null));
}

#[test]
fn each_defect_has_its_code() {
    let mut world = World::new();
    let plain = world.made_with(json!({}));
    let essd2 = world.made_with(json!({"volume_type": "ESSD2", "iops": 500}));
    let id = gpssd2(&mut world);
    for (id, fields, expected) in [
        (&plain, json!({"iops": 3000}), "EVS.2070"),
        (&essd2, json!({"iops": 500, "throughput": 125}), "EVS.1070"),
        (&essd2, json!({"iops": 99}), "EVS.1070"),
        (&id, json!({"iops": 3000}), "EVS.1070"),
        (&id, json!({"throughput": 125}), "EVS.1070"),
        (&id, json!({"iops": 128_001, "throughput": 125}), "EVS.1070"),
        (&id, json!({"iops": 3000, "throughput": 124}), "EVS.1070"),
        (&id, json!({"iops": "3000", "throughput": 125}), "EVS.1018"),
        (&id, json!([]), "EVS.1018"),
        (&id, Value::Null, "EVS.2108"),
    ] {
        assert_eq!(refused(modify(&mut world, id, fields.clone())), (400, expected.to_owned()), "{fields}");
    }
    let rates = || json!({"iops": 3000, "throughput": 125});
    let gone = "8dd7c486-8e9f-49fe-bceb-26aa7e312b66";
    assert_eq!(refused(modify(&mut world, gone, rates())), (404, "EVS.5404".to_owned()));
    assert_eq!(refused(modify(&mut world, "x", rates())).1, "EVS.1002");
    let body = json!({ "qos_modify": rates() }).to_string();
    let foreign = format!("/v5/fedcba9876543210fedcba9876543210/cloudvolumes/{id}/qos");
    assert_eq!(world.send("PUT", &foreign, body.as_bytes()).0, 404);
    assert_eq!(refused(world.send("PUT", &format!("/v5/{{p}}/cloudvolumes/{id}/qos"), b"[]")).1, "EVS.2108");
    world.edit(&id, json!({"locked_by": "CBR"}));
    assert_eq!(refused(modify(&mut world, &id, rates())).1, "EVS.2068");
    world.edit(&id, json!({"locked_by": null, "status": "error"}));
    assert_eq!(refused(modify(&mut world, &id, rates())).1, "EVS.1031");
}

#[test]
fn a_change_that_fails_or_hangs_and_a_restart_in_the_middle() {
    for (trouble, job_status, after) in [
        (None, "SUCCESS", is("available", 10000, 200)),
        (failing(None), "FAIL", is("available", 3000, 125)),
        (Some(JobTrouble::Hang), "RUNNING", is("retyping", 3000, 125)),
    ] {
        let mut world = World::new();
        let id = gpssd2(&mut world);
        world.trouble = trouble;
        let (_, body) = modify(&mut world, &id, json!({"iops": 10000, "throughput": 200}));
        world.trouble = None;
        world.pass(50);
        let mut again = world.again();
        for world in [&mut world, &mut again] {
            assert_eq!(state(world, &id), is("retyping", 3000, 125));
            world.pass(50);
            let job = world.job(body["job_id"].as_str().unwrap());
            assert_eq!(job["status"], job_status);
            if job_status == "FAIL" {
                assert_eq!(job["error_code"], "EVS.2050");
                assert_eq!(job["fail_reason"], "EbsModifyVolumeQosTask-fail:set volume Qos failed!");
            }
            assert_eq!(state(world, &id), after);
        }
    }
}
