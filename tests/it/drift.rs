//! Edits from outside and wishes of the manifest: told until they are put back or agreed on, and never told again.

mod accept;
mod command;
mod histories;

use crate::support::{UPDATE, World};
use serde_json::json;

const OTHER: &str = "3f8c9a10-6b27-4d15-8a0e-94d2c7b1e833";

fn id(world: &World) -> String {
    world.recorded()[0]["id"].as_str().unwrap().to_owned()
}

/// A plan finds nothing, whether it looks at the cloud or not, and an apply has nothing to write.
fn is_quiet(world: &World) {
    for more in [&[][..], &["--offline"]] {
        let ran = world.run(&[&["plan", "--detailed-exitcode"], more].concat()).exits(0).says("nothing to do");
        assert!(!ran.stdout.contains("drift") && !ran.stdout.contains("warning"), "{}", ran.stdout);
    }
    let before = std::fs::read(world.snapshot()).unwrap();
    world.run(&["apply"]).exits(0);
    assert_eq!(std::fs::read(world.snapshot()).unwrap(), before, "nothing is learnt twice");
}

#[test]
fn each_edit_is_told_until_the_manifest_follows_and_never_again() {
    let plain = "size: 10, description: a, tags: { team: a, env: x }, enterprise_project_id: \"0\"";
    let rated = "size: 10, volume_type: GPSSD2, iops: 3000, throughput: 125";
    for (fields, edit, told, follows) in [
        (plain, json!({"size": 20}), "size  \"10 GB\" -> \"20 GB\"", plain.replace("10", "20")),
        (plain, json!({"volume_type": "SAS"}), "volume_type  \"SSD\" -> \"SAS\"", format!("{plain}, volume_type: SAS")),
        (rated, json!({"iops": 4000}), "iops  \"3000\" -> \"4000\"", rated.replace("3000", "4000")),
        (rated, json!({"throughput": 250}), "throughput  \"125 MiB/s\" -> \"250 MiB/s\"", rated.replace("125", "250")),
        (plain, json!({"enterprise_project_id": OTHER}), "enterprise_project_id  \"0\"", plain.replace("\"0\"", OTHER)),
    ] {
        let world = World::new(&format!("  web: {{ {fields} }}"));
        world.converge();
        world.cloud.edit(&id(&world), edit.clone());
        for _ in 0..2 {
            // No step puts it back: it is told, keeps nothing else from being done, and is no change.
            let ran = world.run(&["plan", "--detailed-exitcode"]).exits(0).says("drift");
            let shown: Vec<&str> = ran.stdout.split_whitespace().collect();
            let told: Vec<&str> = told.split_whitespace().collect();
            assert!(shown.windows(told.len()).any(|words| words == told), "{edit}: {}", ran.stdout);
            world.run(&["apply"]).exits(0);
        }
        world.volumes(&format!("  web: {{ {follows} }}"));
        let ran = world.run(&["plan", "--detailed-exitcode"]).exits(0);
        assert!(!ran.stdout.contains("drift"), "{edit}: {}", ran.stdout);
        world.run(&["apply"]).exits(0);
        is_quiet(&world);
        assert_eq!((world.cloud.volumes().len(), world.cloud.requests(UPDATE)), (1, 0), "{edit}");
    }
}

#[test]
fn a_name_and_a_description_are_put_back_or_agreed_on() {
    for (edit, follows) in [
        (json!({"name": "other"}), "name: other, size: 10, description: a"),
        (json!({"description": "b"}), "size: 10, description: b"),
    ] {
        let world = World::new("  web: { size: 10, description: a }");
        world.converge();
        world.cloud.edit(&id(&world), edit.clone());
        world.run(&["plan", "--detailed-exitcode"]).exits(2).says("drift");
        world.volumes(&format!("  web: {{ {follows} }}"));
        world.run(&["plan", "--detailed-exitcode"]).exits(0);
        world.run(&["apply"]).exits(0);
        is_quiet(&world);
        // Back to what it was is a new wish, and is carried out.
        world.volumes("  web: { size: 10, description: a }");
        world.run(&["plan", "--detailed-exitcode"]).exits(2);
        world.converge();
        is_quiet(&world);
        world.cloud.edit(&id(&world), edit);
        world.run(&["plan", "--detailed-exitcode"]).exits(2).says("drift");
        world.converge();
        is_quiet(&world);
        assert_eq!(world.cloud.requests(UPDATE), 2);
    }
}

#[test]
fn tags_are_put_back_or_agreed_on() {
    let manifest = |tags: &str| format!("  web: {{ size: 10, tags: {{ {tags} }} }}");
    for (edited, told, follows) in [
        (json!({"team": "b", "env": "x"}), "\"team=a\" -> \"team=b\"", "team: b, env: x"),
        (json!({"env": "x"}), "\"team=a\" -> (none)", "env: x"),
    ] {
        for agrees in [false, true] {
            let world = World::new(&manifest("team: a, env: x"));
            world.converge();
            let mark = world.cloud.volumes()[0]["tags"]["evsctl"].clone();
            let mut tags = edited.clone();
            tags["evsctl"] = mark;
            world.cloud.edit(&id(&world), json!({ "tags": tags }));
            world.run(&["plan", "--detailed-exitcode"]).exits(2).says(told).says("team back to \"a\"");
            if agrees {
                world.volumes(&manifest(follows));
                world.run(&["plan", "--detailed-exitcode"]).exits(0);
            }
            world.run(&["apply", "--yes"]).exits(0);
            is_quiet(&world);
            let team = world.cloud.volumes()[0]["tags"]["team"].clone();
            assert_eq!(team, if agrees { edited["team"].clone() } else { json!("a") });
        }
    }
}

#[test]
fn what_was_grown_in_the_console_and_agreed_on_does_not_shrink_in_silence() {
    for lifecycle in ["", ", lifecycle: { on_shrink: replace }"] {
        let world = World::new("  web: { size: 100 }");
        world.converge();
        world.cloud.edit(&id(&world), json!({"size": 200}));
        world.volumes("  web: { size: 200 }");
        world.run(&["apply"]).exits(0);
        assert_eq!(world.recorded()[0]["size"], 200);
        world.run(&["plan", "--offline", "--detailed-exitcode"]).exits(0);
        let wish = if lifecycle.is_empty() { "shrink" } else { "replace" };
        for size in [150, 100] {
            world.volumes(&format!("  web: {{ size: {size}{lifecycle} }}"));
            let change = format!("size: 200 GB -> {size} GB");
            world.run(&["plan"]).exits(4).says(wish).says(&change);
            world.run(&["plan", "--offline"]).exits(4).says(wish).says(&change);
        }
        // Nor where the manifest never followed, and asks for something between.
        world.cloud.edit(&id(&world), json!({"size": 300}));
        world.volumes(&format!("  web: {{ size: 250{lifecycle} }}"));
        world.run(&["plan"]).exits(4).says(wish).says("size: 300 GB -> 250 GB").says("\"200 GB\" -> \"300 GB\"");
    }
}

#[test]
fn a_wish_and_an_edit_of_one_field_at_once_are_both_told() {
    let world = World::new("  web: { size: 10, description: a, tags: { team: a } }");
    world.converge();
    let mark = world.cloud.volumes()[0]["tags"]["evsctl"].clone();
    world.cloud.edit(&id(&world), json!({"description": "b", "tags": {"team": "b", "evsctl": mark}}));
    world.volumes("  web: { size: 10, description: c, tags: { team: c } }");
    let plan = world.run(&["plan", "--format", "json"]).exits(0).json()["plan"].take();
    let drift = plan["drift"].as_array().unwrap();
    assert_eq!(
        (&drift[0]["field"], &drift[0]["recorded"], &drift[0]["observed"]),
        (&json!("description"), &json!("a"), &json!("b"))
    );
    assert_eq!((&drift[1]["field"], &drift[1]["observed"]), (&json!("tags"), &json!({"team": "b"})));
    let step = &plan["steps"][1];
    assert_eq!((&step["before"]["description"], &step["after"]["description"]), (&json!("b"), &json!("c")));
    assert_eq!(step["changes"], json!([{"field": "description", "from": "a", "to": "c"}]));
    let step = &plan["steps"][0];
    assert_eq!((&step["action"], &step["set"]), (&json!("retag"), &json!({"team": "c"})));
    assert_eq!(step["changes"], json!([{"field": "tags", "from": {"team": "a"}, "to": {"team": "c"}}]));
}

#[test]
fn a_volume_that_is_renamed_while_its_type_is_refused_counts_once() {
    let world = World::new("  web: { size: 10, name: old }\n  db: { size: 10 }");
    world.converge();
    world.volumes("  web: { size: 10, name: new, volume_type: SAS }\n  db: { size: 10 }");
    let summary = world.run(&["plan", "--format", "json"]).exits(4).json()["summary"].take();
    assert_eq!((&summary["update"], &summary["refused"], &summary["unchanged"]), (&json!(0), &json!(1), &json!(1)));
    world.run(&["apply", "--yes", "--skip-refused"]).exits(4);
    assert_eq!(world.cloud.names(), ["db", "new"]);
}

#[test]
fn a_refused_apply_records_no_agreement() {
    let world = World::new("  web: { count: 2, size: 40 }");
    world.converge();
    world.cloud.edit(&id(&world), json!({"volume_type": "SAS"}));
    world.volumes("  web: { count: 2, size: 40, volume_type: SAS }");
    let before = std::fs::read(world.snapshot()).unwrap();
    world.run(&["apply", "--yes"]).exits(4).says("retype").says("nothing was done");
    assert_eq!(std::fs::read(world.snapshot()).unwrap(), before);
    // Put back, as the refusal says, it is drift and nothing else.
    world.volumes("  web: { count: 2, size: 40 }");
    world.run(&["plan", "--detailed-exitcode"]).exits(0).says("but for what was changed from outside on 1 volume");
    world.volumes("  web: { count: 2, size: 40, volume_type: SAS }");
    world.run(&["apply", "--yes", "--skip-refused"]).exits(4).says("recorded: what the manifest asks for");
    assert_ne!(std::fs::read(world.snapshot()).unwrap(), before);
}

#[test]
fn an_agreement_leaves_saved_plans_and_approvals_as_they_are() {
    let world = World::new("  web: { size: 10 }");
    world.converge();
    // A field that no step changes: an agreement on another counts like the step that it spares.
    world.cloud.edit(&id(&world), json!({"volume_type": "SAS"}));
    world.volumes("  web: { size: 10, volume_type: SAS }\n  new: { size: 10 }");
    let file = world.dir.path().join("plan.json");
    let file = file.to_str().unwrap();
    world.run(&["plan", "--out", file]).exits(0);
    let changes = world.run(&["plan", "--format", "json"]).exits(0).json()["changes"].clone();
    world.run(&["apply", "--target", "web"]).exits(0);
    assert_eq!(world.recorded()[0]["volume_type"], "SAS");
    assert_eq!(world.run(&["plan", "--format", "json"]).exits(0).json()["changes"], changes);
    world.run(&["apply", "--plan", file]).exits(0);
    is_quiet(&world);
}

#[test]
fn the_name_that_the_service_gave_is_the_one_that_is_kept() {
    let world = World::new("  data: { count: 2, size: 10 }\nnaming: service");
    world.converge();
    world.cloud.edit(&id(&world), json!({"name": "data-0009"}));
    world.run(&["plan", "--detailed-exitcode"]).exits(2).says("\"data-0009\"");
    world.converge();
    assert_eq!(world.cloud.names(), ["data-0001", "data-0002"]);
    is_quiet(&world);
}

#[test]
fn what_means_the_same_is_no_difference() {
    let world = World::new("  web: { size: 10 }");
    world.converge();
    for fields in [
        "metadata: { \"hw:passthrough\": \"false\" }",
        "metadata: { __system__encrypted: \"0\" }",
        "multiattach: false",
        "enterprise_project_id: \"0\"",
    ] {
        world.volumes(&format!("  web: {{ size: 10, {fields} }}"));
        world.run(&["plan", "--detailed-exitcode"]).exits(0);
        world.run(&["apply"]).exits(0);
        is_quiet(&world);
    }
    for fields in ["metadata: { \"hw:passthrough\": \"true\" }", "multiattach: true"] {
        world.volumes(&format!("  web: {{ size: 10, {fields} }}"));
        world.run(&["plan"]).exits(4).says("cannot be done in place");
    }
}

#[test]
fn a_field_that_the_manifest_leaves_open_is_not_compared() {
    let world = World::new(
        "  web: { size: 10, multiattach: true, tags: { team: a }, metadata: { \"hw:passthrough\": \"true\" } }",
    );
    world.converge();
    world.volumes("  web: { size: 10 }");
    is_quiet(&world);
    // What it says is compared, be it that there shall be none.
    world.volumes("  web: { size: 10, tags: {} }");
    world.run(&["plan", "--detailed-exitcode"]).exits(2).says("retag").says("-team");
    world.volumes("  web: { size: 10, multiattach: false }");
    world.run(&["plan"]).exits(4).says("multiattach: true -> false");
}

#[test]
fn every_field_can_be_ignored_so_that_old_slots_keep_what_they_have() {
    let fields = |image: &str, more: &str| format!("imageRef: {image}, size: 40{more}");
    let (old, new) = ("c6db9a3b-6bd1-4d3c-9d3b-0c0f6b5f5a10", "7e1d0a4c-6bd1-4d3c-9d3b-0c0f6b5f5a11");
    let world = World::new(&format!("  web: {{ {} }}", fields(old, "")));
    world.converge();
    world.volumes(&format!("  web: {{ {} }}", fields(new, "")));
    world.run(&["plan"]).exits(4).says("replace").says("put imageRef of web back").says("ignore: [imageRef]");
    let ignored = ", lifecycle: { ignore: [imageRef, enterprise_project_id] }";
    world.volumes(&format!("  web: {{ count: 2, {} }}", fields(new, ignored)));
    // The cloud has no such image.
    let steps = world.run(&["plan", "--no-preflight", "--format", "json"]).exits(0).json()["plan"]["steps"].take();
    let made = steps.as_array().unwrap().iter().find(|step| step["action"] == "create").unwrap();
    assert_eq!((&made["slots"], &made["spec"]["imageRef"]), (&json!({"2": "web-0002"}), &json!(new)));
    world.volumes(&format!("  web: {{ {} }}", fields(new, ignored)));
    world.cloud.edit(&id(&world), json!({"enterprise_project_id": OTHER}));
    is_quiet(&world);
}
