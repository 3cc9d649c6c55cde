//! A prepaid volume grows by an order, and no order is made twice.

use super::{ACTIONS, SINGLE, recorded, sizes};
use crate::support::{Cloud, World};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Prepaid volumes of that size, whose orders pay themselves or do not.
pub(crate) fn prepaid(count: u32, gb: u32, auto_pay: bool) -> String {
    let how = format!("period_type: month, period_num: 1, auto_pay: {auto_pay}");
    format!("  web: {{ size: {gb}, count: {count}, prepaid: {{ {how} }} }}")
}

/// The orders that extend.
pub(crate) fn orders(cloud: &Cloud) -> Vec<Value> {
    let (status, body) = cloud.call("GET", "/_sim/orders", None);
    assert_eq!(status, 200, "{body}");
    body["orders"].as_array().unwrap().iter().filter(|order| order["what"] == "extend").cloned().collect()
}

/// How many orders each volume has.
pub(crate) fn by_volume(cloud: &Cloud) -> BTreeMap<String, u32> {
    let mut all = BTreeMap::new();
    for order in orders(cloud) {
        for id in order["volume_ids"].as_array().unwrap() {
            *all.entry(id.as_str().unwrap().to_owned()).or_default() += 1;
        }
    }
    all
}

/// A world with that many prepaid volumes of 20 GB, whose manifest asks for 40.
pub(crate) fn world(cloud: Cloud, count: u32, auto_pay: bool) -> World {
    let world = World::in_cloud(cloud, &prepaid(count, 20, true));
    world.converge();
    world.volumes(&prepaid(count, 40, auto_pay));
    world.cloud_field("settle: 1s");
    world
}

#[test]
fn where_replies_are_lost_each_has_exactly_one_order() {
    let world = world(Cloud::start(), 20, true);
    world.run(&["plan"]).exits(0).says("by an order that pays itself").says("20 extend");
    world.cloud.faults(json!([{"method": "POST", "path": ACTIONS, "every": 2, "then": {"cut": "after"}}]));
    world.run(&["apply", "--yes"]).exits(0).says("20 changed");
    let each = by_volume(&world.cloud);
    assert!(each.len() == 20 && each.values().all(|count| *count == 1), "{each:?}");
    assert!(orders(&world.cloud).iter().all(|order| order["paid"] == true));
    assert_eq!((sizes(&world), world.cloud.requests(SINGLE)), (vec![40; 20], 20));
    assert!(recorded(&world).values().all(|gb| *gb == 40));
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
}

/// However often it is applied, nothing is ordered again before it is paid, and then it converges.
fn is_paid_by_hand(lost: bool) {
    let world = world(Cloud::start(), 3, false);
    world.run(&["plan"]).exits(0).says("by an order that you pay");
    if lost {
        world.cloud.faults(json!([{"method": "POST", "path": ACTIONS, "then": {"cut": "after"}}]));
    }
    for hour in 0..6 {
        world.cloud.is_ahead(hour * 60);
        let ran = world.run(&["apply", "--yes", "--timeout", "2s"]).exits(7).says("web[1]").says("web[3]");
        let all = orders(&world.cloud);
        assert_eq!((all.len(), world.cloud.requests(SINGLE)), (3, 3), "after {hour} hours: {all:?}");
        let ran = ran.says("billing console").says("state rm PATH --call");
        if lost {
            let _ = ran.says("may or may not have been done").says("one that is not paid shows nowhere");
        } else {
            all.iter().fold(ran, |ran, order| ran.says(order["order_id"].as_str().unwrap()));
        }
        assert_eq!(sizes(&world), [20; 3]);
        world.cloud.faults(json!([]));
    }
    for order in orders(&world.cloud) {
        let path = format!("/_sim/orders/{}/pay", order["order_id"].as_str().unwrap());
        assert_eq!(world.cloud.call("POST", &path, None).0, 200);
    }
    let ran = world.run(&["apply", "--yes"]).exits(0).says("3 resumed");
    assert_eq!((ran.code, sizes(&world), orders(&world.cloud).len()), (0, vec![40; 3], 3));
    assert!(recorded(&world).values().all(|gb| *gb == 40));
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn an_order_that_is_not_paid_is_waited_for_and_made_once() {
    is_paid_by_hand(false);
}

#[test]
fn an_order_whose_reply_was_lost_is_looked_for_and_made_once() {
    is_paid_by_hand(true);
}

#[test]
fn an_order_may_exist_though_the_service_says_that_it_failed() {
    let world = world(Cloud::start(), 1, true);
    let body = json!({"error": {"code": "EVS.1068", "message": "resize period volume failed"}});
    world.cloud.faults(json!([{"method": "POST", "path": ACTIONS, "then": {"status": 400, "body": body}}]));
    for _ in 0..2 {
        let ran = world.run(&["apply", "--yes", "--timeout", "2s"]).exits(7);
        ran.says("may or may not have been done").says("billing console");
        world.cloud.faults(json!([]));
    }
    assert_eq!(world.cloud.requests(SINGLE), 1, "it is not ordered again");
    let state: Value = serde_json::from_slice(&std::fs::read(world.snapshot()).unwrap()).unwrap();
    let call = state["calls"].as_object().unwrap().keys().next().unwrap().clone();
    world.run(&["state", "rm", "--call", &call]).exits(0).says("gave up extend call");
    world.run(&["apply", "--yes"]).exits(0);
    assert_eq!((orders(&world.cloud).len(), sizes(&world)), (1, vec![40]));
}

#[test]
fn a_manifest_that_goes_back_cancels_no_order() {
    let world = world(Cloud::start(), 1, false);
    world.run(&["apply", "--yes", "--timeout", "2s"]).exits(7);
    let order = orders(&world.cloud)[0]["order_id"].as_str().unwrap().to_owned();
    world.volumes(&prepaid(1, 20, false));
    world.cloud_field("settle: 1s");
    world.run(&["apply", "--yes", "--timeout", "2s"]).exits(7).says(&order);
    assert_eq!(world.cloud.call("POST", &format!("/_sim/orders/{order}/pay"), None).0, 200);
    world.run(&["apply", "--yes"]).exits(0);
    assert_eq!((recorded(&world)["web[1]"], sizes(&world)), (20, vec![40]));
    world.run(&["plan", "--detailed-exitcode"]).exits(0).says("size  \"20 GB\" -> \"40 GB\"");
}

#[test]
fn an_order_that_you_pay_is_another_change_than_one_that_pays_itself() {
    let world = world(Cloud::start(), 1, false);
    let digest = |world: &World| world.run(&["plan", "--format", "json"]).exits(0).json()["changes"].clone();
    let by_hand = digest(&world);
    world.volumes(&prepaid(1, 40, true));
    assert_ne!(digest(&world), by_hand);
    world.run(&["apply", "--approve", by_hand.as_str().unwrap()]).exits(4).says("not the approved");
    assert_eq!(orders(&world.cloud), Vec::<Value>::new());
    // It stays the same once its size is reached.
    let own = digest(&world);
    let committed = std::fs::read(world.snapshot()).unwrap();
    world.run(&["apply", "--approve", own.as_str().unwrap()]).exits(0);
    world.back_to(&committed);
    assert_eq!(digest(&world), own);
}
