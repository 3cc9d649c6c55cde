//! What a run goes through that changes volumes which are there.

use super::hands::Hand;
use super::scenario::{ONE, PLAIN, Scenario, THREE};
use super::script::{JOB, VOLUME};
use serde_json::{Value, json};
use std::time::Duration;

pub(crate) const EXTEND: &str = "/v2.1/{project_id}/cloudvolumes/{volume_id}/action";
pub(crate) const BATCH: &str = "/v5/{project_id}/volumes/batch-extend";

const TWO: &str = "  a: { size: 10 }\n  b: { size: 30 }";
const LARGER: &str = "  a: { count: 3, size: 20 }";
const PREPAID: &str = "  a: { size: 10, prepaid: { period_type: month, period_num: 1, auto_pay: true } }";
const MORE_PREPAID: &str = "  a: { size: 20, prepaid: { period_type: month, period_num: 1, auto_pay: true } }";

/// Three volumes that grow.
const GROWS: Scenario = Scenario { before: Some(THREE), volumes: LARGER, every: 7, gate: 3, ..PLAIN };
/// One that is deleted beside one that stays.
const DELETES: Scenario = Scenario { before: Some(TWO), volumes: ONE, destroys: true, every: 7, gate: 3, ..PLAIN };

fn batch(then: Value) -> Vec<Value> {
    vec![json!({"method": "POST", "path": BATCH, "times": 1, "then": then})]
}

fn single(then: Value) -> Vec<Value> {
    vec![json!({"method": "POST", "path": EXTEND, "times": 1, "then": then})]
}

fn delete(then: Value) -> Vec<Value> {
    vec![json!({"method": "DELETE", "path": VOLUME, "times": 1, "then": then})]
}

/// Where there is no call that extends several.
pub(crate) fn no_batch() -> Value {
    let body = json!({"error_code": "APIGW.0101", "error_msg": "The API does not exist"});
    json!({"method": "POST", "path": BATCH, "then": {"status": 404, "body": body}})
}

/// All of them.
pub(crate) const CHANGES: &[Scenario] = &[
    Scenario { name: "several volumes grow by one call", every: 3, ..GROWS },
    Scenario {
        name: "one volume grows",
        before: Some(ONE),
        volumes: "  a: { size: 20 }",
        rules: || single(json!({"cut": "after"})),
        ..GROWS
    },
    Scenario {
        name: "two batch calls",
        before: Some("  a: { count: 130, size: 10 }"),
        volumes: "  a: { count: 130, size: 20 }",
        every: 43,
        gate: 2,
        ..GROWS
    },
    Scenario { name: "each grows by its own call where there is no batch call", rules: || vec![no_batch()], ..GROWS },
    Scenario {
        name: "a batch is refused as a whole",
        rules: || batch(json!({"status": 400, "body": {"error": {"code": "EVS.1064", "message": "no"}}})),
        every: 5,
        ..GROWS
    },
    Scenario {
        name: "a sub-job of an extension fails",
        rules: || batch(json!({"job": "fail", "error_code": "EVS.2026", "sub_jobs": [2]})),
        mended: true,
        ..GROWS
    },
    Scenario {
        name: "a sub-job of an extension hangs",
        rules: || batch(json!({"job": "hang", "sub_jobs": [2]})),
        hung: 1,
        timeout: Duration::from_secs(2),
        every: 11,
        gate: 2,
        ..GROWS
    },
    Scenario {
        name: "the answer to an extension is lost",
        rules: || batch(json!({"cut": "after"})),
        every: 3,
        ..GROWS
    },
    Scenario { name: "nothing was done of an extension", rules: || batch(json!({"cut": "before"})), ..GROWS },
    Scenario { name: "an extension is done late", rules: || batch(json!({"late_ms": 250})), every: 5, ..GROWS },
    Scenario { name: "the job of an extension vanishes", rules: || batch(json!({"job": "vanish"})), every: 5, ..GROWS },
    Scenario {
        name: "a prepaid volume grows by an order that pays itself",
        before: Some(PREPAID),
        volumes: MORE_PREPAID,
        given_up: true,
        timeout: Duration::from_secs(2),
        ..GROWS
    },
    Scenario {
        name: "the answer with an order for growth is lost",
        before: Some(PREPAID),
        volumes: MORE_PREPAID,
        given_up: true,
        timeout: Duration::from_secs(2),
        rules: || single(json!({"cut": "after"})),
        ..GROWS
    },
    Scenario {
        name: "a key moves, grows and gets one more",
        before: Some(THREE),
        volumes: "  b: { count: 4, size: 20 }\nmoved: [{ from: a, to: b }]",
        ..GROWS
    },
    Scenario {
        name: "a key moves, its extension lost, and loses one",
        before: Some(THREE),
        volumes: "  b: { count: 2, size: 20 }\nmoved: [{ from: a, to: b }]",
        rules: || batch(json!({"cut": "after"})),
        destroys: true,
        ..GROWS
    },
    Scenario { name: "a volume is deleted", every: 3, ..DELETES },
    Scenario {
        name: "count is lowered by two",
        before: Some("  a: { count: 4, size: 10 }"),
        volumes: "  a: { count: 2, size: 10 }",
        ..DELETES
    },
    Scenario { name: "the answer to a delete is lost", rules: || delete(json!({"cut": "after"})), every: 3, ..DELETES },
    Scenario { name: "nothing was done of a delete", rules: || delete(json!({"cut": "before"})), ..DELETES },
    Scenario { name: "a delete is done late", rules: || delete(json!({"late_ms": 250})), every: 5, ..DELETES },
    Scenario {
        name: "a delete under one approval",
        rules: || delete(json!({"cut": "after"})),
        approved: true,
        ..DELETES
    },
    Scenario {
        name: "a delete's job fails",
        rules: || delete(json!({"job": "fail", "error_code": "EVS.2020"})),
        mended: true,
        ..DELETES
    },
    Scenario {
        name: "a delete's job cannot be asked for",
        rules: || vec![json!({"method": "GET", "path": JOB, "times": 2, "then": {"status": 503}})],
        every: 5,
        ..DELETES
    },
    Scenario {
        name: "tags change",
        before: Some("  a: { count: 2, size: 10, tags: { one: x, two: x } }"),
        volumes: "  a: { count: 2, size: 10, tags: { two: y, three: y } }",
        ..GROWS
    },
    Scenario {
        name: "everything at once",
        before: Some("  a: { count: 3, size: 10, tags: { one: x } }\n  b: { size: 10 }\n  c: { count: 2, size: 30 }"),
        volumes: "  a: { count: 3, size: 20, name: other, tags: { two: y } }\n  c: { size: 30 }\n  d: { size: 40 }",
        destroys: true,
        every: 7,
        gate: 6,
        ..GROWS
    },
    Scenario {
        name: "an extension in doubt is reverted",
        rules: || batch(json!({"cut": "before"})),
        reverted: Some(THREE),
        every: 7,
        ..GROWS
    },
    Scenario {
        name: "an extension whose answer is lost is reverted",
        rules: || batch(json!({"cut": "after"})),
        reverted: Some(THREE),
        every: 7,
        ..GROWS
    },
    Scenario {
        name: "a delete in doubt is reverted",
        rules: || delete(json!({"cut": "before"})),
        reverted: Some(TWO),
        every: 7,
        ..DELETES
    },
    Scenario {
        name: "a delete whose answer is lost is reverted",
        rules: || delete(json!({"cut": "after"})),
        reverted: Some(TWO),
        every: 7,
        ..DELETES
    },
    Scenario {
        name: "a hand grows a volume of an extension in doubt",
        rules: || batch(json!({"cut": "before"})),
        hand: Some(Hand::Grow),
        ..GROWS
    },
    Scenario {
        name: "a hand deletes a volume of an extension in doubt",
        rules: || batch(json!({"cut": "after"})),
        hand: Some(Hand::Delete),
        ..GROWS
    },
    Scenario {
        name: "a volume whose delete is in doubt gets a snapshot",
        before: Some("  a: { count: 2, size: 10, lifecycle: { delete_snapshots: true } }"),
        volumes: "  a: { count: 1, size: 10, lifecycle: { delete_snapshots: true } }",
        rules: || delete(json!({"cut": "before"})),
        hand: Some(Hand::Snapshot),
        ..DELETES
    },
    Scenario {
        name: "a volume whose delete is in doubt is attached",
        before: Some(THREE),
        volumes: "  a: { count: 1, size: 10 }",
        rules: || delete(json!({"cut": "before"})),
        hand: Some(Hand::Attach),
        ..DELETES
    },
];
