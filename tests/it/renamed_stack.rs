//! A stack that gets another name: nothing is bought again, and its state and tags go on.

use crate::support::{CREATE, DELETE, World, copy_folder, evsctl, put, run};
use serde_json::json;
use std::fs;

const VOLUMES: &str = "  data: { size: 10, count: 3 }\n  db: { size: 20 }";

/// Writes another name into the manifest.
fn rename(world: &World, name: &str) {
    let path = world.dir.path().join("evsctl.yaml");
    let text = fs::read_to_string(&path).unwrap();
    let rest = text.split_once('\n').unwrap().1;
    put(&path, format!("stack: {name}\n{rest}"));
}

fn stack() -> World {
    let world = World::new(VOLUMES);
    world.converge();
    world
}

fn state(world: &World, name: &str) -> std::path::PathBuf {
    world.dir.path().join(format!("state/{name}.json"))
}

#[test]
fn it_is_refused_and_nothing_is_bought() {
    let world = stack();
    rename(&world, "ren");
    for words in [&["plan"][..], &["plan", "--offline"], &["apply", "--yes"], &["apply", "--yes", "--skip-refused"]] {
        let ran = world
            .run(words)
            .exits(4)
            .says("asks for what stack test has, whose state lies beside its own with 4 volumes");
        drop(ran.says("`evsctl state rename-stack PATH test`").says("--new-stack"));
    }
    let plan = world.run(&["plan", "--format", "json"]).exits(4).json();
    let refused = &plan["plan"]["refusals"][0];
    let told = (&refused["code"], &refused["from"], &refused["addresses"]);
    assert_eq!(told, (&json!("stack-renamed"), &json!("test"), &json!(4)));
    assert_eq!((world.cloud.requests(CREATE), plan["plan"]["steps"].as_array().unwrap().len()), (2, 0));
    // Having begun with nothing makes no difference.
    world.run(&["init"]).exits(0);
    world.run(&["apply", "--yes"]).exits(4).says("as if test had been renamed");
    assert_eq!(world.cloud.requests(CREATE), 2);
}

#[test]
fn its_state_goes_on_under_the_new_name() {
    let world = stack();
    rename(&world, "ren");
    world.run(&["init"]).exits(0);
    let ran = world.run(&["state", "rename-stack", "test"]).exits(0).says("stack test is ren now, with 4 volumes");
    drop(ran.says("next: evsctl plan"));
    let left: Vec<String> = fs::read_dir(world.dir.path().join("state"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with("test.") && !name.starts_with("test.lock"))
        .collect();
    assert!(left.is_empty() && state(&world, "ren").exists(), "{left:?}");
    // The tags stay as they are, and count.
    world.run(&["plan", "--detailed-exitcode"]).exits(0).says("nothing to do");
    assert_eq!(world.run(&["orphans", "--format", "json"]).exits(0).json(), json!([]));
    let tag = |name: &str| {
        let volumes = world.cloud.volumes();
        let volume = volumes.iter().find(|volume| volume["name"] == name).unwrap();
        volume["tags"]["evsctl"].as_str().unwrap().to_owned()
    };
    let before = tag("db");
    assert!(before.starts_with("test_"), "{before}");
    // What is new is tagged by the new name, what goes is known by the old one.
    world.volumes("  data: { size: 10, count: 4 }");
    rename(&world, "ren");
    world.run(&["apply", "--yes", "--allow-destroy", "1"]).exits(0).says("1 created, 1 deleted");
    assert!(tag("data-0004").starts_with("ren_") && tag("data-0001").starts_with("test_"));
    assert_eq!(world.cloud.names(), ["data-0001", "data-0002", "data-0003", "data-0004"]);
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
    // A state that is lost is put together from both.
    fs::remove_dir_all(world.dir.path().join("state")).unwrap();
    world.run(&["state", "rebuild"]).exits(0);
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
    assert_eq!(world.recorded().len(), 4);
}

#[test]
fn a_new_stack_is_made_where_somebody_says_so() {
    let world = stack();
    rename(&world, "ren");
    let file = world.dir.path().join("plan.json");
    let file = file.to_str().unwrap();
    let plan = world.run(&["plan", "--new-stack", "--out", file, "--format", "json"]).exits(0).json();
    world.run(&["apply", "--approve", plan["changes"].as_str().unwrap()]).exits(4);
    world.run(&["apply", "--plan", file]).exits(0).says("4 created");
    assert_eq!((world.cloud.names().len(), world.cloud.requests(DELETE)), (8, 0));
    // From then on both are stacks of their own.
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
    rename(&world, "test");
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn an_open_operation_keeps_its_name() {
    let world = World::new(VOLUMES);
    let create = "/v3/{project_id}/cloudvolumes";
    world.cloud.faults(json!([{"method": "POST", "path": create, "times": 1, "then": {"job": "hang"}}]));
    world.run(&["apply", "--yes", "--timeout", "300ms"]).exits(7);
    rename(&world, "ren");
    world.run(&["apply", "--yes"]).exits(4).says("as if test had been renamed");
    world.run(&["state", "rename-stack", "test"]).exits(4).says("stack test is not renamed: 1 call is not over");
    assert!(state(&world, "test").exists() && !state(&world, "ren").exists());
}

#[test]
fn a_crash_in_the_middle_is_gone_on_with_and_nothing_is_overwritten() {
    let world = stack();
    let before = fs::read(state(&world, "test")).unwrap();
    rename(&world, "ren");
    world.run(&["state", "rename-stack", "test"]).exits(0);
    // As if the files of the former name had not been taken away.
    put(&state(&world, "test"), &before);
    world.run(&["state", "rename-stack", "test"]).exits(0);
    assert!(!state(&world, "test").exists());
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
    // As if it had died right after the first write: the new name has the state as it was.
    let world = stack();
    let before = fs::read_to_string(state(&world, "test")).unwrap();
    rename(&world, "ren");
    world.run(&["state", "rename-stack", "test"]).exits(0);
    let serial = |name: &str| fs::read_to_string(state(&world, name)).unwrap().lines().nth(5).unwrap().to_owned();
    assert_ne!(serial("ren"), before.lines().nth(5).unwrap());
    // Where both went on since, nothing of either is thrown away.
    put(&state(&world, "test"), &before);
    rename(&world, "test");
    for size in [30, 40] {
        world.volumes(&format!("  data: {{ size: 10, count: 3 }}\n  db: {{ size: 20 }}\n  more: {{ size: {size} }}"));
        world.converge();
    }
    rename(&world, "ren");
    let now = fs::read(state(&world, "ren")).unwrap();
    world.run(&["state", "rename-stack", "test"]).exits(4).says("test holds what it does not: more[1]");
    assert!(fs::read(state(&world, "ren")).unwrap() == now && state(&world, "test").exists());
}

/// Killed in the middle, as often as it takes, it is gone on with.
#[test]
fn a_kill_at_any_time_is_gone_on_with() {
    for wait in 0..12 {
        let world = stack();
        rename(&world, "ren");
        let mut running = world.command(&["state", "rename-stack", "test"]);
        let mut running = running.stderr(std::process::Stdio::null()).spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(wait * 3));
        let _ = running.kill();
        running.wait().unwrap();
        if state(&world, "test").exists() {
            world.run(&["state", "rename-stack", "test"]).exits(0).says("with 4 volumes");
        }
        assert!(!state(&world, "test").exists(), "{wait}");
        world.run(&["plan", "--detailed-exitcode"]).exits(0);
    }
}

#[test]
fn a_stack_that_gave_up_all_it_had_is_as_new() {
    let world = World::new("  z: { size: 20 }");
    rename(&world, "shop");
    world.run(&["apply", "--yes"]).exits(0);
    world.volumes("  {}\nremoved: [z]");
    rename(&world, "shop");
    world.run(&["apply", "--yes"]).exits(0);
    world.volumes(VOLUMES);
    world.converge();
    rename(&world, "shop");
    world.run(&["apply", "--yes"]).exits(4).says("as if test had been renamed");
    world.run(&["state", "rename-stack", "test"]).exits(0);
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
    assert_eq!(world.run(&["orphans", "--format", "json"]).exits(0).json(), json!([]), "what it gave up stays so");
}

#[test]
fn a_key_that_is_renamed_with_its_stack_is_no_new_volume() {
    for beside in [true, false] {
        let world = World::new("  a: { size: 20, count: 3 }");
        world.converge();
        if !beside {
            fs::rename(world.dir.path().join("state"), world.dir.path().join("kept")).unwrap();
        }
        world.volumes("  z: { size: 20, count: 3 }\nmoved: [{ from: a, to: z }]");
        rename(&world, "ren");
        world.run(&["apply", "--yes"]).exits(4).says("as if test had been renamed");
        assert_eq!(world.cloud.requests(CREATE), 1);
        if beside {
            world.run(&["state", "rename-stack", "test"]).exits(0);
            world.run(&["apply", "--yes"]).exits(0);
            assert_eq!(world.cloud.names(), ["z-0001", "z-0002", "z-0003"]);
        }
    }
}

#[test]
fn the_former_name_is_not_led_to_a_second_state() {
    let world = stack();
    rename(&world, "ren");
    world.run(&["state", "rename-stack", "test"]).exits(0);
    rename(&world, "test");
    let ran = world.run(&["plan"]).exits(4).says("asks for what stack ren has");
    assert!(!ran.stdout.contains("rebuild"), "{}", ran.stdout);
    world.run(&["state", "rebuild"]).exits(4).says("stack ren goes on with it");
    world.run(&["state", "rename-stack", "ren"]).exits(0);
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn what_is_not_there_or_is_the_same_is_said() {
    let world = stack();
    world.run(&["state", "rename-stack", "test"]).exits(1).says("the manifest's stack is test itself");
    world.run(&["state", "rename-stack", "other"]).exits(1).says("no state of a stack other is in");
}

#[test]
fn where_its_state_is_not_at_hand_the_tags_tell() {
    let world = stack();
    let kept = world.dir.path().join("kept");
    fs::rename(world.dir.path().join("state"), &kept).unwrap();
    rename(&world, "ren");
    let ran = world.run(&["apply", "--yes"]).exits(4).says("whose tag 4 volumes of this project carry");
    let lineage = ran.stdout.split("--lineage").nth(1).unwrap().split_whitespace().next().unwrap();
    assert_eq!(world.cloud.requests(CREATE), 2);
    // Each way out that it names.
    world.run(&["state", "rebuild", "--lineage", lineage.trim_end_matches([';', '`'])]).exits(0);
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
    fs::remove_dir_all(world.dir.path().join("state")).unwrap();
    fs::rename(&kept, world.dir.path().join("state")).unwrap();
    world.run(&["state", "rename-stack", "test"]).exits(0);
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn another_stack_with_little_in_common_is_no_former_name() {
    let world = stack();
    world.volumes("  db: { size: 20 }\n  a: { size: 10 }\n  b: { size: 10 }\n  c: { size: 10 }");
    rename(&world, "ren");
    world.run(&["apply", "--yes"]).exits(0).says("4 created");
    // Nor is one in another project.
    world.manifest(&"a".repeat(32), VOLUMES);
    rename(&world, "third");
    world.run(&["plan"]).exits(0);
}

/// At no instant does the state record what its embedded cloud does not have.
#[test]
fn on_the_embedded_cloud_a_kill_at_any_time_is_gone_on_with_too() {
    let made = tempfile::tempdir().unwrap();
    let manifest = |dir: &std::path::Path, name: &str| {
        let text = format!(
            "stack: {name}\ncloud: {{ simulator: true }}\ndefaults: {{ availability_zone: az-dc-1, volume_type: SSD }}\n\
             volumes:\n{VOLUMES}\n"
        );
        put(&dir.join("evsctl.yaml"), text);
    };
    let command = |dir: &std::path::Path, words: &[&str]| {
        let mut command = evsctl();
        command.current_dir(dir).args(words);
        command
    };
    manifest(made.path(), "old");
    run(command(made.path(), &["apply", "--yes"])).exits(0);
    for wait in 0..12 {
        let dir = tempfile::tempdir().unwrap();
        copy_folder(made.path(), dir.path());
        copy_folder(&made.path().join("state"), &dir.path().join("state"));
        manifest(dir.path(), "new");
        let mut running = command(dir.path(), &["state", "rename-stack", ".", "old"]);
        let mut running = running.stderr(std::process::Stdio::null()).spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(wait * 3));
        let _ = running.kill();
        running.wait().unwrap();
        let plan = run(command(dir.path(), &["plan"]));
        assert!(!plan.stdout.contains("recreate") && !plan.stdout.contains("gone"), "{wait}: {plan:?}");
        if dir.path().join("state/old.json").exists() {
            run(command(dir.path(), &["state", "rename-stack", ".", "old"])).exits(0).says("with 4 volumes");
        }
        run(command(dir.path(), &["plan", "--detailed-exitcode"])).exits(0);
    }
}

/// The embedded cloud is the stack's own: it goes with the name, and until then nothing is made in another one.
#[test]
fn a_stack_on_the_embedded_cloud_keeps_its_volumes_too() {
    let dir = tempfile::tempdir().unwrap();
    let manifest = |name: &str| {
        let text = format!(
            "stack: {name}\ncloud: {{ simulator: true }}\ndefaults: {{ availability_zone: az-dc-1, volume_type: SSD }}\n\
             volumes:\n{VOLUMES}\n"
        );
        put(&dir.path().join("evsctl.yaml"), text);
    };
    let go = |words: &[&str]| {
        let mut command = evsctl();
        command.current_dir(&dir).args(words);
        run(command)
    };
    manifest("old");
    go(&["apply", "--yes"]).exits(0);
    manifest("new");
    go(&["plan"]).exits(4).says("`evsctl state rename-stack PATH old`");
    go(&["state", "rename-stack", ".", "old"]).exits(0);
    let cloud = |name: &str| dir.path().join(format!("state/.simulator/{name}.jsonl"));
    assert!(cloud("new").exists() && !cloud("old").exists());
    go(&["plan", "--detailed-exitcode"]).exits(0).says("nothing to do: 4 volumes are as desired");
    // A cloud that has volumes under the new name already is not written over.
    manifest("third");
    go(&["apply", "--yes", "--new-stack"]).exits(0);
    fs::remove_file(dir.path().join("state/third.json")).unwrap();
    let refused = go(&["state", "rename-stack", ".", "new"]).exits(4).says("an embedded cloud under either name");
    drop(refused.says("move the one away that is not the stack's"));
    assert!(cloud("new").exists() && cloud("third").exists());
}

#[test]
fn a_rebuild_under_the_new_name_says_whose_the_volumes_are() {
    let world = stack();
    let lineage = world.run(&["state", "list", "--format", "json"]).exits(0).json();
    assert_eq!(lineage.as_array().unwrap().len(), 4);
    let text = fs::read_to_string(state(&world, "test")).unwrap();
    let lineage = text.split("\"lineage\":").nth(1).unwrap().split('"').nth(1).unwrap().to_owned();
    fs::remove_dir_all(world.dir.path().join("state")).unwrap();
    rename(&world, "ren");
    let told =
        world.run(&["state", "rebuild"]).exits(4).says("4 volumes of stack test have the names that it asks for");
    drop(told.says(&format!("--lineage {lineage}`")));
    world.run(&["state", "rebuild", "--lineage", &lineage]).exits(0).says("restored 4 volumes of stack ren");
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
}

/// A name that lags behind its address, or that is changed with the stack's, hides no stack.
#[test]
fn a_stack_whose_names_are_others_than_its_addresses_is_known_too() {
    let world = stack();
    // Moved by hand: until the next apply the volumes keep their names.
    world.volumes("  log: { size: 10, count: 3 }\n  db: { size: 20 }");
    world.run(&["state", "mv", "data", "log"]).exits(0);
    rename(&world, "ren");
    world.run(&["apply", "--yes"]).exits(4).says("as if test had been renamed");
    // And named otherwise in the same edit.
    world.volumes("  log: { size: 10, count: 3, name: zz }\n  db: { size: 20, name: yy }");
    rename(&world, "ren");
    world.run(&["apply", "--yes"]).exits(4).says("as if test had been renamed");
    assert_eq!(world.cloud.requests(CREATE), 2);
    world.run(&["state", "rename-stack", "test"]).exits(0);
    world.run(&["apply", "--yes"]).exits(0);
    assert_eq!((world.cloud.requests(CREATE), world.cloud.names().len()), (2, 4));
}
