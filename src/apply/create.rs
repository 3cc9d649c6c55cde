//! A create call from its intent to its last rename, and the same from any later point for a call that
//! an earlier run began.

use super::event::Event;
use super::poll::Ended;
use super::record::Halted;
use super::verdict::{Made, made};
use super::{Work, call, matching};
use crate::evs::wire::{CreateRequest, UpdateVolume};
use crate::evs::{Error, Kind, Meaning};
use crate::observed::{ObservedVolume, Status};
use crate::plan::{self, Action, Create, Resume};
use crate::state::{Change, CreatedVolume, Failure, Seen};
use crate::volume::{Address, CallId, JobId, Slot, SlotSet, VolumeId};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::time::Instant;

/// How long a volume that its job called made may say 404 before that is believed.
const APPEARS_WITHIN: Duration = Duration::from_secs(120);

/// A call on its way.
struct Following {
    id: CallId,
    create: Create,
    job_id: JobId,
    resumed: bool,
}

/// What one call made, as far as seen.
#[derive(Default)]
struct Harvest {
    /// Volumes that are there, good or not, as last seen.
    volumes: BTreeMap<VolumeId, ObservedVolume>,
    /// Why some of them failed.
    failures: BTreeMap<VolumeId, Failure>,
    /// Failures that left no volume.
    empty: Vec<Failure>,
}

impl Work {
    /// Sends a new call and follows it.
    pub(super) async fn create(&self, create: Create) -> Result<(), Halted> {
        let now = jiff::Timestamp::now();
        let (id, recorded) = call::prepare(&self.owner, &self.state, self.serial, &create, now);
        let (body, token) = (call::body(&self.owner, &id, &create), recorded.token);
        // What is gone leaves the record as the call that takes its place enters it.
        let mut changes: Vec<Change> = create
            .gone
            .iter()
            .map(|(slot, gone)| Change::Removed {
                address: Address { key: create.key.clone(), slot: *slot },
                id: gone.clone(),
            })
            .collect();
        changes.push(Change::Intent { call: id.clone(), body: recorded });
        self.recorder.record(changes, Vec::new()).await?;
        self.post(id, create, body, token, false).await
    }

    /// Goes on with a call of an earlier run.
    pub(super) async fn resume(&self, resume: Resume) -> Result<(), Halted> {
        let Resume { call: id, job_id, create } = resume;
        match (job_id, self.state.calls.get(&id)) {
            (Some(job_id), _) => self.follow(Following { id, create, job_id, resumed: true }).await,
            (None, Some(recorded)) => {
                // The same bytes with the same token: the service gives its first answer again.
                let (body, token) = (call::body(&self.owner, &id, &create), recorded.token);
                self.post(id, create, body, token, true).await
            }
            (None, None) => Ok(()),
        }
    }

    async fn post(
        &self,
        id: CallId,
        create: Create,
        body: CreateRequest,
        token: uuid::Uuid,
        resumed: bool,
    ) -> Result<(), Halted> {
        let (key, slots) = (create.key.clone(), slots_of(&create));
        let reply = match self.client.create_volumes(&body, token).await {
            Ok(reply) => JobId::new(reply.job_id)
                .map_err(|error| Error { request: plan::summary::CREATE, kind: Kind::Unreadable(error.reason) }),
            Err(error) => Err(error),
        };
        match reply {
            Ok(job_id) => {
                let accepted =
                    Change::Accepted { call: id.clone(), job_id: job_id.clone(), at: jiff::Timestamp::now() };
                let event = Event::Accepted { call: id.clone(), job_id: job_id.clone(), key, slots };
                self.recorder.record(vec![accepted], vec![event]).await?;
                self.follow(Following { id, create, job_id, resumed }).await
            }
            Err(error) if error.surely_not_done() => {
                let refused = Change::Refused { call: id, failure: failure_of(&error), at: jiff::Timestamp::now() };
                if matches!(error.kind, Kind::Stopped) {
                    return self.recorder.record(vec![refused], Vec::new()).await;
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
                self.recorder.record(vec![refused], vec![event]).await
            }
            Err(error) => {
                // It may have been done: the intent stays open, and the next run begins with it.
                self.tally.change(|report| report.unfinished += 1);
                let reason = format!("the call may or may not have been done ({})", error.kind);
                self.recorder.tell(Event::Unfinished { job_id: None, key, slots, reason });
                Ok(())
            }
        }
    }

    /// Waits for the job, records all that it made, and gives the names.
    async fn follow(&self, call: Following) -> Result<(), Halted> {
        let deadline = Instant::now() + self.timeout;
        let wanted = call.create.slots.len();
        let items = match self.poller.wait(call.job_id.clone(), wanted, self.timeout).await {
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

    /// Reads the call's volumes until each is usable, has failed, or has stayed away for good.
    ///
    /// The error is why the waiting ended too early; `None` where the run is stopping.
    async fn gather(&self, call: &Following, items: Vec<Made>, deadline: Instant) -> Result<Harvest, Option<String>> {
        let mut harvest = Harvest::default();
        let mut expected: Vec<VolumeId> = Vec::new();
        let mut unknown = 0usize;
        for item in items {
            match item {
                Made::Volume(id) => expected.push(id),
                Made::Failed { id: Some(id), failure } => {
                    harvest.failures.insert(id.clone(), failure);
                    expected.push(id);
                }
                Made::Failed { id: None, failure } => harvest.empty.push(failure),
                Made::Unknown => unknown += 1,
            }
        }
        let since = Instant::now();
        let mut pause = Duration::from_millis(200);
        loop {
            let mut trouble = None;
            if unknown > 0 {
                match self.tagged(&call.id).await {
                    Ok(ids) => {
                        let new: Vec<VolumeId> = ids.into_iter().filter(|id| !expected.contains(id)).collect();
                        unknown = unknown.saturating_sub(new.len());
                        expected.extend(new);
                    }
                    Err(error) => trouble = Some(error),
                }
            }
            let open: Vec<VolumeId> =
                expected.iter().filter(|id| !is_settled(harvest.volumes.get(id))).cloned().collect();
            let mut missing = Vec::new();
            match self.client.read_volumes(&open).await {
                Ok(read) => {
                    missing.extend(open.iter().filter(|id| !read.contains_key(*id)).cloned());
                    harvest.volumes.extend(read);
                }
                Err(error) => trouble = Some(error),
            }
            // A failed volume that is not there was never made, or is gone again: nothing is left of it.
            missing.retain(|id| !harvest.failures.contains_key(id));
            let settled =
                expected.iter().all(|id| is_settled(harvest.volumes.get(id)) || harvest.failures.contains_key(id));
            if trouble.is_none() && unknown == 0 && missing.is_empty() && settled {
                return Ok(harvest);
            }
            let only_missing = trouble.is_none()
                && expected.iter().all(|id| {
                    missing.contains(id) || is_settled(harvest.volumes.get(id)) || harvest.failures.contains_key(id)
                });
            if only_missing && since.elapsed() >= APPEARS_WITHIN {
                // The job said that these were made. They are recorded, so that the next plan asks about them by id.
                for id in missing {
                    harvest.volumes.insert(id.clone(), absent(id, call));
                }
                return Ok(harvest);
            }
            if !self.pause(&mut pause, deadline).await {
                if self.stop.is_cancelled() {
                    return Err(None);
                }
                let why =
                    trouble.map_or_else(|| "its volumes were not usable in time".to_owned(), |error| error.to_string());
                return Err(Some(why));
            }
        }
    }

    /// The volumes of the project that carry this call's tag.
    async fn tagged(&self, id: &CallId) -> Result<Vec<VolumeId>, Error> {
        let Some(key) = self.owner.tag.key() else { return Ok(Vec::new()) };
        let value = plan::tag_value(&self.owner.stack, &self.owner.lineage, id);
        let all = self.client.list_volumes().await?;
        Ok(all.into_values().filter(|volume| volume.tags.get(key) == Some(&value)).map(|volume| volume.id).collect())
    }

    /// Records everything that the call made, then renames, then closes the call.
    async fn keep(&self, call: &Following, harvest: Harvest) -> Result<(), Halted> {
        let create = &call.create;
        let known: BTreeMap<VolumeId, Slot> = self
            .state
            .volumes
            .range(Address { key: create.key.clone(), slot: Slot::FIRST }..)
            .take_while(|(address, _)| address.key == create.key)
            .map(|(address, volume)| (volume.id.clone(), address.slot))
            .collect();
        let names = harvest.volumes.iter().map(|(id, volume)| (id.clone(), volume.name.clone())).collect();
        let slots = matching::assign(&create.slots, &create.name, &known, &names);
        let address = |slot: Slot| Address { key: create.key.clone(), slot };
        let mut created = Vec::new();
        let mut events = Vec::new();
        let mut good: BTreeMap<Slot, &ObservedVolume> = BTreeMap::new();
        for (slot, id) in &slots {
            let Some(volume) = harvest.volumes.get(id) else { continue };
            let tainted = harvest.failures.get(id).cloned().or_else(|| {
                volume.status.is_error().then(|| Failure {
                    code: String::new(),
                    reason: format!("the job succeeded, but the volume is in status {}", volume.status),
                })
            });
            match &tainted {
                None => {
                    good.insert(*slot, volume);
                    events.push(Event::Created { address: address(*slot), id: id.clone(), name: volume.name.clone() });
                }
                Some(failure) => events.push(failed(create, std::iter::once(*slot), Some(id.clone()), failure.clone())),
            }
            created.push(CreatedVolume { slot: *slot, id: id.clone(), seen: Seen::from(volume), tainted });
        }
        let unfilled: Vec<Slot> = create.slots.keys().filter(|slot| !slots.contains_key(slot)).copied().collect();
        if !unfilled.is_empty() {
            let failure = harvest.empty.into_iter().next().or_else(|| harvest.failures.into_values().next());
            let failure = failure.unwrap_or_else(|| Failure {
                code: String::new(),
                reason: "the job ended without these volumes".to_owned(),
            });
            events.push(failed(create, unfilled.iter().copied(), None, failure));
        }
        let (made, lost) = (good.len() as u64, (create.slots.len() - good.len()) as u64);
        self.tally.change(|report| {
            report.created += if call.resumed { 0 } else { made };
            report.resumed += if call.resumed { made } else { 0 };
            report.failed += lost;
        });
        let volumes = Change::Created { call: call.id.clone(), volumes: created };
        self.recorder.record(vec![volumes], events).await?;
        self.name(create, &good).await?;
        let done = Change::Done { call: call.id.clone(), at: jiff::Timestamp::now() };
        self.recorder.note(vec![done], Vec::new())
    }

    /// Gives the names that the service could not, from the highest slot down: so a name is taken over
    /// from a lower number before that number's own volume is looked for.
    async fn name(&self, create: &Create, good: &BTreeMap<Slot, &ObservedVolume>) -> Result<(), Halted> {
        let renames = good.iter().rev().filter_map(|(slot, volume)| {
            let wanted = create.slots.get(slot)?;
            (volume.name != wanted.as_str()).then(|| self.give_name(create, *slot, &volume.id))
        });
        for renamed in futures_util::future::join_all(renames).await {
            renamed?;
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
        self.tally.change(|report| report.unfinished += 1);
        self.recorder.tell(Event::Unfinished {
            job_id: Some(call.job_id.clone()),
            key: call.create.key.clone(),
            slots: slots_of(&call.create),
            reason: why.to_owned(),
        });
        Ok(())
    }
}

/// A finished job and a usable volume are two facts: this is the second.
fn is_settled(volume: Option<&ObservedVolume>) -> bool {
    volume.is_some_and(|volume| volume.status.is_usable() || volume.status.is_error())
}

/// What is recorded of a volume that its job called made and that no read shows.
fn absent(id: VolumeId, call: &Following) -> ObservedVolume {
    let spec = &call.create.spec;
    ObservedVolume {
        id,
        name: call.create.name.to_string(),
        description: None,
        status: Status::new("unknown"),
        size: spec.size.map_or(0, crate::volume::SizeGb::gb),
        volume_type: spec.volume_type.to_string(),
        availability_zone: spec.zone.to_string(),
        tags: BTreeMap::new(),
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
