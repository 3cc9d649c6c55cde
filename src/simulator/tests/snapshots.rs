//! Snapshots: taken, listed, deleted, and used as sources.

use super::{World, blank_with, failing, refused};
use crate::simulator::fault::JobTrouble;
use serde_json::{Value, json};

pub(super) const PATH: &str = "/v2/{p}/cloudsnapshots";
/// A catalogue of one zone and one type, without snapshots.
const EMPTY: &str = r#"{"zones":["az-dc-1"],"types":[{"id":"t","name":"SSD","zones":["az-dc-1"]}]}"#;

pub(super) fn empty() -> World {
    World::with(Some(EMPTY))
}

pub(super) fn take(world: &mut World, volume: &str, name: &str) -> (u16, Value) {
    world.post(PATH, json!({"snapshot": {"volume_id": volume, "name": name}}))
}

/// Takes one and waits for it.
pub(super) fn taken(world: &mut World, volume: &str, name: &str) -> String {
    let (status, body) = take(world, volume, name);
    assert_eq!(status, 202, "{body}");
    world.pass(100);
    body["snapshot"]["id"].as_str().unwrap().to_owned()
}

pub(super) fn show(world: &mut World, id: &str) -> Value {
    world.get(&format!("{PATH}/{id}")).1["snapshot"].clone()
}

pub(super) fn names(world: &mut World, query: &str) -> Vec<String> {
    let (status, body) = world.get(&format!("{PATH}/detail?{query}"));
    assert_eq!(status, 200, "{body}");
    body["snapshots"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap().to_owned()).collect()
}

pub(super) fn delete(world: &mut World, id: &str) -> (u16, Value) {
    world.send("DELETE", &format!("{PATH}/{id}"), b"")
}

#[test]
fn a_snapshot_is_creating_then_available_and_takes_its_share_of_the_quota() {
    let mut world = empty();
    let volume = world.made(false);
    let body = json!({"snapshot": {"volume_id": volume, "name": "s", "description": "d", "metadata": {"k": "v"}}});
    let (status, answer) = world.post(PATH, body);
    let begun = &answer["snapshot"];
    assert_eq!((status, &begun["status"], answer.get("job_id")), (202, &json!("creating"), None));
    assert_eq!(begun["os-extended-snapshot-attributes:progress"], "0%");
    world.pass(100);
    let shown = show(&mut world, begun["id"].as_str().unwrap());
    assert_eq!(
        shown,
        json!({
            "id": begun["id"], "name": "s", "description": "d", "status": "available", "size": 40, "volume_id": volume,
            "metadata": {"k": "v"}, "created_at": "2024-01-02T03:04:15.000000", "updated_at": "2024-01-02T03:04:25.000000",
            "service_type": "EVS", "os-extended-snapshot-attributes:progress": "100%",
            "os-extended-snapshot-attributes:project_id": super::PROJECT,
        })
    );
    assert_eq!([world.in_use("snapshots"), world.in_use("snapshots_SSD"), world.in_use("gigabytes")], [1, 1, 80]);
    let path = format!("{PATH}/{}", shown["id"].as_str().unwrap());
    let (status, answer) = world.send("PUT", &path, br#"{"snapshot":{"name":"new","description":""}}"#);
    assert_eq!(
        (status, &answer["snapshot"]["name"], &answer["snapshot"]["description"]),
        (200, &json!("new"), &json!(""))
    );
    assert_eq!(delete(&mut world, shown["id"].as_str().unwrap()), (202, Value::Null));
    assert_eq!(world.get(&path).1["snapshot"]["status"], "deleting");
    world.pass(100);
    assert_eq!(refused(world.get(&path)), (404, "EVS.5404".to_owned()));
    assert_eq!([world.in_use("snapshots"), world.in_use("gigabytes")], [0, 40]);
}

#[test]
fn a_list_is_filtered_and_paged() {
    let mut world = empty();
    let one = world.made(false);
    let pool = json!({"volume": blank_with(json!({})), "OS-SCH-HNT:scheduler_hints": {"dedicated_storage_id": "p"}});
    assert_eq!(world.post("/v2.1/{p}/cloudvolumes", pool).0, 400, "this catalogue has no pools");
    let other = world.made_with(json!({"enterprise_project_id": "3f8c9a10-6b27-4d15-8a0e-94d2c7b1e833"}));
    let first = taken(&mut world, &one, "first");
    let second = taken(&mut world, &other, "second");
    take(&mut world, &one, "third");
    for (query, expected) in [
        (String::new(), &["third", "second", "first"][..]),
        ("name=ir".to_owned(), &["third", "first"]),
        ("status=available".to_owned(), &["second", "first"]),
        ("status=creating".to_owned(), &["third"]),
        (format!("volume_id={other}"), &["second"]),
        ("availability_zone=az-dc-1".to_owned(), &["third", "second", "first"]),
        (format!("id={first}"), &["first"]),
        (format!("id={first}&id={second}"), &["second", "first"]),
        ("service_type=EVS".to_owned(), &["third", "second", "first"]),
        ("service_type=DSS".to_owned(), &[]),
        ("enterprise_project_id=0".to_owned(), &["third", "first"]),
        ("enterprise_project_id=all_granted_eps&name=sec".to_owned(), &["second"]),
        ("dedicated_storage_id=p".to_owned(), &[]),
        ("dedicated_storage_name=p".to_owned(), &[]),
        ("limit=2".to_owned(), &["third", "second"]),
        ("limit=2&offset=2".to_owned(), &["first"]),
        ("offset=7".to_owned(), &[]),
    ] {
        assert_eq!(names(&mut world, &query), expected, "{query}");
    }
    let (_, page) = world.get(&format!("{PATH}/detail?limit=2&name=i"));
    assert_eq!((&page["count"], page.get("snapshots_links")), (&json!(2), None));
    let (_, page) = world.get(&format!("{PATH}/detail?limit=1"));
    assert_eq!(page["count"], 3, "all that match");
    assert!(page["snapshots_links"][0]["href"].as_str().unwrap().ends_with("limit=1&offset=1"));
    for (query, code) in [
        ("limit=0", "EVS.1023"),
        ("limit=-1", "EVS.1023"),
        ("limit=1001", "EVS.2142"),
        ("limit=x", "EVS.5400"),
        ("offset=x", "EVS.5400"),
        ("offset=-1", "EVS.5400"),
        ("availability_zone=az-dc-2", "EVS.1041"),
        ("volume_id=x", "EVS.1002"),
        ("id=x", "EVS.1002"),
    ] {
        assert_eq!(refused(world.get(&format!("{PATH}/detail?{query}"))).1, code, "{query}");
    }
    assert_eq!(world.get(&format!("/v2/{}/cloudsnapshots/detail", "f".repeat(32))).1["count"], 0, "another project's");
}

#[test]
fn filters_by_dedicated_storage_find_those_of_its_volumes() {
    let pools = r#""dedicated_storages":[{"id":"p1","name":"pool one"},{"id":"p2","name":"other"}],"types""#;
    let mut world = World::with(Some(&EMPTY.replace("\"types\"", pools)));
    let plain = world.made(false);
    taken(&mut world, &plain, "plain");
    let placed = json!({"volume": blank_with(json!({})), "OS-SCH-HNT:scheduler_hints": {"dedicated_storage_id": "p1"}});
    assert_eq!(world.post("/v2.1/{p}/cloudvolumes", placed).0, 202);
    world.pass(100);
    let placed = world.volumes()[0]["id"].as_str().unwrap().to_owned();
    let snapshot = taken(&mut world, &placed, "placed");
    for (query, expected) in [
        ("dedicated_storage_id=p1", &["placed"][..]),
        ("dedicated_storage_id=p2", &[]),
        ("dedicated_storage_name=one", &["placed"]),
        ("dedicated_storage_name=o", &["placed"]),
        ("dedicated_storage_name=other", &[]),
        ("service_type=DSS", &["placed"]),
        ("service_type=EVS", &["plain"]),
    ] {
        assert_eq!(names(&mut world, query), expected, "{query}");
    }
    let shown = show(&mut world, &snapshot);
    let fields = ["service_type", "dedicated_storage_id", "dedicated_storage_name"].map(|name| &shown[name]);
    assert_eq!(fields, [&json!("DSS"), &json!("p1"), &json!("pool one")]);
}

#[test]
fn a_pager_by_offset_and_one_by_links_reach_the_end_of_1001() {
    let mut world = World::with(Some(EMPTY));
    world.cloud.job_duration = 0;
    for count in [100, 43] {
        world.create(blank_with(json!({ "count": count })));
    }
    for volume in world.volumes() {
        for n in 0..7 {
            world.now += 1;
            assert_eq!(take(&mut world, volume["id"].as_str().unwrap(), &n.to_string()).0, 202);
        }
    }
    let ids = |page: &Value| -> Vec<String> {
        page["snapshots"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect()
    };
    let (mut by_offset, mut by_links) = (Vec::new(), Vec::new());
    loop {
        let (_, page) = world.get(&format!("{PATH}/detail?limit=300&offset={}", by_offset.len()));
        assert_eq!(page["count"], 1001);
        let found = ids(&page);
        if found.is_empty() {
            break;
        }
        by_offset.extend(found);
    }
    let mut next = Some(format!("{PATH}/detail"));
    while let Some(target) = next {
        let (_, page) = world.get(&target);
        by_links.extend(ids(&page));
        next = page["snapshots_links"][0]["href"].as_str().map(|it| it.replace("http://cloud", ""));
    }
    assert_eq!(by_offset, by_links);
    by_links.sort_unstable();
    by_links.dedup();
    assert_eq!(by_links.len(), 1001, "each once");
    assert_eq!(
        world.get(&format!("{PATH}/detail")).1["snapshots"].as_array().unwrap().len(),
        1000,
        "a page of its own"
    );
    assert_eq!(world.get(&format!("{PATH}/detail?name=3&limit=10")).1["count"], 143, "the total of what matches");
}

#[test]
fn the_snapshots_of_the_catalogue_are_listed_last() {
    let mut world = World::new();
    let there: Vec<String> = names(&mut world, "");
    let volume = world.made(false);
    taken(&mut world, &volume, "mine");
    assert_eq!(names(&mut world, ""), [&["mine".to_owned()][..], &there].concat());
    let base = "b836dc3d-4e10-4ea4-a34c-8f6b0460a583";
    let shown = show(&mut world, base);
    let of_volume = format!("volume_id={}", shown["volume_id"].as_str().unwrap());
    for query in [format!("id={base}"), of_volume, "service_type=EVS&enterprise_project_id=0&name=base".to_owned()] {
        assert!(names(&mut world, &query).contains(&shown["name"].as_str().unwrap().to_owned()), "{query}");
    }
}

#[test]
fn work_on_a_snapshot_may_be_slow() {
    let mut world = empty();
    let volume = world.made(false);
    world.trouble = Some(JobTrouble::Slow { sub_jobs: None, by_ms: 10_000 });
    let id = taken(&mut world, &volume, "s");
    assert_eq!(show(&mut world, &id)["status"], "creating");
    world.pass(100);
    assert_eq!(show(&mut world, &id)["status"], "available");
}

#[test]
fn what_cannot_be_taken_is_refused() {
    let mut world = empty();
    let volume = world.made(false);
    let with = |fields: Value| {
        let mut snapshot = json!({ "volume_id": volume });
        fields.as_object().unwrap().iter().for_each(|(key, value)| snapshot[key] = value.clone());
        json!({ "snapshot": snapshot })
    };
    for (body, status, code) in [
        (json!({}), 400, "EVS.1070"),
        (json!({"snapshot": 1}), 400, "EVS.1018"),
        (with(json!({"volume_id": null})), 400, "EVS.1002"),
        (with(json!({"volume_id": "x"})), 400, "EVS.1002"),
        (with(json!({"volume_id": "8dd7c486-8e9f-49fe-bceb-26aa7e312b66"})), 404, "EVS.5404"),
        (with(json!({"name": "n".repeat(256)})), 400, "EVS.1003"),
        (with(json!({"description": "n".repeat(256)})), 400, "EVS.1004"),
        (with(json!({"metadata": {"k": 1}})), 400, "EVS.1018"),
        (with(json!({"metadata": {"k": "n".repeat(256)}})), 400, "EVS.1070"),
        (with(json!({"metadata": {"": "v"}})), 400, "EVS.1070"),
        (with(json!({"force": "yes"})), 400, "EVS.1018"),
    ] {
        assert_eq!(refused(world.post(PATH, body.clone())), (status, code.to_owned()), "{body}");
    }
    world.edit(&volume, json!({"attached_to": "s"}));
    assert_eq!(refused(take(&mut world, &volume, "s")), (400, "EVS.1031".to_owned()), "only by force");
    assert_eq!(world.post(PATH, with(json!({"force": true}))).0, 202);
    world.pass(100);
    world.edit(&volume, json!({"status": "error"}));
    assert_eq!(refused(world.post(PATH, with(json!({"force": true})))).1, "EVS.1031");
}

#[test]
fn a_volume_has_7_at_the_most_and_the_quota_counts_them() {
    let mut world = empty();
    let volume = world.made(false);
    let ids: Vec<String> = (0..7).map(|n| taken(&mut world, &volume, &n.to_string())).collect();
    assert_eq!(refused(take(&mut world, &volume, "8")), (413, "EVS.5413".to_owned()));
    delete(&mut world, &ids[0]);
    world.pass(100);
    assert_eq!(take(&mut world, &volume, "8").0, 202);
    for (quotas, expected) in [
        (r#""snapshots":1"#, (413, "EVS.5413")),
        (r#""snapshots_SSD":1"#, (413, "EVS.5413")),
        (r#""gigabytes":119"#, (400, "EVS.1042")),
    ] {
        let mut world = World::with(Some(&EMPTY.replace("\"types\"", &format!(r#""quotas":{{{quotas}}},"types""#))));
        let volume = world.made(false);
        taken(&mut world, &volume, "s");
        assert_eq!(refused(take(&mut world, &volume, "t")), (expected.0, expected.1.to_owned()), "{quotas}");
    }
}

#[test]
fn a_volume_of_which_a_snapshot_is_being_taken_waits() {
    let mut world = empty();
    let volume = world.made(false);
    take(&mut world, &volume, "s");
    assert_eq!(world.shown(&volume)["status"], "available", "nothing else shows it");
    let grow = json!({"os-extend": {"new_size": 50}});
    let action = format!("/v2.1/{{p}}/cloudvolumes/{volume}/action");
    let path = format!("/v2/{{p}}/cloudvolumes/{volume}");
    assert_eq!(refused(take(&mut world, &volume, "t")).1, "EVS.2068");
    assert_eq!(refused(world.post(&action, grow.clone())).1, "EVS.1014");
    assert_eq!(refused(world.send("DELETE", &path, b"")).1, "EVS.2068");
    world.pass(100);
    assert_eq!(world.post(&action, grow).0, 202);
}

#[test]
fn only_what_is_available_or_failed_is_deleted() {
    let mut world = empty();
    let volume = world.made(false);
    world.trouble = Some(JobTrouble::Hang);
    let body = take(&mut world, &volume, "hung").1;
    world.trouble = None;
    world.pass(1000);
    let hung = body["snapshot"]["id"].as_str().unwrap();
    assert_eq!(show(&mut world, hung)["status"], "creating");
    assert_eq!(refused(delete(&mut world, hung)), (400, "EVS.1047".to_owned()));
    let volume = world.made(false);
    world.trouble = failing(None);
    let failed = taken(&mut world, &volume, "failed");
    assert_eq!(show(&mut world, &failed)["status"], "error");
    assert_eq!(delete(&mut world, &failed).0, 202);
    assert_eq!(refused(delete(&mut world, &failed)).1, "EVS.1047");
    world.trouble = None;
    world.pass(100);
    assert_eq!(show(&mut world, &failed)["status"], "error_deleting");
    assert_eq!(refused(delete(&mut world, &failed)), (500, "EVS.2019".to_owned()));
    assert_eq!(refused(delete(&mut world, "none")), (404, "EVS.5404".to_owned()));
    let mut world = World::new();
    let base = "b836dc3d-4e10-4ea4-a34c-8f6b0460a583";
    assert_eq!(refused(delete(&mut world, base)), (403, "EVS.5403".to_owned()), "those of the catalogue stay");
}

#[test]
fn snapshots_go_with_their_volume() {
    let mut world = empty();
    let volume = world.made(false);
    let snapshot = taken(&mut world, &volume, "s");
    let path = format!("/v3/{{p}}/volumes/{volume}");
    for query in ["", "?cascade=false", "?cascade="] {
        let (status, answer) = world.send("DELETE", &format!("{path}{query}"), b"");
        assert_eq!((status, &answer["badRequest"]["code"]), (400, &json!(400)), "Cinder asks for cascade");
    }
    assert_eq!(world.shown(&volume)["status"], "available");
    world.trouble = failing(None);
    assert_eq!(world.send("DELETE", &format!("{path}?cascade=true"), b""), (202, Value::Null));
    world.trouble = None;
    assert_eq!(show(&mut world, &snapshot)["status"], "deleting");
    world.pass(100);
    assert_eq!(show(&mut world, &snapshot)["status"], "available", "it failed");
    world.edit(&volume, json!({"status": "error"}));
    assert_eq!(world.send("DELETE", &format!("/v2/{{p}}/cloudvolumes/{volume}"), b"").0, 200);
    world.pass(100);
    assert_eq!(names(&mut world, ""), [] as [&str; 0]);
    assert_eq!([world.in_use("snapshots"), world.in_use("gigabytes")], [0, 0]);
    // The custom call takes them along with `cascade` and without.
    for query in ["", "?cascade=false", "?cascade=true"] {
        let volume = world.made(false);
        taken(&mut world, &volume, "s");
        let path = format!("/v2/{{p}}/cloudvolumes/{volume}{query}");
        assert_eq!(world.send("DELETE", &path, b"").0, 200);
        assert_eq!(world.get(&format!("{PATH}/detail")).1["snapshots"][0]["status"], "deleting");
        world.pass(100);
        assert_eq!((names(&mut world, "").len(), world.in_use("snapshots")), (0, json!(0)), "{query}");
    }
    let volume = world.made(false);
    taken(&mut world, &volume, "s");
    world.edit(&volume, json!({"gone": true}));
    assert_eq!((names(&mut world, "").len(), world.in_use("gigabytes")), (0, json!(0)));
}

#[test]
fn a_volume_is_made_from_a_snapshot_that_a_call_took() {
    let mut world = World::new();
    let key = "37b0d52e-c249-40d6-83cb-2b93f22445bd";
    let encrypted = json!({"metadata": {"__system__encrypted": "1", "__system__cmkid": key}});
    let source = world.made_with(encrypted);
    let body = take(&mut world, &source, "s").1;
    let id = body["snapshot"]["id"].as_str().unwrap();
    let from = |fields: Value| {
        let mut volume = blank_with(fields);
        volume["snapshot_id"] = json!(id);
        json!({ "volume": volume })
    };
    let create = "/v3/{p}/cloudvolumes";
    assert_eq!(refused(world.post(create, from(json!({})))), (400, "EVS.2043".to_owned()), "not available yet");
    world.pass(100);
    assert_eq!(refused(world.post(create, from(json!({"availability_zone": "az-dc-2"})))).1, "EVS.2054");
    assert_eq!(refused(world.post(create, from(json!({"volume_type": "SAS"})))).1, "EVS.2096");
    assert_eq!(refused(world.post(create, from(json!({"size": 39})))).1, "EVS.1010");
    let elsewhere = format!("/v3/{}/cloudvolumes", "f".repeat(32));
    assert_eq!(refused(world.post(&elsewhere, from(json!({})))).1, "EVS.2045", "of another project");
    assert_eq!(world.post(create, from(json!({}))).0, 200);
    let made = world.volumes()[0].clone();
    assert_eq!((&made["snapshot_id"], &made["metadata"]["__system__cmkid"]), (&json!(id), &json!(key)));
}

#[test]
fn snapshots_come_back_from_the_data_file() {
    let mut world = World::new();
    let [one, two] = [0; 2].map(|_| world.made(false));
    let first = taken(&mut world, &one, "first");
    taken(&mut world, &one, "second");
    world.send("PUT", &format!("{PATH}/{first}"), br#"{"snapshot":{"name":"renamed"}}"#);
    delete(&mut world, &first);
    world.trouble = failing(None);
    take(&mut world, &two, "third");
    world.trouble = None;
    let mut again = world.again();
    for passed in [0, 100] {
        for world in [&mut world, &mut again] {
            world.pass(passed);
        }
        let look = |world: &mut World| world.get(&format!("{PATH}/detail")).1;
        assert_eq!(look(&mut world), look(&mut again), "{passed}");
        assert_eq!(world.in_use("gigabytes"), again.in_use("gigabytes"));
    }
    assert_eq!(names(&mut again, "status=error"), ["third"]);
}
