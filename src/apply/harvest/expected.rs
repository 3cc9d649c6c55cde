//! The volumes of one call that are looked for, and one look for them.

use super::super::Work;
use super::super::absence::Silence;
use super::super::doubt::{EMPTY_LISTS, InDoubt};
use super::super::sight::is_settled;
use super::super::verdict::Made;
use super::{Following, Harvest};
use crate::evs::{Error, Listed};
use crate::observed::ObservedVolume;
use crate::plan::{Claim, Mark, misfits, misnamed};
use crate::state::Failure;
use crate::volume::{Address, VolumeId};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::time::Instant;

/// The volumes of a call that are looked for.
#[derive(Default)]
pub(super) struct Expected {
    pub(super) ids: BTreeSet<VolumeId>,
    /// Those of them that show by tag and for which no place was left.
    more: BTreeSet<VolumeId>,
    /// Those that its job, its order or its answer names, and that an earlier run recorded as its own.
    pub(super) named: BTreeSet<VolumeId>,
    /// How many nothing names: only the tag can tell which they are.
    pub(super) unnamed: usize,
    /// Whether to look by tag at all: always but where the job names every volume.
    pub(super) by_tag: bool,
    /// Volumes that it was said to have made, and that no read shows: the tag may tell of others in their place.
    missing: BTreeSet<VolumeId>,
    /// Whether its job or its answer says that it made a volume which is not its own, or such a volume carries its tag: then
    /// something was made, and that no list shows it proves nothing.
    pub(super) contested: bool,
    /// How many lists in a row proved that they show all that the call can have made.
    pub(super) late: u32,
    /// How many lists have been looked through since something was looked for by tag.
    lists: u32,
    /// Why the last list proved nothing, where waiting does not help.
    pub(super) unproved: Option<&'static str>,
    /// Why what does not show in the end was not made, where the job says so.
    pub(super) reason: Option<Failure>,
}

impl Expected {
    /// What the job names, and what an earlier run recorded of the same call.
    pub(super) fn of(work: &Work, call: &Following, items: Vec<Made>, harvest: &mut Harvest) -> Expected {
        let mut expected = Expected::default();
        for item in items {
            expected.expect(item, harvest);
        }
        let create = &call.create;
        let recorded = create.slots.keys().filter_map(|slot| {
            let address = Address { key: create.key.clone(), slot: *slot };
            let recorded = work.state.volumes.get(&address).filter(|was| was.call.as_ref() == Some(&call.id))?;
            Some(recorded.id.clone())
        });
        for id in recorded.chain(call.kept.keys().cloned()) {
            if expected.ids.insert(id) {
                expected.unnamed = expected.unnamed.saturating_sub(1);
            }
        }
        expected.named = expected.ids.iter().chain(&call.named).cloned().collect();
        expected.by_tag = expected.unnamed > 0 || !harvest.empty.is_empty();
        expected
    }

    /// Takes in what a job says of one volume.
    pub(super) fn expect(&mut self, item: Made, harvest: &mut Harvest) {
        match item {
            Made::Volume(id) => {
                harvest.made.insert(id.clone());
                self.ids.insert(id);
            }
            Made::Failed { id: Some(id), failure, at } => {
                harvest.failed_at.extend(at.map(|at| (id.clone(), at)));
                harvest.failures.insert(id.clone(), failure);
                self.ids.insert(id);
            }
            Made::Failed { id: None, failure, .. } => harvest.empty.push(failure),
            Made::Unknown => self.unnamed += 1,
            Made::Unsure(failure) => {
                self.unnamed += 1;
                self.reason.get_or_insert(failure);
            }
        }
    }

    /// Some of what was said to have been made does not show: its tag may tell of others that were. Says whether
    /// lists have been looked through for those.
    pub(super) fn doubts(&mut self, missing: &[VolumeId]) -> bool {
        if missing.iter().any(|id| !self.missing.contains(id)) {
            self.missing = missing.iter().cloned().collect();
            (self.by_tag, self.lists) = (true, 0);
        }
        missing.is_empty() || self.lists >= EMPTY_LISTS
    }

    /// Takes in what a list shows by tag.
    fn take(&mut self, volumes: impl Iterator<Item = ObservedVolume>, harvest: &mut Harvest) {
        for volume in volumes.filter(|volume| !harvest.foreign.contains_key(&volume.id)) {
            if !self.ids.insert(volume.id.clone()) {
                continue;
            }
            let broken = volume.status.is_error();
            if let Some(failure) = harvest.empty.pop_if(|_| broken) {
                // A sub-job failed without naming its volume; here it is.
                harvest.failures.insert(volume.id.clone(), failure);
            } else if self.unnamed > 0 {
                self.unnamed -= 1;
            } else if let Some(id) = self.missing.pop_first() {
                // What it was said to have made in the place of this one is not there.
                self.ids.remove(&id);
            } else {
                self.more.insert(volume.id.clone());
            }
        }
    }

    /// Leaves out a volume that is not the call's own, whatever names it: the call's own are looked for by tag.
    fn disown(&mut self, id: &VolumeId, harvest: &mut Harvest) {
        self.ids.remove(id);
        if self.more.remove(id) {
            return;
        }
        match harvest.failures.remove(id) {
            Some(failure) => harvest.empty.push(failure),
            // Another takes its place, where one was left over.
            None if self.more.pop_first().is_some() => {}
            None => {
                self.contested |= self.named.contains(id);
                self.unnamed += 1;
            }
        }
        (self.by_tag, self.lists) = (true, 0);
    }
}

impl Work {
    /// How long a call that the cloud took, or that was sent last then, must have been looked for.
    fn silence(&self, call: &Following) -> Silence {
        let watched = call.watched.unwrap_or(self.began).elapsed();
        Silence { since: call.since, lasts: self.doubts.settle, settle: self.doubts.settle, watched }
    }

    /// Whether what the job does not name can be proved never to have been made before the deadline, and shall be.
    pub(super) fn can_prove_by(&self, call: &Following, expected: &Expected, deadline: Instant) -> bool {
        let waits = matches!(self.doubts.policy, None | Some(InDoubt::Wait));
        waits && !expected.contested && expected.unproved.is_none() && self.ends_before(&self.silence(call), deadline)
    }

    /// Looks once for everything that is still open.
    pub(super) async fn look(
        &self,
        call: &Following,
        expected: &mut Expected,
        harvest: &mut Harvest,
        shows_within: Duration,
    ) -> Result<(), Error> {
        if expected.by_tag {
            let listed = self.sight.list_since(Instant::now()).await?;
            self.look_by_tag(call, expected, harvest, &listed, shows_within);
        }
        // What the answer named may be the call's, though its tag does not show yet.
        if expected.unnamed > 0 && !call.named.is_empty() {
            let unknown = |id: &&VolumeId| !expected.ids.contains(*id) && !harvest.foreign.contains_key(*id);
            let unknown: Vec<VolumeId> = call.named.iter().filter(unknown).cloned().collect();
            for id in self.sight.read(&unknown, call.taken_at).await?.into_keys() {
                if expected.ids.insert(id) {
                    expected.unnamed = expected.unnamed.saturating_sub(1);
                }
            }
            expected.by_tag &= expected.unnamed > 0;
        }
        let is_open =
            |id: &&VolumeId| !call.kept.contains_key(*id) && !harvest.volumes.get(*id).is_some_and(is_settled);
        let open: Vec<VolumeId> = expected.ids.iter().filter(is_open).cloned().collect();
        for (id, volume) in self.sight.read(&open, call.taken_at).await? {
            self.judge(call, expected, harvest, id, volume);
        }
        Ok(())
    }

    fn look_by_tag(
        &self,
        call: &Following,
        expected: &mut Expected,
        harvest: &mut Harvest,
        listed: &Listed,
        shows_within: Duration,
    ) {
        // The cloud took the call, so nothing but its own lag can keep its volumes from showing.
        let silence = self.silence(call);
        let proved = if call.tagged { silence.is_proved_by(listed).map_err(|why| why.words()) } else { Err(None) };
        expected.late = if proved.is_ok() { expected.late + 1 } else { 0 };
        expected.unproved = proved.err().flatten();
        expected.lists += 1;
        let owner = self.owner(&call.id);
        let tagged = listed.volumes.values().filter(|volume| owner.marks(&volume.tags));
        for volume in tagged.clone().filter(|volume| volume.is_used(call.is_from_backup())) {
            harvest.used.insert(volume.id.clone());
        }
        expected.take(tagged.cloned(), harvest);
        // What a failed sub-job left may take a moment to show: nothing is made anew before that.
        let shown_by_now = silence.watched >= shows_within && expected.lists >= EMPTY_LISTS;
        let may_have_left = !harvest.empty.is_empty() && call.tagged && !shown_by_now;
        let may_be_others = !expected.missing.is_empty() && expected.lists < EMPTY_LISTS;
        expected.by_tag = expected.unnamed > 0 || may_have_left || may_be_others;
    }

    /// When a call is over whose job tells no end: no sending of it is taken in any more by then. What waits to be paid
    /// for may be made at any time.
    fn over_by(&self, call: &Following) -> Option<Timestamp> {
        let lasts = SignedDuration::try_from(self.doubts.validity + self.doubts.settle).ok()?;
        call.since.checked_add(lasts).ok().filter(|_| !call.may_be_unpaid())
    }

    /// Takes a volume for the call's own, or leaves it out, by evidence.
    pub(super) fn judge(
        &self,
        call: &Following,
        expected: &mut Expected,
        harvest: &mut Harvest,
        id: VolumeId,
        volume: ObservedVolume,
    ) {
        let spec = &call.create.spec;
        let owner = self.owner(&call.id);
        let (first_sent, ended) = (call.first_sent, harvest.ended.or_else(|| self.over_by(call)));
        let claim = Claim { owner: &owner, asked: spec.tags.pairs(), first_sent, ended };
        let stood_there = !call.resumed && self.before.contains(&id);
        let mark = match claim.judge(&volume, expected.named.contains(&id), stood_there) {
            Ok(mark) => mark,
            Err(why) => {
                // What carries the call's own tag may be its own all the same: nothing is concluded beside that.
                expected.contested |= owner.marks(&volume.tags);
                expected.disown(&id, harvest);
                harvest.volumes.remove(&id);
                harvest.foreign.insert(id, why);
                return;
            }
        };
        if volume.is_used(call.is_from_backup()) {
            harvest.used.insert(id.clone());
        }
        let mut unlike = misfits(spec, &volume);
        if mark == Mark::Named {
            let many = call.create.slots.len() > 1;
            unlike.extend(misnamed(&call.create.name, many, call.create.slots.values(), &volume));
        }
        // While it is made an answer may lack what it is going to be.
        if unlike.is_empty() || !is_settled(&volume) {
            harvest.unlike.remove(&id);
        } else {
            harvest.unlike.insert(id.clone(), unlike);
        }
        harvest.volumes.insert(id, volume);
    }
}
