//! Lists: order, pages, filters, refusals.

use super::{World, blank, blank_with};
use crate::simulator::call::Lag;
use serde_json::json;

/// Five volumes a second apart: a, b, c, d, e; c is larger, d shared, e of another type and zone.
fn world() -> World {
    let mut world = World::new();
    for (name, fields) in [
        ("a", json!({})),
        ("b", json!({"metadata": {"hw:passthrough": "true"}})),
        ("c", json!({"size": 100})),
        ("d", json!({"multiattach": true, "enterprise_project_id": "6f1c2d3e-4b5a-4678-9abc-def012345678"})),
        ("e", json!({"availability_zone": "az-dc-2", "volume_type": "SAS"})),
    ] {
        let mut volume = blank_with(fields);
        volume["name"] = json!(name);
        world.create(volume);
        world.now += 1_000_000;
    }
    world
}

#[test]
fn the_newest_comes_first() {
    let mut world = world();
    assert_eq!(world.names(""), ["e", "d", "c", "b", "a"]);
    assert_eq!(world.names("sort_dir=asc"), ["a", "b", "c", "d", "e"]);
    assert_eq!(world.names("sort_key=size&limit=1"), ["c"]);
    assert_eq!(world.names("sort_key=id").len(), 5);
    assert_eq!(world.names("sort_key=status&sort_dir=asc").len(), 5);
}

#[test]
fn pages_by_offset_and_by_marker_meet() {
    let mut world = world();
    assert_eq!(world.names("limit=2&offset=2"), ["c", "b"]);
    assert_eq!(world.names("offset=5"), [] as [&str; 0]);
    let (_, page) = world.get("/v2/{p}/cloudvolumes/detail?limit=2&name=");
    assert_eq!(page["count"], 5);
    let link = page["volumes_links"][0]["href"].as_str().unwrap().to_owned();
    assert!(
        link.starts_with(&format!("http://cloud/v2/{}/cloudvolumes/detail?limit=2&", crate::simulator::tests::PROJECT))
            && page["volumes_links"][0]["rel"] == "next"
    );
    let marker = page["volumes"][1]["id"].as_str().unwrap();
    assert!(link.ends_with(&format!("marker={marker}")));
    assert_eq!(world.names(&format!("limit=2&marker={marker}")), ["c", "b"]);
    assert_eq!(world.names(&format!("sort_dir=asc&marker={marker}")), ["e"]);
    assert_eq!(world.names(&format!("sort_dir=asc&marker={marker}&offset=1")), [] as [&str; 0]);
    assert_eq!(world.names(&format!("marker={marker}&availability_zone=az-dc-1&limit=1&offset=1")), ["b"]);
    let (_, last) = world.get("/v2/{p}/cloudvolumes/detail?limit=5");
    assert!(last.get("volumes_links").is_none());
}

#[test]
fn filters_narrow_and_count_what_is_left() {
    let mut world = world();
    let e = world.volumes()[0]["id"].as_str().unwrap().to_owned();
    let a = world.volumes()[4]["id"].as_str().unwrap().to_owned();
    for (query, expected) in [
        ("status=available".to_owned(), &["a"][..]),
        ("status=creating&limit=1".to_owned(), &["e"]),
        ("availability_zone=az-dc-2".to_owned(), &["e"]),
        ("metadata=%7B%22hw:passthrough%22:%22true%22%7D".to_owned(), &["b"]),
        ("not_metadata=%7B%22hw:passthrough%22:false%7D".to_owned(), &["b"]),
        ("multiattach=true".to_owned(), &["d"]),
        ("enterprise_project_id=6f1c2d3e-4b5a-4678-9abc-def012345678".to_owned(), &["d"]),
        ("enterprise_project_id=all_granted_eps&limit=1".to_owned(), &["e"]),
        ("volume_type_id=6c81c680-df58-4512-81e7-ecf66d160638".to_owned(), &["e"]),
        ("volume_type_id=SAS".to_owned(), &[]),
        ("service_type=DSS".to_owned(), &[]),
        ("service_type=EVS&name=a".to_owned(), &["a"]),
        ("server_id=x".to_owned(), &[]),
        (format!("id={a}"), &["a"]),
        (format!("ids=['{a}','{e}']"), &["e", "a"]),
        (format!("ids=[\"{a}\"]&id={e}"), &["a"]),
        ("ids=['8dd7c486-8e9f-49fe-bceb-26aa7e312b66']".to_owned(), &[]),
        (format!("ids=['x','{a}','']"), &["a"]),
        ("ids=['x']".to_owned(), &[]),
        ("ids=[]".to_owned(), &[]),
    ] {
        world.now = super::START + 9_500_000;
        assert_eq!(world.names(&query), expected, "{query}");
    }
    let (_, body) = world.get("/v2/{p}/cloudvolumes/detail?availability_zone=az-dc-1&limit=1");
    assert_eq!(body["count"], 4);
}

#[test]
fn a_name_matches_in_part() {
    let mut world = World::new();
    world.create(blank_with(json!({"name": "kafka-data", "count": 2})));
    world.create(blank("web"));
    assert_eq!(world.names("name=data").len(), 2);
    assert_eq!(world.names("name=data-0002"), ["kafka-data-0002"]);
}

#[test]
fn nonsense_is_refused() {
    let mut world = world();
    let ids = format!("[{}]", vec!["'8dd7c486-8e9f-49fe-bceb-26aa7e312b66'"; 61].join(","));
    for (query, expected) in [
        ("limit=0", "EVS.1023"),
        ("limit=-1", "EVS.1023"),
        ("limit=ten", "EVS.5400"),
        ("limit=1001", "EVS.2142"),
        ("offset=x", "EVS.5400"),
        ("marker=x", "EVS.1024"),
        ("sort_key=name", "EVS.1039"),
        ("sort_dir=up", "EVS.1040"),
        ("availability_zone=moon", "EVS.1041"),
        ("metadata=x", "EVS.1058"),
        ("id=x", "EVS.1002"),
        ("ids=x", "EVS.1070"),
        (&format!("ids={ids}"), "EVS.1070"),
    ] {
        let (status, body) = world.get(&format!("/v2/{{p}}/cloudvolumes/detail?{query}"));
        assert_eq!((status, body["error"]["code"].as_str()), (400, Some(expected)), "{query}");
    }
    assert_eq!(world.get("/v3/{p}/volumes/detail?limit=0").1["badRequest"]["code"], 400);
}

#[test]
fn cinder_lists_have_no_count_and_few_filters() {
    let mut world = world();
    let (_, detail) = world.get("/v3/{p}/volumes/detail?limit=2&multiattach=true");
    assert!(detail.get("count").is_none() && detail["volumes"].as_array().unwrap().len() == 2);
    let (_, brief) = world.get("/v2/{p}/volumes?limit=1");
    let keys: Vec<&String> = brief["volumes"][0].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["id", "links", "name"]);
}

#[test]
fn a_list_that_lags_misses_the_youngest() {
    let mut world = world();
    world.list_lag = Lag::of_millis(2500);
    assert_eq!(world.names(""), ["c", "b", "a"]);
    let (_, body) = world.get("/v2/{p}/cloudvolumes/detail");
    assert_eq!(body["count"], 3);
}

#[test]
fn tags_that_lag_are_not_shown_and_find_nothing() {
    let mut world = World::new();
    for name in ["old", "young"] {
        world.create(blank_with(json!({"name": name, "tags": {"owner": "me"}})));
        world.now += 1_000_000;
    }
    let young = world.volumes()[0]["id"].as_str().unwrap().to_owned();
    let query = json!({"action": "filter", "tags": [{"key": "owner", "values": ["me"]}]});
    let found = |world: &mut World, query: &serde_json::Value| {
        world.post("/v2/{p}/cloudvolumes/resource_instances/action", query.clone()).1
    };
    world.tag_lag = Lag::of_millis(1500);
    assert_eq!(world.names("").len(), 2);
    assert_eq!(world.volumes()[0]["tags"], json!({}));
    assert_eq!(world.volumes()[1]["tags"], json!({"owner": "me"}));
    assert_eq!(world.get(&format!("/v3/{{p}}/volumes/{young}")).1["volume"]["tags"], json!({}));
    assert_eq!(world.get(&format!("/v2/{{p}}/cloudvolumes/{young}/tags")).1, json!({"tags": []}));
    let by_tag = found(&mut world, &query);
    assert_eq!((&by_tag["total_count"], &by_tag["resources"][0]["resource_name"]), (&json!(1), &json!("old")));
    let all = found(&mut world, &json!({"action": "filter", "tags": []}));
    assert_eq!((&all["resources"][0]["resource_name"], &all["resources"][0]["tags"]), (&json!("young"), &json!([])));
    world.now += 500_000;
    assert_eq!(found(&mut world, &query)["total_count"], 2);
    assert_eq!(world.volumes()[0]["tags"], json!({"owner": "me"}));
    assert_eq!(world.get("/v2/{p}/cloudvolumes/tags").1, json!({"tags": {"owner": ["me"]}}));
}

#[test]
fn a_volume_that_is_hidden_is_404_to_looks_and_there_all_the_same() {
    let mut world = World::new();
    world.create(blank("v"));
    let id = world.volumes()[0]["id"].as_str().unwrap().to_owned();
    world.hide = Lag::of_millis(2000);
    for path in ["/v2/{p}/cloudvolumes/", "/v3/{p}/volumes/", "/v2/{p}/os-vendor-volumes/"] {
        assert_eq!(world.get(&format!("{path}{id}")).0, 404, "{path}");
    }
    assert_eq!(world.get(&format!("/v2/{{p}}/cloudvolumes/{id}")).1["error"]["code"], "EVS.5404");
    assert_eq!(world.names(""), ["v"]);
    let renamed = world.send("PUT", &format!("/v2/{{p}}/cloudvolumes/{id}"), br#"{"volume":{"name":"w"}}"#);
    assert_eq!(renamed.0, 200);
    world.now += 2_000_000;
    assert_eq!(world.get(&format!("/v2/{{p}}/cloudvolumes/{id}")).1["volume"]["name"], "w");
}
