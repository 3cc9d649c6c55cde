//! One poller for all jobs: looks at the oldest often, at the others when that one has ended, and at
//! every one now and then, so that a job which hangs does not hide the rest.

use super::event::Event;
use super::record::Recorder;
use super::verdict::{ended_of, has_ended};
use crate::evs::wire::Job;
use crate::evs::{Client, Error, Meaning, jitter};
use crate::volume::JobId;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

/// The first pause, and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(10));
/// The share of the time that a job has taken which is waited before the next look.
const SHARE: f64 = 0.15;
/// How long a job that is not the oldest is left alone at first; then as long as it has taken so far.
const PATIENCE: Duration = Duration::from_secs(3);
/// The longest that any job is left alone.
const RARELY: Duration = Duration::from_secs(30);
/// How long a job must be unknown, look after look, before it counts as vanished: the service may take a
/// while to know what it has just accepted. Where nothing stays invisible that long, that long is enough.
const VANISHED_AFTER: Duration = Duration::from_secs(60);
/// How many of the other jobs are looked at first when the oldest has ended; twice as many each time while
/// those have ended too.
const SWEEP: usize = 16;

/// How the waiting for one job ended.
#[derive(Debug)]
pub(super) enum Ended {
    /// The job is over; what it made is for others to judge.
    Job(Box<Job>),
    /// The service does not know the job any more.
    Vanished,
    /// The deadline came first.
    Late,
    /// The run is stopping.
    Stopped,
    /// The service refused to say, and would go on refusing.
    Refused(Error),
}

/// A handle on the poller, one for each task.
#[derive(Debug, Clone)]
pub(super) struct Poller(mpsc::UnboundedSender<Watched>);

#[derive(Debug)]
struct Watched {
    job_id: JobId,
    wanted: usize,
    since: Instant,
    deadline: Instant,
    next: Instant,
    /// Since when the service does not know it.
    unknown: Option<Instant>,
    ended: oneshot::Sender<Ended>,
}

impl Poller {
    /// Starts the poller; it ends with its last handle. What was accepted may stay invisible for `settle`.
    pub(super) fn start(client: Arc<Client>, recorder: Recorder, stop: CancellationToken, settle: Duration) -> Poller {
        let (sender, receiver) = mpsc::unbounded_channel();
        let looks = Looks { client, recorder, vanished_after: VANISHED_AFTER.min(settle) };
        tokio::spawn(run(looks, stop, receiver).in_current_span());
        Poller(sender)
    }

    /// Waits for a job, `timeout` at most.
    pub(super) async fn wait(&self, job_id: JobId, wanted: usize, timeout: Duration) -> Ended {
        let (ended, end) = oneshot::channel();
        let since = Instant::now();
        let watched =
            Watched { job_id, wanted, since, deadline: since + timeout, next: since + PATIENCE, unknown: None, ended };
        if self.0.send(watched).is_err() {
            return Ended::Stopped;
        }
        end.await.unwrap_or(Ended::Stopped)
    }
}

/// Everything that a look needs.
struct Looks {
    client: Arc<Client>,
    recorder: Recorder,
    /// See [`VANISHED_AFTER`].
    vanished_after: Duration,
}

async fn run(looks: Looks, stop: CancellationToken, mut receiver: mpsc::UnboundedReceiver<Watched>) {
    let mut jobs: Vec<Watched> = Vec::new();
    loop {
        let wake = jobs.iter().flat_map(|job| [job.next, job.deadline]).min();
        tokio::select! {
            () = stop.cancelled() => {
                // Dropping the senders tells every waiter.
                return;
            }
            arrived = receiver.recv() => match arrived {
                Some(job) => jobs.push(job),
                None => return,
            },
            () = tokio::time::sleep_until(wake.unwrap_or_else(Instant::now)), if wake.is_some() => {}
        }
        while let Ok(job) = receiver.try_recv() {
            jobs.push(job);
        }
        // Tasks that were given up do not wait any more.
        jobs.retain(|job| !job.ended.is_closed());
        let now = Instant::now();
        let due: Vec<usize> = (0..jobs.len()).filter(|&i| jobs[i].next <= now).collect();
        let first_deadline = jobs.iter().map(|job| job.deadline).min().unwrap_or(now);
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep_until(first_deadline) => {}
            () = sweep(&looks, &mut jobs, due) => {}
        }
        let now = Instant::now();
        for i in (0..jobs.len()).rev().filter(|&i| jobs[i].deadline <= now).collect::<Vec<_>>() {
            let job = jobs.swap_remove(i);
            let _ = job.ended.send(Ended::Late);
        }
        hurry_oldest(&mut jobs);
    }
}

/// Looks at the jobs that are due. Where one has ended the others may have too: the oldest of them are looked
/// at, and more as long as all of those have.
async fn sweep(looks: &Looks, jobs: &mut Vec<Watched>, due: Vec<usize>) {
    let mut size = SWEEP;
    let mut ended = look(looks, jobs, due).await;
    while ended > 0 && !jobs.is_empty() {
        let mut oldest: Vec<usize> = (0..jobs.len()).collect();
        oldest.sort_by_key(|&i| jobs[i].since);
        oldest.truncate(size);
        oldest.sort_unstable();
        let looked = oldest.len();
        ended = look(looks, jobs, oldest).await;
        if ended < looked {
            return;
        }
        size *= 2;
    }
}

/// Looks at these jobs at once, tells the waiters of those that are over, and says how many ended.
/// `which` is in rising order.
async fn look(looks: &Looks, jobs: &mut Vec<Watched>, which: Vec<usize>) -> usize {
    let Looks { client, recorder, vanished_after } = looks;
    let asked = which.iter().map(|&i| client.show_job(&jobs[i].job_id));
    let answers = futures_util::future::join_all(asked).await;
    let mut over: Vec<(usize, Ended)> = Vec::new();
    for (i, answer) in which.into_iter().zip(answers) {
        let watched = &mut jobs[i];
        let now = Instant::now();
        watched.next = now + watched.since.elapsed().clamp(PATIENCE, RARELY);
        // Once more right before the waiting ends.
        let last = watched.deadline.checked_sub(PAUSES.0 * 5).filter(|last| *last > now);
        watched.next = last.map_or(watched.next, |last| watched.next.min(last));
        match answer {
            Ok(job) => {
                watched.unknown = None;
                let (ended, of) = ended_of(&job, watched.wanted);
                let seconds = watched.since.elapsed().as_secs_f64();
                recorder.tell(Event::Job {
                    job_id: watched.job_id.clone(),
                    status: job.status.clone(),
                    ended,
                    of,
                    seconds,
                });
                if has_ended(&job) {
                    over.push((i, Ended::Job(Box::new(job))));
                }
            }
            Err(error) if error.says_job_absent() => {
                let unknown = *watched.unknown.get_or_insert_with(Instant::now);
                if unknown.elapsed() >= *vanished_after {
                    over.push((i, Ended::Vanished));
                }
            }
            Err(error) if error.meaning() == Some(Meaning::Denied) => over.push((i, Ended::Refused(error))),
            // Trouble while waiting says nothing about the volumes: pending is not failed.
            Err(_) => {}
        }
    }
    let ended = over.iter().filter(|(_, ended)| matches!(ended, Ended::Job(_))).count();
    // From the back, so that the places in front stay where they are.
    for (i, end) in over.into_iter().rev() {
        let watched = jobs.swap_remove(i);
        let _ = watched.ended.send(end);
    }
    ended
}

/// Brings the oldest job's next look near; the others keep the long pause that they were given.
fn hurry_oldest(jobs: &mut [Watched]) {
    if let Some(oldest) = jobs.iter_mut().min_by_key(|job| job.since) {
        oldest.next = oldest.next.min(Instant::now() + pause(oldest.since.elapsed()));
    }
}

fn pause(taken: Duration) -> Duration {
    jitter(taken.mul_f64(SHARE).clamp(PAUSES.0, PAUSES.1), 0.1)
}
