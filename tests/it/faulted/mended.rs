//! What the sweep has found, each as a test of its own.

use super::kinds;
use super::shim::{self, How};
use crate::support::{CREATE, World};

/// The approval of a run that was given up in the middle goes on to hold for what it left: here for a call that was
/// recorded and never left, at a service without tokens, so that it is proved not to have happened and made anew.
#[test]
fn a_run_that_was_given_up_has_not_spent_its_approval() {
    if super::is_skipped() {
        return;
    }
    let volumes = "  a: { size: 10 }\n  b: { size: 20 }";
    let again = |at: u32| {
        let world = kinds::world("40ms", &["--client-tokens", "off"], volumes);
        let changes = world.run(&["plan", "--format", "json"]).exits(0).json()["changes"].as_str().unwrap().to_owned();
        let approved = ["apply", "--approve", &changes, "--parallelism", "1", "--in-doubt", "wait"];
        // The lock is looked at before each write, and right before a call leaves.
        let seen = shim::run_only(world.command(&approved), world.dir.path(), "statx test.lock", at, How::First);
        assert!(seen.failed.is_some(), "{at}: {seen:?}");
        world.run(&approved).exits(0);
        assert_eq!(world.cloud.names(), ["a", "b", "of another stack", "somebody's"], "look {at} at the lock");
        seen.code != Some(0)
    };
    let given_up: Vec<bool> = std::thread::scope(|scope| {
        let looks: Vec<_> = (6..18).map(|at| scope.spawn(move || again(at))).collect();
        looks.into_iter().map(|look| look.join().unwrap()).collect()
    });
    assert!(given_up.iter().filter(|given_up| **given_up).count() > 5, "{given_up:?}");
}

/// The library that listens for signals panics where it gets no descriptors for them.
#[test]
fn a_run_without_descriptors_for_its_signals_is_an_error() {
    if super::is_skipped() {
        return;
    }
    let world = World::new("  a: { size: 10 }");
    for words in [&["apply", "--yes", "--format", "json"][..], &["plan"]] {
        let seen = shim::run_only(world.command(words), world.dir.path(), "socketpair ", 1, How::First);
        assert!(seen.failed.is_some(), "{seen:?}");
        assert_eq!(seen.code, Some(1), "{}", seen.stderr);
        assert!(seen.stderr.contains("descriptors") && !seen.stderr.contains("panicked"), "{}", seen.stderr);
    }
    assert_eq!(world.cloud.requests(CREATE), 0);
    world.converge();
}
