//! Volumes that are deleted: only what was approved by number, and what nothing speaks against.

use crate::support::World;

const DELETE: &str = "DELETE /v2/{project_id}/cloudvolumes/{volume_id}";

#[test]
fn a_key_that_is_gone_is_deleted_with_consent() {
    let world = World::new("  web: { size: 20, count: 2 }\n  db: { size: 30 }");
    world.converge();
    world.volumes("  web: { size: 20, count: 2 }");
    world.run(&["plan", "--detailed-exitcode"]).exits(2).says("db[1]").says("delete").says("--allow-destroy 1");
    world.run(&["apply", "--yes"]).exits(4);
    assert_eq!(world.cloud.requests(DELETE), 0);
    world.run(&["apply", "--yes", "--allow-destroy", "1"]).exits(0).says("1 deleted");
    assert_eq!((world.cloud.requests(DELETE), world.cloud.volumes().len()), (1, 2));
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
}
