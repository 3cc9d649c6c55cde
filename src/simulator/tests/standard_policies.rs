//! Policies, which take standard snapshots when their time comes.

use super::standard::{DAY, EMPTY, count, empty, names, show, take};
use super::{World, refused};
use crate::simulator::catalogue::Catalogue;
use crate::simulator::model::Cloud;
use serde_json::{Value, json};

const PATH: &str = "/v5/{p}/snapshot-policies";
const HOUR: i64 = DAY / 24;

fn make(world: &mut World, fields: Value) -> (u16, Value) {
    let mut policy = json!({"name": "p", "repeat_interval_days": 1, "time_points": ["12"], "retention_days": -1});
    for (key, value) in fields.as_object().unwrap() {
        policy[key] = value.clone();
    }
    world.post(PATH, json!({ "snapshot_policy": policy }))
}

fn made(world: &mut World, fields: Value) -> String {
    let (status, body) = make(world, fields);
    assert_eq!(status, 200, "{body}");
    body["snapshot_policy"]["id"].as_str().unwrap().to_owned()
}

fn policy(world: &mut World, id: &str) -> Value {
    world.get(&format!("{PATH}/{id}")).1["snapshot_policy"].clone()
}

fn change(world: &mut World, id: &str, fields: Value) -> (u16, Value) {
    world.send("PUT", &format!("{PATH}/{id}"), json!({ "snapshot_policy": fields }).to_string().as_bytes())
}

fn associate(world: &mut World, id: &str, volumes: &[&str]) {
    assert_eq!(world.post(&format!("{PATH}/{id}/associate"), json!(volumes)), (204, Value::Null));
}

fn policy_names(world: &mut World, query: &str) -> Vec<String> {
    let (status, body) = world.get(&format!("{PATH}?{query}"));
    assert_eq!(status, 200, "{body}");
    body["snapshot_policies"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap().to_owned()).collect()
}

/// When the snapshots were taken, oldest first.
fn times(world: &mut World) -> Vec<String> {
    let (_, body) = world.get("/v5/{p}/snapshots/detail?sort_dir=asc");
    body["snapshots"].as_array().unwrap().iter().map(|it| it["created_at"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_policy_is_made_shown_changed_and_deleted() {
    let mut world = empty();
    let fields = json!({
        "name": "nightly", "repeat_interval_days": null, "repeat_weekdays": ["7", "1"], "time_points": ["23", "0"],
        "retention_days": 3, "tags": {"k": "v"},
    });
    let (status, answer) = make(&mut world, fields);
    let id = answer["snapshot_policy"]["id"].as_str().unwrap().to_owned();
    assert_eq!(
        (status, &answer["snapshot_policy"]),
        (
            200,
            &json!({
                "id": id, "name": "nightly", "repeat_weekdays": ["1", "7"], "repeat_interval_days": null,
                "time_points": ["0", "23"], "retention_days": 3, "created_at": "2024-01-02T03:04:05.000000",
                "updated_at": "2024-01-02T03:04:05.000000", "tags": {"k": "v"}, "enterprise_project_id": "0",
            })
        )
    );
    assert_eq!(policy(&mut world, &id), answer["snapshot_policy"]);
    world.pass(100);
    let (status, answer) = change(&mut world, &id, json!({"name": "daily", "repeat_interval_days": 30}));
    let changed = &answer["snapshot_policy"];
    assert_eq!(
        (
            status,
            &changed["name"],
            &changed["repeat_weekdays"],
            &changed["repeat_interval_days"],
            &changed["retention_days"]
        ),
        (200, &json!("daily"), &json!([]), &json!(30), &json!(3)),
        "what is missing stays, and one way to say the days takes the place of the other"
    );
    assert_eq!(changed["updated_at"], "2024-01-02T03:04:15.000000");
    let changed = change(&mut world, &id, json!({"retention_days": -1, "time_points": ["5"]})).1;
    assert_eq!(
        (&changed["snapshot_policy"]["retention_days"], &changed["snapshot_policy"]["time_points"]),
        (&json!(-1), &json!(["5"]))
    );
    assert_eq!(world.send("DELETE", &format!("{PATH}/{id}"), b""), (204, Value::Null));
    for (method, end, body) in [
        ("GET", "", "{}"),
        ("PUT", "", "{}"),
        ("DELETE", "", ""),
        ("POST", "/associate", "[]"),
        ("POST", "/disassociate", "[]"),
    ] {
        let answer = world.send(method, &format!("{PATH}/{id}{end}"), body.as_bytes());
        assert_eq!(refused(answer), (404, "EVS.5404".to_owned()), "{method}{end}");
    }
}

#[test]
fn what_is_no_policy_is_refused() {
    let mut world = empty();
    for (fields, code) in [
        (json!({"name": null}), "EVS.1070"),
        (json!({"name": "x".repeat(256)}), "EVS.1070"),
        (json!({"name": 1}), "EVS.1018"),
        (json!({"time_points": null}), "EVS.1070"),
        (json!({"time_points": []}), "EVS.1070"),
        (json!({"time_points": ["24"]}), "EVS.1070"),
        (json!({"time_points": ["1", "1"]}), "EVS.1070"),
        (json!({"time_points": [1]}), "EVS.1018"),
        (json!({"time_points": "1"}), "EVS.1018"),
        (json!({"repeat_interval_days": null}), "EVS.1070"),
        (json!({"repeat_interval_days": 0}), "EVS.1070"),
        (json!({"repeat_interval_days": 31}), "EVS.1070"),
        (json!({"repeat_interval_days": "1"}), "EVS.1018"),
        (json!({"repeat_weekdays": ["1"]}), "EVS.1070"),
        (json!({"repeat_interval_days": null, "repeat_weekdays": ["0"]}), "EVS.1070"),
        (json!({"repeat_interval_days": null, "repeat_weekdays": ["8"]}), "EVS.1070"),
        (json!({"retention_days": 0}), "EVS.1070"),
        (json!({"retention_days": -2}), "EVS.1070"),
        (json!({"retention_days": 65_537}), "EVS.1070"),
        (json!({"tags": {"k": "x".repeat(44)}}), "EVS.1062"),
        (json!({"enterprise_project_id": "x"}), "EVS.2059"),
    ] {
        assert_eq!(refused(make(&mut world, fields.clone())), (400, code.to_owned()), "{fields}");
    }
    assert_eq!(refused(world.post(PATH, json!({}))).1, "EVS.1070");
    let id = made(&mut world, json!({"retention_days": null}));
    assert_eq!(policy(&mut world, &id)["retention_days"], -1, "as the SDK says of what is left out");
    for fields in [json!({"time_points": []}), json!({"repeat_interval_days": 1, "repeat_weekdays": ["1"]})] {
        assert_eq!(refused(change(&mut world, &id, fields.clone())).1, "EVS.1070", "{fields}");
    }
    let none = "3f8c9a10-6b27-4d15-8a0e-94d2c7b1e833";
    for (body, status, code) in [
        (json!({}), 400, "EVS.2108"),
        (json!([]), 400, "EVS.1070"),
        (json!([1]), 400, "EVS.1018"),
        (json!(["x"]), 400, "EVS.1002"),
        (json!([none]), 404, "EVS.5404"),
    ] {
        let answer = world.post(&format!("{PATH}/{id}/associate"), body.clone());
        assert_eq!(refused(answer), (status, code.to_owned()), "{body}");
    }
    assert_eq!(refused(world.send("POST", &format!("{PATH}/{id}/associate"), b"[")).1, "EVS.1052");
    assert_eq!(world.post(&format!("{PATH}/{id}/disassociate"), json!([none])).0, 204);
}

#[test]
fn policies_are_found() {
    let mut world = empty();
    let project = "3f8c9a10-6b27-4d15-8a0e-94d2c7b1e833";
    let first = made(&mut world, json!({"name": "first", "tags": {"k": "v"}}));
    made(&mut world, json!({"name": "second", "enterprise_project_id": project}));
    let tags = url::form_urlencoded::byte_serialize(br#"[{"k":"v"}]"#).collect::<String>();
    for (query, expected) in [
        (String::new(), &["second", "first"][..]),
        ("name=fir".to_owned(), &["first"]),
        (format!("id={first}"), &["first"]),
        ("tag_key=k".to_owned(), &["first"]),
        (format!("tags={tags}"), &["first"]),
        (format!("enterprise_project_id={project}"), &["second"]),
        ("status=available".to_owned(), &["second", "first"]),
    ] {
        assert_eq!(policy_names(&mut world, &query), expected, "{query}");
        assert_eq!(world.get(&format!("{PATH}/count?{query}")).1["count"], expected.len(), "{query}");
    }
    assert_eq!(policy_names(&mut world, "sort_dir=asc"), ["first", "second"]);
    assert_eq!(policy_names(&mut world, "limit=1&offset=1"), ["first"]);
    let (_, page) = world.get(&format!("{PATH}?limit=1"));
    assert!(page["snapshot_policies_links"][0]["href"].as_str().unwrap().ends_with("limit=1&offset=1"));
    assert_eq!(refused(world.get(&format!("{PATH}?sort_key=name"))).1, "EVS.1039");
    assert_eq!(world.get(&format!("/v5/{}/snapshot-policies", "f".repeat(32))).1, json!({"snapshot_policies": []}));
}

#[test]
fn a_policy_takes_snapshots_when_its_time_comes() {
    let mut world = empty();
    let volumes = [0; 2].map(|_| world.made(false));
    // 12:00 in UTC+8 is 04:00 in UTC, less than an hour away.
    let id = made(&mut world, json!({"time_points": ["12", "13"], "retention_days": 1}));
    world.now += DAY;
    assert_eq!(count(&mut world, ""), 0, "it has no volumes");
    associate(&mut world, &id, &[&volumes[0], &volumes[1]]);
    world.now += HOUR;
    assert_eq!(times(&mut world), ["2024-01-03T04:00:00.000000"; 2]);
    let (_, listed) = world.get(&format!("/v5/{{p}}/snapshots/detail?volume_id={}", volumes[0]));
    let taken = &listed["snapshots"][0];
    assert_eq!(
        (&taken["name"], &taken["snapshot_type"], &taken["retention_at"], &taken["status"]),
        (
            &json!("auto_snapshot_20240103040000"),
            &json!("auto"),
            &json!("2024-01-04T04:00:00.000000"),
            &json!("available")
        )
    );
    world.now += HOUR;
    assert_eq!((count(&mut world, "snapshot_type=auto"), world.in_use("snapshots")), (json!(4), json!(4)));
    let path = format!("{PATH}/{id}/disassociate");
    assert_eq!(world.post(&path, json!([volumes[0]])), (204, Value::Null));
    world.now += 40 * DAY;
    // Those of a day ago have ended, and those of the last day are there.
    assert_eq!(times(&mut world), ["2024-02-12T04:00:00.000000", "2024-02-12T05:00:00.000000"]);
    assert_eq!(count(&mut world, &format!("volume_id={}", volumes[1])), 2);
    assert_eq!(world.send("DELETE", &format!("{PATH}/{id}"), b"").0, 204);
    world.now += HOUR;
    assert_eq!(count(&mut world, ""), 2, "what it took stays as long as it should");
    world.now += DAY;
    assert_eq!((count(&mut world, ""), world.in_use("gigabytes")), (json!(0), json!(80)));
}

#[test]
fn another_schedule_counts_from_the_call_on() {
    let mut world = empty();
    let volume = world.made(false);
    let id = made(&mut world, json!({}));
    associate(&mut world, &id, &[&volume]);
    associate(&mut world, &id, &[&volume]);
    // From the Tuesday on which all this happens to Thursday, 02:00 in UTC+8.
    let thursday = json!({"repeat_weekdays": ["4"], "time_points": ["2"]});
    assert_eq!(change(&mut world, &id, thursday).0, 200);
    world.now += 10 * DAY;
    assert_eq!(times(&mut world), ["2024-01-03T18:00:00.000000", "2024-01-10T18:00:00.000000"]);
    assert_eq!(change(&mut world, &id, json!({"repeat_interval_days": 2})).0, 200);
    world.now += 5 * DAY;
    let expected = ["2024-01-13T18:00:00.000000", "2024-01-15T18:00:00.000000"];
    assert_eq!(times(&mut world)[2..], expected, "it counts from the 12th, whose hour is over");
}

#[test]
fn what_cannot_be_taken_is_left_out() {
    let quotas = r#""quotas":{"snapshots":2},"types""#;
    let mut world = World::with(Some(&EMPTY.replace("\"types\"", quotas)));
    let [busy, failed, going, free, late] = [0; 5].map(|_| world.made(false));
    world.edit(&failed, json!({"status": "error"}));
    world.edit(&going, json!({"gone": true}));
    let id = made(&mut world, json!({}));
    let all = [&busy, &failed, &free, &late].map(|it| it.as_str());
    associate(&mut world, &id, &all);
    world.trouble = Some(crate::simulator::fault::JobTrouble::Hang);
    assert_eq!(take(&mut world, &busy, json!({"name": "hung"})).0, 202);
    world.now += HOUR;
    let mut names = names(&mut world, "");
    names.sort();
    assert_eq!(names, ["auto_snapshot_20240102040000", "hung"], "a busy volume, a broken one, and no more room");
    assert_eq!(count(&mut world, &format!("volume_id={failed}")), 0);
    world.edit(&free, json!({"gone": true}));
    world.edit(&late, json!({"gone": true}));
    world.now += 3 * DAY;
    assert_eq!(count(&mut world, ""), 2, "nothing is taken of volumes that are gone");
}

#[test]
fn a_clock_that_is_moved_far_ahead_fills_a_volume_and_no_more() {
    let mut world = empty();
    let volume = world.made(false);
    let hours: Vec<String> = (0..24).map(|hour: u32| hour.to_string()).collect();
    let id = made(&mut world, json!({"time_points": hours}));
    associate(&mut world, &id, &[&volume]);
    world.now += 365 * DAY;
    assert_eq!((count(&mut world, ""), world.in_use("snapshots")), (json!(256), json!(256)));
    assert_eq!(times(&mut world)[0], "2024-01-02T04:00:00.000000");
    assert_eq!(refused(take(&mut world, &volume, json!({}))).1, "EVS.5413");
}

#[test]
fn a_policy_that_nobody_has_changed_for_ten_thousand_times_takes_no_more() {
    let mut world = empty();
    let volume = world.made(false);
    let hours: Vec<String> = (0..24).map(|hour: u32| hour.to_string()).collect();
    let id = made(&mut world, json!({"time_points": hours, "retention_days": 1}));
    associate(&mut world, &id, &[&volume]);
    world.now += 416 * DAY;
    assert_eq!(count(&mut world, ""), 24);
    world.now += 2 * DAY;
    assert_eq!((count(&mut world, ""), world.in_use("gigabytes")), (json!(0), json!(40)));
    assert_eq!(change(&mut world, &id, json!({"name": "again"})).0, 200);
    world.now += HOUR;
    assert_eq!(count(&mut world, ""), 1);
}

#[test]
fn policies_and_what_they_took_come_back_from_the_data_file() {
    let mut world = empty();
    let volumes = [0; 2].map(|_| world.made(false));
    let id = made(&mut world, json!({"time_points": ["12", "18"], "retention_days": 2, "tags": {"k": "v"}}));
    associate(&mut world, &id, &[&volumes[0], &volumes[1]]);
    world.now += 5 * DAY;
    let taken = names(&mut world, &format!("volume_id={}", volumes[0]));
    assert_eq!(taken.len(), 4);
    let (_, listed) = world.get("/v5/{p}/snapshots/detail?limit=1");
    let known = listed["snapshots"][0]["id"].as_str().unwrap().to_owned();
    world.send("PUT", &format!("/v5/{{p}}/snapshots/{known}"), br#"{"snapshot":{"name":"kept"}}"#);
    change(&mut world, &id, json!({"name": "renamed", "time_points": ["11"]}));
    // A few seconds before its time, and another duration of jobs afterwards.
    world.now += HOUR * 23 + 3500 * 1_000_000;
    let before = world.cloud.take_events();
    let mut again = World::with(Some(EMPTY));
    again.cloud = Cloud::new(Catalogue::read(Some(EMPTY)).unwrap(), 1, 0);
    for event in before {
        let line = serde_json::to_string(&event).unwrap();
        again.cloud.apply(&serde_json::from_str(&line).unwrap());
    }
    again.now = world.now;
    for passed in [0, 100 * 1_000_000, 12 * HOUR, DAY] {
        for world in [&mut world, &mut again] {
            world.now += passed;
        }
        let look = |world: &mut World| {
            let listed = ["/v5/{p}/snapshots/detail", PATH, "/v5/{p}/snapshot-chains"].map(|path| world.get(path).1);
            (listed, world.in_use("gigabytes"))
        };
        assert_eq!(look(&mut world), look(&mut again), "{passed}");
    }
    assert_eq!(policy(&mut again, &id)["name"], "renamed");
    assert_eq!(show(&mut again, &known), Value::Null, "its retention has ended");
    assert!(count(&mut again, "").as_u64().unwrap() > 0);
}
