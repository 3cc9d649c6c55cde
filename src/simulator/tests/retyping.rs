//! Another type: what it answers, what becomes of the volume and of the quota, and what is refused.

use super::{PROJECT, World, blank_with, failing, refused};
use crate::simulator::fault::{Failure, JobTrouble};
use crate::simulator::purchase::{cancel, list, pay};
use serde_json::{Value, json};

const PREPAID: &str = r#"{"chargingMode": "prePaid", "periodType": "month", "periodNum": 1, "isAutoPay": "true"}"#;
const NO_SUCH: &str = "8dd7c486-8e9f-49fe-bceb-26aa7e312b66";

fn to(fields: Value) -> Value {
    json!({ "os-retype": fields })
}

fn retype(world: &mut World, id: &str, body: Value) -> (u16, Value) {
    world.post(&format!("/v2/{{p}}/volumes/{id}/retype"), body)
}

/// A volume of that type, made.
fn of(world: &mut World, volume_type: &str) -> String {
    let rates = match volume_type {
        "GPSSD2" => json!({"volume_type": "GPSSD2", "iops": 3000, "throughput": 125}),
        "ESSD2" => json!({"volume_type": "ESSD2", "iops": 500}),
        _ => json!({ "volume_type": volume_type }),
    };
    world.made_with(rates)
}

pub(super) fn prepaid(world: &mut World, volume_type: &str) -> String {
    let billing: Value = serde_json::from_str(PREPAID).unwrap();
    let volume = blank_with(json!({ "volume_type": volume_type }));
    world.post("/v2.1/{p}/cloudvolumes", json!({"volume": volume, "bssParam": billing}));
    world.pass(100);
    world.volumes()[0]["id"].as_str().unwrap().to_owned()
}

/// GB of the snapshots that the catalogue has.
const THERE: i64 = 220;

/// Number and GB of a type, or of all: reserved, then in use.
fn quota(world: &mut World, entry: &str) -> [[i64; 2]; 2] {
    let set = world.get("/v2/{p}/os-quota-sets/{p}?usage=True").1["quota_set"].clone();
    [format!("volumes{entry}"), format!("gigabytes{entry}")]
        .map(|entry| ["reserved", "in_use"].map(|part| set[&entry][part].as_i64().unwrap()))
}

fn state(world: &mut World, id: &str) -> (String, String) {
    let shown = world.shown(id);
    let text = |field: &str| shown[field].as_str().unwrap().to_owned();
    (text("status"), text("volume_type"))
}

fn is(status: &str, volume_type: &str) -> (String, String) {
    (status.to_owned(), volume_type.to_owned())
}

#[test]
fn a_volume_has_its_new_type_when_the_job_is_over() {
    let mut world = World::new();
    let id = of(&mut world, "SAS");
    let (status, body) = retype(&mut world, &id, to(json!({"new_type": "GPSSD2", "iops": 3000, "throughput": 125})));
    assert_eq!((status, &body), (202, &json!({"job_id": body["job_id"]})));
    assert_eq!(state(&mut world, &id), is("retyping", "SAS"));
    assert_eq!(quota(&mut world, "_SAS"), [[0, 1], [0, 40]]);
    assert_eq!(quota(&mut world, "_GPSSD2"), [[1, 0], [40, 0]]);
    assert_eq!(quota(&mut world, ""), [[0, 1], [0, 40 + THERE]], "the project has no more than it had");
    world.pass(50);
    let job = world.job(body["job_id"].as_str().unwrap());
    assert_eq!((&job["status"], &job["job_type"]), (&json!("RUNNING"), &json!("retypeVolume")));
    assert_eq!(job["entities"], json!({"volume_id": id}));
    world.pass(50);
    assert_eq!(world.job(body["job_id"].as_str().unwrap())["status"], "SUCCESS");
    assert_eq!(state(&mut world, &id), is("available", "GPSSD2"));
    let shown = world.shown(&id);
    assert_eq!((&shown["iops"]["total_val"], &shown["throughput"]["total_val"]), (&json!(3000), &json!(125)));
    assert_eq!(shown["updated_at"], "2024-01-02T03:04:24.000000");
    assert_eq!(quota(&mut world, "_SAS"), [[0, 0], [0, 0]]);
    assert_eq!(quota(&mut world, "_GPSSD2"), [[0, 1], [0, 40]]);
    assert_eq!(quota(&mut world, ""), [[0, 1], [0, 40 + THERE]]);
    // A type without rates takes them away.
    retype(&mut world, &id, to(json!({"new_type": "SSD"})));
    world.pass(100);
    let shown = world.shown(&id);
    assert_eq!((&shown["volume_type"], shown.get("iops"), shown.get("throughput")), (&json!("SSD"), None, None));
    world.send("DELETE", &format!("/v2/{{p}}/cloudvolumes/{id}"), b"");
    world.pass(100);
    assert_eq!(quota(&mut world, "_SSD"), [[0, 0], [0, 0]]);
}

#[test]
fn which_types_lead_where() {
    for (from, new_type, expected) in [
        ("SAS", "SSD", None),
        ("SAS", "GPSSD", None),
        ("SAS", "ESSD", None),
        ("SSD", "GPSSD", None),
        ("ESSD", "SSD", None),
        ("GPSSD2", "ESSD", None),
        ("SSD", "SAS", Some("EVS.2087")),
        ("ESSD2", "SAS", Some("EVS.2087")),
        ("SSD", "SSD", Some("EVS.2087")),
        ("SATA", "SSD", Some("EVS.2087")),
        ("SAS", "SATA", Some("EVS.2087")),
        ("SAS", "NVME", Some("EVS.2070")),
        ("SAS", "", Some("EVS.1020")),
    ] {
        let mut world = World::new();
        let id = of(&mut world, from);
        let (status, answer) = retype(&mut world, &id, to(json!({ "new_type": new_type })));
        let code = answer["error"]["code"].as_str();
        assert_eq!((status, code), (if expected.is_some() { 400 } else { 202 }, expected), "{from} to {new_type}");
    }
}

#[test]
fn rates_are_given_where_the_type_has_them_and_nowhere_else() {
    let mut world = World::new();
    let id = of(&mut world, "SAS");
    for (fields, field) in [
        (json!({"new_type": "GPSSD2"}), "iops"),
        (json!({"new_type": "GPSSD2", "iops": 3000}), "throughput"),
        (json!({"new_type": "GPSSD2", "iops": 2999, "throughput": 125}), "iops"),
        (json!({"new_type": "GPSSD2", "iops": 3000, "throughput": 1001}), "throughput"),
        (json!({"new_type": "GPSSD2", "iops": -1, "throughput": 125}), "iops"),
        (json!({"new_type": "ESSD2", "iops": 500, "throughput": 125}), "throughput"),
        (json!({"new_type": "SSD", "iops": 3000}), "iops"),
    ] {
        let (status, answer) = retype(&mut world, &id, to(fields.clone()));
        let message = answer["error"]["message"].as_str().unwrap();
        assert_eq!((status, answer["error"]["code"].as_str()), (400, Some("EVS.1070")), "{fields}");
        assert!(message.starts_with(&format!("invalid request. {field}: a volume of type ")), "{message}");
    }
    assert_eq!(retype(&mut world, &id, to(json!({"new_type": "ESSD2", "iops": 500.9}))).0, 202);
    world.pass(100);
    assert_eq!(world.shown(&id)["iops"]["total_val"], 500);
}

#[test]
fn a_body_of_the_wrong_shape_an_unknown_volume_and_a_foreign_one_are_refused() {
    let mut world = World::new();
    let id = of(&mut world, "SAS");
    for (body, expected) in [
        // As the published sample has it, whose schema does not know that key.
        (json!({"bssParam": {"isAutoPay": "true"}, "retype": {"new_type": "SAS"}}), "EVS.2108"),
        (json!({"os-retype": "SSD"}), "EVS.2108"),
        (json!([]), "EVS.2108"),
        (to(json!({})), "EVS.1020"),
        (to(json!({"new_type": 7})), "EVS.1018"),
        (to(json!({"new_type": "GPSSD2", "iops": "3000", "throughput": 125})), "EVS.1018"),
        (json!({"os-retype": {"new_type": "SSD"}, "bssParam": {"isAutoPay": "yes"}}), "EVS.2147"),
        (json!({"os-retype": {"new_type": "SSD"}, "bssParam": []}), "EVS.2147"),
    ] {
        assert_eq!(refused(retype(&mut world, &id, body.clone())), (400, expected.to_owned()), "{body}");
    }
    assert_eq!(refused(world.send("POST", &format!("/v2/{{p}}/volumes/{id}/retype"), b"{")).1, "EVS.1052");
    let ssd = || to(json!({"new_type": "SSD"}));
    assert_eq!(refused(retype(&mut world, NO_SUCH, ssd())), (404, "EVS.5404".to_owned()));
    assert_eq!(refused(retype(&mut world, "x", ssd())).1, "EVS.1002");
    let foreign = format!("/v2/fedcba9876543210fedcba9876543210/volumes/{id}/retype");
    assert_eq!(world.post(&foreign, ssd()).0, 404);
}

#[test]
fn what_is_found_out_of_the_volume_and_its_zone_is_told_with_the_published_text() {
    const SEVERAL: &str = r#"{"zones": ["a", "b"], "types": [
        {"id": "1", "name": "SAS", "zones": ["a", "b"]}, {"id": "2", "name": "SSD", "zones": ["a"]},
        {"id": "3", "name": "ESSD", "zones": ["a", "b"], "sold_out": ["b"]}]}"#;
    let mut world = World::with(Some(SEVERAL));
    let id = world.made_with(json!({"availability_zone": "b", "volume_type": "SAS"}));
    let text = |answer: (u16, Value)| {
        assert_eq!((answer.0, &answer.1["error"]["code"]), (400, &json!("EVS.2088")), "{}", answer.1);
        answer.1["error"]["message"].as_str().unwrap().to_owned()
    };
    let published = "The EVS disk does not support retype.";
    assert_eq!(
        text(retype(&mut world, &id, to(json!({"new_type": "SSD"})))),
        format!("{published} (availability zone b does not have volume type SSD)")
    );
    assert_eq!(
        text(retype(&mut world, &id, to(json!({"new_type": "ESSD"})))),
        format!("{published} (volume type ESSD is sold out in availability zone b)")
    );

    let mut world = World::new();
    let id = of(&mut world, "SAS");
    let ssd = || to(json!({"new_type": "SSD"}));
    world.edit(&id, json!({"status": "error_extending"}));
    assert!(text(retype(&mut world, &id, ssd())).contains("its status is error_extending"));
    world.edit(&id, json!({"status": "available", "locked_by": "SDRS"}));
    assert_eq!(refused(retype(&mut world, &id, ssd())).1, "EVS.2089");
    world.edit(&id, json!({"locked_by": "CBR"}));
    assert_eq!(refused(retype(&mut world, &id, ssd())).1, "EVS.2068");
    world.edit(&id, json!({"locked_by": null}));
    world.post("/v2/{p}/cloudsnapshots", json!({"snapshot": {"volume_id": id}}));
    assert!(text(retype(&mut world, &id, ssd())).contains("a snapshot of it is being taken"));
    world.pass(100);
    assert_eq!(retype(&mut world, &id, ssd()).0, 202);
}

#[test]
fn nothing_else_begins_while_it_runs_and_a_volume_in_use_stays_in_use() {
    let mut world = World::new();
    let id = of(&mut world, "SAS");
    world.edit(&id, json!({"attached_to": "server-1"}));
    let ssd = || to(json!({"new_type": "SSD"}));
    assert_eq!(retype(&mut world, &id, ssd()).0, 202);
    assert_eq!(state(&mut world, &id), is("retyping", "SAS"));
    assert!(retype(&mut world, &id, ssd()).1["error"]["message"].as_str().unwrap().contains("retyping"));
    let action = format!("/v2.1/{{p}}/cloudvolumes/{id}/action");
    assert_eq!(refused(world.post(&action, json!({"os-extend": {"new_size": 50}}))).1, "EVS.1064");
    assert_eq!(refused(world.send("DELETE", &format!("/v2/{{p}}/cloudvolumes/{id}"), b"")).1, "EVS.1046");
    let snapshot = json!({"snapshot": {"volume_id": id, "force": true}});
    assert_eq!(refused(world.post("/v2/{p}/cloudsnapshots", snapshot)).1, "EVS.1031");
    assert_eq!(refused(world.edit(&id, json!({"size": 50}))).1, "EVS.1046");
    world.pass(100);
    assert_eq!(state(&mut world, &id), is("in-use", "SSD"));
}

#[test]
fn ten_at_a_time() {
    let mut world = World::new();
    let job = world.create(blank_with(json!({"count": 11, "volume_type": "SAS"})));
    world.pass(100);
    let parts = world.job(&job)["entities"]["sub_jobs"].clone();
    let ids: Vec<&str> =
        parts.as_array().unwrap().iter().map(|it| it["entities"]["volume_id"].as_str().unwrap()).collect();
    let ssd = || to(json!({"new_type": "SSD"}));
    for id in &ids[..10] {
        assert_eq!(retype(&mut world, id, ssd()).0, 202);
    }
    assert_eq!(refused(retype(&mut world, ids[10], ssd())), (400, "EVS.2088".to_owned()));
    world.pass(100);
    assert_eq!(retype(&mut world, ids[10], ssd()).0, 202);
}

#[test]
fn the_quota_of_the_new_type_must_have_room_and_that_of_all_need_not() {
    let with = |quotas: &str| {
        let types =
            r#"{"id": "1", "name": "SAS", "zones": ["az-dc-1"]}, {"id": "2", "name": "SSD", "zones": ["az-dc-1"]}"#;
        format!(r#"{{"zones": ["az-dc-1"], "types": [{types}], "quotas": {{{quotas}}}}}"#)
    };
    let ssd = || to(json!({"new_type": "SSD"}));
    for (quotas, expected) in [
        (r#""volumes": 1, "gigabytes": 40, "volumes_SSD": 1, "gigabytes_SSD": 40"#, None),
        (r#""volumes_SSD": 0"#, Some(("EVS.1034", 413))),
        (r#""gigabytes_SSD": 39"#, Some(("EVS.1042", 413))),
    ] {
        let mut world = World::with(Some(&with(quotas)));
        let id = of(&mut world, "SAS");
        let Some((code, cinder)) = expected else {
            assert_eq!(retype(&mut world, &id, ssd()).0, 202, "{quotas}");
            // What is coming is taken already.
            let new = blank_with(json!({}));
            let expected = (400, "EVS.1034".to_owned());
            assert_eq!(refused(world.post("/v3/{p}/cloudvolumes", json!({ "volume": new }))), expected);
            continue;
        };
        assert_eq!(refused(retype(&mut world, &id, ssd())), (400, code.to_owned()), "{quotas}");
        let (status, answer) = world.post(&format!("/v3/{{p}}/volumes/{id}/action"), ssd());
        assert_eq!((status, &answer["overLimit"]["code"]), (cinder, &json!(cinder)));
    }
}

#[test]
fn a_retype_that_fails_leaves_the_volume_as_it_was() {
    let mut world = World::new();
    let id = of(&mut world, "SAS");
    for (trouble, code) in [
        (failing(None), "EVS.2087"),
        (
            Some(JobTrouble::Fail {
                sub_jobs: None,
                failure: Failure { error_code: Some("EVS.2002".to_owned()), leaves_volume: false },
            }),
            "EVS.2002",
        ),
    ] {
        world.trouble = trouble;
        let (_, body) = retype(&mut world, &id, to(json!({"new_type": "SSD"})));
        world.trouble = None;
        world.pass(95);
        let job = world.job(body["job_id"].as_str().unwrap());
        assert_eq!((&job["status"], &job["error_code"]), (&json!("RUNNING"), &Value::Null));
        world.pass(5);
        let job = world.job(body["job_id"].as_str().unwrap());
        assert_eq!((&job["status"], &job["error_code"]), (&json!("FAIL"), &json!(code)));
        assert!(job["fail_reason"].as_str().unwrap().starts_with("EbsRetypeVolumeTask-fail:"));
        assert_eq!(state(&mut world, &id), is("available", "SAS"));
        assert_eq!(quota(&mut world, "_SAS"), [[0, 1], [0, 40]]);
        assert_eq!(quota(&mut world, "_SSD"), [[0, 0], [0, 0]]);
    }
    assert_eq!(retype(&mut world, &id, to(json!({"new_type": "SSD"}))).0, 202);
}

#[test]
fn a_retype_hangs_is_slow_or_is_known_to_nobody_as_a_rule_says() {
    let mut world = World::new();
    let [hung, slow, lost] = [0; 3].map(|_| of(&mut world, "SAS"));
    let start = |world: &mut World, id: &str, trouble| {
        world.trouble = Some(trouble);
        let (_, body) = retype(world, id, to(json!({"new_type": "SSD"})));
        world.trouble = None;
        body["job_id"].as_str().unwrap().to_owned()
    };
    start(&mut world, &hung, JobTrouble::Hang);
    start(&mut world, &slow, JobTrouble::Slow { sub_jobs: None, by_ms: 10_000 });
    let job = start(&mut world, &lost, JobTrouble::Vanish);
    assert_eq!(world.get(&format!("/v1/{{p}}/jobs/{job}")).1["error"]["code"], "Common.0011");
    world.pass(100);
    assert_eq!(state(&mut world, &lost), is("available", "SSD"));
    assert_eq!(state(&mut world, &slow), is("retyping", "SAS"));
    world.pass(100);
    assert_eq!(state(&mut world, &slow), is("available", "SSD"));
    world.pass(10_000);
    assert_eq!(state(&mut world, &hung), is("retyping", "SAS"));
}

#[test]
fn a_prepaid_volume_gets_its_type_when_its_order_is_paid() {
    let mut world = World::new();
    let id = prepaid(&mut world, "SAS");
    let ssd = |pays: &str| json!({"os-retype": {"new_type": "SSD"}, "bssParam": {"isAutoPay": pays}});
    let (status, body) = retype(&mut world, &id, ssd("false"));
    assert_eq!((status, &body), (202, &json!({"order_id": body["order_id"]})));
    let order = body["order_id"].as_str().unwrap().to_owned();
    let kept = list(&world.cloud)["orders"][1].clone();
    assert_eq!(
        kept,
        json!({"order_id": order, "project_id": PROJECT, "paid": false, "what": "retype", "volume_ids": [id], "new_type": "SSD"})
    );
    world.pass(100);
    assert_eq!(state(&mut world, &id), is("available", "SAS"));
    assert_eq!(quota(&mut world, "_SSD"), [[0, 0], [0, 0]], "an order reserves nothing");
    pay(&mut world.cloud, &order).unwrap();
    assert_eq!(state(&mut world, &id), is("retyping", "SAS"));
    let mut again = world.again();
    for world in [&mut world, &mut again] {
        world.pass(100);
        assert_eq!(state(world, &id), is("available", "SSD"));
    }
    // One that has come true by another order is refused when it is paid.
    let gpssd = |pays: &str| json!({"os-retype": {"new_type": "GPSSD"}, "bssParam": {"isAutoPay": pays}});
    let late = retype(&mut world, &id, gpssd("false")).1["order_id"].as_str().unwrap().to_owned();
    let other = retype(&mut world, &id, gpssd("false")).1["order_id"].as_str().unwrap().to_owned();
    retype(&mut world, &id, gpssd("true"));
    assert_eq!(state(&mut world, &id), is("retyping", "SSD"));
    assert_eq!(pay(&mut world.cloud, &late).unwrap_err().code, "EVS.2088");
    world.pass(100);
    assert_eq!(state(&mut world, &id), is("available", "GPSSD"));
    assert_eq!(pay(&mut world.cloud, &late).unwrap_err().code, "EVS.2087");
    cancel(&mut world.cloud, &other).unwrap();
    // Types whose rates are chosen are paid by use.
    let fast = to(json!({"new_type": "GPSSD2", "iops": 3000, "throughput": 125}));
    assert_eq!(refused(retype(&mut world, &id, fast)), (400, "EVS.2147".to_owned()));
}

#[test]
fn the_trouble_of_an_order_is_for_the_job_that_its_payment_starts() {
    let mut world = World::new();
    let id = prepaid(&mut world, "SAS");
    world.trouble = failing(None);
    let body = json!({"os-retype": {"new_type": "SSD"}, "bssParam": {"isAutoPay": "true"}});
    assert!(retype(&mut world, &id, body).1["order_id"].is_string());
    world.trouble = None;
    assert_eq!(state(&mut world, &id), is("retyping", "SAS"));
    world.pass(100);
    assert_eq!(state(&mut world, &id), is("available", "SAS"));
}

#[test]
fn the_action_of_cinder_takes_a_name_or_an_id_and_answers_with_nothing() {
    const GPSSD: &str = "8e3d9a61-6a4c-4f0a-9d0d-6f3f3f0f5c11";
    for (version, new_type, policy) in [("v2", "GPSSD", json!("on-demand")), ("v3", GPSSD, Value::Null)] {
        let mut world = World::new();
        let id = of(&mut world, "SAS");
        let path = format!("/{version}/{{p}}/volumes/{id}/action");
        let body = json!({"os-retype": {"new_type": new_type, "migration_policy": policy}});
        assert_eq!(world.post(&path, body), (202, Value::Null));
        assert_eq!(state(&mut world, &id), is("retyping", "SAS"));
        world.pass(100);
        assert_eq!(state(&mut world, &id), is("available", "GPSSD"));
        for (body, message) in [
            (to(json!({"new_type": "SAS"})), "retype failed."),
            (to(json!({"new_type": "none"})), "VolumeTypes are not supported !"),
            (to(json!({"new_type": "SSD", "migration_policy": "always"})), "Invalid input: migration_policy"),
        ] {
            let (status, answer) = world.post(&path, body);
            let said = answer["badRequest"]["message"].as_str().unwrap();
            assert!(status == 400 && said.starts_with(message), "{answer}");
        }
        let gone = format!("/{version}/{{p}}/volumes/{NO_SUCH}/action");
        assert_eq!(world.post(&gone, to(json!({"new_type": "SSD"}))).1["itemNotFound"]["code"], 404);
        let bought = prepaid(&mut world, "SAS");
        let path = format!("/{version}/{{p}}/volumes/{bought}/action");
        assert_eq!(world.post(&path, to(json!({"new_type": "SSD"}))).0, 400);
    }
}

#[test]
fn a_restart_in_the_middle_changes_nothing() {
    for trouble in [None, failing(None), Some(JobTrouble::Hang)] {
        let mut world = World::new();
        let id = of(&mut world, "SAS");
        world.trouble = trouble;
        let body = to(json!({"new_type": "GPSSD2", "iops": 3000, "throughput": 125}));
        let job = retype(&mut world, &id, body).1["job_id"].as_str().unwrap().to_owned();
        world.trouble = None;
        world.pass(50);
        let mut again = world.again();
        for percent in [0, 45, 5] {
            for world in [&mut world, &mut again] {
                world.pass(percent);
            }
            assert_eq!(world.job(&job), again.job(&job));
            assert_eq!(world.volumes(), again.volumes());
            for entry in ["", "_SAS", "_GPSSD2"] {
                assert_eq!(quota(&mut world, entry), quota(&mut again, entry));
            }
        }
    }
}
