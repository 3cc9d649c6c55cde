//! `evsctl import`: an estate made by hand, or by Terraform, becomes the text of a manifest.

use crate::support::{Cloud, Ran, World, put, run, until};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;

const LIST: &str = "GET /v2/{project_id}/cloudvolumes/detail";
const SHOW: &str = "GET /v2/{project_id}/cloudvolumes/{volume_id}";
const KEY: &str = "37b0d52e-c249-40d6-83cb-2b93f22445bd";

/// A stack that asks for nothing yet, in a cloud where others have been at work.
fn estate() -> World {
    let world = World::new("");
    put(&manifest_of(&world), head(&world) + "volumes: {} # none yet\n");
    world
}

fn manifest_of(world: &World) -> PathBuf {
    world.dir.path().join("evsctl.yaml")
}

fn head(world: &World) -> String {
    let project = crate::support::PROJECT;
    format!("# ours\nstack: test\ncloud: {{ endpoint: \"{}\", project_id: {project} }}\n", world.cloud.endpoint)
}

fn text_of(world: &World) -> String {
    std::fs::read_to_string(manifest_of(world)).unwrap()
}

/// Makes volumes by the call of the usual console, and waits until all can be used.
fn make(cloud: &Cloud, volume: Value) {
    let before = cloud.volumes().len();
    let count = volume["count"].as_u64().unwrap_or(1);
    let (status, answer) = cloud.call("POST", "/v3/{project_id}/cloudvolumes", Some(json!({ "volume": volume })));
    assert_eq!(status, 200, "{answer}");
    until("the volumes are there", || {
        let volumes = cloud.volumes();
        volumes.len() as u64 == before as u64 + count && volumes.iter().all(|volume| volume["status"] != "creating")
    });
}

fn plain(name: &str, zone: &str, count: u32) -> Value {
    json!({"name": name, "availability_zone": zone, "volume_type": "SSD", "size": 40, "count": count})
}

fn with(mut volume: Value, more: Value) -> Value {
    volume.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    volume
}

/// Makes a volume as a driver of Kubernetes does.
fn make_by_driver(cloud: &Cloud, name: &str) {
    let volume = json!({"name": name, "availability_zone": "az-dc-1", "volume_type": "SSD", "size": 10,
        "metadata": {"csi.storage.k8s.io/pvc/name": name, "evs.csi.huaweicloud.com/nodeId": "n"}});
    let (status, answer) = cloud.call("POST", "/v3/{project_id}/volumes", Some(json!({ "volume": volume })));
    assert_eq!(status, 202, "{answer}");
}

fn id_of(cloud: &Cloud, name: &str) -> String {
    let volumes = cloud.volumes();
    let volume = volumes.iter().find(|volume| volume["name"] == name).unwrap_or_else(|| panic!("no volume {name}"));
    volume["id"].as_str().unwrap().to_owned()
}

fn codes(document: &Value) -> BTreeMap<String, usize> {
    let mut codes = BTreeMap::new();
    for left in document["left"].as_array().unwrap() {
        assert!(!left["reason"].as_str().unwrap().is_empty());
        *codes.entry(left["code"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    codes
}

/// Three hundred volumes under three patterns in three zones, and odd ones.
fn three_hundred(cloud: &Cloud) {
    make(cloud, plain("kafka", "az-dc-1", 100));
    make(cloud, with(plain("web", "az-dc-2", 100), json!({"tags": {"team": "web"}})));
    make(cloud, plain("db", "az-dc-3", 77));
    make(
        cloud,
        with(plain("vault", "az-dc-3", 20), json!({"metadata": {"__system__encrypted": "1", "__system__cmkid": KEY}})),
    );
    make(cloud, plain("twin", "az-dc-1", 1));
    make(cloud, plain("twin", "az-dc-1", 1));
    let tags: BTreeMap<String, String> = (0..10).map(|n| (format!("tag{n}"), "x".to_owned())).collect();
    make(cloud, with(plain("full", "az-dc-1", 1), json!({ "tags": tags })));
    for number in 1..=10 {
        cloud.edit(&id_of(cloud, &format!("kafka-{number:04}")), json!({"attached_to": format!("server-{number}")}));
    }
    for number in 1..=5 {
        make_by_driver(cloud, &format!("pvc-{number}"));
    }
    until("all can be used", || cloud.volumes().iter().all(|volume| volume["status"] != "creating"));
}

#[test]
fn an_estate_of_three_hundred_volumes_is_one_command_and_one_list() {
    let world = estate();
    three_hundred(&world.cloud);
    let (lists, all) = (world.cloud.requests(LIST), world.cloud.all_requests());
    let document = world.run(&["import", "--all", "--format", "json"]).exits(0).json();
    // One pass: the page, and one that is empty, which proves that it was the last.
    assert_eq!((world.cloud.requests(LIST) - lists, world.cloud.requests(SHOW)), (2, 0));
    assert_eq!(document["calls"], json!({ LIST: 2 }));
    assert!(world.cloud.all_requests() - all <= 6, "the list, and looks at the statistics");
    assert_eq!(document["taken"].as_array().unwrap().len(), 300);
    assert_eq!(codes(&document), BTreeMap::from([("kubernetes".to_owned(), 5)]));
    assert_eq!(document["entries"], 7);
    assert_eq!(document["unmarked"], json!(["full[1]"]));
    let text = text_of(&world);
    assert!(text.starts_with(&head(&world)), "{text}");
    let (_, added) = text.split_once("defaults:\n").unwrap();
    let (entries, import) = added.split_once("import:\n").unwrap();
    assert_eq!(
        entries,
        format!(
            "  availability_zone: az-dc-1
  volume_type: SSD
  enterprise_project_id: \"0\"
volumes: # none yet
  db:
    count: 77
    size: 40
    availability_zone: az-dc-3
  full:
    # its tags are not declared: there is no room for the ownership tag beside them
    size: 40
  kafka:
    count: 100
    size: 40
  twin:
    name_may_repeat: true
    size: 40
  twin-2:
    name: twin
    name_may_repeat: true
    size: 40
  vault:
    count: 20
    size: 40
    availability_zone: az-dc-3
    metadata: {{ __system__cmkid: {KEY}, __system__encrypted: \"1\" }}
  web:
    count: 100
    size: 40
    availability_zone: az-dc-2
    tags: {{ team: web }}
"
        )
    );
    assert_eq!(import.lines().count(), 300);
    world.run(&["validate"]).exits(0).says("300 volumes");
}

#[test]
fn one_apply_takes_the_estate_over_and_the_next_plan_is_empty() {
    let world = estate();
    three_hundred(&world.cloud);
    let before = world.cloud.volumes();
    world
        .run(&["import", "--all"])
        .exits(0)
        .says("wrote 7 entries for 300 volumes")
        .says("left out 5 volumes")
        .says("1 volume has no room for the ownership tag, so another stack could take it over too: full[1]")
        .says("marks all but 1 of them as its own");
    world.run(&["plan", "--detailed-exitcode"]).exits(2).says("300 to import");
    world.run(&["apply", "--yes"]).exits(0);
    world.run(&["plan", "--detailed-exitcode"]).exits(0).says("nothing to do");
    assert_eq!(world.recorded().len(), 300);
    // Nothing but the ownership tag is another one than it was.
    let bare = |volumes: Vec<Value>| -> Vec<Value> {
        let bare = volumes.into_iter().map(|mut volume| {
            volume.as_object_mut().unwrap().remove("updated_at");
            volume["tags"].as_object_mut().unwrap().remove("evsctl");
            volume
        });
        bare.collect()
    };
    assert_eq!(bare(world.cloud.volumes()), bare(before));
    world
        .run(&["import", "--all"])
        .exits(0)
        .says("300 volumes are recorded by this stack already")
        .says("nothing was written");
}

#[test]
fn a_manifest_keeps_its_words_and_another_file_takes_the_entries_where_it_is_named() {
    let world = World::new("  own: { size: 10 } # the first\n# the end\n");
    make(&world.cloud, with(plain("disk", "az-dc-1", 3), json!({"volume_type": "SAS"})));
    let before = text_of(&world);
    let shown = world.run(&["import", "--name", "disk-*", "--zone", "az-dc-1", "--output", "-"]).exits(0);
    assert_eq!(text_of(&world), before);
    assert!(shown.stdout.starts_with("volumes:\n  disk:\n    count: 3\n"), "{}", shown.stdout);
    let file = world.dir.path().join("disks.yaml");
    let ran = world.run(&["import", "--all", "--output", file.to_str().unwrap()]).exits(0);
    ran.says("disk[1..3]").says("disk-0001..disk-0003").says("wrote 1 entry for 3 volumes");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), shown.stdout);
    world.run(&["validate"]).exits(0).says("4 volumes");
    world.run(&["import", "--all", "--output", file.to_str().unwrap()]).exits(1).says("it is the manifest");
    std::fs::remove_file(&file).unwrap();
    // A hidden file is no part of the manifest: entries in it would be taken over by no apply.
    let hidden = world.dir.path().join(".disks.yaml");
    world.run(&["import", "--all", "--output", hidden.to_str().unwrap()]).exits(1).says("name another file");
    assert!(!hidden.exists());
    world
        .run(&["import", "--id", &id_of(&world.cloud, "disk-0002"), "--id", "no-such"])
        .exits(1)
        .says("--id 'no-such'");
    assert_eq!(text_of(&world), before);
    world.run(&["import", "--id", &id_of(&world.cloud, "disk-0002")]).exits(0);
    let text = text_of(&world);
    assert!(text.starts_with(before.split("# the end").next().unwrap()) && text.contains("# the end\n"), "{text}");
    assert!(text.contains("  disk-0002:\n    size: 40\n    volume_type: SAS\n"), "{text}");
    world.run(&["import", "--all", "--output", "-", "--format", "json"]).exits(1).says("both write to stdout");
    world.run(&["import"]).exits(1).says("which volumes shall be taken over?");
    world.run(&["import", "web[1]"]).exits(1).says("`import: { 'web[1]': ID }`");
    let mut command = crate::support::evsctl();
    command.args(["import", "no-such-folder", "--all"]);
    let _ = run(command).exits(1).says("write its head first");
    let empty = tempfile::tempdir().unwrap();
    let mut command = crate::support::evsctl();
    command.args(["import", empty.path().to_str().unwrap(), "--all"]);
    let _ = run(command).exits(1).says("write its head first");
}

#[test]
fn what_is_not_to_be_taken_over_is_named() {
    let world = estate();
    let cloud = &world.cloud;
    for name in ["failed", "going", "busy", "fine"] {
        make(cloud, plain(name, "az-dc-1", 1));
    }
    make(cloud, with(plain("theirs", "az-dc-1", 1), json!({"tags": {"owner": "shop_aaaaaaaa_bbbbbbbbbb"}})));
    cloud.edit(&id_of(cloud, "failed"), json!({"status": "error_extending"}));
    cloud.edit(&id_of(cloud, "going"), json!({"status": "deleting"}));
    cloud.edit(&id_of(cloud, "busy"), json!({"status": "extending"}));
    make_by_driver(cloud, "pvc");
    until("it can be used", || cloud.volumes().iter().all(|volume| volume["status"] != "creating"));
    let document = world.run(&["import", "--all", "--format", "json"]).exits(0).json();
    let expected = ["busy", "deleting", "failed", "kubernetes", "other-stack"];
    assert_eq!(codes(&document), expected.map(|code| (code.to_owned(), 1)).into());
    assert_eq!(document["taken"][0]["address"], "fine[1]");
}

#[test]
fn a_choice_that_means_no_volume_is_an_error_that_says_which() {
    let world = estate();
    let before = text_of(&world);
    world.run(&["import", "--all"]).exits(1).says("the project has no volumes");
    make(&world.cloud, plain("disk", "az-dc-1", 1));
    make(&world.cloud, plain("web", "az-dc-2", 1));
    world.run(&["import", "--name", "kafka-*", "--zone", "az-dc-1"]).exits(1).says("matches --name 'kafka-*'");
    world.run(&["import", "--name", "disk", "--zone", "az-dc-2"]).exits(1).says("matches all of these flags together");
    let document = world.run(&["import", "--name", "no*", "--format", "json"]).exits(1).json();
    assert_eq!(document["unmatched"], json!([{"flag": "--name", "value": "no*"}]));
    assert_eq!((&document["taken"], &document["files"]), (&json!([]), &json!([])));
    let id = id_of(&world.cloud, "disk");
    let document = world.run(&["import", "--id", &id, "--id", "nobody", "--format", "json"]).exits(1).json();
    assert_eq!(document["left"][0]["code"], "not-in-cloud");
    assert_eq!((document["left"][0]["id"].as_str(), &document["taken"]), (Some("nobody"), &json!([])));
    assert_eq!(text_of(&world), before);
}

#[test]
fn what_is_imported_already_and_is_not_what_its_entry_asks_for_is_told_field_by_field() {
    let world = estate();
    make(&world.cloud, plain("disk", "az-dc-1", 1));
    world.run(&["import", "--all"]).exits(0);
    world.run(&["import", "--all"]).exits(0).says("the manifest imports it as disk[1] already: apply takes it over");
    world.cloud.edit(&id_of(&world.cloud, "disk"), json!({"size": 50, "volume_type": "SAS"}));
    let ran = world.run(&["import", "--all"]).exits(0);
    let line = 1 + text_of(&world).lines().position(|line| line == "  disk:").unwrap();
    let ran = ran.says("write volume_type SAS in place of SSD, size 50 GB in place of 40 GB there (");
    let _ = ran.says(&format!("evsctl.yaml:{line})")).says("lifecycle: {ignore: [volume_type, size]}");
}

#[test]
fn a_move_to_another_enterprise_project_is_drift_of_what_was_imported() {
    let world = estate();
    make(&world.cloud, plain("disk", "az-dc-1", 1));
    world.run(&["import", "--all"]).exits(0);
    assert!(text_of(&world).contains("enterprise_project_id: \"0\"\n"), "{}", text_of(&world));
    world.run(&["apply", "--yes"]).exits(0);
    world.run(&["plan", "--detailed-exitcode"]).exits(0).says("nothing to do");
    let id = id_of(&world.cloud, "disk");
    world.cloud.edit(&id, json!({"enterprise_project_id": "aabbccdd-0000-4000-8000-000000000001"}));
    world.run(&["drift"]).exits(2).says("enterprise_project_id");
}

#[test]
fn no_cell_of_a_table_is_as_wide_as_a_very_long_name() {
    let world = estate();
    let long = "n".repeat(200);
    make(&world.cloud, plain(&long, "az-dc-1", 1));
    make_by_driver(&world.cloud, &"k".repeat(60));
    until("all can be used", || world.cloud.volumes().iter().all(|volume| volume["status"] != "creating"));
    let [text, more] = ["x.out", "y.out"].map(|name| world.dir.path().join(name).to_str().unwrap().to_owned());
    let ran = world.run(&["import", "--all", "--output", &text]).exits(0);
    let cut = |letter: &str| format!("{}…", letter.repeat(39));
    let ran = ran.says(&format!("az-dc-1 {}", cut("n"))).says(&format!("{} ", cut("k")));
    assert!(!ran.stdout.contains(&"k".repeat(40)), "{}", ran.stdout);
    let document = world.run(&["import", "--all", "--output", &more, "--format", "json"]).exits(0).json();
    assert_eq!(document["taken"][0]["name"], json!(long));
}

#[test]
fn what_goes_with_a_terraform_state_is_refused_without_one() {
    let world = estate();
    for flag in [&["--offline"][..], &["--removed-blocks", "x.tf"]] {
        for choice in [&["--all"][..], &["--id", "x"], &["--name", "x"], &["--tag", "x"], &["--zone", "x"], &[]] {
            let words = [&["import"], flag, choice].concat();
            let _ = world.run(&words).exits(1).says("--help");
        }
    }
    assert_eq!(world.cloud.requests(LIST), 0);
}

#[test]
fn a_manifest_that_comes_through_a_pipe_is_read_and_the_entries_go_to_stdout() {
    let world = estate();
    make(&world.cloud, plain("disk", "az-dc-1", 1));
    let import = |words: &[&str]| {
        let mut command = crate::support::evsctl();
        command.current_dir(world.dir.path()).args(["import", "-", "--all"]).args(words);
        command.stdin(std::fs::File::open(manifest_of(&world)).unwrap());
        run(command)
    };
    let ran = import(&["--output", "-"]).exits(0);
    assert!(ran.stdout.contains("volumes:\n  disk:\n"), "{}", ran.stdout);
    let _ = import(&[]).exits(1).says("read from a pipe");
}

/// A Terraform state that manages these volumes.
fn state(resources: Value) -> String {
    json!({"version": 4, "terraform_version": "1.9.0", "serial": 1, "lineage": "l", "outputs": {}, "resources": resources})
        .to_string()
}

fn resource(kind: &str, name: &str, instances: Vec<Value>) -> Value {
    json!({"mode": "managed", "type": kind, "name": name, "provider": "provider[\"x\"]", "instances": instances})
}

fn from_terraform(world: &World, text: &str, more: &[&str]) -> Ran {
    let file = world.dir.path().join("terraform.tfstate");
    put(&file, text);
    let mut words = vec!["import", "--from-terraform", file.to_str().unwrap()];
    words.extend(more);
    world.run(&words)
}

#[test]
fn a_terraform_state_of_sixty_volumes_of_two_providers() {
    let world = estate();
    make(&world.cloud, plain("data", "az-dc-1", 40));
    make(&world.cloud, with(plain("logs", "az-dc-2", 20), json!({"volume_type": "SAS"})));
    let instance = |name: String, key: Value| {
        json!({"index_key": key, "attributes": {"id": id_of(&world.cloud, &name), "name": name,
        "size": 40, "availability_zone": "az-dc-1", "volume_type": "SSD"}})
    };
    let data = (1..=40).map(|n| instance(format!("data-{n:04}"), json!(n - 1))).collect();
    let logs = (1..=20).map(|n| instance(format!("logs-{n:04}"), json!(format!("log {n}")))).collect();
    let mut inside = resource("opentelekomcloud_evs_volume_v3", "logs", logs);
    inside["module"] = json!("module.zone[\"a\"]");
    let mut odd = instance("data-0001".to_owned(), json!(null));
    odd["attributes"]["id"] = json!("gone");
    let text = state(json!([
        resource("huaweicloud_evs_volume", "data", data),
        inside,
        resource("huaweicloud_evs_volume", "odd", vec![
            odd,
            json!({"status": "tainted", "attributes": {"id": "t"}}),
            json!({"deposed": "0123abcd", "attributes": {"id": "d"}}),
        ]),
        resource("huaweicloud_compute_instance", "server", vec![json!({"attributes": {"id": "s"}})]),
        {"mode": "data", "type": "huaweicloud_evs_volumes", "name": "all", "instances": []},
    ]));
    let offline = from_terraform(&world, &text, &["--offline", "--output", "-", "--format", "human"]).exits(0);
    assert!(offline.stdout.contains("data[40]: "), "{}", offline.stdout);
    let blocks = world.dir.path().join("removed.tf");
    let lists = world.cloud.requests(LIST);
    let ran = from_terraform(&world, &text, &["--removed-blocks", blocks.to_str().unwrap()]).exits(0);
    assert_eq!((world.cloud.requests(LIST) - lists, world.cloud.requests(SHOW)), (2, 0));
    let ran = ran.says("data[1..40]").says("logs[1..20]").says("wrote 2 entries for 60 volumes");
    let ran = ran.says("huaweicloud_evs_volume.odd gone not-in-cloud").says("tainted").says("deposed 0123abcd");
    let _ = ran.says("1 data source and 1 resource of other types");
    assert_eq!(
        std::fs::read_to_string(&blocks).unwrap(),
        "# Put these in the place of the resource blocks once evsctl has taken the volumes over, then apply.

removed {
  from = huaweicloud_evs_volume.data

  lifecycle {
    destroy = false
  }
}

removed {
  from = module.zone.opentelekomcloud_evs_volume_v3.logs

  lifecycle {
    destroy = false
  }
}
"
    );
    world.run(&["validate"]).exits(0).says("60 volumes");
}

#[test]
fn what_is_no_terraform_state_is_said_before_anything_is_asked() {
    let world = estate();
    let before = text_of(&world);
    for (text, told) in [
        ("provider {}", "it is no JSON, at line 1, column 1"),
        (r#"{"version": 3, "modules": []}"#, "of format 3, and only format 4 is read"),
        (r#"{"version": 9}"#, "of format 9"),
        (r#"{"format_version": "1.2"}"#, "`terraform state pull > FILE`"),
        (r#"{"encrypted_data": "eA==", "encryption_version": "v0"}"#, "encrypted by OpenTofu"),
    ] {
        from_terraform(&world, text, &[]).exits(1).says(told);
    }
    assert_eq!((world.cloud.requests(LIST), text_of(&world)), (0, before));
}

/// What the flags write is written over nothing that is needed, and through no link.
#[test]
fn no_file_that_is_needed_is_written_over() {
    let world = World::new("  web: { size: 10 }");
    let folder = world.dir.path();
    let state = r#"{"version": 4, "resources": []}"#;
    put(&folder.join("s.tfstate"), state);
    let other = "stack: other\ncloud: { simulator: true }\nvolumes: {}\n";
    std::fs::create_dir(folder.join("other")).unwrap();
    put(&folder.join("other/evsctl.yaml"), other);
    put(&folder.join("home.txt"), "mine");
    std::os::unix::fs::symlink("home.txt", folder.join("link.tf")).unwrap();
    let at = |name: &str| folder.join(name).display().to_string();
    for (flags, says) in [
        (vec!["--removed-blocks".to_owned(), at("s.tfstate")], "is the Terraform state that is read"),
        (vec!["--removed-blocks".to_owned(), at("link.tf")], "is a link"),
        (vec!["--output".to_owned(), at("other/evsctl.yaml")], "is the manifest of a stack"),
        (
            vec!["--output".to_owned(), at("x"), "--removed-blocks".to_owned(), at("x")],
            "is named by --output and by --removed-blocks",
        ),
    ] {
        let from = at("s.tfstate");
        let mut words = vec!["import", "--from-terraform", &from, "--offline"];
        words.extend(flags.iter().map(String::as_str));
        world.run(&words).exits(1).says(says);
    }
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    assert_eq!(
        (read("s.tfstate").as_str(), read("other/evsctl.yaml").as_str(), read("home.txt").as_str()),
        (state, other, "mine")
    );
}
