//! Every second answer to a create call is lost after the work was done.

use super::world::{holds, numbered};
use crate::support::{CREATE, Cloud, World};
use serde_json::json;
use std::time::Instant;

/// Applies with every second answer lost; whether the service honours tokens makes no difference to the end. Where it
/// does not, the answer that is lost may be a refusal: then only time proves that nothing was made.
fn proof(volumes: &str, wanted: &[String], tokens: &[&str]) {
    let since = Instant::now();
    let world = World::in_cloud(Cloud::with(&[&["--job-duration", "100ms"], tokens].concat()).with_control(), volumes);
    world.cloud_field("settle: 1s");
    let path = "/v3/{project_id}/cloudvolumes";
    world.cloud.faults(json!([{"method": "POST", "path": path, "every": 2, "then": {"cut": "after"}}]));
    world.run(&["apply", "--yes", "--in-doubt", "wait"]).exits(0);
    holds(&world, wanted);
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
    println!(
        "lost replies: {} volumes by {} POSTs in {:.1} s, {}: 0 orphans, 0 duplicates",
        wanted.len(),
        world.cloud.requests(CREATE),
        since.elapsed().as_secs_f64(),
        if tokens.is_empty() { "tokens honoured" } else { "tokens off" }
    );
}

fn singles() -> (String, Vec<String>) {
    let names: Vec<String> = (1..=20).map(|n| format!("v{n:02}")).collect();
    (names.iter().map(|name| format!("  {name}: {{ size: 10 }}\n")).collect(), names)
}

const BATCH: &str = "  data: { count: 130, size: 10 }";
const OFF: &[&str] = &["--client-tokens", "off"];

#[test]
fn twenty_calls_half_of_whose_answers_are_lost() {
    let (volumes, names) = singles();
    proof(&volumes, &names, &[]);
}

#[test]
fn twenty_calls_half_of_whose_answers_are_lost_without_tokens() {
    let (volumes, names) = singles();
    proof(&volumes, &names, OFF);
}

#[test]
fn a_batch_with_a_lost_answer() {
    proof(BATCH, &numbered("data", 130), &[]);
}

#[test]
fn a_batch_with_a_lost_answer_without_tokens() {
    proof(BATCH, &numbered("data", 130), OFF);
}
