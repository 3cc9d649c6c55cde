//! The cloud itself: volumes, jobs, client tokens and quota use, as a pure model.
//!
//! It knows no clock, file or socket. [`Cloud::advance`] tells it what time it is, in microseconds since 1970;
//! every change is an [`Event`] that carries its own time, so a log of events replayed gives the same cloud.
//! Nothing happens by timer: what a job or a volume is now follows from times that were fixed at the start.

mod edited;

use super::catalogue::Catalogue;
use super::event::{Change, Event, Used};
use super::job::{Job, Phase};
use super::order::{Goods, Kept, Paid, Purchase};
use super::quota::Usage;
use super::volume::{Age, Ending, Spec, Volume};
use std::collections::{BTreeMap, HashMap};
use std::ops::RangeBounds;
use std::sync::Arc;
use uuid::Uuid;

/// What becomes true at a time that is known in advance.
#[derive(Debug)]
enum Due {
    /// A volume is made, or made badly: it counts as in use.
    Made(Uuid),
    /// A volume has that size, or keeps the one it had where its growing failed.
    Grown { id: Uuid, size: u32, failed: bool },
    /// A volume goes.
    Gone(Uuid),
    /// A reservation lapses: creation failed and left nothing.
    Lapsed { project: Arc<str>, volume_type: String, size: u32 },
}

/// One project's share.
#[derive(Debug, Default)]
pub(super) struct Project {
    /// Its volumes, oldest first.
    pub(super) volumes: BTreeMap<Age, Volume>,
    /// Its quota use.
    pub(super) usage: Usage,
}

/// The cloud.
#[derive(Debug)]
pub(super) struct Cloud {
    pub(super) catalogue: Catalogue,
    /// How long a job takes, in microseconds.
    pub(super) job_duration: i64,
    seed: u64,
    counter: u64,
    now: i64,
    /// Where each volume stands.
    places: HashMap<Uuid, (Arc<str>, Age)>,
    projects: HashMap<Arc<str>, Project>,
    jobs: HashMap<String, Job>,
    tokens: HashMap<Uuid, Used>,
    /// In the order in which they were made.
    orders: Vec<Kept>,
    due: BTreeMap<(i64, u64), Due>,
    due_counter: u64,
    outbox: Vec<Event>,
}

impl Cloud {
    /// An empty cloud whose ids follow from the seed.
    pub(super) fn new(catalogue: Catalogue, seed: u64, job_duration: i64) -> Cloud {
        Cloud {
            catalogue,
            job_duration,
            seed,
            counter: 0,
            now: 0,
            places: HashMap::new(),
            projects: HashMap::new(),
            jobs: HashMap::new(),
            tokens: HashMap::new(),
            orders: Vec::new(),
            due: BTreeMap::new(),
            due_counter: 0,
            outbox: Vec::new(),
        }
    }

    /// Lets time pass. Time never goes back: an earlier time than the last one changes nothing.
    pub(super) fn advance(&mut self, now: i64) {
        self.now = self.now.max(now);
        while let Some(entry) = self.due.first_entry()
            && entry.key().0 <= self.now
        {
            let at = entry.key().0;
            match entry.remove() {
                Due::Made(id) => {
                    if let Some((project, age)) = self.places.get(&id)
                        && let Some(project) = self.projects.get_mut(project)
                        && let Some(volume) = project.volumes.get(age)
                    {
                        project.usage.settle(&volume.spec.volume_type, volume.size);
                    }
                }
                Due::Grown { id, size, failed } => {
                    if let Some((project, age)) = self.places.get(&id)
                        && let Some(project) = self.projects.get_mut(project)
                        && let Some(volume) = project.volumes.get_mut(age)
                    {
                        let more = size.saturating_sub(volume.size);
                        if failed {
                            project.usage.lapse_growth(&volume.spec.volume_type, more);
                        } else {
                            project.usage.settle_growth(&volume.spec.volume_type, more);
                            (volume.size, volume.growth) = (size, None);
                        }
                        volume.updated = at;
                    }
                }
                Due::Gone(id) => {
                    if let Some((project, age)) = self.places.remove(&id)
                        && let Some(project) = self.projects.get_mut(&project)
                        && let Some(volume) = project.volumes.remove(&age)
                    {
                        project.usage.free(&volume.spec.volume_type, volume.size);
                    }
                }
                Due::Lapsed { project, volume_type, size } => {
                    self.projects.entry(project).or_default().usage.lapse(&volume_type, size);
                }
            }
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
        self.advance(event.at);
        self.counter = self.counter.max(event.counter);
        match &event.change {
            Change::Created { job, spec, names, token } => {
                self.create(event.at, job, spec, names);
                self.remember(event.at, token.as_ref());
            }
            Change::Ordered { purchase, paid, token } => {
                self.orders.push(Kept { purchase: purchase.clone(), paid: paid.is_some() });
                if let Some(paid) = paid {
                    self.deliver(event.at, purchase, paid);
                }
                self.remember(event.at, token.as_ref());
            }
            Change::Paid { order, paid } => {
                if let Some(kept) = self.orders.iter_mut().find(|it| it.purchase.id == *order) {
                    kept.paid = true;
                    let purchase = kept.purchase.clone();
                    self.deliver(event.at, &purchase, paid);
                }
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
            Change::Deleting { job } => {
                for task in &job.tasks {
                    if let Some(volume) = task.volume.and_then(|id| self.volume_mut(id)) {
                        volume.deletion = Some(Ending { at: task.end, failed: task.error.is_some() });
                        volume.updated = event.at;
                        if let (Some(at), None, id) = (task.end, &task.error, volume.id) {
                            self.at(at, Due::Gone(id));
                        }
                    }
                }
                self.jobs.insert(job.id.clone(), job.clone());
            }
            Change::Extending { job, size } => self.extend(event.at, job, *size),
            Change::Edited { volume, edit } => self.edit(event.at, *volume, edit),
        }
        // What is due at once, as with a job duration of zero, is done at once.
        self.advance(event.at);
    }

    /// Begins what an order was for.
    fn deliver(&mut self, at: i64, purchase: &Purchase, paid: &Paid) {
        match &purchase.goods {
            Goods::Volumes { spec, .. } => self.create(at, &paid.job, spec, &paid.names),
            Goods::Growth { size, .. } => self.extend(at, &paid.job, *size),
        }
    }

    fn remember(&mut self, at: i64, token: Option<&Used>) {
        if let Some(used) = token {
            self.tokens.insert(used.token, Used { at, ..used.clone() });
        }
    }

    fn create(&mut self, at: i64, job: &Job, spec: &Arc<Spec>, names: &[String]) {
        let project: Arc<str> = job.project.as_str().into();
        for (place, (task, name)) in job.tasks.iter().zip(names).enumerate() {
            let share = self.projects.entry(project.clone()).or_default();
            share.usage.reserve(&spec.volume_type, spec.size);
            let Some(id) = task.volume else {
                if let Some(end) = task.end {
                    let lapse = Due::Lapsed {
                        project: project.clone(),
                        volume_type: spec.volume_type.clone(),
                        size: spec.size,
                    };
                    self.at(end, lapse);
                }
                continue;
            };
            // One microsecond apart, so that the order of creation is total, as in the real service.
            let created = at + i64::try_from(place).unwrap_or_default();
            let volume = Volume {
                number: task.number,
                id,
                project: project.clone(),
                name: name.clone(),
                description: spec.description.clone(),
                tags: spec.tags.clone(),
                spec: spec.clone(),
                size: spec.size,
                created,
                updated: created,
                made: Ending { at: task.end, failed: task.error.is_some() },
                growth: None,
                deletion: None,
                shown: None,
                attached_to: None,
            };
            let age = volume.age();
            share.volumes.insert(age, volume);
            self.places.insert(id, (project.clone(), age));
            if let Some(end) = task.end {
                self.at(end, Due::Made(id));
            }
        }
        self.jobs.insert(job.id.clone(), job.clone());
    }

    fn extend(&mut self, at: i64, job: &Job, size: u32) {
        for task in &job.tasks {
            let Some((project, age)) = task.volume.and_then(|id| self.places.get(&id)) else { continue };
            let Some(project) = self.projects.get_mut(project) else { continue };
            let Some(volume) = project.volumes.get_mut(age) else { continue };
            let (id, failed) = (volume.id, task.error.is_some());
            project.usage.reserve_growth(&volume.spec.volume_type, size.saturating_sub(volume.size));
            (volume.growth, volume.shown) = (Some(Ending { at: task.end, failed }), None);
            volume.updated = at;
            if let Some(end) = task.end {
                self.at(end, Due::Grown { id, size, failed });
            }
        }
        self.jobs.insert(job.id.clone(), job.clone());
    }

    fn at(&mut self, time: i64, due: Due) {
        self.due_counter += 1;
        self.due.insert((time, self.due_counter), due);
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
