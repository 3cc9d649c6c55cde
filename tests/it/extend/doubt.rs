//! An extension whose answer was lost: sent again only while the manifest asks for it.

use super::{ACTIONS, BATCHES, at_rest, recorded, sent, sizes, web};
use crate::support::{Cloud, World};
use serde_json::json;
use std::process::Stdio;
use std::time::Duration;

/// What is lost of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lost {
    Request,
    Reply,
}

/// A history: a run whose call is in doubt ends, and another one goes on, maybe after the manifest went back.
#[derive(Debug, Clone, Copy)]
pub(crate) struct History {
    pub(crate) lost: Lost,
    pub(crate) reverted: bool,
    /// Whether the first run is killed, or ends by itself.
    pub(crate) killed: bool,
    pub(crate) count: u32,
}

fn ask(world: &World, count: u32, gb: u32) {
    world.volumes(&web(count, gb));
    world.cloud_field("settle: 1s");
}

/// Brings the call in doubt; gives how many have left. `None` where the machine was so slow that its end was seen.
fn doubted(world: &World, history: History) -> Option<u64> {
    let cut = if history.lost == Lost::Request { "before" } else { "after" };
    let rule = |path: &str| json!({"method": "POST", "path": path, "then": {"cut": cut}});
    world.cloud.faults(json!([rule(BATCHES), rule(ACTIONS)]));
    let mut words = vec!["apply", "--yes"];
    if !history.killed {
        words.extend(["--timeout", "1s"]);
    }
    let mut running = world.command(&words);
    let mut running = running.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    if history.killed {
        // On a slow machine it may take long to come so far; it does not end before.
        while sent(world) == 0 {
            assert!(running.try_wait().unwrap().is_none(), "{history:?}: nothing was sent");
            std::thread::sleep(Duration::from_millis(5));
        }
        running.kill().unwrap();
    }
    let status = running.wait().unwrap();
    world.cloud.faults(json!([]));
    if status.code() == Some(0) && history.lost == Lost::Reply {
        return None;
    }
    assert!(history.killed || status.code() == Some(7), "{history:?}: {status:?}");
    Some(sent(world))
}

/// Plays it, and judges its end. Says whether it came to a doubt.
pub(crate) fn play(history: History) -> bool {
    let History { lost, reverted, count, .. } = history;
    // A run that ends by itself must not see the end of it.
    let jobs = if history.killed { "2s" } else { "6s" };
    let world = World::in_cloud(Cloud::with(&["--job-duration", jobs]), &web(count, 20));
    world.cloud_field("settle: 1s");
    world.converge();
    ask(&world, count, 40);
    let Some(before) = doubted(&world, history) else { return false };
    if reverted {
        ask(&world, count, 20);
    }
    let all = |gb: u64| vec![gb; count as usize];
    // Nobody waits for a proof, and nothing is lost by that.
    let early = world.run(&["apply", "--yes", "--in-doubt", "fail", "--timeout", "1s"]);
    if reverted {
        assert!([0, 7].contains(&early.code), "{history:?}: {early:?}");
        assert!(early.code == 7 || lost == Lost::Reply, "{history:?}: {early:?}");
    }
    world.run(&["apply", "--yes", "--in-doubt", "wait", "--timeout", "30s"]).exits(0);
    at_rest(&world);
    let again = sent(&world) - before;
    let is_recorded = |gb: u64| recorded(&world).values().all(|size| *size == gb);
    match (lost, reverted) {
        (Lost::Request, true) => {
            assert_eq!((sizes(&world), again), (all(20), 0), "{history:?}");
            assert!(is_recorded(20), "{history:?}");
            world.run(&["plan", "--detailed-exitcode"]).exits(0).says("nothing to do");
        }
        (Lost::Reply, true) => {
            assert_eq!((sizes(&world), again), (all(40), 0), "{history:?}");
            let plan = world.run(&["plan", "--detailed-exitcode"]).exits(0);
            plan.says("drift: changed from outside").says("size  \"20 GB\" -> \"40 GB\"");
            world.run(&["plan", "--offline", "--detailed-exitcode"]).exits(0);
        }
        (Lost::Request, false) => {
            assert_eq!((sizes(&world), again), (all(40), 1), "{history:?}");
            assert!(is_recorded(40), "{history:?}");
            world.run(&["plan", "--detailed-exitcode"]).exits(0).says("nothing to do");
        }
        (Lost::Reply, false) => {
            assert_eq!((sizes(&world), again), (all(40), 0), "{history:?}");
            assert!(is_recorded(40), "{history:?}");
            world.run(&["plan", "--detailed-exitcode"]).exits(0).says("nothing to do");
        }
    }
    assert!(!std::fs::read_to_string(world.snapshot()).unwrap().contains("\"progress\""), "{history:?}");
    true
}

fn a_few(lost: Lost, reverted: bool) {
    for (killed, count) in [(true, 1), (true, 3), (false, 2)] {
        play(History { lost, reverted, killed, count });
    }
}

#[test]
fn a_lost_request_is_not_repeated_where_the_manifest_went_back() {
    a_few(Lost::Request, true);
}

#[test]
fn a_lost_reply_is_drift_where_the_manifest_went_back() {
    a_few(Lost::Reply, true);
}

#[test]
fn a_lost_request_is_repeated_while_it_is_wanted() {
    a_few(Lost::Request, false);
}

#[test]
fn a_lost_reply_is_found_and_nothing_is_done_twice() {
    a_few(Lost::Reply, false);
}
