//! What a call made: its job's word, and then the volumes' own, until both agree.

use super::doubt::{EMPTY_LISTS, UNTAGGED, by_hand, is_later};
use super::verdict::Made;
use super::{Work, follow};
use crate::evs::{Error, Meaning};
use crate::observed::{ObservedVolume, Status};
use crate::plan::Create;
use crate::state::Failure;
use crate::volume::{Address, CallId, Receipt, SizeGb, VolumeId};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tokio::time::Instant;

/// How long a volume that its job called made may say 404 before it counts as not showing; where nothing stays
/// invisible that long, that long is enough. The time before this run counts, but for the last bit of it.
const APPEARS_WITHIN: Duration = Duration::from_secs(120);
const APPEARS_IN_SIGHT: Duration = Duration::from_secs(5);
/// How long a volume whose sub-job failed may take to show what became of it.
const FAILS_WITHIN: Duration = Duration::from_secs(10);

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
    /// When the cloud took it or it was last sent, by the service's clock.
    pub(super) since: jiff::Timestamp,
    /// How many volumes it can have made at the most, where that is known.
    pub(super) only: Option<usize>,
    pub(super) resumed: bool,
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
    /// Failures that left no volume.
    pub(super) empty: Vec<Failure>,
    /// Why there may be more than was found: then the call stays open, and nothing is made for its slots
    /// while they may still show.
    pub(super) incomplete: Option<String>,
}

impl Harvest {
    /// Why a volume was never usable, if it was not: its sub-job failed, or it came out as `error`.
    pub(super) fn failure(&self, volume: &ObservedVolume) -> Option<Failure> {
        let came_out = || Failure { code: String::new(), reason: "it came out in status error".to_owned() };
        let broken = volume.status.as_str() == "error";
        self.failures.get(&volume.id).cloned().or_else(|| broken.then(came_out))
    }

    /// Takes in what a read showed. What cannot be the call's is left out, and the call is not closed.
    fn take(
        &mut self,
        call: &CallId,
        read: BTreeMap<VolumeId, ObservedVolume>,
        is_ours: impl Fn(&ObservedVolume) -> bool,
    ) {
        for (id, volume) in read {
            if is_ours(&volume) {
                self.volumes.insert(id, volume);
            } else {
                let why = format!("its job names volume {id}, which is not what the call asked for; {}", by_hand(call));
                self.incomplete.get_or_insert(why);
                self.failures.remove(&id);
            }
        }
    }
}

/// The volumes of a call that are looked for.
#[derive(Default)]
struct Expected {
    ids: BTreeSet<VolumeId>,
    /// How many the job does not name: only the tag can tell which they are.
    unnamed: usize,
    /// Whether to look by tag at all: always but where the job names every volume.
    by_tag: bool,
    /// How many lists in a row were late enough to show all that the call can have made.
    late: u32,
    /// How many lists have been looked through.
    lists: u32,
    /// Why what does not show in the end was not made, where the job says so.
    reason: Option<Failure>,
}

impl Work {
    /// Reads the call's volumes until each is usable, has failed, or has stayed away for good.
    ///
    /// The error is why the waiting ended too early; `None` where the run is stopping.
    pub(super) async fn gather(
        &self,
        call: &Following,
        items: Vec<Made>,
        deadline: Instant,
    ) -> Result<Harvest, Option<String>> {
        let mut harvest = Harvest::default();
        let mut expected = self.expected(call, items, &mut harvest);
        let since = Instant::now();
        let appears_within = APPEARS_WITHIN.min(self.doubts.settle);
        let age = Duration::try_from(self.client.service_now().duration_since(call.since)).unwrap_or_default();
        let appears_within = appears_within.saturating_sub(age).max(appears_within.min(APPEARS_IN_SIGHT));
        let mut pause = Duration::from_millis(200);
        loop {
            let looked = tokio::time::timeout_at(deadline, self.look(call, &mut expected, &mut harvest)).await;
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
            let seen = |id: &&VolumeId| harvest.volumes.get(*id).is_some_and(is_settled);
            let failed = |id: &&VolumeId| harvest.failures.contains_key(*id);
            let shown = |id: &&VolumeId| harvest.volumes.contains_key(*id);
            let open: Vec<&VolumeId> = expected.ids.iter().filter(|id| !seen(id)).collect();
            let only_failed = open.iter().all(failed) && since.elapsed() >= FAILS_WITHIN;
            let only_missing = open.iter().all(|id| !shown(id)) && since.elapsed() >= appears_within;
            let over = open.is_empty() || only_failed || only_missing;
            let all_named = expected.unnamed == 0 && !expected.by_tag;
            let waited = since.elapsed() >= APPEARS_WITHIN || !call.tagged || expected.late >= EMPTY_LISTS;
            // However long it takes: what does not show may be what is not paid yet.
            let waited = waited && !call.may_be_unpaid();
            if trouble.is_none() && over && (all_named || waited) {
                let missing: Vec<VolumeId> = open.into_iter().filter(|id| !shown(id)).cloned().collect();
                for id in missing {
                    if !harvest.failures.contains_key(&id) {
                        harvest.absent.insert(id.clone());
                    }
                    harvest.volumes.insert(id.clone(), as_asked(id, call));
                }
                if expected.unnamed > 0 && expected.late >= EMPTY_LISTS {
                    // What has not shown by now never will.
                    let never = expected.reason.take().unwrap_or_else(follow::never_showed);
                    harvest.empty.extend(vec![never; expected.unnamed]);
                } else if expected.unnamed > 0 {
                    let why = if call.tagged {
                        "not all of its volumes are named by the job or show by their tag".to_owned()
                    } else {
                        format!("{UNTAGGED}; {}", by_hand(&call.id))
                    };
                    harvest.incomplete.get_or_insert(why);
                }
                return Ok(harvest);
            }
            let shown = expected.ids.len();
            let looked_for = call.looked_for(self.doubts.settle).filter(|_| trouble.is_none() && shown == 0);
            if looked_for.is_some_and(|looked_for| since.elapsed() >= looked_for) {
                return Err(Some(call.not_seen(shown)));
            }
            if !self.pause(&mut pause, deadline).await {
                if self.stop.is_cancelled() {
                    return Err(None);
                }
                return Err(Some(trouble.unwrap_or_else(|| call.not_seen(shown))));
            }
        }
    }

    /// What the job names, and what an earlier run recorded of the same call.
    fn expected(&self, call: &Following, items: Vec<Made>, harvest: &mut Harvest) -> Expected {
        let mut expected = Expected::default();
        for item in items {
            match item {
                Made::Volume(id) => drop(expected.ids.insert(id)),
                Made::Failed { id: Some(id), failure } => {
                    harvest.failures.insert(id.clone(), failure);
                    expected.ids.insert(id);
                }
                Made::Failed { id: None, failure } => harvest.empty.push(failure),
                Made::Unknown => expected.unnamed += 1,
                Made::Unsure(failure) => {
                    expected.unnamed += 1;
                    expected.reason.get_or_insert(failure);
                }
            }
        }
        let create = &call.create;
        for slot in create.slots.keys() {
            let address = Address { key: create.key.clone(), slot: *slot };
            let recorded = self.state.volumes.get(&address).filter(|was| was.call.as_ref() == Some(&call.id));
            if let Some(recorded) = recorded
                && expected.ids.insert(recorded.id.clone())
            {
                expected.unnamed = expected.unnamed.saturating_sub(1);
            }
        }
        expected.by_tag = expected.unnamed > 0 || !harvest.empty.is_empty();
        expected
    }

    /// Looks once for everything that is still open.
    async fn look(&self, call: &Following, expected: &mut Expected, harvest: &mut Harvest) -> Result<(), Error> {
        if expected.by_tag {
            let listed = self.list_since(Instant::now()).await?;
            // The cloud took the call, so nothing but its own lag can keep its volumes from showing.
            let late = call.tagged && is_later(&listed, call.since, self.doubts.settle);
            expected.late = if late { expected.late + 1 } else { 0 };
            expected.lists += 1;
            let owner = self.owner(&call.id);
            for volume in listed.volumes.values().filter(|volume| owner.marks(&volume.tags)) {
                if !expected.ids.insert(volume.id.clone()) {
                    continue;
                }
                let broken = volume.status.is_error();
                if let Some(failure) = harvest.empty.pop_if(|_| broken) {
                    // A sub-job failed without naming its volume; here it is.
                    harvest.failures.insert(volume.id.clone(), failure);
                } else {
                    expected.unnamed = expected.unnamed.saturating_sub(1);
                }
            }
            // What a failed sub-job left may take a moment to show, and is not waited for.
            let may_have_left = !harvest.empty.is_empty() && call.tagged && expected.lists < EMPTY_LISTS;
            expected.by_tag = expected.unnamed > 0 || may_have_left;
        }
        // What the answer named is the call's, whether its tag shows already or not.
        if expected.unnamed > 0 && !call.named.is_empty() {
            let unknown: Vec<VolumeId> = call.named.iter().filter(|id| !expected.ids.contains(*id)).cloned().collect();
            for id in self.client.read_volumes(&unknown).await?.into_keys() {
                expected.ids.insert(id);
                expected.unnamed = expected.unnamed.saturating_sub(1);
            }
            expected.by_tag &= expected.unnamed > 0;
        }
        let is_open = |id: &&VolumeId| !harvest.volumes.get(*id).is_some_and(is_settled);
        let open: Vec<VolumeId> = expected.ids.iter().filter(is_open).cloned().collect();
        let read = self.client.read_volumes(&open).await?;
        let foreign: Vec<VolumeId> =
            read.values().filter(|volume| !self.may_be_its(volume, call)).map(|volume| volume.id.clone()).collect();
        harvest.take(&call.id, read, |volume| !foreign.contains(&volume.id));
        expected.ids.retain(|id| !foreign.contains(id));
        Ok(())
    }

    /// Whether a volume carries the tag of another call, of whatever state.
    pub(super) fn is_anothers(&self, volume: &ObservedVolume, id: &CallId) -> bool {
        self.owner(id).has_rival(&volume.tags, self.tag.key())
    }

    /// Whether a volume that a job names can be what the call asked for. A job's word alone does not make
    /// somebody's volume ours.
    fn may_be_its(&self, volume: &ObservedVolume, call: &Following) -> bool {
        let spec = &call.create.spec;
        let alike = volume.availability_zone == spec.zone.as_str()
            && spec.size.is_none_or(|size| volume.size == size.gb() || volume.size == 0)
            && (volume.volume_type.is_empty() || volume.volume_type == spec.volume_type.as_str());
        // What the call itself asked for is nobody's mark, whatever it looks like.
        let foreign = |(key, value): &(&String, &String)| spec.tags.pairs().get(*key) != Some(*value);
        let tags = volume.tags.iter().filter(foreign).map(|(key, value)| (key.clone(), value.clone())).collect();
        let owner = self.owner(&call.id);
        if owner.marks(&tags) { true } else { alike && !owner.has_rival(&tags, self.tag.key()) }
    }
}

/// A finished job and a usable volume are two facts: this is the second.
fn is_settled(volume: &ObservedVolume) -> bool {
    volume.status.is_usable() || volume.status.is_error()
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
