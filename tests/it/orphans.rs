//! Volumes that nothing records: adopted, listed, or restored into a state that was lost.

use crate::support::{CREATE, Cloud, UPDATE, World, put};
use serde_json::{Value, json};

const LIST: &str = "GET /v2/{project_id}/cloudvolumes/detail";

/// Makes a volume behind evsctl's back, and waits until it can be used.
fn make(world: &World, name: &str, zone: &str, tag: Option<&str>) -> String {
    let mut volume = json!({"availability_zone": zone, "volume_type": "SSD", "size": 10, "name": name, "count": 1});
    if let Some(tag) = tag {
        volume["tags"] = json!({ "evsctl": tag });
    }
    let before: Vec<Value> = world.cloud.volumes().iter().map(|volume| volume["id"].clone()).collect();
    let (status, answer) = world.cloud.call("POST", "/v3/{project_id}/cloudvolumes", Some(json!({ "volume": volume })));
    assert!((200..300).contains(&status), "{answer}");
    let mut made = None;
    crate::support::until("the volume is there", || {
        let volumes = world.cloud.volumes();
        made = volumes.into_iter().find(|volume| !before.contains(&volume["id"]) && volume["status"] == "available");
        made.is_some()
    });
    made.unwrap()["id"].as_str().unwrap().to_owned()
}

fn rename(world: &World, id: &str, name: &str) {
    let path = format!("/v2/{{project_id}}/cloudvolumes/{id}");
    assert_eq!(world.cloud.call("PUT", &path, Some(json!({"volume": {"name": name}}))).0, 200);
}

/// The tag of the volume of that name.
fn tag_of(world: &World, name: &str) -> String {
    let volumes = world.cloud.volumes();
    let volume = volumes.iter().find(|volume| volume["name"] == name).unwrap();
    volume["tags"]["evsctl"].as_str().unwrap().to_owned()
}

fn lose_the_state(world: &World) {
    std::fs::remove_dir_all(world.dir.path().join("state")).unwrap();
}

fn addresses(world: &World) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    world.recorded().iter().map(|volume| (text(&volume["address"]), text(&volume["id"]))).collect()
}

/// A set of which one volume failed without a trace.
fn with_a_gap() -> World {
    let world = World::new("  data: { count: 3, size: 10 }");
    world.cloud.faults(json!([{"method": "POST", "path": "/v3/{project_id}/cloudvolumes", "times": 1,
        "then": {"job": "fail", "error_code": "EVS.2024", "sub_jobs": [2], "volume": "none"}}]));
    world.run(&["apply", "--yes"]).exits(3);
    world
}

#[test]
fn a_volume_that_shows_late_takes_its_slot_and_nothing_is_bought() {
    let world = with_a_gap();
    let late = make(&world, "data-0002", "az-dc-1", Some(&tag_of(&world, "data-0001")));
    let creates = world.cloud.requests(CREATE);
    let listed = world.run(&["orphans", "--format", "json"]).exits(0).json();
    assert_eq!(
        (&listed[0]["id"], &listed[0]["known"], &listed[0]["slots"]),
        (&json!(late), &json!("ended"), &json!("1..3"))
    );
    let made: jiff::Timestamp = listed[0]["created_at"].as_str().unwrap().parse().unwrap();
    assert!(made.duration_since(jiff::Timestamp::now()).abs() < jiff::SignedDuration::from_secs(60), "{listed}");
    world.run(&["orphans"]).exits(0).says("CREATED").says(&made.strftime("%Y-%m-%d %H:%MZ").to_string());
    world.run(&["plan", "--detailed-exitcode"]).exits(2).says("= data[2] adopt").says("1 to adopt");
    let finished = world.converge().finished();
    assert_eq!((&finished["adopted"], &finished["created"], &finished["updated"]), (&json!(1), &json!(0), &json!(0)));
    assert_eq!(world.cloud.requests(CREATE), creates);
    assert_eq!(addresses(&world)[1], ("data[2]".to_owned(), late));
    assert_eq!(world.run(&["orphans", "--format", "json"]).exits(0).json(), json!([]));
}

#[test]
fn a_late_volume_gets_the_name_of_the_only_slot_that_is_free() {
    let world = with_a_gap();
    make(&world, "nonsense", "az-dc-1", Some(&tag_of(&world, "data-0001")));
    let ran = world.run(&["apply", "--yes"]).exits(0).says("adopted: data[2]").says("1 adopted");
    ran.says("1 changed");
    assert_eq!(world.cloud.names(), ["data-0001", "data-0002", "data-0003"]);
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn what_was_approved_to_be_created_may_be_adopted() {
    let world = World::new("  data: { count: 3, size: 10 }");
    let changes = world.run(&["plan", "--format", "json"]).exits(0).json()["changes"].as_str().unwrap().to_owned();
    world.cloud.faults(json!([{"method": "POST", "path": "/v3/{project_id}/cloudvolumes", "times": 1,
        "then": {"job": "fail", "error_code": "EVS.2024", "sub_jobs": [2], "volume": "none"}}]));
    world.run(&["apply", "--approve", &changes]).exits(3);
    make(&world, "data-0002", "az-dc-1", Some(&tag_of(&world, "data-0001")));
    world.run(&["apply", "--approve", &changes]).exits(0).says("1 adopted");
}

#[test]
fn a_surplus_volume_is_told_and_left_alone() {
    let world = World::new("  data: { count: 2, size: 10 }");
    world.converge();
    let tag = tag_of(&world, "data-0001");
    let spare = make(&world, "data-0002", "az-dc-1", Some(&tag));
    world.run(&["plan"]).exits(4).says("no slot of the call is free").says(&spare).says("in the console");
    world.run(&["orphans"]).exits(0).says(&spare).says("for data[1..2], over");
    world.cloud.delete(&spare);
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn a_lost_state_is_restored_from_tags_and_names() {
    let world = World::new("  data: { count: 130, size: 10 }\n  web: { size: 10, name: front }\n  db: { size: 20 }");
    world.converge();
    make(&world, "somebody's", "az-dc-1", None);
    let (before, writes) = (addresses(&world), world.cloud.requests(CREATE) + world.cloud.requests(UPDATE));
    lose_the_state(&world);
    world.run(&["plan"]).exits(4).says("evsctl state rebuild PATH").says("132 volumes");
    let orphans = world.run(&["orphans"]).exits(0).says("there is no recorded state");
    assert_eq!(orphans.stdout.lines().count(), 133);
    let lists = world.cloud.requests(LIST);
    let rebuilt = world.run(&["state", "rebuild", "--format", "json"]).exits(0).json();
    assert_eq!((rebuilt["restored"].as_array().unwrap().len(), &rebuilt["left"]), (132, &json!([])));
    assert_eq!(rebuilt["calls"], json!({ LIST: world.cloud.requests(LIST) - lists }));
    assert_eq!(rebuilt["serial"], 5, "four calls, and this run");
    assert_eq!(addresses(&world), before);
    world.run(&["plan", "--detailed-exitcode"]).exits(0).says("nothing to do");
    assert_eq!(world.cloud.requests(CREATE) + world.cloud.requests(UPDATE), writes, "only reads");
    // What is whole is not written again.
    let snapshot = std::fs::read(world.snapshot()).unwrap();
    world.run(&["state", "rebuild"]).exits(0).says("nothing of stack test is missing");
    assert_eq!(std::fs::read(world.snapshot()).unwrap(), snapshot);
    // It is a state like any other.
    world.volumes("  data: { count: 131, size: 10 }\n  web: { size: 10, name: front }\n  db: { size: 20 }");
    assert_eq!(world.converge().finished()["created"], 1);
}

#[test]
fn two_volumes_of_one_name_are_not_guessed() {
    let world = World::new("  data: { count: 3, size: 10 }\n  web: { size: 10 }");
    world.converge();
    world.volumes("  data: { count: 5, size: 10 }\n  web: { size: 10 }");
    // The second call's volumes keep the names that the service gave: the run dies before it renames them.
    world.cloud.faults(json!([{"method": "PUT", "then": {"status": 400, "body": {"error": {"code": "EVS.1000"}}}}]));
    world.run(&["apply", "--yes"]).exits(3);
    world.cloud.faults(json!([]));
    let before = addresses(&world);
    lose_the_state(&world);
    let ran = world.run(&["state", "rebuild"]).exits(4).says("restored 2 volumes").says("2 volumes claim data[1]");
    ran.says("2 volumes claim data[2]").says("in the console");
    assert_eq!(addresses(&world), [before[2].clone(), before[5].clone()]);
    // Nothing is bought beside what is not certain.
    world.run(&["apply", "--yes", "--skip-refused"]).exits(4).says("does not know the create calls of 4 volumes");
    assert_eq!(world.cloud.stats()["volumes"], 6);
    for (slot, (_, id)) in before[3..5].iter().enumerate() {
        rename(&world, id, &format!("data-{:04}", slot + 4));
    }
    let rebuilt = world.run(&["state", "rebuild", "--format", "json"]).exits(0).json();
    assert_eq!(rebuilt["restored"].as_array().unwrap().len(), 4);
    assert_eq!(addresses(&world), before);
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn what_does_not_agree_is_left_and_said() {
    let world = World::new("  data: { count: 2, size: 10 }\n  web: { size: 10 }");
    world.converge();
    let tag = tag_of(&world, "web");
    let volumes = world.cloud.volumes();
    rename(&world, volumes[0]["id"].as_str().unwrap(), "odd\u{1b}[31m");
    world.cloud.delete(volumes[2]["id"].as_str().unwrap());
    make(&world, "web", "az-dc-2", Some(&tag));
    lose_the_state(&world);
    let ran = world.run(&["state", "rebuild"]).exits(4).says("restored 1 volume").says("left, since");
    let ran = ran.says("its name is that of no volume in the manifest").says("web[1] shall be in zone az-dc-1");
    assert_eq!(addresses(&world)[0].0, "data[2]");
    assert!(ran.stdout.contains("odd\\u{1b}") && !ran.stdout.contains('\u{1b}'), "{}", ran.stdout);
    world.run(&["orphans"]).exits(0).says("not known to the recorded state");
}

#[test]
fn tags_of_two_states_are_not_mixed() {
    let world = World::new("  data: { count: 2, size: 10 }\n  web: { size: 10 }");
    world.converge();
    let ours = tag_of(&world, "web").split('_').nth(1).unwrap().to_owned();
    let other = make(&world, "late", "az-dc-1", Some("test_zyxw7654_mzxw6ytboi"));
    world.run(&["plan"]).exits(4).says(&format!("lineage {ours} here, and zyxw7654 there"));
    lose_the_state(&world);
    let ran = world.run(&["state", "rebuild"]).exits(4).says("2 states have written stack test");
    ran.says("lineage zyxw7654 with 1 volume").says(&format!("lineage {ours} with 3 volumes"));
    assert!(!world.snapshot().exists());
    world.run(&["state", "rebuild", "--lineage", "aaaaaaaa"]).exits(4).says("no volume of stack test");
    let rebuilt = world.run(&["state", "rebuild", "--lineage", &ours, "--format", "json"]).exits(4).json();
    assert_eq!((&rebuilt["lineage"], rebuilt["restored"].as_array().unwrap().len()), (&json!(ours), 3));
    assert_eq!(rebuilt["left"][0]["id"], json!(other));
    world.cloud.delete(&other);
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
    world.run(&["state", "rebuild", "--lineage", "zyxw7654"]).exits(4).says("what is recorded is of lineage");
}

#[test]
fn an_older_copy_of_the_state_gets_what_it_lacks() {
    let world = World::new("  data: { count: 2, size: 10 }");
    world.converge();
    let older = std::fs::read(world.snapshot()).unwrap();
    world.volumes("  data: { count: 4, size: 10 }");
    world.converge();
    world.volumes("  data: { count: 4, size: 10 }\n  web: { size: 10 }");
    world.converge();
    let before = addresses(&world);
    put(&world.snapshot(), older);
    // The call that this very state would make now is known by its tag; the one after it is not.
    world
        .run(&["plan"])
        .exits(4)
        .says("made by a run whose record is lost")
        .says("older than the cloud")
        .says("evsctl state rebuild PATH");
    let rebuilt = world.run(&["state", "rebuild", "--format", "json"]).exits(0).json();
    assert_eq!((rebuilt["restored"].as_array().unwrap().len(), &rebuilt["serial"]), (3, &json!(2)));
    assert_eq!(addresses(&world), before);
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn a_file_that_cannot_be_read_is_not_overwritten() {
    let world = World::new("  data: { count: 2, size: 10 }");
    world.converge();
    let whole = std::fs::read(world.snapshot()).unwrap();
    let torn = &whole[..whole.len() / 2];
    put(&world.snapshot(), torn);
    let path = world.snapshot().display().to_string();
    world.run(&["state", "rebuild"]).exits(1).says("not whole").says(&format!("move {path} away first"));
    assert_eq!(std::fs::read(world.snapshot()).unwrap(), torn);
    std::fs::remove_file(world.snapshot()).unwrap();
    let journal = world.dir.path().join("state/test.journal");
    put(&journal, "anything");
    world.run(&["state", "rebuild"]).exits(1).says(&format!("move {} away first", journal.display()));
    std::fs::remove_file(&journal).unwrap();
    world.run(&["state", "rebuild"]).exits(0).says("restored 2 volumes");
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn a_volume_smaller_than_wanted_is_restored_and_still_has_to_grow() {
    let world = World::new("  data: { size: 10 }");
    world.converge();
    lose_the_state(&world);
    world.volumes("  data: { size: 20 }");
    world.run(&["state", "rebuild"]).exits(0);
    world.run(&["plan"]).exits(0).says("extend  10 -> 20 GB");
}

#[test]
fn where_nothing_carries_the_tag_there_is_nothing_to_restore() {
    let world = World::new("  data: { size: 10 }");
    world.run(&["state", "rebuild"]).exits(0).says("nothing to restore");
    assert!(!world.snapshot().exists());
    world.run(&["orphans"]).exits(0).says("no volume that carries this stack's tag");
    world.converge();
}

/// The state as it was committed before the volumes were made comes back; they were made `ago`.
fn put_back(volumes: &str, ago: jiff::SignedDuration) -> World {
    let world = World::new(volumes);
    world.run(&["init"]).exits(0);
    let committed = std::fs::read(world.snapshot()).unwrap();
    world.converge();
    world.back_to(&committed);
    let made = (jiff::Timestamp::now() - ago).strftime("%Y-%m-%dT%H:%M:%S.%6f").to_string();
    for volume in world.cloud.volumes() {
        world.cloud.edit(volume["id"].as_str().unwrap(), json!({ "created_at": made }));
    }
    world
}

#[test]
fn a_call_whose_record_is_lost_has_its_volumes_however_long_ago_it_made_them() {
    let world = put_back("  data: { count: 2, size: 10 }", jiff::SignedDuration::from_hours(5));
    let creates = world.cloud.requests(CREATE);
    world.converge();
    assert_eq!((world.cloud.requests(CREATE), world.recorded().len()), (creates, 2));
}

#[test]
fn a_volume_of_a_call_whose_record_is_lost_that_broke_since_is_not_cleaned_without_a_number() {
    let world = put_back("  data: { count: 2, size: 10 }", jiff::SignedDuration::from_hours(5));
    let id = world.cloud.volumes()[0]["id"].as_str().unwrap().to_owned();
    world.cloud.edit(&id, json!({"status": "error"}));
    world.run(&["apply", "--yes"]).exits(3);
    world.run(&["apply", "--yes"]).exits(4).says("--allow-destroy 1");
    assert!(world.cloud.volumes().iter().any(|volume| volume["id"] == *id));
}

/// One volume is made, its answer is lost, and it shows in no list for the rest of that run.
fn in_doubt() -> World {
    let cloud = Cloud::with(&["--job-duration", "40ms", "--client-tokens", "off"]);
    let world = World::in_cloud(cloud, "  data: { size: 10 }");
    // The first is refused for its token.
    world.cloud.faults(json!([
        {"method": "POST", "path": "/v3/{project_id}/cloudvolumes", "skip": 1, "then": {"cut": "after"}},
        {"path": "/v2/{project_id}/cloudvolumes/detail", "then": {"list_lag_ms": 60_000}},
    ]));
    world.run(&["apply", "--yes", "--in-doubt", "fail"]).exits(7);
    world.cloud.faults(json!([]));
    world
}

#[test]
fn a_volume_with_the_tag_of_an_open_call_that_is_dated_too_late_for_it_keeps_that_open() {
    let world = in_doubt();
    let [made] = world.cloud.volumes().try_into().unwrap();
    make(&world, "other", "az-dc-1", Some("other_aaaaaaaa_bbbbbbbbbb"));
    // As where the service's clock leapt between the record and the sending.
    let later = (jiff::Timestamp::now() + jiff::SignedDuration::from_hours(2)).strftime("%Y-%m-%dT%H:%M:%S.%6f");
    world.cloud.edit(made["id"].as_str().unwrap(), json!({ "created_at": later.to_string() }));
    let creates = world.cloud.requests(CREATE);
    world.run(&["apply", "--yes", "--in-doubt", "wait", "--timeout", "8s"]).exits(7);
    assert_eq!((world.cloud.requests(CREATE), world.recorded().len()), (creates, 0));
}

#[test]
fn a_clone_that_was_made_long_after_its_call_was_sent_is_not_taken_for_what_that_made() {
    let world = in_doubt();
    let made = world.cloud.volumes();
    let [made] = made.as_slice() else { panic!("{made:?}") };
    world.cloud.is_ahead(24 * 60);
    let tag = made["tags"]["evsctl"].as_str().unwrap();
    // Until one of them comes before it, whichever comes first.
    let id = made["id"].as_str().unwrap();
    while make(&world, "data", "az-dc-1", Some(tag)).as_str() > id {}
    let _ = world.run(&["apply", "--yes", "--in-doubt", "fail"]);
    let recorded: Vec<Value> = world.recorded().iter().map(|volume| volume["id"].clone()).collect();
    assert_eq!(recorded, [made["id"].clone()]);
}
