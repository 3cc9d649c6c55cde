//! What speaks against a deletion that a plan sees: each by its own code, and nothing is sent.

use super::{nothing_is_deleted, refusals, unwanted};
use crate::support::{CREATE, DELETE, World};
use serde_json::{Value, json};

/// Insists that the deletion of `web` is refused by that code, whatever is consented to.
#[track_caller]
fn refused(world: &World, code: &str) -> Value {
    let refused = refusals(world);
    assert!(
        refused.len() == 1 && refused[0]["code"] == code && refused[0]["about"]["address"] == "web[1]",
        "{code}: {refused:?}"
    );
    for flags in [&["--allow-destroy", "1"][..], &["--skip-refused"], &["--skip-refused", "--allow-destroy", "0"]] {
        world.run(&[&["apply", "--yes"], flags].concat()).exits(4);
    }
    nothing_is_deleted(world, &["db", "web"]);
    refused[0].clone()
}

#[test]
fn an_attached_volume() {
    let (world, id) = unwanted();
    world.cloud.edit(&id, json!({"attached_to": "5c9f3a1e-7d24-4e0b-8f63-2b1a9c8d7e01"}));
    let why = refused(&world, "delete-attached");
    assert_eq!(why["servers"], json!(["5c9f3a1e-7d24-4e0b-8f63-2b1a9c8d7e01"]));
    world.run(&["plan"]).exits(4).says("server 5c9f3a1e").says("evsctl detaches nothing");
    world.cloud.edit(&id, json!({"attached_to": null}));
    world.run(&["apply", "--yes", "--allow-destroy", "1"]).exits(0);
    assert_eq!(world.cloud.names(), ["db"]);
}

#[test]
fn a_protected_volume_whose_slot_is_retired() {
    let world = World::new("  web: { size: 20, lifecycle: { prevent_destroy: true } }\n  db: { size: 30 }");
    world.converge();
    world.volumes("  web: { size: 20, lifecycle: { prevent_destroy: true, retire: [1] } }\n  db: { size: 30 }");
    drop(refused(&world, "protected"));
}

#[test]
fn statuses_in_which_nothing_is_deleted() {
    for (status, words) in [
        ("backing-up", "as backing-up"),
        ("awaiting-transfer", "have the transfer accepted or taken back"),
        ("error_deleting", "EVS.2020"),
        ("downloading", "as downloading"),
    ] {
        let (world, id) = unwanted();
        world.cloud.edit(&id, json!({"status": status}));
        let why = refused(&world, "not-deletable");
        assert_eq!(why["status"], status);
        world.run(&["plan"]).exits(4).says(words);
    }
    let (world, id) = unwanted();
    world.cloud.edit(&id, json!({"status": "in-use"}));
    drop(refused(&world, "delete-attached"));
}

#[test]
fn a_volume_without_the_tag_of_its_call_or_with_anothers() {
    let (world, id) = unwanted();
    world.cloud.edit(&id, json!({"tags": {}}));
    drop(refused(&world, "unmarked"));
    world.run(&["plan"]).exits(4).says("ownership tag").says("evsctl = test_");
    world.cloud.edit(&id, json!({"tags": {"evsctl": "other_aaaaaaaa_bbbbbbbbbb"}}));
    drop(refused(&world, "anothers-tag"));
}

#[test]
fn a_prepaid_volume() {
    let world = World::new(
        "  web: { size: 20, prepaid: { period_type: month, period_num: 1, auto_pay: true } }\n  db: { size: 30 }",
    );
    world.converge();
    world.volumes("  db: { size: 30 }");
    drop(refused(&world, "delete-prepaid"));
    world.run(&["plan"]).exits(4).says("billing console");
}

#[test]
fn snapshots_that_cannot_be_listed_refuse_the_delete_alone() {
    let (world, _) = unwanted();
    world.volumes("  db: { size: 30 }\n  fresh: { size: 50 }");
    let path = "/v2/{project_id}/cloudsnapshots/detail";
    let denied = json!({"status": 403, "body": {"error": {"code": "EVS.5403", "message": "no"}}});
    world.cloud.faults(json!([{"method": "GET", "path": path, "then": denied}]));
    let creates = world.cloud.requests(CREATE);
    let refused = refusals(&world);
    assert!(refused.len() == 1 && refused[0]["code"] == "snapshots-unknown", "{refused:?}");
    world.run(&["plan"]).exits(4).says("could not be listed").says("EVS.5403");
    world.run(&["apply", "--yes", "--skip-refused"]).exits(4).says("1 created");
    assert_eq!((world.cloud.requests(CREATE), world.cloud.requests(DELETE)), (creates + 1, 0));
    world.cloud.faults(json!([]));
    world.run(&["apply", "--yes", "--allow-destroy", "1"]).exits(0);
    assert_eq!(world.cloud.names(), ["db", "fresh"]);
}
