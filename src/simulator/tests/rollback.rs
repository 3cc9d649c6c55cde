//! Volumes that are rolled back to their snapshots.

use super::snapshots::{PATH, delete, empty, show, take, taken};
use super::{World, failing, refused};
use crate::simulator::fault::JobTrouble;
use serde_json::{Value, json};

fn roll_back(world: &mut World, snapshot: &str, volume: &str) -> (u16, Value) {
    world.post(&format!("{PATH}/{snapshot}/rollback"), json!({"rollback": {"volume_id": volume, "name": "v"}}))
}

/// The status of the volume, and that of the snapshot.
fn statuses(world: &mut World, volume: &str, snapshot: &str) -> [String; 2] {
    let shown = [world.shown(volume), show(world, snapshot)];
    shown.map(|it| it["status"].as_str().unwrap().to_owned())
}

/// A volume with a snapshot.
fn world() -> (World, String, String) {
    let mut world = empty();
    let volume = world.made(false);
    let snapshot = taken(&mut world, &volume, "s");
    (world, volume, snapshot)
}

#[test]
fn volume_and_snapshot_are_rollbacking_and_then_what_they_were() {
    for path in [PATH, "/v2/{p}/os-vendor-snapshots", "/v3/{p}/os-vendor-snapshots"] {
        let (mut world, volume, snapshot) = world();
        let other = taken(&mut world, &volume, "other");
        let before = ["gigabytes", "snapshots"].map(|it| world.in_use(it));
        world.pass(1);
        let body = json!({"rollback": {"volume_id": volume}});
        let answer = world.post(&format!("{path}/{snapshot}/rollback"), body.clone());
        assert_eq!(answer, (202, body), "{path}");
        assert_eq!(statuses(&mut world, &volume, &snapshot), ["rollbacking"; 2]);
        assert_eq!(statuses(&mut world, &volume, &other)[1], "available", "it alone");
        let shown = show(&mut world, &snapshot);
        assert_eq!(shown["os-extended-snapshot-attributes:progress"], "100%");
        assert_eq!(shown["updated_at"], "2024-01-02T03:04:35.100000");
        world.pass(80);
        assert_eq!(statuses(&mut world, &volume, &snapshot), ["rollbacking"; 2]);
        world.pass(20);
        assert_eq!(statuses(&mut world, &volume, &snapshot), ["available"; 2]);
        assert_eq!(world.shown(&volume)["updated_at"], "2024-01-02T03:04:44.100000");
        assert_eq!(["gigabytes", "snapshots"].map(|it| world.in_use(it)), before, "it takes nothing of the quota");
    }
}

#[test]
fn nothing_else_is_done_meanwhile() {
    let (mut world, volume, snapshot) = world();
    assert_eq!(roll_back(&mut world, &snapshot, &volume).0, 202);
    let grow = json!({"os-extend": {"new_size": 50}});
    let path = format!("/v2/{{p}}/cloudvolumes/{volume}");
    assert_eq!(refused(roll_back(&mut world, &snapshot, &volume)).1, "EVS.1031");
    assert_eq!(refused(delete(&mut world, &snapshot)), (400, "EVS.1047".to_owned()));
    assert_eq!(refused(take(&mut world, &volume, "t")).1, "EVS.1031");
    assert_eq!(refused(world.post(&format!("/v2.1/{{p}}/cloudvolumes/{volume}/action"), grow)).1, "EVS.1064");
    assert_eq!(refused(world.send("DELETE", &path, b"")).1, "EVS.1046");
    let from = json!({"volume": super::blank_with(json!({"snapshot_id": snapshot}))});
    assert_eq!(refused(world.post("/v3/{p}/cloudvolumes", from)).1, "EVS.2043");
}

#[test]
fn what_cannot_be_rolled_back_is_refused() {
    let (mut world, volume, snapshot) = world();
    let other = world.made(false);
    let path = format!("{PATH}/{snapshot}/rollback");
    for (body, status, code) in [
        (json!({}), 400, "EVS.1070"),
        (json!({"rollback": null}), 400, "EVS.1070"),
        (json!({"rollback": []}), 400, "EVS.1018"),
        (json!([]), 400, "EVS.2108"),
        (json!({"rollback": {}}), 400, "EVS.1002"),
        (json!({"rollback": {"name": "v"}}), 400, "EVS.1002"),
        (json!({"rollback": {"volume_id": "x"}}), 400, "EVS.1002"),
        (json!({"rollback": {"volume_id": 1}}), 400, "EVS.1018"),
        (json!({"rollback": {"volume_id": volume, "name": 1}}), 400, "EVS.1018"),
        (json!({"rollback": {"volume_id": volume, "name": "n".repeat(256)}}), 400, "EVS.1003"),
        (json!({"rollback": {"volume_id": "8dd7c486-8e9f-49fe-bceb-26aa7e312b66"}}), 404, "EVS.5404"),
        (json!({"rollback": {"volume_id": other}}), 400, "EVS.1032"),
    ] {
        assert_eq!(refused(world.post(&path, body.clone())), (status, code.to_owned()), "{body}");
    }
    assert_eq!(refused(world.send("POST", &path, b"{")), (400, "EVS.1052".to_owned()));
    assert_eq!(refused(roll_back(&mut world, "8dd7c486-8e9f-49fe-bceb-26aa7e312b66", &volume)).0, 404);
    let elsewhere = format!("/v2/{}/cloudsnapshots/{snapshot}/rollback", "f".repeat(32));
    assert_eq!(refused(world.post(&elsewhere, json!({"rollback": {"volume_id": volume}}))).0, 404, "another project");
    for (status, code) in [
        ("in-use", "EVS.1031"),
        ("error", "EVS.1031"),
        ("extending", "EVS.1031"),
        ("error_restoring", "EVS.1031"),
        ("error_rollbacking", ""),
    ] {
        world.edit(&volume, json!({ "status": status }));
        assert_eq!(refused(roll_back(&mut world, &snapshot, &volume)).1, code, "{status}");
    }
    world.pass(100);
    assert_eq!(world.shown(&volume)["status"], "available");
    world.edit(&volume, json!({"attached_to": "s"}));
    assert_eq!(refused(roll_back(&mut world, &snapshot, &volume)).1, "EVS.1031");
    world.edit(&volume, json!({"attached_to": null, "locked_by": "CBR"}));
    assert_eq!(refused(roll_back(&mut world, &snapshot, &volume)).1, "EVS.2068");
    world.edit(&volume, json!({"locked_by": null}));
    let young = take(&mut world, &volume, "young").1["snapshot"]["id"].as_str().unwrap().to_owned();
    assert_eq!(refused(roll_back(&mut world, &young, &volume)).1, "EVS.1031", "it is not available");
    assert_eq!(refused(roll_back(&mut world, &snapshot, &volume)).1, "EVS.2068", "one is being taken");
    world.pass(100);
    let backup = taken(&mut world, &volume, "autobk_snapshot_1");
    assert_eq!(refused(roll_back(&mut world, &backup, &volume)).1, "EVS.2045", "it is of a backup");
    let mut world = World::new();
    let base = "b836dc3d-4e10-4ea4-a34c-8f6b0460a583";
    let volume = world.made(false);
    assert_eq!(refused(roll_back(&mut world, base, &volume)), (403, "EVS.5403".to_owned()), "of the catalogue");
}

#[test]
fn one_that_fails_leaves_the_volume_for_a_deletion_or_another_try() {
    for again in [true, false] {
        let (mut world, volume, snapshot) = world();
        world.trouble = failing(None);
        assert_eq!(roll_back(&mut world, &snapshot, &volume).0, 202);
        world.trouble = None;
        assert_eq!(statuses(&mut world, &volume, &snapshot), ["rollbacking"; 2]);
        world.pass(100);
        let mut after = world.again();
        for world in [&mut world, &mut after] {
            assert_eq!(statuses(world, &volume, &snapshot), ["error_rollbacking", "available"]);
            if again {
                assert_eq!(roll_back(world, &snapshot, &volume).0, 202);
                assert_eq!(statuses(world, &volume, &snapshot), ["rollbacking"; 2]);
                world.pass(100);
                assert_eq!(statuses(world, &volume, &snapshot), ["available"; 2]);
            } else {
                assert_eq!(world.send("DELETE", &format!("/v2/{{p}}/cloudvolumes/{volume}"), b"").0, 200);
                world.pass(100);
                assert_eq!((world.volumes().len(), world.get(&format!("{PATH}/{snapshot}")).0), (0, 404));
            }
        }
    }
}

#[test]
fn one_that_hangs_is_never_over_and_a_slow_one_later() {
    let (mut world, volume, snapshot) = world();
    world.trouble = Some(JobTrouble::Slow { sub_jobs: None, by_ms: 10_000 });
    roll_back(&mut world, &snapshot, &volume);
    world.pass(100);
    assert_eq!(statuses(&mut world, &volume, &snapshot), ["rollbacking"; 2]);
    world.pass(100);
    assert_eq!(statuses(&mut world, &volume, &snapshot), ["available"; 2]);
    world.trouble = Some(JobTrouble::Hang);
    roll_back(&mut world, &snapshot, &volume);
    world.pass(10_000);
    assert_eq!(statuses(&mut world, &volume, &snapshot), ["rollbacking"; 2]);
}

#[test]
fn a_restart_in_the_middle_goes_on() {
    let (mut world, volume, snapshot) = world();
    roll_back(&mut world, &snapshot, &volume);
    world.pass(50);
    let mut again = world.again();
    for world in [&mut world, &mut again] {
        assert_eq!(statuses(world, &volume, &snapshot), ["rollbacking"; 2]);
        world.pass(50);
        assert_eq!(statuses(world, &volume, &snapshot), ["available"; 2]);
    }
    assert_eq!(show(&mut world, &snapshot), show(&mut again, &snapshot));
    assert_eq!(world.shown(&volume), again.shown(&volume));
}

#[test]
fn a_volume_that_has_grown_since_keeps_its_size() {
    let (mut world, volume, snapshot) = world();
    let grow = json!({"os-extend": {"new_size": 50}});
    assert_eq!(world.post(&format!("/v2.1/{{p}}/cloudvolumes/{volume}/action"), grow).0, 202);
    world.pass(100);
    assert_eq!(roll_back(&mut world, &snapshot, &volume).0, 202);
    world.pass(100);
    assert_eq!((&world.shown(&volume)["size"], &show(&mut world, &snapshot)["size"]), (&json!(50), &json!(40)));
    assert_eq!(world.in_use("gigabytes"), 90);
}
