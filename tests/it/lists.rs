//! The list of volumes as evidence: read to its end whatever the pages look like, and an answer is about what was asked.

use crate::support::PROJECT;
use crate::wire::server::{Answer, Request, Server};
use evsctl::boundary::Boundaries;
use evsctl::evs::{Client, Connection, Credentials, Kind, Nonsense};
use evsctl::volume::{JobId, VolumeId};
use serde_json::{Value, json};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const VOLUMES: usize = 153;

/// How a service pages.
#[derive(Clone, Copy)]
struct Paging {
    /// The most volumes on a page, whatever was asked for.
    cap: usize,
    /// What it says of the length of the list.
    count: Option<usize>,
    /// Whether it looks at the marker.
    marks: bool,
}

fn page(request: &Request, paging: Paging) -> Answer {
    let url: url::Url = format!("http://here{}", request.path).parse().unwrap();
    let marker = url.query_pairs().find(|(name, _)| name == "marker").map(|(_, value)| value.into_owned());
    let after = marker.filter(|_| paging.marks).map_or(0, |id| id.trim_start_matches("v-").parse::<usize>().unwrap());
    let last = VOLUMES.min(after + paging.cap);
    let volumes: Vec<Value> =
        (after + 1..=last).map(|n| json!({"id": format!("v-{n}"), "status": "available"})).collect();
    let mut body = json!({ "volumes": volumes });
    if let Some(count) = paging.count {
        body["count"] = json!(count);
    }
    Answer::json(200, &body)
}

fn client(server: &Server) -> Client {
    client_of(&server.endpoint, Duration::ZERO)
}

/// A client without credentials, which bears trouble for that long.
pub(crate) fn client_of(endpoint: &str, patience: Duration) -> Client {
    let connection = Connection {
        endpoint: endpoint.parse().unwrap(),
        project_id: PROJECT.to_owned(),
        credentials: Credentials::None,
        rate: None,
        parallelism: 4,
        patience,
        boundaries: Boundaries::default(),
    };
    Client::new(connection, CancellationToken::new()).unwrap()
}

pub(crate) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

#[test]
fn a_list_is_read_to_its_end_and_is_whole_only_where_nothing_speaks_against_it() {
    let all = VOLUMES;
    // Cap, count, marker; volumes and requests of a plan's look; volumes and wholeness of a proof.
    for (cap, count, marks, look, proof) in [
        (1000, Some(all), true, (all, 1), (all, true)),
        (100, Some(all), true, (all, 2), (all, true)),
        // The count is that of the page, as in a published sample: a look may stop there, a proof does not.
        (100, Some(100), true, (100, 1), (all, true)),
        (100, None, true, (all, 3), (all, true)),
        (1000, None, true, (all, 2), (all, true)),
        // It says that there is more, and does not show it.
        (1000, Some(all + 1), true, (all, 2), (all, false)),
        // It goes round: nothing tells whether that is all.
        (100, Some(all), false, (100, 2), (100, false)),
        (100, None, false, (100, 2), (100, false)),
    ] {
        let paging = Paging { cap, count, marks };
        let server = Server::start(move |request| page(request, paging));
        let client = client(&server);
        let what = format!("at most {cap} a page, count {count:?}, marker {marks}");
        let looked = runtime().block_on(client.list_volumes()).unwrap();
        assert_eq!((looked.volumes.len(), server.seen().len()), look, "{what}");
        let proved = runtime().block_on(client.list_to_its_end()).unwrap();
        assert_eq!((proved.volumes.len(), proved.whole), proof, "{what}");
    }
}

#[test]
fn an_answer_about_another_volume_or_job_is_no_answer() {
    let server = Server::start(|request| match request.path.contains("/jobs/") {
        true => Answer::json(200, &json!({ "job_id": "j-2", "status": "SUCCESS", "entities": { "volume_id": "v-1" } })),
        false => Answer::json(200, &json!({ "volume": { "id": "v-2", "status": "available" } })),
    });
    let client = client(&server);
    let asked = VolumeId::new("v-1").unwrap();
    let unreadable = |kind: &Kind| match kind {
        Kind::Unreadable(Nonsense::OtherVolume { found, asked }) => found == "v-2" && asked.as_str() == "v-1",
        Kind::Unreadable(Nonsense::OtherJob { found, asked }) => found == "j-2" && asked.as_str() == "j-1",
        _ => false,
    };
    let error = runtime().block_on(client.read_volume(&asked)).unwrap_err();
    assert!(unreadable(&error.kind), "{error}");
    let error = runtime().block_on(client.look_for(&asked)).unwrap_err();
    assert!(unreadable(&error.kind), "{error}");
    let error = runtime().block_on(client.show_job(&JobId::new("j-1").unwrap())).unwrap_err();
    assert!(unreadable(&error.kind), "{error}");
    let answered = VolumeId::new("v-2").unwrap();
    assert_eq!(runtime().block_on(client.read_volume(&answered)).unwrap().unwrap().id, answered);
}
