//! A recorded volume that does not count as what was asked for: cleaned away where a failed creation left it and it was
//! surely never used, adopted where it is what is asked for after all, and left alone with the ways out else.

use super::digest::digest_of;
use super::planner::Planner;
use super::steps::{Adopt, Clean, Fault, Step};
use super::why::{Flaw, NotOwn, Sign, Why};
use super::{Action, Plan};
use crate::manifest::DesiredVolume;
use crate::observed::{ObservedVolume, Status};
use crate::operation::{CLOCKS_DIFFER, Claim, Leftover, Mark, Owner, Taint, Unlike, Unseen, misfits, misnamed};
use crate::state::{Approved, EndedCreate, Recorded, Seen, State};
use crate::volume::{Address, Digest, Source, VolumeId, VolumeName, slot_name};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// For how long after its failure what a failed creation left is cleaned away without consent: only applies record that
/// a volume was used, so after that somebody may have repaired and used it unseen.
pub const CLEANED_WITHIN: SignedDuration = SignedDuration::from_hours(1);

/// Whether it needs consent to clean away what failed then, looked at as of that time. Where either is not known it does.
pub(super) fn is_late(failed_at: Option<Timestamp>, as_of: Option<Timestamp>) -> bool {
    failed_at.zip(as_of).is_none_or(|(failed_at, as_of)| {
        // A failure that is yet to come is no failure's time.
        let age = as_of.duration_since(failed_at);
        age > CLEANED_WITHIN || age < -CLOCKS_DIFFER
    })
}

impl Plan {
    /// Judges the age of what failed creations left as that plan did, where this is carried out within an hour of it.
    pub fn judge_as(&mut self, reviewed: &Plan) {
        let cleans = reviewed.steps.iter().filter_map(|step| match step {
            Step::Clean(clean) if !clean.late => Some((&clean.id, clean.as_of)),
            _ => None,
        });
        let judged: BTreeMap<&VolumeId, Option<Timestamp>> = cleans.collect();
        self.judge_by(|id| judged.get(id).copied().flatten());
    }

    /// Judges the age of what failed creations left as the run did that was approved then, for what that run was to
    /// clean, where this is carried out within an hour of it.
    pub fn judge_as_of(&mut self, approved: &Approved) {
        let cleans = approved.steps.iter().filter(|allowed| allowed.action == Action::Clean.word());
        let allowed: BTreeSet<&Digest> = cleans.map(|allowed| &allowed.after).collect();
        self.judge_by(|id| approved.as_of.filter(|_| allowed.contains(&digest_of(id))));
    }

    fn judge_by(&mut self, as_of: impl Fn(&VolumeId) -> Option<Timestamp>) {
        for step in &mut self.steps {
            if let Step::Clean(clean) = step
                && clean.late
                && let (Some(then), Some(now)) = (as_of(&clean.id), clean.as_of)
                && now.duration_since(then) <= CLEANED_WITHIN
            {
                clean.late = is_late(clean.failed_at, Some(then));
            }
        }
    }
}

impl Planner<'_> {
    /// Decides about a tainted volume. Says whether its slot is free to be created anew.
    pub(super) fn tainted(
        &mut self,
        address: &Address,
        volume: &Recorded,
        taint: &Taint,
        wish: Option<&DesiredVolume>,
    ) -> bool {
        if self.inputs.observed.is_some_and(|seen| seen.gone.contains(&volume.id)) {
            // Nothing is deleted any more.
            return self.clean(address, volume, fault_of(taint), None, None);
        }
        let seen = self.inputs.observed.and_then(|seen| seen.volumes.get(&volume.id));
        let flaw = match taint {
            Taint::Failed(leftover) => Flaw::Failed(leftover.failure()),
            Taint::Unlike(unlike) => Flaw::NotAsAsked(unlike.unlike.clone()),
            Taint::Unseen(_) => {
                self.shown(address, volume, seen, wish);
                return false;
            }
        };
        if volume.base.spec.prepaid.is_some() || seen.is_some_and(|seen| seen.prepaid) {
            self.refuse(address, volume, Why::PrepaidLeftover { flaw });
            return false;
        }
        if let Taint::Unlike(unlike) = taint {
            let own = seen.zip(self.inputs.recorded).map_or(Ok(Mark::Tag), |(seen, state)| is_own(state, volume, seen));
            if let Err(evidence) = own {
                self.refuse(address, volume, Why::NotMadeByCall { misfits: unlike.unlike.clone(), evidence });
                return false;
            }
            if self.is_as_wanted(address, volume, seen, wish) {
                return false;
            }
        }
        if let Some(sign) = self.sign_of_use(volume, seen, taint).or_else(|| self.snapshots_of(&volume.id)) {
            self.refuse(address, volume, Why::MayBeUsed { flaw, sign });
            return false;
        }
        let left = seen.zip(self.inputs.recorded).map_or(Ok(()), |(seen, state)| is_leftover(state, volume, seen));
        if let Err(evidence) = left {
            self.refuse(address, volume, Why::NotLeftByCall { evidence });
            return false;
        }
        let failed_at = match taint {
            Taint::Failed(Leftover { at, .. }) => *at,
            Taint::Unlike(_) | Taint::Unseen(_) => None,
        };
        let as_of = self.inputs.observed.and_then(|seen| seen.dated);
        self.clean(address, volume, fault_of(taint), failed_at, Some(is_late(failed_at, as_of)))
    }

    /// That it has snapshots, or may have some: they would go with it.
    fn snapshots_of(&self, id: &VolumeId) -> Option<Sign> {
        match self.inputs.observed?.snapshots.as_ref()? {
            Ok(known) => known.get(id).filter(|it| !it.is_empty()).cloned().map(Sign::HasSnapshots),
            Err(cause) => Some(Sign::SnapshotsUnknown(cause.clone())),
        }
    }

    /// Whether an apply saw it used, this or an earlier one.
    pub(super) fn is_used(&self, volume: &Recorded) -> bool {
        volume.seen.status.is_usable() || self.inputs.recorded.is_some_and(|state| state.used.contains(&volume.id))
    }

    /// `late` is whether it needs consent; `None` where the volume is gone, and only its record is dropped.
    fn clean(
        &mut self,
        address: &Address,
        volume: &Recorded,
        failure: Fault,
        failed_at: Option<Timestamp>,
        late: Option<bool>,
    ) -> bool {
        let (address, id, call) = (address.clone(), volume.id.clone(), volume.call.clone());
        let as_of = failed_at.and(self.inputs.observed.and_then(|seen| seen.dated));
        let (gone, late) = (late.is_none(), late.unwrap_or_default());
        self.first.push(Step::Clean(Clean { address, id, call, failure, failed_at, as_of, late, gone }));
        true
    }

    /// What speaks against deleting it, where something does: it is, or once was, of use to somebody.
    fn sign_of_use(&self, volume: &Recorded, seen: Option<&ObservedVolume>, taint: &Taint) -> Option<Sign> {
        let used = self.inputs.recorded.is_some_and(|state| state.used.contains(&volume.id));
        if let Some(servers) = seen.map(|seen| &seen.attached_to).filter(|servers| !servers.is_empty()) {
            return Some(Sign::Attached(servers.clone()));
        }
        match seen {
            Some(seen) if !matches!(seen.status, Status::Error | Status::Deleting) => {
                return Some(Sign::Shown(seen.status.clone()));
            }
            // Without a look nothing speaks for deleting it.
            None if matches!(taint, Taint::Unlike(_)) => return Some(Sign::NotLookedAt),
            _ => {}
        }
        if volume.seen.status.is_usable() {
            return Some(Sign::WasUsable(volume.seen.status.clone()));
        }
        used.then_some(Sign::WasUsed)
    }

    /// What was not as asked, and now is what the manifest asks for, counts as that from now on.
    fn is_as_wanted(
        &mut self,
        address: &Address,
        volume: &Recorded,
        seen: Option<&ObservedVolume>,
        wish: Option<&DesiredVolume>,
    ) -> bool {
        let (Some(seen), Some(wish), Some(call)) = (seen, wish, volume.call.clone()) else { return false };
        let zones = [seen.availability_zone.as_str(), volume.base.spec.zone.as_str()];
        let spec = wish.specs.of_volume(address.slot, zones);
        // What the cloud never shows is as it was asked for.
        let unseen = match (&spec.source, &volume.base.spec.source) {
            (Source::Backup(wanted), Source::Backup(asked)) => wanted == asked,
            (Source::Backup(_), _) | (_, Source::Backup(_)) => false,
            _ => true,
        };
        if !unseen || !seen.status.is_usable() || !misfits(spec, seen).is_empty() {
            return false;
        }
        // Without the tag, its name is a part of what tells that it is the call's.
        let Some(owner) = self.owner(&call) else { return false };
        if !owner.marks(&seen.tags) {
            let Some(ended) = self.inputs.recorded.and_then(|state| state.ended.get(&call)) else { return false };
            let slot = VolumeName::new(slot_name(wish.name.as_str(), wish.count, address.slot));
            if misnamed(&ended.name, ended.slots.len() > 1, slot.iter(), seen).is_some() {
                return false;
            }
        }
        let (address, id, asked) = (address.clone(), volume.id.clone(), spec.clone());
        self.first.push(Step::Adopt(Adopt { address, id, call, gone: None, seen: Seen::from(seen), asked }));
        true
    }

    /// What nothing but its job's word made ours, and shows now: it counts as the call's own by evidence alone.
    fn shown(
        &mut self,
        address: &Address,
        volume: &Recorded,
        seen: Option<&ObservedVolume>,
        wish: Option<&DesiredVolume>,
    ) {
        let (Some(state), Some(seen), Some(call)) = (self.inputs.recorded, seen, volume.call.as_ref()) else { return };
        let ended = state.ended.get(call);
        let Some(owner) = self.owner(call) else { return };
        let claim = Claim {
            owner: &owner,
            asked: volume.base.spec.tags.pairs(),
            first_sent: ended.and_then(|call| call.first_sent),
            ended: ended.and_then(EndedCreate::over),
        };
        if let Err(evidence) = claim.judge(seen, true, false) {
            self.refuse(address, volume, Why::NamedNotOwn { evidence });
        } else if !self.is_as_wanted(address, volume, Some(seen), wish) {
            let misfits = misfits(&volume.base.spec, seen);
            let why = match misfits.is_empty() {
                true => Why::NamedNotUsable { status: seen.status.clone() },
                false => Why::NamedNotAsAsked { misfits },
            };
            self.refuse(address, volume, why);
        }
    }
}

/// Whether a volume that shows is what a failed creation left that is recorded: by the same evidence by which any volume
/// counts as a call's own.
///
/// # Errors
/// Why it is not.
pub fn is_leftover(state: &State, volume: &Recorded, seen: &ObservedVolume) -> Result<(), NotOwn> {
    let mark = is_own(state, volume, seen)?;
    let alike = seen.size == volume.seen.size && seen.availability_zone == volume.seen.availability_zone;
    if mark == Mark::Named && !alike {
        return Err(NotOwn::OtherSizeOrZone);
    }
    Ok(())
}

/// What marks a recorded volume as its call's own, as it shows now.
fn is_own(state: &State, volume: &Recorded, seen: &ObservedVolume) -> Result<Mark, NotOwn> {
    let Some(call) = &volume.call else { return Err(NotOwn::NoCall) };
    let owner = Owner { stack: state.stack.clone(), lineage: state.lineage.clone(), call: call.clone() };
    let (open, ended) = (state.operations.get(call), state.ended.get(call));
    if open.is_none() && ended.is_none() && !owner.marks(&seen.tags) {
        return Err(NotOwn::LongAgo);
    }
    let first_sent = open.and_then(|call| call.first_sent).or_else(|| ended.and_then(|call| call.first_sent));
    let asked = volume.base.spec.tags.pairs();
    let claim = Claim { owner: &owner, asked, first_sent, ended: ended.and_then(EndedCreate::over) };
    claim.judge(seen, true, false).map_err(NotOwn::Evidence)
}

fn fault_of(taint: &Taint) -> Fault {
    match taint {
        Taint::Failed(leftover) => Fault::Failed(leftover.failure()),
        Taint::Unlike(Unlike { unlike }) => Fault::NotAsAsked { unlike: unlike.clone() },
        Taint::Unseen(Unseen { unseen }) => Fault::Unseen { unseen: *unseen },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_is_what_needs_no_consent_and_what_is_not_known_does() {
        let at = |seconds: i64| Some(Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds));
        assert!(!is_late(at(0), at(3600)) && is_late(at(0), at(3601)));
        // A look that is dated a little before the failure is a clock's own matter, and no more than that.
        assert!(!is_late(at(10), at(0)) && is_late(at(3600), at(0)));
        assert!(is_late(None, at(0)) && is_late(at(0), None));
    }
}
