//! One look for the volumes of a call, and which of those that it shows are the call's own.

use super::collected::Collected;
use super::context::Context;
use super::expected::Expected;
use super::following::Following;
use crate::evs::Error;
use crate::observed::{Listed, ObservedVolume};
use crate::operation::goal::{self, Goal, Target};
use crate::operation::settle::{EMPTY_LISTS, InDoubt};
use crate::operation::{Claim, Silence, Unproved};
use crate::volume::VolumeId;
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;
use tokio::time::Instant;

/// One look after another for the volumes of a call.
pub(super) struct Looking<'a> {
    pub(super) cx: &'a Context,
    pub(super) call: &'a Following,
}

impl Looking<'_> {
    /// How long a call that the cloud took, or that was sent last then, must have been looked for.
    fn silence(&self) -> Silence {
        let watched = self.call.watched.unwrap_or(self.cx.began).elapsed();
        Silence { since: self.call.since, lasts: self.cx.doubts.settle, settle: self.cx.doubts.settle, watched }
    }

    /// Whether what the job does not name can be proved never to have been made before the deadline, and shall be.
    pub(super) fn can_prove_by(&self, expected: &Expected, deadline: Instant) -> bool {
        let waits = matches!(self.cx.doubts.policy, None | Some(InDoubt::Wait));
        waits && !expected.contested && expected.unproved.is_none() && self.cx.can_end(&self.silence(), deadline)
    }

    /// Looks once for everything that is still open.
    pub(super) async fn look(
        &self,
        expected: &mut Expected,
        collected: &mut Collected,
        shows_within: Duration,
    ) -> Result<(), Error> {
        if expected.by_tag {
            let listed = self.cx.sight.list_since(Instant::now()).await?;
            self.look_by_tag(expected, collected, &listed, shows_within);
        }
        // What the answer named may be the call's, though its tag does not show yet.
        if expected.unnamed > 0 && !self.call.named.is_empty() {
            let unknown = |id: &&VolumeId| !expected.ids.contains(*id) && !collected.foreign.contains_key(*id);
            let unknown: Vec<VolumeId> = self.call.named.iter().filter(unknown).cloned().collect();
            for id in self.cx.sight.read(&unknown, self.call.lists_count_from).await?.into_keys() {
                if expected.ids.insert(id) {
                    expected.unnamed = expected.unnamed.saturating_sub(1);
                }
            }
            expected.by_tag &= expected.unnamed > 0;
        }
        let is_open = |id: &&VolumeId| {
            !self.call.kept.contains_key(*id) && !collected.volumes.get(*id).is_some_and(ObservedVolume::is_settled)
        };
        let open: Vec<VolumeId> = expected.ids.iter().filter(is_open).cloned().collect();
        for (id, volume) in self.cx.sight.read(&open, self.call.lists_count_from).await? {
            self.judge(expected, collected, id, volume);
        }
        Ok(())
    }

    fn look_by_tag(&self, expected: &mut Expected, collected: &mut Collected, listed: &Listed, shows_within: Duration) {
        // The cloud took the call, so nothing but its own lag can keep its volumes from showing.
        let silence = self.silence();
        let proved = if self.call.tagged { silence.is_proved_by(listed) } else { Err(Unproved::Early) };
        expected.late = if proved.is_ok() { expected.late + 1 } else { 0 };
        expected.unproved = proved.err().filter(|why| !why.passes());
        expected.lists += 1;
        let owner = self.cx.owner(&self.call.id);
        let tagged = listed.volumes.values().filter(|volume| owner.marks(&volume.tags));
        for volume in tagged.clone().filter(|volume| volume.is_used(self.call.is_from_backup())) {
            collected.used.insert(volume.id.clone());
        }
        expected.take(tagged.cloned(), collected);
        // What a failed sub-job left may take a moment to show: nothing is made anew before that.
        let shown_by_now = silence.watched >= shows_within && expected.lists >= EMPTY_LISTS;
        let may_have_left = !collected.empty.is_empty() && self.call.tagged && !shown_by_now;
        let may_be_others = !expected.missing.is_empty() && expected.lists < EMPTY_LISTS;
        expected.by_tag = expected.unnamed > 0 || may_have_left || may_be_others;
    }

    /// When a call is over whose job tells no end: no sending of it is taken in any more by then. What waits to be paid
    /// for may be made at any time.
    fn over_by(&self) -> Option<Timestamp> {
        let lasts = SignedDuration::try_from(self.cx.doubts.validity + self.cx.doubts.settle).ok()?;
        self.call.since.checked_add(lasts).ok().filter(|_| !self.call.may_be_unpaid())
    }

    /// Takes a volume for the call's own, or leaves it out, by evidence.
    pub(super) fn judge(
        &self,
        expected: &mut Expected,
        collected: &mut Collected,
        id: VolumeId,
        volume: ObservedVolume,
    ) {
        let create = &self.call.create;
        let owner = self.cx.owner(&self.call.id);
        let (first_sent, ended) = (self.call.first_sent, collected.ended.or_else(|| self.over_by()));
        let claim = Claim { owner: &owner, asked: create.spec.tags.pairs(), first_sent, ended };
        let stood_there = !self.call.resumed && self.call.before.contains(&id);
        let target = Target { create, claim, named: expected.named.contains(&id), stood_there };
        collected.short.remove(&id);
        match goal::reached(target, Some(&volume)) {
            Goal::Elsewhere(why) => {
                // What carries the call's own tag may be its own all the same: nothing is concluded beside that.
                expected.contested |= owner.marks(&volume.tags);
                expected.disown(&id, collected);
                collected.volumes.remove(&id);
                collected.foreign.insert(id, why);
                return;
            }
            Goal::Failed(short) => drop(collected.short.insert(id.clone(), short)),
            Goal::Reached | Goal::Pending => {}
        }
        if volume.is_used(self.call.is_from_backup()) {
            collected.used.insert(id.clone());
        }
        collected.volumes.insert(id, volume);
    }
}
