//! A call that changes volumes and was taken, or surely happened: its job, to its end.

use super::altering::{Alter, Altering};
use super::said::Said;
use crate::apply::record::Halted;
use crate::apply::span::{came_to, went_wrong};
use crate::apply::watched::{Ended, News, Shown, Subject};
use crate::apply::why::Open;
use crate::evs::Meaning;
use crate::observed::{JobStatus, ObservedJob};
use crate::operation::goal::{self, Goal};
use crate::operation::verdict::{self, Verdict, judge, judge_so_far};
use crate::operation::{Growth, Kind};
use crate::volume::{Address, JobId, Receipt, VolumeId};
use std::collections::BTreeSet;
use tokio::time::Instant;

impl Alter<'_> {
    /// Waits for the job, then for the volumes, and records each that has reached what it is for. Gives what is left of a
    /// call that only its volumes tell of, where these are at rest and as they were.
    pub(super) async fn follow(
        &self,
        mut call: Altering,
        receipt: Option<Receipt>,
        deadline: Instant,
    ) -> Result<Option<Altering>, Halted> {
        let mut said = Said::default();
        if let Some(Receipt::Job(job_id)) = &receipt {
            match self.watch(&mut call, job_id.clone(), deadline).await? {
                Ok(job) => said = job,
                Err(None) => {
                    came_to("under way");
                    return Ok(None);
                }
                Err(Some(why)) => {
                    // A job that hangs says nothing of volumes that show to have grown.
                    if self.keep_reached(&mut call).await? {
                        came_to("done");
                        return Ok(None);
                    }
                    went_wrong("unfinished");
                    self.left(&call, receipt.as_ref(), &why);
                    return Ok(None);
                }
            }
        }
        self.collect(call, receipt, said, deadline).await
    }

    /// Follows the job to its end. `Err` is why its end was not seen; nothing where the run is stopping.
    async fn watch(
        &self,
        call: &mut Altering,
        job_id: JobId,
        deadline: Instant,
    ) -> Result<Result<Said, Option<Open>>, Halted> {
        let wanted = call.sending.recorded.targets();
        let shown = match &call.sending.recorded.kind {
            Kind::Extend(extend) => {
                Shown::Grown(extend.volumes.values().map(|growth| (growth.id.clone(), growth.to)).collect())
            }
            Kind::Delete(_) | Kind::Create(_) => Shown::Nowhere,
        };
        // Which of its sub-jobs are meant their ids tell: what is recorded already is no target any more.
        let of = |job: &ObservedJob| job.sub_jobs.as_ref().map_or(wanted, |subs| subs.len().max(wanted));
        let mut watch = self
            .cx
            .changes
            .watch(Subject { job_id, wanted, shown }, deadline.saturating_duration_since(Instant::now()));
        loop {
            match watch.next().await {
                News::Part(job) => {
                    let done = judge_so_far(&job, of(&job)).into_iter().filter_map(|verdict| match verdict {
                        Verdict::Done(id) => Some(id),
                        Verdict::Failed { .. } | Verdict::Unsaid(_) => None,
                    });
                    self.keep_part(call, &done.collect(), deadline).await?;
                }
                News::Over(Ended::Job(job)) => {
                    let mut said = Said { is_over: true, ..Said::default() };
                    for verdict in judge(&job, of(&job)) {
                        match verdict {
                            Verdict::Done(_) | Verdict::Unsaid(None) => {}
                            Verdict::Failed { id: Some(id), failure, .. } => drop(said.failed.insert(id, failure)),
                            Verdict::Failed { id: None, failure, .. } | Verdict::Unsaid(Some(failure)) => {
                                said.all.get_or_insert(failure);
                            }
                        }
                    }
                    // A parent that failed for one volume says nothing of the others.
                    if said.all.is_none() && said.failed.is_empty() && wanted == 1 {
                        let failed = job.status == JobStatus::Fail;
                        said.all = failed.then(|| verdict::failure(&job));
                    }
                    return Ok(Ok(said));
                }
                // Only the volumes can tell then.
                News::Over(Ended::Vanished) => return Ok(Ok(Said { is_over: true, ..Said::default() })),
                News::Over(Ended::Late) => return Ok(Err(Some(Open::JobLate))),
                News::Over(Ended::Stopped) => return Ok(Err(None)),
                News::Over(Ended::Refused(error)) => {
                    self.cx.tally.change(|report| report.denied |= error.meaning() == Some(Meaning::Denied));
                    return Ok(Err(Some(Open::JobUnread(error.kind))));
                }
            }
        }
    }

    /// Records those of the volumes that a part of the job has reached, while the rest goes on.
    async fn keep_part(&self, call: &mut Altering, done: &BTreeSet<VolumeId>, deadline: Instant) -> Result<(), Halted> {
        let Kind::Extend(extend) = &call.sending.recorded.kind else { return Ok(()) };
        let ids: Vec<VolumeId> =
            extend.volumes.values().map(|growth| &growth.id).filter(|id| done.contains(*id)).cloned().collect();
        if ids.is_empty() {
            return Ok(());
        }
        // Trouble while waiting says nothing about the volumes.
        let read = tokio::time::timeout_at(deadline, self.cx.sight.read(&ids, Instant::now())).await;
        let Ok(Ok(volumes)) = read else { return Ok(()) };
        let is_reached = |growth: &Growth| goal::grown(growth, volumes.get(&growth.id)) == Goal::Reached;
        let mut reached: BTreeSet<Address> = extend
            .volumes
            .iter()
            .filter(|(_, growth)| is_reached(growth))
            .map(|(address, _)| address.clone())
            .collect();
        // The last of them is recorded together with the end of the call.
        if reached.len() == extend.volumes.len() {
            reached.pop_last();
        }
        self.keep(call, reached, false).await
    }
}
