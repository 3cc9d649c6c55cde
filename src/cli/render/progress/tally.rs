//! What the events of an apply come to so far.

use crate::apply::event::Event;
use crate::observed::JobStatus;
use crate::plan::Plan;
use crate::volume::{Address, Key, OrderId, Receipt, SlotSet};
use std::collections::{BTreeMap, BTreeSet};

/// What the events so far come to.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) volumes: u64,
    /// How many steps each volume still waits for. One that no plan was told of has one.
    left: BTreeMap<Address, u64>,
    /// Volumes of which all steps are over. What a create call renames itself is a part of that step.
    pub(super) done: BTreeSet<Address>,
    /// Volumes of which a step failed: none of these is done.
    pub(super) failed: BTreeSet<Address>,
    pub(super) jobs: BTreeSet<String>,
    pub(super) orders: BTreeSet<OrderId>,
}

impl Tally {
    /// Nothing has happened yet of this plan.
    pub(super) fn of(plan: &Plan) -> Tally {
        let mut left: BTreeMap<Address, u64> = BTreeMap::new();
        for step in &plan.steps {
            for address in step.by_key().into_iter().flat_map(|(key, slots)| addresses(key, &slots).collect::<Vec<_>>())
            {
                *left.entry(address).or_default() += 1;
            }
        }
        Tally { left, ..Tally::default() }
    }

    /// Takes in one event.
    pub(super) fn take(&mut self, event: &Event) {
        match event {
            Event::Started { volumes, .. } => self.volumes = *volumes,
            Event::Accepted { job_id, .. } => drop(self.jobs.insert(job_id.to_string())),
            Event::Job { job_id, status, .. } => {
                // A resumed job was accepted by an earlier run, so its first look is its first event.
                if matches!(status, JobStatus::Init | JobStatus::Running) {
                    self.jobs.insert(job_id.to_string());
                } else {
                    self.jobs.remove(job_id.as_str());
                }
            }
            Event::Ordered { order_id, .. } => drop(self.orders.insert(order_id.clone())),
            Event::Unfinished { receipt: Some(Receipt::Job(job_id)), .. } => drop(self.jobs.remove(job_id.as_str())),
            Event::Unfinished { receipt: Some(Receipt::Order(order_id)), .. } => drop(self.orders.remove(order_id)),
            Event::Created { address, .. } | Event::Done { address, .. } => self.is_over(address),
            // One event tells of all slots of a call.
            Event::Failed { key, slots, .. } => {
                for address in addresses(key, &SlotSet::parse(slots).unwrap_or_default()) {
                    // Its name may fail where the volume was made.
                    self.done.remove(&address);
                    self.failed.insert(address);
                }
            }
            Event::Finished(_) => {
                self.jobs.clear();
                self.orders.clear();
            }
            Event::FormatChanged { .. }
            | Event::Unfinished { receipt: None, .. }
            | Event::Retrying { .. }
            | Event::NotOurs { .. } => {}
        }
    }

    /// One step about a volume is over.
    fn is_over(&mut self, address: &Address) {
        let left = self.left.entry(address.clone()).or_insert(1);
        *left = left.saturating_sub(1);
        if *left == 0 && !self.failed.contains(address) {
            self.done.insert(address.clone());
        }
    }
}

fn addresses(key: &Key, slots: &SlotSet) -> impl Iterator<Item = Address> {
    slots.iter().map(|slot| Address { key: key.clone(), slot })
}
