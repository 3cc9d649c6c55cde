//! Growing several volumes by one call.

use super::http::{quick, start};
use super::{World, blank, blank_with, failing, refused};
use crate::simulator::fault::JobTrouble;
use crate::simulator::purchase::{cancel, list, pay};
use reqwest::Method;
use serde_json::{Value, json};

const PATH: &str = "/v5/{p}/volumes/batch-extend";

fn bought(pays: &str) -> Value {
    json!({"chargingMode": "prePaid", "periodType": "month", "periodNum": 1, "isAutoPay": pays})
}

/// A world with so many available volumes of 40 GB.
fn world(count: usize) -> (World, Vec<String>) {
    let mut world = World::new();
    let ids = (0..count).map(|_| world.made(false)).collect();
    (world, ids)
}

fn prepaid(world: &mut World) -> String {
    world.post("/v2.1/{p}/cloudvolumes", json!({"volume": blank("prepaid"), "bssParam": bought("true")}));
    world.pass(100);
    world.volumes()[0]["id"].as_str().unwrap().to_owned()
}

fn all(ids: &[String], size: u32) -> Value {
    let volumes: Vec<Value> = ids.iter().map(|id| json!({"id": id, "new_size": size})).collect();
    json!({ "volumes": volumes })
}

fn sizes(world: &mut World, ids: &[String]) -> Vec<(String, u64)> {
    let shown = |id: &String| {
        let shown = world.shown(id);
        (shown["status"].as_str().unwrap().to_owned(), shown["size"].as_u64().unwrap())
    };
    ids.iter().map(shown).collect()
}

fn each(status: &str, size: u64, count: usize) -> Vec<(String, u64)> {
    vec![(status.to_owned(), size); count]
}

#[test]
fn one_job_has_a_sub_job_for_each_volume() {
    let (mut world, ids) = world(5);
    let (status, answer) = world.post(PATH, all(&ids, 50));
    assert_eq!((status, answer.as_object().unwrap().len()), (202, 1), "{answer}");
    let job_id = answer["job_id"].as_str().unwrap();
    assert_eq!(sizes(&mut world, &ids), each("extending", 40, 5));
    world.pass(61);
    let job = world.job(job_id);
    assert_eq!((&job["status"], &job["job_type"]), (&json!("RUNNING"), &json!("batchExtendVolume")));
    let sub_jobs = job["entities"]["sub_jobs"].as_array().unwrap();
    assert!(sub_jobs.iter().all(|it| it["job_type"] == "extendVolume"));
    let about: Vec<&str> = sub_jobs.iter().map(|it| it["entities"]["volume_id"].as_str().unwrap()).collect();
    assert!(about != ids && ids.iter().all(|id| about.contains(&id.as_str())), "in no order that could be relied on");
    let ended: Vec<bool> = sub_jobs.iter().map(|it| it["status"] == "SUCCESS").collect();
    assert_eq!(ended, [true, true, false, false, false]);
    for (id, ended) in about.iter().zip(ended) {
        assert_eq!(world.shown(id)["status"] == "available", ended, "each ends by itself");
    }
    world.pass(39);
    assert_eq!(world.job(job_id)["status"], "SUCCESS");
    assert_eq!(sizes(&mut world, &ids), each("available", 50, 5));
    assert_eq!(world.in_use("gigabytes_SSD"), 250);
    // One volume is a batch too.
    let (_, answer) = world.post(PATH, all(&ids[..1], 60));
    world.pass(100);
    assert_eq!(world.job(answer["job_id"].as_str().unwrap())["entities"]["sub_jobs"].as_array().unwrap().len(), 1);
}

#[test]
fn a_call_of_which_one_volume_cannot_grow_is_refused_as_a_whole() {
    let (mut world, ids) = world(3);
    let unknown = "8dd7c486-8e9f-49fe-bceb-26aa7e312b66";
    let with = |item: Value| json!({"volumes": [{"id": ids[0], "new_size": 50}, item]});
    for (body, status, code) in [
        (json!([]), 400, "EVS.2108"),
        (json!({}), 400, "EVS.1011"),
        (json!({"volumes": []}), 400, "EVS.1011"),
        (json!({"volumes": {}}), 400, "EVS.1018"),
        (json!({"volumes": vec![json!({}); 101]}), 400, "EVS.1021"),
        (with(json!("x")), 400, "EVS.1018"),
        (with(json!({"new_size": 50})), 400, "EVS.1002"),
        (with(json!({"id": "x", "new_size": 50})), 400, "EVS.1002"),
        (with(json!({"id": unknown, "new_size": 50})), 404, "EVS.5404"),
        (with(json!({"id": ids[1]})), 400, "EVS.1011"),
        (with(json!({"id": ids[1], "new_size": "50"})), 400, "EVS.1018"),
        (with(json!({"id": ids[1], "new_size": 40.9})), 400, "EVS.1015"),
        (with(json!({"id": ids[1], "new_size": 32_769})), 400, "EVS.1010"),
        (with(json!({"id": ids[0], "new_size": 60})), 400, "EVS.1032"),
        (json!({"volumes": [{"id": ids[0], "new_size": 50}], "bss_param": []}), 400, "EVS.2147"),
        (json!({"volumes": [{"id": ids[0], "new_size": 50}], "bss_param": {"is_auto_pay": "yes"}}), 400, "EVS.2147"),
    ] {
        assert_eq!(refused(world.post(PATH, body.clone())), (status, code.to_owned()), "{body}");
    }
    for (edit, code) in [
        (json!({"status": "error"}), "EVS.1064"),
        (json!({"status": "available", "attached_to": "s", "server_status": "BUILD"}), ""),
        (json!({"status": "in-use"}), "EVS.1066"),
        (json!({"server_status": null}), "EVS.2131"),
    ] {
        world.edit(&ids[2], edit);
        if !code.is_empty() {
            assert_eq!(refused(world.post(PATH, all(&ids, 50))), (400, code.to_owned()));
        }
    }
    assert_eq!(sizes(&mut world, &ids[..2]), each("available", 40, 2), "nothing has begun");
}

#[test]
fn the_quota_is_for_all_of_them() {
    let quotas = r#"{"zones":["az-dc-1"],"quotas":{"gigabytes":100,"gigabytes_SSD":60},"types":[
        {"id":"t","name":"SSD","zones":["az-dc-1"]},{"id":"u","name":"SAS","zones":["az-dc-1"]}]}"#;
    let mut world = World::with(Some(quotas));
    let fast = [0; 2].map(|_| world.made_with(json!({"size": 20})));
    let slow = world.made_with(json!({"size": 20, "volume_type": "SAS"}));
    assert_eq!(refused(world.post(PATH, all(&fast, 31))).1, "EVS.1042", "of the type");
    let mixed = |size: u32| json!({"volumes": [{"id": fast[0], "new_size": 40}, {"id": slow, "new_size": size}]});
    assert_eq!(refused(world.post(PATH, mixed(41))).1, "EVS.1042", "of all");
    assert_eq!(world.post(PATH, mixed(40)).0, 202);
    let (status, answer) =
        world.post(&format!("/v3/{{p}}/volumes/{}/action", fast[1]), json!({"os-extend": {"new_size": 30}}));
    assert_eq!((status, &answer["overLimit"]["code"]), (413, &json!(413)), "Cinder has a status of its own");
}

#[test]
fn what_is_prepaid_grows_by_one_order() {
    for pays in [json!(true), json!("true")] {
        let (mut world, mut ids) = world(1);
        ids.extend([prepaid(&mut world), prepaid(&mut world)]);
        let mut body = all(&ids, 50);
        body["bss_param"] = json!({ "is_auto_pay": pays });
        let (status, answer) = world.post(PATH, body);
        assert_eq!((status, answer.as_object().unwrap().len()), (202, 2), "{answer}");
        assert_eq!(sizes(&mut world, &ids), each("extending", 40, 3));
        world.pass(100);
        assert_eq!(sizes(&mut world, &ids), each("available", 50, 3));
    }
    let (mut world, mut ids) = world(1);
    ids.extend([prepaid(&mut world), prepaid(&mut world)]);
    let (_, answer) = world.post(PATH, all(&ids, 50));
    let order = answer["order_id"].as_str().unwrap();
    world.pass(500);
    assert_eq!(sizes(&mut world, &ids[1..]), each("available", 40, 2), "not before it is paid");
    let kept = list(&world.cloud)["orders"][2].clone();
    assert_eq!((&kept["what"], &kept["paid"]), (&json!("extend"), &json!(false)));
    assert_eq!((&kept["volume_ids"], &kept["new_sizes"]), (&json!(ids[1..]), &json!([50, 50])));
    // By now one of them cannot grow.
    world.edit(&ids[2], json!({"status": "backing-up"}));
    assert_eq!(pay(&mut world.cloud, order).unwrap_err().code, "EVS.1064");
    assert_eq!(sizes(&mut world, &ids[1..2]), each("available", 40, 1));
    world.edit(&ids[2], json!({"status": "available"}));
    assert_eq!(pay(&mut world.cloud, order).unwrap()["paid"], true);
    world.pass(100);
    assert_eq!(sizes(&mut world, &ids), each("available", 50, 3));
}

#[test]
fn an_order_that_was_cancelled_is_never_paid() {
    let (mut world, _) = world(0);
    let id = prepaid(&mut world);
    let grow = json!({"os-extend": {"new_size": 50}});
    let (_, answer) = world.post(&format!("/v2.1/{{p}}/cloudvolumes/{id}/action"), grow);
    let order = answer["order_id"].as_str().unwrap();
    for _ in 0..2 {
        assert_eq!(cancel(&mut world.cloud, order).unwrap()["cancelled"], true);
    }
    let mut again = world.again();
    for world in [&mut world, &mut again] {
        assert_eq!(pay(&mut world.cloud, order).unwrap_err().code, "EVS.1070");
        assert_eq!(sizes(world, std::slice::from_ref(&id)), each("available", 40, 1));
        let paid = list(&world.cloud)["orders"][0]["order_id"].as_str().unwrap().to_owned();
        assert_eq!(cancel(&mut world.cloud, &paid).unwrap_err().code, "EVS.1070");
    }
    assert_eq!(cancel(&mut world.cloud, "CS0").unwrap_err().code, "EVS.5404");
}

#[test]
fn chosen_sub_jobs_fail_or_hang_and_the_others_do_not() {
    let (mut world, ids) = world(3);
    world.trouble = failing(Some(vec![2]));
    let failed = world.post(PATH, all(&ids, 50)).1["job_id"].as_str().unwrap().to_owned();
    world.trouble = Some(JobTrouble::HangIn(vec![1]));
    world.pass(100);
    let job = world.job(&failed);
    assert_eq!((&job["status"], &job["error_code"]), (&json!("FAIL"), &json!("EVS.2026")));
    assert_eq!(job["fail_reason"], "EbsExtendVolumeTask-fail:volume is error_extending!");
    let sub_jobs = job["entities"]["sub_jobs"].as_array().unwrap();
    let about = sub_jobs.iter().find(|it| it["status"] == "FAIL").unwrap();
    assert_eq!((&about["entities"]["volume_id"], &about["error_code"]), (&json!(ids[1]), &json!("EVS.2026")));
    assert_eq!(sizes(&mut world, &ids[1..2]), each("error_extending", 40, 1), "the second of the request");
    assert_eq!(world.in_use("gigabytes_SSD"), 140);
    let both = [ids[0].clone(), ids[2].clone()];
    let hung = world.post(PATH, all(&both, 60)).1["job_id"].as_str().unwrap().to_owned();
    world.trouble = None;
    world.pass(1000);
    assert_eq!(world.job(&hung)["status"], "RUNNING");
    assert_eq!(sizes(&mut world, &both[1..]), each("available", 60, 1));
    assert_eq!(sizes(&mut world, &both[..1]), each("extending", 50, 1));
    // What a task holds is not changed by another.
    assert_eq!(refused(world.post(PATH, all(&both, 70))).1, "EVS.1064");
    let path = format!("/v2/{{p}}/cloudvolumes/{}", both[0]);
    assert_eq!(refused(world.send("DELETE", &path, b"")).1, "EVS.1046");
    let snapshot = json!({"snapshot": {"volume_id": both[0], "force": true}});
    assert_eq!(refused(world.post("/v2/{p}/cloudsnapshots", snapshot)).1, "EVS.1031");
    assert_eq!(world.edit(&both[0], json!({"size": 80})).1["error"]["code"], "EVS.1046");
    // Words and tags are free.
    assert_eq!(world.send("PUT", &path, br#"{"volume":{"name":"n"}}"#).0, 200);
}

#[test]
fn batches_come_back_from_the_data_file() {
    let (mut world, mut ids) = world(3);
    ids.push(prepaid(&mut world));
    world.trouble = failing(Some(vec![3, 4]));
    let (_, answer) = world.post(PATH, all(&ids, 50));
    world.trouble = None;
    world.pass(50);
    let mut again = world.again();
    let (job, order) = (answer["job_id"].as_str().unwrap(), answer["order_id"].as_str().unwrap());
    for world in [&mut world, &mut again] {
        pay(&mut world.cloud, order).unwrap();
        world.pass(100);
        assert_eq!(world.job(job)["status"], "FAIL");
        assert_eq!(sizes(world, &ids[..2]), each("available", 50, 2));
        assert_eq!(sizes(world, &ids[2..]), each("error_extending", 40, 2), "the order keeps its trouble");
    }
    assert_eq!((world.volumes(), world.job(job)), (again.volumes(), again.job(job)));
    assert_eq!(world.in_use("gigabytes"), again.in_use("gigabytes"));
}

#[tokio::test]
async fn a_reply_may_be_lost_the_work_late_and_the_call_not_served() {
    let cloud = start(quick()).await;
    cloud.create(blank_with(json!({"count": 2}))).await.unwrap();
    let listed = cloud.get("/v2/{p}/cloudvolumes/detail").await.1;
    let ids = [0, 1].map(|n| listed["volumes"][n]["id"].as_str().unwrap().to_owned());
    let once = |then: Value| json!([{"path": "/v5/{project_id}/volumes/batch-extend", "times": 1, "then": then}]);
    let body = json!({"error_code": "APIGW.0101", "error_msg": "The API does not exist", "request_id": "0"});
    cloud.faults(once(json!({"status": 404, "body": body}))).await;
    assert_eq!(cloud.json(Method::POST, PATH, Some(all(&ids, 50))).await, (404, body));
    cloud.faults(once(json!({"cut": "before"}))).await;
    assert!(cloud.send(Method::POST, PATH, Some(all(&ids, 50))).await.is_err());
    let size = async || cloud.get(&format!("/v2/{{p}}/cloudvolumes/{}", ids[0])).await.1["volume"]["size"].clone();
    assert_eq!(size().await, 40);
    cloud.faults(once(json!({"cut": "after"}))).await;
    assert!(cloud.send(Method::POST, PATH, Some(all(&ids, 50))).await.is_err());
    assert_eq!(size().await, 50);
    cloud.faults(once(json!({"late_ms": 200}))).await;
    assert!(cloud.send(Method::POST, PATH, Some(all(&ids, 60))).await.is_err());
    while size().await != 60 {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    cloud.faults(once(json!({"job": "vanish", "cut": "after"}))).await;
    assert!(cloud.send(Method::POST, PATH, Some(all(&ids, 70))).await.is_err());
    assert_eq!(size().await, 70);
    cloud.faults(once(json!({"job": "fail", "sub_jobs": [2]}))).await;
    let (status, answer) = cloud.json(Method::POST, PATH, Some(all(&ids, 80))).await;
    let (_, job) = cloud.get(&format!("/v1/{{p}}/jobs/{}", answer["job_id"].as_str().unwrap())).await;
    assert_eq!((status, &job["error_code"], size().await), (202, &json!("EVS.2026"), json!(80)));
    assert_eq!(cloud.get("/_sim/orders").await.1, json!({"orders": []}));
    let (status, _) = cloud.json(Method::POST, "/_sim/orders/CS0/cancel", None).await;
    assert_eq!(status, 404);
    cloud.simulator.stop().await;
}
