//! A job that is followed, and what is told of it.

use super::pace::Pace;
use crate::evs::{Error, jitter};
use crate::observed::ObservedJob;
use crate::volume::{CallId, JobId, SizeGb, VolumeId};
use jiff::Timestamp;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::Instant;

/// A job is asked once more so long before the waiting for it ends.
pub(super) const LAST_LOOK: Duration = Duration::from_millis(500);

/// How the waiting for one job ended.
#[derive(Debug)]
pub(super) enum Ended {
    /// The job is over, or all of its sub-jobs are; what it made is for others to judge.
    Job(Box<ObservedJob>),
    /// The service does not know the job any more.
    Vanished,
    /// The deadline came first.
    Late,
    /// The run is stopping.
    Stopped,
    /// The service refused to say, and would go on refusing.
    Refused(Error),
}

/// What is told of a job while it is followed.
#[derive(Debug)]
pub(super) enum News {
    /// More of its sub-jobs are over than were before, and it goes on.
    Part(Box<ObservedJob>),
    /// The last news.
    Over(Ended),
}

/// A job, and how its volumes are known.
#[derive(Debug)]
pub(super) struct Subject {
    pub(super) job_id: JobId,
    /// How many volumes it is about.
    pub(super) wanted: usize,
    /// How a list shows that some of them have come to an end.
    pub(super) shown: Shown,
}

/// How a list shows that volumes of a job have come to an end.
#[derive(Debug)]
pub(super) enum Shown {
    /// Volumes that are made, as they become usable.
    Made {
        /// The call whose tag they carry, if they carry one.
        tagged: Option<CallId>,
        /// Those that the job's answer named.
        named: Vec<VolumeId>,
    },
    /// Volumes that become larger, by the size that each shall have.
    Grown(Vec<(VolumeId, SizeGb)>),
    /// By nothing that counts: a volume that a list leaves out may be there.
    Nowhere,
}

impl Shown {
    /// Whether a list can show any of them.
    fn is_in_lists(&self) -> bool {
        match self {
            Shown::Made { tagged, named } => tagged.is_some() || !named.is_empty(),
            Shown::Grown(_) => true,
            Shown::Nowhere => false,
        }
    }
}

/// The news of one job.
#[derive(Debug)]
pub(super) struct Watch(mpsc::UnboundedReceiver<News>);

impl Watch {
    /// The next news; after the last one there is none.
    pub(super) async fn next(&mut self) -> News {
        self.0.recv().await.unwrap_or(News::Over(Ended::Stopped))
    }

    /// How it ends.
    pub(super) async fn over(mut self) -> Ended {
        loop {
            if let News::Over(ended) = self.next().await {
                return ended;
            }
        }
    }
}

/// A job that is followed.
#[derive(Debug)]
pub(super) struct Watched {
    pub(super) subject: Subject,
    pub(super) since: Instant,
    pub(super) deadline: Instant,
    pub(super) next: Instant,
    /// Since when the service does not know it.
    pub(super) unknown: Option<Instant>,
    /// How often it was asked in place of many.
    pub(super) sampled: u32,
    /// How many of its volumes a list has shown to have come to an end, when it was asked last.
    pub(super) shown: usize,
    /// How many of its sub-jobs were over then.
    pub(super) ended: u64,
    /// Its age when it was last seen to be under way.
    pub(super) seen_running: Duration,
    /// When it would be over, by the service's clock, if its sub-jobs go on to end as they have so far.
    pub(super) ends_at: Option<Timestamp>,
    /// Whether it was asked right before the waiting for it ends.
    pub(super) is_last_asked: bool,
    pub(super) news: mpsc::UnboundedSender<News>,
}

impl Watched {
    /// Follows a job from now on, for `timeout` at most.
    pub(super) fn new(subject: Subject, timeout: Duration) -> (Watched, Watch) {
        let (news, told) = mpsc::unbounded_channel();
        let since = Instant::now();
        let watched = Watched {
            subject,
            since,
            deadline: since + timeout,
            next: since,
            unknown: None,
            sampled: 0,
            shown: 0,
            ended: 0,
            seen_running: Duration::ZERO,
            ends_at: None,
            is_last_asked: false,
            news,
        };
        (watched, Watch(told))
    }

    /// Whether a list can tell which volumes are its own, and the service knows the job: else only asking it tells.
    pub(super) fn is_in_lists(&self) -> bool {
        self.unknown.is_none() && self.subject.shown.is_in_lists()
    }

    /// When it is due next: once more right before the waiting ends, in any case.
    pub(super) fn set_next(&mut self, pace: &Pace, few: bool, now: Timestamp) {
        let few = few || !self.is_in_lists();
        let pause = pace.pause(self.since.elapsed(), few);
        let pause = self.until_its_end(now).map_or(pause, |until| until.min(pause));
        self.set_due(Instant::now() + if few { jitter(pause, 0.1) } else { pause });
    }

    /// The pause before it is asked again, where its sub-jobs tell when it will be over and the service's clock shows
    /// `now`.
    pub(super) fn until_its_end(&self, now: Timestamp) -> Option<Duration> {
        Some(Pace::pause_before(self.ends_at?.duration_since(now)))
    }

    /// Whether the waiting for it is about to end, and it was not asked once more.
    pub(super) fn is_about_to_end(&self, now: Instant) -> bool {
        !self.is_last_asked && self.deadline.saturating_duration_since(now) <= LAST_LOOK
    }

    pub(super) fn set_due(&mut self, next: Instant) {
        let last = self.deadline.checked_sub(LAST_LOOK).filter(|last| *last > Instant::now());
        self.next = last.map_or(next, |last| next.min(last));
    }
}
