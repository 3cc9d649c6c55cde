//! Accounts write the same volume in several ways: what evsctl concludes is the same.

use crate::support::{Cloud, World, until};
use serde_json::json;

const VOLUMES: &str = "  web: { count: 2, size: 10 }
  scsi: { size: 20, multiattach: true, metadata: { \"hw:passthrough\": \"true\" } }
  boot: { size: 40, imageRef: c6db9a3b-6bd1-4d3c-9d3b-0c0f6b5f5a10 }";

#[test]
fn plan_drift_and_import_are_the_same_in_every_style() {
    for (style, no) in [("a", "false"), ("b", "False"), ("c", "False")] {
        let cloud = Cloud::with(&["--job-duration", "40ms", "--account-style", style]);
        let world = World::in_cloud(cloud, VOLUMES);
        world.converge();
        let volumes = world.cloud.volumes();
        let plain = volumes.iter().find(|it| it["size"] == 10).unwrap();
        assert_eq!((&plain["bootable"], &plain["metadata"]["hw:passthrough"]), (&json!(no), &json!(no)), "{style}");
        world.run(&["drift"]).exits(0);
        for more in [&[][..], &["--offline"]] {
            let ran = world.run(&[&["plan", "--detailed-exitcode"], more].concat()).exits(0).says("nothing to do");
            assert!(!ran.stdout.contains("drift") && !ran.stdout.contains("warning"), "{style}: {}", ran.stdout);
        }
        // A server takes one: the service then writes more of its own into the metadata.
        let id = plain["id"].as_str().unwrap().to_owned();
        world.cloud.edit(&id, json!({"attached_to": "5b02a32d-5355-4279-9015-355000000001"}));
        world.run(&["plan", "--detailed-exitcode"]).exits(0).says("nothing to do");
        world.run(&["drift"]).exits(0);
        world.cloud.edit(&id, json!({"attached_to": null, "name": "other"}));
        world.run(&["plan", "--detailed-exitcode"]).exits(2).says("drift");
        world.converge();
    }
}

#[test]
fn the_text_of_an_import_is_the_same_in_every_style() {
    let written = ["a", "b", "c"].map(|style| {
        let cloud = Cloud::with(&["--job-duration", "40ms", "--account-style", style]);
        let scsi = json!({"hw:passthrough": "true"});
        let key = json!({"__system__encrypted": "1", "__system__cmkid": "37b0d52e-c249-40d6-83cb-2b93f22445bd"});
        for (name, metadata) in [("plain", json!({})), ("scsi", scsi), ("secret", key)] {
            let volume = json!({"name": name, "availability_zone": "az-dc-1", "volume_type": "SSD", "size": 40,
                "metadata": metadata, "multiattach": name == "scsi"});
            assert_eq!(cloud.call("POST", "/v3/{project_id}/cloudvolumes", Some(json!({ "volume": volume }))).0, 200);
            until("it is there", || cloud.volumes().iter().all(|it| it["status"] == "available"));
        }
        let world = World::in_cloud(cloud, "  web: { size: 10 }");
        world.converge();
        let ran = world.run(&["import", "--all"]).exits(0);
        let manifest = std::fs::read_to_string(world.dir.path().join("evsctl.yaml")).unwrap();
        assert!(manifest.contains("hw:passthrough"), "{}\n{manifest}", ran.stdout);
        world.converge();
        assert_eq!(world.recorded().len(), 4);
        // Only the address of the cloud differs, which is in the second line.
        manifest.lines().filter(|line| !line.starts_with("cloud:")).collect::<Vec<_>>().join("\n")
    });
    assert!(written.iter().all(|it| *it == written[0]), "{}\n{}\n{}", written[0], written[1], written[2]);
}
