//! A plan: what would be done, why, and what it costs. Data and nothing else.
//!
//! [`make()`] is a pure function of desired, recorded and observed: no clock, no randomness, no
//! network; the same input gives the same bytes. A plan holds everything that doing needs, so a
//! saved plan and a fresh one are the same thing.

mod adopt;
mod agreed;
mod allowed;
mod asked;
mod calls;
mod changes;
mod compare;
mod derive;
mod diff;
mod digest;
mod drift;
mod expires;
mod extend;
mod import;
mod kept;
mod known;
mod known_items;
mod limits;
mod make;
mod moves;
mod numbers;
mod order;
mod orphans;
mod pattern;
mod planner;
mod preflight;
mod protect;
mod rebuild;
mod recycled;
mod refresh;
mod refusal;
mod remove;
mod renamed_stack;
mod resume;
mod retag;
mod select;
mod steps;
pub mod summary;
mod tainted;
mod unmet;
mod unrecorded;
mod unwanted;
mod value;
mod warning;
mod why;
mod withhold;
mod without;

pub use agreed::Agreed;
pub use allowed::{approval_of, covers_resumed, is_part_of, makes};
pub use asked::{AskedStill, KeepsAway, asked_still};
pub use derive::{ATTEMPTS, call_id, call_id_after, change_id, token};
pub use drift::{Drift, Drifted, Known};
pub use make::make;
pub use numbers::{Settled, destroyed, recreated};
pub use orphans::{Origin, Orphan, orphans};
pub use pattern::{InvalidPattern, Pattern};
pub use planner::Inputs;
pub use rebuild::{Left, Rebuilt, Remains, Restored, Unclear, Unplaced, rebuild};
pub use refresh::{agreements, refreshed, sightings};
pub use refusal::{About, Refusal, addresses, refused};
pub use remove::{may_be_deleted, takes_away};
pub use renamed_stack::{Former, former};
pub use retag::{Mark, Retag};
pub use select::Selection;
pub use tainted::{CLEANED_WITHIN, is_leftover};
pub use unmet::{Preflight, Unchecked, Unmet};
pub use unwanted::Unwanted;
pub use value::{FieldChange, Value};
pub use warning::{Seemed, Warning};
pub use why::{Cause, Flaw, Limited, Loss, NotOwn, Sign, Wanted, Why};

pub use moves::{Places, open_call, places};
pub use resume::{Resume, Stage, Work, addresses_by_key};
pub use steps::{
    Action, Adopt, Clean, Fault, Forget, Import, Label, Move, Protection, Release, Removal, Rename, Step, Verb,
};

use crate::manifest::{Manifest, Naming};
use crate::state::{CloudId, State};
use crate::volume::{Digest, Lineage, OwnershipTag, StackName};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// The format number of a saved plan. A saved plan lives minutes: any other number is refused.
pub const FORMAT: u32 = 7;

/// What would be done.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// [`FORMAT`].
    pub format: u32,
    /// The stack.
    pub stack: StackName,
    /// Where.
    pub cloud: CloudId,
    /// What it was made from.
    pub basis: Basis,
    /// Whose word counts for suffixes.
    pub naming: Naming,
    /// Under which key new volumes are marked as ours.
    pub ownership_tag: OwnershipTag,
    /// Whether the plan is of the whole stack.
    pub scope: Scope,
    /// Which part of the stack it is of.
    #[serde(default, skip_serializing_if = "Selection::is_usual")]
    pub selection: Selection,
    /// The day (UTC) that it was made for, where that has made a difference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<Date>,
    /// Where what was agreed on and what the cloud shows differ, sorted by address.
    pub drift: Vec<Drift>,
    /// Where they differ and the manifest says that this is known, sorted by address: it is left as it is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub known_drift: Vec<Known>,
    /// What manifest and cloud have come to agree on, sorted by address: it is recorded by the next apply.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub agreed: Vec<Agreed>,
    /// What to do: what makes room and finishes old work, then what is new, each sorted by address. All of it is begun at
    /// once, but for what `after` holds back.
    pub steps: Vec<Step>,
    /// The steps that wait for others, by their places in `steps`, from 0: almost always none.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub after: BTreeMap<usize, BTreeSet<usize>>,
    /// What will not be done, sorted by what it is about, then by what would have to be done.
    pub refusals: Vec<Refusal>,
    /// What is worth a look.
    pub warnings: Vec<Warning>,
    /// Whether its steps were held against what the project has.
    #[serde(default, skip_serializing_if = "Preflight::is_unneeded")]
    pub preflight: Preflight,
    /// Addresses that are as desired.
    pub unchanged: u64,
    /// Recorded volumes in all, and how many of them the cloud showed (`None` offline).
    pub recorded: u64,
    /// See `recorded`.
    pub observed: Option<u64>,
}

/// What a plan was made from.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Basis {
    /// The state's lineage; `None` before there is a state.
    pub lineage: Option<Lineage>,
    /// The state's serial, 0 before there is one.
    pub serial: u64,
    /// The manifest's digest.
    pub manifest: Digest,
}

impl Basis {
    /// What a plan that is made now is made from.
    pub fn of(desired: &Manifest, recorded: Option<&State>) -> Basis {
        Basis {
            lineage: recorded.map(|state| state.lineage.clone()),
            serial: recorded.map_or(0, |state| state.serial),
            manifest: desired.digest.clone(),
        }
    }
}

/// Whether a plan, and the proof after it, is of the whole stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// It is.
    All,
    /// `--target` or `--exclude` left something out.
    Targeted,
}

/// How many addresses each action concerns; an address counts once, by its strongest action.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Summary {
    /// Never recorded, to be created.
    pub create: u64,
    /// Recorded and gone, to be created again.
    pub recreate: u64,
    /// To be changed in place.
    pub update: u64,
    /// To be destroyed and created again.
    pub replace: u64,
    /// To be destroyed.
    pub delete: u64,
    /// Left by a failed create, to be deleted.
    pub clean: u64,
    /// Made by a known call, to be recorded.
    pub adopt: u64,
    /// There, to be taken over.
    pub import: u64,
    /// Gone and not wanted, to be dropped from the state.
    pub forget: u64,
    /// Of an unfinished call.
    pub resume: u64,
    /// As desired.
    pub unchanged: u64,
    /// Refused, whatever else is done about them.
    pub refused: u64,
}

impl Plan {
    /// Whether the service's numbers count for the names of volumes that are made together.
    pub fn names_by_service(&self) -> bool {
        self.naming == Naming::Service
    }

    /// What it found changed from outside, and nothing of what it would do. Of the refusals those are left that say that the
    /// recorded state is not the whole one: then it cannot tell what was changed.
    #[must_use]
    pub fn drift_alone(mut self) -> Plan {
        self.refusals.retain(|refusal| refusal.why.is_of_records());
        self.warnings.retain(Warning::is_of_drift);
        Plan { agreed: Vec::new(), steps: Vec::new(), after: BTreeMap::new(), ..self }
    }

    /// Whether there is nothing to do; drift and refusals are not steps.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }
}

/// Calls that a plan will cost, by method and path: see [`Plan::calls`].
pub type Calls = BTreeMap<&'static str, u64>;
