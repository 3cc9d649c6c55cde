//! What a call made: its job's word, and then the volumes' own, until both agree.

mod expected;

use super::doubt::{EMPTY_LISTS, UNTAGGED, by_hand};
use super::record::Halted;
use super::sight::is_settled;
use super::verdict::Made;
use super::{Work, follow};
use crate::evs::{Error, Meaning};
use crate::observed::{ObservedVolume, Status};
use crate::plan::{Create, NotOurs};
use crate::state::{Change, Failure, Leftover, Misfit, Taint, Unlike};
use crate::volume::{CallId, Receipt, SizeGb, Slot, Source, VolumeId};
use expected::Expected;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tokio::time::Instant;

/// How long a volume that its job called made may say 404 before it counts as not showing; where nothing stays
/// invisible that long, that long is enough. The time before this run counts, but for the last bit of it.
const APPEARS_WITHIN: Duration = Duration::from_secs(120);
const APPEARS_IN_SIGHT: Duration = Duration::from_secs(5);
/// How long after the cloud took a call a volume is looked for that a failed sub-job may have left without naming it:
/// as long as lists usually lag. One that shows later is told as an orphan, and its slot waits for it.
const LEFT_SHOWS_WITHIN: Duration = Duration::from_secs(5);
/// How long a volume whose sub-job failed may take to show what became of it.
const FAILS_WITHIN: Duration = Duration::from_secs(10);

/// Why a call stays open of which not every volume is known.
const NOT_ALL: &str = "not all of its volumes are named by the job or show by their tag";

/// A call on its way.
pub(super) struct Following {
    pub(super) id: CallId,
    pub(super) create: Create,
    /// Whether its volumes carry its tag.
    pub(super) tagged: bool,
    /// `None` where the answer was lost and the volumes are there all the same.
    pub(super) receipt: Option<Receipt>,
    /// The volumes that the answer named, some of which may never show.
    pub(super) named: Vec<VolumeId>,
    /// When it was first sent, by the service's clock, where that is known.
    pub(super) first_sent: Option<jiff::Timestamp>,
    /// When the cloud took it or it was last sent, by the service's clock.
    pub(super) since: jiff::Timestamp,
    /// The same by the run's own clock, where this run did it.
    pub(super) watched: Option<Instant>,
    /// How many volumes it can have made at the most, where that is known.
    pub(super) only: Option<usize>,
    pub(super) resumed: bool,
    /// From when on what lists show of its volumes counts, by the run's own clock.
    pub(super) taken_at: Instant,
    /// The volumes that are recorded while its job goes on.
    pub(super) kept: BTreeMap<VolumeId, Slot>,
    /// How many of those are good.
    pub(super) good: usize,
}

impl Following {
    /// Whether its volumes are made from a backup.
    fn is_from_backup(&self) -> bool {
        matches!(self.create.spec.source, Source::Backup(_))
    }
}

/// What one call made, as far as seen.
#[derive(Default)]
pub(super) struct Harvest {
    /// Volumes that are there, good or not, as last seen; and those that do not show, as asked for.
    pub(super) volumes: BTreeMap<VolumeId, ObservedVolume>,
    /// Those that the job called made and that no read shows. They are recorded, so that the next plan
    /// asks about them by id.
    pub(super) absent: BTreeSet<VolumeId>,
    /// Why some of them failed. These are recorded even if they do not show, for the same reason.
    pub(super) failures: BTreeMap<VolumeId, Failure>,
    /// When some of them failed, by the word of their own sub-jobs.
    pub(super) failed_at: BTreeMap<VolumeId, jiff::Timestamp>,
    /// Those that its job says were made well.
    pub(super) made: BTreeSet<VolumeId>,
    /// Failures that left no volume.
    pub(super) empty: Vec<Failure>,
    /// In what those differ from what was asked for that do.
    pub(super) unlike: BTreeMap<VolumeId, Vec<Misfit>>,
    /// Those that were seen usable or attached at any look.
    pub(super) used: BTreeSet<VolumeId>,
    /// Volumes that the job names and that are not the call's own, and why.
    pub(super) foreign: BTreeMap<VolumeId, NotOurs>,
    /// When its job ended, by the service's word.
    pub(super) ended: Option<jiff::Timestamp>,
    /// What the service's clock showed when its volumes were looked at.
    pub(super) looked_at: Option<jiff::Timestamp>,
    /// Why there may be more than was found: then the call stays open, and nothing is made for its slots
    /// while they may still show.
    pub(super) incomplete: Option<String>,
}

impl Harvest {
    /// Why a volume does not count as what was asked for, if it does not: its sub-job failed, or it came out as
    /// `error`, or it is not as asked.
    pub(super) fn taint(&self, volume: &ObservedVolume, call: &Following) -> Option<Taint> {
        let came_out = || Failure { code: String::new(), reason: "it came out in status error".to_owned() };
        let broken = volume.status.as_str() == "error";
        let failed = self.failures.get(&volume.id).cloned().or_else(|| broken.then(came_out));
        if let Some(failure) = failed {
            let at = self.failed_at(volume, call);
            return Some(Taint::Failed(Leftover::of(failure, at)));
        }
        self.unlike.get(&volume.id).map(|unlike| Taint::Unlike(Unlike { unlike: unlike.clone() }))
    }

    /// When a volume of the call failed, or a time before that; `None` where nothing tells.
    fn failed_at(&self, volume: &ObservedVolume, call: &Following) -> Option<jiff::Timestamp> {
        // Where its job says that it was made well, nothing tells when it broke, nor what it was until then.
        if self.made.contains(&volume.id) {
            return None;
        }
        // A time that its sub-job does not tell, or cannot have ended at, is taken for no later than the call was accepted,
        // and than the volume was made.
        let told = self.failed_at.get(&volume.id).copied();
        let told = told.filter(|ended| *ended >= call.since && *ended <= self.looked_at.unwrap_or(*ended));
        // When an earlier run's call was accepted may be lost with that run's record.
        let before = match (volume.created_at, call.resumed) {
            (Some(made), _) => Some(made.min(call.since)),
            (None, true) => None,
            (None, false) => Some(call.since),
        };
        told.or(before)
    }
}

impl Work {
    /// What can be said by now of the volumes that a job names whose parts are over: those that do not show yet, or are not
    /// settled, are left for later.
    pub(super) async fn gather_part(&self, call: &Following, items: Vec<Made>) -> Result<Harvest, Error> {
        let mut harvest = Harvest { looked_at: Some(self.client.service_now()), ..Harvest::default() };
        let mut expected = Expected::default();
        for item in items {
            expected.expect(item, &mut harvest);
        }
        expected.ids.retain(|id| !call.kept.contains_key(id));
        expected.named.clone_from(&expected.ids);
        let ids: Vec<VolumeId> = expected.ids.iter().cloned().collect();
        for (id, volume) in self.sight.read(&ids, call.taken_at).await? {
            self.judge(call, &mut expected, &mut harvest, id, volume);
        }
        harvest.volumes.retain(|_, volume| is_settled(volume));
        // What was not judged is not the call's yet, and what is not its own is told in the end.
        harvest.foreign.clear();
        Ok(harvest)
    }

    /// Reads the call's volumes until each is usable, has failed, or has stayed away for good.
    ///
    /// The error is why the waiting ended too early; `None` where the run is stopping.
    pub(super) async fn gather(
        &self,
        call: &Following,
        items: Vec<Made>,
        ended: Option<jiff::Timestamp>,
        deadline: Instant,
    ) -> Result<Harvest, Option<String>> {
        let mut harvest = Harvest { ended, looked_at: Some(self.client.service_now()), ..Harvest::default() };
        let gathered = self.gather_into(&mut harvest, call, items, deadline).await;
        // Whatever ended it: what was seen used is never cleaned away.
        if gathered.is_err() {
            self.note_used(&harvest.used, &mut BTreeSet::new())?;
        }
        gathered.map(|()| harvest)
    }

    /// Records which of a call's volumes were seen used while none of them is recorded yet.
    fn note_used(&self, used: &BTreeSet<VolumeId>, noted: &mut BTreeSet<VolumeId>) -> Result<(), Option<String>> {
        let ids: Vec<VolumeId> = used.difference(noted).cloned().collect();
        if ids.is_empty() {
            return Ok(());
        }
        noted.extend(ids.iter().cloned());
        // Where nothing can be recorded any more, the record itself tells it in the end.
        self.recorder.note(vec![Change::Used { ids }], Vec::new()).map_err(|Halted| None)
    }

    async fn gather_into(
        &self,
        harvest: &mut Harvest,
        call: &Following,
        items: Vec<Made>,
        deadline: Instant,
    ) -> Result<(), Option<String>> {
        let mut noted = BTreeSet::new();
        let mut expected = Expected::of(self, call, items, harvest);
        let since = Instant::now();
        let appears_within = APPEARS_WITHIN.min(self.doubts.settle);
        let age = Duration::try_from(self.client.service_now().duration_since(call.since)).unwrap_or_default();
        let appears_within = appears_within.saturating_sub(age).max(appears_within.min(APPEARS_IN_SIGHT));
        let shows_within = LEFT_SHOWS_WITHIN.min(self.doubts.settle);
        let mut pause = Duration::from_millis(200);
        loop {
            let looked = tokio::time::timeout_at(deadline, self.look(call, &mut expected, harvest, shows_within));
            let looked = looked.await;
            let trouble = match looked {
                Ok(Ok(())) => None,
                // Asking on would not help.
                Ok(Err(error)) if error.meaning() == Some(Meaning::Denied) => {
                    self.tally.change(|report| report.denied = true);
                    return Err(Some(error.to_string()));
                }
                Ok(Err(error)) => Some(error.to_string()),
                Err(_) => return Err(Some("its volumes could not be read in time".to_owned())),
            };
            let seen = |id: &&VolumeId| call.kept.contains_key(*id) || harvest.volumes.get(*id).is_some_and(is_settled);
            let failed = |id: &&VolumeId| harvest.failures.contains_key(*id);
            let shown = |id: &&VolumeId| call.kept.contains_key(*id) || harvest.volumes.contains_key(*id);
            let open: Vec<&VolumeId> = expected.ids.iter().filter(|id| !seen(id)).collect();
            let only_failed = open.iter().all(failed) && since.elapsed() >= FAILS_WITHIN;
            let only_missing = open.iter().all(|id| !shown(id)) && since.elapsed() >= appears_within;
            let over = open.is_empty() || only_failed || only_missing;
            let all_named = expected.unnamed == 0 && !expected.by_tag;
            let provable = expected.unnamed > 0 && self.can_prove_by(call, &expected, deadline);
            let waited = since.elapsed() >= APPEARS_WITHIN && !provable;
            let waited = waited || !call.tagged || expected.late >= EMPTY_LISTS;
            // However long it takes: what does not show may be what is not paid yet.
            let waited = waited && !call.may_be_unpaid();
            let missing: Vec<VolumeId> = open.into_iter().filter(|id| !shown(id)).cloned().collect();
            let lost: Vec<VolumeId> = missing.iter().filter(|id| !failed(id)).cloned().collect();
            let over = over && (!call.tagged || expected.doubts(&lost));
            if trouble.is_none() && over && (all_named || waited) {
                for id in missing {
                    if !harvest.failures.contains_key(&id) {
                        harvest.absent.insert(id.clone());
                    }
                    harvest.volumes.insert(id.clone(), as_asked(id, call));
                }
                if expected.unnamed > 0 && !expected.contested && expected.late >= EMPTY_LISTS {
                    // What has not shown by now never will.
                    let never = expected.reason.take().unwrap_or_else(follow::never_showed);
                    harvest.empty.extend(vec![never; expected.unnamed]);
                } else if expected.unnamed > 0 {
                    let why = match (call.tagged, expected.unproved) {
                        (false, _) => UNTAGGED.to_owned(),
                        (true, None) => NOT_ALL.to_owned(),
                        (true, Some(unproved)) => format!("{NOT_ALL}, and {unproved}"),
                    };
                    let foreign = harvest.foreign.iter().next();
                    let foreign =
                        foreign.map(|(id, why)| format!("; volume {id}, which its job names, is not its own: {why}"));
                    let why = format!("{why}{}; {}", foreign.unwrap_or_default(), by_hand(&call.id));
                    harvest.incomplete.get_or_insert(why);
                }
                return Ok(());
            }
            let shown = expected.ids.len();
            let looked_for = call.looked_for(self.doubts.settle).filter(|_| trouble.is_none() && shown == 0);
            if looked_for.is_some_and(|looked_for| since.elapsed() >= looked_for) {
                return Err(Some(call.not_seen(shown)));
            }
            self.note_used(&harvest.used, &mut noted)?;
            if !self.pause(&mut pause, deadline).await {
                if self.stop.is_cancelled() {
                    return Err(None);
                }
                return Err(Some(trouble.unwrap_or_else(|| call.not_seen(shown))));
            }
        }
    }
}

/// What is recorded of a volume that its job called made and that no read shows.
fn as_asked(id: VolumeId, call: &Following) -> ObservedVolume {
    let spec = &call.create.spec;
    ObservedVolume {
        name: call.create.name.to_string(),
        status: Status::new("unknown"),
        size: spec.size.map_or(0, SizeGb::gb),
        volume_type: spec.volume_type.to_string(),
        availability_zone: spec.zone.to_string(),
        prepaid: spec.prepaid.is_some(),
        ..ObservedVolume::of(id)
    }
}
