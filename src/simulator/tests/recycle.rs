//! The recycle bin: which deletions end in it, what it shows, and how a volume leaves it.

use super::{DURATION, PROJECT, World, blank, refused};
use serde_json::{Value, json};

const BIN: &str = "/v3/{p}/recycle-bin-volumes";
const DAY: i64 = 86_400_000_000;

impl World {
    fn switch_on(&mut self, policy: Value) {
        let (status, answer) = self.send("PUT", &format!("{BIN}/policy"), policy.to_string().as_bytes());
        assert_eq!((status, answer), (204, Value::Null));
    }

    fn policy(&mut self) -> Value {
        let (status, policy) = self.get(&format!("{BIN}/policy"));
        assert_eq!(status, 200);
        policy
    }

    /// A volume that was created so many days ago.
    fn old(&mut self, days: i64, fields: Value) -> String {
        let id = self.made_with(fields);
        let created = jiff::Timestamp::from_microsecond(self.now - days * DAY).unwrap();
        assert_eq!(self.edit(&id, json!({"created_at": created.to_string()})).0, 200);
        id
    }

    fn bin(&mut self, query: &str) -> (Value, Vec<Value>) {
        let (status, body) = self.get(&format!("{BIN}/detail?{query}"));
        assert_eq!(status, 200, "{body}");
        let keys: Vec<&String> = body.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["count", "volumes"]);
        (body["count"].clone(), body["volumes"].as_array().unwrap().clone())
    }

    fn bin_names(&mut self, query: &str) -> Vec<String> {
        self.bin(query).1.iter().map(|it| it["name"].as_str().unwrap().to_owned()).collect()
    }

    /// Deletes a volume and waits for the end of its job, which goes well.
    fn deleted(&mut self, id: &str) {
        let (status, body) = self.send("DELETE", &format!("/v2/{{p}}/cloudvolumes/{id}"), b"");
        assert_eq!(status, 200, "{body}");
        self.pass(100);
        let job = self.job(body["job_id"].as_str().unwrap());
        assert_eq!((&job["status"], &job["job_type"]), (&json!("SUCCESS"), &json!("deleteVolume")));
    }

    fn revert(&mut self, id: &str) -> (u16, Value) {
        self.send("POST", &format!("{BIN}/{id}/revert"), b"")
    }

    fn purge(&mut self, id: &str) -> (u16, Value) {
        self.send("DELETE", &format!("{BIN}/{id}"), b"")
    }
}

fn names(of: &[&str]) -> Vec<String> {
    of.iter().map(|it| (*it).to_owned()).collect()
}

#[test]
fn it_is_off_until_it_is_switched_on() {
    let mut world = World::new();
    assert_eq!(world.policy(), json!({"switch": false, "threshold_time": 7, "keep_time": 7}));
    let id = world.old(100, json!({}));
    world.deleted(&id);
    assert_eq!(world.bin(""), (json!(0), Vec::new()));
    assert_eq!(world.in_use("volumes"), 0);
    assert_eq!(refused(world.revert(&id)), (404, "EVS.5404".to_owned()));
}

#[test]
fn a_policy_keeps_what_a_change_leaves_out() {
    let mut world = World::new();
    // The published sample leaves out `keep_time`.
    world.switch_on(json!({"switch": true, "threshold_time": 8}));
    assert_eq!(world.policy(), json!({"switch": true, "threshold_time": 8, "keep_time": 7}));
    world.switch_on(json!({"keep_time": 365}));
    world.switch_on(json!({"threshold_time": 1000, "switch": null}));
    assert_eq!(world.policy(), json!({"switch": true, "threshold_time": 1000, "keep_time": 365}));
    for (body, code) in [
        (json!({"threshold_time": 0}), "EVS.2108"),
        (json!({"threshold_time": 1001}), "EVS.2108"),
        (json!({"keep_time": 366}), "EVS.2108"),
        (json!({"keep_time": -1}), "EVS.2108"),
        (json!({"keep_time": 1e30}), "EVS.2108"),
        (json!({"keep_time": "7"}), "EVS.1018"),
        (json!({"switch": "true"}), "EVS.1018"),
        (json!([]), "EVS.2108"),
    ] {
        let answer = world.send("PUT", &format!("{BIN}/policy"), body.to_string().as_bytes());
        assert_eq!(refused(answer), (400, code.to_owned()), "{body}");
    }
    assert_eq!(refused(world.send("PUT", &format!("{BIN}/policy"), b"{")), (400, "EVS.1052".to_owned()));
    assert_eq!(world.policy(), json!({"switch": true, "threshold_time": 1000, "keep_time": 365}));
    // Another project has its own.
    let (_, policy) = world.get("/v3/fedcba9876543210fedcba9876543210/recycle-bin-volumes/policy");
    assert_eq!(policy["switch"], false);
}

#[test]
fn the_bin_shows_what_the_definition_says() {
    let mut world = World::new();
    world.switch_on(json!({"switch": true}));
    let id = world.old(9, json!({"name": "test", "description": "d", "tags": {"k": "v"}}));
    let before = world.shown(&id);
    world.deleted(&id);
    let (count, listed) = world.bin("");
    let (status, shown) = world.get(&format!("{BIN}/{id}"));
    assert_eq!((count, status, &listed[0]), (json!(1), 200, &shown["volume"]));
    // The fields of the published sample, and those that it has no value for.
    let mut keys: Vec<&String> = listed[0].as_object().unwrap().keys().collect();
    keys.sort();
    let expected = "availability_zone bootable created_at description enterprise_project_id id metadata multiattach name \
        plan_delete_at pre_deleted_at service_type size status tags updated_at volume_image_metadata volume_type wwn";
    assert_eq!(keys, expected.split_whitespace().collect::<Vec<_>>());
    for key in expected.split_whitespace() {
        match key {
            "status" => assert_eq!(listed[0][key], "restorable"),
            // The job's task ends at 9/10 of its duration, and the bin keeps the volume for 7 days.
            "pre_deleted_at" | "updated_at" => assert_eq!(listed[0][key], "2024-01-02T03:04:24.000000"),
            "plan_delete_at" => assert_eq!(listed[0][key], "2024-01-09T03:04:24.000000"),
            _ => assert_eq!(listed[0][key], before[key], "{key}"),
        }
    }
}

#[test]
fn ordinary_calls_know_nothing_of_it_and_its_quota_stays_used() {
    let mut world = World::new();
    world.switch_on(json!({"switch": true}));
    let id = world.old(7, json!({"name": "gone", "tags": {"k": "v"}}));
    let snapshots = world.in_use("snapshots");
    let snapshot = json!({"snapshot": {"volume_id": id, "name": "s"}});
    assert_eq!(world.post("/v2/{p}/cloudsnapshots", snapshot).0, 202);
    world.pass(100);
    assert_ne!(world.in_use("snapshots"), snapshots);
    let (status, _) = world.send("DELETE", &format!("/v3/{{p}}/volumes/{id}?cascade=true"), b"");
    assert_eq!(status, 202);
    assert_eq!(world.shown(&id)["status"], "deleting");
    assert_eq!(refused(world.get(&format!("{BIN}/{id}"))), (404, "EVS.5404".to_owned()), "its job is under way");
    world.pass(100);
    for path in ["/v2/{p}/cloudvolumes/", "/v3/{p}/volumes/", "/v3/{p}/os-vendor-volumes/"] {
        assert_eq!(world.get(&format!("{path}{id}")).0, 404, "{path}");
    }
    assert_eq!(world.get(&format!("/v2/{{p}}/cloudvolumes/{id}/tags")).0, 404);
    let grow = json!({"os-extend": {"new_size": 50}});
    assert_eq!(world.post(&format!("/v2.1/{{p}}/cloudvolumes/{id}/action"), grow).0, 404);
    assert_eq!(world.send("DELETE", &format!("/v2/{{p}}/cloudvolumes/{id}"), b"").0, 404);
    assert_eq!(world.edit(&id, json!({"size": 50})).0, 404);
    assert!(world.volumes().is_empty());
    let by_tag = json!({"action": "filter", "tags": [{"key": "k", "values": []}]});
    assert_eq!(world.post("/v2/{p}/cloudvolumes/resource_instances/action", by_tag).1["total_count"], 0);
    assert_eq!(world.cloud.count(), 0);
    assert_eq!([world.in_use("volumes"), world.in_use("gigabytes_SSD")], [1, 40]);
    assert_eq!(world.in_use("snapshots"), snapshots);
    assert_eq!(world.purge(&id), (204, Value::Null));
    assert_eq!([world.in_use("volumes"), world.in_use("gigabytes_SSD")], [0, 0]);
    assert_eq!(refused(world.purge(&id)), (404, "EVS.5404".to_owned()));
}

#[test]
fn a_younger_volume_and_a_failed_deletion_do_not_end_in_it() {
    let mut world = World::new();
    world.switch_on(json!({"switch": true, "threshold_time": 10}));
    let young = world.old(9, json!({}));
    world.deleted(&young);
    assert_eq!((world.bin("").0, world.in_use("volumes")), (json!(0), json!(0)));
    let failing = world.old(11, json!({}));
    world.trouble = super::failing(None);
    assert_eq!(world.send("DELETE", &format!("/v2/{{p}}/cloudvolumes/{failing}"), b"").0, 200);
    world.trouble = None;
    world.pass(100);
    assert_eq!((world.bin("").0, &world.shown(&failing)["status"]), (json!(0), &json!("error_deleting")));
    // An accident asks no policy.
    let lost = world.old(11, json!({}));
    assert_eq!(world.edit(&lost, json!({"gone": true})).0, 200);
    assert_eq!(world.bin("").0, 0);
}

#[test]
fn a_restored_volume_is_as_it_was_and_available() {
    let mut world = World::new();
    world.switch_on(json!({"switch": true}));
    let id = world.old(7, json!({"name": "back", "tags": {"k": "v"}, "description": "d"}));
    world.edit(&id, json!({"status": "error_extending"}));
    let mut before = world.shown(&id);
    world.deleted(&id);
    assert_eq!(world.revert(&id), (204, Value::Null));
    let mut after = world.shown(&id);
    assert_eq!((&after["status"], world.volumes().len(), world.bin("").0), (&json!("available"), 1, json!(0)));
    assert_eq!([world.in_use("volumes"), world.in_use("gigabytes_SSD")], [1, 40]);
    for key in ["status", "updated_at"] {
        (before[key], after[key]) = (Value::Null, Value::Null);
    }
    assert_eq!(before, after);
    assert_eq!(refused(world.revert(&id)), (404, "EVS.5404".to_owned()));
    // It is an ordinary volume, whose first stay does not end the second one.
    world.now += 5 * DAY;
    world.deleted(&id);
    world.now += 5 * DAY;
    assert_eq!(world.bin("").0, 1);
    world.now += 2 * DAY;
    assert_eq!((world.bin("").0, world.in_use("volumes")), (json!(0), json!(0)));
}

#[test]
fn it_gives_up_what_it_kept_long_enough_also_when_time_leaps() {
    let mut world = World::new();
    world.switch_on(json!({"switch": true, "keep_time": 3}));
    let (first, second) = (world.old(7, json!({"name": "first"})), world.old(8, json!({"name": "second"})));
    world.deleted(&first);
    let until = world.bin("").1[0]["plan_delete_at"].clone();
    // A later policy changes nothing for what lies in the bin.
    world.switch_on(json!({"switch": false, "keep_time": 365}));
    world.now += 3 * DAY - 2 * DURATION;
    assert_eq!((world.bin("").1[0]["plan_delete_at"].clone(), world.bin_names("")), (until, vec!["first".to_owned()]));
    world.now += 2 * DURATION;
    assert_eq!((world.bin("").0, world.in_use("volumes")), (json!(0), json!(1)));
    world.switch_on(json!({"switch": true, "keep_time": 3}));
    // The whole of it passes at once: the job, and the days in the bin.
    assert_eq!(world.send("DELETE", &format!("/v2/{{p}}/cloudvolumes/{second}"), b"").0, 200);
    world.now += 30 * DAY;
    assert_eq!((world.bin("").0, world.in_use("volumes")), (json!(0), json!(0)));
}

#[test]
fn it_is_listed_page_by_page_and_by_every_filter() {
    let mut world = World::new();
    world.switch_on(json!({"switch": true}));
    for (name, zone) in [("alpha", "az-dc-1"), ("beta", "az-dc-2"), ("alphabet", "az-dc-2")] {
        let id = world.old(7, json!({"name": name, "availability_zone": zone}));
        world.deleted(&id);
    }
    assert_eq!(world.bin_names(""), ["alphabet", "beta", "alpha"]);
    assert_eq!(world.bin_names("limit=2"), ["alphabet", "beta"]);
    assert_eq!(world.bin_names("limit=2&offset=2"), ["alpha"]);
    assert_eq!(world.bin_names("offset=3"), Vec::<String>::new());
    assert_eq!(world.bin("limit=1").0, 3, "the total, whatever the page");
    assert_eq!(world.bin_names("name=alpha"), ["alphabet", "alpha"]);
    assert_eq!(world.bin_names("availability_zone=az-dc-2"), ["alphabet", "beta"]);
    assert_eq!(world.bin_names("status=restorable&service_type=EVS").len(), 3);
    assert_eq!(world.bin_names("status=available").len() + world.bin_names("service_type=DSS").len(), 0);
    for (query, code) in [
        ("limit=0", "EVS.1023"),
        ("limit=1001", "EVS.2142"),
        ("limit=x", "EVS.5400"),
        ("offset=-1", "EVS.5400"),
        ("availability_zone=nowhere", "EVS.1041"),
    ] {
        assert_eq!(refused(world.get(&format!("{BIN}/detail?{query}"))), (400, code.to_owned()), "{query}");
    }
}

#[test]
fn another_project_reaches_nothing_in_it() {
    let mut world = World::new();
    world.switch_on(json!({"switch": true}));
    let id = world.old(7, json!({}));
    world.deleted(&id);
    let other = "/v3/fedcba9876543210fedcba9876543210/recycle-bin-volumes";
    assert_eq!(world.get(&format!("{other}/detail")).1, json!({"count": 0, "volumes": []}));
    for (method, path) in [("GET", ""), ("DELETE", ""), ("POST", "/revert")] {
        let answer = world.send(method, &format!("{other}/{id}{path}"), b"");
        assert_eq!(refused(answer), (404, "EVS.5404".to_owned()), "{method}");
        let answer = world.send(method, &format!("{BIN}/8dd7c486{path}"), b"");
        assert_eq!(refused(answer), (400, "EVS.1002".to_owned()), "{method}");
    }
    assert_eq!(world.bin("").0, 1);
}

#[test]
fn all_of_it_is_there_after_a_restart() {
    let mut world = World::new();
    world.switch_on(json!({"switch": true, "keep_time": 2}));
    let ids = ["kept", "purged", "restored", "under way"].map(|name| world.old(7, json!({"name": name})));
    ids[..3].iter().for_each(|id| world.deleted(id));
    assert_eq!((world.purge(&ids[1]).0, world.revert(&ids[2]).0), (204, 204));
    assert_eq!(world.send("DELETE", &format!("/v2/{{p}}/cloudvolumes/{}", ids[3]), b"").0, 200);
    world.pass(50);
    let mut again = world.again();
    let policy = json!({"switch": true, "threshold_time": 7, "keep_time": 2});
    let killed = world.now;
    for (days, binned, there) in [(0, vec!["kept"], 2), (1, vec!["under way", "kept"], 1), (3, vec![], 1)] {
        for world in [&mut world, &mut again] {
            world.now = killed + days * DAY;
            assert_eq!((world.bin_names(""), world.volumes().len()), (names(&binned), there), "after {days} days");
            assert_eq!(world.policy(), policy);
        }
        assert_eq!(world.bin(""), again.bin(""));
        let quota = format!("/v2/{PROJECT}/os-quota-sets/x?usage=true");
        assert_eq!(world.get(&quota), again.get(&quota));
    }
    assert_eq!(again.create(blank("new")), world.create(blank("new")), "ids go on alike");
}
