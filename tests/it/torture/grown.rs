//! Extensions: an apply of orders killed at random instants, after which no volume has two; and doubts, with the manifest taken
//! back or not.

use super::trials::{self, Chance};
use super::world::{begin, ends, said, send};
use crate::extend::doubt::{History, Lost, play};
use crate::extend::orders::{by_volume, world};
use crate::extend::{recorded, sizes};
use crate::support::{Cloud, World};
use serde_json::Value;
use std::time::{Duration, Instant};

const VOLUMES: u32 = 20;
/// So that many of the kills come amid the orders.
const FEW_AT_ONCE: [&str; 4] = ["apply", "--yes", "--parallelism", "2"];
/// How many applies may be needed after a kill.
const APPLIES: usize = 6;

fn stack(latency: &str) -> World {
    world(Cloud::with(&["--job-duration", "300ms", "--latency", latency]), VOLUMES, true)
}

/// How long a whole run takes.
fn whole(latency: &str) -> Duration {
    let world = stack(latency);
    let since = Instant::now();
    world.run(&FEW_AT_ONCE).exits(0);
    since.elapsed()
}

/// What a person does about calls in doubt: looks in the billing console, and gives up those that made no order. Gives how
/// many those are.
fn given_up(world: &World) -> u64 {
    let state: Value = serde_json::from_slice(&std::fs::read(world.snapshot()).unwrap()).unwrap();
    let ordered = by_volume(&world.cloud);
    let mut given_up = 0;
    for (id, call) in state["calls"].as_object().into_iter().flatten() {
        let volumes = call["extend"].as_object().unwrap_or_else(|| panic!("{call}"));
        let about = volumes.values().map(|growth| growth["id"].as_str().unwrap_or_else(|| panic!("{call}")).to_owned());
        if about.into_iter().all(|id| !ordered.contains_key(&id)) {
            world.run(&["state", "rm", "--call", id]).exits(0);
            given_up += 1;
        }
    }
    given_up
}

fn trial(wholes: &[(&str, Duration)], chance: &mut Chance) -> String {
    let (latency, whole) = chance.one_of(wholes);
    let world = stack(latency);
    let child = begin(&world, &FEW_AT_ONCE, "killed.log");
    std::thread::sleep(chance.within(whole.mul_f64(1.1)));
    send(&child, "KILL");
    ends(child);
    let ordered = by_volume(&world.cloud).len();
    let mut by_hand = 0;
    let converged = (0..APPLIES).any(|_| {
        let ran = world.run(&["apply", "--yes", "--timeout", "3s"]);
        assert!([0, 7].contains(&ran.code), "{ran:?}\n{}", said(&world, "killed.log"));
        by_hand += if ran.code == 7 { given_up(&world) } else { 0 };
        ran.code == 0
    });
    assert!(converged, "{APPLIES} applies were not enough");
    let each = by_volume(&world.cloud);
    assert!(each.len() == VOLUMES as usize && each.values().all(|orders| *orders == 1), "{each:?}");
    assert_eq!(sizes(&world), vec![40; VOLUMES as usize]);
    assert!(recorded(&world).values().all(|gb| *gb == 40));
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
    let when = match ordered {
        0 => "before the first order",
        n if n < VOLUMES as usize => "amid the orders",
        _ => "after the last order",
    };
    format!("{when}{}", if by_hand > 0 { ", with calls given up by hand" } else { "" })
}

fn orders(trials: u64) {
    let wholes = ["0ms", "40ms"].map(|latency| (latency, whole(latency)));
    trials::run("orders that are cut short", trials, |_, chance| trial(&wholes, chance));
}

fn doubts(trials: u64) {
    trials::run("extensions in doubt", trials, |number, chance| {
        let lost = if number % 2 == 0 { Lost::Request } else { Lost::Reply };
        let (reverted, killed) = (number % 4 < 2, chance.below(3) > 0);
        match play(History { lost, reverted, killed, count: chance.one_of(&[1, 3]) }) {
            true => format!("{lost:?} lost, {}", if reverted { "reverted" } else { "wanted" }),
            false => "over before".to_owned(),
        }
    });
}

#[test]
fn a_few_kills_amid_orders() {
    orders(4);
}

#[test]
#[ignore = "takes minutes; cargo test --release --test it torture:: -- --ignored --nocapture"]
fn kills_amid_orders() {
    orders(trials::number("EVSCTL_GROWN", 100));
}

#[test]
#[ignore = "takes minutes; cargo test --release --test it torture:: -- --ignored --nocapture"]
fn extensions_in_doubt() {
    doubts(trials::number("EVSCTL_REVERTED", 400));
}
