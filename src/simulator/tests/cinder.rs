//! The reads of Cinder, over both of its versions, and its envelope of refusals.

use super::{PROJECT, World, blank, blank_with};
use serde_json::{Value, json};

fn keys(of: &Value) -> Vec<&str> {
    of.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn both_versions_read_the_same() {
    let mut world = World::new();
    for name in ["one", "two"] {
        world.create(blank(name));
        world.pass(100);
    }
    for path in ["volumes", "volumes/detail?limit=1", "types", "os-availability-zone", "os-quota-sets/{p}?usage=True"] {
        let (status, mut second) = world.get(&format!("/v2/{{p}}/{path}"));
        let (_, third) = world.get(&format!("/v3/{{p}}/{path}"));
        // The next page is asked for by the same version.
        if let Some(next) = second.pointer_mut("/volumes_links/0/href") {
            *next = json!(next.as_str().unwrap().replace("/v2/", "/v3/"));
        }
        assert_eq!((status, second), (200, third), "{path}");
    }
    let (_, brief) = world.get("/v3/{p}/volumes");
    assert_eq!((keys(&brief), keys(&brief["volumes"][0])), (vec!["volumes"], vec!["id", "links", "name"]));
    assert_eq!((&brief["volumes"][0]["name"], &brief["volumes"][1]["name"]), (&json!("two"), &json!("one")));
    let (_, detail) = world.get("/v3/{p}/volumes/detail?limit=1");
    assert_eq!(keys(&detail), ["volumes", "volumes_links"]);
    let id = detail["volumes"][0]["id"].as_str().unwrap();
    for version in ["v2", "v3"] {
        let (status, shown) = world.get(&format!("/{version}/{{p}}/volumes/{id}"));
        assert_eq!((status, keys(&shown), &shown["volume"]), (200, vec!["volume"], &detail["volumes"][0]));
    }
    let (_, types) = world.get("/v3/{p}/types");
    let one = &types["volume_types"][0];
    let (_, same) = world.get(&format!("/v2/{{p}}/types/{}", one["id"].as_str().unwrap()));
    assert_eq!((&same["volume_type"], one["extra_specs"]["RESKEY:availability_zones"].is_string()), (one, true));
    let (_, zones) = world.get("/v3/{p}/os-availability-zone");
    assert_eq!(zones["availabilityZoneInfo"][0], json!({"zoneName": "az-dc-1", "zoneState": {"available": true}}));
    let (_, quotas) = world.get("/v3/{p}/os-quota-sets/{p}?usage=True");
    assert_eq!(quotas["quota_set"]["volumes_SSD"], json!({"reserved": 0, "limit": -1, "in_use": 2}));
    assert_eq!(quotas["quota_set"]["id"], PROJECT);
    assert_eq!(world.get("/v2/{p}/os-quota-sets/{p}").1["quota_set"]["volumes"], -1, "without usage, limits alone");
}

#[test]
fn refusals_come_in_its_envelope() {
    let mut world = World::new();
    for version in ["v2", "v3"] {
        for (path, status, envelope) in [
            ("volumes?limit=0", 400, "badRequest"),
            ("volumes/detail?sort_key=colour", 400, "badRequest"),
            ("volumes/me", 400, "badRequest"),
            ("volumes/8dd7c486-8e9f-49fe-bceb-26aa7e312b66", 404, "itemNotFound"),
            ("types/none", 404, "itemNotFound"),
        ] {
            let (answered, body) = world.get(&format!("/{version}/{{p}}/{path}"));
            assert_eq!((answered, keys(&body)), (status, vec![envelope]), "{path}");
            assert_eq!((&body[envelope]["code"], keys(&body[envelope])), (&json!(status), vec!["message", "code"]));
        }
        let wrong = json!({"volume": blank_with(json!({"size": 0}))});
        assert_eq!(world.post(&format!("/{version}/{{p}}/volumes"), wrong).1["badRequest"]["code"], 400);
    }
}

#[test]
fn versions_are_told_to_everybody() {
    let mut world = World::new();
    let (status, all) = world.get("/");
    assert_eq!(status, 300);
    let ids: Vec<&Value> = all["versions"].as_array().unwrap().iter().map(|it| &it["id"]).collect();
    assert_eq!(ids, ["v1.0", "v2.0", "v3.0"]);
    for (place, path) in ["/v1", "/v2", "/v3/?x=1"].into_iter().enumerate() {
        let (status, one) = world.get(path);
        assert_eq!((status, &one), (200, &json!({"versions": [all["versions"][place]]})));
    }
    let (_, first) = world.get("/v1?x=1");
    assert_eq!(first["versions"][0]["id"], "v1.0");
    let newest = &all["versions"][2];
    assert_eq!((&newest["status"], &newest["min_version"]), (&json!("CURRENT"), &json!("3.0")));
    assert_eq!(
        keys(newest),
        ["id", "links", "media-types", "min_version", "version", "status", "updated"],
        "all that the reference lists"
    );
}
