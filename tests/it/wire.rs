//! What goes over the wire, held against bodies that were written after the API reference: what the client
//! sends, what the types read, and what the embedded cloud answers.

mod fixtures;
mod job_calls;
pub(crate) mod server;
mod snapshots;

use crate::scenarios::with_digest;
use crate::support::{Cloud, PROJECT, evsctl, put, run};
use evsctl::evs::wire::{CreateReply, Job, VolumeList, VolumeReply};
use evsctl::evs::{Error, Kind, Meaning, Outcome};
use evsctl::observed::ObservedVolume;
use serde_json::{Value, json};
use server::{Answer, Request, Server};
use snapbox::{Assert, Data, IntoData as _};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wire").join(name)
}

fn golden(name: &str) -> String {
    std::fs::read_to_string(path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn read<T: serde::de::DeserializeOwned>(name: &str) -> T {
    serde_json::from_str(&golden(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// A stack with a state whose lineage and serial are known, so that every call comes out the same.
pub(crate) fn stack(server: &Server, volumes: &str, recorded: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let head = format!("stack: shop\ncloud: {{ endpoint: \"{}\", project_id: {PROJECT} }}", server.endpoint);
    let defaults = "defaults: { availability_zone: az-dc-1, volume_type: SSD }";
    put(&dir.path().join("evsctl.yaml"), format!("{head}\n{defaults}\nvolumes:\n{volumes}"));
    let cloud = json!({ "region": null, "endpoint": server.endpoint, "project_id": PROJECT });
    let state = format!(
        "{{\n  \"format\": 1,\n  \"stack\": \"shop\",\n  \"lineage\": \"abcd2345\",\n  \"serial\": 7,\n  \"lease\": null,\n  \"cloud\": {cloud},\n  \"tokens\": null,\n  \"journal_sequence\": 40,\n  \"approved\": null,\n  \"calls\": {{}},\n  \"ended\": {{}},\n  \"volumes\": {{{recorded}}}\n}}\n"
    );
    std::fs::create_dir(dir.path().join("state")).unwrap();
    put(&dir.path().join("state/shop.json"), with_digest(&state));
    dir
}

/// Applies, and gives what was sent with that method.
fn sent(server: &Server, dir: &Path, method: &str, exit: i32) -> Vec<Request> {
    let mut command = evsctl();
    command.arg("apply").arg(dir).arg("--yes");
    let _ = run(command).exits(exit);
    server.seen().into_iter().filter(|request| request.method == method).collect()
}

/// Compares a body with its golden one, field order included.
#[track_caller]
fn is_golden(body: &[u8], name: &str) {
    let value: Value = serde_json::from_slice(body).unwrap();
    let text = format!("{}\n", serde_json::to_string_pretty(&value).unwrap());
    let expected = Data::read_from(&path(name), Some(snapbox::data::DataFormat::Text)).raw();
    Assert::new().action_env("SNAPSHOTS").normalize_paths(false).eq(text.into_data().raw(), expected);
}

#[test]
fn create_bodies_are_the_documented_ones() {
    let server = Server::start(|request| match request.method.as_str() {
        "POST" => Answer::json(400, &json!({ "error": { "message": "not today", "code": "EVS.1009" } })),
        _ => Answer::json(200, &json!({ "count": 0, "volumes": [] })),
    });
    let volumes = "  backup: { backup_id: 5b1e7d04-41c3-4fd2-8e0a-6d9b30a7c111 }
  batch: { count: 3, size: 500, description: 生产环境, tags: { team: shop, 层: 金 } }
  encrypted: { size: 120, metadata: { __system__encrypted: \"1\", __system__cmkid: 37b0d52e-c249-40d6-83cb-2b93f22445bd } }
  image: { imageRef: 0d6a3f1c-8b52-4e7f-9a44-c2d1e5f60722, size: 40, name: boot }
  plain: { size: 10 }
  shared: { size: 20, multiattach: true, enterprise_project_id: 3f8c9a10-6b27-4d15-8a0e-94d2c7b1e833 }
  snapshot: { snapshot_id: 9e4b2c77-1a0f-4c68-b5d3-70f8e6a2d944, size: 40, metadata: { full_clone: \"0\" } }
";
    let dir = stack(&server, volumes, "");
    let posts = sent(&server, dir.path(), "POST", 3);
    assert_eq!(posts.len(), 7);
    let mut tokens = std::collections::BTreeSet::new();
    for post in &posts {
        assert_eq!(post.path, format!("/v3/{PROJECT}/cloudvolumes"));
        assert_eq!(post.header("content-type"), Some("application/json"));
        let token: uuid::Uuid = post.header("x-client-token").unwrap().parse().unwrap();
        assert_eq!(token.get_version_num(), 4);
        tokens.insert(token);
        let body: Value = serde_json::from_slice(&post.body).unwrap();
        is_golden(&post.body, &format!("create-{}.json", body["volume"]["name"].as_str().unwrap()));
    }
    assert_eq!(tokens.len(), 7, "each call has a token of its own");
}

#[test]
fn bodies_of_the_newer_form_are_the_documented_ones() {
    let server = Server::start(|request| match request.method.as_str() {
        "POST" => Answer::json(400, &json!({ "error": { "message": "not today", "code": "EVS.1009" } })),
        _ => Answer::json(200, &json!({ "count": 0, "volumes": [] })),
    });
    let volumes = "  dedicated: { size: 40, dedicated_storage_id: e3a1b2c4-6d5f-4a7b-9c8d-0e1f2a3b4c05 }
  fast: { size: 20, volume_type: GPSSD2, iops: 3000, throughput: 125 }
  prepaid: { count: 3, size: 40, prepaid: { period_type: month, period_num: 3 } }
  server: { size: 40, server_id: 5c9f3a1e-7d24-4e0b-8f63-2b1a9c8d7e01 }
  yearly: { size: 40, prepaid: { period_type: year, period_num: 1, auto_renew: true, auto_pay: true } }
";
    let dir = stack(&server, volumes, "");
    let posts = sent(&server, dir.path(), "POST", 3);
    assert_eq!(posts.len(), 5);
    for post in &posts {
        assert_eq!(post.path, format!("/v2.1/{PROJECT}/cloudvolumes"));
        let body: Value = serde_json::from_slice(&post.body).unwrap();
        is_golden(&post.body, &format!("create-{}.json", body["volume"]["name"].as_str().unwrap()));
    }
}

#[test]
fn update_bodies_name_only_what_changes() {
    let ids = ["v-cleared", "v-both", "v-name"];
    let list = json!({ "count": 3, "volumes": [
        { "id": ids[0], "name": "cleared", "description": "old", "status": "available", "size": 10, "volume_type": "SSD", "availability_zone": "az-dc-1" },
        { "id": ids[1], "name": "other", "description": "old", "status": "available", "size": 10, "volume_type": "SSD", "availability_zone": "az-dc-1" },
        { "id": ids[2], "name": "other", "status": "in-use", "size": 10, "volume_type": "SSD", "availability_zone": "az-dc-1" },
    ] });
    let server = Server::start(move |request| match request.method.as_str() {
        "PUT" => Answer::json(400, &json!({ "error": { "message": "not today", "code": "EVS.1003" } })),
        _ => Answer::json(200, &list),
    });
    let line = |key: &str, id: &str| {
        let seen = json!({ "name": key, "status": "available", "size": 10, "volume_type": "SSD", "availability_zone": "az-dc-1" });
        format!(
            "\n    \"{key}[1]\": {{\"id\":\"{id}\",\"seen\":{seen},\"asked\":{{\"availability_zone\":\"az-dc-1\",\"volume_type\":\"SSD\",\"size\":10}}}}"
        )
    };
    let recorded = [line("both", ids[1]), line("cleared", ids[0]), line("name", ids[2])].join(",") + "\n  ";
    let volumes =
        "  both: { size: 10, name: 数据卷, description: new }\n  cleared: { size: 10 }\n  name: { size: 10 }\n";
    let dir = stack(&server, volumes, &recorded);
    let puts = sent(&server, dir.path(), "PUT", 3);
    assert_eq!(puts.len(), 3);
    for put in &puts {
        let id = put.path.strip_prefix(&format!("/v2/{PROJECT}/cloudvolumes/v-")).unwrap();
        is_golden(&put.body, &format!("update-{id}.json"));
    }
}

#[test]
fn jobs_read_as_documented() {
    let job = |name| read::<Job>(name);
    let init = job("job-init.json");
    assert_eq!((init.status.as_str(), &init.entities), ("INIT", &Default::default()));
    assert_eq!((init.end_time.as_str(), init.error_code), ("", None));
    let running = job("job-running.json");
    assert!(running.status == "RUNNING" && running.entities.volume_id.is_some());
    let fail = job("job-fail.json");
    assert_eq!(fail.error_code.as_deref(), Some("EVS.2024"));
    assert!(fail.entities.volume_id.is_some(), "a failed create can leave a volume");
    let subs = job("job-fail-partial.json").entities.sub_jobs.unwrap();
    let told = |sub: &Job| (sub.status.clone(), sub.entities.volume_id.is_some(), sub.error_code.clone());
    let (ok, failed) = ("SUCCESS".to_owned(), "FAIL".to_owned());
    let expected = [
        (ok, true, None),
        (failed.clone(), true, Some("EVS.2024".to_owned())),
        (failed, false, Some("EVS.2071".to_owned())),
    ];
    assert_eq!(subs.iter().map(told).collect::<Vec<_>>(), expected);
    assert_eq!(job("job-success-batch.json").entities.sub_jobs.unwrap().len(), 2);
    assert_eq!(read::<CreateReply>("create-answer.json").job_id, Some(init.job_id));
    let order: CreateReply = read("create-answer-order.json");
    assert_eq!((order.job_id, order.order_id.as_deref()), (None, Some("CS1711152257C60TL")));
    assert_eq!(order.volume_ids.len(), 2);
}

#[test]
fn what_is_read_of_a_job_is_written_the_same() {
    for name in ["init", "running", "success", "fail", "success-batch", "fail-partial"] {
        let name = format!("job-{name}.json");
        let job: Job = read(&name);
        assert_eq!(serde_json::to_value(job).unwrap(), read::<Value>(&name), "{name}");
    }
}

#[test]
fn volumes_read_as_documented_and_as_oddly_as_they_come() {
    let volume: ObservedVolume = read::<VolumeReply>("volume-show.json").volume.try_into().unwrap();
    assert_eq!((volume.name.as_str(), volume.size, volume.volume_type.as_str()), ("test_volume_1", 120, "SSD"));
    assert_eq!(volume.description.as_deref(), Some("test_volume_1"));
    assert!(volume.status.is_usable() && volume.tags == BTreeMap::from([("team".to_owned(), "shop".to_owned())]));
    let odd = read::<VolumeReply>("volume-show-odd.json").volume;
    assert!(odd.multiattach == Some(true) && odd.enterprise_project_id.as_deref() == Some("0"));
    assert_eq!(odd.metadata["readonly"], "false");
    let odd = ObservedVolume::try_from(odd).unwrap();
    assert_eq!((odd.size, odd.volume_type.as_str(), &odd.description), (40, "", &None));
    assert!(!odd.status.is_usable() && !odd.status.is_error(), "an unknown word is waited for");
    let page = read::<VolumeList>("volume-list.json").volumes;
    let names: Vec<&str> = page.iter().map(|volume| volume.name.as_str()).collect();
    assert_eq!(names, ["data-0001", "data-0001", ""]);
    assert!(page[1].tags.is_empty() && page[2].tags.is_empty());
    assert!(page.into_iter().all(|volume| ObservedVolume::try_from(volume).is_ok()));
}

#[test]
fn a_volume_without_a_usable_id_is_none() {
    for id in [json!(null), json!(""), json!("../x"), json!([1])] {
        let reply: VolumeReply = serde_json::from_value(json!({ "volume": { "id": id, "name": "x" } })).unwrap();
        assert!(ObservedVolume::try_from(reply.volume).is_err(), "{id}");
    }
}

#[test]
fn errors_mean_what_the_reference_says() {
    let table = [
        ("two-sources", 400, Meaning::Invalid, "EVS.1016", true),
        ("no-such-volume", 404, Meaning::NotFound, "EVS.5404", true),
        ("no-such-volume-native", 404, Meaning::NotFound, "", true),
        ("job-unknown", 400, Meaning::JobUnknown, "Common.0011", true),
        ("quota", 400, Meaning::Exhausted, "EVS.1034", true),
        ("quota-native", 413, Meaning::Exhausted, "", true),
        ("conflict", 400, Meaning::Conflict, "EVS.2043", true),
        ("in-progress", 400, Meaning::InProgress, "EVS.2221", false),
        ("token-reused", 400, Meaning::TokenUsed, "EVS.2219", false),
        ("throttled", 429, Meaning::Throttled, "APIGW.0308", true),
        ("denied", 401, Meaning::Denied, "APIGW.0301", true),
        ("trouble-native", 500, Meaning::Trouble, "", false),
        ("bad-request-native", 400, Meaning::Invalid, "EVS.5400", true),
    ];
    for (name, status, meaning, code, not_done) in table {
        let body = golden(&format!("error-{name}.json"));
        let error = Error::refused("GET /", status, None, body.as_bytes());
        let surely_not = !matches!(Outcome::of(Err(&error.kind)), Outcome::InDoubt(_));
        assert_eq!((error.meaning(), surely_not), (Some(meaning), not_done), "{name}");
        let Kind::Refused { code: found, message, .. } = &error.kind else { panic!("{name}: {error}") };
        assert_eq!(found, code, "{name}");
        assert!(body.contains(message.words()) && message.words().len() > 5, "{name}: {error}");
    }
    let files = std::fs::read_dir(path(""))
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().file_name().to_str().unwrap().starts_with("error-"));
    assert_eq!(files.count(), table.len(), "every error has its line");
    let throttled = Error::refused("GET /", 429, None, golden("error-throttled.json").as_bytes());
    assert_eq!(throttled.request_id(), Some("0f3c6d1e9b2a"));
}

/// Keys and JSON types, whatever the values; an array by its first element.
fn shape(value: &Value) -> Value {
    match value {
        Value::Null => json!("null"),
        Value::Bool(_) => json!("boolean"),
        Value::Number(_) => json!("number"),
        Value::String(_) => json!("text"),
        Value::Array(items) => Value::Array(items.iter().take(1).map(shape).collect()),
        Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), shape(value))).collect(),
    }
}

#[test]
fn the_embedded_cloud_answers_in_the_documented_shapes() {
    let cloud = Cloud::start();
    let shape_of = |name: &str| shape(&read(name));
    let mut sample = json!({ "volume": {
        "backup_id": null, "count": 1, "availability_zone": "az-dc-1", "description": "test_volume_1", "size": 120,
        "name": "test_volume_1", "volume_type": "SSD", "tags": { "team": "shop" },
        "metadata": { "__system__encrypted": "1", "__system__cmkid": "37b0d52e-c249-40d6-83cb-2b93f22445bd" },
    } });
    let create = |body: &Value| {
        let (status, answer) = cloud.call("POST", "/v3/{project_id}/cloudvolumes", Some(body.clone()));
        assert_eq!((status, shape(&answer)), (200, shape_of("create-answer.json")), "{answer}");
        format!("/v1/{{project_id}}/jobs/{}", answer["job_id"].as_str().unwrap())
    };
    let ended = |job: &str| {
        let mut answer = Value::Null;
        crate::support::until("the job is over", || {
            answer = cloud.call("GET", job, None).1;
            answer["status"] == "SUCCESS"
        });
        answer
    };
    let job = ended(&create(&sample));
    assert_eq!(shape(&job), shape_of("job-success.json"), "{job}");
    let id = job["entities"]["volume_id"].as_str().unwrap().to_owned();

    let same_volume = |answered: &Value, documented: &Value| {
        let mut documented = documented.as_object().unwrap().clone();
        let mut answered = answered.as_object().unwrap().clone();
        // An identifier at attachment; it may be missing before.
        for volume in [&mut answered, &mut documented] {
            volume.shift_remove("wwn");
        }
        assert_eq!(shape(&answered.into()), shape(&documented.into()));
    };
    let show = cloud.call("GET", &format!("/v2/{{project_id}}/cloudvolumes/{id}"), None);
    assert_eq!((show.0, show.1.as_object().map(serde_json::Map::len)), (200, Some(1)));
    same_volume(&show.1["volume"], &read::<Value>("volume-show.json")["volume"]);
    let list = cloud.call("GET", "/v2/{project_id}/cloudvolumes/detail", None).1;
    same_volume(&list["volumes"][0], &read::<Value>("volume-list-one.json")["volumes"][0]);
    assert_eq!(list.as_object().unwrap().keys().collect::<Vec<_>>(), ["count", "volumes"]);

    sample["volume"]["count"] = json!(2);
    let batch = ended(&create(&sample));
    assert_eq!(shape(&batch), shape_of("job-success-batch.json"), "{batch}");
    let paged = cloud.call("GET", "/v2/{project_id}/cloudvolumes/detail?limit=1", None).1;
    assert_eq!(shape(&paged["volumes_links"]), shape(&read::<Value>("volume-list.json")["volumes_links"]), "{paged}");

    sample["volume"]["snapshot_id"] = json!("s");
    sample["volume"]["backup_id"] = json!("b");
    let (status, answer) = cloud.call("POST", "/v3/{project_id}/cloudvolumes", Some(sample));
    assert_eq!((status, shape(&answer)), (400, shape_of("error-two-sources.json")), "{answer}");
    assert_eq!(answer["error"]["code"], "EVS.1016");
    let (status, answer) =
        cloud.call("GET", "/v2/{project_id}/cloudvolumes/7c3e5101-92d4-4b8a-a6f0-0d15e2c84701", None);
    let envelopes = [shape_of("error-no-such-volume.json"), shape_of("error-no-such-volume-native.json")];
    assert!(status == 404 && envelopes.contains(&shape(&answer)), "{status} {answer}");
}
