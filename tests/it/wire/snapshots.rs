//! The list of snapshots as evidence of what a deletion takes along: read to its end, and whole or an error.

use super::server::{Answer, Request, Server};
use crate::lists::{client_of, runtime};
use crate::support::PROJECT;
use evsctl::evs::{Error, Kind, Nonsense};
use evsctl::observed::ObservedSnapshot;
use evsctl::volume::VolumeId;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

const SNAPSHOTS: usize = 2500;

/// How a service lists: every fifth snapshot is one of volume `v-0`.
#[derive(Clone, Copy)]
struct Listing {
    all: usize,
    /// The most on a page, whatever was asked for.
    cap: usize,
    /// What it says of the length of the list beside its true one; without it, it says nothing.
    more: Option<usize>,
    /// Whether it looks at the offset, and at the volume.
    offsets: bool,
    filters: bool,
}

const RIGHT: Listing = Listing { all: SNAPSHOTS, cap: 1000, more: Some(0), offsets: true, filters: true };

fn page(request: &Request, listing: Listing) -> Answer {
    let url: url::Url = format!("http://here{}", request.path).parse().unwrap();
    let asked = |wanted: &str| url.query_pairs().find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned());
    let number = |wanted: &str| asked(wanted).unwrap().parse::<usize>().unwrap();
    let of = asked("volume_id").filter(|_| listing.filters);
    let offset = if listing.offsets { number("offset") } else { 0 };
    let all = (0..listing.all).map(|n| (n, format!("v-{}", n % 5)));
    let wanted: Vec<_> = all.filter(|(_, volume)| of.as_ref().is_none_or(|of| of == volume)).collect();
    let rows = wanted.iter().skip(offset).take(number("limit").min(listing.cap));
    let rows: Vec<Value> = rows.map(|(n, volume)| json!({ "id": format!("s-{n}"), "volume_id": volume })).collect();
    let mut body = json!({ "snapshots": rows });
    if let Some(more) = listing.more {
        body["count"] = json!(wanted.len() + more);
    }
    Answer::json(200, &body)
}

fn list(server: &Server, of: Option<&str>) -> Result<Vec<ObservedSnapshot>, Error> {
    let of = of.map(|of| VolumeId::new(of).unwrap());
    runtime().block_on(client_of(&server.endpoint, Duration::ZERO).list_snapshots(of.as_ref()))
}

fn unreadable(server: &Server) -> Nonsense {
    match list(server, None).unwrap_err().kind {
        Kind::Unreadable(why) => why,
        other => panic!("{other}"),
    }
}

#[test]
fn a_list_of_snapshots_is_read_to_its_end() {
    let fifth = SNAPSHOTS / 5;
    // How it lists; of all and of one volume, how many are found and how many pages are asked for.
    for (what, listing, all, one) in [
        ("as documented", RIGHT, (SNAPSHOTS, 3), (fifth, 1)),
        ("with capped pages", Listing { cap: 400, ..RIGHT }, (SNAPSHOTS, 7), (fifth, 2)),
        ("without a count", Listing { more: None, ..RIGHT }, (SNAPSHOTS, 4), (fifth, 2)),
        ("whole pages", Listing { all: 1000, ..RIGHT }, (1000, 2), (200, 1)),
        ("none", Listing { all: 0, ..RIGHT }, (0, 1), (0, 1)),
        ("without the filter", Listing { filters: false, ..RIGHT }, (SNAPSHOTS, 3), (fifth, 3)),
    ] {
        for (of, expected) in [(None, all), (Some("v-0"), one)] {
            let server = Server::start(move |request| page(request, listing));
            let found = list(&server, of).unwrap();
            assert_eq!((found.len(), server.seen().len()), expected, "{what}, of {of:?}");
            assert!(found.iter().all(|it| of.is_none_or(|of| it.volume_id.as_str() == of)), "{what}");
            assert_eq!(found.iter().map(|it| &it.id).collect::<BTreeSet<_>>().len(), found.len(), "{what}");
        }
    }
}

#[test]
fn its_parameters_are_in_order_for_a_signature() {
    let server = Server::start(|request| page(request, Listing { all: 1001, ..RIGHT }));
    assert_eq!((list(&server, None).unwrap().len(), list(&server, Some("v-0")).unwrap().len()), (1001, 201));
    let path = format!("/v2/{PROJECT}/cloudsnapshots/detail");
    let asked: Vec<String> = server.seen().into_iter().map(|request| request.path).collect();
    let queries = ["limit=1000&offset=0", "limit=1000&offset=1000", "limit=1000&offset=0&volume_id=v-0"];
    assert_eq!(asked, queries.map(|query| format!("{path}?{query}")));
}

#[test]
fn a_list_of_snapshots_that_may_leave_some_out_is_an_error() {
    for cap in [1000, 400] {
        for more in [Some(0), None] {
            let listing = Listing { offsets: false, cap, more, ..RIGHT };
            let server = Server::start(move |request| page(request, listing));
            assert_eq!((unreadable(&server), server.seen().len()), (Nonsense::SamePage, 2), "{cap} {more:?}");
        }
    }
    let server = Server::start(|request| page(request, Listing { all: 3, more: Some(2), ..RIGHT }));
    assert_eq!(unreadable(&server), Nonsense::ShortSnapshots { counted: 5, shown: 3 });
    // Two pages each time: nothing comes behind the first.
    assert_eq!(server.seen().len(), 6);
}

#[test]
fn pages_without_end_are_given_up_before_they_fill_the_memory() {
    let server = Server::start(|request| {
        let offset: usize = request.path.rsplit_once("offset=").unwrap().1.parse().unwrap();
        let name = "n".repeat(7000);
        let row = |n| json!({ "id": format!("s-{n}"), "volume_id": "v-0", "name": name });
        Answer::json(200, &json!({ "snapshots": (offset..offset + 1000).map(row).collect::<Vec<_>>() }))
    });
    assert_eq!((unreadable(&server), server.seen().len()), (Nonsense::MostMemory(64), 10));
}

#[test]
fn a_snapshot_that_comes_again_counts_once_and_one_that_was_pushed_off_is_read_again() {
    let asked = AtomicUsize::new(0);
    let server = Server::start(move |request| {
        // The newest comes first. One is taken behind the first page, so that the second begins with what was on the first.
        let there = if asked.fetch_add(1, Ordering::SeqCst) == 0 { 1000 } else { 1001 };
        let all = (0..there).rev().map(|n| json!({ "id": format!("s-{n}"), "volume_id": "v-0" }));
        let offset: usize = request.path.rsplit_once("offset=").unwrap().1.parse().unwrap();
        Answer::json(200, &json!({ "count": there, "snapshots": all.skip(offset).take(1000).collect::<Vec<_>>() }))
    });
    let found = list(&server, None).unwrap();
    assert_eq!((found.len(), found[0].id.as_str(), found[1000].id.as_str()), (1001, "s-1000", "s-0"));
    assert_eq!(server.seen().len(), 5);
}

#[test]
fn a_snapshot_is_read_as_it_comes_and_never_dropped_for_an_odd_id() {
    let of = |snapshot: Value| {
        let body = json!({ "count": 1, "snapshots": [snapshot] });
        let server = Server::start(move |_| Answer::json(200, &body));
        list(&server, Some("v-1")).map_err(|error| error.kind)
    };
    let found = of(json!({
        "id": "s-1", "volume_id": "v-1", "name": "before", "status": "rollbacking", "size": 40, "metadata": {},
        "description": null, "created_at": "2026-06-18T12:47:33.700070", "service_type": "EVS",
    }));
    let [snapshot] = &found.unwrap()[..] else { panic!("it is one") };
    assert_eq!((snapshot.id.as_str(), snapshot.volume_id.as_str(), snapshot.name.as_str()), ("s-1", "v-1", "before"));
    assert_eq!((snapshot.status.as_str(), snapshot.size), ("rollbacking", 40));
    assert_eq!(snapshot.created_at, "2026-06-18T12:47:33.700070Z".parse().ok());
    let odd =
        of(json!({ "id": "s-1", "volume_id": "v-1", "name": [], "size": "40", "created_at": "yesterday" })).unwrap();
    assert_eq!((odd[0].name.as_str(), odd[0].size, odd[0].created_at), ("", 40, None));
    for garbage in [json!(null), json!(""), json!("../x"), json!([1]), json!("a b"), json!("x".repeat(65))] {
        for field in ["id", "volume_id"] {
            let mut snapshot = json!({ "id": "s-1", "volume_id": "v-1" });
            snapshot[field] = garbage.clone();
            let kind = of(snapshot).unwrap_err();
            assert!(matches!(kind, Kind::Unreadable(Nonsense::Unread(_))), "{field} {garbage}: {kind}");
        }
    }
    // Also where it is of another volume than was asked for.
    assert!(of(json!({ "id": "", "volume_id": "v-2" })).is_err());
    assert!(of(json!({ "id": "s-1", "volume_id": "v-2" })).unwrap().is_empty());
}
