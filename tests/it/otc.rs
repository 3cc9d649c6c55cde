//! Against Open Telekom Cloud, which knows fewer calls: everything goes, by the older calls where there are no usual ones.

use crate::support::{Cloud, World};
use serde_json::json;

const SHOW: &str = "GET /v2/{project_id}/cloudvolumes/{volume_id}";
const SHOW_OLDER: &str = "GET /v2/{project_id}/os-vendor-volumes/{volume_id}";
const EXTEND: &str = "POST /v2.1/{project_id}/cloudvolumes/{volume_id}/action";
const EXTEND_OLDER: &str = "POST /v2/{project_id}/cloudvolumes/{volume_id}/action";

fn otc(volumes: &str) -> World {
    World::in_cloud(Cloud::with(&["--job-duration", "40ms", "--partition", "otc"]), volumes)
}

#[test]
fn a_stack_is_made_changed_edited_and_deleted() {
    for create_api in [None, Some("create_api: v2")] {
        let volumes = |fields: &str| format!("  web: {{ count: 3, {fields} }}");
        let world = otc("");
        let write = |text: &str| {
            world.volumes(text);
            create_api.iter().for_each(|field| world.cloud_field(field));
        };
        write(&volumes("size: 10, tags: { team: a }"));
        world.converge();
        assert_eq!(world.cloud.volumes().len(), 3);

        let id = world.recorded()[0]["id"].as_str().unwrap().to_owned();
        world.cloud.edit(&id, json!({"name": "other", "tags": {}}));
        world.run(&["plan", "--detailed-exitcode"]).exits(2).says("drift");
        world.run(&["drift"]).exits(2);
        world.converge();
        world.run(&["drift"]).exits(0);

        write(&volumes("size: 20, tags: { team: b }, description: d"));
        world.converge();
        assert!(world.cloud.volumes().iter().all(|it| it["size"] == 20 && it["tags"]["team"] == "b"));
        assert_eq!(world.cloud.requests(EXTEND_OLDER), 3, "each volume is extended once");

        write(&volumes("size: 20, tags: { team: b }, description: d").replace("count: 3", "count: 1"));
        world.run(&["apply", "--yes", "--allow-destroy", "2"]).exits(0);
        assert_eq!(world.cloud.volumes().len(), 1);
        world.run(&["plan", "--detailed-exitcode"]).exits(0).says("nothing to do");
        world.run(&["destroy", "--yes", "--allow-destroy", "1"]).exits(0);
        assert!(world.cloud.volumes().is_empty());
    }
}

#[test]
fn a_run_remembers_which_call_is_missing() {
    let world = otc("  web: { count: 6, size: 10 }");
    world.converge();
    // Volumes are looked at one by one as they grow; all six extensions may be on their way before the first is answered.
    let before = [SHOW, SHOW_OLDER, EXTEND, EXTEND_OLDER].map(|call| world.cloud.requests(call));
    world.volumes("  web: { count: 6, size: 20 }");
    world.run(&["apply", "--yes", "--parallelism", "1"]).exits(0);
    let after = [SHOW, SHOW_OLDER, EXTEND, EXTEND_OLDER].map(|call| world.cloud.requests(call));
    let sent: Vec<u64> = after.iter().zip(before).map(|(after, before)| after - before).collect();
    assert!(sent[0] <= 1 && sent[1] >= 1, "shown {sent:?}");
    assert!(sent[2] <= 6 && sent[3] == 6, "extended {sent:?}");
}

/// A volume that is gone is gone by either call, and is not taken for a call that is missing.
#[test]
fn a_volume_that_is_gone_is_no_call_that_is_missing() {
    for flags in [&["--job-duration", "40ms"][..], &["--job-duration", "40ms", "--partition", "otc"]] {
        let is_otc = flags.contains(&"otc");
        let world = World::in_cloud(Cloud::with(flags), "  web: { count: 2, size: 10 }");
        world.converge();
        let id = world.recorded()[0]["id"].as_str().unwrap().to_owned();
        let older = world.cloud.requests(SHOW_OLDER);
        world.cloud.edit(&id, json!({"gone": true}));
        world.run(&["plan", "--detailed-exitcode"]).exits(2).says("gone");
        let asked = world.cloud.requests(SHOW_OLDER) - older;
        assert_eq!(asked > 0, is_otc, "{asked}");
        world.run(&["apply", "--yes", "--allow-recreate", "1"]).exits(0);
        assert_eq!(world.cloud.volumes().len(), 2);
    }
}
