//! `import`: volumes that exist and that a stack takes over. None is bought again, none of another stack is touched, and each is
//! marked as the stack's own.

mod killed;

use crate::support::{CREATE, World, put};
use serde_json::{Value, json};

const RETAG: &str = "POST /v2/{project_id}/cloudvolumes/{volume_id}/tags/action";
const SHOW: &str = "GET /v2/{project_id}/cloudvolumes/{volume_id}";

impl World {
    /// Makes volumes as a person does, by the OpenStack call, and gives their ids.
    fn by_hand(&self, volumes: &[Value]) -> Vec<String> {
        let made = volumes.iter().map(|volume| {
            let (status, body) = self.cloud.call("POST", "/v2/{project_id}/volumes", Some(json!({ "volume": volume })));
            assert_eq!(status, 202, "{body}");
            body["volume"]["id"].as_str().unwrap().to_owned()
        });
        let ids: Vec<String> = made.collect();
        for id in &ids {
            let path = format!("/v2/{{project_id}}/cloudvolumes/{id}");
            crate::support::until("it is available", || {
                self.cloud.call("GET", &path, None).1["volume"]["status"] == "available"
            });
        }
        ids
    }

    fn marks(&self) -> Vec<String> {
        let mark = |volume: &Value| volume["tags"]["evsctl"].as_str().unwrap_or_default().to_owned();
        self.cloud.volumes().iter().map(mark).collect()
    }
}

fn plain(name: &str) -> Value {
    json!({"name": name, "size": 20, "availability_zone": "az-dc-1", "volume_type": "SSD"})
}

/// Nothing is left to do, and nothing was made.
#[track_caller]
fn is_settled(world: &World, volumes: usize) {
    world.run(&["plan", "--detailed-exitcode"]).exits(0).says("nothing to do");
    world.run(&["plan", "--detailed-exitcode", "--offline"]).exits(0);
    world.run(&["drift"]).exits(0);
    assert_eq!((world.cloud.volumes().len(), world.cloud.requests(CREATE)), (volumes, 0));
    let marks = world.marks();
    assert!(marks.iter().all(|mark| mark.starts_with("test_")), "{marks:?}");
}

#[test]
fn volumes_of_every_kind_are_taken_over_and_the_next_plan_is_empty() {
    let encrypted = json!({"__system__encrypted": "1", "__system__cmkid": "c258f3e2-6d42-4a48-bd24-b7e3a0a4f1a1"});
    let world = World::new("");
    let ids = world.by_hand(&[
        plain("plain"),
        json!({"name": "secret", "size": 20, "availability_zone": "az-dc-1", "volume_type": "SSD", "metadata": encrypted}),
        json!({"name": "scsi", "size": 20, "availability_zone": "az-dc-1", "volume_type": "SSD", "metadata": {"hw:passthrough": "true"}}),
        json!({"name": "shared", "size": 20, "availability_zone": "az-dc-1", "volume_type": "SSD", "multiattach": true}),
        json!({"name": "tagged", "size": 20, "availability_zone": "az-dc-1", "volume_type": "SSD", "description": "by hand", "metadata": {}}),
        plain("web-0001"),
        plain("web-0002"),
    ]);
    world.cloud.edit(&ids[0], json!({"attached_to": "server-1"}));
    world.cloud.edit(&ids[4], json!({"tags": {"team": "a", "other": "x"}}));
    let id = |n: usize| ids[n].as_str();
    world.volumes(&format!(
        "  plain: {{ size: 20 }}
  secret: {{ size: 20, metadata: {{ __system__encrypted: \"1\", __system__cmkid: c258f3e2-6d42-4a48-bd24-b7e3a0a4f1a1 }} }}
  scsi: {{ size: 20, metadata: {{ \"hw:passthrough\": \"true\" }} }}
  shared: {{ size: 20, multiattach: true }}
  tagged: {{ size: 20, description: by hand, tags: {{ team: a }} }}
  web: {{ size: 20, count: 2 }}
import: {{ plain: {}, secret: {}, scsi: {}, shared: {}, tagged: {}, \"web[1]\": {}, \"web[2]\": {} }}",
        id(0), id(1), id(2), id(3), id(4), id(5), id(6)
    ));
    let plan = world.run(&["plan"]).exits(0).says("7 to import").says("0 to create");
    assert!(plan.stdout.contains("= web[1..2]"), "{}", plan.stdout);
    world.run(&["plan", "--detailed-exitcode"]).exits(2);
    // Without consent nothing is taken over.
    world.run(&["apply"]).exits(4);
    assert_eq!(world.cloud.requests(RETAG), 0);
    let shows = world.cloud.requests(SHOW);
    let ran = world.run(&["apply", "--yes", "--format", "json"]).exits(0);
    assert_eq!((&ran.finished()["imported"], &ran.finished()["created"]), (&json!(7), &json!(0)), "{}", ran.stdout);
    assert_eq!(
        (world.cloud.requests(RETAG), world.cloud.requests(SHOW) - shows),
        (7, 0),
        "no volume is read by itself"
    );
    is_settled(&world, 7);
    // Foreign tags stay.
    assert_eq!(
        world.cloud.volumes().iter().find(|volume| volume["name"] == "tagged").unwrap()["tags"]["other"],
        json!("x")
    );
    // Once the lines have done their work they may stay or go.
    let text = std::fs::read_to_string(world.dir.path().join("evsctl.yaml")).unwrap();
    put(&world.dir.path().join("evsctl.yaml"), text.split("import:").next().unwrap());
    is_settled(&world, 7);
}

#[test]
fn a_saved_plan_and_an_approved_digest_take_over_too_and_with_state_or_without() {
    for with_state in [false, true] {
        for saved in [false, true] {
            let world = World::new("  old: { size: 10 }");
            if with_state {
                world.converge();
            }
            let ids = world.by_hand(&[plain("db")]);
            let old = if with_state { "  old: { size: 10 }\n" } else { "" };
            world.volumes(&format!("{old}  db: {{ size: 20 }}\nimport: {{ db: {} }}", ids[0]));
            let file = world.dir.path().join("plan.json");
            let file = file.to_str().unwrap();
            let plan = world.run(&["plan", "--format", "json", "--out", file]).exits(0).json();
            let before = std::fs::read(world.snapshot()).ok();
            let digest = plan["changes"].as_str().unwrap().to_owned();
            match saved {
                true => world.run(&["apply", "--plan", file]).exits(0),
                false => world.run(&["apply", "--approve", &digest]).exits(0),
            };
            let made = u64::from(with_state);
            assert_eq!(world.cloud.requests(CREATE), made);
            world.run(&["plan", "--detailed-exitcode"]).exits(0);
            let marks = world.marks();
            // From the committed state that it began with, it is the same, and finds its own mark.
            if let Some(committed) = before {
                world.back_to(&committed);
                let again = world.run(&["plan", "--format", "json"]).exits(0).json();
                assert_eq!(again["changes"], json!(digest), "{again}");
                world.run(&["apply", "--approve", &digest]).exits(0);
                assert_eq!(world.marks(), marks);
                world.run(&["plan", "--detailed-exitcode"]).exits(0);
            }
        }
    }
}

#[test]
fn what_the_manifest_asks_for_otherwise_is_changed_in_the_same_plan() {
    let world = World::new("");
    let ids = world.by_hand(&[plain("by-hand")]);
    world.volumes(&format!("  db: {{ size: 50, description: d, tags: {{ a: b }} }}\nimport: {{ db: {} }}", ids[0]));
    let plan = world.run(&["plan"]).exits(0).says("0 to create, 1 to change, 0 to destroy, 0 unchanged");
    for told in ["= db[1]  import", "~ db[1]  extend", "~ db[1]  rename", "~ db[1]  retag"] {
        assert!(plan.stdout.contains(told), "{told}: {}", plan.stdout);
    }
    world.run(&["apply", "--yes"]).exits(0);
    let volume = world.cloud.volumes().remove(0);
    assert_eq!(
        (&volume["name"], &volume["size"], &volume["description"], &volume["tags"]["a"]),
        (&json!("db"), &json!(50), &json!("d"), &json!("b"))
    );
    is_settled(&world, 1);
}

/// The codes of the refusals, one for each address.
fn refused(world: &World, more: &[&str]) -> Vec<(String, String)> {
    let plan = world.run(&[&["plan", "--format", "json"], more].concat()).exits(4).json();
    let refusals = plan["plan"]["refusals"].as_array().unwrap().clone();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    refusals.iter().map(|refusal| (text(&refusal["subject"]), text(&refusal["code"]))).collect()
}

#[test]
fn what_is_not_to_be_had_is_refused_and_never_bought_in_its_place() {
    let other = World::new("  theirs: { size: 20 }");
    other.converge();
    let theirs = other.cloud.volumes()[0]["id"].as_str().unwrap().to_owned();
    // Another stack in the same project.
    let world = World { dir: tempfile::tempdir().unwrap(), cloud: other.cloud };
    let ids = world.by_hand(&[plain("sick"), plain("small"), plain("elsewhere"), plain("first"), plain("second")]);
    world.cloud.edit(&ids[0], json!({"status": "error"}));
    let manifest = |imports: &str| {
        let head = format!(
            "stack: mine\ncloud: {{ endpoint: \"{}\", project_id: {} }}\n\
             defaults: {{ availability_zone: az-dc-1, volume_type: SSD }}\nvolumes:\n",
            world.cloud.endpoint,
            crate::support::PROJECT
        );
        let volumes = "  theirs: { size: 20 }\n  sick: { size: 20 }\n  small: { size: 10 }\n  gone: { size: 20 }\n  \
                       zone: { size: 20, availability_zone: az-dc-2, volume_type: SAS }\n  first: { size: 20 }\n";
        put(&world.dir.path().join("evsctl.yaml"), format!("{head}{volumes}import: {{ {imports} }}\n"));
    };
    let none = "3a7c1f52-9d04-4e68-8b1c-6f20d5e4a911";
    let imports = format!(
        "theirs: {theirs}, sick: {}, small: {}, gone: {none}, zone: {}, first: {}",
        ids[0], ids[1], ids[2], ids[3]
    );
    manifest(&imports);
    let all = refused(&world, &[]);
    let expected = [
        ("gone[1]", "import-absent"),
        ("sick[1]", "import-not-usable"),
        ("small[1]", "import-unlike"),
        ("theirs[1]", "import-owned"),
        ("zone[1]", "import-unlike"),
    ];
    assert_eq!(all, expected.map(|(of, code)| (of.to_owned(), code.to_owned())));
    let offline = refused(&world, &["--offline"]);
    assert!(offline.iter().all(|(_, code)| code == "import-not-looked-at") && offline.len() == 6, "{offline:?}");
    world.run(&["apply", "--yes"]).exits(4);
    assert_eq!(world.cloud.requests(RETAG), 0);
    // The rest is taken over, and nothing is bought.
    let before = world.cloud.requests(CREATE);
    world.run(&["apply", "--yes", "--skip-refused"]).exits(4);
    assert_eq!((world.cloud.requests(CREATE) - before, world.cloud.requests(RETAG)), (0, 1));
    let mark = world.cloud.volumes().into_iter().find(|volume| volume["name"] == "theirs").unwrap();
    assert!(mark["tags"]["evsctl"].as_str().unwrap().starts_with("test_"), "{mark}");
    // An address that has one, and a volume that has another address.
    manifest(&format!("first: {}", ids[4]));
    assert!(refused(&world, &["--target", "first"]).contains(&("first[1]".to_owned(), "import-taken".to_owned())));
    manifest(&format!("zone: {}", ids[3]));
    assert_eq!(refused(&world, &["--target", "zone"]), [("zone[1]".to_owned(), "import-recorded".to_owned())]);
}

#[test]
fn only_the_targets_are_taken_over_and_the_others_are_not_bought() {
    let world = World::new("");
    let ids = world.by_hand(&[plain("a"), plain("b")]);
    world.volumes(&format!("  a: {{ size: 20 }}\n  b: {{ size: 20 }}\nimport: {{ a: {}, b: {} }}", ids[0], ids[1]));
    world.run(&["apply", "--yes", "--target", "a"]).exits(0);
    assert_eq!((world.recorded().len(), world.cloud.requests(CREATE)), (1, 0));
    world.run(&["apply", "--yes"]).exits(0);
    is_settled(&world, 2);
}

#[test]
fn a_lost_state_is_rebuilt_from_the_marks_of_what_was_taken_over() {
    let world = World::new("");
    let ids = world.by_hand(&[plain("db"), plain("web-0001"), plain("web-0002")]);
    world.volumes(&format!(
        "  db: {{ size: 20 }}\n  web: {{ size: 20, count: 2 }}\nimport: {{ db: {}, \"web[1]\": {}, \"web[2]\": {} }}",
        ids[0], ids[1], ids[2]
    ));
    world.run(&["apply", "--yes"]).exits(0);
    let before = world.recorded();
    std::fs::remove_dir_all(world.dir.path().join("state")).unwrap();
    let lost = world.run(&["plan"]).exits(4);
    assert!(lost.stdout.contains("state rebuild"), "{}", lost.stdout);
    world.run(&["state", "rebuild"]).exits(0);
    assert_eq!(world.recorded(), before);
    is_settled(&world, 3);
    // What is given up and taken back keeps the mark that it has.
    let marks = world.marks();
    world.volumes("  web: { size: 20, count: 2 }\nremoved: [db]");
    world.run(&["apply", "--yes"]).exits(0);
    world.volumes(&format!("  db: {{ size: 20 }}\n  web: {{ size: 20, count: 2 }}\nimport: {{ db: {} }}", ids[0]));
    world.run(&["apply", "--yes"]).exits(0);
    assert_eq!(world.marks(), marks);
    is_settled(&world, 3);
}

#[test]
fn ten_tags_leave_no_room_for_the_mark_and_that_is_a_warning() {
    let world = World::new("");
    let ids = world.by_hand(&[plain("full")]);
    let tags: serde_json::Map<String, Value> = (0..10).map(|n| (format!("t{n}"), json!("x"))).collect();
    world.cloud.edit(&ids[0], json!({ "tags": tags }));
    world.volumes(&format!("  full: {{ size: 20 }}\nimport: {{ full: {} }}", ids[0]));
    world.run(&["apply", "--yes"]).exits(0);
    let plan = world.run(&["plan", "--detailed-exitcode"]).exits(0);
    assert!(plan.stdout.contains("ownership tag"), "{}", plan.stdout);
    assert_eq!((world.recorded().len(), world.cloud.requests(RETAG)), (1, 0));
}

#[test]
fn the_lines_of_what_is_not_wanted_any_more_are_in_nobodys_way() {
    let world = World::new("");
    let ids = world.by_hand(&[plain("web-0001"), plain("web-0002"), plain("other")]);
    let import = format!("import: {{ \"web[1]\": {}, \"web[2]\": {} }}", ids[0], ids[1]);
    world.volumes(&format!("  web: {{ size: 20, count: 2 }}\n{import}"));
    world.run(&["apply", "--yes"]).exits(0);
    // Another key, and one volume less.
    world
        .volumes(&format!("  data: {{ size: 20, name: web, count: 2 }}\nmoved: [{{ from: web, to: data }}]\n{import}"));
    world.run(&["apply", "--yes"]).exits(0);
    world.volumes(&format!("  data: {{ size: 20, name: web, count: 2, lifecycle: {{ retire: [2] }} }}\n{import}"));
    world.run(&["apply", "--yes", "--allow-destroy", "1"]).exits(0);
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
    assert_eq!((world.recorded().len(), world.cloud.requests(CREATE)), (1, 0));
    // A volume that is there and that nothing has taken over is told.
    world.volumes(&format!("  data: {{ size: 20, name: web }}\nimport: {{ \"odd[1]\": {} }}", ids[2]));
    assert_eq!(refused(&world, &[]), [("odd[1]".to_owned(), "import-not-desired".to_owned())]);
}

#[test]
fn a_volume_that_another_stack_takes_while_the_question_is_open_stays_that_stacks() {
    let world = World::new("");
    let ids = world.by_hand(&[plain("db")]);
    world.volumes(&format!("  db: {{ size: 20 }}\nimport: {{ db: {} }}", ids[0]));
    let theirs = json!({"evsctl": "other_aaaaaaaa_bbbbbbbbbb"});
    // Its plan has seen the volume free; the mark shows in the list after that.
    let list = "/v2/{project_id}/cloudvolumes/detail";
    world.cloud.faults(json!([{"method": "GET", "path": list, "skip": 1, "then": {"delay_ms": 1500}}]));
    let mut running = world.command(&["apply", "--yes"]);
    let running = running.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::piped()).spawn().unwrap();
    crate::support::until("it looks once more", || {
        world.cloud.requests("GET /v2/{project_id}/cloudvolumes/detail") >= 2
    });
    world.cloud.edit(&ids[0], json!({ "tags": theirs }));
    let ended = running.wait_with_output().unwrap();
    let told = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert_eq!((ended.status.code(), world.cloud.requests(RETAG)), (Some(4), 0), "{told}");
    assert!(told.contains("not to be had any more") && told.contains("plan again"), "{told}");
    assert_eq!(world.cloud.volumes()[0]["tags"], theirs);
}

#[test]
fn an_empty_volume_is_not_taken_for_one_from_a_source_or_in_a_pool() {
    let world = World::new("");
    let ids = world.by_hand(&[plain("a")]);
    for field in ["imageRef: i-1", "snapshot_id: s-1", "dedicated_storage_id: p-1"] {
        world.volumes(&format!("  a: {{ size: 20, {field} }}\nimport: {{ a: {} }}", ids[0]));
        assert_eq!(refused(&world, &["--no-preflight"]), [("a[1]".to_owned(), "import-unlike".to_owned())], "{field}");
    }
}

#[test]
fn a_volume_of_kubernetes_is_taken_over_with_a_warning() {
    let world = World::new("");
    let ids = world.by_hand(&[plain("pvc-1")]);
    world.cloud.edit(&ids[0], json!({"tags": {"CCE-Cluster-ID": "c"}}));
    world.volumes(&format!("  pvc: {{ size: 20, name: pvc-1 }}\nimport: {{ pvc: {} }}", ids[0]));
    world.run(&["plan"]).exits(0).says("is a volume of Kubernetes");
}
