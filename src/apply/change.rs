//! The steps about one volume that exists: rename, clean, forget, adopt.

use super::context::Context;
use super::event::Event;
use super::record::Halted;
use super::watched::{Ended, Shown, Subject};
use super::why::{Cause, NotCleaned, Open};
use crate::evs::Meaning;
use crate::evs::wire::UpdateVolume;
use crate::observed::{JobStatus, ObservedVolume, Status};
use crate::operation::verdict;
use crate::plan::{self, Adopt, Clean, Forget, Rename, Verb};
use crate::state::Change;
use crate::volume::{Address, Field, JobId, SlotSet, Source, VolumeId};
use std::time::Duration;
use tokio::time::Instant;

/// Carries out steps about one volume each.
pub(super) struct OneVolume<'a> {
    pub(super) cx: &'a Context,
}

impl OneVolume<'_> {
    /// Gives a volume its new name and description.
    pub(super) async fn rename(&self, rename: Rename) -> Result<(), Halted> {
        let verb = rename.verb();
        let Rename { address, id, before, after, changes: _ } = rename;
        let update = UpdateVolume {
            name: (before.name != after.name.as_str()).then(|| after.name.to_string()),
            // An empty text clears the description.
            description: (before.description != after.description)
                .then(|| after.description.as_ref().map(ToString::to_string).unwrap_or_default()),
        };
        let sent = [(update.name.is_some(), Field::Name), (update.description.is_some(), Field::Description)];
        let fields = sent.into_iter().filter_map(|(is_sent, field)| is_sent.then_some(field)).collect();
        match self.cx.client.update_volume(&id, update).await {
            Ok(()) => {
                self.cx.tally.changed(&id);
                let done = Event::Done { verb, address: address.clone(), id: Some(id), fields };
                self.cx.recorder.note(
                    vec![Change::Renamed { address, name: after.name, description: after.description }],
                    vec![done],
                )
            }
            Err(error) => {
                self.cx.step_failed(verb, &address, Some(&id), &error);
                Ok(())
            }
        }
    }

    /// Deletes what a failed create job left, and sees it gone; else its slot is not free.
    pub(super) async fn clean(&self, clean: Clean) -> Result<(), Halted> {
        let address = clean.address.clone();
        if !self.cleaned(clean).await? {
            self.cx.hold(&address);
        }
        Ok(())
    }

    /// Says whether the volume is gone.
    async fn cleaned(&self, clean: Clean) -> Result<bool, Halted> {
        let Clean { address, id, gone, .. } = clean;
        // The plan saw it unusable. That is looked at once more right before it goes for good.
        let deleted = match self.cx.client.look_for(&id).await {
            Ok(None) => return self.gone_meanwhile(address, id).await,
            // The plan deletes nothing here, and rests on a look that was wrong.
            Ok(Some(volume)) if gone => {
                return Ok(self.not_cleaned(&address, id, NotCleaned::Back(volume.status)));
            }
            Ok(Some(_)) if self.was_used(&address, &id) => {
                return Ok(self.not_cleaned(&address, id, NotCleaned::WasUsed));
            }
            // What is attached, or shows that it was usable, may hold data. That is never forgotten.
            Ok(Some(volume)) if volume.is_used(self.was_from_backup(&address)) => {
                let why = match volume.attached_to.is_empty() {
                    true => NotCleaned::Usable(volume.status),
                    false => NotCleaned::Attached,
                };
                self.cx.recorder.record(vec![Change::Used { ids: vec![id.clone()] }], Vec::new()).await?;
                return Ok(self.not_cleaned(&address, id, why));
            }
            Ok(Some(volume)) if !matches!(volume.status, Status::Error | Status::Deleting) => {
                return Ok(self.not_cleaned(&address, id, NotCleaned::NotBroken(volume.status)));
            }
            // Whatever the plan knew: nothing that is paid in advance is deleted.
            Ok(Some(volume)) if volume.prepaid || self.was_prepaid(&address) => {
                return Ok(self.not_cleaned(&address, id, NotCleaned::Prepaid));
            }
            Ok(Some(volume)) if let Err(why) = self.is_leftover(&address, &volume) => {
                return Ok(self.not_cleaned(&address, id, why));
            }
            Ok(Some(volume)) if volume.status == Status::Deleting => Ok(None),
            Ok(Some(_)) => {
                let snapshots = self.cx.client.list_snapshots(Some(&id)).await;
                match snapshots.map(|all| all.into_iter().next()) {
                    Ok(Some(snapshot)) => {
                        return Ok(self.not_cleaned(&address, id, NotCleaned::Snapshot(snapshot.id)));
                    }
                    Ok(None) if !self.cx.fence.holds() => return Err(Halted),
                    Ok(None) => self.cx.client.delete_volume(&id).await.map(Some),
                    Err(error) => Err(error),
                }
            }
            Err(error) => Err(error),
        };
        match deleted {
            Ok(reply) => {
                let deadline = Instant::now() + self.cx.timeout;
                if let Some(job_id) = reply.and_then(|reply| JobId::new(reply.job_id).ok()) {
                    let subject = Subject { job_id, wanted: 1, shown: Shown::Nowhere };
                    match self.cx.poller.watch(subject, self.cx.timeout).over().await {
                        Ended::Job(job) if job.status == JobStatus::Fail => {
                            self.cx.tally.change(|report| report.failed += 1);
                            let cause = Cause::Failed(verdict::failure(&job));
                            self.cx.tell_failed(Verb::Clean, &address, Some(id), cause);
                            return Ok(false);
                        }
                        Ended::Refused(error) => {
                            self.cx.step_failed(Verb::Clean, &address, Some(&id), &error);
                            return Ok(false);
                        }
                        // Whatever else the job says, only the volume's own 404 counts.
                        Ended::Job(_) | Ended::Vanished => {}
                        Ended::Late | Ended::Stopped => return self.still_there(&address),
                    }
                }
                self.see_gone(address, id, deadline).await
            }
            // A read showed it a moment ago.
            Err(error) if error.says_absent() => self.see_gone(address, id, Instant::now() + self.cx.timeout).await,
            Err(error) => {
                self.cx.step_failed(Verb::Clean, &address, Some(&id), &error);
                Ok(false)
            }
        }
    }

    /// Whether a recorded volume was asked for as a prepaid one.
    fn was_prepaid(&self, address: &Address) -> bool {
        self.cx.state.volumes.get(address).is_some_and(|volume| volume.base.spec.prepaid.is_some())
    }

    /// Whether an apply saw it used before this run began.
    fn was_used(&self, address: &Address, id: &VolumeId) -> bool {
        let recorded = self.cx.state.volumes.get(address);
        self.cx.state.used.contains(id) || recorded.is_some_and(|volume| volume.seen.status.is_usable())
    }

    /// Whether a volume that shows is what the recorded creation left.
    fn is_leftover(&self, address: &Address, volume: &ObservedVolume) -> Result<(), NotCleaned> {
        let recorded = self.cx.state.volumes.get(address).ok_or(NotCleaned::Unrecorded)?;
        plan::is_leftover(&self.cx.state, recorded, volume).map_err(NotCleaned::NotLeft)
    }

    /// Whether a recorded volume was asked for from a backup.
    fn was_from_backup(&self, address: &Address) -> bool {
        let source = self.cx.state.volumes.get(address).map(|volume| &volume.base.spec.source);
        matches!(source, Some(Source::Backup(_)))
    }

    /// A volume that the plan saw and that a read says is not there. One of both is wrong: where the list still shows it,
    /// it is not given up.
    async fn gone_meanwhile(&self, address: Address, id: VolumeId) -> Result<bool, Halted> {
        match self.cx.client.list_to_its_end().await {
            Ok(listed) if listed.volumes.contains_key(&id) => Ok(self.not_cleaned(&address, id, NotCleaned::Listed)),
            Ok(listed) if !listed.whole => Ok(self.not_cleaned(&address, id, NotCleaned::ListCut)),
            Ok(_) => self.removed(Verb::Clean, address, id).await.map(|()| true),
            Err(error) => {
                self.cx.step_failed(Verb::Clean, &address, Some(&id), &error);
                Ok(false)
            }
        }
    }

    async fn see_gone(&self, address: Address, id: VolumeId, deadline: Instant) -> Result<bool, Halted> {
        let mut pause = Duration::from_millis(100);
        loop {
            match self.cx.client.look_for(&id).await {
                Ok(None) => return self.removed(Verb::Clean, address, id).await.map(|()| true),
                Err(error) if error.meaning() == Some(Meaning::Denied) => {
                    self.cx.step_failed(Verb::Clean, &address, Some(&id), &error);
                    return Ok(false);
                }
                Ok(Some(_)) | Err(_) => {}
            }
            if !self.cx.pause(&mut pause, deadline).await {
                return self.still_there(&address);
            }
        }
    }

    /// Drops the record of a volume that is gone and not wanted.
    pub(super) async fn forget(&self, forget: Forget) -> Result<(), Halted> {
        self.removed(Verb::Forget, forget.address, forget.id).await
    }

    /// Records a volume that is there. Nothing is asked of the cloud: the plan saw it, and it is recorded before
    /// its name is put right.
    pub(super) async fn adopt(&self, adopt: Adopt) -> Result<(), Halted> {
        let Adopt { address, id, call, gone, seen, asked } = adopt;
        self.cx.tally.change(|report| report.adopted += 1);
        let done = done(Verb::Adopt, &address, &id);
        self.cx.recorder.record(vec![Change::Adopted { address, call, gone, id, seen, asked }], vec![done]).await
    }

    async fn removed(&self, verb: Verb, address: Address, id: VolumeId) -> Result<(), Halted> {
        self.cx.tally.change(|report| match verb {
            Verb::Forget => report.forgotten += 1,
            _ => report.deleted += 1,
        });
        let done = done(verb, &address, &id);
        self.cx.recorder.record(vec![Change::Removed { address, id }], vec![done]).await
    }

    /// Tells and counts that a volume had better be left where it is.
    fn not_cleaned(&self, address: &Address, id: VolumeId, why: NotCleaned) -> bool {
        self.cx.tally.change(|report| report.failed += 1);
        self.cx.tell_failed(Verb::Clean, address, Some(id), Cause::NotCleaned(why));
        false
    }

    fn still_there(&self, address: &Address) -> Result<bool, Halted> {
        let slots: SlotSet = std::iter::once(address.slot).collect();
        self.cx.unfinished(None, &address.key, slots, Open::NotGone);
        Ok(false)
    }
}

/// That a step which changes no field is done.
fn done(verb: Verb, address: &Address, id: &VolumeId) -> Event {
    Event::Done { verb, address: address.clone(), id: Some(id.clone()), fields: Vec::new() }
}
