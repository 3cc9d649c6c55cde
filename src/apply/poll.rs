//! One poller for all jobs. Few are asked one by one; of many the project's list tells which have come to an end, and only
//! those are asked, since it is the job that judges. A job that hangs holds up nobody who waits for another.

use super::event::Event;
use super::pace::{Pace, Way};
use super::record::Recorder;
use super::sight::Sight;
use super::watched::{Ended, LAST_LOOK, News, Shown, Subject, Watch, Watched};
use crate::evs::{Client, Meaning};
use crate::observed::{Listed, ObservedJob};
use crate::operation::Owner;
use crate::operation::verdict::{ended_at, ended_of, ends_at, is_over};
use crate::volume::Lineage;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

/// How long a job must be unknown, look after look, before it counts as vanished: the service may take a
/// while to know what it has just accepted. Where nothing stays invisible that long, that long is enough.
const VANISHED_AFTER: Duration = Duration::from_secs(60);
/// How many jobs that take far longer than others did are asked beside a list.
const OVERDUE: usize = 4;
/// A list that takes longer is given up: the jobs may be asked meanwhile.
const GLANCE: Duration = Duration::from_secs(10);
/// Jobs that are due so soon after another one are looked at with it: this share of its age.
const TOGETHER: f64 = 0.05;

/// A handle on the poller, one for each task.
#[derive(Debug, Clone)]
pub(super) struct Poller(mpsc::UnboundedSender<Watched>);

impl Poller {
    /// Starts the poller; it ends with its last handle. What was accepted may stay invisible for `settle`.
    pub(super) fn start(
        client: Arc<Client>,
        sight: Arc<Sight>,
        recorder: Recorder,
        stop: CancellationToken,
        settle: Duration,
        lineage: Lineage,
    ) -> Poller {
        let (sender, receiver) = mpsc::unbounded_channel();
        let vanished_after = VANISHED_AFTER.min(settle);
        let looks = Looks {
            client,
            sight,
            recorder,
            vanished_after,
            lineage,
            jobs: Vec::new(),
            pace: Pace::default(),
            quiet_until: None,
        };
        tokio::spawn(looks.run(stop, receiver).in_current_span());
        Poller(sender)
    }

    /// Follows a job, for `timeout` at most.
    pub(super) fn watch(&self, subject: Subject, timeout: Duration) -> Watch {
        let (watched, news) = Watched::new(subject, timeout);
        // A poller that has ended drops the sender: then the waiting ends as when the run is stopping.
        let _ = self.0.send(watched);
        news
    }
}

/// All jobs that are followed, and everything that a look needs.
struct Looks {
    client: Arc<Client>,
    sight: Arc<Sight>,
    recorder: Recorder,
    /// See [`VANISHED_AFTER`].
    vanished_after: Duration,
    lineage: Lineage,
    jobs: Vec<Watched>,
    pace: Pace,
    /// Before that no look is made that stands for many jobs.
    quiet_until: Option<Instant>,
}

impl Looks {
    async fn run(mut self, stop: CancellationToken, mut receiver: mpsc::UnboundedReceiver<Watched>) {
        loop {
            let wake = self.jobs.iter().flat_map(|job| [job.next, job.deadline]).min();
            tokio::select! {
                // Dropping the senders tells every waiter.
                () = stop.cancelled() => return,
                arrived = receiver.recv() => match arrived {
                    Some(job) => self.take(job),
                    None => return,
                },
                () = tokio::time::sleep_until(wake.unwrap_or_else(Instant::now)), if wake.is_some() => {}
            }
            while let Ok(job) = receiver.try_recv() {
                self.take(job);
            }
            // Tasks that were given up do not wait any more.
            self.jobs.retain(|job| !job.news.is_closed());
            let first_deadline = self.jobs.iter().map(|job| job.deadline).min().unwrap_or_else(Instant::now);
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep_until(first_deadline) => {}
                () = self.look() => {}
            }
            let now = Instant::now();
            let (late, jobs) = std::mem::take(&mut self.jobs).into_iter().partition(|job| job.deadline <= now);
            self.jobs = jobs;
            for job in late {
                let _ = job.news.send(News::Over(Ended::Late));
            }
        }
    }

    fn take(&mut self, mut job: Watched) {
        let few = Pace::is_few(self.jobs.len() + 1, self.sight.pages());
        job.set_next(&self.pace, few, self.client.service_now());
        self.jobs.push(job);
    }

    /// Looks at the jobs that are due, in the cheapest way.
    async fn look(&mut self) {
        let now = Instant::now();
        if self.jobs.iter().all(|job| job.next > now) {
            return;
        }
        // Of some nothing tells but they themselves; and each is asked at the end.
        let asked = self.places(|job| job.next <= now && (!job.is_in_lists() || job.is_about_to_end(now)));
        for place in &asked {
            self.jobs[*place].is_last_asked = self.jobs[*place].is_about_to_end(now);
        }
        if !asked.is_empty() {
            self.ask(asked).await;
        }
        let now = Instant::now();
        if self.jobs.iter().all(|job| job.next > now || !job.is_in_lists()) {
            return;
        }
        let due = |job: &Watched| job.is_in_lists() && job.next <= now + job.since.elapsed().mul_f64(TOGETHER);
        let due: Vec<usize> = self.places(due);
        let way = self.pace.way(self.jobs.len(), due.len(), self.sight.pages());
        if let Some(quiet) = self.quiet_until.filter(|quiet| way != Way::Jobs && *quiet > now) {
            due.into_iter().for_each(|place| self.jobs[place].set_due(quiet));
            return;
        }
        match way {
            Way::Jobs => self.ask(due).await,
            Way::Sample => self.sample(due).await,
            Way::List => self.list(due).await,
        }
    }

    fn oldest(&self) -> Duration {
        self.jobs.iter().map(|job| job.since.elapsed()).max().unwrap_or_default()
    }

    fn places(&self, which: impl Fn(&Watched) -> bool) -> Vec<usize> {
        self.jobs.iter().enumerate().filter(|(_, job)| which(job)).map(|(place, _)| place).collect()
    }

    /// Asks one job that stands for all: each in its turn, the oldest first.
    async fn sample(&mut self, due: Vec<usize>) {
        let Some(one) = due.iter().copied().min_by_key(|place| (self.jobs[*place].sampled, self.jobs[*place].since))
        else {
            return;
        };
        self.jobs[one].sampled += 1;
        let before = self.jobs.len();
        self.ask(vec![one]).await;
        let now = self.client.service_now();
        if self.jobs.len() < before || self.jobs[one].unknown.is_some() {
            // The others may have ended, or be forgotten, as well.
            self.jobs.iter_mut().for_each(|job| job.set_next(&self.pace, false, now));
            return;
        }
        let pause = self.pace.pause(self.oldest(), false);
        let until = self.jobs[one].until_its_end(now).map_or(pause, |until| until.min(pause * 4));
        let quiet = Instant::now() + until;
        self.quiet_until = Some(quiet);
        due.into_iter().for_each(|place| self.jobs[place].set_due(quiet));
    }

    /// Looks at the list, and asks the jobs whose volumes it newly shows to have come to an end, and those that are
    /// overdue.
    async fn list(&mut self, due: Vec<usize>) {
        let now = Instant::now();
        let between = self.pace.between(self.sight.pages(), self.oldest());
        self.quiet_until = Some(now + between);
        // Trouble while waiting says nothing about the volumes; then one job is asked in place of all.
        let listed = tokio::time::timeout(GLANCE, self.sight.glance()).await;
        let Ok(Ok(listed)) = listed else { return self.sample(due).await };
        let now = Instant::now();
        self.quiet_until = Some(now + between);
        let ended = self.ended_in(&listed);
        let expected = self.pace.expected();
        let is_time = |job: &Watched| expected.is_some_and(|expected| job.since.elapsed() >= expected);
        let shown = |place: usize| ended.get(&place).copied().unwrap_or_default();
        // A volume is usable a little before its job is over: what the job is asked before its time tells how long.
        let early =
            self.places(|job| !is_time(job)).into_iter().filter(|place| shown(*place) > self.jobs[*place].shown);
        let early = early.min_by_key(|place| self.jobs[*place].since);
        let (mut asked, mut others): (Vec<usize>, Vec<usize>) =
            due.iter().partition(|place| is_time(&self.jobs[**place]) && shown(**place) > 0);
        asked.extend(early);
        // What takes far longer than others did is asked in its turn.
        others.retain(|place| self.pace.is_overdue(self.jobs[*place].since.elapsed()));
        others.sort_by_key(|place| (self.jobs[*place].sampled, self.jobs[*place].since));
        others.truncate(OVERDUE);
        for place in &others {
            self.jobs[*place].sampled += 1;
        }
        asked.append(&mut others);
        asked.sort_unstable();
        asked.dedup();
        for place in due {
            let pause = self.pace.pause(self.jobs[place].since.elapsed(), false).max(between);
            self.jobs[place].set_due(now + pause);
        }
        for place in &asked {
            self.jobs[*place].shown = ended.get(place).copied().unwrap_or_default();
        }
        self.ask(asked).await;
    }

    /// How many volumes of each job a list shows that have come to an end.
    fn ended_in(&self, listed: &Listed) -> BTreeMap<usize, usize> {
        let (mut calls, mut named, mut grown) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        for (place, job) in self.jobs.iter().enumerate() {
            match &job.subject.shown {
                Shown::Made { tagged, named: ids } => {
                    calls.extend(tagged.as_ref().map(|call| (call, place)));
                    named.extend(ids.iter().map(|id| (id, place)));
                }
                Shown::Grown(volumes) => grown.extend(volumes.iter().map(|(id, size)| (id, (place, size.gb())))),
                Shown::Nowhere => {}
            }
        }
        let mut ended = BTreeMap::new();
        for (id, volume) in listed.volumes.iter().filter(|(_, volume)| volume.is_settled()) {
            let by_tag = || {
                let mut owners = volume.tags.values().filter_map(|value| Owner::read(value));
                owners.find_map(|owner| calls.get(&owner.call).filter(|_| owner.lineage == self.lineage))
            };
            let by_size = || {
                let has_grown = |(_, size): &&(usize, u32)| volume.size >= *size || volume.status.is_error();
                grown.get(id).filter(has_grown).map(|(place, _)| place)
            };
            if let Some(place) = named.get(id).or_else(by_size).or_else(by_tag) {
                *ended.entry(*place).or_default() += 1;
            }
        }
        ended
    }

    /// Asks these jobs at once, and tells what is new. The places are in rising order.
    async fn ask(&mut self, which: Vec<usize>) {
        let few = Pace::is_few(self.jobs.len(), self.sight.pages());
        let asked = which.iter().map(|place| self.client.show_job(&self.jobs[*place].subject.job_id));
        let answers = futures_util::future::join_all(asked).await;
        let mut over: Vec<(usize, Ended)> = Vec::new();
        for (place, answer) in which.into_iter().zip(answers) {
            let job = &mut self.jobs[place];
            match answer {
                Ok(answer) => {
                    job.unknown = None;
                    let (ended, of) = ended_of(&answer, job.subject.wanted);
                    let age = job.since.elapsed();
                    self.recorder.tell(Event::Job {
                        job_id: job.subject.job_id.clone(),
                        status: answer.status.clone(),
                        ended,
                        of,
                        seconds: age.as_secs_f64(),
                    });
                    if is_over(&answer, job.subject.wanted) {
                        // It ended some time after it was last seen to be under way. How long a deletion takes says
                        // nothing about creations.
                        if job.is_in_lists() {
                            self.pace.ended(taken(&answer).unwrap_or(age).clamp(job.seen_running, age));
                        }
                        over.push((place, Ended::Job(Box::new(answer))));
                        continue;
                    }
                    job.seen_running = age;
                    job.ends_at = ends_at(&answer, job.subject.wanted);
                    let is_last = job.deadline.saturating_duration_since(Instant::now()) <= LAST_LOOK;
                    if ended > job.ended && (few || is_last || self.pace.is_overdue(age)) {
                        job.ended = ended;
                        let _ = job.news.send(News::Part(Box::new(answer)));
                    }
                }
                Err(error) if error.says_job_absent() => {
                    let unknown = *job.unknown.get_or_insert_with(Instant::now);
                    if unknown.elapsed() >= self.vanished_after {
                        over.push((place, Ended::Vanished));
                        continue;
                    }
                }
                Err(error) if error.meaning() == Some(Meaning::Denied) => {
                    over.push((place, Ended::Refused(error)));
                    continue;
                }
                // Trouble while waiting says nothing about the volumes: pending is not failed.
                Err(_) => {}
            }
            job.set_next(&self.pace, few, self.client.service_now());
        }
        // From the back, so that the places in front stay where they are.
        for (place, ended) in over.into_iter().rev() {
            let _ = self.jobs.swap_remove(place).news.send(News::Over(ended));
        }
    }
}

/// How long a job says that it took.
fn taken(job: &ObservedJob) -> Option<Duration> {
    Duration::try_from(ended_at(job)?.duration_since(job.begun?)).ok()
}
