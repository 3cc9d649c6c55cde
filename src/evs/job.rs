//! A job, from the wire's shape to ours.

use super::wire::Job;
use crate::observed::{JobStatus, ObservedJob};
use crate::volume::VolumeId;

/// What makes no sense is left out: a time that is none, as that of a job that goes on, and an id that is none.
impl From<Job> for ObservedJob {
    fn from(job: Job) -> ObservedJob {
        ObservedJob {
            status: JobStatus::new(job.status),
            begun: job.begin_time.parse().ok(),
            ended: job.end_time.parse().ok(),
            volume_id: job.entities.volume_id.and_then(|id| VolumeId::new(id).ok()),
            error_code: job.error_code,
            fail_reason: job.fail_reason,
            sub_jobs: job.entities.sub_jobs.map(|sub_jobs| sub_jobs.into_iter().map(ObservedJob::from).collect()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> ObservedJob {
        serde_json::from_str::<Job>(text).unwrap().into()
    }

    #[test]
    fn a_job_is_read_with_its_sub_jobs_and_what_makes_no_sense_is_left_out() {
        let job = read(
            r#"{"status":"FAIL","begin_time":"2026-11-28T10:00:00.123Z","end_time":"","error_code":"EVS.2024",
            "fail_reason":"volume is error!","entities":{"sub_jobs":[
            {"status":"odd","end_time":"2026-11-28T10:00:09.000Z","entities":{"volume_id":"v-1"}},
            {"status":"SUCCESS","begin_time":"soon","entities":{"volume_id":"../v"}}]}}"#,
        );
        assert_eq!(
            (job.status, job.begun, job.ended),
            (JobStatus::Fail, "2026-11-28T10:00:00.123Z".parse().ok(), None)
        );
        assert_eq!(
            (job.error_code.as_deref(), job.fail_reason.as_deref()),
            (Some("EVS.2024"), Some("volume is error!"))
        );
        let sub_jobs = job.sub_jobs.unwrap();
        assert_eq!(
            (sub_jobs[0].status.as_str(), sub_jobs[0].volume_id.as_ref()),
            ("odd", VolumeId::new("v-1").ok().as_ref())
        );
        assert_eq!(sub_jobs[0].ended, "2026-11-28T10:00:09Z".parse().ok());
        assert_eq!((sub_jobs[1].begun, &sub_jobs[1].volume_id), (None, &None));
    }

    #[test]
    fn no_sub_jobs_are_another_thing_than_an_empty_list_of_them() {
        assert_eq!(read(r#"{"status":"INIT","entities":{}}"#).sub_jobs, None);
        assert_eq!(read(r#"{"status":"INIT","entities":{"sub_jobs":[]}}"#).sub_jobs, Some(Vec::new()));
    }
}
