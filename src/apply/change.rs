//! The steps about one volume that exists: rename, clean, forget, adopt.

use super::context::Context;
use super::event::Event;
use super::record::Halted;
use super::watched::{Ended, Subject};
use crate::evs::wire::UpdateVolume;
use crate::evs::{Error, Kind, Meaning, Said};
use crate::observed::{JobStatus, ObservedVolume, Status};
use crate::operation::Failure;
use crate::plan::{self, Action, Adopt, Clean, Forget, Rename};
use crate::state::Change;
use crate::volume::{Address, JobId, SlotSet, Source, VolumeId};
use crate::words::evidence::not_own;
use std::time::Duration;
use tokio::time::Instant;

/// Carries out steps about one volume each.
pub(super) struct OneVolume<'a> {
    pub(super) cx: &'a Context,
}

impl OneVolume<'_> {
    /// Gives a volume its new name and description.
    pub(super) async fn rename(&self, rename: Rename) -> Result<(), Halted> {
        let Rename { address, id, before, after, changes: _ } = rename;
        let update = UpdateVolume {
            name: (before.name != after.name.as_str()).then(|| after.name.to_string()),
            // An empty text clears the description.
            description: (before.description != after.description)
                .then(|| after.description.as_ref().map(ToString::to_string).unwrap_or_default()),
        };
        match self.cx.client.update_volume(&id, update).await {
            Ok(()) => {
                self.cx.tally.change(|report| report.updated += 1);
                let done = Event::Done { action: Action::Rename, address: address.clone(), id };
                self.cx.recorder.note(
                    vec![Change::Renamed { address, name: after.name, description: after.description }],
                    vec![done],
                )
            }
            Err(error) => {
                self.cx.step_failed(Action::Rename, &address, Some(&id), &error);
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
                let reason = format!("it was gone when that was planned, and is {} now; plan again", volume.status);
                return Ok(self.not_cleaned(&address, id, reason));
            }
            Ok(Some(_)) if self.was_used(&address, &id) => {
                let reason = "an earlier run saw it usable or attached: it may hold data";
                return Ok(self.not_cleaned(&address, id, reason.to_owned()));
            }
            // What is attached, or shows that it was usable, may hold data. That is never forgotten.
            Ok(Some(volume)) if volume.is_used(self.was_from_backup(&address)) => {
                let reason = match volume.attached_to.is_empty() {
                    true => format!("it is {} now; only a volume that was never usable is cleaned away", volume.status),
                    false => "it is attached to a server now; nothing that is attached is deleted".to_owned(),
                };
                self.cx.recorder.record(vec![Change::Used { ids: vec![id.clone()] }], Vec::new()).await?;
                return Ok(self.not_cleaned(&address, id, reason));
            }
            Ok(Some(volume)) if !matches!(volume.status, Status::Error | Status::Deleting) => {
                let reason = format!("it is {} now; only a volume in status error is cleaned away", volume.status);
                return Ok(self.not_cleaned(&address, id, reason));
            }
            // Whatever the plan knew: nothing that is paid in advance is deleted.
            Ok(Some(volume)) if volume.prepaid || self.was_prepaid(&address) => {
                let reason = "it is prepaid (EVS.1035), and evsctl deletes nothing that is: unsubscribe it in the \
                              billing console";
                return Ok(self.not_cleaned(&address, id, reason.to_owned()));
            }
            Ok(Some(volume)) if let Err(why) = self.is_leftover(&address, &volume) => {
                let reason = format!("it is not what the recorded call left: {why}");
                return Ok(self.not_cleaned(&address, id, reason));
            }
            Ok(Some(volume)) if volume.status == Status::Deleting => Ok(None),
            Ok(Some(_)) if !self.cx.fence.holds() => return Err(Halted),
            Ok(Some(_)) => self.cx.client.delete_volume(&id).await.map(Some),
            Err(error) => Err(error),
        };
        match deleted {
            Ok(reply) => {
                let deadline = Instant::now() + self.cx.timeout;
                if let Some(job_id) = reply.and_then(|reply| JobId::new(reply.job_id).ok()) {
                    let subject = Subject { job_id, wanted: 1, tagged: None, named: Vec::new() };
                    match self.cx.poller.watch(subject, self.cx.timeout).over().await {
                        Ended::Job(job) if job.status == JobStatus::Fail => {
                            let error = job_error(job.error_code, job.fail_reason);
                            self.cx.step_failed(Action::Clean, &address, Some(&id), &error);
                            return Ok(false);
                        }
                        Ended::Refused(error) => {
                            self.cx.step_failed(Action::Clean, &address, Some(&id), &error);
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
                self.cx.step_failed(Action::Clean, &address, Some(&id), &error);
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
    fn is_leftover(&self, address: &Address, volume: &ObservedVolume) -> Result<(), String> {
        let recorded = self.cx.state.volumes.get(address).ok_or("it is not recorded any more")?;
        plan::is_leftover(&self.cx.state, recorded, volume).map_err(|why| not_own(&why, 1))
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
            Ok(listed) if listed.volumes.contains_key(&id) => {
                let reason = "the list shows it, and a read of it by its id says that it is not there; plan again, and \
                              look in the console if that stays so";
                Ok(self.not_cleaned(&address, id, reason.to_owned()))
            }
            Ok(listed) if !listed.whole => {
                let reason = "a read of it by its id says that it is not there, and the list is shorter than its \
                              answers say; plan again";
                Ok(self.not_cleaned(&address, id, reason.to_owned()))
            }
            Ok(_) => self.removed(Action::Clean, address, id).await.map(|()| true),
            Err(error) => {
                self.cx.step_failed(Action::Clean, &address, Some(&id), &error);
                Ok(false)
            }
        }
    }

    async fn see_gone(&self, address: Address, id: VolumeId, deadline: Instant) -> Result<bool, Halted> {
        let mut pause = Duration::from_millis(100);
        loop {
            match self.cx.client.look_for(&id).await {
                Ok(None) => return self.removed(Action::Clean, address, id).await.map(|()| true),
                Err(error) if error.meaning() == Some(Meaning::Denied) => {
                    self.cx.step_failed(Action::Clean, &address, Some(&id), &error);
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
        self.removed(Action::Forget, forget.address, forget.id).await
    }

    /// Records a volume that is there. Nothing is asked of the cloud: the plan saw it, and it is recorded before
    /// its name is put right.
    pub(super) async fn adopt(&self, adopt: Adopt) -> Result<(), Halted> {
        let Adopt { address, id, call, gone, seen, asked } = adopt;
        self.cx.tally.change(|report| report.adopted += 1);
        let done = Event::Done { action: Action::Adopt, address: address.clone(), id: id.clone() };
        self.cx.recorder.record(vec![Change::Adopted { address, call, gone, id, seen, asked }], vec![done]).await
    }

    async fn removed(&self, action: Action, address: Address, id: VolumeId) -> Result<(), Halted> {
        self.cx.tally.change(|report| match action {
            Action::Forget => report.forgotten += 1,
            _ => report.deleted += 1,
        });
        let done = Event::Done { action, address: address.clone(), id: id.clone() };
        self.cx.recorder.record(vec![Change::Removed { address, id }], vec![done]).await
    }

    /// Tells and counts that a volume had better be left where it is.
    fn not_cleaned(&self, address: &Address, id: VolumeId, reason: String) -> bool {
        self.cx.tally.change(|report| report.failed += 1);
        self.cx.tell_failed(Action::Clean, address, Some(id), Failure { code: String::new(), reason }, None);
        false
    }

    fn still_there(&self, address: &Address) -> Result<bool, Halted> {
        let slots: SlotSet = std::iter::once(address.slot).collect();
        self.cx.unfinished(None, &address.key, slots, "it was not seen to be gone in time");
        Ok(false)
    }
}

fn job_error(code: Option<String>, reason: Option<String>) -> Error {
    let refused = Kind::Refused {
        meaning: Meaning::Conflict,
        status: 200,
        code: code.unwrap_or_default(),
        message: reason.map_or(Said::JobFailed, Said::Words),
        request_id: None,
        clock: None,
    };
    Error::new("GET /v1/{project_id}/jobs/{job_id}", refused)
}
