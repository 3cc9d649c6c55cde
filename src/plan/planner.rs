//! What a plan is made of, and the plan while it is being made: each file that decides adds its steps and refusals.

use super::agreed::Agreed;
use super::drift::{Drift, Drifted, Known};
use super::known_items::KnownItems;
use super::orphans::{Orphan, Unplaced};
use super::refusal::{About, Refusal};
use super::select::Selection;
use super::steps::Step;
use super::warning::Warning;
use super::why::Why;
use crate::manifest::{KnownField, Manifest};
use crate::observed::Observed;
use crate::operation::Growth;
use crate::state::{CloudId, Recorded, State};
use crate::volume::{Address, CallId, Key, KeyOrAddress, SizeGb, VolumeSpec};
use jiff::civil::Date;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// Everything that a plan is made of.
#[derive(Debug, Clone, Copy)]
pub struct Inputs<'a> {
    /// What shall be.
    pub desired: &'a Manifest,
    /// Which cloud the manifest means.
    pub cloud: &'a CloudId,
    /// What is recorded; `None` before the first apply.
    pub recorded: Option<&'a State>,
    /// What the cloud shows; `None` where it was not asked.
    pub observed: Option<&'a Observed>,
    /// Which addresses to look at.
    pub selection: &'a Selection,
    /// The day that it is made for (UTC): what the manifest says until a day holds before that day.
    pub as_of: Date,
}

/// A key that is gone from the manifest.
#[derive(Debug)]
pub(super) struct GoneKey<'a> {
    pub(super) key: &'a Key,
    /// The volumes that are recorded there and that the cloud has.
    pub(super) volumes: Vec<(&'a Address, &'a Recorded)>,
    /// What its volumes are, or are made as by calls that are not over.
    pub(super) specs: Vec<Cow<'a, VolumeSpec>>,
}

/// A volume that shall become larger.
#[derive(Debug)]
pub(super) struct Growing {
    pub(super) address: Address,
    pub(super) growth: Growth,
    /// Whether its order pays itself, where it is paid in advance.
    pub(super) order: Option<bool>,
}

/// A plan in the making.
pub(super) struct Planner<'a> {
    pub(super) inputs: Inputs<'a>,
    /// Calls that the state does not hold and that are gone on with all the same.
    pub(super) resumed: BTreeSet<CallId>,
    /// Volumes that nothing records and that take a slot.
    pub(super) late: BTreeMap<Address, Orphan<'a>>,
    /// Volumes that nothing records and about which nothing is done.
    pub(super) orphans: BTreeMap<Unplaced, Vec<Orphan<'a>>>,
    /// The addresses of open extensions and deletions: nothing else is decided about these.
    pub(super) covered: BTreeSet<Address>,
    /// The addresses of open extensions, with the sizes that they grow to, and of open deletions of which it is not known whether
    /// the service took them: their volumes are there as far as is known.
    pub(super) standing: BTreeMap<Address, Option<SizeGb>>,
    /// The volumes that shall become larger.
    pub(super) growing: Vec<Growing>,
    /// The addresses that something has by this plan that had another one before.
    pub(super) readdressed: BTreeSet<Address>,
    /// The addresses of volumes that are taken over by this plan: none of them was marked before.
    pub(super) taken_over: BTreeSet<Address>,
    /// The keys that are gone from the manifest, with the volumes that are recorded there.
    pub(super) gone_keys: Vec<GoneKey<'a>>,
    /// What makes room and finishes old work.
    pub(super) first: Vec<Step>,
    /// What is new.
    pub(super) second: Vec<Step>,
    pub(super) drift: Vec<Drift>,
    pub(super) known: Vec<Known>,
    pub(super) known_items: KnownItems<'a>,
    /// The volumes whose fields were held against what the cloud shows, where the manifest knows of drift.
    pub(super) compared: BTreeSet<Address>,
    /// The items of `known_drift` that the cloud shows, or whose field is to be another; no two are about the same.
    pub(super) shown_items: BTreeSet<(&'a KeyOrAddress, KnownField)>,
    /// The day that it is made for, where that has made a difference.
    pub(super) as_of: Option<Date>,
    pub(super) agreed: Vec<Agreed>,
    pub(super) refusals: Vec<Refusal>,
    pub(super) warnings: Vec<Warning>,
    pub(super) unchanged: u64,
}

impl<'a> Planner<'a> {
    pub(super) fn new(
        inputs: Inputs<'a>,
        late: BTreeMap<Address, Orphan<'a>>,
        orphans: BTreeMap<Unplaced, Vec<Orphan<'a>>>,
    ) -> Planner<'a> {
        Planner {
            inputs,
            resumed: BTreeSet::new(),
            late,
            orphans,
            covered: BTreeSet::new(),
            standing: BTreeMap::new(),
            growing: Vec::new(),
            readdressed: BTreeSet::new(),
            taken_over: BTreeSet::new(),
            gone_keys: Vec::new(),
            first: Vec::new(),
            second: Vec::new(),
            drift: Vec::new(),
            known: Vec::new(),
            known_items: KnownItems::of(&inputs.desired.known_drift),
            compared: BTreeSet::new(),
            shown_items: BTreeSet::new(),
            as_of: None,
            agreed: Vec::new(),
            refusals: Vec::new(),
            warnings: Vec::new(),
            unchanged: 0,
        }
    }

    pub(super) fn drift(&mut self, address: &Address, volume: &Recorded, change: Drifted) {
        self.drift.push(Drift { address: address.clone(), id: volume.id.clone(), change });
    }

    pub(super) fn refuse(&mut self, address: &Address, volume: &Recorded, why: Why) {
        let about = About::Address(address.clone());
        self.refusals.push(Refusal { about, id: Some(volume.id.clone()), why, unwanted: None });
    }
}
