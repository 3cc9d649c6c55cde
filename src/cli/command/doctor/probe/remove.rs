//! Removes a probe's volume and sees it gone: of this probe, and of an earlier one that was ended in between.

use super::context::Probe;
use super::lost::Jobs;
use super::proof::{Ownership, concerns, ownership};
use super::record::Entry;
use crate::doctor::{Doubt, Left, Lingering, Open, Removal, Why};
use crate::evs::{Error, Meaning};
use crate::observed::{Listed, Status};
use crate::operation::Unproved;
use crate::operation::settle::{self, Look, Next};
use crate::volume::VolumeId;
use crate::words::doctor::talk;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tokio::time::Instant;

/// How long a deletion that was asked for may show no effect before it is asked for again.
const AGAIN_AFTER: Duration = Duration::from_secs(10);

/// What one round found.
#[derive(Default)]
struct Round {
    /// The volumes that are still there, each with how it shows.
    there: BTreeMap<VolumeId, Lingering>,
    /// Those that are not certainly the probe's own, and why.
    doubtful: BTreeMap<VolumeId, Vec<Doubt>>,
    /// The list, where it was read.
    listed: Option<Listed>,
    /// What kept something from being looked at or done.
    trouble: Option<Error>,
}

/// A deletion that was asked for.
struct Asked {
    at: Instant,
    answered: Instant,
}

impl Probe<'_> {
    /// Deletes what is its own, and looks until nothing of it is left, or the time is over.
    pub(super) async fn remove(&mut self) -> Removal {
        let begun = Instant::now();
        let deadline = begun + self.terms.timeout;
        let (mut asked, mut took) = (BTreeMap::new(), BTreeMap::new());
        let (mut pause, mut told) = (Duration::from_millis(100), false);
        // A removal sends nothing again.
        let mut settling = self.settling(self.calls(false, Jobs::Run), false);
        loop {
            let jobs = self.look_at_jobs().await;
            settling.learn(self.calls(false, jobs));
            let mut round = self.round(&mut asked, &mut took).await;
            if let Some(error) = round.trouble.take_if(|error| error.meaning() == Some(Meaning::Denied)) {
                return self.left(round, Why::Denied(error));
            }
            let clear = round.there.is_empty() && round.trouble.is_none();
            let Some(listed) = round.listed.as_ref().filter(|_| clear) else {
                if !self.pause(&mut pause, deadline, false).await {
                    let why = round.trouble.take().map_or(Why::Time, Why::Failed);
                    return self.left(round, why);
                }
                continue;
            };
            if !round.doubtful.is_empty() {
                return self.left(round, Why::NotCertain);
            }
            let look = Look::Listed { listed, found: self.known.met.len() };
            let (evidence, wait) = match settling.next(&look, self.now(begun, deadline), Some(false)) {
                // All that there may be was there, or no more will ever be; and nothing of it is left.
                Next::Found | Next::NoMore(_) => {
                    let volumes = self.known.met.iter().map(|id| (id.clone(), took.get(id).copied())).collect();
                    return Removal::Gone { name: self.known.intent.name(), volumes };
                }
                Next::Wait(wait) => (settling.last().cloned(), Some(wait)),
                Next::Leave(settle::Why::NotShown { evidence, .. }) => (Some(evidence), None),
                Next::Leave(_) | Next::SendAgain | Next::AskTokens => (None, None),
            };
            let open = open(evidence.and_then(|evidence| evidence.unproved), settling.ends());
            let Some(mut wait) = wait.filter(|_| !self.is_stopped()) else {
                return self.left(round, Why::Open(open));
            };
            if !told {
                told = true;
                self.say(talk::nothing_shows());
            }
            // One that is stopped looks once more.
            if !self.pause(&mut wait, deadline, true).await && !self.is_stopped() {
                return self.left(round, Why::Open(open));
            }
        }
    }

    /// Learns from the jobs which volumes they make, and whether they are over.
    async fn look_at_jobs(&mut self) -> Jobs {
        let mut last = None;
        for job in self.known.jobs.clone() {
            let looked = match self.terms.client.show_job(&job).await {
                Ok(looked) => looked,
                Err(error) if error.meaning() == Some(Meaning::JobUnknown) => continue,
                Err(_) => return Jobs::Run,
            };
            if let Some(id) = looked.volume_id
                && !self.known.volumes.contains(&id)
            {
                self.note(Entry::Volume(id));
            }
            if !looked.status.has_ended() {
                return Jobs::Run;
            }
            last = last.max(Some(looked.ended.unwrap_or_else(|| self.terms.client.service_now())));
        }
        Jobs::Over(last)
    }

    /// One look at everything that may be left, deleting what can be deleted.
    async fn round(&mut self, asked: &mut BTreeMap<VolumeId, Asked>, took: &mut BTreeMap<VolumeId, Duration>) -> Round {
        let mut round = Round::default();
        let mut ids: BTreeSet<VolumeId> = self.known.volumes.union(&self.known.met).cloned().collect();
        match self.terms.client.list_to_its_end().await {
            Ok(listed) => {
                for (id, volume) in listed.volumes.iter().filter(|(_, volume)| concerns(&self.known, volume)) {
                    // What the list still has is not gone, whatever a read says.
                    round.there.insert(id.clone(), Lingering::Status(volume.status.to_string()));
                    ids.insert(id.clone());
                }
                round.listed = Some(listed);
            }
            Err(error) => round.trouble = Some(error),
        }
        for id in ids {
            match self.one(&id, asked, took, &mut round).await {
                Ok(()) => {}
                Err(error) => drop(round.trouble.get_or_insert(error)),
            }
        }
        round
    }

    /// Looks at one volume, and deletes it where it is the probe's own and can be deleted.
    async fn one(
        &mut self,
        id: &VolumeId,
        asked: &mut BTreeMap<VolumeId, Asked>,
        took: &mut BTreeMap<VolumeId, Duration>,
        round: &mut Round,
    ) -> Result<(), Error> {
        let volume = match self.terms.client.show_volume(id).await {
            Ok(volume) => volume,
            Err(error) if error.says_absent() => {
                if let Some(asked) = asked.get(id) {
                    took.entry(id.clone()).or_insert_with(|| asked.answered.elapsed());
                }
                // One read may be a lagging one.
                if self.terms.client.look_for(id).await?.is_some() {
                    round.there.insert(id.clone(), Lingering::AtTimes);
                }
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        round.there.insert(id.clone(), Lingering::Status(volume.status.clone()));
        if let Ownership::Doubtful(why) = ownership(&self.known, &volume) {
            round.there.remove(id);
            round.doubtful.insert(id.clone(), why);
            return Ok(());
        }
        if !self.known.met.contains(id) {
            self.note(Entry::Met(id.clone()));
        }
        let status = Status::new(volume.status);
        let deletable = status == Status::Available || status.is_error();
        if !deletable || asked.get(id).is_some_and(|asked| asked.at.elapsed() < AGAIN_AFTER) {
            return Ok(());
        }
        let at = Instant::now();
        match self.terms.client.delete_volume(id).await {
            Ok(_) => drop(asked.insert(id.clone(), Asked { at, answered: Instant::now() })),
            Err(error) if error.says_absent() => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    fn left(&self, round: Round, why: Why) -> Removal {
        let Round { there, doubtful, .. } = round;
        let volume = self.known.intent.volume();
        Removal::Left(Box::new(Left { volume, there, doubtful, why, record: self.log.path().to_owned() }))
    }
}

/// Why nothing shows, and something may yet: what a list lacks to prove that nothing will, or from when on one may.
fn open(lacks: Option<Unproved>, ends: Option<Timestamp>) -> Open {
    match (ends, lacks) {
        (None, _) => Open::Ever,
        // Waiting helps.
        (Some(ends), None | Some(Unproved::Early)) => Open::Until(ends),
        (Some(_), Some(lacks)) => Open::Lacking(lacks),
    }
}
