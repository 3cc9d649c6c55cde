//! The life of a job, looked at from instant to instant.

use super::{World, blank, blank_with};
use crate::simulator::fault::{Failure, JobTrouble};
use serde_json::{Value, json};

fn fail(sub_jobs: Option<Vec<u32>>, leaves_volume: bool) -> Option<JobTrouble> {
    let failure = Failure { error_code: Some("EVS.2024".to_owned()), leaves_volume };
    Some(JobTrouble::Fail { sub_jobs, failure })
}

fn statuses(job: &Value) -> Vec<&str> {
    let sub_jobs = job["entities"]["sub_jobs"].as_array().unwrap();
    sub_jobs.iter().map(|it| it["status"].as_str().unwrap()).collect()
}

#[test]
fn one_volume() {
    let mut world = World::new();
    let id = world.create(blank("v"));
    let job = world.job(&id);
    assert_eq!(
        job.to_string(),
        format!(
            r#"{{"status":"INIT","entities":{{}},"job_id":"{id}","job_type":"createVolume","begin_time":"2024-01-02T03:04:05.000Z","end_time":"","error_code":null,"fail_reason":null}}"#
        )
    );
    assert_eq!(world.volumes()[0]["status"], "creating");
    world.pass(10);
    let job = world.job(&id);
    assert_eq!(job["status"], "RUNNING");
    assert!(job["entities"]["volume_id"].is_string() && job["entities"].get("sub_jobs").is_none());
    world.pass(85);
    assert_eq!(world.volumes()[0]["status"], "available");
    assert_eq!(world.job(&id)["status"], "RUNNING");
    world.pass(5);
    let job = world.job(&id);
    assert_eq!(job["status"], "SUCCESS");
    assert_eq!(job["end_time"], "2024-01-02T03:04:15.000Z");
}

#[test]
fn sub_jobs_begin_and_end_one_after_another() {
    let mut world = World::new();
    let id = world.create(blank_with(json!({"count": 5})));
    assert_eq!(world.job(&id)["entities"], json!({}));
    world.pass(13);
    let job = world.job(&id);
    assert_eq!(statuses(&job), ["RUNNING", "RUNNING", "INIT", "INIT", "INIT"]);
    assert_eq!(job["entities"]["sub_jobs"][4]["entities"], json!({}));
    world.pass(48);
    let job = world.job(&id);
    assert_eq!(
        (job["status"].as_str(), statuses(&job)),
        (Some("RUNNING"), vec!["SUCCESS", "SUCCESS", "RUNNING", "RUNNING", "RUNNING"])
    );
    world.pass(29);
    let job = world.job(&id);
    assert_eq!((job["status"].as_str(), statuses(&job)), (Some("RUNNING"), vec!["SUCCESS"; 5]));
    world.pass(10);
    assert_eq!(world.job(&id)["status"], "SUCCESS");
}

#[test]
fn some_sub_jobs_fail_and_leave_volumes_in_error() {
    let mut world = World::new();
    world.trouble = fail(Some(vec![2, 5]), true);
    let id = world.create(blank_with(json!({"count": 5})));
    world.pass(95);
    assert_eq!(world.job(&id)["error_code"], Value::Null);
    world.pass(5);
    let job = world.job(&id);
    assert_eq!((job["status"].as_str(), job["error_code"].as_str()), (Some("FAIL"), Some("EVS.2024")));
    assert_eq!(job["fail_reason"], "EbsCreateVolumeTask-fail:volume is error!");
    assert_eq!(statuses(&job).iter().filter(|it| **it == "FAIL").count(), 2);
    assert!(job["entities"]["sub_jobs"].as_array().unwrap().iter().all(|it| it["entities"]["volume_id"].is_string()));
    let mut failed = world.names("status=error");
    failed.sort();
    assert_eq!(failed, ["v-0002", "v-0005"]);
    let quota = world.get("/v2/{p}/os-quota-sets/x?usage=True").1;
    assert_eq!(quota["quota_set"]["volumes"], json!({"reserved": 0, "limit": -1, "in_use": 5}));
}

#[test]
fn a_failure_before_there_is_a_volume_leaves_none() {
    let mut world = World::new();
    world.trouble = fail(None, false);
    let id = world.create(blank("v"));
    world.pass(50);
    assert_eq!(world.get("/v2/{p}/os-quota-sets/x?usage=True").1["quota_set"]["volumes"]["reserved"], 1);
    world.pass(50);
    let job = world.job(&id);
    assert_eq!((job["status"].as_str(), &job["entities"]), (Some("FAIL"), &json!({})));
    assert_eq!(world.volumes(), [] as [Value; 0]);
    assert_eq!(world.get("/v2/{p}/os-quota-sets/x?usage=True").1["quota_set"]["volumes"]["reserved"], 0);
}

#[test]
fn a_job_that_hangs_never_ends() {
    let mut world = World::new();
    world.trouble = Some(JobTrouble::Hang);
    let id = world.create(blank("v"));
    world.pass(100_000);
    assert_eq!(world.job(&id)["status"], "RUNNING");
    assert_eq!(world.volumes()[0]["status"], "creating");
}

#[test]
fn a_job_that_vanishes_is_not_known_and_does_its_work() {
    let mut world = World::new();
    world.trouble = Some(JobTrouble::Vanish);
    let id = world.create(blank_with(json!({"count": 2})));
    let unknown = |world: &mut World, id: &str| {
        let (status, body) = world.get(&format!("/v1/{{p}}/jobs/{id}"));
        assert_eq!((status, body["error"]["code"].as_str()), (400, Some("Common.0011")));
    };
    unknown(&mut world, &id);
    assert_eq!(world.names("status=creating").len(), 2);
    world.pass(100);
    unknown(&mut world, &id);
    assert_eq!(world.names("status=available").len(), 2);
    let volume = world.volumes()[0]["id"].as_str().unwrap().to_owned();
    let (_, deletion) = world.send("DELETE", &format!("/v2/{{p}}/cloudvolumes/{volume}"), b"");
    unknown(&mut world, deletion["job_id"].as_str().unwrap());
    world.pass(100);
    assert_eq!(world.volumes().len(), 1);
}

#[test]
fn a_job_of_no_duration_is_over_at_once() {
    let mut world = World::new();
    world.cloud.job_duration = 0;
    let id = world.create(blank_with(json!({"count": 3})));
    assert_eq!(world.job(&id)["status"], "SUCCESS");
    assert!(world.volumes().iter().all(|it| it["status"] == "available"));
}

#[test]
fn a_clock_that_goes_back_changes_nothing() {
    let mut world = World::new();
    let id = world.create(blank("v"));
    world.pass(100);
    assert_eq!(world.job(&id)["status"], "SUCCESS");
    world.pass(-90);
    assert_eq!(world.job(&id)["status"], "SUCCESS");
}

#[test]
fn a_job_that_is_not_known_is_400() {
    let mut world = World::new();
    let (status, body) = world.get("/v1/{p}/jobs/ff808081692a62c70169b4dcf9514264");
    assert_eq!((status, body["error"]["code"].as_str()), (400, Some("Common.0011")));
    let id = world.create(blank("v"));
    let (status, _) = world.get(&format!("/v1/ffffffffffffffffffffffffffffffff/jobs/{id}"));
    assert_eq!(status, 400);
}

#[test]
fn the_same_seed_gives_the_same_answers() {
    let run = || {
        let mut world = World::new();
        let id = world.create(blank_with(json!({"count": 7})));
        world.pass(100);
        (world.job(&id), world.volumes())
    };
    assert_eq!(run(), run());
}
