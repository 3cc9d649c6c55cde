//! A call that the cloud took, from its job to its last rename.

use super::collect::Collecting;
use super::collected::Collected;
use super::context::Context;
use super::following::Following;
use super::made::Made;
use super::record::Halted;
use super::span::{came_to, went_wrong};
use super::watched::{Ended, News, Shown, Subject};
use super::why::Open;
use crate::evs::Meaning;
use crate::evs::wire::UpdateVolume;
use crate::operation::Create;
use crate::operation::verdict::{Verdict, ended_at, judge, judge_so_far};
use crate::plan::Verb;
use crate::state::Change;
use crate::volume::{JobId, Receipt, Slot, VolumeId};
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::time::Instant;

/// While the job of a call goes on, its volumes are looked for by themselves too, rarely: a job may hang over volumes
/// that are all there. Of a job that an earlier run waited for, sooner.
const BESIDE_ITS_JOB: Duration = Duration::from_secs(300);
const BESIDE_AN_OLD_JOB: Duration = Duration::from_secs(2);
/// A list of so long ago serves as well, since only what it shows counts.
const SAME_LIST: Duration = Duration::from_secs(5);

/// Follows a call that the cloud took from its job to its last rename. Gives the slots for which it surely made none, where
/// that is known without its job's word.
pub(super) async fn follow(cx: &Context, call: Following) -> Result<BTreeSet<Slot>, Halted> {
    Follow { cx }.follow(call).await
}

struct Follow<'a> {
    cx: &'a Context,
}

impl Follow<'_> {
    /// Waits for the job, records all that it made, and gives the names. What is made by a part of the job that is over is
    /// recorded while the rest goes on.
    async fn follow(&self, mut call: Following) -> Result<BTreeSet<Slot>, Halted> {
        let deadline = Instant::now() + self.cx.timeout;
        let wanted = call.create.slots.len();
        let ended = match call.receipt.clone() {
            Some(Receipt::Job(job_id)) => self.watch(&mut call, job_id, deadline).await?,
            Some(Receipt::Order(_)) | None => Some(Ended::Vanished),
        };
        let (items, over_at) = match ended {
            Some(Ended::Job(job)) => (judge(&job, wanted), ended_at(&job)),
            // Only the volumes can tell then, by the tag that they carry.
            Some(Ended::Vanished) => (unnamed(&call, wanted), None),
            // It goes on until now, and so may what it makes.
            None => (unnamed(&call, wanted), Some(self.cx.client.service_now())),
            Some(Ended::Late) => return self.left(&call, Open::JobLate).map(|()| BTreeSet::new()),
            Some(Ended::Stopped) => {
                came_to("under way");
                return Ok(BTreeSet::new());
            }
            Some(Ended::Refused(error)) => {
                self.cx.tally.change(|report| report.denied |= error.meaning() == Some(Meaning::Denied));
                return self.left(&call, Open::JobUnread(error.kind)).map(|()| BTreeSet::new());
            }
        };
        let collecting = Collecting { cx: self.cx, call: &call };
        let collected = match collecting.all(items, over_at, deadline).await {
            Ok(collected) => collected,
            Err(None) => {
                came_to("under way");
                return Ok(BTreeSet::new());
            }
            Err(Some(why)) => return self.left(&call, *why).map(|()| BTreeSet::new()),
        };
        self.keep(call, collected).await
    }

    /// Follows the job to its end. `None` where it goes on and all of its volumes are there without that.
    async fn watch(&self, call: &mut Following, job_id: JobId, deadline: Instant) -> Result<Option<Ended>, Halted> {
        let wanted = call.create.slots.len();
        let tagged = call.tagged.then(|| call.id.clone());
        let shown = Shown::Made { tagged, named: call.named.clone() };
        let mut watch = self.cx.poller.watch(Subject { job_id, wanted, shown }, self.cx.timeout);
        let mut pause = if call.resumed { BESIDE_AN_OLD_JOB } else { BESIDE_ITS_JOB };
        loop {
            match tokio::time::timeout(pause, watch.next()).await {
                Ok(News::Over(ended)) => return Ok(Some(ended)),
                Ok(News::Part(job)) => self.keep_part(call, judge_so_far(&job, wanted), deadline).await?,
                Err(_) => {
                    pause = (pause * 2).min(BESIDE_ITS_JOB);
                    if self.are_all_there(call, deadline).await {
                        return Ok(None);
                    }
                }
            }
        }
    }

    /// Whether a list shows the volumes of a call by its tag, all of them and no more, and each of them usable. What comes
    /// from a backup may be usable before it is restored.
    async fn are_all_there(&self, call: &Following, deadline: Instant) -> bool {
        if !call.tagged || call.is_from_backup() {
            return false;
        }
        let now = Instant::now();
        let since = now.checked_sub(SAME_LIST).unwrap_or(now);
        let listed = tokio::time::timeout_at(deadline, self.cx.sight.list_since(since)).await;
        let Ok(Ok(listed)) = listed else { return false };
        let owner = self.cx.owner(&call.id);
        let tagged: Vec<_> = listed.volumes.values().filter(|volume| owner.marks(&volume.tags)).collect();
        tagged.len() == call.create.slots.len() && tagged.iter().all(|volume| volume.status.is_usable())
    }

    /// Records what a part of a call's job made that is over, as far as it shows by now.
    async fn keep_part(&self, call: &mut Following, items: Vec<Verdict>, deadline: Instant) -> Result<(), Halted> {
        // Trouble while waiting says nothing about the volumes.
        let collected = tokio::time::timeout_at(deadline, Collecting { cx: self.cx, call }.part(items)).await;
        let Ok(Ok(collected)) = collected else { return Ok(()) };
        let made = self.record_made(call, &collected, false).await?;
        self.cx.tally.change(|report| report.failed += made.failed as u64);
        Ok(())
    }

    /// Records everything that the call made, then renames, then closes the call. Gives the slots for which it surely made
    /// none.
    async fn keep(&self, mut call: Following, collected: Collected) -> Result<BTreeSet<Slot>, Halted> {
        let failed_before = call.kept.len() - call.good;
        let made = self.record_made(&mut call, &collected, true).await?;
        let lost = call.create.slots.len().saturating_sub(call.good + made.absent + failed_before);
        let lost = match (&collected.incomplete, call.only) {
            (Some(_), _) => 0,
            (None, Some(_)) => lost.saturating_sub(made.unfilled.len()),
            (None, None) => lost,
        };
        self.cx.tally.change(|report| report.failed += lost as u64);
        if let Some(why) = collected.incomplete {
            return self.left(&call, Open::Incomplete(why)).map(|()| BTreeSet::new());
        }
        match lost + failed_before {
            0 => came_to("done"),
            _ => went_wrong("done in part"),
        }
        let done = Change::Done { call: call.id.clone(), at: self.cx.client.service_now() };
        self.cx.recorder.note(vec![done], Vec::new())?;
        // A volume that a list showed and that is not found again is none that was never made.
        let filled = call.create.slots.len() - made.unfilled.len();
        let is_certain = call.only.is_some_and(|only| filled >= only);
        self.cx.tally.change(|report| report.closed += u64::from(call.only.is_some() && !is_certain));
        Ok(if is_certain { made.unfilled } else { BTreeSet::new() })
    }

    /// Records the volumes that are not recorded yet, and at the end gives their names. `all` is whether nothing more is to
    /// come. Gives what was recorded, in numbers.
    async fn record_made(&self, call: &mut Following, collected: &Collected, all: bool) -> Result<Counted, Halted> {
        let mut made = Made::of(&self.cx.state, call, collected, all);
        if made.absent > 0 {
            self.tell_left(call, Open::Unshown);
        }
        let counted =
            Counted { failed: made.failed, absent: made.absent, unfilled: std::mem::take(&mut made.unfilled) };
        let good = made.good;
        self.cx.tally.change(|report| {
            let sum = if call.resumed { &mut report.resumed } else { &mut report.created };
            *sum += good as u64;
        });
        let (misnamed, kept) = (std::mem::take(&mut made.misnamed), made.slots().collect::<Vec<_>>());
        if !made.is_empty() || all {
            let (changes, events) = made.into_record(call);
            self.cx.recorder.record(changes, events).await?;
        }
        self.cx.calls.record(kept.iter().map(|(id, _)| id.clone()));
        call.good += good;
        call.kept.extend(kept);
        call.misnamed.extend(misnamed);
        if all {
            self.name(call).await?;
        }
        Ok(counted)
    }

    /// Gives the names that the service could not, the highest slot's first. One that was not given does not
    /// keep the call open: the next plan sees it, and it counts as approved with the call.
    async fn name(&self, call: &Following) -> Result<(), Halted> {
        let renames = call.misnamed.iter().rev().map(|(slot, id)| self.give_name(&call.create, *slot, id));
        for given in futures_util::future::join_all(renames).await {
            given?;
        }
        Ok(())
    }

    async fn give_name(&self, create: &Create, slot: Slot, id: &VolumeId) -> Result<(), Halted> {
        let address = create.address(slot);
        let Some(name) = create.slots.get(&slot).cloned() else { return Ok(()) };
        let update = UpdateVolume { name: Some(name.to_string()), description: None };
        match self.cx.client.update_volume(id, update).await {
            Ok(()) => {
                let description = create.spec.description.clone();
                self.cx.recorder.note(vec![Change::Renamed { address, name, description }], Vec::new())
            }
            Err(error) => {
                self.cx.step_failed(Verb::Rename, &address, Some(id), &error);
                Ok(())
            }
        }
    }

    /// The end was not seen: the call stays open, and the next run goes on with it.
    fn left(&self, call: &Following, why: Open) -> Result<(), Halted> {
        went_wrong("not seen to end");
        self.tell_left(call, why);
        Ok(())
    }

    fn tell_left(&self, call: &Following, why: Open) {
        let create = &call.create;
        self.cx.unfinished(call.receipt.clone(), &create.key, create.slots.keys().copied().collect(), why);
    }
}

/// What was recorded at once of a call's volumes, beside the good ones.
struct Counted {
    failed: usize,
    absent: usize,
    /// The slots that have no volume.
    unfilled: BTreeSet<Slot>,
}

/// What is known of a call's volumes where no job tells: how many of them there will ever be at the most.
fn unnamed(call: &Following, wanted: usize) -> Vec<Verdict> {
    vec![Verdict::Unsaid(None); call.only.unwrap_or(wanted).min(wanted)]
}
