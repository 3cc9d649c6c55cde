//! The refusals about volumes that nothing records and that `adopt` finds no slot for.

use super::Refusal;
use super::orphans::{Origin, Orphan, Why};
use super::planner::Planner;
use super::steps::Step;
use crate::volume::{Key, Slot};
use std::collections::BTreeSet;

/// How many ids a text names; the count stands beside them.
const NAMED: usize = 3;

impl Planner<'_> {
    /// Says of each orphan why nothing is done about it. Creating beside them could buy twice, so what they may
    /// stand for is not created either.
    pub(super) fn unrecorded(&mut self) {
        for (why, mut orphans) in std::mem::take(&mut self.orphans) {
            // A call that is gone on with all the same has its volumes for itself.
            orphans.retain(|orphan| !self.resumed.contains(&orphan.call));
            if orphans.is_empty() {
                continue;
            }
            // What the call did not make is not what would be made again.
            let held = if why == Why::Copied { 0 } else { self.hold_back(&orphans) };
            let told = Told { why, orphans: &orphans, held, tag: orphans.first().map_or("", |orphan| orphan.key) };
            let refusal = self.orphan_refusal(&told);
            self.refusals.push(refusal);
        }
    }

    /// Takes the creations out of the plan that could buy these again; says how many volumes those are.
    fn hold_back(&mut self, orphans: &[Orphan<'_>]) -> u64 {
        // Of a call that is remembered it is known what it was for; of any other it could be anything.
        let mut anything = false;
        let mut known: BTreeSet<(&Key, Slot)> = BTreeSet::new();
        for orphan in orphans {
            match orphan.origin {
                Origin::Ended(call) => known.extend(call.slots.iter().map(|slot| (&call.key, slot))),
                _ => anything = true,
            }
        }
        let may_be = |step: &Step| anything || step.slots().iter().any(|slot| known.contains(&(step.key(), slot)));
        let mut volumes = 0;
        self.second.retain(|step| {
            let held = matches!(step, Step::Create(_)) && may_be(step);
            volumes += if held { step.slots().len() as u64 } else { 0 };
            !held
        });
        volumes
    }

    fn orphan_refusal(&self, told: &Told<'_>) -> Refusal {
        let stack = &self.inputs.desired.stack;
        let (wish, reason, lift) = match &told.why {
            Why::Stateless => ("adopt", told.stateless(), told.lost()),
            Why::Foreign(other) => {
                let here = self.inputs.recorded.map(|state| state.lineage.to_string()).unwrap_or_default();
                let reason = format!(
                    "two states have written stack {stack} in this project: lineage {here} here, and {other} there, \
                     with {}",
                    told.volumes()
                );
                ("adopt", reason, told.keep_one())
            }
            Why::Unknown => ("adopt", told.unknown(), told.older()),
            Why::NotYet => {
                let reason = format!("{}, late from create calls that are over, cannot be used yet", told.volumes());
                ("adopt", reason, "plan again once the cloud shows them as available".to_owned())
            }
            Why::Unnamed => {
                let reason = format!("the name of {} tells none of the free slots of their call", told.volumes());
                let lift = "in the console, give each the name that its slot shall have; then they are adopted";
                ("adopt", reason, lift.to_owned())
            }
            Why::Taken => told.surplus("no slot of the call is free"),
            Why::Unwanted => told.surplus("the manifest no longer asks for what the call made"),
            Why::Unlike => told.surplus("zone, type or source are not what the manifest asks for"),
            Why::Broken => told.surplus("the cloud shows an error status"),
            Why::Copied => {
                told.surplus("they were made at another time than these calls, as a copy is that keeps its tags")
            }
        };
        Refusal {
            subject: format!("stack {stack}"),
            id: told.orphans.first().map(|orphan| orphan.volume.id.clone()),
            wish: wish.to_owned(),
            reason: format!("{reason}{}", if told.held == 0 { "" } else { "; what they may be is not created" }),
            lift,
            addresses: told.held,
        }
    }
}

/// What is said of orphans for one reason.
struct Told<'a> {
    why: Why,
    orphans: &'a [Orphan<'a>],
    /// How many volumes are not created on their account.
    held: u64,
    /// The ownership tag's key.
    tag: &'a str,
}

impl Told<'_> {
    /// As in `2 volumes (ID, ID)`.
    fn volumes(&self) -> String {
        let ids: Vec<&str> = self.orphans.iter().take(NAMED).map(|orphan| orphan.volume.id.as_str()).collect();
        let more = match self.orphans.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let noun = if self.orphans.len() == 1 { "volume" } else { "volumes" };
        format!("{} {noun} ({}{more})", self.orphans.len(), ids.join(", "))
    }

    fn stateless(&self) -> String {
        format!(
            "the project holds {} tagged as this stack's, and there is no recorded state: it seems to be lost",
            self.volumes()
        )
    }

    fn lost(&self) -> String {
        format!(
            "put the recorded state back, or restore it from tags and names: `evsctl state rebuild PATH`; or take the \
             tag {:?} off volumes that are not this stack's",
            self.tag
        )
    }

    fn keep_one(&self) -> String {
        format!(
            "keep one of them: use the other state here, or give the other stack a name of its own; if the other \
             state is lost for good, delete its volumes by hand, or take their tag {:?} off",
            self.tag
        )
    }

    fn unknown(&self) -> String {
        format!(
            "the recorded state does not know the create calls of {} of its own lineage: it is older than the cloud, \
             as when an older copy is put back, or was restored in part",
            self.volumes()
        )
    }

    fn older(&self) -> String {
        format!(
            "put the newest copy of the state back, or add what this one lacks: `evsctl state rebuild PATH`; or take \
             the tag {:?} off volumes that are not this stack's",
            self.tag
        )
    }

    fn surplus(&self, why: &str) -> (&'static str, String, String) {
        let reason = format!(
            "there is no place for {} of known create calls: {why}; nothing is done about this, and it costs money as \
             long as it lasts",
            self.volumes()
        );
        let lift = format!(
            "delete by hand what holds nothing of value, or keep it apart from this stack by taking its tag {:?} off; \
             `evsctl orphans PATH` lists all of it",
            self.tag
        );
        ("surplus", reason, lift)
    }
}
