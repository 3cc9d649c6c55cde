//! The calls that start a job on volumes that are there: their bodies, what their answers mean, and that each leaves once.

use super::server::{Answer, Server};
use crate::lists::{client_of, runtime};
use crate::support::{Cloud, PROJECT, until};
use evsctl::evs::{Client, Error, Kind, Outcome, Taken};
use evsctl::plan::summary;
use evsctl::volume::{Receipt, SizeGb, VolumeId};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::pin::Pin;
use std::time::{Duration, Instant};

const LIMIT: Duration = Duration::from_secs(10);

/// One of the calls, by what it is told.
#[derive(Debug, Clone, Copy)]
enum Call<'a> {
    Extend(&'a str, u32, Option<bool>),
    Batch(&'a [(&'a str, u32)]),
    Delete(&'a str),
}

const CALLS: [Call<'_>; 3] = [Call::Extend("v-1", 100, None), Call::Batch(&[("v-1", 100)]), Call::Delete("v-1")];

fn id(id: &str) -> VolumeId {
    VolumeId::new(id).unwrap()
}

fn gb(gb: u32) -> SizeGb {
    SizeGb::new(gb).unwrap()
}

/// Makes the call; it may leave where there is a time at which it is recorded.
fn make(client: &Client, call: Call<'_>, recorded: Option<Timestamp>) -> Result<Taken, Error> {
    let leaves =
        || -> Pin<Box<dyn Future<Output = Option<Timestamp>> + Send>> { Box::pin(std::future::ready(recorded)) };
    runtime().block_on(async {
        match call {
            Call::Extend(volume, to, auto_pay) => {
                client.extend_volume(&id(volume), gb(to), auto_pay, LIMIT, &leaves).await
            }
            Call::Batch(volumes) => {
                let volumes: Vec<_> = volumes.iter().map(|(volume, to)| (id(volume), gb(*to))).collect();
                client.extend_volumes(&volumes, LIMIT, &leaves).await
            }
            Call::Delete(volume) => client.start_deletion(&id(volume), LIMIT, &leaves).await,
        }
    })
}

fn made(client: &Client, call: Call<'_>) -> Result<Taken, Error> {
    make(client, call, Some(Timestamp::now()))
}

#[test]
fn requests_are_the_documented_ones_to_the_byte() {
    let (extend, batch) = ("/v2.1/PROJECT/cloudvolumes/v-1/action", "/v5/PROJECT/volumes/batch-extend");
    for (call, method, path, body) in [
        (Call::Extend("v-1", 100, None), "POST", extend, r#"{"os-extend":{"new_size":100}}"#),
        (
            Call::Extend("v-1", 32768, Some(true)),
            "POST",
            extend,
            r#"{"os-extend":{"new_size":32768},"bssParam":{"isAutoPay":"true"}}"#,
        ),
        (
            Call::Extend("v-1", 11, Some(false)),
            "POST",
            extend,
            r#"{"os-extend":{"new_size":11},"bssParam":{"isAutoPay":"false"}}"#,
        ),
        (
            Call::Batch(&[("v-2", 200), ("v-1", 100)]),
            "POST",
            batch,
            r#"{"volumes":[{"id":"v-2","new_size":200},{"id":"v-1","new_size":100}]}"#,
        ),
        (Call::Delete("v-1"), "DELETE", "/v2/PROJECT/cloudvolumes/v-1", ""),
    ] {
        let server = Server::start(|_| Answer::json(202, &json!({ "job_id": "j-1" })));
        let taken = made(&client_of(&server.endpoint, Duration::ZERO), call).unwrap();
        assert_eq!((taken.receipt.to_string().as_str(), taken.volumes.len()), ("job j-1", 0), "{call:?}");
        let seen = server.seen();
        assert_eq!(seen.len(), 1, "{call:?}");
        let told = (seen[0].method.as_str(), seen[0].path.replace(PROJECT, "PROJECT"));
        assert_eq!(told, (method, path.to_owned()));
        assert_eq!(String::from_utf8(seen[0].body.clone()).unwrap(), body);
        assert_eq!(seen[0].header("content-type"), Some("application/json"));
        assert_eq!(seen[0].header("x-client-token"), None);
    }
}

#[test]
fn an_answer_names_a_job_or_an_order_and_else_leaves_the_call_in_doubt() {
    // What it gives to a call that extends, and to one that deletes.
    let (job, order) = (Some("job j-1"), Some("order CS1"));
    for (answer, extends, deletes) in [
        (r#"{"job_id":"j-1"}"#, job, job),
        (r#"{"job_id":"j-1","order_id":null,"more":[1]}"#, job, job),
        (r#"{"order_id":"CS1"}"#, order, None),
        // Of an order nothing is concluded but by the volumes: the safer of the two.
        (r#"{"job_id":"j-1","order_id":"CS1"}"#, order, job),
        (r#"{"job_id":{},"order_id":"CS1"}"#, order, None),
        (r#"{"job_id":"../volumes"}"#, None, None),
        (r#"{"job_id":"","order_id":""}"#, None, None),
        ("{}", None, None),
        ("", None, None),
        ("[]", None, None),
        ("<html>", None, None),
    ] {
        let server = Server::start(move |_| Answer::new(200, answer));
        let client = client_of(&server.endpoint, Duration::ZERO);
        for call in CALLS {
            let expected = if matches!(call, Call::Delete(_)) { deletes } else { extends };
            match (made(&client, call), expected) {
                (Ok(taken), Some(expected)) => {
                    assert_eq!(taken.receipt.to_string(), expected, "{call:?} {answer}");
                    assert!(taken.volumes.is_empty());
                }
                (Err(Error { kind: kind @ Kind::Unreadable(_), .. }), None) => {
                    assert!(matches!(Outcome::of(Err(&kind)), Outcome::InDoubt(_)), "{call:?} {answer}");
                }
                (answered, expected) => panic!("{call:?} {answer}: {answered:?}, not {expected:?}"),
            }
        }
    }
}

#[test]
fn each_leaves_once_whatever_comes_of_it_and_never_without_its_record() {
    let unknown = json!({ "error_code": "APIGW.0101", "error_msg": "the API does not exist" });
    let trouble = json!({ "error": { "message": "busy", "code": "EVS.2001" } });
    for (status, body, in_doubt) in [(503, json!({}), true), (500, trouble, true), (404, unknown, false)] {
        let server = Server::start(move |_| Answer::json(status, &body));
        // It bears trouble for long, and yet it does not repeat.
        let client = client_of(&server.endpoint, Duration::from_secs(60));
        let since = Instant::now();
        for call in CALLS {
            let before = server.seen().len();
            let error = made(&client, call).unwrap_err();
            assert_eq!(matches!(Outcome::of(Err(&error.kind)), Outcome::InDoubt(_)), in_doubt, "{call:?}: {error}");
            assert!(!error.says_absent() && error.is_of_the_gateway() == (status == 404), "{call:?}: {error}");
            // Where there is no such call, a volume is extended by an older one, which is not there either.
            let older = status == 404 && matches!(call, Call::Extend(_, _, None));
            let left = before + 1 + usize::from(older);
            assert_eq!(server.seen().len(), left, "{call:?}");
            let kept = make(&client, call, None).unwrap_err();
            assert_eq!((kept.kind, server.seen().len()), (Kind::Fenced, left), "{call:?}");
        }
        assert!(since.elapsed() < Duration::from_secs(30));
    }
}

fn volume(cloud: &Cloud, id: &str) -> Value {
    cloud.call("GET", &format!("/v2/{{project_id}}/cloudvolumes/{id}"), None).1["volume"].take()
}

#[test]
fn the_embedded_cloud_extends_and_deletes_and_lists_snapshots() {
    let cloud = Cloud::start();
    let body = json!({ "volume": {
        "count": 3, "availability_zone": "az-dc-1", "size": 10, "name": "web", "volume_type": "SSD" } });
    assert_eq!(cloud.call("POST", "/v3/{project_id}/cloudvolumes", Some(body)).0, 200);
    until("the volumes are there", || cloud.volumes().iter().filter(|it| it["status"] == "available").count() == 3);
    let volumes = cloud.volumes();
    let ids: Vec<&str> = volumes.iter().map(|volume| volume["id"].as_str().unwrap()).collect();
    let client = client_of(&cloud.endpoint, Duration::ZERO);
    let is_job = |taken: &Taken| matches!(taken.receipt, Receipt::Job(_)) && taken.volumes.is_empty();

    assert!(is_job(&made(&client, Call::Extend(ids[0], 20, None)).unwrap()));
    assert!(is_job(&made(&client, Call::Batch(&[(ids[1], 30), (ids[2], 40)])).unwrap()));
    for (id, size) in ids.iter().zip([20, 30, 40]) {
        until("it has grown", || {
            let volume = volume(&cloud, id);
            volume["size"] == size && volume["status"] == "available"
        });
    }
    let smaller = made(&client, Call::Extend(ids[0], 20, None)).unwrap_err();
    assert_eq!(smaller.explained().unwrap().code, "EVS.1015");

    let of = id(ids[0]);
    let snapshots = |of: Option<&VolumeId>| runtime().block_on(client.list_snapshots(of)).unwrap();
    let before = snapshots(None).len();
    for name in ["first", "second"] {
        let body = json!({ "snapshot": { "volume_id": ids[0], "name": name } });
        assert_eq!(cloud.call("POST", "/v2/{project_id}/cloudsnapshots", Some(body)).0, 202);
        until("the snapshot is there", || snapshots(Some(&of)).iter().all(|it| it.status == "available"));
    }
    let mut taken = snapshots(Some(&of));
    taken.sort_by(|a, b| a.name.cmp(&b.name));
    let told: Vec<_> = taken.iter().map(|it| (it.name.as_str(), it.size, it.created_at.is_some())).collect();
    assert_eq!(told, [("first", 20, true), ("second", 20, true)]);
    assert!(taken.iter().all(|it| it.volume_id == of));
    assert_eq!((snapshots(None).len(), snapshots(Some(&id(ids[1]))).len()), (before + 2, 0));

    assert!(is_job(&made(&client, Call::Delete(ids[0])).unwrap()));
    until("it is gone", || volume(&cloud, ids[0]).is_null());
    let gone = made(&client, Call::Delete(ids[0])).unwrap_err();
    assert!(gone.says_absent(), "{gone}");
    assert!(snapshots(Some(&of)).is_empty());

    // What a plan says that it costs is counted by the same names.
    let counts = client.counts();
    let of = |template: &str| counts.get(template).copied();
    assert_eq!((of(summary::EXTEND), of(summary::BATCH_EXTEND), of(summary::DELETE)), (Some(2), Some(1), Some(2)));
    assert!(of(summary::SNAPSHOTS).is_some_and(|lists| lists >= 7) && counts.len() == 4, "{counts:?}");
}
