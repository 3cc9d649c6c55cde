//! The date of a create call's signature: it is the recorded time of the sending, so that the service's own limit on
//! old signatures also bounds a process that was stopped between the record and the socket.

use crate::auth::{ACCESS, SECRET};
use crate::support::{PROJECT, run};
use crate::wire::server::{Answer, Request, Server};
use crate::wire::stack;
use evsctl::boundary::Boundaries;
use evsctl::evs::wire::{CreateRequest, CreateVolume};
use evsctl::evs::{Client, Connection, Credentials, Keys, Secret};
use evsctl::volume::CreateApi;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

fn no(request: &Request) -> Answer {
    match request.method.as_str() {
        "POST" => Answer::json(400, &json!({ "error": { "message": "not today", "code": "EVS.1009" } })),
        _ => Answer::json(200, &json!({ "count": 0, "volumes": [] })),
    }
}

fn date_of(request: &Request) -> Timestamp {
    // As in 20261128T130405Z, which reads once it has its hyphens and colons.
    let (day, time) = request.header("x-sdk-date").unwrap().split_once('T').unwrap();
    let (day, time) = ([&day[..4], &day[4..6], &day[6..]].join("-"), [&time[..2], &time[2..4], &time[4..]].join(":"));
    format!("{day}T{time}").parse().unwrap()
}

/// A process that is stopped after it recorded a sending, and goes on an hour later, makes its signature only then.
#[test]
fn a_signature_carries_the_recorded_time_however_late_it_is_made() {
    let server = Server::start(no);
    let keys = Keys { access: ACCESS.to_owned(), secret: SECRET.into(), security_token: None };
    let connection = Connection {
        endpoint: server.endpoint.parse().unwrap(),
        project_id: PROJECT.to_owned(),
        credentials: Credentials::Fixed(Secret::Keys(keys)),
        rate: None,
        parallelism: 1,
        patience: Duration::ZERO,
        boundaries: Boundaries::default(),
    };
    let volume: CreateVolume = serde_json::from_value(json!({
        "availability_zone": "az-dc-1", "volume_type": "SSD", "size": 10, "name": "a", "count": 1,
    }))
    .unwrap();
    let body = CreateRequest { volume, bss_param: None, server_id: None, scheduler_hints: None };
    let recorded = Timestamp::now() - SignedDuration::from_hours(1);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let client = Client::new(connection, CancellationToken::new()).unwrap();
        let fence = || -> Pin<Box<dyn Future<Output = Option<Timestamp>> + Send>> {
            Box::pin(std::future::ready(Some(recorded)))
        };
        let limit = Duration::from_secs(10);
        let _ = client.create_volumes(CreateApi::V3, &body, None, limit, &fence).await.unwrap_err();
        let _ = client.list_volumes().await.unwrap();
    });
    let seen = server.seen();
    let date = |method: &str| date_of(seen.iter().find(|request| request.method == method).unwrap());
    assert_eq!(date("POST").as_second(), recorded.as_second());
    assert!(Timestamp::now().duration_since(date("GET")) < SignedDuration::from_mins(1));
}

#[test]
fn the_signature_of_a_create_call_has_the_date_that_its_record_has() {
    let journal = Arc::new(Mutex::new((std::path::PathBuf::new(), String::new())));
    let read = journal.clone();
    let server = Server::start(move |request| {
        if request.method == "POST" {
            let mut journal = read.lock().unwrap();
            journal.1 = std::fs::read_to_string(&journal.0).unwrap();
        }
        no(request)
    });
    let dir = stack(&server, "  a: { size: 10 }\n", "");
    journal.lock().unwrap().0 = dir.path().join("state/shop.journal");
    let mut command = crate::support::evsctl();
    command.arg("apply").arg(dir.path()).arg("--yes");
    command.env("HUAWEICLOUD_SDK_AK", ACCESS).env("HUAWEICLOUD_SDK_SK", SECRET);
    let _ = run(command).exits(3);
    let written = journal.lock().unwrap().1.clone();
    let line: Value = serde_json::from_str(written.lines().nth(1).unwrap()).unwrap();
    let sent = line["changes"].as_array().unwrap().iter().find_map(|change| change.get("sent")).unwrap();
    let recorded: Timestamp = sent["at"].as_str().unwrap().parse().unwrap();
    let seen = server.seen();
    let post = seen.iter().find(|request| request.method == "POST").unwrap();
    assert_eq!(date_of(post).as_second(), recorded.as_second());
}
