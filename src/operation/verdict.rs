//! What a job says that became of each volume that its operation is about. Every sub-job is judged, whatever the parent says.

use super::failure::{Failure, Reason};
use crate::observed::{JobStatus, ObservedJob};
use crate::volume::VolumeId;
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::time::Duration;

/// What a job says of one volume that its operation is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is done with this volume.
    Done(VolumeId),
    /// It failed; a create may have left a volume all the same.
    Failed {
        /// The volume.
        id: Option<VolumeId>,
        /// Why.
        failure: Failure,
        /// When, where its own sub-job says so: the others may go on for long.
        at: Option<Timestamp>,
    },
    /// The job does not say: only the volumes themselves can tell. Why it failed, where it did as a whole.
    Unsaid(Option<Failure>),
}

/// Whether nothing more is to be learnt from a job: it is over, or each of the wanted sub-jobs has made its volume and the
/// parent lags. While the parent runs, a sub-job that failed may be tried again.
pub fn is_over(job: &ObservedJob, wanted: usize) -> bool {
    let is_made = |sub: &ObservedJob| sub.status == JobStatus::Success;
    let all = |subs: &Vec<ObservedJob>| subs.len() == wanted && wanted > 0 && subs.iter().all(is_made);
    job.status.has_ended() || job.sub_jobs.as_ref().is_some_and(all)
}

/// How many sub-jobs are over, and how many there are as far as known.
pub fn ended_of(job: &ObservedJob, wanted: usize) -> (u64, u64) {
    match &job.sub_jobs {
        Some(subs) => (subs.iter().filter(|sub| sub.status.has_ended()).count() as u64, subs.len().max(wanted) as u64),
        None => (if job.status.has_ended() { wanted as u64 } else { 0 }, wanted as u64),
    }
}

/// What an ended job says, one verdict for each of the wanted volumes at least.
pub fn judge(job: &ObservedJob, wanted: usize) -> Vec<Verdict> {
    let mut all: Vec<Verdict> = match &job.sub_jobs {
        // More than were asked for cannot all be the call's: only the volumes themselves can tell.
        Some(subs) if subs.len() > wanted => Vec::new(),
        Some(subs) if !subs.is_empty() => subs.iter().map(one).collect(),
        // A failed parent without sub-jobs does not say what was made before it failed.
        _ if wanted > 1 && job.status == JobStatus::Fail => vec![Verdict::Unsaid(Some(failure(job))); wanted],
        _ if wanted > 1 => Vec::new(),
        _ => vec![one(job)],
    };
    let mut known = BTreeSet::new();
    for item in &mut all {
        let id = match item {
            Verdict::Done(id) | Verdict::Failed { id: Some(id), .. } => Some(id.clone()),
            Verdict::Failed { id: None, .. } | Verdict::Unsaid(_) => None,
        };
        // One volume is not two: of the second that is named alike the job says nothing.
        if id.is_some_and(|id| !known.insert(id)) {
            *item = Verdict::Unsaid(None);
        }
    }
    while all.len() < wanted {
        all.push(Verdict::Unsaid(None));
    }
    all
}

/// When a job will be over, by the service's clock, if its sub-jobs go on to end one after another as they have so far;
/// `None` where too few have ended to tell.
pub fn ends_at(job: &ObservedJob, wanted: usize) -> Option<Timestamp> {
    const ENOUGH: usize = 5;
    let subs = job.sub_jobs.iter().flatten();
    let ends: Vec<Timestamp> = subs.filter_map(|sub| sub.ended).collect();
    if ends.len() < ENOUGH || ends.len() > wanted {
        return None;
    }
    let (first, last) = (ends.iter().min()?, ends.iter().max()?);
    let between = Duration::try_from(last.duration_since(*first)).ok()?.div_f64((ends.len() - 1) as f64);
    last.checked_add(between.mul_f64((wanted - ends.len()) as f64)).ok()
}

/// What those sub-jobs say that are over while the job goes on, as far as they name a volume. What became of one that failed is
/// for the whole job to say: it may be tried again.
pub fn judge_so_far(job: &ObservedJob, wanted: usize) -> Vec<Verdict> {
    let subs = job.sub_jobs.as_deref().unwrap_or_default();
    // More than were asked for cannot all be the call's, and of one that is named twice only the whole job can tell.
    let ids: Vec<&VolumeId> = subs.iter().filter_map(|sub| sub.volume_id.as_ref()).collect();
    let is_once = |id: &VolumeId| ids.iter().filter(|named| **named == id).count() == 1;
    let over = subs.iter().filter(|sub| subs.len() <= wanted && sub.status.has_ended()).map(one);
    over.filter(|item| match item {
        Verdict::Done(id) => is_once(id),
        Verdict::Failed { .. } | Verdict::Unsaid(_) => false,
    })
    .collect()
}

/// When a job ended, where it says so: the last of its sub-jobs, where all of them have and the parent lags.
pub fn ended_at(job: &ObservedJob) -> Option<Timestamp> {
    let subs = job.sub_jobs.iter().flatten();
    job.ended.or_else(|| subs.filter_map(|sub| sub.ended).max())
}

fn one(job: &ObservedJob) -> Verdict {
    match (&job.status, job.volume_id.clone()) {
        (JobStatus::Fail, id) => Verdict::Failed { id, failure: failure(job), at: ended_at(job) },
        (_, Some(id)) => Verdict::Done(id),
        (_, None) => Verdict::Unsaid(None),
    }
}

/// Why a job that failed did.
pub fn failure(job: &ObservedJob) -> Failure {
    Failure {
        code: job.error_code.clone().unwrap_or_default(),
        reason: job.fail_reason.clone().map_or(Reason::Unexplained, Reason::from),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(text: &str) -> ObservedJob {
        serde_json::from_str::<crate::evs::wire::Job>(text).unwrap().into()
    }

    #[test]
    fn a_failed_parent_does_not_mean_that_nothing_was_made() {
        let job = job(r#"{"status":"FAIL","error_code":"EVS.2024","entities":{"sub_jobs":[
            {"status":"SUCCESS","entities":{"volume_id":"v-1"}},
            {"status":"FAIL","entities":{"volume_id":"v-2"},"error_code":"EVS.2024","fail_reason":"volume is error!"},
            {"status":"FAIL","entities":{}},
            {"status":"RUNNING","entities":{}}]}}"#);
        let said = judge(&job, 5);
        assert_eq!(said[0], Verdict::Done(VolumeId::new("v-1").unwrap()));
        assert!(
            matches!(&said[1], Verdict::Failed { id: Some(id), failure, .. } if id.as_str() == "v-2" && failure.code == "EVS.2024")
        );
        assert!(matches!(&said[2], Verdict::Failed { id: None, .. }));
        assert_eq!(said[3..], [Verdict::Unsaid(None), Verdict::Unsaid(None)]);
    }

    #[test]
    fn what_is_named_twice_is_known_once() {
        let job = job(r#"{"status":"SUCCESS","end_time":"2026-11-28T10:00:00.123Z","entities":{"sub_jobs":[
            {"status":"SUCCESS","entities":{"volume_id":"v-1"}},
            {"status":"SUCCESS","entities":{"volume_id":"v-1"}},
            {"status":"FAIL","entities":{"volume_id":"v-1"}}]}}"#);
        let id = VolumeId::new("v-1").unwrap();
        assert_eq!(judge(&job, 3), [Verdict::Done(id), Verdict::Unsaid(None), Verdict::Unsaid(None)]);
        assert_eq!(ended_at(&job), "2026-11-28T10:00:00.123Z".parse().ok());
    }

    #[test]
    fn the_ends_of_its_sub_jobs_tell_when_a_job_will_be_over() {
        let subs = |ended: i64| {
            let sub = |n: i64| match n < ended {
                true => format!(r#"{{"status":"SUCCESS","end_time":"2026-11-28T10:00:{:02}Z"}}"#, 12 + 2 * n),
                false => r#"{"status":"RUNNING","end_time":""}"#.to_owned(),
            };
            let subs: Vec<String> = (0..10).map(sub).collect();
            job(&format!(
                r#"{{"status":"RUNNING","begin_time":"2026-11-28T10:00:00Z","entities":{{"sub_jobs":[{}]}}}}"#,
                subs.join(",")
            ))
        };
        let last = "2026-11-28T10:00:30Z".parse().ok();
        assert_eq!((ends_at(&subs(5), 10), ends_at(&subs(9), 10)), (last, last));
        assert_eq!((ends_at(&subs(4), 10), ends_at(&subs(9), 8)), (None, None));
        assert!(!is_over(&subs(9), 10) && is_over(&subs(10), 10) && !is_over(&subs(10), 11));
        let text = r#"{"status":"RUNNING","entities":{"sub_jobs":[{"status":"SUCCESS"},{"status":"FAIL"}]}}"#;
        assert!(!is_over(&job(text), 2), "what failed may be tried again");
        assert_eq!(ended_at(&subs(10)), "2026-11-28T10:00:30Z".parse().ok());
    }

    #[test]
    fn what_a_part_of_a_job_made_counts_where_nothing_contradicts_it() {
        let job = job(r#"{"status":"RUNNING","entities":{"sub_jobs":[
            {"status":"SUCCESS","entities":{"volume_id":"v-1"}},
            {"status":"RUNNING","entities":{"volume_id":"v-2"}},
            {"status":"FAIL","entities":{"volume_id":"v-3"}},
            {"status":"FAIL","entities":{}},
            {"status":"SUCCESS","entities":{"volume_id":"v-4"}},
            {"status":"RUNNING","entities":{"volume_id":"v-4"}}]}}"#);
        assert_eq!(judge_so_far(&job, 6), [Verdict::Done(VolumeId::new("v-1").unwrap())]);
        assert_eq!(judge_so_far(&job, 5), [], "more than were asked for");
    }

    #[test]
    fn a_single_job_speaks_for_itself() {
        assert_eq!(
            judge(&job(r#"{"status":"SUCCESS","entities":{"volume_id":"v"}}"#), 1),
            [Verdict::Done(VolumeId::new("v").unwrap())]
        );
        assert_eq!(judge(&job(r#"{"status":"SUCCESS"}"#), 1), [Verdict::Unsaid(None)]);
        assert!(matches!(judge(&job(r#"{"status":"FAIL","entities":{}}"#), 1)[..], [Verdict::Failed { id: None, .. }]));
        // A batch of one with one sub-job is accepted too.
        let batch =
            job(r#"{"status":"SUCCESS","entities":{"sub_jobs":[{"status":"SUCCESS","entities":{"volume_id":"v"}}]}}"#);
        assert_eq!(judge(&batch, 1).len(), 1);
    }

    #[test]
    fn a_job_without_sub_jobs_says_nothing_about_a_batch() {
        assert_eq!(
            judge(&job(r#"{"status":"SUCCESS","entities":{}}"#), 2),
            [Verdict::Unsaid(None), Verdict::Unsaid(None)]
        );
        let failed = judge(&job(r#"{"status":"FAIL","entities":{},"fail_reason":"quota"}"#), 2);
        assert!(
            matches!(&failed[..], [Verdict::Unsaid(Some(why)), Verdict::Unsaid(Some(_))] if why.reason == Reason::Told("quota".to_owned())),
            "{failed:?}"
        );
        assert!(!job(r#"{"status":"SUSPENDED"}"#).status.has_ended());
    }
}
