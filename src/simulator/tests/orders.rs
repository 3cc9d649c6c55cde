//! What the v2.1 create call has beside `volume`: orders, servers, dedicated pools.

use super::{PROJECT, World, blank, blank_with};
use crate::simulator::event::Event;
use crate::simulator::fault::{Failure, JobTrouble};
use crate::simulator::purchase::{list, pay};
use serde_json::{Value, json};

const CREATE: &str = "/v2.1/{p}/cloudvolumes";
const SERVER: &str = "5c9f3a1e-7d24-4e0b-8f63-2b1a9c8d7e01";
const PREPAID_SERVER: &str = "5c9f3a1e-7d24-4e0b-8f63-2b1a9c8d7e02";
const POOL: &str = "e3a1b2c4-6d5f-4a7b-9c8d-0e1f2a3b4c05";

fn monthly(auto_pay: &str) -> Value {
    json!({"chargingMode": "prePaid", "periodType": "month", "periodNum": 3, "isAutoPay": auto_pay})
}

/// Three volumes whose ids the answer shall name.
fn three() -> Value {
    blank_with(json!({"count": 3, "metadata": {"create_for_volume_id": "true"}}))
}

fn code(answer: &Value) -> &str {
    answer["error"]["code"].as_str().unwrap_or_default()
}

fn reserved(world: &mut World) -> Value {
    world.get("/v2/{p}/os-quota-sets/x?usage=true").1["quota_set"]["volumes"].clone()
}

/// Orders three volumes that somebody has to pay; gives the order and the ids.
fn ordered(world: &mut World) -> (String, Vec<Value>) {
    let (status, answer) = world.post(CREATE, json!({"volume": three(), "bssParam": monthly("false")}));
    assert_eq!((status, answer.get("job_id")), (202, None), "{answer}");
    (answer["order_id"].as_str().unwrap().to_owned(), answer["volume_ids"].as_array().unwrap().clone())
}

#[test]
fn nothing_is_made_before_an_order_is_paid_and_then_just_what_it_named() {
    let mut world = World::new();
    let (order, ids) = ordered(&mut world);
    world.pass(500);
    assert!(world.volumes().is_empty());
    assert_eq!(reserved(&mut world)["reserved"], 0);
    let show = format!("/v2/{{p}}/cloudvolumes/{}", ids[0].as_str().unwrap());
    assert_eq!(world.get(&show).0, 404);
    let kept = list(&world.cloud)["orders"][0].clone();
    assert_eq!(
        kept,
        json!({"order_id": order, "project_id": PROJECT, "what": "create", "paid": false, "volume_ids": ids})
    );
    assert_eq!(pay(&mut world.cloud, "CS0").unwrap_err().code, "EVS.5404");
    // Paying twice pays once.
    for _ in 0..2 {
        assert_eq!(pay(&mut world.cloud, &order).unwrap()["paid"], true);
    }
    assert_eq!(reserved(&mut world)["reserved"], 3);
    world.pass(100);
    assert_eq!(world.names("sort_dir=asc&sort_key=id").len(), 3);
    for (id, number) in ids.iter().zip(1..) {
        let (_, answer) = world.get(&format!("/v2/{{p}}/cloudvolumes/{}", id.as_str().unwrap()));
        let volume = &answer["volume"];
        assert_eq!(volume["name"], format!("v-{number:04}"), "the ids are in the order of the names");
        assert_eq!((&volume["status"], &volume["metadata"]["orderID"]), (&json!("available"), &json!(order)));
    }
}

#[test]
fn a_token_gives_the_first_order_again() {
    let mut world = World::new();
    world.token = Some("6f1c2d3e-4b5a-4678-9abc-def012345678".to_owned());
    let first = ordered(&mut world);
    assert_eq!(ordered(&mut world), first);
    pay(&mut world.cloud, &first.0).unwrap();
    assert_eq!(ordered(&mut world), first);
    world.pass(100);
    assert_eq!(world.cloud.count(), 3);
}

#[test]
fn an_order_may_fail_as_a_job_does_and_may_not_fit_any_more() {
    let mut world = World::new();
    let failure = Failure { error_code: Some("EVS.2024".to_owned()), leaves_volume: true };
    world.trouble = Some(JobTrouble::Fail { sub_jobs: Some(vec![2]), failure });
    let (order, _) = ordered(&mut world);
    world.trouble = None;
    pay(&mut world.cloud, &order).unwrap();
    world.pass(100);
    assert_eq!(world.names("status=error"), ["v-0002"]);
    let quotas =
        r#"{"zones":["az-dc-1"],"types":[{"id":"t","name":"SSD","zones":["az-dc-1"]}],"quotas":{"volumes":4}}"#;
    let mut world = World::with(Some(quotas));
    let (order, _) = ordered(&mut world);
    world.create(blank_with(json!({"count": 2})));
    assert_eq!(pay(&mut world.cloud, &order).unwrap_err().code, "EVS.1034");
    assert_eq!(list(&world.cloud)["orders"][0]["paid"], false);
    assert_eq!(code(&world.post(CREATE, json!({"volume": three(), "bssParam": monthly("true")})).1), "EVS.1034");
}

#[test]
fn the_growth_of_a_prepaid_volume_is_an_order_too() {
    let mut world = World::new();
    world.post(CREATE, json!({"volume": blank("v"), "bssParam": monthly("true")}));
    world.pass(100);
    let id = world.volumes()[0]["id"].as_str().unwrap().to_owned();
    let (_, answer) =
        world.post(&format!("/v2.1/{{p}}/cloudvolumes/{id}/action"), json!({"os-extend": {"new_size": 50}}));
    let order = answer["order_id"].as_str().unwrap().to_owned();
    assert_eq!(world.volumes()[0]["status"], "available");
    assert_eq!(pay(&mut world.cloud, &order).unwrap()["what"], "extend");
    assert_eq!(world.volumes()[0]["status"], "extending");
    world.pass(100);
    assert_eq!((&world.volumes()[0]["status"], &world.volumes()[0]["size"]), (&json!("available"), &json!(50)));
}

#[test]
fn billing_that_cannot_be_is_refused() {
    let bss = |field: &str, value: Value| {
        let mut bss = monthly("true");
        bss[field] = value;
        bss
    };
    for bss in [
        json!([]),
        json!({"chargingMode": "prePaid"}),
        bss("chargingMode", json!("postpaid")),
        bss("periodType", json!("week")),
        bss("periodType", Value::Null),
        bss("periodType", json!("year")),
        bss("periodNum", json!(0)),
        bss("periodNum", json!(10)),
        bss("isAutoPay", json!("yes")),
        bss("isAutoRenew", json!("yes")),
    ] {
        let mut world = World::new();
        let (status, answer) = world.post(CREATE, json!({"volume": blank("v"), "bssParam": bss}));
        assert_eq!((status, code(&answer)), (400, "EVS.2147"), "{bss}");
        assert!(world.cloud.orders().next().is_none());
    }
    // A text is asked for, and types whose IOPS are chosen are paid by use.
    let mut world = World::new();
    let answer = world.post(CREATE, json!({"volume": blank("v"), "bssParam": bss("isAutoPay", json!(true))})).1;
    assert_eq!(code(&answer), "EVS.1018");
    let fast = blank_with(json!({"volume_type": "ESSD2", "iops": 500}));
    assert_eq!(code(&world.post(CREATE, json!({"volume": fast, "bssParam": monthly("true")})).1), "EVS.2147");
    // The older calls know none of it.
    assert!(world.post("/v3/{p}/cloudvolumes", json!({"volume": blank("v"), "bssParam": []})).1["job_id"].is_string());
}

#[test]
fn a_volume_for_a_server_is_attached_once_it_is_made_and_paid_as_that_is() {
    let mut world = World::new();
    let (_, answer) =
        world.post(CREATE, json!({"volume": blank("v"), "server_id": SERVER, "bssParam": monthly("true")}));
    assert!(answer["job_id"].is_string() && answer.get("order_id").is_none(), "{answer}");
    assert_eq!((&world.volumes()[0]["status"], &world.volumes()[0]["attachments"]), (&json!("creating"), &json!([])));
    world.pass(100);
    let volume = world.volumes()[0].clone();
    let attachment = &volume["attachments"][0];
    assert_eq!((&volume["status"], &attachment["server_id"]), (&json!("in-use"), &json!(SERVER)));
    assert_eq!((&attachment["id"], &attachment["volume_id"]), (&volume["id"], &volume["id"]));
    assert_eq!(world.names(&format!("server_id={SERVER}")), ["v"]);
    assert!(world.names(&format!("server_id={PREPAID_SERVER}")).is_empty());
    let id = volume["id"].as_str().unwrap();
    assert_eq!(code(&world.send("DELETE", &format!("/v2/{{p}}/cloudvolumes/{id}"), b"").1), "EVS.1046");
    let grow = json!({"os-extend": {"new_size": 50}});
    assert!(world.post(&format!("/v2.1/{{p}}/cloudvolumes/{id}/action"), grow.clone()).1["job_id"].is_string());
    world.pass(100);
    assert_eq!((&world.volumes()[0]["status"], &world.volumes()[0]["size"]), (&json!("in-use"), &json!(50)));

    let shared = blank_with(json!({"multiattach": true}));
    let mut world = World::new();
    world.post(CREATE, json!({"volume": shared, "server_id": SERVER}));
    world.pass(100);
    let id = world.volumes()[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(code(&world.post(&format!("/v2.1/{{p}}/cloudvolumes/{id}/action"), grow).1), "EVS.1065");

    let (_, answer) = world.post(CREATE, json!({"volume": blank("v"), "server_id": PREPAID_SERVER}));
    let order = answer["order_id"].as_str().unwrap().to_owned();
    assert_eq!(world.cloud.count(), 1);
    pay(&mut world.cloud, &order).unwrap();
    world.pass(100);
    assert_eq!(world.names(&format!("server_id={PREPAID_SERVER}")), ["v"]);
    assert_eq!(code(&world.post(CREATE, json!({"volume": blank("v"), "server_id": "x"})).1), "EVS.2134");
}

#[test]
fn a_volume_lies_in_the_pool_that_it_was_asked_for() {
    let mut world = World::new();
    let hints = |id: &str| json!({"volume": blank("v"), "OS-SCH-HNT:scheduler_hints": {"dedicated_storage_id": id}});
    assert_eq!(code(&world.post(CREATE, hints("x")).1), "EVS.1032");
    assert_eq!(
        code(&world.post(CREATE, json!({"volume": blank("v"), "OS-SCH-HNT:scheduler_hints": []})).1),
        "EVS.1018"
    );
    assert!(world.post(CREATE, hints(POOL)).1["job_id"].is_string());
    world.post(CREATE, json!({"volume": blank("w")}));
    world.pass(100);
    let found = |world: &mut World, query: &str| world.names(query);
    assert_eq!(found(&mut world, "service_type=DSS"), ["v"]);
    assert_eq!(found(&mut world, "service_type=EVS"), ["w"]);
    assert_eq!(found(&mut world, &format!("dedicated_storage_id={POOL}")), ["v"]);
    assert_eq!(found(&mut world, "dedicated_storage_name=pool"), ["v"]);
    assert!(found(&mut world, "dedicated_storage_name=other").is_empty());
    let volume = world.get("/v2/{p}/cloudvolumes/detail?name=v").1["volumes"][0].clone();
    assert_eq!((&volume["dedicated_storage_name"], &volume["service_type"]), (&json!("dss-pool-1"), &json!("DSS")));
}

#[test]
fn orders_come_back_from_the_data_file() {
    let mut world = World::new();
    world.token = Some("6f1c2d3e-4b5a-4678-9abc-def012345678".to_owned());
    let failure = Failure { error_code: Some("EVS.2024".to_owned()), leaves_volume: true };
    world.trouble = Some(JobTrouble::Fail { sub_jobs: Some(vec![1]), failure });
    let (order, ids) = ordered(&mut world);
    world.trouble = None;
    world.token = None;
    world.post(CREATE, json!({"volume": blank("paid"), "bssParam": monthly("true")}));
    let replayed = |world: &World, events: &[String]| {
        let mut second = World::new();
        for line in events {
            second.cloud.apply(&serde_json::from_str::<Event>(line).unwrap());
        }
        second.now = world.now;
        second
    };
    let mut events: Vec<String> = Vec::new();
    let mut keep = |world: &mut World| {
        events.extend(world.cloud.take_events().iter().map(|event| serde_json::to_string(event).unwrap()));
        events.clone()
    };
    let kept = keep(&mut world);
    let mut second = replayed(&world, &kept);
    assert_eq!(list(&second.cloud), list(&world.cloud));
    second.token = Some("6f1c2d3e-4b5a-4678-9abc-def012345678".to_owned());
    assert_eq!(ordered(&mut second), (order.clone(), ids));
    pay(&mut world.cloud, &order).unwrap();
    let kept = keep(&mut world);
    let mut third = replayed(&world, &kept);
    for world in [&mut world, &mut third] {
        world.pass(100);
        assert_eq!(world.names("status=error"), ["v-0001"], "the trouble that was ordered for it is kept too");
    }
    assert_eq!(third.volumes(), world.volumes());
    assert_eq!(third.cloud.count(), 4);
}
