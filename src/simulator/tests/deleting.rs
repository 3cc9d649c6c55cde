//! Deleting: each rule of evs-api 7.5 with its code, and jobs that go wrong.

use super::http::{quick, start};
use super::{World, blank, failing, refused};
use crate::simulator::fault::JobTrouble;
use reqwest::Method;
use serde_json::{Value, json};

fn delete(world: &mut World, id: &str) -> (u16, Value) {
    world.send("DELETE", &format!("/v2/{{p}}/cloudvolumes/{id}"), b"")
}

#[test]
fn the_status_decides() {
    for (status, expected) in [
        ("available", (200, "")),
        ("error", (200, "")),
        ("error_extending", (200, "")),
        ("error_restoring", (200, "")),
        ("error_rollbacking", (200, "")),
        ("in-use", (400, "EVS.1046")),
        ("extending", (400, "EVS.1046")),
        ("attaching", (400, "EVS.1046")),
        ("rollbacking", (400, "EVS.1046")),
        ("awaiting-transfer", (400, "EVS.1046")),
        ("something-new", (400, "EVS.1046")),
        ("backing-up", (400, "EVS.2130")),
        ("error_deleting", (500, "EVS.2020")),
    ] {
        let mut world = World::new();
        let id = world.made(false);
        world.edit(&id, json!({ "status": status }));
        assert_eq!(refused(delete(&mut world, &id)), (expected.0, expected.1.to_owned()), "{status}");
        world.pass(100);
        assert_eq!(world.volumes().len(), usize::from(expected.0 != 200), "{status}");
    }
}

#[test]
fn what_is_attached_locked_protected_or_prepaid_stays() {
    let mut world = World::new();
    let id = world.made(false);
    for (edit, code) in [
        (json!({"attached_to": "s"}), "EVS.1046"),
        (json!({"status": "error_extending"}), "EVS.2068"),
        (json!({"attached_to": null, "locked_by": "CBR"}), "EVS.2068"),
        (json!({"locked_by": "SDRS"}), "EVS.2089"),
    ] {
        world.edit(&id, edit.clone());
        assert_eq!(refused(delete(&mut world, &id)), (400, code.to_owned()), "{edit}");
        let (status, answer) = world.send("DELETE", &format!("/v3/{{p}}/volumes/{id}?cascade=true"), b"");
        assert_eq!((status, &answer["badRequest"]["code"]), (400, &json!(400)));
    }
    world.edit(&id, json!({"locked_by": null}));
    assert_eq!(delete(&mut world, &id).0, 200);
    let bought = json!({"chargingMode": "prePaid", "periodType": "month", "periodNum": 1, "isAutoPay": "true"});
    let mut world = World::new();
    world.post("/v2.1/{p}/cloudvolumes", json!({"volume": blank("v"), "bssParam": bought}));
    world.pass(100);
    let id = world.volumes()[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(refused(delete(&mut world, &id)), (400, "EVS.1035".to_owned()));
}

#[test]
fn a_deletion_fails_or_hangs_with_its_job() {
    let mut world = World::new();
    let id = world.made(false);
    world.trouble = Some(JobTrouble::Hang);
    let hung = delete(&mut world, &id).1["job_id"].as_str().unwrap().to_owned();
    world.pass(1000);
    assert_eq!((&world.job(&hung)["status"], &world.shown(&id)["status"]), (&json!("RUNNING"), &json!("deleting")));
    assert_eq!(refused(delete(&mut world, &id)).1, "EVS.1046");
    assert_eq!(world.edit(&id, json!({"gone": true})).0, 400);
    let id = world.made(false);
    world.trouble = failing(None);
    let failed = delete(&mut world, &id).1["job_id"].as_str().unwrap().to_owned();
    world.trouble = None;
    world.pass(100);
    let job = world.job(&failed);
    assert_eq!((&job["job_type"], &job["status"]), (&json!("deleteVolume"), &json!("FAIL")));
    assert_eq!((&job["error_code"], &job["entities"]["volume_id"]), (&json!("EVS.2020"), &json!(id)));
    assert_eq!(job["fail_reason"], "EbsDeleteVolumeTask-fail:volume is error_deleting!");
    let grow = json!({"os-extend": {"new_size": 50}});
    assert_eq!(refused(world.post(&format!("/v2.1/{{p}}/cloudvolumes/{id}/action"), grow)).1, "EVS.1064");
    let mut again = world.again();
    for world in [&mut world, &mut again] {
        assert_eq!(refused(delete(world, &id)), (500, "EVS.2020".to_owned()));
        assert_eq!(world.in_use("volumes"), 2);
        // Somebody has put it right.
        world.edit(&id, json!({"status": "error"}));
        assert_eq!(delete(world, &id).0, 200);
        world.pass(100);
        assert_eq!(world.in_use("volumes"), 1);
    }
}

#[tokio::test]
async fn a_lost_reply_means_nothing_for_the_work() {
    let cloud = start(quick()).await;
    for (then, gone) in [
        (json!({"cut": "before"}), false),
        (json!({"status": 503}), false),
        (json!({"cut": "after"}), true),
        (json!({"job": "vanish", "cut": "after"}), true),
        (json!({"job": "fail", "cut": "after"}), false),
    ] {
        cloud.create(blank("v")).await.unwrap();
        let id = cloud.get("/v2/{p}/cloudvolumes/detail").await.1["volumes"][0]["id"].as_str().unwrap().to_owned();
        cloud.faults(json!([{"method": "DELETE", "times": 1, "then": then}])).await;
        let path = format!("/v2/{{p}}/cloudvolumes/{id}");
        let _ = cloud.send(Method::DELETE, &path, None).await;
        assert_eq!(cloud.get(&path).await.0 == 404, gone, "{then}");
    }
    assert_eq!(cloud.get("/v2/{p}/cloudvolumes/detail?status=error_deleting").await.1["count"], 1);
    cloud.simulator.stop().await;
}
