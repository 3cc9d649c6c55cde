//! `drift --accept` and `drift --know`: drift written into the manifest by the real binary.

use super::{id, is_quiet};
use crate::support::{World, put};
use serde_json::json;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

/// The manifest of a world, which is one file.
fn manifest(world: &World) -> PathBuf {
    world.dir.path().join("evsctl.yaml")
}

fn text(world: &World) -> String {
    std::fs::read_to_string(manifest(world)).unwrap()
}

#[test]
fn what_is_accepted_is_what_the_manifest_asks_for_and_nothing_is_left_to_do() {
    let volumes = "  # the web\n  web:   # all of it\n    size: 10   # GB\n    description: 'a: b'\n    tags: {team: a, env: x}\n  db: { size: 10 }\n";
    let world = World::new(volumes);
    world.converge();
    let web = world.recorded().into_iter().find(|volume| volume["address"] == "web[1]").unwrap();
    let mark = web["id"].as_str().unwrap();
    let shown = world.cloud.volumes().into_iter().find(|volume| volume["id"] == web["id"]).unwrap();
    let tags = json!({"team": "b", "evsctl": shown["tags"]["evsctl"]});
    world.cloud.edit(mark, json!({"size": 20, "description": "yes", "tags": tags}));
    world.run(&["drift"]).exits(2);
    let before = text(&world);
    std::fs::set_permissions(manifest(&world), std::fs::Permissions::from_mode(0o640)).unwrap();

    let ran = world.run(&["drift", "--accept", "web"]).exits(0);
    let after = before
        .replace("size: 10   # GB", "size: 20   # GB")
        .replace("'a: b'", "'yes'")
        .replace("{team: a, env: x}", "{team: b}");
    assert_eq!(text(&world), after);
    for line in ["-    size: 10   # GB\n", "+    size: 20   # GB\n", "+    tags: {team: b}\n"] {
        assert!(ran.stdout.contains(line), "{}", ran.stdout);
    }
    assert!(ran.stderr.contains("accepted web[1]: size: 10 GB -> 20 GB ("), "{}", ran.stderr);
    let mode = std::fs::metadata(manifest(&world)).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
    assert_eq!(
        std::fs::read_dir(world.dir.path())
            .unwrap()
            .filter(|file| file.as_ref().unwrap().file_name().to_string_lossy().starts_with(".tmp"))
            .count(),
        0
    );

    world.run(&["drift"]).exits(0);
    world.run(&["plan", "--detailed-exitcode"]).exits(0).says("nothing to do");
    let recorded = std::fs::read(world.snapshot()).unwrap();
    world.run(&["apply"]).exits(0);
    assert_ne!(std::fs::read(world.snapshot()).unwrap(), recorded, "the agreement is recorded");
    is_quiet(&world);
    world.run(&["drift", "--accept", "web"]).exits(1).says("no drift of web");
}

#[test]
fn one_field_is_accepted_and_told_as_json() {
    let world = World::new("  web: { size: 10, description: a }");
    world.converge();
    world.cloud.edit(&id(&world), json!({"size": 20, "description": "b"}));
    let json = world.run(&["drift", "--accept", "web[1]", "--field", "size", "--format", "json"]).exits(0).json();
    let accepted = &json["accepted"][0];
    assert_eq!(json["accepted"].as_array().unwrap().len(), 1);
    assert_eq!((&accepted["address"], &accepted["field"]), (&json!("web[1]"), &json!("size")));
    assert_eq!((&accepted["from"], &accepted["to"]), (&json!(10), &json!(20)));
    let line = text(&world).lines().position(|line| line.contains("web:")).unwrap() + 1;
    assert_eq!(accepted["line"], json!(line));
    assert!(text(&world).contains("web: { size: 20, description: a }"));
    world.run(&["drift"]).exits(2).says("description");
}

#[test]
fn volumes_of_one_key_are_accepted_together() {
    let world = World::new("  web: { size: 10, count: 2 }");
    world.converge();
    let ids: Vec<String> = world.recorded().iter().map(|volume| volume["id"].as_str().unwrap().to_owned()).collect();
    world.cloud.edit(&ids[0], json!({"size": 20}));
    let before = text(&world);
    world.run(&["drift", "--accept", "web[1]"]).exits(4).says("all of web[1..2] share it").says("nothing was written");
    assert_eq!(text(&world), before);
    world.cloud.edit(&ids[1], json!({"size": 30}));
    world.run(&["drift", "--accept", "web"]).exits(4).says("differ in the cloud");
    world.cloud.edit(&ids[0], json!({"size": 30}));
    world.run(&["drift", "--accept", "web[1..2]"]).exits(0);
    assert!(text(&world).contains("web: { size: 30, count: 2 }"));
    world.run(&["drift"]).exits(0);
}

#[test]
fn what_is_known_is_no_drift_until_its_day() {
    let world = World::new("  web: { size: 10, tags: { team: a } }\n  db: { size: 10 }\n");
    world.converge();
    let of = |address: &str| {
        let all = world.recorded();
        all.iter().find(|volume| volume["address"] == address).unwrap()["id"].as_str().unwrap().to_owned()
    };
    world.cloud.edit(&of("web[1]"), json!({"size": 20}));
    let know = |address: &'static str, day: &'static str, reason: &'static str| {
        ["drift", "--know", address, "--until", day, "--reason", reason]
    };
    world.run(&know("web[1]", "2027-02-01", "ticket #7: grown")).exits(0).says("known until 2027-02-01: web[1]: size");
    assert!(
        text(&world).ends_with(
            "known_drift:\n  - address: \"web[1]\"\n    field: size\n    value: 20\n    reason: \"ticket #7: grown\"\n    until: 2027-02-01\n"
        ),
        "{}",
        text(&world)
    );
    world.run(&["drift", "--as-of", "2027-01-31"]).exits(0).says("ticket #7: grown");
    world.run(&["drift", "--as-of", "2027-02-01"]).exits(2);

    world.run(&know("web[1]", "2020-02-01", "x")).exits(1).says("that day has begun");

    // Another value is new drift; to know of it takes the place of the item.
    world.cloud.edit(&of("web[1]"), json!({"size": 30}));
    world.run(&["drift", "--as-of", "2027-01-31"]).exits(2);
    world.cloud.edit(&of("db[1]"), json!({"description": "x"}));
    let json = world.run(&[&know("*", "2027-03-01", "later")[..], &["--format", "json"]].concat()).exits(0).json();
    let known: Vec<_> = json["known"].as_array().unwrap().iter().map(|it| (&it["address"], &it["value"])).collect();
    assert_eq!(known, [(&json!("db[1]"), &json!("x")), (&json!("web[1]"), &json!(30))]);
    let expected = "known_drift:\n  - address: \"web[1]\"\n    field: size\n    value: 30\n    reason: \"later\"\n    until: 2027-03-01\n  - \
                    address: \"db[1]\"\n    field: description\n    value: x\n    reason: later\n    until: 2027-03-01\n";
    assert!(text(&world).ends_with(expected), "{}", text(&world));
    world.run(&["drift", "--as-of", "2027-02-28"]).exits(0);

    // Known drift can be accepted all the same.
    world.run(&["drift", "--accept", "web"]).exits(0);
    world.run(&["drift", "--as-of", "2030-01-01", "--detail"]).exits(2).says("description");
}

#[test]
fn a_stream_a_link_and_several_manifests_are_not_edited() {
    let world = World::new("  web: { size: 10 }");
    world.converge();
    world.cloud.edit(&id(&world), json!({"size": 20}));
    world.run(&["drift", "--accept", "web", "--yes"]).exits(0);
    world.run(&["drift", "--know", "web"]).exits(1).says("--until");
    world.run(&["drift", "--field", "size"]).exits(1).says("--accept");
    let mut stream = crate::support::evsctl();
    let ran = crate::support::run({
        stream.args(["drift", "-", "--accept", "web"]);
        stream
    });
    ran.exits(1).says("a stream cannot be edited");
    let mut two = crate::support::evsctl();
    two.args(["drift", "a", "b", "--accept", "web"]);
    crate::support::run(two).exits(1).says("name one PATH");

    // A link within the folder stays a link, and what it leads to is edited.
    let real = world.dir.path().join("real.txt");
    std::fs::rename(manifest(&world), &real).unwrap();
    std::os::unix::fs::symlink("real.txt", manifest(&world)).unwrap();
    world.cloud.edit(&id(&world), json!({"size": 30}));
    world.run(&["drift", "--accept", "web"]).exits(0);
    assert!(manifest(&world).is_symlink() && std::fs::read_to_string(&real).unwrap().contains("size: 30"));
    put(&real, text(&world).replace("size: 30", "size: 40"));
}

#[test]
fn an_address_that_is_none_a_field_that_is_none_and_a_blank_reason_are_told_as_that() {
    let world = World::new("  web: { size: 10 }");
    world.converge();
    world.cloud.edit(&id(&world), json!({"size": 20}));
    let before = text(&world);
    let know = ["drift", "--know", "wbe", "--until", "2027-02-01", "--reason", "x"];
    for typed in [&["drift", "--accept", "wbe"][..], &know] {
        world.run(typed).exits(1).says("wbe means no volume of stack").says("the nearest is web[1]");
    }
    world.run(&["drift", "--accept", "web[2]"]).exits(1).says("web[2] means no volume").says("the nearest is web[1]");
    world.run(&["drift", "--accept", "web", "--field", "sizes"]).exits(1).says("'sizes'").says("'size'");
    world.run(&["drift", "--accept", "web", "--field", "name"]).exits(1).says("no drift of `name` of web");
    for reason in ["", "  "] {
        let ran = world.run(&["drift", "--know", "web", "--until", "2027-02-01", "--reason", reason]).exits(1);
        assert!(ran.stderr.contains("--reason") && ran.stderr.contains("is not blank"), "{}", ran.stderr);
        assert!(!ran.stderr.contains("by hand"), "{}", ran.stderr);
    }
    assert_eq!(text(&world), before);
}

#[test]
fn what_is_gone_is_not_told_like_a_text() {
    let world = World::new("  web: { size: 10, description: none, tags: { tier: q } }");
    world.converge();
    let shown = world.cloud.volumes().remove(0);
    world.cloud.edit(&id(&world), json!({"description": "", "tags": {"evsctl": shown["tags"]["evsctl"]}}));
    let ran = world.run(&["drift"]).exits(2);
    for line in ["\"none\" -> (none)", "\"tier=q\" -> (none)"] {
        assert!(ran.stdout.contains(line), "{}", ran.stdout);
    }
    let ran = world.run(&["drift", "--format", "markdown"]).exits(2);
    for line in ["`none` → (none)", "`tier=q` → (none)"] {
        assert!(ran.stdout.contains(line), "{}", ran.stdout);
    }
    let ran = world.run(&["drift", "--accept", "web"]).exits(0);
    assert!(ran.stderr.contains("description: none -> (none)"), "{}", ran.stderr);
    world.run(&["apply"]).exits(0);
    world.cloud.edit(&id(&world), json!({"description": "d"}));
    let ran = world.run(&["drift", "--accept", "web"]).exits(0);
    assert!(ran.stderr.contains("description: (none) -> d"), "{}", ran.stderr);
}

#[test]
fn volumes_behind_the_path_are_told_what_drift_takes() {
    let world = World::new("  web: { size: 10 }");
    world.converge();
    let mut two = crate::support::evsctl();
    two.arg("drift").arg(world.dir.path()).arg("nowhere");
    let ran = crate::support::run(two);
    assert!(ran.stderr.contains("`--accept` and `--know` take an ADDR"), "{}", ran.stderr);
    assert!(!ran.stderr.contains("--target"), "{}", ran.stderr);
}

#[test]
fn a_value_of_a_base_is_written_at_the_volume_and_the_base_is_left_alone() {
    let world = World::new("  web: { count: 1 }\n  db: { size: 10 }");
    let base = world.dir.path().join("shared/common.yaml");
    std::fs::create_dir(base.parent().unwrap()).unwrap();
    put(&base, "defaults: { size: 10, volume_type: SSD } # of all\n");
    let own = text(&world);
    put(manifest(&world).as_ref(), format!("base: [shared/common.yaml]\n{own}"));
    world.converge();
    let all = world.recorded();
    let web = all.iter().find(|volume| volume["address"] == "web[1]").unwrap()["id"].as_str().unwrap().to_owned();
    world.cloud.edit(&web, json!({"size": 20}));
    let before = text(&world);
    world.run(&["drift", "--accept", "web"]).exits(0).says("accepted web[1]: size: 10 GB -> 20 GB");
    assert_eq!(text(&world), before.replace("web: { count: 1 }", "web: { count: 1, size: 20 }"));
    assert_eq!(std::fs::read_to_string(&base).unwrap(), "defaults: { size: 10, volume_type: SSD } # of all\n");
    world.run(&["drift"]).exits(0);
    world.run(&["plan", "--detailed-exitcode"]).exits(0).says("nothing to do");
}
