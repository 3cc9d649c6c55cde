//! Volumes that become larger: several in one call, each judged by itself, and never twice.

use crate::support::World;
use serde_json::json;

const BATCH: &str = "POST /v5/{project_id}/volumes/batch-extend";
const SINGLE: &str = "POST /v2.1/{project_id}/cloudvolumes/{volume_id}/action";

fn sizes(world: &World) -> Vec<u64> {
    let mut sizes: Vec<u64> = world.cloud.volumes().iter().map(|volume| volume["size"].as_u64().unwrap()).collect();
    sizes.sort_unstable();
    sizes
}

#[test]
fn many_grow_in_few_calls_and_one_plan_line() {
    let world = World::new("  web: { size: 20, count: 150 }");
    world.converge();
    world.volumes("  web: { size: 40, count: 150 }");
    let plan = world.run(&["plan", "--detailed-exitcode"]).exits(2);
    plan.says("web[1..150]  extend  150 x 20 -> 40 GB").says("2 batch-extend");
    world.run(&["apply", "--yes"]).exits(0).says("150 changed");
    assert_eq!(sizes(&world), vec![40; 150]);
    assert_eq!((world.cloud.requests(BATCH), world.cloud.requests(SINGLE)), (2, 0));
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
    world.run(&["plan", "--offline", "--detailed-exitcode"]).exits(0);
}

#[test]
fn where_no_call_extends_several_each_grows_by_itself() {
    let world = World::new("  web: { size: 20, count: 3 }");
    world.converge();
    world.cloud.faults(json!([{"method": "POST", "path": "/v5/{project_id}/volumes/batch-extend", "then":
        {"status": 404, "body": {"error_code": "APIGW.0101", "error_msg": "The API does not exist"}}}]));
    world.volumes("  web: { size: 40, count: 3 }");
    world.run(&["apply", "--yes"]).exits(0);
    assert_eq!((sizes(&world), world.cloud.requests(SINGLE)), (vec![40; 3], 3));
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
}
