//! The create call of a probe, from its record to a volume that has come out, good or bad.

use super::context::{Probe, append, unrecorded};
use super::judge;
use super::lost::Jobs;
use super::proof::concerns;
use super::record::{Entry, Intent, TAG};
use super::seen::Seen;
use super::unsent::Unsent;
use crate::cli::command::doctor::calls::failed;
use crate::cli::command::doctor::findings::Findings;
use crate::doctor::{Call, Skipped, Step};
use crate::evs::{Doubt, Error, Kind, Meaning, Outcome, Refused, Taken, backoff};
use crate::observed::{Listed, ObservedVolume};
use crate::operation::settle::{Look, Next, Proof, Subject};
use crate::operation::verdict::{Verdict, judge};
use crate::store::StoreError;
use crate::volume::{JobId, VolumeId};
use crate::words::doctor::talk;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// How often a call whose answer was lost is sent again with its token.
const SENDINGS: u32 = 4;
/// How long a volume is given to show its tag once it is listed, where it may stay invisible longer than that.
const TAG_WITHIN: Duration = Duration::from_secs(60);
/// The description that is asked for.
pub(super) const DESCRIPTION: &str = "made by evsctl doctor --probe, which deletes it";

/// A create call that was taken, or may have been.
pub(super) struct Taking {
    /// Its job, where its answer came.
    pub(super) job: Option<JobId>,
    /// The volumes that its answer named.
    pub(super) named: Vec<VolumeId>,
    /// When its answer came, or was given up.
    pub(super) since: Instant,
    /// Whether it carried its token.
    pub(super) with_token: bool,
}

impl Probe<'_> {
    /// Sends the call and watches what comes of it.
    pub(super) async fn make(
        &mut self,
        with_token: bool,
        judged_tokens: bool,
        found: &mut Findings,
    ) -> Result<Taking, Skipped> {
        let taking = self.take(with_token, judged_tokens, found).await?;
        let deadline = Instant::now() + self.terms.timeout;
        let seen = self.watch(&taking, deadline).await;
        found.put(judge::created(&self.known, taking.job.as_ref(), &seen));
        judge::shown_in_lists(&seen, &self.known.intent, self.terms.doubts.settle)
            .into_iter()
            .for_each(|finding| found.put(finding));
        if let Some(finding) = judge::metadata(&self.known.intent, &self.shown(&seen).await) {
            found.put(finding);
        }
        found.put(judge::volume_ids(self.known.intent.api, &taking.named, seen.id.as_ref()));
        match seen.is_usable() {
            true => Ok(taking),
            false if self.is_stopped() => Err(Skipped::ProbeInterrupted),
            false => Err(Skipped::NotMade),
        }
    }

    /// Sends until it is taken, refused for good, or lost for good.
    async fn take(
        &mut self,
        mut with_token: bool,
        judged_tokens: bool,
        found: &mut Findings,
    ) -> Result<Taking, Skipped> {
        let deadline = Instant::now() + self.terms.timeout;
        let (mut sendings, mut refused) = (0, None);
        loop {
            let again = self.known.open > 0;
            sendings += 1;
            let sent = self.send(DESCRIPTION, with_token).await;
            let (error, next) = match sent {
                Ok(taken) => {
                    if let Some(why) = refused {
                        found.put(judge::metadata_refused(why));
                    }
                    let since = Instant::now();
                    let job = taken.receipt.job().cloned();
                    return Ok(Taking { job, named: taken.volumes, since, with_token });
                }
                Err(Unsent::Unrecorded(error)) => {
                    found.put(unrecorded(Step::Create, error));
                    return Err(Skipped::ProbeUnrecorded);
                }
                Err(Unsent::Failed(error)) => {
                    let next = Outcome::of(Err(&error.kind));
                    (error, next)
                }
            };
            if self.is_stopped() && self.known.open == 0 {
                return Err(Skipped::ProbeInterrupted);
            }
            let lost = Taking { job: None, named: Vec::new(), since: Instant::now(), with_token };
            match next {
                Outcome::Refused(Refused::TokensOff) if with_token && !again => with_token = false,
                // What is refused for a key of its own goes without it, as another call.
                Outcome::Refused(Refused::ForGood)
                    if self.known.intent.metadata && !again && error.meaning() == Some(Meaning::Invalid) =>
                {
                    let token = uuid::Uuid::new_v4();
                    self.known.intent = Intent { metadata: false, token, ..self.known.intent.clone() };
                    refused = Some(error);
                }
                Outcome::Refused(Refused::Throttled) | Outcome::NothingSent
                    if self.rest(&error, sendings, deadline).await => {}
                // It goes before it is looked for: with its answer come its job, and what there is to measure.
                Outcome::InDoubt(_) if self.goes_again(with_token, judged_tokens, sendings) => {
                    self.say(&talk::sent_again(&error));
                    if !self.rest(&error, sendings, deadline).await {
                        return Ok(lost);
                    }
                }
                _ if self.known.open > 0 => {
                    self.say(&talk::looked_for(&error));
                    return Ok(lost);
                }
                _ => {
                    found.put(failed(Call::Create, error));
                    return Err(Skipped::NotMade);
                }
            }
        }
    }

    /// Whether a call that may have been done is sent again with its token.
    fn goes_again(&self, with_token: bool, judged_tokens: bool, sendings: u32) -> bool {
        let wanted = sendings < SENDINGS && !self.is_stopped();
        let settling = self.settling(self.calls(with_token, Jobs::Over(None)), wanted);
        settling.may_go_again(self.terms.client.service_now(), Some(judged_tokens)) == Some(true)
    }

    /// Waits before a repeat. Says whether to repeat.
    async fn rest(&self, error: &Error, sendings: u32, deadline: Instant) -> bool {
        if sendings >= SENDINGS && error.meaning() != Some(Meaning::Throttled) {
            return false;
        }
        let mut pause = error.pause.unwrap_or_else(|| backoff(sendings));
        self.pause(&mut pause, deadline, true).await
    }

    /// Sends once: what is to be made and that it leaves are on the disk before.
    pub(super) async fn send(&mut self, description: &str, with_token: bool) -> Result<Taken, Unsent> {
        let body = self.known.intent.body(description);
        let api = self.known.intent.api;
        let token = (with_token && api.documents_tokens()).then_some(self.known.intent.token);
        let (client, stop, intent) = (self.terms.client, self.terms.stop.clone(), self.known.intent.clone());
        let written: Mutex<Option<Result<Vec<Entry>, StoreError>>> = Mutex::default();
        let log = Mutex::new(&mut self.log);
        let leaves = || -> std::pin::Pin<Box<dyn Future<Output = Option<jiff::Timestamp>> + Send + '_>> {
            Box::pin(async {
                if stop.is_cancelled() {
                    return None;
                }
                let at = client.service_now();
                let entries = vec![Entry::Intent(intent.clone()), Entry::Sent(at)];
                let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
                let recorded = append(&mut log, &entries).map(|()| entries);
                let may = recorded.is_ok();
                *written.lock().unwrap_or_else(PoisonError::into_inner) = Some(recorded);
                may.then_some(at)
            })
        };
        let answer = client.create_volumes(api, &body, token, self.terms.timeout, &leaves).await;
        match written.into_inner().unwrap_or_else(PoisonError::into_inner) {
            Some(Ok(entries)) => {
                self.begun = true;
                entries.into_iter().for_each(|entry| self.known.fold(entry));
            }
            Some(Err(error)) => return Err(Unsent::Unrecorded(error)),
            None => {
                return Err(Unsent::Failed(answer.err().unwrap_or_else(|| Error::new(api.template(), Kind::Fenced))));
            }
        }
        match answer {
            Ok(taken) => {
                // An order for what is paid by use would be a surprise: what it makes is found by its tag.
                if let Some(job) = taken.receipt.job() {
                    self.note(Entry::Job(job.clone()));
                }
                taken.volumes.iter().for_each(|id| self.note(Entry::Volume(id.clone())));
                Ok(taken)
            }
            Err(error) => {
                // What one sending came to says nothing about those before it.
                let nothing = match Outcome::of(Err(&error.kind)) {
                    Outcome::NothingSent | Outcome::Refused(_) => true,
                    // The token is known for a call that was taken, so nothing new was made.
                    Outcome::InDoubt(Doubt::TokenUsed | Doubt::InProgress) => !self.known.jobs.is_empty(),
                    Outcome::InDoubt(Doubt::Lost) | Outcome::Accepted(_) => false,
                };
                if nothing {
                    self.note(Entry::Refused);
                }
                Err(Unsent::Failed(error))
            }
        }
    }

    /// Looks at list and job until the volume has come out, and been listed with its tag.
    pub(super) async fn watch(&mut self, taking: &Taking, deadline: Instant) -> Seen {
        let begun = Instant::now();
        let mut seen = Seen::default();
        // A volume of which nothing shows ends the measuring, and no more: it is the removal that needs a full proof. Until
        // then all of the time is there to look for it.
        let calls =
            Subject { targets: 1, proof: Proof::Date, looks: Duration::MAX, ..self.calls(false, Jobs::Over(None)) };
        let mut lost = taking.job.is_none().then(|| self.settling(calls, false));
        let (mut ended, mut pause) = (taking.job.is_none(), Duration::from_millis(100));
        let tag_within = TAG_WITHIN.min(self.terms.doubts.settle);
        loop {
            let listed = self.look_at_list(taking, &mut seen).await;
            if let Some(job) = taking.job.as_ref().filter(|_| !ended) {
                ended = self.look_at_job(job, &mut seen).await;
            }
            if let Some(id) = seen.id.clone()
                && let Ok(Some(volume)) = self.terms.client.read_volume(&id).await
            {
                self.meet(&id);
                seen.came_out(&volume.status, taking.since.elapsed());
            }
            let tag_over =
                seen.listed.as_ref().is_some_and(|listed| taking.since.elapsed() > listed.after + tag_within);
            let out = seen.out.is_some() && seen.listed.is_some() && (seen.tagged.is_some() || tag_over);
            let found = usize::from(seen.listed.is_some());
            let absent = lost.as_mut().zip(listed.as_ref()).is_some_and(|(lost, listed)| {
                let next = lost.next(&Look::Listed { listed, found }, self.now(begun, deadline), Some(false));
                matches!(next, Next::NoMore(_))
            });
            // Of a job that failed nothing more is measured.
            if ended && (out || seen.failure.is_some()) || absent {
                return seen;
            }
            if !self.pause(&mut pause, deadline, true).await {
                return seen;
            }
        }
    }

    /// Gives the list, where it could be read.
    async fn look_at_list(&mut self, taking: &Taking, seen: &mut Seen) -> Option<Listed> {
        let listed = self.terms.client.list_volumes().await.ok()?;
        seen.looks += 1;
        let after = taking.since.elapsed();
        let found = listed.volumes.values().filter(|volume| concerns(&self.known, volume));
        // One that only has the name may be anybody's, and gives way to one that has more.
        let told = |volume: &ObservedVolume| self.known.volumes.contains(&volume.id);
        let tagged = |volume: &ObservedVolume| volume.tags.get(TAG) == Some(&self.known.intent.id);
        if let Some(volume) = found.max_by_key(|volume| (told(volume), tagged(volume))) {
            let is_ours = told(volume) || tagged(volume);
            seen.listed(volume, &self.known.intent, after);
            if is_ours {
                self.meet(&volume.id);
                seen.id.get_or_insert_with(|| volume.id.clone());
            }
        }
        Some(listed)
    }

    /// Notes that a volume was there: not to be found later then means that it is gone.
    fn meet(&mut self, id: &VolumeId) {
        if !self.known.met.contains(id) {
            self.note(Entry::Met(id.clone()));
        }
    }

    /// Says whether it is over.
    async fn look_at_job(&mut self, job: &JobId, seen: &mut Seen) -> bool {
        let looked = match self.terms.client.show_job(job).await {
            Ok(looked) => looked,
            // A job that nobody knows any more is over; its volume tells the rest.
            Err(error) => return error.meaning() == Some(Meaning::JobUnknown),
        };
        let over = looked.status.has_ended();
        let item = judge(&looked, 1).into_iter().next();
        let id = match (&item, looked.volume_id) {
            (Some(Verdict::Done(id) | Verdict::Failed { id: Some(id), .. }), _) => Some(id.clone()),
            (_, id) => id,
        };
        if let Some(id) = id {
            if !self.known.volumes.contains(&id) {
                self.note(Entry::Volume(id.clone()));
            }
            seen.id = Some(id);
        }
        if let (true, Some(Verdict::Failed { failure, .. })) = (over, item) {
            seen.failure = Some(failure);
        }
        over
    }

    /// The volume as a read by id has it.
    async fn shown(&self, seen: &Seen) -> Option<crate::evs::wire::Volume> {
        self.terms.client.show_volume(seen.id.as_ref()?).await.ok()
    }
}
