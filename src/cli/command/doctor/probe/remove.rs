//! Removes a probe's volume and sees it gone: of this probe, and of an earlier one that was ended in between.

use super::context::Probe;
use super::proof::{Ownership, concerns, ownership};
use super::record::Entry;
use crate::apply::unproved;
use crate::evs::{Error, Meaning};
use crate::observed::Status;
use crate::operation::{Silence, Unproved};
use crate::volume::VolumeId;
use jiff::{SignedDuration, Timestamp, Unit};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tokio::time::Instant;

/// How many lists in a row must show nothing where nothing was ever seen.
pub(super) const EMPTY_LISTS: u32 = 2;
/// How long a deletion that was asked for may show no effect before it is asked for again.
const AGAIN_AFTER: Duration = Duration::from_secs(10);
/// How long volumes are looked for where their absence cannot be proved in time.
const LOOKS: Duration = Duration::from_secs(60);

/// Why the record of a call that shows nothing is kept.
const NOTHING_SHOWS: &str = "its create call may have been done, and nothing shows";

/// How it ended.
#[derive(Debug)]
pub(super) enum End {
    /// Nothing is left.
    Gone {
        /// The volumes that were there and are gone, each with how long that took from the answer on.
        volumes: BTreeMap<VolumeId, Option<Duration>>,
    },
    /// Something is left, or may be.
    Left {
        /// What, for people.
        what: String,
        /// What to do about it.
        next: String,
        /// Whether a permission lacks.
        denied: bool,
    },
}

/// What one round found.
#[derive(Default)]
struct Round {
    /// The volumes that are still there, each with its status.
    there: BTreeMap<VolumeId, String>,
    /// Those that are not certainly the probe's own, and why.
    doubtful: BTreeMap<VolumeId, String>,
    /// Whether the list was read, and whether it proves that what it does not show was never made.
    listed: Option<Result<(), Unproved>>,
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
    pub(super) async fn remove(&mut self) -> End {
        let begun = Instant::now();
        let deadline = begun + self.terms.timeout;
        let (mut asked, mut took) = (BTreeMap::new(), BTreeMap::new());
        let (mut pause, mut empty, mut told) = (Duration::from_millis(100), 0, false);
        loop {
            let mut open = None;
            let bound = self.jobs_over().await.and_then(|over| self.absent_from(over));
            let settle = self.terms.doubts.settle;
            let silence = bound.map(|since| Silence { since, lasts: Duration::ZERO, settle, watched: begun.elapsed() });
            let round = self.round(silence, &mut asked, &mut took).await;
            if let Some(error) = round.trouble.as_ref().filter(|error| error.meaning() == Some(Meaning::Denied)) {
                return self.left(&round, &error.to_string(), true);
            }
            let clear = round.listed.is_some() && round.there.is_empty() && round.trouble.is_none();
            if clear && round.doubtful.is_empty() {
                if self.known.met.len() >= self.known.most() {
                    let volumes = self.known.met.iter().map(|id| (id.clone(), took.get(id).copied())).collect();
                    return End::Gone { volumes };
                }
                // Nothing shows, and something may yet.
                let proved = round.listed.unwrap_or(Err(Unproved::Early));
                empty = if proved.is_ok() { empty + 1 } else { 0 };
                if empty >= EMPTY_LISTS {
                    let volumes = self.known.met.iter().map(|id| (id.clone(), took.get(id).copied())).collect();
                    return End::Gone { volumes };
                }
                let lacking = proved.err().and_then(unproved);
                let watch = silence.map_or(Duration::ZERO, |silence| silence.left_to_watch());
                let watched = self.known.open == 0 || Instant::now() + watch < deadline;
                let reachable = watched && lacking.is_none() && bound.is_some_and(|it| self.is_before(it, deadline));
                open = Some(match (bound, lacking) {
                    (None, _) => NOTHING_SHOWS.to_owned(),
                    (Some(_), Some(lacking)) => format!("{NOTHING_SHOWS}, and {lacking}"),
                    (Some(bound), None) => {
                        let from = bound.round(Unit::Second).unwrap_or(bound);
                        format!("{NOTHING_SHOWS}; a probe after {from} can prove that it made none")
                    }
                });
                if self.is_stopped() || (!reachable && begun.elapsed() > LOOKS.min(self.terms.doubts.settle)) {
                    return self.left(&round, open.as_deref().unwrap_or(NOTHING_SHOWS), false);
                }
                if !told {
                    told = true;
                    self.say("nothing of it shows; it is looked for until that is certain");
                }
            } else if clear {
                return self.left(&round, "it is not certainly the probe's own", false);
            }
            if !self.pause(&mut pause, deadline, false).await {
                let why = round.trouble.as_ref().map(ToString::to_string).or(open);
                let why = why.unwrap_or_else(|| "it was not seen to be gone in time".to_owned());
                return self.left(&round, &why, false);
            }
        }
    }

    /// Learns from the jobs which volumes they make. Gives when the last of them was over, by the service's clock, as
    /// far as it says; `None` while one runs, or cannot be asked.
    async fn jobs_over(&mut self) -> Option<Option<Timestamp>> {
        let mut last = None;
        for job in self.known.jobs.clone() {
            let looked = match self.terms.client.show_job(&job).await {
                Ok(looked) => looked,
                Err(error) if error.meaning() == Some(Meaning::JobUnknown) => continue,
                Err(_) => return None,
            };
            if let Some(id) = looked.volume_id
                && !self.known.volumes.contains(&id)
            {
                self.note(Entry::Volume(id));
            }
            if !looked.status.has_ended() {
                return None;
            }
            last = last.max(Some(looked.ended.unwrap_or_else(|| self.terms.client.service_now())));
        }
        Some(last)
    }

    /// One look at everything that may be left, deleting what can be deleted.
    async fn round(
        &mut self,
        silence: Option<Silence>,
        asked: &mut BTreeMap<VolumeId, Asked>,
        took: &mut BTreeMap<VolumeId, Duration>,
    ) -> Round {
        let mut round = Round::default();
        let mut ids: BTreeSet<VolumeId> = self.known.volumes.union(&self.known.met).cloned().collect();
        match self.terms.client.list_to_its_end().await {
            Ok(listed) => {
                // Of calls that were all taken, and whose jobs are over, it is known what became of them.
                let doubt = self.known.open > 0;
                round.listed = Some(match silence {
                    None => Err(Unproved::Early),
                    Some(silence) if doubt => silence.is_proved_by(&listed),
                    Some(silence) => silence.is_over_in(&listed),
                });
                for (id, volume) in listed.volumes.into_iter().filter(|(_, volume)| concerns(&self.known, volume)) {
                    // What the list still has is not gone, whatever a read says.
                    round.there.insert(id.clone(), volume.status.to_string());
                    ids.insert(id);
                }
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
                    round.there.insert(id.clone(), "not found at times".to_owned());
                }
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        round.there.insert(id.clone(), volume.status.clone());
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

    /// From when on a list shows all that the calls can ever have made, where their jobs were over then.
    fn absent_from(&self, over: Option<Timestamp>) -> Option<Timestamp> {
        let settle = SignedDuration::try_from(self.terms.doubts.settle).ok()?;
        let after_jobs = over.and_then(|over| over.checked_add(settle).ok());
        self.bound().map(|bound| after_jobs.map_or(bound, |after| after.max(bound)))
    }

    /// Whether the service's clock reaches that time before the deadline.
    fn is_before(&self, time: Timestamp, deadline: Instant) -> bool {
        let left = SignedDuration::try_from(deadline.saturating_duration_since(Instant::now())).unwrap_or_default();
        time.duration_since(self.terms.client.service_now()) < left
    }

    fn left(&self, round: &Round, why: &str, denied: bool) -> End {
        let intent = &self.known.intent;
        let volumes: Vec<String> = (round.there.iter().map(|(id, status)| format!("volume {id} ({status})")))
            .chain(round.doubtful.iter().map(|(id, doubt)| format!("volume {id} ({doubt})")))
            .collect();
        let volumes = if volumes.is_empty() { String::new() } else { format!(": {}", volumes.join(", ")) };
        let next = match round.doubtful.is_empty() {
            true => format!(
                "run `evsctl doctor --probe` again: it removes that first; or delete volume {} in the console",
                intent.name()
            ),
            false => format!(
                "look at it in the console, and delete it there if nobody needs it; then remove {}",
                self.log.path().display()
            ),
        };
        End::Left { what: format!("{}{volumes}: {why}", intent.words()), next, denied }
    }
}
