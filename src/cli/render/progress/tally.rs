//! What the events of an apply come to so far.

use crate::apply::event::Event;
use crate::observed::JobStatus;
use crate::volume::{Address, OrderId, Receipt};
use std::collections::BTreeSet;

/// What the events so far come to.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) volumes: u64,
    /// Volumes that came to something; a new one that is also renamed counts once.
    pub(super) done: BTreeSet<Address>,
    pub(super) failed: u64,
    pub(super) jobs: BTreeSet<String>,
    pub(super) orders: BTreeSet<OrderId>,
}

impl Tally {
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
            Event::Created { address, .. } | Event::Done { address, .. } => drop(self.done.insert(address.clone())),
            Event::Failed { .. } => self.failed += 1,
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
}
