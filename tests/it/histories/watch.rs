//! What must hold after every run, looked at past everything that the service says.

use super::play::Lying;
use crate::crash::bench::{Outcome, World};
use crate::crash::cloud::Seen;
use crate::crash::end::{Looked, unlike_the_manifest};
use crate::crash::ledger::call_in;
use jiff::SignedDuration;
use std::collections::{BTreeMap, BTreeSet};

/// Within that long after its failure a leftover is cleaned away without a number, by the service's clock; and a
/// little more, since a plan is carried out as it was made.
const CLEANED_WITHIN: SignedDuration = SignedDuration::from_secs(3600 + 60);

/// What is known of the volumes beside what evsctl knows.
#[derive(Debug, Default)]
pub(super) struct Watch {
    /// Volumes that are not evsctl's business, as they must stay.
    pub(super) foreign: BTreeMap<String, Seen>,
    /// Volumes that a run which ended in order saw usable, as far as the folder's state can know it.
    pub(super) used: BTreeSet<String>,
    /// Volumes that hands have deleted.
    pub(super) gone: BTreeSet<String>,
    /// Volumes that hands have repaired.
    pub(super) mended: BTreeSet<String>,
    /// Volumes of this stack that hands have set apart.
    pub(super) apart: BTreeSet<String>,
    /// Those of them that the folder's state records all the same: a token may bring one back, which is the call's own
    /// then, as its job says, until an older state is put back.
    back: BTreeSet<String>,
    /// The most that each key has ever asked for.
    asked: BTreeMap<String, u64>,
    /// How it was before the run.
    before: BTreeMap<String, Seen>,
}

impl Watch {
    /// That volume shall stay as it is now.
    pub(super) fn leave_alone(&mut self, world: &World, id: &str) {
        let seen = world.cloud.volumes()[id].clone();
        self.foreign.insert(id.to_owned(), seen);
    }

    /// The manifest asks for so many of each key.
    pub(super) fn asks(&mut self, counts: &[(&'static str, u64)]) {
        for (key, count) in counts {
            let most = self.asked.entry((*key).to_owned()).or_default();
            *most = (*most).max(*count);
        }
    }

    /// What evsctl has no part in.
    pub(super) fn beside(&self) -> BTreeSet<String> {
        self.foreign.keys().chain(self.apart.difference(&self.back)).cloned().collect()
    }

    /// A run is about to begin.
    pub(super) fn before(&mut self, world: &World) {
        self.before = world.cloud.volumes();
    }

    /// What a run did that it must not.
    pub(super) fn after(&mut self, world: &World, outcome: &Outcome, lying: Lying) -> Vec<String> {
        let mut wrong = Vec::new();
        let now = world.cloud.volumes();
        let there = |id: &str| now.get(id).filter(|seen| seen.status != "deleting");
        self.deletions(world, &mut wrong, &there);
        for (id, was) in &self.foreign {
            match there(id) {
                None => wrong.push(format!("volume {id} of somebody else was deleted")),
                Some(is) if (&is.name, &is.description, &is.owner) != (&was.name, &was.description, &was.owner) => {
                    wrong.push(format!("volume {id} of somebody else was changed: {was:?}, now {is:?}"));
                }
                Some(_) => {}
            }
        }
        if let Ok(Some(state)) = world.store.read() {
            let recorded = |id: &&String| state.volumes.values().any(|volume| volume.id.as_str() == *id);
            self.back = self.apart.iter().filter(recorded).cloned().collect();
            for (address, volume) in &state.volumes {
                if self.foreign.contains_key(volume.id.as_str()) {
                    wrong.push(format!("{address} is recorded as volume {} of somebody else", volume.id));
                }
            }
        }
        self.purchases(world, &mut wrong, &now);
        if outcome.converged() {
            let looked = if lying.any { Looked::Lied } else { Looked::Well };
            let unlike = unlike_the_manifest(world, &self.beside(), looked);
            wrong.extend(unlike.into_iter().map(|why| format!("it says that it has converged, and {why}")));
        }
        // A run that was cut has not recorded what it saw, nor one that could not look, or has no state to record it in.
        let has_state = world.store.snapshot_path().exists();
        if has_state
            && !lying.hides
            && matches!(outcome, Outcome::Refused(_) | Outcome::NotApproved | Outcome::Done { .. })
        {
            let good = |(id, seen): &(&String, &Seen)| seen.is_good() && there(id).is_some_and(Seen::is_good);
            self.used.extend(self.before.iter().filter(good).map(|(id, _)| id.clone()));
        }
        wrong
    }

    /// Whatever went was a failed leftover that a plan named, never used, not attached, and young.
    fn deletions<'a>(&self, world: &World, wrong: &mut Vec<String>, there: &impl Fn(&str) -> Option<&'a Seen>) {
        let now = world.cloud.now();
        let went = |(id, seen): &(&String, &Seen)| {
            seen.status != "deleting"
                && there(id).is_none()
                && !self.gone.contains(*id)
                && !self.foreign.contains_key(*id)
        };
        for (id, was) in self.before.iter().filter(went) {
            let age = now.duration_since(was.made);
            let why = if !world.cleaned.contains(id) {
                "and no plan says so"
            } else if was.is_good() {
                "and it could be used"
            } else if was.attached {
                "and it was attached"
            } else if self.used.contains(id) {
                "and a run had seen it usable"
            } else if age > CLEANED_WITHIN && !world.destroys {
                "more than an hour after its failure, without a number"
            } else {
                continue;
            };
            wrong.push(format!("volume {id} was deleted, {why}: {was:?}"));
        }
    }

    /// No key has more volumes than it ever asked for.
    fn purchases(&self, world: &World, wrong: &mut Vec<String>, now: &BTreeMap<String, Seen>) {
        let mut bought: BTreeMap<String, BTreeSet<&String>> = BTreeMap::new();
        let beside = self.beside();
        for (id, seen) in now {
            if beside.contains(id) || self.mended.contains(id) || !seen.is_good() {
                continue;
            }
            if world.untagged.contains(id) {
                continue;
            }
            let call = seen.owner.as_deref().and_then(call_in);
            match call.and_then(|call| world.ledger.key_of(call)) {
                Some(key) => drop(bought.entry(key).or_default().insert(id)),
                None => wrong.push(format!("volume {id} is of no call that a run has recorded: {seen:?}")),
            }
        }
        for (key, ids) in bought {
            let most = self.asked.get(&key).copied().unwrap_or_default();
            if ids.len() as u64 > most {
                wrong.push(format!(
                    "{} volumes were bought for {key}, which never asked for more than {most}: {ids:?}",
                    ids.len()
                ));
            }
        }
    }
}
