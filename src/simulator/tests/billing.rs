//! Volumes that are given back, and those that are paid in advance from some time on.

use super::retyping::prepaid;
use super::{PROJECT, World, failing, refused};
use crate::simulator::purchase::{cancel, list, pay};
use serde_json::{Value, json};

const UNSUBSCRIBE: &str = "/v2/{p}/cloudvolumes/unsubscribe";
const CHANGE: &str = "/v2/{p}/cloudvolumes/change-charge-mode";
const SERVER: &str = "5c9f3a1e-7d24-4e0b-8f63-2b1a9c8d7e01";
const PREPAID_SERVER: &str = "5c9f3a1e-7d24-4e0b-8f63-2b1a9c8d7e02";
const NO_SUCH: &str = "8dd7c486-8e9f-49fe-bceb-26aa7e312b66";

fn ids(ids: &[&String]) -> Value {
    json!({ "volume_ids": ids })
}

/// A volume that is attached to that server.
fn attached(world: &mut World, server: &str) -> String {
    let id = world.made(false);
    world.edit(&id, json!({ "attached_to": server }));
    id
}

fn order_of(world: &mut World, id: &str) -> Option<String> {
    world.shown(id)["metadata"]["orderID"].as_str().map(str::to_owned)
}

#[test]
fn a_prepaid_volume_goes_and_one_that_is_paid_by_use_stays() {
    let mut world = World::new();
    let by_use = world.made(false);
    let bought = prepaid(&mut world, "SSD");
    let (status, answer) = world.post(UNSUBSCRIBE, ids(&[&by_use, &bought]));
    assert_eq!(status, 202);
    let results = answer["results"].as_array().unwrap();
    let order = results[0]["order_id"].as_str().unwrap();
    assert!(order.starts_with("CS") && order.len() == 17, "{order}");
    assert_eq!(results[0], json!({"order_id": order, "result": "SUCCESS", "volume_id": bought}));
    let why = "invalid request. The volume is paid by use; delete it.";
    assert_eq!(results[1..], [json!({"fail_reason": why, "result": "FAIL", "volume_id": by_use})]);
    let kept = list(&world.cloud)["orders"][1].clone();
    assert_eq!(
        kept,
        json!({"order_id": order, "project_id": PROJECT, "paid": true, "what": "unsubscribe", "volume_ids": [bought]})
    );
    assert_eq!(world.shown(&bought)["status"], "deleting");
    assert_eq!(world.in_use("volumes"), 2);
    world.pass(50);
    let mut again = world.again();
    for world in [&mut world, &mut again] {
        assert_eq!(world.shown(&bought)["status"], "deleting");
        world.pass(50);
        assert_eq!(world.get(&format!("/v2/{{p}}/cloudvolumes/{bought}")).0, 404);
        assert_eq!((world.in_use("volumes"), world.in_use("gigabytes_SSD")), (json!(1), json!(40)));
        assert_eq!(list(&world.cloud)["orders"][1], kept);
    }
}

#[test]
fn each_volume_that_stays_says_why() {
    let mut world = World::new();
    let image = "c6db9a3b-6bd1-4d3c-9d3b-0c0f6b5f5a10";
    let billing = json!({"chargingMode": "prePaid", "periodType": "month", "periodNum": 1, "isAutoPay": "true"});
    let volume = super::blank_with(json!({ "imageRef": image }));
    world.post("/v2.1/{p}/cloudvolumes", json!({"volume": volume, "bssParam": billing}));
    world.pass(100);
    let system = world.volumes()[0]["id"].as_str().unwrap().to_owned();
    let [used, locked, going] = [0; 3].map(|_| prepaid(&mut world, "SSD"));
    world.edit(&used, json!({ "attached_to": SERVER }));
    world.edit(&locked, json!({"locked_by": "CBR"}));
    let all = ids(&[&system, &used, &locked, &going, &going, &NO_SUCH.to_owned(), &"x".to_owned()]);
    let (_, answer) = world.post(UNSUBSCRIBE, all);
    let results = answer["results"].as_array().unwrap();
    assert_eq!((&results[0]["result"], &results[0]["volume_id"]), (&json!("SUCCESS"), &json!(going)));
    let status = "volume status must be available";
    for (result, (id, why)) in results[1..].iter().zip([
        (system.as_str(), "invalid request. The volume is a system disk"),
        (&used, status),
        (&locked, "operation failed because of volume be locked"),
        (&going, status),
        (NO_SUCH, "Volume 8dd7c486"),
        ("x", "invalid volume id!"),
    ]) {
        assert_eq!((&result["result"], &result["volume_id"]), (&json!("FAIL"), &json!(id)));
        assert!(
            result["fail_reason"].as_str().unwrap().starts_with(why) && result.get("order_id").is_none(),
            "{result}"
        );
    }
    assert_eq!(results.len(), 7);
    let (status, answer) = world.post(&format!("/v2/{}/cloudvolumes/unsubscribe", "f".repeat(32)), ids(&[&locked]));
    assert_eq!((status, &answer["results"][0]["result"]), (202, &json!("FAIL")), "a foreign project");
}

#[test]
fn lists_of_ids_that_are_none_are_refused() {
    let sixty = vec![NO_SUCH; 60];
    let more = vec![NO_SUCH; 61];
    for path in [UNSUBSCRIBE, CHANGE] {
        let mut world = World::new();
        let (status, answer) = world.post(path, json!({ "volume_ids": more }));
        assert_eq!((status, &answer["error"]["code"]), (400, &json!("EVS.2228")));
        assert_eq!(answer["error"]["message"], "input volume ids must not be over 60.");
        for (body, expected) in [
            (json!({}), "EVS.2108"),
            (json!({"volume_ids": []}), "EVS.2108"),
            (json!({"volume_ids": "x"}), "EVS.1018"),
            (json!({"volume_ids": [1]}), "EVS.1018"),
            (json!([]), "EVS.2108"),
        ] {
            assert_eq!(refused(world.post(path, body.clone())), (400, expected.to_owned()), "{body}");
        }
    }
    let mut world = World::new();
    assert_eq!(world.post(UNSUBSCRIBE, json!({ "volume_ids": sixty })).0, 202);
}

#[test]
fn a_rule_about_jobs_is_for_the_deletions_in_the_order_of_the_request() {
    let mut world = World::new();
    let [one, two] = [0; 2].map(|_| prepaid(&mut world, "SSD"));
    world.trouble = failing(Some(vec![2]));
    let (_, answer) = world.post(UNSUBSCRIBE, ids(&[&one, &two]));
    world.trouble = None;
    assert!(answer["results"].as_array().unwrap().iter().all(|it| it["result"] == "SUCCESS"));
    world.pass(100);
    assert_eq!(world.get(&format!("/v2/{{p}}/cloudvolumes/{one}")).0, 404);
    assert_eq!(world.shown(&two)["status"], "error_deleting");
}

#[test]
fn volumes_are_paid_in_advance_once_their_order_is_paid() {
    let mut world = World::new();
    let [one, two] = [0; 2].map(|_| attached(&mut world, PREPAID_SERVER));
    let (status, answer) = world.post(CHANGE, ids(&[&one, &two]));
    assert_eq!((status, &answer), (200, &json!({"order_id": answer["order_id"]})));
    let order = answer["order_id"].as_str().unwrap().to_owned();
    let kept = list(&world.cloud)["orders"][0].clone();
    assert_eq!(
        kept,
        json!({"order_id": order, "project_id": PROJECT, "paid": false, "what": "change_charge_mode",
               "volume_ids": [one, two], "server_id": PREPAID_SERVER})
    );
    assert_eq!(order_of(&mut world, &one), None);
    world.pass(10);
    // An order that is open, one that is paid: both are there after a restart.
    let mut events: Vec<_> = world.cloud.take_events();
    let replay = |events: &[crate::simulator::event::Event]| {
        let mut again = World::new();
        events.iter().for_each(|event| {
            let line = serde_json::to_string(event).unwrap();
            again.cloud.apply(&serde_json::from_str(&line).unwrap());
        });
        again
    };
    let mut again = replay(&events);
    again.now = world.now;
    for world in [&mut world, &mut again] {
        world.cloud.advance(world.now);
        assert_eq!(pay(&mut world.cloud, &order).unwrap()["paid"], true);
        assert_eq!(pay(&mut world.cloud, &order).unwrap()["paid"], true, "paying twice pays once");
        for id in [&one, &two] {
            assert_eq!(order_of(world, id), Some(order.clone()));
            assert_eq!(
                (&world.shown(id)["status"], &world.shown(id)["updated_at"]),
                (&json!("in-use"), &json!("2024-01-02T03:04:26.000000"))
            );
        }
    }
    events.extend(world.cloud.take_events());
    let mut again = replay(&events);
    again.now = world.now;
    assert_eq!(again.volumes(), world.volumes());
    assert_eq!(list(&again.cloud), list(&world.cloud));
    // From now on it is one that was paid in advance.
    world.edit(&one, json!({"attached_to": null}));
    assert_eq!(refused(world.send("DELETE", &format!("/v2/{{p}}/cloudvolumes/{one}"), b"")).1, "EVS.1035");
    assert_eq!(world.post(UNSUBSCRIBE, ids(&[&one])).1["results"][0]["result"], "SUCCESS");
    let grow = json!({"os-extend": {"new_size": 50}});
    assert!(world.post(&format!("/v2.1/{{p}}/cloudvolumes/{two}/action"), grow).1["order_id"].is_string());
    let again = refused(world.post(CHANGE, ids(&[&two])));
    assert_eq!(again, (400, "EVS.1070".to_owned()), "only what is paid by use changes");
}

#[test]
fn an_order_that_pays_itself_is_paid_at_once_and_one_that_is_cancelled_never() {
    for (param, paid) in [
        (json!({"is_auto_pay": true}), true),
        (json!({"is_auto_pay": "true"}), true),
        (json!({"is_auto_pay": false}), false),
        (json!({}), false),
        (Value::Null, false),
    ] {
        let mut world = World::new();
        let id = attached(&mut world, PREPAID_SERVER);
        let (_, answer) = world.post(CHANGE, json!({"volume_ids": [id], "bss_param": param}));
        let order = answer["order_id"].as_str().unwrap().to_owned();
        assert_eq!(order_of(&mut world, &id), paid.then(|| order.clone()), "{param}");
        if !paid {
            cancel(&mut world.cloud, &order).unwrap();
            assert_eq!(pay(&mut world.cloud, &order).unwrap_err().code, "EVS.1070");
        }
    }
    let mut world = World::new();
    let id = attached(&mut world, PREPAID_SERVER);
    for param in [json!([]), json!({"is_auto_pay": 1}), json!({"is_auto_pay": "yes"})] {
        let answer = world.post(CHANGE, json!({"volume_ids": [id], "bss_param": param}));
        assert_eq!(refused(answer), (400, "EVS.2147".to_owned()));
    }
}

#[test]
fn each_rule_of_the_change_has_its_code() {
    let mut world = World::new();
    let free = world.made(false);
    let [one, two] = [0; 2].map(|_| attached(&mut world, PREPAID_SERVER));
    let by_use = attached(&mut world, SERVER);
    let strange = attached(&mut world, "server-1");
    let shared = world.made_with(json!({"multiattach": true}));
    world.edit(&shared, json!({"attached_to": [SERVER, PREPAID_SERVER]}));
    let fast = world.made_with(json!({"volume_type": "ESSD2", "iops": 500}));
    world.edit(&fast, json!({"attached_to": PREPAID_SERVER}));
    let (no_such, not_one) = (NO_SUCH.to_owned(), "x".to_owned());
    let of = |ids: &[&String], server: &str| json!({"volume_ids": ids, "server_id": server});
    for (body, code, why) in [
        (ids(&[&one, &free]), "EVS.2227", "volume status must be in-use when volume operate under server."),
        (ids(&[&shared]), "EVS.2226", "volume have mutil attachements, must contain server id in body."),
        (ids(&[&strange]), "EVS.2229", "input server id not found at ECS."),
        (of(&[&one], "server-1"), "EVS.2229", "input server id not found at ECS."),
        (of(&[&one], SERVER), "EVS.1070", "The volume is not attached to that server."),
        (ids(&[&one, &by_use]), "EVS.1070", "The volume is not attached to that server."),
        (ids(&[&by_use]), "EVS.1070", "The server is paid by use."),
        (ids(&[&fast]), "EVS.1070", "Volumes of its type are paid by use only."),
        (ids(&[&one, &two, &one]), "EVS.1032", "is named twice"),
        (ids(&[&one, &no_such]), "EVS.5404", "could not be found"),
        (ids(&[&not_one]), "EVS.1002", "invalid volume id!"),
        (json!({"volume_ids": [one], "server_id": 1}), "EVS.1018", "server_id"),
    ] {
        let (status, answer) = world.post(CHANGE, body.clone());
        let expected = if code == "EVS.5404" { 404 } else { 400 };
        assert_eq!((status, answer["error"]["code"].as_str()), (expected, Some(code)), "{body}");
        assert!(answer["error"]["message"].as_str().unwrap().contains(why), "{answer}");
    }
    assert_eq!(world.cloud.orders().count(), 0);
    let foreign = format!("/v2/{}/cloudvolumes/change-charge-mode", "f".repeat(32));
    assert_eq!(refused(world.post(&foreign, ids(&[&one]))).1, "EVS.5404");
    world.edit(&two, json!({"locked_by": "CBR"}));
    assert_eq!(refused(world.post(CHANGE, ids(&[&two]))).1, "EVS.2068");
    // With the server named, a shared volume changes with it, and others beside it.
    assert_eq!(world.post(CHANGE, of(&[&shared, &one], PREPAID_SERVER)).0, 200);
    // What held when it was ordered must hold when it is paid.
    let order = world.post(CHANGE, ids(&[&one])).1["order_id"].as_str().unwrap().to_owned();
    world.edit(&one, json!({ "attached_to": SERVER }));
    assert_eq!(pay(&mut world.cloud, &order).unwrap_err().code, "EVS.1070");
    world.edit(&one, json!({"attached_to": null}));
    assert_eq!(pay(&mut world.cloud, &order).unwrap_err().code, "EVS.2227");
}
