//! A restart in the middle of each kind of work: the cloud that is made from what happened until then looks the same as the one
//! that went on, from then to the end.

use super::{World, blank_with};
use serde_json::{Value, json};

/// Everything that can be seen of a project.
fn seen(world: &mut World, job: Option<&str>) -> Vec<Value> {
    let mut all: Vec<Value> = [
        "/v2/{p}/cloudvolumes/detail",
        "/v2/{p}/cloudsnapshots/detail",
        "/v5/{p}/snapshots/detail",
        "/v5/{p}/snapshot-groups/detail",
        "/v5/{p}/snapshot-chains",
        "/v3/{p}/recycle-bin-volumes/detail",
        "/v2/cloudimages",
        "/v3/{p}/os-volume-transfer/detail",
        "/v2/{p}/os-quota-sets/{p}?usage=True",
    ]
    .iter()
    .map(|path| world.get(path).1)
    .collect();
    all.extend(job.map(|id| world.get(&format!("/v1/{{p}}/jobs/{id}")).1));
    all
}

/// Volumes, snapshots and whatever the work is begun on, by the names that stand for their ids.
fn prepared(world: &mut World) -> Vec<(&'static str, String)> {
    let rated = json!({"volume_type": "GPSSD2", "iops": 3000, "throughput": 125});
    world.post("/v2.1/{p}/cloudvolumes", json!({"volume": blank_with(rated)}));
    world.pass(100);
    let rated = world.volumes()[0]["id"].as_str().unwrap().to_owned();
    let volume = world.made_with(json!({"size": 20}));
    let old = world.made_with(json!({"size": 20}));
    world.edit(&old, json!({"created_at": "2020-01-01T00:00:00.000000"}));
    let policy = json!({"switch": true, "threshold_time": 1, "keep_time": 7}).to_string();
    world.send("PUT", "/v3/{p}/recycle-bin-volumes/policy", policy.as_bytes());
    let taken = world.post("/v2/{p}/cloudsnapshots", json!({"snapshot": {"volume_id": volume}})).1;
    world.pass(100);
    let standard = world.post("/v5/{p}/snapshots", json!({"snapshot": {"volume_id": volume, "name": "s"}})).1;
    world.pass(100);
    let id = |of: &Value| of.as_str().unwrap().to_owned();
    vec![
        ("{v}", volume),
        ("{rated}", rated),
        ("{old}", old),
        ("{s}", id(&taken["snapshot"]["id"])),
        ("{standard}", id(&standard["snapshot_id"])),
    ]
}

#[test]
fn every_kind_of_work_goes_on_after_a_restart() {
    let volume = blank_with(json!({"size": 10}));
    let works = [
        ("create", "POST", "/v3/{p}/cloudvolumes", json!({ "volume": volume })),
        ("create several", "POST", "/v3/{p}/cloudvolumes", json!({"volume": blank_with(json!({"count": 3}))})),
        ("extend", "POST", "/v2.1/{p}/cloudvolumes/{v}/action", json!({"os-extend": {"new_size": 30}})),
        ("extend several", "POST", "/v5/{p}/volumes/batch-extend", json!({"volumes": [{"id": "{v}", "new_size": 30}]})),
        ("delete", "DELETE", "/v2/{p}/cloudvolumes/{v}", Value::Null),
        ("recycle", "DELETE", "/v2/{p}/cloudvolumes/{old}", Value::Null),
        ("retype", "POST", "/v2/{p}/volumes/{v}/retype", json!({"os-retype": {"new_type": "GPSSD"}})),
        ("rates", "PUT", "/v5/{p}/cloudvolumes/{rated}/qos", json!({"qos_modify": {"iops": 5000, "throughput": 200}})),
        ("export", "POST", "/v3/{p}/volumes/{old}/action", json!({"os-volume_upload_image": {"image_name": "i"}})),
        ("snapshot", "POST", "/v2/{p}/cloudsnapshots", json!({"snapshot": {"volume_id": "{v}"}})),
        ("snapshot's end", "DELETE", "/v2/{p}/cloudsnapshots/{s}", Value::Null),
        ("rollback", "POST", "/v2/{p}/cloudsnapshots/{s}/rollback", json!({"rollback": {"volume_id": "{v}"}})),
        ("standard", "POST", "/v5/{p}/snapshots", json!({"snapshot": {"volume_id": "{v}", "name": "t"}})),
        ("standard's end", "DELETE", "/v5/{p}/snapshots/{standard}", Value::Null),
        (
            "standard's rollback",
            "POST",
            "/v5/{p}/snapshots/{standard}/rollback",
            json!({"rollback": {"volume_id": "{v}"}}),
        ),
        (
            "group",
            "POST",
            "/v5/{p}/snapshot-groups",
            json!({"snapshot_group": {"volume_ids": ["{v}", "{old}"], "name": "g"}}),
        ),
    ];
    for (work, method, path, body) in works {
        let mut world = World::new();
        let names = prepared(&mut world);
        let filled = |text: &str| names.iter().fold(text.to_owned(), |text, (name, id)| text.replace(name, id));
        let body = if body.is_null() { String::new() } else { filled(&body.to_string()) };
        let (status, answer) = world.send(method, &filled(path), body.as_bytes());
        assert!((200..300).contains(&status), "{work}: {answer}");
        let job = answer["job_id"].as_str().map(str::to_owned);
        world.pass(30);
        let mut again = world.again();
        let middle = seen(&mut world, job.as_deref());
        assert_eq!(seen(&mut again, job.as_deref()), middle, "{work}, in the middle");
        for percent in [20, 30, 100] {
            world.pass(percent);
            again.pass(percent);
            assert_eq!(seen(&mut again, job.as_deref()), seen(&mut world, job.as_deref()), "{work}, {percent} later");
        }
        assert_ne!(seen(&mut world, job.as_deref()), middle, "{work} was over before the restart");
    }
}
