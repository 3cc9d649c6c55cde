//! A run that is killed amid its extensions: the next one finishes, under the same approval.

use super::{BATCH, at_rest, recorded, sizes, web};
use crate::support::{Cloud, World, until};
use std::process::Stdio;

/// When the run is killed.
#[derive(Debug, Clone, Copy)]
enum When {
    /// After so many calls.
    Calls(u64),
    /// When some of the volumes have grown.
    Grown,
    /// When some are recorded.
    Recorded,
}

fn killed(world: &World, changes: &str, when: When) {
    let mut running = world.command(&["apply", "--approve", changes]);
    let mut running = running.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let journal = world.dir.path().join("state/test.journal");
    until("it has come so far", || match when {
        When::Calls(calls) => world.cloud.requests(BATCH) >= calls,
        When::Grown => sizes(world).contains(&40),
        When::Recorded => std::fs::read_to_string(&journal).is_ok_and(|text| text.contains("\"extended\"")),
    });
    running.kill().unwrap();
    running.wait().unwrap();
}

#[test]
fn the_same_digest_finishes_it_from_its_own_state_and_from_the_committed_one() {
    for when in [When::Calls(1), When::Calls(2), When::Grown, When::Recorded] {
        for from_committed in [false, true] {
            let world = World::in_cloud(Cloud::with(&["--job-duration", "700ms", "--latency", "5ms"]), &web(150, 20));
            world.cloud_field("settle: 1s");
            world.converge();
            let committed = std::fs::read(world.snapshot()).unwrap();
            world.volumes(&web(150, 40));
            world.cloud_field("settle: 1s");
            let digest = || world.run(&["plan", "--format", "json"]).json()["changes"].as_str().unwrap().to_owned();
            let changes = digest();
            killed(&world, &changes, when);
            if from_committed {
                world.back_to(&committed);
                at_rest(&world);
                assert_eq!(digest(), changes, "{when:?}: what is reached counts like what is left");
            }
            world.run(&["apply", "--approve", &changes]).exits(0);
            assert_eq!(sizes(&world), vec![40; 150], "{when:?}");
            assert!(recorded(&world).values().all(|gb| *gb == 40), "{when:?}");
            assert!(world.cloud.requests(BATCH) <= 3, "{when:?}: {}", world.cloud.requests(BATCH));
            world.run(&["plan", "--detailed-exitcode"]).exits(0);
            world.run(&["plan", "--offline", "--detailed-exitcode"]).exits(0);
        }
    }
}
