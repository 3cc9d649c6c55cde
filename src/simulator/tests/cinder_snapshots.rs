//! Cinder's calls about snapshots, over both of its versions.

use super::snapshots::{self, empty, taken};
use super::{World, blank_with, failing};
use serde_json::{Value, json};

fn keys(of: &Value) -> Vec<&str> {
    of.as_object().unwrap().keys().map(String::as_str).collect()
}

/// Status and envelope of a refusal.
fn refused((status, body): (u16, Value)) -> (u16, String) {
    let envelope = keys(&body)[0].to_owned();
    assert_eq!(body[&envelope]["code"], status);
    (status, envelope)
}

fn names(world: &mut World, target: &str) -> Vec<String> {
    let (status, body) = world.get(target);
    assert_eq!(status, 200, "{body}");
    body["snapshots"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap().to_owned()).collect()
}

const BRIEF: [&str; 9] =
    ["id", "name", "description", "status", "size", "volume_id", "metadata", "created_at", "updated_at"];
const MORE: [&str; 2] = ["os-extended-snapshot-attributes:progress", "os-extended-snapshot-attributes:project_id"];

#[test]
fn a_snapshot_lives_in_its_shapes_and_is_that_of_the_custom_calls() {
    for version in ["v2", "v3"] {
        let mut world = empty();
        let volume = world.made(false);
        let path = format!("/{version}/{{p}}/snapshots");
        let body = json!({"snapshot": {"volume_id": volume, "name": "s", "metadata": {"k": "v"}, "force": "False"}});
        let (status, answer) = world.post(&path, body);
        let begun = &answer["snapshot"];
        assert_eq!((status, keys(&answer), keys(begun)), (202, vec!["snapshot"], BRIEF.to_vec()));
        assert_eq!((&begun["status"], &begun["description"]), (&json!("creating"), &Value::Null));
        world.pass(100);
        assert_eq!([world.in_use("snapshots"), world.in_use("gigabytes")], [1, 80]);
        let one = format!("{path}/{}", begun["id"].as_str().unwrap());
        let (status, shown) = world.get(&one);
        assert_eq!((status, keys(&shown["snapshot"])), (200, [&BRIEF[..], &MORE].concat()));
        let custom = snapshots::show(&mut world, begun["id"].as_str().unwrap());
        for key in keys(&shown["snapshot"]) {
            assert_eq!(shown["snapshot"][key], custom[key], "{key}");
        }
        let words = br#"{"snapshot":{"name":"new","display_description":"d"}}"#;
        let (status, answer) = world.send("PUT", &one, words);
        let changed = &answer["snapshot"];
        assert_eq!((status, &changed["name"], &changed["description"]), (200, &json!("new"), &json!("d")));
        assert_eq!(keys(changed), BRIEF);
        assert_eq!(snapshots::show(&mut world, begun["id"].as_str().unwrap())["name"], "new");
        let from = json!({"volume": blank_with(json!({"snapshot_id": begun["id"]}))});
        assert_eq!(world.post(&format!("/{version}/{{p}}/volumes"), from).0, 202);
        assert_eq!(world.send("DELETE", &one, b""), (202, Value::Null));
        assert_eq!(world.get(&one).1["snapshot"]["status"], "deleting");
        world.pass(100);
        assert_eq!(refused(world.get(&one)), (404, "itemNotFound".to_owned()));
        assert_eq!(world.in_use("snapshots"), 0);
    }
}

#[test]
fn lists_are_filtered_sorted_and_paged_by_marker_and_offset() {
    let mut world = empty();
    let small = world.made(false);
    let large = world.made_with(json!({"size": 50}));
    for (volume, name) in [(&small, "b"), (&large, "a"), (&small, "c"), (&large, "ab")] {
        taken(&mut world, volume, name);
    }
    for version in ["v2", "v3"] {
        for (query, expected) in [
            (String::new(), &["ab", "c", "a", "b"][..]),
            ("name=a".to_owned(), &["ab", "a"]),
            ("status=available&name=c".to_owned(), &["c"]),
            ("status=error".to_owned(), &[]),
            (format!("volume_id={small}"), &["c", "b"]),
            ("availability_zone=az-dc-1&limit=1".to_owned(), &["ab"]),
            ("sort_dir=asc".to_owned(), &["b", "a", "c", "ab"]),
            ("sort_key=name".to_owned(), &["c", "b", "ab", "a"]),
            ("sort_key=name&sort_dir=asc".to_owned(), &["a", "ab", "b", "c"]),
            ("sort_key=size&sort_dir=asc".to_owned(), &["c", "b", "ab", "a"]),
            ("sort=size:asc,name:desc".to_owned(), &["c", "b", "ab", "a"]),
            ("sort=size,created_at:asc".to_owned(), &["a", "ab", "b", "c"]),
            ("sort=display_name:asc".to_owned(), &["a", "ab", "b", "c"]),
            ("sort=status".to_owned(), &["ab", "c", "a", "b"]),
            ("all_tenants=1&project_id=x&with_count=true".to_owned(), &["ab", "c", "a", "b"]),
            ("limit=2&offset=1".to_owned(), &["c", "a"]),
            ("offset=9".to_owned(), &[]),
            ("id=8dd7c486-8e9f-49fe-bceb-26aa7e312b66&service_type=DSS".to_owned(), &["ab", "c", "a", "b"]),
        ] {
            for list in ["snapshots", "snapshots/detail"] {
                assert_eq!(names(&mut world, &format!("/{version}/{{p}}/{list}?{query}")), expected, "{list} {query}");
            }
        }
    }
    for sorted in ["sort_key=id", "sort_key=volume_id&sort_dir=asc", "sort=name:asc", "sort_dir=desc"] {
        let mut next = Some(format!("/v3/{{p}}/snapshots/detail?limit=1&{sorted}"));
        let mut found = Vec::new();
        while let Some(target) = next {
            let (_, page) = world.get(&target);
            assert!(page.get("count").is_none());
            found.push(page["snapshots"][0]["name"].as_str().unwrap().to_owned());
            next = page["snapshots_links"][0]["href"].as_str().map(|it| it.replace("http://cloud", ""));
        }
        assert_eq!(found, names(&mut world, &format!("/v3/{{p}}/snapshots?{sorted}")), "{sorted}");
        found.sort();
        assert_eq!(found, ["a", "ab", "b", "c"], "{sorted}");
    }
    let (_, brief) = world.get("/v3/{p}/snapshots?limit=3");
    assert_eq!((keys(&brief), keys(&brief["snapshots"][0])), (vec!["snapshots", "snapshots_links"], BRIEF.to_vec()));
    assert_eq!(brief["snapshots_links"][0]["rel"], "next");
    let (_, last) = world.get("/v3/{p}/snapshots/detail?offset=1");
    assert_eq!((keys(&last), keys(&last["snapshots"][0])), (vec!["snapshots"], [&BRIEF[..], &MORE].concat()));
    // What a filter leaves out can be a marker all the same.
    let (_, of_large) = world.get("/v3/{p}/snapshots?name=ab");
    let marker = of_large["snapshots"][0]["id"].as_str().unwrap();
    assert_eq!(names(&mut world, &format!("/v3/{{p}}/snapshots?volume_id={small}&marker={marker}")), ["c", "b"]);
    assert_eq!(names(&mut world, &format!("/v3/{}/snapshots", "f".repeat(32))), [] as [&str; 0], "another project's");
}

#[test]
fn a_volume_from_a_snapshot_has_its_zone_and_type_where_it_names_none() {
    let mut world = World::new();
    let volume = world.made_with(json!({"availability_zone": "az-dc-2", "volume_type": "SAS"}));
    let snapshot = taken(&mut world, &volume, "s");
    let from = |fields: Value| {
        let mut volume = json!({"size": 40, "snapshot_id": snapshot});
        fields.as_object().unwrap().iter().for_each(|(key, value)| volume[key] = value.clone());
        json!({ "volume": volume })
    };
    let (status, made) = world.post("/v3/{p}/volumes", from(json!({})));
    assert_eq!(status, 202, "{made}");
    let shown = ["availability_zone", "volume_type", "snapshot_id"].map(|it| &made["volume"][it]);
    assert_eq!(shown, [&json!("az-dc-2"), &json!("SAS"), &json!(snapshot)]);
    for other in [json!({"availability_zone": "az-dc-1"}), json!({"volume_type": "SSD"}), json!({"size": 39})] {
        assert_eq!(
            refused(world.post("/v3/{p}/volumes", from(other.clone()))),
            (400, "badRequest".to_owned()),
            "{other}"
        );
    }
}

#[test]
fn a_list_goes_on_into_the_catalogue() {
    let mut world = World::new();
    let there = names(&mut world, "/v3/{p}/snapshots");
    let volume = world.made(false);
    taken(&mut world, &volume, "mine");
    let mut found = Vec::new();
    let mut next = Some("/v3/{p}/snapshots?limit=1".to_owned());
    while let Some(target) = next {
        let (_, page) = world.get(&target);
        found.push(page["snapshots"][0]["name"].as_str().unwrap().to_owned());
        next = page["snapshots_links"][0]["href"].as_str().map(|it| it.replace("http://cloud", ""));
    }
    assert_eq!(found, [&["mine".to_owned()][..], &there].concat());
}

#[test]
fn refusals_come_in_its_envelope() {
    let mut world = World::new();
    let volume = world.made(false);
    let snapshot = taken(&mut world, &volume, "s");
    let none = "8dd7c486-8e9f-49fe-bceb-26aa7e312b66";
    for version in ["v2", "v3"] {
        let path = format!("/{version}/{{p}}/snapshots");
        for (query, field) in [
            ("limit=0", "limit"),
            ("limit=1001", "limit"),
            ("limit=x", "limit"),
            ("offset=x", "offset"),
            ("marker=x", "marker"),
            ("marker=8dd7c486-8e9f-49fe-bceb-26aa7e312b66", "marker"),
            ("sort_key=colour", "sort_key"),
            ("sort_dir=up", "sort_dir"),
            ("sort=colour:asc", "sort_key"),
            ("sort=name:up", "sort_dir"),
            ("sort=name&sort_key=id", "sort"),
            ("availability_zone=nowhere", "zone"),
            ("volume_id=x", "volume id"),
        ] {
            let (status, body) = world.get(&format!("{path}/detail?{query}"));
            assert!(body["badRequest"]["message"].as_str().unwrap().contains(field), "{query} {body}");
            assert_eq!(refused((status, body)), (400, "badRequest".to_owned()), "{query}");
        }
        for (body, status, envelope) in [
            (json!({}), 400, "badRequest"),
            (json!({"snapshot": []}), 400, "badRequest"),
            (json!({"snapshot": {"name": "s"}}), 400, "badRequest"),
            (json!({"snapshot": {"volume_id": none}}), 404, "itemNotFound"),
            (json!({"snapshot": {"volume_id": volume, "force": "maybe"}}), 400, "badRequest"),
            (json!({"snapshot": {"volume_id": volume, "name": "n".repeat(256)}}), 400, "badRequest"),
            (json!({"snapshot": {"volume_id": volume, "display_description": "n".repeat(256)}}), 400, "badRequest"),
            (json!({"snapshot": {"volume_id": volume, "metadata": {"k": null}}}), 400, "badRequest"),
        ] {
            assert_eq!(refused(world.post(&path, body.clone())), (status, envelope.to_owned()), "{body}");
        }
        let one = format!("{path}/{snapshot}");
        for body in ["", "{}", r#"{"snapshot":{}}"#, r#"{"snapshot":{"name":null}}"#, r#"{"snapshot":{"name":1}}"#] {
            assert_eq!(refused(world.send("PUT", &one, body.as_bytes())), (400, "badRequest".to_owned()), "{body}");
        }
        let foreign = format!("/{version}/{}/snapshots/{snapshot}", "f".repeat(32));
        for (method, below, body) in [
            ("GET", "", ""),
            ("PUT", "", r#"{"snapshot":{"name":"x"}}"#),
            ("DELETE", "", ""),
            ("GET", "/metadata", ""),
            ("POST", "/metadata", r#"{"metadata":{}}"#),
            ("PUT", "/metadata", r#"{"metadata":{}}"#),
            ("GET", "/metadata/k", ""),
            ("PUT", "/metadata/k", r#"{"meta":{"k":"v"}}"#),
            ("DELETE", "/metadata/k", ""),
        ] {
            for of in [&foreign, &format!("{path}/{none}"), &format!("{path}/x")] {
                let answer = world.send(method, &format!("{of}{below}"), body.as_bytes());
                assert_eq!(refused(answer), (404, "itemNotFound".to_owned()), "{method} {of}{below}");
            }
            if method != "GET" {
                let base = format!("{path}/b836dc3d-4e10-4ea4-a34c-8f6b0460a583{below}");
                let answer = world.send(method, &base, body.as_bytes());
                assert_eq!(refused(answer), (403, "forbidden".to_owned()), "{method} {below} of the catalogue");
            }
        }
    }
    world.edit(&volume, json!({"attached_to": "s"}));
    let body = |forced: Value| json!({"snapshot": {"volume_id": volume, "force": forced}});
    assert_eq!(refused(world.post("/v3/{p}/snapshots", body(json!(false)))).0, 400);
    assert_eq!(world.post("/v3/{p}/snapshots", body(json!("True"))).0, 202);
}

#[test]
fn the_quota_has_its_envelope_and_what_fails_is_deleted() {
    let quotas = r#""quotas":{"gigabytes":119},"types""#;
    let catalogue = r#"{"zones":["az-dc-1"],"types":[{"id":"t","name":"SSD","zones":["az-dc-1"]}]}"#;
    let mut world = World::with(Some(&catalogue.replace("\"types\"", quotas)));
    let volume = world.made(false);
    let body = json!({"snapshot": {"volume_id": volume}});
    world.trouble = failing(None);
    let (status, answer) = world.post("/v3/{p}/snapshots", body.clone());
    world.trouble = None;
    assert_eq!((status, &answer["snapshot"]["name"]), (202, &json!("")));
    world.pass(100);
    assert_eq!(refused(world.post("/v3/{p}/snapshots", body.clone())), (413, "overLimit".to_owned()));
    let one = format!("/v3/{{p}}/snapshots/{}", answer["snapshot"]["id"].as_str().unwrap());
    assert_eq!(world.get(&one).1["snapshot"]["status"], "error");
    assert_eq!(world.send("DELETE", &one, b"").0, 202);
    assert_eq!(refused(world.send("DELETE", &one, b"")), (400, "badRequest".to_owned()));
    world.pass(100);
    assert_eq!(world.post("/v3/{p}/snapshots", body).0, 202);
}

#[test]
fn metadata_is_shown_added_replaced_and_removed_and_stays_after_a_restart() {
    for version in ["v2", "v3"] {
        let mut world = World::new();
        let volume = world.made(false);
        let snapshot = taken(&mut world, &volume, "s");
        let path = format!("/{version}/{{p}}/snapshots/{snapshot}/metadata");
        assert_eq!(world.get(&path), (200, json!({"metadata": {}})));
        assert_eq!(world.post(&path, json!({"metadata": {"a": "1", "b:c": "2"}})).0, 200);
        let all = json!({"metadata": {"a": "3", "b:c": "2", "d": ""}});
        assert_eq!(world.post(&path, json!({"metadata": {"a": "3", "d": ""}})), (200, all.clone()), "the others stay");
        assert_eq!(world.get(&path), (200, all));
        let one = format!("{path}/b%3Ac");
        assert_eq!(world.get(&one), (200, json!({"meta": {"b:c": "2"}})));
        let meta = json!({"meta": {"b:c": "4"}});
        assert_eq!(world.send("PUT", &one, meta.to_string().as_bytes()), (200, meta));
        assert_eq!(world.send("DELETE", &format!("{path}/a"), b""), (200, Value::Null));
        assert_eq!(refused(world.send("DELETE", &format!("{path}/a"), b"")), (404, "itemNotFound".to_owned()));
        assert_eq!(refused(world.get(&format!("{path}/a"))), (404, "itemNotFound".to_owned()));
        let listed = world.get("/v3/{p}/snapshots").1["snapshots"][0]["metadata"].clone();
        assert_eq!(listed, json!({"b:c": "4", "d": ""}));
        let whole = json!({"metadata": {"e": "5"}});
        assert_eq!(world.send("PUT", &path, whole.to_string().as_bytes()), (200, whole.clone()), "the others go");
        for (method, below, body) in [
            ("POST", "", "{}"),
            ("POST", "", r#"{"metadata":null}"#),
            ("POST", "", r#"{"metadata":[]}"#),
            ("POST", "", r#"{"metadata":{"a":1}}"#),
            ("POST", "", r#"{"metadata":{"":"1"}}"#),
            ("PUT", "", r#"{"meta":{}}"#),
            ("PUT", "", ""),
            ("PUT", "/a", r#"{"meta":{}}"#),
            ("PUT", "/a", r#"{"meta":{"b":"1"}}"#),
            ("PUT", "/a", r#"{"meta":{"a":"1","b":"2"}}"#),
            ("PUT", "/a", r#"{"metadata":{"a":"1"}}"#),
        ] {
            let answer = world.send(method, &format!("{path}{below}"), body.as_bytes());
            assert_eq!(refused(answer), (400, "badRequest".to_owned()), "{method} {below} {body}");
        }
        let long = json!({"meta": {"a": "n".repeat(256)}}).to_string();
        assert_eq!(world.send("PUT", &format!("{path}/a"), long.as_bytes()).0, 400);
        let mut again = world.again();
        for world in [&mut world, &mut again] {
            assert_eq!(world.get(&path), (200, whole.clone()));
        }
        assert_eq!(snapshots::show(&mut world, &snapshot)["metadata"], whole["metadata"]);
    }
}
