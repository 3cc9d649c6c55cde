//! The sum of a project's volumes, its limits, and the extensions of the API.

use super::{DURATION, World, blank_with};
use crate::simulator::call::Lag;
use serde_json::{Value, json};

const FOREIGN: &str = "00000000000000000000000000000000";

#[test]
fn volumes_are_summed_up_with_the_metadata_that_callers_have_set() {
    let mut world = World::new();
    let empty = json!({"volume-summary": {"total_size": 0, "total_count": 0, "metadata": {}}});
    assert_eq!(world.get("/v3/{p}/volumes/summary"), (200, empty.clone()));
    for (size, metadata) in [(10, json!({"role": "db"})), (20, json!({"role": "web", "tier": "1"})), (30, json!({}))] {
        let volume = json!({ "volume": blank_with(json!({"size": size, "metadata": metadata})) });
        assert_eq!(world.post("/v3/{p}/volumes", volume).0, 202);
        world.pass(100);
    }
    let metadata = json!({"role": ["db", "web"], "tier": ["1"]});
    let all = json!({"volume-summary": {"total_size": 60, "total_count": 3, "metadata": metadata}});
    assert_eq!(world.get("/v3/{p}/volumes/summary"), (200, all.clone()));
    assert_eq!(world.again().get("/v3/{p}/volumes/summary").1, all);
    assert_eq!(world.get(&format!("/v3/{FOREIGN}/volumes/summary")).1, empty);
    world.list_lag = Lag::of_millis(u64::try_from(DURATION).unwrap() / 1000 + 1);
    assert_eq!(world.get("/v3/{p}/volumes/summary").1["volume-summary"]["total_count"], 2, "a list that lags");
}

#[test]
fn limits_are_the_quotas_under_their_names_in_cinder() {
    let catalogue = json!({
        "zones": ["az-dc-1"],
        "types": [{"id": "t", "name": "SSD", "zones": ["az-dc-1"]}],
        "quotas": {"volumes": 5, "gigabytes": 500, "snapshots": 7, "backups": 3},
    });
    let mut world = World::with(Some(&catalogue.to_string()));
    let id = world.made(false);
    world.post("/v2/{p}/cloudsnapshots", json!({"snapshot": {"volume_id": id}}));
    world.create(blank_with(json!({"size": 10})));
    let absolute = json!({
        "maxTotalVolumes": 5, "totalVolumesUsed": 1,
        "maxTotalVolumeGigabytes": 500, "totalGigabytesUsed": 80,
        "maxTotalSnapshots": 7, "totalSnapshotsUsed": 1,
        "maxTotalBackups": 3, "totalBackupsUsed": 0,
        "maxTotalBackupGigabytes": -1, "totalBackupGigabytesUsed": 0,
    });
    for version in ["v2", "v3"] {
        let (status, body) = world.get(&format!("/{version}/{{p}}/limits"));
        assert_eq!((status, &body), (200, &json!({"limits": {"rate": [], "absolute": absolute}})));
    }
    world.pass(100);
    assert_eq!(world.get("/v3/{p}/limits").1["limits"]["absolute"]["totalVolumesUsed"], 2);
    assert_eq!(world.get(&format!("/v3/{FOREIGN}/limits")).1["limits"]["absolute"]["totalVolumesUsed"], 0);
}

#[test]
fn extensions_are_those_of_the_reference() {
    let mut world = World::new();
    let (status, body) = world.get("/v3/{p}/extensions");
    assert_eq!((status, world.get("/v2/{p}/extensions").1), (200, body.clone()));
    let all = body["extensions"].as_array().unwrap();
    assert_eq!(all.len(), 26);
    let first = json!({
        "updated": "2013-04-18T00:00:00+00:00",
        "name": "SchedulerHints",
        "links": [],
        "alias": "OS-SCH-HNT",
        "description": "Pass arbitrary key/value pairs to the scheduler.",
    });
    assert_eq!(all[0], first);
    let aliases: Vec<&Value> = all.iter().map(|it| &it["alias"]).collect();
    for served in ["os-quota-sets", "os-volume-actions", "os-availability-zone", "os-used-limits"] {
        assert!(aliases.contains(&&json!(served)), "{served}");
    }
}
