//! The cloud itself: volumes, jobs, client tokens and quota use, as a pure model.
//!
//! It knows no clock, file or socket. [`Cloud::advance`] tells it what time it is, in microseconds since 1970;
//! every change is an [`Event`] that carries its own time, so a log of events replayed gives the same cloud.
//! Nothing happens by timer: what a job or a volume is now follows from times that were fixed at the start.

mod acted;
mod billed;
mod edited;
mod exported;
mod recycled;
mod standard;
mod taken;
mod transferred;
mod worked;

use super::account::AccountStyle;
use super::catalogue::Catalogue;
use super::due::Agenda;
use super::event::{Change, Event, Used};
use super::job::Job;
use super::order::{Kept, Payment};
use super::partition::Partition;
use super::project::Project;
use super::quota::Usage;
use super::snapshot::State;
use super::task::{Effect, Phase};
use super::volume::{Age, Volume};
use std::collections::HashMap;
use std::ops::RangeBounds;
use std::sync::Arc;
use uuid::Uuid;

/// The cloud.
#[derive(Debug)]
pub(super) struct Cloud {
    pub(super) catalogue: Catalogue,
    /// How long a job takes, in microseconds.
    pub(super) job_duration: i64,
    /// How volumes look.
    pub(super) style: AccountStyle,
    /// Which of the vendor's clouds it is.
    pub(super) partition: Partition,
    seed: u64,
    counter: u64,
    now: i64,
    /// The time that was told last, where any was, and how far the cloud's own is ahead of what is told.
    told: Option<i64>,
    lead: i64,
    /// Where each volume stands.
    places: HashMap<Uuid, (Arc<str>, Age)>,
    projects: HashMap<Arc<str>, Project>,
    jobs: HashMap<String, Job>,
    tokens: HashMap<Uuid, Used>,
    /// In the order in which they were made.
    orders: Vec<Kept>,
    agenda: Agenda,
    outbox: Vec<Event>,
}

impl Cloud {
    /// An empty cloud whose ids follow from the seed.
    pub(super) fn new(catalogue: Catalogue, seed: u64, job_duration: i64) -> Cloud {
        Cloud {
            catalogue,
            job_duration,
            style: AccountStyle::default(),
            partition: Partition::default(),
            seed,
            counter: 0,
            now: 0,
            told: None,
            lead: 0,
            places: HashMap::new(),
            projects: HashMap::new(),
            jobs: HashMap::new(),
            tokens: HashMap::new(),
            orders: Vec::new(),
            agenda: Agenda::default(),
            outbox: Vec::new(),
        }
    }

    /// Tells it what time it is. Its own never goes back, and never stands still: where what is told goes back, as a machine's
    /// clock does, or comes after events of a later time, as at a restart, it goes on from where it was.
    pub(super) fn advance(&mut self, told: i64) {
        let back = self.told.unwrap_or(self.now).saturating_sub(told).max(0);
        self.lead = self.lead.saturating_add(back);
        self.told = Some(told);
        self.reach(told.saturating_add(self.lead));
    }

    /// Lets everything happen that is due until then.
    fn reach(&mut self, now: i64) {
        self.now = self.now.max(now);
        while let Some((at, due)) = self.agenda.next(self.now) {
            self.happen(at, due);
        }
    }

    /// The time, as last told.
    pub(super) fn now(&self) -> i64 {
        self.now
    }

    /// The next id: a version 4 UUID that follows from the seed and how many were given before.
    pub(super) fn next_id(&mut self) -> Uuid {
        self.counter += 1;
        super::ids::uuid(self.seed, self.counter)
    }

    /// The next id of an order, in the form of the published sample, `CS1711152257C60TL`.
    pub(super) fn next_order_id(&mut self) -> String {
        let digits = self.next_id().simple().to_string().to_uppercase();
        format!("CS{}", &digits[..15])
    }

    /// Makes a change and keeps its event for the data file.
    pub(super) fn record(&mut self, change: Change) {
        let event = Event { at: self.now, counter: self.counter, change };
        self.apply(&event);
        self.outbox.push(event);
    }

    /// Takes the events that were not yet taken.
    pub(super) fn take_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.outbox)
    }

    /// Makes the change of an event, its own or one that was read from the data file.
    pub(super) fn apply(&mut self, event: &Event) {
        self.reach(event.at);
        self.counter = self.counter.max(event.counter);
        match &event.change {
            Change::Created { job, spec, names, token } => {
                self.create(event.at, job, spec, names);
                self.remember(event.at, token.as_ref());
            }
            Change::Ordered { purchase, paid, token } => {
                let payment = if paid.is_some() { Payment::Paid } else { Payment::Open };
                self.orders.push(Kept { purchase: purchase.clone(), payment });
                if let Some(paid) = paid {
                    self.deliver(event.at, purchase, paid);
                }
                self.remember(event.at, token.as_ref());
            }
            Change::Paid { order, paid } => {
                if let Some(purchase) = self.settle(order, Payment::Paid) {
                    self.deliver(event.at, &purchase, paid);
                }
            }
            Change::Cancelled { order } => {
                self.settle(order, Payment::Cancelled);
            }
            Change::Updated { volume, name, description } => {
                if let Some(volume) = self.volume_mut(*volume) {
                    if let Some(name) = name {
                        volume.name.clone_from(name);
                    }
                    if let Some(description) = description {
                        volume.description = Some(description.clone());
                    }
                    volume.updated = event.at;
                }
            }
            Change::Tagged { volume, tags } => {
                if let Some(volume) = self.volume_mut(*volume) {
                    volume.tags.clone_from(tags);
                }
            }
            Change::Acted { volume, act } => self.act(event.at, *volume, act),
            Change::Exporting { project, image, end, failed } => self.export(event.at, project, image, *end, *failed),
            Change::Working { job } => self.begin(event.at, job),
            Change::Deleting { job } => self.begin(event.at, &job.doing(&Effect::Remove)),
            Change::Extending { job, size } => self.begin(event.at, &job.doing(&Effect::Grow { to: *size })),
            Change::Reached => {}
            Change::Edited { volume, edit } => self.edit(event.at, *volume, edit),
            Change::Offered { project, transfer } => self.offer(event.at, project, transfer),
            Change::Withdrawn { project, number } => self.withdraw(event.at, project, *number),
            Change::Accepted { project, number, by } => self.hand_over(event.at, project, *number, by),
            Change::Snapshotted { project, snapshot, end, failed } => {
                self.take(event.at, project, snapshot, *end, *failed);
            }
            Change::SnapshotUpdated { project, number, name, description, metadata } => {
                self.reword(event.at, project, *number, name.as_ref(), description.as_ref(), metadata.as_ref());
            }
            Change::SnapshotDeleting { project, number, end, failed } => {
                self.drop_snapshot(event.at, project, *number, *end, *failed);
            }
            Change::Recycling { project, act } => self.act_on_bin(event.at, project, act),
            Change::Standard { project, deed } => self.standard(event.at, project, deed),
        }
        // What is due at once, as with a job duration of zero, is done at once.
        self.reach(event.at);
    }

    fn remember(&mut self, at: i64, token: Option<&Used>) {
        if let Some(used) = token {
            self.tokens.insert(used.token, Used { at, ..used.clone() });
        }
    }

    fn volume_mut(&mut self, id: Uuid) -> Option<&mut Volume> {
        let (project, age) = self.places.get(&id)?;
        self.projects.get_mut(project)?.volumes.get_mut(age)
    }

    /// A volume of that project.
    pub(super) fn volume(&self, project: &str, id: Uuid) -> Option<&Volume> {
        let (owner, age) = self.places.get(&id).filter(|(owner, _)| &**owner == project)?;
        self.projects.get(owner)?.volumes.get(age)
    }

    /// A project's share, where it has any.
    pub(super) fn project(&self, project: &str) -> Option<&Project> {
        self.projects.get(project)
    }

    /// What a project takes of its quota.
    pub(super) fn usage(&self, project: &str) -> &Usage {
        static NONE: Usage = Usage::none();
        self.project(project).map_or(&NONE, |it| &it.usage)
    }

    /// Whether a snapshot of this volume is being taken.
    pub(super) fn is_snapshotted(&self, volume: &Volume) -> bool {
        let share = self.project(&volume.project);
        share.is_some_and(|it| it.snapshots_of(volume.id).any(|it| it.state == State::Creating))
    }

    /// A project's volumes of those ages, oldest first.
    pub(super) fn volumes_of(
        &self,
        project: &str,
        ages: impl RangeBounds<Age>,
    ) -> impl DoubleEndedIterator<Item = &Volume> {
        let volumes = self.projects.get(project).map(|it| it.volumes.range(ages));
        volumes.into_iter().flatten().map(|(_, volume)| volume)
    }

    /// A project's volumes, oldest first.
    pub(super) fn volumes(&self, project: &str) -> impl DoubleEndedIterator<Item = &Volume> {
        self.volumes_of(project, ..)
    }

    /// A job of that project.
    pub(super) fn job(&self, project: &str, id: &str) -> Option<&Job> {
        self.jobs.get(id).filter(|it| it.project == project)
    }

    /// An order.
    pub(super) fn order(&self, id: &str) -> Option<&Kept> {
        self.orders.iter().find(|it| it.purchase.id == id)
    }

    /// All orders, oldest first.
    pub(super) fn orders(&self) -> impl Iterator<Item = &Kept> {
        self.orders.iter()
    }

    /// The first use of a token.
    pub(super) fn used(&self, token: Uuid) -> Option<&Used> {
        self.tokens.get(&token)
    }

    /// The last id given, which is also the number of the last volume.
    pub(super) fn counter(&self) -> u64 {
        self.counter
    }

    /// How many volumes there are, of all projects.
    pub(super) fn count(&self) -> usize {
        self.places.len()
    }

    /// How many jobs are in that phase now.
    pub(super) fn jobs_in(&self, phase: Phase) -> usize {
        self.jobs.values().filter(|it| it.phase(self.now) == phase).count()
    }
}
