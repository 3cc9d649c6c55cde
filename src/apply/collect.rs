//! What a call made: its job's word, and then the volumes' own, until both agree.

use super::collected::Collected;
use super::context::Context;
use super::expected::Expected;
use super::following::Following;
use super::look::Looking;
use super::record::Halted;
use super::why::{Incomplete, Open};
use crate::evs::{Error, Meaning};
use crate::observed::{ObservedVolume, Status};
use crate::operation::settle::EMPTY_LISTS;
use crate::operation::verdict::Verdict;
use crate::state::Change;
use crate::volume::{Address, SizeGb, VolumeId};
use std::collections::BTreeSet;
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

/// The collecting of what one call made.
pub(super) struct Collecting<'a> {
    pub(super) cx: &'a Context,
    pub(super) call: &'a Following,
}

impl Collecting<'_> {
    /// What can be said by now of the volumes that a job names whose parts are over: those that do not show yet, or are not
    /// settled, are left for later.
    pub(super) async fn part(&self, items: Vec<Verdict>) -> Result<Collected, Error> {
        let mut collected = Collected { looked_at: Some(self.cx.client.service_now()), ..Collected::default() };
        let mut expected = Expected::default();
        for item in items {
            expected.expect(item, &mut collected);
        }
        expected.ids.retain(|id| !self.call.kept.contains_key(id));
        expected.named.clone_from(&expected.ids);
        let ids: Vec<VolumeId> = expected.ids.iter().cloned().collect();
        for (id, volume) in self.cx.sight.read(&ids, self.call.lists_count_from).await? {
            self.looking().judge(&mut expected, &mut collected, id, volume);
        }
        collected.volumes.retain(|_, volume| volume.is_settled());
        // What was not judged is not the call's yet, and what is not its own is told in the end.
        collected.foreign.clear();
        Ok(collected)
    }

    /// Reads the call's volumes until each is usable, has failed, or has stayed away for good.
    ///
    /// The error is why the waiting ended too early; `None` where the run is stopping.
    pub(super) async fn all(
        &self,
        items: Vec<Verdict>,
        ended: Option<jiff::Timestamp>,
        deadline: Instant,
    ) -> Result<Collected, Option<Box<Open>>> {
        let mut collected = Collected { ended, looked_at: Some(self.cx.client.service_now()), ..Collected::default() };
        let collecting = self.until_settled(&mut collected, items, deadline).await;
        // Whatever ended it: what was seen used is never cleaned away.
        if collecting.is_err() {
            self.note_used(&collected.used, &mut BTreeSet::new())?;
        }
        collecting.map(|()| collected)
    }

    /// Records which of a call's volumes were seen used while none of them is recorded yet.
    fn note_used(&self, used: &BTreeSet<VolumeId>, noted: &mut BTreeSet<VolumeId>) -> Result<(), Option<Box<Open>>> {
        let ids: Vec<VolumeId> = used.difference(noted).cloned().collect();
        if ids.is_empty() {
            return Ok(());
        }
        noted.extend(ids.iter().cloned());
        // Where nothing can be recorded any more, the record itself tells it in the end.
        self.cx.recorder.note(vec![Change::Used { ids }], Vec::new()).map_err(|Halted| None)
    }

    async fn until_settled(
        &self,
        collected: &mut Collected,
        items: Vec<Verdict>,
        deadline: Instant,
    ) -> Result<(), Option<Box<Open>>> {
        let mut noted = BTreeSet::new();
        let mut expected = Expected::of(self.call, self.recorded(), items, collected);
        let looking = self.looking();
        let since = Instant::now();
        let appears_within = APPEARS_WITHIN.min(self.cx.doubts.settle);
        let age = Duration::try_from(self.cx.client.service_now().duration_since(self.call.since)).unwrap_or_default();
        let appears_within = appears_within.saturating_sub(age).max(appears_within.min(APPEARS_IN_SIGHT));
        let shows_within = LEFT_SHOWS_WITHIN.min(self.cx.doubts.settle);
        let mut pause = Duration::from_millis(200);
        loop {
            let looked = tokio::time::timeout_at(deadline, looking.look(&mut expected, collected, shows_within));
            let looked = looked.await;
            let trouble = match looked {
                Ok(Ok(())) => None,
                // Asking on would not help.
                Ok(Err(error)) if error.meaning() == Some(Meaning::Denied) => {
                    self.cx.tally.change(|report| report.denied = true);
                    return Err(Some(Box::new(Open::VolumesUnread(error))));
                }
                Ok(Err(error)) => Some(error),
                Err(_) => return Err(Some(Box::new(Open::VolumesLate))),
            };
            let seen = |id: &&VolumeId| {
                self.call.kept.contains_key(*id) || collected.volumes.get(*id).is_some_and(ObservedVolume::is_settled)
            };
            let failed = |id: &&VolumeId| collected.failures.contains_key(*id);
            let shown = |id: &&VolumeId| self.call.kept.contains_key(*id) || collected.volumes.contains_key(*id);
            let open: Vec<&VolumeId> = expected.ids.iter().filter(|id| !seen(id)).collect();
            let only_failed = open.iter().all(failed) && since.elapsed() >= FAILS_WITHIN;
            let only_missing = open.iter().all(|id| !shown(id)) && since.elapsed() >= appears_within;
            let over = open.is_empty() || only_failed || only_missing;
            let all_named = expected.unnamed == 0 && !expected.by_tag;
            let provable = expected.unnamed > 0 && looking.can_prove_by(&expected, deadline);
            let waited = since.elapsed() >= APPEARS_WITHIN && !provable;
            let waited = waited || !self.call.tagged || expected.late >= EMPTY_LISTS;
            // However long it takes: what does not show may be what is not paid yet.
            let waited = waited && !self.call.may_be_unpaid();
            let missing: Vec<VolumeId> = open.into_iter().filter(|id| !shown(id)).cloned().collect();
            let lost: Vec<VolumeId> = missing.iter().filter(|id| !failed(id)).cloned().collect();
            let over = over && (!self.call.tagged || expected.has_looked_for(&lost));
            if trouble.is_none() && over && (all_named || waited) {
                for id in missing {
                    if !collected.failures.contains_key(&id) {
                        collected.absent.insert(id.clone());
                    }
                    collected.volumes.insert(id.clone(), as_asked(id, self.call));
                }
                if expected.unnamed > 0 && !expected.contested && expected.late >= EMPTY_LISTS {
                    // What has not shown by now never will.
                    match expected.reason.take() {
                        Some(failure) => collected.empty.push(failure),
                        None => collected.never_showed = true,
                    }
                } else if expected.unnamed > 0 {
                    let foreign = collected.foreign.iter().next().map(|(id, why)| (id.clone(), *why));
                    let (call, tagged) = (self.call.id.clone(), self.call.tagged);
                    let why = Incomplete { call, tagged, unproved: expected.unproved, foreign };
                    collected.incomplete.get_or_insert(why);
                }
                return Ok(());
            }
            let shown = expected.ids.len();
            let looked_for = self.call.looked_for(self.cx.doubts.settle).filter(|_| trouble.is_none() && shown == 0);
            if looked_for.is_some_and(|looked_for| since.elapsed() >= looked_for) {
                return Err(Some(Box::new(self.call.not_seen(shown))));
            }
            self.note_used(&collected.used, &mut noted)?;
            if !self.cx.pause(&mut pause, deadline).await {
                if self.cx.stop.is_cancelled() {
                    return Err(None);
                }
                let unread = trouble.map(Open::VolumesUnread);
                return Err(Some(Box::new(unread.unwrap_or_else(|| self.call.not_seen(shown)))));
            }
        }
    }

    fn looking(&self) -> Looking<'_> {
        Looking { cx: self.cx, call: self.call }
    }

    /// The volumes that an earlier run recorded of the same call.
    fn recorded(&self) -> impl Iterator<Item = VolumeId> {
        let create = &self.call.create;
        create.slots.keys().filter_map(|slot| {
            let address = Address { key: create.key.clone(), slot: *slot };
            let recorded = self.cx.state.volumes.get(&address);
            Some(recorded.filter(|was| was.call.as_ref() == Some(&self.call.id))?.id.clone())
        })
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
