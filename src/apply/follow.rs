//! A call that the cloud took, from its job to its last rename.

use super::collect::Collecting;
use super::collected::Collected;
use super::context::Context;
use super::event::Event;
use super::following::Following;
use super::matching;
use super::record::Halted;
use super::span::{came_to, went_wrong};
use super::watched::{Ended, News, Subject};
use crate::evs::Meaning;
use crate::evs::wire::UpdateVolume;
use crate::observed::ObservedVolume;
use crate::operation::verdict::{Verdict, ended_at, judge, judge_so_far};
use crate::operation::{Create, Failure, NamedBy, NotOurs, Taint, Unseen};
use crate::plan::{self, Action};
use crate::state::{Change, CreatedVolume, Seen};
use crate::volume::{Address, JobId, Receipt, SizeGb, Slot, SlotSet, VolumeId, VolumeSpec};
use std::collections::{BTreeMap, BTreeSet};
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
            Some(Ended::Late) => return self.left(&call, "its job had not ended in time").map(|()| BTreeSet::new()),
            Some(Ended::Stopped) => {
                came_to("under way");
                return Ok(BTreeSet::new());
            }
            Some(Ended::Refused(error)) => {
                self.cx.tally.change(|report| report.denied |= error.meaning() == Some(Meaning::Denied));
                let why = format!("its job could not be looked at ({})", error.kind);
                return self.left(&call, &why).map(|()| BTreeSet::new());
            }
        };
        let collecting = Collecting { cx: self.cx, call: &call };
        let collected = match collecting.all(items, over_at, deadline).await {
            Ok(collected) => collected,
            Err(None) => {
                came_to("under way");
                return Ok(BTreeSet::new());
            }
            Err(Some(why)) => return self.left(&call, &why).map(|()| BTreeSet::new()),
        };
        self.keep(call, collected).await
    }

    /// Follows the job to its end. `None` where it goes on and all of its volumes are there without that.
    async fn watch(&self, call: &mut Following, job_id: JobId, deadline: Instant) -> Result<Option<Ended>, Halted> {
        let wanted = call.create.slots.len();
        let tagged = call.tagged.then(|| call.id.clone());
        let named = call.named.clone();
        let mut watch = self.cx.poller.watch(Subject { job_id, wanted, tagged, named }, self.cx.timeout);
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
        if let Some(why) = &collected.incomplete {
            return self.left(&call, why).map(|()| BTreeSet::new());
        }
        match lost + failed_before {
            0 => came_to("done"),
            _ => went_wrong("done in part"),
        }
        let done = Change::Done { call: call.id.clone(), at: self.cx.client.service_now() };
        self.cx.recorder.note(vec![done], Vec::new())?;
        Ok(if call.only.is_some() { made.unfilled } else { BTreeSet::new() })
    }

    /// Which slot each volume takes that is not recorded yet. Slots that were recorded of this call keep their volumes,
    /// whatever was seen of those.
    fn slots(&self, call: &Following, collected: &Collected, all: bool) -> BTreeMap<Slot, VolumeId> {
        let create = &call.create;
        let (mut known, mut free) = (BTreeMap::new(), create.slots.clone());
        for slot in call.kept.values() {
            free.remove(slot);
        }
        for slot in create.slots.keys() {
            let recorded = self.cx.state.volumes.get(&Address { key: create.key.clone(), slot: *slot });
            let Some(recorded) = recorded.filter(|was| was.call.as_ref() == Some(&call.id)) else { continue };
            if collected.volumes.contains_key(&recorded.id) {
                known.insert(recorded.id.clone(), *slot);
            } else {
                free.remove(slot);
            }
        }
        let new = collected.volumes.iter().filter(|(id, _)| !call.kept.contains_key(*id));
        let names = new.map(|(id, volume)| (id.clone(), volume.name.clone())).collect();
        matching::assign(&create.slots, &free, &create.name, &known, &names, all)
    }

    /// Records the volumes that are not recorded yet, and gives their names. `all` is whether nothing more is to come.
    async fn record_made(&self, call: &mut Following, collected: &Collected, all: bool) -> Result<MadeNow, Halted> {
        let create = &call.create;
        let address = |slot: Slot| Address { key: create.key.clone(), slot };
        let slots = self.slots(call, collected, all);
        let mut created = Vec::new();
        let mut events = Vec::new();
        let mut good: BTreeMap<Slot, &ObservedVolume> = BTreeMap::new();
        let mut absent: Vec<Slot> = Vec::new();
        for (slot, id) in &slots {
            let Some(volume) = collected.volumes.get(id) else { continue };
            // A volume that was recorded as good may have been used since: it is never given up.
            let was_good =
                self.cx.state.volumes.get(&address(*slot)).is_some_and(|was| was.id == *id && was.tainted.is_none());
            let tainted = if was_good { None } else { collected.taint(volume, call) };
            if collected.absent.contains(id) {
                absent.push(*slot);
                let tainted = (!was_good).then_some(Taint::Unseen(Unseen { unseen: NamedBy::Job }));
                created.push(CreatedVolume {
                    slot: *slot,
                    id: id.clone(),
                    seen: seen_of(volume, &create.spec),
                    tainted,
                });
                continue;
            }
            let failure = match &tainted {
                None | Some(Taint::Unseen(_)) => None,
                Some(Taint::Failed(leftover)) => Some(leftover.failure()),
                Some(Taint::Unlike(unlike)) => Some(plan::not_as_asked(unlike)),
            };
            match failure {
                None => {
                    good.insert(*slot, volume);
                    let wanted = create.slots.get(slot).map(|name| name.to_string());
                    events.push(Event::Created {
                        address: address(*slot),
                        id: id.clone(),
                        wanted: wanted.filter(|wanted| *wanted != volume.name),
                        name: volume.shown_name().to_owned(),
                    });
                }
                Some(failure) => events.push(failed(create, std::iter::once(*slot), Some(id.clone()), failure)),
            }
            created.push(CreatedVolume { slot: *slot, id: id.clone(), seen: seen_of(volume, &create.spec), tainted });
        }
        let filled: BTreeSet<Slot> = slots.keys().chain(call.kept.values()).copied().collect();
        let recorded = |slot: &Slot| {
            let was = self.cx.state.volumes.get(&address(*slot));
            was.is_some_and(|was| was.call.as_ref() == Some(&call.id))
        };
        let is_empty = |slot: &&Slot| !filled.contains(slot) && !recorded(slot);
        let unfilled: BTreeSet<Slot> = create.slots.keys().filter(is_empty).copied().collect();
        // What was proved absent is no failure: it is made anew.
        if all && !unfilled.is_empty() && collected.incomplete.is_none() && call.only.is_none() {
            let failure = collected.empty.first().or_else(|| collected.failures.values().next()).cloned();
            let failure = failure.unwrap_or_else(|| Failure {
                code: String::new(),
                reason: "the job ended without these volumes".to_owned(),
            });
            events.push(failed(create, unfilled.iter().copied(), None, failure));
        }
        if !absent.is_empty() {
            self.tell_left(call, "its job says that it made volumes which do not show; they are recorded by id");
        }
        let made = good.len() as u64;
        self.cx.tally.change(|report| {
            report.created += if call.resumed { 0 } else { made };
            report.resumed += if call.resumed { made } else { 0 };
        });
        let foreign = |(id, why): (&VolumeId, &NotOurs)| Event::NotOurs {
            call: call.id.clone(),
            id: id.clone(),
            reason: why.to_string(),
        };
        events.extend(collected.foreign.iter().map(foreign));
        // What was seen used once is remembered with the failure that would else have it cleaned away.
        let is_tainted = |id: &&VolumeId| created.iter().any(|made| made.id == **id && made.tainted.is_some());
        let used: Vec<VolumeId> = collected.used.iter().filter(is_tainted).cloned().collect();
        let kept: Vec<(VolumeId, Slot)> = created.iter().map(|made| (made.id.clone(), made.slot)).collect();
        let failed = created.len() - good.len() - absent.len();
        if !created.is_empty() || all {
            let mut changes = vec![Change::Created { call: call.id.clone(), volumes: created }];
            if !used.is_empty() {
                changes.push(Change::Used { ids: used });
            }
            self.cx.recorder.record(changes, events).await?;
        }
        // While the job goes on another volume may get the name, by the service, that this one would be given.
        let misnamed = good.iter().filter(|(_, volume)| volume.unreadable_name.is_none());
        let misnamed = misnamed
            .filter(|(slot, volume)| create.slots.get(slot).is_some_and(|wanted| *wanted.as_str() != volume.name));
        let misnamed: BTreeMap<Slot, VolumeId> = misnamed.map(|(slot, volume)| (*slot, volume.id.clone())).collect();
        let now = MadeNow { failed, absent: absent.len(), unfilled };
        call.good += good.len();
        call.kept.extend(kept);
        call.misnamed.extend(misnamed);
        if all {
            self.name(call).await?;
        }
        Ok(now)
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
        let address = Address { key: create.key.clone(), slot };
        let Some(name) = create.slots.get(&slot).cloned() else { return Ok(()) };
        let update = UpdateVolume { name: Some(name.to_string()), description: None };
        match self.cx.client.update_volume(id, update).await {
            Ok(()) => {
                let description = create.spec.description.clone();
                self.cx.recorder.note(vec![Change::Renamed { address, name, description }], Vec::new())
            }
            Err(error) => {
                self.cx.step_failed(Action::Rename, &address, Some(id), &error);
                Ok(())
            }
        }
    }

    /// The end was not seen: the call stays open, and the next run goes on with it.
    fn left(&self, call: &Following, why: &str) -> Result<(), Halted> {
        went_wrong("not seen to end");
        self.tell_left(call, why);
        Ok(())
    }

    fn tell_left(&self, call: &Following, why: &str) {
        let create = &call.create;
        self.cx.unfinished(call.receipt.clone(), &create.key, create.slots.keys().copied().collect(), why);
    }
}

/// What was recorded at once of a call's volumes, beside the good ones.
struct MadeNow {
    failed: usize,
    absent: usize,
    /// The slots that have no volume.
    unfilled: BTreeSet<Slot>,
}

/// What is known of a call's volumes where no job tells: how many of them there will ever be at the most.
fn unnamed(call: &Following, wanted: usize) -> Vec<Verdict> {
    vec![Verdict::Unsaid(None); call.only.unwrap_or(wanted).min(wanted)]
}

/// How a new volume looks. What an answer leaves out is as it was asked for: else it would be news once it is told.
fn seen_of(volume: &ObservedVolume, spec: &VolumeSpec) -> Seen {
    let mut seen = Seen::from(volume);
    if seen.size == 0 {
        seen.size = spec.size.map_or(0, SizeGb::gb);
    }
    if seen.volume_type.is_empty() {
        seen.volume_type = spec.volume_type.to_string();
    }
    if seen.availability_zone.is_empty() {
        seen.availability_zone = spec.zone.to_string();
    }
    seen
}

fn failed(create: &Create, slots: impl Iterator<Item = Slot>, id: Option<VolumeId>, failure: Failure) -> Event {
    let slots: SlotSet = slots.collect();
    Event::Failed {
        action: Action::Create,
        key: create.key.clone(),
        slots: slots.to_string(),
        id,
        failure,
        request_id: None,
    }
}
