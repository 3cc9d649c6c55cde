//! Nothing waits that need not: jobs that hang, and parts of jobs, hold up their own volumes alone.

use crate::support::{CREATE, Cloud, World, until};
use serde_json::json;
use std::time::{Duration, Instant};

const POST: &str = "/v3/{project_id}/cloudvolumes";
const JOB: &str = "GET /v1/{project_id}/jobs/{job_id}";

#[test]
fn a_job_that_hangs_from_an_earlier_run_holds_up_no_new_volume() {
    let world = World::new("  hung: { count: 2, size: 10 }");
    world.cloud.faults(json!([{"method": "POST", "path": POST, "times": 1, "then": {"job": "hang"}}]));
    world.run(&["apply", "--yes", "--timeout", "500ms"]).exits(7);
    world.volumes("  hung: { count: 2, size: 10 }\n  fresh: { size: 10 }");
    let mut command = world.command(&["apply", "--yes", "--timeout", "20s", "--format", "json"]);
    let mut child = command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap();
    until("its call is taken", || world.cloud.requests(CREATE) == 2);
    let taken = Instant::now();
    let recorded = || {
        let journal = std::fs::read(world.snapshot().with_extension("journal")).unwrap_or_default();
        String::from_utf8_lossy(&journal).contains("\"created\"")
    };
    until("it is recorded", recorded);
    assert!(taken.elapsed() < Duration::from_secs(2), "{:?}", taken.elapsed());
    assert!(child.try_wait().unwrap().is_none(), "the other one is still waited for");
    child.kill().unwrap();
    child.wait().unwrap();
    world.run(&["state", "show", "fresh"]).exits(0).says("available");
    world.run(&["plan", "--detailed-exitcode"]).exits(2).says("resume");
}

#[test]
fn a_part_of_a_job_that_is_over_is_recorded_while_another_hangs() {
    let world = World::new("  data: { count: 100, size: 10 }");
    let hang = json!({"job": "hang", "sub_jobs": [37]});
    world.cloud.faults(json!([{"method": "POST", "path": POST, "times": 1, "then": hang}]));
    let finished = world.run(&["apply", "--yes", "--timeout", "3s", "--format", "json"]).exits(7).finished();
    assert_eq!(
        (&finished["created"], &finished["failed"], &finished["unfinished"]),
        (&json!(99), &json!(0), &json!(1))
    );
    assert_eq!(world.recorded().len(), 99);
    world.run(&["plan", "--detailed-exitcode"]).exits(2).says("resume");
    // Its volume is usable at last, while its job still hangs.
    let creating = |volume: &&serde_json::Value| volume["status"] == "creating";
    let last = world.cloud.volumes().iter().find(creating).unwrap()["id"].as_str().unwrap().to_owned();
    world.cloud.edit(&last, json!({"status": "available"}));
    let finished = world.run(&["apply", "--yes", "--timeout", "20s", "--format", "json"]).exits(0).finished();
    assert_eq!(finished["resumed"], json!(100), "{finished}");
    assert_eq!(world.cloud.requests(CREATE), 1);
    assert_eq!(world.cloud.names(), (1..=100).map(|n| format!("data-{n:04}")).collect::<Vec<_>>());
    world.run(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn many_volumes_cost_little_more_than_a_call_and_a_look_at_its_job_each() {
    let world = World::in_cloud(
        Cloud::with(&["--job-duration", "6s"]),
        &(1..=60).map(|n| format!("  v{n:02}: {{ size: 10 }}\n")).collect::<String>(),
    );
    world.run(&["apply", "--yes"]).exits(0);
    assert_eq!(world.cloud.requests(CREATE), 60);
    let (jobs, all) = (world.cloud.requests(JOB), world.cloud.all_requests());
    assert!(jobs <= 60 + 20, "{jobs} looks at jobs");
    assert!(all <= 120 + 30, "{all} calls");
}
