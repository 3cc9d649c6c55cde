//! `evsctl drift`: what was changed from outside, known or not, of one stack and of several.

use super::{OTHER, id};
use crate::support::{Cloud, World, put};
use serde_json::{Value, json};

const PLAIN: &str = "size: 10, description: a, tags: { team: a, env: x }, enterprise_project_id: \"0\"";
const RATED: &str = "size: 10, volume_type: GPSSD2, iops: 3000, throughput: 125";

/// Each kind of edit: the volume, what is done to it outside, the field that is told, and the value as `known_drift` has it.
fn edits() -> Vec<(&'static str, Value, &'static str, &'static str)> {
    vec![
        (PLAIN, json!({"size": 20}), "size", "20"),
        (PLAIN, json!({"name": "other"}), "name", "other"),
        (PLAIN, json!({"description": "b"}), "description", "b"),
        (PLAIN, json!({"description": null}), "description", "null"),
        (PLAIN, json!({"tags": {"team": "b", "env": "x"}}), "tags", "{team: b}"),
        (PLAIN, json!({"tags": {"env": "x"}}), "tags", "{team: null}"),
        (PLAIN, json!({"volume_type": "SAS"}), "volume_type", "SAS"),
        (RATED, json!({"iops": 4000}), "iops", "4000"),
        (RATED, json!({"throughput": 250}), "throughput", "250"),
        (PLAIN, json!({"enterprise_project_id": OTHER}), "enterprise_project_id", OTHER),
        (PLAIN, json!({"status": "error"}), "status", "error"),
    ]
}

/// The tags of an edit, with the ownership tag that the volume carries.
fn with_mark(world: &World, edit: &Value) -> Value {
    let mut edit = edit.clone();
    if let Some(tags) = edit.get_mut("tags") {
        tags["evsctl"] = world.cloud.volumes()[0]["tags"]["evsctl"].clone();
    }
    edit
}

fn known(field: &str, value: &str) -> String {
    format!(
        "known_drift:\n  - {{ address: web, field: {field}, value: {value}, reason: ticket 7, until: 2027-02-01 }}\n"
    )
}

#[test]
fn each_kind_of_edit_is_named_and_is_known_until_its_day() {
    for (fields, edit, field, value) in edits() {
        let world = World::new(&format!("  web: {{ {fields} }}"));
        world.converge();
        world.run(&["drift"]).exits(0).says("no drift on 1 recorded volume");
        let edit = with_mark(&world, &edit);
        world.cloud.edit(&id(&world), edit.clone());
        let before = std::fs::read(world.snapshot()).unwrap();
        let lists = world.cloud.requests("GET /v2/{project_id}/cloudvolumes/detail");
        world.run(&["drift"]).exits(2).says(field).says("drift on 1 of 1 recorded volume");
        assert_eq!(world.cloud.requests("GET /v2/{project_id}/cloudvolumes/detail") - lists, 1, "{edit}");
        let drift = world.run(&["drift", "--format", "json"]).exits(2).json();
        assert_eq!(drift["drift"].as_array().unwrap().len(), 1, "{drift}");
        assert_eq!((&drift["drift"][0]["field"], &drift["known_drift"]), (&json!(field), &json!([])), "{drift}");
        world.run(&["drift", "--format", "markdown"]).exits(2).says("evsctl drift").says(field);

        // Known, it is told apart until its day, and nothing puts it back.
        let volume = format!("  web: {{ {fields} }}\n");
        world.volumes(&format!("{volume}{}", known(field, value)));
        let day = |day: &'static str| ["--as-of", day];
        for command in [&["plan", "--detailed-exitcode"][..], &["drift"]] {
            let ran = world.run(&[command, &day("2027-01-31")].concat()).exits(0);
            assert!(ran.stdout.contains("known until 2027-02-01: ticket 7"), "{edit}: {}", ran.stdout);
        }
        let json = world.run(&[&["drift", "--format", "json"][..], &day("2027-01-31")].concat()).exits(0).json();
        assert_eq!(json["drift"], json!([]), "{json}");
        let told = &json["known_drift"][0];
        assert_eq!(
            (&told["field"], &told["until"], &told["reason"]),
            (&json!(field), &json!("2027-02-01"), &json!("ticket 7"))
        );
        assert_eq!(json["as_of"], json!("2027-01-31"));
        world.run(&[&["drift"][..], &day("2027-02-01")].concat()).exits(2).says("drift on 1 of 1");
        // Another value of the same field is new drift.
        let other = if value == "{team: null}" {
            "{team: z}"
        } else if field == "tags" {
            "{team: null}"
        } else {
            "7"
        };
        let other = if matches!(field, "size" | "iops" | "throughput") { "77" } else { other };
        let other = if other == "7" { "\"7\"" } else { other };
        world.volumes(&format!("{volume}{}", known(field, other)));
        world.run(&[&["drift"][..], &day("2027-01-31")].concat()).exits(2);
        assert_eq!(std::fs::read(world.snapshot()).unwrap(), before, "drift writes nothing");
    }
}

#[test]
fn known_drift_is_left_as_it_is_by_an_apply_until_its_day() {
    let (fields, edit) = ("size: 10, tags: { team: a, env: x }", json!({"team": "b", "env": "y"}));
    let world = World::new(&format!("  web: {{ {fields} }}"));
    world.converge();
    world.cloud.edit(&id(&world), with_mark(&world, &json!({"tags": edit, "name": "other"})));
    let item = |field: &str, value: &str, until: &str| {
        format!("  - {{ address: 'web[1]', field: {field}, value: {value}, reason: r, until: {until} }}\n")
    };
    let lines = |until: &str| {
        format!(
            "  web: {{ {fields} }}\nknown_drift:\n{}{}",
            item("tags", "{ team: b }", until),
            item("name", "other", until)
        )
    };
    world.volumes(&lines("2999-01-01"));
    // The other tag is put back, and that one alone.
    world.run(&["apply", "--yes"]).exits(0);
    let volume = world.cloud.volumes().remove(0);
    assert_eq!(
        (&volume["tags"]["team"], &volume["tags"]["env"], &volume["name"]),
        (&json!("b"), &json!("x"), &json!("other"))
    );
    world.run(&["plan", "--detailed-exitcode"]).exits(0).says("known drift");
    world.volumes(&lines("2000-01-01"));
    world.run(&["plan", "--detailed-exitcode"]).exits(2);
    world.run(&["apply", "--yes"]).exits(0);
    let volume = world.cloud.volumes().remove(0);
    assert_eq!((&volume["tags"]["team"], &volume["name"]), (&json!("a"), &json!("web")));
    world.run(&["drift"]).exits(0);
}

#[test]
fn what_is_gone_is_drift_that_cannot_be_known() {
    let world = World::new("  web: { size: 10, count: 2 }");
    world.converge();
    world.cloud.delete(&id(&world));
    world.run(&["drift"]).exits(2).says("web[1]  is gone");
    let drift = world.run(&["drift", "--format", "json", "--detail"]).exits(2).json();
    assert_eq!(drift["drift"][0]["code"], json!("gone"));
    let volumes = drift["volumes"].as_array().unwrap();
    assert_eq!((&volumes[0]["status"], &volumes[1]["status"]), (&Value::Null, &json!("available")));
    world.run(&["drift", "--detail"]).exits(2).says("not shown");
}

#[test]
fn attachments_and_statuses_of_normal_work_are_no_drift() {
    let world = World::new("  web: { size: 10 }");
    world.converge();
    for edit in [json!({"attached_to": "s-1"}), json!({"status": "extending"}), json!({"status": "backing-up"})] {
        world.cloud.edit(&id(&world), edit);
        world.run(&["drift"]).exits(0).says("no drift");
    }
    world.run(&["drift", "--detail"]).exits(0).says("s-1").says("backing-up");
}

#[test]
fn a_lost_state_is_refused_and_no_state_has_no_drift() {
    let world = World::new("  web: { size: 10 }");
    world.run(&["drift"]).exits(0).says("no drift: no volume is recorded");
    world.converge();
    std::fs::remove_file(world.snapshot()).unwrap();
    world.run(&["drift"]).exits(4).says("state rebuild");
}

#[test]
fn five_thousand_volumes_are_looked_at_in_six_lists() {
    let world = World::new("  web: { size: 10, count: 5000 }");
    world.converge();
    world.cloud.edit(&id(&world), json!({"size": 20}));
    let before = world.cloud.all_requests();
    world.run(&["drift"]).exits(2).says("drift on 1 of 5000 recorded volumes");
    let calls = world.cloud.all_requests() - before;
    assert!(calls <= 6, "{calls} requests");
}

#[test]
fn several_stacks_are_looked_at_at_once_and_one_that_fails_keeps_none_of_them() {
    let cloud = Cloud::start();
    let folder = tempfile::tempdir().unwrap();
    let manifest = |stack: &str, volumes: &str| {
        format!(
            "stack: {stack}\nstate: state\ncloud: {{ project_id: {}, endpoint: \"{}\" }}\n\
             defaults: {{ availability_zone: az-dc-1, volume_type: SSD }}\nvolumes:\n{volumes}",
            crate::support::PROJECT,
            cloud.endpoint
        )
    };
    let names: Vec<String> = (0..10).map(|n| format!("s-{n}")).collect();
    let run = |words: &[&str]| {
        let mut command = crate::support::evsctl();
        command.current_dir(folder.path()).args(words);
        crate::support::run(command)
    };
    for name in &names {
        std::fs::create_dir(folder.path().join(name)).unwrap();
        put(
            &folder.path().join(name).join("evs.yaml"),
            manifest(name, &format!("  v: {{ size: 10, name: {name} }}\n")),
        );
    }
    let paths: Vec<&str> = names.iter().map(String::as_str).collect();
    let all = |words: &[&str], more: &[&str]| run(&[words, &paths, more].concat());
    // One Markdown of ten plans, under its limit, each of them in it.
    let page = all(&["plan", "--detailed-exitcode"], &["--format", "markdown"]).exits(2).stdout;
    assert!(page.len() <= 60_000 && page.starts_with("### evsctl plan: 10 stacks"), "{page}");
    for name in &names {
        assert_eq!(
            page.matches(&format!("`{name}`: **")).count()
                + page.matches(&format!("- `{name}` `{name}`: 1 to create")).count(),
            1,
            "{page}"
        );
    }
    let document = all(&["plan"], &["--format", "json"]).exits(0).json();
    assert_eq!(document["stacks"].as_array().unwrap().len(), 10);
    assert_eq!(document["stacks"][3]["document"]["plan"]["stack"], json!("s-3"));
    for name in &names {
        run(&["apply", name, "--yes"]).exits(0);
    }
    all(&["plan", "--detailed-exitcode"], &[]).exits(0);
    let drifted = cloud.volumes().into_iter().find(|volume| volume["name"] == "s-4").unwrap();
    cloud.edit(drifted["id"].as_str().unwrap(), json!({"size": 20}));
    let ran = all(&["drift"], &[]).exits(2);
    assert!(ran.stdout.contains("\ns-4\nstack s-4"), "{}", ran.stdout);
    // An error is stronger than drift, and the others are told all the same.
    put(&folder.path().join("s-7/evs.yaml"), "stack: s-7\n");
    let ran = all(&["drift"], &["--format", "json"]).exits(1);
    let document = ran.json();
    assert_eq!(document["stacks"][7]["exit"], json!(1));
    assert!(document["stacks"][7]["error"]["message"].as_str().unwrap().contains("s-7"), "{document}");
    assert_eq!((&document["stacks"][4]["exit"], &document["stacks"][5]["exit"]), (&json!(2), &json!(0)));
    all(&["drift"], &["--format", "markdown"]).exits(1).says("s-7").says("drift on 1 of 1");
    run(&["plan", "s-1", "s-2", "--out", "p.json"]).exits(1).says("are about one stack");
    run(&["plan", "s-1", "s-2", "--target", "v"]).exits(1).says("are about one stack");
}

#[test]
fn a_mark_that_is_gone_or_another_ones_is_drift() {
    let world = World::new("  web: { size: 10 }");
    world.converge();
    let mark = world.cloud.volumes()[0]["tags"].clone();
    world.cloud.edit(&id(&world), json!({"tags": {}}));
    world.run(&["drift"]).exits(2).says("ownership tag  \"evsctl\" -> (none)");
    world.cloud.edit(&id(&world), json!({"tags": {"evsctl": "other_aaaaaaaa_bbbbbbbbbb"}}));
    world.run(&["drift"]).exits(2).says("other_aaaaaaaa_bbbbbbbbbb");
    world.run(&["drift", "--accept", "web", "--yes"]).exits(4).says("it is evsctl's own");
    world.cloud.edit(&id(&world), json!({ "tags": mark }));
    world.run(&["drift"]).exits(0);
}

#[test]
fn what_a_call_is_about_that_is_not_over_is_named_as_not_compared() {
    let world = World::new("  web: { size: 10 }");
    world.converge();
    world.cloud.faults(json!([{"method": "POST", "then": {"job": "hang"}}]));
    world.volumes("  web: { size: 20 }");
    world.run(&["apply", "--yes", "--timeout", "1s", "--no-preflight"]).exits(7);
    world.run(&["drift"]).exits(0).says("web[1] is not compared");
    let drift = world.run(&["drift", "--format", "json"]).exits(0).json();
    assert_eq!(drift["not_compared"], json!(["web[1]"]));
}

#[test]
fn an_item_that_is_of_no_use_any_more_is_told() {
    let world = World::new("  web: { size: 10, count: 2 }");
    world.converge();
    let item = "{ address: 'web[1]', field: size, value: 20, reason: r, until: 2027-02-01 }";
    let with = |item: &str| world.volumes(&format!("  web: {{ size: 10, count: 2 }}\nknown_drift: [{item}]\n"));
    let codes = |command: &[&str], as_of: &str| {
        let ran = world.run(&[command, &["--format", "json", "--as-of", as_of]].concat());
        let json = ran.json();
        let json = json.get("plan").unwrap_or(&json);
        let all = json["warnings"].as_array().cloned().unwrap_or_default();
        (all.iter().map(|it| it["code"].as_str().unwrap().to_owned()).collect::<Vec<_>>(), json["as_of"].clone())
    };
    let web = world.recorded().into_iter().find(|volume| volume["address"] == "web[1]").unwrap();
    with(item);
    for command in ["plan", "drift"] {
        assert_eq!(codes(&[command], "2027-01-31").0, ["known-drift-idle"], "{command}");
        // What is past makes a difference to the day, whether it differs or not.
        let past = (vec!["known-drift-past".to_owned()], json!("2027-02-01"));
        assert_eq!(codes(&[command], "2027-02-01"), past, "{command}");
    }
    world.cloud.edit(web["id"].as_str().unwrap(), json!({"size": 20}));
    for command in ["plan", "drift"] {
        assert_eq!(codes(&[command], "2027-01-31").0, Vec::<String>::new(), "{command}");
        assert_eq!(codes(&[command], "2027-02-01").0, ["known-drift-past"], "{command}");
    }
    let ran = world.run(&["drift", "--as-of", "2027-02-01"]).exits(2);
    assert!(ran.stdout.contains("is past (2027-02-01)") && ran.stdout.contains("evsctl.yaml:"), "{}", ran.stdout);
    world.run(&["drift", "--as-of", "2027-02-01", "--format", "markdown"]).exits(2).says("is past (2027-02-01)");
    // Only what the plan compares is told of: not without the cloud, and not of another part of the stack.
    for command in [&["plan", "--offline"][..], &["plan", "--target", "web[2]"]] {
        assert_eq!(codes(command, "2027-02-01").0, Vec::<String>::new(), "{command:?}");
    }
    // Another value is new drift, and the item tells of nothing that is there.
    world.cloud.edit(web["id"].as_str().unwrap(), json!({"size": 30}));
    assert_eq!(codes(&["drift"], "2027-01-31").0, ["known-drift-idle"]);
    // An item of a key is idle only where all of its volumes were compared.
    with(&item.replace("'web[1]'", "web").replace("20,", "40,"));
    assert_eq!(codes(&["plan"], "2027-01-31").0, ["known-drift-idle"]);
    assert_eq!(codes(&["plan", "--target", "web[1]"], "2027-01-31").0, Vec::<String>::new());
}
