//! A create call from its intent to its last rename, and the same from any later point for a call that
//! an earlier run began.

use super::event::Event;
use super::harvest::{Following, Harvest};
use super::poll::Ended;
use super::record::Halted;
use super::verdict::{Made, made};
use super::{Work, call, matching};
use crate::evs::wire::UpdateVolume;
use crate::evs::{Error, Kind, Meaning};
use crate::observed::ObservedVolume;
use crate::plan::{self, Action, Create, Resume};
use crate::state::{Call, Change, CreatedVolume, Failure, Intended, Seen, Sent};
use crate::volume::{Address, CallId, Invalid, JobId, Slot, SlotSet, VolumeId};
use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::time::Instant;

/// How long after its first sending a call may be sent again with its token: an hour less than the service
/// remembers it (EVS API reference, `X-Client-Token`).
const TOKEN_LIVES: jiff::SignedDuration = jiff::SignedDuration::from_hours(7);

impl Work {
    /// Sends a new call and follows it.
    pub(super) async fn create(&self, create: Create) -> Result<(), Halted> {
        // A slot that could not be cleaned is not free: the next run sees to both.
        if self.is_held(&create) {
            return Ok(());
        }
        let now = jiff::Timestamp::now();
        let (id, recorded) = call::prepare(&self.owner, &self.state, self.serial, &create, now);
        self.post(id, create, recorded, false).await
    }

    /// Goes on with a call of an earlier run.
    pub(super) async fn resume(&self, resume: Resume) -> Result<(), Halted> {
        let Resume { call: id, job_id, may_send, create } = resume;
        if let Some(job_id) = job_id {
            return self.follow(Following { id, create, job_id: Some(job_id), resumed: true }).await;
        }
        // The answer was lost. First look for what the call may have made.
        let made = match self.tagged(&id).await {
            Ok(made) => made.len(),
            Err(error) => {
                self.tally.change(|report| report.denied |= error.meaning() == Some(Meaning::Denied));
                return self.in_doubt(&create, &error.to_string());
            }
        };
        if made >= create.slots.len() {
            return self.follow(Following { id, create, job_id: None, resumed: true }).await;
        }
        let Some(recorded) = self.state.calls.get(&id) else {
            return self.in_doubt(&create, "the state does not hold the call any more");
        };
        let age = jiff::Timestamp::now().duration_since(recorded.at);
        if !may_send || age > TOKEN_LIVES {
            return self.in_doubt(&create, "its token may not be honoured, or not any more");
        }
        // The same bytes with the same token: the service gives its first answer again.
        self.post(id, create, recorded.clone(), true).await
    }

    async fn post(&self, id: CallId, create: Create, recorded: Call, resumed: bool) -> Result<(), Halted> {
        let (key, slots) = (create.key.clone(), slots_of(&create));
        let (body, token) = (call::body(&self.owner, &id, &create), recorded.token);
        // A call is intended when its turn has come and not before: one that never left is simply new.
        let intended = AtomicBool::new(resumed);
        let may_leave = || -> Pin<Box<dyn Future<Output = bool> + Send + '_>> {
            Box::pin(async {
                if !intended.swap(true, Ordering::Relaxed) {
                    let intent = Change::Intent(Intended { call: id.clone(), body: recorded.clone() });
                    let sent = Change::Sent(Sent { call: id.clone(), at: jiff::Timestamp::now(), token: true });
                    if self.recorder.record(vec![intent, sent], Vec::new()).await.is_err() {
                        return false;
                    }
                }
                self.fence.holds()
            })
        };
        let sent = self.client.create_volumes(&body, token, !resumed, self.timeout, &may_leave).await;
        let intended = intended.load(Ordering::Relaxed);
        let unreadable = |invalid: Invalid| Error::new(plan::summary::CREATE, Kind::Unreadable(invalid.reason));
        match sent.and_then(|reply| JobId::new(reply.job_id).map_err(unreadable)) {
            Ok(job_id) => {
                let at = jiff::Timestamp::now();
                let accepted = Change::Accepted { call: id.clone(), job_id: job_id.clone(), at };
                let event = Event::Accepted { call: id.clone(), job_id: job_id.clone(), key, slots };
                self.recorder.record(vec![accepted], vec![event]).await?;
                self.follow(Following { id, create, job_id: Some(job_id), resumed }).await
            }
            // Nothing may be recorded any more, so nothing more may be done.
            Err(error) if error.kind == Kind::Fenced => Err(Halted),
            // A call of an earlier run may have been done then, whatever this sending came to.
            Err(error) if error.surely_not_done() && !resumed => {
                let refused = Change::Refused { call: id, failure: failure_of(&error), at: jiff::Timestamp::now() };
                let changes = if intended { vec![refused] } else { Vec::new() };
                if error.kind == Kind::Stopped {
                    return self.recorder.record(changes, Vec::new()).await;
                }
                self.tally.failed(create.slots.len() as u64, &error);
                let event = Event::Failed {
                    action: Action::Create,
                    key,
                    slots,
                    id: None,
                    failure: failure_of(&error),
                    request_id: error.request_id().map(str::to_owned),
                };
                self.recorder.record(changes, vec![event]).await
            }
            Err(error) => {
                self.tally.change(|report| report.denied |= error.meaning() == Some(Meaning::Denied));
                self.in_doubt(&create, &error.kind.to_string())
            }
        }
    }

    /// The call may or may not have been done: its intent stays open, and the next run begins with it.
    fn in_doubt(&self, create: &Create, why: &str) -> Result<(), Halted> {
        let reason = format!("the call may or may not have been done ({why})");
        self.unfinished(None, &create.key, create.slots.keys().copied().collect(), &reason);
        Ok(())
    }

    /// Waits for the job, records all that it made, and gives the names.
    async fn follow(&self, call: Following) -> Result<(), Halted> {
        let deadline = Instant::now() + self.timeout;
        let wanted = call.create.slots.len();
        let ended = match &call.job_id {
            Some(job_id) => self.poller.wait(job_id.clone(), wanted, self.timeout).await,
            None => Ended::Vanished,
        };
        let items = match ended {
            Ended::Job(job) => made(&job, wanted),
            // Only the volumes can tell then, by the tag that they carry.
            Ended::Vanished => vec![Made::Unknown; wanted],
            Ended::Late => return self.left(&call, "its job had not ended in time"),
            Ended::Stopped => return Ok(()),
            Ended::Refused(error) => {
                self.tally.change(|report| report.denied |= error.meaning() == Some(Meaning::Denied));
                return self.left(&call, &format!("its job could not be looked at ({})", error.kind));
            }
        };
        let harvest = match self.gather(&call, items, deadline).await {
            Ok(harvest) => harvest,
            Err(None) => return Ok(()),
            Err(Some(why)) => return self.left(&call, &why),
        };
        self.keep(&call, harvest).await
    }

    /// Records everything that the call made, then renames, then closes the call.
    async fn keep(&self, call: &Following, harvest: Harvest) -> Result<(), Halted> {
        let create = &call.create;
        let address = |slot: Slot| Address { key: create.key.clone(), slot };
        // Slots that an earlier run recorded of this call keep their volumes, whatever was seen of those.
        let (mut known, mut free) = (BTreeMap::new(), create.slots.clone());
        for slot in create.slots.keys() {
            let recorded = self.state.volumes.get(&address(*slot));
            let Some(recorded) = recorded.filter(|was| was.call.as_ref() == Some(&call.id)) else { continue };
            if harvest.volumes.contains_key(&recorded.id) {
                known.insert(recorded.id.clone(), *slot);
            } else {
                free.remove(slot);
            }
        }
        let names = harvest.volumes.iter().map(|(id, volume)| (id.clone(), volume.name.clone())).collect();
        let slots = matching::assign(&create.slots, &free, &create.name, &known, &names);
        let mut created = Vec::new();
        let mut events = Vec::new();
        let mut good: BTreeMap<Slot, &ObservedVolume> = BTreeMap::new();
        let mut absent: Vec<Slot> = Vec::new();
        for (slot, id) in &slots {
            let Some(volume) = harvest.volumes.get(id) else { continue };
            // A volume that was recorded as good may have been used since: it is never given up.
            let was_good =
                self.state.volumes.get(&address(*slot)).is_some_and(|was| was.id == *id && was.tainted.is_none());
            let tainted = if was_good { None } else { harvest.failure(volume) };
            if harvest.absent.contains(id) {
                absent.push(*slot);
                created.push(CreatedVolume { slot: *slot, id: id.clone(), seen: Seen::from(volume), tainted: None });
                continue;
            }
            match &tainted {
                None => {
                    good.insert(*slot, volume);
                    let wanted = create.slots.get(slot).map(|name| name.to_string());
                    events.push(Event::Created {
                        address: address(*slot),
                        id: id.clone(),
                        wanted: wanted.filter(|wanted| *wanted != volume.name),
                        name: volume.name.clone(),
                    });
                }
                Some(failure) => events.push(failed(create, std::iter::once(*slot), Some(id.clone()), failure.clone())),
            }
            created.push(CreatedVolume { slot: *slot, id: id.clone(), seen: Seen::from(volume), tainted });
        }
        let unfilled: Vec<Slot> = create.slots.keys().filter(|slot| !slots.contains_key(slot)).copied().collect();
        if !unfilled.is_empty() && harvest.incomplete.is_none() {
            let failure = harvest.empty.first().or_else(|| harvest.failures.values().next()).cloned();
            let failure = failure.unwrap_or_else(|| Failure {
                code: String::new(),
                reason: "the job ended without these volumes".to_owned(),
            });
            events.push(failed(create, unfilled.iter().copied(), None, failure));
        }
        if !absent.is_empty() {
            self.left(call, "its job says that it made volumes which do not show; they are recorded by id")?;
        }
        let (made, lost) = (good.len() as u64, (create.slots.len() - good.len() - absent.len()) as u64);
        let lost = if harvest.incomplete.is_some() { 0 } else { lost };
        self.tally.change(|report| {
            report.created += if call.resumed { 0 } else { made };
            report.resumed += if call.resumed { made } else { 0 };
            report.failed += lost;
        });
        let volumes = Change::Created { call: call.id.clone(), volumes: created };
        self.recorder.record(vec![volumes], events).await?;
        self.name(create, &good).await?;
        if let Some(why) = &harvest.incomplete {
            return self.left(call, why);
        }
        let done = Change::Done { call: call.id.clone(), at: jiff::Timestamp::now() };
        self.recorder.note(vec![done], Vec::new())
    }

    /// Gives the names that the service could not, the highest slot's first. One that was not given does not
    /// keep the call open: the next plan sees it, and it counts as approved with the call.
    async fn name(&self, create: &Create, good: &BTreeMap<Slot, &ObservedVolume>) -> Result<(), Halted> {
        let renames = good.iter().rev().filter_map(|(slot, volume)| {
            let wanted = create.slots.get(slot)?;
            (volume.name != wanted.as_str()).then(|| self.give_name(create, *slot, &volume.id))
        });
        for given in futures_util::future::join_all(renames).await {
            given?;
        }
        Ok(())
    }

    async fn give_name(&self, create: &Create, slot: Slot, id: &VolumeId) -> Result<(), Halted> {
        let address = Address { key: create.key.clone(), slot };
        let Some(name) = create.slots.get(&slot).cloned() else { return Ok(()) };
        let update = UpdateVolume { name: Some(name.to_string()), description: None };
        match self.client.update_volume(id, update).await {
            Ok(()) => {
                let description = create.spec.description.clone();
                self.recorder.note(vec![Change::Renamed { address, name, description }], Vec::new())
            }
            Err(error) => {
                self.step_failed(Action::Rename, &address, Some(id), &error);
                Ok(())
            }
        }
    }

    /// The end was not seen: the call stays open, and the next run goes on with it.
    fn left(&self, call: &Following, why: &str) -> Result<(), Halted> {
        let create = &call.create;
        self.unfinished(call.job_id.clone(), &create.key, create.slots.keys().copied().collect(), why);
        Ok(())
    }
}

fn slots_of(create: &Create) -> String {
    create.slots.keys().copied().collect::<SlotSet>().to_string()
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

/// An error of the API as a state records it.
pub(super) fn failure_of(error: &Error) -> Failure {
    let (code, reason) = error.code_and_reason();
    Failure { code, reason }
}
