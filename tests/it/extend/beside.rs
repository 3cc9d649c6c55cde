//! An extension beside other changes of the same volumes, and beside what hands have done meanwhile.

use super::{BATCH, SINGLE, amid, id_of, recorded, sizes, web};
use crate::support::{World, put};
use serde_json::json;

#[test]
fn a_volume_grows_and_is_renamed_and_retagged_in_one_apply() {
    let world = World::new("  web: { size: 20, count: 3, name: old, tags: { a: x } }");
    world.converge();
    world.volumes("  web: { size: 40, count: 3, name: new, tags: { a: y, b: z } }");
    assert_eq!(world.run(&["plan", "--format", "json"]).exits(0).json()["summary"]["update"], 3);
    let ran = world.run(&["apply", "--yes", "--format", "json"]).exits(0);
    assert_eq!(ran.finished()["updated"], 3);
    assert_eq!((sizes(&world), world.cloud.requests(BATCH)), (vec![40; 3], 1));
    assert_eq!(world.cloud.names(), ["new-0001", "new-0002", "new-0003"]);
    for volume in world.cloud.volumes() {
        assert!(volume["tags"]["a"] == "y" && volume["tags"]["b"] == "z" && volume["tags"]["evsctl"].is_string());
    }
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
    world.run(&["plan", "--offline", "--detailed-exitcode"]).exits(0);
}

#[test]
fn a_default_that_grows_goes_over_many_keys_in_few_calls() {
    let keys: String = (1..=300).map(|n| format!("  key-{n:03}: {{}}\n")).collect();
    let world = World::new(&keys);
    let path = world.dir.path().join("evsctl.yaml");
    let text = std::fs::read_to_string(&path).unwrap();
    let of = |gb: u32| text.replace("volume_type: SSD }", &format!("volume_type: SSD, size: {gb} }}"));
    put(&path, of(20));
    world.converge();
    put(&path, of(40));
    world.run(&["plan", "--detailed-exitcode"]).exits(2).says("3 batch-extend");
    world.run(&["apply", "--yes"]).exits(0).says("300 changed");
    assert_eq!((sizes(&world), world.cloud.requests(BATCH), world.cloud.requests(SINGLE)), (vec![40; 300], 3, 0));
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn what_a_hand_has_grown_to_the_wished_size_is_agreed_on() {
    let world = World::new(&web(1, 20));
    world.converge();
    world.cloud.edit(&id_of(&world, "web"), json!({"size": 40}));
    // Told and left, while the manifest does not follow.
    world.run(&["plan", "--detailed-exitcode"]).exits(0).says("size  \"20 GB\" -> \"40 GB\"");
    world.volumes(&web(1, 40));
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
    world.run(&["apply"]).exits(0);
    assert_eq!((recorded(&world)["web[1]"], world.cloud.requests(SINGLE)), (40, 0));
    world.run(&["plan", "--offline", "--detailed-exitcode"]).exits(0);
}

#[test]
fn what_a_hand_has_grown_beyond_is_never_made_smaller() {
    let world = World::new(&web(1, 20));
    world.converge();
    world.cloud.edit(&id_of(&world, "web"), json!({"size": 60}));
    world.volumes(&web(1, 40));
    let plan = world.run(&["plan"]).exits(4);
    plan.says("refused: web[1] shrink").says("60");
    world.run(&["apply", "--yes"]).exits(4);
    assert_eq!((sizes(&world), world.cloud.requests(SINGLE)), (vec![60], 0));
    world.volumes("  web: { size: 40, count: 1, lifecycle: { ignore: [size] } }");
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
    world.volumes(&web(1, 80));
    world.run(&["plan", "--detailed-exitcode"]).exits(2).says("60 -> 80 GB");
    world.run(&["apply", "--yes"]).exits(0);
    assert_eq!((sizes(&world), recorded(&world)["web[1]"]), (vec![80], 80));
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn what_a_hand_has_grown_since_the_look_is_no_failure() {
    for (count, gb, calls) in [(1, 40, 1), (1, 60, 1), (3, 40, 3)] {
        let world = World::new(&web(count, 20));
        world.converge();
        world.volumes(&web(count, 40));
        let id = id_of(&world, if count == 1 { "web" } else { "web-0002" });
        amid(&world, &[], || world.cloud.edit(&id, json!({"size": gb}))).exits(0);
        assert_eq!(world.cloud.requests(SINGLE), calls, "{count} {gb}");
        assert_eq!(sizes(&world).into_iter().max(), Some(gb));
        assert!(recorded(&world).values().all(|gb| *gb >= 40));
        let told = world.run(&["plan", "--detailed-exitcode"]).exits(0);
        if gb > 40 {
            told.says("size  \"40 GB\" -> \"60 GB\"");
        }
    }
}
