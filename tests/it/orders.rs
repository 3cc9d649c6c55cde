//! Volumes that are bought by an order: nothing is made before it is paid, and nothing is ever bought twice.

use crate::support::{Cloud, DELETE, Ran, World, until};
use serde_json::{Value, json};
use std::process::Stdio;
use std::time::Duration;

const NEWER: &str = "POST /v2.1/{project_id}/cloudvolumes";
const CREATES: &str = "/v2.1/{project_id}/cloudvolumes";
const LIST: &str = "/v2/{project_id}/cloudvolumes/detail";
const PAID_BY_ME: &str = "prepaid: { period_type: month, period_num: 3 }";
const PAID_BY_ITSELF: &str = "prepaid: { period_type: year, period_num: 1, auto_renew: true, auto_pay: true }";
const SERVER_BY_USE: &str = "5c9f3a1e-7d24-4e0b-8f63-2b1a9c8d7e01";
const SERVER_PREPAID: &str = "5c9f3a1e-7d24-4e0b-8f63-2b1a9c8d7e02";
const POOL: &str = "e3a1b2c4-6d5f-4a7b-9c8d-0e1f2a3b4c05";

fn web(how: &str) -> String {
    format!("  web: {{ count: 3, size: 10, {how} }}")
}

fn create(then: Value) -> Value {
    json!({"method": "POST", "path": CREATES, "times": 1, "then": then})
}

fn orders(cloud: &Cloud) -> Vec<Value> {
    let (status, body) = cloud.call("GET", "/_sim/orders", None);
    assert_eq!(status, 200, "{body}");
    body["orders"].as_array().unwrap().clone()
}

/// The only order of the cloud.
#[track_caller]
fn only_order(cloud: &Cloud) -> String {
    let orders = orders(cloud);
    assert_eq!(orders.len(), 1, "{orders:?}");
    orders[0]["order_id"].as_str().unwrap().to_owned()
}

fn pay(cloud: &Cloud, order: &str) {
    let (status, body) = cloud.call("POST", &format!("/_sim/orders/{order}/pay"), None);
    assert_eq!((status, &body["paid"]), (200, &json!(true)), "{body}");
}

fn apply(world: &World, more: &[&str]) -> Ran {
    world.run(&[&["apply", "--yes", "--timeout", "20s"], more].concat())
}

fn events(ran: &Ran, event: &str) -> Vec<Value> {
    let lines = ran.stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.filter(|line| line["event"] == event).collect()
}

fn snapshot(world: &World) -> Value {
    serde_json::from_slice(&std::fs::read(world.snapshot()).unwrap()).unwrap()
}

#[test]
fn an_order_is_waited_for_until_somebody_pays_it_and_is_made_once() {
    let world = World::new(&web(PAID_BY_ME));
    world.cloud_field("settle: 1s");
    let plan = world.run(&["plan"]).exits(0).says("prepaid 3 months, you pay the order").says("calls: 1 create,");
    assert!(!plan.stdout.contains("by itself"), "{}", plan.stdout);
    let ran = apply(&world, &["--format", "json"]).exits(7);
    let order = only_order(&world.cloud);
    // It is told as an order, by whom it is paid, and what to do.
    let told = events(&ran, "ordered");
    assert_eq!((told.len(), &told[0]["order_id"], &told[0]["auto_pay"]), (1, &json!(order), &json!(false)));
    let unfinished = events(&ran, "unfinished");
    assert_eq!((unfinished.len(), &unfinished[0]["order_id"]), (1, &json!(order)));
    let reason = unfinished[0]["reason"].as_str().unwrap();
    for words in
        ["nothing is bought until it is paid", "billing console", "apply again", "`auto_pay: true`", "state rm"]
    {
        assert!(reason.contains(words), "{words}: {reason}");
    }
    let finished = ran.finished();
    assert_eq!((&finished["orders"], &finished["unfinished"]), (&json!([order]), &json!(1)), "{finished}");
    assert_eq!(finished["created"], 0);
    // The state holds it, and every later run goes on with it and buys nothing.
    let state = snapshot(&world);
    let call = state["calls"].as_object().unwrap().values().next().unwrap();
    assert_eq!(call["progress"]["order_id"], json!(order), "{call}");
    assert_eq!(call["progress"]["volumes"].as_array().unwrap().len(), 3, "{call}");
    let spec = &state["specs"][call["spec"].as_str().unwrap()];
    assert_eq!(spec["prepaid"], json!({"period_type": "month", "period_num": 3}), "{call}");
    world.run(&["plan", "--detailed-exitcode"]).exits(2).says(&format!("order {order}: you pay it"));
    apply(&world, &[])
        .exits(7)
        .says(&format!("open in the billing console: {order}"))
        .says("1 order not seen to be done");
    assert_eq!((world.cloud.requests(NEWER), world.cloud.volumes().len()), (1, 0));
    // Paid, it converges.
    pay(&world.cloud, &order);
    let finished = world.converge().finished();
    assert_eq!((&finished["resumed"], finished.get("orders")), (&json!(3), None), "{finished}");
    assert_eq!(only_order(&world.cloud), order);
    assert_eq!((world.cloud.requests(NEWER), world.recorded().len()), (1, 3));
    assert_eq!(world.cloud.names(), ["web-0001", "web-0002", "web-0003"]);
    for volume in world.cloud.volumes() {
        assert_eq!(volume["metadata"]["orderID"], json!(order));
    }
}

#[test]
fn an_order_that_pays_itself_converges_in_one_run() {
    let world = World::new(&web(PAID_BY_ITSELF));
    world.run(&["plan"]).exits(0).says("prepaid 1 year, renewed by itself, paid by itself");
    let finished = world.converge().finished();
    assert_eq!((&finished["created"], finished.get("orders")), (&json!(3), None), "{finished}");
    only_order(&world.cloud);
    assert_eq!(world.cloud.requests(NEWER), 1);
}

#[test]
fn a_dedicated_pool_is_asked_for_and_its_volumes_are_paid_by_use() {
    let world = World::new(&web(&format!("dedicated_storage_id: {POOL}")));
    world.run(&["plan"]).exits(0).says(&format!("in dedicated storage {POOL}"));
    world.converge();
    assert!(orders(&world.cloud).is_empty());
    for volume in world.cloud.volumes() {
        assert_eq!((&volume["dedicated_storage_id"], &volume["service_type"]), (&json!(POOL), &json!("DSS")));
    }
    world.volumes(&web("dedicated_storage_id: other"));
    world
        .run(&["plan"])
        .exits(4)
        .says("dedicated_storage_id: ")
        .says("put dedicated_storage_id of web back in the manifest as before");
}

#[test]
fn a_volume_for_a_server_ends_attached_and_is_not_reconciled() {
    let world = World::new(&web(&format!("server_id: {SERVER_BY_USE}")));
    world.run(&["plan"]).exits(0).says(&format!("attached to server {SERVER_BY_USE}, paid as that is"));
    world.converge();
    assert!(orders(&world.cloud).is_empty());
    assert!(world.recorded().iter().all(|volume| volume["status"] == "in-use"));
    for volume in world.cloud.volumes() {
        assert_eq!(volume["attachments"][0]["server_id"], SERVER_BY_USE, "{volume}");
    }
    // A field that the manifest leaves open is not compared.
    world.volumes("  web: { count: 3, size: 10 }");
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
    world.volumes(&web("server_id: other"));
    world.run(&["plan"]).exits(4).says("attached and detached at its servers alone");
    world.volumes("  web: { count: 3, size: 10, server_id: other, lifecycle: { ignore: [server_id] } }");
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn a_volume_for_a_prepaid_server_is_an_order_too() {
    let world = World::new(&web(&format!("server_id: {SERVER_PREPAID}")));
    world.cloud_field("settle: 1s");
    let ran = apply(&world, &[]).exits(7).says("nothing is bought until it is paid");
    assert!(!ran.stderr.contains("auto_pay"), "there is none to say it of: {}", ran.stderr);
    pay(&world.cloud, &only_order(&world.cloud));
    world.converge();
    only_order(&world.cloud);
    assert!(world.recorded().iter().all(|volume| volume["status"] == "in-use"));
}

#[test]
fn an_order_that_is_paid_late_in_a_run_is_waited_for_to_its_end() {
    let world = World::in_cloud(Cloud::with(&["--job-duration", "4s"]), &web(PAID_BY_ITSELF));
    // Far longer than an order is looked for of which nothing shows.
    world.cloud_field("settle: 1s");
    world.converge();
    let world = World::in_cloud(Cloud::with(&["--job-duration", "4s"]), &web(PAID_BY_ME));
    world.cloud_field("settle: 1s");
    apply(&world, &[]).exits(7);
    pay(&world.cloud, &only_order(&world.cloud));
    world.converge();
}

#[test]
fn an_answer_that_was_lost_is_asked_for_again_where_tokens_are_honoured() {
    let world = World::new(&web(PAID_BY_ME));
    world.cloud_field("settle: 1s");
    world.cloud.faults(json!([create(json!({"cut": "after"}))]));
    let ran = apply(&world, &["--format", "json"]).exits(7);
    let order = only_order(&world.cloud);
    assert_eq!(events(&ran, "ordered")[0]["order_id"], json!(order));
    assert_eq!(world.cloud.requests(NEWER), 2);
    pay(&world.cloud, &order);
    world.converge();
    assert_eq!((only_order(&world.cloud), world.cloud.requests(NEWER)), (order, 2));
}

#[test]
fn a_call_that_may_have_made_an_order_is_never_taken_not_to_have_happened() {
    for policy in [&["--in-doubt", "wait"][..], &["--in-doubt", "hold"], &["--in-doubt", "fail"], &[]] {
        let flags = &["--job-duration", "40ms", "--client-tokens", "off"];
        let world = World::in_cloud(Cloud::with(flags), &web(PAID_BY_ME));
        world.cloud_field("settle: 1s");
        // The first is refused for its token, the second is done and its answer lost.
        let mut lost = create(json!({"cut": "after"}));
        lost["skip"] = json!(1);
        world.cloud.faults(json!([lost]));
        // Time enough to prove the absence of what is paid by use.
        let words = [&["apply", "--yes", "--timeout", "5s"], policy].concat();
        for _ in 0..2 {
            let ran = world.run(&words).exits(7);
            let ran = ran.says("an order, and one that is not paid shows nowhere").says("`--in-doubt` says");
            ran.says("state rm PATH --call");
        }
        let order = only_order(&world.cloud);
        assert_eq!(world.cloud.requests(NEWER), 2, "{policy:?}: nothing is bought again");
        // What shows is taken, by its tag.
        pay(&world.cloud, &order);
        until("it is made", || world.cloud.volumes().iter().filter(|it| it["status"] == "available").count() == 3);
        apply(&world, &[]).exits(0);
        assert_eq!((only_order(&world.cloud), world.recorded().len()), (order, 3));
    }
}

#[test]
fn a_call_that_is_given_up_is_bought_anew_on_somebodys_word_alone() {
    let world = World::new(&web(PAID_BY_ME));
    world.cloud_field("settle: 1s");
    apply(&world, &[]).exits(7);
    let first = only_order(&world.cloud);
    let call = snapshot(&world)["calls"].as_object().unwrap().keys().next().unwrap().clone();
    world
        .run(&["state", "rm", "--call", &call])
        .exits(0)
        .says(&format!("its order {first} still makes them once it is paid"));
    apply(&world, &[]).exits(7);
    let both = orders(&world.cloud);
    assert_eq!(both.len(), 2);
    pay(&world.cloud, both[1]["order_id"].as_str().unwrap());
    world.converge();
    // The one that was given up is paid after all: its volumes are surplus, and said to be.
    pay(&world.cloud, &first);
    until("they are made", || world.cloud.volumes().len() == 6);
    world.run(&["plan"]).exits(4).says("surplus");
}

#[test]
fn a_run_that_is_killed_after_its_order_goes_on_with_that() {
    let world = World::new(&web(PAID_BY_ME));
    world.cloud_field("settle: 30s");
    let mut running = world.command(&["apply", "--yes"]);
    let mut running = running.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let journal = world.dir.path().join("state/test.journal");
    until("the order is recorded", || std::fs::read_to_string(&journal).is_ok_and(|text| text.contains("\"ordered\"")));
    running.kill().unwrap();
    running.wait().unwrap();
    let order = only_order(&world.cloud);
    world.run(&["plan"]).exits(0).says(&order);
    pay(&world.cloud, &order);
    world.converge();
    assert_eq!((only_order(&world.cloud), world.cloud.requests(NEWER)), (order, 1));
}

#[test]
fn a_prepaid_volume_that_failed_is_recorded_and_left_to_people() {
    let world = World::new(&web(PAID_BY_ITSELF));
    let failure = json!({"job": "fail", "error_code": "EVS.2024", "sub_jobs": [2], "volume": "error"});
    world.cloud.faults(json!([create(failure)]));
    let finished = apply(&world, &["--format", "json"]).exits(3).finished();
    assert_eq!((&finished["created"], &finished["failed"]), (&json!(2), &json!(1)), "{finished}");
    for _ in 0..2 {
        let ran = apply(&world, &[]).exits(4).says("refused: web[2] clean").says("it is prepaid (EVS.1035)");
        ran.says("unsubscribe it in the billing console");
    }
    assert_eq!((world.cloud.requests(DELETE), world.cloud.requests(NEWER)), (0, 1));
    assert_eq!((orders(&world.cloud).len(), world.cloud.volumes().len(), world.recorded().len()), (1, 3, 3));
    // What it was asked for counts, though no answer names its order.
    let mut bare = world.cloud.volumes();
    for volume in &mut bare {
        volume["metadata"] = json!({});
    }
    world.cloud.faults(json!([{"method": "GET", "path": LIST, "then": {"status": 200, "body": {"volumes": bare}}}]));
    apply(&world, &[]).exits(4).says("refused: web[2] clean").says("it is prepaid (EVS.1035)");
    world.cloud.faults(json!([]));
    assert_eq!((world.cloud.requests(DELETE), world.cloud.requests(NEWER)), (0, 1));
    // Whatever the manifest says of it by now.
    world.volumes("  web: { count: 3, size: 10 }");
    world.run(&["plan"]).exits(4).says("refused: web[2] clean").says("1 refused, 2 unchanged");
    assert_eq!(world.cloud.requests(DELETE), 0);
}

#[test]
fn what_is_paid_in_advance_is_neither_changed_nor_deleted() {
    let world = World::new(&web(PAID_BY_ITSELF));
    world.converge();
    // Whether its order paid itself is over and done with.
    world.volumes(&web("prepaid: { period_type: year, period_num: 1, auto_renew: true }"));
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
    world.volumes(&web(PAID_BY_ME));
    world
        .run(&["plan"])
        .exits(4)
        .says("prepaid: 1 year, renewed by itself -> 3 months, not renewed")
        .says("changed in the billing console alone");
    world.volumes(&web(&format!("{PAID_BY_ME}, lifecycle: {{ ignore: [prepaid] }}")));
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
    world.volumes("  {}");
    world.run(&["plan"]).exits(4).says("in the billing console: what is prepaid is never deleted by evsctl");
}

#[test]
fn volumes_are_found_by_the_ids_that_the_order_named_where_tags_lag() {
    let world = World::new(&web(PAID_BY_ITSELF));
    world.cloud_field("settle: 1s");
    world.cloud.faults(json!([{"method": "GET", "path": LIST, "then": {"tag_lag_ms": 600_000}}]));
    let finished = apply(&world, &["--format", "json"]).finished();
    assert_eq!(finished["created"], 3, "{finished}");
    assert_eq!(world.recorded().len(), 3);
}

#[test]
fn an_order_of_which_nothing_shows_for_however_long_is_not_taken_for_a_failure() {
    let world = World::in_cloud(Cloud::start().with_control(), &web(PAID_BY_ITSELF));
    world.cloud_field("settle: 1s");
    // The list is whole and shows the control by then: of what is paid by use it would prove that it was never made.
    std::thread::sleep(Duration::from_secs(8));
    let hidden = json!([
        {"method": "GET", "path": LIST, "then": {"list_lag_ms": 8000}},
        {"method": "GET", "path": "/v2/{project_id}/cloudvolumes/{volume_id}", "then": {"hide_ms": 600_000}},
    ]);
    world.cloud.faults(hidden);
    let ran = world.run(&["apply", "--yes", "--timeout", "6s"]).exits(7);
    ran.says("it pays itself").says("look at it in the billing console");
    assert!(world.recorded().is_empty());
    world.cloud.faults(json!([]));
    world.converge();
    assert_eq!((world.cloud.requests(NEWER), world.recorded().len()), (1, 3));
}

#[test]
fn an_order_whose_job_the_service_did_not_find_is_a_doubt_and_no_refusal() {
    let flags = &["--job-duration", "40ms", "--client-tokens", "off"];
    let world = World::in_cloud(Cloud::with(flags), &web(PAID_BY_ME));
    world.cloud_field("settle: 1s");
    let body = json!({"error": {"code": "EVS.2052", "message": "the job result using order id to query is invalid!"}});
    let mut lost = create(json!({"status": 400, "body": body}));
    lost["skip"] = json!(1);
    world.cloud.faults(json!([lost]));
    for _ in 0..2 {
        let ran = world.run(&["apply", "--yes", "--timeout", "3s"]).exits(7);
        ran.says("an order, and one that is not paid shows nowhere");
    }
    assert_eq!(world.cloud.requests(NEWER), 2, "nothing is ordered again");
}

#[test]
fn a_run_from_the_state_before_its_order_is_given_the_same_order() {
    let world = World::new(&web(PAID_BY_ME));
    world.cloud_field("settle: 1s");
    world.run(&["init"]).exits(0);
    let committed = std::fs::read(world.snapshot()).unwrap();
    for _ in 0..2 {
        world.back_to(&committed);
        apply(&world, &[]).exits(7);
    }
    pay(&world.cloud, &only_order(&world.cloud));
    world.converge();
    only_order(&world.cloud);
}

#[test]
fn orders_outlive_the_cloud_that_took_them() {
    let data = tempfile::tempdir().unwrap();
    let file = data.path().join("cloud.jsonl");
    let flags = ["--job-duration", "40ms", "--data", file.to_str().unwrap()];
    let mut world = World::in_cloud(Cloud::with(&flags), &web(PAID_BY_ME));
    world.cloud_field("settle: 1s");
    apply(&world, &[]).exits(7);
    let order = only_order(&world.cloud);
    world.cloud.dies_for(Duration::ZERO, &flags);
    assert_eq!(only_order(&world.cloud), order);
    pay(&world.cloud, &order);
    world.cloud.dies_for(Duration::ZERO, &flags);
    assert_eq!(orders(&world.cloud)[0]["paid"], true);
    world.converge();
    only_order(&world.cloud);
}
