//! A runner that loses its disk: only the committed STACK.json comes back, as it was before the run, and the same
//! apply is made again. Calls follow from the state, so the same call with the same token is made.

use super::trials::{self, Chance};
use super::world::{begin, converges, ends, numbered, send};
use crate::support::{CREATE, Cloud, World, put, until};
use serde_json::json;
use std::time::Duration;

const VOLUMES: &str = "  data: { count: 12, size: 10 }\n  solo: { size: 10 }\n  trio: { count: 3, size: 10 }";

/// When the run is killed.
#[derive(Debug, Clone, Copy, PartialEq)]
enum When {
    /// As soon as the first call has arrived.
    Arrived,
    /// When all calls are recorded as accepted.
    Accepted,
    /// When all is done.
    Done,
    /// At any instant.
    Whenever,
}

/// What the state was that was committed.
#[derive(Debug, Clone, Copy)]
enum Committed {
    /// What `init` makes.
    Empty,
    /// What an apply left that made one other volume.
    Grown,
}

fn wait_until(world: &World, when: When, chance: &mut Chance) {
    let journal = world.dir.path().join("state/test.journal");
    let accepted = || {
        let text = std::fs::read(&journal).unwrap_or_default();
        String::from_utf8_lossy(&text).matches("\"accepted\"").count()
    };
    match when {
        When::Arrived => until("a call has arrived", || world.cloud.requests(CREATE) > 0),
        When::Accepted => until("all calls are accepted", || accepted() >= 3),
        When::Done => {}
        When::Whenever => std::thread::sleep(chance.within(Duration::from_millis(400))),
    }
}

fn trial(when: When, committed: Committed, lag: bool, chance: &mut Chance) -> String {
    let world = World::in_cloud(Cloud::with(&["--job-duration", "200ms"]), "  first: { size: 10 }");
    let mut wanted = [numbered("data", 12), vec!["solo".to_owned()], numbered("trio", 3)].concat();
    match committed {
        Committed::Empty => {
            world.volumes(VOLUMES);
            world.run(&["init"]).exits(0);
        }
        Committed::Grown => {
            world.converge();
            world.volumes(&format!("  first: {{ size: 10 }}\n{VOLUMES}"));
            wanted.insert(12, "first".to_owned());
        }
    }
    // The first volume's call does not count below.
    let (before, copy) = (world.cloud.requests(CREATE), std::fs::read(world.snapshot()).unwrap());
    let latency = json!([{"method": "POST", "path": "/v3/{project_id}/cloudvolumes", "then": {"delay_ms": 20}}]);
    world.cloud.faults(latency);
    let mut child = begin(&world, &["apply", "--yes"], "thrown.log");
    if before == 0 || when != When::Arrived {
        wait_until(&world, when, chance);
    } else {
        until("a call has arrived", || world.cloud.requests(CREATE) > before);
    }
    if when == When::Done {
        assert_eq!(ends(child), Some(0));
    } else {
        send(&child, "KILL");
        child.wait().unwrap();
    }
    let sent = world.cloud.requests(CREATE) - before;
    let state = world.dir.path().join("state");
    std::fs::remove_dir_all(&state).unwrap();
    std::fs::create_dir(&state).unwrap();
    put(&world.snapshot(), copy);
    let list = "/v2/{project_id}/cloudvolumes/detail";
    let lagging = json!([{"method": "GET", "path": list, "times": 2, "then": {"list_lag_ms": 60_000}}]);
    world.cloud.faults(if lag { lagging } else { json!([]) });
    converges(&world, &wanted);
    if sent == 0 { "before the first POST".to_owned() } else { format!("{when:?}") }
}

/// One trial by its number: every combination comes up in turn.
fn numbered_trial(number: u64, chance: &mut Chance) -> String {
    let when = [When::Arrived, When::Accepted, When::Done, When::Whenever];
    let when = when[usize::try_from(number % 4).unwrap()];
    let committed = if (number / 4).is_multiple_of(2) { Committed::Empty } else { Committed::Grown };
    trial(when, committed, !(number / 8).is_multiple_of(2), chance)
}

#[test]
fn a_state_thrown_away_in_every_way() {
    trials::run("states thrown away", 16, numbered_trial);
}

#[test]
#[ignore = "takes minutes; cargo test --release --test it torture:: -- --ignored --nocapture"]
fn states_thrown_away() {
    trials::run("states thrown away", trials::number("EVSCTL_THROWN", 200), numbered_trial);
}
